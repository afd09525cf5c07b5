package bankfile

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// The messages that hold statements and the element of one statement in each. Version 01 puts its
// number after the name of the message.
var camtMessages = []struct{ message, statement, variant string }{
	{"BkToCstmrStmt", "Stmt", "camt.053"},
	{"BkToCstmrAcctRpt", "Rpt", "camt.052"},
	{"BkToCstmrDbtCdtNtfctn", "Ntfctn", "camt.054"},
}

// camtFile reads ISO 20022 camt.052, camt.053 and camt.054 of any version, by local names: some banks
// leave the namespace out, some write another. The file is read entry by entry, so that memory does
// not grow with it.
type camtFile struct {
	*xmlReader
	sink *sink
	// entries counts the entries of the file, read those that became lines, unread the others, of which
	// first is the first.
	entries, read, unread int
	first                 *Error
	// details, texts and refs are memory that each entry takes over.
	details     []element
	texts, refs []string
	// before counts the entries of the reports before, by what names them, present those of this one;
	// repeats are the entries left out as told before.
	before, present map[uint64]int
	repeats         int
	// day is the date that was read last, because most entries have that of the one before.
	day dayRead
}

// maxUnreadEntries is how many entries that cannot be read are kept aside before the file is refused.
const maxUnreadEntries = 1000

func readCAMT(in *input, s *sink) error {
	x, err := newXMLReader(in, s.o.Limits)
	if err != nil {
		return err
	}
	c, f := &camtFile{xmlReader: x, sink: s}, s.f
	if f.Encoding = x.charset; x.note != "" {
		f.note("%s", x.note)
	}
	for {
		err := x.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if variant, ok := statementAt(x.path); ok {
			f.Variant = variant
			if err := c.statement(); err != nil {
				return err
			}
		}
	}
	if c.repeats > 0 {
		f.note("%d entries are told again by a later report of the file: they count once", c.repeats)
	}
	if c.read == 0 && c.first != nil {
		f.Statements = nil
		return c.first
	}
	if f.seen > 0 {
		return nil
	}
	for _, m := range camtMessages {
		if slices.ContainsFunc(x.seen, func(n string) bool { return strings.HasPrefix(n, m.message) }) {
			return refuse("this is a "+m.variant+" message without a statement in it", "download it again")
		}
	}
	return refuse(xmlKind(x.seen), "ask the bank for CAMT.053 or CSV")
}

// statementAt reports whether a path ends at a statement, and of which message.
func statementAt(path []*xmlName) (string, bool) {
	n := len(path)
	for _, m := range camtMessages {
		if n >= 2 && path[n-1].local == m.statement && strings.HasPrefix(path[n-2].local, m.message) {
			return m.variant, true
		}
	}
	return "", false
}

// statement is one statement while it is read.
type statement struct {
	*Parsed
	*camtFile
	// opening and closing say which balances were taken; forward, that the bank states one for days to
	// come.
	opening, closing balance
	forward          bool
	// noCurrency says what the statement gives in place of its currency.
	noCurrency string
	summary    summary
	// odd are the states of entries that are not known, unpriced counts the payments of batches whose
	// amount cannot be read, closed the batches that are too large to be opened.
	odd              []string
	unpriced, closed int
}

// balance is what a balance is called and when it was struck.
type balance struct {
	code string
	on   book.Date
}

// fault is what is wrong with a field of an entry or balance.
type fault struct{ field, reason string }

func (f *fault) Error() string { return f.field + ": " + f.reason }

func (c *camtFile) statement() error {
	s := &statement{Parsed: c.sink.begin(), camtFile: c}
	depth := len(c.path)
	c.nextReport()
	for {
		e, err := c.element(depth)
		if err != nil {
			return err
		}
		if !e.there() {
			break
		}
		if err := s.take(e); err != nil {
			return err
		}
	}
	s.remarks()
	s.explain()
	return c.sink.end()
}

// take reads one child of the statement.
func (s *statement) take(e element) error {
	switch e.name() {
	case "Id":
		s.Number = e.text()
	case "ElctrncSeqNb":
		s.Number = strings.TrimSpace(s.Number + " " + e.text())
	case "FrToDt":
		s.FromOn, _ = isoDate(e.at("FrDtTm").or(e.at("FrDt")).text())
		s.ToOn, _ = isoDate(e.at("ToDtTm").or(e.at("ToDt")).text())
	case "Acct":
		s.AccountNumber = e.at("Id", "IBAN").or(e.at("Id", "Othr", "Id")).or(e.at("Id", "PrtryAcct", "Id")).
			or(e.at("Id", "BBAN")).or(e.at("Id", "UPIC")).text()
		if c := e.at("Ccy").text(); c != "" {
			var err error
			if s.Currency, err = money.ParseCurrency(c); err != nil {
				s.noCurrency = c
				s.sink.f.warn("%s: %q is not a currency", s.called("Acct/Ccy"), c)
			}
		}
	case "Bal":
		s.balance(e)
	case "TxsSummry":
		s.summary.read(e)
	case "Ntry":
		return s.entry(e)
	}
	return nil
}

// called names something of the statement: "statement 7, entry 2 (line 31)".
func (s *statement) called(what string) string {
	if s.Number == "" {
		return what
	}
	return "statement " + s.Number + ", " + what
}

// balance keeps OPBD, else PRCD, as the opening and CLBD as the closing balance: of several the
// earliest and the latest, because some banks strike them for each day, and the first of a day,
// because some repeat them on each page.
func (s *statement) balance(e element) {
	b := balance{code: e.at("Tp", "CdOrPrtry", "Cd").or(e.at("Tp", "Cd")).text()}
	switch b.code {
	case "OPBD", "PRCD", "CLBD":
	case "FWAV":
		s.forward = true
		return
	default:
		return
	}
	m, f := s.amount(e, 0)
	if f != nil {
		s.sink.f.warn("%s: %s: it is not used", s.called("balance "+b.code), f)
		return
	}
	b.on, _ = s.day.date(e.at("Dt"))
	switch q := &s.Proof; {
	case b.code == "CLBD":
		if q.Closing == nil || b.on > s.closing.on {
			q.Closing, s.closing = &m, b
		}
	case q.Opening == nil, s.opening.code == "PRCD" && b.code == "OPBD",
		b.code == s.opening.code && b.on != 0 && b.on < s.opening.on:
		q.Opening, s.opening = &m, b
	}
}

// amount is an element's Amt with the sign of its CdtDbtInd, or what a person said it is of the entry
// of a row.
func (s *statement) amount(e element, row int) (money.Money, *fault) {
	a := e.at("Amt")
	c := money.Currency(a.ccy())
	if fixed, ok := s.fixed(row, Currency); ok {
		c = money.Currency(fixed)
	}
	if c == "" && s.noCurrency != "" {
		return money.Money{}, &fault{"Acct/Ccy", fmt.Sprintf("%q is not a currency", s.noCurrency)}
	}
	c = cmp.Or(c, s.Currency, s.sink.o.Currency)
	if fixed, ok := s.fixed(row, Amount); ok {
		return parsed(fixed, c)
	}
	if !a.there() {
		return money.Money{}, &fault{"Amt", "no amount"}
	}
	m, f := parsed(a.text(), c)
	if f != nil {
		return m, f
	}
	if strings.HasPrefix(strings.TrimSpace(a.text()), "-") {
		return m, &fault{"Amt", fmt.Sprintf("%q has a sign of its own beside CdtDbtInd", a.text())}
	}
	switch ind := e.at("CdtDbtInd").text(); ind {
	case "CRDT":
	case "DBIT":
		m = m.Neg()
	default:
		return m, &fault{"CdtDbtInd", fmt.Sprintf("%q is neither CRDT nor DBIT", ind)}
	}
	return m, nil
}

func parsed(text string, c money.Currency) (money.Money, *fault) {
	m, err := money.Parse(text, c)
	if err != nil {
		return m, &fault{"Amt", strings.TrimPrefix(err.Error(), "money: ")}
	}
	return m, nil
}

// fixed is what a person said of the entry of a row; 0 is no entry.
func (s *statement) fixed(row int, means Role) (string, bool) {
	if row == 0 || len(s.sink.o.Fixes) == 0 {
		return "", false
	}
	return s.sink.fixed(row, means)
}

// entry reads an Ntry. Its own amount is what moved; the amounts of its details are not added. One
// that cannot be read is kept aside.
func (s *statement) entry(e element) error {
	s.entries++
	l, f := s.line(e)
	if f == nil {
		s.read++
		s.summary.add(l)
		if s.closing.on != 0 && l.ValueOn > s.closing.on && !l.Pending {
			s.summary.later.add(l.Amount)
		}
		if s.toldBefore(&l) {
			s.repeats++
			return nil
		}
		back := e.at("RvslInd").text()
		return s.sink.line(l, back == "true" || back == "1")
	}
	place := s.called(fmt.Sprintf("entry %d (line %d)", s.entries, e.t.line))
	s.unread++
	s.summary.unread++
	s.reject(place, f.field, f.reason, string(s.rawText))
	if s.first == nil {
		s.first = &Error{Place: place, Field: f.field, Reason: f.reason,
			Hint: "no entry of the file could be read; ask the bank for it again"}
	}
	if s.unread <= maxUnreadEntries {
		return nil
	}
	err := *s.first
	err.Reason += fmt.Sprintf(", and %d more entries cannot be read", maxUnreadEntries)
	err.Hint = "ask the bank for the file again"
	return &err
}

// nextReport begins to count the entries of a report.
func (c *camtFile) nextReport() {
	if c.before == nil {
		c.before, c.present = map[uint64]int{}, map[uint64]int{}
	}
	for key, n := range c.present {
		c.before[key] = max(c.before[key], n)
	}
	clear(c.present)
}

// toldBefore says that a report or notification repeats an entry of one before it in the file: an
// intraday report may begin each time at the morning. Only the bank's own reference says so, and of
// entries that share it as many as there were. Statements do not repeat what another one has.
func (s *statement) toldBefore(l *book.BankLine) bool {
	if s.sink.f.Variant == "camt.053" || l.BankID == "" {
		return false
	}
	key := hashOf(fmt.Sprintf("%s\n%s\n%d\n%d\n%s\n%v", alphanumeric(s.AccountNumber), l.BankID, l.On,
		l.Amount.Minor, l.Amount.Currency, l.Pending))
	s.present[key]++
	return s.present[key] <= s.before[key]
}

// line is the bank line that an Ntry is.
func (s *statement) line(e element) (l book.BankLine, f *fault) {
	l.Row = s.entries
	if l.Amount, f = s.amount(e, l.Row); f != nil {
		return l, f
	}
	if l.On, f = s.date(e, "BookgDt", l.Row, Booked); f != nil {
		return l, f
	}
	if l.ValueOn, f = s.date(e, "ValDt", l.Row, Valued); f != nil {
		return l, f
	}
	if l.On == 0 {
		l.On = l.ValueOn
	}
	status := e.at("Sts", "Cd").or(e.at("Sts", "Prtry")).or(e.at("Sts")).text()
	switch status {
	case "", "BOOK":
	case "PDNG", "INFO", "FUTR":
		l.Pending = true
	default:
		l.Pending = true
		if len(s.odd) < 3 && !slices.Contains(s.odd, status) {
			s.odd = append(s.odd, status)
		}
	}
	if l.On == 0 && !l.Pending {
		return l, &fault{"BookgDt", "no date"}
	}
	l.BankID = real(e.at("AcctSvcrRef").text())
	s.describe(&l, e)
	for _, x := range []struct {
		to    *string
		means Role
	}{{&l.Counterparty, Counterparty}, {&l.CounterpartyAccount, TheirAccount}, {&l.Reference, Reference},
		{&l.Text, Text}, {&l.BankID, BankID}} {
		if fixed, ok := s.fixed(l.Row, x.means); ok {
			*x.to = fixed
		}
	}
	return l, nil
}

// date is a day of an entry, 0 where it states none.
func (s *statement) date(e element, name string, row int, means Role) (book.Date, *fault) {
	on, text := s.day.date(e.at(name))
	if fixed, ok := s.fixed(row, means); ok {
		on, text = 0, fixed
		if d, err := book.ParseDate(fixed); err == nil {
			on = d
		}
	}
	if on == 0 && text != "" {
		return 0, &fault{name, fmt.Sprintf("%q is not a date", text)}
	}
	return on, nil
}

// dayRead is a date and its text.
type dayRead struct {
	text string
	on   book.Date
}

// date is the day of a Dt or DtTm, 0 where it is none, with its text.
func (d *dayRead) date(e element) (book.Date, string) {
	text := e.at("Dt").or(e.at("DtTm")).or(e).text()
	if text == "" {
		return 0, ""
	}
	if text != d.text {
		d.text = text
		d.on, _ = isoDate(text)
	}
	return d.on, text
}

// isoDate is the day of an ISO date or time as written; the zone never moves it.
func isoDate(s string) (book.Date, error) {
	if len(s) > 10 && (s[10] == 'T' || s[10] == '+' || s[10] == 'Z' || s[10] == '-') {
		s = s[:10]
	}
	return book.ParseDate(s)
}
