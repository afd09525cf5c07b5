package profile

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"countinghouse/app/book"
	"countinghouse/sync/source"
)

// cursor is where a pull stands. At its end only the marks for the next one are left.
type cursor struct {
	Stage int `json:"stage,omitempty"`
	// At is the page to read next, Done how many rows of the stage were taken.
	At   *place `json:"at,omitempty"`
	Done int    `json:"done,omitempty"`
	Full bool   `json:"full,omitempty"`
	// Marks are the moments from which the next pull asks for changes, by kind; Seen are those that
	// this one found; milliseconds.
	Marks map[book.Kind]int64 `json:"marks,omitempty"`
	Seen  map[book.Kind]int64 `json:"seen,omitempty"`
	// Begun is the system's clock when the pull began, in milliseconds.
	Begun int64 `json:"begun,omitempty"`
}

// overlap is how far behind the newest change the next pull begins again: a change is stamped
// before it is committed.
const overlap = 5 * 60 * 1000

// begin is the cursor from which a request goes on. A text that is none and a wish for everything
// begin anew.
func begin(r source.Request) cursor {
	var c cursor
	if json.Unmarshal([]byte(r.Cursor), &c) != nil || c.Stage < 0 || c.Stage >= len(kinds) ||
		c.Done < 0 {
		c = cursor{}
	}
	underway := c.Stage > 0 || c.At != nil
	if r.Full && !(underway && c.Full) {
		c = cursor{Full: true}
	}
	return c
}

// pull is one run of Pull.
type pull struct {
	*Source
	translator
	request source.Request
	keep    func(source.Page) error
	cursor  cursor
	about   any
	// named are the customers that invoices have named in this run, paidBy the payment methods.
	named  map[book.ItemID]bool
	paidBy map[string]bool
}

// Pull reads customers, invoices, payments and credits, as far as the mapping lists them and the
// system has them. Where a list can be asked for changes, only these are read; else all of it is,
// and what the books hold beyond it is looked up and buried where it is gone. Since is not needed:
// everything is read.
func (s *Source) Pull(ctx context.Context, from source.Request,
	keep func(source.Page) error) error {
	p := &pull{Source: s, translator: s.translator(), request: from, keep: keep,
		cursor: begin(from), named: map[book.ItemID]bool{}, paidBy: map[string]bool{}}
	var err error
	if p.about, err = s.aboutSource(ctx); err != nil {
		return err
	}
	if p.cursor.Begun == 0 {
		p.cursor.Begun = int64(s.clock(p.about))
	}
	for p.cursor.Stage < len(kinds) {
		if err := p.stage(ctx, kinds[p.cursor.Stage]); err != nil {
			return err
		}
	}
	return nil
}

// aboutSource reads who the system is; it must have invoices.
func (s *Source) aboutSource(ctx context.Context) (any, error) {
	about, err := s.about(ctx)
	if err != nil {
		return nil, err
	}
	if !s.declares(about, s.mapping.Invoices.Capability) {
		return nil, &source.Error{Kind: source.KindUnsupported, Source: s.options.Name,
			Op: "read about the source", Detail: "it does not declare " + s.mapping.Invoices.Capability,
			Hint: "The billing system does not offer its invoices at this address."}
	}
	return about, nil
}

// clock is the system's own clock, else ours.
func (s *Source) clock(about any) book.Instant {
	if path := s.mapping.About.Clock; path != "" {
		if w, ok := word(lookup(about, path)); ok {
			if at, err := parseInstant(w, s.zone); err == nil {
				return at
			}
		}
	}
	return book.At(s.options.Clock())
}

// stage reads the list of one kind to its end.
func (p *pull) stage(ctx context.Context, k book.Kind) error {
	o := p.mapping.object(k)
	if o == nil || !p.declares(p.about, o.Capability) {
		return p.finish(ctx, source.Page{}, 0)
	}
	w := walk{pull: p, kind: k, object: o, paging: p.mapping.paging(o), seen: map[book.ItemID]bool{}}
	if p.cursor.At == nil {
		at := w.paging.start()
		p.cursor.At, w.whole = &at, true
	}
	if mark := p.cursor.Marks[k]; mark > 0 && !p.cursor.Full && o.Since != "" &&
		p.declares(p.about, o.SinceCapability) {
		w.since = o.sinceText(book.Instant(mark), p.Source)
	}
	return w.run(ctx)
}

// finish ends a stage with a page, and the pull with the last one.
func (p *pull) finish(ctx context.Context, page source.Page, total int) error {
	at := p.cursor.Stage
	done := p.cursor.Done
	p.cursor.Stage, p.cursor.At, p.cursor.Done = at+1, nil, 0
	if at == len(kinds)-1 {
		marks := map[book.Kind]int64{}
		for k, m := range p.cursor.Marks {
			marks[k] = m
		}
		for k, m := range p.cursor.Seen {
			marks[k] = max(0, min(m, p.cursor.Begun)-overlap)
		}
		p.cursor = cursor{Marks: marks}
	}
	err := p.hand(ctx, page, at, done, total)
	p.cursor.Stage = at + 1
	return err
}

func (p *pull) hand(ctx context.Context, page source.Page, stage, done, total int) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	c, err := json.Marshal(p.cursor)
	if err != nil {
		return fmt.Errorf("profile: write cursor: %w", err)
	}
	page.Cursor = source.Cursor(c)
	page.Stage, page.StageOf, page.Stages = sections[kinds[stage]], stage+1, len(kinds)
	page.Done, page.Total = done, max(total, done)
	return p.keep(page)
}

// walk is one way through a list.
type walk struct {
	*pull
	kind   book.Kind
	object *Object
	paging Paging
	// since is the moment from which changes are asked for, "" for all of the list.
	since string
	// whole says that the walk began at the list's beginning in this run; seen are the ids that
	// came, unread counts the rows whose ids could not be read.
	whole  bool
	seen   map[book.ItemID]bool
	unread int
	// again counts how often the walk began anew, done is the progress, which never runs back, and
	// total the length of the list when the walk began.
	again, done, total int
}

// againMax is how often a walk begins anew because its list moved or its cursor was forgotten.
const againMax = 2

func (w *walk) run(ctx context.Context) error {
	for {
		at := *w.cursor.At
		l, err := w.page(ctx, w.kind, w.object, at, w.since, w.paging.size(), w.cursor.Done)
		if source.KindOf(err) == source.KindRefused && at.Token != "" && w.again < againMax {
			w.restart() // the server has forgotten its cursor
			continue
		}
		if err != nil {
			return err
		}
		page := w.read(l)
		w.cursor.Done += len(l.rows)
		w.done = max(w.done, w.cursor.Done)
		moved := w.paging.Style != "cursor" && (l.total < w.total ||
			l.last && w.whole && l.total > len(w.seen)+w.unread)
		w.total = l.total
		if !l.last || moved {
			w.cursor.At = &l.next
			if moved {
				if err := w.moved(); err != nil {
					return err
				}
			}
			if err := w.hand(ctx, page, w.cursor.Stage, w.done, l.total); err != nil {
				return err
			}
			continue
		}
		if err := w.bury(ctx, &page); err != nil {
			return err
		}
		w.cursor.Done = w.done
		return w.finish(ctx, page, max(l.total, w.done))
	}
}

// restart begins the walk anew.
func (w *walk) restart() {
	at := w.paging.start()
	w.cursor.At, w.cursor.Done, w.whole = &at, 0, true
	w.seen, w.unread, w.total = map[book.ItemID]bool{}, 0, 0
	w.again++
}

// moved begins a walk anew whose list became shorter, or which saw fewer rows than there are: some
// were deleted meanwhile, so that others moved to a page that was read already.
func (w *walk) moved() error {
	if w.again == againMax {
		return &source.Error{Kind: source.KindUnavailable, Source: w.options.Name,
			Op: "list " + sections[w.kind], Detail: "rows were missed",
			Hint: "The list changed while it was read. What was read is kept; sync again."}
	}
	w.restart()
	return nil
}

// read translates the rows of a page.
func (w *walk) read(l listed) source.Page {
	var page source.Page
	for i, row := range l.rows {
		t, err := w.translate(w.kind, w.object, node{row})
		if t.id != "" {
			w.seen[t.id] = true
		} else {
			w.unread++
		}
		if err != nil {
			page.Rejects = append(page.Rejects, w.rejected(w.kind, w.cursor.Done+i, t, row, err))
			continue
		}
		if w.kind == book.KindInvoice {
			w.payers(&t)
		}
		if at := int64(t.updatedAt); w.object.Since != "" && at > w.cursor.Seen[w.kind] {
			if w.cursor.Seen == nil {
				w.cursor.Seen = map[book.Kind]int64{}
			}
			w.cursor.Seen[w.kind] = at
		}
		page.Records.Add(t.records)
	}
	methods(w.options.Name, &page.Records, w.paidBy)
	return page
}

// payers leaves the customers that invoices name to those systems that list none, once in a run.
func (w *walk) payers(t *translated) {
	if len(t.records.Customers) == 0 {
		return
	}
	id := t.records.Customers[0].ID
	listed := w.mapping.Customers != nil && w.declares(w.about, w.mapping.Customers.Capability)
	if listed || w.named[id] {
		t.records.Customers = nil
	}
	w.named[id] = true
}

// bury names the stored records that a whole list does not have any more. That a row is missing is
// no proof where the list may move under the walk: each is looked up where the mapping says how,
// and left alone where it does not.
func (w *walk) bury(ctx context.Context, page *source.Page) error {
	shelf, ok := w.request.Books.(source.Shelf)
	if !ok || !w.whole || w.since != "" || w.unread > 0 || w.object.One == "" {
		return nil
	}
	ids, err := shelf.Stored(ctx, w.kind)
	if err != nil {
		return fmt.Errorf("profile: ask the books for %s: %w", sections[w.kind], err)
	}
	tried := false
	for _, id := range ids {
		if w.seen[id] {
			continue
		}
		if !tried {
			// A page that does not know a record that was just listed tells nothing about others.
			if there, err := w.there(ctx, w.anySeen()); err != nil || !there {
				return err
			}
			tried = true
		}
		there, err := w.there(ctx, id)
		if err != nil {
			return err
		}
		if !there {
			page.Records.Gone = append(page.Records.Gone, id)
		}
	}
	return nil
}

// anySeen is one of the ids that the list had, the same each time; "" for an empty list.
func (w *walk) anySeen() book.ItemID {
	first := book.ItemID("")
	for id := range w.seen {
		if first == "" || id < first {
			first = id
		}
	}
	return first
}

// there looks a record up by itself. A refusal that does not say that it is not found proves nothing:
// the record counts as there.
func (w *walk) there(ctx context.Context, id book.ItemID) (bool, error) {
	if id == "" {
		return false, nil
	}
	native := strings.TrimPrefix(id.Native(), string(w.kind)+"/")
	_, err := w.call(ctx, "look up "+id.Native(),
		strings.ReplaceAll(w.object.One, "{id}", escape(native)), nil)
	switch {
	case errors.Is(err, errNotFound):
		return false, nil
	case err != nil && source.KindOf(err) != source.KindRefused:
		return false, err
	}
	return true, nil
}

// serverTime is the clock in the header of a reply, zero where there is none.
func serverTime(h http.Header) time.Time {
	t, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		return time.Time{}
	}
	return t
}
