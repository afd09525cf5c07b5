package profile

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/gogs/chardet"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
)

// letters turns a file into UTF-8: by the encoding that the mapping names, else by its byte order
// mark, as UTF-8 where it is valid, else by the detector's guess.
func letters(body []byte, named string) (string, error) {
	enc := encoding.Encoding(unicode.UTF8BOM)
	switch {
	case named != "" && named != "auto":
		e, err := htmlindex.Get(named)
		if err != nil {
			return "", fmt.Errorf("the encoding %q is not known", named)
		}
		enc = e
	case bytes.HasPrefix(body, []byte("\xff\xfe")), bytes.HasPrefix(body, []byte("\xfe\xff")):
		enc = unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
	case !utf8.Valid(body):
		enc = guess(body[:min(len(body), 64<<10)])
	}
	out, err := enc.NewDecoder().Bytes(body)
	if err != nil {
		return "", errors.New("the letters of the file cannot be read")
	}
	return strings.TrimPrefix(string(out), "\ufeff"), nil
}

// guess is the detector's most likely encoding; the ISO sets give way to the Windows sets, which
// hold them and are what programs really write.
func guess(sample []byte) encoding.Encoding {
	all, err := chardet.NewTextDetector().DetectAll(sample)
	if err != nil {
		return charmap.Windows1252
	}
	slices.SortFunc(all, func(a, b chardet.Result) int {
		return cmp.Or(b.Confidence-a.Confidence, cmp.Compare(a.Charset, b.Charset),
			cmp.Compare(a.Language, b.Language))
	})
	for _, r := range all {
		switch r.Charset {
		case "UTF-8":
			continue
		case "ISO-8859-2":
			return charmap.Windows1250
		}
		if e, err := htmlindex.Get(r.Charset); err == nil && r.Confidence >= 30 {
			return e
		}
	}
	return charmap.Windows1252
}

// openCSV reads a file of separated values.
func (t *table) openCSV(body []byte, f *Files) error {
	text, err := letters(body, f.Encoding)
	if err != nil {
		return err
	}
	if strings.ContainsRune(text[:min(len(text), 4096)], 0) {
		return errors.New("the file is no text")
	}
	in := csv.NewReader(strings.NewReader(text))
	in.FieldsPerRecord = -1
	in.Comma = delimiter(text, f.Delimiter)
	width := 0
	t.next = func() (line, error) {
		for {
			row, err := in.Read()
			if errors.Is(err, io.EOF) {
				return line{}, io.EOF
			}
			var bad *csv.ParseError
			if errors.As(err, &bad) {
				return line{number: bad.StartLine, err: fmt.Errorf("quotes are not closed or stand in "+
					"the midst of a cell, line %d", bad.Line)}, nil
			}
			if err != nil {
				return line{}, err
			}
			at, _ := in.FieldPos(0)
			if blank(row) {
				continue
			}
			l := line{number: at, cells: row}
			switch {
			case width == 0:
				width = len(row)
			case len(row) != width:
				l.err = fmt.Errorf("the row has %d cells, the header %d", len(row), width)
			}
			return l, nil
		}
	}
	return nil
}

func blank(row []string) bool {
	return !slices.ContainsFunc(row, func(c string) bool { return strings.TrimSpace(c) != "" })
}

// delimiter is what the mapping says, else the mark that stands most often in the header.
func delimiter(text, named string) rune {
	switch named {
	case "comma":
		return ','
	case "semicolon":
		return ';'
	case "tab":
		return '\t'
	}
	head, _, _ := strings.Cut(strings.TrimLeft(text, "\r\n"), "\n")
	best := ','
	for _, c := range ",;\t" {
		if strings.Count(head, string(c)) > strings.Count(head, string(best)) {
			best = c
		}
	}
	return best
}

// unzipMax is the largest size of a workbook's parts.
const unzipMax = 1 << 30

// openXLSX reads a sheet of a workbook row by row. Cells are raw: a number is its digits and a date
// its count of days, whatever the cell's format shows.
func (t *table) openXLSX(body []byte, sheet string) error {
	file, err := excelize.OpenReader(bytes.NewReader(body), excelize.Options{RawCellValue: true,
		UnzipSizeLimit: unzipMax})
	if err != nil {
		return errors.New("the workbook cannot be opened")
	}
	if sheet == "" {
		sheet = file.GetSheetName(0)
	}
	rows, err := file.Rows(sheet)
	if err != nil {
		return errors.Join(fmt.Errorf("the workbook has no sheet %q", sheet), file.Close())
	}
	t.close = func() error { return errors.Join(rows.Close(), file.Close()) }
	number, width := 0, 0
	t.next = func() (line, error) {
		for rows.Next() {
			number++
			row, err := rows.Columns(excelize.Options{RawCellValue: true})
			if err != nil {
				return line{}, errors.New("the workbook is damaged")
			}
			if blank(row) {
				continue
			}
			l := line{number: number, cells: row}
			switch {
			case width == 0:
				width = len(row)
			case len(row) > width && !blank(row[width:]):
				l.err = fmt.Errorf("the row has %d cells, the header %d", len(row), width)
			}
			return l, nil
		}
		if err := rows.Error(); err != nil {
			return line{}, errors.New("the workbook is damaged")
		}
		return line{}, io.EOF
	}
	return nil
}
