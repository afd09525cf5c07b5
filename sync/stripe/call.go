package stripe

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	api "github.com/stripe/stripe-go/v76"
	"github.com/stripe/stripe-go/v76/form"

	"countinghouse/sync/source"
)

// pageSize is how many records a list asks for: the most that Stripe gives (Stripe API, pagination,
// read 2026-11).
const pageSize = "100"

// query is a call's parameters; keys as Stripe writes them, "created[gte]".
type query map[string][]string

func (q query) values() *form.Values {
	v := &form.Values{}
	keys := make([]string, 0, len(q))
	for k := range q {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		for _, one := range q[k] {
			v.Add(k, one)
		}
	}
	return v
}

// connect builds the library's backend over our own client. The library repeats nothing, sends no
// telemetry, and logs nothing.
func (s *Stripe) connect() {
	client := source.Client(s.o)
	s.transport = &transport{next: client.Transport}
	client.Transport = s.transport
	config := &api.BackendConfig{
		EnableTelemetry:   api.Bool(false),
		HTTPClient:        client,
		LeveledLogger:     &api.LeveledLogger{Level: api.LevelNull},
		MaxNetworkRetries: api.Int64(0),
	}
	if s.o.URL != "" {
		config.URL = api.String(s.o.URL)
	}
	s.backend = api.GetBackendWithConfig(api.APIBackend, config)
}

// transport drops what the library tells of this computer, limits what is read, and remembers the
// last reply's status and headers, which the library loses where the body is not Stripe's.
type transport struct {
	next http.RoundTripper
	last *http.Response
}

func (t *transport) RoundTrip(r *http.Request) (*http.Response, error) {
	r.Header.Del("X-Stripe-Client-User-Agent")
	r.Header.Set("User-Agent", "countinghouse")
	t.last = nil
	res, err := t.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	t.last = res
	res.Body = &limited{res.Body, source.ReplyMax}
	return res, nil
}

// errCut marks a reply that broke off.
type errCut struct{ error }

func (e errCut) Unwrap() error { return e.error }

// limited is a body of at most left bytes; more is an error.
type limited struct {
	io.ReadCloser
	left int64
}

func (l *limited) Read(p []byte) (int, error) {
	n, err := l.ReadCloser.Read(p)
	if l.left -= int64(n); l.left < 0 {
		return 0, source.ErrTooLarge
	}
	if err != nil && err != io.EOF {
		err = errCut{err}
	}
	return n, err
}

// raw is an object as it came.
type raw struct {
	api.APIResource
	body json.RawMessage
}

// UnmarshalJSON keeps the text.
func (r *raw) UnmarshalJSON(b []byte) error {
	r.body = slices.Clone(b)
	return nil
}

// get reads a reply into v and tries again where that may help.
func (s *Stripe) get(ctx context.Context, op, path string, q query,
	v api.LastResponseSetter) error {
	return source.Retry(ctx, s.o, func(ctx context.Context) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		err := s.backend.CallRaw(http.MethodGet, path, s.key, q.values(),
			&api.Params{Context: ctx}, v)
		if err != nil || s.transport.last.StatusCode >= 300 {
			return s.failure(ctx, op, err)
		}
		return nil
	})
}

// list reads one page of a list.
func (s *Stripe) list(ctx context.Context, path string, q query) (*wireList, error) {
	op := "list " + strings.ReplaceAll(strings.TrimPrefix(path, "/v1/"), "_", " ")
	var l wireList
	if err := s.get(ctx, op, path, q, &l); err != nil {
		return nil, err
	}
	if l.Object != "list" || l.More && len(l.Data) == 0 {
		return nil, s.malformed(op, errors.New("the reply is no list"))
	}
	return &l, nil
}

// date is the server's clock as the last reply told it, zero where it did not.
func (s *Stripe) date() time.Time {
	if s.transport.last == nil {
		return time.Time{}
	}
	t, err := http.ParseTime(s.transport.last.Header.Get("Date"))
	if err != nil {
		return time.Time{}
	}
	return t.UTC()
}

func (s *Stripe) malformed(op string, err error) error {
	return &source.Error{Kind: source.KindMalformed, Source: s.o.Name, Op: op,
		Detail: s.mask(err.Error()),
		Hint:   "The address answers, but not as Stripe does. Check the URL."}
}

func (s *Stripe) mask(text string) string { return source.Raw(text, s.o.Secrets) }

// failure turns what the library says of a failed call into an error of ours. The library puts
// replies into its texts, so that none of them is passed on but Stripe's own message.
func (s *Stripe) failure(ctx context.Context, op string, err error) error {
	var said *api.Error
	var cut errCut
	res := s.transport.last
	switch {
	case errors.Is(err, source.ErrTooLarge):
		return s.malformed(op, source.ErrTooLarge)
	case errors.As(err, &cut):
		return source.TransportError(ctx, s.o.Name, op, cut.error)
	case res == nil:
		return source.TransportError(ctx, s.o.Name, op, err)
	case errors.As(err, &said):
		return s.refusal(op, res, said)
	case res.StatusCode == http.StatusTooManyRequests || res.StatusCode >= 500 ||
		res.StatusCode >= 300 && res.StatusCode < 400:
		return source.StatusError(s.o.Name, op, res, "")
	}
	return s.malformed(op, fmt.Errorf("HTTP %d and a body that is not Stripe's", res.StatusCode))
}

// refusal is an error that Stripe itself words.
func (s *Stripe) refusal(op string, res *http.Response, said *api.Error) error {
	detail := strings.TrimSpace(s.mask(string(said.Code) + " " + said.Msg))
	err := source.StatusError(s.o.Name, op, res, detail)
	var e *source.Error
	if !errors.As(err, &e) {
		return s.malformed(op, fmt.Errorf("HTTP %d with an error", res.StatusCode))
	}
	if said.RequestID != "" {
		e.Detail += " (request " + s.mask(said.RequestID) + ")"
	}
	switch {
	case res.StatusCode == http.StatusConflict:
		e.Kind = source.KindLimited
	case res.StatusCode == http.StatusUnauthorized:
		e.Hint = "Stripe does not know the key. Copy it again from the Dashboard."
	case res.StatusCode == http.StatusForbidden:
		e.Hint = "The key may not do this: " + op + ". Give it the permission in the Dashboard."
		for _, r := range resources {
			if strings.HasSuffix(op, strings.ReplaceAll(r.path[len("/v1/"):], "_", " ")) {
				e.Hint = fmt.Sprintf("The key may not %s. Give it the permission %q: Read in "+
					"the Stripe Dashboard.", op, r.permission)
			}
		}
	}
	e.Err = refusalCode(said.Code)
	return e
}

// refusalCode is Stripe's code of a refusal, in an error's chain.
type refusalCode string

func (c refusalCode) Error() string { return string(c) }

// refusedAs reports whether Stripe refused with a code.
func refusedAs(err error, code api.ErrorCode) bool {
	var c refusalCode
	return errors.As(err, &c) && string(c) == string(code)
}
