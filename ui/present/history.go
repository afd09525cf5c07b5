package present

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"countinghouse/app"
	"countinghouse/app/book"
)

// Event is one line of an exception's history.
type Event struct {
	At, Text, Who string
	// Undone says that somebody took it back.
	Undone bool
}

// EvidenceRow is a file that proves something: its name, its size and digest, who added it and when.
type EvidenceRow struct{ Name, Size, Digest, By, At string }

// Take fills in what happened to an exception, oldest first: what its records say of themselves, its
// detection, and events, what people did.
func (d *Detail) Take(m *app.Month, e *book.Exception, events []app.Event) {
	d.History, d.Notes, d.Files = nil, nil, nil
	zone := m.Config.Zone()
	around := *e
	around.Items = d.items(e)
	list := slices.Concat(m.Past(around), events)
	slices.SortStableFunc(list, func(a, b app.Event) int {
		return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.ID, b.ID))
	})
	for _, x := range list {
		row := Event{At: strings.TrimSuffix(moment(x.At, zone), " 00:00"), Text: eventText(x), Who: x.By, Undone: x.UndoneBy != 0}
		if row.Undone {
			row.Text += " (taken back)"
		}
		d.History = append(d.History, row)
		if x.Kind == book.EventNote && x.What != "" {
			d.Notes = append(d.Notes, row)
		}
		for _, f := range x.Evidence {
			digest := f.Digest
			if len(digest) > 12 {
				digest = digest[:12]
			}
			d.Files = append(d.Files, EvidenceRow{f.Name, Size(f.Size), digest, x.By, row.At})
		}
	}
}

// items are the records of the chain and the exception's others.
func (d *Detail) items(e *book.Exception) []book.ItemID {
	var out []book.ItemID
	for _, c := range d.Columns {
		if c.Item != "" {
			out = append(out, c.Item)
		}
	}
	for _, id := range e.Items {
		if !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}

func eventText(x app.Event) string {
	text := x.What
	if x.Why != "" && !strings.Contains(text, x.Why) {
		text += ": " + x.Why
	}
	switch n := len(x.Evidence); {
	case n > 0 && x.Kind == book.EventNote && text == "":
		text = "Added " + x.Evidence[0].Name
	case n > 0:
		text += fmt.Sprintf(" (%s)", Plural(n, "file"))
	}
	return text
}

// StepText says what an undo would take back: "Explained: bank letter, and 2 more".
func StepText(step []app.Event) string {
	if len(step) == 0 {
		return ""
	}
	text := eventText(step[0])
	if n := len(step) - 1; n > 0 {
		text += ", and " + Count(n) + " more"
	}
	return text
}
