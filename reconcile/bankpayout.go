package reconcile

import (
	"cmp"
	"slices"
	"strings"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

func compareNames[S ~string](a, b S) int { return cmp.Compare(a, b) }

// worth is an exact amount in a currency, the key by which payouts and lines meet.
type worth struct {
	account book.AccountName
	amount  money.Money
}

// linesByWorth lists the free lines of each account by exact amount.
func (e *engine) linesByWorth() map[worth][]int32 {
	out := make(map[worth][]int32, len(e.lines))
	for i, l := range e.lines {
		if e.lineLink[i] == none && !e.lineHeld[i] && !l.Pending && l.Amount.Minor != 0 {
			k := worth{l.Account, l.Amount}
			out[k] = append(out[k], int32(i))
		}
	}
	return out
}

// payoutIdentity is P5: a bank line that carries the payout's trace or id, with exactly its amount.
func (e *engine) payoutIdentity() error {
	by := e.linesByWorth()
	texts := make([]lineText, len(e.lines))
	g := newGraph()
	for i := range int32(len(e.pouts)) {
		if e.poutLink[i] != none {
			continue
		}
		p := e.pouts[i]
		keys := payoutKeys(p)
		if len(keys) == 0 {
			continue
		}
		for _, a := range e.settles(p.Source, p.Amount.Currency) {
			for _, l := range by[worth{a.Name, p.Amount}] {
				if texts[l].compact == "" {
					texts[l] = textOf(e.lines[l])
				}
				if texts[l].carries(keys) &&
					!e.isRejected(book.PayoutBank, poutRef(i), lineRef(l)) {
					g.pair(poutRef(i), lineRef(l))
				}
			}
		}
	}
	e.settlePayouts(g)
	e.returnLines(by, texts)
	e.combinedPayouts()
	e.differingPayouts()
	return nil
}

// returnLines finds the debit with which the bank sent a payout back that had arrived: it carries
// the payout's id and its amount, and belongs to the gateway's row of the return.
func (e *engine) returnLines(by map[worth][]int32, texts []lineText) {
	g := newGraph()
	for i := range int32(len(e.pouts)) {
		t, back := e.returned[i]
		if !back || e.poutLink[i] == none {
			continue
		}
		p, keys := e.pouts[i], payoutKeys(e.pouts[i])
		arrived := e.lines[e.links[e.poutLink[i]].right[0].at()]
		for _, l := range by[worth{arrived.Account, p.Amount.Neg()}] {
			if texts[l].compact == "" {
				texts[l] = textOf(e.lines[l])
			}
			if texts[l].carries(keys) && lineOn(e.lines[l]) >= lineOn(arrived) &&
				!e.isRejected(book.PayoutBank, txRef(t), lineRef(l)) {
				g.pair(txRef(t), lineRef(l))
			}
		}
	}
	e.settlePayouts(g)
}

// differingPayouts finds lines that carry a payout's id with another amount: a pair for a person to
// confirm, a D8 that names the difference.
func (e *engine) differingPayouts() {
	keys := map[string]int32{}
	for i, p := range e.pouts {
		if e.poutLink[i] != none || e.poutHeld[i] {
			continue
		}
		for _, k := range payoutKeys(p) {
			if _, twice := keys[k]; twice {
				keys[k] = none
				continue
			}
			keys[k] = int32(i)
		}
	}
	g := newGraph()
	for i, l := range e.lines {
		if len(keys) == 0 || e.lineLink[i] != none || e.lineHeld[i] || l.Pending {
			continue
		}
		for _, w := range textOf(l).words {
			p, ok := keys[w]
			if !ok || p == none {
				continue
			}
			a := e.pouts[p].Amount
			if a.Currency == l.Amount.Currency && (a.Minor > 0) == (l.Amount.Minor > 0) &&
				!e.isRejected(book.PayoutBank, poutRef(p), lineRef(int32(i))) {
				g.pair(poutRef(p), lineRef(int32(i)))
			}
		}
	}
	for _, c := range g.components() {
		if !c.unique() {
			e.ambiguous(book.PayoutBank, c.left, c.right)
			continue
		}
		e.differing(c.left[0], c.right[0])
	}
}

func (e *engine) differing(p, l ref) {
	if e.add(link{pass: book.P5, leg: book.PayoutBank, state: book.Suggested, left: []ref{p},
		right: []ref{l}, uses: e.lesser(p, l)}) == none {
		return
	}
	e.hold(p)
	e.hold(l)
	e.raise(finding{class: book.D8, leg: book.PayoutBank, about: []ref{l, p},
		amount: e.lines[l.at()].Amount,
		flags:  []book.Flag{book.FlagSuggestion}, why: e.whyPayoutDiffers(p.at(), l.at())})
}

// lesser uses of two records of one currency and sign what both have.
func (e *engine) lesser(left, right ref) []money.Money {
	a, b := e.amount(left, ""), e.amount(right, "")
	n := a.Minor
	if b.Abs().Minor < a.Abs().Minor {
		n = b.Minor
	}
	return []money.Money{money.New(n, a.Currency), money.New(n, b.Currency)}
}

// payoutKeys are the folded ids by which a bank may name a payout: trace, own id and aliases, each
// also without its prefix. What is too short to be an id is left out.
func payoutKeys(p *book.Payout) []string {
	var out []string
	note := func(s string) {
		k := fold(s)
		if len(k) >= 8 && !slices.Contains(out, k) {
			out = append(out, k)
		}
		if _, bare, ok := strings.Cut(k, "_"); ok && len(bare) >= 12 &&
			!slices.Contains(out, bare) {
			out = append(out, bare)
		}
	}
	note(p.Trace)
	note(p.ID.Native())
	for _, a := range p.Aliases {
		note(a)
	}
	return out
}

// lineText is the text of a bank line made ready for search.
type lineText struct {
	// compact is everything without blanks, words its folded words.
	compact string
	words   []string
	// begins are the places in compact at which a word of the text begins.
	begins []int
}

func textOf(l *book.BankLine) lineText {
	t := lineText{compact: "|"}
	for _, part := range []string{l.Reference, l.Structured, l.Text, l.BankID, l.Counterparty} {
		for _, w := range strings.FieldsFunc(part, isNoise) {
			f := fold(w)
			if len(f) >= 8 {
				t.words = append(t.words, f)
			}
			t.begins = append(t.begins, len(t.compact))
			t.compact += f
		}
		t.begins = append(t.begins, len(t.compact))
		t.compact += "|"
	}
	return t
}

// carries reports whether the text holds one of the keys: as a word, or, where it is long enough to
// be no accident, in words or parts of words once blanks and line ends are gone.
func (t lineText) carries(keys []string) bool {
	for _, k := range keys {
		if slices.Contains(t.words, k) || len(k) >= 10 && t.holds(k) {
			return true
		}
	}
	return false
}

// holds looks for a key in the compact text. Letters may be written right before it; what goes on
// at either end as ids and numbers do is another id or number.
func (t lineText) holds(key string) bool {
	for from := 0; ; {
		n := strings.Index(t.compact[from:], key)
		if n < 0 {
			return false
		}
		at := from + n
		if !t.beganBefore(at) && !t.goesOn(at+len(key), key) {
			return true
		}
		from = at + 1
	}
}

// beganBefore reports whether the word at a place has digits before it.
func (t lineText) beganBefore(at int) bool {
	for ; at > 0 && !slices.Contains(t.begins, at); at-- {
		if c := t.compact[at-1]; c >= '0' && c <= '9' {
			return true
		}
	}
	return false
}

// goesOn reports whether a key's word does not end with it: with more digits after a number, with
// anything after another id.
func (t lineText) goesOn(end int, key string) bool {
	if slices.Contains(t.begins, end) {
		return false
	}
	c := t.compact[end]
	return c >= '0' && c <= '9' || strings.Trim(key, "0123456789") != ""
}

// settlePayouts matches the unique pairs of payout and line, and names the others as ambiguous.
func (e *engine) settlePayouts(g *graph) {
	for _, c := range g.components() {
		if !c.unique() {
			e.ambiguous(book.PayoutBank, c.left, c.right)
			continue
		}
		e.add(link{pass: book.P5, leg: book.PayoutBank, state: book.Auto, left: c.left, right: c.right})
	}
}

// payoutAmount is P6: the exact amount on the right account within the window of days. It counts by
// itself only where the pair is unique both ways and the sender's name is confirmed.
func (e *engine) payoutAmount() error {
	e.readTransfers()
	e.learnLags()
	e.learnAliases()
	g := e.payoutPairs()
	for _, c := range g.components() {
		switch {
		case !c.unique():
			e.settleLearned(g, c)
		case e.confirmed(e.lines[c.right[0].at()]):
			e.add(link{pass: book.P6, leg: book.PayoutBank, state: book.Auto, left: c.left, right: c.right})
		default:
			e.suggest(book.P6, book.PayoutBank, c.left, c.right)
		}
	}
	e.latePayouts()
	return nil
}

// freePayout reports whether a payout waits for its bank line.
func (e *engine) freePayout(i int32) bool {
	p := e.pouts[i]
	return e.poutLink[i] == none && !e.poutHeld[i] && p.State != book.PayoutCancelled &&
		p.State != book.PayoutFailed && p.Amount.Minor != 0
}

// payoutPairs are the free payouts and lines that fit each other by amount, account, days and sender.
func (e *engine) payoutPairs() *graph {
	by := e.linesByWorth()
	g := newGraph()
	for i := range int32(len(e.pouts)) {
		p := e.pouts[i]
		if !e.freePayout(i) {
			continue
		}
		for _, a := range e.settles(p.Source, p.Amount.Currency) {
			from, to := e.window(a, p)
			for _, l := range by[worth{a.Name, p.Amount}] {
				on := lineOn(e.lines[l])
				if on >= from && on <= to && e.maySend(p, e.lines[l]) && !e.quotes[l] &&
					!e.isRejected(book.PayoutBank, poutRef(i), lineRef(l)) {
					g.pair(poutRef(i), lineRef(l))
				}
			}
		}
	}
	return g
}

// maySend reports whether a line may come from a payout's gateway: its text names that gateway, or
// none at all.
func (e *engine) maySend(p *book.Payout, l *book.BankLine) bool {
	who := foldName(l.Counterparty + " " + l.Text)
	named := false
	for i := range e.in.Sources {
		s := &e.in.Sources[i]
		if s.Role != Gateway || !hasWords(who, foldName(e.title(s.Name))) {
			continue
		}
		if s.Name == p.Source {
			return true
		}
		named = true
	}
	return !named
}

// confirmed reports whether the line's sender is a name that a person confirmed for the account.
// Where the bank names no sender, its text does.
func (e *engine) confirmed(l *book.BankLine) bool {
	sender := foldName(l.Counterparty)
	if sender == "" {
		sender = foldName(l.Text)
	}
	for i := range e.in.Accounts {
		if e.in.Accounts[i].Name != l.Account {
			continue
		}
		for _, alias := range e.in.Accounts[i].Aliases {
			if hasWords(sender, foldName(alias)) {
				return true
			}
		}
	}
	return false
}
