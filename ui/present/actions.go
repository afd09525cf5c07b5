package present

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"countinghouse/app"
	"countinghouse/app/book"
)

// ActionRow is a line of the Actions screen, or the head of a group.
type ActionRow struct {
	ID           string
	Group        bool
	Title        string
	Count        int
	State        string
	Status       Status
	Short        string
	What, About  string
	Amount       string
	Currency, By string
}

// The groups of the Actions screen, in order.
const (
	groupDecide    = "Needs a decision"
	groupAttention = "Needs attention"
	groupProgress  = "In progress"
	groupDone      = "Done today"
	groupEarlier   = "Done earlier"
)

var actionGroups = []string{groupDecide, groupAttention, groupProgress, groupDone, groupEarlier}

// earlierShown is how many actions that ended before today are listed.
const earlierShown = 200

// Actions is the list of the Actions screen. It is used from one goroutine.
type Actions struct {
	queue    app.ActionQueue
	zone     *time.Location
	search   string
	kind     book.ActionKind
	by       string
	selected string
}

// NewActions is the list of the filed actions, the last one first.
func NewActions(q app.ActionQueue) *Actions {
	x := &Actions{queue: q, zone: q.Config.Zone()}
	for _, r := range x.Rows() {
		if !r.Group {
			x.selected = r.ID
			break
		}
	}
	return x
}

// ActionState is how far an action got, in words and as a status.
func ActionState(s book.IntentState) (string, Status) {
	switch s {
	case book.IntentDraft:
		return "Draft", Neutral
	case book.IntentAwaiting:
		return "Awaiting approval", TimingStatus
	case book.IntentReady:
		return "Ready", TimingStatus
	case book.IntentSent:
		return "Sending", TimingStatus
	case book.IntentSucceeded:
		return "Succeeded", OK
	case book.IntentRefused:
		return "Refused", Break
	case book.IntentUnknown:
		return "Outcome unknown", Unknown
	case book.IntentNeedsPerson:
		return "Needs a person", Attention
	}
	return "Cancelled", Neutral
}

func (x *Actions) group(i *book.Intent) string {
	switch i.State {
	case book.IntentAwaiting:
		return groupDecide
	case book.IntentUnknown, book.IntentNeedsPerson:
		return groupAttention
	case book.IntentDraft, book.IntentReady, book.IntentSent:
		return groupProgress
	}
	if i.PreparedAt.In(x.zone) == x.queue.At.In(x.zone) {
		if i.State == book.IntentRefused {
			return groupAttention
		}
		return groupDone
	}
	return groupEarlier
}

// Needing are the actions that a person has to look at or to decide.
func (x *Actions) Needing() []ActionRow {
	var out []ActionRow
	for i := range x.queue.List {
		switch a := &x.queue.List[i]; a.State {
		case book.IntentAwaiting, book.IntentNeedsPerson:
			out = append(out, x.row(a))
		}
	}
	return out
}

// WaitingTitle says how many actions wait, and for what.
func WaitingTitle(rows []ActionRow) string {
	if len(rows) == 1 {
		return rows[0].State + ": " + rows[0].What
	}
	return Plural(len(rows), "action") + " wait for a person"
}

// ActionNumber is the short name of an action: the beginning of its id.
func ActionNumber(id string) string { return "A-" + strings.ToUpper(id[:min(6, len(id))]) }

// Rows are the lines to draw, group by group.
func (x *Actions) Rows() []ActionRow {
	groups := map[string][]ActionRow{}
	for i := range x.queue.List {
		if a := &x.queue.List[i]; x.keeps(a) {
			g := x.group(a)
			groups[g] = append(groups[g], x.row(a))
		}
	}
	var out []ActionRow
	for _, g := range actionGroups {
		rows := groups[g]
		if len(rows) == 0 {
			continue
		}
		out = append(out, ActionRow{ID: "group/" + g, Group: true, Title: g, Count: len(rows)})
		if g == groupEarlier {
			rows = rows[:min(len(rows), earlierShown)]
		}
		out = append(out, rows...)
	}
	return out
}

func (x *Actions) row(a *book.Intent) ActionRow {
	r := ActionRow{ID: a.ID, Short: ActionNumber(a.ID), What: a.What, About: x.queue.About[a.ID],
		Amount: None,
		By:     cmp.Or(a.PreparedBy, None)}
	r.State, r.Status = ActionState(a.State)
	if info, ok := a.Kind.Info(); ok && r.What == "" {
		r.What = info.Title
	}
	if a.Amount.Minor != 0 {
		r.Amount, r.Currency = Amount(a.Amount), string(a.Amount.Currency)
	}
	if a.PreparedBy == x.queue.Me {
		r.By += ", you"
	}
	return r
}

func (x *Actions) keeps(a *book.Intent) bool {
	return (x.kind == "" || a.Kind == x.kind) && (x.by == "" || a.PreparedBy == x.by) &&
		(x.search == "" || strings.Contains(strings.ToLower(a.What+" "+x.queue.About[a.ID]+" "+a.ID+" "+
			string(a.Target)+" "+ActionNumber(a.ID)), x.search))
}

// Search, OfKind and PreparedBy limit the list; empty values show all.
func (x *Actions) Search(text string) { x.search = strings.ToLower(strings.TrimSpace(text)) }

// OfKind shows one kind of action only.
func (x *Actions) OfKind(k book.ActionKind) { x.kind = k }

// PreparedBy shows what one person filed.
func (x *Actions) PreparedBy(who string) { x.by = who }

// Kinds are those of the list, in the order of book.Actions; People who filed them, sorted.
func (x *Actions) Kinds() []book.ActionInfo {
	var out []book.ActionInfo
	for _, info := range book.Actions {
		if slices.ContainsFunc(x.queue.List, func(a book.Intent) bool { return a.Kind == info.Kind }) {
			out = append(out, info)
		}
	}
	return out
}

// People are those who filed actions of the list, sorted.
func (x *Actions) People() []string {
	var out []string
	for i := range x.queue.List {
		out = append(out, x.queue.List[i].PreparedBy)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Select chooses a line; Chosen is its id, Selected its action, nil for none.
func (x *Actions) Select(id string) { x.selected = id }

// Chosen is the id of the chosen line.
func (x *Actions) Chosen() string { return x.selected }

// Selected is the chosen action.
func (x *Actions) Selected() *book.Intent {
	for i := range x.queue.List {
		if x.queue.List[i].ID == x.selected {
			return &x.queue.List[i]
		}
	}
	return nil
}

// Like takes over how another list is limited and where it stands.
func (x *Actions) Like(o *Actions) {
	x.search, x.kind, x.by = o.search, o.kind, o.by
	if slices.ContainsFunc(x.queue.List, func(a book.Intent) bool { return a.ID == o.selected }) {
		x.selected = o.selected
	}
}

// Waiting, Unsure and Failed count what the head names: "2 await approval"; "" for none.
func (x *Actions) Waiting() (waiting, unsure, failed string) {
	n, u, f := 0, 0, 0
	for i := range x.queue.List {
		switch a := &x.queue.List[i]; {
		case a.State == book.IntentAwaiting:
			n++
		case a.State == book.IntentUnknown || a.State == book.IntentNeedsPerson:
			u++
		case a.State == book.IntentRefused && x.group(a) == groupAttention:
			f++
		}
	}
	say := func(n int, one, many string) string {
		switch n {
		case 0:
			return ""
		case 1:
			return "1 " + one
		}
		return Count(n) + " " + many
	}
	return say(n, "awaits approval", "await approval"), say(u, "outcome unknown", "outcomes unknown"),
		say(f, "refused", "refused")
}

// Open counts the actions that wait for something.
func (x *Actions) Open() int {
	n := 0
	for i := range x.queue.List {
		if x.queue.List[i].State.Open() {
			n++
		}
	}
	return n
}

// Empty says what an empty list means.
func (x *Actions) Empty() string {
	if len(x.queue.List) == 0 {
		return "Nothing waits for you. What you file against an exception or a failed renewal stands here."
	}
	return "No action fits the filter. Esc takes it away."
}

// ActionDetail is one action in full.
type ActionDetail struct {
	ID, Short, State   string
	Status             Status
	Title, Currency    string
	Amount             string
	Sentence, Why      string
	Prepared, Approved ActionPerson
	Steps              []ActionStep
	Facts              [][2]string
	// Key is the idempotency key.
	Key string
	// CanApprove, CanReject, CanCheck and CanSend say what a person may do now; NoApprove why not.
	CanApprove, CanReject, CanCheck, CanSend bool
	NoApprove                                string
	// Confirm is what a person has to type, where nobody else can approve; "" for nothing.
	Confirm string
	// Ended says that it was sent and what became of it is known.
	Ended bool
}

// ActionPerson is one of the two people of an action.
type ActionPerson struct {
	Name, Note string
	Done       bool
}

// ActionStep is one thing that will be done or was.
type ActionStep struct {
	Title, Detail, State string
	Status               Status
}

// Detail is the chosen action, nil for none.
func (x *Actions) Detail() *ActionDetail {
	a := x.Selected()
	if a == nil {
		return nil
	}
	r := x.row(a)
	d := &ActionDetail{ID: a.ID, Short: r.Short, State: r.State, Status: r.Status, Title: r.What,
		Sentence: r.About, Why: a.Why, Key: a.IdempotencyKey}
	if a.Amount.Minor != 0 {
		d.Amount, d.Currency = r.Amount, r.Currency
		if info, ok := a.Kind.Info(); ok {
			d.Title = info.Title
		}
	}
	d.Prepared = ActionPerson{Name: a.PreparedBy, Done: true,
		Note: a.PreparedAt.Time().In(x.zone).Format("2006-01-02 15:04")}
	d.Approved = x.approval(a)
	d.Ended = a.State == book.IntentSucceeded || a.State == book.IntentRefused
	d.CanApprove = a.State == book.IntentAwaiting && a.PreparedBy != x.queue.Me
	if d.Confirm = x.queue.Confirm[a.ID]; d.Confirm != "" {
		d.CanApprove = true
	}
	if a.State == book.IntentAwaiting && !d.CanApprove {
		d.NoApprove = "You prepared it: somebody else has to approve."
	}
	d.CanReject, d.CanSend = a.State.Unsent(), a.State == book.IntentDraft || a.State == book.IntentReady
	d.CanCheck = a.State == book.IntentUnknown || a.State == book.IntentNeedsPerson
	d.Steps = x.steps(a)
	d.Facts = [][2]string{{"After approval", "sent once, resumed after a restart, never repeated"}}
	if a.Attempts > 0 {
		d.Facts = append(d.Facts, [2]string{"Sent", fmt.Sprintf("%d×", a.Attempts)})
	}
	if a.LastError != "" {
		d.Facts = append(d.Facts, [2]string{"Last answer", a.LastError})
	}
	return d
}

func (x *Actions) approval(a *book.Intent) ActionPerson {
	switch {
	case a.ApprovedBy != "":
		return ActionPerson{Name: a.ApprovedBy, Done: true, Note: "approved"}
	case a.State != book.IntentAwaiting:
		return ActionPerson{Name: None, Note: "not needed"}
	case a.PreparedBy == x.queue.Me:
		return ActionPerson{Name: "somebody else", Note: "the preparer cannot approve"}
	}
	return ActionPerson{Name: "You, " + x.queue.Me, Note: "not the preparer"}
}

// steps are what is done, in its order, with how far it got.
func (x *Actions) steps(a *book.Intent) []ActionStep {
	about := upperFirst(x.queue.About[a.ID])
	list := []ActionStep{
		{Title: "Read everything again", Detail: "Stops if anything changed meanwhile"},
		{Title: upperFirst(a.What), Detail: cmp.Or(about, string(a.Target))},
		{Title: "Check what became of it", Detail: "An answer that is missing is looked up, never sent again blindly"},
	}
	done := 0
	switch a.State {
	case book.IntentSucceeded:
		done = 3
	case book.IntentSent, book.IntentUnknown, book.IntentNeedsPerson, book.IntentRefused:
		done = 1
	}
	for i := range list {
		switch {
		case i < done:
			list[i].State, list[i].Status = "done", OK
		case i == done && a.State != book.IntentSucceeded && done > 0:
			list[i].State, list[i].Status = ActionState(a.State)
			list[i].State = lowerFirst(list[i].State)
		case a.State == book.IntentCancelled:
			list[i].State, list[i].Status = "not done", Neutral
		default:
			list[i].State, list[i].Status = "waits", TimingStatus
		}
	}
	return list
}

// ActionSaid says in a sentence how far an action got.
func ActionSaid(a book.Intent) string {
	state, _ := ActionState(a.State)
	text := a.What + ": " + lowerFirst(state)
	if a.LastError != "" {
		text += ", " + strings.TrimSuffix(a.LastError, ".")
	}
	return text + "."
}

// RunSummary says what a run would do.
func RunSummary(r app.RenewalReport) string {
	counts := map[app.StepKind]int{}
	for _, s := range r.Steps {
		counts[s.Kind]++
	}
	var parts []string
	for _, k := range []struct {
		kind app.StepKind
		noun string
	}{{app.RenewalRetry, "retry"}, {app.RenewalNotice, "notice"}, {app.RenewalSuspend, "suspension"},
		{app.RenewalTerminate, "termination"}, {app.RenewalUnsuspend, "release"}} {
		if n := counts[k.kind]; n > 0 {
			parts = append(parts, Plural(n, k.noun))
		}
	}
	text := "This run does " + strings.Join(parts, ", ") + ". "
	if r.Held > 0 {
		text += Plural(r.Held, "more step") + " waits for the next run: a run has a limit. "
	}
	return text + "A first small part goes ahead of the rest; where far more is refused than usual, the rest is not sent."
}

// RunSaid says what a run did.
func RunSaid(r app.RenewalReport) string {
	done, refused, other := 0, 0, 0
	for _, s := range r.Steps {
		switch s.State {
		case book.IntentSucceeded:
			done++
		case book.IntentRefused:
			refused++
		default:
			other++
		}
	}
	text := fmt.Sprintf("%s done, %d refused, %d open.", Plural(done, "step"), refused, other)
	if r.Stopped != "" {
		text += " " + r.Stopped
	}
	return text
}
