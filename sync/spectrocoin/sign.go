package spectrocoin

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"math/big"
	"net/url"
	"slices"
	"strings"

	"countinghouse/app/money"
)

// signing says what a signature covers.
type signing struct {
	// fields are signed in this order, all of them.
	fields []string
	// newer are the names that stand in the place of older ones since about 2022.
	newer map[string]string
}

// callbackSigning is that of form callbacks, requestSigning that of orders (SpectroCoin, merchant API
// version 1, read 2026-11).
var (
	callbackSigning = signing{fields: []string{"merchantId", "apiId", "orderId", "payCurrency",
		"payAmount", "receiveCurrency", "receiveAmount", "receivedAmount", "description",
		"orderRequestId", "status"}}
	requestSigning = signing{fields: []string{"merchantId", "apiId", "orderId", "payCurrency",
		"payAmount", "receiveCurrency", "receiveAmount", "description", "payerEmail", "payerName",
		"payerSurname", "culture", "callbackUrl", "successUrl", "failureUrl"},
		newer: map[string]string{"merchantId": "userId", "apiId": "merchantApiId"}}
	amountFields = []string{"payAmount", "receiveAmount", "receivedAmount"}
)

// encoder is a way to form-encode a value. They differ in rare characters.
type encoder struct{ plain string }

var (
	// javaForm is java.net.URLEncoder's, phpForm is urlencode's.
	javaForm = encoder{".-*_"}
	phpForm  = encoder{".-_"}
)

func (e encoder) encode(s string) string {
	const hexDigits = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(s) {
		switch c := s[i]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9',
			strings.IndexByte(e.plain, c) >= 0:
			b.WriteByte(c)
		case c == ' ':
			b.WriteByte('+')
		default:
			b.WriteByte('%')
			b.WriteByte(hexDigits[c>>4])
			b.WriteByte(hexDigits[c&15])
		}
	}
	return b.String()
}

// placesMax is how many decimals a signed amount has at most.
const placesMax = 8

// signedAmount is an amount in the pattern 0.0#######: at least one decimal, at most eight, half to
// even, no exponent; "" is 0.0.
func signedAmount(s string) (string, error) {
	if strings.TrimSpace(s) == "" {
		s = "0"
	}
	q, err := money.ParseQuantity(s, "X")
	if err != nil {
		return "", err
	}
	r, ok := new(big.Rat).SetString(q.Decimal())
	if !ok {
		return "", money.ErrAmount
	}
	scale := new(big.Int).Exp(big.NewInt(10), big.NewInt(placesMax), nil)
	r.Mul(r, new(big.Rat).SetInt(scale))
	n, rest := new(big.Int).QuoRem(r.Num(), r.Denom(), new(big.Int))
	twice := rest.Lsh(rest.Abs(rest), 1)
	if c := twice.Cmp(r.Denom()); c > 0 || c == 0 && n.Bit(0) == 1 {
		n.Add(n, big.NewInt(int64(r.Sign())))
	}
	text := new(big.Rat).SetFrac(n, scale).FloatString(placesMax)
	text = strings.TrimRight(text, "0")
	if strings.HasSuffix(text, ".") {
		text += "0"
	}
	return text, nil
}

// text is the string that a signature covers. Fields that are not there are empty; those in dropped
// are left out, as PHP leaves out what is null.
func (s signing) text(form url.Values, e encoder, dropped ...string) (string, error) {
	parts := make([]string, 0, len(s.fields))
	for _, field := range s.fields {
		name, value := field, form.Get(field)
		if newer := s.newer[field]; newer != "" && !form.Has(field) && form.Has(newer) {
			name, value = newer, form.Get(newer)
		}
		if slices.Contains(dropped, field) {
			continue
		}
		if slices.Contains(amountFields, field) {
			amount, err := signedAmount(value)
			if err != nil {
				return "", err
			}
			value = amount
		}
		parts = append(parts, name+"="+e.encode(value))
	}
	return strings.Join(parts, "&"), nil
}

// errSignature says that a signature does not fit.
var errSignature = errors.New("the signature does not fit")

// verify proves a form's signature over its untouched values: in the Java form first, then in the
// PHP form; where there is no description, with an empty one and without.
func (s signing) verify(form url.Values, key *rsa.PublicKey) error {
	// A plus sign that was not encoded has become a blank.
	text := strings.ReplaceAll(form.Get("sign"), " ", "+")
	sign, err := base64.StdEncoding.Strict().DecodeString(text)
	if err != nil || len(sign) == 0 {
		return errSignature
	}
	without := [][]string{nil}
	if !form.Has("description") {
		without = append(without, []string{"description"})
	}
	for _, e := range []encoder{javaForm, phpForm} {
		for _, dropped := range without {
			text, err := s.text(form, e, dropped...)
			if err != nil {
				return err
			}
			sum := sha1.Sum([]byte(text))
			if rsa.VerifyPKCS1v15(key, crypto.SHA1, sum[:], sign) == nil {
				return nil
			}
		}
	}
	return errSignature
}

// sign signs a form's values.
func (s signing) sign(form url.Values, e encoder, key *rsa.PrivateKey) (string, error) {
	text, err := s.text(form, e)
	if err != nil {
		return "", err
	}
	sum := sha1.Sum([]byte(text))
	b, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA1, sum[:])
	return base64.StdEncoding.EncodeToString(b), err
}

// sampleKey is the fingerprint of the key pair that the vendor publishes in its PHP sample, private
// half included: whoever uses it can be impersonated by anybody.
const sampleKey = "421de0f7421deb298d06b8e74a9a8f98925bcb9c83c696e4f6aed6e1de1d0951"

var (
	errSample  = errors.New("it is the vendor's published sample key")
	errWeak    = errors.New("it has less than 1024 bits")
	errNoKey   = errors.New("it is no RSA key in PEM")
	keyBitsMin = 1024
)

// publicKey reads an RSA public key or certificate in PEM and gives its fingerprint.
func publicKey(text []byte) (*rsa.PublicKey, string, error) {
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, "", errNoKey
	}
	var parsed any
	var err error
	switch block.Type {
	case "CERTIFICATE":
		var c *x509.Certificate
		if c, err = x509.ParseCertificate(block.Bytes); err == nil {
			parsed = c.PublicKey
		}
	case "RSA PUBLIC KEY":
		parsed, err = x509.ParsePKCS1PublicKey(block.Bytes)
	default:
		parsed, err = x509.ParsePKIXPublicKey(block.Bytes)
	}
	key, ok := parsed.(*rsa.PublicKey)
	if err != nil || !ok {
		return nil, "", errNoKey
	}
	print, err := keyPrint(key)
	return key, print, err
}

// keyPrint gives a key's fingerprint, and refuses one that proves nothing.
func keyPrint(key *rsa.PublicKey) (string, error) {
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		return "", errNoKey
	}
	sum := sha256.Sum256(der)
	print := hex.EncodeToString(sum[:])
	switch {
	case print == sampleKey:
		return print, errSample
	case key.N.BitLen() < keyBitsMin:
		return print, errWeak
	}
	return print, nil
}

// privateKey reads an RSA private key in PEM, to look at its public half.
func privateKey(text []byte) (*rsa.PrivateKey, error) {
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, errNoKey
	}
	if key, err := x509.ParsePKCS1PrivateKey(block.Bytes); err == nil {
		return key, nil
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	key, ok := parsed.(*rsa.PrivateKey)
	if err != nil || !ok {
		return nil, errNoKey
	}
	return key, nil
}
