package source

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"countinghouse/app/money"
)

// ReportSizeMax is the largest report that is read, in bytes.
const ReportSizeMax = 256 << 20

// ErrReportSize says that a report is larger than ReportSizeMax.
var ErrReportSize = fmt.Errorf("the file is larger than %d MB", ReportSizeMax>>20)

// Table reads the rows of a report in CSV, separated by commas, semicolons or tabs, in UTF-8, UTF-16
// or, where it is none of them, in Windows-1252.
type Table struct {
	// Header are the cells of the first row, blanks around them cut off.
	Header []string
	rows   *csv.Reader
}

// tableHead is how much of a file decides on encoding and separator.
const tableHead = 64 << 10

// NewTable reads the first row of a report. Its error is for a file that is no text.
func NewTable(file io.Reader) (*Table, error) {
	raw := bufio.NewReaderSize(&sizeLimit{r: file, left: ReportSizeMax}, tableHead)
	head, err := raw.Peek(tableHead)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read report: %w", err)
	}
	text := bufio.NewReaderSize(decoded(raw, head), tableHead)
	if head, err = text.Peek(tableHead); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read report: %w", err)
	}
	if bytes.IndexByte(head, 0) >= 0 || len(bytes.TrimSpace(head)) == 0 {
		return nil, errors.New("read report: the file is no text")
	}
	t := &Table{rows: csv.NewReader(text)}
	t.rows.Comma = separator(head)
	t.rows.LazyQuotes, t.rows.FieldsPerRecord = true, -1
	if t.Header, err = t.rows.Read(); err != nil {
		return nil, fmt.Errorf("read report: %w", err)
	}
	for i, h := range t.Header {
		t.Header[i] = strings.Join(strings.Fields(h), " ")
	}
	return t, nil
}

// decoded is a file as UTF-8 without its mark.
func decoded(file io.Reader, head []byte) io.Reader {
	whole := head
	for range utf8.UTFMax { // the head may end within a letter
		if utf8.Valid(whole) || len(whole) == 0 {
			break
		}
		whole = whole[:len(whole)-1]
	}
	switch {
	case bytes.HasPrefix(head, []byte{0xff, 0xfe}) || bytes.HasPrefix(head, []byte{0xfe, 0xff}):
		return unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder().Reader(file)
	case utf8.Valid(whole):
		return unicode.UTF8BOM.NewDecoder().Reader(file)
	}
	return charmap.Windows1252.NewDecoder().Reader(file)
}

// separator is the mark that stands most often in the first line.
func separator(head []byte) rune {
	line, _, _ := bytes.Cut(head, []byte("\n"))
	best, most := ',', 0
	for _, mark := range ",;\t" {
		if n := bytes.Count(line, []byte(string(mark))); n > most {
			best, most = mark, n
		}
	}
	return best
}

// Next is the next row that is not empty, and its line in the file from 1; io.EOF after the last.
func (t *Table) Next() ([]string, int, error) {
	for {
		cells, err := t.rows.Read()
		if err != nil {
			if errors.Is(err, io.EOF) {
				return nil, 0, io.EOF
			}
			return nil, 0, fmt.Errorf("read report: %w", err)
		}
		line, _ := t.rows.FieldPos(0)
		for i, c := range cells {
			cells[i] = strings.TrimSpace(c)
		}
		if strings.Join(cells, "") != "" {
			return cells, line, nil
		}
	}
}

// Amount is an amount in major units as a report prints it, whichever mark stands before its
// decimals: "1,234.56", "1.234,56", "-12,30". Where an amount could be read in two ways, such as 1,234
// in a currency with three decimals, it is refused.
func Amount(text string, c money.Currency) (int64, error) {
	marks := money.Marks{Point: "."}
	exp, _ := c.Exponent()
	comma, point := strings.LastIndexByte(text, ','), strings.LastIndexByte(text, '.')
	after := len(strings.TrimRight(text, " -)")) - 1 - max(comma, point)
	unclear := false
	switch {
	case comma >= 0 && point >= 0:
		if comma > point {
			marks.Point = ","
		}
	case comma >= 0 && exp > 0:
		marks.Point = ","
		unclear = after != exp || exp == 3 || strings.IndexByte(text, ',') < comma
	case comma >= 0:
		unclear = after != 3
	case point >= 0 && exp == 0:
		unclear = after == 3
	}
	if unclear {
		return 0, fmt.Errorf("%q can be read in two ways", text)
	}
	m, err := marks.Parse(text, c)
	return m.Minor, err
}

// sizeLimit ends a file that is too large with ErrReportSize.
type sizeLimit struct {
	r    io.Reader
	left int64
}

// Read reads on.
func (l *sizeLimit) Read(p []byte) (int, error) {
	n, err := l.r.Read(p)
	if l.left -= int64(n); l.left < 0 {
		return 0, ErrReportSize
	}
	return n, err
}
