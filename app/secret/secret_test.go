package secret

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/zalando/go-keyring"
)

const pass = "correct horse"

func environment(env map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) { v, ok := env[name]; return v, ok }
}

func finder(env map[string]string) *Store { return &Store{Env: environment(env)} }

// filed is a store with a file in a folder of its own, and this environment.
func filed(t *testing.T, env map[string]string) *Store {
	t.Helper()
	s := finder(env)
	s.File = &File{Path: filepath.Join(t.TempDir(), FileName), Env: s.Env, Work: 10}
	return s
}

// again is the store as another process sees it.
func again(s *Store, env map[string]string) *Store {
	return &Store{Env: environment(env), File: &File{Path: s.File.Path, Env: environment(env),
		Work: 10}}
}

func TestTheEnvironmentComesBeforeTheKeyring(t *testing.T) {
	keyring.MockInit()
	f := finder(map[string]string{"COUNTINGHOUSE_STRIPE_EU_SECRET_KEY": "from the environment"})
	if err := keyring.Set(Service, "stripe-eu/secret_key", "from the keyring"); err != nil {
		t.Fatal(err)
	}
	if v, err := f.Find("stripe-eu", "secret_key"); err != nil || v != "from the environment" {
		t.Errorf("got %q, %v", v, err)
	}
	if v, err := finder(nil).Find("stripe-eu", "secret_key"); err != nil || v != "from the keyring" {
		t.Errorf("without the variable: %q, %v", v, err)
	}
	f.Fixed = map[string]string{"COUNTINGHOUSE_STRIPE_EU_SECRET_KEY": "sandbox"}
	if v, _ := f.Find("stripe-eu", "secret_key"); v != "sandbox" {
		t.Errorf("a sandbox's own key: %q", v)
	}
}

func TestAMissingSecretSaysWhereToPutIt(t *testing.T) {
	keyring.MockInit()
	_, err := finder(nil).Find("billing", "access_key")
	if !errors.Is(err, ErrMissing) || !strings.Contains(err.Error(), "COUNTINGHOUSE_BILLING_ACCESS_KEY") {
		t.Errorf("got %v", err)
	}
	keyring.MockInitWithError(errors.New("no daemon"))
	if _, err := finder(nil).Find("billing", "secret"); !errors.Is(err, ErrMissing) ||
		!strings.Contains(err.Error(), "keyring cannot be used") {
		t.Errorf("without a keyring: %v", err)
	}
}

// TestWhereASecretGoes walks through the places: the keyring takes it, else the file, and each is
// found where it went.
func TestWhereASecretGoes(t *testing.T) {
	keyring.MockInit()
	s := filed(t, map[string]string{PassphraseEnv: pass})
	if place, err := s.Set("stripe", "secret_key", "in the keyring"); place != InKeyring || err != nil {
		t.Errorf("with a keyring: %q, %v", place, err)
	}
	if s.File.Exists() {
		t.Error("the file was made although the keyring works")
	}
	keyring.MockInitWithError(errors.New("locked"))
	if place, err := s.Set("stripe", "secret_key", "in the file"); place != InFile || err != nil {
		t.Fatalf("without a keyring: %q, %v", place, err)
	}
	if v, err := s.Find("stripe", "secret_key"); v != "in the file" || err != nil {
		t.Errorf("found %q, %v", v, err)
	}
	other := again(s, map[string]string{PassphraseEnv: pass})
	if place, err := other.Where("stripe", "secret_key"); place != InFile || err != nil {
		t.Errorf("another process: %q, %v", place, err)
	}
	if _, err := other.Find("stripe", "webhook_secret"); !errors.Is(err, ErrMissing) {
		t.Errorf("a field that is not there: %v", err)
	}
	keyring.MockInit()
	if place, err := s.Set("stripe", "secret_key", "in the keyring again"); place != InKeyring || err != nil {
		t.Errorf("the keyring is back: %q, %v", place, err)
	}
	if s.File.Exists() {
		t.Error("the older key still stands in the file")
	}
}

func TestForgetTakesASecretFromBothPlaces(t *testing.T) {
	keyring.MockInitWithError(errors.New("locked"))
	s := filed(t, map[string]string{PassphraseEnv: pass})
	for _, field := range []string{"identifier", "secret"} {
		if _, err := s.Set("billing", field, "older"); err != nil {
			t.Fatal(err)
		}
	}
	keyring.MockInit()
	if err := keyring.Set(Service, "billing/secret", "newer"); err != nil {
		t.Fatal(err)
	}
	places, err := s.Forget("billing", "secret")
	if err != nil || len(places) != 2 {
		t.Errorf("forgotten at %v, %v", places, err)
	}
	if _, err := s.Find("billing", "secret"); !errors.Is(err, ErrMissing) {
		t.Errorf("still found: %v", err)
	}
	if v, err := s.Find("billing", "identifier"); v != "older" || err != nil {
		t.Errorf("the other field: %q, %v", v, err)
	}
	if places, err := s.Forget("billing", "identifier"); err != nil || len(places) != 1 || s.File.Exists() {
		t.Errorf("the last one: %v, %v; the file is there: %v", places, err, s.File.Exists())
	}
	if places, err := s.Forget("billing", "identifier"); err != nil || len(places) != 0 {
		t.Errorf("nothing to forget: %v, %v", places, err)
	}
}

// TestPassphrases checks every way in which a passphrase is given, and each that cannot be right.
func TestPassphrases(t *testing.T) {
	keyring.MockInitWithError(errors.New("no daemon"))
	s := filed(t, nil)
	if _, err := s.Set("stripe", "secret_key", "x"); !errors.Is(err, ErrLocked) {
		t.Errorf("none: %v", err)
	}
	if err := s.File.Unlock("short"); err == nil || !strings.Contains(err.Error(), "8 characters") {
		t.Errorf("too short: %v", err)
	}
	if err := s.File.Unlock(pass); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Set("stripe", "secret_key", "x"); err != nil {
		t.Fatal(err)
	}
	if _, err := again(s, nil).Find("stripe", "secret_key"); !errors.Is(err, ErrLocked) {
		t.Errorf("locked: %v", err)
	}
	if !again(s, nil).File.Locked() || s.File.Locked() {
		t.Error("which one is locked is not known")
	}
	wrong := again(s, map[string]string{PassphraseEnv: "another one"})
	if _, err := wrong.Find("stripe", "secret_key"); !errors.Is(err, ErrPassphrase) {
		t.Errorf("wrong: %v", err)
	}
	if err := again(s, nil).File.Unlock("another one"); !errors.Is(err, ErrPassphrase) {
		t.Errorf("unlocked with a wrong one: %v", err)
	}
	name := filepath.Join(t.TempDir(), "passphrase")
	if err := os.WriteFile(name, []byte(pass+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	byFile := map[string]string{PassphraseFileEnv: name}
	if _, err := again(s, byFile).Find("stripe", "secret_key"); err == nil ||
		!strings.Contains(err.Error(), "can be read by others") {
		t.Errorf("a file that others can read: %v", err)
	}
	if err := os.Chmod(name, 0o600); err != nil {
		t.Fatal(err)
	}
	if v, err := again(s, byFile).Find("stripe", "secret_key"); v != "x" || err != nil {
		t.Errorf("by file: %q, %v", v, err)
	}
	asked := again(s, nil)
	asked.File.Ask = func(fresh bool) (string, error) {
		if fresh {
			t.Error("asked for a new passphrase although there is a file")
		}
		return pass, nil
	}
	if v, err := asked.Find("stripe", "secret_key"); v != "x" || err != nil {
		t.Errorf("asked: %q, %v", v, err)
	}
}

// TestDamagedFileSaysSo flips each byte of the file in turn and cuts it: no secret comes out, and
// the error is one of the two that a person can act on.
func TestDamagedFileSaysSo(t *testing.T) {
	keyring.MockInitWithError(errors.New("no daemon"))
	s := filed(t, map[string]string{PassphraseEnv: pass})
	if _, err := s.Set("stripe", "secret_key", "planted-secret"); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(s.File.Path)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(whole, []byte("planted")) || bytes.Contains(whole, []byte("stripe")) {
		t.Error("the file holds something in the clear")
	}
	if info, err := os.Stat(s.File.Path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	for i := range whole {
		broken := bytes.Clone(whole)
		broken[i] ^= 1
		for _, text := range [][]byte{broken, whole[:i]} {
			_, err := unseal(text, pass)
			if !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrPassphrase) ||
				strings.Contains(err.Error(), "planted") {
				t.Fatalf("byte %d: %v", i, err)
			}
		}
	}
}

// TestAWriteThatFailsLeavesTheOldFile cannot write the new file: the old one stays and is read.
func TestAWriteThatFailsLeavesTheOldFile(t *testing.T) {
	keyring.MockInitWithError(errors.New("no daemon"))
	s := filed(t, map[string]string{PassphraseEnv: pass})
	if _, err := s.Set("stripe", "secret_key", "first"); err != nil {
		t.Fatal(err)
	}
	// A folder in the new file's place: nobody can write there.
	if err := os.Mkdir(s.File.Path+".new", 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Set("stripe", "secret_key", "second"); err == nil || strings.Contains(err.Error(), "second") {
		t.Errorf("written although it cannot be: %v", err)
	}
	if v, err := again(s, map[string]string{PassphraseEnv: pass}).Find("stripe", "secret_key"); v != "first" ||
		err != nil {
		t.Errorf("the old one is %q, %v", v, err)
	}
}

// TestAKilledWriteLeavesTheOldFile leaves what a process leaves that was killed before the new file
// took the old one's place: half of it, encrypted, beside the old one.
func TestAKilledWriteLeavesTheOldFile(t *testing.T) {
	keyring.MockInitWithError(errors.New("no daemon"))
	env := map[string]string{PassphraseEnv: pass}
	s := filed(t, env)
	if _, err := s.Set("stripe", "secret_key", "first"); err != nil {
		t.Fatal(err)
	}
	next, err := seal(map[string]string{"stripe/secret_key": "second"}, pass, 10)
	if err != nil {
		t.Fatal(err)
	}
	for n := range next {
		if err := os.WriteFile(s.File.Path+".new", next[:n], 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if v, err := again(s, env).Find("stripe", "secret_key"); v != "first" || err != nil {
		t.Errorf("after the kill: %q, %v", v, err)
	}
	if _, err := again(s, env).Set("stripe", "secret_key", "third"); err != nil {
		t.Fatal(err)
	}
	if v, err := again(s, env).Find("stripe", "secret_key"); v != "third" || err != nil {
		t.Errorf("written again: %q, %v", v, err)
	}
	if _, err := os.Stat(s.File.Path + ".new"); !os.IsNotExist(err) {
		t.Errorf("the half is still there: %v", err)
	}
}

// TestTheFileIsReadAgainAfterAnotherProcessWroteIt keeps a key in one process and finds it in another
// that has read the file before.
func TestTheFileIsReadAgainAfterAnotherProcessWroteIt(t *testing.T) {
	keyring.MockInitWithError(errors.New("no daemon"))
	env := map[string]string{PassphraseEnv: pass}
	s := filed(t, env)
	other := again(s, env)
	for _, value := range []string{"one", "another", "a third"} {
		if _, err := s.Set("stripe", "secret_key", value); err != nil {
			t.Fatal(err)
		}
		if v, err := other.Find("stripe", "secret_key"); v != value || err != nil {
			t.Errorf("the other process finds %q, %v, want %q", v, err, value)
		}
	}
}
