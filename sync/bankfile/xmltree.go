package bankfile

import (
	"bytes"
	"fmt"
)

// tree is one element with all that stands in it, in memory that the next one takes over.
type tree struct {
	nodes []node
	text  []byte
	// all is text as a string: the texts of a tree are parts of it, so that they cost one allocation.
	all string
	// stack are the elements that are open; over says that details were left out as too many, line is
	// where the element begins in the file.
	stack []int32
	over  bool
	line  int
}

// node is one element. Its text is all[from:to]; child, last and next are indexes of its first and
// last child and of its next sibling, 0 for none.
type node struct {
	name, ccy         string
	from, to          int
	child, last, next int32
}

// element is a place in a tree; the zero value is none. All methods that read work on none.
type element struct {
	t *tree
	i int32
}

// maxNodes is how many elements one entry may hold, maxText how many bytes of text: a batch of some
// ten thousand payments. Beyond them details are left out, and maxOthers elements may still come.
const (
	maxNodes  = 200_000
	maxText   = 16 << 20
	maxOthers = 1000
)

// element reads the next child of the element at a depth as a whole; none where that element ends.
func (x *xmlReader) element(depth int) (element, error) {
	t := &x.t
	t.nodes, t.text, t.stack, t.over = t.nodes[:0], t.text[:0], t.stack[:0], false
	// left is how many open elements are left out: the details of a batch that is too large.
	left := 0
	for {
		if len(t.stack) == 0 {
			x.rawText = x.rawText[:0]
		}
		tok, err := x.token()
		switch {
		case err != nil:
			return element{}, err
		case tok == xmlStart && (left > 0 || t.full() && t.inDetails(x.name.local)):
			left++
			t.over = true
		case tok == xmlEnd && left > 0:
			left--
		case left > 0:
		case tok == xmlStart:
			if len(t.nodes) > maxNodes+maxOthers {
				return element{}, x.bad(fmt.Sprintf("one entry holds more than %d elements", maxNodes))
			}
			t.open(x.name.local, x.ccy)
			if len(t.nodes) == 1 {
				t.line = x.line()
			}
		case tok == xmlText && len(t.stack) > 0:
			if size := t.add(bytes.TrimSpace(x.text)); size > x.l.Cell {
				return element{}, x.bad(fmt.Sprintf("a text is larger than %d KB", x.l.Cell>>10))
			}
			if len(t.text) > 2*maxText {
				return element{}, x.bad(fmt.Sprintf("one entry holds more than %d MB", maxText>>20))
			}
		case tok == xmlEnd:
			if len(x.path) < depth {
				return element{}, nil
			}
			if t.stack = t.stack[:len(t.stack)-1]; len(t.stack) == 0 {
				t.all = string(t.text)
				return element{t, 0}, nil
			}
		}
	}
}

// full reports whether a tree has as much as details may take.
func (t *tree) full() bool { return len(t.nodes) >= maxNodes || len(t.text) >= maxText }

// inDetails reports whether an element that opens belongs to the details of an entry.
func (t *tree) inDetails(name string) bool {
	if len(t.stack) > 1 {
		name = t.nodes[t.stack[1]].name
	}
	return len(t.stack) > 0 && (name == "NtryDtls" || name == "TxDtls")
}

func (t *tree) open(name, ccy string) {
	i := int32(len(t.nodes))
	t.nodes = append(t.nodes, node{name: name, ccy: ccy, from: len(t.text), to: len(t.text)})
	if len(t.stack) > 0 {
		up := &t.nodes[t.stack[len(t.stack)-1]]
		if up.last == 0 {
			up.child = i
		} else {
			t.nodes[up.last].next = i
		}
		up.last = i
	}
	t.stack = append(t.stack, i)
}

// add appends to the text of the innermost element and gives the size of that. Where a child's text
// came between, the text is put together anew behind it.
func (t *tree) add(text []byte) int {
	n := &t.nodes[t.stack[len(t.stack)-1]]
	if len(text) == 0 {
		return n.to - n.from
	}
	if n.to != len(t.text) {
		from := len(t.text)
		t.text = append(t.text, t.text[n.from:n.to]...)
		n.from = from
	}
	t.text = append(t.text, text...)
	n.to = len(t.text)
	return n.to - n.from
}

// there reports whether the element exists.
func (e element) there() bool { return e.t != nil }

func (e element) name() string {
	if e.t == nil {
		return ""
	}
	return e.t.nodes[e.i].name
}

// ccy is the element's currency, "" where it states none.
func (e element) ccy() string {
	if e.t == nil {
		return ""
	}
	return e.t.nodes[e.i].ccy
}

// at is the first descendant along a path of names, none where there is none.
func (e element) at(path ...string) element {
	for _, name := range path {
		e = e.child(name)
	}
	return e
}

func (e element) child(name string) element {
	if e.t == nil {
		return e
	}
	return e.t.find(e.t.nodes[e.i].child, name)
}

// again is the next sibling of the same name.
func (e element) again() element {
	if e.t == nil {
		return e
	}
	n := &e.t.nodes[e.i]
	return e.t.find(n.next, n.name)
}

func (t *tree) find(i int32, name string) element {
	for i != 0 {
		n := &t.nodes[i]
		if n.name == name {
			return element{t, i}
		}
		i = n.next
	}
	return element{}
}

// or is the element, or another where it holds nothing.
func (e element) or(o element) element {
	if e.t == nil {
		return o
	}
	if n := &e.t.nodes[e.i]; n.from == n.to && n.child == 0 {
		return o
	}
	return e
}

func (e element) text() string {
	if e.t == nil {
		return ""
	}
	n := &e.t.nodes[e.i]
	return e.t.all[n.from:n.to]
}
