package app

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/pelletier/go-toml/v2"

	"countinghouse/app/book"
	"countinghouse/app/secret"
	"countinghouse/sync/sandbox"
	"countinghouse/sync/world"
)

// DemoCustomers is how many customers the demo month has when nobody says.
const DemoCustomers = 600

// SandboxRequest says which pretend business to serve and where.
type SandboxRequest struct {
	// Listen is an address of this computer; a port of 0 takes any free one.
	Listen    string
	Seed      uint64
	Customers int
	Month     book.Month
	// Gateways are those that the business uses beside Stripe; see DemoGateways.
	Gateways []book.SourceName
	// Clock tells the servers' time for what is done to them, by the business's own moment; nil for that.
	Clock func(now book.Instant) book.Instant
}

// DemoGateways are the gateways that a pretend business can use beside Stripe: those with a client
// and a server here.
func DemoGateways() []book.SourceName {
	var names []book.SourceName
	for _, name := range world.More {
		if _, ok := kinds[string(name)]; ok && sandbox.Serves(name) {
			names = append(names, name)
		}
	}
	return names
}

// Sandbox is a pretend business being served over its sources' own protocols.
type Sandbox struct {
	serving *sandbox.Sandbox
	month   book.Month
}

// StartSandbox makes a pretend business and serves it on this computer. The caller closes it.
func StartSandbox(ctx context.Context, q SandboxRequest) (*Sandbox, error) {
	if q.Customers < 1 || q.Customers > 1_000_000 {
		return nil, fmt.Errorf("a sandbox has 1 to 1,000,000 customers, not %d", q.Customers)
	}
	if q.Month < minMonth || q.Month > maxMonth {
		return nil, fmt.Errorf("a sandbox's month lies between %s and %s, not %s", minMonth, maxMonth,
			q.Month)
	}
	for _, name := range q.Gateways {
		if !slices.Contains(DemoGateways(), name) {
			return nil, fmt.Errorf("a sandbox has no gateway %q beside Stripe", name)
		}
	}
	w := world.Build(world.Options{Seed: q.Seed, Customers: q.Customers, Month: q.Month,
		Gateways: q.Gateways})
	clock := func() book.Instant { return w.Now }
	if q.Clock != nil {
		at := w.Now // the servers' own copies of the business move on
		clock = func() book.Instant { return q.Clock(at) }
	}
	s, err := sandbox.Start(ctx, w, q.Listen, clock)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("another program listens on %s already: choose another port with "+
			"--listen", q.Listen)
	}
	if err != nil {
		return nil, err
	}
	return &Sandbox{serving: s, month: q.Month}, nil
}

var (
	minMonth = book.MonthOf(book.NewDate(2000, 1, 1))
	maxMonth = book.MonthOf(book.NewDate(2099, 12, 1))
)

// Close stops the servers.
func (s *Sandbox) Close() error { return s.serving.Close() }

// Config is the configuration that points at the sandbox.
func (s *Sandbox) Config() Config {
	w := s.serving.World
	c := Config{Business: Business{Name: w.Name, BaseCurrency: w.Base, Timezone: w.Zone.String(),
		OpeningDate: w.OpeningOn.String()}}
	gateways := map[string]string{}
	for _, m := range w.Methods {
		if m.Behind != "" {
			gateways[m.Module] = m.Behind
		}
	}
	c.Sources = []SourceConfig{
		{Name: world.BillingName, Kind: "whmcs", URL: s.serving.URL(world.BillingName),
			Gateways: gateways},
	}
	for _, name := range w.Gateways() {
		c.Sources = append(c.Sources, SourceConfig{Name: name, Kind: string(name),
			URL: s.serving.URL(name), Fees: world.Tariffs[name]})
	}
	for _, a := range w.Accounts {
		x := AccountConfig{Name: a.Name, Currency: a.Currency, Settles: a.Settles,
			Calendar: a.Calendar, Aliases: a.Aliases}
		if x.IBAN = a.IBAN; !a.HasIBAN() {
			x.IBAN, x.Number = "", a.IBAN
		}
		c.Accounts = append(c.Accounts, x)
	}
	return c
}

// ConfigText is the configuration as countinghouse.toml.
func (s *Sandbox) ConfigText() string {
	b, err := toml.Marshal(s.Config())
	if err != nil {
		panic("app: a configuration that cannot be written: " + err.Error())
	}
	return string(b)
}

// Environment holds the keys that the sandbox accepts, by environment variable.
func (s *Sandbox) Environment() map[string]string {
	env := map[string]string{}
	for name, fields := range s.serving.Secrets() {
		for field, value := range fields {
			env[secret.EnvName(string(name), field)] = value
		}
	}
	return env
}

// Statements are the addresses of the bank's statement files by account, oldest first.
func (s *Sandbox) Statements() map[book.AccountName][]string {
	out := map[book.AccountName][]string{}
	for i := range s.serving.World.Accounts {
		a := &s.serving.World.Accounts[i]
		for m := s.month - 1; m <= s.lastMonth(); m++ {
			if !s.moved(a, m) {
				continue
			}
			out[a.Name] = append(out[a.Name], s.serving.StatementURL(a.Name, m, "csv"))
		}
	}
	return out
}

// Now is the moment at which the business stands.
func (s *Sandbox) Now() book.Instant { return s.serving.World.Now }

// Records is how many records the business holds on all sides: customers, services, invoices,
// payments, credits, gateway movements, payouts and bank lines.
func (s *Sandbox) Records() int {
	w := s.serving.World
	n := len(w.Customers) + len(w.Services) + len(w.Invoices) + len(w.Payments) + len(w.Credits)
	for _, name := range w.Gateways() {
		l := w.Ledger(name)
		n += len(l.Movements) + len(l.Payouts)
	}
	return n + s.BankLines()
}

// BankLines is how many lines the business's bank has booked.
func (s *Sandbox) BankLines() int {
	n := 0
	for _, a := range s.serving.World.Accounts {
		n += len(a.Lines)
	}
	return n
}

// WriteStatements writes the bank's statements into a folder, one file for each account and month
// in which something moved:
// CSV for the first account, CAMT.053 for the next, and so on in turn. It returns the files by
// account, oldest first.
func (s *Sandbox) WriteStatements(dir string) (map[book.AccountName][]string, error) {
	out := map[book.AccountName][]string{}
	for i := range s.serving.World.Accounts {
		a := &s.serving.World.Accounts[i]
		for m := s.month - 1; m <= s.lastMonth(); m++ {
			if !s.moved(a, m) {
				continue
			}
			file, err := s.writeStatement(dir, a, m, i%2 == 1)
			if err != nil {
				return nil, fmt.Errorf("statement of %s for %s: %w", a.Name, m, err)
			}
			out[a.Name] = append(out[a.Name], file)
		}
	}
	return out, nil
}

// moved reports whether an account has a line in a month.
func (s *Sandbox) moved(a *world.Account, m book.Month) bool {
	return slices.ContainsFunc(a.Lines, func(l world.BankLine) bool { return m.Has(l.On) })
}

func (s *Sandbox) writeStatement(dir string, a *world.Account, m book.Month,
	camt bool) (string, error) {
	w := s.serving.World
	from, to := m.First(), min(m.Last(), w.Now.In(w.Zone)-1)
	ext := "csv"
	if camt {
		ext = "xml"
	}
	f, err := os.Create(filepath.Join(dir, fmt.Sprintf("%s-%s.%s", a.Name, m, ext)))
	if err != nil {
		return "", err
	}
	if camt {
		err = a.WriteCAMT(f, from, to, w.Now)
	} else {
		err = a.WriteCSV(f, from, to)
	}
	return f.Name(), errors.Join(err, f.Close())
}

// lastMonth is the month in which the world stands.
func (s *Sandbox) lastMonth() book.Month {
	w := s.serving.World
	return book.MonthOf(w.Now.In(w.Zone))
}

// Guide is the configuration, and as comments of it the commands that take a person from there to a
// reconciled month, in the order in which to type them.
func (s *Sandbox) Guide() string {
	var b strings.Builder
	fmt.Fprintf(&b, "# 1. Save this as %s in an empty folder, such as books.\n\n", ConfigName)
	b.WriteString(s.ConfigText())
	b.WriteString("\n# 2. Give the keys to the shell that runs countinghouse:\n#\n")
	env := s.Environment()
	for _, n := range slices.Sorted(maps.Keys(env)) {
		fmt.Fprintf(&b, "#   export %s=%s\n", n, env[n])
	}
	b.WriteString("\n# 3. Pull from the sources:\n#\n#   countinghouse --data books sync\n")
	b.WriteString("\n# 4. Fetch the bank's statements and import them:\n#\n")
	statements := s.Statements()
	for _, a := range s.serving.World.Accounts {
		var files []string
		for _, url := range statements[a.Name] {
			fmt.Fprintf(&b, "#   curl -sSO %s\n", url)
			files = append(files, path.Base(url))
		}
		fmt.Fprintf(&b, "#   countinghouse --data books import --account %s %s\n", a.Name,
			strings.Join(files, " "))
	}
	fmt.Fprintf(&b, "\n# 5. Reconcile. The business stands at %s, so judge by it with --at:\n#\n"+
		"#   countinghouse --data books --at %[1]s reconcile --period %s\n", s.Now(), s.month)
	return b.String()
}
