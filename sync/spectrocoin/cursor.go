package spectrocoin

import (
	"countinghouse/app/book"
	"countinghouse/sync/source"
)

// Spans of time in milliseconds, as instants count.
const (
	oneDay = book.Instant(24 * 60 * 60 * 1000)
	// overlap is how far behind the last pull's beginning rows of the wallet are read again.
	overlap = 3 * oneDay
	// lateness is how long after it was made an order may still be paid or credited: an expired order
	// is not final, and is read again for that long.
	lateness = 15 * oneDay
)

// milli is a moment in a cursor, in milliseconds since 1970: an instant is written in words.
type milli int64

// cursor is where a project's pulling stands. Moments are the server's.
type cursor struct {
	Version int `json:"v"`
	// From is the moment from which the wallet's rows are complete, 0 for its beginning.
	From milli `json:"from,omitempty"`
	// Mark is when the last finished pull began, 0 before the first one; WalletMark when the last one
	// that could read the wallet did.
	Mark       milli `json:"mark,omitempty"`
	WalletMark milli `json:"wallet_mark,omitempty"`
	// Pending is the oldest row of the wallet that was not final, 0 for none.
	Pending milli `json:"pending,omitempty"`
	// Run is the pull that has begun and not finished.
	Run *run `json:"run,omitempty"`
}

// run is a pull under way.
type run struct {
	Began milli `json:"began"`
	Full  bool  `json:"full,omitempty"`
	// Lower is the moment from which rows are handed over; orders are read from lateness before it.
	Lower milli `json:"lower,omitempty"`
	// Stage is the place in stages, After the last record of it that was kept, Done their number.
	Stage stage  `json:"stage"`
	After string `json:"after,omitempty"`
	Done  int    `json:"done,omitempty"`
	// Wallet is a fingerprint of the wallet as the run has read it.
	Wallet string `json:"wallet,omitempty"`
}

const cursorVersion = 1

// read opens a cursor; "" is that of a project that was never pulled.
func (s *SpectroCoin) read(c source.Cursor) (cursor, error) {
	at := cursor{Version: cursorVersion}
	err := source.OpenCursor(s.o.Name, c, &at, func() bool {
		r := at.Run
		return at.Version == cursorVersion &&
			(r == nil || r.Stage >= 0 && int(r.Stage) < len(stages))
	})
	return at, err
}

func (c cursor) write() source.Cursor { return source.WriteCursor(c) }

// since is the moment from which a pull is asked for, 0 for everything.
func since(q source.Request) book.Instant {
	if q.Since == 0 {
		return 0
	}
	return book.AtUnix(q.SinceUnix())
}

// begin starts a pull at a moment of the server's. One that is under way is given up: what it has
// kept is read again. A wallet that can be read for the first time is read from its beginning.
func (c *cursor) begin(now book.Instant, q source.Request, wallet bool) {
	low := milli(since(q))
	r := &run{Began: milli(now)}
	switch mark := c.Mark; {
	case mark == 0:
		c.From, r.Lower, r.Full = low, low, c.Run != nil
	case low < c.From:
		c.From, r.Lower, r.Full = low, low, true
	case q.Full:
		r.Lower, r.Full = low, true
	case wallet && c.WalletMark == 0:
		r.Lower, r.Full = c.From, true
	default:
		if wallet {
			mark = min(mark, c.WalletMark)
		}
		r.Lower = max(mark-milli(overlap), c.From)
		if c.Pending != 0 {
			r.Lower = max(min(r.Lower, c.Pending), c.From)
		}
	}
	c.Run = r
}

// orders is the moment from which orders and rows are read, 0 for all.
func (r *run) orders() book.Instant { return max(0, book.Instant(r.Lower)-lateness) }

// finish ends the pull under way.
func (c *cursor) finish(wallet bool, pending book.Instant) {
	c.Mark = c.Run.Began
	if wallet {
		c.WalletMark, c.Pending = c.Mark, milli(pending)
	}
	c.Run = nil
}

// next moves on to the next stage.
func (r *run) next() { r.Stage, r.After, r.Done = r.Stage+1, "", 0 }

// again goes back to the first stage.
func (r *run) again(wallet string) { r.Stage, r.After, r.Done, r.Wallet = 0, "", 0, wallet }
