package paypal

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"countinghouse/app/book"
	"countinghouse/app/money"
	"countinghouse/sync/world"
)

// simRow is a row of the search.
type simRow struct {
	id, code, status   string
	at, updatedAt      book.Instant
	amount             money.Money
	fee                int64
	reference, kind    string
	text, bank         string
	invoice, custom    string
	payer, name, email string
	memo, moves        bool
	ending             int64
}

// index makes the rows of a ledger: each movement, each attempt and refund that moved nothing, and a
// memo row of each order.
func (s *Simulator) index() {
	l := &s.w.PayPal
	s.rows = nil
	charges, payouts := map[string]world.Charge{}, map[string]world.Payout{}
	left := map[string]int64{}
	for _, c := range l.Charges {
		charges[c.ID], left[c.ID] = c, c.Amount.Minor
	}
	for _, p := range l.Payouts {
		payouts[p.ID] = p
	}
	back := map[string]book.Instant{}
	for _, m := range l.Movements {
		if _, sale := charges[m.SourceID]; sale && m.Category == "refund" {
			left[m.SourceID] += m.Gross
			back[m.SourceID] = max(back[m.SourceID], m.At)
		}
	}
	for _, m := range l.Movements {
		s.byID[m.ID] = m
		r := simRow{id: m.ID, code: m.Type, status: "S", at: m.At, moves: true,
			updatedAt: cmp.Or(m.UpdatedAt, m.At), amount: money.New(m.Gross, m.Currency),
			fee: m.Fee + m.Tax, reference: m.SourceID, text: m.Text}
		if c, ok := charges[m.ID]; ok {
			r.of(c)
			if left[c.ID] == 0 {
				r.status, r.updatedAt = "V", back[c.ID]
			}
			s.memo(c)
		} else if c, ok := charges[m.SourceID]; ok && m.Category != "conversion" {
			r.party(c)
			if s.quirks.Twins && m.Type == "T1110" {
				r.id, r.reference = c.ID, c.ID
			}
		}
		if p, ok := payouts[m.ID]; ok {
			r.sent(p)
		}
		if r.reference != "" && r.kind == "" {
			r.kind = "TXN"
		}
		s.rows = append(s.rows, r)
	}
	s.attempts(charges)
	for i := range s.rows {
		if named := s.named[s.rows[i].id]; named != "" {
			s.rows[i].invoice = named
		}
	}
	s.settle()
}

// attempts adds what moved nothing.
func (s *Simulator) attempts(charges map[string]world.Charge) {
	letter := map[book.TransactionState]string{book.Pending: "P", book.Failed: "D",
		book.Cancelled: "D"}
	for _, c := range s.w.PayPal.Charges {
		if c.MovementID == "" {
			r := simRow{id: c.ID, code: "T0006", status: letter[c.State], at: c.At, updatedAt: c.At,
				amount: c.Amount, text: c.Text}
			if c.IntentID == "" {
				r.code = "T0003"
			}
			r.of(c)
			s.rows = append(s.rows, r)
		}
	}
	for _, f := range s.w.PayPal.Refunds {
		if f.MovementID == "" {
			r := simRow{id: f.ID, code: "T1107", status: letter[f.State], at: f.At, updatedAt: f.At,
				amount: f.Amount.Neg(), reference: f.ChargeID, kind: "TXN"}
			r.party(charges[f.ChargeID])
			s.rows = append(s.rows, r)
		}
	}
}

// memo adds the row of an order, which moves nothing.
func (s *Simulator) memo(c world.Charge) {
	if c.IntentID != "" {
		r := simRow{id: c.ID, code: "T1300", status: "S", at: c.At, updatedAt: c.At, amount: c.Amount,
			memo: true}
		r.of(c)
		s.rows = append(s.rows, r)
	}
}

// of notes that a row is a sale.
func (r *simRow) of(c world.Charge) {
	r.party(c)
	r.text = cmp.Or(c.Text, r.text)
	r.reference, r.kind = c.IntentID, "ODR"
	if c.IntentID == "" {
		r.reference, r.kind = agreementOf(c.Payer), "PAP"
	}
}

// agreementOf is the billing agreement of a payer, as the search writes it.
func agreementOf(payer string) string {
	sum := sha256.Sum256([]byte(payer))
	return "B" + strings.ToUpper(hex.EncodeToString(sum[:9]))[:17]
}

func (r *simRow) party(c world.Charge) {
	r.invoice, r.custom = c.InvoiceRef, c.ClientRef
	r.payer, r.name, r.email = c.Payer, c.Name, c.Email
}

// sent notes that a row is a withdrawal.
func (r *simRow) sent(p world.Payout) {
	r.bank = p.Trace
	switch p.State {
	case book.PayoutPaid:
	case book.PayoutFailed, book.PayoutCancelled:
		r.status, r.updatedAt = "V", p.FailedAt
		if p.FailureMovementID == "" {
			r.status = "D"
		}
	default:
		r.status = "P"
	}
}

// settle notes the balances behind each row and puts the rows in the order of their last change.
func (s *Simulator) settle() {
	slices.SortStableFunc(s.rows, func(a, b simRow) int { return cmp.Compare(a.at, b.at) })
	sums := map[money.Currency]int64{}
	for i := range s.rows {
		r := &s.rows[i]
		if r.moves {
			sums[r.amount.Currency] += r.amount.Minor - r.fee
		}
		r.ending = sums[r.amount.Currency]
	}
	slices.SortStableFunc(s.rows, func(a, b simRow) int {
		return cmp.Or(cmp.Compare(s.date(&a), s.date(&b)), cmp.Compare(a.id, b.id),
			cmp.Compare(a.code, b.code))
	})
}

// date is the date by which windows go.
func (s *Simulator) date(r *simRow) book.Instant {
	at := r.updatedAt
	if s.quirks.ByInitiation {
		at = r.at
	}
	return at / 1000 * 1000
}

// render is a row in PayPal's form; the running balance is left out under filters.
func (r *simRow) render(all, filtered bool) any {
	amount := func(minor int64) any {
		m := money.New(minor, r.amount.Currency)
		return map[string]any{"currency_code": string(m.Currency), "value": m.Decimal()}
	}
	info := map[string]any{"transaction_id": r.id, "transaction_event_code": r.code,
		"transaction_initiation_date": plus(r.at), "transaction_updated_date": plus(r.updatedAt),
		"transaction_amount": amount(r.amount.Minor), "transaction_status": r.status,
		"protection_eligibility": "02"}
	if r.fee != 0 {
		info["fee_amount"] = amount(-r.fee)
	}
	if !filtered && !r.memo {
		info["ending_balance"], info["available_balance"] = amount(r.ending), amount(r.ending)
	}
	for name, v := range map[string]string{"paypal_account_id": r.payer,
		"paypal_reference_id": r.reference, "paypal_reference_id_type": r.kind,
		"transaction_subject": r.text, "bank_reference_id": r.bank, "invoice_id": r.invoice,
		"custom_field": r.custom} {
		if v != "" {
			info[name] = v
		}
	}
	out := map[string]any{"transaction_info": info}
	if !all {
		return out
	}
	payer := map[string]any{"address_status": "N", "payer_name": map[string]any{}}
	if r.payer != "" {
		payer["account_id"], payer["payer_status"] = r.payer, "Y"
	}
	if r.email != "" {
		payer["email_address"] = r.email
	}
	if r.name != "" {
		payer["payer_name"] = map[string]any{"alternate_full_name": r.name}
	}
	out["payer_info"], out["shipping_info"] = payer, map[string]any{}
	out["cart_info"], out["store_info"] = map[string]any{}, map[string]any{}
	out["auction_info"], out["incentive_info"] = map[string]any{}, map[string]any{}
	return out
}
