package kit_test

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"countinghouse/ui/kit"
)

func wayRows() []kit.WayRow {
	return []kit.WayRow{
		{Key: "1", Title: "Add invoice 10470", Detail: "The only set that is exact", Amount: "100.00",
			Difference: "0.00", Status: kit.StatusOK, Facts: []kit.WayFact{{Text: "IBAN belongs to this customer", Yes: true},
				{Text: "Next oldest open invoice", Yes: true}, {Text: "Sum is exact", Yes: true}}},
		{Key: "2", Title: "Invoice 10458 of a customer whose name is longer than the column", Detail: "Weak: amount only",
			Amount: "448.00", Difference: "−1,348.00", Status: kit.StatusAttention,
			Facts: []kit.WayFact{{Text: "Same amount", Yes: true}, {Text: "Another customer's IBAN"}, {Text: "No name in the bank text"},
				{Text: "Names no 10458"}, {Text: "22 days apart"}}},
		{Title: "Invoice 10508", Detail: "You rejected this on 2026-10-28.", Amount: "64.00", Difference: "384.00",
			Status: kit.StatusAttention, Quiet: true, Facts: []kit.WayFact{{Text: "Rejected by a person"}}},
	}
}

// TestWays draws suggestions, and the sum that they are to bring to zero.
func TestWays(t *testing.T) {
	shot(t, "ways", 1000, 430, func(w fyne.Window) fyne.CanvasObject {
		ways, none := kit.NewWays(), kit.NewWays()
		ways.Set("EUR", "", wayRows()...)
		none.Set("EUR", "Nothing explains it.")
		sum, zero := kit.NewEquation(), kit.NewEquation()
		sum.Set(kit.Term{Label: "Received, 1 line", Figure: "448.00"}, kit.Term{Label: "Applied, 2 invoices", Figure: "348.00"},
			kit.Term{Label: "Difference, EUR", Figure: "100.00"}, kit.StatusAttention,
			"Not zero yet: 100.00 more was received than the two invoices.")
		zero.Set(kit.Term{Label: "Received, 1 line", Figure: "98,765,432,101.00"}, kit.Term{Label: "Applied", Figure: "0.00"},
			kit.Term{Label: "Difference, EUR", Figure: "0.00"}, kit.StatusOK, "Zero.")
		return at(placed{kit.NewGround(kit.Surface), 0, 0, 1000, 430}, placed{ways, 0, 0, 1000, 0},
			placed{none, 0, 200, 1000, 0}, placed{sum, 20, 290, 960, 0}, placed{zero, 20, 360, 700, 0})
	})
}

// TestWaysTake takes a suggestion by keys and by its button, and never a rejected one.
func TestWaysTake(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(kit.LightTheme())
	ways := kit.NewWays()
	ways.Set("EUR", "", wayRows()...)
	w := test.NewTempWindow(t, ways)
	w.Resize(fyne.NewSize(1000, 300))
	var taken []int
	ways.OnTake = func(i int) { taken = append(taken, i) }
	w.Canvas().Focus(ways)
	ways.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	ways.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEnd})
	ways.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	ways.Tapped(&fyne.PointEvent{Position: fyne.NewPos(100, 30+54+20)})
	ways.Tapped(&fyne.PointEvent{Position: fyne.NewPos(ways.Size().Width-40, 30+54+20)})
	if len(taken) != 2 || taken[0] != 0 || taken[1] != 1 {
		t.Errorf("taken %v", taken)
	}
}

// TestGridKeepsTab hands Tab to the screen where it asked for it.
func TestGridKeepsTab(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(kit.LightTheme())
	g := kit.NewGrid([]kit.Column{{ID: "a", Width: 100}}, nil)
	if g.AcceptsTab() {
		t.Error("Tab stays in a grid that does not want it")
	}
	pressed := 0
	g.OnTab = func() { pressed++ }
	g.SetData(noRows{})
	g.TypedKey(&fyne.KeyEvent{Name: fyne.KeyTab})
	if !g.AcceptsTab() || pressed != 1 {
		t.Errorf("pressed %d", pressed)
	}
}

// noRows is an empty table.
type noRows struct{}

func (noRows) Len() int               { return 0 }
func (noRows) RowID(int) string       { return "" }
func (noRows) Row(int) kit.Row        { return kit.Row{} }
func (noRows) Cell(int, int) kit.Cell { return kit.Cell{} }
