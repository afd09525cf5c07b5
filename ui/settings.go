package ui

import (
	"fmt"
	"strings"

	"fyne.io/fyne/v2"

	"countinghouse/app"
	"countinghouse/ui/kit"
	"countinghouse/ui/present"
)

// The tabs of the settings.
const (
	tabConnections = "connections"
	tabAppearance  = "appearance"
)

// settingsScreen holds the connections, and how the window looks.
type settingsScreen struct {
	s           *shell
	f           *frame
	tabs        *kit.Tabs
	connections *connectionsTab
	theme       *kit.Segmented
	looks       fyne.CanvasObject
	body        *fyne.Container
	// profile is whose settings are shown.
	profile *app.App
}

const tabsHeight = 42

func newSettingsScreen(s *shell) *settingsScreen {
	x := &settingsScreen{s: s, profile: s.profile, tabs: kit.NewTabs(
		kit.Option{ID: tabConnections, Label: "Connections"},
		kit.Option{ID: tabAppearance, Label: "Appearance"})}
	x.tabs.OnChange = func(string) { x.showTab() }
	x.connections = newConnectionsTab(s)
	x.looks = x.appearance()
	bar := kit.NewGround(kit.Surface)
	x.body = arranged(fixed(windowWidth-kit.RailNarrow, 500), func(size fyne.Size) {
		place(bar, 0, 0, size.Width, tabsHeight)
		place(x.tabs, 24, 0, size.Width-24, tabsHeight)
		for _, o := range []fyne.CanvasObject{x.connections.outside, x.looks} {
			place(o, 0, tabsHeight, size.Width, size.Height-tabsHeight)
		}
	}, bar, x.tabs, x.connections.outside, x.looks)
	x.f = s.newPlainFrame("Settings", x.body, nil, x.connections.checks)
	x.showTab()
	x.choose()
	return x
}

func (x *settingsScreen) showTab() {
	on := x.tabs.Selected() == tabConnections
	show(x.connections.outside, on)
	show(x.looks, !on)
	x.body.Refresh()
}

// open shows a tab.
func (x *settingsScreen) open(tab string) {
	x.tabs.Select(tab)
	x.showTab()
}

// atConnections says that the connections are what is shown.
func (x *settingsScreen) atConnections() bool { return x.tabs.Selected() == tabConnections }

func (x *settingsScreen) appearance() fyne.CanvasObject {
	s := x.s
	x.theme = kit.NewSegmented(kit.Option{ID: "system", Label: "System"},
		kit.Option{ID: "light", Label: "Light"}, kit.Option{ID: "dark", Label: "Dark"})
	x.theme.OnChange = s.setTheme
	scale := kit.NewSegmented(kit.Option{ID: "100", Label: "100 %"},
		kit.Option{ID: "125", Label: "125 %"}, kit.Option{ID: "150", Label: "150 %"},
		kit.Option{ID: "200", Label: "200 %"})
	scale.Select(fmt.Sprint(s.fyne.Preferences().IntWithFallback(prefScale, 100)))
	scale.OnChange = func(id string) {
		n := 100
		if _, err := fmt.Sscan(id, &n); err == nil {
			s.fyne.Preferences().SetInt(prefScale, n)
			s.say("The size changes at the next start.")
		}
	}
	label := func(text string, o fyne.CanvasObject) fyne.CanvasObject {
		l := kit.NewLabel(text, kit.Body.In(kit.Muted))
		return arranged(fixed(300, 32), func(size fyne.Size) {
			place(l, 0, 0, 120, 32)
			place(o, 128, 1, o.MinSize().Width, 30)
		}, l, o)
	}
	looks := kit.NewCard("Window", "", nil, stacked(10, 0, label("Theme", x.theme),
		label("Size", scale), kit.NewLabel("The size changes at the next start.", kit.Second)), 16)
	parts := append([]fyne.CanvasObject{looks}, profileCards(s)...)
	return newScrolling(stacked(12, 20, parts...)).outside
}

func (x *settingsScreen) choose() {
	name := x.s.fyne.Preferences().StringWithFallback(prefTheme, "system")
	x.theme.Select(name)
}

// profileCards say what the profile's configuration says beside its connections.
func profileCards(s *shell) []fyne.CanvasObject {
	if s.profile == nil {
		return []fyne.CanvasObject{kit.NewCard("Profile", "", nil, kit.NewLabel(
			"No profile is open yet.", kit.Body), 16)}
	}
	c, o := s.profile.Config(), s.profile.Options()
	dir, err := app.ProfileDir(o)
	if err != nil {
		dir = app.Explain(err)
	}
	profile := kit.NewFacts(136, 26, kit.Fact{Label: "Business", Value: c.Business.Name},
		kit.Fact{Label: "Folder", Value: dir},
		kit.Fact{Label: "Configuration", Value: app.ConfigPath(o)},
		kit.Fact{Label: "Books", Value: app.BooksPath(o)},
		kit.Fact{Label: "Base currency", Value: string(c.Business.BaseCurrency)},
		kit.Fact{Label: "Time zone", Value: c.Zone().String()},
		kit.Fact{Label: "Reconciled from", Value: present.DateText(c.OpeningOn())})
	var accounts []kit.Fact
	for _, x := range c.Accounts {
		number := x.IBAN
		if number == "" {
			number = x.Number
		}
		accounts = append(accounts, kit.Fact{Label: string(x.Name),
			Value: string(x.Currency) + ", " + number, Note: strings.ToUpper(x.Calendar) + " calendar"})
	}
	return []fyne.CanvasObject{
		kit.NewCard("Profile", "written in "+app.ConfigName, nil, profile, 16),
		kit.NewCard("Bank accounts", "", nil, kit.NewFacts(136, 26, accounts...), 16)}
}

func (x *settingsScreen) frame() *frame { return x.f }

// show follows a month that was read anew: a sync may have ended before.
func (x *settingsScreen) show(*app.Month) { x.connections.load() }

// stateChanged follows a theme that was switched elsewhere.
func (x *settingsScreen) stateChanged() { x.choose() }

// escape leaves a form.
func (x *settingsScreen) escape() bool { return x.atConnections() && x.connections.leaveForm() }

// panes are the list and what the detail offers.
func (x *settingsScreen) panes() []fyne.Focusable {
	if !x.atConnections() {
		return nil
	}
	return x.connections.panes()
}

// start is the list, or the form.
func (x *settingsScreen) start() fyne.Focusable {
	switch {
	case !x.atConnections():
		return x.tabs
	case x.connections.form != nil:
		return x.connections.form.first()
	}
	return x.connections.list
}
