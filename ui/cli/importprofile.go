package cli

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"countinghouse/app"
)

// importProfile is the headless face of the profiles of statement files.
func (c *command) importProfile() *cobra.Command {
	const words = "list, show NAME, save FILE [--name NAME], name SHAPE NAME or forget NAME"
	cmd := &cobra.Command{
		Use:   "profile list | show NAME | save FILE | name SHAPE NAME | forget NAME",
		Short: "Look at how CSV and XLSX files of a bank are read, share it, or forget it",
		Args:  func(_ *cobra.Command, args []string) error { return errNoSubcommand(words, args) },
		RunE:  func(*cobra.Command, []string) error { return nil },
	}
	cmd.AddCommand(c.importProfileList(), c.importProfileShow(), c.importProfileSave(),
		c.importProfileName(), c.importProfileForget())
	return cmd
}

func (c *command) importProfileList() *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List how files are read that were read before",
		Args:  noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			a, err := c.open(cmd.Context())
			if err != nil {
				return err
			}
			list, err := a.StatementProfiles(cmd.Context())
			if err != nil {
				return err
			}
			for _, p := range list {
				c.say("%-16s %s  %s", orDash(p.Name), p.Shape, columnNames(p))
			}
			if len(list) == 0 {
				c.say("No profile is remembered yet: the first import of a bank's CSV makes one.")
			}
			if c.json {
				return writeJSON(c.env.Stdout, map[string]any{"profiles": append([]app.Profile{}, list...)})
			}
			return nil
		},
	}
}

// columnNames are the columns of a profile as its files head them.
func columnNames(p app.Profile) string {
	names := make([]string, 0, len(p.Columns))
	for _, x := range p.Columns {
		if x.Header != "" {
			names = append(names, x.Header)
		} else {
			names = append(names, orDash(string(x.Means)))
		}
	}
	return strings.Join(names, ", ")
}

func (c *command) importProfileShow() *cobra.Command {
	return &cobra.Command{
		Use:   "show NAME",
		Short: "Print a profile as a file, to keep or to give to somebody",
		Args:  one("profile by its name or shape"),
		RunE: func(cmd *cobra.Command, args []string) error {
			a, err := c.open(cmd.Context())
			if err != nil {
				return err
			}
			p, err := a.StatementProfile(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			return a.ExportStatementProfile(p, c.env.Stdout)
		},
	}
}

func (c *command) importProfileSave() *cobra.Command {
	var name string
	cmd := &cobra.Command{
		Use:   "save FILE [--name NAME]",
		Short: "Remember a profile from a file that import profile show wrote",
		Args:  one("file"),
		RunE: func(cmd *cobra.Command, args []string) error {
			a, err := c.open(cmd.Context())
			if err != nil {
				return err
			}
			f, err := os.Open(args[0])
			if err != nil {
				return fmt.Errorf("statement profile cannot be read: %w", err)
			}
			defer f.Close()
			p, err := a.ReadStatementProfile(f)
			if err != nil {
				return err
			}
			if name != "" {
				p.Name = name
			}
			return c.saveProfile(cmd, a, p)
		},
	}
	cmd.Flags().StringVar(&name, "name", "", "the `name` to remember it by")
	return cmd
}

func (c *command) saveProfile(cmd *cobra.Command, a *app.App, p app.Profile) error {
	if err := a.SaveStatementProfile(cmd.Context(), p); err != nil {
		return err
	}
	c.say("%s is remembered for files of the shape %s.", p.Name, p.Shape)
	if c.json {
		return writeJSON(c.env.Stdout, p)
	}
	return nil
}

func (c *command) importProfileName() *cobra.Command {
	return &cobra.Command{
		Use:   "name SHAPE NAME",
		Short: "Give a remembered profile a name",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 2 {
				return usageError{fmt.Errorf("name a profile by its name or shape, and its new name")}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			a, err := c.open(cmd.Context())
			if err != nil {
				return err
			}
			p, err := a.StatementProfile(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			p.Name = args[1]
			return c.saveProfile(cmd, a, p)
		},
	}
}

func (c *command) importProfileForget() *cobra.Command {
	return &cobra.Command{
		Use:   "forget NAME",
		Short: "Forget how files of a bank are read: the next one is asked about anew",
		Args:  one("profile by its name or shape"),
		RunE: func(cmd *cobra.Command, args []string) error {
			a, err := c.open(cmd.Context())
			if err != nil {
				return err
			}
			p, err := a.StatementProfile(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			if err := a.ForgetStatementProfile(cmd.Context(), p.Shape); err != nil {
				return err
			}
			c.say("%s is forgotten.", args[0])
			if c.json {
				return writeJSON(c.env.Stdout, map[string]string{"forgotten": p.Shape})
			}
			return nil
		},
	}
}
