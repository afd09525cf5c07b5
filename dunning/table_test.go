package dunning

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"testing"
	"time"

	"countinghouse/app/book"
)

func testTable(t testing.TB) Table {
	t.Helper()
	table, err := NewTable()
	if err != nil {
		t.Fatal(err)
	}
	return table
}

func moment(t testing.TB, s string) book.Instant {
	t.Helper()
	at, err := time.Parse("2006-01-02 15:04", s)
	if err != nil {
		t.Fatal(err)
	}
	return book.At(at)
}

func signal(gateway, brand string, d book.Decline) Signal {
	return Signal{Gateway: gateway, Decline: d,
		Instrument: book.Instrument{ID: "pm_1", Kind: "card", Brand: brand}}
}

func TestClassify(t *testing.T) {
	table := testTable(t)
	for _, x := range []struct {
		why, gateway, brand, region string
		on                          string
		d                           book.Decline
		class                       Class
		retry, reason               string
		wait                        time.Duration
	}{
		{"the network before the gateway", "stripe", "visa", "", "", book.Decline{Network: "51",
			Code: "generic_decline"}, Funds, "yes", "funds_or_limit", 0},
		{"a never of the gateway beats a yes of the network", "stripe", "visa", "", "",
			book.Decline{Network: "05", Code: "stolen_card"}, Never, "no", "declined_generic", 0},
		{"a never of the network beats a yes of the gateway", "stripe", "visa", "", "",
			book.Decline{Network: "41", Code: "generic_decline"}, Never, "no", "declined_generic", 0},
		{"try again later is no pardon", "stripe", "visa", "", "", book.Decline{Code: "lost_card",
			Advice: "try_again_later"}, Never, "no", "declined_generic", 0},
		{"try again later keeps the class of the code", "stripe", "visa", "", "",
			book.Decline{Code: "insufficient_funds", Advice: "try_again_later"}, Funds, "yes", "funds_or_limit", 0},
		{"advice of Mastercard gives a wait", "stripe", "mastercard", "", "", book.Decline{Network: "51",
			Advice: "26"}, Funds, "yes", "funds_or_limit", 48 * time.Hour},
		{"later is 72 hours", "stripe", "mastercard", "", "", book.Decline{Network: "05", Advice: "02"},
			Funds, "yes", "funds_or_limit", 72 * time.Hour},
		{"do not try again", "stripe", "mastercard", "", "", book.Decline{Network: "51", Advice: "03"},
			Never, "no", "pay_another_way", 0},
		{"a wait does not soften a never", "stripe", "mastercard", "", "", book.Decline{Network: "14",
			Advice: "02"}, Never, "no", "update_method", 72 * time.Hour},
		{"Mastercard's advice is not read on a Visa", "stripe", "visa", "", "", book.Decline{Network: "51",
			Advice: "03"}, Funds, "yes", "funds_or_limit", 0},
		{"PayPal's 02 on a Mastercard", "paypal", "mastercard", "", "", book.Decline{Advice: "02",
			Code: "INSTRUMENT_DECLINED"}, Funds, "yes", "funds_or_limit", 72 * time.Hour},
		{"PayPal's 02 on a Visa", "paypal", "visa", "", "", book.Decline{Advice: "02",
			Code: "INSTRUMENT_DECLINED"}, Never, "no", "stopped_by_customer", 0},
		{"PayPal's advice without a card", "paypal", "", "", "", book.Decline{Advice: "02",
			Code: "INSTRUMENT_DECLINED"}, Generic, "yes", "pay_another_way", 0},
		{"PayPal's processor is no network", "paypal", "visa", "", "", book.Decline{Network: "9520",
			Code: "INSTRUMENT_DECLINED"}, Never, "no", "declined_generic", 0},
		{"57 while issuers' 57 counted as 05", "stripe", "visa", "", "2026-10-24 12:00",
			book.Decline{Network: "57"}, Generic, "yes", "declined_generic", 0},
		{"57 from its day on", "stripe", "visa", "", "2026-10-25 00:00", book.Decline{Network: "57"},
			Never, "no", "pay_another_way", 0},
		{"65 in Europe", "stripe", "mastercard", "LT", "", book.Decline{Network: "65"}, Authenticate,
			"after_authentication", "confirm_with_bank", 0},
		{"65 elsewhere", "stripe", "mastercard", "US", "", book.Decline{Network: "65"}, Funds, "yes",
			"funds_or_limit", 0},
		{"65 of nobody knows where", "stripe", "mastercard", "", "", book.Decline{Network: "65"},
			Authenticate, "after_authentication", "confirm_with_bank", 0},
		{"our own rule", "stripe", "visa", "", "", book.Decline{Code: "generic_decline", Outcome: "rule"},
			OwnFault, "after_fix", "declined_generic", 0},
		{"an amount billed already", "paypal", "", "", "", book.Decline{Code: "DUPLICATE_INVOICE_ID"},
			Technical, "after_resolution", "none", 0},
		{"the customer stopped a mandate", "razorpay", "", "", "", book.Decline{Code: "mandate_not_active"},
			Never, "no", "update_method", 0},
		{"a row beats what is unmapped", "stripe", "mastercard", "", "", book.Decline{Advice: "99",
			Code: "insufficient_funds"}, Funds, "yes", "funds_or_limit", 0},
		{"nothing at all", "stripe", "visa", "", "", book.Decline{}, Unmapped, "yes", "declined_generic", 0},
		{"a word of another gateway", "whmcs", "", "", "", book.Decline{Code: "insufficient_funds"},
			Unmapped, "yes", "declined_generic", 0},
	} {
		on := x.on
		if on == "" {
			on = "2026-11-26 12:00"
		}
		s := signal(x.gateway, x.brand, x.d)
		s.Instrument.Region = x.region
		d := table.Classify(s, moment(t, on))
		if d.Class != x.class || d.Retry != x.retry || d.Reason != x.reason || d.Wait != x.wait {
			t.Errorf("%s: %s %s %s %s, want %s %s %s %s", x.why, d.Class, d.Retry, d.Reason, d.Wait, x.class,
				x.retry, x.reason, x.wait)
		}
	}
}

// TestEveryRowIsReached asks for every row by the fields of its gateway, and sees that it answers.
func TestEveryRowIsReached(t *testing.T) {
	table := testTable(t)
	at := moment(t, "2026-11-26 12:00")
	n := 0
	for key, rows := range table.rows {
		want := table.row(key, "LT", at)
		if want == nil {
			t.Errorf("%v has no row in force", key)
			continue
		}
		n += len(rows)
		d := table.Classify(signalOf(key), at)
		if d.Class != want.Class || d.Retry != want.Retry || d.Row != want.Row || d.Wait != want.Wait {
			t.Errorf("%v gives %s %q by %q, want %s %q", key, d.Class, d.Retry, d.Row, want.Class, want.Retry)
		}
		if d.Class == Never && d.Look != "" && d.Reason != "declined_generic" {
			t.Errorf("%v: a sign of fraud reads as %q", key, d.Reason)
		}
	}
	if n < 410 {
		t.Errorf("%d rows, want 410 at least", n)
	}
}

// signalOf is a signal in which a row's code stands alone, in its own field.
func signalOf(k rowKey) Signal {
	s := Signal{Gateway: k.gateway, Instrument: book.Instrument{ID: "x", Region: "LT"}}
	prefix, code, found := strings.Cut(k.code, ":")
	if !found {
		prefix, code = "", k.code
	}
	switch {
	case k.gateway == "visa" || k.gateway == "mastercard":
		s.Gateway, s.Instrument.Brand = "stripe", k.gateway
		if s.Decline.Network = code; prefix == "mac" {
			s.Decline = book.Decline{Advice: code}
		}
	case k.gateway == "paypal" && prefix == "advice":
		s.Instrument.Brand, s.Decline.Advice, _ = strings.Cut(code, ":")
	case prefix == "processor":
		s.Decline.Network = code
	case prefix == "advice":
		s.Decline.Advice = code
	case prefix == "outcome" || prefix == "subscription":
		s.Decline.Outcome = code
	case prefix == "error":
		s.Decline.Error = code
	default:
		s.Decline.Code = code
	}
	return s
}

// TestNeverInAnyOrder puts every signal of class N beside every other of its gateway: the two never
// allow a retry together, whichever field they stand in.
func TestNeverInAnyOrder(t *testing.T) {
	table := testTable(t)
	at := moment(t, "2026-11-26 12:00")
	pairs := 0
	for a := range table.rows {
		if r := table.row(a, "LT", at); r.Class != Never {
			continue
		}
		x := signalOf(a)
		for b := range table.rows {
			y := signalOf(b)
			s, ok := both(x, y)
			if !ok {
				continue
			}
			pairs++
			if d := table.Classify(s, at); d.Class != Never || d.Retry != "no" {
				t.Errorf("%v with %v: %s %q", a, b, d.Class, d.Retry)
			}
		}
	}
	if pairs < 1000 {
		t.Errorf("only %d pairs", pairs)
	}
}

// both joins two signals that stand in different fields; false where they cannot come together.
func both(x, y Signal) (Signal, bool) {
	fits := func(a, b string) bool { return a == "" || b == "" || a == b }
	if x.Gateway != y.Gateway || !fits(x.Instrument.Brand, y.Instrument.Brand) {
		return Signal{}, false
	}
	if x.Instrument.Brand == "" {
		x.Instrument.Brand = y.Instrument.Brand
	}
	for _, f := range []struct{ to, from *string }{{&x.Decline.Code, &y.Decline.Code},
		{&x.Decline.Error, &y.Decline.Error}, {&x.Decline.Network, &y.Decline.Network},
		{&x.Decline.Advice, &y.Decline.Advice}, {&x.Decline.Outcome, &y.Decline.Outcome}} {
		if *f.to != "" && *f.from != "" {
			return Signal{}, false
		}
		*f.to += *f.from
	}
	return x, true
}

func TestMissingIsCounted(t *testing.T) {
	at := moment(t, "2026-11-26 12:00")
	got := testTable(t).Missing([]Signal{
		signal("stripe", "visa", book.Decline{Code: "new_word"}),
		signal("stripe", "visa", book.Decline{Code: "new_word", Network: "ZZ"}),
		signal("stripe", "visa", book.Decline{Code: "expired_card", Network: "54"}),
	}, at)
	want := []Missing{{"stripe new_word", 2}, {"visa ZZ", 1}}
	if len(got) != 2 || got[0] != want[0] || got[1] != want[1] {
		t.Errorf("missing %v, want %v", got, want)
	}
}

// TestTableRefuses changes the table's text, and sees that what contradicts itself is refused.
func TestTableRefuses(t *testing.T) {
	for _, x := range []struct{ old, new, says string }{
		{"visa,04,,,N,no", "visa,04,,,N,yes", "class N may not have"},
		{"visa,07,,,N", "visa,04,,,N", "stands there twice"},
		{"visa,04,,,N,no,yes,no,,yes,,declined_generic", "visa,04,,,N,no,yes,no,,yes,,stolen", "unknown reason"},
		{"visa,04,,,N", "visa,04,mars,,N", "unknown region"},
		{"visa,04,,,N", "visa,04,,soon,N", "want YYYY-MM-DD"},
	} {
		text := strings.Replace(declinesCSV, x.old, x.new, 1)
		if text == declinesCSV {
			t.Fatalf("%q is not in the table", x.old)
		}
		if _, err := parseTable(text, limitsCSV); err == nil || !strings.Contains(err.Error(), x.says) {
			t.Errorf("%q: %v, want %q", x.new, err, x.says)
		}
	}
}

// TestTableVersion: whoever edits a row gives the tables a new version, because plans are told by it.
func TestTableVersion(t *testing.T) {
	const version, sum = "2026-11-26", "14c32b9b86f517dd"
	got := fmt.Sprintf("%x", sha256.Sum256([]byte(declinesCSV+limitsCSV)))[:16]
	if TableVersion != version || got != sum {
		t.Errorf("the tables are %s of version %s, and were %s of %s: a changed row needs a new TableVersion", got,
			TableVersion, sum, version)
	}
}
