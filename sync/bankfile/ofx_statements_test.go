package bankfile

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"countinghouse/app/book"
	"countinghouse/app/money"
	"pgregory.net/rapid"
)

func TestOFXGroupsTheStatementsOfAnAccount(t *testing.T) {
	balance := func(amount, day string) string {
		return "</BANKTRANLIST><LEDGERBAL><BALAMT>" + amount + "<DTASOF>" + day + "</LEDGERBAL><BANKTRANLIST>"
	}
	var blocks string
	for i := range 11 {
		blocks += ofxBlockOf("card", "EUR", fmt.Sprintf("<DTSTART>2026%02d01<DTEND>2026%02d28", i+1, i+1)+
			stmttrn(fmt.Sprintf("2026%02d05", i+1), "-1.00", fmt.Sprint("C", i), "")+balance("-11.00", "20261201"))
		if i%4 == 0 {
			blocks += ofxBlockOf("current", "EUR", stmttrn("20261005", "5.00", fmt.Sprint("B", i), "")+
				balance(fmt.Sprint(i, ".00"), fmt.Sprintf("202610%02d", 20-i)))
		}
	}
	blocks += ofxBlockOf("card", "USD", stmttrn("20261005", "-7.00", "U", ""))
	text := "<OFX>" + blocks + "</OFX>"
	f := mustRead(t, text, "a.ofx", operating)
	streamed, err := streamed(strings.NewReader(text), "a.ofx", operating)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range []File{f, streamed} {
		var got []string
		for _, p := range f.Statements {
			closing := "none"
			if p.Proof.Closing != nil {
				closing = p.Proof.Closing.String()
			}
			got = append(got, fmt.Sprintf("%s %s %s..%s %d lines %s, %s", p.AccountNumber, p.Currency, p.FromOn, p.ToOn,
				len(p.Lines), p.Proof.Lines, closing))
			for _, l := range p.Lines {
				if l.StatementID != p.ID {
					t.Errorf("%s is of %s, not of %s", l.ID, l.StatementID, p.ID)
				}
			}
		}
		want := []string{"card EUR 2026-01-01..2026-11-28 11 lines -11.00 EUR, -11.00 EUR",
			"current EUR 2026-10-05..2026-10-05 3 lines 15.00 EUR, 0.00 EUR",
			"card USD 2026-10-05..2026-10-05 1 lines -7.00 USD, none"}
		if !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	o := operating
	o.Number = "current"
	ours, err := handed(strings.NewReader(text), o)
	if kept := mustRead(t, text, "a.ofx", o); err != nil || !slices.Equal(ours, amounts(kept)) || len(ours) != 3 {
		t.Errorf("of the account itself: %v handed over, %v read, %v", ours, amounts(kept), err)
	}
	// The same entry in two statements of the account is read twice, and said.
	f = mustRead(t, "<OFX>"+ofxBlockOf("card", "EUR", stmttrn("20261005", "-1.00", "A", ""))+
		ofxBlockOf("card", "EUR", stmttrn("20261005", "-1.00", "A", ""))+"</OFX>", "a.ofx", operating)
	if len(allLines(f)) != 2 || len(f.Warnings) != 1 || !strings.Contains(f.Warnings[0], "in an earlier statement") {
		t.Errorf("%d lines, %q", len(allLines(f)), f.Warnings)
	}
}

// handed are the amounts that are handed over, in file order.
func handed(r io.ReadSeeker, o Options) (out []int64, err error) {
	_, err = Stream(ctx, r, "a.ofx", o, func(_ *Parsed, lines []book.BankLine) error {
		for _, l := range lines {
			out = append(out, l.Amount.Minor)
		}
		return nil
	})
	return out, err
}

func TestOFXPending(t *testing.T) {
	f := mustRead(t, "<OFX>"+ofxBlockOf("1", "EUR", stmttrn("20261005", "-1.00", "A", "")+"</BANKTRANLIST>"+
		"<BANKTRANLISTP><DTASOF>20261006<STMTTRNP><TRNTYPE>POS<DTTRAN>20261006<TRNAMT>-2.00<NAME>Shop</STMTTRNP>"+
		"<STMTTRNP><TRNTYPE>POS<TRNAMT>-3.00<NAME>Inn</STMTTRNP></BANKTRANLISTP><BANKTRANLIST>")+"</OFX>", "a", operating)
	l := allLines(f)
	if len(l) != 3 || l[0].Pending || !l[1].Pending || !l[2].Pending || l[1].On.String() != "2026-10-06" || l[2].On != 0 ||
		f.Statements[0].Proof.Lines.Minor != -100 || f.Outcome() != "ok" {
		t.Errorf("%v %+v", f.Warnings, l)
	}
}

// TestOFXReusedIDs follows two banks that use an id again: Chase for a purchase and its fee, Banco do
// Brasil for different entries of different days.
func TestOFXReusedIDs(t *testing.T) {
	purchase := stmttrn("20261005", "-100.00", "X1", "<NAME>SHOP ABROAD")
	fee := stmttrn("20261005", "-3.00", "X1", "<NAME>FOREIGN TRANSACTION FEE")
	first := mustRead(t, ofxFile(purchase), "a.ofx", operating).Statements[0]
	both := mustRead(t, ofxFile(purchase+fee), "b.ofx", operating)
	if first.Lines[0].ID != "operating:X1" || len(both.Warnings) != 0 || len(both.Notes) != 1 ||
		both.Statements[0].Lines[0].ID == both.Statements[0].Lines[1].ID {
		t.Errorf("%v %v %+v", both.Warnings, both.Notes, both.Statements[0].Lines)
	}
	fresh, known, err := Merge(first.Lines, both.Statements[0])
	if err != nil || len(fresh) != 1 || len(known) != 1 || fresh[0].Amount.Minor != -300 {
		t.Errorf("the purchase, then both: %d new, %d known, %v", len(fresh), len(known), err)
	}
	later := mustRead(t, ofxFile(fee), "c.ofx", operating).Statements[0]
	fresh, known, err = Merge(first.Lines, later)
	if len(fresh) != 0 || err == nil {
		// The day has the purchase in the books and not in this file, so that somebody has to look.
		t.Errorf("the fee alone: %d new, %d known, %v", len(fresh), len(known), err)
	}
	september := mustRead(t, ofxFile(stmttrn("20260910", "-20.00", "000", "<MEMO>Tarifa")), "a", operating).Statements[0]
	october := mustRead(t, ofxFile(stmttrn("20261010", "-20.00", "000", "<MEMO>Tarifa")), "b", operating).Statements[0]
	fresh, known, err = Merge(september.Lines, october)
	if err != nil || len(fresh) != 1 || len(known) != 0 || fresh[0].ID == september.Lines[0].ID {
		t.Errorf("the next month: %+v, %d known, %v", fresh, len(known), err)
	}
}

func TestOFXCorrectionsDropNothing(t *testing.T) {
	old := stmttrn("20261005", "-100.00", "P-8", "")
	replaced := stmttrn("20261006", "-110.00", "P-9", "<CORRECTFITID>P-8<CORRECTACTION>REPLACE")
	for _, c := range []struct {
		name, entries, warning string
		lines, rejects         int
	}{
		{"both are there", old + replaced, "takes the place of entry P-8, which is in this file too", 2, 0},
		{"the other way round", replaced + old, "takes the place of entry P-8, which is in this file too", 2, 0},
		{"the new one only", replaced, "", 1, 0},
		{"taken back", old + stmttrn("20261006", "-100.00", "P-9", "<CORRECTFITID>P-8<CORRECTACTION>DELETE"),
			"FITID P-9, entry 2: CORRECTACTION: it moves nothing: the bank takes entry P-8 back", 1, 1},
	} {
		f := mustRead(t, ofxFile(c.entries), "a.ofx", operating)
		said := strings.Join(f.Warnings, "\n")
		if len(allLines(f)) != c.lines || len(f.Statements[0].Rejects) != c.rejects || !strings.Contains(said, c.warning) ||
			(c.warning == "") != (said == "") || c.warning == "" && len(f.Notes) != 1 {
			t.Errorf("%s: %d lines, %q, %q", c.name, len(allLines(f)), said, f.Notes)
		}
	}
}

func TestOFXSaysWhatIsNotRight(t *testing.T) {
	whole := ofxFile(stmttrn("20261005", "-1.00", "A", "") + stmttrn("20261005", "-2.00", "B", ""))
	refusal := "<BANKMSGSRSV1><STMTTRNRS><STATUS><CODE>2003<SEVERITY>ERROR<MESSAGE>Account not found</STATUS></STMTTRNRS></BANKMSGSRSV1>"
	for _, c := range []struct {
		name, text, want string
		lines            int
	}{
		{"cut off behind an entry", whole[:strings.Index(whole, "</BANKTRANLIST>")], "ends in the middle", 2},
		{"cut off in an entry", whole[:strings.LastIndex(whole, "2.00")+2], "entry 2: the file ends in the middle of it", 1},
		{"cut off in a tag", whole[:strings.LastIndex(whole, "<FITID>")+4], "entry 2: the file ends in the middle of it", 1},
		{"a part is refused", strings.Replace(whole, "<OFX>", "<OFX>"+refusal, 1), "refused a part of what was asked for: Account not found (code 2003)", 2},
		{"no currency", strings.Replace(whole, "<CURDEF>EUR", "", 1), "1 statements name no currency", 2},
		{"a currency that is none", strings.Replace(whole, "EUR", "EURO", 1), `"EURO" is not a currency`, 0},
		{"debits that are positive", ofxFile("<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>20261005<TRNAMT>5<FITID>A</STMTTRN>"), "1 entries are called debit", 1},
		{"a balance that is none", strings.Replace(whole, "</STMTRS>", "<LEDGERBAL><BALAMT>n/a<DTASOF>20261005</LEDGERBAL></STMTRS>", 1),
			"balance of account 12345678 cannot be read", 2},
	} {
		f := mustRead(t, c.text, "a.ofx", operating)
		if len(allLines(f)) != c.lines || !strings.Contains(strings.Join(f.Warnings, "\n"), c.want) {
			t.Errorf("%s: %d lines, %q", c.name, len(allLines(f)), f.Warnings)
		}
	}
	for _, c := range []struct{ name, text, want string }{
		{"refused", "<OFX>" + refusal + "</OFX>", "Account not found (code 2003)"},
		{"refused without words", "<OFX><STATUS><CODE>15500<SEVERITY>ERROR</STATUS></OFX>", "an error without words (code 15500)"},
		{"only a hint", "<OFX><STATUS><CODE>0<SEVERITY>WARN</STATUS></OFX>", "holds no statement"},
		{"currency behind", "<OFX><STMTRS><BANKTRANLIST>" + stmttrn("20261005", "1", "A", "") + "</BANKTRANLIST><CURDEF>USD</STMTRS></OFX>",
			"the currency stands behind the entries"},
	} {
		_, err := Read(ctx, strings.NewReader(c.text), "a.ofx", operating)
		if e, ok := errors.AsType[*Error](err); !ok || !strings.Contains(e.Reason, c.want) || e.Hint == "" {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// TestOFXUnclosed reads a file whose parts are not closed: each ends where the next begins.
func TestOFXUnclosed(t *testing.T) {
	text := strings.ReplaceAll(ofxFile(stmttrn("20261005", "-1.00", "A", "<NAME>One")+
		stmttrn("20261006", "-2.00", "B", "<PAYEE><NAME>Two</PAYEE>")), "</STMTTRN>", "")
	text = strings.ReplaceAll(text, "</STATUS>", "")
	text = strings.Replace(text, "<STMTTRN>", "<STMTTRN><FITID>Y<STMTTRN><FITID>Z<STMTTRN>", 1)
	f := mustRead(t, text, "a.ofx", operating)
	if !slices.Equal(amounts(f), []int64{-100, -200}) || allLines(f)[1].Counterparty != "Two" ||
		f.Statements[0].AccountNumber != "12345678" {
		t.Errorf("%v %+v", f.Warnings, allLines(f))
	}
	// What is kept aside is that entry and no other.
	if q := f.Statements[0].Rejects; len(q) != 2 || q[1].Place != "FITID Z, entry 2" || q[1].Raw != "<STMTTRN><FITID>Z" {
		t.Errorf("%+v", q)
	}
}

var closedLeaf = regexp.MustCompile(`>([^<>]+)</[A-Z]+>`)

// TestOFXReadsAlikeOpenAndClosed takes the closing tags of the leaves off the pretend bank's file: so
// OFX 1 writes it.
func TestOFXReadsAlikeOpenAndClosed(t *testing.T) {
	a, from, to := statementWorld(t, 40)
	var b strings.Builder
	if err := a.WriteOFX(&b, from, to, to.Start(time.UTC)); err != nil {
		t.Fatal(err)
	}
	_, body, _ := strings.Cut(b.String(), "<OFX>")
	open := "OFXHEADER:100\nVERSION:102\n\n<OFX>" + closedLeaf.ReplaceAllString(body, ">$1\n")
	o := Options{Account: a.Name, Currency: a.Currency, Number: a.IBAN}
	closed, sgml := mustRead(t, b.String(), "a.ofx", o), mustRead(t, open, "a.qfx", o)
	if strings.Contains(open, "</NAME>") || len(allLines(sgml)) < 20 || sgml.Outcome() != "ok" ||
		fmt.Sprintf("%+v", allLines(closed)) != fmt.Sprintf("%+v", allLines(sgml)) {
		t.Errorf("%v: %d lines, %d", sgml.Warnings, len(allLines(sgml)), len(allLines(closed)))
	}
}

// TestOFXIsReadHoweverItIsWritten writes any entries in any of the ways that banks do.
func TestOFXIsReadHoweverItIsWritten(t *testing.T) {
	words := rapid.StringMatching(`[A-Za-zÄé&<>'".,/-]{1,9}( [A-Za-zÄé&<>;0-9]{1,9}){0,3}`)
	rapid.Check(t, func(r *rapid.T) {
		var text strings.Builder
		leaf := func(name, value string) {
			indent := rapid.SampledFrom([]string{"", "\n", "\r\n\t", " "}).Draw(r, "indent")
			var b strings.Builder
			if rapid.Bool().Draw(r, "cdata") {
				b.WriteString("<![CDATA[" + value + "]]>")
			} else if err := xml.EscapeText(&b, []byte(value)); err != nil {
				r.Fatal(err)
			}
			text.WriteString(indent + "<" + name + ">" + b.String())
			if rapid.Bool().Draw(r, "closed") {
				text.WriteString("</" + name + ">")
			}
		}
		var want []book.BankLine
		for i := range rapid.IntRange(0, 12).Draw(r, "n") {
			l := book.BankLine{On: book.NewDate(2026, 1, 1) + book.Date(rapid.IntRange(0, 364).Draw(r, "day")),
				Amount: money.New(rapid.Int64Range(-1e12, 1e12).Draw(r, "amount"), "EUR"),
				BankID: fmt.Sprint("F", i), Counterparty: words.Draw(r, "name"), Text: words.Draw(r, "memo")}
			text.WriteString("<STMTTRN>")
			leaf("TRNTYPE", "OTHER")
			leaf("DTPOSTED", strings.ReplaceAll(l.On.String(), "-", "")+"120000[-5:EST]")
			amount := l.Amount.Decimal()
			if rapid.Bool().Draw(r, "comma") {
				amount = strings.Replace(amount, ".", ",", 1)
			}
			leaf("TRNAMT", amount)
			leaf("FITID", l.BankID)
			if rapid.Bool().Draw(r, "empty") {
				text.WriteString("<CHECKNUM>")
			}
			leaf("NAME", l.Counterparty)
			leaf("MEMO", l.Text)
			text.WriteString("</STMTTRN>")
			want = append(want, l)
		}
		f, err := Read(ctx, strings.NewReader(ofxFile(text.String())), "a.ofx", operating)
		if err != nil || f.Outcome() != "ok" || len(allLines(f)) != len(want) {
			r.Fatalf("%v %v: %d lines of %d", err, f.Warnings, len(allLines(f)), len(want))
		}
		for i, l := range allLines(f) {
			w := want[i]
			if l.On != w.On || l.Amount != w.Amount || l.BankID != w.BankID || l.Counterparty != w.Counterparty || l.Text != w.Text {
				r.Fatalf("got %+v, want %+v", l, w)
			}
		}
	})
}
