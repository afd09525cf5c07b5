package stripe

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"countinghouse/app/book"
)

// payout is the record of a payout; its members are another matter.
func (t translator) payout(body json.RawMessage) (book.Payout, error) {
	var p wirePayout
	if err := decode(body, &p); err != nil {
		return book.Payout{}, err
	}
	if p.ID == "" || p.Created == 0 {
		return book.Payout{}, errors.New("a payout has no id or no date")
	}
	sent, err := amount(p.Amount, p.Currency)
	if err != nil {
		return book.Payout{}, fmt.Errorf("payout %s: %w", p.ID, err)
	}
	x := book.Payout{ID: t.item(p.ID), Source: t.name, Amount: sent, State: p.state(),
		SentAt: book.AtUnix(p.Created), Members: p.members(), Descriptor: p.Descriptor,
		Reason: p.FailureCode}
	if p.ArrivalDate != 0 {
		x.ArrivesOn = book.DateOf(time.Unix(p.ArrivalDate, 0).UTC())
	}
	if p.Trace != nil {
		x.Trace = p.Trace.Value
	}
	if p.Movement.ID != "" {
		x.Aliases = []string{p.Movement.ID}
	}
	if p.Failure.body != nil {
		var back wireMovement
		if err := p.Failure.open(&back); err != nil {
			return book.Payout{}, fmt.Errorf("payout %s: its return: %w", p.ID, err)
		}
		x.FailedAt = book.AtUnix(back.Created)
	}
	x.Revision = fingerprint(x)
	return x, nil
}

// waiting is the payout with its members not stated yet, whatever it said itself.
func waiting(x book.Payout) book.Payout {
	x.Members, x.Revision = book.MembersPending, ""
	x.Revision = fingerprint(x)
	return x
}

func (p *wirePayout) state() book.PayoutState {
	switch p.Status {
	case "paid":
		return book.PayoutPaid
	case "failed":
		return book.PayoutFailed
	case "canceled":
		return book.PayoutCancelled
	case "in_transit":
		return book.PayoutInTransit
	}
	return book.PayoutPending
}

func (p *wirePayout) members() book.Members {
	switch {
	case !p.Automatic || p.Reconciliation == "not_applicable":
		return book.MembersUnstated
	case p.Reconciliation == "completed":
		return book.MembersStated
	}
	return book.MembersPending
}
