package profile

import (
	"errors"
	"fmt"
	"strings"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// mapped finds a word in a map, in any letter case.
func mapped(words map[string]string, w string) (string, bool) {
	if to, ok := words[w]; ok {
		return to, true
	}
	for from, to := range words {
		if strings.EqualFold(from, w) {
			return to, true
		}
	}
	return "", false
}

// kept is a word that is not mapped, as it is; one that happens to be ours is marked, because it is
// not known to mean the same.
func kept[V any](ours map[string]V, values func(V) string, w string) string {
	for name, v := range ours {
		if strings.EqualFold(name, w) || strings.EqualFold(values(v), w) {
			return "unmapped: " + w
		}
	}
	return w
}

func (t translator) invoice(r *reader, o *Object, out *translated) {
	cur := r.currency("currency")
	v := book.Invoice{ID: out.id, Source: t.name,
		CustomerID: t.id(book.KindCustomer, r.word("customer_id")), Number: r.name("number"),
		IssuedOn: r.date("issued_on"), DueOn: r.date("due_on"), PaidAt: r.instant("paid_at"),
		UpdatedAt: r.instant("updated_at"), Currency: cur, Total: r.needAmount("total", cur),
		Method: r.name("method"), Kind: t.invoiceKind(r, o, out)}
	v.Status = t.status(r, o, out)
	if r.flag("draft") {
		v.Status = book.InvoiceDraft
	}
	if r.word("replaced_by") != "" && v.Status != book.InvoiceGone {
		v.Status = book.InvoiceReplaced
	}
	v.Credit, _ = r.amount("credit_applied", cur)
	t.balance(r, &v, out)
	v.Lines = t.lines(r, o, cur)
	if v.Status == book.InvoiceGone {
		out.records.Gone = []book.ItemID{out.id}
		return
	}
	v.Revision = t.revision(v)
	out.records.Invoices = []book.Invoice{v}
	t.payer(r, v, out)
}

// payer is the customer as an invoice names it, for systems that list no customers.
func (t translator) payer(r *reader, v book.Invoice, out *translated) {
	name, email := r.name("customer_name"), r.name("customer_email")
	if v.CustomerID == "" || name == "" && email == "" {
		return
	}
	c := book.Customer{ID: v.CustomerID, Source: t.name, Name: name, Email: email,
		Currency: v.Currency}
	c.Revision = t.revision(c)
	out.records.Customers = []book.Customer{c}
}

func (t translator) status(r *reader, o *Object, out *translated) book.InvoiceStatus {
	w := r.need("status")
	if to, ok := mapped(o.Statuses, w); ok {
		r.came("status", to)
		return invoiceStatuses[to]
	}
	out.unmapped = append(out.unmapped, w)
	as := kept(invoiceStatuses, func(s book.InvoiceStatus) string { return string(s) }, w)
	r.came("status", as)
	return book.InvoiceStatus(as)
}

func (t translator) invoiceKind(r *reader, o *Object, out *translated) book.InvoiceKind {
	w := r.word("kind")
	if w == "" {
		return book.InvoiceOrdinary
	}
	if to, ok := mapped(o.Kinds, w); ok {
		r.came("kind", to)
		return invoiceKinds[to]
	}
	out.unmapped = append(out.unmapped, w)
	return book.InvoiceKind(kept(invoiceKinds,
		func(k book.InvoiceKind) string { return string(k) }, w))
}

// balance is what is still owed as the system says. Where it does not say, it is what the total
// leaves after credit and what was paid, and nothing of a paid invoice.
func (t translator) balance(r *reader, v *book.Invoice, out *translated) {
	paid, said := r.amount("paid", v.Currency)
	balance, there := r.amount("balance", v.Currency)
	rest := v.Total - v.Credit - paid
	switch {
	case !there && v.Status == book.InvoicePaid && !said:
		rest = 0
	case !there:
	default:
		if said && (rest-balance > 1 || balance-rest > 1) {
			out.warnings = append(out.warnings, fmt.Sprintf("invoice %s: the total of %s less "+
				"credit and payments leaves %s, but the balance is %s", v.ID.Native(),
				money.New(v.Total, v.Currency), money.New(rest, v.Currency),
				money.New(balance, v.Currency)))
		}
		rest = balance
	}
	v.Balance = rest
}

// lines are the lines of an invoice.
func (t translator) lines(r *reader, o *Object, c money.Currency) []book.InvoiceLine {
	f := o.Fields["lines"]
	if f.empty() || f.fixed {
		return nil
	}
	list, ok := r.value(f.path).([]any)
	if !ok {
		if r.value(f.path) != nil {
			r.fail("lines", errors.New("no list stands there"))
		}
		return nil
	}
	var out []book.InvoiceLine
	for _, x := range list {
		l := &reader{record: node{x}, fields: o.Lines, zone: r.zone, comma: r.comma}
		line := book.InvoiceLine{Kind: l.word("kind"), Text: l.name("text")}
		line.Amount, _ = l.amount("amount", c)
		if id := l.word("invoice_id"); id != "" {
			line.About = t.id(book.KindInvoice, id)
		} else {
			line.About = t.id(book.KindService, l.word("service_id"))
		}
		if l.err != nil {
			r.fail("lines", l.err)
			return nil
		}
		out = append(out, line)
	}
	return out
}

// payment is a row of the list of payments. One that has not succeeded is no payment; if the books
// have it, it goes.
func (t translator) payment(r *reader, o *Object, out *translated) {
	cur := r.currency("currency")
	kind := t.payWord(r, "kind", o.Kinds, payPayment, out)
	state := t.payWord(r, "status", o.Statuses, paySucceeded, out)
	amount, fee := r.needAmount("amount", cur), int64(0)
	fee, _ = r.amount("fee", cur)
	p := book.Payment{ID: out.id, Source: t.name,
		InvoiceID:  t.id(book.KindInvoice, r.word("invoice_id")),
		CustomerID: t.id(book.KindCustomer, r.word("customer_id")),
		At:         r.instant("occurred_at"), Amount: money.New(amount, cur), Fee: fee,
		Method: r.name("method"), Reference: r.word("reference"),
		RefundOf: t.id(book.KindPayment, r.word("refunds_payment_id")), Text: r.name("text")}
	if kind == payNone {
		return
	}
	if p.At == 0 {
		r.fail("occurred_at", errors.New("nothing stands there"))
	}
	if amount < 0 {
		r.fail("amount", fmt.Errorf("%s is negative: whether money came or went is said by the "+
			"kind; map the field with | abs if the sign says the same", p.Amount))
	}
	switch {
	case state != paySucceeded:
		out.records.Gone = []book.ItemID{out.id}
		return
	case kind == payCredit:
		t.spent(p, out)
		return
	case kind == payRefund || kind == payChargeback:
		p.Amount = p.Amount.Neg()
	}
	p.Revision = t.revision(p)
	out.records.Payments = []book.Payment{p}
}

// spent is an invoice paid by the customer's credit: no money came. It is an entry of the credit
// log where the system lists none.
func (t translator) spent(p book.Payment, out *translated) {
	if !t.loose {
		return
	}
	c := book.Credit{ID: t.id(book.KindCredit, strings.TrimPrefix(p.ID.Native(), "payment/")),
		Source: t.name, CustomerID: p.CustomerID, On: p.At.In(t.zone), Amount: p.Amount.Neg(),
		Text: p.Text, InvoiceID: p.InvoiceID}
	c.Revision = t.revision(c)
	out.records.Credits = []book.Credit{c}
}

// payWord is a word of a payment in ours. Money is never moved by a guess: one that is not mapped
// makes the row a reject.
func (t translator) payWord(r *reader, field string, words map[string]string, otherwise string,
	out *translated) string {
	w := r.word(field)
	if r.fields[field].empty() {
		return otherwise
	}
	to, ok := mapped(words, w)
	if !ok {
		out.unmapped = append(out.unmapped, w)
		r.fail(field, fmt.Errorf("%q is not mapped", clip(w, 40)))
		return ""
	}
	r.came(field, to)
	return to
}

// methods adds the payment methods that records name to them, each once: the person who connects the
// system says what is behind each. seen are those that were named before.
func methods(name book.SourceName, r *book.Records, seen map[string]bool) {
	add := func(method string) {
		if method != "" && !seen[method] {
			seen[method] = true
			r.Methods = append(r.Methods, book.Method{Source: name, Name: method, Title: method})
		}
	}
	for _, v := range r.Invoices {
		add(v.Method)
	}
	for _, p := range r.Payments {
		add(p.Method)
	}
}
