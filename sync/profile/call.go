package profile

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode"

	"countinghouse/sync/source"
)

// What an Error of this package may wrap beside its kind.
var (
	// errNotFound: the system knows no record of the id.
	errNotFound = errors.New("not found")
	// errForbidden: the key is right, but may not read this.
	errForbidden = errors.New("not allowed")
	// errReply: the reply is none that the mapping describes.
	errReply = errors.New("no reply of the interface")
)

// malformedTries is how often a read whose reply is no reply is sent: a server in trouble answers
// with half a body once and properly the next time, a wrong address never does.
const malformedTries = 3

// reply is a page as it came.
type reply struct {
	body   any
	header http.Header
}

// call reads a page until there is an answer. The error is a *source.Error, or ctx's own.
func (s *Source) call(ctx context.Context, op, path string, query url.Values) (reply, error) {
	var out reply
	tries := 0
	err := source.Retry(ctx, s.options, func(ctx context.Context) error {
		var err error
		out, err = s.send(ctx, op, path, query)
		var e *source.Error
		if errors.Is(err, errReply) && errors.As(err, &e) {
			if tries++; tries < malformedTries {
				again := *e
				again.Kind = source.KindUnavailable
				return &again
			}
		}
		return err
	})
	return out, err
}

// address is where a page stands: a path with its own query, and more parameters.
func (s *Source) address(path string, query url.Values) *url.URL {
	path, own, _ := strings.Cut(path, "?")
	u := *s.api
	u.Path += path
	all, err := url.ParseQuery(own)
	if err != nil {
		all = url.Values{}
	}
	for k, v := range query {
		all[k] = v
	}
	u.RawQuery = all.Encode()
	return &u
}

// send sends a read once.
func (s *Source) send(ctx context.Context, op, path string, query url.Values) (reply, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.address(path, query).String(), nil)
	if err != nil {
		return reply{}, fmt.Errorf("profile: %s: %w", op, err)
	}
	req.Header.Set("Accept", "application/json")
	secret := s.options.Secrets[s.mapping.Connection.secret()].Reveal()
	switch c := s.mapping.Connection; c.Auth {
	case "bearer":
		req.Header.Set("Authorization", "Bearer "+secret)
	case "basic":
		req.SetBasicAuth(c.User, secret)
	case "header":
		req.Header.Set(c.Header, secret)
	}
	res, err := s.http.Do(req)
	if err != nil {
		return reply{}, source.TransportError(ctx, s.options.Name, op, err)
	}
	body, err := source.ReadAll(res)
	if err != nil {
		return reply{}, source.TransportError(ctx, s.options.Name, op, err)
	}
	return s.open(op, res, body)
}

// open tells the outcomes apart: an answer, an error of the system, and anything else.
func (s *Source) open(op string, res *http.Response, body []byte) (reply, error) {
	v, err := decode(body)
	message, bad := s.refusal(v)
	if err == nil && !bad && res.StatusCode/100 == 2 {
		return reply{v, res.Header}, nil
	}
	e := &source.Error{Kind: source.KindRefused, Source: s.options.Name, Op: op, Detail: message}
	if err := source.StatusError(s.options.Name, op, res, message); err != nil {
		errors.As(err, &e)
	}
	if err != nil && (e.Kind == source.KindRefused) {
		return reply{}, s.malformed(op, describe(body), errReply)
	}
	switch {
	case e.Kind == source.KindAuth && res.StatusCode == http.StatusForbidden:
		e.Err, e.Hint = errForbidden, "The key may not read this in "+s.describe.Title+
			". Give it the permission to read it."
	case e.Kind == source.KindAuth:
		e.Hint = s.describe.Title + " does not know this " + s.mapping.Connection.secret() +
			". Check it in the connection's settings."
	case e.Kind == source.KindRefused && (res.StatusCode == http.StatusNotFound ||
		s.saysNotFound(message)):
		e.Err = errNotFound
	}
	return reply{}, e
}

// decode reads one JSON value and nothing behind it. Numbers stay digits.
func decode(body []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(body, []byte("\ufeff"))))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errReply
	}
	return v, nil
}

// refusal is the message of an error that stands in a reply, and whether there is one.
func (s *Source) refusal(v any) (string, bool) {
	e := s.mapping.Errors
	if e.Path == "" {
		return "", false
	}
	at := lookup(v, e.Path)
	switch x := at.(type) {
	case nil:
		return "", false
	case []any:
		if len(x) == 0 {
			return "", false
		}
	case map[string]any:
		if len(x) == 0 {
			return "", false
		}
	default:
		if w, _ := word(x); w == "" || w == "0" || w == "false" {
			return "", false
		}
	}
	message, _ := word(at)
	if e.Message != "" {
		message, _ = word(lookup(v, e.Message))
	}
	return s.clean(message), true
}

func (s *Source) saysNotFound(message string) bool {
	return slices.ContainsFunc(s.mapping.Errors.NotFound, func(part string) bool {
		return part != "" && strings.Contains(strings.ToLower(message), strings.ToLower(part))
	})
}

// malformed is the error of a reply that is not what the mapping describes.
func (s *Source) malformed(op, detail string, cause error) error {
	return &source.Error{Kind: source.KindMalformed, Source: s.options.Name, Op: op, Detail: detail,
		Err: cause, Hint: "The address does not answer as the billing profile \"" + s.mapping.Name +
			"\" describes. Check the URL, or try the profile with countinghouse profile try."}
}

// describe says what a reply that is none looks like, without its content.
func describe(body []byte) string {
	head := strings.ToLower(string(body[:min(len(body), 1024)]))
	switch {
	case strings.TrimSpace(head) == "":
		return "empty reply"
	case strings.Contains(head, "<html") || strings.Contains(head, "<!doctype"):
		return "a web page instead of a reply"
	}
	return fmt.Sprintf("unreadable reply of %d bytes", len(body))
}

// clean is a message of the system as it may be shown and logged: one line, no secrets, 300 bytes.
func (s *Source) clean(message string) string {
	message = strings.Map(func(c rune) rune {
		if unicode.IsControl(c) {
			return ' '
		}
		return c
	}, message)
	return clip(source.Raw(message, s.options.Secrets), 300)
}

// about reads the page on which the system says who it is, and makes sure that it is the one that
// the mapping describes; nil where the mapping names no such page.
func (s *Source) about(ctx context.Context) (any, error) {
	a := s.mapping.About
	if a.Path == "" {
		return nil, nil
	}
	const op = "read about the source"
	page, err := s.call(ctx, op, a.Path, nil)
	if err != nil {
		return nil, err
	}
	for _, path := range slices.Sorted(maps.Keys(a.Expect)) {
		want := a.Expect[path]
		if got, _ := word(lookup(page.body, path)); got != want {
			return nil, s.malformed(op, fmt.Sprintf("%s is %q, not %q", path,
				s.clean(clip(got, 60)), want), nil)
		}
	}
	return page.body, nil
}

// declares reports whether the system declares a capability; always where none is asked for or
// where it declares nothing at all.
func (s *Source) declares(about any, capability string) bool {
	path := s.mapping.About.Capabilities
	if capability == "" || path == "" {
		return true
	}
	list, _ := lookup(about, path).([]any)
	return slices.ContainsFunc(list, func(x any) bool { return x == capability })
}
