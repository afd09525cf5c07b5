package reconcile

import (
	"regexp"
	"slices"
	"strings"

	"countinghouse/app/book"
)

// namesOf are the words of a bank line that name an invoice as people and banks write it: its plain
// words, a creditor reference of ISO 11649 whose check digits are right, and what the business's own
// pattern finds. pattern is nil where the business has none; its first group, else all of it, is the
// name.
func namesOf(l *book.BankLine, pattern *regexp.Regexp) []string {
	out := invoiceWords(l.Reference, l.Structured, l.Text)
	note := func(w string) {
		if w != "" && !slices.Contains(out, w) {
			out = append(out, w)
		}
	}
	for _, text := range []string{l.Reference, l.Structured, l.Text} {
		for _, w := range creditorReferences(text) {
			note(w)
		}
		if pattern == nil {
			continue
		}
		for _, m := range pattern.FindAllStringSubmatch(text, 32) {
			note(foldNumber(m[min(1, len(m)-1)]))
		}
	}
	return out
}

// creditorReferences are what creditor references (ISO 11649: RF, two check digits, up to 21
// characters) in a text refer to, without leading zeros. Blanks may part them.
func creditorReferences(text string) []string {
	if !strings.Contains(text, "RF") && !strings.Contains(text, "rf") {
		return nil
	}
	words := strings.FieldsFunc(text, isNoise)
	var out []string
	for i, w := range words {
		if w = strings.ToUpper(w); len(w) < 4 || w[:2] != "RF" || strings.Trim(w[2:4], "0123456789") != "" {
			continue
		}
		whole := ""
		for _, next := range words[i:] {
			if whole += foldNumber(next); len(whole) > 25 {
				break
			}
			if bare := strings.TrimLeft(whole[4:], "0"); len(bare) >= 3 && checked97(whole) {
				out = append(out, bare)
			}
		}
	}
	return out
}

// checked97 reports whether the check digits behind the two letters of a reference are right: with
// the first four characters moved to the end and letters as 10 to 35 it leaves 1 by 97.
func checked97(s string) bool {
	rest := 0
	for _, c := range s[4:] + s[:4] {
		switch {
		case c >= '0' && c <= '9':
			rest = (rest*10 + int(c-'0')) % 97
		case c >= 'A' && c <= 'Z':
			rest = (rest*100 + int(c-'A') + 10) % 97
		default:
			return false
		}
	}
	return rest == 1
}

// joinedWords is over how many words a bank may have broken a number.
const joinedWords = 4

// disguised are numbers that a line may hold in disguise: with
// letters glued before them (RE10466), broken by blanks or line ends (104 66), behind leading zeros
// (00010466), or before the check digit of a structured reference. They may be an accident, so they
// never match by themselves.
func disguised(l *book.BankLine) []string {
	var out []string
	note := func(w string) {
		w = strings.TrimLeft(w, "0")
		if len(w) >= 4 && strings.Trim(w, "0123456789") == "" && !isYear(w) &&
			!slices.Contains(out, w) {
			out = append(out, w)
		}
	}
	for _, text := range []string{l.Reference, l.Structured, l.Text} {
		words := strings.Fields(text)
		for i, word := range words {
			parts := strings.FieldsFunc(word, func(r rune) bool {
				return strings.ContainsRune(",;:()#\"'[]{}|*+=<>!?&/\\", r)
			})
			for _, p := range parts {
				if isAmount(p) {
					continue
				}
				note(strings.TrimLeft(foldNumber(p), letters))
			}
			if len(parts) != 1 || isAmount(parts[0]) {
				continue
			}
			number := strings.TrimLeft(foldNumber(word), letters)
			for _, next := range words[i+1 : min(i+joinedWords, len(words))] {
				next = strings.Trim(next, ".,;:)")
				if strings.Trim(next, "-0123456789") != "" {
					break
				}
				number += foldNumber(next)
				note(number)
			}
		}
	}
	if s := foldNumber(l.Structured); len(s) > 5 && strings.Trim(s, "0123456789") == "" {
		note(s[:len(s)-1])
	}
	return out
}

// isAmount reports whether a word is written like an amount, 10.42.
func isAmount(word string) bool {
	n := len(word)
	return n > 3 && word[n-3] == '.' && strings.Trim(word, "0123456789.") == ""
}

const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

// disguisedTransfers finds, for the lines that nothing else explains, the row or open invoice that
// they may name in disguise and pay to the cent. Where the sender is the customer too, that is two
// facts and counts; else a person has to confirm the pair.
func (e *engine) disguisedTransfers() {
	want := map[string][]int32{}
	hidden := make([][]string, len(e.lines))
	for i, l := range e.lines {
		if t := &e.transfer[i]; e.openLine(int32(i)) && len(t.named) == 0 && len(t.left) == 0 {
			hidden[i] = disguised(l)
			for _, w := range hidden[i] {
				want[w] = nil
			}
		}
	}
	e.findNamed(want)
	g := newGraph()
	for i := range e.lines {
		for _, w := range hidden[i] {
			of := want[w]
			if len(of) != 1 {
				continue
			}
			for _, r := range e.paidExactly(e.lines[i], of, nil) {
				if !e.isHeld(r) && !e.isRejected(book.BankBilling, r, lineRef(int32(i))) {
					e.transfer[i].hidden = w
					g.pair(r, lineRef(int32(i)))
				}
			}
		}
	}
	for _, c := range g.components() {
		switch {
		case !c.unique():
			e.ambiguous(book.BankBilling, c.right, c.left)
		case e.sentByCustomer(c):
			e.add(link{pass: book.P7, leg: book.BankBilling, state: book.Auto, left: c.left,
				right: c.right, uses: e.transferUses(c)})
		default:
			e.suggest(book.P7, book.BankBilling, c.left, c.right)
		}
	}
}

// sentByCustomer reports whether the sender of a pair's line is the customer of its row or invoice.
func (e *engine) sentByCustomer(c component) bool {
	sent := foldName(e.lines[c.right[0].at()].Counterparty)
	who := e.custs[e.payer(c.left[0])]
	return len(sent) >= 5 && who != nil && (foldName(who.Company) == sent || foldName(who.Name) == sent)
}

// payer is the customer of a row or invoice, "" where nobody says.
func (e *engine) payer(r ref) book.ItemID {
	if r.sort() == sortPay {
		return e.customerOf(r.at())
	}
	return e.invs[r.at()].CustomerID
}

// pattern is the business's own for the texts of an account, nil for none.
func (e *engine) pattern(name book.AccountName) *regexp.Regexp {
	if a := e.account(name); a != nil {
		return a.InvoicePattern
	}
	return nil
}
