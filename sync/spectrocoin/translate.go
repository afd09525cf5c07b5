package spectrocoin

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"time"

	"countinghouse/app/book"
	"countinghouse/app/money"
	"countinghouse/sync/source"
)

// translator turns what SpectroCoin shows into records. It is pure: equal input gives equal records.
type translator struct {
	name    book.SourceName
	zone    *time.Location
	pattern *regexp.Regexp // over reference and description; nil for the plugins' own forms
}

func newTranslator(o source.Options) (translator, error) {
	t := translator{name: o.Name, zone: o.Zone}
	if t.zone == nil {
		t.zone = time.UTC
	}
	if o.InvoicePattern == "" {
		return t, nil
	}
	var err error
	t.pattern, err = o.Pattern("")
	return t, err
}

func (t translator) item(native string) book.ItemID { return book.NewID(t.name, native) }

// states are what the statuses mean for the books. What is not here is not final.
var states = map[string]book.TransactionState{
	"PAID": book.Succeeded, "REFUNDED": book.Succeeded,
	"FAILED": book.Failed, "EXPIRED": book.Failed, "INVALID_PAYMENT": book.Failed,
	"REJECTED": book.Failed, "CANCELLED": book.Cancelled,
	"TEST": book.Cancelled, "TEST_PAID": book.Cancelled, "TEST_EXPIRED": book.Cancelled,
}

// state is how far an order got. A status that nobody knows is pending: it is shown, and it is no
// money.
func (o *order) state() book.TransactionState {
	if s, ok := states[o.status]; ok {
		return s
	}
	return book.Pending
}

// waits reports whether the order's window still decides what becomes of it.
func (o *order) waits() bool {
	return o.status == "NEW" || o.status == "PENDING" || o.status == "PARTIAL_PAYMENT"
}

// facts are what is known of an order beside the order itself. They stand behind the @ of its
// revision, because the order does not repeat them when it is read again.
type facts struct {
	// wallet says that the merchant's wallet was read: what moved is what its row says, and without
	// a row nothing did.
	wallet bool
	// row is the number of the wallet's row that credited the order, "" for none.
	row      string
	credited int64
	at       book.Instant
	// seen is when an order that states no time was first read.
	seen book.Instant
}

func (f facts) String() string {
	if f == (facts{}) {
		return ""
	}
	return fmt.Sprintf("@%t,%d,%d,%d,%s", f.wallet, f.credited, f.at, f.seen, f.row)
}

// factsOf reads the facts out of a stored revision.
func factsOf(revision string) (f facts, ok bool) {
	_, tail, found := strings.Cut(revision, "@")
	parts := strings.SplitN(tail, ",", 5)
	if !found || len(parts) != 5 {
		return f, false
	}
	var err [3]error
	var at, seen int64
	f.wallet, f.row = parts[0] == "true", parts[4]
	f.credited, err[0] = strconv.ParseInt(parts[1], 10, 64)
	at, err[1] = strconv.ParseInt(parts[2], 10, 64)
	seen, err[2] = strconv.ParseInt(parts[3], 10, 64)
	f.at, f.seen = book.Instant(at), book.Instant(seen)
	return f, err == [3]error{}
}

// charge is the transaction of an order.
func (t translator) charge(o order, f facts) book.Transaction {
	x := book.Transaction{ID: t.item(o.id), Source: t.name, Kind: book.Charge, State: o.state(),
		At: first(o.created, o.validUntil, o.updated, f.seen), Currency: o.receive.Currency,
		Charged: o.receive, Asked: o.pay, Paid: o.received, Aliases: o.aliases(f.row),
		InvoiceRef: t.invoice(&o), PayerName: o.payer, Text: o.text}
	if o.status == "REFUNDED" && f.wallet && f.row == "" {
		// What came went back as it came, and was never credited.
		x.State = book.Cancelled
	}
	if x.State == book.Succeeded {
		x.At = first(f.at, o.paid, x.At)
		x.AvailableAt = x.At
		o.moved(&x, f)
	} else {
		x.Reason = o.status
	}
	if o.waits() && o.validUntil != 0 {
		x.DueOn = o.validUntil.In(t.zone)
	}
	x.Revision = revision(x, f)
	return x
}

// The largest shares of an order, one part in so many, that can be its fee: the vendor's is 1 %.
// Within feeUsual nothing else is looked at; what is missing beyond feeMax did not come.
const (
	feeUsual = 50
	feeMax   = 20
)

// moved fills in what the order brought: by the wallet's row where there is one, nothing where the
// wallet has none, and else what was asked, for what it cost is not known.
func (o *order) moved(x *book.Transaction, f facts) {
	came := o.came()
	switch {
	case f.row == "" && f.wallet:
		return
	case f.row == "":
		x.Gross, x.Net = came.Minor, came.Minor
	default:
		fits := func(gross, share int64) bool {
			fee := gross - f.credited
			return fee >= 0 && fee <= gross/share
		}
		x.Net, x.Gross = f.credited, f.credited
		switch {
		case fits(o.receive.Minor, feeUsual):
			x.Gross = o.receive.Minor
		case fits(came.Minor, feeMax):
			x.Gross = came.Minor
		}
		x.Fee = x.Gross - x.Net
	}
	x.Charged = money.New(x.Gross, x.Currency)
}

// came is what the merchant gets of an order: of one that was accepted though too little came, the
// part that came, by the payer's own amounts.
func (o *order) came() money.Money {
	less, ok := o.received.Cmp(o.pay)
	asked, ok1 := new(big.Rat).SetString(o.pay.Decimal())
	got, ok2 := new(big.Rat).SetString(o.received.Decimal())
	if !ok || !ok1 || !ok2 || less >= 0 || got.Sign() <= 0 {
		return o.receive
	}
	part, err := o.receive.Convert(got.Quo(got, asked), o.receive.Currency)
	if err != nil {
		return o.receive
	}
	return part
}

// refund is the transaction of an order whose money went back to the payer, where no row of the
// wallet tells it. Where the wallet holds the money still, it is on its way.
func (t translator) refund(o order, charge book.Transaction, f facts) book.Transaction {
	x := book.Transaction{ID: t.item(refundID(o.id)), Source: t.name, Kind: book.Refund,
		State: book.Pending, At: first(o.updated, charge.At), Currency: charge.Currency,
		Charged: charge.Charged.Neg(), Parent: charge.ID, InvoiceRef: charge.InvoiceRef,
		PayerName: charge.PayerName, Text: o.text}
	x.AvailableAt = x.At
	if f.row == "" {
		x.State, x.Gross, x.Net = book.Succeeded, -charge.Gross, -charge.Gross
	}
	x.Revision = revision(x, facts{})
	return x
}

// refundID is the id of a refund that has none of its own.
func refundID(order string) string { return order + "/refund" }

// test reports whether the order was made in test mode and so never was money.
func (o *order) test() bool { return strings.HasPrefix(o.status, "TEST") }

// aliases are all other ids of an order: those that the billing system's plugin has written, the
// merchant's reference, and the wallet's row. A test order goes without the plugin's: a row that
// records one has no money behind it, not even a cancelled attempt.
func (o *order) aliases(row string) []string {
	var out []string
	add := func(id string) {
		if id == "" {
			return
		}
		for _, known := range out {
			if known == id {
				return
			}
		}
		out = append(out, id)
	}
	for _, id := range []string{o.preOrder, o.id, o.request} {
		if id != "" && !o.test() {
			add("SC" + id)
		}
	}
	add(o.preOrder)
	add(o.ref)
	add(row)
	return out
}

// orderNumber finds the invoice in the description that the billing system's plugin writes.
var orderNumber = regexp.MustCompile(`(?i)\border\s*#\s*([0-9]+)`)

// invoice is the invoice that an order pays: by the user's own pattern, else the number before the
// reference's first dash, else the one in the plugin's description.
func (t translator) invoice(o *order) string {
	if t.pattern != nil {
		for _, text := range []string{o.ref, o.text} {
			if found := t.pattern.FindStringSubmatch(text); found != nil {
				return found[1]
			}
		}
		return ""
	}
	prefix, _, _ := strings.Cut(o.ref, "-")
	if prefix != "" && strings.Trim(prefix, "0123456789") == "" {
		return prefix
	}
	if found := orderNumber.FindStringSubmatch(o.text); found != nil && o.ref == "" {
		return found[1]
	}
	return ""
}

func first(times ...book.Instant) book.Instant {
	for _, at := range times {
		if at != 0 {
			return at
		}
	}
	return 0
}

// revision is a fingerprint of a record, and behind an @ the facts that it was made with.
func revision(x book.Transaction, f facts) string {
	x.Revision = ""
	return fingerprint(x) + f.String()
}

func fingerprint(record any) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%+v", record))
	return hex.EncodeToString(sum[:8])
}
