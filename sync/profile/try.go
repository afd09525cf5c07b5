package profile

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"countinghouse/app/book"
	"countinghouse/app/money"
	"countinghouse/sync/source"
)

// FieldTrial is what became of one field of a row.
type FieldTrial struct {
	// Field is our name, Path where the mapping looks, with its steps.
	Field string `json:"field"`
	Path  string `json:"path"`
	// Raw is what stood there, Result what it came to, Error why it came to nothing.
	Raw    string `json:"raw"`
	Result string `json:"result,omitempty"`
	Error  string `json:"error,omitempty"`
}

// RowTrial is what became of one row.
type RowTrial struct {
	// ID is the record's id, "" where it cannot be read; Record says in a line what it came to.
	ID     string       `json:"id"`
	Record string       `json:"record,omitempty"`
	Error  string       `json:"error,omitempty"`
	Fields []FieldTrial `json:"fields"`
}

// Trial is what a mapping makes of one live page, or of the first rows of a file.
type Trial struct {
	Kind book.Kind `json:"kind"`
	// From is the address that was asked, without the query, or what the file is.
	From string `json:"from"`
	// Listed is how many rows the page had, Read how many of them can be read, Total how many the
	// list says there are, 0 where it does not.
	Listed int `json:"listed"`
	Read   int `json:"read"`
	Total  int `json:"total"`
	// Rows are the first ones.
	Rows []RowTrial `json:"rows"`
	// Unmapped are words that no map knows; Missing are needed fields that were empty in every row,
	// Unused the names in the first row that the mapping does not look at. Warnings are sums that do
	// not come out and what else is to know. All are sorted.
	Unmapped []string `json:"unmapped"`
	Missing  []string `json:"missing"`
	Unused   []string `json:"unused"`
	Warnings []string `json:"warnings"`
}

// TrialRows is how many rows a trial shows.
const TrialRows = 5

// trialPage is how many rows a trial asks for.
const trialPage = 50

// Try reads one live page of a kind as a mapping says and shows what becomes of it. Nothing is
// stored. The error is about the options, or of the kinds of package source; rows that cannot be
// read are no error.
func Try(ctx context.Context, d source.Description, o source.Options, m *Mapping,
	k book.Kind) (Trial, error) {
	part := m.object(k)
	if part == nil {
		return Trial{}, fmt.Errorf("the profile %s has no [%s]", m.Name, sections[k])
	}
	s, err := open(d, o, m)
	if err != nil {
		return Trial{}, err
	}
	about, err := s.about(ctx)
	if err != nil {
		return Trial{}, err
	}
	if !s.declares(about, part.Capability) {
		return Trial{}, &source.Error{Kind: source.KindUnsupported, Source: o.Name,
			Op: "list " + sections[k], Detail: "it does not declare " + part.Capability,
			Hint: s.describe.Title + " does not offer this list."}
	}
	p := m.paging(part)
	l, err := s.page(ctx, k, part, p.start(), "", min(trialPage, p.size()), 0)
	if err != nil {
		return Trial{}, err
	}
	u := s.address(part.Path, nil)
	u.RawQuery = ""
	t := tryRows(s.translator(), k, part, records(l.rows))
	t.From, t.Total = u.String(), l.total
	if !m.Verified {
		t.Warnings = append(t.Warnings, s.unverified())
	}
	t.clean(o.Secrets)
	return t, nil
}

func records(rows []any) []record {
	out := make([]record, len(rows))
	for i, r := range rows {
		out[i] = node{r}
	}
	return out
}

// tryRows translates rows and notes everything that was read.
func tryRows(tr translator, k book.Kind, o *Object, rows []record) Trial {
	t := Trial{Kind: k, Listed: len(rows), Rows: []RowTrial{}, Unmapped: []string{},
		Missing: []string{}, Unused: []string{}, Warnings: []string{}}
	filled := map[string]bool{}
	for i, rec := range rows {
		var fields []FieldTrial
		tr.trace = &fields
		got, err := tr.translate(k, o, rec)
		for _, f := range fields {
			filled[f.Field] = filled[f.Field] || f.Raw != ""
		}
		if err == nil {
			t.Read++
		}
		t.Unmapped = append(t.Unmapped, got.unmapped...)
		t.Warnings = append(t.Warnings, got.warnings...)
		if i < TrialRows {
			t.Rows = append(t.Rows, rowTrial(got, fields, err))
		}
	}
	slices.Sort(t.Unmapped)
	t.Unmapped = slices.Compact(t.Unmapped)
	if len(rows) > 0 {
		for _, name := range fieldsOf[k].needed {
			if !filled[name] {
				t.Missing = append(t.Missing, name)
			}
		}
		t.Unused = unused(rows[0], o)
	} else {
		t.Warnings = append(t.Warnings, "The list is empty: nothing could be tried.")
	}
	return t
}

// rowTrial is the result of one row; a field that was read twice is shown once.
func rowTrial(got translated, fields []FieldTrial, err error) RowTrial {
	out := RowTrial{ID: string(got.id), Record: sentence(got), Fields: []FieldTrial{}}
	for _, f := range fields {
		if i := slices.IndexFunc(out.Fields, func(x FieldTrial) bool {
			return x.Field == f.Field
		}); i < 0 {
			out.Fields = append(out.Fields, f)
		} else if f.Result != "" || f.Error != "" {
			out.Fields[i] = f
		}
	}
	if err != nil {
		out.Error, out.Record = err.Error(), ""
	}
	return out
}

// sentence says in a line what a row came to.
func sentence(t translated) string {
	r := t.records
	switch {
	case len(r.Gone) > 0:
		return "deleted, or no money moved: not in the books"
	case len(r.Invoices) > 0:
		v := r.Invoices[0]
		return fmt.Sprintf("invoice %s, %s, total %s, credit %s, balance %s", v.Number, v.Status,
			money.New(v.Total, v.Currency), money.New(v.Credit, v.Currency),
			money.New(v.Balance, v.Currency))
	case len(r.Payments) > 0:
		p := r.Payments[0]
		return fmt.Sprintf("payment of %s, fee %s, by %s, reference %s", p.Amount,
			money.New(p.Fee, p.Amount.Currency), p.Method, p.Reference)
	case len(r.Customers) > 0:
		c := r.Customers[0]
		return fmt.Sprintf("customer %s, credit %s", c.Title(), money.New(c.Credit, c.Currency))
	case len(r.Credits) > 0:
		return fmt.Sprintf("credit of %s on %s", r.Credits[0].Amount, r.Credits[0].On)
	}
	return "no money moved: not in the books"
}

// unused are the names at the top of a row that no field looks at.
func unused(rec record, o *Object) []string {
	out := []string{}
	used := map[string]bool{}
	for _, f := range o.Fields {
		head, _, _ := strings.Cut(f.path, ".")
		used[head], used[strings.ToLower(f.path)] = true, true
	}
	switch x := rec.(type) {
	case node:
		m, _ := x.v.(map[string]any)
		for name := range m {
			if !used[name] {
				out = append(out, name)
			}
		}
	case cells:
		for _, name := range x.names {
			if !used[strings.ToLower(name)] {
				out = append(out, name)
			}
		}
	}
	slices.Sort(out)
	return out
}

// clean takes secrets and card numbers out of everything that a trial shows.
func (t *Trial) clean(secrets map[string]source.Secret) {
	for i := range t.Rows {
		r := &t.Rows[i]
		r.ID, r.Record, r.Error = source.Raw(r.ID, secrets), source.Raw(r.Record, secrets),
			source.Raw(r.Error, secrets)
		for j := range r.Fields {
			f := &r.Fields[j]
			f.Raw, f.Result, f.Error = clip(source.Raw(f.Raw, secrets), 200),
				clip(source.Raw(f.Result, secrets), 200), source.Raw(f.Error, secrets)
		}
	}
	for _, list := range [][]string{t.Unmapped, t.Unused, t.Warnings} {
		for i := range list {
			list[i] = source.Raw(list[i], secrets)
		}
	}
}

// Kinds are the words by which a person names a kind of record: invoices, payments, customers,
// credits.
var Kinds = []string{"invoices", "payments", "customers", "credits"}

// ErrKind says that a word is none of Kinds.
var ErrKind = errors.New("not one of " + strings.Join(Kinds, ", "))

// KindNamed is the kind of a word of Kinds, else ErrKind.
func KindNamed(w string) (book.Kind, error) {
	for k, name := range sections {
		if name == w {
			return k, nil
		}
	}
	return "", fmt.Errorf("%q is %w", w, ErrKind)
}
