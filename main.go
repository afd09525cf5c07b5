// Countinghouse explains every cent between "paid in billing" and "received at the bank".
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"
	_ "time/tzdata" // zones, where the system has none

	"countinghouse/ui/cli"
)

// version is set when a release is built.
var version = "0.1.0-dev"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	env := cli.DefaultEnv(version, time.Now)
	env.Window, env.Pictures = openWindow, drawPictures
	code := cli.Run(ctx, env)
	stop()
	os.Exit(code)
}
