// Countinghouse explains every cent between "paid in billing" and "received at the bank".
package main

import (
	"context"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"syscall"
	"time"
	_ "time/tzdata" // zones, where the system has none

	"countinghouse/ui/cli"
)

// version is set when a release is built.
var version = "0.1.0-dev"

// memoryGoal is what the program's own memory is kept near, in bytes, where the books allow: a
// million records need about 600 MB, and collecting earlier costs time (docs/performance.md).
const memoryGoal = 640 << 20

// followMemory keeps the program's own memory near the goal. Where what is in use comes close to it or
// beyond, it may grow by a quarter more: a limit that cannot be kept would have the runtime collect
// without end.
func followMemory() {
	inUse := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(inUse)
	debug.SetMemoryLimit(max(memoryGoal, int64(inUse[0].Value.Uint64()/4*5)))
	// Nothing refers to it, so that the next collection ends it, and the limit follows.
	runtime.SetFinalizer(new([64]byte), func(*[64]byte) { followMemory() })
}

func main() {
	followMemory()
	// A reader that goes away ("| head") is an error in writing, so that the command still tidies up.
	signal.Ignore(syscall.SIGPIPE)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	env := cli.DefaultEnv(version, time.Now)
	env.Window, env.Pictures = openWindow, drawPictures
	code := cli.Run(ctx, env)
	stop()
	os.Exit(code)
}
