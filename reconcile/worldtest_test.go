package reconcile_test

import (
	"regexp"
	"strconv"

	"countinghouse/app/book"
	"countinghouse/app/money"
	"countinghouse/reconcile"
	"countinghouse/sync/world"
)

// inputOf is what a run would be given of a world, had every source been pulled and every statement
// been imported: the translation that the sources do, without their protocols.
func inputOf(w *world.World) reconcile.Input {
	methods := map[string]string{}
	for _, m := range w.Methods {
		methods[m.Module] = m.Behind
	}
	in := reconcile.Input{At: w.Now, Period: w.Options.Month, Zone: w.Zone, OpeningOn: w.OpeningOn,
		Base: w.Base, Books: recordsOf(w),
		Sources: []reconcile.Source{
			{Name: world.BillingName, Role: reconcile.Billing, Title: "WHMCS", Methods: methods},
			{Name: world.StripeName, Role: reconcile.Gateway, Title: "Stripe"},
		}}
	if in.Period == 0 {
		in.Period = book.MonthOf(book.NewDate(2026, 10, 1))
	}
	for i := range w.Accounts {
		a := &w.Accounts[i]
		in.Accounts = append(in.Accounts, reconcile.Account{Name: a.Name, Currency: a.Currency,
			IBAN: a.IBAN, Settles: a.Settles, Aliases: a.Aliases})
	}
	return in
}

func recordsOf(w *world.World) book.Records {
	var r book.Records
	for i := range w.Customers {
		c := &w.Customers[i]
		r.Customers = append(r.Customers, book.Customer{ID: c.Item(), Source: world.BillingName,
			Name: c.First + " " + c.Last, Company: c.Company, Email: c.Email, Country: c.Country,
			Currency: c.Currency, Status: c.Status, Credit: c.Credit})
	}
	billingRecords(w, &r)
	gatewayRecords(w, &r)
	bankRecords(w, &r)
	return r
}

func native(kind string, id int) book.ItemID {
	if id == 0 {
		return ""
	}
	return book.NewID(world.BillingName, kind+"/"+strconv.Itoa(id))
}

func billingRecords(w *world.World, r *book.Records) {
	paid := map[int]int64{}
	for i := range w.Payments {
		p := &w.Payments[i]
		paid[p.InvoiceID] += p.In - p.Out
		r.Payments = append(r.Payments, book.Payment{ID: p.Item(), Source: world.BillingName,
			InvoiceID: native("invoice", p.InvoiceID), CustomerID: native("customer", p.CustomerID),
			At: p.At, Amount: money.New(p.In-p.Out, p.Currency), Fee: p.Fee, Method: p.Method,
			Reference: p.TransID, RefundOf: native("payment", p.RefundID), Text: p.Text})
	}
	for i := range w.Invoices {
		v := &w.Invoices[i]
		total := v.Subtotal + v.Tax
		r.Invoices = append(r.Invoices, book.Invoice{ID: v.Item(), Source: world.BillingName,
			CustomerID: native("customer", v.CustomerID), Number: v.Number, Status: v.Status,
			Kind: v.Kind, IssuedOn: v.IssuedOn, DueOn: v.DueOn, PaidAt: v.PaidAt,
			UpdatedAt: v.UpdatedAt, Currency: v.Currency, Total: total, Credit: v.Credit,
			Balance: total - v.Credit - paid[v.ID], Method: v.Method})
	}
	for i := range w.Credits {
		c := &w.Credits[i]
		r.Credits = append(r.Credits, book.Credit{ID: c.Item(), Source: world.BillingName,
			CustomerID: native("customer", c.CustomerID), On: c.On, Amount: c.Amount, Text: c.Text,
			InvoiceID: native("invoice", c.InvoiceID)})
	}
}

var invoiceText = regexp.MustCompile(`Invoice #(\d+)`)

// kindsOf is what each reporting category of the gateway means.
var kindsOf = map[string]book.TransactionKind{"charge": book.Charge,
	"charge_failure": book.ChargeFailure, "refund": book.Refund,
	"refund_failure": book.RefundFailure, "dispute": book.Dispute,
	"dispute_reversal": book.Reinstatement, "fee": book.Fee, "tax": book.Tax,
	"payout_reversal": book.PayoutFailure, "risk_reserved_funds": book.Reserve,
	"other_adjustment": book.Adjustment}

// objects are the gateway's objects by id.
type objects struct {
	charges  map[string]*world.Charge
	refunds  map[string]*world.Refund
	disputes map[string]*world.Dispute
}

func gatewayRecords(w *world.World, r *book.Records) {
	o := objects{map[string]*world.Charge{}, map[string]*world.Refund{},
		map[string]*world.Dispute{}}
	for i := range w.Stripe.Charges {
		o.charges[w.Stripe.Charges[i].ID] = &w.Stripe.Charges[i]
	}
	for i := range w.Stripe.Refunds {
		o.refunds[w.Stripe.Refunds[i].ID] = &w.Stripe.Refunds[i]
	}
	for i := range w.Stripe.Disputes {
		o.disputes[w.Stripe.Disputes[i].ID] = &w.Stripe.Disputes[i]
	}
	for i := range w.Stripe.Movements {
		if v := &w.Stripe.Movements[i]; v.Category != "payout" {
			r.Transactions = append(r.Transactions, o.transaction(v))
		}
	}
	for i := range w.Stripe.Charges {
		if c := &w.Stripe.Charges[i]; c.MovementID == "" {
			t := book.Transaction{ID: c.Item(), Source: world.StripeName, Kind: book.Charge,
				State: c.State, At: c.At, Currency: c.Amount.Currency, Charged: c.Amount,
				Aliases: []string{c.IntentID}, Reason: c.DeclineCode}
			party(&t, c)
			r.Transactions = append(r.Transactions, t)
		}
	}
	payoutRecords(w, r)
}

// transaction is a row of the ledger with what its object says.
func (o objects) transaction(v *world.Movement) book.Transaction {
	stripe := func(id string) book.ItemID { return book.NewID(world.StripeName, id) }
	kind, ok := kindsOf[v.Category]
	if !ok {
		panic("no kind for category " + v.Category)
	}
	t := book.Transaction{ID: v.Item(), Source: world.StripeName, Kind: kind,
		State: book.Succeeded, At: v.At, AvailableAt: v.AvailableAt, Currency: v.Currency,
		Gross: v.Gross, Fee: v.Fee, Tax: v.Tax, Net: v.Net, Rate: v.Rate, Text: v.Text,
		Charged: money.New(v.Gross, v.Currency), DueOn: v.ReleaseOn}
	if v.PayoutID != "" {
		t.PayoutID = stripe(v.PayoutID)
	}
	if t.ID != stripe(v.ID) {
		t.Aliases = append(t.Aliases, v.ID)
	}
	charged := t.Charged
	switch kind {
	case book.Charge:
		c := o.charges[v.SourceID]
		charged = c.Amount
		t.State, t.Aliases = c.State, append(t.Aliases, c.IntentID)
		party(&t, c)
	case book.ChargeFailure:
		charged, t.Parent = o.charges[v.SourceID].Amount, stripe(v.SourceID)
	case book.Refund:
		f := o.refunds[v.SourceID]
		charged, t.Parent, t.State = f.Amount, stripe(f.ChargeID), f.State
	case book.RefundFailure:
		charged, t.Parent = o.refunds[v.SourceID].Amount, stripe(v.SourceID)
	case book.Dispute:
		d := o.disputes[v.SourceID]
		charged, t.Parent = d.Amount, stripe(d.ChargeID)
	case book.Reinstatement:
		charged, t.Parent = o.disputes[v.SourceID].Amount, stripe(v.SourceID)
	case book.PayoutFailure:
		t.Parent = stripe(v.SourceID)
	}
	if charged.Currency != t.Currency {
		t.Charged = charged
		if t.Gross < 0 {
			t.Charged = charged.Neg()
		}
	}
	return t
}

func party(t *book.Transaction, c *world.Charge) {
	t.Payer, t.PayerName, t.CustomerRef, t.InvoiceRef = c.Payer, c.Name, c.ClientRef, c.InvoiceRef
	if found := invoiceText.FindStringSubmatch(c.Text); t.InvoiceRef == "" && found != nil {
		t.InvoiceRef = found[1]
	}
}

func payoutRecords(w *world.World, r *book.Records) {
	for i := range w.Stripe.Payouts {
		p := &w.Stripe.Payouts[i]
		members := book.MembersUnstated
		if p.Automatic {
			members = book.MembersPending
			if p.Reconciled {
				members = book.MembersStated
			}
		}
		r.Payouts = append(r.Payouts, book.Payout{ID: p.Item(), Source: world.StripeName,
			State: p.State, Amount: p.Amount, SentAt: p.At, ArrivesOn: p.ArrivesOn,
			Members: members, Trace: p.Trace, Descriptor: p.Descriptor, FailedAt: p.FailedAt,
			Reason: p.FailureCode, Aliases: []string{p.MovementID}})
	}
	// What the provider has not stated yet, nobody has pulled.
	pending := map[book.ItemID]bool{}
	for i := range r.Payouts {
		pending[r.Payouts[i].ID] = r.Payouts[i].Members != book.MembersStated
	}
	for i := range r.Transactions {
		if t := &r.Transactions[i]; pending[t.PayoutID] {
			t.PayoutID = ""
		}
	}
	for _, c := range []money.Currency{"EUR", "USD"} {
		available, waiting := w.Stripe.Balance(c, w.Now)
		r.Balances = append(r.Balances, book.Balance{Source: world.StripeName, Currency: c,
			At: w.Now, Amount: available + waiting})
	}
}

func bankRecords(w *world.World, r *book.Records) {
	last := w.Now.In(w.Zone) - 1
	for i := range w.Accounts {
		a := &w.Accounts[i]
		for m := book.MonthOf(w.OpeningOn); m <= book.MonthOf(last); m++ {
			opening, closing := a.BalanceOn(m.First()-1), a.BalanceOn(min(m.Last(), last))
			r.Statements = append(r.Statements, book.Statement{
				ID: book.NewID(a.Name, "statement/"+m.String()), Account: a.Name,
				AccountNumber: a.IBAN, Currency: a.Currency, FromOn: m.First(),
				ToOn: min(m.Last(), last), Opening: &opening, Closing: &closing})
		}
		for n := range a.Lines {
			l := &a.Lines[n]
			r.Lines = append(r.Lines, book.BankLine{ID: l.Item(a.Name), Account: a.Name,
				StatementID: book.NewID(a.Name, "statement/"+book.MonthOf(l.On).String()),
				On:          l.On, ValueOn: l.ValueOn, Amount: l.Amount,
				Counterparty: l.Counterparty, CounterpartyAccount: l.CounterpartyAccount,
				Reference: l.Reference, Text: l.Text,
				BankID: l.BankID, Row: n + 1, Ordinal: 1})
		}
	}
}
