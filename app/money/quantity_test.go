package money

import (
	"errors"
	"testing"
)

func TestQuantitiesAreExact(t *testing.T) {
	for in, want := range map[string]Quantity{
		"0.00213371": "0.00213371 BTC", "1E-8": "0.00000001 BTC", "120": "120 BTC",
		"120.00": "120 BTC", "0.123456789012345678": "0.123456789012345678 BTC", "-1.50": "-1.5 BTC",
		"123456789012345678.123456789012345678": "123456789012345678.123456789012345678 BTC",
		"1.5e3":                                 "1500 BTC", "0": "0 BTC",
	} {
		got, err := ParseQuantity(in, "btc")
		if err != nil || got != want {
			t.Errorf("%q is %q, %v; want %q", in, got, err, want)
		}
		again, err := ParseQuantity(got.Decimal(), got.Unit())
		if err != nil || again != got {
			t.Errorf("%q reads back as %q, %v", got, again, err)
		}
	}
}

func TestQuantitiesRefuseWhatIsNone(t *testing.T) {
	for _, bad := range []string{"", "x", "1,5", "0x10", "1/3", "1e999", "Inf", "NaN", "1 2", "1_0"} {
		if got, err := ParseQuantity(bad, "ETH"); !errors.Is(err, ErrAmount) {
			t.Errorf("%q is %q, %v", bad, got, err)
		}
	}
	for _, bad := range []string{"", "B C", "€", "ABCDEFGHIJKLMNOPQ"} {
		if got, err := ParseQuantity("1", bad); !errors.Is(err, ErrCurrency) {
			t.Errorf("unit %q gives %q, %v", bad, got, err)
		}
	}
}

func TestQuantitiesCompare(t *testing.T) {
	if c, ok := Quantity("0.1 BTC").Cmp("0.09999999 BTC"); c != 1 || !ok {
		t.Errorf("got %d, %v", c, ok)
	}
	if c, ok := Quantity("2 BTC").Cmp("10 BTC"); c != -1 || !ok {
		t.Errorf("got %d, %v", c, ok)
	}
	for _, pair := range [][2]Quantity{{"", "1 BTC"}, {"1 BTC", "1 ETH"}, {"", ""}} {
		if _, ok := pair[0].Cmp(pair[1]); ok {
			t.Errorf("%q and %q compare", pair[0], pair[1])
		}
	}
}
