package ui

import (
	"context"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/software"

	"countinghouse/app"
	"countinghouse/ui/kit"
)

// Pictures draws the main screens of a month into a folder, without a display, and returns the
// files' names. It is called on the main goroutine, and ends early where ctx does.
func Pictures(ctx context.Context, a fyne.App, profile *app.App, m *app.Month,
	dir string) ([]string, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("pictures: %w", err)
	}
	var files []string
	for _, theme := range []struct {
		name string
		look fyne.Theme
	}{{"light", kit.LightTheme()}, {"dark", kit.DarkTheme()}} {
		// Nothing is handed over later: the month is there, and no work is started.
		s := newShell(ctx, a, Start{App: profile, Options: profile.Options(), Month: m.Period},
			func(do func()) { do() })
		a.Settings().SetTheme(theme.look)
		c := software.NewCanvas()
		c.SetPadded(false)
		c.SetContent(s.build(c))
		c.Resize(fyne.NewSize(1440, 900))
		s.loaded(m, nil, false)
		for _, id := range []string{atOverview, atReconcile, atPayouts} {
			if err := ctx.Err(); err != nil {
				return files, err
			}
			s.open(id)
			c.Unfocus()
			name := filepath.Join(dir, id+"-"+theme.name+".png")
			if err := writePicture(name, c.Capture()); err != nil {
				return files, err
			}
			files = append(files, name)
		}
		s.work.end()
	}
	return files, nil
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
