package reconcile

import (
	"strconv"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// facts lists every fact that a match compared, left against right.
func (e *engine) facts(l *link) book.Facts {
	left, right := l.left[0], l.right[0]
	b := make([]byte, 0, 160)
	switch l.leg {
	case book.BillingGateway:
		b = e.billingFacts(b, left, right)
	case book.GatewayGateway:
		b = fact(b, "belongs to", string(e.id(left)), string(e.id(left)))
		b = fact(b, "gross", amountText(e.gross(left)), amountText(e.gross(right)))
	case book.GatewayPayout:
		p := e.pouts[right.at()]
		sum := int64(0)
		for _, r := range l.left {
			sum += e.txs[r.at()].Net
		}
		b = fact(b, "members", strconv.Itoa(len(l.left)), strconv.Itoa(len(l.left)))
		b = fact(b, "net", amountText(money.New(sum, p.Amount.Currency)), amountText(p.Amount))
	case book.PayoutBank:
		p, line := e.pouts[left.at()], e.lines[right.at()]
		b = fact(b, "amount", amountText(p.Amount), amountText(line.Amount))
		b = fact(b, "date", e.arrival(p).String(), lineOn(line).String())
		b = fact(b, "reference", p.Trace+" "+p.ID.Native(), line.Reference+" "+line.Text)
		b = fact(b, "sender", e.title(p.Source), line.Counterparty)
	case book.BankBilling:
		b = e.transferFacts(b, left, e.lines[right.at()])
	}
	return book.Facts(b)
}

func (e *engine) billingFacts(b []byte, left, right ref) []byte {
	if right.sort() != sortTx {
		return b
	}
	t := e.txs[right.at()]
	paid := charged(t)
	if left.sort() == sortInv {
		v := e.invs[left.at()]
		b = fact(b, "invoice", v.ID.Native(), t.InvoiceRef)
		return fact(b, "amount", amountText(money.New(v.Balance, v.Currency)), amountText(paid))
	}
	if left.sort() != sortPay {
		return b
	}
	p := e.pays[left.at()]
	b = fact(b, "reference", p.Reference, t.ID.Native())
	b = fact(b, "amount", amountText(p.Amount), amountText(paid))
	b = fact(b, "date", e.payOn[left.at()].String(), e.txOn[right.at()].String())
	b = fact(b, "fee", amountText(money.New(p.Fee, p.Amount.Currency)),
		amountText(money.New(t.Fee, t.Currency)))
	return fact(b, "state", "recorded", string(t.State))
}

func (e *engine) transferFacts(b []byte, left ref, l *book.BankLine) []byte {
	b = fact(b, "amount", amountText(e.openAmount(left)), amountText(l.Amount))
	v := none
	on, reference := e.on(left), ""
	switch left.sort() {
	case sortInv:
		v = left.at()
	case sortPay:
		v, reference = e.payInv[left.at()], e.pays[left.at()].Reference
	}
	b = fact(b, "date", on.String(), lineOn(l).String())
	if v != none {
		inv := e.invs[v]
		b = fact(b, "invoice", inv.ID.Native()+" "+inv.Number, l.Text)
		if c := e.custs[inv.CustomerID]; c != nil {
			b = fact(b, "customer", c.Title(), l.Counterparty)
		}
	}
	return fact(b, "reference", reference, l.BankID+" "+l.Reference)
}

// fact adds one line in the form of book.Facts; tabs and line ends become blanks.
func fact(b []byte, field, left, right string) []byte {
	b = append(b, field...)
	b = append(b, '\t')
	b = appendClean(b, left)
	b = append(b, '\t')
	b = appendClean(b, right)
	return append(b, '\n')
}

func appendClean(b []byte, s string) []byte {
	for i := range len(s) {
		switch s[i] {
		case '\t', '\n', '\r':
			b = append(b, ' ')
		default:
			b = append(b, s[i])
		}
	}
	return b
}

// amountText is an amount with its code: "1,234.50 EUR".
func amountText(m money.Money) string {
	if m.Currency == "" {
		return ""
	}
	return m.String()
}
