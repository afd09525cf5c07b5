package profile

import (
	"context"
	"fmt"
	"net/url"
	"strconv"

	"countinghouse/app/book"
	"countinghouse/sync/source"
)

// place is where a walk through a list stands: the cursor, or the number of the page, or the offset.
type place struct {
	Token string `json:"token,omitempty"`
	N     int    `json:"n,omitempty"`
}

// listed is one page of a list.
type listed struct {
	rows []any
	// next is where the page behind it begins; last says that there is none.
	next  place
	last  bool
	total int
	reply reply
}

// start is where a list begins.
func (p Paging) start() place {
	if p.Style != "page" {
		return place{}
	}
	if p.First != nil {
		return place{N: *p.First}
	}
	return place{N: 1}
}

// query are the parameters that ask for a page of a list.
func (p Paging) query(o *Object, at place, size int) url.Values {
	q := url.Values{}
	for k, v := range o.Query {
		q.Set(k, v)
	}
	if p.SizeParameter != "" {
		q.Set(p.SizeParameter, strconv.Itoa(size))
	}
	switch p.Style {
	case "cursor":
		if at.Token != "" {
			q.Set(p.Parameter, at.Token)
		}
	case "page", "offset":
		q.Set(p.Parameter, strconv.Itoa(at.N))
	}
	return q
}

// page reads one page of a list. taken is how many rows came before it.
func (s *Source) page(ctx context.Context, k book.Kind, o *Object, at place, since string,
	size, taken int) (listed, error) {
	p := s.mapping.paging(o)
	op := "list " + sections[k]
	q := p.query(o, at, size)
	if since != "" {
		q.Set(o.Since, since)
	}
	r, err := s.call(ctx, op, o.Path, q)
	if err != nil {
		return listed{}, err
	}
	rows, ok := lookup(r.body, o.List).([]any)
	if !ok {
		return listed{}, s.malformed(op, fmt.Sprintf("no list stands at %q", o.List), nil)
	}
	out := listed{rows: rows, reply: r, total: number(r.body, p.Total), next: at}
	taken += len(rows)
	switch p.Style {
	case "cursor":
		next, _ := word(lookup(r.body, p.Next))
		out.next, out.last = place{Token: next}, next == ""
		if next != "" && next == at.Token {
			return listed{}, s.malformed(op, "the next cursor is the same again", nil)
		}
	case "page":
		out.next.N++
		pages := number(r.body, p.Pages)
		out.last = len(rows) == 0 || pages > 0 && out.next.N-p.start().N >= pages ||
			pages == 0 && out.total > 0 && taken >= out.total
	case "offset":
		out.next.N += len(rows)
		out.last = len(rows) == 0 || out.total > 0 && out.next.N >= out.total
	default:
		out.last = true
	}
	return out, nil
}

// number is a count in a reply, 0 where there is none.
func number(v any, path string) int {
	if path == "" {
		return 0
	}
	w, _ := word(lookup(v, path))
	n, err := strconv.Atoi(w)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// size is how many rows are asked for.
func (p Paging) size() int {
	if p.Size > 0 {
		return p.Size
	}
	return 100
}

// sinceText is a moment as the system wants it.
func (o *Object) sinceText(at book.Instant, s *Source) string {
	switch o.sinceForm() {
	case "date":
		return at.In(s.zone).String()
	case "epoch":
		return strconv.FormatInt(int64(at)/1000, 10)
	case "epoch_ms":
		return strconv.FormatInt(int64(at), 10)
	}
	return at.String()
}

// rejected is a row that could not be read, with its reason.
func (s *Source) rejected(k book.Kind, at int, t translated, row any, err error) book.Reject {
	where := fmt.Sprintf("%s, row %d", sections[k], at+1)
	if t.id != "" {
		where = t.id.Native()
	}
	return book.Reject{Origin: string(s.options.Name), Place: where, Kind: k,
		Raw: source.Raw(text(row), s.options.Secrets), Reason: s.clean(err.Error())}
}
