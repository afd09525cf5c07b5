package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"countinghouse/app"
	"countinghouse/app/book"
	"countinghouse/app/money"
	"countinghouse/ui/present"
)

// acting is a command that files one action.
type acting struct {
	use, short, missing string
	// order makes the order of what was named.
	propose func(cmd *cobra.Command, a *app.App, name string) (app.Proposal, error)
	flags   func(cmd *cobra.Command)
}

// actCommand is a command that files an action and carries it out, or says with --dry-run what it would
// do.
func (c *command) actCommand(x acting) *cobra.Command {
	var dry bool
	var reason string
	cmd := &cobra.Command{
		Use:   x.use + " [--reason TEXT] [--dry-run]",
		Short: x.short,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usageError{errors.New(x.missing)}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			a, err := c.open(cmd.Context())
			if err != nil {
				return err
			}
			p, err := x.propose(cmd, a, args[0])
			if err != nil {
				return err
			}
			if dry {
				return c.showProposal(p)
			}
			if p.Blocked != "" {
				return errors.New(strings.TrimSuffix(p.Blocked, "."))
			}
			if reason == "" {
				reason = p.Reason
			}
			i, err := a.DoOrder(cmd.Context(), p.Order, reason)
			if err != nil {
				return err
			}
			return c.showAction(i)
		},
	}
	cmd.Flags().BoolVar(&dry, "dry-run", false, "only say what it would do")
	cmd.Flags().StringVar(&reason, "reason", "", "the reason, in your `words`")
	if x.flags != nil {
		x.flags(cmd)
	}
	return cmd
}

func (c *command) showProposal(p app.Proposal) error {
	if c.json {
		return writeJSON(c.env.Stdout, struct {
			Title   string     `json:"title"`
			Effects []string   `json:"effects"`
			Blocked string     `json:"blocked"`
			Order   book.Order `json:"order"`
		}{p.Title, append([]string{}, p.Effects...), p.Blocked, p.Order})
	}
	c.say("%s", p.Title)
	for _, e := range p.Effects {
		c.say("  %s", e)
	}
	if p.Blocked != "" {
		c.say("  Not now: %s", p.Blocked)
	}
	return nil
}

// showAction says how far an action got.
func (c *command) showAction(i book.Intent) error {
	if c.json {
		return writeJSON(c.env.Stdout, actionDocuments([]book.Intent{i})[0])
	}
	c.say("%s  %s", short(i.ID), present.ActionSaid(i))
	if i.State == book.IntentAwaiting {
		c.say("It waits for an approval: countinghouse approve %s", short(i.ID))
	}
	return nil
}

func (c *command) retryCommand() *cobra.Command {
	return c.actCommand(acting{use: "retry INVOICE", short: "Retry the payment of a failed renewal now",
		missing: "name one invoice: countinghouse renewals lists those that failed",
		propose: func(cmd *cobra.Command, a *app.App, name string) (app.Proposal, error) {
			return a.ProposeRenewal(cmd.Context(), a.InvoiceID(name), "retry")
		}})
}

func (c *command) refundCommand() *cobra.Command {
	var amount string
	return c.actCommand(acting{use: "refund PAYMENT [--amount N]", short: "Give a payment back, wholly or in part",
		missing: "name one payment: a charge at a gateway, or billing:payment/991",
		flags: func(cmd *cobra.Command) {
			cmd.Flags().StringVar(&amount, "amount", "", "how `much`, 12.50; all that is left without it")
		},
		propose: func(cmd *cobra.Command, a *app.App, name string) (app.Proposal, error) {
			return a.ProposeRefund(cmd.Context(), book.ItemID(name),
				func(c money.Currency) (money.Money, error) {
					if amount == "" {
						return money.Money{}, nil
					}
					m, err := money.Parse(amount, c)
					if err != nil || m.Minor <= 0 {
						return m, usageError{fmt.Errorf("--amount %q is no amount of %s", amount, c)}
					}
					return m, nil
				})
		}})
}

func (c *command) serviceCommand(use, short string, kind book.ActionKind) *cobra.Command {
	return c.actCommand(acting{use: use + " SERVICE", short: short,
		missing: "name one service: billing:service/310, or its number",
		propose: func(cmd *cobra.Command, a *app.App, name string) (app.Proposal, error) {
			return a.ProposeService(cmd.Context(), a.ServiceID(name), kind)
		}})
}

func (c *command) approveCommand() *cobra.Command {
	var typed string
	cmd := &cobra.Command{
		Use:   "approve ACTION [--amount N]",
		Short: "Approve an action that somebody else filed, and send it",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usageError{errors.New("name one action: countinghouse actions --state awaiting_approval")}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			a, err := c.open(cmd.Context())
			if err != nil {
				return err
			}
			i, err := a.Approve(cmd.Context(), args[0], typed)
			if err != nil {
				return err
			}
			return c.showAction(i)
		},
	}
	cmd.Flags().StringVar(&typed, "amount", "", "the `amount`, typed again where nobody else uses the profile")
	return cmd
}

func (c *command) sendCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "send ACTION",
		Short: "Send an action that was filed, or ask what became of one",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usageError{errors.New("name one action: countinghouse actions lists them")}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			a, err := c.open(cmd.Context())
			if err != nil {
				return err
			}
			i, err := a.SendAction(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			return c.showAction(i)
		},
	}
	return cmd
}
