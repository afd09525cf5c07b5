package kit

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

// FocusGained answers the toolkit.
func (g *Grid) FocusGained() {
	g.focused = true
	g.Restyle()
	g.repaint()
}

// FocusLost answers the toolkit.
func (g *Grid) FocusLost() {
	g.focused, g.shift = false, false
	g.Restyle()
	g.repaint()
}

// Tapped takes the focus where there is no row.
func (g *Grid) Tapped(*fyne.PointEvent) { focus(g) }

// KeyDown notes Shift, which plain key events do not carry.
func (g *Grid) KeyDown(ev *fyne.KeyEvent) {
	if ev.Name == desktop.KeyShiftLeft || ev.Name == desktop.KeyShiftRight {
		g.shift = true
	}
}

// KeyUp answers the toolkit.
func (g *Grid) KeyUp(ev *fyne.KeyEvent) {
	if ev.Name == desktop.KeyShiftLeft || ev.Name == desktop.KeyShiftRight {
		g.shift = false
	}
}

// AcceptsTab answers the toolkit: Tab moves the focus on, unless the screen wants it for itself.
func (g *Grid) AcceptsTab() bool { return g.OnTab != nil }

// TypedKey moves the cursor, opens, selects and folds; other keys go on.
func (g *Grid) TypedKey(ev *fyne.KeyEvent) {
	at, last := g.position(), g.data.Len()-1
	switch ev.Name {
	case fyne.KeyDown:
		g.down(g.shift)
	case fyne.KeyUp:
		g.moveTo(max(0, at-1), g.shift)
	case fyne.KeyHome:
		g.moveTo(0, g.shift)
	case fyne.KeyEnd:
		g.moveTo(last, g.shift)
	case fyne.KeyPageDown:
		g.moveTo(min(last, at+g.page()), g.shift)
	case fyne.KeyPageUp:
		g.moveTo(max(0, at-g.page()), g.shift)
	case fyne.KeyReturn, fyne.KeyEnter:
		g.enter()
	case fyne.KeySpace:
		g.toggleHere()
	case fyne.KeyLeft, fyne.KeyRight:
		if !g.foldHere(ev.Name == fyne.KeyLeft) {
			PassKey(g, ev)
		}
	case fyne.KeyTab:
		if g.OnTab != nil {
			g.OnTab()
		}
	case fyne.KeyJ, fyne.KeyK, fyne.KeyX: // used as letters
	default:
		PassKey(g, ev)
	}
}

// TypedRune takes J, K and X, with Shift to extend; other letters go on.
func (g *Grid) TypedRune(r rune) {
	switch at := g.position(); r {
	case 'j':
		g.down(false)
	case 'k':
		g.moveTo(max(0, at-1), false)
	case 'J':
		g.moveTo(at+1, true)
	case 'K':
		g.moveTo(max(0, at-1), true)
	case 'x', 'X':
		g.toggleHere()
	case ' ': // arrives as a key too
	default:
		PassRune(g, r)
	}
}

// TypedShortcut selects all and copies; other shortcuts go on.
func (g *Grid) TypedShortcut(s fyne.Shortcut) {
	switch s.(type) {
	case *fyne.ShortcutSelectAll:
		g.selection.All()
		g.selected()
	case *fyne.ShortcutCopy:
		g.copy()
	default:
		PassShortcut(g, s)
	}
}

// position is the cursor's place, −1 where it has none.
func (g *Grid) position() int {
	i, ok := g.indexOf(g.cursor)
	if !ok {
		return -1
	}
	return i
}

// page is how many rows a page holds, at least one.
func (g *Grid) page() int {
	if g.list == nil {
		return 1
	}
	return max(1, int(g.list.Size().Height/g.RowHeight)-1)
}

// down moves to the next row. Where the cursor was brought to this row by what was done with the row
// before, it stays: nobody is led past a row unseen.
func (g *Grid) down(extend bool) {
	arrived := g.arrived != "" && g.arrived == g.cursor
	g.arrived = ""
	if !arrived {
		g.moveTo(g.position()+1, extend)
	}
}

// Arrive moves the cursor to a record as SetCursor does; the next step down stays there.
func (g *Grid) Arrive(id string) {
	g.SetCursor(id)
	g.arrived = id
}

// moveTo puts the cursor on row i, if there is one; extend selects from the anchor to there.
func (g *Grid) moveTo(i int, extend bool) {
	if i < 0 || i >= g.data.Len() {
		return
	}
	id := g.data.RowID(i)
	if extend {
		g.extendTo(i)
	} else {
		g.anchor = id
	}
	moved, first := id != g.cursor, g.cursor == ""
	g.cursor, g.cursorIndex = id, i
	if g.list != nil {
		g.list.ScrollTo(i)
	}
	if extend {
		g.selected()
	} else {
		g.Restyle()
	}
	if first {
		g.repaint() // the outline of the empty grid goes
	}
	if moved && g.OnCursor != nil {
		g.OnCursor(id)
	}
}

// extendTo selects all records between the anchor and row i.
func (g *Grid) extendTo(i int) {
	if g.anchor == "" {
		g.anchor = g.cursor
	}
	from, ok := g.indexOf(g.anchor)
	if !ok {
		from = i
		g.anchor = g.data.RowID(i)
	}
	for j := min(from, i); j <= max(from, i); j++ {
		if g.data.Row(j).Head == nil {
			g.selection.Set(g.data.RowID(j), true)
		}
	}
}

func (g *Grid) enter() {
	if i := g.position(); i >= 0 {
		if head := g.data.Row(i).Head; head != nil && head.Foldable {
			g.fold(g.cursor, !head.Folded)
			return
		}
		g.open()
	}
}

func (g *Grid) open() {
	if g.OnOpen != nil && g.cursor != "" {
		g.OnOpen(g.cursor)
	}
}

func (g *Grid) toggleHere() {
	if i := g.position(); i >= 0 && g.data.Row(i).Head == nil {
		g.toggle(g.cursor)
	}
}

func (g *Grid) toggle(id string) {
	g.selection.Set(id, !g.selection.Has(id))
	g.anchor = id
	g.selected()
}

func (g *Grid) selected() {
	g.Restyle()
	if g.OnSelect != nil {
		g.OnSelect()
	}
}

// foldHere folds or unfolds the group of the cursor's row, if that changes anything.
func (g *Grid) foldHere(fold bool) bool {
	i := g.position()
	if i < 0 {
		return false
	}
	head := g.data.Row(i).Head
	if head == nil && fold {
		for i > 0 && head == nil {
			i--
			head = g.data.Row(i).Head
		}
	}
	if head == nil || !head.Foldable || head.Folded == fold {
		return false
	}
	g.moveTo(i, false)
	g.fold(g.cursor, fold)
	return true
}

func (g *Grid) fold(id string, fold bool) {
	if g.OnFold != nil {
		g.OnFold(id, fold)
	}
}

// copy puts the selected rows, or the one with the cursor, on the clipboard.
func (g *Grid) copy() {
	text := ""
	if g.CopyText != nil {
		text = g.CopyText(&g.selection)
	} else {
		text = g.lines()
	}
	if text == "" {
		return
	}
	if g.OnCopy != nil {
		g.OnCopy(text)
		return
	}
	fyne.CurrentApp().Clipboard().SetContent(text)
}

// lines writes the selected rows as tab-separated lines, the titles first.
func (g *Grid) lines() string {
	n := g.data.Len()
	one := g.selection.Count(n) == 0
	var out strings.Builder
	var titles []string
	for _, col := range g.columns.list {
		if !col.Hidden && !col.Check {
			titles = append(titles, col.Title)
		}
	}
	out.WriteString(strings.Join(titles, "\t") + "\n")
	rows := 0
	for i := range n {
		id := g.data.RowID(i)
		if one && id != g.cursor || !one && !g.selection.Has(id) || g.data.Row(i).Head != nil {
			continue
		}
		rows++
		out.WriteString(g.line(i) + "\n")
	}
	if rows == 0 {
		return ""
	}
	return out.String()
}

func (g *Grid) line(i int) string {
	clean := strings.NewReplacer("\t", " ", "\n", " ", "\r", " ")
	var cells []string
	for c, col := range g.columns.list {
		if col.Hidden || col.Check {
			continue
		}
		cell := g.data.Cell(i, c)
		text := cell.Text
		if cell.Sub != "" {
			text += ", " + cell.Sub
		}
		cells = append(cells, clean.Replace(text))
	}
	return strings.Join(cells, "\t")
}
