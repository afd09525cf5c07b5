package paypal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"countinghouse/app/book"
	"countinghouse/sync/source"
)

// The reports that are read.
const (
	// activityReport is the activity download of a business account.
	activityReport = "paypal-activity"
	// settlementReport is the daily settlement report, STL.
	settlementReport = "paypal-settlement"
)

// Reports reads the reports that people download from PayPal.
type Reports struct {
	o         source.Options
	translate translator
}

// NewReports opens the reader of an account's reports; it needs no key. Its error is of kind refused
// where the invoice pattern cannot be used.
func NewReports(o source.Options) (*Reports, error) {
	t, err := newTranslator(o)
	if err != nil {
		return nil, &source.Error{Kind: source.KindRefused, Source: o.Name, Op: "open",
			Detail: err.Error(), Err: err}
	}
	return &Reports{o, t}, nil
}

// reportPage is how many rows are handed over at once.
const reportPage = 500

// reading is the reading of one file.
type reading struct {
	*Reports
	ctx    context.Context
	books  source.Books
	keep   func(source.Page) error
	page   source.Page
	report source.Report
	rows   []row
	// balances are what the file says that PayPal held behind its last rows.
	balances []book.Balance
	// point is the mark before the decimals in an activity download, "" where it is not known.
	point string
}

// Report reads an activity download or a settlement report. The rows become records as those of the
// search do. An activity download names no event codes, so that its records give way to those of a
// settlement report, and both to the API's.
func (s *Reports) Report(ctx context.Context, file io.Reader, books source.Books,
	keep func(source.Page) error) (source.Report, error) {
	r := &reading{Reports: s, ctx: ctx, books: books, keep: keep}
	table, err := source.NewTable(file)
	if err != nil {
		return r.report, s.unknown(err.Error(), "")
	}
	if strings.EqualFold(table.Header[0], "RH") {
		r.report.Format = settlementReport
		err = r.settlement(table)
	} else {
		err = r.activity(table)
	}
	if err == nil {
		err = r.finish()
	}
	return r.report, err
}

// unknown is the refusal of a file that is none of the reports.
func (s *Reports) unknown(detail, looks string) error {
	hint := "This file is none of PayPal's reports that can be read"
	if looks != "" {
		hint += ": " + looks
	}
	return &source.Error{Kind: source.KindUnsupported, Source: s.o.Name, Op: "read report",
		Detail: detail, Hint: hint + ". Download \"All activity\" as CSV with all fields from a " +
			"business account, or take a settlement report (STL)."}
}

// wrong is the refusal of a report that cannot be right.
func (s *Reports) wrong(hint string, cause error) error {
	e := &source.Error{Kind: source.KindMalformed, Source: s.o.Name, Op: "read report", Hint: hint,
		Err: cause}
	if cause != nil {
		e.Detail = cause.Error()
	}
	return e
}

// each hands over a table's rows with their lines.
func (r *reading) each(table *source.Table, take func(cells []string, line int) error) error {
	for {
		cells, line, err := table.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return r.wrong("The file cannot be read to its end. Download it again.", err)
		}
		if err := r.ctx.Err(); err != nil {
			return err
		}
		if err := take(cells, line); err != nil {
			return err
		}
	}
}

// reject keeps a row aside that cannot be read.
func (r *reading) reject(cells []string, line int, err error) {
	r.page.Rejects = append(r.page.Rejects, book.Reject{Origin: string(r.o.Name),
		Place: fmt.Sprintf("row %d", line), Kind: book.KindTransaction,
		Raw:    source.Raw(strings.Join(cells, ","), r.o.Secrets),
		Reason: source.Raw(err.Error(), r.o.Secrets), At: book.At(r.o.Clock())})
}

// add takes a row that was read.
func (r *reading) add(x row) {
	on := x.at.In(time.UTC)
	if r.report.From == 0 || on < r.report.From {
		r.report.From = on
	}
	r.report.To = max(r.report.To, on)
	r.rows = append(r.rows, x)
}

// finish names the rows and hands their records over.
func (r *reading) finish() error {
	if r.report.Format == settlementReport {
		rows, err := r.translate.named(r.ctx, r.rows, r.books)
		if err != nil {
			return err
		}
		r.rows = rows
	}
	for i := range r.rows {
		records, err := r.translate.records(&r.rows[i], nil)
		if err != nil {
			return r.wrong("The file holds a row that cannot be read.", err)
		}
		if err := r.take(records); err != nil {
			return err
		}
		if r.page.Records.Len() >= reportPage {
			if err := r.emit(i + 1); err != nil {
				return err
			}
		}
	}
	if r.report.Known == 0 {
		// Where the API is read, it states the balances itself.
		r.page.Records.Balances = r.balances
	}
	if r.page.Records.Len()+len(r.page.Rejects) == 0 {
		return nil
	}
	return r.emit(len(r.rows))
}

func (r *reading) emit(done int) error {
	if err := r.ctx.Err(); err != nil {
		return err
	}
	page := r.page
	page.Stage, page.StageOf, page.Stages = "rows", 1, 1
	page.Done, page.Total = done, len(r.rows)
	r.page = source.Page{}
	return r.keep(page)
}

// take adds the records of a row to the page, but those that are known better. The mark in the
// revision of what a settlement report brought lets the API know the row again.
func (r *reading) take(records book.Records) error {
	left := false
	for _, x := range records.Transactions {
		x.Revision = r.revised(x.Revision)
		better, err := r.better(x.ID)
		if err != nil {
			return err
		}
		if left = left || better; !better {
			r.page.Records.Transactions = append(r.page.Records.Transactions, x)
		}
	}
	for _, x := range records.Payouts {
		x.Revision = r.revised(x.Revision)
		better, err := r.better(x.ID)
		if err != nil {
			return err
		}
		if left = left || better; !better {
			r.page.Records.Payouts = append(r.page.Records.Payouts, x)
		}
	}
	if left {
		r.report.Known++
	}
	return nil
}

func (r *reading) revised(revision string) string {
	if r.report.Format == activityReport {
		revision, _, _ = strings.Cut(revision, "#")
	}
	return source.FromReport + revision
}

// better reports whether a record is stored by who knows more than this report.
func (r *reading) better(id book.ItemID) (bool, error) {
	stored, err := r.books.Revision(r.ctx, id)
	switch {
	case err != nil || stored == "":
		return false, err
	case !strings.HasPrefix(stored, source.FromReport):
		return true, nil
	}
	mark, _ := markOf(stored)
	return r.report.Format == activityReport && mark != "", nil
}

// columnsOf is where each column of a header stands, by its name in lower case with single blanks.
func columnsOf(header []string) map[string]int {
	out := make(map[string]int, len(header))
	for i, h := range header {
		name := strings.ToLower(strings.Join(strings.Fields(h), " "))
		if _, again := out[name]; !again {
			out[name] = i
		}
	}
	return out
}

// lacks is the first of some names that a header does not have, "" for none.
func lacks(columns map[string]int, names ...string) string {
	i := slices.IndexFunc(names, func(n string) bool { _, ok := columns[n]; return !ok })
	if i < 0 {
		return ""
	}
	return names[i]
}

var _ source.Reporter = (*Reports)(nil)
