package money

import (
	"encoding/json"
	"errors"
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

func TestParse(t *testing.T) {
	for _, c := range []struct {
		in   string
		cur  Currency
		want int64
		err  error
	}{
		{"12.34", "EUR", 1234, nil},
		{"-12.3", "EUR", -1230, nil},
		{" +0.01 ", "EUR", 1, nil},
		{".5", "EUR", 50, nil},
		{"5.", "EUR", 500, nil},
		{"8.850", "EUR", 885, nil},
		{"-0.00", "EUR", 0, nil},
		{"150000", "JPY", 150000, nil},
		{"150000.00", "JPY", 150000, nil},
		{".0", "JPY", 0, nil},
		{"0.005", "KWD", 5, nil},
		{"1.2345", "CLF", 12345, nil},
		{"92233720368547758.07", "EUR", math.MaxInt64, nil},
		{"-92233720368547758.07", "EUR", -math.MaxInt64, nil},
		{"-92233720368547758.08", "EUR", 0, ErrOverflow},
		{"92233720368547758.08", "EUR", 0, ErrOverflow},
		{"18446744073709551619", "JPY", 0, ErrOverflow},
		{"", "EUR", 0, ErrAmount},
		{".", "EUR", 0, ErrAmount},
		{"-", "EUR", 0, ErrAmount},
		{"--5", "EUR", 0, ErrAmount},
		{"+-5", "EUR", 0, ErrAmount},
		{"12..34", "EUR", 0, ErrAmount},
		{"1.2.0", "EUR", 0, ErrAmount},
		{"1.200.", "EUR", 0, ErrAmount},
		{"1.239", "EUR", 0, ErrAmount},
		{"1,234.00", "EUR", 0, ErrAmount},
		{"1e5", "EUR", 0, ErrAmount},
		{"0x10", "EUR", 0, ErrAmount},
		{"١٢", "EUR", 0, ErrAmount},
		{"1.00", "XXX", 0, ErrCurrency},
	} {
		got, err := Parse(c.in, c.cur)
		if !errors.Is(err, c.err) || got.Minor != c.want {
			t.Errorf("Parse(%q, %s) = %d, %v; want %d, %v", c.in, c.cur, got.Minor, err, c.want, c.err)
		}
	}
}

func TestCurrency(t *testing.T) {
	if c, err := ParseCurrency(" eur\n"); err != nil || c != "EUR" {
		t.Errorf("got %q, %v", c, err)
	}
	if _, err := ParseCurrency("EURO"); !errors.Is(err, ErrCurrency) {
		t.Errorf("EURO: %v", err)
	}
	list := Currencies()
	for i, c := range list {
		if e, ok := c.Exponent(); !ok || e < 0 || e > 4 || e == 1 || len(c) != 3 {
			t.Errorf("%s has exponent %d, %v", c, e, ok)
		}
		if i > 0 && list[i-1] >= c {
			t.Errorf("%s is not after %s", c, list[i-1])
		}
	}
}

func anyMoney(t *rapid.T) Money {
	c := rapid.SampledFrom([]Currency{"JPY", "EUR", "KWD", "CLF"}).Draw(t, "currency")
	return New(rapid.Int64Range(-math.MaxInt64, math.MaxInt64).Draw(t, "minor"), c)
}

func TestDecimalReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := anyMoney(t)
		if got, err := Parse(m.Decimal(), m.Currency); err != nil || got != m {
			t.Fatalf("%s reads back as %v, %v", m.Decimal(), got, err)
		}
	})
}

func TestAddIsExactOrRefused(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := New(rapid.Int64().Draw(t, "a"), "EUR")
		b := New(rapid.Int64().Draw(t, "b"), "EUR")
		for _, op := range []struct {
			f    func(Money) (Money, error)
			want *big.Int
		}{
			{a.Add, new(big.Int).Add(big.NewInt(a.Minor), big.NewInt(b.Minor))},
			{a.Sub, new(big.Int).Sub(big.NewInt(a.Minor), big.NewInt(b.Minor))},
		} {
			got, err := op.f(b)
			if err != nil && !errors.Is(err, ErrOverflow) {
				t.Fatal(err)
			}
			fits := op.want.CmpAbs(big.NewInt(math.MaxInt64)) <= 0
			if err == nil && op.want.Cmp(big.NewInt(got.Minor)) != 0 {
				t.Fatalf("%v, %v: got %d, want %s", a, b, got.Minor, op.want)
			}
			if err != nil && fits && b.Minor != math.MinInt64 {
				t.Fatalf("%v, %v: refused though %s fits", a, b, op.want)
			}
		}
	})
}

func TestAddEdges(t *testing.T) {
	low := New(math.MinInt64, "EUR")
	for _, c := range []struct {
		a, b, want Money
		err        error
	}{
		{New(1, "EUR"), New(1, "USD"), Money{}, ErrCurrency},
		{Money{}, New(1, "USD"), New(1, "USD"), nil},
		{New(1, "USD"), Money{}, New(1, "USD"), nil},
		{New(math.MaxInt64, "EUR"), New(1, "EUR"), Money{}, ErrOverflow},
		{New(-math.MaxInt64, "EUR"), New(-1, "EUR"), Money{}, ErrOverflow},
		{low, low, Money{}, ErrOverflow},
	} {
		if got, err := c.a.Add(c.b); got != c.want || !errors.Is(err, c.err) {
			t.Errorf("%v + %v = %v, %v", c.a, c.b, got, err)
		}
	}
	if _, err := New(0, "EUR").Sub(low); !errors.Is(err, ErrOverflow) {
		t.Errorf("0 - lowest: %v", err)
	}
}

func TestSplitAddsUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := anyMoney(t)
		parts := m.Split(rapid.IntRange(1, 200).Draw(t, "n"))
		sum, last := Money{}, parts[len(parts)-1].Abs()
		for i, p := range parts {
			if d := p.Abs().Minor - last.Minor; d < 0 || d > 1 || i > 0 && p.Abs().Minor > parts[i-1].Abs().Minor {
				t.Fatalf("part %d of %v is %v, the last %v", i, m, p, last)
			}
			var err error
			if sum, err = sum.Add(p); err != nil {
				t.Fatal(err)
			}
		}
		if sum != m {
			t.Fatalf("parts of %v add up to %v", m, sum)
		}
	})
}

func TestConvert(t *testing.T) {
	for _, c := range []struct {
		m    Money
		rate string
		to   Currency
		want int64
		err  error
	}{
		{New(10000, "EUR"), "1.0825", "USD", 10825, nil},
		{New(5, "EUR"), "0.5", "USD", 2, nil},
		{New(15, "EUR"), "0.5", "USD", 8, nil},
		{New(-5, "EUR"), "0.5", "USD", -2, nil},
		{New(100, "EUR"), "163.5", "JPY", 164, nil},
		{New(1000, "JPY"), "0.002", "KWD", 2000, nil},
		{New(math.MaxInt64, "EUR"), "2", "USD", 0, ErrOverflow},
		{New(1, "EUR"), "2", "XXX", 0, ErrCurrency},
		{New(1, ""), "2", "EUR", 0, ErrCurrency},
	} {
		rate, _ := new(big.Rat).SetString(c.rate)
		got, err := c.m.Convert(rate, c.to)
		if !errors.Is(err, c.err) || got.Minor != c.want {
			t.Errorf("%v at %s to %s = %v, %v; want %d", c.m, c.rate, c.to, got, err, c.want)
		}
	}
}

func TestJSON(t *testing.T) {
	for _, m := range []Money{New(-1234, "EUR"), New(0, "JPY"), {}} {
		b, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		got := New(7, "USD")
		if err := json.Unmarshal(b, &got); err != nil || got != m {
			t.Errorf("%s reads back as %v, %v", b, got, err)
		}
	}
	for in, kind := range map[string]error{
		`{"amount": 12.5, "currency": "EUR"}`:                 ErrAmount,
		`{"amount": "12", "currency": "EUR"}`:                 ErrAmount,
		`{"amount": 1e3, "currency": "EUR"}`:                  ErrAmount,
		`{"amount": null, "currency": "EUR"}`:                 ErrAmount,
		`{"amount": -9223372036854775808, "currency": "EUR"}`: ErrAmount,
		`{"amount": 9223372036854775808, "currency": "EUR"}`:  ErrAmount,
		`{"amount": 1, "currency": "EUR", "minor": 2}`:        ErrAmount,
		`{"currency": "EUR"}`:                                 ErrAmount,
		`null`:                                                ErrAmount,
		`12`:                                                  ErrAmount,
		`{"amount": 1}`:                                       ErrCurrency,
		`{"amount": 1, "currency": ""}`:                       ErrCurrency,
		`{"amount": 1, "currency": "eur"}`:                    ErrCurrency,
	} {
		m := New(7, "USD")
		if err := m.UnmarshalJSON([]byte(in)); !errors.Is(err, kind) || m != New(7, "USD") {
			t.Errorf("%s: %v, %v; want %v", in, m, err, kind)
		}
	}
}
