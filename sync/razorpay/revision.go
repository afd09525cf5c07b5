package razorpay

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"countinghouse/app/money"
	"countinghouse/sync/source"
)

// settled is what the settlement reconciliation says of a record: which payout carried it, and what
// it came to. The lists do not repeat it, so that it rides on the record's revision, and what is read
// again does not lose it.
type settled struct {
	payout        string
	currency      money.Currency
	net, fee, tax int64
}

func (m settled) none() bool { return m.payout == "" }

// stored is what a record's revision says besides its fingerprint.
type stored struct {
	// found says that the record is in the books, reported that a report brought it.
	found, reported bool
	settled         settled
	// void says that a payment was never captured and its refund moves nothing; foreign that it was
	// paid in another currency than the balance's.
	void, foreign bool
}

// Marks of a revision, behind its fingerprint.
const (
	markVoid    = "!"
	markForeign = "~"
)

// revision is a fingerprint of a record with what is remembered of it: "1f…@setl_1+INR+97+2+1!".
func revision(record any, s stored) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%+v", record))
	rev := hex.EncodeToString(sum[:8])
	if m := s.settled; !m.none() {
		rev += fmt.Sprintf("@%s+%s+%d+%d+%d", m.payout, m.currency, m.net, m.fee, m.tax)
	}
	if s.void {
		rev += markVoid
	}
	if s.foreign {
		rev += markForeign
	}
	return rev
}

// readRevision reads what a revision remembers; "" is that of a record that is not stored.
func readRevision(rev string) (stored, error) {
	s := stored{found: rev != "", reported: strings.HasPrefix(rev, source.FromReport)}
	rev, s.foreign = strings.CutSuffix(rev, markForeign)
	rev, s.void = strings.CutSuffix(rev, markVoid)
	_, tail, ok := strings.Cut(rev, "@")
	if !ok {
		return s, nil
	}
	f := strings.Split(tail, "+")
	if len(f) != 5 {
		return s, fmt.Errorf("stored revision %q is not ours", rev)
	}
	s.settled = settled{payout: f[0], currency: money.Currency(f[1])}
	var errs []error
	for i, to := range []*int64{&s.settled.net, &s.settled.fee, &s.settled.tax} {
		n, err := strconv.ParseInt(f[2+i], 10, 64)
		*to, errs = n, append(errs, err)
	}
	return s, errors.Join(errs...)
}
