package stripe

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/big"
	"regexp"
	"strconv"
	"strings"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// translator turns what Stripe sends into records. It is pure: equal input gives equal records.
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

// kinds is what each reporting category means; the category decides and not the type, because one
// type stands for different things (Stripe, reporting categories, read 2026-11).
var kinds = map[string]book.TransactionKind{
	"charge":                         book.Charge,
	"charge_failure":                 book.ChargeFailure,
	"refund":                         book.Refund,
	"refund_failure":                 book.RefundFailure,
	"partial_capture_reversal":       book.Adjustment,
	"dispute":                        book.Dispute,
	"dispute_reversal":               book.Reinstatement,
	"fee":                            book.Fee,
	"network_cost":                   book.Fee,
	"tax":                            book.Tax,
	"payout_reversal":                book.PayoutFailure,
	"risk_reserved_funds":            book.Reserve,
	"connect_reserved_funds":         book.Reserve,
	"payout_minimum_balance_hold":    book.Reserve,
	"payout_minimum_balance_release": book.Reserve,
	"other_adjustment":               book.Adjustment,
	"payment_network_reserved_funds": book.Reserve,
}

// kindsByType serves rows without a category, or with one that is new.
var kindsByType = map[string]book.TransactionKind{
	"charge": book.Charge, "payment": book.Charge,
	"payment_failure_refund": book.ChargeFailure,
	"refund":                 book.Refund, "payment_refund": book.Refund,
	"refund_failure": book.RefundFailure,
	"adjustment":     book.Adjustment,
	"stripe_fee":     book.Fee, "stripe_fx_fee": book.Fee,
	"tax_fee":       book.Tax,
	"payout_cancel": book.PayoutFailure, "payout_failure": book.PayoutFailure,
	"reserved_funds": book.Reserve, "reserve_transaction": book.Reserve,
	"reserve_hold": book.Reserve, "reserve_release": book.Reserve,
	"payment_network_reserve_hold": book.Reserve, "payment_network_reserve_release": book.Reserve,
}

// kind is what a row of the ledger is, "" for a payout's own row.
func (m *wireMovement) kind() book.TransactionKind {
	if m.Category == "payout" || m.Category == "" && m.Type == "payout" {
		return ""
	}
	k := cmp.Or(kinds[m.Category], kindsByType[m.Type], book.OtherMovement)
	if k == book.Fee && strings.Contains(strings.ToLower(m.Description), "dispute") {
		return book.DisputeFee
	}
	return k
}

// movement is the transaction of a row of the ledger; false for a payout's own row, for which the
// payout itself stands.
func (t translator) movement(body json.RawMessage) (book.Transaction, bool, error) {
	var m wireMovement
	if err := decode(body, &m); err != nil {
		return book.Transaction{}, false, err
	}
	return t.row(m)
}

func (t translator) row(m wireMovement) (book.Transaction, bool, error) {
	kind := m.kind()
	if kind == "" {
		return book.Transaction{}, false, nil
	}
	x := book.Transaction{ID: t.item(m.ID), Source: t.name, Kind: kind, State: book.Succeeded,
		At: book.AtUnix(m.Created), AvailableAt: book.AtUnix(m.AvailableOn), Text: m.Description}
	if m.ID == "" || m.Created == 0 {
		return x, false, errors.New("a balance transaction has no id or no date")
	}
	if err := t.amounts(&x, &m); err != nil {
		return x, false, fmt.Errorf("balance transaction %s: %w", m.ID, err)
	}
	if m.Rate != nil {
		rate, err := decimal(m.Rate.String())
		if err != nil {
			return x, false, fmt.Errorf("balance transaction %s: %w", m.ID, err)
		}
		x.Rate = rate
	}
	if err := t.behind(&x, &m); err != nil {
		return x, false, fmt.Errorf("balance transaction %s: %w", m.ID, err)
	}
	if x.ID.Native() != m.ID {
		x.Aliases = append(x.Aliases, m.ID)
	}
	x.Revision = revision(x)
	return x, true, nil
}

// decimal is a rate without an exponent, with the provider's own digits.
func decimal(rate string) (string, error) {
	digits, exponent, found := strings.Cut(strings.ToLower(rate), "e")
	if !found {
		return rate, nil
	}
	n, err := strconv.Atoi(exponent)
	r, ok := new(big.Rat).SetString(rate)
	if err != nil || n < -30 || n > 30 || !ok {
		return "", fmt.Errorf("exchange rate %q is not a number in reach", rate)
	}
	_, places, _ := strings.Cut(digits, ".")
	return r.FloatString(max(0, len(places)-n)), nil
}

// amounts takes over gross, fee, tax and net, which must add up.
func (t translator) amounts(x *book.Transaction, m *wireMovement) error {
	if m.Amount == nil || m.Fee == nil || m.Net == nil {
		return errors.New("amount, fee or net is missing")
	}
	if *m.Amount-*m.Fee != *m.Net {
		return fmt.Errorf("amount %d less fee %d is not net %d", *m.Amount, *m.Fee, *m.Net)
	}
	tax := int64(0)
	for _, d := range m.FeeDetails {
		if d.Type == "tax" || d.Type == "withheld_tax" {
			tax += d.Amount
		}
	}
	fee := *m.Fee - tax
	for _, part := range []struct {
		to   *int64
		from int64
	}{{&x.Gross, *m.Amount}, {&x.Fee, fee}, {&x.Tax, tax}, {&x.Net, *m.Net}} {
		a, err := amount(&part.from, m.Currency)
		if err != nil {
			return err
		}
		*part.to, x.Currency = a.Minor, a.Currency
	}
	x.Charged = money.New(x.Gross, x.Currency)
	return nil
}

// behind adds what the object behind the row says: whose money it is, and what it belongs to.
func (t translator) behind(x *book.Transaction, m *wireMovement) error {
	switch m.Source.Object {
	case "charge":
		return t.behindCharge(x, m)
	case "refund":
		return t.behindRefund(x, m)
	case "dispute":
		return t.behindDispute(x, m)
	case "payout":
		var p wirePayout
		if err := m.Source.open(&p); err != nil {
			return err
		}
		x.Parent, x.Reason = t.item(p.ID), p.FailureCode
		return nil
	}
	switch x.Kind {
	case book.Charge, book.Refund, book.Dispute, book.ChargeFailure, book.RefundFailure,
		book.Reinstatement, book.PayoutFailure:
		if m.Source.ID != "" {
			return fmt.Errorf("the object %s behind it was not sent along", m.Source.ID)
		}
	}
	switch prefix, _, _ := strings.Cut(m.Source.ID, "_"); prefix {
	case "":
	case "ch", "py", "re", "du", "dp", "po":
		x.Parent = t.item(m.Source.ID)
	default:
		x.Aliases = append(x.Aliases, m.Source.ID)
	}
	if x.Kind == book.Reserve {
		x.DueOn = release(m.Description)
	}
	return nil
}

var isoDate = regexp.MustCompile(`\b\d{4}-\d{2}-\d{2}\b`)

// release is the date until which money is held, where the row's description names one; the API has
// no field for it.
func release(text string) book.Date {
	on, err := book.ParseDate(isoDate.FindString(text))
	if err != nil {
		return 0
	}
	return on
}

func (t translator) behindCharge(x *book.Transaction, m *wireMovement) error {
	var c wireCharge
	if err := m.Source.open(&c); err != nil {
		return err
	}
	paid := c.Amount
	if c.Captured && c.AmountCaptured != 0 {
		paid = &c.AmountCaptured
	}
	if err := t.charged(x, paid, c.Currency); err != nil {
		return err
	}
	t.party(x, &c)
	if x.Kind == book.Charge {
		x.ID, x.State, x.Reason = t.item(c.ID), c.state(), c.reason()
		x.Aliases = append(x.Aliases, c.aliases()...)
		return nil
	}
	x.Parent = t.item(c.ID)
	if x.Kind == book.ChargeFailure {
		x.Reason = c.reason()
	}
	return nil
}

func (t translator) behindRefund(x *book.Transaction, m *wireMovement) error {
	var r wireRefund
	if err := m.Source.open(&r); err != nil {
		return err
	}
	if err := t.charged(x, r.Amount, r.Currency); err != nil {
		return err
	}
	t.references(x, r.Metadata, m.Description, r.Description)
	x.Parent, x.Reason = t.item(r.Charge.ID), r.FailureReason
	switch x.Kind {
	case book.RefundFailure:
		x.Parent = t.item(r.ID)
	case book.Refund:
		x.ID, x.State = t.item(r.ID), r.state()
	case book.ChargeFailure:
		x.ID = t.item(r.ID)
	}
	return nil
}

func (t translator) behindDispute(x *book.Transaction, m *wireMovement) error {
	var d wireDispute
	if err := m.Source.open(&d); err != nil {
		return err
	}
	x.Parent, x.Reason = t.item(d.ID), d.Reason
	if x.Kind != book.Dispute && x.Kind != book.Reinstatement {
		return nil
	}
	if err := t.charged(x, d.Amount, d.Currency); err != nil {
		return err
	}
	t.references(x, d.Metadata, m.Description)
	if x.Kind == book.Dispute {
		x.ID, x.Parent = t.item(d.ID), t.item(d.Charge.ID)
	}
	return nil
}

// charged notes what the customer paid or got back, with the sign of gross. In the balance's own
// currency that is gross itself.
func (t translator) charged(x *book.Transaction, minor *int64, currency string) error {
	a, err := amount(minor, currency)
	if err != nil {
		return err
	}
	if a.Currency == x.Currency {
		return nil
	}
	x.Charged = a.Abs()
	if x.Gross < 0 {
		x.Charged = x.Charged.Neg()
	}
	return nil
}

// party notes who paid and for what.
func (t translator) party(x *book.Transaction, c *wireCharge) {
	x.Payer = c.Customer.ID
	x.PayerName = cmp.Or(c.Billing.Name, c.Billing.Email, c.ReceiptEmail)
	x.Text = cmp.Or(x.Text, c.Description)
	if x.Kind == book.Charge {
		x.Instrument, x.Decline = c.instrument(), c.decline()
	}
	t.references(x, c.Metadata, c.Description, x.Text)
}

// references finds billing's ids: in the metadata by the first key that is there, else the invoice
// in the first text that names one.
func (t translator) references(x *book.Transaction, metadata map[string]string, texts ...string) {
	first := func(keys []string) string {
		for _, k := range keys {
			if v := strings.TrimSpace(metadata[k]); v != "" {
				return v
			}
		}
		return ""
	}
	x.CustomerRef = first(t.customerKeys)
	x.InvoiceRef = first(t.invoiceKeys)
	for _, text := range texts {
		if x.InvoiceRef != "" {
			return
		}
		if found := t.pattern.FindStringSubmatch(text); found != nil {
			x.InvoiceRef = found[1]
		}
	}
}

// stripeExponents are the currencies whose amounts Stripe sends with other decimals than ISO 4217
// has (Stripe, supported currencies, read 2026-11).
var stripeExponents = map[money.Currency]int{"ISK": 2, "UGX": 2, "MGA": 0}

// amount is an amount in the smallest unit of ISO 4217.
func amount(minor *int64, currency string) (money.Money, error) {
	c, err := money.ParseCurrency(currency)
	if err != nil {
		return money.Money{}, err
	}
	if minor == nil {
		return money.Money{}, errors.New("the amount is missing")
	}
	n := *minor
	if n == math.MinInt64 {
		return money.Money{}, money.ErrOverflow
	}
	if theirs, special := stripeExponents[c]; special {
		ours, _ := c.Exponent()
		for ; theirs > ours; theirs-- {
			if n%10 != 0 {
				return money.Money{}, fmt.Errorf("%d %s is a part of the smallest unit", *minor, c)
			}
			n /= 10
		}
		for ; theirs < ours; theirs++ {
			if n > 1<<59 || n < -1<<59 {
				return money.Money{}, money.ErrOverflow
			}
			n *= 10
		}
	}
	return money.New(n, c), nil
}

// revision is a fingerprint of a record, and behind an @ the payout that carried it: the ledger
// does not repeat that, and what is read again must not lose it.
func revision(x book.Transaction) string {
	payout := x.PayoutID.Native()
	x.PayoutID, x.Revision = "", ""
	rev := fingerprint(x)
	if payout != "" {
		rev += "@" + payout
	}
	return rev
}

func fingerprint(record any) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%+v", record))
	return hex.EncodeToString(sum[:8])
}
