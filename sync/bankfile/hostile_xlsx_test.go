package bankfile

import (
	"archive/zip"
	"bytes"
	endian "encoding/binary"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"
)

// bomb is a workbook whose sheet repeats a text between a head and a foot to a size.
func bomb(t testing.TB, head, body, foot string, size int) string {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, p := range bookParts("", "Export") {
		w, err := z.Create(p.name)
		if err == nil {
			_, err = io.WriteString(w, p.text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	w, err := z.Create("xl/worksheets/s1.xml")
	if err == nil {
		_, err = io.Copy(w, io.MultiReader(strings.NewReader(head), io.LimitReader(&endless{body: body, left: size}, int64(size)),
			strings.NewReader(foot)))
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// lying changes the size that the directory states for the largest part.
func lying(file string, stated uint32) string {
	b := []byte(file)
	at, most := 0, uint32(0)
	for i := range b[:len(b)-46] {
		if string(b[i:i+4]) == "PK\x01\x02" && endian.LittleEndian.Uint32(b[i+24:]) > most {
			at, most = i, endian.LittleEndian.Uint32(b[i+24:])
		}
	}
	endian.LittleEndian.PutUint32(b[at+24:], stated)
	return string(b)
}

func TestHostileWorkbooksAreRefusedWithFlatMemory(t *testing.T) {
	const mb = 1 << 20
	const open, shut = "<worksheet><sheetData>", "</sheetData></worksheet>"
	full := xlsxHead + cellTexts(styled(1, "45810"), "x", styled(2, "-1"))
	big := bomb(t, open, "<row/>", shut, 40*mb)
	many, huge := bookParts("", "Export"), []part(nil)
	for i := range maxParts + 1 {
		many = append(many, part{fmt.Sprintf("p%d", i), ""})
	}
	for range 2 {
		huge = append(huge, bookParts("", "Export")...)
	}
	for _, c := range []struct{ name, file, want string }{
		{"zip bomb", big, "blown up to many times its size"},
		{"a zip bomb of many sheets", lying(big, 1<<30), "unpacked, the workbook is larger than 256 MB"},
		{"zip bomb that lies", lying(big, 5000), "its archive is cut off or changed"},
		{"one cell", bomb(t, open+"<row><c><v>", "1", "</v></c></row>"+shut, 8*mb), "blown up"},
		{"one cell that lies", lying(bomb(t, open+"<row><c><v>", "1", "</v></c></row>"+shut, 8*mb), 64<<10), "workbook is damaged"},
		{"one large cell", bomb(t, open+`<row><c t="str"><v>`, "abcdefghijklmnopqrstuvwxyz 0123456789 äöüß<!-- -->", "</v></c></row>"+shut, 600<<10),
			"a text is larger than 256 KB"},
		{"entities in a sheet", zipped(t, append(bookParts("", "Export"), part{"xl/worksheets/s1.xml",
			`<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><worksheet><sheetData><row><c><v>&b;`})...),
			"document type or entities"},
		{"an entity without declaration", zipped(t, append(bookParts("", "Export"), part{"xl/worksheets/s1.xml",
			open + "<row><c><v>&lol;</v></c></row>" + shut})...), "invalid character entity"},
		{"nested tags", bomb(t, open, "<a>", "", 8*mb/40), "nested deeper than 48"},
		{"a column beyond all", book1(t, "", `<row><c r="ZZZZZZZ1"><v>1</v></c></row>`), `"ZZZZZZZ1" is no cell`},
		{"a column beyond XFD", book1(t, "", `<row><c r="XFE1"><v>1</v></c></row>`), `"XFE1" is no cell`},
		{"the last column", book1(t, "", `<row><c r="XFD1048576"><v>1</v></c></row>`), "more than 512 cells"},
		{"a row beyond all", book1(t, "", `<row r="1048577"><c><v>1</v></c></row>`), "comes after row 0"},
		{"rows out of order", book1(t, "", full+`<row r="2"><c><v>1</v></c></row>`), "row \"2\" comes after row 2"},
		{"cells out of order", book1(t, "", `<row><c r="B1"><v>1</v></c><c r="A1"><v>1</v></c></row>`), "cells out of order"},
		{"two parts of one name", zipped(t, huge...), "two parts called"},
		{"too many parts", zipped(t, many...), "more than 4096 parts"},
		{"crossed tags", book1(t, "", "<row></c>"), "closes nothing that is open"},
		{"cut off inside", zipped(t, append(bookParts("", "Export"), part{"xl/worksheets/s1.xml", open + "<row><c>"})...), "cut off"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			start := time.Now()
			_, err := Read(ctx, strings.NewReader(c.file), "hostile.xlsx", operating)
			took := time.Since(start)
			runtime.ReadMemStats(&after)
			e, ok := errors.AsType[*Error](err)
			if !ok || !strings.Contains(e.Reason, c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
			if got := (after.TotalAlloc - before.TotalAlloc) / mb; got > 16 || took > 2*time.Second {
				t.Errorf("took %d MB in all and %v", got, took)
			}
		})
	}
}

// TestWorkbooksThatOnlyLookHostile are read: a million empty rows, cells that hold nothing up to the
// last column.
func TestWorkbooksThatOnlyLookHostile(t *testing.T) {
	full := "<worksheet><sheetData>" + xlsxHead + cellTexts(styled(1, "45810"), "x", styled(2, "-1")) +
		`<row r="5"><c r="XFD5" s="1"/></row>`
	rows := &strings.Builder{}
	for i := range 1_000_000 {
		fmt.Fprintf(rows, `<row r="%d"/>`, i+6)
	}
	file := zipped(t, append(bookParts("", "Export"), part{"xl/worksheets/s1.xml",
		full + rows.String() + "</sheetData></worksheet>"})...)
	start := time.Now()
	f := mustRead(t, file, "a.xlsx", operating)
	if len(allLines(f)) != 1 || f.Outcome() == "ask" {
		t.Errorf("got %+v", f)
	}
	t.Logf("%d rows in %v", 1_000_000, time.Since(start))
}
