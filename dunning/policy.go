package dunning

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// StandardPolicy is the text of the policy that comes with the program, with comments, to be copied.
//
//go:embed policy.toml
var StandardPolicy string

// Policy says when what is done about a failed renewal: retries, notices and service steps together,
// so that the last retry of a class comes before each service step. It is read only.
type Policy struct {
	// Version is that of the form, 1.
	Version int    `toml:"policy"`
	Name    string `toml:"name"`
	// Zone is where days are counted, UTC for nil; BusinessDay tells the days on which services may be
	// suspended, Monday to Friday for nil. Neither stands in the file.
	Zone        *time.Location       `toml:"-"`
	BusinessDay func(book.Date) bool `toml:"-"`

	Limits       Limits       `toml:"limits"`
	Notices      NoticeRules  `toml:"notices"`
	Service      ServiceRules `toml:"service"`
	OtherMethods OtherMethods `toml:"other_methods"`
	Bulk         Bulk         `toml:"bulk"`
	// Classes are the ladders, one for each class; Segments differ from them, the first that fits.
	Classes  []Ladder       `toml:"class"`
	Segments []SegmentRules `toml:"segment"`
}

// Limits are the house's own; those of the networks always hold beside them.
type Limits struct {
	// Retries of one invoice within Days; HoursBetween two tries of a credential for one invoice.
	Retries      int `toml:"retries"`
	Days         int `toml:"days"`
	HoursBetween int `toml:"hours_between"`
	// Warn and Stop count the failed tries of one credential within Days.
	Warn     int            `toml:"warn"`
	Stop     int            `toml:"stop"`
	Gateways []GatewayLimit `toml:"gateway"`
}

// GatewayLimit is what one gateway wants or advises for the retries of one invoice.
type GatewayLimit struct {
	Gateway      string `toml:"gateway"`
	Retries      int    `toml:"retries"`
	Days         int    `toml:"days"`
	HoursBetween int    `toml:"hours_between"`
}

// NoticeRules hold for all notices.
type NoticeRules struct {
	// GapDays is the least distance between two notices about one invoice.
	GapDays int `toml:"gap_days"`
	// From QuietFrom to QuietTo of the business's clock none goes out but those of day 0.
	QuietFrom Clock `toml:"quiet_from"`
	QuietTo   Clock `toml:"quiet_to"`
}

// ServiceRules hold for suspending and terminating.
type ServiceRules struct {
	// WarningDays is the least time from a warning that arrived to the step of which it warns.
	WarningDays  int   `toml:"warning_days"`
	BusinessDays bool  `toml:"business_days"`
	From         Clock `toml:"from"`
	To           Clock `toml:"to"`
}

// OtherMethods says when another saved method is charged, always with the customer's consent.
type OtherMethods struct {
	Use     bool    `toml:"use"`
	Classes []Class `toml:"classes"`
	// AfterDays is for classes whose own method is still tried.
	AfterDays int `toml:"after_days"`
	// Tries of each method for one invoice.
	Tries int `toml:"tries"`
}

// Ladder is what is done about one class of decline.
type Ladder struct {
	Class Class `toml:"class"`
	// RetryMinutes are counted from the first of the technical failures that are the last ones,
	// RetryDays from the first failure.
	RetryMinutes []int        `toml:"retry_minutes"`
	RetryDays    []int        `toml:"retry_days"`
	Notices      []NoticeRule `toml:"notices"`
	// SuspendDay and TerminateDay are 0 for never.
	SuspendDay   int `toml:"suspend_day"`
	TerminateDay int `toml:"terminate_day"`
}

// NoticeRule is one notice of a ladder.
type NoticeRule struct {
	Step     string `toml:"step"`
	Day      int    `toml:"day"`
	Template string `toml:"template"`
	// Before is the service step of which it warns, After the one that it reports; "" for neither.
	Before StepKind `toml:"before"`
	After  StepKind `toml:"after"`
}

// SegmentRules are for some cases: all of the conditions that are set must hold.
type SegmentRules struct {
	Name     string   `toml:"name"`
	Gateways []string `toml:"gateways"`
	Country  []string `toml:"countries"`
	Products []string `toml:"products"`
	// LifetimeFrom and LifetimeBelow are amounts as "1000.00 EUR"; another currency fits neither.
	LifetimeFrom  Amount `toml:"lifetime_from"`
	LifetimeBelow Amount `toml:"lifetime_below"`
	// Classes replace those of the policy.
	Classes []Ladder `toml:"class"`
}

// Clock is a time of day in minutes, "21:00" in the file.
type Clock int

// UnmarshalText reads HH:MM.
func (c *Clock) UnmarshalText(b []byte) error {
	t, err := time.Parse("15:04", string(b))
	if err != nil {
		return fmt.Errorf("%q is no time of day: write it as \"21:00\"", b)
	}
	*c = Clock(t.Hour()*60 + t.Minute())
	return nil
}

// Amount is an amount with its currency, "1000.00 EUR" in the file.
type Amount struct{ money.Money }

// UnmarshalText reads a number and a currency.
func (a *Amount) UnmarshalText(b []byte) error {
	number, code, _ := strings.Cut(string(b), " ")
	c, err := money.ParseCurrency(code)
	if err == nil {
		a.Money, err = money.Parse(number, c)
	}
	if err != nil {
		return fmt.Errorf("%q is no amount: write it as \"1000.00 EUR\"", b)
	}
	return nil
}

// DefaultPolicy is the policy that comes with the program, in UTC.
func DefaultPolicy() Policy {
	p, err := ParsePolicy([]byte(StandardPolicy))
	if err != nil {
		panic(err) // its own file, which a test reads
	}
	return p
}

// ParsePolicy reads a policy and checks it. An unknown setting is refused; what is wrong is said in one
// sentence with its line.
func ParsePolicy(text []byte) (Policy, error) {
	var p Policy
	err := toml.NewDecoder(bytes.NewReader(text)).DisallowUnknownFields().Decode(&p)
	var strict *toml.StrictMissingError
	var decode *toml.DecodeError
	switch {
	case errors.As(err, &strict):
		line, _ := strict.Errors[0].Position()
		return Policy{}, fmt.Errorf("policy, line %d: unknown setting %q", line,
			strings.Join(strict.Errors[0].Key(), "."))
	case errors.As(err, &decode):
		line, _ := decode.Position()
		return Policy{}, fmt.Errorf("policy, line %d: %s", line,
			strings.TrimPrefix(decode.Error(), "toml: "))
	case err != nil:
		return Policy{}, fmt.Errorf("policy: %w", err)
	}
	var wrong *fault
	if err := p.Check(); errors.As(err, &wrong) {
		return Policy{}, fmt.Errorf("policy, line %d: %s", wrong.line(string(text)), wrong.what)
	} else if err != nil {
		return Policy{}, fmt.Errorf("policy: %w", err)
	}
	return p, nil
}

// In is the policy with days counted in a zone and a business's own days of work.
func (p Policy) In(zone *time.Location, businessDay func(book.Date) bool) Policy {
	p.Zone, p.BusinessDay = zone, businessDay
	return p
}

func (p Policy) zone() *time.Location {
	if p.Zone == nil {
		return time.UTC
	}
	return p.Zone
}

func (p Policy) works(d book.Date) bool {
	if p.BusinessDay != nil {
		return p.BusinessDay(d)
	}
	wd := d.Time().Weekday()
	return wd != time.Saturday && wd != time.Sunday
}

// Ladder is what a case of a class and a segment gets.
func (p Policy) Ladder(c Class, s Segment) Ladder {
	of := func(ladders []Ladder) (Ladder, bool) {
		i := slices.IndexFunc(ladders, func(l Ladder) bool { return l.Class == c })
		if i < 0 {
			return Ladder{Class: c}, false
		}
		return ladders[i], true
	}
	for _, g := range p.Segments {
		if !g.fits(s) {
			continue
		}
		if l, ok := of(g.Classes); ok {
			return l
		}
		break
	}
	l, _ := of(p.Classes)
	return l
}

func (g SegmentRules) fits(s Segment) bool {
	in := func(list []string, v string) bool {
		return len(list) == 0 || slices.ContainsFunc(list, func(w string) bool {
			return strings.EqualFold(w, v)
		})
	}
	from, below := g.LifetimeFrom.Money, g.LifetimeBelow.Money
	same := func(m money.Money) bool { return m == money.Money{} || m.Currency == s.Lifetime.Currency }
	return in(g.Gateways, s.Gateway) && in(g.Country, s.Country) && in(g.Products, s.Product) &&
		same(from) && same(below) && s.Lifetime.Minor >= from.Minor &&
		(below == money.Money{} || s.Lifetime.Minor < below.Minor)
}
