package present

import (
	"strconv"
	"strings"
	"unicode"

	"countinghouse/app"
)

// ColumnRow is a column of the file and what it means.
type ColumnRow struct {
	Header, Means, Reads string
	// Role is the role as an answer names it, "" for a column that is not used.
	Role string
}

// roleTitles are the meanings of columns in words.
var roleTitles = map[string]string{"": "Not used", "booked": "Booking date", "value_date": "Value date",
	"debit": "Money out", "credit": "Money in", "mark": "In or out", "counterparty_account": "Their IBAN",
	"account": "Our account", "bank_id": "Bank's own id"}

// RoleTitle is what a column means, in words.
func RoleTitle(role string) string {
	if t, ok := roleTitles[role]; ok {
		return t
	}
	return StateTitle(role)
}

// RolesAnswer is the answer that gives the column at an index another meaning. A meaning that only one
// column can have is taken from the column that has it.
func RolesAnswer(columns []ColumnRow, at int, role string) (topic, value string) {
	roles := make([]string, len(columns))
	for i, c := range columns {
		roles[i] = c.Role
		if i != at && c.Role == role && role != "text" {
			roles[i] = ""
		}
	}
	roles[at] = role
	return string(app.AskColumns), strings.Join(roles, ",")
}

// columns lays out what the columns of a table mean.
func (p *ImportPreview) columns(f app.ImportedFile, answered bool) {
	list := f.Profile.Columns
	if len(list) == 0 {
		p.Profile = None
		return
	}
	used := 0
	for _, c := range list {
		role := string(c.Means)
		p.Columns = append(p.Columns, ColumnRow{columnName(c.Header, c.Index),
			RoleTitle(role), c.Reads, role})
		if role != "" {
			used++
		}
	}
	of := Count(len(list))
	switch {
	case f.Recognised && f.Profile.Name != "":
		p.Profile = "profile \u201c" + f.Profile.Name + "\u201d, " + of + " of " + of + " columns"
	case answered:
		p.Profile = "as you answered, " + Count(used) + " of " + of + " columns read"
	case f.Recognised:
		p.Profile = "recognised, " + of + " of " + of + " columns"
	default:
		p.Profile = "not seen before, " + Count(used) + " of " + of + " columns read"
	}
	p.ColumnNotes = columnNotes(f)
}

// columnName is how a column is called: by its name in the file, else by its place.
func columnName(header string, index int) string {
	if header == "" {
		return "Column " + Count(index+1)
	}
	return header
}

// columnNotes say how the amounts are written, and in how many rows they are.
func columnNotes(f app.ImportedFile) []string {
	point := ""
	for _, c := range f.Profile.Columns {
		if c.Means == "amount" || c.Means == "debit" || c.Means == "credit" {
			point = c.Point
		}
	}
	if point == "" || len(f.Rows) == 0 {
		return nil
	}
	read, all := len(f.Rows), len(f.Rows)+len(f.Quarantined)
	for _, q := range f.Quarantined {
		if cells := cellsOf(f.Profile, q.Raw); cells != nil {
			if _, ok := amountIn(f.Profile, cells, currencyOf(f)); ok {
				read++
			}
		}
	}
	name := "Decimal point"
	if point == "," {
		name = "Decimal comma"
	}
	return []string{name + " in " + Count(read) + " of " + Count(all) + " rows"}
}

// Roles are the meanings that a column can be given, in the order of a menu.
func Roles() []string {
	out := make([]string, len(app.Roles))
	for i, r := range app.Roles {
		out[i] = string(r)
	}
	return out
}

// RowOf is the number of the row in a place, 0 where it names none.
func RowOf(place string) int {
	n, err := strconv.Atoi(place[strings.LastIndexByte(place, ' ')+1:])
	if err != nil {
		return 0
	}
	return n
}

// PlaceTitle is a place in a file as it begins a sentence: "Row 2".
func PlaceTitle(place string) string { return StateTitle(place) }

// Reading is a row of a file as an answer about its dates reads it: the cells that the answer is about
// are replaced by the date that they then are. It is "" for other questions and where no cell is such a
// date.
func Reading(raw, delimiter string, a app.Answer) string {
	patterns := map[string]string{"dmy": "DD.MM.YYYY", "mdy": "MM.DD.YYYY"}
	pattern := patterns[a.Value]
	if pattern == "" || raw == "" || delimiter == "" {
		return ""
	}
	found := false
	cells := strings.Split(raw, delimiter)
	for i, c := range cells {
		if on := dateLike(pattern, strings.Trim(c, `" `)); on != "" {
			cells[i], found = on, true
		}
	}
	if !found {
		return ""
	}
	return strings.Join(cells, delimiter)
}

// FileName is a name as a file can have it: letters and digits, anything else is a hyphen.
func FileName(name string) string {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
	return strings.Join(words, "-")
}
