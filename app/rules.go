package app

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"countinghouse/app/book"
	"countinghouse/app/store"
	"countinghouse/reconcile"
)

// BackTest is what a rule would have done in past months, against what is known of them.
type BackTest = reconcile.BackTest

// RuleAllowance says who let a version of a rule post by itself, and on which back-test.
type RuleAllowance = store.RuleAllowance

// Mark is what one of the user's rules says of a bank line that matches nothing.
type Mark = reconcile.Mark

// LearnedAlias is a name under which a bank shows a gateway, learned and not yet confirmed.
type LearnedAlias = reconcile.LearnedAlias

// RuleState is one of the user's rules and how far it is trusted.
type RuleState struct {
	RuleConfig
	// Hash is the version as it stands in the configuration.
	Hash string
	// Allowed is the last allowance of exactly this version, nil where there is none. Edited says that
	// there is one of another version.
	Allowed *RuleAllowance
	Edited  bool
}

// Standing says in words whether the rule posts, and why it does not.
func (s RuleState) Standing() string {
	switch {
	case !s.Posts && s.Allowed == nil:
		return "only suggests"
	case !s.Posts:
		return fmt.Sprintf("only suggests, though %s allowed it: set posts = true", s.Allowed.By)
	case s.Allowed != nil:
		return "posts by itself, " + AllowanceSentence(*s.Allowed)
	case s.Edited:
		return "only suggests: it was edited after it was allowed; countinghouse rules allow " + s.Name
	}
	return "only suggests until its back-test is allowed: countinghouse rules allow " + s.Name
}

// AllowanceSentence says who allowed a rule, when, and on which figures.
func AllowanceSentence(r RuleAllowance) string {
	return fmt.Sprintf("allowed by %s on %s: in %s to %s it would have acted %d times, %d as is known, "+
		"%d where nothing is known, 0 otherwise", r.By, book.DateOf(r.At.Time()), r.From, r.To, r.Acted, r.Agreed,
		r.New)
}

// Rules lists the user's rules in the order in which they run behind their passes.
func (a *App) Rules(ctx context.Context) ([]RuleState, error) {
	all, err := a.store.RuleAllowances(ctx)
	if err != nil {
		return nil, err
	}
	var out []RuleState
	for _, r := range a.Config().Rules {
		compiled := r.rule()
		s := RuleState{RuleConfig: r, Hash: compiled.Hash()}
		for i := range all {
			switch {
			case all[i].Rule != r.Name:
			case all[i].Hash == s.Hash:
				s.Allowed = &all[i]
			default:
				s.Edited = true
			}
		}
		out = append(out, s)
	}
	return out, nil
}

// ruleList is the rules as a run takes them.
func (a *App) ruleList(ctx context.Context) ([]reconcile.Rule, error) {
	states, err := a.Rules(ctx)
	var out []reconcile.Rule
	for _, s := range states {
		r := s.rule()
		r.Allowed = s.Allowed != nil
		out = append(out, r)
	}
	return out, err
}

// LearnedAliases lists the senders that payouts came from and that nobody has confirmed, as the books
// stand now.
func (a *App) LearnedAliases(ctx context.Context) ([]LearnedAlias, error) {
	m, err := a.Month(ctx, a.UsualMonth(), func(Progress) {})
	if err != nil {
		return nil, err
	}
	return m.Learned, nil
}

// ConfirmAlias adds a sender's name to an account's aliases, so that payouts that only their amount
// finds count by themselves where it sends them. backup is as EditConfig gives it.
func (a *App) ConfirmAlias(ctx context.Context, account book.AccountName, name string) (backup string,
	err error) {
	name = strings.Join(strings.Fields(name), " ")
	if name == "" {
		return "", fmt.Errorf("the name of a sender is missing")
	}
	return a.change(ctx, func(c *Config) error {
		i := slices.IndexFunc(c.Accounts, func(x AccountConfig) bool { return x.Name == account })
		switch {
		case i < 0:
			return fmt.Errorf("account %q is none of the accounts", account)
		case slices.Contains(c.Accounts[i].Aliases, name):
			return fmt.Errorf("%q is an alias of %s already", name, account)
		}
		c.Accounts[i].Aliases = append(c.Accounts[i].Aliases, name)
		return nil
	})
}

// TryRule runs a rule over the past months, the last so many where months is not 0, and compares what
// it would have done with what is known. It stores nothing.
func (a *App) TryRule(ctx context.Context, name string, months int) (BackTest, error) {
	i := slices.IndexFunc(a.Config().Rules, func(r RuleConfig) bool { return r.Name == name })
	if i < 0 {
		return BackTest{}, fmt.Errorf("there is no rule %q; %s", name, a.ruleNames())
	}
	in, err := a.input(ctx, a.UsualMonth())
	if err != nil {
		return BackTest{}, err
	}
	return reconcile.TryRule(ctx, in, a.Config().Rules[i].rule(), months)
}

// ruleNames says which rules there are.
func (a *App) ruleNames() string {
	var names []string
	for _, r := range a.Config().Rules {
		names = append(names, r.Name)
	}
	if len(names) == 0 {
		return "the configuration holds none: a rule is a [[rule]] of " + ConfigName
	}
	return "the rules are " + strings.Join(names, ", ")
}

// AllowRule tries a rule on all past months and, where that contradicts nothing, stores that the person
// who acts lets this version of it post by itself. Otherwise it returns the back-test with an error that
// says what is missing.
func (a *App) AllowRule(ctx context.Context, name string) (BackTest, error) {
	b, err := a.TryRule(ctx, name, 0)
	if err != nil {
		return b, err
	}
	i := slices.IndexFunc(a.Config().Rules, func(r RuleConfig) bool { return r.Name == name })
	switch n := len(b.Contradictions); {
	case n > 0:
		return b, fmt.Errorf("rule %s is not allowed: its back-test contradicts what is known in %d of %d cases; "+
			"change the rule, or look at those records first", name, n, b.Acted)
	case b.Acted == 0:
		return b, fmt.Errorf("rule %s is not allowed: it would never have acted in the past months, so that they "+
			"say nothing for it; let it suggest for a while", name)
	case b.Agreed == 0 && !a.Config().Rules[i].Action.Marks():
		return b, fmt.Errorf("rule %s is not allowed: of the %d records on which it would have acted nothing is "+
			"known that it could be held against; confirm some of its suggestions first", name, b.Acted)
	}
	return b, a.store.AllowRule(ctx, RuleAllowance{Rule: name, Hash: b.Hash, By: a.User(),
		At: book.At(a.wall()), From: b.From, To: b.To, Acted: b.Acted, Agreed: b.Agreed, New: b.New})
}
