package reconcile

import (
	"regexp"
	"slices"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

var (
	withheldWords = regexp.MustCompile(`(?i)\b(tds|wht|withh\w*|with-?holding|ritenuta|retenue|retenci[oó]n|quellensteuer|` +
		`bronbelasting|podatek u źródła)\b`)
	chargeWords = regexp.MustCompile(`(?i)(charges?|chgs?|fees?|spesen|geb(ü|ue)hr\w*|frais|gastos|kosten)` +
		`[^0-9]{0,8}([0-9]{1,6}[.,][0-9]{2})\b`)
)

// withholdingRates are those at which customers in India deduct tax at source, in percent (Income-tax
// Act, sections 194C, 194H, 194J, 195, read 2026-11).
var withholdingRates = []int64{1, 2, 5, 10}

// netted says why a receipt is less than was due: A9 where its text speaks of tax withheld, or an
// Indian account is short by a rate at which tax is deducted; A5 where the text names bank charges of
// exactly what is missing; "" where nothing explains it.
func netted(l *book.BankLine, due, got money.Money) (class book.Class, what string) {
	gap := due.Minor - got.Minor
	text := l.Reference + " " + l.Structured + " " + l.Text
	if gap <= 0 {
		return "", ""
	}
	deducted := func(rate int64) bool { return atRate(due.Minor, gap, rate) }
	if withheldWords.MatchString(text) || due.Currency == "INR" &&
		slices.ContainsFunc(withholdingRates, deducted) {
		return book.A9, "was withheld as tax"
	}
	for _, m := range chargeWords.FindAllStringSubmatch(text, 4) {
		for _, point := range []string{".", ","} {
			said, err := money.Marks{Point: point}.Parse(m[len(m)-1], due.Currency)
			if err == nil && said.Minor == gap {
				return book.A5, "went to bank charges"
			}
		}
	}
	return "", ""
}

// atRate reports whether a part is so many percent of a whole, to the next unit either way.
func atRate(whole, part, percent int64) bool {
	exact := whole / 100 * percent
	rest := whole % 100 * percent / 100
	return part >= exact+rest-1 && part <= exact+rest+1
}

// nettedRow says why the one receipt of an invoice is less than was due, by the bank line that its row
// is matched to.
func (e *engine) nettedRow(row int32, due, got int64, c money.Currency) (class book.Class, what string) {
	at := e.payLink[row]
	if at == none || e.links[at].leg != book.BankBilling || len(e.links[at].right) != 1 {
		return "", ""
	}
	return netted(e.lines[e.links[at].right[0].at()], money.New(due, c), money.New(got, c))
}
