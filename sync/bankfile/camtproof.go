package bankfile

import (
	"errors"
	"strconv"
	"strings"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// summary is what a statement says of its entries in TxsSummry, and what they come to. Banks count the
// booked entries or all of them: a figure that fits either is right.
type summary struct {
	stated      []statedSum
	booked, all entryTotals
	// unread counts the entries that could not be read: with them nothing can be compared.
	unread int
	// later is the sum of the booked entries that are valued after the closing balance.
	later entryTotals
}

// statedSum is a figure as the bank states it: of is "entries", "credits", "debits" or "net".
type statedSum struct {
	of, count, sum string
	out            bool
}

// entryTotals count entries and add them up, by side. err says why their sum is not known: they are in
// several currencies, or no integer holds it.
type entryTotals struct {
	credits, debits int
	in, out         money.Money
	currencyKnown   bool
	err             error
}

func (t *entryTotals) add(m money.Money) {
	if !t.currencyKnown {
		t.in, t.out = money.New(0, m.Currency), money.New(0, m.Currency)
		t.currencyKnown = true
	}
	var err error
	if m.Minor < 0 {
		t.debits++
		t.out, err = t.out.Sub(m)
	} else {
		t.credits++
		t.in, err = t.in.Add(m)
	}
	t.err = errors.Join(t.err, err)
}

// add takes an entry as the bank marks it, before a reversal is turned round.
func (s *summary) add(l book.BankLine) {
	s.all.add(l.Amount)
	if !l.Pending {
		s.booked.add(l.Amount)
	}
}

// read keeps what TxsSummry states; version 04 and later have an element around the net amount.
func (s *summary) read(e element) {
	all := e.at("TtlNtries")
	net := all.at("TtlNetNtry")
	for _, x := range []statedSum{
		{of: "entries", count: all.at("NbOfNtries").text(), sum: all.at("Sum").text()},
		{of: "credits", count: e.at("TtlCdtNtries", "NbOfNtries").text(), sum: e.at("TtlCdtNtries", "Sum").text()},
		{of: "debits", count: e.at("TtlDbtNtries", "NbOfNtries").text(), sum: e.at("TtlDbtNtries", "Sum").text()},
		{of: "net", sum: all.at("TtlNetNtryAmt").or(net.at("Amt")).text(),
			out: all.at("CdtDbtInd").or(net.at("CdtDbtInd")).text() == "DBIT"},
	} {
		if x.count != "" || x.sum != "" {
			s.stated = append(s.stated, x)
		}
	}
}

// of are the number and the sum that a stated figure is about.
func (t *entryTotals) of(x statedSum) (count int, sum money.Money, err error) {
	switch x.of {
	case "credits":
		return t.credits, t.in, t.err
	case "debits":
		return t.debits, t.out, t.err
	case "entries":
		sum, err = t.in.Add(t.out)
	default:
		if sum, err = t.in.Sub(t.out); x.out {
			sum = sum.Neg()
		}
	}
	return t.credits + t.debits, sum, errors.Join(t.err, err)
}

// fits reports whether the entries are as many and as much as stated. What cannot be compared fits: a
// sum over several currencies, or one that is no number.
func (t *entryTotals) fits(x statedSum) bool {
	count, sum, err := t.of(x)
	if n, bad := strconv.Atoi(x.count); bad == nil && n != count {
		return false
	}
	if x.sum == "" || err != nil {
		return true
	}
	if !t.currencyKnown {
		return strings.Trim(x.sum, "0.") == ""
	}
	m, bad := money.Parse(x.sum, sum.Currency)
	return bad != nil || m == sum
}

// remarks says what is odd about the statement's entries.
func (s *statement) remarks() {
	f := s.sink.f
	if len(s.odd) > 0 {
		f.warn("%s: the state %s of entries is not known: they are taken as pending", s.called("Sts"),
			strings.Join(s.odd, ", "))
	}
	if s.unpriced > 0 {
		f.warn("%s: the amounts of %d payments in batches cannot be read: they are left open",
			s.called("TxDtls"), s.unpriced)
	}
	if s.closed > 0 {
		f.warn("%s: %d batches are too large to list their payments: they count as one line each",
			s.called("TxDtls"), s.closed)
	}
	if s.summary.unread > 0 {
		return
	}
	for _, x := range s.summary.stated {
		if s.summary.booked.fits(x) || s.summary.all.fits(x) {
			continue
		}
		count, sum, _ := s.summary.all.of(x)
		said := x.sum
		if x.count != "" {
			said = strings.TrimSpace(x.count + " " + x.sum)
		}
		f.warn("%s: the bank's summary of %s says %s, the file has %d of %s", s.called("TxsSummry"), x.of,
			said, count, sum)
	}
}

// explain names the one reason for which a statement may miss its closing balance rightly: entries of
// a later value date, which the bank counts in its forward balance only.
func (s *statement) explain() {
	q, later := s.Proof, s.summary.later
	if !s.forward || q.Opening == nil || q.Closing == nil || !later.currencyKnown || later.err != nil {
		return
	}
	net, err := later.in.Sub(later.out)
	if err != nil || net.IsZero() {
		return
	}
	want, err := q.Opening.Add(s.tally.in(net.Currency).booked)
	if err == nil {
		want, err = want.Sub(net)
	}
	if err == nil && want == *q.Closing {
		s.sink.f.warn("%s: %s of entries are valued after %s: the bank counts them in its forward balance "+
			"and not in the closing one", s.called("Bal"), net, s.closing.on)
	}
}
