package present

import (
	"fmt"
	"slices"
	"strings"

	"countinghouse/app"
	"countinghouse/app/book"
	"countinghouse/app/money"
)

// OfferView is one thing that can be done about an exception, as the detail shows it.
type OfferView struct {
	Offer app.Offer
	// Icon and Title are the button's, Key the number that presses it, "" for a blocked one; Text is the
	// sentence beside it: the effect, or why it cannot be done.
	Icon, Title, Key, Text string
	Blocked                bool
}

var offerIcons = map[book.Resolution]string{book.ConfirmMatch: "tick", book.RejectMatch: "cross",
	book.MatchByHand: "match", book.ChooseMatch: "match", book.Explain: "note", book.WriteOff: "pencil",
	book.Query: "mail", book.RecordPayment: "tick", book.CorrectPayment: "tick",
	book.RemovePosting: "cross", book.ReopenInvoice: "undo", book.RefundCustomer: "undo",
	book.CreditCustomer: "receipt", book.BookReversal: "note", book.ReopenMonth: "close"}

// OfferIcon is the icon that a resolution is shown with.
func OfferIcon(r book.Resolution) string {
	if icon := offerIcons[r]; icon != "" {
		return icon
	}
	return "tick"
}

// effectText says what an offer does; of one that changes another system also what it does not do yet.
func effectText(o app.Offer) string {
	switch {
	case !o.Acts || strings.Contains(o.Effect, "sent yet"):
		return o.Effect
	case strings.Contains(o.Effect, "Files an action"):
		return o.Effect + " Nothing is sent yet."
	}
	return strings.TrimSpace(o.Effect + " Files an action; nothing is sent yet.")
}

// Offers are the offers for an exception, those that can be done first with the keys 1 to 4.
func Offers(m *app.Month, e *book.Exception) []OfferView {
	var out []OfferView
	key := 0
	for _, o := range m.Offers(*e) {
		v := OfferView{Offer: o, Icon: OfferIcon(o.Resolution), Title: o.Title, Text: o.Effect,
			Blocked: o.Blocked != ""}
		switch {
		case v.Blocked:
			v.Icon, v.Text = "barred", o.Blocked
		case key < 4:
			key++
			v.Key = fmt.Sprint(key)
			v.Text = effectText(o)
		}
		out = append(out, v)
	}
	return out
}

// Form says what a resolution asks of a person before it is done.
type Form struct {
	Title, Effect string
	// Button is what confirms it.
	Button string
	// Code, Reason, Evidence and Until say which fields there are; Needed that the reason must be given.
	Code, Reason, Evidence, Until, Needed bool
	ReasonHint                            string
	UsualCode                             book.ReasonCode
	UsualUntil                            book.Date
	// Pairs are the records that would be matched, Facts all that is compared between them.
	Pairs []PairRow
	Facts []FactRow
}

// PairRow is one record that would be matched: on which side it stands and what it is.
type PairRow struct{ Side, Title, Detail, Amount string }

// FactRow is one compared fact with its verdict.
type FactRow struct {
	Text string
	Yes  bool
}

// Asks says whether a person has to see or fill in something first. What needs nothing is done at once:
// it can be taken back.
func (f *Form) Asks() bool {
	return f.Code || f.Reason || f.Evidence || f.Until || len(f.Pairs) > 0
}

var usualCodes = map[book.Class]book.ReasonCode{book.A1: book.BankCharge, book.A5: book.FeeVariance,
	book.A6: book.FXVariance, book.A7: book.Rounding}

// queryDays is how long an answer is waited for, unless a person says otherwise.
const queryDays = 7

// NewForm is what an offer asks for one exception, or for n of them, where e is the first.
func NewForm(m *app.Month, e *book.Exception, o app.Offer, n int) Form {
	f := Form{Title: o.Title, Effect: effectText(o), Button: o.Title}
	if n > 1 {
		f.Button = fmt.Sprintf("%s, %s", o.Title, Plural(n, "item"))
	}
	switch o.Resolution {
	case book.WriteOff:
		f.Code, f.Reason, f.Needed = true, true, true
		f.UsualCode, f.ReasonHint = usualCodes[e.Class], "Why it is given up"
	case book.Explain:
		f.Reason, f.Evidence, f.Needed = true, true, true
		f.ReasonHint = "What explains it, and where that is written"
	case book.Query:
		f.Reason, f.Until = true, true
		f.ReasonHint = "What was asked, and of whom"
		f.UsualUntil = m.AsOf.In(m.Config.Zone()) + queryDays
	case book.ReopenMonth:
		f.Reason, f.Needed, f.ReasonHint = true, true, "Why the month is opened again"
	case book.ConfirmMatch, book.RejectMatch, book.ChooseMatch:
		if n == 1 {
			f.compare(m, e, o)
		}
	}
	if o.Resolution == book.ChooseMatch {
		f.Title, f.Button = "Choose this candidate", "Match these"
	}
	return f
}

// compare fills in the records that would be matched and everything that is compared between them.
func (f *Form) compare(m *app.Month, e *book.Exception, o app.Offer) {
	left, right := o.Left, o.Right
	if len(left)+len(right) == 0 {
		for _, id := range e.Items {
			for _, x := range m.MatchesOf(id) {
				if x.State == book.Suggested && len(left)+len(right) == 0 {
					left, right = x.Left, x.Right
				}
			}
		}
	}
	for _, side := range []struct {
		name string
		ids  []book.ItemID
	}{{"Left", left}, {"Right", right}} {
		for _, id := range side.ids {
			it := m.Item(id)
			f.Pairs = append(f.Pairs, PairRow{side.name, m.ItemName(id), DateText(it.On),
				amountOf(m, id).String()})
		}
	}
	f.Facts = matchFacts(m, left, right)
}

// matchFacts are the facts of the match of these records, or what a ranking compared of them, or the
// plain fields side by side.
func matchFacts(m *app.Month, left, right []book.ItemID) []FactRow {
	var out []FactRow
	for _, id := range left {
		for _, x := range m.MatchesOf(id) {
			if !slices.Equal(x.Left, left) || !slices.Equal(x.Right, right) {
				continue
			}
			for _, fact := range x.Facts.List() {
				out = append(out, factRow(fact))
			}
			return out
		}
	}
	if len(left) == 0 || len(right) == 0 {
		return nil
	}
	a, b := m.Item(left[0]), m.Item(right[0])
	for _, p := range [][3]string{{"Date", a.On.String(), b.On.String()},
		{"Amount", amountOf(m, left[0]).String(), amountOf(m, right[0]).String()}, {"Customer", a.Customer, b.Customer},
		{"Invoice", a.Invoice, b.Invoice}} {
		if p[1] != "" || p[2] != "" {
			out = append(out, factRow(book.Fact{Field: p[0], Left: p[1], Right: p[2]}))
		}
	}
	return out
}

// amountOf is what a record comes to for a person who compares it.
func amountOf(m *app.Month, id book.ItemID) money.Money {
	switch {
	case m.Invoice(id) != nil:
		return money.New(m.Invoice(id).Total, m.Invoice(id).Currency)
	case m.Payment(id) != nil:
		return m.Payment(id).Amount
	case m.Transaction(id) != nil:
		return m.Transaction(id).Charged
	case m.Payout(id) != nil:
		return m.Payout(id).Amount
	case m.Line(id) != nil:
		return m.Line(id).Amount
	case m.Credit(id) != nil:
		return m.Credit(id).Amount
	}
	return money.Money{}
}

func factRow(f book.Fact) FactRow {
	or := func(s string) string {
		if s == "" {
			return None
		}
		return s
	}
	name := StateTitle(f.Field)
	if f.Equal() {
		return FactRow{name + ": " + or(f.Left), true}
	}
	return FactRow{name + ": " + or(f.Left) + " ≠ " + or(f.Right), false}
}

// DueText says who owns an exception and until when: "ar.clerk, due 2026-11-04".
func DueText(m *app.Month, e *book.Exception) string {
	w := m.Work[e.ID]
	owner := e.Owner
	if owner == "" {
		owner = w.Owner
	}
	switch {
	case owner == "" && w.DueOn == 0:
		return "No owner"
	case owner == "":
		return "No owner, due " + w.DueOn.String()
	case w.DueOn == 0:
		return owner
	}
	return owner + ", due " + w.DueOn.String()
}

// StandText says where an exception stands that is not open: "Waits until 2026-11-10. Asked Stripe."
func StandText(m *app.Month, e *book.Exception) string {
	if e.Status == book.Open {
		return ""
	}
	w := m.Work[e.ID]
	text := StateTitle(e.Status)
	if w.UntilOn != 0 {
		text = "Waits until " + w.UntilOn.String()
	}
	for _, i := range m.Filed[e.ID] {
		text = "An action is filed: " + i.What
	}
	if w.Why != "" {
		text += ". " + w.Why
	}
	return text
}

// DoneText says what a step came to: "Recorded. Files an action; nothing is sent yet."
func DoneText(r app.Resolved) string {
	if len(r.Done) == 0 {
		return ""
	}
	text := r.Said[r.Done[0]]
	if n := len(r.Done); n > 1 {
		text = fmt.Sprintf("%s, and %s more", strings.TrimSuffix(text, "."), Count(n-1))
	}
	text = strings.TrimSuffix(text, ".") + "."
	if len(r.Intents) > 0 {
		text += " " + Plural(len(r.Intents), "action") + " filed; nothing is sent yet."
	}
	return text + " Ctrl Z takes it back."
}
