package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"countinghouse/app/book"
	"countinghouse/app/store"
	"countinghouse/dunning"
)

// PolicyName is the name of the policy's file in a profile folder.
const PolicyName = "dunning.toml"

// declines is the table of declines, read once.
var declines = sync.OnceValues(dunning.NewTable)

// PolicyText is the policy's text: the profile's own, else the one that comes with the program.
func (a *App) PolicyText() (text string, own bool, err error) {
	b, err := os.ReadFile(filepath.Join(a.folder, PolicyName))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return dunning.StandardPolicy, false, nil
	case err != nil:
		return "", false, fmt.Errorf("the policy %s cannot be read: %w", PolicyName, err)
	}
	return string(b), true, nil
}

// policy is the policy of the profile, in the business's zone.
func (a *App) policy() (dunning.Policy, error) {
	text, _, err := a.PolicyText()
	if err != nil {
		return dunning.Policy{}, err
	}
	return a.readPolicy(text)
}

func (a *App) readPolicy(text string) (dunning.Policy, error) {
	p, err := dunning.ParsePolicy([]byte(text))
	if err != nil {
		return p, err
	}
	calendar := ""
	if len(a.Config().Accounts) > 0 {
		calendar = a.Config().Accounts[0].Calendar
	}
	return p.In(a.Config().Zone(), businessDays(calendar)), nil
}

// SavePolicy checks a policy and makes it the profile's, whole or not at all.
func (a *App) SavePolicy(text string) error {
	if err := a.Config().May(a.User(), RightConfigure); err != nil {
		return err
	}
	if _, err := a.readPolicy(text); err != nil {
		return err
	}
	return writeConfig(filepath.Join(a.folder, PolicyName), []byte(text))
}

// Renewals are the failed renewals as they stand now, with what the policy would do about each.
func (a *App) Renewals(ctx context.Context) (*Renewals, error) {
	p, err := a.policy()
	if err != nil {
		return nil, err
	}
	return a.renewalsUnder(ctx, p, "")
}

// RenewalsUnder are the same under another policy, which is not kept.
func (a *App) RenewalsUnder(ctx context.Context, policy string) (*Renewals, error) {
	p, err := a.readPolicy(policy)
	if err != nil {
		return nil, err
	}
	return a.renewalsUnder(ctx, p, "")
}

// renewalsUnder leaves an action out of account, "" for none.
func (a *App) renewalsUnder(ctx context.Context, p dunning.Policy, but string) (*Renewals, error) {
	t, err := declines()
	if err != nil {
		return nil, err
	}
	at := a.moment()
	b, err := a.renewalBooks(ctx, at, but)
	if err != nil {
		return nil, err
	}
	out := &Renewals{At: at, Config: a.Config(), policy: p, table: t}
	for _, c := range dunning.Conflicts(b.books.Settings, p) {
		out.Conflicts = append(out.Conflicts, c.Why)
	}
	cases := b.cases()
	if err := a.mended(ctx, cases); err != nil {
		return nil, err
	}
	dunning.Owing(cases, p, t, at)
	for _, c := range cases {
		r := Renewal{RenewalCase: c, Plan: dunning.PlanCase(c, p, t, at), InTheWay: map[StepKind]string{},
			payers: b.payersOf(c)}
		for _, kind := range []StepKind{RenewalRetry, RenewalNotice, RenewalSuspend} {
			if blocks := dunning.May(c, p, t, at, stepBy(r, kind)); len(blocks) > 0 {
				r.InTheWay[kind] = blocks[0].Why + "."
			}
		}
		for _, x := range c.Attempts {
			d := Decline{}
			if x.State == book.Failed {
				d = t.Classify(x.Signal, x.At)
			}
			r.Declines = append(r.Declines, d)
		}
		out.List = append(out.List, r)
	}
	slices.SortStableFunc(out.List, func(x, y Renewal) int {
		return cmp.Or(cmp.Compare(whenOf(x), whenOf(y)), cmp.Compare(x.Invoice, y.Invoice))
	})
	return out, nil
}

// stepBy is a step of a kind that a person asks for: the planned one where there is one.
func stepBy(r Renewal, kind StepKind) dunning.Step {
	for _, s := range r.Plan.Steps {
		if s.Kind == kind {
			return s
		}
	}
	s := dunning.Step{Kind: kind}
	if (kind == RenewalSuspend || kind == RenewalUnsuspend) && len(r.Services) > 0 {
		s.Service = r.Services[0].ID
	}
	return s
}

// moment is the moment to judge by, as it moves on: what was done a minute ago is seen. A moment of
// the past that somebody chose stays where it is.
func (a *App) moment() book.Instant {
	now, wall := a.Now(), book.At(a.wall())
	const day = 24 * 60 * 60 * 1000
	if wall > now && wall-now < day/2 {
		return wall
	}
	return now
}

// whenOf is when a renewal's next step comes; those without one stand last.
func whenOf(r Renewal) book.Instant {
	if r.Plan.Next.Kind == dunning.StepNone || r.Plan.Next.Kind == "" {
		return 1 << 62
	}
	return r.Plan.Next.At
}

// HoldRenewal keeps everything back from an invoice, or a customer, until a last day.
func (a *App) HoldRenewal(ctx context.Context, subject book.ItemID, until book.Date, reason string) error {
	switch today := a.Now().In(a.Config().Zone()); {
	case strings.TrimSpace(reason) == "":
		return errors.New("a reason is missing: say why nothing is to be done")
	case until < today:
		return fmt.Errorf("%s is past: a hold ends on a day to come", until)
	case until > today+366:
		return fmt.Errorf("%s is more than a year away: nobody would remember the hold", until)
	}
	if err := a.Config().May(a.User(), RightDun); err != nil {
		return err
	}
	step, err := a.begin(ctx)
	if err != nil {
		return err
	}
	h := Hold{Subject: subject, Reason: reason, UntilOn: until, By: a.User(), At: step.At}
	step.Events = []store.StepEvent{{Kind: book.EventHold, Subject: string(subject), Why: reason,
		What: "Held until " + until.String(), Changes: []store.Change{{Hold: &h}}}}
	_, err = a.act(ctx, step)
	return err
}

// MendRenewal notes that what the last decline of an invoice left open is settled: that our own fault is
// mended, or what became of an attempt that the gateway knows already. The plan goes on from there.
func (a *App) MendRenewal(ctx context.Context, invoice book.ItemID, how string) error {
	if strings.TrimSpace(how) == "" {
		return errors.New("a reason is missing: say what was mended, or what became of the attempt")
	}
	if err := a.Config().May(a.User(), RightDun); err != nil {
		return err
	}
	r, err := a.renewalOf(ctx, invoice)
	if err != nil {
		return err
	}
	step, err := a.begin(ctx)
	if err != nil {
		return err
	}
	step.Events = []store.StepEvent{{Kind: book.EventMended, Subject: string(r.Invoice), Why: how,
		What: "Settled what the last decline left open"}}
	_, err = a.act(ctx, step)
	return err
}

// mended tells cases when somebody settled what their last decline left open.
func (a *App) mended(ctx context.Context, cases []dunning.Case) error {
	subjects := make([]string, len(cases))
	at := map[string]*dunning.Case{}
	for i := range cases {
		subjects[i] = string(cases[i].Invoice)
		at[subjects[i]] = &cases[i]
	}
	if len(cases) == 0 {
		return nil
	}
	events, err := a.store.Events(ctx, subjects)
	for _, e := range events {
		if e.Kind == book.EventMended && e.UndoneBy == 0 {
			at[e.Subject].ClearedAt = max(at[e.Subject].ClearedAt, e.At)
		}
	}
	return err
}

// ReleaseRenewal ends a hold on an invoice, and on its customer.
func (a *App) ReleaseRenewal(ctx context.Context, invoice book.ItemID) error {
	holds, err := a.store.Holds(ctx)
	if err != nil {
		return err
	}
	step, err := a.begin(ctx)
	if err != nil {
		return err
	}
	subjects := []book.ItemID{invoice}
	if r, err := a.Renewals(ctx); err == nil {
		if x := r.Find(invoice); x != nil {
			subjects = append(subjects, x.Customer)
		}
	}
	for _, id := range subjects {
		if _, ok := holds[id]; ok {
			step.Events = append(step.Events, store.StepEvent{Kind: book.EventHold, Subject: string(id),
				What: "Ended the hold", Changes: []store.Change{{Without: "hold/" + string(id)}}})
		}
	}
	if len(step.Events) == 0 {
		return errors.New("there is no hold on it")
	}
	_, err = a.act(ctx, step)
	return err
}

// ReadPolicy checks a policy's text and returns what it says.
func (a *App) ReadPolicy(text string) (RenewalPolicy, error) { return a.readPolicy(text) }
