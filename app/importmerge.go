package app

import (
	"context"
	"fmt"
	"slices"

	"countinghouse/app/book"
	"countinghouse/app/money"
	"countinghouse/app/store"
	"countinghouse/sync/bankfile"
)

// merge compares a file with what the books, and the lines ahead of it, have of its days and says
// what it adds.
func (a *App) merge(ctx context.Context, out *ImportedFile, r statementFile, q ImportRequest,
	ahead book.Records) (store.Import, error) {
	f, account := r.file, r.account.Name
	batch := store.Import{Account: account, File: f.Name, Digest: f.Digest}
	m, err := a.merging(ctx, account, ahead)
	if err != nil {
		return batch, err
	}
	holds, proved := true, false
	for i := range f.Statements {
		p := &f.Statements[i]
		if p.OtherAccount {
			return batch, fmt.Errorf("%s is a statement of account %s, and %s is another account in "+
				"%s: choose the account that it is of", f.Name, p.AccountNumber, account, ConfigName)
		}
		if err := a.sameCurrency(f.Name, account, p); err != nil {
			return batch, err
		}
		if err := m.statement(ctx, out, &batch, p, q.Replace); err != nil {
			return batch, fmt.Errorf("%s: %w", f.Name, err)
		}
		if p.Proof.Known {
			proved = true
			holds = holds && p.Proof.Holds
			out.Difference += p.Proof.Difference.Minor
		}
	}
	if proved {
		out.BalanceHolds = &holds
	}
	out.Continuity = bankfile.Continuity(m.chain, batch.Statements, batch.Lines)
	return batch, a.sameFile(ctx, out, &batch)
}

// merging is what a file of an account is compared with.
type merging struct {
	app *App
	// chain are the account's statements, pending its announced lines, ahead the lines that a look has
	// seen before; taken those that a statement of the file has been found to be: no other one is it.
	chain          []book.Statement
	pending, ahead []book.BankLine
	taken          map[book.ItemID]bool
}

func (a *App) merging(ctx context.Context, account book.AccountName, ahead book.Records) (*merging,
	error) {
	m := &merging{app: a, taken: map[book.ItemID]bool{}}
	var err error
	if m.chain, err = a.store.Statements(ctx, account); err != nil {
		return nil, err
	}
	if m.pending, err = a.store.PendingLines(ctx, account); err != nil {
		return nil, err
	}
	for _, s := range ahead.Statements {
		if s.Account == account {
			m.chain = append(m.chain, s)
		}
	}
	for _, l := range ahead.Lines {
		if l.Account == account {
			m.ahead = append(m.ahead, l)
		}
	}
	m.pending = append(m.pending, m.ahead...)
	return m, nil
}

// statement compares one statement with the books.
func (m *merging) statement(ctx context.Context, out *ImportedFile, batch *store.Import,
	p *bankfile.Parsed, replacing bool) error {
	existing, err := m.app.existing(ctx, batch.Account, p, m.ahead)
	if err != nil {
		return err
	}
	existing = slices.DeleteFunc(existing, func(l book.BankLine) bool { return m.taken[l.ID] })
	fresh, known, err := bankfile.Merge(existing, *p)
	if err != nil && replacing {
		var gone []book.ItemID
		fresh, known, gone = replace(existing, p)
		batch.Replaced = append(batch.Replaced, gone...)
		out.Replaced += len(gone)
		err = nil
	}
	if err != nil {
		return err
	}
	for _, l := range known {
		m.taken[l.ID] = true
	}
	if !slices.ContainsFunc(m.chain, func(s book.Statement) bool { return s.ID == p.ID }) {
		settled := bankfile.Settled(m.pending, *p, fresh, known)
		batch.Replaced = append(batch.Replaced, settled...)
		out.Settled += len(settled)
	}
	out.note(p, fresh, known)
	batch.Statements = append(batch.Statements, p.Statement)
	batch.Lines = append(batch.Lines, fresh...)
	for _, l := range known {
		batch.Known = append(batch.Known, store.Known{Line: l.ID, Statement: p.ID})
	}
	for j := range p.Rejects {
		p.Rejects[j].At = book.At(m.app.wall())
	}
	batch.Rejects = append(batch.Rejects, p.Rejects...)
	return nil
}

// sameFile looks whether the books have the file already. One that brings nothing then leaves its
// statements as they are; one that does (a row was corrected, or is read by now) takes their place.
// Rows that were kept aside and are none any more are taken in.
func (a *App) sameFile(ctx context.Context, out *ImportedFile, batch *store.Import) error {
	stored, err := a.store.Statements(ctx, batch.Account)
	if err != nil {
		return err
	}
	aside, err := a.store.Quarantine(ctx)
	if err != nil {
		return err
	}
	for _, x := range aside {
		if x.Account == batch.Account && x.Digest == batch.Digest &&
			!slices.ContainsFunc(batch.Rejects, func(r book.Reject) bool { return r.Place == x.Place }) {
			out.TakenIn++
		}
	}
	var old []book.ItemID
	for _, s := range stored {
		if s.Digest == batch.Digest {
			old = append(old, s.ID)
		}
	}
	if len(old) == 0 {
		return nil
	}
	if len(batch.Lines) == 0 && len(batch.Replaced) == 0 && out.TakenIn == 0 {
		batch.Statements, batch.Known = nil, nil
		return nil
	}
	for _, id := range old {
		if !slices.ContainsFunc(batch.Statements, func(s book.Statement) bool { return s.ID == id }) {
			batch.Replaced = append(batch.Replaced, id)
		}
	}
	return nil
}

// join adds what a file brings to one account to what it brings to others.
func join(all *store.Import, x store.Import) {
	all.Account, all.File, all.Digest = x.Account, x.File, x.Digest
	all.Statements = append(all.Statements, x.Statements...)
	all.Lines = append(all.Lines, x.Lines...)
	all.Rejects = append(all.Rejects, x.Rejects...)
	all.Known = append(all.Known, x.Known...)
	all.Replaced = append(all.Replaced, x.Replaced...)
}

// sameCurrency refuses a statement of which no line is in the account's currency: it is of another
// account, though it does not say so.
func (a *App) sameCurrency(name string, account book.AccountName, p *bankfile.Parsed) error {
	c, _ := a.Config().Account(account)
	if len(p.Lines) == 0 || slices.ContainsFunc(p.Lines, func(l book.BankLine) bool {
		return l.Amount.Currency == c.Currency
	}) {
		return nil
	}
	return fmt.Errorf("%s is in %s, and the account %s is in %s: choose the account that it is of",
		name, p.Lines[0].Amount.Currency, account, c.Currency)
}

// existing are the account's lines of a statement's days and nearby ones, its announced lines, and
// those that have its lines' ids on other days; in the books, or ahead.
func (a *App) existing(ctx context.Context, account book.AccountName, p *bankfile.Parsed,
	ahead []book.BankLine) ([]book.BankLine, error) {
	var list []book.BankLine
	if from, to := p.FromOn-bankfile.Nearby, p.ToOn+bankfile.Nearby; p.FromOn != 0 {
		var err error
		if list, err = a.store.Lines(ctx, account, from, to); err != nil {
			return nil, err
		}
	}
	have := make(map[book.ItemID]bool, len(list)+len(ahead))
	for _, l := range list {
		have[l.ID] = true
	}
	for _, l := range ahead {
		if !have[l.ID] {
			have[l.ID] = true
			list = append(list, l)
		}
	}
	var ids []book.ItemID
	for _, l := range p.Lines {
		if !have[l.ID] {
			ids = append(ids, l.ID)
		}
	}
	others, err := a.store.LinesByID(ctx, ids)
	return append(list, others...), err
}

// replace takes a statement's lines as they are: those that the books have under the same id and with
// the same date and amount stay, the others are new, and what the books have on its days beside them
// is gone.
func replace(existing []book.BankLine, p *bankfile.Parsed) (fresh, known []book.BankLine,
	gone []book.ItemID) {
	have := make(map[book.ItemID]*book.BankLine, len(existing))
	for i := range existing {
		have[existing[i].ID] = &existing[i]
	}
	kept, taken := make(map[book.ItemID]bool, len(p.Lines)), map[book.ItemID]bool{}
	for _, l := range p.Lines {
		if old := have[l.ID]; old != nil && old.On == l.On && old.Amount == l.Amount {
			kept[l.ID] = true
			known = append(known, l)
			continue
		}
		fresh = append(fresh, l)
		taken[l.ID] = true
	}
	for _, l := range existing {
		onItsDays := l.On >= p.FromOn && l.On <= p.ToOn
		if !kept[l.ID] && (onItsDays || taken[l.ID]) {
			gone = append(gone, l.ID)
		}
	}
	return fresh, known, gone
}

// note takes a statement into the report.
func (f *ImportedFile) note(p *bankfile.Parsed, fresh, known []book.BankLine) {
	rows := make([]ImportRow, 0, len(fresh)+len(known))
	for _, l := range fresh {
		rows = append(rows, ImportRow{l, false})
	}
	for _, l := range known {
		rows = append(rows, ImportRow{l, true})
	}
	slices.SortStableFunc(rows, func(a, b ImportRow) int { return a.Line.Row - b.Line.Row })
	f.Rows = append(f.Rows, rows...)
	f.New += len(fresh)
	f.Duplicates += len(known)
	f.Quarantined = append(f.Quarantined, p.Rejects...)
	if p.Opening != nil && f.Opening == nil {
		m := money.New(*p.Opening, p.Currency)
		f.Opening = &m
	}
	if p.Closing != nil {
		m := money.New(*p.Closing, p.Currency)
		f.Closing = &m
	}
	if f.From == 0 || p.FromOn != 0 && p.FromOn < f.From {
		f.From = p.FromOn
	}
	f.To = max(f.To, p.ToOn)
}
