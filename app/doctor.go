package app

import (
	"context"
	"fmt"
	"strings"

	"countinghouse/app/book"
)

// Finding is one thing that the doctor looked at.
type Finding struct {
	Check  string
	OK     bool
	Detail string
}

// Doctor checks the profile, the books, the keys and the connections, in this order, and goes on
// after a failure as far as the rest can still be checked. It changes nothing but what opening the
// books changes.
func Doctor(ctx context.Context, o Options) []Finding {
	var out []Finding
	note := func(check string, err error, detail string) bool {
		if err != nil {
			detail = Explain(err)
		}
		out = append(out, Finding{check, err == nil, detail})
		return err == nil
	}
	dir, err := ProfileDir(o)
	if !note("profile folder", err, dir) {
		return out
	}
	c, err := LoadConfig(o.configPath(dir))
	if !note("configuration", err, fmt.Sprintf("%s: %d sources, %d accounts", c.Business.Name,
		len(c.Sources), len(c.Accounts))) {
		return out
	}
	a, err := Open(ctx, o)
	if !note("books", err, "opened, settings are as they must be") {
		return out
	}
	defer func() { note("closing", a.Close(), "closed") }()
	faults, err := a.store.Check(ctx)
	if err == nil && len(faults) > 0 {
		err = fmt.Errorf("the books are damaged: %s", strings.Join(faults, "; "))
	}
	note("books are sound", err, "integrity, keys and allocations hold")
	note("notices", a.noticeFault(), "the texts can be filled in")
	for _, s := range a.Config().Sources {
		note("keys of "+string(s.Name), nil, a.keyFinding(s))
		detail, err := a.checkSource(ctx, s)
		note("source "+string(s.Name), err, detail)
	}
	for _, x := range a.Config().Accounts {
		detail, err := a.checkAccount(ctx, x.Name)
		note("account "+string(x.Name), err, detail)
	}
	return out
}

func (a *App) checkSource(ctx context.Context, s SourceConfig) (string, error) {
	if s.Paused {
		return "paused: a sync leaves it out", nil
	}
	if reported, err := a.onlyReported(ctx, s); reported || err != nil {
		return noKeyNeeded, err
	}
	p, err := a.source(s)
	if err != nil {
		return "", err
	}
	h, err := p.Check(ctx)
	if err != nil {
		return "", err
	}
	detail := "connected"
	if h.Account != "" {
		detail += ", " + h.Account
	}
	if h.Version != "" {
		detail += ", version " + h.Version
	}
	if !h.Live {
		detail += ", test mode"
	}
	if len(h.Missing) > 0 {
		return "", fmt.Errorf("connected, but not allowed to read %s", strings.Join(h.Missing, ", "))
	}
	for _, w := range h.Warnings {
		detail += "\n  " + w
	}
	return detail, nil
}

func (a *App) checkAccount(ctx context.Context, name book.AccountName) (string, error) {
	list, err := a.store.Statements(ctx, name)
	if err != nil {
		return "", err
	}
	if len(list) == 0 {
		return "no statement imported yet", nil
	}
	last := list[0]
	for _, s := range list {
		if s.ToOn > last.ToOn {
			last = s
		}
	}
	return fmt.Sprintf("%d statements, the last to %s", len(list), last.ToOn), nil
}
