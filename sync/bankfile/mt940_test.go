package bankfile

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"countinghouse/app/book"
	"countinghouse/app/money"
	"golang.org/x/text/encoding/charmap"
	"pgregory.net/rapid"
)

// sta is a message of lines, from a balance of 100 euros to another.
func sta(closing string, lines ...string) string {
	return ":20:STARTUMS\r\n:25:DE89370400440532013000\r\n:28C:7/1\r\n:60F:C260930EUR100,00\r\n" +
		strings.Join(lines, "\r\n") + "\r\n:62F:" + closing + "\r\n-\r\n"
}

func TestMT940Entries(t *testing.T) {
	for _, c := range []struct {
		moved, on, valued, amount, reference, bankID string
		pending                                      bool
	}{
		{"2610021002C12,34NTRFREF-1//BANK-1", "2026-10-02", "2026-10-02", "12.34", "REF-1", "BANK-1", false},
		{"2610021002CR300,NTRFNONREF", "2026-10-02", "2026-10-02", "300.00", "", "", false},
		{"261002D,5NTRFNONREF//NONREF", "2026-10-02", "2026-10-02", "-0.50", "", "", false},
		{"261002    DR9NMSCNOTPROVIDED//", "2026-10-02", "2026-10-02", "-9.00", "", "", false},
		{"2610021001RC20,00NRTIINV-3", "2026-10-01", "2026-10-02", "-20.00", "INV-3", "", false},
		{"2610021001RCR204,88NRTIKREF+//B", "2026-10-01", "2026-10-02", "-204.88", "", "B", false},
		{"2610021001RD5,5NRTIA/B//C//D", "2026-10-01", "2026-10-02", "5.50", "A/B", "C//D", false},
		{"2610021001RDR5,5NRTI", "2026-10-01", "2026-10-02", "5.50", "", "", false},
		{"2610021001EC7,NTRFX1", "2026-10-01", "2026-10-02", "7.00", "X1", "", true},
		{"2610021001EDR7,NTRFX1", "2026-10-01", "2026-10-02", "-7.00", "X1", "", true},
		{"2701020102C000000000044,95S051", "2027-01-02", "2027-01-02", "44.95", "", "", false},
		{"2612310102D1,NTRFX", "2027-01-02", "2026-12-31", "-1.00", "X", "", false},
		{"2701021231D1,NTRFX", "2026-12-31", "2027-01-02", "-1.00", "X", "", false},
		{"2602300301D1,N024NONREF", "2026-03-01", "2026-02-28", "-1.00", "", "", false},
		{"2403010229D1,N024NONREF", "2024-02-29", "2024-03-01", "-1.00", "", "", false},
		{"991231D1,FMSCNONREF", "1999-12-31", "1999-12-31", "-1.00", "", "", false},
		{"261002D2145.00NTRFX", "2026-10-02", "2026-10-02", "-2145.00", "X", "", false},
		{"261002D1.234,56NTRFX", "2026-10-02", "2026-10-02", "-1234.56", "X", "", false},
		{"261002D500NTRFX", "2026-10-02", "2026-10-02", "-500.00", "X", "", false},
		{"261002CD0,00NDEFNONREF//", "2026-10-02", "2026-10-02", "0.00", "", "", false},
		{"261002CR12,34N", "2026-10-02", "2026-10-02", "12.34", "", "", false},
		{"261002CR12,34//B", "2026-10-02", "2026-10-02", "12.34", "", "B", false},
		{"261002DR3460,00S   XY", "2026-10-02", "2026-10-02", "-3460.00", "XY", "", false},
	} {
		f := mustRead(t, sta("C261002EUR100,00", ":61:"+c.moved), "a.sta", operating)
		lines := allLines(f)
		if len(lines) != 1 {
			t.Errorf("%s: %d lines, %v", c.moved, len(lines), f.Warnings)
			continue
		}
		l := lines[0]
		if l.On.String() != c.on || l.ValueOn.String() != c.valued || l.Amount.Decimal() != c.amount ||
			l.Reference != c.reference || l.BankID != c.bankID || l.Pending != c.pending {
			t.Errorf("%s: got %+v", c.moved, l)
		}
	}
}

func TestMT940MinusTurnsTheSignAndIsSaid(t *testing.T) {
	f := mustRead(t, sta("C261002EUR204,12", ":61:261002D-104,12NTRFX"), "a.sta", operating)
	if got := amounts(f); !slices.Equal(got, []int64{10412}) || len(f.Warnings) != 1 ||
		!strings.Contains(f.Warnings[0], "bear a minus") {
		t.Errorf("%v, %v", got, f.Warnings)
	}
}

func TestMT940BrokenEntriesCostOnlyThemselves(t *testing.T) {
	text := sta("C261002EUR105,00",
		":61:2610O21002C1,00NTRFONE", ":86:first",
		":61:2610021002C2,00NTRFTWO", ":86:second",
		":61:2610021002X3,00NTRFTHREE", ":86:third",
		":61:2610021399C4,00NTRFFOUR", ":61:261002C1,2,3NTRFFIVE", ":61:261002C1.500NTRFSIX",
		":61:261002C", ":61:", ":61:261002C1,005NTRF", ":61:260431C1,NTRF",
		":61:2610021002C3,00NTRFLAST")
	f := mustRead(t, text, "a.sta", operating)
	if got := amounts(f); !slices.Equal(got, []int64{200, 300}) || !f.Statements[0].Proof.Holds {
		t.Errorf("amounts %v, proof %+v", got, f.Statements[0].Proof)
	}
	want := []struct{ place, reason string }{
		{"entry 1 (line 5)", `date: "2610O2" is no date YYMMDD`},
		{"entry 3 (line 9)", "amount: no mark C or D before the amount"},
		{"entry 4 (line 11)", `date: "1399" is no day of a year`},
		{"entry 5 (line 12)", `amount: "1,2,3" is not an amount`},
		{"entry 6 (line 13)", `amount: "1.500" may be thousands or decimals`},
		{"entry 7 (line 14)", "amount: no amount"},
		{"entry 8 (line 15)", `date: "" is no date YYMMDD`},
		{"entry 9 (line 16)", `amount: "1,005"`},
		{"entry 10 (line 17)", `date: "260431" is no date`},
	}
	rejects := f.Statements[0].Rejects
	if len(rejects) != len(want) {
		t.Fatalf("%d rejects: %+v", len(rejects), rejects)
	}
	for i, w := range want {
		if r := rejects[i]; r.Place != w.place || !strings.HasPrefix(r.Reason, w.reason) {
			t.Errorf("got %s: %s, want %+v", r.Place, r.Reason, w)
		}
	}
	if r := rejects[0]; r.Raw != ":61:2610O21002C1,00NTRFONE\n:86:first" || r.Kind != book.KindBankLine {
		t.Errorf("kept %q", r.Raw)
	}
	if got := allLines(f)[1].Row; got != 11 {
		t.Errorf("the last entry is number %d", got)
	}
}

// TestMT940EntriesBrokenOverLines takes an entry together only where the lines make a whole one: a
// first line that ends within an amount must not be read as a smaller amount.
func TestMT940EntriesBrokenOverLines(t *testing.T) {
	for _, c := range []struct {
		entry  string
		amount []int64
	}{
		{":61:2610021002CR\r\n30,00N062NONREF", []int64{3000}},
		{":61:2610021002CR12\r\n34,00NTRFNONREF", []int64{123400}},
		{":61:2610021002CR12,\r\n34NTRFNONREF\r\nmore", []int64{1234}},
		{":61:2610021002C\r\n500 WIDGETS", nil},
		{":61:2610021002C12", nil},
		{":61:2610021002C12,34\r\nmore", nil},
	} {
		f := mustRead(t, sta("C261002EUR100,00", c.entry, ":86:text"), "a.sta", operating)
		if got := amounts(f); !slices.Equal(got, c.amount) || f.Outcome() != "warn" ||
			len(f.Statements[0].Rejects)+len(got) != 1 {
			t.Errorf("%q: %v, %v", c.entry, got, f.Warnings)
		}
	}
}

func TestMT940Fixes(t *testing.T) {
	text := sta("C261002EUR94,00", ":61:2610O21002C1,00NTRFONE//B1", ":86:first",
		":61:2610021002C2-00NTRFTWO", ":86:second", ":61:2610021002C2,00NTRFTHREE", ":86:third")
	o := operating
	o.Fixes = []Fix{{Row: 1, Means: Booked, Value: "2026-10-02"}, {Row: 2, Means: Amount, Value: "-9.00"}, {Row: 3, Means: Text, Value: "corrected"},
		{Row: 3, Means: Counterparty, Value: "Somebody"}, {Row: 3, Means: Reference, Value: "R"}, {Row: 3, Means: BankID, Value: "B"}, {Row: 3, Means: Valued, Value: "2026-10-03"},
		{Row: 3, Means: TheirAccount, Value: "A"}}
	f := mustRead(t, text, "a.sta", o)
	lines := allLines(f)
	if f.Outcome() != "ok" || len(lines) != 3 {
		t.Fatalf("%d lines, %v", len(lines), f.Warnings)
	}
	if l := lines[0]; l.On.String() != "2026-10-02" || l.Amount.Minor != 100 || l.BankID != "B1" || l.Text != "first" {
		t.Errorf("first %+v", l)
	}
	if l := lines[1]; l.Amount.Minor != -900 || l.Text != "second" {
		t.Errorf("second %+v", l)
	}
	if l := lines[2]; l.Text != "corrected" || l.Counterparty != "Somebody" || l.Reference != "R" ||
		l.BankID != "B" || l.ValueOn.String() != "2026-10-03" || l.CounterpartyAccount != "A" {
		t.Errorf("third %+v", l)
	}
	o.Fixes = []Fix{{Row: 1, Means: Booked, Value: "2026-10-02"}, {Row: 2, Means: Amount, Value: "nine"}, {Row: 3, Means: Valued, Value: "tomorrow"}}
	if f := mustRead(t, text, "a.sta", o); len(allLines(f)) != 1 || len(f.Statements[0].Rejects) != 2 {
		t.Errorf("fixes that cannot be read: %v", f.Warnings)
	}
}

// TestMT940Separators puts two messages into one file in every way in which banks do.
func TestMT940Separators(t *testing.T) {
	body := func(n int) string {
		return fmt.Sprintf(":20:MSG\r\n:25:123456789\r\n:28C:%d/1\r\n:60F:C261001EUR%[1]d,00\r\n"+
			":61:261002C1,00NTRFNONREF\r\n:86:plain text\r\n:62F:C261002EUR%d,00\r\n", n, n+1)
	}
	const swift = "{1:F01BANKDEFFAXXX0000000000}{2:O9400000261002BANKDEFFAXXX00000000002610020000N}{4:\r\n"
	for _, c := range []struct{ before, after string }{
		{"", ""}, {"", "-\r\n"}, {"", "-XXX\r\n"}, {"\x01\r\n", "-\x03\r\n"}, {"\x01", "-\x03"},
		{swift, "-}\r\n"}, {swift, "-}{5:{MAC:00000000}}\r\n"}, {"ABNANL2A\r\n940\r\n", "-\r\n"},
		{"0000 01INGBNL2AXXXX00001\r\n", "-XXX\r\n"}, {":940:\r\n", ""}, {"\r\n\r\n", "\r\n-\r\n\r\n"},
		{"\xe44:\r\n", "-\xe5\r\n"}, {"{1:F01X}{4:", "-}\r\n"}, {"", ":86:of the statement\r\n-\r\n\x1a"},
		{"", ":64:C261002EUR9,00\r\n:65:C261003EUR9,00\r\n:65:C261004EUR9,00\r\n-\r\n"},
	} {
		whole := c.before + body(1) + c.after + c.before + body(2) + c.after
		for _, end := range []string{"\r\n", "\n", "\r", "\r\r\n"} {
			f := mustRead(t, strings.ReplaceAll(whole, "\r\n", end), "a.sta", operating)
			if len(f.Statements) != 2 || f.Outcome() != "ok" || f.Variant != "MT940" {
				t.Errorf("%q, %q, %q: %d statements, %v", c.before, c.after, end, len(f.Statements), f.Warnings)
				continue
			}
			for i, s := range f.Statements {
				if s.Number != fmt.Sprintf("%d/1", i+1) || s.AccountNumber != "123456789" || !s.Proof.Holds ||
					len(s.Lines) != 1 || s.Lines[0].Text != "plain text" {
					t.Errorf("%q, %q, %q: %+v", c.before, c.after, end, s)
				}
			}
		}
	}
}

func TestMT940TextThatLooksLikeTags(t *testing.T) {
	text := sta("C261002EUR102,00", ":61:261002C1,NTRFNONREF", ":86:at", ":12:11", ":26:37 Fo", ":KO:",
		":20 is", ":20:15 Uhr", "-", ":25:30 Uhr", "-", "", "end", ":61:261002C1,NTRFNONREF", ":86:next")
	f := mustRead(t, text, "a.sta", operating)
	lines := allLines(f)
	if len(f.Statements) != 1 || len(lines) != 2 || f.Outcome() != "ok" {
		t.Fatalf("%d statements, %d lines, %v", len(f.Statements), len(lines), f.Warnings)
	}
	if want := "at :12:11 :26:37 Fo :KO: :20 is :20:15 Uhr - :25:30 Uhr - end"; lines[0].Text != want {
		t.Errorf("got %q, want %q", lines[0].Text, want)
	}
}

func TestMT940Pages(t *testing.T) {
	page := func(number, opening, closing string) string {
		return ":20:A\n:25:123456789\n:28C:" + number + "\n" + opening + "\n:61:261002C1,NTRFNONREF\n" + closing + "\n-\n"
	}
	first := page("9/1", ":60F:C261001EUR1,", ":62M:C261002EUR2,")
	second := page("9/2", ":60M:C261002EUR2,", ":62M:C261002EUR3,")
	last := page("9/3", ":60M:C261002EUR3,", ":62F:C261002EUR4,")
	numbered := page("10/1", ":60M:C261002EUR2,", ":62F:C261002EUR3,")
	other := page("10/1", ":60M:C261002EUR7,", ":62F:C261002EUR8,")
	for _, c := range []struct {
		name, text string
		statements int
		warns      []string
	}{
		{"all", first + second + last, 1, nil},
		{"numbered on", first + numbered, 1, nil},
		{"the last is missing", first + second, 1, []string{"statement 9: its last page is missing"}},
		{"one between is missing", first + last, 1, []string{"off by 1.00"}},
		{"the first is missing", second + last, 1, []string{"statement 9/2: its first page is missing"}},
		{"another statement", first + other, 2, []string{"its last page is missing", "its first page is missing"}},
	} {
		f := mustRead(t, c.text, "a.sta", operating)
		if len(f.Statements) != c.statements || len(f.Warnings) != len(c.warns) {
			t.Errorf("%s: %d statements, %v", c.name, len(f.Statements), f.Warnings)
			continue
		}
		for i, w := range c.warns {
			if !strings.Contains(f.Warnings[i], w) {
				t.Errorf("%s: %v", c.name, f.Warnings)
			}
		}
	}
}

func TestMT940BalancesDecideReversals(t *testing.T) {
	entries := []string{":61:261002D30,NTRFA", ":61:261002RD30,NRTIB", ":61:261002RC4,NRTIC"}
	for _, c := range []struct {
		closing string
		want    []int64
		warns   string
	}{
		{"C261002EUR96,00", []int64{-3000, 3000, -400}, ""},
		{"C261002EUR44,00", []int64{-3000, -3000, 400}, "2 reversals are turned round"},
		{"C261002EUR99,00", []int64{-3000, 3000, -400}, "off by 3.00"},
	} {
		f := mustRead(t, sta(c.closing, entries...), "a.sta", operating)
		if got := amounts(f); !slices.Equal(got, c.want) ||
			(c.warns == "") != (len(f.Warnings) == 0) || !strings.Contains(strings.Join(f.Warnings, "\n"), c.warns) {
			t.Errorf("%s: %v, %v", c.closing, got, f.Warnings)
		}
	}
}

func TestMT942(t *testing.T) {
	const head = ":20:A\n:25:12345678/1\n:28C:3/1\n:34F:EURD0,\n:34F:EURC0,\n:13D:2610021200+0200\n"
	const entries = ":61:261002C10,NTRFA\n:61:261002D3,NTRFB\n:61:261002ED2,NTRFC\n:61:261002RC1,NTRFD\n"
	for _, c := range []struct{ counts, warns string }{
		{"", ""}, {":90D:1EUR3,\n:90C:1EUR10,\n", ""}, {":90D:2EUR5,\n:90C:1EUR10,\n", ""},
		{":90D:3EUR6,\n:90C:1EUR10,\n", ""}, {":90D:1EUR3,\n:90C:2EUR11,\n", ""},
		{":90D:1EUR3,\n:90C:1EUR11,\n", "the bank counts 1 credits of 11.00 EUR, the file has 1 of 10.00 EUR"},
		{":90D:4EUR3,\n", "counts 4 debits"}, {":90D:EUR\n", "(:90D:) cannot be read"},
	} {
		f := mustRead(t, head+entries+c.counts, "a.sta", operating)
		if f.Variant != "MT942" || len(f.Statements) != 1 || f.Statements[0].Proof.Known ||
			(c.warns == "") != (len(f.Warnings) == 0) || !strings.Contains(strings.Join(f.Warnings, "\n"), c.warns) {
			t.Errorf("%q: %s, %v", c.counts, f.Variant, f.Warnings)
		}
		if l := allLines(f); len(l) != 4 || !l[2].Pending || l[1].Pending {
			t.Errorf("%q: %+v", c.counts, l)
		}
	}
}

func TestMT940HeadsAndBalances(t *testing.T) {
	entry := ":61:261002C1,NTRFNONREF\n"
	for _, c := range []struct{ name, text, number, currency, warns string }{
		{"cut off", ":20:A\n:25:1234567\n:28:1\n:60F:C261001CHF1,\n" + entry + ":86:the", "1234567", "CHF", "may be cut off"},
		{"cut off in the head", ":20:A\n:25:1234567\n:60F:C261001CHF1,\n:62F:C261001CHF1,\n:20:B\n:25:1234567\n", "1234567", "CHF",
			"statement 2 of the file: no closing balance"},
		{"no currency", ":20:A\n:25:1234567\n:60F:C0203151000,00\n" + entry + ":62F:C0203151001,00\n", "1234567", "EUR", ""},
		{"the account's currency", ":20:A\n:25:UBRTHUHB/1234567/HUF\n:60F:C0203150,\n:62F:C0203150,\n", "UBRTHUHB/1234567", "HUF", ""},
		{"behind the IBAN", ":20:A\n:25:DE89370400440532013000USD\n:60F:C020315USD0,\n:62F:C020315USD0,\n",
			"DE89370400440532013000", "USD", ""},
		{"an IBAN that ends with letters", ":20:A\n:25:MT68MALT011000012345MTLCAST0EUR\n:60F:C020315USD0,\n:62F:C020315USD0,-}\n",
			"MT68MALT011000012345MTLCAST0EUR", "USD", ""},
		{"the German number", ":20:A\n:25:37040044/532013000\n:60F:C020315EUR0,\n:62F:C020315EUR0,\n",
			"DE89 3704 0044 0532 0130 00", "EUR", ""},
		{"another German number", ":20:A\n:25:37040044/532013001\n:60F:C020315EUR0,\n:62F:C020315EUR0,\n",
			"37040044/532013001", "EUR", "the file is of account"},
		{"overdrawn", ":20:A\n:25:1234567\n:60F:D261001EUR5,\n" + entry + ":62F:D261001EUR4,\n", "1234567", "EUR", ""},
		{"a broken balance", ":20:A\n:25:1234567\n:60F:X261001EUR5,\n" + entry + ":62F:D261001EUR4,\n", "1234567", "EUR",
			"the opening balance cannot be read: no mark C or D"},
		{"no message begins", ":25:1234567\n:60F:C261001EUR1,\n" + entry + ":62F:C261001EUR2,\n", "1234567", "EUR", ""},
		{"accounts beside another", ":20:A\n:25:1234567\n:25:7654321\n:60F:C261001EUR1,\n:62F:C261001EUR1,\n", "1234567", "EUR", ""},
	} {
		o := operating
		if strings.Contains(c.name, "German") {
			o.Number = "DE89 3704 0044 0532 0130 00"
		}
		f := mustRead(t, c.text, "a.sta", o)
		s := f.Statements[0]
		if s.AccountNumber != c.number || string(s.Currency) != c.currency ||
			(c.warns == "") != (len(f.Warnings) == 0) || !strings.Contains(strings.Join(f.Warnings, "\n"), c.warns) {
			t.Errorf("%s: account %q in %s, %v", c.name, s.AccountNumber, s.Currency, f.Warnings)
		}
	}
	if _, err := Read(ctx, strings.NewReader(":20:A\n:25:\n"), "a.sta", operating); err == nil ||
		!strings.Contains(err.Error(), "without a statement in it") {
		t.Errorf("no statement: %v", err)
	}
	f := mustRead(t, ":20:A\n:25:1\n:60F:C261001XYZ1,\n"+entry+":62F:C261001XYZ2,\n", "a.sta", operating)
	if len(allLines(f)) != 0 || len(f.Statements[0].Rejects) != 1 ||
		!strings.Contains(f.Statements[0].Rejects[0].Reason, `"XYZ" is not a currency`) {
		t.Errorf("an unknown currency: %v", f.Warnings)
	}
}

func TestMT940Charsets(t *testing.T) {
	german := sta("C261002EUR101,00", ":61:261002C1,NTRFNONREF", ":86:Müller über Größe, Ärger in Österreich")
	polish := strings.ReplaceAll(sta("C261002EUR101,00", ":61:261002C1,NTRFNONREF",
		":86:Żółta gęś z Łodzi, Grześ błądził"), "EUR", "PLN")
	late := sta("C261002EUR101,00", ":61:261002C0,NTRFNONREF\r\n:86:"+strings.Repeat("plain\r\n", 12_000),
		":61:261002C1,NTRFNONREF", ":86:Müller über Größe, Ärger in Österreich")
	for _, c := range []struct {
		name, text string
		cm         *charmap.Charmap
	}{
		{"windows-1252", german, charmap.Windows1252}, {"IBM850", german, charmap.CodePage850},
		{"windows-1250", polish, charmap.Windows1250}, {"IBM852", polish, charmap.CodePage852},
		{"windows-1252", late, charmap.Windows1252}, {"UTF-8", german, nil}, {"UTF-8", polish, nil},
	} {
		text := c.text
		if c.cm != nil {
			var err error
			if text, err = c.cm.NewEncoder().String(text); err != nil {
				t.Fatal(err)
			}
		}
		f := mustRead(t, text, "a.sta", Options{Account: "operating", Currency: "EUR"})
		lines := allLines(f)
		if got := lines[len(lines)-1].Text; !strings.Contains(c.text, got) || got == "" || f.Encoding != c.name {
			t.Errorf("%s: read %q as %s", c.name, got, f.Encoding)
		}
	}
	broken := sta("C261002EUR101,00", ":61:261002C1,NTRFNONREF", ":86:166?00X?20SVWZ+M\xc3", "\xbcller")
	if f := mustRead(t, broken, "a.sta", operating); allLines(f)[0].Text != "Müller" || f.Encoding != "UTF-8" {
		t.Errorf("a letter over two lines: %q as %s", allLines(f)[0].Text, f.Encoding)
	}
	f := mustRead(t, sta("C261002EUR101,00", "\x02:61:261002C1,NTRFNONREF", "\x0f:86:a\x07b \x00c"), "a.sta", operating)
	if got := allLines(f)[0].Text; got != "ab c" {
		t.Errorf("control bytes: %q", got)
	}
}

// TestMT940EntriesReadBack writes entries in any way that the grammar allows and reads them.
func TestMT940EntriesReadBack(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		valued := book.NewDate(1990, 1, 1) + book.Date(rapid.IntRange(0, 30_000).Draw(r, "valued"))
		booked := valued + book.Date(rapid.IntRange(-180, 180).Draw(r, "after"))
		if valued.Time().Year() > 2079 {
			valued, booked = valued-10_000, booked-10_000
		}
		minor := rapid.Int64Range(0, 1e15).Draw(r, "minor")
		mark := rapid.SampledFrom([]string{"C", "D", "RC", "RD", "EC", "ED"}).Draw(r, "mark")
		entry := rapid.SampledFrom([]string{booked.Time().Format("0102"), "", "    "}).Draw(r, "entry")
		if strings.TrimSpace(entry) == "" {
			booked = valued
		}
		funds := rapid.SampledFrom([]string{"", "R", "D", "C"}).Draw(r, "funds")
		whole, frac, _ := strings.Cut(money.New(minor, "EUR").Decimal(), ".")
		frac = strings.TrimRight(frac, "0")
		amount := strings.Repeat("0", rapid.IntRange(0, 5).Draw(r, "zeros")) + whole
		if frac != "" || rapid.Bool().Draw(r, "comma") {
			amount += "," + frac
		}
		owner := rapid.StringMatching(`[A-Z0-9]{1,3}(/?[A-Z0-9]){0,6}`).Draw(r, "owner")
		bank := rapid.StringMatching(`([A-Z0-9]/?){0,8}`).Draw(r, "bank")
		text := valued.Time().Format("060102") + entry + mark + funds + amount + "NTRF" + owner
		if bank != "" {
			text += "//" + bank
		}
		e := parse61([]byte(text))
		got, err := swiftAmount(e.amount, "EUR")
		if err != nil || e.valuedErr != nil || e.bookedErr != nil || e.markErr != nil ||
			e.valued != valued || e.booked != booked || e.mark != mark || got.Minor != minor ||
			string(e.owner) != owner || string(e.bank) != bank || e.kind != "NTRF" || e.clamped ||
			e.out() != (mark == "D" || mark == "RC" || mark == "ED") {
			r.Fatalf("%s: got %+v, %v", text, e, err)
		}
	})
}
