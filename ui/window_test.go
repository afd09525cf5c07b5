package ui

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"countinghouse/app"
	"countinghouse/app/book"
	"countinghouse/ui/kit"
	"countinghouse/ui/present"
)

func TestNavigation(t *testing.T) {
	r := start(t)
	r.at(atOverview)
	r.ctrl(fyne.Key2)
	r.at(atReconcile)
	built := r.s.screens[atReconcile]
	r.ctrl(fyne.Key4)
	r.at(atPayouts)
	r.ctrl(fyne.KeyComma)
	r.at(atSettings)
	r.key(fyne.KeyEscape)
	r.at(atPayouts)
	r.s.typedShortcut(trigger{key: fyne.KeyLeft, mod: fyne.KeyModifierAlt})
	r.at(atReconcile)
	if r.s.screens[atReconcile] != built {
		t.Error("the screen was built anew")
	}
	r.s.rail.OnOpen(atImport)
	r.at(atImport)
}

// TestEveryScreenTakesItsKeys checks that each trigger leads to one command on each screen.
func TestEveryTriggerIsOne(t *testing.T) {
	r := start(t)
	for _, screen := range []string{atOverview, atReconcile, atPayouts, atImport, atSettings, atStep,
		atWelcome} {
		seen := map[trigger]string{}
		for _, c := range r.s.commands {
			if c.trigger == (trigger{}) || c.screen != screen {
				continue
			}
			if other := seen[c.trigger]; other != "" {
				t.Errorf("%s: %s and %s have the same keys", screen, other, c.id)
			}
			seen[c.trigger] = c.id
		}
	}
	ids := map[string]bool{}
	for _, c := range r.s.commands {
		if ids[c.id] {
			t.Errorf("two commands are called %s", c.id)
		}
		ids[c.id] = true
		if !c.hidden && kit.Icon(c.icon, theme.Color(theme.ColorNameForeground)) == nil {
			t.Errorf("%s has no icon", c.id)
		}
	}
}

func step(t *testing.T, m *app.Month, want func(*book.BridgeStep) bool) *book.BridgeStep {
	t.Helper()
	for i := range m.Bridges {
		if m.Bridges[i].Currency != m.Config.Business.BaseCurrency {
			continue
		}
		for j := range m.Bridges[i].Steps {
			if s := &m.Bridges[i].Steps[j]; want(s) {
				return s
			}
		}
	}
	t.Fatal("the month has no such step")
	return nil
}

func TestBridgeStepOpensItsExceptions(t *testing.T) {
	r := start(t)
	s := step(t, r.s.month, func(s *book.BridgeStep) bool { return s.Step == book.StepUnsupported })
	r.s.screens[atOverview].(*overviewScreen).chart.OnOpen(string(s.Step))
	r.at(atReconcile)
	x := r.s.reconcile()
	if got := x.view.Filtered(); got != present.StepName(s.Step) {
		t.Errorf("filtered to %q", got)
	}
	for _, row := range x.rows.list {
		held := false
		for _, c := range s.Classes {
			held = held || c == row.Class
		}
		if !held {
			t.Errorf("%s is none of the step's classes %v", row.Class, s.Classes)
		}
	}
	if x.view.Selected() == nil || x.grid.Cursor() != x.view.Chosen() {
		t.Error("no exception of the step is chosen")
	}
	r.key(fyne.KeyEscape)
	if x.view.Filtered() != "" {
		t.Error("Esc leaves the filter")
	}
}

func TestBridgeStepOpensItsItems(t *testing.T) {
	r := start(t)
	s := step(t, r.s.month, func(s *book.BridgeStep) bool { return s.Step == book.StepPayoutsSent })
	r.s.screens[atOverview].(*overviewScreen).chart.OnOpen(string(s.Step))
	r.at(atStep)
	x := r.s.steps()
	if x.rows.Len() != len(s.Entries) || x.view.Title != "Payouts sent" {
		t.Fatalf("%d rows of %q, want %d", x.rows.Len(), x.view.Title, len(s.Entries))
	}
	if got, want := x.view.Sum(x.rows.order), present.Minor(s.Amount, "EUR"); got != want {
		t.Errorf("sum %s, want the step's %s", got, want)
	}
	r.letters("/")
	r.letters(strings.TrimPrefix(x.rows.RowID(0), "stripe:"))
	r.settle()
	if x.rows.Len() != 1 {
		t.Errorf("%d rows after the search for one id", x.rows.Len())
	}
	r.key(fyne.KeyEscape, fyne.KeyEscape)
	r.at(atOverview)
}

func TestKeyboardChoosesAnException(t *testing.T) {
	r := start(t)
	r.ctrl(fyne.Key2)
	x := r.s.reconcile()
	first := x.view.Chosen()
	r.letters("j")
	if x.view.Chosen() == first || x.detail.view.ID != x.view.Chosen() {
		t.Errorf("J stays on %s; the detail shows %s", x.view.Chosen(), x.detail.view.ID)
	}
	r.letters("k")
	if x.view.Chosen() != first || x.detail.view.ID != first {
		t.Error("K does not go back")
	}
	rows := x.rows.Len()
	r.key(fyne.KeyLeft)
	if x.rows.Len() >= rows {
		t.Error("Left does not fold the class")
	}
	r.key(fyne.KeyRight)
	if x.rows.Len() != rows {
		t.Error("Right does not unfold it")
	}
	seen := map[string]bool{}
	for range x.view.Counts()[present.TabResolve] + 2 {
		seen[x.view.Chosen()] = true
		r.key(fyne.KeyF8)
	}
	if want := x.view.Counts()[present.TabResolve]; len(seen) != want {
		t.Errorf("F8 went through %d of %d exceptions", len(seen), want)
	}
	if !strings.Contains(r.s.notice.Text, "no further item") {
		t.Errorf("at the end the status bar says %q", r.s.notice.Text)
	}
}

func TestSearchInReconcile(t *testing.T) {
	r := start(t)
	r.ctrl(fyne.Key2)
	x := r.s.reconcile()
	all := x.rows.Len()
	id := string(x.view.Selected().Items[0])
	r.letters("/")
	if r.focused() != x.find.Focusable() {
		t.Fatal("/ does not lead to the search field")
	}
	r.letters(id)
	if x.rows.Len() == 0 || x.rows.Len() >= all {
		t.Errorf("%d of %d rows for %q", x.rows.Len(), all, id)
	}
	r.letters(" zzz")
	if x.rows.Len() != 0 || x.view.Empty() != "No exception fits this filter." {
		t.Errorf("%d rows, %q", x.rows.Len(), x.view.Empty())
	}
	r.key(fyne.KeyEscape)
	if r.focused() != fyne.Focusable(x.grid) {
		t.Error("Esc does not lead back to the list")
	}
}

func TestMonthSwitchDropsStaleResults(t *testing.T) {
	r := start(t)
	shown := r.s.month
	r.ctrl(fyne.KeyLeft)
	r.ctrl(fyne.KeyLeft)
	r.ctrl(fyne.KeyRight)
	if r.s.month != shown || !r.s.loading || r.s.wanted != period-1 {
		t.Fatalf("wanted %s, loading %v: the old figures must stay", r.s.wanted, r.s.loading)
	}
	r.settle()
	if r.s.month == shown || r.s.month.Period != period-1 || r.s.loading {
		t.Fatalf("shows %s, want %s", r.s.month.Period, period-1)
	}
	// A result of an older load that comes late changes nothing.
	now := r.s.month
	r.s.load(period, false)
	r.s.generation++
	r.settle()
	if r.s.month != now {
		t.Error("a stale result was shown")
	}
}

func TestLoadThatFails(t *testing.T) {
	r := start(t)
	shown := r.s.month
	r.s.loaded(nil, errors.New("store: load: disk is gone"), false)
	f := r.s.screens[atOverview].frame()
	if !f.strip.Visible() || !f.body.Visible() || r.s.month != shown {
		t.Error("the old figures must stay, with a strip above")
	}
	r.s.reload()
	r.settle()
	if f.strip.Visible() || r.s.failure != "" {
		t.Error("the strip stays after it has worked again")
	}
	r.s.month = nil
	r.s.loaded(nil, errors.New("store: load: disk is gone"), false)
	if !f.failed.Visible() || f.body.Visible() {
		t.Error("the first load that fails must say so in the screen's place")
	}
	r.s.loaded(nil, context.Canceled, false)
	if r.s.failure != "" {
		t.Error("a load that was overtaken is no failure")
	}
}

func TestPalette(t *testing.T) {
	r := start(t)
	r.ctrl(fyne.KeyK)
	if !r.s.covered() {
		t.Fatal("Ctrl K opens nothing")
	}
	r.ctrl(fyne.Key4) // the keys are the palette's now
	r.at(atOverview)
	r.letters(">payouts")
	r.key(fyne.KeyReturn)
	r.at(atPayouts)
	e := &r.s.month.Exceptions[0]
	groups, _ := r.s.found(string(e.Items[0]))
	found := false
	for _, g := range groups {
		for _, i := range g.Items {
			found = found || i.ID == "exception "+e.ID
		}
	}
	if !found {
		t.Errorf("%s does not lead to its exception: %v", e.Items[0], groups)
	}
	r.s.runFound("exception " + e.ID)
	r.at(atReconcile)
	if r.s.reconcile().view.Chosen() != e.ID {
		t.Error("the exception is not chosen")
	}
	groups, count := r.s.found("no such thing 12345678")
	if len(groups) != 0 || count != "nothing found" {
		t.Errorf("found %v, %s", groups, count)
	}
}

func TestThemeSwitch(t *testing.T) {
	r := start(t)
	if kit.Variant() != theme.VariantLight {
		t.Fatal("the window is not light")
	}
	r.ctrl(fyne.KeyComma)
	r.s.screens[atSettings].(*settingsScreen).theme.OnChange("dark")
	if kit.Variant() != theme.VariantDark || r.s.fyne.Preferences().String(prefTheme) != "dark" {
		t.Error("dark is not shown and remembered")
	}
	r.s.toggleTheme()
	if kit.Variant() != theme.VariantLight {
		t.Error("the switch does not lead back")
	}
}

func TestKeySheet(t *testing.T) {
	r := start(t)
	r.letters("?")
	if !r.s.covered() {
		t.Fatal("? shows nothing")
	}
	r.key(fyne.KeyEscape)
	if r.s.covered() {
		t.Error("Esc does not close the sheet")
	}
}

func TestSync(t *testing.T) {
	r := newRobot(t, ownDemo(t).App, fyne.NewSize(1440, 900), "light")
	r.s.begin()
	r.settle()
	r.key(fyne.KeyF5)
	if !r.s.pull.running() || !r.s.pull.shown() {
		t.Fatal("F5 starts no sync")
	}
	if why := r.s.whyNoSync(); why == "" {
		t.Error("a second sync could be started")
	}
	r.settle()
	if r.s.pull.running() || r.s.pull.shown() {
		t.Error("the panel stays after a sync without trouble")
	}
	if !strings.HasPrefix(r.s.notice.Text, "Sync is complete") {
		t.Errorf("the status bar says %q", r.s.notice.Text)
	}
}

func TestSyncStops(t *testing.T) {
	r := newRobot(t, ownDemo(t).App, fyne.NewSize(1440, 900), "light")
	r.s.begin()
	r.settle()
	r.key(fyne.KeyF5)
	r.s.escape()
	if !r.s.pull.stopped {
		t.Fatal("Esc does not stop the sync")
	}
	r.settle()
	if r.s.pull.running() || !r.s.pull.shown() {
		t.Fatal("the panel must say what was kept")
	}
	text, st := syncText(app.SourceReport{Title: "Stripe", New: 2, Err: context.Canceled}, true)
	if !strings.Contains(text, "Kept: 2 new records") || st != kit.StatusNeutral {
		t.Errorf("%q, %s", text, st)
	}
	r.s.escape()
	if r.s.pull.shown() {
		t.Error("Esc does not take the panel away")
	}
}

func TestImportOfKnownFile(t *testing.T) {
	d := ownDemo(t)
	r := newRobot(t, d.App, fyne.NewSize(1440, 900), "light")
	r.s.begin()
	r.settle()
	r.ctrl(fyne.Key7)
	x := r.s.importing()
	dir := filepath.Join(d.App.Options().Dir, "statements")
	x.open(filepath.Join(dir, "operating-2026-10.csv"))
	r.settle()
	if x.view == nil || x.view.New != 0 || x.view.Known == 0 || x.whyNot() == "" {
		t.Fatalf("preview %+v, reason %q", x.view, x.whyNot())
	}
	x.store()
	if x.storing {
		t.Fatal("a file without anything new was imported")
	}
	r.key(fyne.KeyEscape)
	if x.view != nil {
		t.Error("Esc does not lead back to the choice")
	}
}

// TestImportOfNewLines imports a file with duplicates, a new line and an unreadable one.
func TestImportOfNewLines(t *testing.T) {
	d := ownDemo(t)
	r := newRobot(t, d.App, fyne.NewSize(1440, 900), "light")
	r.s.begin()
	r.settle()
	before := len(r.s.month.Books.Lines)
	r.ctrl(fyne.Key7)
	x := r.s.importing()
	x.open(changedStatement(t, d.App))
	r.settle()
	if x.view == nil || x.view.New == 0 || x.view.Known == 0 || x.view.Kept != 1 {
		t.Fatalf("preview %+v, %s", x.view, x.failed)
	}
	fresh := x.view.New
	r.key(fyne.KeyF8)
	if got := x.check.grid.Cursor(); !strings.HasPrefix(got, "kept-") {
		t.Errorf("F8 leads to %q", got)
	}
	r.ctrl(fyne.KeyReturn)
	r.settle()
	if !strings.Contains(x.result, "kept aside") {
		t.Errorf("result %q, failed %q", x.result, x.failed)
	}
	if got := len(r.s.month.Books.Lines); got != before+fresh {
		t.Errorf("%d bank lines, want %d and %d", got, before, fresh)
	}
}

// changedStatement is a statement of the demo with one line changed and one date spoiled.
func changedStatement(t *testing.T, a *app.App) string {
	t.Helper()
	dir := filepath.Join(a.Options().Dir, "statements")
	data, err := os.ReadFile(filepath.Join(dir, "operating-2026-10.csv"))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimRight(string(data), "\r\n"), "\n")
	if len(lines) < 10 {
		t.Fatalf("%d lines only", len(lines))
	}
	last := lines[len(lines)-1]
	fields := strings.Split(last, ";")
	fields[0] = strings.Replace(fields[0], "2026", "2O26", 1)
	spoiled := strings.Join(fields, ";")
	fields = strings.Split(last, ";")
	fields[2] = "17,25"
	for i, f := range fields {
		if strings.Contains(f, "FT") || strings.Contains(f, "Rechnung") {
			fields[i] = "NEW-" + f
		}
	}
	lines = append(lines, spoiled, strings.Join(fields, ";"))
	path := filepath.Join(t.TempDir(), "operating-2026-10.csv")
	if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestExport(t *testing.T) {
	r := start(t)
	r.ctrl(fyne.KeyE)
	if !r.s.covered() {
		t.Fatal("Ctrl E opens nothing")
	}
	path := filepath.Join(t.TempDir(), "month")
	x := &exporting{s: r.s, path: kit.NewEntry(""), write: kit.NewButton(kit.ButtonSpec{}),
		line: kit.NewProgressLine(), said: stacked(0, 0)}
	x.path.SetText(path)
	x.run()
	r.settle()
	if info, err := os.Stat(path + ".xlsx"); err != nil || info.Size() == 0 {
		t.Errorf("no workbook: %v", err)
	}
	x.path.SetText(filepath.Join(path, "no", "such", "folder.xlsx"))
	x.run()
	r.settle()
	if x.write.Spec().Busy || len(x.said.Objects) != 1 {
		t.Error("an export that fails must say so and let the button work again")
	}
}

func TestFirstRun(t *testing.T) {
	r := newRobot(t, nil, fyne.NewSize(1440, 900), "light")
	r.at(atWelcome)
	r.ctrl(fyne.Key2)
	r.at(atWelcome)
	if r.s.notice.Text == "" {
		t.Error("nothing says why the screen cannot be opened")
	}
	r.letters("c")
	r.at(atSettings)
	r.s.open(atWelcome)
	r.letters("d")
	r.settle()
	r.at(atOverview)
	if r.s.month == nil || r.s.month.Breaks() == 0 {
		t.Error("the demo month is not open")
	}
}

func TestChooser(t *testing.T) {
	r := start(t)
	dir := t.TempDir()
	for _, name := range []string{"b.csv", "a.csv", ".hidden"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "zz"), 0o700); err != nil {
		t.Fatal(err)
	}
	r.s.fyne.Preferences().SetString(prefFolder, dir)
	var got string
	c := r.s.choose("Choose", false, func(path string) { got = path })
	r.settle()
	var names []string
	for _, row := range c.rows.list {
		names = append(names, row.name)
	}
	if strings.Join(names, " ") != "zz a.csv b.csv" {
		t.Errorf("lists %v", names)
	}
	r.key(fyne.KeyReturn)
	r.settle()
	if c.dir != filepath.Join(dir, "zz") || c.rows.Len() != 0 {
		t.Errorf("at %s", c.dir)
	}
	c.enter(filepath.Join(dir, "no such"))
	r.settle()
	c.enter(dir)
	r.settle()
	r.key(fyne.KeyDown, fyne.KeyDown, fyne.KeyReturn)
	r.settle()
	if got != filepath.Join(dir, "b.csv") || r.s.covered() {
		t.Errorf("chose %q, covered %v", got, r.s.covered())
	}
}
