package world

import (
	"hash/fnv"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// Answer is what an issuer says to an attempt: approved, or why not, as networks code it. Words of a
// gateway are made of it by the gateway's simulator.
type Answer struct {
	Approved bool
	// Late says that the outcome comes later: the attempt is pending until then.
	Late bool
	// Network is the response code, Advice the merchant advice code of a Mastercard, "" for none.
	Network, Advice string
}

// Issuer answers attempts to charge an instrument. The same attempt gets the same answer; it is safe
// for use by many goroutines at once.
type Issuer interface {
	Answer(i book.Instrument, amount money.Money, at book.Instant) Answer
}

// InstrumentOf is what a charge was made with. It is the same for all charges of a payer by one kind
// of method, as for a customer who has one card; a business of a seed has the same ones each time.
func InstrumentOf(c Charge) book.Instrument {
	if c.With.ID != "" {
		return c.With
	}
	kind := c.MethodType
	if kind == "" {
		kind = "card"
	}
	n := hashOf(c.Payer, kind)
	i := book.Instrument{ID: "pm_" + letters(n, 16), Kind: kind, Ending: digits(n, 4), Region: "LT"}
	if kind == "card" {
		i.Brand, i.Fingerprint = "visa", letters(n>>7, 16)
		if n%3 == 0 {
			i.Brand = "mastercard"
		}
	}
	return i
}

// Moods is an issuer that decides from a seed: each instrument is short of money for some days at a
// time, dead for good, in need of its owner, or simply well.
type Moods struct{ Seed uint64 }

// Answer decides by the instrument's credential and the day.
func (m Moods) Answer(i book.Instrument, _ money.Money, at book.Instant) Answer {
	n := hashOf(i.Credential(), string(rune(m.Seed%0xd000)))
	day := int64(at) / (24 * 60 * 60 * 1000)
	switch mood := n % 100; {
	case mood < 4:
		return Answer{Network: "41", Advice: "03"}
	case mood < 9:
		return Answer{Network: "54", Advice: "01"}
	case mood < 12:
		return Answer{Network: "1A"}
	case mood < 40 && (day+int64(n>>8)%13)%13 < 9:
		return Answer{Network: "51", Advice: "02"}
	case mood < 48 && (day+int64(n>>8)%5)%5 < 3:
		return Answer{Network: "05"}
	case mood < 52 && hashOf(i.Credential(), string(rune(int64(at)/1000%0xd000)))%2 == 0:
		return Answer{Network: "91"}
	}
	return Answer{Approved: true}
}

func hashOf(parts ...string) uint64 {
	h := fnv.New64a()
	for _, p := range parts {
		_, _ = h.Write([]byte(p))
		_, _ = h.Write([]byte{0})
	}
	return h.Sum64()
}

func letters(n uint64, count int) string {
	const set = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789"
	out := make([]byte, count)
	for i := range out {
		n = n*6364136223846793005 + 1442695040888963407
		out[i] = set[(n>>33)%uint64(len(set))]
	}
	return string(out)
}

func digits(n uint64, count int) string {
	out := make([]byte, count)
	for i := range out {
		n = n*6364136223846793005 + 1442695040888963407
		out[i] = '0' + byte((n>>33)%10)
	}
	return string(out)
}
