package profile

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"countinghouse/app/book"
	"countinghouse/sync/source"
)

// Reports reads the exports of a billing system as its mapping's files say. It opens no network.
type Reports struct {
	describe source.Description
	options  source.Options
	mapping  *Mapping
}

var _ source.Reporter = (*Reports)(nil)

// NewReports opens the reader of a kind's exports. No secret is needed. The error is about the
// mapping.
func NewReports(d source.Description, o source.Options) (*Reports, error) {
	m, err := mappingFor(d, o)
	if err != nil {
		return nil, err
	}
	if m.Files == nil {
		return nil, fmt.Errorf("source %s: the profile %s describes no files: add [files] to it", o.Name,
			m.Name)
	}
	return &Reports{d, o, m}, nil
}

// cells are one row of a file.
type cells struct {
	names []string // as the header has them
	at    map[string]int
	row   []string
}

// value is the cell under a column's name, in any letter case.
func (c cells) value(column string) any {
	i, ok := c.at[columnKey(column)]
	if !ok || i >= len(c.row) {
		return nil
	}
	return c.row[i]
}

func columnKey(name string) string {
	return strings.ToLower(strings.Join(strings.Fields(name), " "))
}

// line is one row of a file as it was read, with its number from 1; err says why it cannot be.
type line struct {
	number int
	cells  []string
	err    error
}

// table is a file whose header has been read.
type table struct {
	format string // csv or xlsx
	kind   book.Kind
	object *Object
	names  []string
	at     map[string]int
	// next is the next row, io.EOF behind the last one.
	next  func() (line, error)
	close func() error
}

// fileMax is the largest file that is read, in bytes.
const fileMax = 256 << 20

// open finds out what a file is.
func (r *Reports) open(file io.Reader) (*table, error) {
	body, err := io.ReadAll(io.LimitReader(file, fileMax+1))
	if err != nil {
		return nil, fmt.Errorf("report cannot be read: %w", err)
	}
	if len(body) > fileMax {
		return nil, r.refuse(source.KindUnsupported, "the file is larger than 256 MiB",
			"Export a shorter time.")
	}
	t := &table{format: "csv", close: func() error { return nil }}
	if bytes.HasPrefix(body, []byte("PK\x03\x04")) {
		t.format = "xlsx"
		err = t.openXLSX(body, r.mapping.Files.Sheet)
	} else {
		err = t.openCSV(body, r.mapping.Files)
	}
	if err != nil {
		return nil, r.refuse(source.KindUnsupported, err.Error(), "Export the list anew as CSV or XLSX.")
	}
	if err := r.recognise(t); err != nil {
		return nil, err
	}
	return t, nil
}

// recognise reads the header and finds the kind of record whose columns these are: all needed ones
// are there, and more of the others than of any other kind's.
func (r *Reports) recognise(t *table) error {
	head, err := t.next()
	if err != nil || head.err != nil {
		return r.refuse(source.KindUnsupported, "the file has no header row", "")
	}
	t.at = map[string]int{}
	for i, name := range head.cells {
		name = strings.TrimSpace(name)
		t.names = append(t.names, name)
		if key := columnKey(name); key != "" {
			if _, twice := t.at[key]; twice {
				return r.refuse(source.KindUnsupported, fmt.Sprintf("the column %q stands there twice",
					clip(name, 40)), "")
			}
			t.at[key] = i
		}
	}
	best, tie, lacks := 0, false, ""
	for _, k := range kinds {
		o := r.mapping.file(k)
		if o == nil {
			continue
		}
		n, missing := t.columns(k, o)
		switch {
		case missing != "":
			lacks += fmt.Sprintf(" %s lack %s;", sections[k], missing)
		case n > best:
			best, tie, t.kind, t.object = n, false, k, o
		case n == best:
			tie = true
		}
	}
	switch {
	case best == 0:
		return r.refuse(source.KindUnsupported, "the columns are none of the profile's:"+
			strings.TrimSuffix(lacks, ";"), "Check the columns in [files] of the billing profile.")
	case tie:
		return r.refuse(source.KindUnsupported, "the columns fit several kinds of record",
			"Name a column in the billing profile that only one of them has.")
	}
	return nil
}

// columns counts the columns of a kind that the file has, and names the needed ones that it lacks.
func (t *table) columns(k book.Kind, o *Object) (n int, missing string) {
	var lacks []string
	for _, name := range words(o.Fields) {
		f := o.Fields[name]
		if f.fixed {
			continue
		}
		if _, ok := t.at[columnKey(f.path)]; ok {
			n++
		} else if slices.Contains(fieldsOf[k].needed, name) {
			lacks = append(lacks, f.path)
		}
	}
	return n, strings.Join(lacks, ", ")
}

func (r *Reports) refuse(kind source.Kind, detail, hint string) error {
	if hint == "" {
		hint = "The file is no export that the billing profile describes."
	}
	return &source.Error{Kind: kind, Source: r.options.Name, Op: "read the file", Detail: detail,
		Hint: hint}
}

func (r *Reports) translator(t *table) translator {
	f := r.mapping.Files
	return translator{name: r.options.Name, zone: r.mapping.zone(r.options.Zone),
		base: r.options.Base, mark: source.FromReport, dates: f.Dates, comma: f.Decimal == "comma",
		serials: t.format == "xlsx", loose: r.mapping.file(book.KindCredit) == nil}
}

// pageRows is how many rows of a file are handed over at once.
const pageRows = 500

// Report reads one export. Every row that cannot be read becomes a reject with its number. Records
// that came by API are left alone. What a file that is declared complete leaves out, of the records
// that files have brought, gets a tombstone; unless a row could not be told apart, because it might
// be the one.
func (r *Reports) Report(ctx context.Context, file io.Reader, books source.Books,
	keep func(source.Page) error) (source.Report, error) {
	t, err := r.open(file)
	if err != nil {
		return source.Report{}, err
	}
	x := export{Reports: r, table: t, tr: r.translator(t), books: books, seen: map[book.ItemID]bool{},
		paidBy: map[string]bool{},
		out:    source.Report{Format: r.mapping.Name + "-" + sections[t.kind] + "-" + t.format}}
	err = x.run(ctx, keep)
	if e := t.close(); err == nil {
		err = e
	}
	return x.out, err
}

// export is one file being read.
type export struct {
	*Reports
	table *table
	tr    translator
	books source.Books
	page  source.Page
	// seen are the ids in the file, blind the rows whose ids could not be read.
	seen  map[book.ItemID]bool
	blind int
	// paidBy are the payment methods that were named.
	paidBy map[string]bool
	out    source.Report
}

func (x *export) run(ctx context.Context, keep func(source.Page) error) error {
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		l, err := x.table.next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return x.refuse(source.KindMalformed, err.Error(), "The file is damaged. Export it anew.")
		}
		x.out.Rows++
		if err := x.row(ctx, l); err != nil {
			return err
		}
		if x.out.Rows%pageRows == 0 {
			if err := x.hand(keep); err != nil {
				return err
			}
		}
	}
	if err := x.bury(ctx); err != nil {
		return err
	}
	return x.hand(keep)
}

func (x *export) hand(keep func(source.Page) error) error {
	p := x.page
	methods(x.options.Name, &p.Records, x.paidBy)
	p.Stage, p.StageOf, p.Stages, p.Done = sections[x.table.kind], 1, 1, x.out.Rows
	x.page = source.Page{}
	return keep(p)
}

// row reads one row into the page.
func (x *export) row(ctx context.Context, l line) error {
	var t translated
	err := l.err
	if err == nil {
		t, err = x.tr.translate(x.table.kind, x.table.object,
			cells{x.table.names, x.table.at, l.cells})
	}
	twice := t.id != "" && x.seen[t.id]
	if err == nil && twice {
		err = fmt.Errorf("id: %s stands in the file twice", t.id.Native())
	}
	if t.id != "" {
		x.seen[t.id] = true
	} else {
		x.blind++
	}
	if err != nil {
		x.page.Rejects = append(x.page.Rejects, book.Reject{Origin: string(x.options.Name),
			Place: fmt.Sprintf("row %d", l.number), Kind: x.table.kind,
			Raw:    source.Raw(strings.Join(l.cells, " | "), x.options.Secrets),
			Reason: clip(source.Raw(err.Error(), x.options.Secrets), 300)})
		return nil
	}
	x.span(t.records)
	was, err := x.books.Revision(ctx, t.id)
	if err != nil {
		return fmt.Errorf("profile: ask the books for %s: %w", t.id, err)
	}
	if was != "" && !strings.HasPrefix(was, source.FromReport) {
		x.out.Known++
		return nil
	}
	if x.table.kind == book.KindInvoice && len(t.records.Customers) > 0 {
		if err := x.payer(ctx, &t); err != nil {
			return err
		}
	}
	x.page.Records.Add(t.records)
	return nil
}

// payer leaves customers that the books have already to those who know more of them than an
// invoice does.
func (x *export) payer(ctx context.Context, t *translated) error {
	id := t.records.Customers[0].ID
	was, err := x.books.Revision(ctx, id)
	if err != nil {
		return fmt.Errorf("profile: ask the books for %s: %w", id, err)
	}
	if was != "" || x.seen[id] {
		t.records.Customers = nil
	}
	x.seen[id] = true
	return nil
}

// span widens the dates of the report by those of a record.
func (x *export) span(r book.Records) {
	var on book.Date
	switch {
	case len(r.Invoices) > 0:
		on = r.Invoices[0].IssuedOn
	case len(r.Payments) > 0:
		on = r.Payments[0].At.In(x.tr.zone)
	case len(r.Credits) > 0:
		on = r.Credits[0].On
	}
	if on == 0 {
		return
	}
	if x.out.From == 0 || on < x.out.From {
		x.out.From = on
	}
	x.out.To = max(x.out.To, on)
}

// bury names what a complete file leaves out.
func (x *export) bury(ctx context.Context) error {
	shelf, ok := x.books.(source.Shelf)
	if !ok || !x.table.object.Complete {
		return nil
	}
	if x.blind > 0 {
		x.out.Notes = append(x.out.Notes, fmt.Sprintf("Nothing was marked as deleted, because the ids "+
			"of %d rows could not be read.", x.blind))
		return nil
	}
	ids, err := shelf.Stored(ctx, x.table.kind)
	if err != nil {
		return fmt.Errorf("profile: ask the books for %s: %w", sections[x.table.kind], err)
	}
	buried := 0
	for _, id := range ids {
		if x.seen[id] {
			continue
		}
		was, err := x.books.Revision(ctx, id)
		if err != nil {
			return fmt.Errorf("profile: ask the books for %s: %w", id, err)
		}
		if strings.HasPrefix(was, source.FromReport) {
			x.page.Records.Gone = append(x.page.Records.Gone, id)
			buried++
		}
	}
	if buried > 0 {
		x.out.Notes = append(x.out.Notes, fmt.Sprintf("Marked as deleted: %d %s that earlier files "+
			"brought and this complete one leaves out.", buried, sections[x.table.kind]))
	}
	return nil
}

// TryFile reads the first rows of a file as a mapping says and shows what becomes of them. Nothing
// is stored. The error is of kind unsupported for a file that is none of the mapping's.
func TryFile(o source.Options, m *Mapping, file io.Reader) (Trial, error) {
	r := &Reports{options: o, mapping: m}
	if m.Files == nil {
		return Trial{}, fmt.Errorf("the profile %s describes no files: add [files] to it", m.Name)
	}
	t, err := r.open(file)
	if err != nil {
		return Trial{}, err
	}
	var rows []record
	broken := []string{}
	for len(rows) < trialPage {
		l, err := t.next()
		if err != nil {
			break
		}
		if l.err != nil {
			broken = append(broken, fmt.Sprintf("row %d: %s", l.number, l.err))
			continue
		}
		rows = append(rows, cells{t.names, t.at, l.cells})
	}
	out := tryRows(r.translator(t), t.kind, t.object, rows)
	out.From = t.format + " of " + sections[t.kind]
	out.Warnings = append(out.Warnings, broken...)
	out.clean(o.Secrets)
	return out, t.close()
}
