package cli

import (
	"fmt"
	"time"

	"github.com/schollz/progressbar/v3"

	"countinghouse/app"
)

// progress draws a bar for long work where stderr is a terminal, and nothing elsewhere. It is called
// from one goroutine at a time; finish clears the bar.
func (c *command) progress() (show func(app.Progress), finish func()) {
	if !c.env.StderrTerminal || c.quiet {
		return func(app.Progress) {}, func() {}
	}
	var bar *progressbar.ProgressBar
	var stage string
	start := func(p app.Progress) {
		total := int64(-1)
		if p.Total > 0 {
			total = int64(p.Total)
		}
		bar = progressbar.NewOptions64(total,
			progressbar.OptionSetWriter(c.env.Stderr),
			progressbar.OptionSetDescription(describe(p)),
			progressbar.OptionThrottle(100*time.Millisecond),
			progressbar.OptionShowCount(),
			progressbar.OptionSetPredictTime(false),
			progressbar.OptionSetElapsedTime(false),
			progressbar.OptionSetWidth(28),
			progressbar.OptionClearOnFinish())
	}
	clear := func() {
		if bar != nil {
			_ = bar.Clear()
		}
	}
	return func(p app.Progress) {
		if key := p.Source + p.Stage; bar == nil || key != stage {
			clear()
			stage = key
			start(p)
		}
		if p.Total > 0 {
			bar.ChangeMax64(int64(p.Total))
		}
		_ = bar.Set(p.Done)
	}, clear
}

func describe(p app.Progress) string {
	what := p.Stage
	if p.Source != "" {
		what = p.Source + ": " + p.Stage
	}
	if p.Stages > 1 {
		what += fmt.Sprintf(" (%d of %d)", p.StageOf, p.Stages)
	}
	return fmt.Sprintf("%-34s", what)
}
