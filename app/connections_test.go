package app

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/zalando/go-keyring"

	"countinghouse/app/book"
	"countinghouse/app/secret"
	"countinghouse/sync/source"
)

// pretend is a sandbox for the tests of connections.
func pretend(t *testing.T) *Sandbox {
	t.Helper()
	s, err := StartSandbox(context.Background(), SandboxRequest{Listen: "127.0.0.1:0", Seed: 1,
		Customers: 30, Month: book.MonthOf(book.NewDate(2026, 10, 1)), Gateways: DemoGateways()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// empty is a new profile with a business and no connection, whose log goes into a buffer.
func empty(t *testing.T, env map[string]string) (*App, *bytes.Buffer) {
	t.Helper()
	log := &bytes.Buffer{}
	o := Options{Dir: filepath.Join(t.TempDir(), "books"), Now: demoClock, Wall: demoClock,
		LookupEnv: func(n string) (string, bool) { v, ok := env[n]; return v, ok },
		Log:       slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))}
	err := CreateProfile(o, Business{Name: "Northwind Hosting", BaseCurrency: "eur",
		Timezone: "Europe/Vilnius", OpeningDate: "2026-09-01"})
	if err != nil {
		t.Fatal(err)
	}
	a, err := Open(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	a.secrets.File.Work = 10
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	return a, log
}

// request is a connection to one of the sandbox's servers, with the keys that it takes.
func request(s *Sandbox, name book.SourceName) ConnectionRequest {
	r := ConnectionRequest{Name: name, Secrets: map[string]source.Secret{}}
	for _, x := range s.Config().Sources {
		if x.Name == name {
			r.Kind, r.URL = x.Kind, x.URL
		}
	}
	for field, value := range s.serving.Secrets()[name] {
		r.Secrets[field] = source.Secret(value)
	}
	return r
}

func connection(t *testing.T, a *App, name book.SourceName) Connection {
	t.Helper()
	list, err := a.Connections(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range list {
		if c.Name == name {
			return c
		}
	}
	return Connection{}
}

// TestAConnectionsLife adds billing and each gateway of the sandbox, tests, syncs, pauses, resumes and
// forgets them, and looks at their states on the way.
func TestAConnectionsLife(t *testing.T) {
	keyring.MockInit()
	ctx := context.Background()
	s := pretend(t)
	a, _ := empty(t, nil)
	for _, x := range s.Config().Sources {
		r := request(s, x.Name)
		test, err := TryConnection(ctx, a.Options(), a.Config(), r)
		if err != nil || !test.Passed() || test.Host == "" || !test.SkewKnown {
			t.Fatalf("%s before it is added: %+v, %v", x.Name, test, err)
		}
		if x.Role() == source.Gateway {
			for method, behind := range s.Config().Sources[0].Gateways {
				if behind == string(x.Name) {
					r.Links.Methods = append(r.Links.Methods, method)
				}
			}
		}
		done, err := a.Add(ctx, r)
		if err != nil || len(done.Places) == 0 || done.Backup != "" {
			t.Fatalf("%s: added %+v, %v", x.Name, done, err)
		}
		c := connection(t, a, x.Name)
		if c.State != StateConnected || len(c.Methods) != len(r.Links.Methods) {
			t.Errorf("%s: %s, %s, %v", x.Name, c.State, c.Why, c.Methods)
		}
	}
	if _, err := a.Sync(ctx, SyncRequest{}, func(Progress) {}); err != nil {
		t.Fatal(err)
	}
	methods, err := a.Methods(ctx)
	if err != nil || len(methods) == 0 || methods[0].Title == "" {
		t.Errorf("methods %v, %v", methods, err)
	}
	held, err := a.Records(ctx, "stripe")
	if err != nil || len(held.Kinds) == 0 || held.From == 0 {
		t.Errorf("records %+v, %v", held, err)
	}
	pauseAndForget(t, a, s)
}

func pauseAndForget(t *testing.T, a *App, s *Sandbox) {
	ctx := context.Background()
	if _, err := a.Pause(ctx, "stripe", true); err != nil {
		t.Fatal(err)
	}
	r, err := a.Sync(ctx, SyncRequest{Sources: []book.SourceName{"stripe"}}, func(Progress) {})
	if err != nil || r.Sources[0].Note != pausedNote || r.Sources[0].Same != 0 {
		t.Errorf("a sync of a paused source: %+v, %v", r, err)
	}
	if c := connection(t, a, "stripe"); c.State != StatePaused {
		t.Errorf("paused: %s", c.State)
	}
	if _, err := a.Pause(ctx, "stripe", false); err != nil {
		t.Fatal(err)
	}
	before, err := a.Records(ctx, "stripe")
	if err != nil {
		t.Fatal(err)
	}
	gone, err := a.Forget(ctx, "stripe")
	if err != nil || len(gone.Places["secret_key"]) != 1 || len(gone.Left) != 0 {
		t.Fatalf("forgotten: %+v, %v", gone, err)
	}
	if c := connection(t, a, "stripe"); c.Name != "" || a.Config().Sources[0].Gateways["stripe"] != "" {
		t.Errorf("still there: %+v, %v", c, a.Config().Sources[0].Gateways)
	}
	if after, err := a.Records(ctx, "stripe"); err != nil || after.Kinds[0] != before.Kinds[0] {
		t.Errorf("its records: %+v, %v", after, err)
	}
	if _, err := a.Month(ctx, book.MonthOf(book.NewDate(2026, 10, 1)), func(Progress) {}); err != nil {
		t.Errorf("the month without it: %v", err)
	}
	if _, err := a.Add(ctx, request(s, "stripe")); err != nil {
		t.Fatal(err)
	}
	r, err = a.Sync(ctx, SyncRequest{Sources: []book.SourceName{"stripe"}}, func(Progress) {})
	if err != nil || r.Sources[0].New != 0 {
		t.Errorf("added again, it does not go on from there: %+v, %v", r, err)
	}
	if c := connection(t, a, "stripe"); c.State != StateSetup || !strings.Contains(c.Why, "No payment method") {
		t.Errorf("without a payment method: %s, %s", c.State, c.Why)
	}
}

// TestAPassedTestAfterAFailedSync says that the failure is over, until the next sync fails.
func TestAPassedTestAfterAFailedSync(t *testing.T) {
	keyring.MockInit()
	ctx := context.Background()
	s := pretend(t)
	a, _ := empty(t, nil)
	r := request(s, "billing")
	right := r.Secrets["secret"]
	r.Secrets["secret"] = "wrong"
	if _, err := a.Add(ctx, r); err != nil {
		t.Fatal(err)
	}
	fail := func() {
		if _, err := a.Sync(ctx, SyncRequest{}, func(Progress) {}); err == nil {
			t.Fatal("a wrong key works")
		}
		if c := connection(t, a, "billing"); c.State != StateFailing {
			t.Errorf("after a failed sync: %s", c.State)
		}
	}
	fail()
	if _, err := a.ReplaceKeys("billing", map[string]Secret{"secret": right}); err != nil {
		t.Fatal(err)
	}
	if test, err := a.Test(ctx, "billing"); err != nil || !test.Passed() {
		t.Fatalf("the right key: %+v, %v", test, err)
	}
	if c := connection(t, a, "billing"); c.State != StateLagging || !strings.Contains(c.Why, "sync it again") {
		t.Errorf("after the test: %s, %s", c.State, c.Why)
	}
	if _, err := a.ReplaceKeys("billing", map[string]Secret{"secret": "wrong"}); err != nil {
		t.Fatal(err)
	}
	fail()
}

// TestATestSaysWhatIsWrong tests with a wrong key, a wrong address and a missing key.
func TestATestSaysWhatIsWrong(t *testing.T) {
	keyring.MockInit()
	ctx := context.Background()
	s := pretend(t)
	a, _ := empty(t, nil)
	r := request(s, "stripe")
	r.Secrets["secret_key"] = "sk_test_wrong_and_distinctive"
	test, err := TryConnection(ctx, a.Options(), a.Config(), r)
	if err != nil || test.Problem == "" || test.Kind != source.KindAuth || test.Host == "" ||
		strings.Contains(test.Problem, "distinctive") || test.KeyHint != "tive" {
		t.Errorf("a wrong key: %+v, %v", test, err)
	}
	r = request(s, "stripe")
	r.URL = "http://127.0.0.1:1"
	test, err = TryConnection(ctx, a.Options(), a.Config(), r)
	if err != nil || test.Kind != source.KindUnavailable || test.Host != "" || test.SkewKnown {
		t.Errorf("a wrong address: %+v, %v", test, err)
	}
	r.Secrets["secret_key"] = ""
	if _, err = TryConnection(ctx, a.Options(), a.Config(), r); err == nil ||
		!strings.Contains(err.Error(), "secret_key is missing") {
		t.Errorf("no key: %v", err)
	}
	for key, want := range map[string]string{"": "", "short": "", "123456789012": "",
		"1234567890123": "0123", "-----BEGIN\nKEY-----": ""} {
		if got := hint(kinds["stripe"].describe, map[string]source.Secret{"secret_key": source.Secret(key)}); got != want {
			t.Errorf("hint of %q is %q, want %q", key, got, want)
		}
	}
}

// TestTypedSecrets checks that a key comes out of a field of one line as it was meant.
func TestTypedSecrets(t *testing.T) {
	const pem = "-----BEGIN PRIVATE KEY-----\nAAAA\nBB==\n-----END PRIVATE KEY-----"
	for in, want := range map[Secret]string{
		"  sk_live_1 \n": "sk_live_1", "two words": "two words", Secret(pem + "\n"): pem,
		Secret(strings.ReplaceAll(pem, "\n", " ")): pem + "\n", "-----BEGIN half": "-----BEGIN half",
		"-----BEGIN A-----": "-----BEGIN A-----", "": "",
	} {
		if got := typed(in); got != want {
			t.Errorf("%q comes out as %q, want %q", in.Reveal(), got, want)
		}
	}
}

// TestAddingIsWholeOrNothing checks that nothing is left of an addition that is refused.
func TestAddingIsWholeOrNothing(t *testing.T) {
	ctx := context.Background()
	s := pretend(t)
	keyring.MockInitWithError(errors.New("no daemon"))
	a, _ := empty(t, nil)
	if _, err := a.Add(ctx, request(s, "billing")); !IsLocked(err) {
		t.Errorf("no keyring and no passphrase: %v", err)
	}
	if len(a.Config().Sources) != 0 {
		t.Error("the connection was added without its keys")
	}
	if err := a.Unlock("correct horse"); err != nil {
		t.Fatal(err)
	}
	r := request(s, "billing")
	r.Links.Settles = []book.AccountName{"nowhere"}
	r.Name = "Not A Name"
	if _, err := a.Add(ctx, r); err == nil || a.KeyPlaces().FileThere {
		t.Errorf("a name that is none: %v; the file is there: %v", err, a.KeyPlaces().FileThere)
	}
	if done, err := a.Add(ctx, request(s, "billing")); err != nil || done.Places["secret"] != secret.InFile {
		t.Errorf("in the file: %+v, %v", done, err)
	}
	if test, err := a.Test(ctx, "billing"); err != nil || !test.Passed() {
		t.Errorf("by the file's keys: %+v, %v", test, err)
	}
}

// TestAnOldProfileStaysAsItIs refuses to make a profile where one is.
func TestAnOldProfileStaysAsItIs(t *testing.T) {
	a, _ := empty(t, nil)
	err := CreateProfile(a.Options(), Business{Name: "Other", BaseCurrency: "USD"})
	if err == nil || !strings.Contains(err.Error(), "already") {
		t.Errorf("made twice: %v", err)
	}
	for _, b := range []Business{{BaseCurrency: "EUR"}, {Name: "x", BaseCurrency: "euro"},
		{Name: "x", BaseCurrency: "EUR", Timezone: "Mars"}} {
		o := Options{Dir: filepath.Join(t.TempDir(), "new")}
		if err := CreateProfile(o, b); err == nil || HasProfile(o) {
			t.Errorf("%+v was taken: %v", b, err)
		}
	}
}

// TestNoSecretIsAnywhere plants a key, lets it be added, refused, synced with, replaced and
// forgotten, in the keyring and in the file, and looks for it in all that is left behind.
func TestNoSecretIsAnywhere(t *testing.T) {
	ctx := context.Background()
	s := pretend(t)
	const planted = "sk_test_PLANTED4711distinctive"
	for _, place := range []string{"keyring", "file"} {
		keyring.MockInit()
		if place == "file" {
			keyring.MockInitWithError(errors.New("no daemon"))
		}
		a, log := empty(t, map[string]string{secret.PassphraseEnv: "correct horse"})
		var said []string
		hear := func(err error) {
			if err != nil {
				said = append(said, err.Error(), Explain(err))
			}
		}
		r := request(s, "stripe")
		r.Secrets["secret_key"] = planted
		test, err := TryConnection(ctx, a.Options(), a.Config(), r)
		hear(err)
		said = append(said, test.Problem, test.KeyHint)
		_, err = a.Add(ctx, r)
		hear(err)
		_, err = a.Add(ctx, r)
		hear(err)
		report, err := a.Sync(ctx, SyncRequest{}, func(p Progress) { said = append(said, p.Stage) })
		hear(err)
		if report.Sources[0].Err == nil {
			t.Error("the sandbox takes any key")
		}
		if c := connection(t, a, "stripe"); c.State != StateFailing || c.Tested != nil {
			t.Errorf("after a sync that failed: %s, %+v", c.State, c.Tested)
		}
		test, err = a.Test(ctx, "stripe")
		hear(err)
		said = append(said, test.Problem)
		_, err = a.ReplaceKeys("stripe", r.Secrets)
		hear(err)
		for _, f := range Doctor(ctx, a.Options()) {
			said = append(said, f.Detail)
		}
		searchProfile(t, a.dir(), planted)
		_, err = a.Forget(ctx, "stripe")
		hear(err)
		if _, err := a.secrets.Find("stripe", "secret_key"); !errors.Is(err, secret.ErrMissing) {
			t.Errorf("%s: still there after it was forgotten: %v", place, err)
		}
		searchProfile(t, a.dir(), planted)
		for _, text := range append(said, log.String()) {
			if strings.Contains(text, planted) {
				t.Errorf("%s: said: %s", place, text)
			}
		}
	}
}

// searchProfile looks for a planted secret in every file of a folder.
func searchProfile(t *testing.T, dir, planted string) {
	t.Helper()
	files := 0
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files++
		text, err := os.ReadFile(path)
		if bytes.Contains(text, []byte(planted)) || bytes.Contains(text, []byte("PLANTED4711")) {
			t.Errorf("%s holds the secret", filepath.Base(path))
		}
		return err
	})
	if err != nil || files < 2 {
		t.Errorf("%d files searched, %v", files, err)
	}
}
