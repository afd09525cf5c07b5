package report

import (
	"archive/zip"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// WriteTableCSV writes a table as CSV (RFC 4180, UTF-8 with byte order mark, lines end in CR LF).
// The first line holds the columns' ids. Amounts are plain decimals with the currency's places, the
// currency is in a column of its own, dates are YYYY-MM-DD, instants RFC 3339 in UTC, yes and no
// are true and false. Texts are neutral (see Neutral). There is no line of totals.
func WriteTableCSV(w io.Writer, t Table) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return fmt.Errorf("report: write %s: %w", t.Title, err)
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true
	var record []string
	for _, c := range t.Columns {
		record = append(record, c.ID)
		if c.Currency != "" {
			record = append(record, c.ID+"_currency")
		}
	}
	if err := out.Write(record); err != nil {
		return fmt.Errorf("report: write %s: %w", t.Title, err)
	}
	for row, err := range t.rows() {
		if err != nil {
			return fmt.Errorf("report: write %s: %w", t.Title, err)
		}
		record = record[:0]
		for i, c := range t.Columns {
			record = append(record, row[i].csv())
			if c.Currency != "" {
				record = append(record, string(row[i].currency))
			}
		}
		if err := out.Write(record); err != nil {
			return fmt.Errorf("report: write %s: %w", t.Title, err)
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("report: write %s: %w", t.Title, err)
	}
	return nil
}

// rows gives the table's rows and refuses one that does not fit the columns.
func (t Table) rows() func(func([]Cell, error) bool) {
	return func(yield func([]Cell, error) bool) {
		if t.Rows == nil {
			return
		}
		n := 0
		for row, err := range t.Rows {
			n++
			if err == nil && len(row) != len(t.Columns) {
				err = fmt.Errorf("row %d has %d cells for %d columns", n, len(row), len(t.Columns))
			}
			if !yield(row, err) || err != nil {
				return
			}
		}
	}
}

func (c Cell) csv() string {
	switch c.kind {
	case KindInteger:
		return strconv.FormatInt(c.n, 10)
	case KindMoney:
		return c.money().Decimal()
	case KindDate:
		return dateText(c.n)
	case KindInstant:
		return c.wall(time.UTC).Format("2006-01-02T15:04:05.999Z07:00")
	case KindBool:
		return strconv.FormatBool(c.n != 0)
	}
	return Neutral(c.text)
}

// WriteCSV writes the close pack as CSV files, one for each table: into a .zip where the path ends
// so, else into a folder of that name, which is made where it is missing. Files of an earlier
// export in it are replaced, once all new ones are written.
func WriteCSV(path string, p *Pack) error {
	if strings.EqualFold(filepath.Ext(path), ".zip") {
		return WriteFile(path, func(w io.Writer) error { return writeZip(w, p) })
	}
	return writeFolder(path, p)
}

func writeZip(w io.Writer, p *Pack) error {
	z := zip.NewWriter(w)
	for _, s := range p.sheets() {
		f, err := z.CreateHeader(&zip.FileHeader{Name: s.file + ".csv", Method: zip.Deflate,
			Modified: p.RunAt.Time()})
		if err != nil {
			return fmt.Errorf("report: write %s: %w", s.file, err)
		}
		if err := WriteTableCSV(f, s.table); err != nil {
			return err
		}
	}
	return z.Close()
}

func writeFolder(path string, p *Pack) (err error) {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return fmt.Errorf("report: write %s: %w", path, err)
	}
	tmp, err := os.MkdirTemp(path, ".countinghouse-*.tmp")
	if err != nil {
		return fmt.Errorf("report: write %s: %w", path, err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(tmp)) }()
	sheets := p.sheets()
	for _, s := range sheets {
		write := func(w io.Writer) error { return WriteTableCSV(w, s.table) }
		if err := WriteFile(filepath.Join(tmp, s.file+".csv"), write); err != nil {
			return err
		}
	}
	for _, s := range sheets {
		name := s.file + ".csv"
		if err := os.Rename(filepath.Join(tmp, name), filepath.Join(path, name)); err != nil {
			return fmt.Errorf("report: write %s: %w", path, err)
		}
	}
	syncFolder(path)
	return nil
}
