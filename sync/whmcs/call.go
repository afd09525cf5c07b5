package whmcs

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"unicode"

	"countinghouse/sync/source"
)

// What an Error of this package may wrap beside its kind.
var (
	// errNotFound: WHMCS knows no record of the id.
	errNotFound = errors.New("not found")
	// errRole: the API role does not allow the action.
	errRole = errors.New("action not allowed")
	// errUTF8: WHMCS cannot write the reply as JSON, because a stored text is not UTF-8.
	errUTF8 = errors.New("reply is not UTF-8")
	// errReply: the reply is no reply of the API.
	errReply = errors.New("no reply of the API")
)

// malformedTries is how often a read whose reply is no reply is sent: a web server in trouble
// answers with a page once and properly the next time, a wrong address never does.
const malformedTries = 3

// call sends a reading request until there is an answer. A reply that WHMCS cannot write as JSON is
// asked for as XML. The error is a *source.Error, or ctx's own.
func (s *WHMCS) call(ctx context.Context, r request) (node, error) {
	var out node
	tries := 0
	err := source.Retry(ctx, s.options, func(ctx context.Context) error {
		var err error
		out, err = s.send(ctx, r, "json")
		if errors.Is(err, errUTF8) {
			n, xmlErr := s.send(ctx, r, "xml")
			if xmlErr == nil || source.KindOf(xmlErr) != source.KindMalformed {
				out, err = n, xmlErr
			}
		}
		if errors.Is(err, errReply) {
			var e *source.Error
			if tries++; tries < malformedTries && errors.As(err, &e) {
				again := *e
				again.Kind = source.KindUnavailable
				return &again
			}
		}
		return err
	})
	return out, err
}

// send sends a request once and reads the reply in the given format.
func (s *WHMCS) send(ctx context.Context, r request, format string) (node, error) {
	form := make(url.Values, len(r.form)+5)
	for k, v := range r.form {
		form[k] = v
	}
	form["action"] = []string{r.action}
	form["responsetype"] = []string{format}
	for field, name := range map[string]string{"identifier": "identifier", "secret": "secret",
		"accesskey": "access_key"} {
		if v := s.options.Secrets[name]; v != "" {
			form[field] = []string{v.Reveal()}
		}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.api.String(),
		strings.NewReader(form.Encode()))
	if err != nil {
		return nil, fmt.Errorf("whmcs: %s: %w", r.op(), err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept", "application/json")
	res, err := s.http.Do(req)
	if err != nil {
		return nil, source.TransportError(ctx, s.options.Name, r.op(), err)
	}
	body, err := source.ReadAll(res)
	if err != nil {
		return nil, source.TransportError(ctx, s.options.Name, r.op(), err)
	}
	return s.open(r, format, res, body)
}

var malformedUTF8 = regexp.MustCompile(`(?i)malformed utf-?8`)

// open tells the three outcomes apart: success, refused, and anything else.
func (s *WHMCS) open(r request, format string, res *http.Response, body []byte) (node, error) {
	parse := parseJSON
	if format == "xml" {
		parse = parseXML
	}
	n, ok := parse(body)
	switch message := s.clean(n.word("message")); {
	case ok && n.result() == "success" && res.StatusCode/100 == 2:
		return n, nil
	case malformedUTF8.MatchString(message) || !ok && malformedUTF8.Match(body):
		return nil, &source.Error{Kind: source.KindMalformed, Source: s.options.Name, Op: r.op(),
			Detail: "WHMCS cannot write the reply: malformed UTF-8", Err: errUTF8,
			Hint: "A text stored in WHMCS is damaged, often a service's password. Save that " +
				"record again in WHMCS."}
	case ok && n.result() == "error":
		return nil, s.refusal(r, res, message)
	}
	var e *source.Error
	err := source.StatusError(s.options.Name, r.op(), res, "")
	if errors.As(err, &e) && e.Kind != source.KindRefused {
		if e.Kind == source.KindAuth {
			e.Hint = "The web server in front of WHMCS refused the call. Ask its administrator to " +
				"let calls to includes/api.php through."
		}
		return nil, err
	}
	return nil, s.malformed(r, describe(body), errReply)
}

// malformed is the error of a reply that is not what WHMCS documents.
func (s *WHMCS) malformed(r request, detail string, cause error) error {
	return &source.Error{Kind: source.KindMalformed, Source: s.options.Name, Op: r.op(),
		Detail: detail, Err: cause,
		Hint: "The address does not answer as WHMCS's API does. Check that the URL is the system " +
			"URL, and that WHMCS is not in maintenance."}
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

// refusals are the texts by which WHMCS refuses, in lower case, first match first. The texts of
// authentication are from users' reports; all others are documented.
var refusals = []struct {
	text  string
	kind  source.Kind
	cause error
	hint  string
}{
	{"invalid ip", source.KindAuth, nil, "WHMCS does not accept calls from this computer's " +
		"address. Add it in WHMCS under General Settings, Security, API IP Access Restriction, or " +
		"enter the API access key here."},
	{"forbidden ip", source.KindAuth, nil, "WHMCS has banned this computer's address. Remove the " +
		"ban in WHMCS under Banned IPs."},
	{"invalid permissions", source.KindAuth, errRole, ""},
	{"credentials", source.KindAuth, nil, badCredentials},
	{"authentication failed", source.KindAuth, nil, badCredentials},
	{"api access", source.KindAuth, nil, "The administrator of these credentials lacks the " +
		"permission API Access in WHMCS."},
	{"api function not found", source.KindUnsupported, nil, "This version of WHMCS does not have " +
		"the call."},
	{"not found", source.KindRefused, errNotFound, ""},
}

const badCredentials = "WHMCS does not know these API credentials. Check identifier and secret " +
	"under Manage API Credentials in WHMCS."

// refusal turns WHMCS's refusal into an Error with WHMCS's own message.
func (s *WHMCS) refusal(r request, res *http.Response, message string) error {
	e := &source.Error{Kind: source.KindRefused, Source: s.options.Name, Op: r.op()}
	if err := source.StatusError(s.options.Name, r.op(), res, ""); err != nil {
		errors.As(err, &e)
	}
	e.Detail = message
	lower := strings.ToLower(message)
	for _, f := range refusals {
		if !strings.Contains(lower, f.text) {
			continue
		}
		if e.Kind == source.KindRefused || e.Kind == source.KindAuth {
			e.Kind, e.Hint, e.Err = f.kind, f.hint, f.cause
		}
		break
	}
	if errors.Is(e, errRole) {
		e.Hint = "The API role of these credentials lacks the action " + r.action +
			". Allow it in WHMCS under Manage API Credentials, API Roles."
	}
	return e
}

// clean is a message of WHMCS as it may be shown and logged: one line, no secrets, 300 bytes.
func (s *WHMCS) clean(message string) string {
	message = strings.Map(func(c rune) rune {
		if unicode.IsControl(c) {
			return ' '
		}
		return c
	}, message)
	return clip(source.Raw(message, s.options.Secrets), 300)
}

func isNotFound(err error) bool { return errors.Is(err, errNotFound) }
