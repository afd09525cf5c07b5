package bankfile

import (
	"bytes"
	"errors"
	"regexp"
	"strings"
)

var (
	mt940 = regexp.MustCompile(`^(\{1:|:20:|:94[02]:|:61:[0-9]{6}|:60[FM]:[CD][0-9]{6})`)
	mtTag = regexp.MustCompile(`^:(25P?|60F|60M|61|34F|28C?):`)
	qif   = regexp.MustCompile(`(?mi)^!(type|account|option|clear):?`)
	bai2  = regexp.MustCompile(`^\s*01,[^\n]*(\s88,[^\n]*)*\s*02,`)
)

// encryptedPackage is what a workbook with a password holds, in the directory of its envelope.
var encryptedPackage = []byte("E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00")

// recognise says by its beginning what a file is, whatever its name says; a file that cannot be read
// is named in the error.
func recognise(head []byte) (Format, error) {
	const text = "ask the bank for CSV or CAMT.053 instead"
	t := bytes.TrimSpace(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")))
	up := strings.ToUpper(string(t[:min(len(t), 2048)]))
	// OFX and QIF come in UTF-16 too.
	letters := asASCII(head)
	switch {
	case len(head) == 0:
		return "", refuse("the file is empty", "download it again")
	case len(t) == 0:
		return "", refuse("the file holds only blanks", "download it again")
	case bytes.HasPrefix(t, []byte("PK\x03\x04")):
		if bytes.Contains(head, []byte("xl/")) || bytes.Contains(head, []byte("[Content_Types]")) {
			return XLSX, nil
		}
		if bytes.Contains(head, []byte("application/vnd.oasis.opendocument.spreadsheet")) {
			return "", refuse("this is an OpenDocument sheet (ODS)", saveAgain)
		}
		return "", refuse("this is a ZIP archive", "unpack it and import the files inside")
	case bytes.HasPrefix(t, []byte("\xd0\xcf\x11\xe0")) && bytes.Contains(head, encryptedPackage):
		return "", refuse("this workbook is protected with a password",
			"open it, take the password off, save it as XLSX and import that")
	case bytes.HasPrefix(t, []byte("\xd0\xcf\x11\xe0")):
		return "", refuse("this is an old Excel workbook (XLS), or one with a password",
			"open it and save it as XLSX or CSV, or ask the bank for CSV or CAMT")
	case bytes.HasPrefix(t, []byte("%PDF")):
		return "", refuse("this is a PDF", text)
	case bytes.HasPrefix(t, []byte("\x1f\x8b")):
		return "", refuse("this is a GZIP archive", "unpack it and import the file inside")
	case strings.HasPrefix(up, "<!DOCTYPE HTML"), strings.HasPrefix(up, "<HTML"),
		strings.Contains(up, "<TABLE") && strings.HasPrefix(up, "<"):
		return "", refuse("this is a web page (HTML)", "log in and download the statement itself")
	case ofxHead.Match(letters):
		return OFX, nil
	case up[0] == '<':
		return CAMT, nil
	case utf16XML(head):
		return CAMT, nil
	case lineStarts(t, mt940) && lineStarts(t, mtTag):
		return MT940, nil
	case bai2.Match(t):
		return BAI2, nil
	case qif.Match(letters[:min(len(letters), 512)]):
		return QIF, nil
	case isBinary(head):
		return "", refuse("this is no text file", "import the statement as CSV or CAMT.053")
	}
	return CSV, nil
}

// lineStarts reports whether a line begins with a tag, behind blanks and control characters.
func lineStarts(text []byte, tag *regexp.Regexp) bool {
	for line := range bytes.FieldsFuncSeq(text, func(r rune) bool { return r == '\r' || r == '\n' }) {
		line = bytes.TrimLeftFunc(line, func(r rune) bool { return r != 0 && r <= ' ' })
		if len(line) > 0 && (line[0] == ':' || line[0] == '{') && tag.Match(line) {
			return true
		}
	}
	return false
}

// isBinary reports whether bytes are neither text of one byte a letter nor UTF-16.
func isBinary(b []byte) bool {
	if wide(b) != "" {
		return false
	}
	control := 0
	for _, c := range b {
		if c < 0x20 && c != '\t' && c != '\n' && c != '\r' && c != '\f' && c != 0x1a {
			control++
		}
	}
	return control*50 > len(b)
}

// Recognise says in a few words why a file with this beginning is no statement that can be read, ""
// where it may be one.
func Recognise(head []byte) string {
	if _, err := recognise(head); err != nil {
		var e *Error
		if errors.As(err, &e) {
			return e.Reason
		}
		return err.Error()
	}
	return ""
}

// IsText reports whether a beginning is that of a text with single or double bytes.
func IsText(head []byte) bool { return !bytes.HasPrefix(head, []byte("PK")) && !isBinary(head) }
