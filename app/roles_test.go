package app

import (
	"strings"
	"testing"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// TestRolesBind lets a viewer, an agent and somebody of finance try everything that changes the books or the
// configuration: each may do what the role says, is told so else, and nothing is changed then.
func TestRolesBind(t *testing.T) {
	h := newHouse(t)
	users := []UserConfig{{"vic", "viewer"}, {"ada", "agent"}, {"fin", "finance"}, {"adi", "admin"}}
	h.users = users
	start := h.open("adi")
	h.sync(start)
	m, err := start.Reconcile(t.Context(), start.UsualMonth(), func(Progress) {})
	if err != nil || len(m.All) == 0 {
		t.Fatal(err)
	}
	x := m.All[0].ID
	renewal := h.renewal(start, "")
	for _, c := range []struct {
		what string
		do   func(a *App) error
		may  string // the first letters of the users that may
	}{
		{"note", func(a *App) error { return a.Note(t.Context(), x, "seen", nil) }, "ada fin adi"},
		{"assign", func(a *App) error { return a.Assign(t.Context(), []string{x}, "ada", 0) }, "ada fin adi"},
		{"hold", func(a *App) error {
			return a.HoldRenewal(t.Context(), renewal.Invoice, a.Now().In(a.Config().Zone())+3, "promised")
		}, "ada fin adi"},
		{"resolve", func(a *App) error {
			r, err := a.Resolve(t.Context(), ResolveRequest{Exceptions: []string{x}, As: book.Explain, Reason: "known"})
			for _, why := range r.Refused {
				t.Log(why)
			}
			return err
		}, "fin adi"},
		{"configure", func(a *App) error {
			_, err := a.SetWatch(t.Context(), "operating", "")
			return err
		}, "adi"},
		{"refund", func(a *App) error {
			_, err := a.File(t.Context(), book.Order{Do: book.GiveBack, Target: "stripe:ch_none", Charge: "stripe:ch_none",
				Amount: money.New(100, "EUR")}, "", "x")
			return err
		}, "fin adi"},
	} {
		for _, u := range users {
			a := h.open(u.Name)
			before, err := a.store.LastEvent(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			err = c.do(a)
			denied := err != nil && strings.Contains(err.Error(), "may not")
			if may := strings.Contains(c.may, u.Name); may == denied {
				t.Errorf("%s, %s: %v", c.what, u.Role, err)
			}
			if after, _ := a.store.LastEvent(t.Context()); denied && after != before {
				t.Errorf("%s, %s: refused, and kept", c.what, u.Role)
			}
		}
	}
}
