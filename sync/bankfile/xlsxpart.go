package bankfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
)

// xlsxPart is one XML part of a workbook while it is read.
type xlsxPart struct {
	w     *workbook
	name  string
	in    io.ReadCloser
	x     *xmlScanner
	path  []string
	attrs []xlsxAttr
	begun bool
}

// xlsxAttr is an attribute of the present tag.
type xlsxAttr struct {
	name  string
	value []byte
}

func (w *workbook) open(name string) (*xlsxPart, error) {
	in, err := w.parts[name].Open()
	if errors.Is(err, io.EOF) {
		// Where the directory points behind the file's end; no part ends before it begins.
		return nil, io.ErrUnexpectedEOF
	}
	if err != nil {
		return nil, err
	}
	p := &xlsxPart{w: w, name: name, in: in, x: newXMLScanner(in, headSize, w.l.Cell+4096)}
	p.x.attr = p.take
	return p, nil
}

func (p *xlsxPart) close() { p.in.Close() }

// each calls see at every tag that opens in a part.
func (w *workbook) each(name string, see func(p *xlsxPart) error) error {
	p, err := w.open(name)
	if err != nil {
		return err
	}
	defer p.close()
	for {
		tok, err := p.token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil && tok == xmlStart {
			err = see(p)
		}
		if err != nil {
			return err
		}
	}
}

// take keeps an attribute in memory that the last tag's have left.
func (p *xlsxPart) take(name string, value []byte) {
	n := len(p.attrs)
	if n == cap(p.attrs) {
		p.attrs = append(p.attrs, xlsxAttr{})
	}
	p.attrs = p.attrs[:n+1]
	p.attrs[n].name = name
	p.attrs[n].value = append(p.attrs[n].value[:0], value...)
}

// attr is the text of an attribute, "" where there is none.
func (p *xlsxPart) attr(name string) string { return string(p.value(name)) }

func (p *xlsxPart) value(name string) []byte {
	for i := range p.attrs {
		if p.attrs[i].name == name {
			return p.attrs[i].value
		}
	}
	return nil
}

// token is the next token, with the path kept; io.EOF at the end of the part.
func (p *xlsxPart) token() (xmlToken, error) {
	p.attrs = p.attrs[:0]
	tok, err := p.x.next()
	switch {
	case err != nil:
		return 0, p.fail(err)
	case tok == xmlStart:
		if len(p.path) == p.w.l.Depth {
			return 0, p.bad(fmt.Sprintf("elements are nested deeper than %d", p.w.l.Depth))
		}
		p.begun = true
		p.path = append(p.path, p.x.name.local)
	case tok == xmlEnd:
		if n := len(p.path); n == 0 || p.path[n-1] != p.x.name.local {
			return 0, p.bad(fmt.Sprintf("</%s> closes nothing that is open", cut(p.x.name.local)))
		}
		p.path = p.path[:len(p.path)-1]
	}
	return tok, nil
}

func (p *xlsxPart) bad(reason string) error {
	return &Error{Place: p.name, Reason: reason, Hint: downloadMore}
}

// fail says what is wrong with the XML; errors of the archive and of its reader stay as they are.
func (p *xlsxPart) fail(err error) error {
	fault, isFault := errors.AsType[xmlFault](err)
	switch {
	case errors.Is(err, io.EOF) && len(p.path) == 0 && p.begun:
		return io.EOF
	case errors.Is(err, errCut), errors.Is(err, io.EOF):
		return p.bad(damaged + ": a part of it was cut off")
	case errors.Is(err, errToken):
		return p.tooLarge()
	case errors.Is(err, errDirective):
		return p.bad("it declares a document type or entities, which no workbook does")
	case isFault:
		return p.bad("not well-formed XML: " + string(fault))
	}
	return err
}

func (p *xlsxPart) tooLarge() error {
	return p.bad(fmt.Sprintf("a text is larger than %d KB", p.w.l.Cell>>10))
}

// inText reports whether the present text is one that a cell shows: a t, but not of the reading aids
// that Japanese workbooks put beside it.
func (p *xlsxPart) inText() bool {
	n := len(p.path)
	return n > 1 && p.path[n-1] == "t" && p.path[n-2] != "rPh"
}

var escapes = regexp.MustCompile(`_x[0-9A-Fa-f]{4}_`)

// unescaped is a text with characters in place of _x000D_, in which workbooks write what XML cannot
// hold.
func unescaped(b []byte) string {
	if !bytes.Contains(b, []byte("_x")) {
		return string(b)
	}
	return escapes.ReplaceAllStringFunc(string(b), func(s string) string {
		n, _ := strconv.ParseUint(s[2:6], 16, 16)
		return string(rune(n))
	})
}
