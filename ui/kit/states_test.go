package kit_test

import (
	"testing"

	"fyne.io/fyne/v2"

	"countinghouse/ui/kit"
	"countinghouse/ui/kit/kittest"
)

// TestBridgeStates shows a bridge that does not foot, on an axis that starts at 0.
func TestBridgeStates(t *testing.T) {
	shot(t, "bridge-break", 826, 640, func(fyne.Window) fyne.CanvasObject {
		b := bridge()
		b.Broken, b.AxisNote = false, ""
		b.Foot = kit.BridgeFoot{Label: "Unexplained", Amount: "−6.00", Status: kit.StatusBreak,
			Sentence: "Show what is new since it was 0.00"}
		return at(placed{kit.NewBridgeChart(b), 0, 0, 826, 638})
	})
}

// TestGridStates shows a table that is empty, one with problem rows, and one that is too narrow.
func TestGridStates(t *testing.T) {
	columns := []kit.Column{
		{ID: "check", Width: 16, Check: true}, {ID: "state", Title: "State", Width: 140},
		{ID: "action", Title: "Action", Width: 160, Grow: true},
		{ID: "used", Title: "Network attempts", Width: 120},
		{ID: "class", Title: "Class", Width: 50},
		{ID: "eur", Title: "EUR", Width: 80, Align: kit.AlignRight},
	}
	rows := &tableData{
		ids:   []string{"head", "a", "b", "c"},
		heads: map[int]*kit.GroupHead{0: {Title: "Needs a decision", Count: "3", Sunken: true}},
		tints: map[int]kit.Status{3: kit.StatusBreak},
		cells: [][]kit.Cell{{},
			{{}, {Text: "Awaiting approval", Look: kit.LookChip, Status: kit.StatusTiming,
				Icon: "people"}, {Text: "Refund duplicate charge", Sub: "Orrery Nine, invoice 10501"},
				{Text: "5 of 20", Look: kit.LookMeter, Fraction: .25},
				{Text: "D1", Look: kit.LookCode, Status: kit.StatusBreak},
				{Text: "59.00", Look: kit.LookAmount}},
			{{}, {Text: "Outcome unknown", Look: kit.LookChip, Status: kit.StatusUnknown},
				{Text: "Retry charge for a customer whose name does not end where the column does",
					Sub: "Kittiwake Freight and Sons, Lighthouse Keepers' Supplies, invoice 10611"},
				{Text: "1 of 20", Look: kit.LookMeter, Fraction: .05},
				{Text: "M1", Look: kit.LookCode, Status: kit.StatusBreak},
				{Text: "unknown", Look: kit.LookAmount, Status: kit.StatusUnknown}},
			{{}, {Text: "Date not readable", Look: kit.LookState, Status: kit.StatusBreak},
				{Text: "30.10.2O26", Status: kit.StatusBreak}, {}, {},
				{Text: "—", Look: kit.LookAmount}}},
	}
	shot(t, "grid-states", 1000, 420, func(fyne.Window) fyne.CanvasObject {
		full := kit.NewGrid(columns, rows)
		full.RowHeight = 44
		full.Selection().Set("b", true)
		narrow := kit.NewGrid(columns, rows)
		narrow.RowHeight = 44
		empty := kit.NewGrid(columns, &tableData{})
		empty.Empty = kit.NewEmptyState("Nothing waits for you.", nil)
		return at(placed{full, 10, 10, 980, 200}, placed{narrow, 10, 220, 480, 190},
			placed{kit.NewCard("Actions", "", nil, empty, 0), 510, 220, 480, 190})
	})
}

// TestNarrowRail shows the rail of a small window, with the pointer's item named elsewhere.
func TestNarrowRail(t *testing.T) {
	shot(t, "rail-narrow", 56, 480, func(fyne.Window) fyne.CanvasObject {
		r := rail()
		r.SetNarrow(true)
		r.Select("payouts")
		r.FocusGained()
		return r
	})
	r := rail()
	kittest.Window(t, fyne.NewSize(176, 480), kit.LightTheme(),
		func(fyne.Window) fyne.CanvasObject { return r })
	opened := ""
	r.OnOpen = func(id string) { opened = id }
	r.FocusGained()
	for _, name := range []fyne.KeyName{fyne.KeyDown, fyne.KeyDown, fyne.KeyReturn} {
		r.TypedKey(&fyne.KeyEvent{Name: name})
	}
	if opened != "match" || r.Hint() != "Match by hand" {
		t.Errorf("opened %q, the hint is %q", opened, r.Hint())
	}
}
