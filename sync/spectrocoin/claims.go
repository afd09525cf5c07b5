package spectrocoin

import (
	"strings"

	"countinghouse/app/book"
)

// claims say which rows of the wallet belong to which orders, by what the rows' texts name and never
// by an amount.
type claims struct {
	// credit is the row that credited an order, by the order's id; owner the order that a row
	// credited or gave back, by the row's number.
	credit map[string]row
	owner  map[string]string
	// refunded are the orders of which a row says that they were given back.
	refunded map[string]bool
}

// wordsOf are a text's words in small letters, without the marks around them.
func wordsOf(text string) []string {
	fields := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return strings.ContainsRune(" \t\r\n,;:()[]<>\"'#=", r)
	})
	for i, f := range fields {
		fields[i] = strings.Trim(f, ".!?")
	}
	return fields
}

// levels are the ids by which a row may name an order, the surest first.
var levels = []func(o *order) string{
	func(o *order) string { return o.id },
	func(o *order) string { return o.preOrder },
	func(o *order) string { return o.ref },
	func(o *order) string { return o.request },
}

// nameMin is the shortest id that a text can name.
const nameMin = 5

// claim finds out which rows name which orders. A row belongs to an order where it names that one
// only, and where no other row that moved money does; all else stays by itself.
func claim(rows []row, orders []order) *claims {
	c := &claims{credit: map[string]row{}, owner: map[string]string{}, refunded: map[string]bool{}}
	index := make([]map[string][]int, len(levels))
	for l, of := range levels {
		index[l] = map[string][]int{}
		for i := range orders {
			if id := strings.ToLower(of(&orders[i])); len(id) >= nameMin {
				index[l][id] = append(index[l][id], i)
			}
		}
	}
	credits, refunds := map[int][]row{}, map[int][]row{}
	for _, r := range rows {
		i, ok := named(r.text, index)
		if !ok || r.status == rowPending || r.status == rowFailed ||
			r.amount.Currency != orders[i].receive.Currency {
			continue
		}
		switch kind := r.kind(); {
		case kind == book.Refund:
			refunds[i] = append(refunds[i], r)
		case kind != book.PayoutFailure && r.amount.Minor > 0:
			credits[i] = append(credits[i], r)
		}
	}
	for i, of := range credits {
		if len(of) == 1 && orders[i].state() == book.Succeeded {
			c.credit[orders[i].id] = of[0]
			c.owner[of[0].no] = orders[i].id
		}
	}
	for i, of := range refunds {
		for _, r := range of {
			c.owner[r.no] = orders[i].id
		}
		c.refunded[orders[i].id] = true
	}
	return c
}

// named is the one order that a text names, by the surest kind of id that it holds.
func named(text string, index []map[string][]int) (int, bool) {
	tokens := wordsOf(text)
	for _, ids := range index {
		found := map[int]bool{}
		last := 0
		for _, token := range tokens {
			for _, form := range []string{token, strings.TrimPrefix(token, "sc")} {
				for _, i := range ids[form] {
					found[i], last = true, i
				}
			}
		}
		if len(found) > 0 {
			return last, len(found) == 1
		}
	}
	return 0, false
}

// returns are the rows by which withdrawals came back whole, by the withdrawal's number, and the
// withdrawals by the number of the row that names them.
func returns(rows []row) (back map[string]*row, of map[string]string) {
	out := map[string]*row{}
	for i := range rows {
		if rows[i].kind() == payoutRow && rows[i].status != rowFailed {
			out[rows[i].no] = &rows[i]
		}
	}
	back, of = map[string]*row{}, map[string]string{}
	for i := range rows {
		r := &rows[i]
		if r.kind() != book.PayoutFailure || r.status == rowPending || r.status == rowFailed {
			continue
		}
		for _, token := range wordsOf(r.text) {
			p := out[token]
			if p == nil {
				continue
			}
			if of[r.no] = token; p.amount == r.amount.Neg() && back[token] == nil {
				back[token] = r
			}
			break
		}
	}
	return back, of
}
