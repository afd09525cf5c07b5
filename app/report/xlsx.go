package report

import (
	"archive/zip"
	"compress/flate"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// rowLimit is the number of rows that a sheet can have.
const rowLimit = 1_048_576

// headRow is the row of a sheet that holds the columns' heads; title and notes stand above it.
const headRow = 4

// workbook is one workbook being written. Its rows go through the library's stream, so a sheet is
// never in memory as a whole; sheets appear in the order in which they are opened.
type workbook struct {
	file   *excelize.File
	styles map[look]int
	// limit is rowLimit, smaller in tests.
	limit  int
	opened bool
	// overlong counts amounts of more than 15 digits, which stand as text.
	overlong int
}

func newWorkbook() *workbook {
	return &workbook{file: excelize.NewFile(), styles: map[look]int{}, limit: rowLimit}
}

// WriteTableXLSX writes one table as a workbook with one sheet, or more where the rows do not fit
// into one. Instants are in the table's zone. Columns that ask for it are added up below the rows.
func WriteTableXLSX(w io.Writer, t Table) (err error) {
	b := newWorkbook()
	defer b.end(&err, t.Title)
	if _, err := b.table(t); err != nil {
		return err
	}
	return b.save(w, excelize.DocProperties{Title: Neutral(t.Title), Creator: "Countinghouse"})
}

// end closes the library's temporary files and names the operation in an error.
func (b *workbook) end(err *error, what string) {
	if e := b.file.Close(); *err == nil {
		*err = e
	}
	if *err != nil {
		*err = fmt.Errorf("report: write workbook %s: %w", what, *err)
	}
}

// save writes the workbook. The library would collect the whole file in memory first, so its zip is
// led straight to w.
func (b *workbook) save(w io.Writer, doc excelize.DocProperties) error {
	if err := b.file.SetDocProps(&doc); err != nil {
		return err
	}
	app := &excelize.AppProperties{Application: "Countinghouse"}
	if err := b.file.SetAppProps(app); err != nil {
		return err
	}
	full := true
	if err := b.file.SetCalcProps(&excelize.CalcPropsOptions{FullCalcOnLoad: &full}); err != nil {
		return err
	}
	b.file.SetZipWriter(func(io.Writer) excelize.ZipWriter { return fastZip(w) })
	return b.file.Write(io.Discard)
}

// fastZip is a zip that rather takes some more room than time.
func fastZip(w io.Writer) *zip.Writer {
	z := zip.NewWriter(w)
	z.RegisterCompressor(zip.Deflate, func(out io.Writer) (io.WriteCloser, error) {
		return flate.NewWriter(out, flate.BestSpeed)
	})
	return z
}

// span is a stretch of rows that a table takes on one sheet.
type span struct {
	name        string
	first, last int
	stream      *excelize.StreamWriter
}

// placed is where a table's rows went.
type placed []span

// ranges are the references to a column, one for each sheet: 'Bridge items'!$H$5:$H$90.
func (p placed) ranges(column int) []string {
	var out []string
	for _, s := range p {
		name, _ := excelize.ColumnNumberToName(column + 1)
		out = append(out, fmt.Sprintf("'%s'!$%s$%d:$%s$%d", s.name, name, s.first, name,
			max(s.first, s.last)))
	}
	return out
}

// each joins a formula over all sheets of a table with +; the columns' references fill in the %s.
func (p placed) each(format string, columns ...int) string {
	var terms []string
	for i := range p {
		var refs []any
		for _, c := range columns {
			refs = append(refs, p.ranges(c)[i])
		}
		terms = append(terms, fmt.Sprintf(format, refs...))
	}
	return strings.Join(terms, "+")
}

// ref is a relative reference to a cell; columns count from 0, rows from 1.
func ref(column, row int) string {
	name, _ := excelize.ColumnNumberToName(column + 1)
	return name + strconv.Itoa(row)
}

// sheetName makes a title into a name that a sheet may have.
func sheetName(title string) string {
	s := strings.Map(func(r rune) rune {
		if strings.ContainsRune(`[]:*?/\'`, r) {
			return ' '
		}
		return r
	}, clean(title, true))
	if r := []rune(strings.TrimSpace(s)); len(r) > 26 {
		s = string(r[:26]) // leaves room for a number
	}
	if s = strings.TrimSpace(s); s == "" {
		return "Table"
	}
	return s
}

// open adds a sheet and its stream. The new file's first sheet is taken before others are added.
func (b *workbook) open(name string) (*excelize.StreamWriter, error) {
	if !b.opened {
		b.opened = true
		if err := b.file.SetDefaultFont(fontName); err != nil {
			return nil, err
		}
		if err := b.file.SetSheetName("Sheet1", name); err != nil {
			return nil, err
		}
	} else if _, err := b.file.NewSheet(name); err != nil {
		return nil, err
	}
	fit, grid := true, false
	if err := b.file.SetSheetProps(name, &excelize.SheetPropsOptions{FitToPage: &fit}); err != nil {
		return nil, err
	}
	view := &excelize.ViewOptions{ShowGridLines: &grid}
	if err := b.file.SetSheetView(name, 0, view); err != nil {
		return nil, err
	}
	return b.file.NewStreamWriter(name)
}

// paper sets how a sheet is printed.
func (b *workbook) paper(name, orientation string) error {
	a4, one, any := 9, 1, 0
	err := b.file.SetPageLayout(name, &excelize.PageLayoutOptions{Size: &a4,
		Orientation: &orientation, FitToWidth: &one, FitToHeight: &any})
	if err != nil {
		return err
	}
	side, top := 0.4, 0.6
	if err := b.file.SetPageMargins(name, &excelize.PageLayoutMarginsOptions{Left: &side,
		Right: &side, Top: &top, Bottom: &top}); err != nil {
		return err
	}
	return b.file.SetHeaderFooter(name, &excelize.HeaderFooterOptions{
		OddFooter: "&L&8&A&R&8Page &P of &N"})
}

// number is the amount for a cell. The library takes numbers as floats only: minor units of up to
// 15 digits and a power of ten are both exact, so their quotient is the nearest float, and its
// shortest decimal, which is what is written, is the amount itself. Longer ones, which a
// spreadsheet would round, give false.
func number(m money.Money) (float64, bool) {
	const most = 999_999_999_999_999
	exp, _ := m.Currency.Exponent()
	if m.Minor > most || m.Minor < -most {
		return 0, false
	}
	return float64(m.Minor) / powers[exp], true
}

var powers = [...]float64{1, 10, 100, 1000, 10000}

// numeric reports whether all cells are amounts that can stand as numbers.
func numeric(cells ...Cell) bool {
	for _, c := range cells {
		if c.kind != KindMoney {
			return false
		}
		if _, ok := number(c.money()); !ok {
			return false
		}
	}
	return true
}

// epoch is 1970-01-01 as a spreadsheet counts days; from march on its calendar is the real one.
const (
	epoch     = 25569
	marchOn   = 61 - epoch
	dayMillis = 86_400_000
)

// serial is a wall-clock moment as a spreadsheet counts it, in days; false before March 1900.
func serial(c Cell, zone *time.Location) (float64, bool) {
	_, offset := c.wall(zone).Zone()
	ms := c.n + int64(offset)*1000
	return float64(ms)/dayMillis + epoch, ms >= marchOn*dayMillis
}

func dateText(n int64) string { return book.Date(n).String() }
