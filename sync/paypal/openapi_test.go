package paypal

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"

	"countinghouse/sync/source"
	"countinghouse/sync/sourcetest"
)

// descriptions are PayPal's published descriptions of the calls that we make.
var descriptions = []string{"reporting_transactions_v1", "customer_disputes_v1",
	"notifications_webhooks_v1", "checkout_orders_v2", "payments_payment_v2"}

// defects are what is wrong in the descriptions, each worked around by itself; where one is not
// found any more, its line must go.
var defects = []struct {
	file, what string
	mend       func(*openapi3.T) bool
}{
	{"reporting_transactions_v1", "the server's address ends in what the paths begin with",
		func(d *openapi3.T) bool {
			found := strings.HasSuffix(d.Servers[0].URL, "/v1/reporting")
			d.Servers = nil
			return found
		}},
	{"reporting_transactions_v1", "dates must have a colon in the offset, and have none",
		func(d *openapi3.T) bool {
			s := d.Components.Schemas["date_time"].Value
			old := s.Pattern
			s.Pattern = strings.Replace(old, "[+-][0-9]{2}:[0-9]{2}", "[+-][0-9]{2}:?[0-9]{2}", 1)
			return s.Pattern != old
		}},
	{"reporting_transactions_v1", "a window without rows is against the least number of rows",
		func(d *openapi3.T) bool {
			s := d.Components.Schemas["search_response"].Value.Properties["transaction_details"].Value
			found := s.MinItems == 1
			s.MinItems = 0
			return found
		}},
	{"reporting_transactions_v1", "the errors of too many rows and of too many requests are not listed",
		func(d *openapi3.T) bool {
			p := d.Components.Schemas["error_400"].Value.Properties
			found := len(p["name"].Value.Enum) == 1
			p["name"].Value.Enum = append(p["name"].Value.Enum, tooLarge, "RATE_LIMIT_REACHED")
			p["message"].Value.Enum = append(p["message"].Value.Enum, tooLargeMessage,
				limitedMessage)
			return found
		}},
	{"reporting_transactions_v1", "subjects may hold no number sign, and do",
		func(d *openapi3.T) bool {
			s := d.Components.Schemas["transaction_info"].Value.Properties["transaction_subject"].Value
			found := s.Pattern != "" && !strings.Contains(s.Pattern, "#")
			s.Pattern = ""
			return found
		}},
	{"customer_disputes_v1", "defaults of two parameters break their own patterns",
		func(d *openapi3.T) bool {
			found := true
			for name, words := range map[string]string{"next_page_token": "The first page of data",
				"start_time": "Current date and time"} {
				s := d.Components.Parameters[name].Value.Schema.Value
				found = found && s.Default == words
				s.Default = nil
			}
			return found
		}},
	{"customer_disputes_v1", "a list without disputes is against the least number of disputes",
		func(d *openapi3.T) bool {
			s := d.Components.Schemas["dispute_search"].Value.Properties["items"].Value
			found := s.MinItems == 1
			s.MinItems = 0
			return found
		}},
	{"notifications_webhooks_v1", "a pattern looks ahead, which Go's patterns do not",
		func(d *openapi3.T) bool {
			found := false
			for _, ref := range d.Components.Schemas {
				for _, p := range ref.Value.Properties {
					if strings.Contains(p.Value.Pattern, "(?!") || strings.Contains(p.Value.Pattern, "(?=") {
						p.Value.Pattern, found = "", true
					}
				}
			}
			return found
		}},
}

// described are the operations by method and path.
type described struct {
	doc     *openapi3.T
	path    string
	pattern *regexp.Regexp
}

func load(t *testing.T) []described {
	t.Helper()
	var out []described
	for _, file := range descriptions {
		text, err := os.ReadFile("testdata/openapi/" + file + ".json")
		if err != nil {
			t.Fatal(err)
		}
		doc, err := openapi3.NewLoader().LoadFromData(text)
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		for _, d := range defects {
			if d.file == file && !d.mend(doc) {
				t.Errorf("%s has the defect no more: %s", file, d.what)
			}
		}
		for path := range doc.Paths.Map() {
			pattern := regexp.MustCompile(`\{\w+\}`).ReplaceAllString(path, `([^/]+)`)
			out = append(out, described{doc, path, regexp.MustCompile("^" + pattern + "$")})
		}
	}
	return out
}

// inspector stands between the client and the simulator and holds both against the descriptions.
type inspector struct {
	t    *testing.T
	all  []described
	next http.Handler
	seen map[string]int
}

func (i *inspector) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		i.t.Error(err)
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	rec := httptest.NewRecorder()
	i.next.ServeHTTP(rec, r)
	r.Body = io.NopCloser(bytes.NewReader(body))
	if r.URL.Path != "/v1/oauth2/token" && !strings.HasPrefix(r.URL.Path, certificatePath) {
		i.inspect(r, rec)
	}
	for k, v := range rec.Header() {
		w.Header()[k] = v
	}
	w.WriteHeader(rec.Code)
	_, _ = w.Write(rec.Body.Bytes())
}

func (i *inspector) inspect(r *http.Request, rec *httptest.ResponseRecorder) {
	for _, d := range i.all {
		match := d.pattern.FindStringSubmatch(r.URL.Path)
		operation := d.doc.Paths.Value(d.path).GetOperation(r.Method)
		if match == nil || operation == nil {
			continue
		}
		i.seen[d.path]++
		in := &openapi3filter.RequestValidationInput{Request: r, Route: &routers.Route{Spec: d.doc,
			Path: d.path, PathItem: d.doc.Paths.Value(d.path), Method: r.Method,
			Operation: operation}, PathParams: map[string]string{},
			Options: &openapi3filter.Options{IncludeResponseStatus: true, SkipSettingDefaults: true,
				AuthenticationFunc: openapi3filter.NoopAuthenticationFunc}}
		if len(match) > 1 {
			in.PathParams[operation.Parameters[0].Value.Name] = match[1]
		}
		if err := openapi3filter.ValidateRequest(r.Context(), in); err != nil {
			i.t.Errorf("%s: %v", r.URL, err)
		}
		for name := range r.URL.Query() {
			if operation.Parameters.GetByInAndName("query", name) == nil &&
				!strings.Contains(d.path, "webhooks-events") {
				i.t.Errorf("%s: parameter %s is not described", r.URL, name)
			}
		}
		out := &openapi3filter.ResponseValidationInput{RequestValidationInput: in, Status: rec.Code,
			Header: rec.Header(), Options: in.Options}
		out.SetBodyBytes(rec.Body.Bytes())
		if err := openapi3filter.ValidateResponse(r.Context(), out); err != nil {
			i.t.Errorf("%s: HTTP %d: %.700s", r.URL, rec.Code, err)
		}
		return
	}
	i.t.Errorf("%s %s is not described", r.Method, r.URL)
}

// TestDescriptions checks every request of pulls, checks and follows, and every reply of the
// simulator, against PayPal's published descriptions.
func TestDescriptions(t *testing.T) {
	w := small()
	inspect := func(q Quirks) (*bench, *inspector) {
		i := &inspector{t: t, all: load(t), next: NewSimulator(w).With(q), seen: map[string]int{}}
		return newBench(t, w, i, nil), i
	}
	b, i := inspect(Quirks{MaximumItems: 20})
	if _, err := b.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	books := sourcetest.NewBooks()
	b.mustPull(books)
	touch(w)
	w.Now += 3600_000
	var about []string
	for _, d := range Deliveries(w) {
		e, err := b.Verify(t.Context(), d)
		if err != nil {
			t.Fatal(err)
		}
		about = append(about, e.About...)
	}
	b, again := inspect(Quirks{})
	b.mustPull(books)
	err := b.Follow(t.Context(), append(about, "dispute/PP-D-0"), books,
		func(source.Page) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/v1/reporting/transactions", "/v1/reporting/balances",
		"/v1/customer/disputes", "/v1/customer/disputes/{id}", "/v1/notifications/webhooks-events"} {
		if i.seen[path]+again.seen[path] == 0 {
			t.Errorf("nothing was asked of %s", path)
		}
	}
	denied, _ := inspect(Quirks{Denied: []string{"balances", "disputes", "webhooks"}})
	if _, err := denied.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, q := range []Quirks{{TokenUses: 1}, {LimitEvery: 4}, {Denied: []string{"transactions"}}} {
		b, _ := inspect(q)
		_ = b.pullInto(sourcetest.NewBooks())
	}
}

// TestPayloadsDescribed holds our own testdata against the description too.
func TestPayloadsDescribed(t *testing.T) {
	var schema, dispute *openapi3.Schema
	for _, d := range load(t) {
		if s := d.doc.Components.Schemas["transaction_detail"]; s != nil {
			schema = s.Value
		}
		if s := d.doc.Components.Schemas["dispute_info"]; s != nil {
			dispute = s.Value
		}
	}
	check := func(name string, s *openapi3.Schema) {
		var v any
		if err := json.Unmarshal(read(t, name), &v); err != nil {
			t.Fatal(err)
		}
		if err := s.VisitJSON(v); err != nil {
			t.Errorf("%s: %.500s", name, err)
		}
	}
	for _, name := range payloads(t) {
		check(name, schema)
		if _, err := os.Stat("testdata/" + name + ".case.json"); err == nil {
			check(name+".case", dispute)
		}
	}
}
