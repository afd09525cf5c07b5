package cli

import (
	"errors"

	"github.com/spf13/cobra"

	"countinghouse/app"
	"countinghouse/ui/present"
)

// methodDocument is a saved method as JSON has it.
type methodDocument struct {
	Name        string `json:"name"`
	Source      string `json:"source"`
	ID          string `json:"id"`
	Own         bool   `json:"own"`
	Current     bool   `json:"current"`
	ConsentedAt string `json:"consented_at,omitempty"`
	How         string `json:"how,omitempty"`
}

func (c *command) methodsCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "methods INVOICE",
		Short: "List what the customer of a failed renewal can be charged with",
		Args:  oneInvoice,
		RunE: func(cmd *cobra.Command, args []string) error {
			a, err := c.open(cmd.Context())
			if err != nil {
				return err
			}
			list, err := a.SavedMethods(cmd.Context(), a.InvoiceID(args[0]))
			if err != nil {
				return err
			}
			return c.showMethods(list, a)
		},
	}
}

func oneInvoice(_ *cobra.Command, args []string) error {
	if len(args) != 1 {
		return usageError{errors.New("name one invoice: countinghouse renewals lists those that failed")}
	}
	return nil
}

func (c *command) showMethods(list []app.SavedMethod, a *app.App) error {
	docs := []methodDocument{}
	for _, m := range list {
		d := methodDocument{Name: m.Name, Source: string(m.Source), ID: m.Instrument.ID, Own: m.Own,
			Current: m.Current, How: m.How}
		if m.ConsentAt != 0 {
			d.ConsentedAt = m.ConsentAt.String()
		}
		docs = append(docs, d)
	}
	if c.json {
		return writeJSON(c.env.Stdout, struct {
			Methods []methodDocument `json:"methods"`
		}{docs})
	}
	if len(list) == 0 {
		c.say("No gateway tells of a saved method of this customer.")
	}
	for _, m := range list {
		c.say("%-32s  %-24s  %s", m.Name, m.Instrument.ID, present.MethodState(m, a.Config()))
	}
	return nil
}

func (c *command) consentCommand() *cobra.Command {
	var how string
	cmd := &cobra.Command{
		Use:   "consent INVOICE METHOD --how TEXT",
		Short: "Note that the customer lets another saved method be charged",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 2 {
				return usageError{errors.New("name one invoice and one method: countinghouse methods INVOICE lists them")}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			a, err := c.open(cmd.Context())
			if err != nil {
				return err
			}
			m, err := a.Consent(cmd.Context(), a.InvoiceID(args[0]), args[1], how)
			if err != nil {
				return err
			}
			c.say("%s may be charged where the renewal's own method fails.", m.Name)
			return nil
		},
	}
	cmd.Flags().StringVar(&how, "how", "", "where the consent is written, in your `words`")
	return cmd
}

func (c *command) mandateCommand() *cobra.Command {
	var method string
	return c.actCommand(acting{use: "cancel-mandate INVOICE --method NAME",
		short:   "Take a customer's saved method away at its gateway",
		missing: "name one invoice: countinghouse renewals lists those that failed",
		flags: func(cmd *cobra.Command) {
			cmd.Flags().StringVar(&method, "method", "", "the `method`: its last digits, name or id")
		},
		propose: func(cmd *cobra.Command, a *app.App, name string) (app.Proposal, error) {
			if method == "" {
				return app.Proposal{}, usageError{errors.New("--method is missing: countinghouse methods INVOICE lists them")}
			}
			return a.ProposeMandateEnd(cmd.Context(), a.InvoiceID(name), method)
		}})
}
