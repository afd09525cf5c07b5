package store

import (
	"context"
	"encoding/json"
	"fmt"

	"gorm.io/gorm/clause"

	"countinghouse/app/book"
)

// ImportID numbers imports from 1.
type ImportID int64

// Import is what one or more statement files of an account came to, lines that are already stored
// left out or not: the same line with the same content is counted and not written again.
type Import struct {
	Account    book.AccountName
	Statements []book.Statement
	Lines      []book.BankLine
	Rejects    []book.Reject
	// Replaced names stored lines and statements that these take the place of; they get a
	// tombstone.
	Replaced []book.ItemID
	// Shape is a hash of the file's layout and Profile how it is read, in JSON; "" to keep none.
	Shape, Profile string
}

// Imported says what an import came to.
type Imported struct {
	ID         ImportID
	Statements Count
	Lines      Count
	Replaced   int
	Rejected   int
}

// importRow is a row of imports.
type importRow struct {
	ID                      int64 `gorm:"primaryKey"`
	Account                 string
	At                      int64
	Files                   string
	Created, Same, Rejected int
}

func (importRow) TableName() string { return "imports" }

// Import stores bank statements with their lines, all or nothing. It returns ErrConflict where a
// stored line or statement of the same id says something else and is not among Replaced; then
// nothing is kept.
func (s *Store) Import(ctx context.Context, in Import, at book.Instant) (Imported, error) {
	var out Imported
	err := s.write(ctx, "import: "+string(in.Account), func(t *tx) error {
		recs := book.Records{Statements: in.Statements, Lines: in.Lines, Gone: in.Replaced}
		if err := uncontested(t, &recs); err != nil {
			return err
		}
		// Replaced ones are buried first: one that comes again under its id is dug up by that.
		applied, err := apply(t, &book.Records{Gone: in.Replaced}, nil, at)
		if err != nil {
			return err
		}
		out.Replaced = applied.Gone
		recs.Gone = nil
		if applied, err = apply(t, &recs, in.Rejects, at); err != nil {
			return err
		}
		out.Statements = applied.Kinds[KindStatement]
		out.Lines = applied.Kinds[book.KindBankLine]
		out.Rejected = applied.Rejected
		if err := saveProfile(t, in.Shape, in.Profile, at); err != nil {
			return err
		}
		files := make([]string, len(in.Statements))
		for i, st := range in.Statements {
			files[i] = st.File
		}
		row := importRow{Account: string(in.Account), At: int64(at), Files: packed(files),
			Created: out.Lines.New, Same: out.Lines.Same, Rejected: out.Rejected}
		err = t.gorm.Create(&row).Error
		out.ID = ImportID(row.ID)
		return err
	})
	if err != nil {
		return Imported{}, err
	}
	return out, nil
}

// uncontested refuses records whose id is stored with other content.
func uncontested(t *tx, recs *book.Records) error {
	replaced := make(map[book.ItemID]bool, len(recs.Gone))
	for _, id := range recs.Gone {
		replaced[id] = true
	}
	return t.bulk(func(c *conn) error {
		for _, kind := range []book.Kind{KindStatement, book.KindBankLine} {
			table, _ := factsOf(kind)
			contested, err := table.contested(t.ctx, c, recs)
			if err != nil {
				return err
			}
			for _, id := range contested {
				if !replaced[id] {
					return fmt.Errorf("%w: %s %s is stored with other content", ErrConflict,
						kind, id)
				}
			}
		}
		return nil
	})
}

// profileRow is a row of import_profiles.
type profileRow struct {
	Shape   string `gorm:"primaryKey"`
	Profile string
	At      int64
}

func (profileRow) TableName() string { return "import_profiles" }

func saveProfile(t *tx, shape, profile string, at book.Instant) error {
	if shape == "" || profile == "" {
		return nil
	}
	if !json.Valid([]byte(profile)) {
		return fmt.Errorf("%w: the profile of %s is no JSON", ErrConflict, shape)
	}
	row := profileRow{shape, profile, int64(at)}
	return t.gorm.Clauses(clause.OnConflict{UpdateAll: true}).Create(&row).Error
}

// SaveProfile remembers how files of a shape are read; profile is JSON.
func (s *Store) SaveProfile(ctx context.Context, shape, profile string, at book.Instant) error {
	return s.write(ctx, "save import profile", func(t *tx) error {
		return saveProfile(t, shape, profile, at)
	})
}

// Profile is how files of a shape are read, in JSON. It returns ErrNotFound for a new shape.
func (s *Store) Profile(ctx context.Context, shape string) (string, error) {
	var rows []profileRow
	err := s.view(ctx, "import profile", func(t *tx) error {
		return t.gorm.Where("shape = ?", shape).Find(&rows).Error
	})
	switch {
	case err != nil:
		return "", err
	case len(rows) == 0:
		return "", explain("import profile", ErrNotFound)
	}
	return rows[0].Profile, nil
}

// Profiles lists how files are read, in JSON, by shape.
func (s *Store) Profiles(ctx context.Context) (map[string]string, error) {
	var rows []profileRow
	err := s.view(ctx, "import profiles", func(t *tx) error { return t.gorm.Find(&rows).Error })
	out := make(map[string]string, len(rows))
	for _, r := range rows {
		out[r.Shape] = r.Profile
	}
	return out, err
}

// Lines reads an account's bank lines with booking dates from one date to another, both included
// and zero for no bound; lines without a booking date go by their value date. Sorted by id.
func (s *Store) Lines(ctx context.Context, account book.AccountName, from,
	to book.Date) ([]book.BankLine, error) {
	where, args := " AND account = ?", []any{string(account)}
	const on = `iif("on" <> 0, "on", value_on)`
	if from != 0 {
		where, args = where+" AND "+on+" >= ?", append(args, int64(from))
	}
	if to != 0 {
		where, args = where+" AND "+on+" <= ?", append(args, int64(to))
	}
	recs, err := s.loadKinds(ctx, "lines: "+string(account), where, args, book.KindBankLine)
	return recs.Lines, err
}

// Statements reads an account's statements, "" for all accounts, sorted by id.
func (s *Store) Statements(ctx context.Context, account book.AccountName) ([]book.Statement,
	error) {
	where, args := "", []any(nil)
	if account != "" {
		where, args = " AND account = ?", []any{string(account)}
	}
	recs, err := s.loadKinds(ctx, "statements: "+string(account), where, args, KindStatement)
	return recs.Statements, err
}
