package profile

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2"

	"countinghouse/app/book"
)

// Mapping is a billing profile as its file says it: how a billing system is asked, and which of its
// words are which of ours. docs/billing-profile.md describes the file.
type Mapping struct {
	// Profile is the version of the form, 1.
	Profile int    `toml:"profile"`
	Name    string `toml:"name"`
	Title   string `toml:"title"`
	// Verified says that the profile was tried against the real system; Note is what a person who
	// uses it has to know.
	Verified bool   `toml:"verified"`
	Note     string `toml:"note"`
	// TimeZone is that of times without one, "" for the source's own.
	TimeZone   string     `toml:"time_zone"`
	Connection Connection `toml:"connection"`
	About      About      `toml:"about"`
	Errors     Errors     `toml:"errors"`
	Paging     Paging     `toml:"paging"`

	Customers *Object `toml:"customers"`
	Invoices  *Object `toml:"invoices"`
	Payments  *Object `toml:"payments"`
	Credits   *Object `toml:"credits"`

	Files *Files `toml:"files"`
}

// Connection says how the system is reached. The secret itself never stands here.
type Connection struct {
	// Base is the path between the source's address and the paths of the lists.
	Base string `toml:"base"`
	// Auth is bearer, basic, header or none.
	Auth string `toml:"auth"`
	// User stands before the secret in basic; Header is the name of the header.
	User   string `toml:"user"`
	Header string `toml:"header"`
	// Secret is the name of the secret field, "token" if not said.
	Secret string `toml:"secret"`
}

// About is the page on which the system says who it is; without a path there is none.
type About struct {
	Path string `toml:"path"`
	// Account, Version and Clock are the paths of its name, its version and its clock.
	Account string `toml:"account"`
	Version string `toml:"version"`
	Clock   string `toml:"clock"`
	// Capabilities is the path of a list of words; a kind whose word is not there is not read.
	Capabilities string `toml:"capabilities"`
	// Expect are values that must stand at these paths, or it is another system.
	Expect map[string]string `toml:"expect"`
}

// Errors says how errors look inside a reply. With a path, a value there is an error whatever the
// HTTP status.
type Errors struct {
	Path    string `toml:"path"`
	Message string `toml:"message"`
	// NotFound are parts of messages that say that a record is not there.
	NotFound []string `toml:"not_found"`
}

// Paging says how a list is walked.
type Paging struct {
	// Style is cursor, page, offset or none.
	Style string `toml:"style"`
	// Parameter takes the cursor, the page's number or the offset.
	Parameter string `toml:"parameter"`
	// SizeParameter takes Size, how many rows a page may have.
	SizeParameter string `toml:"size_parameter"`
	Size          int    `toml:"size"`
	// First is the number of the first page, 1 if not said.
	First *int `toml:"first"`
	// Next, Pages and Total are the paths of the next cursor, the number of pages and of rows.
	Next  string `toml:"next"`
	Pages string `toml:"pages"`
	Total string `toml:"total"`
}

// Object says how the records of one kind are listed and read.
type Object struct {
	// Path is the list's page, List the path of the rows in it; "." is the whole reply.
	Path string `toml:"path"`
	List string `toml:"list"`
	// Query are more parameters, the same each time.
	Query map[string]string `toml:"query"`
	// Capability is the word in About.Capabilities, "" for none needed.
	Capability string `toml:"capability"`
	// Since is the parameter that asks for what changed since a moment, SinceForm its form: rfc3339,
	// date, epoch or epoch_ms. SinceCapability is the word that must be declared.
	Since           string `toml:"since"`
	SinceForm       string `toml:"since_form"`
	SinceCapability string `toml:"since_capability"`
	// One is the page of one record, with {id} in it: whether a missing row is really gone.
	One string `toml:"one"`
	// Paging is that of this list where it differs from the others'.
	Paging *Paging `toml:"paging"`
	// Complete says of a file that what it leaves out is deleted.
	Complete bool `toml:"complete"`
	// Fields are the paths or columns by our names of the fields.
	Fields map[string]Field `toml:"fields"`
	// Lines are the fields of an invoice's lines, whose list is the field "lines".
	Lines map[string]Field `toml:"lines"`
	// Statuses and Kinds map the system's words to ours, in any letter case.
	Statuses map[string]string `toml:"statuses"`
	Kinds    map[string]string `toml:"kinds"`
}

// Files says how exports of the system are written, and which columns they have.
type Files struct {
	// Delimiter is auto, comma, semicolon or tab; Decimal point or comma.
	Delimiter string `toml:"delimiter"`
	Decimal   string `toml:"decimal"`
	// Dates is the pattern of dates, such as DD.MM.YYYY; "" for YYYY-MM-DD.
	Dates string `toml:"dates"`
	// Encoding is auto or a name such as windows-1257. Sheet is that of a workbook, "" for the first.
	Encoding string `toml:"encoding"`
	Sheet    string `toml:"sheet"`

	Customers *Object `toml:"customers"`
	Invoices  *Object `toml:"invoices"`
	Payments  *Object `toml:"payments"`
	Credits   *Object `toml:"credits"`
}

// Fault is one thing that is wrong with the text of a mapping.
type Fault struct {
	// Line is from 1; 0 where it is about the whole.
	Line int    `json:"line"`
	Text string `json:"text"`
}

// MappingError says what is wrong with the text of a mapping.
type MappingError struct{ Faults []Fault }

// Error is all that is wrong, line by line.
func (e *MappingError) Error() string {
	var all []string
	for _, f := range e.Faults {
		if f.Line > 0 {
			all = append(all, fmt.Sprintf("line %d: %s", f.Line, f.Text))
		} else {
			all = append(all, f.Text)
		}
	}
	return "billing profile: " + strings.Join(all, "; ")
}

// Parse reads the text of a mapping and checks all of it. Its error is a *MappingError.
func Parse(text string) (*Mapping, error) {
	text = strings.TrimPrefix(text, "\ufeff")
	var m Mapping
	err := toml.NewDecoder(bytes.NewReader([]byte(text))).DisallowUnknownFields().Decode(&m)
	var strict *toml.StrictMissingError
	var decode *toml.DecodeError
	switch {
	case errors.As(err, &strict):
		var out MappingError
		for _, e := range strict.Errors {
			row, _ := e.Position()
			out.Faults = append(out.Faults, Fault{row,
				fmt.Sprintf("unknown setting %q", strings.Join(e.Key(), "."))})
		}
		return nil, &out
	case errors.As(err, &decode):
		row, _ := decode.Position()
		return nil, &MappingError{[]Fault{{row, strings.TrimPrefix(decode.Error(), "toml: ")}}}
	case err != nil:
		return nil, &MappingError{[]Fault{{0, err.Error()}}}
	}
	c := checker{text: strings.Split(text, "\n")}
	c.mapping(&m)
	if len(c.faults) > 0 {
		slices.SortStableFunc(c.faults, func(a, b Fault) int { return a.Line - b.Line })
		return nil, &MappingError{c.faults}
	}
	return &m, nil
}

// kinds are the kinds of record that a profile reads, in the order in which they are read.
var kinds = []book.Kind{book.KindCustomer, book.KindInvoice, book.KindPayment, book.KindCredit}

// sections are their names in the file.
var sections = map[book.Kind]string{book.KindCustomer: "customers", book.KindInvoice: "invoices",
	book.KindPayment: "payments", book.KindCredit: "credits"}

// object is the part of a kind, nil where there is none.
func (m *Mapping) object(k book.Kind) *Object {
	return map[book.Kind]*Object{book.KindCustomer: m.Customers, book.KindInvoice: m.Invoices,
		book.KindPayment: m.Payments, book.KindCredit: m.Credits}[k]
}

// file is the part of a kind in files. Words that it does not map are those of the other part.
func (m *Mapping) file(k book.Kind) *Object {
	if m.Files == nil {
		return nil
	}
	f := map[book.Kind]*Object{book.KindCustomer: m.Files.Customers,
		book.KindInvoice: m.Files.Invoices, book.KindPayment: m.Files.Payments,
		book.KindCredit: m.Files.Credits}[k]
	if f == nil {
		return nil
	}
	out := *f
	if o := m.object(k); o != nil {
		if out.Statuses == nil {
			out.Statuses = o.Statuses
		}
		if out.Kinds == nil {
			out.Kinds = o.Kinds
		}
	}
	return &out
}

// paging is how the list of an object is walked.
func (m *Mapping) paging(o *Object) Paging {
	if o.Paging != nil {
		return *o.Paging
	}
	return m.Paging
}

// zone is the zone of times without one.
func (m *Mapping) zone(otherwise *time.Location) *time.Location {
	if z, err := time.LoadLocation(m.TimeZone); err == nil && m.TimeZone != "" {
		return z
	}
	if otherwise == nil {
		return time.UTC
	}
	return otherwise
}

func (c Connection) secret() string {
	if c.Secret == "" {
		return "token"
	}
	return c.Secret
}
