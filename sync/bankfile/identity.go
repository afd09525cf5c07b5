package bankfile

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"countinghouse/app/book"
	"golang.org/x/text/unicode/norm"
)

// Identify gives lines of one file their ids and ordinals: the bank's own reference where each line
// of the file that has it is alone with it, else the date and a fingerprint of account, date,
// amount, currency and text, numbered where equal lines follow. The same file gives the same ids.
func Identify(lines []book.BankLine) {
	all := make([]*book.BankLine, len(lines))
	for i := range lines {
		all[i] = &lines[i]
	}
	identify(all)
}

func identify(lines []*book.BankLine) {
	uses := map[string]int{}
	for _, l := range lines {
		if !l.Pending {
			uses[l.BankID]++
		}
	}
	count := map[string]int{}
	for _, l := range lines {
		f := fingerprint(*l)
		count[f]++
		l.Ordinal = count[f]
		if l.BankID != "" && uses[l.BankID] == 1 && !l.Pending {
			l.ID = book.NewID(l.Account, l.BankID)
			continue
		}
		l.ID = numbered(*l, f)
	}
}

// numbered is the id of a line whose reference does not name it alone.
func numbered(l book.BankLine, fingerprint string) book.ItemID {
	if l.Ordinal > 1 {
		fingerprint += "-" + strconv.Itoa(l.Ordinal)
	}
	return book.NewID(l.Account, fingerprint)
}

// fingerprint is "2026-10-05/3f1c…" of a line's content; pending lines stand apart, because the
// bank may still change them.
func fingerprint(l book.BankLine) string {
	text := norm.NFC.String(strings.ToLower(oneLine(strings.Join([]string{
		l.Counterparty, l.CounterpartyAccount, l.Reference, l.Text}, " "))))
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\n%s\n%d\n%s\n%s",
		l.Account, l.On, l.Amount.Minor, l.Amount.Currency, text))
	day := l.On.String()
	if l.Pending {
		day = "pending"
	}
	return day + "/" + hex.EncodeToString(sum[:6])
}

// sign gives the statement its id, a fingerprint of what it says, and the lines the statement's.
func (p *Parsed) sign() {
	h := sha256.New()
	fmt.Fprintf(h, "%s\n%s\n%s\n%s\n%s\n%s\n", alphanumeric(p.AccountNumber), p.Number, p.Currency,
		p.FromOn, p.ToOn, balances(p.Opening, p.Closing))
	for _, l := range p.Lines {
		fmt.Fprintf(h, "%s\n", l.ID)
	}
	p.ID = book.NewID(p.Account, "statement/"+hex.EncodeToString(h.Sum(nil)[:8]))
	for i := range p.Lines {
		p.Lines[i].StatementID = p.ID
	}
}

func balances(b ...*int64) string {
	s := ""
	for _, x := range b {
		if x == nil {
			s += "none "
		} else {
			s += strconv.FormatInt(*x, 10) + " "
		}
	}
	return s
}
