package profile

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"countinghouse/app/book"
	"countinghouse/app/money"
	"countinghouse/sync/source"
)

// record is one row of a list or of a file.
type record interface {
	// value is what stands at a path or in a column, nil where there is nothing.
	value(path string) any
}

// node is a row of a reply.
type node struct{ v any }

func (n node) value(path string) any { return lookup(n.v, path) }

// reader reads the fields of one row and remembers the first that cannot be read.
type reader struct {
	record
	fields map[string]Field
	zone   *time.Location
	// dates and decimal are what a file says of all its dates and amounts.
	dates   string
	comma   bool
	serials bool
	// trace notes every field that is read, for the editor; nil for nobody.
	trace *[]FieldTrial
	err   error
}

func (r *reader) fail(name string, err error) {
	if r.err == nil {
		r.err = fmt.Errorf("%s: %w", name, err)
	}
	if r.trace != nil && len(*r.trace) > 0 {
		if last := &(*r.trace)[len(*r.trace)-1]; last.Field == name {
			last.Error, last.Result = err.Error(), ""
		}
	}
}

// came notes what a field came to.
func (r *reader) came(name, result string) {
	if r.trace == nil || len(*r.trace) == 0 {
		return
	}
	if last := &(*r.trace)[len(*r.trace)-1]; last.Field == name && last.Error == "" {
		last.Result = source.MaskCards(result)
	}
}

// word is a field's value after its steps, "" where it is not mapped or not there.
func (r *reader) word(name string) string {
	f := r.fields[name]
	if f.empty() {
		return ""
	}
	raw, single := f.path, true
	if !f.fixed {
		raw, single = word(r.value(f.path))
	}
	if r.trace != nil {
		*r.trace = append(*r.trace, FieldTrial{Field: name, Path: f.text,
			Raw: source.Raw(raw, nil)})
	}
	if !single {
		r.fail(name, errors.New("a list or an object stands there, not one value"))
		return ""
	}
	v := strings.TrimSpace(raw)
	for _, s := range f.steps {
		var err error
		if v, err = s.apply(v); err != nil {
			r.fail(name, err)
			return ""
		}
	}
	r.came(name, v)
	return v
}

// name is a text for people: on one line, card numbers masked.
func (r *reader) name(field string) string {
	return source.MaskCards(strings.Join(strings.Fields(r.word(field)), " "))
}

// need is a value that must be there.
func (r *reader) need(name string) string {
	v := r.word(name)
	if v == "" {
		r.fail(name, errors.New("nothing stands there"))
	}
	return v
}

func (r *reader) flag(name string) bool {
	v := r.word(name)
	yes, ok := boolean(v)
	if !ok {
		r.fail(name, fmt.Errorf("%q is neither yes nor no", clip(v, 40)))
	}
	return yes
}

func (r *reader) currency(name string) money.Currency {
	v := r.need(name)
	c, err := money.ParseCurrency(strings.ToUpper(v))
	if err != nil && v != "" {
		r.fail(name, fmt.Errorf("%q is no currency of ISO 4217", clip(v, 12)))
	}
	return c
}

// amountMax is the largest amount that is taken for one, in minor units: sums of a few stay in
// range.
const amountMax = 1e15

// amount is an exact amount, and whether there is one. More decimals than the currency's are an
// error unless they are zeros.
func (r *reader) amount(name string, c money.Currency) (minor int64, there bool) {
	v := r.word(name)
	if v == "" || r.err != nil {
		return 0, false
	}
	f := r.fields[name]
	var m money.Money
	var err error
	switch {
	case f.has("cents"):
		m, err = money.Parse(v, "JPY") // a whole number
		m.Currency = c
	case f.has("decimal_comma") || r.comma:
		m, err = money.Marks{Point: ",", Minus: "-"}.Parse(v, c)
	default:
		m, err = money.Parse(v, c)
	}
	if err == nil && m.Abs().Minor > amountMax {
		err = money.ErrOverflow
	}
	if err != nil {
		r.fail(name, fmt.Errorf("%q is no amount of %s", clip(v, 40), c))
		return 0, false
	}
	if f.has("abs") {
		m = m.Abs()
	}
	if f.has("negate") {
		m = m.Neg()
	}
	r.came(name, m.String())
	return m.Minor, true
}

func (r *reader) needAmount(name string, c money.Currency) int64 {
	n, there := r.amount(name, c)
	if !there {
		r.fail(name, errors.New("nothing stands there"))
	}
	return n
}

// unset reports whether a date or time says that it is not set.
func unset(w string) bool { return w == "" || strings.HasPrefix(w, "0000-00-00") }

// moment is a date or a time as text in ISO form.
func (r *reader) moment(name string) string {
	v := r.word(name)
	if unset(v) {
		return ""
	}
	f := r.fields[name]
	if s, ok := serialDate(v); ok && r.serials && !f.has("epoch") && !f.has("epoch_ms") {
		return s
	}
	if r.dates != "" && !f.has("date") && !f.has("epoch") && !f.has("epoch_ms") && !f.fixed {
		iso, err := isoDate(v, r.dates)
		if err != nil {
			r.fail(name, err)
			return ""
		}
		return iso
	}
	return v
}

// date is a calendar date, zero where not set. Of a time with its zone it is the date here.
func (r *reader) date(name string) book.Date {
	v := r.moment(name)
	if v == "" {
		return 0
	}
	if t, err := time.Parse(time.RFC3339, v); err == nil {
		d := book.At(t).In(r.zone)
		r.came(name, d.String())
		return d
	}
	d, err := book.ParseDate(v[:min(len(v), len(time.DateOnly))])
	if err != nil || len(v) > len(time.DateOnly) && v[10] != ' ' && v[10] != 'T' {
		r.fail(name, fmt.Errorf("%q is no date", clip(v, 40)))
		return 0
	}
	r.came(name, d.String())
	return d
}

// instant is a time with its zone, or one in the zone of the system; zero where not set.
func (r *reader) instant(name string) book.Instant {
	v := r.moment(name)
	if v == "" {
		return 0
	}
	at, err := parseInstant(v, r.zone)
	if err != nil {
		r.fail(name, err)
		return 0
	}
	r.came(name, at.String())
	return at
}

func parseInstant(v string, zone *time.Location) (book.Instant, error) {
	if t, err := time.Parse(time.RFC3339, v); err == nil {
		return book.At(t), nil
	}
	for _, form := range []string{time.DateTime, "2006-01-02T15:04:05", "2006-01-02 15:04",
		time.DateOnly} {
		if t, err := time.Parse(form, v); err == nil {
			return resolve(t, zone), nil
		}
	}
	return 0, fmt.Errorf("%q is no date and time", clip(v, 40))
}

// resolve turns a wall clock into an instant: the earlier of two where the clock was turned back,
// and where it was turned forward the moment that the clock before the change would have called so.
func resolve(wall time.Time, zone *time.Location) book.Instant {
	_, before := wall.AddDate(0, 0, -1).In(zone).Zone()
	_, after := wall.AddDate(0, 0, 1).In(zone).Zone()
	for _, offset := range []int{before, after} {
		at := wall.Add(-time.Duration(offset) * time.Second)
		if _, there := at.In(zone).Zone(); there == offset {
			return book.At(at)
		}
	}
	return book.At(wall.Add(-time.Duration(before) * time.Second))
}

// translator turns rows into records. It is pure: the same rows give the same records, with the
// same revisions.
type translator struct {
	name book.SourceName
	zone *time.Location
	base money.Currency
	// mark begins the revisions: source.FromReport for files.
	mark    string
	dates   string
	comma   bool
	serials bool
	trace   *[]FieldTrial
	// loose says that credits of payments are not listed elsewhere.
	loose bool
}

func (t translator) reader(rec record, o *Object) *reader {
	return &reader{record: rec, fields: o.Fields, zone: t.zone, dates: t.dates, comma: t.comma,
		serials: t.serials, trace: t.trace}
}

// id is the id of a record, "" for none.
func (t translator) id(kind book.Kind, native string) book.ItemID {
	if native == "" || native == "0" {
		return ""
	}
	return book.NewID(t.name, string(kind)+"/"+native)
}

// idMax is the longest id that is taken for one.
const idMax = 200

// own is the id of the row itself.
func (t translator) own(r *reader, kind book.Kind) book.ItemID {
	v := r.need("id")
	id := t.id(kind, v)
	if id == "" || len(v) > idMax || strings.ContainsAny(v, "\n\r\t") {
		r.fail("id", fmt.Errorf("%q is no id", clip(v, 40)))
	}
	return id
}

// revision is a short digest of everything that was read of a record.
func (t translator) revision(x any) string {
	h := sha256.Sum256(fmt.Appendf(nil, "%+v", x))
	return t.mark + hex.EncodeToString(h[:8])
}

// translated is what a row came to: a record, a tombstone, or nothing that the books keep.
type translated struct {
	id        book.ItemID
	records   book.Records
	updatedAt book.Instant
	// unmapped are words that no map knows, warnings what does not add up.
	unmapped, warnings []string
}

// translate turns a row of a kind into what the books keep of it.
func (t translator) translate(k book.Kind, o *Object, rec record) (translated, error) {
	r := t.reader(rec, o)
	out := translated{id: t.own(r, k)}
	if r.err == nil && r.flag("deleted") {
		out.updatedAt = r.instant("updated_at")
		out.records.Gone = []book.ItemID{out.id}
		return out, r.err
	}
	switch k {
	case book.KindCustomer:
		t.customer(r, &out)
	case book.KindInvoice:
		t.invoice(r, o, &out)
	case book.KindPayment:
		t.payment(r, o, &out)
	case book.KindCredit:
		t.credit(r, o, &out)
	}
	out.updatedAt = r.instant("updated_at")
	return out, r.err
}

func (t translator) customer(r *reader, out *translated) {
	name := r.name("name")
	if name == "" {
		name = strings.TrimSpace(r.name("first_name") + " " + r.name("last_name"))
	}
	c := book.Customer{ID: out.id, Source: t.name, Name: name, Company: r.name("company"),
		Email: r.name("email"), Country: r.name("country"), Language: languageCode(r.word("language")),
		Currency: t.base,
		Status:   r.name("status"), NoNotices: r.flag("dunning_opt_out")}
	if w := r.word("currency"); w != "" {
		c.Currency = r.currency("currency")
	}
	c.Credit, _ = r.amount("credit_balance", c.Currency)
	c.Revision = t.revision(c)
	out.records.Customers = []book.Customer{c}
}

// languageCode is a language in two letters (ISO 639-1) of a code as "de", "de-AT" or "de_AT.UTF-8", "" for
// what is none.
func languageCode(s string) string {
	base, _, _ := strings.Cut(strings.ReplaceAll(strings.ToLower(s), "_", "-"), "-")
	if len(base) != 2 || base[0] < 'a' || base[0] > 'z' || base[1] < 'a' || base[1] > 'z' {
		return ""
	}
	return base
}

// credit is an entry of the credit log. Where it came from is not known unless a word that is mapped
// says so.
func (t translator) credit(r *reader, o *Object, out *translated) {
	cur := r.currency("currency")
	c := book.Credit{ID: out.id, Source: t.name,
		CustomerID: t.id(book.KindCustomer, r.need("customer_id")), On: r.date("on"),
		Amount: money.New(r.needAmount("amount", cur), cur), Text: r.name("text"),
		InvoiceID: t.id(book.KindInvoice, r.word("invoice_id"))}
	if w := r.word("kind"); w != "" {
		to, ok := mapped(o.Kinds, w)
		if !ok {
			out.unmapped = append(out.unmapped, w)
		}
		c.Origin = creditOrigins[to]
	}
	if c.On == 0 {
		r.fail("on", errors.New("nothing stands there"))
	}
	c.Revision = t.revision(c)
	out.records.Credits = []book.Credit{c}
}
