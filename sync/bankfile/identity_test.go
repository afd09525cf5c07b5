package bankfile

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"countinghouse/app/book"
	"countinghouse/app/money"
	"countinghouse/sync/world"
	"pgregory.net/rapid"
)

func TestReimportAddsNothing(t *testing.T) {
	for _, m := range manifest(t) {
		if m["outcome"] == "reject" {
			continue
		}
		first, err := readAnswered(t, m)
		if err != nil {
			t.Fatal(err)
		}
		again, err := readAnswered(t, m)
		if err != nil {
			t.Fatal(err)
		}
		existing := allLines(first)
		seen := map[book.ItemID]bool{}
		for _, l := range existing {
			if seen[l.ID] {
				t.Errorf("%s: two lines are called %s", m["file"], l.ID)
			}
			seen[l.ID] = true
		}
		for i, s := range again.Statements {
			fresh, duplicates, err := Merge(existing, s)
			if err != nil || len(fresh) != 0 || len(duplicates) != len(s.Lines) {
				t.Errorf("%s: %d new, %d duplicates of %d, %v", m["file"], len(fresh), len(duplicates),
					len(s.Lines), err)
			}
			if s.ID != first.Statements[i].ID {
				t.Errorf("%s: the statement is called %s, then %s", m["file"], first.Statements[i].ID, s.ID)
			}
		}
	}
}

func TestIdentify(t *testing.T) {
	line := func(bankID, text string) book.BankLine {
		return book.BankLine{Account: "operating", On: 20000, Amount: money.New(-450, "EUR"),
			Text: text, BankID: bankID}
	}
	lines := []book.BankLine{line("B-1", "coffee"), line("", "coffee"), line("", " Coffee"), line("X", "tea"),
		line("X", "tea"), line("", "coffee")}
	lines[5].Pending = true
	Identify(lines)
	ids := func() (out []string) {
		for _, l := range lines {
			out = append(out, string(l.ID))
		}
		return out
	}()
	// The coffee under B-1 counts as an equal one too: the next has ordinal 2.
	if ids[0] != "operating:B-1" || !strings.HasPrefix(ids[1], "operating:2024-10-04/") ||
		!strings.HasSuffix(ids[1], "-2") || ids[2] != strings.TrimSuffix(ids[1], "-2")+"-3" ||
		ids[4] != ids[3]+"-2" || !strings.HasPrefix(ids[5], "operating:pending/") {
		t.Errorf("ids %q", ids)
	}
	other := slices.Clone(lines)
	for i := range other {
		other[i].Account, other[i].ID = "second", ""
	}
	Identify(other)
	if other[1].ID.Native() == lines[1].ID.Native() {
		t.Error("the account does not count")
	}
}

// statementWorld is an account of a pretend business with its lines, and the days they cover.
func statementWorld(t testing.TB, customers int) (*world.Account, book.Date, book.Date) {
	t.Helper()
	month, err := book.ParseMonth("2026-10")
	if err != nil {
		t.Fatal(err)
	}
	w := world.Build(world.Options{Seed: 7, Customers: customers, Month: month})
	a := &w.Accounts[0]
	if len(a.Lines) < 20 {
		t.Fatalf("only %d lines", len(a.Lines))
	}
	return a, month.First(), month.Last()
}

func writtenCSV(t testing.TB, a *world.Account, from, to book.Date) string {
	var b bytes.Buffer
	if err := a.WriteCSV(&b, from, to); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func writtenCAMT(t testing.TB, a *world.Account, from, to book.Date) string {
	var b bytes.Buffer
	if err := a.WriteCAMT(&b, from, to, to.Start(time.UTC)); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// withoutIDs makes another bank's file of a statement: the same lines under names of their own.
func withoutIDs(p Parsed) Parsed {
	p.Lines = slices.Clone(p.Lines)
	for i := range p.Lines {
		l := &p.Lines[i]
		l.BankID = ""
		l.Text = "BOOKED " + strings.ToUpper(l.Counterparty) + " " + l.Text + " " + l.Reference
		l.Counterparty, l.CounterpartyAccount, l.Reference = "", "", ""
	}
	Identify(p.Lines)
	p.file = nil
	return p
}

func TestMergeOverlapInAnotherFormat(t *testing.T) {
	a, from, to := statementWorld(t, 40)
	o := Options{Account: a.Name, Currency: a.Currency}
	rapid.Check(t, func(r *rapid.T) {
		start := from + book.Date(rapid.IntRange(0, 10).Draw(r, "start"))
		end := start + book.Date(rapid.IntRange(8, 20).Draw(r, "length"))
		whole := mustRead(t, writtenCSV(t, a, from, to), "a.csv", o).Statements[0]
		part := withoutIDs(mustRead(t, writtenCAMT(t, a, start, end), "a.xml", o).Statements[0])
		fresh, duplicates, err := Merge(whole.Lines, part)
		if err != nil || len(fresh) != 0 || len(duplicates) != len(part.Lines) {
			r.Fatalf("part after whole: %d new, %d duplicates, %v", len(fresh), len(duplicates), err)
		}
		for i, d := range duplicates {
			if d.Amount != part.Lines[i].Amount || !slices.ContainsFunc(whole.Lines, func(l book.BankLine) bool {
				return l.ID == d.ID && l.On == d.On && l.Amount == d.Amount
			}) {
				r.Fatalf("%+v is paired wrongly", d)
			}
		}
		fresh, duplicates, err = Merge(part.Lines, whole)
		if err != nil || len(fresh)+len(part.Lines) != len(whole.Lines) || len(duplicates) != len(part.Lines) {
			r.Fatalf("whole after part: %d new, %d duplicates, %v", len(fresh), len(duplicates), err)
		}
	})
}

// TestMergeTakesAnUnreadRowForTheMissingLine imports a file again, one of whose rows has been spoilt
// since: the line that the books have is that row, and not a contradiction.
func TestMergeTakesAnUnreadRowForTheMissingLine(t *testing.T) {
	const head = "Date;Amount;Text\n"
	rows := []string{"2026-10-01;10,00;one\n", "2026-10-02;20,00;two\n", "2026-10-03;30,00;three\n"}
	o := Options{Account: "operating", Currency: "EUR"}
	whole, err := Read(ctx, strings.NewReader(head+strings.Join(rows, "")), "a.csv", o)
	if err != nil {
		t.Fatal(err)
	}
	spoilt, err := Read(ctx, strings.NewReader(head+rows[0]+"2026-10-O2;20,00;two\n"+rows[2]), "a.csv", o)
	if err != nil || len(spoilt.Statements[0].Rejects) != 1 {
		t.Fatalf("%d rejects, %v", len(spoilt.Statements[0].Rejects), err)
	}
	books := whole.Statements[0].Lines
	fresh, known, err := Merge(books, spoilt.Statements[0])
	if err != nil || len(fresh) != 0 || len(known) != 2 {
		t.Errorf("%d new, %d known, %v", len(fresh), len(known), err)
	}
	spoilt.Statements[0].Rejects = nil
	if _, _, err := Merge(books, spoilt.Statements[0]); err == nil {
		t.Error("without an unread row the missing line is a contradiction")
	}
}

func TestMergeRefusesWhatDoesNotPair(t *testing.T) {
	line := func(day book.Date, minor int64, text, bankID string) book.BankLine {
		return book.BankLine{Account: "operating", On: day, Amount: money.New(minor, "EUR"), Text: text, BankID: bankID}
	}
	parsed := func(from, to book.Date, lines ...book.BankLine) Parsed {
		p := Parsed{Statement: book.Statement{Account: "operating", FromOn: from, ToOn: to}, Lines: lines}
		Identify(p.Lines)
		return p
	}
	old := parsed(10, 12, line(10, 100, "alpha", "A"), line(11, 200, "beta", "B"), line(12, 300, "gamma", "C"))
	for _, c := range []struct {
		name       string
		file       Parsed
		fresh, dup int
		conflict   bool
	}{
		{"one more line", parsed(10, 12, line(10, 100, "alpha", ""), line(11, 200, "beta", ""),
			line(11, 7, "delta", ""), line(12, 300, "gamma", "")), 1, 3, false},
		{"another amount", parsed(10, 12, line(10, 100, "alpha", ""), line(11, 201, "beta", ""),
			line(12, 300, "gamma", "")), 0, 0, true},
		{"a line is missing", parsed(10, 12, line(10, 100, "alpha", ""), line(12, 300, "gamma", "")), 0, 0, true},
		{"the last day is cut off", parsed(10, 12, line(10, 100, "alpha", ""), line(11, 200, "beta", "")), 0, 2, false},
		{"other text, equal amount", parsed(10, 10, line(10, 100, "omega", "")), 0, 0, true},
		{"other days", parsed(13, 14, line(13, 100, "alpha", "")), 1, 0, false},
		{"the reference is used again", parsed(13, 14, line(13, 900, "alpha", "A")), 1, 0, false},
		{"two equal ones, one known", parsed(10, 12, line(10, 100, "alpha", ""), line(10, 100, "alpha", ""),
			line(11, 200, "beta", "B"), line(12, 300, "gamma", "C")), 1, 3, false},
	} {
		fresh, duplicates, err := Merge(old.Lines, c.file)
		_, conflict := errors.AsType[*Conflict](err)
		if conflict != c.conflict || len(fresh) != c.fresh || len(duplicates) != c.dup {
			t.Errorf("%s: %d new, %d duplicates, %v", c.name, len(fresh), len(duplicates), err)
		}
		for _, l := range fresh {
			if slices.ContainsFunc(old.Lines, func(o book.BankLine) bool { return o.ID == l.ID }) {
				t.Errorf("%s: the new line has the id %s of another", c.name, l.ID)
			}
		}
	}
}

// TestStatementTwiceInAFile puts a statement into its file a second time, and another one of the next
// days: it is taken once, in both ways of reading, and none of the others is lost.
func TestStatementTwiceInAFile(t *testing.T) {
	a, from, _ := statementWorld(t, 40)
	first, next := writtenCAMT(t, a, from, from+9), writtenCAMT(t, a, from+10, from+19)
	cut := func(s string) string {
		return s[strings.Index(s, "<Stmt>") : strings.LastIndex(s, "</Stmt>")+len("</Stmt>")]
	}
	text := strings.Replace(first, "</Stmt>", "</Stmt>"+cut(next)+cut(first), 1)
	o := Options{Account: a.Name, Currency: a.Currency, Number: a.IBAN}
	f := mustRead(t, text, "a.xml", o)
	lines := func(f File) (n int) {
		for _, p := range f.Statements {
			n += len(p.Lines)
		}
		return n
	}
	want := lines(mustRead(t, first, "a.xml", o)) + lines(mustRead(t, next, "a.xml", o))
	if lines(f) != want || len(f.Statements) != 2 || len(f.Warnings) != 1 || !strings.Contains(f.Warnings[0], "twice") {
		t.Errorf("%d lines, want %d, in %d statements, %q", lines(f), want, len(f.Statements), f.Warnings)
	}
	n := 0
	if _, err := Stream(ctx, strings.NewReader(text), "a.xml", o, func(_ *Parsed, l []book.BankLine) error {
		n += len(l)
		return nil
	}); err != nil || n != want {
		t.Errorf("%d lines handed over, want %d, %v", n, want, err)
	}
	books := newShelf()
	for _, x := range []File{f, mustRead(t, first, "a.xml", o), f} {
		if _, err := books.take(x); err != nil || len(books.lines) != want {
			t.Errorf("%d lines in the books, want %d, %v", len(books.lines), want, err)
		}
	}
}
