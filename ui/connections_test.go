package ui

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"github.com/zalando/go-keyring"

	"countinghouse/app"
)

// sandbox serves a pretend business for a test of connections.
func sandbox(t *testing.T) *app.Sandbox {
	t.Helper()
	s, err := app.StartSandbox(t.Context(), app.SandboxRequest{Listen: "127.0.0.1:0", Seed: 1,
		Customers: 30, Month: period})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// firstRun opens the window without a profile, and with a folder for one.
func firstRun(t *testing.T) *robot {
	t.Helper()
	r := newRobot(t, nil, wide, "light")
	r.s.start.Options.Dir = filepath.Join(t.TempDir(), "books")
	r.s.begin()
	r.settle()
	return r
}

// tab is what is shown of the connections.
func (r *robot) tab() *connectionsTab { return r.s.settings().connections }

// fill types into a field of the form, by its name.
func (r *robot) fill(name, text string) {
	r.t.Helper()
	f := r.tab().form
	for _, list := range [][]formField{f.business, f.fields, f.secrets} {
		for _, x := range list {
			if x.name == name {
				x.entry.SetText("")
				r.window.Canvas().Focus(x.entry.Focusable())
				r.letters(text)
				return
			}
		}
	}
	r.t.Fatalf("the form has no field %s", name)
}

// connect fills the form of one of the sandbox's servers in.
func (r *robot) connect(s *app.Sandbox, name string) {
	r.t.Helper()
	for _, x := range s.Config().Sources {
		if string(x.Name) != name {
			continue
		}
		r.tab().form.choose(x.Kind)
		r.fill("url", x.URL)
		for _, k := range r.tab().form.secrets {
			for env, value := range s.Environment() {
				if strings.HasSuffix(env, strings.ToUpper(name+"_"+k.name)) {
					r.fill(k.name, value)
				}
			}
		}
	}
}

// TestConnectingByHand walks from the first screen to two connections that were tested, saved, synced,
// paused and forgotten, as a person does.
func TestConnectingByHand(t *testing.T) {
	keyring.MockInit()
	s := sandbox(t)
	r := firstRun(t)
	r.letters("c")
	r.at(atSettings)
	if r.focused() != fyne.Focusable(r.tab().form.kinds) {
		t.Error("the choice of the kind does not have the keyboard")
	}
	r.key(fyne.KeyDown, fyne.KeyReturn)
	if r.tab().form.kind == "" {
		t.Fatal("Enter chose no kind")
	}
	r.key(fyne.KeyEscape)
	if r.tab().form.kind != "" {
		t.Error("Esc did not go back to the choice")
	}
	r.connect(s, "billing")
	r.fill("opening", "2026-09-01")
	r.key(fyne.KeyF5)
	r.settle()
	f := r.tab().form
	if f.tested == nil || !f.tested.Passed() || f.save.Spec().Label != "Save" {
		t.Fatalf("the test: %+v, %q", f.tested, f.fault)
	}
	r.ctrl(fyne.KeyReturn)
	r.settle()
	if f.fault == "" || !strings.Contains(f.fault, "name") || app.HasProfile(r.s.start.Options) {
		t.Fatalf("a business without a name: %q", f.fault)
	}
	r.fill("name", "Northwind Hosting")
	r.tab().form.fields[0].entry.SetText("billing")
	r.ctrl(fyne.KeyReturn)
	r.settle()
	if r.s.profile == nil || r.tab().form != nil || len(r.tab().known) != 1 {
		t.Fatalf("saved: %q", f.fault)
	}
	if c := r.tab().chosen(); c == nil || c.State != app.StateConnected || c.KindTitle != "WHMCS" {
		t.Errorf("billing is %+v", c)
	}
	r.secondConnection(s)
	r.pauseAndForget()
}

func (r *robot) secondConnection(s *app.Sandbox) {
	t := r.t
	r.tab().startForm()
	r.settle()
	r.connect(s, "stripe")
	r.fill("secret_key", "sk_test_wrong_one")
	r.key(fyne.KeyF5)
	r.settle()
	f := r.tab().form
	if f.tested == nil || f.tested.Passed() || f.save.Spec().Label != "Save although the test failed" {
		t.Fatalf("a wrong key: %+v", f.tested)
	}
	r.connect(s, "stripe")
	if f.tested != nil {
		t.Error("the test of the older key still stands")
	}
	if f.other.Text() != "stripe" {
		t.Errorf("suggested %q", f.other.Text())
	}
	test.Tap(f.save)
	r.settle()
	if c := r.tab().chosen(); c == nil || c.Name != "stripe" || len(c.Methods) != 1 {
		t.Fatalf("stripe is %+v, %q", c, f.fault)
	}
	r.s.sync()
	r.settle()
	r.ctrl(fyne.KeyComma)
	r.settle()
	if c := r.tab().chosen(); !c.Last.OK || c.Last.Records == 0 || r.tab().records["stripe"].From == 0 {
		t.Errorf("after a sync: %+v", c.Last)
	}
	test.Tap(r.tab().checks)
	r.settle()
	for _, c := range r.tab().known {
		if c.Tested == nil || !c.Tested.Passed() {
			t.Errorf("the checks leave %s at %+v", c.Name, c.Tested)
		}
	}
	if r.s.notice.Text != "2 of 2 connections work." || r.tab().checks.Spec().Busy {
		t.Errorf("the checks say %q", r.s.notice.Text)
	}
}

func (r *robot) pauseAndForget() {
	t := r.t
	r.key(fyne.KeyF5)
	r.settle()
	if c := r.tab().chosen(); c.Tested == nil || !c.Tested.Passed() {
		t.Errorf("tested: %+v", c.Tested)
	}
	r.tab().pause(*r.tab().chosen())
	r.settle()
	if c := r.tab().chosen(); c.State != app.StatePaused {
		t.Errorf("paused: %s", c.State)
	}
	r.tab().forget(*r.tab().chosen())
	if !r.s.covered() {
		t.Fatal("forgetting asks nothing")
	}
	r.key(fyne.KeyEscape)
	r.settle()
	if len(r.tab().known) != 2 {
		t.Fatal("Esc forgot it")
	}
	r.tab().forget(*r.tab().chosen())
	r.key(fyne.KeyTab)
	r.window.Canvas().FocusNext()
	r.key(fyne.KeyReturn)
	r.settle()
	if len(r.tab().known) != 1 || r.tab().list.Selected() != "billing" {
		t.Errorf("forgotten: %d left, %s shown", len(r.tab().known), r.tab().list.Selected())
	}
}

// TestWithoutAKeyring chooses a passphrase for the encrypted file, closes the window, and unlocks the
// file in the next one. A distinctive key is on no disk and on no screen.
func TestWithoutAKeyring(t *testing.T) {
	keyring.MockInitWithError(errors.New("no daemon"))
	t.Cleanup(keyring.MockInit)
	const planted = "sk_test_PLANTED4711distinctive"
	s := sandbox(t)
	r := firstRun(t)
	r.letters("c")
	r.connect(s, "stripe")
	r.fill("name", "Northwind Hosting")
	r.tab().form.fields[0].entry.SetText("stripe")
	r.fill("secret_key", planted)
	r.ctrl(fyne.KeyReturn)
	r.settle()
	if !r.s.covered() || r.tab().form == nil {
		t.Fatal("no passphrase is asked")
	}
	r.letters("correct horse")
	r.window.Canvas().FocusNext()
	r.letters("correct house")
	r.key(fyne.KeyReturn)
	r.settle()
	if !r.s.covered() {
		t.Fatal("two passphrases that differ were taken")
	}
	r.window.Canvas().FocusNext()
	r.key(fyne.KeyBackspace, fyne.KeyBackspace, fyne.KeyBackspace)
	r.letters("rse")
	r.key(fyne.KeyReturn)
	r.settle()
	if r.s.covered() || len(r.tab().known) != 1 {
		t.Fatalf("not saved behind the passphrase: %d connections", len(r.tab().known))
	}
	if !strings.Contains(r.s.notice.Text, "encrypted file") {
		t.Errorf("it does not say where the key went: %q", r.s.notice.Text)
	}
	r.s.sync()
	r.settle()
	if strings.Contains(test.RenderObjectToMarkup(r.s.root), "PLANTED") {
		t.Error("the screen shows the key")
	}
	searchFor(t, r.s.start.Options.Dir, planted)

	a, err := app.Open(t.Context(), r.s.start.Options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	next := newRobot(t, a, wide, "light")
	next.s.begin()
	next.settle()
	next.s.sync()
	next.settle()
	if !next.s.covered() {
		t.Fatal("a sync with locked keys asks for nothing")
	}
	next.letters("wrong horse")
	next.key(fyne.KeyReturn)
	next.settle()
	if !next.s.covered() {
		t.Fatal("a wrong passphrase was taken")
	}
	next.window.Canvas().Focused().(fyne.Shortcutable).TypedShortcut(&fyne.ShortcutSelectAll{})
	next.letters("correct horse")
	next.key(fyne.KeyReturn)
	next.settle()
	if next.s.covered() || a.KeyPlaces().Locked {
		t.Error("the right passphrase was not taken")
	}
}

// searchFor looks for a planted secret in every file of a folder.
func searchFor(t *testing.T, dir, planted string) {
	t.Helper()
	found := 0
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		found++
		text, err := os.ReadFile(path)
		if bytes.Contains(text, []byte(planted)) {
			t.Errorf("%s holds the secret", filepath.Base(path))
		}
		return err
	})
	if err != nil || found < 3 {
		t.Errorf("%d files searched, %v", found, err)
	}
}

// TestChangingWhatLeadsHere changes the links of a connection in its sheet.
func TestChangingWhatLeadsHere(t *testing.T) {
	d := ownDemo(t)
	r := newRobot(t, d.App, wide, "light")
	r.s.begin()
	r.settle()
	r.s.open(atSettings)
	r.settle()
	r.key(fyne.KeyDown)
	if r.tab().list.Selected() != "stripe" {
		t.Errorf("Down chose %q: the list does not have the keyboard", r.tab().list.Selected())
	}
	r.tab().choose("billing")
	r.tab().changeLinks(*r.tab().chosen())
	r.settle()
	if !r.s.covered() {
		t.Fatal("no sheet")
	}
	r.key(fyne.KeyEscape)
	r.tab().choose("stripe")
	right := r.tab().chosen().URL
	for _, url := range []string{"http://example.com", right + "-moved", right} {
		r.tab().changeAddress(*r.tab().chosen())
		r.window.Canvas().Focused().(fyne.Shortcutable).TypedShortcut(&fyne.ShortcutSelectAll{})
		r.letters(url)
		r.key(fyne.KeyReturn)
		r.settle()
		if refused := url == "http://example.com"; refused != r.s.covered() {
			t.Fatalf("%s: refused %v", url, r.s.covered())
		} else if refused {
			r.key(fyne.KeyEscape)
		} else if c := r.tab().chosen(); c.URL != url || c.Tested.Passed() != (url == right) {
			t.Errorf("%s: %+v", url, c.Tested)
		}
	}
	before := r.tab().chosen()
	r.tab().change(func(ctx context.Context, a *app.App) (string, error) {
		backup, err := a.SetLinks(ctx, "stripe", app.Links{Settles: before.Settles})
		return backup, err
	})
	r.settle()
	if c := r.tab().chosen(); len(c.Methods) != 0 || c.State != app.StateSetup ||
		len(c.Settles) != len(before.Settles) {
		t.Errorf("without methods: %+v", c)
	}
	if k := r.tab().test; k == nil || k.Spec().Key != "F5" {
		t.Error("the test has no key")
	}
}
