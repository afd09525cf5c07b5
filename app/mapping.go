package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"countinghouse/app/book"
	"countinghouse/sync/profile"
	"countinghouse/sync/source"
)

// Trial is what a billing profile makes of a live page or a file; see package profile.
type Trial = profile.Trial

// RowTrial and FieldTrial are the parts of a Trial, and ProfileFault what is wrong with a line of a
// billing profile; see package profile.
type (
	RowTrial     = profile.RowTrial
	FieldTrial   = profile.FieldTrial
	ProfileFault = profile.Fault
)

// TrialRows is how many rows a Trial shows.
const TrialRows = profile.TrialRows

// ProfileKinds are the words by which people name the lists of a billing profile.
var ProfileKinds = profile.Kinds

// BillingProfile is a billing profile that a source may be driven by.
type BillingProfile struct {
	// Name is what profile show takes: the name of one that comes with the program, or of a file in
	// the profile folder.
	Name, Title, Note string
	Verified          bool
	// Shipped says that it comes with the program; Faults are what is wrong with a file.
	Shipped bool
	Faults  []ProfileFault
	// Sources are the configured sources that it drives.
	Sources []book.SourceName
}

// checkProfile checks what a source says of its billing profile.
func (s *SourceConfig) checkProfile(k kind) error {
	_, shipped := profile.Shipped(s.Kind)
	switch {
	case s.Profile == "" && k.profile != nil && !shipped:
		return fmt.Errorf("source %s: profile is missing: the file in the profile folder that describes "+
			"your billing system, such as profile = \"billing.toml\"", s.Name)
	case s.Profile == "":
	case k.profile == nil:
		return fmt.Errorf("source %s: profile is for the kinds billing, fluxbilling and fossbilling",
			s.Name)
	case !filepath.IsLocal(s.Profile) || filepath.Base(s.Profile) != s.Profile ||
		s.Profile == ConfigName || filepath.Ext(s.Profile) != ".toml":
		return fmt.Errorf("source %s: profile %q is not the name of a .toml file in the profile folder",
			s.Name, s.Profile)
	}
	return nil
}

// profileOf is the text of a source's billing profile, "" where it has none of its own.
func (a *App) profileOf(s SourceConfig) (string, error) { return profileText(a.folder, s) }

func profileText(folder string, s SourceConfig) (string, error) {
	if s.Profile == "" {
		return "", nil
	}
	text, err := os.ReadFile(filepath.Join(folder, s.Profile))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", fmt.Errorf("source %s: there is no billing profile %s in the profile folder %s",
			s.Name, s.Profile, folder)
	case err != nil:
		return "", fmt.Errorf("source %s: billing profile %s cannot be read: %w", s.Name, s.Profile, err)
	}
	return string(text), nil
}

// firstText is the text of the billing profile that a new source begins with: its file, else one to
// change. A source that is configured already never begins anew, so that a file that was lost is
// missed.
func firstText(folder string, s SourceConfig) (string, error) {
	text, err := profileText(folder, s)
	if _, lost := os.Stat(filepath.Join(folder, s.Profile)); err != nil &&
		errors.Is(lost, fs.ErrNotExist) && s.Profile == starterFile(s.Kind, s.Name) {
		return profile.Starter(string(s.Name)), nil
	}
	return text, err
}

// keyFree says that a billing profile sends no key, as an adapter on this computer may want it.
func keyFree(text string) bool {
	m, err := profile.Parse(text)
	return text != "" && err == nil && m.Connection.Auth == "none"
}

// BillingProfiles lists the billing profiles that come with the program, then those that sources
// are configured with.
func (a *App) BillingProfiles() []BillingProfile {
	var out []BillingProfile
	for _, name := range profile.ShippedNames() {
		text, _ := profile.Shipped(name)
		out = append(out, describeProfile(name, text))
		out[len(out)-1].Shipped = true
	}
	for _, s := range a.Config().Sources {
		if kinds[s.Kind].profile == nil {
			continue
		}
		name := s.Kind
		if s.Profile != "" {
			name = s.Profile
		}
		i := slices.IndexFunc(out, func(p BillingProfile) bool { return p.Name == name })
		if i < 0 {
			text, err := a.profileOf(s)
			p := describeProfile(name, text)
			if err != nil {
				p.Faults = []ProfileFault{{Text: err.Error()}}
			}
			i, out = len(out), append(out, p)
		}
		out[i].Sources = append(out[i].Sources, s.Name)
	}
	return out
}

func describeProfile(name, text string) BillingProfile {
	p := BillingProfile{Name: name}
	m, faults := parseProfile(text)
	if p.Faults = faults; m != nil {
		p.Title, p.Note, p.Verified = m.Title, m.Note, m.Verified
	}
	return p
}

// parseProfile reads a billing profile, or says what is wrong with it.
func parseProfile(text string) (*profile.Mapping, []ProfileFault) {
	m, err := profile.Parse(text)
	var bad *profile.MappingError
	switch {
	case errors.As(err, &bad):
		return nil, bad.Faults
	case err != nil:
		return nil, []ProfileFault{{Text: err.Error()}}
	}
	return m, nil
}

// CheckProfile says what is wrong with the text of a billing profile, by line; nil for nothing.
func CheckProfile(text string) []ProfileFault {
	_, faults := parseProfile(text)
	return faults
}

// ShippedProfile is the text of a billing profile that comes with the program, by its name.
func ShippedProfile(name string) (string, bool) { return profile.Shipped(name) }

// ShippedProfiles are the names of the billing profiles that come with the program.
func ShippedProfiles() []string { return profile.ShippedNames() }

// ProfileText is the text of a billing profile: one that comes with the program, a file in the
// profile folder, or that of a source by the source's name.
func (a *App) ProfileText(name string) (string, error) {
	if s, ok := a.profiledSource(book.SourceName(name)); ok {
		if text, err := a.profileOf(s); text != "" || err != nil {
			return text, err
		}
		name = s.Kind
	}
	if text, ok := profile.Shipped(name); ok {
		return text, nil
	}
	return a.profileOf(SourceConfig{Name: book.SourceName(name), Profile: filepath.Base(name)})
}

func (a *App) profiledSource(name book.SourceName) (SourceConfig, bool) {
	for _, s := range a.Config().Sources {
		if s.Name == name && kinds[s.Kind].profile != nil {
			return s, true
		}
	}
	return SourceConfig{}, false
}

// ProfiledSources are the configured sources that billing profiles drive.
func (a *App) ProfiledSources() []book.SourceName {
	var out []book.SourceName
	for _, s := range a.Config().Sources {
		if kinds[s.Kind].profile != nil {
			out = append(out, s.Name)
		}
	}
	return out
}

// TryRequest says what to try a billing profile on.
type TryRequest struct {
	Source book.SourceName
	// Text is the billing profile, "" for the source's own.
	Text string
	// Kind is one of ProfileKinds, "" for invoices. File is a file to try in place of a live page;
	// its kind is seen by its columns.
	Kind, File string
}

// TryProfile reads one live page of a source, or the first rows of a file, as a billing profile says
// and shows what becomes of it. It stores nothing. Rows that cannot be read are no error; what is
// wrong with the profile is one.
func (a *App) TryProfile(ctx context.Context, q TryRequest) (Trial, error) {
	s, ok := a.profiledSource(q.Source)
	if !ok {
		return Trial{}, fmt.Errorf("there is no source %q in %s that a billing profile drives", q.Source,
			ConfigName)
	}
	if q.Text == "" {
		var err error
		if q.Text, err = a.ProfileText(string(s.Name)); err != nil {
			return Trial{}, err
		}
	}
	m, err := profile.Parse(q.Text)
	if err != nil {
		return Trial{}, err
	}
	if q.File != "" {
		return a.tryFile(s, m, q.File)
	}
	k := book.KindInvoice
	if q.Kind != "" {
		if k, err = profile.KindNamed(q.Kind); err != nil {
			return Trial{}, err
		}
	}
	s.Profile = "" // the text to try stands for it
	o, err := a.sourceOptions(s)
	if err != nil && m.Connection.Auth != "none" {
		return Trial{}, err
	}
	return profile.Try(ctx, *kinds[s.Kind].profile, o, m, k)
}

func (a *App) tryFile(s SourceConfig, m *profile.Mapping, path string) (Trial, error) {
	file, err := openReport(path)
	if err != nil {
		return Trial{}, err
	}
	defer file.Close()
	s.Profile = ""
	o, err := a.settings(s)
	if err != nil {
		return Trial{}, err
	}
	t, err := profile.TryFile(o, m, file)
	if source.KindOf(err) != "" {
		return t, err
	}
	if err == nil {
		t.From = baseName(path) + ", " + t.From
	}
	return t, err
}

// SaveProfile writes the text of a billing profile into the profile folder, under the name that the
// source is configured with, else under one of the source's own, which the configuration then names.
// It returns the file's name; backup is as of EditConfig. A text that is no profile is refused.
func (a *App) SaveProfile(ctx context.Context, name book.SourceName, text string) (file,
	backup string, err error) {
	s, ok := a.profiledSource(name)
	if !ok {
		return "", "", fmt.Errorf("there is no source %q in %s that a billing profile drives", name,
			ConfigName)
	}
	if _, err := profile.Parse(text); err != nil {
		return "", "", err
	}
	if s.Profile != "" {
		return s.Profile, "", writeConfig(filepath.Join(a.folder, s.Profile), []byte(text))
	}
	file = ownFile(name)
	if err := writeConfig(filepath.Join(a.folder, file), []byte(text)); err != nil {
		return "", "", err
	}
	backup, err = a.change(ctx, func(c *Config) error {
		for i := range c.Sources {
			if c.Sources[i].Name == name {
				c.Sources[i].Profile = file
			}
		}
		return nil
	})
	return file, backup, err
}

// ownFile is the file of a source's own billing profile.
func ownFile(name book.SourceName) string { return string(name) + "-profile.toml" }

// unverified says that the billing profile of a kind was not tried on the real system, or is yet to
// be made.
func unverified(kind string) bool {
	text, _ := profile.Shipped(kind)
	m, err := profile.Parse(text)
	return err != nil || !m.Verified
}

// starterFile is the file that a new source of a kind needs, "" where the kind brings its profile
// along or needs none.
func starterFile(kind string, name book.SourceName) string {
	if _, shipped := profile.Shipped(kind); shipped || kinds[kind].profile == nil {
		return ""
	}
	return ownFile(name)
}

// startProfile writes the billing profile that a new source begins with, unless there is one.
func (a *App) startProfile(s SourceConfig) error {
	path := filepath.Join(a.folder, s.Profile)
	if s.Profile == "" {
		return nil
	}
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	return writeConfig(path, []byte(profile.Starter(string(s.Name))))
}
