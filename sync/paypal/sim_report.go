package paypal

import (
	"cmp"
	"encoding/csv"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"countinghouse/app/book"
	"countinghouse/app/money"
	"countinghouse/sync/world"
)

// simWords are the words of types in English and German, by event code.
var simWords = map[string][2]string{
	"T0003": {"PreApproved Payment Bill User Payment",
		"Zahlung im Einzugsverfahren mit Zahlungsrechnung"},
	"T0006": {"Express Checkout Payment", "PayPal Express-Zahlung"},
	"T0106": {"Chargeback Fee", "Rückbuchungsgebühr"},
	"T0200": {"General Currency Conversion", "Allgemeine Währungsumrechnung"},
	"T0400": {"General Withdrawal", "Allgemeine Abbuchung"},
	"T0401": {"Automatic Withdrawal", "Automatische Abbuchung"},
	"T0403": {"User Initiated Withdrawal", "Vom Nutzer eingeleitete Abbuchung"},
	"T1101": {"Reversal of ACH Withdrawal", "Rückbuchung einer Abbuchung"},
	"T1107": {"Payment Refund", "Rückzahlung"},
	"T1110": {"Hold on Balance for Dispute Investigation", "Einbehaltung zur Konfliktklärung"},
	"T1111": {"Cancellation of Hold for Dispute Resolution",
		"Aufhebung der Einbehaltung zur Konfliktklärung"},
	"T1201": {"Chargeback", "Rückbuchung"},
	"T1202": {"Chargeback Reversal", "Stornierung der Rückbuchung"},
	"T1106": {"Payment Reversal", "Zahlungsrückbuchung"},
	"T0107": {"Payment Fee", "Zahlungsgebühr"},
	"T0100": {"General PayPal Fee", "Allgemeine Gebühr"},
	"T1200": {"General Account Correction", "Allgemeine Kontokorrektur"},
	"T2103": {"Reserve Hold", "Reserveeinbehaltung"},
	"T2104": {"Reserve Release", "Freigabe der Reserve"},
	"T2301": {"Tax Withholding", "Steuereinbehalt"},
	"T1300": {"General Authorization", "Allgemeine Autorisierung"},
}

// WriteActivity writes a world's history as an activity download, newest rows last, in the words,
// dates and marks of "English" (MM/DD/YYYY) or "German" (DD.MM.YYYY). Times stand in the zone, which
// must have a name that a download prints.
func WriteActivity(out io.Writer, w *world.World, language string, zone *time.Location) error {
	at := slices.IndexFunc(headers[:2], func(h struct {
		language string
		names    [inColumns]string
	}) bool {
		return h.language == language
	})
	if at < 0 {
		return fmt.Errorf("write report: no words of %s", language)
	}
	table := csv.NewWriter(out)
	header := headers[at].names
	if err := table.Write(header[:]); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	sums := map[money.Currency]int64{}
	for _, r := range NewSimulator(w).chronicle() {
		sums[r.amount.Currency] += r.net()
		if err := table.Write(r.activity(at == 1, sums[r.amount.Currency], zone)); err != nil {
			return fmt.Errorf("write report: %w", err)
		}
	}
	table.Flush()
	return table.Error()
}

// chronicle is the rows in the order in which they happened.
func (s *Simulator) chronicle() []simRow {
	rows := slices.Clone(s.rows)
	slices.SortStableFunc(rows, func(a, b simRow) int { return cmp.Compare(a.at, b.at) })
	return rows
}

// net is what a row does to the balance.
func (r *simRow) net() int64 {
	if !r.moves {
		return 0
	}
	return r.amount.Minor - r.fee
}

// activity is a row of an activity download.
func (r *simRow) activity(german bool, balance int64, zone *time.Location) []string {
	date, states := "01/02/2006", map[string]string{"S": "Completed", "V": "Refunded",
		"P": "Pending", "D": "Denied"}
	form := func(n int64) string { return money.New(n, r.amount.Currency).Decimal() }
	impact, kind := "Credit", simWords[r.code][0]
	if r.amount.Minor < 0 {
		impact = "Debit"
	}
	if german {
		date, kind = "02.01.2006", simWords[r.code][1]
		states = map[string]string{"S": "Abgeschlossen", "V": "Rückerstattet", "P": "Ausstehend",
			"D": "Abgelehnt"}
		form = func(n int64) string {
			return money.Marks{Group: ".", Point: ",", Minus: "-"}.Format(money.New(n, r.amount.Currency))
		}
		impact = map[string]string{"Credit": "Haben", "Debit": "Soll"}[impact]
	}
	if r.memo {
		impact = "Memo"
	}
	when := r.at.Time().In(zone)
	fee := r.fee
	if !r.moves {
		fee = 0
	}
	var out [inColumns]string
	for column, text := range map[int]string{inDate: when.Format(date),
		inTime: when.Format("15:04:05"), inZone: when.Format("MST"), inName: r.name,
		inType: cmp.Or(kind, r.code), inStatus: states[r.status],
		inCurrency: string(r.amount.Currency), inGross: form(r.amount.Minor), inFee: form(-fee),
		inNet: form(r.amount.Minor - fee), inID: r.id, inInvoice: r.invoice, inCustom: r.custom,
		inBalance: form(balance), inSubject: r.text, inImpact: impact} {
		out[column] = text
	}
	out[inFrom] = r.email
	if r.amount.Minor < 0 {
		out[inFrom], out[inTo] = "", r.email
	}
	if r.kind == "TXN" || r.kind == "PAP" {
		out[inReference] = r.reference
	}
	return out[:]
}

// WriteSettlement writes a world's history as one settlement report.
func WriteSettlement(out io.Writer, w *world.World) error {
	const stamp = "2006/01/02 15:04:05 -0700"
	zone := time.FixedZone("", -7*3600)
	lines := [][]string{{"RH", w.Now.Time().In(zone).Format(stamp), "A", simulatorAccount, "011"},
		{"FH", "01"}, {"SH", w.OpeningOn.Time().Format(stamp), w.Now.Time().Format(stamp),
			simulatorAccount, ""},
		{"CH", "Transaction ID", "Invoice ID", "PayPal Reference ID", "PayPal Reference ID Type",
			"Transaction Event Code", "Transaction Initiation Date", "Transaction Completion Date",
			"Transaction  Debit or Credit", "Gross Transaction Amount", "Gross Transaction Currency",
			"Fee Debit or Credit", "Fee Amount", "Fee Currency", "Custom Field", "Consumer ID",
			"Payment Tracking ID", "Store ID", "Bank Reference ID"}}
	sums := map[string]*[4]int64{}
	count := 0
	for _, r := range NewSimulator(w).chronicle() {
		if !r.moves {
			continue
		}
		count++
		tally(sums, string(r.amount.Currency), r.amount.Minor, -r.fee)
		when := func(at book.Instant) string { return at.Time().In(zone).Format(stamp) }
		gross, sign := unsigned(r.amount.Minor)
		fee, feeSign := unsigned(-r.fee)
		lines = append(lines, []string{"SB", r.id, r.invoice, r.reference, r.kind, r.code, when(r.at),
			when(r.updatedAt), sign, gross, string(r.amount.Currency), feeSign, fee,
			string(r.amount.Currency), r.custom, r.payer, "", "", r.bank})
	}
	for _, row := range []string{"SF", "RF"} {
		for _, c := range slices.Sorted(maps.Keys(sums)) {
			s := sums[c]
			lines = append(lines, []string{row, c, fmt.Sprint(s[0]), fmt.Sprint(s[1]), fmt.Sprint(s[2]),
				fmt.Sprint(s[3])})
		}
		lines = append(lines, []string{strings.Replace(row, "F", "C", 1), strconv.Itoa(count)})
	}
	table := csv.NewWriter(out)
	if err := table.WriteAll(append(lines, []string{"FF", "1"})); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	return nil
}

// unsigned is an amount and the word for its sign.
func unsigned(minor int64) (digits, sign string) {
	if minor < 0 {
		return strconv.FormatInt(-minor, 10), "DR"
	}
	return strconv.FormatInt(minor, 10), "CR"
}
