package email

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"math/big"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"countinghouse/app/book"
	"countinghouse/sync/source"
)

// post is a real SMTP server that keeps what it is given.
type post struct {
	mu       sync.Mutex
	messages []string
	// no is what it answers to a recipient, nil for yes; drop ends the connection after the message.
	no   error
	drop bool
	// secure is whether the login has to be over TLS.
	conns []*smtp.Conn
}

func (p *post) NewSession(c *smtp.Conn) (smtp.Session, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.conns = append(p.conns, c)
	return &session{p: p, c: c}, nil
}

type session struct {
	p  *post
	c  *smtp.Conn
	in bool
}

func (s *session) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if _, secure := s.c.TLSConnectionState(); !secure || user != "dunning" || password != "right-one" {
			return errors.New("no")
		}
		s.in = true
		return nil
	}), nil
}

func (s *session) Mail(string, *smtp.MailOptions) error {
	if !s.in {
		return smtp.ErrAuthRequired
	}
	return nil
}
func (s *session) Rcpt(string, *smtp.RcptOptions) error { return s.p.no }
func (s *session) Reset()                               {}
func (s *session) Logout() error                        { return nil }

func (s *session) Data(r io.Reader) error {
	b, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	s.p.mu.Lock()
	s.p.messages = append(s.p.messages, string(b))
	s.p.mu.Unlock()
	if s.p.drop {
		return s.c.Conn().Close()
	}
	return nil
}

// certificate is one for this computer, and who believes it.
func certificate(t *testing.T) (tls.Certificate, *x509.CertPool) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC),
		IPAddresses: []net.IP{net.ParseIP("127.0.0.1")}, IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, _ := x509.ParseCertificate(der)
	pool := x509.NewCertPool()
	pool.AddCert(parsed)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}

// office starts a server, with TLS from the first byte or asked for, and a mailer that believes it.
func office(t *testing.T, secure bool) (*post, *Mailer) {
	t.Helper()
	p := &post{}
	cert, pool := certificate(t)
	config := &tls.Config{Certificates: []tls.Certificate{cert}}
	server := smtp.NewServer(p)
	server.Domain, server.TLSConfig = "localhost", config
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	scheme := "smtp"
	if secure {
		l, scheme = tls.NewListener(l, config), "smtps"
	}
	done := make(chan error, 1)
	go func() { done <- server.Serve(l) }()
	t.Cleanup(func() {
		server.Close()
		l.Close() // where it was not served yet, the server does not know it
		<-done
	})
	m, err := New(source.Options{Name: "mail", URL: scheme + "://" + l.Addr().String(),
		Clock: time.Now, Secrets: map[string]source.Secret{"password": "right-one"}}, "dunning")
	if err != nil {
		t.Fatal(err)
	}
	return p, m.Trusting(&tls.Config{RootCAs: pool})
}

func notice() book.Order {
	return book.Order{Do: book.Notify, Target: "billing:invoice/7/notice/add_funds/first", Message: &book.Message{
		Template: "add_funds", Step: "first", Language: "lt", From: "Northwind Ąžuolas <billing@northwind.example>",
		To: "kaspar@example.com", Name: "Kaspar Núñez", At: 1_790_000_000_000,
		Subject: "Jūsų mokėjimas už sąskaitą 7", Unsubscribe: "https://northwind.example/stop",
		Text: "Sveiki,\n.\nmokėjimas nepavyko. " + strings.Repeat("Ilga eilutė ", 60), HTML: "<p>Sveiki, &amp; …</p>"}}
}

func send(t *testing.T, m *Mailer, o book.Order) (source.Call, source.Outcome) {
	t.Helper()
	c, err := m.Prepare(o, "ch-0123456789abcdef0123456789abcdef")
	if err != nil {
		t.Fatal(err)
	}
	return c, m.Send(t.Context(), o, c)
}

// TestAMessageArrivesAsItWasStored sends over both kinds of TLS: the server gets the stored bytes, and a
// reader of mail finds both texts in them.
func TestAMessageArrivesAsItWasStored(t *testing.T) {
	for _, secure := range []bool{true, false} {
		p, m := office(t, secure)
		c, out := send(t, m, notice())
		if out.State != source.OutcomeDone || out.Object == "" || len(p.messages) != 1 {
			t.Fatalf("secure %v: %+v, %d messages", secure, out, len(p.messages))
		}
		if again, _ := m.Prepare(notice(), "ch-0123456789abcdef0123456789abcdef"); again.Encode() != c.Encode() {
			t.Error("the same order makes other bytes")
		}
		if strings.TrimRight(p.messages[0], "\r\n") != strings.TrimRight(c.Body, "\r\n") {
			t.Errorf("arrived\n%q\nstored\n%q", p.messages[0], c.Body)
		}
		if strings.Contains(c.Encode()+out.Evidence, "right-one") {
			t.Error("the password stands in what is kept")
		}
		read(t, p.messages[0])
		if _, err := m.Check(t.Context()); err != nil {
			t.Error(err)
		}
	}
}

func read(t *testing.T, text string) {
	t.Helper()
	msg, err := mail.ReadMessage(bufio.NewReader(strings.NewReader(text)))
	if err != nil {
		t.Fatal(err)
	}
	subject, _ := new(mime.WordDecoder).DecodeHeader(msg.Header.Get("Subject"))
	to, err := msg.Header.AddressList("To")
	if err != nil || subject != notice().Message.Subject || to[0].Name != "Kaspar Núñez" ||
		msg.Header.Get("Auto-Submitted") == "" || msg.Header.Get("List-Unsubscribe") == "" {
		t.Errorf("%v %q %v", to, subject, msg.Header)
	}
	_, params, err := mime.ParseMediaType(msg.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	parts := multipart.NewReader(msg.Body, params["boundary"])
	for _, want := range []string{notice().Message.Text, notice().Message.HTML} {
		part, err := parts.NextRawPart()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(quotedprintable.NewReader(part))
		if got := strings.ReplaceAll(string(b), "\r\n", "\n"); err != nil || got != want {
			t.Errorf("%q, %v", got, err)
		}
	}
}

// TestWhatAMailServerMaySay checks what is known after each answer: nothing is called done that is not,
// and nothing is called unsent that may have arrived.
func TestWhatAMailServerMaySay(t *testing.T) {
	for name, c := range map[string]struct {
		set   func(p *post, m *Mailer)
		state source.OutcomeState
		said  string
	}{
		"a refused login": {func(_ *post, m *Mailer) { m.o.Secrets = map[string]source.Secret{"password": "wrong"} },
			source.OutcomeUnsent, "refuses the login"},
		"come again": {func(p *post, _ *Mailer) { p.no = &smtp.SMTPError{Code: 451, Message: "greylisted"} },
			source.OutcomeUnsent, "451 greylisted"},
		"nobody of that name": {func(p *post, _ *Mailer) { p.no = &smtp.SMTPError{Code: 550, Message: "no such user"} },
			source.OutcomeRefused, "550 no such user"},
		"silence after the message": {func(p *post, _ *Mailer) { p.drop = true }, source.OutcomeUnknown, "did not answer"},
		"nobody there":              {func(_ *post, m *Mailer) { m.address = "127.0.0.1:1" }, source.OutcomeUnsent, "could not be reached"},
		"a stranger":                {func(_ *post, m *Mailer) { m.trust = &tls.Config{RootCAs: x509.NewCertPool()} }, source.OutcomeUnsent, "nothing was sent"},
	} {
		for _, secure := range []bool{true, false} {
			p, m := office(t, secure)
			c.set(p, m)
			_, out := send(t, m, notice())
			if out.State != c.state || !strings.Contains(out.Detail, c.said) {
				t.Errorf("%s, secure %v: %+v", name, secure, out)
			}
			if out.State == source.OutcomeUnsent && len(p.messages) > 0 {
				t.Errorf("%s: it arrived", name)
			}
		}
	}
}

// TestWhatCannotBeWritten checks that no head is forged and nothing empty leaves.
func TestWhatCannotBeWritten(t *testing.T) {
	_, m := office(t, true)
	for name, change := range map[string]func(m *book.Message){
		"a second head": func(m *book.Message) { m.Subject = "x\r\nBcc: all@example.com" },
		"no sender":     func(m *book.Message) { m.From = "" },
		"no receiver":   func(m *book.Message) { m.To = "nobody" },
		"no text":       func(m *book.Message) { m.Text = "" },
	} {
		o := notice()
		change(o.Message)
		if c, err := m.Prepare(o, "ch-1"); err == nil {
			t.Errorf("%s: %q", name, c.Body)
		}
	}
	for _, url := range []string{"", "http://x", "smtp://u:p@x", "smtps://"} {
		if _, err := New(source.Options{URL: url}, ""); err == nil {
			t.Errorf("%q is taken for an address", url)
		}
	}
}
