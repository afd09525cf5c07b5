package ui

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"countinghouse/app"
	"countinghouse/app/book"
	"countinghouse/app/money"
	"countinghouse/ui/kit"
	"countinghouse/ui/present"
)

// handRobot opens Match by hand on a business of its own, into whose account an unknown sender paid sums.
func handRobot(t *testing.T, sums ...int64) *robot {
	t.Helper()
	d := ownDemo(t)
	var b strings.Builder
	b.WriteString("Buchungstag;Valuta;Betrag;Währung;Name;IBAN;Verwendungszweck;Info;Kundenreferenz;Bankreferenz\n")
	for i, sum := range sums {
		amount := strings.Replace(money.New(sum, "EUR").Decimal(), ".", ",", 1)
		fmt.Fprintf(&b, "31.10.2026;31.10.2026;%s;EUR;Payer %d;LT99%d;THANKS;GUTSCHRIFT;;FTX%d\n", amount, i, i, i)
	}
	path := filepath.Join(t.TempDir(), "late.csv")
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	report, err := d.App.Import(t.Context(), app.ImportRequest{Files: []string{path}, Account: "operating"},
		func(app.Progress) {})
	if err != nil || report.Files[0].Err != nil || report.Files[0].New != len(sums) {
		t.Fatalf("import: %v, %+v", err, report)
	}
	r := newRobot(t, d.App, fyne.NewSize(1440, 900), "light")
	r.s.begin()
	r.settle()
	r.ctrl(fyne.Key3)
	r.settle()
	r.at(atHand)
	return r
}

// openEUR are the open invoices in EUR whose number is known, the first of each customer.
func openEUR(t *testing.T, r *robot, n int) []*book.Invoice {
	t.Helper()
	var out []*book.Invoice
	seen := map[book.ItemID]bool{}
	for i := range r.s.month.Books.Invoices {
		v := &r.s.month.Books.Invoices[i]
		if v.Status == book.InvoiceUnpaid && v.Balance == v.Total && v.Currency == "EUR" && v.Number != "" &&
			!seen[v.CustomerID] && v.DueOn > period.First()+9 && len(out) < n {
			seen[v.CustomerID] = true
			out = append(out, v)
		}
	}
	if len(out) < n {
		t.Fatalf("only %d open invoices", len(out))
	}
	return out
}

// pickLine puts the cursor on a payer's line and chooses it.
func (r *robot) pickLine(payer string) {
	r.t.Helper()
	x := r.s.hand()
	r.s.canvas.Focus(x.panes2[0].grid)
	r.key(fyne.KeyHome)
	for range x.panes2[0].rows.Len() {
		i, _ := x.panes2[0].rows.IndexOf(x.panes2[0].grid.Cursor())
		if x.panes2[0].rows.list[i].Title == payer {
			r.key(fyne.KeySpace)
			r.settle()
			return
		}
		r.key(fyne.KeyDown)
	}
	r.t.Fatalf("no line of %s: %+v", payer, x.panes2[0].rows.list)
}

// pickInvoice searches an invoice on the other side and chooses it.
func (r *robot) pickInvoice(number string) {
	r.t.Helper()
	x := r.s.hand()
	if r.focused() != fyne.Focusable(x.panes2[1].grid) {
		r.key(fyne.KeyTab)
	}
	r.letters("/")
	x.panes2[1].find.SetText("")
	r.letters(number)
	r.key(fyne.KeyReturn)
	if x.panes2[1].rows.Len() != 1 {
		r.t.Fatalf("%s: %d rows", number, x.panes2[1].rows.Len())
	}
	r.key(fyne.KeyHome, fyne.KeySpace)
	r.settle()
}

func (r *robot) sum() present.HandSum { return r.s.hand().view.Sum() }

// left is what the list of bank lines says of a payer, "" where the line is gone.
func (r *robot) left(payer string) string {
	for _, row := range r.s.hand().view.Rows(present.Received) {
		if row.Title == payer {
			return row.Class + " " + row.Amount
		}
	}
	return ""
}

// byHand are the matches by hand of the month.
func (r *robot) byHand() []book.Match {
	var out []book.Match
	for _, m := range r.s.month.Matches {
		if m.Pass == book.PHand && m.State == book.Confirmed {
			out = append(out, m)
		}
	}
	return out
}

func TestHandMatchesOneLineToThreeInvoices(t *testing.T) {
	d := ownDemo(t)
	probe := newRobot(t, d.App, fyne.NewSize(1440, 900), "light")
	probe.s.begin()
	probe.settle()
	list := openEUR(t, probe, 3)
	r := handRobot(t, list[0].Total+list[1].Total+list[2].Total, 500)
	x := r.s.hand()
	before := x.panes2[0].rows.Len()
	r.pickLine("Payer 0")
	for _, v := range list[:2] {
		r.pickInvoice(v.Number)
	}
	if v := r.sum(); v.Ready || !v.Uneven || v.Difference != present.Minor(list[2].Total, "EUR") {
		t.Fatalf("two of three: %+v", v)
	}
	r.key(fyne.KeyReturn)
	r.settle()
	if len(r.byHand()) != 0 || !x.strip.Visible() {
		t.Fatal("Enter matched with a rest, or said nothing")
	}
	r.pickInvoice(list[2].Number)
	if v := r.sum(); !v.Ready || v.Difference != "0.00" || v.Status != present.OK ||
		v.AppliedLabel != "Applied, 3 invoices" {
		t.Fatalf("three of three: %+v", v)
	}
	r.key(fyne.KeyReturn)
	r.settle()
	made := r.byHand()
	if len(made) != 1 || len(made[0].Left) != 3 || len(made[0].Right) != 1 || x.strip.Visible() {
		t.Fatalf("matched: %+v", made)
	}
	if r.left("Payer 0") != "" || x.panes2[0].rows.Len() != before-1 {
		t.Errorf("the line is still there: %q", r.left("Payer 0"))
	}
	if !strings.HasPrefix(r.s.notice.Text, "Matched: Payer 0") || x.view.Summary() != "" ||
		r.focused() != fyne.Focusable(x.panes2[0].grid) || x.panes2[0].grid.Cursor() == "" {
		t.Errorf("after the match: %q, %q, %T", r.s.notice.Text, x.view.Summary(), r.focused())
	}
	r.ctrl(fyne.KeyZ)
	r.settle()
	if len(r.byHand()) != 0 || !strings.HasPrefix(r.left("Payer 0"), "M5 ") {
		t.Errorf("undone: %d matches, %q", len(r.byHand()), r.left("Payer 0"))
	}
}

func TestHandLeavesARest(t *testing.T) {
	d := ownDemo(t)
	probe := newRobot(t, d.App, fyne.NewSize(1440, 900), "light")
	probe.s.begin()
	probe.settle()
	list := openEUR(t, probe, 3)
	r := handRobot(t, list[0].Total-300, list[1].Total+700, list[2].Total-1)
	x := r.s.hand()

	// Less than is owed: a part is allocated, and the rest is a short payment.
	r.pickLine("Payer 0")
	r.pickInvoice(list[0].Number)
	r.ctrl(fyne.KeyReturn)
	r.settle()
	r.key(fyne.KeyReturn)
	r.settle()
	if made := r.byHand(); len(made) != 1 || r.left("Payer 0") != "" {
		t.Fatalf("a part: %+v, %v", made, x.strip.Visible())
	}
	if e := present.Residual(r.s.month, []book.ItemID{list[0].ID}, nil); e == nil || e.Class != book.A1 ||
		e.Amount.Abs().Minor != 300 {
		t.Errorf("what is still owed: %+v", e)
	}

	// More than is owed: it is kept for the customer, and an action says so to billing.
	r.pickLine("Payer 1")
	r.pickInvoice(list[1].Number)
	r.ctrl(fyne.KeyReturn)
	r.settle()
	r.key(fyne.KeyReturn)
	r.settle()
	filed, err := r.s.profile.Actions(t.Context(), "")
	if made, left := r.byHand(), r.left("Payer 1"); err != nil || len(made) != 2 || left != "A2 7.00" ||
		len(filed) != 1 || filed[0].Kind != book.AddCredit {
		t.Errorf("more than owed: %d matches, %q, %+v, %v", len(made), left, filed, err)
	}

	// A cent is written off.
	r.pickLine("Payer 2")
	r.pickInvoice(list[2].Number)
	r.ctrl(fyne.KeyReturn)
	r.settle()
	r.key(fyne.KeyDown, fyne.KeyReturn) // write off
	r.settle()
	r.key(fyne.KeyReturn) // for rounding
	r.settle()
	e := present.Residual(r.s.month, []book.ItemID{list[2].ID}, nil)
	if len(r.byHand()) != 3 || e != nil || x.strip.Visible() {
		t.Errorf("a cent written off: %+v, %+v", r.byHand(), e)
	}
}

func TestHandSplitsALine(t *testing.T) {
	r := handRobot(t, 1000)
	x := r.s.hand()
	list := openEUR(t, r, 1)
	r.pickLine("Payer 0")
	r.pickInvoice(list[0].Number)
	r.letters("e")
	r.settle()
	r.key(fyne.KeyEnd)
	// The first field is the line's: 4.00 of it are taken, and 4.00 of the invoice.
	for i, text := range []string{"4.00", "99999", "4.00"} {
		f, ok := r.focused().(interface{ SetText(string) })
		if !ok {
			t.Fatalf("field %d has no keyboard: %T", i, r.focused())
		}
		f.SetText(text)
		if i == 0 {
			r.window.Canvas().FocusNext()
			continue
		}
		r.key(fyne.KeyReturn)
	}
	if v := r.sum(); !v.Ready || v.Received != "4.00" || v.Applied != "4.00" {
		t.Fatalf("after the split: %+v", v)
	}
	r.s.canvas.Focus(x.panes2[1].grid)
	r.key(fyne.KeyReturn)
	r.settle()
	made := r.byHand()
	if len(made) != 1 || made[0].Uses[0].Minor != 400 || made[0].Uses[1].Minor != 400 {
		t.Fatalf("uses: %+v, %v", made, x.strip.Visible())
	}
	if left := r.left("Payer 0"); !strings.HasSuffix(left, " 6.00") {
		t.Errorf("of the line is left %q", left)
	}
}

func TestHandRejectsASuggestion(t *testing.T) {
	r := handRobot(t, 500)
	x := r.s.hand()
	r.pickLine("Umber Tools Ltd")
	if len(x.view.Ways()) == 0 {
		t.Fatal("nothing is suggested for a line with a suggested match")
	}
	title := x.view.Ways()[0].Title
	r.letters("r")
	r.settle()
	list := x.view.Ways()
	at := slices.IndexFunc(list, func(w present.Way) bool { return w.Rejected })
	if at != len(list)-1 || at < 0 || list[at].Key != "" || !strings.Contains(list[at].Title, title) ||
		!strings.HasPrefix(list[at].Detail, "You rejected this on 2026-11-04") {
		t.Fatalf("%q rejected: %+v", title, list)
	}
	r.ctrl(fyne.KeyZ)
	r.settle()
	if slices.ContainsFunc(x.view.Ways(), func(w present.Way) bool { return w.Rejected }) {
		t.Errorf("undone: %+v", x.view.Ways())
	}
}

func TestHandKeepsDrafts(t *testing.T) {
	r := handRobot(t, 500)
	x := r.s.hand()
	v := openEUR(t, r, 1)[0]
	r.pickLine("Payer 0")
	r.pickInvoice(v.Number)
	want := x.view.Summary()
	r.ctrl(fyne.KeyS)
	r.settle()
	if len(x.kept) != 1 || x.drafts.Spec().Label != "Drafts 1" {
		t.Fatalf("kept: %+v", x.kept)
	}
	r.ctrl(fyne.KeyS) // again: the same draft
	r.settle()
	if len(x.kept) != 1 {
		t.Fatalf("kept twice: %+v", x.kept)
	}
	for range 3 { // filters first, then the choice
		r.key(fyne.KeyEscape)
		r.settle()
	}
	if x.view.Summary() != "" {
		t.Fatalf("still chosen: %q", x.view.Summary())
	}
	r.s.canvas.Focus(x.panes2[0].grid)
	r.letters("d")
	r.key(fyne.KeyReturn)
	r.settle()
	if x.view.Summary() != want {
		t.Errorf("opened: %q, want %q", x.view.Summary(), want)
	}
	r.letters("d")
	r.key(fyne.KeyDelete)
	r.settle()
	if len(x.kept) != 0 {
		t.Errorf("dropped: %+v", x.kept)
	}
	r.ctrl(fyne.KeyZ)
	r.settle()
	if len(x.kept) != 1 {
		t.Errorf("brought back: %+v", x.kept)
	}
}

// TestHandOfTheDesign is the design's own case by keys: 448.00 = 199.00 + 149.00 + 100.00.
func TestHandOfTheDesign(t *testing.T) {
	r := start(t)
	showHandOver(r)
	if v := r.sum(); v.Difference != "100.00" || v.Sentence !=
		"Not zero yet: 100.00 more was received than the two invoices." {
		t.Fatalf("%+v", v)
	}
	if w := r.s.hand().view.Ways()[0]; !strings.Contains(w.Title, "10470") || w.Key != "1" || !w.Zero {
		t.Fatalf("first way: %+v", w)
	}
	r.letters("1")
	r.settle()
	if v := r.sum(); !v.Ready || v.AppliedLabel != "Applied, 3 invoices" {
		t.Fatalf("%+v", v)
	}
	// An invoice in another currency is refused in words and stays unchosen.
	r.key(fyne.KeyEnd, fyne.KeySpace)
	if x := r.s.hand(); !x.strip.Visible() || x.panes2[1].grid.Selection().Has("billing:invoice/10519") ||
		len(x.view.Chosen(present.Applied)) != 3 {
		t.Error("two currencies were mixed")
	}
}

func TestHandOfManyInvoices(t *testing.T) {
	r := start(t)
	r.s.loaded(handMonth(t, r.s.profile.Config(), 10000), nil, false)
	r.s.open(atHand)
	r.settle()
	x := r.s.hand()
	r.key(fyne.KeyTab, fyne.KeyEnd)
	if i, _ := x.panes2[1].rows.IndexOf(x.panes2[1].grid.Cursor()); i != 10008 {
		t.Errorf("End leads to row %d", i)
	}
	r.letters("/")
	r.letters("29999")
	r.key(fyne.KeyReturn)
	if x.panes2[1].rows.Len() != 1 {
		t.Errorf("search finds %d", x.panes2[1].rows.Len())
	}
	x.panes2[1].find.SetText("")
	x.panes2[1].grid.TypedShortcut(&fyne.ShortcutSelectAll{})
	if !x.strip.Visible() || len(x.view.Chosen(present.Applied)) != 0 {
		t.Error("ten thousand rows were chosen at once")
	}
}

func TestHandIsOpenedOnRecords(t *testing.T) {
	r := start(t)
	r.s.loaded(handMonth(t, r.s.profile.Config(), 0), nil, false)
	r.s.openHand("operating:A2", "billing:invoice/10455")
	r.settle()
	r.at(atHand)
	if got := r.s.hand().view.Summary(); got != "Pellgrove Dental 448.00 EUR = 10455" {
		t.Errorf("opened with %q", got)
	}
	r.s.openHand("operating:A0")
	r.settle()
	if r.s.notice.Status != kit.StatusNeutral || !strings.Contains(r.s.notice.Text, "nothing left") {
		t.Errorf("a matched line: %+v", r.s.notice)
	}
}
