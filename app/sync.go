package app

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"countinghouse/app/book"
	"countinghouse/app/store"
	"countinghouse/sync/source"
)

// SyncRequest says what to pull.
type SyncRequest struct {
	// Sources are the names of those to pull; none means all.
	Sources []book.SourceName
	// Since is the date before which nothing is needed, zero for the sources' own choice.
	Since book.Date
	// Full reads everything again.
	Full bool
}

// SyncReport says what a sync brought.
type SyncReport struct {
	// Sources are in the order of the configuration.
	Sources []SourceReport
	// Proofs say of each gateway and currency whether all of its movements are there; see
	// Completeness.
	Proofs []book.Proof
	// Watched is what the look at the watched folders found; nil where only some sources were asked for.
	Watched []Watched
}

// SourceReport says what the pull of one source brought.
type SourceReport struct {
	Name  book.SourceName
	Title string
	// New, Changed and Same count records; Rejects those that were kept aside as unreadable.
	New, Changed, Same, Rejects int
	// Note says why nothing was pulled though nothing is wrong, "" where it was.
	Note string
	// Err is why the pull ended early, nil where it did not. What was stored before is kept.
	Err error
}

// pausedNote is the note of a source that a sync leaves out.
const pausedNote = "paused: nothing was asked"

// SourceState is how a source's last pull went.
type SourceState struct {
	Name        book.SourceName
	Title, Kind string
	// At is when it ended, zero where the source was never pulled.
	At book.Instant
	// OK says that it came to its end; Message is why it did not, in words.
	OK      bool
	Message string
	Records int
	Rejects int
	// OKAt is when a pull last came to its end, zero for never. Paused says that a sync leaves it out.
	OKAt   book.Instant
	Paused bool
}

// Sync pulls from the sources side by side and stores page by page. A paused one is left out, also
// where it is named, and its report says so. One source that fails does not stop the others; the
// error then names every one that failed. show may be called from several goroutines, one at a time.
func (a *App) Sync(ctx context.Context, q SyncRequest, show func(Progress)) (SyncReport, error) {
	chosen, err := a.choose(q.Sources)
	if err != nil {
		return SyncReport{}, err
	}
	if len(chosen) == 0 {
		return SyncReport{}, errors.New("no source is configured: add a [[source]] to " + ConfigName)
	}
	report := SyncReport{Sources: make([]SourceReport, len(chosen))}
	var showing sync.Mutex
	careful := func(p Progress) {
		showing.Lock()
		defer showing.Unlock()
		show(p)
	}
	var all sync.WaitGroup
	for i, s := range chosen {
		all.Go(func() { report.Sources[i] = a.pull(ctx, s, q, careful) })
	}
	all.Wait()
	var failed error
	for _, r := range report.Sources {
		failed = errors.Join(failed, r.Err)
	}
	if ctx.Err() != nil {
		return report, failed
	}
	failed = errors.Join(failed, a.resolveActions(ctx))
	if len(q.Sources) == 0 {
		report.Watched, err = a.LookWatched(ctx, careful)
		failed = errors.Join(failed, err)
	}
	report.Proofs, err = a.prove(ctx, chosen, report)
	return report, errors.Join(failed, err)
}

func (a *App) choose(names []book.SourceName) ([]SourceConfig, error) {
	if len(names) == 0 {
		return a.Config().Sources, nil
	}
	var out []SourceConfig
	for _, n := range names {
		found := false
		for _, s := range a.Config().Sources {
			if s.Name == n {
				out, found = append(out, s), true
			}
		}
		if !found {
			return nil, fmt.Errorf("there is no source %q in %s", n, ConfigName)
		}
	}
	return out, nil
}

// pull pulls one source and keeps how it went.
func (a *App) pull(ctx context.Context, s SourceConfig, q SyncRequest,
	show func(Progress)) SourceReport {
	r := SourceReport{Name: s.Name, Title: a.Config().Title(s.Name)}
	if s.Paused {
		r.Note = pausedNote
		return r
	}
	if reported, err := a.onlyReported(ctx, s); reported || err != nil {
		r.Note, r.Err = noKeyNeeded, err
		return r
	}
	release, err := a.reading.take(ctx, s.Name)
	if err != nil {
		r.Err = err
		return r
	}
	defer release()
	began := book.At(a.wall())
	r.Err = a.pullPages(ctx, s, q, &r, show)
	if r.Err == nil {
		_, r.Err = a.store.SettleHooks(ctx, s.Name, began, book.At(a.wall()))
	}
	run := store.SourceRun{Source: s.Name, At: a.Now(), Result: resultOK, Rejected: r.Rejects,
		Count: store.Count{New: r.New, Changed: r.Changed, Same: r.Same}}
	if r.Err != nil {
		run.Result, run.Message = result(r.Err), Explain(r.Err)
		a.tests.Delete(s.Name) // what an older test said is no longer so
		a.log.Info("sync", "source", s.Name, "error", r.Err)
	}
	if err := a.store.SaveSourceRun(context.WithoutCancel(ctx), run); err != nil {
		r.Err = errors.Join(r.Err, err)
	}
	return r
}

// resultOK is the result of a pull that came to its end.
const resultOK = "ok"

// result names how a pull ended: the kind of its error.
func result(err error) string {
	if kind := source.KindOf(err); kind != "" {
		return string(kind)
	}
	return "failed"
}

func (a *App) pullPages(ctx context.Context, s SourceConfig, q SyncRequest, r *SourceReport,
	show func(Progress)) error {
	p, err := a.source(s)
	if err != nil {
		return err
	}
	cursor, err := a.store.Cursor(ctx, s.Name)
	if err != nil {
		return err
	}
	since := q.Since
	request := source.Request{Cursor: source.Cursor(cursor), Since: since, Full: q.Full,
		Books: pulled{a.store, s.Name}}
	return p.Pull(ctx, request, func(page source.Page) error {
		source.MaskRecords(&page.Records)
		done, err := a.store.Apply(ctx, s.Name, page.Records, page.Rejects, string(page.Cursor),
			book.At(a.wall()))
		if err != nil {
			return err
		}
		n := done.Total()
		r.New += n.New
		r.Changed += n.Changed
		r.Same += n.Same
		r.Rejects += len(page.Rejects)
		show(Progress{Source: r.Title, Stage: page.Stage, Done: page.Done, Total: page.Total,
			StageOf: page.StageOf, Stages: page.Stages})
		return nil
	})
}

// pulled answers what a source may ask about its stored records.
type pulled struct {
	store *store.Store
	name  book.SourceName
}

func (p pulled) Revision(ctx context.Context, id book.ItemID) (string, error) {
	return p.store.Revision(ctx, id)
}

func (p pulled) Unsettled(ctx context.Context, kind book.Kind, since book.Instant) ([]book.ItemID,
	error) {
	return p.store.Unsettled(ctx, p.name, kind, since)
}

func (p pulled) Stored(ctx context.Context, kind book.Kind) ([]book.ItemID, error) {
	return p.store.Stored(ctx, p.name, kind)
}

// SourceStates says how each source's last pull went, in the order of the configuration.
func (a *App) SourceStates(ctx context.Context) ([]SourceState, error) {
	states, err := a.store.SourceStates(ctx)
	if err != nil {
		return nil, err
	}
	c := a.Config()
	out := make([]SourceState, len(c.Sources))
	for i, s := range c.Sources {
		out[i] = SourceState{Name: s.Name, Title: c.Title(s.Name), Kind: s.Kind, Paused: s.Paused}
		for _, x := range states {
			if r := x.LastRun; x.Source == s.Name {
				out[i].At, out[i].OK, out[i].Message = r.At, r.Result == resultOK, r.Message
				out[i].OKAt = x.OKAt
				out[i].Records = r.Count.New + r.Count.Changed + r.Count.Same
				out[i].Rejects = r.Rejected
			}
		}
	}
	return out, nil
}
