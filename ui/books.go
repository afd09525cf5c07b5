package ui

import (
	"context"
	"errors"

	"countinghouse/app"
	"countinghouse/app/book"
	"countinghouse/ui/kit"
	"countinghouse/ui/present"
)

// load computes a month beside the UI goroutine and shows it. keep stores what the run finds. A load
// that is overtaken by another one is cancelled and its result dropped.
func (s *shell) load(month book.Month, keep bool) {
	s.hush()
	s.read(month, keep)
}

// recompute reads the month again after a step and leaves what the status bar says of that step.
func (s *shell) recompute() { s.read(s.wanted, false) }

func (s *shell) read(month book.Month, keep bool) {
	if s.profile == nil {
		return
	}
	if s.cancelLoad != nil {
		s.cancelLoad()
	}
	ctx, cancel := context.WithCancel(s.work.ctx)
	s.cancelLoad = cancel
	s.generation++
	s.wanted, s.loading, s.stage = month, true, ""
	generation, a := s.generation, s.profile
	show := s.work.progress(func(p app.Progress) {
		if generation == s.generation && s.loading {
			s.stage = stageText(p)
			s.update()
		}
	})
	s.update()
	s.work.start(ctx, func(ctx context.Context) func() {
		run := a.Month
		if keep {
			run = a.Reconcile
		}
		m, err := run(ctx, month, show)
		return func() {
			cancel()
			if generation == s.generation {
				s.loaded(m, err, keep)
				s.countWaiting()
			}
		}
	})
}

// countWaiting counts for the rail what waits on the screens whose lists are not the month's; a screen
// that is open counts itself.
func (s *shell) countWaiting() {
	a := s.profile
	s.work.start(s.work.ctx, func(ctx context.Context) func() {
		renewals, err := a.Renewals(ctx)
		actions, err2 := a.ActionQueue(ctx)
		return func() {
			if a != s.profile || err != nil || err2 != nil {
				return // the screens themselves say what is wrong
			}
			s.waits[atRenewals] = len(renewals.List)
			list := present.NewActions(actions)
			s.waits[atActions] = list.Open()
			s.tell(list.Needing())
			s.update()
		}
	})
}

// loaded takes the result of the newest load.
func (s *shell) loaded(m *app.Month, err error, kept bool) {
	s.loading, s.stage, s.failure = false, "", ""
	if err != nil {
		if !errors.Is(err, context.Canceled) {
			s.failure = app.Explain(err)
		}
		s.update()
		return
	}
	s.month = m
	for id := range s.screens {
		s.stale[id] = true
	}
	if x := s.screens[s.current]; x != nil {
		s.stale[s.current] = false
		x.show(m)
	}
	if kept {
		s.notice = kit.Note{Icon: "tick", Text: reconciledText(m)}
	}
	s.update()
}

// step shows the month before or after.
func (s *shell) step(by int) {
	s.load(s.wanted+book.Month(by), false)
}

// reload computes the month again.
func (s *shell) reload() { s.load(s.wanted, false) }

// The reasons why something cannot be done now; "" where it can.

func (s *shell) needProfile() string {
	if s.profile == nil {
		return "Open the demo month or a profile first."
	}
	return ""
}

func (s *shell) whyNoProfile() string {
	if s.pull.running() {
		return "A sync is running; stop it first, or wait until it is done."
	}
	return ""
}

func (s *shell) whyNoMonth() string {
	switch {
	case s.profile == nil:
		return s.needProfile()
	case s.loading:
		return "The month is being read; it takes a moment."
	case s.pull.running():
		return "A sync is running; it reconciles when it is done."
	}
	return ""
}

func (s *shell) whyNoSync() string {
	switch {
	case s.profile == nil:
		return s.needProfile()
	case s.pull.running():
		return "A sync is running already."
	case len(s.profile.Config().Sources) == 0:
		return "Nothing is connected yet: add a connection in the settings."
	}
	return ""
}

func (s *shell) whyNoExport() string {
	switch {
	case s.profile == nil:
		return s.needProfile()
	case s.month == nil:
		return "There is no month to export yet."
	case s.loading:
		return "The month is being read; it takes a moment."
	}
	return ""
}
