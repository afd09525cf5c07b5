package present

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"countinghouse/app"
	"countinghouse/app/book"
	"countinghouse/app/secret"
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

// ConnectionDetail is all that the window shows of one connection.
type ConnectionDetail struct {
	Title, Sub, Icon string
	State            string
	Status           Status
	Why              string
	// Address is a sentence; Keys are its fields and where each stands.
	Address   string
	Keys      []CheckLine
	KeyStatus Status
	Test      TestView
	// Counts says what makes it count, a line each; CountStatus whether something does.
	Counts      []CheckLine
	CountStatus Status
	// Hooks say what webhooks came in, none where none can; HookResult sums them up.
	Hooks      []CheckLine
	HookResult string
	HookStatus Status
	// Last is how the last sync went.
	LastResult string
	LastStatus Status
	Last       []string
	Proofs     []CheckLine
	// ProofResult sums the proofs up, "" where there are none.
	ProofResult string
	ProofStatus Status
}

// hookLines say what webhooks came in; none where none ever did and none can be received.
func hookLines(c app.Connection, h *app.HookState, zone *time.Location) ([]CheckLine, string, Status) {
	if h == nil || !c.Hooks {
		return nil, "", Neutral
	}
	if h.LastAt == 0 {
		return []CheckLine{{Neutral, "Last event", "none yet; pulls find what they would tell, only later"}},
			"none received", Neutral
	}
	st, result := OK, "receiving"
	if h.Received24h+h.Repeated24h == 0 {
		st, result = Neutral, "quiet for a day"
	}
	day := fmt.Sprintf("%s received, %s refused, %s repeated and ignored", Count(h.Received24h),
		Count(h.Refused24h), Count(h.Repeated24h))
	lines := []CheckLine{{OK, "Last event", joined(", ", moment(h.LastAt, zone), h.LastType)},
		{st, "Last 24 hours", day}}
	if h.Refused24h > 0 {
		lines[1].Status = Attention
	}
	if h.Waiting > 0 {
		lines = append(lines, CheckLine{TimingStatus, "Waiting", Plural(h.Waiting, "event") + " to be read"})
	}
	return lines, result, st
}

// NewConnectionDetail shows a connection with what the books hold of it, its balance proofs, and
// what webhooks came in, nil for a system that sends none.
func NewConnectionDetail(c app.Connection, r app.SourceRecords, proofs []book.Proof,
	hooks *app.HookState, zone *time.Location) ConnectionDetail {
	d := ConnectionDetail{Title: c.Title, Icon: roleIcon(c), Why: c.Why, Test: NewTestView(c.Tested, zone)}
	d.State, d.Status = ConnectionState(c)
	d.Sub = string(c.Name)
	if role := strings.ToLower(roleTitle(c)); role != d.Sub {
		d.Sub += ", " + role
	}
	if c.Tested != nil && c.Tested.Account != "" {
		d.Sub = joined(", ", c.Tested.Account, d.Sub)
	}
	d.Address = "Live address."
	if c.URL != "" {
		d.Address = c.URL
	}
	d.Keys, d.KeyStatus = keyLines(c.Keys)
	d.Counts, d.CountStatus = countLines(c)
	d.Hooks, d.HookResult, d.HookStatus = hookLines(c, hooks, zone)
	d.last(c, r, zone)
	for _, p := range proofs {
		if p.Source != string(c.Name) {
			continue
		}
		line := CheckLine{OK, string(p.Currency), "balance " + Minor(p.Closing, p.Currency) +
			", every movement is there"}
		if !p.Holds {
			line.Status, line.Value, d.ProofStatus = Break, p.Why, Break
		}
		d.Proofs = append(d.Proofs, line)
	}
	if len(d.Proofs) > 0 {
		d.ProofResult = "complete"
		if d.ProofStatus == Break {
			d.ProofResult = "not complete"
		} else {
			d.ProofStatus = OK
		}
	}
	return d
}

func keyLines(keys []app.Key) ([]CheckLine, Status) {
	var out []CheckLine
	worst := OK
	for _, k := range keys {
		line := CheckLine{OK, k.Field, k.Place.Words()}
		switch {
		case k.Locked:
			line.Status, line.Value, worst = Attention, "perhaps in the encrypted file, which is locked", Attention
		case k.Place == secret.Nowhere && k.Optional:
			line.Status, line.Value = Neutral, "not set, and not needed"
		case k.Place == secret.Nowhere:
			line.Status, line.Value, worst = Attention, "missing", Attention
		}
		out = append(out, line)
	}
	return out, worst
}

func countLines(c app.Connection) ([]CheckLine, Status) {
	if c.Role == app.RoleBilling {
		if len(c.Behind) == 0 {
			return []CheckLine{{Attention, "Payment methods", "none leads to a gateway or an account yet"}},
				Attention
		}
		var out []CheckLine
		for method, behind := range c.Behind {
			out = append(out, CheckLine{OK, method, "leads to " + behind})
		}
		slices.SortFunc(out, func(a, b CheckLine) int { return strings.Compare(a.Label, b.Label) })
		return out, OK
	}
	st := OK
	methods := CheckLine{OK, "Payment methods", strings.Join(c.Methods, ", ")}
	if len(c.Methods) == 0 {
		methods.Status, methods.Value, st = Attention, "none leads here yet", Attention
	}
	accounts := CheckLine{OK, "Pays out to", ""}
	var names []string
	for _, a := range c.Settles {
		names = append(names, string(a))
	}
	if accounts.Value = strings.Join(names, ", "); accounts.Value == "" {
		accounts.Status, accounts.Value, st = Attention, "no account yet", Attention
	}
	return []CheckLine{methods, accounts}, st
}

func (d *ConnectionDetail) last(c app.Connection, r app.SourceRecords, zone *time.Location) {
	switch {
	case c.Last.At == 0:
		d.LastResult, d.LastStatus = "never synced", Neutral
	case c.Last.OK:
		d.LastResult, d.LastStatus = "complete, "+moment(c.Last.At, zone), OK
	default:
		d.LastResult, d.LastStatus = "stopped, "+moment(c.Last.At, zone), Break
		d.Last = append(d.Last, c.Last.Message)
	}
	var parts []string
	for _, k := range r.Kinds {
		parts = append(parts, Plural(k.Count, strings.ToLower(StateTitle(k.Kind))))
	}
	if len(parts) > 0 {
		text := strings.Join(parts, ", ") + "."
		if r.From != 0 {
			text = "From " + DateText(r.From) + ": " + text
		}
		d.Last = append(d.Last, text)
	}
	if r.Rejects > 0 {
		d.Last = append(d.Last, Plural(r.Rejects, "record")+" could not be read and "+
			plainly(r.Rejects, "is", "are")+" kept aside.")
	}
}

// AddedText says where new keys went, and what stands in their way.
func AddedText(title string, done app.Added) string {
	file, keyring := 0, 0
	for _, p := range done.Places {
		switch p {
		case secret.InFile:
			file++
		case secret.InKeyring:
			keyring++
		}
	}
	text := title + ": "
	switch {
	case file > 0 && keyring == 0:
		text += "the keyring cannot be used, so its keys are in the encrypted file."
	case file > 0:
		text += "its keys are in the keyring, and " + Plural(file, "key") + " in the encrypted file."
	default:
		text += "its keys are in the keyring."
	}
	if len(done.Shadowed) > 0 {
		text += " " + strings.Join(done.Shadowed, ", ") + " is set and stands before it."
	}
	return text + BackupText(done.Backup)
}

// BackupText says that a configuration had to be written anew, "" where it had not.
func BackupText(backup string) string {
	if backup == "" {
		return ""
	}
	return " The configuration had to be written anew without its comments; the old one is kept as " +
		backup + "."
}

// ForgetText says what forgetting a connection takes away, and what stays.
func ForgetText(c app.Connection, r app.SourceRecords) string {
	var keys []string
	for _, k := range c.Keys {
		if k.Place == secret.InKeyring || k.Place == secret.InFile || k.Locked {
			keys = append(keys, k.Field)
		}
	}
	text := "**It goes from the configuration**"
	if len(keys) > 0 {
		text += ", and its keys from where they are kept: " + strings.Join(keys, ", ")
	}
	if c.Role == app.RoleBilling && len(c.Behind) > 0 {
		text += ". Which payment method leads where goes with it"
	} else if len(c.Methods) > 0 {
		text += ". The payment methods that lead here lead nowhere then: " + strings.Join(c.Methods, ", ")
	}
	n := 0
	for _, k := range r.Kinds {
		n += k.Count
	}
	if n == 0 {
		return text + ". The books hold no records of it."
	}
	return text + ". **" + Plural(n, "record") + " " + plainly(n, "stays", "stay") +
		" in the books**; a connection with the same name goes on from there."
}

// ForgottenText says what forgetting took away, and what still holds a key.
func ForgottenText(title string, done app.Forgotten) string {
	text := title + " is forgotten"
	if len(done.Places) > 0 {
		text += ", and " + Plural(len(done.Places), "key") + " with it"
	}
	text += ". Its records stay."
	if len(done.Left) > 0 {
		text += " " + strings.Join(done.Left, ", ") + " is still set in the environment."
	}
	return text + BackupText(done.Backup)
}

// KeyTitle is a secret field's name in words: "Secret key".
func KeyTitle(field string) string { return StateTitle(strings.ReplaceAll(field, "_", " ")) }
