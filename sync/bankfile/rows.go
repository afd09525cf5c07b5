package bankfile

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// mostRejects is how many rows of a table may be unreadable; mostSaid how often the same is said.
const (
	mostRejects = 10_000
	mostSaid    = 20
)

// run is one reading of the table's rows.
type run struct {
	said
	noted
	// skipped, failed and unread count rows that are no lines, payments that came to nothing, and
	// balances that are no amounts; rejects the rows that could not be read.
	skipped, failed, unread, rejects int
	// held is the line that following rows may still add to, more its text with theirs.
	held    book.BankLine
	holding bool
	more    []byte
	// texts are the cells of its text, which a survey joins only where rows follow.
	texts   []string
	running running
	// rows are those of the table so far, lines what was read from them.
	rows, lines int
	// dateName is what the header calls the column of booking dates; plain says that a reading before
	// this one found no row that is a balance or total.
	dateName string
	plain    bool
	// cells are those of the row that is read, by what they mean, as a person corrected them or as
	// they stand, as far as the form uses them.
	cells [slots]string
	// booked and valued are what the cells of the dates say, as they were read last.
	booked, valued         *dated
	bookedCell, valuedCell string
	// amounts are those of the row that its facts have already found.
	amounts [slots]knownAmount
}

// read reads the rows of the table into lines; x takes their facts, nil for none. Where the form
// leaves questions open, it reads facts only.
func (t *table) read(src rowSource, x *facts) error {
	t.run = run{noted: t.noted, plain: t.s.pass == handing && t.run.skipped == 0}
	t.run.currency = t.form.currency
	if at := t.form.at[bookedSlot]; t.header != nil && at >= 0 {
		t.run.dateName = t.header.cell(at)
	}
	p := t.s.begin()
	if t.s.pass == keeping {
		p.Lines = make([]book.BankLine, 0, t.expect)
	}
	if t.s.pass == handing && !t.whole {
		if err := t.skipWindow(src); err != nil {
			return err
		}
	}
	if err := t.readBeside(t.body, x); err != nil {
		return err
	}
	for !t.whole {
		rows, err := src.some()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if err := t.readBeside(rows, x); err != nil {
			return err
		}
	}
	if err := t.release(); err != nil {
		return err
	}
	if t.s.pass == handing {
		return t.s.end()
	}
	return nil
}

// readBeside reads rows; meanwhile their words are gathered where x takes their facts.
func (t *table) readBeside(rows []row, x *facts) error {
	if x == nil {
		return t.readRows(rows, nil)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i := range rows {
			x.words.add(t, rows[i])
		}
	}()
	defer func() { <-done }()
	return t.readRows(rows, x)
}

// readRows reads rows until one of them ends the reading.
func (t *table) readRows(rows []row, x *facts) error {
	for i := range rows {
		if err := t.readRow(rows[i], x); err != nil {
			return err
		}
	}
	return nil
}

// readRow reads a row: a line, what goes on a line, or none.
func (t *table) readRow(r row, x *facts) error {
	if t.run.rows++; t.run.rows > t.o.Limits.Rows {
		return refuse(fmt.Sprintf("more than %d rows", t.o.Limits.Rows), "export a shorter period")
	}
	t.take(r)
	if x != nil {
		x.add(t, r)
	}
	if len(t.form.questions) > 0 {
		return nil
	}
	if c := r.cell(t.form.at[bookedSlot]); c == "" || c == t.run.dateName {
		// The other rows have something in the column of dates that is not its name, so they are
		// neither empty nor the header nor text alone.
		if r.empty() || t.repeatsHeader(r) {
			return t.release()
		}
		if t.goesOn(r) {
			if t.run.holding {
				return t.append(r)
			}
			t.special(r)
			return nil
		}
	}
	if err := t.release(); err != nil {
		return err
	}
	if c := t.run.cells[statusSlot]; c != "" && isWord(failedWords, c) {
		t.run.failed++
		return nil
	}
	return t.readLine(r)
}

// take takes the cells of a row and its dates.
func (t *table) take(r row) {
	u := &t.run
	t.takeOf(r, t.form.used)
	if t.s.pass != surveying {
		t.takeOf(r, t.form.named)
	}
	if t.fixes != nil {
		for k := range slots {
			u.cells[k] = t.cell(r, k)
		}
	}
	if c := u.cells[bookedSlot]; u.booked == nil || c != u.bookedCell {
		u.booked, u.bookedCell = t.readDate(c), c
	}
	if c := u.cells[valuedSlot]; u.valued == nil || c != u.valuedCell {
		u.valued, u.valuedCell = t.readDate(c), c
	}
}

// takeOf takes the cells of some columns.
func (t *table) takeOf(r row, columns []usedColumn) {
	cells := &t.run.cells
	if r.trimmed && len(r.cells) >= t.form.width {
		for _, c := range columns {
			cells[c.means] = r.cells[c.at]
		}
		return
	}
	for _, c := range columns {
		cells[c.means] = r.cell(c.at)
	}
}

// goesOn reports whether a row holds nothing but text: it continues the line above.
func (t *table) goesOn(r row) bool {
	text := false
	for j := range r.cells {
		if r.cell(j) == "" {
			continue
		}
		if j >= len(t.form.cols) || t.form.cols[j].Means != Text {
			return false
		}
		text = true
	}
	return text && !openingWords[fold(t.textOf(r))] && !closingWords[fold(t.textOf(r))]
}

// append puts the text of a row behind that of the line above.
func (t *table) append(r row) error {
	u := &t.run
	text := t.textOf(r)
	if u.more == nil {
		for _, c := range u.texts {
			u.held.Text = joined(u.held.Text, oneLine(c))
		}
		u.more = append([]byte{}, u.held.Text...)
	}
	switch {
	case text == "" || text == string(u.more):
		return nil
	case len(u.more) > 0:
		u.more = append(u.more, ' ')
	}
	if u.more = append(u.more, text...); len(u.more) > t.o.Limits.Cell {
		return &Error{Place: place(r.n), Hint: "the table has no rows of its own",
			Reason: fmt.Sprintf("a text goes on over more than %d KB", t.o.Limits.Cell>>10)}
	}
	return nil
}

// release gives the line that was held to the sink.
func (t *table) release() error {
	u := &t.run
	if !u.holding {
		return nil
	}
	u.holding = false
	if u.more != nil {
		u.held.Text = string(u.more)
	}
	if t.form.turned {
		u.held.Amount = u.held.Amount.Neg()
	}
	return t.s.add(&u.held, false)
}

// readLine reads one row into a line, a reject, or what it says of the statement.
func (t *table) readLine(r row) error {
	cells := &t.run.cells
	dateCell := cells[bookedSlot]
	on, valued := t.run.booked.in(t.form.order), t.run.valued.in(t.form.order)
	dateOK, valueOK := on != 0 || dateCell == "", valued != 0 || cells[valuedSlot] == ""
	amounts := cells[amountSlot] != "" || cells[debitSlot] != "" || cells[creditSlot] != ""
	if !t.run.plain && t.isSpecial(r, on != 0) {
		t.special(r)
		return nil
	}
	switch {
	case dateCell == "" && valued != 0:
		on = valued
	case !amounts && on == 0:
		t.special(r)
		return nil
	}
	pending := on == 0 && isWord(pendingWords, dateCell)
	if c := cells[statusSlot]; !pending && c != "" {
		pending = isWord(pendingWords, c)
	}
	switch {
	case !dateOK && !(pending && on == 0):
		return t.reject(r, bookedSlot, fmt.Errorf("%q is not a date", dateCell))
	case on == 0 && !pending:
		return t.reject(r, bookedSlot, fmt.Errorf("no date"))
	case !valueOK:
		return t.reject(r, valuedSlot, fmt.Errorf("%q is not a date", cells[valuedSlot]))
	case !amounts:
		return t.reject(r, amountSlot, fmt.Errorf("no amount"))
	}
	amount, err := t.amount(r)
	if err != nil {
		return t.reject(r, slots, err)
	}
	t.hold(r, on, valued, amount, pending)
	return nil
}

// hold keeps a line until it is known that no row goes on with it. A survey needs no more of its
// texts than what makes it a line of its own.
func (t *table) hold(r row, on, valued book.Date, amount money.Money, pending bool) {
	u := &t.run
	l := &u.held
	l.On, l.ValueOn, l.Amount, l.Pending, l.Row = on, valued, amount, pending, r.n
	l.BankID = oneLine(u.cells[bankIDSlot])
	if t.s.pass == surveying {
		l.Text, u.texts = "", u.texts[:0]
		for _, j := range t.form.texts {
			u.texts = append(u.texts, r.cell(j))
		}
	} else {
		l.Text = t.textOf(r)
		l.Counterparty = oneLine(u.cells[counterpartySlot])
		l.CounterpartyAccount = oneLine(u.cells[theirSlot])
		l.Reference = oneLine(u.cells[referenceSlot])
	}
	u.holding, u.more = true, nil
	u.lines++
	if t.s.pass != handing {
		u.running.line(l)
		t.readBalance(r, amount.Currency)
	}
}

// readBalance takes the running balance beside a line. One that cannot be read proves nothing, and
// costs the line nothing.
func (t *table) readBalance(r row, c money.Currency) {
	cell := r.cell(t.form.at[balanceSlot])
	if cell == "" {
		return
	}
	m, err := t.parse(balanceSlot, cell, c)
	if err == nil {
		t.run.running.balance(r.n, m.Minor)
		return
	}
	if t.run.unread++; t.run.unread <= mostSaid {
		t.run.note("%s: %s: %q is not a balance", place(r.n), t.form.title(balanceSlot), cell)
	}
}

func (t *table) dated(r row) bool {
	return t.readDate(r.cell(t.form.at[bookedSlot])).in(t.form.order) != 0
}

// isSpecial reports whether a row is a balance or total among the lines. A row with a date is one
// only where its text is nothing else: a shop may be called Total.
func (t *table) isSpecial(r row, dated bool) bool {
	columns := t.form.all
	if dated {
		columns = t.form.spoken
	}
	for _, j := range columns {
		if j >= len(r.cells) {
			break
		}
		w := specialIn(r.cell(j))
		if w&(opens|closes|turns) != 0 || !dated && w&totals != 0 {
			return !dated || r.cell(t.form.at[counterpartySlot]) == "" ||
				t.form.cols[j].Means == Counterparty
		}
	}
	return false
}

// special takes what a row that is no line says of the statement.
func (t *table) special(r row) {
	u, m := &t.run, t.form
	u.skipped++
	for j := range r.cells {
		w := specialIn(r.cell(j))
		if w&(opens|closes) == 0 {
			continue
		}
		value := ""
		for _, k := range []slot{balanceSlot, amountSlot, creditSlot, debitSlot} {
			if c := r.cell(m.at[k]); value == "" && c != "" && m.at[k] != j {
				value = c
			}
		}
		if value != "" && marked(r.cell(m.at[markSlot])) < 0 && !strings.HasPrefix(value, "-") {
			value = "-" + value
		}
		if value == "" {
			u.noted.read(r)
		} else if w&opens != 0 && u.opening == "" {
			u.opening = strings.Clone(value)
		} else if w&closes != 0 {
			u.closing = strings.Clone(value)
		}
		return
	}
	if u.lines > 0 {
		u.noted.read(r)
	}
}

// reject keeps a row aside that could not be read.
func (t *table) reject(r row, k slot, err error) error {
	u := &t.run
	u.rejects++
	u.running.rejected = r.n
	field := ""
	if k < slots {
		field = t.form.title(k)
	}
	if t.s.pass == handing {
		return nil
	}
	reason := strings.TrimPrefix(err.Error(), "money: ")
	reason = strings.ReplaceAll(reason, ": money: ", ": ")
	if u.rejects > mostRejects {
		return &Error{Place: place(r.n), Field: field, Reason: reason, Hint: fmt.Sprintf(
			"more than %d rows cannot be read: this is no statement, or its columns are others", mostRejects)}
	}
	raw := strings.Join(r.cells, t.s.f.Delimiter)
	t.s.cur.reject(place(r.n), field, reason, strings.Clone(raw[:min(len(raw), 8<<10)]))
	return nil
}

// textOf joins the columns of text; what repeats is left out.
func (t *table) textOf(r row) string {
	if len(t.form.texts) == 1 {
		return oneLine(r.cell(t.form.texts[0]))
	}
	out := ""
	for _, j := range t.form.texts {
		if j >= len(r.cells) {
			break
		}
		out = joined(out, oneLine(r.cell(j)))
	}
	return out
}

func joined(a, b string) string {
	switch {
	case b == "" || a == b:
		return a
	case a == "":
		return b
	}
	return a + " " + b
}
