package bankfile

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"countinghouse/app/book"
	"countinghouse/sync/world"
)

// statementOf is a made statement that only says its days and balances.
func statementOf(name string, from, to book.Date, opening, closing int64) book.Statement {
	return book.Statement{ID: book.ItemID("operating:" + name), Account: "operating", Currency: "EUR", FromOn: from,
		ToOn: to, Opening: &opening, Closing: &closing}
}

// saidOf is what the links say, in short.
func saidOf(links []book.Link) string {
	var out []string
	for _, l := range links {
		s := fmt.Sprint(l.Statement.ID.Native(), " ", l.Kind)
		if l.Before != nil {
			s += " " + l.Before.ID.Native()
		}
		if l.By != 0 {
			s += fmt.Sprint(" ", l.By)
		}
		if l.SharedFrom != 0 {
			s += fmt.Sprintf(" shares %d-%d", l.SharedFrom, l.SharedTo)
		}
		out = append(out, s)
	}
	return strings.Join(out, "; ")
}

func TestContinuity(t *testing.T) {
	known := []book.Statement{statementOf("a", 10, 15, 0, 100), statementOf("z", 30, 35, 400, 500)}
	line := func(on book.Date, minor int64) book.BankLine {
		return made(CSV, on, on, false, entry{on: on, minor: minor, text: "x"}).Statements[0].Lines[0]
	}
	for _, c := range []struct {
		name  string
		file  []book.Statement
		fresh []book.BankLine
		want  string
	}{
		{"several of one file", []book.Statement{statementOf("c", 18, 20, 150, 170), statementOf("b", 16, 17, 100, 150)}, nil,
			"c follows b; z leaps c 230; b follows a"},
		{"a gap before and after", []book.Statement{statementOf("b", 18, 20, 150, 170)}, nil, "b leaps a 50; z leaps b 230"},
		{"it closes the gap", []book.Statement{statementOf("b", 16, 29, 100, 400)}, nil, "b follows a"},
		{"the last day was not over", []book.Statement{statementOf("b", 10, 15, 0, 130)}, []book.BankLine{line(15, 30)},
			"b overlaps shares 10-15; z leaps b 270"},
		{"the same day closes otherwise", []book.Statement{statementOf("b", 14, 15, 90, 130)}, []book.BankLine{line(15, 31)},
			"b contradicts a 30 shares 14-15; z leaps b 270"},
		{"again", known[:1], nil, "a repeats a"},
	} {
		got := saidOf(Continuity(known, slices.Clone(c.file), c.fresh))
		if got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

// TestPretendStatementsFollow imports the weeks of a month one after another: each follows the one
// before, and one that is left out is a gap of exactly what moved in it.
func TestPretendStatementsFollow(t *testing.T) {
	a, from, to := statementWorld(t, 60)
	o := Options{Account: a.Name, Currency: a.Currency, Number: a.IBAN}
	var known []book.Statement
	moved := int64(0)
	for week := 0; from+book.Date(7*week)+6 <= to; week++ {
		w := window{from: from + book.Date(7*week), to: from + book.Date(7*week) + 6, noon: -1,
			format: world.StatementFormats[week%2]}
		p := readWindow(t, w.written(t, a), w, o).Statements[0]
		l := Continuity(known, []book.Statement{p.Statement}, p.Lines)[0]
		want := book.Follows
		switch week {
		case 0:
			want = book.FirstOfAccount
		case 2:
			moved = *p.Closing - *p.Opening
			continue
		case 3:
			want = book.Leaps
		}
		if l.Kind != want || l.Kind == book.Leaps && l.By != moved {
			t.Errorf("week %d: %s by %d, want %s by %d", week, l.Kind, l.By, want, moved)
		}
		known = append(known, p.Statement)
	}
	if moved == 0 || len(known) < 3 {
		t.Errorf("the weeks show nothing: %d moved, %d statements", moved, len(known))
	}
}
