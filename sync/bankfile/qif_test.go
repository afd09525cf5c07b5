package bankfile

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"countinghouse/app/book"
	"countinghouse/app/money"
	"golang.org/x/text/encoding/unicode"
	"pgregory.net/rapid"
)

func qifFile(records ...string) string {
	return "!Type:Bank\n" + strings.Join(records, "\n^\n") + "\n^\n"
}

func TestQIFDates(t *testing.T) {
	for _, c := range []struct{ name, proof, text, want string }{
		{"slashes", "12/31/2026", "1/2/2026", "2026-01-02"}, {"last century", "12/31/99", "02/03/98", "1998-02-03"},
		{"this century", "12/31/09", "02/03/10", "2010-02-03"}, {"apostrophe", "12/31/99", "1/ 2'04", "2004-01-02"},
		{"padded year", "12/31/99", "1/ 3' 5", "2005-01-03"}, {"four digits behind it", "12/31/99", "2/10'2020", "2020-02-10"},
		{"padded", "12/31/99", " 1/ 1/10", "2010-01-01"}, {"day first", "31/12/2026", "1/2/2026", "2026-02-01"},
		{"points", "31/12/2026", "03.01.2005", "2005-01-03"}, {"ISO", "31/12/2026", "2022-09-03", "2022-09-03"},
		{"dashes", "31-12-2026", "1-2-2026", "2026-02-01"}, {"day first, apostrophe", "31/12'26", "1/ 2' 7", "2007-02-01"},
		{"no such day", "31/12/2026", "30/02/2026", ""}, {"no date", "31/12/2026", "soon", ""},
		{"year alone", "31/12/2026", "2026", ""}, {"the wrong way round", "31/12/2026", "12/13/2026", ""},
	} {
		f := mustRead(t, qifFile("D"+c.proof+"\nT1.00", "D"+c.proof+"\nT2.00", "D"+c.proof+"\nT3.00",
			strings.Repeat("D"+c.proof+"\nT4.00\n^\n", 9)+"D"+c.text+"\nT-5.00\nPx"), "a.qif", operating)
		p := f.Statements[0]
		if c.want == "" {
			if len(p.Rejects) != 1 || p.Rejects[0].Place != "line 38, entry 13" ||
				p.Rejects[0].Reason != fmt.Sprintf("date: %q is not a date", c.text) || p.Rejects[0].Raw != "D"+c.text+"\nT-5.00\nPx\n" {
				t.Errorf("%s: %+v", c.name, p.Rejects)
			}
			continue
		}
		if l := p.Lines[len(p.Lines)-1]; l.On.String() != c.want || f.Outcome() != "ok" {
			t.Errorf("%s: %s, want %s: %v", c.name, l.On, c.want, f.Warnings)
		}
	}
}

// TestQIFAsksOnceAndRemembers asks for the order of the dates and reads the next month, which leaves it
// open too, with the answer.
func TestQIFAsksOnceAndRemembers(t *testing.T) {
	october, november := qifFile("D10/05/2026\nT1.00", "D10/06/2026\nT2.00"), qifFile("D11/05/2026\nT1.00")
	f, err := Read(ctx, strings.NewReader(october), "a.qif", operating)
	ask, ok := errors.AsType[*Ask](err)
	want := []Question{{Topic: AskDates, Place: "line 2", Text: "Is 10/05/2026 the day or the month first?",
		Answers: []Answer{{"dmy", "day first: 2026-05-10"}, {"mdy", "month first: 2026-10-05"}}}}
	if !ok || !reflect.DeepEqual(ask.Questions, want) || f.Profile.Shape == "" {
		t.Fatalf("%v %+v", err, f.Questions)
	}
	profile, err := f.Profile.With(AskDates, "mdy")
	if err != nil {
		t.Fatal(err)
	}
	remembered := map[string]*Profile{}
	o := operating
	o.Known = func(shape string) *Profile { return remembered[shape] }
	o.Profile = throughJSON(t, profile)
	first := mustRead(t, october, "a.qif", o)
	remembered[first.Profile.Shape] = throughJSON(t, first.Profile)
	o.Profile = nil
	second := mustRead(t, november, "b.qif", o)
	if allLines(first)[0].On.String() != "2026-10-05" || allLines(second)[0].On.String() != "2026-11-05" ||
		!second.Recognised || second.Outcome() != "ok" {
		t.Errorf("%v %+v", second.Warnings, allLines(second))
	}
	// What the file proves goes before what was remembered, and is said.
	third := mustRead(t, qifFile("D25/11/2026\nT1.00", "D05/11/2026\nT1.00"), "c.qif", o)
	if allLines(third)[1].On.String() != "2026-11-05" || len(third.Warnings) != 1 ||
		third.Warnings[0] != "the profile has the dates as mdy, the file proves dmy" {
		t.Errorf("%v %+v", third.Warnings, allLines(third))
	}
	// Another account of ours may be at another bank.
	o.Account = "savings"
	if _, err := Read(ctx, strings.NewReader(november), "b.qif", o); err == nil {
		t.Error("the answer for one account is used for another")
	}
}

func TestQIFDecidesByTheWholeFile(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []int64
		ask        Topic
		day        string
	}{
		{"a point before decimals", qifFile("D31/10/2026\nT1,250", "D31/10/2026\nT-1,250.50"), []int64{125000, -125050}, "", ""},
		{"a comma before decimals", qifFile("D31/10/2026\nT1.250", "D31/10/2026\nT-1.250,5"), []int64{125000, -125050}, "", ""},
		{"thousands that are too many decimals", qifFile("D31/10/2026\nT1.234"), []int64{123400}, "", ""},
		{"both in one amount", qifFile("D31/10/2026\nT1,234,567.00", "D31/10/2026\nT+3"), []int64{123456700, 300}, "", ""},
		{"a minus behind", qifFile("D31/10/2026\nT1,250.00-"), []int64{-125000}, "", ""},
		{"open", qifFile("D31/10/2026\nT1,250"), nil, AskPoint, ""},
		{"contradictory", qifFile("D31/10/2026\nT1,25", "D31/10/2026\nT1.25"), nil, AskPoint, ""},
		{"a decimal comma has the day first", qifFile("D05/10/2026\nT1,25"), []int64{125}, "", "2026-10-05"},
		{"an order that is stated", "!Option:MDY\n" + qifFile("D05/10/2026\nT1.25"), []int64{125}, "", "2026-05-10"},
		{"contradictory dates", qifFile("D25/10/2026\nT1.25", "D10/25/2026\nT1.25"), nil, AskDates, ""},
		{"all days are months", qifFile("D05/05/2026\nT1.25"), []int64{125}, "", "2026-05-05"},
		{"U for T", qifFile("D31/10/2026\nU1.25", "D31/10/2026\nU2.00\nT3.00"), []int64{125, 300}, "", ""},
	} {
		f, err := Read(ctx, strings.NewReader(c.text), "a.qif", operating)
		if c.ask != "" {
			if _, ok := errors.AsType[*Ask](err); !ok || len(f.Questions) != 1 || f.Questions[0].Topic != c.ask ||
				!strings.HasPrefix(f.Questions[0].Place, "line ") {
				t.Errorf("%s: %v %+v", c.name, err, f.Questions)
			}
			continue
		}
		if err != nil || !slices.Equal(amounts(f), c.want) || c.day != "" && allLines(f)[0].On.String() != c.day {
			t.Errorf("%s: %v %+v", c.name, err, allLines(f))
		}
	}
	f, _ := Read(ctx, strings.NewReader(qifFile("D31/10/2026\nT1,250")), "a.qif", operating)
	profile, err := f.Profile.With(AskPoint, ",")
	if err != nil {
		t.Fatal(err)
	}
	o := operating
	o.Profile = throughJSON(t, profile)
	if f := mustRead(t, qifFile("D31/10/2026\nT1,250"), "a.qif", o); !slices.Equal(amounts(f), []int64{125}) {
		t.Errorf("answered: %v", amounts(f))
	}
	_, err = Read(ctx, strings.NewReader(qifFile("D31/10/2026\nT1.25")), "a.qif", Options{Account: "operating"})
	if ask, ok := errors.AsType[*Ask](err); !ok || ask.Questions[0].Topic != AskCurrency {
		t.Errorf("without a currency: %v", err)
	}
}

func TestQIFRecords(t *testing.T) {
	text := "!Type:Bank\nD10/31/2026\nT-100.00\nN1001\nPShop\nMOrder\nM7\nLFood\nSPart\n$-60.00\nEno\nNCHQ\nPNo one\nMnothing\n" +
		"S[x]\n$=-40.00\n^^\n^\nD10/31/2026\nT-5.00\nPTo savings\nL[Savings 12]\nC*\nAStreet\n^\nD10/31/2026\nPno amount\n^\n" +
		"D10/31/2026\nT$5\n^\nT5.00\nPno date\n^\nPOpening Balance\nLSalary\nD10/31/2026\nT9.00\n^\nD10/31/2026\nT1.00\nPcut"
	f := mustRead(t, text, "a.qif", operating)
	p := f.Statements[0]
	want := []book.BankLine{
		{Counterparty: "Shop", Text: "Order 7", Reference: "1001", Amount: money.New(-10000, "EUR"), Row: 1},
		{Counterparty: "To savings", CounterpartyAccount: "Savings 12", Amount: money.New(-500, "EUR"), Row: 2},
		{Counterparty: "Opening Balance", Amount: money.New(900, "EUR"), Row: 6},
	}
	if len(p.Lines) != len(want) {
		t.Fatalf("%+v", p.Lines)
	}
	for i, l := range p.Lines {
		w := want[i]
		w.On, w.Account, w.Ordinal, w.ID, w.StatementID = book.NewDate(2026, 10, 31), "operating", 1, l.ID, l.StatementID
		if !reflect.DeepEqual(l, w) {
			t.Errorf("got %+v, want %+v", l, w)
		}
	}
	var said []string
	for _, q := range p.Rejects {
		said = append(said, q.Place+": "+q.Reason)
	}
	if !slices.Equal(said, []string{"line 26, entry 3: amount: no amount", `line 29, entry 4: amount: not an amount: "$5"`,
		"line 32, entry 5: date: no date", "line 40, entry 7: the file ends in the middle of it"}) {
		t.Errorf("%q", said)
	}
	o := operating
	o.Fixes = []Fix{{Row: 3, Means: Amount, Value: "-7.00"}, {Row: 5, Means: Booked, Value: "2026-10-30"}}
	if f := mustRead(t, text, "a.qif", o); !slices.Equal(amounts(f), []int64{-10000, -500, -700, 500, 900}) {
		t.Errorf("mended: %v", amounts(f))
	}
}

func TestQIFAccounts(t *testing.T) {
	account := func(name string) string { return "!Account\nN" + name + "\nTBank\n^\n" }
	bank := func(records string) string { return "!Type:Bank\n" + records }
	const list = "!Option:AutoSwitch\n!Account\nNCurrent\n^\nNSavings\n^\n!Clear:AutoSwitch\n"
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"one", account("Current") + bank("D10/31/2026\nT1.00\n^\n"), []string{" none 1"}},
		{"one with a number", account("Giro 12345678") + bank("D10/31/2026\nT1.00\n^\n"), []string{"Giro 12345678 none 1"}},
		{"none", bank("D10/31/2026\nT1.00\n^\n"), []string{" none 1"}},
		{"back and forth", list + account("Current") + bank("D10/31/2026\nT1.00\n^\n") + account("Savings") +
			bank("D10/31/2026\nT2.00\nPOpening Balance\nL[Savings]\n^\nD10/31/2026\nT3.00\n^\n") + account("Current") +
			bank("D10/31/2026\nT4.00\n^\n"), []string{"Current none 2", "Savings 2.00 EUR 1"}},
		{"a list chooses none", list + bank("D10/31/2026\nT1.00\n^\n"), []string{" none 1"}},
		{"the opening balance of another", account("Current") + bank("D10/31/2026\nT1.00\nPOpening Balance\nL[Savings]\n^\n"),
			[]string{" none 1"}},
		{"card and lists", "!Type:Cat\nNFood\nE\n^\n!Type:CCard \nD10/31/2026\nT1.00\n^\n!Type:Memorized\nKD\nT5.00\n^\n",
			[]string{" none 1"}},
		{"not closed", bank("D10/31/2026\nT1.00\n") + "!Type:Cash\nD10/31/2026\nT2.00\n^\n", []string{" none 1", " none 1"}},
		{"empty", bank(""), []string{" none 0"}},
	} {
		f := mustRead(t, c.text, "a.qif", operating)
		var got []string
		for _, p := range f.Statements {
			opening := "none"
			if p.Proof.Opening != nil {
				opening = p.Proof.Opening.String()
			}
			got = append(got, fmt.Sprintf("%s %s %d", p.AccountNumber, opening, len(p.Lines)))
		}
		if !slices.Equal(got, c.want) || f.Outcome() != "ok" {
			t.Errorf("%s: %q, want %q: %v", c.name, got, c.want, f.Warnings)
		}
	}
	both := account("Operating") + bank("D10/31/2026\nT1.00\n^\n") + account("Savings") + bank("D10/31/2026\nT2.00\n^\n")
	o := operating
	o.Number = "LT121000011101001000"
	if f := mustRead(t, both, "a.qif", o); !slices.Equal(amounts(f), []int64{100}) || f.Statements[0].OtherAccount {
		t.Errorf("the account of our name: %v %v", amounts(f), f.Warnings)
	}
	opening := "D10/31/2026\nT%d.00\nPOpening Balance\nL[x]\n^\n"
	f := mustRead(t, bank(fmt.Sprintf(opening+opening+opening, 1, 1, 2)), "a.qif", operating)
	if f.Statements[0].Proof.Opening.Minor != 100 || len(allLines(f)) != 0 ||
		!slices.Equal(f.Warnings, []string{"1 more opening balances differ from the first one, which counts"}) {
		t.Errorf("%q %+v", f.Warnings, f.Statements[0].Proof)
	}
	f = mustRead(t, "!Type:Invst\nD10/31/2026\nNBuy\nT5.00\n^\n!Type:Invoice\nD10/31/2026\nT5.00\n^\n"+bank("D10/31/2026\nT1.00\n^\n"),
		"a.qif", operating)
	if !slices.Equal(f.Warnings, []string{"1 records of investments are no bank lines and are left out",
		"1 sections of another kind are left out"}) || !slices.Equal(amounts(f), []int64{100}) {
		t.Errorf("%q %v", f.Warnings, amounts(f))
	}
}

func TestQIFLetters(t *testing.T) {
	text := qifFile("D31/10/2026\nT1.00\nPCafé €")
	utf16, err := unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, text, encoding string }{
		{"UTF-8", text, "UTF-8"}, {"with its mark", "\xef\xbb\xbf" + text, "UTF-8"}, {"UTF-16", utf16, "UTF-16BE"},
		{"1252", strings.NewReplacer("é", "\xe9", "€", "\x80").Replace(text), "windows-1252"},
		{"CR only", strings.ReplaceAll(text, "\n", "\r"), "UTF-8"}, {"CR LF", strings.ReplaceAll(text, "\n", "\r\n"), "UTF-8"},
		{"no line end", strings.TrimRight(text, "\n"), "UTF-8"},
	} {
		f := mustRead(t, c.text, "a.qif", operating)
		if l := only(t, f); l.Counterparty != "Café €" || f.Encoding != c.encoding || f.Outcome() != "ok" {
			t.Errorf("%s: %q in %s, %v", c.name, l.Counterparty, f.Encoding, f.Warnings)
		}
	}
}

// TestQIFIsReadHoweverItIsWritten writes any records in any of the ways that programs do.
func TestQIFIsReadHoweverItIsWritten(t *testing.T) {
	layouts := []string{"01/02/2006", "1/2/06", "1/ 2'06", "02/01/2006", "2.1.2006", "2006-01-02", "02-01-2006"}
	words := rapid.StringMatching(`[A-Za-z0-9ÄéŁ&;'".,^!/-]{1,9}( [A-Za-z^!]{1,9}){0,3}`)
	rapid.Check(t, func(r *rapid.T) {
		layout := rapid.SampledFrom(layouts).Draw(r, "layout")
		marks := rapid.SampledFrom([]money.Marks{{Point: ".", Minus: "-"}, {Point: ".", Group: ",", Minus: "-"},
			{Point: ",", Minus: "-"}, {Point: ",", Group: ".", Minus: "-"}}).Draw(r, "marks")
		end := rapid.SampledFrom([]string{"\n", "\r\n", "\r"}).Draw(r, "end")
		// The last day of the year proves the order.
		want := []book.BankLine{{On: book.NewDate(2026, 12, 31), Amount: money.New(1, "EUR"), Counterparty: "x", Text: "y"}}
		for range rapid.IntRange(0, 12).Draw(r, "n") {
			want = append(want, book.BankLine{
				On:           book.NewDate(2026, 1, 1) + book.Date(rapid.IntRange(0, 364).Draw(r, "day")),
				Amount:       money.New(rapid.Int64Range(-1e12, 1e12).Draw(r, "amount"), "EUR"),
				Counterparty: words.Draw(r, "payee"), Text: words.Draw(r, "memo")})
		}
		text := "!Type:Bank" + end
		for _, l := range want {
			fields := []string{"D" + l.On.Time().Format(layout), "T" + marks.Format(l.Amount), "P" + l.Counterparty, "M" + l.Text}
			fields = rapid.Permutation(fields).Draw(r, "fields")
			if rapid.Bool().Draw(r, "split") {
				fields = append(fields, "SPart", "$1.00", "NCHQ")
			}
			text += strings.Join(fields, end) + end + "^" + end
		}
		f, err := Read(ctx, strings.NewReader(text), "a.qif", operating)
		if err != nil || f.Outcome() != "ok" || len(allLines(f)) != len(want) {
			r.Fatalf("%v %v: %d lines of %d", err, f.Warnings, len(allLines(f)), len(want))
		}
		for i, l := range allLines(f) {
			w := want[i]
			if l.On != w.On || l.Amount != w.Amount || l.Counterparty != w.Counterparty || l.Text != w.Text || l.Reference != "" {
				r.Fatalf("got %+v, want %+v", l, w)
			}
		}
	})
}
