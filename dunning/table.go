package dunning

import (
	_ "embed"
	"encoding/csv"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"countinghouse/app/book"
)

// The two tables that networks and gateways change: what each code allows, and how often a card may be
// asked. Each row says where it comes from and, where it was not always so, from which day it holds.
// They are this project's own collection of facts from the documents named in their last column, and
// stand under the project's licence.
var (
	//go:embed declines.csv
	declinesCSV string
	//go:embed limits.csv
	limitsCSV string
)

// TableVersion names the tables that come with the program; it changes with every edit of a row.
const TableVersion = "2026-11-26"

// Table says what a decline allows, and how often networks let a card be asked. It is read only, and
// safe for use by many goroutines at once.
type Table struct {
	// Version names the state of the rows.
	Version string
	rows    map[rowKey][]row // by falling first day
	limits  []limit
}

type rowKey struct{ gateway, code string }

// row is one meaning of one code from a day on.
type row struct {
	key    rowKey
	europe bool
	from   book.Date
	Decline
	// rank is how strict it is, weak that any other row says more.
	rank int
	weak bool
}

// limit is a network's own rule from a day on.
type limit struct {
	network                string
	from                   book.Date
	most                   int
	window                 time.Duration
	amount, apart, approve bool
}

// strictness orders the table's words: the stricter of two signals wins.
var strictness = map[string]int{"yes": 1, "after_resolution": 2, "after_update": 3,
	"after_authentication": 4, "after_fix": 5, "no": 6}

// allowed are the words that a class may have, so that no edit of the table contradicts itself.
var allowed = map[Class][]string{Never: {"no"}, Authenticate: {"after_authentication"},
	Data: {"after_update"}, OwnFault: {"after_fix"}, Technical: {"yes", "after_resolution"},
	Funds: {"yes"}, Generic: {"yes"}, Unmapped: {"yes"}}

// NewTable reads the tables that come with the program. An error is a fault of the program.
func NewTable() (Table, error) { return parseTable(declinesCSV, limitsCSV) }

func parseTable(declines, limits string) (Table, error) {
	t := Table{Version: TableVersion, rows: map[rowKey][]row{}}
	err := eachRow(declines, 13, func(f []string) error {
		r, err := parseRow(f)
		if err != nil {
			return err
		}
		for _, o := range t.rows[r.key] {
			if o.from == r.from && o.europe == r.europe {
				return errors.New("the code stands there twice")
			}
		}
		t.rows[r.key] = append(t.rows[r.key], r)
		return nil
	})
	if err != nil {
		return Table{}, fmt.Errorf("dunning: declines: %w", err)
	}
	for _, rows := range t.rows {
		slices.SortStableFunc(rows, func(a, b row) int { return int(b.from - a.from) })
	}
	err = eachRow(limits, 8, func(f []string) error {
		l, err := parseLimit(f)
		t.limits = append(t.limits, l)
		return err
	})
	if err != nil {
		return Table{}, fmt.Errorf("dunning: limits: %w", err)
	}
	return t, nil
}

func eachRow(text string, columns int, take func([]string) error) error {
	r := csv.NewReader(strings.NewReader(text))
	r.FieldsPerRecord = columns
	all, err := r.ReadAll()
	if err != nil {
		return err
	}
	for i, f := range all[1:] {
		if err := take(f); err != nil {
			return fmt.Errorf("row %d, %s %s: %w", i+2, f[0], f[1], err)
		}
	}
	return nil
}

func parseRow(f []string) (row, error) {
	r := row{key: rowKey{f[0], f[1]}, europe: f[2] == "europe", rank: strictness[f[5]],
		Decline: Decline{Class: Class(f[4]), Retry: f[5], NewMethod: f[6] == "yes",
			Action: f[7] == "yes", MandateGone: f[8] == "gone", Look: Look(f[9]), Reason: f[11],
			Row: f[0] + " " + f[1]}}
	r.weak = r.Class == Unmapped || f[1] == "advice:try_again_later"
	if !slices.Contains(allowed[r.Class], r.Retry) {
		return row{}, fmt.Errorf("class %s may not have %q", r.Class, r.Retry)
	}
	if !slices.Contains(Reasons, r.Reason) {
		return row{}, fmt.Errorf("unknown reason %q", r.Reason)
	}
	if f[2] != "" && !r.europe || !slices.Contains([]Look{"", LookAfter, LookFirst}, r.Look) {
		return row{}, fmt.Errorf("unknown region or look %q, %q", f[2], r.Look)
	}
	var err error
	if f[3] != "" {
		if r.from, err = book.ParseDate(f[3]); err != nil {
			return row{}, err
		}
	}
	if f[10] != "" {
		r.Wait, err = time.ParseDuration(f[10])
	}
	return r, err
}

func parseLimit(f []string) (limit, error) {
	l := limit{network: f[0], amount: f[4] == "amount", apart: f[5] == "yes", approve: f[6] == "yes"}
	var err error
	if f[1] != "" {
		if l.from, err = book.ParseDate(f[1]); err != nil {
			return limit{}, err
		}
	}
	hours, err1 := strconv.Atoi(f[3])
	l.window = time.Duration(hours) * time.Hour
	l.most, err = strconv.Atoi(f[2])
	return l, errors.Join(err, err1)
}

// Reasons are the keys of what a customer may hear; the texts live with the notices.
var Reasons = []string{"declined_generic", "funds_or_limit", "update_method", "confirm_with_bank",
	"pay_another_way", "stopped_by_customer", "technical", "none"}

// Look says whether a person should look at a case because of the decline.
type Look string

// LookAfter is for signs of fraud or loss: the customer is told as of any other refusal, and a person
// looks. LookFirst is for refusals by our own rules: nobody is written to before a person has looked.
const (
	LookAfter Look = "yes"
	LookFirst Look = "first"
)

// europe are the countries where a card network's code asks for authentication.
var europe = strings.Fields("AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK " +
	"SI ES SE IS LI NO GB CH GI GG JE IM MC SM VA AD")

// Classify says what a signal allows at a moment. The network's codes stand before the gateway's
// advice, that before the gateway's own codes; of two the stricter wins, and of two that are equally
// strict the first. A waiting time is the longest that any of them gave. A signal without any row is
// unmapped; codes that have none are named in Missing.
func (t Table) Classify(s Signal, at book.Instant) Decline {
	out := Decline{Class: Unmapped, Retry: "yes", Reason: "declined_generic"}
	var won *row
	var missing []string
	var look Look
	var mandate, method bool
	var wait time.Duration
	for _, k := range keys(s) {
		r := t.row(k, s.Instrument.Region, at)
		if r == nil {
			missing = append(missing, k.gateway+" "+k.code)
			continue
		}
		wait = max(wait, r.Wait)
		if look != LookFirst && r.Look != "" {
			look = r.Look
		}
		mandate, method = mandate || r.MandateGone, method || r.NewMethod
		if won == nil || !r.weak && (r.rank > won.rank || won.weak && r.rank == won.rank) {
			won = r
		}
	}
	if won != nil {
		out = won.Decline
		// A general word says nothing more where another one was understood.
		missing = slices.DeleteFunc(missing, func(m string) bool {
			return s.Decline.Error != "" && strings.HasSuffix(m, s.Decline.Error)
		})
	}
	out.Wait, out.Look, out.MandateGone, out.Missing = wait, look, mandate, missing
	if out.Class == Never {
		out.NewMethod = method
	} else {
		out.MandateGone = false
	}
	if look != "" && out.Class == Never {
		// A sign of fraud must read as any other refusal, whichever code decided.
		out.Reason = "declined_generic"
	}
	out.Code, out.Network, out.Advice = s.Decline.Code, s.Decline.Network, s.Decline.Advice
	if out.Code == "" {
		out.Code = s.Decline.Error
	}
	return out
}

// row is the row of a code that holds at a moment, nil for none. Where the issuer's country is not
// known, Europe's holds.
func (t Table) row(k rowKey, region string, at book.Instant) *row {
	rows := t.rows[k]
	var found *row
	for i := range rows {
		if r := &rows[i]; r.from == 0 || r.from.Start(time.UTC) <= at {
			if r.europe && (region == "" || slices.Contains(europe, strings.ToUpper(region))) {
				return r
			}
			if !r.europe && found == nil {
				found = r
			}
		}
	}
	return found
}

// keys are the rows that a signal asks for, the one to be believed first at the head. No gateway's
// table is applied to another's field.
func keys(s Signal) []rowKey {
	var out []rowKey
	add := func(table, prefix, code string) {
		if code = strings.TrimSpace(code); code != "" {
			out = append(out, rowKey{table, prefix + code})
		}
	}
	d := s.Decline
	brand := strings.ToLower(s.Instrument.Brand)
	digits := d.Advice != "" && strings.Trim(d.Advice, "0123456789") == ""
	switch {
	case s.Gateway == "paypal":
		if brand == "visa" || brand == "mastercard" {
			add("paypal", "advice:"+brand+":", d.Advice)
		}
		add("paypal", "processor:", d.Network)
	case brand == "visa":
		add("visa", "", strings.ToUpper(d.Network))
	case brand == "mastercard":
		if s.Gateway == "stripe" && digits {
			add("mastercard", "mac:", d.Advice)
		}
		add("mastercard", "rc:", strings.ToUpper(d.Network))
	}
	switch s.Gateway {
	case "stripe":
		if !digits {
			add("stripe", "advice:", d.Advice)
		}
		add("stripe", "", d.Code)
		// The outcome's reason repeats the decline's code where the issuer refused.
		if d.Code == "" || strings.Contains(ruleOutcomes, " "+d.Outcome+" ") {
			add("stripe", "outcome:", d.Outcome)
		}
		if d.Code == "" || d.Error != "card_declined" {
			add("stripe", "error:", d.Error)
		}
	case "paypal":
		add("paypal", "", d.Code)
		add("paypal", "subscription:", d.Outcome)
		add("paypal", "", d.Error)
	case "razorpay":
		add("razorpay", "", d.Code)
		if d.Error != d.Code {
			add("razorpay", "", d.Error)
		}
	}
	return out
}

// ruleOutcomes are Stripe's own reasons, which come beside a code of the issuer or alone.
const ruleOutcomes = " blocklist elevated_risk_level highest_risk_level " +
	"low_probability_of_authorization requested_block_on_incorrect_cvc " +
	"requested_block_on_incorrect_zip rule "

// Missing is a code that no row knows, and in how many signals it stood.
type Missing struct {
	Code  string
	Count int
}

// Missing counts the codes of signals that the table does not know, the most frequent first, so that
// somebody can add them.
func (t Table) Missing(signals []Signal, at book.Instant) []Missing {
	counts := map[string]int{}
	for _, s := range signals {
		for _, code := range t.Classify(s, at).Missing {
			counts[code]++
		}
	}
	out := make([]Missing, 0, len(counts))
	for code, n := range counts {
		out = append(out, Missing{code, n})
	}
	slices.SortFunc(out, func(a, b Missing) int {
		if a.Count != b.Count {
			return b.Count - a.Count
		}
		return strings.Compare(a.Code, b.Code)
	})
	return out
}
