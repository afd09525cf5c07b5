package whmcs

import (
	"regexp"
	"strconv"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// ofInvoice finds the invoice in the text of a credit entry: "Credit Applied to Invoice #5012",
// "Refund of Invoice ID 5012".
var ofInvoice = regexp.MustCompile(`(?i)\binvoice (?:#|id:? ?#?|number:? ?#?)([0-9]{1,18})\b`)

// origins are the texts by which WHMCS itself says where credit came from, first match first: from
// users' reports, as no list of them is published. Others are an administrator's own words.
var origins = []struct {
	text   *regexp.Regexp
	origin book.CreditOrigin
}{
	{regexp.MustCompile(`(?i)^mass (invoice )?payment\b`), book.CreditMassPayment},
	{regexp.MustCompile(`(?i)^add funds\b`), book.CreditAddFunds},
	{regexp.MustCompile(`(?i)^(invoice (#|id )[0-9]+ overpayment|overpayment (of|on|for) invoice)\b`),
		book.CreditOverpayment},
	{regexp.MustCompile(`(?i)^(credit from )?refund (of|to credit|for) .*\binvoice\b`),
		book.CreditRefund},
	{regexp.MustCompile(`(?i)^credit removed from invoice\b`), book.CreditRefund},
}

// credit is an entry of a client's credit log. Where added credit came from is told by WHMCS's own
// words for it; where neither they nor a related record say, somebody added it by hand, and an
// invoice that the person's words name is no word of WHMCS.
func (t translator) credit(n node, client int64, c currency) (book.Credit, error) {
	r := reader{node: n}
	invoice := r.int("relid")
	related := invoice != 0
	out := book.Credit{
		ID: t.id(book.KindCredit, r.id("id")), Source: t.name,
		CustomerID: t.id(book.KindCustomer, client), On: r.date("date"),
		Amount: money.New(r.amount("amount", c.code), c.code), Text: n.text("description"),
	}
	if m := ofInvoice.FindStringSubmatch(out.Text); !related && m != nil {
		invoice, _ = strconv.ParseInt(m[1], 10, 64)
	}
	if out.Amount.Minor > 0 {
		for _, o := range origins {
			if o.text.MatchString(out.Text) {
				out.Origin = o.origin
				break
			}
		}
		if out.Origin == "" && !related {
			out.Origin, invoice = book.CreditByHand, 0
		}
	}
	out.InvoiceID = t.id(book.KindInvoice, invoice)
	out.Revision = revision(out)
	return out, r.err
}
