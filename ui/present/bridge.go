package present

import (
	"slices"
	"strings"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// BarKind says how a bar of a bridge is drawn.
type BarKind int

// The kinds of bar.
const (
	BarTotal BarKind = iota
	BarUp
	BarDown
	BarZero
)

// BridgeRow is one line of the bridge: text, and its bar as fractions of the axis from 0 to 1.
type BridgeRow struct {
	Step                  book.Step
	Label, Classes, Items string
	Amount                string
	Total                 bool
	Bar                   BarKind
	From, To              float32
	// Opens says that the row has items to show.
	Opens bool
}

// Tick is a mark of an axis: its place from 0 to 1 and its text.
type Tick struct {
	At   float32
	Text string
}

// BridgeView is the bridge of one currency, ready to be drawn.
type BridgeView struct {
	Currency money.Currency
	Rows     []BridgeRow
	Ticks    []Tick
	// Broken says that the bars of balances do not start at zero; AxisNote says where the axis starts.
	Broken   bool
	AxisNote string
	// Explained says that the unexplained amount is zero; Unexplained is that amount and Verdict the
	// sentence beside it.
	Explained            bool
	Unexplained, Verdict string
	// Status is how that comes out: attention where it is zero, but a source is not complete.
	Status Status
}

// NewBridge lays a bridge out. The bars of balances run from the axis's start, those of steps from
// the running sum before to the one after.
func NewBridge(b book.Bridge) BridgeView {
	v := BridgeView{Currency: b.Currency, Explained: b.Unexplained == 0,
		Unexplained: Minor(b.Unexplained, b.Currency), Verdict: "Every cent is explained by listed items",
		Status: OK}
	if !v.Explained {
		v.Status = Break
		v.Verdict = "No listed item explains this amount"
	}
	totals := map[book.Step]bool{}
	for _, s := range book.Steps {
		totals[s.Step] = s.Total
	}
	low, high := extent(b, totals)
	a := newAxis(low, high)
	v.Broken = a.from > 0
	v.AxisNote = "Axis starts at " + axisLabel(a.from, b.Currency)
	for _, t := range a.ticks() {
		v.Ticks = append(v.Ticks, Tick{a.place(t), axisLabel(t, b.Currency)})
	}
	running := int64(0)
	for _, s := range b.Steps {
		if s.Step == book.StepUnexplained {
			continue
		}
		row := BridgeRow{Step: s.Step, Label: stepName(s.Step), Items: Count(s.Items),
			Amount: Minor(s.Amount, b.Currency), Total: totals[s.Step], Opens: s.Items > 0}
		var classes []string
		for _, c := range s.Classes {
			classes = append(classes, string(c))
		}
		row.Classes = strings.Join(classes, " ")
		switch {
		case row.Total:
			row.Bar, row.From, row.To = BarTotal, a.place(a.from), a.place(s.Amount)
			if low < 0 {
				row.From = a.place(0)
			}
			running = s.Amount
		case s.Amount == 0:
			row.Bar, row.From, row.To = BarZero, a.place(running), a.place(running)
		default:
			row.Bar = BarUp
			if s.Amount < 0 {
				row.Bar = BarDown
			}
			row.From, row.To = a.place(running), a.place(running+s.Amount)
			running += s.Amount
		}
		v.Rows = append(v.Rows, row)
	}
	return v
}

// extent is the range that the bars of a bridge take.
func extent(b book.Bridge, totals map[book.Step]bool) (low, high int64) {
	running, first := int64(0), true
	for _, s := range b.Steps {
		if s.Step == book.StepUnexplained {
			continue
		}
		if totals[s.Step] {
			running = s.Amount
		} else {
			running += s.Amount
		}
		if first {
			low, high, first = running, running, false
		}
		low, high = min(low, running), max(high, running)
	}
	return low, high
}

func stepName(s book.Step) string {
	i := slices.IndexFunc(book.Steps, func(x book.StepInfo) bool { return x.Step == s })
	if i < 0 {
		return string(s)
	}
	return book.Steps[i].Name
}

// axis is a linear scale over minor units.
type axis struct{ from, to, step int64 }

// maxTicks is how many marks an axis has at most.
const maxTicks = 5

// newAxis is the axis for values from low to high: marks at steps of 1, 2 and 5, at most maxTicks. It
// starts at zero unless all values lie in the upper half, where small steps would not be seen; then
// it starts a little below the lowest, so that the shortest bar has room for its break mark.
func newAxis(low, high int64) axis {
	if high < 0 {
		high = 0
	}
	low = min(low, high)
	room := int64(0)
	switch {
	case low > 0 && high-low <= high/2:
		room = (high - low) / 8
	case low > 0:
		low = 0
	}
	for step := int64(1); ; {
		a := axis{step: step, from: floorTo(low-room, step), to: -floorTo(-high, step)}
		if a.to == a.from {
			a.to += step
		}
		if (a.to-a.from)/step < maxTicks {
			return a
		}
		if lead(step) == 2 {
			step = step / 2 * 5
		} else {
			step *= 2
		}
	}
}

func lead(n int64) int64 {
	for n >= 10 {
		n /= 10
	}
	return n
}

func floorTo(n, step int64) int64 {
	q := n / step
	if n%step < 0 {
		q--
	}
	return q * step
}

func (a axis) place(n int64) float32 {
	p := float32(float64(n-a.from) / float64(a.to-a.from))
	return min(max(p, 0), 1)
}

func (a axis) ticks() []int64 {
	var out []int64
	for t := a.from; t <= a.to; t += a.step {
		out = append(out, t)
	}
	return out
}

// axisLabel is an amount on an axis: without decimals where the currency's step is whole.
func axisLabel(minor int64, c money.Currency) string {
	s := Minor(minor, c)
	if whole, frac, ok := strings.Cut(s, "."); ok && strings.Trim(frac, "0") == "" {
		return whole
	}
	return s
}
