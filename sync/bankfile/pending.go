package bankfile

import (
	"cmp"
	"slices"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// bookedWithin is how many days after its announcement a line is booked at the latest; what is booked
// later is another one.
const bookedWithin = 14

// announced pairs pending lines of the file with lines that the account has booked meanwhile: the
// file is older than what brought those.
func (p *pairing) announced() {
	groups := rest(p, func(l *book.BankLine, old bool) (money.Money, bool) {
		return l.Amount, l.Pending != old
	})
	for _, g := range groups {
		for _, i := range g[0] {
			l := p.open[i]
			for _, j := range g[1] {
				if !p.used[j] && (dated(l) != 0 || sameName(l, p.left[j])) && becomes(l, p.left[j]) {
					p.pair(i, j)
					break
				}
			}
		}
	}
}

// dated is a pending line's day, zero where it has none.
func dated(pending *book.BankLine) book.Date { return cmp.Or(pending.On, pending.ValueOn) }

// becomes says that a booked line is what a pending one announced: soon after, and under the same
// reference, with whatever amount it came to; or of the same amount and saying the same.
func becomes(pending, booked *book.BankLine) bool {
	on := dated(pending)
	if on != 0 && (booked.On < on || booked.On > on+bookedWithin) {
		return false
	}
	if sameName(pending, booked) {
		return true
	}
	if pending.Amount != booked.Amount {
		return false
	}
	x, y := sayings(pending), sayings(booked)
	return percent(&x, &y) >= alikePercent && !strangers(&x, &y)
}

// sameName says that two lines have a reference in common, and money goes the same way in both.
func sameName(a, b *book.BankLine) bool {
	return a.Amount.Currency == b.Amount.Currency && (a.Amount.Minor < 0) == (b.Amount.Minor < 0) &&
		(telling(a.BankID) && a.BankID == b.BankID || telling(a.Reference) && a.Reference == b.Reference)
}

// Settled are the lines among pending, all that the account has announced, that a statement settles:
// fresh and duplicates are what Merge made of it. An announced line is settled by the new line that
// it was booked as, one by each; by a statement of its day that neither announces nor books it; and,
// where it has no date, by the next list of announced lines that lacks it. A statement that the
// account has already settles nothing: it may be older than what was announced since.
func Settled(pending []book.BankLine, file Parsed, fresh, duplicates []book.BankLine) []book.ItemID {
	still := map[book.ItemID]bool{}
	list := false
	for _, l := range slices.Concat(fresh, duplicates) {
		if l.Pending {
			list = true
			still[l.ID] = true
		}
	}
	open := slices.DeleteFunc(slices.Clone(pending), func(l book.BankLine) bool {
		return !l.Pending || l.Account != file.Account || still[l.ID]
	})
	if len(open) == 0 {
		return nil
	}
	bookedAs := booked(open, fresh)
	var out []book.ItemID
	for i, l := range open {
		on := dated(&l)
		told := on == 0 && list || on != 0 && on >= file.FromOn && on <= file.ToOn &&
			(list || !file.interim())
		if bookedAs[i] || told {
			out = append(out, l.ID)
		}
	}
	return out
}

// booked marks the pending lines that new ones book, each at most one: those of the same amount
// first.
func booked(pending, fresh []book.BankLine) []bool {
	byAmount, byName := map[money.Money][]int{}, map[string][]int{}
	for j := range fresh {
		l := &fresh[j]
		if l.Pending {
			continue
		}
		byAmount[l.Amount] = append(byAmount[l.Amount], j)
		for _, name := range []string{l.BankID, l.Reference} {
			if telling(name) {
				byName[name] = append(byName[name], j)
			}
		}
	}
	out, used := make([]bool, len(pending)), make([]bool, len(fresh))
	take := func(i int, from []int) {
		for _, j := range from {
			if !out[i] && !used[j] && becomes(&pending[i], &fresh[j]) {
				out[i], used[j] = true, true
			}
		}
	}
	for i := range pending {
		take(i, byAmount[pending[i].Amount])
	}
	for i := range pending {
		take(i, byName[pending[i].BankID])
		take(i, byName[pending[i].Reference])
	}
	return out
}
