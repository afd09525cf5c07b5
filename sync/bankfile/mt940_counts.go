package bankfile

import (
	"fmt"
	"strconv"
	"strings"

	"countinghouse/app/money"
)

// mtSum counts and adds entries.
type mtSum struct {
	n int
	money.Money
}

// plus is the sum of both.
func (a mtSum) plus(b mtSum) (mtSum, error) {
	if b.n == 0 {
		return a, nil
	}
	if a.n == 0 {
		return b, nil
	}
	sum, err := a.Money.Add(b.Money)
	return mtSum{a.n + b.n, sum}, err
}

// mtSums are the entries of an MT942 by their marks, without signs. big says that no integer holds
// one of them, or that they are in two currencies.
type mtSums struct {
	debit, credit, creditBack, debitBack, debitSoon, creditSoon mtSum
	big                                                         bool
}

func (s *mtSums) add(x *mtEntry, m money.Money) {
	to := &s.credit
	switch {
	case x.mark == "RC":
		to = &s.creditBack
	case x.mark == "RD":
		to = &s.debitBack
	case x.mark == "EC":
		to = &s.creditSoon
	case x.mark == "ED":
		to = &s.debitSoon
	case x.out():
		to = &s.debit
	}
	var err error
	if *to, err = to.plus(mtSum{1, m.Abs()}); err != nil {
		s.big = true
	}
}

// mtStated is a field :90D: or :90C:.
type mtStated struct {
	debits bool
	mtSum
}

// counted reads what an MT942 says that its debits or credits come to: "2EUR20,45".
func (m *mtReader) counted(tag string, rest []byte) error {
	if err := m.ready(); err != nil {
		return err
	}
	m.now.closed, m.now.interim = true, true
	text := strings.TrimSpace(m.text.decode(rest))
	n := digitsOf([]byte(text))
	count, err := strconv.Atoi(text[:n])
	if err == nil && len(text) < n+3 {
		err = fmt.Errorf("%q has no currency", text)
	}
	var c money.Currency
	if err == nil {
		c, err = money.ParseCurrency(text[n : n+3])
	}
	var sum money.Money
	if err == nil {
		sum, err = swiftAmount(strings.TrimSpace(text[n+3:]), c)
	}
	if err != nil {
		m.f.warn("%s: what it says of its entries (:%s:) cannot be read", m.called(), tag)
		return nil
	}
	if m.p.Currency == "" {
		m.p.Currency = c
	}
	if len(m.now.stated) < 2 {
		m.now.stated = append(m.now.stated, mtStated{tag == "90D", mtSum{count, sum}})
	}
	return nil
}

// checkCounts compares what an MT942 says of its entries with them. Banks differ in whether what is
// taken back, and what is only expected, is among them and on which side: any way that comes out
// is right.
func (m *mtReader) checkCounts() {
	s := &m.now.sums
	if s.big {
		return
	}
	none := mtSum{Money: money.New(0, m.currency())}
	for _, said := range m.now.stated {
		plain, soon, what := s.credit, s.creditSoon, "credits"
		if said.debits {
			plain, soon, what = s.debit, s.debitSoon, "debits"
		}
		holds := false
		for _, back := range []mtSum{none, s.creditBack, s.debitBack} {
			for _, soon := range []mtSum{none, soon} {
				sum, err := plain.plus(back)
				if err == nil {
					sum, err = sum.plus(soon)
				}
				holds = holds || err == nil && sum.n == said.n &&
					(sum.Money == said.Money || sum.n == 0 && said.IsZero())
			}
		}
		if !holds {
			if plain.n == 0 {
				plain = none
			}
			m.f.warn("%s: the bank counts %d %s of %s, the file has %d of %s", m.called(),
				said.n, what, said.Money, plain.n, plain.Money)
		}
	}
}
