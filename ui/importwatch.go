package ui

import (
	"context"

	"fyne.io/fyne/v2"

	"countinghouse/app"
	"countinghouse/app/book"
	"countinghouse/ui/kit"
	"countinghouse/ui/present"
)

// watching are the folders that accounts watch, with what waits in them, below the choice of a file.
func (p *importPast) watching() []fyne.CanvasObject {
	accounts := p.x.s.profile.Config().Accounts
	if len(accounts) == 0 {
		return nil
	}
	parts := []fyne.CanvasObject{kit.NewGround(kit.CardLine),
		kit.NewLabel("Watched folders", kit.Figure)}
	if waits := p.waiting(); len(waits) > 0 {
		parts = append(parts, note(kit.StatusAttention, present.WaitingText(p.watched)),
			chips(kit.NewButton(kit.ButtonSpec{Label: present.WaitingButton(len(waits)), Icon: "eye",
				OnTap: func() { p.x.open(waits...) }})))
	}
	list := stacked(2, 0)
	for _, a := range accounts {
		list.Add(p.watchLine(a))
	}
	return append(parts, list, kit.NewProse("A sync takes new statements of a watched folder in by itself "+
		"where nothing about them needs you; the others wait here. No file is moved or changed.",
		kit.Second, 420))
}

// watchLine is one account with its folder.
func (p *importPast) watchLine(a app.AccountConfig) fyne.CanvasObject {
	name, folder := kit.NewLabel(string(a.Name), kit.Body.In(kit.Text2)), kit.NewLabel("no folder", kit.Second)
	spec := kit.ButtonSpec{Label: "Watch a folder", Kind: kit.Link, Small: true,
		OnTap: func() { p.chooseWatch(a.Name) }}
	if a.Watch != "" {
		folder = kit.NewLabel(a.Watch, kit.Body)
		spec.Label, spec.OnTap = "Stop", func() { p.setWatch(a.Name, "") }
	}
	change := kit.NewButton(spec)
	return arranged(fixed(260, 28), func(size fyne.Size) {
		w := change.MinSize().Width
		place(name, 0, 0, 116, 28)
		place(folder, 124, 0, max(0, size.Width-124-w-12), 28)
		place(change, size.Width-w, 0, w, 28)
	}, name, folder, change)
}

// waiting are the files that wait for somebody.
func (p *importPast) waiting() []string {
	var out []string
	for _, w := range p.watched {
		if w.State == app.WatchWaits {
			out = append(out, w.Path)
		}
	}
	return out
}

func (p *importPast) chooseWatch(name book.AccountName) {
	p.x.s.choose("Choose the folder that "+string(name)+" watches", true, func(dir string) {
		p.setWatch(name, dir)
	})
}

// setWatch writes into the configuration which folder an account watches.
func (p *importPast) setWatch(name book.AccountName, folder string) {
	a := p.x.s.profile
	p.x.s.work.start(p.x.s.work.ctx, func(ctx context.Context) func() {
		backup, err := a.SetWatch(ctx, name, folder)
		return func() {
			if err != nil {
				p.x.s.fail(app.Explain(err))
				return
			}
			p.x.s.say(present.WatchText(string(name), folder) + present.BackupText(backup))
			p.x.update()
			p.load()
		}
	})
}
