package kit

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// GridData is what a grid shows, in view order. All methods run on the UI goroutine, for the
// visible rows only, and must answer at once: a model keeps pages of rows, and shows a row that
// is not there yet with empty cells until its revision changes.
type GridData interface {
	Len() int
	RowID(i int) string // of a group head too; unique
	Row(i int) Row
	Cell(i, column int) Cell // column counts in Columns, hidden ones included
}

// Finder is a GridData that knows where a record stands; without it the grid looks at all ids.
type Finder interface {
	IndexOf(id string) (int, bool)
}

// Grouped is a GridData with group heads; Heads lists their positions, rising. Heads have a
// height of their own, which is fine up to 100,000 rows.
type Grouped interface {
	Heads() []int
}

// Grid is a table of any length: one widget a row, one column model for head, rows and foot. It
// has the keyboard focus itself. Cursor and selection are record ids.
type Grid struct {
	drawn
	RowHeight  float32 // 32 for one line, 44 for two: positions stay exact (see NewGrid)
	HeadHeight float32 // of group heads
	HideTitles bool    // no line of column titles
	InCard     bool    // the last line is round, as the card around it, whose ground shows
	OnSurface  bool    // what it stands on is Surface already: a ground costs as much as the text
	Sort       Sort
	Empty      fyne.CanvasObject // shown under the head when there is no row
	Clock      func() time.Time  // tells a double click from two; without it there is none

	OnSort    func(Sort)
	OnCursor  func(id string)
	OnSelect  func()          // the selection changed
	OnOpen    func(id string) // Enter or double click
	OnMenu    func(id string, at fyne.Position)
	OnFold    func(id string, fold bool)
	OnColumns func([]Column)            // a width was changed by hand
	OnCopy    func(text string)         // instead of the clipboard
	OnField   func(id string)           // a cell that looks like a field was pressed
	OnTab     func()                    // Tab and Shift Tab, instead of moving the focus on
	CopyText  func(s *Selection) string // instead of the visible cells as tab-separated lines

	data      GridData
	columns   columns
	selection Selection
	foot      map[string]Cell
	hasCheck  bool
	focused   bool
	shift     bool
	reveal    bool // the cursor's row is still to be scrolled to
	inset     inset

	cursor      string
	cursorIndex int
	anchor      string
	arrived     string // the record to which Arrive has moved the cursor
	clickedAt   time.Time
	clickedID   string

	rows   []*gridRow
	heads  []int
	list   *bareList
	head   *gridHead
	sums   *gridFoot
	body   *fyne.Container
	scroll *container.Scroll
}

// NewGrid makes a grid with one-line rows over the data. The toolkit keeps positions in float32:
// multiples of 32 stay exact to 16 million rows, multiples of 4 to a million and a half; rows of
// 34 would be drawn 2 px apart from 490,000 on.
func NewGrid(list []Column, data GridData) *Grid {
	g := &Grid{RowHeight: 32, HeadHeight: 28, data: data, cursorIndex: -1}
	g.columns.list = append([]Column(nil), list...)
	for _, col := range list {
		g.hasCheck = g.hasCheck || col.Check && !col.Hidden
	}
	g.setUp(g)
	g.head, g.sums = newGridHead(g), newGridFoot(g)
	g.body = container.New(&gridLayout{g})
	g.scroll = container.NewHScroll(g.body)
	return g
}

// bareList is a list without a focus of its own.
type bareList struct{ widget.List }

// Disabled keeps the list out of the focus order: the grid has the focus.
func (l *bareList) Disabled() bool { return true }

// Enable does nothing: the list's focus stays off.
func (l *bareList) Enable() {}

// Disable does nothing: the list's focus is off anyway.
func (l *bareList) Disable() {}

// denseTheme takes the list's gaps away: rows draw their own lines.
type denseTheme struct{ presentTheme }

func (d denseTheme) Size(name fyne.ThemeSizeName) float32 {
	if name == theme.SizeNamePadding {
		return 0
	}
	return d.presentTheme.Size(name)
}

// build makes the list anew; its row heights cannot be taken back otherwise.
func (g *Grid) build() {
	offset := float32(0)
	if g.list != nil {
		offset = g.list.GetScrollOffset()
	}
	g.rows = nil
	list := &bareList{}
	list.HideSeparators = true
	list.Length = g.data.Len
	list.CreateItem = func() fyne.CanvasObject { return newGridRow(g) }
	list.UpdateItem = func(i widget.ListItemID, o fyne.CanvasObject) { o.(*gridRow).show(i) }
	list.ExtendBaseWidget(list)
	for _, i := range g.heads {
		list.SetItemHeight(i, g.HeadHeight)
	}
	if g.inset.index >= 0 && g.inset.content != nil {
		list.SetItemHeight(g.inset.index, g.RowHeight+g.inset.height)
	}
	dense := container.NewThemeOverride(list, denseTheme{})
	g.list = list
	g.body.Objects = []fyne.CanvasObject{g.head, dense, g.sums}
	g.body.Refresh()
	if offset > 0 {
		list.ScrollToOffset(offset)
	}
}

// Reload shows the data as it is now: rows whose revision is the same are left alone, cursor
// and selection stay with their records.
func (g *Grid) Reload() {
	g.load()
	g.repaint()
}

// load is Reload without the repaint: a repaint while painting would paint all parts twice.
func (g *Grid) load() {
	var heads []int
	if grouped, ok := g.data.(Grouped); ok {
		heads = grouped.Heads()
	}
	if g.findInset() || g.list == nil || !equalInts(heads, g.heads) {
		g.heads = append([]int(nil), heads...)
		g.build()
	}
	g.cursorIndex = -1
	g.list.Refresh()
	g.head.repaint()
	g.sums.repaint()
}

// SetData replaces the model and reloads.
func (g *Grid) SetData(data GridData) {
	g.data = data
	g.list = nil
	g.Reload()
}

// SetFoot sets the totals by column id; nil takes the foot away.
func (g *Grid) SetFoot(cells map[string]Cell) {
	g.foot = cells
	g.body.Refresh()
	g.sums.repaint()
}

// Columns returns a copy of the columns with their present widths.
func (g *Grid) Columns() []Column { return append([]Column(nil), g.columns.list...) }

// SetColumns replaces the columns, for instance with remembered widths.
func (g *Grid) SetColumns(list []Column) {
	g.columns.list = append([]Column(nil), list...)
	g.columns.total = -1
	g.hasCheck = false
	for _, col := range list {
		g.hasCheck = g.hasCheck || col.Check && !col.Hidden
	}
	g.relayout()
}

// Selection is the live set of selected ids; call Restyle after changing it.
func (g *Grid) Selection() *Selection { return &g.selection }

// Cursor is the id of the row with the cursor, empty at first.
func (g *Grid) Cursor() string { return g.cursor }

// SetCursor moves the cursor to a record, scrolls there and does not call OnCursor.
func (g *Grid) SetCursor(id string) {
	g.cursor, g.anchor, g.cursorIndex = id, id, -1
	g.reveal = true
	g.showCursor()
	g.Restyle()
}

// showCursor scrolls to the cursor's row, once the list has a size.
func (g *Grid) showCursor() {
	if g.list == nil || g.list.Size().Height < g.RowHeight {
		return
	}
	g.reveal = false
	if i, ok := g.indexOf(g.cursor); ok {
		g.list.ScrollTo(i)
		if g.hasInset(g.cursor) {
			g.revealInset()
		}
	}
}

// Restyle shows changed cursor, selection and focus in the visible rows.
func (g *Grid) Restyle() {
	for _, row := range g.rows {
		row.show(row.index)
	}
}

func (g *Grid) relayout() {
	g.body.Refresh()
	g.scroll.Refresh()
	g.head.repaint()
	g.sums.repaint()
	g.Restyle()
}

// indexOf finds a record: where it was last, by the model, or by looking at all.
func (g *Grid) indexOf(id string) (int, bool) {
	if id == "" {
		return -1, false
	}
	n := g.data.Len()
	if i := g.cursorIndex; id == g.cursor && i >= 0 && i < n && g.data.RowID(i) == id {
		return i, true
	}
	found := -1
	if finder, ok := g.data.(Finder); ok {
		if i, ok := finder.IndexOf(id); ok {
			found = i
		}
	} else {
		for i := 0; i < n && found < 0; i++ {
			if g.data.RowID(i) == id {
				found = i
			}
		}
	}
	if id == g.cursor {
		g.cursorIndex = found
	}
	return found, found >= 0
}

func (g *Grid) minimum() fyne.Size {
	return fyne.NewSize(120, gridHeadHeight+2*g.RowHeight)
}

func (g *Grid) paint(p *pen, size fyne.Size) {
	if g.list == nil {
		g.load()
	}
	if !g.InCard && !g.OnSurface {
		p.fill(0, 0, size.Width, size.Height, Surface, 0)
	}
	p.place(g.scroll, 0, 0, size.Width, size.Height)
	if g.data.Len() == 0 && g.Empty != nil {
		p.place(g.Empty, 0, g.titles(), size.Width, size.Height-g.titles())
	}
	if g.focused && g.cursor == "" {
		p.ring(0, 0, size.Width, size.Height, 3)
	}
}

// gridLayout stacks head, rows and foot.
type gridLayout struct{ g *Grid }

func (l *gridLayout) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(l.g.columns.natural(), l.g.minimum().Height)
}

func (l *gridLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	if len(objects) < 3 {
		return
	}
	l.g.columns.fit(size.Width)
	foot := float32(0)
	if l.g.foot != nil {
		foot = gridFootHeight
	}
	top := l.g.titles()
	heights := []float32{top, size.Height - top - foot, foot}
	y := float32(0)
	for i, o := range objects {
		o.Move(fyne.NewPos(0, y))
		o.Resize(fyne.NewSize(size.Width, heights[i]))
		y += heights[i]
	}
	show(objects[0], top > 0)
	show(objects[2], foot > 0)
	if l.g.reveal {
		l.g.showCursor()
	}
}

func show(o fyne.CanvasObject, on bool) {
	if on {
		o.Show()
	} else {
		o.Hide()
	}
}

// titles is the height of the line of titles.
func (g *Grid) titles() float32 {
	if g.HideTitles {
		return 0
	}
	return gridHeadHeight
}

func equalInts(a, b []int) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

const doubleClick = 300 * time.Millisecond

// mouseDown is a press on row i.
func (g *Grid) mouseDown(i int, ev *desktop.MouseEvent) {
	if i < 0 || i >= g.data.Len() {
		return
	}
	focus(g)
	id, head := g.data.RowID(i), g.data.Row(i).Head
	if ev.Button == desktop.MouseButtonSecondary {
		g.moveTo(i, false)
		if g.OnMenu != nil {
			g.OnMenu(id, ev.AbsolutePosition)
		}
		return
	}
	column := g.columns.at(ev.Position.X)
	onCheck := column >= 0 && g.columns.list[column].Check && head == nil
	switch {
	case ev.Modifier&fyne.KeyModifierShift != 0:
		g.moveTo(i, true)
	case ev.Modifier&fyne.KeyModifierShortcutDefault != 0 || onCheck:
		g.moveTo(i, false)
		g.toggle(id)
	default:
		g.moveTo(i, false)
		switch {
		case head != nil && head.Foldable:
			g.fold(id, !head.Folded)
		case g.OnField != nil && column >= 0 && g.data.Cell(i, column).Look == LookField:
			g.OnField(id)
		default:
			g.click(id)
		}
	}
}

// click notes a plain click and opens the record on the second one in time.
func (g *Grid) click(id string) {
	if g.Clock == nil {
		return
	}
	now := g.Clock()
	if id == g.clickedID && now.Sub(g.clickedAt) <= doubleClick {
		g.clickedID = ""
		g.open()
		return
	}
	g.clickedID, g.clickedAt = id, now
}
