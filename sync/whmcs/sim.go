package whmcs

import (
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"countinghouse/app/book"
	"countinghouse/sync/world"
)

// Simulator serves a pretend business in WHMCS's own protocol: all reading actions that this
// package's client and its neighbours use. It is safe for use by many goroutines at once.
type Simulator struct {
	options SimOptions
	mu      sync.RWMutex
	data    *index
	// served counts requests, for faults that come every few.
	served int
	// mutations counts what MutateList changed.
	mutations int
	// owned says that data is a copy, which actions may change; mails are those that were sent, reasons
	// why services are suspended, by their ids.
	owned   bool
	mails   []Mail
	reasons map[int]string
}

// SimOptions say whom a simulator lets in and how it behaves. The zero Switches behave as the
// documentation says.
type SimOptions struct {
	Identifier, Secret, AccessKey string
	// AllowedIPs is the address list; nil allows loopback.
	AllowedIPs []string
	// Denied are actions that the API role does not allow.
	Denied []string
	// Zone is the zone of the server's clock, nil for the business's own.
	Zone *time.Location
	// Now tells the server's time for actions that change something; nil for the world's own.
	Now func() book.Instant
	// Capture decides captures; without it each one fails. Module is what a server's module answers to a
	// change of a service's status, "" or nil for success.
	Capture Capture
	Module  func(service int, status string) string
	// Lose says of an action, by its name in lower case, that its reply is lost: it is done, and a page of
	// the web server comes back.
	Lose func(action string) bool
	Switches
}

// Switches make a simulator behave in ways that installations are known or suspected to.
type Switches struct {
	// Empty is how an empty list is written: "" as documented, or one of `""`, {}, [], null,
	// missing.
	Empty string
	// Single writes lists of one row as the bare row, Numeric writes lists as objects with numbers
	// for names, Flat writes flattened names where the documentation shows them.
	Single, Numeric, Flat bool
	// Strings writes all numbers as text, Numbers all numbers as numbers.
	Strings, Numbers bool
	// Fault is a failure of the server: html, empty, notice, 5xx, 429; it comes in every FaultEvery
	// requests once, 0 for all.
	Fault      string
	FaultEvery int
	// DamagedService is the id of a service whose password is not UTF-8, so that no JSON reply can
	// hold it; DamagedXML says that XML cannot either.
	DamagedService int
	DamagedXML     bool
	// CutTransactions lets GetTransactions give 25 rows at most.
	CutTransactions bool
	// Version is the release: 7.7, 8.13.1 or 9.0.0; "" for 8.13.1.
	Version string
	// MutateList adds and merges invoices while somebody walks the list, as often as it says. It
	// changes the world.
	MutateList int
	// StatusKey writes errors with status in place of result, Warning a deprecation into every reply.
	StatusKey, Warning bool
	// ClockOffset is how much the server's clock is wrong.
	ClockOffset time.Duration
	// Unescaped leaves out PHP's escapes \/ and \u00e9.
	Unescaped bool
	// Notes are sums of credit notes by invoice, in minor units, which release 9 makes: they lower
	// what is owed and leave no row.
	Notes map[int]int64
	// Settings are further values of the configuration, or others in place of the usual ones.
	Settings map[string]string
	// Spoil replaces values of single records, by field: "client 42", "service 310", "invoice 5012",
	// "invoice row 5012" for the list's row, "transaction 991".
	Spoil map[string]map[string]string
}

const (
	simIdentifier = "sandbox-identifier-7Qm2"
	simSecret     = "sandbox-secret-x93Lkd0a"
)

// SimulatorSecrets are the credentials that a simulator accepts if not told otherwise, by field.
func SimulatorSecrets() map[string]string {
	return map[string]string{"identifier": simIdentifier, "secret": simSecret}
}

// NewSimulator serves a world, which must not be changed while it does. Each set may change the
// options.
func NewSimulator(w *world.World, set ...func(*SimOptions)) *Simulator {
	o := SimOptions{Identifier: simIdentifier, Secret: simSecret, Zone: w.Zone}
	o.Version = "8.13.1"
	for _, f := range set {
		f(&o)
	}
	return &Simulator{options: o, data: newIndex(w)}
}

// answer is what an action answers: its fields without the result, or a refusal.
type answer struct {
	body   object
	status int
	err    string
}

func refuse(message string) answer { return answer{status: http.StatusOK, err: message} }

// ServeHTTP answers one call of the API.
func (s *Simulator) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if s.options.Now != nil {
		w.Header().Set("Date", s.options.Now().Time().Format(http.TimeFormat))
	}
	if !strings.HasSuffix(r.URL.Path, "/includes/api.php") {
		s.page(w, http.StatusNotFound)
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, 1<<20)
	if err := r.ParseForm(); err != nil {
		s.page(w, http.StatusBadRequest)
		return
	}
	if s.fault(w) {
		return
	}
	a := s.admit(r)
	if a.err == "" {
		a = s.act(r.Form)
	}
	if s.options.Lose != nil && s.options.Lose(strings.ToLower(r.Form.Get("action"))) {
		s.page(w, http.StatusBadGateway)
		return
	}
	s.write(w, r.Form, a)
}

// fault lets the server fail, if it is time.
func (s *Simulator) fault(w http.ResponseWriter) bool {
	s.mu.Lock()
	s.served++
	due := s.options.FaultEvery == 0 || s.served%s.options.FaultEvery == 0
	s.mu.Unlock()
	if !due {
		return false
	}
	switch s.options.Fault {
	case "html":
		s.page(w, http.StatusOK)
	case "empty":
		w.WriteHeader(http.StatusOK)
	case "5xx":
		s.page(w, http.StatusServiceUnavailable)
	case "429":
		w.Header().Set("Retry-After", "2")
		s.page(w, http.StatusTooManyRequests)
	default:
		return false
	}
	return true
}

func (s *Simulator) page(w http.ResponseWriter, status int) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	fmt.Fprint(w, "<!DOCTYPE html><html><head><style>body{margin:0}</style></head>"+
		"<body><h1>Down for Maintenance</h1></body></html>")
}

// admit checks the caller in WHMCS's order: address or access key, credentials, role, action.
func (s *Simulator) admit(r *http.Request) answer {
	o := s.options
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	allowed := slices.Contains(o.AllowedIPs, host)
	if ip := net.ParseIP(host); o.AllowedIPs == nil && (ip == nil || ip.IsLoopback()) {
		allowed = true
	}
	if o.AccessKey != "" && r.Form.Get("accesskey") == o.AccessKey {
		allowed = true
	}
	if !allowed {
		return answer{status: http.StatusForbidden, err: "Invalid IP " + host}
	}
	user, password := r.Form.Get("identifier"), r.Form.Get("secret")
	if user == "" {
		user, password = r.Form.Get("username"), r.Form.Get("password")
	}
	if user != o.Identifier || password != o.Secret {
		return answer{status: http.StatusForbidden, err: "Invalid or missing credentials"}
	}
	action := strings.ToLower(r.Form.Get("action"))
	for _, d := range o.Denied {
		if strings.ToLower(d) == action {
			return answer{status: http.StatusForbidden, err: fmt.Sprintf(
				"Invalid Permissions: API action %q is not allowed", action)}
		}
	}
	return answer{}
}

// act answers an action; its name is taken in any letter case.
func (s *Simulator) act(form url.Values) answer {
	name := strings.ToLower(form.Get("action"))
	old := strings.HasPrefix(s.options.Version, "7")
	if f, ok := changing[name]; ok {
		return s.change(f, form)
	}
	f, ok := actions[name]
	if !ok || old && (name == "whmcsdetails" || name == "getpaymethods") {
		return refuse("API Function Not Found")
	}
	if name == "getinvoices" {
		s.mutate(number(form, "limitstart"))
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	return f(s, call{form, s.data, s.zone()})
}

func (s *Simulator) zone() *time.Location {
	if s.options.Zone != nil {
		return s.options.Zone
	}
	return time.UTC
}

// call is one call of an action.
type call struct {
	form url.Values
	*index
	zone *time.Location
}

func number(form url.Values, name string) int {
	n, _ := strconv.Atoi(form.Get(name))
	return n
}

func (c call) number(name string) int { return number(c.form, name) }

// span is the part of a list of n rows that limitstart and limitnum ask for.
func (c call) span(n int) (from, to int) {
	count := 25
	if c.form.Has("limitnum") {
		count = c.number("limitnum")
	}
	from = min(max(0, c.number("limitstart")), n)
	return from, min(from+max(0, count), n)
}

// actions are all actions, by name in lower case.
var actions = map[string]func(*Simulator, call) answer{
	"whmcsdetails":          (*Simulator).whmcsDetails,
	"getcurrencies":         (*Simulator).currencies,
	"getpaymentmethods":     (*Simulator).paymentMethods,
	"getclients":            (*Simulator).clients,
	"getclientsdetails":     (*Simulator).clientDetails,
	"getclientsproducts":    (*Simulator).products,
	"getinvoices":           (*Simulator).invoices,
	"getinvoice":            (*Simulator).invoice,
	"gettransactions":       (*Simulator).transactions,
	"getcredits":            (*Simulator).credits,
	"getpaymethods":         (*Simulator).payMethods,
	"getactivitylog":        (*Simulator).activityLog,
	"getautomationlog":      (*Simulator).automationLog,
	"getemails":             (*Simulator).emails,
	"getconfigurationvalue": (*Simulator).configuration,
}
