package whmcs

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"countinghouse/app/book"
	"countinghouse/sync/source"
)

const (
	// pageSize is how many rows a page asks for; WHMCS may give fewer.
	pageSize = 100
	// chunkSize is how many rows are read in full before they are kept.
	chunkSize = 25
	// backMax is how often a walk steps back: a list without any order would keep it for ever.
	backMax = 1000
)

// listing is a list of WHMCS that is walked page by page.
type listing struct {
	ask            func(start, count int) request
	wrapper, inner string
	kind           book.Kind
	descending     bool
	// until ends a descending walk at the first id that is not above it; 0 for none.
	until int64
	// each reads one row into the pull's page.
	each func(ctx context.Context, row node) error
	// between looks at the ids that the list skips between two neighbours, the higher first; nil for
	// lists that do not. It is called for pages in the order of ids only.
	between func(ctx context.Context, high, low int64) error
}

// window is one page of a listing. A nil row is one that WHMCS cannot write.
type window struct {
	rows  []node
	ids   []int64
	total int
}

// walk reads a list from where the cursor stands to its end. Rows may come and go between pages, so
// each page begins with the last row of the one before: where that row is missing, rows before it
// were deleted and the walk steps back. It goes on by the rows it received, not by those it asked
// for.
func (p *pull) walk(ctx context.Context, l listing) error {
	start, check, back := max(0, p.cursor.Pos-1), true, 0
	for {
		w, err := p.window(ctx, l, start)
		if err != nil {
			return err
		}
		from, found := l.resume(w, p.cursor.Last)
		if check && !found && start > 0 && back < backMax {
			back++
			start = max(0, min(start, w.total)-pageSize)
			continue
		}
		if l.until == 0 {
			p.total = w.total
		}
		if len(w.rows) == 0 && w.total > start {
			p.doubt(l.kind)
			p.warn(l.kind, fmt.Sprintf("list of %s", l.wrapper), fmt.Sprintf("WHMCS says that the "+
				"list has %d rows, but it ends after %d", w.total, start))
		}
		stopped, err := p.take(ctx, l, w, start, from)
		if err != nil {
			return err
		}
		next := start + len(w.rows)
		if stopped || len(w.rows) == 0 || w.total > 0 && next >= w.total {
			break
		}
		if check = from < len(w.rows); !check {
			if w.total == 0 {
				break
			}
			start = next
			continue
		}
		start = next - 1
	}
	if l.between != nil && p.sorted {
		return l.between(ctx, p.cursor.Last, 0)
	}
	return nil
}

// take reads the rows of a page from index from on, and keeps them in chunks. It reports whether
// the walk met its end.
func (p *pull) take(ctx context.Context, l listing, w window, start, from int) (bool, error) {
	p.sorted = l.inOrder(w.ids)
	for i := from; i < len(w.rows); i++ {
		if l.until > 0 && w.ids[i] > 0 && w.ids[i] <= l.until {
			return true, p.flush(ctx)
		}
		if err := p.row(ctx, l, w, start, i); err != nil {
			return false, err
		}
		p.cursor.Pos = start + i + 1
		if w.ids[i] > 0 {
			p.cursor.Last = w.ids[i]
		}
		chunk := (i-from+1)%chunkSize == 0 && !p.idle()
		if chunk || i == len(w.rows)-1 {
			if err := p.flush(ctx); err != nil {
				return false, err
			}
		}
	}
	return false, nil
}

// idle reports whether there is nothing to keep.
func (p *pull) idle() bool {
	r := &p.page.Records
	return r.Len()+len(r.Gone)+len(p.page.Rejects) == 0
}

func (p *pull) row(ctx context.Context, l listing, w window, start, i int) error {
	if w.rows[i] == nil {
		p.doubt(l.kind)
		p.warn(l.kind, fmt.Sprintf("%s at row %d of the list", l.kind, start+i+1),
			"WHMCS cannot write the record: a text stored in it is not UTF-8")
		return nil
	}
	if l.between != nil && p.sorted && w.ids[i] > 0 {
		if err := l.between(ctx, p.cursor.Last, w.ids[i]); err != nil {
			return err
		}
	}
	return l.each(ctx, w.rows[i])
}

// window reads one page.
func (p *pull) window(ctx context.Context, l listing, start int) (window, error) {
	w, err := p.rows(ctx, l, start, pageSize)
	if errors.Is(err, errUTF8) {
		return p.oneByOne(ctx, l, start)
	}
	return w, err
}

func (p *pull) rows(ctx context.Context, l listing, start, count int) (window, error) {
	r := l.ask(start, count)
	n, err := p.call(ctx, r)
	if err != nil {
		return window{}, err
	}
	w := window{}
	counters := reader{node: n}
	w.total = int(counters.int("totalresults"))
	if w.rows, err = n.list(l.wrapper, l.inner); err == nil {
		err = counters.err
	}
	if err != nil {
		return window{}, p.malformed(r, err.Error(), err)
	}
	if len(w.rows) > count {
		return window{}, p.malformed(r, fmt.Sprintf("%d rows where at most %d were asked for",
			len(w.rows), count), errReply)
	}
	for _, row := range w.rows {
		id := (&reader{node: row}).int("id")
		w.ids = append(w.ids, id)
	}
	return w, nil
}

// oneByOne reads a page that WHMCS can write neither as JSON nor as XML, row by row, so that only
// the damaged rows are missing.
func (p *pull) oneByOne(ctx context.Context, l listing, start int) (window, error) {
	all := window{}
	for at := start; at < start+pageSize; at++ {
		w, err := p.rows(ctx, l, at, 1)
		if errors.Is(err, errUTF8) {
			w, err = window{rows: []node{nil}, ids: []int64{0}, total: at + 1}, nil
		}
		if err != nil {
			return window{}, err
		}
		if len(w.rows) == 0 {
			break
		}
		all.rows, all.ids = append(all.rows, w.rows...), append(all.ids, w.ids...)
		all.total = max(all.total, w.total)
	}
	return all, nil
}

// inOrder reports whether the ids of a page are in the order that was asked for. Releases before
// 8.2 order clients by name.
func (l listing) inOrder(ids []int64) bool {
	known := slices.DeleteFunc(slices.Clone(ids), func(id int64) bool { return id == 0 })
	if l.descending {
		slices.Reverse(known)
	}
	return slices.IsSorted(known)
}

// resume is the index of the first row behind the last one that was taken. It returns false where
// the page does not show that it joins on to that row.
func (l listing) resume(w window, last int64) (int, bool) {
	if last == 0 {
		return 0, true
	}
	if i := slices.Index(w.ids, last); i >= 0 {
		return i + 1, true
	}
	if len(w.ids) == 0 || !l.inOrder(w.ids) {
		return 0, false
	}
	behind := func(id int64) bool { return id != 0 && (id > last) != l.descending }
	i := slices.IndexFunc(w.ids, behind)
	if i < 0 {
		i = len(w.ids)
	}
	return i, !behind(w.ids[0])
}

// warn notes something that is missing as a reject, so that a person sees it.
func (p *pull) warn(kind book.Kind, place, reason string) {
	p.reject(kind, place, nil, errors.New(reason))
}

// reject keeps a record aside that could not be read, once a pull.
func (p *pull) reject(kind book.Kind, place string, n node, reason error) {
	if p.rejected[place] {
		return
	}
	p.rejected[place] = true
	p.page.Rejects = append(p.page.Rejects, book.Reject{Origin: string(p.options.Name),
		Place: place, Kind: kind, Raw: source.Raw(n.raw(), p.options.Secrets),
		Reason: source.Raw(reason.Error(), p.options.Secrets), At: book.At(p.options.Clock())})
}
