package store

import (
	"context"
	"errors"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"countinghouse/app/book"
)

// someWork is a step with a change of every kind.
func someWork() Step {
	return Step{By: "ann", At: 7, Events: []StepEvent{
		{Kind: book.EventKind(book.Explain), Subject: "e1", What: "Explained", Why: "a gift",
			Evidence: []book.Evidence{{Digest: "d", Name: "mail.txt", Size: 4}},
			Changes: []Change{{Work: &Work{Exception: "e1", Owner: "bob", DueOn: 5,
				Resolution: book.Explain, Code: book.Goodwill, Status: book.Explained, UntilOn: 9,
				Basis: "M1", By: "ann", At: 7, Why: "a gift"}}}},
		{Kind: book.EventDraft, Subject: "draft/1", What: "Kept a draft", Changes: []Change{{
			Draft: &Draft{ID: 1, Title: "t", Left: []book.ItemID{"b:payment/1"}, By: "ann", At: 7}}}},
		{Kind: book.EventKind(book.RemovePosting), Subject: "e2", What: "Filed", Changes: []Change{{
			Intent: someIntent("i1", "b:payment/1")}}},
		{Kind: book.EventHold, Subject: "b:invoice/7", What: "Held", Changes: []Change{
			{Hold: &Hold{"b:invoice/7", "promised", 20800, "ann", 7}},
			{Consent: &Consent{"b:customer/3", "fp 1", "ticket 12", "ann", 7}}}},
	}}
}

func someIntent(id string, target book.ItemID) *book.Intent {
	return &book.Intent{ID: id, Kind: book.Remove, Target: target, Exception: "e2",
		Provider: "b", Live: true, Amount: eur(900), IdempotencyKey: "k-" + id, Asked: "{}", Second: true,
		State: book.IntentAwaiting, Version: 1, PreparedBy: "ann", PreparedAt: 7,
		What: "Remove payment 1", Why: "twice"}
}

func act(t testing.TB, s *Store, step Step) book.EventID {
	t.Helper()
	id, err := tryAct(s, step)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// tryAct gives the first refusal as an error.
func tryAct(s *Store, step Step) (book.EventID, error) {
	id, refused, err := s.Act(context.Background(), step)
	for _, i := range slices.Sorted(maps.Keys(refused)) {
		err = errors.Join(err, refused[i])
	}
	return id, err
}

func TestAStepIsKeptWithItsEvents(t *testing.T) {
	ctx, s := context.Background(), someFacts(t)
	step := someWork()
	if id := act(t, s, step); id != 1 {
		t.Errorf("the first event is %d", id)
	}
	works, err := s.Works(ctx)
	if err != nil || !reflect.DeepEqual(works["e1"], *step.Events[0].Changes[0].Work) {
		t.Errorf("work is %+v, %v", works, err)
	}
	drafts, err := s.Drafts(ctx)
	if err != nil || len(drafts) != 1 || !reflect.DeepEqual(drafts[0], *step.Events[1].Changes[0].Draft) {
		t.Errorf("drafts are %+v, %v", drafts, err)
	}
	intents, err := s.Intents(ctx)
	if err != nil || len(intents) != 1 || intents[0] != *step.Events[2].Changes[0].Intent {
		t.Errorf("intents are %+v, %v", intents, err)
	}
	events, err := s.Events(ctx, []string{"e1"})
	if err != nil || len(events) != 1 || events[0].Batch != 1 || events[0].By != "ann" ||
		events[0].Evidence[0].Name != "mail.txt" || events[0].Before != `{"work/e1":null}` {
		t.Errorf("events are %+v, %v", events, err)
	}
}

func TestEventsAreNeverChanged(t *testing.T) {
	s := someFacts(t)
	act(t, s, someWork())
	for _, query := range []string{"UPDATE events SET by = 'eve'", "DELETE FROM events"} {
		if err := raw(s, query); err == nil || !strings.Contains(err.Error(), "never") {
			t.Errorf("%s: %v", query, err)
		}
	}
}

func TestUndoPutsEverythingBackAndKeepsTheEvents(t *testing.T) {
	ctx, s := context.Background(), someFacts(t)
	save(t, s, Run{Period: 1}, []book.Match{pair("m1", book.Auto, 900)}, nil)
	before, _ := allMatches(ctx, s)
	act(t, s, someWork())
	no, yes := pair("m1", book.Rejected, 900), pair("m2", book.Confirmed, 1000)
	act(t, s, Step{By: "ann", At: 8, Seen: 3, Events: []StepEvent{{Kind: "match", Subject: "e1",
		What: "Matched", Changes: []Change{{Match: &Decided{no, Decision{"ann", 8, "no"}}},
			{Match: &Decided{yes, Decision{"ann", 8, "yes"}}}}}}})
	if got := matchesOf(t, s); got["m1"] != book.Rejected || got["m2"] != book.Confirmed {
		t.Fatalf("matches are %v", got)
	}
	said := func(e []book.Event) string { return "Undone: " + e[0].What }
	if _, err := s.Undo(ctx, "bob", 9, said); !errors.Is(err, ErrNotFound) {
		t.Errorf("bob took back what ann did: %v", err)
	}
	if _, err := s.Undo(ctx, "ann", 9, said); err != nil {
		t.Fatal(err)
	}
	if after, _ := allMatches(ctx, s); !reflect.DeepEqual(after, before) {
		t.Errorf("matches are %+v, want %+v", after, before)
	}
	if _, err := s.Undo(ctx, "ann", 10, said); err != nil {
		t.Fatal(err)
	}
	works, _ := s.Works(ctx)
	drafts, _ := s.Drafts(ctx)
	intents, _ := s.Intents(ctx)
	if len(works)+len(drafts) != 0 || len(intents) != 1 || intents[0].State != book.IntentCancelled {
		t.Errorf("left are %v, %v, %v", works, drafts, intents)
	}
	events, _ := s.Events(ctx, nil)
	if len(events) != 10 || events[0].UndoneBy != 10 || events[9].Undoes != 1 {
		t.Errorf("events are %+v", events)
	}
	if _, err := s.Undo(ctx, "ann", 11, said); !errors.Is(err, ErrNotFound) {
		t.Errorf("there was something to undo: %v", err)
	}
	if found := check(t, s); len(found) != 0 {
		t.Error(found)
	}
}

func TestWhoComesSecondIsToldSo(t *testing.T) {
	ctx, s := context.Background(), someFacts(t)
	act(t, s, someWork())
	if _, err := tryAct(s, someWork()); !errors.Is(err, ErrMoved) {
		t.Errorf("the second of two: %v", err)
	}
	other := someWork()
	other.By, other.Events = "bob", other.Events[:1]
	other.Seen = 3
	other.Events[0].Changes[0].Work.Why = "no gift"
	act(t, s, other)
	said := func([]book.Event) string { return "" }
	if _, err := s.Undo(ctx, "ann", 9, said); !errors.Is(err, ErrMoved) {
		t.Errorf("ann took back what bob built on: %v", err)
	}
}

func TestOneTargetHasOneOpenAction(t *testing.T) {
	s := someFacts(t)
	file := func(id string) error {
		_, err := tryAct(s, Step{By: "ann", Seen: 99, Events: []StepEvent{{Subject: id,
			Changes: []Change{{Intent: someIntent(id, "b:payment/1")}}}}})
		return err
	}
	if err := file("i1"); err != nil {
		t.Fatal(err)
	}
	if err := file("i2"); !errors.Is(err, ErrConflict) {
		t.Errorf("two actions for one payment: %v", err)
	}
	if err := raw(s, "UPDATE intents SET state = 'refused'"); err != nil {
		t.Fatal(err)
	}
	if err := file("i2"); err != nil {
		t.Errorf("after the first was refused: %v", err)
	}
	if err := raw(s, "UPDATE intents SET approved_by = requested_by"); err == nil {
		t.Error("who prepared it approved it")
	}
}

func TestMoneyIsUsedOnceByHandToo(t *testing.T) {
	ctx, s := context.Background(), someFacts(t)
	save(t, s, Run{Period: 1}, []book.Match{pair("m1", book.Auto, 900)}, nil)
	m := pair("m2", book.Confirmed, 500)
	_, err := tryAct(s, Step{By: "ann", Events: []StepEvent{{Subject: "e1",
		Changes: []Change{{Match: &Decided{Match: m}}}}}})
	if !errors.Is(err, ErrConflict) {
		t.Errorf("500 of the 100 that are left: %v", err)
	}
	if n, _ := s.LastEvent(ctx); n != 0 {
		t.Error("the refused step left an event")
	}
	// Of several the others are kept.
	id, refused, err := s.Act(ctx, Step{By: "ann", Events: []StepEvent{
		{Subject: "e1", Changes: []Change{{Match: &Decided{Match: m}}}},
		{Subject: "e2", What: "Explained", Changes: []Change{{Work: &Work{Exception: "e2"}}}}}})
	if id != 1 || len(refused) != 1 || refused[0] == nil || err != nil {
		t.Errorf("two at once: %d, %v, %v", id, refused, err)
	}
	if works, _ := s.Works(ctx); len(works) != 1 {
		t.Errorf("kept are %v", works)
	}
}

// TestHoldsAndConsentsAreStepsLikeOthers keeps a hold and a consent, reads them again, and takes both
// back with one undo.
func TestHoldsAndConsentsAreStepsLikeOthers(t *testing.T) {
	s, ctx := fresh(t), context.Background()
	hold := Hold{Subject: "billing:invoice/7", Reason: "promised to pay", UntilOn: 20800, By: "ann", At: 5}
	consent := Consent{Customer: "billing:customer/3", Credential: "fp 1", How: "ticket 12", By: "ann", At: 5}
	_, refused, err := s.Act(ctx, Step{By: "ann", At: 5, Events: []StepEvent{{Kind: book.EventHold,
		Subject: string(hold.Subject), What: "Held", Changes: []Change{{Hold: &hold}, {Consent: &consent}}}}})
	if err != nil || len(refused) != 0 {
		t.Fatal(err, refused)
	}
	check := func(holds, consents int) {
		t.Helper()
		h, err := s.Holds(ctx)
		c, err2 := s.Consents(ctx)
		if err != nil || err2 != nil || len(h) != holds || len(c) != consents {
			t.Fatalf("%v %v %v %v", h, c, err, err2)
		}
		if holds == 1 && (h[hold.Subject] != hold || c[0] != consent) {
			t.Fatalf("kept %+v and %+v", h, c)
		}
	}
	check(1, 1)
	last, err := s.LastStep(ctx, "ann")
	if err != nil || len(last) != 1 {
		t.Fatal(last, err)
	}
	if _, err := s.Undo(ctx, "ann", 6, func([]book.Event) string { return "back" }); err != nil {
		t.Fatal(err)
	}
	check(0, 0)
}
