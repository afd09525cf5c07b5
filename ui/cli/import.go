package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"countinghouse/app"
	"countinghouse/app/book"
)

// importFlags are the flags of an import.
type importFlags struct {
	q       app.ImportRequest
	account string
	source  string
	fixes   []string
	watched bool
}

func (c *command) importCommand() *cobra.Command {
	var x importFlags
	cmd := &cobra.Command{
		Use: "import FILE|FOLDER... [--account NAME | --source NAME] [--format auto|" +
			strings.Join(app.StatementFormats[1:], "|") + "] [--profile NAME] [--dry-run] " +
			"[--answer TOPIC=VALUE]... [--fix ROW:COLUMN=VALUE]... [--replace]",
		Short: "Read bank statements, or a gateway's own reports",
		Long: "Reads bank statements, or a gateway's own reports.\n\nWithout --account a file goes into " +
			"the account that it names by its IBAN or number, or the only one in its currency; of a " +
			"folder those files are read that look like statements. --fix corrects a cell of a row that " +
			"was kept aside (--fix 7:amount=-149.00, --fix 7:booked=2026-10-30), or leaves the row out " +
			"(--fix 7:leave-out). A file whose name is that of a subcommand is named with its folder: " +
			"./list.",
		Args: func(cmd *cobra.Command, args []string) error {
			if x.watched && len(args) == 0 {
				return nil
			}
			return someFiles(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error { return c.runImport(cmd.Context(), x, args) },
	}
	f := cmd.Flags()
	f.StringVar(&x.account, "account", "", "the bank `account` that the statements are of")
	f.StringVar(&x.source, "source", "", "the `gateway` whose downloaded report it is")
	f.StringVar(&x.q.Format, "format", "auto", "the `format`: "+strings.Join(app.StatementFormats, ", "))
	f.StringArrayVar(&x.q.Answers, "answer", nil,
		"the `answer` to a question that the file leaves open, such as dates=dmy; may stand several "+
			"times")
	f.StringArrayVar(&x.fixes, "fix", nil, "what a `cell` of a row is, such as 7:amount=-149.00, or "+
		"7:leave-out; may stand several times")
	f.StringVar(&x.q.Profile, "profile", "", "the remembered CSV `profile` to read with")
	f.BoolVar(&x.q.DryRun, "dry-run", false, "show what would be imported and store nothing")
	f.BoolVar(&x.q.Replace, "replace", false, "take the file's lines in place of those already there "+
		"for its days, where the two do not agree")
	f.BoolVar(&x.watched, "watched", false, "look into the watched folders of the configuration")
	c.completeNames(cmd, "account", accountNames)
	c.completeNames(cmd, "source", sourceNames)
	completeWith(cmd, map[string][]string{"format": app.StatementFormats, "fix": fixWords(),
		"answer": answerWords()})
	cmd.AddCommand(c.importList(), c.importUndo(), c.importRejects(), c.importProfile())
	for _, sub := range cmd.Commands() {
		sub.DisableFlagsInUseLine = true
	}
	return cmd
}

func (c *command) runImport(ctx context.Context, x importFlags, args []string) error {
	x.q.Account = book.AccountName(x.account)
	var err error
	if x.q.Fixes, err = readFixes(x.fixes); err == nil {
		err = checkImport(x)
	}
	if err == nil && x.watched && len(args) > 0 {
		err = errors.New("--watched reads the folders of the configuration: name no files with it")
	}
	if err != nil {
		return usageError{err}
	}
	a, err := c.open(ctx)
	if err != nil {
		return err
	}
	if x.watched {
		return c.importWatched(ctx, a)
	}
	if x.source != "" {
		return c.importReports(ctx, a, app.ReportRequest{Files: args,
			Source: book.SourceName(x.source), DryRun: x.q.DryRun})
	}
	pick, err := a.PickStatements(ctx, args)
	if err != nil {
		return err
	}
	for _, f := range pick.LeftOut {
		c.note("%s is left out: %s", filepath.Base(f.Path), f.Why)
	}
	if len(pick.Files) == 0 {
		return fmt.Errorf("no file in %s could be a statement: name the file itself to hear why",
			strings.Join(args, ", "))
	}
	x.q.Files = pick.Files
	show, finish := c.progress()
	report, err := a.Import(ctx, x.q, show)
	finish()
	if err != nil && len(report.Files) == 0 {
		return err
	}
	return errors.Join(c.showImport(report, x.q), err)
}

// checkImport says what is wrong with the flags of an import.
func checkImport(x importFlags) error {
	q := x.q
	forStatements := len(q.Answers) > 0 || q.Profile != "" || q.Replace || q.Format != "auto" ||
		len(q.Fixes) > 0
	switch {
	case x.watched && (x.source != "" || q.Account != "" || q.DryRun || forStatements):
		return errors.New("--watched takes the accounts and files of the configuration: leave the other " +
			"flags out")
	case x.source != "" && q.Account != "":
		return errors.New("--account is for a bank statement and --source for a gateway's report: " +
			"name one of them")
	case x.source != "" && forStatements:
		return errors.New("--format, --profile, --answer, --fix and --replace are for bank statements: " +
			"leave them out with --source")
	case x.source != "":
		return nil
	case !slices.Contains(app.StatementFormats, q.Format):
		return fmt.Errorf("--format %q: use one of %s; leave it out to have the format found out",
			q.Format, strings.Join(app.StatementFormats, ", "))
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

// leaveOut is the word that a row is no line.
const leaveOut = "leave-out"

// readFixes reads the corrections of --fix.
func readFixes(texts []string) ([]app.Fix, error) {
	var out []app.Fix
	for _, text := range texts {
		number, rest, ok := strings.Cut(text, ":")
		row, err := strconv.Atoi(number)
		column, value, assigned := strings.Cut(rest, "=")
		role := app.Role(column)
		switch {
		case !ok || err != nil || row < 1:
			return nil, fmt.Errorf("--fix %q: use ROW:COLUMN=VALUE, such as 7:amount=-149.00, or "+
				"ROW:%s", text, leaveOut)
		case rest == leaveOut:
			out = append(out, app.Fix{Row: row, LeaveOut: true})
			continue
		case !assigned || role == "" || !slices.Contains(app.Roles, role):
			return nil, fmt.Errorf("--fix %q: the column is one of %s, or %s in its place", text,
				strings.Join(roleWords(), ", "), leaveOut)
		}
		out = append(out, app.Fix{Row: row, Means: role, Value: value})
	}
	return out, nil
}

// roleWords are the columns that can be corrected.
func roleWords() []string {
	var out []string
	for _, r := range app.Roles {
		if r != "" {
			out = append(out, string(r))
		}
	}
	return out
}

// fixWords and answerWords are offered by the shell.
func fixWords() []string {
	var out []string
	for _, r := range roleWords() {
		out = append(out, "1:"+r+"=")
	}
	return append(out, "1:"+leaveOut)
}

func answerWords() []string {
	var out []string
	for _, t := range app.Topics {
		out = append(out, string(t)+"=")
	}
	return out
}
