package app

import (
	"cmp"
	"fmt"
	"slices"
	"sort"
	"strings"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// Month is a reconciled month: the outcome of a run and the records that it was made from. It is
// not changed after it was made, and may be read from several goroutines.
type Month struct {
	Period book.Month
	// AsOf is the moment by which it was judged.
	AsOf   book.Instant
	Config *Config
	// Books are all facts, each kind sorted by id.
	Books book.Records
	// Matches are all matches, Exceptions those of the period, All those of every period.
	Matches    []book.Match
	Exceptions []book.Exception
	All        []book.Exception
	// Settled are exceptions of the period that people settled and that a run no longer finds.
	Settled []book.Exception
	Bridges []book.Bridge
	Proofs  []book.Proof
	Counts  book.Counts
	// AutoLines and AutoPayments are the rates of automatic matching of payouts' bank lines and of
	// gateway payments in the period.
	AutoLines, AutoPayments book.AutoRate
	// Marks are what the user's rules say of bank lines that match nothing, by line; Learned the
	// senders that payouts came from and that nobody has confirmed.
	Marks   []Mark
	Learned []LearnedAlias
	// Unseen counts what is dated after the moment and was not looked at; LooksBack says that the moment
	// is of the past, so that the run stored nothing.
	Unseen    int
	LooksBack bool
	// Sources says how each source's last pull went.
	Sources []SourceState
	// Changes counts what the run changed in the books, zero for one that stored nothing.
	Changes int

	// Work says where exceptions stand with people, by id, and Filed which open actions were filed for
	// them.
	Work  map[string]Work
	Filed map[string][]book.Intent
	// Rejected are the ids of the matches that people said no to.
	Rejected map[string]bool
	// User is who looks at it.
	User string

	uses []use
	lazy lazy
}

// use says that a match holds an item.
type use struct {
	item  book.ItemID
	match int32
}

func (m *Month) indexUses() {
	n := 0
	for i := range m.Matches {
		n += len(m.Matches[i].Left) + len(m.Matches[i].Right)
	}
	m.uses = make([]use, 0, n)
	for i := range m.Matches {
		for _, id := range m.Matches[i].Left {
			m.uses = append(m.uses, use{id, int32(i)})
		}
		for _, id := range m.Matches[i].Right {
			m.uses = append(m.uses, use{id, int32(i)})
		}
	}
	slices.SortFunc(m.uses, func(a, b use) int {
		return cmp.Or(cmp.Compare(a.item, b.item), cmp.Compare(a.match, b.match))
	})
}

// MatchesOf are the matches that hold an item, in the order of Matches.
func (m *Month) MatchesOf(id book.ItemID) []*book.Match {
	i, _ := slices.BinarySearchFunc(m.uses, id, func(u use, id book.ItemID) int {
		return cmp.Compare(u.item, id)
	})
	var out []*book.Match
	for ; i < len(m.uses) && m.uses[i].item == id; i++ {
		out = append(out, &m.Matches[m.uses[i].match])
	}
	return out
}

// find looks for a record by id in a slice that is sorted by id, nil where there is none.
func find[T any](list []T, id book.ItemID, idOf func(*T) book.ItemID) *T {
	i := sort.Search(len(list), func(i int) bool { return idOf(&list[i]) >= id })
	if i == len(list) || idOf(&list[i]) != id {
		return nil
	}
	return &list[i]
}

// Customer finds a customer by id, nil where there is none; so do the next six.
func (m *Month) Customer(id book.ItemID) *book.Customer {
	return find(m.Books.Customers, id, func(x *book.Customer) book.ItemID { return x.ID })
}

// Service finds a service by id.
func (m *Month) Service(id book.ItemID) *book.Service {
	return find(m.Books.Services, id, func(x *book.Service) book.ItemID { return x.ID })
}

// Invoice finds an invoice by id.
func (m *Month) Invoice(id book.ItemID) *book.Invoice {
	return find(m.Books.Invoices, id, func(x *book.Invoice) book.ItemID { return x.ID })
}

// Payment finds a payment by id.
func (m *Month) Payment(id book.ItemID) *book.Payment {
	return find(m.Books.Payments, id, func(x *book.Payment) book.ItemID { return x.ID })
}

// Credit finds a credit entry by id.
func (m *Month) Credit(id book.ItemID) *book.Credit {
	return find(m.Books.Credits, id, func(x *book.Credit) book.ItemID { return x.ID })
}

// Transaction finds a transaction by id.
func (m *Month) Transaction(id book.ItemID) *book.Transaction {
	return find(m.Books.Transactions, id, func(x *book.Transaction) book.ItemID { return x.ID })
}

// Payout finds a payout by id.
func (m *Month) Payout(id book.ItemID) *book.Payout {
	return find(m.Books.Payouts, id, func(x *book.Payout) book.ItemID { return x.ID })
}

// Line finds a bank line by id.
func (m *Month) Line(id book.ItemID) *book.BankLine {
	return find(m.Books.Lines, id, func(x *book.BankLine) book.ItemID { return x.ID })
}

// Party is the customer that an item is about in words, "" where nobody is known.
func (m *Month) Party(id book.ItemID) string {
	var customer book.ItemID
	if x := m.Invoice(id); x != nil {
		customer = x.CustomerID
	} else if x := m.Payment(id); x != nil {
		customer = x.CustomerID
	} else if x := m.Credit(id); x != nil {
		customer = x.CustomerID
	} else if x := m.Line(id); x != nil {
		return x.Counterparty
	} else if x := m.Transaction(id); x != nil {
		return x.PayerName
	}
	if c := m.Customer(customer); c != nil {
		return c.Title()
	}
	return ""
}

// Breaks counts the open exceptions of the period that need somebody: all but the timing ones.
func (m *Month) Breaks() int {
	n := 0
	for i := range m.Exceptions {
		if e := &m.Exceptions[i]; e.Status == book.Open && e.Class.Group() != book.Timing {
			n++
		}
	}
	return n
}

// ExceptionFilter selects exceptions; empty parts select all.
type ExceptionFilter struct {
	Classes []book.Class
	Status  book.ExceptionStatus
	// Owner is whose, "-" for nobody's.
	Owner string
	// DueBy is the last due date, Stale says that only those past their age limit or due date count.
	DueBy book.Date
	Stale bool
	// Search is a text that one of the items must be found by; see Find.
	Search string
}

// Filter are the period's exceptions that a filter selects, in order; settled ones that are found no more
// come last.
func (m *Month) Filter(f ExceptionFilter) []book.Exception {
	var out []book.Exception
	found := map[string]bool{}
	for _, id := range m.FindExceptions(f.Search) {
		found[id] = true
	}
	for _, e := range slices.Concat(m.Exceptions, m.Settled) {
		due := m.Work[e.ID].DueOn
		if (len(f.Classes) == 0 || slices.Contains(f.Classes, e.Class)) &&
			(f.Status == "" || e.Status == f.Status) &&
			(f.Owner == "" || e.Owner == f.Owner || f.Owner == "-" && e.Owner == "") &&
			(f.DueBy == 0 || due != 0 && due <= f.DueBy) && (!f.Stale || m.Stale(e)) &&
			(f.Search == "" || found[e.ID]) {
			out = append(out, e)
		}
	}
	return out
}

// Bridge are the bridges of one currency, or all for "". A currency that the month does not have is
// an error that names those it has.
func (m *Month) Bridge(currency string) ([]book.Bridge, error) {
	if currency == "" {
		return m.Bridges, nil
	}
	var have []string
	for _, b := range m.Bridges {
		if strings.EqualFold(string(b.Currency), currency) {
			return []book.Bridge{b}, nil
		}
		have = append(have, string(b.Currency))
	}
	return nil, fmt.Errorf("no %s in %s; its currencies are %s", strings.ToUpper(currency), m.Period,
		strings.Join(have, ", "))
}

// ItemOn is the date of an item in the business's zone, zero for an unknown one.
func (m *Month) ItemOn(id book.ItemID) book.Date {
	zone := m.Config.Zone()
	if x := m.Transaction(id); x != nil {
		return x.At.In(zone)
	} else if x := m.Payment(id); x != nil {
		return x.At.In(zone)
	} else if x := m.Payout(id); x != nil {
		return x.SentAt.In(zone)
	} else if x := m.Line(id); x != nil {
		return x.On
	} else if x := m.Invoice(id); x != nil {
		return x.IssuedOn
	} else if x := m.Credit(id); x != nil {
		return x.On
	}
	return 0
}

// MatchesInPeriod are the live and suggested matches with an item dated in the period.
func (m *Month) MatchesInPeriod() []book.Match {
	var out []book.Match
	for _, x := range m.Matches {
		if x.State == book.Rejected {
			continue
		}
		in := func(id book.ItemID) bool { return m.Period.Has(m.ItemOn(id)) }
		if slices.ContainsFunc(x.Left, in) || slices.ContainsFunc(x.Right, in) {
			out = append(out, x)
		}
	}
	return out
}

// Residual is what a match leaves, left minus right. Where it cannot be told, because the sides have
// different currencies or compare no amounts, it is zero in the currency of the first item.
func (m *Month) Residual(x book.Match) money.Money {
	if x.Residual.Currency != "" {
		return x.Residual
	}
	for _, id := range slices.Concat(x.Left, x.Right) {
		if t := m.Transaction(id); t != nil {
			return money.New(0, t.Currency)
		} else if p := m.Payment(id); p != nil {
			return money.New(0, p.Amount.Currency)
		} else if p := m.Payout(id); p != nil {
			return money.New(0, p.Amount.Currency)
		} else if v := m.Invoice(id); v != nil {
			return money.New(0, v.Currency)
		}
	}
	return x.Residual
}

// Chain is the way of one obligation from the invoice to the bank, as far as it is known; any part
// may be nil.
type Chain struct {
	Invoice     *book.Invoice
	Payment     *book.Payment
	Transaction *book.Transaction
	Payout      *book.Payout
	Line        *book.BankLine
	// Matches are those between the parts, at most one for each leg.
	Matches []*book.Match
}

// ChainOf finds the chain around items: the first of each kind among them, then what their matches
// and keys lead to.
func (m *Month) ChainOf(items []book.ItemID) Chain {
	var c Chain
	for _, id := range items {
		c.take(m, id)
	}
	for range 2 {
		c.follow(m)
	}
	return c
}

func (c *Chain) take(m *Month, id book.ItemID) {
	if x := m.Invoice(id); x != nil && c.Invoice == nil {
		c.Invoice = x
	} else if x := m.Payment(id); x != nil && c.Payment == nil {
		c.Payment = x
	} else if x := m.Transaction(id); x != nil && c.Transaction == nil {
		c.Transaction = x
	} else if x := m.Payout(id); x != nil && c.Payout == nil {
		c.Payout = x
	} else if x := m.Line(id); x != nil && c.Line == nil {
		c.Line = x
	}
}

// follow completes the chain by one step in each direction.
func (c *Chain) follow(m *Month) {
	if c.Payment != nil {
		c.walk(m, c.Payment.ID)
		c.take(m, c.Payment.InvoiceID)
	}
	if c.Invoice != nil {
		c.walk(m, c.Invoice.ID)
	}
	if c.Transaction != nil {
		c.walk(m, c.Transaction.ID)
		c.take(m, c.Transaction.PayoutID)
	}
	if c.Payout != nil {
		c.walk(m, c.Payout.ID)
	}
	if c.Line != nil {
		c.walk(m, c.Line.ID)
	}
}

// walk takes what live or suggested matches of one item lead to. A payout's members are not
// followed: they are many, and the chain is about one.
func (c *Chain) walk(m *Month, id book.ItemID) {
	for _, x := range m.MatchesOf(id) {
		if x.State == book.Rejected || x.Leg == book.GatewayGateway ||
			x.Leg == book.GatewayPayout && !slices.Contains(x.Left, id) {
			continue
		}
		if len(x.Left) > 1 && slices.Contains(x.Right, id) {
			continue
		}
		for _, other := range slices.Concat(x.Left, x.Right) {
			if other != id {
				c.take(m, other)
			}
		}
		if !slices.Contains(c.Matches, x) {
			c.Matches = append(c.Matches, x)
		}
	}
}

// Match is the chain's match on a leg, nil where there is none.
func (c *Chain) Match(leg book.Leg) *book.Match {
	for _, x := range c.Matches {
		if x.Leg == leg {
			return x
		}
	}
	return nil
}

func (m *Month) kindOf(id book.ItemID) book.Kind {
	switch {
	case m.Transaction(id) != nil:
		return book.KindTransaction
	case m.Payout(id) != nil:
		return book.KindPayout
	case m.Line(id) != nil:
		return book.KindBankLine
	}
	kind, _, _ := cutKind(id)
	return kind
}

// cutKind parts a billing id into its kind and number: "billing:invoice/1042".
func cutKind(id book.ItemID) (kind book.Kind, number string, ok bool) {
	k, n, ok := strings.Cut(id.Native(), "/")
	return book.Kind(k), n, ok
}
