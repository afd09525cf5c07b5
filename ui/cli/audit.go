package cli

import (
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"countinghouse/app"
)

func (c *command) auditCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "audit", Short: "Verify, sign and export who did what", Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	verify := &cobra.Command{
		Use: "verify", Short: "Check that nobody changed the history behind the program", Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			a, err := c.open(cmd.Context())
			if err != nil {
				return err
			}
			r, err := a.VerifyAudit(cmd.Context())
			if err != nil {
				return err
			}
			if c.json {
				err = writeJSON(c.env.Stdout, r)
			} else if r.Fault == nil {
				c.say("%d entries, all as they were written; the first %d are kept by the head beside the books.", r.Entries,
					r.Signed)
			}
			if err == nil && r.Fault != nil {
				err = fmt.Errorf("the history does not hold: %s", r.Fault.Why)
			}
			return err
		},
	}
	sign := &cobra.Command{
		Use: "sign", Short: "Make a key and sign the end of the history with it, now and from now on", Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			a, err := c.open(cmd.Context())
			if err != nil {
				return err
			}
			place, err := a.SignAudit(cmd.Context())
			if err == nil {
				c.say("Signed; the key is kept: %s.", place)
			}
			return err
		},
	}
	var out string
	export := &cobra.Command{
		Use: "export --out FILE", Short: "Write the whole history, an entry a line in JSON", Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if out == "" {
				return usageError{errors.New("--out is missing: name the file to write")}
			}
			a, err := c.open(cmd.Context())
			if err != nil {
				return err
			}
			f, err := os.OpenFile(out, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
			if err != nil {
				return fmt.Errorf("the history is not written: %w", err)
			}
			n, err := a.ExportAudit(cmd.Context(), f)
			if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
				c.say("%d entries are in %s.", n, out)
			}
			return err
		},
	}
	export.Flags().StringVar(&out, "out", "", "the new `file`")
	cmd.AddCommand(verify, sign, export)
	return cmd
}

func oneFile(_ *cobra.Command, args []string) error {
	if len(args) != 1 {
		return usageError{errors.New("name one file")}
	}
	return nil
}

func (c *command) backupCommand() *cobra.Command {
	return &cobra.Command{Use: "backup FILE", Short: "Write the books into a new file, while they are used or not",
		Args: oneFile, RunE: func(cmd *cobra.Command, args []string) error {
			a, err := c.open(cmd.Context())
			if err != nil {
				return err
			}
			if err = a.Backup(cmd.Context(), args[0]); err == nil {
				c.say("The books are in %s.", args[0])
			}
			return err
		}}
}

func (c *command) restoreCommand() *cobra.Command {
	return &cobra.Command{Use: "restore FILE", Short: "Put a backup in the place of the books, which are kept beside it",
		Args: oneFile, RunE: func(cmd *cobra.Command, args []string) error {
			r, err := app.Restore(cmd.Context(), c.options(), args[0])
			if err != nil {
				return err
			}
			if c.json {
				return writeJSON(c.env.Stdout, r)
			}
			if r.Kept != "" {
				c.say("The books that were there are kept as %s.", r.Kept)
			}
			c.say("Restored, with %d entries of history. Nothing is sent until every source is synced: countinghouse sync, "+
				"then countinghouse sending on.", r.Entries)
			return nil
		}}
}

func (c *command) sendingCommand() *cobra.Command {
	var reason string
	cmd := &cobra.Command{Use: "sending on|off [--reason TEXT]", Short: "Stop all sending, or let it go on",
		ValidArgs: []string{"on", "off"},
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 || args[0] != "on" && args[0] != "off" {
				return usageError{errors.New("say on or off")}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			a, err := c.open(cmd.Context())
			if err != nil {
				return err
			}
			if args[0] == "on" {
				err = a.ResumeSending(cmd.Context())
			} else {
				err = a.PauseSending(cmd.Context(), reason)
			}
			if err == nil {
				c.say("Sending is %s.", args[0])
			}
			return err
		}}
	cmd.Flags().StringVar(&reason, "reason", "", "the reason, in your `words`")
	return cmd
}
