package reconcile

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// statementProofs prove that each account's statements of the period foot, and follow each other
// without a gap.
func (e *engine) statementProofs() []book.Proof {
	byAccount := map[book.AccountName][]*book.Statement{}
	for i := range e.in.Books.Statements {
		s := &e.in.Books.Statements[i]
		byAccount[s.Account] = append(byAccount[s.Account], s)
	}
	sums := e.lineSums()
	names := make([]book.AccountName, 0, len(byAccount))
	for name := range byAccount {
		names = append(names, name)
	}
	slices.Sort(names)
	var out []book.Proof
	for _, name := range names {
		of := byAccount[name]
		slices.SortFunc(of, func(a, b *book.Statement) int {
			return cmp.Or(cmp.Compare(a.FromOn, b.FromOn), cmp.Compare(a.ToOn, b.ToOn),
				cmp.Compare(a.ID, b.ID))
		})
		chain := book.NewChain(of)
		for _, s := range of {
			if s.ToOn < e.in.Period.First() || s.FromOn > e.in.Period.Last() {
				continue
			}
			l := chain.Link(s)
			if lines, ok := sums.of(s, l.SharedFrom != 0); ok {
				out = append(out, e.statementProof(s, lines))
			}
			if l.Kind == book.Follows || l.Kind == book.Leaps {
				out = append(out, e.chainProof(l.Before, s))
			}
		}
	}
	return out
}

// lineSums are what the booked lines come to: by the statement that brought them, also on one day,
// and by account and day.
type lineSums struct {
	statement map[book.ItemID]int64
	ownDay    map[ownDay]int64
	day       map[accountDay]int64
}

type ownDay struct {
	statement book.ItemID
	on        book.Date
}

type accountDay struct {
	account  book.AccountName
	currency money.Currency
	on       book.Date
}

func (e *engine) lineSums() lineSums {
	sums := lineSums{map[book.ItemID]int64{}, map[ownDay]int64{}, map[accountDay]int64{}}
	for _, l := range e.lines {
		if !l.Pending {
			on := lineOn(l)
			sums.statement[l.StatementID] += l.Amount.Minor
			sums.ownDay[ownDay{l.StatementID, on}] += l.Amount.Minor
			sums.day[accountDay{l.Account, l.Amount.Currency, on}] += l.Amount.Minor
		}
	}
	return sums
}

// of is what a statement's lines come to. Where another statement tells of its days too, that one may
// have brought some of them: then all lines of its days are its own, but for those of the last day
// where it was made before the day was over. ok is false where it brought no line itself and begins
// or ends within a day that others tell of, so that nobody knows which lines it means.
func (x lineSums) of(s *book.Statement, shared bool) (lines int64, ok bool) {
	own, brought := x.statement[s.ID]
	if !shared || s.Opening == nil || s.Closing == nil || *s.Closing-*s.Opening == own {
		return own, true
	}
	all, last := int64(0), accountDay{s.Account, s.Currency, s.ToOn}
	for on := s.FromOn; on <= s.ToOn; on++ {
		all += x.day[accountDay{s.Account, s.Currency, on}]
	}
	early := all - x.day[last] + x.ownDay[ownDay{s.ID, s.ToOn}]
	if moved := *s.Closing - *s.Opening; early == moved {
		return early, true
	} else if all != moved && !brought {
		return 0, false
	}
	return all, true
}

func (e *engine) statementProof(s *book.Statement, lines int64) book.Proof {
	p := book.Proof{Kind: book.StatementBalance, Source: string(s.Account), Currency: s.Currency,
		AsOf: s.ToOn.Start(e.zone), Movement: lines, ProviderClosing: s.Closing, Holds: true}
	if s.Opening == nil || s.Closing == nil {
		p.ProviderClosing = nil
		p.Closing = lines
		if s.Opening != nil {
			p.Opening, p.Closing = *s.Opening, *s.Opening+lines
		}
		return p
	}
	p.Opening, p.Closing = *s.Opening, *s.Opening+lines
	if p.Holds = p.Closing == *s.Closing; !p.Holds {
		p.Why = fmt.Sprintf("The statement of %s to %s opens with %s and its lines lead to %s, "+
			"but it closes with %s.",
			s.Account, s.ToOn, money.New(p.Opening, s.Currency),
			signedFigure(money.New(p.Closing, s.Currency)),
			signedFigure(money.New(*s.Closing, s.Currency)))
	}
	return p
}

// chainProof compares two statements in a row.
func (e *engine) chainProof(a, b *book.Statement) book.Proof {
	p := book.Proof{Kind: book.StatementChain, Source: string(a.Account), Currency: a.Currency,
		AsOf: b.FromOn.Start(e.zone), Opening: *a.Closing, Closing: *a.Closing,
		ProviderClosing: b.Opening, Holds: *a.Closing == *b.Opening}
	if !p.Holds {
		p.Why = fmt.Sprintf("The statement of %s to %s closes with %s, but the next one opens "+
			"with %s, so a statement is missing between them.",
			a.Account, a.ToOn, money.New(*a.Closing, a.Currency),
			signedFigure(money.New(*b.Opening, b.Currency)))
	}
	return p
}

// invoiceProofs prove, by billing source and currency, that each invoice's total is its payments,
// its credit and its open balance.
func (e *engine) invoiceProofs() []book.Proof {
	proofs := map[purse]*book.Proof{}
	wrong := map[purse][]int32{}
	for i, v := range e.invs {
		if v.Status == book.InvoiceDraft || v.Status == book.InvoiceGone || v.Currency == "" {
			continue
		}
		k := purse{v.Source, v.Currency}
		p := proofs[k]
		if p == nil {
			p = &book.Proof{Kind: book.InvoiceTotals, Source: string(v.Source),
				Currency: v.Currency, AsOf: e.in.At, Holds: true, ProviderClosing: new(int64)}
			proofs[k] = p
		}
		paid := int64(0)
		for _, r := range e.rows[int32(i)] {
			if e.pays[r].Amount.Currency == v.Currency {
				paid += e.pays[r].Amount.Minor
			}
		}
		p.Opening += v.Total
		p.Movement -= paid
		p.Payouts += v.Credit
		*p.ProviderClosing += v.Balance
		if v.Total-v.Credit-paid != v.Balance {
			wrong[k] = append(wrong[k], int32(i))
		}
	}
	var out []book.Proof
	for k, p := range proofs {
		p.Closing = p.Opening + p.Movement - p.Payouts
		if of := wrong[k]; len(of) > 0 {
			p.Holds = false
			p.Why = e.whyTotals(of)
		}
		out = append(out, *p)
	}
	slices.SortFunc(out, func(a, b book.Proof) int {
		return cmp.Or(cmp.Compare(a.Source, b.Source), cmp.Compare(a.Currency, b.Currency))
	})
	return out
}

func (e *engine) whyTotals(of []int32) string {
	var names []string
	for _, v := range of {
		if len(names) == 3 {
			names = append(names, fmt.Sprintf("%d more", len(of)-3))
			break
		}
		names = append(names, e.invoiceName(v))
	}
	v := e.invs[of[0]]
	return fmt.Sprintf("The total of %s is %s, but its payments and credit leave another "+
		"balance than the %s that billing states: %s.",
		e.invoiceName(of[0]), coded(money.New(v.Total, v.Currency)),
		signedFigure(money.New(v.Balance, v.Currency)), strings.Join(names, ", "))
}
