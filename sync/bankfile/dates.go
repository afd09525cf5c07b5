package bankfile

import (
	"strings"
	"time"
	"unicode"

	"countinghouse/app/book"
)

// Order is the order of the parts of a date written in numbers.
type Order string

// The orders. Unordered means that the dates of the file need none: the year stands first, or the
// month is a word.
const (
	Unordered Order = ""
	DayFirst  Order = "dmy"
	MonthOne  Order = "mdy"
)

// dateParts is a date cell taken apart: three numbers as they stand, the month's place where it is
// a word, and whether the year comes first.
type dateParts struct {
	a, b, c   int
	yearFirst bool
	named     bool
	shape     string
}

// readDate takes a date cell apart. Times and zones after or before it are left away: they never
// move the day.
func readDate(cell string) (dateParts, bool) {
	s := strings.TrimSpace(cell)
	if s == "" || len(s) > 40 {
		return dateParts{}, false
	}
	fields := dateFields(s)
	if len(fields) > 0 && isDigits(fields[0].text) && len(fields[0].text) == 8 {
		return compactDate(fields)
	}
	if len(fields) > 3 && isClock(fields) {
		// The time stands first: "12:30, 25/04/2025".
		fields = fields[2:]
		if len(fields) > 3 && fields[0].mark == ':' {
			fields = fields[1:]
		}
	}
	if len(fields) < 3 || !timeOnly(fields[3:]) {
		return dateParts{}, false
	}
	return threeParts(fields[:3])
}

// dated is a date cell with its days in both orders, 0 where there is none; ok says that it is one.
type dated struct {
	parts      dateParts
	ok         bool
	day, month book.Date
}

// in is the day in an order, 0 where there is none.
func (d *dated) in(o Order) book.Date {
	if o == MonthOne {
		return d.month
	}
	return d.day
}

// readDate takes a cell apart, once for each text: the days of a statement repeat.
func (t *table) readDate(cell string) *dated {
	if cell == "" {
		return noDate
	}
	cell = withoutClock(cell)
	near := &t.recent[(int(cell[0])*7+int(cell[min(1, len(cell)-1)])*31+int(cell[min(3, len(cell)-1)])*11+
		int(cell[min(4, len(cell)-1)])*5+int(cell[len(cell)-1]))%len(t.recent)]
	if near.cell == cell {
		return near.d
	}
	d, ok := t.dates[cell]
	if !ok {
		d = t.takeApart(cell)
	}
	near.cell, near.d = cell, d
	return d
}

// recentDate is a cell that was taken apart a short while ago.
type recentDate struct {
	cell string
	d    *dated
}

// takeApart takes a cell apart that was not met before.
func (t *table) takeApart(cell string) *dated {
	d := noDate
	if p, ok := readDate(cell); ok {
		d = &dated{p, true, p.date(DayFirst), p.date(MonthOne)}
	} else if p, ok := dayAndMonth(cell); ok && t.yearless {
		d = &dated{p, true, t.withYear(p.b, p.a), t.withYear(p.a, p.b)}
		if p.settled() {
			d.month = d.day
		}
	}
	if len(t.dates) < 10_000 && len(cell) <= 40 {
		t.dates[strings.Clone(cell)] = d
	}
	return d
}

// dayAndMonth takes a cell apart that has no year: "25.04.", "25/04".
func dayAndMonth(cell string) (dateParts, bool) {
	f := dateFields(strings.TrimSpace(cell))
	if len(cell) > 8 || len(f) != 2 || !isDigits(f[0].text) || !isDigits(f[1].text) ||
		len(f[0].text) > 2 || len(f[1].text) > 2 || !strings.ContainsRune("./-", f[1].mark) {
		return dateParts{}, false
	}
	p := dateParts{a: number(f[0].text), b: number(f[1].text), shape: string(f[1].mark)}
	day, month := min(p.a, p.b), max(p.a, p.b)
	return p, day > 0 && day <= 12 && month <= 31 && (p.b <= 12 || !p.settled())
}

// withYear is the day of a date without a year that is nearest to the statement's period; 0 where
// it is far from it or no day.
func (t *table) withYear(month, day int) book.Date {
	best, least := book.Date(0), book.Date(180)
	from, to := t.noted.from, t.noted.to
	for y := from.Time().Year() - 1; y <= to.Time().Year()+1; y++ {
		on := dateParts{a: y, b: month, c: day, yearFirst: true}.date(DayFirst)
		if far := max(from-on, on-to, 0); on != 0 && far < least {
			best, least = on, far
		}
	}
	return best
}

// findYear looks whether the columns of dates have no year, which the period of the statement must
// give then, or the day in the file's name that it ends with.
func (t *table) findYear() error {
	for j := range t.header.cells {
		if !hasRole(meanings(t.header.cell(j)), Booked, Valued) {
			continue
		}
		some, all := false, true
		for _, r := range t.body[:min(len(t.body), 500)] {
			c := r.cell(j)
			_, without := dayAndMonth(c)
			some = some || without
			all = all && (without || c == "" || !t.readDate(c).ok)
		}
		t.yearless = t.yearless || some && all
	}
	n := &t.noted
	if !t.yearless {
		return nil
	}
	clear(t.dates)
	t.recent = [256]recentDate{}
	const hint = "put the statement's last day into the file's name: statement-2025-04-30.csv"
	if named := dateIn(t.s.f.Name); n.to == 0 && named != 0 {
		n.from, n.to = named-364, named
		t.lent = true
	}
	switch {
	case n.to == 0:
		return refuse("the dates have no year, and the file states no period", hint)
	case n.to-n.from > 366:
		return refuse("the dates have no year, and the period is longer than a year", "export a shorter period")
	}
	return nil
}

// noDate is what a cell without a date is.
var noDate = new(dated)

// withoutClock takes "12:30:59" off a date of ten signs: otherwise no two cells would be alike.
func withoutClock(cell string) string {
	if len(cell) < 16 || cell[10] != ' ' && cell[10] != 'T' || cell[13] != ':' {
		return cell
	}
	for i := range 10 {
		if c := cell[i]; !isDigit(c) && c != '-' && c != '/' && c != '.' {
			return cell
		}
	}
	for i, c := range []byte(cell[11:]) {
		if at := i%3 == 2; at && c != ':' || !at && !isDigit(c) || i > 7 {
			return cell
		}
	}
	if len(cell) != 16 && len(cell) != 19 {
		return cell
	}
	return cell[:10]
}

// dateField is a run of digits or letters with the mark that stands before it.
type dateField struct {
	text string
	mark rune
}

func dateFields(s string) []dateField {
	var out []dateField
	mark := rune(0)
	kind := 0
	for _, r := range s {
		k := 0
		switch {
		case r >= '0' && r <= '9':
			k = 1
		case unicode.IsLetter(r):
			k = 2
		}
		switch {
		case k == 0:
			if mark == 0 || mark == ' ' || kind != 0 {
				mark = r
			}
		case k == kind:
			out[len(out)-1].text += string(r)
		default:
			out = append(out, dateField{string(r), mark})
			mark = 0
		}
		kind = k
	}
	return out
}

func isDigits(s string) bool {
	for i := range len(s) {
		if !isDigit(s[i]) {
			return false
		}
	}
	return s != ""
}

func isClock(f []dateField) bool {
	return isDigits(f[0].text) && len(f[0].text) <= 2 && f[1].mark == ':' && isDigits(f[1].text)
}

// timeOnly reports whether what follows a date is a time of day, a zone or nothing.
func timeOnly(f []dateField) bool {
	for i, x := range f {
		t := strings.ToUpper(x.text)
		if !isDigits(t) && t != "T" && t != "Z" && t != "AM" && t != "PM" && t != "UTC" &&
			t != "GMT" && t != "CET" && t != "CEST" {
			return false
		}
		if i == 0 && isDigits(t) && (len(t) > 2 || x.mark == '.') {
			return false
		}
	}
	return true
}

func compactDate(f []dateField) (dateParts, bool) {
	if !timeOnly(f[1:]) {
		return dateParts{}, false
	}
	t := f[0].text
	p := dateParts{number(t[:4]), number(t[4:6]), number(t[6:]), true, false, "YYYYMMDD"}
	if p.a < 1970 || p.a > 2100 {
		p = dateParts{number(t[:2]), number(t[2:4]), number(t[4:]), false, false, "8 digits"}
	}
	return p, p.possible()
}

func threeParts(f []dateField) (dateParts, bool) {
	var n [3]int
	month := -1
	for i, x := range f {
		if isDigits(x.text) {
			if len(x.text) > 4 || len(x.text) == 3 {
				return dateParts{}, false
			}
			n[i] = number(x.text)
			continue
		}
		m := monthNamed(x.text)
		if m == 0 || month >= 0 {
			return dateParts{}, false
		}
		n[i], month = m, i
	}
	if between := f[1].mark; month < 0 && (between == ':' || between == ',' ||
		between != f[2].mark && !yearMark(f[2].mark)) {
		return dateParts{}, false
	}
	p := dateParts{n[0], n[1], n[2], len(f[0].text) == 4 && isDigits(f[0].text), month >= 0, ""}
	sep := string(f[1].mark)
	switch {
	case p.named && month == 0:
		p.a, p.b = p.b, p.a
		p.shape = "month D, YYYY"
	case p.named && month == 2:
		return dateParts{}, false
	case p.named:
		p.shape = "D month YYYY"
	case p.yearFirst:
		p.shape = "YYYY" + sep + "MM" + sep + "DD"
	default:
		p.shape = sep
	}
	if !p.yearFirst {
		if len(f[2].text) <= 2 || f[2].mark == '\'' {
			p.c = century(p.c, f[2].mark)
		}
	}
	return p, p.possible()
}

func yearMark(r rune) bool { return r == '\'' || r == ' ' }

// century completes a year of two digits; an apostrophe before it means this century.
func century(y int, mark rune) int {
	if y >= 100 {
		return y
	}
	if y >= 70 && mark != '\'' {
		return 1900 + y
	}
	return 2000 + y
}

func number(s string) int {
	n := 0
	for i := range len(s) {
		n = n*10 + int(s[i]-'0')
	}
	return n
}

func (p dateParts) possible() bool {
	return p.settled() && p.date(DayFirst) != 0 ||
		!p.settled() && (p.date(DayFirst) != 0 || p.date(MonthOne) != 0)
}

// settled reports whether the date reads the same in every order.
func (p dateParts) settled() bool {
	return p.yearFirst || p.named || p.shape == "."
}

// date is the date in an order; zero where there is no such day.
func (p dateParts) date(o Order) book.Date {
	y, m, d := p.c, p.b, p.a
	switch {
	case p.yearFirst:
		y, m, d = p.a, p.b, p.c
	case o == MonthOne && !p.settled():
		m, d = p.a, p.b
	}
	if y < 1970 || y > 2100 || m < 1 || m > 12 || d < 1 || d > 31 {
		return 0
	}
	on := book.NewDate(y, time.Month(m), d)
	if on.Time().Day() != d {
		return 0
	}
	return on
}

// reads says how the date was read, for people: "DD.MM.YYYY".
func (p dateParts) reads(o Order) string {
	switch {
	case p.yearFirst || p.named:
		return p.shape
	case len(p.shape) > 1:
		if o == MonthOne {
			return "MMDDYYYY"
		}
		return "DDMMYYYY"
	case o == MonthOne:
		return "MM" + p.shape + "DD" + p.shape + "YYYY"
	}
	return "DD" + p.shape + "MM" + p.shape + "YYYY"
}

// months are the beginnings of the names of months, folded, by number, and whole names where a
// beginning is another month's.
var months = func() map[string]int {
	out := map[string]int{}
	for i, names := range []string{
		"jan ene gen sty led tam янв ocak jaan sau",
		"feb fev fevr lut uno helm фев subat veb vas",
		"mar maerz mrt marz brez maal мар mart mrz kov",
		"apr avr abr kwi dub huht апр nisan bal",
		"may mai mei mag maj kve touk май mayis geg",
		"jun juin giu cze cer kesa июн haziran bir lipanj lipnja",
		"jul juil lug lip cervenec cervence cervenca hein июл temmuz lie srpanj srpnja",
		"aug aou ago aout sie srp elo авг agustos rgp rugp",
		"sep set wrz zar syys сен eylul rugs rgs",
		"oct okt out ott paz rij loka окт ekim spa",
		"nov nou lis marras ноя kasim lap",
		"dec dez dic dek gru pro joul дек aralik des dets",
	} {
		for _, n := range strings.Fields(names) {
			out[fold(n)] = i + 1
		}
	}
	return out
}()

// monthNamed is the number of a month by its name or the first letters of it; 0 where it is none.
func monthNamed(word string) int {
	w := []rune(fold(word))
	if len(w) < 3 || len(w) > 10 {
		return 0
	}
	for n := len(w); n >= 3; n-- {
		if m, ok := months[string(w[:n])]; ok {
			return m
		}
	}
	return 0
}
