package app

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"countinghouse/app/book"
	"countinghouse/app/money"
	"countinghouse/app/store"
)

// UserConfig is one user of a team; without any the profile is one person's, who may do everything.
type UserConfig struct {
	Name string `toml:"name"`
	// Role is one of UserRoles.
	Role string `toml:"role"`
}

// Right is something that a user may be allowed to do.
type Right string

// The rights.
const (
	RightNote      Right = "work on exceptions"
	RightDecide    Right = "decide about exceptions"
	RightDun       Right = "retry payments and write to customers"
	RightServices  Right = "suspend and restore services"
	RightRefund    Right = "file refunds and changes of the books"
	RightApprove   Right = "approve what others filed"
	RightTerminate Right = "terminate services and mandates"
	RightConfigure Right = "change the configuration"
)

// UserRole is a set of rights.
type UserRole struct {
	Name   string
	Rights []Right
}

// UserRoles are all roles, each with what it may do; a later one may do all that matters of those before it
// but for finance and approver, who check each other.
var UserRoles = []UserRole{
	{"viewer", nil},
	{"agent", []Right{RightNote, RightDun, RightServices}},
	{"finance", []Right{RightNote, RightDecide, RightDun, RightServices, RightRefund}},
	{"approver", []Right{RightNote, RightDecide, RightDun, RightServices, RightRefund, RightApprove, RightTerminate}},
	{"admin", []Right{RightNote, RightDecide, RightDun, RightServices, RightRefund, RightApprove, RightTerminate, RightConfigure}},
}

// Team reports whether several people use the profile.
func (c *Config) Team() bool { return len(c.Users) > 0 }

// May says in a sentence why a user may not do something, nil where they may.
func (c *Config) May(user string, right Right) error {
	if !c.Team() {
		return nil
	}
	for _, u := range c.Users {
		if u.Name != user {
			continue
		}
		for _, r := range UserRoles {
			if r.Name == u.Role && slices.Contains(r.Rights, right) {
				return nil
			}
		}
		return fmt.Errorf("%s is %s here and may not %s: ask somebody who may", user, article(u.Role), right)
	}
	return fmt.Errorf("%s is no user of this profile: an admin can add a [[user]] to the configuration", user)
}

func article(role string) string {
	if strings.ContainsAny(role[:1], "aeiou") {
		return "an " + role
	}
	return "a " + role
}

func (c *Config) checkUsers() error {
	seen := map[string]bool{}
	for _, u := range c.Users {
		switch {
		case u.Name == "":
			return fmt.Errorf("user: name is missing")
		case seen[u.Name]:
			return fmt.Errorf("user %q stands twice", u.Name)
		case !slices.ContainsFunc(UserRoles, func(r UserRole) bool { return r.Name == u.Role }):
			return fmt.Errorf("user %q: role %q is none of viewer, agent, finance, approver, admin", u.Name, u.Role)
		}
		seen[u.Name] = true
	}
	return nil
}

// rightOf is what filing an action needs.
func rightOf(k book.ActionKind) Right {
	switch k {
	case book.Retry, book.Capture, book.Notify:
		return RightDun
	case book.Suspend, book.Unsuspend:
		return RightServices
	case book.Terminate, book.CancelMandate:
		return RightTerminate
	}
	return RightRefund
}

// usualRefund is how many whole units of the base currency one person may give back alone.
const usualRefund = 100

// needsSecond reports whether an action waits for a second person, or in a profile of one for a typed
// amount: a refund always does in a team, and above a limit for one.
func (c *Config) needsSecond(o book.Order) bool {
	info, _ := o.Do.Info()
	switch {
	case info.Second:
		return true
	case o.Do == book.GiveBack:
		return c.Team() || o.Amount.Minor > c.RefundLimit(o.Amount.Currency).Minor
	case o.Do == book.AddCredit:
		return o.Amount.Minor > c.WriteOffLimit(o.Amount.Currency).Minor
	}
	return false
}

// RefundLimit is how much one person may give back at once without a second look; zero in a currency
// without a limit.
func (c *Config) RefundLimit(cur money.Currency) money.Money {
	limits, _ := c.limitsOf("refund", c.Limits.Refund, usualRefund) // the configuration is checked
	if m, ok := limits[cur]; ok {
		return m
	}
	return money.New(0, cur)
}

// The most of a kind in a day, where the configuration says nothing.
const (
	usualRetries     = 500
	usualNotices     = 500
	usualSuspensions = 100
	usualRefunds     = 50
)

// dayLimits are the most of a kind of action in a day.
func (c *Config) dayLimits(k book.ActionKind, cur money.Currency) store.Limits {
	switch k {
	case book.Retry, book.Capture:
		return store.Limits{DayCount: cmp.Or(c.Limits.RetriesDay, usualRetries)}
	case book.Notify:
		return store.Limits{DayCount: cmp.Or(c.Limits.NoticesDay, usualNotices)}
	case book.Suspend, book.Terminate:
		return store.Limits{DayCount: cmp.Or(c.Limits.SuspensionsDay, usualSuspensions)}
	case book.GiveBack:
		l := store.Limits{DayCount: cmp.Or(c.Limits.RefundsDay, usualRefunds)}
		if c.Limits.RefundDay != "" {
			limits, _ := c.limitsOf("refund_day", c.Limits.RefundDay, 0)
			l.DayAmount = max(1, limits[cur].Minor)
		}
		return l
	}
	return store.Limits{}
}

func (c *Config) checkLimits() error {
	for name, text := range map[string]string{"write_off": c.Limits.WriteOff, "refund": c.Limits.Refund,
		"refund_day": c.Limits.RefundDay} {
		if _, err := c.limitsOf(name, text, usualLimit); err != nil {
			return err
		}
	}
	for _, n := range []int{c.Limits.RefundsDay, c.Limits.RetriesDay, c.Limits.NoticesDay,
		c.Limits.SuspensionsDay} {
		if n < 0 {
			return fmt.Errorf("a limit of %d a day is not possible: leave it out, or write how many", n)
		}
	}
	return nil
}
