package razorpay

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// row is a row of the reconciliation, read and proven in itself.
type row struct {
	wireRow
	settled
	body json.RawMessage
}

// readRow reads a row as the API sends it.
func readRow(body json.RawMessage) (row, error) {
	var w wireRow
	if err := decode(body, &w); err != nil {
		return row{}, err
	}
	r, err := w.prove()
	r.body = body
	return r, err
}

// prove proves a row in itself. Its net is credit less debit. Fee and tax are taken from it where
// they explain the net; where the net is the whole amount they were paid in another way.
func (w wireRow) prove() (row, error) {
	r := row{wireRow: w}
	if r.EntityID == "" || r.Created == 0 {
		return r, errors.New("a settled row has no id or no date")
	}
	wrong := func(format string, args ...any) (row, error) {
		return r, fmt.Errorf("settled row %s: %w", r.EntityID, fmt.Errorf(format, args...))
	}
	if r.Debit == nil || r.Credit == nil {
		return wrong("debit or credit is missing")
	}
	debit, err := amount(r.Debit, r.Currency)
	if err != nil {
		return wrong("%w", err)
	}
	credit, err := amount(r.Credit, r.Currency)
	if err != nil {
		return wrong("%w", err)
	}
	if debit.Minor != 0 && credit.Minor != 0 {
		return wrong("it has both a debit and a credit")
	}
	r.settled = settled{payout: r.SettlementID, currency: credit.Currency,
		net: credit.Minor - debit.Minor}
	if r.Type == "adjustment" || r.Amount == nil {
		return r, nil
	}
	switch moved := max(credit.Minor, debit.Minor); {
	case r.net >= 0 && moved == *r.Amount-r.Fee, r.net < 0 && moved == *r.Amount+r.Fee:
		r.fee, r.tax = r.Fee, r.Tax
	case moved != *r.Amount:
		return wrong("amount %d and fee %d do not make %d", *r.Amount, r.Fee, moved)
	}
	if r.tax < 0 || r.tax > r.fee {
		return wrong("tax %d is not a part of fee %d", r.tax, r.fee)
	}
	return r, nil
}

// namedPayout and namedRefund are a settlement and a refund in the text of an adjustment.
var (
	namedPayout = regexp.MustCompile(`\bsetl_[A-Za-z0-9]+\b`)
	namedRefund = regexp.MustCompile(`\brfnd_[A-Za-z0-9]+\b`)
)

// movement is the transaction of a row that stands for itself: a transfer, or an adjustment. One
// that gives money back and names a settlement or a refund is the return of that.
func (t translator) movement(r row) book.Transaction {
	at := book.AtUnix(r.Created)
	x := book.Transaction{ID: t.item(r.EntityID), Source: t.name, Kind: book.OtherMovement,
		State: book.Succeeded, At: at, AvailableAt: at, Currency: r.currency, Gross: r.net + r.fee,
		Fee: r.fee - r.tax, Tax: r.tax, Net: r.net, Parent: t.item(r.PaymentID),
		PayoutID: t.item(r.payout), Text: r.Description}
	if r.Type == "adjustment" {
		x.Kind = book.Adjustment
		payout, refund := namedPayout.FindString(r.Description), namedRefund.FindString(r.Description)
		switch {
		case r.net <= 0:
		case payout != "" && payout != r.payout:
			x.Kind, x.Parent = book.PayoutFailure, t.item(payout)
		case refund != "":
			x.Kind, x.Parent = book.RefundFailure, t.item(refund)
		}
	}
	x.Charged = money.New(x.Gross, x.Currency)
	t.references(&x, r.Notes, "", "")
	x.Revision = revision(x, stored{settled: r.settled})
	return x
}

// dispute is the transaction of an adjustment that belongs to a dispute: the money that it took, or
// that it gave back. Both are tied to the payment. The dispute itself may be unknown.
func (t translator) dispute(r row, d wireDispute) (book.Transaction, error) {
	x := t.movement(r)
	x.Kind, x.Parent, x.Reason = book.Dispute, t.item(cmp.Or(d.PaymentID, r.PaymentID)), d.ReasonCode
	if r.net > 0 {
		x.Kind = book.Reinstatement
	}
	x.Aliases = []string{r.DisputeID}
	if d.ID != "" {
		a, err := charged(d.Amount, d.Currency)
		if err != nil {
			return x, fmt.Errorf("dispute %s: %w", d.ID, err)
		}
		if a.Currency != x.Currency {
			if x.Gross < 0 {
				a = a.Neg()
			}
			x.Charged = a
		}
	}
	x.Revision = ""
	x.Revision = revision(x, stored{settled: r.settled})
	return x, nil
}

// payout is the record of a settlement; whether its members are stated is for others to prove.
func (t translator) payout(body json.RawMessage) (book.Payout, error) {
	var s wireSettlement
	if err := decode(body, &s); err != nil {
		return book.Payout{}, err
	}
	if s.ID == "" || s.Created == 0 {
		return book.Payout{}, errors.New("a settlement has no id or no date")
	}
	if s.Amount == nil {
		return book.Payout{}, fmt.Errorf("settlement %s: the amount is missing", s.ID)
	}
	at := book.AtUnix(s.Created)
	x := book.Payout{ID: t.item(s.ID), Source: t.name, State: s.state(), SentAt: at,
		Amount: money.New(*s.Amount, balanceCurrency), ArrivesOn: at.In(ist),
		Members: book.MembersPending, Trace: s.UTR}
	x.Revision = revision(x, stored{})
	return x, nil
}

func (s *wireSettlement) state() book.PayoutState {
	switch s.Status {
	case "processed":
		return book.PayoutPaid
	case "failed":
		return book.PayoutFailed
	}
	return book.PayoutPending
}

// with is the payout with what is known of its members.
func with(x book.Payout, m book.Members) book.Payout {
	x.Members, x.Revision = m, ""
	x.Revision = revision(x, stored{})
	return x
}

// onDemand are the records of an on-demand settlement: a payout for each transfer, as each is a line
// of the bank's, and the fee of each that was sent. The first one carries the settlement's own id,
// the others theirs. gone are the fees of transfers that came back, which may have been kept before.
// Nobody states what these payouts consist of.
func (t translator) onDemand(body json.RawMessage) (out book.Records, gone []book.ItemID, err error) {
	var s wireOnDemand
	if err := decode(body, &s); err != nil {
		return out, nil, err
	}
	if s.ID == "" || s.Created == 0 {
		return out, nil, errors.New("an on-demand settlement has no id or no date")
	}
	var list []wireOnDemandPayout
	for _, one := range s.Payouts.Items {
		var p wireOnDemandPayout
		if err := decode(one, &p); err != nil {
			return out, nil, fmt.Errorf("on-demand settlement %s: %w", s.ID, err)
		}
		if p.ID == "" || p.Amount == nil {
			return out, nil, fmt.Errorf("on-demand settlement %s: a payout has no id or no amount", s.ID)
		}
		p.Created = cmp.Or(p.Created, s.Created)
		list = append(list, p)
	}
	slices.SortFunc(list, func(a, b wireOnDemandPayout) int {
		return cmp.Or(cmp.Compare(a.Created, b.Created), cmp.Compare(a.ID, b.ID))
	})
	for i, p := range list {
		id, alias := p.ID, s.ID
		if i == 0 {
			id, alias = s.ID, p.ID
		}
		x, err := t.transfer(p, s.Currency)
		if err != nil {
			return book.Records{}, nil, fmt.Errorf("on-demand settlement %s: %w", s.ID, err)
		}
		x.ID, x.Aliases = t.item(id), []string{alias}
		x.Revision = revision(x, stored{})
		out.Payouts = append(out.Payouts, x)
		if p.Fees == 0 {
			continue
		}
		if fee := t.transferFee(x, p); x.State == book.PayoutPaid {
			out.Transactions = append(out.Transactions, fee)
		} else {
			gone = append(gone, fee.ID)
		}
	}
	return out, gone, nil
}

// transfer is one transfer of an on-demand settlement, without its ids.
func (t translator) transfer(p wireOnDemandPayout, currency string) (book.Payout, error) {
	sent := *p.Amount - p.Fees
	if p.AmountSettled != nil && *p.AmountSettled != 0 {
		sent = *p.AmountSettled
	}
	a, err := amount(&sent, currency)
	if err != nil {
		return book.Payout{}, err
	}
	if p.Tax < 0 || p.Tax > p.Fees {
		return book.Payout{}, fmt.Errorf("tax %d is not a part of fee %d", p.Tax, p.Fees)
	}
	at := book.AtUnix(p.Created)
	x := book.Payout{Source: t.name, State: book.PayoutPending, Amount: a, SentAt: at,
		ArrivesOn: at.In(ist), Members: book.MembersUnstated, Trace: p.UTR}
	switch p.Status {
	case "processed":
		x.State = book.PayoutPaid
	case "reversed", "failed":
		x.State, x.FailedAt = book.PayoutFailed, book.AtUnix(cmp.Or(p.Reversed, p.Created))
	}
	return x, nil
}

// transferFee is the fee of an on-demand transfer, which no other row shows.
func (t translator) transferFee(of book.Payout, p wireOnDemandPayout) book.Transaction {
	x := book.Transaction{ID: t.item(p.ID + "/fee"), Source: t.name, Kind: book.Fee,
		State: book.Succeeded, At: of.SentAt, AvailableAt: of.SentAt, Currency: of.Amount.Currency,
		Fee: p.Fees - p.Tax, Tax: p.Tax, Net: -p.Fees, Charged: money.New(0, of.Amount.Currency),
		Parent: of.ID}
	x.Revision = revision(x, stored{})
	return x
}
