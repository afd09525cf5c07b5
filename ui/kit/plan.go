package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

// MarkShape is what kind of step a mark of the plan is.
type MarkShape string

// The shapes: a round attempt, a square notice, a filled step of the service.
const (
	MarkAttempt MarkShape = "attempt"
	MarkNotice  MarkShape = "notice"
	MarkService MarkShape = "service"
)

// PlanDay is one column of the plan; the label may be empty.
type PlanDay struct {
	Label          string
	Weekend, Today bool
}

// PlanMark is one step. Day counts columns; a fraction moves it inside the day. A mark that
// happened is filled with its tint, a planned one is hollow.
type PlanMark struct {
	ID       string
	Day      float32
	Shape    MarkShape
	Icon     string
	Status   Status
	Happened bool
	Words    string // under the mark, for the ones that matter
	Name     string // what the mark is called where it is pointed at
}

// Plan is all that the plan line shows.
type Plan struct {
	Title string
	Days  []PlanDay
	Marks []PlanMark
}

// PlanLine shows what was tried and what comes next, day by day. Left and Right move between
// the marks, Enter opens one.
type PlanLine struct {
	drawn
	OnOpen  func(id string)
	OnPoint func(name string) // the mark under the pointer or the cursor; empty for none

	plan          Plan
	cursor, hover int
	focused       bool
}

// NewPlanLine makes a plan line.
func NewPlanLine(plan Plan) *PlanLine {
	l := &PlanLine{plan: plan, hover: -1}
	l.setUp(l)
	return l
}

// Set replaces the plan.
func (l *PlanLine) Set(plan Plan) {
	l.plan, l.hover = plan, -1
	l.cursor = max(0, min(l.cursor, len(plan.Marks)-1))
	l.repaint()
}

const (
	planLeft   = 96
	planAxis   = 22
	planMiddle = 49
	planHeight = 84
	planRadius = 10
)

func (l *PlanLine) minimum() fyne.Size {
	return fyne.NewSize(planLeft+24*float32(len(l.plan.Days)), planHeight)
}

func (l *PlanLine) dayWidth(width float32) float32 {
	return (width - planLeft - 10) / float32(max(1, len(l.plan.Days)))
}

func (l *PlanLine) x(day, width float32) float32 {
	return round(planLeft + (day+0.5)*l.dayWidth(width))
}

func (l *PlanLine) paint(p *pen, size fyne.Size) {
	p.card(0, 0, size.Width, size.Height, Surface, CardLine, 6)
	p.cut(l.plan.Title, 16, planLeft-26, planMiddle, fyne.TextAlignLeading, Figure)
	w := l.dayWidth(size.Width)
	for i, day := range l.plan.Days {
		l.paintDay(p, day, round(planLeft+float32(i)*w), w, size.Height)
	}
	p.fill(planLeft, planMiddle-1, size.Width-planLeft-10, 2, ButtonLine, 0)
	for i, mark := range l.plan.Marks {
		l.paintMark(p, mark, l.x(mark.Day, size.Width), l.focused && i == l.cursor || i == l.hover)
	}
}

func (l *PlanLine) paintDay(p *pen, day PlanDay, x, w, height float32) {
	switch {
	case day.Today:
		p.fill(x, planAxis, w, height-planAxis-6, AccentTint, 0)
	case day.Weekend:
		p.fill(x, planAxis, w, height-planAxis-6, Sunken, 0)
	}
	p.vline(x, planAxis, height-planAxis-6, RowLine)
	ink := Axis.In(Text2)
	if day.Today {
		ink = ink.Of(SemiBold).In(Text)
	}
	if day.Label != "" {
		p.center(day.Label, x+w/2-30, 60, 12, ink)
	}
}

func (l *PlanLine) paintMark(p *pen, mark PlanMark, cx float32, pointed bool) {
	ink, ground, icon := mark.Status.Ink(), Surface, mark.Status.Ink()
	if mark.Status == StatusNone {
		ink, icon = Ctl, Text2
	}
	if mark.Happened {
		ground = mark.Status.Tint()
		if mark.Status == StatusNone {
			ground = Sunken
		}
	}
	if mark.Shape == MarkService {
		ground, icon = ink, Surface
	}
	const r, cy = planRadius, planMiddle
	if pointed {
		p.frame(cx-r-3, cy-r-3, 2*r+6, 2*r+6, Clear, Accent, 2, r+3)
	}
	corner := float32(r)
	if mark.Shape == MarkNotice {
		corner = 4
	}
	p.card(cx-r, cy-r, 2*r, 2*r, ground, ink, corner)
	p.icon(mark.Icon, cx-6.5, cy, 13, icon)
	if mark.Words != "" {
		words := Axis.In(Text2)
		if mark.Status != StatusNone {
			words = words.In(mark.Status.Ink())
		}
		p.center(mark.Words, cx-50, 100, cy+20, words)
	}
}

func (l *PlanLine) at(x float32) int {
	for i, mark := range l.plan.Marks {
		if cx := l.x(mark.Day, l.Size().Width); x >= cx-planRadius && x <= cx+planRadius {
			return i
		}
	}
	return -1
}

func (l *PlanLine) point() {
	i := l.hover
	if i < 0 && l.focused {
		i = l.cursor
	}
	name := ""
	if i >= 0 && i < len(l.plan.Marks) {
		name = l.plan.Marks[i].Name
	}
	l.repaint()
	if l.OnPoint != nil {
		l.OnPoint(name)
	}
}

func (l *PlanLine) open(i int) {
	if l.OnOpen != nil && i >= 0 && i < len(l.plan.Marks) {
		l.OnOpen(l.plan.Marks[i].ID)
	}
}

// Tapped opens the mark under the pointer.
func (l *PlanLine) Tapped(ev *fyne.PointEvent) {
	focus(l)
	if i := l.at(ev.Position.X); i >= 0 {
		l.cursor = i
		l.open(i)
	}
}

// MouseIn answers the toolkit.
func (l *PlanLine) MouseIn(ev *desktop.MouseEvent) { l.MouseMoved(ev) }

// MouseMoved names the mark under the pointer.
func (l *PlanLine) MouseMoved(ev *desktop.MouseEvent) {
	if i := l.at(ev.Position.X); i != l.hover {
		l.hover = i
		l.point()
	}
}

// MouseOut answers the toolkit.
func (l *PlanLine) MouseOut() { l.hover = -1; l.point() }

// FocusGained answers the toolkit.
func (l *PlanLine) FocusGained() { l.focused = true; l.point() }

// FocusLost answers the toolkit.
func (l *PlanLine) FocusLost() { l.focused = false; l.point() }

// TypedKey moves between the marks and opens one; other keys go on.
func (l *PlanLine) TypedKey(ev *fyne.KeyEvent) {
	last := len(l.plan.Marks) - 1
	switch ev.Name {
	case fyne.KeyLeft:
		l.cursor = max(0, l.cursor-1)
	case fyne.KeyRight:
		l.cursor = max(0, min(last, l.cursor+1))
	case fyne.KeyReturn, fyne.KeyEnter:
		l.open(l.cursor)
	default:
		PassKey(l, ev)
		return
	}
	l.point()
}

// TypedRune passes letters on.
func (l *PlanLine) TypedRune(r rune) { PassRune(l, r) }
