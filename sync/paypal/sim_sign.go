package paypal

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"net/http"
	"strings"
	"sync"
	"time"

	"countinghouse/app/book"
	"countinghouse/sync/source"
	"countinghouse/sync/world"
)

// certificatePath is where certificates are served, certificateID the simulator's own.
const (
	certificatePath = "/v1/notifications/certs/"
	certificateID   = "CERT-360caa42-fca2a594-ab66f33d"
)

// authority issues certificates of a simulator. Nothing but a source on this computer trusts it.
type authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

// simulatorAuthority is the authority of all simulators: the one that serves a webhook's certificate
// and the client that checks it may be two programs.
var simulatorAuthority = sync.OnceValue(func() authority { return newAuthority("pretend") })

func newAuthority(seed string) authority {
	d := sha256.Sum256([]byte("countinghouse simulator authority " + seed))
	key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), d[:])
	if err != nil {
		panic("paypal: simulator authority: " + err.Error())
	}
	t := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{
		CommonName: "Pretend Authority " + seed}, NotBefore: simulatorFrom, NotAfter: simulatorTo,
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	der, err := x509.CreateCertificate(rand.Reader, t, t, &key.PublicKey, key)
	if err != nil {
		panic("paypal: simulator authority: " + err.Error())
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		panic("paypal: simulator authority: " + err.Error())
	}
	return authority{c, key}
}

// simulatorFrom and simulatorTo are between when a simulator's certificates are valid.
var (
	simulatorFrom = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	simulatorTo   = time.Date(2080, 1, 1, 0, 0, 0, 0, time.UTC)
)

// issue is a certificate for a key in PEM.
func (a authority) issue(name string, to time.Time, key *rsa.PublicKey) []byte {
	t := &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: name},
		DNSNames: []string{name}, NotBefore: simulatorFrom, NotAfter: to,
		KeyUsage: x509.KeyUsageDigitalSignature}
	der, err := x509.CreateCertificate(rand.Reader, t, a.certificate, key, a.key)
	if err != nil {
		panic("paypal: simulator certificate: " + err.Error())
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

// simulatorKey signs the webhooks of every simulator. It is known to everybody and protects nothing.
var simulatorKey = sync.OnceValue(func() *rsa.PrivateKey {
	p, _ := new(big.Int).SetString(
		"d383d7142e27f7477188b85e54da78da2134a55869e3660174def6a64b109b8f"+
			"facf8e58618a3e0103a2002825245111c1f016a3b1eb6503a22333571aa5a45e"+
			"99d58af8ebb9b36d9383c5759a18b9ad072dea7de1bdba16dc1488f44a5022d9"+
			"92781d5f735f82a47b37d231b7a4e747ff5f14f96d0debd76d8667b28d828817", 16)
	q, _ := new(big.Int).SetString(
		"ff027a4eebdd44f747d5e720dd711a1e0ce6984dc07605f2f00d38ba572ea895"+
			"513c20a39b8fbb9195013754a6c567454156a8e6f9d8d8e0fab8ddec02d1af22"+
			"f90ca411a8f881b176ff97852141022749bf7f04fb1d6b8f1c335c50c143f537"+
			"5f2e60eae4fe91e9c672e1bccbf06e364212bbfcb8ffca3a998b02a28713228d", 16)
	one := big.NewInt(1)
	phi := new(big.Int).Mul(new(big.Int).Sub(p, one), new(big.Int).Sub(q, one))
	k := &rsa.PrivateKey{Primes: []*big.Int{p, q}}
	k.E, k.N = 65537, new(big.Int).Mul(p, q)
	k.D = new(big.Int).ModInverse(big.NewInt(int64(k.E)), phi)
	k.Precompute()
	return k
})

// serveCertificate answers a request for the certificate, which needs no token.
func (s *Simulator) serveCertificate(w http.ResponseWriter, r *http.Request, id string) {
	if id != certificateID {
		http.NotFound(w, r)
		return
	}
	a, to := simulatorAuthority(), simulatorTo
	if s.quirks.Foreign {
		a = newAuthority("foreign")
	}
	if s.quirks.Expired {
		to = time.Date(2021, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	w.Header().Set("Content-Type", "application/x-pem-file")
	text := a.issue("messageverificationcerts.paypal.com", to, &simulatorKey().PublicKey)
	if _, err := w.Write(text); err != nil {
		// The reader has gone away: there is nobody to tell.
		return
	}
}

// Deliveries are all webhooks that PayPal would have sent of a world's history up to its Now, oldest
// first, each signed and come in when it happened.
func Deliveries(w *world.World) []source.Delivery {
	s := NewSimulator(w)
	out := make([]source.Delivery, len(s.events))
	for i := range s.events {
		e := &s.events[i]
		body, err := json.Marshal(e.render())
		if err != nil {
			panic("paypal: write an event: " + err.Error())
		}
		sum := sha256.Sum256([]byte(e.id))
		id := base64.RawURLEncoding.EncodeToString(sum[:15])
		out[i] = sign(body, id, simulatorWebhook, e.at)
	}
	return out
}

// sign is a delivery of a body as PayPal sends it.
func sign(body []byte, id, webhook string, at book.Instant) source.Delivery {
	moment := at.Time().Format(time.RFC3339)
	sum := sha256.Sum256(signedText(id, moment, webhook, body))
	signature, err := rsa.SignPKCS1v15(nil, simulatorKey(), crypto.SHA256, sum[:])
	if err != nil {
		panic("paypal: sign a webhook: " + err.Error())
	}
	h := http.Header{}
	for name, v := range map[string]string{"Content-Type": "application/json",
		"User-Agent":             "PayPal/AUHD-214.0-58843072",
		"Paypal-Auth-Algo":       "SHA256withRSA",
		"Paypal-Cert-Url":        strings.Replace(liveURL, "api-m", "api", 1) + certificatePath + certificateID,
		"Paypal-Transmission-Id": id, "Paypal-Transmission-Time": moment,
		"Paypal-Transmission-Sig": base64.StdEncoding.EncodeToString(signature)} {
		h.Set(name, v)
	}
	return source.Delivery{Header: h, Body: body, At: at / 1000 * 1000}
}
