package present

import (
	"strings"
	"testing"
	"time"

	"countinghouse/app"
	"countinghouse/app/book"
	"countinghouse/app/money"
	"countinghouse/app/secret"
	"countinghouse/sync/source"
)

var vilnius = func() *time.Location {
	z, err := time.LoadLocation("Europe/Vilnius")
	if err != nil {
		panic(err)
	}
	return z
}()

func instant(t *testing.T, s string) book.Instant {
	t.Helper()
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return book.At(at)
}

func TestConnectionRows(t *testing.T) {
	now := instant(t, "2026-11-03T08:00:00Z")
	synced := app.SourceState{At: instant(t, "2026-11-03T07:38:00Z"), OK: true}
	stopped := app.SourceState{At: instant(t, "2026-10-31T22:30:00Z"), Message: "down"}
	for _, c := range []struct {
		connection app.Connection
		want       ConnectionRow
	}{
		{app.Connection{Name: "billing", Title: "WHMCS", Role: app.RoleBilling, State: app.StateConnected,
			Last: synced}, ConnectionRow{"billing", "receipt", "WHMCS", "Billing, synced 09:38", OK, "Connected"}},
		{app.Connection{Name: "stripe", Title: "Stripe", Role: app.RoleGateway, State: app.StateFailing,
			Last: stopped}, ConnectionRow{"stripe", "card", "Stripe", "Gateway, stopped 2026-11-01 00:30", Break,
			"Failing"}},
		{app.Connection{Name: "paypal", Title: "PayPal", Role: app.RoleGateway, State: app.StatePaused},
			ConnectionRow{"paypal", "card", "PayPal", "Gateway, never synced", Neutral, "Paused"}},
		{app.Connection{State: app.StateConnected, Lag: 3 * time.Hour}, ConnectionRow{"", "card", "",
			"Gateway, never synced", TimingStatus, "Reports lag 3 h"}},
		{app.Connection{State: app.StateLagging}, ConnectionRow{"", "card", "", "Gateway, never synced",
			TimingStatus, "Lagging"}},
		{app.Connection{State: app.StateSetup}, ConnectionRow{"", "card", "", "Gateway, never synced",
			Attention, "Setup"}},
	} {
		got := ConnectionRows([]app.Connection{c.connection}, now, vilnius)[0]
		if got != c.want {
			t.Errorf("got %+v, want %+v", got, c.want)
		}
	}
}

func TestSetupLines(t *testing.T) {
	c := &app.Config{Business: app.Business{Name: "Northwind", OpeningDate: "2026-09-01"}}
	text := func(list []app.Connection) string {
		var out []string
		for _, l := range SetupLines(c, list) {
			mark := "no"
			if l.Status == OK {
				mark = "ok"
			}
			out = append(out, mark+" "+l.Label+" "+l.Value)
		}
		return strings.Join(out, "\n")
	}
	want := "ok Business and time zone UTC\nok Opening date 2026-09-01\nno One billing system missing\n" +
		"no Gateways 0\nno Bank accounts 0"
	if got := text(nil); got != want {
		t.Errorf("nothing connected:\n%s", got)
	}
	c.Accounts = []app.AccountConfig{{Name: "operating"}}
	list := []app.Connection{{Title: "WHMCS", Role: app.RoleBilling},
		{Title: "Stripe", Role: app.RoleGateway, State: app.StateConnected},
		{Title: "PayPal", Role: app.RoleGateway, State: app.StateSetup}}
	want = "ok Business and time zone UTC\nok Opening date 2026-09-01\nok One billing system WHMCS\n" +
		"no Gateways 1 of 2 ready\nno Bank accounts 1, none takes payouts"
	if got := text(list); got != want {
		t.Errorf("half connected:\n%s", got)
	}
	c.Accounts[0].Settles = []book.SourceName{"stripe"}
	if got := text(list[:2]); strings.Contains(got, "no ") {
		t.Errorf("all connected:\n%s", got)
	}
}

// testText is a test as lines of text.
func testText(v TestView) string {
	out := v.Result
	for _, l := range v.Lines {
		out += "\n" + l.Label + ": " + l.Value
	}
	for _, p := range v.Permissions {
		out += "\n" + p.Title + " " + p.Access + " " + p.State
	}
	return out + "\n" + v.Granted
}

func TestTestViews(t *testing.T) {
	at := instant(t, "2026-11-03T07:36:00Z")
	granted := source.Permission{Title: "Payouts", Granted: true, Needed: true}
	refused := source.Permission{Title: "Events", Access: "read", UsedFor: "Late changes"}
	needed := source.Permission{Title: "Disputes", Needed: true}
	for _, c := range []struct {
		name string
		test *app.Test
		st   Status
		want string
	}{
		{"none", nil, Neutral, "not tested since the start\n"},
		{"passed", &app.Test{At: at, Host: "api.stripe.com", Took: 84 * time.Millisecond, KeyHint: "7Qd2",
			Live: true, SkewKnown: true, Apart: -300 * time.Millisecond, Account: "Northwind", Version: "9",
			Balances:    []money.Money{money.New(984612, "EUR"), money.New(500, "JPY")},
			Permissions: []source.Permission{granted, refused}}, OK,
			"passed, 2026-11-03 09:36\nAddress reached: api.stripe.com, 84 ms\n" +
				"Key accepted: key ending 7Qd2, live mode\nClock: 0.3 s apart\nAccount: Northwind, version 9\n" +
				"Balance read: EUR 9,846.12, JPY 500\nPayouts read Granted\nEvents read Not granted\n" +
				"1 of 2 granted, enough to work"},
		{"lacking", &app.Test{At: at, Host: "h", Permissions: []source.Permission{needed, refused}}, Attention,
			"works, but 1 permission is missing\nAddress reached: h, 0 ms\nKey accepted: the key, test mode\n" +
				"Disputes read Missing\nEvents read Not granted\n0 of 2 granted, not enough to work"},
		{"refused", &app.Test{At: at, Host: "h", Problem: "No.", Kind: source.KindAuth, SkewKnown: true,
			Apart: 7 * time.Minute}, Break, "failed, 2026-11-03 09:36\nAddress reached: h, 0 ms\n" +
			"Key accepted: no, the key\nClock: 7 minutes apart: set this computer's clock\n0 of 0 granted"},
		{"down", &app.Test{At: at, Host: "h", Problem: "503", Kind: source.KindUnavailable}, Break,
			"failed, 2026-11-03 09:36\nAddress reached: h, 0 ms\nKey accepted: not known, the key\n0 of 0 granted"},
		{"not reached", &app.Test{At: at, Problem: "No such host."}, Break,
			"failed, 2026-11-03 09:36\nAddress reached: no\n0 of 0 granted"},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := NewTestView(c.test, vilnius)
			if got := testText(v); got != c.want || v.Status != c.st {
				t.Errorf("status %d, got\n%s\nwant %d\n%s", v.Status, got, c.st, c.want)
			}
		})
	}
}

func TestForgetTextNamesWhatGoes(t *testing.T) {
	c := app.Connection{Name: "stripe", Role: app.RoleGateway, Methods: []string{"stripe", "card"},
		Keys: []app.Key{{Field: "secret_key", Place: secret.InKeyring},
			{Field: "webhook_secret", Place: secret.InEnvironment}}}
	got := ForgetText(c, app.SourceRecords{Kinds: []app.KindCount{{Kind: "transaction", Count: 1200},
		{Kind: "payout", Count: 34}}})
	for _, want := range []string{"its keys from where they are kept: secret_key.", "lead nowhere then: stripe, card",
		"1,234 records stay"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in %q", want, got)
		}
	}
	if strings.Contains(got, "webhook_secret") {
		t.Errorf("a key of the environment cannot be taken away: %q", got)
	}
}

func TestWhereKeysWent(t *testing.T) {
	for _, c := range []struct {
		done app.Added
		want string
	}{
		{app.Added{Places: map[string]secret.Place{"a": secret.InKeyring}}, "Stripe: its keys are in the keyring."},
		{app.Added{Places: map[string]secret.Place{"a": secret.InFile}, Backup: "/x/y.before"},
			"Stripe: the keyring cannot be used, so its keys are in the encrypted file. The configuration had to " +
				"be written anew without its comments; the old one is kept as /x/y.before."},
		{app.Added{Places: map[string]secret.Place{"a": secret.InFile, "b": secret.InKeyring},
			Shadowed: []string{"COUNTINGHOUSE_STRIPE_A"}},
			"Stripe: its keys are in the keyring, and 1 key in the encrypted file. COUNTINGHOUSE_STRIPE_A is set " +
				"and stands before it."},
	} {
		if got := AddedText("Stripe", c.done); got != c.want {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
	}
}

func TestHookLines(t *testing.T) {
	c := app.Connection{Hooks: true}
	at := instant(t, "2026-11-03T07:31:00Z")
	for _, x := range []struct {
		h    *app.HookState
		n    int
		want string
		st   Status
	}{
		{nil, 0, "", Neutral},
		{&app.HookState{}, 1, "none received", Neutral},
		{&app.HookState{LastAt: at, LastType: "charge.failed", Received24h: 412, Repeated24h: 3, Waiting: 2}, 3,
			"receiving", OK},
		{&app.HookState{LastAt: at}, 2, "quiet for a day", Neutral},
	} {
		lines, result, st := hookLines(c, x.h, vilnius)
		if len(lines) != x.n || result != x.want || st != x.st {
			t.Errorf("%+v: %v, %q, %d", x.h, lines, result, st)
		}
	}
}

func TestChecksNameWhatFails(t *testing.T) {
	good, bad := &app.Test{}, &app.Test{Problem: "The key was refused."}
	list := []app.Connection{{Title: "WHMCS", Tested: good}, {Title: "Stripe", Tested: bad}, {Title: "PayPal"}}
	if text, ok := ChecksText(list); ok || text != "1 of 3 connections work; look at Stripe and PayPal." {
		t.Errorf("got %q, %v", text, ok)
	}
	if text, ok := ChecksText(list[:1]); !ok || text != "1 of 1 connection works." {
		t.Errorf("got %q, %v", text, ok)
	}
}
