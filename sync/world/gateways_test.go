package world

import (
	"testing"
	"time"

	"countinghouse/app/book"
)

func TestBooksOfMoreGatewaysFoot(t *testing.T) {
	for seed := range uint64(300) {
		o := Options{Seed: seed, Customers: 1 + int(seed*seed)%400, Gateways: More,
			Month: month(2026, time.October) + book.Month(seed%24)}
		switch seed % 5 {
		case 3:
			o.Gateways = More[seed/5%3:][:1]
		case 4:
			o.Faults = map[book.Class]int{}
		}
		if err := Build(o).Check(); err != nil {
			t.Error(err)
		}
	}
}

func TestMoreGatewaysAreUsed(t *testing.T) {
	for _, n := range []int{lotsFrom, 150, 2000} {
		w := Build(Options{Seed: uint64(n), Customers: n, Gateways: More,
			Month: month(2026, time.October)})
		clients := map[string]int{}
		for _, c := range w.Customers {
			clients[c.Method]++
		}
		for _, name := range More {
			l := w.Ledger(name)
			if len(l.Charges) == 0 || len(l.Movements) == 0 || len(l.Payouts) == 0 {
				t.Errorf("%d customers: %s has %d charges, %d rows, %d payouts", n, name,
					len(l.Charges), len(l.Movements), len(l.Payouts))
			}
			if got, want := clients[string(name)], (n*shares[name]+50)/100; got != want {
				t.Errorf("%d customers: %d pay by %s, want %d", n, got, name, want)
			}
		}
	}
}

// lookAt notes what there is at the gateways of a world.
func lookAt(w *World, seen map[string]bool) {
	for _, c := range w.Customers {
		seen[c.Method+" client in "+string(c.Currency)] = true
	}
	for _, name := range w.Gateways() {
		l, at := w.Ledger(name), string(name)+" "
		for _, c := range l.Charges {
			seen[at+c.MethodType+" "+string(c.State)] = true
			seen[at+"order id"] = seen[at+"order id"] || c.IntentID != ""
			seen[at+"no order id"] = seen[at+"no order id"] || c.IntentID == ""
		}
		for _, v := range l.Movements {
			seen[at+v.Type+" "+v.Category] = true
			seen[at+"fee given back"] = seen[at+"fee given back"] || v.Fee < 0
			seen[at+"tax on a fee"] = seen[at+"tax on a fee"] || v.Tax > 0
		}
		for _, d := range l.Disputes {
			seen[at+"dispute "+d.Status+" "+d.Stage] = true
		}
		for _, p := range l.Payouts {
			seen[at+"payout "+string(p.State)+" "+string(p.Amount.Currency)] = true
			seen[at+"trace"] = seen[at+"trace"] || p.Trace != ""
		}
		for _, o := range l.Orders {
			seen["order "+o.Status], seen["order in "+o.Pay.Unit()] = true, true
			seen["older order"] = seen["older order"] || o.Older
		}
	}
}

// TestOrdinaryLifeAtEveryGateway checks that a sound business shows all that happens at its gateways.
func TestOrdinaryLifeAtEveryGateway(t *testing.T) {
	seen := map[string]bool{}
	for seed := range uint64(8) {
		lookAt(Build(Options{Seed: seed, Customers: 2000, Gateways: More,
			Month: month(2026, time.October), Faults: map[book.Class]int{}}), seen)
	}
	want := []string{"paypal client in EUR", "paypal client in USD", "paypal client in JPY",
		"razorpay client in INR", "spectrocoin client in EUR", "stripe client in KWD",
		"stripe client in EUR", "stripe client in USD", "stripe client in GBP",
		"banktransfer client in EUR", "paypal paypal succeeded", "paypal paypal failed",
		"paypal order id", "paypal no order id", "paypal T0006 charge", "paypal T0003 charge",
		"paypal T1107 refund", "paypal T0200 conversion", "paypal T1110 hold", "paypal T1111 hold",
		"paypal T1201 dispute", "paypal T0106 fee", "paypal T1202 dispute_reversal",
		"paypal T2101 hold", "paypal T2102 hold", "paypal T0400 payout", "paypal T0401 payout",
		"paypal fee given back", "paypal dispute RESOLVED CHARGEBACK",
		"paypal dispute RESOLVED INQUIRY", "paypal payout paid EUR", "paypal payout paid USD",
		"razorpay card succeeded", "razorpay upi failed", "razorpay netbanking succeeded",
		"razorpay payment charge", "razorpay refund refund", "razorpay adjustment dispute",
		"razorpay adjustment dispute_reversal", "razorpay dispute lost chargeback",
		"razorpay dispute won chargeback", "razorpay dispute open retrieval", "razorpay tax on a fee",
		"razorpay payout paid INR", "razorpay trace", "spectrocoin crypto succeeded",
		"spectrocoin payout paid EUR", "order PAID", "older order", "order in BTC", "order in ETH",
		"order in USDT"}
	for _, e := range ends {
		want = append(want, "order "+e.status)
	}
	for _, what := range want {
		if !seen[what] {
			t.Errorf("there is no %s", what)
		}
	}
}

func TestYenAreConvertedAsTheyCome(t *testing.T) {
	w := Build(Options{Seed: 2, Customers: 400, Gateways: More, Month: month(2026, time.October)})
	rows := map[string]Movement{}
	left := map[string]int64{}
	for _, v := range w.PayPal.Movements {
		rows[v.ID] = v
		if v.Currency == "JPY" && v.Category != "conversion" {
			left[v.ID] += v.Net
		}
	}
	n := 0
	for _, v := range w.PayPal.Movements {
		if v.Category != "conversion" {
			continue
		}
		n++
		of := rows[v.SourceID]
		if of.Currency != "JPY" || v.At != of.At {
			t.Errorf("%s converts %s at %s, which is %s at %s", v.ID, v.SourceID, v.At, of.Currency, of.At)
		}
		if v.Currency == "JPY" {
			left[v.SourceID] += v.Net
		} else if (v.Net > 0) != (of.Net > 0) || v.Rate == "" {
			t.Errorf("%s of %d JPY came to %d %s at rate %q", v.SourceID, of.Net, v.Net, v.Currency, v.Rate)
		}
	}
	for id, sum := range left {
		if sum != 0 {
			t.Errorf("%d JPY of %s are left", sum, id)
		}
	}
	if n == 0 {
		t.Error("nothing was converted")
	}
}

func TestIDsSayWhoseTheyAre(t *testing.T) {
	for id, want := range map[string]book.SourceName{"ch_1abc": StripeName, "po_1": StripeName,
		"txn_1": StripeName, "": StripeName, "cus_9": StripeName, "8MC585209K746392H": PayPalName,
		"PP-D-12345": PayPalName, "pay_G8VQzrPLoAutm6": RazorpayName, "setlod_F1": RazorpayName,
		"adj_1": RazorpayName, "710442017": SpectroCoinName,
		"633aa702-9eca-4a3f-84b3-eca930536240": SpectroCoinName} {
		if got := GatewayOf(id); got != want {
			t.Errorf("%q is of %s, want %s", id, got, want)
		}
	}
}
