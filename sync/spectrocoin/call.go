package spectrocoin

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"countinghouse/sync/source"
)

// door is one of the two APIs, with the token that opens it. It may be used from many goroutines.
type door struct {
	s    *SpectroCoin
	base string
	// sign makes the request for a token.
	sign func(ctx context.Context) (*http.Request, error)

	mu    sync.Mutex
	token string
	until time.Time
	scope string
}

// publicToken asks with client credentials in a form (SpectroCoin, OAuth, read 2026-11).
func (s *SpectroCoin) publicToken(id, secret string) func(context.Context) (*http.Request, error) {
	return func(ctx context.Context) (*http.Request, error) {
		form := url.Values{"grant_type": {"client_credentials"}, "client_id": {id},
			"client_secret": {secret}}
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.public.base+"/oauth/token",
			strings.NewReader(form.Encode()))
		if err == nil {
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		return r, err
	}
}

// walletScope is the only scope that is asked of the wallet API.
const walletScope = "user_account"

// walletToken asks with the same credentials in JSON.
func (s *SpectroCoin) walletToken(id, secret string) func(context.Context) (*http.Request, error) {
	return func(ctx context.Context) (*http.Request, error) {
		body, err := json.Marshal(map[string]string{"client_id": id, "client_secret": secret,
			"version": "1.0", "scope": walletScope})
		if err != nil {
			return nil, err
		}
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.wallet.base+"/oauth2/auth",
			bytes.NewReader(body))
		if err == nil {
			r.Header.Set("Content-Type", "application/json")
		}
		return r, err
	}
}

// statusCode is the HTTP status of a refusal, in an error's chain.
type statusCode int

func (c statusCode) Error() string { return fmt.Sprintf("HTTP %d", int(c)) }

// statusOf is the HTTP status behind an error, 0 for none.
func statusOf(err error) int {
	var c statusCode
	if errors.As(err, &c) {
		return int(c)
	}
	return 0
}

// get reads a reply into v and tries again where that may help.
func (d *door) get(ctx context.Context, op, path string, q url.Values, v any) error {
	return source.Retry(ctx, d.s.o, func(ctx context.Context) error {
		return d.once(ctx, op, path, q, v)
	})
}

// once reads a reply into v. A token that the server does not take any more is renewed once.
func (d *door) once(ctx context.Context, op, path string, q url.Values, v any) error {
	token, fresh, err := d.open(ctx, "")
	if err != nil {
		return err
	}
	body, err := d.read(ctx, op, path, q, token)
	if statusOf(err) == http.StatusUnauthorized && !fresh {
		if token, _, err = d.open(ctx, token); err != nil {
			return err
		}
		body, err = d.read(ctx, op, path, q, token)
	}
	if err != nil {
		return err
	}
	if err := json.Unmarshal(body, v); err != nil {
		return d.s.malformed(op, errors.New("the reply is no JSON of the known form"))
	}
	return nil
}

func (d *door) read(ctx context.Context, op, path string, q url.Values,
	token string) ([]byte, error) {
	address := d.base + path
	if len(q) > 0 {
		address += "?" + q.Encode()
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, d.s.malformed(op, errors.New("the address cannot be built"))
	}
	r.Header.Set("Authorization", "Bearer "+token)
	return d.s.send(ctx, op, r)
}

// open is the token to use, and whether it was asked for just now. One that was refused is not
// given again. Only one goroutine asks at a time.
func (d *door) open(ctx context.Context, refused string) (token string, fresh bool, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := d.s.o.Clock()
	if d.token != "" && d.token != refused && now.Before(d.until) {
		return d.token, false, nil
	}
	d.token = ""
	const op = "ask for a token"
	r, err := d.sign(ctx)
	if err != nil {
		return "", false, d.s.malformed(op, errors.New("the address cannot be built"))
	}
	body, err := d.s.send(ctx, op, r)
	if err != nil {
		return "", false, credentials(err)
	}
	var reply struct {
		Token   string      `json:"access_token"`
		Expires json.Number `json:"expires_in"`
		Scope   string      `json:"scope"`
	}
	if json.Unmarshal(body, &reply) != nil || reply.Token == "" {
		return "", false, d.s.malformed(op, errors.New("the reply holds no token"))
	}
	seconds, err := reply.Expires.Int64()
	if err != nil || seconds < 0 || seconds > 366*24*3600 {
		seconds = 0
	}
	d.token, d.scope = reply.Token, reply.Scope
	d.until = now.Add(time.Duration(seconds)*time.Second - margin)
	return d.token, true, nil
}

// scopes are those that came with the last token.
func (d *door) scopes() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.scope
}

// credentials words the refusal of a token: 401 by the documentation, 400 by the vendor's own test
// server.
func credentials(err error) error {
	var e *source.Error
	if !errors.As(err, &e) || e.Kind == source.KindMalformed {
		return err
	}
	if status := statusOf(err); status == http.StatusUnauthorized || status == http.StatusBadRequest {
		e.Kind = source.KindAuth
		e.Hint = "SpectroCoin does not know the client id with this secret. Copy both again, or " +
			"make new credentials."
	}
	return err
}

// send sends one request and gives the body of its success.
func (s *SpectroCoin) send(ctx context.Context, op string, r *http.Request) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	r.Header.Set("User-Agent", "countinghouse")
	r.Header.Set("Accept", "application/json")
	r.GetBody = nil
	res, err := s.http.Do(r)
	if err != nil {
		return nil, source.TransportError(ctx, s.o.Name, op, err)
	}
	body, err := source.ReadAll(res)
	if err != nil {
		return nil, source.TransportError(ctx, s.o.Name, op, err)
	}
	if at, err := http.ParseTime(res.Header.Get("Date")); err == nil {
		s.date.Store(at.UnixMilli())
	}
	// The older APIs answer an error with 203 and a list.
	if res.StatusCode >= 200 && res.StatusCode < 300 &&
		(res.StatusCode != http.StatusNonAuthoritativeInfo || !isArray(body)) {
		return body, nil
	}
	return nil, s.refusal(op, res, body)
}

func isArray(body []byte) bool { return bytes.HasPrefix(bytes.TrimSpace(body), []byte("[")) }

// refusal is an error that the server words, in any of its forms.
func (s *SpectroCoin) refusal(op string, res *http.Response, body []byte) error {
	said, ok := wording(body)
	status := res.StatusCode
	if status == http.StatusNonAuthoritativeInfo {
		return &source.Error{Kind: source.KindRefused, Source: s.o.Name, Op: op,
			Detail: s.mask(said), Err: statusCode(status)}
	}
	err := source.StatusError(s.o.Name, op, res, s.mask(said))
	var e *source.Error
	if !errors.As(err, &e) {
		return s.malformed(op, fmt.Errorf("HTTP %d", status))
	}
	e.Err = statusCode(status)
	switch {
	case e.Kind == source.KindRefused && !ok:
		e.Kind = source.KindMalformed
		e.Hint = "The address answers, but not as SpectroCoin does. Check the URL."
	case status == http.StatusUnauthorized:
		e.Hint = "SpectroCoin does not take the credentials. Copy client id and secret again."
	case status == http.StatusForbidden:
		e.Hint = "The credentials may not do this: " + op + ". Give them the right to view " +
			"merchant orders, and look at their list of allowed addresses."
	}
	return e
}

// wording is the server's own message: the documented form, that of its test server, or the older
// APIs' list. It reports whether the body has one of these forms.
func wording(body []byte) (string, bool) {
	type coded struct {
		Code    json.RawMessage `json:"code"`
		Message string          `json:"message"`
	}
	var list []coded
	if isArray(body) {
		if json.Unmarshal(body, &list) != nil {
			return "", false
		}
		var out []string
		for _, e := range list {
			out = append(out, string(e.Code)+" "+e.Message)
		}
		return strings.Join(out, "; "), len(list) > 0
	}
	var e struct {
		Message     string          `json:"defaultMessage"`
		Code        string          `json:"errorCode"`
		Trace       string          `json:"traceId"`
		Error       json.RawMessage `json:"error"`
		Description string          `json:"error_description"`
	}
	if json.Unmarshal(body, &e) != nil {
		return "", false
	}
	parts := []string{strings.TrimRight(e.Code, " -"), e.Message, strings.Trim(string(e.Error), `"`),
		e.Description}
	if e.Trace != "" {
		parts = append(parts, "(trace "+e.Trace+")")
	}
	said := strings.Join(strings.Fields(strings.Join(parts, " ")), " ")
	return said, said != ""
}

// fetch reads a small text that needs no token.
func (s *SpectroCoin) fetch(ctx context.Context, op, address string) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return nil, s.malformed(op, errors.New("the address cannot be built"))
	}
	return s.send(ctx, op, r)
}
