package app

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"countinghouse/app/book"
	"countinghouse/app/secret"
	"countinghouse/sync/profile"
	"countinghouse/sync/source"
)

// profiledBooks opens a profile whose billing system is driven by a billing profile and served by
// the sandbox.
func profiledBooks(t *testing.T, kind string, more func(dir string, c *Config)) (*App, *Sandbox) {
	t.Helper()
	ctx := context.Background()
	m, err := book.ParseMonth("2026-10")
	if err != nil {
		t.Fatal(err)
	}
	s, err := StartSandbox(ctx, SandboxRequest{Listen: "127.0.0.1:0", Seed: 7, Customers: 120, Month: m})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	dir := t.TempDir()
	c := s.Config()
	c.Sources[0].Kind = kind
	c.Sources[0].URL = strings.TrimSuffix(c.Sources[0].URL, "billing") + kind
	if kind == "billing" {
		c.Sources[0].URL = strings.TrimSuffix(c.Sources[0].URL, "billing") + "fluxbilling"
	}
	if more != nil {
		more(dir, &c)
	}
	if err := c.Save(filepath.Join(dir, ConfigName)); err != nil {
		t.Fatal(err)
	}
	secrets := s.Environment()
	for field, value := range profile.SimulatorSecrets(kind) {
		secrets[secret.EnvName("billing", field)] = value
	}
	at := s.Now().Time()
	a, err := Open(ctx, Options{Dir: dir, Secrets: secrets, Wall: demoClock,
		Now: func() time.Time { return at }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	return a, s
}

// TestAMonthBilledByFluxBilling pulls a business whose billing speaks billing-source/1, over HTTP,
// and holds the month against what really happened: as good as with WHMCS.
func TestAMonthBilledByFluxBilling(t *testing.T) {
	ctx := context.Background()
	a, s := profiledBooks(t, "fluxbilling", nil)
	report, err := a.Sync(ctx, SyncRequest{}, func(Progress) {})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range report.Sources {
		if r.Rejects > 0 || r.New == 0 {
			t.Errorf("%s: %d new, %d rejects", r.Name, r.New, r.Rejects)
		}
	}
	files, err := s.WriteStatements(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for account, paths := range files {
		if _, err := a.Import(ctx, ImportRequest{Files: paths, Account: account},
			func(Progress) {}); err != nil {
			t.Fatal(err)
		}
	}
	m, err := a.Reconcile(ctx, s.month, func(Progress) {})
	if err != nil {
		t.Fatal(err)
	}
	v := judge(s.serving.World, m.Matches, m.All)
	if len(v.Missed) > 0 || len(v.WrongMatches) > 0 || v.Faults < 10 || v.Matches < 100 {
		t.Errorf("%d faults, %d matches; missed %v, wrong %v", v.Faults, v.Matches, v.Missed,
			v.WrongMatches)
	}
	for _, p := range m.Proofs {
		if !p.Holds {
			t.Errorf("proof %s of %s does not hold: %s", p.Kind, p.Source, p.Why)
		}
	}
	for _, b := range m.Bridges {
		if b.Unexplained != 0 {
			t.Errorf("%s: %d unexplained", b.Currency, b.Unexplained)
		}
	}
	again, err := a.Sync(ctx, SyncRequest{}, func(Progress) {})
	if err != nil {
		t.Fatal(err)
	}
	if r := again.Sources[0]; r.New+r.Changed > 0 {
		t.Errorf("a second pull: %+v", r)
	}
}

// TestAnyBillingByAFile drives a billing system of no kind of its own by a file in the profile
// folder, tries another text on it, and saves that one.
func TestAnyBillingByAFile(t *testing.T) {
	ctx := context.Background()
	text, _ := profile.Shipped("fluxbilling")
	text = strings.Replace(text, `title = "FluxBilling"`, `title = "Housebill"`, 1)
	a, _ := profiledBooks(t, "billing", func(dir string, c *Config) {
		c.Sources[0].Profile = "mine.toml"
		if err := os.WriteFile(filepath.Join(dir, "mine.toml"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	})
	if _, err := a.Sync(ctx, SyncRequest{Sources: []book.SourceName{"billing"}},
		func(Progress) {}); err != nil {
		t.Fatal(err)
	}
	trial, err := a.TryProfile(ctx, TryRequest{Source: "billing"})
	if err != nil || trial.Read != trial.Listed || trial.Read == 0 || len(trial.Unmapped) > 0 {
		t.Errorf("%d of %d rows, unmapped %v, %v", trial.Read, trial.Listed, trial.Unmapped, err)
	}
	worse := strings.Replace(text, `paid = "paid"`+"\non_hold", "on_hold", 1)
	worse = strings.Replace(worse, `total = "total"`, `total = "sum"`, 1)
	trial, err = a.TryProfile(ctx, TryRequest{Source: "billing", Text: worse})
	if err != nil || trial.Read != 0 || len(trial.Missing) != 1 || trial.Missing[0] != "total" ||
		len(trial.Unmapped) != 1 || trial.Unmapped[0] != "paid" {
		t.Errorf("a worse profile reads %d, missing %v, unmapped %v, %v", trial.Read, trial.Missing,
			trial.Unmapped, err)
	}
	if _, err := a.TryProfile(ctx, TryRequest{Source: "stripe"}); err == nil {
		t.Error("a gateway has a billing profile")
	}
	if _, _, err := a.SaveProfile(ctx, "billing", "profile = 2"); err == nil {
		t.Error("a text that is no profile is saved")
	}
	better := text + "\n# tried\n"
	if file, _, err := a.SaveProfile(ctx, "billing", better); err != nil || file != "mine.toml" {
		t.Errorf("saved as %s, %v", file, err)
	}
	if got, err := a.ProfileText("billing"); err != nil || got != better {
		t.Errorf("the saved text is another one: %v", err)
	}
	list := a.BillingProfiles()
	if len(list) != 3 || list[2].Name != "mine.toml" || list[2].Title != "Housebill" ||
		len(list[2].Sources) != 1 || !list[0].Shipped || list[0].Verified {
		t.Errorf("profiles %+v", list)
	}
}

// TestAShippedProfileIsChanged saves another text for a source that went by the profile of its kind:
// the configuration names the file from then on, and the source reads by it.
func TestAShippedProfileIsChanged(t *testing.T) {
	ctx := context.Background()
	a, _ := profiledBooks(t, "fluxbilling", nil)
	text, _ := profile.Shipped("fluxbilling")
	text = strings.Replace(text, `title = "FluxBilling"`, `title = "Flux here"`, 1)
	file, backup, err := a.SaveProfile(ctx, "billing", text)
	if err != nil || file != "billing-profile.toml" || backup != "" {
		t.Fatalf("saved as %s, backup %q, %v", file, backup, err)
	}
	c, err := LoadConfig(ConfigPath(a.Options()))
	if err != nil || c.Sources[0].Profile != file || a.Config().Sources[0].Profile != file {
		t.Errorf("the configuration names %q, %v", c.Sources[0].Profile, err)
	}
	if p, err := a.source(a.Config().Sources[0]); err != nil || p.Describe().Title != "Flux here" {
		t.Errorf("the source does not read by it: %v", err)
	}
}

// TestAnyBillingIsAdded adds a billing system of no kind of its own: it is tested, and begins with a
// profile to change.
func TestAnyBillingIsAdded(t *testing.T) {
	ctx := context.Background()
	a, s := profiledBooks(t, "fluxbilling", nil)
	r := ConnectionRequest{Name: "shop", Kind: "billing",
		URL:     strings.TrimSuffix(s.Config().Sources[0].URL, "billing") + "fluxbilling",
		Secrets: map[string]Secret{"token": Secret(profile.SimulatorSecrets("billing")["token"])}}
	o := a.Options()
	tried, err := TryConnection(ctx, o, a.Config(), r)
	if err != nil || !tried.Passed() || len(tried.Warnings) == 0 ||
		!strings.Contains(tried.Warnings[0], "Nobody has tried this profile") {
		t.Fatalf("%+v, %v", tried, err)
	}
	if err := a.startProfile(r.config()); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(o.Dir, "shop-profile.toml"))
	if err != nil || len(CheckProfile(string(text))) > 0 || !strings.Contains(string(text), `title = "shop"`) {
		t.Errorf("the profile to begin with: %v, %v", CheckProfile(string(text)), err)
	}
	if got := starterFile("fluxbilling", "x") + starterFile("whmcs", "x"); got != "" {
		t.Errorf("%q is begun for a kind that needs none", got)
	}
}

// TestFilesOfABillingSystem imports exports in place of pulling, without a key or an address.
func TestFilesOfABillingSystem(t *testing.T) {
	ctx := context.Background()
	a, _ := profiledBooks(t, "fluxbilling", func(_ string, c *Config) { c.Sources[0].URL = "" })
	path := filepath.Join(t.TempDir(), "invoices.csv")
	text := "id,customer_id,status,currency,total,balance,issued_on,due_on\n" +
		"1,7,paid,EUR,49.00,0.00,2026-10-01,2026-10-08\n2,7,unpaid,EUR,x,0.00,2026-10-01,2026-10-08\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := a.ImportReports(ctx, ReportRequest{Files: []string{path}, Source: "billing"},
		func(Progress) {})
	if err != nil || len(r.Files) != 1 || r.Files[0].Err != nil || r.Files[0].New != 1 ||
		len(r.Files[0].Quarantined) != 1 || r.Files[0].Quarantined[0].Place != "row 3" {
		t.Fatalf("%+v, %v", r, err)
	}
	trial, err := a.TryProfile(ctx, TryRequest{Source: "billing", File: path})
	if err != nil || trial.Listed != 2 || trial.Read != 1 || trial.Kind != book.KindInvoice {
		t.Errorf("%+v, %v", trial, err)
	}
}

func TestWhatASourceSaysOfItsProfile(t *testing.T) {
	for _, c := range []struct{ kind, profile, want string }{
		{"billing", "", "profile is missing"},
		{"whmcs", "x.toml", "profile is for the kinds"},
		{"billing", "../x.toml", "not the name"},
		{"fluxbilling", "/etc/x.toml", "not the name"},
		{"fluxbilling", ConfigName, "not the name"},
		{"fluxbilling", "x.toml", ""},
		{"fossbilling", "", ""},
	} {
		text := "[business]\nbase_currency = \"EUR\"\n[[source]]\nname = \"billing\"\nkind = \"" + c.kind +
			"\"\nurl = \"https://billing.example.com\"\n"
		if c.profile != "" {
			text += "profile = \"" + c.profile + "\"\n"
		}
		_, err := LoadConfig(configFile(t, text))
		if c.want == "" && err != nil || c.want != "" && (err == nil ||
			!strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s with %q: %v", c.kind, c.profile, err)
		}
	}
}

// TestTheCheckSaysThatAProfileIsUnverified looks at what a person sees of a connection.
func TestTheCheckSaysThatAProfileIsUnverified(t *testing.T) {
	a, _ := profiledBooks(t, "fossbilling", nil)
	p, err := a.source(a.Config().Sources[0])
	if err != nil {
		t.Fatal(err)
	}
	h, err := p.Check(context.Background())
	if err != nil || len(h.Permissions) != 3 || len(h.Warnings) == 0 ||
		!strings.Contains(h.Warnings[0], "not tried against an installation") {
		t.Errorf("%+v, %v", h, err)
	}
	o, err := a.sourceOptions(a.Config().Sources[0])
	if err != nil {
		t.Fatal(err)
	}
	o.Secrets = map[string]source.Secret{"token": "wrong-token"}
	if _, err := profile.Try(context.Background(), profile.FOSSBilling, o,
		must(t, "fossbilling"), book.KindInvoice); source.KindOf(err) != source.KindAuth {
		t.Errorf("a wrong key: %v", err)
	}
}

func must(t *testing.T, name string) *profile.Mapping {
	t.Helper()
	text, _ := profile.Shipped(name)
	m, err := profile.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return m
}
