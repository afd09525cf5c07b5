package bankfile

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
)

// The limits of a workbook beyond those of every file. A deflated part is at most 1032 times as long
// as it stands in the archive; tables are 5 to 60 times as long, only bombs come near the limit.
const (
	maxParts     = 4096
	maxRatio     = 200
	maxTexts     = 96 << 20
	perText      = 24
	maxSheets    = 256
	sampledRows  = 200
	saveAgain    = "open it and save it as XLSX or CSV, then import that"
	damaged      = "the workbook is damaged"
	downloadMore = "download it again, or open it and save it as XLSX"
)

// workbook is an XLSX file: an archive of XML parts. Only what is needed of the small parts and the
// texts that cells share is kept; sheets are read from the archive row by row.
type workbook struct {
	parts map[string]*zip.File
	l     Limits
	// sheets are in the order of their tabs.
	sheets []xlsxSheet
	// from1904 says that day 0 is 1904-01-01.
	from1904 bool
	// kinds say for each style of a cell what its numbers are.
	kinds []numberKind
	texts []string
}

// xlsxSheet is one tab of a workbook.
type xlsxSheet struct {
	name, part string
	hidden     bool
}

// readXLSX reads a workbook: of its visible sheets the first that holds a table of bank lines.
func readXLSX(in *input, s *sink) error {
	w, err := openWorkbook(in, s.o.Limits)
	if err == nil {
		err = w.readSheet(s)
	}
	if err != nil {
		return unzipped(err)
	}
	// The archive was read here and there: what follows counts the bytes of the file once.
	_, err = in.src.r.Seek(0, io.SeekEnd)
	return err
}

// unzipped makes a refusal of what is wrong with the archive.
func unzipped(err error) error {
	corrupt, isCorrupt := errors.AsType[flate.CorruptInputError](err)
	switch {
	case errors.Is(err, zip.ErrFormat), errors.Is(err, zip.ErrChecksum),
		errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return refuse(damaged+": its archive is cut off or changed", downloadMore)
	case isCorrupt:
		return refuse(fmt.Sprintf("%s: its archive is broken at byte %d", damaged, corrupt), downloadMore)
	case errors.Is(err, zip.ErrAlgorithm):
		return refuse("the workbook is packed in a way that is not known", saveAgain)
	}
	return err
}

// openWorkbook reads a file once from end to end, for its digest and the number of parts, then its
// directory and the small parts.
func openWorkbook(in *input, l Limits) (*workbook, error) {
	c := partCounter{}
	if _, err := io.Copy(&c, in); err != nil {
		return nil, err
	}
	if c.n > maxParts {
		return nil, refuse(fmt.Sprintf("the archive holds more than %d parts", maxParts), saveAgain)
	}
	z, err := zip.NewReader(anywhere{in.src.ctx, in.src.r}, in.src.n)
	if err != nil {
		return nil, err
	}
	w := &workbook{parts: map[string]*zip.File{}, l: l}
	total := uint64(0)
	for _, f := range z.File {
		name := partName(f.Name)
		total += f.UncompressedSize64
		switch {
		case f.Flags&1 != 0:
			return nil, refuse("the archive is protected with a password", "take the password off it first")
		case total > uint64(l.Bytes), f.UncompressedSize64 > uint64(l.Bytes):
			return nil, refuse(fmt.Sprintf("unpacked, the workbook is larger than %d MB", l.Bytes>>20),
				"export a shorter period")
		case f.UncompressedSize64 > 1<<20 && f.UncompressedSize64/maxRatio > f.CompressedSize64:
			return nil, refuse("a part of the workbook is blown up to many times its size, which no "+
				"table is", "ask the bank for another file")
		case w.parts[name] != nil:
			return nil, refuse(fmt.Sprintf("the archive holds two parts called %q", cut(f.Name)), saveAgain)
		}
		w.parts[name] = f
	}
	return w, w.readParts()
}

func partName(s string) string {
	return strings.TrimPrefix(strings.ToLower(strings.ReplaceAll(s, `\`, "/")), "/")
}

// partCounter counts the entries of an archive's directory before it is taken into memory.
type partCounter struct {
	n    int
	tail []byte
}

func (c *partCounter) Write(p []byte) (int, error) {
	mark := []byte("PK\x01\x02")
	seam := append(c.tail, p[:min(len(p), len(mark)-1)]...)
	c.n += bytes.Count(seam, mark) + bytes.Count(p, mark)
	all := append(c.tail, p[max(0, len(p)-len(mark)+1):]...)
	c.tail = bytes.Clone(all[max(0, len(all)-len(mark)+1):])
	return len(p), nil
}

// anywhere reads a file at any place of it.
type anywhere struct {
	ctx context.Context
	r   io.ReadSeeker
}

func (a anywhere) ReadAt(p []byte, off int64) (int, error) {
	if err := a.ctx.Err(); err != nil {
		return 0, err
	}
	if off < 0 {
		return 0, zip.ErrFormat
	}
	if r, ok := a.r.(io.ReaderAt); ok {
		return r.ReadAt(p, off)
	}
	if _, err := a.r.Seek(off, io.SeekStart); err != nil {
		return 0, err
	}
	n, err := io.ReadFull(a.r, p)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = io.EOF
	}
	return n, err
}

// relations are the parts that a part refers to, by their ids and by the last words of their types.
type relations struct{ byID, byType map[string]string }

// relationsOf reads the relations of a part, none where it has no list of them.
func (w *workbook) relationsOf(of string) (relations, error) {
	out := relations{map[string]string{}, map[string]string{}}
	dir, base := path.Split(of)
	list := dir + "_rels/" + base + ".rels"
	if w.parts[list] == nil {
		return out, nil
	}
	err := w.each(list, func(p *xlsxPart) error {
		if p.x.name.local != "Relationship" || len(out.byID) > maxParts {
			return nil
		}
		target := strings.ReplaceAll(p.attr("Target"), `\`, "/")
		if !strings.HasPrefix(target, "/") {
			target = dir + target
		}
		target = partName(path.Clean(target))
		out.byID[p.attr("Id")] = target
		out.byType[path.Base(p.attr("Type"))] = target
		return nil
	})
	return out, err
}

// readParts reads which sheets there are, the styles and the shared texts.
func (w *workbook) readParts() error {
	top, err := w.relationsOf("")
	if err != nil {
		return err
	}
	book := top.byType["officeDocument"]
	if w.parts[book] == nil {
		book = "xl/workbook.xml"
	}
	switch {
	case w.parts["xl/workbook.bin"] != nil:
		return refuse("this is a binary Excel workbook (XLSB)", saveAgain)
	case w.parts[book] == nil:
		return refuse("this is an archive without a workbook in it", "import the statement as CSV or CAMT.053")
	}
	parts, err := w.relationsOf(book)
	if err != nil {
		return err
	}
	if err := w.readSheets(book, parts); err != nil {
		return err
	}
	if styles := parts.byType["styles"]; w.parts[styles] != nil {
		if err := w.readStyles(styles); err != nil {
			return err
		}
	}
	if texts := parts.byType["sharedStrings"]; w.parts[texts] != nil {
		return w.readTexts(texts)
	}
	return nil
}

func (w *workbook) readSheets(book string, parts relations) error {
	return w.each(book, func(p *xlsxPart) error {
		switch p.x.name.local {
		case "workbookPr":
			w.from1904 = isTrue(p.attr("date1904"))
		case "sheet":
			state := p.attr("state")
			part := parts.byID[p.attr("id")]
			if w.parts[part] == nil || !strings.Contains(part, "worksheets/") {
				return nil // A chart, or a macro: no rows.
			}
			if len(w.sheets) == maxSheets {
				return refuse(fmt.Sprintf("the workbook has more than %d sheets", maxSheets), saveAgain)
			}
			w.sheets = append(w.sheets, xlsxSheet{p.attr("name"), part, state != "" && state != "visible"})
		}
		return nil
	})
}

func isTrue(s string) bool { return s == "1" || s == "true" || s == "on" }

// readTexts reads the texts that cells refer to by their number.
func (w *workbook) readTexts(name string) error {
	p, err := w.open(name)
	if err != nil {
		return err
	}
	defer p.close()
	var text []byte
	size := 0
	for {
		tok, err := p.token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch {
		case tok == xmlText && p.inText():
			if text = append(text, p.x.text...); len(text) > w.l.Cell {
				return p.tooLarge()
			}
		case tok == xmlEnd && p.x.name.local == "si":
			w.texts = append(w.texts, unescaped(text))
			text = text[:0]
			if size += len(w.texts[len(w.texts)-1]) + perText; size > maxTexts {
				return refuse(fmt.Sprintf("the texts of the workbook take more than %d MB", maxTexts>>20),
					"export a shorter period")
			}
		}
	}
}

// readSheet reads the first visible sheet that holds a table, and says what is left out.
func (w *workbook) readSheet(s *sink) error {
	best, found := -1, 0
	var tables, hidden []string
	var first error
	for i, sh := range w.sheets {
		if sh.hidden {
			hidden = append(hidden, fmt.Sprintf("%q", sh.name))
			continue
		}
		kind, err := w.look(sh, s)
		if kind > 0 {
			tables = append(tables, sh.name)
		}
		if kind > found || first == nil && found == 0 && err != nil {
			best, found = i, max(kind, found)
			first = err
		}
	}
	f := s.f
	if len(hidden) > 0 {
		f.note("hidden sheets are not read: %s", strings.Join(hidden, ", "))
	}
	if best < 0 {
		return refuse("the workbook has no visible sheet with rows", saveAgain)
	}
	sh := w.sheets[best]
	f.Variant, f.Delimiter = "XLSX, sheet "+sh.name, "\t"
	others := slices.DeleteFunc(tables, func(n string) bool { return n == sh.name })
	if len(others) > 0 {
		f.warn("only the sheet %q is read; there are tables on %q too: save each as a file of its own",
			sh.name, others)
	}
	rows, err := w.rowsOf(sh)
	if err != nil {
		return err
	}
	defer rows.close()
	if err := readTable(rows, s); err != nil {
		return err
	}
	rows.remark(f)
	return nil
}

// look reads the beginning of a sheet as a table, for nobody: 2 where that goes well, 1 where it
// leaves a question, 0 with the error where there is no table.
func (w *workbook) look(sh xlsxSheet, s *sink) (int, error) {
	rows, err := w.rowsOf(sh)
	if err != nil {
		return 0, err
	}
	defer rows.close()
	f := &File{Name: s.f.Name}
	err = readTable(&firstRows{rowSource: rows}, &sink{f: f, o: s.o, ids: newIdentities()})
	switch {
	case err != nil:
		return 0, err
	case len(f.Questions) > 0:
		return 1, nil
	}
	return 2, nil
}

// firstRows are the first rows of a source.
type firstRows struct {
	rowSource
	n int
}

func (f *firstRows) next() (row, error) {
	if f.n == sampledRows {
		return row{}, io.EOF
	}
	f.n++
	return f.rowSource.next()
}

func (f *firstRows) some() ([]row, error) { return justOne(f.next()) }

func (f *firstRows) restart() error {
	f.n = 0
	return f.rowSource.restart()
}
