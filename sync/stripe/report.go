package stripe

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"countinghouse/app/book"
	"countinghouse/app/money"
	"countinghouse/sync/source"
)

// The reports that are read (Stripe, report types, read 2026-11).
const (
	// itemisedBalance is "Itemised balance change from activity": every movement of a period.
	itemisedBalance = "stripe-itemised-balance"
	// payoutReconciliation is "Itemised payout reconciliation": all that a period's automatic payouts
	// carried.
	payoutReconciliation = "stripe-payout-reconciliation"
	// itemisedPayouts is "Itemised payouts": the payouts of a period, without what they carried.
	itemisedPayouts = "stripe-itemised-payouts"
)

// Reports reads the reports that people download from Stripe's Dashboard.
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

// reportPage is how many records are handed over at once.
const reportPage = 500

// reading is the reading of one file.
type reading struct {
	*Reports
	ctx    context.Context
	books  source.Books
	keep   func(source.Page) error
	page   source.Page
	report source.Report
	// column is where each column stands, by its name in lower case but for a metadata's key; width
	// is how many there are.
	column map[string]int
	width  int
	// payouts are what the rows of a payout reconciliation come to, returned those that came back.
	payouts  map[book.ItemID]*known
	returned map[book.ItemID]returned
}

// returned is a payout that came back: when, and how much.
type returned struct {
	at     book.Instant
	amount money.Money
}

// Report reads an itemised balance change or payout reconciliation. Columns go by name, because the
// person who downloads chooses them; times are read from the UTC column where there is one, else in
// the source's zone. The file says nothing of taxes on fees, rates, and attempts that moved nothing.
func (s *Reports) Report(ctx context.Context, file io.Reader, books source.Books,
	keep func(source.Page) error) (source.Report, error) {
	r := &reading{Reports: s, ctx: ctx, books: books, keep: keep, column: map[string]int{},
		payouts: map[book.ItemID]*known{}, returned: map[book.ItemID]returned{}}
	table, err := source.NewTable(file)
	if err != nil {
		return r.report, s.unknown(err.Error(), "")
	}
	r.width = len(table.Header)
	for i, h := range table.Header {
		name, key, _ := strings.Cut(h, "[")
		if key != "" {
			key = "[" + key
		}
		r.column[strings.ToLower(name)+key] = i
	}
	if err := r.recognise(file); err != nil {
		return r.report, err
	}
	for {
		cells, line, err := table.Next()
		if errors.Is(err, io.EOF) {
			return r.report, r.finish()
		}
		if err != nil {
			return r.report, &source.Error{Kind: source.KindMalformed, Source: s.o.Name,
				Op: "read report", Detail: err.Error(), Err: err,
				Hint: "The file cannot be read to its end. Download it again."}
		}
		if err := r.row(cells, line); err != nil {
			return r.report, err
		}
	}
}

// unknown is the refusal of a file that is none of the reports.
func (s *Reports) unknown(detail, looks string) error {
	hint := "This file is none of Stripe's itemised reports"
	if looks != "" {
		hint += ": " + looks
	}
	return &source.Error{Kind: source.KindUnsupported, Source: s.o.Name, Op: "read report",
		Detail: detail, Hint: hint + ". Download \"Itemised balance change from activity\", " +
			"\"Itemised payouts\" or \"Itemised payout reconciliation\" with all columns."}
}

// has says that the report has a column.
func (r *reading) has(column string) bool {
	_, ok := r.column[column]
	return ok
}

// recognise finds out which report the file is.
func (r *reading) recognise(file io.Reader) error {
	switch {
	case r.has("payout_id") && r.has("payout_type") && r.has("currency") && r.has("gross") &&
		(r.has("effective_at") || r.has("effective_at_utc")):
		r.report.Format = itemisedPayouts
		return nil
	case r.has("reporting_category") && r.has("count"):
		return r.unknown("", "it is a summary")
	case !r.has("balance_transaction_id"):
		return r.unknown("it has no column balance_transaction_id", "")
	}
	for _, column := range []string{"created", "currency", "gross", "fee", "net",
		"reporting_category", "source_id"} {
		if !r.has(column) && !(column == "created" && r.has("created_utc")) {
			return r.unknown("it has no column "+column, "the column "+column+" was left out")
		}
	}
	r.report.Format = itemisedBalance
	name := ""
	if f, ok := file.(interface{ Name() string }); ok {
		name = strings.ToLower(filepath.Base(f.Name()))
	}
	named := strings.Contains(strings.NewReplacer("_", "", "-", "", " ", "").Replace(name),
		"payoutreconciliation")
	if named || r.has("destination_payment_id") || r.has("order_id") {
		r.report.Format = payoutReconciliation
	}
	return nil
}

// row reads a row into the page.
func (r *reading) row(cells []string, line int) error {
	r.report.Rows++
	if r.report.Format == itemisedPayouts {
		if err := r.listed(cells); err != nil {
			r.reject(book.KindPayout, cells, line, err)
		}
		return nil
	}
	x, ok, err := r.transaction(cells)
	if err != nil {
		r.reject(book.KindTransaction, cells, line, err)
		return nil
	}
	if x.At != 0 {
		r.span(x.At.In(time.UTC))
	}
	if !ok {
		return nil
	}
	if x.Kind == book.PayoutFailure {
		r.returned[x.Parent] = returned{x.At, money.New(x.Gross, x.Currency)}
	}
	if x.PayoutID != "" {
		if err := r.carried(&x, cells); err != nil {
			return err
		}
	}
	return r.add(x)
}

// reject keeps a row aside that cannot be read.
func (r *reading) reject(kind book.Kind, cells []string, line int, err error) {
	r.page.Rejects = append(r.page.Rejects, book.Reject{Origin: string(r.o.Name),
		Place: fmt.Sprintf("row %d", line), Kind: kind,
		Raw:    source.Raw(strings.Join(cells, ","), r.o.Secrets),
		Reason: source.Raw(err.Error(), r.o.Secrets), At: book.At(r.o.Clock())})
}

// span widens the dates of the report.
func (r *reading) span(on book.Date) {
	if r.report.From == 0 || on < r.report.From {
		r.report.From = on
	}
	r.report.To = max(r.report.To, on)
}

// add adds a transaction to the page unless its API has brought it.
func (r *reading) add(x book.Transaction) error {
	stored, err := r.books.Revision(r.ctx, x.ID)
	if err != nil {
		return err
	}
	if stored != "" && !strings.HasPrefix(stored, source.FromReport) {
		r.report.Known++
		return nil
	}
	if _, payout, ok := strings.Cut(stored, "@"); ok && x.PayoutID == "" {
		x.PayoutID = r.translate.item(payout)
	}
	x.Revision = source.FromReport + revision(x)
	r.page.Records.Transactions = append(r.page.Records.Transactions, x)
	if len(r.page.Records.Transactions) >= reportPage {
		return r.emit()
	}
	return nil
}

func (r *reading) emit() error {
	if err := r.ctx.Err(); err != nil {
		return err
	}
	page := r.page
	page.Stage, page.StageOf, page.Stages, page.Done = "rows", 1, 1, r.report.Rows
	r.page = source.Page{}
	return r.keep(page)
}

var _ source.Reporter = (*Reports)(nil)
