package stripe

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stripe/stripe-mock/embedded"
	"github.com/stripe/stripe-mock/server"
	"github.com/stripe/stripe-mock/spec"

	"countinghouse/app/book"
	"countinghouse/sync/source"
	"countinghouse/sync/sourcetest"
	"countinghouse/sync/world"
)

// referee stands before a simulator. Stripe's own mock must accept every request, and every reply
// must be as Stripe's description of the pinned version says.
type referee struct {
	t    *testing.T
	sim  http.Handler
	mock http.Handler
	spec *spec.Spec
	mu   sync.Mutex
	// seen are the kinds of request: path and names of parameters.
	seen map[string]bool
}

func newReferee(t *testing.T, sim http.Handler) *referee {
	t.Helper()
	out := log.Writer()
	log.SetOutput(io.Discard)
	t.Cleanup(func() { log.SetOutput(out) })
	s, err := server.LoadSpec(embedded.OpenAPISpec, "")
	if err != nil {
		t.Fatalf("load the description: %v", err)
	}
	fixtures, err := server.LoadFixtures(embedded.OpenAPIFixtures, "")
	if err != nil {
		t.Fatalf("load the fixtures: %v", err)
	}
	stub, err := server.NewStubServer(fixtures, s, true, false)
	if err != nil {
		t.Fatalf("start the mock: %v", err)
	}
	return &referee{t: t, sim: sim, mock: http.HandlerFunc(stub.HandleRequest), spec: s,
		seen: map[string]bool{}}
}

func (f *referee) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	path := object.ReplaceAllString(r.URL.Path, "/v1/$1/{$1}")
	f.seen[path+" "+strings.Join(slices.Sorted(maps.Keys(r.URL.Query())), " ")] = true

	asked := httptest.NewRecorder()
	f.mock.ServeHTTP(asked, r.Clone(r.Context()))
	if asked.Code != http.StatusOK {
		f.t.Errorf("the mock refuses %s: %s", r.URL, asked.Body)
	}
	rec := httptest.NewRecorder()
	f.sim.ServeHTTP(rec, r)
	if rec.Code == http.StatusOK {
		f.judge(path, rec.Body.Bytes())
	}
	maps.Copy(w.Header(), rec.Header())
	w.WriteHeader(rec.Code)
	_, _ = w.Write(rec.Body.Bytes())
}

// object is the path of one object; the description names its parameter after the object.
var object = regexp.MustCompile(`^/v1/(charge|refund|dispute|payout|payment_method)s/[^/]+$`)

// judge compares a reply with the description.
func (f *referee) judge(path string, body []byte) {
	path = regexp.MustCompile(`^/v1/(charge|refund|dispute|payout|payment_method)/`).ReplaceAllString(path,
		"/v1/${1}s/")
	operation := f.spec.Paths[spec.Path(path)]["get"]
	if operation == nil {
		f.t.Errorf("the description has no %s", path)
		return
	}
	var value any
	d := json.NewDecoder(strings.NewReader(string(body)))
	d.UseNumber()
	if err := d.Decode(&value); err != nil {
		f.t.Errorf("%s: %v", path, err)
		return
	}
	schema := operation.Responses["200"].Content["application/json"].Schema
	if err := f.check(schema, value, path); err != nil {
		f.t.Errorf("reply: %v", err)
	}
}

// newer are fields and values that the pinned version's description lacks and accounts may show.
var newer = []string{".trace_id", ".type: fee_credit_funding", ".network_decline_code",
	".network_advice_code"}

func (f *referee) check(s *spec.Schema, v any, at string) error {
	if s.Ref != "" {
		s = f.spec.Components.Schemas[s.Ref[strings.LastIndex(s.Ref, "/")+1:]]
	}
	if v == nil {
		if s.Nullable {
			return nil
		}
		return fmt.Errorf("%s is null", at)
	}
	if len(s.AnyOf) > 0 {
		var errs []error
		for _, one := range s.AnyOf {
			err := f.check(one, v, at)
			if err == nil {
				return nil
			}
			errs = append(errs, err)
		}
		return errors.Join(errs...)
	}
	if len(s.Enum) > 0 && !slices.Contains(s.Enum, v) {
		return tolerate(fmt.Errorf("%s: %v is none of %v", at, v, s.Enum),
			fmt.Sprintf("%s: %v", at, v))
	}
	return f.checkType(s, v, at)
}

func tolerate(err error, what string) error {
	if slices.ContainsFunc(newer, func(n string) bool { return strings.HasSuffix(what, n) }) {
		return nil
	}
	return err
}

func (f *referee) checkType(s *spec.Schema, v any, at string) error {
	ok := true
	switch v := v.(type) {
	case string:
		ok = s.Type == "string"
	case bool:
		ok = s.Type == "boolean"
	case json.Number:
		ok = s.Type == "number" || s.Type == "integer" && !strings.ContainsAny(v.String(), ".eE")
	case []any:
		if ok = s.Type == "array"; ok {
			for i, one := range v {
				if err := f.check(s.Items, one, fmt.Sprintf("%s[%d]", at, i)); err != nil {
					return err
				}
			}
		}
	case map[string]any:
		if ok = s.Type == "object"; ok {
			return f.checkObject(s, v, at)
		}
	}
	if !ok {
		return fmt.Errorf("%s: %v is not of type %s", at, v, s.Type)
	}
	return nil
}

func (f *referee) checkObject(s *spec.Schema, v map[string]any, at string) error {
	for _, name := range s.Required {
		if _, ok := v[name]; !ok {
			return fmt.Errorf("%s.%s is missing", at, name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(v)) {
		field := s.Properties[name]
		if field == nil && len(s.Properties) > 0 {
			if err := tolerate(fmt.Errorf("%s.%s is unknown", at, name), at+"."+name); err != nil {
				return err
			}
		}
		if field != nil {
			if err := f.check(field, v[name], at+"."+name); err != nil {
				return err
			}
		}
	}
	return nil
}

// TestMock lets the referee watch a check, a first pull in small pages, one of changes, one after a
// long gap and one of everything since a date.
func TestMock(t *testing.T) {
	w := sourcetest.Small()
	f := newReferee(t, cut(NewSimulator(w), 5))
	s := serve(t, w, f)
	if _, err := s.Check(t.Context()); err != nil {
		t.Fatalf("check: %v", err)
	}
	b := sourcetest.NewBooks()
	pullInto(t, s, b, source.Request{})
	touch(w)
	f.sim = cut(NewSimulator(w), 5)
	pullInto(t, s, b, source.Request{})
	w.Now += book.Instant((40 * 24 * time.Hour).Milliseconds())
	w.Stripe.Payouts[len(w.Stripe.Payouts)-1].State = book.PayoutInTransit
	f.sim = cut(NewSimulator(w), 5)
	pullInto(t, s, b, source.Request{})
	pullInto(t, s, b, source.Request{Full: true, Since: w.OpeningOn})
	want := []string{"/v1/account ", "/v1/balance ",
		"/v1/balance_transactions created[gte] expand[] limit",
		"/v1/balance_transactions expand[] limit payout",
		"/v1/balance_transactions expand[] limit payout starting_after",
		"/v1/balance_transactions limit",
		"/v1/charges created[gte] limit starting_after", "/v1/charge/{charge} expand[]",
		"/v1/disputes created[gte] limit", "/v1/dispute/{dispute} ",
		"/v1/events created[gte] limit types[]", "/v1/events limit",
		"/v1/payouts created[gte] expand[] limit", "/v1/payout/{payout} expand[]",
		"/v1/refunds created[gte] expand[] limit", "/v1/refund/{refund} expand[]"}
	for _, kind := range want {
		if !f.seen[kind] {
			t.Errorf("no request of the kind %q was made", kind)
		}
	}
}

// serve opens a source against a handler.
func serve(t *testing.T, w *world.World, h http.Handler) *Stripe {
	t.Helper()
	at := httptest.NewServer(h)
	t.Cleanup(at.Close)
	s, err := New(source.Options{Name: world.StripeName, URL: at.URL, Secrets: secrets(),
		Clock: func() time.Time { return w.Now.Time() },
		Wait:  func(ctx context.Context, _ time.Duration) error { return ctx.Err() }})
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	return s
}

// pullInto pulls into books and wants no error.
func pullInto(t *testing.T, s *Stripe, b *sourcetest.Books, q source.Request) {
	t.Helper()
	q.Cursor, q.Books = b.Cursor, b
	if err := s.Pull(t.Context(), q, func(p source.Page) error {
		b.Keep(p)
		return nil
	}); err != nil {
		t.Fatalf("pull: %v", err)
	}
}
