package bankfile

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"countinghouse/app/money"
)

// compareRejects checks that the entries of which the corpus gives no date or no amount, because the
// file has none that can be read, are kept aside under the bank's id, and takes them and their sums
// out of what the lines must come to.
func compareRejects(t *testing.T, f File, want []expectedLine, m map[string]string) []expectedLine {
	t.Helper()
	var places []string
	for _, s := range f.Statements {
		for _, q := range s.Rejects {
			places = append(places, q.Place)
		}
	}
	i := 0
	want = slices.DeleteFunc(want, func(w expectedLine) bool {
		if w.Date != "" && w.Amount != "" || w.Status == "pending" {
			return false
		}
		if i >= len(places) || !strings.Contains(places[i], "FITID "+w.Reference+",") {
			t.Errorf("the entry %s is not kept aside: %q", w.Reference, places)
		}
		i++
		without(t, m, w)
		return true
	})
	if i != len(places) {
		t.Errorf("kept aside are %q, want %d", places, i)
	}
	return want
}

// without takes an entry out of the figures of the manifest.
func without(t *testing.T, m map[string]string, w expectedLine) {
	t.Helper()
	n, err := strconv.Atoi(m["expected_transactions"])
	if err != nil {
		t.Fatal(err)
	}
	m["expected_transactions"] = strconv.Itoa(n - 1)
	if w.Amount == "" {
		return
	}
	side := "expected_credit_total"
	if strings.HasPrefix(w.Amount, "-") {
		side = "expected_debit_total"
	}
	c := money.Currency(w.Currency)
	total, err := money.Parse(m[side], c)
	if err != nil {
		t.Fatal(err)
	}
	amount, err := money.Parse(strings.TrimPrefix(w.Amount, "-"), c)
	if err != nil {
		t.Fatal(err)
	}
	if total, err = total.Sub(amount); err != nil {
		t.Fatal(err)
	}
	m[side] = total.Decimal()
}
