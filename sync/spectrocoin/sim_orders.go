package spectrocoin

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"countinghouse/app/book"
	"countinghouse/app/money"
	"countinghouse/sync/world"
)

// number is a decimal number in the form that the quirks ask for.
func (s *Simulator) number(decimal string) any {
	if decimal == "" {
		return nil
	}
	switch s.quirks.Numbers {
	case AsNumber:
		return json.Number(decimal)
	case AsExponent:
		return json.Number(exponent(decimal))
	}
	return decimal
}

// exponent is a decimal number with an exponent: 12000e-2.
func exponent(decimal string) string {
	rest, negative := strings.CutPrefix(decimal, "-")
	whole, part, _ := strings.Cut(rest, ".")
	digits := strings.TrimLeft(whole+part, "0")
	if digits == "" {
		digits = "0"
	}
	if negative {
		digits = "-" + digits
	}
	return digits + "e-" + strconv.Itoa(len(part))
}

// status is a status in the form that the quirks ask for.
func (s *Simulator) status(name string) any {
	code := codeOf(name)
	switch {
	case code != "" && s.quirks.Statuses == AsCode:
		return json.Number(code)
	case code != "" && s.quirks.Statuses == AsDigits:
		return code
	case s.quirks.Statuses == AsLower:
		return strings.ToLower(name)
	}
	return name
}

// codeOf is a status's number, "" for one that has none.
func codeOf(name string) string {
	for code, n := range codes {
		if n == name {
			return code
		}
	}
	return ""
}

func stamp(at book.Instant) any {
	if at == 0 {
		return nil
	}
	return at.String()
}

// receive is what an order says that the merchant gets.
func (s *Simulator) receive(o world.Order) money.Money {
	if s.quirks.Net {
		for _, m := range s.rows[o.Receive.Currency] {
			if m.ID == o.MovementID && o.MovementID != "" {
				return money.New(m.Net, m.Currency)
			}
		}
	}
	return o.Receive
}

func (s *Simulator) render(o world.Order) map[string]any {
	receive := s.receive(o)
	out := map[string]any{"orderId": o.Ref, "status": s.status(o.Status),
		"receiveAmount":       s.number(receive.Decimal()),
		"receiveCurrencyCode": receive.Currency}
	if !s.quirks.NoPreOrder {
		out["merchantPreOrderId"] = o.PreOrderID
	}
	out["id"] = o.ID
	if s.quirks.Bare {
		return out
	}
	out["projectId"], out["description"] = simulatorProject, o.Text
	out["payAmount"], out["payCurrencyCode"] = s.number(o.Pay.Decimal()), nil
	if o.Pay != "" {
		out["payCurrencyCode"], out["payNetworkCode"] = o.Pay.Unit(), o.Network
	}
	out["receivedAmount"] = s.number(o.Received.Decimal())
	out["createdAt"], out["paidAt"] = stamp(o.At), stamp(o.PaidAt)
	out["updatedAt"], out["validUntil"] = stamp(o.UpdatedAt), stamp(o.ValidUntil)
	if o.RequestID != 0 {
		out["orderRequestId"] = o.RequestID
	}
	return out
}

func (s *Simulator) one(r *http.Request) (any, *simError) {
	i, ok := s.byID[r.PathValue("id")]
	if !ok {
		return nil, &simError{http.StatusNotFound, "GEN_4", "The order does not exist"}
	}
	return s.render(s.orders[i]), nil
}

// list is the list of orders. Its parameters and its form are placeholders: the vendor documents
// that it is there, and no more.
func (s *Simulator) list(r *http.Request) (any, *simError) {
	q := r.URL.Query()
	invalid := func(name string) *simError {
		return &simError{http.StatusUnprocessableEntity, "GEN_3", "Parameter " + name +
			" is not valid"}
	}
	if name := unknownOf(q); name != "" {
		return nil, invalid(name)
	}
	if q.Get(listNames.project) != simulatorProject {
		return nil, &simError{http.StatusForbidden, "GEN_5", "The project is not yours"}
	}
	page, err := strconv.Atoi(q.Get(listNames.page))
	if err != nil || page < 0 {
		return nil, invalid(listNames.page)
	}
	size, err := strconv.Atoi(q.Get(listNames.size))
	if err != nil || size < 1 || size > pageSize {
		return nil, invalid(listNames.size)
	}
	from, err := moment(q.Get(listNames.from), nil)
	if err != nil {
		return nil, invalid(listNames.from)
	}
	to, err := moment(q.Get(listNames.to), nil)
	if err != nil {
		return nil, invalid(listNames.to)
	}
	var found []world.Order
	for _, o := range s.orders {
		if o.At >= from && (to == 0 || o.At <= to) &&
			(q.Get(listNames.status) == "" || q.Get(listNames.status) == o.Status) {
			found = append(found, o)
		}
	}
	if s.quirks.Unstable && len(found) > 1 {
		turn := s.next() % len(found)
		found = append(slices.Clone(found[turn:]), found[:turn]...)
	}
	total := len(found)
	found = found[min(total, page*size):min(total, page*size+size)]
	content := make([]any, len(found))
	for i, o := range found {
		content[i] = s.render(o)
	}
	return map[string]any{listNames.content: content, listNames.total: total,
		listNames.pages: (total + size - 1) / size}, nil
}

// create makes a pre-order. It has no order id: that comes when the payer has chosen a currency.
func (s *Simulator) create(r *http.Request) (any, *simError) {
	var o object
	body, err := io.ReadAll(io.LimitReader(r.Body, bodyMax))
	if err != nil || json.Unmarshal(body, &o) != nil {
		return nil, &simError{http.StatusBadRequest, "GEN_1", "The body is no JSON"}
	}
	t := &texts{o: o}
	ref, project := t.get([]string{"orderId"}), t.get([]string{"projectId"})
	receive, err := amountOf(t.get(names.receive), t.get(names.receiveIn))
	if t.err != nil || err != nil || ref == "" || project != simulatorProject ||
		t.get([]string{"callbackUrl"}) == "" {
		return nil, &simError{http.StatusUnprocessableEntity, "GEN_3", "A field is not valid"}
	}
	n := s.next()
	id := fmt.Sprintf("%08x-0000-4000-8000-%012x", n, s.w.Options.Seed)
	shown := ref
	if s.quirks.SystemOrderID {
		shown = strconv.Itoa(20_000_000 + n)
	}
	return map[string]any{"preOrderId": id, "orderId": shown,
		"validUntil": stamp(s.w.Now + 15*60*1000), "payCurrencyCode": nil, "payNetworkCode": nil,
		"payAmount": nil, "depositAddress": nil, "memo": nil,
		"receiveCurrencyCode": receive.Currency, "receiveAmount": s.number(receive.Decimal()),
		"redirectUrl": "https://spectrocoin.example/en/payment/preorder/" + id}, nil
}

// createOlder makes an order by the older API, whose errors come with status 203.
func (s *Simulator) createOlder(w http.ResponseWriter, r *http.Request) {
	refuse := func(code int, message string) {
		s.reply(w, http.StatusNonAuthoritativeInfo,
			[]any{map[string]any{"code": code, "message": message}})
	}
	r.Body = http.MaxBytesReader(w, r.Body, bodyMax)
	if !strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded") {
		refuse(97, "Unsupported media type")
		return
	}
	if err := r.ParseForm(); err != nil {
		refuse(99, "Check the request")
		return
	}
	f := r.PostForm
	merchant, api := simulatorMerchant, simulatorAPI
	if f.Has("userId") {
		merchant, api = simulatorUser, simulatorProject
	}
	receive, err := amountOf(f.Get("receiveAmount"), f.Get("receiveCurrency"))
	switch ref := f.Get("orderId"); {
	case requestSigning.verify(f, &merchantKey().PublicKey) != nil:
		refuse(2, "The signature is not valid")
	case f.Get("merchantId")+f.Get("userId") != merchant ||
		f.Get("apiId")+f.Get("merchantApiId") != api:
		refuse(6, "The merchant or the API is not known")
	case err != nil || f.Get("payCurrency") == "":
		refuse(1, "An amount or a currency is not valid")
	case ref != "" && !s.take(ref):
		refuse(5, "The order exists already")
	default:
		n := s.next()
		request := 20_000_000 + n
		if ref == "" {
			ref = strconv.Itoa(request)
		}
		s.reply(w, http.StatusOK, map[string]any{"orderRequestId": request, "orderId": ref,
			"payCurrency": f.Get("payCurrency"), "payAmount": json.Number("0.00213371"),
			"receiveCurrency": receive.Currency, "receiveAmount": json.Number(receive.Decimal()),
			"depositAddress": fmt.Sprintf("bc1qsim%08x", n),
			"redirectUrl":    fmt.Sprintf("https://spectrocoin.example/en/order/view/%d.html", request),
			"validUntil":     int64(s.w.Now) + 15*60*1000})
	}
}

// take notes a reference as used; false where it was.
func (s *Simulator) take(ref string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.asked[ref] {
		return false
	}
	s.asked[ref] = true
	return true
}
