package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// The places of columns that the cover's formulas name, in the tables they name them of.
const (
	itemCurrency, itemStep, itemAmount    = 0, 1, 7
	exceptionClass, exceptionCurrency     = 0, 5
	exceptionAmount                       = 6
	lineStateAt, lineCurrency, lineAmount = 3, 4, 5
	matchLeg                              = 0
)

// check is one line of the check list: what this workbook comes to must be what is wanted.
type check struct {
	name       string
	have, want Cell
	// haveFormula and wantFormula make them live; "" for none.
	haveFormula, wantFormula string
}

// bridge adds one currency's bridge. A step's amount is the sum of its items, a total the sum of
// the steps above it; beside them stands what the reconciliation said, for totals from the records.
func (c *cover) bridge(b book.Bridge) {
	c.say(roleLead, 20, "From billing to bank, "+string(b.Currency))
	c.heads([coverColumns]string{"Step", "Class", "Items", string(b.Currency), "Reconciled",
		"Difference", ""})
	g := &bridgeRows{cover: c, b: b, live: bridgeFits(b)}
	for _, info := range book.Steps {
		g.add(info)
	}
	c.bridgeChecks(g)
}

// bridgeRows is the state while a bridge's rows are added.
type bridgeRows struct {
	*cover
	b book.Bridge
	// live says that every figure can be a number, so that formulas come to the same.
	live bool
	// first is the first row, total the last total's row, running the sum up to here.
	first, total int
	running      int64
	// records is what the last total's own records say; rows holds each step's row.
	records int64
	rows    map[book.Step]int
}

// bridgeFits reports whether all figures of a bridge can stand as numbers.
func bridgeFits(b book.Bridge) bool {
	fits := func(n int64) bool { return numeric(Amount(money.New(n, b.Currency))) }
	for _, s := range b.Steps {
		if !fits(s.Amount) || slices.ContainsFunc(s.Entries,
			func(e book.BridgeEntry) bool { return !fits(e.Amount) }) {
			return false
		}
	}
	return fits(b.Unexplained)
}

func (g *bridgeRows) add(info book.StepInfo) {
	s, row := step(g.b, info.Step), g.row()
	if g.first == 0 {
		g.first, g.rows = row, map[book.Step]int{}
	}
	g.rows[info.Step] = row
	var listed int64
	for _, e := range s.Entries {
		listed += e.Amount
	}
	amount, formula, fromRecords := listed, g.sumOf(itemAmount, info.Step), ""
	switch {
	case info.Step == book.StepUnexplained:
		amount = g.records - g.running
		formula = g.round(ref(coverRecords, g.total) + "-" + ref(coverAmount, g.total))
	case info.Total && g.total > 0:
		amount = g.running
		formula = g.round(fmt.Sprintf("SUM(%s:%s)", ref(coverAmount, g.total),
			ref(coverAmount, row-1)))
		if len(s.Entries) > 0 && listed == s.Amount {
			fromRecords = g.sumOf(itemAmount, info.Step)
		}
	default:
		g.running += listed
	}
	if info.Total {
		g.total, g.records = row, s.Amount
	}
	g.put3(info, s, amount, formula, fromRecords)
}

// put3 adds the row itself: the amount, what was reconciled, and their difference.
func (g *bridgeRows) put3(info book.StepInfo, s book.BridgeStep, amount int64, formula,
	fromRecords string) {
	row, r, indent := g.row(), roleRow, 1
	if info.Total || info.Step == book.StepUnexplained {
		r, indent = roleTotal, 0
	}
	in := func(n int64) Cell { return Amount(money.New(n, g.b.Currency)) }
	difference := g.round(ref(coverAmount, row) + "-" + ref(coverRecords, row))
	items := Integer(s.Items)
	count := ""
	if g.live && s.Items == len(s.Entries) {
		count = g.items("COUNTIFS(%s,"+quote(g.b.Currency)+",%s,"+quote(s.Step)+")",
			itemCurrency, itemStep)
	}
	if info.Step == book.StepUnexplained {
		items, count = Cell{}, ""
	}
	if !g.live {
		formula, fromRecords, difference = "", "", ""
	}
	g.differences = append(g.differences, row)
	g.cover.add([coverColumns]excelize.Cell{
		g.put(Text(info.Name), r, "", indent),
		g.put(Text(classList(s.Classes)), r, "", 0),
		g.put(items, r, count, 0),
		g.put(in(amount), r, formula, 0),
		g.put(in(s.Amount), r, fromRecords, 0),
		g.put(in(amount-s.Amount), r, difference, 0),
		g.put(Cell{}, r, "", 0),
	}, 0)
}

func (g *bridgeRows) round(formula string) string { return rounded(formula, g.b.Currency) }

func (c *cover) items(format string, columns ...int) string {
	return c.places["bridge-items"].each(format, columns...)
}

// sumOf adds up a column of the bridge's items that stand under a step.
func (g *bridgeRows) sumOf(column int, s book.Step) string {
	return g.round(g.items("SUMIFS(%s,%s,"+quote(g.b.Currency)+",%s,"+quote(s)+")", column,
		itemCurrency, itemStep))
}

// quote is a text inside a formula.
func quote[S ~string](s S) string {
	return `"` + strings.ReplaceAll(string(s), `"`, `""`) + `"`
}

// bridgeChecks notes the checks of one currency: nothing unexplained, no line that differs, and the
// sheets of payouts and of bank lines, which are other records, come to the bridge's totals.
func (c *cover) bridgeChecks(g *bridgeRows) {
	code := string(g.b.Currency)
	in := func(n int64) Cell { return Amount(money.New(n, g.b.Currency)) }
	last := g.rows[book.StepUnexplained]
	off := 0
	for _, row := range c.lines[g.first-1 : last] {
		if n, ok := row.cells[coverDifference].Value.(float64); !ok || n != 0 {
			off++
		}
	}
	cell := func(column int, s book.Step) string { return ref(column, g.rows[s]) }
	differ := ref(coverDifference, g.first) + ":" + ref(coverDifference, last)
	payouts, lines := c.payoutsSent(g.b.Currency), c.booked(g.b.Currency)
	list := []check{
		{name: code + ": unexplained", have: in(g.records - g.running), want: in(0),
			haveFormula: cell(coverAmount, book.StepUnexplained)},
		{name: code + ": lines of the bridge that differ", have: Integer(off), want: Integer(0),
			haveFormula: nonZero(differ)},
		{name: code + ": payouts listed and payouts sent", have: payouts,
			want: in(step(g.b, book.StepPayoutsSent).Amount),
			haveFormula: g.round(c.places["payouts"].each("SUMIFS(%s,%s,"+quote(code)+")",
				payoutIn, payoutCurrency)),
			wantFormula: cell(coverRecords, book.StepPayoutsSent)},
		{name: code + ": bank lines listed and received in bank", have: lines,
			want: in(step(g.b, book.StepBankMovement).Amount),
			haveFormula: g.round(c.places["bank-lines"].each("SUMIFS(%s,%s,"+quote(code)+
				`,%s,"booked")`, lineAmount, lineCurrency, lineStateAt)),
			wantFormula: cell(coverRecords, book.StepBankMovement)},
	}
	for _, k := range list {
		if !g.live {
			k.haveFormula, k.wantFormula = "", ""
		}
		c.checks = append(c.checks, k)
	}
}

// nonZero counts the numbers of a range that are not zero; text and blanks do not count.
func nonZero(cells string) string {
	return fmt.Sprintf(`COUNTIF(%s,">0")+COUNTIF(%s,"<0")`, cells, cells)
}

func (c *cover) payoutsSent(currency money.Currency) Cell {
	var n int64
	for _, o := range c.p.Payouts {
		if o.Amount.Currency == currency {
			n += c.p.sent(o).Minor
		}
	}
	return Amount(money.New(n, currency))
}

func (c *cover) booked(currency money.Currency) Cell {
	var n int64
	for i := range c.p.Lines {
		if l := &c.p.Lines[i]; l.Amount.Currency == currency && !l.Pending {
			n += l.Amount.Minor
		}
	}
	return Amount(money.New(n, currency))
}

// countChecks are the checks that count records of all currencies.
func (c *cover) countChecks() []check {
	p := c.p
	unfooted, named := 0, 0
	for _, o := range p.Payouts {
		if len(o.Parts) > 0 && compose(o.Parts).net != o.Amount.Minor {
			unfooted++
		}
		if slices.ContainsFunc(p.Exceptions, func(e book.Exception) bool {
			return e.Class == book.A8 && slices.Contains(e.Items, o.ID)
		}) {
			named++
		}
	}
	list := c.proofChecks()
	return append(list,
		check{name: "Payouts that do not add up, and exceptions that say so", have: Integer(unfooted),
			want:        Integer(named),
			haveFormula: c.places["payouts"].each(nonZero("%[1]s"), payoutFoots)},
		check{name: "Exceptions listed and found", have: Integer(len(p.Exceptions)),
			want:        Integer(len(p.Exceptions)),
			haveFormula: c.places["exceptions"].each("COUNTA(%s)", exceptionClass)},
		check{name: "Matches listed and found", have: Integer(len(p.Matches)),
			want:        Integer(len(p.Matches)),
			haveFormula: c.places["matches"].each("COUNTA(%s)", matchLeg)})
}

// proofChecks count, for each kind of proof, those that do not come out.
func (c *cover) proofChecks() []check {
	off, failed := map[book.ProofKind]int{}, 0
	for _, f := range c.p.Proofs {
		off[f.Kind] += 0
		if f.ProviderClosing != nil && f.Closing != *f.ProviderClosing {
			off[f.Kind]++
		}
		if !f.Holds {
			failed++
		}
	}
	var list []check
	at := c.places["proofs"]
	for _, k := range []book.ProofKind{book.GatewayBalance, book.StatementBalance,
		book.StatementChain, book.InvoiceTotals} {
		if n, ok := off[k]; ok {
			kind := "%[1]s," + quote(proofName(k))
			list = append(list, check{name: proofName(k) + ": computed and stated differ",
				have: Integer(n), want: Integer(0),
				haveFormula: at.each("COUNTIFS("+kind+`,%[2]s,">0")+COUNTIFS(`+kind+`,%[2]s,"<0")`,
					proofKindAt, proofDiffers)})
		}
	}
	return append(list, check{name: "Proofs that do not hold", have: Integer(failed),
		want: Integer(0), haveFormula: at.each(`COUNTIF(%s,"no")`, proofHolds)})
}

func (c *cover) checkList() {
	c.say(roleLead, 20, "Checks")
	c.heads([coverColumns]string{"Check", "", "", "This workbook", "Expected", "Difference",
		"Result"})
	for _, k := range append(c.checks, c.countChecks()...) {
		c.check(k)
	}
}

func (c *cover) check(k check) {
	row := c.row()
	formula, result := "", ""
	if k.haveFormula != "" {
		formula = rounded(ref(coverAmount, row)+"-"+ref(coverRecords, row), k.have.currency)
		result = fmt.Sprintf(`IF(%s=0,"%s","%s")`, ref(coverDifference, row), isZero, isOff)
	}
	diff, word := k.have, isZero
	diff.n -= k.want.n
	if diff.n != 0 {
		word = isOff
		c.failed++
	}
	c.results = append(c.results, row)
	c.differences = append(c.differences, row)
	c.add([coverColumns]excelize.Cell{
		c.put(Text(k.name), roleRow, "", 0), c.put(Cell{}, roleRow, "", 0),
		c.put(Cell{}, roleRow, "", 0), c.put(k.have, roleRow, k.haveFormula, 0),
		c.put(k.want, roleRow, k.wantFormula, 0), c.put(diff, roleRow, formula, 0),
		c.put(Text(word), roleRow, result, 0),
	}, 0)
}

// verdict is the one line that says whether all checks are zero.
func (c *cover) verdict() line {
	word := allZero
	if c.failed > 0 {
		word = fmt.Sprintf("Checks that are not zero: %d", c.failed)
	}
	formula := ""
	if n := len(c.results); n > 0 {
		count := fmt.Sprintf("COUNTIF(%s:%s,%s)", ref(coverResult, c.results[0]),
			ref(coverResult, c.results[n-1]), quote(isOff))
		formula = fmt.Sprintf(`IF(%s=0,"%s","Checks that are not zero: "&%s)`, count, allZero, count)
	}
	var l line
	l.height = 24
	for i := range l.cells {
		l.cells[i].StyleID = c.look(look{role: roleState, indent: 1})
	}
	l.cells[0].Value, l.cells[0].Formula = word, formula
	return l
}

// classes adds what is open, by class and currency.
func (c *cover) classes() {
	groups, at := c.p.classGroups(), c.places["exceptions"]
	c.say(roleLead, 20, "Exceptions by class")
	c.heads([coverColumns]string{"Class", "Code", "Items", "Without sign", "Currency", "", ""})
	for _, g := range groups {
		both := quote(g.class) + ",%s," + quote(g.currency) + ")"
		sum := ""
		if numeric(g.sum) {
			sum = rounded(at.each("SUMIFS(%s,%s,"+both, exceptionAmount, exceptionClass,
				exceptionCurrency), g.currency)
		}
		count := ""
		if g.currency != "" {
			count = at.each("COUNTIFS(%s,"+both, exceptionClass, exceptionCurrency)
		}
		currency := c.put(Text(g.currency), roleRow, "", 0)
		currency.StyleID = c.look(look{role: roleRow, align: AlignRight})
		c.add([coverColumns]excelize.Cell{
			c.put(Text(g.class.Name()), roleRow, "", 0), c.put(Text(g.class), roleRow, "", 0),
			c.put(Integer(g.count), roleRow, count, 0), c.put(g.sum, roleRow, sum, 0), currency,
			c.put(Cell{}, roleRow, "", 0), c.put(Cell{}, roleRow, "", 0),
		}, 0)
	}
	if len(groups) == 0 {
		c.say(roleNote, 0, "No exceptions: every record is matched or explained.")
	}
}

func overlongNote(n int) string {
	return fmt.Sprintf("%d amounts have more than 15 digits, which a spreadsheet would round: "+
		"they stand as text, and formulas do not count them.", n)
}
