package razorpay

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"countinghouse/sync/source"
)

// Paths with a name of their own.
const (
	pathRecon    = "/v1/settlements/recon/combined"
	pathOnDemand = "/v1/settlements/ondemand"
)

// The most records that a list gives at a time (Razorpay API, pagination and settlement recon, read
// 2026-11).
const (
	pageMax  = 100
	reconMax = 1000
)

// query is a call's parameters.
type query map[string]string

// with is the query with a parameter more.
func (q query) with(key, value string) query {
	out := query{key: value}
	for k, v := range q {
		if k != key {
			out[k] = v
		}
	}
	return out
}

func (q query) encode() string {
	v := url.Values{}
	for k, one := range q {
		v.Set(k, one)
	}
	return v.Encode()
}

// caller sends requests and remembers the server's clock.
type caller struct {
	http *http.Client
	// date is the server's clock as the last reply told it, zero where it did not.
	date time.Time
}

// get reads a reply and tries again where that may help.
func (s *Razorpay) get(ctx context.Context, op, path string, q query) (json.RawMessage, error) {
	var body json.RawMessage
	err := source.Retry(ctx, s.o, func(ctx context.Context) error {
		var err error
		body, err = s.once(ctx, op, path, q)
		return err
	})
	return body, err
}

func (s *Razorpay) once(ctx context.Context, op, path string, q query) (json.RawMessage, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	address := s.o.URL + path
	if len(q) > 0 {
		address += "?" + q.encode()
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, s.malformed(op, err)
	}
	r.SetBasicAuth(s.keyID, strings.TrimSpace(s.o.Secrets["key_secret"].Reveal()))
	r.Header.Set("Accept", "application/json")
	r.Header.Set("User-Agent", "countinghouse")
	res, err := s.client.http.Do(r)
	if err != nil {
		return nil, source.TransportError(ctx, s.o.Name, op, err)
	}
	body, err := source.ReadAll(res)
	if err != nil {
		return nil, source.TransportError(ctx, s.o.Name, op, err)
	}
	if t, err := http.ParseTime(res.Header.Get("Date")); err == nil {
		s.client.date = t.UTC()
	}
	if res.StatusCode != http.StatusOK {
		return nil, s.refusal(op, res, body)
	}
	if !json.Valid(body) {
		return nil, s.malformed(op, errors.New("the reply is not JSON"))
	}
	return body, nil
}

// list reads one page of a collection.
func (s *Razorpay) list(ctx context.Context, path string, q query) ([]json.RawMessage, error) {
	op := "list " + strings.NewReplacer("_", " ", "/", " ").Replace(strings.TrimPrefix(path, "/v1/"))
	body, err := s.get(ctx, op, path, q)
	if err != nil {
		return nil, err
	}
	var l wireList
	if err := json.Unmarshal(body, &l); err != nil || l.Entity != "collection" || l.Items == nil {
		return nil, s.malformed(op, errors.New("the reply is no collection"))
	}
	return l.Items, nil
}

// one reads one object; false where Razorpay does not know it.
func (s *Razorpay) one(ctx context.Context, path, id string, q query) (json.RawMessage, bool, error) {
	body, err := s.get(ctx, "read "+strings.TrimPrefix(path, "/v1/"),
		path+"/"+url.PathEscape(id), q)
	if errors.Is(err, errUnknownID) {
		return nil, false, nil
	}
	return body, err == nil, err
}

func (s *Razorpay) malformed(op string, err error) error {
	return &source.Error{Kind: source.KindMalformed, Source: s.o.Name, Op: op,
		Detail: s.mask(err.Error()),
		Hint:   "The address answers, but not as Razorpay does. Check the URL."}
}

func (s *Razorpay) mask(text string) string { return source.Raw(text, s.o.Secrets) }

// errUnknownID stands in the chain of a refusal of an id that Razorpay does not know.
var errUnknownID = errors.New("unknown id")

// unknownID is how Razorpay words it; it has no code for it and no 404.
const unknownID = "does not exist"

// refusal turns a reply that is no success into an error. Razorpay words its errors in two shapes;
// what is in neither comes from something between, and is told by its status alone.
func (s *Razorpay) refusal(op string, res *http.Response, body []byte) error {
	said, ours := readError(body)
	status := res.StatusCode
	known := status == http.StatusUnauthorized || status == http.StatusForbidden ||
		status == http.StatusTooManyRequests || status == http.StatusRequestTimeout ||
		status >= 500 || status >= 300 && status < 400
	if !ours && !known {
		return s.malformed(op, fmt.Errorf("HTTP %d and a body that is not Razorpay's", status))
	}
	err := source.StatusError(s.o.Name, op, res, s.mask(said.text()))
	var e *source.Error
	if !errors.As(err, &e) {
		return s.malformed(op, fmt.Errorf("HTTP %d where 200 was due", status))
	}
	switch {
	case status == http.StatusUnauthorized:
		e.Hint = "Razorpay does not know the key. Copy its id and its secret again from the " +
			"Dashboard, both of the same mode (live or test)."
	case status == http.StatusForbidden:
		e.Hint = "The account may not " + op + ". Have it switched on in the Razorpay Dashboard."
	case e.Kind == source.KindRefused && strings.Contains(said.Description, unknownID):
		e.Err = errUnknownID
	}
	return e
}

// withheld says that an error is about what the account may or has, not about the connection.
func withheld(err error) bool {
	k := source.KindOf(err)
	return k == source.KindAuth || k == source.KindRefused
}

// text is the error for the log: its code and reason first, which say more than the description.
func (e wireError) text() string {
	var parts []string
	for _, part := range []string{e.Code, e.Reason, e.Description} {
		if part != "" && part != "NA" {
			parts = append(parts, part)
		}
	}
	if e.Field != "" && e.Field != "NA" {
		parts = append(parts, "(field "+e.Field+")")
	}
	return strings.Join(parts, " ")
}

// place is where the reading of a list by skip stands.
type place struct {
	// Offset is how many records come before the next page; its first record is After, the last one
	// that was read, where that is known.
	Offset int    `json:"skip,omitempty"`
	After  string `json:"after,omitempty"`
	// Shifts is how often the list had shifted and was read from its top again.
	Shifts int `json:"shifts,omitempty"`
}

// page reads the next page of a list whose records have the ids that idOf gives. A list is at its
// end where nothing comes any more: a page may be shorter than what was asked for. Pages overlap by
// one record; where that is another one, the list has shifted, and it is read from its top again.
func (s *Razorpay) page(ctx context.Context, path string, q query, most int, at *place,
	idOf func(json.RawMessage) string) ([]json.RawMessage, error) {
	for at.Shifts <= shiftsMax {
		q := q.with("count", strconv.Itoa(most)).with("skip", strconv.Itoa(at.Offset))
		items, err := s.list(ctx, path, q)
		if err != nil {
			return nil, err
		}
		fresh, overlap := items, 0
		if at.After != "" {
			if len(items) == 0 || idOf(items[0]) != at.After {
				*at = place{Shifts: at.Shifts + 1}
				continue
			}
			fresh, overlap = items[1:], 1
		}
		if len(fresh) == 0 {
			return nil, nil
		}
		last := idOf(fresh[len(fresh)-1])
		at.Offset += overlap + len(fresh)
		at.After = ""
		if len(items) > 1 && last != "" {
			at.Offset, at.After = at.Offset-1, last
		}
		return fresh, nil
	}
	return nil, &source.Error{Kind: source.KindUnavailable, Source: s.o.Name, Op: "list " + path,
		Detail: "the list changes while it is read", Hint: "Try again later."}
}

// shiftsMax is how often a list may shift while it is read.
const shiftsMax = 5

// all reads a whole list into memory, each record once.
func (s *Razorpay) all(ctx context.Context, path string, q query, most int,
	idOf func(json.RawMessage) string) ([]json.RawMessage, error) {
	var out []json.RawMessage
	seen := map[string]bool{}
	at := place{}
	for {
		items, err := s.page(ctx, path, q, most, &at, idOf)
		if err != nil || len(items) == 0 {
			return out, err
		}
		for _, body := range items {
			if id := idOf(body); id == "" || !seen[id] {
				seen[id] = true
				out = append(out, body)
			}
		}
	}
}
