package bankfile

import (
	"bytes"
	"errors"
	"io"
	"strings"

	"golang.org/x/text/transform"
)

var delimiters = []struct {
	b    byte
	name string
}{{';', "semicolon"}, {',', "comma"}, {'\t', "tab"}, {'|', "pipe"}, {'^', "caret"}}

// csvRows are the rows of delimited text of any dialect.
type csvRows struct {
	in *input
	l  Limits
	// set is the charset; checked says that it is UTF-8 as long as all bytes are.
	set     charset
	checked bool
	delim   byte
	// skipped are lines above the first row: "sep=;".
	skipped int
	// rows are read beside those who use them, nil where none are.
	rows *ahead
}

// readCSV reads delimited text of any dialect.
func readCSV(in *input, s *sink) error {
	if t, ok := s.memo.(*table); ok {
		c := t.source.(*csvRows)
		defer c.close()
		if err := c.open(); err != nil {
			return err
		}
		return readTable(c, s)
	}
	head, err := in.head()
	if err != nil {
		return err
	}
	c := &csvRows{in: in, l: s.o.Limits}
	defer c.close()
	c.set, c.checked = detect(head)
	for {
		err := c.readAs(s)
		if x, ok := errors.AsType[*notUTF8](err); ok {
			// The bytes that are no UTF-8 stand further down.
			c.set, c.checked = guess(append(bytes.Clone(head[:min(len(head), 4096)]), x.sample...)), false
		} else if x, ok := errors.AsType[*otherCharset](err); ok {
			c.set = x.set
		} else {
			return err
		}
		s.restart()
		c.close()
		if err := in.rewind(); err != nil {
			return err
		}
	}
}

// otherCharset is the error of a text that is remembered to be in another charset.
type otherCharset struct{ set charset }

func (*otherCharset) Error() string { return "the text is remembered to be in another charset" }

func (c *csvRows) recode(encoding string) error {
	if known, ok := charsetNamed(encoding); ok && !c.set.sure && known.name != c.set.name {
		return &otherCharset{known}
	}
	c.set.sure = true
	return nil
}

// readAs reads the table in the charset that was found, or the one that is remembered of such files.
func (c *csvRows) readAs(s *sink) error {
	if p := s.o.Profile; p != nil && !c.set.sure && p.Encoding != "" {
		if known, ok := charsetNamed(p.Encoding); ok {
			c.set = known
		}
	}
	f := s.f
	head, err := c.in.head()
	if err != nil {
		return err
	}
	text := lineEnds(c.decoded(head))
	c.delim, c.skipped = delimiterOf(text, c.l)
	f.Encoding, f.Delimiter = c.set.name, string(rune(c.delim))
	for _, d := range delimiters {
		if d.b == c.delim {
			f.Variant = "CSV, " + d.name + ", " + c.set.name
		}
	}
	if err := c.open(); err != nil {
		return err
	}
	if err := readTable(c, s); err != nil {
		return err
	}
	if !c.set.sure {
		f.note("the letters look like %s, which is not certain", c.set.name)
	}
	return nil
}

// decoded is the beginning of the file as text; a letter that is cut in two is left away.
func (c *csvRows) decoded(head []byte) string {
	out, _ := io.ReadAll(transform.NewReader(bytes.NewReader(head), c.set.enc.NewDecoder()))
	return strings.TrimPrefix(string(out), "\ufeff")
}

// open begins to read the rows, from where the file stands.
func (c *csvRows) open() error {
	scan := &rowScanner{delim: c.delim, l: c.l}
	if c.checked {
		scan.r, scan.check = c.in, new(utf8Check).look
	} else {
		scan.r = transform.NewReader(c.in, c.set.enc.NewDecoder())
	}
	if c.skipped > 0 {
		if err := scan.skipLine(); err != nil {
			return err
		}
	}
	c.rows = readAhead(scan)
	return nil
}

func (c *csvRows) next() (row, error) { return c.rows.next() }

func (c *csvRows) some() ([]row, error) { return c.rows.some() }

func (c *csvRows) restart() error {
	c.close()
	if err := c.in.rewind(); err != nil {
		return err
	}
	return c.open()
}

// close ends the reading of rows: the file may be used again.
func (c *csvRows) close() {
	if c.rows != nil {
		c.rows.close()
	}
	c.rows = nil
}

// delimiterOf finds what parts the cells: what a "sep=" line says, else the mark that makes the
// most cells in rows of equal length. It returns how many lines are to be left out for that.
func delimiterOf(text string, l Limits) (delim byte, skipped int) {
	first, _, _ := strings.Cut(text, "\n")
	first = strings.Trim(first, `"`)
	if len(first) == 5 && strings.EqualFold(first[:4], "sep=") {
		return first[4], 1
	}
	best, most := byte(','), 0
	for _, d := range delimiters {
		counts := map[int]int{}
		r := &rowScanner{text: text, eof: true, delim: d.b, l: l, lf: -1, cr: -1, quote: -1}
		for range 200 {
			rec, err := r.next()
			if err != nil {
				break
			}
			counts[len(rec.cells)]++
		}
		score := 0
		for cells, n := range counts {
			score = max(score, n*(cells-1))
		}
		if score > most {
			best, most = d.b, score
		}
	}
	return best, 0
}
