//go:build !headless

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"

	fyneapp "fyne.io/fyne/v2/app"

	"countinghouse/app"
	"countinghouse/ui"
	"countinghouse/ui/cli"
	_ "countinghouse/ui/early" // before Fyne reads the environment
)

// appID is the application's id, as in FyneApp.toml: where its looks are remembered.
const appID = "example.countinghouse.app"

// openWindow opens the window and returns when it is closed.
func openWindow(ctx context.Context, w cli.Window) error {
	if runtime.GOOS == "linux" {
		if why := whyNoDisplay(os.Getenv("DISPLAY"), os.Getenv("WAYLAND_DISPLAY")); why != "" {
			return fmt.Errorf("%w: %s", cli.ErrNoWindow, why)
		}
	}
	err := ui.Run(ctx, fyneapp.NewWithID(appID), ui.Start{App: w.App, Options: w.Options,
		Month: w.Month, Started: w.Started})
	if errors.Is(err, ui.ErrNoDisplay) {
		return fmt.Errorf("%w: %w", cli.ErrNoWindow, err)
	}
	return err
}

// whyNoDisplay says why a display cannot be used, "" where it may: a local one has a socket, one on
// another computer is known only when it is asked.
func whyNoDisplay(x11, wayland string) string {
	if wayland != "" {
		return ""
	}
	if x11 == "" {
		return "there is no display"
	}
	number, local := strings.CutPrefix(strings.TrimPrefix(x11, "unix"), ":")
	number, _, _ = strings.Cut(number, ".")
	if _, err := os.Stat("/tmp/.X11-unix/X" + number); local && err != nil {
		return "there is no display " + x11
	}
	return ""
}

// drawPictures draws the screens of a month without a display.
func drawPictures(ctx context.Context, a *app.App, m *app.Month, dir string) ([]string, error) {
	return ui.Pictures(ctx, fyneapp.NewWithID(appID), a, m, dir)
}
