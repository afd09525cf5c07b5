package present

import (
	"fmt"
	"slices"

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
		return func() []app.Candidate { return m.Ways(left, right) }
	case h.items[Received][h.looked] != nil:
		looked := h.looked
		return func() []app.Candidate { return m.Candidates(looked) }
	}
	return nil
}

// Suggest takes the candidates that were asked for; those with records that are not in the lists, or in
// another currency, are left out.
func (h *Hand) Suggest(found []app.Candidate) {
	h.ways = nil
	rejected := 0
	for _, c := range found {
		w := Way{Title: c.Title, Detail: c.Detail, Amount: Amount(c.Amount), Difference: Amount(c.Difference),
			Zero: c.Difference.Minor == 0, Facts: c.Facts, Rejected: c.Rejected, candidate: c}
		switch {
		case !h.offers(c):
		case c.Rejected && rejected < rejectedShown:
			rejected++
			h.ways = append(h.ways, w)
		case !c.Rejected && len(h.ways)-rejected < waysShown:
			h.ways = slices.Insert(h.ways, len(h.ways)-rejected, w)
		}
	}
	for i := range h.ways {
		if !h.ways[i].Rejected {
			h.ways[i].Key = fmt.Sprint(i + 1)
		}
	}
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
	for _, id := range w.candidate.Items {
		if why := h.Choose(Applied, string(id), true); why != "" {
			return why
		}
	}
	h.compare()
	return ""
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

// Rests are the things that can be done about the difference.
func (h *Hand) Rests() []Rest {
	c, d := h.currency(), h.difference()
	over := money.New(d, c)
	figure := Amount(over.Abs()) + " " + string(c)
	part := Rest{ID: RestPart, Icon: "link", Title: "Match, and leave " + figure + " open",
		Effect: "What the money covers is matched; the rest stays an open item with its class."}
	if d < 0 {
		part.Title = "Allocate a part, " + figure + " stays owed"
		part.Effect = "The money is applied as far as it goes; the rest stays open as A1, a short payment."
	}
	credit := Rest{ID: RestCredit, Icon: "person", Title: "Keep " + figure + " as the customer's credit",
		Effect: "The records are matched, and an action that adds the credit in billing waits in Actions."}
	switch who := h.payers(); {
	case d < 0:
		credit.Blocked = "Less was received than is owed: nothing is left over."
	case len(who) != 1:
		credit.Blocked = "The records are of " + Plural(len(who), "customer") + ": credit needs one."
	default:
		credit.Title = "Keep " + figure + " as credit of " + h.customerName(who[0])
	}
	off := Rest{ID: RestWriteOff, Icon: "barred", Title: "Match, and write off " + figure,
		Effect: "The rest is given up for a reason code."}
	return []Rest{part, credit, off, {ID: RestAmounts, Icon: "pencil", Title: "Split: say how much of each",
		Effect: "Give the amount that is taken of each record."}}
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
