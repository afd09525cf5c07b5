package profile

import (
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"

	"countinghouse/app/book"
)

// Field says where a value stands and what is done with it: "amounts.0.total | cents", a column's
// name, or a fixed value, "= EUR".
type Field struct {
	path  string
	fixed bool
	steps []step
	text  string
}

// step is one change of a value on its way in.
type step struct {
	word string
	args []string
}

// stepArgs are the words of all steps, with how many arguments each takes.
var stepArgs = map[string]int{"trim": 0, "lower": 0, "upper": 0, "entities": 0, "cents": 0,
	"decimal_comma": 0, "negate": 0, "abs": 0, "epoch": 0, "epoch_ms": 0, "not": 0, "date": 1,
	"split": 2}

// UnmarshalText reads a field as the file writes it.
func (f *Field) UnmarshalText(b []byte) error {
	*f = Field{text: string(b)}
	parts := strings.Split(string(b), "|")
	f.path = strings.TrimSpace(parts[0])
	if value, ok := strings.CutPrefix(f.path, "="); ok {
		f.path, f.fixed = strings.TrimSpace(value), true
	}
	if f.path == "" {
		return errors.New("a field without a path")
	}
	for _, p := range parts[1:] {
		words := strings.Fields(p)
		if len(words) == 0 {
			return errors.New("nothing stands behind the last |")
		}
		n, ok := stepArgs[words[0]]
		if !ok {
			return fmt.Errorf("%q is none of the steps %s", words[0], stepList())
		}
		s := step{words[0], words[1:]}
		if len(s.args) != n {
			return fmt.Errorf("%s takes %d words behind it", s.word, n)
		}
		if err := s.check(); err != nil {
			return err
		}
		f.steps = append(f.steps, s)
	}
	return nil
}

// MarshalText writes the field as it was read.
func (f Field) MarshalText() ([]byte, error) { return []byte(f.text), nil }

func (f Field) empty() bool { return f.path == "" }

func (f Field) has(word string) bool {
	return slices.ContainsFunc(f.steps, func(s step) bool { return s.word == word })
}

func stepList() string {
	var all []string
	for w := range stepArgs {
		all = append(all, w)
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}

func (s step) check() error {
	switch s.word {
	case "date":
		_, err := datePattern(s.args[0])
		return err
	case "split":
		if n, err := strconv.Atoi(s.args[1]); err != nil || n < -1 || n > 100 {
			return errors.New("split takes a mark and a place from 0: split , 0; -1 is the last one")
		}
	}
	return nil
}

// apply changes a value. Steps that concern amounts are done where the currency is known.
func (s step) apply(v string) (string, error) {
	switch s.word {
	case "trim":
		return strings.TrimSpace(v), nil
	case "lower":
		return strings.ToLower(v), nil
	case "upper":
		return strings.ToUpper(v), nil
	case "entities":
		return html.UnescapeString(v), nil
	case "epoch":
		return fromEpoch(v, 1000)
	case "epoch_ms":
		return fromEpoch(v, 1)
	case "not":
		yes, ok := boolean(v)
		if !ok {
			return v, fmt.Errorf("%q is neither yes nor no", clip(v, 40))
		}
		return strconv.FormatBool(!yes), nil
	case "date":
		return isoDate(v, s.args[0])
	case "split":
		parts := strings.Split(v, s.args[0])
		n, _ := strconv.Atoi(s.args[1])
		if n < 0 {
			n = len(parts) - 1
		}
		if n >= len(parts) {
			return "", nil
		}
		return strings.TrimSpace(parts[n]), nil
	}
	return v, nil
}

// fromEpoch turns seconds or milliseconds since 1970 into a time with its zone; nothing and 0 are
// not set.
func fromEpoch(v string, unit int64) (string, error) {
	if v == "" || v == "0" {
		return "", nil
	}
	n, err := strconv.ParseInt(v, 10, 64)
	if err != nil || n < 0 || n > 1<<53/unit {
		return v, fmt.Errorf("%q is no count since 1970", clip(v, 40))
	}
	return time.UnixMilli(n * unit).UTC().Format(time.RFC3339Nano), nil
}

// boolean reads yes and no as systems write them.
func boolean(v string) (yes, ok bool) {
	switch strings.ToLower(strings.TrimSpace(v)) {
	case "true", "1", "yes", "on", "y":
		return true, true
	case "", "false", "0", "no", "off", "n":
		return false, true
	}
	return false, false
}

var patternWords = strings.NewReplacer("YYYY", "2006", "YY", "06", "MMM", "Jan", "MM", "01", "DD",
	"02", "hh", "15", "mm", "04", "ss", "05")

// datePattern turns DD.MM.YYYY into a layout of package time; "" is YYYY-MM-DD.
func datePattern(p string) (string, error) {
	if p == "" {
		return time.DateOnly, nil
	}
	if !strings.Contains(p, "YY") || !strings.Contains(p, "MM") || !strings.Contains(p, "DD") {
		return "", fmt.Errorf("%q is no pattern such as DD.MM.YYYY", p)
	}
	return patternWords.Replace(p), nil
}

// isoDate turns a date of a pattern, and a time behind it, into YYYY-MM-DD hh:mm:ss.
func isoDate(v, pattern string) (string, error) {
	v = strings.TrimSpace(v)
	if v == "" {
		return "", nil
	}
	layout, err := datePattern(pattern)
	if err != nil {
		return v, err
	}
	for _, clock := range []string{"", " 15:04:05", " 15:04", "T15:04:05"} {
		if t, err := time.Parse(layout+clock, v); err == nil {
			if clock == "" && !strings.Contains(layout, "15") {
				return t.Format(time.DateOnly), nil
			}
			return t.Format(time.DateTime), nil
		}
	}
	return v, fmt.Errorf("%q is no date of the form %s", clip(v, 40), pattern)
}

// serialDate turns a workbook's count of days since 1899-12-30 into a date or a time. It reports
// false for everything that is none.
func serialDate(v string) (string, bool) {
	r, ok := new(big.Rat).SetString(v)
	if !ok || strings.ContainsAny(v, "/eE-") || len(v) > 24 ||
		r.Cmp(big.NewRat(20_000, 1)) < 0 || r.Cmp(big.NewRat(120_000, 1)) > 0 {
		return v, false
	}
	r.Mul(r, big.NewRat(86_400, 1))
	r.Add(r, big.NewRat(1, 2)) // to the nearest second
	seconds := new(big.Int).Quo(r.Num(), r.Denom()).Int64()
	t := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).Add(time.Duration(seconds) * time.Second)
	if seconds%86_400 == 0 {
		return t.Format(time.DateOnly), true
	}
	return t.Format(time.DateTime), true
}

// parsePath parts a path into names and places: "data.0.total"; "." is the value itself.
func parsePath(path string) ([]string, error) {
	if path == "." {
		return nil, nil
	}
	parts := strings.Split(path, ".")
	for _, p := range parts {
		if strings.TrimSpace(p) == "" {
			return nil, fmt.Errorf("%q is no path such as data.0.total", path)
		}
	}
	return parts, nil
}

// lookup finds the value at a path, nil where there is none.
func lookup(v any, path string) any {
	parts, err := parsePath(path)
	if err != nil {
		return nil
	}
	for _, p := range parts {
		switch x := v.(type) {
		case map[string]any:
			v = x[p]
		case []any:
			i, err := strconv.Atoi(p)
			if err != nil || i < 0 || i >= len(x) {
				return nil
			}
			v = x[i]
		default:
			return nil
		}
	}
	return v
}

// word is a single value as the text that it is on the wire: the digits of a number, "" for null.
// It reports false for lists and objects.
func word(v any) (string, bool) {
	switch v := v.(type) {
	case nil:
		return "", true
	case string:
		return v, true
	case json.Number:
		return v.String(), true
	case bool:
		return strconv.FormatBool(v), true
	}
	return "", false
}

// clip cuts a text to at most n bytes at a letter's border.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "")
}

// fieldSet are the fields that a kind of record can have, and the words of ours that its maps may
// point at.
type fieldSet struct {
	needed, other   []string
	statuses, kinds []string
}

func (s fieldSet) all() []string { return slices.Concat(s.needed, s.other) }

var fieldsOf = map[book.Kind]fieldSet{
	book.KindCustomer: {needed: []string{"id"}, other: []string{"name", "first_name", "last_name",
		"company", "email", "country", "language", "currency", "credit_balance", "dunning_opt_out", "status",
		"updated_at", "deleted"}},
	book.KindInvoice: {needed: []string{"id", "status", "currency", "total"},
		other: []string{"number", "customer_id", "customer_name", "customer_email", "kind",
			"credit_applied", "paid", "balance", "issued_on", "due_on", "paid_at", "updated_at", "method",
			"replaced_by", "draft", "deleted", "lines"},
		statuses: words(invoiceStatuses),
		kinds:    words(invoiceKinds)},
	book.KindPayment: {needed: []string{"id", "amount", "currency", "occurred_at"},
		other: []string{"invoice_id", "customer_id", "kind", "fee", "reference", "method",
			"refunds_payment_id", "status", "text", "updated_at", "deleted"},
		statuses: []string{payFailed, payPending, paySucceeded},
		kinds:    []string{payChargeback, payCredit, payNone, payPayment, payRefund}},
	book.KindCredit: {needed: []string{"id", "customer_id", "amount", "currency", "on"},
		other: []string{"kind", "invoice_id", "text", "updated_at", "deleted"},
		kinds: words(creditOrigins)},
}

// lineFields are the fields of an invoice's line.
var lineFields = []string{"text", "amount", "kind", "service_id", "invoice_id"}

// The words that the maps of payments point at; payNone is for rows that move no money.
const (
	paySucceeded, payPending, payFailed             = "succeeded", "pending", "failed"
	payPayment, payRefund, payChargeback, payCredit = "payment", "refund", "chargeback", "credit"
	payNone                                         = "none"
)

// invoiceStatuses and invoiceKinds are the words that the maps of invoices point at, creditOrigins
// those of credits.
var (
	invoiceStatuses = map[string]book.InvoiceStatus{"draft": book.InvoiceDraft,
		"unpaid": book.InvoiceUnpaid, "pending": book.InvoicePending, "paid": book.InvoicePaid,
		"on_hold": book.InvoiceOnHold, "collections": book.InvoiceCollections,
		"cancelled": book.InvoiceCancelled, "refunded": book.InvoiceRefunded,
		"replaced": book.InvoiceReplaced, "gone": book.InvoiceGone}
	invoiceKinds = map[string]book.InvoiceKind{"ordinary": book.InvoiceOrdinary,
		"collective": book.InvoiceMassPayment, "add_funds": book.InvoiceAddFunds}
	creditOrigins = map[string]book.CreditOrigin{"add_funds": book.CreditAddFunds,
		"collective": book.CreditMassPayment, "overpayment": book.CreditOverpayment,
		"refund": book.CreditRefund, "by_hand": book.CreditByHand}
)

func words[V any](m map[string]V) []string {
	var out []string
	for w := range m {
		out = append(out, w)
	}
	slices.Sort(out)
	return out
}
