package bankfile

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"countinghouse/app/money"
)

// wholeValueDates writes out the value dates that the corpus gives as they stand in the file, YYMMDD.
func wholeValueDates(_ map[string]string, lines []expectedLine) {
	for i := range lines {
		if v := lines[i].ValueDate; len(v) == 6 {
			lines[i].ValueDate = "20" + v[:2] + "-" + v[2:4] + "-" + v[4:]
		}
	}
}

// bai2File is a file of one group and account around entries; trailers state nothing.
func bai2File(account string, records ...string) string {
	return "01,BANK,US,261001,0600,1,,,2/\n02,US,BANK,1,261016,2400,,2/\n" + account + "\n" +
		strings.Join(records, "\n") + "\n49,,/\n98,/\n99,,,/\n"
}

func TestBAI2Entries(t *testing.T) {
	const usd = "03,123,USD/"
	for _, c := range []struct {
		name, account, record string
		amount                string
		value, bank, ref      string
		text                  string
	}{
		{"plain", usd, "16,195,12345,,B1,C1,Wire in/", "123.45 USD", "", "B1", "C1", "Wire in"},
		{"no slash", usd, "16,195,12345,0,B1,C1,Wire in", "123.45 USD", "", "B1", "C1", "Wire in"},
		{"commas and slashes in the text", usd, "16,475,100,Z,B1,C1,A/B, C/D, 16,3 and 1/2/", "-1.00 USD", "", "B1",
			"C1", "A/B, C/D, 16,3 and 1/2"},
		{"a slash before what looks like a code", usd, "16,475,100,Z,B1,C1,Flat 3/16,Main St", "-1.00 USD", "", "B1",
			"C1", "Flat 3/16,Main St"},
		{"three amounts by day", usd, "16,115,450000,S,100000,200000,150000,B1,C1,Box", "4,500.00 USD", "", "B1", "C1", "Box"},
		{"value date", usd, "16,218,20000000,V,261018,2400,SP4738,Y1/\n88,PROCEEDS", "200,000.00 USD", "2026-10-18",
			"SP4738", "Y1", "PROCEEDS"},
		{"value date with a time in colons", usd, "16,218,1,V,20261018,14:59:35,B1,C1,x", "0.01 USD", "2026-10-18", "B1",
			"C1", "x"},
		{"amounts by day", usd, "16,195,600,D,3,0,100,1,200,7,300,B1,C1,x", "6.00 USD", "", "B1", "C1", "x"},
		{"no days", usd, "16,195,600,D,0,B1,C1,x", "6.00 USD", "", "B1", "C1", "x"},
		{"last credit", usd, "16,399,5,,B1,C1,x", "0.05 USD", "", "B1", "C1", "x"},
		{"last debit", usd, "16,699,5,,B1,C1,x", "-0.05 USD", "", "B1", "C1", "x"},
		{"the bank's own credit", usd, "16,921,5,,B1,C1,x", "0.05 USD", "", "B1", "C1", "x"},
		{"the bank's own debit", usd, "16,961,5,,B1,C1,x", "-0.05 USD", "", "B1", "C1", "x"},
		{"no decimals", "03,123,JPY/", "16,195,12345,,,,x", "12,345 JPY", "", "", "", "x"},
		{"three decimals", "03,123,KWD/", "16,195,12345,,,,x", "12.345 KWD", "", "", "", "x"},
		{"no currency", "03,123,/", "16,195,12345,,,,x", "123.45 USD", "", "", "", "x"},
		{"continued before its text", usd, "16,115,450000,S,100000/\n88,200000,150000,B1/\n88,C1,Box/\n88,7",
			"4,500.00 USD", "", "B1", "C1", "Box 7"},
		{"continued after its code", usd, "16,115,/\n88,450000,,B1,C1,Box", "4,500.00 USD", "", "B1", "C1", "Box"},
		{"wrapped", usd, "16,115,1,,B1,C1,one\ntwo three/\n88,four", "0.01 USD", "", "B1", "C1", "one two three four"},
		{"nothing behind the amount", usd, "16,115,1/", "0.01 USD", "", "", "", ""},
		{"cp1252", usd, "16,115,1,,,,M\xfcller", "0.01 USD", "", "", "", "Müller"},
	} {
		f := mustRead(t, bai2File(c.account, c.record), "a.bai", Options{Account: "operating", Currency: "USD"})
		lines := allLines(f)
		if len(lines) != 1 || len(f.Statements[0].Rejects) > 0 {
			t.Errorf("%s: %+v %v", c.name, lines, f.Statements[0].Rejects)
			continue
		}
		l := lines[0]
		if l.Amount.String() != c.amount || l.On.String() != "2026-10-16" || l.ValueOn.String() != c.value ||
			l.BankID != c.bank || l.Reference != c.ref || l.Text != c.text || l.Row != 1 {
			t.Errorf("%s: got %+v", c.name, l)
		}
	}
}

func TestBAI2KeepsBrokenEntriesAside(t *testing.T) {
	for _, c := range []struct{ record, want string }{
		{"16,195,12.45,,B,C,x", `amount: "12.45" is not an amount in whole minor units`},
		{"16,195,,,B,C,x", "amount: no amount"},
		{"16,195,-5,,B,C,x", `amount: "-5" has a sign`},
		{"16,195,99999999999999999999,,B,C,x", "is not an amount that can be kept"},
		{"16,1X5,5,,B,C,x", `type code: "1X5" is not a type code`},
		{"16,100,5,,B,C,x", "100 is a balance or a total"},
		{"16,400,5,,B,C,x", "400 is a balance or a total"},
		{"16,010,5,,B,C,x", "010 is a balance or a total"},
		{"16,720,5,,B,C,x", "720 does not say whether money came in or went out"},
		{"16,195,5,Q,B,C,x", `funds type: "Q" is not a funds type`},
		{"16,195,5,V,261399,,B,C,x", `funds type: "261399" is not a date`},
		{"16,195,5,D,x,B,C,x", `"x" is not a number of days`},
		{"16,195,5,S,a,b,c,B,C,x", `"a" is not an amount`},
		{"16", `"" is not a type code`},
	} {
		f := mustRead(t, bai2File("03,123,USD/", "16,195,100,,B1,C1,good/", c.record, "16,475,100,,B2,C2,good"),
			"a.bai", Options{Account: "operating", Currency: "USD"})
		s := f.Statements[0]
		if len(s.Lines) != 2 || len(s.Rejects) != 1 || !strings.Contains(s.Rejects[0].Reason, c.want) ||
			s.Rejects[0].Place != "entry 2 (line 5)" || s.Rejects[0].Raw != c.record &&
			s.Rejects[0].Raw != c.record+"," || f.Outcome() != "warn" {
			t.Errorf("%s: %d lines, %+v", c.record, len(s.Lines), s.Rejects)
		}
	}
}

func TestBAI2TakesCorrections(t *testing.T) {
	o := Options{Account: "operating", Currency: "USD", Fixes: []Fix{{Row: 1, Means: Amount, Value: "-149.00"},
		{Row: 1, Means: Booked, Value: "2026-10-15"}, {Row: 1, Means: Text, Value: "rent"}}}
	f := mustRead(t, bai2File("03,123,USD/", "16,195,x,,B1,C1,good/"), "a.bai", o)
	l := allLines(f)
	if len(l) != 1 || l[0].Amount != money.New(-14900, "USD") || l[0].On.String() != "2026-10-15" ||
		l[0].Text != "rent" || l[0].Reference != "C1" {
		t.Errorf("got %+v", l)
	}
}

func TestBAI2Statements(t *testing.T) {
	f := mustRead(t, "01,B,US,261001,0600,1,,,2/\n02,US,B,1,261016,9999,EUR,2/\n"+
		"03,111,,010,1000,,,015/\n88,1100,,,100,100,1,/\n16,195,100,,,,x\n49,2300,4/\n"+
		"03,222,USD,010,-500,,/\n16,890,,,,,note only\n16,475,5,,,,y\n49,-495,4/\n98,1805,2,10/\n"+
		"02,US,B,1,261017,,EUR,1/\n03,111,,015,1100,,/\n49/\n98/\n"+
		"02,US,B,4,261017,,EUR,1/\n03,111,,/\n16,195,7,,,,test\n49,7,3/\n98,7,1,5/\n99,2912,3,21/\n",
		"a.bai", Options{Account: "operating"})
	got := ""
	for _, s := range f.Statements {
		got += fmt.Sprintf("%s %s %s %v %v %d %v; ", s.AccountNumber, s.FromOn, s.Currency, s.Proof.Opening,
			s.Proof.Closing, len(s.Lines), s.Proof.Holds)
	}
	if got != "111 2026-10-16 EUR 10.00 EUR 11.00 EUR 1 true; 222 2026-10-16 USD -5.00 USD <nil> 1 false; "+
		"111 2026-10-17 EUR <nil> 11.00 EUR 0 false; " {
		t.Errorf("got %s", got)
	}
	// The test group is left out and its trailers count nothing else; that is all there is to say.
	if len(f.Warnings) != 1 || !strings.Contains(f.Warnings[0], "only a test") || len(f.Notes) != 2 {
		t.Errorf("warnings %q, notes %q", f.Warnings, f.Notes)
	}
}

func TestBAI2ControlTotals(t *testing.T) {
	const head = "01,B,US,261001,0600,1,,,2/\n02,US,B,1,261016,,,2/\n03,111,,010,+0000,,,015,100,,/\n16,195,100,,,,x\n"
	for _, c := range []struct{ trailers, want string }{
		{"49,200,3/\n98,200,1,5/\n99,200,1,7/", ""},
		{"49,+0200/\n98,200/\n99/", ""},
		{"49/\n98,,1/\n99,,1/", ""},
		{"49,199,3/\n98,199,1,5/\n99,199,1,7/", "line 5: the control total is 199, the amounts come to 200"},
		{"49,200,4/\n98,200,1,5/\n99,200,1,7/", "line 5: the trailer counts 4 records, there are 3"},
		{"49,200,3/\n98,201,1,5/\n99,201,1,7/", "line 6: the control total is 201, the amounts come to 200"},
		{"49,200,3/\n98,200,2,5/\n99,200,1,7/", "line 6: the trailer counts 2 accounts, there are 1"},
		{"49,200,3/\n98,200,1,5/\n99,200,3,7/", "line 7: the trailer counts 3 groups, there are 1"},
		{"49,200,3/\n98,200,1,5/\n99,200,1,8/", "line 7: the trailer counts 8 records, there are 7"},
		{"49,200,3/\n98,200,1,5/", "the file ends without its trailer (99): it may be cut off"},
	} {
		f := mustRead(t, head+c.trailers, "a.bai", Options{Account: "operating", Currency: "USD"})
		if got := strings.Join(f.Warnings, "; "); got != c.want || len(allLines(f)) != 1 {
			t.Errorf("%s: got %q, want %q", c.trailers, got, c.want)
		}
	}
}

func TestBAI2OnOneLine(t *testing.T) {
	lines := bai2File("03,123,USD,010,5,,,015,6,,/", "16,195,1,,B1,C1,Wire/16 in/", "16,195,2,,B2,C2,x/", "88,y/",
		"16,475,2,,B3,C3,z/")
	o := Options{Account: "operating", Currency: "USD"}
	want := mustRead(t, lines, "a.bai", o)
	for name, text := range map[string]string{
		"blanks":          strings.ReplaceAll(lines, "\n", "   "),
		"carriage return": strings.ReplaceAll(lines, "\n", "\r"),
		"both":            strings.ReplaceAll(lines, "\n", "\r\n"),
		"padded":          strings.ReplaceAll(lines, "\n", strings.Repeat(" ", 20_000)),
	} {
		got := mustRead(t, text, "a.bai", o)
		if !reflect.DeepEqual(allLines(got), allLines(want)) || len(got.Warnings) > 0 {
			t.Errorf("%s: got %+v %v", name, allLines(got), got.Warnings)
		}
	}
	// Without a blank between them only records that look like ones in full are parted.
	got := mustRead(t, strings.ReplaceAll(strings.ReplaceAll(lines, "88,y/\n", ""), "\n", ""), "a.bai", o)
	if l := allLines(got); len(l) != 3 || l[0].Text != "Wire/16 in" || l[2].Reference != "C3" {
		t.Errorf("without blanks: %+v %v", l, got.Warnings)
	}
}

func TestBAI2WithoutAccountOrDay(t *testing.T) {
	o := Options{Account: "operating", Currency: "USD"}
	for _, c := range []struct{ text, want string }{
		{"01,B,US,261001,0600,1,,,2/\n02,US,B,1,261016,,,2/\n16,195,1,,,,x\n99/", "no account (03) stands before it"},
		{"01,B,US,261001,0600,1,,,2/\n02,US,B,1,,,,2/\n03,1,USD/\n16,195,1,,,,x\n99/", "as-of date: the group (02) states no date"},
		{bai2File("03,1,XXQ/", "16,195,1,,,,x"), `the account's currency "XXQ" is not known`},
	} {
		f := mustRead(t, c.text, "a.bai", o)
		if r := f.Statements[0].Rejects; len(r) != 1 || !strings.Contains(r[0].Reason, c.want) || len(allLines(f)) != 0 {
			t.Errorf("got %+v, want %s", r, c.want)
		}
	}
	for _, text := range []string{"01,B,US,261001,0600,1,,,2/\n02,US,B,1,261016,,,2/\n99/",
		"01,B,US,261001,0600,1,,,2/\n02,US,B,2,261016,,,2/\n03,1,USD/\n16,195,1,,,,x\n99/"} {
		if _, err := Read(ctx, strings.NewReader(text), "a.bai", o); err == nil ||
			!strings.Contains(err.Error(), "without an account that counts") {
			t.Errorf("got %v", err)
		}
	}
	f := mustRead(t, bai2File("03,1,USD,010,5,,,015,x,,/", "16,195,1,,,,x"), "a.bai", o)
	if len(allLines(f)) != 1 || f.Statements[0].Opening != nil || len(f.Warnings) != 1 ||
		!strings.Contains(f.Warnings[0], "its balances are not used") {
		t.Errorf("got %+v %v", f.Statements[0].Statement, f.Warnings)
	}
}
