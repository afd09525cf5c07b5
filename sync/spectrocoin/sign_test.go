package spectrocoin

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"net/url"
	"strings"
	"testing"
)

// TestSignedAmounts holds amounts to the pattern 0.0#######.
func TestSignedAmounts(t *testing.T) {
	for in, want := range map[string]string{"": "0.0", "0": "0.0", "0.0": "0.0", "120": "120.0",
		"120.00": "120.0", "1.1": "1.1", "15.99": "15.99", "0.00213371": "0.00213371",
		"1E-8": "0.00000001", "1.23456789": "1.23456789", "1.2E+2": "120.0",
		"12345678901234567890.5": "12345678901234567890.5", "0.000000015": "0.00000002",
		"0.000000025": "0.00000002", "0.0000000251": "0.00000003", "-1.5": "-1.5",
		"0.100000001": "0.1"} {
		if got, err := signedAmount(in); err != nil || got != want {
			t.Errorf("%q is signed as %q, want %q: %v", in, got, want, err)
		}
	}
	for _, bad := range []string{"x", "1,5", "NaN", "Infinity", "0x10", "1e999"} {
		if got, err := signedAmount(bad); err == nil {
			t.Errorf("%q is signed as %q", bad, got)
		}
	}
}

// TestSignedText holds the string to sign against the documented one.
func TestSignedText(t *testing.T) {
	form := url.Values{"merchantId": {"4012345"}, "apiId": {"510077"}, "orderId": {"5012-4471"},
		"payCurrency": {"BTC"}, "payAmount": {"0.00213371"}, "receiveCurrency": {"EUR"},
		"receiveAmount": {"120"}, "receivedAmount": {"0"}, "description": {"Order #5012"},
		"orderRequestId": {"20004417"}, "status": {"3"}, "userId": {"not signed"}}
	const whole = "merchantId=4012345&apiId=510077&orderId=5012-4471&payCurrency=BTC&" +
		"payAmount=0.00213371&receiveCurrency=EUR&receiveAmount=120.0&receivedAmount=0.0&" +
		"description=Order+%235012&orderRequestId=20004417&status=3"
	if got, err := callbackSigning.text(form, javaForm); err != nil || got != whole {
		t.Errorf("callback\n got %s\nwant %s\n%v", got, whole, err)
	}
	for description, want := range map[string][2]string{
		"":                {"description=", "description="},
		"50% off & more":  {"description=50%25+off+%26+more", "description=50%25+off+%26+more"},
		"a*b~c-d_e.f":     {"description=a*b%7Ec-d_e.f", "description=a%2Ab%7Ec-d_e.f"},
		"Žalia ✓":         {"description=%C5%BDalia+%E2%9C%93", "description=%C5%BDalia+%E2%9C%93"},
		"a+b (c)'!\"/:@=": {"description=a%2Bb+%28c%29%27%21%22%2F%3A%40%3D", "description=a%2Bb+"},
	} {
		form.Set("description", description)
		for i, e := range []encoder{javaForm, phpForm} {
			if got, _ := callbackSigning.text(form, e); !strings.Contains(got, "&"+want[i]) {
				t.Errorf("%q: %s", description, got)
			}
		}
	}
	request := url.Values{"userId": {"u"}, "merchantApiId": {"m"}, "receiveAmount": {"9.9"},
		"callbackUrl": {"https://x.example/cb?invoice_id=1"}}
	const asked = "userId=u&merchantApiId=m&orderId=&payCurrency=&payAmount=0.0&receiveCurrency=&" +
		"receiveAmount=9.9&description=&payerEmail=&payerName=&payerSurname=&culture=&" +
		"callbackUrl=https%3A%2F%2Fx.example%2Fcb%3Finvoice_id%3D1&successUrl=&failureUrl="
	if got, err := requestSigning.text(request, javaForm); err != nil || got != asked {
		t.Errorf("request\n got %s\nwant %s\n%v", got, asked, err)
	}
}

// TestSignatures proves forms that were signed in each of the ways, and none that was changed.
func TestSignatures(t *testing.T) {
	form := func(description ...string) url.Values {
		f := url.Values{"merchantId": {"4012345"}, "apiId": {"510077"}, "orderId": {"5012-4471"},
			"payAmount": {"1E-8"}, "receiveAmount": {"120.00"}, "receivedAmount": {"0"},
			"status": {"3"}}
		if len(description) > 0 {
			f["description"] = description
		}
		return f
	}
	key := &simKey().PublicKey
	for _, e := range []encoder{javaForm, phpForm} {
		for _, d := range []string{"Order #1", "a*b ~ c", "Užsakymas №5", ""} {
			f := signed(form(d), e)
			if err := callbackSigning.verify(f, key); err != nil {
				t.Errorf("%q: %v", d, err)
			}
			f.Set("payAmount", "0.00000001000")
			if err := callbackSigning.verify(f, key); err != nil {
				t.Errorf("%q, the same amount in other digits: %v", d, err)
			}
			// A sign that was put in as it is arrives with blanks for its plus signs.
			f.Set("sign", strings.ReplaceAll(f.Get("sign"), "+", " "))
			if err := callbackSigning.verify(f, key); err != nil {
				t.Errorf("%q, plus signs lost: %v", d, err)
			}
			for field, value := range map[string]string{"payAmount": "2E-8", "status": "5",
				"orderId": "5013-4471", "description": d + "!", "sign": "AAAA"} {
				bad := url.Values{}
				for k, v := range f {
					bad[k] = v
				}
				bad.Set(field, value)
				if err := callbackSigning.verify(bad, key); !errors.Is(err, errSignature) {
					t.Errorf("%q, %s changed: %v", d, field, err)
				}
			}
		}
	}
	// Without a description: signed as empty, and signed as not there.
	if err := callbackSigning.verify(signed(form(), javaForm), key); err != nil {
		t.Errorf("no description, signed as empty: %v", err)
	}
	dropping := signing{fields: append(append([]string{}, callbackSigning.fields[:8]...),
		callbackSigning.fields[9:]...)}
	f := form()
	text, err := dropping.sign(f, phpForm, simKey())
	if err != nil {
		t.Fatal(err)
	}
	f.Set("sign", text)
	if err := callbackSigning.verify(f, key); err != nil {
		t.Errorf("no description, not signed: %v", err)
	}
	if err := callbackSigning.verify(f, &merchantKey().PublicKey); !errors.Is(err, errSignature) {
		t.Errorf("another key: %v", err)
	}
}

// vendorSample is the public half of the key pair in the vendor's published sample.
const vendorSample = `-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAsohPsYUvYlcz1aMmPCSE
raHWrPU6HgOgq2Vrhi1mMJf+I3DKVxFdhgAepZpNv/kOtxeSHCgXAQvHDFX/+/V/
JyE8GCK4tnzfeimG87I0484FfRsDDD6/p/suuaIW7pfGQA+99aOB34cKz1txAA0T
MKKjQs4m+s7Ue8asr+Oex3xarW8ChQDxhT9saZ4fBCrgZb9loQfcy1sju7fUaaeW
p8wBo7j6M7DKN+wtdkqdu+sT6yW3baUQsME7TbJGhtTeKys6OClponcYlzj6XPJR
3TEbTCFhyE0qXG7Q1z4MN52MEHAG2FbojYGfr3ekCiTTQe4oJJH3PsqqndH1TiST
0QIDAQAB
-----END PUBLIC KEY-----
`

// TestKeys reads keys in each form, and refuses those that prove nothing.
func TestKeys(t *testing.T) {
	for form, block := range map[string]*pem.Block{
		"PKIX":   {Type: "PUBLIC KEY", Bytes: mustDER(x509.MarshalPKIXPublicKey(&simKey().PublicKey))},
		"PKCS 1": {Type: "RSA PUBLIC KEY", Bytes: x509.MarshalPKCS1PublicKey(&simKey().PublicKey)},
	} {
		key, print, err := publicKey(pem.EncodeToMemory(block))
		if err != nil || !key.Equal(&simKey().PublicKey) || len(print) != 64 {
			t.Errorf("%s: %s, %v", form, print, err)
		}
	}
	for form, block := range map[string]*pem.Block{
		"PKCS 8": {Type: "PRIVATE KEY", Bytes: mustDER(x509.MarshalPKCS8PrivateKey(simKey()))},
		"PKCS 1": {Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(simKey())},
	} {
		if key, err := privateKey(pem.EncodeToMemory(block)); err != nil || !key.Equal(simKey()) {
			t.Errorf("private, %s: %v", form, err)
		}
	}
	if _, print, err := publicKey([]byte(vendorSample)); !errors.Is(err, errSample) ||
		print != sampleKey {
		t.Errorf("the vendor's sample: %s, %v", print, err)
	}
	small, err := rand.Prime(rand.Reader, 512)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := keyPrint(&rsa.PublicKey{N: small, E: 65537}); !errors.Is(err, errWeak) {
		t.Errorf("a weak key: %v", err)
	}
	for _, bad := range []string{"", "no key", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"} {
		if _, _, err := publicKey([]byte(bad)); !errors.Is(err, errNoKey) {
			t.Errorf("%q: %v", bad, err)
		}
		if _, err := privateKey([]byte(bad)); !errors.Is(err, errNoKey) {
			t.Errorf("private, %q: %v", bad, err)
		}
	}
}

func mustDER(b []byte, err error) []byte {
	if err != nil {
		panic(err)
	}
	return b
}
