package source

import (
	"context"
	"io"

	"countinghouse/app/book"
)

// Reporter reads the reports that people download from a provider, for books without a key. It
// never opens the network.
type Reporter interface {
	// Report reads one file and hands its records over, page by page, under the ids that the API
	// gives them, so that file and API are one record. A row that cannot be read becomes a reject. A
	// record that is stored already and came by API is left alone: the file knows less. Its error is
	// of kind unsupported for a file that is none of the provider's reports, and of kind malformed
	// for one whose control totals do not come out; then nothing of the file is to be kept. Its hint
	// says what the file looks like. A file that has a Name may be recognised by that too.
	Report(ctx context.Context, file io.Reader, books Books, keep func(Page) error) (Report, error)
}

// Report says what a report file was.
type Report struct {
	// Format names it: "stripe-itemised-balance", "paypal-activity", "razorpay-settlement-recon".
	Format string
	// From and To are the dates of its first and last row, zero where it has none.
	From, To book.Date
	// Rows counts its data rows, Known those that were left alone because the API had brought them.
	Rows, Known int
	// Notes are what a person should know of how it was read, in sentences.
	Notes []string
}

// FromReport begins the revision of each record that a report brought; those that an API brought
// never begin so.
const FromReport = "report:"
