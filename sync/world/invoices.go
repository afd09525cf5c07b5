package world

import (
	"fmt"
	"strconv"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// termDays is how many days after an invoice is made it is due.
const termDays = 7

// bill is an invoice with what only the maker knows.
type bill struct {
	Invoice
	client *client
	// paid is what came in less what went back, by rows.
	paid int64
	// first is the row of the first receipt.
	first *Payment
}

// due is what is still open.
func (b *bill) due() int64 { return b.Subtotal + b.Tax - b.Credit - b.paid }

// issueDay is the daily billing run: it makes the invoices of all clients whose day it is.
func (m *maker) issueDay(d book.Date) {
	if d == m.w.OpeningOn {
		m.startNumbers()
	}
	_, _, day := d.Time().Date()
	if day > 28 {
		return
	}
	month := book.MonthOf(d)
	for _, c := range m.billed[day] {
		var lines []Line
		for _, s := range c.services {
			if s.dueIn(month) {
				lines = append(lines, m.hostingLine(s, d))
			}
		}
		if len(lines) > 0 {
			m.begin(m.issue(c, d, book.InvoiceOrdinary, lines))
		}
		if c.habit == drafted && month == m.w.Options.Month {
			m.draft(c, d)
		}
	}
}

// startNumbers lets the printed numbers begin above every id that there will be, so that only an
// injected fault makes a number that is also another invoice's id.
func (m *maker) startNumbers() {
	renewals := 0
	for month := m.w.Options.Month - 1; month <= m.w.Options.Month+1; month++ {
		for _, c := range m.clients {
			for _, s := range c.services {
				if s.dueIn(month) {
					renewals++
					break
				}
			}
		}
	}
	m.numberID = (m.invoiceID+renewals*3/2)/1000*1000 + 1000 + m.between(400, 480)
}

func (m *maker) hostingLine(s *service, d book.Date) Line {
	m.lineID++
	from := d + termDays
	to := book.DateOf(from.Time().AddDate(0, s.step, -1))
	return Line{ID: m.lineID, Kind: "Hosting", RelID: s.ID, Amount: s.Recurring.Minor,
		Text: fmt.Sprintf("%s - %s (%s - %s)", s.Product, s.Domain, from, to)}
}

// issue makes an invoice of a client; ordinary ones are taxed and take the client's credit at once,
// as the billing system does by itself.
func (m *maker) issue(c *client, d book.Date, kind book.InvoiceKind, lines []Line) *bill {
	m.invoiceID++
	if m.chance(60) {
		m.invoiceID += m.between(1, 3)
	}
	b := m.bills.add(bill{client: c, Invoice: Invoice{
		ID: m.invoiceID, CustomerID: c.ID, Number: m.number(m.invoiceID, d),
		Status: book.InvoiceUnpaid, Kind: kind, IssuedOn: d, DueOn: d + termDays, UpdatedAt: m.now,
		Currency: c.Currency, Method: c.Method, Lines: lines,
	}})
	for _, l := range lines {
		b.Subtotal += l.Amount
	}
	if kind != book.InvoiceOrdinary {
		b.DueOn = d
		return b
	}
	b.Tax = (b.Subtotal*c.taxBPS + 5_000) / 10_000
	if c.Credit > 0 && c.tale == nil {
		m.applyCredit(b, min(c.Credit, b.due()))
	}
	return b
}

// number is the printed number: mostly a row of its own, sometimes the id's, sometimes none yet.
func (m *maker) number(id int, d book.Date) string {
	m.numberID++
	year := strconv.Itoa(d.Time().Year())
	switch x := m.r.IntN(100); {
	case x < 5:
		return ""
	case x < 9:
		return year + "-" + strconv.Itoa(id)
	}
	return year + "-" + strconv.Itoa(m.numberID)
}

func (m *maker) draft(c *client, d book.Date) {
	m.lineID++
	b := m.issue(c, d, book.InvoiceOrdinary, []Line{{ID: m.lineID, Kind: "Item", Amount: 4_500,
		Text: "Migration of a mail server, by the hour"}})
	b.Status, b.Number = book.InvoiceDraft, ""
}

// applyCredit pays a part of an invoice with the client's credit.
func (m *maker) applyCredit(b *bill, amount int64) {
	if amount <= 0 {
		return
	}
	m.credit(b.client, -amount, fmt.Sprintf("Credit Applied to Invoice #%d", b.ID), b.ID)
	b.Credit += amount
	m.settle(b)
}

// credit adds to a client's credit, or spends it, and logs it.
func (m *maker) credit(c *client, amount int64, text string, invoice int) *Credit {
	m.creditID++
	c.Credit += amount
	return m.credits.add(Credit{ID: m.creditID, CustomerID: c.ID, InvoiceID: invoice,
		On: m.now.In(m.w.Zone), Amount: money.New(amount, c.Currency), Text: text})
}

// settle marks an invoice as paid once nothing is open.
func (m *maker) settle(b *bill) {
	b.UpdatedAt = m.now
	if b.due() <= 0 && (b.Status.Open() || b.Status == book.InvoiceDraft) {
		b.Status, b.PaidAt = book.InvoicePaid, m.now
	}
}

// receipt books money in on an invoice as the billing system does: what is more than due becomes
// credit, and the log says from where.
func (m *maker) receipt(b *bill, row Payment) *Payment {
	p := m.addRow(b.client, b.ID, row)
	open := b.due()
	b.paid += p.In
	if b.first == nil {
		b.first = p
	}
	if over := p.In - max(open, 0); over > 0 && b.Status != book.InvoiceCancelled {
		m.credit(b.client, over, fmt.Sprintf("Invoice #%d Overpayment", b.ID), b.ID)
	}
	m.settle(b)
	return p
}

func (m *maker) addRow(c *client, invoice int, row Payment) *Payment {
	m.paymentID++
	row.ID, row.CustomerID, row.InvoiceID = m.paymentID, c.ID, invoice
	row.At, row.Currency = m.now, c.Currency
	if row.Method == "" {
		row.Method = c.gate.own().module
	}
	if row.Text == "" {
		row.Text = "Invoice Payment"
	}
	return m.payments.add(row)
}

// payOut books money back on an invoice.
func (m *maker) payOut(b *bill, row Payment) *Payment {
	p := m.addRow(b.client, b.ID, row)
	b.paid -= p.Out
	b.UpdatedAt = m.now
	return p
}

// begin decides what becomes of a new invoice.
func (m *maker) begin(b *bill) {
	c := b.client
	if b.Status != book.InvoiceUnpaid {
		return
	}
	if t := c.tale; t != nil && t.month == book.MonthOf(b.IssuedOn) {
		t.tell(m, b)
		return
	}
	switch {
	case c.tale != nil:
		m.beginSoundly(b)
	case c.Method == "banktransfer":
		m.beginTransfer(b)
	case c.habit == massPayer && book.MonthOf(b.IssuedOn) <= m.w.Options.Month:
		m.beginMass(b)
	case c.habit == fundsAdder && book.MonthOf(b.IssuedOn) < m.w.Options.Month:
		m.beginFunds(b)
	default:
		c.gate.begin(b)
	}
}

// beginSoundly lets a client with a fault pay another of its invoices without any.
func (m *maker) beginSoundly(b *bill) {
	if b.Method == "banktransfer" {
		m.transfer(b, nextBusiness(b.IssuedOn+3), b.due())
		return
	}
	m.at(m.payTime(b), func() { m.collect(b, true) })
}

// payTime is when an ordinary client pays: most on the day of the mail, all by the due date.
func (m *maker) payTime(b *bill) book.Instant {
	wait := min(m.between(0, termDays), m.between(0, termDays))
	t := m.daytime(b.IssuedOn + book.Date(wait))
	return max(t, m.now+book.Instant(m.between(300, 7_000))*second)
}

// beginMass leaves the invoice of the first month unpaid and collects it with the second's.
func (m *maker) beginMass(b *bill) {
	c := b.client
	c.owed = append(c.owed, b)
	if len(c.owed) < 2 {
		return
	}
	m.at(m.payTime(b), func() {
		var lines []Line
		for _, o := range c.owed {
			m.lineID++
			lines = append(lines, Line{ID: m.lineID, Kind: "Invoice", RelID: o.ID, Amount: o.due(),
				Text: fmt.Sprintf("Invoice #%d", o.ID)})
		}
		all := m.issue(c, m.now.In(m.w.Zone), book.InvoiceMassPayment, lines)
		m.soon(book.Instant(m.between(20, 300))*second, func() {
			m.collect(all, true)
			m.soon(minute, func() { m.spread(all, c.owed) })
		})
	})
}

// spread pays the originals of a mass payment with what it collected.
func (m *maker) spread(all *bill, owed []*bill) {
	m.credit(all.client, all.Subtotal, fmt.Sprintf("Mass Invoice Payment Credit, Invoice #%d", all.ID),
		all.ID)
	for _, o := range owed {
		m.applyCredit(o, o.due())
	}
}

// beginFunds pays the invoice, and buys credit that the next one takes.
func (m *maker) beginFunds(b *bill) {
	m.beginSoundly(b)
	c := b.client
	amount := b.Subtotal + b.Tax
	if m.chance(500) {
		amount = amount / 200 * 100
	}
	m.at(m.daytime(b.IssuedOn+book.Date(m.between(8, 12))), func() { m.addFunds(c, amount, nil) })
}

// addFunds lets a client buy credit by card; then is called with the credit's entry.
func (m *maker) addFunds(c *client, amount int64, then func(*bill, *charge, *Credit)) {
	m.lineID++
	b := m.issue(c, m.now.In(m.w.Zone), book.InvoiceAddFunds,
		[]Line{{ID: m.lineID, Kind: "AddFunds", Amount: amount, Text: "Add Funds"}})
	m.soon(book.Instant(m.between(20, 300))*second, func() {
		ch := m.collect(b, true)
		m.soon(minute, func() {
			e := m.credit(c, amount, fmt.Sprintf("Add Funds Invoice #%d", b.ID), b.ID)
			if then != nil {
				then(b, ch, e)
			}
		})
	})
}
