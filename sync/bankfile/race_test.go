//go:build race

package bankfile

// raceMB is what the race detector adds to what is allocated.
const raceMB = 20
