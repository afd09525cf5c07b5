package source

import (
	"encoding/json"
	"fmt"
	"regexp"

	"countinghouse/app/book"
)

// OpenCursor reads a cursor that WriteCursor wrote into a source's own position; "" leaves the position
// as it is. sound says whether what was read is of this version of the source and makes sense. The error
// is of kind malformed.
func OpenCursor(name book.SourceName, c Cursor, position any, sound func() bool) error {
	if c == "" {
		return nil
	}
	err := json.Unmarshal([]byte(c), position)
	if err == nil && !sound() {
		err = fmt.Errorf("it is of another version")
	}
	if err == nil {
		return nil
	}
	return &Error{Kind: KindMalformed, Source: name, Op: "read the cursor", Detail: err.Error(),
		Err: err, Hint: "The stored position is of another version. Pull everything again."}
}

// WriteCursor is a source's position as a cursor.
func WriteCursor(position any) Cursor {
	b, err := json.Marshal(position)
	if err != nil {
		panic("source: write cursor: " + err.Error())
	}
	return Cursor(b)
}

// InvoiceIn finds the invoice in a description where the metadata name none; its first group is the
// invoice.
const InvoiceIn = `(?i)\binvoice\s*#?\s*([A-Z0-9-]*[0-9][A-Z0-9-]*)`

// Pattern is the pattern over descriptions whose first group is the invoice: the configured one, else
// the standard one.
func (o Options) Pattern(standard string) (*regexp.Regexp, error) {
	pattern := o.InvoicePattern
	if pattern == "" {
		pattern = standard
	}
	re, err := regexp.Compile(pattern)
	if err != nil {
		return nil, fmt.Errorf("invoice pattern: %w", err)
	}
	if re.NumSubexp() < 1 {
		return nil, fmt.Errorf("invoice pattern %q has no group for the invoice", pattern)
	}
	return re, nil
}
