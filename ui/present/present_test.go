package present

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"countinghouse/app"
	"countinghouse/app/book"
	"countinghouse/app/money"
)

func TestWords(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{Count(0), "0"}, {Count(999), "999"}, {Count(2984), "2,984"}, {Count(-1234567), "-1,234,567"},
		{Plural(1, "payout"), "1 payout"}, {Plural(1200, "payout"), "1,200 payouts"},
		{Plural(2, "entry"), "2 entries"}, {Plural(2, "day"), "2 days"},
		{Minor(-123456, "EUR"), "−1,234.56"}, {Minor(0, "EUR"), "0.00"}, {Minor(5, "JPY"), "5"},
		{Percent(book.AutoRate{Matched: 2951, Of: 2984}), "98.8 %"},
		{Percent(book.AutoRate{Matched: 99999, Of: 100000}), "99.9 %"},
		{Percent(book.AutoRate{Matched: 3, Of: 3}), "100.0 %"}, {Percent(book.AutoRate{}), None},
		{Age(10, 32), "22 d"}, {Age(32, 32), "today"}, {Age(0, 32), None},
		{ShortID("billing:invoice/1042"), "1042"}, {ShortID("stripe:ch_1"), "ch_1"},
		{StateTitle("in_transit"), "In transit"}, {StateTitle(""), None},
		{and([]string{"EUR", "USD", "INR"}), "EUR, USD and INR"},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
}

// drawn is a bridge as text: label, bar, from and to in hundredths of the axis.
func drawn(v BridgeView) string {
	var b strings.Builder
	for _, r := range v.Rows {
		fmt.Fprintf(&b, "%s|%s|%d|%.0f-%.0f\n", r.Label, r.Amount, r.Bar, r.From*100, r.To*100)
	}
	return b.String()
}

func TestBridgeGeometry(t *testing.T) {
	step := func(s book.Step, amount int64) book.BridgeStep {
		return book.BridgeStep{Step: s, Amount: amount, Items: 1, Classes: []book.Class{book.T2, book.M4}}
	}
	for _, c := range []struct {
		name         string
		bridge       book.Bridge
		want         string
		broken, good bool
		axis         string
	}{
		{name: "from zero", good: true, axis: "Axis starts at 0", bridge: book.Bridge{Currency: "EUR",
			Steps: []book.BridgeStep{step(book.StepBillingReceipts, 10000), step(book.StepRefunds, -6000),
				step(book.StepTaxesOnFees, 0), step(book.StepPayoutsSent, 4000),
				step(book.StepUnexplained, 0)}},
			want: "Paid in billing|100.00|0|0-100\nRefunds|−60.00|2|100-40\n" +
				"Taxes on fees|0.00|3|40-40\nPayouts sent|40.00|0|0-40\n"},
		{name: "broken axis", broken: true, good: true, axis: "Axis starts at 9,000",
			bridge: book.Bridge{Currency: "EUR", Steps: []book.BridgeStep{
				step(book.StepBillingReceipts, 1000000), step(book.StepUnrecorded, 50000),
				step(book.StepFees, -100000), step(book.StepPayoutsSent, 950000)}},
			want: "Paid in billing|10,000.00|0|0-67\nUnrecorded receipts|500.00|1|67-100\n" +
				"Fees|−1,000.00|2|100-33\nPayouts sent|9,500.00|0|0-33\n"},
		{name: "unexplained", axis: "Axis starts at −100", bridge: book.Bridge{Currency: "EUR",
			Unexplained: 1, Steps: []book.BridgeStep{step(book.StepBillingReceipts, -10000),
				step(book.StepFees, 5000)}},
			want: "Paid in billing|−100.00|0|100-0\nFees|50.00|1|0-50\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := NewBridge(c.bridge)
			if got := drawn(v); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
			if v.Broken != c.broken || v.Explained != c.good ||
				v.AxisNote != c.axis || v.Rows[0].Classes != "T2 M4" || !v.Rows[0].Opens {
				t.Errorf("%+v", v)
			}
			for i := 1; i < len(v.Ticks); i++ {
				if v.Ticks[i].At <= v.Ticks[i-1].At || v.Ticks[i].At > 1 {
					t.Errorf("ticks %v do not rise within the axis", v.Ticks)
				}
			}
			if n := len(v.Ticks); n < 2 || n > 5 {
				t.Errorf("%d ticks", n)
			}
		})
	}
}

// listed is the list as text: one line each, groups with a mark.
func listed(x *Exceptions) string {
	var out []string
	for _, r := range x.Rows() {
		switch {
		case r.Group && r.Folded:
			out = append(out, fmt.Sprintf("+%s %s %s", r.ID, r.Count, r.Amount))
		case r.Group:
			out = append(out, fmt.Sprintf("-%s %s %s", r.ID, r.Count, r.Amount))
		default:
			out = append(out, fmt.Sprintf("%s %s %s", r.ID, r.Age, r.Amount))
		}
	}
	return strings.Join(out, "\n")
}

func TestExceptionsList(t *testing.T) {
	x := NewExceptions(month(t))
	look := func(what, want string) {
		t.Helper()
		if got := listed(x); got != want {
			t.Errorf("%s:\n%s\nwant\n%s", what, got, want)
		}
	}
	folded := "+M4 1 1,420.00 EUR\n+A4 1 6.00 EUR\n+R1 1 59.00 USD"
	look("first", "-M1 2 50.00 EUR\ne-m1-old 52 d 1.00 EUR\ne-m1 14 d 49.00 EUR\n"+folded)
	x.Fold(book.M1, true)
	x.Fold(book.A4, false)
	look("folded", "+M1 2 50.00 EUR\n+M4 1 1,420.00 EUR\n-A4 1 6.00 EUR\ne-a4 20 d 6.00 EUR\n"+
		"+R1 1 59.00 USD")
	x.InCurrency("USD")
	look("one currency", "+R1 1 59.00")
	x.InCurrency("")
	x.Search("wexmoor 2026-77")
	look("search unfolds", "-A4 1 6.00 EUR\ne-a4 20 d 6.00 EUR")
	x.Search("1,420.00")
	look("search by amount", "-M4 1 1,420.00 EUR\ne-m4 13 d 1,420.00 EUR")
	x.Search("no such thing")
	look("search in vain", "")
	if x.Empty() != "No exception fits this filter." {
		t.Error(x.Empty())
	}
	x.Search("")
	x.Show(TabTiming)
	look("timing", "+T2 1 10.00 EUR")
	if n := x.Counts(); n[TabResolve] != 5 || n[TabTiming] != 1 || n[TabResolved] != 1 {
		t.Errorf("counts %v", n)
	}
	if got := x.Currencies(); !slices.Equal(got, []money.Currency{"EUR", "USD"}) {
		t.Errorf("currencies %v", got)
	}
}

func TestExceptionsSelection(t *testing.T) {
	x := NewExceptions(month(t))
	if x.Step(1) != "e-m1-old" || x.Step(1) != "e-m1" || x.Step(1) != "e-m1" || x.Step(-9) != "e-m1-old" {
		t.Error("steps leave the rows")
	}
	var through []string
	for id := x.Next(); id != ""; id = x.Next() {
		through = append(through, id)
	}
	if got := strings.Join(through, " "); got != "e-m1 e-m4 e-a4 e-usd" {
		t.Errorf("went through %s", got)
	}
	x.Select("e-t2")
	if x.Tab() != TabTiming || x.Selected().ID != "e-t2" {
		t.Error("the chosen one's tab is not shown")
	}
	step := &book.BridgeStep{Step: book.StepUnrecorded, Classes: []book.Class{book.M1},
		Entries: []book.BridgeEntry{{Item: "stripe:ch_2"}, {Item: "stripe:ch_1"}}}
	x.ForStep(step)
	if !x.Anything() || x.Tab() != TabResolve || listed(x) != "-M1 1 49.00 EUR\ne-m1 14 d 49.00 EUR" {
		t.Errorf("the step shows\n%s", listed(x))
	}
	if x.Filtered() != "Unrecorded receipts" {
		t.Error(x.Filtered())
	}
	step.Classes = nil
	x.ForStep(step)
	if x.Anything() {
		t.Error("a step without classes has no exceptions")
	}
	x.ForStep(nil)
	y := NewExceptions(month(t))
	x.Select("e-a4")
	y.Like(x)
	if y.Chosen() != "e-a4" || listed(y) != listed(x) {
		t.Error("another month's list is not shown alike")
	}
}

func TestDetailChain(t *testing.T) {
	m := month(t)
	d := NewDetail(m, &m.Exceptions[2])
	var ids, joints []string
	for _, c := range d.Columns {
		ids = append(ids, c.ID)
	}
	for _, j := range d.Joints {
		joints = append(joints, fmt.Sprint(j))
	}
	if got := strings.Join(ids, ","); got != "2026-77,991,ch_1,po_1," {
		t.Errorf("chain %s", got)
	}
	if got := strings.Join(joints, ","); got != "1,2,1,0" {
		t.Errorf("joints %s", got)
	}
	gross := d.Rows[2]
	if gross.Title != "Gross" || !gross.Cells[1].Differs || !gross.Cells[2].Differs ||
		gross.Cells[0].Differs || gross.Joints[1] != Differing || !d.Columns[2].Differs {
		t.Errorf("gross %+v", gross)
	}
	if gross.Cells[1].Text != "120.00" || gross.Cells[2].Text != "114.00" ||
		d.Rows[3].Cells[2].Text != "−1.14" || d.Rows[4].Cells[3].Text != "112.86" {
		t.Errorf("rows %+v", d.Rows)
	}
	if Title(m, &m.Exceptions[2]) != "Billing 120.00, Stripe 114.00" ||
		About(m, &m.Exceptions[2]) != "Wexmoor Tools, invoice 2026-77" {
		t.Errorf("%s; %s", Title(m, &m.Exceptions[2]), About(m, &m.Exceptions[2]))
	}
	if len(d.Raw) != 4 || len(d.History) != 5 || d.History[4].Text != "Detected as A4 Recorded amount wrong" {
		t.Errorf("raw %d, history %v", len(d.Raw), d.History)
	}
	lacking := NewDetail(m, &m.Exceptions[0])
	if !lacking.Columns[1].Lacks || lacking.Columns[4].Lacks || lacking.Columns[2].ID != "ch_2" {
		t.Errorf("columns %+v", lacking.Columns)
	}
}

func TestPayoutsList(t *testing.T) {
	x := NewPayouts(month(t))
	look := func(what, want string) {
		t.Helper()
		var out []string
		for _, r := range x.Rows() {
			out = append(out, r.Payout+" "+r.State+" "+r.Members)
		}
		if got := strings.Join(out, ", "); got != want {
			t.Errorf("%s: %s\nwant %s", what, got, want)
		}
	}
	all := "po_3 In transit off −10.00, po_4 Came back off −20.00, " +
		"po_2 Overdue 8 d off −1,420.00, po_1 In transit foots"
	look("newest first", all)
	x.Sort("amount", false)
	look("by amount", "po_3 In transit off −10.00, po_4 Came back off −20.00, "+
		"po_1 In transit foots, po_2 Overdue 8 d off −1,420.00")
	x.InState("Overdue")
	look("overdue", "po_2 Overdue 8 d off −1,420.00")
	x.InState("")
	x.Search("112.86")
	look("search", "po_1 In transit foots")
	if count, sum, in := x.Foot(); count != "1 payout" || sum != "112.86" || in != "0 in bank" {
		t.Errorf("foot %s, %s, %s", count, sum, in)
	}
	if transit, _, overdue := x.Moving(); transit != "2 in transit, 122.86" ||
		overdue != "1 overdue, 1,420.00" {
		t.Errorf("%s; %s", transit, overdue)
	}
	x.Only("stripe:po_1")
	d := x.Selected()
	if d == nil || !d.Foots || d.Difference != "0.00" || len(d.Members) != 1 || d.Bank != nil {
		t.Fatalf("%+v", d)
	}
	var parts []string
	for _, p := range d.Parts {
		parts = append(parts, p.Label+" "+p.Amount)
	}
	if got := strings.Join(parts, ", "); got !=
		"Charges 114.00, Refunds 0.00, Disputes 0.00, Fees −1.14, Taxes on fees 0.00, Net payout 112.86" {
		t.Errorf("parts %s", got)
	}
}

func TestPayoutHeldByAnException(t *testing.T) {
	for _, c := range []struct {
		class book.Class
		leg   book.Leg
		why   string
	}{
		{book.D7, book.PayoutBank, "exception D7 Ambiguous match, 10.00 EUR"},
		{book.D8, book.PayoutBank, "exception D8 Missing reference, 10.00 EUR"},
		{book.D8, book.BillingGateway, ""},
	} {
		m := month(t)
		held := &m.Exceptions[4]
		held.Class, held.Leg = c.class, c.leg
		x := NewPayouts(m)
		x.Only("stripe:po_3")
		d := x.Selected()
		if c.why == "" {
			if d.State != "In transit" || d.Exception != "" {
				t.Errorf("%s on %s: %s, %q", c.class, c.leg, d.State, d.Exception)
			}
			continue
		}
		if d.State != "To resolve" || d.Status != Attention || d.Exception != held.ID ||
			!strings.Contains(d.Waiting, c.why) {
			t.Errorf("%s: %s, %q, %q", c.class, d.State, d.Waiting, d.Exception)
		}
		if _, resolve, _ := x.Moving(); resolve != "1 to resolve, 10.00" {
			t.Errorf("%s: %q", c.class, resolve)
		}
	}
}

func TestAxis(t *testing.T) {
	for _, c := range []struct {
		low, high      int64
		from, to, step int64
	}{
		{0, 0, 0, 1, 1},
		{0, 1000, 0, 1000, 500},
		{499, 1000, 0, 1000, 500},   // the lowest is below half: from zero
		{500, 1000, 400, 1000, 200}, // at half: broken
		{1117352, 1630700, 1000000, 1800000, 200000},
		{-4, 9, -5, 10, 5},
		{-900, -100, -1000, 0, 500},
	} {
		a := newAxis(c.low, c.high)
		if a.from != c.from || a.to != c.to || a.step != c.step {
			t.Errorf("%d to %d: from %d to %d by %d", c.low, c.high, a.from, a.to, a.step)
		}
		if n := len(a.ticks()); n < 2 || n > maxTicks {
			t.Errorf("%d to %d: %d ticks", c.low, c.high, n)
		}
	}
}

func TestImportWarnings(t *testing.T) {
	p := NewImportPreview(ImportLook{File: app.ImportedFile{
		Quarantined: []book.Reject{{Place: "row 4", Reason: "no date in 3O.10."}},
		Warnings: []string{"row 4: no date in 3O.10.", "opening -1.00 EUR and lines 2.00 EUR make 1.00",
			"off by -3.00 EUR on 2026-10-05", "off by -3.00 EUR on 2026-10-05"}}})
	want := "Opening −1.00 EUR and lines 2.00 EUR make 1.00; Off by −3.00 EUR on 2026-10-05"
	if got := strings.Join(p.Warnings, "; "); got != want {
		t.Errorf("warnings %s\nwant %s", got, want)
	}
}

func TestImportPreview(t *testing.T) {
	holds := true
	opening, closing := eur(1000), eur(6000)
	line := func(row int, minor int64, known bool) app.ImportRow {
		return app.ImportRow{Line: book.BankLine{ID: "operating:x", Row: row, Amount: eur(minor),
			On: on(t, "2026-10-05"), Text: "RENT"}, Duplicate: known}
	}
	whole := app.ImportedFile{Name: "a.csv", Variant: "CSV", Size: 8294, New: 1, Duplicates: 1,
		Rows: []app.ImportRow{line(2, 2000, true), line(3, 3000, false)}, Opening: &opening,
		Closing: &closing, BalanceHolds: &holds}
	kept := whole
	kept.Quarantined = []book.Reject{{Place: "row 4", Raw: "30.1O.2026", Reason: "date not readable"}}
	kept.BalanceHolds = new(bool)
	more := eur(7000)
	kept.Closing = &more
	known := whole
	known.New = 0
	for _, c := range []struct {
		name                    string
		file                    app.ImportedFile
		button, verdict, effect string
		rows                    int
	}{
		{"whole", whole, "Import 1 line", "Opening + lines = closing", "Adds 1 bank line.", 2},
		{"kept aside", kept, "Import 1, keep 1 aside", "Differs by 10.00",
			"Keeps 1 aside", 3},
		{"known", known, "", "Opening + lines = closing", "Leaves 1 alone", 2},
		{"asks", app.ImportedFile{Questions: []app.Question{{Topic: "dates"}},
			Err: errors.New("ask")}, "", "The file states no balances", "", 0},
		{"broken", app.ImportedFile{Err: errors.New("it is a picture")}, "",
			"The file states no balances", "", 0},
	} {
		p := NewImportPreview(ImportLook{File: c.file, Account: "operating EUR"})
		if p.Button != c.button || p.Verdict != c.verdict || !strings.Contains(strings.Join(p.Effects, " "), c.effect) ||
			p.Lines() != c.rows || p.Button == "" && p.Hint == "" {
			t.Errorf("%s: %+v", c.name, p)
		}
		if (c.name == "asks") != (p.Question != nil) || (c.name == "broken") != (p.Problem != "") {
			t.Errorf("%s: question %v, problem %q", c.name, p.Question, p.Problem)
		}
	}
	p := NewImportPreview(ImportLook{File: kept})
	if first := p.Rows[ImportAll][0]; first.Row != "4" || first.Status != Break || p.Size != "8.0 KB" {
		t.Errorf("problems do not come first: %+v, %s", first, p.Size)
	}
}

func TestOverview(t *testing.T) {
	o := NewOverview(month(t))
	var tiles []string
	for _, x := range o.Tiles {
		tiles = append(tiles, x.Figure+" "+x.Unit+"|"+x.Base)
	}
	want := "98.8 % |2,951 of 2,984 payments; 100.0 % |30 of 30 payout lines; " +
		"5 1,476.00 EUR|1 timing item, 1 not in EUR; 10.00 EUR|1 payout in transit; " +
		"52 days |M1 Unrecorded receipt, 1.00 EUR"
	if got := strings.Join(tiles, "; "); got != want {
		t.Errorf("tiles %s\nwant %s", got, want)
	}
	if o.Sources[0].At != "09:36" || o.Sources[1].At != "2026-11-02" || o.Sources[2].Word != "None yet" {
		t.Errorf("sources %+v", o.Sources)
	}
	m := month(t)
	m.Sources[1].OK, m.Sources[1].Message = false, "The key is wrong."
	if s := NewOverview(m).Sources[1]; s.Word != "Stopped" || s.Status != Break ||
		s.Detail != "The key is wrong." {
		t.Errorf("%+v", s)
	}
	if got := CacheText(m); got != "1 source behind, last sync 2026-11-03 09:36" {
		t.Error(got)
	}
	if text, st := MonthState(m); text != "Open, seen on 2026-11-03" || st != TimingStatus {
		t.Error(text)
	}
}

func TestFind(t *testing.T) {
	m := month(t)
	for _, c := range []struct{ query, want string }{
		{"wexmoor", "Exceptions 2, Invoices 2"}, {"#2026-77", "Invoices 1"}, {"po_2", "Exceptions 1, Payouts 1"},
		{"$1420", "Exceptions 1, Payouts 1"}, {"1042", "Exceptions 1, Invoices 1"}, {"x", ""}, {"$999", ""},
	} {
		var got []string
		for _, g := range Find(m, c.query) {
			got = append(got, fmt.Sprintf("%s %d", g.Title, len(g.Hits)))
		}
		if s := strings.Join(got, ", "); s != c.want {
			t.Errorf("%s: %s, want %s", c.query, s, c.want)
		}
	}
	if s, ok := Marked("Go to Payouts", "pay"); !ok || s != "Go to **Pay**outs" {
		t.Error(s)
	}
	r := NewRecord(m, "stripe:ch_1")
	if r.Title != "Stripe charge ch_1" || r.Exception != "e-a4" || r.Payout != "stripe:po_1" {
		t.Errorf("%+v", r)
	}
}

func TestStepItems(t *testing.T) {
	m := month(t)
	x := NewStepItems(m, &book.BridgeStep{Step: book.StepFees, Amount: -163, Entries: []book.BridgeEntry{
		{Item: "stripe:ch_1", Amount: -114}, {Item: "stripe:ch_2", Amount: -49}}}, "EUR")
	if got := fmt.Sprint(x.Find("", "amount", true), x.Find("po", "", false), x.Find("ch_2 0.49", "on", false)); got != "[1 0] [] [1]" {
		t.Error(got)
	}
	if r := x.Row(0); r.Kind != "Stripe charge" || r.On != "2026-10-14" || r.Amount != "−1.14" {
		t.Errorf("%+v", r)
	}
	if x.Count(2) != "All 2 items behind this step, −1.63 EUR" || x.Count(1) != "1 of 2 items" ||
		x.Sum([]int{1}) != "−0.49" {
		t.Error(x.Count(2), x.Count(1), x.Sum([]int{1}))
	}
	if n := len(x.Of(m).All()); n != 0 {
		t.Errorf("%d items of a month without a bridge", n)
	}
}
