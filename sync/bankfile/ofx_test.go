package bankfile

import (
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"countinghouse/app/book"
	"countinghouse/app/money"
	"golang.org/x/text/encoding/unicode"
)

// compareRejects checks that the entries of which the corpus gives no date or no amount, because the
// file has none that can be read, are kept aside under the bank's id, and takes them and their sums
// out of what the lines must come to.
func compareRejects(t *testing.T, f File, want []expectedLine, m map[string]string) []expectedLine {
	t.Helper()
	var places []string
	for _, s := range f.Statements {
		for _, q := range s.Rejects {
			places = append(places, q.Place)
		}
	}
	i := 0
	want = slices.DeleteFunc(want, func(w expectedLine) bool {
		if w.Date != "" && w.Amount != "" || w.Status == "pending" {
			return false
		}
		if i >= len(places) || !strings.Contains(places[i], "FITID "+w.Reference+",") {
			t.Errorf("the entry %s is not kept aside: %q", w.Reference, places)
		}
		i++
		without(t, m, w)
		return true
	})
	if i != len(places) {
		t.Errorf("kept aside are %q, want %d", places, i)
	}
	return want
}

// without takes an entry out of the figures of the manifest.
func without(t *testing.T, m map[string]string, w expectedLine) {
	t.Helper()
	n, err := strconv.Atoi(m["expected_transactions"])
	if err != nil {
		t.Fatal(err)
	}
	m["expected_transactions"] = strconv.Itoa(n - 1)
	if w.Amount == "" {
		return
	}
	side := "expected_credit_total"
	if strings.HasPrefix(w.Amount, "-") {
		side = "expected_debit_total"
	}
	c := money.Currency(w.Currency)
	total, err := money.Parse(m[side], c)
	if err != nil {
		t.Fatal(err)
	}
	amount, err := money.Parse(strings.TrimPrefix(w.Amount, "-"), c)
	if err != nil {
		t.Fatal(err)
	}
	if total, err = total.Sub(amount); err != nil {
		t.Fatal(err)
	}
	m[side] = total.Decimal()
}

// ofxFile is a file with one statement in euros around its entries.
func ofxFile(entries string) string {
	return "OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\nENCODING:USASCII\nCHARSET:1252\n\n<OFX>" +
		ofxBlockOf("12345678", "EUR", entries) + "</OFX>\n"
}

func ofxBlockOf(account, currency, entries string) string {
	return "<BANKMSGSRSV1><STMTTRNRS><TRNUID>1<STATUS><CODE>0<SEVERITY>INFO</STATUS><STMTRS><CURDEF>" + currency +
		"<BANKACCTFROM><BANKID>1<ACCTID>" + account + "<ACCTTYPE>CHECKING</BANKACCTFROM>\n<BANKTRANLIST>" +
		entries + "</BANKTRANLIST></STMTRS></STMTTRNRS></BANKMSGSRSV1>"
}

// stmttrn is an entry with more leaves behind date, amount and id.
func stmttrn(day, amount, id, more string) string {
	return "<STMTTRN><TRNTYPE>OTHER<DTPOSTED>" + day + "<TRNAMT>" + amount + "<FITID>" + id + more + "</STMTTRN>\n"
}

func only(t *testing.T, f File) book.BankLine {
	t.Helper()
	if all := allLines(f); len(all) == 1 {
		return all[0]
	}
	t.Fatalf("%d lines, warnings %v", len(allLines(f)), f.Warnings)
	return book.BankLine{}
}

func TestOFXBeginsInManyWays(t *testing.T) {
	body := "<OFX>" + ofxBlockOf("12345678", "EUR", stmttrn("20261005", "-1.50", "A", "<NAME>Café")) + "</OFX>"
	wide16 := func(e unicode.Endianness, bom unicode.BOMPolicy) string {
		s, err := unicode.UTF16(e, bom).NewEncoder().String("OFXHEADER:100\r\nENCODING:UNICODE\r\n\r\n" + body)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	xml := `<?OFX OFXHEADER="200" VERSION="211" SECURITY="NONE" OLDFILEUID="NONE" NEWFILEUID="NONE"?>`
	for name, c := range map[string]struct{ text, variant, encoding string }{
		"none":         {body, "OFX", "UTF-8"},
		"blank lines":  {"\r\n\n  \n\n" + body, "OFX", "UTF-8"},
		"one line":     {"OFXHEADER:100 DATA:OFXSGML VERSION:103 SECURITY:NONE" + body, "OFX 1.0.3", "UTF-8"},
		"indented":     {"  OFXHEADER:100\n  VERSION:102\n\n" + body, "OFX 1.0.2", "UTF-8"},
		"no blank":     {"OFXHEADER:100\nVERSION:102\n" + body, "OFX 1.0.2", "UTF-8"},
		"CR only":      {"OFXHEADER:100\rVERSION:102\r\r" + body, "OFX 1.0.2", "UTF-8"},
		"comment":      {"<!-- made <by> hand -->\n" + xml + body, "OFX 2.1.1", "UTF-8"},
		"xml":          {"<?xml version=\"1.0\"?>\n" + xml + body, "OFX 2.1.1", "UTF-8"},
		"mark":         {"\xef\xbb\xbf" + xml + body, "OFX 2.1.1", "UTF-8"},
		"lower case":   {strings.NewReplacer("OFX", "ofx", "STMT", "stmt", "DTPOSTED", "dtposted").Replace(body), "OFX", "UTF-8"},
		"name space":   {strings.Replace(body, "<OFX>", `<OFX xmlns="http://ofx.net/types/2003/04">`, 1), "OFX", "UTF-8"},
		"UTF-16LE":     {wide16(unicode.LittleEndian, unicode.UseBOM), "OFX", "UTF-16LE"},
		"UTF-16BE":     {wide16(unicode.BigEndian, unicode.UseBOM), "OFX", "UTF-16BE"},
		"no mark":      {wide16(unicode.LittleEndian, unicode.IgnoreBOM), "OFX", "UTF-16LE"},
		"two in a row": {"<OFX></OFX>\nOFXHEADER:100\nVERSION:102\n\n" + body, "OFX", "UTF-8"},
	} {
		f := mustRead(t, c.text, name, operating)
		l := only(t, f)
		if l.Amount.Minor != -150 || l.Counterparty != "Café" || l.BankID != "A" || l.On.String() != "2026-10-05" ||
			f.Outcome() != "ok" || f.Variant != c.variant || f.Encoding != c.encoding {
			t.Errorf("%s: %s %s %v: %+v", name, f.Variant, f.Encoding, f.Warnings, l)
		}
	}
}

func TestOFXTexts(t *testing.T) {
	for _, c := range []struct{ name, head, raw, want, encoding string }{
		{"1252 under ASCII", "CHARSET:1252\n", "Jo\xe3o \x80", "João €", "windows-1252"},
		{"1252 without a head", "", "Jo\xe3o", "João", "windows-1252"},
		{"UTF-8 under 1252", "CHARSET:1252\n", "João", "João", "UTF-8"},
		{"1251", "CHARSET:1251\n", "\xcc\xe8\xf0", "Мир", "windows-1251"},
		{"8859-1", "CHARSET:8859-1\n", "\xe9", "é", "windows-1252"},
		{"none", "CHARSET:NONE\n", "\xe9", "é", "windows-1252"},
		{"declared", `<?xml version="1.0" encoding="ISO-8859-2"?>`, "\xe8", "č", "windows-1250"},
		{"declared UTF-8, but is not", `<?xml version="1.0" encoding="UTF-8"?>`, "caf\xe9", "café", "windows-1252"},
		{"raw and", "", "A & B &Co; &amp C", "A & B &Co; &amp C", "UTF-8"},
		{"entities once", "", "&lt;b&gt; &amp;lt; &quot;&apos;&nbsp;x &#233;&#xE9; &#0; &#x110000;",
			`<b> &lt; "' x éé &#0; &#x110000;`, "UTF-8"},
		{"CDATA", "", "<![CDATA[1 < 2 & <b>&amp;]]> and &amp;", "1 < 2 & <b>&amp; and &", "UTF-8"},
		{"comment", "", "one <!-- <NAME>no -->two", "one two", "UTF-8"},
		{"brackets", "", "1 < 2 > 1 <3 <- <not a tag> <a", "1 < 2 > 1 <3 <- <not a tag> <a", "UTF-8"},
		{"blanks", "", "  two\n\t lines  ", "two lines", "UTF-8"},
	} {
		body := stmttrn("20261005", "1", "A", "<MEMO>"+c.raw+"<NAME>N")
		f := mustRead(t, c.head+"<OFX>"+ofxBlockOf("1", "EUR", body)+"</OFX>", "a", operating)
		if l := only(t, f); l.Text != c.want || l.Counterparty != "N" || f.Encoding != c.encoding {
			t.Errorf("%s: %q in %s, want %q in %s", c.name, l.Text, f.Encoding, c.want, c.encoding)
		}
	}
}

func TestOFXAmounts(t *testing.T) {
	for _, c := range []struct {
		text, currency, want string
	}{
		{"1.500,25", "EUR", "1500.25"}, {"-99,90", "EUR", "-99.90"}, {"+1 006,60", "EUR", "1006.60"},
		{"   -12.5", "EUR", "-12.50"}, {"-30.000", "EUR", "-30.00"}, {"-3.77000", "EUR", "-3.77"},
		{"-00000000001500.0000", "USD", "-1500.00"}, {"1,234.56", "USD", "1234.56"}, {"-.5", "EUR", "-0.50"},
		{"1.234.567", "EUR", "1234567.00"}, {"1,234,567", "EUR", "1234567.00"}, {"12,5", "EUR", "12.50"},
		{"1'234.50", "CHF", "1234.50"}, {"0,500", "EUR", "0.50"}, {"1500,000", "EUR", "1500.00"},
		{"\u221212,00", "EUR", "-12.00"}, {"1500", "JPY", "1500"}, {"1.234", "KWD", "1.234"},
		{"            .  ", "EUR", ""}, {"$120", "EUR", ""}, {"", "EUR", ""}, {"12..5", "EUR", ""},
		{"1,500", "EUR", ""}, {"-1,234", "EUR", ""}, {"1.234", "EUR", ""}, {"3.775", "EUR", ""},
		{"12.5 EUR", "EUR", ""}, {"1e3", "EUR", ""}, {"--5", "EUR", ""}, {"99999999999999999999", "EUR", ""},
	} {
		m, err := ofxAmount(c.text, money.Currency(c.currency))
		if (err != nil) != (c.want == "") || err == nil && m.Decimal() != c.want {
			t.Errorf("%q in %s: %s, %v, want %q", c.text, c.currency, m.Decimal(), err, c.want)
		}
	}
}

func TestOFXDatesAreTheirFirstEightDigits(t *testing.T) {
	for text, want := range map[string]string{
		"20261031": "2026-10-31", "20261031233000[-3:BRT]": "2026-10-31", "20261031003000.000[+5.5:IST]": "2026-10-31",
		"20261031120000.000[-:EST]": "2026-10-31", "20180804093914:014": "2018-08-04", "20240229": "2024-02-29",
		"20261131": "", "201120000000": "", "00000000": "", "2026103": "", "2026-10-31": "", "19700101": "", "99991231": "",
	} {
		on, ok := ofxDate(text)
		if ok != (want != "") || ok && on.String() != want {
			t.Errorf("%q: %s %v, want %q", text, on, ok, want)
		}
	}
}

func TestOFXKeepsBadEntriesAside(t *testing.T) {
	f := mustRead(t, ofxFile(stmttrn("20261005", "-1.50", "A", "")+
		stmttrn("20261131", "-2.00", "B", "")+stmttrn("", "-2.00", "C", "")+stmttrn("20261005", "$3", "D", "")+
		stmttrn("20261005", "", "E", "")+stmttrn("20261005", "-3.00", "F", "<TRNAMT>-4.00")+
		stmttrn("20261005", "-3.00", "G", "<CURRENCY><CURRATE>1<CURSYM>XYZ</CURRENCY>")+
		stmttrn("20261005", "-3.00", "H", strings.Repeat("<X>1", 501))+
		stmttrn("20261005", "-3.00", "I", "<DTAVAIL>soon")), "a.ofx", operating)
	want := []struct{ place, reason string }{
		{"FITID B, entry 2", `DTPOSTED: "20261131" is not a date`}, {"FITID C, entry 3", "DTPOSTED: no date"},
		{"FITID D, entry 4", `TRNAMT: not an amount: "$3"`}, {"FITID E, entry 5", "TRNAMT: no amount"},
		{"FITID F, entry 6", "TRNAMT: it stands twice, and differs"},
		{"FITID G, entry 7", `CURSYM: "XYZ" is not a currency`},
		{"FITID H, entry 8", "it has more than 500 elements"},
	}
	p := f.Statements[0]
	if len(p.Rejects) != len(want) || !slices.Equal(amounts(f), []int64{-150, -300}) {
		t.Fatalf("%v, %+v", amounts(f), p.Rejects)
	}
	for i, w := range want {
		q := p.Rejects[i]
		if q.Place != w.place || q.Reason != w.reason || !strings.HasPrefix(q.Raw, "<STMTTRN><TRNTYPE>OTHER") {
			t.Errorf("%d: %+v, want %+v", i, q, w)
		}
	}
	if p.Lines[1].Row != 9 || p.Lines[1].ValueOn != 0 || !strings.Contains(f.Warnings[0], "1 value dates") {
		t.Errorf("%+v, %q", p.Lines[1], f.Warnings)
	}
	o := operating
	o.Fixes = []Fix{{Row: 2, Means: Booked, Value: "2026-10-31"}, {Row: 4, Means: Amount, Value: "-3.00"},
		{Row: 4, Means: Text, Value: "mended"}, {Row: 5, Means: Amount, Value: "-6.00"}}
	f = mustRead(t, ofxFile(stmttrn("20261005", "-1.50", "A", "")+stmttrn("20261131", "-2.00", "B", "")+
		stmttrn("20261005", "1", "C", "")+stmttrn("20261005", "$3", "D", "<MEMO>x")+
		stmttrn("20261005", "5", "E", "<TRNAMT>6")), "a.ofx", o)
	if l := allLines(f); len(l) != 5 || l[4].Amount.Minor != -600 || l[1].On.String() != "2026-10-31" || l[3].Amount.Minor != -300 || l[3].Text != "mended" {
		t.Errorf("mended: %+v", l)
	}
}

func TestOFXFields(t *testing.T) {
	for _, c := range []struct {
		name, more string
		want       book.BankLine
	}{
		{"name and memo", "<NAME>Shop<MEMO>Order 7", book.BankLine{Counterparty: "Shop", Text: "Order 7"}},
		{"closed leaves", "<NAME>Shop</NAME><MEMO></MEMO><REFNUM>R1</REFNUM>", book.BankLine{Counterparty: "Shop", Reference: "R1"}},
		{"empty open leaves", "<NAME><CHECKNUM><REFNUM><MEMO>Order 7", book.BankLine{Text: "Order 7"}},
		{"self-closed leaf", "<NAME/><MEMO>Order 7", book.BankLine{Text: "Order 7"}},
		{"payee", "<PAYEE><NAME>Shop Ltd<ADDR1>1 Road<CITY>X</PAYEE><MEMO>Order 7", book.BankLine{Counterparty: "Shop Ltd", Text: "Order 7"}},
		{"long name", "<NAME>Shop and<EXTDNAME>Shop and Company<MEMO>7", book.BankLine{Counterparty: "Shop and Company", Text: "7"}},
		{"unknown part", "<X.INFO><NAME>Not he<MEMO>not this</X.INFO><NAME>Shop", book.BankLine{Counterparty: "Shop"}},
		{"check", "<CHECKNUM>319<NAME>Shop", book.BankLine{Counterparty: "Shop", Reference: "319"}},
		{"check 0", "<CHECKNUM>000<NAME>Shop", book.BankLine{Counterparty: "Shop"}},
		{"check and reference", "<CHECKNUM>319<REFNUM>R1<MEMO>x", book.BankLine{Reference: "R1", Text: "x check 319"}},
		{"their account", "<BANKACCTTO><BANKID>9<ACCTID>LT12<ACCTTYPE>CHECKING</BANKACCTTO><MEMO>x", book.BankLine{CounterpartyAccount: "LT12", Text: "x"}},
		{"their card", "<CCACCTTO><ACCTID>XX11</CCACCTTO><MEMO>x", book.BankLine{CounterpartyAccount: "XX11", Text: "x"}},
		{"nothing", "", book.BankLine{Text: "OTHER"}},
		{"value date", "<DTAVAIL>20261007<MEMO>x", book.BankLine{Text: "x", ValueOn: book.NewDate(2026, 10, 7)}},
		{"other currency", "<CURRENCY><CURRATE>1.1<CURSYM>USD</CURRENCY><MEMO>x", book.BankLine{Text: "x", Amount: money.New(-150, "USD")}},
		{"was another currency", "<ORIGCURRENCY><CURRATE>1.1<CURSYM>USD</ORIGCURRENCY><MEMO>x", book.BankLine{Text: "x"}},
	} {
		f := mustRead(t, ofxFile(stmttrn("20261005", "-1.50", "A", c.more)), "a.ofx", operating)
		got, w := only(t, f), c.want
		w.Account, w.On, w.BankID, w.Row, w.Ordinal = "operating", book.NewDate(2026, 10, 5), "A", 1, 1
		w.ID, w.StatementID = got.ID, got.StatementID
		if w.Amount.Currency == "" {
			w.Amount = money.New(-150, "EUR")
		}
		if !reflect.DeepEqual(got, w) {
			t.Errorf("%s: got %+v, want %+v", c.name, got, w)
		}
	}
}
