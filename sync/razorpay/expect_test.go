package razorpay

import (
	"cmp"
	"regexp"
	"strings"
	"time"

	"countinghouse/app/book"
	"countinghouse/app/money"
	"countinghouse/sync/world"
)

type expectation struct {
	w         *world.World
	out       book.Records
	charges   map[string]world.Charge
	movements map[string]world.Movement
	payouts   map[string]world.Payout
}

// expect is what the books must come to, written from the world alone. What Razorpay shows only with
// the settlement that carries it is left out until then.
func expect(w *world.World) book.Records {
	e := expectation{w: w, charges: map[string]world.Charge{},
		movements: map[string]world.Movement{}, payouts: map[string]world.Payout{}}
	for _, c := range w.Razorpay.Charges {
		e.charges[c.ID] = c
	}
	for _, m := range w.Razorpay.Movements {
		e.movements[m.ID] = m
	}
	for _, p := range w.Razorpay.Payouts {
		e.payouts[p.ID] = p
	}
	for _, c := range w.Razorpay.Charges {
		e.charge(c)
	}
	for _, r := range w.Razorpay.Refunds {
		e.refund(r)
	}
	for _, d := range w.Razorpay.Disputes {
		e.dispute(d)
	}
	for _, m := range w.Razorpay.Movements {
		e.other(m)
	}
	for _, p := range w.Razorpay.Payouts {
		e.payout(p)
	}
	return e.out
}

func (e *expectation) add(x book.Transaction) {
	x.Source = world.RazorpayName
	e.out.Transactions = append(e.out.Transactions, x)
}

// settledIn is the settlement whose reconciliation shows a movement, "" for none.
func (e *expectation) settledIn(m world.Movement) string {
	if p := e.payouts[m.PayoutID]; p.Reconciled && !p.Instant {
		return p.ID
	}
	return ""
}

// second is an instant as Razorpay can say it.
func second(i book.Instant) book.Instant { return i / 1000 * 1000 }

// waits is when a payment may be settled: the second working day after it, in India.
func waits(at book.Instant) book.Instant {
	zone := time.FixedZone("", 19800)
	t := at.Time().In(zone)
	t = time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, zone)
	for left := 2; left > 0; {
		t = t.AddDate(0, 0, 1)
		free := strings.Contains("Sat Sun", t.Format("Mon")) ||
			strings.Contains("Jan26 Aug15 Oct02", t.Format("Jan02"))
		if !free {
			left--
		}
	}
	return book.At(t)
}

var inText = regexp.MustCompile(`^(?:Inv|Invoice |Payment of Invoice )?#([0-9-]*[0-9])`)

func named(text string) string {
	if found := inText.FindStringSubmatch(text); found != nil {
		return found[1]
	}
	return ""
}

func (e *expectation) charge(c world.Charge) {
	x := book.Transaction{ID: item(c.ID), Kind: book.Charge, State: c.State, At: second(c.At),
		Currency: c.Amount.Currency, Charged: c.Amount, Payer: c.Payer, PayerName: c.Email,
		Text: c.Text, InvoiceRef: cmp.Or(c.InvoiceRef, named(c.Text)), CustomerRef: c.ClientRef}
	if c.IntentID != "" {
		x.Aliases = []string{c.IntentID}
	}
	if c.State == book.Failed {
		x.Reason = cmp.Or(c.DeclineCode, c.FailureCode)
		x.Decline = book.Decline{Code: x.Reason, Error: "BAD_REQUEST_ERROR"}
	}
	if m, ok := e.movements[c.MovementID]; ok && c.State == book.Succeeded {
		x.Currency, x.Gross, x.Fee, x.Tax, x.Net = m.Currency, m.Gross, m.Fee, m.Tax, m.Net
		x.AvailableAt, x.PayoutID = waits(c.At), item(e.settledIn(m))
		for _, p := range e.w.Razorpay.Payouts {
			if p.Instant && second(p.At) >= second(c.At) && x.PayoutID == "" {
				x.AvailableAt = min(x.AvailableAt, second(p.At))
			}
		}
	}
	e.add(x)
}

func (e *expectation) refund(r world.Refund) {
	x := book.Transaction{ID: item(r.ID), Kind: book.Refund, State: r.State, At: second(r.At),
		AvailableAt: second(r.At), Currency: r.Amount.Currency, Charged: r.Amount.Neg(),
		Parent: item(r.ChargeID)}
	if x.State == book.Cancelled {
		x.State = book.Failed
	}
	c := e.charges[r.ChargeID]
	of := e.movements[c.MovementID]
	m := e.movements[r.MovementID]
	foreign := of.Currency != "" && of.Currency != c.Amount.Currency
	if foreign {
		x.Currency = "INR"
	}
	switch {
	case e.settledIn(m) != "":
		x.Currency, x.Gross, x.Fee, x.Tax, x.Net = m.Currency, m.Gross, m.Fee, m.Tax, m.Net
		x.PayoutID = item(m.PayoutID)
	case r.State == book.Succeeded && !foreign && c.State != book.Cancelled:
		x.Gross, x.Net = -r.Amount.Minor, -r.Amount.Minor
	}
	e.add(x)
}

func (e *expectation) dispute(d world.Dispute) {
	for i, id := range d.Movements {
		m := e.movements[id]
		if e.settledIn(m) == "" {
			continue
		}
		x := book.Transaction{ID: item(id), Kind: book.Dispute, State: book.Succeeded,
			At: second(m.At), AvailableAt: second(m.At), Currency: m.Currency, Gross: m.Gross,
			Net: m.Net, Charged: money.New(m.Gross, m.Currency), Parent: item(d.ChargeID),
			PayoutID: item(e.settledIn(m)), Reason: d.Reason, Text: m.Text, Aliases: []string{d.ID}}
		if i > 0 {
			x.Kind = book.Reinstatement
		}
		if d.Amount.Currency != m.Currency {
			x.Charged = d.Amount
			if m.Gross < 0 {
				x.Charged = d.Amount.Neg()
			}
		}
		e.add(x)
	}
}

func (e *expectation) other(m world.Movement) {
	payout := e.settledIn(m)
	switch m.Category {
	case "charge", "refund", "dispute", "dispute_reversal", "payout":
		return
	}
	if payout == "" {
		return
	}
	x := book.Transaction{ID: item(m.ID), Kind: book.Adjustment, State: book.Succeeded,
		At: second(m.At), AvailableAt: second(m.At), Currency: m.Currency, Gross: m.Gross,
		Fee: m.Fee, Tax: m.Tax, Net: m.Net, Charged: money.New(m.Gross, m.Currency),
		PayoutID: item(payout), Text: m.Text}
	switch {
	case m.Type == "transfer":
		x.Kind = book.OtherMovement
	case m.Category == "payout_reversal":
		x.Kind, x.Parent = book.PayoutFailure, item(m.SourceID)
		x.Text = strings.TrimSpace(m.Text + " Reversal of settlement " + m.SourceID)
	case m.Category == "refund_failure":
		x.Kind, x.Parent = book.RefundFailure, item(m.SourceID)
		x.Text = strings.TrimSpace(m.Text + " Reversal of refund " + m.SourceID)
	default:
		x.Parent = e.parentOf(m)
	}
	e.add(x)
}

// parentOf is the payment that an adjustment names.
func (e *expectation) parentOf(m world.Movement) book.ItemID {
	if _, ok := e.charges[m.SourceID]; ok {
		return item(m.SourceID)
	}
	return ""
}

func (e *expectation) payout(p world.Payout) {
	x := book.Payout{ID: item(p.ID), Source: world.RazorpayName, State: p.State, Amount: p.Amount,
		SentAt: second(p.At), ArrivesOn: second(p.At).In(time.FixedZone("", 19800)),
		Members: book.MembersPending, Trace: p.Trace}
	switch p.State {
	case book.PayoutInTransit:
		x.State = book.PayoutPaid
	case book.PayoutCancelled:
		x.State = book.PayoutFailed
	}
	if p.Instant {
		e.instant(p, x)
		return
	}
	sum, members := int64(0), 0
	for _, m := range e.w.Razorpay.Movements {
		if e.settledIn(m) == p.ID && m.Category != "payout" {
			sum += m.Net
			members++
		}
	}
	if members > 0 && sum == p.Amount.Minor && x.State != book.PayoutPending {
		x.Members = book.MembersStated
	}
	e.out.Payouts = append(e.out.Payouts, x)
}

// instant is an on-demand payout with its fee. The first one of a request has the request's id.
func (e *expectation) instant(p world.Payout, x book.Payout) {
	own := p.ID
	if strings.HasPrefix(p.ID, "setlod_") {
		own = "setlodp_" + strings.TrimPrefix(p.ID, "setlod_")
		x.Aliases = []string{own}
	}
	for _, first := range e.w.Razorpay.Payouts {
		if first.Instant && first.At == p.At && strings.HasPrefix(first.ID, "setlod_") &&
			first.ID != p.ID {
			x.Aliases = []string{first.ID}
		}
	}
	x.Members = book.MembersUnstated
	if x.State == book.PayoutFailed {
		x.FailedAt = second(p.FailedAt)
	}
	e.out.Payouts = append(e.out.Payouts, x)
	if m := e.movements[p.MovementID]; m.Fee+m.Tax != 0 && x.State == book.PayoutPaid {
		e.add(book.Transaction{ID: item(own + "/fee"), Kind: book.Fee, State: book.Succeeded,
			At: second(p.At), AvailableAt: second(p.At), Currency: p.Amount.Currency, Fee: m.Fee,
			Tax: m.Tax, Net: -m.Fee - m.Tax, Charged: money.New(0, p.Amount.Currency),
			Parent: x.ID})
	}
}
