package source

import (
	"errors"
	"fmt"
	"time"

	"countinghouse/app/book"
)

// Kind is the kind of an error of a source; callers act on kinds and never on texts.
type Kind string

// The kinds of error.
const (
	// KindAuth: the key is wrong, revoked or lacks a permission. A person must act.
	KindAuth Kind = "auth"
	// KindLimited: too many requests, even after waiting. Try later.
	KindLimited Kind = "limited"
	// KindUnavailable: no network, no such host, TLS failure, time-out, 5xx. Try later.
	KindUnavailable Kind = "unavailable"
	// KindRefused: the provider understood and said no. A person must act.
	KindRefused Kind = "refused"
	// KindUnknown: a write whose outcome is not known. Ask, never send again.
	KindUnknown Kind = "unknown outcome"
	// KindUnsupported: this version or account of the provider does not have it.
	KindUnsupported Kind = "unsupported"
	// KindMalformed: the reply is not what the provider documents: HTML, a broken body.
	KindMalformed Kind = "malformed"
)

// Error is an error of a source. Its text is for logs and holds no secret and no payload.
type Error struct {
	Kind   Kind
	Source book.SourceName
	// Op is what was asked: "list payouts".
	Op string
	// Detail is the provider's own message or the transport's, for people who look deeper.
	Detail string
	// Hint says in words for a person what to do; "" for the kind's usual advice.
	Hint string
	// RetryAfter is how long the provider asked to wait, zero where it did not.
	RetryAfter time.Duration
	Err        error
}

// Error is the source, the operation, the kind and the detail.
func (e *Error) Error() string {
	s := fmt.Sprintf("%s: %s: %s", e.Source, e.Op, e.Kind)
	if e.Detail != "" {
		s += ": " + e.Detail
	}
	return s
}

// Unwrap is the cause.
func (e *Error) Unwrap() error { return e.Err }

// KindOf is the kind of the first Error in err's chain, "" where there is none.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return ""
}
