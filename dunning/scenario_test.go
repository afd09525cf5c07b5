package dunning

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

var update = flag.Bool("update", false, "write what plans give into the scenarios, to be reviewed")

// TestScenarios runs every file of testdata. Above the line of dashes stands a case, below it what
// the standard policy would do about it, in the business's time, Europe/Vilnius:
//
//	now 2026-11-03 09:38
//	attempt 2026-10-27 18:05 network=51 [advice= code= state= card= brand= gateway= by= invoice= amount=]
//	notice 2026-10-30 18:06 first add_funds [state=]
//	method c2 brand=visa [current added= updated= consent= expires=]
//	service gs active [ours since= asked=]
//	hold until=2026-11-10 lina she asked for it
//	pending, unknown, paid, nomail, cleared 2026-11-01 10:00, failed 2026-10-27 18:05
//
// A line "then TIME" or "then run" after it goes on: run does the next step as it is planned, a retry
// being refused like the last attempt.
func TestScenarios(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) < 20 {
		t.Fatalf("%d scenarios: %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			given, want, _ := strings.Cut(string(raw), "----\n")
			s := scenario{t: t, table: testTable(t)}
			s.zone, err = time.LoadLocation("Europe/Vilnius")
			if err != nil {
				t.Fatal(err)
			}
			s.c = Case{Invoice: "billing:invoice:1", Email: "a@example.com", Amount: money.New(34900, "EUR")}
			s.p = DefaultPolicy().In(s.zone, nil)
			for _, line := range strings.Split(given, "\n") {
				s.read(line)
			}
			got := s.describe()
			if *update {
				err := os.WriteFile(file, []byte(strings.TrimRight(given, "\n")+"\n----\n"+got), 0o644)
				if err != nil {
					t.Fatal(err)
				}
			} else if got != want {
				t.Errorf("%s gives\n%s\nand not\n%s", file, got, want)
			}
		})
	}
}

type scenario struct {
	t     *testing.T
	c     Case
	p     Policy
	table Table
	zone  *time.Location
	now   book.Instant
}

func (s *scenario) at(d, clock string) book.Instant {
	at, err := time.ParseInLocation("2006-01-02 15:04", d+" "+clock, s.zone)
	if err != nil {
		s.t.Fatal(err)
	}
	return book.At(at)
}

func (s *scenario) date(d string) book.Date {
	at, err := book.ParseDate(d)
	if err != nil {
		s.t.Fatal(err)
	}
	return at
}

func (s *scenario) read(line string) {
	f := strings.Fields(line)
	if len(f) == 0 || strings.HasPrefix(line, "#") {
		return
	}
	v := map[string]string{}
	for _, x := range f {
		if key, value, ok := strings.Cut(x, "="); ok {
			v[key] = value
		}
	}
	instant := func(key string) book.Instant {
		if v[key] == "" {
			return 0
		}
		return s.at(v[key][:10], v[key][11:])
	}
	switch f[0] {
	case "now", "then":
		s.now = s.at(f[1], f[2])
	case "failed":
		s.c.FailedAt = s.at(f[1], f[2])
	case "cleared":
		s.c.ClearedAt = s.at(f[1], f[2])
	case "attempt":
		s.attempt(s.at(f[1], f[2]), v)
	case "notice":
		state := book.IntentSucceeded
		if v["state"] != "" {
			state = book.IntentState(v["state"])
		}
		s.c.Notices = append(s.c.Notices, Sent{Template: f[4], Step: f[3], At: s.at(f[1], f[2]), State: state})
	case "method":
		i := book.Instrument{ID: f[1], Kind: "card", Brand: v["brand"]}
		m := Method{Gateway: "stripe", Instrument: i, Current: slices.Contains(f, "current"),
			AddedAt: instant("added"), UpdatedAt: instant("updated"), ConsentAt: instant("consent")}
		if v["gateway"] != "" {
			m.Gateway = v["gateway"]
		}
		if v["expires"] != "" {
			m.ExpiresOn = s.date(v["expires"])
		}
		s.c.Methods = append(s.c.Methods, m)
	case "service":
		s.c.Services = append(s.c.Services, Service{ID: book.ItemID(f[1]), Name: f[1], Status: f[2],
			Ours: slices.Contains(f, "ours"), SuspendedAt: instant("since"), AskedAt: instant("asked")})
	case "hold":
		h := Hold{By: f[2], Reason: strings.Join(f[3:], " "), At: s.now}
		if v["until"] != "never" {
			h.UntilOn = s.date(v["until"])
		}
		s.c.Holds = append(s.c.Holds, h)
	case "pending":
		s.c.Pending = true
	case "unknown":
		s.c.Unknown = true
	case "paid":
		s.c.Paid = true
	case "nomail":
		s.c.Email = ""
	default:
		s.t.Fatalf("what is %q?", line)
	}
}

func (s *scenario) attempt(at book.Instant, v map[string]string) {
	or := func(key, other string) string {
		if v[key] == "" {
			return other
		}
		return v[key]
	}
	a := Attempt{Invoice: book.ItemID("billing:invoice:" + or("invoice", "1")), At: at, Amount: s.c.Amount,
		State: book.TransactionState(or("state", "failed")), By: v["by"], Ours: v["by"] == "us",
		Customer: v["by"] == "customer", Signal: Signal{Gateway: or("gateway", "stripe"),
			Decline:    book.Decline{Network: v["network"], Advice: v["advice"], Code: v["code"], Outcome: v["outcome"]},
			Instrument: book.Instrument{ID: or("card", "c1"), Kind: "card", Brand: or("brand", "visa")}}}
	if v["amount"] != "" {
		m, err := money.Parse(v["amount"], "EUR")
		if err != nil {
			s.t.Fatal(err)
		}
		a.Amount = m
	}
	if s.c.FailedAt == 0 && a.Invoice == s.c.Invoice && a.State == book.Failed {
		s.c.FailedAt = at
	}
	s.c.Attempts = append(s.c.Attempts, a)
}

func (s *scenario) describe() string {
	p := PlanCase(s.c, s.p, s.table, s.now)
	var b strings.Builder
	d := p.Decline
	fmt.Fprintf(&b, "class %s by %q, retry %s, the customer hears %s\n", p.Class, d.Row, d.Retry, d.Reason)
	fmt.Fprintf(&b, "stage %s\n", p.Stage)
	if p.Work != "" {
		fmt.Fprintf(&b, "work %s\n", p.Work)
	}
	local := func(at book.Instant) string {
		if at == 0 {
			return "-"
		}
		return at.Time().In(s.zone).Format("2006-01-02 15:04")
	}
	if p.Next.Kind == StepNone {
		fmt.Fprintf(&b, "next none %s: %s\n", local(p.Next.At), p.Next.Why)
	}
	for i, x := range p.Steps {
		if i == 0 && p.Next != x {
			s.t.Error("the next step is not the first")
		}
		who := string(x.Service) + x.Name
		if x.Method != nil {
			who = x.Method.Instrument.ID
		}
		if due := len(p.Due(s.now)); i < due {
			who = strings.TrimSpace(who + " due")
		}
		fmt.Fprintf(&b, "%s  %s %s: %s\n", local(x.At), x.Kind, who, x.Why)
	}
	for _, x := range p.Blocked {
		kind := string(x.Kind)
		if kind == "" {
			kind = "everything"
		}
		fmt.Fprintf(&b, "blocked %s until %s: %s\n", kind, local(x.FreesAt), x.Why)
	}
	for _, x := range p.Budgets {
		if x.Used > 0 {
			fmt.Fprintf(&b, "%s: %d of %d, %d elsewhere, frees %s\n", x.Name, x.Used, x.Most, x.Elsewhere, local(x.FreesAt))
		}
	}
	return b.String()
}
