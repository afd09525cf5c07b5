package present

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"countinghouse/app"
	"countinghouse/app/book"
	"countinghouse/app/money"
)

// Tab parts the exceptions of a month.
type Tab string

// The tabs of the Reconcile screen.
const (
	TabResolve  Tab = "resolve"
	TabTiming   Tab = "timing"
	TabResolved Tab = "resolved"
)

// ExceptionRow is a line of the list: a class with its count, or one exception.
type ExceptionRow struct {
	// ID is the exception's, or the class's code for a group.
	ID    string
	Group bool
	Class book.Class
	// Title and Detail are the two lines of text, Count the number in a group.
	Title, Detail, Count string
	Age, Owner, Amount   string
	Folded               bool
	Status               Status
	// Unit, Means and Hint are a group's: the currency of Amount, what the class says, and how to
	// go on.
	Unit, Means, Hint string
	// Late says that it is past its due date or its class's age limit.
	Late bool
	// Record says that the row is a found record that no exception holds; ID is its own.
	Record bool
}

// Exceptions is the list of the Reconcile screen: what is shown of a month, folded, filtered,
// searched and selected. It is used from one goroutine.
type Exceptions struct {
	month  *app.Month
	tab    Tab
	filter Filter
	// search is the filter's text in lower case; step limits the list to the items of a bridge's step.
	search   string
	step     map[book.ItemID]bool
	stepName string
	classes  []book.Class
	open     map[book.Class]bool
	selected string
	texts    map[string]string
	// found are the exceptions that hold a record which the search found, records the found ones that
	// no exception holds.
	found   map[string]bool
	records []app.Found
	// shut folds the found records.
	shut bool
	// done are exceptions that were settled since the month was read.
	done map[string]book.Exception
}

// NewExceptions is the list of a month, its first group unfolded and nothing selected.
func NewExceptions(m *app.Month) *Exceptions {
	x := &Exceptions{month: m, tab: TabResolve, open: map[book.Class]bool{},
		texts: map[string]string{}, done: map[string]book.Exception{}}
	if list := x.matching(x.tab); len(list) > 0 {
		x.open[list[0].Class] = true
	}
	return x
}

// Month is the month that the list shows.
func (x *Exceptions) Month() *app.Month { return x.month }

func tabOf(e *book.Exception) Tab {
	switch {
	case e.Status != book.Open:
		return TabResolved
	case e.Class.Group() == book.Timing:
		return TabTiming
	}
	return TabResolve
}

// Show changes the tab.
func (x *Exceptions) Show(t Tab) { x.tab = t }

// Tab is the tab that is shown.
func (x *Exceptions) Tab() Tab { return x.tab }

// Counts are the numbers of exceptions in each tab, before search.
func (x *Exceptions) Counts() map[Tab]int {
	n := map[Tab]int{}
	for _, e := range x.all() {
		n[tabOf(e)]++
	}
	return n
}

// Search shows only exceptions that hold every word of a text: in class, title, customer, invoice,
// ids, amount or sentence.
func (x *Exceptions) Search(text string) {
	x.filter.Search = strings.TrimSpace(text)
	x.search = strings.ToLower(x.filter.Search)
	x.found, x.records = nil, nil
}

// InCurrency shows one currency only, "" all.
func (x *Exceptions) InCurrency(c money.Currency) { x.filter.Currency = c }

// Currencies are those of the month's exceptions, sorted.
func (x *Exceptions) Currencies() []money.Currency {
	var out []money.Currency
	for i := range x.month.Exceptions {
		if c := x.month.Exceptions[i].Amount.Currency; !slices.Contains(out, c) {
			out = append(out, c)
		}
	}
	slices.Sort(out)
	return out
}

// ForStep shows only the exceptions that a bridge's step holds: those of its classes among its
// items. Nil shows all.
func (x *Exceptions) ForStep(step *book.BridgeStep) {
	x.step, x.stepName, x.classes = nil, "", nil
	if step == nil {
		return
	}
	x.stepName, x.classes = stepName(step.Step), step.Classes
	x.step = make(map[book.ItemID]bool, len(step.Entries))
	for _, e := range step.Entries {
		x.step[e.Item] = true
	}
}

// Filtered names the step that the list is limited to, "" for none.
func (x *Exceptions) Filtered() string {
	if x.step == nil {
		return ""
	}
	return x.stepName
}

// Fold folds or unfolds a group.
func (x *Exceptions) Fold(c book.Class, folded bool) {
	if c == FoundGroup {
		x.shut = folded
		return
	}
	x.open[c] = !folded
}

// Select chooses an exception by id; its group is unfolded and its tab shown.
func (x *Exceptions) Select(id string) {
	x.selected = id
	if e := x.Selected(); e != nil {
		x.tab = tabOf(e)
		x.open[e.Class] = true
	}
}

// Selected is the chosen exception, nil for none.
func (x *Exceptions) Selected() *book.Exception { return x.Exception(x.selected) }

func (x *Exceptions) matching(t Tab) []*book.Exception {
	var out []*book.Exception
	for _, e := range x.all() {
		if tabOf(e) == t && x.keeps(e) {
			out = append(out, e)
		}
	}
	slices.SortStableFunc(out, func(a, b *book.Exception) int {
		return cmp.Or(cmp.Compare(a.Class.Order(), b.Class.Order()), cmp.Compare(a.On, b.On),
			cmp.Compare(a.ID, b.ID))
	})
	return out
}

func (x *Exceptions) keeps(e *book.Exception) bool {
	if !x.filter.keeps(x.month, e) {
		return false
	}
	inStep := func(id book.ItemID) bool { return x.step[id] }
	if x.step != nil && (!slices.Contains(x.classes, e.Class) ||
		!slices.ContainsFunc(e.Items, inStep)) {
		return false
	}
	if x.search == "" || x.found[e.ID] {
		return true
	}
	text := x.text(e)
	for word := range strings.FieldsSeq(x.search) {
		if !strings.Contains(text, word) {
			return false
		}
	}
	return true
}

// text is all that a search looks at, in lower case.
func (x *Exceptions) text(e *book.Exception) string {
	if t, ok := x.texts[e.ID]; ok {
		return t
	}
	var b strings.Builder
	fmt.Fprintln(&b, e.Class, e.Class.Name(), Title(x.month, e), About(x.month, e),
		Amount(e.Amount), e.Amount.Decimal(), e.Why, e.Owner)
	for _, id := range e.Items {
		fmt.Fprintln(&b, id)
	}
	t := strings.ToLower(b.String())
	x.texts[e.ID] = t
	return t
}

// Rows are the lines to draw: groups by class, and the exceptions of those that are unfolded.
func (x *Exceptions) Rows() []ExceptionRow {
	var out []ExceptionRow
	list := x.matching(x.tab)
	today := x.month.AsOf.In(x.month.Config.Zone())
	mixed := x.filter.Currency == "" && len(x.Currencies()) > 1
	for len(list) > 0 {
		n := 1
		for n < len(list) && list[n].Class == list[0].Class {
			n++
		}
		group := list[:n]
		list = list[n:]
		c := group[0].Class
		folded := !x.open[c] && x.search == ""
		h := head(group, folded)
		if mixed && h.Unit != "" {
			h.Amount += " " + h.Unit
			h.Unit = ""
		}
		out = append(out, h)
		if folded {
			continue
		}
		for _, e := range group {
			row := ExceptionRow{ID: e.ID, Class: c, Title: Title(x.month, e),
				Detail: About(x.month, e), Age: Age(e.On, today), Owner: e.Owner,
				Amount: Amount(e.Amount), Status: ClassStatus(c)}
			if mixed {
				row.Amount += " " + string(e.Amount.Currency)
			}
			if e.Owner == "" {
				row.Owner = None
			}
			if e.Status != book.Open {
				row.Age = StateTitle(e.Status)
			}
			row.Late = e.Status == book.Open && x.month.Stale(*e)
			out = append(out, row)
		}
	}
	return append(out, x.recordRows()...)
}

// head is the line above the exceptions of a class.
func head(group []*book.Exception, folded bool) ExceptionRow {
	c := group[0].Class
	r := ExceptionRow{ID: string(c), Group: true, Class: c, Title: c.Name(),
		Count: Count(len(group)), Amount: sum(group), Folded: folded, Status: ClassStatus(c)}
	if info, ok := c.Info(); ok {
		r.Means = info.Means
	}
	if r.Amount != None {
		r.Unit = string(group[0].Amount.Currency)
	}
	r.Hint = Plural(len(group), "item") + ". Press J for the first one."
	if folded {
		r.Hint = Plural(len(group), "item") + ". Press the right arrow to list them."
	}
	return r
}

// sum is the sum of a group's amounts, the dash where they cross currencies.
func sum(group []*book.Exception) string {
	total := group[0].Amount
	for _, e := range group[1:] {
		t, err := total.Add(e.Amount)
		if err != nil {
			return None
		}
		total = t
	}
	return Amount(total)
}

// Choose marks an exception without changing what is folded or shown.
func (x *Exceptions) Choose(id string) { x.selected = id }

// Chosen is the id of the chosen exception, "" for none.
func (x *Exceptions) Chosen() string { return x.selected }

// Currency is the one that the list is limited to, "" for all.
func (x *Exceptions) Currency() money.Currency { return x.filter.Currency }

// Like takes over how another list is shown: tab, currency, search, folding and choice.
func (x *Exceptions) Like(o *Exceptions) {
	x.tab, x.search, x.selected, x.filter = o.tab, o.search, o.selected, o.filter
	if !slices.Contains(x.Currencies(), o.filter.Currency) {
		x.filter.Currency = ""
	}
	if o.month.Period == x.month.Period && x.search != "" {
		x.found, x.records = o.found, o.records
	}
	for c, open := range o.open {
		x.open[c] = open
	}
	if x.Selected() == nil {
		x.selected = ""
	}
}

// Anything shows the first tab that has rows under the present filter, unfolds what it holds, and
// chooses its first exception; false where no tab has any.
func (x *Exceptions) Anything() bool {
	for _, t := range []Tab{x.tab, TabResolve, TabTiming, TabResolved} {
		list := x.matching(t)
		if len(list) == 0 {
			continue
		}
		x.tab, x.selected = t, list[0].ID
		for _, e := range list {
			x.open[e.Class] = true
		}
		return true
	}
	return false
}

// Next moves to the next exception of the tab, also into folded groups, and returns its id; "" where
// there is none.
func (x *Exceptions) Next() string {
	list := x.matching(x.tab)
	at := slices.IndexFunc(list, func(e *book.Exception) bool { return e.ID == x.selected })
	if at+1 >= len(list) {
		return ""
	}
	e := list[at+1]
	x.selected, x.open[e.Class] = e.ID, true
	return e.ID
}

// Step moves the selection by a number of exceptions among the rows and returns the new one's id,
// "" where there is none.
func (x *Exceptions) Step(by int) string {
	var ids []string
	at := -1
	for _, r := range x.Rows() {
		if r.Group {
			continue
		}
		if r.ID == x.selected {
			at = len(ids)
		}
		ids = append(ids, r.ID)
	}
	if len(ids) == 0 {
		return ""
	}
	if at < 0 && by < 0 {
		at = len(ids)
	}
	x.selected = ids[min(max(at+by, 0), len(ids)-1)]
	return x.selected
}

// Empty says what an empty list means.
func (x *Exceptions) Empty() string {
	if x.filter != (Filter{}) || x.step != nil {
		return "No exception fits this filter."
	}
	if len(filled(x.month)) == 0 {
		return "There are no records of this month yet. Sync the sources, or import a statement."
	}
	switch x.tab {
	case TabTiming:
		return "Nothing waits for time to pass."
	case TabResolved:
		return "Nothing was resolved in this month yet."
	}
	return "Nothing to resolve: every record of this month is matched or explained."
}
