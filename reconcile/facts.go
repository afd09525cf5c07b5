package reconcile

import (
	"strconv"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// factBook writes the facts of many matches into few large strings.
type factBook struct {
	text []byte
	to   []*book.Facts
	ends []int
}

// add writes one match's facts, which stand in to after the next flush.
func (f *factBook) add(e *engine, l *link, to *book.Facts) {
	f.text = e.facts(f.text, l)
	f.to, f.ends = append(f.to, to), append(f.ends, len(f.text))
	if len(f.text) > 1<<20 {
		f.flush()
	}
}

func (f *factBook) flush() {
	all, from := string(f.text), 0
	for i, to := range f.to {
		*to = book.Facts(all[from:f.ends[i]])
		from = f.ends[i]
	}
	f.text, f.to, f.ends = f.text[:0], f.to[:0], f.ends[:0]
}

// facts appends every fact that a match compared, left against right.
func (e *engine) facts(b []byte, l *link) []byte {
	left, right := l.left[0], l.right[0]
	if l.rule != nil {
		b = e.ruleFacts(b, l)
	}
	switch l.leg {
	case book.BillingGateway:
		b = e.billingFacts(b, left, right)
	case book.GatewayGateway:
		b = fact(b, "belongs to", string(e.id(left)), string(e.id(left)))
		b = amounts(b, "gross", e.gross(left), e.gross(right))
	case book.GatewayPayout:
		p := e.pouts[right.at()]
		sum := int64(0)
		for _, r := range l.left {
			sum += e.txs[r.at()].Net
		}
		b = fact(b, "members", strconv.Itoa(len(l.left)), strconv.Itoa(len(l.left)))
		b = amounts(b, "net", money.New(sum, p.Amount.Currency), p.Amount)
	case book.PayoutBank:
		line := e.lines[right.at()]
		if left.sort() == sortTx {
			t := e.txs[left.at()]
			b = amounts(b, "amount returned", money.New(t.Gross, t.Currency), line.Amount.Neg())
			return fact(b, "reference", t.Parent.Native(), line.Reference+" "+line.Text)
		}
		p := e.pouts[left.at()]
		b = amounts(b, "amount", p.Amount, line.Amount)
		b = e.dates(b, e.arrival(p), lineOn(line))
		b = fact(b, "reference", p.Trace+" "+p.ID.Native(), line.Reference+" "+line.Text)
		b = fact(b, "sender", e.title(p.Source), line.Counterparty)
	case book.BankBilling:
		if len(l.left)+len(l.right) > 2 {
			return e.sumFacts(b, l)
		}
		b = e.transferFacts(b, left, e.lines[right.at()])
	}
	return b
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
		return amounts(b, "amount", money.New(v.Balance, v.Currency), paid)
	}
	if left.sort() != sortPay {
		return b
	}
	p := e.pays[left.at()]
	b = fact(b, "reference", p.Reference, t.ID.Native())
	b = amounts(b, "amount", p.Amount, paid)
	b = e.dates(b, e.payOn[left.at()], e.txOn[right.at()])
	b = amounts(b, "fee", money.New(p.Fee, p.Amount.Currency),
		money.New(t.Fee, t.Currency))
	return fact(b, "state", "recorded", string(t.State))
}

// sumFacts are those of several records that are matched as a whole.
func (e *engine) sumFacts(b []byte, l *link) []byte {
	due := money.New(0, e.openAmount(l.left[0]).Currency)
	for _, r := range l.left {
		due.Minor += e.openAmount(r).Minor
	}
	b = fact(b, "records", strconv.Itoa(len(l.left)), strconv.Itoa(len(l.right)))
	b = amounts(b, "amount", due, e.cameIn(l.right))
	for _, r := range l.left {
		b = fact(b, "pays", string(e.id(r)), e.openAmount(r).String())
	}
	return b
}

func (e *engine) transferFacts(b []byte, left ref, l *book.BankLine) []byte {
	b = amounts(b, "amount", e.openAmount(left), l.Amount)
	v := none
	on, reference := e.on(left), ""
	switch left.sort() {
	case sortInv:
		v = left.at()
	case sortPay:
		v, reference = e.payInv[left.at()], e.pays[left.at()].Reference
	}
	b = e.dates(b, on, lineOn(l))
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

// dates adds the line of two dates; there are few different ones, and each is printed once.
func (e *engine) dates(b []byte, left, right book.Date) []byte {
	text := func(d book.Date) string {
		s, ok := e.dateText[d]
		if !ok {
			s = d.String()
			e.dateText[d] = s
		}
		return s
	}
	return fact(b, "date", text(left), text(right))
}

// amounts adds a line with two amounts, "1,234.50 EUR"; mostly they are equal and printed once.
func amounts(b []byte, field string, left, right money.Money) []byte {
	one := amountText(left)
	two := one
	if left != right {
		two = amountText(right)
	}
	return fact(b, field, one, two)
}

func amountText(m money.Money) string {
	if m.Currency == "" {
		return ""
	}
	return m.String()
}
