package ui

import (
	"context"
	"slices"

	"fyne.io/fyne/v2"

	"countinghouse/app"
	"countinghouse/app/book"
	"countinghouse/ui/kit"
	"countinghouse/ui/present"
)

// handScreen answers: which records belong to this money, and does it come out to the cent?
type handScreen struct {
	s    *shell
	f    *frame
	view *present.Hand

	panes2   [2]*handPane
	sums     *kit.Equation
	save     *kit.Button
	rest     *kit.Button
	take     *kit.Button
	sumCard  *kit.Card
	ways     *kit.Ways
	waysRoom *scrolling
	waysCard *kit.Card
	strip    *kit.ErrorStrip
	customer *kit.Button
	drafts   *kit.Button
	undo     *kit.Button
	body     *fyne.Container

	side present.Side
	// kept are the drafts of the profile, draft the one that was opened, 0 for none.
	kept  []app.Draft
	draft int64
	// asked counts questions for suggestions: an answer to an older one is dropped.
	asked  int
	asking bool
	busy   bool
	// did is what the last step did, until the next choice.
	did string
	// pending are records to be chosen once the month is there.
	pending []book.ItemID
}

func newHandScreen(s *shell) *handScreen {
	x := &handScreen{s: s, sums: kit.NewEquation(), ways: kit.NewWays(),
		strip: kit.NewErrorStrip(kit.StatusBreak, "", nil)}
	x.panes2 = [2]*handPane{newHandPane(x, present.Received), newHandPane(x, present.Applied)}
	x.save = kit.NewButton(kit.ButtonSpec{Label: "Save draft", Icon: "pencil"})
	x.rest = kit.NewButton(kit.ButtonSpec{Label: "The rest", Icon: "more"})
	x.take = kit.NewButton(kit.ButtonSpec{Label: "Match", Icon: "tick", Key: "Enter"})
	line := arranged(fixed(600, 64), x.laySums, x.sums, x.save, x.rest, x.take)
	x.sumCard = kit.NewCard("", "", nil, line, 14)
	x.ways.OnTake = x.choose
	x.waysRoom = newScrolling(x.ways)
	x.ways.OnCursor = x.waysRoom.reveal
	x.waysCard = kit.NewCard("Ways to reach zero",
		"Suggestions order candidates. They never post by themselves.", gap(1),
		x.waysRoom.outside, 0)
	x.strip.Hide()
	x.body = arranged(fixed(windowWidth-kit.RailNarrow, 500), x.lay, kit.NewGround(kit.Bg), x.strip,
		x.panes2[0].card, x.panes2[1].card, x.sumCard, x.waysCard)
	x.customer = kit.NewButton(kit.ButtonSpec{Label: "Customer: any", Icon: "person",
		OnTap: x.chooseCustomer})
	x.drafts = kit.NewButton(kit.ButtonSpec{Label: "Drafts 0", Icon: "pencil", OnTap: x.showDrafts})
	x.undo = kit.NewButton(kit.ButtonSpec{Label: "Undo last", Icon: "undo", Key: "Ctrl Z",
		OnTap: x.undoLast})
	x.f = s.newFrame("Match by hand", x.body, x.customer, x.drafts, x.undo)
	return x
}

func (x *handScreen) frame() *frame { return x.f }

// pane is the side that has the keyboard, else the one that had it last.
func (x *handScreen) pane() *handPane {
	switch at := x.s.canvas.Focused(); at {
	case nil:
	case x.panes2[0].grid, x.panes2[0].find.Focusable():
		x.side = present.Received
	case x.panes2[1].grid, x.panes2[1].find.Focusable():
		x.side = present.Applied
	}
	return x.panes2[x.side]
}

func (x *handScreen) search() *kit.Entry { return x.pane().find }

func (x *handScreen) list() *kit.Grid { return x.pane().grid }

// panes are the other side's search and list, and the suggestions.
func (x *handScreen) panes() []fyne.Focusable {
	other := x.panes2[1-x.pane().side]
	return []fyne.Focusable{other.find.Focusable(), other.grid, x.ways}
}

func (x *handScreen) lay(size fyne.Size) {
	const edge, gap = 20, 12
	place(x.body.Objects[0], 0, 0, size.Width, size.Height)
	top, w := float32(edge), size.Width-2*edge
	if x.strip.Visible() {
		place(x.strip, edge, 12, w, 40)
		top = 60
	}
	sums, ways := float32(92), float32(44+30+3*54+2)
	if size.Height < 700 {
		sums = 84
	}
	lists := size.Height - top - sums - 2*gap - edge
	ways = max(150, min(ways, lists-300))
	lists -= ways
	half := float32(int((w - gap) / 2))
	place(x.panes2[0].card, edge, top, half, lists)
	place(x.panes2[1].card, edge+half+gap, top, w-half-gap, lists)
	place(x.sumCard, edge, top+lists+gap, w, sums)
	place(x.waysCard, edge, top+lists+sums+2*gap, w, ways)
}

func (x *handScreen) laySums(size fyne.Size) {
	right := size.Width - 4
	for _, b := range []*kit.Button{x.take, x.rest, x.save} {
		w := b.MinSize().Width
		right -= w
		place(b, right, (size.Height-32)/2, w, 32)
		right -= 10
	}
	place(x.sums, 6, (size.Height-64)/2, right-12, 64)
}

// show lays out a month: what was chosen and searched stays where it can.
func (x *handScreen) show(m *app.Month) {
	old := x.view
	x.view = present.NewHand(m)
	if old != nil {
		x.view.Like(old)
	}
	said := ""
	if x.pending != nil {
		said = x.bring(x.pending)
	}
	x.reload()
	if said != "" {
		x.s.note(kit.Note{Status: kit.StatusNeutral, Text: said})
	}
	x.readDrafts()
}

// reload shows both sides, what they come to, and asks for suggestions.
func (x *handScreen) reload() {
	for _, p := range x.panes2 {
		p.reload()
	}
	x.sum()
	x.ask()
	x.showHead()
}

// moved tells that the cursor of a list moved.
func (x *handScreen) moved(p *handPane, _ string) {
	x.side = p.side
	x.looked(p)
}

// looked compares the other side with the money under the cursor.
func (x *handScreen) looked(p *handPane) {
	if x.view == nil || p.side != present.Received || !x.view.Look(p.grid.Cursor()) {
		return
	}
	x.panes2[present.Applied].reload()
	x.ask()
}

// chosen shows what a choice comes to, and why a part of it was refused.
func (x *handScreen) chosen(why string) {
	x.s.hush()
	x.did = ""
	x.tell(kit.StatusAttention, why)
	for _, p := range x.panes2 {
		p.reload()
	}
	x.sum()
	x.ask()
}

// sum shows the running difference.
func (x *handScreen) sum() {
	v := x.view.Sum()
	if x.did != "" && x.view.Summary() == "" {
		v.Sentence = x.did // the status bar has little room for it
	}
	x.sums.Set(kit.Term{Label: v.ReceivedLabel, Figure: v.Received},
		kit.Term{Label: v.AppliedLabel, Figure: v.Applied},
		kit.Term{Label: v.DifferenceLabel, Figure: v.Difference}, sumStatus(v.Status), v.Sentence)
	x.buttons()
}

// sumStatus is the colour of the difference; without one it is plain.
func sumStatus(s present.Status) kit.Status {
	if s == present.Neutral {
		return kit.StatusNone
	}
	return status(s)
}

func (x *handScreen) buttons() {
	v := present.HandSum{}
	if x.view != nil {
		v = x.view.Sum()
	}
	x.save.Set(kit.ButtonSpec{Label: "Save draft", Icon: "pencil", OnTap: x.saveDraft,
		Disabled: x.busy || x.view == nil || x.view.Summary() == ""})
	x.rest.Set(kit.ButtonSpec{Label: "The rest", Icon: "more", OnTap: x.askRest,
		Disabled: x.busy || !v.Uneven && !v.Ready})
	spec := kit.ButtonSpec{Label: "Match", Icon: "tick", Key: "Enter", OnTap: x.match, Busy: x.busy,
		Disabled: !v.Ready}
	if v.Ready {
		spec.Kind = kit.Primary
	}
	x.take.Set(spec)
}

// ask has the suggestions worked out beside the UI goroutine, one question at a time: an answer to an
// older question is dropped, and the newest one is asked then.
func (x *handScreen) ask() {
	x.asked++
	question := x.view.Asked()
	if question == nil {
		x.view.Suggest(nil)
		x.showWays()
		return
	}
	if x.asking {
		return
	}
	x.asking = true
	n, view, a := x.asked, x.view, x.s.profile
	x.s.work.start(x.s.work.ctx, func(ctx context.Context) func() {
		found := question()
		var said []app.Event
		if slices.ContainsFunc(found, func(c app.Candidate) bool { return c.Rejected }) {
			said, _ = a.Rejections(ctx) // without them the row says that somebody rejected it
		}
		return func() {
			x.asking = false
			if n != x.asked || view != x.view {
				x.ask()
				return
			}
			x.view.Suggest(found)
			x.view.Rejected(said, a.User())
			x.showWays()
		}
	})
}

func (x *handScreen) showWays() {
	var rows []kit.WayRow
	for _, w := range x.view.Ways() {
		r := kit.WayRow{Key: w.Key, Title: w.Title, Detail: w.Detail, Amount: w.Amount,
			Difference: w.Difference, Status: kit.StatusAttention, Quiet: w.Rejected}
		if w.Zero {
			r.Status = kit.StatusOK
		}
		for _, f := range w.Facts {
			r.Facts = append(r.Facts, kit.WayFact{Text: f.Text, Yes: f.Yes})
		}
		rows = append(rows, r)
	}
	x.ways.Set("Amount", x.view.NoWays(), rows...)
	x.waysRoom.lay(x.waysRoom.outside.Size())
}

// choose takes a suggestion: it chooses rows and posts nothing.
func (x *handScreen) choose(i int) {
	if x.view == nil {
		return
	}
	x.chosen(x.view.Take(i))
}

// showHead shows the filter, the drafts and what can be undone.
func (x *handScreen) showHead() {
	label := "Customer: any"
	if name := x.view.Customer(); name != "" {
		label = "Customer: " + kit.CutText(name, 140, kit.Figure)
	}
	x.customer.Set(kit.ButtonSpec{Label: label, Icon: "person", OnTap: x.chooseCustomer})
	x.drafts.Set(kit.ButtonSpec{Label: "Drafts " + present.Count(len(x.kept)), Icon: "pencil",
		OnTap: x.showDrafts})
	x.f.updateHead()
}

// openHand opens Match by hand with these records chosen.
func (s *shell) openHand(items ...book.ItemID) {
	x := s.hand()
	x.pending = items
	s.open(atHand)
	if x.view == nil || x.pending == nil {
		return
	}
	said := x.bring(items)
	x.reload()
	if said != "" {
		s.note(kit.Note{Status: kit.StatusNeutral, Text: said})
	}
}

// bring chooses records instead of those that were chosen.
func (x *handScreen) bring(items []book.ItemID) string {
	x.pending = nil
	x.view.Clear()
	x.draft = 0
	said := x.view.Bring(items...)
	for _, p := range x.panes2 {
		p.find.SetText("")
		if ids := x.view.Chosen(p.side); len(ids) > 0 {
			p.grid.SetCursor(ids[0])
		}
	}
	return said
}

// escape takes the search and filters away, then what was chosen.
func (x *handScreen) escape() bool {
	if x.view == nil {
		return false
	}
	switch {
	case x.strip.Visible():
		x.tell(kit.StatusAttention, "")
	case x.view.Filtered():
		x.view.OfCustomer("")
		x.view.DueBy("")
		x.panes2[1].due.Select("")
		for _, p := range x.panes2 {
			p.find.SetText("")
		}
		x.reload()
	case x.view.Summary() != "":
		x.view.Clear()
		x.draft = 0
		x.chosen("")
	default:
		return false
	}
	return true
}
