package report

import (
	"cmp"
	"strings"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// sheet is one table of the pack with the name of its sheet, which is its title, and of its file.
type sheet struct {
	file  string
	table Table
}

// sheets are all tables of the pack in the order of the workbook.
func (p *Pack) sheets() []sheet {
	return []sheet{
		{"bridge", p.bridgeTable()},
		{"proofs", p.proofTable()},
		{"exceptions", ExceptionTable(p)},
		{"matches", p.matchTable()},
		{"payouts", p.payoutTable()},
		{"bank-lines", p.lineTable()},
		{"bridge-items", p.bridgeItemTable()},
		{"run", p.runTable()},
	}
}

// table fills in what all tables of the pack share. Rows calls back with the same slice each time.
func (p *Pack) table(title string, columns []Column, rows func(yield func(...Cell) bool)) Table {
	return Table{Title: title, Notes: p.notes(), Columns: columns, Zone: p.Zone,
		Rows: func(yield func([]Cell, error) bool) {
			row := make([]Cell, 0, len(columns))
			rows(func(cells ...Cell) bool {
				row = append(row[:0], cells...)
				return yield(row, nil)
			})
		}}
}

func (p *Pack) bridgeTable() Table {
	columns := []Column{
		{ID: "currency", Title: "Currency", Kind: KindCode},
		{ID: "step", Title: "Code", Kind: KindCode, Width: 26},
		{ID: "name", Title: "Step", Kind: KindText, Width: 30},
		{ID: "classes", Title: "Class", Kind: KindCode},
		{ID: "items", Title: "Items", Kind: KindInteger},
		{ID: "amount", Title: "Amount", Kind: KindMoney},
	}
	return p.table("Bridge", columns, func(yield func(...Cell) bool) {
		for _, b := range p.Bridges {
			for _, info := range book.Steps {
				s := step(b, info.Step)
				if !yield(Text(b.Currency), Text(info.Step), Text(info.Name),
					Text(classList(s.Classes)), Integer(s.Items),
					Amount(money.New(s.Amount, b.Currency))) {
					return
				}
			}
		}
	})
}

// step finds a line of a bridge; a missing one is zero, what is unexplained is the bridge's own.
func step(b book.Bridge, name book.Step) book.BridgeStep {
	if name == book.StepUnexplained {
		return book.BridgeStep{Step: name, Amount: b.Unexplained}
	}
	for _, s := range b.Steps {
		if s.Step == name {
			return s
		}
	}
	return book.BridgeStep{Step: name}
}

func classList(classes []book.Class) string {
	var out []string
	for _, c := range classes {
		out = append(out, string(c))
	}
	return strings.Join(out, " ")
}

func (p *Pack) proofTable() Table {
	columns := []Column{
		{ID: "kind", Title: "Proof", Kind: KindText, Width: 18},
		{ID: "source", Title: "Source", Kind: KindText, Width: 20},
		{ID: "as_of", Title: "As of", Kind: KindInstant},
		{ID: "currency", Title: "Currency", Kind: KindCode},
		{ID: "opening", Title: "Opening", Kind: KindMoney},
		{ID: "movement", Title: "Movement", Kind: KindMoney},
		{ID: "payouts", Title: "Payouts", Kind: KindMoney},
		{ID: "closing", Title: "Closing", Kind: KindMoney, formula: proofClosing},
		{ID: "stated", Title: "Stated", Kind: KindMoney},
		{ID: "difference", Title: "Difference", Kind: KindMoney, formula: proofDifference},
		{ID: "holds", Title: "Holds", Kind: KindBool, Align: AlignCenter},
		{ID: "derived", Title: "Derived", Kind: KindBool, Align: AlignCenter},
		{ID: "why", Title: "Why", Kind: KindText, Width: 46, Wrap: true},
	}
	return p.table("Proofs", columns, func(yield func(...Cell) bool) {
		for _, f := range p.Proofs {
			in := func(n int64) Cell { return Amount(money.New(n, f.Currency)) }
			stated, difference := Text(none), Cell{}
			if f.ProviderClosing != nil {
				stated, difference = in(*f.ProviderClosing), in(f.Closing-*f.ProviderClosing)
			}
			if !yield(Text(proofName(f.Kind)), Text(f.Source), Instant(f.AsOf), Text(f.Currency),
				in(f.Opening), in(f.Movement), in(f.Payouts), in(f.Closing), stated, difference,
				Bool(f.Holds), Bool(f.Derived), Text(f.Why)) {
				return
			}
		}
	})
}

var proofNames = map[book.ProofKind]string{
	book.GatewayBalance:   "Gateway balance",
	book.StatementBalance: "Statement",
	book.StatementChain:   "Statement chain",
	book.InvoiceTotals:    "Invoice totals",
}

func proofName(k book.ProofKind) string { return cmp.Or(proofNames[k], string(k)) }

// ExceptionTable lists the pack's exceptions with their class's name and what they are about. Only
// Exceptions, Lookup and the fields of the title are read.
func ExceptionTable(p *Pack) Table {
	columns := []Column{
		{ID: "class", Title: "Class", Kind: KindCode, Width: 8},
		{ID: "name", Title: "Name", Kind: KindText, Width: 24},
		{ID: "date", Title: "Date", Kind: KindDate, Width: 12},
		{ID: "customer", Title: "Customer", Kind: KindText, Width: 24},
		{ID: "invoice", Title: "Invoice", Kind: KindText, Width: 11},
		{ID: "currency", Title: "Currency", Kind: KindCode},
		{ID: "amount", Title: "Without sign", Kind: KindMoney},
		{ID: "why", Title: "Why", Kind: KindText, Width: 56, Wrap: true},
		{ID: "status", Title: "Status", Kind: KindCode, Width: 11},
		{ID: "clears", Title: "Clears", Kind: KindDate, Width: 12},
		{ID: "kind", Title: "Kind", Kind: KindCode, Width: 9, Detail: true},
		{ID: "owner", Title: "Owner", Kind: KindText, Width: 14, Detail: true},
		{ID: "due", Title: "Due", Kind: KindDate, Width: 12, Detail: true},
		{ID: "flags", Title: "Flags", Kind: KindCode, Width: 16, Detail: true},
		{ID: "leg", Title: "Between", Kind: KindText, Width: 20, Detail: true},
		{ID: "items", Title: "Items", Kind: KindText, Width: 36, Detail: true},
		{ID: "detected", Title: "Detected", Kind: KindInstant, Detail: true},
		{ID: "id", Title: "Exception", Kind: KindCode, Width: 24, Detail: true},
	}
	return p.table("Exceptions", columns, func(yield func(...Cell) bool) {
		for i := range p.Exceptions {
			e := &p.Exceptions[i]
			customer, invoice := p.about(e.Items)
			if !yield(Text(e.Class), Text(e.Class.Name()), Date(e.On), Text(customer),
				Text(invoice), Text(e.Amount.Currency), Amount(e.Amount), Text(e.Why),
				Text(e.Status), Date(e.ClearsOn), Text(groupWord(e.Class)), Text(e.Owner),
				Date(p.Due[e.ID]),
				Text(join(e.Flags)), Text(legName(e.Leg)), Text(join(e.Items)),
				Instant(e.DetectedAt), Text(e.ID)) {
				return
			}
		}
	})
}

func groupWord(c book.Class) string {
	if c.Group() == book.Timing {
		return "Timing"
	}
	return "Break"
}

func legName(l book.Leg) string { return strings.Replace(string(l), "-", " to ", 1) }

func join[S ~string](list []S) string {
	switch len(list) {
	case 0:
		return ""
	case 1:
		return string(list[0])
	}
	var b strings.Builder
	for i, s := range list {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(string(s))
	}
	return b.String()
}

func (p *Pack) matchTable() Table {
	columns := []Column{
		{ID: "leg", Title: "Between", Kind: KindText, Width: 19},
		{ID: "pass", Title: "Pass", Kind: KindCode, Width: 7},
		{ID: "state", Title: "State", Kind: KindCode, Width: 11},
		{ID: "customer", Title: "Customer", Kind: KindText, Width: 24},
		{ID: "invoice", Title: "Invoice", Kind: KindText, Width: 11},
		{ID: "left", Title: "Nearer to billing", Kind: KindText, Width: 28},
		{ID: "left_currency", Title: "Currency", Kind: KindCode},
		{ID: "left_amount", Title: "Amount", Kind: KindMoney, Width: 14},
		{ID: "right", Title: "Nearer to bank", Kind: KindText, Width: 28},
		{ID: "right_currency", Title: "Currency", Kind: KindCode},
		{ID: "right_amount", Title: "Amount", Kind: KindMoney, Width: 14},
		{ID: "residual", Title: "Residual", Kind: KindMoney, Width: 12},
		{ID: "rule", Title: "Rule", Kind: KindCode, Width: 9, Detail: true},
		{ID: "id", Title: "Match", Kind: KindCode, Width: 24, Detail: true},
	}
	return p.table("Matches", columns, func(yield func(...Cell) bool) {
		for i := range p.Matches {
			m := &p.Matches[i]
			customer, invoice := p.about(m.Left, m.Right)
			cut := min(len(m.Left), len(m.Uses))
			leftCurrency, left := used(m.Uses[:cut])
			rightCurrency, right := used(m.Uses[cut:])
			if !yield(Text(legName(m.Leg)), Text(m.Pass), Text(m.State), Text(customer),
				Text(invoice), Text(join(m.Left)), leftCurrency, left, Text(join(m.Right)),
				rightCurrency, right, Amount(m.Residual), Text(m.Rule), Text(m.ID)) {
				return
			}
		}
	})
}

// used adds up what a match takes of one side; a side of two currencies has no sum.
func used(uses []money.Money) (currency, sum Cell) {
	var m money.Money
	for _, u := range uses {
		var err error
		if m, err = m.Add(u); err != nil {
			return Text("mixed"), Text(none)
		}
	}
	return Text(m.Currency), Amount(m)
}

func (p *Pack) lineTable() Table {
	columns := []Column{
		{ID: "account", Title: "Account", Kind: KindText, Width: 13},
		{ID: "booked", Title: "Booked", Kind: KindDate, Width: 12},
		{ID: "value_date", Title: "Value date", Kind: KindDate, Width: 12},
		{ID: "state", Title: "State", Kind: KindCode, Width: 9},
		{ID: "currency", Title: "Currency", Kind: KindCode},
		{ID: "amount", Title: "Amount", Kind: KindMoney},
		{ID: "counterparty", Title: "Counterparty", Kind: KindText, Width: 28},
		{ID: "reference", Title: "Reference", Kind: KindText, Width: 18},
		{ID: "text", Title: "Text", Kind: KindText, Width: 34},
		{ID: "pass", Title: "Pass", Kind: KindCode, Width: 7},
		{ID: "explained_by", Title: "Explained by", Kind: KindText, Width: 26},
		{ID: "counterparty_account", Title: "Their account", Kind: KindCode, Width: 28,
			Detail: true},
		{ID: "bank_id", Title: "Bank's id", Kind: KindCode, Width: 20, Detail: true},
		{ID: "id", Title: "Line", Kind: KindCode, Width: 32, Detail: true},
	}
	return p.table("Bank lines", columns, func(yield func(...Cell) bool) {
		by := p.explained()
		for i := range p.Lines {
			l := &p.Lines[i]
			var pass, with string
			if m := by[l.ID]; m != nil {
				pass, with = string(m.Pass), join(others(m, l.ID))
			}
			if !yield(Text(l.Account), Date(l.On), Date(l.ValueOn), Text(lineState(l)),
				Text(l.Amount.Currency), Amount(l.Amount), Text(l.Counterparty), Text(l.Reference),
				Text(l.Text), Text(pass), Text(with), Text(l.CounterpartyAccount),
				Text(l.BankID), Text(l.ID)) {
				return
			}
		}
	})
}

func lineState(l *book.BankLine) string {
	if l.Pending {
		return "pending"
	}
	return "booked"
}

// explained finds the live match of each bank line.
func (p *Pack) explained() map[book.ItemID]*book.Match {
	by := make(map[book.ItemID]*book.Match, len(p.Lines))
	for i := range p.Matches {
		m := &p.Matches[i]
		if !m.State.Live() || m.Leg != book.PayoutBank && m.Leg != book.BankBilling {
			continue
		}
		for _, side := range [][]book.ItemID{m.Left, m.Right} {
			for _, id := range side {
				by[id] = m
			}
		}
	}
	return by
}

// others is the side of a match on which an item does not stand.
func others(m *book.Match, id book.ItemID) []book.ItemID {
	for _, l := range m.Left {
		if l == id {
			return m.Right
		}
	}
	return m.Left
}

func (p *Pack) bridgeItemTable() Table {
	columns := []Column{
		{ID: "currency", Title: "Currency", Kind: KindCode},
		{ID: "step", Title: "Code", Kind: KindCode, Width: 26},
		{ID: "name", Title: "Step", Kind: KindText, Width: 28},
		{ID: "item", Title: "Item", Kind: KindCode, Width: 32},
		{ID: "date", Title: "Date", Kind: KindDate},
		{ID: "customer", Title: "Customer", Kind: KindText, Width: 28},
		{ID: "invoice", Title: "Invoice", Kind: KindText, Width: 12},
		{ID: "amount", Title: "Amount", Kind: KindMoney},
	}
	return p.table("Bridge items", columns, func(yield func(...Cell) bool) {
		for _, b := range p.Bridges {
			for _, info := range book.Steps {
				for _, e := range step(b, info.Step).Entries {
					it := p.item(e.Item)
					if !yield(Text(b.Currency), Text(info.Step), Text(info.Name), Text(e.Item),
						Date(it.On), Text(it.Customer), Text(it.Invoice),
						Amount(money.New(e.Amount, b.Currency))) {
						return
					}
				}
			}
		}
	})
}

func (p *Pack) runTable() Table {
	columns := []Column{
		{ID: "section", Title: "Section", Kind: KindText, Width: 14},
		{ID: "name", Title: "Name", Kind: KindText, Width: 40},
		{ID: "value", Title: "Value", Kind: KindText, Width: 34},
		{ID: "records", Title: "Records", Kind: KindInteger},
		{ID: "at", Title: "At", Kind: KindInstant},
		{ID: "digest", Title: "SHA-256", Kind: KindCode, Width: 66},
	}
	return p.table("Run information", columns, func(yield func(...Cell) bool) {
		say := func(section, name, value string) bool {
			return yield(Text(section), Text(name), Text(value), Cell{}, Cell{}, Cell{})
		}
		for _, f := range p.facts() {
			if !say("Run", f.Name, f.Value) {
				return
			}
		}
		for _, r := range p.Rules {
			if !say("Rule", r, "") {
				return
			}
		}
		for _, v := range p.Parameters {
			if !say("Parameter", v.Name, v.Value) {
				return
			}
		}
		for _, in := range p.Inputs {
			if !yield(Text("Source"), Text(in.Name), Text(in.Kind), Integer(in.Records),
				Instant(in.SyncedAt), Text(in.Digest)) {
				return
			}
		}
	})
}

// facts are the lines that say which run this was.
func (p *Pack) facts() []Parameter {
	n := func(i int) string { return grouped(int64(i)) }
	return []Parameter{
		{"Business", p.Business},
		{"Base currency", string(p.Base)},
		{"Time zone", zoneOf(p.Zone).String()},
		{"Period", p.Period.String()},
		{"As of", p.moment(p.At)},
		{"Run at", p.moment(p.RunAt)},
		{"Version", p.Version},
		{"Invoices", n(p.Counts.Invoices)},
		{"Billing payments", n(p.Counts.BillingPayments)},
		{"Gateway entries", n(p.Counts.GatewayEntries)},
		{"Payouts", n(p.Counts.Payouts)},
		{"Bank lines", n(p.Counts.BankLines)},
		{"Gateway bank lines matched automatically", rateText(p.Rates.BankLines)},
		{"Gateway payments matched automatically", rateText(p.Rates.Payments)},
	}
}
