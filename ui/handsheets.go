package ui

import (
	"strconv"
	"strings"

	"fyne.io/fyne/v2"

	"countinghouse/app"
	"countinghouse/app/book"
	"countinghouse/ui/kit"
	"countinghouse/ui/present"
)

// askRest offers what can be done about a difference that is not zero.
func (x *handScreen) askRest() {
	if x.view == nil {
		return
	}
	v := x.view.Sum()
	if !v.Uneven {
		if v.Ready {
			x.editParts()
			return
		}
		x.s.note(kit.Note{Status: kit.StatusNeutral, Text: v.Sentence})
		return
	}
	var sheet *kit.Sheet
	list := kit.NewPickList()
	rests := x.view.Rests()
	said := stacked(0, 0)
	var rows []kit.PickRow
	for _, r := range rests {
		row := kit.PickRow{ID: r.ID, Icon: r.Icon, Title: r.Title, Note: r.Effect}
		if r.Blocked != "" {
			row.Note, row.State, row.Status = r.Blocked, "not possible", kit.StatusNeutral
		}
		rows = append(rows, row)
	}
	list.Set(rows...)
	list.Select(rows[0].ID)
	list.OnOpen = func(id string) {
		for _, r := range rests {
			if r.ID == id && r.Blocked != "" {
				said.Objects = []fyne.CanvasObject{note(kit.StatusAttention, r.Blocked)}
				said.Refresh()
				return
			}
		}
		sheet.Close()
		x.rested(id)
	}
	sheet = x.s.fittedSheet("What becomes of the rest", stacked(10, 20,
		kit.NewProse(v.Sentence+" Up and Down choose, Enter does it.", kit.Body, 560), list, said, gap(60)),
		fyne.NewSize(680, 560))
	x.s.canvas.Focus(list)
}

// rested does what was chosen about the rest.
func (x *handScreen) rested(id string) {
	switch id {
	case present.RestAmounts:
		x.editParts()
	case present.RestWriteOff:
		x.askReason()
	default:
		x.matchAnd(id, "")
	}
}

// askReason asks for what a rest is written off.
func (x *handScreen) askReason() {
	var sheet *kit.Sheet
	var rows []kit.PickRow
	for _, c := range book.ReasonCodes {
		rows = append(rows, kit.PickRow{ID: string(c.Code), Icon: "note", Title: c.Title, Note: string(c.Code)})
	}
	list := kit.NewPickList(rows...)
	list.Select(rows[0].ID)
	list.OnOpen = func(id string) {
		sheet.Close()
		x.matchAnd(present.RestWriteOff, book.ReasonCode(id))
	}
	sheet = x.s.fittedSheet("For what is it written off?", stacked(10, 20, list, gap(8)),
		fyne.NewSize(520, 600))
	x.s.canvas.Focus(list)
}

// editParts asks how much of each chosen record is taken.
func (x *handScreen) editParts() {
	if x.view == nil {
		return
	}
	parts := x.view.Parts()
	if len(parts) == 0 {
		x.s.note(kit.Note{Status: kit.StatusNeutral, Text: "Choose records first, then their amounts."})
		return
	}
	var sheet *kit.Sheet
	fields := make([]*kit.Entry, len(parts))
	content := stacked(8, 20, kit.NewProse("Write how much is taken of each record. The difference below "+
		"the lists follows; what is not taken stays open.", kit.Body, 520))
	take := func() {
		for i, p := range parts {
			if why := x.view.SetPart(p.ID, fields[i].Text()); why != "" {
				fields[i].SetFault(why)
				content.Refresh()
				x.s.canvas.Focus(fields[i].Focusable())
				return
			}
			fields[i].SetFault("")
		}
		sheet.Close()
		x.chosen("")
	}
	for i, p := range parts {
		e := kit.NewEntry("0.00")
		e.SetText(p.Take)
		e.OnSubmit = func(string) { take() }
		fields[i] = e
		name := kit.NewLabel(kit.CutText(p.Title, 300, kit.Figure), kit.Figure)
		left := kit.NewLabel(p.Currency+", "+p.Free+" left", kit.Second)
		content.Add(arranged(func() fyne.Size { return fyne.NewSize(480, e.MinSize().Height) },
			func(size fyne.Size) {
				place(name, 0, 6, 300, 20)
				place(e, 310, 0, 130, size.Height)
				place(left, 450, 6, size.Width-450, 20)
			}, name, e, left))
	}
	content.Add(chips(kit.NewButton(kit.ButtonSpec{Label: "Take these amounts", Icon: "tick",
		Kind: kit.Primary, Key: "Enter", OnTap: take})))
	content.Add(gap(30))
	sheet = x.s.fittedSheet("How much of each", content, fyne.NewSize(660, 620))
	x.s.canvas.Focus(fields[0].Focusable())
}

// showDrafts lists the drafts: Enter opens one, Delete drops it.
func (x *handScreen) showDrafts() {
	if x.view == nil {
		return
	}
	if len(x.kept) == 0 {
		x.s.note(kit.Note{Status: kit.StatusNeutral,
			Text: "No draft is kept. Ctrl S keeps what you chose for later."})
		return
	}
	var sheet *kit.Sheet
	var rows []kit.PickRow
	for i, d := range x.kept {
		title, note := present.DraftText(x.view.Month(), d)
		rows = append(rows, kit.PickRow{ID: strconv.Itoa(i), Icon: "pencil", Title: title, Note: note})
	}
	list := kit.NewPickList(rows...)
	list.Select(rows[0].ID)
	chosen := func() app.Draft {
		i, _ := strconv.Atoi(list.Selected()) // the ids are those above
		return x.kept[i]
	}
	open := func() {
		d := chosen()
		sheet.Close()
		x.openDraft(d)
	}
	list.OnOpen = func(string) { open() }
	drop := func() {
		d := chosen()
		sheet.Close()
		x.dropDraft(d)
	}
	list.OnDelete = func(string) { drop() }
	sheet = x.s.fittedSheet("Drafts", stacked(12, 20, list,
		chips(kit.NewButton(kit.ButtonSpec{Label: "Open the draft", Icon: "pencil", Key: "Enter",
			Kind: kit.Primary, OnTap: open}),
			kit.NewButton(kit.ButtonSpec{Label: "Drop it", Icon: "cross", Key: "Delete", OnTap: drop})),
		gap(8)), fyne.NewSize(620, 560))
	x.s.canvas.Focus(list)
}

// chooseCustomer asks whose records are shown.
func (x *handScreen) chooseCustomer() {
	if x.view == nil {
		return
	}
	all := append([]present.HandCustomer{{Name: "Any customer"}}, x.view.Customers()...)
	list, field := kit.NewPickList(), kit.NewSearchField("Name of a customer", "")
	const most = 8
	fill := func(text string) {
		var rows []kit.PickRow
		for _, c := range all {
			if len(rows) < most && strings.Contains(strings.ToLower(c.Name), strings.ToLower(text)) {
				rows = append(rows, kit.PickRow{ID: c.ID, Icon: "person", Title: c.Name, Note: c.ID})
			}
		}
		list.Set(rows...)
		if len(rows) > 0 {
			list.Select(rows[0].ID)
		}
	}
	fill("")
	var sheet *kit.Sheet
	pick := func(id string) {
		sheet.Close()
		x.view.OfCustomer(id)
		x.reload()
	}
	list.OnOpen = pick
	field.OnChanged = fill
	field.OnSubmit = func(string) {
		if len(list.Rows()) > 0 {
			pick(list.Selected())
		}
	}
	field.OnKey = func(ev *fyne.KeyEvent) bool {
		if ev.Name == fyne.KeyUp || ev.Name == fyne.KeyDown {
			list.TypedKey(ev)
			return true
		}
		return false
	}
	sheet = x.s.fittedSheet("Whose records", stacked(10, 20, field, list, gap(8)),
		fyne.NewSize(520, 620))
	x.s.canvas.Focus(field.Focusable())
}
