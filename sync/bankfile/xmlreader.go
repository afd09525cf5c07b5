package bankfile

import (
	"bufio"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/text/encoding/htmlindex"
)

// xmlReader reads XML by raw tokens and local names. Documents that declare entities, nest too
// deep or hold a text too large are refused before they take memory.
type xmlReader struct {
	d    *xml.Decoder
	g    *guard
	l    Limits
	path []string
	// seen are the names of the first elements, charset the declared encoding where it is not UTF-8,
	// nodes the elements of the present entry.
	seen    []string
	charset string
	nodes   int
}

// guard stops one token from growing without end: since counts the bytes of the present one.
type guard struct {
	r     *bufio.Reader
	since int
	most  int
}

var errToken = errors.New("a text or tag is too large")

func (g *guard) ReadByte() (byte, error) {
	if g.since++; g.since > g.most {
		return 0, errToken
	}
	return g.r.ReadByte()
}

func (g *guard) Read(p []byte) (int, error) {
	n, err := g.r.Read(p[:min(len(p), 512)])
	if g.since += n; g.since > g.most {
		return n, errToken
	}
	return n, err
}

func newXMLReader(in *input, l Limits) *xmlReader {
	// The mark of UTF-8 may stand before the declaration.
	if b, err := in.Peek(3); err == nil && string(b) == "\xef\xbb\xbf" {
		in.Discard(3)
	}
	x := &xmlReader{g: &guard{r: in.Reader, most: l.Cell + 4096}, l: l}
	x.d = xml.NewDecoder(x.g)
	x.d.CharsetReader = func(name string, r io.Reader) (io.Reader, error) {
		enc, err := htmlindex.Get(name)
		if err != nil {
			return nil, refuse(fmt.Sprintf("the encoding %q is not known", name), "ask the bank for UTF-8")
		}
		x.charset = strings.ToUpper(name)
		return enc.NewDecoder().Reader(r), nil
	}
	return x
}

// token is the next raw token, with the path kept and the limits watched.
func (x *xmlReader) token() (xml.Token, error) {
	t, err := x.d.RawToken()
	x.g.since = 0
	if err != nil {
		return nil, x.fail(err)
	}
	switch t := t.(type) {
	case xml.StartElement:
		x.path = append(x.path, t.Name.Local)
		if len(x.path) > x.l.Depth {
			return nil, x.bad(fmt.Sprintf("elements are nested deeper than %d", x.l.Depth))
		}
		if len(x.seen) < 8 {
			x.seen = append(x.seen, t.Name.Local)
		}
	case xml.EndElement:
		if len(x.path) == 0 || x.path[len(x.path)-1] != t.Name.Local {
			return nil, x.bad(fmt.Sprintf("</%s> closes nothing that is open", t.Name.Local))
		}
		x.path = x.path[:len(x.path)-1]
	case xml.Directive:
		return nil, x.bad("the file declares a document type or entities, which no statement does")
	}
	return t, nil
}

func (x *xmlReader) bad(reason string) error {
	line, _ := x.d.InputPos()
	return &Error{Place: fmt.Sprintf("line %d", line), Reason: reason,
		Hint: "ask the bank for the file again"}
}

// fail names the place of a syntax error. An end of file inside an element is a cut-off file.
func (x *xmlReader) fail(err error) error {
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	syntax, isSyntax := errors.AsType[*xml.SyntaxError](err)
	switch {
	case errors.Is(err, errToken):
		return x.bad(fmt.Sprintf("a text or tag is larger than %d KB", x.l.Cell>>10))
	case errors.Is(err, io.EOF) && len(x.path) == 0 && len(x.seen) > 0:
		return io.EOF
	case errors.Is(err, io.EOF), isSyntax && strings.Contains(syntax.Msg, "EOF"):
		return x.bad("the file ends in the middle: it was cut off")
	case isSyntax:
		return x.bad("not well-formed XML: " + syntax.Msg)
	case strings.HasPrefix(err.Error(), "xml:"):
		return x.bad(strings.TrimPrefix(err.Error(), "xml: "))
	}
	return err
}

// next goes to the next element that opens; its path is x.path. io.EOF at the end.
func (x *xmlReader) next() error {
	for {
		t, err := x.token()
		if err != nil {
			return err
		}
		if _, ok := t.(xml.StartElement); ok {
			return nil
		}
	}
}

// node is one element with what stands in it.
type node struct {
	name, ccy string
	value     string
	raw       []byte
	line      int
	place     string
	children  []*node
}

// maxNodes is how many elements one entry may hold: a batch of some thousand payments.
const maxNodes = 200_000

// element reads the next child of the element at a depth as a whole; nil where that element ends.
func (x *xmlReader) element(depth int) (*node, error) {
	var stack []*node
	x.nodes = 0
	for {
		t, err := x.token()
		if err != nil {
			return nil, err
		}
		switch t := t.(type) {
		case xml.StartElement:
			line, _ := x.d.InputPos()
			n := &node{name: t.Name.Local, line: line}
			for _, a := range t.Attr {
				if a.Name.Local == "Ccy" {
					n.ccy = a.Value
				}
			}
			if len(stack) > 0 {
				up := stack[len(stack)-1]
				up.children = append(up.children, n)
			}
			stack = append(stack, n)
			if x.nodes++; x.nodes > maxNodes {
				return nil, x.bad(fmt.Sprintf("one entry holds more than %d elements", maxNodes))
			}
		case xml.CharData:
			if len(stack) > 0 {
				top := stack[len(stack)-1]
				top.raw = append(top.raw, bytes.TrimSpace(t)...)
				if len(top.raw) > x.l.Cell {
					return nil, x.bad(fmt.Sprintf("a text is larger than %d KB", x.l.Cell>>10))
				}
			}
		case xml.EndElement:
			if len(x.path) < depth {
				return nil, nil
			}
			top := stack[len(stack)-1]
			top.value, top.raw = string(top.raw), nil
			if len(stack) == 1 {
				return top, nil
			}
			stack = stack[:len(stack)-1]
		}
	}
}

// at is the first descendant along a path of names, nil where there is none. All methods that read
// work on nil.
func (n *node) at(path ...string) *node {
	for _, name := range path {
		if n == nil {
			return nil
		}
		n = n.child(name)
	}
	return n
}

func (n *node) child(name string) *node {
	for _, c := range n.children {
		if c.name == name {
			return c
		}
	}
	return nil
}

// all are the children of a name.
func (n *node) all(name string) []*node {
	if n == nil {
		return nil
	}
	var out []*node
	for _, c := range n.children {
		if c.name == name {
			out = append(out, c)
		}
	}
	return out
}

// or is the node, or another where it holds no text.
func (n *node) or(o *node) *node {
	if n == nil || n.value == "" && len(n.children) == 0 {
		return o
	}
	return n
}

func (n *node) text() string {
	if n == nil {
		return ""
	}
	return n.value
}

// fail is an error about a field of the element.
func (n *node) fail(field, reason string) error {
	p := n.place
	if p == "" {
		p = fmt.Sprintf("%s (line %d)", n.name, n.line)
	}
	return &Error{Place: p, Field: field, Reason: reason,
		Hint: "nothing of the file is taken; ask the bank for it again"}
}
