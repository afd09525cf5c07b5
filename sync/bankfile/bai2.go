package bankfile

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// bai2Reader reads BAI2, the Cash Management Balance Reporting of the US banks: a file (01 to 99) of
// groups (02 to 98), each of one day, of accounts (03 to 49) with their entries (16). It keeps one
// record at a time.
type bai2Reader struct {
	s *sink
	// on is the day of the present group, 0 where it states none that can be read, currency its own.
	on       book.Date
	currency string
	// left says that the group is a test or takes data back, so that nothing of it counts.
	left bool
	// account is the currency that amounts of the present account are read in, "" where it is unknown,
	// which unknown says why.
	account money.Currency
	unknown string
	entries int
	// texts counts the records that hold text only; mismatches the control totals that are wrong.
	texts, mismatches int
	closed, interim   bool
	// totals are of the account, the group and the file.
	totals [3]bai2Total
}

// readBAI2 reads BAI2 record by record.
func readBAI2(in *input, s *sink) error {
	scan := newBAI2Scanner(in, s.o.Limits.Cell)
	r := &bai2Reader{s: s}
	s.f.Variant, s.f.Encoding = "BAI2", "UTF-8"
	for {
		rec, err := scan.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if err := r.record(rec); err != nil {
			return err
		}
	}
	if err := r.closeAccount(); err != nil {
		return err
	}
	if scan.legacy {
		s.f.Encoding = "windows-1252"
	}
	if s.f.seen == 0 {
		return refuse("this is a BAI2 file without an account that counts", "ask the bank for it again")
	}
	r.remark()
	return nil
}

// remark says what is known at the end of the file only.
func (r *bai2Reader) remark() {
	f := r.s.f
	if n := r.mismatches - maxMismatches; n > 0 {
		f.warn("%d more control totals are not what the records come to", n)
	}
	if !r.closed {
		f.warn("the file ends without its trailer (99): it may be cut off")
	}
	if r.texts > 0 {
		f.note("%d records hold text only (890); they are no lines", r.texts)
	}
	if r.interim {
		f.note("the bank calls the report interim: more of its days may follow")
	}
}

func (r *bai2Reader) record(rec bai2Record) error {
	for i := range r.totals {
		r.totals[i].records += rec.pieces
	}
	switch rec.code {
	case "01":
		r.totals, r.closed = [3]bai2Total{2: {records: rec.pieces}}, false
	case "02":
		return r.group(rec)
	case "03":
		return r.openAccount(rec)
	case "16":
		return r.entry(rec)
	case "49":
		err := r.closeAccount()
		r.control(rec, 0)
		return err
	case "98":
		err := r.closeAccount()
		r.control(rec, 1)
		return err
	case "99":
		r.closed = true
		r.control(rec, 2)
	default:
		if rec.text != "" {
			r.s.f.warn("line %d belongs to no record: %q", rec.line, cut(rec.text))
		}
	}
	return nil
}

// cut is the beginning of a text, for messages.
func cut(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}

// The states of a group, and the modifiers of its day that mean that more may follow.
const (
	bai2Deletion, bai2Test = "2", "4"
	bai2Interims           = "13"
)

// group reads a 02: whose accounts follow, of which day and in which currency.
func (r *bai2Reader) group(rec bai2Record) error {
	if err := r.closeAccount(); err != nil {
		return err
	}
	r.totals[1] = bai2Total{records: rec.pieces}
	f := bai2Fields{rest: rec.text}
	f.next()
	f.next()
	status, day := f.next(), f.next()
	f.next() // The time may be 2400, 9999 or none at all; it moves no day.
	r.currency = f.next()
	if m := f.next(); m != "" && strings.Contains(bai2Interims, m) {
		r.interim = true
	}
	r.left = status == bai2Deletion || status == bai2Test
	switch status {
	case bai2Deletion:
		r.s.f.warn("line %d: a group that deletes what the bank sent before is left out", rec.line)
	case bai2Test:
		r.s.f.warn("line %d: a group that is only a test is left out", rec.line)
	}
	var err error
	if r.on, err = bai2Date(day); err != nil {
		r.s.f.warn("line %d: as-of date: %v", rec.line, err)
	}
	return nil
}

// bai2Date reads YYMMDD, or YYYYMMDD as some banks have it.
func bai2Date(s string) (book.Date, error) {
	layout := "060102"
	if len(s) == 8 {
		layout = "20060102"
	}
	t, err := time.Parse(layout, s)
	if err != nil {
		return 0, fmt.Errorf("%q is not a date", cut(s))
	}
	return book.DateOf(t), nil
}

// openAccount reads a 03: the account and any number of balances and totals.
func (r *bai2Reader) openAccount(rec bai2Record) error {
	if err := r.closeAccount(); err != nil {
		return err
	}
	r.totals[0] = bai2Total{records: rec.pieces}
	if r.left {
		r.totals[0].unknown = true
		return nil
	}
	p := r.s.begin()
	p.FromOn, p.ToOn = r.on, r.on
	f := bai2Fields{rest: rec.text}
	p.AccountNumber = f.next()
	code := f.next()
	if code == "" {
		code = r.currency
	}
	if code == "" {
		code = "USD"
	}
	var err error
	if r.account, err = money.ParseCurrency(code); err != nil {
		r.account, r.unknown = "", fmt.Sprintf("the account's currency %q is not known", cut(code))
		return nil
	}
	p.Currency = r.account
	if err := r.summary(&f, p); err != nil {
		r.totals[0].unknown = true
		p.Proof.Opening, p.Proof.Closing = nil, nil
		r.s.f.warn("line %d: account %s: %v: its balances are not used", rec.line, p.AccountNumber, err)
	}
	return nil
}

// The balances that prove a statement.
const bai2Opening, bai2Closing = "010", "015"

// summary reads the groups of code, amount, count and funds type of a 03.
func (r *bai2Reader) summary(f *bai2Fields, p *Parsed) error {
	for !f.done {
		code := f.next()
		if code == "" {
			continue
		}
		if len(code) != 3 || !digitsOnly([]byte(code)) {
			return fmt.Errorf("%q is not a type code", cut(code))
		}
		text := f.number()
		if text != "" {
			n, err := bai2Minor(text)
			if err != nil {
				return fmt.Errorf("%s: %w", code, err)
			}
			r.add(n)
			m := money.New(n, r.account)
			switch {
			case code == bai2Opening && p.Proof.Opening == nil:
				p.Proof.Opening = &m
			case code == bai2Closing && p.Proof.Closing == nil:
				p.Proof.Closing = &m
			}
		}
		if n := f.next(); n != "" && !digitsOnly([]byte(n)) {
			return fmt.Errorf("%s: %q is not a number of items", code, cut(n))
		}
		if _, err := bai2Funds(f); err != nil {
			return fmt.Errorf("%s: %w", code, err)
		}
	}
	return nil
}

// bai2Minor reads an amount: whole minor units, with a sign where one is allowed.
func bai2Minor(s string) (int64, error) {
	if !digitsOnly([]byte(strings.TrimLeft(s, "+-"))) {
		return 0, fmt.Errorf("%q is not an amount in whole minor units", cut(s))
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n == -n && n != 0 {
		return 0, fmt.Errorf("%q is not an amount that can be kept", cut(s))
	}
	return n, nil
}

// maxSpread is how many days an amount's availability may be spread over.
const maxSpread = 400

// bai2Funds passes over a funds type and what it brings along, and gives the value date of V. The
// amounts by day are information: the entry's own amount counts.
func bai2Funds(f *bai2Fields) (book.Date, error) {
	skip := 0
	switch kind := f.next(); strings.ToUpper(kind) {
	case "", "0", "1", "2", "Z":
	case "S":
		skip = 3
	case "V":
		day := f.next()
		f.next()
		if day == "" {
			return 0, nil
		}
		return bai2Date(day)
	case "D":
		text := f.next()
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 || n > maxSpread {
			return 0, fmt.Errorf("funds type D: %q is not a number of days", cut(text))
		}
		skip = 2 * n
	default:
		return 0, fmt.Errorf("%q is not a funds type", cut(kind))
	}
	for range skip {
		if v := f.next(); v != "" && !digitsOnly([]byte(strings.TrimLeft(v, "+-"))) {
			return 0, fmt.Errorf("funds by day: %q is not an amount", cut(v))
		}
	}
	return 0, nil
}

// bai2Way is the direction of a type code: 1 in, -1 out, 0 for a code that states none. 920 to 999
// are the bank's own (Cash Management Balance Reporting Specifications, version 2).
func bai2Way(code int) int64 {
	switch {
	case code > 100 && code < 400, code >= 920 && code < 960:
		return 1
	case code > 400 && code < 700, code >= 960 && code < 1000:
		return -1
	}
	return 0
}

// bai2TextOnly is the code of a record without money.
const bai2TextOnly = "890"

// entry reads a 16.
func (r *bai2Reader) entry(rec bai2Record) error {
	f := bai2Fields{rest: rec.text}
	code := f.number()
	if r.left || code == bai2TextOnly {
		if !r.left {
			r.texts++
		}
		return nil
	}
	r.entries++
	at := fmt.Sprintf("entry %d (line %d)", r.entries, rec.line)
	if r.s.cur == nil {
		r.s.begin()
		r.account, r.unknown = "", "no account (03) stands before it"
	}
	l := book.BankLine{On: r.on, Row: r.entries}
	field, err := r.read(&l, &f, code)
	if err != nil {
		raw := "16," + strings.ReplaceAll(rec.text, "\n", "\n88,")
		r.s.cur.reject(at, field, err.Error(), raw)
		return nil
	}
	return r.s.line(l, false)
}

// read fills a line from the fields of its record; where it cannot, it names the field.
func (r *bai2Reader) read(l *book.BankLine, f *bai2Fields, code string) (string, error) {
	if r.account == "" {
		return "", errors.New(r.unknown)
	}
	field, err := r.amount(l, code, f.number())
	if err != nil {
		return field, err
	}
	if l.ValueOn, err = bai2Funds(f); err != nil {
		return "funds type", err
	}
	l.BankID, l.Reference = f.next(), f.next()
	// The text is the rest of the record, commas and all; 88s and wrapped lines go on with it.
	l.Text = f.rest
	if err := r.correct(l); err != nil {
		return "", err
	}
	l.BankID, l.Reference, l.Text = oneLine(l.BankID), oneLine(l.Reference), oneLine(l.Text)
	if l.On == 0 {
		return "as-of date", errors.New("the group (02) states no date")
	}
	return "", nil
}

// amount reads the amount of an entry with the sign of its code, or takes a person's.
func (r *bai2Reader) amount(l *book.BankLine, code, text string) (string, error) {
	n, err := bai2Minor(text)
	if err != nil || n < 0 {
		r.totals[0].unknown = true
	} else {
		r.add(n)
	}
	if v, ok := r.s.fixed(l.Row, Amount); ok {
		l.Amount, err = money.Parse(v, r.account)
		return "amount", err
	}
	if len(code) != 3 || !digitsOnly([]byte(code)) {
		return "type code", fmt.Errorf("%q is not a type code", cut(code))
	}
	number, _ := strconv.Atoi(code)
	way := bai2Way(number)
	switch {
	case way == 0 && number < 700:
		return "type code", fmt.Errorf("%s is a balance or a total, not an entry", code)
	case way == 0:
		return "type code", fmt.Errorf("%s does not say whether money came in or went out", code)
	case text == "":
		return "amount", errors.New("no amount")
	case err == nil && strings.HasPrefix(text, "-"):
		return "amount", fmt.Errorf("%q has a sign, the type code gives another", cut(text))
	}
	l.Amount = money.New(way*n, r.account)
	return "amount", err
}

// correct puts what a person said over what stands in the file.
func (r *bai2Reader) correct(l *book.BankLine) error {
	if len(r.s.o.Fixes) == 0 {
		return nil
	}
	for role, to := range map[Role]*book.Date{Booked: &l.On, Valued: &l.ValueOn} {
		if v, ok := r.s.fixed(l.Row, role); ok {
			var err error
			if *to, err = book.ParseDate(v); err != nil {
				return err
			}
		}
	}
	for role, to := range map[Role]*string{Text: &l.Text, Counterparty: &l.Counterparty,
		TheirAccount: &l.CounterpartyAccount, Reference: &l.Reference, BankID: &l.BankID} {
		if v, ok := r.s.fixed(l.Row, role); ok {
			*to = v
		}
	}
	return nil
}

func (r *bai2Reader) closeAccount() error {
	if r.s.cur == nil {
		return nil
	}
	return r.s.end()
}
