package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"countinghouse/app/book"
	"countinghouse/app/money"
	"countinghouse/app/store"
)

// Event is one thing that happened, EventID its number; see book.
type (
	Event   = book.Event
	EventID = book.EventID
)

// Draft is a half-finished manual match, and Work where an exception stands with people.
type (
	Draft = store.Draft
	Work  = store.Work
)

// Offer is one thing that a person can do about an exception, or why it cannot be done.
type Offer struct {
	Resolution book.Resolution
	// Title is a verb with its object and amount, Effect one sentence of what it does.
	Title, Effect string
	// Blocked says in one sentence why it cannot be done, "" where it can.
	Blocked string
	// Acts says that another system is changed, through an action that is filed.
	Acts bool
	// Left, Right and Uses are what the request takes over, nil where a person has to choose. Where there
	// are several candidates each is an offer of its own.
	Left, Right []book.ItemID
	Uses        []money.Money
}

// ResolveRequest says what is to be done about one or more exceptions.
type ResolveRequest struct {
	// Exceptions are ids or the beginnings of ids that name one.
	Exceptions []string
	As         book.Resolution
	Reason     string
	Code       book.ReasonCode
	// Left and Right are the records to match; empty where the exception itself says which. Uses says how
	// much of each is taken, Left first; nil for as much as fits.
	Left, Right []book.ItemID
	Uses        []money.Money
	// Amounts says the same by the item, for every item of both sides or for none.
	Amounts map[book.ItemID]money.Money
	// Until is the date to wait for.
	Until book.Date
	// Evidence are paths of files, which are copied into the profile.
	Evidence []string
	// DryRun checks and says what would be done, and keeps nothing.
	DryRun bool
}

// Resolved is what became of a request.
type Resolved struct {
	// Done are the ids of the exceptions that were settled, in the order of the request; Refused says of
	// each other one why not, in words for people.
	Done    []string
	Refused map[string]string
	// Said is one line for each of Done.
	Said    map[string]string
	Intents []book.Intent
	// Event is the step's first event, 0 where nothing was done. Undo takes the whole step back.
	Event EventID
}

// Candidate is a set of records that may explain an item.
type Candidate struct {
	Items []book.ItemID
	// Amount is what they come to, Difference the item's amount less that.
	Amount, Difference money.Money
	// Facts are all that was compared.
	Facts []CandidateFact
	// Title is what to do, "Add invoice 10470"; Detail what speaks for or against it in a few words.
	Title, Detail string
	// Rejected says that a person said no to exactly this.
	Rejected bool
	// Credit says that nothing is added: what is left over becomes the customer's credit.
	Credit bool
}

// CandidateFact is one compared fact: what was looked for, and whether it is so.
type CandidateFact struct {
	Text string
	Yes  bool
}

// Found is a record that a search found.
type Found struct {
	Item book.ItemID
	Kind book.Kind
	// Title is what people call it, Detail a second line: party, date, text.
	Title, Detail string
	Amount        money.Money
	On            book.Date
	// Exceptions are the ids of those that hold it.
	Exceptions []string
}

// errNothingToUndo says that whoever acts did nothing that could be taken back.
var errNothingToUndo = errors.New("there is no step of yours to take back")

// Assign gives exceptions an owner, "" for nobody, and a due date, zero for none, in one step. An
// exception is named by the beginning of its id.
func (a *App) Assign(ctx context.Context, ids []string, owner string, due book.Date) error {
	list, step, err := a.named(ctx, ids)
	if err != nil {
		return err
	}
	work, err := a.store.Works(ctx)
	if err != nil {
		return err
	}
	what := "Assigned to nobody"
	if owner != "" {
		what = "Assigned to " + owner
	}
	if due != 0 {
		what += ", due " + due.String()
	}
	for _, id := range list {
		w := work[id]
		w.Exception, w.Owner, w.DueOn = id, owner, due
		step.Events = append(step.Events, store.StepEvent{Kind: book.EventAssigned, Subject: id,
			What: what, Changes: []store.Change{{Work: &w}}})
	}
	_, err = a.act(ctx, step)
	return err
}

// Note adds a note to an exception, with files that prove it.
func (a *App) Note(ctx context.Context, id, text string, evidence []string) error {
	text = strings.TrimSpace(text)
	if text == "" && len(evidence) == 0 {
		return errors.New("the note is empty: write something or add a file")
	}
	list, step, err := a.named(ctx, []string{id})
	if err != nil {
		return err
	}
	files, err := a.keepEvidence(evidence)
	if err != nil {
		return err
	}
	step.Events = []store.StepEvent{{Kind: book.EventNote, Subject: list[0], What: text, Evidence: files}}
	_, err = a.act(ctx, step)
	return err
}

// Undo takes the last step of whoever acts back, as a new event, and returns that. Where somebody built
// on the step since, the error says on what.
func (a *App) Undo(ctx context.Context) (Event, error) {
	batch, err := a.store.Undo(ctx, a.User(), book.At(a.wall()), saidOf)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return Event{}, errNothingToUndo
	case errors.Is(err, store.ErrMoved):
		return Event{}, fmt.Errorf("the last step cannot be taken back: %s since; that has to be taken "+
			"back first", restsOn(keyOf(err)))
	case errors.Is(err, store.ErrConflict):
		return Event{}, errors.New("the last step cannot be taken back: its money is used by another match, " +
			"or its action was sent; that has to be taken back first")
	case err != nil:
		return Event{}, err
	}
	all, err := a.store.Events(ctx, nil)
	for _, e := range all {
		if e.ID == batch {
			return e, err
		}
	}
	return Event{}, err
}

// saidOf is one line about a step that is taken back.
func saidOf(events []book.Event) string {
	first := "Undone: " + events[0].What
	if n := len(events); n > 1 {
		return first + fmt.Sprintf(" and %d more", n-1)
	}
	return first
}

// restsOn says what was changed since a step, by the key of it.
func restsOn(key string) string {
	switch kind, _, _ := strings.Cut(key, "/"); kind {
	case "match":
		return "somebody decided about the match again"
	case "intent":
		return "its action went on"
	case "draft":
		return "the draft was changed"
	}
	return "somebody went on with the exception"
}

// keyOf is the record that an error of the store names at its end.
func keyOf(err error) string {
	s := err.Error()
	return strings.TrimSpace(s[strings.LastIndex(s, ": ")+1:])
}

// Drafts lists half-finished manual matches, the last one first.
func (a *App) Drafts(ctx context.Context) ([]Draft, error) { return a.store.Drafts(ctx) }

// SaveDraft keeps a half-finished manual match and returns its number: a new one where d has none.
func (a *App) SaveDraft(ctx context.Context, d Draft) (int64, error) {
	step, err := a.begin(ctx)
	if err != nil {
		return 0, err
	}
	if len(d.Left)+len(d.Right) == 0 {
		return 0, errors.New("nothing is chosen: choose records on either side first")
	}
	what := "Kept a draft"
	if d.ID == 0 {
		all, err := a.store.Events(ctx, nil)
		if err != nil {
			return 0, err
		}
		for _, e := range all {
			if n, ok := strings.CutPrefix(e.Subject, "draft/"); ok {
				number, _ := strconv.ParseInt(n, 10, 64)
				d.ID = max(d.ID, number)
			}
		}
		d.ID++
	}
	if d.Title != "" {
		what += ": " + d.Title
	}
	d.By, d.At = a.User(), book.At(a.wall())
	step.Events = []store.StepEvent{{Kind: book.EventDraft, Subject: fmt.Sprintf("draft/%d", d.ID),
		What: what, Changes: []store.Change{{Draft: &d}}}}
	_, err = a.act(ctx, step)
	return d.ID, err
}

// DropDraft takes a draft away; Undo brings it back.
func (a *App) DropDraft(ctx context.Context, id int64) error {
	step, err := a.begin(ctx)
	if err != nil {
		return err
	}
	list, err := a.store.Drafts(ctx)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(list, func(d Draft) bool { return d.ID == id })
	if i < 0 {
		return fmt.Errorf("there is no draft %d", id)
	}
	key := fmt.Sprintf("draft/%d", id)
	step.Events = []store.StepEvent{{Kind: book.EventDraft, Subject: key,
		What: "Dropped a draft: " + list[i].Title, Changes: []store.Change{{Without: key}}}}
	_, err = a.act(ctx, step)
	return err
}

// Owners are the people who were given exceptions or worked on one, sorted.
func (a *App) Owners(ctx context.Context) ([]string, error) {
	work, err := a.store.Works(ctx)
	if err != nil {
		return nil, err
	}
	events, err := a.store.Events(ctx, nil)
	if err != nil {
		return nil, err
	}
	out := []string{a.User()}
	for _, w := range work {
		out = append(out, w.Owner)
	}
	for _, e := range events {
		out = append(out, e.By)
	}
	slices.Sort(out)
	out = slices.Compact(out)
	return slices.DeleteFunc(out, func(s string) bool { return s == "" }), nil
}

// Actions lists the intents that were filed, the last one first; only those of a state where one is
// given.
func (a *App) Actions(ctx context.Context, state book.IntentState) ([]book.Intent, error) {
	list, err := a.store.Intents(ctx)
	if state != "" {
		list = slices.DeleteFunc(list, func(i book.Intent) bool { return i.State != state })
	}
	return list, err
}

// CancelAction cancels an action that was not sent yet.
func (a *App) CancelAction(ctx context.Context, id, why string) error {
	step, err := a.begin(ctx)
	if err != nil {
		return err
	}
	i, err := a.action(ctx, id)
	switch {
	case err != nil:
		return err
	case !i.State.Unsent() && !(i.State == book.IntentNeedsPerson && i.FirstSentAt == 0):
		return fmt.Errorf("the action is %s: only what was not sent can be cancelled", stateWord(i.State))
	case strings.TrimSpace(why) == "":
		return errors.New("a reason is missing: say why the action is cancelled")
	}
	i.State = book.IntentCancelled
	step.Events = []store.StepEvent{{Kind: book.EventCancelled, Subject: cmp.Or(i.Exception, i.ID),
		Why:  why,
		What: "Cancelled: " + i.What, Changes: []store.Change{{Intent: &i}}}}
	_, err = a.act(ctx, step)
	return err
}
