package money

import (
	"fmt"
	"math/big"
	"regexp"
	"strings"
)

// Tariff is a fee by contract: a percentage of an amount and a fixed part. The zero value is none.
type Tariff struct {
	// percent is exact; fixed is in major units of currency, "" of that of the amount.
	percent  *big.Rat
	fixed    string
	currency Currency
}

var tariffForm = regexp.MustCompile(
	`^(\d{1,2}(?:\.\d{1,6})?)\s*%(?:\s*\+\s*(\d{1,9}(?:\.\d{1,3})?)\s*([A-Z]{3})?)?$`)

// ParseTariff reads "1%", "1.5% + 0.25" or "2.9% + 0.30 USD". A fixed part without a currency is in the
// amount's own; one with a currency says nothing of amounts in others.
func ParseTariff(s string) (Tariff, error) {
	m := tariffForm.FindStringSubmatch(strings.TrimSpace(s))
	if m == nil {
		return Tariff{}, fmt.Errorf("money: %w: tariff %q is not of the form 1.5%% + 0.25 EUR", ErrAmount, s)
	}
	t := Tariff{fixed: m[2]}
	t.percent, _ = new(big.Rat).SetString(m[1])
	if m[3] != "" {
		c, err := ParseCurrency(m[3])
		if err != nil {
			return Tariff{}, err
		}
		if _, err := Parse(t.fixed, c); err != nil {
			return Tariff{}, err
		}
		t.currency = c
	}
	return t, nil
}

// Fee is what an amount costs, half to even. It reports false where the tariff says nothing of it: there
// is none, it is for another currency, or its fixed part has more places than the currency.
func (t Tariff) Fee(of Money) (Money, bool) {
	if t.percent == nil || t.currency != "" && t.currency != of.Currency {
		return Money{}, false
	}
	share := new(big.Rat).Mul(new(big.Rat).SetInt64(of.Minor), t.percent)
	minor, err := roundHalfEven(share.Quo(share, big.NewRat(100, 1)))
	if err != nil {
		return Money{}, false
	}
	fee := New(minor, of.Currency)
	if t.fixed == "" {
		return fee, true
	}
	fixed, err := Parse(t.fixed, of.Currency)
	if err != nil {
		return Money{}, false
	}
	sum, err := fee.Add(fixed)
	return sum, err == nil
}
