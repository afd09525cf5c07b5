package present

import (
	"errors"
	"fmt"
	"strings"

	"countinghouse/app"
)

// ProfileField is one line of the result of trying a billing profile.
type ProfileField struct {
	Field, Path, Raw, Result string
	Status                   Status
}

// ProfileSample is one row of the page and what it came to.
type ProfileSample struct {
	Title, Sentence string
	Status          Status
	Fields          []ProfileField
}

// ProfileNote is a sentence about the whole page.
type ProfileNote struct {
	Status Status
	Text   string
}

// ProfileTrial is what a billing profile makes of a live page.
type ProfileTrial struct {
	Verdict, From string
	Status        Status
	Notes         []ProfileNote
	Samples       []ProfileSample
}

// NewProfileTrial puts a trial into words: what nobody can do without first.
func NewProfileTrial(t app.Trial) ProfileTrial {
	v := ProfileTrial{From: t.From, Status: OK,
		Verdict: fmt.Sprintf("%d of %s can be read", t.Read, Plural(t.Listed, "row"))}
	switch {
	case t.Listed == 0:
		v.Status, v.Verdict = Attention, "The page has no rows"
	case t.Read == 0:
		v.Status = Break
	case t.Read < t.Listed || len(t.Unmapped) > 0:
		v.Status = Attention
	}
	add := func(st Status, format string, words []string) {
		if len(words) > 0 {
			v.Notes = append(v.Notes, ProfileNote{st, fmt.Sprintf(format, strings.Join(words, ", "))})
		}
	}
	add(Break, "Missing in every row: %s", t.Missing)
	add(Attention, "Words that are not mapped, shown as they are: %s", t.Unmapped)
	for _, w := range t.Warnings {
		v.Notes = append(v.Notes, ProfileNote{Attention, w})
	}
	add(Neutral, "Names that the profile does not look at: %s", t.Unused)
	for i, r := range t.Rows {
		v.Samples = append(v.Samples, profileSample(i, r))
	}
	return v
}

func profileSample(i int, r app.RowTrial) ProfileSample {
	s := ProfileSample{Title: fmt.Sprint(i + 1), Sentence: r.Record, Status: OK}
	if r.Error != "" {
		s.Sentence, s.Status = "Cannot be read: "+r.Error, Break
	}
	for _, f := range r.Fields {
		x := ProfileField{Field: StateTitle(f.Field), Path: f.Path, Raw: f.Raw, Result: f.Result,
			Status: OK}
		switch {
		case f.Error != "":
			x.Result, x.Status = f.Error, Break
		case f.Raw == "" && f.Result == "":
			x.Raw, x.Result, x.Status = None, None, Neutral
		}
		s.Fields = append(s.Fields, x)
	}
	return s
}

// ProfileFaults are what is wrong with the text of a billing profile, by line.
func ProfileFaults(list []app.ProfileFault) []string {
	var out []string
	for _, f := range list {
		if f.Line > 0 {
			out = append(out, fmt.Sprintf("Line %d: %s", f.Line, f.Text))
		} else {
			out = append(out, StateTitle(f.Text))
		}
	}
	return out
}

// ProfileSaved says what became of a saved billing profile.
func ProfileSaved(source, file, backup string) string {
	return "Saved as " + file + ". The next sync of " + source + " reads by it." + BackupText(backup)
}

// BillingNote says under the name of a billing system what connecting it means.
func BillingNote(k app.SourceKind) string {
	switch {
	case !k.Mapped:
		return "Billing system: issues the invoices"
	case k.Unmapped:
		return "Any that a billing profile of yours describes"
	case k.Unverified:
		return "Billing system, by an unverified profile: try it before you trust it"
	}
	return "Billing system, by a profile"
}

// ErrNoProfiledSource says that no source is driven by a billing profile.
var ErrNoProfiledSource = errors.New("no source of this profile is described by a billing profile: " +
	"they are those of kind billing, fluxbilling and fossbilling")
