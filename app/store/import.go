package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"gorm.io/gorm/clause"

	"countinghouse/app/book"
)

// ImportID numbers imports from 1.
type ImportID int64

// Import is what one statement file came to, lines that are already stored left out or not: the same
// line with the same content is counted and not written again.
type Import struct {
	// Account is the account of a file without statements; else theirs count, of which there may be
	// several.
	Account    book.AccountName
	Statements []book.Statement
	Lines      []book.BankLine
	Rejects    []book.Reject
	// Known are lines of the books that the file has too. They stay while this import does.
	Known []Known
	// Replaced names stored lines and statements that these take the place of; they get a
	// tombstone.
	Replaced []book.ItemID
	// File and Digest are the file's name and the SHA-256 of its bytes, by which its rejects are known.
	File, Digest string
	// Shape is a hash of the file's layout and Profile how it is read, in JSON; "" to keep none.
	Shape, Profile string
	// By is who imports.
	By string
	// Turn is what ImportTurn said before the books were compared with the file; nil to compare
	// nothing.
	Turn *int64
}

// Known is a line of the books that a file has too, and the statement that it has there.
type Known struct{ Line, Statement book.ItemID }

// Imported says what an import came to.
type Imported struct {
	ID         ImportID
	Statements Count
	Lines      Count
	Replaced   int
	Rejected   int
	// Settled counts rejects of the same file that were read this time.
	Settled int
}

// importRow is a row of imports.
type importRow struct {
	ID                      int64 `gorm:"primaryKey"`
	Account                 string
	At                      int64
	Files                   string
	Created, Same, Rejected int
	By                      string
	Replaced, Settled       int
	Journal                 int
	UndoneAt                int64
	UndoneBy                string
}

func (importRow) TableName() string { return "imports" }

// ImportTurn counts imports and their undoings: what was read from the books before another one of
// them may be old by now.
func (s *Store) ImportTurn(ctx context.Context) (int64, error) {
	var turn int64
	err := s.view(ctx, "import turn", func(t *tx) error {
		return t.bulk(func(c *conn) (err error) {
			turn, err = importTurn(c)
			return err
		})
	})
	return turn, err
}

func importTurn(c *conn) (int64, error) {
	return c.number("SELECT count(*) + count(nullif(undone_at, 0)) FROM imports")
}

// Import stores a statement file, all or nothing, and keeps what UndoImport needs. It returns
// ErrConflict where a stored line or statement of the same id says something else and is not among
// Replaced, and ErrMoved where another import or undoing came between; then nothing is kept.
func (s *Store) Import(ctx context.Context, in Import, at book.Instant) (Imported, error) {
	var out Imported
	err := s.write(ctx, "import: "+string(in.Account), func(t *tx) error {
		if err := t.bulk(func(c *conn) error { return stillTurn(c, in.Turn) }); err != nil {
			return err
		}
		row := importRow{Account: packed(in.accounts()), At: int64(at), Files: packed(in.files()),
			By: in.By, Journal: 1}
		if err := t.gorm.Create(&row).Error; err != nil {
			return err
		}
		out.ID = ImportID(row.ID)
		j := journal{t: t, id: out.ID}
		if err := j.begin(&in); err != nil {
			return err
		}
		if err := in.apply(t, &out, at); err != nil {
			return err
		}
		if err := j.move(); err != nil {
			return err
		}
		if err := j.rejects(&in, &out, at); err != nil {
			return err
		}
		if err := j.profile(&in, at); err != nil {
			return err
		}
		if err := j.end(&in); err != nil {
			return err
		}
		row.Created, row.Same, row.Rejected = out.Lines.New, out.Lines.Same, out.Rejected
		row.Replaced, row.Settled = out.Replaced, out.Settled
		return t.gorm.Save(&row).Error
	})
	if err != nil {
		return Imported{}, err
	}
	return out, nil
}

func stillTurn(c *conn, turn *int64) error {
	if turn == nil {
		return nil
	}
	now, err := importTurn(c)
	if err == nil && now != *turn {
		err = ErrMoved
	}
	return err
}

// accounts are all whose statements or lines come, sorted.
func (in *Import) accounts() []book.AccountName {
	var out []book.AccountName
	for _, s := range in.Statements {
		out = append(out, s.Account)
	}
	for _, l := range in.Lines {
		out = append(out, l.Account)
	}
	if len(out) == 0 {
		out = append(out, in.Account)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (in *Import) files() []string {
	if in.File != "" {
		return []string{in.File}
	}
	var out []string
	for _, s := range in.Statements {
		if !slices.Contains(out, s.File) {
			out = append(out, s.File)
		}
	}
	return out
}

// apply writes the facts.
func (in *Import) apply(t *tx, out *Imported, at book.Instant) error {
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
	if applied, err = apply(t, &recs, nil, at); err != nil {
		return err
	}
	out.Statements = applied.Kinds[KindStatement]
	out.Lines = applied.Kinds[book.KindBankLine]
	return nil
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

// ForgetProfile forgets how files of a shape are read. It returns ErrNotFound where nobody knew.
func (s *Store) ForgetProfile(ctx context.Context, shape string) error {
	return s.write(ctx, "forget import profile", func(t *tx) error {
		res := t.gorm.Delete(&profileRow{}, "shape = ?", shape)
		if res.Error == nil && res.RowsAffected == 0 {
			return ErrNotFound
		}
		return res.Error
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
