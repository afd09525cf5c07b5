package app

import (
	"cmp"
	"slices"
	"strings"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// mostFound is how many records a search shows.
const mostFound = 50

// index is everything that a search looks through, in the order of the records: one long text, each
// record's own behind the other, so that a search is one walk over memory.
type index struct {
	text  string
	ends  []int
	items []book.ItemID
	// held are the exceptions that hold an item.
	held map[book.ItemID][]string
}

// Find searches everything for an id, a number, a customer, an amount in any writing, or a text: records
// that hold all words of it, those first whose id or number it is, then the latest; at most 50.
func (m *Month) Find(text string) []Found {
	x := m.lazy.found(m.buildIndex)
	first, hits := x.hits(text)
	m.order(x, first)
	m.order(x, hits)
	var out []Found
	for _, n := range append(first, hits...) {
		if len(out) == mostFound {
			break
		}
		out = append(out, m.foundAs(x, x.items[n]))
	}
	return out
}

// FindExceptions are the ids of the exceptions that a search finds: by their own id, by what they say, or
// by their items.
func (m *Month) FindExceptions(text string) []string {
	folded := strings.ToLower(strings.TrimSpace(text))
	if folded == "" {
		return nil
	}
	var out []string
	for i := range m.All {
		e := &m.All[i]
		if strings.HasPrefix(e.ID, folded) || strings.Contains(strings.ToLower(e.Why), folded) {
			out = append(out, e.ID)
		}
	}
	x := m.lazy.found(m.buildIndex)
	first, hits := x.hits(text)
	for _, n := range append(first, hits...) {
		out = append(out, x.held[x.items[n]]...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// mostHits is where a search ends that finds nearly everything.
const mostHits = 5000

// hits are the places of the records that hold all words of a text; first those that are called so.
func (x *index) hits(text string) (first, hits []int) {
	words := strings.Fields(strings.ToLower(text))
	if len(words) == 0 {
		return nil, nil
	}
	want := needles(words)
	next := make([]int, len(want[0]))
	for i := range next {
		next[i] = -1
	}
	called := "\n" + strings.Join(words, " ") + "\n"
	for at := 0; at < len(x.text) && len(hits)+len(first) < mostHits; {
		i := x.next(want[0], next, at)
		if i < 0 {
			break
		}
		n, _ := slices.BinarySearch(x.ends, i+1)
		own := x.of(n)
		if holdsAll(own, want) {
			if names, _, _ := strings.Cut(own, "\n\n"); strings.Contains(names+"\n", called) {
				first = append(first, n)
			} else {
				hits = append(hits, n)
			}
		}
		at = x.ends[n]
	}
	return first, hits
}

// next is where the first of some writings stands from a place on, -1 for none. known remembers where each
// one was found, so that a rare one is not looked for again and again.
func (x *index) next(ways []string, known []int, at int) int {
	first := -1
	for k, w := range ways {
		if known[k] < at && known[k] != len(x.text) {
			known[k] = len(x.text)
			if i := strings.Index(x.text[at:], w); i >= 0 {
				known[k] = at + i
			}
		}
		if known[k] < len(x.text) && (first < 0 || known[k] < first) {
			first = known[k]
		}
	}
	return first
}

// order sorts hits, the latest first.
func (m *Month) order(x *index, hits []int) {
	slices.SortFunc(hits, func(a, b int) int {
		return cmp.Or(cmp.Compare(m.ItemOn(x.items[b]), m.ItemOn(x.items[a])),
			cmp.Compare(x.items[a], x.items[b]))
	})
}

// of is the text of the n-th record.
func (x *index) of(n int) string {
	from := 0
	if n > 0 {
		from = x.ends[n-1]
	}
	return x.text[from:x.ends[n]]
}

// needles are, for each word, the writings by which it may stand in the text.
func needles(words []string) [][]string {
	out := make([][]string, len(words))
	for i, w := range words {
		w = strings.TrimLeft(w, "#$")
		if w == "" {
			w = words[i]
		}
		out[i] = []string{w}
		if figure := plainNumber(w); figure != "" && figure != w {
			out[i] = append(out[i], figure)
		}
	}
	// What is looked for first should be rare: figures before words, long before short.
	slices.SortStableFunc(out, func(a, b []string) int {
		return cmp.Or(cmp.Compare(len(digitsOf(b[0])), len(digitsOf(a[0]))),
			cmp.Compare(len(b[0]), len(a[0])))
	})
	return out
}

// digitsOf are the digits of a word.
func digitsOf(w string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, w)
}

// plainNumber writes a number with groups and any decimal mark as the index has it, 1234.50; "" for what
// is no number.
func plainNumber(w string) string {
	w = strings.TrimLeft(strings.ReplaceAll(w, "\u2212", "-"), "-+")
	last := strings.LastIndexAny(w, ".,")
	var b strings.Builder
	for i, r := range w {
		switch {
		case r >= '0' && r <= '9':
			b.WriteRune(r)
		case i == last && len(w)-i-1 != 3:
			b.WriteByte('.')
		case strings.ContainsRune(".,'\u2019\u00a0\u202f", r):
		default:
			return ""
		}
	}
	return b.String()
}

func holdsAll(text string, want [][]string) bool {
	for _, ways := range want {
		if !slices.ContainsFunc(ways, func(w string) bool { return strings.Contains(text, w) }) {
			return false
		}
	}
	return true
}

// buildIndex writes every record's searchable words into one text.
func (m *Month) buildIndex() *index {
	x := &index{held: map[book.ItemID][]string{}}
	for i := range m.All {
		for _, id := range m.All[i].Items {
			x.held[id] = append(x.held[id], m.All[i].ID)
		}
	}
	n := m.Books.Len()
	x.ends, x.items = make([]int, 0, n), make([]book.ItemID, 0, n)
	var b strings.Builder
	b.Grow(n * 96)
	// A record's names stand before the blank line, what it says behind it.
	put := func(id book.ItemID, printed string, words ...string) {
		_, number, _ := cutKind(id)
		for _, name := range []string{string(id), cmp.Or(number, id.Native()), printed} {
			if name != "" {
				b.WriteByte('\n')
				b.WriteString(strings.ToLower(name))
			}
		}
		b.WriteString("\n\n")
		for _, w := range words {
			if w != "" {
				b.WriteString(strings.ToLower(w))
				b.WriteByte('\n')
			}
		}
		x.ends, x.items = append(x.ends, b.Len()), append(x.items, id)
	}
	for i := range m.Books.Customers {
		c := &m.Books.Customers[i]
		put(c.ID, "", c.Name, c.Company, c.Email)
	}
	for i := range m.Books.Invoices {
		v := &m.Books.Invoices[i]
		put(v.ID, v.Number, m.Party(v.ID), figureText(invoiceTotal(v)), figureText(invoiceOpen(v)))
	}
	for i := range m.Books.Payments {
		p := &m.Books.Payments[i]
		put(p.ID, "", p.Reference, m.Party(p.ID), figureText(p.Amount), p.Text)
	}
	for i := range m.Books.Credits {
		c := &m.Books.Credits[i]
		put(c.ID, "", m.Party(c.ID), figureText(c.Amount), c.Text)
	}
	for i := range m.Books.Transactions {
		t := &m.Books.Transactions[i]
		put(t.ID, "", strings.Join(t.Aliases, "\n"), t.PayerName, t.Text, t.InvoiceRef,
			figureText(chargedOf(t)), figureText(money.New(t.Net, t.Currency)))
	}
	for i := range m.Books.Payouts {
		p := &m.Books.Payouts[i]
		put(p.ID, "", strings.Join(p.Aliases, "\n"), p.Trace, p.Descriptor, figureText(p.Amount))
	}
	for i := range m.Books.Lines {
		l := &m.Books.Lines[i]
		put(l.ID, "", l.Counterparty, l.CounterpartyAccount, l.Reference, l.Structured, l.Text, l.BankID,
			figureText(l.Amount))
	}
	x.text = b.String()
	return x
}

// figureText is an amount as the index has it: without sign, groups and code.
func figureText(a money.Money) string { return strings.ReplaceAll(plainFigure(a), ",", "") }

// foundAs describes a record that was found.
func (m *Month) foundAs(x *index, id book.ItemID) Found {
	f := Found{Item: id, Kind: m.kindOf(id), Title: m.ItemName(id), On: m.ItemOn(id),
		Exceptions: x.held[id]}
	details := []string{}
	if c := m.Customer(id); c != nil {
		f.Title, f.Kind = c.Title(), book.KindCustomer
		details = append(details, c.Email)
	} else if v := m.Invoice(id); v != nil {
		f.Amount = invoiceTotal(v)
		details = append(details, m.Party(id), string(v.Status))
	} else if t := m.Transaction(id); t != nil {
		f.Amount = chargedOf(t)
		details = append(details, t.PayerName, string(t.State))
	} else if l := m.Line(id); l != nil {
		f.Amount = l.Amount
		details = append(details, l.Text)
	} else {
		f.Amount = m.holding(id, "")
		details = append(details, m.Party(id))
	}
	if f.On != 0 {
		details = append([]string{f.On.String()}, details...)
	}
	details = slices.DeleteFunc(details, func(s string) bool { return s == "" })
	f.Detail = strings.Join(details, " · ")
	return f
}
