package bankfile

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"time"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// mtEntry is what the :61: field of an entry says. Each of its parts that cannot be read has its
// error, so that a person can give what is missing.
type mtEntry struct {
	valued, booked       book.Date
	valuedErr, bookedErr error
	mark, amount, kind   string
	owner, bank          []byte
	clamped, minus       bool
	// markErr is of the mark and what follows it.
	markErr error
}

// reversal says that the entry takes another one back.
func (e *mtEntry) reversal() bool { return strings.HasPrefix(e.mark, "R") }

// out says that the entry takes money out: a debit, or a credit that is taken back.
func (e *mtEntry) out() bool {
	return (e.mark == "D" || e.mark == "ED" || e.mark == "RC") != e.minus
}

// parse61 reads a :61: field after SWIFT's grammar, and as banks write it: value date YYMMDD, entry
// date MMDD or blanks or nothing, mark, one letter of the currency or none, amount, type, reference
// of the owner, "//" and reference of the bank.
func parse61(s []byte) mtEntry {
	var e mtEntry
	s = bytes.TrimLeft(s, " ")
	e.valued, e.clamped, e.valuedErr = shortDate(string(s[:min(6, len(s))]))
	e.booked, e.bookedErr = e.valued, e.valuedErr
	if len(s) < 6 {
		e.markErr = errors.New("no mark C or D and no amount")
		return e
	}
	s = s[6:]
	switch n := digitsOf(s); {
	case n == 4 && e.valuedErr == nil:
		e.booked, e.bookedErr = dayNear(string(s[:n]), e.valued)
		s = s[n:]
	case n > 0:
		if n != 4 {
			e.bookedErr = fmt.Errorf("%q is no day MMDD", s[:n])
		}
		s = s[n:]
	}
	e.parseMoved(bytes.TrimLeft(s, " "))
	return e
}

// digitsOf counts the digits that a text begins with.
func digitsOf(s []byte) int {
	for i, c := range s {
		if c < '0' || c > '9' {
			return i
		}
	}
	return len(s)
}

// parseMoved reads mark, amount, type and references.
func (e *mtEntry) parseMoved(s []byte) {
	for _, mark := range []string{"RC", "RD", "EC", "ED", "C", "D"} {
		if bytes.HasPrefix(s, []byte(mark)) {
			e.mark = mark
			break
		}
	}
	if e.mark == "" {
		e.markErr = errors.New("no mark C or D before the amount")
		return
	}
	s = s[len(e.mark):]
	if len(s) > 0 && s[0] >= 'A' && s[0] <= 'Z' {
		s = s[1:]
	}
	s = bytes.TrimLeft(s, " ")
	if len(s) > 0 && (s[0] == '-' || s[0] == '+') {
		e.minus = s[0] == '-'
		s = s[1:]
	}
	n := 0
	for n < len(s) && (s[n] >= '0' && s[n] <= '9' || s[n] == ',' || s[n] == '.') {
		n++
	}
	if e.amount = string(s[:n]); n == 0 {
		e.markErr = errors.New("no amount")
		return
	}
	s = s[n:]
	switch {
	case len(bytes.TrimSpace(s)) == 0:
		e.markErr = fmt.Errorf("nothing follows %q: it may be cut off", e.amount)
		return
	case s[0] == 'N' || s[0] == 'S' || s[0] == 'F':
		e.kind = string(s[:min(4, len(s))])
		s = s[len(e.kind):]
	case s[0] != ' ' && !bytes.HasPrefix(s, []byte("//")):
		e.markErr = fmt.Errorf("%q after the amount", s[:min(len(s), 16)])
		return
	}
	owner, bank, _ := bytes.Cut(s, []byte("//"))
	e.owner, e.bank = bytes.TrimSpace(owner), bytes.TrimSpace(bank)
}

// shortDate reads YYMMDD, years 80 to 99 in the last century. A 30th of February, as banks write it
// that reckon all months with 30 days, is the last day of that month; clamped says so.
func shortDate(s string) (d book.Date, clamped bool, err error) {
	if len(s) != 6 || digitsOf([]byte(s)) != 6 {
		return 0, false, fmt.Errorf("%q is no date YYMMDD", s)
	}
	two := func(i int) int { return int(s[i]-'0')*10 + int(s[i+1]-'0') }
	year := 2000 + two(0)
	if two(0) >= 80 {
		year -= 100
	}
	d, clamped, ok := dayOf(year, two(2), two(4))
	if !ok {
		return 0, false, fmt.Errorf("%q is no date", s)
	}
	return d, clamped, nil
}

// dayOf is a day of a year, clamped where it is the 29th or 30th of a shorter February.
func dayOf(year, month, day int) (d book.Date, clamped, ok bool) {
	if month < 1 || month > 12 || day < 1 {
		return 0, false, false
	}
	last := book.NewDate(year, time.Month(month+1), 1) - 1
	d = book.NewDate(year, time.Month(month), 1) + book.Date(day-1)
	if d > last && month == 2 && day <= 30 {
		return last, true, true
	}
	return d, false, d <= last
}

// dayNear reads MMDD as the day nearest to another.
func dayNear(s string, to book.Date) (book.Date, error) {
	month, day := int(s[0]-'0')*10+int(s[1]-'0'), int(s[2]-'0')*10+int(s[3]-'0')
	far := func(d book.Date) book.Date { return max(d-to, to-d) }
	var best book.Date
	found := false
	for year := to.Time().Year() - 1; year <= to.Time().Year()+1; year++ {
		if d, _, ok := dayOf(year, month, day); ok && (!found || far(d) < far(best)) {
			best, found = d, true
		}
	}
	if !found {
		return 0, fmt.Errorf("%q is no day of a year", s)
	}
	return best, nil
}

// swiftAmount reads an amount without a sign. Its decimal mark is the comma, which may be missing
// with the places after it; some banks write a point.
func swiftAmount(s string, c money.Currency) (money.Money, error) {
	whole, frac := s, ""
	if at := strings.LastIndexAny(s, ",."); at >= 0 {
		whole, frac = s[:at], s[at+1:]
		mark, other := s[at:at+1], ","
		if mark == "," {
			other = "."
		}
		exp, _ := c.Exponent()
		switch {
		case strings.Contains(whole, mark),
			strings.Contains(whole, other) && !grouped(whole, other):
			return money.Money{}, fmt.Errorf("%q is not an amount", s)
		case mark == "." && len(frac) == 3 && exp != 3 && !strings.Contains(whole, other):
			return money.Money{}, fmt.Errorf("%q may be thousands or decimals", s)
		}
		whole = strings.ReplaceAll(whole, other, "")
	}
	m, err := money.Parse(whole+"."+frac, c)
	if err != nil {
		return m, fmt.Errorf("%q: %s", s, strings.TrimPrefix(err.Error(), "money: "))
	}
	return m, nil
}

// grouped reports whether a number is written in groups of three digits.
func grouped(s, mark string) bool {
	groups := strings.Split(s, mark)
	for _, g := range groups[1:] {
		if len(g) != 3 {
			return false
		}
	}
	return len(groups[0]) >= 1 && len(groups[0]) <= 3
}

// mtBalance is a balance: mark, date, currency or none, amount.
type mtBalance struct {
	currency, amount string
	minus            bool
}

// parseBalance reads :60F: and the like.
func parseBalance(s string) (mtBalance, error) {
	var b mtBalance
	// Some banks end the message on the line of its last field.
	s, _, _ = strings.Cut(s, "-}")
	s = strings.TrimSpace(s)
	if s == "" || s[0] != 'C' && s[0] != 'D' {
		return b, errors.New("no mark C or D")
	}
	b.minus = s[0] == 'D'
	s = s[1:]
	if strings.HasPrefix(s, "-") {
		b.minus = !b.minus
		s = s[1:]
	}
	if digitsOf([]byte(s[:min(6, len(s))])) < 6 {
		return b, fmt.Errorf("%q is no date YYMMDD", s[:min(6, len(s))])
	}
	s = s[6:]
	if len(s) > 3 && digitsOf([]byte(s)) == 0 && s[0] != ',' && s[0] != '-' {
		b.currency, s = s[:3], strings.TrimSpace(s[3:])
	}
	if strings.HasPrefix(s, "-") {
		b.minus = !b.minus
		s = s[1:]
	}
	b.amount = s
	return b, nil
}

// in is the balance in a currency.
func (b mtBalance) in(c money.Currency) (money.Money, error) {
	m, err := swiftAmount(b.amount, c)
	if err == nil && b.minus {
		m = m.Neg()
	}
	return m, err
}
