package bankfile

import (
	"strings"

	"countinghouse/app/book"
)

// chargeWords are what banks call the money that they take for their services, folded.
var chargeWords = wordList(`fee|fees|charge|charges|chgs|chg|commission|commissions|gebuhr|gebuehr|
	gebuhren|gebuehren|entgelt|entgelte|kontofuhrung|kontofuehrung|kontofuhrungsgebuhr|abschluss|
	frais|comision|comisiones|commissione|commissioni|comissao|tarifa|tarifas|komisija|komisinis|
	mokestis|prowizja|oplata|poplatek|poplatky|teenustasu|avgift|gebyr|gebyrer|palvelumaksu|kulut|
	bankkosten|provisjon|courtage|jutalek|kezelesi`)

// IsCharge says that a line is money that the bank took for its services: it names no account that
// the money went to and nobody but a bank, and calls itself a charge.
func IsCharge(l *book.BankLine) bool {
	if l.Amount.Minor >= 0 || l.CounterpartyAccount != "" {
		return false
	}
	who := fold(l.Counterparty)
	for _, w := range strings.Fields(who) {
		if chargeWords[w] {
			return true
		}
	}
	if who != "" && !strings.Contains(who, "bank") && !strings.Contains(who, "banc") &&
		!strings.Contains(who, "sparkasse") {
		return false
	}
	for _, w := range strings.Fields(fold(l.Text)) {
		if chargeWords[w] {
			return true
		}
	}
	return false
}
