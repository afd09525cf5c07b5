package paypal

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// maximumItems is how many rows PayPal lists of a window.
const maximumItems = 10_000

// optional are the filters under which PayPal leaves out the running balance.
var optional = []string{"transaction_id", "transaction_type", "transaction_status",
	"transaction_amount", "transaction_currency", "payment_instrument_type", "store_id",
	"terminal_id"}

// window reads the ends of a window, both included.
func (s *Simulator) window(q url.Values) (from, to book.Instant, fail *simError) {
	var ends [2]time.Time
	for i, name := range []string{"start_date", "end_date"} {
		at, err := time.Parse(time.RFC3339, q.Get(name))
		if err != nil {
			return 0, 0, invalid("INVALID_PARAMETER_SYNTAX", "%s is missing or no date", name)
		}
		ends[i] = at
	}
	switch now := s.w.Now.Time(); {
	case ends[1].Before(ends[0]):
		return 0, 0, invalid("INVALID_DATE_RANGE", "End date must be after the start date.")
	case ends[1].Sub(ends[0]) > 31*24*time.Hour:
		return 0, 0, invalid("INVALID_DATE_RANGE", "Date range is greater than 31 days")
	case ends[0].Before(now.AddDate(-3, 0, 0)):
		return 0, 0, invalid("INVALID_DATE_RANGE", "The start date is more than three years ago.")
	case ends[0].After(s.refreshed()):
		return 0, 0, invalid("INVALID_REQUEST", "Data for the given start date is not available.")
	}
	return book.At(ends[0]), min(book.At(ends[1]), book.At(s.refreshed())), nil
}

// search answers a request for transactions.
func (s *Simulator) search(q url.Values) (any, *simError) {
	from, to, fail := s.window(q)
	if fail != nil {
		return nil, fail
	}
	size, fail := number(q, "page_size", 100, 1, 500)
	if fail != nil {
		return nil, fail
	}
	page, fail := number(q, "page", 1, 1, 1<<31-1)
	if fail != nil {
		return nil, fail
	}
	filtered := slices.ContainsFunc(optional, func(name string) bool { return q.Get(name) != "" })
	var found []*simRow
	for i := range s.rows {
		r := &s.rows[i]
		at := s.date(r)
		if at >= from && at <= to && s.matches(r, q) {
			found = append(found, r)
		}
	}
	found = s.arrived(q, found, size)
	most := maximumItems
	if s.quirks.MaximumItems > 0 {
		most = s.quirks.MaximumItems
	}
	if len(found) > most {
		return nil, &simError{status: http.StatusBadRequest, name: tooLarge,
			message: tooLargeMessage, more: map[string]any{"total_items": len(found),
				"maximum_items": most}}
	}
	pages := (len(found) + size - 1) / size
	rows := []any{}
	fields := q.Get("fields")
	all := strings.Contains(fields, "all") || strings.Contains(fields, "payer_info")
	for i := (page - 1) * size; i >= 0 && i < min(page*size, len(found)); i++ {
		rows = append(rows, found[i].render(all, filtered))
	}
	return map[string]any{"transaction_details": rows, "account_number": s.account(),
		"start_date": plus(from), "end_date": plus(to), "page": page, "total_items": len(found),
		"last_refreshed_datetime": plus(book.At(s.refreshed())), "total_pages": pages,
		"links": []any{map[string]any{"rel": "self", "method": "GET",
			"href": liveURL + "/v1/reporting/transactions?" + q.Encode()}}}, nil
}

func (s *Simulator) account() string {
	if s.quirks.Account != "" {
		return s.quirks.Account
	}
	return simulatorAccount
}

// arrived is what of a window is there by now.
func (s *Simulator) arrived(q url.Values, found []*simRow, size int) []*simRow {
	if s.quirks.Arriving == 0 || len(found) <= size+s.quirks.Arriving {
		return found
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	window := q.Get("start_date") + q.Get("end_date")
	missing := max(0, s.quirks.Arriving-s.arrivals[window])
	s.arrivals[window]++
	return found[:len(found)-missing]
}

func (s *Simulator) matches(r *simRow, q url.Values) bool {
	if r.memo && q.Get("balance_affecting_records_only") != "N" {
		return false
	}
	for name, v := range map[string]string{"transaction_id": r.id, "transaction_type": r.code,
		"transaction_status": r.status, "transaction_currency": string(r.amount.Currency)} {
		if want := q.Get(name); want != "" && want != v {
			return false
		}
	}
	if low, high, ok := strings.Cut(q.Get("transaction_amount"), " TO "); ok {
		least, err1 := strconv.ParseInt(low, 10, 64)
		most, err2 := strconv.ParseInt(high, 10, 64)
		if err1 != nil || err2 != nil || r.amount.Minor < least || r.amount.Minor > most {
			return false
		}
	}
	return q.Get("payment_instrument_type") == "" && q.Get("store_id") == "" &&
		q.Get("terminal_id") == ""
}

// balances answers what the account held at a moment: in total, of it withheld, and the rest.
func (s *Simulator) balances(q url.Values) (any, *simError) {
	asOf := book.At(s.refreshed())
	if v := q.Get("as_of_time"); v != "" {
		at, err := time.Parse(time.RFC3339, v)
		if err != nil {
			return nil, invalid("INVALID_PARAMETER_SYNTAX", "as_of_time is no date")
		}
		if at.Before(s.w.Now.Time().AddDate(-3, 0, 0)) {
			return nil, invalid("INVALID_DATE_RANGE", "The date is more than three years ago.")
		}
		asOf = min(asOf, book.At(at))
	}
	free, held := map[money.Currency]int64{}, map[money.Currency]int64{}
	var order []money.Currency
	for _, m := range s.w.PayPal.Movements {
		if m.At/1000*1000 > asOf {
			continue
		}
		if _, seen := free[m.Currency]; !seen {
			order = append(order, m.Currency)
		}
		free[m.Currency] += m.Net
		if m.Category == "hold" || m.Category == "risk_reserved_funds" {
			held[m.Currency] -= m.Net
		}
	}
	slices.Sort(order)
	list := []any{}
	for _, c := range order {
		if only := q.Get("currency_code"); only != "" && only != string(c) && only != "ALL" {
			continue
		}
		amount := func(minor int64) any {
			return map[string]any{"currency_code": string(c), "value": money.New(minor, c).Decimal()}
		}
		list = append(list, map[string]any{"currency": string(c), "primary": c == s.w.Base,
			"total_balance":     amount(free[c] + held[c]),
			"available_balance": amount(free[c]), "withheld_balance": amount(held[c])})
	}
	return map[string]any{"balances": list, "account_id": s.account(), "as_of_time": plus(asOf),
		"last_refresh_time": plus(book.At(s.refreshed()))}, nil
}
