package ui

import (
	"countinghouse/ui/kit"
	"countinghouse/ui/present"
)

// importRows are the rows of the file.
type importRows struct {
	list     []present.ImportRow
	at       map[string]int
	revision uint64
}

func (r *importRows) take(list []present.ImportRow) {
	r.list, r.at = list, nil
	r.revision++
}

// IndexOf finds a row by its id; the index of many rows is made when it is first asked for.
func (r *importRows) IndexOf(id string) (int, bool) {
	if r.at == nil {
		r.at = make(map[string]int, len(r.list))
		for i := range r.list {
			r.at[r.list[i].ID] = i
		}
	}
	i, ok := r.at[id]
	return i, ok
}

func (r *importRows) find(id string) (present.ImportRow, bool) {
	if i, ok := r.IndexOf(id); ok {
		return r.list[i], true
	}
	return present.ImportRow{}, false
}

// Len and the others answer the grid.
func (r *importRows) Len() int           { return len(r.list) }
func (r *importRows) RowID(i int) string { return r.list[i].ID }

func (r *importRows) Row(i int) kit.Row {
	row := kit.Row{Revision: r.revision}
	if r.list[i].Status == present.Break {
		row.Tint = kit.StatusBreak
	}
	return row
}

func (r *importRows) Cell(i, column int) kit.Cell {
	x := &r.list[i]
	bad := kit.StatusNone
	means := ""
	if x.Fix != nil && !x.Left {
		bad, means = kit.StatusBreak, x.Fix.Means
	}
	switch column {
	case 0:
		return kit.Cell{Text: x.Row, Quiet: true}
	case 1:
		c := kit.Cell{Text: x.Booked}
		if means == "booked" || means == "value_date" {
			c.Text, c.Status = x.Fix.Raw, bad
		}
		return c
	case 2:
		return kit.Cell{Text: x.Counterparty}
	case 3:
		return kit.Cell{Text: x.Text, Quiet: true}
	case 4:
		c := kit.Cell{Text: x.Amount, Look: kit.LookAmount}
		if means == "amount" || means == "debit" || means == "credit" {
			c.Text, c.Status = x.Fix.Raw, bad
		}
		return c
	}
	return kit.Cell{Text: x.Result, Look: kit.LookState, Status: status(x.Status), Icon: x.Icon}
}
