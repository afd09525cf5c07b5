package kit

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

// Look is how a cell is drawn.
type Look string

// The looks of a cell.
const (
	LookText   Look = ""       // words
	LookAmount Look = "amount" // medium weight; zero and the dash are muted
	LookState  Look = "state"  // the status's icon and a word in its colour
	LookChip   Look = "chip"   // the same on its tint
	LookCode   Look = "code"   // a class code: bold, in the status's colour
	LookMeter  Look = "meter"  // a small bar of Fraction, then the text
	LookField  Look = "field"  // a field that opens a list of options; see Grid.OnField
	LookMono   Look = "mono"   // as it stands in a file
)

// Cell is what a grid shows in one place: words and what they mean.
type Cell struct {
	Text, Sub string // Sub is the second line
	Note      string // quiet, behind the text
	Look      Look
	Status    Status
	Icon      string // instead of the status's own
	Fraction  float32
	Weight    Weight
	Quiet     bool // muted
}

// GroupHead is the row above a group.
type GroupHead struct {
	Code       string // in the status's colour, may be empty
	CodeStatus Status
	Title      string
	Count      string
	Foldable   bool
	Folded     bool
	Sunken     bool // on a sunken ground
}

// Row is what a grid asks about a row before its cells.
type Row struct {
	Revision uint64     // a row of the same id and revision is not painted again
	Head     *GroupHead // nil for a record
	Tint     Status     // the ground of a row with a problem
	Chosen   bool       // tinted and with the bar, as the row with the cursor
	NoCheck  bool       // it cannot be selected: no checkbox
}

// rowKey is all that a row's picture depends on.
type rowKey struct {
	id                               string
	revision                         uint64
	cursor, selected, hover, focused bool
	inset                            bool
	columns                          int
	variant                          fyne.ThemeVariant
	size                             fyne.Size
}

// gridRow paints one row with all its columns, so that cells cannot drift apart.
type gridRow struct {
	drawn
	g     *Grid
	index int
	key   rowKey
	known bool
	hover bool
}

func newGridRow(g *Grid) *gridRow {
	r := &gridRow{g: g, index: -1}
	r.setUp(r)
	return r
}

func (r *gridRow) minimum() fyne.Size { return fyne.NewSize(columnMin, r.g.RowHeight) }

// show makes the widget the picture of row i; it returns at once when nothing changed.
func (r *gridRow) show(i int) {
	if !r.known {
		r.known = true
		r.g.rows = append(r.g.rows, r)
	}
	r.index = i
	if i < 0 || i >= r.g.data.Len() {
		return // the length shrank since it was asked
	}
	if key := r.look(); key != r.key {
		r.repaint()
	}
}

func (r *gridRow) look() rowKey {
	id := r.g.data.RowID(r.index)
	cursor := id == r.g.cursor
	return rowKey{
		id: id, revision: r.g.data.Row(r.index).Revision, cursor: cursor,
		selected: r.g.selection.Has(id), hover: r.hover, focused: cursor && r.g.focused,
		inset: r.g.hasInset(id), columns: r.g.columns.revision, variant: Variant(), size: r.Size(),
	}
}

func (r *gridRow) paint(p *pen, size fyne.Size) {
	if r.index < 0 || r.index >= r.g.data.Len() {
		return
	}
	r.key = r.look()
	row := r.g.data.Row(r.index)
	p.ground(r.key, row, size, r.g.hasCheck)
	height := size.Height
	if r.key.inset {
		height = min(height, r.g.RowHeight)
	}
	if row.Head != nil {
		r.paintHead(p, *row.Head, size)
	}
	for i, col := range r.g.columns.list {
		if col.Hidden {
			continue
		}
		x, w := r.g.columns.x[i], r.g.columns.w[i]
		if col.Check {
			if row.Head == nil && !row.NoCheck {
				p.check(x, height/2, r.key.selected, false)
			}
			continue
		}
		p.cell(r.g.data.Cell(r.index, i), col.Align, x, w, height)
	}
	if r.key.inset {
		p.place(r.g.inset.content, 0, height, size.Width, size.Height-height)
	}
	p.hline(0, size.Height-1, size.Width, RowLine)
	if r.key.focused {
		p.ring(0, 0, size.Width, size.Height-1, 3)
	}
}

// ground paints the row's background, only where it says something.
func (p *pen) ground(key rowKey, row Row, size fyne.Size, checks bool) {
	h := size.Height - 1
	switch {
	case key.inset && row.Tint != StatusNone:
		p.fill(0, 0, size.Width, h, row.Tint.Tint(), 0)
	case key.cursor || row.Chosen || key.selected && !checks:
		p.fill(0, 0, size.Width, h, AccentTint, 0)
	case row.Tint != StatusNone:
		p.fill(0, 0, size.Width, h, row.Tint.Tint(), 0)
	case row.Head != nil && row.Head.Sunken:
		p.fill(0, 0, size.Width, h, Sunken, 0)
	case key.hover:
		p.fill(0, 0, size.Width, h, Hover, 0)
	}
	if key.cursor || row.Chosen {
		p.fill(0, 0, 3, h, Accent, 0)
	}
}

func (r *gridRow) paintHead(p *pen, head GroupHead, size fyne.Size) {
	x, cy := float32(columnEdge), size.Height/2
	if head.Foldable {
		icon := "down"
		if head.Folded {
			icon = "right"
		}
		p.icon(icon, x-3, cy, 14, Text2)
		x += 18
	}
	if head.Code != "" {
		p.text(head.Code, x, cy, Strong.At(12).In(head.CodeStatus.Ink()))
		x += 32
	}
	x = p.text(head.Title, x, cy, Figure)
	p.text(head.Count, x+8, cy, Second)
}

// cell paints one cell between x and x+w.
func (p *pen) cell(c Cell, align Align, x, w, h float32) {
	cy := h / 2
	if c.Icon != "" && c.Look == LookText {
		token := c.Status.Ink()
		if c.Status == StatusNone {
			token = Text2
		}
		size, gap := float32(15), float32(7)
		if c.Sub != "" {
			size, gap = 16, 16
		}
		next := p.icon(c.Icon, x, cy, size, token) + gap
		x, w = next, w-(next-x)
	}
	if c.Sub != "" {
		p.cut(c.Sub, x, w, cy+8, align.toolkit(), Second)
		cy -= 8
	}
	icon := c.Icon
	if icon == "" {
		icon = c.Status.Icon()
	}
	switch c.Look {
	case LookChip:
		if c.Text != "" {
			if align == AlignRight {
				x = max(x, x+w-chipWidth(c.Text, icon, Caption))
			}
			p.chip(c.Text, icon, c.Status, x, cy, w)
		}
	case LookState:
		if c.Text != "" {
			end := x + w
			if align == AlignRight {
				x = max(x, end-chipWidth(c.Text, icon, Caption)+2*chipPad)
			}
			p.state(c.Text, icon, c.Status.Ink(), x, cy, end-x)
		}
	case LookCode:
		p.cut(c.Text, x, w, cy, align.toolkit(), Strong.At(12).In(c.Status.Ink()))
	case LookField:
		p.card(x, 4, w, h-9, Surface, Ctl, 6)
		ink := Figure
		if c.Quiet {
			ink = Body.In(Muted)
		}
		p.cut(c.Text, x+9, w-32, cy, fyne.TextAlignLeading, ink)
		p.icon("down", x+w-21, cy, 13, Text2)
	case LookMono:
		p.cut(c.Text, x, w, cy, fyne.TextAlignLeading, Ink{12, Mono, Text2})
	case LookMeter:
		p.meter(x, cy, 48, c.Fraction, Accent)
		p.cut(c.Text, x+57, w-57, cy, align.toolkit(), Body)
	case LookAmount:
		p.cut(c.Text, x, w, cy, AlignRight.toolkit(), amountInk(c))
	default:
		next := p.cut(c.Text, x, w, cy, align.toolkit(), cellInk(c))
		if c.Note != "" && align == AlignLeft {
			p.cut(c.Note, next+8, x+w-next-8, cy, align.toolkit(), Second)
		}
	}
}

func cellInk(c Cell) Ink {
	ink := Body.Of(c.Weight)
	switch {
	case c.Status != StatusNone && c.Icon == "":
		ink = ink.In(c.Status.Ink())
	case c.Quiet:
		ink = ink.In(Muted)
	}
	return ink
}

func amountInk(c Cell) Ink {
	ink := Figure.In(c.Status.Ink())
	if c.Weight != Regular {
		ink.Weight = c.Weight
	}
	if c.Quiet || c.Status == StatusNone && IsNothing(c.Text) {
		ink = Body.In(Muted)
	}
	return ink
}

// IsNothing says whether an amount's text is zero or the dash for "not applicable"; both are
// shown muted.
func IsNothing(amount string) bool {
	return amount != "" && !strings.ContainsAny(amount, "123456789") &&
		strings.ContainsAny(amount, "0—")
}

// MouseDown moves the cursor and the selection; Ctrl and Shift come with the event.
func (r *gridRow) MouseDown(ev *desktop.MouseEvent) { r.g.mouseDown(r.index, ev) }

// MouseUp answers the toolkit.
func (r *gridRow) MouseUp(*desktop.MouseEvent) {}

// Tapped keeps the tap from the list below, which has a selection of its own.
func (r *gridRow) Tapped(*fyne.PointEvent) {}

// MouseIn answers the toolkit.
func (r *gridRow) MouseIn(*desktop.MouseEvent) { r.hover = true; r.show(r.index) }

// MouseMoved answers the toolkit.
func (r *gridRow) MouseMoved(*desktop.MouseEvent) {}

// MouseOut answers the toolkit.
func (r *gridRow) MouseOut() { r.hover = false; r.show(r.index) }
