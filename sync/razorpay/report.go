package razorpay

import (
	"bufio"
	"cmp"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"countinghouse/app/book"
	"countinghouse/app/money"
	"countinghouse/sync/source"
)

// reportFormat names the report that can be read.
const reportFormat = "razorpay-settlement-recon"

// Reports reads the Settlement Recon report of the Razorpay Dashboard, as CSV. It needs no key and
// never opens the network.
type Reports struct {
	o         source.Options
	translate translator
}

// NewReports opens the reader of reports. Its error is of kind refused where the invoice pattern
// cannot be used.
func NewReports(o source.Options) (source.Reporter, error) {
	t, err := newTranslator(o)
	if err != nil {
		return nil, &source.Error{Kind: source.KindRefused, Source: o.Name, Op: "open reports",
			Detail: err.Error(), Err: err}
	}
	return &Reports{o: o, translate: t}, nil
}

// reportNeeds are the columns without which a file is no such report.
var reportNeeds = []string{"entity_id", "type", "debit", "credit", "amount", "currency", "fee", "tax",
	"created_at", "settled_at", "settlement_id"}

// reading is one report being read.
type reading struct {
	*Reports
	ctx    context.Context
	books  source.Books
	keep   func(source.Page) error
	page   source.Page
	report source.Report

	columns map[string]int
	// payouts are the settlements whose rows were all read, spoilt those with one that was not.
	payouts map[string]*book.Payout
	spoilt  map[string]bool
}

// Report reads one file. Rows become the records of the same movements that the API brings, and each
// settlement a payout of the sum of its rows, as the report does not state its amount; one with a row
// that could not be read becomes none.
func (s *Reports) Report(ctx context.Context, file io.Reader, books source.Books,
	keep func(source.Page) error) (source.Report, error) {
	r := &reading{Reports: s, ctx: ctx, books: books, keep: keep, payouts: map[string]*book.Payout{},
		spoilt: map[string]bool{}, report: source.Report{Format: reportFormat}}
	table := csv.NewReader(withoutMark(file))
	table.FieldsPerRecord = -1
	table.ReuseRecord = true
	if err := r.head(table); err != nil {
		return source.Report{}, err
	}
	for {
		fields, err := table.Read()
		var bad *csv.ParseError
		switch {
		case errors.Is(err, io.EOF):
			err := r.finish()
			return r.report, err
		case errors.As(err, &bad):
			r.report.Rows++
			r.reject(bad.StartLine, "", err)
			continue
		case err != nil:
			return source.Report{}, s.fault(source.KindMalformed, err.Error(), "")
		}
		line, _ := table.FieldPos(0)
		if err := r.row(line, fields); err != nil {
			return source.Report{}, err
		}
	}
}

func (s *Reports) fault(kind source.Kind, detail, hint string) error {
	return &source.Error{Kind: kind, Source: s.o.Name, Op: "read a report",
		Detail: source.Raw(detail, nil), Hint: hint}
}

// withoutMark is a file without the mark of its encoding.
func withoutMark(file io.Reader) io.Reader {
	b := bufio.NewReader(file)
	if mark, err := b.Peek(3); err == nil && string(mark) == "\xef\xbb\xbf" {
		_, _ = b.Discard(3)
	}
	return b
}

// head reads the names of the columns, which may stand in any order and among others.
func (r *reading) head(table *csv.Reader) error {
	const hint = "It is not Razorpay's Settlement Recon report. In the Razorpay Dashboard, open " +
		"Reports, choose Settlement Recon, and download it as CSV."
	names, err := table.Read()
	if err != nil {
		return r.fault(source.KindUnsupported, "the file has no table", hint)
	}
	r.columns = map[string]int{}
	for i, name := range names {
		key := strings.ReplaceAll(strings.ToLower(strings.TrimSpace(name)), " ", "_")
		if _, twice := r.columns[key]; twice && slices.Contains(reportNeeds, key) {
			return r.fault(source.KindUnsupported, "column "+key+" stands twice", hint)
		}
		r.columns[key] = i
	}
	for _, name := range reportNeeds {
		if _, ok := r.columns[name]; !ok {
			return r.fault(source.KindUnsupported, "column "+name+" is missing", hint)
		}
	}
	return nil
}

// pagePortion is how many rows of a report are handed over at a time.
const pagePortion = 500

// row keeps a row of the file.
func (r *reading) row(line int, fields []string) error {
	if len(fields) == 1 && strings.TrimSpace(fields[0]) == "" {
		return nil
	}
	r.report.Rows++
	got, settledOn, err := r.read(fields)
	if err == nil {
		err = r.transaction(got)
	}
	var failed booksError
	if errors.As(err, &failed) {
		return failed.error
	}
	if err != nil {
		r.reject(line, strings.Join(fields, ","), err)
		r.spoilt[got.SettlementID] = true
		return r.ctx.Err()
	}
	r.settle(got, settledOn)
	if r.report.Rows%pagePortion == 0 {
		return r.emit()
	}
	return nil
}

// booksError is an error of the books, which is no fault of a row.
type booksError struct{ error }

// read reads a row's fields: amounts in rupees with decimals, times of India.
func (r *reading) read(fields []string) (row, book.Date, error) {
	text := func(column string) string {
		i, ok := r.columns[column]
		if !ok || i >= len(fields) {
			return ""
		}
		v := strings.TrimSpace(fields[i])
		if v == "NA" || v == "null" || v == "-" {
			return ""
		}
		return v
	}
	w := wireRow{EntityID: text("entity_id"), Type: strings.ToLower(text("type")),
		Currency: text("currency"), SettlementID: text("settlement_id"),
		Description: text("description"), PaymentID: text("payment_id"),
		DisputeID: text("dispute_id"), utr: text("settlement_utr"), order: text("order_id"),
		receipt: text("order_receipt")}
	short := row{wireRow: w}
	for _, name := range reportNeeds {
		if r.columns[name] >= len(fields) {
			return short, 0, fmt.Errorf("the row has %d columns only", len(fields))
		}
	}
	currency, err := money.ParseCurrency(w.Currency)
	if err != nil {
		return short, 0, err
	}
	minor := map[string]int64{}
	for _, column := range []string{"debit", "credit", "amount", "fee", "tax"} {
		a, err := money.Parse(cmp.Or(text(column), "0"), currency)
		if err != nil {
			return short, 0, fmt.Errorf("column %s: %w", column, err)
		}
		minor[column] = a.Minor
	}
	debit, credit, amount := minor["debit"], minor["credit"], minor["amount"]
	w.Debit, w.Credit, w.Amount, w.Fee, w.Tax = &debit, &credit, &amount, minor["fee"], minor["tax"]
	created, err := indianTime(text("created_at"))
	if err != nil {
		return short, 0, fmt.Errorf("column created_at: %w", err)
	}
	w.Created = created.Unix()
	var on book.Date
	if w.SettlementID != "" {
		at, err := indianTime(text("settled_at"))
		if err != nil {
			return short, 0, fmt.Errorf("column settled_at: %w", err)
		}
		on = book.DateOf(at)
	}
	w.Notes = readNotes(text("notes"))
	got, err := w.prove()
	return got, on, err
}

// readNotes reads the notes of a report: the text of an object, or any text.
func readNotes(text string) notes {
	var n notes
	if n.UnmarshalJSON([]byte(text)) != nil && n.UnmarshalJSON([]byte(strconv.Quote(text))) != nil {
		return nil
	}
	return n
}

// timeForms are how reports write moments and days.
var timeForms = []string{"02/01/2006 15:04:05", "02-01-2006 15:04:05", "02/01/2006 15:04",
	"02-01-2006 15:04", "02/01/2006", "02-01-2006"}

func indianTime(text string) (time.Time, error) {
	for _, form := range timeForms {
		if t, err := time.ParseInLocation(form, text, ist); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is no time of the form dd/mm/yyyy hh:mm:ss", text)
}

// transaction keeps the record of a row, unless the API has brought it.
func (r *reading) transaction(w row) error {
	x, err := r.translate.reported(w)
	if err != nil {
		return err
	}
	known, err := r.known(x.ID)
	if err != nil {
		return booksError{err}
	}
	if known {
		r.report.Known++
		return nil
	}
	x.Revision = source.FromReport + x.Revision
	r.page.Records.Transactions = append(r.page.Records.Transactions, x)
	return nil
}

// known says that the API has brought a record.
func (r *reading) known(id book.ItemID) (bool, error) {
	rev, err := r.books.Revision(r.ctx, id)
	return rev != "" && !strings.HasPrefix(rev, source.FromReport), err
}

// reported is the transaction of a row of a report: of payments and refunds it knows less than the
// API.
func (t translator) reported(r row) (book.Transaction, error) {
	if r.DisputeID != "" && r.Type == "adjustment" {
		return t.dispute(r, wireDispute{})
	}
	x := t.movement(r)
	switch {
	case r.Type == "payment" && r.net >= 0:
		x.Kind, x.Parent, x.AvailableAt = book.Charge, "", settleable(x.At)
		if r.order != "" {
			x.Aliases = []string{r.order}
		}
	case r.Type == "refund" && r.net <= 0:
		x.Kind = book.Refund
	case r.Type == "payment" || r.Type == "refund":
		return x, fmt.Errorf("row %s: a %s of %d is of the wrong sign", r.EntityID, r.Type, r.net)
	}
	x.InvoiceRef = ""
	if r.Type == "payment" || r.Type == "refund" {
		t.references(&x, r.Notes, r.Description, r.receipt)
	}
	x.Revision = ""
	x.Revision = revision(x, stored{settled: r.settled})
	return x, nil
}

// settle adds a row to its settlement.
func (r *reading) settle(w row, on book.Date) {
	first, last := on, on
	if on == 0 {
		first = book.AtUnix(w.Created).In(ist)
		last = first
	}
	if r.report.From == 0 || first < r.report.From {
		r.report.From = first
	}
	r.report.To = max(r.report.To, last)
	if w.none() {
		return
	}
	p := r.payouts[w.payout]
	if p == nil {
		p = &book.Payout{ID: r.translate.item(w.payout), Source: r.o.Name, State: book.PayoutPaid,
			Amount: money.New(0, w.currency), SentAt: on.Start(ist), ArrivesOn: on,
			Members: book.MembersStated}
		r.payouts[w.payout] = p
	}
	if p.Amount.Currency != w.currency {
		r.spoilt[w.payout] = true
	}
	p.Amount.Minor += w.net
	p.Trace = cmp.Or(p.Trace, w.utr)
}

func (r *reading) reject(line int, raw string, err error) {
	r.page.Rejects = append(r.page.Rejects, book.Reject{Origin: string(r.o.Name),
		Place: fmt.Sprintf("row %d", line), Kind: book.KindTransaction,
		Raw: source.Raw(raw, nil), Reason: source.Raw(err.Error(), nil), At: book.At(r.o.Clock())})
}

func (r *reading) emit() error {
	if err := r.ctx.Err(); err != nil {
		return err
	}
	page := r.page
	page.Stage, page.StageOf, page.Stages, page.Done = "settlement recon", 1, 1, r.report.Rows
	r.page = source.Page{}
	return r.keep(page)
}

// finish keeps the settlements.
func (r *reading) finish() error {
	left := 0
	for _, id := range slices.Sorted(maps.Keys(r.payouts)) {
		p := *r.payouts[id]
		known, err := r.known(p.ID)
		if err != nil {
			return err
		}
		switch {
		case r.spoilt[id]:
			left++
		case !known:
			p.Revision = source.FromReport + revision(p, stored{})
			r.page.Records.Payouts = append(r.page.Records.Payouts, p)
		}
	}
	if left > 0 {
		r.report.Notes = append(r.report.Notes, fmt.Sprintf("%d settlements are left out, as not "+
			"all of their rows could be read.", left))
	}
	if len(r.page.Records.Payouts) > 0 {
		r.report.Notes = append(r.report.Notes, "The report does not state what was sent to the "+
			"bank: each settlement's amount is the sum of its rows.")
	}
	return r.emit()
}
