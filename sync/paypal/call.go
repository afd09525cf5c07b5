package paypal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"countinghouse/sync/source"
)

// token is a bearer token, in memory only.
type token struct {
	value string
	// until is when it must be renewed, by our clock.
	until  time.Time
	scopes []string
}

// mayPay reports whether the token's scopes say that it may move money.
func (t token) mayPay() bool {
	return slices.ContainsFunc(t.scopes, func(s string) bool {
		return strings.Contains(s, "/payments/refund") || strings.Contains(s, "/payments/payouts") ||
			strings.Contains(s, "/services/payments/payment")
	})
}

const tokenPath = "/v1/oauth2/token"

// early is how long before its end a token is renewed.
const early = 2 * time.Minute

// bearer is a token that is good for now.
func (p *PayPal) bearer(ctx context.Context) (string, error) {
	if p.token.value != "" && p.o.Clock().Before(p.token.until) {
		return p.token.value, nil
	}
	p.token = token{}
	err := source.Retry(ctx, p.o, p.renew)
	return p.token.value, err
}

// renew asks for a token.
func (p *PayPal) renew(ctx context.Context) error {
	const op = "get a token"
	form := url.Values{"grant_type": {"client_credentials"}}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost,
		p.base.JoinPath(tokenPath).String(), strings.NewReader(form.Encode()))
	if err != nil {
		return p.malformed(op, err)
	}
	r.SetBasicAuth(p.o.Secrets["client_id"].Reveal(), p.o.Secrets["client_secret"].Reveal())
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	var reply wireToken
	if err := p.send(r, op, &reply); err != nil {
		return err
	}
	seconds, err := reply.ExpiresIn.Int64()
	if reply.Token == "" || !strings.EqualFold(reply.Type, "Bearer") || err != nil || seconds < 1 {
		return p.malformed(op, errors.New("the reply is no token"))
	}
	life := min(time.Duration(min(seconds, 7*oneDay))*time.Second, 7*24*time.Hour)
	p.token = token{value: reply.Token, until: p.o.Clock().Add(max(life-early, life/2)),
		scopes: strings.Fields(reply.Scope)}
	return nil
}

// get reads a reply into v and tries again where that may help. A token that is refused is renewed
// once: it may have been revoked before its time.
func (p *PayPal) get(ctx context.Context, op, path string, q url.Values, v any) error {
	renewed := false
	for {
		bearer, err := p.bearer(ctx)
		if err != nil {
			return err
		}
		err = source.Retry(ctx, p.o, func(ctx context.Context) error {
			u := p.base.JoinPath(path)
			u.RawQuery = q.Encode()
			r, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
			if err != nil {
				return p.malformed(op, err)
			}
			r.Header.Set("Authorization", "Bearer "+bearer)
			return p.send(r, op, v)
		})
		var no refusal
		if !errors.As(err, &no) || no.status != http.StatusUnauthorized || renewed {
			return err
		}
		p.token, renewed = token{}, true
	}
}

// send sends one request to PayPal and reads its JSON reply into v.
func (p *PayPal) send(r *http.Request, op string, v any) error {
	ctx := r.Context()
	if err := ctx.Err(); err != nil {
		return err
	}
	r.Header.Set("Accept", "application/json")
	r.Header.Set("User-Agent", "countinghouse")
	res, err := p.client.Do(r)
	if err != nil {
		return source.TransportError(ctx, p.o.Name, op, err)
	}
	body, err := source.ReadAll(res)
	if err != nil {
		return source.TransportError(ctx, p.o.Name, op, err)
	}
	if at, err := http.ParseTime(res.Header.Get("Date")); err == nil {
		p.date = at.UTC()
	}
	if res.StatusCode < 200 || res.StatusCode >= 300 {
		return p.failure(op, res, body)
	}
	if err := json.Unmarshal(body, v); err != nil {
		return p.malformed(op, errors.New("the reply is not the JSON that PayPal documents"))
	}
	return nil
}

func (p *PayPal) malformed(op string, err error) error {
	return &source.Error{Kind: source.KindMalformed, Source: p.o.Name, Op: op,
		Detail: p.mask(err.Error()),
		Hint:   "The address answers, but not as PayPal does. Check the URL."}
}

// mask takes secrets, the token among them, and card numbers out of a text.
func (p *PayPal) mask(text string) string {
	secrets := maps.Clone(p.o.Secrets)
	if p.token.value != "" {
		secrets["access_token"] = source.Secret(p.token.value)
	}
	return source.Raw(text, secrets)
}

// refusal is PayPal's own code of an error, in an error's chain.
type refusal struct {
	status int
	name   string
	issues []string
}

// Error is the code.
func (r refusal) Error() string { return r.name }

func (r refusal) says(code string) bool { return r.name == code || slices.Contains(r.issues, code) }

// refusedAs reports whether PayPal refused with a code.
func refusedAs(err error, code string) bool {
	var r refusal
	return errors.As(err, &r) && r.says(code)
}

// denied reports whether PayPal knows the app, but does not let it do this.
func denied(err error) bool {
	var r refusal
	return errors.As(err, &r) && r.status == http.StatusForbidden
}

// refused reports whether PayPal knows the app and says no, for good. What only adds to the
// transactions is then done without: a pull must not hang on it.
func refused(err error) bool {
	kind := source.KindOf(err)
	return denied(err) || kind == source.KindRefused || kind == source.KindUnsupported
}

// failure turns a reply other than success into an error.
func (p *PayPal) failure(op string, res *http.Response, body []byte) error {
	var said wireError
	readable := json.Unmarshal(body, &said) == nil && said.Name+said.Error != ""
	if !readable && res.StatusCode != http.StatusTooManyRequests && res.StatusCode < 500 {
		if res.StatusCode >= 300 && res.StatusCode < 400 {
			return source.StatusError(p.o.Name, op, res, "")
		}
		return p.malformed(op, fmt.Errorf("HTTP %d and a body that is not PayPal's",
			res.StatusCode))
	}
	why := refusal{status: res.StatusCode, name: said.Name + said.Error}
	detail := []string{why.name, said.Message + said.Description}
	for _, d := range said.Details {
		why.issues = append(why.issues, d.Issue)
		detail = append(detail, d.Issue, d.Description)
	}
	if id := res.Header.Get("Paypal-Debug-Id"); id != "" {
		detail = append(detail, "(debug id "+id+")")
	} else if said.DebugID != "" {
		detail = append(detail, "(debug id "+said.DebugID+")")
	}
	detail = slices.DeleteFunc(detail, func(s string) bool { return strings.TrimSpace(s) == "" })
	err := source.StatusError(p.o.Name, op, res, p.mask(strings.Join(detail, " ")))
	var e *source.Error
	if !errors.As(err, &e) {
		return p.malformed(op, fmt.Errorf("HTTP %d with an error", res.StatusCode))
	}
	e.Err = why
	switch {
	case why.says("invalid_client"):
		// The token's address refuses a wrong app with either status.
		e.Kind = source.KindAuth
		e.Hint = "PayPal does not know the app. Copy its Client ID and Secret again, and mind " +
			"that live and sandbox have their own."
	case res.StatusCode == http.StatusUnauthorized:
		e.Hint = "PayPal refuses the app's token. Copy the Client ID and Secret again."
	case res.StatusCode == http.StatusForbidden:
		e.Hint = "The app may not do this: " + op + ". Switch on its features in the Developer " +
			"Dashboard (Transaction Search, Customer Disputes). It may take some hours."
	}
	return e
}
