package bankfile

import (
	"regexp"
	"strings"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// noted is what rows outside the table say of the statement. The balances are as written.
type noted struct {
	currency         money.Currency
	account          string
	from, to         book.Date
	opening, closing string
}

// read reads a row outside the table: a label and its value, or a bare code of a currency.
func (n *noted) read(r row) {
	label, value := "", ""
	for i := range r.cells {
		c := r.cell(i)
		switch {
		case c == "":
		case label == "":
			label = c
		case value == "":
			value = c
		}
		if cur := money.Currency(c); cur.Known() && n.currency == "" {
			n.currency = money.Currency(strings.Clone(c))
		}
	}
	if l, v, ok := strings.Cut(label, ":"); ok && strings.TrimSpace(v) != "" && value == "" {
		label, value = l, strings.TrimSpace(v)
	}
	name := fold(label)
	switch {
	case value == "":
	case openingWords[name]:
		if n.opening == "" {
			n.opening = strings.Clone(value)
		}
	case closingWords[name]:
		n.closing = strings.Clone(value)
	case hasRole(vocabulary[name], Currency):
		if c, err := money.ParseCurrency(value); err == nil {
			n.currency = c
		}
	case n.account == "" && accountLabel.MatchString(name):
		if number := accountNumber.FindString(value); number != "" {
			n.account = strings.Clone(number)
		}
	case periodLabel.MatchString(name):
		n.readPeriod(value)
	}
}

var (
	accountLabel  = regexp.MustCompile(`account|iban|konto|compte|cuenta|conto|rekening|uct|szamla|rachun`)
	accountNumber = regexp.MustCompile(`([A-Z]{2}\d{2}[A-Z0-9 ]{8,36}|\d[\d /.-]{4,32}\d)`)
	periodLabel   = regexp.MustCompile(`period|zeitraum|periode|periodo|obdobi|okres|idoszak|datumsbereich`)
	periodParts   = regexp.MustCompile(`(?i)\s+(?:to|bis|until|au|a|al|do|t/m|tot|-|–)\s+`)
)

func (n *noted) readPeriod(value string) {
	parts := periodParts.Split(value, 2)
	if len(parts) != 2 {
		return
	}
	from, ok1 := firstDate(parts[0])
	to, ok2 := firstDate(parts[1])
	if ok1 && ok2 && from <= to {
		n.from, n.to = from, to
	}
}

// signsOf are the signs of money that stand for one currency only.
var signsOf = map[string]money.Currency{"£": "GBP", "€": "EUR", "₹": "INR", "₽": "RUB", "zł": "PLN",
	"Kč": "CZK", "₪": "ILS", "₩": "KRW", "₺": "TRY", "₴": "UAH", "R$": "BRL", "฿": "THB", "₫": "VND"}

// signIn is the currency whose sign stands in a cell, "" where there is none or more than one.
func signIn(cell string) (found money.Currency) {
	for sign, c := range signsOf {
		if strings.Contains(cell, sign) {
			if found != "" {
				return ""
			}
			found = c
		}
	}
	return found
}
