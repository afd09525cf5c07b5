package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

const gridHeadHeight = 30

// gridHead is the line of column titles: a tap sorts, a drag at an edge changes a width.
type gridHead struct {
	drawn
	g        *Grid
	hover    int
	dragging int     // the column whose width changes, or −1
	width    float32 // that the pointer asks for
	onEdge   bool
}

func newGridHead(g *Grid) *gridHead {
	h := &gridHead{g: g, hover: -1, dragging: -1}
	h.setUp(h)
	return h
}

func (h *gridHead) minimum() fyne.Size { return fyne.NewSize(columnMin, gridHeadHeight) }

func (h *gridHead) paint(p *pen, size fyne.Size) {
	p.fill(0, 0, size.Width, size.Height, Sunken, 0)
	p.hline(0, size.Height-1, size.Width, CardLine)
	for i, col := range h.g.columns.list {
		if col.Hidden || col.Check || i >= len(h.g.columns.x) {
			continue
		}
		x, w := h.g.columns.x[i], h.g.columns.w[i]
		ink := Caption
		if h.hover == i && col.Sortable {
			ink = ink.In(Text)
		}
		h.title(p, col, x, w, size.Height/2, ink)
	}
}

// title writes the column's title with the arrow of the order behind it, before it where the
// column is right-aligned.
func (h *gridHead) title(p *pen, col Column, x, w, cy float32, ink Ink) {
	if h.g.Sort.Column != col.ID || col.ID == "" {
		p.cut(col.Title, x, w, cy, col.Align.toolkit(), ink)
		return
	}
	arrow := "up"
	if h.g.Sort.Descending {
		arrow = "down"
	}
	const side = 11
	if col.Align == AlignRight {
		p.cut(col.Title, x, w, cy, col.Align.toolkit(), ink)
		p.icon(arrow, x+w-min(w, TextWidth(col.Title, ink))-side-3, cy, side, Text2)
		return
	}
	end := p.cut(col.Title, x, w-side-3, cy, col.Align.toolkit(), ink)
	p.icon(arrow, end+3, cy, side, Text2)
}

// Tapped sorts by the column, or turns its order.
func (h *gridHead) Tapped(ev *fyne.PointEvent) {
	if h.g.columns.edge(ev.Position.X) >= 0 {
		return
	}
	i := h.g.columns.at(ev.Position.X)
	if i < 0 || !h.g.columns.list[i].Sortable || h.g.OnSort == nil {
		return
	}
	next := Sort{Column: h.g.columns.list[i].ID}
	if h.g.Sort.Column == next.Column {
		next.Descending = !h.g.Sort.Descending
	}
	h.g.Sort = next
	h.repaint()
	h.g.OnSort(next)
}

// Dragged changes the width of the column whose edge the pointer took.
func (h *gridHead) Dragged(ev *fyne.DragEvent) {
	if h.dragging < 0 {
		h.dragging = h.g.columns.edge(ev.Position.X - ev.Dragged.DX)
		if h.dragging < 0 {
			return
		}
		h.width = h.g.columns.list[h.dragging].Width
	}
	h.width += ev.Dragged.DX
	h.g.columns.resize(h.dragging, h.width)
	h.g.relayout()
}

// DragEnd reports the new widths.
func (h *gridHead) DragEnd() {
	if h.dragging >= 0 && h.g.OnColumns != nil {
		h.g.OnColumns(h.g.Columns())
	}
	h.dragging = -1
}

// Cursor shows where a width can be changed.
func (h *gridHead) Cursor() desktop.Cursor {
	if h.dragging >= 0 || h.onEdge {
		return desktop.HResizeCursor
	}
	return desktop.DefaultCursor
}

// MouseIn answers the toolkit.
func (h *gridHead) MouseIn(ev *desktop.MouseEvent) { h.MouseMoved(ev) }

// MouseMoved shows the title under the pointer, and notes whether it is on an edge.
func (h *gridHead) MouseMoved(ev *desktop.MouseEvent) {
	if h.dragging >= 0 {
		return
	}
	h.onEdge = h.g.columns.edge(ev.Position.X) >= 0
	if i := h.g.columns.at(ev.Position.X); i != h.hover {
		h.hover = i
		h.repaint()
	}
}

// MouseOut answers the toolkit.
func (h *gridHead) MouseOut() { h.hover = -1; h.repaint() }

const gridFootHeight = 38

// gridFoot is the line of totals under the rows, in the same columns.
type gridFoot struct {
	drawn
	g *Grid
}

func newGridFoot(g *Grid) *gridFoot {
	f := &gridFoot{g: g}
	f.setUp(f)
	return f
}

func (f *gridFoot) minimum() fyne.Size { return fyne.NewSize(columnMin, gridFootHeight) }

func (f *gridFoot) paint(p *pen, size fyne.Size) {
	ground := p.fill(0, 0, size.Width, size.Height, Sunken, 0)
	if f.g.InCard {
		ground.BottomLeftCornerRadius, ground.BottomRightCornerRadius = 7, 7
	}
	p.hline(0, 0, size.Width, CardLine)
	for i, col := range f.g.columns.list {
		cell, ok := f.g.foot[col.ID]
		if !ok || col.Hidden || i >= len(f.g.columns.x) {
			continue
		}
		x, w := f.g.columns.x[i], f.g.columns.w[i]
		if col.Align == AlignLeft { // the next cells are mostly empty: use their room
			w = max(w, min(size.Width-x-columnEdge, TextWidth(cell.Text, Strong)+1))
		}
		p.cell(cell, col.Align, x, w, size.Height)
	}
}
