package cli

import (
	"errors"
	"fmt"
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
	Watched      []watchedDoc      `json:"watched,omitempty"`
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
	d.Watched = watchedDocuments(r.Watched)
	c.sayWatched(r.Watched)
	if c.json {
		return writeJSON(c.env.Stdout, d)
	}
	return nil
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
	var f exceptionFlags
	cmd := &cobra.Command{
		Use:   "exceptions [--period YYYY-MM] [--class M1,...] [--status open] [--owner USER] [--due DATE]",
		Short: "List exceptions",
		Args:  noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			filter, err := f.filter()
			if err != nil {
				return err
			}
			m, err := c.month(cmd, f.period)
			if err != nil {
				return err
			}
			list := m.Filter(filter)
			if c.json {
				return writeJSON(c.env.Stdout, struct {
					Period     book.Month     `json:"period"`
					Exceptions []exceptionDoc `json:"exceptions"`
				}{m.Period, exceptionDocuments(m, list)})
			}
			if len(list) == 0 {
				c.say("No exceptions to list for %s.", m.Period)
				return nil
			}
			return m.WriteExceptions(c.env.Stdout, list, c.env.Columns)
		},
	}
	cmd.Flags().StringVar(&f.period, "period", "", "the `month`, YYYY-MM (default: the last full one)")
	cmd.Flags().StringVar(&f.classes, "class", "", "only these `classes`, with commas between")
	cmd.Flags().StringVar(&f.status, "status", "open",
		"the `status`: open, waiting, explained, resolved or all")
	cmd.Flags().StringVar(&f.owner, "owner", "", "only this `user`'s; - for nobody's")
	cmd.Flags().StringVar(&f.due, "due", "", "only those due by this `date`")
	cmd.Flags().BoolVar(&f.stale, "stale", false, "only those past their age limit or due date")
	cmd.Flags().StringVar(&f.search, "search", "",
		"only those with this `text`: a number, a customer, an id, an amount, words of the bank")
	completeWith(cmd, map[string][]string{"class": classCodes(),
		"status": {"open", "waiting", "explained", "resolved", "all"}})
	return cmd
}

// exceptionFlags are the flags of exceptions as they were typed.
type exceptionFlags struct {
	period, classes, status, owner, due, search string
	stale                                       bool
}

func (f *exceptionFlags) filter() (app.ExceptionFilter, error) {
	out := app.ExceptionFilter{Owner: f.owner, Stale: f.stale, Search: f.search}
	for _, s := range strings.FieldsFunc(f.classes, func(r rune) bool { return r == ',' || r == ' ' }) {
		k := book.Class(strings.ToUpper(s))
		if _, ok := k.Info(); !ok {
			return out, usageError{fmt.Errorf("--class %q is no class; the classes are %s", s,
				strings.Join(classCodes(), ", "))}
		}
		out.Classes = append(out.Classes, k)
	}
	switch s := book.ExceptionStatus(f.status); s {
	case book.Open, book.Waiting, book.Explained, book.Resolved:
		out.Status = s
	case "all", "":
	default:
		return out, usageError{fmt.Errorf("--status %q: use open, waiting, explained, resolved or all",
			f.status)}
	}
	if f.due != "" {
		d, err := book.ParseDate(f.due)
		if err != nil {
			return out, usageError{fmt.Errorf("--due %q: use YYYY-MM-DD", f.due)}
		}
		out.DueBy = d
	}
	return out, nil
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
