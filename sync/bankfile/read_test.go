package bankfile

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

var operating = Options{Account: "operating", Currency: "EUR"}

func mustRead(t *testing.T, text, name string, o Options) File {
	t.Helper()
	f, err := Read(ctx, strings.NewReader(text), name, o)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func amounts(f File) []int64 {
	var out []int64
	for _, l := range allLines(f) {
		out = append(out, l.Amount.Minor)
	}
	return out
}

func TestRefusesWhatIsNoStatement(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"nothing", "", "the file is empty"},
		{"blanks", " \r\n\t\n", "only blanks"},
		{"workbook", "PK\x03\x04\x14\x00\x06\x00 [Content_Types].xml", "workbook is damaged"},
		{"archive", "PK\x03\x04\x14\x00\x06\x00 october.csv", "ZIP archive"},
		{"old workbook", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Excel workbook (XLS)"},
		{"document", "%PDF-1.7\n%\xe2\xe3\xcf\xd3", "PDF"},
		{"packed", "\x1f\x8b\x08\x00", "GZIP"},
		{"page", "<!doctype html><html><body>Please log in</body></html>", "web page"},
		{"table page", "<html><table><tr><td>1</td></tr></table></html>", "web page"},
		{"ofx", "OFXHEADER:100\nDATA:OFXSGML\n\n<OFX><SIGNONMSGSRSV1>", "OFX"},
		{"ofx 2", "<?xml version=\"1.0\"?><?OFX OFXHEADER=\"200\"?><OFX></OFX>", "OFX"},
		{"qif", "!Type:Cat\nNPower\nE\n^\n", "QIF"},
		{"bai2", "01,122099999,123456789,040621,0200,1,65,,2/\n02,031001234,122099999,1,040620,2359,,2/\n", "BAI2"},
		{"bytes", "\x00\x01\x02\x03\x04\x05\x06\x07\x08\x0e\x0f", "no text file"},
		{"order", `<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.03"><CstmrCdtTrfInitn/></Document>`,
			"payment order (pain.001)"},
		{"other xml", "<catalog><book/></catalog>", "another kind (catalog)"},
		{"cut off", `<Document><BkToCstmrStmt><Stmt><Id>1</Id>`, "cut off"},
		{"cut off in a tag", `<Document><BkToCstmrStmt><Stmt><I`, "cut off"},
		{"crossed", `<Document><BkToCstmrStmt></Document></BkToCstmrStmt>`, "closes nothing"},
		{"prose", "Dear customer,\nyour statement is attached.\n", "no table of bank lines"},
		{"only a header", "Date,Text,Amount\n", "no lines"},
	} {
		_, err := Read(ctx, strings.NewReader(c.text), "C:\\Downloads\\statement.dat", operating)
		e, ok := errors.AsType[*Error](err)
		if !ok || !strings.Contains(e.Reason, c.want) || e.File != "statement.dat" || e.Hint == "" {
			t.Errorf("%s: got %v, want %q", c.name, err, c.want)
		}
	}
	_, err := Read(ctx, strings.NewReader("Date,Text,Amount\n2025-01-02,x,1.00\n"), "a.csv",
		Options{Account: "operating", Currency: "EUR", Format: CAMT})
	if err == nil || !strings.Contains(err.Error(), "csv, not camt") {
		t.Errorf("wrong format: %v", err)
	}
}

func TestBadRowsCostOnlyThemselves(t *testing.T) {
	f := mustRead(t, `Buchungstag;Valuta;Betrag;Währung;Name;Verwendungszweck;Saldo
19.10.2026;19.10.2026;6.765,90;EUR;STRIPE;PO9CAT;16.765,90
30.10.2O26;30.10.2026;149,00;EUR;Tallowgate;INVOICE 10502 card 4111 1111 1111 1111;16.914,90
31.10.2026;31.10.2026;12..40;EUR;Bank;GEBUEHR;16.902,50
31.10.2026;31.10.2026;-2,50;XYZ;Bank;GEBUEHR;16.900,00
31.02.2026;31.10.2026;-2,50;EUR;Bank;GEBUEHR;16.897,50
31.10.2026;31.10.2026;;EUR;Bank;GEBUEHR;16.897,50
31.10.2026;31.10.2026;-7,50;EUR;Bank;GEBUEHR;16.890,00
`, "a.csv", operating)
	if got := amounts(f); !slices.Equal(got, []int64{676590, -750}) {
		t.Errorf("amounts %v", got)
	}
	p := f.Statements[0]
	want := []struct{ place, reason string }{
		{"row 3", `Buchungstag: "30.10.2O26" is not a date`},
		{"row 4", `Betrag: not an amount: "12..40"`},
		{"row 5", `Währung: "XYZ" is not a currency`},
		{"row 6", `Buchungstag: "31.02.2026" is not a date`},
		{"row 7", `Betrag: no amount`},
	}
	if len(p.Rejects) != len(want) {
		t.Fatalf("rejects: %+v", p.Rejects)
	}
	for i, w := range want {
		if r := p.Rejects[i]; r.Place != w.place || r.Reason != w.reason || r.Origin != "operating" ||
			r.Kind != book.KindBankLine {
			t.Errorf("got %+v, want %+v", r, w)
		}
	}
	if raw := p.Rejects[0].Raw; !strings.Contains(raw, "30.10.2O26") || strings.Contains(raw, "4111 1111 1111") {
		t.Errorf("raw row: %q", raw)
	}
	// The balances tell what the unreadable rows come to: 149.00 − 12.40 − 5.00.
	if !p.Proof.Known || p.Proof.Holds || p.Proof.Difference != money.New(13160, "EUR") ||
		len(p.Proof.Jumps) != 1 || p.Proof.Jumps[0].Row != 8 {
		t.Errorf("proof: %+v", p.Proof)
	}
	if f.Outcome() != "warn" {
		t.Errorf("outcome %s", f.Outcome())
	}
}

func TestProfileShowsHowColumnsRead(t *testing.T) {
	f := mustRead(t, "Buchungstag;Valuta;Betrag;Währung;Name;Info\n"+
		"19.10.2026;2026-10-19;-6.765,90;EUR;STRIPE;x\n", "a.csv", operating)
	var got []string
	for _, c := range f.Profile.Columns {
		got = append(got, string(c.Means)+"="+c.Reads)
	}
	want := []string{"booked=DD.MM.YYYY", "value_date=YYYY-MM-DD", "amount=1.234,56", "currency=EUR",
		"counterparty=text", "="}
	if !slices.Equal(got, want) || f.Variant != "CSV, semicolon, UTF-8" {
		t.Errorf("got %q, %s", got, f.Variant)
	}
}

func TestFixes(t *testing.T) {
	const text = "Date;Text;Amount;Balance\n30.10.2O26;x;149,00;149,00\n31.10.2026;y;-12,40;136,60\n"
	o := operating
	o.Fixes = []Fix{{Row: 2, Means: Booked, Value: "2026-10-30"}}
	f := mustRead(t, text, "a.csv", o)
	if got := amounts(f); !slices.Equal(got, []int64{14900, -1240}) || f.Outcome() != "ok" ||
		f.Statements[0].Lines[0].On.String() != "2026-10-30" || !f.Statements[0].Proof.Holds {
		t.Errorf("got %+v, %v", f.Statements[0], f.Warnings)
	}
}

func TestDateOrders(t *testing.T) {
	for _, c := range []struct{ name, cells, want string }{
		{"a day above 12", "03/04/2025 25/04/2025", "2025-04-03 2025-04-25"},
		{"a month first", "03/04/2025 04/25/2025", "2025-03-04 2025-04-25"},
		{"points", "03.04.2025 05.04.2025", "2025-04-03 2025-04-05"},
		{"year first", "2025/04/03 2025-04-05", "2025-04-03 2025-04-05"},
		{"words", "3 Apr 2025|05-avr.-2025", "2025-04-03 2025-04-05"},
		{"English words", "April 3, 2025|Apr 5, 2025 12:30:00 PM", "2025-04-03 2025-04-05"},
		{"times", "2025-04-03T23:59:59+02:00 2025-04-05T00:00:00Z", "2025-04-03 2025-04-05"},
		{"time first", "12:30, 13/04/2025|23:59, 05/04/2025", "2025-04-13 2025-04-05"},
		{"compact", "20250403 20250405", "2025-04-03 2025-04-05"},
		{"short years", "13.04.25 05.04'25", "2025-04-13 2025-04-05"},
		{"the same both ways", "03/03/2025 04/04/2025", "2025-03-03 2025-04-04"},
	} {
		cells := strings.Split(c.cells, "|")
		if len(cells) == 1 {
			cells = strings.Fields(c.cells)
		}
		text := "Date;Text;Amount\n"
		for _, cell := range cells {
			text += cell + ";x;-1.00\n"
		}
		f, err := Read(ctx, strings.NewReader(text), "a.csv", operating)
		var got []string
		for _, l := range allLines(f) {
			got = append(got, l.On.String())
		}
		if err != nil || strings.Join(got, " ") != c.want {
			t.Errorf("%s: got %v, %v", c.name, got, err)
		}
	}
}

func TestDateQuestionHintsByFileName(t *testing.T) {
	const text = "Date,Text,Amount\n10/02/2018,x,-5.00\n"
	f, err := Read(ctx, strings.NewReader(text), "20180226_1.csv", operating)
	if _, ok := errors.AsType[*Ask](err); !ok || len(f.Questions) != 1 {
		t.Fatalf("got %v", err)
	}
	q := f.Questions[0]
	if q.Topic != AskDates || q.Place != "row 2" || q.Hint == "" ||
		!slices.Equal(q.Answers, []Answer{{"dmy", "day first: 2018-02-10"}, {"mdy", "month first: 2018-10-02"}}) {
		t.Errorf("got %+v", q)
	}
}

func TestSignByRunningBalance(t *testing.T) {
	for _, c := range []struct {
		name, rows string
		want       []int64
	}{
		{"in", "2025-01-01,a,5.00,105.00\n2025-01-02,b,7.00,112.00\n", []int64{500, 700}},
		{"out", "2025-01-01,a,5.00,95.00\n2025-01-02,b,7.00,88.00\n", []int64{-500, -700}},
		{"out, newest first", "2025-01-02,b,7.00,88.00\n2025-01-01,a,5.00,95.00\n", []int64{-700, -500}},
		{"a card: purchases positive", "2025-01-01,a,5.00,95.00\n2025-01-02,b,-7.00,102.00\n", []int64{-500, 700}},
	} {
		f := mustRead(t, "Date,Text,Amount,Balance\n"+c.rows, "a.csv", operating)
		if got := amounts(f); !slices.Equal(got, c.want) || !f.Statements[0].Proof.Holds {
			t.Errorf("%s: %v, %+v", c.name, got, f.Statements[0].Proof)
		}
	}
}

func TestSignWithoutProof(t *testing.T) {
	const text = "Date,Text,Amount\n2025-01-01,a,5.00\n2025-01-02,b,7.00\n"
	f := mustRead(t, text, "a.csv", operating)
	if got := amounts(f); !slices.Equal(got, []int64{500, 700}) || f.Outcome() != "warn" {
		t.Errorf("%v, %v", got, f.Warnings)
	}
	// Once imported, the bank's way is known and no news.
	o := operating
	o.Profile = throughJSON(t, f.Profile)
	if f = mustRead(t, text, "a.csv", o); f.Outcome() != "ok" {
		t.Errorf("again: %v", f.Warnings)
	}
	const turned = "Date,Text,Debit,Credit,Balance\n2025-01-01,a,5.00,,105.00\n2025-01-02,b,,7.00,98.00\n"
	f = mustRead(t, turned, "a.csv", operating)
	if got := amounts(f); !slices.Equal(got, []int64{500, -700}) || f.Outcome() != "warn" {
		t.Errorf("%v, %v", got, f.Warnings)
	}
}

func TestDecimalMarkByColumn(t *testing.T) {
	f := mustRead(t, "Date;Text;Amount;Balance\n2025-01-01;a;1.230;1.230,00\n2025-01-02;b;-30;1.200,00\n",
		"a.csv", operating)
	if got := amounts(f); !slices.Equal(got, []int64{123000, -3000}) {
		t.Errorf("thousands by the other column: %v", got)
	}
	const open = "Date;Text;Amount\n2025-01-01;a;-1.230\n"
	f, err := Read(ctx, strings.NewReader(open), "a.csv", operating)
	if err == nil || f.Questions[0].Topic != AskPoint {
		t.Fatalf("got %v", err)
	}
	for value, want := range map[string]int64{".": -123, ",": -123000} {
		p, err := f.Profile.With(AskPoint, value)
		if err != nil {
			t.Fatal(err)
		}
		o := operating
		o.Profile = &p
		if got := amounts(mustRead(t, open, "a.csv", o)); !slices.Equal(got, []int64{want}) {
			t.Errorf("with %q: %v", value, got)
		}
	}
}

func TestColumnsQuestion(t *testing.T) {
	const text = "2025-01-13;Coffee;4.50;95.50\n2025-01-14;Tea;3.50;92.00\n"
	f, err := Read(ctx, strings.NewReader(text), "a.csv", operating)
	if err == nil || f.Questions[0].Topic != AskColumns || len(f.Questions[0].Answers) != 4 {
		t.Fatalf("got %v, %+v", err, f.Questions)
	}
	p, err := f.Profile.With(AskColumns, f.Questions[0].Answers[1].Value)
	if err != nil {
		t.Fatal(err)
	}
	o := operating
	o.Profile = throughJSON(t, p)
	f = mustRead(t, text, "a.csv", o)
	if got := amounts(f); !slices.Equal(got, []int64{-450, -350}) || !f.Statements[0].Proof.Holds {
		t.Errorf("got %v, %+v", got, f.Statements[0].Proof)
	}
	for topic, bad := range map[Topic]string{AskDates: "ymd", AskSign: "", AskPoint: ";", AskColumns: "amount",
		AskCurrency: "EURO", "colour": "red"} {
		if _, err := p.With(topic, bad); err == nil {
			t.Errorf("%s takes %q", topic, bad)
		}
	}
}

func TestCurrencyQuestion(t *testing.T) {
	const text = "Date;Text;Amount\n2025-01-13;Coffee;-4.50\n"
	f, err := Read(ctx, strings.NewReader(text), "a.csv", Options{Account: "operating"})
	if err == nil || f.Questions[0].Topic != AskCurrency {
		t.Fatalf("got %v", err)
	}
	p, err := f.Profile.With(AskCurrency, "CHF")
	if err != nil {
		t.Fatal(err)
	}
	f = mustRead(t, text, "a.csv", Options{Account: "operating", Profile: &p})
	if got := f.Statements[0].Lines[0].Amount; got != money.New(-450, "CHF") {
		t.Errorf("got %v", got)
	}
}

func TestProfileIsKnownByShape(t *testing.T) {
	const march = "Date,Payee,Out,In\n03/04/2025,Alpha,10.00,\n25/04/2025,Beta,,25.00\n"
	const may = "Date,Payee,Out,In\n03/05/2025,Alpha,10.00,\n04/05/2025,Beta,,25.00\n"
	learned := mustRead(t, march, "march.csv", operating).Profile
	known := map[string]*Profile{learned.Shape: throughJSON(t, learned)}
	o := operating
	o.Known = func(shape string) *Profile { return known[shape] }
	f := mustRead(t, may, "may.csv", o)
	if !f.Recognised || f.Statements[0].Lines[0].On.String() != "2025-05-03" {
		t.Errorf("recognised %v, %+v", f.Recognised, f.Statements[0].Lines[0])
	}
	other := strings.Replace(may, "Payee", "Merchant", 1)
	if f, err := Read(ctx, strings.NewReader(other), "may.csv", o); err == nil || f.Recognised {
		t.Errorf("another bank's file is read with the profile: %v", err)
	}
	o.Profile, o.Known = &learned, nil
	if f, err := Read(ctx, strings.NewReader(other), "may.csv", o); err == nil || f.Recognised || len(f.Notes) == 0 {
		t.Errorf("a profile of another shape is applied: %v", err)
	}
	// A column that a person has put to use is used.
	p, err := learned.With(AskColumns, "booked,text,debit,credit")
	if err != nil {
		t.Fatal(err)
	}
	o.Profile = &p
	if l := mustRead(t, may, "may.csv", o).Statements[0].Lines[0]; l.Text != "Alpha" || l.Counterparty != "" {
		t.Errorf("got %+v", l)
	}
}

func TestWhoseAccount(t *testing.T) {
	b := strings.Builder{}
	for _, m := range manifest(t) {
		if strings.Contains(m["file"], "multicurrency") {
			o := Options{Account: "operating", Currency: "EUR", Number: "DE89 3704 0044 0532 0130 00"}
			f, err := readCorpus(t, m["file"], o)
			if err != nil || len(f.Statements) != 1 || f.Statements[0].Currency != "EUR" || f.Outcome() != "warn" {
				t.Errorf("got %d statements, %v, %v", len(f.Statements), f.Warnings, err)
			}
			o.Number = "FR7630006000011234567890189"
			if f, err = readCorpus(t, m["file"], o); err != nil || len(f.Warnings) < 2 {
				t.Errorf("an unknown account: %v, %v", f.Warnings, err)
			}
			b.WriteString("seen")
		}
	}
	if b.String() != "seen" {
		t.Error("the corpus has no file of two accounts")
	}
}

func TestEncodings(t *testing.T) {
	const head, text = "Datum;Zpráva;Částka;Měna\n", "02.05.2025;Žižkov šťastný;-12,50;CZK\n"
	for _, name := range []string{"UTF-8", "windows-1250", "IBM852"} {
		c, ok := charsetNamed(name)
		if !ok {
			t.Fatal(name)
		}
		raw := head + text
		if name != "UTF-8" {
			var err error
			if raw, err = c.enc.NewEncoder().String(raw); err != nil {
				t.Fatal(err)
			}
		}
		f := mustRead(t, raw, "a.csv", Options{Account: "operating", Currency: "CZK"})
		if l := f.Statements[0].Lines[0]; l.Text != "Žižkov šťastný" || f.Encoding != name {
			t.Errorf("%s: read as %s: %q", name, f.Encoding, l.Text)
		}
	}
}

func TestMonthsByName(t *testing.T) {
	for word, want := range map[string]int{"Jan": 1, "février": 2, "März": 3, "avr": 4, "Mai": 5, "czerwca": 6,
		"června": 6, "července": 7, "lipca": 7, "srpanj": 7, "août": 8, "Sept": 9, "paź": 10, "listopada": 11,
		"marraskuu": 11, "дек": 12, "Dezember": 12, "foo": 0, "ma": 0} {
		if got := monthNamed(word); got != want {
			t.Errorf("%s: %d, want %d", word, got, want)
		}
	}
}
