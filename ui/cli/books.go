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

func (c *command) syncCommand() *cobra.Command {
	var sources []string
	var since string
	var full bool
	cmd := &cobra.Command{
		Use:   "sync [--source NAME]... [--since DATE] [--full]",
		Short: "Pull from the sources into the cache",
		Args:  noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			q := app.SyncRequest{Full: full}
			for _, s := range sources {
				q.Sources = append(q.Sources, book.SourceName(s))
			}
			if since != "" {
				d, err := book.ParseDate(since)
				if err != nil {
					return usageError{fmt.Errorf("--since %q: use YYYY-MM-DD", since)}
				}
				q.Since = d
			}
			a, err := c.open(cmd.Context())
			if err != nil {
				return err
			}
			show, finish := c.progress()
			report, err := a.Sync(cmd.Context(), q, show)
			finish()
			if err == nil || len(report.Sources) > 0 {
				err = errors.Join(c.showSync(report), err)
			}
			return err
		},
	}
	cmd.Flags().StringArrayVar(&sources, "source", nil, "only this `source`; may stand several times")
	cmd.Flags().StringVar(&since, "since", "", "nothing before this `date` is needed")
	cmd.Flags().BoolVar(&full, "full", false, "read everything again, not only what may have changed")
	c.completeNames(cmd, "source", sourceNames)
	return cmd
}

type syncDoc struct {
	Sources      []syncSourceDoc   `json:"sources"`
	Completeness []completenessDoc `json:"completeness"`
}

// completenessDoc is a proof over all that is in the books.
type completenessDoc struct {
	proofDoc
	OpensAfter book.Instant `json:"gap_opens_after"`
	OpensBy    book.Instant `json:"gap_opens_by"`
	Why        string       `json:"why"`
}

type syncSourceDoc struct {
	Source      book.SourceName `json:"source"`
	New         int             `json:"new"`
	Changed     int             `json:"changed"`
	Unchanged   int             `json:"unchanged"`
	Quarantined int             `json:"quarantined"`
	Note        string          `json:"note,omitempty"`
	Error       string          `json:"error,omitempty"`
}

func (c *command) showSync(r app.SyncReport) error {
	d := syncDoc{Sources: make([]syncSourceDoc, 0, len(r.Sources))}
	for _, s := range r.Sources {
		x := syncSourceDoc{Source: s.Name, New: s.New, Changed: s.Changed, Unchanged: s.Same,
			Quarantined: s.Rejects}
		line := fmt.Sprintf("%s: %d new, %d changed, %d unchanged", s.Title, s.New, s.Changed, s.Same)
		if s.Note != "" {
			line, x.Note = s.Title+": "+s.Note, s.Note
		}
		if s.Rejects > 0 {
			line += fmt.Sprintf(", %d kept aside as unreadable", s.Rejects)
		}
		if s.Err != nil {
			x.Error = app.Explain(s.Err)
		}
		d.Sources = append(d.Sources, x)
		c.say("%s", line)
	}
	d.Completeness = make([]completenessDoc, 0, len(r.Proofs))
	for _, p := range r.Proofs {
		d.Completeness = append(d.Completeness, completenessDoc{proofDocument(p), p.OpensAfter,
			p.OpensBy, p.Why})
		c.say("%s", app.ProofSentence(p))
	}
	if c.json {
		return writeJSON(c.env.Stdout, d)
	}
	return nil
}

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

func (c *command) reconcileCommand() *cobra.Command {
	var period string
	var dry, matches bool
	cmd := &cobra.Command{
		Use:   "reconcile [--period YYYY-MM] [--dry-run] [--matches]",
		Short: "Run the matching ladder and classify what is left",
		Args:  noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			a, err := c.open(cmd.Context())
			if err != nil {
				return err
			}
			p, err := c.period(a, period)
			if err != nil {
				return err
			}
			show, finish := c.progress()
			run := a.Reconcile
			if dry {
				run = a.Month
			}
			m, err := run(cmd.Context(), p, show)
			finish()
			if err != nil {
				return err
			}
			return c.showMonth(m, matches)
		},
	}
	cmd.Flags().StringVar(&period, "period", "", "the `month`, YYYY-MM (default: the last full one)")
	cmd.Flags().BoolVar(&dry, "dry-run", false, "store nothing")
	cmd.Flags().BoolVar(&matches, "matches", false, "list the matches in the JSON document")
	return cmd
}

// showMonth writes the outcome of a run; it returns errOpen where breaks are open.
func (c *command) showMonth(m *app.Month, matches bool) error {
	if c.json {
		if err := writeJSON(c.env.Stdout, reconcileDocument(m, matches)); err != nil {
			return err
		}
	} else if !c.quiet {
		if err := m.WriteSummary(c.env.Stdout); err != nil {
			return err
		}
		if hint := m.Hint(); hint != "" {
			c.say("\n%s", hint)
		}
	}
	if m.Breaks() > 0 {
		return errOpen
	}
	return nil
}

func (c *command) exceptionsCommand() *cobra.Command {
	var period, classes, status string
	cmd := &cobra.Command{
		Use:   "exceptions [--period YYYY-MM] [--class M1,...] [--status open]",
		Short: "List exceptions",
		Args:  noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			filter, err := exceptionFilter(classes, status)
			if err != nil {
				return err
			}
			m, err := c.month(cmd, period)
			if err != nil {
				return err
			}
			list := m.Filter(filter)
			if c.json {
				return writeJSON(c.env.Stdout, struct {
					Period     book.Month     `json:"period"`
					Exceptions []exceptionDoc `json:"exceptions"`
				}{m.Period, exceptionDocuments(list)})
			}
			if len(list) == 0 {
				c.say("No exceptions to list for %s.", m.Period)
				return nil
			}
			return m.WriteExceptions(c.env.Stdout, list, c.env.Columns)
		},
	}
	cmd.Flags().StringVar(&period, "period", "", "the `month`, YYYY-MM (default: the last full one)")
	cmd.Flags().StringVar(&classes, "class", "", "only these `classes`, with commas between")
	cmd.Flags().StringVar(&status, "status", "open", "the `status`: open, explained, resolved or all")
	completeWith(cmd, map[string][]string{"class": classCodes(),
		"status": {"open", "explained", "resolved", "all"}})
	return cmd
}

func exceptionFilter(classes, status string) (app.ExceptionFilter, error) {
	var f app.ExceptionFilter
	for _, s := range strings.FieldsFunc(classes, func(r rune) bool { return r == ',' || r == ' ' }) {
		k := book.Class(strings.ToUpper(s))
		if _, ok := k.Info(); !ok {
			return f, usageError{fmt.Errorf("--class %q is no class; the classes are %s", s,
				strings.Join(classCodes(), ", "))}
		}
		f.Classes = append(f.Classes, k)
	}
	switch s := book.ExceptionStatus(status); s {
	case book.Open, book.Explained, book.Resolved:
		f.Status = s
	case "all", "":
	default:
		return f, usageError{fmt.Errorf("--status %q: use open, explained, resolved or all", status)}
	}
	return f, nil
}

func classCodes() []string {
	out := make([]string, len(book.Classes))
	for i, c := range book.Classes {
		out[i] = string(c.Class)
	}
	return out
}

// month opens the profile and computes a month without storing anything.
func (c *command) month(cmd *cobra.Command, period string) (*app.Month, error) {
	a, err := c.open(cmd.Context())
	if err != nil {
		return nil, err
	}
	p, err := c.period(a, period)
	if err != nil {
		return nil, err
	}
	show, finish := c.progress()
	defer finish()
	return a.Month(cmd.Context(), p, show)
}

func (c *command) bridgeCommand() *cobra.Command {
	var period, currency string
	cmd := &cobra.Command{
		Use:   "bridge [--period YYYY-MM] [--currency EUR]",
		Short: "Print the bridge from billing to bank",
		Args:  noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			m, err := c.month(cmd, period)
			if err != nil {
				return err
			}
			list, err := m.Bridge(currency)
			if err != nil {
				return usageError{err}
			}
			if c.json {
				return writeJSON(c.env.Stdout, struct {
					Period book.Month  `json:"period"`
					Bridge []bridgeDoc `json:"bridge"`
				}{m.Period, bridgeDocuments(list)})
			}
			return m.WriteBridges(c.env.Stdout, list, c.env.Columns)
		},
	}
	cmd.Flags().StringVar(&period, "period", "", "the `month`, YYYY-MM (default: the last full one)")
	cmd.Flags().StringVar(&currency, "currency", "", "only this `currency`")
	return cmd
}

func (c *command) exportCommand() *cobra.Command {
	var period, format, out string
	cmd := &cobra.Command{
		Use:   "export --period YYYY-MM --format xlsx|csv --out FILE",
		Short: "Write the close pack of a month",
		Args:  noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if format != "xlsx" && format != "csv" {
				return usageError{fmt.Errorf("--format %q: use xlsx or csv", format)}
			}
			if out == "" {
				return usageError{fmt.Errorf("--out is missing: the file to write")}
			}
			m, err := c.month(cmd, period)
			if err != nil {
				return err
			}
			show, finish := c.progress()
			err = c.app.Export(cmd.Context(), m, format, out, show)
			finish()
			if err != nil {
				return err
			}
			if c.json {
				return writeJSON(c.env.Stdout, struct {
					Period book.Month `json:"period"`
					Format string     `json:"format"`
					File   string     `json:"file"`
				}{m.Period, format, out})
			}
			c.say("Wrote %s.", out)
			return nil
		},
	}
	cmd.Flags().StringVar(&period, "period", "", "the `month`, YYYY-MM (default: the last full one)")
	cmd.Flags().StringVar(&format, "format", "xlsx", "the `format`: xlsx or csv")
	completeWith(cmd, map[string][]string{"format": {"xlsx", "csv"}})
	cmd.Flags().StringVar(&out, "out", "", "the `file` to write (csv: a folder, or a .zip)")
	return cmd
}
