package ui

import "countinghouse/app/book"

// byHand leads to Match by hand with the records of an exception.
func (x *reconcileScreen) byHand(*book.Exception) {
	x.hint("Match by hand is not there yet.")
}
