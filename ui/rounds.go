package ui

import (
	"context"
	"errors"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"countinghouse/app"
	"countinghouse/ui/present"
)

// roundEvery is how often the open window does by itself what the policy has due, where the configuration
// wants that.
const roundEvery = 15 * time.Minute

// round reads all sources and then does what is due. It stays out of the way: while anything else runs or
// a sheet is open, the next round does it.
func (s *shell) round() {
	if s.whyNoSync() != "" || !s.profile.Config().Dunning.Auto || s.loading || s.form != nil ||
		s.exporting != nil {
		return
	}
	s.syncFrom(nil)
	s.pull.due = true
}

// doDue does what the policy has due, and says what came of it.
func (s *shell) doDue() {
	a := s.profile
	s.work.start(s.work.ctx, func(ctx context.Context) func() {
		r, err := a.DoDue(ctx, true, func(app.Progress) {})
		return func() {
			if a != s.profile || errors.Is(err, context.Canceled) {
				return
			}
			said := present.RunSaid(r)
			if err != nil {
				said = app.Explain(err)
			}
			if err != nil || r.Stopped != "" {
				s.notify("Failed renewals", said)
			}
			if len(r.Steps) > 0 || err != nil {
				s.recompute()
				s.say(said)
			}
			if x, ok := s.screens[s.current].(loader); ok {
				x.load()
			}
		}
	})
}

// tell tells the desktop of actions that began to wait for a person while nobody looked.
func (s *shell) tell(waiting []present.ActionRow) {
	var fresh []present.ActionRow
	known := map[string]bool{}
	for _, r := range waiting {
		known[r.ID] = true
		if s.told != nil && !s.told[r.ID] {
			fresh = append(fresh, r)
		}
	}
	s.told = known
	if len(fresh) == 0 {
		return
	}
	lines := []string{fresh[0].About}
	if len(fresh) > 1 {
		lines = nil
	}
	for _, r := range fresh[len(lines):] {
		lines = append(lines, r.What+", "+r.About)
	}
	s.notify(present.WaitingTitle(fresh), strings.Join(lines, "\n"))
}

// notify shows a notification of the desktop, unless the window is in front.
func (s *shell) notify(title, text string) {
	if s.away {
		s.fyne.SendNotification(fyne.NewNotification(title, text))
	}
}
