package ui

import (
	"context"
	"sync"
	"time"

	"countinghouse/app"
)

// work runs what takes time beside the UI goroutine and hands the results over to it. It is the
// only place in the window that starts a goroutine.
type work struct {
	// post runs a function on the UI goroutine soon: fyne.Do, or a queue in tests.
	post    func(func())
	wall    app.Clock
	ctx     context.Context
	stop    context.CancelFunc
	running sync.WaitGroup

	mu   sync.Mutex
	open int // started and not handed over yet
}

func newWork(ctx context.Context, wall app.Clock, post func(func())) *work {
	w := &work{post: post, wall: wall}
	w.ctx, w.stop = context.WithCancel(ctx)
	return w
}

// start runs do in a goroutine, and what do returns on the UI goroutine. The work is counted before
// the goroutine starts, so that there is no moment in which the window looks idle but is not.
func (w *work) start(ctx context.Context, do func(ctx context.Context) (then func())) {
	w.count(1)
	w.running.Go(func() {
		then := do(ctx)
		w.post(func() {
			if then != nil {
				then()
			}
			w.count(-1)
		})
	})
}

// every posts do again and again until the window ends. A time that passed while the computer slept is
// not made up for, and this is no open work.
func (w *work) every(d time.Duration, do func()) {
	w.running.Go(func() {
		t := time.NewTicker(d)
		defer t.Stop()
		for {
			select {
			case <-w.ctx.Done():
				return
			case <-t.C:
				w.post(do)
			}
		}
	})
}

func (w *work) count(by int) {
	w.mu.Lock()
	w.open += by
	w.mu.Unlock()
}

// busy says how much work is open.
func (w *work) busy() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.open
}

// end cancels everything and waits until nothing runs any more.
func (w *work) end() {
	w.stop()
	w.running.Wait()
}

// progressEvery is the least time between two hand-overs of one source's progress.
const progressEvery = 100 * time.Millisecond

// progress is a function that a worker calls as often as it likes: show gets at most ten a second
// for each source, on the UI goroutine.
func (w *work) progress(show func(app.Progress)) func(app.Progress) {
	var mu sync.Mutex
	last := map[string]time.Time{}
	return func(p app.Progress) {
		mu.Lock()
		now := w.wall()
		old, seen := last[p.Source]
		if seen && now.Sub(old) < progressEvery {
			mu.Unlock()
			return
		}
		last[p.Source] = now
		mu.Unlock()
		w.count(1)
		w.post(func() {
			show(p)
			w.count(-1)
		})
	}
}
