package ui

import (
	"fmt"

	"fyne.io/fyne/v2"

	"countinghouse/ui/kit"
)

// The screens, by their ids.
const (
	atWelcome   = "welcome"
	atOverview  = "overview"
	atReconcile = "reconcile"
	atHand      = "hand"
	atPayouts   = "payouts"
	atRenewals  = "renewals"
	atActions   = "actions"
	atPolicy    = "policy"
	atImport    = "import"
	atSettings  = "settings"
	atStep      = "step"
)

// places are the screens in the order of the rail.
var places = []struct{ id, title, icon string }{
	{atOverview, "Overview", "overview"},
	{atReconcile, "Reconcile", "reconcile"},
	{atHand, "Match by hand", "match"},
	{atPayouts, "Payouts", "payouts"},
	{atRenewals, "Renewals", "renewals"},
	{atActions, "Actions", "actions"},
	{atImport, "Import", "import"},
	{atSettings, "Settings", "settings"},
}

// allCommands is the registry: everything that can be done by key or by name.
func (s *shell) allCommands() []command {
	var out []command
	for i, p := range places {
		c := command{id: "go." + p.id, title: "Go to " + p.title, icon: p.icon,
			keys: []string{"Ctrl", fmt.Sprint(i + 1)}, why: s.needProfile,
			trigger: ctrl(fyne.KeyName(fmt.Sprint(i + 1))), run: func() { s.open(p.id) }}
		if p.id == atSettings {
			c.keys, c.trigger, c.why = []string{"Ctrl", ","}, ctrl(fyne.KeyComma), nil
		}
		out = append(out, c)
	}
	out = append(out, s.workCommands()...)
	out = append(out, s.moveCommands()...)
	out = append(out, s.handCommands()...)
	return append(out, s.screenCommands()...)
}

func (s *shell) workCommands() []command {
	return []command{
		{id: "palette", title: "Find and run anything", icon: "search", keys: []string{"Ctrl", "K"},
			trigger: ctrl(fyne.KeyK), hint: "commands", hidden: true,
			run: func() { s.openPalette("") }},
		{id: "keys", title: "Show the keys of this screen", icon: "eye", keys: []string{"?"},
			trigger: letter('?'), hint: "keys", run: s.showKeys},
		{id: "sync", title: "Sync all sources", icon: "renewals", keys: []string{"F5"},
			trigger: plain(fyne.KeyF5), why: s.whyNoSync, run: s.sync},
		{id: "reconcile", title: "Run reconcile and keep what it finds", icon: "play",
			keys: []string{"F9"}, trigger: plain(fyne.KeyF9), why: s.whyNoMonth,
			run: func() { s.load(s.wanted, true) }},
		{id: "file", title: "Import a bank statement", icon: "import", keys: []string{"Ctrl", "O"},
			trigger: ctrl(fyne.KeyO), why: s.needProfile, run: s.chooseStatement},
		{id: "export", title: "Export the month as a workbook", icon: "import",
			keys: []string{"Ctrl", "E"}, trigger: ctrl(fyne.KeyE), why: s.whyNoExport,
			run: s.showExport},
		{id: "billing", title: "Edit a billing profile and try it", icon: "file", why: s.whyNoEditor,
			run: func() { s.editProfile("") }},
		{id: "theme", title: "Switch between light and dark", icon: "eye", run: s.toggleTheme},
		{id: "quit", title: "Close the window", icon: "cross", keys: []string{"Ctrl", "Q"},
			trigger: ctrl(fyne.KeyQ), run: s.leave},
	}
}

func (s *shell) moveCommands() []command {
	return []command{
		{id: "month.before", title: "Previous month", icon: "left", keys: []string{"Ctrl", "Left"},
			trigger: ctrl(fyne.KeyLeft), why: s.needProfile, run: func() { s.step(-1) }},
		{id: "month.after", title: "Next month", icon: "right", keys: []string{"Ctrl", "Right"},
			trigger: ctrl(fyne.KeyRight), why: s.needProfile, run: func() { s.step(1) }},
		{id: "month.pick", title: "Choose a month", icon: "calendar", why: s.needProfile,
			run: s.pickMonth},
		{id: "search", title: "Search in this screen", icon: "search", keys: []string{"/"},
			trigger: letter('/'), hint: "search", hidden: true, run: s.focusSearch},
		{id: "search.ctrl", title: "Search in this screen", icon: "search",
			keys: []string{"Ctrl", "F"}, trigger: ctrl(fyne.KeyF), hidden: true,
			run: s.focusSearch},
		{id: "pane", title: "Next pane: search, list, detail", icon: "right", keys: []string{"F6"},
			trigger: plain(fyne.KeyF6), hidden: true, run: s.nextPane},
		{id: "back", title: "Back", icon: "undo", keys: []string{"Esc"},
			trigger: plain(fyne.KeyEscape), hidden: true, run: s.escape},
		{id: "history", title: "Back to the screen before", icon: "left",
			keys:    []string{"Alt", "Left"},
			trigger: trigger{key: fyne.KeyLeft, mod: fyne.KeyModifierAlt},
			why: func() string {
				if len(s.past) == 0 {
					return "There is no screen before this one."
				}
				return ""
			}, run: s.back},
	}
}

// screenCommands are those that belong to one screen.
func (s *shell) screenCommands() []command {
	lists := []command{}
	for _, at := range []string{atReconcile, atPayouts, atRenewals, atActions, atStep} {
		lists = append(lists, command{id: at + ".rows", title: "Next row, previous row",
			keys: []string{"J", "K"}, screen: at, hint: "next, previous", hidden: true,
			run: func() {}})
	}
	lists = append(lists, s.workbenchCommands()...)
	lists = append(lists, s.renewalCommands()...)
	return append(lists, []command{
		{id: "import.problem", title: "Next problem in the file", icon: "octagon",
			keys: []string{"F8"}, trigger: plain(fyne.KeyF8), screen: atImport,
			hint: "next problem", run: func() { s.importing().nextProblem() }},
		{id: "import.run", title: "Import the file", icon: "import",
			keys: []string{"Ctrl", "Enter"}, trigger: ctrl(fyne.KeyReturn), screen: atImport,
			hint: "import", why: func() string { return s.importing().whyNot() },
			run: func() { s.importing().store() }},
		{id: "settings.rows", title: "Next connection, previous connection", keys: []string{"J", "K"},
			screen: atSettings, hint: "next, previous", hidden: true, run: func() {}},
		{id: "connection.test", title: "Test the connection", icon: "play", keys: []string{"F5"},
			trigger: plain(fyne.KeyF5), screen: atSettings, hint: "test",
			why: func() string { return s.settings().connections.whyNoTest() },
			run: func() { s.settings().connections.runTest() }},
		{id: "connection.save", title: "Save the connection", icon: "tick",
			keys: []string{"Ctrl", "Enter"}, trigger: ctrl(fyne.KeyReturn), screen: atSettings,
			why: func() string { return s.settings().connections.form.whyNoSave() },
			run: func() { s.settings().connections.form.store() }},
		{id: "connection.add", title: "Add a connection", icon: "plus", run: func() {
			s.open(atSettings)
			s.settings().open(tabConnections)
			s.settings().connections.startForm()
		}},
		{id: "demo", title: "Explore the demo month", icon: "play", keys: []string{"D"},
			trigger: letter('d'), screen: atWelcome, hint: "demo month",
			run: func() { s.welcome().demo() }},
		{id: "connect", title: "Connect billing", icon: "plug", keys: []string{"C"},
			trigger: letter('c'), screen: atWelcome, hint: "connect",
			run: func() { s.welcome().connect() }},
		{id: "profile", title: "Open another profile", icon: "file",
			why: s.whyNoProfile, run: s.chooseProfile},
	}...)
}

// hints are the keys that the status bar names for the screen that is shown.
func (s *shell) hints() []kit.Hint {
	var own, all []kit.Hint
	for _, c := range s.commands {
		switch {
		case c.hint == "" || !c.here(s.current):
		case c.id == "search" && !s.searches():
		case c.screen != "":
			own = append(own, kit.Hint{Keys: c.keys, Label: c.hint})
		default:
			all = append(all, kit.Hint{Keys: c.keys, Label: c.hint})
		}
	}
	return append(own, all...)
}
