package present

import (
	"fmt"
	"slices"
	"strings"

	"countinghouse/app"
	"countinghouse/app/book"
)

// Hit is one record that words have found; the found words stand between ** in Text.
type Hit struct {
	// Kind is exception, payout or record; ID names it there.
	Kind, ID, Icon, Text string
}

// HitGroup is a headed part of what was found.
type HitGroup struct {
	Title string
	Hits  []Hit
}

// hitsShown is how many hits a group shows.
const hitsShown = 6

// Find looks for exceptions, payouts and invoices of a month by number, name or amount. A query that
// begins with # finds invoices only, one with $ finds amounts only. Fewer than two letters find
// nothing.
func Find(m *app.Month, query string) []HitGroup {
	query = strings.TrimSpace(query)
	invoices, amounts := strings.HasPrefix(query, "#"), strings.HasPrefix(query, "$")
	words := strings.TrimSpace(strings.TrimLeft(query, "#$"))
	if len(words) < 2 {
		return nil
	}
	f := finder{m: m, words: strings.Fields(strings.ToLower(words)), shown: words}
	if amounts {
		f.amount = strings.NewReplacer(",", "", "-", "", "−", "").Replace(words)
	}
	var out []HitGroup
	add := func(title string, hits []Hit) {
		if len(hits) > 0 {
			out = append(out, HitGroup{title, hits})
		}
	}
	if !invoices {
		add("Exceptions", f.exceptions())
		add("Payouts", f.payouts())
	}
	add("Invoices", f.invoices())
	return out
}

type finder struct {
	m             *app.Month
	words         []string
	shown, amount string
}

// holds says whether a text has every word, or, for a search by amount, whether the amount begins
// as asked.
func (f *finder) holds(text, amount string) bool {
	if f.amount != "" {
		return strings.HasPrefix(strings.NewReplacer(",", "", "−", "").Replace(amount), f.amount)
	}
	text = strings.ToLower(text)
	for _, w := range f.words {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}

func (f *finder) hit(kind, id, icon, text string) Hit {
	marked, _ := Marked(text, f.shown)
	return Hit{kind, id, icon, marked}
}

func (f *finder) exceptions() []Hit {
	var out []Hit
	for i := range f.m.Exceptions {
		e := &f.m.Exceptions[i]
		amount := Amount(e.Amount)
		text := fmt.Sprintf("%s %s: %s, %s %s", e.Class, e.Class.Name(), About(f.m, e), amount,
			e.Amount.Currency)
		ids := make([]string, len(e.Items))
		for j, id := range e.Items {
			ids[j] = string(id)
		}
		if f.holds(text+" "+strings.Join(ids, " ")+" "+e.Amount.Decimal(), amount) {
			out = append(out, f.hit("exception", e.ID, "reconcile", text))
		}
		if len(out) == hitsShown {
			break
		}
	}
	return out
}

func (f *finder) payouts() []Hit {
	var out []Hit
	for _, c := range f.m.Compositions() {
		p := c.Payout
		amount := Amount(p.Amount)
		text := fmt.Sprintf("%s payout %s, %s %s", f.m.Config.Title(p.Source), ShortID(p.ID), amount,
			p.Amount.Currency)
		if f.holds(text+" "+p.Amount.Decimal(), amount) {
			out = append(out, f.hit("payout", string(p.ID), "payouts", text))
		}
		if len(out) == hitsShown {
			break
		}
	}
	return out
}

// invoices looks at numbers and totals, and at the invoices of customers whose name fits: the name
// is looked at once for each customer, not for each invoice.
func (f *finder) invoices() []Hit {
	named := map[book.ItemID]bool{}
	for i := range f.m.Books.Customers {
		if c := &f.m.Books.Customers[i]; f.amount == "" && f.holds(c.Title(), "") {
			named[c.ID] = true
		}
	}
	var out []Hit
	for i := len(f.m.Books.Invoices) - 1; i >= 0 && len(out) < hitsShown; i-- {
		x := &f.m.Books.Invoices[i]
		amount := Minor(x.Total, x.Currency)
		if !named[x.CustomerID] && !f.holds(x.Number+" "+x.ID.Native()+" "+
			strings.ReplaceAll(amount, ",", ""), amount) {
			continue
		}
		text := fmt.Sprintf("Invoice %s, %s, %s %s", app.InvoiceTitle(x), f.m.Party(x.ID), amount,
			x.Currency)
		if id := ShortID(x.ID); id != app.InvoiceTitle(x) {
			text += ", id " + id
		}
		out = append(out, f.hit("record", string(x.ID), "receipt", text))
	}
	slices.Reverse(out)
	return out
}

// Marked puts ** around the first place of a text that holds the words, and says whether it holds
// them; no words are held by everything.
func Marked(text, words string) (string, bool) {
	words = strings.TrimSpace(words)
	if words == "" {
		return text, true
	}
	low := strings.ToLower(text)
	if i := strings.Index(low, strings.ToLower(words)); i >= 0 && len(low) == len(text) {
		return text[:i] + "**" + text[i:i+len(words)] + "**" + text[i+len(words):], true
	}
	for w := range strings.FieldsSeq(strings.ToLower(words)) {
		if !strings.Contains(low, w) {
			return text, false
		}
	}
	return text, true
}

// Record is one record with those that it belongs together with.
type Record struct {
	Title string
	Raw   []RawRow
	// Exception is the id of an open exception that holds it, "" for none; ExceptionText says which.
	Exception, ExceptionText string
	// Payout is the id of the payout in its chain, "" for none.
	Payout string
}

// NewRecord lays a record out: itself first, then its chain from invoice to bank line.
func NewRecord(m *app.Month, id book.ItemID) Record {
	r := Record{Title: KindOf(m, id) + " " + ShortID(id)}
	if x := m.Invoice(id); x != nil {
		r.Title = "Invoice " + app.InvoiceTitle(x)
	}
	c := m.ChainOf([]book.ItemID{id})
	ids := []book.ItemID{id}
	add := func(id book.ItemID) {
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	if c.Invoice != nil {
		add(c.Invoice.ID)
	}
	if c.Payment != nil {
		add(c.Payment.ID)
	}
	if c.Transaction != nil {
		add(c.Transaction.ID)
	}
	if c.Payout != nil {
		add(c.Payout.ID)
		r.Payout = string(c.Payout.ID)
	}
	if c.Line != nil {
		add(c.Line.ID)
	}
	for _, x := range ids {
		if raw := Raw(m, x); len(raw.Fields) > 0 {
			r.Raw = append(r.Raw, raw)
		}
	}
	for i := range m.Exceptions {
		if e := &m.Exceptions[i]; r.Exception == "" && slices.Contains(e.Items, id) {
			r.Exception, r.ExceptionText = e.ID, string(e.Class)+" "+e.Class.Name()
		}
	}
	return r
}
