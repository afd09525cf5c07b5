package profile

import (
	"cmp"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"countinghouse/app/book"
	"countinghouse/app/money"
	"countinghouse/sync/world"
)

// foss answers as FOSSBilling's administrator API does: an envelope of result and error, and HTTP
// 200 for most errors.
func (s *Simulator) foss(w http.ResponseWriter, r *http.Request) {
	user, token, ok := r.BasicAuth()
	if !ok || user != "admin" || token != s.options.Token {
		s.fail(w, http.StatusUnauthorized, "206", "Authentication failed")
		return
	}
	if slices.Contains(s.options.Forbidden, r.URL.Path) {
		s.fail(w, http.StatusForbidden, "403", "You do not have permission to perform this action")
		return
	}
	q := r.URL.Query()
	switch r.URL.Path {
	case "/api/admin/client/get_list":
		s.fossList(w, q, s.fossClients())
	case "/api/admin/invoice/get_list":
		rows := s.fossInvoices()
		if s.moved < s.options.Moving && q.Get("page") != "1" {
			// The newest one goes, so that all behind it move up by one.
			s.moved++
			s.world.Invoices = slices.DeleteFunc(slices.Clone(s.world.Invoices),
				func(v world.Invoice) bool { return strconv.Itoa(v.ID) == rows[0]["id"].(json.Number).String() })
			rows = s.fossInvoices()
		}
		s.fossList(w, q, rows)
	case "/api/admin/invoice/transaction_get_list":
		s.fossList(w, q, s.fossTransactions())
	case "/api/admin/invoice/get":
		s.fossOne(w, q, s.fossInvoices(), "Invoice was not found")
	case "/api/admin/invoice/transaction_get":
		s.fossOne(w, q, s.fossTransactions(), "Transaction not found")
	default:
		s.fail(w, http.StatusNotFound, "740", "Unknown API call")
	}
}

func (s *Simulator) fossOne(w http.ResponseWriter, q url.Values, rows []object, no string) {
	i := slices.IndexFunc(rows, func(o object) bool { return o["id"] == json.Number(q.Get("id")) })
	if i < 0 {
		write(w, http.StatusOK, object{"result": nil, "error": object{"message": no, "code": 9999}})
		return
	}
	write(w, http.StatusOK, object{"result": rows[i], "error": nil})
}

// fossList answers a page of a list, by its number.
func (s *Simulator) fossList(w http.ResponseWriter, q url.Values, rows []object) {
	size, page := 100, 1
	if n, err := strconv.Atoi(q.Get("per_page")); err == nil {
		size = n
	}
	if n, err := strconv.Atoi(q.Get("page")); err == nil {
		page = n
	}
	if size < 1 || size > 500 || page < 1 {
		write(w, http.StatusOK, object{"result": nil,
			"error": object{"message": "per_page must be between 1 and 500", "code": 9999}})
		return
	}
	size = min(size, s.options.PageMax)
	from := min((page-1)*size, len(rows))
	to := min(from+size, len(rows))
	write(w, http.StatusOK, object{"error": nil, "result": object{"pages": (len(rows) + size - 1) / size,
		"page": page, "per_page": size, "total": len(rows), "list": rows[from:to]}})
}

// float is an amount as PHP prints a float: no zeros behind it.
func float(minor int64, c money.Currency) json.Number {
	t := decimal(minor, c)
	if exp, _ := c.Exponent(); exp > 0 {
		for t[len(t)-1] == '0' {
			t = t[:len(t)-1]
		}
		if t[len(t)-1] == '.' {
			t = t[:len(t)-1]
		}
	}
	return json.Number(t)
}

func fossID(n int) any {
	if n == 0 {
		return nil
	}
	return json.Number(strconv.Itoa(n))
}

// local is a time without zone, null where not set.
func (s *Simulator) local(at book.Instant) any {
	if at == 0 {
		return nil
	}
	return at.Time().In(s.options.Zone).Format(time.DateTime)
}

func (s *Simulator) fossClients() []object {
	out := []object{}
	for _, c := range s.world.Customers {
		out = append(out, object{"id": fossID(c.ID), "first_name": c.First, "last_name": c.Last,
			"company": c.Company, "email": c.Email, "country": c.Country, "currency": c.Currency,
			"status": c.Status})
	}
	slices.Reverse(out)
	return out
}

var fossStatuses = map[book.InvoiceStatus]string{book.InvoicePaid: "paid",
	book.InvoiceRefunded: "refunded", book.InvoiceCancelled: "canceled"}

// fossInvoices are the invoices, newest first. Those that are gone are not there.
func (s *Simulator) fossInvoices() []object {
	out := []object{}
	for _, v := range s.world.Invoices {
		if v.Status == book.InvoiceGone {
			continue
		}
		lines := []object{}
		for _, l := range v.Lines {
			lines = append(lines, object{"id": fossID(l.ID), "title": l.Text,
				"total": float(l.Amount, v.Currency)})
		}
		out = append(out, object{"id": fossID(v.ID), "client_id": fossID(v.CustomerID),
			"serie_nr": v.Number, "nr": v.Number, "hash": "0f8d" + strconv.Itoa(v.ID),
			"status": cmp.Or(fossStatuses[v.Status], "unpaid"), "approved": v.Status != book.InvoiceDraft,
			"currency": v.Currency, "subtotal": float(v.Subtotal, v.Currency),
			"tax": float(v.Tax, v.Currency), "total": float(v.Subtotal+v.Tax, v.Currency),
			"credit":     float(v.Credit, v.Currency),
			"created_at": v.IssuedOn.String() + " 00:00:00", "due_at": v.DueOn.String() + " 00:00:00",
			"paid_at": s.local(v.PaidAt), "updated_at": s.local(v.UpdatedAt), "lines": lines})
	}
	slices.Reverse(out)
	return out
}

// fossTransactions are the transactions, newest first. The gateway stands there by its title.
func (s *Simulator) fossTransactions() []object {
	out := []object{}
	for _, p := range s.world.Payments {
		kind, amount := payPayment, p.In-p.Out
		if amount < 0 {
			kind, amount = payRefund, -amount
		}
		out = append(out, object{"id": fossID(p.ID), "invoice_id": fossID(p.InvoiceID),
			"txn_id": p.TransID, "type": kind, "status": "processed",
			"amount": float(amount, p.Currency), "currency": p.Currency,
			"gateway": gatewayTitle(s.world, p.Method), "note": p.Text, "created_at": s.local(p.At)})
	}
	slices.Reverse(out)
	return out
}

func gatewayTitle(w *world.World, module string) string {
	for _, m := range w.Methods {
		if m.Module == module {
			return m.Title
		}
	}
	return module
}
