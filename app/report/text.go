package report

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// textLeast is the width below which a column of text is not narrowed further.
const textLeast = 8

// WriteTableText writes a table for a terminal of the given number of columns (0 for no limit):
// title, notes, heads, rows and totals, numbers to the right. Columns of text are shortened with …
// where the table is too wide; codes, dates and amounts never are. It holds all rows in memory.
func WriteTableText(w io.Writer, t Table, columns int) error {
	out := bufio.NewWriter(w)
	if t.Title != "" {
		fmt.Fprintln(out, clean(t.Title, true))
	}
	for _, n := range t.Notes {
		fmt.Fprintln(out, clean(n, true))
	}
	if err := writeRows(out, t, columns); err != nil {
		return fmt.Errorf("report: write %s: %w", t.Title, err)
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("report: write %s: %w", t.Title, err)
	}
	return nil
}

func writeRows(out *bufio.Writer, t Table, limit int) error {
	grid := [][]string{{}}
	for _, c := range t.Columns {
		grid[0] = append(grid[0], c.head())
	}
	sum := newTotals(t.Columns)
	for row, err := range t.rows() {
		if err != nil {
			return err
		}
		sum.add(t.Columns, row)
		grid = append(grid, textRow(t, row))
	}
	foot := -1
	if wantsTotals(t.Columns) {
		foot = len(grid)
		cells := make([]Cell, len(t.Columns))
		for i, c := range t.Columns {
			cells[i] = sum.cell(i, c)
		}
		if cells[0].kind == "" {
			cells[0] = Text("Total")
		}
		grid = append(grid, textRow(t, cells))
	}
	widths := fit(t.Columns, grid, limit)
	rule := strings.Repeat("─", lineWidth(widths))
	for i, row := range grid {
		if i == foot || i == 1 {
			fmt.Fprintln(out, rule)
		}
		fmt.Fprintln(out, textLine(t.Columns, widths, row))
	}
	return nil
}

// lineWidth is the width of a line of all columns, with two blanks between them.
func lineWidth(widths []int) int {
	n := 2 * (len(widths) - 1)
	for _, w := range widths {
		n += w
	}
	return max(n, 0)
}

func textRow(t Table, row []Cell) []string {
	out := make([]string, len(row))
	for i, c := range row {
		out[i] = c.plain(t)
	}
	return out
}

// plain is the cell as a person reads it: −1,234.56, 2026-10-05, 2026-10-05 09:38, yes.
func (c Cell) plain(t Table) string {
	switch c.kind {
	case KindInteger:
		return grouped(c.n)
	case KindMoney:
		return money.Plain.Format(c.money())
	case KindDate:
		return dateText(c.n)
	case KindInstant:
		return c.wall(t.Zone).Format("2006-01-02 15:04")
	case KindBool:
		return yesNo(c.n != 0)
	}
	return clean(c.text, true)
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// grouped is a count with its thousands apart.
func grouped(n int64) string { return money.Plain.Format(money.New(n, "")) }

// fit gives each column the width of its longest cell, then narrows the widest columns of text
// until the line fits.
func fit(columns []Column, grid [][]string, limit int) []int {
	widths := make([]int, len(columns))
	for _, row := range grid {
		for i, s := range row {
			widths[i] = max(widths[i], width(s))
		}
	}
	for limit > 0 && lineWidth(widths) > limit {
		widest := -1
		for i, c := range columns {
			if c.Kind == KindText && widths[i] > textLeast &&
				(widest < 0 || widths[i] > widths[widest]) {
				widest = i
			}
		}
		if widest < 0 {
			break
		}
		widths[widest]--
	}
	return widths
}

func textLine(columns []Column, widths []int, row []string) string {
	var b strings.Builder
	for i, s := range row {
		if i > 0 {
			b.WriteString("  ")
		}
		if r := []rune(s); len(r) > widths[i] {
			s = strings.TrimRight(string(r[:widths[i]-1]), " ") + "…"
		}
		pad := strings.Repeat(" ", widths[i]-width(s))
		if columns[i].right() {
			b.WriteString(pad + s)
		} else {
			b.WriteString(s + pad)
		}
	}
	return strings.TrimRight(b.String(), " ")
}

// WriteBridge writes the bridge of each currency for a terminal, with the steps' plain names.
func WriteBridge(w io.Writer, period book.Month, bridges []book.Bridge, columns int) error {
	for i, b := range bridges {
		if i > 0 {
			if _, err := io.WriteString(w, "\n"); err != nil {
				return fmt.Errorf("report: write bridge: %w", err)
			}
		}
		if err := WriteTableText(w, bridgeText(period, b), columns); err != nil {
			return err
		}
	}
	return nil
}

// bridgeText is the bridge of one currency with its steps set in under the totals.
func bridgeText(period book.Month, b book.Bridge) Table {
	columns := []Column{
		{ID: "step", Title: "Step", Kind: KindCode},
		{ID: "class", Title: "Class", Kind: KindCode},
		{ID: "items", Title: "Items", Kind: KindInteger},
		{ID: "amount", Title: string(b.Currency), Kind: KindMoney, Currency: b.Currency},
	}
	rows := func(yield func([]Cell, error) bool) {
		for _, info := range book.Steps {
			s := step(b, info.Step)
			name, items := "  "+info.Name, Integer(s.Items)
			if info.Total || info.Step == book.StepUnexplained {
				name = info.Name
			}
			if info.Step == book.StepUnexplained {
				items = Cell{}
			}
			if !yield([]Cell{Text(name), Text(classList(s.Classes)), items,
				Amount(money.New(s.Amount, b.Currency))}, nil) {
				return
			}
		}
	}
	return Table{Title: "From billing to bank, " + period.String() + ", " + string(b.Currency),
		Columns: columns, Rows: rows}
}

// listed are the columns of the exception list in text, in order; a terminal has room for those
// before "why", which stands below each line there.
var listed = []string{"class", "name", "date", "customer", "invoice", "currency", "amount",
	"clears", "why", "id"}

// WriteExceptions writes the pack's exceptions as a list: one line each where columns is 0, else for
// a terminal of so many columns, with the reason and the exception's id below each line.
func WriteExceptions(w io.Writer, p *Pack, columns int) error {
	if columns == 0 {
		return WriteTableText(w, ExceptionTable(p).pick(p.listed()...), 0)
	}
	var text strings.Builder
	short := listed[:slices.Index(listed, "why")]
	if err := WriteTableText(&text, ExceptionTable(p).pick(short...), columns); err != nil {
		return err
	}
	lines := strings.Split(strings.TrimRight(text.String(), "\n"), "\n")
	head := len(lines) - len(p.Exceptions)
	out := bufio.NewWriter(w)
	for i, line := range lines {
		fmt.Fprintln(out, line)
		if i < head {
			continue
		}
		e := p.Exceptions[i-head]
		for _, part := range wrap(clean(e.Why, true)+" ["+e.ID+"]"+p.whose(e), max(columns-len(below), 1)) {
			fmt.Fprintln(out, below+part)
		}
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("report: write the exceptions: %w", err)
	}
	return nil
}

// listed are the columns of the list: with the owner and the due date where somebody was named.
func (p *Pack) listed() []string {
	if !slices.ContainsFunc(p.Exceptions, func(e book.Exception) bool { return p.whose(e) != "" }) {
		return listed
	}
	at := slices.Index(listed, "why")
	return slices.Concat(listed[:at], []string{"owner", "due"}, listed[at:])
}

// whose says to whom an exception was given and by when, "" where it was not.
func (p *Pack) whose(e book.Exception) string {
	out := ""
	if e.Owner != "" {
		out = " " + e.Owner
	}
	if due := p.Due[e.ID]; due != 0 {
		out += " due " + due.String()
	}
	return clean(out, true)
}

// below goes before what stands below a line; it is as wide as the column of classes.
const below = "       "

// wrap parts a text between words into lines of a width; a longer word is parted too.
func wrap(text string, limit int) []string {
	var out []string
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && width(line)+1+width(word) > limit {
			out, line = append(out, line), ""
		}
		for r := []rune(word); len(r) > limit; r = []rune(word) {
			out, word = append(out, string(r[:limit])), string(r[limit:])
		}
		line = strings.TrimPrefix(line+" "+word, " ")
	}
	return append(out, line)
}

// pick is the table with some of its columns, in the order of the ids.
func (t Table) pick(ids ...string) Table {
	var places []int
	var columns []Column
	for _, id := range ids {
		i := slices.IndexFunc(t.Columns, func(c Column) bool { return c.ID == id })
		places, columns = append(places, i), append(columns, t.Columns[i])
	}
	all := t.rows()
	t.Columns = columns
	t.Rows = func(yield func([]Cell, error) bool) {
		row := make([]Cell, len(places))
		for cells, err := range all {
			if err != nil {
				yield(nil, err)
				return
			}
			for i, at := range places {
				row[i] = cells[at]
			}
			if !yield(row, nil) {
				return
			}
		}
	}
	return t
}

// WriteSummary writes what a run came to for a terminal: what was read, the rates of automatic
// matching with their base, the exceptions by class, the proofs, and what is unexplained.
func WriteSummary(w io.Writer, p *Pack) error {
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, "%s, %s, as of %s\n\n", clean(p.Business, true), p.Period, p.moment(p.At))
	say := func(name, format string, args ...any) {
		fmt.Fprintf(out, "%-28s"+format+"\n", append([]any{name}, args...)...)
	}
	n := func(i int) string { return grouped(int64(i)) }
	c := p.Counts
	say("Read",
		"%s invoices, %s payments in billing, %s gateway entries, %s payouts, %s bank lines",
		n(c.Invoices), n(c.BillingPayments), n(c.GatewayEntries), n(c.Payouts), n(c.BankLines))
	say("Gateway payments matched", "%s", rateText(p.Rates.Payments))
	say("Gateway bank lines matched", "%s", rateText(p.Rates.BankLines))
	failed := 0
	for _, f := range p.Proofs {
		if !f.Holds {
			failed++
		}
	}
	say("Balance proofs", "%s of %s hold", n(len(p.Proofs)-failed), n(len(p.Proofs)))
	for _, b := range p.Bridges {
		sum := func(n int64) string { return money.Plain.Format(money.New(n, b.Currency)) }
		say("Received in bank", "%s %s, unexplained %s", sum(step(b, book.StepBankMovement).Amount),
			b.Currency, sum(b.Unexplained))
	}
	fmt.Fprintln(out)
	if err := writeRows(out, p.classTable(), 0); err != nil {
		return fmt.Errorf("report: write summary: %w", err)
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("report: write summary: %w", err)
	}
	return nil
}

// rateText is a rate with its base, rounded down to a tenth: "98.9 % (2,951 of 2,984)".
func rateText(a book.AutoRate) string {
	if a.Of == 0 {
		return "nothing to match"
	}
	tenths := a.Matched * 1000 / a.Of
	return strconv.Itoa(tenths/10) + "." + strconv.Itoa(tenths%10) + " % (" +
		grouped(int64(a.Matched)) + " of " + grouped(int64(a.Of)) + ")"
}
