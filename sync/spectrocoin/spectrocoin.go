// Package spectrocoin owns the translation between SpectroCoin's merchant API and the books: it
// reads orders, and where the merchant's wallet may be read its balances and movements, verifies
// callbacks of both generations, and serves a pretend business in SpectroCoin's protocol. app opens
// it through source, the sandbox serves with it. It never makes, changes or pays out anything.
package spectrocoin

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync/atomic"
	"time"

	"countinghouse/app/book"
	"countinghouse/app/money"
	"countinghouse/sync/source"
)

// liveURL is the address of the live service, up to where the documented paths begin.
const liveURL = "https://spectrocoin.com" + publicPath

// publicPath ends every address of the API; the wallet API and the key file lie beside it.
const publicPath = "/api/public"

// Description is what SpectroCoin is and which settings it takes.
var Description = source.Description{
	Kind:  "spectrocoin",
	Title: "SpectroCoin",
	Role:  source.Gateway,
	Secrets: []source.Field{
		{Name: "client_id", Title: "Client id (API settings, credentials)"},
		{Name: "client_secret", Title: "Client secret (shown once, when the credentials are made)"},
		{Name: "project_id", Title: "Project id (Merchant, projects)"},
		{Name: "merchant_id", Optional: true,
			Title: "Merchant id of an older project, a number; its signed callbacks must name it"},
		{Name: "private_key", Optional: true,
			Title: "Merchant's private key of an older project, PEM; only checked, never used to order"},
		{Name: "public_key", Optional: true,
			Title: "SpectroCoin's public key, PEM, instead of the one that its site shows"},
	},
	Ack:      "*ok*",
	NoFees:   true,
	Unstated: true,
	Sweeps:   true,
}

// SpectroCoin is one merchant project.
type SpectroCoin struct {
	o         source.Options
	http      *http.Client
	root      string // the address before publicPath
	live      bool
	project   string
	merchant  string
	public    *door
	wallet    *door
	keys      *keyring
	hints     *hints
	translate translator
	// date is the server's clock as the last reply told it, in Unix milliseconds.
	date atomic.Int64
}

// New opens a project. It does not use the network. Its error is of kind auth where a secret is
// missing, and of kind refused where the address or the invoice pattern cannot be used.
func New(o source.Options) (*SpectroCoin, error) {
	secret := func(name string) string { return strings.TrimSpace(o.Secrets[name].Reveal()) }
	s := &SpectroCoin{o: o, project: secret("project_id"), merchant: secret("merchant_id")}
	for _, name := range []string{"client_id", "client_secret", "project_id"} {
		if secret(name) == "" {
			return nil, &source.Error{Kind: source.KindAuth, Source: o.Name, Op: "open",
				Detail: name + " is not set",
				Hint: "Create API credentials that may view orders in SpectroCoin's settings, " +
					"and copy the project's id."}
		}
	}
	refused := func(err error) error {
		return &source.Error{Kind: source.KindRefused, Source: o.Name, Op: "open",
			Detail: err.Error(), Err: err, Hint: "Check the address; it ends in " + publicPath + "."}
	}
	u, err := baseURL(o.URL)
	if err != nil {
		return nil, refused(err)
	}
	if s.translate, err = newTranslator(o); err != nil {
		return nil, refused(err)
	}
	s.root = strings.TrimSuffix(u.String(), publicPath)
	s.live = u.Hostname() == "spectrocoin.com"
	s.http = source.Client(o)
	s.public = &door{s: s, base: u.String(), sign: s.publicToken(secret("client_id"),
		secret("client_secret"))}
	s.wallet = &door{s: s, base: s.root + walletPath, sign: s.walletToken(secret("client_id"),
		secret("client_secret"))}
	s.keys = &keyring{s: s, pinned: secret("public_key")}
	s.hints = newHints(o.Clock)
	return s, nil
}

// baseURL is the address up to publicPath.
func baseURL(raw string) (*url.URL, error) {
	if raw == "" {
		raw = liveURL
	}
	u, err := source.CheckURL(raw)
	if err == nil && !strings.HasSuffix(u.Path, publicPath) {
		err = fmt.Errorf("address %q does not end in %s", raw, publicPath)
	}
	return u, err
}

// Describe says what the source is.
func (s *SpectroCoin) Describe() source.Description { return Description }

// Check asks for a token, tries the list of orders and the merchant's wallet, and says what the
// credentials may do beyond reading.
func (s *SpectroCoin) Check(ctx context.Context) (source.Health, error) {
	h := source.Health{Live: s.live,
		Account: "SpectroCoin project …" + s.project[max(0, len(s.project)-4):]}
	orders := source.Permission{Title: "Merchant orders", Access: "view", Needed: true,
		UsedFor: "reading orders and what became of them"}
	_, err := s.listPage(ctx, listQuery{size: 1})
	orders.Granted = err == nil
	switch {
	case statusOf(err) == http.StatusForbidden:
		h.Missing = append(h.Missing, orders.Title+": "+orders.Access)
	case err != nil:
		return h, err
	}
	wallet := source.Permission{Title: "Merchant wallet", Access: "read",
		UsedFor: "fees, payouts and the balance; without it an order counts with what was asked"}
	accounts, err := s.accounts(ctx)
	switch {
	case err == nil:
		wallet.Granted = true
		for _, a := range accounts {
			h.Balances = append(h.Balances, money.New(a.Amount, a.Currency))
		}
	case !noWallet(err) && source.KindOf(err) != source.KindMalformed &&
		source.KindOf(err) != source.KindRefused:
		return h, err
	}
	h.Permissions = []source.Permission{orders, wallet}
	h.Warnings = append(tooMuch(s.public.scopes()), s.keyWarnings()...)
	if s.merchant != "" || s.keys.pinned != "" {
		key, warning := s.callbackKey(ctx)
		h.Permissions = append(h.Permissions, key)
		if warning != "" {
			h.Warnings = append(h.Warnings, warning)
		}
	}
	h.At = s.now().Time()
	return h, nil
}

var scopeWord = regexp.MustCompile(`[^\s,]+`)

// tooMuch warns of scopes that may move money: reading needs none of them.
func tooMuch(scopes string) []string {
	var out []string
	for _, scope := range scopeWord.FindAllString(scopes, -1) {
		word := strings.ToLower(scope)
		moves := strings.Contains(word, "withdraw") || strings.Contains(word, "exchange")
		if moves && !strings.HasSuffix(word, "read") && !strings.HasSuffix(word, "view") {
			out = append(out, fmt.Sprintf("The credentials may do more than read: they have the "+
				"scope %q, which can move money. Make new ones without it.", scope))
		}
	}
	return out
}

// now is the server's clock, ours where it told none.
func (s *SpectroCoin) now() book.Instant {
	if at := s.date.Load(); at != 0 {
		return book.Instant(at)
	}
	return book.At(s.o.Clock())
}

func (s *SpectroCoin) item(native string) book.ItemID { return book.NewID(s.o.Name, native) }

func (s *SpectroCoin) mask(text string) string { return source.Raw(text, s.o.Secrets) }

func (s *SpectroCoin) malformed(op string, err error) error {
	return &source.Error{Kind: source.KindMalformed, Source: s.o.Name, Op: op,
		Detail: s.mask(err.Error()),
		Hint:   "The address answers, but not as SpectroCoin does. Check the URL."}
}

var (
	_ source.Puller   = (*SpectroCoin)(nil)
	_ source.Receiver = (*SpectroCoin)(nil)
)

// walletPath is where the older wallet API lies (SpectroCoin wallet API, read 2026-11).
const walletPath = "/api/r"

// noWallet reports whether an error means that there is no wallet to read.
func noWallet(err error) bool {
	switch statusOf(err) {
	case http.StatusNotFound, http.StatusUnauthorized, http.StatusForbidden, http.StatusGone:
		return true
	}
	return false
}

// margin is how long before its end a token is given up.
const margin = 60 * time.Second
