package present

import (
	"fmt"
	"slices"
	"strings"

	"countinghouse/app"
	"countinghouse/app/book"
	"countinghouse/app/money"
)

// take is how much of a record is taken, in minor units.
func (h *Hand) take(it *handItem) int64 {
	if part, ok := h.parts[it.id]; ok {
		return part
	}
	return it.free.Minor
}

// Chosen are the ids that were chosen on a side, in the order of choosing.
func (h *Hand) Chosen(s Side) []string {
	var out []string
	for _, id := range h.chosen[s] {
		out = append(out, string(id))
	}
	return out
}

// Choose chooses a record of a side or leaves it out again. What comes back says in words why it cannot
// be chosen: amounts of two currencies are never mixed.
func (h *Hand) Choose(s Side, id string, on bool) string {
	item := book.ItemID(id)
	it := h.items[s][item]
	at := slices.Index(h.chosen[s], item)
	switch {
	case !on && at >= 0:
		h.chosen[s] = slices.Delete(h.chosen[s], at, at+1)
		delete(h.parts, item)
	case !on || at >= 0:
		return ""
	case it == nil:
		return "This record has nothing left to be matched."
	case slices.Contains(h.chosen[1-s], item):
		return fmt.Sprintf("%s is chosen on the other side already.", h.m.ItemName(item))
	default:
		if c := h.currency(); c != "" && c != it.free.Currency {
			return fmt.Sprintf("%s is in %s and what you chose is in %s: amounts of two currencies are never "+
				"mixed. Match it by itself.", h.m.ItemName(item), it.free.Currency, c)
		}
		h.chosen[s] = append(h.chosen[s], item)
	}
	h.credit = false
	if s == Received {
		h.compare()
	}
	return ""
}

// Clear leaves everything out.
func (h *Hand) Clear() {
	h.chosen, h.credit = [2][]book.ItemID{}, false
	h.parts = map[book.ItemID]int64{}
	h.compare()
}

// currency is that of what was chosen, "" for nothing.
func (h *Hand) currency() money.Currency {
	for s, list := range h.chosen {
		for _, id := range list {
			return h.items[s][id].free.Currency
		}
	}
	return ""
}

// total is what was chosen on a side comes to.
func (h *Hand) total(s Side) int64 {
	sum := int64(0)
	for _, id := range h.chosen[s] {
		sum += h.take(h.items[s][id])
	}
	return sum
}

// difference is what was received less what it is applied to.
func (h *Hand) difference() int64 { return h.total(Received) - h.total(Applied) }

// HandSum is the running difference.
type HandSum struct {
	Received, Applied, Difference                string
	ReceivedLabel, AppliedLabel, DifferenceLabel string
	Status                                       Status
	Sentence                                     string
	// Ready says that plain Enter matches: both sides are chosen and the difference is zero.
	Ready bool
	// Uneven says that both sides are chosen and a rest is left, about which a person has to say what
	// becomes of it.
	Uneven bool
}

// Sum is what was chosen comes to.
func (h *Hand) Sum() HandSum {
	c := h.currency()
	r, a := len(h.chosen[Received]), len(h.chosen[Applied])
	d := h.difference()
	v := HandSum{Received: Minor(h.total(Received), c), Applied: Minor(h.total(Applied), c),
		ReceivedLabel: "Received, " + h.counted(Received), AppliedLabel: "Applied, " + h.counted(Applied),
		DifferenceLabel: "Difference"}
	if c == "" {
		v.Received, v.Applied, v.Difference = "0.00", "0.00", None
		v.Sentence = "Choose money on the left and what it pays on the right."
		return v
	}
	v.DifferenceLabel += ", " + string(c)
	if h.credit && d > 0 {
		v.Applied, v.AppliedLabel = v.Received, v.AppliedLabel+" and "+Minor(d, c)+" credit"
		d = 0
	}
	v.Difference = Minor(d, c)
	switch {
	case a == 0:
		v.Status, v.Sentence = Attention, "Choose what it pays, or take a suggestion below."
	case r == 0:
		v.Status, v.Sentence = Attention, "Choose the money that paid it."
	case h.unlike() != "":
		v.Status, v.Sentence = Attention, h.unlike()
	case d == 0:
		v.Status, v.Ready, v.Sentence = OK, true, "Zero: both sides agree to the cent."
		if h.credit {
			v.Sentence = "Zero: the rest becomes the customer's credit."
		}
	default:
		v.Status, v.Uneven = Attention, true
		more := "more"
		if d < 0 {
			more = "less"
		}
		v.Sentence = fmt.Sprintf("Not zero yet: %s %s was received than the %s.",
			Amount(money.New(d, c).Abs()), more, h.named(Applied))
	}
	return v
}

// unlike says why what was chosen cannot be matched with each other, "" where it can.
func (h *Hand) unlike() string {
	_, err := h.m.HandMatchable(h.chosen[Applied], h.chosen[Received])
	if err == nil {
		return ""
	}
	text := err.Error()
	return strings.ToUpper(text[:1]) + text[1:] + "."
}

// counted says how many records of which kind were chosen: "2 invoices".
func (h *Hand) counted(s Side) string { return Plural(len(h.chosen[s]), h.noun(s)) }

// noun is the kind of record that was chosen on a side, "record" for several.
func (h *Hand) noun(s Side) string {
	noun := ""
	for _, id := range h.chosen[s] {
		n := paneNouns[h.items[s][id].pane]
		if noun != "" && n != noun {
			return "record"
		}
		noun = n
	}
	if noun == "" {
		return paneNouns[h.shown[s]]
	}
	return noun
}

var smallNumbers = []string{"", "", "two ", "three ", "four ", "five ", "six ", "seven ", "eight ", "nine "}

// named is counted within a sentence: "two invoices", "invoice".
func (h *Hand) named(s Side) string {
	n := len(h.chosen[s])
	if n > 9 {
		return h.counted(s)
	}
	word := h.noun(s)
	if n > 1 {
		word += "s"
	}
	return smallNumbers[n] + word
}

// HandPart is one chosen record with the amount that is taken of it.
type HandPart struct {
	ID, Title string
	// Take is what is taken, Free what could be, both as amounts with the currency beside them.
	Take, Free, Currency string
}

// Parts are the chosen records of both sides, received first.
func (h *Hand) Parts() []HandPart {
	var out []HandPart
	for s, list := range h.chosen {
		for _, id := range list {
			it := h.items[s][id]
			c := it.free.Currency
			out = append(out, HandPart{string(id), h.m.ItemName(id), money.New(h.take(it), c).Decimal(),
				Amount(it.free), string(c)})
		}
	}
	return out
}

// SetPart takes a part of a chosen record only. What comes back says in words why the amount does not fit.
func (h *Hand) SetPart(id, text string) string {
	item := book.ItemID(id)
	var it *handItem
	for s := range h.chosen {
		if slices.Contains(h.chosen[s], item) {
			it = h.items[s][item]
		}
	}
	if it == nil {
		return fmt.Sprintf("%s is not chosen.", h.m.ItemName(item))
	}
	c := it.free.Currency
	use, err := money.Plain.Parse(strings.TrimSpace(text), c)
	free := it.free.Minor
	switch {
	case err != nil:
		return fmt.Sprintf("Write an amount in %s, such as %s.", c, it.free.Decimal())
	case use.Minor == 0:
		return "Nothing would be taken of it: leave the record out instead."
	case use.Minor > 0 != (free > 0) || use.Abs().Minor > it.free.Abs().Minor:
		return fmt.Sprintf("%s has %s left: take that or less.", h.m.ItemName(item), it.free)
	}
	h.parts[item] = use.Minor
	if use.Minor == free {
		delete(h.parts, item)
	}
	h.credit = false
	return ""
}

// Request is what Match asks for. What comes back says in words what is missing.
func (h *Hand) Request() (app.ResolveRequest, string) {
	q := app.ResolveRequest{As: book.MatchByHand, Left: slices.Clone(h.chosen[Applied]),
		Right: slices.Clone(h.chosen[Received])}
	if len(q.Left) == 0 || len(q.Right) == 0 {
		return q, h.Sum().Sentence
	}
	q.Uses = h.uses()
	return q, ""
}

// uses are what is taken of each record, those that are applied first; nil where all is taken of each.
func (h *Hand) uses() []money.Money {
	if len(h.parts) == 0 {
		return nil
	}
	var out []money.Money
	for _, s := range []Side{Applied, Received} {
		for _, id := range h.chosen[s] {
			it := h.items[s][id]
			out = append(out, money.New(h.take(it), it.free.Currency))
		}
	}
	return out
}

// Summary is the choice in a few words: "448.00 EUR = 10455 + 10461".
func (h *Hand) Summary() string {
	if h.currency() == "" {
		return ""
	}
	var names []string
	for _, id := range h.chosen[Applied] {
		names = append(names, h.items[Applied][id].title)
	}
	if len(names) > 4 {
		names = append(names[:3], fmt.Sprintf("%d more", len(names)-3))
	}
	text := Minor(h.total(Received), h.currency()) + " " + string(h.currency())
	for _, id := range h.chosen[Received] {
		text = h.items[Received][id].title + " " + text
		break
	}
	if len(names) > 0 {
		text += " = " + strings.Join(names, " + ")
	}
	return text
}

// After is the id of the row of the received side that comes after what was chosen, "" for none.
func (h *Hand) After() string {
	list := h.matching(Received)
	for i, it := range list {
		if slices.Contains(h.chosen[Received], it.id) {
			for _, next := range slices.Concat(list[i:], list[:i]) {
				if !slices.Contains(h.chosen[Received], next.id) {
					return string(next.id)
				}
			}
		}
	}
	return ""
}

// Credits reports whether the rest becomes the customer's credit.
func (h *Hand) Credits() bool { return h.credit && h.difference() > 0 }

// Draft is the choice as it is kept.
func (h *Hand) Draft() app.Draft {
	return app.Draft{Title: h.Summary(), Left: slices.Clone(h.chosen[Applied]),
		Right: slices.Clone(h.chosen[Received]), Uses: h.uses()}
}

// DraftText is a draft in a line, and who kept it when.
func DraftText(m *app.Month, d app.Draft) (title, note string) {
	return d.Title, "kept by " + d.By + ", " + d.At.Time().In(m.Config.Zone()).Format("2006-01-02 15:04")
}
