package present

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"countinghouse/app"
	"countinghouse/app/book"
)

// ConnectionRow is one line of the list of connections.
type ConnectionRow struct {
	ID, Icon, Title, Note string
	Status                Status
	State                 string
}

// ConnectionRows are the lines of the list of connections, in their order. Moments are shown in the
// zone, those of today without the date.
func ConnectionRows(list []app.Connection, now book.Instant, zone *time.Location) []ConnectionRow {
	out := make([]ConnectionRow, len(list))
	for i, c := range list {
		out[i] = ConnectionRow{ID: string(c.Name), Icon: roleIcon(c), Title: c.Title,
			Note: roleTitle(c) + ", " + lastSync(c.Last, now, zone)}
		out[i].State, out[i].Status = ConnectionState(c)
	}
	return out
}

func roleIcon(c app.Connection) string {
	if c.Role == app.RoleBilling {
		return "receipt"
	}
	return "card"
}

func roleTitle(c app.Connection) string {
	if c.Role == app.RoleBilling {
		return "Billing"
	}
	return "Gateway"
}

func lastSync(s app.SourceState, now book.Instant, zone *time.Location) string {
	switch {
	case s.At == 0:
		return "never synced"
	case !s.OK:
		return "stopped " + shortMoment(s.At, now, zone)
	}
	return "synced " + shortMoment(s.At, now, zone)
}

// shortMoment is a moment in the zone, "09:38" for today's.
func shortMoment(at, now book.Instant, zone *time.Location) string {
	if at.In(zone) == now.In(zone) {
		return at.Time().In(zone).Format("15:04")
	}
	return moment(at, zone)
}

// ConnectionState is a connection's state in a word or two.
func ConnectionState(c app.Connection) (string, Status) {
	switch c.State {
	case app.StateSetup:
		return "Setup", Attention
	case app.StatePaused:
		return "Paused", Neutral
	case app.StateFailing:
		return "Failing", Break
	case app.StateLagging:
		return "Lagging", TimingStatus
	}
	if c.Lag > 0 {
		return fmt.Sprintf("Reports lag %d h", int(c.Lag.Hours())), TimingStatus
	}
	return "Connected", OK
}

// SetupLine is one thing that a business needs, and whether it is there.
type SetupLine struct {
	Status       Status
	Label, Value string
}

// SetupLines are what a business needs before its books can be explained.
func SetupLines(c *app.Config, list []app.Connection) []SetupLine {
	line := func(label, value string, there bool) SetupLine {
		if !there {
			return SetupLine{Attention, label, cmp.Or(value, "missing")}
		}
		return SetupLine{OK, label, value}
	}
	var billing []string
	gateways, ready := 0, 0
	for _, x := range list {
		if x.Role == app.RoleBilling {
			billing = append(billing, x.Title)
			continue
		}
		gateways++
		if x.State != app.StateSetup && x.State != app.StateFailing {
			ready++
		}
	}
	value := Count(gateways)
	if gateways > 0 && ready < gateways {
		value = fmt.Sprintf("%d of %d ready", ready, gateways)
	}
	settled := slices.ContainsFunc(c.Accounts, func(a app.AccountConfig) bool { return len(a.Settles) > 0 })
	accounts := Count(len(c.Accounts))
	if len(c.Accounts) > 0 && !settled && gateways > 0 {
		accounts += ", none takes payouts"
	}
	return []SetupLine{
		line("Business and time zone", c.Zone().String(), c.Business.Name != ""),
		line("Opening date", c.Business.OpeningDate, c.Business.OpeningDate != ""),
		line("One billing system", strings.Join(billing, ", "), len(billing) > 0),
		line("Gateways", value, gateways > 0 && ready == gateways),
		line("Bank accounts", accounts, len(c.Accounts) > 0 && (settled || gateways == 0)),
	}
}

// KeysText says where keys are kept on this computer.
func KeysText(p app.KeyPlaces) string {
	switch {
	case p.Keyring && !p.FileThere:
		return "In this system's keyring, never in the settings file, never in logs or exports. A key " +
			"is never shown again, only its last four characters."
	case p.Keyring && p.Locked:
		return "In this system's keyring. Some stand in the encrypted file, which is locked: give its " +
			"passphrase to use them."
	case p.Keyring:
		return "In this system's keyring; some stand in the encrypted file secrets.age of the profile."
	case p.Locked:
		return "This computer's keyring cannot be used. Keys are in the encrypted file secrets.age of " +
			"the profile, which is locked: give its passphrase."
	case p.FileThere:
		return "This computer's keyring cannot be used. Keys are in the encrypted file secrets.age of " +
			"the profile, behind your passphrase."
	}
	return "This computer's keyring cannot be used. Keys will go into an encrypted file of the profile, " +
		"behind a passphrase that you choose."
}

// CheckLine is one thing that a test looked at.
type CheckLine struct {
	Status       Status
	Label, Value string
}

// PermissionRow is one right of a key.
type PermissionRow struct {
	Title, Access, UsedFor string
	Status                 Status
	State                  string
}

// TestView is what a test of a connection found.
type TestView struct {
	Status Status
	// Result is the outcome in a few words, Problem the whole sentence, "" where it passed.
	Result, Problem string
	Lines           []CheckLine
	Permissions     []PermissionRow
	// Granted sums the permissions up; PermissionStatus is worst of them.
	Granted          string
	PermissionStatus Status
	Warnings         []string
}

// NewTestView shows a test; nil is none yet.
func NewTestView(t *app.Test, zone *time.Location) TestView {
	if t == nil {
		return TestView{Status: Neutral, Result: "not tested since the start"}
	}
	v := TestView{Status: OK, Result: "passed, " + moment(t.At, zone),
		Problem: t.Problem, Warnings: t.Warnings}
	lacking := t.Lacking()
	switch {
	case t.Problem != "":
		v.Status, v.Result = Break, "failed, "+moment(t.At, zone)
	case len(lacking) > 0:
		v.Status, v.Result = Attention, "works, but "+Plural(len(lacking), "permission")+" "+
			plainly(len(lacking), "is", "are")+" missing"
	}
	v.Lines = testLines(t)
	for _, p := range t.Permissions {
		row := PermissionRow{p.Title, cmp.Or(p.Access, "read"), p.UsedFor, OK, "Granted"}
		if !p.Granted {
			row.Status, row.State = Attention, "Not granted"
			if p.Needed {
				row.Status, row.State = Break, "Missing"
			}
		}
		v.Permissions = append(v.Permissions, row)
	}
	v.Granted, v.PermissionStatus = granted(t)
	return v
}

func plainly(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

func granted(t *app.Test) (string, Status) {
	n := 0
	for _, p := range t.Permissions {
		if p.Granted {
			n++
		}
	}
	text := fmt.Sprintf("%d of %d granted", n, len(t.Permissions))
	switch {
	case len(t.Lacking()) > 0:
		return text + ", not enough to work", Break
	case n < len(t.Permissions):
		return text + ", enough to work", OK
	}
	return text, OK
}

func testLines(t *app.Test) []CheckLine {
	var out []CheckLine
	add := func(st Status, label, value string) { out = append(out, CheckLine{st, label, value}) }
	if t.Host == "" {
		add(Break, "Address reached", "no")
		return out
	}
	add(OK, "Address reached", fmt.Sprintf("%s, %d ms", t.Host, t.Took.Milliseconds()))
	key := "the key"
	if t.KeyHint != "" {
		key = "key ending " + t.KeyHint
	}
	switch {
	case t.Problem == "":
		mode := "live mode"
		if !t.Live {
			mode = "test mode"
		}
		add(OK, "Key accepted", key+", "+mode)
	case t.Kind == "auth":
		add(Break, "Key accepted", "no, "+key)
	default:
		add(Neutral, "Key accepted", "not known, "+key)
	}
	if t.SkewKnown {
		st := OK
		if t.Apart.Abs() > app.SkewMax {
			st = Attention
		}
		add(st, "Clock", clockText(t.Apart))
	}
	if t.Problem == "" && t.Account != "" {
		add(OK, "Account", joined(", ", t.Account, prefixed("version ", t.Version)))
	}
	if len(t.Balances) > 0 {
		var list []string
		for _, b := range t.Balances {
			list = append(list, string(b.Currency)+" "+Amount(b))
		}
		add(OK, "Balance read", strings.Join(list, ", "))
	}
	return out
}

func prefixed(prefix, text string) string {
	if text == "" {
		return ""
	}
	return prefix + text
}

func joined(sep string, list ...string) string {
	return strings.Join(slices.DeleteFunc(list, func(s string) bool { return s == "" }), sep)
}

// clockText says how far apart two clocks are; a server tells whole seconds.
func clockText(d time.Duration) string {
	d = d.Abs().Round(100 * time.Millisecond)
	switch {
	case d < 2*time.Minute:
		return fmt.Sprintf("%d.%d s apart", d/time.Second, d%time.Second/(100*time.Millisecond))
	case d < 2*time.Hour:
		return fmt.Sprintf("%d minutes apart: set this computer's clock", d/time.Minute)
	case d < 48*time.Hour:
		return fmt.Sprintf("%d hours apart: set this computer's clock", d/time.Hour)
	}
	return fmt.Sprintf("%d days apart: set this computer's clock", d/(24*time.Hour))
}

// ChecksText says how many of the connections that were tested work, and names the others; it reports
// whether all do.
func ChecksText(list []app.Connection) (string, bool) {
	var failing []string
	for _, c := range list {
		if c.Tested == nil || !c.Tested.Passed() {
			failing = append(failing, c.Title)
		}
	}
	verb := "work"
	if len(list) == 1 {
		verb = "works"
	}
	works := fmt.Sprintf("%d of %s %s", len(list)-len(failing), Plural(len(list), "connection"), verb)
	if len(failing) > 0 {
		return works + "; look at " + and(failing) + ".", false
	}
	return works + ".", true
}
