package cli

import (
	"fmt"
	"io"
	"sync/atomic"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"countinghouse/app"
)

// progress draws a bar for each source, or one for other long work, where stderr is a terminal, and
// nothing elsewhere. show is called from one goroutine at a time; finish ends and clears the bars,
// and may be called twice.
func (c *command) progress() (show func(app.Progress), finish func()) {
	if !c.env.StderrTerminal || c.quiet {
		return func(app.Progress) {}, func() {}
	}
	p := mpb.New(mpb.WithOutput(c.env.Stderr), mpb.WithWidth(64))
	bars := map[string]*progressLine{}
	show = func(now app.Progress) {
		b := bars[now.Source]
		if b == nil {
			b = &progressLine{}
			b.bar = p.AddBar(0, mpb.BarRemoveOnComplete(), mpb.BarFillerMiddleware(b.whenKnown),
				mpb.PrependDecorators(decor.Any(func(decor.Statistics) string { return b.text.Load() },
					decor.WCSyncSpaceR)))
			bars[now.Source] = b
		}
		b.set(now)
	}
	return show, func() {
		for _, b := range bars {
			b.bar.Abort(true)
		}
		p.Wait()
	}
}

// progressLine is one bar and its words, which the drawing goroutine reads.
type progressLine struct {
	bar   *mpb.Bar
	text  words
	known atomic.Bool
	stage string
}

// whenKnown draws a bar only where the total is known: without one the figure alone counts up.
func (b *progressLine) whenKnown(bar mpb.BarFiller) mpb.BarFiller {
	return mpb.BarFillerFunc(func(w io.Writer, s decor.Statistics) error {
		if !b.known.Load() {
			return nil
		}
		return bar.Fill(w, s)
	})
}

func (b *progressLine) set(now app.Progress) {
	b.text.Store(describe(now))
	b.known.Store(now.Total > 0)
	if b.stage != now.Stage {
		b.stage = now.Stage
		b.bar.SetCurrent(0)
	}
	// A bar whose total is reached is taken away; the next stage still needs it.
	b.bar.SetTotal(int64(max(now.Total, now.Done)+1), false)
	b.bar.SetCurrent(int64(now.Done))
}

// words is a text that one goroutine writes and another reads.
type words struct{ p atomic.Pointer[string] }

// Store replaces the text.
func (w *words) Store(s string) { w.p.Store(&s) }

// Load is the text, "" before the first Store.
func (w *words) Load() string {
	if s := w.p.Load(); s != nil {
		return *s
	}
	return ""
}

// describe says how far a piece of work is in real things: "Stripe: payouts 31 of 90 (step 5 of 7)".
func describe(p app.Progress) string {
	what := p.Stage
	if p.Source != "" {
		what = p.Source + ": " + p.Stage
	}
	switch {
	case p.Total > 0:
		what += fmt.Sprintf(" %d of %d", p.Done, p.Total)
	case p.Done > 0:
		what += fmt.Sprintf(" %d", p.Done)
	}
	if p.Stages > 1 {
		what += fmt.Sprintf(" (step %d of %d)", p.StageOf, p.Stages)
	}
	return what
}
