package ui

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"countinghouse/app"
	"countinghouse/app/book"
	"countinghouse/ui/kit"
	"countinghouse/ui/present"
)

// withFlux adds a source that a billing profile drives to an open profile.
func withFlux(a *app.App, url string) {
	c := a.Config()
	for _, s := range c.Sources {
		if s.Name == "flux" {
			return
		}
	}
	c.Sources = append(c.Sources, app.SourceConfig{Name: "flux", Kind: "fluxbilling", URL: url,
		Profile: "flux.toml"})
}

func fluxText(t *testing.T) string {
	t.Helper()
	text, ok := app.ShippedProfile("fluxbilling")
	if !ok {
		t.Fatal("no profile for FluxBilling comes with the program")
	}
	return text
}

// showProfileEditor shows the editor with a word that is not mapped and a line that is wrong.
func showProfileEditor(r *robot) {
	withFlux(r.s.profile, "https://flux.example.com")
	if err := os.WriteFile(filepath.Join(r.s.profile.Options().Dir, "flux.toml"),
		[]byte(fluxText(r.t)), 0o600); err != nil {
		r.t.Fatal(err)
	}
	x := r.s.editProfile("flux")
	v := present.NewProfileTrial(app.Trial{Kind: "invoice", From: "https://flux.example.com/invoices",
		Listed: 50, Read: 49, Unmapped: []string{"written_off"}, Unused: []string{"po_number", "tags"},
		Warnings: []string{"FluxBilling publishes no API description: this profile is unverified. " +
			"Compare a few invoices with FluxBilling before you rely on it."},
		Rows: []app.RowTrial{{ID: "flux:invoice/5012", Error: `balance: "n/a" is no amount of EUR`,
			Fields: []app.FieldTrial{
				{Field: "id", Path: "id", Raw: "5012", Result: "5012"},
				{Field: "status", Path: "status", Raw: "converted", Result: "replaced"},
				{Field: "currency", Path: "currency", Raw: "EUR", Result: "EUR"},
				{Field: "total", Path: "total", Raw: "49.00", Result: "49.00 EUR"},
				{Field: "balance", Path: "balance", Raw: "n/a", Error: `"n/a" is no amount of EUR`},
				{Field: "issued_on", Path: "issued_on", Raw: "2026-10-05", Result: "2026-10-05"},
				{Field: "paid_at", Path: "paid_at"}}}, {ID: "flux:invoice/5013"}}})
	x.view = &v
	x.show()
	x.text.SetText(strings.Replace(x.text.Text(), `auth = "bearer"`, `auth = "barer"`, 1))
}

// TestProfileIsEditedAndTried opens the editor by its name, breaks the text and goes to the line,
// tries another text on the live page, and saves it.
func TestProfileIsEditedAndTried(t *testing.T) {
	d := ownDemo(t)
	url := strings.TrimSuffix(d.App.Config().Sources[0].URL, "billing") + "fluxbilling"
	withFlux(d.App, url)
	dir := d.App.Options().Dir
	if err := os.WriteFile(filepath.Join(dir, "flux.toml"), []byte(fluxText(t)), 0o600); err != nil {
		t.Fatal(err)
	}
	r := newRobot(t, d.App, wide, "light")
	r.s.begin()
	r.settle()
	if why := r.s.whyNoEditor(); why != "" {
		t.Fatal(why)
	}
	r.s.open(atSettings)
	tab := r.s.settings().connections
	r.settle()
	for name, want := range map[book.SourceName]bool{"flux": true, "stripe": false} {
		tab.choose(name)
		var found *kit.Button
		for _, b := range buttons(tab.detail.scroll.Content) {
			if b.Spec().Label == "Profile" && b.Visible() {
				found = b
			}
		}
		if (found != nil) != want {
			t.Errorf("%s has a button for its profile: %v", name, found != nil)
		}
		if found != nil {
			test.Tap(found)
			if !r.s.covered() {
				t.Error("the button opens no editor")
			}
			r.key(fyne.KeyEscape)
		}
	}
	x := r.s.editProfile("")
	if x.source != "flux" || !strings.Contains(x.text.Text(), `name = "fluxbilling"`) ||
		len(x.wrong) > 0 || r.focused() != x.text.Focusable() {
		t.Fatalf("the editor shows %q of %s, wrong %v", clipText(x.text.Text()), x.source, x.wrong)
	}
	r.letters("x")
	if len(x.wrong) != 1 || !x.save.Spec().Disabled || !x.test.Spec().Disabled {
		t.Errorf("a letter before the first line: %v", x.wrong)
	}
	whole := fluxText(t)
	x.text.SetText(strings.Replace(whole, `auth = "bearer"`, `auth = "barer"`, 1))
	if len(x.wrong) != 1 || x.wrong[0].Line < 5 {
		t.Fatalf("faults %v", x.wrong)
	}
	there := buttons(x.faults.scroll.Content)
	if len(there) != 1 {
		t.Fatalf("%d buttons lead to the line", len(there))
	}
	test.Tap(there[0])
	if x.text.Line() != x.wrong[0].Line {
		t.Errorf("the cursor is in line %d, want %d", x.text.Line(), x.wrong[0].Line)
	}
	x.text.SetText(strings.Replace(strings.Replace(whole, "\npaid = \"paid\"\non_hold", "\non_hold", 1),
		`total = "total"`, `total = "total | decimal_comma"`, 1))
	test.Tap(x.test)
	if !x.test.Spec().Busy {
		t.Error("the test does not show that it runs")
	}
	r.settle()
	if x.view == nil || x.view.Status != present.Break || len(x.view.Samples) != app.TrialRows {
		t.Fatalf("trial %+v", x.view)
	}
	if text := x.view.Notes[0].Text; !strings.Contains(text, "not mapped") {
		t.Errorf("first note %q", text)
	}
	if x.rows.Len() < 8 || !anyBreak(x.rows) {
		t.Errorf("%d fields, none marked", x.rows.Len())
	}
	x.text.SetText(whole + "\n# tried\n")
	test.Tap(x.test)
	r.settle()
	if x.view == nil || !strings.HasSuffix(x.view.Verdict, "rows can be read") ||
		!strings.HasPrefix(x.view.Verdict, "50 of 50") || anyBreak(x.rows) {
		t.Errorf("trial %+v", x.view)
	}
	test.Tap(x.save)
	r.settle()
	saved, err := os.ReadFile(filepath.Join(dir, "flux.toml"))
	if err != nil || !strings.HasSuffix(string(saved), "# tried\n") {
		t.Errorf("saved %v", err)
	}
	r.key(fyne.KeyEscape)
	if r.s.covered() {
		t.Error("Esc does not close the editor")
	}
}

// TestUnverifiedKindsSaySo looks at the choice of what to connect.
func TestUnverifiedKindsSaySo(t *testing.T) {
	r := start(t)
	r.s.open(atSettings)
	r.settle()
	x := r.s.settings().connections
	x.startForm()
	notes := map[string]string{}
	for _, row := range x.form.kinds.Rows() {
		notes[row.ID] = row.Note
	}
	for id, want := range map[string]string{"fluxbilling": "unverified", "fossbilling": "unverified",
		"billing": "profile of yours", "whmcs": "issues the invoices", "stripe": "Gateway"} {
		if !strings.Contains(notes[id], want) {
			t.Errorf("%s: %q, want %q in it", id, notes[id], want)
		}
	}
}

// TestNoProfileToEdit says why there is nothing to edit.
func TestNoProfileToEdit(t *testing.T) {
	r := start(t)
	if why := r.s.whyNoEditor(); !strings.Contains(why, "fluxbilling") {
		t.Errorf("why %q", why)
	}
}

func anyBreak(rows *profileRows) bool {
	for i := range rows.Len() {
		if rows.Cell(i, 3).Status == kit.StatusBreak {
			return true
		}
	}
	return false
}

// buttons are the buttons in an object.
func buttons(o fyne.CanvasObject) []*kit.Button {
	switch o := o.(type) {
	case *kit.Button:
		return []*kit.Button{o}
	case *fyne.Container:
		var out []*kit.Button
		for _, c := range o.Objects {
			out = append(out, buttons(c)...)
		}
		return out
	}
	return nil
}

func clipText(s string) string { return s[:min(len(s), 80)] }
