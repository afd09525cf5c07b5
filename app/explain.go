package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"strings"
	"syscall"

	"countinghouse/app/store"
	"countinghouse/sync/source"
)

// Explain is an error in one sentence that a finance person can act on: what happened and what to
// do. It holds no secret.
func Explain(err error) string {
	if err == nil {
		return ""
	}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var all []string
		for _, e := range joined.Unwrap() {
			all = append(all, Explain(e))
		}
		return strings.Join(all, "\n")
	}
	var s *source.Error
	switch {
	case errors.As(err, &s):
		return explainSource(s)
	case errors.Is(err, context.Canceled):
		return "Stopped. What was finished is kept."
	case errors.Is(err, store.ErrNewer), errors.Is(err, store.ErrCorrupt),
		errors.Is(err, store.ErrLocked):
		return capital(err.Error())
	case errors.Is(err, store.ErrFull), errors.Is(err, syscall.ENOSPC):
		return "The disk is full: free some space and run it again; what was stored before is kept. (" +
			err.Error() + ")"
	case errors.Is(err, store.ErrReadOnly), errors.Is(err, syscall.EROFS):
		return "The profile's folder cannot be written: make it writable, or name another one with " +
			"--data. (" + err.Error() + ")"
	case errors.Is(err, fs.ErrPermission):
		return "No permission: " + err.Error() + ". Make it readable and writable for you."
	}
	return capital(err.Error())
}

// advice says what to do about each kind of error of a source.
var advice = map[source.Kind]string{
	source.KindAuth: "The key is wrong, revoked or lacks a permission. Check it in the connection's " +
		"settings.",
	source.KindLimited:     "The server asks us to slow down. Run the sync again in a few minutes.",
	source.KindUnavailable: "The server could not be reached. Try again later.",
	source.KindRefused:     "The server refused the request.",
	source.KindUnsupported: "This version of the server does not offer it.",
	source.KindMalformed: "The address answers with something else than the service's API. Check the " +
		"URL.",
	source.KindUnknown: "The outcome is not known yet. It will be looked up.",
}

func explainSource(e *source.Error) string {
	do := e.Hint
	if do == "" {
		do = advice[e.Kind]
	}
	detail := e.Op
	if e.Detail != "" {
		detail += ": " + e.Detail
	}
	return fmt.Sprintf("Source %s: %s (%s)", e.Source, do, detail)
}

// inner are names of our own packages before an error's text, which tell people nothing.
var inner = regexp.MustCompile(`(^|: )((bankfile|merge|profile|report|store|demo|sandbox|secret): )+`)

// capital is an error's text as a sentence. One that begins with a file's name or an address keeps
// it as it is.
func capital(s string) string {
	s = inner.ReplaceAllString(s, "$1")
	if s == "" {
		return s
	}
	if first, _, _ := strings.Cut(s, " "); strings.ContainsAny(strings.TrimRight(first, ".:,"), "./_") {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
