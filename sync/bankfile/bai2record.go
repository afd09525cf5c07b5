package bankfile

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// bai2Record is one logical record: a record and the 88 that continue it, each behind a line feed,
// without their codes and the slashes at their ends.
type bai2Record struct {
	code, text string
	// line is where it begins, pieces how many records it is counted as.
	line, pieces int
}

// bai2Scanner cuts a file into records. A record ends at a slash or at the end of its line; several
// may stand on one line, and a line that begins with no code goes on with the text above it.
type bai2Scanner struct {
	in   *input
	most int
	// rest is what is left of the present line; whole says that it reaches to the line's end, fresh
	// that it begins at the line's beginning.
	rest         []byte
	whole, fresh bool
	line         int
	// held is the record that was read and may still be continued.
	held bai2Record
	text strings.Builder
	end  bool
	// legacy says that some text was no UTF-8 and was read as Windows-1252.
	legacy bool
}

func newBAI2Scanner(in *input, most int) *bai2Scanner {
	if b, err := in.Peek(3); err == nil && string(b) == "\xef\xbb\xbf" {
		in.Discard(3)
	}
	return &bai2Scanner{in: in, most: most, whole: true}
}

// next is the next record with all that continues it; io.EOF at the end.
func (b *bai2Scanner) next() (bai2Record, error) {
	for !b.end {
		piece, fresh, err := b.piece()
		if errors.Is(err, io.EOF) {
			b.end = true
			break
		}
		if err != nil {
			return bai2Record{}, err
		}
		code, body := bai2Code(piece)
		switch {
		case code == "88" && b.held.code != "":
			b.held.pieces++
			b.text.WriteByte('\n')
		case code == "" && fresh && b.held.code != "":
			if len(piece) > 0 {
				b.text.WriteByte(' ')
			}
		default:
			out, ok := b.take()
			b.held = bai2Record{code: code, line: b.line, pieces: 1}
			if err := b.write(body); ok || err != nil {
				return out, err
			}
			continue
		}
		if err := b.write(body); err != nil {
			return bai2Record{}, err
		}
	}
	if out, ok := b.take(); ok {
		return out, nil
	}
	return bai2Record{}, io.EOF
}

// write adds a piece to the record that is held.
func (b *bai2Scanner) write(body []byte) error {
	if b.text.Len()+len(body) > b.most {
		return &Error{Place: fmt.Sprintf("line %d", b.held.line),
			Reason: fmt.Sprintf("a record is larger than %d KB", b.most>>10),
			Hint:   "ask the bank for the file again"}
	}
	b.text.Write(body)
	return nil
}

// take gives the held record away.
func (b *bai2Scanner) take() (bai2Record, bool) {
	out := b.held
	out.text = b.text.String()
	b.text.Reset()
	b.held = bai2Record{}
	if !utf8.ValidString(out.text) {
		b.legacy = true
		out.text, _ = charmap.Windows1252.NewDecoder().String(out.text)
	}
	return out, out.pieces > 0
}

// piece is the next physical record, or a line that is none; fresh says that it began its line.
func (b *bai2Scanner) piece() (piece []byte, fresh bool, err error) {
	from := 0
	for {
		if len(b.rest) == 0 && b.whole {
			b.fresh, from = true, 0
			b.line++
			if err := b.fill(); err != nil {
				return nil, false, err
			}
		}
		end, next := bai2Boundary(b.rest, from, b.whole)
		if end < 0 && !b.whole {
			from = next
			if err := b.fill(); err != nil {
				return nil, false, err
			}
			continue
		}
		fresh, b.fresh = b.fresh, false
		if end < 0 {
			piece, b.rest = b.rest, nil
		} else {
			piece, b.rest = b.rest[:end], b.rest[next:]
		}
		piece = bytes.TrimFunc(piece, func(r rune) bool { return r <= ' ' })
		return bytes.TrimSuffix(piece, []byte("/")), fresh, nil
	}
}

// fill reads on: the next line, or more of one that is longer than the buffer.
func (b *bai2Scanner) fill() error {
	chunk, err := b.in.ReadSlice('\n')
	if len(chunk) == 0 && (err == nil || !errors.Is(err, io.EOF) || b.whole) {
		return err
	}
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull) {
		return err
	}
	partial := errors.Is(err, bufio.ErrBufferFull)
	if b.whole && !partial {
		b.rest = chunk
		return nil
	}
	if len(b.rest)+len(chunk) > 2*b.most {
		return &Error{Place: fmt.Sprintf("line %d", b.line),
			Reason: fmt.Sprintf("a record is larger than %d KB", b.most>>10),
			Hint:   "ask the bank for the file again"}
	}
	b.rest = append(bytes.Clone(b.rest), chunk...)
	b.whole = !partial
	return nil
}

// bai2Boundary finds where a record ends inside a line because another begins behind it: a slash (or
// the carriage return of files that have no line feeds), blanks, and a record's code. Without a blank
// the slash may be part of a text, "AB/16,3", so that there the whole form of a record is asked for.
// Where there is no boundary, next is where to look again when there is more of the line.
func bai2Boundary(b []byte, from int, whole bool) (end, next int) {
	const longest = 64
	for from < len(b) {
		i := bytes.IndexAny(b[from:], "/\r")
		if i < 0 {
			return -1, len(b)
		}
		i += from
		at := i + 1
		for at < len(b) && b[at] <= ' ' {
			at++
		}
		if !whole && at+longest > len(b) {
			return -1, i
		}
		code, body := bai2Code(b[at:])
		if code != "" && (at > i+1 || b[i] == '\r' || bai2Formed(code, body)) {
			return i, at
		}
		from = max(at, i+1)
	}
	return -1, len(b)
}

// bai2Code parts a record into its code and what follows; "" where it begins with none.
func bai2Code(b []byte) (string, []byte) {
	if len(b) >= 3 && b[2] == ',' || len(b) == 2 {
		switch c := string(b[:2]); c {
		case "01", "02", "03", "16", "88", "49", "98", "99":
			return c, b[min(3, len(b)):]
		}
	}
	return "", b
}

// bai2Formed reports whether a record looks like one beyond its code.
func bai2Formed(code string, body []byte) bool {
	first, rest, more := bytes.Cut(body, []byte(","))
	switch code {
	case "16":
		second, _, _ := bytes.Cut(rest, []byte(","))
		return more && len(first) == 3 && digitsOnly(first) && digitsOnly(second)
	case "49", "98", "99":
		return more && digitsOnly(bytes.TrimLeft(first, "+-"))
	case "88":
		return false
	}
	return bytes.Count(body, []byte(",")) >= 2
}

func digitsOnly(b []byte) bool {
	for _, c := range b {
		if c < '0' || c > '9' {
			return false
		}
	}
	return len(b) > 0
}

// bai2Fields goes through the fields of a record. What continues it begins a new field.
type bai2Fields struct {
	rest string
	done bool
	// edge says that the last field ended its piece.
	edge bool
}

func (f *bai2Fields) next() string {
	if f.done {
		return ""
	}
	i := strings.IndexAny(f.rest, ",\n")
	field := f.rest
	if i < 0 {
		f.rest, f.done, f.edge = "", true, true
	} else {
		field, f.edge, f.rest = f.rest[:i], f.rest[i] == '\n', f.rest[i+1:]
	}
	return strings.TrimSpace(field)
}

// number is the next field where one must come: an empty one at the end of a piece is a comma too
// many before the slash.
func (f *bai2Fields) number() string {
	v := f.next()
	for v == "" && f.edge && !f.done {
		v = f.next()
	}
	return v
}
