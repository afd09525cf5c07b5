package spectrocoin

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// listNames are the parameters and the reply's fields of the list of orders. The vendor documents
// that the list exists and filters by project, dates and status, and none of its names: these are
// the ones that our simulator fixes, in this one place.
var listNames = struct{ page, size, project, from, to, status, content, total, pages string }{
	page: "page", size: "size", project: "projectId", from: "from", to: "to", status: "status",
	content: "content", total: "totalElements", pages: "totalPages",
}

// names are the fields of an order, the best known name first. Reference, status, receive amount and
// currency and the pre-order id are certain; the others are read where they are there and never
// needed (SpectroCoin, merchant orders, read 2026-11).
var names = struct {
	id, project, preOrder, request, ref, status, text, network         []string
	receive, receiveIn, pay, payIn, received                           []string
	created, paid, updated, validUntil                                 []string
	payerName, payerSurname, payerEmail                                []string
	number, amount, date, note, accountID, accountIn, balance, history []string
}{
	id: []string{"id", "uuid"}, project: []string{"projectId", "merchantApiId"},
	preOrder: []string{"merchantPreOrderId", "preOrderId"}, request: []string{"orderRequestId"},
	ref: []string{"orderId"}, status: []string{"status"}, text: []string{"description"},
	network: []string{"payNetworkCode"}, receive: []string{"receiveAmount"},
	receiveIn: []string{"receiveCurrencyCode", "receiveCurrency"}, pay: []string{"payAmount"},
	payIn: []string{"payCurrencyCode", "payCurrency"}, received: []string{"receivedAmount"},
	created: []string{"createdAt", "created"}, paid: []string{"paidAt"},
	updated: []string{"updatedAt"}, validUntil: []string{"validUntil"},
	payerName: []string{"payerName"}, payerSurname: []string{"payerSurname"},
	payerEmail: []string{"payerEmail"}, number: []string{"transactionNo", "transactionId"},
	amount: []string{"amount"}, date: []string{"date"}, note: []string{"description"},
	accountID: []string{"accountId", "id"}, accountIn: []string{"currencyCode", "currency"},
	balance: []string{"balance"}, history: []string{"history"},
}

// object is a JSON object whose fields are still text; a field that stands twice is an error.
type object map[string]json.RawMessage

// UnmarshalJSON reads an object's fields.
func (o *object) UnmarshalJSON(b []byte) error {
	d := json.NewDecoder(bytes.NewReader(b))
	open, err := d.Token()
	if err != nil {
		return err
	}
	if open != json.Delim('{') {
		return errors.New("it is no object")
	}
	*o = object{}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return err
		}
		name, _ := key.(string)
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return err
		}
		if _, twice := (*o)[name]; twice {
			return fmt.Errorf("field %q stands twice", name)
		}
		(*o)[name] = value
	}
	return nil
}

// text is the first of the named fields that is there: a string as it is, a number as its digits,
// "" for null and for none.
func (o object) text(names []string) (string, error) {
	for _, name := range names {
		raw := bytes.TrimSpace(o[name])
		if len(raw) == 0 || bytes.Equal(raw, []byte("null")) {
			continue
		}
		if raw[0] == '"' {
			var s string
			err := json.Unmarshal(raw, &s)
			return strings.TrimSpace(s), err
		}
		if strings.Trim(string(raw), "+-.0123456789eE") == "" {
			return string(raw), nil
		}
		return "", fmt.Errorf("field %q is neither a text nor a number", name)
	}
	return "", nil
}

// texts reads several fields at once; the first error ends it.
type texts struct {
	o   object
	err error
}

func (t *texts) get(names []string) string {
	s, err := t.o.text(names)
	if err != nil && t.err == nil {
		t.err = err
	}
	return s
}

// at is a field that holds a moment.
func (t *texts) at(names []string, zone *time.Location) book.Instant {
	s := t.get(names)
	at, err := moment(s, zone)
	if err != nil && t.err == nil {
		t.err = fmt.Errorf("field %q: %w", names[0], err)
	}
	return at
}

// layouts are the forms of a date with a time; those without a zone are in the server's.
var layouts = []string{time.RFC3339Nano, "2006-01-02T15:04:05.999-0700", "2006-01-02T15:04:05.999",
	"2006-01-02 15:04:05.999", "2006-01-02T15:04", "2006-01-02 15:04"}

// moment reads ISO 8601, or milliseconds or seconds since 1970; "" is not set.
func moment(s string, zone *time.Location) (book.Instant, error) {
	if s == "" || s == "0" {
		return 0, nil
	}
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		switch {
		case n >= 1e11 && n < 7e12:
			return book.Instant(n), nil
		case n >= 1e8 && n < 1e11:
			return book.AtUnix(n), nil
		}
		return 0, fmt.Errorf("%q is no moment", s)
	}
	if zone == nil {
		zone = time.UTC
	}
	for _, layout := range layouts {
		if t, err := time.ParseInLocation(layout, s, zone); err == nil && t.Year() >= 1990 &&
			t.Year() < 2200 {
			return book.At(t), nil
		}
	}
	return 0, fmt.Errorf("%q is no moment", s)
}

// amountOf is an amount in plain or exponent notation; one with more decimals than its currency has
// is an error, nothing is rounded.
func amountOf(number, currency string) (money.Money, error) {
	c, err := money.ParseCurrency(currency)
	if err != nil {
		return money.Money{}, err
	}
	q, err := money.ParseQuantity(number, string(c))
	if err != nil {
		return money.Money{}, err
	}
	return money.Parse(q.Decimal(), c)
}

// quantity is an amount of a payer's currency, none where either part is not there.
func quantity(number, unit string) (money.Quantity, error) {
	if number == "" || unit == "" {
		return "", nil
	}
	return money.ParseQuantity(number, unit)
}

// codes are the names of the statuses by their number (SpectroCoin, order statuses, read 2026-11).
var codes = map[string]string{"1": "NEW", "2": "PENDING", "3": "PAID", "4": "FAILED",
	"5": "EXPIRED", "6": "TEST", "10": "LATE_CRYPTO_PAYMENT", "11": "PARTIAL_PAYMENT",
	"12": "UNDERPAID", "13": "CANCELLED", "14": "INVALID_PAYMENT", "15": "TEST_PAID",
	"16": "TEST_EXPIRED", "17": "PROCESSING_REFUND", "18": "REFUNDED", "19": "REJECTED_REFUND",
	"20": "PENDING_LATE_CRYPTO_PAYMENT", "21": "REJECTED"}

// statusName is a status by its name, whether it came as a number, as one in quotes or as a name in
// any letters. One that nobody knows stays as it is.
func statusName(s string) string {
	s = strings.ToUpper(strings.Join(strings.FieldsFunc(s, func(r rune) bool {
		return r == ' ' || r == '-' || r == '_'
	}), "_"))
	if name, ok := codes[s]; ok {
		return name
	}
	return s
}

// order is an order as SpectroCoin shows it.
type order struct {
	id, project, preOrder, request, ref, status, text, payer string
	receive                                                  money.Money
	pay, received                                            money.Quantity
	created, paid, updated, validUntil                       book.Instant
}

// readOrder reads one order; asked is the id by which it was asked for, "" in a list.
func readOrder(body json.RawMessage, asked string, zone *time.Location) (order, error) {
	var o object
	if err := json.Unmarshal(body, &o); err != nil {
		return order{id: asked}, err
	}
	t := &texts{o: o}
	x := order{id: t.get(names.id), project: t.get(names.project), preOrder: t.get(names.preOrder),
		request: t.get(names.request), ref: t.get(names.ref), text: t.get(names.text),
		status: statusName(t.get(names.status))}
	if x.id == "" {
		x.id = asked
	}
	x.payer = strings.TrimSpace(t.get(names.payerName) + " " + t.get(names.payerSurname))
	if x.payer == "" {
		x.payer = t.get(names.payerEmail)
	}
	x.created, x.paid = t.at(names.created, zone), t.at(names.paid, zone)
	x.updated, x.validUntil = t.at(names.updated, zone), t.at(names.validUntil, zone)
	receive, receiveIn := t.get(names.receive), t.get(names.receiveIn)
	pay, payIn, received := t.get(names.pay), t.get(names.payIn), t.get(names.received)
	switch {
	case t.err != nil:
		return x, fmt.Errorf("order %s: %w", x.id, t.err)
	case x.id == "":
		return x, errors.New("an order has no id")
	case x.status == "":
		return x, fmt.Errorf("order %s has no status", x.id)
	case asked != "" && !strings.EqualFold(asked, x.id):
		return x, fmt.Errorf("order %s came where %s was asked for", x.id, asked)
	}
	var err error
	if x.receive, err = amountOf(receive, receiveIn); err != nil {
		return x, fmt.Errorf("order %s: receive amount: %w", x.id, err)
	}
	if x.receive.Minor < 0 {
		return x, fmt.Errorf("order %s: receive amount %s is negative", x.id, x.receive)
	}
	if x.pay, err = quantity(pay, payIn); err != nil {
		return x, fmt.Errorf("order %s: pay amount: %w", x.id, err)
	}
	if x.received, err = quantity(received, payIn); err != nil {
		return x, fmt.Errorf("order %s: received amount: %w", x.id, err)
	}
	return x, nil
}

// listQuery says which part of the list of orders is asked for.
type listQuery struct {
	page, size int
	from       book.Instant
}

func (q listQuery) values(project string) url.Values {
	v := url.Values{listNames.page: {strconv.Itoa(q.page)}, listNames.size: {strconv.Itoa(q.size)},
		listNames.project: {project}}
	if q.from > 0 {
		v.Set(listNames.from, q.from.String())
	}
	return v
}

// orderPage is a page of the list of orders; its elements are read one by one.
type orderPage struct {
	content      []json.RawMessage
	total, pages int
}

// readPage reads a page of the list, which must have the one known form.
func readPage(o object) (orderPage, error) {
	var p orderPage
	if json.Unmarshal(o[listNames.content], &p.content) != nil || o[listNames.content] == nil ||
		json.Unmarshal(o[listNames.total], &p.total) != nil || o[listNames.total] == nil ||
		json.Unmarshal(o[listNames.pages], &p.pages) != nil || o[listNames.pages] == nil ||
		p.total < 0 || p.pages < 0 || p.pages > max(1, p.total) || p.content == nil {
		return p, fmt.Errorf("the list of orders has another form than the one that this version "+
			"knows: %q, %q and %q", listNames.content, listNames.total, listNames.pages)
	}
	return p, nil
}
