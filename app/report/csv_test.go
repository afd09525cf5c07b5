package report

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"countinghouse/app/money"
)

func readCSV(t *testing.T, b []byte) [][]string {
	t.Helper()
	rest, ok := bytes.CutPrefix(b, []byte("\ufeff"))
	if !ok {
		t.Error("no byte order mark")
	}
	rows, err := csv.NewReader(bytes.NewReader(rest)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// tricky is a table of one row for each awkward value.
func tricky() Table {
	rows := [][]Cell{
		{Text("=cmd()"), Amount(money.New(-123456, "EUR")), Text("EUR"), Date(on("2024-02-29")),
			Instant(at("2024-02-29T23:30:00Z")), Integer(-1234567), Bool(true)},
		{Text("+49"), Amount(money.New(1234567, "JPY")), Text("JPY"), Date(on("1900-02-28")),
			Instant(at("2026-03-29T00:59:59Z")), Integer(0), Bool(false)},
		{Text(" @x, \"y\"\nz"), Amount(money.New(-1, "KWD")), Text("KWD"), {}, {}, {}, {}},
		{Text("\tTAB"), Amount(money.New(12345, "CLF")), Text("CLF"), {}, {}, {}, {}},
		{Text("𝄞\x01"), Amount(money.New(999_999_999_999_999, "EUR")), Text("EUR"), {}, {}, {}, {}},
		{Text("-1"), Amount(money.New(-1_000_000_000_000_000, "EUR")), Text("EUR"), {}, {}, {}, {}},
		{Text("none"), Text("unknown"), {}, {}, {}, {}, {}},
	}
	return Table{Title: "Tricky: [a/b]", Notes: []string{"=note"}, Zone: vilnius,
		Columns: []Column{{ID: "text", Title: "Text", Kind: KindText},
			{ID: "amount", Title: "Amount", Kind: KindMoney},
			{ID: "currency", Title: "Currency", Kind: KindCode},
			{ID: "date", Title: "Date", Kind: KindDate},
			{ID: "at", Title: "At", Kind: KindInstant},
			{ID: "n", Title: "N", Kind: KindInteger, Total: true},
			{ID: "yes", Title: "Yes", Kind: KindBool}},
		Rows: func(yield func([]Cell, error) bool) {
			for _, r := range rows {
				if !yield(r, nil) {
					return
				}
			}
		}}
}

func TestTableCSV(t *testing.T) {
	var buf bytes.Buffer
	if err := WriteTableCSV(&buf, tricky()); err != nil {
		t.Fatal(err)
	}
	want := [][]string{
		{"text", "amount", "currency", "date", "at", "n", "yes"},
		{"'=cmd()", "-1234.56", "EUR", "2024-02-29", "2024-02-29T23:30:00Z", "-1234567", "true"},
		{"'+49", "1234567", "JPY", "1900-02-28", "2026-03-29T00:59:59Z", "0", "false"},
		{"' @x, \"y\"\nz", "-0.001", "KWD", "", "", "", ""},
		{"'\tTAB", "1.2345", "CLF", "", "", "", ""},
		{"𝄞", "9999999999999.99", "EUR", "", "", "", ""},
		{"'-1", "-10000000000000.00", "EUR", "", "", "", ""},
		{"none", "unknown", "", "", "", "", ""},
	}
	got := readCSV(t, buf.Bytes())
	if !slices.EqualFunc(got, want, slices.Equal) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if strings.Count(buf.String(), "\r\n") < len(want) {
		t.Error("lines do not end in CR LF")
	}
}

func TestTableCSVWithOneCurrencyHasItInAColumn(t *testing.T) {
	table := Table{Columns: []Column{{ID: "amount", Kind: KindMoney, Currency: "EUR"}},
		Rows: func(yield func([]Cell, error) bool) {
			yield([]Cell{Amount(money.New(5, "EUR"))}, nil)
		}}
	var buf bytes.Buffer
	if err := WriteTableCSV(&buf, table); err != nil {
		t.Fatal(err)
	}
	if got := buf.String(); got != "\ufeffamount,amount_currency\r\n0.05,EUR\r\n" {
		t.Errorf("got %q", got)
	}
}

func TestRowsThatEndInAnErrorGiveNoFile(t *testing.T) {
	broken := errors.New("the store went away")
	table := Table{Title: "Broken", Columns: []Column{{ID: "a", Kind: KindText}},
		Rows: func(yield func([]Cell, error) bool) {
			if yield([]Cell{Text("x")}, nil) {
				yield(nil, broken)
			}
		}}
	narrow := Table{Title: "Narrow", Columns: make([]Column, 2),
		Rows: func(yield func([]Cell, error) bool) { yield([]Cell{Text("x")}, nil) }}
	writers := map[string]func(io.Writer, Table) error{"csv": WriteTableCSV,
		"xlsx": WriteTableXLSX,
		"text": func(w io.Writer, t Table) error { return WriteTableText(w, t, 80) }}
	for name, write := range writers {
		if err := write(io.Discard, table); !errors.Is(err, broken) {
			t.Errorf("%s: got %v", name, err)
		}
		if err := write(io.Discard, narrow); err == nil {
			t.Errorf("%s: a row with a cell too few was written", name)
		}
	}
}

func TestCSVPackAsFolderAndZip(t *testing.T) {
	p, dir := month(), t.TempDir()
	folder, archive := filepath.Join(dir, "2026-10"), filepath.Join(dir, "2026-10.ZIP")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "mine.txt"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := WriteCSV(folder, p); err != nil {
			t.Fatal(err)
		}
	}
	if err := WriteCSV(archive, p); err != nil {
		t.Fatal(err)
	}
	list, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	z, err := zip.OpenReader(archive)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	if len(list) != len(p.sheets())+1 || len(z.File) != len(p.sheets()) {
		t.Errorf("%d files in the folder, %d in the archive", len(list), len(z.File))
	}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		zipped, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		plain, err := os.ReadFile(filepath.Join(folder, f.Name))
		if err != nil || !bytes.Equal(zipped, plain) {
			t.Errorf("%s differs between folder and archive: %v", f.Name, err)
		}
		readCSV(t, plain)
	}
}
