package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"countinghouse/app"
	"countinghouse/app/book"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"countinghouse": func() {
		signal.Ignore(syscall.SIGPIPE)
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

// TestScripts runs the commands as a person would type them. The command "serve SEED CUSTOMERS"
// of a script serves a pretend business for the script's life, writes its configuration to
// books/countinghouse.toml and its statements to statements, and sets its keys, the moment at which
// it stands, and where it listens. "address FILE" puts that in the place of LISTENING in a file.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: "testdata",
		Setup: func(e *testscript.Env) error {
			e.Setenv("XDG_CONFIG_HOME", filepath.Join(e.WorkDir, "config"))
			e.Setenv("USER", "ar.clerk")
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"serve": serve,
			"address": address, "pick": pick, "pickaction": pick},
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
	_, address, _ := strings.Cut(s.Config().Sources[0].URL, "//")
	ts.Setenv("LISTENING", strings.TrimSuffix(address, "/billing"))
}

// pick reads the last command's JSON: "pick CLASS NAME" sets NAME to the beginning of the id of the first
// exception of a class and NAME_1, NAME_2 to its items, "pickaction NAME" to that of the first action.
func pick(ts *testscript.TestScript, _ bool, args []string) {
	var d struct {
		Exceptions, Actions []struct {
			ID, Class string
			Items     []string
		}
	}
	ts.Check(json.Unmarshal([]byte(ts.ReadFile("stdout")), &d))
	if len(args) == 1 && len(d.Actions) > 0 {
		ts.Setenv(args[0], d.Actions[0].ID[:10])
		return
	}
	for _, x := range d.Exceptions {
		if len(args) == 2 && x.Class == args[0] {
			ts.Setenv(args[1], x.ID[:10])
			for i, id := range x.Items {
				ts.Setenv(fmt.Sprintf("%s_%d", args[1], i+1), id)
			}
			return
		}
	}
	ts.Fatalf("nothing to pick for %v", args)
}

func address(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: address FILE")
	}
	text := strings.ReplaceAll(ts.ReadFile(args[0]), "LISTENING", ts.Getenv("LISTENING"))
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o600))
}

// TestLostResultIsAFailure ends no command well whose result could not be written, and says nothing
// where the reader went away.
func TestLostResultIsAFailure(t *testing.T) {
	for err, said := range map[error]string{syscall.ENOSPC: "The disk is full", syscall.EPIPE: ""} {
		for _, args := range [][]string{{"version"}, {"version", "--json"}, {"--help"}} {
			code, got := run(context.Background(), lost{err}, nil, args...)
			if code != ExitFailed || !strings.HasPrefix(got, said) || said == "" && got != "" {
				t.Errorf("%v, %v: exit code %d, %q", args, err, code, got)
			}
		}
	}
}

// lost is a place where nothing can be written.
type lost struct{ err error }

func (l lost) Write([]byte) (int, error) { return 0, l.err }
