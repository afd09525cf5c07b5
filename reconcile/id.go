package reconcile

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"

	"countinghouse/app/book"
)

// MatchID is the id of a match of these records on this leg: a hash that does not depend on the
// order of either side. A person's own match takes its id from here too.
func MatchID(leg book.Leg, left, right []book.ItemID) string {
	b := append(make([]byte, 0, 128), leg...)
	b = append(b, '\n')
	b = appendItems(b, left)
	b = append(b, '\n')
	b = appendItems(b, right)
	return digest(b)
}

// ExceptionID is the id of an exception: a hash of its class's group, its items and their leg, so
// that it survives a rerun, and a change of class within the group. What is wrong with a payout's
// members (M6) is not what is wrong at the bank (M4): who settled one has not settled the other.
func ExceptionID(c book.Class, leg book.Leg, items []book.ItemID) string {
	b := append(make([]byte, 0, 128), c.Group()...)
	b = append(b, '\n')
	b = append(b, leg...)
	b = append(b, '\n')
	return digest(appendItems(b, items))
}

func appendItems(b []byte, items []book.ItemID) []byte {
	if !slices.IsSorted(items) {
		items = slices.Sorted(slices.Values(items))
	}
	for _, id := range items {
		b = append(b, id...)
		b = append(b, '\n')
	}
	return b
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:16])
}
