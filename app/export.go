package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"countinghouse/app/book"
	"countinghouse/app/report"
)

// Export writes the close pack of a month: format xlsx or csv.
func (a *App) Export(ctx context.Context, m *Month, format, out string, show func(Progress)) error {
	if err := checkPlace(format, out); err != nil {
		return err
	}
	p := m.pack()
	p.RunAt, p.Version = book.At(a.wall()), a.options.Version
	inputs, err := a.inputs(ctx)
	if err != nil {
		return err
	}
	p.Inputs = inputs
	p.Parameters = a.parameters()
	show(Progress{Stage: "writing " + out})
	switch format {
	case "xlsx":
		return report.WriteFile(out, func(w io.Writer) error { return report.WriteXLSX(w, &p) })
	case "csv":
		return report.WriteCSV(out, &p)
	}
	return fmt.Errorf("export: format %q is not one of xlsx, csv", format)
}

// checkPlace says what is wrong with the place for an export, before any work is done.
func checkPlace(format, out string) error {
	at, err := os.Stat(out)
	folder := format == "csv" && !strings.EqualFold(filepath.Ext(out), ".zip")
	switch {
	case err == nil && folder && !at.IsDir():
		return fmt.Errorf("%q is a file: csv is several files, so name a folder or a .zip", out)
	case err == nil && !folder && at.IsDir():
		return fmt.Errorf("%q is a folder: name the file to write in it", out)
	case folder:
		return nil
	}
	dir, err := os.Stat(filepath.Dir(out))
	if errors.Is(err, fs.ErrNotExist) || err == nil && !dir.IsDir() {
		return fmt.Errorf("there is no folder %q to write %s into: make it, or name another place",
			filepath.Dir(out), filepath.Base(out))
	}
	return nil
}

// inputs says what was read from each source, with a digest over it.
func (a *App) inputs(ctx context.Context) ([]report.Input, error) {
	digests, err := a.store.Digest(ctx)
	if err != nil {
		return nil, err
	}
	states, err := a.SourceStates(ctx)
	if err != nil {
		return nil, err
	}
	var out []report.Input
	for _, d := range digests {
		in := report.Input{Name: d.Source, Records: d.Records, Digest: d.Digest, Kind: "bank"}
		for _, s := range states {
			if string(s.Name) == d.Source {
				in.Kind, in.SyncedAt = s.Kind, s.At
			}
		}
		out = append(out, in)
	}
	return out, nil
}

// parameters are the settings that a run used.
func (a *App) parameters() []report.Parameter {
	c := a.Config()
	out := []report.Parameter{
		{Name: "Base currency", Value: string(c.Business.BaseCurrency)},
		{Name: "Time zone", Value: c.Zone().String()},
		{Name: "Opening date", Value: c.Business.OpeningDate},
	}
	for _, x := range c.Accounts {
		out = append(out, report.Parameter{Name: "Account " + string(x.Name),
			Value: fmt.Sprintf("%s, calendar %s", x.Currency, x.Calendar)})
	}
	return out
}

// pack is what the reports read.
func (m *Month) pack() report.Pack {
	p := report.Pack{Business: m.Config.Business.Name, Base: m.Config.Business.BaseCurrency,
		Zone: m.Config.Zone(), Period: m.Period, At: m.AsOf, RunAt: m.AsOf, Counts: m.Counts,
		Rates:   report.Rates{BankLines: m.AutoLines, Payments: m.AutoPayments},
		Bridges: m.Bridges, Proofs: m.Proofs, Exceptions: m.Exceptions,
		Matches: m.MatchesInPeriod(), Lookup: m}
	p.Due = map[string]book.Date{}
	for id, w := range m.Work {
		p.Due[id] = w.DueOn
	}
	rules := map[string]bool{}
	for _, x := range m.Matches {
		if !rules[x.Rule] {
			rules[x.Rule] = true
			p.Rules = append(p.Rules, x.Rule)
		}
	}
	for _, c := range m.Compositions() {
		members := make([]book.Transaction, len(c.Members))
		for i, t := range c.Members {
			members[i] = *t
		}
		o, err := report.Compose(*c.Payout, members)
		if err != nil {
			panic("app: a payout with members of another currency passed the engine: " + err.Error())
		}
		if c.Swept {
			o.Members = "by balance" // no provider states them
		}
		if c.Line != nil {
			o.BankLine, o.BookedOn = c.Line.ID, c.Line.On
		}
		p.Payouts = append(p.Payouts, o)
	}
	for _, l := range m.Books.Lines {
		if m.Period.Has(l.On) {
			p.Lines = append(p.Lines, l)
		}
	}
	return p
}

// Item is what the reports say of a record; see report.Lookup.
func (m *Month) Item(id book.ItemID) report.Item {
	it := report.Item{Customer: m.Party(id), On: m.ItemOn(id), Kind: m.kindOf(id)}
	invoice := id
	if x := m.Payment(id); x != nil {
		invoice = x.InvoiceID
	} else if x := m.Transaction(id); x != nil {
		it.Invoice = x.InvoiceRef
	}
	if x := m.Invoice(invoice); x != nil {
		it.Invoice = InvoiceTitle(x)
	}
	return it
}

// InvoiceTitle is what people call an invoice: its printed number, else its id at the source.
func InvoiceTitle(x *book.Invoice) string {
	if x.Number != "" {
		return x.Number
	}
	_, n, _ := cutKind(x.ID)
	return n
}
