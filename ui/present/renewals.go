package present

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"countinghouse/app"
	"countinghouse/app/book"
	"countinghouse/app/money"
)

// RenewalRow is a line of the Renewals screen.
type RenewalRow struct {
	ID                string
	Customer, Invoice string
	Amount, Currency  string
	Why               string
	Class, ClassTitle string
	Attempts          string
	Used, Most        int
	Next, NextIcon    string
	NextStatus        Status
	Stage, Lifetime   string
	minor, lifetime   int64
	next              book.Instant
}

// Renewals is the list of the Renewals screen. It is used from one goroutine.
type Renewals struct {
	list     *app.Renewals
	rows     []RenewalRow
	search   string
	class    app.DeclineClass
	stage    string
	currency money.Currency
	sortBy   string
	down     bool
	selected string
}

// The stages that the list can be limited to: how its words begin.
var renewalStages = []string{"Retrying", "With customer", "Warned", "Paused", "On hold", "Suspended",
	"With us"}

// NewRenewals is the list of the failed renewals, in the base currency where it has such.
func NewRenewals(list *app.Renewals) *Renewals {
	x := &Renewals{list: list}
	for i := range list.List {
		x.rows = append(x.rows, x.row(&list.List[i]))
	}
	base := string(list.Config.Business.BaseCurrency)
	if slices.ContainsFunc(x.rows, func(r RenewalRow) bool { return r.Currency == base }) {
		x.currency = money.Currency(base)
	}
	if v := x.Rows(); len(v) > 0 {
		x.selected = v[0].ID
	}
	return x
}

func (x *Renewals) row(r *app.Renewal) RenewalRow {
	out := RenewalRow{ID: string(r.Invoice), Customer: cmp.Or(r.Name, None), Invoice: r.Number,
		Amount: Amount(r.Amount), Currency: string(r.Amount.Currency), Why: DeclineWords(r.Plan.Decline),
		Class: string(r.Plan.Class), ClassTitle: DeclineTitle(r.Plan.Class), Attempts: None,
		Stage: r.Plan.Stage, Lifetime: None, minor: r.Amount.Minor, next: r.Plan.Next.At}
	if r.Unknown {
		out.Why, out.Class, out.ClassTitle = "Outcome not known yet", "", "none yet"
	} else if r.Pending && r.Plan.Decline.Row == "" {
		out.Why, out.Class, out.ClassTitle = "Not final yet", "", "none yet"
	}
	if b := tightest(r.Plan.Budgets); b.Most > 0 {
		out.Used, out.Most = b.Used, b.Most
		out.Attempts = fmt.Sprintf("%d of %d", b.Used, b.Most)
	}
	if l := r.Segment.Lifetime; l.Currency != "" {
		out.Lifetime, out.lifetime = Amount(l), l.Minor
		if l.Currency != r.Amount.Currency {
			out.Lifetime += " " + string(l.Currency)
		}
	}
	out.Next, out.NextIcon, out.NextStatus = x.next(r)
	return out
}

// tightest is the network's counter of which the largest share is used; the house's own come last.
func tightest(list []app.RenewalBudget) (best app.RenewalBudget) {
	for _, b := range list {
		network := strings.Contains(b.Name, "this card") && !strings.HasPrefix(b.Name, "Our ")
		if b.Most == 0 || !network && best.Most > 0 {
			continue
		}
		if best.Most == 0 || b.Used*best.Most >= best.Used*b.Most {
			best = b
		}
	}
	return best
}

// next says what happens next and when: the time of day only where it is today.
func (x *Renewals) next(r *app.Renewal) (words, icon string, st Status) {
	step := r.Plan.Next
	when := x.When(step.At)
	switch {
	case r.Unknown:
		return "Outcome not known yet", "unknown", Unknown
	case r.Pending:
		return "Payment is pending", "clock", TimingStatus
	case len(r.Holds) > 0 && step.Kind == app.RenewalNone:
		return "On hold", "pause", Neutral
	}
	switch step.Kind {
	case app.RenewalRetry:
		return "Retry " + when, "clock", TimingStatus
	case app.RenewalNotice:
		return "Notice " + when, "mail", TimingStatus
	case app.RenewalSuspend:
		return "Suspend " + when, "triangle", Attention
	case app.RenewalTerminate:
		return "Terminate " + when, "octagon", Break
	case app.RenewalUnsuspend:
		return "Unsuspend " + when, "renewals", OK
	}
	if r.Plan.Work != "" {
		return "Ours to mend", "triangle", Attention
	}
	switch r.Plan.Class {
	case app.ClassNever:
		return "Ask for another card", "barred", Break
	case app.ClassAuthenticate, app.ClassData:
		return "Waits for the customer", "person", Neutral
	}
	return "Nothing planned", "dash", Neutral
}

// When is a moment in words: "today 18:05", else its date.
func (x *Renewals) When(at book.Instant) string {
	zone := x.list.Config.Zone()
	if at.In(zone) <= x.list.At.In(zone) {
		return "today " + at.Time().In(zone).Format("15:04")
	}
	return DateText(at.In(zone))
}

// DeclineTitle names a class of decline in a word.
func DeclineTitle(c app.DeclineClass) string {
	switch c {
	case app.ClassNever:
		return "Never"
	case app.ClassAuthenticate:
		return "Authenticate"
	case app.ClassData:
		return "Card data"
	case app.ClassFunds:
		return "Funds"
	case app.ClassGeneric:
		return "Generic"
	case app.ClassTechnical:
		return "Technical"
	case app.ClassOwnFault:
		return "Our own fault"
	case app.ClassUnmapped:
		return "Unmapped"
	}
	return ""
}

// DeclineWords says for us why an attempt failed; it is never shown to a customer.
func DeclineWords(d app.Decline) string {
	codes := strings.ToLower(d.Code + " " + d.Network + " " + d.Row)
	has := func(parts ...string) bool {
		return slices.ContainsFunc(parts, func(p string) bool { return strings.Contains(codes, p) })
	}
	switch d.Class {
	case app.ClassNever:
		switch {
		case d.MandateGone:
			return "Customer cancelled the mandate"
		case has("lost", "41"):
			return "Card reported lost"
		case has("stolen", "pickup", "43"):
			return "Card reported stolen"
		}
		return "Card will not be approved"
	case app.ClassAuthenticate:
		return "Customer must confirm"
	case app.ClassData:
		if has("expired", "54") {
			return "Card has expired"
		}
		return "Card details are wrong"
	case app.ClassFunds:
		if has("limit", "61", "65") {
			return "Over the card’s limit"
		}
		return "Not enough funds"
	case app.ClassGeneric:
		return "Bank refused, no reason"
	case app.ClassTechnical:
		return "Bank could not be reached"
	case app.ClassOwnFault:
		return "Our own set-up refuses it"
	}
	return "Reason not in our table"
}

// Search, OfClass, InStage and InCurrency limit the list; empty values show all.
func (x *Renewals) Search(text string) { x.search = strings.ToLower(strings.TrimSpace(text)) }

// OfClass shows one class of decline only.
func (x *Renewals) OfClass(c app.DeclineClass) { x.class = c }

// InStage shows one stage only, by how its words begin.
func (x *Renewals) InStage(s string) { x.stage = s }

// InCurrency shows one currency only.
func (x *Renewals) InCurrency(c money.Currency) { x.currency = c }

// Currency is the currency that the list is limited to, "" for all.
func (x *Renewals) Currency() money.Currency { return x.currency }

// Stages are those of the list, in order.
func (x *Renewals) Stages() []string {
	return slices.DeleteFunc(slices.Clone(renewalStages), func(s string) bool {
		return !slices.ContainsFunc(x.rows,
			func(r RenewalRow) bool { return strings.HasPrefix(r.Stage, s) })
	})
}

// Currencies are those of the list, sorted.
func (x *Renewals) Currencies() []money.Currency {
	var out []money.Currency
	for _, r := range x.rows {
		out = append(out, money.Currency(r.Currency))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Sort orders by a column: customer, invoice, amount, class, attempts, next, stage or lifetime.
func (x *Renewals) Sort(by string, down bool) { x.sortBy, x.down = by, down }

// Rows are the lines to draw.
func (x *Renewals) Rows() []RenewalRow {
	var out []RenewalRow
	for _, r := range x.rows {
		if x.keeps(r) {
			out = append(out, r)
		}
	}
	if x.sortBy != "" {
		slices.SortStableFunc(out, func(a, b RenewalRow) int {
			n := x.compare(a, b)
			if x.down {
				n = -n
			}
			return n
		})
	}
	return out
}

func (x *Renewals) keeps(r RenewalRow) bool {
	return (x.class == "" || r.Class == string(x.class)) && strings.HasPrefix(r.Stage, x.stage) &&
		(x.currency == "" || r.Currency == string(x.currency)) &&
		(x.search == "" || strings.Contains(strings.ToLower(r.Customer+" "+r.Invoice), x.search))
}

func (x *Renewals) compare(a, b RenewalRow) int {
	switch x.sortBy {
	case "customer":
		return cmp.Compare(strings.ToLower(a.Customer), strings.ToLower(b.Customer))
	case "invoice":
		return cmp.Or(cmp.Compare(len(a.Invoice), len(b.Invoice)), cmp.Compare(a.Invoice, b.Invoice))
	case "amount":
		return cmp.Compare(a.minor, b.minor)
	case "class":
		return cmp.Compare(a.Class, b.Class)
	case "attempts":
		return cmp.Compare(a.Used, b.Used)
	case "stage":
		return cmp.Compare(a.Stage, b.Stage)
	case "lifetime":
		return cmp.Compare(a.lifetime, b.lifetime)
	}
	return cmp.Compare(a.next, b.next)
}

// Select chooses a line; Chosen is its id, Selected its renewal, nil for none.
func (x *Renewals) Select(id string) { x.selected = id }

// Chosen is the id of the chosen line.
func (x *Renewals) Chosen() string { return x.selected }

// Selected is the chosen renewal.
func (x *Renewals) Selected() *app.Renewal { return x.list.Find(book.ItemID(x.selected)) }

// Like takes over how another list is limited, sorted and where it stands.
func (x *Renewals) Like(o *Renewals) {
	x.search, x.class, x.stage, x.currency = o.search, o.class, o.stage, o.currency
	x.sortBy, x.down = o.sortBy, o.down
	// Where the chosen line is gone, the one that stood behind it is next, else the last before it.
	rows := o.Rows()
	at := max(0, slices.IndexFunc(rows, func(r RenewalRow) bool { return r.ID == o.selected }))
	for _, r := range slices.Concat(rows[min(at, len(rows)):], reversed(rows[:min(at, len(rows))])) {
		if x.list.Find(book.ItemID(r.ID)) != nil {
			x.selected = r.ID
			return
		}
	}
}

func reversed(rows []RenewalRow) []RenewalRow {
	out := slices.Clone(rows)
	slices.Reverse(out)
	return out
}

// Foot counts the lines that are shown, and sums them where they have one currency.
func (x *Renewals) Foot() string {
	rows := x.Rows()
	count := Plural(len(rows), "invoice")
	if x.currency == "" || len(rows) == 0 {
		return count
	}
	sum := money.New(0, x.currency)
	for _, r := range rows {
		sum.Minor += r.minor
	}
	return count + ", " + Amount(sum) + " " + string(x.currency)
}

// Empty says what an empty list means.
func (x *Renewals) Empty() string {
	if len(x.rows) == 0 {
		return "No renewal has failed: every open invoice is paid, or was not tried yet."
	}
	return "No failed renewal fits the filter. Esc takes it away."
}

// Conflict is the first thing that billing does by itself against the policy, "" for none.
func (x *Renewals) Conflict() string {
	if len(x.list.Conflicts) == 0 {
		return ""
	}
	return x.list.Conflicts[0]
}

// Conflicts are all of them, as sentences.
func (x *Renewals) Conflicts() []string { return x.list.Conflicts }

// Len is how many renewals there are, whatever the filter.
func (x *Renewals) Len() int { return len(x.rows) }
