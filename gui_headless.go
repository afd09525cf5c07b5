//go:build headless

package main

import (
	"context"
	"fmt"

	"countinghouse/app"
	"countinghouse/ui/cli"
)

// openWindow refuses: this program was built without Fyne.
func openWindow(context.Context, cli.Window) error {
	return fmt.Errorf("%w: this build has none", cli.ErrNoWindow)
}

// drawPictures is not there in a build without Fyne.
var drawPictures func(context.Context, *app.App, *app.Month, string) ([]string, error)
