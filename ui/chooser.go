package ui

import (
	"cmp"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"countinghouse/app"
	"countinghouse/ui/kit"
	"countinghouse/ui/present"
)

// chooser is the sheet in which a file or a folder is chosen, by mouse, by key, or by its path.
type chooser struct {
	s       *shell
	folders bool // a folder is wanted
	done    func(path string)
	many    func(paths []string) // takes several files, or a folder of them; nil for one file only
	dir     string
	asked   int

	path  *kit.Entry
	grid  *kit.Grid
	rows  *fileRows
	empty *kit.EmptyState
	take  *kit.Button
	whole *kit.Button
	sheet *kit.Sheet
}

// choose opens the sheet in the folder that was used last. done gets the path, once.
func (s *shell) choose(title string, folders bool, done func(path string)) *chooser {
	c := &chooser{s: s, folders: folders, done: done, rows: &fileRows{},
		path: kit.NewEntry("Path"), empty: kit.NewEmptyState("", nil)}
	c.path.OnSubmit = func(text string) { c.enter(typed(text)) }
	c.grid = kit.NewGrid([]kit.Column{
		{ID: "name", Title: "Name", Width: 320, Min: 160, Grow: true},
		{ID: "size", Title: "Size", Width: 90, Align: kit.AlignRight},
		{ID: "changed", Title: "Changed", Width: 130},
	}, c.rows)
	c.grid.Empty = c.empty
	c.grid.Clock = s.start.Options.Wall
	c.grid.OnOpen = func(name string) { c.enter(filepath.Join(c.dir, name)) }
	c.grid.OnCursor = func(string) { c.update() }
	c.grid.OnSelect = c.update
	up := kit.NewButton(kit.ButtonSpec{Label: "Up", Icon: "up",
		OnTap: func() { c.enter(filepath.Dir(c.dir)) }})
	c.take = kit.NewButton(kit.ButtonSpec{Kind: kit.Primary, Icon: "tick", OnTap: c.chosen})
	c.whole = kit.NewButton(kit.ButtonSpec{Label: "Read the whole folder", Icon: "box", OnTap: c.takeAll})
	c.whole.Hide()
	var body *fyne.Container
	body = arranged(fixed(480, 470), func(size fyne.Size) {
		w := up.MinSize().Width
		place(c.path, 20, 8, size.Width-40-w-8, 30)
		place(up, size.Width-20-w, 7, w, 32)
		place(c.grid, 1, 50, size.Width-2, size.Height-50-56)
		place(body.Objects[3], 20, size.Height-44, size.Width-40, 32)
	}, c.path, up, c.grid, chips(c.take, c.whole))
	c.sheet = s.sheet(title, body, fyne.NewSize(720, 560))
	c.enter(s.folder())
	s.canvas.Focus(c.grid)
	return c
}

// chooseFiles opens the sheet for several files: X or Space marks them, and a folder is taken whole.
func (s *shell) chooseFiles(title string, done func(paths []string)) *chooser {
	c := s.choose(title, false, func(path string) { done([]string{path}) })
	c.many = done
	c.whole.Show()
	return c
}

// marked are the files that are marked, in the order of the list.
func (c *chooser) marked() []string {
	var out []string
	for _, r := range c.rows.list {
		if c.many != nil && !r.folder && c.grid.Selection().Has(r.name) {
			out = append(out, filepath.Join(c.dir, r.name))
		}
	}
	return out
}

// enter shows a folder, or takes a file.
func (c *chooser) enter(path string) {
	c.path.SetFault("")
	c.asked++
	asked := c.asked
	c.s.work.start(c.s.work.ctx, func(context.Context) func() {
		info, err := os.Stat(path)
		var list []fileRow
		if err == nil && info.IsDir() {
			list, err = readFolder(path)
		}
		return func() {
			switch {
			case asked != c.asked:
			case os.IsNotExist(err):
				c.path.SetFault("There is no such file or folder.")
			case err != nil:
				c.path.SetFault(app.Explain(err))
			case info.IsDir():
				c.show(path, list)
			case !c.folders:
				c.finish(path)
			}
		}
	})
}

func (c *chooser) show(dir string, list []fileRow) {
	c.dir = dir
	c.grid.Selection().Clear()
	c.path.SetText(dir)
	c.rows.take(list)
	c.empty.Set("This folder is empty.")
	c.grid.Reload()
	if len(list) > 0 {
		c.grid.SetCursor(list[0].name)
	}
	c.update()
}

// update names what the button would take.
func (c *chooser) update() {
	spec := c.take.Spec()
	row, ok := c.rows.find(c.grid.Cursor())
	marked := len(c.marked())
	switch {
	case marked > 0:
		spec.Label = "Read " + present.Plural(marked, "file")
	case c.folders:
		spec.Label = "Take this folder"
	case ok && !row.folder:
		spec.Label = "Read " + kit.CutText(row.name, 360, kit.Figure)
	default:
		spec.Label = "Open the folder"
	}
	spec.Disabled, spec.Reason = !c.folders && !ok, ""
	if spec.Disabled {
		spec.Reason = "There is nothing to open here."
	}
	c.take.Set(spec)
	c.take.Refresh()
}

func (c *chooser) chosen() {
	if c.folders {
		c.finish(c.dir)
		return
	}
	if list := c.marked(); len(list) > 0 {
		c.leave()
		c.many(list)
		return
	}
	if row, ok := c.rows.find(c.grid.Cursor()); ok {
		c.enter(filepath.Join(c.dir, row.name))
	}
}

func (c *chooser) finish(path string) {
	c.leave()
	c.done(path)
}

// takeAll takes all files of the folder that is shown.
func (c *chooser) takeAll() {
	c.leave()
	c.many([]string{c.dir})
}

// leave remembers the folder and closes the sheet.
func (c *chooser) leave() {
	c.s.fyne.Preferences().SetString(prefFolder, c.dir)
	c.sheet.Close()
}

type fileRow struct {
	name, size, changed string
	folder              bool
}

// readFolder lists a folder: folders first, each part by name; hidden files are left out.
func readFolder(dir string) ([]fileRow, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var out []fileRow
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") {
			continue
		}
		info, err := os.Stat(filepath.Join(dir, e.Name())) // a link counts as what it leads to
		if err != nil {
			continue
		}
		r := fileRow{name: e.Name(), folder: info.IsDir(),
			changed: info.ModTime().Format("2006-01-02 15:04")}
		if !r.folder {
			r.size = present.Size(info.Size())
		}
		out = append(out, r)
	}
	slices.SortStableFunc(out, func(a, b fileRow) int {
		if a.folder != b.folder {
			if a.folder {
				return -1
			}
			return 1
		}
		return cmp.Compare(strings.ToLower(a.name), strings.ToLower(b.name))
	})
	return out, nil
}

// fileRows are the rows of a folder.
type fileRows struct {
	list     []fileRow
	revision uint64
}

func (r *fileRows) take(list []fileRow) { r.list = list; r.revision++ }

func (r *fileRows) find(name string) (fileRow, bool) {
	for _, x := range r.list {
		if x.name == name {
			return x, true
		}
	}
	return fileRow{}, false
}

// Len and the others answer the grid.
func (r *fileRows) Len() int           { return len(r.list) }
func (r *fileRows) RowID(i int) string { return r.list[i].name }
func (r *fileRows) Row(int) kit.Row    { return kit.Row{Revision: r.revision} }

func (r *fileRows) Cell(i, column int) kit.Cell {
	x := r.list[i]
	switch column {
	case 0:
		icon := "file"
		if x.folder {
			icon = "box"
		}
		return kit.Cell{Text: x.name, Icon: icon}
	case 1:
		return kit.Cell{Text: x.size, Quiet: true}
	}
	return kit.Cell{Text: x.changed, Quiet: true}
}
