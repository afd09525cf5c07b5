package bankfile

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"countinghouse/app/money"
)

// Sign says what a positive amount means.
type Sign string

// The signs. Undecided leaves it to the data.
const (
	Undecided   Sign = ""
	PositiveIn  Sign = "in"
	PositiveOut Sign = "out"
)

// Column is one column of a table and what it means.
type Column struct {
	// Index counts from 0; Header is the name in the file, "" where there is none.
	Index  int    `json:"index"`
	Header string `json:"header,omitempty"`
	Means  Role   `json:"means,omitempty"`
	// Point is the decimal mark of a column of amounts, "." or ",".
	Point string `json:"point,omitempty"`
	// Reads shows how the cells are read: "DD.MM.YYYY", "1.234,56", "text".
	Reads string `json:"reads,omitempty"`
}

// Profile is how the tables of one bank are written: learned from a file, completed by answers,
// remembered by the file's shape, and given again with the next file. It goes to JSON and back.
type Profile struct {
	// Name is a person's name for it; this package leaves it alone.
	Name string `json:"name,omitempty"`
	// Shape is the fingerprint of the names of the columns, or of their kinds where there are none.
	// A profile without one applies to every file.
	Shape     string   `json:"shape,omitempty"`
	Encoding  string   `json:"encoding,omitempty"`
	Delimiter string   `json:"delimiter,omitempty"`
	Header    bool     `json:"header"`
	Columns   []Column `json:"columns,omitempty"`
	Dates     Order    `json:"dates,omitempty"`
	Sign      Sign     `json:"sign,omitempty"`
	// Currency is the file's where neither it nor the account names one.
	Currency money.Currency `json:"currency,omitempty"`
}

// Topic is what a question is about.
type Topic string

// The topics. The answer to AskColumns is a role for each column, "booked,text,out", as Roles.
const (
	AskDates    Topic = "dates"
	AskSign     Topic = "sign"
	AskPoint    Topic = "point"
	AskColumns  Topic = "columns"
	AskCurrency Topic = "currency"
)

// Question is what a file cannot decide by itself.
type Question struct {
	Topic Topic
	// Text asks in words; Place is a row that shows the matter.
	Text, Place string
	// Answers are the possible ones, best guess first; none where any role or currency may be given.
	Answers []Answer
	// Hint is why the first answer is likelier, "" where nothing speaks for it.
	Hint string
}

// Answer is one possible answer: the value for Profile.With, and what it makes of the file.
type Answer struct{ Value, Means string }

// With is the profile with the answer to a question in it. It returns an error for an answer that
// the topic does not have.
func (p Profile) With(t Topic, value string) (Profile, error) {
	p.Columns = slices.Clone(p.Columns)
	ok := false
	switch t {
	case AskDates:
		p.Dates = Order(value)
		ok = p.Dates == DayFirst || p.Dates == MonthOne
	case AskSign:
		p.Sign = Sign(value)
		ok = p.Sign == PositiveIn || p.Sign == PositiveOut
	case AskPoint:
		ok = value == "." || value == ","
		for i := range p.Columns {
			if p.Columns[i].isAmount() {
				p.Columns[i].Point = value
			}
		}
	case AskCurrency:
		p.Currency = money.Currency(value)
		ok = p.Currency.Known()
	case AskColumns:
		roles := strings.Split(value, ",")
		ok = len(roles) == len(p.Columns)
		for i := 0; ok && i < len(roles); i++ {
			p.Columns[i].Means = Role(roles[i])
			p.Columns[i].Point, p.Columns[i].Reads = "", ""
			ok = slices.Contains(Roles, p.Columns[i].Means)
		}
	}
	if !ok {
		return p, fmt.Errorf("bankfile: answer %q: not an answer about %s", value, t)
	}
	return p, nil
}

func (c Column) isAmount() bool {
	return c.Means == Amount || c.Means == Debit || c.Means == Credit || c.Means == Balance
}

// fits reports whether the profile is about files of this shape.
func (p *Profile) fits(shape string, columns int) bool {
	return p != nil && (p.Shape == "" || p.Shape == shape) &&
		(len(p.Columns) == 0 || len(p.Columns) <= columns)
}

// shapeOf is the fingerprint of the names of columns. Only their ASCII letters count, so that a
// wrong guess of the encoding does not change it.
func shapeOf(names []string) string {
	var b strings.Builder
	for _, n := range names {
		for _, r := range strings.ToLower(n) {
			if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
				b.WriteRune(r)
			}
		}
		b.WriteByte('\n')
	}
	sum := sha256.Sum256([]byte(b.String()))
	return hex.EncodeToString(sum[:8])
}

func place(row int) string { return "row " + strconv.Itoa(row) }
