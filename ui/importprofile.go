package ui

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"fyne.io/fyne/v2"

	"countinghouse/app"
	"countinghouse/ui/kit"
	"countinghouse/ui/present"
)

// profileSheet names how a file is read, so that the bank's next ones are read so, and gives it to others
// as a file.
type profileSheet struct {
	x     *importScreen
	name  *kit.Entry
	said  *fyne.Container
	sheet *kit.Sheet
}

// nameProfile opens the sheet for the file that is shown.
func (x *importScreen) nameProfile() {
	if x.reading || !x.checks() {
		return
	}
	p := &profileSheet{x: x, name: kit.NewEntry("A name, such as House bank CSV"), said: stacked(0, 0)}
	p.name.SetText(x.found.Files[0].Profile.Name)
	p.name.OnSubmit = func(string) { p.save() }
	save := kit.NewButton(kit.ButtonSpec{Label: "Save profile", Icon: "tick", Kind: kit.Primary,
		OnTap: p.save})
	out := kit.NewButton(kit.ButtonSpec{Label: "Write it to a file ...", Icon: "send", OnTap: p.export})
	in := kit.NewButton(kit.ButtonSpec{Label: "Read one from a file ...", Icon: "file", OnTap: p.read})
	p.sheet = x.s.fittedSheet("How files of this bank are read", stacked(14, 20,
		kit.NewProse("What each column means, how dates and amounts are written, and what you answered. "+
			"Files with the same columns are read so without a question. A profile holds nothing of what "+
			"stands in a file.", kit.Body, 520),
		p.name, p.said, chips(save, out, in), gap(16)), fyne.NewSize(620, 420))
	x.s.canvas.Focus(p.name.Focusable())
}

// profile is that of the file with the name that was typed.
func (p *profileSheet) profile() app.Profile {
	out := p.x.found.Files[0].Profile
	out.Name = typed(p.name.Text())
	return out
}

func (p *profileSheet) fail(err error) {
	p.said.Objects = []fyne.CanvasObject{note(kit.StatusBreak, app.Explain(err))}
	p.said.Refresh()
	p.x.s.canvas.Focus(p.name.Focusable())
}

// run does something beside the UI goroutine; then the sheet is closed, or says what went wrong.
func (p *profileSheet) run(do func(ctx context.Context, a *app.App) error, said string) {
	a := p.x.s.profile
	p.x.s.work.start(p.x.s.work.ctx, func(ctx context.Context) func() {
		err := do(ctx, a)
		return func() {
			if err != nil {
				p.fail(err)
				return
			}
			p.sheet.Close()
			p.x.s.say(said)
			p.x.again()
		}
	})
}

func (p *profileSheet) save() {
	profile := p.profile()
	p.run(func(ctx context.Context, a *app.App) error {
		return a.SaveStatementProfile(ctx, profile)
	}, "Saved as "+profile.Name+": the next file of this bank is read so.")
}

// export writes the profile into a folder that the person chooses.
func (p *profileSheet) export() {
	profile := p.profile()
	if profile.Name == "" {
		p.fail(errNameless)
		return
	}
	p.x.s.choose("Choose a folder for the profile", true, func(dir string) {
		path := filepath.Join(dir, present.FileName(profile.Name)+".profile.json")
		p.run(func(_ context.Context, a *app.App) error {
			f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
			if err != nil {
				return err
			}
			return errors.Join(a.ExportStatementProfile(profile, f), f.Close())
		}, "Written to "+path+".")
	})
}

var errNameless = errors.New("the profile has no name: give it one, such as the bank's")

// read asks for the file of a profile.
func (p *profileSheet) read() {
	p.x.s.choose("Choose the file of a profile", false, p.take)
}

// take remembers the profile of a file and reads the statement with it.
func (p *profileSheet) take(path string) {
	p.run(func(ctx context.Context, a *app.App) error {
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		profile, err := a.ReadStatementProfile(f)
		if err != nil {
			return err
		}
		return a.SaveStatementProfile(ctx, profile)
	}, "The profile is remembered: files with its columns are read so.")
}
