package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"html"
	"net/url"
	"strings"

	"countinghouse/app/book"
	"countinghouse/dunning"
	"countinghouse/sync/email"
	"countinghouse/sync/source"
)

// mailName is the name under which the mail server's password is kept and its actions are filed.
const mailName book.SourceName = "mail"

// Mail says how notices go out; without an address the billing system sends them.
type Mail struct {
	// URL is smtps://host:465, or smtp://host:587 where TLS is asked for; User logs in with the secret
	// COUNTINGHOUSE_MAIL_PASSWORD.
	URL  string `toml:"url,omitempty"`
	User string `toml:"user,omitempty"`
	// From is who writes, "Northwind <billing@example.com>"; ReplyTo is where answers go.
	From    string `toml:"from,omitempty"`
	ReplyTo string `toml:"reply_to,omitempty"`
	// Link is where a customer pays or changes the card: {invoice} stands for the invoice's number in
	// billing, {customer} for the customer's. Legal stands at the end of each notice.
	Link        string `toml:"link,omitempty"`
	Legal       string `toml:"legal,omitempty"`
	Unsubscribe string `toml:"unsubscribe,omitempty"`
}

func (m Mail) check() error {
	if m.URL != "" {
		if _, err := email.New(source.Options{URL: m.URL}, m.User); err != nil {
			return err
		}
		if m.From == "" {
			return errors.New("mail: from is missing: say who writes, \"Northwind <billing@example.com>\"")
		}
	}
	rest := strings.NewReplacer("{invoice}", "", "{customer}", "").Replace(m.Link)
	if u, err := url.Parse(rest); m.Link != "" && (err != nil || u.Scheme != "https" || strings.ContainsAny(rest, "{}")) {
		return fmt.Errorf("mail: link %q is not of the form https://example.com/pay/{invoice}", m.Link)
	}
	return nil
}

// mailer opens the mail server.
func (a *App) mailer() (source.Actor, error) {
	m := a.Config().Mail
	if m.URL == "" {
		return nil, errors.New("no mail server is set: write its url and from under [mail]")
	}
	o := source.Options{Name: mailName, URL: m.URL, Clock: a.wall, Secrets: map[string]source.Secret{}}
	if m.User != "" {
		password, err := a.secrets.Find(string(mailName), "password")
		if err != nil {
			return nil, fmt.Errorf("the password of the mail account %s is missing: set COUNTINGHOUSE_MAIL_PASSWORD, or store it "+
				"in this computer's keyring", m.User)
		}
		o.Secrets["password"] = source.Secret(password)
	}
	return email.New(o, m.User)
}

// noticeOrder is the order of a notice, rendered: one invoice gets each step of a template once.
func (a *App) noticeOrder(_ context.Context, r *Renewal, s dunning.Step, o book.Order) (book.Order, error) {
	if s.Template == "" {
		s.Template, s.Name = "payment_declined", "by-hand"
	}
	if strings.TrimSpace(r.Email) == "" {
		return o, errors.New("the customer has no mail address")
	}
	m, err := a.renderNotice(r, s)
	if err != nil {
		return o, err
	}
	o.Do, o.Provider, o.Message = book.Notify, a.Config().billing(), &m
	if a.Config().Mail.URL != "" {
		o.Provider = mailName
	}
	o.Target = book.ItemID(string(r.Invoice) + noticeMark + s.Template + "/" + s.Name)
	return o, nil
}

// renderNotice is a notice as the customer gets it, in the language of the customer or their country.
func (a *App) renderNotice(r *Renewal, s dunning.Step) (book.Message, error) {
	t, err := a.noticeFor(s.Template, cmp.Or(r.Language, languages[r.Segment.Country], "en"))
	if err != nil {
		return book.Message{}, err
	}
	mail := a.Config().Mail
	values := map[string]string{"name": r.Name, "amount": r.Amount.String(), "invoice": r.Number,
		"reason":   noticeTexts[t.language].phrases[r.Plan.Decline.Reason],
		"business": a.Config().Business.Name, "legal": mail.Legal,
		"link": strings.NewReplacer("{invoice}", numberOf(r.Invoice), "{customer}", numberOf(r.Customer)).
			Replace(mail.Link)}
	if len(r.Services) > 0 {
		values["service"] = r.Services[0].Name
	}
	subject, text, err := t.fill(values)
	if err != nil {
		return book.Message{}, err
	}
	if subject == "" || text == "" {
		return book.Message{}, fmt.Errorf("%s: without a value for its fields nothing is left of its subject or text", t.place)
	}
	page := strings.ReplaceAll(html.EscapeString(text), "\n\n", "</p><p>")
	return book.Message{Template: s.Template, Step: s.Name, Language: t.language, From: mail.From,
		ReplyTo: mail.ReplyTo, To: r.Email, Name: r.Name, At: book.At(a.wall()),
		Subject: subject, Text: text,
		HTML: "<p>" + strings.ReplaceAll(page, "\n", "<br>") + "</p>", Unsubscribe: mail.Unsubscribe}, nil
}

// TestNotice sends a notice that says it is a test, so that whoever sets up mail sees one arrive.
func (a *App) TestNotice(ctx context.Context, to string) error {
	m, err := a.mailer()
	if err != nil {
		return err
	}
	o := book.Order{Do: book.Notify, Target: "test", Message: &book.Message{Template: "test", From: a.Config().Mail.From,
		ReplyTo: a.Config().Mail.ReplyTo, To: to, At: book.At(a.wall()), Subject: "Test from " + a.Config().Business.Name,
		Text: "This is a test of the notices about failed renewals. Nothing is owed."}}
	c, err := m.Prepare(o, fmt.Sprintf("test-%d", o.Message.At))
	if err != nil {
		return err
	}
	if out := m.Send(ctx, o, c); out.State != source.OutcomeDone {
		return errors.New(strings.TrimSuffix(out.Detail, "."))
	}
	return nil
}

// ProposeNotice makes a notice of a template about a failed renewal; its order carries the rendering.
func (a *App) ProposeNotice(ctx context.Context, invoice book.ItemID, template string) (Proposal, error) {
	r, err := a.renewalOf(ctx, invoice)
	if err != nil {
		return Proposal{}, err
	}
	o := book.Order{Invoice: r.Invoice, Customer: r.Customer, Amount: r.Amount}
	if o, err = a.noticeOrder(ctx, r, dunning.Step{Kind: dunning.StepNotice, Template: template, Name: "by-hand"}, o); err != nil {
		return Proposal{}, err
	}
	p, err := a.proposal(ctx, o)
	p.Effects = append(p.Effects, "Subject: "+o.Message.Subject, o.Message.Text)
	if why := r.InTheWay[RenewalNotice]; why != "" {
		p.Blocked = why
	}
	return p, err
}
