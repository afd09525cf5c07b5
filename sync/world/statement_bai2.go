package world

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"countinghouse/app/book"
)

// bai2Width is how long the bank's records are at most, where their text can be broken.
const bai2Width = 80

// bai2Writer writes BAI2 records and counts what its trailers state: the sums of amounts as written
// and the records, of the account, the group and the file.
type bai2Writer struct {
	w      *bufio.Writer
	sums   [3]int64
	counts [3]int
}

func (b *bai2Writer) record(format string, args ...any) {
	fmt.Fprintf(b.w, format, args...)
	b.w.WriteByte('\n')
	for i := range b.counts {
		b.counts[i]++
	}
}

func (b *bai2Writer) add(n int64) {
	for i := range b.sums {
		b.sums[i] += n
	}
}

// WriteBAI2 writes the account's statement from one day to another, both included, as a US bank
// reports it: a group with its balances for each day that has lines, made at a moment. BAI2 has no
// fields for who the other party is. Its errors are the writer's.
func (a *Account) WriteBAI2(w io.Writer, from, to book.Date, at book.Instant) error {
	b := &bai2Writer{w: bufio.NewWriterSize(w, 1<<16)}
	b.record("01,PRETENDBANK,CUSTOMER,%s,1,,,2/", at.Time().Format("060102,1504"))
	groups := 0
	var day []*BankLine
	for i := range a.Lines {
		l := &a.Lines[i]
		if l.On < from || l.On > to {
			continue
		}
		if len(day) > 0 && day[0].On != l.On {
			a.writeBAI2Day(b, day)
			groups++
			day = day[:0]
		}
		day = append(day, l)
	}
	if len(day) > 0 {
		a.writeBAI2Day(b, day)
		groups++
	}
	b.record("99,%d,%d,%d/", b.sums[2], groups, b.counts[2]+1)
	// A buffered writer keeps its first error and gives it back here.
	return b.w.Flush()
}

// writeBAI2Day writes the group of a day's lines.
func (a *Account) writeBAI2Day(b *bai2Writer, lines []*BankLine) {
	b.sums[0], b.sums[1], b.counts[0], b.counts[1] = 0, 0, 0, 0
	on := lines[0].On
	b.record("02,CUSTOMER,PRETENDBANK,1,%s,2400,%s,2/", bai2Day(on), a.Currency)
	b.counts[0] = 0
	opening, closing := a.BalanceOn(on-1), a.BalanceOn(on)
	b.record("03,%s,%s,010,%+d,,,015,%+d,,/", a.IBAN, a.Currency, opening, closing)
	b.add(opening)
	b.add(closing)
	for _, l := range lines {
		code, amount := 142, l.Amount.Minor
		if amount < 0 {
			code, amount = 451, -amount
		}
		b.add(amount)
		b.text(fmt.Sprintf("16,%d,%d,V,%s,,%s,%s,", code, amount, bai2Day(l.ValueOn), l.BankID, l.Reference), l.Text)
	}
	b.record("49,%+d,%d/", b.sums[0], b.counts[0]+1)
	b.record("98,%+d,1,%d/", b.sums[1], b.counts[1]+1)
}

// text writes an entry and breaks its text into continuation records between words.
func (b *bai2Writer) text(record, text string) {
	for i, word := range strings.Fields(text) {
		if i > 0 && len(record)+1+len(word) > bai2Width {
			b.record("%s", record)
			record = "88," + word
			continue
		}
		if i > 0 {
			record += " "
		}
		record += word
	}
	b.record("%s/", record)
}

func bai2Day(d book.Date) string { return d.Time().Format("060102") }
