package razorpay

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// ist is the zone of Razorpay's business days.
var ist = time.FixedZone("IST", int((5*time.Hour + 30*time.Minute).Seconds()))

// translator turns what Razorpay sends into records. It is pure: equal input gives equal records.
type translator struct {
	name                      book.SourceName
	invoiceKeys, customerKeys []string
	pattern                   *regexp.Regexp
}

func (t translator) item(native string) book.ItemID {
	if native == "" {
		return ""
	}
	return book.NewID(t.name, native)
}

// void says that money was authorised and given back without ever being captured.
func (p *wirePayment) void() bool { return p.Status == "refunded" && !p.Captured }

// foreign says that it was paid in another currency than it is booked in.
func (p *wirePayment) foreign() bool {
	return p.BaseAmount != nil && p.BaseCurrency != "" &&
		!strings.EqualFold(p.BaseCurrency, p.Currency)
}

func (p *wirePayment) marks() stored { return stored{void: p.void(), foreign: p.foreign()} }

func (p *wirePayment) state() book.TransactionState {
	switch {
	case p.void():
		return book.Cancelled
	case p.Status == "captured" || p.Status == "refunded":
		return book.Succeeded
	case p.Status == "failed":
		return book.Failed
	}
	return book.Pending
}

// known is what is known of a payment besides itself: its order's receipt, and when money was sent on
// demand, in order.
type known struct {
	receipt string
	sent    []int64
}

// payment is the transaction of a payment. Only a captured one moves the balance: by the amount less
// the fee, which includes its tax. Where a settlement carried it, what it came to there counts.
func (t translator) payment(p wirePayment, k known, m settled) (book.Transaction, error) {
	x := book.Transaction{ID: t.item(p.ID), Source: t.name, Kind: book.Charge, State: p.state(),
		At: book.AtUnix(p.Created), Payer: p.CustomerID, PayerName: cmp.Or(p.Email, p.Contact),
		Text: p.Description}
	if p.ID == "" || p.Created == 0 {
		return x, errors.New("a payment has no id or no date")
	}
	asked, err := charged(p.Amount, p.Currency)
	if err != nil {
		return x, fmt.Errorf("payment %s: %w", p.ID, err)
	}
	x.Charged, x.Currency = asked, asked.Currency
	for _, id := range []string{p.OrderID, p.InvoiceID} {
		if id != "" {
			x.Aliases = append(x.Aliases, id)
		}
	}
	if x.State == book.Failed {
		x.Reason = firstOf(p.ErrorReason, p.ErrorCode)
		x.Decline = book.Decline{Code: x.Reason, Error: p.ErrorCode}
	}
	t.references(&x, p.Notes, p.Description, k.receipt)
	gross := asked
	if p.foreign() {
		if gross, err = amount(p.BaseAmount, p.BaseCurrency); err != nil {
			return x, fmt.Errorf("payment %s: %w", p.ID, err)
		}
		x.Currency = gross.Currency
	}
	if x.State != book.Succeeded {
		m = settled{}
	} else if err := t.captured(&x, &p, gross, k.sent, m); err != nil {
		return x, fmt.Errorf("payment %s: %w", p.ID, err)
	}
	marks := p.marks()
	marks.settled = m
	x.Revision = revision(x, marks)
	return x, nil
}

// captured adds what a captured payment did to the balance. What no settlement carried may have left
// with money that was sent on demand, which does not wait.
func (t translator) captured(x *book.Transaction, p *wirePayment, gross money.Money, sent []int64,
	m settled) error {
	x.AvailableAt = settleable(x.At)
	if i, _ := slices.BinarySearch(sent, p.Created); m.none() && i < len(sent) {
		x.AvailableAt = min(x.AvailableAt, book.AtUnix(sent[i]))
	}
	fee, tax := int64(0), int64(0)
	if p.Fee != nil {
		fee = *p.Fee
	}
	if p.Tax != nil {
		tax = *p.Tax
	}
	if !m.none() {
		if m.currency != gross.Currency || m.net+m.fee != gross.Minor {
			return fmt.Errorf("it is %s and settled as %d %s with fee %d", gross, m.net, m.currency,
				m.fee)
		}
		fee, tax = m.fee, m.tax
		x.PayoutID = t.item(m.payout)
	}
	if tax > fee || tax < 0 {
		return fmt.Errorf("tax %d is not a part of fee %d", tax, fee)
	}
	x.Gross, x.Fee, x.Tax, x.Net = gross.Minor, fee-tax, tax, gross.Minor-fee
	return nil
}

// refund is the transaction of a refund. The refund of a payment that was never captured moves
// nothing, nor does one that is not processed; that of a foreign payment only what its settlement
// says, as the refund itself does not.
func (t translator) refund(r wireRefund, of stored, m settled) (book.Transaction, error) {
	x := book.Transaction{ID: t.item(r.ID), Source: t.name, Kind: book.Refund, State: r.state(),
		At: book.AtUnix(r.Created), Parent: t.item(r.PaymentID)}
	if r.ID == "" || r.Created == 0 {
		return x, errors.New("a refund has no id or no date")
	}
	back, err := charged(r.Amount, r.Currency)
	if err != nil {
		return x, fmt.Errorf("refund %s: %w", r.ID, err)
	}
	x.Charged, x.Currency, x.AvailableAt = back.Neg(), back.Currency, x.At
	t.references(&x, r.Notes, "", r.Receipt)
	gross, known := back, true
	if r.BaseAmount != nil && r.BaseCurrency != "" {
		if gross, err = amount(r.BaseAmount, r.BaseCurrency); err != nil {
			return x, fmt.Errorf("refund %s: %w", r.ID, err)
		}
		x.Currency = gross.Currency
	} else if of.foreign {
		x.Currency, known = balanceCurrency, false
	}
	switch {
	case !m.none():
		if known && (m.currency != gross.Currency || m.net+m.fee != -gross.Minor) {
			return x, fmt.Errorf("refund %s: it is %s and settled as %d %s with fee %d", r.ID, gross,
				m.net, m.currency, m.fee)
		}
		x.Currency, x.PayoutID = m.currency, t.item(m.payout)
		x.Gross, x.Fee, x.Tax, x.Net = m.net+m.fee, m.fee-m.tax, m.tax, m.net
	case known && !of.void && x.State == book.Succeeded:
		x.Gross, x.Net = -gross.Minor, -gross.Minor
	}
	x.Revision = revision(x, stored{settled: m})
	return x, nil
}

// balanceCurrency is that of the balance that international payments are booked in.
const balanceCurrency = money.Currency("INR")

func (r *wireRefund) state() book.TransactionState {
	switch r.Status {
	case "processed":
		return book.Succeeded
	case "failed":
		return book.Failed
	}
	return book.Pending
}

// references finds billing's ids: the customer in the notes, the invoice by the first key that gives
// one, in the notes, the description or the order's receipt.
func (t translator) references(x *book.Transaction, n notes, description, receipt string) {
	for _, k := range t.customerKeys {
		if x.CustomerRef = strings.TrimSpace(n[k]); x.CustomerRef != "" {
			break
		}
	}
	x.InvoiceRef, _ = t.invoice(n, description, func() string { return receipt })
}

// invoice is the invoice's reference; it reports whether the receipt was asked for.
func (t translator) invoice(n notes, description string, receipt func() string) (string, bool) {
	asked := false
	for _, k := range t.invoiceKeys {
		ref := ""
		switch k {
		case keyDescription:
			ref = t.named(description)
		case keyReceipt:
			asked = true
			text := receipt()
			if ref = t.named(text); ref == "" && plainNumber.MatchString(text) {
				ref = text
			}
		default:
			ref = strings.TrimSpace(n[k])
		}
		if ref != "" {
			return ref, asked
		}
	}
	return "", asked
}

// plainNumber is a receipt that is an invoice's number and nothing else.
var plainNumber = regexp.MustCompile(`^[0-9]{1,12}$`)

func (t translator) named(text string) string {
	if found := t.pattern.FindStringSubmatch(text); found != nil {
		return found[1]
	}
	return ""
}

// wantsReceipt says that a payment's invoice can only be found in its order.
func (t translator) wantsReceipt(p wirePayment) bool {
	if p.OrderID == "" {
		return false
	}
	_, asked := t.invoice(p.Notes, p.Description, func() string { return "" })
	return asked
}

// amount is an amount in the smallest unit of its currency.
func amount(minor *int64, currency string) (money.Money, error) {
	c, err := money.ParseCurrency(currency)
	if err != nil {
		return money.Money{}, err
	}
	if minor == nil {
		return money.Money{}, errors.New("the amount is missing")
	}
	if *minor < 0 || *minor > 1<<53 {
		return money.Money{}, fmt.Errorf("the amount %d is out of reach", *minor)
	}
	return money.New(*minor, c), nil
}

// charged is an amount that a customer pays or gets back. In currencies with three decimals
// Razorpay knows two: the amount ends in 0 (Razorpay, supported currencies, read 2026-11).
func charged(minor *int64, currency string) (money.Money, error) {
	a, err := amount(minor, currency)
	if err != nil {
		return a, err
	}
	if places, _ := a.Currency.Exponent(); places == 3 && a.Minor%10 != 0 {
		return a, fmt.Errorf("%d %s does not end in 0", a.Minor, a.Currency)
	}
	return a, nil
}

// settleDays is after how many working days a payment may be settled (Razorpay, settlements, read
// 2026-11).
const settleDays = 2

// settleable is when a payment may be settled: at the beginning, in India, of the second working day
// after it. Bank holidays differ by state; the three national days count.
func settleable(at book.Instant) book.Instant {
	day := at.In(ist)
	for n := 0; n < settleDays; {
		day++
		if workingDay(day) {
			n++
		}
	}
	return day.Start(ist)
}

func workingDay(d book.Date) bool {
	t := d.Time()
	switch t.Weekday() {
	case time.Saturday, time.Sunday:
		return false
	}
	switch t.Format("01-02") {
	case "01-26", "08-15", "10-02":
		return false
	}
	return true
}

// firstOf is the first text that says something: Razorpay writes NA for nothing.
func firstOf(texts ...string) string {
	for _, t := range texts {
		if t != "" && t != "NA" {
			return t
		}
	}
	return ""
}
