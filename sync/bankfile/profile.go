package bankfile

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
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
		!slices.ContainsFunc(p.Columns, func(c Column) bool { return c.Index < 0 || c.Index >= columns })
}

// mostProfile is how large the file of a profile may be, in bytes.
const mostProfile = 1 << 20

// ParseProfile reads a profile as it was written to JSON, by a person or another computer too. It
// returns an *Error that says what is wrong with it.
func ParseProfile(b []byte) (Profile, error) {
	var p Profile
	const hint = "learn it anew from a statement of the bank"
	if len(b) > mostProfile {
		return p, &Error{Reason: fmt.Sprintf("a profile is at most %d KB", mostProfile>>10), Hint: hint}
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	err := d.Decode(&p)
	if err == nil {
		if _, more := d.Token(); !errors.Is(more, io.EOF) {
			err = errors.New("something follows behind it")
		}
	}
	if err != nil {
		line := 1 + bytes.Count(b[:min(int(d.InputOffset()), len(b))], []byte("\n"))
		return Profile{}, &Error{Place: fmt.Sprintf("line %d", line), Hint: hint,
			Reason: "this is no profile: " + strings.TrimPrefix(err.Error(), "json: ")}
	}
	if err := p.Check(); err != nil {
		return Profile{}, err
	}
	return p, nil
}

// Check reports all that is wrong with a profile as one *Error, nil where a file can be read by it.
func (p Profile) Check() error {
	var wrong []string
	say := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	if _, known := charsetNamed(p.Encoding); p.Encoding != "" && !known {
		say("the encoding %q is not known", p.Encoding)
	}
	if d := p.Delimiter; d != "" && (len(d) != 1 || strings.Contains("\"\r\n", d) || isDigit(d[0])) {
		say("the delimiter %q is not one sign that can part cells", d)
	}
	if b, err := hex.DecodeString(p.Shape); p.Shape != "" && (err != nil || len(b) != 8) {
		say("the shape %q is not 16 hexadecimal digits", p.Shape)
	}
	if p.Dates != Unordered && p.Dates != DayFirst && p.Dates != MonthOne {
		say("the order of dates %q is neither %q nor %q", p.Dates, DayFirst, MonthOne)
	}
	if p.Sign != Undecided && p.Sign != PositiveIn && p.Sign != PositiveOut {
		say("the sign %q is neither %q nor %q", p.Sign, PositiveIn, PositiveOut)
	}
	if p.Currency != "" && !p.Currency.Known() {
		say("the currency %q is not known", p.Currency)
	}
	wrong = append(wrong, checkColumns(p.Columns)...)
	if len(wrong) == 0 {
		return nil
	}
	return &Error{Reason: "the profile cannot be used: " + strings.Join(wrong, "; "),
		Hint: "correct it, or learn it anew from a statement of the bank"}
}

// checkColumns says what is wrong with the columns of a profile.
func checkColumns(columns []Column) (wrong []string) {
	say := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	indexes, roles := map[int]bool{}, map[Role]int{}
	for _, c := range columns {
		switch {
		case c.Index < 0 || c.Index >= DefaultLimits.Columns:
			say("a column has the index %d", c.Index)
		case indexes[c.Index]:
			say("column %d is there twice", c.Index+1)
		case !slices.Contains(Roles, c.Means):
			say("column %d means %q, which is none of the meanings", c.Index+1, c.Means)
		case c.Point != "" && c.Point != "." && c.Point != ",":
			say("column %d has the decimal mark %q, which is neither a point nor a comma", c.Index+1, c.Point)
		}
		indexes[c.Index] = true
		roles[c.Means]++
	}
	for _, r := range Roles {
		if roles[r] > 1 && r != Unused && r != Text && r != Mark {
			say("%d columns mean %q", roles[r], r)
		}
	}
	if len(columns) > 0 && roles[Booked] == 0 {
		say("no column means %q", Booked)
	}
	if len(columns) > 0 && roles[Amount]+roles[Debit]+roles[Credit] == 0 {
		say("no column means %q, %q or %q", Amount, Debit, Credit)
	}
	return wrong
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
