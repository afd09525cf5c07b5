package present

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"countinghouse/app"
	"countinghouse/app/book"
	"countinghouse/app/money"
)

// houseBank is how the columns of a bank are read.
func houseBank() app.Profile {
	p := app.Profile{Delimiter: ";"}
	// The type of a column is the statement package's own, which this one may not import.
	text := `{"delimiter":";","columns":[{"index":0,"header":"Buchungstag","means":"booked",
		"reads":"DD.MM.YYYY"},{"index":1,"header":"Betrag","means":"amount","point":",","reads":"1.234,56"},
		{"index":2,"header":"Name","means":"counterparty"},{"index":3,"header":"Zweck","means":"text"},
		{"index":4,"header":"Info"}]}`
	if err := json.Unmarshal([]byte(text), &p); err != nil {
		panic(err)
	}
	return p
}

func TestUnreadableRowAndItsFix(t *testing.T) {
	opening, closing := eur(0), eur(24900)
	no := false
	for _, c := range []struct {
		reason, raw, result, booked, amount, proposal, hint, verdict string
	}{
		{`Buchungstag: "30.10.2O26" is not a date`, "30.10.2O26;149,00;Tallowgate;INV 1;", "Date not readable",
			"30.10.2O26", "149.00", "2026-10-30", "Letter O in 2O26. The file stays as it is.",
			"Differs by 149.00, exactly row 41"},
		{`Buchungstag: "31.02.2026" is not a date`, "31.02.2026;-149,00;Tallowgate;INV 1;",
			"Date not readable", "31.02.2026", "−149.00", "",
			"“31.02.2026” stands in the file. The file stays as it is.", "Differs by 149.00"},
		{`Betrag: not an amount`, "30.10.2026;149,0O;Tallowgate;INV 1;", "Amount not readable", "30.10.2026",
			"149,0O", "149.00", "Letter O in 0O. The file stays as it is.", "Differs by 149.00"},
	} {
		p := NewImportPreview(ImportLook{File: app.ImportedFile{Name: "a.csv", New: 1, Profile: houseBank(),
			Opening: &opening, Closing: &closing, BalanceHolds: &no,
			Quarantined: []book.Reject{{Place: "row 41", Raw: c.raw, Reason: c.reason}},
			Rows:        []app.ImportRow{{Line: book.BankLine{ID: "a:1", Row: 2, Amount: eur(10000)}}}}})
		r := p.Rows[ImportAll][0]
		if r.Fix == nil {
			t.Errorf("%s: cannot be fixed", c.reason)
			continue
		}
		if r.Result != c.result || r.Booked != c.booked || r.Amount != c.amount || r.Counterparty != "Tallowgate" ||
			r.Fix.Proposal != c.proposal || r.Fix.Hint != c.hint || p.Verdict != c.verdict {
			t.Errorf("%s: %+v, fix %+v, %q", c.reason, r, *r.Fix, p.Verdict)
		}
		if fault := FixFault(r.Fix, "nothing"); fault == "" {
			t.Errorf("%s: a word is taken as its fix", c.reason)
		}
		if fault := FixFault(r.Fix, r.Fix.Example); fault != "" {
			t.Errorf("%s: its own example is refused: %s", c.reason, fault)
		}
	}
}

func TestRowsThatDoNotComeApartStayWhole(t *testing.T) {
	for _, raw := range []string{"a;b;c;d;e;f;g", ""} {
		p := NewImportPreview(ImportLook{File: app.ImportedFile{Profile: houseBank(),
			Quarantined: []book.Reject{{Place: "row 4", Raw: raw, Reason: "Name: odd"}}}})
		if r := p.Rows[ImportAll][0]; r.Fix != nil || r.Result != "Name: odd" || r.Amount != None {
			t.Errorf("%q: %+v", raw, r)
		}
	}
}

func TestReading(t *testing.T) {
	raw := "03/04/2026;STRIPE;1.5"
	for value, want := range map[string]string{"dmy": "2026-04-03;STRIPE;1.5", "mdy": "2026-03-04;STRIPE;1.5",
		".": ""} {
		if got := Reading(raw, ";", app.Answer{Value: value}); got != want {
			t.Errorf("%s: %q, want %q", value, got, want)
		}
	}
	if got := Reading("31/04/2026;x", ";", app.Answer{Value: "dmy"}); got != "" {
		t.Errorf("the 31st of April reads as %q", got)
	}
}

func TestRolesAnswer(t *testing.T) {
	columns := []ColumnRow{{Role: "booked"}, {Role: "text"}, {Role: ""}, {Role: "amount"}}
	for _, c := range []struct {
		at   int
		role string
		want string
	}{{2, "text", "booked,text,text,amount"}, {2, "booked", ",text,booked,amount"}, {1, "", "booked,,,amount"}} {
		if topic, got := RolesAnswer(columns, c.at, c.role); got != c.want || topic != "columns" {
			t.Errorf("column %d as %q: %q, want %q", c.at, c.role, got, c.want)
		}
	}
	for _, role := range Roles() {
		if RoleTitle(role) == "" || RoleTitle(role) == None || strings.Contains(RoleTitle(role), "_") {
			t.Errorf("role %q is called %q", role, RoleTitle(role))
		}
	}
}

func TestEffects(t *testing.T) {
	for _, c := range []struct {
		effect *app.ImportEffect
		want   string
	}{
		{nil, "Adds 2 bank lines. What they match is being looked up."},
		{&app.ImportEffect{Payouts: 13, Invoices: 1, Charges: 4, Open: 2},
			"Matches 13 payouts and 1 invoice by itself. Books 4 bank charges. Leaves 2 lines to resolve."},
		{&app.ImportEffect{Others: 1, Pending: 1, Settled: 2}, "Adds 1 other line. Notes 1 line that the bank " +
			"has not booked yet. Takes 2 announced lines back that the bank has settled."},
	} {
		p := NewImportPreview(ImportLook{File: app.ImportedFile{New: 2}, Effect: c.effect})
		if got := strings.Join(p.Effects, " "); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

func TestChainOfStatements(t *testing.T) {
	minor := func(n int64) *int64 { return &n }
	s := &book.Statement{Currency: "EUR", Opening: minor(13820411)}
	before := &book.Statement{Currency: "EUR", Closing: minor(13800000), ToOn: on(t, "2026-10-15")}
	opening, closing := eur(13820411), eur(13820411)
	yes := true
	for _, c := range []struct {
		link        book.Link
		chain, head string
		status      Status
	}{
		{book.Link{Kind: book.Follows, Statement: s, Before: before}, "",
			"Opening balance, equals closing of 2026-10-15", OK},
		{book.Link{Kind: book.Leaps, Statement: s, Before: before, By: 20411, MissingFrom: 12, MissingTo: 14},
			"Opens with 138,204.11, but the statement to 2026-10-15 closes with 138,000.00: 204.11 between " +
				"them is in no statement. Statements 12 to 14 are missing.", "Opening balance", Attention},
		{book.Link{Kind: book.FirstOfAccount, Statement: s},
			"The first statement of this account: nothing comes before it.", "Opening balance", Neutral},
		{book.Link{Kind: book.Overlaps, Statement: s, SharedFrom: on(t, "2026-10-01"),
			SharedTo: on(t, "2026-10-05")}, "Days 2026-10-01 to 2026-10-05 are in another statement too; no " +
			"line comes in twice.", "Opening balance", Neutral},
	} {
		p := NewImportPreview(ImportLook{File: app.ImportedFile{New: 1, Opening: &opening, Closing: &closing,
			BalanceHolds: &yes, Continuity: []book.Link{c.link}}})
		if p.Chain != c.chain || p.ChainStatus != c.status || p.Proof[0][0] != c.head {
			t.Errorf("%s: %q, %v, %q", c.link.Kind, p.Chain, p.ChainStatus, p.Proof[0][0])
		}
		if p.Ready() == (c.status == Attention) {
			t.Errorf("%s: ready is %t", c.link.Kind, p.Ready())
		}
	}
}

func TestQueueSummary(t *testing.T) {
	rows := []QueueRow{{State: QueueReady}, {State: QueueReady}, {State: QueueAsks}, {State: QueueReport}}
	if got := QueueSummary(rows); got != "4 files: 2 ready, 1 with a question, 1 gateway report." {
		t.Error(got)
	}
	p := NewImportPreview(ImportLook{File: app.ImportedFile{New: 1}, Unsure: true})
	r := NewQueueRow("a", "a.csv", "operating", p.StateOf(), &p, "")
	if r.Result != "Look at it: no balances to prove it, 1 warning" || r.Status != Attention {
		t.Errorf("%+v", r)
	}
}

func TestPastImports(t *testing.T) {
	list := PastImports([]app.ImportEntry{{ID: 2, Files: []string{"a.csv"}, At: 1, New: 3, Undoable: true},
		{ID: 1, At: 1, UndoneAt: 60_000}, {ID: 0, At: 1}}, time.UTC)
	if !list[0].CanUndo || list[1].CanUndo || list[2].CanUndo || list[1].Why == "" || list[2].Why == "" ||
		list[1].Result != "Undone 1970-01-01 00:01" {
		t.Errorf("%+v", list)
	}
	if got := UndoneText(app.Undone{Gone: 4, Back: 1, Kept: 2, Matches: 1}); got != "Undone: 4 lines left the "+
		"books, 1 came back, 2 stay because a later import has them too, 1 match ended." {
		t.Error(got)
	}
	if got := UndoText(app.ImportEntry{New: 1, Files: []string{"a.csv"}, Replaced: 1, KeptAside: 2}); !strings.
		Contains(got, "**1 line** of a.csv") || !strings.Contains(got, "(2 rows)") {
		t.Error(got)
	}
	if got := WaitingText([]app.Watched{{State: app.WatchWaits, Why: "which day?"},
		{State: app.WatchTaken}}); got != "1 file waits for you: which day?" {
		t.Error(got)
	}
}

func TestBatchesAreTold(t *testing.T) {
	m := money.New(-500, "EUR")
	who, text, amount := DetailText(book.BankDetail{Counterparty: "Anna", Reference: "R1", Amount: &m})
	if who != "Anna" || text != "R1" || amount != "−5.00 EUR" {
		t.Errorf("%q %q %q", who, text, amount)
	}
	if _, _, amount := DetailText(book.BankDetail{}); amount != None {
		t.Errorf("an amount that nobody states is %q", amount)
	}
}

func TestAnswersInWords(t *testing.T) {
	for value, want := range map[string]string{"dmy": "Day before month", "EUR": "EUR", ",": "Decimal comma",
		"booked,text,amount,": "Booking date, Text, Amount, Not used"} {
		if got := AnswerTitle(app.Answer{Value: value}); got != want {
			t.Errorf("%q is %q, want %q", value, got, want)
		}
	}
}
