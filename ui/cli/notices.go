package cli

import (
	"errors"

	"github.com/spf13/cobra"

	"countinghouse/app"
)

func (c *command) notifyCommand() *cobra.Command {
	var template string
	return c.actCommand(acting{use: "notify INVOICE [--template NAME]", short: "Write to the customer of a failed renewal",
		missing: "name one invoice: countinghouse renewals lists those that failed",
		flags: func(cmd *cobra.Command) {
			cmd.Flags().StringVar(&template, "template", "payment_declined", "the `name` of the notice")
		},
		propose: func(cmd *cobra.Command, a *app.App, name string) (app.Proposal, error) {
			return a.ProposeNotice(cmd.Context(), a.InvoiceID(name), template)
		}})
}

func (c *command) noticesCommand() *cobra.Command {
	var to string
	cmd := &cobra.Command{Use: "notices", Short: "Test how notices go out", Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	test := &cobra.Command{Use: "test --to ADDRESS", Short: "Send a test notice through the mail server", Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if to == "" {
				return usageError{errors.New("--to is missing: name a mail address of yours")}
			}
			a, err := c.open(cmd.Context())
			if err != nil {
				return err
			}
			if err := a.TestNotice(cmd.Context(), to); err != nil {
				return err
			}
			c.say("The mail server has taken it; look whether it arrives.")
			return nil
		}}
	test.Flags().StringVar(&to, "to", "", "a mail `address` of yours")
	cmd.AddCommand(test)
	return cmd
}
