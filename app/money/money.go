// Package money owns exact money: an integer of minor units and its ISO 4217 currency. Everything
// that holds, adds, splits, reads or prints an amount calls it; no float is ever on the path, and
// two currencies are never added.
package money

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"math/big"
	"strings"
)

// The kinds of error of this package; callers test them with errors.Is.
var (
	// ErrCurrency says that a code is not in ISO 4217, or that two amounts differ in currency.
	ErrCurrency = errors.New("unknown or different currency")
	// ErrAmount says that a text is not an amount, or has more places than the currency.
	ErrAmount = errors.New("not an amount")
	// ErrOverflow says that a result does not fit into 64 bits of minor units.
	ErrOverflow = errors.New("amount too large")
)

func wrap(kind error, what string) error { return fmt.Errorf("money: %w: %q", kind, what) }

// Money is an amount of minor units in a currency; toward us is positive. The zero value has no
// currency and equals nothing but itself. The range is the same on both sides of zero, ±(2⁶³−1), so
// that every amount can be turned round; no function here returns the odd one below it.
type Money struct {
	Minor    int64    `json:"amount"`
	Currency Currency `json:"currency"`
}

// New is an amount of minor units in a currency.
func New(minor int64, c Currency) Money { return Money{Minor: minor, Currency: c} }

// IsZero reports whether the amount is zero, in any currency.
func (m Money) IsZero() bool { return m.Minor == 0 }

// Neg is the amount with the other sign.
func (m Money) Neg() Money { return Money{-m.Minor, m.Currency} }

// Abs is the amount without its sign.
func (m Money) Abs() Money {
	if m.Minor < 0 {
		return m.Neg()
	}
	return m
}

// Add adds two amounts of one currency. It returns ErrCurrency where they differ, except that an
// amount without a currency and of zero is neutral, and ErrOverflow where the sum does not fit.
func (m Money) Add(o Money) (Money, error) {
	switch {
	case m == Money{}:
		return o, nil
	case o == Money{}:
		return m, nil
	case m.Currency != o.Currency:
		return Money{}, wrap(ErrCurrency, string(m.Currency)+" + "+string(o.Currency))
	}
	sum := m.Minor + o.Minor
	if (m.Minor^sum)&(o.Minor^sum) < 0 || sum == math.MinInt64 {
		return Money{}, wrap(ErrOverflow, m.String()+" + "+o.String())
	}
	return Money{sum, m.Currency}, nil
}

// Sub is m − o, with the errors of Add.
func (m Money) Sub(o Money) (Money, error) {
	if o.Minor == math.MinInt64 {
		return Money{}, wrap(ErrOverflow, m.String()+" - "+o.String())
	}
	return m.Add(o.Neg())
}

// Split divides the amount into n parts that add up to it and differ by one minor unit at most,
// the larger ones first. n must be positive.
func (m Money) Split(n int) []Money {
	if n <= 0 {
		panic("money: split into no parts")
	}
	q, r := m.Minor/int64(n), m.Minor%int64(n)
	out := make([]Money, n)
	for i := range out {
		out[i] = Money{q, m.Currency}
		if int64(i) < max(r, -r) {
			if r > 0 {
				out[i].Minor++
			} else {
				out[i].Minor--
			}
		}
	}
	return out
}

// Convert is the amount in another currency at a rate of major unit to major unit, rounded half to
// even to the other currency's minor unit. It returns ErrCurrency for an unknown currency and
// ErrOverflow where the result does not fit.
func (m Money) Convert(rate *big.Rat, to Currency) (Money, error) {
	from, ok := m.Currency.Exponent()
	if !ok {
		return Money{}, wrap(ErrCurrency, string(m.Currency))
	}
	place, ok := to.Exponent()
	if !ok {
		return Money{}, wrap(ErrCurrency, string(to))
	}
	r := new(big.Rat).SetInt64(m.Minor)
	r.Mul(r, rate)
	r.Mul(r, new(big.Rat).SetFrac64(pow10(place), pow10(from)))
	minor, err := roundHalfEven(r)
	if err != nil {
		return Money{}, err
	}
	return Money{minor, to}, nil
}

func roundHalfEven(r *big.Rat) (int64, error) {
	q, rem := new(big.Int).QuoRem(r.Num(), r.Denom(), new(big.Int))
	twice := new(big.Int).Abs(rem)
	twice.Lsh(twice, 1)
	c := twice.Cmp(r.Denom())
	if c > 0 || c == 0 && q.Bit(0) == 1 {
		q.Add(q, big.NewInt(int64(r.Sign())))
	}
	if !q.IsInt64() || q.Int64() == math.MinInt64 {
		return 0, wrap(ErrOverflow, r.FloatString(0))
	}
	return q.Int64(), nil
}

func pow10(n int) int64 {
	p := int64(1)
	for range n {
		p *= 10
	}
	return p
}

// Parse reads a plain decimal number, "-1234.5", into minor units: an optional sign, at least one
// digit, and at most one point, which may stand first or last. Places beyond the currency's are
// accepted only where they are zero, so nothing is ever rounded. It returns ErrAmount, ErrOverflow
// or ErrCurrency.
func Parse(s string, c Currency) (Money, error) {
	t := strings.TrimSpace(s)
	neg := strings.HasPrefix(t, "-")
	if neg || strings.HasPrefix(t, "+") {
		t = t[1:]
	}
	whole, frac, _ := strings.Cut(t, ".")
	return fromDigits(neg, whole, frac, c, s)
}

// fromDigits joins the digits before and after the point; all is the whole text, for the error.
func fromDigits(neg bool, whole, frac string, c Currency, all string) (Money, error) {
	exp, ok := c.Exponent()
	if !ok {
		return Money{}, wrap(ErrCurrency, string(c))
	}
	if whole+frac == "" {
		return Money{}, wrap(ErrAmount, all)
	}
	if len(frac) > exp {
		rest := strings.TrimLeft(frac[exp:], "0")
		if rest != "" && strings.Trim(rest, "0123456789") == "" {
			return Money{}, fmt.Errorf("money: %w: %q has more decimals than %s", ErrAmount, all, c)
		}
		frac = frac[:exp] + rest
	}
	minor, err := digits(whole+frac+strings.Repeat("0", max(0, exp-len(frac))), all)
	if err != nil {
		return Money{}, err
	}
	if neg {
		minor = -minor
	}
	return Money{minor, c}, nil
}

func digits(t, all string) (int64, error) {
	var n int64
	for i := range len(t) {
		d := t[i] - '0'
		if d > 9 {
			return 0, wrap(ErrAmount, all)
		}
		if n > (math.MaxInt64-int64(d))/10 {
			return 0, wrap(ErrOverflow, all)
		}
		n = n*10 + int64(d)
	}
	return n, nil
}

// Decimal is the amount as a plain decimal number with the currency's places, "-1234.50"; what
// Parse reads.
func (m Money) Decimal() string {
	exp, _ := m.Currency.Exponent()
	return Marks{Point: ".", Minus: "-"}.decimal(m.Minor, exp)
}

// String is the amount for people and logs without a locale: "-1,234.50 EUR".
func (m Money) String() string {
	if m.Currency == "" {
		return fmt.Sprintf("%d (no currency)", m.Minor)
	}
	exp, _ := m.Currency.Exponent()
	return Marks{Point: ".", Group: ",", Minus: "-"}.decimal(m.Minor, exp) + " " + string(m.Currency)
}

// UnmarshalJSON reads {"amount": 1234, "currency": "EUR"} strictly: an integer, a known code and
// nothing else. The zero Money, without a currency, reads back as it was written.
func (m *Money) UnmarshalJSON(b []byte) error {
	var raw struct {
		Amount   *int64    `json:"amount"`
		Currency *Currency `json:"currency"`
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&raw); err != nil {
		return fmt.Errorf("money: %w: %w", ErrAmount, err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return wrap(ErrAmount, string(b))
	}
	switch {
	case raw.Amount == nil || *raw.Amount == math.MinInt64:
		return wrap(ErrAmount, string(b))
	case raw.Currency == nil,
		!raw.Currency.Known() && (*raw.Currency != "" || *raw.Amount != 0):
		return wrap(ErrCurrency, string(b))
	}
	*m = Money{*raw.Amount, *raw.Currency}
	return nil
}
