//go:build !headless

package main

import (
	"context"
	"fmt"
	"os"
	"runtime"

	fyneapp "fyne.io/fyne/v2/app"

	"countinghouse/app"
	"countinghouse/ui"
	"countinghouse/ui/cli"
	_ "countinghouse/ui/locale" // before Fyne looks for a language
)

// appID is the application's id, as in FyneApp.toml: where its looks are remembered.
const appID = "example.countinghouse.app"

// openWindow opens the window and returns when it is closed.
func openWindow(ctx context.Context, w cli.Window) error {
	if runtime.GOOS == "linux" && os.Getenv("DISPLAY") == "" && os.Getenv("WAYLAND_DISPLAY") == "" {
		return fmt.Errorf("%w: there is no display", cli.ErrNoWindow)
	}
	return ui.Run(ctx, fyneapp.NewWithID(appID), ui.Start{App: w.App, Options: w.Options,
		Month: w.Month})
}

// drawPictures draws the screens of a month without a display.
func drawPictures(ctx context.Context, a *app.App, m *app.Month, dir string) ([]string, error) {
	return ui.Pictures(ctx, fyneapp.NewWithID(appID), a, m, dir)
}
