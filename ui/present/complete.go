package present

import (
	"fmt"

	"countinghouse/app/book"
)

// Complete is what one gateway's balance says of its movements.
type Complete struct {
	// Title names the gateway and the currency, Text is the sentence with both figures.
	Title, Text string
	// Equation is the sum in figures: opening, movements, payouts and what they lead to.
	Equation string
	Holds    bool
	// Stated says that the provider itself states the balance.
	Stated bool
}

// CompleteOf words a balance proof; title is what people call the gateway.
func CompleteOf(p book.Proof, title string) Complete {
	c := Complete{Title: title + " " + string(p.Currency), Holds: p.Holds,
		Stated: p.ProviderClosing != nil}
	c.Equation = fmt.Sprintf("%s opening, %s moved, %s paid out: %s", Minor(p.Opening, p.Currency),
		Minor(p.Movement, p.Currency), Minor(-p.Payouts, p.Currency), Minor(p.Closing, p.Currency))
	switch {
	case !p.Holds:
		c.Text = p.Why
	case c.Stated:
		c.Text = fmt.Sprintf("%s: all movements are there, they lead to %s, which it states.",
			c.Title, Minor(p.Closing, p.Currency))
	default:
		c.Text = fmt.Sprintf("%s: its movements lead to %s; it states no balance to compare.",
			c.Title, Minor(p.Closing, p.Currency))
	}
	return c
}
