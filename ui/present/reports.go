package present

import "countinghouse/app"

// reportTitles are what people call a gateway's reports.
var reportTitles = map[string]string{
	"stripe-itemised-balance":      "Itemised balance change from activity",
	"stripe-itemised-payouts":      "Itemised payouts",
	"stripe-payout-reconciliation": "Itemised payout reconciliation",
	"paypal-activity":              "Activity download",
	"paypal-settlement":            "Settlement report",
	"razorpay-settlement-recon":    "Settlement recon",
}

// ReportTitle is what people call a report.
func ReportTitle(format string) string {
	if t := reportTitles[format]; t != "" {
		return t
	}
	return format
}

// ReportEffect says in sentences what the import of a report will do.
func ReportEffect(f app.ReportFile) string {
	text := Plural(f.Rows, "row")
	if f.From != 0 {
		text += " of " + f.From.String() + " to " + f.To.String()
	}
	text += ": " + Count(f.New) + " new, " + Count(f.Changed) + " changed, " + Count(f.Same) +
		" as they are in the books."
	if f.Known > 0 {
		text += " " + Count(f.Known) + " are known from the source itself, which says more, and stay."
	}
	return text
}

// ReportNotes are what a person should know of how a report was read.
func ReportNotes(f app.ReportFile) []string {
	out := append([]string(nil), f.Notes...)
	for i, q := range f.Quarantined {
		if i == 5 {
			return append(out, Count(len(f.Quarantined)-i)+" more rows are kept aside.")
		}
		out = append(out, "Kept aside, "+q.Place+": "+q.Reason)
	}
	return out
}

// ReportResult says what the import of a report did.
func ReportResult(f app.ReportFile) string {
	text := "Imported " + f.Name + ": " + Count(f.New) + " new, " + Count(f.Changed) + " changed"
	if n := len(f.Quarantined); n > 0 {
		text += ", " + Count(n) + " kept aside"
	}
	return text + "."
}
