package bankfile

import (
	"regexp"
	"strings"
)

// xmlKinds are documents that people take for statements, by an element near their top. Messages of
// ISO 20022 stand without their version, which the first editions put behind the name.
var xmlKinds = map[string]string{
	"CstmrCdtTrfInitn":       "a payment order (pain.001)",
	"CstmrPmtStsRpt":         "a report on orders sent (pain.002)",
	"PmtStsRpt":              "a report on orders sent (pain.002)",
	"CstmrPmtRvsl":           "a reversal of collected debits (pain.007)",
	"CstmrDrctDbtInitn":      "a direct debit order (pain.008)",
	"MndtInitnReq":           "a mandate request (pain.009)",
	"MndtAmdmntReq":          "a change of a mandate (pain.010)",
	"MndtCxlReq":             "an end of a mandate (pain.011)",
	"MndtAccptncRpt":         "an answer on a mandate (pain.012)",
	"CdtrPmtActvtnReq":       "a request to pay (pain.013)",
	"CdtrPmtActvtnReqStsRpt": "an answer to a request to pay (pain.014)",
	"Rct":                    "a receipt for a message (camt.025)",
	"UblToApply":             "an inquiry about a payment (camt.026)",
	"ClmNonRct":              "a claim that a payment is missing (camt.027)",
	"AddtlPmtInf":            "more information on a payment (camt.028)",
	"RsltnOfInvstgtn":        "an answer to a cancellation or inquiry (camt.029)",
	"NtfctnOfCaseAssgnmt":    "a notice about an inquiry (camt.030)",
	"CstmrPmtCxlReq":         "a cancellation request (camt.055)",
	"FIToFIPmtCxlReq":        "a cancellation request (camt.056)",
	"NtfctnToRcv":            "a notice to receive (camt.057)",
	"NtfctnToRcvCxlAdvc":     "a cancelled notice to receive (camt.058)",
	"NtfctnToRcvStsRpt":      "an answer to a notice to receive (camt.059)",
	"AcctRptgReq":            "a request for a statement (camt.060)",
	"BkSvcsBllgStmt":         "a bill for the bank's services (camt.086)",
	"ReqToModfyPmt":          "a request to change a payment (camt.087)",
	"FIToFIPmtStsRpt":        "a report on interbank payments (pacs.002)",
	"FIToFICstmrDrctDbt":     "an interbank direct debit (pacs.003)",
	"PmtRtr":                 "an interbank return (pacs.004)",
	"FIToFIPmtRvsl":          "an interbank reversal (pacs.007)",
	"FIToFICstmrCdtTrf":      "an interbank payment (pacs.008)",
	"FinInstnCdtTrf":         "an interbank payment (pacs.009)",
	"FICdtTrf":               "an interbank payment (pacs.009)",
	"FIDrctDbt":              "an interbank direct debit (pacs.010)",
	"FIToFIPmtStsReq":        "a request about an interbank payment (pacs.028)",
	"Workbook":               "an Excel workbook in XML",
	"workbook":               "an Excel workbook in XML",
	"svg":                    "a picture (SVG)",
	"Invoice":                "an electronic invoice",
	"CrossIndustryInvoice":   "an electronic invoice",
	"CrossIndustryDocument":  "an electronic invoice",
	"FinInvc":                "an electronic invoice",
	"html":                   "a web page (HTML)",
	"rss":                    "a news feed",
	"ebicsRequest":           "an EBICS message",
	"ebicsResponse":          "an EBICS message",
}

var (
	// messageVersion is behind the name of a message's element in first editions.
	messageVersion = regexp.MustCompile(`V\d{1,2}$`)
	// messageName is what the oldest messages call that element.
	messageName = regexp.MustCompile(`^((?:pain|pacs|camt)\.\d{3})\.\d{3}\.\d{2}$`)
)

// xmlKind names an XML document that holds no statement by its first elements.
func xmlKind(names []string) string {
	for _, n := range names {
		if k, ok := xmlKinds[messageVersion.ReplaceAllString(n, "")]; ok {
			return "this is " + k
		}
		if m := messageName.FindStringSubmatch(n); m != nil {
			return "this is an ISO 20022 message of another kind (" + m[1] + ")"
		}
	}
	if len(names) == 0 {
		return "this is no XML document"
	}
	return "this is an XML document of another kind (" + names[0] + ")"
}

// utf16XML reports whether a file begins as XML does, in UTF-16.
func utf16XML(head []byte) bool {
	name := wide(head)
	if name == "" {
		return false
	}
	text, err := utf16Of(name).NewDecoder().Bytes(head[:min(len(head), 1024)&^1])
	return err == nil && strings.HasPrefix(strings.TrimSpace(string(text)), "<")
}
