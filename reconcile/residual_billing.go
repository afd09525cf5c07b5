package reconcile

import (
	"fmt"
	"regexp"
	"strings"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// lonelyRows names payments that no movement explains.
func (e *engine) lonelyRows() {
	for i, p := range e.pays {
		r := int32(i)
		if e.payLink[i] != none || e.payHeld[i] || p.Amount.Minor == 0 {
			continue
		}
		switch {
		case e.behind[i] != "":
			e.lonelyGatewayRow(r)
		case e.payBank[i] != "":
			e.lonelyBankRow(r)
		case p.Amount.Minor > 0:
			e.nonCash[r] = true
			e.raise(finding{class: book.M8, leg: book.BillingGateway, about: e.rowAndInvoice(r),
				amount: p.Amount, why: fmt.Sprintf(
					"Billing records %s%s by %q, which is no gateway or account of ours, so no "+
						"money is expected and it needs a reason.",
					coded(p.Amount), e.subject(r), p.Method)})
		}
	}
}

func (e *engine) rowAndInvoice(i int32) []ref {
	if v := e.payInv[i]; v != none {
		e.invHeld[v] = true
		return []ref{payRef(i), invRef(v)}
	}
	return []ref{payRef(i)}
}

// published is the last moment up to which a gateway's movements can be in the books: that of the
// last balance that it stated, zero where it states none.
func (e *engine) published(gateway book.SourceName) book.Instant {
	last := book.Instant(0)
	for i := range e.in.Books.Balances {
		if b := &e.in.Books.Balances[i]; b.Source == gateway && b.At <= e.in.At {
			last = max(last, b.At)
		}
	}
	return last
}

// lagging names a row whose movement a gateway with a lag may not have shown yet: the lag is not
// over, or nobody has looked since. It reports false where neither is so.
func (e *engine) lagging(i int32, f *finding) bool {
	p, name := e.pays[i], e.title(e.behind[i])
	lag := book.Instant(e.sourceOf(e.behind[i]).StatesLag.Milliseconds())
	if lag == 0 {
		return false
	}
	moment := func(at book.Instant) string {
		return at.Time().In(e.zone).Format("2006-01-02 15:04")
	}
	switch last := e.published(e.behind[i]); {
	case p.At+lag > e.in.At:
		f.why = fmt.Sprintf("Billing records %s%s, and %s may publish its side until %s.",
			coded(p.Amount), e.subject(i), name, moment(p.At+lag))
	case last != 0 && p.At > last:
		f.why = fmt.Sprintf("Billing records %s%s at %s, and what %s has published is read up to "+
			"%s: the next sync tells.", coded(p.Amount), e.subject(i), moment(p.At), name, moment(last))
	default:
		return false
	}
	f.class, f.clears = book.T4, (p.At + lag).In(e.zone)
	return true
}

func (e *engine) lonelyGatewayRow(i int32) {
	p := e.pays[i]
	name := e.title(e.behind[i])
	f := finding{leg: book.BillingGateway, about: []ref{payRef(i)}, amount: p.Amount}
	switch {
	case e.lagging(i, &f):
	case p.Amount.Minor < 0:
		f.class = book.R2
		f.why = fmt.Sprintf("Billing records a refund of %s%s, but %s paid back 0.00, so the "+
			"customer may not have the money.",
			coded(p.Amount), e.subject(i), name)
	case byHand(p.Reference) && len(e.aliases[e.behind[i]].resolve(p.Reference)) == 0:
		f.class = book.M8
		e.nonCash[i] = true
		f.about = e.rowAndInvoice(i)
		f.why = fmt.Sprintf("Billing records %s%s by hand and names no %s charge, so no money "+
			"is expected and it needs a reason.",
			coded(p.Amount), e.subject(i), name)
	default:
		f.class = book.M2
		if len(e.aliases[e.behind[i]].resolve(p.Reference)) > 0 {
			f.why = fmt.Sprintf("Billing records %s%s through %s as %s, but what %s has under "+
				"that id is something else, so 0.00 of it is explained.",
				coded(p.Amount), e.subject(i), name, p.Reference, name)
			break
		}
		f.why = fmt.Sprintf("Billing records %s%s through %s as %s, but %s knows no such money, "+
			"so 0.00 of it came in.",
			coded(p.Amount), e.subject(i), name, p.Reference, name)
	}
	e.payHeld[i] = true
	e.raise(f)
}

// byHand reports whether a reference cannot be a gateway's id: somebody typed it, or nothing. An id
// has a digit, or else the form of one: a short word before an underscore and one word of 14 or more
// letters behind it, or 17 capitals.
func byHand(reference string) bool {
	f := fold(reference)
	return len(f) < 6 || !strings.ContainsAny(f, "0123456789") && !idForm.MatchString(reference)
}

var idForm = regexp.MustCompile(`^\s*([a-z]{2,6}_[A-Za-z]{14,}|[A-Z]{17})\s*$`)

// lonelyBankRow names a bank transfer in billing that the account's statements should show by now.
func (e *engine) lonelyBankRow(i int32) {
	p := e.pays[i]
	a := e.account(e.payBank[i])
	if a == nil || !e.covers(a.Name, e.payOn[i], addBusinessDays(a, e.payOn[i], daysAfter)) {
		return
	}
	e.payHeld[i] = true
	f := finding{class: book.M2, leg: book.BankBilling, about: []ref{payRef(i)}, amount: p.Amount,
		why: fmt.Sprintf("Billing records a bank transfer of %s%s, but the account %s shows "+
			"0.00 of it.",
			coded(p.Amount), e.subject(i), a.Name)}
	if p.Amount.Minor < 0 {
		f.class = book.R2
		f.why = fmt.Sprintf("Billing records a transfer of %s back%s, but the account %s shows "+
			"0.00 of it, so the customer may not have the money.",
			coded(p.Amount), e.subject(i), a.Name)
	}
	e.raise(f)
}

// account is the configured account of a name, nil for none.
func (e *engine) account(name book.AccountName) *Account {
	for i := range e.in.Accounts {
		if e.in.Accounts[i].Name == name {
			return &e.in.Accounts[i]
		}
	}
	return nil
}

// lonelyCharges names charges that are pending, and receipts that billing does not know.
func (e *engine) lonelyCharges() {
	for i, tx := range e.txs {
		t := int32(i)
		if tx.Kind != book.Charge || e.txHeld[i] || charged(tx).Minor <= 0 {
			continue
		}
		paid := charged(tx)
		switch {
		case tx.State == book.Pending:
			f := finding{class: book.T5, leg: book.BillingGateway, about: []ref{txRef(t)},
				amount: paid, clears: tx.DueOn}
			if f.clears == 0 {
				f.clears = max(tx.AvailableAt.In(e.zone), e.txOn[i]+7)
			}
			f.why = fmt.Sprintf("The %s of %s is not final, so %s may still not come%s.",
				e.name(txRef(t)), coded(paid), figure(paid), came(tx))
			e.txHeld[i] = true
			e.raise(f)
		case e.unrecorded(t):
			e.raise(e.unrecordedReceipt(t, paid))
			e.txHeld[i] = true
		}
	}
}

// came says how much of what a payer was asked in a crypto currency came, as the end of a sentence; ""
// where nobody says.
func came(tx *book.Transaction) string {
	all := tx.Asked == tx.Paid
	if tx.Paid == "" || all && tx.State == book.Succeeded {
		return ""
	}
	state := strings.ToLower(strings.ReplaceAll(tx.Reason, "_", " "))
	if state != "" {
		state = " (" + state + ")"
	}
	switch {
	case tx.Asked == "":
		return fmt.Sprintf(": %s came%s", tx.Paid, state)
	case all:
		return fmt.Sprintf(": %s came, all that was asked%s", tx.Paid, state)
	}
	return fmt.Sprintf(": %s came of the %s that were asked%s", tx.Paid, tx.Asked, state)
}

func (e *engine) unrecordedReceipt(t int32, paid money.Money) finding {
	f := finding{class: book.M1, leg: book.BillingGateway, about: []ref{txRef(t)}, amount: paid}
	v := e.refInv[t]
	if v == none {
		f.why = fmt.Sprintf("The %s brought %s, but billing records 0.00 of it and the charge "+
			"names no invoice of ours.",
			e.name(txRef(t)), coded(paid))
		return f
	}
	f.about = append(f.about, invRef(v))
	e.invHeld[v] = true
	inv := e.invs[v]
	open := money.New(max(inv.Balance, 0), inv.Currency)
	switch {
	case inv.Status == book.InvoiceCancelled:
		f.flags = []book.Flag{book.FlagInvoiceCancelled}
		f.why = fmt.Sprintf("The %s brought %s, but %s is cancelled and billing records 0.00, "+
			"so the customer paid for nothing.",
			e.name(txRef(t)), coded(paid), e.invoiceName(v))
	case inv.Status.Open():
		f.why = fmt.Sprintf("The %s brought %s, but billing records no payment, so %s still "+
			"shows %s as open.",
			e.name(txRef(t)), coded(paid), e.invoiceName(v), other(paid, open))
	default:
		f.why = fmt.Sprintf("The %s brought %s, but billing records no payment of it and shows "+
			"%s open on %s.",
			e.name(txRef(t)), coded(paid), other(paid, open), e.invoiceName(v))
	}
	return f
}
