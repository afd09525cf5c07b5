package source

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"countinghouse/app/book"
)

// Transport carries one HTTP request; the standard library's RoundTripper.
type Transport = http.RoundTripper

// Limits of every reply and call.
const (
	// ReplyMax is the largest reply that is read, in bytes.
	ReplyMax = 32 << 20
	// CallMax is the longest that one call may take.
	CallMax = 90 * time.Second
	// Tries is how often a read is sent before its error is given to the caller.
	Tries = 6
)

// ErrTooLarge says that a reply is larger than ReplyMax. TransportError makes it malformed.
var ErrTooLarge = fmt.Errorf("reply is larger than %d MiB", ReplyMax>>20)

// CheckURL parses an address of a source. Plain http is allowed on loopback only; a query, a
// fragment or a password in the address is refused.
func CheckURL(raw string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimRight(strings.TrimSpace(raw), "/"))
	switch {
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
		return nil, fmt.Errorf("address %q is not of the form https://host/path", raw)
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return nil, fmt.Errorf("address of %s must hold no user, password, query or fragment", u.Host)
	case u.Scheme == "http" && !loopback(u.Hostname()):
		return nil, fmt.Errorf("address %q: plain http is allowed on this computer only, use https",
			raw)
	}
	return u, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Client is an HTTP client for one source: no redirects, TLS 1.2 or newer, limits on time and
// size. It never repeats anything by itself.
func Client(o Options) *http.Client {
	return &http.Client{
		Transport: transportOf(o),
		Timeout:   CallMax,
		CheckRedirect: func(*http.Request, []*http.Request) error {
			return http.ErrUseLastResponse
		},
	}
}

// transportOf is what carries the requests of a source.
func transportOf(o Options) Transport {
	if o.Transport != nil {
		return o.Transport
	}
	return &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: 15 * time.Second}).DialContext,
		TLSClientConfig:       &tls.Config{MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:   15 * time.Second,
		ResponseHeaderTimeout: 60 * time.Second,
		MaxIdleConnsPerHost:   4,
		IdleConnTimeout:       60 * time.Second,
		ForceAttemptHTTP2:     true,
	}
}

// ReadAll reads a reply up to ReplyMax and closes it; ErrTooLarge for a larger one.
func ReadAll(res *http.Response) ([]byte, error) {
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, ReplyMax+1))
	if err != nil {
		return nil, err
	}
	if len(body) > ReplyMax {
		return nil, ErrTooLarge
	}
	return body, nil
}

// TransportError turns the error of a call that got no reply into an Error with a hint for people.
// The context's own error is returned as it is.
func TransportError(ctx context.Context, name book.SourceName, op string, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	e := &Error{Kind: KindUnavailable, Source: name, Op: op, Detail: withoutQuery(err), Err: err}
	var dns *net.DNSError
	var unknownCA x509.UnknownAuthorityError
	var wrongHost x509.HostnameError
	var badCert x509.CertificateInvalidError
	var record tls.RecordHeaderError
	var verify *tls.CertificateVerificationError
	switch {
	case errors.Is(err, ErrTooLarge):
		e.Kind, e.Hint = KindMalformed, "The server's reply is too large to be right. Check the URL."
	case errors.As(err, &dns):
		e.Hint = "The address of the server was not found. Check the URL and the network."
	case errors.As(err, &unknownCA), errors.As(err, &wrongHost), errors.As(err, &badCert),
		errors.As(err, &verify):
		e.Hint = "The server's certificate is not trusted. Check the URL, or have the server's " +
			"certificate renewed."
	case errors.As(err, &record), notTLS(err):
		e.Hint = "The server does not speak https at this address. Check the URL and its port."
	case isTimeout(err):
		e.Hint = "The server did not answer in time. Try again later."
	default:
		e.Hint = "The server could not be reached. Check the URL and the network."
	}
	return e
}

func isTimeout(err error) bool {
	var t net.Error
	return errors.As(err, &t) && t.Timeout()
}

// withoutQuery is the innermost text of a transport error: an address in it holds no query.
func withoutQuery(err error) string {
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	return strings.TrimPrefix(err.Error(), "tls: failed to verify certificate: ")
}

// StatusError turns an HTTP status other than success into an Error, or nil for success. The
// provider's own message goes into detail, which the caller has cleaned of secrets.
func StatusError(name book.SourceName, op string, res *http.Response, detail string) error {
	e := &Error{Source: name, Op: op, Detail: strings.TrimSpace(
		fmt.Sprintf("HTTP %d %s", res.StatusCode, detail))}
	switch s := res.StatusCode; {
	case s >= 200 && s < 300:
		return nil
	case s == 401 || s == 403:
		e.Kind = KindAuth
	case s == 429:
		e.Kind, e.RetryAfter = KindLimited, RetryAfter(res)
	case s == 408 || s == 425 || s >= 500:
		e.Kind, e.RetryAfter = KindUnavailable, RetryAfter(res)
	case s >= 300 && s < 400:
		e.Kind = KindMalformed
		e.Hint = "The server sends us to another address. Check the URL."
	default:
		e.Kind = KindRefused
	}
	return e
}

// RetryAfter is what the reply's Retry-After asks to wait, in seconds or as a date against the
// reply's own Date; zero where it asks nothing.
func RetryAfter(res *http.Response) time.Duration {
	v := res.Header.Get("Retry-After")
	if n, err := strconv.Atoi(strings.TrimSpace(v)); err == nil && n >= 0 {
		return time.Duration(n) * time.Second
	}
	at, err := http.ParseTime(v)
	if err != nil {
		return 0
	}
	from, err := http.ParseTime(res.Header.Get("Date"))
	if err != nil {
		return 0
	}
	return max(0, at.Sub(from))
}

// Retry calls a read until it succeeds, fails for good, ctx ends, or Tries are used up. It waits
// between tries as long as the provider asked, else twice as long each time with jitter, and gives
// up at once where the provider asks for more than five minutes. Only kinds limited and unavailable
// are tried again, never after a certificate was refused.
func Retry(ctx context.Context, o Options, read func(context.Context) error) error {
	wait := o.Wait
	if wait == nil {
		wait = sleep
	}
	backoff := 500 * time.Millisecond
	for try := 1; ; try++ {
		err := read(ctx)
		var e *Error
		if err == nil || !errors.As(err, &e) || ctx.Err() != nil {
			return err
		}
		if try == Tries || !e.transient() || e.RetryAfter > 5*time.Minute {
			return err
		}
		pause := backoff/2 + rand.N(backoff)
		backoff = min(2*backoff, 30*time.Second)
		if e.RetryAfter > 0 {
			pause = e.RetryAfter + rand.N(e.RetryAfter/8+250*time.Millisecond)
		}
		switch stop := wait(ctx, pause); {
		case errors.Is(stop, errHasty):
			return err
		case stop != nil:
			return stop
		}
	}
}

func (e *Error) transient() bool {
	if e.Kind == KindLimited {
		return true
	}
	var verify *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	var dns *net.DNSError
	if errors.As(e.Err, &dns) && dns.IsNotFound {
		return false
	}
	return e.Kind == KindUnavailable && !errors.As(e.Err, &verify) &&
		!errors.As(e.Err, &record) && !notTLS(e.Err)
}

// notTLS reports whether a server answered https in plain http; the standard library says so in
// words only.
func notTLS(err error) bool {
	return err != nil && strings.Contains(err.Error(), "HTTP response to HTTPS client")
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
