package bankfile

import (
	"slices"
	"strconv"
	"strings"

	"countinghouse/app/book"
)

// leaveOut takes those rows out of a statement's rejects of which a person says that they are no
// lines. What could be read stays: leaving out money takes more than a word.
func (f *File) leaveOut(p *Parsed, fixes []Fix) {
	p.Rejects = slices.DeleteFunc(p.Rejects, func(r book.Reject) bool {
		row := RowOf(r.Place)
		gone := row > 0 && slices.ContainsFunc(fixes, func(x Fix) bool {
			return x.LeaveOut && x.Row == row
		})
		if gone {
			f.note("%s is left out, as was asked for", r.Place)
		}
		return gone
	})
}

// RowOf is the number of a row or entry in the place of a reject: 7 of "row 7" and of "statement 2,
// entry 7"; 0 where it names none.
func RowOf(place string) int {
	digits := place[strings.LastIndexByte(place, ' ')+1:]
	n, err := strconv.Atoi(digits)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// SameNumber reports whether two account numbers name one account, however they are written: with
// blanks, or the national number in place of the IBAN that ends with it.
func SameNumber(a, b string) bool { return a != "" && b != "" && sameNumber(a, b) }
