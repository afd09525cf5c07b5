package app

import (
	"context"
	"fmt"
	"strings"

	"countinghouse/app/book"
)

// overlay gives exceptions what people made of them: their owner, and the status that was decided, as
// long as nothing changed under the decision. It returns the work by exception, lapsed decisions left
// out, and the open actions.
func (a *App) overlay(ctx context.Context, list []book.Exception) (map[string]Work,
	map[string][]book.Intent, error) {
	work, err := a.store.Works(ctx)
	if err != nil {
		return nil, nil, err
	}
	intents, err := a.store.Intents(ctx)
	if err != nil {
		return nil, nil, err
	}
	filed := map[string][]book.Intent{}
	for _, i := range intents {
		if i.State.Open() {
			filed[i.Exception] = append(filed[i.Exception], i)
		}
	}
	today := a.Now().In(a.Config().Zone())
	for i := range list {
		x := &list[i]
		w, ok := work[x.ID]
		if ok {
			x.Owner = w.Owner
			if w.Basis != basisOf(*x) {
				w = Work{Exception: w.Exception, Owner: w.Owner, DueOn: w.DueOn}
				work[x.ID] = w
			}
			if w.Status != "" && (w.UntilOn == 0 || w.UntilOn >= today) {
				x.Status = w.Status
			}
		}
		if len(filed[x.ID]) > 0 && x.Status == book.Open {
			x.Status = book.Waiting
		}
	}
	return work, filed, nil
}

// basisOf is what a decision about an exception rests on.
func basisOf(x book.Exception) string {
	items := make([]string, len(x.Items))
	for i, id := range x.Items {
		items[i] = string(id)
	}
	return fmt.Sprintf("%s %s %s %s", x.Class, x.Leg, x.Amount, strings.Join(items, " "))
}

// Stale reports whether an exception is open past its class's age limit or its due date.
func (m *Month) Stale(x book.Exception) bool {
	for _, f := range x.Flags {
		if f == book.FlagStale {
			return true
		}
	}
	due := m.Work[x.ID].DueOn
	return due != 0 && due < m.AsOf.In(m.Config.Zone())
}
