package ui

import (
	"fyne.io/fyne/v2"

	"countinghouse/ui/kit"
	"countinghouse/ui/present"
)

// exceptionDetail shows one exception: what it is, what it comes to, why, and the chain of its
// records.
type exceptionDetail struct {
	s      *shell
	scroll *scrolling
	more   *kit.Tabs
	view   present.Detail
	below  *fyne.Container
	tab    string
}

func newExceptionDetail(s *shell) *exceptionDetail {
	d := &exceptionDetail{s: s, more: kit.NewTabs(), tab: "history"}
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
	chip := kit.NewChip(status(r.Status), string(r.Class)+" "+r.Title)
	d.scroll.set(stacked(14, 24, chips(chip), kit.NewAmountHeading("", r.Amount, r.Unit),
		kit.NewProse(r.Means, kit.Body.At(14), 700),
		kit.NewProse(r.Hint, kit.Second, 700)))
}

// show lays an exception out.
func (d *exceptionDetail) show(v present.Detail) {
	d.view = v
	list := []fyne.CanvasObject{kit.NewChip(status(v.Status), string(v.Class)+" "+v.Name),
		kit.NewIconChip(kit.StatusNeutral, "link", "Leg: "+v.Leg)}
	for _, f := range v.Flags {
		list = append(list, kit.NewChip(kit.StatusAttention, f))
	}
	if v.Clears != "" {
		list = append(list, kit.NewState(kit.StatusTiming, v.Clears))
	}
	if v.Owner != "" {
		list = append(list, kit.NewIconChip(kit.StatusNeutral, "person",
			kit.CutText(v.Owner, 220, kit.Caption)))
	}
	links := kit.NewChain(chain(&v))
	links.OnOpen = func(id string) {
		if id != "" {
			d.s.showRecord(id)
		}
	}
	d.more.SetOptions([]kit.Option{
		{ID: "history", Label: "History", Count: present.Count(len(v.History))},
		{ID: "raw", Label: "Raw rows", Count: present.Count(len(v.Raw))},
		{ID: "facts", Label: "Facts", Count: present.Count(len(v.Facts))}})
	d.more.Select(d.tab)
	d.below = stacked(0, 0)
	d.fillBelow()
	d.scroll.set(stacked(12, 24, flowing(list...),
		kit.NewAmountHeading("", v.Amount, v.Unit),
		kit.NewProse(v.Why, kit.Body.At(14), 740), links,
		kit.NewProse("**"+v.Name+".** "+v.Means, kit.Second.In(kit.Text2), 740), d.more, d.below))
}

func (d *exceptionDetail) showBelow() {
	d.fillBelow()
	d.scroll.lay(d.scroll.outside.Size())
}

// fillBelow fills the part under the tabs.
func (d *exceptionDetail) fillBelow() {
	d.below.Objects = nil
	switch d.tab {
	case "raw":
		for _, r := range d.view.Raw {
			d.below.Add(rawCard(r))
			d.below.Add(gap(12))
		}
	case "facts":
		if len(d.view.Facts) == 0 {
			d.below.Add(kit.NewProse("No match links these records, so nothing was compared.",
				kit.Second, 700))
		}
		var rows []kit.Fact
		for _, f := range d.view.Facts {
			fact := kit.Fact{Label: f.Field, Value: f.Left, Status: kit.StatusOK}
			if !f.Equal() {
				fact.Value, fact.Status = f.Left+"  ≠  "+f.Right, kit.StatusAttention
			}
			rows = append(rows, fact)
		}
		d.below.Add(kit.NewFacts(180, 26, rows...))
	default:
		var rows []kit.Fact
		for _, e := range d.view.History {
			rows = append(rows, kit.Fact{Label: e.At, Value: e.Text, Note: e.Who})
		}
		d.below.Add(kit.NewFacts(128, 28, rows...))
	}
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
