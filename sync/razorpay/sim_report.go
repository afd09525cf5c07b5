package razorpay

import (
	"encoding/csv"
	"io"

	"countinghouse/app/book"
	"countinghouse/app/money"
	"countinghouse/sync/world"
)

// reconColumns are the columns of the Dashboard's Settlement Recon report.
var reconColumns = []string{"entity_id", "type", "debit", "credit", "amount", "currency", "fee", "tax",
	"on_hold", "settled", "created_at", "settled_at", "settlement_id", "description", "notes",
	"payment_id", "arn", "settlement_utr", "order_id", "order_receipt", "method", "upi_flow",
	"card_network", "card_issuer", "card_type", "dispute_id"}

// WriteRecon writes the Dashboard's Settlement Recon report of a world, for what was settled from
// one day in India to another: amounts in rupees with decimals, times of India.
func WriteRecon(w io.Writer, of *world.World, from, to book.Date) error {
	s := NewSimulator(of)
	table := csv.NewWriter(w)
	if err := table.Write(reconColumns); err != nil {
		return err
	}
	for i := range s.rows {
		r := &s.rows[i]
		if r.on < from || r.on > to {
			continue
		}
		if err := table.Write(r.fields()); err != nil {
			return err
		}
	}
	table.Flush()
	return table.Error()
}

// fields are the row's fields in the order of the columns.
func (r *simRow) fields() []string {
	object, _ := r.object().(map[string]any)
	rupees := func(minor any) string {
		n, _ := minor.(int64)
		return money.New(n, r.m.Currency).Decimal()
	}
	out := make([]string, len(reconColumns))
	for i, column := range reconColumns {
		switch v := object[column]; column {
		case "debit", "credit", "amount", "fee", "tax":
			out[i] = rupees(v)
		case "created_at":
			out[i] = r.made().Time().In(ist).Format("02/01/2006 15:04:05")
		case "settled_at":
			out[i] = r.on.Time().Format("02/01/2006")
		case "currency":
			out[i] = string(r.m.Currency)
		case "on_hold", "settled":
			out[i] = "0"
			if v == true {
				out[i] = "1"
			}
		case "notes":
			out[i] = "{}"
		default:
			out[i], _ = v.(string)
		}
	}
	return out
}
