package paypal

import (
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"countinghouse/app/book"
	"countinghouse/sync/source"
)

const (
	// replayWindow is how old a delivery may be: PayPal tries for three days (PayPal, webhooks
	// guide, read 2026-11), and does not say whether it signs each try anew.
	replayWindow = 3*24*time.Hour + time.Hour
	// bodyMax is the largest body of a webhook, certificateMax that of a certificate with its chain,
	// in bytes; certificatesMax is how many addresses of certificates are remembered.
	bodyMax         = 1 << 20
	certificateMax  = 64 << 10
	certificatesMax = 16
	// fetchesMax is how many certificates are fetched within fetchesIn at most: PayPal has few, and
	// nobody shall make us ask it for more.
	fetchesMax = 20
	fetchesIn  = time.Minute
)

// certificates are the keys of PayPal's that were fetched and proven, by their address.
type certificates struct {
	mu    sync.Mutex
	known map[string][]*x509.Certificate
	// fetched are the moments of the last fetches, oldest first.
	fetched []time.Time
}

// mayFetch reports whether one more certificate may be fetched now, and counts it.
func (c *certificates) mayFetch(now time.Time) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	for len(c.fetched) > 0 && now.Sub(c.fetched[0]) >= fetchesIn {
		c.fetched = c.fetched[1:]
	}
	if len(c.fetched) >= fetchesMax {
		return false
	}
	c.fetched = append(c.fetched, now)
	return true
}

// Verify proves a delivery by PayPal's signature over its id, its time, our webhook's id and the
// body's checksum. The key is that of a certificate of PayPal's, which is fetched once for each
// address and must be valid when the delivery came in.
func (p *PayPal) Verify(ctx context.Context, d source.Delivery) (source.Event, error) {
	webhook := p.o.Secrets["webhook_id"].Reveal()
	if webhook == "" {
		e := p.unproven("webhook_id is not set")
		e.Hint = "Copy the webhook's ID from the app's page in the PayPal Developer Dashboard."
		return source.Event{}, e
	}
	if len(d.Body) > bodyMax {
		return source.Event{}, p.noEvent("the body is too large")
	}
	h := func(name string) string { return d.Header.Get("Paypal-" + name) }
	if h("Auth-Algo") != "SHA256withRSA" {
		return source.Event{}, p.unproven("the signature's algorithm is not SHA256withRSA")
	}
	signed, err := time.Parse(time.RFC3339, h("Transmission-Time"))
	signature, err2 := base64.StdEncoding.Strict().DecodeString(h("Transmission-Sig"))
	if err != nil || err2 != nil || len(signature) == 0 || h("Transmission-Id") == "" {
		return source.Event{}, p.unproven("the signature, its id or its time is missing or unreadable")
	}
	came := d.At
	if came == 0 {
		came = book.At(p.o.Clock())
	}
	key, err := p.certificate(ctx, h("Cert-Url"), came.Time())
	if err != nil {
		return source.Event{}, err
	}
	sum := sha256.Sum256(signedText(h("Transmission-Id"), h("Transmission-Time"), webhook, d.Body))
	if rsa.VerifyPKCS1v15(key, crypto.SHA256, sum[:], signature) != nil {
		e := p.unproven("the signature does not fit")
		e.Hint = "Copy the webhook's ID again, if PayPal shows these deliveries as its own."
		return source.Event{}, e
	}
	late := came.Time().Sub(signed)
	if late > replayWindow || late < -source.ReplayWindow {
		e := p.unproven(source.ErrStale.Error())
		e.Err = source.ErrStale
		e.Hint = "Set this computer's clock, unless somebody sends old events again."
		return source.Event{}, e
	}
	var e wireEvent
	if json.Unmarshal(d.Body, &e) != nil || e.ID == "" || e.Type == "" {
		return source.Event{}, p.unreadable("the body is no event of PayPal")
	}
	at, err := e.Created.instant()
	if err != nil {
		return source.Event{}, p.unreadable("the event has no date")
	}
	return source.Event{ID: e.ID, Type: e.Type, At: at, About: e.about()}, nil
}

// signedText is what PayPal signs; the checksum is that of the body as it came, in decimal.
func signedText(id, at, webhook string, body []byte) []byte {
	return fmt.Appendf(nil, "%s|%s|%s|%d", id, at, webhook, crc32.ChecksumIEEE(body))
}

func (p *PayPal) unproven(detail string) *source.Error {
	return &source.Error{Kind: source.KindAuth, Source: p.o.Name, Op: "verify a webhook",
		Detail: detail}
}

// unreadable is a body that PayPal signed.
func (p *PayPal) unreadable(detail string) *source.Error {
	e := p.noEvent(detail)
	e.Err = source.ErrUnreadable
	return e
}

func (p *PayPal) noEvent(detail string) *source.Error {
	return &source.Error{Kind: source.KindMalformed, Source: p.o.Name, Op: "read a webhook",
		Detail: detail}
}

// certificate is the key of the certificate at an address of PayPal's, proven for a moment.
func (p *PayPal) certificate(ctx context.Context, address string, at time.Time) (
	*rsa.PublicKey, error) {
	fetch, err := p.certificateURL(address)
	if err != nil {
		return nil, p.unproven(err.Error())
	}
	p.certs.mu.Lock()
	chain := p.certs.known[fetch]
	p.certs.mu.Unlock()
	known := chain != nil
	if !known {
		if chain, err = p.fetchCertificate(ctx, fetch); err != nil {
			return nil, err
		}
	}
	if err := p.prove(chain, at); err != nil {
		return nil, p.unproven(err.Error())
	}
	key, ok := chain[0].PublicKey.(*rsa.PublicKey)
	if !ok {
		return nil, p.unproven("the certificate's key is not RSA")
	}
	if !known {
		p.remember(fetch, chain)
	}
	return key, nil
}

func (p *PayPal) remember(address string, chain []*x509.Certificate) {
	p.certs.mu.Lock()
	defer p.certs.mu.Unlock()
	if p.certs.known == nil || len(p.certs.known) >= certificatesMax {
		p.certs.known = map[string][]*x509.Certificate{}
	}
	p.certs.known[address] = chain
}

// certificateURL is where a certificate is fetched from: https, a host of PayPal's, nothing else
// in the address. A source on this computer is a simulator: it serves its certificates itself, and
// no other host is asked.
func (p *PayPal) certificateURL(address string) (string, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" || u.User != nil || u.Port() != "" || u.Fragment != "" ||
		u.Opaque != "" || !paypalHost(u.Hostname()) || !strings.HasPrefix(u.Path, "/") {
		return "", errors.New("the certificate's address is not PayPal's")
	}
	if !p.simulated() {
		return u.String(), nil
	}
	own := p.base.JoinPath(u.Path)
	own.RawQuery = u.RawQuery
	return own.String(), nil
}

func paypalHost(host string) bool {
	host = strings.ToLower(host)
	return host == "paypal.com" || strings.HasSuffix(host, ".paypal.com")
}

// simulated reports whether the source's address is on this computer, where no PayPal is.
func (p *PayPal) simulated() bool {
	host := p.base.Hostname()
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// fetchCertificate reads a certificate with its chain, once: PayPal calls again where that fails. It is
// asked for without a token. Its error is of kind auth where there is none at the address, of kind limited
// or unavailable where nobody can tell now.
func (p *PayPal) fetchCertificate(ctx context.Context, address string) ([]*x509.Certificate, error) {
	const op = "fetch PayPal's certificate"
	if !p.certs.mayFetch(p.o.Clock()) {
		return nil, &source.Error{Kind: source.KindLimited, Source: p.o.Name, Op: op,
			Detail: "too many certificates were asked for", RetryAfter: fetchesIn,
			Hint: "Somebody sends webhooks with wrong certificates."}
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, p.unproven("the certificate's address cannot be used")
	}
	r.Header.Set("User-Agent", "countinghouse")
	res, err := p.client.Do(r)
	if err != nil {
		return nil, source.TransportError(ctx, p.o.Name, op, err)
	}
	defer res.Body.Close()
	if res.StatusCode == http.StatusTooManyRequests || res.StatusCode >= 500 {
		return nil, source.StatusError(p.o.Name, op, res, "")
	}
	if res.StatusCode != http.StatusOK {
		return nil, p.unproven(fmt.Sprintf("there is no certificate: HTTP %d", res.StatusCode))
	}
	text, err := io.ReadAll(io.LimitReader(res.Body, certificateMax))
	if err != nil {
		return nil, source.TransportError(ctx, p.o.Name, op, err)
	}
	chain, err := readChain(text)
	if err != nil {
		return nil, p.unproven(err.Error())
	}
	return chain, nil
}

// readChain reads certificates in PEM, the one that signs first.
func readChain(text []byte) ([]*x509.Certificate, error) {
	var out []*x509.Certificate
	for len(out) < 8 {
		var block *pem.Block
		if block, text = pem.Decode(text); block == nil {
			break
		}
		if block.Type != "CERTIFICATE" {
			continue
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, errors.New("the certificate cannot be read")
		}
		out = append(out, c)
	}
	if len(out) == 0 {
		return nil, errors.New("there is no certificate at its address")
	}
	return out, nil
}

// prove checks that a certificate is PayPal's, issued by somebody whom this computer trusts, and
// valid at a moment. Only the simulator's own authority is trusted where the source is a simulator.
func (p *PayPal) prove(chain []*x509.Certificate, at time.Time) error {
	c := chain[0]
	ours := paypalHost(c.Subject.CommonName)
	for _, name := range c.DNSNames {
		ours = ours || paypalHost(strings.TrimPrefix(name, "*."))
	}
	if !ours {
		return errors.New("the certificate is not PayPal's")
	}
	o := x509.VerifyOptions{CurrentTime: at, Intermediates: x509.NewCertPool(),
		KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}}
	for _, other := range chain[1:] {
		o.Intermediates.AddCert(other)
	}
	if p.simulated() {
		o.Roots = x509.NewCertPool()
		o.Roots.AddCert(simulatorAuthority().certificate)
	}
	if _, err := c.Verify(o); err != nil {
		return fmt.Errorf("the certificate is not trusted: %w", err)
	}
	return nil
}
