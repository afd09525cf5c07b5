package bankfile

import (
	"bytes"
	"slices"
	"strings"
)

// gvcOf is the sign before the subfields of a German structured text, "166?00GUTSCHRIFT?20…", which
// begins with the code of the kind of booking; 0 for any other text.
func gvcOf(b []byte) byte {
	b = bytes.TrimLeft(b, " ")
	if len(b) < 6 || digitsOf(b) != 3 || bytes.IndexByte([]byte("?>~^@<|"), b[3]) < 0 ||
		!isSubfield(b[4], b[5]) {
		return 0
	}
	return b[3]
}

// isSubfield reports whether two bytes are the number of a subfield: 00 kind of booking, 10 and 11 the
// bank's own, 20 to 29 and 60 to 69 what for, 30 to 38 who, 70 to 79 who else.
func isSubfield(a, b byte) bool {
	if b < '0' || b > '9' {
		return false
	}
	switch a {
	case '0':
		return b == '0'
	case '1':
		return b <= '1'
	case '2', '6', '7':
		return true
	case '3':
		return b <= '8'
	}
	return false
}

// germanWords reads the German structured text of a line, its physical lines joined.
func germanWords(s string) mtWords {
	var w mtWords
	s = strings.TrimLeft(s, " ")
	sign := s[3]
	var purpose, name, further []string
	var account, iban string
	for s = s[3:]; s != ""; {
		code, at := s[1:3], 3
		for at < len(s) && !(s[at] == sign && at+2 < len(s) && isSubfield(s[at+1], s[at+2])) {
			at++
		}
		value := s[3:at]
		s = s[at:]
		switch {
		case code[0] == '2' || code[0] == '6':
			purpose = append(purpose, value)
		case code[0] == '7':
			further = append(further, value)
		case code == "00":
			w.other = value
		case code == "31":
			account = value
		case code == "32" || code == "33":
			name = append(name, value)
		case code == "38":
			iban = strings.ReplaceAll(value, " ", "")
		}
	}
	w.name, _ = joinWidth(name)
	if w.account = account; isIBAN(iban) {
		w.account = iban
	}
	w.purpose(joinWidth(purpose))
	if len(further) > 0 {
		more, _ := joinWidth(further)
		w.text = append(w.text, more)
	}
	return w
}

// sepaWords are the words before the parts of what SEPA says of a payment: the first ones may stand
// anywhere with a plus behind, the others, and all with a colon, only where a word begins.
var sepaWords = []string{"EREF", "SVWZ", "KREF", "MREF", "CRED", "DEBT", "ABWA", "ABWE", "OAMT", "COAM",
	"IBAN", "BIC", "MTLG", "PURP", "MDAT"}

// Where in sepaWords what is told apart stands.
const (
	sepaEREF, sepaSVWZ, sepaKREF, sepaMREF = 0, 1, 2, 3
	sepaOAMT, sepaIBAN, sepaMTLG, sepaNone = 8, 10, 12, 15
)

// purpose reads what for: the pieces joined, and where each began.
func (w *mtWords) purpose(s string, starts []int) {
	var said [sepaNone + 1]string
	word, from := sepaNone, 0
	end := func(at int) {
		value := strings.TrimSpace(s[from:at])
		if said[word] != "" {
			value = said[word] + " " + value
		}
		said[word] = value
	}
	for i := 3; i < len(s); i++ {
		if s[i] != '+' && s[i] != ':' {
			continue
		}
		if next, at := sepaWord(s, i, starts); next != sepaNone && at >= from {
			end(at)
			word, from = next, i+1
		}
	}
	end(len(s))
	w.reference = said[sepaEREF]
	if account := strings.ReplaceAll(said[sepaIBAN], " ", ""); w.account == "" && isIBAN(account) {
		w.account, said[sepaIBAN] = account, ""
	}
	text := said[sepaSVWZ]
	if text == "" {
		text = said[sepaNone]
	} else {
		w.text = append(w.text, said[sepaNone])
	}
	w.structured = creditorReference(text)
	said[sepaKREF], said[sepaMREF] = reference(said[sepaKREF]), reference(said[sepaMREF])
	w.text = append(append(w.text, text, said[sepaMTLG]), said[sepaKREF:sepaOAMT]...)
	for word := sepaOAMT; word < sepaNone; word++ {
		if word != sepaMTLG && said[word] != "" {
			w.text = append(w.text, sepaWords[word]+" "+said[word])
		}
	}
}

// sepaWord is the word that ends before a place in a text, and where it begins; sepaNone for none.
func sepaWord(s string, end int, starts []int) (word, at int) {
	for _, n := range []int{4, 3} {
		if at = end - n; at < 0 {
			continue
		}
		word = slices.Index(sepaWords, s[at:end])
		if word >= 0 && (word < sepaIBAN && s[end] == '+' || at == 0 || s[at-1] == ' ' ||
			slices.Contains(starts, at)) {
			return word, at
		}
	}
	return sepaNone, 0
}
