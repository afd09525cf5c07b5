// Package cli owns the commands: their flags, their text and JSON, and their exit codes. main calls
// it with what the process was given; it decides nothing and asks app for everything.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"countinghouse/app"
	"countinghouse/app/book"
)

// The exit codes of every command.
const (
	ExitDone   = 0
	ExitFailed = 1
	ExitUsage  = 2
	// ExitOpen: done, but open exceptions or quarantined rows remain.
	ExitOpen = 3
)

// Env is what a process is given.
type Env struct {
	Args           []string
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	// AskSecret asks a person for a text that is not shown while it is typed; nil where stdin is no
	// terminal.
	AskSecret func(prompt string) (string, error)
	// StderrTerminal says that stderr is a terminal, so that a progress bar may be drawn.
	StderrTerminal bool
	// Columns is the width of stdout where it is a terminal, else 0.
	Columns   int
	LookupEnv func(string) (string, bool)
	Clock     func() time.Time
	Version   string
	// Window opens the window and returns when it is closed; it returns ErrNoWindow where the
	// program was built without one, or where there is no display.
	Window func(context.Context, Window) error
	// Pictures draws the screens of a month into a folder and returns the files' names; it needs no
	// display. Nil where the program was built without the window.
	Pictures func(ctx context.Context, a *app.App, m *app.Month, dir string) ([]string, error)
}

// Window is what the window opens on.
type Window struct {
	// App is the open profile, nil on the first run.
	App *app.App
	// Options are those by which App was opened, or would be.
	Options app.Options
	// Month is the month to show, zero for the usual one.
	Month book.Month
	// Started is called once when the window is there; may be nil.
	Started func()
}

// ErrNoWindow says that no window can be opened here.
var ErrNoWindow = errors.New("no window can be opened here")

// errOpen ends a command that is done but leaves something open.
var errOpen = errors.New("open items remain")

type usageError struct{ error }

// Run executes the command in env.Args and returns its exit code. It returns when the command has
// ended or, soon after ctx ends, at a safe point.
func Run(ctx context.Context, env Env) int {
	out := &results{to: env.Stdout}
	env.Stdout = out
	c := &command{env: env}
	root := c.root()
	root.SetArgs(env.Args)
	root.SetOut(env.Stdout)
	root.SetErr(env.Stderr)
	ran, err := root.ExecuteContextC(ctx)
	c.close()
	switch {
	case errors.Is(out.err, syscall.EPIPE):
		// Whoever read has seen enough; nobody is there to be told.
		return ExitFailed
	case out.err != nil:
		err = fmt.Errorf("write the result: %w", out.err)
	}
	code, said := ending(ctx, err)
	if said == "" {
		return code
	}
	fmt.Fprintln(env.Stderr, said)
	if code == ExitUsage {
		fmt.Fprintf(env.Stderr, "See %s --help.\n", ran.CommandPath())
	}
	if c.json && !out.written {
		if err := writeJSON(out, errorDoc{said}); err != nil {
			fmt.Fprintln(env.Stderr, app.Explain(err))
		}
	}
	return code
}

// ending is the exit code of a command that ended with err, and what is to be said about it.
func ending(ctx context.Context, err error) (code int, said string) {
	var usage usageError
	switch {
	case err == nil:
		return ExitDone, ""
	case errors.Is(err, errOpen):
		return ExitOpen, ""
	case errors.As(err, &usage):
		return ExitUsage, sentence(usage.error)
	case ctx.Err() != nil:
		return ExitFailed, "Stopped. What was finished is kept; run the command again to go on."
	}
	return ExitFailed, app.Explain(err)
}

// results is stdout: it remembers whether anything was written, and the first error in writing it,
// so that no command ends well whose result was lost.
type results struct {
	to      io.Writer
	written bool
	err     error
}

// Write writes to stdout.
func (r *results) Write(p []byte) (int, error) {
	n, err := r.to.Write(p)
	r.written = r.written || n > 0
	if err != nil && r.err == nil {
		r.err = err
	}
	return n, err
}

// command is one execution: the global flags and what was opened for it.
type command struct {
	env Env

	at, data, config, db, as, logLevel string
	json, quiet                        bool

	level slog.Level
	now   app.Clock
	on    book.Date

	app *app.App
}

func (c *command) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "countinghouse",
		Short: "Explains every cent between paid in billing and received at the bank",
		Long: "Countinghouse pulls invoices from the billing system and transactions from the " +
			"gateways,\nholds them against bank statements, and explains every cent between.\n\n" +
			"Without a command it opens its window.",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usageError{fmt.Errorf("unknown command %q", args[0])}
			}
			return nil
		},
		SilenceErrors:     true,
		SilenceUsage:      true,
		PersistentPreRunE: func(*cobra.Command, []string) error { return c.checkGlobal() },
		RunE:              c.window,
	}
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error {
		c.json = c.json || slices.Contains(c.env.Args, "--json") // it may stand after the wrong one
		return usageError{err}
	})
	f := root.PersistentFlags()
	f.StringVar(&c.at, "at", "", "the `moment` to judge by, RFC 3339 or YYYY-MM-DD (default now)")
	f.StringVar(&c.data, "data", "", "profile `folder` (default: in your configuration folder)")
	f.StringVar(&c.config, "config", "", "configuration `file` (default: countinghouse.toml there)")
	f.StringVar(&c.db, "db", "", "database `file` (default: cache.db in the profile)")
	f.StringVar(&c.as, "as", "", "the `user` who acts (default: the user of this computer)")
	f.BoolVar(&c.json, "json", false, "write one JSON document to stdout")
	f.BoolVar(&c.quiet, "quiet", false, "no progress and no summary")
	f.StringVar(&c.logLevel, "log-level", "warn", "how `much` to log: debug, info, warn or error")
	root.AddCommand(c.demoCommand(), c.sandboxCommand(), c.syncCommand(), c.importCommand(),
		c.reconcileCommand(), c.exceptionsCommand(), c.bridgeCommand(), c.exportCommand(),
		c.resolveCommand(), c.undoCommand(), c.assignCommand(), c.noteCommand(), c.historyCommand(),
		c.actionsCommand(), c.approveCommand(), c.rejectCommand(), c.sendCommand(), c.renewalsCommand(),
		c.dunningCommand(), c.retryCommand(), c.refundCommand(), c.auditCommand(), c.backupCommand(),
		c.restoreCommand(), c.sendingCommand(), c.notifyCommand(), c.noticesCommand(),
		c.serviceCommand("suspend", "Suspend a service whose invoice is open", book.Suspend),
		c.serviceCommand("unsuspend", "Bring a suspended service back", book.Unsuspend),
		c.serviceCommand("terminate", "End a service for good; a second person always approves", book.Terminate),
		c.methodsCommand(), c.consentCommand(), c.mandateCommand(), c.serveCommand(),
		c.profileCommand(), c.rulesCommand(),
		c.doctorCommand(), c.secretCommand(),
		c.versionCommand())
	for _, sub := range root.Commands() {
		sub.DisableFlagsInUseLine = true
		if !slices.Contains([]string{"import", "resolve", "note"}, sub.Name()) {
			sub.ValidArgsFunction = cobra.NoFileCompletions
		}
	}
	completeWith(root, map[string][]string{"log-level": {"debug", "info", "warn", "error"}})
	return root
}

// noArguments and someFiles check what stands beside the flags.
func noArguments(_ *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usageError{fmt.Errorf("%q is one word too many: only flags are taken", args[0])}
	}
	return nil
}

func someFiles(_ *cobra.Command, args []string) error {
	if len(args) == 0 {
		return usageError{errors.New("no file is named: name one statement file or more")}
	}
	return nil
}

// checkGlobal refuses wrong values of the global flags, for every command alike.
func (c *command) checkGlobal() error {
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.logLevel)); err != nil {
		return usageError{fmt.Errorf("--log-level %q: use debug, info, warn or error", c.logLevel)}
	}
	c.level = level
	return c.readAt()
}

// readAt reads --at into now, the moment to judge by, or on, the date whose beginning is it.
func (c *command) readAt() error {
	c.now = c.env.Clock
	if c.at == "" {
		return nil
	}
	if d, err := book.ParseDate(c.at); err == nil {
		c.on, c.now = d, d.Time
		return nil
	}
	for _, form := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02T15:04"} {
		if t, err := time.Parse(form, c.at); err == nil {
			c.now = func() time.Time { return t }
			return nil
		}
	}
	return usageError{fmt.Errorf("--at %q: use 2026-11-03T08:00:00Z or 2026-11-03", c.at)}
}

// options are those of the profile that the global flags name.
func (c *command) options() app.Options {
	return app.Options{Dir: c.data, Config: c.config, DB: c.db, User: c.as,
		AskPassphrase: c.askPassphrase(),
		LookupEnv:     c.env.LookupEnv, Now: c.now, On: c.on, Wall: c.env.Clock, Version: c.env.Version,
		Log: slog.New(slog.NewTextHandler(c.env.Stderr, &slog.HandlerOptions{Level: c.level}))}
}

// open opens the profile that the global flags name.
func (c *command) open(ctx context.Context) (*app.App, error) {
	a, err := app.Open(ctx, c.options())
	c.app = a
	return a, err
}

func (c *command) close() {
	if c.app == nil {
		return
	}
	if err := c.app.Close(); err != nil {
		fmt.Fprintln(c.env.Stderr, app.Explain(err))
	}
}

// period is the month of a flag; the usual one where it is empty.
func (c *command) period(a *app.App, flag string) (book.Month, error) {
	if flag == "" {
		return a.UsualMonth(), nil
	}
	m, err := book.ParseMonth(flag)
	if err != nil {
		return 0, usageError{fmt.Errorf("--period %q: use YYYY-MM, such as 2026-10", flag)}
	}
	return m, nil
}

// say writes a line of the summary to stdout, unless JSON is wanted or nothing at all.
func (c *command) say(format string, args ...any) {
	if !c.json && !c.quiet {
		fmt.Fprintf(c.env.Stdout, format+"\n", args...)
	}
}

// note writes a line to stderr, unless nothing is wanted.
func (c *command) note(format string, args ...any) {
	if !c.quiet {
		fmt.Fprintf(c.env.Stderr, format+"\n", args...)
	}
}

// window opens the window on the user's profile.
func (c *command) window(cmd *cobra.Command, _ []string) error {
	w := Window{Options: c.options()}
	w.Options.AskPassphrase = nil // the window asks by itself
	if app.HasProfile(w.Options) {
		a, err := app.Open(cmd.Context(), w.Options)
		if err != nil {
			return err
		}
		w.App, c.app = a, a
	}
	err := c.env.Window(cmd.Context(), w)
	if errors.Is(err, ErrNoWindow) {
		return fmt.Errorf("%w: use a command (countinghouse --help), or countinghouse demo "+
			"--headless", err)
	}
	return err
}

func sentence(err error) string {
	s := err.Error()
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// DefaultEnv is the environment of this process, without its window.
func DefaultEnv(version string, clock func() time.Time) Env {
	info, err := os.Stderr.Stat()
	columns, _, noTerminal := term.GetSize(int(os.Stdout.Fd()))
	if noTerminal != nil {
		columns = 0
	}
	return Env{Args: os.Args[1:], Stdin: os.Stdin, AskSecret: askSecret(), Stdout: os.Stdout,
		Stderr: os.Stderr, LookupEnv: os.LookupEnv,
		Clock: clock, Version: version, Columns: columns,
		StderrTerminal: err == nil && info.Mode()&os.ModeCharDevice != 0}
}
