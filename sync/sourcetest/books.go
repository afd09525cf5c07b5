package sourcetest

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"countinghouse/app/book"
	"countinghouse/sync/source"
)

// Books keeps records in memory as the store does: page by page, by id, the last one wins. It
// answers what a source may ask of them.
type Books struct {
	// Cursor is the cursor of the last page kept.
	Cursor source.Cursor
	// Pages counts the pages kept, Changed lists the keys of records that were new or changed, in
	// the order in which that happened; a test may reset both.
	Pages   int
	Changed []string

	entries map[string]entry
	rejects map[string]book.Reject
}

// entry is a record of any kind.
type entry struct {
	id        book.ItemID
	source    book.SourceName
	versioned bool
	revision  string
	record    any
}

// NewBooks are empty books.
func NewBooks() *Books {
	return &Books{entries: map[string]entry{}, rejects: map[string]book.Reject{}}
}

// Keep applies a page.
func (b *Books) Keep(p source.Page) {
	fresh := index(p.Records)
	for _, key := range slices.Sorted(maps.Keys(fresh)) {
		e := fresh[key]
		if old, ok := b.entries[key]; !ok || text(old.record) != text(e.record) {
			b.Changed = append(b.Changed, key)
		}
		b.entries[key] = e
	}
	for _, id := range p.Records.Gone {
		maps.DeleteFunc(b.entries, func(key string, e entry) bool {
			if e.id == id {
				b.Changed = append(b.Changed, key)
			}
			return e.id == id
		})
	}
	for _, r := range p.Rejects {
		b.rejects[r.Place] = r
	}
	b.Cursor = p.Cursor
	b.Pages++
}

// Rejects are the rejects kept, by place.
func (b *Books) Rejects() []book.Reject {
	return slices.SortedFunc(maps.Values(b.rejects), func(x, y book.Reject) int {
		return strings.Compare(x.Place, y.Place)
	})
}

// Copy is a copy that changes by itself.
func (b *Books) Copy() *Books {
	c := *b
	c.entries, c.rejects = maps.Clone(b.entries), maps.Clone(b.rejects)
	c.Changed = slices.Clone(b.Changed)
	return &c
}

// Revision is the stored revision of a record, "" where it is not stored.
func (b *Books) Revision(_ context.Context, id book.ItemID) (string, error) {
	for _, prefix := range prefixes {
		if e, ok := b.entries[prefix+string(id)]; ok {
			return e.revision, nil
		}
	}
	return "", nil
}

// Unsettled lists stored records that are not final, as the store does.
func (b *Books) Unsettled(_ context.Context, kind book.Kind, since book.Instant) (
	[]book.ItemID, error) {
	var out []book.ItemID
	for _, e := range b.entries {
		open := false
		switch x := e.record.(type) {
		case book.Invoice:
			open = kind == book.KindInvoice && (x.Status.Open() || x.Status == book.InvoiceDraft)
		case book.Transaction:
			open = kind == book.KindTransaction && (x.State == book.Pending || x.At >= since &&
				x.State == book.Succeeded && (x.Kind == book.Charge || x.Kind == book.Refund ||
				x.Kind == book.Dispute))
		case book.Payout:
			open = kind == book.KindPayout && (x.State == book.PayoutPending ||
				x.State == book.PayoutInTransit || x.State == book.PayoutPaid &&
				(x.Members == book.MembersPending || x.SentAt >= since))
		}
		if open {
			out = append(out, e.id)
		}
	}
	slices.Sort(out)
	return out, nil
}

// Stored lists the ids of all records of a kind, as the store does.
func (b *Books) Stored(_ context.Context, kind book.Kind) ([]book.ItemID, error) {
	var out []book.ItemID
	for key, e := range b.entries {
		if strings.HasPrefix(key, string(kind)+" ") && e.id != "" {
			out = append(out, e.id)
		}
	}
	slices.Sort(out)
	return out, nil
}

// All are all records, without order.
func (b *Books) All() book.Records {
	var out book.Records
	for _, e := range b.entries {
		switch x := e.record.(type) {
		case book.Customer:
			out.Customers = append(out.Customers, x)
		case book.Service:
			out.Services = append(out.Services, x)
		case book.Invoice:
			out.Invoices = append(out.Invoices, x)
		case book.Payment:
			out.Payments = append(out.Payments, x)
		case book.Credit:
			out.Credits = append(out.Credits, x)
		case book.Method:
			out.Methods = append(out.Methods, x)
		case book.Rate:
			out.Rates = append(out.Rates, x)
		case book.Transaction:
			out.Transactions = append(out.Transactions, x)
		case book.Payout:
			out.Payouts = append(out.Payouts, x)
		case book.SavedMethod:
			out.SavedMethods = append(out.SavedMethods, x)
		case book.Setting:
			out.Settings = append(out.Settings, x)
		case book.Balance:
			out.Balances = append(out.Balances, x)
		}
	}
	return out
}

// prefixes begin the keys of the kinds of record that have an id.
var prefixes = []string{"customer ", "service ", "invoice ", "payment ", "credit ", "transaction ",
	"payout ", "saved_method "}

// index puts the records of a batch under their keys. A source states no bank statements.
func index(r book.Records) map[string]entry {
	m := make(map[string]entry, r.Len())
	add := func(kind string, id book.ItemID, s book.SourceName, revision string, record any) {
		m[kind+" "+string(id)] = entry{id, s, true, revision, record}
	}
	for _, x := range r.Customers {
		add("customer", x.ID, x.Source, x.Revision, x)
	}
	for _, x := range r.Services {
		add("service", x.ID, x.Source, x.Revision, x)
	}
	for _, x := range r.Invoices {
		add("invoice", x.ID, x.Source, x.Revision, x)
	}
	for _, x := range r.Payments {
		add("payment", x.ID, x.Source, x.Revision, x)
	}
	for _, x := range r.Credits {
		add("credit", x.ID, x.Source, x.Revision, x)
	}
	for _, x := range r.Transactions {
		x.Aliases = slices.Sorted(slices.Values(x.Aliases))
		add("transaction", x.ID, x.Source, x.Revision, x)
	}
	for _, x := range r.Payouts {
		x.Aliases = slices.Sorted(slices.Values(x.Aliases))
		add("payout", x.ID, x.Source, x.Revision, x)
	}
	for _, x := range r.Methods {
		m["method "+x.Name] = entry{source: x.Source, record: x}
	}
	for _, x := range r.SavedMethods {
		add("saved_method", x.ID, x.Source, x.Revision, x)
	}
	for _, x := range r.Settings {
		m["setting "+x.Name] = entry{source: x.Source, record: x}
	}
	for _, x := range r.Rates {
		m["rate "+string(x.Currency)] = entry{source: x.Source, record: x}
	}
	for _, x := range r.Balances {
		m["balance "+string(x.Currency)] = entry{source: x.Source, record: x}
	}
	return m
}

// without drops a record from a batch, whatever its kind.
func without(r book.Records, id book.ItemID) book.Records {
	b := NewBooks()
	b.Keep(source.Page{Records: r})
	b.Keep(source.Page{Records: book.Records{Gone: []book.ItemID{id}}})
	return b.All()
}

// Diff says in which records two batches differ, sorted by key; revisions do not count.
func Diff(want, got book.Records) []string {
	w, g := index(want), index(got)
	keys := maps.Clone(w)
	maps.Copy(keys, g)
	var out []string
	for key := range keys {
		a, wanted := w[key]
		b, found := g[key]
		switch x, y := plain(a), plain(b); {
		case !found:
			out = append(out, fmt.Sprintf("%s is missing\n want %s", key, x))
		case !wanted:
			out = append(out, fmt.Sprintf("%s should not be there\n  got %s", key, y))
		case x != y:
			out = append(out, fmt.Sprintf("%s differs\n want %s\n  got %s", key, x, y))
		}
	}
	slices.SortFunc(out, cmp.Compare[string])
	return out
}

// plain is a record's text without its revision.
func plain(e entry) string {
	return strings.Replace(text(e.record), "Revision:"+e.revision, "Revision:", 1)
}

func text(record any) string { return fmt.Sprintf("%+v", record) }

func holds(text, secret string) bool { return strings.Contains(text, secret) }
