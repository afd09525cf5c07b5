package present

import (
	"slices"
	"strings"

	"countinghouse/app"
	"countinghouse/app/book"
	"countinghouse/app/money"
)

// all are the month's exceptions as they are now, with those that it no longer has because somebody
// settled them; those that were settled since it was read say so.
func (x *Exceptions) all() []*book.Exception {
	out := make([]*book.Exception, 0, len(x.month.Exceptions)+len(x.month.Settled))
	for _, list := range [][]book.Exception{x.month.Exceptions, x.month.Settled} {
		for i := range list {
			e := &list[i]
			if d, ok := x.done[e.ID]; ok {
				e = &d
			}
			out = append(out, e)
		}
	}
	return out
}

// Exception is the exception of an id, nil where there is none.
func (x *Exceptions) Exception(id string) *book.Exception {
	if d, ok := x.done[id]; ok {
		return &d
	}
	for _, list := range [][]book.Exception{x.month.Exceptions, x.month.Settled} {
		for i := range list {
			if list[i].ID == id {
				return &list[i]
			}
		}
	}
	return nil
}

// Settle shows exceptions as what a step made of them, until the month is read again.
func (x *Exceptions) Settle(ids []string, status book.ExceptionStatus) {
	for _, id := range ids {
		if e := x.Exception(id); e != nil {
			d := *e
			d.Status = status
			x.done[id] = d
		}
	}
}

// Listed are the ids of the tab's exceptions under the filter, in order.
func (x *Exceptions) Listed() []string {
	list := x.matching(x.tab)
	out := make([]string, len(list))
	for i, e := range list {
		out[i] = e.ID
	}
	return out
}

// After is the exception that follows some in the tab: the next one that is not among them, else the
// last one before; "" where none is left. Its class is unfolded.
func (x *Exceptions) After(ids []string) string {
	list := x.matching(x.tab)
	last := -1
	for i, e := range list {
		if slices.Contains(ids, e.ID) {
			last = i
		}
	}
	pick := func(e *book.Exception) bool {
		if slices.Contains(ids, e.ID) {
			return false
		}
		x.open[e.Class] = true
		return true
	}
	for _, e := range list[last+1:] {
		if pick(e) {
			return e.ID
		}
	}
	for i := last - 1; i >= 0; i-- {
		if pick(list[i]) {
			return list[i].ID
		}
	}
	return ""
}

// TakeFound takes what a search over all records found for a text; it is dropped where the text is
// another one by now.
func (x *Exceptions) TakeFound(text string, list []app.Found) {
	if strings.TrimSpace(text) != x.filter.Search {
		return
	}
	x.found, x.records = map[string]bool{}, nil
	for _, f := range list {
		for _, id := range f.Exceptions {
			x.found[id] = true
		}
		if len(f.Exceptions) == 0 {
			x.records = append(x.records, f)
		}
	}
}

// FoundGroup is the id of the group of found records that no exception holds.
const FoundGroup = "records"

// recordRows are the found records that no exception holds.
func (x *Exceptions) recordRows() []ExceptionRow {
	if len(x.records) == 0 || x.search == "" {
		return nil
	}
	out := []ExceptionRow{{ID: FoundGroup, Group: true, Title: "Records without an exception",
		Count: Count(len(x.records)), Amount: "", Folded: x.shut,
		Means: "The search found these records. No exception holds them.",
		Hint:  "Press Enter on one to see it as it is stored."}}
	if x.shut {
		return out
	}
	for _, f := range x.records {
		out = append(out, ExceptionRow{ID: string(f.Item), Record: true, Title: f.Title,
			Detail: f.Detail, Amount: f.Amount.String()})
	}
	return out
}

// Sums are the amounts of some exceptions, one sum for each currency, never across: "198.00 EUR".
func (x *Exceptions) Sums(ids []string) string {
	sums := map[money.Currency]money.Money{}
	for _, id := range ids {
		e := x.Exception(id)
		if e == nil {
			continue
		}
		c := e.Amount.Currency
		old, ok := sums[c]
		if !ok {
			sums[c] = e.Amount
			continue
		}
		sum, err := old.Add(e.Amount)
		if err != nil {
			return "too much to add up"
		}
		sums[c] = sum
	}
	var parts []string
	for _, s := range sums {
		parts = append(parts, Amount(s)+" "+string(s.Currency))
	}
	slices.Sort(parts)
	return strings.Join(parts, ", ")
}

// Pick are the exceptions of some ids, in order.
func (x *Exceptions) Pick(ids []string) []book.Exception {
	var out []book.Exception
	for _, id := range ids {
		if e := x.Exception(id); e != nil {
			out = append(out, *e)
		}
	}
	return out
}

// Common are the resolutions that are open to all of some exceptions and need no choice for each, in
// the order of the first one's. It may be called from any goroutine.
func Common(m *app.Month, list []book.Exception) []app.Offer {
	var out []app.Offer
	for i, e := range list {
		offers := m.Offers(e)
		if i == 0 {
			for _, o := range offers {
				single := o.Resolution == book.MatchByHand || o.Resolution == book.ChooseMatch
				if o.Blocked == "" && !single && !hasOffer(out, o.Resolution) {
					out = append(out, general(o))
				}
			}
			continue
		}
		out = slices.DeleteFunc(out, func(o app.Offer) bool {
			return !slices.ContainsFunc(offers, func(p app.Offer) bool {
				return p.Resolution == o.Resolution && p.Blocked == ""
			})
		})
	}
	return out
}

func hasOffer(list []app.Offer, r book.Resolution) bool {
	return slices.ContainsFunc(list, func(o app.Offer) bool { return o.Resolution == r })
}

// general is an offer without what is one exception's own.
func general(o app.Offer) app.Offer {
	if info, ok := o.Resolution.Info(); ok {
		o.Title, o.Effect = info.Title, info.Effect
	}
	o.Effect = effectText(o)
	o.Left, o.Right, o.Uses = nil, nil, nil
	return o
}
