package bankfile

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

// The tests go through the table of what banks write: the numbers are its rows.

// inShort is a file in words: the days and amounts of its lines, and how it came out.
func inShort(f File, err error) string {
	if err != nil {
		if a, ok := errors.AsType[*Ask](err); ok {
			return "asks about " + string(a.Questions[0].Topic)
		}
		return err.Error()
	}
	var out []string
	for _, l := range allLines(f) {
		s := l.On.String()
		if l.Pending {
			s += "?"
		}
		out = append(out, s+" "+l.Amount.Decimal())
	}
	for _, r := range f.Statements[0].Rejects {
		out = append(out, r.Place+" not read")
	}
	return strings.Join(out, ", ")
}

// TestCharsets is row 37.
func TestCharsets(t *testing.T) {
	le := unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
	be := unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	const german = "Buchungstag;Verwendungszweck;Betrag;Währung\n25.04.2025;Gebühr für Größe;-12,50;EUR\n"
	const czech = "Datum;Zpráva;Částka;Měna\n25.04.2025;Žižkov šťastný;-12,50;CZK\n"
	const japanese1 = "日付,摘要,金額\n2025-04-25,手数料 振込 株式会社,-12\n2025-04-26,振込 東京都 銀行 普通預金,-15\n"
	const chinese = "日期,摘要,金额\n2025-04-25,手续费 转账 上海有限公司,-12.50\n2025-04-26,工资 中国银行 北京分行,-15.00\n"
	const korean1 = "date,text,amount\n2025-04-25,수수료 이체 주식회사 서울,-12\n2025-04-26,급여 국민은행 서울 지점,-15\n"
	for _, c := range []struct {
		name string
		enc  encoding.Encoding
		bom  string
		text string
		want string
	}{
		{"UTF-8 with a mark", encoding.Nop, "\xef\xbb\xbf", german, "Gebühr für Größe"},
		{"UTF-16LE with a mark", le, "\xff\xfe", german, "Gebühr für Größe"},
		{"UTF-16LE", le, "", german, "Gebühr für Größe"},
		{"UTF-16BE with a mark", be, "\xfe\xff", german, "Gebühr für Größe"},
		{"UTF-16BE", be, "", german, "Gebühr für Größe"},
		{"windows-1252", charmap.Windows1252, "", german, "Gebühr für Größe"},
		{"ISO-8859-1", charmap.ISO8859_1, "", german, "Gebühr für Größe"},
		{"windows-1250", charmap.Windows1250, "", czech, "Žižkov šťastný"},
		{"IBM852", charmap.CodePage852, "", czech, "Žižkov šťastný"},
		{"EUC-JP", japanese.EUCJP, "", japanese1, "手数料 振込 株式会社"},
		{"EUC-KR", korean.EUCKR, "", korean1, "수수료 이체 주식회사 서울"},
		{"GB18030", simplifiedchinese.GB18030, "", chinese, "手续费 转账 上海有限公司"},
	} {
		for _, times := range []int{1, 3 * windowRows} {
			head, rows, _ := strings.Cut(c.text, "\n")
			body, err := c.enc.NewEncoder().String(strings.Repeat(rows, times))
			if err != nil {
				t.Fatal(err)
			}
			first, err := c.enc.NewEncoder().String(head + "\n")
			if err != nil {
				t.Fatal(err)
			}
			f, err := readBoth(t, c.bom+first+body, Options{Account: "operating", Currency: "EUR"})
			if err != nil {
				t.Errorf("%s: %v", c.name, err)
				continue
			}
			if l := allLines(f)[0]; l.Text != c.want || len(allLines(f)) != times*strings.Count(rows, "\n") {
				t.Errorf("%s: read as %s: %q", c.name, f.Encoding, l.Text)
			}
		}
	}
}

// TestDialects are the rows 38 to 48.
func TestDialects(t *testing.T) {
	const head = "Date,Text,Amount\n"
	const two = "2025-04-25 -1.00, 2025-04-26 2.00"
	disclaimer := "\"" + strings.Repeat("This is no advice; see \"\"our terms\"\".\n", 25) + "\""
	for _, c := range []struct{ name, text, want string }{
		{"38: CR alone", "Date,Text,Amount\r2025-04-25,a,-1.00\r2025-04-26,b,2.00\r", two},
		{"38: CR CR LF", "Date,Text,Amount\r\r\n2025-04-25,a,-1.00\r\r\n2025-04-26,b,2.00\r\r\n", two},
		{"38: all of them", "Date,Text,Amount\r\n2025-04-25,a,-1.00\r2025-04-26,b,2.00\n", two},
		{"38: LF in quotes", head + "2025-04-25,\"a\nb\r\nc\",-1.00\n2025-04-26,b,2.00\n", two},
		{"38: sep", "sep=;\nDate;Text;Amount\n2025-04-25;a,b;-1,00\n2025-04-26;b;2,00\n", two},
		{"38: sep in quotes and CR LF", "\"sep=|\"\r\nDate|Text|Amount\r\n2025-04-25|a|-1.00\r\n2025-04-26|b|2.00\r\n", two},
		{"38: an end of file mark", head + "2025-04-25,a,-1.00\n2025-04-26,b,2.00\n\x1a", two},

		{"39: a preamble", strings.Repeat("Statement of your account\n", 13) + head + "2025-04-25,a,-1.00\n2025-04-26,b,2.00\n", two},
		{"39: a preamble of pairs and empty lines", "Account;DE89370400440532013000\n\nPeriod;01.04.2025 - 30.04.2025\n\n\n" +
			"Datum;Text;Betrag\n25.04.2025;a;-1,00\n26.04.2025;b;2,00\n", two},
		{"39: a header on each page", head + "2025-04-25,a,-1.00\nPage total,,-1.00\n" + head + "2025-04-26,b,2.00\nTotal,,2.00\n", two},
		{"39: a header at the end", head + "2025-04-25,a,-1.00\n2025-04-26,b,2.00\n" + head, two},
		{"39: brought forward", "Date,Text,Amount,Balance\n2025-04-24,BROUGHT FORWARD,,10.00\n2025-04-25,a,-1.00,9.00\n" +
			"2025-04-25,Carried forward,,9.00\n2025-04-25,Brought forward,,9.00\n2025-04-26,b,2.00,11.00\n,Closing balance,,11.00\n", two},
		{"39: opening, turnover and closing", "Datum;Text;Betrag\n;Anfangssaldo;10,00\n25.04.2025;a;-1,00\n26.04.2025;b;2,00\n" +
			";Umsatzsumme;1,00\n;Endsaldo;11,00\n", two},
		{"39: a shop that is called Total", head + "2025-04-25,Total petrol 12,-1.00\n2025-04-26,Balance yoga,2.00\n", two},
		{"39: a disclaimer of 25 lines", disclaimer + "\n" + head + "2025-04-25,a,-1.00\n2025-04-26,b,2.00\n\n" + disclaimer + "\n", two},
		{"40: text on the next row", head + "2025-04-25,a,-1.00\n,more of it,\n2025-04-26,b,2.00\n", two},

		{"41: decimal comma", "Date;Text;Amount\n2025-04-25;a;-1.234,56\n", "2025-04-25 -1234.56"},
		{"41: narrow blanks", "Date;Text;Amount\n2025-04-25;a;-12\u202f345,67\n2025-04-26;a;1\u00a0000,00\n", "2025-04-25 -12345.67, 2025-04-26 1000.00"},
		{"41: apostrophes", "Date;Text;Amount\n2025-04-25;a;-11'373.94\n2025-04-26;a;11’373.94\n", "2025-04-25 -11373.94, 2025-04-26 11373.94"},
		{"41: lakhs", head + "2025-04-25,a,\"-12,50,000.75\"\n", "2025-04-25 -1250000.75"},
		{"41: parentheses", head + "2025-04-25,a,(75.00)\n2025-04-26,a,75.00\n", "2025-04-25 -75.00, 2025-04-26 75.00"},
		{"41: minus behind", head + "2025-04-25,a,\"1,034.50-\"\n2025-04-26,a,3.00+\n", "2025-04-25 -1034.50, 2025-04-26 3.00"},
		{"41: a real minus", head + "2025-04-25,a,\u22121.00\n", "2025-04-25 -1.00"},
		{"41: a symbol", head + "2025-04-25,a,- €12.01\n2025-04-26,a,\"+ €1,100.00\"\n", "2025-04-25 -12.01, 2025-04-26 1100.00"},
		{"41: a code", "Date;Text;Amount\n2025-04-25;a;EUR -9.126,07\n2025-04-26;a;EUR 9,07\n", "2025-04-25 -9126.07, 2025-04-26 9.07"},
		{"41: Arabic with a direction mark", head + "2025-04-25,a,\u200fيورو -1.00\u200f\n", "2025-04-25 -1.00"},

		{"42: debit and credit", "Date,Text,Debit,Credit\n2025-04-25,a,1.00,\n2025-04-26,b,,2.00\n", two},
		{"42: credit and debit", "Date,Text,Credit,Debit\n2025-04-25,a,,1.00\n2025-04-26,b,2.00,\n", two},
		{"42: both filled", "Date,Text,Debit,Credit\n2025-04-25,a,1.00,0.00\n2025-04-26,b,0.00,2.00\n", two},
		{"42: signed again", "Date,Text,Debit,Credit\n2025-04-25,a,-1.00,\n2025-04-26,b,,2.00\n", two},
		{"42: K and D", "Data;Opis;Kwota;D/K\n2025-04-25;a;1,00;D\n2025-04-26;b;2,00;K\n", two},
		{"42: H and S", "Buchungstag;Text;Umsatz;S/H\n25.04.2025;a;1,00;S\n26.04.2025;b;2,00;H\n", two},
		{"42: Af and Bij", "Datum,Omschrijving,Bedrag,Af Bij\n20250425,a,\"1,00\",Af\n20250426,b,\"2,00\",Bij\n", two},
		{"42: CR or nothing", "Date,Text,Amount,CR/DR\n2025-04-25,a,1.00,\n2025-04-26,b,2.00,CR\n", two},
		{"42: CR and DR behind", head + "2025-04-25,a,1.00 DR\n2025-04-26,b,2.00 CR\n", two},
		{"42: a word", "Date,Text,Amount,Direction\n2025-04-25,a,1.00,outflow\n2025-04-26,b,2.00,inflow\n", two},
		{"42: a mark without a name", "Date,Text,Amount,\n2025-04-25,a,1.00,DR\n2025-04-26,b,2.00,CR\n", two},
		{"42: a card", "Date,Text,Amount,Balance\n2025-04-25,a,1.00,-1.00\n2025-04-26,b,-2.00,1.00\n", two},

		{"43: a day above 12", "Date,Text,Amount\n04/05/2025,a,-1.00\n25/04/2025,a,-1.00\n", "2025-05-04 -1.00, 2025-04-25 -1.00"},
		{"43: none", "Date,Text,Amount\n04/05/2025,a,-1.00\n", "asks about dates"},

		{"44: pending", "Date,Text,Amount\nPending,a,-1.00\n2025-04-25,b,-1.00\n", "? -1.00, 2025-04-25 -1.00"},
		{"44: pending by its state", "Date,Text,Amount,Status\n,a,-1.00,Pending\n2025-04-25,b,-1.00,Booked\n2025-04-25,b,-5.00,Declined\n",
			"? -1.00, 2025-04-25 -1.00"},

		{"45: two of a name", "Date,Date,Text,Text,Amount\n2025-04-25,2025-04-27,a,b,-1.00\n", "2025-04-25 -1.00"},
		{"45: a unit", "Datum;Text;Betrag (EUR)\n25.04.2025;a;-1,00\n", "2025-04-25 -1.00"},
		{"45: units of two columns", "Date,Text,Withdrawals (SGD),Deposits (SGD)\n25/04/2025,a,1.00,\n", "2025-04-25 -1.00"},
		{"45: in Rs", "Date,Narration,Amount(in Rs)\n25/04/2025,a,-1.00\n", "2025-04-25 -1.00"},
		{"45: a short header", "Date,Text,Amount\n2025-04-25,a,-1.00,x,y\n2025-04-26,b,2.00,x\n", two},
		{"45: no header", "2025-04-25,a,-1.00\n2025-04-26,b,2.00\n", two},

		{"46: two alike", head + "2025-04-25,a,-1.00\n2025-04-25,a,-1.00\n", "2025-04-25 -1.00, 2025-04-25 -1.00"},
		{"47: other currencies", "Date,Text,Amount,Currency\n2025-04-25,a,-1000,JPY\n2025-04-26,b,1.234,KWD\n2025-04-26,b,1.23,USD\n",
			"2025-04-25 -1000, 2025-04-26 1.234, 2025-04-26 1.23"},
		{"47: thousands here, decimals there", "Date,Text,Amount,Currency\n2025-04-26,b,1.23,USD\n2025-04-26,b,1.234,USD\n",
			"2025-04-26 1.23, row 3 not read"},

		{"dates: words", "Datum;Text;Betrag\n25. Apr 2025;a;-1,00\n26 avril 2025;b;2,00\n", two},
		{"dates: two digits", head + "25 Apr 25,a,-1.00\n26-Apr-25,b,2.00\n", two},
		{"dates: a point behind", "Datum;Text;Betrag\n2025.04.25.;a;-1,00\n2025.04.26.;b;2,00\n", two},
		{"dates: a clock", head + "25-04-2025 / 23:59,a,-1.00\n26-04-2025 / 00:01,b,2.00\n", two},
		{"dates: a zone", head + "2025-04-25 23:59:59 +0000,a,-1.00\n2025-04-26T00:00:00+02:00,b,2.00\n", two},
		{"dates: AM and PM", head + "4/25/2025 1:05:09 pm,a,-1.00\n4/26/2025 1:05:09 AM,b,2.00\n", two},
		{"dates: the clock first", "Date;Text;Amount\n\"12:30, 25/04/2025\";a;-1.00\n\"12:30, 26/04/2025\";b;2.00\n", two},
		{"dates: the month's name first", "Date;Text;Amount\nApr 25, 2025;a;-1.00\nApril 26, 2025;b;2.00\n", two},
		{"dates: no year, but a period", "Period;01.04.2025 - 30.04.2025\nDatum;Valuta;Text;Betrag\n25.04.;24.04.;a;-1,00\n26.04.;01.05.;b;2,00\n", two},
		{"dates: no year, and a turn of it", "Period;15.12.2024 - 15.01.2025\nDatum;Text;Betrag\n31.12;a;-1,00\n02.01;b;2,00\n",
			"2024-12-31 -1.00, 2025-01-02 2.00"},
		{"dates: no year at all", "Datum;Text;Betrag\n25.04.;a;-1,00\n", "bankfile: a.csv: the dates have no year, and the file " +
			"states no period; put the statement's last day into the file's name: statement-2025-04-30.csv"},
	} {
		f, err := readBoth(t, c.text, operating)
		if got := inShort(f, err); got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
	}
}

func TestYearByTheFilesName(t *testing.T) {
	f, err := Read(ctx, strings.NewReader("Datum;Text;Betrag\n31.12.;a;-1,00\n02.01.;b;2,00\n"), "umsatz_2025-01-05.csv", operating)
	if got := inShort(f, err); got != "2024-12-31 -1.00, 2025-01-02 2.00" {
		t.Error(got)
	}
	f, err = Read(ctx, strings.NewReader("Period;01.01.2023 - 31.12.2024\nDatum;Text;Betrag\n31.12.;a;-1,00\n"), "a.csv", operating)
	if err == nil || !strings.Contains(err.Error(), "longer than a year") {
		t.Error(inShort(f, err))
	}
}

// TestWhatStandsAroundTheLines is what the rows 39 and 45 say of the statement.
func TestWhatStandsAroundTheLines(t *testing.T) {
	f := mustRead(t, "Kontonummer;DE89 3704 0044 0532 0130 00\nZeitraum;01.04.2025 - 30.04.2025\n\nDatum;Text;Betrag (CHF)\n"+
		";Anfangssaldo;10,00\n25.04.2025;a;-1,00\n;Endsaldo;9,00\n\nAlle Angaben ohne Gewähr\n", "a.csv", operating)
	p := f.Statements[0]
	if p.AccountNumber != "DE89 3704 0044 0532 0130 00" || p.FromOn.String() != "2025-04-01" || p.ToOn.String() != "2025-04-30" ||
		p.Currency != "CHF" || !p.Proof.Holds || *p.Opening != 1000 {
		t.Errorf("%+v", p)
	}
	f = mustRead(t, "Date,Text,Amount,Balance\n2025-04-25,a,-1.00,9.02\n2025-04-26,a,-1.00,8.00\n2025-04-27,a,-1.00,7.00\n", "a.csv", operating)
	if p = f.Statements[0]; len(p.Proof.Jumps) != 1 || p.Proof.Jumps[0].By.Minor != -2 || f.Outcome() != "warn" {
		t.Errorf("48: %+v, %v", p.Proof, f.Warnings)
	}
	f = mustRead(t, "Date,Text,Amount,Balance\n2025-04-25,a,-1.00,7.00\n2025-04-25,b,-2.00,3.00\n2025-04-25,c,-3.00,9.00\n"+
		"2025-04-26,c,-3.00,1.00\n", "a.csv", operating)
	if len(f.Notes) == 0 || f.Statements[0].Proof.Known {
		t.Errorf("48: balances in another order: %v, %+v", f.Notes, f.Statements[0].Proof)
	}
	if got := fmt.Sprint(slices.Collect(texts(f))); got != "[a b c c]" {
		t.Error(got)
	}
}

func texts(f File) func(func(string) bool) {
	return func(yield func(string) bool) {
		for _, l := range allLines(f) {
			if !yield(l.Text) {
				return
			}
		}
	}
}
