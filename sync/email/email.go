// Package email owns the writing of notices by SMTP: the message to the byte, and the one transaction
// that hands it over. app opens it as an actor; it reads no mailbox and stores nothing.
package email

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"net/textproto"
	"net/url"
	"strings"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"countinghouse/app/book"
	"countinghouse/sync/source"
)

// Description is what a mail server is and which secrets it takes.
var Description = source.Description{Kind: "email", Title: "Mail server",
	Secrets:     []source.Field{{Name: "password", Title: "Password of the mail account", Optional: true}},
	URLRequired: true}

// patience is how long a whole transaction may take.
const patience = time.Minute

// Mailer writes notices through one mail server. It is for use by one goroutine at a time.
type Mailer struct {
	o       source.Options
	user    string
	host    string
	address string
	// secure says that TLS begins with the connection; else it is asked for before anything is said, but
	// on this computer.
	secure bool
	// trust are the certificates that are believed, nil for the system's.
	trust *tls.Config
}

var _ source.Actor = (*Mailer)(nil)

// New opens a mail server without asking it anything. URL is smtps://host:465, or smtp://host:587 where
// TLS is asked for after the greeting; user is the name to log in by, "" for none.
func New(o source.Options, user string) (*Mailer, error) {
	u, err := url.Parse(o.URL)
	if err != nil || u.Hostname() == "" || u.Scheme != "smtps" && u.Scheme != "smtp" || u.User != nil {
		return nil, fmt.Errorf("mail: address %q is not of the form smtps://smtp.example.com:465", o.URL)
	}
	m := &Mailer{o: o, user: user, host: u.Hostname(), secure: u.Scheme == "smtps"}
	port := u.Port()
	if port == "" {
		port = map[bool]string{true: "465", false: "587"}[m.secure]
	}
	m.address = net.JoinHostPort(m.host, port)
	return m, nil
}

// Trusting is the mailer with certificates of its own to believe.
func (m *Mailer) Trusting(c *tls.Config) *Mailer {
	own := *m
	own.trust = c
	return &own
}

// Describe is Description.
func (m *Mailer) Describe() source.Description { return Description }

// Powers are the notices. A mail server knows no keys and cannot be asked what became of a message: where
// its answer is missing a person has to look.
func (m *Mailer) Powers() []source.Power { return []source.Power{{Kind: book.Notify}} }

// Check connects and logs in.
func (m *Mailer) Check(ctx context.Context) (source.Health, error) {
	c, out := m.open(ctx)
	if out.State != "" {
		return source.Health{}, &source.Error{Kind: source.KindUnavailable, Source: m.o.Name, Op: "log in",
			Detail: out.Detail, Hint: out.Detail}
	}
	defer c.Close()
	return source.Health{Account: m.user + " at " + m.host, Live: true}, c.Quit()
}

// Prepare writes the message. The same order and key give the same bytes.
func (m *Mailer) Prepare(o book.Order, key string) (source.Call, error) {
	if o.Do != book.Notify || o.Message == nil {
		return source.Call{}, errors.New("a mail server sends notices only")
	}
	body, err := compose(o, key)
	if err != nil {
		return source.Call{}, err
	}
	return source.Call{Op: "send a notice", Method: "MAIL", Path: o.Message.To, Body: body,
		Header: map[string]string{"From": o.Message.From}}, nil
}

// compose is the message in the form of RFC 5322.
func compose(o book.Order, key string) (string, error) {
	m := o.Message
	from, err := mail.ParseAddress(m.From)
	if err != nil {
		return "", fmt.Errorf("the sender %q is no mail address: set from under [mail]", m.From)
	}
	to, err := mail.ParseAddress(m.To)
	if err != nil {
		return "", fmt.Errorf("the customer's mail address %q cannot be written to", m.To)
	}
	to.Name = m.Name
	for _, text := range []string{m.Subject, m.Name, m.Unsubscribe, m.ReplyTo, from.Name} {
		if strings.ContainsAny(text, "\r\n\x00") {
			return "", errors.New("a line break stands in the head of the notice")
		}
	}
	if m.Subject == "" || m.Text == "" {
		return "", errors.New("the notice has no text")
	}
	_, domain, _ := strings.Cut(from.Address, "@")
	var b bytes.Buffer
	head := func(name, value string) {
		if value != "" {
			fmt.Fprintf(&b, "%s: %s\r\n", name, value)
		}
	}
	head("From", from.String())
	head("To", to.String())
	head("Reply-To", m.ReplyTo)
	head("Subject", mime.QEncoding.Encode("utf-8", m.Subject))
	head("Date", o.Message.At.Time().UTC().Format("Mon, 02 Jan 2006 15:04:05 -0700"))
	head("Message-ID", "<"+key+"@"+domain+">")
	head("Auto-Submitted", "auto-generated")
	if m.Unsubscribe != "" {
		head("List-Unsubscribe", "<"+m.Unsubscribe+">")
	}
	head("MIME-Version", "1.0")
	parts := multipart.NewWriter(&b)
	if err := parts.SetBoundary("countinghouse-" + strings.TrimPrefix(key, "ch-")); err != nil {
		return "", err
	}
	head("Content-Type", `multipart/alternative; boundary="`+parts.Boundary()+`"`)
	b.WriteString("\r\n")
	for _, p := range [][2]string{{"text/plain", m.Text}, {"text/html", m.HTML}} {
		if p[1] == "" {
			continue
		}
		w, err := parts.CreatePart(textproto.MIMEHeader{"Content-Type": {p[0] + "; charset=utf-8"},
			"Content-Transfer-Encoding": {"quoted-printable"}})
		if err != nil {
			return "", err
		}
		q := quotedprintable.NewWriter(w)
		if _, err = q.Write([]byte(strings.ReplaceAll(p[1], "\r\n", "\n"))); err == nil {
			err = q.Close()
		}
		if err != nil {
			return "", err
		}
	}
	err = parts.Close()
	return b.String(), err
}

// Standing says what is sent to whom; nothing can be read from a mail server.
func (m *Mailer) Standing(_ context.Context, o book.Order) (source.Standing, error) {
	return source.Standing{Effects: []string{"Sends the mail “" + o.Message.Subject + "” to " + o.Message.To + "."}}, nil
}

// LookUp can tell nothing: no mail server says what became of a message.
func (m *Mailer) LookUp(context.Context, book.Order, source.Call, book.Instant) source.Outcome {
	return source.Outcome{State: source.OutcomeUnknown,
		Detail: "No mail server can be asked whether a message arrived: look into the account's sent mail."}
}

// open connects, secures and logs in; the outcome has a state where that was not possible, and then
// nothing was sent.
func (m *Mailer) open(ctx context.Context) (*smtp.Client, source.Outcome) {
	unsent := func(format string, args ...any) (*smtp.Client, source.Outcome) {
		return nil, source.Outcome{State: source.OutcomeUnsent, RetryAfter: 5 * time.Minute,
			Detail: source.Clean(fmt.Sprintf(format, args...), m.o.Secrets)}
	}
	conn, err := (&net.Dialer{Timeout: 15 * time.Second}).DialContext(ctx, "tcp", m.address)
	if err != nil {
		return unsent("The mail server %s could not be reached; nothing was sent.", m.address)
	}
	end, ok := ctx.Deadline()
	if !ok {
		end = m.o.Clock().Add(patience)
	}
	_ = conn.SetDeadline(end) // a socket always takes one
	config := &tls.Config{ServerName: m.host, MinVersion: tls.VersionTLS12}
	if m.trust != nil {
		config.RootCAs = m.trust.RootCAs
	}
	var c *smtp.Client
	switch local := net.ParseIP(m.host); {
	case m.secure:
		c = smtp.NewClient(tls.Client(conn, config))
	case local != nil && local.IsLoopback() && m.trust == nil:
		c = smtp.NewClient(conn)
	default:
		if c, err = smtp.NewClientStartTLS(conn, config); err != nil {
			_ = conn.Close()
			return unsent("The mail server %s does not offer TLS that can be trusted; nothing was sent.", m.host)
		}
	}
	if err := c.Hello("localhost"); err != nil {
		_ = c.Close()
		return unsent("The mail server %s could not prove who it is, or does not speak SMTP; nothing was sent.", m.host)
	}
	if m.user != "" {
		if err := c.Auth(sasl.NewPlainClient("", m.user, m.o.Secrets["password"].Reveal())); err != nil {
			_ = c.Close()
			return unsent("The mail server refuses the login of %s: check user and password of [mail]. Nothing was sent.", m.user)
		}
	}
	return c, source.Outcome{}
}

// Send hands the stored message over in one transaction. Until its last line is sent nothing can have
// arrived; without an answer after that it is not known.
func (m *Mailer) Send(ctx context.Context, o book.Order, call source.Call) source.Outcome {
	c, out := m.open(ctx)
	if out.State != "" {
		return out
	}
	defer c.Close()
	from, err := mail.ParseAddress(call.Header["From"])
	if err != nil {
		return source.Outcome{State: source.OutcomeRefused, Code: "sender", Detail: "The sender is no mail address."}
	}
	if err := c.Mail(from.Address, nil); err != nil {
		return m.answer(err)
	}
	if err := c.Rcpt(call.Path, nil); err != nil {
		return m.answer(err)
	}
	w, err := c.Data()
	if err != nil {
		return m.answer(err)
	}
	if _, err := w.Write([]byte(call.Body)); err != nil {
		return source.Outcome{State: source.OutcomeUnsent, RetryAfter: 5 * time.Minute,
			Detail: "The connection broke before the message was whole."}
	}
	if err := w.Close(); err != nil {
		var said *smtp.SMTPError
		if errors.As(err, &said) {
			return m.answer(err)
		}
		return source.Outcome{State: source.OutcomeUnknown, Detail: "The mail server did not answer after the message."}
	}
	_ = c.Quit() // the message is taken, whatever comes now
	id := book.NewID(m.o.Name, "mail/"+strings.Trim(messageID(call.Body), "<>"))
	return source.Outcome{State: source.OutcomeDone, Object: id, Evidence: fmt.Sprintf(`{"message_id":%q}`, id)}
}

func messageID(body string) string {
	_, rest, _ := strings.Cut(body, "\r\nMessage-ID: ")
	id, _, _ := strings.Cut(rest, "\r\n")
	return id
}

// answer is a mail server's no: for now, or for good.
func (m *Mailer) answer(err error) source.Outcome {
	var said *smtp.SMTPError
	if !errors.As(err, &said) {
		return source.Outcome{State: source.OutcomeUnsent, RetryAfter: 5 * time.Minute,
			Detail: "The connection to the mail server broke; nothing was sent."}
	}
	detail := source.Clean(fmt.Sprintf("The mail server says %d %s", said.Code, said.Message), m.o.Secrets)
	if said.Temporary() {
		return source.Outcome{State: source.OutcomeUnsent, RetryAfter: 10 * time.Minute, Detail: detail}
	}
	return source.Outcome{State: source.OutcomeRefused, Code: fmt.Sprint(said.Code), Detail: detail,
		Evidence: fmt.Sprintf(`{"code":%d}`, said.Code)}
}
