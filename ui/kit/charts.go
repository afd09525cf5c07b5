package kit

import "fyne.io/fyne/v2"

// CompositionChart shows what a payout is made of: the bridge's rows, with more air, between
// lines.
type CompositionChart struct {
	rowed
	OnOpen func(id string)
	parts  Bridge
}

// NewCompositionChart makes the chart; Foot, Legend and Codes of the bridge are not shown.
func NewCompositionChart(parts Bridge) *CompositionChart {
	c := &CompositionChart{parts: parts}
	c.count = func() int { return len(c.parts.Rows) }
	c.rowAt = func(y float32) int {
		i := int((y - compositionRow) / compositionRow)
		if y < compositionRow || i >= len(c.parts.Rows) {
			return -1
		}
		return i
	}
	c.open = func(i int) {
		if c.OnOpen != nil && c.parts.Rows[i].Opens {
			c.OnOpen(c.parts.Rows[i].ID)
		}
	}
	c.reset()
	c.setUp(c)
	return c
}

// Set replaces what the chart shows.
func (c *CompositionChart) Set(parts Bridge) { c.parts = parts; c.repaint() }

const compositionRow = 30

func (c *CompositionChart) minimum() fyne.Size {
	return fyne.NewSize(380, compositionRow*float32(len(c.parts.Rows)+1))
}

func (c *CompositionChart) paint(p *pen, size fyne.Size) {
	items, amount := size.Width*0.364, size.Width*0.57
	bar, end := size.Width*0.62, size.Width*0.92
	cy := float32(compositionRow / 2)
	p.text(c.parts.Titles[0], 0, cy, Caption)
	p.right(c.parts.Titles[2], items, cy, Caption)
	p.right(c.parts.Currency, amount, cy, Caption)
	p.text(c.parts.AxisNote, bar, cy, Second)
	for i, row := range c.parts.Rows {
		y := compositionRow * float32(i+1)
		p.hline(0, y, size.Width, RowLine)
		cy := y + compositionRow/2
		if i == c.hover || i == c.cursor && c.focused {
			p.fill(0, y+1, size.Width, compositionRow-1, Hover, 0)
		}
		label, figure := Body, Figure
		last := i == len(c.parts.Rows)-1
		if last {
			label, figure = Strong, Strong
		}
		if IsNothing(row.Amount) {
			figure = Body.In(Muted)
		}
		p.cut(row.Label, 0, items-60, cy, fyne.TextAlignLeading, label)
		p.right(row.Items, items, cy, Body.In(Muted))
		p.right(row.Amount, amount, cy, figure)
		c.paintBar(p, row, bar, end, cy)
		if i == c.cursor && c.focused {
			p.ring(-4, y+1, size.Width+8, compositionRow-1, 3)
		}
	}
}

func (c *CompositionChart) paintBar(p *pen, row BridgeRow, bar, end, cy float32) {
	from, to := bar+row.From*(end-bar), bar+row.To*(end-bar)
	left, w := round(min(from, to)), max(2, round(max(from, to))-round(min(from, to)))
	y := round(cy - 6)
	switch row.Kind {
	case BarNothing:
		p.fill(left, y, 1, 12, BarZero, 0)
	case BarAdds:
		p.fill(left, y, w, 12, BarUp, min(2, w/2))
	case BarTakes:
		p.fill(left, y, w, 12, BarDown, min(2, w/2))
	case BarBalance:
		p.fill(left, y, w, 12, BarTotal, 2)
		if c.parts.Broken && w > 16 {
			p.line(left+8, y+12, left+13, y, Surface, 3)
		}
	}
}

// LagRow is one gateway: where most payouts arrive, and one that is past its window. Low,
// Median, High and Late are parts of the axis, 0 to 1; Late below 0 is none.
type LagRow struct {
	Label                   string
	Low, Median, High, Late float32
	NoData                  string // instead of the bar, such as "no payout yet"
}

// Lag is all that the chart of settlement days shows.
type Lag struct {
	Rows   []LagRow
	Ticks  []Tick
	Legend [2]string // median, range
	Note   string    // one line below
	Status Status    // of the note
}

// LagChart shows how many days money takes.
type LagChart struct {
	drawn
	lag Lag
}

// NewLagChart makes the chart.
func NewLagChart(lag Lag) *LagChart {
	c := &LagChart{lag: lag}
	c.setUp(c)
	return c
}

// Set replaces what the chart shows.
func (c *LagChart) Set(lag Lag) { c.lag = lag; c.repaint() }

const lagRow = 31

func (c *LagChart) minimum() fyne.Size {
	h := lagRow*float32(len(c.lag.Rows)) + 24 + 30
	if c.lag.Note != "" {
		h += 26
	}
	return fyne.NewSize(240, h)
}

func (c *LagChart) paint(p *pen, size fyne.Size) {
	const left = 100
	right := size.Width - 8
	x := func(part float32) float32 { return left + part*(right-left) }
	rows := lagRow * float32(len(c.lag.Rows))
	for _, tick := range c.lag.Ticks {
		p.vline(round(x(tick.At)), 0, rows, RowLine)
		p.center(tick.Label, x(tick.At)-20, 40, rows+12, Axis)
	}
	for i, row := range c.lag.Rows {
		cy := lagRow*float32(i) + lagRow/2
		p.cut(row.Label, 0, left-8, cy, fyne.TextAlignLeading, Figure)
		if row.NoData != "" {
			p.cut(row.NoData, left+8, right-left-8, cy, fyne.TextAlignLeading, Second)
			continue
		}
		p.fill(x(row.Low), round(cy-4), max(8, x(row.High)-x(row.Low)), 8, AccentLine, 4)
		p.circle(x(row.Median), cy, 6, Surface, Clear, 0)
		p.circle(x(row.Median), cy, 5, Accent, Clear, 0)
		if row.Late >= 0 {
			p.icon("octagon", x(row.Late)-7, cy, 14, StatusBreak.Ink())
		}
	}
	y := rows + 24 + 15
	p.circle(5, y, 5, Accent, Clear, 0)
	next := p.text(c.lag.Legend[0], 16, y, Second.In(Text2)) + 16
	p.fill(next, y-4, 22, 8, AccentLine, 4)
	p.text(c.lag.Legend[1], next+28, y, Second.In(Text2))
	if c.lag.Note != "" {
		p.state(c.lag.Note, c.lag.Status.Icon(), c.lag.Status.Ink(), 0, y+27, size.Width)
	}
}

// ChainLeg is one record of a chain, at the head of its column.
type ChainLeg struct {
	ID, Kind, Name, Icon string
	Differs              bool
	Missing              bool // the record that should be here is not
}

// ChainRow is one field of all legs; Joints[i] between leg i and i+1 says they differ there.
type ChainRow struct {
	Label   string
	Cells   []string
	Amount  bool // right-aligned
	Quiet   bool
	Differs []bool // by leg
	Joints  []bool
}

// ChainView is all that the chain shows. Joints: per gap between legs, "=", "≠" or empty.
type ChainView struct {
	Legs   []ChainLeg
	Joints []string
	Rows   []ChainRow
}

// Chain sets the records that belong together side by side, field by field. The differing
// cells have an outline, a tint, bold text and "≠" between them, so it reads without colour.
type Chain struct {
	drawn
	OnOpen func(id string)
	view   ChainView
}

// NewChain makes a chain.
func NewChain(view ChainView) *Chain {
	c := &Chain{view: view}
	c.setUp(c)
	return c
}

// Set replaces what the chain shows.
func (c *Chain) Set(view ChainView) { c.view = view; c.repaint() }

const (
	chainLabel = 58
	chainGap   = 22
	chainHead  = 62
	chainRow   = 30
)

func (c *Chain) minimum() fyne.Size {
	legs := float32(len(c.view.Legs))
	w := chainLabel + 100*legs + chainGap*(legs-1)
	return fyne.NewSize(w, chainHead+8+chainRow*float32(len(c.view.Rows)))
}

func (c *Chain) legWidth(width float32) float32 {
	legs := float32(max(1, len(c.view.Legs)))
	return (width - chainLabel - chainGap*(legs-1)) / legs
}

func (c *Chain) paint(p *pen, size fyne.Size) {
	w := c.legWidth(size.Width)
	for i, leg := range c.view.Legs {
		x := round(chainLabel + float32(i)*(w+chainGap))
		c.paintLeg(p, leg, x, w)
		if i < len(c.view.Joints) {
			c.joint(p, c.view.Joints[i], x+w+chainGap/2, chainHead/2, true)
		}
	}
	y := float32(chainHead + 8)
	for _, row := range c.view.Rows {
		c.paintRow(p, row, y, w, size.Width)
		y += chainRow
	}
	p.hline(0, y-1, size.Width, CardLine)
}

func (c *Chain) paintLeg(p *pen, leg ChainLeg, x, w float32) {
	line := CardLine
	if leg.Differs || leg.Missing {
		line = StatusBreak.Ink()
	}
	ground, icon, name := Surface, Text2, Strong
	if leg.Missing {
		ground, icon, name = StatusBreak.Tint(), StatusBreak.Ink(), Strong.In(StatusBreak.Ink())
	}
	p.card(x, 0, round(w), chainHead, ground, line, 6)
	p.cut(leg.Kind, x+8, w-14, 18, fyne.TextAlignLeading, Second.In(Text2))
	next := p.icon(leg.Icon, x+8, 42, 15, icon) + 7
	p.cut(leg.Name, next, x+w-8-next, 42, fyne.TextAlignLeading, name)
}

// joint paints = or ≠ in the middle of a gap.
func (c *Chain) joint(p *pen, sign string, cx, cy float32, round bool) {
	status := StatusOK
	switch sign {
	case "":
		return
	case "≠":
		status = StatusBreak
	}
	if round {
		p.circle(cx, cy, 9, status.Tint(), Clear, 0)
	}
	p.center(sign, cx-10, 20, cy, Strong.In(status.Ink()))
}

func (c *Chain) paintRow(p *pen, row ChainRow, y, w, width float32) {
	cy := y + chainRow/2
	p.hline(0, y, width, RowLine)
	p.cut(row.Label, 0, chainLabel-6, cy, fyne.TextAlignLeading, Second)
	for i, text := range row.Cells {
		x := round(chainLabel + float32(i)*(w+chainGap))
		ink := Body
		if row.Quiet || IsNothing(text) {
			ink = Second
		}
		if row.Amount && IsNothing(text) {
			ink = Body.In(Muted)
		}
		if i < len(row.Differs) && row.Differs[i] {
			p.fill(x, y+3, round(w), chainRow-5, StatusBreak.Ink(), 4)
			p.fill(x+1.5, y+4.5, round(w)-3, chainRow-8, StatusBreak.Tint(), 2.5)
			ink = Strong.In(StatusBreak.Ink())
		}
		align := fyne.TextAlignLeading
		if row.Amount {
			align = fyne.TextAlignTrailing
		}
		pad := min(9, max(4, (w-86)/2)) // a narrow chain still shows whole dates
		p.cut(text, x+pad, w-2*pad, cy, align, ink)
		if i < len(row.Joints) && row.Joints[i] {
			c.joint(p, "≠", x+w+chainGap/2, cy, false)
		}
	}
}

// Tapped opens the leg under the pointer.
func (c *Chain) Tapped(ev *fyne.PointEvent) {
	w := c.legWidth(c.Size().Width)
	for i, leg := range c.view.Legs {
		x := chainLabel + float32(i)*(w+chainGap)
		if ev.Position.X >= x && ev.Position.X < x+w && c.OnOpen != nil && !leg.Missing {
			c.OnOpen(leg.ID)
			return
		}
	}
}
