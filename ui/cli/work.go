package cli

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"countinghouse/app"
	"countinghouse/app/book"
)

func (c *command) assignCommand() *cobra.Command {
	var to, due string
	cmd := &cobra.Command{
		Use:   "assign EXCEPTION... --to USER [--due DATE]",
		Short: "Give exceptions to somebody, with a due date",
		Args:  someExceptions,
		RunE: func(cmd *cobra.Command, args []string) error {
			var by book.Date
			if due != "" {
				d, err := book.ParseDate(due)
				if err != nil {
					return usageError{fmt.Errorf("--due %q: use YYYY-MM-DD", due)}
				}
				by = d
			}
			a, err := c.open(cmd.Context())
			if err != nil {
				return err
			}
			if err := a.Assign(cmd.Context(), args, to, by); err != nil {
				return err
			}
			if c.json {
				return writeJSON(c.env.Stdout, struct {
					Exceptions []string  `json:"exceptions"`
					Owner      string    `json:"owner"`
					Due        book.Date `json:"due"`
				}{args, to, by})
			}
			c.say("Assigned.")
			return nil
		},
	}
	cmd.Flags().StringVar(&to, "to", "", "the `user` to give them to; none takes them from everybody")
	cmd.Flags().StringVar(&due, "due", "", "the `date` by which they are to be settled")
	return cmd
}

func (c *command) noteCommand() *cobra.Command {
	var files []string
	cmd := &cobra.Command{
		Use:   "note EXCEPTION TEXT [--evidence FILE]...",
		Short: "Add a note to an exception, with files that prove it",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 2 {
				return usageError{errors.New("name one exception, and write the note behind it in quotes")}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			a, err := c.open(cmd.Context())
			if err != nil {
				return err
			}
			if err := a.Note(cmd.Context(), args[0], args[1], files); err != nil {
				return err
			}
			if c.json {
				return writeJSON(c.env.Stdout, struct {
					Exception string `json:"exception"`
					Note      string `json:"note"`
				}{args[0], args[1]})
			}
			c.say("Noted.")
			return nil
		},
	}
	cmd.Flags().StringArrayVar(&files, "evidence", nil, "a `file` that proves it, which is kept")
	return cmd
}

type eventDoc struct {
	Event    app.EventID     `json:"event"`
	At       book.Instant    `json:"at"`
	By       string          `json:"by"`
	Kind     book.EventKind  `json:"kind"`
	Subject  string          `json:"subject"`
	What     string          `json:"what"`
	Why      string          `json:"why,omitempty"`
	Undoes   app.EventID     `json:"undoes,omitempty"`
	UndoneBy app.EventID     `json:"undone_by,omitempty"`
	Evidence []book.Evidence `json:"evidence,omitempty"`
}

func eventDocument(e app.Event) eventDoc {
	return eventDoc{e.ID, e.At, e.By, e.Kind, e.Subject, e.What, e.Why, e.Undoes, e.UndoneBy, e.Evidence}
}

func (c *command) historyCommand() *cobra.Command {
	var evidence string
	cmd := &cobra.Command{
		Use:   "history EXCEPTION [--evidence DIGEST]",
		Short: "Tell what happened to an exception, or write out a file that was kept with it",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usageError{errors.New("name one exception: countinghouse exceptions lists them")}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			a, err := c.open(cmd.Context())
			if err != nil {
				return err
			}
			events, err := a.History(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			if evidence != "" {
				return c.writeEvidence(a, events, evidence)
			}
			if c.json {
				docs := make([]eventDoc, len(events))
				for i, e := range events {
					docs[i] = eventDocument(e)
				}
				return writeJSON(c.env.Stdout, struct {
					Events []eventDoc `json:"events"`
				}{docs})
			}
			for _, e := range events {
				c.say("%s", eventLine(a, e))
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&evidence, "evidence", "", "write the file with this `digest` to stdout")
	return cmd
}

// eventLine is one line about an event, struck where it was taken back.
func eventLine(a *app.App, e app.Event) string {
	s := e.At.Time().In(a.Config().Zone()).Format("2006-01-02 15:04") + "  " + e.By + "  " + e.What
	if e.Why != "" {
		s += ": " + e.Why
	}
	for _, f := range e.Evidence {
		s += fmt.Sprintf(" [%s, %d bytes, %s]", f.Name, f.Size, short(f.Digest))
	}
	if e.UndoneBy != 0 {
		s += " (taken back)"
	}
	return s
}

// writeEvidence writes a kept file to stdout.
func (c *command) writeEvidence(a *app.App, events []app.Event, digest string) error {
	for _, e := range events {
		for _, f := range e.Evidence {
			if !strings.HasPrefix(f.Digest, digest) {
				continue
			}
			r, err := a.OpenEvidence(f)
			if err != nil {
				return err
			}
			defer r.Close()
			_, err = io.Copy(c.env.Stdout, r)
			return err
		}
	}
	return fmt.Errorf("no file %s was kept with this exception", digest)
}
