package reconcile

import (
	"fmt"
	"math/big"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// pairFindings compares what billing and the gateway say of each linked pair, and names the first
// difference: currency, party, state, amount, fee, conversion.
func (e *engine) pairFindings() {
	e.learnPayers()
	for at := range e.links {
		l := &e.links[at]
		if l.leg != book.BillingGateway || len(l.left) > 1 || len(l.right) > 1 ||
			l.left[0].sort() != sortPay || !l.state.Live() {
			continue
		}
		i, t := l.left[0].at(), l.right[0].at()
		if l.state == book.Confirmed && !e.wholly(l) {
			continue
		}
		if e.pairFinding(i, t) {
			e.payHeld[i], e.txHeld[t] = true, true
		}
	}
	for t := range int32(len(e.txs)) {
		if !e.txHeld[t] {
			e.conversion(t)
		}
	}
}

// wholly reports whether no other match shares the records of a pair.
func (e *engine) wholly(l *link) bool {
	alone := true
	_ = e.visit(l, func(r ref, left bool, use money.Money) error {
		alone = alone && *e.use.of(r, l.leg, left) == use.Minor
		return nil
	})
	return alone
}

func (e *engine) pairFinding(i, t int32) bool {
	p, tx := e.pays[i], e.txs[t]
	paid := charged(tx)
	f := finding{leg: book.BillingGateway, about: []ref{payRef(i), txRef(t)}}
	gap := money.New(p.Amount.Minor-paid.Minor, p.Amount.Currency)
	switch {
	case p.Amount.Currency != paid.Currency:
		f.class, f.amount = book.D4, p.Amount
		f.why = fmt.Sprintf("Billing records %s%s, but the %s took %s, so the two stand in "+
			"different currencies.",
			coded(p.Amount), e.subject(i), e.name(txRef(t)), coded(paid))
	case e.otherParty(i, t) != "":
		f.class, f.amount = book.D5, p.Amount
		f.why = fmt.Sprintf("Billing applied %s to %s, but the %s of %s belongs to %s, so one "+
			"customer's money paid for another.",
			coded(p.Amount), e.applied(i), e.name(txRef(t)), figure(paid), e.otherParty(i, t))
	case e.isOver(tx) && !e.isReversed(i, t):
		f.class, f.amount = book.D6, p.Amount
		f.why = fmt.Sprintf("Billing records %s as received%s, but the %s of %s %s, so no money "+
			"came.",
			coded(p.Amount), e.subject(i), e.name(txRef(t)), figure(paid), stateWord(tx))
	case e.paidCancelled(i, t):
		f.class, f.amount = book.D6, p.Amount
		f.about = append(f.about, invRef(e.payInv[i]))
		f.why = fmt.Sprintf("The %s took %s and billing records %s, but %s is cancelled, so the "+
			"customer paid for nothing.",
			e.name(txRef(t)), coded(paid), other(paid, p.Amount), e.invoiceName(e.payInv[i]))
	case p.Amount != paid && tx.State != book.Pending:
		f.class, f.amount = book.A4, gap
		f.why = fmt.Sprintf("Billing records %s%s, but the %s was %s, so the record is %s off%s.",
			coded(p.Amount), e.subject(i), e.name(txRef(t)), figure(paid), figure(gap), came(tx))
	case e.feeDiffers(i, t):
		f.class = book.A5
		f.amount = money.New(p.Fee-tx.Fee-tx.Tax, tx.Currency)
		f.why = fmt.Sprintf("Billing records a fee of %s%s, but the %s cost %s, so the fee is "+
			"%s off.",
			coded(money.New(p.Fee, p.Amount.Currency)), e.subject(i), e.name(txRef(t)),
			figure(money.New(tx.Fee+tx.Tax, tx.Currency)), figure(f.amount))
	default:
		if !e.offContract(i, t, &f) {
			return false
		}
	}
	e.raise(f)
	return true
}

// offContract is A5 by the contract's fees, where they are configured: the gateway took something else,
// or billing recorded none.
func (e *engine) offContract(i, t int32, f *finding) bool {
	p, tx := e.pays[i], e.txs[t]
	fee, off := e.offTariff(t)
	switch {
	case off:
		f.amount = money.New(tx.Fee-fee.Minor, tx.Currency)
		f.why = fmt.Sprintf("The %s of %s cost %s, but by contract it costs %s, so the fee is %s off.",
			e.name(txRef(t)), coded(money.New(tx.Gross, tx.Currency)),
			figure(money.New(tx.Fee, tx.Currency)), figure(fee), figure(f.amount))
	case fee.Minor != 0 && p.Fee == 0 && p.Amount == charged(tx):
		f.amount = money.New(tx.Fee+tx.Tax, tx.Currency)
		f.why = fmt.Sprintf("Billing records no fee%s, but the %s cost %s as the contract says, so the "+
			"fee is %s off.", e.subject(i), e.name(txRef(t)), coded(f.amount), figure(f.amount))
	default:
		return false
	}
	f.class = book.A5
	return true
}

// offTariff compares the fee of a charge with what the gateway takes by contract, tax on it included or
// not; one minor unit either way is rounding. It gives the fee by contract.
func (e *engine) offTariff(t int32) (money.Money, bool) {
	tx := e.txs[t]
	gross := money.New(tx.Gross, tx.Currency)
	if tx.Kind != book.Charge || !moved(tx) || charged(tx) != gross {
		return money.Money{}, false
	}
	fee, ok := e.sourceOf(tx.Source).Tariff.Fee(gross)
	near := func(n int64) bool { return n-fee.Minor >= -1 && n-fee.Minor <= 1 }
	return fee, ok && !near(tx.Fee) && !near(tx.Fee+tx.Tax)
}

func (e *engine) applied(i int32) string {
	if v := e.payInv[i]; v != none {
		return e.invoiceName(v)
	}
	return e.name(payRef(i)) + e.of(e.pays[i].CustomerID)
}

func stateWord(t *book.Transaction) string {
	if t.State == book.Cancelled {
		return "was cancelled"
	}
	return "failed"
}

func (e *engine) isOver(t *book.Transaction) bool {
	return t.Kind == book.Charge && (t.State == book.Failed || t.State == book.Cancelled)
}

// isReversed reports whether billing took a receipt back: a row refunds it, or records the failure
// of its charge.
func (e *engine) isReversed(i, t int32) bool {
	for _, c := range e.children[t] {
		if e.txs[c].Kind == book.ChargeFailure && e.payOf(c) != none {
			return true
		}
	}
	back := int64(0)
	if v := e.payInv[i]; v != none {
		for _, r := range e.rows[v] {
			if p := e.pays[r]; p.RefundOf == e.pays[i].ID && p.Amount.Minor < 0 {
				back -= p.Amount.Minor
			}
		}
	}
	return back >= e.pays[i].Amount.Minor
}

// paidCancelled reports whether a receipt that was not given back pays a cancelled invoice.
func (e *engine) paidCancelled(i, t int32) bool {
	v := e.payInv[i]
	return v != none && e.invs[v].Status == book.InvoiceCancelled && e.txs[t].Kind == book.Charge &&
		e.txs[t].State == book.Succeeded && e.keptOf(t) > 0 && !e.isReversed(i, t)
}

// feeDiffers compares billing's fee with the gateway's, tax on it included or not.
func (e *engine) feeDiffers(i, t int32) bool {
	p, tx := e.pays[i], e.txs[t]
	return tx.Kind == book.Charge && moved(tx) && tx.Currency == p.Amount.Currency &&
		charged(tx) == money.New(tx.Gross, tx.Currency) && !e.sourceOf(tx.Source).NoFees &&
		p.Fee != tx.Fee && p.Fee != tx.Fee+tx.Tax
}

// payer is a gateway's own id of a customer.
type payer struct {
	source book.SourceName
	id     string
}

// learnPayers remembers whose money came from each payer that some charge knows its customer by
// alone, where all charges that name a customer agree.
func (e *engine) learnPayers() {
	e.payers = map[payer]string{}
	for _, t := range e.txs {
		if t.Payer != "" && t.CustomerRef == "" && t.InvoiceRef == "" && t.Kind == book.Charge {
			e.payers[payer{t.Source, t.Payer}] = ""
		}
	}
	mixed := map[payer]bool{}
	for _, t := range e.txs {
		if t.Payer == "" || t.CustomerRef == "" || t.Kind != book.Charge {
			continue
		}
		key := payer{t.Source, t.Payer}
		switch had, ok := e.payers[key]; {
		case !ok:
		case had != "" && had != t.CustomerRef:
			mixed[key] = true
		default:
			e.payers[key] = t.CustomerRef
		}
	}
	for key := range mixed {
		delete(e.payers, key)
	}
}

// otherParty is the customer or invoice that a charge names, where it is not the one that billing
// applied it to; "" where they agree or the charge names none.
func (e *engine) otherParty(i, t int32) string {
	tx := e.txs[t]
	mine := customerNative(e.customerOf(i))
	if tx.Kind != book.Charge || mine == "" {
		return ""
	}
	ref := tx.CustomerRef
	if ref == "" && tx.InvoiceRef != "" {
		v, ok := e.invAt[book.NewID(e.pays[i].Source, "invoice/"+tx.InvoiceRef)]
		if !ok || e.named(i, tx) {
			return ""
		}
		ref = customerNative(e.invs[v].CustomerID)
	} else if ref == "" && tx.Payer != "" {
		ref = e.payers[payer{tx.Source, tx.Payer}]
	}
	if ref == "" || ref == mine {
		return ""
	}
	if c := e.custs[book.NewID(e.pays[i].Source, "customer/"+ref)]; c != nil {
		return c.Title()
	}
	return "customer " + ref
}

// conversion recomputes a converted movement at the provider's own rate: one minor unit is rounding
// and explains itself, more is a variance.
func (e *engine) conversion(t int32) {
	tx := e.txs[t]
	paid := charged(tx)
	if tx.Rate == "" || paid.Currency == tx.Currency || tx.Gross == 0 ||
		tx.Kind != book.Charge && tx.Kind != book.Refund {
		return
	}
	rate, ok := new(big.Rat).SetString(tx.Rate)
	if !ok {
		return
	}
	want, err := paid.Convert(rate, tx.Currency)
	if err != nil || want.Minor == tx.Gross {
		return
	}
	got := money.New(tx.Gross, tx.Currency)
	gap := money.New(got.Minor-want.Minor, got.Currency)
	f := finding{class: book.A6, leg: book.BillingGateway, about: []ref{txRef(t)}, amount: gap,
		why: fmt.Sprintf("%s at %s is %s, but the %s brought %s, so the conversion is %s off.",
			coded(paid), tx.Rate, coded(want), e.name(txRef(t)), figure(got), figure(gap))}
	if gap.Abs().Minor == 1 {
		f.class, f.status = book.A7, book.Explained
		f.why = fmt.Sprintf("%s at %s is %s and the %s brought %s: a rounding of the last digit.",
			coded(paid), tx.Rate, coded(want), e.name(txRef(t)), figure(got))
	}
	e.raise(f)
}

// secondPostings raises D2 for rows that record a receipt once more, with the credit they made.
func (e *engine) secondPostings() {
	for i := range int32(len(e.pays)) {
		first, ok := e.dupPays[i]
		if !ok {
			continue
		}
		p := e.pays[i]
		about := []ref{payRef(i)}
		kind := "second"
		if t := e.txOf(first); t != none {
			about = append(about, txRef(t))
			kind = "a second time, but there is only one " + e.name(txRef(t))
		}
		e.payHeld[i] = true
		e.raise(finding{class: book.D2, leg: book.BillingGateway, about: about, amount: p.Amount,
			why: fmt.Sprintf("Billing records %s%s %s, which %s already stands for with %s, so "+
				"this row has to go.",
				coded(p.Amount), e.subject(i), kind, e.name(payRef(first)),
				figure(e.pays[first].Amount))})
	}
}
