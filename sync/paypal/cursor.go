package paypal

import (
	"countinghouse/sync/source"
)

// Times in seconds, as PayPal's filters take them.
const (
	oneHour = 60 * 60
	oneDay  = 24 * oneHour
	// overlap is how far back every pull reads again: rows appear up to three hours late, and some
	// later (PayPal, transaction search guide, read 2026-11).
	overlap = 4*oneHour + 3*oneDay
	// deepOverlap is how far back a pull reads again for what may still change, deepEvery how often
	// it does, and pendingEvery how often where something is pending.
	deepOverlap  = 45 * oneDay
	deepEvery    = 7 * oneDay
	pendingEvery = oneDay
	// searchKept is how far back the search reaches, less a margin.
	searchKept = 3*365*oneDay - 2*oneDay
	// sliceMost is the longest window of the search, sliceFirst the one that is tried first.
	sliceMost  = 31 * oneDay
	sliceFirst = 7 * oneDay
	// disputesKept and eventsKept are how far back those lists reach, less a margin.
	disputesKept = 179 * oneDay
	eventsKept   = 29 * oneDay
)

// cursor is where an account's pulling stands. Times are PayPal's, in Unix seconds.
type cursor struct {
	Version int `json:"v"`
	// Account is the account of the books: the records of two must not mix.
	Account string `json:"account,omitempty"`
	// Asked is the moment from which the books were asked for, 0 for everything; From that from
	// which the ledger is complete, 0 for the account's beginning.
	Asked int64 `json:"asked,omitempty"`
	From  int64 `json:"from,omitempty"`
	// Mark is how far the last finished pull read, 0 before the first one has finished; At when it
	// began, Deep when the last one began that read far back.
	Mark int64 `json:"mark,omitempty"`
	At   int64 `json:"at,omitempty"`
	Deep int64 `json:"deep,omitempty"`
	// Run is the pull that has begun and not finished.
	Run *run `json:"run,omitempty"`
}

// run is a pull under way.
type run struct {
	Began int64 `json:"began"`
	// Until is how far PayPal's data reached when it began.
	Until int64 `json:"until"`
	// Whole says that it reads everything, Far that it reads far back.
	Whole bool `json:"whole,omitempty"`
	Far   bool `json:"far,omitempty"`
	// Lower is where its reading begins, Next where the next slice does, Step how long it is.
	Lower int64 `json:"lower"`
	Next  int64 `json:"next"`
	Step  int64 `json:"step"`
	// Stage is the place in stages, Done how many records of it were read.
	Stage int `json:"stage"`
	Done  int `json:"done,omitempty"`
}

const cursorVersion = 1

// read opens a cursor; "" is that of an account that was never pulled.
func (p *PayPal) read(c source.Cursor) (cursor, error) {
	at := cursor{Version: cursorVersion}
	err := source.OpenCursor(p.o.Name, c, &at, func() bool {
		r := at.Run
		return at.Version == cursorVersion &&
			(r == nil || r.Stage >= 0 && r.Stage < len(stages) && r.Step > 0)
	})
	return at, err
}

func (c cursor) write() source.Cursor { return source.WriteCursor(c) }

// serves reports whether the run under way will do for a request.
func (c *cursor) serves(q source.Request) bool {
	return c.Run != nil && (c.Run.Whole || !q.Full) && !c.lacks(q.SinceUnix())
}

// lacks reports whether the books were not asked for as far back as that.
func (c *cursor) lacks(low int64) bool { return c.Asked != 0 && low < c.Asked }

// begin starts a pull at a moment of the server's, whose data reach until another. One that is
// under way is given up: what it has kept is read again. It returns whether everything is read.
func (c *cursor) begin(now, until int64, q source.Request, far bool) bool {
	low := q.SinceUnix()
	r := &run{Began: now, Until: until, Step: sliceFirst, Whole: true, Far: true}
	switch {
	case c.Mark == 0 || c.lacks(low):
		c.Asked, c.From = low, low
	case q.Full:
	default:
		r.Whole, r.Far = false, far
		low = c.Mark - overlap
		if far {
			low = c.Mark - deepOverlap
		}
		low = max(low, c.From)
	}
	r.Lower = max(low, now-searchKept)
	r.Next = r.Lower
	c.Run = r
	return r.Whole
}

// finish ends the pull under way.
func (c *cursor) finish() {
	r := c.Run
	if r.Far {
		c.Deep = r.Began
	}
	c.Mark, c.At, c.Run = r.Until, r.Began, nil
}

// next moves on to the next stage.
func (r *run) next() { r.Stage, r.Done = r.Stage+1, 0 }

// slice is the end of the next slice.
func (r *run) slice() int64 { return min(r.Next+r.Step-1, r.Until) }

// advance moves on behind a slice that ended at to and held so many rows: full ones make the next
// shorter, sparse ones longer.
func (r *run) advance(to int64, rows int) {
	r.Next = to + 1
	switch {
	case rows > pageSize*8:
		r.Step = max(1, r.Step/2)
	case rows < pageSize*2:
		r.Step = min(2*r.Step, sliceMost)
	}
}
