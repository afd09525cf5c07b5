package reconcile

import (
	"slices"
	"strings"
	"unicode"
)

// invoiceWords are the words of a text that may name an invoice, folded: whole words, and parts of
// a word at a slash or beside letters. Dates, years and what is shorter than three are none.
func invoiceWords(texts ...string) []string {
	var out []string
	note := func(w string) {
		f := foldNumber(w)
		if len(f) >= 3 && hasDigit(f) && !isYear(f) && !slices.Contains(out, f) {
			out = append(out, f)
		}
	}
	for _, text := range texts {
		for _, word := range strings.FieldsFunc(text, func(r rune) bool {
			return unicode.IsSpace(r) || strings.ContainsRune(",;:()#\"'[]{}|*+=<>!?&", r)
		}) {
			word = strings.Trim(word, "-./_\\")
			note(word)
			parts := strings.FieldsFunc(word, func(r rune) bool { return r == '/' || r == '\\' })
			if len(parts) > 1 && !isDate(parts) {
				for _, p := range parts {
					note(p)
				}
			}
			for _, p := range parts {
				if n := besideLetters(p); n != "" {
					note(n)
				}
			}
		}
	}
	return out
}

// besideLetters is the one part with digits of a word like INV-1042, "" where it has none or more.
func besideLetters(word string) string {
	parts := strings.FieldsFunc(word, func(r rune) bool { return r == '-' || r == '.' || r == '_' })
	if len(parts) < 2 {
		return ""
	}
	found := ""
	for _, p := range parts {
		if !hasDigit(p) {
			continue
		}
		if found != "" || strings.Trim(p, "0123456789") != "" {
			return ""
		}
		found = p
	}
	return found
}

func hasDigit(s string) bool { return strings.ContainsAny(s, "0123456789") }

func isYear(s string) bool {
	return len(s) == 4 && (s[:2] == "19" || s[:2] == "20") && s[2] >= '0' && s[2] <= '9' &&
		s[3] >= '0' && s[3] <= '9'
}

// isDate reports whether the parts of a word are those of a date: a year and days or months.
func isDate(parts []string) bool {
	years := 0
	for _, p := range parts {
		switch {
		case isYear(p):
			years++
		case len(p) > 2 || strings.Trim(p, "0123456789") != "":
			return false
		}
	}
	return years == 1
}

// foldNumber writes a number in upper case with its letters and digits only.
func foldNumber(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToUpper(r)
		}
		return -1
	}, s)
}

// foldName writes a name in upper case, without punctuation, its words apart by one blank.
func foldName(s string) string {
	return strings.Join(strings.FieldsFunc(strings.ToUpper(s), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}), " ")
}

// hasWords reports whether a folded text holds a folded name as whole words.
func hasWords(text, name string) bool {
	return name != "" && strings.Contains(" "+text+" ", " "+name+" ")
}
