package whmcs

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"countinghouse/app/book"
	"countinghouse/app/money"
	"countinghouse/sync/source"
	"countinghouse/sync/sourcetest"
	"countinghouse/sync/world"
)

func secrets() map[string]source.Secret {
	out := map[string]source.Secret{}
	for field, s := range SimulatorSecrets() {
		out[field] = source.Secret(s)
	}
	return out
}

func TestContract(t *testing.T) {
	sourcetest.Run(t, sourcetest.Subject{
		Name:    world.BillingName,
		Open:    func(o source.Options) (source.Puller, error) { return New(o) },
		Serve:   func(w *world.World) http.Handler { return NewSimulator(w) },
		Secrets: secrets(),
		Expect:  expect,
		Touch:   touch,
		Break: func(h http.Handler, _ *world.World, plant string) (http.Handler, book.ItemID) {
			return sourcetest.Rewrite(h, func(r *http.Request, body []byte) []byte {
				if !bytes.Contains(body, []byte(`"invoiceid":1003,`)) {
					return body
				}
				text, _ := json.Marshal(plant)
				return bytes.Replace(body, []byte(`"balance":"0.00"`), append([]byte(`"balance":`),
					text...), 1)
			}), "billing:invoice/1003"
		},
		Cut: cut,
		Fail: func(w http.ResponseWriter, _ *http.Request, status int, message string) {
			w.WriteHeader(status)
			_ = json.NewEncoder(w).Encode(map[string]string{"result": "error", "message": message})
		},
	})
}

// cut makes a server give at most so many rows a page.
func cut(h http.Handler, most int) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		form, _ := url.ParseQuery(string(body))
		if n, err := strconv.Atoi(form.Get("limitnum")); err == nil {
			form.Set("limitnum", strconv.Itoa(min(n, most)))
		}
		r.Body = io.NopCloser(strings.NewReader(form.Encode()))
		h.ServeHTTP(w, r)
	})
}

// touch pays an invoice, merges another into it, refunds a third whose status stays, adds a payment
// that pays nothing, and credit.
func touch(w *world.World) {
	w.Now += 3600 * 1000
	invoice := func(id int) *world.Invoice {
		i := slices.IndexFunc(w.Invoices, func(v world.Invoice) bool { return v.ID == id })
		return &w.Invoices[i]
	}
	pay := world.Payment{ID: 1_000_001, CustomerID: 5, InvoiceID: 1005, At: w.Now, Currency: "EUR",
		In: 4900, Fee: 99, Method: "stripe", TransID: "ch_late", Text: "Invoice Payment"}
	paid := invoice(1005)
	paid.Status, paid.PaidAt, paid.UpdatedAt = book.InvoicePaid, w.Now, w.Now
	twice := pay
	twice.ID, twice.CustomerID, twice.InvoiceID, twice.TransID = 1_000_002, 1, 1001, "ch_twice"
	free := pay
	free.ID, free.CustomerID, free.InvoiceID, free.TransID = 1_000_003, 2, 0, ""
	refund := pay
	refund.ID, refund.CustomerID, refund.InvoiceID = 1_000_004, 3, 1003
	refund.In, refund.Out, refund.Fee, refund.RefundID = 0, 900, 0, 993
	w.Payments = append(w.Payments, pay, twice, free, refund)
	w.Credits = append(w.Credits, world.Credit{ID: 89, CustomerID: 1, InvoiceID: 1001,
		On: w.Now.In(w.Zone), Amount: money.New(4900, "EUR"), Text: "Invoice #1001 Overpayment"})
	w.Customers[0].Credit += 4900
	w.Invoices = slices.DeleteFunc(w.Invoices, func(v world.Invoice) bool { return v.ID == 1006 })
}

// expect is what the books must come to, straight from the world.
func expect(w *world.World) book.Records {
	id := func(kind string, n int) book.ItemID {
		if n == 0 {
			return ""
		}
		return book.ItemID(fmt.Sprintf("%s:%s/%d", world.BillingName, kind, n))
	}
	var out book.Records
	for _, m := range w.Methods {
		out.Methods = append(out.Methods, book.Method{Source: world.BillingName, Name: m.Module,
			Title: m.Title})
	}
	for _, r := range w.Rates {
		out.Rates = append(out.Rates, book.Rate{Source: world.BillingName, Currency: r.Currency,
			Rate: r.Value})
	}
	for _, c := range w.Customers {
		out.Customers = append(out.Customers, book.Customer{ID: id("customer", c.ID),
			Source: world.BillingName, Name: c.First + " " + c.Last, Company: c.Company,
			Email: c.Email, Country: c.Country, Currency: c.Currency, Status: c.Status,
			Credit: c.Credit, NoNotices: c.NoNotices})
	}
	for _, s := range w.Services {
		out.Services = append(out.Services, book.Service{ID: id("service", s.ID),
			Source: world.BillingName, CustomerID: id("customer", s.CustomerID), Name: s.Product,
			Domain: s.Domain, Status: s.Status, Cycle: s.Cycle, Method: s.Method,
			Recurring: s.Recurring, NextDueOn: s.NextDueOn})
	}
	open := map[int]int64{}
	for _, p := range w.Payments {
		open[p.InvoiceID] += p.In - p.Out
		out.Payments = append(out.Payments, book.Payment{ID: id("payment", p.ID),
			Source: world.BillingName, InvoiceID: id("invoice", p.InvoiceID),
			CustomerID: id("customer", p.CustomerID), At: p.At,
			Amount: money.New(p.In-p.Out, p.Currency), Fee: p.Fee, Method: p.Method,
			Reference: p.TransID, RefundOf: id("payment", p.RefundID), Text: p.Text})
	}
	for _, v := range w.Invoices {
		rec := book.Invoice{ID: id("invoice", v.ID), Source: world.BillingName,
			CustomerID: id("customer", v.CustomerID), Number: v.Number, Status: v.Status,
			Kind: v.Kind, IssuedOn: v.IssuedOn, DueOn: v.DueOn, PaidAt: v.PaidAt,
			UpdatedAt: v.UpdatedAt, Currency: v.Currency, Total: v.Subtotal + v.Tax,
			Credit: v.Credit, Balance: v.Subtotal + v.Tax - v.Credit - open[v.ID],
			Method: v.Method}
		for _, l := range v.Lines {
			line := book.InvoiceLine{Kind: l.Kind, Text: l.Text, Amount: l.Amount}
			switch l.Kind {
			case "Invoice":
				line.About = id("invoice", l.RelID)
			case "Hosting", "Setup":
				line.About = id("service", l.RelID)
			}
			rec.Lines = append(rec.Lines, line)
		}
		out.Invoices = append(out.Invoices, rec)
	}
	for _, c := range w.Credits {
		out.Credits = append(out.Credits, book.Credit{ID: id("credit", c.ID),
			Source: world.BillingName, CustomerID: id("customer", c.CustomerID), On: c.On,
			Amount: c.Amount, Text: c.Text, Origin: originOf(c), InvoiceID: id("invoice", c.InvoiceID)})
	}
	besides(w, &out, id)
	return out
}

// originOf is where a world's credit came from.
func originOf(c world.Credit) book.CreditOrigin {
	switch {
	case c.Amount.Minor < 0:
		return ""
	case strings.HasPrefix(c.Text, "Add Funds"):
		return book.CreditAddFunds
	case strings.HasPrefix(c.Text, "Mass"):
		return book.CreditMassPayment
	case strings.HasSuffix(c.Text, "Overpayment"):
		return book.CreditOverpayment
	case c.InvoiceID == 0:
		return book.CreditByHand
	}
	return ""
}

// besides is what the simulator says beside the world: its settings, and a card for each client that
// the gateway knows.
func besides(w *world.World, out *book.Records, id func(string, int) book.ItemID) {
	for name, value := range map[string]string{"CCProcessDaysBefore": "0", "CCAttemptOnlyOnce": "",
		"CCRetryEveryWeekFor": "2", "AutoSuspension": "on", "AutoSuspensionDays": "5",
		"AutoTermination": "", "AutoTerminationDays": "30", "AutoUnsuspend": "on",
		"SendReminder": "on"} {
		out.Settings = append(out.Settings, book.Setting{Source: world.BillingName, Name: name,
			Value: value})
	}
	for _, c := range w.Customers {
		if c.GatewayID != "" {
			out.SavedMethods = append(out.SavedMethods, book.SavedMethod{
				ID: id("saved_method", c.ID), Source: world.BillingName,
				CustomerID: id("customer", c.ID), Kind: "RemoteCreditCard", Title: "Card",
				Method: "stripe", Brand: "Visa", Ending: "4242",
				ExpiresOn: book.NewDate(2029, time.February, 28)})
		}
	}
}
