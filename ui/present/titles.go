package present

import (
	"fmt"

	"countinghouse/app"
	"countinghouse/app/book"
)

// titles say in a few words what an exception of a class is; %s stands for the gateway's or
// account's title.
var titles = map[book.Class]string{
	book.T1: "%s charge, waits for its payout",
	book.T2: "%s payout, on its way to the bank",
	book.T3: "%s, settles in the next month",
	book.T4: "%s has not published it yet",
	book.T5: "%s payment, not final yet",
	book.T6: "%s holds funds",
	book.M1: "%s charge, no payment in billing",
	book.M2: "Payment in billing, no money at the gateway",
	book.M3: "%s charge, in no payout",
	book.M4: "%s payout, not at the bank",
	book.M5: "Bank receipt that nobody explains",
	book.M6: "%s payout, contents not stated",
	book.M7: "Money that pays no invoice",
	book.M8: "Invoice closed without money",
	book.A1: "Received less than due",
	book.A2: "Received more than due",
	book.A3: "Received in part",
	book.A5: "%s fee is not the recorded fee",
	book.A6: "%s conversion is not rate times amount",
	book.A7: "Rounding of a conversion",
	book.A8: "%s payout, its parts do not add up",
	book.A9: "%s withheld tax",
	book.D1: "One invoice, two charges",
	book.D2: "One charge, recorded twice",
	book.D3: "One row stands twice in the books",
	book.D4: "One id, two currencies",
	book.D5: "Another customer's money",
	book.D6: "The sides disagree on the state",
	book.D7: "Several candidates fit",
	book.D8: "No clear reference",
	book.D9: "Changed after it was matched",
	book.R1: "%s refund, not in billing",
	book.R2: "Refund in billing, not at the gateway",
	book.R3: "%s refund came back",
	book.R4: "%s dispute, not in billing",
	book.R5: "%s dispute won, not in billing",
	book.R6: "%s payout came back",
	book.C2: "Changed in a closed month",
	book.C3: "%s balance does not come out",
	book.C4: "Approved by its own author",
}

// Title says what an exception is in a few words.
func Title(m *app.Month, e *book.Exception) string {
	c := m.ChainOf(e.Items)
	if e.Class == book.A4 && c.Payment != nil && c.Transaction != nil {
		return fmt.Sprintf("Billing %s, %s %s", Amount(c.Payment.Amount),
			m.Config.Title(c.Transaction.Source), Amount(c.Transaction.Charged))
	}
	form, ok := titles[e.Class]
	if !ok {
		return e.Class.Name()
	}
	who := ""
	for _, id := range e.Items {
		if m.Transaction(id) != nil || m.Payout(id) != nil {
			who = m.Config.Title(id.Source())
		}
	}
	if who == "" && len(e.Items) > 0 {
		who = m.Config.Title(e.Items[0].Source())
	}
	return withWho(form, who)
}

func withWho(form, who string) string {
	for i := 0; i+1 < len(form); i++ {
		if form[i] == '%' && form[i+1] == 's' {
			return form[:i] + who + form[i+2:]
		}
	}
	return form
}

// About names the customer and the invoice of an exception: "Brindlecote, invoice 10466".
func About(m *app.Month, e *book.Exception) string {
	var party, invoice string
	for _, id := range e.Items {
		it := m.Item(id)
		if party == "" {
			party = it.Customer
		}
		if invoice == "" {
			invoice = it.Invoice
		}
	}
	switch {
	case party != "" && invoice != "":
		return party + ", invoice " + invoice
	case invoice != "":
		return "Invoice " + invoice
	case party != "":
		return party
	case len(e.Items) > 0:
		return ShortID(e.Items[0])
	}
	return ""
}
