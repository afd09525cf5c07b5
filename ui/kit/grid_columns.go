package kit

import "fyne.io/fyne/v2"

// Align is where a column's text stands.
type Align string

// The alignments: words at the left, figures at the right.
const (
	AlignLeft  Align = ""
	AlignRight Align = "right"
)

// Column is one column of a grid; head, rows and foot share it.
type Column struct {
	ID, Title string
	Width     float32 // as opened; the reader can change it
	Min       float32 // smallest width, at least 24
	Grow      bool    // takes its share of the room that is left, or that is missing
	Align     Align
	Check     bool // shows the row's checkbox instead of text
	Hidden    bool
	Sortable  bool
}

// Sort is the order that the reader asked for.
type Sort struct {
	Column     string
	Descending bool
}

const (
	columnGap  = 12
	columnEdge = 16
	columnMin  = 24
)

// columns is the model that head, rows and foot place their cells by.
type columns struct {
	list     []Column
	x, w     []float32 // by column, at the present width
	revision int       // changes with every new layout
	total    float32
}

// least is the smallest width that a column is given without the reader's doing.
func (c Column) least() float32 {
	if c.Grow && c.Min > 0 {
		return min(c.Min, c.Width)
	}
	return c.Width
}

// natural is the width below which the grid scrolls sideways.
func (c *columns) natural() float32 { return c.sum(Column.least) }

func (c *columns) sum(width func(Column) float32) float32 {
	sum := float32(2*columnEdge - columnGap)
	for _, col := range c.list {
		if !col.Hidden {
			sum += width(col) + columnGap
		}
	}
	return sum
}

// fit places the columns in the width and shares what is left among those that grow.
func (c *columns) fit(total float32) {
	if total == c.total && len(c.x) == len(c.list) {
		return
	}
	c.total = total
	c.revision++
	c.x, c.w = c.x[:0], c.w[:0]
	growing := 0
	for _, col := range c.list {
		if col.Grow && !col.Hidden {
			growing++
		}
	}
	spare := total - c.sum(func(col Column) float32 { return col.Width })
	x := float32(columnEdge)
	for _, col := range c.list {
		w := col.Width
		if col.Grow && growing > 0 {
			w = max(col.least(), w+spare/float32(growing))
		}
		if col.Hidden {
			c.x, c.w = append(c.x, x), append(c.w, 0)
			continue
		}
		w = round(w)
		c.x, c.w = append(c.x, x), append(c.w, w)
		x += w + columnGap
	}
}

// resize sets a column's width, not below its minimum, and has the columns placed anew.
func (c *columns) resize(i int, width float32) {
	c.list[i].Width = round(max(width, c.list[i].Min, columnMin))
	c.total = -1
}

// edge returns the column whose right edge is at x, within the reach of a pointer, or −1.
func (c *columns) edge(x float32) int {
	for i, col := range c.list {
		if right := c.x[i] + c.w[i] + columnGap/2; !col.Hidden && !col.Check &&
			x >= right-5 && x <= right+5 {
			return i
		}
	}
	return -1
}

// at returns the column under x, or −1.
func (c *columns) at(x float32) int {
	for i, col := range c.list {
		if !col.Hidden && x >= c.x[i]-columnGap/2 && x < c.x[i]+c.w[i]+columnGap/2 {
			return i
		}
	}
	return -1
}

func (a Align) toolkit() fyne.TextAlign {
	if a == AlignRight {
		return fyne.TextAlignTrailing
	}
	return fyne.TextAlignLeading
}
