package ui

import (
	"context"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"

	"fyne.io/fyne/v2"

	"countinghouse/app"
)

// Pictures draws the main screens of a month into a folder, without a display, and returns the
// files' names. It is called on the main goroutine.
func Pictures(ctx context.Context, a fyne.App, profile *app.App, m *app.Month,
	dir string) ([]string, error) {
	return nil, nil
}

func writePicture(path string, img image.Image) error {
	f, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("picture: %w", err)
	}
	err = (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(f, img)
	if shut := f.Close(); err == nil {
		err = shut
	}
	if err != nil {
		return fmt.Errorf("picture %s: %w", filepath.Base(path), err)
	}
	return nil
}
