package world

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"testing"
	"time"

	"countinghouse/app/book"
)

// known are digests of worlds of a business that uses Stripe alone, as the first release of this
// package made them.
var known = []struct {
	seed      uint64
	customers int
	months    book.Month
	faults    map[book.Class]int
	digest    string
}{
	{1, 2, 0, nil, "02b0099b1d6daaa4481ddd9e"},
	{1, 600, 0, nil, "3f82c32d75fc00f97aac1025"},
	{7, 40, 1, nil, "529625dd9ee4638881715e0e"},
	{2, 150, 5, nil, "d3e080fe80e428949ec5e7e7"},
	{3, 333, 2, map[book.Class]int{}, "4abe1d86e20c2ab3fe42527a"},
	{4, 90, 8, map[book.Class]int{book.M6: 2, book.R6: 3, book.T5: 4, book.D7: 2}, "38bfe41511ac387006eba344"},
	{99, 1200, 3, nil, "a746606f95d0495a9af1d8aa"},
}

// TestStripeAloneStaysAsItWas holds worlds without other gateways to what they have always been:
// pictures, scenarios and other tests rest on their ids.
func TestStripeAloneStaysAsItWas(t *testing.T) {
	for _, k := range known {
		w := Build(Options{Seed: k.seed, Customers: k.customers,
			Month: month(2026, time.October) + k.months, Faults: k.faults})
		if got := substance(t, w); got != k.digest {
			t.Errorf("{%d, %d, %d}: %q, want %q", k.seed, k.customers, k.months, got, k.digest)
		}
	}
}

// substance is a digest of all that a world says: fields that say nothing do not count, so that a
// new one changes no digest where it is not used.
func substance(t *testing.T, w *World) string {
	t.Helper()
	b, err := json.Marshal(w)
	if err != nil {
		t.Fatal(err)
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		t.Fatal(err)
	}
	b, err = json.Marshal(pruned(v))
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:12])
}

// pruned leaves out the fields that are null, false, 0, "", or hold nothing else.
func pruned(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for name, field := range v {
			if v[name] = pruned(field); v[name] == nil {
				delete(v, name)
			}
		}
		if len(v) == 0 {
			return nil
		}
	case []any:
		for i := range v {
			v[i] = pruned(v[i])
		}
		if len(v) == 0 {
			return nil
		}
	case json.Number:
		if v == "0" {
			return nil
		}
	case string:
		if v == "" {
			return nil
		}
	case bool:
		if !v {
			return nil
		}
	}
	return v
}
