package money

import (
	"math/big"
	"strings"
)

// Quantity is an exact decimal amount of any unit, as text: "0.00213371 BTC". It is for what the
// books do not add up: what a payer sent in a crypto currency, with up to 18 decimals. The zero
// value is no quantity. Two quantities of equal value and unit are equal texts.
type Quantity string

// The limits of a quantity.
const (
	quantityDigitsMax = 60
	unitMax           = 16
)

// ParseQuantity reads a decimal number in plain or exponent notation and a unit of letters and
// digits. Zeros that carry nothing are dropped, the unit is upper case. It returns ErrAmount for
// what is no number or out of reach, and ErrCurrency for what is no unit.
func ParseQuantity(decimal, unit string) (Quantity, error) {
	unit = strings.ToUpper(strings.TrimSpace(unit))
	if unit == "" || len(unit) > unitMax ||
		strings.Trim(unit, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") != "" {
		return "", wrap(ErrCurrency, unit)
	}
	d := strings.TrimSpace(decimal)
	if d == "" || len(d) > quantityDigitsMax || strings.Trim(d, "+-.0123456789eE") != "" {
		return "", wrap(ErrAmount, decimal)
	}
	if _, exponent, ok := strings.Cut(strings.ToLower(d), "e"); ok &&
		len(strings.TrimLeft(exponent, "+-0")) > 2 {
		return "", wrap(ErrAmount, decimal)
	}
	r, ok := new(big.Rat).SetString(d)
	if !ok {
		return "", wrap(ErrAmount, decimal)
	}
	places, exact := r.FloatPrec()
	if !exact || places > quantityDigitsMax {
		return "", wrap(ErrAmount, decimal)
	}
	return Quantity(r.FloatString(places) + " " + unit), nil
}

// Decimal is the number, "" for no quantity.
func (q Quantity) Decimal() string {
	d, _, _ := strings.Cut(string(q), " ")
	return d
}

// Unit is the unit, "" for no quantity.
func (q Quantity) Unit() string {
	_, unit, _ := strings.Cut(string(q), " ")
	return unit
}

// Cmp compares two quantities of one unit: -1, 0 or 1. It reports false where either is none or the
// units differ.
func (q Quantity) Cmp(o Quantity) (int, bool) {
	a, okA := new(big.Rat).SetString(q.Decimal())
	b, okB := new(big.Rat).SetString(o.Decimal())
	if !okA || !okB || q.Unit() != o.Unit() {
		return 0, false
	}
	return a.Cmp(b), true
}
