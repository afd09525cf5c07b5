package bankfile

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"countinghouse/app/book"
)

// gram is how many letters or digits in a row are compared: banks cut texts, lose their blanks and
// write umlauts in their own way, so that whole words need not be the same.
const gram = 5

// wording is what a line says in words, made comparable between formats.
type wording struct {
	// squeezed are the letters and digits in lower case, without accents, ae, oe and ue as a, o and u.
	squeezed string
	// numbers are what its reference and text quote: runs of four digits and more, and words of six
	// signs and more with a digit among them.
	numbers []string
	// tail is the end of its text, which banks cut off.
	tail string
	// parts are all that stands in a row, sorted; made when they are asked for.
	parts []uint64
}

func sayings(l *book.BankLine) wording {
	s := wording{squeezed: squeeze(l.Counterparty, l.Reference, l.Structured, l.Text,
		l.CounterpartyAccount)}
	for _, own := range []string{l.Reference, l.Structured, l.Text} {
		if digits(own) > 0 && own != notProvided {
			s.quote(own)
			s.tail = squeeze(own)
		}
	}
	return s
}

func (s *wording) quote(text string) {
	for _, w := range strings.FieldsFunc(text, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}) {
		if digits(w) == 0 {
			continue
		}
		if w := squeeze(w); len(w) >= 6 {
			s.numbers = append(s.numbers, w)
		}
		for _, n := range strings.FieldsFunc(w, func(r rune) bool { return r < '0' || r > '9' }) {
			if len(n) >= 4 && len(n) < len(w) || len(n) == 4 || len(n) == 5 {
				s.numbers = append(s.numbers, n)
			}
		}
	}
}

// squeeze makes texts comparable: their letters and digits in a row, as wording has them.
func squeeze(texts ...string) string {
	n := 0
	for _, s := range texts {
		n += len(s)
	}
	small := make([]byte, 0, n)
	for _, s := range texts {
		if s == notProvided {
			continue
		}
		if strings.IndexFunc(s, func(r rune) bool { return r >= utf8.RuneSelf }) >= 0 {
			s = fold(s)
		}
		for i := range len(s) {
			c := s[i]
			switch {
			case c >= 'A' && c <= 'Z':
				c += 'a' - 'A'
			case c >= 'a' && c <= 'z', c >= '0' && c <= '9', c >= utf8.RuneSelf:
			default:
				continue
			}
			if k := len(small); c == 'e' && k > 0 && strings.IndexByte("aou", small[k-1]) >= 0 {
				continue
			}
			small = append(small, c)
		}
	}
	return string(small)
}

// notProvided is what banks put where the payer gave no reference.
const notProvided = "NOTPROVIDED"

// grams are the line's parts: all of five in a row, or what it says where that is less.
func (s *wording) grams() []uint64 {
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
func percent(a, b *wording) int {
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
func strangers(a, b *wording) bool {
	return len(a.numbers) > 0 && len(b.numbers) > 0 && !a.quotes(b) && !b.quotes(a)
}

func (s *wording) quotes(o *wording) bool {
	return slices.ContainsFunc(o.numbers, func(n string) bool {
		return strings.Contains(s.squeezed, n) || s.endsIn(n)
	})
}

// endsIn says that the text breaks off within a number, four signs of it or more.
func (s *wording) endsIn(number string) bool {
	for n := len(number) - 1; n >= 4; n-- {
		if strings.HasSuffix(s.tail, number[:n]) {
			return true
		}
	}
	return false
}

// alikePercent is from where two lines of about the same day say the same.
const alikePercent = 40

// alike compares two lines of one day and amount: may says that they have something in common and
// nothing speaks against it.
func alike(a, b *wording) (score int, may bool) {
	score = percent(a, b)
	return score, score > 0 && !strangers(a, b)
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
	if s := squeeze(l.Counterparty, l.Text); len(s) >= 12 && digits(s) >= 5 {
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
