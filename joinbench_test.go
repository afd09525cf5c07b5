//go:build linux

package main

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"countinghouse/app/book"
	"countinghouse/app/money"
	"countinghouse/app/store"
)

// asJoin makes this test binary run the join in SQL over the books that it names, as a process of its
// own whose memory can be measured.
const asJoin = "COUNTINGHOUSE_TEST_AS_JOIN"

func init() {
	path := os.Getenv(asJoin)
	if path == "" {
		return
	}
	if err := joinInSQL(path); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// The shape of a million: as many invoices, payments and movements, 20,000 payouts of 50 movements each,
// and 50,000 bank lines: one for each payout, and 30,000 direct transfers.
const (
	gatewayOf book.SourceName  = "stripe"
	accountOf book.AccountName = "operating"

	membersOf = 50
	// transfersOf is how many of a hundred invoices are paid by a transfer; as many of the movements are
	// refunds.
	transfersOf = 3
)

// joinConfig is the configuration of the generated books; no source of them is ever asked.
const joinConfig = `[business]
name = "Bench"
base_currency = "EUR"
timezone = "UTC"
opening_date = "2026-09-01"

[[source]]
name = "billing"
kind = "whmcs"
url = "https://billing.example.com"
gateways = { stripe = "stripe", banktransfer = "operating" }

[[source]]
name = "stripe"
kind = "stripe"

[[account]]
name = "operating"
currency = "EUR"
settles = ["stripe"]
aliases = ["STRIPE"]
`

// joinInSQL makes the same pairs as the ladder's certain passes with the joins that a person would
// write: payment and movement by id and amount, movement and payout where the payout foots, payout and
// bank line by trace or by an amount that is unique within its days, transfer and invoice by number and
// amount. It stores the pairs and commits.
func joinInSQL(path string) error {
	db, err := sql.Open("sqlite3", path)
	if err != nil {
		return err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	for _, query := range []string{
		"PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", "PRAGMA cache_size = -262144", "BEGIN",
		`CREATE TABLE sql_pairs (leg TEXT NOT NULL, "left" TEXT NOT NULL, "right" TEXT NOT NULL)`,
		`INSERT INTO sql_pairs SELECT 'billing-gateway', p.id, t.id FROM payments p
			JOIN transactions t ON t.id = 'stripe:' || p.reference
			WHERE p.method = 'stripe' AND p.amount = t.charged AND p.amount_currency = t.charged_currency`,
		`INSERT INTO sql_pairs SELECT 'gateway-gateway', c.id, t.id FROM transactions t
			JOIN transactions c ON c.id = t.parent WHERE t.parent <> ''`,
		`INSERT INTO sql_pairs SELECT 'gateway-payout', t.id, o.id FROM transactions t
			JOIN payouts o ON o.id = t.payout_id
			JOIN (SELECT payout_id, sum(net) AS net FROM transactions WHERE payout_id <> '' GROUP BY payout_id) s
				ON s.payout_id = o.id AND s.net = o.amount`,
		`INSERT INTO sql_pairs SELECT 'payout-bank', o.id, l.id FROM payouts o
			JOIN bank_lines l ON l.reference = o.trace AND l.amount = o.amount
				AND l.amount_currency = o.amount_currency WHERE o.trace <> ''`,
		`INSERT INTO sql_pairs SELECT 'payout-bank', min(o.id), min(l.id) FROM payouts o
			JOIN bank_lines l ON l.amount = o.amount AND l.amount_currency = o.amount_currency
				AND l."on" BETWEEN o.arrives_on - 1 AND o.arrives_on + 3 AND l.counterparty = 'STRIPE'
			WHERE o.trace = '' AND l.reference = '' GROUP BY o.amount HAVING count(*) = 1`,
		`INSERT INTO sql_pairs SELECT 'bank-billing', p.id, l.id FROM bank_lines l
			JOIN invoices v ON v.number = l.text JOIN payments p ON p.id = 'billing:payment/' || substr(v.id, 17)
			WHERE p.amount = l.amount AND p.amount_currency = l.amount_currency`,
		"COMMIT",
	} {
		if _, err := db.Exec(query); err != nil {
			return fmt.Errorf("%s: %w", query, err)
		}
	}
	return nil
}

// joinRows makes the i-th invoice with its payment and movement, and adds the movement's net to sum.
func joinRows(r *book.Records, i int, sum *int64) {
	id := func(kind string, n int) book.ItemID {
		return book.NewID(book.SourceName("billing"), kind+"/"+strconv.Itoa(n))
	}
	charge := func(n int) string { return fmt.Sprintf("ch_%010d", n) }
	gross := int64(1000 + i*7919%90_000)
	at := book.NewDate(2026, 10, 1+i/membersOf%28).Start(time.UTC) + book.Instant(i%membersOf)*60_000
	amount := money.New(gross, "EUR")
	r.Invoices = append(r.Invoices, book.Invoice{ID: id("invoice", i), Source: "billing",
		CustomerID: id("customer", i/20), Number: fmt.Sprintf("RE%d", 1_000_000+i), Status: book.InvoicePaid,
		Kind: book.InvoiceOrdinary, IssuedOn: at.In(time.UTC), PaidAt: at, Currency: "EUR", Total: gross})
	p := book.Payment{ID: id("payment", i), Source: "billing", InvoiceID: id("invoice", i),
		CustomerID: id("customer", i/20), At: at, Amount: amount, Method: "stripe", Reference: charge(i)}
	t := book.Transaction{ID: book.NewID(gatewayOf, charge(i)), Source: "stripe", Kind: book.Charge,
		State: book.Succeeded, At: at, AvailableAt: at, Currency: "EUR", Gross: gross, Fee: gross/66 + 25,
		Charged: amount, PayoutID: book.NewID(gatewayOf, fmt.Sprintf("po_%010d", i/membersOf))}
	if i%100 < transfersOf {
		p.Method, p.Reference = "banktransfer", ""
		// The movement is a refund of a charge of the payout before: nobody recorded it, which is R1.
		of := i - i%100 + 50 + i%100
		t.Kind, t.Gross, t.Fee, t.Charged = book.Refund, -500, 0, money.New(-500, "EUR")
		t.Parent, t.At = book.NewID(gatewayOf, charge(of)), at+membersOf*60_000
		r.Lines = append(r.Lines, book.BankLine{ID: book.NewID(accountOf, fmt.Sprintf("T%09d", i)),
			Account: "operating", On: at.In(time.UTC), Amount: amount, Counterparty: fmt.Sprint("CUSTOMER ", i/20),
			Text: fmt.Sprintf("RE%d", 1_000_000+i), BankID: fmt.Sprintf("T%09d", i), Row: 1, Ordinal: 1})
	}
	t.Net = t.Gross - t.Fee
	*sum += t.Net
	r.Payments, r.Transactions = append(r.Payments, p), append(r.Transactions, t)
}

// joinBooks writes books of n invoices straight into the cache and returns their path.
func joinBooks(b *testing.B, dir string, n int) string {
	ctx, path := context.Background(), filepath.Join(dir, "cache.db")
	if err := os.WriteFile(filepath.Join(dir, "countinghouse.toml"), []byte(joinConfig), 0o600); err != nil {
		b.Fatal(err)
	}
	s, err := store.Open(ctx, path, store.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	var r book.Records
	sum := int64(0)
	for i := range n {
		joinRows(&r, i, &sum)
		if i%membersOf == membersOf-1 {
			p := i / membersOf
			sent := book.NewDate(2026, 10, 2+p%28)
			o := book.Payout{ID: book.NewID(gatewayOf, fmt.Sprintf("po_%010d", p)), Source: "stripe",
				State: book.PayoutPaid, Amount: money.New(sum, "EUR"), SentAt: sent.Start(time.UTC), ArrivesOn: sent + 1,
				Members: book.MembersStated}
			l := book.BankLine{ID: book.NewID(accountOf, fmt.Sprintf("P%09d", p)), Account: "operating",
				On: sent + 1, Amount: o.Amount, Counterparty: "STRIPE", BankID: fmt.Sprintf("P%09d", p), Row: 1,
				Ordinal: 1}
			if p%10 != 0 {
				o.Trace = fmt.Sprintf("TRACE%09d", p)
				l.Reference = o.Trace
			}
			r.Payouts, r.Lines, sum = append(r.Payouts, o), append(r.Lines, l), 0
		}
		if (i+1)%20_000 == 0 || i == n-1 {
			if _, err := s.Apply(ctx, "bench", r, nil, strconv.Itoa(i), 1); err != nil {
				b.Fatal(err)
			}
			r = book.Records{}
		}
	}
	return path
}

// BenchmarkJoin sets the whole reconciliation, from the cache to its results saved, beside the same
// join in SQLite's SQL: each a process of its own on the same books. It reports seconds and peak memory
// of both, and by which power of the size ours grows from the smallest size on (n · log n from 10 k to
// 1 M is 1.09).
func BenchmarkJoin(b *testing.B) {
	first, smallest := 0.0, 0
	for _, n := range []int{10_000, 100_000, 1_000_000} {
		b.Run(fmt.Sprintf("invoices=%d", n), func(b *testing.B) {
			for b.Loop() {
				dir := b.TempDir()
				path := joinBooks(b, dir, n)
				// Each has the file in the system's memory, as a person's second command would.
				ours := exec.Command(os.Args[0], "--data", dir, "--at", "2026-11-05T08:00:00Z", "reconcile",
					"--period", "2026-10", "--quiet")
				ours.Env = append(os.Environ(), asProgram+"=1")
				took := timed(b, "ours", ours)
				theirs := exec.Command(os.Args[0])
				theirs.Env = append(os.Environ(), asJoin+"="+path)
				sqlTook := timed(b, "sql", theirs)
				b.ReportMetric(took/sqlTook, "ours/sql")
				comparePairs(b, path)
				if first == 0 {
					first, smallest = took, n
				} else {
					b.ReportMetric(math.Log(took/first)/math.Log(float64(n)/float64(smallest)), "ours-exponent")
				}
			}
			b.ReportMetric(0, "ns/op")
		})
	}
}

// timed runs a process and reports its seconds and its peak memory.
func timed(b *testing.B, what string, c *exec.Cmd) float64 {
	c.Stderr = os.Stderr
	began := time.Now()
	kb, err := peakKB(c)
	if err != nil && c.ProcessState.ExitCode() != 3 {
		b.Fatalf("%s: %v", what, err)
	}
	took := time.Since(began).Seconds()
	b.ReportMetric(took, what+"-s")
	b.ReportMetric(float64(kb)/1024, what+"-peak-MB")
	return took
}

// comparePairs fails where SQL found a pair that the ladder did not match.
func comparePairs(b *testing.B, path string) {
	db, err := sql.Open("sqlite3", path)
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	for _, leg := range []book.Leg{book.BillingGateway, book.GatewayGateway, book.GatewayPayout, book.PayoutBank,
		book.BankBilling} {
		var pairs, found int
		// Of a payout's match the members stand left, one a line.
		err := db.QueryRow(`SELECT (SELECT count(*) FROM sql_pairs WHERE leg = ?1), (SELECT coalesce(sum(length("left")
			- length(replace("left", char(10), '')) + CASE "left" LIKE '%' || char(10) WHEN 1 THEN 0 ELSE 1 END), 0)
			FROM matches WHERE leg = ?1 AND live = 1)`, string(leg)).Scan(&pairs, &found)
		if err != nil || found < pairs || pairs == 0 {
			b.Fatalf("%s: SQL found %d pairs, the ladder %d, %v", leg, pairs, found, err)
		}
	}
}
