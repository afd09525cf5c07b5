package dunning

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// tick is one attempt that counts.
type tick struct {
	at        book.Instant
	elsewhere bool
}

// counter is one rule about how often something may be tried, with the attempts that count.
type counter struct {
	Budget
	ticks []tick
	// gap is the least distance from the last of times, zero for none.
	gap time.Duration
	// counts says whether a retry of ours with a target counts here.
	counts func(target) bool
}

// later is an instant moved by a duration.
func later(i book.Instant, d time.Duration) book.Instant {
	return i + book.Instant(d/time.Millisecond)
}

// credentialOf names what an attempt charged. Where the gateway tells no credential, it is whatever
// the invoice is charged with.
func credentialOf(a Attempt) string {
	if c := a.Signal.Instrument.Credential(); c != "" {
		return c
	}
	return "of " + string(a.Invoice)
}

// tried reports whether an attempt reached an issuer and was not approved, as far as is known.
func tried(a Attempt) bool { return a.State == book.Failed || a.State == book.Pending }

// target is what a retry would charge.
type target struct {
	credential, gateway string
	instrument          book.Instrument
	// method is nil for the one that is charged by itself.
	method *Method
}

// counters are all rules for a retry of the case's invoice with a target, the network's first.
func counters(c *Case, g target, p *Policy, t *Table, at book.Instant) []counter {
	var out []counter
	for _, l := range t.network(g.instrument, at) {
		out = append(out, networkCounter(c, g, l))
	}
	days := time.Duration(p.Limits.Days) * 24 * time.Hour
	card := counter{Budget: Budget{Name: "Our limit, this " + thing(g.instrument), Most: p.Limits.Stop,
		Warns: p.Limits.Warn, Window: days},
		counts: func(o target) bool { return o.credential == g.credential }}
	invoice := counter{Budget: Budget{Name: "Our retries, this invoice", Most: p.Limits.Retries,
		Window: days}, counts: func(target) bool { return true }}
	space := counter{gap: time.Duration(p.Limits.HoursBetween) * time.Hour,
		Budget: Budget{Name: "Our distance between two tries"}, counts: card.counts}
	original := true
	for _, a := range c.Attempts {
		if !tried(a) {
			continue
		}
		if credentialOf(a) == g.credential {
			card.add(a)
		}
		if a.Invoice != c.Invoice {
			continue
		}
		if !original {
			invoice.add(a)
		}
		original = false
		if credentialOf(a) == g.credential {
			space.add(a)
		}
	}
	out = append(out, card, invoice, space)
	for _, l := range p.Limits.Gateways {
		if strings.EqualFold(l.Gateway, g.gateway) {
			out = append(out, gatewayCounter(c, g, l))
		}
	}
	return out
}

func networkCounter(c *Case, g target, l limit) counter {
	k := counter{Budget: Budget{Name: fmt.Sprintf("%s, this %s, %s", brandName(g.instrument.Brand),
		thing(g.instrument), spanName(l.window)), Most: l.most, Window: l.window},
		counts: func(o target) bool { return o.credential == g.credential }}
	for _, a := range c.Attempts {
		if credentialOf(a) != g.credential || l.amount && !sameAmount(a.Amount, c.Amount) {
			continue
		}
		if a.State == book.Succeeded && l.approve {
			k.ticks = nil
		}
		if tried(a) && !(l.apart && a.Customer) {
			k.add(a)
		}
	}
	return k
}

func gatewayCounter(c *Case, g target, l GatewayLimit) counter {
	k := counter{Budget: Budget{Name: fmt.Sprintf("%s, this invoice, %s", title(l.Gateway),
		spanName(time.Duration(l.Days)*24*time.Hour)), Most: l.Retries,
		Window: time.Duration(l.Days) * 24 * time.Hour},
		gap:    time.Duration(l.HoursBetween) * time.Hour,
		counts: func(o target) bool { return strings.EqualFold(o.gateway, g.gateway) }}
	original := true
	for _, a := range c.Attempts {
		if a.Invoice == c.Invoice && tried(a) && strings.EqualFold(a.Signal.Gateway, l.Gateway) {
			if !original {
				k.add(a)
			}
			original = false
		}
	}
	return k
}

// network are the limits that hold for an instrument at a moment: of each window the latest.
func (t *Table) network(i book.Instrument, at book.Instant) []limit {
	if i.Kind != "card" && i.Brand == "" {
		return nil
	}
	brand := strings.ToLower(i.Brand)
	if !slices.ContainsFunc(t.limits, func(l limit) bool { return l.network == brand }) {
		brand = "*"
	}
	var out []limit
	for _, l := range t.limits {
		if l.network != brand || l.from != 0 && l.from.Start(time.UTC) > at {
			continue
		}
		same := slices.IndexFunc(out, func(o limit) bool { return o.window == l.window })
		switch {
		case same < 0:
			out = append(out, l)
		case out[same].from < l.from:
			out[same] = l
		}
	}
	return out
}

func (k *counter) add(a Attempt) {
	k.ticks = append(k.ticks, tick{a.At, !a.Ours})
}

// free is the first moment from at on at which one more try is allowed, zero for never.
func (k *counter) free(at book.Instant) book.Instant {
	if n := len(k.ticks); k.gap > 0 && n > 0 {
		at = max(at, later(k.ticks[n-1].at, k.gap))
	}
	if k.Window == 0 {
		return at
	}
	if k.Most <= 0 {
		return 0
	}
	inside := k.inside(at)
	if n := len(inside); n >= k.Most {
		at = later(inside[n-k.Most].at, k.Window)
	}
	return at
}

// inside are the attempts that count at a moment.
func (k *counter) inside(at book.Instant) []tick {
	i := 0
	for i < len(k.ticks) && k.ticks[i].at <= later(at, -k.Window) {
		i++
	}
	return k.ticks[i:]
}

// at is the budget as it stands at a moment.
func (k *counter) at(now book.Instant) Budget {
	b := k.Budget
	inside := k.inside(now)
	b.Used = len(inside)
	for _, x := range inside {
		if x.elsewhere {
			b.Elsewhere++
		}
	}
	if b.Used > 0 {
		b.FreesAt = later(inside[0].at, k.Window)
	}
	return b
}

func sameAmount(a, b money.Money) bool { return a.Abs() == b.Abs() }

func thing(i book.Instrument) string {
	if i.Kind == "card" || i.Kind == "" {
		return "card"
	}
	return "method"
}

// brandName is a network's name for people.
func brandName(brand string) string {
	switch b := strings.ToLower(brand); b {
	case "visa", "mastercard", "discover":
		return title(b)
	case "jcb":
		return "JCB"
	case "amex":
		return "American Express"
	}
	return "Card network"
}

func title(word string) string {
	switch word {
	case "":
		return ""
	case "paypal":
		return "PayPal"
	case "whmcs":
		return "WHMCS"
	}
	return strings.ToUpper(word[:1]) + word[1:]
}

func spanName(d time.Duration) string {
	if d <= 24*time.Hour {
		return fmt.Sprintf("%d hours", d/time.Hour)
	}
	return fmt.Sprintf("%d days", d/(24*time.Hour))
}
