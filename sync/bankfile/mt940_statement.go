package bankfile

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// ready opens the statement that an entry or a closing balance belongs to.
func (m *mtReader) ready() error {
	if m.p != nil && !m.fresh {
		return nil
	}
	return m.begin()
}

// begin opens a statement after the head that was read.
func (m *mtReader) begin() error {
	if err := m.endStatement(); err != nil {
		return err
	}
	if m.f.seen == maxMessages {
		return refuse(fmt.Sprintf("more than %d statements in one file", maxMessages),
			"export a shorter period")
	}
	m.p, m.fresh = m.s.begin(), false
	m.now = mtStatement{mtHead: m.head}
	m.p.AccountNumber, m.p.Number, m.p.Currency = m.head.account, m.head.number, m.head.currency
	variant := "MT940"
	if m.head.interim {
		variant = "MT942"
	}
	switch m.f.Variant {
	case "":
		m.f.Variant = variant
	case variant:
	default:
		m.f.Variant = "MT940 and MT942"
	}
	return nil
}

// called is the open statement in words.
func (m *mtReader) called() string {
	if m.p.Number != "" {
		return "statement " + m.p.Number
	}
	return "statement " + strconv.Itoa(m.p.at+1) + " of the file"
}

// endStatement closes the open statement and says what it lacks.
func (m *mtReader) endStatement() error {
	if err := m.endEntry(); err != nil || m.p == nil {
		return err
	}
	switch {
	case m.now.closing == "62M":
		m.f.warn("%s: its last page is missing", m.called())
	case m.now.closing == "" && !m.now.interim:
		m.f.warn("%s: no closing balance (:62F:), the file may be cut off", m.called())
	}
	if m.now.minuses > 0 {
		m.f.warn("%s: %d amounts bear a minus, which turns their sign; the first is %s",
			m.called(), m.now.minuses, m.now.minus)
	}
	m.checkCounts()
	m.p = nil
	return m.s.end()
}

// opening reads an opening balance. It begins a statement, or the next page of the one before.
func (m *mtReader) opening(tag string, rest []byte) error {
	b, broken := parseBalance(m.text.decode(rest))
	if m.p == nil || m.fresh || m.now.opened {
		if m.continues(tag, b) {
			m.fresh, m.now.closed, m.now.opened, m.now.closing = false, false, true, ""
			m.p.Number = sheet(m.p.Number)
			return nil
		}
		if err := m.begin(); err != nil {
			return err
		}
		if tag == "60M" {
			m.f.warn("%s: its first page is missing", m.called())
		}
	}
	m.now.opened = true
	m.p.Proof.Opening = m.balance("opening", b, broken)
	return nil
}

// continues reports whether the message that begins with an intermediate balance is the next page of
// the open statement: of the same account, and of the same number or with the balance of the last.
func (m *mtReader) continues(tag string, b mtBalance) bool {
	if m.p == nil || tag != "60M" || m.now.closing != "62M" ||
		m.head.account != "" && m.head.account != m.p.AccountNumber {
		return false
	}
	if m.head.number != "" && sheet(m.head.number) == sheet(m.p.Number) {
		return true
	}
	last := m.p.Proof.Closing
	if last == nil {
		return false
	}
	opening, err := b.in(last.Currency)
	return err == nil && opening == *last
}

// sheet is a statement's number without that of its page.
func sheet(number string) string {
	number, _, _ = strings.Cut(number, "/")
	return number
}

// closing reads a closing balance.
func (m *mtReader) closing(tag string, rest []byte) error {
	if err := m.ready(); err != nil {
		return err
	}
	b, broken := parseBalance(m.text.decode(rest))
	m.now.closed, m.now.closing = true, tag
	m.p.Proof.Closing = m.balance("closing", b, broken)
	return nil
}

// balance is a balance with its currency, which is the statement's from now on; nil with a warning
// for one that cannot be read.
func (m *mtReader) balance(which string, b mtBalance, err error) *money.Money {
	c := m.currency()
	if err == nil && b.currency != "" {
		if c, err = money.ParseCurrency(b.currency); err != nil {
			m.now.unknown = b.currency
			err = fmt.Errorf("%q is not a currency", b.currency)
		} else if m.p.Currency == "" || which == "opening" && m.now.lines == 0 {
			m.p.Currency = c
		}
	}
	var amount money.Money
	if err == nil {
		amount, err = b.in(c)
	}
	if err != nil {
		m.f.warn("%s: the %s balance cannot be read: %s", m.called(), which, err)
		return nil
	}
	return &amount
}

// currency is the statement's as far as it is known, else the account's.
func (m *mtReader) currency() money.Currency {
	if m.p.Currency != "" {
		return m.p.Currency
	}
	return m.s.o.Currency
}

// accountOf is an account's number without the currency that some banks put behind it, which it
// gives too. number is our account's: a German number of bank and account is the same as its IBAN.
func accountOf(text, number string) (string, money.Currency) {
	var currency money.Currency
	if n := len(text) - 3; n > 0 && !(isIBAN(text) && checks(text)) {
		last := text[n-1]
		c := money.Currency(text[n:])
		if c.Known() && (last >= '0' && last <= '9' || last == '/' || last == ' ') {
			text, currency = strings.TrimRight(text[:n], "/ "), c
		}
	}
	bank, account, _ := strings.Cut(text, "/")
	iban := alphanumeric(number)
	if len(bank) == 8 && len(account) > 0 && len(account) <= 10 && strings.HasPrefix(iban, "DE") &&
		iban[min(4, len(iban)):] == bank+strings.Repeat("0", 10-len(account))+account {
		text = number
	}
	return text, currency
}

// place is the entry in words.
func (e *mtOpenEntry) place() string { return fmt.Sprintf("entry %d (line %d)", e.row, e.line) }

// endEntry reads the open entry, all of whose lines are there.
func (m *mtReader) endEntry() error {
	e := &m.entry
	if !e.open {
		return nil
	}
	e.open, m.field = false, mtOther
	m.text.look(e.moved)
	m.text.look(e.text)
	first, more, _ := bytes.Cut(e.moved, []byte("\n"))
	x := parse61(first)
	if next, rest, _ := bytes.Cut(more, []byte("\n")); x.markErr != nil && len(next) > 0 {
		if y := parse61(append(bytes.Clone(first), next...)); y.markErr == nil && len(y.kind) == 4 {
			m.f.warn("%s: its :61: is broken over two lines", e.place())
			x, more = y, rest
		}
	}
	l := book.BankLine{Row: e.row, Pending: strings.HasPrefix(x.mark, "E")}
	if field, err := m.figures(&l, &x); err != nil {
		return m.reject(field, err)
	}
	if x.clamped {
		m.clamped++
	}
	if x.minus {
		if m.now.minuses++; m.now.minuses == 1 {
			m.now.minus = e.place()
		}
	}
	l.BankID = reference(m.text.decode(x.bank))
	m.correct(l.Row, BankID, &l.BankID)
	if m.s.pass != surveying {
		m.describe(&l, &x, more)
	}
	_, corrected := m.s.fixed(l.Row, Amount)
	m.now.lines++
	m.now.sums.add(&x, l.Amount)
	return m.s.line(l, x.reversal() && !corrected)
}

// figures reads dates and amount of an entry, as the file or a person gives them. With an error
// comes the field.
func (m *mtReader) figures(l *book.BankLine, x *mtEntry) (field string, err error) {
	l.On, err = x.booked, x.bookedErr
	if v, ok := m.s.fixed(l.Row, Booked); ok {
		l.On, err = book.ParseDate(v)
	}
	if err != nil {
		return "date", err
	}
	if x.valuedErr == nil {
		l.ValueOn = x.valued
	}
	if v, ok := m.s.fixed(l.Row, Valued); ok {
		if l.ValueOn, err = book.ParseDate(v); err != nil {
			return "value date", err
		}
	}
	c := m.currency()
	if v, ok := m.s.fixed(l.Row, Currency); ok {
		c = money.Currency(v)
	} else if m.p.Currency == "" && m.now.unknown != "" {
		return "currency", fmt.Errorf("%q is not a currency", m.now.unknown)
	}
	if !c.Known() {
		return "currency", fmt.Errorf("%q is not a currency", c)
	}
	if v, ok := m.s.fixed(l.Row, Amount); ok {
		l.Amount, err = money.Parse(v, c)
	} else if err = x.markErr; err == nil {
		if l.Amount, err = swiftAmount(x.amount, c); err == nil && x.out() {
			l.Amount = l.Amount.Neg()
		}
	}
	return "amount", err
}

// reject keeps the entry aside.
func (m *mtReader) reject(field string, err error) error {
	if m.unread++; m.unread > maxUnread {
		return refuse(fmt.Sprintf("more than %d entries cannot be read", maxUnread),
			"ask the bank for CAMT.053 or CSV")
	}
	raw := append([]byte(":61:"), m.entry.moved...)
	if m.entry.said {
		raw = append(append(raw, "\n:86:"...), m.entry.text...)
	}
	m.p.reject(m.entry.place(), field, err.Error(), m.text.decode(raw[:min(len(raw), maxUnreadKB<<10)]))
	return nil
}
