package store

import (
	"context"
	"database/sql/driver"
	"fmt"
	"strings"

	"countinghouse/app/book"
)

// ImportRecord is one import in the books' log.
type ImportRecord struct {
	ID       ImportID
	Accounts []book.AccountName
	Files    []string
	At       book.Instant
	By       string
	// New counts lines, Replaced lines and statements whose place was taken, Rejected rows kept aside
	// and Settled those of an earlier import that were read this time.
	New, Replaced, Rejected, Settled int
	// Undoable says that the books hold what it did; UndoneAt is zero while it stands.
	Undoable bool
	UndoneAt book.Instant
	UndoneBy string
}

// Imports lists all imports, the last one first.
func (s *Store) Imports(ctx context.Context) ([]ImportRecord, error) {
	var rows []importRow
	err := s.view(ctx, "imports", func(t *tx) error {
		return t.gorm.Order("id DESC").Find(&rows).Error
	})
	out := make([]ImportRecord, 0, len(rows))
	for _, r := range rows {
		out = append(out, r.record())
	}
	return out, err
}

func (r importRow) record() ImportRecord {
	return ImportRecord{ID: ImportID(r.ID), Accounts: unpacked[book.AccountName](r.Account),
		Files: unpacked[string](r.Files), At: book.Instant(r.At), By: r.By, New: r.Created,
		Replaced: r.Replaced, Rejected: r.Rejected, Settled: r.Settled, Undoable: r.Journal == 1,
		UndoneAt: book.Instant(r.UndoneAt), UndoneBy: r.UndoneBy}
}

// Undone says what the undoing of an import came to.
type Undone struct {
	Import ImportRecord
	// Gone are lines that went, Back those that came back, Kept those that stay because KeptBy, later
	// imports, have them too.
	Gone, Back, Kept int
	KeptBy           []ImportID
	// Rejects counts rows that left the quarantine, Reopened those that wait there again.
	Rejects, Reopened int
	// Matches counts automatic and suggested ones that ended with their lines.
	Matches int
}

// CannotUndo is the error of UndoImport where something rests on the import; it says on what.
type CannotUndo struct {
	Import ImportRecord
	// Line is the line that something rests on: Match, which By confirmed for the reason Why, or the
	// later import Later, whose statement covers its day.
	Line       book.BankLine
	Match      string
	By, Why    string
	Later      ImportRecord
	Old, Twice bool
}

// Error says it for logs; the app makes a sentence of it.
func (e *CannotUndo) Error() string {
	return fmt.Sprintf("import %d cannot be undone: line %s, match %q, later import %d, old %t, "+
		"twice %t", e.Import.ID, e.Line.ID, e.Match, e.Later.ID, e.Old, e.Twice)
}

// UndoImport takes an import back, all or nothing: lines and statements that it brought get a
// tombstone, what it replaced is as it was, and its rejects go. A line that a later import has too
// stays as that one's. Automatic and suggested matches end with their lines. It returns ErrNotFound,
// and *CannotUndo where the import was undone before, is from before the books kept what imports do,
// where a confirmed match rests on a line of it, or where a later import was compared with it.
func (s *Store) UndoImport(ctx context.Context, id ImportID, by string,
	at book.Instant) (Undone, error) {
	var out Undone
	err := s.write(ctx, fmt.Sprintf("undo import %d", id), func(t *tx) error {
		var row importRow
		if err := t.gorm.Where("id = ?", int64(id)).Limit(1).Find(&row).Error; err != nil {
			return err
		}
		if row.ID == 0 {
			return ErrNotFound
		}
		out.Import = row.record()
		if row.Journal == 0 || row.UndoneAt != 0 {
			return &CannotUndo{Import: out.Import, Old: row.Journal == 0, Twice: row.UndoneAt != 0}
		}
		err := t.bulk(func(c *conn) error {
			u := undoing{t: t, c: c, id: id, out: &out}
			if err := u.run(); err != nil {
				return err
			}
			_, err := c.exec("UPDATE alterations SET at = ? WHERE at IS NULL", int64(at))
			return err
		})
		if err != nil {
			return err
		}
		row.UndoneAt, row.UndoneBy = int64(at), by
		out.Import = row.record()
		return t.gorm.Save(&row).Error
	})
	if err != nil {
		return Undone{}, err
	}
	return out, nil
}

// undoing is one undo while it runs.
type undoing struct {
	t   *tx
	c   *conn
	id  ImportID
	out *Undone
}

// changed is one thing that an import changed, with how it was before; nil where it was not there.
type changed struct {
	kind   book.Kind
	item   string
	before any
}

// later is what the next import that stands did to the same thing.
type later struct {
	id         ImportID
	role, says string
}

func (u *undoing) run() error {
	var list []changed
	err := u.c.rows(u.t.ctx, `SELECT kind, item, before FROM import_changes
		WHERE import = ? AND role = 'changed' ORDER BY kind, item`, []any{int64(u.id)},
		func(vals []driver.Value) error {
			kind, _ := vals[0].(string)
			item, _ := vals[1].(string)
			list = append(list, changed{book.Kind(kind), item, vals[2]})
			return nil
		})
	if err != nil {
		return err
	}
	next, err := u.laters()
	if err != nil {
		return err
	}
	var free []changed
	for _, x := range list {
		if l, ok := next[x.kind][x.item]; ok {
			err = u.hand(x, l)
		} else {
			free = append(free, x)
		}
		if err != nil {
			return err
		}
	}
	return u.restoreAll(free)
}

// laters are the first later imports that stand and have the same things, by kind and item.
func (u *undoing) laters() (map[book.Kind]map[string]later, error) {
	out := map[book.Kind]map[string]later{}
	err := u.c.rows(u.t.ctx, `SELECT n.kind, n.item, n.import, n.role, n.says
		FROM import_changes o JOIN import_changes n ON n.kind = o.kind AND n.item = o.item
		AND n.import > o.import JOIN imports i ON i.id = n.import AND i.undone_at = 0
		WHERE o.import = ? AND o.role = 'changed' ORDER BY n.import DESC`, []any{int64(u.id)},
		func(vals []driver.Value) error {
			word := func(i int) string { s, _ := vals[i].(string); return s }
			id, _ := vals[2].(int64)
			kind := book.Kind(word(0))
			if out[kind] == nil {
				out[kind] = map[string]later{}
			}
			out[kind][word(1)] = later{ImportID(id), word(3), word(4)}
			return nil
		})
	return out, err
}

// hand makes a thing the next import's, as if this one had never been: that is how it was before
// the next one. A line that the next one only has too stays, and is of its statement now.
func (u *undoing) hand(x changed, l later) error {
	_, err := u.c.exec(`UPDATE import_changes SET role = 'changed', before = ?
		WHERE import = ? AND kind = ? AND item = ?`, x.before, int64(l.id), string(x.kind), x.item)
	if err != nil || l.role == roleChanged || x.kind != book.KindBankLine {
		return err
	}
	u.out.Kept++
	u.keptBy(l.id)
	// A still later import may have changed it: then what it was before that one is what moves.
	n, err := u.c.exec(`UPDATE import_changes SET before = json_set(before, '$.statement_id', ?)
		WHERE kind = ? AND item = ? AND import = (SELECT min(n.import) FROM import_changes n
		JOIN imports i ON i.id = n.import AND i.undone_at = 0
		WHERE n.kind = ? AND n.item = ? AND n.import > ? AND n.role = 'changed')`, l.says,
		string(x.kind), x.item, string(x.kind), x.item, int64(l.id))
	if n > 0 || err != nil {
		return err
	}
	_, err = u.c.exec("UPDATE bank_lines SET statement_id = ? WHERE id = ?", l.says, x.item)
	return err
}

func (u *undoing) keptBy(id ImportID) {
	for _, k := range u.out.KeptBy {
		if k == id {
			return
		}
	}
	u.out.KeptBy = append(u.out.KeptBy, id)
}

// restoreAll puts things back that no later import has.
func (u *undoing) restoreAll(list []changed) error {
	for _, x := range list {
		if err := u.t.ctx.Err(); err != nil {
			return err
		}
		var err error
		switch x.kind {
		case book.KindBankLine:
			err = u.line(x)
		case KindStatement:
			_, err = u.restore(x)
		case kindReject:
			err = u.reject(x)
		case kindProfile:
			err = u.profile(x)
		}
		if err != nil {
			return fmt.Errorf("%s %s: %w", x.kind, x.item, err)
		}
	}
	return nil
}

// stored is what a line is now and what it was.
type stored struct {
	now       book.BankLine
	goneNow   bool
	goneThen  bool
	onThen    book.Date
	pending   bool
	sameMoney bool
}

// line puts one line back. What it takes from the books must bear no confirmed match; what it brings
// back must not be of a day that a later import was compared with.
func (u *undoing) line(x changed) error {
	s, err := u.lookAt(x)
	if err != nil {
		return err
	}
	if !s.goneNow && (s.goneThen || !s.sameMoney) {
		if err := u.endMatches(s.now); err != nil {
			return err
		}
	}
	if !s.goneThen && (s.goneNow || !s.sameMoney) {
		over, err := u.covering(s)
		if err != nil {
			return err
		}
		if over != 0 && s.pending {
			// The later statement would have settled it too.
			return u.settledBy(over, x)
		}
		if over != 0 {
			rec, err := u.record(over)
			if err != nil {
				return err
			}
			return &CannotUndo{Import: u.out.Import, Line: s.now, Later: rec}
		}
	}
	if _, err := u.restore(x); err != nil {
		return err
	}
	if s.goneNow && !s.goneThen {
		u.out.Back++
	} else if s.goneThen && !s.goneNow {
		u.out.Gone++
	}
	return nil
}

func (u *undoing) lookAt(x changed) (stored, error) {
	s := stored{goneThen: true}
	var recs book.Records
	table, _ := factsOf(book.KindBankLine)
	err := table.read(u.t.ctx, u.c, reader(), "WHERE id = ?", []any{x.item}, &recs)
	if err != nil || len(recs.Lines) == 0 {
		return s, err
	}
	s.now = recs.Lines[0]
	gone, err := u.c.number("SELECT gone FROM bank_lines WHERE id = ?", x.item)
	s.goneNow = gone != 0
	if err != nil || x.before == nil {
		return s, err
	}
	err = u.c.rows(u.t.ctx, `SELECT json_extract(?1, '$.gone'), json_extract(?1, '$.on'),
		json_extract(?1, '$.value_on'), json_extract(?1, '$.pending'), json_extract(?1, '$.amount'),
		json_extract(?1, '$.amount_currency')`, []any{x.before}, func(vals []driver.Value) error {
		number := func(i int) int64 { n, _ := vals[i].(int64); return n }
		currency, _ := vals[5].(string)
		s.goneThen, s.onThen = number(0) != 0, book.Date(number(1))
		if s.onThen == 0 {
			s.onThen = book.Date(number(2))
		}
		s.pending = number(3) != 0
		s.sameMoney = s.now.On == book.Date(number(1)) && s.now.Pending == s.pending &&
			s.now.Amount.Minor == number(4) && string(s.now.Amount.Currency) == currency
		return nil
	})
	return s, err
}

// covering is the first later import that stands with a statement of a line's day, of an announced
// line one of its day or later; 0 for none.
func (u *undoing) covering(s stored) (ImportID, error) {
	from := s.onThen
	if s.pending {
		// An announced line waits for its day, or has none yet.
		from = 1 << 30
	}
	n, err := u.c.number(`SELECT min(n.import) FROM import_changes n
		JOIN imports i ON i.id = n.import AND i.undone_at = 0
		JOIN statements s ON s.id = n.item AND s.gone = 0
		WHERE n.kind = ? AND n.import > ? AND s.account = ? AND s.from_on <= ? AND s.to_on >= ?`,
		string(KindStatement), int64(u.id), string(s.now.Account), int64(from), int64(s.onThen))
	return ImportID(n), err
}

// settledBy makes the end of a pending line a later import's.
func (u *undoing) settledBy(id ImportID, x changed) error {
	_, err := u.c.exec(`INSERT INTO import_changes (import, kind, item, role, says, before)
		VALUES (?, ?, ?, 'changed', '', ?)`, int64(id), string(x.kind), x.item, x.before)
	return err
}

func (u *undoing) record(id ImportID) (ImportRecord, error) {
	row := importRow{ID: int64(id), Journal: 1}
	err := u.c.rows(u.t.ctx, `SELECT account, files, at, "by" FROM imports WHERE id = ?`,
		[]any{int64(id)}, func(vals []driver.Value) error {
			row.Account, _ = vals[0].(string)
			row.Files, _ = vals[1].(string)
			row.At, _ = vals[2].(int64)
			row.By, _ = vals[3].(string)
			return nil
		})
	return row.record(), err
}

// endMatches ends what was concluded of a line that goes. What a person rejected stays on record;
// what a person confirmed is in the way.
func (u *undoing) endMatches(l book.BankLine) error {
	var drop []int64
	var held *CannotUndo
	err := u.c.rows(u.t.ctx, `SELECT m.seq, m.id, m.state, m.decided_by, m.decided_why
		FROM matches m WHERE m.seq IN (SELECT match FROM allocations WHERE item = ?) ORDER BY m.seq`,
		[]any{string(l.ID)}, func(vals []driver.Value) error {
			word := func(i int) string { s, _ := vals[i].(string); return s }
			seq, _ := vals[0].(int64)
			switch book.MatchState(word(2)) {
			case book.Confirmed:
				held = &CannotUndo{Import: u.out.Import, Line: l, Match: word(1), By: word(3),
					Why: word(4)}
			case book.Auto, book.Suggested:
				drop = append(drop, seq)
			}
			return nil
		})
	if err != nil {
		return err
	}
	if held != nil {
		return held
	}
	u.out.Matches += len(drop)
	w := matchWriter{c: u.c}
	return w.drop(drop)
}

// restore makes a line or statement what it was; one that was not there gets a tombstone.
func (u *undoing) restore(x changed) (int, error) {
	table, _ := factsOf(x.kind)
	m := table.about()
	if x.before == nil {
		return u.c.exec("UPDATE "+m.name+" SET gone = 1 WHERE id = ? AND gone = 0", x.item)
	}
	var sets []string
	for _, c := range append(append([]string(nil), m.columns...), "gone") {
		sets = append(sets, quote(c)+" = json_extract(?1, '$."+c+"')")
	}
	return u.c.exec("UPDATE "+m.name+" SET "+strings.Join(sets, ", ")+" WHERE id = ?2", x.before,
		x.item)
}

// reject takes a row out of the quarantine, or lets it wait there again.
func (u *undoing) reject(x changed) error {
	state := rowUndone
	if x.before != nil {
		state, _ = x.before.(string)
		u.out.Reopened++
	} else {
		u.out.Rejects++
	}
	// What a person dropped stays dropped, should the file come again.
	_, err := u.c.exec(`UPDATE quarantine SET state = ?, "by" = '', ended_at = 0
		WHERE seq = ? AND state <> ?`, state, x.item, rowDropped)
	return err
}

// profile forgets what the import taught, unless somebody taught otherwise since.
func (u *undoing) profile(x changed) error {
	own := ` AND profile = (SELECT says FROM import_changes WHERE import = ? AND kind = 'profile'
		AND item = ?)`
	args := []any{x.item, int64(u.id), x.item}
	if x.before == nil {
		_, err := u.c.exec("DELETE FROM import_profiles WHERE shape = ?"+own, args...)
		return err
	}
	_, err := u.c.exec("UPDATE import_profiles SET profile = ? WHERE shape = ?"+own,
		append([]any{x.before}, args...)...)
	return err
}
