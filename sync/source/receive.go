package source

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"

	"countinghouse/app/book"
)

// ReplayWindow is how far the time that a provider signs may lie from our clock, before or after.
const ReplayWindow = 5 * time.Minute

// ErrStale stands in the chain of an error of Verify, beside its kind auth, where the signature is
// right and only its time is not. Many of them say that our clock is wrong.
var ErrStale = errors.New("signed too long ago, or ahead of this computer's clock")

// ErrUnreadable stands in the chain of an error of Verify, beside its kind malformed, where the provider
// has signed what cannot be read: it is put aside and acknowledged, for it would come again the same.
var ErrUnreadable = errors.New("signed by the provider, and not what it documents")

// InWindow reports whether a signed time is near enough to when a delivery came in.
func (d Delivery) InWindow(signed time.Time) bool {
	return d.At.Time().Sub(signed).Abs() <= ReplayWindow
}

// Delivery is one call of a provider to our receiver, as it came in.
type Delivery struct {
	Header http.Header
	Query  url.Values
	Body   []byte
	// At is when it came in, by our clock.
	At book.Instant
}

// Event is what a verified delivery says. It holds no personal data and no amounts: what happened
// is read from the provider.
type Event struct {
	// ID is the provider's id of the event, or a digest where it has none: two deliveries with one
	// id are one event.
	ID string
	// Type is the provider's word: "charge.refunded".
	Type string
	// At is when it happened, zero where the provider does not say.
	At book.Instant
	// About names the objects to read again, in words of the source's own: "charge/ch_1". None means
	// that there is nothing to do.
	About []string
}

// Receiver is a source whose provider calls us when something happens.
type Receiver interface {
	Source
	// Verify proves that a delivery comes from the provider, is meant for this account and is not
	// stale, and says what it is about. Its errors: auth for a wrong, missing or stale signature,
	// malformed for what cannot be read, limited and unavailable where it cannot tell now and the
	// provider must call again. It may be called from many goroutines at once.
	Verify(ctx context.Context, d Delivery) (Event, error)
	// Follow reads from the provider what events are about, and hands the records over as Pull does:
	// the same record comes out the same on both ways. Its pages carry no cursor. What the provider
	// does not show yet is left out; the next pull brings it.
	Follow(ctx context.Context, about []string, books Books, keep func(Page) error) error
}
