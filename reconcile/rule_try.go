package reconcile

import (
	"context"
	"slices"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// Contradiction is a record on which a rule would have done something else than what is known.
type Contradiction struct {
	// Item is the bank line or the charge, On its date, Amount its amount.
	Item   book.ItemID
	On     book.Date
	Amount money.Money
	// Would are the records with which the rule would have matched it, empty where it would have said
	// what the line is.
	Would []book.ItemID
	// Known are those with which it is matched, and Why says in words what speaks against the rule.
	Known []book.ItemID
	Why   string
}

// BackTest is what a rule would have done in past months, against what is known of them.
type BackTest struct {
	Rule, Hash string
	// From and To are the first and the last month; both are zero where the books hold no past month.
	From, To book.Month
	// Acted counts the records on which it would have acted by itself: Agreed where that is what is
	// known, New where nothing is known, and the Contradictions.
	Acted, Agreed, New int
	Contradictions     []Contradiction
}

// TryRule runs one rule over the bank lines or charges of all months before that of the moment, or of
// the last so many of them where months is not 0, and holds what it would have done against the
// automatic and confirmed matches and the pairs that people rejected. The rule runs first and alone,
// so that it shows all it would ever do, and not only what other passes leave to it.
func TryRule(ctx context.Context, in Input, r Rule, months int) (BackTest, error) {
	out := BackTest{Rule: r.Name, Hash: r.Hash()}
	in.Rules, in.Progress = nil, nil
	known, err := Run(ctx, in)
	if err != nil {
		return out, err
	}
	rejected := map[string]bool{}
	for i := range in.Decisions {
		if d := &in.Decisions[i]; d.State == book.Rejected {
			rejected[MatchID(d.Leg, d.Left, d.Right)] = true
		}
	}
	in.Decisions = nil
	in, _ = asOf(in)
	e, err := newEngine(ctx, in)
	if err != nil {
		return out, err
	}
	if err := e.stage(stages[0], 0, 1); err != nil {
		return out, err
	}
	e.findRefInvoices()
	e.readTransfers()
	r.Posts, r.Allowed = true, true
	e.applyRule(&r)
	if err := e.check(book.PRule); err != nil {
		return out, err
	}
	out.span(e, &r, months)
	j := judge{e: e, of: map[book.ItemID]*book.Match{}, rejected: rejected}
	for i := range known.Matches {
		m := &known.Matches[i]
		if m.State.Live() && m.Leg != book.GatewayGateway && m.Leg != book.GatewayPayout {
			for _, id := range slices.Concat(m.Left, m.Right) {
				j.of[id] = m
			}
		}
	}
	for i := range e.links {
		if l := &e.links[i]; l.state == book.Auto {
			out.count(&j, l.right[0], l)
		}
	}
	for l := range int32(len(e.lines)) {
		if e.marked[l] != nil {
			out.count(&j, lineRef(l), nil)
		}
	}
	return out, nil
}

// span finds the months that a back-test looks at: from the first record of the rule's sort, or that of
// the opening, to the month before the moment's.
func (b *BackTest) span(e *engine, r *Rule, months int) {
	first := book.Date(0)
	note := func(on book.Date) {
		if on >= e.in.OpeningOn && on != 0 && (first == 0 || on < first) {
			first = on
		}
	}
	for i, t := range e.txs {
		if r.Source == t.Source {
			note(e.txOn[i])
		}
	}
	for _, l := range e.lines {
		if r.Source == "" && (r.Account == "" || r.Account == l.Account) {
			note(lineOn(l))
		}
	}
	last := book.MonthOf(e.today) - 1
	if first == 0 || book.MonthOf(first) > last {
		return
	}
	b.From, b.To = book.MonthOf(first), last
	if months > 0 {
		b.From = max(b.From, last-book.Month(months)+1)
	}
}

// judge holds what is known of each record.
type judge struct {
	e        *engine
	of       map[book.ItemID]*book.Match
	rejected map[string]bool
}

// count judges what a rule would do with a record, by a link, or by a mark where l is nil.
func (b *BackTest) count(j *judge, at ref, l *link) {
	on := j.e.on(at)
	if m := book.MonthOf(on); b.To == 0 || m < b.From || m > b.To || on < j.e.in.OpeningOn {
		return
	}
	b.Acted++
	c := Contradiction{Item: j.e.id(at), On: on, Amount: j.e.gross(at)}
	if l != nil {
		c.Would = j.e.ids(l.left)
	}
	agreed := false
	switch known := j.of[c.Item]; {
	case l != nil && j.rejected[MatchID(l.leg, c.Would, []book.ItemID{c.Item})]:
		c.Why = "a person rejected this pair"
	case known != nil && l == nil:
		c.Known, c.Why = known.Left, "it is matched as "+string(known.Leg)+" by "+who(known)
	case known != nil && known.Leg == l.leg && slices.Equal(known.Left, c.Would) && len(known.Right) == 1:
		agreed = true
	case known != nil:
		c.Known, c.Why = known.Left, "it is matched otherwise by "+who(known)
	case l != nil:
		for _, id := range c.Would {
			if m := j.of[id]; m != nil && m.Leg == l.leg {
				c.Known, c.Why = m.Right, string(id)+" is matched with another record by "+who(m)
			}
		}
	}
	switch {
	case c.Why != "":
		b.Contradictions = append(b.Contradictions, c)
	case agreed:
		b.Agreed++
	default:
		b.New++
	}
}

// who is what a sentence calls whoever made a match.
func who(m *book.Match) string {
	if m.State == book.Confirmed {
		return "a person"
	}
	return m.Rule
}
