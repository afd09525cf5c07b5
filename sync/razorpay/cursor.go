package razorpay

import (
	"countinghouse/sync/source"
)

// Times in seconds, as Razorpay's filters take them.
const (
	oneDay = 24 * 60 * 60
	// lateDays is how long payments and refunds are read again: one that failed may be authorised for
	// about three days, and one that waits for its settlement over a long weekend may be sent on
	// demand before.
	lateDays = 6
	// settledDays is how long settlements are read again, with what they consist of.
	settledDays = 10
	// sliceDays is how much of the past is read at a time.
	sliceDays = 31
	// backDays is how far behind a slice the payments and refunds that it settled are read as a list;
	// older ones are read one by one.
	backDays = 15
	// earliest and latest are the first and the last moment that Razorpay's filters take.
	earliest = 946684800
	latest   = 4765046400
)

// cursor is where an account's pulling stands. Times are Razorpay's, in Unix seconds.
type cursor struct {
	Version int `json:"v"`
	// Live is the mode of the books: live and test records must not mix.
	Live bool `json:"live"`
	// From is the moment from which everything was read, 0 for the account's beginning.
	From int64 `json:"from,omitempty"`
	// Mark is when the last finished pull began, 0 before the first one has finished.
	Mark int64 `json:"mark,omitempty"`
	// Run is the pull that has begun and not finished.
	Run *run `json:"run,omitempty"`
}

// run is a pull under way. Nothing that was made after it began is read, so that lists stand still.
type run struct {
	Began int64 `json:"began"`
	Full  bool  `json:"full,omitempty"`
	// Lower is the creation time from which it reads.
	Lower int64 `json:"lower"`
	// Slice is the slice of time being read, from 0, and Step the place in stages.
	Slice int `json:"slice,omitempty"`
	Step  int `json:"step,omitempty"`
	place
	// Reach is the time from which the step's list is read; it stays while the list is read.
	Reach int64 `json:"reach,omitempty"`
	// ByID says that the step's list is done, and what follows it is being read.
	ByID bool `json:"by_id,omitempty"`
	Done int  `json:"done,omitempty"`
}

const cursorVersion = 1

// read opens a cursor; "" is that of an account that was never pulled.
func (s *Razorpay) read(c source.Cursor) (cursor, error) {
	at := cursor{Version: cursorVersion}
	err := source.OpenCursor(s.o.Name, c, &at, func() bool {
		r := at.Run
		return at.Version == cursorVersion && (r == nil || r.Step >= 0 && r.Step < len(stages) &&
			r.Slice >= 0 && r.Slice < r.slices())
	})
	return at, err
}

func (c cursor) write() source.Cursor { return source.WriteCursor(c) }

// since is the moment from which a pull is asked for, 0 for everything.
func since(q source.Request) int64 {
	if q.Since == 0 {
		return 0
	}
	return max(q.SinceUnix(), earliest)
}

// begin starts a pull at a moment of the server's. One that is under way is given up: what it has
// kept is read again. A pull of everything since the beginning gets its Lower later.
func (c *cursor) begin(now int64, q source.Request) {
	low := since(q)
	r := &run{Began: now}
	switch {
	case c.Mark == 0:
		c.From, r.Lower, r.Full = low, low, c.Run != nil
	case low < c.From:
		c.From, r.Lower, r.Full = low, low, true
	case q.Full:
		r.Lower, r.Full = low, true
	default:
		r.Lower = max(c.Mark-lateDays*oneDay, c.From)
	}
	c.Run = r
}

// whole reports whether the pull under way reads everything and not only what may have changed.
func (c *cursor) whole() bool { return c.Mark == 0 || c.Run.Full }

// again is a slice's beginning for records that are read again for some days after they were made.
func (c *cursor) again(days int64) int64 {
	from, _ := c.Run.bounds()
	if c.Run.Slice > 0 || c.whole() {
		return from
	}
	return max(min(from, c.Mark-days*oneDay), c.From, earliest)
}

// slices is how many slices a run has, at least one.
func (r *run) slices() int { return int(max(0, r.Began-r.Lower)/(sliceDays*oneDay)) + 1 }

// bounds are the first and the last second of the slice.
func (r *run) bounds() (from, to int64) {
	from = r.Lower + int64(r.Slice)*sliceDays*oneDay
	return from, min(from+sliceDays*oneDay-1, r.Began)
}

func (r *run) last() bool { return r.Slice == r.slices()-1 }

// next moves on to the next step, and behind the last one to the next slice.
func (r *run) next() {
	r.place, r.Reach, r.ByID, r.Done = place{}, 0, false, 0
	if r.Step++; r.Step == len(stages) {
		r.Step = 0
		r.Slice++
	}
}

// finished reports whether all slices are read.
func (r *run) finished() bool { return r.Slice == r.slices() }

// finish ends the pull under way.
func (c *cursor) finish() { c.Mark, c.Run = c.Run.Began, nil }
