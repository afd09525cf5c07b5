package cli

import (
	"bytes"
	"context"
	"strings"
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

// TestSandboxPrintsItsConfiguration runs the servers until they are told to stop.
func TestSandboxPrintsItsConfiguration(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	out := &stopAt{text: "judge by it with --at", stop: cancel}
	var errs bytes.Buffer
	env := Env{Args: []string{"sandbox", "--listen", "127.0.0.1:0", "--customers", "5", "--month",
		"2026-10"}, Stdout: out, Stderr: &errs, Version: "1.2.3",
		LookupEnv: func(string) (string, bool) { return "", false },
		Clock:     func() time.Time { return time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC) }}
	if code := Run(ctx, env); code != ExitDone {
		t.Errorf("exit code %d: %s", code, errs.String())
	}
	for _, want := range []string{"[business]", "kind = 'whmcs'", "url = 'http://127.0.0.1:",
		"export COUNTINGHOUSE_STRIPE_SECRET_KEY=", "/statements/operating-2026-10.csv"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
}
