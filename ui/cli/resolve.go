package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"countinghouse/app"
	"countinghouse/app/book"
	"countinghouse/app/money"
)

// resolveFlags are the flags of resolve as they were typed.
type resolveFlags struct {
	as, with, uses, evidence []string
	reason, code, until      string
	dry                      bool
}

func (c *command) resolveCommand() *cobra.Command {
	var f resolveFlags
	cmd := &cobra.Command{
		Use:   "resolve EXCEPTION... --as RESOLUTION [--reason TEXT] [--code CODE] [--with ITEM]...",
		Short: "Resolve exceptions: match, explain, write off, or file an action",
		Long: "Resolves one exception or several, named by their ids or the beginnings of them.\n\n" +
			resolutionHelp() + "\nWho acts is --as USER before the command, or a second --as behind it.",
		Args: someExceptions,
		RunE: func(cmd *cobra.Command, args []string) error {
			q, user, err := f.request(args)
			if err != nil {
				return usageError{err}
			}
			if user != "" {
				c.as = user
			}
			a, err := c.open(cmd.Context())
			if err != nil {
				return err
			}
			r, err := a.Resolve(cmd.Context(), q)
			if err != nil {
				return err
			}
			return c.showResolved(q, r)
		},
	}
	cmd.Flags().StringArrayVar(&f.as, "as", nil, "the `resolution`; given twice, the other one is the user")
	cmd.Flags().StringVar(&f.reason, "reason", "", "the reason, in your `words`")
	cmd.Flags().StringVar(&f.code, "code", "", "the reason `code` of a write-off")
	cmd.Flags().StringArrayVar(&f.with, "with", nil, "an `item` to match with; may stand several times")
	cmd.Flags().StringArrayVar(&f.uses, "uses", nil,
		"how much of an item: `ITEM=AMOUNT`; for every item or for none")
	cmd.Flags().StringVar(&f.until, "until", "", "the `date` to wait for")
	cmd.Flags().StringArrayVar(&f.evidence, "evidence", nil, "a `file` that proves it, which is kept")
	cmd.Flags().BoolVar(&f.dry, "dry-run", false, "say what would be done, and keep nothing")
	var words, codes []string
	for _, i := range book.Resolutions {
		words = append(words, string(i.Resolution))
	}
	for _, i := range book.ReasonCodes {
		codes = append(codes, string(i.Code))
	}
	completeWith(cmd, map[string][]string{"as": words, "code": codes})
	return cmd
}

func resolutionHelp() string {
	var b strings.Builder
	for _, i := range book.Resolutions {
		fmt.Fprintf(&b, "  %-16s %s\n", i.Resolution, i.Effect)
	}
	return b.String()
}

func someExceptions(_ *cobra.Command, args []string) error {
	if len(args) == 0 {
		return usageError{errors.New("no exception is named: countinghouse exceptions lists them")}
	}
	return nil
}

// request reads the flags; user is who acts where --as says that too.
func (f *resolveFlags) request(args []string) (q app.ResolveRequest, user string, err error) {
	q = app.ResolveRequest{Exceptions: args, Reason: f.reason, Code: book.ReasonCode(f.code),
		Evidence: f.evidence, DryRun: f.dry}
	words := slices.Clone(f.as)
	for i, w := range slices.Backward(words) {
		if _, ok := book.Resolution(w).Info(); ok {
			q.As, words = book.Resolution(w), slices.Delete(words, i, i+1)
			break
		}
	}
	switch {
	case len(f.as) == 0:
		return q, "", errors.New("--as is missing: say how, such as --as explain")
	case q.As == "":
		return q, "", fmt.Errorf("--as %q is no resolution; use one of %s", f.as[0], resolutionWords())
	case len(words) > 1:
		return q, "", errors.New("--as stands too often: once for the resolution and once for the user")
	case len(words) == 1:
		user = words[0]
	}
	if q.Code != "" && !q.Code.Known() {
		return q, "", fmt.Errorf("--code %q is no reason code; use one of %s", f.code, codeWords())
	}
	if f.until != "" {
		if q.Until, err = book.ParseDate(f.until); err != nil {
			return q, "", fmt.Errorf("--until %q: use YYYY-MM-DD", f.until)
		}
	}
	for _, w := range f.with {
		q.Left = append(q.Left, book.ItemID(w))
	}
	q.Amounts, err = amountsOf(f.uses)
	return q, user, err
}

// amountsOf reads ITEM=AMOUNT, "billing:invoice/7=10.00 EUR".
func amountsOf(list []string) (map[book.ItemID]money.Money, error) {
	out := map[book.ItemID]money.Money{}
	for _, s := range list {
		i := strings.LastIndexByte(s, '=')
		if i < 0 {
			return nil, fmt.Errorf("--uses %q: use ITEM=AMOUNT, such as \"billing:invoice/7=10.00 EUR\"", s)
		}
		amount, code, _ := strings.Cut(strings.TrimSpace(s[i+1:]), " ")
		cur, err := money.ParseCurrency(code)
		if err != nil {
			return nil, fmt.Errorf("--uses %q: the amount needs its currency, such as 10.00 EUR", s)
		}
		m, err := money.Parse(amount, cur)
		if err != nil {
			return nil, fmt.Errorf("--uses %q: %q is no amount such as 10.00 EUR", s, s[i+1:])
		}
		out[book.ItemID(s[:i])] = m
	}
	return out, nil
}

func resolutionWords() string {
	var out []string
	for _, i := range book.Resolutions {
		out = append(out, string(i.Resolution))
	}
	return strings.Join(out, ", ")
}

func codeWords() string {
	var out []string
	for _, i := range book.ReasonCodes {
		out = append(out, string(i.Code))
	}
	return strings.Join(out, ", ")
}

type resolvedDoc struct {
	Resolution book.Resolution `json:"resolution"`
	DryRun     bool            `json:"dry_run"`
	Done       []doneDoc       `json:"done"`
	Refused    []refusedDoc    `json:"refused"`
	Actions    []actionDoc     `json:"actions"`
	Event      app.EventID     `json:"event"`
}

type doneDoc struct {
	Exception string `json:"exception"`
	What      string `json:"what"`
}

type refusedDoc struct {
	Exception string `json:"exception"`
	Reason    string `json:"reason"`
}

// showResolved says what was done; where something was refused the command fails with the reasons.
func (c *command) showResolved(q app.ResolveRequest, r app.Resolved) error {
	d := resolvedDoc{Resolution: q.As, DryRun: q.DryRun, Done: []doneDoc{}, Refused: []refusedDoc{},
		Actions: actionDocuments(r.Intents), Event: r.Event}
	for _, id := range r.Done {
		d.Done = append(d.Done, doneDoc{id, r.Said[id]})
		if q.DryRun {
			c.say("%s would be settled: %s", short(id), r.Said[id])
		} else {
			c.say("%s: %s", short(id), r.Said[id])
		}
	}
	var errs []error
	refused := make([]string, 0, len(r.Refused))
	for id := range r.Refused {
		refused = append(refused, id)
	}
	slices.Sort(refused)
	for _, id := range refused {
		d.Refused = append(d.Refused, refusedDoc{id, r.Refused[id]})
		errs = append(errs, fmt.Errorf("exception %s: %s", short(id), r.Refused[id]))
	}
	if c.json {
		if err := writeJSON(c.env.Stdout, d); err != nil {
			return err
		}
	}
	return errors.Join(errs...)
}

// short is enough of an id for people to tell it from others.
func short(id string) string {
	if len(id) > 8 {
		return id[:8]
	}
	return id
}

func (c *command) undoCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "undo",
		Short: "Take your last step back, as a new entry",
		Args:  noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			a, err := c.open(cmd.Context())
			if err != nil {
				return err
			}
			e, err := a.Undo(cmd.Context())
			if err != nil {
				return err
			}
			if c.json {
				return writeJSON(c.env.Stdout, eventDocument(e))
			}
			c.say("%s", e.What)
			return nil
		},
	}
}

type actionDoc struct {
	ID             string           `json:"id"`
	Kind           book.ActionKind  `json:"kind"`
	Subject        book.ItemID      `json:"subject"`
	Exception      string           `json:"exception"`
	Amount         money.Money      `json:"amount"`
	State          book.IntentState `json:"state"`
	IdempotencyKey string           `json:"idempotency_key"`
	PreparedBy     string           `json:"prepared_by"`
	ApprovedBy     *string          `json:"approved_by"`
	Attempts       int              `json:"attempts"`
	LastError      *string          `json:"last_error"`
	What           string           `json:"what"`
}

func actionDocuments(list []book.Intent) []actionDoc {
	out := make([]actionDoc, 0, len(list))
	for _, i := range list {
		d := actionDoc{ID: i.ID, Kind: i.Kind, Subject: i.Target, Exception: i.Exception, Amount: i.Amount,
			State: i.State, IdempotencyKey: i.IdempotencyKey, PreparedBy: i.PreparedBy,
			Attempts: i.Attempts, What: i.What}
		if i.ApprovedBy != "" {
			d.ApprovedBy = &i.ApprovedBy
		}
		if i.LastError != "" {
			d.LastError = &i.LastError
		}
		out = append(out, d)
	}
	return out
}

func (c *command) actionsCommand() *cobra.Command {
	var state string
	var states []string
	for _, s := range book.IntentStates {
		states = append(states, string(s))
	}
	cmd := &cobra.Command{
		Use:   "actions [--state S]",
		Short: "List the actions that were filed",
		Args:  noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if state != "" && !slices.Contains(states, state) {
				return usageError{fmt.Errorf("--state %q: use one of %s", state, strings.Join(states, ", "))}
			}
			a, err := c.open(cmd.Context())
			if err != nil {
				return err
			}
			list, err := a.Actions(cmd.Context(), book.IntentState(state))
			if err != nil {
				return err
			}
			if c.json {
				return writeJSON(c.env.Stdout, struct {
					Actions []actionDoc `json:"actions"`
				}{actionDocuments(list)})
			}
			if len(list) == 0 {
				c.say("No actions are filed.")
			}
			for _, i := range list {
				c.say("%s  %-17s  %s, %s, for %s, by %s", short(i.ID), i.State, i.What, i.Amount, i.Target,
					i.PreparedBy)
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&state, "state", "", "only actions in this `state`")
	completeWith(cmd, map[string][]string{"state": states})
	return cmd
}

func (c *command) rejectCommand() *cobra.Command {
	var reason string
	cmd := &cobra.Command{
		Use:   "reject ACTION --reason TEXT",
		Short: "Cancel an action that was not sent yet",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usageError{errors.New("name one action: countinghouse actions lists them")}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if strings.TrimSpace(reason) == "" {
				return usageError{errors.New("--reason is missing: say why")}
			}
			a, err := c.open(cmd.Context())
			if err != nil {
				return err
			}
			if err := a.CancelAction(cmd.Context(), args[0], reason); err != nil {
				return err
			}
			if c.json {
				return writeJSON(c.env.Stdout, struct {
					Cancelled string `json:"cancelled"`
				}{args[0]})
			}
			c.say("Cancelled.")
			return nil
		},
	}
	cmd.Flags().StringVar(&reason, "reason", "", "the reason, in your `words`")
	return cmd
}
