package present

import (
	"strings"

	"countinghouse/app"
	"countinghouse/app/book"
)

// chain says how the statements of a file follow on those that the books have: of several what is worst.
func (p *ImportPreview) chain(f app.ImportedFile) {
	if len(f.Continuity) == 0 {
		return
	}
	worst := -1
	for i := range f.Continuity {
		text, status, rank := chainText(&f.Continuity[i])
		if text != "" && rank > worst {
			p.Chain, p.ChainStatus, worst = text, status, rank
		}
	}
	if first := f.Continuity[0]; first.Kind == book.Follows && len(p.Proof) > 0 {
		p.Proof[0][0] = "Opening balance, equals closing of " + DateText(first.Before.ToOn)
		if worst == 0 {
			p.Chain = ""
		}
	}
}

// chainText is a link in words: what it means, and how much it asks for attention.
func chainText(l *book.Link) (text string, status Status, rank int) {
	s, before := l.Statement, l.Before
	c := s.Currency
	switch l.Kind {
	case book.Follows:
		return "Opens with the closing balance of " + DateText(before.ToOn) + ".", OK, 0
	case book.FirstOfAccount:
		return "The first statement of this account: nothing comes before it.", Neutral, 1
	case book.Repeats:
		return "The books have this statement already.", Neutral, 1
	case book.Overlaps:
		return "Days " + days(l.SharedFrom, l.SharedTo) + " are in another statement too; no line comes " +
			"in twice.", Neutral, 2
	case book.Leaps:
		text = "Opens with " + Minor(*s.Opening, c) + ", but the statement to " + DateText(before.ToOn) +
			" closes with " + Minor(*before.Closing, c) + ": " + Minor(l.By, c) + " between them is in no " +
			"statement."
		if l.MissingFrom != 0 {
			text += " " + missing(l.MissingFrom, l.MissingTo)
		}
		return text, Attention, 3
	case book.Contradicts:
		return "Another statement says another balance for " + DateText(l.To) + ", by " + Minor(l.By, c) +
			".", Attention, 4
	}
	return "", Neutral, 0
}

func days(from, to book.Date) string {
	if from == to {
		return DateText(from)
	}
	return DateText(from) + " to " + DateText(to)
}

// missing names statements by their numbers.
func missing(from, to int) string {
	if from == to {
		return "Statement " + Count(from) + " is missing."
	}
	return strings.Join([]string{"Statements", Count(from), "to", Count(to), "are missing."}, " ")
}
