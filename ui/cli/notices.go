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
	cmd := &cobra.Command{Use: "notices", Short: "List the notices, write them out to be changed, test how they go out", Args: noArguments,
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
	cmd.AddCommand(test, c.noticesListCommand(), c.noticesWriteCommand())
	return cmd
}

// noticeDocument is a notice as JSON has it.
type noticeDocument struct {
	Template string `json:"template"`
	Language string `json:"language"`
	File     string `json:"file"`
	Own      bool   `json:"own"`
	Problem  string `json:"problem,omitempty"`
}

func (c *command) noticesListCommand() *cobra.Command {
	return &cobra.Command{Use: "list", Short: "List the notices by template and language", Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			a, err := c.open(cmd.Context())
			if err != nil {
				return err
			}
			list, err := a.Notices()
			if err != nil {
				return err
			}
			docs := []noticeDocument{}
			for _, n := range list {
				docs = append(docs, noticeDocument{n.Template, n.Language, n.Place, n.Own, n.Problem})
			}
			if c.json {
				return writeJSON(c.env.Stdout, struct {
					Notices []noticeDocument `json:"notices"`
				}{docs})
			}
			for _, n := range list {
				state := "the program's own"
				switch {
				case n.Problem != "":
					state = n.Problem
				case n.Own:
					state = n.Place
				}
				c.say("%-20s  %-2s  %s", n.Template, n.Language, state)
			}
			return nil
		}}
}

func (c *command) noticesWriteCommand() *cobra.Command {
	return &cobra.Command{Use: "write", Args: noArguments,
		Short: "Write the program's own notices into the profile, to be changed there",
		RunE: func(cmd *cobra.Command, _ []string) error {
			a, err := c.open(cmd.Context())
			if err != nil {
				return err
			}
			written, err := a.WriteNotices()
			for _, place := range written {
				c.say("%s", place)
			}
			if err == nil && len(written) == 0 {
				c.say("All notices are in the profile already: none was written.")
			}
			return err
		}}
}
