package bankfile

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

// standardTokens is what encoding/xml makes of a document: its tags with the currency of each, its texts, and
// whether it was read to its end. declares says that it met a declaration that we refuse.
func standardTokens(b []byte) (out []string, declares bool, err error) {
	d := xml.NewDecoder(bytes.NewReader(b))
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	name := func(n xml.Name) string { return n.Space + "|" + n.Local }
	for {
		t, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			return out, false, nil
		}
		if err != nil {
			return out, false, err
		}
		switch t := t.(type) {
		case xml.StartElement:
			ccy := ""
			for _, a := range t.Attr {
				if a.Name.Local == "Ccy" {
					ccy = a.Value
				}
			}
			out = append(out, "<"+name(t.Name)+" "+ccy)
		case xml.EndElement:
			out = append(out, "/"+name(t.Name))
		case xml.CharData:
			out = append(out, "."+string(t))
		case xml.Directive:
			return out, true, nil
		}
	}
}

// tokensOf is the same by our scanner, through a buffer of a size.
func tokensOf(b []byte, size int) (out []string, s *xmlScanner, err error) {
	s = newXMLScanner(bytes.NewReader(b), size, 1<<30)
	name := func(n *xmlName) string {
		space := strings.TrimSuffix(n.raw, n.local)
		return strings.TrimSuffix(space, ":") + "|" + n.local
	}
	var open []*xmlName
	for {
		if s.expect = nil; len(open) > 0 {
			s.expect = open[len(open)-1]
		}
		t, err := s.next()
		switch {
		case errors.Is(err, io.EOF):
			return out, s, nil
		case err != nil:
			return out, s, err
		case t == xmlStart:
			out = append(out, "<"+name(s.name)+" "+s.ccy)
			open = append(open, s.name)
		case t == xmlEnd:
			open = open[:max(0, len(open)-1)]
			out = append(out, "/"+name(s.name))
		default:
			out = append(out, "."+string(s.text))
		}
	}
}

// FuzzXML holds the scanner against encoding/xml: any bytes are accepted by both or by neither, and
// give the same tags and texts as far as they are read. The differences that are wanted: we stop at
// a document type, and at too many names.
func FuzzXML(f *testing.F) {
	files, err := filepath.Glob(filepath.Join(corpus, "camt", "*"))
	if err != nil || len(files) < 15 {
		f.Fatalf("%d files, %v", len(files), err)
	}
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b, uint8(len(b)))
	}
	for _, doc := range xmlCases {
		f.Add([]byte(doc), uint8(3))
	}
	f.Fuzz(func(t *testing.T, b []byte, size uint8) { compareXML(t, b, int(size)+1) })
}

func compareXML(t *testing.T, b []byte, size int) {
	t.Helper()
	want, declares, wantErr := standardTokens(b)
	got, s, err := tokensOf(b, size)
	switch {
	case errors.Is(err, errDirective):
		if !declares && wantErr == nil {
			t.Errorf("a declaration is refused that encoding/xml does not see: %q", b)
		}
	case err != nil && strings.Contains(err.Error(), "names of elements"):
		if len(s.names) < maxNames {
			t.Errorf("only %d names", len(s.names))
		}
		want = want[:min(len(want), len(got))]
	case declares || (err != nil) != (wantErr != nil):
		t.Errorf("%q: %v, encoding/xml says %v", b, err, wantErr)
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q:\n got %q\nwant %q", b, got, want)
	}
	if err == nil && s.line() != bytes.Count(b, []byte{'\n'})+1 {
		t.Errorf("%q: %d lines", b, s.line())
	}
}

// xmlCases are what a scanner gets wrong: ends at every place, references, brackets, line ends,
// names.
var xmlCases = []string{
	"", "<", "<a", "<a ", "<a b", "<a b=", "<a b='", "<a b='c'", "<a/", "<a/>", "</", "</a", "</a>", "<a></b>",
	"<a>x</a>", "<a>x", "x", " \r\n<a/>\r", "<a b=\"1\"c='2'/>", "<a b=1/>", "<a b/>", "<a / >", "< a/>", "</ a>",
	"<a b='<'/>", "<a b='>'/>", "<a b=']]>'/>", "<a>]]></a>", "<a>]]&gt;]] >]></a>", "<a>]&#93;></a>",
	"<![CDATA[]]>", "<![CDATA[]]]>", "<![CDATA[]]]]><![CDATA[>]]>", "<![CDATA[a\r\nb\rc\r]]>", "<![CDATA[&lt;<b>]]>",
	"<![CDATA[", "<![CDATA[]", "<![CDAT", "<![cdata[]]>", "<![CDATA[\x01]]>", "<![CDATA[\xff]]>",
	"<!---->", "<!-->", "<!--->", "<!----->", "<!-- - -- -->", "<!-- \xff -->", "<!-", "<!x", "<!DOCTYPE a>", "<!-x>",
	"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "<!DOCTYPE a", "<!>",
	"<?xml?>", "<?xml version='1.0'?><a/>", "<?xml version='1.1'?><a/>", "<?xml version=1?>", "<?x", "<?x?", "<? x?>",
	"<?a:b:c ??><a/>", "<?xml version='1.0' encoding=\"ISO-8859-1\"?>\xe4", "<?xml encoding='x'", "<?xml encoding='?>'?>",
	"<?xml versionx='2'version='2.0'?>", "<?xml version=?>", "<?x?y?>", "<?xml\n?>",
	"&amp;&lt;&gt;&quot;&apos;", "&#65;&#x41;&#x1F600;&#xd800;", "&#0;", "&#1;", "&#xFFFE;", "&#xffff;", "&#x110000;",
	"&#99999999999999999999;", "&#00000000000000000000000065;", "&#;", "&#x;", "&#X41;", "&;", "& ", "&", "&am", "&amp",
	"&amp x", "&lol;", "&a:b;", "&\xc3\xa4;", "&#6a;", "&#x6g;", "a&#13;\nb", "a\r&amp;\nb", "\r\r\n\n\r",
	"<a b='\r\n&#10;\t&quot;\"'/>", `<Amt Ccy="&#69;UR">1</Amt>`, `<Amt x:Ccy="EUR" Ccy='USD'/>`, `<Amt Ccy="">1</Amt>`,
	"<a:b/>", "<a:b:c/>", "<:a/>", "<a:/>", "<:/>", "<1a/>", "<-a/>", "<_a.-1/>", "<a\u00e4/>", "<\u00e4a x\u00b7='1'/>",
	"<a\xff/>", "<\u00d7/>", "<a\u2003/>", "<a 1='x'/>", "<a b:c:d='x'/>", "\xc3\xa4", "\xc3", "\xe2\x82", "a\xe2\x82<b/>",
	"\xed\xa0\x80", "\xf4\x90\x80\x80", "\xef\xbf\xbe", "\xef\xbf\xbf", "\xef\xbf\xbd", "\xef\xbb\xbf<a/>", "\x00", "\x7f",
	"\x0b", "<a\x00/>", "<a>\x1f</a>", "<a></a\n>", "<a></a b>", "<a\n\tb\r=\r'c'\n/>",
}

func TestXMLIsReadAsTheStandardLibraryReadsIt(t *testing.T) {
	for _, doc := range xmlCases {
		for _, size := range []int{1, 2, 3, 7, 64} {
			compareXML(t, []byte(doc), size)
		}
	}
}

func TestXMLOfManyNamesIsRefused(t *testing.T) {
	var b strings.Builder
	for i := range maxNames + 1 {
		fmt.Fprintf(&b, "<a%d/>", i)
	}
	compareXML(t, []byte(b.String()), 64)
	if _, _, err := tokensOf([]byte(b.String()), 64); err == nil {
		t.Error("no refusal")
	}
	_, s, err := tokensOf([]byte(strings.Repeat("<a/>", 3*maxNames)), 64)
	if err != nil || len(s.names) != 1 {
		t.Errorf("%d names, %v", len(s.names), err)
	}
}

func TestXMLReadersErrorsComeThrough(t *testing.T) {
	broken := errors.New("the disk is gone")
	for _, doc := range xmlCases {
		s := newXMLScanner(io.MultiReader(iotest.OneByteReader(strings.NewReader(doc)), iotest.ErrReader(broken)), 4, 1<<20)
		var err error
		for err == nil {
			_, err = s.next()
		}
		_, again := s.next()
		if fault, ok := errors.AsType[xmlFault](err); !errors.Is(err, broken) && !errors.Is(err, errDirective) && !ok ||
			ok && fault == "" || again != err {
			t.Errorf("%q: %v, then %v", doc, err, again)
		}
	}
}

// TestXMLTagsMustMatch reads documents whose tags cross or stay open: encoding/xml's Token refuses
// them too.
func TestXMLTagsMustMatch(t *testing.T) {
	for doc, want := range map[string]string{
		"<a><b></a></b>":               "</a> closes nothing that is open",
		"<a></b>":                      "</b> closes nothing that is open",
		"<n:a></m:a>":                  "</m:a> closes nothing that is open",
		"<n:a></a>":                    "</a> closes nothing that is open",
		"<a/></a>":                     "</a> closes nothing that is open",
		"<a><b></b>":                   "cut off",
		"<a><b":                        "cut off",
		"<a>text":                      "cut off",
		"<a/><a>":                      "cut off",
		"<aaa></aa>":                   "</aa> closes nothing that is open",
		"<aa></aaa>":                   "</aaa> closes nothing that is open",
		"<a>\n\n<b/>\n</c\n></a>":      "line 4: </c> closes nothing",
		"<a>\r\n" + "x&y;" + "</a>":    `line 1: not well-formed XML: invalid character entity "&y;"`,
		"<a>\n<b>\x02</b></a>":         "line 2: not well-formed XML: illegal character code U+0002",
		strings.Repeat("<a>", 49):      "nested deeper than 48",
		"<a " + "b='c" + "\n\n<" + "'": "unescaped < inside quoted string",
	} {
		_, err := Read(ctx, strings.NewReader(doc), "a.xml", operating)
		e, ok := errors.AsType[*Error](err)
		if !ok || !strings.Contains(err.Error(), want) || e.Hint == "" {
			t.Errorf("%q: %v, want %q", doc, err, want)
		}
		d := xml.NewDecoder(strings.NewReader(doc))
		for err = nil; err == nil; {
			_, err = d.Token()
		}
		if errors.Is(err, io.EOF) {
			t.Errorf("%q: encoding/xml takes it", doc)
		}
	}
}
