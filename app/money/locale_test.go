package money

import (
	"errors"
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestFormat(t *testing.T) {
	german := Marks{Point: ",", Group: ".", Minus: "-"}
	lakh := Marks{Point: ".", Group: ",", Minus: "-", Lakh: true}
	for _, c := range []struct {
		k    Marks
		m    Money
		want string
	}{
		{Plain, New(-123450, "EUR"), "\u22121,234.50"},
		{Plain, New(5, "EUR"), "0.05"},
		{Plain, New(100000, "EUR"), "1,000.00"},
		{Plain, New(99999, "EUR"), "999.99"},
		{Plain, New(1234567, "JPY"), "1,234,567"},
		{Plain, New(5, "KWD"), "0.005"},
		{german, New(123456789, "EUR"), "1.234.567,89"},
		{lakh, New(125000075, "INR"), "12,50,000.75"},
		{lakh, New(10000000, "INR"), "1,00,000.00"},
		{lakh, New(100000, "INR"), "1,000.00"},
		{Marks{Point: ","}, New(123456, "EUR"), "1234,56"},
		{Plain, New(math.MinInt64, "EUR"), "\u221292,233,720,368,547,758.08"},
		{Plain, Money{}, "0"},
	} {
		if got := c.k.Format(c.m); got != c.want {
			t.Errorf("%+v: %q, want %q", c.m, got, c.want)
		}
	}
}

func TestMarksParse(t *testing.T) {
	for _, c := range []struct {
		in    string
		point string
		cur   Currency
		want  int64
		err   error
	}{
		{"1.234,56", ",", "EUR", 123456, nil},
		{"12\u202f345,67", ",", "EUR", 1234567, nil},
		{"-1\u00a0234,50", ",", "EUR", -123450, nil},
		{"11'373.94", ".", "CHF", 1137394, nil},
		{"11\u2019373.94", ".", "CHF", 1137394, nil},
		{"12,50,000.75", ".", "INR", 125000075, nil},
		{"1,00,000.00", ".", "INR", 10000000, nil},
		{"(75.00)", ".", "USD", -7500, nil},
		{"($75.00)", ".", "USD", -7500, nil},
		{"1,034.50-", ".", "EUR", -103450, nil},
		{"\u221215.25", ".", "EUR", -1525, nil},
		{"- $12.01", ".", "USD", -1201, nil},
		{"-$12.01", ".", "USD", -1201, nil},
		{"$-12.01", ".", "USD", -1201, nil},
		{"+ £1,100.00", ".", "GBP", 110000, nil},
		{"USD 9.126,07", ",", "USD", 912607, nil},
		{"9.126,07 usd", ",", "USD", 912607, nil},
		{"1,00,000.00 Cr", ".", "INR", 10000000, nil},
		{"75.00DR", ".", "INR", -7500, nil},
		{"75.00 Dr.", ".", "INR", -7500, nil},
		{"Rs.500", ".", "INR", 50000, nil},
		{"Rs. 1,500.5", ".", "INR", 150050, nil},
		{"د.إ.\u200f 1,200.00", ".", "AED", 120000, nil},
		{"\u200e-12.50", ".", "AED", -1250, nil},
		{"1 234,56 kr", ",", "SEK", 123456, nil},
		{"-4,9", ",", "EUR", -490, nil},
		{"300,", ",", "EUR", 30000, nil},
		{".50", ".", "EUR", 50, nil},
		{"-.50", ".", "EUR", -50, nil},
		{"1,234", ",", "KWD", 1234, nil},
		{"1,234", ".", "KWD", 1234000, nil},
		{"10000", ".", "EUR", 1000000, nil},
		{"8.8500", ".", "EUR", 885, nil},
		{"12..34", ".", "EUR", 0, ErrAmount},
		{"12..34", ",", "EUR", 0, ErrAmount},
		{"12,,34", ".", "EUR", 0, ErrAmount},
		{"1.23.456", ".", "EUR", 0, ErrAmount},
		{"1.23.456", ",", "INR", 12345600, nil},
		{"1,2345", ".", "EUR", 0, ErrAmount},
		{"1234,567", ".", "EUR", 0, ErrAmount},
		{"1.234'567", ",", "EUR", 0, ErrAmount},
		{"1,234,56", ".", "EUR", 0, ErrAmount},
		{"12,34", ".", "EUR", 0, ErrAmount},
		{"1.234", ".", "EUR", 0, ErrAmount},
		{"--5", ".", "EUR", 0, ErrAmount},
		{"(-5)", ".", "EUR", 0, ErrAmount},
		{"-5 DR", ".", "EUR", 0, ErrAmount},
		{"5)", ".", "EUR", 0, ErrAmount},
		{")5(", ".", "EUR", 0, ErrAmount},
		{"5 apples", ".", "EUR", 0, ErrAmount},
		{"INV 5", ".", "EUR", 0, ErrAmount},
		{"2025-01-02", ".", "EUR", 0, ErrAmount},
		{"10%", ".", "EUR", 0, ErrAmount},
		{"1e5", ".", "EUR", 0, ErrAmount},
		{"", ".", "EUR", 0, ErrAmount},
		{"-", ".", "EUR", 0, ErrAmount},
		{"CR", ".", "EUR", 0, ErrAmount},
		{"USD 5.00", ".", "EUR", 0, ErrCurrency},
		{"5.00", ".", "XXX", 0, ErrCurrency},
		{"99999999999999999999", ".", "EUR", 0, ErrOverflow},
	} {
		got, err := Marks{Point: c.point}.Parse(c.in, c.cur)
		if !errors.Is(err, c.err) || err == nil && got != New(c.want, c.cur) {
			t.Errorf("%q with %q: %v, %v; want %d, %v", c.in, c.point, got, err, c.want, c.err)
		}
	}
}

func TestFormatReadsBack(t *testing.T) {
	points := []Marks{
		Plain,
		{Point: ",", Group: ".", Minus: "-"},
		{Point: ",", Group: "\u202f", Minus: "\u2212"},
		{Point: ",", Group: "\u00a0", Minus: "-"},
		{Point: ".", Group: "\u2019", Minus: "-"},
		{Point: ".", Group: ",", Minus: "-", Lakh: true},
		{Point: ".", Minus: "-"},
	}
	rapid.Check(t, func(t *rapid.T) {
		m, k := anyMoney(t), rapid.SampledFrom(points).Draw(t, "marks")
		if got, err := k.Parse(k.Format(m), m.Currency); err != nil || got != m {
			t.Fatalf("%q reads back as %v, %v; want %v", k.Format(m), got, err, m)
		}
	})
}

func FuzzMarksParse(f *testing.F) {
	for _, s := range []string{"1.234,56", "(75.00)", "- $12.01", "USD 9.126,07", "12,50,000.75 Cr"} {
		f.Add(s, true)
	}
	f.Fuzz(func(t *testing.T, s string, comma bool) {
		k := Marks{Point: ".", Group: ",", Minus: "-"}
		if comma {
			k.Point, k.Group = k.Group, k.Point
		}
		m, err := k.Parse(s, "EUR")
		if err != nil {
			return
		}
		if back, err := k.Parse(k.Format(m), "EUR"); err != nil || back != m {
			t.Fatalf("%q gives %v, which reads back as %v, %v", s, m, back, err)
		}
	})
}
