package kit_test

import (
	"fmt"
	"os"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/test"

	"countinghouse/ui/kit"
	"countinghouse/ui/kit/kittest"
)

// shot takes the gallery's pictures of one component.
func shot(t *testing.T, name string, w, h float32, build func(fyne.Window) fyne.CanvasObject) {
	t.Helper()
	if testing.Short() {
		return // the race detector makes pictures 16 times slower
	}
	kittest.Shot(t, "testdata/"+name, fyne.NewSize(w, h), build)
}

// at places objects by hand, as exactly as the screens do.
func at(parts ...placed) fyne.CanvasObject {
	c := container.NewWithoutLayout()
	for _, p := range parts {
		size := fyne.NewSize(p.w, p.h)
		if p.w == 0 {
			size.Width = p.o.MinSize().Width
		}
		if p.h == 0 {
			size.Height = p.o.MinSize().Height
		}
		p.o.Move(fyne.NewPos(p.x, p.y))
		p.o.Resize(size)
		c.Add(p.o)
	}
	return c
}

type placed struct {
	o          fyne.CanvasObject
	x, y, w, h float32
}

func railItems() []kit.RailItem {
	return []kit.RailItem{
		{ID: "overview", Icon: "overview", Label: "Overview"},
		{ID: "reconcile", Icon: "reconcile", Label: "Reconcile", Count: "23"},
		{ID: "match", Icon: "match", Label: "Match by hand"},
		{ID: "payouts", Icon: "payouts", Label: "Payouts", Count: "1"},
		{ID: "renewals", Icon: "renewals", Label: "Renewals", Count: "38"},
		{ID: "actions", Icon: "actions", Label: "Actions", Count: "6"},
		{ID: "import", Icon: "import", Label: "Import"},
		{ID: "close", Icon: "close", Label: "Close"},
		{ID: "settings", Icon: "settings", Label: "Settings", Bottom: true},
	}
}

func rail() *kit.Rail {
	r := kit.NewRail(railItems())
	r.SetUser(kit.RailUser{Initials: "AR", Name: "ar.clerk", Business: "Northwind Hosting"})
	r.Select("overview")
	return r
}

func button(label, icon string) *kit.Button {
	return kit.NewButton(kit.ButtonSpec{Label: label, Icon: icon})
}

func statusBar() *kit.StatusBar {
	s := kit.NewStatusBar()
	s.SetNotes(kit.Note{Icon: "database", Text: "Cache up to date, 2026-11-03 09:38"},
		kit.Note{Status: kit.StatusOK, Text: "EUR, USD and INR explained to the cent"})
	s.SetHints(kit.Hint{Keys: []string{"Ctrl", "K"}, Label: "commands"},
		kit.Hint{Keys: []string{"/"}, Label: "search"}, kit.Hint{Keys: []string{"?"}, Label: "keys"})
	return s
}

func head() *kit.HeadBar {
	return kit.NewHeadBar("Overview", []fyne.CanvasObject{
		kit.NewMonthSwitcher("2026-10"), kit.NewChip(kit.StatusTiming, "Open, closes 2026-11-05"),
	}, []fyne.CanvasObject{
		container.NewGridWrap(fyne.NewSize(300, 30),
			kit.NewSearchField("Search invoices, payments, payouts", "/")),
		button("Sync", "renewals"), button("Export", "import"),
	})
}

func bridge() kit.Bridge {
	const from, to = 170000.0, 205000.0
	b := kit.Bridge{
		Currency: "EUR", Broken: true, AxisNote: "Axis starts at 170,000",
		Legend: [3]string{"adds", "takes away", "balance"},
		Titles: [3]string{"Step", "Class", "Items"},
		Foot: kit.BridgeFoot{Label: "Unexplained", Amount: "0.00",
			Sentence: "Every cent is explained by listed items", Status: kit.StatusOK},
	}
	at := func(v float64) float32 { return float32((v - from) / (to - from)) }
	for _, v := range []int{170, 180, 190, 200} {
		b.Ticks = append(b.Ticks,
			kit.Tick{At: at(float64(v) * 1000), Label: fmt.Sprintf("%d,000", v)})
	}
	sum := 0.0
	for _, step := range []struct {
		label, codes, items, amount string
		move                        float64
	}{
		{"Paid in billing", "", "2,984", "186,830.65", 186830.65},
		{"Recorded in another month", "T3", "6", "−74.50", -74.50},
		{"Unrecorded receipts", "M1", "4", "486.00", 486},
		{"Unsupported receipts", "M2", "2", "−218.00", -218},
		{"Recorded amount differences", "A4 D2", "4", "−51.60", -51.60},
		{"Settled without cash", "M8", "5", "−340.00", -340},
		{"Refunds", "", "20", "−1,556.40", -1556.40},
		{"Disputes", "", "4", "−386.00", -386},
		{"Fees", "A5", "2,992", "−4,025.39", -4025.39},
		{"Taxes on fees", "", "0", "0.00", 0},
		{"Currency conversion", "", "7", "−18.44", -18.44},
		{"Adjustments", "", "1", "25.00", 25},
		{"Reserves held", "T6", "1", "−500.00", -500},
		{"Opening balance at gateways", "", "3", "11,028.55", 11028.55},
		{"Closing balance at gateways", "T1", "118", "−11,943.58", -11943.58},
		{"Payouts sent", "", "31", "179,256.29", 179256.29},
		{"Opening payouts in transit", "", "2", "5,918.20", 5918.20},
		{"Closing payouts in transit", "T2 M4", "3", "−6,104.55", -6104.55},
		{"Payout differences", "", "1", "−15.00", -15},
		{"Gateway receipts at bank", "", "30", "179,054.94", 179054.94},
		{"Direct bank transfers", "", "37", "24,380.00", 24380},
		{"Other bank lines", "M5 D7", "9", "1,116.70", 1116.70},
		{"Received in bank", "", "76", "204,551.64", 204551.64},
	} {
		row := kit.BridgeRow{
			ID: step.label, Label: step.label, Codes: step.codes, Items: step.items,
			Amount: step.amount, Opens: step.items != "0",
		}
		switch {
		case step.move > 100000:
			row.Kind, row.From, row.To = kit.BarBalance, 0, at(step.move)
			sum = step.move
		case step.move > 0:
			row.Kind, row.From, row.To = kit.BarAdds, at(sum), at(sum+step.move)
			sum += step.move
		case step.move < 0:
			row.Kind, row.From, row.To = kit.BarTakes, at(sum), at(sum+step.move)
			sum += step.move
		default:
			row.Kind, row.From, row.To = kit.BarNothing, at(sum), at(sum)
		}
		b.Rows = append(b.Rows, row)
	}
	return b
}

func lag() kit.Lag {
	l := kit.Lag{
		Rows: []kit.LagRow{
			{Label: "Stripe", Low: .1, Median: .2, High: .3, Late: -1},
			{Label: "PayPal", Low: .1, Median: .2, High: .5, Late: .9},
			{Label: "Razorpay", Low: .2, Median: .3, High: .4, Late: -1},
			{Label: "SpectroCoin", Low: .1, Median: .4, High: .8, Late: -1},
		},
		Legend: [2]string{"median", "1st to 99th percentile"},
		Note:   "1 payout past its window: 9 days, expected 5 at most",
		Status: kit.StatusBreak,
	}
	for i := range 6 {
		l.Ticks = append(l.Ticks, kit.Tick{At: float32(i) / 5, Label: fmt.Sprint(2 * i)})
	}
	return l
}

func tiles() []fyne.CanvasObject {
	specs := []kit.TileSpec{
		{Label: "Matched automatically", Figure: "98.9 %",
			Base: "2,951 of 2,984 gateway payments", Status: kit.StatusOK},
		{Label: "Open exceptions", Figure: "23", Unit: "3,827.35 EUR",
			Base: "and 127 timing items", Status: kit.StatusBreak},
		{Label: "At-risk renewals", Figure: "38", Unit: "4,812.60 EUR",
			Base: "Next retry today 11:30", Status: kit.StatusAttention},
		{Label: "Recovered this month", Figure: "6,240.50", Unit: "EUR",
			Base: "61 of 99 cases, 61.6 % ±9.4", Icon: "renewals"},
		{Label: "Oldest open item", Figure: "22 days",
			Base: "M1 invoice 10466, 49.00 EUR", Status: kit.StatusAttention, Icon: "clock"},
	}
	var out []fyne.CanvasObject
	for _, spec := range specs {
		out = append(out, kit.NewTile(spec))
	}
	return out
}

// sources is the list of the overview's second card.
func sources() *kit.Grid {
	return kit.NewGrid([]kit.Column{
		{ID: "name", Title: "Source", Width: 240, Grow: true},
		{ID: "state", Title: "State", Width: 80, Align: kit.AlignRight},
	}, &tableData{
		ids: []string{"a", "b", "c"},
		cells: [][]kit.Cell{
			{{Text: "WHMCS", Sub: "All 4,206 payments counted", Icon: "receipt", Weight: kit.Medium,
				Note: "09:38"},
				{Text: "Complete", Look: kit.LookState, Status: kit.StatusOK}},
			{{Text: "Stripe", Sub: "EUR and USD balances proven", Icon: "card"},
				{Text: "Complete", Look: kit.LookState, Status: kit.StatusOK}},
			{{Text: "PayPal", Sub: "Published 3 h late, complete to 06:30", Icon: "card"},
				{Text: "Lagging", Look: kit.LookState, Status: kit.StatusTiming}},
		},
	})
}

// TestOverview puts the parts together as the overview does, to be held against its mock-up.
func TestOverview(t *testing.T) {
	shot(t, "overview", 1440, 900, func(fyne.Window) fyne.CanvasObject {
		segments := kit.NewSegmented(
			kit.Option{ID: "EUR", Label: "EUR", Status: kit.StatusOK},
			kit.Option{ID: "USD", Label: "USD", Status: kit.StatusOK},
			kit.Option{ID: "INR", Label: "INR", Status: kit.StatusOK})
		segments.Select("EUR")
		grid := sources()
		grid.RowHeight, grid.HideTitles, grid.InCard = 44, true, true
		parts := []placed{
			{rail(), 0, 0, 176, 874}, {head(), 176, 0, 1264, 56}, {statusBar(), 0, 874, 1440, 26},
			{kit.NewCard("The bridge from billing to bank", "", segments,
				kit.NewBridgeChart(bridge()), 0), 196, 176, 826, 682},
			{kit.NewCard("Sources", "8 of 8 balance proofs hold", nil, grid, 0),
				1034, 176, 386, 372},
			{kit.NewCard("Days from charge to bank", "2026-10, business days", nil,
				kit.NewLagChart(lag()), 16), 1034, 560, 386, 298},
		}
		for i, tile := range tiles() {
			parts = append(parts, placed{tile, 196 + 247*float32(i), 76, 236, 88})
		}
		return at(parts...)
	})
}

// TestIcons shows the whole set at the sizes that it is used at.
func TestIcons(t *testing.T) {
	shot(t, "icons", 760, 300, func(fyne.Window) fyne.CanvasObject {
		var parts []placed
		for i, name := range iconNames() {
			x, y := float32(i%12)*62+12, float32(i/12)*70+12
			big := icon(name, kit.Accent)
			small := icon(name, kit.Text)
			parts = append(parts, placed{big, x, y, 40, 40}, placed{small, x + 42, y + 24, 16, 16})
		}
		return at(parts...)
	})
}

func icon(name string, token kit.Token) *canvas.Image {
	img := canvas.NewImageFromResource(kit.Icon(name, kit.Color(token)))
	img.FillMode = canvas.ImageFillContain
	return img
}

// TestParts shows the small parts in their states.
func TestParts(t *testing.T) {
	shot(t, "parts", 900, 620, func(w fyne.Window) fyne.CanvasObject {
		var parts []placed
		x := float32(16)
		for _, status := range kit.Statuses {
			chip, state := kit.NewChip(status, string(status)), kit.NewState(status, string(status))
			parts = append(parts, placed{chip, x, 16, 0, 0}, placed{state, x + 8, 44, 0, 0})
			x += chip.MinSize().Width + 20
		}
		row := func(y float32, specs ...kit.ButtonSpec) {
			x := float32(16)
			for _, spec := range specs {
				b := kit.NewButton(spec)
				parts = append(parts, placed{b, x, y, 0, 0})
				x += b.MinSize().Width + 12
			}
		}
		row(80, kit.ButtonSpec{Label: "Sync all", Icon: "renewals", Key: "F5"},
			kit.ButtonSpec{Label: "Approve and send 59.00 EUR", Icon: "tick", Kind: kit.Primary},
			kit.ButtonSpec{Label: "Retry now", Icon: "renewals", Key: "R", Kind: kit.Primary},
			kit.ButtonSpec{Label: "Cancel"}, kit.ButtonSpec{Label: "Preview", Kind: kit.Link})
		row(124, kit.ButtonSpec{Label: "Suspend", Icon: "barred", Disabled: true,
			Reason: "From 2026-11-24: after the last retry and a warning."},
			kit.ButtonSpec{Label: "Choose", Small: true, Width: 88, Centered: true},
			kit.ButtonSpec{Label: "Test", Icon: "play", Busy: true})
		fault := kit.NewEntry("2026-10-30")
		fault.SetText("30.10.2O26")
		fault.SetFault("Not a date. Example: 2026-10-30")
		off := kit.NewEntry("")
		off.SetText("locked")
		off.SetEnabled(false)
		checked, disabled := kit.NewCheckBox("Close workbook", "xlsx"), kit.NewCheckBox("Xero", "csv")
		checked.SetChecked(true)
		disabled.SetEnabled(false)
		stepper := kit.NewStepper()
		stepper.Set(2, kit.Step{Label: "File", Done: true}, kit.Step{Label: "Columns", Done: true},
			kit.Step{Label: "Check"}, kit.Step{Label: "Import"})
		progress := kit.NewProgressLine()
		progress.Set("Stripe payments, source 2 of 5", "1,240 of 2,318", .535)
		segments := kit.NewSegments(kit.StatusOK, kit.StatusOK, kit.StatusAttention, "")
		busy := kit.NewBusyLine()
		busy.Set(.4)
		strip := kit.NewErrorStrip(kit.StatusBreak,
			"Stripe stopped at 2026-10-19: the key was refused. Figures are as of 09:38.",
			kit.NewButton(kit.ButtonSpec{Label: "Try again", Small: true}))
		menu := kit.NewSelect("Status", kit.Option{ID: "o", Label: "Open"})
		parts = append(parts,
			placed{kit.NewSearchField("Search", "/"), 16, 176, 200, 0},
			placed{kit.NewEntry("IBAN, 15 to 34 letters"), 228, 176, 200, 0},
			placed{fault, 440, 176, 220, 0}, placed{off, 672, 176, 120, 0},
			placed{menu, 16, 220, 0, 0},
			placed{kit.NewSelect("", kit.Option{ID: "b", Label: "Booking date"}), 150, 220, 130, 0},
			placed{checked, 560, 240, 220, 0}, placed{kit.NewCheckBox("DATEV", "csv"), 560, 267, 220, 0},
			placed{disabled, 560, 294, 220, 0},
			placed{stepper, 16, 270, 400, 0}, placed{progress, 16, 312, 400, 0},
			placed{segments, 16, 356, 300, 6}, placed{busy, 440, 330, 300, 2},
			placed{strip, 16, 376, 868, 40},
			placed{kit.NewCard("", "", nil, kit.NewEmptyState(
				"3 unmatched bank lines in 2026-10. Every other line is matched.",
				button("Import statement", "import")), 0), 16, 428, 420, 170},
			placed{kit.NewTile(kit.TileSpec{Label: "Recovered this month", Figure: "no cases yet",
				Base: "as of 09:38", Stale: true}), 452, 428, 220, 88},
			placed{kit.NewKeyCap("Ctrl"), 690, 430, 0, 0},
			placed{kit.NewMoney("−1,234.56"), 690, 460, 120, 0},
			placed{kit.NewMoney("0.00"), 690, 484, 120, 0},
			placed{kit.NewMoney("—"), 690, 508, 120, 0},
			placed{kit.NewLabel("A name that is far too long for its place", kit.Body), 452, 540, 150, 0})
		return at(parts...)
	})
}

// TestFocus shows where the keyboard is, for the parts that can have it.
func TestFocus(t *testing.T) {
	makers := map[string]func() fyne.Focusable{
		"outline": func() fyne.Focusable { return button("Sync", "renewals") },
		"primary": func() fyne.Focusable {
			return kit.NewButton(kit.ButtonSpec{Label: "Match", Kind: kit.Primary})
		},
		"select": func() fyne.Focusable {
			return kit.NewSelect("Status", kit.Option{ID: "o", Label: "Open"})
		},
		"tabs": func() fyne.Focusable {
			return kit.NewTabs(kit.Option{ID: "a", Label: "History", Count: "4"})
		},
		"check":  func() fyne.Focusable { return kit.NewCheckBox("DATEV", "csv") },
		"month":  func() fyne.Focusable { return kit.NewMonthSwitcher("2026-10") },
		"grid":   func() fyne.Focusable { return payouts() },
		"bridge": func() fyne.Focusable { return kit.NewBridgeChart(bridge()) },
	}
	for name, build := range makers {
		size := fyne.NewSize(240, 60)
		if name == "grid" || name == "bridge" {
			size = fyne.NewSize(800, 300)
		}
		shot(t, "focus-"+name, size.Width, size.Height, func(w fyne.Window) fyne.CanvasObject {
			f := build()
			o := f.(fyne.CanvasObject)
			want := o.MinSize()
			if size.Width > 300 {
				want = fyne.NewSize(780, 280)
			}
			f.FocusGained()
			return at(placed{o, 10, 10, want.Width, want.Height})
		})
	}
}

// TestConfirm shows the question before something that cannot be taken back.
func TestConfirm(t *testing.T) {
	shot(t, "confirm", 640, 420, func(w fyne.Window) fyne.CanvasObject {
		w.Resize(fyne.NewSize(640, 420))
		kit.ShowConfirm(w.Canvas(), kit.ConfirmSpec{
			Title: "Lock 2026-10?", Confirm: "Lock 2026-10", Cancel: "Keep it open",
			Text: "A locked month changes only by reopening it, with a reason. **23 breaks** are " +
				"carried into 2026-11.",
		})
		return at()
	})
}

// TestAppIcon keeps the program's icon the picture of its drawing.
func TestAppIcon(t *testing.T) {
	if testing.Short() {
		return
	}
	drawing, err := os.ReadFile("../../assets/icon.svg")
	if err != nil {
		t.Fatal(err)
	}
	app := test.NewTempApp(t)
	app.Settings().SetTheme(kit.LightTheme())
	c := software.NewTransparentCanvas()
	c.SetPadded(false)
	img := canvas.NewImageFromResource(fyne.NewStaticResource("icon.svg", drawing))
	c.SetContent(img)
	c.Resize(fyne.NewSize(512, 512))
	kittest.Golden(t, "../../assets/icon.png", c.Capture())
}
