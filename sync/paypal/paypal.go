// Package paypal owns the translation between PayPal's API and the books: it reads the account's
// transactions, disputes and balances, proves and follows its webhooks, sends the stored request of an
// action once and looks up what became of it, and serves a pretend business in PayPal's protocol. app
// opens it through source, the sandbox serves with it. It never decides to write and never stores
// anything.
package paypal

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"countinghouse/app/money"
	"countinghouse/sync/source"
)

// Description is what PayPal is and which settings it takes.
var Description = source.Description{
	Kind:  "paypal",
	Title: "PayPal",
	Role:  source.Gateway,
	Secrets: []source.Field{
		{Name: "client_id", Title: "Client ID of a REST app (Developer Dashboard, Apps & Credentials)"},
		{Name: "client_secret", Title: "Secret of the same app"},
		{Name: "webhook_id", Title: "ID of the webhook (the app's page, Webhooks)", Optional: true,
			Webhook: true},
	},
	Lag:      3 * time.Hour,
	Unstated: true,
	Sweeps:   true,
}

// liveURL is the host of the live API.
const liveURL = "https://api-m.paypal.com"

// PayPal is one PayPal account, live or sandbox.
type PayPal struct {
	o      source.Options
	base   *url.URL
	client *http.Client
	// acts sends what changes something.
	acts      *http.Client
	token     token
	date      time.Time
	translate translator
	certs     certificates
}

// New opens an account. It does not use the network. Its error is of kind auth where a secret is
// missing, and of kind refused where the address or the invoice pattern cannot be used.
func New(o source.Options) (*PayPal, error) {
	p := &PayPal{o: o, client: source.Client(o), acts: source.ActClient(o)}
	// Blanks that were copied along must be in no header, and masking looks for what was sent.
	p.o.Secrets = map[string]source.Secret{}
	for field, s := range o.Secrets {
		p.o.Secrets[field] = source.Secret(strings.TrimSpace(s.Reveal()))
	}
	for _, field := range []string{"client_id", "client_secret"} {
		if p.o.Secrets[field] == "" {
			return nil, &source.Error{Kind: source.KindAuth, Source: o.Name, Op: "open",
				Detail: field + " is not set",
				Hint: "Create a REST app in the PayPal Developer Dashboard with the feature " +
					"Transaction Search, and enter its Client ID and Secret."}
		}
	}
	unusable := func(err error) error {
		return &source.Error{Kind: source.KindRefused, Source: o.Name, Op: "open",
			Detail: err.Error(), Err: err}
	}
	address := o.URL
	if address == "" {
		address = liveURL
	}
	var err error
	if p.base, err = source.CheckURL(address); err != nil {
		return nil, unusable(err)
	}
	if p.translate, err = newTranslator(o); err != nil {
		return nil, unusable(err)
	}
	return p, nil
}

// Describe says what the source is.
func (p *PayPal) Describe() source.Description { return Description }

// live reports whether the address is that of real money.
func (p *PayPal) live() bool {
	host := strings.ToLower(p.base.Hostname())
	return (host == "paypal.com" || strings.HasSuffix(host, ".paypal.com")) &&
		!strings.Contains(host, "sandbox")
}

// Check gets a token and tries each call that a pull makes. What the app may not do stands in
// Missing; only a pull without Transaction Search is impossible.
func (p *PayPal) Check(ctx context.Context) (source.Health, error) {
	h := source.Health{Account: "PayPal", Live: p.live()}
	// A new token: features that were just enabled are not in an old one.
	p.token = token{}
	if _, err := p.bearer(ctx); err != nil {
		return h, err
	}
	h.At = p.now()
	for _, one := range p.permissions(&h) {
		switch err := one.try(ctx); {
		case err == nil:
			one.Granted = true
		case !denied(err):
			return h, err
		default:
			h.Missing = append(h.Missing, one.Title+": "+one.Access)
		}
		h.Permissions = append(h.Permissions, one.Permission)
	}
	if p.token.mayPay() {
		h.Warnings = append(h.Warnings, "The app may also move money. Reading needs the feature "+
			"Transaction Search only: switch the others off unless refunds and retries are sent from here.")
	}
	return h, nil
}

// trial is a permission with the call that shows whether it was granted.
type trial struct {
	source.Permission
	try func(context.Context) error
}

func (p *PayPal) permissions(h *source.Health) []trial {
	return []trial{
		{source.Permission{Title: "Transaction Search", Access: "read", Needed: true,
			UsedFor: "payments, refunds, fees and withdrawals"},
			func(ctx context.Context) error {
				r, err := p.horizon(ctx)
				if err == nil && r.Account != "" {
					h.Account = "PayPal " + r.Account
				}
				return err
			}},
		{source.Permission{Title: "Balances", Access: "read",
			UsedFor: "proving that every movement was read"},
			func(ctx context.Context) error {
				b, err := p.balances(ctx, time.Time{})
				if err != nil {
					return err
				}
				h.Balances, err = b.totals()
				if err != nil {
					return p.malformed("read balances", err)
				}
				return nil
			}},
		{source.Permission{Title: "Disputes", Access: "read",
			UsedFor: "the reason of a dispute and the day by which to answer"},
			func(ctx context.Context) error {
				_, err := p.disputePage(ctx, url.Values{"page_size": {"1"}})
				return err
			}},
		{source.Permission{Title: "Webhooks", Access: "read",
			UsedFor: "hearing of late changes without reading everything again"},
			func(ctx context.Context) error {
				_, err := p.eventPage(ctx, url.Values{"page_size": {"1"}})
				if err != nil {
					return err
				}
				warning, err := p.webhook(ctx)
				if warning != "" {
					h.Warnings = append(h.Warnings, warning)
				}
				return err
			}},
	}
}

// wanted are the events that say what to read again.
var wanted = []string{"PAYMENT.CAPTURE.COMPLETED", "PAYMENT.CAPTURE.DENIED",
	"PAYMENT.CAPTURE.PENDING", "PAYMENT.CAPTURE.REFUNDED", "PAYMENT.CAPTURE.REVERSED",
	"CUSTOMER.DISPUTE.CREATED", "CUSTOMER.DISPUTE.UPDATED", "CUSTOMER.DISPUTE.RESOLVED"}

// webhook says what is wrong with the webhook whose id is set, "" for nothing.
func (p *PayPal) webhook(ctx context.Context) (warning string, err error) {
	id := p.o.Secrets["webhook_id"].Reveal()
	switch {
	case id == "":
		return "", nil
	case !plainID.MatchString(id):
		return "The webhook's ID is none of PayPal's. Copy it again from the app's page.", nil
	}
	var w wireWebhook
	err = p.get(ctx, "read the webhook", "/v1/notifications/webhooks/"+id, nil, &w)
	if missing(err) {
		return "This app has no webhook of that ID, so that nothing that arrives can be " +
			"believed. Copy the ID again from the app's page.", nil
	}
	if err != nil {
		return "", err
	}
	var lacks []string
	for _, event := range wanted {
		if !slices.Contains(w.Types, wireEventType{event}) &&
			!slices.Contains(w.Types, wireEventType{"*"}) {
			lacks = append(lacks, event)
		}
	}
	if len(lacks) > 0 {
		return "The webhook does not send " + strings.Join(lacks, ", ") + ". Tick them on the " +
			"app's page.", nil
	}
	return "", nil
}

// now is the server's clock as the last reply told it, else our own.
func (p *PayPal) now() time.Time {
	if p.date.IsZero() {
		return p.o.Clock().UTC()
	}
	return p.date
}

// totals are the balances by currency in the order of the reply, less what is withheld: holds and
// reserves are rows of the ledger that lower it.
func (b *wireBalances) totals() ([]money.Money, error) {
	if b.Balances == nil {
		return nil, errors.New("the reply has no balances")
	}
	var out []money.Money
	for _, one := range b.Balances {
		total, err := one.Total.parse()
		if err == nil && !one.Withheld.absent() {
			var withheld money.Money
			if withheld, err = one.Withheld.parse(); err == nil {
				total, err = total.Sub(withheld)
			}
		}
		if err != nil {
			return nil, fmt.Errorf("balance in %q: %w", one.Currency, err)
		}
		out = append(out, total)
	}
	return out, nil
}

func newTranslator(o source.Options) (translator, error) {
	t := translator{name: o.Name, invoiceKeys: o.InvoiceKeys, customerKeys: o.CustomerKeys}
	if t.invoiceKeys == nil {
		t.invoiceKeys = []string{"invoice_id"}
	}
	if t.customerKeys == nil {
		t.customerKeys = []string{"custom_field"}
	}
	var err error
	t.pattern, err = o.Pattern(source.InvoiceIn)
	return t, err
}

var (
	_ source.Puller   = (*PayPal)(nil)
	_ source.Receiver = (*PayPal)(nil)
)
