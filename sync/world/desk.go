package world

import (
	"io"
	"net/http"

	"countinghouse/app/book"
)

// Lapse is what goes wrong with the reply of a change.
type Lapse string

// The lapses.
const (
	// LostBefore is an error of the server before anything was done, LostAfter one after it; a key replays
	// the second. Broken is a connection that breaks after it was done.
	LostBefore Lapse = "before"
	LostAfter  Lapse = "after"
	Broken     Lapse = "broken"
	// Garbled is a web page in place of a reply, after it was done.
	Garbled Lapse = "garbled"
)

// Desk says how a simulator takes changes.
type Desk struct {
	// Issuer decides attempts; nil for Moods of the world's seed.
	Issuer Issuer
	// Now tells the time of what is new; nil for the world's own.
	Now func() book.Instant
	// Lapse says what goes wrong with a change at a path; nil for nothing.
	Lapse func(path string) Lapse
}

// Fate is what goes wrong with a change at a path.
func (d *Desk) Fate(path string) Lapse {
	if d.Lapse == nil {
		return ""
	}
	return d.Lapse(path)
}

// Spoil cuts the connection or puts a web page in place of the reply, and reports whether it did.
func (l Lapse) Spoil(w http.ResponseWriter) bool {
	switch l {
	case Broken:
		panic(http.ErrAbortHandler)
	case Garbled:
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, "<html>") // whoever asked may be gone
		return true
	}
	return false
}
