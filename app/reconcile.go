package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"

	"countinghouse/app/book"
	"countinghouse/app/money"
	"countinghouse/app/report"
	"countinghouse/app/store"
	"countinghouse/reconcile"
)

// Reconcile runs the matching ladder over everything open, keeps what it concluded, and returns the
// month. Running it again changes nothing. A run as of a past moment that leaves later records out looks
// back: it keeps nothing, because what stands now rests on more than it saw.
func (a *App) Reconcile(ctx context.Context, period book.Month, show func(Progress)) (*Month, error) {
	for try := 1; ; try++ {
		m, run, err := a.compute(ctx, period, show)
		if err != nil {
			return nil, err
		}
		if m.LooksBack {
			return m, nil
		}
		saved, err := a.store.SaveRun(ctx, run, m.Matches, m.All)
		if errors.Is(err, store.ErrMoved) && try < mostTries {
			continue // Somebody decided something meanwhile, which the run has to know.
		}
		if err != nil {
			return nil, err
		}
		m.Changes = saved.Changes()
		return m, nil
	}
}

// mostTries is how often a run begins anew because people go on meanwhile.
const mostTries = 5

// lookBack is how long before the real time a moment must lie to be one of the past, in milliseconds.
const lookBack = 60_000

// Month computes a month as Reconcile does and stores nothing.
func (a *App) Month(ctx context.Context, period book.Month, show func(Progress)) (*Month, error) {
	m, _, err := a.compute(ctx, period, show)
	return m, err
}

func (a *App) compute(ctx context.Context, period book.Month, show func(Progress)) (*Month,
	store.Run, error) {
	show(Progress{Stage: "reading the books", StageOf: 1, Stages: 2})
	seen, err := a.store.LastEvent(ctx)
	if err != nil {
		return nil, store.Run{}, err
	}
	in, err := a.input(ctx, period)
	if err != nil {
		return nil, store.Run{}, err
	}
	in.Progress = func(stage string, done, total int) {
		show(Progress{Stage: stage, Done: done, Total: total, StageOf: 2, Stages: 2})
	}
	out, err := reconcile.Run(ctx, in)
	if err != nil {
		return nil, store.Run{}, err
	}
	if err := a.remember(ctx, out.Exceptions); err != nil {
		return nil, store.Run{}, err
	}
	work, filed, err := a.overlay(ctx, out.Exceptions)
	if err != nil {
		return nil, store.Run{}, err
	}
	m := &Month{Period: period, AsOf: in.At, Config: a.Config(), Books: in.Books,
		Matches: out.Matches, All: out.Exceptions, Bridges: out.Bridges, Proofs: out.Proofs,
		Counts: out.Counts, AutoLines: out.AutoBankLines, AutoPayments: out.AutoPayments,
		Marks: out.Marks, Learned: out.Learned,
		Unseen: out.Unseen, LooksBack: out.Unseen > 0 && in.At < book.At(a.wall())-lookBack,
		Work: work, Filed: filed, User: a.User(), Rejected: map[string]bool{}}
	for _, e := range out.Exceptions {
		if reconcile.InPeriod(e, period) {
			m.Exceptions = append(m.Exceptions, e)
		}
	}
	for i := range in.Decisions {
		if x := &in.Decisions[i]; x.State == book.Rejected {
			m.Rejected[x.ID] = true
		}
	}
	m.indexUses()
	if m.Settled, err = a.settled(ctx, period, out.Exceptions); err != nil {
		return nil, store.Run{}, err
	}
	if m.Sources, err = a.SourceStates(ctx); err != nil {
		return nil, store.Run{}, err
	}
	return m, store.Run{Period: period, At: in.At, Seen: seen}, nil
}

// input gathers everything that a run looks at.
func (a *App) input(ctx context.Context, period book.Month) (reconcile.Input, error) {
	books, err := a.store.Load(ctx)
	if err != nil {
		return reconcile.Input{}, err
	}
	decisions, err := a.store.Decided(ctx)
	if err != nil {
		return reconcile.Input{}, err
	}
	altered, err := a.alterations(ctx)
	if err != nil {
		return reconcile.Input{}, err
	}
	rules, err := a.ruleList(ctx)
	if err != nil {
		return reconcile.Input{}, err
	}
	in := reconcile.Input{At: a.Now(), Period: period, Zone: a.Config().Zone(),
		OpeningOn: a.Config().OpeningOn(), Base: a.Config().Business.BaseCurrency, Books: books,
		Decisions: decisions, Altered: altered, Rules: rules}
	for _, s := range a.Config().Sources {
		d := kinds[s.Kind].describe
		tariff, _ := money.ParseTariff(s.Fees) // the configuration is checked; "" is none
		in.Sources = append(in.Sources, reconcile.Source{Name: s.Name, Role: reconcile.Role(d.Role),
			Title: a.Config().Title(s.Name), Methods: s.Gateways, StatesLag: d.Lag,
			NoMembers: d.Unstated, Sweeps: d.Sweeps, Tariff: tariff,
			NoFees: d.NoFees || !recordsFees(a.Config(), &books, s.Name)})
	}
	for _, x := range a.Config().Accounts {
		in.Accounts = append(in.Accounts, reconcile.Account{Name: x.Name, Currency: x.Currency,
			IBAN: x.IBAN, Settles: x.Settles, Aliases: x.Aliases, InvoicePattern: pattern(x.InvoicePattern),
			BusinessDay: businessDays(x.Calendar)})
	}
	return in, nil
}

// pattern compiles a pattern of the configuration, which is checked; "" is none.
func pattern(s string) *regexp.Regexp {
	if s == "" {
		return nil
	}
	return regexp.MustCompile(s)
}

// fewPayments is how many payments without a fee prove nothing about a gateway's module.
const fewPayments = 20

// recordsFees reports whether the billing system records fees for a gateway at all. Some of its
// modules never do; then no payment's missing fee says anything.
func recordsFees(c *Config, books *book.Records, gateway book.SourceName) bool {
	methods := map[string]bool{}
	for _, s := range c.Sources {
		for method, behind := range s.Gateways {
			if behind == string(gateway) {
				methods[method] = true
			}
		}
	}
	n := 0
	for i := range books.Payments {
		p := &books.Payments[i]
		if !methods[p.Method] || p.Amount.Minor <= 0 {
			continue
		}
		if n++; p.Fee != 0 {
			return true
		}
	}
	return n < fewPayments
}

// remember gives exceptions that were seen before their first sighting.
func (a *App) remember(ctx context.Context, list []book.Exception) error {
	known, err := a.store.Exceptions(ctx)
	if err != nil {
		return err
	}
	first := make(map[string]book.Instant, len(known))
	for i := range known {
		first[known[i].ID] = known[i].DetectedAt
	}
	for i := range list {
		if at, ok := first[list[i].ID]; ok {
			list[i].DetectedAt = at
		}
	}
	return nil
}

// settled are the exceptions of a period that people settled and that are not among those found, with
// the status that they have by that.
func (a *App) settled(ctx context.Context, period book.Month,
	found []book.Exception) ([]book.Exception, error) {
	first := period.First()
	list, err := a.store.Settled(ctx, first, period.Last(), first.Start(a.Config().Zone()))
	if err != nil {
		return nil, err
	}
	list = beside(found, list)
	for i := range list {
		list[i].Status = book.Resolved
	}
	return list, nil
}

// beside are those of a list that are not among the exceptions found.
func beside(found, list []book.Exception) []book.Exception {
	if len(list) == 0 {
		return nil
	}
	stands := make(map[string]bool, len(found))
	for i := range found {
		stands[found[i].ID] = true
	}
	return slices.DeleteFunc(list, func(x book.Exception) bool { return stands[x.ID] })
}

// WriteSummary writes the month in words and figures for a terminal.
func (m *Month) WriteSummary(w io.Writer) error {
	p := m.pack()
	return report.WriteSummary(w, &p)
}

// Hint says in one sentence why there is little to see in a month, "" where there is no such reason.
func (m *Month) Hint() string {
	opening := m.Config.OpeningOn()
	switch {
	case m.Counts == book.Counts{}:
		return "The books are empty: pull with countinghouse sync, and import the bank's statements."
	case opening != 0 && m.Period.Last() < opening:
		return fmt.Sprintf("%s lies before the opening date, %s: nothing of it is reconciled.",
			m.Period, opening)
	case m.LooksBack:
		return fmt.Sprintf("%d records are dated after %s and were not looked at; a look back stores nothing.",
			m.Unseen, m.AsOf.Time().In(m.Config.Zone()).Format("2006-01-02 15:04"))
	case m.Period.First() > m.AsOf.In(m.Config.Zone()):
		return fmt.Sprintf("%s has not begun: what is listed is open from earlier.", m.Period)
	}
	return ""
}

// WriteBridges writes bridges for a terminal of some columns, 0 for any.
func (m *Month) WriteBridges(w io.Writer, list []book.Bridge, columns int) error {
	return report.WriteBridge(w, m.Period, list, columns)
}

// WriteExceptions writes exceptions for a terminal of some columns, 0 for any.
func (m *Month) WriteExceptions(w io.Writer, list []book.Exception, columns int) error {
	p := m.pack()
	p.Exceptions = list
	return report.WriteExceptions(w, &p, columns)
}
