package bankfile

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"countinghouse/app/book"
	"countinghouse/app/money"
	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"
)

// pieces are what cells are made of, so that generated ones meet the fast ways and their limits.
var pieces = rapid.SampledFrom([]string{"0", "1", "12", "345", "000", ".", ",", "-", "+", " ", "\t", "\n", "\r",
	"\u00a0", "\u200e", "\ufeff", "a", "Page", "TOTAL", "Zürich", "ß", "Łódź", "ΟΔΟΣ", "e\u0301", "ё", "金", "'", "(", ")",
	"EUR", "\u2212", "/", "2025-01-02", "23:59", ":", "T", "\u0085", "\x00"})

func cellOf(t *rapid.T) string {
	return strings.Join(rapid.SliceOfN(pieces, 0, 7).Draw(t, "cell"), "")
}

// TestCellsAsThePlainWay holds what is done with every cell against the plain way of doing it.
func TestCellsAsThePlainWay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := cellOf(t)
		if got, want := trimCell(c), strings.Trim(c, " \t\r\n\u00a0\u200e\u200f\ufeff"); got != want {
			t.Fatalf("trimmed %q to %q, want %q", c, got, want)
		}
		if got, want := (row{cells: []string{c}}).cell(0), trimCell(c); got != want {
			t.Fatalf("the cell of %q is %q, want %q", c, got, want)
		}
		if got, want := oneLine(c), strings.Join(strings.Fields(c), " "); got != want {
			t.Fatalf("one line of %q is %q, want %q", c, got, want)
		}
		if got, want := fold(c), foldAll(c); got != want {
			t.Fatalf("folded %q to %q, want %q", c, got, want)
		}
		if got, want := specialIn(c), specials[foldAll(c)]; got != want && len(c) <= longestWord {
			t.Fatalf("%q is special %d, want %d", c, got, want)
		}
		short := withoutClock(c)
		a, okA := readDate(c)
		b, okB := readDate(short)
		if okA != okB || a != b {
			t.Fatalf("%q is the date %+v %v, without its clock %+v %v", c, a, okA, b, okB)
		}
		for _, cur := range []money.Currency{"EUR", "JPY", "KWD", "CLF"} {
			for _, point := range []string{".", ","} {
				exp, _ := cur.Exponent()
				minor, ok, plain := plainAmount(c, point[0], exp)
				want, err := money.Marks{Point: point}.Parse(c, cur)
				if plain && (ok != (err == nil) || ok && minor != want.Minor) {
					t.Fatalf("%q with %q in %s: %d %v, want %v %v", c, point, cur, minor, ok, want, err)
				}
			}
		}
	})
}

// TestSpecialWordsAreFound holds the quick look at a cell against every word that it must find.
func TestSpecialWordsAreFound(t *testing.T) {
	for w := range specials {
		for _, c := range []string{w, strings.ToUpper(w), w + ":", "  " + w, "(" + w + ")"} {
			if specialIn(c) != specials[w] {
				t.Errorf("%q is %d, want %d", c, specialIn(c), specials[w])
			}
		}
		if strings.ContainsAny(w, "0123456789") {
			t.Errorf("%q has digits", w)
		}
	}
	for k := range slots {
		if (&form{cols: []Column{{Means: Roles[k]}}}).indexed().at[k] != 0 {
			t.Errorf("the slot %d is not of %s", k, Roles[k])
		}
	}
}

func (m *form) indexed() *form {
	m.index()
	return m
}

// TestFingerprintsStay pins the ids of lines: they are in the books, and never may change.
func TestFingerprintsStay(t *testing.T) {
	l := book.BankLine{Account: "operating", On: mustDate(t, "2026-10-05"), Ordinal: 2,
		Amount: money.New(-1234, "EUR"), Counterparty: "Tallowgate  Ltd", Text: "INVOICE\n10502 Zürich"}
	if got := string(numbered(l)); got != "operating:2026-10-05/"+slowSum(&l)+"-2" {
		t.Errorf("got %s", got)
	}
	rapid.Check(t, func(t *rapid.T) {
		l := book.BankLine{Account: "a", On: book.Date(rapid.IntRange(-800_000, 60_000).Draw(t, "day")),
			Amount: money.New(rapid.Int64().Draw(t, "minor"), "JPY"), Pending: rapid.Bool().Draw(t, "pending"),
			Counterparty: cellOf(t), CounterpartyAccount: cellOf(t), Reference: cellOf(t), Text: cellOf(t),
			Ordinal: rapid.IntRange(1, 30).Draw(t, "ordinal")}
		day := l.On.String()
		if l.Pending {
			day = "pending"
		}
		want := "a:" + day + "/" + slowSum(&l)
		if l.Ordinal > 1 {
			want += fmt.Sprintf("-%d", l.Ordinal)
		}
		if got := numbered(l); string(got) != want {
			t.Fatalf("%+v: %s, want %s", l, got, want)
		}
	})
}

// slowSum is the formula of the fingerprint as it was first written down.
func slowSum(l *book.BankLine) string {
	text := norm.NFC.String(strings.ToLower(strings.Join(strings.Fields(strings.Join([]string{
		l.Counterparty, l.CounterpartyAccount, l.Reference, l.Text}, " ")), " ")))
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\n%s\n%d\n%s\n%s",
		l.Account, l.On, l.Amount.Minor, l.Amount.Currency, text))
	return hex.EncodeToString(sum[:6])
}

func mustDate(t *testing.T, s string) book.Date {
	t.Helper()
	on, err := book.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return on
}

// TestCountsAsAMap counts fingerprints that share their first bytes.
func TestCountsAsAMap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var c counts
		if rapid.Bool().Draw(t, "reserved") {
			c.reserve(rapid.IntRange(0, 300).Draw(t, "places"))
		}
		want := map[fingerprint]int{}
		for _, n := range rapid.SliceOfN(rapid.Byte(), 0, 200).Draw(t, "lines") {
			f := fingerprint{pending: n%5 == 0, sum: [6]byte{n % 3, 0, 0, 0, n, n % 7}}
			if want[f]++; c.count(f) != want[f] {
				t.Fatalf("%v came %d times", f, want[f])
			}
		}
	})
}

// TestCountsFarBeyondAPlace counts two fingerprints more often than a place can say.
func TestCountsFarBeyondAPlace(t *testing.T) {
	var c counts
	a, b := fingerprint{sum: [6]byte{1, 2, 3}}, fingerprint{sum: [6]byte{1, 2, 3}, pending: true}
	for n := 1; n < 3*mostCounted; n++ {
		if c.count(a) != n || c.count(b) != n {
			t.Fatalf("the count goes wrong at %d", n)
		}
	}
}

// TestWordsInOneLine holds the quick ways through a text against the plain ones.
func TestWordsInOneLine(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := strings.Join(rapid.SliceOfN(rapid.SampledFrom([]string{"a", "Zz", "@[`{", "0123", "ABCDEFGH", " ", "  ",
			"\t", "\x00", "\x7f", "\u00a0", "Ä", "\xff"}), 0, 12).Draw(t, "text"), "")
		if plain := strings.Join(strings.Fields(s), " ") == s && utf8.ValidString(s); isOneLine(s) && !plain {
			t.Fatalf("%q is taken for one line", s)
		} else if !isOneLine(s) && plain && s != "" {
			t.Fatalf("%q is one line", s)
		}
		l := book.BankLine{Text: s}
		if got, want := string(appendText(nil, &l)), wideText(&l); got != want {
			t.Fatalf("%q is %q in small letters, want %q", s, got, want)
		}
	})
}

// FuzzRows holds the rows of the scanner against those of encoding/csv. They differ where a CR alone
// ends a row or stands in quotes; there the text is compared as it would be with LF.
func FuzzRows(f *testing.F) {
	for _, s := range []string{"a;b\nc;d", "\"a;\"\"b\"\"\";c\r\n\r\n;\n", "\"a\nb\";c\n\"d", "a\"b;\"c\"d\";e\"\n",
		"\"\"\"\";x\r\r\n\"\r\n\"", "\n\n\"a\"b\"\nx", "a;\"b\r\n", "\"\n", ";;\n\"\";\"", "a\x00;b\x1a"} {
		f.Add([]byte(s), byte(';'))
	}
	f.Fuzz(func(t *testing.T, b []byte, delim byte) {
		if strings.IndexByte(";,\t|^", delim) < 0 || len(b) > 1<<12 {
			return
		}
		text := lineEnds(strings.TrimPrefix(strings.TrimRight(string(b), "\x1a\x00"), "\ufeff"))
		want, wantErr := csvRecords(text, delim)
		for i, scan := range []func(io.Reader, byte) ([]row, error){scanned, scanned, portioned, portioned} {
			r := io.Reader(bytes.NewReader(b))
			if i%2 == 1 {
				r = iotest.OneByteReader(r)
			}
			got, err := scan(r, delim)
			if slices.ContainsFunc(want, func(r row) bool { return len(r.cells) > DefaultLimits.Columns }) {
				if err == nil {
					t.Fatalf("%q by %q: a row of too many cells is taken", b, delim)
				}
				continue
			}
			if err != nil || wantErr != nil || !slices.EqualFunc(got, want, func(a, b row) bool {
				return a.n == b.n && slices.Equal(a.cells, b.cells)
			}) {
				t.Fatalf("%q by %q: %v %v, encoding/csv says %v %v", b, delim, got, err, want, wantErr)
			}
		}
	})
}

// scanned are the rows of the scanner without those that stand for empty lines.
func scanned(r io.Reader, delim byte) (out []row, _ error) {
	s := &rowScanner{r: r, delim: delim, l: DefaultLimits}
	for {
		x, err := s.next()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		if x.cells != nil {
			out = append(out, row{x.n, slices.Clone(x.cells), x.trimmed})
		}
	}
}

// portioned are the same rows, taken in portions.
func portioned(r io.Reader, delim byte) (out []row, _ error) {
	s, p := &rowScanner{r: r, delim: delim, l: DefaultLimits}, new(portion)
	for p.err == nil {
		p.fill(s)
		for _, x := range p.rows {
			if x.cells != nil {
				out = append(out, row{x.n, slices.Clone(x.cells), x.trimmed})
			}
		}
	}
	if errors.Is(p.err, io.EOF) {
		return out, nil
	}
	return nil, p.err
}

func csvRecords(text string, delim byte) (out []row, _ error) {
	r := csv.NewReader(strings.NewReader(text))
	r.Comma, r.LazyQuotes, r.FieldsPerRecord = rune(delim), true, -1
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		n, _ := r.FieldPos(0)
		out = append(out, row{n: n, cells: cells})
	}
}

func TestEmptyLinesEndAParagraph(t *testing.T) {
	s := &rowScanner{r: strings.NewReader("\n\na;b\r\n\r\n\r\n\"c\n\n\"\rd\r\r\n\r\ne\n\n"), delim: ';', l: DefaultLimits}
	var got []string
	for {
		r, err := s.next()
		if err != nil {
			break
		}
		got = append(got, fmt.Sprint(r.n, len(r.cells)))
	}
	want := []string{"1 0", "3 2", "4 0", "6 1", "9 1", "10 0", "11 1"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
