package bankfile

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"countinghouse/sync/source"
)

// RawRow is the text of one row of a delimited file as it stands there, lines that a quote holds
// together as one, cut at source.RawMax bytes and with card numbers masked. Rows count from 1 as in
// book.BankLine. It returns *Error for a file without such a row and for one that is no delimited
// text.
func RawRow(ctx context.Context, r io.ReadSeeker, name string, row int) (string, error) {
	f := &File{Name: baseName(name)}
	in := newInput(ctx, r, DefaultLimits.Bytes)
	text, err := rawRow(in, row)
	if err != nil {
		return "", f.named(err)
	}
	return source.Raw(text, nil), nil
}

func rawRow(in *input, row int) (string, error) {
	head, err := in.head()
	if err != nil {
		return "", err
	}
	kind, err := recognise(head)
	if err != nil {
		return "", err
	}
	if kind != CSV && kind != QIF {
		return "", refuse(fmt.Sprintf("rows of %s have no text of their own", kind), "")
	}
	set, _ := detect(whole(head))
	lines := &lineReader{in: in, end: []byte("\n")}
	if !bytes.ContainsRune(head, '\n') {
		lines.end = []byte("\r")
	}
	switch set.name {
	case "UTF-16LE":
		lines.end, lines.width = []byte("\n\x00"), 2
	case "UTF-16BE":
		lines.end, lines.width = []byte("\x00\n"), 2
	}
	for range row - 1 {
		if _, more, err := lines.next(0); err != nil || !more {
			return "", noRow(err, row)
		}
	}
	out := ""
	for len(out) < source.RawMax {
		line, more, err := lines.next(2 * source.RawMax)
		if err != nil {
			return "", err
		}
		if len(line) == 0 && !more && out == "" {
			return "", noRow(nil, row)
		}
		text, err := set.enc.NewDecoder().String(string(line))
		if err != nil {
			return "", refuse("the letters cannot be decoded as "+set.name, "save the file as UTF-8")
		}
		text = strings.TrimPrefix(text, "\ufeff")
		if out != "" {
			out += "\n"
		}
		out += strings.TrimRight(text, "\r\n")
		if !more || strings.Count(out, `"`)%2 == 0 {
			break
		}
	}
	return out, nil
}

// whole is a beginning of a text that does not end within a letter.
func whole(head []byte) []byte {
	if i := bytes.LastIndexAny(head, "\r\n"); i > 0 && len(head) == headSize {
		return head[:i]
	}
	return head
}

func noRow(err error, row int) error {
	if err != nil {
		return err
	}
	return &Error{Place: place(row), Reason: "the file has no such row"}
}

// lineReader reads lines of bytes; of a long one it keeps the beginning only.
type lineReader struct {
	in    *input
	end   []byte
	width int
}

// next is the next line, at most keep bytes of it; more says that its end was found, so that
// another line may follow.
func (l *lineReader) next(keep int) (line []byte, more bool, err error) {
	unit := make([]byte, max(l.width, 1))
	for {
		if _, err := io.ReadFull(l.in, unit); err != nil {
			if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
				return line, false, nil
			}
			return nil, false, err
		}
		if bytes.Equal(unit, l.end) {
			return line, true, nil
		}
		if len(line)+len(unit) <= keep {
			line = append(line, unit...)
		}
	}
}
