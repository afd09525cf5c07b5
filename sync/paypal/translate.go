package paypal

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// translator turns what PayPal sends into records. It is pure: equal input gives equal records.
type translator struct {
	name                      book.SourceName
	invoiceKeys, customerKeys []string
	pattern                   *regexp.Regexp
}

func (t translator) item(native string) book.ItemID {
	if native == "" {
		return ""
	}
	return book.NewID(t.name, native)
}

// row is a row of the search with what is read of it before it is translated.
type row struct {
	body json.RawMessage
	wireRow
	amount    money.Money
	fee       int64
	at        book.Instant
	updatedAt book.Instant
	// native is the record's id, given by name.
	native string
}

// open decodes a row and reads its amounts and dates; false for a row that moves nothing.
func open(body json.RawMessage) (row, bool, error) {
	r := row{body: body}
	if err := json.Unmarshal(body, &r.wireRow); err != nil {
		return r, false, err
	}
	i := &r.Info
	if i.ID == "" || i.Code == "" {
		return r, false, errors.New("a row has no transaction id or no event code")
	}
	what := fmt.Sprintf("transaction %s (%s)", i.ID, i.Code)
	if meaningOf(i.Code).memo {
		return r, false, nil
	}
	var err error
	if r.at, err = i.Initiated.instant(); err != nil {
		return r, false, fmt.Errorf("%s: %w", what, err)
	}
	r.updatedAt = r.at
	if i.Updated != "" {
		if r.updatedAt, err = i.Updated.instant(); err != nil {
			return r, false, fmt.Errorf("%s: %w", what, err)
		}
	}
	if r.amount, err = i.Amount.parse(); err != nil {
		return r, false, fmt.Errorf("%s: %w", what, err)
	}
	if i.Fee.absent() {
		return r, true, nil
	}
	fee, err := i.Fee.parse()
	if err == nil && fee.Currency != r.amount.Currency {
		err = fmt.Errorf("the fee is in %s, the amount in %s", fee.Currency, r.amount.Currency)
	}
	if err == nil {
		_, err = r.amount.Add(fee)
	}
	if err != nil {
		return r, false, fmt.Errorf("%s: %w", what, err)
	}
	r.fee = -fee.Minor
	return r, true, nil
}

// mark tells rows of one id apart: what of a row never changes while it goes from pending to done.
func (r *row) mark() string {
	sign := "+"
	if r.amount.Minor < 0 {
		sign = "-"
	}
	return r.Info.Code + sign + string(r.amount.Currency)
}

// states are the states by PayPal's letter. A reversed payment did move the balance: what took it
// back has a row of its own.
var states = map[string]book.TransactionState{"S": book.Succeeded, "V": book.Succeeded,
	"P": book.Pending, "D": book.Failed}

// records is what a row stands for: a transaction, or a payout with its fee if it had one. The
// dispute is that of the transaction that the row refers to, nil for none.
func (t translator) records(r *row, d *wireDispute) (book.Records, error) {
	var out book.Records
	if _, known := states[r.Info.Status]; !known {
		return out, fmt.Errorf("transaction %s (%s): status %q is unknown", r.Info.ID, r.Info.Code,
			r.Info.Status)
	}
	if meaningOf(r.Info.Code).payout && r.amount.Minor <= 0 {
		out.Payouts = []book.Payout{t.payout(r)}
		if r.fee != 0 && states[r.Info.Status] != book.Failed {
			out.Transactions = []book.Transaction{t.payoutFee(r)}
		}
		return out, nil
	}
	out.Transactions = []book.Transaction{t.transaction(r, d)}
	return out, nil
}

func (t translator) transaction(r *row, d *wireDispute) book.Transaction {
	i := &r.Info
	x := book.Transaction{ID: t.item(r.native), Source: t.name, State: states[i.Status], At: r.at,
		Kind: meaningOf(i.Code).kind(r.amount.Minor), Currency: r.amount.Currency,
		Charged: r.amount, Text: cmp.Or(i.Subject, i.Note)}
	if x.State == book.Succeeded {
		x.AvailableAt = r.at
		x.Gross, x.Fee, x.Net = r.amount.Minor, r.fee, r.amount.Minor-r.fee
	}
	switch {
	case i.ReferenceType == "ODR":
		x.Aliases = append(x.Aliases, i.Reference)
	case i.ReferenceType == "PAP":
		x.Instrument = book.Instrument{ID: i.Reference, Kind: "paypal"}
	case reverses(x.Kind) && (i.ReferenceType == "TXN" || i.ReferenceType == ""):
		x.Parent = t.item(i.Reference)
	}
	if d != nil {
		x.Reason = d.Reason
		if x.Kind == book.Dispute {
			x.Aliases = append(x.Aliases, d.ID)
			if due, err := d.DueAt.instant(); err == nil && d.Status != "RESOLVED" {
				x.DueOn = book.DateOf(due.Time())
			}
		}
	}
	t.party(&x, r)
	x.Revision = revision(x, r)
	return x
}

func (t translator) payout(r *row) book.Payout {
	p := book.Payout{ID: t.item(r.native), Source: t.name, Amount: r.amount.Neg(), SentAt: r.at,
		Members: book.MembersUnstated, Trace: r.Info.BankReference}
	switch r.Info.Status {
	case "S":
		p.State = book.PayoutPaid
	case "P":
		// It has left the balance already.
		p.State = book.PayoutInTransit
	default:
		p.State, p.FailedAt = book.PayoutFailed, r.updatedAt
	}
	p.Revision = revision(p, r)
	return p
}

// payoutFee is what PayPal took for sending a payout; it left the balance together with it.
func (t translator) payoutFee(r *row) book.Transaction {
	x := book.Transaction{ID: t.item(r.native + "/fee"), Source: t.name, Kind: book.Fee,
		State: book.Succeeded, At: r.at, AvailableAt: r.at, Currency: r.amount.Currency,
		Gross: -r.fee, Net: -r.fee, Charged: money.New(-r.fee, r.amount.Currency)}
	x.Revision = revision(x, r)
	return x
}

// party notes who paid and for what. The ids of billing stand in the fields that the keys name, or
// the invoice in the first text that names one.
func (t translator) party(x *book.Transaction, r *row) {
	i, p := &r.Info, &r.Payer
	x.Payer = cmp.Or(i.AccountID, p.AccountID)
	x.PayerName = cmp.Or(strings.TrimSpace(p.Name.Alternate), strings.TrimSpace(p.Name.Full),
		strings.TrimSpace(p.Name.Given+" "+p.Name.Surname), p.Email)
	fields := map[string]string{"invoice_id": i.Invoice, "custom_field": i.Custom,
		"transaction_subject": i.Subject, "transaction_note": i.Note,
		"payment_tracking_id": i.Tracking, "bank_reference_id": i.BankReference}
	first := func(keys []string) string {
		for _, k := range keys {
			if v := strings.TrimSpace(fields[k]); v != "" {
				return v
			}
		}
		return ""
	}
	x.InvoiceRef, x.CustomerRef = first(t.invoiceKeys), first(t.customerKeys)
	x.InvoiceRef, _, _ = strings.Cut(x.InvoiceRef, oursMark)
	for _, text := range []string{i.Subject, i.Note} {
		if found := t.pattern.FindStringSubmatch(text); x.InvoiceRef == "" && found != nil {
			x.InvoiceRef = found[1]
		}
	}
}

// revision is a fingerprint of a record, behind a # what tells its row from others of its id, and
// behind an @ the second at which it was initiated.
func revision(record any, r *row) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%+v", record))
	return fmt.Sprintf("%s#%s@%d", hex.EncodeToString(sum[:8]), r.mark(), r.at/1000)
}

// markOf is the mark in a stored revision, "" where it has none: a report brought it. at is the
// second of its initiation, 0 where there is none.
func markOf(revision string) (mark string, at int64) {
	_, rest, _ := strings.Cut(revision, "#")
	mark, moment, _ := strings.Cut(rest, "@")
	at, err := strconv.ParseInt(moment, 10, 64)
	if err != nil {
		return mark, 0
	}
	return mark, at
}

// idOf is the id of a row that may not be readable otherwise, "" where it has none.
func idOf(body json.RawMessage) string {
	var head struct {
		Info struct {
			ID   any `json:"transaction_id"`
			Code any `json:"transaction_event_code"`
		} `json:"transaction_info"`
	}
	if json.Unmarshal(body, &head) != nil {
		return ""
	}
	id, _ := head.Info.ID.(string)
	code, _ := head.Info.Code.(string)
	if id == "" || code == "" {
		return strings.TrimSpace(id)
	}
	return strings.TrimSpace(id) + "/" + code
}
