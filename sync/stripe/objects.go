package stripe

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"countinghouse/app/book"
)

// attempt is the transaction of a charge that moved nothing (yet): one that failed, or that waits
// to be captured; false where a row of the ledger stands for it.
func (t translator) attempt(body json.RawMessage) (book.Transaction, bool, error) {
	var c wireCharge
	if err := decode(body, &c); err != nil {
		return book.Transaction{}, false, err
	}
	if c.ID == "" || c.Created == 0 {
		return book.Transaction{}, false, errors.New("a charge has no id or no date")
	}
	if c.Movement.ID != "" {
		return book.Transaction{}, false, nil
	}
	asked, err := amount(c.Amount, c.Currency)
	if err != nil {
		return book.Transaction{}, false, fmt.Errorf("charge %s: %w", c.ID, err)
	}
	x := book.Transaction{ID: t.item(c.ID), Source: t.name, Kind: book.Charge, State: c.state(),
		At: book.AtUnix(c.Created), Currency: asked.Currency, Charged: asked, Reason: c.reason(),
		Aliases: c.aliases(), Text: c.Description}
	t.party(&x, &c)
	x.Revision = revision(x)
	return x, true, nil
}

// charge is the transaction of a charge that carries its row of the ledger, where it has one.
func (t translator) charge(body json.RawMessage) (book.Transaction, error) {
	var c wireCharge
	if err := decode(body, &c); err != nil {
		return book.Transaction{}, err
	}
	if c.Movement.ID != "" {
		return t.rowOf(c.Movement, reference{ID: c.ID, Object: "charge", body: body})
	}
	x, _, err := t.attempt(body)
	return x, err
}

// refund is the transaction of a refund, with its row of the ledger where it has one.
func (t translator) refund(body json.RawMessage) (book.Transaction, error) {
	var r wireRefund
	if err := decode(body, &r); err != nil {
		return book.Transaction{}, err
	}
	if r.ID == "" || r.Created == 0 {
		return book.Transaction{}, errors.New("a refund has no id or no date")
	}
	if r.Movement.ID != "" {
		return t.rowOf(r.Movement, reference{ID: r.ID, Object: "refund", body: body})
	}
	back, err := amount(r.Amount, r.Currency)
	if err != nil {
		return book.Transaction{}, fmt.Errorf("refund %s: %w", r.ID, err)
	}
	x := book.Transaction{ID: t.item(r.ID), Source: t.name, Kind: book.Refund, State: r.state(),
		At: book.AtUnix(r.Created), Currency: back.Currency, Charged: back.Neg(),
		Parent: t.item(r.Charge.ID), Reason: r.FailureReason, Text: r.Description}
	t.references(&x, r.Metadata, r.Description)
	x.Revision = revision(x)
	return x, nil
}

// dispute are the transactions of a dispute: none for an inquiry, the withdrawal, and the
// reinstatement where it was won.
func (t translator) dispute(body json.RawMessage) ([]book.Transaction, error) {
	var d wireDispute
	if err := decode(body, &d); err != nil {
		return nil, err
	}
	if d.ID == "" {
		return nil, errors.New("a dispute has no id")
	}
	var out []book.Transaction
	for _, row := range d.Movements {
		x, err := t.rowOf(reference{ID: d.ID, body: row},
			reference{ID: d.ID, Object: "dispute", body: body})
		if err != nil {
			return nil, fmt.Errorf("dispute %s: %w", d.ID, err)
		}
		out = append(out, x)
	}
	return out, nil
}

// rowOf is the transaction of a row that its object carries.
func (t translator) rowOf(row, object reference) (book.Transaction, error) {
	var m wireMovement
	if err := row.open(&m); err != nil {
		return book.Transaction{}, err
	}
	m.Source = object
	x, ok, err := t.row(m)
	if err == nil && !ok {
		err = fmt.Errorf("balance transaction %s is of type %s", m.ID, m.Type)
	}
	return x, err
}

func (c *wireCharge) state() book.TransactionState {
	switch {
	case c.Status == "failed":
		return book.Failed
	case c.Status == "pending":
		return book.Pending
	case !c.Captured && c.Refunded:
		return book.Cancelled
	case !c.Captured:
		return book.Pending
	}
	return book.Succeeded
}

// reason is why the charge failed: the customer's bank's code where there is one, else Stripe's.
func (c *wireCharge) reason() string {
	if c.Status != "failed" {
		return ""
	}
	if c.Outcome != nil && c.Outcome.Reason != "" {
		return c.Outcome.Reason
	}
	return c.FailureCode
}

// instrument is what the charge was made with.
func (c *wireCharge) instrument() book.Instrument {
	if c.Details == nil {
		return book.Instrument{ID: c.Method}
	}
	return c.Details.instrument(c.Method)
}

// instrument is the method with an id.
func (d *wireDetails) instrument(id string) book.Instrument {
	i := book.Instrument{ID: id, Kind: d.Type}
	switch {
	case d.Card != nil:
		i.Brand, i.Ending, i.Fingerprint, i.Region = d.Card.Brand, d.Card.Last4, d.Card.Fingerprint,
			d.Card.Country
	case d.SEPA != nil:
		i.Ending, i.Fingerprint, i.Region, i.Mandate = d.SEPA.Last4, d.SEPA.Fingerprint,
			d.SEPA.Country, d.SEPA.Mandate
	}
	return i
}

// decline is why the charge failed, in every code that there is.
func (c *wireCharge) decline() book.Decline {
	if c.Status != "failed" {
		return book.Decline{}
	}
	d := book.Decline{Error: c.FailureCode}
	if o := c.Outcome; o != nil {
		d.Network, d.Advice = o.NetworkCode, cmp.Or(o.NetworkAdvice, o.Advice)
		if o.Type == "blocked" || o.Type == "invalid" {
			d.Outcome = o.Reason
		} else {
			d.Code = o.Reason
		}
	}
	if d.Code == "" && d.Outcome == "" {
		d.Code = c.FailureCode
	}
	return d
}

// aliases are the charge's other ids; its row of the ledger is added with the row.
func (c *wireCharge) aliases() []string {
	var out []string
	for _, id := range []string{c.Intent.ID, c.Invoice.ID} {
		if id != "" {
			out = append(out, id)
		}
	}
	return out
}

func (r *wireRefund) state() book.TransactionState {
	switch r.Status {
	case "failed":
		return book.Failed
	case "canceled":
		return book.Cancelled
	case "pending", "requires_action":
		return book.Pending
	}
	return book.Succeeded
}

// method reads a saved method of which an event told at a moment; false for one that is nobody's any more.
func (t translator) method(body []byte, told book.Instant) (_ book.SavedMethod, ok bool, err error) {
	var m wireMethod
	if err := decode(body, &m); err != nil {
		return book.SavedMethod{}, false, err
	}
	if m.ID == "" || m.Object != "payment_method" || m.Created == 0 {
		return book.SavedMethod{}, false, errors.New("a payment method has no id, no date, or is none")
	}
	i := m.instrument(m.ID)
	x := book.SavedMethod{ID: t.item(m.ID), Source: t.name, Kind: i.Kind, Brand: i.Brand, Ending: i.Ending,
		Fingerprint: i.Fingerprint, Payer: m.Customer.ID, AddedAt: book.AtUnix(m.Created), UpdatedAt: told}
	if c := m.Card; c != nil && c.ExpYear > 0 && c.ExpMonth >= 1 && c.ExpMonth <= 12 {
		x.ExpiresOn = book.DateOf(time.Date(c.ExpYear, time.Month(c.ExpMonth)+1, 0, 0, 0, 0, 0, time.UTC))
	}
	x.Revision = fingerprint(x) + toldMark + strconv.FormatInt(int64(told), 10)
	return x, x.Payer != "", nil
}

// toldMark stands in a saved method's revision before the moment at which an event told of it.
const toldMark = "@"
