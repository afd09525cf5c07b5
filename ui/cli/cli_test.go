package cli

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"countinghouse/app"
	"countinghouse/app/book"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"countinghouse": func() {
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
		env := DefaultEnv("1.2.3", func() time.Time {
			return time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
		})
		env.Window = func(context.Context, Window) error {
			return fmt.Errorf("%w: there is no display", ErrNoWindow)
		}
		code := Run(ctx, env)
		stop()
		os.Exit(code)
	}})
}

// TestScripts runs the commands as a person would type them. The command "sandbox SEED CUSTOMERS"
// of a script serves a pretend business for the script's life, writes its configuration to
// books/countinghouse.toml and its statements to statements, and sets its keys.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: "testdata",
		Setup: func(e *testscript.Env) error {
			e.Setenv("XDG_CONFIG_HOME", filepath.Join(e.WorkDir, "config"))
			e.Setenv("USER", "ar.clerk")
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"serve": serve},
	})
}

func serve(ts *testscript.TestScript, _ bool, args []string) {
	var q app.SandboxRequest
	if len(args) != 2 {
		ts.Fatalf("usage: serve SEED CUSTOMERS")
	}
	_, err := fmt.Sscan(args[0]+" "+args[1], &q.Seed, &q.Customers)
	ts.Check(err)
	q.Listen, q.Month = "127.0.0.1:0", book.MonthOf(book.NewDate(2026, 10, 1))
	ctx, cancel := context.WithCancel(context.Background())
	s, err := app.StartSandbox(ctx, q)
	ts.Check(err)
	ts.Defer(func() {
		cancel()
		ts.Check(s.Close())
	})
	ts.Check(os.MkdirAll(ts.MkAbs("books"), 0o700))
	ts.Check(os.MkdirAll(ts.MkAbs("statements"), 0o700))
	ts.Check(s.Config().Save(ts.MkAbs("books/countinghouse.toml")))
	_, err = s.WriteStatements(ts.MkAbs("statements"))
	ts.Check(err)
	for k, v := range s.Environment() {
		ts.Setenv(k, v)
	}
	ts.Setenv("AT", s.Now().String())
}
