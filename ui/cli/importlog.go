package cli

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"countinghouse/app"
	"countinghouse/app/book"
)

type importEntryDoc struct {
	ID        app.ImportID       `json:"id"`
	Accounts  []book.AccountName `json:"accounts"`
	Files     []string           `json:"files"`
	At        book.Instant       `json:"at"`
	By        string             `json:"by"`
	New       int                `json:"new"`
	Replaced  int                `json:"replaced"`
	KeptAside int                `json:"kept_aside"`
	TakenIn   int                `json:"taken_in"`
	Undoable  bool               `json:"undoable"`
	// UndoneAt is null while the import stands.
	UndoneAt *book.Instant `json:"undone_at"`
	UndoneBy string        `json:"undone_by,omitempty"`
}

func importEntryDocument(e app.ImportEntry) importEntryDoc {
	d := importEntryDoc{ID: e.ID, Accounts: append([]book.AccountName{}, e.Accounts...),
		Files: append([]string{}, e.Files...), At: e.At, By: e.By, New: e.New, Replaced: e.Replaced,
		KeptAside: e.KeptAside, TakenIn: e.TakenIn, Undoable: e.Undoable, UndoneBy: e.UndoneBy}
	if e.UndoneAt != 0 {
		d.UndoneAt = &e.UndoneAt
	}
	return d
}

func (c *command) importList() *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List the imports of statements, the newest first",
		Args:  noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			a, err := c.open(cmd.Context())
			if err != nil {
				return err
			}
			list, err := a.Imports(cmd.Context())
			if err != nil {
				return err
			}
			docs := make([]importEntryDoc, 0, len(list))
			for _, e := range list {
				docs = append(docs, importEntryDocument(e))
				c.say("%s", importEntryLine(e, a))
			}
			if len(list) == 0 {
				c.say("Nothing was imported yet.")
			}
			if c.json {
				return writeJSON(c.env.Stdout, map[string]any{"imports": docs})
			}
			return nil
		},
	}
}

func importEntryLine(e app.ImportEntry, a *app.App) string {
	names := make([]string, len(e.Accounts))
	for i, n := range e.Accounts {
		names[i] = string(n)
	}
	zone := a.Config().Zone()
	line := fmt.Sprintf("%4d  %s  %-16s %s: %d new", e.ID, e.At.Time().In(zone).Format("2006-01-02 15:04"),
		strings.Join(names, ", "), strings.Join(e.Files, ", "), e.New)
	for _, x := range []struct {
		n    int
		what string
	}{{e.Replaced, "replaced"}, {e.KeptAside, "kept aside"}, {e.TakenIn, "taken in"}} {
		if x.n > 0 {
			line += fmt.Sprintf(", %d %s", x.n, x.what)
		}
	}
	if e.By != "" {
		line += ", by " + e.By
	}
	if e.UndoneAt != 0 {
		line += fmt.Sprintf("; undone %s by %s", e.UndoneAt.In(zone), e.UndoneBy)
	}
	return line
}

func (c *command) importUndo() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "undo ID",
		Short: "Take an import back: what it brought goes, what it replaced comes back",
		Args:  one("import by its number, as import list shows it"),
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := strconv.ParseInt(args[0], 10, 64)
			if err != nil || id < 1 {
				return usageError{fmt.Errorf("import %q: use its number, as import list shows it", args[0])}
			}
			a, err := c.open(cmd.Context())
			if err != nil {
				return err
			}
			u, err := a.UndoImport(cmd.Context(), app.ImportID(id))
			if err != nil {
				return err
			}
			c.say("%s", u.Sentence())
			if !c.json {
				return nil
			}
			by := []app.ImportID{}
			for _, e := range u.KeptBy {
				by = append(by, e.ID)
			}
			return writeJSON(c.env.Stdout, struct {
				Import   importEntryDoc `json:"import"`
				Gone     int            `json:"gone"`
				Back     int            `json:"back"`
				Kept     int            `json:"kept"`
				KeptBy   []app.ImportID `json:"kept_by"`
				Rejects  int            `json:"rejects"`
				Reopened int            `json:"reopened"`
				Matches  int            `json:"matches"`
			}{importEntryDocument(u.Import), u.Gone, u.Back, u.Kept, by, u.Rejects, u.Reopened,
				u.Matches})
		},
	}
	return cmd
}

type rejectDoc struct {
	ID      int64            `json:"id"`
	Account book.AccountName `json:"account"`
	File    string           `json:"file"`
	// Row is null where the place is not a row.
	Row    *int         `json:"row"`
	Place  string       `json:"place"`
	Reason string       `json:"reason"`
	Raw    string       `json:"raw"`
	At     book.Instant `json:"at"`
	Import app.ImportID `json:"import"`
}

func (c *command) importRejects() *cobra.Command {
	drop := &cobra.Command{
		Use:   "drop ID",
		Short: "Settle a row that is kept aside without taking it in",
		Args:  one("row by its number, as import rejects shows it"),
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := strconv.ParseInt(args[0], 10, 64)
			if err != nil {
				return usageError{fmt.Errorf("row %q: use its number, as import rejects shows it", args[0])}
			}
			a, err := c.open(cmd.Context())
			if err != nil {
				return err
			}
			if err := a.DropQuarantined(cmd.Context(), id); err != nil {
				return err
			}
			c.say("Row %d is dropped.", id)
			if c.json {
				return writeJSON(c.env.Stdout, map[string]int64{"dropped": id})
			}
			return nil
		},
	}
	cmd := &cobra.Command{
		Use:   "rejects | rejects drop ID",
		Short: "List the rows of statements that are kept aside, or drop one",
		Args:  noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			a, err := c.open(cmd.Context())
			if err != nil {
				return err
			}
			list, err := a.Quarantine(cmd.Context())
			if err != nil {
				return err
			}
			docs := make([]rejectDoc, 0, len(list))
			for _, r := range list {
				docs = append(docs, rejectDoc{r.ID, r.Account, r.File, rowOf(r.Place), r.Place, r.Reason,
					r.Raw, r.At, r.Import})
				c.say("%4d  %s: %s: %s: %s\n      %s", r.ID, r.Account, r.File, r.Place, r.Reason, r.Raw)
			}
			if len(list) == 0 {
				c.say("No row is kept aside.")
			}
			if c.json {
				return writeJSON(c.env.Stdout, map[string]any{"rejects": docs})
			}
			return nil
		},
	}
	cmd.AddCommand(drop)
	return cmd
}

// errNoSubcommand is for commands that do nothing by themselves.
func errNoSubcommand(words string, args []string) error {
	if len(args) > 0 {
		return usageError{fmt.Errorf("%s: use %s", args[0], words)}
	}
	return usageError{errors.New("use " + words)}
}
