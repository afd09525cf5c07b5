package present

import (
	"fmt"
	"slices"
	"strings"

	"countinghouse/app"
	"countinghouse/app/book"
	"countinghouse/app/money"
)

// Way is a way to reach a difference of zero. It chooses rows and posts nothing.
type Way struct {
	// Key is the number that takes it, "" for one that was rejected.
	Key           string
	Title, Detail string
	Amount        string
	Difference    string
	Zero          bool
	Facts         []app.CandidateFact
	Rejected      bool
	candidate     app.Candidate
}

const (
	waysShown     = 3
	rejectedShown = 2
)

// Ways are the suggestions for what was chosen, or for the money under the cursor: at most three, then
// what somebody rejected. They are those of the last Suggest.
func (h *Hand) Ways() []Way { return h.ways }

// Asked is the question whose answer Suggest takes. It may be asked beside the goroutine that uses the
// view; it is nil where nothing is chosen or looked at.
func (h *Hand) Asked() func() []app.Candidate {
	left, right, m := slices.Clone(h.chosen[Applied]), slices.Clone(h.chosen[Received]), h.m
	switch {
	case len(left)+len(right) > 0:
		return func() []app.Candidate { return waysOf(m, left, right) }
	case h.items[Received][h.looked] != nil:
		looked := h.looked
		return func() []app.Candidate { return m.Candidates(looked) }
	}
	return nil
}

// waysOf are the ways to zero; for one piece of money then what is near, as long as nothing was chosen for
// it, and last what somebody rejected for it.
func waysOf(m *app.Month, left, right []book.ItemID) []app.Candidate {
	found := m.Ways(left, right)
	if len(left) == 0 {
		// Credit is for what is left over: here everything would be.
		found = slices.DeleteFunc(found, func(c app.Candidate) bool { return c.Credit })
	}
	if len(right) != 1 {
		return found
	}
	for _, c := range m.Candidates(right[0]) {
		there := slices.ContainsFunc(found, func(o app.Candidate) bool {
			return slices.Equal(slices.Sorted(slices.Values(o.Items)),
				slices.Sorted(slices.Values(c.Items)))
		})
		if !there && (c.Rejected || len(left) == 0) {
			found = append(found, c)
		}
	}
	return found
}

// Rejected says of the suggestions that somebody rejected who did it when, as the events tell. user is
// who looks at it.
func (h *Hand) Rejected(events []app.Event, user string) {
	for i := range h.ways {
		w := &h.ways[i]
		for _, e := range events {
			if !w.Rejected || len(w.candidate.Items) == 0 || !strings.Contains(strings.ToLower(e.What),
				strings.ToLower(h.m.ItemName(w.candidate.Items[0]))) {
				continue
			}
			who := e.By
			if who == user {
				who = "You"
			}
			w.Detail = who + " rejected this on " + e.At.In(h.m.Config.Zone()).String() + "."
		}
	}
}

// Suggest takes the candidates that were asked for; those with records that are not in the lists, or in
// another currency, are left out.
func (h *Hand) Suggest(found []app.Candidate) {
	h.ways = nil
	most, rejected := waysShown, 0
	if slices.ContainsFunc(found, func(c app.Candidate) bool { return c.Rejected }) {
		most-- // so that there is room to see what was rejected
	}
	seen := map[string]bool{}
	for _, c := range found {
		key := fmt.Sprint(slices.Sorted(slices.Values(c.Items)))
		if seen[key] {
			continue
		}
		seen[key] = true
		w := Way{Title: h.wayTitle(c), Detail: c.Detail, Amount: Amount(c.Amount),
			Difference: Amount(c.Difference), Zero: c.Difference.Minor == 0, Facts: c.Facts,
			Rejected: c.Rejected, candidate: c}
		switch {
		case !h.offers(c):
		case c.Rejected && rejected < rejectedShown:
			rejected++
			h.ways = append(h.ways, w)
		case !c.Rejected && len(h.ways)-rejected < most:
			h.ways = slices.Insert(h.ways, len(h.ways)-rejected, w)
		}
	}
	for i := range h.ways {
		if !h.ways[i].Rejected {
			h.ways[i].Key = fmt.Sprint(i + 1)
		}
	}
}

// wayTitle is a candidate's title; several invoices are named by their numbers alone, so that all fit.
func (h *Hand) wayTitle(c app.Candidate) string {
	var names []string
	for _, id := range c.Items {
		v := h.m.Invoice(id)
		if v == nil {
			return c.Title
		}
		names = append(names, invoiceName(v))
	}
	if len(names) < 2 || len(names) > 4 {
		return c.Title
	}
	title := "Invoices " + and(names)
	if strings.HasPrefix(c.Title, "Add ") {
		title = "Add invoices " + and(names)
	}
	return title
}

// offers reports whether the rows of a candidate can be chosen.
func (h *Hand) offers(c app.Candidate) bool {
	for _, id := range c.Items {
		if h.items[Applied][id] == nil && h.items[Received][id] == nil {
			return false
		}
	}
	return true
}

// Take chooses the rows of a suggestion. What it adds nothing to is replaced. What comes back says in words
// why that cannot be.
func (h *Hand) Take(i int) string {
	list := h.Ways()
	if i < 0 || i >= len(list) {
		return fmt.Sprintf("There is no suggestion %d.", i+1)
	}
	w := list[i]
	if w.Rejected {
		return fmt.Sprintf("%s Choose the rows yourself if it is right after all.", w.Detail)
	}
	if len(h.chosen[Received]) == 0 && h.items[Received][h.looked] != nil {
		h.chosen[Received] = []book.ItemID{h.looked}
	}
	if w.candidate.Credit {
		h.credit = true
		return ""
	}
	if h.difference()-w.candidate.Amount.Minor != w.candidate.Difference.Minor {
		for _, id := range slices.Clone(h.chosen[Applied]) {
			delete(h.parts, id)
		}
		h.chosen[Applied] = nil
	}
	said := h.Bring(w.candidate.Items...)
	h.compare()
	return said
}

// Rest is a thing that a person can do about a difference that is not zero.
type Rest struct {
	ID, Icon, Title, Effect string
	// Blocked says why it cannot be done, "" where it can.
	Blocked string
}

// The things that can be done about a rest.
const (
	RestPart     = "part"
	RestCredit   = "credit"
	RestWriteOff = "write-off"
	RestAmounts  = "amounts"
)

// Rests are the things that can be done about the difference, what is usual first.
func (h *Hand) Rests() []Rest {
	c, d := h.currency(), h.difference()
	over := money.New(d, c)
	figure := Amount(over.Abs()) + " " + string(c)
	part := Rest{ID: RestPart, Icon: "link", Title: "Match, and leave " + figure + " open",
		Effect: "What it pays is matched; the rest of the money stays open."}
	credit := Rest{ID: RestCredit, Icon: "person", Title: "Keep " + figure + " as the customer's credit",
		Effect: "Stays open as unapplied cash; for one overpaid invoice an action adds the credit."}
	off := Rest{ID: RestWriteOff, Icon: "barred", Title: "Match, and write off " + figure,
		Effect: "Given up for a reason code. " + h.limitWords(over)}
	who := h.payers()
	switch {
	case d < 0:
		part.Title = "Allocate a part, " + figure + " stays owed"
		part.Effect = "The money goes as far as it does; the rest stays open as A1, short payment."
		credit.Blocked = "Less was received than is owed: nothing is left over."
	case len(who) != 1:
		credit.Blocked = "The records are of " + Plural(len(who), "customer") + ": credit needs one."
	default:
		credit.Title = "Keep " + figure + " as credit of " + h.customerName(who[0])
	}
	if d > 0 {
		off.Blocked = "Money that came is never written off: keep it as credit, or refund it."
	}
	if leg, _ := h.m.HandMatchable(h.chosen[Applied], h.chosen[Received]); leg == book.GatewayPayout {
		part.Blocked = "A payout's members must make it up to the cent."
		credit.Blocked, off.Blocked = part.Blocked, part.Blocked
	}
	split := Rest{ID: RestAmounts, Icon: "pencil", Title: "Split: say how much of each",
		Effect: "Give the amount that is taken of each record."}
	if credit.Blocked == "" {
		return []Rest{credit, part, off, split}
	}
	return []Rest{part, off, split, credit}
}

func (h *Hand) limitWords(a money.Money) string {
	limit := h.m.Config.WriteOffLimit(a.Currency)
	if a.Abs().Minor <= limit.Minor {
		return "Within your limit of " + limit.String() + "."
	}
	return "Above your limit of " + limit.String() + ": a second person has to confirm."
}

// payers are the customers of what is paid.
func (h *Hand) payers() []book.ItemID {
	var out []book.ItemID
	for _, id := range h.chosen[Applied] {
		if who := h.items[Applied][id].customer; who != "" && !slices.Contains(out, who) {
			out = append(out, who)
		}
	}
	return out
}

// Residual is the exception that a match of these records left, nil for none: the one with the rest of
// the money where more came, else the one of what is still owed.
func Residual(m *app.Month, left, right []book.ItemID) *book.Exception {
	for _, side := range [][]book.ItemID{right, left} {
		for i := range m.All {
			x := &m.All[i]
			if x.Status != book.Open {
				continue
			}
			for _, id := range side {
				if slices.Contains(x.Items, id) {
					return x
				}
			}
		}
	}
	return nil
}

// NoWays says why there is no suggestion.
func (h *Hand) NoWays() string {
	switch {
	case len(h.chosen[Received])+len(h.chosen[Applied]) == 0 && h.items[Received][h.looked] == nil:
		return "Choose money on the left, and what could explain it is named here."
	case len(h.chosen[Applied]) > 0 && h.difference() == 0:
		return "Both sides agree already."
	}
	return "Nothing in the books explains it: choose the records yourself, or wait for the next sync."
}

// Reject is what says that a suggestion is wrong, and its name. The last text says in words why it cannot
// be said.
func (h *Hand) Reject(i int) (q app.ResolveRequest, what, why string) {
	list := h.Ways()
	if i >= len(list) {
		return q, "", "There is no suggestion to reject."
	}
	w := list[i]
	money := h.reference()
	switch {
	case w.Rejected:
		return q, "", "It is rejected already."
	case w.candidate.Credit:
		return q, "", "Credit is no pair of records: leave it, or choose another way."
	case len(money) == 0:
		return q, "", "Choose the money first for which it is wrong."
	}
	x := h.holders()
	for _, id := range money {
		for _, e := range x[id] {
			q.Exceptions = []string{e.ID}
		}
	}
	q.As, q.Reason = book.RejectMatch, "rejected in Match by hand"
	q.Left, q.Right = slices.Clone(w.candidate.Items), slices.Clone(money)
	return q, w.Title, ""
}
