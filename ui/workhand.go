package ui

import "countinghouse/app/book"

// byHand leads to Match by hand with the records of an exception.
func (x *reconcileScreen) byHand(e *book.Exception) { x.s.openHand(e.Items...) }
