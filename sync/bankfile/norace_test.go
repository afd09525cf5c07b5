//go:build !race

package bankfile

const raceMB = 0
