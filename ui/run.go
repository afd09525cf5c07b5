// Package ui owns the window: its shell, its screens, and how keys and mouse move through them. main
// opens it; it draws what ui/present prepared with the widgets of ui/kit, asks app for everything,
// and never reaches past app to a source or the store.
package ui

import (
	"context"
	"errors"
	"fmt"
	"os"

	"fyne.io/fyne/v2"

	"countinghouse/app"
	"countinghouse/app/book"
	"countinghouse/assets"
)

// Start says what the window opens on.
type Start struct {
	// App is the open profile, nil on the first run; it stays the caller's to close.
	App *app.App
	// Options are those by which App was opened, or would be.
	Options app.Options
	// Month is the month to show, zero for the usual one.
	Month book.Month
	// Started is called once when the window is there; may be nil.
	Started func()
}

// ErrNoDisplay says that the display did not answer.
var ErrNoDisplay = errors.New("the display does not answer")

// newWindow makes the window. The toolkit panics where the display does not answer.
func newWindow(a fyne.App) (w fyne.Window, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = ErrNoDisplay
		}
	}()
	return a.NewWindow("Countinghouse"), nil
}

// Run opens the window and returns when it is closed or ctx ends. It is called on the main
// goroutine. ErrNoDisplay comes back where no window can be opened.
func Run(ctx context.Context, a fyne.App, start Start) error {
	a.SetIcon(fyne.NewStaticResource("icon.png", assets.AppIcon()))
	useScale(a)
	w, err := newWindow(a)
	if err != nil {
		return err
	}
	s := newShell(ctx, a, start, fyne.Do)
	s.openWindow(w)
	a.Lifecycle().SetOnExitedForeground(func() { s.away = true })
	a.Lifecycle().SetOnEnteredForeground(func() { s.away = false })
	a.Lifecycle().SetOnStarted(func() {
		s.begin()
		s.work.every(roundEvery, s.round)
		if start.Started != nil {
			start.Started()
		}
	})
	quit := context.AfterFunc(ctx, func() { fyne.Do(a.Quit) })
	defer quit()
	s.window.ShowAndRun()
	return s.end()
}

// end stops what runs and closes the profiles that the window itself has opened.
func (s *shell) end() error {
	s.work.end()
	var err error
	for _, shut := range s.closers {
		err = errors.Join(err, shut())
	}
	return err
}

// useScale takes the scale that was chosen in the settings, unless the environment names one.
func useScale(a fyne.App) {
	if os.Getenv("FYNE_SCALE") != "" {
		return
	}
	if scale := a.Preferences().IntWithFallback(prefScale, 100); scale != 100 {
		if err := os.Setenv("FYNE_SCALE", fmt.Sprintf("%d.%02d", scale/100, scale%100)); err != nil {
			fyne.LogError("ui: scale", err)
		}
	}
}
