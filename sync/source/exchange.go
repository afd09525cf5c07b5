package source

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

// actMax is the longest that one action's request may take.
const actMax = 60 * time.Second

// ActClient is an HTTP client for actions: no redirects, and nothing is ever sent twice.
func ActClient(o Options) *http.Client {
	c := Client(o)
	c.Timeout = actMax
	return c
}

// Reply is what came back for an action.
type Reply struct {
	Status int
	Header http.Header
	Body   []byte
	// At is the server's clock, zero where it gave none.
	At time.Time
}

// Exchange sends one request of an action, once, and reads its reply up to ActReplyMax. Where there is
// none it says what is known then: OutcomeUnsent where no connection was made, so that nothing can have
// been executed, else OutcomeUnknown; ok is false.
func Exchange(ctx context.Context, c *http.Client, req *http.Request) (r Reply, o Outcome, ok bool) {
	// Without it the standard library would send a request with a key again by itself.
	req.GetBody = nil
	res, err := c.Do(req.WithContext(ctx))
	if err != nil {
		return Reply{}, withoutReply(err), false
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, ActReplyMax+1))
	switch {
	case err != nil:
		return Reply{}, Outcome{State: OutcomeUnknown, Detail: "The answer broke off."}, false
	case len(body) > ActReplyMax:
		return Reply{}, Outcome{State: OutcomeUnknown, Detail: "The answer is too large to be right."}, false
	}
	r = Reply{Status: res.StatusCode, Header: res.Header, Body: body}
	if at, err := http.ParseTime(res.Header.Get("Date")); err == nil {
		r.At = at
	}
	switch s := res.StatusCode; {
	case s >= 300 && s < 400:
		return r, Outcome{State: OutcomeUnknown, At: r.At,
			Detail: "The server sends us to another address, which is never followed."}, false
	case s == http.StatusTooManyRequests:
		return r, Outcome{State: OutcomeUnsent, RetryAfter: RetryAfter(res), At: r.At,
			Detail: "The server asks to wait: too many requests."}, false
	case s >= 500:
		return r, Outcome{State: OutcomeUnknown, At: r.At,
			Detail: "The server answered with an error of its own."}, false
	}
	return r, Outcome{}, true
}

// withoutReply says what is known after a request that got no reply.
func withoutReply(err error) Outcome {
	var dial *net.OpError
	var dns *net.DNSError
	var cert *tls.CertificateVerificationError
	var unknownCA x509.UnknownAuthorityError
	var record tls.RecordHeaderError
	switch {
	case errors.As(err, &dns), errors.As(err, &dial) && dial.Op == "dial":
		return Outcome{State: OutcomeUnsent, Detail: "The server could not be reached; nothing was sent."}
	case errors.As(err, &cert), errors.As(err, &unknownCA), errors.As(err, &record), notTLS(err):
		return Outcome{State: OutcomeUnsent, Detail: "The server could not prove who it is; nothing was sent."}
	case errors.Is(err, context.DeadlineExceeded), isTimeout(err):
		return Outcome{State: OutcomeUnknown, Detail: "The server did not answer in time."}
	}
	return Outcome{State: OutcomeUnknown, Detail: "The connection broke before an answer came."}
}

// Clean is a provider's message as it may be shown: one line, its secrets and card numbers masked.
func Clean(message string, secrets map[string]Secret) string {
	message = strings.Map(func(c rune) rune {
		if c < ' ' || c == 0x7f {
			return ' '
		}
		return c
	}, message)
	message = Raw(message, secrets)
	if len(message) > 300 {
		message = strings.ToValidUTF8(message[:300], "") + "…"
	}
	return strings.TrimSpace(message)
}
