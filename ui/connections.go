package ui

import (
	"context"
	"slices"

	"fyne.io/fyne/v2"

	"countinghouse/app"
	"countinghouse/app/book"
	"countinghouse/ui/kit"
	"countinghouse/ui/present"
)

// connectionsTab lists the connections and shows one of them, or the form for a new one.
type connectionsTab struct {
	s       *shell
	outside *fyne.Container

	list   *kit.PickList
	listed *kit.Card
	add    *kit.Button
	unlock *kit.Button
	locked *fyne.Container // around it, hidden where nothing is locked
	keys   *kit.Prose
	setup  *kit.Facts
	left   *scrolling
	detail *scrolling

	known   []app.Connection
	proofs  []book.Proof
	hooks   []app.HookState
	records map[book.SourceName]app.SourceRecords
	places  app.KeyPlaces
	// asked counts loads: an older result is dropped.
	asked int
	// testing is the connection that is being tested, "" for none.
	testing book.SourceName
	test    *kit.Button
	form    *connectionForm // shown instead of a connection, nil where there is none
	// checks tests all connections.
	checks *kit.Button
}

func newConnectionsTab(s *shell) *connectionsTab {
	x := &connectionsTab{s: s, list: kit.NewPickList(), setup: kit.NewFacts(0, 26),
		keys: kit.NewProse(" ", kit.Second, 340)}
	x.list.OnChange = func(string) {
		x.form = nil
		x.showDetail()
	}
	x.list.OnOpen = func(string) {
		if x.form != nil {
			x.form = nil
			x.showDetail()
		}
	}
	x.add = kit.NewButton(kit.ButtonSpec{Label: "Add", Icon: "plus", Kind: kit.Primary, OnTap: x.startForm})
	x.checks = kit.NewButton(checksButton(x, false))
	x.unlock = kit.NewButton(kit.ButtonSpec{Label: "Unlock", Icon: "key", Small: true,
		OnTap: func() { s.askPassphrase(x.load) }})
	x.locked = chips(x.unlock)
	x.locked.Hide()
	x.listed = kit.NewCard("", "", nil, x.list, 0)
	words := stacked(0, 0, kit.NewLabel("Add a connection", kit.Figure),
		kit.NewLabel("Billing, gateway or bank account", kit.Second))
	x.left = newScrolling(stacked(12, 0,
		x.listed,
		kit.NewCard("", "", nil, between(36, words, x.add), 14),
		kit.NewCard("", "", nil, stacked(8, 0, kit.NewLabel("Where keys are kept", kit.Figure),
			x.keys, x.locked), 16),
		kit.NewCard("", "", nil, stacked(8, 0, kit.NewLabel("Setup of this business", kit.Figure),
			x.setup), 16)))
	x.detail = newScrolling(kit.NewEmptyState("", nil))
	panel := kit.NewCard("", "", nil, x.detail.outside, 0)
	x.outside = arranged(fixed(860, 400), func(size fyne.Size) {
		left := float32(386)
		if size.Width < narrowBelow-kit.RailWide {
			left = 330
		}
		place(x.left.outside, 20, 20, left, size.Height-40)
		place(panel, 20+left+12, 20, size.Width-left-52, size.Height-40)
	}, x.left.outside, panel)
	x.showLeft()
	x.load()
	return x
}

// load reads the connections anew beside the UI goroutine: the keyring may be slow.
func (x *connectionsTab) load() {
	a := x.s.profile
	if a == nil {
		if x.form == nil {
			x.startForm()
		}
		return
	}
	x.asked++
	asked := x.asked
	x.s.work.start(x.s.work.ctx, func(ctx context.Context) func() {
		known, err := a.Connections(ctx)
		records := map[book.SourceName]app.SourceRecords{}
		for _, c := range known {
			if err == nil {
				records[c.Name], err = a.Records(ctx, c.Name)
			}
		}
		var proofs []book.Proof
		if err == nil {
			proofs, err = a.Completeness(ctx)
		}
		var hooks []app.HookState
		if err == nil {
			hooks, err = a.HookStates(ctx)
		}
		places := a.KeyPlaces()
		return func() {
			if asked != x.asked || a != x.s.profile {
				return
			}
			if err != nil {
				x.detail.set(stacked(10, 24, note(kit.StatusBreak, app.Explain(err))))
				return
			}
			x.proofs, x.hooks, x.places = proofs, hooks, places
			x.take(known, records)
		}
	})
}

// take shows what was read.
func (x *connectionsTab) take(known []app.Connection, records map[book.SourceName]app.SourceRecords) {
	x.known, x.records = known, records
	chosen := x.list.Selected()
	if !slices.ContainsFunc(known, func(c app.Connection) bool { return string(c.Name) == chosen }) {
		chosen = ""
		if len(known) > 0 {
			chosen = string(known[0].Name)
		}
	}
	var rows []kit.PickRow
	for _, r := range present.ConnectionRows(known, x.s.profile.Now(), x.s.profile.Config().Zone()) {
		rows = append(rows, kit.PickRow{ID: r.ID, Icon: r.Icon, Title: r.Title, Note: r.Note,
			Status: status(r.Status), State: r.State})
	}
	x.list.Set(rows...)
	x.list.Select(chosen)
	x.showLeft()
	if x.form != nil {
		return
	}
	x.showDetail()
	// The list could not have the keyboard while it was empty.
	if s := x.s; len(known) > 0 && s.shows(atSettings) && s.canvas.Focused() == nil && !s.covered() {
		s.canvas.Focus(x.list)
	}
}

func (x *connectionsTab) showLeft() {
	text := present.KeysText(x.places)
	if x.s.profile == nil {
		text = "In this system's keyring where there is one, else in an encrypted file. Never in the " +
			"settings file, never in logs or exports."
		x.setup.Set(kit.Fact{Label: "There is no profile yet", Value: "", Status: kit.StatusNeutral})
	} else {
		var lines []kit.Fact
		for _, l := range present.SetupLines(x.s.profile.Config(), x.known) {
			lines = append(lines, kit.Fact{Status: status(l.Status), Label: l.Label, Value: l.Value})
		}
		x.setup.Set(lines...)
	}
	x.keys.SetText(text)
	show(x.listed, len(x.known) > 0)
	show(x.locked, x.places.Locked)
	x.left.lay(x.left.outside.Size())
}

// chosen is the connection that is shown, nil for none.
func (x *connectionsTab) chosen() *app.Connection {
	for i := range x.known {
		if string(x.known[i].Name) == x.list.Selected() {
			return &x.known[i]
		}
	}
	return nil
}

// choose shows a connection.
func (x *connectionsTab) choose(name book.SourceName) {
	x.form = nil
	x.list.Select(string(name))
	x.showDetail()
}

// hook is what webhooks came in from a connection, nil where none can.
func (x *connectionsTab) hook(name book.SourceName) *app.HookState {
	for i := range x.hooks {
		if x.hooks[i].Name == name {
			return &x.hooks[i]
		}
	}
	return nil
}

func (x *connectionsTab) startForm() {
	x.form = newConnectionForm(x)
	x.form.show()
}

// leaveForm goes back from the form, and says whether there was one to leave.
func (x *connectionsTab) leaveForm() bool {
	switch {
	case x.form == nil:
		return false
	case x.form.back():
		return true
	case x.s.profile == nil:
		return false
	}
	x.form = nil
	x.showDetail()
	x.s.canvas.Focus(x.list)
	return true
}

func (x *connectionsTab) panes() []fyne.Focusable {
	out := []fyne.Focusable{x.list}
	switch {
	case x.form != nil:
		out = append(out, x.form.first())
	case x.test != nil:
		out = append(out, x.test)
	}
	return out
}

// whyNoTest says why nothing can be tested now.
func (x *connectionsTab) whyNoTest() string {
	switch {
	case x.testing != "" || x.form != nil && x.form.testing:
		return "A test is running already."
	case x.form != nil && x.form.kind == "":
		return "Choose first what to connect."
	case x.form != nil && x.form.kind == kindAccount:
		return "A bank account needs no test."
	case x.form == nil && x.chosen() == nil:
		return "There is no connection to test yet."
	}
	return ""
}

// runTest tests what is shown: a connection, or the one in the form.
func (x *connectionsTab) runTest() {
	if x.form != nil {
		x.form.runTest()
		return
	}
	c := x.chosen()
	if c == nil || x.testing != "" {
		return
	}
	a, name := x.s.profile, c.Name
	x.testing = name
	x.showDetail()
	x.s.work.start(x.s.work.ctx, func(ctx context.Context) func() {
		t, err := a.Test(ctx, name)
		return func() {
			x.testing = ""
			if err != nil {
				x.s.note(kit.Note{Status: kit.StatusBreak, Text: app.Explain(err)})
			}
			x.load()
			if t.Locked {
				x.s.askPassphrase(func() { x.runTest() })
			}
		}
	})
}

// testAll tests every connection that is not paused, one after the other, and says how many work.
func (x *connectionsTab) testAll() {
	if x.form != nil || x.testing != "" || len(x.known) == 0 {
		return
	}
	a, known := x.s.profile, x.known
	x.checks.Set(checksButton(x, true))
	x.s.work.start(x.s.work.ctx, func(ctx context.Context) func() {
		var list []app.Connection
		for _, c := range known {
			if c.State == app.StatePaused {
				continue
			}
			t, err := a.Test(ctx, c.Name)
			if ctx.Err() != nil {
				break
			}
			if err != nil {
				t = app.Test{Problem: app.Explain(err)}
			}
			c.Tested = &t
			list = append(list, c)
		}
		return func() {
			x.checks.Set(checksButton(x, false))
			x.load()
			text, ok := present.ChecksText(list)
			st := kit.StatusOK
			if !ok {
				st = kit.StatusAttention
			}
			x.s.note(kit.Note{Status: st, Text: text})
		}
	})
}

func checksButton(x *connectionsTab, busy bool) kit.ButtonSpec {
	return kit.ButtonSpec{Label: "Run checks", Icon: "play", Busy: busy, OnTap: x.testAll}
}

// pause makes the chosen connection rest, or takes it in again.
func (x *connectionsTab) pause(c app.Connection) {
	on := c.State != app.StatePaused
	x.change(func(ctx context.Context, a *app.App) (string, error) {
		backup, err := a.Pause(ctx, c.Name, on)
		text := c.Title + " is paused: a sync leaves it out."
		if !on {
			text = c.Title + " takes part in the next sync again."
		}
		return text + present.BackupText(backup), err
	})
}

// forget asks, and forgets the chosen connection with its keys.
func (x *connectionsTab) forget(c app.Connection) {
	kit.ShowConfirm(x.s.canvas, kit.ConfirmSpec{Title: "Forget " + c.Title + "?",
		Text: present.ForgetText(c, x.records[c.Name]), Confirm: "Forget " + c.Title + " and its keys",
		Cancel: "Keep it", Danger: true, OnConfirm: func() { x.forgetNow(c) }})
}

func (x *connectionsTab) forgetNow(c app.Connection) {
	x.change(func(ctx context.Context, a *app.App) (string, error) {
		done, err := a.Forget(ctx, c.Name)
		return present.ForgottenText(c.Title, done), err
	})
}

// change does something to the profile beside the UI goroutine, says what, and shows the result. Where
// the encrypted file of keys is locked it asks for the passphrase and does it again.
func (x *connectionsTab) change(do func(ctx context.Context, a *app.App) (string, error)) {
	s, a := x.s, x.s.profile
	if why := s.whyNoProfile(); why != "" {
		s.note(kit.Note{Status: kit.StatusNeutral, Text: why})
		return
	}
	s.work.start(s.work.ctx, func(ctx context.Context) func() {
		said, err := do(ctx, a)
		return func() {
			switch {
			case app.IsLocked(err):
				s.askPassphrase(func() { x.change(do) })
			case err != nil:
				s.fail(app.Explain(err))
			default:
				s.changed()
				s.say(said)
			}
			x.load()
		}
	})
}

// changed reads the month again after the configuration was changed.
func (s *shell) changed() {
	if s.profile != nil && s.wanted != 0 {
		s.load(s.wanted, false)
	}
}
