package present

import (
	"fmt"

	"countinghouse/app"
	"countinghouse/app/book"
)

// RenewalAct is one thing that a person can do; Blocked is why not, else Note says what it means.
type RenewalAct struct {
	ID, Title, Key, Icon string
	Note                 string
	Blocked              bool
}

// The acts of a renewal.
const (
	ActRetry   = "retry"
	ActNotice  = "notice"
	ActHold    = "hold"
	ActRelease = "release"
	ActSuspend = "suspend"
	ActRefund  = "refund"
	// ActMethods shows what the customer has saved, ActTerminate ends the service for good.
	ActMethods   = "methods"
	ActTerminate = "terminate"
)

// acts are what a person can do, each with what speaks against it.
func (x *Renewals) acts(r *app.Renewal) []RenewalAct {
	hold := RenewalAct{ID: ActHold, Title: "Hold", Key: "H", Icon: "pause", Note: "Needs a reason and an end date."}
	if len(r.Holds) > 0 {
		h := r.Holds[len(r.Holds)-1]
		hold = RenewalAct{ID: ActRelease, Title: "End the hold", Key: "H", Icon: "play",
			Note: "Held until " + h.UntilOn.String() + ": " + h.Reason}
	}
	refund := RenewalAct{ID: ActRefund, Title: "Refund", Icon: "undo", Blocked: true,
		Note: "Nothing was paid on this invoice."}
	for _, a := range r.Attempts {
		if a.Invoice == r.Invoice && a.State == book.Succeeded {
			refund.Blocked, refund.Note = false, "Gives back what was paid, after a second look."
		}
	}
	return []RenewalAct{
		x.act(r, app.RenewalRetry, RenewalAct{ID: ActRetry, Title: "Retry now", Key: "R", Icon: "renewals",
			Note: "Allowed."}),
		x.act(r, app.RenewalNotice, RenewalAct{ID: ActNotice, Title: "Send notice", Key: "M", Icon: "mail",
			Note: "Allowed."}),
		hold,
		x.act(r, app.RenewalSuspend, RenewalAct{ID: ActSuspend, Title: "Suspend", Icon: "barred",
			Note: "Files the suspension of the service."}),
		refund,
		methodsAct(r),
		terminateAct(r),
	}
}

// methodsAct says what other methods there are.
func methodsAct(r *app.Renewal) RenewalAct {
	a := RenewalAct{ID: ActMethods, Title: "Saved methods", Key: "V", Icon: "card",
		Note: "What the customer can be charged with."}
	asks := 0
	for _, m := range r.Methods {
		switch {
		case m.Current:
			a.Note = "The customer saved or renewed one since."
			return a
		case m.ConsentAt == 0:
			asks++
		}
	}
	switch {
	case asks == 1:
		a.Note = "Another one waits for the customer's consent."
	case asks > 1:
		a.Note = fmt.Sprintf("%d others wait for the customer's consent.", asks)
	case len(r.Methods) > 0:
		a.Note = "Others may be charged, by the customer's consent."
	}
	return a
}

// terminateAct ends the service for good.
func terminateAct(r *app.Renewal) RenewalAct {
	a := RenewalAct{ID: ActTerminate, Title: "Terminate", Icon: "cross",
		Note: "For good; a second person always approves."}
	switch {
	case len(r.Services) == 0:
		a.Blocked, a.Note = true, "The invoice pays for no service."
	case r.Services[0].Status == "Terminated" || r.Services[0].Status == "Cancelled":
		a.Blocked, a.Note = true, "The service has ended already."
	}
	return a
}

// act says what stands against an act, or which planned step it takes the place of.
func (x *Renewals) act(r *app.Renewal, kind app.StepKind, a RenewalAct) RenewalAct {
	if why := r.InTheWay[kind]; why != "" {
		a.Blocked, a.Note = true, why
		return a
	}
	for _, s := range r.Plan.Steps {
		if s.Kind != kind {
			continue
		}
		switch when := x.When(s.At); {
		case kind == app.RenewalSuspend && s.At > x.list.At:
			a.Note = "Planned for " + when + ", after the last retry and a warning."
		case kind == app.RenewalRetry:
			a.Note = "Allowed. Replaces the retry of " + when + "."
		case kind == app.RenewalNotice:
			a.Note = "Next is planned for " + when + "."
		}
		return a
	}
	return a
}
