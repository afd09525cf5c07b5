package app

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"countinghouse/app/book"
	"countinghouse/app/store"
	"countinghouse/sync/bankfile"
)

// profileForm marks a file that holds a statement profile.
const profileForm = "statement-profile/1"

// profileFile is a statement profile as a file.
type profileFile struct {
	Form string `json:"countinghouse"`
	Profile
}

// profiles are the remembered ones by shape.
func (a *App) profiles(ctx context.Context) (map[string]Profile, error) {
	texts, err := a.store.Profiles(ctx)
	if err != nil {
		return nil, err
	}
	out := make(map[string]Profile, len(texts))
	for shape, text := range texts {
		var p Profile
		if err := json.Unmarshal([]byte(text), &p); err != nil {
			return nil, fmt.Errorf("remembered profile %s: %w", shape, err)
		}
		out[shape] = p
	}
	return out, nil
}

// rememberedText is a profile as it is remembered.
func rememberedText(p Profile) (shape, text string, err error) {
	b, err := json.Marshal(p)
	if err != nil {
		return "", "", fmt.Errorf("remember the profile: %w", err)
	}
	return p.Shape, string(b), nil
}

// StatementProfiles are how files are read that were read before, those with a name first, by name.
func (a *App) StatementProfiles(ctx context.Context) ([]Profile, error) {
	all, err := a.profiles(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]Profile, 0, len(all))
	for _, p := range all {
		out = append(out, p)
	}
	slices.SortFunc(out, func(x, y Profile) int {
		if (x.Name == "") != (y.Name == "") {
			return cmp.Compare(y.Name, x.Name)
		}
		return cmp.Or(strings.Compare(x.Name, y.Name), strings.Compare(x.Shape, y.Shape))
	})
	return out, nil
}

// StatementProfile is the remembered profile with a name or shape.
func (a *App) StatementProfile(ctx context.Context, name string) (Profile, error) {
	all, err := a.StatementProfiles(ctx)
	if err != nil {
		return Profile{}, err
	}
	i := slices.IndexFunc(all, func(p Profile) bool {
		return name != "" && (p.Name == name || p.Shape == name)
	})
	if i < 0 {
		return Profile{}, fmt.Errorf("there is no remembered profile %q: countinghouse import profile "+
			"list names them", name)
	}
	return all[i], nil
}

// SaveStatementProfile remembers how files of a profile's shape are read, under its name.
func (a *App) SaveStatementProfile(ctx context.Context, p Profile) error {
	if err := checkStatementProfile(p); err != nil {
		return err
	}
	if p.Name == "" {
		return errors.New("the profile has no name: give it one, such as the bank's")
	}
	all, err := a.profiles(ctx)
	if err != nil {
		return err
	}
	for shape, other := range all {
		if shape != p.Shape && other.Name == p.Name {
			return fmt.Errorf("another profile is called %q already: choose another name", p.Name)
		}
	}
	shape, text, err := rememberedText(p)
	if err != nil {
		return err
	}
	return a.store.SaveProfile(ctx, shape, text, book.At(a.wall()))
}

// ForgetStatementProfile forgets how files of a shape are read: the next one is asked about anew.
func (a *App) ForgetStatementProfile(ctx context.Context, shape string) error {
	err := a.store.ForgetProfile(ctx, shape)
	if errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("there is no remembered profile of the shape %q", shape)
	}
	return err
}

// ExportStatementProfile writes a profile as a file that others can read in. It holds how a bank
// writes its files, and nothing of what stands in them.
func (a *App) ExportStatementProfile(p Profile, w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	if err := e.Encode(profileFile{profileForm, p}); err != nil {
		return fmt.Errorf("write the profile: %w", err)
	}
	return nil
}

// profileMax is the largest file of a profile that is read, in bytes.
const profileMax = 1 << 20

// ReadStatementProfile reads a file that ExportStatementProfile wrote. It remembers nothing yet.
func (a *App) ReadStatementProfile(r io.Reader) (Profile, error) {
	b, err := io.ReadAll(io.LimitReader(r, profileMax+1))
	if err != nil {
		return Profile{}, fmt.Errorf("the profile cannot be read: %w", err)
	}
	if len(b) > profileMax {
		return Profile{}, errors.New("the file is too large for a statement profile")
	}
	var f profileFile
	if err := json.Unmarshal(b, &f); err != nil {
		return Profile{}, fmt.Errorf("the file is no statement profile: %w", err)
	}
	if f.Form != profileForm {
		return Profile{}, fmt.Errorf("the file is no statement profile of this version: it does not say "+
			"%q", profileForm)
	}
	return f.Profile, checkStatementProfile(f.Profile)
}

// checkStatementProfile refuses a profile that no file could be read by.
func checkStatementProfile(p Profile) error {
	if p.Shape == "" {
		return errors.New("the profile does not say for which files it is: export it anew")
	}
	if len(p.Columns) > bankfile.DefaultLimits.Columns {
		return fmt.Errorf("the profile has more than %d columns", bankfile.DefaultLimits.Columns)
	}
	for _, c := range p.Columns {
		switch {
		case !slices.Contains(Roles, c.Means):
			return fmt.Errorf("the profile's column %d means %q, which no column can", c.Index+1, c.Means)
		case c.Point != "" && c.Point != "." && c.Point != ",":
			return fmt.Errorf("the profile's column %d has the decimal mark %q: it must be . or ,",
				c.Index+1, c.Point)
		}
	}
	for topic, value := range map[Topic]string{bankfile.AskDates: string(p.Dates),
		bankfile.AskSign: string(p.Sign), bankfile.AskCurrency: string(p.Currency)} {
		if _, err := p.With(topic, value); value != "" && err != nil {
			return fmt.Errorf("the profile says %s=%s, which is no answer", topic, value)
		}
	}
	return nil
}
