package kit_test

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"countinghouse/ui/kit"
)

func pickRows() []kit.PickRow {
	return []kit.PickRow{
		{ID: "a", Icon: "receipt", Title: "WHMCS", Note: "Billing, synced 09:38", Status: kit.StatusOK, State: "Connected"},
		{ID: "b", Icon: "card", Title: "Stripe", Note: "Gateway, synced 09:36", Status: kit.StatusTiming, State: "Lagging"},
		{ID: "c", Icon: "card", Title: "A gateway with a name that is longer than its room", Note: "Gateway, token missing",
			Status: kit.StatusAttention, State: "Setup"},
		{ID: "d", Icon: "payouts", Title: "Bank account", Note: "without a state"},
	}
}

// TestSetup draws the parts of the settings: the list, the sections with their ticks, what was
// checked, and the small table.
func TestSetup(t *testing.T) {
	shot(t, "setup", 860, 520, func(w fyne.Window) fyne.CanvasObject {
		list := kit.NewPickList(pickRows()...)
		list.Select("b")
		checks := kit.NewCheckList(
			kit.Checked{Status: kit.StatusOK, Label: "Address reached", Value: "api.stripe.com, 84 ms"},
			kit.Checked{Status: kit.StatusBreak, Label: "Key accepted", Value: "no, key ending 7Qd2"},
			kit.Checked{Status: kit.StatusAttention, Label: "Clock", Value: "7 minutes apart"})
		table := kit.NewTable([]kit.TableColumn{{Title: "Permission", Share: 3}, {Title: "Used for", Share: 4},
			{Title: "State", Share: 2}},
			kit.TableRow{Cells: []string{"Disputes", "Detects chargebacks"}, Status: kit.StatusOK, State: "Granted"},
			kit.TableRow{Cells: []string{"Events", "Finds late changes sooner, and more words than fit here"},
				Status: kit.StatusAttention, State: "Not granted"})
		secret := kit.NewSecretField("not shown while you type")
		secret.SetText("secret")
		return at(placed{kit.NewGround(kit.Surface), 0, 0, 860, 520}, placed{list, 10, 10, 340, 216},
			placed{kit.NewSection(kit.StatusBreak, "Test", kit.NewState(kit.StatusBreak, "failed"), checks), 380, 10, 460, 0},
			placed{kit.NewSection(kit.StatusOK, "Permissions", kit.NewLabel("1 of 2 granted", kit.Second), table), 380, 140, 460, 0},
			placed{kit.NewSection(kit.StatusNone, "First sync", nil, nil).Last(), 380, 290, 460, 0},
			placed{kit.NewIconTile("card"), 10, 250, 0, 0}, placed{secret, 10, 310, 340, 0})
	})
}

// TestPickListChooses chooses by keys and by a press, and opens by Enter.
func TestPickListChooses(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(kit.LightTheme())
	list := kit.NewPickList(pickRows()...)
	w := test.NewTempWindow(t, list)
	w.Resize(fyne.NewSize(400, 300))
	var chosen, opened string
	list.OnChange = func(id string) { chosen += id }
	list.OnOpen = func(id string) { opened += id }
	w.Canvas().Focus(list)
	if chosen != "" || list.Selected() != "" {
		t.Errorf("the focus alone chose %q", chosen)
	}
	list.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	list.TypedRune('j')
	list.TypedRune('k')
	list.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEnd})
	list.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	list.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if chosen != "abad" || opened != "d" {
		t.Errorf("chose %q, opened %q", chosen, opened)
	}
	test.TapAt(list, fyne.NewPos(50, 70))
	if list.Selected() != "b" || opened != "db" {
		t.Errorf("a press chose %q, opened %q", list.Selected(), opened)
	}
	list.Set(pickRows()[:1]...)
	list.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	if list.Selected() != "a" {
		t.Errorf("in a shorter list %q", list.Selected())
	}
}
