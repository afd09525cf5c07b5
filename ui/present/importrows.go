package present

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"countinghouse/app"
	"countinghouse/app/book"
	"countinghouse/app/money"
)

// ImportRow is a line of the import preview.
type ImportRow struct {
	ID, Row, Booked, Counterparty, Text, Amount, Result string
	Status                                              Status
	// Icon is the status's own where it is "".
	Icon string
	// Line is the row in the file, 0 where the format has none.
	Line int
	// Details are the payments of a batch, told when the row is opened.
	Details []book.BankDetail
	// Fix is how an unreadable row can be fixed, nil where it cannot.
	Fix *ImportFix
	// Left says that the person leaves the unreadable row out: it is no line.
	Left bool
}

// ImportFix is the one cell of a row that could not be read, and what it may be.
type ImportFix struct {
	// Means is the column's role; Raw what the file has there.
	Means, Raw string
	// Label names the row, Take is the button, Example what the field accepts, Proposal what it begins
	// with ("" where nothing is likely), Hint why it could not be read.
	Label, Take, Example, Proposal, Hint string
	Icon                                 string
}

func (p *ImportPreview) rows(l ImportLook) {
	f := l.File
	p.Currency = string(currencyOf(f))
	for i, q := range f.Quarantined {
		row := p.keptRow(f.Profile, q, fmt.Sprintf("kept-%d", i))
		if row.Line > 0 {
			row.ID = fmt.Sprintf("kept-row-%d", row.Line)
		}
		p.Rows[ImportAll] = append(p.Rows[ImportAll], row)
		p.Rows[ImportQuarantined] = append(p.Rows[ImportQuarantined], row)
	}
	for _, row := range l.Left {
		row.Status, row.Result, row.Left = Neutral, "Left out", true
		p.Rows[ImportAll] = append(p.Rows[ImportAll], row)
	}
	fixed := map[int]bool{}
	for _, x := range l.Fixes {
		fixed[x.Row] = true
	}
	fates := fatesOf(l.Effect)
	for i := range f.Rows {
		row, tab := p.lineRow(&f.Rows[i], fates[f.Rows[i].Line.ID], fixed[f.Rows[i].Line.Row])
		p.Rows[ImportAll] = append(p.Rows[ImportAll], row)
		p.Rows[tab] = append(p.Rows[tab], row)
	}
}

// lineRow is a line that was read.
func (p *ImportPreview) lineRow(r *app.ImportRow, fate app.LineFate, fixed bool) (ImportRow, ImportTab) {
	l := r.Line
	row := ImportRow{ID: string(l.ID) + "#" + strconv.Itoa(l.Row), Row: strconv.Itoa(l.Row), Line: l.Row,
		Booked: DateText(l.On), Counterparty: l.Counterparty, Text: l.Text,
		Amount: Amount(l.Amount), Status: OK, Icon: "plus", Details: l.Details}
	if l.Text == "" {
		row.Text = l.Reference
	}
	row.Result = FateTitle(fate)
	tab := ImportNew
	switch {
	case r.Duplicate:
		row.Result, row.Status, row.Icon, tab = "Already in", Neutral, "", ImportKnown
	case l.Pending:
		row.Result, row.Status, row.Icon = "New, not booked yet", TimingStatus, ""
	case fixed:
		row.Result = "New, fixed here"
	}
	if n := len(l.Details); n > 0 {
		row.Result += ", batch of " + Count(n)
	}
	return row, tab
}

// keptRow is a row that could not be read, as far as its cells can be told apart.
func (p *ImportPreview) keptRow(profile app.Profile, q book.Reject, id string) ImportRow {
	row := ImportRow{ID: id, Row: strings.TrimPrefix(q.Place, "row "), Booked: None, Text: q.Raw,
		Amount: None, Result: q.Reason, Status: Break}
	row.Line, _ = strconv.Atoi(row.Row) // 0 is a place that is no row
	cells := cellsOf(profile, q.Raw)
	if cells == nil {
		return row
	}
	get := func(roles ...string) string {
		for _, role := range roles {
			for _, c := range profile.Columns {
				if string(c.Means) == role && cells[c.Index] != "" {
					return cells[c.Index]
				}
			}
		}
		return ""
	}
	row.Booked, row.Counterparty = orNone(get("booked", "value_date")), get("counterparty")
	row.Text, row.Amount = get("text", "reference"), None
	if m, ok := amountIn(profile, cells, money.Currency(p.Currency)); ok {
		row.Amount = Amount(m)
	} else {
		row.Amount = orNone(get("amount", "debit", "credit"))
	}
	for _, c := range profile.Columns {
		name := c.Header
		if name == "" {
			name = fmt.Sprintf("column %d", c.Index+1)
		}
		if !strings.HasPrefix(q.Reason, name+": ") {
			continue
		}
		fix := &ImportFix{Means: string(c.Means), Raw: cells[c.Index], Label: "Fix row " + row.Row}
		if title := fix.offer(c.Reads, c.Point); title != "" && row.Line > 0 {
			row.Result, row.Fix = title, fix
		}
	}
	return row
}

func orNone(s string) string {
	if s == "" {
		return None
	}
	return s
}

// currencyOf is the currency that the amounts of a file are in, "" where it has none.
func currencyOf(f app.ImportedFile) money.Currency {
	switch {
	case f.Opening != nil:
		return f.Opening.Currency
	case len(f.Rows) > 0:
		return f.Rows[len(f.Rows)-1].Line.Amount.Currency
	}
	return f.Profile.Currency
}

// cellsOf are the cells of a row by column, nil where the text does not come apart into as many.
func cellsOf(p app.Profile, raw string) []string {
	if p.Delimiter == "" || len(p.Columns) == 0 {
		return nil
	}
	cells := strings.Split(raw, p.Delimiter)
	for len(cells) > len(p.Columns) && cells[len(cells)-1] == "" {
		cells = cells[:len(cells)-1]
	}
	if len(cells) > len(p.Columns) {
		return nil
	}
	for i := range cells {
		cells[i] = strings.TrimSpace(cells[i])
	}
	for _, c := range p.Columns {
		for len(cells) <= c.Index {
			cells = append(cells, "")
		}
	}
	return cells
}

// amountIn is the signed amount of a row whose cells are known, where one column of amounts says it.
func amountIn(p app.Profile, cells []string, currency money.Currency) (money.Money, bool) {
	for _, c := range p.Columns {
		if m := money.Currency(cells[c.Index]); c.Means == "currency" && m.Known() {
			currency = m
		}
	}
	for _, c := range p.Columns {
		if cells[c.Index] == "" || c.Means != "amount" && c.Means != "debit" && c.Means != "credit" {
			continue
		}
		m, err := money.Marks{Point: orPoint(c.Point)}.Parse(cells[c.Index], currency)
		if err != nil || !currency.Known() {
			return m, false
		}
		if c.Means == "amount" && p.Sign == "out" || c.Means == "debit" && m.Minor > 0 {
			m = m.Neg()
		}
		return m, true
	}
	return money.Money{}, false
}

// offer says how the cell can be fixed, given how its column is written, and returns what is wrong with
// it in short; "" for a column that cannot be fixed.
func (x *ImportFix) offer(reads, point string) (title string) {
	clear := letters.Replace(x.Raw)
	switch x.Means {
	case "booked", "value_date":
		title = "Date not readable"
		x.Take, x.Example, x.Icon = "Use this date", "2026-10-30", "calendar"
		x.Proposal = dateLike(reads, clear)
	case "amount", "debit", "credit":
		title = "Amount not readable"
		x.Take, x.Example, x.Icon = "Use this amount", "-1234.56", "pencil"
		m, err := money.Marks{Point: orPoint(point)}.Parse(clear, "EUR")
		if err == nil && clear != x.Raw {
			x.Proposal = m.Decimal()
		}
	case "currency":
		title = "Currency not known"
		x.Take, x.Example, x.Icon = "Use this currency", "EUR", "pencil"
	default:
		return ""
	}
	x.Hint = unreadable(x.Raw) + " The file stays as it is."
	return title
}

func orPoint(point string) string {
	if point == "" {
		return "."
	}
	return point
}

// letters are those that are typed in place of digits.
var letters = strings.NewReplacer("O", "0", "o", "0", "l", "1", "I", "1")

var mixed = regexp.MustCompile(`[0-9]*[OoIl][0-9OoIl]*`)

// unreadable says why a cell is not read.
func unreadable(raw string) string {
	if raw == "" {
		return "The cell is empty."
	}
	for _, word := range mixed.FindAllString(raw, -1) {
		if i := strings.IndexAny(word, "OoIl"); strings.ContainsAny(word, "0123456789") {
			return "Letter " + word[i:i+1] + " in " + word + "."
		}
	}
	return "\u201c" + raw + "\u201d stands in the file."
}

var digits = regexp.MustCompile(`\d+`)

// dateLike is the date that a text would be if it were written as the column's other cells are, "" where
// it is none.
func dateLike(reads, text string) string {
	pattern := strings.FieldsFunc(reads, func(r rune) bool { return !strings.ContainsRune("DMY", r) })
	numbers := digits.FindAllString(text, -1)
	if len(pattern) != 3 || len(numbers) != 3 {
		return ""
	}
	at := func(letter string) string {
		i := slices.IndexFunc(pattern, func(s string) bool { return strings.HasPrefix(s, letter) })
		if i < 0 {
			return ""
		}
		return numbers[i]
	}
	y, m, d := at("Y"), at("M"), at("D")
	if len(y) == 2 {
		y = "20" + y
	}
	on, err := book.ParseDate(y + "-" + pad(m) + "-" + pad(d))
	if err != nil {
		return ""
	}
	return on.String()
}

func pad(s string) string {
	if len(s) == 1 {
		return "0" + s
	}
	return s
}

// FixFault says what is wrong with what a person typed to fix a cell, "" for nothing.
func FixFault(x *ImportFix, value string) string {
	switch x.Means {
	case "booked", "value_date":
		if _, err := book.ParseDate(value); err != nil {
			return "A date as " + x.Example
		}
	case "currency":
		if !money.Currency(value).Known() {
			return "A code as " + x.Example
		}
	default:
		if _, err := (money.Marks{Point: "."}).Parse(value, "CLF"); err != nil {
			return "An amount as " + x.Example
		}
	}
	return ""
}

// DetailText is one payment of a batch in a line.
func DetailText(d book.BankDetail) (who, text, amount string) {
	who, text, amount = d.Counterparty, d.Text, None
	if text == "" {
		text = d.Reference
	}
	if d.Amount != nil {
		amount = Amount(*d.Amount) + " " + string(d.Amount.Currency)
	}
	return who, text, amount
}
