package bankfile

import (
	"bytes"
	"maps"
	"reflect"
	"slices"
	"testing"
	"time"

	"countinghouse/app/book"
	"countinghouse/sync/world"
)

// loss is what a format of the pretend bank has no place for. What is not declared here must come
// back as the bank has it, and what is declared must really be lost.
type loss struct {
	// empty are the fields of a bank line that come back empty; changed are those of text that come
	// back in another form.
	empty   []string
	changed map[string]func(string) string
	// opening and closing say that the format states no such balance, number that it names no account.
	opening, closing, number bool
	// daily says that the format has a statement for each day.
	daily bool
}

// losses are those of each of world.StatementFormats, by its name.
var losses = map[string]loss{
	"csv":  {number: true},
	"bai2": {empty: []string{"Counterparty", "CounterpartyAccount"}, daily: true},
	"xlsx": {number: true},
	"camt": {changed: map[string]func(string) string{"Reference": provided}},
	"mt940": {changed: map[string]func(string) string{"Reference": provided,
		"Counterparty": world.SWIFT, "Text": world.SWIFT}},
	"ofx": {opening: true},
	"qif": {empty: []string{"ValueOn", "BankID"}, closing: true, number: true},
}

// provided is a reference without the word by which banks say that there is none.
func provided(reference string) string {
	if reference == "NOTPROVIDED" {
		return ""
	}
	return reference
}

// of is a line as the format carries it.
func (x loss) of(l book.BankLine) book.BankLine {
	v := reflect.ValueOf(&l).Elem()
	for _, field := range x.empty {
		v.FieldByName(field).SetZero()
	}
	for field, change := range x.changed {
		f := v.FieldByName(field)
		f.SetString(change(f.String()))
	}
	return l
}

// carried are the lines of an account in a period as a format carries them, and whether each loss
// that is declared has been met.
func (x loss) carried(a *world.Account, from, to book.Date) (lines []book.BankLine, lost map[string]bool) {
	lost = map[string]bool{}
	for _, l := range a.Lines {
		if l.On < from || l.On > to {
			continue
		}
		whole := book.BankLine{Account: a.Name, On: l.On, ValueOn: l.ValueOn, Amount: l.Amount,
			Counterparty: l.Counterparty, CounterpartyAccount: l.CounterpartyAccount,
			Reference: l.Reference, Text: oneLine(l.Text), BankID: l.BankID}
		lines = append(lines, x.of(whole))
		was, is := reflect.ValueOf(whole), reflect.ValueOf(lines[len(lines)-1])
		for _, field := range slices.AppendSeq(slices.Clone(x.empty), maps.Keys(x.changed)) {
			if !was.FieldByName(field).Equal(is.FieldByName(field)) {
				lost[field] = true
			}
		}
	}
	Identify(lines)
	return lines, lost
}

// TestPretendBusinessReadsBackEqual writes the statements of a pretend business in every format of
// its bank and reads them back: balances, proof and each field of each line are the same, but for
// what the format is declared to lose.
func TestPretendBusinessReadsBackEqual(t *testing.T) {
	month, err := book.ParseMonth("2026-10")
	if err != nil {
		t.Fatal(err)
	}
	w := world.Build(world.Options{Seed: 7, Customers: 400, Month: month, Gateways: world.More})
	if len(losses) != len(world.StatementFormats) {
		t.Errorf("%d formats are declared, the bank has %d", len(losses), len(world.StatementFormats))
	}
	for _, format := range world.StatementFormats {
		x, ok := losses[format.Name]
		if !ok {
			t.Errorf("what %s loses is not declared", format.Name)
			continue
		}
		met := map[string]bool{}
		for i := range w.Accounts {
			maps.Copy(met, readsBack(t, format, &w.Accounts[i], month.First(), month.Last()))
		}
		if len(met) != len(x.empty)+len(x.changed) {
			t.Errorf("%s loses %v only, more is declared", format.Name, slices.Collect(maps.Keys(met)))
		}
	}
}

// readsBack checks one account in one format and says which losses were met.
func readsBack(t *testing.T, format world.StatementFormat, a *world.Account, from, to book.Date) map[string]bool {
	x := losses[format.Name]
	var b bytes.Buffer
	if err := format.Write(a, &b, from, to, to.Start(time.UTC)); err != nil {
		t.Fatal(err)
	}
	o := Options{Account: a.Name, Currency: a.Currency, Number: a.IBAN}
	f := mustRead(t, b.String(), "statement", o)
	if f.Outcome() != "ok" || len(f.Statements) != 1 && !x.daily || string(f.Format) != format.Name {
		t.Fatalf("%s %s: %s %s with %d statements: %v", format.Name, a.Name, f.Format, f.Outcome(),
			len(f.Statements), f.Warnings)
	}
	p := wholePeriod(t, f.Statements)
	opening, closing := a.BalanceOn(from-1), a.BalanceOn(to)
	for _, b := range []struct {
		name   string
		stated *int64
		want   int64
		lost   bool
	}{{"opening", p.Opening, opening, x.opening}, {"closing", p.Closing, closing, x.closing}} {
		if (b.stated == nil) != b.lost || b.stated != nil && *b.stated != b.want {
			t.Errorf("%s %s: %s balance %v, want %d", format.Name, a.Name, b.name, b.stated, b.want)
		}
	}
	if known := !x.opening && !x.closing; p.Proof.Known != known || p.Proof.Holds != known {
		t.Errorf("%s %s: proof %+v", format.Name, a.Name, p.Proof)
	}
	if (p.AccountNumber == "") != x.number || p.OtherAccount || p.Currency != a.Currency {
		t.Errorf("%s %s: of %q in %s", format.Name, a.Name, p.AccountNumber, p.Currency)
	}
	want, met := x.carried(a, from, to)
	if len(want) != len(p.Lines) {
		t.Fatalf("%s %s: %d lines, want %d", format.Name, a.Name, len(p.Lines), len(want))
	}
	for i, got := range p.Lines {
		w := want[i]
		if w.BankID != "" && w.ID != book.NewID(a.Name, w.BankID) {
			t.Fatalf("%s: the pretend bank uses %s twice", a.Name, w.BankID)
		}
		if w.StatementID, w.Row = p.ID, got.Row; got.Row < 1 || !reflect.DeepEqual(got, w) {
			t.Errorf("%s %s: got %+v, want %+v", format.Name, a.Name, got, w)
		}
	}
	return met
}

// wholePeriod joins the statements of single days, each of which begins where the one before ends.
func wholePeriod(t *testing.T, days []Parsed) Parsed {
	p := days[0]
	for _, next := range days[1:] {
		if !next.Proof.Holds || *next.Opening != *p.Closing || next.FromOn <= p.ToOn ||
			next.AccountNumber != p.AccountNumber {
			t.Errorf("%+v does not follow %+v", next.Statement, p.Statement)
		}
		for _, l := range next.Lines {
			if l.On != next.FromOn || l.StatementID != next.ID {
				t.Errorf("%+v is not of %s", l, next.FromOn)
			}
			l.StatementID = p.ID
			p.Lines = append(p.Lines, l)
		}
		p.Closing, p.ToOn = next.Closing, next.ToOn
	}
	return p
}
