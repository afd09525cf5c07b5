package paypal

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"countinghouse/app/money"
	"countinghouse/sync/source"
)

// section is one part of a settlement report: an account, and its sums as they were added up.
type section struct {
	columns map[string]int
	// sums are money in and out and fees back and taken, by currency; rows counts.
	sums map[string]*[4]int64
	rows int
}

// settled is what the whole report came to.
type settled struct {
	section
	sums    map[string]*[4]int64
	rows    int
	footers int
}

// settlement reads a settlement report: headers and footers around rows of unsigned amounts, whose
// sums and counts must come out (PayPal, settlement report, read 2026-11).
func (r *reading) settlement(table *source.Table) error {
	all := settled{sums: map[string]*[4]int64{}}
	err := r.each(table, func(cells []string, line int) error {
		switch strings.ToUpper(cells[0]) {
		case "SH":
			all.section = section{sums: map[string]*[4]int64{}}
		case "CH":
			all.columns = columnsOf(cells)
			if name := lacks(all.columns, settlementColumns...); name != "" {
				return r.wrong("The settlement report lacks the column "+name+".", nil)
			}
		case "SB":
			return r.settlementRow(&all, cells, line)
		case "SF":
			return r.foot(all.section.sums, cells, "section")
		case "RF":
			return r.foot(all.sums, cells, "report")
		case "SC":
			all.footers++
			return r.count(all.section.rows, cells, "section")
		case "RC":
			all.footers++
			return r.count(all.rows, cells, "report")
		}
		return nil
	})
	if err == nil && all.footers < 2 {
		err = r.wrong("The settlement report ends without its footers: it was cut off. Take it anew.",
			nil)
	}
	return err
}

// The columns of a settlement report's rows.
const (
	settledID        = "transaction id"
	settledCode      = "transaction event code"
	settledBegun     = "transaction initiation date"
	settledDone      = "transaction completion date"
	settledSign      = "transaction debit or credit"
	settledGross     = "gross transaction amount"
	settledCurrency  = "gross transaction currency"
	settledFeeSign   = "fee debit or credit"
	settledFee       = "fee amount"
	settledFeeMoney  = "fee currency"
	settledReference = "paypal reference id"
)

var settlementColumns = []string{settledID, settledCode, settledBegun, settledSign, settledGross,
	settledCurrency, settledFeeSign, settledFee}

// unclear are currencies of which PayPal does not say whether it writes their amounts with decimals.
var unclear = []money.Currency{"HUF", "TWD"}

func (r *reading) settlementRow(all *settled, cells []string, line int) error {
	r.report.Rows++
	all.rows++
	all.section.rows++
	get := func(name string) string {
		if i, ok := all.columns[name]; ok && i < len(cells) {
			return cells[i]
		}
		return ""
	}
	gross, err := wholeAmount(get(settledGross), get(settledSign))
	fee, err2 := wholeAmount(get(settledFee), get(settledFeeSign))
	if err = errors.Join(err, err2); err != nil {
		return r.wrong(fmt.Sprintf("Row %d of the settlement report has no readable amount, so its "+
			"totals cannot be checked.", line), err)
	}
	for _, sums := range []map[string]*[4]int64{all.section.sums, all.sums} {
		tally(sums, get(settledCurrency), gross, fee)
	}
	x, err := settlementEntry(get, gross, fee)
	if err != nil {
		r.reject(cells, line, err)
		return nil
	}
	if !meaningOf(x.Info.Code).memo {
		r.add(x)
	}
	return nil
}

// settlementEntry is a row as the search would give it.
func settlementEntry(get func(string) string, gross, fee int64) (row, error) {
	c, err := money.ParseCurrency(get(settledCurrency))
	if err != nil {
		return row{}, err
	}
	if exp, _ := c.Exponent(); exp != 2 || slices.Contains(unclear, c) {
		return row{}, fmt.Errorf("PayPal does not say whether this report writes %s with decimals: "+
			"read it from an activity download or by API", c)
	}
	if other := get(settledFeeMoney); other != "" && !strings.EqualFold(other, string(c)) && fee != 0 {
		return row{}, fmt.Errorf("the fee is in %s, the amount in %s", other, c)
	}
	x := row{amount: money.New(gross, c), fee: -fee}
	x.Info = wireInfo{ID: get(settledID), Code: get(settledCode), Status: "S",
		Reference: get(settledReference), ReferenceType: get("paypal reference id type"),
		Invoice: get("invoice id"), Custom: get("custom field"), AccountID: get("consumer id"),
		Tracking: get("payment tracking id"), BankReference: get("bank reference id")}
	if x.Info.ID == "" || x.Info.Code == "" {
		return row{}, errors.New("the row has no transaction id or no event code")
	}
	if x.at, err = settledAt(get(settledBegun)); err != nil {
		return row{}, err
	}
	x.updatedAt = x.at
	if done := get(settledDone); done != "" {
		if x.updatedAt, err = settledAt(done); err != nil {
			return row{}, err
		}
	}
	return x, nil
}

// wholeAmount is an unsigned amount in the smallest unit with the sign that CR and DR give it.
func wholeAmount(text, sign string) (int64, error) {
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseUint(text, 10, 53)
	if err != nil {
		return 0, fmt.Errorf("amount %q is no whole number", text)
	}
	switch {
	case strings.EqualFold(sign, "CR"):
		return int64(n), nil
	case strings.EqualFold(sign, "DR"):
		return -int64(n), nil
	case n == 0:
		return 0, nil
	}
	return 0, fmt.Errorf("%q is neither CR nor DR", sign)
}

// tally adds a row to the sums of its currency.
func tally(sums map[string]*[4]int64, currency string, gross, fee int64) {
	s := sums[strings.ToUpper(currency)]
	if s == nil {
		s = new([4]int64)
		sums[strings.ToUpper(currency)] = s
	}
	s[0] += max(gross, 0)
	s[1] += max(-gross, 0)
	s[2] += max(fee, 0)
	s[3] += max(-fee, 0)
}

// foot checks a footer: a currency and four sums, whatever their order.
func (r *reading) foot(sums map[string]*[4]int64, cells []string, of string) error {
	if len(cells) < 6 {
		return nil
	}
	var stated []int64
	for _, cell := range cells[2:6] {
		n, err := strconv.ParseUint(cell, 10, 53)
		if err != nil {
			return r.wrong("A total of the settlement report cannot be read.", err)
		}
		stated = append(stated, int64(n))
	}
	found := new([4]int64)
	if s := sums[strings.ToUpper(cells[1])]; s != nil {
		*found = *s
	}
	slices.Sort(stated)
	slices.Sort(found[:])
	if !slices.Equal(stated, found[:]) {
		return r.wrong(fmt.Sprintf("The totals of the %s in %s do not come out: the file was changed "+
			"or cut off. Take it anew.", of, cells[1]),
			fmt.Errorf("stated %d, found %d", stated, found[:]))
	}
	return nil
}

func (r *reading) count(rows int, cells []string, of string) error {
	if len(cells) < 2 || cells[1] == strconv.Itoa(rows) {
		return nil
	}
	return r.wrong(fmt.Sprintf("The %s says that it has %s rows and has %d: the file was changed or cut "+
		"off. Take it anew.", of, cells[1], rows), nil)
}
