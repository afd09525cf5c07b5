package secret

import (
	"errors"
	"strings"
	"testing"

	"github.com/zalando/go-keyring"
)

func finder(env map[string]string) Finder {
	return Finder{Env: func(name string) (string, bool) { v, ok := env[name]; return v, ok }}
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
