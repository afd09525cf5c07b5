package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"countinghouse/app"
)

func (c *command) showImport(r app.ImportReport, q app.ImportRequest) error {
	var failed error
	open := false
	for _, f := range r.Files {
		if f.Err != nil {
			failed = errors.Join(failed, withAnswers(f))
			continue
		}
		open = open || len(f.Quarantined) > 0
		c.say("%s", importLine(f, q.DryRun, q.Account == ""))
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

// importLine is what was done with a file, and what is not right with it. Where its account was found
// out it is named.
func importLine(f app.ImportedFile, dry, found bool) string {
	done := "imported"
	if dry {
		done = "would be imported"
	}
	line := fmt.Sprintf("%s: %s, %d lines: %d new %s, %d already in", f.Name, f.Format, len(f.Rows),
		f.New, done, f.Duplicates)
	if found {
		line = fmt.Sprintf("%s: %s, %s, %d lines: %d new %s, %d already in", f.Name, f.Format, f.Account,
			len(f.Rows), f.New, done, f.Duplicates)
	}
	if f.BalanceHolds != nil && *f.BalanceHolds {
		line += "; opening + lines = closing"
	}
	if f.TakenIn > 0 {
		line += fmt.Sprintf("\n  rows kept aside before and settled now: %d", f.TakenIn)
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

// watchedDoc is a file in a watched folder.
type watchedDoc struct {
	Path  string         `json:"path"`
	State app.WatchState `json:"state"`
	Why   string         `json:"why,omitempty"`
	Files []fileDoc      `json:"files,omitempty"`
}

func watchedDocuments(list []app.Watched) []watchedDoc {
	out := make([]watchedDoc, 0, len(list))
	for _, w := range list {
		out = append(out, watchedDoc{w.Path, w.State, w.Why,
			importDocument(app.ImportReport{Files: w.Imported}).Files})
	}
	return out
}

// importWatched looks into the watched folders. Files that wait make it end with 3.
func (c *command) importWatched(ctx context.Context, a *app.App) error {
	if !slices.ContainsFunc(a.Config().Accounts, func(x app.AccountConfig) bool { return x.Watch != "" }) {
		return fmt.Errorf("no account watches a folder: add watch = \"FOLDER\" to an [[account]] in %s",
			app.ConfigName)
	}
	show, finish := c.progress()
	list, err := a.LookWatched(ctx, show)
	finish()
	if err != nil {
		return err
	}
	waits := c.sayWatched(list)
	if len(list) == 0 {
		c.say("Nothing is new in the watched folders.")
	}
	if c.json {
		if err := writeJSON(c.env.Stdout, map[string]any{"watched": watchedDocuments(list)}); err != nil {
			return err
		}
	}
	if waits {
		return errOpen
	}
	return nil
}

// sayWatched prints what a look found; it reports whether something waits.
func (c *command) sayWatched(list []app.Watched) bool {
	waits := false
	for _, w := range list {
		name := filepath.Base(w.Path)
		switch w.State {
		case app.WatchWaits:
			waits = true
			c.say("%s waits: %s", name, w.Why)
		case app.WatchTaken:
			for _, f := range w.Imported {
				c.say("%s", importLine(f, false, true))
			}
		default:
			c.say("%s: %s", name, w.Why)
		}
	}
	return waits
}
