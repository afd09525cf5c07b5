package reconcile_test

import (
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"countinghouse/app/book"
	"countinghouse/reconcile"
	"countinghouse/sync/world"
)

var quotedNumber = regexp.MustCompile(`(^|[ #(])1\d{4}\b`)

// spoil writes the numbers in a text as banks and people spoil them.
func spoil(r *rand.Rand, text string) string {
	return quotedNumber.ReplaceAllStringFunc(text, func(found string) string {
		before, n := found[:len(found)-5], found[len(found)-5:]
		switch r.IntN(4) {
		case 0:
			n = "RE" + n
		case 1:
			at := 1 + r.IntN(len(n)-1)
			n = n[:at] + " " + n[at:]
		case 2:
			n = "0000" + n
		}
		return before + n
	})
}

// TestSpoiltNumbersNeverMatchWrongly spoils the numbers that customers quote: no match may be wrong,
// and as the senders are the customers nearly all transfers are still found.
func TestSpoiltNumbersNeverMatchWrongly(t *testing.T) {
	for seed := uint64(1); seed <= 6; seed++ {
		w := world.Build(world.Options{Seed: seed, Customers: 60 * int(seed)})
		in := inputOf(w)
		before := transfersFound(run(t, in))
		r := rand.New(rand.NewPCG(seed, 0))
		in.Books.Lines = slices.Clone(in.Books.Lines)
		spoilt := 0
		for i := range in.Books.Lines {
			l := &in.Books.Lines[i]
			was := l.Text
			if l.Text = spoil(r, l.Text); l.Text != was {
				spoilt++
			}
		}
		result := run(t, in)
		for _, wrong := range judge(w, result) {
			if strings.HasPrefix(wrong, "wrong match") {
				t.Errorf("seed %d: %s", seed, wrong)
			}
		}
		if after := transfersFound(result); spoilt < 3 || after*100 < before*95 {
			t.Errorf("seed %d: %d texts spoilt, %d transfers found, %d before", seed, spoilt, after, before)
		}
	}
}

func transfersFound(r reconcile.Result) int {
	n := 0
	for _, m := range r.Matches {
		if m.Leg == book.BankBilling && m.State == book.Auto {
			n++
		}
	}
	return n
}
