package bankfile

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"countinghouse/app/book"
	"golang.org/x/text/encoding/charmap"
)

// long writes a table that is longer than the window: so many rows, and then those that show what the
// window does not.
func long(head, row, rest string) string {
	return head + strings.Repeat(row, 3*windowRows) + rest
}

// readBoth reads a file kept and handed over, which must say the same, and gives what was read.
func readBoth(t *testing.T, text string, o Options) (File, error) {
	t.Helper()
	kept, keptErr := Read(ctx, strings.NewReader(text), "a.csv", o)
	handed, handedErr := streamed(strings.NewReader(text), "a.csv", o)
	if !reflect.DeepEqual(keptErr, handedErr) {
		t.Errorf("%v, streamed %v", keptErr, handedErr)
	}
	for _, f := range []*File{&kept, &handed} {
		f.seen = 0
		for i := range f.Statements {
			p := &f.Statements[i]
			p.file, p.digest, p.reversals, p.plan = nil, nil, nil, nil
		}
	}
	if !reflect.DeepEqual(kept, handed) {
		t.Errorf("read %.300v\nstreamed %.300v", fmt.Sprintf("%+v", kept), fmt.Sprintf("%+v", handed))
	}
	return kept, keptErr
}

func TestTheEndOfALongFileDecides(t *testing.T) {
	const head = "Datum;Text;Betrag;Saldo\n"
	for _, c := range []struct {
		name, text string
		last       string
		question   Topic
	}{
		{"day first", long("Date,Text,Amount\n", "03/04/2025,x,-1.00\n", "25/04/2025,x,-1.00\n"), "2025-04-25 -1.00 EUR x", ""},
		{"month first", long("Date,Text,Amount\n", "03/04/2025,x,-1.00\n", "04/25/2025,x,-1.00\n"), "2025-04-25 -1.00 EUR x", ""},
		{"neither", long("Date,Text,Amount\n", "03/04/2025,x,-1.00\n", "04/05/2025,x,-1.00\n"), "", AskDates},
		{"decimal comma", long(head, "03.04.2025;x;-1.234;\n", "25.04.2025;x;-1,50;\n"), "2025-04-25 -1.50 EUR x", ""},
		{"thousands or decimals", long(head, "03.04.2025;x;-1.230;\n", "25.04.2025;x;-1.240;\n"), "", AskPoint},
		{"the comma of a balance", long(head, "03.04.2025;x;-1.230;\n", "25.04.2025;x;-1.230;-1,00\n"),
			"2025-04-25 -1,230.00 EUR x", ""},
		{"not only marks", long("Date,Text,Amount,Type\n", "2025-04-03,x,1.00,D\n", "2025-04-25,x,-1.00,fee\n"),
			"2025-04-25 -1.00 EUR x", ""},
		{"marks", long("Date,Text,Amount,D/K\n", "2025-04-03,x,1.00,K\n", "2025-04-25,x,1.00,D\n"), "2025-04-25 -1.00 EUR x", ""},
		{"one mark and none", long("Date,Text,Amount,CR/DR\n", "2025-04-03,x,1.00,\n", "2025-04-25,x,1.00,CR\n2025-04-26,x,1.00,\n"),
			"2025-04-26 -1.00 EUR x", ""},
		{"a debit taken back", long("Date,Text,Debit,Credit\n", "2025-04-03,x,-1.00,\n", "2025-04-25,x,1.00,\n"),
			"2025-04-25 -1.00 EUR x", ""},
		{"a column of another's account", long("Date,Text,Amount,Account\n", "2025-04-03,x,-1.00,1234567\n",
			"2025-04-25,x,-1.00,7654321\n"), "2025-04-25 -1.00 EUR x", ""},
		{"text that goes on", long("Date,Text,Amount\n", "2025-04-03,x,-1.00\n", "2025-04-25,x,-1.00\n,y,\n,z,\n"),
			"2025-04-25 -1.00 EUR x y z", ""},
		{"a currency that comes late", long("Date,Text,Amount,Currency\n", "2025-04-03,x,-1.00,\n", "2025-04-25,x,-1.00,USD\n"),
			"2025-04-25 -1.00 USD x", ""},
		{"a negative amount", long("Date,Text,Amount\n", "2025-04-03,x,1.00\n", "2025-04-25,x,-1.00\n"), "2025-04-25 -1.00 EUR x", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, err := readBoth(t, c.text, operating)
			if c.question != "" {
				if _, ok := errors.AsType[*Ask](err); !ok || f.Questions[0].Topic != c.question {
					t.Errorf("got %v", err)
				}
				return
			}
			lines := allLines(f)
			if err != nil || len(lines) < 3*windowRows {
				t.Fatalf("%d lines, %v", len(lines), err)
			}
			if l := lines[len(lines)-1]; described(l) != c.last {
				t.Errorf("got %s, want %s", described(l), c.last)
			}
			if strings.Contains(c.name, "account") && f.Statements[0].AccountNumber != "" {
				t.Errorf("the account is %s", f.Statements[0].AccountNumber)
			}
		})
	}
}

func described(l book.BankLine) string { return fmt.Sprint(l.On, " ", l.Amount, " ", l.Text) }

// TestOtherLettersFarDown has a file whose first letter that is no ASCII stands behind 64 KB.
func TestOtherLettersFarDown(t *testing.T) {
	text := long("Buchungstag;Verwendungszweck;Betrag\n", "03.04.2025;Rechnung und noch viel mehr Text dazu;-1,00\n",
		"25.04.2025;Gebühr für Größe;-2,00\n")
	raw, err := charmap.Windows1252.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	for name, b := range map[string]string{"UTF-8": text, "windows-1252": raw} {
		f, err := readBoth(t, b, operating)
		lines := allLines(f)
		if err != nil || len(lines) != 3*windowRows+1 || lines[3*windowRows].Text != "Gebühr für Größe" ||
			f.Encoding != name || f.Digest == "" {
			t.Errorf("%s: read as %s, %d lines, %v", name, f.Encoding, len(lines), err)
		}
	}
}

// TestRunningBalanceOfALongFile proves sign and direction over many rows, with a row between that
// cannot be read and a jump.
func TestRunningBalanceOfALongFile(t *testing.T) {
	var up, card bytes.Buffer
	for _, b := range []*bytes.Buffer{&up, &card} {
		b.WriteString("Date,Text,Amount,Balance\n")
	}
	day := func(i int) string { return (mustDate(t, "2020-01-01") + book.Date(i/5)).String() }
	const rows = 4000
	for i := range rows {
		fmt.Fprintf(&up, "%s,x,%d.00,%d.00\n", day(i), i%7-3, sumTo(i))
		fmt.Fprintf(&card, "%s,x,%d.00,%d.00\n", day(i), 1+i%7, -4*i)
	}
	f, err := readBoth(t, up.String(), operating)
	if err != nil || f.Outcome() != "ok" || !f.Statements[0].Proof.Holds || *f.Statements[0].Closing != sumTo(rows-1)*100 {
		t.Errorf("%v, %v", err, f.Warnings)
	}
	turned := strings.ReplaceAll(up.String(), ",x,-", ",x,+")
	turned = strings.ReplaceAll(turned, ",x,", ",x,-")
	turned = strings.ReplaceAll(turned, ",x,-+", ",x,")
	if f, err = readBoth(t, turned, operating); err != nil || f.Profile.Sign != PositiveOut || !f.Statements[0].Proof.Holds ||
		allLines(f)[6].Amount.Minor != 300 {
		t.Errorf("turned: %v, %v", err, f.Warnings)
	}
	broken := strings.Replace(up.String(), ",x,2.00,", ",x,2..00,", 1)
	if f, err = readBoth(t, broken, operating); err != nil || len(f.Statements[0].Rejects) != 1 || len(f.Statements[0].Proof.Jumps) != 1 {
		t.Errorf("broken: %v, %+v", err, f.Warnings)
	}
	if f, err = readBoth(t, card.String(), operating); err != nil || len(f.Statements[0].Proof.Jumps) > mostJumps {
		t.Errorf("%d jumps, %v", len(f.Statements[0].Proof.Jumps), err)
	}
}

// sumTo is the balance behind the row, where the rows are −3 to 3 again and again.
func sumTo(i int) int64 {
	sum := int64(0)
	for k := range i%7 + 1 {
		sum += int64(k - 3)
	}
	return sum
}

func TestUnreadableRowsHaveALimit(t *testing.T) {
	text := long("Date;Text;Amount\n", "2025-01-02;x;-1.00\n", strings.Repeat("2025-01-02;x;1..2\n", mostRejects+1))
	_, err := readBoth(t, text, operating)
	if e, ok := errors.AsType[*Error](err); !ok || e.Place == "" || !strings.Contains(e.Hint, "10000 rows") {
		t.Errorf("got %v", err)
	}
	f, err := readBoth(t, long("Date;Text;Amount;Balance\n", "2025-01-02;x;-1.00;?\n", ""), operating)
	if err != nil || len(f.Notes) > mostSaid+5 {
		t.Errorf("%d notes, %v", len(f.Notes), err)
	}
	endless := "Date;Text;Amount\n2025-01-02;x;-1.00\n" + strings.Repeat(";go on and on;\n", 40_000)
	if _, err := readBoth(t, endless, operating); err == nil || !strings.Contains(err.Error(), "goes on over more than") {
		t.Errorf("got %v", err)
	}
}
