package paypal

import "countinghouse/app/book"

// meaning is what an event code stands for in the books. In and out are the kinds of a row by its
// sign; payout rows become payouts, memo rows move nothing and are left out.
type meaning struct {
	in, out      book.TransactionKind
	payout, memo bool
}

func both(k book.TransactionKind) meaning { return meaning{in: k, out: k} }

// groups is what the first two digits mean (PayPal, transaction event codes, read 2026-11). A code
// that is new has the meaning of its group; one of a new group is an OtherMovement.
var groups = map[string]meaning{
	"T00": {in: book.Charge, out: book.OtherMovement},
	"T01": both(book.Fee),
	"T02": both(book.Conversion),
	"T04": {in: book.OtherMovement, payout: true},
	"T06": {in: book.OtherMovement, payout: true},
	"T12": both(book.Adjustment),
	"T13": {memo: true},
	"T15": both(book.Reserve),
	"T16": {memo: true},
	"T17": {in: book.OtherMovement, payout: true},
	"T19": both(book.Adjustment),
	"T21": both(book.Reserve),
	"T23": both(book.WithheldTax),
}

// codes are those that mean something else than their group.
var codes = map[string]meaning{
	// Money that we send to many at once.
	"T0001": both(book.OtherMovement),
	"T0106": both(book.DisputeFee),
	"T1100": both(book.Adjustment),
	"T1101": {in: book.PayoutFailure, out: book.Adjustment},
	"T1102": both(book.Adjustment), "T1103": both(book.Adjustment), "T1104": both(book.Adjustment),
	"T1105": both(book.Reserve),
	"T1106": {in: book.Reinstatement, out: book.Dispute},
	// Coming in it is what somebody gave back to us.
	"T1107": {in: book.Adjustment, out: book.Refund},
	"T1108": both(book.Fee), "T1109": both(book.Fee),
	"T1110": both(book.Reserve), "T1111": both(book.Reserve),
	"T1114": both(book.Adjustment), "T1115": both(book.Adjustment), "T1116": both(book.Adjustment),
	"T1201": {in: book.Reinstatement, out: book.Dispute},
	"T1202": {in: book.Reinstatement, out: book.Dispute},
	"T1205": {in: book.Reinstatement, out: book.Dispute},
	"T1207": {in: book.Reinstatement, out: book.Dispute},
	"T1208": {in: book.Reinstatement, out: book.Dispute},
	"T9800": {memo: true},
}

// meaningOf is what a code means.
func meaningOf(code string) meaning {
	if m, ok := codes[code]; ok {
		return m
	}
	if len(code) == 5 {
		if m, ok := groups[code[:3]]; ok {
			return m
		}
	}
	return both(book.OtherMovement)
}

// kind is the kind of a row with a sign, "" for a payout.
func (m meaning) kind(minor int64) book.TransactionKind {
	if minor > 0 {
		return m.in
	}
	return m.out
}

// disputed reports whether a code speaks of a dispute, so that its reason is asked for.
func disputed(code string) bool {
	switch code {
	case "T0106", "T1106", "T1110", "T1111", "T1201", "T1202", "T1205", "T1207", "T1208":
		return true
	}
	return false
}

// reverses reports whether a kind takes back another movement, whose id its row refers to. Holds
// and conversions refer to one too, but take nothing of it.
func reverses(k book.TransactionKind) bool {
	switch k {
	case book.Refund, book.Dispute, book.Reinstatement, book.PayoutFailure, book.Adjustment:
		return true
	}
	return false
}
