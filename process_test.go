package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"countinghouse/app"
	"countinghouse/app/book"
)

// profile is a folder of books that point at a sandbox, and the sandbox's bank statements beside
// them.
type profile struct {
	dir  string
	env  []string
	at   string
	sand *app.Sandbox
	// files are statement files by account.
	files map[book.AccountName][]string
}

// served serves a world for the test's life and writes its statement files.
func served(t testing.TB, seed uint64, customers int) *profile {
	t.Helper()
	month, err := book.ParseMonth("2026-10")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	s, err := app.StartSandbox(ctx, app.SandboxRequest{Listen: "127.0.0.1:0", Seed: seed,
		Customers: customers, Month: month})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	p := &profile{dir: t.TempDir(), sand: s, at: s.Now().String()}
	p.env = append(os.Environ(), asProgram+"=1")
	for k, v := range s.Environment() {
		p.env = append(p.env, k+"="+v)
	}
	if p.files, err = s.WriteStatements(p.dir); err != nil {
		t.Fatal(err)
	}
	return p
}

// books is a new empty profile on the same sandbox.
func (p *profile) books(t testing.TB) string {
	t.Helper()
	dir := filepath.Join(p.dir, fmt.Sprintf("books-%d", booksMade()))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := p.sand.Config().Save(filepath.Join(dir, app.ConfigName)); err != nil {
		t.Fatal(err)
	}
	return dir
}

var booksMade = func() func() int {
	n := 0
	return func() int { n++; return n }
}()

// command is the program on a profile's books.
func (p *profile) command(books string, args ...string) *exec.Cmd {
	c := exec.Command(os.Args[0], append([]string{"--data", books, "--at", p.at}, args...)...)
	c.Env = p.env
	return c
}

// run runs a command to its end and returns stdout; any exit code but the wanted ones fails.
func (p *profile) run(t testing.TB, books string, codes []int, args ...string) []byte {
	t.Helper()
	c := p.command(books, args...)
	var out, errs bytes.Buffer
	c.Stdout, c.Stderr = &out, &errs
	err := c.Run()
	code := c.ProcessState.ExitCode()
	for _, ok := range codes {
		if code == ok {
			return out.Bytes()
		}
	}
	t.Fatalf("countinghouse %v: exit code %d, %v\n%s%s", args, code, err, out.String(), errs.String())
	return nil
}
