package kit_test

import (
	"fmt"
	"slices"

	"countinghouse/assets"
	"countinghouse/ui/kit"
)

func iconNames() []string { return assets.IconNames() }

// tableData is a small table held in memory.
type tableData struct {
	ids      []string
	cells    [][]kit.Cell
	heads    map[int]*kit.GroupHead
	tints    map[int]kit.Status
	revision uint64
}

func (d *tableData) Len() int           { return len(d.ids) }
func (d *tableData) RowID(i int) string { return d.ids[i] }
func (d *tableData) Row(i int) kit.Row {
	return kit.Row{Revision: d.revision, Head: d.heads[i], Tint: d.tints[i]}
}
func (d *tableData) Cell(i, column int) kit.Cell {
	if column >= len(d.cells[i]) {
		return kit.Cell{}
	}
	return d.cells[i][column]
}

func (d *tableData) Heads() []int {
	var heads []int
	for i := range d.heads {
		heads = append(heads, i)
	}
	slices.Sort(heads)
	return heads
}

// reverse turns the order round, as a sort does.
func (d *tableData) reverse() {
	slices.Reverse(d.ids)
	slices.Reverse(d.cells)
	d.revision++
}

// countedData is as long as it is told and makes up its rows; it counts what it is asked.
type countedData struct {
	n     int
	asked int
}

func (d *countedData) Len() int           { return d.n }
func (d *countedData) RowID(i int) string { return fmt.Sprintf("id-%d", i) }
func (d *countedData) Row(int) kit.Row    { return kit.Row{} }
func (d *countedData) Cell(i, column int) kit.Cell {
	d.asked++
	if column == 3 {
		return kit.Cell{Text: fmt.Sprintf("%d,%03d.00", i/1000, i%1000), Look: kit.LookAmount}
	}
	return kit.Cell{Text: fmt.Sprintf("r%d c%d", i, column)}
}

func (d *countedData) IndexOf(id string) (int, bool) {
	var i int
	if _, err := fmt.Sscanf(id, "id-%d", &i); err != nil || i >= d.n {
		return -1, false
	}
	return i, true
}
