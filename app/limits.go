package app

import (
	"fmt"
	"strings"

	"countinghouse/app/money"
)

// usualLimit is how many whole units of the base currency one person may write off where the
// configuration says nothing.
const usualLimit = 10

// writeOffLimits reads how much one person may write off, by currency.
func (c *Config) writeOffLimits() (map[money.Currency]money.Money, error) {
	return c.limitsOf("write_off", c.Limits.WriteOff, usualLimit)
}

// limitsOf reads a limit, by currency; where nothing is set it is so many whole units of the base currency.
func (c *Config) limitsOf(name, text string, usual int64) (map[money.Currency]money.Money, error) {
	out := map[money.Currency]money.Money{}
	if text == "" {
		minor := usual
		exponent, _ := c.Business.BaseCurrency.Exponent()
		for range exponent {
			minor *= 10
		}
		out[c.Business.BaseCurrency] = money.New(minor, c.Business.BaseCurrency)
		return out, nil
	}
	for _, s := range strings.Split(text, ",") {
		amount, code, _ := strings.Cut(strings.TrimSpace(s), " ")
		cur, err := money.ParseCurrency(strings.TrimSpace(code))
		if err == nil {
			var m money.Money
			if m, err = money.Parse(amount, cur); err == nil && m.Minor >= 0 {
				out[cur] = m
				continue
			}
		}
		return nil, fmt.Errorf("limits.%s %q is not an amount such as \"10.00 EUR\"", name, s)
	}
	return out, nil
}

// WriteOffLimit is how much one person may write off or forgive alone in a currency; zero where nothing.
func (c *Config) WriteOffLimit(cur money.Currency) money.Money {
	limits, _ := c.writeOffLimits() // the configuration is checked
	if m, ok := limits[cur]; ok {
		return m
	}
	return money.New(0, cur)
}
