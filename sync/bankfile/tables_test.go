package bankfile

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"countinghouse/app/book"
	"countinghouse/app/money"
	"pgregory.net/rapid"
)

// known is a line that a bank writes in its dialect.
type known struct {
	on    book.Date
	minor int64
	text  string
}

// dialect is one way in which a bank writes its tables.
type dialect struct {
	delim, date, end        string
	point, group            string
	sign                    string
	balance, newest, header bool
	preamble, footer        bool
	quotes, bom             bool
}

func dialects(t *rapid.T) dialect {
	pick := func(name string, from ...string) string { return rapid.SampledFrom(from).Draw(t, name) }
	flag := func(name string) bool { return rapid.Bool().Draw(t, name) }
	d := dialect{delim: pick("delimiter", ",", ";", "\t", "|"), end: pick("end", "\n", "\r\n", "\r", "\r\r\n"),
		date:  pick("date", "02.01.2006", "2006-01-02", "02/01/2006", "01/02/2006", "20060102", "2 Jan 2006", "02-01-06", "2006-01-02 15:04"),
		point: pick("point", ".", ","), sign: pick("sign", "minus", "behind", "parentheses", "two", "mark", "out", "wide"),
		balance: flag("balance"), newest: flag("newest"), header: flag("header") || flag("header too"),
		preamble: flag("preamble"), footer: flag("footer"), quotes: flag("quotes"), bom: flag("bom")}
	if d.date == "01/02/2006" {
		// Nobody who writes the month first writes a decimal comma.
		d.point = "."
	}
	other := map[string]string{".": ",", ",": "."}[d.point]
	d.group = pick("group", "", other, " ", "\u00a0", "\u202f", "'")
	return d
}

// amount writes an amount without its sign.
func (d dialect) amount(minor int64) string {
	return money.Marks{Point: d.point, Group: d.group}.Format(money.New(max(minor, -minor), "EUR"))
}

// signed are the cells of a line's amount.
func (d dialect) signed(minor int64) []string {
	a := d.amount(minor)
	switch {
	case d.sign == "two" && minor < 0:
		return []string{a, ""}
	case d.sign == "two":
		return []string{"", a}
	case d.sign == "mark" && minor < 0:
		return []string{a, "DR"}
	case d.sign == "mark":
		return []string{a, "CR"}
	case d.sign == "out" && minor > 0:
		return []string{"-" + a}
	case d.sign == "out" || minor >= 0:
		return []string{a}
	case d.sign == "behind":
		return []string{a + "-"}
	case d.sign == "parentheses":
		return []string{"(" + a + ")"}
	case d.sign == "wide":
		return []string{"\u2212" + a}
	}
	return []string{"-" + a}
}

// write writes the lines, which are in the order of their days.
func (d dialect) write(lines []known) string {
	var b strings.Builder
	row := func(cells ...string) {
		for i, c := range cells {
			if i > 0 {
				b.WriteString(d.delim)
			}
			if d.quotes || strings.ContainsAny(c, d.delim+"\"\r\n") {
				c = `"` + strings.ReplaceAll(c, `"`, `""`) + `"`
			}
			b.WriteString(c)
		}
		b.WriteString(d.end)
	}
	if d.bom {
		b.WriteString("\ufeff")
	}
	if d.preamble {
		row("Account number", "DE89370400440532013000")
		b.WriteString(d.end)
	}
	names := []string{"Date", "Text", "Amount"}
	switch d.sign {
	case "two":
		names = []string{"Date", "Text", "Debit", "Credit"}
	case "mark":
		names = append(names, "D/C")
	}
	if d.balance {
		names = append(names, "Balance")
	}
	if d.header {
		row(names...)
	}
	balance, rows := int64(100_000_00), [][]string{}
	for _, l := range lines {
		balance += l.minor
		cells := append([]string{l.on.Time().Format(d.date), l.text}, d.signed(l.minor)...)
		if d.balance {
			cells = append(cells, d.amount(balance))
		}
		rows = append(rows, cells)
	}
	if d.newest {
		slices.Reverse(rows)
	}
	for _, r := range rows {
		row(r...)
	}
	if d.footer {
		row("Total", "")
	}
	return b.String()
}

// TestDialectsReadBack writes known lines in dialects drawn by chance: they come back as they were, or
// the file is asked about or refused, or it says what is not right. Nothing wrong comes back in silence.
func TestDialectsReadBack(t *testing.T) {
	var read, asked, warned int
	rapid.Check(t, func(t *rapid.T) {
		d := dialects(t)
		n := rapid.IntRange(1, 12).Draw(t, "lines")
		start := book.NewDate(2025, 1, 1)
		least := 0
		if d.sign == "out" {
			// Only balances over several days prove this.
			d.balance, n, least = true, n+1, 1
		}
		var lines []known
		for range n {
			start += book.Date(rapid.IntRange(least, 40).Draw(t, "days"))
			minor := int64(rapid.IntRange(-9_999_99, 9_999_99).Draw(t, "amount"))
			if minor == 0 {
				minor = 1
			}
			lines = append(lines, known{start, minor,
				rapid.SampledFrom([]string{"Alpha", "Total; of it", "Beta, \"Ltd\"", "INV 10502", "Größe|x"}).Draw(t, "text")})
		}
		text := d.write(lines)
		f, err := Read(ctx, strings.NewReader(text), "a.csv", operating)
		_, asks := errors.AsType[*Ask](err)
		e, refused := errors.AsType[*Error](err)
		switch {
		case asks || refused && e.Hint != "":
			asked++
			return
		case err != nil:
			t.Fatalf("%v\n%s", err, text)
		}
		if d.newest {
			slices.Reverse(lines)
		}
		got := allLines(f)
		right := len(got) == len(lines)
		for i := 0; right && i < len(got); i++ {
			right = got[i].On == lines[i].on && got[i].Amount == money.New(lines[i].minor, "EUR") &&
				got[i].Text == oneLine(lines[i].text)
		}
		switch {
		case right:
			read++
		case f.Outcome() == "warn":
			warned++
		default:
			t.Fatalf("%s\nreads as %s with %v", text, inShort(f, nil), f.Notes)
		}
	})
	t.Logf("%d read, %d asked, %d warned", read, asked, warned)
	if read < asked+warned {
		t.Errorf("only %d were read: %d asked, %d warned", read, asked, warned)
	}
}

// TestMarksWithoutNames reads a table without names of columns whose marks all say the same, and one whose
// marks differ and that has to be asked about: in both the marks are marks, and no text.
func TestMarksWithoutNames(t *testing.T) {
	same := "01.01.2025,Alpha,0.02,CR,100000.01\n02.01.2025,Beta,0.01,CR,100000.02\n03.01.2025,Alpha,0.05,CR,100000.07\n"
	f, err := Read(ctx, strings.NewReader(same), "a.csv", operating)
	if err != nil || inShort(f, nil) == "" {
		t.Fatal(err)
	}
	for _, l := range allLines(f) {
		if strings.Contains(l.Text, "CR") || l.Amount.Minor <= 0 {
			t.Errorf("%+v", l)
		}
	}
	differ := "01.01.2025,Alpha,0.02,CR,100000.02\n02.01.2025,Beta,0.01,DR,100000.01\n03.01.2025,Alpha,0.05,DR,99999.96\n"
	f, err = Read(ctx, strings.NewReader(differ), "a.csv", operating)
	if _, asks := errors.AsType[*Ask](err); !asks {
		t.Fatalf("%v", err)
	}
	o := operating
	for _, a := range f.Questions[0].Answers {
		if a.Means == "amount 0.02, balance 100000.02" {
			p, err := f.Profile.With(f.Questions[0].Topic, a.Value)
			if err != nil {
				t.Fatal(err)
			}
			o.Profile = &p
		}
	}
	f, err = Read(ctx, strings.NewReader(differ), "a.csv", o)
	if err != nil {
		t.Fatal(err)
	}
	want := []int64{2, -1, -5}
	for i, l := range allLines(f) {
		if l.Amount.Minor != want[i] || strings.Contains(l.Text, "R") {
			t.Errorf("line %d: %+v", i, l)
		}
	}
}

// TestAWordThatIsAlwaysTheSameTurnsNoAmount reads tables without names of columns in which a D stands in every
// row: it may be a kind of row and no debit, so that signs stand as written, a column of both marks goes
// before it, and what is open is asked.
func TestAWordThatIsAlwaysTheSameTurnsNoAmount(t *testing.T) {
	for _, c := range []struct {
		file string
		want []int64 // none where the file has to ask
	}{
		{"01.01.2025,Alpha,-0.02,D\n02.01.2025,Beta,0.01,D\n23.01.2025,Gamma,-0.05,D\n", []int64{-2, 1, -5}},
		{"01.01.2025,Alpha,D,0.02,CR\n02.01.2025,Beta,D,0.01,DR\n23.01.2025,Gamma,D,0.05,DR\n", []int64{2, -1, -5}},
		{"01.01.2025,Alpha,0.02,CR,D\n02.01.2025,Beta,0.01,DR,D\n23.01.2025,Gamma,0.05,DR,D\n", []int64{2, -1, -5}},
		{"01.01.2025,Alpha,12.02,D\n02.01.2025,Beta,0.01,D\n23.01.2025,Gamma,0.05,D\n", nil},
		{"01.01.2025,Alpha,0.02,CR,C\n02.01.2025,Beta,0.01,DR,D\n23.01.2025,Gamma,0.05,DR,C\n", nil},
	} {
		f, err := Read(ctx, strings.NewReader(c.file), "a.csv", operating)
		if _, asks := errors.AsType[*Ask](err); asks != (c.want == nil) || err != nil && !asks {
			t.Errorf("%s%v", c.file, err)
			continue
		}
		var got []int64
		for _, l := range allLines(f) {
			got = append(got, l.Amount.Minor)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s%v, want %v", c.file, got, c.want)
		}
	}
}
