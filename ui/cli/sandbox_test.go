package cli

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"path"
	"strings"
	"sync"
	"testing"
	"time"
)

// stopAt ends a command once it has written a text.
type stopAt struct {
	bytes.Buffer
	text string
	stop context.CancelFunc
}

func (s *stopAt) Write(p []byte) (int, error) {
	n, err := s.Buffer.Write(p)
	if strings.Contains(s.String(), s.text) {
		s.stop()
	}
	return n, err
}

// run is one command in the test's own process, with the environment that a shell would have.
func run(ctx context.Context, stdout io.Writer, keys map[string]string, args ...string) (int, string) {
	var errs bytes.Buffer
	return Run(ctx, Env{Args: args, Stdout: stdout, Stderr: &errs, Version: "1.2.3",
		LookupEnv: func(name string) (string, bool) { v, ok := keys[name]; return v, ok },
		Clock:     func() time.Time { return time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC) }}), errs.String()
}

// TestSandboxPrintsItsConfiguration runs the servers until they are told to stop.
func TestSandboxPrintsItsConfiguration(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	out := &stopAt{text: "reconcile --period", stop: cancel}
	if code, said := run(ctx, out, nil, "sandbox", "--listen", "127.0.0.1:0", "--customers", "5",
		"--month", "2026-10"); code != ExitDone {
		t.Errorf("exit code %d: %s", code, said)
	}
	for _, want := range []string{"[business]", "kind = 'whmcs'", "url = 'http://127.0.0.1:",
		"export COUNTINGHOUSE_STRIPE_SECRET_KEY=", "/statements/operating-2026-10.csv"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
}

// TestSandboxGuideLeadsToAMonth types what the guide prints, line by line.
func TestSandboxGuideLeadsToAMonth(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	ready, ended := make(chan struct{}), make(chan struct{})
	printed := &stopAt{text: "reconcile --period", stop: sync.OnceFunc(func() { close(ready) })}
	go func() {
		defer close(ended)
		run(ctx, printed, nil, "sandbox", "--listen", "127.0.0.1:0", "--customers", "40", "--month",
			"2026-10")
	}()
	select {
	case <-ready:
	case <-ended:
		t.Fatal("the sandbox ended before it printed its guide")
	}
	defer func() { cancel(); <-ended }()
	guide := printed.String()
	t.Chdir(t.TempDir())
	if err := os.Mkdir("books", 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("books/countinghouse.toml", []byte(guide), 0o600); err != nil {
		t.Fatal(err)
	}
	keys := map[string]string{}
	var out bytes.Buffer
	for _, line := range strings.Split(guide, "\n") {
		words := strings.Fields(strings.TrimPrefix(line, "#   "))
		if !strings.HasPrefix(line, "#   ") {
			continue
		}
		out.Reset()
		switch words[0] {
		case "export":
			name, value, _ := strings.Cut(words[1], "=")
			keys[name] = value
		case "curl":
			fetch(t, words[2])
		case "countinghouse":
			if code, said := run(ctx, &out, keys, words[1:]...); code != ExitDone && code != ExitOpen {
				t.Fatalf("%s: exit code %d: %s", line, code, said)
			}
		default:
			t.Errorf("a line that is no command: %s", line)
		}
	}
	// All of five currencies is explained, and every proof holds.
	got := out.String()
	if strings.Count(got, "unexplained 0.00\n")+strings.Count(got, "unexplained 0\n") != 5 ||
		!strings.Contains(got, "Balance proofs              18 of 18 hold") {
		t.Errorf("the guide ends in\n%s", got)
	}
}

// fetch is curl -sSO.
func fetch(t *testing.T, url string) {
	t.Helper()
	reply, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer reply.Body.Close()
	b, err := io.ReadAll(reply.Body)
	if err != nil || reply.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s, %v", url, reply.Status, err)
	}
	if err := os.WriteFile(path.Base(url), b, 0o600); err != nil {
		t.Fatal(err)
	}
}
