package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"countinghouse/app"
	"countinghouse/app/book"
	"countinghouse/app/money"
)

// rulesCommand is about the matching rules of the user's own, and the senders that were learned.
func (c *command) rulesCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "rules list | test NAME | allow NAME | aliases",
		Short: "Look at your own matching rules, try them on past months, let them post",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usageError{fmt.Errorf("rules %s: use list, test, allow or aliases", args[0])}
			}
			return usageError{errors.New("use rules list, test NAME, allow NAME or aliases")}
		},
		RunE: func(*cobra.Command, []string) error { return nil },
	}
	cmd.AddCommand(c.rulesList(), c.rulesTest(), c.rulesAllow(), c.rulesAliases())
	for _, sub := range cmd.Commands() {
		sub.DisableFlagsInUseLine = true
	}
	return cmd
}

type ruleDoc struct {
	Name    string        `json:"name"`
	After   book.Pass     `json:"after"`
	Action  string        `json:"action"`
	Hash    string        `json:"hash"`
	Posts   bool          `json:"posts"`
	Acts    bool          `json:"acts"`
	Edited  bool          `json:"edited"`
	Allowed *allowanceDoc `json:"allowed"`
}

type allowanceDoc struct {
	By     string       `json:"by"`
	At     book.Instant `json:"at"`
	From   book.Month   `json:"from"`
	To     book.Month   `json:"to"`
	Acted  int          `json:"acted"`
	Agreed int          `json:"agreed"`
	New    int          `json:"new"`
}

func (c *command) rulesList() *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List the rules, and whether each posts by itself",
		Args:  noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			a, err := c.open(cmd.Context())
			if err != nil {
				return err
			}
			rules, err := a.Rules(cmd.Context())
			if err != nil {
				return err
			}
			docs := []ruleDoc{}
			for _, r := range rules {
				d := ruleDoc{Name: r.Name, After: r.After, Action: string(r.Action), Hash: r.Hash,
					Posts: r.Posts,
					Acts:  r.Posts && r.Allowed != nil, Edited: r.Edited && r.Allowed == nil}
				if x := r.Allowed; x != nil {
					d.Allowed = &allowanceDoc{x.By, x.At, x.From, x.To, x.Acted, x.Agreed, x.New}
				}
				docs = append(docs, d)
				c.say("%-20s after %-4s %-13s v%s  %s", r.Name, r.After, r.Action, r.Hash, r.Standing())
			}
			if c.json {
				return writeJSON(c.env.Stdout, map[string]any{"rules": docs})
			}
			if len(docs) == 0 {
				c.say("There are no rules: write a [[rule]] into %s.", app.ConfigName)
			}
			return nil
		},
	}
}

type backTestDoc struct {
	Rule           string             `json:"rule"`
	Hash           string             `json:"hash"`
	From           *book.Month        `json:"from"`
	To             *book.Month        `json:"to"`
	Acted          int                `json:"acted"`
	Agreed         int                `json:"agreed"`
	New            int                `json:"new"`
	Contradicted   int                `json:"contradicted"`
	Contradictions []contradictionDoc `json:"contradictions"`
	Allowed        bool               `json:"allowed"`
}

type contradictionDoc struct {
	Item   book.ItemID   `json:"item"`
	On     book.Date     `json:"on"`
	Amount money.Money   `json:"amount"`
	Would  []book.ItemID `json:"would"`
	Known  []book.ItemID `json:"known"`
	Why    string        `json:"why"`
}

// showBackTest writes a back-test; allowed says that it was just allowed.
func (c *command) showBackTest(b app.BackTest, allowed bool) error {
	d := backTestDoc{Rule: b.Rule, Hash: b.Hash, Acted: b.Acted, Agreed: b.Agreed, New: b.New,
		Contradicted: len(b.Contradictions), Contradictions: []contradictionDoc{}, Allowed: allowed}
	if b.To == 0 {
		c.say("Rule %s v%s: the books hold no past month to try it on.", b.Rule, b.Hash)
	} else {
		d.From, d.To = &b.From, &b.To
		c.say("Rule %s v%s, %s to %s: it would have acted %d times.\n  %5d as is known\n  %5d where nothing is "+
			"known\n  %5d against what is known", b.Rule, b.Hash, b.From, b.To, b.Acted, b.Agreed, b.New,
			len(b.Contradictions))
	}
	for _, x := range b.Contradictions {
		d.Contradictions = append(d.Contradictions, contradictionDoc{x.Item, x.On, x.Amount,
			append([]book.ItemID{}, x.Would...), append([]book.ItemID{}, x.Known...), x.Why})
		would := "it would have said what the line is"
		if len(x.Would) > 0 {
			would = "it would have matched " + joinedIDs(x.Would)
		}
		c.say("  %s of %s, %s: %s, but %s%s", x.Item, x.On, x.Amount, would, x.Why, with(x.Known))
	}
	if c.json {
		return writeJSON(c.env.Stdout, d)
	}
	return nil
}

func joinedIDs(ids []book.ItemID) string {
	var out []string
	for _, id := range ids {
		out = append(out, string(id))
	}
	return strings.Join(out, " and ")
}

// with names what a record is matched with, to end a sentence.
func with(ids []book.ItemID) string {
	if len(ids) == 0 {
		return ""
	}
	return " (" + joinedIDs(ids) + ")"
}

func (c *command) rulesTest() *cobra.Command {
	var months int
	cmd := &cobra.Command{
		Use:   "test NAME [--months N]",
		Short: "Try a rule on the past months against what is known of them; nothing is stored",
		Args:  one("rule"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if months < 0 {
				return usageError{fmt.Errorf("--months %d: use 1 or more, or leave it out for all months", months)}
			}
			a, err := c.open(cmd.Context())
			if err != nil {
				return err
			}
			b, err := a.TryRule(cmd.Context(), args[0], months)
			if err != nil {
				return err
			}
			if err := c.showBackTest(b, false); err != nil {
				return err
			}
			if len(b.Contradictions) > 0 {
				return errOpen
			}
			return nil
		},
	}
	cmd.Flags().IntVar(&months, "months", 0, "only the last `N` months (default: all)")
	return cmd
}

func (c *command) rulesAllow() *cobra.Command {
	return &cobra.Command{
		Use:   "allow NAME",
		Short: "Try a rule on all past months and, where that contradicts nothing, let it post by itself",
		Args:  one("rule"),
		RunE: func(cmd *cobra.Command, args []string) error {
			a, err := c.open(cmd.Context())
			if err != nil {
				return err
			}
			b, err := a.AllowRule(cmd.Context(), args[0])
			if err != nil && b.Rule == "" {
				return err
			}
			if failed := c.showBackTest(b, err == nil); failed != nil || err != nil {
				return errors.Join(err, failed)
			}
			c.say("%s lets this version of it post by itself; a changed rule has to be allowed anew.", a.User())
			return nil
		},
	}
}

type aliasDoc struct {
	Account book.AccountName `json:"account"`
	Gateway book.SourceName  `json:"gateway"`
	Name    string           `json:"name"`
	Payouts int              `json:"payouts"`
}

func (c *command) rulesAliases() *cobra.Command {
	var account, confirm string
	cmd := &cobra.Command{
		Use:   "aliases [--confirm NAME --account ACCOUNT]",
		Short: "List the senders that payouts came from, or confirm one so that it counts",
		Args:  noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if (account == "") != (confirm == "") {
				return usageError{errors.New("--confirm and --account go together")}
			}
			a, err := c.open(cmd.Context())
			if err != nil {
				return err
			}
			if confirm != "" {
				return c.confirmAlias(cmd, a, book.AccountName(account), confirm)
			}
			list, err := a.LearnedAliases(cmd.Context())
			if err != nil {
				return err
			}
			docs := []aliasDoc{}
			for _, x := range list {
				docs = append(docs, aliasDoc{x.Account, x.Gateway, x.Name, x.Payouts})
				c.say("%s: %q was seen on %d payouts of %s and nothing else; countinghouse rules aliases --account %s "+
					"--confirm %q", x.Account, x.Name, x.Payouts, a.Config().Title(x.Gateway), x.Account, x.Name)
			}
			if c.json {
				return writeJSON(c.env.Stdout, map[string]any{"aliases": docs})
			}
			if len(docs) == 0 {
				c.say("No sender of payouts waits to be confirmed.")
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&confirm, "confirm", "", "the `name` of a sender to confirm")
	cmd.Flags().StringVar(&account, "account", "", "the bank `account` on which it sends")
	return cmd
}

func (c *command) confirmAlias(cmd *cobra.Command, a *app.App, account book.AccountName,
	name string) error {
	backup, err := a.ConfirmAlias(cmd.Context(), account, name)
	if err != nil {
		return err
	}
	c.say("%s: payouts from %q count by themselves from now on.", account, name)
	if backup != "" {
		c.note("The configuration was written anew; the old one is %s.", backup)
	}
	if c.json {
		return writeJSON(c.env.Stdout, map[string]string{"account": string(account), "confirmed": name})
	}
	return nil
}
