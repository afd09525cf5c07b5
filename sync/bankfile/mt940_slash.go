package bankfile

import "strings"

// slashCodes are the codes of texts of the form "/TRTP/SEPA OVERBOEKING/IBAN/NL…/NAME/…", as Dutch
// banks write them, and of Citi's "/PT/FT/PY/…".
var slashCodes = map[string]bool{"TRTP": true, "IBAN": true, "BIC": true, "NAME": true, "REMI": true,
	"EREF": true, "PREF": true, "MARF": true, "CSID": true, "CNTP": true, "RTRN": true, "BENM": true,
	"ORDP": true, "ULTC": true, "ULTD": true, "ULTB": true, "ISDT": true, "PURP": true, "SVCL": true,
	"ADDR": true, "OCMT": true, "CHGS": true, "ACCW": true, "PT": true, "PY": true, "CREF": true,
	"IREF": true}

// slashCode is the code that a text begins with, "" for none.
func slashCode(s string) string {
	if len(s) < 4 || s[0] != '/' {
		return ""
	}
	code, _, ok := strings.Cut(s[1:min(len(s), 7)], "/")
	if !ok || !slashCodes[code] {
		return ""
	}
	return code
}

// slashWords reads such a text, its physical lines joined.
func slashWords(s string) mtWords {
	var w mtWords
	ultimate := false
	for s != "" {
		code := slashCode(s)
		s = s[min(len(s), len(code)+2):]
		at := 0
		for at < len(s) && (s[at] != '/' || slashCode(s[at:]) == "") {
			at++
		}
		value := strings.Trim(s[:at], " ")
		s = s[at:]
		switch code {
		case "ULTC", "ULTD", "ULTB":
			ultimate = true
		case "BENM", "ORDP":
			ultimate = false
		}
		w.slash(code, value, ultimate)
	}
	return w
}

// slash takes the value of one code. ultimate says that the party is not the one that has the
// account: its name is text.
func (w *mtWords) slash(code, value string, ultimate bool) {
	switch code {
	case "NAME":
		if w.name == "" && !ultimate {
			w.name = strings.Trim(value, "/ ")
			return
		}
		w.text = append(w.text, strings.Trim(value, "/ "))
	case "IBAN", "ACCW":
		number, _, _ := strings.Cut(strings.Trim(value, "/ "), ",")
		if w.account == "" {
			w.account = number
		}
	case "CNTP":
		parts := append(strings.Split(value, "/"), "", "", "")
		w.account, w.name = parts[0], strings.TrimSpace(parts[2])
	case "EREF":
		w.reference = strings.Trim(value, "/ ")
	case "REMI", "PY":
		w.remittance(value)
	case "PREF", "MARF", "CSID", "CREF", "IREF", "ULTC", "ULTD", "ULTB", "BENM", "ORDP":
		w.text = append(w.text, reference(strings.Trim(value, "/ ")))
	case "RTRN", "OCMT", "CHGS":
		if value = strings.Trim(value, "/ "); value != "" {
			w.text = append(w.text, code+" "+value)
		}
	case "TRTP", "PT":
		w.other = strings.Trim(value, "/ ")
	}
}

// remittance takes what for: free text, or a reference that the payee gave.
func (w *mtWords) remittance(value string) {
	if rest, ok := strings.CutPrefix(value, "STRD/"); ok {
		if issuer, ref, ok := strings.Cut(strings.TrimLeft(rest, "/"), "/"); ok && issuer != "" {
			w.structured = strings.Trim(ref, "/ ")
			w.text = append(w.text, w.structured)
			return
		}
		value = rest
	}
	value = strings.TrimPrefix(value, "USTD/")
	value = strings.Trim(value, "/ ")
	if w.structured == "" {
		w.structured = creditorReference(value)
	}
	w.text = append(w.text, value)
}
