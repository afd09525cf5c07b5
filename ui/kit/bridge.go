package kit

import (
	"fyne.io/fyne/v2"
)

// BarKind is what a bar of the bridge says.
type BarKind string

// The kinds: a balance, an addition, a subtraction, and nothing.
const (
	BarBalance BarKind = "balance"
	BarAdds    BarKind = "adds"
	BarTakes   BarKind = "takes away"
	BarNothing BarKind = "nothing"
)

// BridgeRow is one step. From and To are parts of the axis, 0 to 1, as ui/present computed them.
type BridgeRow struct {
	ID, Label, Codes, Items, Amount string
	Kind                            BarKind
	From, To                        float32
	Opens                           bool // has items behind it
}

// Tick is a mark on an axis, At 0 to 1.
type Tick struct {
	At    float32
	Label string
}

// BridgeFoot is the last row: what is left unexplained.
type BridgeFoot struct {
	Label, Amount, Sentence string
	Status                  Status
}

// Bridge is all that the chart shows.
type Bridge struct {
	Currency string
	Rows     []BridgeRow
	Ticks    []Tick
	AxisNote string // "Axis starts at 170,000", empty when it starts at 0
	Broken   bool   // the axis does not start at 0: balances carry the break mark
	Foot     BridgeFoot
	Legend   [3]string // adds, takes away, balance
	Titles   [3]string // step, class, items
}

// BridgeChart walks from one balance to the other. Rows can be tapped, and have the keyboard:
// J, K and arrows move, Enter opens.
type BridgeChart struct {
	rowed
	OnOpen func(id string) // the foot's id is empty
	bridge Bridge
}

// NewBridgeChart makes the chart.
func NewBridgeChart(b Bridge) *BridgeChart {
	c := &BridgeChart{bridge: b}
	c.count = func() int { return len(c.bridge.Rows) + 1 }
	c.open = func(i int) {
		if c.OnOpen == nil {
			return
		}
		if i == len(c.bridge.Rows) {
			c.OnOpen("")
		} else if c.bridge.Rows[i].Opens {
			c.OnOpen(c.bridge.Rows[i].ID)
		}
	}
	c.rowAt = c.at
	c.reset()
	c.setUp(c)
	return c
}

// Set replaces what the chart shows.
func (c *BridgeChart) Set(b Bridge) {
	c.bridge = b
	c.repaint()
}

// Cursor is the row with the cursor, −1 for none; Rows counts for the foot.
func (c *BridgeChart) Cursor() int { return c.cursor }

const (
	bridgeHead = 28
	bridgeLow  = 22 // a row, in a low window and in a high one
	bridgeHigh = 28
	bridgeAxis = 24
	bridgeFoot = 34
)

func (c *BridgeChart) minimum() fyne.Size {
	rows := float32(len(c.bridge.Rows))
	return fyne.NewSize(620, bridgeHead+rows*bridgeLow+bridgeAxis+bridgeFoot)
}

// row is the height of a row: as high as the chart's height allows.
func (c *BridgeChart) row() float32 {
	n := float32(max(1, len(c.bridge.Rows)))
	room := c.Size().Height - bridgeHead - bridgeAxis - bridgeFoot
	return max(bridgeLow, min(bridgeHigh, round(room/n-0.5)))
}

func (c *BridgeChart) at(y float32) int {
	n, high := len(c.bridge.Rows), c.row()
	rowsEnd := bridgeHead + high*float32(n)
	switch {
	case y >= bridgeHead && y < rowsEnd:
		return int((y - bridgeHead) / high)
	case y >= rowsEnd+bridgeAxis && y < rowsEnd+bridgeAxis+bridgeFoot:
		return n
	}
	return -1
}

// bridgeColumns is where the parts of a row stand, for one width.
type bridgeColumns struct{ label, step, code, items, amount, bar, barEnd, open float32 }

func bridgeAt(width float32) bridgeColumns {
	return bridgeColumns{
		label: 16, step: 32, code: 242, items: 355, amount: 479,
		bar: 495, barEnd: width - 42, open: width - 30,
	}
}

func (c *BridgeChart) paint(p *pen, size fyne.Size) {
	at, high := bridgeAt(size.Width), c.row()
	c.paintTitles(p, at, size.Width)
	n := float32(len(c.bridge.Rows))
	for i, row := range c.bridge.Rows {
		c.paintGround(p, i, row, size.Width)
	}
	for _, tick := range c.bridge.Ticks {
		p.vline(round(at.x(tick.At)), bridgeHead, n*high, RowLine)
	}
	for i, row := range c.bridge.Rows {
		c.paintRow(p, at, i, row)
	}
	y := bridgeHead + n*high
	p.text(c.bridge.AxisNote, at.label, y+bridgeAxis/2, Axis)
	for i, x := range c.tickPlaces(at, size.Width) {
		p.text(c.bridge.Ticks[i].Label, x, y+bridgeAxis/2, Axis)
	}
	c.paintFoot(p, at, y+bridgeAxis, size.Width)
}

// tickPlaces is where the labels of the axis begin, by tick. A label that would touch the one before
// it is left out.
func (c *BridgeChart) tickPlaces(at bridgeColumns, width float32) map[int]float32 {
	const apart = 10
	places, end := map[int]float32{}, float32(0)
	for i, tick := range c.bridge.Ticks {
		w := TextWidth(tick.Label, Axis)
		x := max(at.bar, min(at.x(tick.At)-w/2, width-8-w))
		if len(places) > 0 && x < end+apart {
			continue
		}
		places[i], end = x, x+w
	}
	return places
}

func (b bridgeColumns) x(part float32) float32 { return b.bar + part*(b.barEnd-b.bar) }

func (c *BridgeChart) paintTitles(p *pen, at bridgeColumns, width float32) {
	p.fill(0, 0, width, bridgeHead, Sunken, 0)
	p.hline(0, bridgeHead-1, width, CardLine)
	const cy = bridgeHead / 2
	p.text(c.bridge.Titles[0], at.label, cy, Caption)
	p.text(c.bridge.Titles[1], at.code, cy, Caption)
	p.right(c.bridge.Titles[2], at.items, cy, Caption)
	p.right(c.bridge.Currency, at.amount, cy, Caption)
	x := at.bar
	for i, token := range []Token{BarUp, BarDown, BarTotal} {
		if x+18+TextWidth(c.bridge.Legend[i], Caption) > width-4 {
			break // a narrow chart names fewer colours, never half of one
		}
		p.fill(x, cy-5, 12, 10, token, 3)
		x = p.text(c.bridge.Legend[i], x+18, cy, Caption) + 14
	}
}

func (c *BridgeChart) paintGround(p *pen, i int, row BridgeRow, width float32) {
	high := c.row()
	y := bridgeHead + high*float32(i)
	switch {
	case i == c.hover || i == c.cursor && c.focused:
		p.fill(0, y, width, high, AccentTint, 0)
	case row.Kind == BarBalance:
		p.fill(0, y, width, high, Sunken, 0)
	}
	if i == c.cursor && c.focused {
		p.ring(0, y, width, high, 3)
	}
}

func (c *BridgeChart) paintRow(p *pen, at bridgeColumns, i int, row BridgeRow) {
	high := c.row()
	y := bridgeHead + high*float32(i)
	cy := y + high/2
	x, label, amount := at.step, Body, Figure
	if row.Kind == BarBalance {
		x, label, amount = at.label, Strong, Strong
	} else {
		amount.Weight = Regular
	}
	if IsNothing(row.Amount) {
		amount = Body.In(Muted)
	}
	p.cut(row.Label, x, at.code-x-8, cy, fyne.TextAlignLeading, label)
	p.cut(row.Codes, at.code, 64, cy, fyne.TextAlignLeading, AxisCode)
	p.right(row.Items, at.items, cy, Body.In(Muted))
	p.right(row.Amount, at.amount, cy, amount)
	c.paintBar(p, at, i, row)
	if row.Opens {
		token := ButtonLine
		if i == c.hover || i == c.cursor && c.focused {
			token = Text2
		}
		p.icon("right", at.open, cy, 13, token)
	}
}

// paintBar draws the bar and the line that joins it to the next one.
func (c *BridgeChart) paintBar(p *pen, at bridgeColumns, i int, row BridgeRow) {
	const thick = 14
	high := c.row()
	y := bridgeHead + high*float32(i) + round((high-thick)/2)
	from, to := at.x(row.From), at.x(row.To)
	if i+1 < len(c.bridge.Rows) {
		p.vline(round(to-0.5), y+thick, high-thick, ButtonLine)
	}
	left, w := round(min(from, to)), round(max(from, to))-round(min(from, to))
	switch row.Kind {
	case BarNothing:
		p.fill(left, y+1, 1, thick-2, BarZero, 0)
		return
	case BarBalance:
		p.fill(left, y, max(2, w), thick, BarTotal, 2)
		if c.bridge.Broken {
			c.breakMark(p, i, row, left, y, thick)
		}
		return
	}
	token := BarUp
	if row.Kind == BarTakes {
		token = BarDown
	}
	if w < 2 { // a small step is still seen
		w = 2
	}
	radius := min(2, w/2)
	p.fill(left, y, w, thick, token, radius)
}

// breakMark says that a balance's bar does not start at 0: a slanted line in the row's colour.
func (c *BridgeChart) breakMark(p *pen, i int, _ BridgeRow, left, y, thick float32) {
	ground := Sunken
	if i == c.hover || i == c.cursor && c.focused {
		ground = AccentTint
	}
	p.line(left+8, y+thick, left+13, y, ground, 3)
}

func (c *BridgeChart) paintFoot(p *pen, at bridgeColumns, y, width float32) {
	foot := c.bridge.Foot
	cy := y + bridgeFoot/2
	i := len(c.bridge.Rows)
	ground := p.fill(0, y, width, bridgeFoot, foot.Status.Tint(), 0)
	ground.BottomLeftCornerRadius, ground.BottomRightCornerRadius = 7, 7
	x := p.icon(foot.Status.Icon(), at.label, cy, 16, foot.Status.Ink()) + 8
	p.text(foot.Label, x, cy, Heading)
	p.right(foot.Amount, at.amount, cy, Heading)
	p.cut(foot.Sentence, at.bar, width-12-at.bar, cy, fyne.TextAlignLeading,
		Figure.At(13.5).In(foot.Status.Ink()))
	if i == c.cursor && c.focused {
		p.ring(0, y, width, bridgeFoot, 3)
	}
}
