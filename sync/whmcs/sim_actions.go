package whmcs

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"countinghouse/app/book"
	"countinghouse/app/money"
	"countinghouse/sync/world"
)

func (s *Simulator) whmcsDetails(call) answer {
	return answer{body: object{{"whmcs", object{{"version", s.options.Version},
		{"canonicalversion", s.options.Version + "-release.1"}}}}}
}

// marks are the prefix and suffix of a currency.
func marks(c money.Currency) (prefix, suffix string) {
	return map[money.Currency]string{"EUR": "€", "USD": "$", "GBP": "£", "INR": "₹",
		"JPY": "¥"}[c], " " + string(c)
}

func (s *Simulator) currencies(c call) answer {
	l := list{inner: "currency", flat: true}
	for _, r := range c.Rates {
		prefix, suffix := marks(r.Currency)
		l.rows = append(l.rows, object{{"id", num(r.ID)}, {"code", string(r.Currency)},
			{"prefix", prefix}, {"suffix", suffix}, {"format", num(1)}, {"rate", r.Value}})
	}
	return answer{body: object{{"totalresults", num(len(l.rows))}, {"currencies", l}}}
}

func (s *Simulator) paymentMethods(c call) answer {
	l := list{inner: "paymentmethod"}
	for _, m := range c.Methods {
		l.rows = append(l.rows, object{{"module", m.Module}, {"displayname", stored(m.Title)}})
	}
	return answer{body: object{{"totalresults", len(l.rows)}, {"paymentmethods", l}}}
}

// counters are the counters before a paged list.
func counters(total, from, to int) object {
	return object{{"totalresults", total}, {"startnumber", from}, {"numreturned", to - from}}
}

func (s *Simulator) clients(c call) answer {
	rows := c.customers
	if c.form.Get("orderby") != "id" || strings.HasPrefix(s.options.Version, "7") {
		rows = c.byName()
	}
	if status, search := c.form.Get("status"), strings.ToLower(c.form.Get("search")); status != "" ||
		search != "" {
		rows = slices.DeleteFunc(slices.Clone(rows), func(i int) bool {
			v := c.Customers[i]
			found := search == ""
			for _, t := range []string{v.Email, v.First, v.Last, v.Company} {
				found = found || strings.HasPrefix(strings.ToLower(t), search)
			}
			return !found || status != "" && v.Status != status
		})
	}
	if strings.EqualFold(c.form.Get("sorting"), "DESC") {
		rows = slices.Clone(rows)
		slices.Reverse(rows)
	}
	from, to := c.span(len(rows))
	l := list{inner: "client"}
	for _, i := range rows[from:to] {
		v := c.Customers[i]
		l.rows = append(l.rows, object{{"id", v.ID}, {"firstname", stored(v.First)},
			{"lastname", stored(v.Last)}, {"companyname", stored(v.Company)}, {"email", v.Email},
			{"datecreated", wireDate(v.CreatedOn)}, {"groupid", 0}, {"status", v.Status}})
	}
	return answer{body: append(counters(len(rows), from, to), field{"clients", l})}
}

func (s *Simulator) clientDetails(c call) answer {
	i, ok := c.customerAt[c.number("clientid")]
	if mail := c.form.Get("email"); !c.form.Has("clientid") && mail != "" {
		i = slices.IndexFunc(c.Customers, func(v world.Customer) bool { return v.Email == mail })
		ok = i >= 0
	} else if !c.form.Has("clientid") {
		return refuse("Either clientid Or email Is Required")
	}
	if !ok {
		return refuse("Client Not Found")
	}
	v := &c.Customers[i]
	invoiceMail := "1"
	if v.NoNotices {
		invoiceMail = "0"
	}
	client := object{{"userid", v.ID}, {"client_id", v.ID}, {"id", v.ID}, {"owner_user_id", v.ID},
		{"uuid", fmt.Sprintf("00000000-0000-4000-8000-%012d", v.ID)},
		{"firstname", stored(v.First)}, {"lastname", stored(v.Last)},
		{"fullname", stored(v.First + " " + v.Last)}, {"companyname", stored(v.Company)},
		{"email", v.Email}, {"address1", "1 Sample Street"}, {"city", ""}, {"postcode", ""},
		{"countrycode", v.Country}, {"country", v.Country}, {"phonenumber", ""},
		{"email_preferences", object{{"general", "1"}, {"invoice", invoiceMail}, {"support", "1"},
			{"product", "1"}, {"domain", "1"}, {"affiliate", "1"}}},
		{"defaultgateway", v.Method}, {"groupid", 0}, {"status", v.Status},
		{"credit", dec(v.Credit, v.Currency)}, {"taxexempt", false}, {"latefeeoveride", false},
		{"overideduenotices", false}, {"separateinvoices", false}, {"disableautocc", false},
		{"language", v.Language}, {"lastlogin", "No Login Logged"},
		{"securityqans", "a secret answer"},
		{"currency", c.currencyID[string(v.Currency)]}, {"currency_code", string(v.Currency)},
		{"customfields", list{}}}
	body := append(slices.Clone(client), field{"client", client})
	return answer{body: s.spoiled("client", v.ID, body)}
}

// servicePassword is a secret that WHMCS puts into every row of a service.
const servicePassword = "hunter2-Server!"

func (s *Simulator) products(c call) answer {
	rows := c.index.products
	if c.form.Get("clientid") != "" || c.form.Get("serviceid") != "" || c.form.Get("domain") != "" {
		client, id, domain := c.number("clientid"), c.number("serviceid"), c.form.Get("domain")
		rows = slices.DeleteFunc(slices.Clone(rows), func(i int) bool {
			v := c.Services[i]
			return client != 0 && v.CustomerID != client || id != 0 && v.ID != id ||
				domain != "" && v.Domain != domain
		})
	}
	from, to := c.span(len(rows))
	l := list{inner: "product"}
	for _, i := range rows[from:to] {
		l.rows = append(l.rows, s.product(&c.Services[i]))
	}
	echo := func(name string) any {
		if v := c.form.Get(name); v != "" {
			return v
		}
		return nil
	}
	return answer{body: object{{"clientid", echo("clientid")}, {"serviceid", echo("serviceid")},
		{"pid", echo("pid")}, {"domain", echo("domain")}, {"totalresults", num(len(rows))},
		{"startnumber", from}, {"numreturned", to - from}, {"products", l}}}
}

func (s *Simulator) product(v *world.Service) object {
	return s.spoiled("service", v.ID, object{
		{"id", num(v.ID)}, {"qty", num(1)}, {"clientid", num(v.CustomerID)},
		{"orderid", num(v.ID)}, {"pid", num(7)}, {"regdate", wireDate(v.RegisteredOn)},
		{"name", stored(v.Product)}, {"translated_name", stored(v.Product)},
		{"groupname", "Hosting"}, {"domain", v.Domain}, {"dedicatedip", ""}, {"serverid", num(3)},
		{"suspensionreason", ""},
		{"firstpaymentamount", dec(v.Recurring.Minor, v.Recurring.Currency)},
		{"recurringamount", dec(v.Recurring.Minor, v.Recurring.Currency)},
		{"paymentmethod", v.Method}, {"paymentmethodname", v.Method}, {"billingcycle", v.Cycle},
		{"nextduedate", wireDate(v.NextDueOn)}, {"status", v.Status},
		{"username", "u" + strconv.Itoa(v.ID)}, {"password", servicePassword},
		{"subscriptionid", ""}, {"promoid", num(0)}, {"overideautosuspend", ""},
		{"overidesuspenduntil", "0000-00-00"}, {"notes", ""}, {"diskusage", num(0)},
		{"lastupdate", "0000-00-00 00:00:00"}, {"customfields", list{inner: "customfield"}},
		{"configoptions", list{inner: "configoption"}}})
}

// words of the states of an invoice, as WHMCS writes them.
var statusWords = map[book.InvoiceStatus]string{book.InvoiceDraft: "Draft",
	book.InvoiceUnpaid: "Unpaid", book.InvoicePaid: "Paid", book.InvoiceCancelled: "Cancelled",
	book.InvoiceRefunded: "Refunded", book.InvoiceCollections: "Collections",
	book.InvoicePending: "Payment Pending"}

func statusWord(s book.InvoiceStatus) string { return cmp.Or(statusWords[s], string(s)) }

func (s *Simulator) invoices(c call) answer {
	rows := c.bills
	if c.form.Get("userid") != "" {
		rows = c.billsOf[c.number("userid")]
	}
	if status := c.form.Get("status"); status != "" {
		today := c.Now.In(c.zone)
		rows = slices.DeleteFunc(slices.Clone(rows), func(i int) bool {
			v := &c.Invoices[i]
			if status == "Overdue" {
				return v.Status != book.InvoiceUnpaid || v.DueOn >= today
			}
			return statusWord(v.Status) != status
		})
	}
	rows = c.sorted(rows)
	from, to := c.span(len(rows))
	l := list{inner: "invoice"}
	for n := from; n < to; n++ {
		i := rows[n]
		if c.form.Get("order") == "desc" {
			i = rows[len(rows)-1-n]
		}
		v := &c.Invoices[i]
		l.rows = append(l.rows, s.spoiled("invoice row", v.ID, c.invoiceRow(v)))
	}
	return answer{body: append(counters(len(rows), from, to), field{"invoices", l})}
}

// sorted orders invoices by what orderby asks for; they come by id.
func (c call) sorted(rows []int) []int {
	by := map[string]func(a, b *world.Invoice) int{
		"invoicenumber": func(a, b *world.Invoice) int { return strings.Compare(a.Number, b.Number) },
		"date":          func(a, b *world.Invoice) int { return cmp.Compare(a.IssuedOn, b.IssuedOn) },
		"duedate":       func(a, b *world.Invoice) int { return cmp.Compare(a.DueOn, b.DueOn) },
		"total": func(a, b *world.Invoice) int {
			return cmp.Compare(a.Subtotal+a.Tax-a.Credit, b.Subtotal+b.Tax-b.Credit)
		},
		"status": func(a, b *world.Invoice) int {
			return strings.Compare(statusWord(a.Status), statusWord(b.Status))
		},
	}[c.form.Get("orderby")]
	if by == nil {
		return rows
	}
	rows = slices.Clone(rows)
	slices.SortStableFunc(rows, func(a, b int) int { return by(&c.Invoices[a], &c.Invoices[b]) })
	return rows
}

// when is a moment if the invoice has the status, else none.
func when(v *world.Invoice, s book.InvoiceStatus) book.Instant {
	if v.Status == s {
		return v.UpdatedAt
	}
	return 0
}

func taxRate(v *world.Invoice) string {
	if v.Subtotal == 0 || v.Tax == 0 {
		return "0.000"
	}
	tenths := (v.Tax*1000 + v.Subtotal/2) / v.Subtotal
	return fmt.Sprintf("%d.%d00", tenths/10, tenths%10)
}

func (c call) invoiceRow(v *world.Invoice) object {
	client := world.Customer{}
	if i, ok := c.customerAt[v.CustomerID]; ok {
		client = c.Customers[i]
	}
	prefix, suffix := marks(v.Currency)
	return object{{"id", v.ID}, {"userid", v.CustomerID}, {"firstname", stored(client.First)},
		{"lastname", stored(client.Last)}, {"companyname", stored(client.Company)},
		{"invoicenum", stored(v.Number)}, {"date", wireDate(v.IssuedOn)},
		{"duedate", wireDate(v.DueOn)}, {"datepaid", c.time(v.PaidAt)},
		{"last_capture_attempt", c.time(0)},
		{"date_refunded", c.time(when(v, book.InvoiceRefunded))},
		{"date_cancelled", c.time(when(v, book.InvoiceCancelled))},
		{"subtotal", dec(v.Subtotal, v.Currency)}, {"credit", dec(v.Credit, v.Currency)},
		{"tax", dec(v.Tax, v.Currency)}, {"tax2", amount("0.00")},
		{"total", dec(v.Subtotal+v.Tax-v.Credit, v.Currency)}, {"taxrate", taxRate(v)},
		{"taxrate2", "0.000"}, {"status", statusWord(v.Status)}, {"paymentmethod", v.Method},
		{"paymethodid", nil}, {"notes", ""}, {"created_at", wireDate(v.IssuedOn) + " 09:00:12"},
		{"updated_at", c.time(v.UpdatedAt)}, {"currencycode", string(v.Currency)},
		{"currencyprefix", prefix}, {"currencysuffix", suffix}}
}

func (s *Simulator) invoice(c call) answer {
	i, ok := c.billAt[c.number("invoiceid")]
	if !ok {
		return refuse("Invoice ID Not Found")
	}
	v := &c.Invoices[i]
	items := list{inner: "item"}
	for _, l := range v.Lines {
		items.rows = append(items.rows, object{{"id", l.ID}, {"type", l.Kind}, {"relid", l.RelID},
			{"description", stored(l.Text)}, {"amount", dec(l.Amount, v.Currency)}, {"taxed", 1}})
	}
	payments := list{inner: "transaction", empty: `""`}
	for _, p := range c.paymentsFor[v.ID] {
		payments.rows = append(payments.rows, s.transaction(c, &c.Payments[p]))
	}
	return answer{body: s.spoiled("invoice", v.ID, object{{"invoiceid", v.ID},
		{"invoicenum", stored(v.Number)}, {"userid", v.CustomerID}, {"date", wireDate(v.IssuedOn)},
		{"duedate", wireDate(v.DueOn)}, {"datepaid", c.time(v.PaidAt)},
		{"lastcaptureattempt", c.time(0)}, {"subtotal", dec(v.Subtotal, v.Currency)},
		{"credit", dec(v.Credit, v.Currency)}, {"tax", dec(v.Tax, v.Currency)},
		{"tax2", amount("0.00")}, {"total", dec(v.Subtotal+v.Tax-v.Credit, v.Currency)},
		{"balance", dec(c.balance(v)-s.options.Notes[v.ID], v.Currency)}, {"taxrate", taxRate(v)}, {"taxrate2", "0.000"},
		{"status", statusWord(v.Status)}, {"paymentmethod", v.Method}, {"notes", ""},
		{"ccgateway", v.Method != "banktransfer"}, {"items", items}, {"transactions", payments}})}
}

func (s *Simulator) transaction(c call, p *world.Payment) object {
	return s.spoiled("transaction", p.ID, object{
		{"id", num(p.ID)}, {"userid", num(p.CustomerID)}, {"currency", num(0)},
		{"gateway", p.Method}, {"date", c.time(p.At)}, {"description", stored(p.Text)},
		{"amountin", dec(p.In, p.Currency)}, {"fees", dec(p.Fee, p.Currency)},
		{"amountout", dec(p.Out, p.Currency)}, {"rate", "1.00000"}, {"transid", stored(p.TransID)},
		{"invoiceid", num(p.InvoiceID)}, {"refundid", num(p.RefundID)}})
}

func (s *Simulator) transactions(c call) answer {
	rows := c.ordered
	switch {
	case c.form.Get("invoiceid") != "":
		rows = c.paymentsFor[c.number("invoiceid")]
	case c.form.Get("clientid") != "":
		rows = c.paymentsOf[c.number("clientid")]
	case c.form.Get("transid") != "":
		rows = c.paymentsBy[c.form.Get("transid")]
	}
	l := list{inner: "transaction"}
	for _, i := range rows {
		p := &c.Payments[i]
		if id := c.form.Get("clientid"); id != "" && id != strconv.Itoa(p.CustomerID) {
			continue
		}
		if t := c.form.Get("transid"); t != "" && t != p.TransID {
			continue
		}
		l.rows = append(l.rows, s.transaction(c, p))
	}
	total := len(l.rows)
	if s.options.CutTransactions {
		l.rows = l.rows[:min(total, 25)]
	}
	return answer{body: append(counters(total, 0, len(l.rows)), field{"transactions", l})}
}

func (s *Simulator) credits(c call) answer {
	client := c.number("clientid")
	if _, ok := c.customerAt[client]; !ok {
		return refuse("Client ID Not Found")
	}
	l := list{inner: "credit", flat: true}
	for _, i := range c.creditsOf[client] {
		v := &c.Credits[i]
		l.rows = append(l.rows, object{{"id", num(v.ID)}, {"date", wireDate(v.On)},
			{"description", stored(v.Text)}, {"amount", dec(v.Amount.Minor, v.Amount.Currency)},
			{"relid", num(v.InvoiceID)}})
	}
	return answer{body: object{{"totalresults", num(len(l.rows))}, {"clientid", num(client)},
		{"credits", l}}}
}

func (s *Simulator) payMethods(c call) answer {
	if !c.form.Has("clientid") {
		return refuse("Client ID Is Required")
	}
	i, ok := c.customerAt[c.number("clientid")]
	if !ok {
		return refuse("Client Not Found")
	}
	l, v := list{}, &c.Customers[i]
	// Only Stripe's module keeps cards here.
	if strings.HasPrefix(v.GatewayID, "cus_") && c.form.Get("type") != "BankAccount" {
		l.rows = append(l.rows, object{{"id", v.ID}, {"type", "RemoteCreditCard"},
			{"description", "Card"}, {"gateway_name", "stripe"}, {"contact_type", "Client"},
			{"contact_id", v.ID}, {"card_last_four", "4242"}, {"expiry_date", "02/29"},
			{"start_date", ""}, {"issue_number", ""}, {"card_type", "Visa"},
			{"remote_token", `{"customer":"` + v.GatewayID + `"}`},
			{"last_updated", v.CreatedOn.Time().Format("02/01/2006") + " 10:01"}})
	}
	return answer{body: object{{"clientid", v.ID}, {"paymethods", l}}}
}

func (s *Simulator) activityLog(c call) answer {
	rows := c.activity()
	if id := c.number("clientid"); id != 0 {
		rows = slices.DeleteFunc(slices.Clone(rows), func(e entry) bool { return e.client != id })
	}
	from, to := c.span(len(rows))
	l := list{inner: "entry"}
	for _, e := range rows[from:to] {
		row := object{{"id", int(e.id)}, {"date", c.time(e.at)}, {"description", e.text},
			{"username", "System"}, {"ipaddress", "127.0.0.1"}, {"userid", e.client}}
		if !strings.HasPrefix(s.options.Version, "7") {
			row = append(row, field{"clientId", e.client}, field{"userId", 0}, field{"adminId", 0})
		}
		l.rows = append(l.rows, row)
	}
	return answer{body: object{{"totalresults", len(rows)}, {"startnumber", from}, {"activity", l}}}
}

func (s *Simulator) automationLog(c call) answer {
	now := c.Now + book.Instant(s.options.ClockOffset.Milliseconds())
	day := now.In(c.zone)
	cron := day.Start(c.zone) + book.Instant((9 * time.Hour).Milliseconds())
	return answer{body: object{{"currentDatetime", c.time(now)},
		{"lastDailyCronInvocationTime", c.time(cron)},
		{"startdate", day.String() + " 00:00:00"}, {"enddate", day.String() + " 23:59:59"},
		{"statistics", object{}}}}
}

// usualSettings are the configuration of an installation that nobody has set otherwise.
var usualSettings = map[string]string{"SystemURL": "https://billing.example.com/",
	"CCProcessDaysBefore": "0", "CCAttemptOnlyOnce": "", "CCRetryEveryWeekFor": "2",
	"AutoSuspension": "on", "AutoSuspensionDays": "5", "AutoTermination": "",
	"AutoTerminationDays": "30", "AutoUnsuspend": "on", "SendReminder": "on"}

func (s *Simulator) configuration(c call) answer {
	name := c.form.Get("setting")
	value, ok := s.options.Settings[name]
	if !ok {
		value, ok = usualSettings[name]
	}
	if name == "CompanyName" {
		value, ok = stored(c.World.Name), true
	}
	switch {
	case name == "":
		return refuse("Parameter setting is required")
	case !ok:
		return refuse("Invalid name for parameter setting")
	}
	return answer{body: object{{"setting", name}, {"value", value}}}
}

// spoiled replaces what the switches spoil of a record.
func (s *Simulator) spoiled(kind string, id int, o object) object {
	if len(s.options.Spoil) == 0 {
		return o
	}
	spoil := s.options.Spoil[kind+" "+strconv.Itoa(id)]
	for i := range o {
		if v, ok := spoil[o[i].name]; ok {
			o[i].value = v
		}
		if inner, ok := o[i].value.(object); ok {
			o[i].value = s.spoiled(kind, id, inner)
		}
	}
	return o
}
