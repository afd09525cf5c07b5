package world

import "countinghouse/app/book"

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
