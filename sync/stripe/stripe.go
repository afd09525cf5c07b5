// Package stripe owns the translation between Stripe's API and the books: it reads the balance's
// ledger, attempts, refunds, disputes and payouts with Stripe's own client library, and serves a
// pretend business in Stripe's protocol. app opens it through source, the sandbox serves with it.
// It changes at Stripe only what a stored action says, and never stores anything.
package stripe

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	api "github.com/stripe/stripe-go/v76"

	"countinghouse/app/book"
	"countinghouse/sync/source"
)

// Description is what Stripe is and which settings it takes.
var Description = source.Description{
	Kind:  "stripe",
	Title: "Stripe",
	Role:  source.Gateway,
	Secrets: []source.Field{
		{Name: "secret_key", Title: "Secret or restricted key (Dashboard, Developers, API keys)"},
		{Name: "webhook_secret", Title: "Signing secret of the webhook endpoint, several with blanks " +
			"between while one is being changed (Dashboard, Developers, Webhooks)",
			Optional: true, Webhook: true},
	},
}

// Stripe is one Stripe account in one mode, live or test.
type Stripe struct {
	o   source.Options
	key string
	// signing are the secrets with one of which webhooks must be signed.
	signing   []string
	backend   api.Backend
	transport *transport
	// acts sends what changes something.
	acts      *http.Client
	translate translator
}

// New opens an account. It does not use the network. Its error is of kind auth where the key is
// missing, and of kind refused where the address or the invoice pattern cannot be used.
func New(o source.Options) (*Stripe, error) {
	s := &Stripe{o: o, key: strings.TrimSpace(o.Secrets["secret_key"].Reveal())}
	s.signing = strings.Fields(o.Secrets["webhook_secret"].Reveal())
	if s.key == "" {
		return nil, &source.Error{Kind: source.KindAuth, Source: o.Name, Op: "open",
			Detail: "secret_key is not set",
			Hint:   "Create a restricted key with read permissions in the Stripe Dashboard."}
	}
	refused := func(err error) error {
		return &source.Error{Kind: source.KindRefused, Source: o.Name, Op: "open",
			Detail: err.Error(), Err: err}
	}
	if o.URL != "" {
		u, err := source.CheckURL(o.URL)
		if err != nil {
			return nil, refused(err)
		}
		s.o.URL = u.String()
	}
	var err error
	if s.translate, err = newTranslator(o); err != nil {
		return nil, refused(err)
	}
	s.connect()
	s.acts = source.ActClient(o)
	return s, nil
}

// Describe says what the source is.
func (s *Stripe) Describe() source.Description { return Description }

// resources are the readings that a pull needs, with the permission's name in the Dashboard.
var resources = []struct{ path, permission string }{
	{"/v1/balance_transactions", "Balance transaction sources"},
	{"/v1/charges", "Charges and Refunds"},
	{"/v1/refunds", "Charges and Refunds"},
	{"/v1/disputes", "Disputes"},
	{"/v1/payouts", "Payouts"},
	{"/v1/events", "Events"},
}

// Check reads the balance and tries each list that a pull needs. A permission that the key lacks
// stands in Missing; only a pull without Events works, at the price of reading more again.
func (s *Stripe) Check(ctx context.Context) (source.Health, error) {
	h := source.Health{Account: "Stripe", Version: api.APIVersion}
	balance, err := s.balance(ctx)
	if err != nil {
		return h, err
	}
	h.Live = balance.Live
	switch name, err := s.account(ctx); {
	case err == nil:
		h.Account = name
	case source.KindOf(err) != source.KindAuth:
		return h, err
	}
	missing := map[string]bool{}
	for _, r := range resources {
		_, err := s.list(ctx, r.path, query{"limit": {"1"}})
		if source.KindOf(err) == source.KindAuth {
			if !missing[r.permission] {
				h.Missing = append(h.Missing, r.permission+": Read")
			}
			missing[r.permission] = true
		} else if err != nil {
			return h, err
		}
	}
	return h, nil
}

// account is the name of the account, its id where it has none.
func (s *Stripe) account(ctx context.Context) (string, error) {
	var a wireAccount
	if err := s.get(ctx, "read account", "/v1/account", nil, &a); err != nil {
		return "", err
	}
	for _, name := range []string{a.Settings.Dashboard.DisplayName, a.BusinessProfile.Name,
		a.Email, a.ID} {
		if name != "" {
			return name, nil
		}
	}
	return "", s.malformed("read account", fmt.Errorf("it has no id"))
}

func (s *Stripe) balance(ctx context.Context) (*wireBalance, error) {
	var b wireBalance
	if err := s.get(ctx, "read balance", "/v1/balance", nil, &b); err != nil {
		return nil, err
	}
	if b.Object != "balance" {
		return nil, s.malformed("read balance", fmt.Errorf("the reply is no balance"))
	}
	return &b, nil
}

func newTranslator(o source.Options) (translator, error) {
	t := translator{name: o.Name, invoiceKeys: o.InvoiceKeys, customerKeys: o.CustomerKeys}
	if t.invoiceKeys == nil {
		t.invoiceKeys = []string{"invoice_id", "invoiceid", "invoiceId", "invoice_number",
			"invoiceNumber", "invoice", "id"}
	}
	if t.customerKeys == nil {
		t.customerKeys = []string{"client_id", "clientid", "clientId", "userid", "customer_id"}
	}
	var err error
	t.pattern, err = o.Pattern(source.InvoiceIn)
	return t, err
}

var _ source.Puller = (*Stripe)(nil)

// item is the id of a record of this account.
func (s *Stripe) item(native string) book.ItemID { return book.NewID(s.o.Name, native) }
