package bankfile

import (
	"slices"
	"strings"

	"countinghouse/app/book"
)

// gram is how many letters or digits in a row are compared: banks cut texts, lose their blanks and
// write umlauts in their own way, so that whole words need not be the same.
const gram = 5

// said is what a line says in words, made comparable between formats.
type said struct {
	// squeezed are the letters and digits in lower case, without accents, ae, oe and ue as a, o and u.
	squeezed string
	// numbers are runs of four digits and more in its reference and text.
	numbers []string
	// parts are all that stands in a row, sorted; made when they are asked for.
	parts []uint64
}

func sayings(l *book.BankLine) said {
	own := l.Reference + " " + l.Structured + " " + l.Text
	s := said{squeezed: squeeze(l.Counterparty + " " + own + " " + l.CounterpartyAccount)}
	for _, n := range strings.FieldsFunc(own, func(r rune) bool { return r < '0' || r > '9' }) {
		if len(n) >= 4 {
			s.numbers = append(s.numbers, n)
		}
	}
	return s
}

var umlauts = strings.NewReplacer("ae", "a", "oe", "o", "ue", "u")

func squeeze(s string) string {
	s = strings.ReplaceAll(s, notProvided, "")
	small := make([]byte, 0, len(s))
	for i := range len(s) {
		switch c := s[i]; {
		case c >= 'A' && c <= 'Z':
			small = append(small, c-'A'+'a')
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9':
			small = append(small, c)
		case c >= 0x80:
			return umlauts.Replace(strings.ReplaceAll(fold(s), " ", ""))
		}
	}
	return umlauts.Replace(string(small))
}

// notProvided is what banks put where the payer gave no reference.
const notProvided = "NOTPROVIDED"

// grams are the line's parts: all of five in a row, or what it says where that is less.
func (s *said) grams() []uint64 {
	if s.parts != nil || s.squeezed == "" {
		return s.parts
	}
	s.parts = make([]uint64, 0, max(1, len(s.squeezed)-gram+1))
	for i := 0; i == 0 || i+gram <= len(s.squeezed); i++ {
		n := uint64(0)
		for _, c := range []byte(s.squeezed[i:min(i+gram, len(s.squeezed))]) {
			n = n<<8 | uint64(c)
		}
		s.parts = append(s.parts, n)
	}
	slices.Sort(s.parts)
	s.parts = slices.Compact(s.parts)
	return s.parts
}

// percent is how much of what the shorter one says the other one says too: 100 where it is all of it,
// or where one says nothing.
func percent(a, b *said) int {
	x, y := a.grams(), b.grams()
	if len(x) == 0 || len(y) == 0 {
		return 100
	}
	n := 0
	for i, j := 0, 0; i < len(x) && j < len(y); {
		switch {
		case x[i] < y[j]:
			i++
		case x[i] > y[j]:
			j++
		default:
			n, i, j = n+1, i+1, j+1
		}
	}
	return n * 100 / min(len(x), len(y))
}

// strangers says that both lines quote numbers, and not one of them is the other's too.
func strangers(a, b *said) bool {
	return len(a.numbers) > 0 && len(b.numbers) > 0 && !a.quotes(b) && !b.quotes(a)
}

func (s *said) quotes(o *said) bool {
	return slices.ContainsFunc(o.numbers, func(n string) bool { return strings.Contains(s.squeezed, n) })
}

// alikePercent is from where two lines of one day and amount say the same in two formats.
const alikePercent = 40

// alike compares two lines of one day and amount: strong says that they say the same, weak that they
// have something in common and nothing speaks against it.
func alike(a, b *said) (score int, weak bool) {
	score = percent(a, b)
	return score, score >= alikePercent || score > 0 && !strangers(a, b)
}

// keys are what names a line for itself, beside its day: the bank's reference, the payer's, or a text
// that quotes a number. A reference without digits is a word.
func keys(l *book.BankLine) [3]string {
	var out [3]string
	if telling(l.BankID) {
		out[0] = l.BankID
	}
	if telling(l.Reference) {
		out[1] = l.Reference
	}
	if s := squeeze(l.Counterparty + " " + l.Text); len(s) >= 12 && digits(s) >= 5 {
		out[2] = s
	}
	return out
}

func telling(reference string) bool {
	return len(reference) >= 4 && reference != notProvided && digits(reference) > 0
}

func digits(s string) (n int) {
	for i := range len(s) {
		if s[i] >= '0' && s[i] <= '9' {
			n++
		}
	}
	return n
}
