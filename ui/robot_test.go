package ui

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"github.com/zalando/go-keyring"

	"countinghouse/app"
	"countinghouse/app/book"
	"countinghouse/sync/profile"
)

// robot is a person at the window: it presses, types and looks. What the window's work hands over
// waits in a queue until the robot settles, so a test sees no goroutine but its own.
type robot struct {
	t      *testing.T
	s      *shell
	window fyne.Window
	queue  chan func()
}

// period is the month of all tests.
var period = func() book.Month {
	m, err := book.ParseMonth("2026-10")
	if err != nil {
		panic(err)
	}
	return m
}()

// wall is the clock of all tests: it moves on by itself, so that no progress is held back.
var wall = func() func() time.Time {
	var mu sync.Mutex
	now := time.Date(2026, 11, 4, 8, 0, 0, 0, time.UTC)
	return func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		now = now.Add(time.Second)
		return now
	}
}()

func options(dir string) app.Options {
	return app.Options{Dir: dir, User: "ar.clerk", Now: wall, Wall: wall, Version: "test",
		LookupEnv: func(name string) (string, bool) {
			return profile.SimulatorSecrets("fluxbilling")["token"], name == "COUNTINGHOUSE_FLUX_TOKEN"
		}}
}

// demo is the pretend business that the tests share; it is made once and only read.
var demo struct {
	once sync.Once
	dir  string
	run  *app.DemoRun
	err  error
}

func TestMain(m *testing.M) {
	keyring.MockInit()
	code := m.Run()
	if demo.run != nil {
		if err := demo.run.Close(); err != nil {
			code = 1
		}
	}
	if demo.dir != "" {
		_ = os.RemoveAll(demo.dir) // a temporary folder that nobody reads any more
	}
	os.Exit(code)
}

func sharedDemo(t *testing.T) *app.DemoRun {
	t.Helper()
	demo.once.Do(func() {
		demo.dir, demo.err = os.MkdirTemp("", "ui-test-")
		if demo.err == nil {
			demo.run, demo.err = makeDemo(filepath.Join(demo.dir, "northwind"))
		}
	})
	if demo.err != nil {
		t.Fatal(demo.err)
	}
	return demo.run
}

func makeDemo(dir string) (*app.DemoRun, error) {
	return app.Demo(context.Background(), app.DemoRequest{Options: options(dir), Seed: 1,
		Gateways:  app.DemoGateways(),
		Customers: 400, Month: period}, func(app.Progress) {})
}

// ownDemo is a pretend business that a test may change.
func ownDemo(t *testing.T) *app.DemoRun {
	t.Helper()
	d, err := makeDemo(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

// newRobot opens the window on a profile, nil for the first run. Nothing is loaded yet.
func newRobot(t *testing.T, a *app.App, size fyne.Size, theme string) *robot {
	t.Helper()
	r := &robot{t: t, queue: make(chan func(), 1<<14)}
	f := test.NewTempApp(t)
	f.Preferences().SetString(prefTheme, theme)
	o := options("")
	if a != nil {
		o = a.Options()
	}
	r.s = newShell(context.Background(), f, Start{App: a, Options: o, Month: period},
		func(do func()) { r.queue <- do })
	r.window = test.NewTempWindow(t, nil)
	r.s.openWindow(r.window)
	r.window.Resize(size)
	t.Cleanup(func() {
		if err := r.s.end(); err != nil {
			t.Error(err)
		}
	})
	return r
}

// start opens the window on the shared demo month and waits until it is there.
func start(t *testing.T) *robot {
	t.Helper()
	r := newRobot(t, sharedDemo(t).App, fyne.NewSize(1440, 900), "light")
	r.s.begin()
	r.settle()
	return r
}

// settle runs what was handed over until no work is open.
func (r *robot) settle() {
	for r.s.work.busy() > 0 || len(r.queue) > 0 {
		(<-r.queue)()
	}
}

// focused is what has the keyboard.
func (r *robot) focused() fyne.Focusable { return r.window.Canvas().Focused() }

// key presses a key where the focus is, as the driver does.
func (r *robot) key(names ...fyne.KeyName) {
	for _, name := range names {
		ev := &fyne.KeyEvent{Name: name}
		if f := r.focused(); f != nil {
			f.TypedKey(ev)
		} else if hook := r.window.Canvas().OnTypedKey(); hook != nil {
			hook(ev)
		}
	}
}

// letters types where the focus is.
func (r *robot) letters(text string) {
	for _, c := range text {
		if f := r.focused(); f != nil {
			f.TypedRune(c)
		} else if hook := r.window.Canvas().OnTypedRune(); hook != nil {
			hook(c)
		}
	}
}

// ctrl presses a key with Ctrl; the test driver does not hand shortcuts on by itself.
func (r *robot) ctrl(name fyne.KeyName) { r.s.typedShortcut(ctrl(name)) }

func (r *robot) at(screen string) {
	r.t.Helper()
	if r.s.current != screen {
		r.t.Fatalf("at %q, want %q", r.s.current, screen)
	}
}
