package bankfile

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
)

// xmlReader reads XML by local names. Documents that declare entities, nest too deep or hold a text
// too large are refused before they take memory.
type xmlReader struct {
	*xmlScanner
	l    Limits
	path []*xmlName
	// seen are the names of the first elements, charset the encoding, note what is odd about it.
	seen          []string
	charset, note string
	// t is the element that was read last as a whole, rawText its beginning as it stands in the file.
	t       tree
	rawText []byte
}

func newXMLReader(in *input, l Limits) (*xmlReader, error) {
	x := &xmlReader{l: l}
	r, err := x.decode(in)
	if err != nil {
		return nil, err
	}
	x.xmlScanner = newXMLScanner(r, headSize, l.Cell+4096)
	x.declared = x.redeclared()
	return x, nil
}

// decode makes the file UTF-8. A byte order mark or the zeros of UTF-16 say more than a declaration
// does: programs write UTF-16 into it and then save as UTF-8.
func (x *xmlReader) decode(in *input) (io.Reader, error) {
	head, err := in.head()
	if err != nil {
		return nil, err
	}
	if x.charset = wide(head); x.charset != "" {
		return utf16Of(x.charset).NewDecoder().Reader(in), nil
	}
	x.charset = "UTF-8"
	text, marked := strings.CutPrefix(string(head[:min(len(head), 1024)]), "\xef\xbb\xbf")
	if marked {
		_, err = in.Discard(3)
	}
	text, _, _ = strings.Cut(strings.TrimSpace(text), "?>")
	if !strings.HasPrefix(text, "<?xml") {
		text = ""
	}
	name := declaration("encoding", text)
	switch upper := strings.ToUpper(name); {
	case upper == "" || upper == "UTF-8" || err != nil:
		return in, err
	case marked || strings.HasPrefix(upper, "UTF-16"):
		x.note = "the file says that it is in " + name + ", and is in UTF-8"
		return in, nil
	}
	enc, err := htmlindex.Get(name)
	if err != nil {
		return nil, refuse(fmt.Sprintf("the encoding %q is not known", name), "ask the bank for UTF-8")
	}
	x.charset = strings.ToUpper(name)
	return enc.NewDecoder().Reader(in), nil
}

// utf16Of is the form of UTF-16 that wide names.
func utf16Of(name string) encoding.Encoding {
	if name == "UTF-16BE" {
		return unicode.UTF16(unicode.BigEndian, unicode.UseBOM)
	}
	return unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
}

// redeclared refuses a second declaration, as between documents that were put into one file, that
// names another encoding.
func (x *xmlReader) redeclared() func(string) error {
	first := ""
	return func(name string) error {
		if first == "" {
			first = name
		}
		if !strings.EqualFold(name, first) {
			return refuse(fmt.Sprintf("the file is in two encodings, %s and %s", first, name),
				"import its parts one by one")
		}
		return nil
	}
}

// token is the next token, with the path kept and the limits watched.
func (x *xmlReader) token() (xmlToken, error) {
	if x.expect = nil; len(x.path) > 0 {
		x.expect = x.path[len(x.path)-1]
	}
	t, err := x.xmlScanner.next()
	if err != nil {
		return 0, x.fail(err)
	}
	switch t {
	case xmlStart:
		x.path = append(x.path, x.name)
		if len(x.path) > x.l.Depth {
			return 0, x.bad(fmt.Sprintf("elements are nested deeper than %d", x.l.Depth))
		}
		if len(x.seen) < 8 {
			x.seen = append(x.seen, x.name.local)
		}
	case xmlEnd:
		if len(x.path) == 0 || x.path[len(x.path)-1] != x.name {
			return 0, x.bad(fmt.Sprintf("</%.100s> closes nothing that is open", x.name.raw))
		}
		x.path = x.path[:len(x.path)-1]
	}
	if missing := keptRaw - len(x.rawText); missing > 0 {
		raw := x.raw()
		x.rawText = append(x.rawText, raw[:min(len(raw), missing)]...)
	}
	return t, nil
}

// keptRaw is how much of an element is kept as it stands, in bytes: what a reject may hold.
const keptRaw = 4 << 10

func (x *xmlReader) bad(reason string) error {
	return &Error{Place: fmt.Sprintf("line %d", x.line()), Reason: reason,
		Hint: "ask the bank for the file again"}
}

// fail names the place of a syntax error. An end of file inside an element is a cut-off file.
func (x *xmlReader) fail(err error) error {
	fault, isFault := errors.AsType[xmlFault](err)
	switch {
	case errors.Is(err, errToken):
		return x.bad(fmt.Sprintf("a text or tag is larger than %d KB", x.l.Cell>>10))
	case errors.Is(err, errDirective):
		return x.bad("the file declares a document type or entities, which no statement does")
	case errors.Is(err, io.EOF) && len(x.path) == 0 && len(x.seen) > 0:
		return io.EOF
	case errors.Is(err, io.EOF), errors.Is(err, errCut):
		return x.bad("the file ends in the middle: it was cut off")
	case isFault:
		return x.bad("not well-formed XML: " + string(fault))
	}
	return err
}

// next goes to the next element that opens; its path is x.path. io.EOF at the end.
func (x *xmlReader) next() error {
	for {
		x.rawText = x.rawText[:0]
		t, err := x.token()
		if err != nil {
			return err
		}
		if t == xmlStart {
			return nil
		}
	}
}
