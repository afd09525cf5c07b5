package present

import (
	"countinghouse/app"
	"countinghouse/app/book"
	"countinghouse/app/money"
)

// ChainColumn is one part of the chain from the invoice to the bank line.
type ChainColumn struct {
	// Title says what it is: "Invoice", "Stripe charge". ID is what a person reads, Item the
	// record's id; both are empty where the part is missing, and Missing says so in words.
	Title, ID, Missing string
	Item               book.ItemID
	Icon               string
	// Differs marks the part whose field differs from its neighbour's.
	Differs bool
	// Lacks marks a missing part that the exception is about.
	Lacks bool
}

// Joint is what stands between two columns, or between two cells.
type Joint int

// The joints.
const (
	// NoJoint: one side is missing or not compared.
	NoJoint Joint = iota
	Equal
	Differing
)

// ChainCell is one field of one part.
type ChainCell struct {
	Text    string
	Number  bool
	Muted   bool
	Differs bool
}

// ChainRow is one field over all parts.
type ChainRow struct {
	Title string
	Cells [5]ChainCell
	// Joints are those between the cells, used where they differ.
	Joints [4]Joint
}

// RawRow is one record as it is stored: what it is, its id, and field and value.
type RawRow struct {
	Title  string
	Record string
	Fields [][2]string
}

// Detail is one exception with everything needed to understand it.
type Detail struct {
	ID           string
	Class        book.Class
	Name         string
	Status       Status
	Leg          string
	Amount, Unit string
	Why, Means   string
	Clears       string
	// Due says who owns it and until when, Late that this date is over; Stand where it stands that is
	// not open, "" for an open one.
	Due     string
	Late    bool
	Stand   string
	Offers  []OfferView
	Flags   []string
	Columns [5]ChainColumn
	Joints  [4]Joint
	Rows    []ChainRow
	History []Event
	// Notes and Files are the notes of people and the files that prove something.
	Notes []Event
	Files []EvidenceRow
	Raw   []RawRow
	Facts []book.Fact
}

// NewDetail lays an exception out.
func NewDetail(m *app.Month, e *book.Exception) Detail {
	d := Detail{ID: e.ID, Class: e.Class, Name: e.Class.Name(), Status: ClassStatus(e.Class),
		Leg: LegTitle(e.Leg), Amount: Amount(e.Amount), Unit: string(e.Amount.Currency), Why: e.Why,
		Due: DueText(m, e), Late: e.Status == book.Open && m.Stale(*e), Stand: StandText(m, e)}
	if info, ok := e.Class.Info(); ok {
		d.Means = info.Means
	}
	if e.ClearsOn != 0 {
		d.Clears = "Should clear by " + e.ClearsOn.String()
	}
	for _, f := range e.Flags {
		d.Flags = append(d.Flags, StateTitle(f))
	}
	c := m.ChainOf(e.Items)
	d.columns(m, &c)
	d.rows(m, &c)
	d.mark()
	d.lack(e)
	for _, x := range c.Matches {
		d.Facts = append(d.Facts, x.Facts.List()...)
	}
	d.Take(m, e, nil)
	d.Offers = Offers(m, e)
	d.raw(m, e)
	return d
}

func (d *Detail) columns(m *app.Month, c *app.Chain) {
	d.Columns = [5]ChainColumn{
		{Title: "Invoice", Icon: "receipt", Missing: "no invoice"},
		{Title: "Billing payment", Icon: "note", Missing: "no payment"},
		{Title: "Gateway charge", Icon: "card", Missing: "no charge"},
		{Title: "Payout", Icon: "box", Missing: "no payout"},
		{Title: "Bank line", Icon: "payouts", Missing: "no bank line"},
	}
	set := func(i int, id book.ItemID, text string) {
		d.Columns[i].Item, d.Columns[i].ID = id, text
	}
	if c.Invoice != nil {
		set(0, c.Invoice.ID, app.InvoiceTitle(c.Invoice))
	}
	if c.Payment != nil {
		set(1, c.Payment.ID, ShortID(c.Payment.ID))
	}
	if t := c.Transaction; t != nil {
		d.Columns[2].Title = m.Config.Title(t.Source) + " " + KindTitle(t.Kind)
		set(2, t.ID, ShortID(t.ID))
	}
	if c.Payout != nil {
		set(3, c.Payout.ID, ShortID(c.Payout.ID))
	}
	if c.Line != nil {
		set(4, c.Line.ID, ShortID(c.Line.ID))
	}
}

func text(s string) ChainCell { return ChainCell{Text: s, Muted: s == None || s == ""} }

func figure(minor int64, c money.Currency) ChainCell {
	return ChainCell{Text: Minor(minor, c), Number: true, Muted: minor == 0}
}

func (d *Detail) rows(m *app.Month, c *app.Chain) {
	zone := m.Config.Zone()
	date, party := ChainRow{Title: "Date"}, ChainRow{Title: "Party"}
	gross, fee, net := ChainRow{Title: "Gross"}, ChainRow{Title: "Fee"}, ChainRow{Title: "Net"}
	state, matched := ChainRow{Title: "State"}, ChainRow{Title: "Matched"}
	if x := c.Invoice; x != nil {
		date.Cells[0], state.Cells[0] = text(DateText(x.IssuedOn)), text(StateTitle(x.Status))
		party.Cells[0] = text(m.Party(x.ID))
		gross.Cells[0] = figure(x.Total, x.Currency)
	}
	if x := c.Payment; x != nil {
		date.Cells[1], state.Cells[1] = text(DateText(x.At.In(zone))), text("Recorded")
		party.Cells[1] = text(m.Party(x.ID))
		gross.Cells[1] = figure(x.Amount.Minor, x.Amount.Currency)
		fee.Cells[1] = figure(-x.Fee, x.Amount.Currency)
		net.Cells[1] = figure(x.Amount.Minor-x.Fee, x.Amount.Currency)
	}
	if x := c.Transaction; x != nil {
		date.Cells[2], state.Cells[2] = text(DateText(x.At.In(zone))), text(StateTitle(x.State))
		party.Cells[2] = text(x.PayerName)
		gross.Cells[2] = figure(x.Charged.Minor, x.Charged.Currency)
		fee.Cells[2] = figure(-x.Fee-x.Tax, x.Currency)
		net.Cells[2] = figure(x.Net, x.Currency)
	}
	if x := c.Payout; x != nil {
		date.Cells[3], state.Cells[3] = text(DateText(x.SentAt.In(zone))), text(StateTitle(x.State))
		party.Cells[3] = text(m.Config.Title(x.Source))
		net.Cells[3] = figure(x.Amount.Minor, x.Amount.Currency)
	}
	if x := c.Line; x != nil {
		date.Cells[4], state.Cells[4] = text(DateText(x.On)), text("Booked")
		party.Cells[4] = text(x.Counterparty)
		net.Cells[4] = figure(x.Amount.Minor, x.Amount.Currency)
	}
	if c.Payment != nil && c.Payment.InvoiceID != "" {
		matched.Cells[1] = text("allocated")
	}
	for i, leg := range []book.Leg{book.BillingGateway, book.GatewayPayout, book.PayoutBank} {
		if x := c.Match(leg); x != nil && d.Columns[i+2].Item != "" {
			matched.Cells[i+2] = text(PassTitle(x.Pass))
		}
	}
	if x := c.Match(book.BankBilling); x != nil && d.Columns[4].Item != "" {
		matched.Cells[4] = text(PassTitle(x.Pass))
	}
	compare(&gross, c)
	d.Rows = []ChainRow{date, party, gross, fee, net, state, matched}
	d.joints(c)
}

// compare marks the gross amounts that differ between neighbours that should agree.
func compare(gross *ChainRow, c *app.Chain) {
	mark := func(i int) {
		gross.Joints[i] = Differing
		gross.Cells[i].Differs, gross.Cells[i+1].Differs = true, true
	}
	if c.Payment != nil && c.Transaction != nil && c.Payment.Amount != c.Transaction.Charged {
		mark(1)
	}
	if c.Payment == nil && c.Invoice != nil && c.Transaction != nil &&
		money.New(c.Invoice.Total, c.Invoice.Currency) != c.Transaction.Charged {
		gross.Cells[0].Differs, gross.Cells[2].Differs = true, true
	}
	if c.Invoice != nil && c.Payment != nil && c.Payment.Amount.Minor > 0 &&
		c.Invoice.Total != c.Payment.Amount.Minor {
		mark(0)
	}
}

// joints say which neighbours are linked.
func (d *Detail) joints(c *app.Chain) {
	if c.Invoice != nil && c.Payment != nil {
		d.Joints[0] = Equal
	}
	if c.Payment != nil && c.Transaction != nil {
		d.Joints[1] = Differing
		if c.Match(book.BillingGateway) != nil {
			d.Joints[1] = Equal
		}
	}
	if c.Transaction != nil && c.Payout != nil {
		d.Joints[2] = Equal
	}
	if c.Payout != nil && c.Line != nil {
		d.Joints[3] = Equal
		if c.Payout.Amount != c.Line.Amount {
			d.Joints[3] = Differing
		}
	}
}

// mark carries the marks of differing cells to their columns and joints.
func (d *Detail) mark() {
	for _, r := range d.Rows {
		for i, j := range r.Joints {
			if j == Differing {
				d.Joints[i] = Differing
			}
		}
	}
	for i, j := range d.Joints {
		if j == Differing {
			d.Columns[i+1].Differs = true
		}
	}
}

// lack marks the parts whose absence is what the exception says: those on its leg.
func (d *Detail) lack(e *book.Exception) {
	if e.Class.Group() != book.OneSided && e.Class.Group() != book.Reversal {
		return
	}
	parts := map[book.Leg][]int{book.BillingGateway: {1, 2}, book.GatewayPayout: {3},
		book.PayoutBank: {4}, book.BankBilling: {1}}
	for _, i := range parts[e.Leg] {
		d.Columns[i].Lacks = d.Columns[i].Item == ""
	}
}
