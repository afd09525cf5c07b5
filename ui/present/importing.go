package present

import (
	"fmt"
	"regexp"
	"strings"

	"countinghouse/app"
	"countinghouse/app/money"
)

// ImportTab parts the rows of an import.
type ImportTab string

// The tabs of the import preview.
const (
	ImportAll         ImportTab = "all"
	ImportNew         ImportTab = "new"
	ImportKnown       ImportTab = "known"
	ImportQuarantined ImportTab = "quarantined"
)

// ImportRow is a line of the import preview.
type ImportRow struct {
	ID, Row, Booked, Counterparty, Text, Amount, Result string
	Status                                              Status
}

// ColumnRow is a column of the file and what it means.
type ColumnRow struct{ Header, Means, Reads string }

// ImportPreview is what an import would do, before anything is stored.
type ImportPreview struct {
	File, Size, Format, Profile, Account, Period, Currency string
	Columns                                                []ColumnRow
	// Proof are label and amount of the balance proof; Verdict and Status say how it came out.
	Proof            [][2]string
	Verdict          string
	Status           Status
	New, Known, Kept int
	Rows             map[ImportTab][]ImportRow
	Warnings         []string
	// Question is the one that must be answered first, nil for none.
	Question *app.Question
	// Problem is why the file cannot be imported, in words; "" where it can.
	Problem string
	// Conflict says that the file's lines can be taken in place of those that the books have.
	Conflict bool
	// Effect says in sentences what the import will do.
	Effect string
	// Button is the primary button's text, Hint the sentence beside it.
	Button, Hint string
}

// NewImportPreview lays out what a dry run of one file found.
func NewImportPreview(f app.ImportedFile, accountTitle string) ImportPreview {
	p := ImportPreview{File: f.Name, Size: Size(f.Size), Format: f.Variant, Account: accountTitle,
		New: f.New, Known: f.Duplicates, Kept: len(f.Quarantined), Warnings: warnings(f),
		Rows: map[ImportTab][]ImportRow{}}
	if len(f.Questions) > 0 {
		p.Question = &f.Questions[0]
	} else if f.Err != nil {
		p.Problem, p.Conflict = app.Explain(f.Err), f.Conflict
		if f.Conflict {
			said, _, _ := strings.Cut(p.Problem, "; import it with")
			p.Problem = said + ". If the file is right, take its lines instead."
		}
	}
	p.Profile = "not seen before"
	if f.Recognised {
		p.Profile = "recognised"
		if f.Profile.Name != "" {
			p.Profile = "profile \u201c" + f.Profile.Name + "\u201d"
		}
	}
	if len(f.Profile.Columns) == 0 {
		p.Profile = None
	}
	for _, c := range f.Profile.Columns {
		p.Columns = append(p.Columns, ColumnRow{c.Header, StateTitle(c.Means), c.Reads})
	}
	if f.From != 0 {
		p.Period = f.From.String() + " to " + f.To.String()
	}
	p.rows(f)
	p.proof(f)
	p.button()
	p.effect(f.Replaced)
	return p
}

// warnings are those of a file that its quarantined rows do not say already, each once, with a
// minus like that of every other amount.
func warnings(f app.ImportedFile) []string {
	var out []string
	said := map[string]bool{}
	for _, q := range f.Quarantined {
		said[q.Place+": "+q.Reason] = true
	}
	for _, w := range f.Warnings {
		if w != "" && !said[w] {
			out = append(out, capital(signs.ReplaceAllString(w, "${1}\u2212${2}")))
		}
		said[w] = true
	}
	return out
}

// capital begins a text with a capital letter; the text is not empty.
func capital(s string) string {
	first := []rune(s)[:1]
	return strings.ToUpper(string(first)) + strings.TrimPrefix(s, string(first))
}

// signs finds a hyphen that is the sign of a number, not the one within a date or a reference.
var signs = regexp.MustCompile(`(^|[\s(])-(\d)`)

// Lines is how many lines the file has.
func (p *ImportPreview) Lines() int { return len(p.Rows[ImportAll]) }

func (p *ImportPreview) effect(replaced int) {
	var parts []string
	if p.New > 0 {
		parts = append(parts, "Adds "+Plural(p.New, "bank line")+".")
	}
	if p.Known > 0 {
		parts = append(parts, "Leaves "+Count(p.Known)+" alone that the books have already.")
	}
	if replaced > 0 {
		parts = append(parts, "Takes "+Plural(replaced, "line")+" of the same days out of the books.")
	}
	if p.Kept > 0 {
		parts = append(parts, "Keeps "+Count(p.Kept)+" aside that could not be read.")
	}
	if p.New > 0 {
		parts = append(parts, "Then the month is matched again.")
	}
	if len(parts) == 0 {
		parts = append(parts, "The file has no lines, so nothing changes.")
	}
	p.Effect = strings.Join(parts, " ")
}

// ImportResult says what an import did.
func ImportResult(f app.ImportedFile) string {
	text := "Imported " + Plural(f.New, "line") + " of " + f.Name
	if f.Duplicates > 0 {
		text += ", " + Count(f.Duplicates) + " were there already"
	}
	if n := len(f.Quarantined); n > 0 {
		text += ", " + Count(n) + " kept aside"
	}
	return text + "."
}

// AnswerTitle is an answer to a question as a button says it.
func AnswerTitle(a app.Answer) string {
	titles := map[string]string{"dmy": "Day before month", "mdy": "Month before day",
		"in": "Positive is money in", "out": "Positive is money out", ".": "Decimal point",
		",": "Decimal comma"}
	if t := titles[a.Value]; t != "" {
		return t
	}
	return a.Value
}

// AnswerExample is an answer that a topic without given answers takes.
func AnswerExample(topic app.Topic) string {
	if topic == app.AskColumns {
		return "booked,text,amount"
	}
	return "EUR"
}

// Size is the size of a file in words.
func Size(n int64) string {
	switch {
	case n >= 1<<20:
		return fmt.Sprintf("%d.%d MB", n>>20, n%(1<<20)*10>>20)
	case n >= 1<<10:
		return fmt.Sprintf("%d.%d KB", n>>10, n%(1<<10)*10>>10)
	}
	return Plural(int(n), "byte")
}

func (p *ImportPreview) rows(f app.ImportedFile) {
	for i, q := range f.Quarantined {
		row := ImportRow{ID: fmt.Sprintf("kept-%d", i), Row: strings.TrimPrefix(q.Place, "row "),
			Booked: None, Text: q.Raw, Amount: None, Result: q.Reason, Status: Break}
		p.Rows[ImportAll] = append(p.Rows[ImportAll], row)
		p.Rows[ImportQuarantined] = append(p.Rows[ImportQuarantined], row)
	}
	for _, r := range f.Rows {
		l := r.Line
		row := ImportRow{ID: fmt.Sprintf("%s#%d", l.ID, l.Row), Row: fmt.Sprint(l.Row),
			Booked: DateText(l.On), Counterparty: l.Counterparty, Text: l.Text,
			Amount: Amount(l.Amount), Result: "New", Status: OK}
		if l.Text == "" {
			row.Text = l.Reference
		}
		p.Currency = string(l.Amount.Currency)
		tab := ImportNew
		switch {
		case r.Duplicate:
			row.Result, row.Status, tab = "Already in", Neutral, ImportKnown
		case l.Pending:
			row.Result, row.Status = "New, not booked yet", TimingStatus
		}
		p.Rows[ImportAll] = append(p.Rows[ImportAll], row)
		p.Rows[tab] = append(p.Rows[tab], row)
	}
}

func (p *ImportPreview) proof(f app.ImportedFile) {
	if f.Opening == nil || f.Closing == nil {
		p.Verdict, p.Status = "The file states no balances", Neutral
		return
	}
	var sum int64
	n := 0
	for _, r := range f.Rows {
		if !r.Line.Pending && r.Line.Amount.Currency == f.Opening.Currency {
			sum += r.Line.Amount.Minor
			n++
		}
	}
	c := f.Opening.Currency
	should := money.New(f.Opening.Minor+sum, c)
	p.Proof = [][2]string{
		{"Opening balance", Amount(*f.Opening)},
		{Plural(n, "readable line"), Minor(sum, c)},
		{"Should close at", Amount(should)},
		{"File says", Amount(*f.Closing)},
		{"Difference, " + string(c), Minor(f.Closing.Minor-should.Minor, c)},
	}
	switch {
	case f.BalanceHolds != nil && *f.BalanceHolds:
		p.Verdict, p.Status = "Opening + lines = closing", OK
	case len(f.Quarantined) == 1:
		p.Verdict = "Differs by " + p.Proof[4][1] + ", as " + f.Quarantined[0].Place + " is kept aside"
		p.Status = Attention
	default:
		p.Verdict, p.Status = "Differs by "+p.Proof[4][1], Attention
	}
}

func (p *ImportPreview) button() {
	switch {
	case p.Question != nil:
		p.Button, p.Hint = "", "Answer the question first."
	case p.Problem != "":
		p.Button, p.Hint = "", "Choose another file."
	case p.New == 0 && p.Kept == 0:
		p.Button, p.Hint = "", "The books have every line of this file already."
	case p.Kept > 0:
		p.Button = fmt.Sprintf("Import %s, keep %d aside", Count(p.New), p.Kept)
		p.Hint = "What is kept aside stays listed with its reason."
	default:
		p.Button = "Import " + Plural(p.New, "line")
		p.Hint = "Importing the same file again adds nothing."
	}
}
