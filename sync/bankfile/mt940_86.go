package bankfile

import (
	"bytes"
	"slices"
	"strings"
	"unicode/utf8"

	"countinghouse/app/book"
)

const (
	// swiftWidth is how long a line of a SWIFT field may be, germanWidth a subfield of a German one.
	swiftWidth = 65
	// codedWidth is how long it is at least where a structured text goes on in the middle of a word.
	codedWidth  = 64
	germanWidth = 27
)

// mtWords is what the text of an entry says. text are its parts in order, other is what stands for
// it where a line would have no words at all.
type mtWords struct {
	name, account, reference, structured string
	text                                 []string
	other                                string
}

// noReference are words by which banks say that there is no reference, or that it is in the text.
var noReference = []string{"", "NONREF", "NOREF", "NOTPROVIDED", "NOT PROVIDED", "EREF", "EREF+", "KREF",
	"KREF+", "MREF+", "PREF", "MARF"}

// reference is one without the words that say that there is none.
func reference(s string) string {
	s = tidy(s)
	if len(s) <= len("NOT PROVIDED") && slices.Contains(noReference, strings.ToUpper(s)) {
		return ""
	}
	return s
}

// tidy is oneLine, for texts most of which are tidy already.
func tidy(s string) string {
	for i := range len(s) {
		if c := s[i]; c >= 0x80 || c <= ' ' && (c != ' ' || i == 0 || s[i-1] == ' ') {
			return oneLine(s)
		}
	}
	return strings.TrimSuffix(s, " ")
}

// describe says who, what for and under which references, from the text of an entry, the references
// of its :61: and the lines after them.
func (m *mtReader) describe(l *book.BankLine, x *mtEntry, more []byte) {
	w := m.words()
	l.Counterparty, l.CounterpartyAccount = tidy(w.name), tidy(w.account)
	l.Structured = w.structured
	l.Reference = reference(w.reference)
	owner := reference(m.text.decode(x.owner))
	if l.Reference == "" || l.Reference == owner {
		l.Reference, owner = owner, ""
	}
	if l.Reference == "" {
		l.Reference = l.Structured
	}
	extra := tidy(m.text.decode(more))
	if l.CounterpartyAccount == "" && isIBAN(extra) {
		l.CounterpartyAccount, extra = extra, ""
	}
	l.Text = joinTexts(append(w.text, extra, owner))
	if l.Text == "" && l.Counterparty == "" && l.Reference == "" {
		l.Text = tidy(w.other)
	}
	m.correct(l.Row, Text, &l.Text)
	m.correct(l.Row, Counterparty, &l.Counterparty)
	m.correct(l.Row, TheirAccount, &l.CounterpartyAccount)
	m.correct(l.Row, Reference, &l.Reference)
}

// correct puts in what a person says that a text is.
func (m *mtReader) correct(row int, role Role, text *string) {
	if v, ok := m.s.fixed(row, role); ok {
		*text = oneLine(v)
	}
}

// joinTexts joins what is not said yet.
func joinTexts(parts []string) string {
	out := ""
	for _, p := range parts {
		switch p = tidy(p); {
		case out == "":
			out = p
		case !strings.Contains(out, p):
			out += " " + p
		}
	}
	return out
}

// words reads the text of the open entry in the way in which it is written.
func (m *mtReader) words() mtWords {
	b := m.entry.text
	switch {
	case m.entry.numbered:
		return numberedWords(strings.Split(m.text.decode(b), "\n"))
	case gvcOf(b) != 0:
		return germanWords(m.text.decode(bytes.ReplaceAll(b, []byte("\n"), nil)))
	}
	lines := strings.Split(m.text.decode(b), "\n")
	if slashCode(strings.TrimLeft(lines[0], " ")) != "" {
		return slashWords(strings.TrimLeft(unwrap(lines, true), " "))
	}
	return mtWords{text: []string{unwrap(lines, false)}}
}

// unwrap joins the lines of a text: directly where a line is as long as a line may be, because the
// bank breaks in the middle of words; else with a blank, but before a code of a structured text.
func unwrap(lines []string, coded bool) string {
	width := swiftWidth
	if coded {
		width = codedWidth
	}
	var b strings.Builder
	for i, line := range lines {
		if i > 0 && utf8.RuneCountInString(lines[i-1]) < width && !(coded && strings.HasPrefix(line, "/")) {
			b.WriteByte(' ')
		}
		b.WriteString(line)
	}
	return b.String()
}

// isIBAN reports whether a text has the form of an IBAN.
func isIBAN(s string) bool {
	if len(s) < 15 || len(s) > 34 {
		return false
	}
	for i := range len(s) {
		letter, digit := s[i] >= 'A' && s[i] <= 'Z', s[i] >= '0' && s[i] <= '9'
		if i < 2 && !letter || i >= 2 && i < 4 && !digit || !letter && !digit {
			return false
		}
	}
	return true
}

// creditorReference is the ISO 11649 reference that a text consists of, with right check digits; ""
// for any other text.
func creditorReference(text string) string {
	if !strings.HasPrefix(text, "RF") {
		return ""
	}
	s := strings.ReplaceAll(text, " ", "")
	if len(s) < 5 || len(s) > 25 || digitsOf([]byte(s[2:4])) != 2 {
		return ""
	}
	if !checks(s) {
		return ""
	}
	return s
}

// checks reports whether the check digits of an IBAN or creditor reference are right (ISO 7064,
// 97-10): its capital letters and digits, the first four put last.
func checks(s string) bool {
	rest := 0
	for _, r := range s[4:] + s[:4] {
		switch {
		case r >= '0' && r <= '9':
			rest = (rest*10 + int(r-'0')) % 97
		case r >= 'A' && r <= 'Z':
			rest = (rest*100 + int(r-'A') + 10) % 97
		default:
			return false
		}
	}
	return rest == 1
}

// joinWidth joins pieces that a bank has cut at a width: a piece of full width goes on without a
// blank in the next one, after a shorter one the bank dropped a blank or began anew. starts are
// where the pieces begin in the result.
func joinWidth(pieces []string) (text string, starts []int) {
	if len(pieces) == 1 {
		return pieces[0], []int{0}
	}
	width := germanWidth
	for _, p := range pieces {
		width = max(width, utf8.RuneCountInString(p))
	}
	var b strings.Builder
	for i, p := range pieces {
		if i > 0 && utf8.RuneCountInString(pieces[i-1]) < width {
			b.WriteByte(' ')
		}
		starts = append(starts, b.Len())
		b.WriteString(p)
	}
	return b.String(), starts
}

// numberedWords reads a :NS: block: two digits and text on each line. 01 to 14 are what for, 15 and
// 16 who, 17 is the kind of booking, 34 the other account.
func numberedWords(lines []string) mtWords {
	var w mtWords
	var text, name []string
	for _, line := range lines {
		if len(line) < 2 || digitsOf([]byte(line[:2])) < 2 {
			text = append(text, line)
			continue
		}
		switch code, rest := line[:2], line[2:]; {
		case code >= "01" && code <= "14":
			text = append(text, rest)
		case code == "15" || code == "16":
			name = append(name, rest)
		case code == "17":
			w.other = rest
		case code == "34":
			w.account = rest
		}
	}
	joined, _ := joinWidth(text)
	w.text = []string{joined}
	w.name, _ = joinWidth(name)
	return w
}
