package app

import "context"

// LastStep are the events of the last step of whoever acts: what Undo would take back. There are none
// where no step stands.
func (a *App) LastStep(ctx context.Context) ([]Event, error) {
	return a.store.LastStep(ctx, a.User())
}
