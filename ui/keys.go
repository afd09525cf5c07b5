package ui

import (
	"context"
	"errors"
	"time"

	"fyne.io/fyne/v2"

	"countinghouse/app"
	"countinghouse/ui/kit"
	"countinghouse/ui/present"
)

var errDiffer = errors.New("the two passphrases differ")

func (s *shell) settings() *settingsScreen { return s.screen(atSettings).(*settingsScreen) }

// zone is the business's; UTC where there is none yet.
func (s *shell) zone() *time.Location {
	if s.profile == nil {
		return time.UTC
	}
	return s.profile.Config().Zone()
}

// keySheet is a sheet of secret fields with a button that takes them.
type keySheet struct {
	s      *shell
	fields []formField
	take   *kit.Button
	label  string
	said   *fyne.Container
	sheet  *kit.Sheet
	// do takes the values beside the UI goroutine and returns what to do then.
	do func(ctx context.Context, values map[string]app.Secret) (then func(), err error)
}

// show opens the sheet.
func (k *keySheet) show(title, text string) {
	k.said = stacked(0, 0)
	k.take = kit.NewButton(kit.ButtonSpec{Label: k.label, Icon: "key", Kind: kit.Primary, OnTap: k.run})
	for _, f := range k.fields {
		f.entry.OnSubmit = func(string) { k.run() }
	}
	k.sheet = k.s.fittedSheet(title, stacked(12, 20, kit.NewProse(text, kit.Body, 520), rows(k.fields),
		k.said, chips(k.take), gap(24)), fyne.NewSize(620, 560))
	k.s.canvas.Focus(k.fields[0].entry.Focusable())
}

func (k *keySheet) run() {
	values := map[string]app.Secret{}
	for _, f := range k.fields {
		values[f.name] = app.Secret(f.entry.Text())
	}
	k.busy(true)
	k.s.work.start(k.s.work.ctx, func(ctx context.Context) func() {
		then, err := k.do(ctx, values)
		return func() {
			k.busy(false)
			if err != nil {
				k.said.Objects = []fyne.CanvasObject{note(kit.StatusBreak, app.Explain(err))}
				k.said.Refresh()
				k.s.canvas.Focus(k.fields[0].entry.Focusable())
				return
			}
			k.sheet.Close()
			then()
		}
	})
}

func (k *keySheet) busy(on bool) {
	spec := k.take.Spec()
	spec.Busy = on
	k.take.Set(spec)
}

// askPassphrase asks for the passphrase of the encrypted file of keys, twice for one that is to be
// made, and goes on once it is known.
func (s *shell) askPassphrase(then func()) {
	a := s.profile
	there := a.KeyPlaces().FileThere
	k := &keySheet{s: s, label: "Unlock", fields: []formField{{"first", "Passphrase", "",
		kit.NewSecretField("not shown while you type")}}}
	title, text := "Unlock the encrypted file of keys", "This profile keeps keys in the encrypted file "+
		"**secrets.age**. Its passphrase is kept in memory until the window is closed."
	if !there {
		title, k.label = "Choose a passphrase", "Use this passphrase"
		text = "This computer's keyring cannot be used, so keys go into the encrypted file **secrets.age** " +
			"of the profile. Nobody can bring a lost passphrase back: the keys would have to be entered again."
		k.fields[0].hint = "8 characters or more; a sentence is good."
		k.fields = append(k.fields, formField{"again", "The same again", "", kit.NewSecretField("")})
	}
	k.do = func(_ context.Context, values map[string]app.Secret) (func(), error) {
		if !there && values["first"] != values["again"] {
			return nil, errDiffer
		}
		return then, a.Unlock(values["first"].Reveal())
	}
	k.show(title, text)
}

// replaceKeys asks for other keys of a connection and tests them.
func (x *connectionsTab) replaceKeys(c app.Connection) {
	s, a := x.s, x.s.profile
	k := &keySheet{s: s, label: "Replace and test"}
	for _, key := range c.Keys {
		k.fields = append(k.fields, formField{key.Field, present.KeyTitle(key.Field), key.Title,
			kit.NewSecretField("unchanged, " + key.Place.Words())})
	}
	k.do = func(_ context.Context, values map[string]app.Secret) (func(), error) {
		done, err := a.ReplaceKeys(c.Name, values)
		if app.IsLocked(err) {
			return func() { s.askPassphrase(func() { x.replaceKeys(c) }) }, nil
		}
		return func() {
			s.say(present.AddedText(c.Title, done))
			x.choose(c.Name)
			x.runTest()
		}, err
	}
	k.show("Replace the keys of "+c.Title, "Fill in what is new. Fields that stay empty keep the key that "+
		"is there, which is never shown.")
}

// changeAddress asks for another address of a connection, and tests it.
func (x *connectionsTab) changeAddress(c app.Connection) {
	s, a := x.s, x.s.profile
	k := &keySheet{s: s, label: "Change and test", fields: []formField{
		field("url", "Address", "the live address of "+c.KindTitle, "", c.URL)}}
	k.do = func(ctx context.Context, values map[string]app.Secret) (func(), error) {
		backup, err := a.SetAddress(ctx, c.Name, values["url"].Reveal())
		return func() {
			s.say(c.Title + " has another address." + present.BackupText(backup))
			s.changed()
			x.choose(c.Name)
			x.runTest()
		}, err
	}
	k.show("The address of "+c.Title, "Its keys are sent to this address: enter none but the provider's own, "+
		"your billing system's, or a proxy of yours.")
}

// changeLinks asks anew what makes a connection count.
func (x *connectionsTab) changeLinks(c app.Connection) {
	s, a := x.s, x.s.profile
	s.work.start(s.work.ctx, func(ctx context.Context) func() {
		known, err := a.Methods(ctx)
		return func() {
			switch {
			case err != nil:
				s.fail(app.Explain(err))
			case c.Role == app.RoleBilling:
				x.askBehind(c, known)
			default:
				x.askLinks(c, known)
			}
		}
	})
}

// askLinks asks which methods lead to a gateway, and into which accounts it pays out.
func (x *connectionsTab) askLinks(c app.Connection, known []app.MethodChoice) {
	methods, other := methodBoxes(known, func(m app.MethodChoice) bool {
		return m.Behind == string(c.Name)
	})
	var accounts []linkBox
	for _, a := range x.s.profile.Config().Accounts {
		b := linkBox{string(a.Name), kit.NewCheckBox(string(a.Name), string(a.Currency))}
		for _, name := range c.Settles {
			if name == a.Name {
				b.box.SetChecked(true)
			}
		}
		accounts = append(accounts, b)
	}
	x.linkSheet(c, "What leads to "+c.Title, linkParts(methods, accounts, other),
		func() app.Links { return linksOf(methods, accounts, other) })
}

// askBehind asks of each payment method of a billing system what is behind it.
func (x *connectionsTab) askBehind(c app.Connection, known []app.MethodChoice) {
	config := x.s.profile.Config()
	options := []kit.Option{{ID: "", Label: "nothing yet"}}
	for _, s := range config.Sources {
		if s.Name != c.Name {
			options = append(options, kit.Option{ID: string(s.Name), Label: config.Title(s.Name)})
		}
	}
	for _, a := range config.Accounts {
		options = append(options, kit.Option{ID: string(a.Name), Label: "account " + string(a.Name)})
	}
	content := stacked(8, 0)
	fields := map[string]*kit.Select{}
	for _, m := range known {
		if m.Billing != c.Name {
			continue
		}
		pick := kit.NewSelect("", options...)
		pick.Select(m.Behind)
		fields[m.Name] = pick
		label := kit.NewLabel(m.Title, kit.Body)
		content.Add(arranged(fixed(300, 32), func(size fyne.Size) {
			place(label, 0, 1, 240, 30)
			place(pick, 250, 1, size.Width-250, 30)
		}, label, pick))
	}
	if len(fields) == 0 {
		content.Add(kit.NewProse("Its payment methods are not in the books yet. Sync it first.", kit.Body, 500))
	}
	x.linkSheet(c, "Where the payment methods of "+c.Title+" lead", content, func() app.Links {
		behind := map[string]string{}
		for name, pick := range fields {
			if pick.Selected() != "" {
				behind[name] = pick.Selected()
			}
		}
		return app.Links{Behind: behind}
	})
}

// linkSheet shows choices and saves them.
func (x *connectionsTab) linkSheet(c app.Connection, title string, content fyne.CanvasObject,
	links func() app.Links) {
	var sheet *kit.Sheet
	save := kit.NewButton(kit.ButtonSpec{Label: "Save", Icon: "tick", Kind: kit.Primary, OnTap: func() {
		l := links()
		sheet.Close()
		x.change(func(ctx context.Context, a *app.App) (string, error) {
			backup, err := a.SetLinks(ctx, c.Name, l)
			return c.Title + ": what leads here is saved." + present.BackupText(backup), err
		})
	}})
	sheet = x.s.fittedSheet(title, stacked(14, 20, content, chips(save), gap(8)), fyne.NewSize(620, 620))
}
