package reconcile

import (
	"fmt"
	"strings"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// kindWords are what people call the kinds of transaction.
var kindWords = map[book.TransactionKind]string{
	book.Charge: "charge", book.ChargeFailure: "failed debit", book.Refund: "refund",
	book.RefundFailure: "returned refund", book.Dispute: "dispute",
	book.Reinstatement: "won dispute", book.DisputeFee: "dispute fee", book.Fee: "fee",
	book.Tax: "tax", book.WithheldTax: "withheld tax", book.Adjustment: "adjustment",
	book.Conversion: "conversion", book.Reserve: "reserve",
	book.PayoutFailure: "returned payout", book.OtherMovement: "movement",
}

// name is what a sentence calls a record.
func (e *engine) name(r ref) string {
	i := r.at()
	switch r.sort() {
	case sortPay:
		return "payment " + strings.TrimPrefix(e.pays[i].ID.Native(), "payment/")
	case sortTx:
		t := e.txs[i]
		return e.title(t.Source) + " " + kindWords[t.Kind] + " " + t.ID.Native()
	case sortInv:
		return e.invoiceName(i)
	case sortPout:
		return e.title(e.pouts[i].Source) + " payout " + e.pouts[i].ID.Native()
	case sortLine:
		l := e.lines[i]
		id := ""
		if l.BankID != "" {
			id = " " + l.BankID
		}
		return "the bank line" + id + " of " + lineOn(l).String() + sender(l)
	}
	return "credit " + strings.TrimPrefix(e.creds[i].ID.Native(), "credit/")
}

func sender(l *book.BankLine) string {
	if l.Counterparty == "" {
		return ""
	}
	return " from " + l.Counterparty
}

// invoiceName is the printed number, else the id, with the customer's name.
func (e *engine) invoiceName(v int32) string {
	inv := e.invs[v]
	n := strings.TrimPrefix(inv.ID.Native(), "invoice/")
	if inv.Number != "" {
		n = inv.Number
	}
	return "invoice " + n + e.of(inv.CustomerID)
}

// of is " of Name" for a known customer.
func (e *engine) of(id book.ItemID) string {
	if c := e.custs[id]; c != nil {
		return " of " + c.Title()
	}
	return ""
}

// subject is a payment's invoice, else its customer, to follow an amount: " for invoice 7 of X".
func (e *engine) subject(i int32) string {
	if v := e.payInv[i]; v != none {
		return " for " + e.invoiceName(v)
	}
	return e.of(e.pays[i].CustomerID)
}

// figure is an amount without sign and code.
func figure(m money.Money) string {
	s, _, _ := strings.Cut(m.Abs().String(), " ")
	return s
}

// coded is an amount without sign, with its code.
func coded(m money.Money) string { return m.Abs().String() }

// other is the second figure of a sentence: without its code where the first one has the same.
func other(first, m money.Money) string {
	if first.Currency == m.Currency {
		return figure(m)
	}
	return coded(m)
}

// list names records in a sentence, at most four of them.
func (e *engine) list(rs []ref) string {
	var names []string
	for i, r := range rs {
		if i == 3 && len(rs) > 4 {
			names = append(names, fmt.Sprintf("%d more", len(rs)-3))
			break
		}
		names = append(names, e.name(r))
	}
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}

func (e *engine) whyAmbiguous(all []ref) string {
	return upper(fmt.Sprintf("%s fit each other equally well at %s, so a person has to say "+
		"which belong together.",
		e.list(all), coded(e.gross(all[0]))))
}

func (e *engine) whySuggested(left, right []ref) string {
	a, b := e.gross(left[0]), e.gross(right[0])
	if left[0].sort() == sortInv {
		a = e.openAmount(left[0])
	}
	doubt := "no reference ties them together"
	if right[0].sort() == sortLine && left[0].sort() != sortPout && len(e.transfer) > 0 {
		switch t := &e.transfer[right[0].at()]; {
		case len(t.left) > 0:
			doubt = "the text names another customer's open invoice too"
		case t.hidden != "":
			doubt = "the text holds the number " + t.hidden + " only within other letters and digits"
		}
	}
	if left[0].sort() == sortPout && right[0].sort() == sortLine {
		doubt += e.seenOn(e.lines[right[0].at()])
	}
	return upper(fmt.Sprintf("%s says %s and %s says %s, but %s, so a person has to confirm the "+
		"pair.",
		e.list(left), coded(a), e.list(right), other(a, b), doubt))
}

func (e *engine) whyMisfooted(i int32, n int, sum int64, missing int32) string {
	p := e.pouts[i]
	s := fmt.Sprintf("The %s is %s, but the members that it states (%d) come to %s, so %s is "+
		"not accounted for",
		e.name(poutRef(i)), coded(p.Amount), n, figure(money.New(sum, p.Amount.Currency)),
		figure(money.New(p.Amount.Minor-sum, p.Amount.Currency)))
	if missing != none {
		return s + "; the " + e.name(txRef(missing)) + " would make it up."
	}
	return s + "."
}

func (e *engine) whyPayoutDiffers(p, l int32) string {
	out, in := e.pouts[p].Amount, e.lines[l].Amount
	return fmt.Sprintf("The %s sent %s, but %s shows %s, so the bank differs by %s.",
		e.name(poutRef(p)), coded(out), e.name(lineRef(l)), other(out, in),
		figure(money.New(in.Minor-out.Minor, in.Currency)))
}

func (e *engine) whyTransferDiffers(left ref, l int32) string {
	due, got := e.openAmount(left), e.lines[l].Amount
	gap := figure(money.New(got.Minor-due.Minor, due.Currency))
	what := "the customer still owes " + gap
	if got.Minor > due.Minor {
		what = gap + " too much came in"
	}
	if left.sort() == sortPay {
		return fmt.Sprintf("Billing records %s%s, but %s shows %s, so the record is %s off.",
			coded(due), e.subject(left.at()), e.name(lineRef(l)), figure(got), gap)
	}
	return fmt.Sprintf("%s open on %s, but %s shows %s, so %s.", upper(coded(due)+" is"),
		e.name(left), e.name(lineRef(l)), figure(got), what)
}

// upper begins a sentence.
func upper(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
