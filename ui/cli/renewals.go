package cli

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"countinghouse/app"
	"countinghouse/app/book"
	"countinghouse/app/money"
	"countinghouse/ui/present"
)

// planDoc is a failed renewal with its plan, as the contract has it.
type planDoc struct {
	Invoice  book.ItemID `json:"invoice"`
	Customer book.ItemID `json:"customer"`
	Name     string      `json:"name"`
	Amount   money.Money `json:"amount"`
	Stage    string      `json:"stage"`
	Decline  declineDoc  `json:"decline"`
	Attempts attemptsDoc `json:"attempts"`
	Next     nextDoc     `json:"next"`
	Blocked  []string    `json:"blocked"`
	Steps    []nextDoc   `json:"steps"`
	Budgets  []budgetDoc `json:"budgets"`
	Work     string      `json:"work,omitempty"`
}

type declineDoc struct {
	Class   app.DeclineClass `json:"class"`
	Code    string           `json:"code"`
	Network string           `json:"network_code"`
	Advice  string           `json:"advice_code"`
}

type attemptsDoc struct {
	Ours      int           `json:"ours"`
	Elsewhere int           `json:"elsewhere"`
	Left      int           `json:"budget_left"`
	FreesAt   *book.Instant `json:"budget_frees_at"`
}

type nextDoc struct {
	Kind app.StepKind  `json:"kind"`
	At   *book.Instant `json:"at"`
	Why  string        `json:"why"`
}

type budgetDoc struct {
	Name string `json:"name"`
	Used int    `json:"used"`
	Most int    `json:"most"`
}

func nextDocument(s app.RenewalStep) nextDoc {
	d := nextDoc{Kind: s.Kind, Why: s.Why}
	if s.Kind == "" {
		d.Kind = app.RenewalNone
	}
	if s.At > 0 {
		at := s.At
		d.At = &at
	}
	return d
}

func planDocument(r app.Renewal) planDoc {
	d := planDoc{Invoice: r.Invoice, Customer: r.Customer, Name: r.Name, Amount: r.Amount,
		Stage: r.Plan.Stage,
		Decline: declineDoc{r.Plan.Class, r.Plan.Decline.Code, r.Plan.Decline.Network,
			r.Plan.Decline.Advice},
		Next: nextDocument(r.Plan.Next), Blocked: []string{}, Steps: []nextDoc{},
		Budgets: []budgetDoc{}, Work: r.Plan.Work}
	for _, x := range r.Attempts {
		switch {
		case x.Invoice != r.Invoice:
		case x.Ours:
			d.Attempts.Ours++
		default:
			d.Attempts.Elsewhere++
		}
	}
	d.Attempts.Left = -1
	for _, b := range r.Plan.Budgets {
		d.Budgets = append(d.Budgets, budgetDoc{b.Name, b.Used, b.Most})
		if left := max(0, b.Most-b.Used); d.Attempts.Left < 0 || left < d.Attempts.Left {
			d.Attempts.Left, d.Attempts.FreesAt = left, nil
			if b.FreesAt > 0 {
				at := b.FreesAt
				d.Attempts.FreesAt = &at
			}
		}
	}
	d.Attempts.Left = max(0, d.Attempts.Left)
	for _, b := range r.Plan.Blocked {
		d.Blocked = append(d.Blocked, b.Why)
	}
	for _, s := range r.Plan.Steps {
		d.Steps = append(d.Steps, nextDocument(s))
	}
	return d
}

// showPlans lists the failed renewals with what comes next.
func (c *command) showPlans(list *app.Renewals) error {
	if c.json {
		docs := []planDoc{}
		for _, r := range list.List {
			docs = append(docs, planDocument(r))
		}
		return writeJSON(c.env.Stdout, struct {
			At        book.Instant `json:"at"`
			Cases     []planDoc    `json:"cases"`
			Conflicts []string     `json:"conflicts"`
		}{list.At, docs, append([]string{}, list.Conflicts...)})
	}
	view := present.NewRenewals(list)
	view.InCurrency("")
	if len(list.List) == 0 {
		c.say("No renewal has failed.")
	}
	for _, r := range view.Rows() {
		c.say("%-12s  %10s %s  %-1s %-13s  %-32s  %-18s  %s", r.Invoice, r.Amount, r.Currency, r.Class, r.ClassTitle, r.Next,
			r.Stage, r.Customer)
	}
	for _, words := range list.Conflicts {
		c.say("Note: %s", words)
	}
	return nil
}

func (c *command) renewalsCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "renewals",
		Short: "List the failed renewals with what comes next for each",
		Args:  noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			a, err := c.open(cmd.Context())
			if err != nil {
				return err
			}
			list, err := a.Renewals(cmd.Context())
			if err != nil {
				return err
			}
			return c.showPlans(list)
		},
	}
}

func (c *command) dunningCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "dunning", Short: "Plan and do what the policy says about failed renewals", Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	plan := c.renewalsCommand()
	plan.Use, plan.Short = "plan", "Say what the policy would do about each failed renewal"
	cmd.AddCommand(plan, c.dunningRunCommand(), c.simulateCommand(), c.mendedCommand())
	return cmd
}

func (c *command) mendedCommand() *cobra.Command {
	var reason string
	cmd := &cobra.Command{
		Use:   "mended INVOICE --reason TEXT",
		Short: "Say that what a decline left open is settled: a fault of ours, an earlier attempt",
		Args:  oneInvoice,
		RunE: func(cmd *cobra.Command, args []string) error {
			a, err := c.open(cmd.Context())
			if err != nil {
				return err
			}
			if err := a.MendRenewal(cmd.Context(), a.InvoiceID(args[0]), reason); err != nil {
				return err
			}
			c.say("The plan of %s goes on.", args[0])
			return nil
		},
	}
	cmd.Flags().StringVar(&reason, "reason", "", "what was mended, in your `words`")
	return cmd
}

type runDoc struct {
	Steps   []runStepDoc `json:"steps"`
	Held    int          `json:"held"`
	Stopped *string      `json:"stopped"`
}

type runStepDoc struct {
	Invoice book.ItemID      `json:"invoice"`
	Kind    app.StepKind     `json:"kind"`
	What    string           `json:"what"`
	Action  string           `json:"action,omitempty"`
	State   book.IntentState `json:"state,omitempty"`
	Refused string           `json:"refused,omitempty"`
}

func (c *command) dunningRunCommand() *cobra.Command {
	var dry bool
	cmd := &cobra.Command{
		Use:   "run [--dry-run]",
		Short: "Do what the policy has due now, and ask what became of earlier actions",
		Args:  noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			a, err := c.open(cmd.Context())
			if err != nil {
				return err
			}
			if !dry {
				if _, err := a.RunActions(cmd.Context()); err != nil {
					return err
				}
			}
			r, err := a.RunRenewals(cmd.Context(), app.RenewalRun{DryRun: dry}, func(app.Progress) {})
			if err != nil {
				return err
			}
			return c.showRun(r)
		},
	}
	cmd.Flags().BoolVar(&dry, "dry-run", false, "only say what is due")
	return cmd
}

func (c *command) showRun(r app.RenewalReport) error {
	if c.json {
		d := runDoc{Steps: []runStepDoc{}, Held: r.Held}
		if r.Stopped != "" {
			d.Stopped = &r.Stopped
		}
		for _, s := range r.Steps {
			d.Steps = append(d.Steps, runStepDoc{s.Invoice, s.Kind, s.What, s.Intent, s.State, s.Refused})
		}
		return writeJSON(c.env.Stdout, d)
	}
	if len(r.Steps) == 0 {
		c.say("Nothing is due now.")
	}
	for _, s := range r.Steps {
		state := string(s.State)
		if s.Refused != "" {
			state = s.Refused
		}
		c.say("%-9s  %s  %s", s.Kind, s.What, strings.ReplaceAll(state, "_", " "))
	}
	if r.Stopped != "" {
		c.say("%s", r.Stopped)
	}
	return nil
}

func (c *command) simulateCommand() *cobra.Command {
	var file string
	months := 12
	cmd := &cobra.Command{
		Use:   "simulate --policy FILE [--months N]",
		Short: "Replay the failed renewals of past months under another policy",
		Args:  noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			switch {
			case file == "":
				return usageError{errors.New("--policy is missing: name the file of the policy to try")}
			case months < 1 || months > 60:
				return usageError{fmt.Errorf("--months %d: use 1 to 60", months)}
			}
			text, err := os.ReadFile(file)
			if err != nil {
				return fmt.Errorf("the policy cannot be read: %w", err)
			}
			a, err := c.open(cmd.Context())
			if err != nil {
				return err
			}
			s, err := a.SimulatePolicy(cmd.Context(), string(text), months)
			if err != nil {
				return err
			}
			if c.json {
				return writeJSON(c.env.Stdout, s)
			}
			c.say("%-24s  %-28s  %s", "", "the policy that stands", file)
			for _, r := range present.PolicyReplay(s) {
				c.say("%-24s  %-28s  %s", r.What, r.Now, r.Other)
			}
			c.say("%s", present.PolicyMeasured(s))
			return nil
		},
	}
	cmd.Flags().StringVar(&file, "policy", "", "the `file` of the policy to try")
	cmd.Flags().IntVar(&months, "months", 12, "how many past months to replay")
	return cmd
}
