package present

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	"countinghouse/app"
	"countinghouse/app/book"
	"countinghouse/app/money"
)

// Filter limits the list of exceptions; the zero filter shows all.
type Filter struct {
	Currency money.Currency `json:"currency,omitempty"`
	// State is one of States, Owner a person or Nobody.
	State  string     `json:"state,omitempty"`
	Owner  string     `json:"owner,omitempty"`
	Class  book.Class `json:"class,omitempty"`
	Search string     `json:"search,omitempty"`
}

// Nobody is the owner of what nobody owns.
const Nobody = "—"

// The states that a list can be limited to beside those of an exception.
const (
	StateSuggested = "suggested"
	StateLate      = "late"
)

// States are the states to limit a list to, each with its word.
var States = [][2]string{{"", "All"}, {StateSuggested, "Suggested match"}, {StateLate, "Late"},
	{string(book.Waiting), "Waiting"}, {string(book.Explained), "Explained"},
	{string(book.Resolved), "Resolved"}}

func (f *Filter) keeps(m *app.Month, e *book.Exception) bool {
	switch f.State {
	case "":
	case StateSuggested:
		if !slices.Contains(e.Flags, book.FlagSuggestion) {
			return false
		}
	case StateLate:
		if e.Status != book.Open || !m.Stale(*e) {
			return false
		}
	default:
		if string(e.Status) != f.State {
			return false
		}
	}
	return (f.Currency == "" || e.Amount.Currency == f.Currency) &&
		(f.Owner == "" || f.Owner == cmp.Or(e.Owner, Nobody)) &&
		(f.Class == "" || e.Class == f.Class)
}

// Text says what the filter shows in words, "" for all; the currency and the search have fields of
// their own and are left out.
func (f *Filter) Text() string {
	var parts []string
	for _, s := range States {
		if f.State != "" && s[0] == f.State {
			parts = append(parts, s[1])
		}
	}
	if f.Class != "" {
		parts = append(parts, string(f.Class)+" "+f.Class.Name())
	}
	switch f.Owner {
	case "":
	case Nobody:
		parts = append(parts, "owned by nobody")
	default:
		parts = append(parts, "owned by "+f.Owner)
	}
	return strings.Join(parts, ", ")
}

// Filter is what limits the list.
func (x *Exceptions) Filter() Filter { return x.filter }

// SetFilter limits the list anew. Where it asks for a state that the tab cannot have, the tab changes.
func (x *Exceptions) SetFilter(f Filter) {
	x.Search(f.Search)
	x.filter = f
	x.filter.Search = strings.TrimSpace(f.Search)
	settled := f.State == string(book.Waiting) || f.State == string(book.Explained) ||
		f.State == string(book.Resolved)
	switch {
	case settled:
		x.tab = TabResolved
	case f.State != "" && x.tab == TabResolved:
		x.tab = TabResolve
	}
}

// Owners are those of the month's exceptions, sorted.
func (x *Exceptions) Owners() []string {
	var out []string
	for _, e := range x.all() {
		if e.Owner != "" && !slices.Contains(out, e.Owner) {
			out = append(out, e.Owner)
		}
	}
	slices.Sort(out)
	return out
}

// Classes are those of the tab that is shown, whatever the filter, in order.
func (x *Exceptions) Classes() []book.Class {
	var out []book.Class
	for _, e := range x.all() {
		if tabOf(e) == x.tab && !slices.Contains(out, e.Class) {
			out = append(out, e.Class)
		}
	}
	slices.SortFunc(out, func(a, b book.Class) int { return a.Order() - b.Order() })
	return out
}

// SavedFilter is a filter with the name that a person gave it.
type SavedFilter struct {
	Name   string `json:"name"`
	Filter Filter `json:"filter"`
}

// SavedFilters are the filters that a person keeps, by name.
type SavedFilters []SavedFilter

// ReadFilters reads what Text wrote; none where it is unreadable.
func ReadFilters(text string) SavedFilters {
	var out SavedFilters
	if err := json.Unmarshal([]byte(text), &out); err != nil {
		return nil
	}
	return out
}

// Text is the filters for keeping.
func (f SavedFilters) Text() string {
	b, err := json.Marshal(f)
	if err != nil {
		return "" // texts only: cannot happen
	}
	return string(b)
}

// With is the filters with one more, in the place of the one of that name.
func (f SavedFilters) With(name string, x Filter) SavedFilters {
	out := append(f.Without(name), SavedFilter{name, x})
	slices.SortFunc(out, func(a, b SavedFilter) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// Without is the filters without the one of a name.
func (f SavedFilters) Without(name string) SavedFilters {
	return slices.DeleteFunc(slices.Clone(f), func(s SavedFilter) bool { return s.Name == name })
}
