package world

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// WriteMT940 writes the account's statement from one day to another, both included, as German banks
// write SWIFT MT940: CR LF, lines of 65 letters, texts in subfields of 27 with SEPA's words before
// their parts, in the letters that SWIFT has. Its errors are the writer's.
func (a *Account) WriteMT940(w io.Writer, from, to book.Date) error {
	out := bufio.NewWriterSize(w, 1<<16)
	line := func(format string, args ...any) { fmt.Fprintf(out, format+"\r\n", args...) }
	line(":20:STARTUMSE")
	line(":25:%s", a.IBAN)
	line(":28C:%05d/001", int(book.MonthOf(to))%12+1)
	line(":60F:%s", a.swiftBalance(from-1))
	for i := range a.Lines {
		l := &a.Lines[i]
		if l.On < from || l.On > to {
			continue
		}
		mark := "C"
		if l.Amount.Minor < 0 {
			mark = "D"
		}
		line(":61:%s%s%s%s%sNTRFNONREF//%s", swiftDate(l.ValueOn), swiftDate(l.On)[2:], mark,
			a.Currency[2:], swiftDecimal(l.Amount), l.BankID)
		for rest := ":86:" + l.germanText(); rest != ""; {
			n := min(len(rest), 65)
			line("%s", rest[:n])
			rest = rest[n:]
		}
	}
	line(":62F:%s", a.swiftBalance(to))
	line("-")
	// A buffered writer keeps its first error and gives it back here.
	return out.Flush()
}

// swiftBalance is the balance at the end of a day.
func (a *Account) swiftBalance(on book.Date) string {
	balance, mark := money.New(a.BalanceOn(on), a.Currency), "C"
	if balance.Minor < 0 {
		mark = "D"
	}
	return mark + swiftDate(on) + string(a.Currency) + swiftDecimal(balance)
}

func swiftDate(d book.Date) string { return d.Time().Format("060102") }

// swiftDecimal is an amount without its sign; the comma is there even where no places follow.
func swiftDecimal(m money.Money) string {
	whole, frac, _ := strings.Cut(m.Abs().Decimal(), ".")
	return whole + "," + frac
}

// germanText is the text of a line: the code of the kind of booking and subfields.
func (l *BankLine) germanText() string {
	kind := "166?00GUTSCHRIFT"
	switch {
	case l.Amount.Minor < 0 && l.CounterpartyAccount == "":
		kind = "808?00ENTGELT"
	case l.Amount.Minor < 0:
		kind = "177?00UEBERWEISUNG"
	}
	var b strings.Builder
	b.WriteString(kind + "?10931")
	var purpose []string
	if l.Reference != "" {
		purpose = subfields("EREF+" + SWIFT(l.Reference))
	}
	if l.Text != "" {
		purpose = append(purpose, subfields("SVWZ+"+SWIFT(l.Text))...)
	}
	for i, p := range purpose[:min(len(purpose), 14)] {
		number := 20 + i
		if i > 9 {
			number = 50 + i
		}
		fmt.Fprintf(&b, "?%d%s", number, p)
	}
	if l.CounterpartyAccount != "" {
		b.WriteString("?31" + l.CounterpartyAccount)
	}
	name := subfields(SWIFT(l.Counterparty))
	for i, p := range name[:min(len(name), 2)] {
		fmt.Fprintf(&b, "?%d%s", 32+i, p)
	}
	return b.String()
}

// subfields cuts a text of ASCII into pieces of 27.
func subfields(s string) []string {
	var out []string
	for s != "" {
		n := min(len(s), 27)
		out = append(out, s[:n])
		s = s[n:]
	}
	return out
}

// swiftLetters writes letters beyond ASCII as banks do, small and capital ones, and some signs.
var swiftLetters = func() *strings.Replacer {
	pairs := []string{"&", "+", "_", "-"}
	letters := strings.Fields(`ą a č c ė e ę e į i š s ū u ų u ž z ä ae ö oe ü ue ß ss é e è e ë e ñ n
		ú u û u ł l ø o ï i í i ó o á a ç c õ o`)
	pairs = append(pairs, letters...)
	for _, s := range letters {
		pairs = append(pairs, strings.ToUpper(s))
	}
	return strings.NewReplacer(pairs...)
}()

// SWIFT is what becomes of a text in the letters of SWIFT's set X, less the question mark, which
// parts the subfields: other letters are written with its letters, other signs as a point.
func SWIFT(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9',
			strings.ContainsRune("/-:().,'+ ", r):
			return r
		}
		return '.'
	}, swiftLetters.Replace(text))
}
