package money

import (
	"slices"
	"strings"
)

// Currency is an ISO 4217 alphabetic code in upper case, "EUR".
type Currency string

// ParseCurrency reads a code in any letter case and with blanks around it. It returns ErrCurrency
// (wrapped) for a code that ISO 4217 does not list.
func ParseCurrency(s string) (Currency, error) {
	c := Currency(strings.ToUpper(strings.TrimSpace(s)))
	if _, ok := exponents[c]; !ok {
		return "", wrap(ErrCurrency, s)
	}
	return c, nil
}

// Exponent is the number of decimal places of the currency's minor unit. It returns false for a
// code that ISO 4217 does not list.
func (c Currency) Exponent() (int, bool) {
	e, ok := exponents[c]
	return int(e), ok
}

// Known reports whether ISO 4217 lists the code.
func (c Currency) Known() bool {
	_, ok := exponents[c]
	return ok
}

// Currencies lists every known code in alphabetic order; the slice is the caller's own.
func Currencies() []Currency {
	out := make([]Currency, 0, len(exponents))
	for c := range exponents {
		out = append(out, c)
	}
	slices.Sort(out)
	return out
}

// exponents holds the minor-unit exponent of every active ISO 4217 currency and fund code, list one
// of 2024-06-25, and of those withdrawn that old statements still carry: all since 2010, and the
// German mark. Codes with no minor unit (gold, drawing rights, test codes) are left out: they are no
// money that we can hold.
var exponents = table(map[int8]string{
	0: `BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF`,
	2: `AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN
		BZD CAD CDF CHE CHF CHW CNY COP COU CRC CUC CUP CVE CZK DEM DKK DOP DZD EEK EGP ERN ETB EUR
		FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HRK HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW
		KYD KZT LAK LBP LKR LRD LSL LTL LVL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR
		MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD
		SHP SLE SLL SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS
		VED VES WST XCD XCG YER ZAR ZMW ZWG ZWL`,
	3: `BHD IQD JOD KWD LYD OMR TND`,
	4: `CLF UYW`,
})

func table(byExponent map[int8]string) map[Currency]int8 {
	out := make(map[Currency]int8, 200)
	for e, codes := range byExponent {
		for _, c := range strings.Fields(codes) {
			out[Currency(c)] = e
		}
	}
	return out
}
