package bankfile

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"countinghouse/app/money"
)

// qifPlan is what the whole of a QIF file says of how it is written.
type qifPlan struct {
	// names are the accounts and sections of the file, accounts how many named ones have lines.
	names    []string
	accounts map[string]bool
	lines    bool
	// stated is the order that the file itself names. day and month count the dates that only that order
	// fits, open those that both fit.
	stated           Order
	day, month, open int
	openDate         qifExample
	// dots and commas count the amounts that only that mark fits, differ those that say something else
	// under each.
	dots, commas, differ int
	openAmount           qifExample
	investments, unknown int
	// What is decided.
	order    Order
	point    string
	currency money.Currency
}

type qifExample struct {
	text string
	line int
}

// surveyQIF goes through a file for the first time.
func surveyQIF(in *input, s *sink) (*qifPlan, error) {
	q, err := newQIFReader(in, s)
	if err != nil {
		return nil, err
	}
	p := &qifPlan{accounts: map[string]bool{}}
	dates := dateCache{}
	// Any currency of four decimals will do to see which mark fits, where none is known yet.
	c := s.o.Currency
	if c == "" {
		c = "EUR"
	}
	q.enter = func() error { return p.enter(q) }
	q.cut = func() error { return nil }
	q.take = func() error {
		if q.kind == qifInvestments {
			p.investments++
			return nil
		}
		if q.n > s.o.Limits.Rows {
			return refuse(fmt.Sprintf("more than %d entries", s.o.Limits.Rows), "export a shorter period")
		}
		p.noteDate(&q.rec, dates)
		p.noteAmount(&q.rec, c)
		return nil
	}
	if err := q.all(); err != nil {
		return nil, err
	}
	p.stated = q.order
	if !p.lines && p.investments == 0 {
		return nil, refuse("this QIF file holds no account's entries", "export the account itself")
	}
	return p, nil
}

// enter notes a section.
func (p *qifPlan) enter(q *qifReader) error {
	switch q.kind {
	case qifUnknown:
		p.unknown++
	case qifLines:
		p.lines = true
		if q.account != "" {
			p.accounts[q.account] = true
		}
		if len(p.accounts) > maxStatements {
			return refuse(fmt.Sprintf("more than %d accounts", maxStatements), "export fewer accounts")
		}
		for _, name := range []string{q.account, q.section} {
			if name != "" && len(p.names) < 64 && !slices.Contains(p.names, name) {
				p.names = append(p.names, name)
			}
		}
	}
	return nil
}

func (p *qifPlan) noteDate(r *qifRecord, dates dateCache) {
	d, ok := dates.read(r.date)
	if !ok || d.settled() {
		return
	}
	day, month := d.date(DayFirst), d.date(MonthOne)
	switch {
	case month == 0:
		p.day++
	case day == 0:
		p.month++
	case day != month:
		p.open++
	}
	if day != month && (p.openDate.line == 0 || p.open == 1 && day != 0 && month != 0) {
		p.openDate = qifExample{string(r.date), r.line}
	}
}

func (p *qifPlan) noteAmount(r *qifRecord, c money.Currency) {
	if len(r.amount) == 0 && len(r.other) == 0 {
		return
	}
	text := r.amount
	if len(text) == 0 {
		text = r.other
	}
	text = bytes.TrimRight(text, "+- ")
	if bytes.ContainsFunc(text, func(c rune) bool { return !strings.ContainsRune(amountLetters, c) }) {
		return
	}
	open := false
	switch dot, comma := bytes.LastIndexByte(text, '.'), bytes.LastIndexByte(text, ','); {
	case dot < 0 && comma < 0:
		return
	case dot > comma && (comma >= 0 || len(text)-dot != 4):
		p.dots++
	case comma > dot && (dot >= 0 || len(text)-comma != 4):
		p.commas++
	default:
		// One mark before three digits: a currency without so many decimals may tell.
		d, dErr := strictAmount(string(text), ".", c)
		k, kErr := strictAmount(string(text), ",", c)
		open = dErr == nil && kErr == nil && d != k
		switch {
		case dErr == nil && kErr != nil:
			p.dots++
		case kErr == nil && dErr != nil:
			p.commas++
		case open:
			p.differ++
		}
	}
	if p.openAmount.line == 0 || open && p.differ == 1 {
		p.openAmount = qifExample{string(text), r.line}
	}
}

// decide settles order, mark and currency, by the file, else by what was answered before, else it asks.
func (p *qifPlan) decide(s *sink) {
	f := s.f
	given := p.profile(s)
	if p.investments > 0 {
		f.warn("%d records of investments are no bank lines and are left out", p.investments)
	}
	if p.unknown > 0 {
		f.warn("%d sections of another kind are left out", p.unknown)
	}
	p.decidePoint(f, given)
	p.decideOrder(f, given)
	if p.currency = given.Currency; p.currency == "" {
		p.currency = s.o.Currency
	}
	if p.currency == "" {
		f.Questions = append(f.Questions, Question{Topic: AskCurrency,
			Text: "A QIF file names no currency: which one is it?"})
	}
	f.Profile.Dates = p.order
	dates := map[Order]string{DayFirst: "DD/MM/YYYY", MonthOne: "MM/DD/YYYY"}
	sums := map[string]string{".": "1,234.56", ",": "1.234,56"}
	f.Profile.Columns = []Column{{Index: 0, Header: "D", Means: Booked, Reads: dates[p.order]},
		{Index: 1, Header: "T", Means: Amount, Point: p.point, Reads: sums[p.point]}}
}

// profile is what is remembered of such files. A QIF file has no columns and names no bank: its shape
// is that of its sections and accounts, and of the account of ours into which it is read.
func (p *qifPlan) profile(s *sink) Profile {
	slices.Sort(p.names)
	shape := shapeOf(append([]string{"qif", string(s.o.Account)}, p.names...))
	known := s.o.Profile
	if known == nil && s.o.Known != nil {
		known = s.o.Known(shape)
	}
	if known != nil && !known.fits(shape, 2) {
		s.f.note("the profile %q is of another kind of file and was not used", known.Name)
		known = nil
	}
	given := Profile{}
	if known != nil {
		given, s.f.Recognised = *known, true
	}
	s.f.Profile = given
	s.f.Profile.Shape = shape
	return given
}

func (p *qifPlan) decidePoint(f *File, given Profile) {
	known := ""
	for _, c := range given.Columns {
		if c.isAmount() {
			known = c.Point
		}
	}
	switch {
	case p.dots > p.commas:
		p.point = "."
	case p.commas > p.dots:
		p.point = ","
	case known != "":
		p.point = known
	case p.differ > 0 || p.dots > 0:
		f.Questions = append(f.Questions, Question{Topic: AskPoint, Place: lineAt(p.openAmount.line),
			Text: fmt.Sprintf("Is %q with a decimal point or with thousands?", p.openAmount.text),
			Answers: []Answer{{".", "the point stands before decimals"},
				{",", "the comma stands before decimals"}}})
	default:
		p.point = "."
	}
	if known != "" && p.point != known {
		f.warn("the profile has %q before the decimals, the file proves %q", known, p.point)
	}
}

func (p *qifPlan) decideOrder(f *File, given Profile) {
	stated := p.stated
	if stated == Unordered {
		stated = given.Dates
	}
	switch {
	case p.day > 10*p.month:
		p.order = DayFirst
	case p.month > 10*p.day:
		p.order = MonthOne
	case p.day+p.month > 0:
		f.warn("the dates contradict each other: %d have the day first, %d the month", p.day, p.month)
		if p.order = stated; p.order == Unordered {
			p.askOrder(f)
		}
	case stated != Unordered:
		p.order = stated
	case p.open > 0 && p.point == "," && p.commas > 0:
		// Nobody who writes the month first writes a decimal comma.
		p.order = DayFirst
		f.note("day and month read as day first, because amounts have a decimal comma")
	case p.open > 0:
		p.askOrder(f)
	}
	if given.Dates != Unordered && p.order != given.Dates && p.order != Unordered {
		f.warn("the profile has the dates as %s, the file proves %s", given.Dates, p.order)
	}
}

func (p *qifPlan) askOrder(f *File) {
	q := Question{Topic: AskDates, Place: lineAt(p.openDate.line),
		Text: fmt.Sprintf("Is %s the day or the month first?", p.openDate.text)}
	d, _ := readDate(p.openDate.text)
	for _, o := range []struct {
		order Order
		words string
	}{{DayFirst, "day first"}, {MonthOne, "month first"}} {
		if on := d.date(o.order); on != 0 {
			o.words += ": " + on.String()
		}
		q.Answers = append(q.Answers, Answer{string(o.order), o.words})
	}
	f.Questions = append(f.Questions, q)
}

func lineAt(n int) string { return fmt.Sprintf("line %d", n) }

// number is what the file's name of an account says of its number. People name accounts as they like:
// the name counts where it looks like a number, and where it must tell several accounts apart.
func (p *qifPlan) number(name string, o Options) string {
	digits := 0
	for _, r := range name {
		if r >= '0' && r <= '9' {
			digits++
		}
	}
	switch {
	case digits >= 6:
		return name
	case len(p.accounts) <= 1:
		return ""
	case fold(name) == fold(string(o.Account)) && o.Number != "":
		return o.Number
	}
	return name
}

// dateCache holds dates that were taken apart: a file has few of them and many lines.
type dateCache map[string]dateParts

func (c dateCache) read(cell []byte) (dateParts, bool) {
	if p, ok := c[string(cell)]; ok {
		return p, p != dateParts{}
	}
	p, ok := readDate(string(cell))
	if !ok {
		p = dateParts{}
	}
	if len(c) < 4096 && len(cell) <= 40 {
		c[string(cell)] = p
	}
	return p, ok
}

// strictAmount is an amount of digits, marks, blanks and a sign, and of nothing else.
func strictAmount(s, point string, c money.Currency) (money.Money, error) {
	if point == "." && strings.IndexByte(s, ',') < 0 {
		if m, err := money.Parse(s, c); err == nil {
			return m, nil
		}
	}
	t := strings.TrimSpace(s)
	if strings.Trim(t, amountLetters) != "" {
		return money.Money{}, fmt.Errorf("%w: %q", money.ErrAmount, s)
	}
	return money.Marks{Point: point}.Parse(t, c)
}

// amountLetters are all that may stand in an amount of a file that has no words beside it.
const amountLetters = "0123456789.,+-'\u2212\u2019 \u00a0\u202f"
