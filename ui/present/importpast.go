package present

import (
	"strconv"
	"strings"
	"time"

	"countinghouse/app"
	"countinghouse/app/book"
)

// PastImport is an import that was done.
type PastImport struct {
	ID, When, Files, Account, New, Kept, Result string
	Status                                      Status
	// CanUndo says that it can be undone; Why says why not.
	CanUndo bool
	Why     string
}

// PastImports lays out the log of imports, the last one first, with times in the business's zone.
func PastImports(list []app.ImportEntry, zone *time.Location) []PastImport {
	out := make([]PastImport, 0, len(list))
	for _, r := range list {
		p := PastImport{ID: strconv.FormatInt(int64(r.ID), 10), When: Moment(r.At, zone),
			Files: strings.Join(r.Files, ", "), New: Count(r.New), Kept: Count(r.KeptAside),
			Result: "In the books", Status: OK, CanUndo: true}
		var accounts []string
		for _, a := range r.Accounts {
			accounts = append(accounts, string(a))
		}
		p.Account = strings.Join(accounts, ", ")
		switch {
		case r.UndoneAt != 0:
			p.Result, p.Status = "Undone "+Moment(r.UndoneAt, zone), Neutral
			p.CanUndo, p.Why = false, "It was undone already."
		case !r.Undoable:
			p.CanUndo, p.Why = false, "It is older than what the books keep of imports."
		}
		out = append(out, p)
	}
	return out
}

// Moment is a moment in a zone, to the minute; the dash for none.
func Moment(at book.Instant, zone *time.Location) string {
	if at == 0 {
		return None
	}
	return at.Time().In(zone).Format("2006-01-02 15:04")
}

// UndoText says before an import is undone what goes.
func UndoText(r app.ImportEntry) string {
	parts := []string{"**" + Plural(r.New, "line") + "** of " + strings.Join(r.Files, ", ") +
		" leave the books, and the matches that were found by themselves end with them."}
	if r.Replaced > 0 {
		parts = append(parts, "What they took the place of comes back.")
	}
	if r.KeptAside > 0 {
		parts = append(parts, "What was kept aside ("+Plural(r.KeptAside, "row")+") is forgotten.")
	}
	parts = append(parts, "Lines that a later import has too stay. The file can be imported again.")
	return strings.Join(parts, " ")
}

// UndoneText says what the undoing of an import came to.
func UndoneText(u app.Undone) string {
	text := "Undone: " + Plural(u.Gone, "line") + " left the books"
	if u.Back > 0 {
		text += ", " + Count(u.Back) + " came back"
	}
	if u.Kept > 0 {
		text += ", " + Count(u.Kept) + " stay because a later import has them too"
	}
	if u.Matches > 0 {
		text += ", " + matchCount(u.Matches) + " ended"
	}
	return text + "."
}

func matchCount(n int) string {
	if n == 1 {
		return "1 match"
	}
	return Count(n) + " matches"
}

// AsideRow is a row that an import kept aside and that waits for somebody.
type AsideRow struct{ ID, File, Account, Place, Raw, Reason, When string }

// AsideRows lays out the rows that are kept aside.
func AsideRows(list []app.QuarantinedRow, zone *time.Location) []AsideRow {
	out := make([]AsideRow, 0, len(list))
	for _, a := range list {
		out = append(out, AsideRow{ID: strconv.FormatInt(a.ID, 10), File: orNone(a.File),
			Account: string(a.Account), Place: PlaceTitle(a.Place), Raw: a.Raw, Reason: a.Reason,
			When: Moment(a.At, zone)})
	}
	return out
}

// WaitingText says how many files of watched folders wait, and what the first waits for.
func WaitingText(list []app.Watched) string {
	n, why := 0, ""
	for _, w := range list {
		if w.State != app.WatchWaits {
			continue
		}
		if n == 0 {
			why = w.Why
		}
		n++
	}
	switch n {
	case 0:
		return ""
	case 1:
		return "1 file waits for you: " + sentenceEnd(why)
	}
	return Count(n) + " files wait for you. The first: " + sentenceEnd(why)
}

// sentenceEnd closes a sentence that may be closed already.
func sentenceEnd(s string) string {
	if strings.HasSuffix(s, ".") || strings.HasSuffix(s, "?") {
		return s
	}
	return s + "."
}

// WaitingButton opens the files that wait.
func WaitingButton(n int) string {
	if n == 1 {
		return "Look at it"
	}
	return "Look at all " + Count(n)
}

// WatchText says which folder an account watches now.
func WatchText(account, folder string) string {
	if folder == "" {
		return account + " watches no folder any more."
	}
	return account + " watches " + folder + "."
}
