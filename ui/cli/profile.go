package cli

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"countinghouse/app"
	"countinghouse/app/book"
)

// profileCommand is the headless face of the editor of billing profiles.
func (c *command) profileCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "profile list | show NAME | check FILE | try SOURCE",
		Short: "Look at billing profiles, and try one on a live page",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usageError{fmt.Errorf("profile %s: use list, show, check or try", args[0])}
			}
			return usageError{errors.New("use profile list, show NAME, check FILE or try SOURCE")}
		},
		RunE: func(*cobra.Command, []string) error { return nil },
	}
	cmd.AddCommand(c.profileList(), c.profileShow(), c.profileCheck(), c.profileTry())
	for _, sub := range cmd.Commands() {
		sub.DisableFlagsInUseLine = true
	}
	return cmd
}

// one checks that one word stands beside the flags.
func one(what string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) != 1 {
			return usageError{fmt.Errorf("name one %s", what)}
		}
		return nil
	}
}

type profileDoc struct {
	Name     string             `json:"name"`
	Title    string             `json:"title,omitempty"`
	Shipped  bool               `json:"shipped"`
	Verified bool               `json:"verified"`
	Note     string             `json:"note,omitempty"`
	Sources  []book.SourceName  `json:"sources"`
	Faults   []app.ProfileFault `json:"faults"`
}

func (c *command) profileList() *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List the billing profiles and the sources that they drive",
		Args:  noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			a, err := c.open(cmd.Context())
			if err != nil {
				return err
			}
			docs := []profileDoc{}
			for _, p := range a.BillingProfiles() {
				d := profileDoc{p.Name, p.Title, p.Shipped, p.Verified, p.Note,
					append([]book.SourceName{}, p.Sources...), append([]app.ProfileFault{}, p.Faults...)}
				docs = append(docs, d)
				c.say("%-20s %s", p.Name, profileLine(p))
			}
			if c.json {
				return writeJSON(c.env.Stdout, map[string]any{"profiles": docs})
			}
			return nil
		},
	}
}

// profileLine says of a profile what it is for and how far it is to be trusted.
func profileLine(p app.BillingProfile) string {
	line := p.Title
	if p.Shipped {
		line += ", comes with the program"
	}
	if !p.Verified && len(p.Faults) == 0 {
		line += ", unverified"
	}
	if len(p.Sources) > 0 {
		var names []string
		for _, s := range p.Sources {
			names = append(names, string(s))
		}
		line += ", used by " + strings.Join(names, ", ")
	}
	for _, f := range p.Faults {
		line += "\n  " + faultLine(f)
	}
	return strings.TrimPrefix(line, ", ")
}

func faultLine(f app.ProfileFault) string {
	if f.Line == 0 {
		return f.Text
	}
	return fmt.Sprintf("line %d: %s", f.Line, f.Text)
}

func (c *command) profileShow() *cobra.Command {
	return &cobra.Command{
		Use:   "show NAME",
		Short: "Print a billing profile, to copy and change",
		Args:  one("profile: one of " + strings.Join(app.ShippedProfiles(), ", ") + ", or a source"),
		RunE: func(cmd *cobra.Command, args []string) error {
			text, ok := app.ShippedProfile(args[0])
			if !ok {
				a, err := c.open(cmd.Context())
				if err != nil {
					return err
				}
				if text, err = a.ProfileText(args[0]); err != nil {
					return err
				}
			}
			if c.json {
				return writeJSON(c.env.Stdout, map[string]string{"name": args[0], "text": text})
			}
			_, err := fmt.Fprint(c.env.Stdout, text)
			return err
		},
	}
}

func (c *command) profileCheck() *cobra.Command {
	return &cobra.Command{
		Use:   "check FILE",
		Short: "Say what is wrong with a billing profile, by line",
		Args:  one("file"),
		RunE: func(_ *cobra.Command, args []string) error {
			text, err := readProfile(args[0])
			if err != nil {
				return err
			}
			faults := app.CheckProfile(text)
			if c.json {
				if err := writeJSON(c.env.Stdout, map[string]any{"ok": len(faults) == 0,
					"faults": append([]app.ProfileFault{}, faults...)}); err != nil {
					return err
				}
			}
			if len(faults) == 0 {
				c.say("%s: nothing is wrong with it", args[0])
				return nil
			}
			for _, f := range faults {
				c.say("%s", faultLine(f))
			}
			return fmt.Errorf("%s has to be changed: see the lines above", args[0])
		},
	}
}

func readProfile(path string) (string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("billing profile cannot be read: %w", err)
	}
	return string(text), nil
}

func (c *command) profileTry() *cobra.Command {
	var q app.TryRequest
	var file string
	cmd := &cobra.Command{
		Use: "try SOURCE [--kind invoices|payments|customers|credits] [--profile FILE] " +
			"[--file FILE]",
		Short: "Show what a billing profile makes of a live page or of a file; nothing is stored",
		Args:  one("source"),
		RunE: func(cmd *cobra.Command, args []string) error {
			q.Source = book.SourceName(args[0])
			if !slices.Contains(app.ProfileKinds, q.Kind) {
				return usageError{fmt.Errorf("--kind %q: use one of %s", q.Kind,
					strings.Join(app.ProfileKinds, ", "))}
			}
			if file != "" {
				text, err := readProfile(file)
				if err != nil {
					return err
				}
				q.Text = text
			}
			a, err := c.open(cmd.Context())
			if err != nil {
				return err
			}
			t, err := a.TryProfile(cmd.Context(), q)
			if err != nil {
				return err
			}
			return c.showTrial(t)
		},
	}
	f := cmd.Flags()
	f.StringVar(&q.Kind, "kind", "invoices", "the `list` to try")
	f.StringVar(&file, "profile", "", "the billing profile's `file` (default: the source's own)")
	f.StringVar(&q.File, "file", "", "an exported `file` to try in place of a live page")
	completeWith(cmd, map[string][]string{"kind": app.ProfileKinds})
	return cmd
}

// showTrial prints a trial. Rows that cannot be read and what is missing make it end with 3.
func (c *command) showTrial(t app.Trial) error {
	if c.json {
		if err := writeJSON(c.env.Stdout, t); err != nil {
			return err
		}
	}
	c.say("%s: %d rows, %d of them can be read", t.From, t.Listed, t.Read)
	for _, r := range t.Rows {
		if r.Error != "" {
			c.say("\n%s: CANNOT BE READ: %s", orDash(r.ID), r.Error)
		} else {
			c.say("\n%s: %s", r.ID, r.Record)
		}
		for _, f := range r.Fields {
			result := f.Result
			if f.Error != "" {
				result = "ERROR: " + f.Error
			}
			c.say("  %-20s %-32s %-26s -> %s", f.Field, f.Path, fmt.Sprintf("%q", f.Raw), result)
		}
	}
	for _, list := range []struct {
		title string
		words []string
	}{{"Missing in every row", t.Missing}, {"Words that are not mapped", t.Unmapped},
		{"Not looked at", t.Unused}} {
		if len(list.words) > 0 {
			c.say("\n%s: %s", list.title, strings.Join(list.words, ", "))
		}
	}
	for _, w := range t.Warnings {
		c.say("\n%s", w)
	}
	if t.Read < t.Listed || len(t.Missing) > 0 {
		return errOpen
	}
	return nil
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}
