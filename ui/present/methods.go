package present

import (
	"countinghouse/app"
)

// MethodRow is a saved method of a failed renewal's customer: its name, what it is to the renewal, and
// whether the customer's word for it can still be noted. ID names it to the program.
type MethodRow struct {
	ID, Name, State string
	Status          Status
	CanConsent      bool
}

// NewMethods are the rows of saved methods.
func NewMethods(list []app.SavedMethod, c *app.Config) []MethodRow {
	var out []MethodRow
	for _, m := range list {
		r := MethodRow{ID: m.Instrument.ID, Name: m.Name, State: upperFirst(MethodState(m, c)),
			Status: Neutral, CanConsent: !m.Own && !m.Current && m.ConsentAt == 0}
		if r.ID == "" {
			r.ID = m.Name
		}
		switch {
		case m.Current, m.ConsentAt != 0:
			r.Status = OK
		case r.CanConsent:
			r.Status = Attention
		}
		out = append(out, r)
	}
	return out
}

// MethodState says what a saved method is to the renewal.
func MethodState(m app.SavedMethod, c *app.Config) string {
	switch {
	case m.Current:
		return "saved or renewed since: the renewal goes on with it"
	case m.Own:
		return "the renewal is charged to it"
	case m.ConsentAt != 0:
		return "consent of " + DateText(m.ConsentAt.In(c.Zone())) + ": " + m.How
	}
	return "no consent: it is not charged by itself"
}
