package spectrocoin

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"

	"countinghouse/app/book"
	"countinghouse/app/money"
	"countinghouse/sync/world"
)

// walletCode answers a call of the wallet API with an error of its own.
func (s *Simulator) walletCode(w http.ResponseWriter, code int, message string) {
	s.reply(w, http.StatusNonAuthoritativeInfo,
		[]any{map[string]any{"code": code, "message": message}})
}

func (s *Simulator) walletAuth(w http.ResponseWriter, r *http.Request) {
	var ask struct {
		ID     string `json:"client_id"`
		Secret string `json:"client_secret"`
		Scope  string `json:"scope"`
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, bodyMax))
	switch {
	case err != nil || json.Unmarshal(body, &ask) != nil:
		s.walletCode(w, 99, "Check the request")
	case ask.ID != simulatorClient || ask.Secret != simulatorSecret:
		s.fail(w, simError{http.StatusUnauthorized, "GEN_2", "The client is not known"})
	default:
		s.reply(w, http.StatusOK, map[string]any{"access_token": s.issue(),
			"refresh_token": s.issue(), "token_type": "bearer", "expires_in": 300,
			"scope": ask.Scope})
	}
}

func (s *Simulator) guardedWallet(call func(http.ResponseWriter, *http.Request)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if !s.admits(r) {
			s.fail(w, simError{http.StatusUnauthorized, "GEN_2", "The token is not valid"})
			return
		}
		call(w, r)
	}
}

// accountNo is the number of a currency's account.
func (s *Simulator) accountNo(c money.Currency) string {
	return strconv.Itoa(700_100 + slices.Index(s.held(), c))
}

// held are the currencies of the wallet, in alphabetic order.
func (s *Simulator) held() []money.Currency { return slices.Sorted(maps.Keys(s.rows)) }

func (s *Simulator) walletAccounts(w http.ResponseWriter, _ *http.Request) {
	accounts := []any{map[string]any{"accountId": "700099", "currencyName": "Bitcoin",
		"currencyCode": "BTC", "balance": s.number("0.04100000"), "currencySymbol": "BTC"}}
	for _, c := range s.held() {
		sum := int64(0)
		for _, m := range s.rows[c] {
			sum += m.Net
		}
		accounts = append(accounts, map[string]any{"accountId": s.accountNo(c), "currencyCode": c,
			"balance": s.number(money.New(sum, c).Decimal())})
	}
	s.reply(w, http.StatusOK, map[string]any{"accounts": accounts})
}

func (s *Simulator) walletHistory(w http.ResponseWriter, r *http.Request) {
	page, err := strconv.Atoi(r.URL.Query().Get("page"))
	size, err2 := strconv.Atoi(r.URL.Query().Get("size"))
	if err != nil || err2 != nil || page < 0 || size < 1 || size > walletPage {
		s.walletCode(w, 1, "Page or size is not valid")
		return
	}
	for _, c := range s.held() {
		if s.accountNo(c) != r.PathValue("id") {
			continue
		}
		list := s.rows[c]
		part := list[min(len(list), page*size):min(len(list), page*size+size)]
		rows := []any{}
		for _, m := range part {
			rows = append(rows, map[string]any{"transactionNo": m.ID,
				"amount": s.number(money.New(m.Net, c).Decimal()), "description": s.rowText(m),
				"date": int64(m.At), "status": s.rowStatus(m)})
		}
		s.reply(w, http.StatusOK, map[string]any{"history": rows, "totalCount": len(list)})
		return
	}
	s.walletCode(w, 1001, "The account does not exist")
}

// rowStatus is PENDING for a withdrawal that has not gone out.
func (s *Simulator) rowStatus(m world.Movement) string {
	for _, p := range s.w.SpectroCoin.Payouts {
		if p.MovementID == m.ID && p.State == book.PayoutPending {
			return rowPending
		}
	}
	return rowProcessed
}

// rowText is what the wallet says of a row: one third of the orders by each of their ids.
func (s *Simulator) rowText(m world.Movement) string {
	switch m.Category {
	case "charge":
		i, ok := s.byID[m.SourceID]
		if !ok {
			return "Incoming payment"
		}
		o := s.orders[i]
		switch n := int(m.At/1000) % 3; {
		case n == 0 && o.Ref != "" && s.byRef[o.Ref] == 1:
			return "Merchant order " + o.Ref
		case n == 1 && o.PreOrderID != "":
			return "Payment for pre-order " + o.PreOrderID + "."
		}
		return "Merchant order (" + o.ID + ")"
	case "refund":
		for _, r := range s.w.SpectroCoin.Refunds {
			if r.ID == m.SourceID {
				return "Refund of merchant order " + r.ChargeID
			}
		}
		return "Refund"
	case "payout":
		return "Withdrawal to bank account"
	case "payout_reversal":
		for _, p := range s.w.SpectroCoin.Payouts {
			if p.ID == m.SourceID {
				return "Returned withdrawal " + p.MovementID
			}
		}
		return "Returned withdrawal"
	case "conversion":
		return "Exchange of " + string(m.Currency)
	case "fee":
		return "Account fee"
	}
	return "Adjustment"
}
