package present

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"countinghouse/app"
	"countinghouse/app/book"
	"countinghouse/app/secret"
)

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
