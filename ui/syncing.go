package ui

import (
	"context"
	"errors"
	"strings"

	"fyne.io/fyne/v2"

	"countinghouse/app"
	"countinghouse/app/book"
	"countinghouse/ui/kit"
	"countinghouse/ui/present"
)

// pull is a sync: its panel in the corner, while it runs and until it is dismissed. A nil pull is
// none.
type pull struct {
	s       *shell
	cancel  context.CancelFunc
	busy    bool
	stopped bool
	text    string

	// names are the sources that are pulled, nil for all; due says that what is due is done behind it.
	names []book.SourceName
	due   bool

	lines  map[string]*kit.ProgressLine
	list   *fyne.Container
	button *kit.Button
	card   *kit.Card
}

func (p *pull) running() bool { return p != nil && p.busy }

func (p *pull) shown() bool { return p != nil && len(p.s.dock.Objects) > 0 }

// line is what the status bar says of it.
func (p *pull) line() string {
	if p.running() {
		return p.text
	}
	return ""
}

// sync pulls from all sources and shows how far it is.
func (s *shell) sync() { s.syncFrom(nil) }

// syncFrom pulls from some sources, nil for all, and reads the month again when it is done.
func (s *shell) syncFrom(names []book.SourceName) {
	if why := s.whyNoSync(); why != "" {
		s.note(kit.Note{Status: kit.StatusNeutral, Text: why})
		return
	}
	s.hush()
	p := &pull{s: s, busy: true, text: "Syncing", lines: map[string]*kit.ProgressLine{}, names: names}
	s.pull = p
	p.build(names)
	ctx, cancel := context.WithCancel(s.work.ctx)
	p.cancel = cancel
	a := s.profile
	show := s.work.progress(p.progress)
	s.work.start(ctx, func(ctx context.Context) func() {
		report, err := a.Sync(ctx, app.SyncRequest{Sources: names}, show)
		return func() {
			cancel()
			p.done(report, err)
		}
	})
	s.update()
}

// build makes the panel with one line for each source.
func (p *pull) build(names []book.SourceName) {
	p.list = stacked(10, 0)
	config := p.s.profile.Config()
	for _, c := range config.Sources {
		if len(names) > 0 && !has(names, c.Name) {
			continue
		}
		title := config.Title(c.Name)
		line := kit.NewProgressLine()
		line.Set(title, "waiting", -1)
		p.lines[title] = line
		p.list.Add(line)
	}
	p.button = kit.NewButton(kit.ButtonSpec{Label: "Stop", Key: "Esc", OnTap: p.stop,
		Reason: "What has arrived is kept."})
	p.show("Sync")
}

func has(names []book.SourceName, name book.SourceName) bool {
	for _, n := range names {
		if n == name {
			return true
		}
	}
	return false
}

func (p *pull) show(title string) {
	p.card = kit.NewCard(title, "", nil, stacked(14, 0, p.list, chips(p.button)), 16)
	p.s.dock.Objects = []fyne.CanvasObject{sizedBy(440, p.card)}
	p.s.dock.Refresh()
}

// sizedBy gives an object a width and the height that it needs.
func sizedBy(w float32, o fyne.CanvasObject) fyne.CanvasObject {
	return arranged(func() fyne.Size { return fyne.NewSize(w, o.MinSize().Height) },
		func(size fyne.Size) {
			place(o, 0, 0, size.Width, size.Height)
			place(o, 0, 0, size.Width, o.MinSize().Height)
		}, o)
}

// progress shows how far a source is.
func (p *pull) progress(x app.Progress) {
	if p.s.pull != p || !p.busy {
		return
	}
	p.text = stageText(x)
	if line := p.lines[x.Source]; line != nil {
		figure := present.Count(x.Done)
		if x.Total > 0 {
			figure += " of " + present.Count(x.Total)
		}
		text := x.Source + ": " + x.Stage
		if x.Stages > 1 {
			text += ", step " + present.Count(x.StageOf) + " of " + present.Count(x.Stages)
		}
		line.Set(text, figure, fraction(x))
	}
	p.s.status.SetNotes(p.s.notes()...)
}

// stop ends the sync at a safe point.
func (p *pull) stop() {
	if !p.running() {
		return
	}
	p.stopped = true
	spec := p.button.Spec()
	spec.Busy, spec.Reason = true, "Stopping at a safe point."
	p.button.Set(spec)
	p.cancel()
}

// done shows how it went, source by source, and reads the month again.
func (p *pull) done(report app.SyncReport, err error) {
	p.busy = false
	p.list.Objects = nil
	if len(report.Sources) == 0 && err != nil {
		p.list.Add(note(kit.StatusBreak, app.Explain(err)))
	}
	failed := false
	for _, r := range report.Sources {
		text, st := syncText(r, p.stopped)
		failed = failed || r.Err != nil
		p.list.Add(note(st, text))
	}
	for _, proof := range report.Proofs {
		c := present.CompleteOf(proof, p.s.profile.Config().Title(book.SourceName(proof.Source)))
		st := kit.StatusOK
		if !c.Holds {
			st, failed = kit.StatusBreak, true
		}
		p.list.Add(note(st, c.Text))
	}
	title := "Sync is complete"
	switch {
	case p.stopped:
		title = "Sync stopped"
	case failed || err != nil:
		title = "Sync is not complete"
	}
	p.button = kit.NewButton(kit.ButtonSpec{Label: "Close", Key: "Esc", OnTap: p.dismiss})
	if !failed && err == nil && !p.stopped {
		p.dismiss()
		p.s.load(p.s.wanted, false)
		p.s.say("Sync is complete: " + syncSum(report) + proofSum(report))
		if p.due {
			p.s.doDue()
		}
		return
	}
	p.show(title)
	p.s.load(p.s.wanted, false)
	if app.IsLocked(err) {
		p.s.askPassphrase(func() {
			p.dismiss()
			p.s.syncFrom(p.names)
		})
	}
}

// dismiss takes the panel away.
func (p *pull) dismiss() {
	if p.running() {
		return
	}
	p.s.dock.Objects = nil
	p.s.dock.Refresh()
	p.s.update()
}

// note is a sentence with a status, on as many lines as it takes.
func note(st kit.Status, text string) fyne.CanvasObject {
	mark := kit.NewState(st, "")
	words := kit.NewProse(text, kit.Body, 370)
	return arranged(func() fyne.Size {
		return fyne.NewSize(200, max(20, words.MinSize().Height))
	}, func(size fyne.Size) {
		place(mark, 0, 0, 20, 20)
		place(words, 24, 0, size.Width-24, size.Height)
	}, mark, words)
}

// syncText says how the pull of one source went.
func syncText(r app.SourceReport, stopped bool) (string, kit.Status) {
	got := present.Plural(r.New, "new record")
	if r.Changed > 0 {
		got += ", " + present.Count(r.Changed) + " changed"
	}
	switch {
	case stopped && (r.Err == nil || errors.Is(r.Err, context.Canceled)):
		return r.Title + " stopped. Kept: " + got + ". The next sync goes on from there.",
			kit.StatusNeutral
	case r.Err != nil:
		return strings.TrimRight(app.Explain(r.Err), ".") + ". Kept: " + got + ".", kit.StatusBreak
	case r.Note != "":
		return r.Title + ": " + r.Note + ".", kit.StatusNeutral
	case r.Rejects > 0:
		return r.Title + ": " + got + "; " + present.Plural(r.Rejects, "record") +
			" could not be read and are kept aside.", kit.StatusAttention
	}
	return r.Title + ": " + got + ".", kit.StatusOK
}

// proofSum says how many balances a provider itself bears out.
func proofSum(report app.SyncReport) string {
	n := 0
	for _, p := range report.Proofs {
		if p.ProviderClosing != nil {
			n++
		}
	}
	if n == 0 {
		return ""
	}
	return " " + present.Plural(n, "balance") + " proven."
}

func syncSum(report app.SyncReport) string {
	fresh, changed := 0, 0
	for _, r := range report.Sources {
		fresh += r.New
		changed += r.Changed
	}
	if fresh+changed == 0 {
		return "nothing new."
	}
	return present.Plural(fresh, "new record") + ", " + present.Count(changed) + " changed."
}
