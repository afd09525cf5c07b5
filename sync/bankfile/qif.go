package bankfile

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// qifKind is what the records of a section are.
type qifKind byte

const (
	qifNothing qifKind = iota
	qifLines
	qifAccounts
	qifInvestments
	qifLists
	qifUnknown
)

// qifKinds are the sections by what stands behind "!Type:".
var qifKinds = map[string]qifKind{"bank": qifLines, "cash": qifLines, "ccard": qifLines, "oth a": qifLines,
	"oth l": qifLines, "invst": qifInvestments, "port": qifInvestments, "cat": qifLists, "class": qifLists,
	"memorized": qifLists, "security": qifLists, "prices": qifLists, "budget": qifLists, "tag": qifLists,
	"template": qifLists, "tax": qifLists}

// qifReader goes through a QIF file record by record.
type qifReader struct {
	src   *bufio.Reader
	words ofxText
	most  int
	end   byte
	// long is a line that does not fit into the reader's buffer.
	long []byte
	line int
	kind qifKind
	// section is the name of the present one, account the account to which it belongs, "" where the
	// file names none; accounts counts the records of the present list of them.
	section, account string
	accounts         int
	order            Order
	rec              qifRecord
	// n counts the records of lines.
	n int
	// enter is told of each section, take given each record of lines or investments that is whole, and
	// cut the one at which the file ends in the middle.
	enter, take, cut func() error
}

// qifRecord is one record as it stands in the file.
type qifRecord struct {
	line                                                    int
	date, amount, other, payee, memo, number, category, raw []byte
	split, any                                              bool
}

func (q *qifRecord) clear() {
	*q = qifRecord{date: q.date[:0], amount: q.amount[:0], other: q.other[:0], payee: q.payee[:0],
		memo: q.memo[:0], number: q.number[:0], category: q.category[:0], raw: q.raw[:0]}
}

// newQIFReader looks at the beginning of a file: how its letters are coded and its lines end.
func newQIFReader(in *input, s *sink) (*qifReader, error) {
	q := &qifReader{src: in.Reader, most: s.o.Limits.Cell, end: '\n'}
	head, err := in.head()
	if err != nil {
		return nil, err
	}
	if name := wide(head); name != "" {
		q.words.name = name
		q.src = bufio.NewReaderSize(narrowed(in, name), headSize)
		if head, err = q.src.Peek(1024); len(head) == 0 && !errors.Is(err, io.EOF) {
			return nil, err
		}
	} else if bytes.HasPrefix(head, []byte("\xef\xbb\xbf")) {
		q.words.name = "UTF-8"
	} else if whole := head[:bytes.LastIndexByte(head, '\n')+1]; !utf8.Valid(whole) {
		if c := guess(whole); c.sure {
			q.words.other = &c
		}
	}
	if bytes.IndexByte(head, '\n') < 0 && bytes.IndexByte(head, '\r') >= 0 {
		q.end = '\r'
	}
	return q, nil
}

// next is the next line without its end; io.EOF behind the last one.
func (q *qifReader) next() ([]byte, error) {
	b, err := q.src.ReadSlice(q.end)
	if errors.Is(err, bufio.ErrBufferFull) {
		q.long = q.long[:0]
		for errors.Is(err, bufio.ErrBufferFull) && len(q.long) <= q.most {
			q.long = append(q.long, b...)
			b, err = q.src.ReadSlice(q.end)
		}
		q.long = append(q.long, b...)
		b = q.long
	}
	switch {
	case len(b) > q.most:
		return nil, refuse(fmt.Sprintf("a line is longer than %d KB", q.most>>10), "this is no bank's QIF file")
	case err != nil && (!errors.Is(err, io.EOF) || len(b) == 0):
		return nil, err
	}
	q.line++
	if q.line == 1 {
		b = bytes.TrimPrefix(b, []byte("\xef\xbb\xbf"))
	}
	return bytes.TrimSpace(b), nil
}

// all goes through the file.
func (q *qifReader) all() error {
	for {
		b, err := q.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil && len(b) > 0 {
			switch b[0] {
			case '!':
				err = q.header(strings.ToLower(string(b[1:min(len(b), 80)])))
			case '^':
				err = q.record()
			default:
				err = q.field(b)
			}
		}
		if err != nil {
			return err
		}
	}
	if q.rec.any && q.kind == qifLines {
		q.n++
		return q.cut()
	}
	return nil
}

// header opens a section. A record that was not closed ends before it.
func (q *qifReader) header(h string) error {
	if err := q.record(); err != nil {
		return err
	}
	h = strings.TrimSpace(h)
	switch name, typed := strings.CutPrefix(h, "type"); {
	case typed:
		q.section = strings.Trim(name, ": ")
		q.kind = qifKinds[q.section]
		if q.kind == qifNothing {
			q.kind = qifUnknown
		}
		return q.enter()
	case strings.HasPrefix(h, "account"):
		q.kind, q.accounts = qifAccounts, 0
	case strings.HasPrefix(h, "clear"):
		// The list of accounts is over, and none of them chosen.
		q.kind, q.account = qifNothing, ""
	case strings.HasSuffix(h, "mdy"):
		q.order = MonthOne
	case strings.HasSuffix(h, "dmy"):
		q.order = DayFirst
	}
	return nil
}

// field takes a line of a record. The first of each field counts; behind the first part of a split
// nothing is of the entry any more.
func (q *qifReader) field(b []byte) error {
	r := &q.rec
	if !r.any {
		r.any, r.line = true, q.line
	}
	if len(r.raw) < 8<<10 {
		r.raw = append(append(r.raw, b...), '\n')
	}
	text := bytes.TrimSpace(b[1:])
	set := func(to *[]byte) {
		if len(*to) == 0 && !r.split {
			*to = append(*to, text...)
		}
	}
	switch b[0] {
	case 'D':
		set(&r.date)
	case 'T':
		set(&r.amount)
	case 'U':
		set(&r.other)
	case 'P':
		set(&r.payee)
	case 'N':
		set(&r.number)
	case 'L':
		set(&r.category)
	case 'S':
		r.split = true
	case 'M':
		if r.split {
			return nil
		}
		if r.memo = append(append(r.memo, text...), ' '); len(r.memo) > q.most {
			return refuse(fmt.Sprintf("an entry is larger than %d KB", q.most>>10), "this is no bank's QIF file")
		}
	}
	return nil
}

// record ends the present record; one without a line is none.
func (q *qifReader) record() (err error) {
	r := &q.rec
	if !r.any {
		return nil
	}
	switch q.kind {
	case qifAccounts:
		// A list of several accounts says nothing of what follows.
		if q.accounts++; q.accounts == 1 {
			q.account = q.words.of(r.number)
		} else {
			q.account = ""
		}
	case qifLines:
		q.n++
		err = q.take()
	case qifInvestments:
		err = q.take()
	}
	r.clear()
	return err
}

// key names the account of the present section.
func (q *qifReader) key() string { return q.account + "\n" + q.section }

// readQIF reads the sections of banks, cash, cards, assets and liabilities of a QIF file. The order of
// its dates and its decimal mark are decided by the whole of it, so that it is gone through twice.
func readQIF(in *input, s *sink) error {
	plan, ok := s.memo.(*qifPlan)
	if !ok {
		var err error
		if plan, err = surveyQIF(in, s); err != nil {
			return err
		}
		plan.decide(s)
		if len(s.f.Questions) > 0 {
			return nil
		}
		s.memo = plan
		if err := in.rewind(); err != nil {
			return err
		}
	}
	q, err := newQIFReader(in, s)
	if err != nil {
		return err
	}
	l := &qifLiner{qifReader: q, s: s, plan: plan, accs: newAccounts(s), dates: dateCache{}}
	q.enter, q.take, q.cut = l.open, l.line, func() error {
		return l.aside("", "the file ends in the middle of it")
	}
	if err := q.all(); err != nil {
		return err
	}
	if l.openings > 0 {
		s.f.warn("%d more opening balances differ from the first one, which counts", l.openings)
	}
	s.f.Variant, s.f.Encoding = "QIF", q.words.used()
	s.f.Profile.Encoding = s.f.Encoding
	if s.f.seen == 0 {
		// Only investments, of which the survey has spoken.
		s.begin()
		return s.end()
	}
	return l.accs.end()
}

// qifLiner makes lines of records.
type qifLiner struct {
	*qifReader
	s     *sink
	plan  *qifPlan
	accs  *accounts
	dates dateCache
	// openings counts those that differ from the one before.
	openings int
}

// open begins the statement of a section.
func (l *qifLiner) open() error {
	if l.kind != qifLines {
		return nil
	}
	p, fresh, err := l.accs.to(l.key())
	if err != nil {
		return err
	}
	if fresh {
		p.Currency, p.AccountNumber = l.plan.currency, l.plan.number(l.account, l.s.o)
	}
	return nil
}

func (l *qifLiner) aside(field, reason string) error {
	place := fmt.Sprintf("line %d, entry %d", l.rec.line, l.n)
	return l.accs.aside(place, field, reason, l.rec.raw)
}

// line makes a line of the present record, or keeps the record aside.
func (l *qifLiner) line() error {
	if l.kind != qifLines {
		return nil
	}
	r := &l.rec
	sum, reason := l.sum()
	if reason != "" {
		return l.aside("amount", reason)
	}
	if l.isOpening() {
		if q := &l.s.cur.Proof; q.Opening == nil {
			q.Opening = &sum
		} else if *q.Opening != sum {
			l.openings++
		}
		return nil
	}
	on, reason := l.date()
	if reason != "" {
		return l.aside("date", reason)
	}
	out := book.BankLine{Row: l.n, On: on, Amount: sum, Counterparty: l.fixed(Counterparty, r.payee),
		Text: l.fixed(Text, r.memo), Reference: l.fixed(Reference, r.number)}
	if to, ok := transferTo(r.category); ok {
		out.CounterpartyAccount = l.fixed(TheirAccount, to)
	}
	return l.s.line(out, false)
}

// fixed is a field as a person corrected it, or as it stands.
func (l *qifLiner) fixed(means Role, raw []byte) string {
	if v, ok := l.s.fixed(l.n, means); ok {
		return v
	}
	return l.words.of(raw)
}

func (l *qifLiner) sum() (money.Money, string) {
	if v, ok := l.s.fixed(l.n, Amount); ok {
		m, err := money.Parse(v, l.plan.currency)
		if err != nil {
			return m, reasonOf(err)
		}
		return m, ""
	}
	text := l.rec.sum()
	if text == "" {
		return money.Money{}, "no amount"
	}
	m, err := strictAmount(text, l.plan.point, l.plan.currency)
	if err != nil {
		return m, reasonOf(err)
	}
	return m, ""
}

func (l *qifLiner) date() (book.Date, string) {
	if v, ok := l.s.fixed(l.n, Booked); ok {
		on, err := book.ParseDate(v)
		if err != nil {
			return 0, fmt.Sprintf("%q is not a date", v)
		}
		return on, ""
	}
	if len(l.rec.date) == 0 {
		return 0, "no date"
	}
	p, ok := l.dates.read(l.rec.date)
	on := p.date(l.plan.order)
	if !ok || on == 0 {
		return 0, fmt.Sprintf("%q is not a date", l.rec.date)
	}
	return on, ""
}

// isOpening reports whether the record is the opening balance: it is called so and transfers to the
// account itself.
func (l *qifLiner) isOpening() bool {
	to, ok := transferTo(l.rec.category)
	return ok && openingWords[fold(l.words.of(l.rec.payee))] &&
		(l.account == "" || fold(l.words.of(to)) == fold(l.account))
}

// sum is the amount as it stands; U says the same where there is no T.
func (q *qifRecord) sum() string {
	if len(q.amount) == 0 {
		return string(q.other)
	}
	return string(q.amount)
}

// transferTo is the account in brackets that stands for a category.
func transferTo(category []byte) ([]byte, bool) {
	n := len(category)
	if n < 3 || category[0] != '[' || category[n-1] != ']' {
		return nil, false
	}
	return category[1 : n-1], true
}
