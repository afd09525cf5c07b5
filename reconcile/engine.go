package reconcile

import (
	"cmp"
	"context"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"time"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// ref names a record inside one run: its sort in the top bits, its place in the sorted slice below.
type ref uint32

// The sorts of record that a link or an exception may name.
const (
	sortPay ref = iota << 28
	sortTx
	sortInv
	sortPout
	sortLine
	sortCred
	sortMask ref = 7 << 28
)

func (r ref) sort() ref { return r & sortMask }
func (r ref) at() int32 { return int32(r &^ sortMask) }

func payRef(i int32) ref  { return sortPay | ref(i) }
func txRef(i int32) ref   { return sortTx | ref(i) }
func invRef(i int32) ref  { return sortInv | ref(i) }
func poutRef(i int32) ref { return sortPout | ref(i) }
func lineRef(i int32) ref { return sortLine | ref(i) }
func credRef(i int32) ref { return sortCred | ref(i) }

// none stands for no record or link.
const none int32 = -1

// link is a match in its packed form.
type link struct {
	pass        book.Pass
	leg         book.Leg
	state       book.MatchState
	left, right []ref
	// uses says how much of each record is taken, left first; nil for all of each.
	uses []money.Money
	// given is a person's own decision, kept as it came.
	given *book.Match
	// rule is the user's rule that made it, nil for a pass.
	rule *Rule
}

// engine is the state of one run. Records are sorted by id; the slices named after them run in
// parallel.
type engine struct {
	ctx    context.Context
	in     Input
	zone   *time.Location
	today  book.Date
	pays   []*book.Payment
	txs    []*book.Transaction
	invs   []*book.Invoice
	pouts  []*book.Payout
	lines  []*book.BankLine
	creds  []*book.Credit
	payOn  []book.Date
	txOn   []book.Date
	invAt  map[book.ItemID]int32
	poutAt map[book.ItemID]int32
	custs  map[book.ItemID]*book.Customer

	sources map[book.SourceName]*Source
	// behind is the gateway that each payment's method stands for, payBank the account; "" for
	// none.
	behind  []book.SourceName
	payBank []book.AccountName
	aliases map[book.SourceName]*aliasIndex
	// children lists what names a transaction as its parent.
	children map[int32][]int32
	// parent is the transaction that each one reverses, none where it has none.
	parent []int32
	// rows lists the payments of each invoice.
	rows [][]int32
	// payInv is the invoice of each payment.
	payInv []int32

	links []link
	refs  *arena[ref]
	// The live link of each record on each leg, none where it has none.
	payLink, txLink         []int32
	txSettled, poutComposed []int32
	poutLink, lineLink      []int32
	// invLinked are the charges that P2 linked to an invoice without a row.
	invLinked map[int32][]int32
	refInv    []int32
	// invTaken are the invoices that a live match pays directly, without a row.
	invTaken []bool
	// held marks records that an exception or a suggestion already speaks for.
	payHeld, txHeld, poutHeld, lineHeld, invHeld, credHeld []bool
	rejected                                               map[string]bool
	dupPays                                                map[int32]int32
	// missing are movements that an A8 names as the likely missing member of its payout.
	missing map[int32]bool
	// returned finds the row with which a payout came back.
	returned map[int32]int32
	// lags is how long payouts take whose arrival is not stated.
	lags map[purse]lag
	// returnedAt is the link of that row with the bank's debit.
	returnedAt map[int32]int32
	// quotes marks lines whose text names an invoice of exactly their amount.
	quotes   []bool
	transfer []transfer
	// nonCash are rows that need no movement, onPayoutLeg lines that a payout may have sent.
	nonCash, onPayoutLeg map[int32]bool
	payers               map[payer]string
	covered              map[book.AccountName][]span
	wallets              map[book.ItemID]*wallet
	spentOn              map[int32][]portion
	deposits             map[book.ItemID][]int32
	// learned are the senders that payouts came from; see learnAliases.
	learned map[sentBy]*LearnedAlias
	// marked are the lines that a rule of the user's says something of.
	marked map[int32]*Rule
	// d1 are the charges that a D1 wants to go back.
	d1       map[int32]bool
	flowed   map[purse][]flow
	dateText map[book.Date]string
	// cut is the last date of the bridge and the proofs.
	cut  book.Date
	gone []vanished

	use        usage
	checked    int
	exceptions []book.Exception
	proofs     []book.Proof
	duplicates []duplicate
}

// duplicate is one record that stands twice in the books.
type duplicate struct {
	id     book.ItemID
	amount money.Money
	on     book.Date
	what   string
}

func newEngine(ctx context.Context, in Input) (*engine, error) {
	e := &engine{ctx: ctx, in: in, zone: in.Zone, invLinked: map[int32][]int32{},
		children: map[int32][]int32{}, rejected: map[string]bool{}, dupPays: map[int32]int32{},
		missing: map[int32]bool{}, returned: map[int32]int32{}, d1: map[int32]bool{},
		returnedAt: map[int32]int32{}, dateText: map[book.Date]string{}}
	if e.zone == nil {
		e.zone = time.UTC
	}
	e.today = in.At.In(e.zone)
	e.sources = make(map[book.SourceName]*Source, len(in.Sources))
	for i := range in.Sources {
		s := &in.Sources[i]
		if e.sources[s.Name] != nil {
			return nil, fmt.Errorf("reconcile: source %s stands twice", s.Name)
		}
		e.sources[s.Name] = s
	}
	if len(in.Books.Payments) >= 1<<28 || len(in.Books.Transactions) >= 1<<28 {
		return nil, fmt.Errorf("reconcile: more than %d records of one sort", 1<<28)
	}
	return e, nil
}

// sorted gives pointers to the records by id, and reports each id that stands twice. Of equal ids
// the one whose content sorts first is kept, so that the order of the input has no say.
func sorted[T any](all []T, id func(*T) book.ItemID, twice func(*T)) []*T {
	out := make([]*T, len(all))
	for i := range all {
		out[i] = &all[i]
	}
	byID := func(a, b *T) int { return cmp.Compare(id(a), id(b)) }
	if !slices.IsSortedFunc(out, byID) {
		sortByID(out, id)
	}
	kept := out[:0:len(out)]
	for i := 0; i < len(out); {
		j := i + 1
		for j < len(out) && id(out[j]) == id(out[i]) {
			j++
		}
		first := out[i]
		if j > i+1 {
			first = slices.MinFunc(out[i:j], func(a, b *T) int {
				return strings.Compare(fmt.Sprintf("%+v", *a), fmt.Sprintf("%+v", *b))
			})
			twice(first)
		}
		kept = append(kept, first)
		i = j
	}
	return kept
}

// sortByID sorts records by id. Ids of one source begin alike, so the first eight bytes after what
// all have in common decide nearly every comparison without touching the records.
func sortByID[T any](all []*T, id func(*T) book.ItemID) {
	same := id(all[0])
	for _, r := range all {
		s := id(r)
		n := min(len(same), len(s))
		for i := range n {
			if s[i] != same[i] {
				n = i
				break
			}
		}
		same = same[:n]
	}
	type keyed struct {
		key    uint64
		record *T
	}
	order := make([]keyed, len(all))
	for i, r := range all {
		var b [8]byte
		copy(b[:], id(r)[len(same):])
		order[i] = keyed{binary.BigEndian.Uint64(b[:]), r}
	}
	slices.SortFunc(order, func(a, b keyed) int {
		if c := cmp.Compare(a.key, b.key); c != 0 {
			return c
		}
		return cmp.Compare(id(a.record), id(b.record))
	})
	for i, o := range order {
		all[i] = o.record
	}
}

// fill is a slice of n nones.
func fill(n int) []int32 {
	out := make([]int32, n)
	for i := range out {
		out[i] = none
	}
	return out
}

// id is the id of a record.
func (e *engine) id(r ref) book.ItemID {
	i := r.at()
	switch r.sort() {
	case sortPay:
		return e.pays[i].ID
	case sortTx:
		return e.txs[i].ID
	case sortInv:
		return e.invs[i].ID
	case sortPout:
		return e.pouts[i].ID
	case sortLine:
		return e.lines[i].ID
	}
	return e.creds[i].ID
}

// amount is what a leg may take of a record at most: of an invoice its total, of a transaction its
// net on the way to the bank and elsewhere what the customer was charged.
func (e *engine) amount(r ref, leg book.Leg) money.Money {
	i := r.at()
	switch r.sort() {
	case sortPay:
		return e.pays[i].Amount
	case sortTx:
		t := e.txs[i]
		if leg == book.GatewayPayout {
			return money.New(t.Net, t.Currency)
		}
		return charged(t)
	case sortInv:
		return money.New(e.invs[i].Total, e.invs[i].Currency)
	case sortPout:
		return e.pouts[i].Amount
	case sortLine:
		return e.lines[i].Amount
	}
	return e.creds[i].Amount
}

// on is the date by which a period lists a record.
func (e *engine) on(r ref) book.Date {
	i := r.at()
	switch r.sort() {
	case sortPay:
		return e.payOn[i]
	case sortTx:
		return e.txOn[i]
	case sortInv:
		return e.invs[i].IssuedOn
	case sortPout:
		return e.pouts[i].SentAt.In(e.zone)
	case sortLine:
		return lineOn(e.lines[i])
	}
	return e.creds[i].On
}

// lineOn is a bank line's date: when it was booked, else its value date.
func lineOn(l *book.BankLine) book.Date {
	if l.On != 0 {
		return l.On
	}
	return l.ValueOn
}

// add keeps a match unless a person rejected it, and marks its records where it is live. It
// returns the link's place, or none.
func (e *engine) add(l link) int32 {
	if len(e.rejected) > 0 && l.given == nil &&
		e.rejected[MatchID(l.leg, e.ids(l.left), e.ids(l.right))] {
		return none
	}
	at := int32(len(e.links))
	e.links = append(e.links, l)
	if !l.state.Live() {
		return at
	}
	for _, side := range [2][]ref{l.left, l.right} {
		for _, r := range side {
			e.mark(r, l.leg, at)
		}
	}
	return at
}

// mark notes a record's live link on a leg.
func (e *engine) mark(r ref, leg book.Leg, at int32) {
	i := r.at()
	switch r.sort() {
	case sortPay:
		e.payLink[i] = at
	case sortTx:
		switch leg {
		case book.BillingGateway:
			e.txLink[i] = at
		case book.GatewayPayout:
			e.txSettled[i] = at
		case book.PayoutBank:
			if p, ok := e.backRow(i); ok {
				e.returnedAt[p] = at
			}
		}
	case sortPout:
		switch leg {
		case book.GatewayPayout:
			e.poutComposed[i] = at
		case book.PayoutBank:
			e.poutLink[i] = at
		}
	case sortLine:
		e.lineLink[i] = at
	case sortInv:
		e.invTaken[i] = true
	}
}

// isRejected reports whether a person rejected a pair.
func (e *engine) isRejected(leg book.Leg, left, right ref) bool {
	return len(e.rejected) > 0 &&
		e.rejected[MatchID(leg, []book.ItemID{e.id(left)}, []book.ItemID{e.id(right)})]
}

// find is the place of a transaction by its id.
func (e *engine) find(id book.ItemID) (int32, bool) {
	i, ok := slices.BinarySearchFunc(e.txs, id, func(t *book.Transaction, id book.ItemID) int {
		return cmp.Compare(t.ID, id)
	})
	return int32(i), ok
}

// ids are the ids of records, sorted.
func (e *engine) ids(rs []ref) []book.ItemID {
	out := make([]book.ItemID, len(rs))
	for i, r := range rs {
		out[i] = e.id(r)
	}
	if len(out) > 1 {
		slices.Sort(out)
	}
	return out
}

// title is what people call a source.
func (e *engine) title(name book.SourceName) string {
	if s := e.sources[name]; s != nil && s.Title != "" {
		return s.Title
	}
	return string(name)
}

// charged is what the customer paid or got back: Charged, or Gross where it is not set.
func charged(t *book.Transaction) money.Money {
	if t.Charged.Currency == "" {
		return money.New(t.Gross, t.Currency)
	}
	return t.Charged
}

// moved reports whether the transaction touched a balance.
func moved(t *book.Transaction) bool {
	return t.Gross != 0 || t.Net != 0 || t.Fee != 0 || t.Tax != 0
}
