package reconcile

import (
	"fmt"
	"slices"

	"countinghouse/app/book"
)

// applyRule runs one rule over what is still open.
func (e *engine) applyRule(r *Rule) {
	switch {
	case r.Source != "":
		e.ruleCharges(r)
	case r.Action == RuleInvoice:
		e.ruleInvoices(r)
	case r.Action == RulePayout:
		e.rulePayouts(r)
	default:
		e.ruleMarks(r)
	}
}

// ruledLines are the open lines that pass a rule's tests.
func (e *engine) ruledLines(r *Rule) []int32 {
	var out []int32
	for i, l := range e.lines {
		if !e.openLine(int32(i)) || r.Account != "" && l.Account != r.Account {
			continue
		}
		if x := ruledLine(l); r.passes(&x) {
			out = append(out, int32(i))
		}
	}
	return out
}

// named is the folded name of an invoice that a rule's pattern finds in a record, "" for none.
func (r *Rule) named(x *ruled) string {
	test, group := r.Group()
	if test < 0 {
		return ""
	}
	t := &r.Tests[test]
	if m := t.Matches.FindStringSubmatch(x.says(t.Field)); m != nil {
		return foldNumber(m[group])
	}
	return ""
}

// ruleInvoices matches lines with the row or the open invoice that the rule's pattern names, where the
// line is exactly its amount.
func (e *engine) ruleInvoices(r *Rule) {
	lines := e.ruledLines(r)
	words := make([]string, len(lines))
	want := map[string][]int32{}
	for n, l := range lines {
		x := ruledLine(e.lines[l])
		if words[n] = r.named(&x); words[n] != "" {
			want[words[n]] = nil
		}
	}
	e.findNamed(want)
	g := newGraph()
	for n, l := range lines {
		for _, v := range want[words[n]] {
			for _, left := range e.paidExactly(e.lines[l], []int32{v}, nil) {
				if !e.isHeld(left) && !e.isRejected(book.BankBilling, left, lineRef(l)) {
					g.pair(left, lineRef(l))
				}
			}
		}
	}
	for _, c := range g.components() {
		if !c.unique() {
			e.ambiguous(book.BankBilling, c.right, c.left)
			continue
		}
		doubt := ""
		if e.transfer != nil && e.namesOthers(c) {
			doubt = "the text names another customer's open invoice too"
		}
		e.ruleLink(r, link{leg: book.BankBilling, left: c.left, right: c.right,
			uses: e.transferUses(c)}, doubt)
	}
}

// rulePayouts matches lines with the payout of the rule's gateway that is exactly their amount and due
// on their day. Payouts and lines that the rule does not speak of compete all the same: where one of
// them fits as well, the rule says nothing.
func (e *engine) rulePayouts(r *Rule) {
	mine := map[ref]bool{}
	for _, l := range e.ruledLines(r) {
		mine[lineRef(l)] = true
	}
	if len(mine) == 0 {
		return
	}
	if e.lags == nil {
		e.learnLags()
	}
	for _, c := range e.payoutPairs().components() {
		if c.unique() && mine[c.right[0]] && e.pouts[c.left[0].at()].Source == r.Gateway {
			e.ruleLink(r, link{leg: book.PayoutBank, left: c.left, right: c.right}, "")
		}
	}
}

// ruleCharges matches charges that no payment records with the row or the open invoice that the rule's
// pattern names, where they are exactly its amount.
func (e *engine) ruleCharges(r *Rule) {
	charges := map[int32]string{}
	want := map[string][]int32{}
	for i := range e.txs {
		t := int32(i)
		if e.txs[i].Source != r.Source || e.txHeld[i] || !e.unrecorded(t) {
			continue
		}
		x := e.ruledCharge(t)
		if !r.passes(&x) {
			continue
		}
		if w := r.named(&x); w != "" {
			charges[t], want[w] = w, nil
		}
	}
	e.findNamed(want)
	g := newGraph()
	for i := range e.txs {
		t := int32(i)
		for _, v := range e.billedThrough(r.Source, want[charges[t]]) {
			if left, ok := e.chargeable(v, t); ok && !e.isHeld(left) &&
				!e.isRejected(book.BillingGateway, left, txRef(t)) {
				g.pair(left, txRef(t))
			}
		}
	}
	for _, c := range g.components() {
		if !c.unique() {
			e.ambiguous(book.BillingGateway, c.left, c.right)
			continue
		}
		l := link{leg: book.BillingGateway, left: c.left, right: c.right}
		if c.left[0].sort() == sortInv {
			paid := charged(e.txs[c.right[0].at()])
			l.uses = append(l.uses, paid, paid)
		}
		e.ruleLink(r, l, "")
	}
}

// chargeable is what a charge may pay of an invoice, where it is exactly that: its one free row of the
// charge's gateway, or all that is open.
func (e *engine) chargeable(v, t int32) (ref, bool) {
	tx, row := e.txs[t], none
	for _, i := range e.rows[v] {
		if e.behind[i] != tx.Source || e.payLink[i] != none || e.pays[i].Amount.Minor <= 0 {
			continue
		}
		if row != none {
			return 0, false
		}
		row = i
	}
	if !e.ownsCharge(v, tx) {
		return 0, false
	}
	if row != none {
		return payRef(row), e.pays[row].Amount == charged(tx)
	}
	left := invRef(v)
	return left, e.owes(v) && e.openAmount(left) == charged(tx)
}

// ruleLink keeps what a rule found: by itself where the rule may post and nothing speaks against it,
// else for a person to confirm.
func (e *engine) ruleLink(r *Rule, l link, doubt string) {
	l.pass, l.rule, l.state = book.PRule, r, book.Suggested
	if r.acts() && doubt == "" {
		l.state = book.Auto
		if at := e.add(l); at != none && l.leg == book.BillingGateway && l.left[0].sort() == sortInv &&
			e.refInv != nil {
			e.refInv[l.right[0].at()] = l.left[0].at()
		}
		return
	}
	if e.add(l) == none {
		return
	}
	all := append(slices.Clone(l.right), l.left...)
	if l.leg == book.PayoutBank {
		all = append(slices.Clone(l.left), l.right...)
	}
	for _, x := range all {
		e.hold(x)
	}
	if doubt == "" {
		doubt = r.waits()
	}
	got := e.gross(l.right[0])
	e.raise(finding{class: book.D8, leg: l.leg, about: all, amount: got,
		flags: []book.Flag{book.FlagSuggestion}, why: fmt.Sprintf("The rule %s pairs %s with %s, both of %s, "+
			"but %s, so a person has to confirm the pair.", r.Name, e.list(l.left), e.list(l.right),
			coded(got), doubt)})
}

// waits says why a rule only suggests.
func (r *Rule) waits() string {
	if r.Posts {
		return "no back-test of this version of it has been allowed (countinghouse rules allow " + r.Name + ")"
	}
	return "it only suggests"
}

// ruleMarks notes what lines are that match nothing. A rule that may not post takes no line away from
// the passes behind it.
func (e *engine) ruleMarks(r *Rule) {
	for _, l := range e.ruledLines(r) {
		if e.marked[l] != nil {
			continue
		}
		if e.marked == nil {
			e.marked = map[int32]*Rule{}
		}
		e.marked[l] = r
		if r.acts() {
			e.lineHeld[l] = true
		}
	}
}

// markWords are what a rule takes a line for, to end a sentence with.
var markWords = map[RuleAction]string{RuleBankCharge: "a charge of the bank",
	RuleOwnTransfer: "a transfer between accounts of our own"}

// takes is what a rule takes a line for, with its reason.
func (r *Rule) takes() string {
	switch s := markWords[r.Action]; {
	case s == "":
		return r.Reason
	case r.Reason == "":
		return s
	default:
		return s + " (" + r.Reason + ")"
	}
}

// Mark is what one of the user's rules says of a bank line that matches nothing.
type Mark struct {
	Item   book.ItemID
	Rule   string
	Action RuleAction
	Reason string
	// Posted says that the rule may say so by itself; else it is a suggestion.
	Posted bool
}

// marks lists what the rules say of lines that stayed unmatched, by line. Receipts among them are
// explained items; debits are no exception and stay none.
func (e *engine) marks() []Mark {
	var out []Mark
	for i := range e.lines {
		r := e.marked[int32(i)]
		if r == nil || e.lineLink[i] != none || e.lineHeld[i] && !r.acts() {
			continue
		}
		out = append(out, Mark{e.lines[i].ID, r.version(), r.Action, r.Reason, r.acts()})
	}
	return out
}

// explainMarked raises the receipts that a rule explains as explained items.
func (e *engine) explainMarked() {
	for i, l := range e.lines {
		r := e.marked[int32(i)]
		if r == nil || !r.acts() || l.Amount.Minor <= 0 {
			continue
		}
		e.raise(finding{class: book.M5, leg: book.PayoutBank, about: []ref{lineRef(int32(i))},
			amount: l.Amount, status: book.Explained, why: fmt.Sprintf("%s brought %s, which the rule %s takes "+
				"for %s.", upper(e.name(lineRef(int32(i)))), coded(l.Amount), r.Name, r.takes())})
	}
}

// ruleFacts appends what each test of a match's rule compared.
func (e *engine) ruleFacts(b []byte, l *link) []byte {
	var x ruled
	if r := l.right[0]; r.sort() == sortTx {
		x = e.ruledCharge(r.at())
	} else {
		x = ruledLine(e.lines[r.at()])
	}
	b = fact(b, "rule", l.rule.Name, l.rule.Name)
	for i := range l.rule.Tests {
		t := &l.rule.Tests[i]
		b = fact(b, string(t.Field), t.wants(), x.says(t.Field))
	}
	return b
}
