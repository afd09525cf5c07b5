package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"countinghouse/app"
	"countinghouse/app/book"
)

func (c *command) importCommand() *cobra.Command {
	var q app.ImportRequest
	var account, source string
	cmd := &cobra.Command{
		Use: "import FILE... (--account NAME | --source NAME) [--format auto|csv|camt] " +
			"[--profile NAME] [--dry-run] [--answer TOPIC=VALUE]... [--replace]",
		Short: "Read bank statements, or a gateway's own reports",
		Args:  someFiles,
		RunE: func(cmd *cobra.Command, args []string) error {
			q.Files = args
			q.Account = book.AccountName(account)
			if err := checkImport(q, source); err != nil {
				return usageError{err}
			}
			a, err := c.open(cmd.Context())
			if err != nil {
				return err
			}
			if source != "" {
				return c.importReports(cmd.Context(), a, app.ReportRequest{Files: args,
					Source: book.SourceName(source), DryRun: q.DryRun})
			}
			show, finish := c.progress()
			report, err := a.Import(cmd.Context(), q, show)
			finish()
			if err != nil && len(report.Files) == 0 {
				return err
			}
			return errors.Join(c.showImport(report, q.DryRun), err)
		},
	}
	f := cmd.Flags()
	f.StringVar(&account, "account", "", "the bank `account` that the statements are of")
	f.StringVar(&source, "source", "", "the `gateway` whose downloaded report it is")
	f.StringVar(&q.Format, "format", "auto", "the `format`: auto, csv or camt")
	f.StringArrayVar(&q.Answers, "answer", nil,
		"the `answer` to a question that the file leaves open, such as dates=dmy; may stand several "+
			"times")
	f.StringVar(&q.Profile, "profile", "", "the remembered CSV `profile` to read with")
	f.BoolVar(&q.DryRun, "dry-run", false, "show what would be imported and store nothing")
	f.BoolVar(&q.Replace, "replace", false, "take the file's lines in place of those already there "+
		"for its days, where the two do not agree")
	c.completeNames(cmd, "account", accountNames)
	c.completeNames(cmd, "source", sourceNames)
	completeWith(cmd, map[string][]string{"format": statementFormats})
	return cmd
}

// checkImport says what is wrong with the flags of an import.
func checkImport(q app.ImportRequest, source string) error {
	switch {
	case source != "" && q.Account != "":
		return errors.New("--account is for a bank statement and --source for a gateway's report: " +
			"name one of them")
	case source != "" && (len(q.Answers) > 0 || q.Profile != "" || q.Replace || q.Format != "auto"):
		return errors.New("--format, --profile, --answer and --replace are for bank statements: " +
			"leave them out with --source")
	case source != "":
		return nil
	case q.Account == "":
		return errors.New("--account is missing: the name of the bank account in the configuration; " +
			"or --source, for a gateway's own report")
	case !slices.Contains(statementFormats, q.Format):
		return fmt.Errorf("--format %q: this version reads csv and camt; leave it out to have the "+
			"format found out", q.Format)
	}
	for _, x := range q.Answers {
		if topic, value, ok := strings.Cut(x, "="); !ok || value == "" ||
			!slices.Contains(app.Topics, app.Topic(topic)) {
			return fmt.Errorf("--answer %q: use TOPIC=VALUE as the question names them, such as "+
				"dates=dmy", x)
		}
	}
	return nil
}

// statementFormats are the words of --format.
var statementFormats = []string{"auto", "csv", "camt"}

func (c *command) showImport(r app.ImportReport, dry bool) error {
	var failed error
	open := false
	for _, f := range r.Files {
		if f.Err != nil {
			failed = errors.Join(failed, withAnswers(f))
			continue
		}
		open = open || len(f.Quarantined) > 0
		c.say("%s", importLine(f, dry))
	}
	if c.json {
		if err := writeJSON(c.env.Stdout, importDocument(r)); err != nil {
			return err
		}
	}
	if failed == nil && open {
		return errOpen
	}
	return failed
}

// importLine is what was done with a file, and what is not right with it.
func importLine(f app.ImportedFile, dry bool) string {
	done := "imported"
	if dry {
		done = "would be imported"
	}
	line := fmt.Sprintf("%s: %s, %d lines: %d new %s, %d already in", f.Name, f.Format, len(f.Rows),
		f.New, done, f.Duplicates)
	if f.BalanceHolds != nil && *f.BalanceHolds {
		line += "; opening + lines = closing"
	}
	aside := make([]string, len(f.Quarantined))
	for i, q := range f.Quarantined {
		aside[i] = q.Place + ": " + q.Reason
	}
	for _, w := range f.Warnings {
		if !slices.Contains(aside, w) {
			line += "\n  " + w
		}
	}
	for _, q := range aside {
		line += "\n  kept aside, " + q
	}
	return line
}

// withAnswers is a file's error; one that asks says how each of its questions is answered.
func withAnswers(f app.ImportedFile) error {
	if len(f.Questions) == 0 {
		return f.Err
	}
	var b strings.Builder
	for i, q := range f.Questions {
		if i > 0 {
			b.WriteString("\n")
		}
		fmt.Fprintf(&b, "%s: %s", f.Name, q.Text)
		if len(q.Answers) == 0 {
			fmt.Fprintf(&b, " Say so with --answer %s=...", q.Topic)
		}
		for _, x := range q.Answers {
			fmt.Fprintf(&b, "\n  --answer %s=%s  %s", q.Topic, x.Value, x.Means)
		}
	}
	return errors.New(b.String())
}
