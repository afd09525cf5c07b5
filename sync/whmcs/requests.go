package whmcs

import (
	"net/url"
	"strconv"
)

// request is one reading call. Requests are made by the functions below only: WHMCS ignores names
// that it does not know, so a misspelt filter would return everything.
type request struct {
	action string
	// about is the id that the request is about, 0 for lists.
	about int64
	form  url.Values
}

// op is what the request asks, for errors: "GetInvoice 5012".
func (r request) op() string {
	if r.about == 0 {
		return r.action
	}
	return r.action + " " + strconv.FormatInt(r.about, 10)
}

func plain(action string) request { return request{action: action, form: url.Values{}} }

func about(action, field string, id int64) request {
	return request{action, id, url.Values{field: {strconv.FormatInt(id, 10)}}}
}

func paged(action string, start, count int) request {
	r := plain(action)
	r.form.Set("limitstart", strconv.Itoa(start))
	r.form.Set("limitnum", strconv.Itoa(count))
	return r
}

func whmcsDetails() request      { return plain("WhmcsDetails") }
func getCurrencies() request     { return plain("GetCurrencies") }
func getPaymentMethods() request { return plain("GetPaymentMethods") }

// getClients lists clients with the lowest id first; releases before 8.2 ignore the order.
func getClients(start, count int) request {
	r := paged("GetClients", start, count)
	r.form.Set("orderby", "id")
	r.form.Set("sorting", "ASC")
	return r
}

func getClientsDetails(client int64) request {
	return about("GetClientsDetails", "clientid", client)
}

func getClientsProducts(start, count int) request {
	return paged("GetClientsProducts", start, count)
}

// getPayMethods lists the payment methods that a client has saved; since 7.8.
func getPayMethods(client int64) request { return about("GetPayMethods", "clientid", client) }

// getConfigurationValue reads one setting; since 7.0.
func getConfigurationValue(name string) request {
	r := plain("GetConfigurationValue")
	r.form.Set("setting", name)
	return r
}

func getServiceOf(id int64) request { return about("GetClientsProducts", "serviceid", id) }

// getInvoices lists invoices with the highest id first.
func getInvoices(start, count int) request {
	r := paged("GetInvoices", start, count)
	r.form.Set("orderby", "id")
	r.form.Set("order", "desc")
	return r
}

// getInvoicesOf lists the invoices of one client, highest id first.
func getInvoicesOf(client int64, start, count int) request {
	r := getInvoices(start, count)
	r.about = client
	r.form.Set("userid", strconv.FormatInt(client, 10))
	return r
}

func getInvoice(id int64) request { return about("GetInvoice", "invoiceid", id) }

func getTransactionsOfClient(client int64) request {
	return about("GetTransactions", "clientid", client)
}

func getTransactionsOfInvoice(id int64) request {
	return about("GetTransactions", "invoiceid", id)
}

func getCredits(client int64) request { return about("GetCredits", "clientid", client) }

// getActivityLog lists what happened in WHMCS, newest first.
func getActivityLog(start, count int) request { return paged("GetActivityLog", start, count) }
