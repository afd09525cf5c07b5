package ui

import (
	"strings"

	"fmt"

	"fyne.io/fyne/v2"

	"countinghouse/app"
	"countinghouse/ui/kit"
	"countinghouse/ui/present"
)

// settingsScreen shows how the window looks and what the profile says.
type settingsScreen struct {
	s     *shell
	f     *frame
	theme *kit.Segmented
}

func newSettingsScreen(s *shell) *settingsScreen {
	x := &settingsScreen{s: s}
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
	x.f = s.newPlainFrame("Settings", newScrolling(stacked(12, 20, parts...)).outside, nil)
	x.choose()
	return x
}

func (x *settingsScreen) choose() {
	name := x.s.fyne.Preferences().StringWithFallback(prefTheme, "system")
	x.theme.Select(name)
}

// profileCards say what the profile's configuration says; it is changed in its file.
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
	var sources, accounts []kit.Fact
	for _, x := range c.Sources {
		sources = append(sources, kit.Fact{Label: string(x.Name),
			Value: c.Title(x.Name) + ", " + address(x.URL)})
	}
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
		kit.NewCard("Sources", "", nil, kit.NewFacts(136, 26, sources...), 16),
		kit.NewCard("Bank accounts", "", nil, kit.NewFacts(136, 26, accounts...), 16)}
}

func address(url string) string {
	if url == "" {
		return "its usual address"
	}
	return url
}

func (x *settingsScreen) frame() *frame { return x.f }

// show has nothing of a month to lay out.
func (x *settingsScreen) show(*app.Month) {}

// stateChanged follows a theme that was switched elsewhere.
func (x *settingsScreen) stateChanged() { x.choose() }
