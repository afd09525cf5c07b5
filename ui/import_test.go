package ui

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/storage"

	"countinghouse/app"
	"countinghouse/app/book"
	"countinghouse/ui/kit"
	"countinghouse/ui/present"
)

// unseen is a statement of a bank that nobody has seen before: whether the day or the month stands first
// nothing in it says, and one of its dates cannot be read.
func unseen(month int, opening int64, spoiled bool) string {
	var b strings.Builder
	b.WriteString("Date,Who,Details,Note,Amount,Currency,Balance\n")
	balance := opening
	for i, cents := range []int64{23020, -1240, 14900, 4999} {
		balance += cents
		date := fmt.Sprintf("%02d/%02d/2026", 2+3*i, month)
		if spoiled && i == 2 {
			date = strings.Replace(date, "2026", "2O26", 1)
		}
		fmt.Fprintf(&b, "%s,Payer %d,INV 9%d%d,KX%d,%s,EUR,%s\n", date, i, month, i, i,
			decimal(cents), decimal(balance))
	}
	return b.String()
}

func decimal(cents int64) string {
	sign := ""
	if cents < 0 {
		sign, cents = "-", -cents
	}
	return fmt.Sprintf("%s%d.%02d", sign, cents/100, cents%100)
}

func write(t *testing.T, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// atImporting opens the import of a pretend business that has an account without any statement.
func atImporting(t *testing.T) (*robot, *importScreen) {
	t.Helper()
	d := ownDemo(t)
	c := d.App.Config()
	c.Accounts = append(c.Accounts, app.AccountConfig{Name: "savings", Currency: "EUR"})
	r := newRobot(t, d.App, fyne.NewSize(1440, 900), "light")
	r.s.begin()
	r.settle()
	r.ctrl(fyne.Key7)
	r.settle()
	return r, r.s.importing()
}

func (r *robot) drop(paths ...string) {
	r.t.Helper()
	list := make([]fyne.URI, len(paths))
	for i, p := range paths {
		list[i] = storage.NewFileURI(p)
	}
	r.s.dropped(fyne.Position{}, list)
	r.settle()
}

// TestBankNeverSeen drops the file of an unknown bank, answers its question, says what a column means,
// fixes a row, imports, sees that the second month asks nothing, and takes the import back.
func TestBankNeverSeen(t *testing.T) {
	r, x := atImporting(t)
	dir := t.TempDir()
	before := len(r.s.month.Books.Lines)
	r.drop(write(t, dir, "savings-october.csv", unseen(10, 100000, true)))
	if x.view == nil || x.view.Question == nil || x.view.Question.Topic != "dates" {
		t.Fatalf("no question about the dates: %+v %s", x.view, x.failed)
	}
	if got := present.Reading(x.example, x.delimiter(), x.view.Question.Answers[0]); !strings.HasPrefix(
		got, "2026-") {
		t.Errorf("the sample reads as %q", got)
	}
	x.answer("dates", "dmy")
	r.settle()
	if !x.checks() || x.importFile.account != "savings" || x.view.New != 3 || x.view.Kept != 1 {
		t.Fatalf("account %q, preview %+v, %s", x.importFile.account, x.view, x.failed)
	}
	if x.view.Explains != "4" || x.view.Verdict != "Differs by 149.00, exactly row 4" {
		t.Errorf("the proof says %q", x.view.Verdict)
	}
	changeColumn(r, x, "Who", "counterparty")
	if got := x.view.Rows[present.ImportNew][0]; got.Counterparty != "Payer 0" {
		t.Errorf("after the change: %+v, %+v", got, x.view.Columns)
	}
	fixByKeys(r, x)
	if x.view.Kept != 0 || x.view.New != 4 || x.view.Status != present.OK {
		t.Fatalf("after the fix: %d kept, %d new, %q", x.view.Kept, x.view.New, x.view.Verdict)
	}
	r.ctrl(fyne.KeyReturn)
	r.settle()
	if !strings.HasPrefix(x.result, "Imported 4 lines") || x.id == 0 {
		t.Fatalf("result %q, failed %q", x.result, x.failed)
	}
	if got := len(r.s.month.Books.Lines); got != before+4 {
		t.Errorf("%d bank lines, want %d and 4", got, before)
	}
	first := x.id
	r.drop(write(t, dir, "savings-november.csv", unseen(11, 141679, false)))
	if !x.checks() || x.view.New != 4 || x.view.ChainStatus == present.Attention ||
		x.view.Columns[1].Role != "counterparty" {
		t.Fatalf("the second month: %+v %s", x.view, x.failed)
	}
	if got := x.view.Proof[0][0]; got != "Opening balance, equals closing of 2026-10-11" {
		t.Errorf("the proof begins with %q", got)
	}
	r.key(fyne.KeyEscape)
	r.settle()
	undo(r, x, first)
	if got := len(r.s.month.Books.Lines); got != before {
		t.Errorf("%d bank lines after the undo, want %d", got, before)
	}
	if got := x.past.log.list[0]; got.CanUndo || !strings.HasPrefix(got.Result, "Undone") {
		t.Errorf("the log says %+v", got)
	}
}

// changeColumn gives a column another meaning, by keys.
func changeColumn(r *robot, x *importScreen, header, role string) {
	r.t.Helper()
	c := x.check.columns
	r.s.nextPane()
	if r.focused() != fyne.Focusable(c.grid) {
		r.t.Fatalf("F6 leads to %T", r.focused())
	}
	for i, col := range c.rows.list {
		r.key(fyne.KeyDown)
		if col.Header != header {
			continue
		}
		if c.grid.Cursor() != c.rows.RowID(i) {
			r.t.Fatalf("the cursor is on %q", c.grid.Cursor())
		}
		break
	}
	r.key(fyne.KeyReturn)
	if !r.s.covered() {
		r.t.Fatal("Enter opens no meanings")
	}
	r.key(fyne.KeyHome)
	for _, option := range present.Roles() {
		if option == role {
			break
		}
		r.key(fyne.KeyDown)
	}
	r.key(fyne.KeyReturn)
	r.settle()
}

// fixByKeys fixes the first row that could not be read, with the keyboard alone.
func fixByKeys(r *robot, x *importScreen) {
	r.t.Helper()
	r.s.canvas.Focus(x.check.grid)
	r.key(fyne.KeyF8)
	if x.check.fix == nil || r.focused() != x.check.fix.value.Focusable() {
		r.t.Fatalf("F8 leads to %T", r.focused())
	}
	if got := x.check.fix.value.Text(); got != "2026-10-08" {
		r.t.Errorf("the field begins with %q", got)
	}
	if spec := x.check.run.Spec(); spec.Kind == kit.Primary {
		r.t.Error("two primary buttons at once")
	}
	x.check.fix.value.SetText("8th of October")
	r.key(fyne.KeyReturn)
	r.settle()
	if x.view.Kept != 1 {
		r.t.Error("a date that is none was taken")
	}
	x.check.fix.value.SetText("2026-10-08")
	r.key(fyne.KeyReturn)
	r.settle()
}

// undo takes an import of the list back, and says yes.
func undo(r *robot, x *importScreen, id app.ImportID) {
	r.t.Helper()
	x.past.grid.SetCursor(fmt.Sprint(int64(id)))
	x.past.askUndo()
	if !r.s.covered() {
		r.t.Fatalf("the undo is not asked for: %q", r.s.notice.Text)
	}
	fyne.CurrentApp().Driver().CanvasForObject(x.past.right).Focus(r.focused())
	r.s.canvas.FocusNext()
	r.key(fyne.KeyReturn)
	r.settle()
}

// TestRowLeftOut leaves a row out, puts it back, and lets the rest go in with it kept aside.
func TestRowLeftOut(t *testing.T) {
	r, x := atImporting(t)
	path := write(t, t.TempDir(), "savings-october.csv", unseen(10, 100000, true))
	r.drop(path)
	x.answer("dates", "dmy")
	r.settle()
	row := x.view.Rows[present.ImportQuarantined][0]
	x.check.leaveOut(row)
	r.settle()
	if x.view.Kept != 0 || !x.view.Rows[present.ImportAll][0].Left || x.view.Status != present.Attention {
		t.Fatalf("left out: %+v", x.view)
	}
	x.check.openRow(row.ID)
	r.key(fyne.KeyReturn)
	r.settle()
	if x.view.Kept != 1 || len(x.left) != 0 || len(x.fixes) != 0 {
		t.Fatalf("put back: %d kept, %v", x.view.Kept, x.fixes)
	}
	r.s.canvas.Focus(x.check.grid)
	x.store()
	r.settle()
	if !strings.Contains(x.result, "1 kept aside") {
		t.Fatalf("result %q %q", x.result, x.failed)
	}
	r.key(fyne.KeyEscape)
	r.settle()
	if len(x.past.aside) != 1 || x.past.asides.list[0].Place != "Row 4" {
		t.Fatalf("kept aside: %+v", x.past.asides.list)
	}
	x.past.kept.SetCursor(x.past.asides.RowID(0))
	x.past.fixAside()
	r.settle()
	if x.file != path || !x.checks() || x.view.Known != 3 || x.view.Kept != 1 {
		t.Fatalf("Fix opens %q: %+v", x.file, x.view)
	}
	fixByKeys(r, x)
	x.store()
	r.settle()
	r.key(fyne.KeyEscape)
	r.settle()
	if len(x.past.aside) != 0 {
		t.Errorf("still kept aside after its fix: %+v, %s", x.past.aside, x.failed)
	}
}

// TestManyFiles drops a folder: each file has its state, those that are ready go in at once, and none
// stops the others.
func TestManyFiles(t *testing.T) {
	r, x := atImporting(t)
	dir := t.TempDir()
	plain := strings.NewReplacer("/", ".").Replace
	write(t, dir, "savings-a.csv", strings.ReplaceAll(plain(unseen(10, 100000, false)), "11.10.2026", "13.10.2026"))
	write(t, dir, "savings-b.csv", unseen(12, 500000, false))
	write(t, dir, "letter.txt", "Dear customer,\nyour statement is attached.\n")
	write(t, dir, "download.csv", "balance_transaction_id,created_utc,currency,gross,fee,net,"+
		"reporting_category,source_id\ntxn_new1,2026-10-05 10:00:00,eur,49.00,1.12,47.88,charge,ch_new1\n")
	folder, err := app.ProfileDir(r.s.profile.Options())
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(folder, "statements", "operating-2026-10.csv"))
	if err != nil {
		t.Fatal(err)
	}
	write(t, dir, "operating-2026-10.csv", string(text))
	r.drop(dir)
	states := map[string]present.QueueState{}
	for _, q := range x.files.rows.list {
		states[q.Name] = q.State
	}
	want := map[string]present.QueueState{"savings-b.csv": present.QueueAsks,
		"letter.txt": present.QueueProblem, "download.csv": present.QueueReport,
		"operating-2026-10.csv": present.QueueNothing}
	for name, state := range want {
		if states[name] != state {
			t.Errorf("%s is %q, want %q", name, states[name], state)
		}
	}
	x.files.open(filepath.Join(dir, "savings-a.csv"))
	r.settle()
	if !x.checks() || x.view.Kept != 0 {
		t.Fatalf("savings-a: %+v %s", x.view, x.failed)
	}
	x.account.OnChange("savings")
	r.settle()
	r.key(fyne.KeyEscape)
	if !x.listed || x.files.ready() != 1 {
		t.Fatalf("listed %t, %d ready: %+v", x.listed, x.files.ready(), x.files.rows.list)
	}
	before := len(r.s.month.Books.Lines)
	r.ctrl(fyne.KeyReturn)
	r.settle()
	if got := len(r.s.month.Books.Lines); got != before+4 {
		t.Errorf("%d lines, want %d and 4", got, before)
	}
	if x.files.ready() != 0 || x.whyNot() == "" {
		t.Error("what is imported is ready still")
	}
	if f := x.files.next(); f == nil {
		t.Error("nothing is left to look at")
	}
}

// TestGapBetweenStatements says by how much a statement does not follow on the one before.
func TestGapBetweenStatements(t *testing.T) {
	r, x := atImporting(t)
	dir := t.TempDir()
	r.drop(write(t, dir, "savings-october.csv", unseen(10, 100000, false)))
	x.answer("dates", "dmy")
	r.settle()
	x.store()
	r.settle()
	r.drop(write(t, dir, "savings-december.csv", unseen(12, 200000, false)))
	if x.view == nil || x.view.ChainStatus != present.Attention ||
		!strings.Contains(x.view.Chain, "in no statement") || x.view.Ready() {
		t.Fatalf("a gap of 583.21: %+v", x.view)
	}
}

// TestProfileIsNamedAndShared saves the profile of a file, writes it to a file, and reads it in the books
// of somebody else, who is asked nothing.
func TestProfileIsNamedAndShared(t *testing.T) {
	r, x := atImporting(t)
	dir := t.TempDir()
	path := write(t, dir, "savings-october.csv", unseen(10, 100000, false))
	r.drop(path)
	x.answer("dates", "dmy")
	r.settle()
	p := &profileSheet{x: x, name: kit.NewEntry(""), said: stacked(0, 0)}
	p.sheet = r.s.sheet("Profile", stacked(0, 0), fyne.NewSize(400, 300))
	p.name.SetText("House bank CSV")
	p.save()
	r.settle()
	if want := "profile “House bank CSV”, 7 of 7 columns"; x.view.Profile != want {
		t.Errorf("recognised as %q, want %q", x.view.Profile, want)
	}
	file := filepath.Join(dir, "house.profile.json")
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.s.profile.ExportStatementProfile(x.found.Files[0].Profile, f); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	other, y := atImporting(t)
	q := &profileSheet{x: y, name: kit.NewEntry(""), said: stacked(0, 0)}
	q.sheet = other.s.sheet("Profile", stacked(0, 0), fyne.NewSize(400, 300))
	q.take(file)
	other.settle()
	other.drop(path)
	if !y.checks() || y.view.New != 4 {
		t.Errorf("with the profile of somebody else: %+v %s", y.view, y.failed)
	}
}

// TestBatchOpens opens the payments of a batch with Enter, and closes them with Esc.
func TestBatchOpens(t *testing.T) {
	r, x := atImporting(t)
	r.drop(write(t, t.TempDir(), "savings-october.csv", unseen(10, 100000, false)))
	x.answer("dates", "dmy")
	r.settle()
	lines := x.found.Files[0].Rows
	lines[1].Line.Details = []book.BankDetail{{Counterparty: "Anna", Text: "INV 1"},
		{Counterparty: "Ben", Text: "INV 2"}}
	v := present.NewImportPreview(x.look("savings"))
	x.view = &v
	x.check.show(x.importFile)
	id := x.view.Rows[present.ImportAll][1].ID
	x.check.grid.SetCursor(id)
	r.s.canvas.Focus(x.check.grid)
	r.key(fyne.KeyReturn)
	if x.check.grid.Inset() != id {
		t.Fatal("Enter opens no batch")
	}
	r.key(fyne.KeyEscape)
	if x.check.grid.Inset() != "" || !x.checks() {
		t.Error("Esc does not close the batch only")
	}
}
