package present

import (
	"fmt"
	"regexp"
	"strings"

	"countinghouse/app"
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

// ImportLook is what a preview is made of: a dry run of one file, and what the person has said of it.
type ImportLook struct {
	File app.ImportedFile
	// Account is the account's title.
	Account string
	Fixes   []app.Fix
	// Answered says that the person has answered questions of the file just now.
	Answered bool
	// Left are the unreadable rows that the person leaves out, as they were shown before.
	Left []ImportRow
	// Unsure says that the file does not say of which account it is, and that several may be it.
	Unsure bool
	// Effect is what the new lines would become, nil as long as it is not known.
	Effect *app.ImportEffect
}

// ImportPreview is what an import would do, before anything is stored.
type ImportPreview struct {
	File, Size, Format, Profile, Account, Period, Currency string
	Columns                                                []ColumnRow
	// ColumnNotes are what the whole columns prove, "Decimal comma in 44 of 44 rows".
	ColumnNotes []string
	// Proof are label and amount of the balance proof; Verdict and Status say how it came out.
	Proof   [][2]string
	Verdict string
	Status  Status
	// Chain says how the statement follows on the one before it, "" where nothing is known; ChainStatus
	// is Attention for a gap and an overlap.
	Chain       string
	ChainStatus Status
	// Explains is the number of the one unreadable row that is exactly what the proof misses.
	Explains         string
	New, Known, Kept int
	Rows             map[ImportTab][]ImportRow
	Warnings         []string
	// Question is the one that must be answered first, nil for none; Questions counts those that are
	// open now.
	Question  *app.Question
	Questions int
	// Problem is why the file cannot be imported, in words; "" where it can.
	Problem string
	// Conflict says that the file's lines can be taken in place of those that the books have.
	Conflict bool
	// Effects say in sentences what the import will do.
	Effects []string
	// Button is the primary button's text, Hint the sentence beside it.
	Button, Hint string
}

// NewImportPreview lays out what a dry run of one file found.
func NewImportPreview(l ImportLook) ImportPreview {
	f := l.File
	p := ImportPreview{File: f.Name, Size: Size(f.Size), Format: f.Variant, Account: l.Account,
		New: f.New, Known: f.Duplicates, Kept: len(f.Quarantined), Questions: len(f.Questions),
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
	p.columns(f, l.Answered)
	if f.From != 0 {
		p.Period = f.From.String() + " to " + f.To.String()
	}
	p.rows(l)
	p.proof(f)
	p.chain(f)
	p.Warnings = p.warnings(f)
	if l.Unsure {
		p.Warnings = append([]string{"The file does not say of which account it is: check the account " +
			"above."}, p.Warnings...)
	}
	p.button(l)
	p.effect(l)
	return p
}

// warnings are those of a file that its quarantined rows and its proof do not say already, each once,
// with a minus like that of every other amount.
func (p *ImportPreview) warnings(f app.ImportedFile) []string {
	var out []string
	said := map[string]bool{}
	for _, q := range f.Quarantined {
		said[q.Place+": "+q.Reason] = true
	}
	for _, w := range f.Warnings {
		proof := len(p.Proof) > 0 && strings.HasPrefix(w, "opening ") && strings.Contains(w, "off by")
		if w != "" && !said[w] && !proof {
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

// Ready says that the file can be imported without anybody looking at it: no question, no warning, no
// unreadable row, something new, and a balance that holds.
func (p *ImportPreview) Ready() bool {
	return p.Question == nil && p.Problem == "" && p.Kept == 0 && p.New > 0 &&
		len(p.Warnings) == 0 && p.Status == OK && p.ChainStatus != Attention
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

// AnswerTitle is an answer to a question as a button says it; what columns mean, in their order.
func AnswerTitle(a app.Answer) string {
	titles := map[string]string{"dmy": "Day before month", "mdy": "Month before day",
		"in": "Positive is money in", "out": "Positive is money out", ".": "Decimal point",
		",": "Decimal comma"}
	if t := titles[a.Value]; t != "" {
		return t
	}
	roles := strings.Split(a.Value, ",")
	if len(roles) == 1 {
		return a.Value
	}
	for i, r := range roles {
		roles[i] = RoleTitle(r)
	}
	return strings.Join(roles, ", ")
}

// AnswerExample is an answer that a topic without given answers takes.
func AnswerExample(topic app.Topic) string {
	if topic == app.AskColumns {
		return "booked,text,amount"
	}
	return "EUR"
}

// QuestionsLeft says how many questions of the file are left, "" for this one only.
func (p *ImportPreview) QuestionsLeft() string {
	if p.Questions < 2 {
		return ""
	}
	return "Question 1 of " + Count(p.Questions) + " that are open now."
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

func (p *ImportPreview) button(l ImportLook) {
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
		if p.Explains != "" {
			p.Hint = "Fix row " + p.Explains + " and the balance holds. Or import the rest and keep " +
				"it aside."
		}
	default:
		p.Button = "Import " + Plural(p.New, "line")
		p.Hint = "Importing the same file again adds nothing."
		if n := len(l.Fixes); n > 0 {
			p.Hint = Plural(n, "row") + " fixed or left out here. The file stays as it is."
		}
	}
}
