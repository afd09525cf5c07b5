package ui

import "countinghouse/app/book"

// byHand leads to Match by hand with the records of an exception.
func (x *reconcileScreen) byHand(e *book.Exception) {
	if s, ok := any(x.s).(interface{ openHand(items ...book.ItemID) }); ok {
		s.openHand(e.Items...)
		return
	}
	x.hint("Match by hand is on its way; choose another resolution for now.")
}
