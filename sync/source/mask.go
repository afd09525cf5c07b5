package source

import (
	"strings"

	"countinghouse/app/book"
)

// RawMax is the longest raw text that is kept of a record that could not be read, in bytes.
const RawMax = 4 << 10

// Raw is the text of an unreadable record as it may be kept: the given secrets taken out, card
// numbers masked, valid UTF-8, at most RawMax bytes.
func Raw(text string, secrets map[string]Secret) string {
	text = strings.ToValidUTF8(text, "\uFFFD")
	for _, s := range secrets {
		if len(s) >= 6 {
			text = strings.ReplaceAll(text, s.Reveal(), s.String())
		}
	}
	text = MaskCards(text)
	if len(text) > RawMax {
		text = strings.ToValidUTF8(text[:RawMax], "")
	}
	return text
}

// MaskCards replaces all but the last four digits of every card number in a text by asterisks: 13
// to 19 digits with single blanks or dashes between, of an issuer's range and length, with a right
// check digit. Digits that touch a letter belong to some id and are left alone.
func MaskCards(text string) string {
	var out []byte
	for i := 0; i < len(text); {
		end := digitsEnd(text, i)
		if end == i || i > 0 && wordByte(text[i-1]) {
			i++
			continue
		}
		if end == len(text) || !wordByte(text[end]) {
			out = maskSpan(text, out, i, end)
		}
		i = end
	}
	if out == nil {
		return text
	}
	return string(out)
}

func digit(b byte) bool { return b >= '0' && b <= '9' }

func wordByte(b byte) bool {
	return digit(b) || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b == '_'
}

// digitsEnd is where the digits that begin at i end, single blanks and dashes between them included.
func digitsEnd(s string, i int) int {
	end := i
	for j := i; j < len(s); j++ {
		switch {
		case digit(s[j]):
			end = j + 1
		case (s[j] == ' ' || s[j] == '-') && j == end && j > i:
		default:
			return end
		}
	}
	return end
}

// maskSpan masks every card number between groups of the digits in text[from:to].
func maskSpan(text string, out []byte, from, to int) []byte {
	for i := from; i < to; i++ {
		if !digit(text[i]) || i > from && digit(text[i-1]) {
			continue
		}
		for j := to; j > i; j-- {
			if !digit(text[j-1]) || j < to && digit(text[j]) || !card(text[i:j]) {
				continue
			}
			if out == nil {
				out = []byte(text)
			}
			for k, left := j-1, 4; k >= i; k-- {
				if left--; digit(text[k]) && left < 0 {
					out[k] = '*'
				} else if !digit(text[k]) {
					left++
				}
			}
			i = j
			break
		}
	}
	return out
}

// card reports whether a text is a card number.
func card(s string) bool {
	s = strings.NewReplacer(" ", "", "-", "").Replace(s)
	return len(s) >= 13 && len(s) <= 19 && luhn(s) && issued(s)
}

func luhn(s string) bool {
	sum := 0
	for i := range len(s) {
		d := int(s[len(s)-1-i] - '0')
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}

// issuers are the ranges of ISO/IEC 7812 numbers by their first digits, with their lengths.
var issuers = []struct{ from, to, lengthMin, lengthMax string }{
	{"4", "4", "13", "13"}, {"4", "4", "16", "16"}, {"4", "4", "19", "19"},
	{"51", "55", "16", "16"}, {"2221", "2720", "16", "16"},
	{"34", "34", "15", "15"}, {"37", "37", "15", "15"},
	{"300", "305", "14", "19"}, {"36", "36", "14", "19"}, {"38", "39", "14", "19"},
	{"3528", "3589", "16", "19"}, {"6011", "6011", "16", "19"}, {"644", "659", "16", "19"},
	{"62", "62", "16", "19"}, {"50", "50", "13", "19"}, {"56", "58", "13", "19"},
	{"63", "63", "13", "19"}, {"67", "67", "13", "19"},
}

func issued(s string) bool {
	for _, r := range issuers {
		head := s[:len(r.from)]
		length := string([]byte{'0' + byte(len(s)/10), '0' + byte(len(s)%10)})
		if head >= r.from && head <= r.to && length >= r.lengthMin && length <= r.lengthMax {
			return true
		}
	}
	return false
}

// MaskRecords masks card numbers in every free text of records that a source or a statement brought.
// Identifiers and references are left alone: they are what records are matched by.
func MaskRecords(r *book.Records) {
	for i := range r.Customers {
		c := &r.Customers[i]
		c.Name, c.Company = MaskCards(c.Name), MaskCards(c.Company)
	}
	for i := range r.Services {
		s := &r.Services[i]
		s.Name, s.Domain = MaskCards(s.Name), MaskCards(s.Domain)
	}
	for i := range r.Invoices {
		for k := range r.Invoices[i].Lines {
			l := &r.Invoices[i].Lines[k]
			l.Text = MaskCards(l.Text)
		}
	}
	for i := range r.Payments {
		r.Payments[i].Text = MaskCards(r.Payments[i].Text)
	}
	for i := range r.Credits {
		r.Credits[i].Text = MaskCards(r.Credits[i].Text)
	}
	for i := range r.SavedMethods {
		m := &r.SavedMethods[i]
		m.Title, m.Brand, m.Ending = MaskCards(m.Title), MaskCards(m.Brand), MaskCards(m.Ending)
		m.Fingerprint = MaskCards(m.Fingerprint)
	}
	for i := range r.Settings {
		s := &r.Settings[i]
		s.Name, s.Value = MaskCards(s.Name), MaskCards(s.Value)
	}
	for i := range r.Transactions {
		t := &r.Transactions[i]
		t.Text, t.PayerName = MaskCards(t.Text), MaskCards(t.PayerName)
		for _, p := range []*string{&t.Instrument.Mandate, &t.Instrument.Fingerprint, &t.Instrument.Brand,
			&t.Instrument.Ending, &t.Instrument.Region, &t.Decline.Code, &t.Decline.Error,
			&t.Decline.Network, &t.Decline.Advice, &t.Decline.Outcome} {
			if *p != "" {
				*p = MaskCards(*p)
			}
		}
	}
	for i := range r.Payouts {
		r.Payouts[i].Descriptor = MaskCards(r.Payouts[i].Descriptor)
	}
	for i := range r.Lines {
		l := &r.Lines[i]
		l.Counterparty, l.Text = MaskCards(l.Counterparty), MaskCards(l.Text)
		for k := range l.Details {
			d := &l.Details[k]
			d.Counterparty, d.Text = MaskCards(d.Counterparty), MaskCards(d.Text)
		}
	}
}
