package present

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"countinghouse/app"
	"countinghouse/app/book"
)

// Tile is a figure with its base.
type Tile struct {
	// ID names where a click leads: "reconcile", "timing", "payouts", "oldest".
	ID                  string
	Title, Figure, Unit string
	Base                string
	Status              Status
	// Item is the exception that the tile is about, if it is about one.
	Item string
}

// SourceRow is a source or bank account with its health.
type SourceRow struct {
	Title, At, Detail string
	// Kind is billing, gateway or bank; it chooses the icon.
	Kind   string
	Status Status
	Word   string
}

// LagRow is how long a gateway's money took to the bank, in business days of Monday to Friday.
type LagRow struct {
	Title string
	// Low, Median and High are the 1st, 50th and 99th percentile, Scale the axis's end; Over are
	// payouts past their window.
	Low, Median, High, Scale int
	Over                     []int
}

// Overview is the first screen.
type Overview struct {
	Month   book.Month
	AsOf    string
	Tiles   []Tile
	Bridges []BridgeView
	Sources []SourceRow
	// ProofsNote says how many proofs hold, ProofsHold that all do.
	ProofsNote string
	ProofsHold bool
	Lags       []LagRow
	LagNote    string
	// Status is the line at the window's foot: what is explained.
	Status     string
	StatusKind Status
}

// NewOverview lays a month out. zone is the business's.
func NewOverview(m *app.Month) Overview {
	o := Overview{Month: m.Period, AsOf: moment(m.AsOf, m.Config.Zone())}
	lack := lacking(m)
	for _, b := range filled(m) {
		v := NewBridge(b)
		if lack != "" && v.Explained {
			v.Verdict, v.Status = lack+": figures may change", Attention
		}
		o.Bridges = append(o.Bridges, v)
	}
	slices.SortStableFunc(o.Bridges, func(a, b BridgeView) int {
		base := m.Config.Business.BaseCurrency
		switch {
		case a.Currency == base && b.Currency != base:
			return -1
		case b.Currency == base && a.Currency != base:
			return 1
		}
		return strings.Compare(string(a.Currency), string(b.Currency))
	})
	o.Tiles = tiles(m)
	o.Sources = sourceRows(m)
	holds := 0
	for _, p := range m.Proofs {
		if p.Holds {
			holds++
		}
	}
	o.ProofsHold = holds == len(m.Proofs)
	o.ProofsNote = fmt.Sprintf("%d of %s hold", holds, Plural(len(m.Proofs), "balance proof"))
	if len(m.Proofs) == 0 {
		o.ProofsNote = "no balance stated yet"
	}
	o.Lags, o.LagNote = lags(m)
	o.Status, o.StatusKind = verdict(m)
	return o
}

func moment(at book.Instant, zone *time.Location) string {
	if at == 0 {
		return "never"
	}
	return at.Time().In(zone).Format("2006-01-02 15:04")
}

// filled are the bridges of a month that have something to explain: one without a single item is
// proof of nothing.
func filled(m *app.Month) []book.Bridge {
	return slices.DeleteFunc(slices.Clone(m.Bridges), func(b book.Bridge) bool {
		return b.Unexplained == 0 && !slices.ContainsFunc(b.Steps, func(s book.BridgeStep) bool {
			return s.Items > 0 || s.Amount != 0
		})
	})
}

// lacking says which sources were not pulled, or not to the end: "Stripe is not complete"; "" for
// none.
func lacking(m *app.Month) string {
	var names []string
	for _, s := range m.Sources {
		if s.At == 0 || !s.OK {
			names = append(names, s.Title)
		}
	}
	switch len(names) {
	case 0:
		return ""
	case 1:
		return names[0] + " is not complete"
	}
	return and(names) + " are not complete"
}

// rated is the status of a share that was matched without help: less than 19 of 20 wants a look.
func rated(r book.AutoRate) Status {
	if r.Matched*20 < r.Of*19 {
		return Attention
	}
	return OK
}

// verdict says in one line whether all bridges come out.
func verdict(m *app.Month) (string, Status) {
	var good, bad []string
	for _, b := range filled(m) {
		if b.Unexplained == 0 {
			good = append(good, string(b.Currency))
		} else {
			bad = append(bad, string(b.Currency)+" "+Minor(b.Unexplained, b.Currency))
		}
	}
	switch {
	case len(bad) > 0:
		return "Not explained: " + strings.Join(bad, ", "), Break
	case len(good) == 0:
		return "Nothing to explain in " + m.Period.String(), Neutral
	case lacking(m) != "":
		return lacking(m) + ": figures may change", Attention
	}
	return and(good) + " explained to the cent", OK
}

func and(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}

func tiles(m *app.Month) []Tile {
	base := m.Config.Business.BaseCurrency
	var breaks, timing, inBase, transit int
	var sum, moving int64
	var oldest *book.Exception
	for i := range m.Exceptions {
		e := &m.Exceptions[i]
		if e.Status != book.Open {
			continue
		}
		if e.Class == book.T2 && e.Amount.Currency == base {
			transit++
			moving += e.Amount.Minor
		}
		if e.Class.Group() == book.Timing {
			timing++
			continue
		}
		breaks++
		if e.Amount.Currency == base {
			inBase++
			sum += e.Amount.Minor
		}
		if oldest == nil || e.On < oldest.On {
			oldest = e
		}
	}
	matched := Tile{ID: "matched", Title: "Matched automatically", Figure: Percent(m.AutoPayments),
		Base: fmt.Sprintf("%s of %s payments", Count(m.AutoPayments.Matched),
			Count(m.AutoPayments.Of)), Status: rated(m.AutoPayments)}
	switch lack := lacking(m); {
	case m.AutoPayments.Of == 0:
		matched.Base, matched.Status = "no payments yet", Neutral
	case lack != "":
		matched.Base, matched.Status = lack, Attention
	}
	lines := Tile{ID: "payouts", Title: "Payouts found at bank", Figure: Percent(m.AutoLines),
		Base: fmt.Sprintf("%s of %s payout lines", Count(m.AutoLines.Matched),
			Count(m.AutoLines.Of)), Status: rated(m.AutoLines)}
	if m.AutoLines.Of == 0 {
		lines.Base, lines.Status = "no payouts yet", Neutral
	}
	open := Tile{ID: "reconcile", Title: "Open exceptions", Figure: Count(breaks), Status: OK,
		Base: "and " + Plural(timing, "timing item")}
	if breaks > 0 {
		open.Status, open.Unit = Break, Minor(sum, base)+" "+string(base)
		if rest := breaks - inBase; rest > 0 {
			open.Base = fmt.Sprintf("%s, %d not in %s", Plural(timing, "timing item"), rest, base)
		}
	}
	way := Tile{ID: "transit", Title: "On the way to the bank", Figure: Minor(moving, base),
		Unit: string(base), Base: Plural(transit, "payout") + " in transit", Status: TimingStatus}
	old := Tile{ID: "oldest", Title: "Oldest open item", Figure: "none", Status: OK,
		Base: "nothing waits for you"}
	if oldest != nil {
		old.Status, old.Item = TimingStatus, oldest.ID
		old.Figure = Plural(int(m.AsOf.In(m.Config.Zone())-oldest.On), "day")
		old.Base = fmt.Sprintf("%s %s, %s", oldest.Class, oldest.Class.Name(), oldest.Amount)
	}
	return []Tile{matched, lines, open, way, old}
}

func sourceRows(m *app.Month) []SourceRow {
	var out []SourceRow
	for _, s := range m.Sources {
		row := SourceRow{Title: s.Title, Kind: "gateway", Status: OK, Word: "Complete"}
		row.At = clock(s.At, m.AsOf, m.Config.Zone())
		if s.Kind == "whmcs" {
			row.Kind = "billing"
			row.Detail = "All " + Plural(m.Counts.BillingPayments, "payment") + " counted"
		} else {
			row.Detail, row.Status, row.Word = gatewayHealth(m, s)
		}
		switch {
		case s.Paused:
			row.Status, row.Word, row.Detail = Neutral, "Paused", "A sync leaves it out"
		case s.At == 0:
			row.Status, row.Word, row.Detail = Neutral, "Not synced", "Nothing pulled yet"
		case !s.OK:
			row.Status, row.Word = Break, "Stopped"
			row.Detail = strings.TrimPrefix(s.Message, "Source "+string(s.Name)+": ")
		case s.Rejects > 0:
			row.Status, row.Word = Attention, "Kept aside"
			row.Detail = Plural(s.Rejects, "record") + " could not be read"
		}
		out = append(out, row)
	}
	return append(out, bankRow(m))
}

// gatewayHealth says what the balance proofs of a gateway say.
func gatewayHealth(m *app.Month, s app.SourceState) (detail string, st Status, word string) {
	var proven, derived []string
	for _, p := range m.Proofs {
		if p.Kind != book.GatewayBalance || p.Source != string(s.Name) {
			continue
		}
		if !p.Holds {
			return p.Why, Break, "Differs"
		}
		if p.ProviderClosing == nil {
			derived = append(derived, string(p.Currency))
			continue
		}
		proven = append(proven, string(p.Currency))
	}
	switch len(proven) {
	case 0:
		if len(derived) > 0 {
			return and(derived) + " added up, none stated", OK, "Complete"
		}
		return "No balance stated yet", Neutral, "Not proven"
	case 1:
		return proven[0] + " balance proven", OK, "Complete"
	}
	return and(proven) + " proven", OK, "Complete"
}

func bankRow(m *app.Month) SourceRow {
	row := SourceRow{Title: "Bank accounts", Kind: "bank", Status: OK, Word: "Complete"}
	var last book.Date
	for _, s := range m.Books.Statements {
		last = max(last, s.ToOn)
	}
	if last == 0 {
		row.Status, row.Word, row.Detail = Neutral, "None yet", "Import the first statement"
		return row
	}
	row.Detail = fmt.Sprintf("%s to %s", Plural(len(m.Books.Statements), "statement"), last)
	for _, p := range m.Proofs {
		if (p.Kind == book.StatementBalance || p.Kind == book.StatementChain) && !p.Holds {
			row.Status, row.Word, row.Detail = Attention, "Differs", p.Why
		}
	}
	return row
}

// clock is a time of day, with its date where that is not today's.
func clock(at, now book.Instant, zone *time.Location) string {
	if at == 0 {
		return ""
	}
	if at.In(zone) == now.In(zone) {
		return at.Time().In(zone).Format("15:04")
	}
	return at.Time().In(zone).Format("2006-01-02")
}

// lags are the days from charge to bank by gateway, over payouts that arrived in the period.
func lags(m *app.Month) ([]LagRow, string) {
	days := map[book.SourceName][]int{}
	late := 0
	over := map[book.SourceName][]int{}
	today := m.AsOf.In(m.Config.Zone())
	for _, c := range m.Compositions() {
		if c.Line == nil {
			continue
		}
		for _, t := range c.Members {
			if t.Kind == book.Charge {
				days[c.Payout.Source] = append(days[c.Payout.Source],
					workdays(t.At.In(m.Config.Zone()), c.Line.On))
			}
		}
	}
	for _, e := range m.Exceptions {
		if e.Class == book.M4 && e.Status == book.Open {
			late++
			name := e.Items[0].Source()
			over[name] = append(over[name], workdays(e.On, today))
		}
	}
	var out []LagRow
	scale := 5
	for _, s := range m.Sources {
		d := days[s.Name]
		if len(d) == 0 {
			continue
		}
		slices.Sort(d)
		r := LagRow{Title: s.Title, Low: d[len(d)/100], Median: d[len(d)/2],
			High: d[len(d)-1-len(d)/100], Over: over[s.Name]}
		scale = max(scale, r.High)
		for _, n := range r.Over {
			scale = max(scale, min(n, 20))
		}
		out = append(out, r)
	}
	for i := range out {
		out[i].Scale = (scale + 4) / 5 * 5
		for j, n := range out[i].Over {
			out[i].Over[j] = min(n, out[i].Scale)
		}
	}
	if late == 0 {
		return out, ""
	}
	return out, Plural(late, "payout") + " past the window"
}

// workdays counts the weekdays after a date up to another.
func workdays(from, to book.Date) int {
	n := 0
	for d := from + 1; d <= to; d++ {
		if w := d.Time().Weekday(); w != time.Saturday && w != time.Sunday {
			n++
		}
	}
	return n
}
