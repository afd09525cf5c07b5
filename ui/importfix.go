package ui

import (
	"slices"

	"fyne.io/fyne/v2"

	"countinghouse/app"
	"countinghouse/ui/kit"
	"countinghouse/ui/present"
)

// importFixLine is the line below a row that could not be read: what the cell should say.
type importFixLine struct {
	row   present.ImportRow
	value *kit.Entry
	take  *kit.Button
}

const insetHeight = 44

// openRow opens what belongs to a row: its fix, why it cannot be read, or the payments of a batch.
func (c *importCheck) openRow(id string) {
	r, ok := c.rows.find(id)
	switch {
	case !ok:
	case c.grid.Inset() == id && c.fix != nil:
		c.x.s.canvas.Focus(c.fix.value.Focusable())
	case c.grid.Inset() == id:
		c.closeInset()
	case r.Left:
		c.openLeft(r)
	case r.Fix != nil:
		c.openFix(r)
		c.x.s.canvas.Focus(c.fix.value.Focusable())
	case r.Status == present.Break:
		c.openUnreadable(r)
	case len(r.Details) > 0:
		c.openDetails(r)
	}
}

// closeInset closes what is open below a row; false where nothing is.
func (c *importCheck) closeInset() bool {
	if c.grid.Inset() == "" {
		return false
	}
	c.fix = nil
	c.grid.SetInset("", nil, 0)
	c.update()
	return true
}

// inset is a line of controls below a row, under its cells.
func inset(parts ...fyne.CanvasObject) fyne.CanvasObject {
	return arranged(fixed(200, insetHeight), func(size fyne.Size) {
		x := float32(16 + 44 + 12)
		for _, o := range parts {
			m := o.MinSize()
			w := min(m.Width, max(0, size.Width-16-x))
			place(o, x, (insetHeight-8-m.Height)/2, w, m.Height)
			x += w + 10
		}
	}, parts...)
}

func (c *importCheck) openFix(r present.ImportRow) {
	x := r.Fix
	line := &importFixLine{row: r, value: kit.NewIconField(x.Example, x.Icon)}
	line.value.SetText(x.Proposal)
	line.value.OnSubmit = func(string) { c.takeFix() }
	line.value.OnChanged = func(string) { line.value.SetFault("") }
	line.take = kit.NewButton(kit.ButtonSpec{Label: x.Take, Icon: "tick", Kind: kit.Primary,
		OnTap: c.takeFix})
	out := kit.NewButton(kit.ButtonSpec{Label: "Leave out", Icon: "cross",
		OnTap: func() { c.leaveOut(r) }})
	c.fix = line
	c.grid.SetInset(r.ID, inset(kit.NewLabel(x.Label, kit.Body.In(kit.Text2)), sized(134, 30, line.value),
		line.take, out, kit.NewLabel(x.Hint, kit.Second)), insetHeight)
	c.update()
}

// takeFix reads the file again with what the person says.
func (c *importCheck) takeFix() {
	line := c.fix
	if line == nil || c.x.reading {
		return
	}
	value := typed(line.value.Text())
	if fault := present.FixFault(line.row.Fix, value); fault != "" {
		c.x.s.note(kit.Note{Status: kit.StatusBreak, Text: fault + " is wanted."})
		c.x.s.canvas.Focus(line.value.Focusable())
		return
	}
	c.say(line.row, app.Fix{Row: line.row.Line, Means: app.Role(line.row.Fix.Means),
		Value: value})
}

// leaveOut says that a row is no line.
func (c *importCheck) leaveOut(r present.ImportRow) {
	if c.x.reading {
		return
	}
	c.of.left = append(c.of.left, r)
	c.say(r, app.Fix{Row: r.Line, LeaveOut: true})
}

// say takes a fix and reads the file again.
func (c *importCheck) say(r present.ImportRow, fix app.Fix) {
	c.of.fixes = append(c.of.fixes, fix)
	c.closeInset()
	c.x.s.canvas.Focus(c.grid)
	c.x.again()
}

// putBack takes back that a row is left out.
func (c *importCheck) putBack(r present.ImportRow) {
	c.of.left = slices.DeleteFunc(c.of.left, func(l present.ImportRow) bool { return l.ID == r.ID })
	c.of.fixes = slices.DeleteFunc(c.of.fixes, func(f app.Fix) bool {
		return f.Row == r.Line && f.LeaveOut
	})
	c.closeInset()
	c.x.again()
}

func (c *importCheck) openLeft(r present.ImportRow) {
	back := kit.NewButton(kit.ButtonSpec{Label: "Put it back", Icon: "undo",
		OnTap: func() { c.putBack(r) }})
	c.grid.SetInset(r.ID, inset(back, kit.NewLabel("It counts as no line of the statement.",
		kit.Second)), insetHeight)
	c.x.s.canvas.Focus(back)
}

// openUnreadable says why a row cannot be read that has no field to fix.
func (c *importCheck) openUnreadable(r present.ImportRow) {
	parts := []fyne.CanvasObject{}
	if r.Line > 0 {
		parts = append(parts, kit.NewButton(kit.ButtonSpec{Label: "Leave out", Icon: "cross",
			OnTap: func() { c.leaveOut(r) }}))
	}
	parts = append(parts, kit.NewLabel(r.Result, kit.Second.In(kit.Text)))
	c.grid.SetInset(r.ID, inset(parts...), insetHeight)
}

// mostDetails is how many payments of a batch are shown at once.
const mostDetails = 40

// openDetails shows the payments of a batch.
func (c *importCheck) openDetails(r present.ImportRow) {
	var facts []kit.Fact
	for i, d := range r.Details {
		if i == mostDetails {
			facts = append(facts, kit.Fact{Label: "and " +
				present.Plural(len(r.Details)-i, "more payment")})
			break
		}
		who, text, amount := present.DetailText(d)
		facts = append(facts, kit.Fact{Label: who, Note: text, Value: amount})
	}
	list := kit.NewFacts(0, 24, facts...)
	height := float32(24*len(facts) + 8)
	c.grid.SetInset(r.ID, arranged(fixed(200, height), func(size fyne.Size) {
		place(list, 72, 0, size.Width-72-16, height-8)
	}, list), height)
}
