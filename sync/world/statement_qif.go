package world

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// WriteQIF writes the account's statement from one day to another, both included, as QIF: month
// first, thousands parted by commas, the opening balance as a record of its own. QIF has no place for
// the account's number and currency, the value date, the bank's reference and the closing balance.
// Its errors are the writer's.
func (a *Account) WriteQIF(w io.Writer, from, to book.Date) error {
	out := bufio.NewWriterSize(w, 1<<16)
	fmt.Fprintf(out, "!Account\nN%s\nTBank\n^\n!Type:Bank\n", a.Name)
	opening := money.New(a.BalanceOn(from-1), a.Currency)
	fmt.Fprintf(out, "D%s\nT%s\nCX\nPOpening Balance\nL[%s]\n^\n", americanDate(from), american(opening), a.Name)
	for i := range a.Lines {
		l := &a.Lines[i]
		if l.On < from || l.On > to {
			continue
		}
		fmt.Fprintf(out, "D%s\nT%s\n", americanDate(l.On), american(l.Amount))
		for _, f := range []struct{ mark, text string }{{"N", l.Reference}, {"P", l.Counterparty},
			{"M", strings.Join(strings.Fields(l.Text), " ")}} {
			if f.text != "" {
				fmt.Fprintf(out, "%s%s\n", f.mark, f.text)
			}
		}
		if l.CounterpartyAccount != "" {
			fmt.Fprintf(out, "L[%s]\n", l.CounterpartyAccount)
		}
		fmt.Fprint(out, "^\n")
	}
	// A buffered writer keeps its first error and gives it back here.
	return out.Flush()
}

func americanDate(d book.Date) string { return d.Time().Format("01/02/2006") }

// american is an amount as 1,234.56.
func american(m money.Money) string {
	return money.Marks{Point: ".", Group: ",", Minus: "-"}.Format(m)
}
