package paypal

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"countinghouse/app/book"
	"countinghouse/app/money"
	"countinghouse/sync/source"
)

// entry is a row of an activity download.
type entry struct {
	cells []string
	line  int
	row   row
	err   error
	// moves says that the row changes the balance, stated that the balance behind it is given.
	moves, stated bool
	balance       int64
}

// activity reads an activity download. Its dates may have the day or the month first, which the order
// of the rows decides; and its running balance must come out (PayPal, activity download, read
// 2026-11).
func (r *reading) activity(table *source.Table) error {
	at, err := r.language(table.Header)
	if err != nil {
		return err
	}
	r.report.Format = activityReport
	var all []entry
	err = r.each(table, func(cells []string, line int) error {
		r.report.Rows++
		e := entry{cells: slices.Clone(cells), line: line}
		if len(cells) != len(table.Header) {
			e.err = fmt.Errorf("the row has %d cells for %d columns", len(cells), len(table.Header))
		}
		all = append(all, e)
		return nil
	})
	if err != nil {
		return err
	}
	get := func(e *entry, column int) string {
		if i := at[column]; i >= 0 && i < len(e.cells) {
			return e.cells[i]
		}
		return ""
	}
	order, newestFirst, err := r.order(all, get)
	if err != nil {
		return err
	}
	if newestFirst {
		slices.Reverse(all)
	}
	r.point = pointOf(all, get)
	for i := range all {
		if e := &all[i]; e.err == nil {
			e.err = r.entry(e, order, get)
		}
	}
	if err := r.proveBalances(all); err != nil {
		return err
	}
	r.accept(all)
	return nil
}

// accept adds the rows that moved money, or may yet. A second row of one id has no name that the API
// would surely give it too, and is kept aside.
func (r *reading) accept(all []entry) {
	slices.SortStableFunc(all, func(a, b entry) int {
		return cmp.Or(cmp.Compare(a.row.at, b.row.at), cmp.Compare(a.row.second(), b.row.second()))
	})
	taken := map[string]bool{}
	for i := range all {
		e := &all[i]
		switch id := e.row.Info.ID; {
		case e.err != nil:
			r.reject(e.cells, e.line, e.err)
		case e.row.memo():
		case taken[id]:
			r.reject(e.cells, e.line, errors.New("its transaction id stands twice, and this report "+
				"does not say which is which: read it by API or from a settlement report"))
		default:
			taken[id] = true
			e.row.native = id
			r.add(e.row)
		}
	}
	slices.SortFunc(r.page.Rejects, func(a, b book.Reject) int {
		return cmp.Or(cmp.Compare(len(a.Place), len(b.Place)), strings.Compare(a.Place, b.Place))
	})
}

// memo reports whether a row moves nothing.
func (r *row) memo() bool { return meaningOf(r.Info.Code).memo }

// language finds the columns by the names of one language.
func (r *reading) language(header []string) ([inColumns]int, error) {
	columns := columnsOf(header)
	for other, usual := range spellings {
		if i, ok := columns[other]; ok {
			if _, both := columns[usual]; !both {
				columns[usual] = i
			}
		}
	}
	for _, h := range headers {
		needed := []string{h.names[inDate], h.names[inTime], h.names[inZone], h.names[inType],
			h.names[inStatus], h.names[inCurrency], h.names[inGross], h.names[inFee], h.names[inNet],
			h.names[inID]}
		missing := lacks(columns, needed...)
		if missing != "" {
			if lacks(columns, needed[0], needed[3], needed[4]) == "" {
				return [inColumns]int{}, r.unknown("", "it looks like an activity download, but lacks the "+
					"column "+missing)
			}
			continue
		}
		var at [inColumns]int
		for i, name := range h.names {
			place, ok := columns[name]
			if at[i] = place; !ok {
				at[i] = -1
			}
		}
		return at, nil
	}
	return [inColumns]int{}, r.unknown("its columns are in no language that is known", "")
}

// order finds out how dates are written and which way the file runs. Where both the day and the month
// could stand first, only the way in which time never runs back and forth is right.
func (r *reading) order(all []entry, get func(*entry, int) string) (dayOrder, bool, error) {
	var dates []string
	for i := range all {
		if all[i].err == nil {
			dates = append(dates, get(&all[i], inDate))
		}
	}
	if len(dates) == 0 {
		return yearFirst, false, nil
	}
	var found []dayOrder
	newest := map[dayOrder]bool{}
	for _, o := range []dayOrder{yearFirst, monthFirst, dayFirst} {
		rising, falling, ok := monotone(dates, o)
		if ok && (rising || falling) {
			found = append(found, o)
			newest[o] = !rising
		}
	}
	switch {
	case len(found) == 1 || len(found) == 2 && r.same(dates, found):
		return found[0], newest[found[0]], nil
	case len(found) == 0:
		return "", false, r.wrong("The dates of the file cannot be read, or run back and forth. "+
			"Download it again without sorting it.", nil)
	}
	return "", false, r.wrong(fmt.Sprintf("It cannot be told whether %s has the day or the month first. "+
		"Download a period with a day after the 12th.", dates[0]), nil)
}

// same reports whether two orders read every date alike.
func (r *reading) same(dates []string, orders []dayOrder) bool {
	return !slices.ContainsFunc(dates, func(d string) bool {
		a, _ := dateIn(d, orders[0])
		b, _ := dateIn(d, orders[1])
		return !a.Equal(b)
	})
}

// entry reads a row.
func (r *reading) entry(e *entry, order dayOrder, get func(*entry, int) string) error {
	day, ok := dateIn(get(e, inDate), order)
	clock, err := clockIn(get(e, inTime))
	if err != nil || !ok {
		return cmp.Or(err, fmt.Errorf("%q is no date", get(e, inDate)))
	}
	zone, err := zoneOf(get(e, inZone))
	if err != nil {
		return err
	}
	x := &e.row
	seconds := int(clock / time.Second)
	x.at = book.At(time.Date(day.Year(), day.Month(), day.Day(), 0, 0, seconds, 0, zone))
	x.updatedAt = x.at
	state, ok := moved[strings.ToLower(get(e, inStatus))]
	if !ok {
		return fmt.Errorf("the status %q is not known", get(e, inStatus))
	}
	x.Info = wireInfo{ID: get(e, inID), Code: codeOf(get(e, inType)), Status: state,
		Reference: get(e, inReference), Invoice: get(e, inInvoice), Custom: get(e, inCustom),
		Subject: get(e, inSubject), Note: get(e, inNote)}
	if agreement.MatchString(x.Info.Reference) {
		x.Info.ReferenceType = "PAP"
	}
	x.Payer.Name.Full, x.Payer.Email = get(e, inName), get(e, inFrom)
	if memos[strings.ToLower(get(e, inImpact))] {
		x.Info.Code = "T9800"
	}
	if x.Info.ID == "" {
		return errors.New("the row has no transaction id")
	}
	if err := r.money(e, get); err != nil {
		return err
	}
	if x.amount.Minor < 0 {
		x.Payer.Email = get(e, inTo)
	}
	e.moves = !x.memo() && (state == "S" || state == "V")
	return nil
}

// money reads gross, fee and net, which must add up, and the balance behind the row.
func (r *reading) money(e *entry, get func(*entry, int) string) error {
	c, err := money.ParseCurrency(get(e, inCurrency))
	if err != nil {
		return err
	}
	var parts [3]int64
	for i, column := range []int{inGross, inFee, inNet} {
		text := get(e, column)
		if text == "" && column == inFee {
			continue
		}
		if parts[i], err = r.amount(text, c); err != nil {
			return err
		}
	}
	if parts[0]+parts[1] != parts[2] {
		return fmt.Errorf("gross %s and fee %s are not net %s", get(e, inGross), get(e, inFee),
			get(e, inNet))
	}
	e.row.amount, e.row.fee = money.New(parts[0], c), -parts[1]
	if text := get(e, inBalance); text != "" {
		if e.balance, err = r.amount(text, c); err != nil {
			return err
		}
		e.stated = true
	}
	return nil
}

// pointOf is the mark before the decimals in a file, "" where no amount shows it: in a currency with
// two decimals it stands before the last two digits.
func pointOf(all []entry, get func(*entry, int) string) string {
	seen := map[string]bool{}
	for i := range all {
		c, err := money.ParseCurrency(get(&all[i], inCurrency))
		if exp, _ := c.Exponent(); err != nil || exp != 2 {
			continue
		}
		for _, column := range []int{inGross, inNet, inBalance} {
			if text := get(&all[i], column); len(text) > 3 && strings.ContainsRune(".,",
				rune(text[len(text)-3])) {
				seen[text[len(text)-3:len(text)-2]] = true
			}
		}
	}
	if len(seen) == 1 && seen["."] {
		return "."
	}
	if len(seen) == 1 && seen[","] {
		return ","
	}
	return ""
}

// amount is an amount with the file's own mark before its decimals.
func (r *reading) amount(text string, c money.Currency) (int64, error) {
	if r.point == "" {
		return source.Amount(text, c)
	}
	m, err := money.Marks{Point: r.point}.Parse(text, c)
	return m.Minor, err
}

// proveBalances checks that in each currency the rows lead from the balance before the first to the
// one behind the last. Rows of one second may stand in any order between.
func (r *reading) proveBalances(all []entry) error {
	type purse struct {
		opening, sum, closing int64
		begun                 bool
		from, to              book.Instant
	}
	if slices.ContainsFunc(all, func(e entry) bool { return e.err != nil }) {
		r.report.Notes = append(r.report.Notes, "Some rows cannot be read, so that the running "+
			"balance of the file proves nothing.")
		return nil
	}
	purses := map[money.Currency]*purse{}
	for i := range all {
		e := &all[i]
		c := e.row.amount.Currency
		if !e.moves {
			continue
		}
		p := purses[c]
		if p == nil {
			p = &purse{}
			purses[c] = p
		}
		net := e.row.amount.Minor - e.row.fee
		if !p.begun && e.stated {
			p.opening, p.sum, p.begun, p.from = e.balance-net, 0, true, e.row.at
		}
		p.sum += net
		p.to = e.row.at
		if e.stated {
			p.closing = e.balance
		} else {
			p.closing = p.opening + p.sum
		}
	}
	for _, c := range slices.Sorted(maps.Keys(purses)) {
		p := purses[c]
		if p.begun && p.opening+p.sum != p.closing {
			return r.wrong(fmt.Sprintf("The rows in %s lead from a balance of %s to %s, and the file says "+
				"%s: it is filtered or was changed. Download all activity, without a filter.", c,
				money.New(p.opening, c).Decimal(), money.New(p.opening+p.sum, c).Decimal(),
				money.New(p.closing, c).Decimal()), nil)
		}
		if p.begun {
			b := book.Balance{Source: r.o.Name, Currency: c, At: p.to, Amount: p.closing}
			if p.opening != 0 {
				b.LedgerFrom = p.from - 1
			}
			r.balances = append(r.balances, b)
		}
	}
	return nil
}
