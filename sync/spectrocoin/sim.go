package spectrocoin

import (
	"cmp"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"

	"countinghouse/app/money"
	"countinghouse/sync/world"
)

// What a simulator takes.
const (
	simulatorClient   = "cl-northwind-reader"
	simulatorSecret   = "cs-7f0d1e52b6"
	simulatorProject  = "8c1f2f60-3a54-4d0e-9a51-6f0c2f6e9d11"
	simulatorMerchant = "4012345"
	simulatorAPI      = "510077"
	simulatorUser     = "1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed"
)

// SimulatorSecrets are the secrets that a simulator takes, by field.
func SimulatorSecrets() map[string]string {
	return map[string]string{"client_id": simulatorClient, "client_secret": simulatorSecret,
		"project_id": simulatorProject, "merchant_id": simulatorMerchant}
}

// simKey and merchantKey are the key pairs of the simulator and of its merchant, made once for each
// process: no private key stands in the sources.
var (
	simKey      = sync.OnceValue(newKey)
	merchantKey = sync.OnceValue(newKey)
)

func newKey() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic("spectrocoin: make a key: " + err.Error())
	}
	return key
}

// publicPEM is the public half of a key as SpectroCoin shows it.
func publicPEM(key *rsa.PrivateKey) []byte {
	der, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		panic("spectrocoin: write a key: " + err.Error())
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
}

// Forms in which numbers and statuses may come.
const (
	AsText     = ""
	AsNumber   = "number"
	AsExponent = "exponent"
	AsCode     = "code"
	AsDigits   = "digits"
	AsLower    = "lower"
)

// Quirks are things that SpectroCoin does now and then or may do; the zero value is a quiet day.
type Quirks struct {
	// Numbers is AsText, AsNumber or AsExponent; Statuses is AsText, AsCode, AsDigits or AsLower.
	Numbers, Statuses string
	// SystemOrderID puts an id of the system's own into the answer to a new order, where the
	// merchant's reference stands else.
	SystemOrderID bool
	// NoPreOrder leaves the pre-order id out, Net shows receive amounts after the fee, and Bare shows
	// no more of an order than the vendor's own plugins read.
	NoPreOrder, Net, Bare bool
	// Unstable gives lists in another order each time.
	Unstable bool
	// NoWallet answers every call of the wallet API with that status; 0 for none.
	NoWallet int
	// TokenUses is how many calls a token opens, 0 for any number; TokenLife how many seconds it is
	// said to live, 0 for an hour; Scope what it may do.
	TokenUses, TokenLife int
	Scope                string
	// Unknown is the status of a refused client, 0 for 401; StubErrors words errors as the vendor's
	// test server does.
	Unknown    int
	StubErrors bool
}

// Simulator serves a world's SpectroCoin side in the protocols of both generations and of the older
// wallet API. The world must not change while it serves; its Now is the simulator's clock. It may be
// called at once from any number of goroutines.
type Simulator struct {
	w      *world.World
	quirks Quirks
	mux    *http.ServeMux

	orders []world.Order // newest first, those that have an id
	byID   map[string]int
	byRef  map[string]int // how many orders have the reference
	rows   map[money.Currency][]world.Movement
	state  map[string]string // of withdrawals by their row's id

	mu     sync.Mutex
	count  int
	tokens map[string]int // calls that each token has opened
	asked  map[string]bool
}

// NewSimulator indexes a world and serves it.
func NewSimulator(w *world.World) *Simulator {
	s := &Simulator{w: w, byID: map[string]int{}, byRef: map[string]int{},
		rows: map[money.Currency][]world.Movement{}, state: map[string]string{},
		tokens: map[string]int{}, asked: map[string]bool{}}
	for _, o := range w.SpectroCoin.Orders {
		s.byRef[o.Ref]++
		s.asked[o.Ref] = true
		if o.ID != "" {
			s.orders = append(s.orders, o)
		}
	}
	slices.SortStableFunc(s.orders, func(a, b world.Order) int {
		return cmp.Or(cmp.Compare(b.At, a.At), cmp.Compare(b.ID, a.ID))
	})
	for i, o := range s.orders {
		s.byID[o.ID] = i
	}
	for _, m := range w.SpectroCoin.Movements {
		s.rows[m.Currency] = append(s.rows[m.Currency], m)
	}
	for _, list := range s.rows {
		slices.SortStableFunc(list, func(a, b world.Movement) int {
			return cmp.Or(cmp.Compare(b.At, a.At), cmp.Compare(b.ID, a.ID))
		})
	}
	s.route()
	return s
}

// With is a simulator of the same world with quirks.
func (s *Simulator) With(q Quirks) *Simulator {
	c := NewSimulator(s.w)
	c.quirks = q
	return c
}

// simError is an error before it is worded.
type simError struct {
	status        int
	code, message string
}

func (s *Simulator) route() {
	s.mux = http.NewServeMux()
	s.mux.HandleFunc("POST "+publicPath+"/oauth/token", s.token)
	s.mux.HandleFunc("POST "+publicPath+"/merchants/orders/create", s.guarded(s.create))
	s.mux.HandleFunc("GET "+publicPath+"/merchants/orders", s.guarded(s.list))
	s.mux.HandleFunc("GET "+publicPath+"/merchants/orders/{id}", s.guarded(s.one))
	s.mux.HandleFunc("POST /api/merchant/1/createOrder", s.createOlder)
	s.mux.HandleFunc("GET "+keyPath, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/x-pem-file")
		_, _ = w.Write(publicPEM(simKey()))
	})
	s.mux.HandleFunc("POST "+walletPath+"/oauth2/auth", s.walletAuth)
	s.mux.HandleFunc("GET "+walletPath+"/wallet/accounts", s.guardedWallet(s.walletAccounts))
	s.mux.HandleFunc("GET "+walletPath+"/wallet/account/{id}", s.guardedWallet(s.walletHistory))
	s.mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		s.fail(w, simError{http.StatusNotFound, "GEN_4", "No such address: " + r.URL.Path})
	})
}

// ServeHTTP answers one request.
func (s *Simulator) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Date", s.w.Now.Time().Format(http.TimeFormat))
	if s.quirks.NoWallet != 0 && strings.HasPrefix(r.URL.Path, walletPath+"/") {
		s.fail(w, simError{s.quirks.NoWallet, "GEN_9", "The wallet API is not there"})
		return
	}
	s.mux.ServeHTTP(w, r)
}

func (s *Simulator) reply(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(body); err != nil {
		// The reader has gone away: there is nobody to tell.
		return
	}
}

// fail words an error, in the documented form or in that of the vendor's test server.
func (s *Simulator) fail(w http.ResponseWriter, e simError) {
	if s.quirks.StubErrors {
		s.reply(w, e.status, map[string]any{"error": e.message})
		return
	}
	n := s.next()
	s.reply(w, e.status, map[string]any{"defaultMessage": e.message, "errorCode": e.code + " - ",
		"spanId": fmt.Sprintf("%016x", n), "traceId": fmt.Sprintf("%032x", n)})
}

func (s *Simulator) next() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.count++
	return s.count
}

// issue makes a token.
func (s *Simulator) issue() string {
	token := "sim-token-" + strconv.Itoa(s.next())
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tokens[token] = 0
	return token
}

// admits reports whether a request's token opens one call more.
func (s *Simulator) admits(r *http.Request) bool {
	token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	s.mu.Lock()
	defer s.mu.Unlock()
	uses, ok := s.tokens[token]
	if !ok || s.quirks.TokenUses > 0 && uses >= s.quirks.TokenUses {
		delete(s.tokens, token)
		return false
	}
	s.tokens[token] = uses + 1
	return true
}

func (s *Simulator) token(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil || r.PostForm.Get("grant_type") != "client_credentials" {
		s.fail(w, simError{http.StatusBadRequest, "GEN_1", "The grant type is not supported"})
		return
	}
	if r.PostForm.Get("client_id") != simulatorClient ||
		r.PostForm.Get("client_secret") != simulatorSecret {
		s.fail(w, simError{cmp.Or(s.quirks.Unknown, http.StatusUnauthorized), "GEN_2",
			"The client is not known"})
		return
	}
	body := map[string]any{"access_token": s.issue(), "token_type": "bearer",
		"expires_in": cmp.Or(s.quirks.TokenLife, 3600)}
	if s.quirks.Scope != "" {
		body["scope"] = s.quirks.Scope
	}
	s.reply(w, http.StatusOK, body)
}

// guarded is a call that a token opens.
func (s *Simulator) guarded(call func(*http.Request) (any, *simError)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if !s.admits(r) {
			s.fail(w, simError{http.StatusUnauthorized, "GEN_2", "The token is not valid"})
			return
		}
		body, err := call(r)
		if err != nil {
			s.fail(w, *err)
			return
		}
		s.reply(w, http.StatusOK, body)
	}
}

// known are the parameters of the list of orders.
var known = []string{listNames.page, listNames.size, listNames.project, listNames.from,
	listNames.to, listNames.status}

// unknownOf is the first parameter that the list does not have, in alphabetic order.
func unknownOf(q map[string][]string) string {
	for _, name := range slices.Sorted(maps.Keys(q)) {
		if !slices.Contains(known, name) {
			return name
		}
	}
	return ""
}
