package ui

import (
	"context"

	"fyne.io/fyne/v2"

	"countinghouse/ui/kit"
	"countinghouse/ui/present"
)

// exceptionDetail shows one exception: what it is, what it comes to, why, the chain of its records, and
// what can be done about it.
type exceptionDetail struct {
	s      *shell
	x      *reconcileScreen
	scroll *scrolling
	more   *kit.Tabs
	view   present.Detail
	below  *fyne.Container
	tab    string
	// helped says that the class is explained below the sentence.
	helped bool
}

func newExceptionDetail(s *shell, x *reconcileScreen) *exceptionDetail {
	d := &exceptionDetail{s: s, x: x, more: kit.NewTabs(), tab: "history", below: stacked(0, 0)}
	d.more.OnChange = func(id string) {
		d.tab = id
		d.showBelow()
	}
	d.scroll = newScrolling(kit.NewEmptyState("", nil))
	return d
}

func (d *exceptionDetail) object() fyne.CanvasObject {
	return ground(kit.Bg, d.scroll.outside)
}

// showNothing says why there is nothing to show.
func (d *exceptionDetail) showNothing(sentence string) {
	d.scroll.set(kit.NewEmptyState(sentence, nil))
}

// showClass explains a class and its group.
func (d *exceptionDetail) showClass(r present.ExceptionRow) {
	name := string(r.Class) + " " + r.Title
	if r.Class == "" {
		name = r.Title
	}
	parts := []fyne.CanvasObject{chips(kit.NewChip(status(r.Status), name))}
	if r.Amount != "" {
		parts = append(parts, kit.NewAmountHeading("", r.Amount, r.Unit))
	}
	parts = append(parts, kit.NewProse(r.Means, kit.Body.At(14), 700),
		kit.NewProse(r.Hint, kit.Second, 700))
	for _, p := range present.Help(r.Class) {
		parts = append(parts, kit.NewProse(p, kit.Body, 700))
	}
	d.scroll.set(stacked(14, 24, parts...))
}

// show lays an exception out; the same one anew stays where it was scrolled to.
func (d *exceptionDetail) show(v present.Detail) {
	same := d.view.ID == v.ID
	offset := d.scroll.scroll.Offset
	d.view = v
	links := kit.NewChain(chain(&v))
	links.OnOpen = func(id string) {
		if id != "" {
			d.s.showRecord(id)
		}
	}
	what := kit.NewButton(kit.ButtonSpec{Label: "What is this?", Key: "W", Kind: kit.Link, Small: true,
		OnTap: d.toggleHelp})
	parts := []fyne.CanvasObject{d.head(),
		between(30, kit.NewAmountHeading("", v.Amount, v.Unit), what),
		kit.NewProse(v.Why, kit.Body.At(14), 740)}
	if d.helped {
		parts = append(parts, d.help())
	}
	parts = append(parts, links, d.resolve(), d.more, d.below)
	d.tabs()
	d.fillBelow()
	d.scroll.set(stacked(12, 24, parts...))
	if same && offset.Y > 0 {
		d.scroll.scroll.ScrollToOffset(offset)
	}
	d.readEvents()
}

// head are the chips, and who owns it at the right.
func (d *exceptionDetail) head() fyne.CanvasObject {
	v := d.view
	list := []fyne.CanvasObject{kit.NewChip(status(v.Status), string(v.Class)+" "+v.Name),
		kit.NewIconChip(kit.StatusNeutral, "link", "Leg: "+v.Leg)}
	for _, f := range v.Flags {
		list = append(list, kit.NewChip(kit.StatusAttention, f))
	}
	if v.Clears != "" {
		list = append(list, kit.NewState(kit.StatusTiming, v.Clears))
	}
	if v.Stand != "" {
		list = append(list, kit.NewChip(kit.StatusTiming, kit.CutText(v.Stand, 420, kit.Caption)))
	}
	left := flowing(list...)
	st, text := kit.StatusNeutral, kit.CutText(v.Due, 260, kit.Caption)
	if v.Late {
		st, text = kit.StatusAttention, text+", late"
	}
	owner := kit.NewIconChip(st, "person", text)
	w := owner.MinSize().Width
	least := func() fyne.Size { return fyne.NewSize(200, max(flowLine, left.MinSize().Height)) }
	return arranged(least, func(size fyne.Size) {
		place(left, 0, 0, size.Width-w-12, size.Height)
		place(owner, size.Width-w, 0, w, flowLine)
	}, left, owner)
}

// help explains the class in three short paragraphs.
func (d *exceptionDetail) help() fyne.CanvasObject {
	list := []fyne.CanvasObject{}
	for _, p := range present.Help(d.view.Class) {
		list = append(list, kit.NewProse(p, kit.Body, 680))
	}
	return kit.NewCard("What "+string(d.view.Class)+" "+d.view.Name+" means", "", nil,
		stacked(8, 0, list...), 14)
}

// toggleHelp explains the class, or folds that away.
func (d *exceptionDetail) toggleHelp() {
	d.helped = !d.helped
	if d.x.current() != nil {
		d.show(d.view)
	}
}

const offerWidth = 232

// resolve are the offers: a button each, with the effect beside it.
func (d *exceptionDetail) resolve() fyne.CanvasObject {
	v := d.view
	hint := "The chain is checked again at both sides before anything is sent"
	list := []fyne.CanvasObject{between(22, kit.NewLabel("Resolve", kit.Strong),
		kit.NewLabel(hint, kit.Second))}
	width := float32(offerWidth)
	for _, o := range v.Offers {
		b := kit.NewButton(kit.ButtonSpec{Label: o.Title, Icon: o.Icon, Key: o.Key})
		width = min(max(width, b.MinSize().Width), 330)
	}
	bad, said := d.x.bench.faults[v.ID], false
	for i, o := range v.Offers {
		why := ""
		if bad.text != "" && bad.as == o.Offer.Resolution && !said {
			why, said = sentence(bad.text), true
		}
		list = append(list, d.offer(o, i == 0, width, why))
	}
	if len(v.Offers) == 0 {
		list = append(list, kit.NewProse("There is nothing to decide here.", kit.Second, 700))
	}
	if bad.text != "" && !said {
		list = append(list, note(kit.StatusBreak, sentence(bad.text)))
	}
	return stacked(7, 0, list...)
}

// offer is one button and the sentence beside it: the effect, why it cannot be pressed, or what went
// wrong when it was.
func (d *exceptionDetail) offer(o present.OfferView, first bool, width float32,
	wrong string) fyne.CanvasObject {
	room := width - 84 // beside the icon and the key
	spec := kit.ButtonSpec{Label: kit.CutText(o.Title, room, kit.Figure), Icon: o.Icon, Key: o.Key,
		Width: width, NoEnter: true, Disabled: o.Blocked, OnTap: func() { d.x.takeOffer(o) }}
	if first && !o.Blocked {
		spec.Kind = kit.Primary
	}
	spec.Busy = !o.Blocked && d.x.bench.busyWith(d.view.ID) && d.x.bench.doing() == o.Offer.Resolution
	b := kit.NewButton(spec)
	var text fyne.CanvasObject = kit.NewProse(o.Text, kit.Second, 420)
	if wrong != "" {
		text = note(kit.StatusBreak, wrong)
	}
	least := func() fyne.Size { return fyne.NewSize(300, max(32, text.MinSize().Height)) }
	return arranged(least, func(size fyne.Size) {
		place(b, 0, 0, width, 32)
		room := size.Width - width - 12
		place(text, width+12, 0, room, text.MinSize().Height)
		h := text.MinSize().Height
		place(text, width+12, max(0, (32-h)/2), room, h)
	}, b, text)
}

// tabs shows how many lines each part below has.
func (d *exceptionDetail) tabs() {
	v := &d.view
	option := func(id, label string, n int) kit.Option {
		return kit.Option{ID: id, Label: label, Count: present.Count(n)}
	}
	d.more.SetOptions([]kit.Option{option("history", "History", len(v.History)),
		option("notes", "Notes", len(v.Notes)), option("evidence", "Evidence", len(v.Files)),
		option("raw", "Raw rows", len(v.Raw)), option("facts", "Compared", len(v.Facts))})
	d.more.Select(d.tab)
}

// readEvents reads what people did with the exception, beside the UI goroutine.
func (d *exceptionDetail) readEvents() {
	a, id, m := d.s.profile, d.view.ID, d.x.view.Month()
	e := d.x.view.Exception(id)
	if a == nil || e == nil {
		return
	}
	d.s.work.start(d.s.work.ctx, func(ctx context.Context) func() {
		list, err := a.EventsOf(ctx, id)
		return func() {
			if err != nil || d.view.ID != id || len(list) == 0 {
				return
			}
			d.view.Take(m, e, list)
			d.tabs()
			d.showBelow()
		}
	})
}

func (d *exceptionDetail) showBelow() {
	d.fillBelow()
	if d.scroll.outside.Size().Width > 0 {
		d.scroll.lay(d.scroll.outside.Size())
	}
}

// fillBelow fills the part under the tabs.
func (d *exceptionDetail) fillBelow() {
	d.below.Objects = nil
	button := func(label, icon, key string, do func()) {
		d.below.Add(chips(kit.NewButton(kit.ButtonSpec{Label: label, Icon: icon, Key: key, Small: true,
			OnTap: do})))
	}
	events := func(list []present.Event) {
		var rows []kit.Fact
		for _, e := range list {
			rows = append(rows, kit.Fact{Label: e.At, Value: e.Text, Note: e.Who})
		}
		d.below.Add(kit.NewFacts(138, 26, rows...))
	}
	switch d.tab {
	case "raw":
		for _, r := range d.view.Raw {
			d.below.Add(rawCard(r))
			d.below.Add(gap(12))
		}
	case "facts":
		d.below.Add(d.facts())
	case "notes":
		if len(d.view.Notes) == 0 {
			d.below.Add(kit.NewProse("Nobody wrote a note yet.", kit.Second, 700))
		}
		events(d.view.Notes)
		d.below.Add(gap(8))
		button("Add a note", "pencil", "N", d.x.note)
	case "evidence":
		if len(d.view.Files) == 0 {
			d.below.Add(kit.NewProse("No file proves anything here yet.", kit.Second, 700))
		}
		var rows []kit.Fact
		for _, f := range d.view.Files {
			rows = append(rows, kit.Fact{Label: f.At, Value: f.Name + ", " + f.Size + ", " + f.Digest,
				Note: f.By})
		}
		d.below.Add(kit.NewFacts(138, 26, rows...))
		d.below.Add(gap(8))
		button("Add evidence", "file", "E", d.x.evidence)
	default:
		events(d.view.History)
	}
}

// facts are all facts that the matches around the exception compare.
func (d *exceptionDetail) facts() fyne.CanvasObject {
	if len(d.view.Facts) == 0 {
		return kit.NewProse("No match links these records, so nothing was compared.", kit.Second, 700)
	}
	var rows []kit.Fact
	for _, f := range d.view.Facts {
		fact := kit.Fact{Label: f.Field, Value: f.Left, Status: kit.StatusOK}
		if !f.Equal() {
			fact.Value, fact.Status = f.Left+"  ≠  "+f.Right, kit.StatusAttention
		}
		rows = append(rows, fact)
	}
	return kit.NewFacts(180, 26, rows...)
}

// rawCard is a record as it is stored.
func rawCard(r present.RawRow) fyne.CanvasObject {
	var rows []kit.Fact
	for _, f := range r.Fields {
		rows = append(rows, kit.Fact{Label: f[0], Value: f[1]})
	}
	return kit.NewCard(r.Title, r.Record, nil, kit.NewFacts(140, 24, rows...), 14)
}

// gap is nothing, so many pixels high.
func gap(h float32) fyne.CanvasObject { return sized(1, h, kit.NewGround(kit.Clear)) }
