package ui

import (
	"slices"

	"fyne.io/fyne/v2"

	"countinghouse/app/book"
	"countinghouse/ui/kit"
	"countinghouse/ui/present"
)

// frame is what all screens have in common: the head with title, month, state and actions, the thin
// bar while something is refreshed, the strip that says what failed, and the body or what stands in
// its place.
type frame struct {
	s       *shell
	head    *kit.HeadBar
	months  *kit.MonthSwitcher
	state   *kit.Chip
	asOf    *kit.Chip
	actions []fyne.CanvasObject
	busy    *kit.BusyLine
	strip   *kit.ErrorStrip
	wait    *kit.EmptyState
	failed  *kit.EmptyState
	body    fyne.CanvasObject
	outside *fyne.Container
	// always says that the body needs no month.
	always bool
}

// newFrame makes the frame of a screen that shows a month. Beside the month switcher stands its
// state, at the right are the actions.
func (s *shell) newFrame(title string, body fyne.CanvasObject, actions ...fyne.CanvasObject) *frame {
	f := &frame{s: s, body: body, months: kit.NewMonthSwitcher(s.wanted.String()),
		actions: actions,
		state:   kit.NewChip(kit.StatusTiming, "Open"), asOf: kit.NewChip(kit.StatusNeutral, "")}
	f.months.OnStep = s.step
	f.months.OnPick = s.pickMonth
	f.head = kit.NewHeadBar(title, []fyne.CanvasObject{f.months, f.state, f.asOf}, actions)
	f.build()
	return f
}

// newPlainFrame makes the frame of a screen that needs no month.
func (s *shell) newPlainFrame(title string, body fyne.CanvasObject,
	leading []fyne.CanvasObject, actions ...fyne.CanvasObject) *frame {
	f := &frame{s: s, body: body, always: true, head: kit.NewHeadBar(title, leading, actions)}
	f.build()
	return f
}

func (f *frame) build() {
	again := func() *kit.Button {
		return kit.NewButton(kit.ButtonSpec{Label: "Try again", Icon: "renewals", Small: true,
			OnTap: f.s.reload})
	}
	f.busy = kit.NewBusyLine()
	f.strip = kit.NewErrorStrip(kit.StatusBreak, "", again())
	f.wait = kit.NewEmptyState("", nil)
	f.failed = kit.NewEmptyState("", again())
	f.outside = arranged(fixed(windowWidth-kit.RailNarrow, windowHeight-kit.StatusHeight), f.lay,
		f.head, f.strip, f.body, f.wait, f.failed, f.busy)
	f.update()
}

func (f *frame) object() fyne.CanvasObject { return f.outside }

func (f *frame) lay(size fyne.Size) {
	place(f.head, 0, 0, size.Width, kit.HeadHeight)
	top := float32(kit.HeadHeight)
	place(f.busy, 0, top-1, size.Width, 2)
	if f.strip.Visible() {
		place(f.strip, 20, top+8, size.Width-40, 40)
		top += 56
	}
	for _, o := range []fyne.CanvasObject{f.body, f.wait, f.failed} {
		place(o, 0, top, size.Width, size.Height-top)
	}
}

// update shows the state of the shell: reading for the first time, refreshing, failed.
func (f *frame) update() {
	s := f.s
	first := !f.always && s.month == nil
	fraction := float32(-1)
	if s.loading && !first {
		fraction = 0.5
	}
	f.busy.Set(fraction)
	f.wait.Hide()
	f.failed.Hide()
	f.strip.Hide()
	show(f.body, !first)
	switch {
	case first && s.failure != "" && !s.loading:
		f.failed.Set(s.failure)
		f.failed.Show()
	case first:
		f.wait.Set(waitText(s))
		f.wait.Show()
	case s.failure != "":
		f.strip.Set(kit.StatusBreak, s.failure)
		f.strip.Show()
	}
	f.updateHead()
	if f.outside != nil {
		f.lay(f.outside.Size())
	}
}

func (f *frame) updateHead() {
	if f.months == nil {
		return
	}
	s := f.s
	f.months.SetMonth(s.wanted.String())
	leading := []fyne.CanvasObject{f.months}
	if s.month != nil {
		text, st := present.MonthState(s.month)
		f.state.Set(status(st), text)
		if s.month.Period == s.wanted {
			leading = append(leading, f.state)
		}
		if s.month.Period != s.wanted || s.loading || s.failure != "" {
			f.asOf.Set(kit.StatusNeutral, shownText(s.month.Period, s.wanted, present.AsOf(s.month)))
			leading = append(leading, f.asOf)
		}
	}
	f.head.SetParts(leading, f.actions)
}

// setActions replaces what stands at the right of the head.
func (f *frame) setActions(list ...fyne.CanvasObject) {
	f.actions = list
	f.updateHead()
}

// shownText says whose figures are still on the screen while others are made.
func shownText(shown, wanted book.Month, asOf string) string {
	if shown != wanted {
		return "figures of " + shown.String()
	}
	return "as of " + asOf
}

func waitText(s *shell) string {
	if s.stage != "" {
		return s.stage + " …"
	}
	return "Reading " + s.wanted.String() + " from the books."
}

func show(o fyne.CanvasObject, on bool) {
	if on {
		o.Show()
	} else {
		o.Hide()
	}
}

// searches says whether the screen that is shown has a search field.
func (s *shell) searches() bool {
	_, ok := s.screens[s.current].(searcher)
	return ok
}

func (s *shell) focusSearch() {
	if x, ok := s.screens[s.current].(searcher); ok {
		s.canvas.Focus(x.search().Focusable())
	} else {
		s.openPalette("")
	}
}

// paned is a screen with more panes than its search and its list.
type paned interface{ panes() []fyne.Focusable }

// nextPane moves the focus to the next pane of the screen: search, list, detail.
func (s *shell) nextPane() {
	var list []fyne.Focusable
	if x, ok := s.screens[s.current].(searcher); ok {
		list = append(list, x.search().Focusable())
	}
	if x, ok := s.screens[s.current].(lister); ok && x.list() != nil {
		list = append(list, x.list())
	}
	if x, ok := s.screens[s.current].(paned); ok {
		list = append(list, x.panes()...)
	}
	if len(list) == 0 {
		s.canvas.FocusNext()
		return
	}
	s.canvas.Focus(list[(slices.Index(list, s.canvas.Focused())+1)%len(list)])
}

// escape stops what runs, or leaves what was entered: a field, a filter, a screen.
func (s *shell) escape() {
	canvas := s.canvas
	l, listing := s.screens[s.current].(lister)
	x, escapes := s.screens[s.current].(escaper)
	switch {
	case s.pull.running():
		s.pull.stop()
	case s.pull.shown():
		s.pull.dismiss()
	case listing && l.list() != nil && canvas.Focused() != nil &&
		canvas.Focused() != fyne.Focusable(l.list()):
		canvas.Focus(l.list())
	case escapes && x.escape():
	case s.current == atStep || s.current == atSettings:
		s.back()
	default:
		canvas.Unfocus()
	}
}
