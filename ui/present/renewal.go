package present

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"countinghouse/app"
	"countinghouse/app/book"
)

// RenewalDetail is one failed renewal in full.
type RenewalDetail struct {
	ID, Customer string
	// About is the line beside the name: invoice, service, card.
	About      string
	State      string
	Status     Status
	Work       string
	Plan       RenewalPlanLine
	Timeline   []RenewalEvent
	Budgets    []RenewalBudget
	Acts       []RenewalAct
	Unplanned  string
	CustomerID string
	// Service is the one that service acts are about, "" for none.
	Service string
}

// RenewalEvent is one thing that happened, newest last.
type RenewalEvent struct{ When, What, By string }

// RenewalBudget is one counter of attempts.
type RenewalBudget struct {
	Title, Count, Note string
	// Percent is how much is used, 0 to 100.
	Percent int
	Status  Status
}

// RenewalPlanLine is the plan day by day.
type RenewalPlanLine struct {
	Days  []RenewalDay
	Marks []RenewalMark
}

// RenewalDay is a column of the plan.
type RenewalDay struct {
	Label          string
	Weekend, Today bool
}

// RenewalMark is a mark of the plan: Thousandths counts columns from the first one.
type RenewalMark struct {
	ID          string
	Thousandths int
	Kind        app.StepKind
	Icon        string
	Status      Status
	Happened    bool
	Words, Name string
}

// Detail is the chosen renewal, nil for none.
func (x *Renewals) Detail() *RenewalDetail {
	r := x.Selected()
	if r == nil {
		return nil
	}
	row := x.row(r)
	d := &RenewalDetail{ID: row.ID, Customer: row.Customer, CustomerID: string(r.Customer),
		Work:  r.Plan.Work,
		About: x.about(r), Status: TimingStatus, State: row.ClassTitle}
	if row.Class != "" {
		d.State = row.Class + " " + row.ClassTitle
	}
	if r.FailedAt > 0 {
		zone := x.list.Config.Zone()
		d.State += fmt.Sprintf(", day %d", x.list.At.In(zone)-r.FailedAt.In(zone))
	}
	switch {
	case r.Unknown:
		d.Status, d.Unplanned = Unknown, "Plan is paused: an attempt has no known outcome."
	case len(r.Plan.Steps) == 0 && len(r.Plan.Blocked) > 0:
		d.Unplanned = r.Plan.Blocked[0].Why
	case len(r.Plan.Steps) == 0:
		d.Unplanned = cmp.Or(r.Plan.Next.Why, "Nothing is planned.")
	}
	d.Plan, d.Timeline = x.planLine(r), x.timeline(r)
	d.Budgets, d.Acts = x.budgets(r), x.acts(r)
	if len(r.Services) > 0 {
		d.Service = string(r.Services[0].ID)
	}
	return d
}

func (x *Renewals) about(r *app.Renewal) string {
	parts := []string{"invoice " + r.Number}
	if len(r.Services) > 0 && r.Services[0].Name != "" {
		parts = append(parts, r.Services[0].Name)
	}
	if i := lastInstrument(r); i != "" {
		parts = append(parts, i)
	}
	return strings.Join(parts, ", ")
}

// lastInstrument is what failed last in words: "Visa ending 4417".
func lastInstrument(r *app.Renewal) string {
	for _, a := range slices.Backward(r.Attempts) {
		i := a.Signal.Instrument
		name := cmp.Or(i.Brand, i.Kind)
		if a.Invoice != r.Invoice || name == "" {
			continue
		}
		name = upperFirst(strings.ReplaceAll(name, "_", " "))
		if i.Ending != "" {
			name += " ending " + i.Ending
		}
		return name
	}
	return ""
}

// daysShown is how many days the plan shows at most, daysBefore how many of them are past.
const daysShown, daysBefore = 34, 14

func (x *Renewals) planLine(r *app.Renewal) RenewalPlanLine {
	zone := x.list.Config.Zone()
	today := x.list.At.In(zone)
	first := today - 1
	if r.FailedAt > 0 {
		first = min(first, max(r.FailedAt.In(zone)-1, today-daysBefore))
	}
	last := today + 14
	for _, s := range r.Plan.Steps {
		last = max(last, s.At.In(zone)+1)
	}
	last = min(last, first+daysShown)
	var p RenewalPlanLine
	for day := first; day <= last; day++ {
		weekday := day.Time().Weekday()
		d := RenewalDay{Today: day == today, Weekend: weekday == time.Saturday || weekday == time.Sunday}
		if (day-first)%2 == 0 || d.Today {
			d.Label = day.Time().Format("01-02")
		}
		if d.Today && len(p.Days) > 0 {
			p.Days[len(p.Days)-1].Label = ""
		} else if len(p.Days) > 0 && p.Days[len(p.Days)-1].Today {
			d.Label = ""
		}
		p.Days = append(p.Days, d)
	}
	place := func(at book.Instant, m RenewalMark) {
		day := at.In(zone)
		if day < first || day > last {
			return
		}
		minutes := at.Time().In(zone).Hour()*60 + at.Time().In(zone).Minute()
		m.Thousandths = int(day-first)*1000 + (minutes-12*60)*600/(24*60)
		p.Marks = append(p.Marks, m)
	}
	x.pastMarks(r, place)
	x.plannedMarks(r, today, place)
	p.Marks = spread(p.Marks)
	return p
}

// spread moves marks that would hide each other apart, and leaves out words that would.
func spread(marks []RenewalMark) []RenewalMark {
	slices.SortStableFunc(marks, func(a, b RenewalMark) int {
		return cmp.Compare(a.Thousandths,
			b.Thousandths)
	})
	for i := 1; i < len(marks); i++ {
		marks[i].Thousandths = max(marks[i].Thousandths, marks[i-1].Thousandths+450)
		if marks[i].Words != "" && marks[i-1].Words != "" && marks[i].Thousandths-marks[i-1].Thousandths < 2500 {
			marks[i-1].Words = ""
		}
	}
	return marks
}

func (x *Renewals) pastMarks(r *app.Renewal, place func(book.Instant, RenewalMark)) {
	for i, a := range r.Attempts {
		if a.Invoice != r.Invoice {
			continue
		}
		m := RenewalMark{ID: string(a.ID), Kind: app.RenewalRetry, Happened: true, Icon: "cross", Status: Break,
			Name: x.moment(a.At) + ", " + x.tried(r, i)}
		switch {
		case a.State == book.Succeeded:
			m.Icon, m.Status = "tick", OK
		case a.State == book.Pending:
			m.Icon, m.Status = "clock", TimingStatus
		case a.Customer:
			m.Icon = "person"
		}
		place(a.At, m)
	}
	for _, n := range r.Notices {
		m := RenewalMark{ID: n.Template + "/" + n.Step, Kind: app.RenewalNotice, Happened: true, Icon: "mail",
			Status: Neutral, Name: x.moment(n.At) + ", " + noticeWords(n.Template, n.Step)}
		if isWarning(n.Template) {
			m.Status, m.Words = Attention, "warning"
		}
		place(n.At, m)
	}
}

func (x *Renewals) plannedMarks(r *app.Renewal, today book.Date, place func(book.Instant, RenewalMark)) {
	zone := x.list.Config.Zone()
	lastRetry := -1
	for i, s := range r.Plan.Steps {
		if s.Kind == app.RenewalRetry {
			lastRetry = i
		}
	}
	for i, s := range r.Plan.Steps {
		m := RenewalMark{Kind: s.Kind, Status: TimingStatus, Icon: "renewals", Name: x.moment(s.At) + ", " + s.Why}
		switch s.Kind {
		case app.RenewalRetry:
			switch {
			case s.At.In(zone) == today:
				m.Words = "today"
			case i == lastRetry:
				m.Words = "last"
			}
		case app.RenewalNotice:
			m.Icon, m.Status = "mail", Neutral
			if isWarning(s.Template) {
				m.Status, m.Words = Attention, "warning"
			}
		case app.RenewalSuspend, app.RenewalTerminate:
			m.Icon, m.Status, m.Words = "pause", Attention, string(s.Kind)
		case app.RenewalUnsuspend:
			m.Icon, m.Status, m.Words = "play", OK, "unsuspend"
		}
		place(s.At, m)
	}
}

func isWarning(template string) bool { return strings.Contains(template, "warning") }

// noticeWords names a notice: Notice “second notice”.
func noticeWords(template, step string) string {
	words := "Notice “" + upperFirst(strings.ReplaceAll(template, "_", " ")) + "”"
	if step != "" && step != "1" {
		words += ", " + strings.ReplaceAll(step, "-", " ")
	}
	return words
}

func (x *Renewals) moment(at book.Instant) string {
	return at.Time().In(x.list.Config.Zone()).Format("2006-01-02 15:04")
}

// tried says what became of an attempt: "Retry 2 failed, not enough funds".
func (x *Renewals) tried(r *app.Renewal, i int) string {
	a, n := r.Attempts[i], 0
	for _, before := range r.Attempts[:i] {
		if before.Invoice == r.Invoice {
			n++
		}
	}
	name := "Charge"
	switch {
	case a.Customer:
		name = "Customer tried in the client area,"
	case n > 0:
		name = fmt.Sprintf("Retry %d", n)
	}
	switch a.State {
	case book.Succeeded:
		return name + " paid"
	case book.Pending:
		return name + " is pending"
	}
	words := "reason not known"
	if i < len(r.Declines) {
		words = lowerFirst(DeclineWords(r.Declines[i]))
	}
	return name + " failed, " + words
}

func (x *Renewals) timeline(r *app.Renewal) []RenewalEvent {
	type event struct {
		at book.Instant
		e  RenewalEvent
	}
	var list []event
	for i, a := range r.Attempts {
		if a.Invoice != r.Invoice {
			continue
		}
		by := strings.TrimSpace(upperFirst(a.Signal.Instrument.Brand) + " " + cmp.Or(a.Signal.Decline.Network,
			a.Signal.Decline.Code))
		if a.Customer {
			by = "elsewhere"
		}
		list = append(list, event{a.At, RenewalEvent{x.moment(a.At), x.tried(r, i), by}})
	}
	for _, n := range r.Notices {
		list = append(list, event{n.At, RenewalEvent{x.moment(n.At), noticeWords(n.Template, n.Step),
			noticeState(n.State)}})
	}
	for _, h := range r.Holds {
		list = append(list, event{h.At, RenewalEvent{x.moment(h.At), "Held until " + h.UntilOn.String() + ": " +
			h.Reason, h.By}})
	}
	slices.SortStableFunc(list, func(a, b event) int { return cmp.Compare(a.at, b.at) })
	out := make([]RenewalEvent, len(list))
	for i, e := range list {
		out[i] = e.e
	}
	return out
}

func noticeState(s book.IntentState) string {
	switch s {
	case book.IntentSucceeded:
		return "sent once"
	case book.IntentUnknown, book.IntentSent, book.IntentNeedsPerson:
		return "not known yet"
	case book.IntentRefused:
		return "refused"
	case book.IntentCancelled:
		return "cancelled"
	}
	return "waits"
}

func (x *Renewals) budgets(r *app.Renewal) []RenewalBudget {
	var out []RenewalBudget
	for _, b := range r.Plan.Budgets {
		v := RenewalBudget{Title: b.Name, Count: fmt.Sprintf("%d of %d", b.Used, b.Most), Status: Neutral}
		if b.Most > 0 {
			v.Percent = min(100, b.Used*100/b.Most)
		}
		switch {
		case b.Used >= b.Most && b.FreesAt > 0:
			v.Status, v.Note = Break, "Used up; frees one attempt on "+DateText(b.FreesAt.In(x.list.Config.Zone()))
		case b.Used >= b.Most:
			v.Status, v.Note = Break, "Used up"
		case b.Warns > 0 && b.Used >= b.Warns:
			v.Status, v.Note = Attention, fmt.Sprintf("Past the warning at %d", b.Warns)
		case b.Warns > 0:
			v.Note = fmt.Sprintf("Warns at %d", b.Warns)
		case b.FreesAt > 0:
			v.Note = "Frees one attempt on " + DateText(b.FreesAt.In(x.list.Config.Zone()))
		}
		out = append(out, v)
	}
	return out
}

// The kinds of mark that have a shape of their own.
const (
	MarkRetry  = app.RenewalRetry
	MarkNotice = app.RenewalNotice
)
