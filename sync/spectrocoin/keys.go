package spectrocoin

import (
	"context"
	"crypto/rsa"
	"errors"
	"fmt"
	"net/url"
	"sync"
	"time"

	"countinghouse/sync/source"
)

// keyPath is where SpectroCoin shows the public half of the key that signs callbacks.
const keyPath = "/files/merchant.public.pem"

// keyAgain is how long a key is kept before a signature that does not fit makes us look whether it
// was changed.
const keyAgain = 10 * time.Minute

// keyring holds the key that proves form callbacks: the one of the settings, else the one that the
// service shows, fetched once. It may be used from many goroutines.
type keyring struct {
	s      *SpectroCoin
	pinned string

	mu    sync.Mutex
	key   *rsa.PublicKey
	print string
	at    time.Time
}

// get is the key. Its errors are of kind unavailable where it cannot be had now, and malformed where
// what is there is no key that proves anything.
func (k *keyring) get(ctx context.Context) (*rsa.PublicKey, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.key != nil {
		return k.key, nil
	}
	return k.load(ctx)
}

// renew looks whether the key was changed, at most once in keyAgain. It reports false where there is
// no other key.
func (k *keyring) renew(ctx context.Context) (*rsa.PublicKey, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.pinned != "" || k.s.o.Clock().Sub(k.at) < keyAgain {
		return nil, false
	}
	before := k.print
	key, err := k.load(ctx)
	return key, err == nil && k.print != before
}

func (k *keyring) load(ctx context.Context) (*rsa.PublicKey, error) {
	const op = "read the callback key"
	text := []byte(k.pinned)
	k.at = k.s.o.Clock()
	if k.pinned == "" {
		var err error
		if text, err = k.s.fetch(ctx, op, k.s.root+keyPath); err != nil {
			return nil, err
		}
	}
	key, print, err := publicKey(text)
	if err != nil {
		return nil, &source.Error{Kind: source.KindMalformed, Source: k.s.o.Name, Op: op,
			Detail: err.Error(), Err: err, Hint: "SpectroCoin's public key cannot be used. Fetch " +
				"it from SpectroCoin's site and put it into the setting public_key."}
	}
	k.key, k.print = key, print
	return key, nil
}

// callbackKey tells of the key that proves callbacks, and warns where the one of the settings is not
// the one that the service shows.
func (s *SpectroCoin) callbackKey(ctx context.Context) (source.Permission, string) {
	p := source.Permission{Title: "Callback key", Access: "read",
		UsedFor: "taking signed callbacks of older projects"}
	text, err := s.fetch(ctx, "read the callback key", s.root+keyPath)
	shown := ""
	if err == nil {
		_, shown, err = publicKey(text)
	}
	mine := shown
	if s.keys.pinned != "" {
		_, mine, err = publicKey([]byte(s.keys.pinned))
	}
	if p.Granted = err == nil; !p.Granted {
		return p, ""
	}
	p.Title += " SHA-256 " + mine[:16]
	if shown != "" && mine != shown {
		return p, fmt.Sprintf("SpectroCoin shows another public key (%s) than the setting "+
			"public_key holds (%s). If SpectroCoin has announced a new key, change the setting.",
			shown[:16], mine[:16])
	}
	return p, ""
}

// keyWarnings warn of keys in the settings that prove nothing.
func (s *SpectroCoin) keyWarnings() []string {
	var out []string
	warn := func(what string, err error) {
		if err != nil {
			out = append(out, fmt.Sprintf("The %s cannot be used: %v.", what, err))
		}
	}
	if text := s.o.Secrets["private_key"].Reveal(); text != "" {
		key, err := privateKey([]byte(text))
		if err == nil {
			_, err = keyPrint(&key.PublicKey)
		}
		warn("merchant's private key", err)
	}
	if s.keys.pinned != "" {
		_, _, err := publicKey([]byte(s.keys.pinned))
		warn("public key of the settings", err)
	}
	return out
}

// proven checks a form's signature, with a new key where the old one does not fit any more.
func (s *SpectroCoin) proven(ctx context.Context, form url.Values) error {
	key, err := s.keys.get(ctx)
	if err != nil {
		return err
	}
	err = callbackSigning.verify(form, key)
	if errors.Is(err, errSignature) {
		if key, changed := s.keys.renew(ctx); changed {
			err = callbackSigning.verify(form, key)
		}
	}
	return err
}
