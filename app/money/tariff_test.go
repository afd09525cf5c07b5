package money

import "testing"

func TestTariffs(t *testing.T) {
	for _, c := range []struct {
		tariff string
		of     Money
		want   Money
		ok     bool
	}{
		{"1%", New(12_000, "EUR"), New(120, "EUR"), true},
		{"1.5% + 0.25", New(4_900, "EUR"), New(99, "EUR"), true}, // 73.5 to even
		{"1.5% + 0.25", New(5_100, "EUR"), New(101, "EUR"), true},
		{"2.9% + 0.30 USD", New(10_000, "USD"), New(320, "USD"), true},
		{"2.9% + 0.30 USD", New(10_000, "EUR"), Money{}, false},
		{"3.4% + 40", New(5_000, "JPY"), New(210, "JPY"), true},
		{"3.4% + 0.25", New(5_000, "JPY"), Money{}, false},
		{"0%", New(5_000, "EUR"), New(0, "EUR"), true},
	} {
		tariff, err := ParseTariff(c.tariff)
		if err != nil {
			t.Errorf("%s: %v", c.tariff, err)
		}
		if got, ok := tariff.Fee(c.of); got != c.want || ok != c.ok {
			t.Errorf("%s of %s is %s, %v; want %s, %v", c.tariff, c.of, got, ok, c.want, c.ok)
		}
	}
	for _, bad := range []string{"", "1", "%", "1.5 + 0.25%", "1%+", "1% + 0.25 XYZ", "-1%", "1% + 0.255 EUR", "1e3%"} {
		if _, err := ParseTariff(bad); err == nil {
			t.Errorf("%q is a tariff", bad)
		}
	}
	if _, ok := (Tariff{}).Fee(New(1, "EUR")); ok {
		t.Error("no tariff has a fee")
	}
}
