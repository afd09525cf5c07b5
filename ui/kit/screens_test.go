package kit_test

import (
	"fmt"
	"testing"

	"fyne.io/fyne/v2"

	"countinghouse/ui/kit"
	"countinghouse/ui/kit/kittest"
)

func breaks() (*kit.Grid, *tableData) {
	d := &tableData{heads: map[int]*kit.GroupHead{}}
	group := func(code, title, count, amount string, folded bool) {
		d.heads[len(d.ids)] = &kit.GroupHead{Code: code, CodeStatus: kit.StatusBreak, Title: title,
			Count: count, Foldable: true, Folded: folded}
		d.ids = append(d.ids, "group "+code)
		d.cells = append(d.cells, []kit.Cell{{}, {}, {}, {Text: amount, Look: kit.LookAmount}})
	}
	item := func(title, who, age, owner, amount string) {
		d.ids = append(d.ids, title+who)
		d.cells = append(d.cells, []kit.Cell{{}, {Text: title, Sub: who},
			{Text: age, Sub: owner, Quiet: true}, {Text: amount, Look: kit.LookAmount, Quiet: false}})
	}
	group("M1", "Unrecorded receipt", "4", "486.00", false)
	item("Stripe charge, no payment in billing", "Brindlecote, invoice 10466", "22 d",
		"ar.clerk", "49.00")
	item("Stripe charge, no payment in billing", "Orrery Nine, invoice 10479", "19 d",
		"ar.clerk", "149.00")
	item("PayPal capture, no payment in billing with a very long name behind it",
		"Saltfen Media, invoice 10512", "11 d", "—", "189.00")
	group("M2", "Unsupported receipt", "2", "−218.00", true)
	group("M4", "Missing bank credit", "1", "1,420.00", true)
	group("A4", "Recorded amount wrong", "3", "−12.60", false)
	item("Billing 120.00, SpectroCoin 114.00", "Wexmoor Tools, invoice 10482", "20 d",
		"ar.clerk", "−6.00")
	item("Billing 82.00, SpectroCoin 77.90", "Pellgrove Dental, invoice 10497", "15 d", "—",
		"−4.10")
	g := kit.NewGrid([]kit.Column{
		{ID: "check", Width: 16, Check: true},
		{ID: "item", Title: "Class and item", Width: 230, Grow: true},
		{ID: "age", Title: "Age", Width: 70, Align: kit.AlignRight, Sortable: true},
		{ID: "amount", Title: "EUR", Width: 80, Align: kit.AlignRight, Sortable: true},
	}, d)
	g.RowHeight = 44
	g.Sort = kit.Sort{Column: "age", Descending: true}
	g.Selection().Set(d.ids[1], true)
	g.Selection().Set(d.ids[2], true)
	g.SetCursor(d.ids[7])
	return g, d
}

func chain() kit.ChainView {
	return kit.ChainView{
		Legs: []kit.ChainLeg{
			{ID: "i", Kind: "Invoice", Name: "10482", Icon: "receipt"},
			{ID: "b", Kind: "Billing payment", Name: "991", Icon: "note"},
			{ID: "o", Kind: "SpectroCoin order", Name: "58214", Icon: "card", Differs: true},
			{ID: "p", Kind: "Payout", Name: "SCP-2041", Icon: "box"},
			{ID: "l", Kind: "Bank line", Name: "3f1c", Icon: "payouts"},
		},
		Joints: []string{"=", "≠", "=", "="},
		Rows: []kit.ChainRow{
			{Label: "Date", Cells: []string{"2026-10-12", "2026-10-14", "2026-10-14", "2026-10-14",
				"2026-10-16"}},
			{Label: "Party", Cells: []string{"Wexmoor Tools", "Wexmoor Tools", "Wexmoor Tools",
				"9 members", "SpectroCoin"}},
			{Label: "Gross", Amount: true, Cells: []string{"120.00", "120.00", "114.00", "1,497.33",
				"1,482.36"}, Differs: []bool{false, true, true}, Joints: []bool{false, true}},
			{Label: "Fee", Amount: true, Cells: []string{"0.00", "0.00", "−1.14", "−14.97", ""}},
			{Label: "Net", Amount: true, Cells: []string{"120.00", "120.00", "112.86", "1,482.36",
				"1,482.36"}},
			{Label: "State", Cells: []string{"Paid", "Completed", "Paid", "Sent", "Booked"}},
			{Label: "Matched", Quiet: true, Cells: []string{"—", "allocated", "P1 identity",
				"P4 declared", "P5 payout id"}},
		},
	}
}

func reconcile() fyne.CanvasObject {
	r := rail()
	r.Select("reconcile")
	h := kit.NewHeadBar("Reconcile", []fyne.CanvasObject{
		kit.NewMonthSwitcher("2026-10"), kit.NewChip(kit.StatusTiming, "Open, closes 2026-11-05"),
	}, []fyne.CanvasObject{kit.NewChip(kit.StatusOK, "EUR unexplained 0.00"),
		kit.NewButton(kit.ButtonSpec{Label: "Run reconcile", Icon: "play", Key: "F9"}),
		kit.NewButton(kit.ButtonSpec{Icon: "more", Width: 48, Centered: true})})
	g, _ := breaks()
	tabs := kit.NewTabs(kit.Option{ID: "open", Label: "To resolve", Count: "23"},
		kit.Option{ID: "timing", Label: "Timing", Count: "127"},
		kit.Option{ID: "done", Label: "Resolved", Count: "41"})
	more := kit.NewTabs(kit.Option{ID: "h", Label: "History", Count: "4"},
		kit.Option{ID: "n", Label: "Notes", Count: "0"})
	resolve := func(label, icon, key, reason string, kind kit.ButtonKind, off bool) *kit.Button {
		return kit.NewButton(kit.ButtonSpec{Label: label, Icon: icon, Key: key, Reason: reason,
			Kind: kind, Disabled: off, Width: 244})
	}
	const x, w = 676, 740
	return at(placed{r, 0, 0, 176, 874}, placed{h, 176, 0, 1264, 56},
		placed{statusBar(), 0, 874, 1440, 26},
		placed{kit.NewSearchField("Search", "/"), 192, 68, 170, 0},
		placed{kit.NewSelect("Status", kit.Option{ID: "o", Label: "Open"}), 370, 68, 0, 0},
		placed{kit.NewSelect("Currency", kit.Option{ID: "EUR", Label: "EUR"}), 496, 68, 0, 0},
		placed{tabs, 192, 110, 444, 36}, placed{g, 176, 146, 476, 728},
		placed{kit.NewChip(kit.StatusBreak, "A4 Recorded amount wrong"), x, 75, 0, 0},
		placed{kit.NewIconChip(kit.StatusNeutral, "link", "Leg: billing to gateway"), 880, 75, 0, 0},
		placed{kit.NewAmountHeading("", "−6.00", "EUR"), x, 110, 0, 0},
		placed{kit.NewProse("Billing records **120.00** for invoice 10482, but SpectroCoin "+
			"received **114.00**. The invoice total was booked instead of what arrived, so the "+
			"customer still owes **6.00**.", kit.Body.At(14), w), x, 150, w, 0},
		placed{kit.NewChain(chain()), x, 205, w, 0},
		placed{kit.NewLabel("Resolve", kit.Heading), x, 498, 200, 0},
		placed{resolve("Correct payment to 114.00", "tick", "1",
			"Reopens invoice 10482 with 6.00 due. Needs a second person.", kit.Primary, false),
			x, 527, w, 0},
		placed{resolve("Forgive the 6.00", "undo", "2",
			"Correct to 114.00 and credit 6.00. Within your limit of 10.00.", kit.Outline, false),
			x, 567, w, 0},
		placed{resolve("Match by hand", "match", "3", "Choose another gateway order.", "", false),
			x, 607, w, 0},
		placed{resolve("Write off", "barred", "",
			"Not for A4: correct the amount first, the rest becomes A1.", "", true), x, 647, w, 0},
		placed{more, x, 692, w, 36})
}

// TestReconcile is held against its mock-up.
func TestReconcile(t *testing.T) {
	shot(t, "reconcile", 1440, 900, func(fyne.Window) fyne.CanvasObject { return reconcile() })
}

// TestPalette is held against its mock-up.
func TestPalette(t *testing.T) {
	build := func(fyne.Window) fyne.CanvasObject { return reconcile() }
	for name, theme := range map[string]*kit.Theme{
		"light": kit.LightTheme(), "dark": kit.DarkTheme(),
	} {
		if testing.Short() {
			return
		}
		t.Run(name, func(t *testing.T) {
			w := kittest.Window(t, fyne.NewSize(1440, 900), theme, build)
			p := palette()
			p.Open(w.Canvas(), "10482")
			kittest.Golden(t, "testdata/palette-"+name+".png", w.Canvas().Capture())
		})
	}
}

func palette() *kit.Palette {
	p := kit.NewPalette("Invoice, name, amount or command", []kit.Hint{
		{Keys: []string{"↑", "↓"}, Label: "choose"}, {Keys: []string{"Enter"}, Label: "run"},
		{Keys: []string{"Esc"}, Label: "close"},
	}, []kit.Hint{{Keys: []string{"#"}, Label: "invoices"},
		{Keys: []string{"$"}, Label: "amounts"}, {Keys: []string{">"}, Label: "commands"}})
	p.OnQuery = func(string) ([]kit.PaletteGroup, string) {
		return []kit.PaletteGroup{
			{Title: "This exception", Items: []kit.PaletteItem{
				{ID: "1", Icon: "tick", Text: "Correct the payment on invoice **10482** to 114.00",
					Key: "1"},
				{ID: "2", Icon: "undo", Text: "Forgive 6.00 on invoice **10482**", Key: "2"},
				{ID: "3", Icon: "note", Text: "Add a note to A4 on invoice **10482**", Key: "N"}}},
			{Title: "Open", Items: []kit.PaletteItem{
				{ID: "4", Icon: "receipt", Text: "Invoice **10482**, Wexmoor Tools, 120.00 EUR"},
				{ID: "5", Icon: "note", Text: "Billing payment 991 on invoice **10482**, 120.00 EUR"},
				{ID: "6", Icon: "card", Text: "SpectroCoin order 58214 for invoice **10482**"}}},
			{Title: "Commands", Items: []kit.PaletteItem{
				{ID: "7", Icon: "mail", Text: "Send a notice for invoice **10482**", Disabled: true,
					Reason: "Next is planned for 2026-11-07"},
				{ID: "8", Icon: "match", Text: "Match invoice **10482** by hand", Key: "3"}}},
		}, "8 results"
	}
	return p
}

func payouts() *kit.Grid {
	d := &tableData{}
	for _, row := range [][7]string{
		{"2026-10-30", "Stripe", "po_9JAR", "3,572.55", "2026-11-02", "", "transit"},
		{"2026-10-30", "SpectroCoin", "SCP-2052", "1,112.00", "2026-11-03", "", "transit"},
		{"2026-10-29", "Stripe", "po_7XIN", "7,327.01", "2026-10-30", "", ""},
		{"2026-10-27", "Stripe", "po_5QEB", "6,716.78", "2026-10-28", "", ""},
		{"2026-10-21", "PayPal", "PP-4421", "1,420.00", "2026-10-26", "", "late"},
		{"2026-10-21", "SpectroCoin", "SCP-2046", "0.00", "2026-10-23", "", ""},
	} {
		booked := kit.Cell{Text: row[4]}
		state := kit.Cell{Text: "In bank", Look: kit.LookState, Status: kit.StatusOK}
		switch row[6] {
		case "transit":
			booked.Quiet = true
			state = kit.Cell{Text: "In transit", Look: kit.LookState, Status: kit.StatusTiming}
		case "late":
			booked.Status = kit.StatusBreak
			state = kit.Cell{Text: "Overdue 8 d", Look: kit.LookState, Status: kit.StatusBreak}
		}
		d.ids = append(d.ids, row[2])
		d.cells = append(d.cells, []kit.Cell{{Text: row[0]}, {Text: row[1]}, {Text: row[2]},
			{Text: row[3], Look: kit.LookAmount}, booked,
			{Text: "foots", Look: kit.LookState, Status: kit.StatusOK, Icon: "tick"}, state})
	}
	g := kit.NewGrid([]kit.Column{{ID: "sent", Title: "Sent", Width: 86},
		{ID: "source", Title: "Source", Width: 100, Min: 80, Grow: true},
		{ID: "payout", Title: "Payout", Width: 100},
		{ID: "eur", Title: "EUR", Width: 84, Align: kit.AlignRight},
		{ID: "booked", Title: "Booked or due", Width: 104, Sortable: true},
		{ID: "members", Title: "Members", Width: 86}, {ID: "state", Title: "State", Width: 100},
	}, d)
	g.Sort = kit.Sort{Column: "booked"}
	g.SetFoot(map[string]kit.Cell{"sent": {Text: "31 payouts", Weight: kit.SemiBold},
		"eur":   {Text: "179,256.29", Look: kit.LookAmount, Weight: kit.SemiBold},
		"state": {Text: "28 in bank", Quiet: true}})
	g.SetCursor("po_5QEB")
	return g
}

func composition() kit.Bridge {
	const from, to = 6600.0, 7200.0
	at := func(v float64) float32 { return float32((v - from) / (to - from)) }
	return kit.Bridge{
		Currency: "EUR", Broken: true, AxisNote: "axis from 6,600",
		Titles: [3]string{"Composition", "", "Rows"},
		Rows: []kit.BridgeRow{
			{Label: "Charges", Items: "112", Amount: "7,148.00", Kind: kit.BarBalance, To: at(7148)},
			{Label: "Refunds", Items: "2", Amount: "−149.00", Kind: kit.BarTakes, From: at(7148),
				To: at(6999), Opens: true},
			{Label: "Disputes", Items: "1", Amount: "−99.00", Kind: kit.BarTakes, From: at(6999),
				To: at(6900)},
			{Label: "Charge fees", Amount: "−163.22", Kind: kit.BarTakes, From: at(6900),
				To: at(6736.78)},
			{Label: "Taxes on fees", Items: "0", Amount: "0.00", Kind: kit.BarNothing,
				From: at(6716.78), To: at(6716.78)},
			{Label: "Net payout", Items: "116", Amount: "6,716.78", Kind: kit.BarBalance,
				To: at(6716.78)},
		},
	}
}

// TestPayouts is held against its mock-up.
func TestPayouts(t *testing.T) {
	shot(t, "payouts", 1264, 520, func(fyne.Window) fyne.CanvasObject {
		return at(placed{payouts(), 0, 0, 760, 520},
			placed{kit.NewChip(kit.StatusOK, "In bank"), 784, 12, 0, 0},
			placed{kit.NewAmountHeading("", "6,716.78", "EUR"), 784, 40, 0, 0},
			placed{kit.NewCompositionChart(composition()), 784, 76, 456, 0},
			placed{kit.NewCard("", "", nil, kit.NewFacts(0, 28,
				kit.Fact{Label: "116 member nets added up", Value: "6,716.78", Status: kit.StatusOK},
				kit.Fact{Label: "Payout as Stripe states it", Value: "6,716.78",
					Status: kit.StatusOK},
				kit.Fact{Label: "Difference", Value: "0.00", Strong: true, Ruled: true}), 14),
				784, 300, 456, 0},
			placed{kit.NewCard("", "", nil, kit.NewFacts(76, 21,
				kit.Fact{Label: "Booked", Value: "2026-10-28, value date 2026-10-28"},
				kit.Fact{Label: "Endpoint", Value: "matches", Status: kit.StatusOK}), 14),
				784, 428, 456, 0})
	})
}

func plan() kit.Plan {
	p := kit.Plan{Title: "Plan"}
	for i := range 29 {
		day := kit.PlanDay{Weekend: i%7 == 4 || i%7 == 5, Today: i == 7}
		if i%2 == 1 {
			day.Label = fmt.Sprintf("11-%02d", i)
		}
		p.Days = append(p.Days, day)
	}
	p.Marks = []kit.PlanMark{
		{ID: "a", Day: 0, Shape: kit.MarkAttempt, Icon: "cross", Status: kit.StatusBreak,
			Happened: true, Words: "charge", Name: "Charge failed, not enough funds"},
		{ID: "b", Day: 2, Shape: kit.MarkAttempt, Icon: "person", Status: kit.StatusBreak,
			Happened: true, Name: "Customer tried in the client area"},
		{ID: "c", Day: 3.3, Shape: kit.MarkNotice, Icon: "mail", Happened: true, Name: "Notice sent"},
		{ID: "d", Day: 7, Shape: kit.MarkAttempt, Icon: "renewals", Status: kit.StatusTiming,
			Words: "today", Name: "Retry today 18:05"},
		{ID: "e", Day: 11, Shape: kit.MarkNotice, Icon: "mail", Words: "2nd notice", Name: "Notice"},
		{ID: "f", Day: 22, Shape: kit.MarkNotice, Icon: "mail", Status: kit.StatusAttention,
			Happened: true, Words: "warning", Name: "Warning"},
		{ID: "g", Day: 28, Shape: kit.MarkService, Icon: "pause", Status: kit.StatusAttention,
			Words: "suspend", Name: "Suspend 2026-11-24"},
	}
	return p
}

// TestPlanLine shows a plan and goes through its marks by key.
func TestPlanLine(t *testing.T) {
	shot(t, "plan", 1240, 104, func(fyne.Window) fyne.CanvasObject {
		return at(placed{kit.NewPlanLine(plan()), 10, 10, 1220, 84})
	})
	l := kit.NewPlanLine(plan())
	w := kittest.Window(t, fyne.NewSize(1220, 84), kit.LightTheme(),
		func(fyne.Window) fyne.CanvasObject { return l })
	h := listen(w)
	var opened, named []string
	l.OnOpen = func(id string) { opened = append(opened, id) }
	l.OnPoint = func(name string) { named = append(named, name) }
	w.Canvas().Focus(l)
	for _, name := range []fyne.KeyName{fyne.KeyLeft, fyne.KeyRight, fyne.KeyReturn, fyne.KeyF5} {
		l.TypedKey(&fyne.KeyEvent{Name: name})
	}
	if len(opened) != 1 || opened[0] != "b" || len(h.keys) != 1 {
		t.Errorf("opened %v, router got %+v", opened, *h)
	}
	if len(named) == 0 || named[len(named)-1] != "Customer tried in the client area" {
		t.Errorf("named %q", named)
	}
}
