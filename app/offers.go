package app

import (
	"fmt"
	"slices"
	"strings"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// mostOffers is how many possible offers a person is shown: the keys 1 to 4.
const mostOffers = 4

// ladders are what people do about each class, the usual thing first.
var ladders = map[book.Class][]book.Resolution{
	book.T1: {book.Query}, book.T2: {book.Query}, book.T3: {book.Query}, book.T4: {book.Query},
	book.T5: {book.Query}, book.T6: {book.Query},
	book.M1: {book.RecordPayment, book.MatchByHand, book.RefundCustomer, book.Explain, book.Query},
	book.M2: {book.MatchByHand, book.RemovePosting, book.Query, book.Explain},
	book.M3: {book.Query, book.MatchByHand, book.Explain},
	book.M4: {book.Query, book.MatchByHand, book.Explain},
	book.M5: {book.MatchByHand, book.CreditCustomer, book.Explain, book.Query},
	book.M6: {book.MatchByHand, book.Query, book.Explain},
	book.M7: {book.MatchByHand, book.RefundCustomer, book.Explain, book.Query},
	book.M8: {book.Explain, book.MatchByHand, book.ReopenInvoice},
	book.A1: {book.ConfirmMatch, book.WriteOff, book.ReopenInvoice, book.CreditCustomer, book.RejectMatch,
		book.MatchByHand, book.Query, book.Explain},
	book.A2: {book.RefundCustomer, book.CreditCustomer, book.MatchByHand, book.Explain},
	book.A3: {book.Query, book.MatchByHand, book.Explain},
	book.A4: {book.CorrectPayment, book.CreditCustomer, book.MatchByHand},
	book.A5: {book.ConfirmMatch, book.WriteOff, book.CorrectPayment, book.RejectMatch, book.Query,
		book.Explain},
	book.A6: {book.ConfirmMatch, book.WriteOff, book.RejectMatch, book.Query, book.Explain},
	book.A7: {book.WriteOff, book.Explain},
	book.A8: {book.Query},
	book.A9: {book.ConfirmMatch, book.Explain, book.RejectMatch, book.Query},
	book.D1: {book.RefundCustomer, book.CreditCustomer, book.MatchByHand, book.Explain},
	book.D2: {book.RemovePosting, book.MatchByHand},
	book.D3: {},
	book.D4: {book.CorrectPayment, book.MatchByHand, book.Explain},
	book.D5: {book.CorrectPayment, book.RefundCustomer, book.MatchByHand, book.Explain},
	book.D6: {book.RemovePosting, book.RefundCustomer, book.ReopenInvoice, book.CreditCustomer, book.Query,
		book.Explain},
	book.D7: {book.ChooseMatch, book.MatchByHand, book.RejectMatch},
	book.D8: {book.ConfirmMatch, book.RejectMatch, book.MatchByHand},
	book.D9: {book.MatchByHand, book.Explain},
	book.R1: {book.BookReversal, book.MatchByHand, book.Explain},
	book.R2: {book.RefundCustomer, book.MatchByHand, book.Query, book.Explain},
	book.R3: {book.RefundCustomer, book.CreditCustomer, book.BookReversal, book.Query, book.Explain},
	book.R4: {book.BookReversal, book.Query, book.Explain},
	book.R5: {book.BookReversal, book.Explain},
	book.R6: {book.Query, book.Explain},
	book.C1: {book.Explain},
	book.C2: {book.Explain, book.ReopenMonth},
	book.C3: {book.Query},
	book.C4: {book.Query},
}

// barred are what people look for with a class and cannot do, with the reason.
var barred = map[book.Class]map[book.Resolution]string{
	book.A3: {book.WriteOff: "Not for A3: more receipts are expected; what the last one leaves becomes A1."},
	book.A4: {book.WriteOff: "Not for A4: correct the amount first, the rest becomes A1."},
	book.A8: {
		book.WriteOff: "Never for A8: a payout's members must make it up to the cent.",
		book.Explain:  "Never for A8: find the member that is missing or too much, then run again."},
	book.D2: {book.WriteOff: "Not for D2: the second row stands for no money and has to go."},
	book.D3: {book.Explain: "Never for D3: the copy is ours. Import the statement again with --replace, or " +
		"pull in full, and it is gone."},
	book.C3: {book.Explain: "Never for C3: a balance that does not come out hides a missing movement. Pull " +
		"in full first."},
	book.C4: {book.Explain: "Never for C4: a second person has to confirm or refuse what the first one " +
		"prepared."},
	book.C2: {book.ReopenMonth: "No month is locked yet in these books, so there is none to open again."},
	book.R6: {book.BookReversal: "Nothing is to be booked for R6: the money is in the gateway's balance and " +
		"comes with another payout."},
	book.M5: {book.RecordPayment: "Not for M5: match it with its invoice first, then billing is told."},
}

// Offers are what a person can do about an exception, best first, at most four; then what cannot be
// done, with the reason. Where there are candidates each is an offer of its own.
func (m *Month) Offers(x book.Exception) []Offer {
	if why := m.settled(x); why != "" {
		return []Offer{{Resolution: book.Explain, Title: "Decided", Blocked: why}}
	}
	var can, not []Offer
	for _, r := range ladders[x.Class] {
		for _, o := range m.offersOf(x, r) {
			switch {
			case o.Blocked != "":
				not = append(not, o)
			case len(can) < mostOffers:
				can = append(can, o)
			}
		}
	}
	for _, i := range book.Resolutions {
		if why := barred[x.Class][i.Resolution]; why != "" && !slices.Contains(ladders[x.Class], i.Resolution) {
			not = append(not, Offer{Resolution: i.Resolution, Title: i.Title, Acts: i.Acts, Blocked: why})
		}
	}
	if x.Class.Group() == book.Timing {
		not = append(not, Offer{Resolution: book.WriteOff, Title: "Write off", Blocked: m.timingWhy(x)})
	}
	return append(can, not...)
}

func (m *Month) timingWhy(x book.Exception) string {
	when := "."
	if x.ClearsOn != 0 {
		when = " about " + x.ClearsOn.String() + "."
	}
	return "Not for " + string(x.Class) + ": it is timing and clears by itself" + when
}

// settled says who decided about an exception already, "" where it is open or waits.
func (m *Month) settled(x book.Exception) string {
	w := m.Work[x.ID]
	if x.Status != book.Explained || w.Resolution == "" {
		return ""
	}
	return fmt.Sprintf("%s by %s on %s: take that back first to decide anew.", pastOf[w.Resolution], w.By,
		w.At.In(m.Config.Zone()))
}

// pastOf says of what was decided that it was.
var pastOf = map[book.Resolution]string{book.Explain: "Explained", book.WriteOff: "Written off"}

// offersOf are the offers of one resolution: usually one, for candidates one each, none where it makes
// no sense.
func (m *Month) offersOf(x book.Exception, r book.Resolution) []Offer {
	info, _ := r.Info()
	o := Offer{Resolution: r, Title: info.Title, Effect: info.Effect, Acts: info.Acts,
		Blocked: barred[x.Class][r]}
	if o.Blocked != "" {
		return []Offer{o}
	}
	switch r {
	case book.ConfirmMatch, book.RejectMatch:
		return m.suggestionOffers(x, o)
	case book.ChooseMatch:
		return m.choiceOffers(x, o)
	case book.MatchByHand:
		o.Effect = matchWords[x.Class]
		if o.Effect == "" {
			o.Effect = info.Effect
		}
	case book.Explain:
		o.Effect = explainWords[x.Class]
		if o.Effect == "" {
			o.Effect = info.Effect
		}
	case book.Query:
		o.Title, o.Effect = "Ask "+m.whom(x)+" and wait", info.Effect
	case book.WriteOff:
		m.writeOffOffer(x, &o)
	default:
		d, err := m.deed(x, r, nil)
		if err != nil {
			o.Blocked = capital(err.Error())
			break
		}
		o.Title, o.Effect = d.title, d.effect
		if f := m.filed(x); f != "" {
			o.Blocked = f
		}
	}
	return []Offer{o}
}

// filed says that an action waits for an exception already, "" where none does.
func (m *Month) filed(x book.Exception) string {
	for _, i := range m.Filed[x.ID] {
		return fmt.Sprintf("An action is filed already, %s, by %s: %s. Cancel it to decide anew.",
			stateWords[i.State], i.PreparedBy, i.What)
	}
	return ""
}

var stateWords = map[book.IntentState]string{book.IntentDraft: "a draft",
	book.IntentAwaiting: "awaiting approval", book.IntentReady: "ready to be sent",
	book.IntentSent: "being sent", book.IntentUnknown: "its outcome not known yet",
	book.IntentNeedsPerson: "waiting for a person"}

// matchWords and explainWords say of some classes what the records to choose or the reason are.
var matchWords = map[book.Class]string{
	book.M1: "Choose the payment in billing that stands for this charge.",
	book.M2: "Choose the charge or bank line that brought this payment.",
	book.M3: "Choose the payout that carried it.",
	book.M4: "Choose the bank line that it arrived with.",
	book.M5: "Choose the invoices, payments or payouts that this money stands for.",
	book.M6: "Choose the movements that it consists of; they must make it up to the cent.",
	book.M7: "Choose the charge or bank line that it came with.",
	book.M8: "Choose the bank line that paid the invoice.",
	book.A4: "Choose another gateway order for this payment.",
	book.D7: "Choose records yourself, several to several too.",
}

var explainWords = map[book.Class]string{
	book.M8: "Say why no money is expected, with a file that proves it where there is one.",
	book.C2: "Say why the record of a closed month changed; the month's figures stay as they were.",
	book.M6: "The balance proof covers it; say what it consists of.",
	book.A7: "Rounding explains itself; a reason may be added.",
}

// whom is who can be asked about an exception.
func (m *Month) whom(x book.Exception) string {
	for _, id := range x.Items {
		if t := m.Transaction(id); t != nil {
			return m.Config.Title(t.Source)
		} else if p := m.Payout(id); p != nil {
			return m.Config.Title(p.Source)
		}
	}
	for _, id := range x.Items {
		if who := m.Party(id); who != "" {
			return who
		}
	}
	return "the provider"
}

// writeOffOffer says what a write-off gives up, and whether one person is enough.
func (m *Month) writeOffOffer(x book.Exception, o *Offer) {
	o.Title = "Write off " + plainFigure(x.Amount)
	if w := m.Work[x.ID]; w.Resolution == book.WriteOff && w.Status == book.Waiting {
		o.Title = "Confirm the write-off of " + plainFigure(x.Amount)
		o.Effect = fmt.Sprintf("%s prepared it: %s.", w.By, w.Why)
		if w.By == m.User {
			o.Blocked = "You prepared it: a second person has to confirm it."
		}
		return
	}
	o.Effect = fmt.Sprintf("Gives up %s for a reason code. %s", x.Amount.Abs(), m.limitWords(x.Amount))
}

// limitWords says whether one person may give an amount up.
func (m *Month) limitWords(a money.Money) string {
	limit := m.Config.WriteOffLimit(a.Currency)
	if a.Abs().Minor <= limit.Minor {
		return "Within your limit of " + plainFigure(limit) + "."
	}
	return "Above your limit of " + plainFigure(limit) + ": a second person has to confirm."
}

// Suggestions are the suggested matches that an exception speaks for.
func (m *Month) Suggestions(x book.Exception) []*book.Match {
	var out []*book.Match
	for _, id := range x.Items {
		for _, s := range m.MatchesOf(id) {
			if s.State == book.Suggested && s.Leg == x.Leg && within(s, x.Items) &&
				!slices.Contains(out, s) {
				out = append(out, s)
			}
		}
	}
	return out
}

// within reports whether a match holds only some of these items.
func within(s *book.Match, items []book.ItemID) bool {
	for _, id := range slices.Concat(s.Left, s.Right) {
		if !slices.Contains(items, id) {
			return false
		}
	}
	return true
}

func (m *Month) suggestionOffers(x book.Exception, o Offer) []Offer {
	var out []Offer
	for _, s := range m.Suggestions(x) {
		p := o
		p.Left, p.Right = s.Left, s.Right
		if p.Resolution == book.ConfirmMatch {
			p.Effect = fmt.Sprintf("%s and %s count as matched.", upperFirst(m.listed(s.Left)), m.listed(s.Right))
			if r := s.Residual; r.Minor != 0 {
				p.Effect = strings.TrimSuffix(p.Effect, ".") + fmt.Sprintf("; %s is left and named.", r.Abs())
			}
		}
		out = append(out, p)
	}
	if len(out) == 0 && x.Class == book.D8 {
		o.Blocked = "Nothing is suggested for it: match it by hand."
		return []Offer{o}
	}
	return out
}

// listed names records in a sentence, at most three of them.
func (m *Month) listed(items []book.ItemID) string {
	var names []string
	for i, id := range items {
		if i == 2 && len(items) > 3 {
			names = append(names, fmt.Sprintf("%d more", len(items)-2))
			break
		}
		names = append(names, m.inSentence(id))
	}
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}

func upperFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
