package bankfile

import (
	"bytes"
	"errors"
	"regexp"
	"strings"
)

var (
	mt940 = regexp.MustCompile(`(?m)^(\{1:|:20:|:940:)`)
	mtTag = regexp.MustCompile(`(?m)^:(25|60F|60M|61|34F|28C?):`)
	qif   = regexp.MustCompile(`(?mi)^!(type|account|option|clear):?`)
	bai2  = regexp.MustCompile(`^\s*01,[^\n]*\r?\n?02,`)
)

// recognise says by its beginning what a file is, whatever its name says; a file that cannot be read
// is named in the error.
func recognise(head []byte) (Format, error) {
	const text = "ask the bank for CSV or CAMT.053 instead"
	t := bytes.TrimSpace(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")))
	up := strings.ToUpper(string(t[:min(len(t), 2048)]))
	switch {
	case len(head) == 0:
		return "", refuse("the file is empty", "download it again")
	case len(t) == 0:
		return "", refuse("the file holds only blanks", "download it again")
	case bytes.HasPrefix(t, []byte("PK\x03\x04")):
		if bytes.Contains(head, []byte("xl/")) || bytes.Contains(head, []byte("[Content_Types]")) {
			return readable(XLSX, "an Excel workbook (XLSX)",
				"open it and save it as CSV, or ask the bank for CSV or CAMT")
		}
		return "", refuse("this is a ZIP archive", "unpack it and import the files inside")
	case bytes.HasPrefix(t, []byte("\xd0\xcf\x11\xe0")):
		return "", refuse("this is an old Excel workbook (XLS)",
			"open it and save it as XLSX or CSV, or ask the bank for CSV or CAMT")
	case bytes.HasPrefix(t, []byte("%PDF")):
		return "", refuse("this is a PDF", text)
	case bytes.HasPrefix(t, []byte("\x1f\x8b")):
		return "", refuse("this is a GZIP archive", "unpack it and import the file inside")
	case strings.HasPrefix(up, "<!DOCTYPE HTML"), strings.HasPrefix(up, "<HTML"),
		strings.Contains(up, "<TABLE") && strings.HasPrefix(up, "<"):
		return "", refuse("this is a web page (HTML)", "log in and download the statement itself")
	case strings.Contains(up, "OFXHEADER"), strings.Contains(up, "<OFX>"):
		return readable(OFX, "an OFX file", text)
	case up[0] == '<':
		return CAMT, nil
	case bytes.HasPrefix(t, []byte("\xff\xfe<\x00")), bytes.HasPrefix(t, []byte("\xfe\xff\x00<")):
		return "", refuse("this is XML in UTF-16", "ask the bank for UTF-8")
	case mt940.Match(t) && mtTag.Match(t):
		return readable(MT940, "a SWIFT MT940 or MT942 file", text)
	case bai2.Match(t):
		return readable(BAI2, "a BAI2 file", text)
	case qif.Match(t[:min(len(t), 512)]):
		return readable(QIF, "a QIF file", text)
	case binary(head):
		return "", refuse("this is no text file", "import the statement as CSV or CAMT.053")
	}
	return CSV, nil
}

// readable is the format, or a refusal that names it where there is no reader for it.
func readable(f Format, named, hint string) (Format, error) {
	if readers[f] == nil {
		return "", refuse("this is "+named, hint)
	}
	return f, nil
}

// binary reports whether bytes are neither text of one byte a letter nor UTF-16.
func binary(b []byte) bool {
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

// xmlKinds are documents that people take for statements, by an element near their top.
var xmlKinds = map[string]string{
	"CstmrCdtTrfInitn":      "a payment order (pain.001)",
	"CstmrDrctDbtInitn":     "a direct debit order (pain.008)",
	"CstmrPmtStsRpt":        "a report on orders sent (pain.002)",
	"Workbook":              "an Excel workbook in XML",
	"workbook":              "an Excel workbook in XML",
	"svg":                   "a picture (SVG)",
	"Invoice":               "an electronic invoice",
	"CrossIndustryInvoice":  "an electronic invoice",
	"CrossIndustryDocument": "an electronic invoice",
	"rss":                   "a news feed",
	"NtfctnToRcv":           "a notice to receive (camt.057)",
	"FIToFIPmtCxlReq":       "a cancellation request (camt.056)",
	"FIToFICstmrCdtTrf":     "an interbank payment (pacs.008)",
	"FinInvc":               "an electronic invoice",
	"ebicsRequest":          "an EBICS message",
	"ebicsResponse":         "an EBICS message",
}

// xmlKind names an XML document that holds no statement by its first elements.
func xmlKind(names []string) string {
	for _, n := range names {
		if k, ok := xmlKinds[n]; ok {
			return "this is " + k
		}
	}
	if len(names) == 0 {
		return "this is no XML document"
	}
	return "this is an XML document of another kind (" + names[0] + ")"
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
func IsText(head []byte) bool { return !bytes.HasPrefix(head, []byte("PK")) && !binary(head) }
