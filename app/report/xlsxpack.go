package report

import (
	"io"
	"time"

	"github.com/xuri/excelize/v2"
)

// WriteXLSX writes the close pack as a workbook: a cover with the bridge of each currency and with
// checks, both as live formulas over the sheets behind it, then proofs, exceptions, matches,
// payouts, bank lines, the items of the bridge, and information on the run. Formulas carry their
// values, so a reader that does not calculate shows the same figures. Lists that do not fit into
// one sheet go on in the next ("Matches 2"). Amounts of more than 15 digits, which a spreadsheet
// would round, stand as text, and the cover says so.
func WriteXLSX(w io.Writer, p *Pack) error { return writeXLSX(w, p, rowLimit) }

func writeXLSX(w io.Writer, p *Pack, limit int) (err error) {
	b := newWorkbook()
	b.limit = limit
	defer b.end(&err, p.Period.String())
	front, err := b.open("Cover")
	if err != nil {
		return err
	}
	places := map[string]placed{}
	for _, s := range p.sheets() {
		if s.file == "bridge" {
			continue // the cover shows it
		}
		if places[s.file], err = b.table(s.table); err != nil {
			return err
		}
	}
	c := &cover{workbook: b, p: p, places: places}
	if err := c.write(front); err != nil {
		return err
	}
	return b.save(w, p.properties())
}

func (p *Pack) properties() excelize.DocProperties {
	at := p.RunAt.Time().Format(time.RFC3339)
	return excelize.DocProperties{
		Title:       Neutral("Close pack " + p.Period.String() + ", " + p.Business),
		Subject:     "The bridge from billing to bank, with its items and checks",
		Creator:     "Countinghouse",
		Description: Neutral("As of " + p.moment(p.At) + ", version " + p.Version),
		Created:     at,
		Modified:    at,
	}
}

// The columns of the cover.
const (
	coverName = iota
	coverClass
	coverItems
	coverAmount
	coverRecords
	coverDifference
	coverResult
	coverColumns
)

var coverWidths = [coverColumns]float64{44, 12, 10, 18, 18, 15, 12}

// line is one row of the cover.
type line struct {
	cells  [coverColumns]excelize.Cell
	height float64
}

// cover builds the first sheet: small, and with references both ways, so it is made in memory.
type cover struct {
	*workbook
	p      *Pack
	places map[string]placed
	lines  []line
	checks []check
	// results are the rows of the check list, differences the rows whose difference must be zero.
	results, differences []int
	failed               int
	err                  error
}

// row is the number of the row that is added next.
func (c *cover) row() int { return len(c.lines) + 1 }

func (c *cover) add(cells [coverColumns]excelize.Cell, height float64) {
	c.lines = append(c.lines, line{cells, height})
}

func (c *cover) blank() { c.add([coverColumns]excelize.Cell{}, 0) }

// look is a style's number; the first error stays until the end.
func (c *cover) look(l look) int {
	id, err := c.style(l)
	if err != nil && c.err == nil {
		c.err = err
	}
	return id
}

func (c *cover) say(r role, height float64, text string) {
	var cells [coverColumns]excelize.Cell
	cells[0] = excelize.Cell{StyleID: c.look(look{role: r}), Value: Neutral(text)}
	c.add(cells, height)
}

func (c *cover) heads(titles [coverColumns]string) {
	var cells [coverColumns]excelize.Cell
	for i, t := range titles {
		align := AlignRight
		if i <= coverClass || i == coverResult {
			align = AlignLeft
		}
		l := look{role: roleHead, align: align}
		if align == AlignLeft {
			l.indent = 1
		}
		cells[i] = excelize.Cell{StyleID: c.look(l), Value: t}
	}
	c.add(cells, 20)
}

// put is a typed cell with its formula, if any, in the role's style, set in by more than usual.
func (c *cover) put(v Cell, r role, formula string, indent int) excelize.Cell {
	column := Column{Kind: v.kind}
	exp, _ := v.currency.Exponent()
	l := column.look(r, exp)
	l.indent += indent
	if v.kind == "" || v.kind == KindText {
		l.format = ""
	}
	if v.kind == "" {
		return excelize.Cell{StyleID: c.look(l)}
	}
	w := tableWriter{workbook: c.workbook, t: Table{Zone: c.p.Zone}}
	return excelize.Cell{StyleID: c.look(l), Formula: formula, Value: w.value(v)}
}

func (c *cover) write(stream *excelize.StreamWriter) error {
	p := c.p
	c.say(roleTitle, 26, "Close pack "+p.Period.String())
	c.say(roleLead, 18, p.Business)
	c.say(roleNote, 0, "As of "+p.moment(p.At)+" · run at "+p.moment(p.RunAt)+
		" · version "+p.Version)
	c.blank()
	verdict := len(c.lines)
	c.blank()
	c.blank()
	for _, b := range p.Bridges {
		c.bridge(b)
		c.blank()
	}
	c.checkList()
	c.blank()
	c.classes()
	if c.overlong > 0 {
		c.blank()
		c.say(roleNote, 0, overlongNote(c.overlong))
	}
	c.lines[verdict] = c.verdict()
	if c.err != nil {
		return c.err
	}
	return c.flush(stream, verdict+1)
}

func (c *cover) flush(stream *excelize.StreamWriter, verdict int) error {
	for i, w := range coverWidths {
		if err := stream.SetColWidth(i+1, i+1, w); err != nil {
			return err
		}
	}
	for i := range c.lines {
		cells := make([]any, coverColumns)
		for k := range c.lines[i].cells {
			cells[k] = &c.lines[i].cells[k]
		}
		opts := excelize.RowOpts{Height: c.lines[i].height}
		if err := stream.SetRow(ref(0, i+1), cells, opts); err != nil {
			return err
		}
	}
	if err := stream.MergeCell(ref(0, verdict), ref(coverResult, verdict)); err != nil {
		return err
	}
	if err := c.colour(verdict); err != nil {
		return err
	}
	if err := c.paper("Cover", "portrait"); err != nil {
		return err
	}
	return stream.Flush()
}

// colour marks what is zero and what is not; the words beside it say the same.
func (c *cover) colour(verdict int) error {
	good, err := c.file.NewConditionalStyle(&excelize.Style{
		Font: &excelize.Font{Color: inkOK},
		Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{fillOK}}})
	if err != nil {
		return err
	}
	bad, err := c.file.NewConditionalStyle(&excelize.Style{
		Font: &excelize.Font{Color: inkBreak, Bold: true},
		Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{fillBreak}}})
	if err != nil {
		return err
	}
	words := func(cell, word string) error {
		return c.file.SetConditionalFormat("Cover", cell, []excelize.ConditionalFormatOptions{
			{Type: "cell", Criteria: "==", Value: `"` + word + `"`, Format: &good},
			{Type: "cell", Criteria: "!=", Value: `"` + word + `"`, Format: &bad}})
	}
	if err := words(ref(0, verdict)+":"+ref(coverResult, verdict), allZero); err != nil {
		return err
	}
	for _, r := range c.results {
		if err := words(ref(coverResult, r), isZero); err != nil {
			return err
		}
	}
	muted, err := c.file.NewConditionalStyle(&excelize.Style{
		Font: &excelize.Font{Color: inkZero}})
	if err != nil {
		return err
	}
	for _, r := range c.differences {
		err := c.file.SetConditionalFormat("Cover", ref(coverItems, r)+":"+ref(coverRecords, r),
			[]excelize.ConditionalFormatOptions{
				{Type: "cell", Criteria: "==", Value: "0", Format: &muted}})
		if err != nil {
			return err
		}
		err = c.file.SetConditionalFormat("Cover", ref(coverDifference, r),
			[]excelize.ConditionalFormatOptions{
				{Type: "cell", Criteria: "!=", Value: "0", Format: &bad},
				{Type: "cell", Criteria: "==", Value: "0", Format: &muted}})
		if err != nil {
			return err
		}
	}
	return nil
}

// Texts that formulas give and colours look for.
const (
	allZero = "All checks are zero"
	isZero  = "zero"
	isOff   = "differs"
)
