// Package present owns the view-models: what each screen shows, as text, meaning and geometry, and
// how it is filtered, sorted and selected. ui draws them and tells them what a person did; they know
// no toolkit, load nothing and change no record.
package present

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// None stands where a figure does not apply.
const None = "—"

// Amount is an amount without its currency, "−1,234.56".
func Amount(m money.Money) string { return money.Plain.Format(m) }

// Minor is an amount of minor units without its currency.
func Minor(minor int64, c money.Currency) string { return Amount(money.New(minor, c)) }

// Count is a number of things with thousands parted: "2,984".
func Count(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// Plural is a number with its noun: "1 payout", "31 payouts".
func Plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	if strings.HasSuffix(noun, "y") && !strings.HasSuffix(noun, "ay") {
		return Count(n) + " " + strings.TrimSuffix(noun, "y") + "ies"
	}
	return Count(n) + " " + noun + "s"
}

// Percent is a share with one decimal: "98.9 %". A share below one is never shown as 100.0 %.
func Percent(r book.AutoRate) string {
	if r.Of == 0 {
		return None
	}
	tenths := int64(r.Matched) * 1000 / int64(r.Of)
	return fmt.Sprintf("%d.%d %%", tenths/10, tenths%10)
}

// Status is the meaning of a state: it chooses the icon's shape and the colour. A word always stands
// beside it.
type Status int

// The statuses, as in the table of the window's design.
const (
	Neutral Status = iota
	OK
	TimingStatus
	Attention
	Break
	Unknown
)

// ClassStatus is the status that a class of exception is shown with.
func ClassStatus(c book.Class) Status {
	if c.Group() == book.Timing {
		return TimingStatus
	}
	return Break
}

// LegTitle is a leg in words.
func LegTitle(l book.Leg) string {
	switch l {
	case book.BillingGateway:
		return "billing to gateway"
	case book.GatewayGateway:
		return "within the gateway"
	case book.GatewayPayout:
		return "gateway to payout"
	case book.PayoutBank:
		return "payout to bank"
	case book.BankBilling:
		return "bank to billing"
	}
	return string(l)
}

// PassTitle is a pass with its name: "P1 identity".
func PassTitle(p book.Pass) string {
	names := map[book.Pass]string{book.P1: "identity", book.P2: "invoice named", book.P3: "reversal",
		book.P4: "declared", book.P5: "payout id", book.P6: "by amount", book.P7: "bank reference",
		book.PHand: "by hand"}
	if n := names[p]; n != "" {
		if p == book.PHand {
			return n
		}
		return string(p) + " " + n
	}
	return string(p)
}

// KindTitle is a kind of transaction in words.
func KindTitle(k book.TransactionKind) string {
	names := map[book.TransactionKind]string{book.ChargeFailure: "failed charge",
		book.RefundFailure: "failed refund", book.DisputeFee: "dispute fee",
		book.WithheldTax: "withheld tax", book.PayoutFailure: "failed payout",
		book.OtherMovement: "movement"}
	if n := names[k]; n != "" {
		return n
	}
	return string(k)
}

// StateTitle is a state of any record in words: "in_transit" is "In transit".
func StateTitle[S ~string](s S) string {
	t := strings.ReplaceAll(string(s), "_", " ")
	if t == "" {
		return None
	}
	return strings.ToUpper(t[:1]) + t[1:]
}

// Age is how long ago a date lies, in days: "22 d"; "today" for none.
func Age(on, today book.Date) string {
	if on == 0 {
		return None
	}
	if n := int(today - on); n > 0 {
		return Count(n) + " d"
	}
	return "today"
}

// DateText is a date, or the dash where it is not set.
func DateText(d book.Date) string {
	if d == 0 {
		return None
	}
	return d.String()
}

// ShortID is the part of an id that a person reads: the gateway's own id, an invoice's number.
func ShortID(id book.ItemID) string {
	n := id.Native()
	if _, rest, ok := strings.Cut(n, "/"); ok {
		return rest
	}
	return n
}

// upperFirst and lowerFirst change the first letter of words.
func upperFirst(s string) string {
	if s == "" {
		return ""
	}
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}

func lowerFirst(s string) string {
	if s == "" {
		return ""
	}
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToLower(r)) + s[n:]
}
