package app

import (
	"context"
	"strings"
	"testing"

	"github.com/zalando/go-keyring"

	"countinghouse/app/secret"
	"countinghouse/sync/source"
)

// probe is a source that only shows with what it was opened.
type probe struct{ source.Puller }

// TestKeysInTheEnvironmentNeedNoKeyring opens a source whose needed key is in the environment: the
// keyring is not asked for the optional one. Without the needed key it is, for both.
func TestKeysInTheEnvironmentNeedNoKeyring(t *testing.T) {
	keyring.MockInit()
	for _, field := range []string{"needed", "optional"} {
		if err := keyring.Set(secret.Service, "probe/"+field, "from the keyring"); err != nil {
			t.Fatal(err)
		}
	}
	var opened source.Options
	kinds["probe"] = kind{describe: source.Description{Title: "Probe", Secrets: []source.Field{
		{Name: "needed"}, {Name: "optional", Optional: true}}},
		open: func(o source.Options) (source.Puller, error) { opened = o; return probe{}, nil }}
	defer delete(kinds, "probe")
	env := map[string]string{}
	a, err := Open(context.Background(), Options{Config: configFile(t, "[business]\nbase_currency = \"EUR\"\n"+
		"[[source]]\nname = \"probe\"\nkind = \"probe\"\n"), Dir: t.TempDir(), Now: demoClock,
		Wall: demoClock, LookupEnv: func(n string) (string, bool) { v, ok := env[n]; return v, ok }})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	if _, err := a.source(a.Config().Sources[0]); err != nil || len(opened.Secrets) != 2 {
		t.Errorf("from the keyring: %d keys, %v", len(opened.Secrets), err)
	}
	env["COUNTINGHOUSE_PROBE_NEEDED"] = "from the environment"
	if _, err := a.source(a.Config().Sources[0]); err != nil || len(opened.Secrets) != 1 {
		t.Errorf("from the environment: %d keys, %v", len(opened.Secrets), err)
	}
	delete(env, "COUNTINGHOUSE_PROBE_NEEDED")
	if err := keyring.Delete(secret.Service, "probe/needed"); err != nil {
		t.Fatal(err)
	}
	_, err = a.source(a.Config().Sources[0])
	if got := Explain(err); !strings.HasPrefix(got, "Source probe: A key is missing. Set "+
		"COUNTINGHOUSE_PROBE_NEEDED") {
		t.Errorf("a missing key: %s", got)
	}
}
