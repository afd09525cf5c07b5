package main

import (
	"os"
	"testing"
)

// asProgram makes this test binary run as the program itself, so that tests can start, kill and
// measure real processes without building another one.
const asProgram = "COUNTINGHOUSE_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
	}
	os.Exit(m.Run())
}
