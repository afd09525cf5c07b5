// Package razorpay owns the translation between Razorpay's API and the books: it reads payments,
// refunds, disputes and settlements, and from the settlement reconciliation what each settlement
// consists of; it takes Razorpay's webhooks and its reconciliation report, and serves a pretend
// business in Razorpay's protocol, and sends the stored request of a refund once. app opens it through
// source, the sandbox serves with it. It never decides to write and never stores anything.
//
// Razorpay has no call for the balance, so that no balance is stated here: the engine derives it
// from the movements and the settlements, from nothing at the account's beginning, and says so.
// Razorpay shows payments and refunds at once; what disputes, corrections and transfers took or gave
// it shows with the settlement that carries it, under an adjustment's own id, and the books do not
// have it before. A dispute's own figures are no movement and are not booked: that would count the
// money twice once its adjustment comes.
package razorpay

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"countinghouse/app/book"
	"countinghouse/sync/source"
)

// Description is what Razorpay is and which settings it takes.
var Description = source.Description{
	Kind:  "razorpay",
	Title: "Razorpay",
	Role:  source.Gateway,
	Secrets: []source.Field{
		{Name: "key_id", Title: "Key id, rzp_live_… (Dashboard, Account & Settings, API keys)"},
		{Name: "key_secret", Title: "Key secret, shown once when the key is made"},
		{Name: "webhook_secret", Optional: true, Webhook: true,
			Title: "Secret of the webhook (Dashboard, Account & Settings, Webhooks)"},
		{Name: "webhook_secret_previous", Optional: true,
			Title: "Secret that the webhook had before: events of then are still signed with it"},
	},
}

// liveURL is the host root of the live service.
const liveURL = "https://api.razorpay.com"

// Razorpay is one Razorpay account in one mode, live or test.
type Razorpay struct {
	o      source.Options
	client caller
	// acts sends what changes something.
	acts      *http.Client
	keyID     string
	translate translator
}

// New opens an account. It does not use the network. Its error is of kind auth where a key is
// missing, and of kind refused where the address or the invoice pattern cannot be used.
func New(o source.Options) (*Razorpay, error) {
	s := &Razorpay{o: o, keyID: strings.TrimSpace(o.Secrets["key_id"].Reveal())}
	for _, field := range []string{"key_id", "key_secret"} {
		if strings.TrimSpace(o.Secrets[field].Reveal()) == "" {
			return nil, &source.Error{Kind: source.KindAuth, Source: o.Name, Op: "open",
				Detail: field + " is not set",
				Hint:   "Make an API key in the Razorpay Dashboard and copy its id and its secret."}
		}
	}
	if s.o.URL == "" {
		s.o.URL = liveURL
	}
	u, err := source.CheckURL(s.o.URL)
	if err == nil {
		s.o.URL = u.String()
		s.translate, err = newTranslator(o)
	}
	if err != nil {
		return nil, &source.Error{Kind: source.KindRefused, Source: o.Name, Op: "open",
			Detail: err.Error(), Err: err}
	}
	s.client, s.acts = caller{http: source.Client(o)}, source.ActClient(o)
	return s, nil
}

// Describe says what the source is.
func (s *Razorpay) Describe() source.Description { return Description }

// live says whether the key is of the live mode.
func (s *Razorpay) live() bool { return strings.HasPrefix(s.keyID, "rzp_live_") }

// account is the key's id with all but its mode and its last four characters hidden.
func (s *Razorpay) account() string {
	mode := ""
	for _, m := range []string{"rzp_live_", "rzp_test_"} {
		if strings.HasPrefix(s.keyID, m) {
			mode = m
		}
	}
	rest := s.keyID[len(mode):]
	return mode + "…" + rest[max(0, len(rest)-min(4, len(rest)/2)):]
}

// resources are what a pull reads, with what stays off without it.
var resources = []struct {
	path, title, usedFor string
	needed               bool
}{
	{"/v1/payments", "Payments", "charges and their fees", true},
	{"/v1/refunds", "Refunds", "money given back", true},
	{"/v1/settlements", "Settlements", "what was sent to the bank", true},
	{"/v1/settlements/recon/combined", "Settlement recon", "what a settlement consists of", true},
	{"/v1/disputes", "Disputes", "why money was taken back", false},
	{pathOnDemand, "On-demand settlements", "money sent to the bank at once", false},
}

// Check tries each reading that a pull needs. One that the account does not have stands in
// Permissions, and in Missing where a pull cannot do without it or misses the reasons of disputes.
func (s *Razorpay) Check(ctx context.Context) (source.Health, error) {
	h := source.Health{Account: s.account(), Live: s.live()}
	for i, r := range resources {
		q := query{"count": "1"}
		if r.path == pathRecon {
			day := s.o.Clock().In(ist)
			q["year"], q["month"] = day.Format("2006"), day.Format("01")
		}
		_, err := s.list(ctx, r.path, q)
		if i == 0 {
			h.At = s.client.date
		}
		granted := err == nil
		if err != nil && (i == 0 || !withheld(err)) {
			return h, err
		}
		h.Permissions = append(h.Permissions, source.Permission{Title: r.title, Access: "read",
			UsedFor: r.usedFor, Granted: granted, Needed: r.needed})
		if !granted && r.path != pathOnDemand {
			h.Missing = append(h.Missing, r.title+": read")
		}
	}
	h.Warnings = s.warnings()
	return h, nil
}

// warnings are what should be otherwise.
func (s *Razorpay) warnings() []string {
	var out []string
	if s.o.Secrets["webhook_secret"] == "" && s.o.Secrets["webhook_secret_previous"] != "" {
		out = append(out, "The webhook's previous secret is set and its present one is not: new "+
			"webhooks are refused.")
	}
	return out
}

// defaultPattern finds the invoice in a description: "Inv#1042", "Invoice 1042", "#1042".
const defaultPattern = `(?i)(?:\binv(?:oice)?\b\s*#?\s*|^\s*#\s*)([A-Z0-9-]*[0-9][A-Z0-9-]*)`

// The words that stand among the invoice keys for what is no note.
const (
	keyDescription = "description"
	keyReceipt     = "receipt"
)

// newTranslator reads the settings. The invoice keys are tried in their order; "receipt" and
// "description" among them stand for the order's receipt and the payment's description, which come
// last where they are not named.
func newTranslator(o source.Options) (translator, error) {
	t := translator{name: o.Name, invoiceKeys: o.InvoiceKeys, customerKeys: o.CustomerKeys}
	if t.invoiceKeys == nil {
		t.invoiceKeys = []string{"invoice_id", "invoiceid", "invoiceId", "whmcs_order_id",
			"merchant_order_id", "invoice_number", "invoiceNumber", "invoice"}
	}
	for _, k := range []string{keyDescription, keyReceipt} {
		if !slices.Contains(t.invoiceKeys, k) {
			t.invoiceKeys = append(t.invoiceKeys[:len(t.invoiceKeys):len(t.invoiceKeys)], k)
		}
	}
	if t.customerKeys == nil {
		t.customerKeys = []string{"client_id", "clientid", "clientId", "userid", "customer_id"}
	}
	var err error
	t.pattern, err = o.Pattern(defaultPattern)
	return t, err
}

var _ source.Puller = (*Razorpay)(nil)

// item is the id of a record of this account.
func (s *Razorpay) item(native string) book.ItemID { return book.NewID(s.o.Name, native) }
