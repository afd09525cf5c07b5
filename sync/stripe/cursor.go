package stripe

import (
	"countinghouse/sync/source"
)

// Times in seconds, as Stripe's filters take them.
const (
	// overlap is how far back a pull looks behind the last one's beginning, because objects may
	// become visible a little after they were made.
	overlap = 10 * 60
	oneDay  = 24 * 60 * 60
	// eventsKept is how long Stripe keeps events (Stripe API, events, read 2026-11), less a margin.
	eventsKept = 30*oneDay - 2*60*60
	// refundsTurn and payoutsTurn are how long after they were made refunds and payouts may still
	// come back.
	refundsTurn = 35 * oneDay
	payoutsTurn = 45 * oneDay
)

// cursor is where an account's pulling stands. Times are Stripe's, in Unix seconds.
type cursor struct {
	Version int `json:"v"`
	// Live is the mode of the books: live and test records must not mix.
	Live bool `json:"live"`
	// From is the moment from which the ledger is complete, 0 for the account's beginning.
	From int64 `json:"from,omitempty"`
	// Mark is when the last finished pull began, 0 before the first one has finished.
	Mark int64 `json:"mark,omitempty"`
	// Pending is the oldest row of the ledger that was pending when last looked at, PendingAt when
	// the pending ones were last read again.
	Pending   int64 `json:"pending,omitempty"`
	PendingAt int64 `json:"pending_at,omitempty"`
	// Run is the pull that has begun and not finished.
	Run *run `json:"run,omitempty"`
}

// run is a pull under way.
type run struct {
	Began int64 `json:"began"`
	Full  bool  `json:"full,omitempty"`
	// Lower is the creation time from which the lists are read, 0 for all.
	Lower int64 `json:"lower,omitempty"`
	// Blind says that events cannot tell what changed: too long ago, or not permitted.
	Blind bool `json:"blind,omitempty"`
	// Stage is the place in stages, After the last record of it that was kept, Done their number.
	Stage int    `json:"stage"`
	After string `json:"after,omitempty"`
	Done  int    `json:"done,omitempty"`
	// Payout is the payout whose members are being read, Member the last one that was kept.
	Payout string `json:"payout,omitempty"`
	Member string `json:"member,omitempty"`
	// Pending is the oldest pending row that this pull has met, 0 for none.
	Pending int64 `json:"pending,omitempty"`
}

const cursorVersion = 1

// read opens a cursor; "" is that of an account that was never pulled.
func (s *Stripe) read(c source.Cursor) (cursor, error) {
	at := cursor{Version: cursorVersion}
	err := source.OpenCursor(s.o.Name, c, &at, func() bool {
		r := at.Run
		return at.Version == cursorVersion &&
			(r == nil || r.Stage >= 0 && r.Stage < len(stages))
	})
	return at, err
}

func (c cursor) write() source.Cursor { return source.WriteCursor(c) }

// begin starts a pull at a moment of the server's. One that is under way is given up: what it has
// kept is read again.
func (c *cursor) begin(now int64, q source.Request) {
	low := q.SinceUnix()
	r := &run{Began: now}
	switch {
	case c.Mark == 0:
		c.From, r.Lower, r.Full = low, low, c.Run != nil
	case low < c.From:
		c.From, r.Lower, r.Full = low, low, true
	case q.Full:
		r.Lower, r.Full = low, true
	default:
		r.Lower = max(c.Mark-overlap, c.From)
		r.Blind = now-c.Mark > eventsKept
	}
	c.Run = r
}

// whole reports whether the pull under way reads everything and needs no hints of changes.
func (c *cursor) whole() bool { return c.Mark == 0 || c.Run.Full }

// lower is the creation time from which a stage's list is read. Where events cannot tell, refunds
// and payouts are read as far back as they may have changed since the last pull. Once a day the
// ledger is read from the oldest row that was pending.
func (c *cursor) lower(s stage) int64 {
	r := c.Run
	low := r.Lower
	switch {
	case c.whole():
		return low
	case s == stageLedger && c.rereads():
		low = min(low, c.Pending)
	case s == stageRefunds && r.Blind:
		low = min(low, c.Mark-refundsTurn)
	case s == stagePayouts && r.Blind:
		low = min(low, c.Mark-payoutsTurn)
	}
	return max(low, c.From)
}

// rereads reports whether this pull reads the pending rows again.
func (c *cursor) rereads() bool {
	return c.Pending != 0 && c.Run.Began-c.PendingAt >= oneDay
}

// sawPending notes a pending row of the ledger.
func (r *run) sawPending(created int64) {
	if r.Pending == 0 || created < r.Pending {
		r.Pending = created
	}
}

// finish ends the pull under way.
func (c *cursor) finish() {
	r := c.Run
	switch {
	case c.whole() || c.rereads():
		c.Pending, c.PendingAt = r.Pending, r.Began
	case r.Pending != 0 && (c.Pending == 0 || r.Pending < c.Pending):
		c.Pending = r.Pending
	}
	c.Mark, c.Run = r.Began, nil
}

// next moves on to the next stage.
func (r *run) next() {
	r.Stage++
	r.After, r.Done, r.Payout, r.Member = "", 0, "", ""
}
