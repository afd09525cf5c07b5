package present

import (
	"fmt"

	"countinghouse/app"
	"countinghouse/app/book"
)

// Overdue counts the payouts of a month that did not arrive in their window.
func Overdue(m *app.Month) int {
	n := 0
	for i := range m.Exceptions {
		if e := &m.Exceptions[i]; e.Class == book.M4 && e.Status == book.Open {
			n++
		}
	}
	return n
}

// Verdict says in one line whether all bridges of a month come out.
func Verdict(m *app.Month) (string, Status) { return verdict(m) }

// AsOf is the moment by which a month was judged.
func AsOf(m *app.Month) string { return moment(m.AsOf, m.Config.Zone()) }

// CacheText says how fresh the books are: as of the last pull, or never filled.
func CacheText(m *app.Month) string {
	last, behind := book.Instant(0), 0
	for _, s := range m.Sources {
		last = max(last, s.At)
		if s.At == 0 || !s.OK {
			behind++
		}
	}
	switch {
	case last == 0:
		return "Nothing pulled yet"
	case behind > 0:
		return fmt.Sprintf("%s behind, last sync %s", Plural(behind, "source"),
			moment(last, m.Config.Zone()))
	}
	return "Cache up to date, " + moment(last, m.Config.Zone())
}

// MonthState says whether a month still runs, and by which day it was judged.
func MonthState(m *app.Month) (string, Status) {
	today := m.AsOf.In(m.Config.Zone())
	switch {
	case today < m.Period.First():
		return "Has not begun", Neutral
	case today <= m.Period.Last():
		return "Runs until " + m.Period.Last().String(), TimingStatus
	}
	return "Open, seen on " + today.String(), TimingStatus
}

// Unexplained says what a month leaves unexplained in the base currency, or in the first one that
// does not come out.
func Unexplained(m *app.Month) (string, Status) {
	base := m.Config.Business.BaseCurrency
	text := ""
	for _, b := range filled(m) {
		say := fmt.Sprintf("%s unexplained %s", b.Currency, Minor(b.Unexplained, b.Currency))
		if b.Unexplained != 0 {
			return say, Break
		}
		if b.Currency == base || text == "" {
			text = say
		}
	}
	if text == "" {
		return "Nothing to explain", Neutral
	}
	if lacking(m) != "" {
		return text + ", not complete", Attention
	}
	return text, OK
}

// StepName is a step of the bridge in words.
func StepName(s book.Step) string { return stepName(s) }

// AllItems names the way from a step's exceptions to all its items.
func AllItems(s *book.BridgeStep) string {
	return "All " + Plural(len(s.Entries), "item") + " of the step"
}

// ProofRow is one sum that must come out.
type ProofRow struct {
	ID, Title, Closing, Word string
	Status                   Status
}

// Proofs are the balance proofs of a month, those that do not hold first.
func Proofs(m *app.Month) []ProofRow {
	var bad, good []ProofRow
	for i, p := range m.Proofs {
		who := p.Source
		for _, s := range m.Sources {
			if string(s.Name) == p.Source {
				who = s.Title
			}
		}
		r := ProofRow{ID: fmt.Sprint(i), Title: fmt.Sprintf("%s, %s %s", proofTitle(p.Kind), who,
			p.Currency), Closing: Minor(p.Closing, p.Currency), Word: "holds", Status: OK}
		if !p.Holds {
			r.Word, r.Status = "differs", Break
			bad = append(bad, r)
			continue
		}
		good = append(good, r)
	}
	return append(bad, good...)
}

func proofTitle(k book.ProofKind) string {
	switch k {
	case book.GatewayBalance:
		return "Balance"
	case book.StatementBalance:
		return "Statement"
	case book.StatementChain:
		return "Chain"
	case book.InvoiceTotals:
		return "Invoices"
	}
	return StateTitle(k)
}
