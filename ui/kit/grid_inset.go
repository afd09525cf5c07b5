package kit

import "fyne.io/fyne/v2"

// inset is a part of its own below the cells of one row: a line that fixes it, what it is made of.
type inset struct {
	id      string
	content fyne.CanvasObject
	height  float32
	index   int // of the row as the list was built, −1 for none
}

// unplaced is the index of an inset for which the list has not been built yet.
const unplaced = -2

// SetInset opens the row of a record: the content stands below its cells, as high as height. A nil
// content closes what was open. One row is open at a time.
func (g *Grid) SetInset(id string, content fyne.CanvasObject, height float32) {
	if content == nil {
		id = ""
	}
	g.inset = inset{id: id, content: content, height: height, index: unplaced}
	g.Reload()
	g.revealInset()
}

// revealInset scrolls so far that the open row is seen with what belongs to it.
func (g *Grid) revealInset() {
	if g.inset.index < 0 || g.list == nil || g.list.Size().Height < g.RowHeight+g.inset.height {
		return
	}
	bottom := float32(g.inset.index+1)*g.RowHeight + g.inset.height
	for _, head := range g.heads {
		if head <= g.inset.index {
			bottom += g.HeadHeight - g.RowHeight
		}
	}
	if room := g.list.Size().Height; bottom > g.list.GetScrollOffset()+room {
		g.list.ScrollToOffset(bottom - room)
	}
}

// Inset is the id of the row that is open, "" for none.
func (g *Grid) Inset() string { return g.inset.id }

func (g *Grid) hasInset(id string) bool { return g.inset.id != "" && g.inset.id == id }

// findInset notes where the open row stands now, and says whether it has moved.
func (g *Grid) findInset() bool {
	at := -1
	if g.inset.id != "" {
		if i, ok := g.indexOf(g.inset.id); ok {
			at = i
		}
	}
	moved := at != g.inset.index
	g.inset.index = at
	return moved
}

// FieldArea is where a cell of a record stands in the window: below it its options are shown.
// It returns false for a row that is not on the screen.
func (g *Grid) FieldArea(id string, column string) (fyne.Position, fyne.Size, bool) {
	for i, col := range g.columns.list {
		if col.ID != column || i >= len(g.columns.x) {
			continue
		}
		for _, row := range g.rows {
			if row.key.id != id || row.index < 0 || !row.Visible() || canvasOf(row) == nil {
				continue
			}
			at := fyne.CurrentApp().Driver().AbsolutePositionForObject(row)
			if at.IsZero() {
				continue // a spare row, in no list
			}
			return at.AddXY(g.columns.x[i], 4), fyne.NewSize(g.columns.w[i], g.RowHeight-9), true
		}
	}
	return fyne.Position{}, fyne.Size{}, false
}

// ShowOptions opens a list of options below an area of the window, as a select field does; pick gets
// the one that was chosen, unless it is the selected one.
func ShowOptions(c fyne.Canvas, at fyne.Position, size fyne.Size, options []Option, selected string,
	pick func(id string)) *Sheet {
	var sheet *Sheet
	list := newMenu(options, selected, func(id string) {
		sheet.Close()
		if id != selected {
			pick(id)
		}
	})
	least := list.minimum()
	least.Width = max(least.Width, size.Width)
	sheet = ShowMenu(c, list, at.AddXY(0, size.Height+4), least)
	focus(list)
	return sheet
}
