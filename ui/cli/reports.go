package cli

import (
	"context"
	"errors"
	"fmt"

	"countinghouse/app"
	"countinghouse/app/book"
)

// reportDoc is a gateway's report in the document of an import.
type reportDoc struct {
	File   string          `json:"file"`
	Format string          `json:"format"`
	Source book.SourceName `json:"source"`
	// From and To are null where the file has no rows.
	From *book.Date `json:"from"`
	To   *book.Date `json:"to"`
	// Lines counts rows; New, Changed and Same records; Known those that the API had brought.
	Lines       int             `json:"lines"`
	New         int             `json:"new"`
	Changed     int             `json:"changed"`
	Same        int             `json:"same"`
	Known       int             `json:"known"`
	Quarantined []quarantineDoc `json:"quarantined"`
	Notes       []string        `json:"notes,omitempty"`
	Error       string          `json:"error,omitempty"`
}

type reportsDoc struct {
	Files []reportDoc `json:"files"`
}

func (c *command) importReports(ctx context.Context, a *app.App, q app.ReportRequest) error {
	show, finish := c.progress()
	result, err := a.ImportReports(ctx, q, show)
	finish()
	if err != nil && len(result.Files) == 0 {
		return err
	}
	return errors.Join(c.showReports(result, q.DryRun), err)
}

func (c *command) showReports(r app.ReportResult, dry bool) error {
	var failed error
	open := false
	for _, f := range r.Files {
		if f.Err != nil {
			failed = errors.Join(failed, f.Err)
			continue
		}
		open = open || len(f.Quarantined) > 0
		c.say("%s", reportLine(f, dry))
	}
	if c.json {
		if err := writeJSON(c.env.Stdout, reportsDocument(r)); err != nil {
			return err
		}
	}
	if failed == nil && open {
		return errOpen
	}
	return failed
}

// reportLine is what was done with a report, and what is not right with it.
func reportLine(f app.ReportFile, dry bool) string {
	done := "imported"
	if dry {
		done = "would be imported"
	}
	line := fmt.Sprintf("%s: %s, %d rows: %d new and %d changed %s, %d unchanged, %d known from the "+
		"API", f.Name, f.Format, f.Rows, f.New, f.Changed, done, f.Same, f.Known)
	for _, n := range f.Notes {
		line += "\n  " + n
	}
	for _, q := range f.Quarantined {
		line += "\n  kept aside, " + q.Place + ": " + q.Reason
	}
	return line
}

func reportsDocument(r app.ReportResult) reportsDoc {
	d := reportsDoc{Files: make([]reportDoc, 0, len(r.Files))}
	for _, f := range r.Files {
		x := reportDoc{File: f.Name, Format: f.Format, Source: f.Source, From: dateOf(f.From),
			To: dateOf(f.To), Lines: f.Rows, New: f.New, Changed: f.Changed, Same: f.Same,
			Known: f.Known, Quarantined: []quarantineDoc{}, Notes: f.Notes}
		if f.Err != nil {
			x.Error = app.Explain(f.Err)
		}
		for _, q := range f.Quarantined {
			x.Quarantined = append(x.Quarantined, quarantineDoc{rowOf(q.Place), q.Place, q.Reason})
		}
		d.Files = append(d.Files, x)
	}
	return d
}

func dateOf(d book.Date) *book.Date {
	if d == 0 {
		return nil
	}
	return &d
}
