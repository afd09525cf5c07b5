//go:build linux

package main

import (
	"bytes"
	"database/sql"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	_ "github.com/mattn/go-sqlite3" // a database of a newer version is made with it

	"countinghouse/app"
)

// badInput is one thing that can be wrong, and what the program must say about it.
type badInput struct {
	name string
	// args are the command's; prepare may change the books before.
	args    []string
	prepare func(t *testing.T, p *profile, books string)
	env     []string
	code    int
	// want stands in what the program says on stderr.
	want string
}

func writeFile(t testing.TB, path, text string) string {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// pointAt changes the address of a source in the books' configuration.
func pointAt(t *testing.T, p *profile, books, source, url string) {
	t.Helper()
	c := p.sand.Config()
	for i := range c.Sources {
		if string(c.Sources[i].Name) == source {
			c.Sources[i].URL = url
		}
	}
	if err := c.Save(filepath.Join(books, app.ConfigName)); err != nil {
		t.Fatal(err)
	}
}

// TestBadInput checks that whatever is wrong outside gives one clear sentence and the right exit
// code, and that the books are as sound as before.
func TestBadInput(t *testing.T) {
	p := served(t, 3, 12)
	html := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, "<!doctype html><title>Welcome</title>")
	}))
	defer html.Close()
	tls := httptest.NewTLSServer(http.NotFoundHandler())
	defer tls.Close()
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	at := func(source, url string) func(*testing.T, *profile, string) {
		return func(t *testing.T, p *profile, books string) { pointAt(t, p, books, source, url) }
	}
	statement := func(name, text string) []string {
		return []string{"import", "--account", "operating", writeFile(t, filepath.Join(p.dir, name), text)}
	}
	whole, err := os.ReadFile(p.files["operating-usd"][1])
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []badInput{
		{name: "no profile", args: []string{"sync"}, code: 1, want: "There is no profile in",
			prepare: func(t *testing.T, _ *profile, books string) {
				if err := os.Remove(filepath.Join(books, app.ConfigName)); err != nil {
					t.Fatal(err)
				}
			}},
		{name: "wrong billing key", args: []string{"sync"}, code: 1, want: "credential",
			env: []string{"COUNTINGHOUSE_BILLING_SECRET=wrong"}},
		{name: "wrong gateway key", args: []string{"sync", "--source", "stripe"}, code: 1,
			want: "Source stripe: ", env: []string{"COUNTINGHOUSE_STRIPE_SECRET_KEY=sk_test_wrong"}},
		{name: "wrong address", args: []string{"sync"}, code: 1, want: "Check that the URL",
			prepare: at("billing", strings.TrimSuffix(p.sand.Config().Sources[0].URL, "billing")+"shop")},
		{name: "not a certificate we trust", args: []string{"sync", "--source", "stripe"}, code: 1,
			want: "certificate is not trusted", prepare: at("stripe", tls.URL)},
		{name: "no network", args: []string{"sync"}, code: 1, want: "could not be reached",
			prepare: at("billing", gone.URL)},
		{name: "no such host", args: []string{"sync", "--source", "billing"}, code: 1,
			want: "was not found", prepare: at("billing", "https://billing.invalid")},
		{name: "html instead of json", args: []string{"sync"}, code: 1,
			want: "Check that the URL", prepare: at("billing", html.URL)},
		{name: "unknown source", args: []string{"sync", "--source", "paypal"}, code: 1,
			want: `There is no source "paypal"`},
		{name: "unknown account", args: []string{"import", "--account", "savings", "x.csv"}, code: 1,
			want: `There is no account "savings"`},
		{name: "no such file", args: []string{"import", "--account", "operating", "missing.csv"},
			code: 1, want: "cannot be opened"},
		{name: "a folder", args: []string{"import", "--account", "operating", t.TempDir()}, code: 1,
			want: "could be a statement"},
		{name: "a pdf", args: statement("a.pdf", "%PDF-1.7\n%\xe2\xe3\n1 0 obj\n"), code: 1, want: "PDF"},
		{name: "mt940", args: statement("a.sta",
			":20:START\r\n:25:DE1\r\n:28C:1/1\r\n:60F:C261001EUR1,00\r\n"), code: 1,
			want: "is a statement of account DE1"},
		{name: "an empty file", args: statement("empty.csv", ""), code: 1, want: "empty"},
		{name: "a truncated file", args: statement("cut.xml", string(whole[:len(whole)*2/3])), code: 1,
			want: "cut.xml"},
		{name: "a newer database", args: []string{"reconcile"}, code: 1, want: "newer version",
			prepare: makeNewer},
		{name: "not a database", args: []string{"reconcile"}, code: 1, want: "damaged",
			prepare: func(t *testing.T, _ *profile, books string) {
				writeFile(t, filepath.Join(books, "cache.db"), strings.Repeat("no database ", 600))
			}},
		{name: "a shared database", args: []string{"sync", "--db", "postgres://u:secret@h/db"}, code: 1,
			want: "not supported by this version"},
		{name: "unknown command", args: []string{"reconcil"}, code: 2, want: "Unknown command"},
		{name: "unknown flag", args: []string{"sync", "--sorce", "x"}, code: 2, want: "--sorce"},
		{name: "wrong month", args: []string{"reconcile", "--period", "2026-13"}, code: 2,
			want: "YYYY-MM"},
		{name: "wrong class", args: []string{"exceptions", "--class", "Z9"}, code: 2, want: "no class"},
		{name: "unknown currency", args: []string{"bridge", "--currency", "XXX"}, code: 2, want: "No XXX"},
		{name: "unknown format", args: []string{"export", "--format", "pdf", "--out", "x"}, code: 2,
			want: "use xlsx or csv"},
	} {
		t.Run(c.name, func(t *testing.T) { c.check(t, p) })
	}
}

func makeNewer(t *testing.T, p *profile, books string) {
	p.run(t, books, []int{0, 3}, "reconcile")
	db, err := sql.Open("sqlite3", filepath.Join(books, "cache.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(`INSERT INTO schema_versions (version, name, program, at)
		VALUES (9999, 'later', '99.0.0', 0)`); err != nil {
		t.Fatal(err)
	}
}

func (c badInput) check(t *testing.T, p *profile) {
	books := p.books(t)
	if c.prepare != nil {
		c.prepare(t, p, books)
	}
	cmd := p.command(books, c.args...)
	cmd.Env = append(cmd.Env, c.env...)
	c.judge(t, cmd)
}

func (c badInput) judge(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); cmd.ProcessState == nil {
		t.Fatal(err)
	}
	said := errs.String()
	if code := cmd.ProcessState.ExitCode(); code != c.code || !strings.Contains(said, c.want) {
		t.Errorf("exit code %d, want %d; said\n%s\nwant %q in it", code, c.code, said, c.want)
	}
	for _, bad := range []string{"panic", "goroutine", "sk_test_wrong", "u:secret", "failed to"} {
		if strings.Contains(said, bad) {
			t.Errorf("says %q in\n%s", bad, said)
		}
	}
}

// mounted are the arguments for unshare that run the program beside a file system of its own at mnt.
func (p *profile) mounted(books, mnt, options string) []string {
	script := `mount -t tmpfs -o "$1" tmpfs "$2" && shift 2 && exec "$@"`
	return []string{"-Urm", "sh", "-c", script, "sh", options, mnt, os.Args[0],
		"--config", filepath.Join(books, app.ConfigName), "--at", p.at}
}

// TestDisk runs the program on a file system that is full, and on one that cannot be written. They
// are made in a mount namespace of their own.
func TestDisk(t *testing.T) {
	if out, err := exec.Command("unshare", "-Urm", "true").CombinedOutput(); err != nil {
		t.Logf("this system lets nobody make a mount namespace, so disks are not tried: %v %s", err, out)
		return
	}
	p := served(t, 3, 12)
	for _, c := range []struct {
		badInput
		mount string
	}{
		{badInput{name: "full", args: []string{"sync"}, code: 1, want: "The disk is full"}, "size=200k"},
		{badInput{name: "full while exporting", args: []string{"export"}, code: 1,
			want: "The disk is full"}, "size=8k"},
		{badInput{name: "read-only", args: []string{"sync"}, code: 1, want: "cannot be written"}, "ro"},
		{badInput{name: "read-only receiver", args: []string{"serve", "--listen", "127.0.0.1:0"}, code: 1,
			want: "cannot be written"}, "ro"},
	} {
		t.Run(c.name, func(t *testing.T) {
			books := p.books(t)
			mnt := t.TempDir()
			args := p.mounted(books, mnt, c.mount)
			if c.args[0] == "export" {
				p.run(t, books, []int{0}, "sync")
				args = append(args, "--data", books, "export", "--period", "2026-10", "--out",
					filepath.Join(mnt, "pack.xlsx"))
			} else {
				args = append(append(args, "--data", mnt), c.args...)
			}
			cmd := exec.Command("unshare", args...)
			cmd.Env = p.env
			c.judge(t, cmd)
		})
	}
}
