package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"countinghouse/app/book"
	"countinghouse/app/money"
	"countinghouse/app/store"
)

// matching are the resolutions that decide about matches: they need the matches of a run in the books, so
// that money is used once.
var matching = []book.Resolution{book.ConfirmMatch, book.RejectMatch, book.ChooseMatch, book.MatchByHand}

// Resolve settles exceptions in one step that Undo takes back as a whole. What cannot be settled is
// refused by itself, with the reason in words; the others are done. A match by hand may name no
// exception: those that hold its records are found.
func (a *App) Resolve(ctx context.Context, q ResolveRequest) (Resolved, error) {
	out := Resolved{Refused: map[string]string{}, Said: map[string]string{}}
	if _, ok := q.As.Info(); !ok {
		return out, fmt.Errorf("%q is no resolution", q.As)
	}
	if err := a.Config().May(a.User(), RightDecide); err != nil && !q.DryRun {
		return out, err
	}
	b, err := a.benchFor(ctx, slices.Contains(matching, q.As) && !q.DryRun)
	if err != nil {
		return out, err
	}
	if err := b.check(q); err != nil {
		return out, err
	}
	files, err := a.evidenceFor(q)
	if err != nil {
		return out, err
	}
	step := b.step()
	var ids []string
	intents := map[string]book.Intent{}
	for _, x := range b.subjects(q, &out) {
		e, err := b.plan(x, q)
		if err != nil {
			out.Refused[x.ID] = capital(err.Error())
			continue
		}
		e.Evidence = files
		for _, ch := range e.Changes {
			if ch.Intent != nil {
				intents[x.ID] = *ch.Intent
			}
		}
		step.Events, ids = append(step.Events, e), append(ids, x.ID)
	}
	refused := map[int]error{}
	if len(step.Events) > 0 && !q.DryRun {
		if out.Event, refused, err = a.store.Act(ctx, step); err != nil {
			return out, err
		}
	}
	for i, id := range ids {
		if err := refused[i]; err != nil {
			out.Refused[id] = capital(refusal(err).Error())
			continue
		}
		out.Done, out.Said[id] = append(out.Done, id), step.Events[i].What
		if intent, ok := intents[id]; ok {
			out.Intents = append(out.Intents, intent)
		}
	}
	return out, nil
}

// check refuses what is wrong with a request as a whole.
func (b *bench) check(q ResolveRequest) error {
	today := b.m.AsOf.In(b.m.Config.Zone())
	switch {
	case q.As == book.Query && q.Until == 0:
		return errors.New("a date is missing: say until when it waits")
	case q.As == book.Query && q.Until < today:
		return fmt.Errorf("%s is over: name a date to wait for", q.Until)
	case q.As == book.WriteOff && !q.Code.Known():
		return fmt.Errorf("a reason code is missing: one of %s", codeWords())
	case q.Code != "" && !q.Code.Known():
		return fmt.Errorf("%q is no reason code: use one of %s", q.Code, codeWords())
	case q.As == book.Explain && strings.TrimSpace(q.Reason) == "" && len(q.Evidence) == 0:
		return errors.New("a reason is missing: say why, or add a file that proves it")
	case len(q.Exceptions) == 0 && (q.As != book.MatchByHand || len(q.Left)+len(q.Right) == 0):
		return errors.New("no exception is named")
	}
	return nil
}

func codeWords() string {
	var out []string
	for _, c := range book.ReasonCodes {
		out = append(out, string(c.Code))
	}
	return strings.Join(out, ", ")
}

// evidenceFor keeps a request's files; a trial only looks whether they can be kept.
func (a *App) evidenceFor(q ResolveRequest) ([]book.Evidence, error) {
	if q.DryRun {
		return nil, nil
	}
	return a.keepEvidence(q.Evidence)
}

// subjects are the exceptions of a request, each once; unknown ones are refused.
func (b *bench) subjects(q ResolveRequest, out *Resolved) []book.Exception {
	var list []book.Exception
	seen := map[string]bool{}
	add := func(x book.Exception) {
		if !seen[x.ID] {
			list, seen[x.ID] = append(list, x), true
		}
	}
	for _, id := range q.Exceptions {
		if x, err := b.exception(id); err != nil {
			out.Refused[id] = capital(err.Error())
		} else {
			add(x)
		}
	}
	if len(q.Exceptions) > 0 {
		return list
	}
	chosen := slices.Concat(q.Left, q.Right)
	leg, err := b.m.HandMatchable(q.Left, q.Right)
	for _, x := range b.m.All {
		holds := slices.ContainsFunc(x.Items, func(id book.ItemID) bool {
			return slices.Contains(chosen, id)
		})
		info, _ := book.MatchByHand.Info()
		if err == nil && holds && (x.Leg == leg || x.Class == book.M5) &&
			slices.Contains(info.Classes, x.Class) {
			add(x)
		}
	}
	if len(list) == 0 {
		// Nothing is wrong with the records: the match itself is what the step is about.
		add(book.Exception{ID: "match"})
	}
	return list
}

// plan is what a request comes to for one exception, or why it cannot be.
func (b *bench) plan(x book.Exception, q ResolveRequest) (store.StepEvent, error) {
	if why := b.m.settled(x); why != "" {
		return store.StepEvent{}, errors.New(why)
	}
	info, _ := q.As.Info()
	if why := barred[x.Class][q.As]; why != "" {
		return store.StepEvent{}, errors.New(why)
	}
	if x.Class != "" && !slices.Contains(info.Classes, x.Class) {
		if x.Class.Group() == book.Timing {
			return store.StepEvent{}, errors.New(b.m.timingWhy(x))
		}
		return store.StepEvent{}, fmt.Errorf("%s is not for %s %s; what can be done is: %s", q.As, x.Class,
			x.Class.Name(), ladderWords(x.Class))
	}
	if f := b.m.filed(x); f != "" && q.As != book.Query {
		return store.StepEvent{}, errors.New(f)
	}
	switch q.As {
	case book.ConfirmMatch, book.RejectMatch:
		return b.planSuggestion(x, q)
	case book.ChooseMatch, book.MatchByHand:
		return b.planMatch(x, q)
	case book.Explain, book.WriteOff, book.Query:
		return b.planWork(x, q)
	}
	return b.planDeed(x, q)
}

func ladderWords(c book.Class) string {
	var out []string
	for _, r := range ladders[c] {
		if barred[c][r] == "" {
			out = append(out, string(r))
		}
	}
	if len(out) == 0 {
		return "nothing here"
	}
	return strings.Join(out, ", ")
}

// decided is a match with who decides about it now.
func (b *bench) decided(x book.Match, state book.MatchState, why string) store.Change {
	x.State = state
	return store.Change{Match: &store.Decided{Match: x, Decision: store.Decision{By: b.app.User(),
		At: book.At(b.app.wall()), Why: why}}}
}

// event begins what happens to an exception.
func (b *bench) event(x book.Exception, q ResolveRequest, what string) store.StepEvent {
	return store.StepEvent{Kind: book.EventKind(q.As), Subject: x.ID, What: what, Why: q.Reason}
}

// planSuggestion confirms or rejects what is suggested for an exception.
func (b *bench) planSuggestion(x book.Exception, q ResolveRequest) (store.StepEvent, error) {
	all := b.m.Suggestions(x)
	chosen := slices.Concat(q.Left, q.Right)
	if len(chosen) > 0 {
		all = slices.DeleteFunc(all, func(s *book.Match) bool {
			for _, id := range chosen {
				if !slices.Contains(s.Left, id) && !slices.Contains(s.Right, id) {
					return true
				}
			}
			return false
		})
	}
	if len(all) == 0 && x.Class == book.D7 && len(chosen) > 0 {
		left, right, err := b.chosenSides(x, q)
		if err != nil {
			return store.StepEvent{}, err
		}
		m, err := b.m.HandMatch(left, right, nil, nil)
		if err != nil {
			return store.StepEvent{}, err
		}
		all = append(all, &m)
	}
	switch {
	case len(all) == 0:
		return store.StepEvent{}, errors.New("nothing is suggested for it: match it by hand")
	case len(all) > 1:
		return store.StepEvent{}, fmt.Errorf("%d matches are suggested for it: name the records of one", len(all))
	}
	state, word := book.Confirmed, "Confirmed: "
	if q.As == book.RejectMatch {
		state, word = book.Rejected, "Rejected: "
	}
	s := all[0]
	e := b.event(x, q, word+b.m.listed(s.Left)+" = "+b.m.listed(s.Right))
	e.Changes = []store.Change{b.decided(*s, state, q.Reason)}
	return e, nil
}

// planMatch matches what a person chose. Automatic matches among the exception's own records give way:
// they are rejected in the same step.
func (b *bench) planMatch(x book.Exception, q ResolveRequest) (store.StepEvent, error) {
	left, right, err := b.chosenSides(x, q)
	if err != nil {
		return store.StepEvent{}, err
	}
	leg, _, err := b.m.legOf(left, right)
	if err != nil {
		return store.StepEvent{}, err
	}
	var instead []*book.Match
	for _, id := range x.Items {
		for _, s := range b.m.MatchesOf(id) {
			if s.State == book.Auto && s.Leg == leg && within(s, x.Items) && !slices.Contains(instead, s) {
				instead = append(instead, s)
			}
		}
	}
	uses, err := usesOf(left, right, q)
	if err != nil {
		return store.StepEvent{}, err
	}
	m, err := b.m.HandMatch(left, right, uses, instead)
	if err != nil {
		return store.StepEvent{}, err
	}
	e := b.event(x, q, "Matched "+b.m.listed(m.Left)+" = "+b.m.listed(m.Right))
	if x.ID == "match" {
		e.Subject = "match/" + m.ID
	}
	if b.matched[m.ID] {
		return e, nil // The same match settles several exceptions at once.
	}
	if b.matched == nil {
		b.matched = map[string]bool{}
	}
	b.matched[m.ID] = true
	for _, s := range instead {
		if s.ID != m.ID {
			e.Changes = append(e.Changes, b.decided(*s, book.Rejected, q.Reason))
		}
	}
	e.Changes = append(e.Changes, b.decided(m, book.Confirmed, q.Reason))
	return e, nil
}

// usesOf lists how much a request takes of each record, nil where it does not say.
func usesOf(left, right []book.ItemID, q ResolveRequest) ([]money.Money, error) {
	if len(q.Amounts) == 0 {
		return q.Uses, nil
	}
	var out []money.Money
	for _, id := range slices.Concat(left, right) {
		m, ok := q.Amounts[id]
		if !ok {
			return nil, fmt.Errorf("how much of %s is taken was not said: give an amount for each record", id)
		}
		out = append(out, m)
	}
	return out, nil
}

// chosenSides completes what a person chose by the exception's own records: whoever names an invoice for
// a bank line need not name the line.
func (b *bench) chosenSides(x book.Exception, q ResolveRequest) (left, right []book.ItemID, err error) {
	if len(q.Left) > 0 && len(q.Right) > 0 {
		return q.Left, q.Right, nil
	}
	with := slices.Concat(q.Left, q.Right)
	if len(with) == 0 {
		if x.Class != book.D7 {
			return nil, nil, errors.New("say which records belong together: name them (--with)")
		}
		all := b.m.pairings(x)
		if len(all) == 1 {
			return all[0].left, all[0].right, nil
		}
		var ways []string
		for _, p := range all[:min(len(all), mostOffers)] {
			ways = append(ways, fmt.Sprint(p.left, " and ", p.right))
		}
		return nil, nil, fmt.Errorf("say which records belong together: name them (--with), such as %s",
			strings.Join(ways, ", or "))
	}
	for _, id := range with {
		if !b.m.known(id) {
			return nil, nil, fmt.Errorf("there is no record %s", id)
		}
	}
	if l, r := b.partBySide(with); len(l) > 0 && len(r) > 0 {
		return l, r, nil
	}
	var own []book.ItemID
	for _, j := range joints {
		for _, sides := range [][2][]book.Kind{{j.left, j.right}, {j.right, j.left}} {
			if len(own) > 0 || !b.m.holds(with, sides[0]) {
				continue
			}
			for _, id := range x.Items {
				if slices.Contains(sides[1], b.m.kindOf(id)) && !slices.Contains(with, id) {
					own = append(own, id)
				}
			}
		}
	}
	if len(own) == 0 {
		return nil, nil, errSides
	}
	return own, with, nil
}

// partBySide parts records that make up both sides of a match, of one leg.
func (b *bench) partBySide(items []book.ItemID) (left, right []book.ItemID) {
	for _, j := range joints {
		left, right = nil, nil
		for _, id := range items {
			switch kind := b.m.kindOf(id); {
			case slices.Contains(j.left, kind):
				left = append(left, id)
			case slices.Contains(j.right, kind):
				right = append(right, id)
			}
		}
		if len(left)+len(right) == len(items) && len(left) > 0 && len(right) > 0 {
			return left, right
		}
	}
	return nil, nil
}
