package profile

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"countinghouse/app/book"
	"countinghouse/app/money"
	"countinghouse/sync/source"
	"countinghouse/sync/sourcetest"
	"countinghouse/sync/world"
)

func secrets(kind string) map[string]source.Secret {
	out := map[string]source.Secret{}
	for field, s := range SimulatorSecrets(kind) {
		out[field] = source.Secret(s)
	}
	return out
}

func opener(d source.Description) func(source.Options) (source.Puller, error) {
	return func(o source.Options) (source.Puller, error) { return New(d, o) }
}

func TestContract(t *testing.T) {
	for _, c := range []struct {
		kind   source.Description
		expect func(*world.World) book.Records
		size   string
		old    string
	}{
		{FluxBilling, expectFlux, "limit", `"balance":"0.00"`},
		{FOSSBilling, expectFoss, "per_page", `"total":49`},
	} {
		t.Run(c.kind.Kind, func(t *testing.T) {
			sourcetest.Run(t, sourcetest.Subject{
				Name:    world.BillingName,
				Open:    opener(c.kind),
				Serve:   func(w *world.World) http.Handler { return NewSimulator(w, c.kind.Kind) },
				Secrets: secrets(c.kind.Kind),
				Expect:  c.expect,
				Touch:   touch,
				Break: func(h http.Handler, _ *world.World, plant string) (http.Handler,
					book.ItemID) {
					return sourcetest.Rewrite(h, func(_ *http.Request, body []byte) []byte {
						return spoil(body, "1003", plant)
					}), "billing:invoice/1003"
				},
				Cut: func(h http.Handler, most int) http.Handler {
					return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
						q := r.URL.Query()
						if n, err := strconv.Atoi(q.Get(c.size)); err == nil {
							q.Set(c.size, strconv.Itoa(min(n, most)))
							r.URL.RawQuery = q.Encode()
						}
						h.ServeHTTP(w, r)
					})
				},
				Fail: func(w http.ResponseWriter, _ *http.Request, status int, message string) {
					SimulatorError(w, c.kind.Kind, status, "failed", message)
				},
			})
		})
	}
}

// spoil makes the total of one invoice unreadable, wherever it is served.
func spoil(body []byte, id, plant string) []byte {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var page map[string]any
	if d.Decode(&page) != nil {
		return body
	}
	rows, _ := page["data"].([]any)
	if inner, ok := page["result"].(map[string]any); ok {
		rows, _ = inner["list"].([]any)
	}
	for _, x := range rows {
		o := x.(map[string]any)
		if _, invoice := o["issued_on"]; !invoice && o["due_at"] == nil {
			continue
		}
		if fmt.Sprint(o["id"]) == id {
			o["total"] = plant
		}
	}
	out, _ := json.Marshal(page)
	return out
}

// touch pays an invoice, deletes another, and adds a refund and a payment that pays nothing.
func touch(w *world.World) {
	w.Now += 3600 * 1000
	invoice := func(id int) *world.Invoice {
		i := slices.IndexFunc(w.Invoices, func(v world.Invoice) bool { return v.ID == id })
		return &w.Invoices[i]
	}
	pay := world.Payment{ID: 1_000_001, CustomerID: 5, InvoiceID: 1005, At: w.Now, Currency: "EUR",
		In: 4900, Method: "stripe", TransID: "ch_late", Text: "Invoice Payment"}
	paid := invoice(1005)
	paid.Status, paid.PaidAt, paid.UpdatedAt = book.InvoicePaid, w.Now, w.Now
	free := pay
	free.ID, free.CustomerID, free.InvoiceID, free.TransID = 1_000_003, 2, 0, ""
	refund := pay
	refund.ID, refund.CustomerID, refund.InvoiceID = 1_000_004, 3, 1003
	refund.In, refund.Out, refund.RefundID = 0, 900, 993
	w.Payments = append(w.Payments, pay, free, refund)
	changed := invoice(1003)
	changed.UpdatedAt = w.Now
	gone := invoice(1006)
	gone.Status, gone.UpdatedAt = book.InvoiceGone, w.Now
}

func itemID(kind string, n int) book.ItemID {
	if n == 0 {
		return ""
	}
	return book.ItemID(fmt.Sprintf("%s:%s/%d", world.BillingName, kind, n))
}

// expectFlux is what the books must come to by billing-source/1, straight from the world.
func expectFlux(w *world.World) book.Records {
	var out book.Records
	for _, c := range w.Customers {
		out.Customers = append(out.Customers, book.Customer{ID: itemID("customer", c.ID),
			Source: world.BillingName, Name: c.First + " " + c.Last, Company: c.Company,
			Email: c.Email, Country: c.Country, Currency: c.Currency,
			Status: strings.ToLower(c.Status), Credit: c.Credit, NoNotices: c.NoNotices})
	}
	open := map[int]int64{}
	for _, p := range w.Payments {
		open[p.InvoiceID] += p.In - p.Out
		out.Payments = append(out.Payments, book.Payment{ID: itemID("payment", p.ID),
			Source: world.BillingName, InvoiceID: itemID("invoice", p.InvoiceID),
			CustomerID: itemID("customer", p.CustomerID), At: p.At,
			Amount: money.New(p.In-p.Out, p.Currency), Fee: p.Fee, Method: p.Method,
			Reference: p.TransID, RefundOf: itemID("payment", p.RefundID), Text: p.Text})
	}
	for _, v := range w.Invoices {
		if v.Status == book.InvoiceGone {
			continue
		}
		rec := book.Invoice{ID: itemID("invoice", v.ID), Source: world.BillingName,
			CustomerID: itemID("customer", v.CustomerID), Number: v.Number, Status: v.Status,
			Kind: v.Kind, IssuedOn: v.IssuedOn, DueOn: v.DueOn, PaidAt: v.PaidAt,
			UpdatedAt: v.UpdatedAt, Currency: v.Currency, Total: v.Subtotal + v.Tax,
			Credit: v.Credit, Balance: v.Subtotal + v.Tax - v.Credit - open[v.ID],
			Method: v.Method}
		for _, l := range v.Lines {
			line := book.InvoiceLine{Kind: l.Kind, Text: l.Text, Amount: l.Amount}
			switch l.Kind {
			case "Invoice":
				line.About = itemID("invoice", l.RelID)
			case "Hosting", "Setup":
				line.About = itemID("service", l.RelID)
			}
			rec.Lines = append(rec.Lines, line)
		}
		out.Invoices = append(out.Invoices, rec)
	}
	methods(world.BillingName, &out, map[string]bool{})
	for _, c := range w.Credits {
		out.Credits = append(out.Credits, book.Credit{ID: itemID("credit", c.ID),
			Source: world.BillingName, CustomerID: itemID("customer", c.CustomerID), On: c.On,
			Amount: c.Amount, Text: c.Text, InvoiceID: itemID("invoice", c.InvoiceID)})
	}
	return out
}

// expectFoss is what FOSSBilling can say of the same world: no fees, no balances, no credit log, no
// payer of a payment, and four words for what an invoice is.
func expectFoss(w *world.World) book.Records {
	out := expectFlux(w)
	for i, c := range w.Customers {
		out.Customers[i].Status, out.Customers[i].Credit = c.Status, 0
		out.Customers[i].NoNotices = false
		if out.Customers[i].Currency == "" {
			out.Customers[i].Currency = w.Base
		}
	}
	for i, p := range w.Payments {
		out.Payments[i].CustomerID, out.Payments[i].RefundOf, out.Payments[i].Fee = "", "", 0
		out.Payments[i].Method = gatewayTitle(w, p.Method)
	}
	for i := range out.Invoices {
		v := &out.Invoices[i]
		switch v.Status {
		case book.InvoicePaid, book.InvoiceRefunded, book.InvoiceCancelled, book.InvoiceDraft:
		default:
			v.Status = book.InvoiceUnpaid
		}
		v.Kind, v.Method = book.InvoiceOrdinary, ""
		v.Balance = v.Total - v.Credit
		if v.Status == book.InvoicePaid {
			v.Balance = 0
		}
		for j := range v.Lines {
			v.Lines[j].Kind, v.Lines[j].About = "", ""
		}
	}
	out.Credits, out.Methods = nil, nil
	methods(world.BillingName, &out, map[string]bool{})
	return out
}
