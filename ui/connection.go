package ui

import (
	"slices"

	"fyne.io/fyne/v2"

	"countinghouse/app"
	"countinghouse/app/book"
	"countinghouse/ui/kit"
	"countinghouse/ui/present"
)

// showDetail lays out the chosen connection.
func (x *connectionsTab) showDetail() {
	c := x.chosen()
	x.test = nil
	if c == nil {
		x.detail.set(kit.NewEmptyState("No connection yet. Add your billing system first, then your gateways, "+
			"then the bank accounts into which they pay out.", nil))
		return
	}
	v := present.NewConnectionDetail(*c, x.records[c.Name], x.proofs,
		x.hook(c.Name), x.s.profile.Config().Zone())
	parts := []fyne.CanvasObject{detailHead(v), x.actions(*c)}
	if v.Why != "" && v.Why != v.Test.Problem {
		parts = append(parts, note(status(v.Status), v.Why))
	}
	parts = append(parts, x.sections(*c, v)...)
	x.detail.set(stacked(14, 24, parts...))
}

// detailHead is the icon, what it is called, and its state.
func detailHead(v present.ConnectionDetail) fyne.CanvasObject {
	icon := kit.NewIconTile(v.Icon)
	words := stacked(0, 0, kit.NewLabel(v.Title, kit.Heading.At(17)), kit.NewLabel(v.Sub, kit.Second))
	state := kit.NewChip(status(v.Status), v.State)
	return arranged(fixed(300, 42), func(size fyne.Size) {
		m := state.MinSize()
		place(icon, 0, 1, 40, 40)
		place(words, 52, 0, size.Width-52-m.Width-12, 42)
		place(state, size.Width-m.Width, 10, m.Width, m.Height)
	}, icon, words, state)
}

// actions are what can be done with a connection; the one that takes it away stands at the far right.
func (x *connectionsTab) actions(c app.Connection) fyne.CanvasObject {
	x.test = kit.NewButton(kit.ButtonSpec{Label: "Test again", Icon: "play", Key: "F5",
		Busy: x.testing == c.Name, OnTap: x.runTest})
	if c.Tested == nil {
		spec := x.test.Spec()
		spec.Label = "Test"
		x.test.Set(spec)
	}
	keys := kit.NewButton(kit.ButtonSpec{Label: "Replace keys", Icon: "key",
		OnTap: func() { x.replaceKeys(c) }})
	pause := kit.ButtonSpec{Label: "Pause", Icon: "pause", OnTap: func() { x.pause(c) }}
	if c.State == app.StatePaused {
		pause.Label, pause.Icon = "Resume", "play"
	}
	rest := kit.NewButton(pause)
	profile := x.profileButton(c)
	forget := kit.NewButton(kit.ButtonSpec{Label: "Forget", Icon: "cross", OnTap: func() { x.forget(c) }})
	return arranged(fixed(300, 34), func(size fyne.Size) {
		row(0, 0, size.Height, 10, x.test, keys, rest, profile)
		w := forget.MinSize().Width
		place(forget, size.Width-w, 1, w, 32)
	}, x.test, keys, rest, profile, forget)
}

// profileButton leads to the billing profile of a connection that one drives.
func (x *connectionsTab) profileButton(c app.Connection) *kit.Button {
	b := kit.NewButton(kit.ButtonSpec{Label: "Profile", Icon: "pencil",
		OnTap: func() { x.s.editProfile(c.Name) }})
	show(b, slices.Contains(x.s.profile.ProfiledSources(), c.Name))
	return b
}

func checked(list []present.CheckLine) *kit.CheckList {
	var rows []kit.Checked
	for _, l := range list {
		rows = append(rows, kit.Checked{Status: status(l.Status), Label: l.Label, Value: l.Value})
	}
	return kit.NewCheckList(rows...)
}

// sections are the parts of the detail, each with its tick.
func (x *connectionsTab) sections(c app.Connection, v present.ConnectionDetail) []fyne.CanvasObject {
	move := kit.NewButton(kit.ButtonSpec{Label: "Change", Icon: "pencil", Small: true,
		OnTap: func() { x.changeAddress(c) }})
	out := []fyne.CanvasObject{kit.NewSection(status(v.KeyStatus), "Address and key", move,
		stacked(4, 0, kit.NewProse(v.Address, kit.Body.In(kit.Text2), 640), checked(v.Keys)))}
	out = append(out, testSections(v.Test, x.testing == c.Name)...)
	change := kit.NewButton(kit.ButtonSpec{Label: "Change", Icon: "pencil", Small: true,
		OnTap: func() { x.changeLinks(c) }})
	change.OnFocus = x.detail.follow(change)
	title := "What leads here"
	if c.Role == app.RoleBilling {
		title = "Where its payment methods lead"
	}
	out = append(out, kit.NewSection(status(v.CountStatus), title, change, checked(v.Counts)))
	if len(v.Hooks) > 0 {
		out = append(out, kit.NewSection(status(v.HookStatus), "Webhooks",
			kit.NewState(status(v.HookStatus), v.HookResult), checked(v.Hooks)))
	}
	if len(v.Proofs) > 0 {
		out = append(out, kit.NewSection(status(v.ProofStatus), "Completeness",
			kit.NewState(status(v.ProofStatus), v.ProofResult), wrapped(v.Proofs)))
	}
	last := stacked(8, 0)
	for _, text := range v.Last {
		last.Add(kit.NewProse(text, kit.Body.In(kit.Text2), 640))
	}
	if c.State != app.StatePaused {
		now := kit.NewButton(kit.ButtonSpec{Label: "Sync now", Icon: "renewals", Small: true,
			OnTap: func() { x.s.syncFrom([]book.SourceName{c.Name}) }})
		now.OnFocus = x.detail.follow(now)
		last.Add(chips(now))
	}
	title = "Last sync"
	if c.Last.At == 0 {
		title = "First sync"
	}
	return append(out, kit.NewSection(status(v.LastStatus), title,
		kit.NewState(status(v.LastStatus), v.LastResult), last).Last())
}

// wrapped are lines whose sentences may be longer than a line.
func wrapped(list []present.CheckLine) fyne.CanvasObject {
	out := stacked(4, 0)
	for _, l := range list {
		out.Add(note(status(l.Status), l.Label+": "+l.Value))
	}
	return out
}

// testSections show what a test found, and the permissions that it tried.
func testSections(v present.TestView, running bool) []fyne.CanvasObject {
	var beside fyne.CanvasObject = kit.NewState(status(v.Status), v.Result)
	if running {
		beside = kit.NewState(kit.StatusTiming, "testing")
	}
	content := stacked(6, 0)
	if v.Problem != "" {
		content.Add(kit.NewProse(v.Problem, kit.Body.In(kit.Text2), 640))
	}
	if len(v.Lines) > 0 {
		content.Add(checked(v.Lines))
	} else {
		content.Add(kit.NewProse("F5 asks the provider whether the key works and what it may do.",
			kit.Body.In(kit.Muted), 640))
	}
	for _, w := range v.Warnings {
		content.Add(note(kit.StatusAttention, w))
	}
	out := []fyne.CanvasObject{kit.NewSection(status(v.Status), "Test", beside, content)}
	if len(v.Permissions) == 0 {
		return out
	}
	var rows []kit.TableRow
	for _, p := range v.Permissions {
		rows = append(rows, kit.TableRow{Cells: []string{p.Title, p.Access, p.UsedFor},
			Status: status(p.Status), State: p.State})
	}
	return append(out, kit.NewSection(status(v.PermissionStatus), "Permissions",
		kit.NewLabel(v.Granted, kit.Second), kit.NewTable([]kit.TableColumn{{Title: "Permission", Share: 30},
			{Title: "Access", Share: 10}, {Title: "Used for", Share: 42}, {Title: "State", Share: 18}}, rows...)))
}
