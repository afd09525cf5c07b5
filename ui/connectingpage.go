package ui

import (
	"context"

	"fyne.io/fyne/v2"

	"countinghouse/app"
	"countinghouse/app/book"
	"countinghouse/ui/kit"
	"countinghouse/ui/present"
)

// fieldRow is a field with its label at the left and its hint below.
func fieldRow(x formField) fyne.CanvasObject {
	label := kit.NewLabel(x.label, kit.Body.In(kit.Text2))
	hint := kit.NewProse(x.hint, kit.Second, 420)
	const left = 140
	return arranged(func() fyne.Size {
		h := x.entry.MinSize().Height
		if x.hint != "" {
			h += 4 + hint.MinSize().Height
		}
		return fyne.NewSize(left+160, h+6)
	}, func(size fyne.Size) {
		w := min(480, size.Width-left)
		h := x.entry.MinSize().Height
		place(label, 0, 0, left-10, 30)
		place(x.entry, left, 0, w, h)
		place(hint, left, h+4, w, max(0, size.Height-h-4))
		show(hint, x.hint != "")
	}, label, x.entry, hint)
}

func rows(list []formField) *fyne.Container {
	out := stacked(6, 0)
	for _, x := range list {
		out.Add(fieldRow(x))
	}
	return out
}

func boxes(title, none string, list []linkBox) *fyne.Container {
	out := stacked(2, 0, kit.NewLabel(title, kit.Caption))
	for _, b := range list {
		out.Add(b.box)
	}
	if len(list) == 0 {
		out.Add(kit.NewProse(none, kit.Second, 560))
	}
	return out
}

// linkParts are the choices of what leads to a gateway.
func linkParts(methods, accounts []linkBox, other *kit.Entry) *fyne.Container {
	return stacked(12, 0, boxes("Payment methods of the billing system whose money it takes",
		"None is in the books yet. Sync the billing system, or name them here.", methods),
		fieldRow(formField{label: "Others", entry: other}),
		boxes("Accounts into which it pays out", "No bank account is set up yet. It can be added later.",
			accounts))
}

// page is the form of the chosen kind.
func (f *connectionForm) page() fyne.CanvasObject {
	title := f.title()
	if f.kind == kindAccount {
		title = "a bank account"
	}
	parts := []fyne.CanvasObject{kit.NewLabel("Add "+title, kit.Heading.At(17))}
	if len(f.business) > 0 {
		parts = append(parts, kit.NewSection(kit.StatusNone, "Your business", nil, rows(f.business)))
	}
	if f.kind == kindAccount {
		gateways := boxes("Gateways that pay out to it", "No gateway is connected yet.", f.accounts)
		parts = append(parts, kit.NewSection(kit.StatusNone, "Account", nil,
			stacked(12, 0, rows(f.fields), gateways)).Last())
	} else {
		where := kit.NewProse(present.KeysText(f.x.places), kit.Second, 560)
		if f.s.profile == nil {
			where.SetText("Keys go into this system's keyring, or into an encrypted file where there is none.")
		}
		parts = append(parts, kit.NewSection(kit.StatusNone, "Address and key", nil,
			stacked(8, 0, rows(append(append([]formField{}, f.fields...), f.secrets...)), where)))
		if f.other != nil && f.s.profile != nil {
			parts = append(parts, kit.NewSection(kit.StatusNone, "What leads here", nil,
				linkParts(f.methods, f.accounts, f.other)))
		}
		parts = append(parts, f.result)
	}
	buttons := chips(f.save, f.test, f.quit)
	if f.kind == kindAccount {
		buttons = chips(f.save, f.quit)
	}
	parts = append(parts, f.said, buttons, f.why)
	for _, l := range [][]formField{f.business, f.fields, f.secrets} {
		for _, x := range l {
			x.entry.OnFocus = f.x.detail.follow(x.entry)
		}
	}
	for _, l := range [][]linkBox{f.methods, f.accounts} {
		for _, b := range l {
			b.box.OnFocus = f.x.detail.follow(b.box)
		}
	}
	if f.other != nil {
		f.other.OnFocus = f.x.detail.follow(f.other)
	}
	for _, b := range []*kit.Button{f.test, f.save, f.quit} {
		b.OnFocus = f.x.detail.follow(b)
	}
	return stacked(12, 24, parts...)
}

func (f *connectionForm) title() string {
	for _, r := range f.kinds.Rows() {
		if r.ID == f.kind {
			return r.Title
		}
	}
	return ""
}

// update shows what was tested and what can be done.
func (f *connectionForm) update() {
	f.test.Set(kit.ButtonSpec{Label: "Test", Icon: "play", Key: "F5", Busy: f.testing, OnTap: f.runTest})
	spec := kit.ButtonSpec{Label: "Save", Icon: "tick", Key: "Ctrl Enter", Kind: kit.Primary,
		Busy: f.saving, Disabled: f.testing, OnTap: f.store}
	switch {
	case f.kind == kindAccount:
	case f.testing:
		spec.Reason = "The test is running."
	case f.tested == nil:
		spec.Label, spec.Reason = "Save without a test", "F5 tests it first."
	case !f.tested.Passed():
		spec.Label, spec.Reason = "Save although the test failed", "A sync will fail too until it is put right."
	}
	f.why.SetText(spec.Reason)
	spec.Reason = ""
	f.save.Set(spec)
	v := present.NewTestView(f.tested, f.s.zone())
	if f.tested == nil {
		v.Result = "not tested yet"
	}
	f.result.Objects = nil
	list := testSections(v, f.testing)
	list[len(list)-1].(*kit.Section).Last()
	f.result.Objects = []fyne.CanvasObject{stacked(12, 0, list...)}
	f.said.Objects = nil
	if f.fault != "" {
		f.said.Objects = []fyne.CanvasObject{note(kit.StatusBreak, f.fault)}
	}
	f.x.detail.lay(f.x.detail.outside.Size())
}

// runTest tests what the form says; nothing is kept.
func (f *connectionForm) runTest() {
	if f.testing || f.saving || f.kind == "" || f.kind == kindAccount {
		return
	}
	var c *app.Config
	o := f.s.start.Options
	if f.s.profile != nil {
		c, o = f.s.profile.Config(), f.s.profile.Options()
	}
	r := f.request()
	f.testing, f.tested, f.fault = true, nil, ""
	f.update()
	f.s.work.start(f.s.work.ctx, func(ctx context.Context) func() {
		t, err := app.TryConnection(ctx, o, c, r)
		return func() {
			f.testing = false
			if err != nil {
				f.fault = app.Explain(err)
			} else {
				f.tested = &t
			}
			f.update()
			f.look()
		}
	})
}

// look scrolls to what a test or a save has said.
func (f *connectionForm) look() {
	f.x.detail.follow(f.why)()
	f.x.detail.revealIn(f.result, -12, 120)
}

// whyNoSave says why the form cannot be saved now.
func (f *connectionForm) whyNoSave() string {
	switch {
	case f == nil || f.kind == "":
		return "There is nothing to save."
	case f.testing:
		return "The test is running."
	case f.saving:
		return "It is being saved."
	case f.s.pull.running():
		return "A sync is running; stop it first, or wait until it is done."
	}
	return ""
}

// saved is what saving came to.
type saved struct {
	opened *app.App // the profile that was made
	text   string
	err    error
}

// store saves what the form says, in a new profile where there is none.
func (f *connectionForm) store() {
	if why := f.whyNoSave(); why != "" {
		f.s.note(kit.Note{Status: kit.StatusNeutral, Text: why})
		return
	}
	a, o := f.s.profile, f.s.start.Options
	r, account, business, title := f.request(), f.account(), f.newBusiness(), f.title()
	f.saving, f.fault = true, ""
	f.update()
	f.s.work.start(f.s.work.ctx, func(ctx context.Context) func() {
		var done saved
		if a == nil {
			if done.err = app.CreateProfile(o, business); done.err == nil {
				done.opened, done.err = app.Open(ctx, o)
				a = done.opened
			}
		}
		switch {
		case done.err != nil:
		case r.Kind == kindAccount:
			var backup string
			backup, done.err = a.AddAccount(ctx, account)
			done.text = "The account " + string(account.Name) + " is added." + present.BackupText(backup)
		default:
			var added app.Added
			added, done.err = a.Add(ctx, r)
			done.text = present.AddedText(title, added)
		}
		return func() { f.stored(r.Name, done) }
	})
}

// stored shows what saving came to.
func (f *connectionForm) stored(name book.SourceName, done saved) {
	f.saving = false
	s, x := f.s, f.x
	if done.opened != nil {
		s.closers = append(s.closers, done.opened.Close)
		s.takeProfile(done.opened, 0)
		s.open(atSettings)
		x = s.settings().connections
		f.x, x.form = x, f
		f.business = nil
	}
	switch {
	case app.IsLocked(done.err):
		f.again("Its keys need the encrypted file, and that needs a passphrase.")
		s.askPassphrase(f.store)
		return
	case done.err != nil:
		f.again(app.Explain(done.err))
		return
	}
	x.form = nil
	if f.kind != kindAccount {
		x.list.Select(string(name))
		if f.tested != nil {
			s.profile.Tested(name, *f.tested)
		}
	}
	s.changed()
	x.load()
	x.showDetail()
	s.canvas.Focus(x.list)
	s.say(done.text)
}

// again shows the form once more with what went wrong.
func (f *connectionForm) again(fault string) {
	f.fault = fault
	f.show()
	f.update()
	f.look()
}
