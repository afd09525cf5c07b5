package spectrocoin

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"countinghouse/app/money"
	"countinghouse/sync/source"
	"countinghouse/sync/sourcetest"
)

// ask sends one request to a simulator and gives status and body.
func ask(h http.Handler, method, target, token, kind string, body io.Reader) (int, string) {
	r := httptest.NewRequest(method, target, body)
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, r)
	return rec.Code, rec.Body.String()
}

const formKind = "application/x-www-form-urlencoded"

// tokenOf asks a simulator for a token.
func tokenOf(t *testing.T, h http.Handler) string {
	t.Helper()
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {simulatorClient},
		"client_secret": {simulatorSecret}}
	status, body := ask(h, http.MethodPost, publicPath+"/oauth/token", "", formKind,
		strings.NewReader(form.Encode()))
	var reply struct {
		Token string `json:"access_token"`
	}
	if err := json.Unmarshal([]byte(body), &reply); err != nil || status != 200 || reply.Token == "" {
		t.Fatalf("HTTP %d %s", status, body)
	}
	return reply.Token
}

func TestSimulatorErrors(t *testing.T) {
	sim := NewSimulator(small())
	token := tokenOf(t, sim)
	orders := publicPath + "/merchants/orders"
	in := "?page=0&size=10&projectId=" + simulatorProject
	for _, c := range []struct {
		method, target, token, body string
		status                      int
		said                        string
	}{
		{"GET", orders + in, "", "", 401, "The token is not valid"},
		{"GET", orders + in, "other", "", 401, "The token is not valid"},
		{"GET", orders + "?page=0&size=10", token, "", 403, "The project is not yours"},
		{"GET", orders + in + "&limit=1", token, "", 422, "Parameter limit"},
		{"GET", orders + strings.Replace(in, "size=10", "size=101", 1), token, "", 422, "Parameter size"},
		{"GET", orders + strings.Replace(in, "page=0", "page=-1", 1), token, "", 422, "Parameter page"},
		{"GET", orders + in + "&from=soon", token, "", 422, "Parameter from"},
		{"GET", orders + in + "&to=soon", token, "", 422, "Parameter to"},
		{"GET", orders + "/" + uuid(99), token, "", 404, "The order does not exist"},
		{"GET", "/api/public/nothing", token, "", 404, "No such address"},
		{"POST", publicPath + "/oauth/token", "", "grant_type=password", 400, "grant type"},
		{"POST", publicPath + "/oauth/token", "", "grant_type=client_credentials&client_id=x", 401,
			"The client is not known"},
		{"POST", orders + "/create", token, "{", 400, "no JSON"},
		{"POST", orders + "/create", token, "{}", 422, "A field is not valid"},
		{"GET", "/api/r/wallet/account/1?page=0&size=25", token, "", 203, "The account does not exist"},
		{"GET", "/api/r/wallet/account/1?page=0&size=26", token, "", 203, "Page or size"},
		{"GET", "/api/r/wallet/accounts", "x", "", 401, "The token is not valid"},
		{"POST", "/api/r/oauth2/auth", "", "{}", 401, "The client is not known"},
		{"POST", "/api/r/oauth2/auth", "", "[", 203, "Check the request"},
	} {
		status, body := ask(sim, c.method, c.target, c.token, formKind, strings.NewReader(c.body))
		said, ok := wording([]byte(body))
		if status != c.status || !ok || !strings.Contains(said, c.said) {
			t.Errorf("%s %s: HTTP %d %s", c.method, c.target, status, body)
		}
	}
	status, body := ask(sim.With(Quirks{StubErrors: true}), "GET", orders, "", "", nil)
	if status != 401 || !strings.Contains(body, `{"error":"The token is not valid"}`) {
		t.Errorf("as the test server: HTTP %d %s", status, body)
	}
	if status, body := ask(sim, "GET", keyPath, "", "", nil); status != 200 ||
		body != string(publicPEM(simKey())) {
		t.Errorf("the key: HTTP %d %s", status, body)
	}
}

// TestSimulatorLists walks the list by pages and filters it.
func TestSimulatorLists(t *testing.T) {
	w := small()
	sim := NewSimulator(w)
	token := tokenOf(t, sim)
	list := func(more string) []string {
		var ids []string
		for page := 0; ; page++ {
			_, body := ask(sim, "GET", fmt.Sprintf("%s/merchants/orders?page=%d&size=4&projectId=%s%s",
				publicPath, page, simulatorProject, more), token, "", nil)
			var o object
			if err := json.Unmarshal([]byte(body), &o); err != nil {
				t.Fatal(err)
			}
			p, err := readPage(o)
			if err != nil {
				t.Fatal(err)
			}
			for _, one := range p.content {
				ids = append(ids, idOf(one))
			}
			if page+1 >= p.pages {
				if len(ids) != p.total {
					t.Errorf("%s: %d of %d", more, len(ids), p.total)
				}
				return ids
			}
		}
	}
	all := w.SpectroCoin.Orders
	if ids := list(""); len(ids) != len(all) || ids[0] != all[len(all)-1].ID {
		t.Errorf("all: %v", ids)
	}
	if ids := list("&status=PAID"); len(ids) != 7 {
		t.Errorf("paid: %v", ids)
	}
	from := "&from=" + url.QueryEscape(all[10].At.String())
	if ids := list(from); len(ids) != len(all)-10 || ids[len(ids)-1] != all[10].ID {
		t.Errorf("from: %v", ids)
	}
	if ids := list(from + "&to=" + url.QueryEscape(all[12].At.String())); len(ids) != 3 {
		t.Errorf("from and to: %v", ids)
	}
}

// TestSimulatorCreates makes orders in both generations.
func TestSimulatorCreates(t *testing.T) {
	sim := NewSimulator(small())
	body := `{"orderId":"77-1234","projectId":"` + simulatorProject + `","description":"Order #77",` +
		`"receiveAmount":"12.50","receiveCurrencyCode":"EUR","callbackUrl":"https://x.example/cb"}`
	for _, q := range []Quirks{{}, {SystemOrderID: true}} {
		with := sim.With(q)
		status, reply := ask(with, "POST", publicPath+"/merchants/orders/create", tokenOf(t, with),
			"application/json", strings.NewReader(body))
		var o object
		if err := json.Unmarshal([]byte(reply), &o); err != nil || status != 200 {
			t.Fatalf("HTTP %d %s", status, reply)
		}
		pre, _ := o.text(names.preOrder)
		ref, _ := o.text(names.ref)
		if pre == "" || (ref == "77-1234") == q.SystemOrderID || string(o["payAmount"]) != "null" {
			t.Errorf("%+v: %s", q, reply)
		}
	}
	form := func(change ...string) string {
		f := url.Values{"merchantId": {simulatorMerchant}, "apiId": {simulatorAPI},
			"orderId": {"77-1234"}, "payCurrency": {"BTC"}, "payAmount": {"0.0"},
			"receiveCurrency": {"EUR"}, "receiveAmount": {"12.5"}, "description": {"a*b~ Ž"},
			"callbackUrl": {"https://x.example/cb?invoice_id=77"}}
		for i := 0; i < len(change); i += 2 {
			f.Set(change[i], change[i+1])
		}
		text, err := requestSigning.sign(f, javaForm, merchantKey())
		if err != nil {
			t.Fatal(err)
		}
		f.Set("sign", text)
		return f.Encode()
	}
	newer := strings.NewReplacer("merchantId="+simulatorMerchant, "")
	for _, c := range []struct {
		kind, body string
		status     int
		said       string
	}{
		{formKind, form(), 200, `"orderId":"77-1234"`},
		{formKind, form(), 203, `"code":5`},
		{formKind, form("orderId", ""), 200, `"orderRequestId":200000`},
		{formKind, form("merchantId", "1"), 203, `"code":6`},
		{formKind, form("receiveAmount", "1.234"), 203, `"code":1,`},
		{formKind, strings.Replace(form(), "12.5", "1.25", 1), 203, `"code":2`},
		{formKind, newer.Replace(form()), 203, `"code":2`},
		{formKind, "sign=x", 203, `"code":2`},
		{"application/json", "{}", 203, `"code":97`},
		{formKind, "%%%", 203, `"code":99`},
	} {
		status, reply := ask(sim, "POST", "/api/merchant/1/createOrder", "", c.kind,
			strings.NewReader(c.body))
		if status != c.status || !strings.Contains(reply, c.said) ||
			isArray([]byte(reply)) != (c.status == 203) {
			t.Errorf("want %d %s, got HTTP %d %s", c.status, c.said, status, reply)
		}
	}
}

// TestQuirks pulls changes while the simulator has its quirks; the books come out the same.
func TestQuirks(t *testing.T) {
	for name, q := range map[string]Quirks{
		"numbers":                      {Numbers: AsNumber},
		"exponents":                    {Numbers: AsExponent, Statuses: AsCode},
		"digits":                       {Statuses: AsDigits},
		"small letters":                {Statuses: AsLower},
		"unstable lists":               {Unstable: true},
		"short tokens":                 {TokenUses: 2},
		"tokens that are over at once": {TokenLife: 2},
		"scopes":                       {Scope: "merchant-orders:view account:read"},
		"test server":                  {StubErrors: true, Unknown: 400},
	} {
		t.Run(name, func(t *testing.T) {
			w := small()
			b := sourcetest.NewBooks()
			small := func() http.Handler { return cut(NewSimulator(w).With(q), 7) }
			pullInto(t, serve(t, w, small()), b)
			touch(w)
			pullInto(t, serve(t, w, small()), b)
			for _, d := range sourcetest.Diff(expect(w), b.All()) {
				t.Error(d)
			}
		})
	}
}

// TestExponents writes numbers with exponents that mean the same.
func TestExponents(t *testing.T) {
	for _, d := range []string{"120.0", "0.00213371", "0", "0.00", "-118.80", "5000"} {
		a, err := money.ParseQuantity(d, "EUR")
		b, err2 := money.ParseQuantity(exponent(d), "EUR")
		if err != nil || err2 != nil || a != b || !json.Valid([]byte(exponent(d))) {
			t.Errorf("%s becomes %s", d, exponent(d))
		}
	}
}

// TestNetAmounts shows receive amounts after the fee: they are taken as they are, and the fee is not
// made up.
func TestNetAmounts(t *testing.T) {
	w := small()
	b := sourcetest.NewBooks()
	pullInto(t, serve(t, w, NewSimulator(w).With(Quirks{Net: true})), b)
	all := transactions(b)
	for _, m := range w.SpectroCoin.Movements {
		if m.SourceID != uuid(19) {
			continue
		}
		if x := all[string(native(m.SourceID))]; x.Gross != m.Net || x.Fee != 0 || x.Net != m.Net ||
			x.Charged.Minor != m.Net {
			t.Errorf("%+v", x)
		}
	}
}

// TestBareOrders shows no more of an order than the vendor's plugins read: no time either. The first
// pull's time stays.
func TestBareOrders(t *testing.T) {
	w := small()
	b := sourcetest.NewBooks()
	q := Quirks{Bare: true, NoPreOrder: true, NoWallet: 404}
	first := w.Now
	pullInto(t, serve(t, w, NewSimulator(w).With(q)), b)
	before := transactions(b)
	if len(before) != len(w.SpectroCoin.Orders)+2 { // two are refunded
		t.Errorf("%d records of %d orders", len(before), len(w.SpectroCoin.Orders))
	}
	w.Now += 3 * oneDay
	b.Changed = nil
	pullInto(t, serve(t, w, NewSimulator(w).With(q)), b)
	for id, x := range transactions(b) {
		if x.At != first/1000*1000 || len(b.Changed) != 0 {
			t.Errorf("%s is of %s, changed %v", id, x.At, b.Changed)
		}
	}
}

// TestShapes answers the list in other forms than the one known: each is a clear error.
func TestShapes(t *testing.T) {
	w := small()
	for _, shape := range []string{`[]`, `{}`, `{"content":[]}`,
		`{"content":[],"totalElements":"1","totalPages":1}`,
		`{"content":null,"totalElements":1,"totalPages":1}`,
		`{"content":{},"totalElements":1,"totalPages":1}`,
		`{"items":[],"total":0}`, `{"content":[],"totalElements":1,"totalPages":1000000}`, `{"content":[],"totalElements":-1,"totalPages":1}`} {
		sim := NewSimulator(w)
		s := serve(t, w, http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, "/merchants/orders") {
				_, _ = rw.Write([]byte(shape))
				return
			}
			sim.ServeHTTP(rw, r)
		}))
		_, err := s.Check(t.Context())
		if source.KindOf(err) != source.KindMalformed {
			t.Errorf("%s: %v", shape, err)
		}
	}
	// A list that never gives all that it says is there.
	short := sourcetest.Rewrite(NewSimulator(w), func(_ *http.Request, body []byte) []byte {
		total := strconv.Itoa(len(w.SpectroCoin.Orders))
		return bytes.Replace(body, []byte(`"totalElements":`+total), []byte(`"totalElements":99`), 1)
	})
	err := serve(t, w, short).Pull(t.Context(), source.Request{Books: sourcetest.NewBooks()},
		func(source.Page) error { t.Error("a page came"); return nil })
	if source.KindOf(err) != source.KindUnavailable {
		t.Errorf("a list that is never whole: %v", err)
	}
}

// TestDeliveries sends a signed form for each status that an older order had, and one hint for each
// other order.
func TestDeliveries(t *testing.T) {
	w := small()
	s := serve(t, w, NewSimulator(w))
	forms, hints := 0, 0
	var types []string
	for _, d := range Deliveries(w) {
		e, err := s.Verify(t.Context(), d)
		if err != nil {
			t.Fatal(err)
		}
		if d.Body[0] == '{' {
			hints++
			continue
		}
		forms++
		if strings.HasPrefix(e.About[0], "request/20004417/") {
			types = append(types, e.Type)
		}
	}
	older := 0
	for _, o := range w.SpectroCoin.Orders {
		if o.Older {
			older++
		}
	}
	if hints != len(w.SpectroCoin.Orders)-older-1 || forms <= older { // one is new: nothing is sent
		t.Errorf("%d hints, %d forms of %d older orders", hints, forms, older)
	}
	if !slices.Equal(types, []string{"order.PENDING", "order.PAID"}) {
		t.Errorf("an order's forms: %v", types)
	}
}
