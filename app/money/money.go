// Package money owns exact money: an integer of minor units and its ISO 4217 currency. Everything
// that holds, adds, splits, reads or prints an amount calls it; no float is ever on the path, and
// two currencies are never added.
package money

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"math/bits"
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
// currency and equals nothing but itself.
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
	if (m.Minor > 0) == (o.Minor > 0) && (sum > 0) != (m.Minor > 0) && m.Minor != 0 {
		return Money{}, wrap(ErrOverflow, m.String()+" + "+o.String())
	}
	return Money{sum, m.Currency}, nil
}

// Sub is m − o, with the errors of Add.
func (m Money) Sub(o Money) (Money, error) { return m.Add(o.Neg()) }

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
	if !q.IsInt64() {
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

// Parse reads a plain decimal number, "-1234.5", into minor units: an optional sign, digits, and at
// most one point. Places beyond the currency's are accepted only where they are zero, so nothing
// is ever rounded. It returns ErrAmount, ErrOverflow or ErrCurrency.
func Parse(s string, c Currency) (Money, error) {
	exp, ok := c.Exponent()
	if !ok {
		return Money{}, wrap(ErrCurrency, string(c))
	}
	t := strings.TrimSpace(s)
	neg := strings.HasPrefix(t, "-")
	t = strings.TrimPrefix(strings.TrimPrefix(t, "-"), "+")
	if len(t) > 0 && (t[0] == '-' || t[0] == '+') {
		return Money{}, wrap(ErrAmount, s)
	}
	whole, frac, _ := strings.Cut(t, ".")
	if len(frac) > exp {
		if strings.Trim(frac[exp:], "0") != "" {
			return Money{}, fmt.Errorf("money: %w: %q has more decimals than %s", ErrAmount, s, c)
		}
		frac = frac[:exp]
	}
	if whole == "" && frac == "" && !strings.Contains(t, ".0") {
		return Money{}, wrap(ErrAmount, s)
	}
	minor, err := digits(whole+frac+strings.Repeat("0", exp-len(frac)), s)
	if err != nil {
		return Money{}, err
	}
	if neg {
		minor = -minor
	}
	return Money{minor, c}, nil
}

func digits(t, all string) (int64, error) {
	var n uint64
	for i := range len(t) {
		d := t[i] - '0'
		if d > 9 {
			return 0, wrap(ErrAmount, all)
		}
		hi, lo := bits.Mul64(n, 10)
		n = lo + uint64(d)
		if hi != 0 || n > 1<<63-1 {
			return 0, wrap(ErrOverflow, all)
		}
	}
	return int64(n), nil
}

// Decimal is the amount as a plain decimal number with the currency's places, "-1234.50"; what
// Parse reads.
func (m Money) Decimal() string {
	exp, _ := m.Currency.Exponent()
	return decimal(m.Minor, exp, "", ".", "-")
}

// String is the amount for people and logs without a locale: "-1,234.50 EUR".
func (m Money) String() string {
	if m.Currency == "" {
		return fmt.Sprintf("%d (no currency)", m.Minor)
	}
	exp, _ := m.Currency.Exponent()
	return decimal(m.Minor, exp, ",", ".", "-") + " " + string(m.Currency)
}

// decimal prints minor units with the given marks; group may be empty.
func decimal(minor int64, exp int, group, point, minus string) string {
	u := uint64(minor)
	if minor < 0 {
		u = -u
	}
	s := fmt.Sprintf("%0*d", exp+1, u)
	whole, frac := s[:len(s)-exp], s[len(s)-exp:]
	if group != "" {
		var b strings.Builder
		for i, r := range whole {
			if i > 0 && (len(whole)-i)%3 == 0 {
				b.WriteString(group)
			}
			b.WriteRune(r)
		}
		whole = b.String()
	}
	if exp > 0 {
		whole += point + frac
	}
	if minor < 0 {
		whole = minus + whole
	}
	return whole
}

// UnmarshalJSON reads {"amount": 1234, "currency": "EUR"} strictly: an integer and a known code.
func (m *Money) UnmarshalJSON(b []byte) error {
	var raw struct {
		Amount   *int64   `json:"amount"`
		Currency Currency `json:"currency"`
	}
	if err := json.Unmarshal(b, &raw); err != nil {
		return fmt.Errorf("money: %w: %w", ErrAmount, err)
	}
	if raw.Amount == nil || !raw.Currency.Known() {
		return wrap(ErrCurrency, string(b))
	}
	*m = Money{*raw.Amount, raw.Currency}
	return nil
}
