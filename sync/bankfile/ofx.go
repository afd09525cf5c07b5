package bankfile

import (
	"bytes"
	"fmt"
	"io"
	"regexp"
	"strings"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// ofxParts are the elements that give an OFX file its structure; all others are leaves, or parts of
// an entry, or of no interest here.
var ofxParts = map[string]ofxPart{
	"OFX": ofxWhole, "SONRS": ofxAnswer, "STMTTRNRS": ofxAnswer, "CCSTMTTRNRS": ofxAnswer,
	"INVSTMTTRNRS": ofxAnswer, "SIGNONMSGSRSV1": ofxMessages, "BANKMSGSRSV1": ofxMessages,
	"CREDITCARDMSGSRSV1": ofxMessages, "INVSTMTMSGSRSV1": ofxMessages, "STATUS": ofxStatus,
	"STMTRS": ofxStatement, "CCSTMTRS": ofxStatement, "INVSTMTRS": ofxStatement,
	"BANKACCTFROM": ofxAccount, "CCACCTFROM": ofxAccount, "INVACCTFROM": ofxAccount,
	"BANKTRANLIST": ofxList, "INVTRANLIST": ofxList, "BANKTRANLISTP": ofxOther,
	"INVBANKTRAN": ofxOther, "LEDGERBAL": ofxBalance, "AVAILBAL": ofxOther, "BALLIST": ofxOther,
	"INVBAL": ofxOther, "INVPOSLIST": ofxOther, "SECLIST": ofxOther,
}

type ofxPart byte

const (
	ofxNone ofxPart = iota
	ofxWhole
	ofxMessages
	ofxAnswer
	ofxStatus
	ofxStatement
	ofxAccount
	ofxList
	ofxBalance
	ofxOther
)

// ofxReader is an OFX file while it is read.
type ofxReader struct {
	*ofxScanner
	s     *sink
	f     *File
	words ofxText
	accs  *accounts
	path  []string
	// hollow counts the tags without text that were opened one behind the other.
	hollow int
	status struct{ code, severity, message string }
	// refused is what the bank says instead of a statement.
	refused string
	ended   bool
	block   ofxBlock
	// asOf is the day of the balance that counts for a statement.
	asOf map[*Parsed]book.Date
	// n is the number of the present entry in the file.
	n    int
	e    ofxEntry
	told ofxRemarks
}

// ofxBlock is one statement as the bank sends it; several may be of one account.
type ofxBlock struct {
	open, listed               bool
	bank, branch, account, cur string
	from, to                   string
	balance, asOf              string
	// p is the statement in which its entries stand, again that an earlier block began it; currency is
	// what its amounts are in.
	p        *Parsed
	again    bool
	currency money.Currency
}

// readOFX reads OFX 1 and 2 and QFX: bank, card and investment statements, of the last the entries
// that move cash.
func readOFX(in *input, s *sink) error {
	r := &ofxReader{s: s, f: s.f, accs: newAccounts(s), asOf: map[*Parsed]book.Date{}}
	head, err := in.head()
	if err != nil {
		return err
	}
	var src io.Reader = in
	switch name := wide(head); {
	case name != "":
		src = narrowed(in, name)
		r.words.name = name
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		r.words.name = "UTF-8"
	}
	r.ofxScanner = newOFXScanner(src, s.o.Limits)
	if err := r.start(); err != nil {
		return err
	}
	r.f.Variant = "OFX"
	r.readHead()
	if err := r.all(); err != nil {
		return err
	}
	return r.finish()
}

var (
	ofxVersion = regexp.MustCompile(`VERSION[:=]\s*"?'?(\d)(\d)(\d)`)
	ofxCharset = regexp.MustCompile(`CHARSET:\s*([\w-]+)`)
	xmlCharset = regexp.MustCompile(`encoding\s*=\s*["']([\w-]+)["']`)
)

// readHead takes version and encoding from the lines above the first tag.
func (r *ofxReader) readHead() {
	r.readVersion(r.head)
	if m := ofxCharset.FindStringSubmatch(r.head); m != nil {
		r.words.fallBackTo(m[1])
	}
}

func (r *ofxReader) readVersion(head string) {
	if m := ofxVersion.FindStringSubmatch(head); m != nil {
		r.f.Variant = "OFX " + m[1] + "." + m[2] + "." + m[3]
	}
}

// all reads tag by tag.
func (r *ofxReader) all() error {
	more, err := r.step()
	for more && err == nil {
		switch name := string(r.name); {
		case r.closes:
			r.hollow = 0
			err = r.leave(name)
		case name == "?XML":
			if m := xmlCharset.FindSubmatch(r.inner()); m != nil {
				r.words.declare(string(m[1]))
			}
		case name == "?OFX":
			r.readVersion(string(r.inner()))
		case name == "STMTTRN" || name == "STMTTRNP":
			r.hollow = 0
			if more, err = r.entry(name); err != nil {
				return err
			}
			// The tag behind the entry is read already.
			continue
		case ofxParts[name] != ofxNone:
			err = r.enter(name)
		default:
			err = r.leaf(name)
		}
		if err == nil {
			more, err = r.step()
		}
	}
	return err
}

// enter opens a part.
func (r *ofxReader) enter(name string) error {
	if err := r.deeper(); err != nil {
		return err
	}
	if len(r.path) >= r.s.o.Limits.Depth {
		return r.tooDeep()
	}
	switch ofxParts[name] {
	case ofxWhole:
		r.ended = false
	case ofxStatus:
		r.status.code, r.status.severity, r.status.message = "", "", ""
	case ofxStatement:
		// One that was never closed ends where the next begins.
		if err := r.endBlock(); err != nil {
			return err
		}
		r.block = ofxBlock{open: true}
	case ofxList:
		r.block.listed = true
	}
	r.path = append(r.path, name)
	return nil
}

// deeper counts a tag without text, which may be an empty leaf or the beginning of a part.
func (r *ofxReader) deeper() error {
	if r.hollow++; r.hollow > r.s.o.Limits.Depth {
		return r.tooDeep()
	}
	return nil
}

func (r *ofxReader) tooDeep() error {
	return refuse(fmt.Sprintf("elements are nested deeper than %d", r.s.o.Limits.Depth),
		"ask the bank for the file again")
}

// leave closes a part, and with it what was opened inside and never closed.
func (r *ofxReader) leave(name string) error {
	if ofxParts[name] == ofxNone {
		return nil
	}
	i := len(r.path) - 1
	for i >= 0 && r.path[i] != name {
		i--
	}
	if i < 0 {
		return nil
	}
	for _, inner := range r.path[i:] {
		switch ofxParts[inner] {
		case ofxWhole:
			r.ended = true
		case ofxStatus:
			r.answer()
		case ofxStatement:
			if err := r.endBlock(); err != nil {
				return err
			}
		}
	}
	r.path = r.path[:i]
	return nil
}

// answer keeps what the bank says where it could not do what it was asked.
func (r *ofxReader) answer() {
	q := r.status
	if strings.EqualFold(q.severity, "ERROR") && r.refused == "" {
		r.refused = string([]rune(q.message)[:min(200, len([]rune(q.message)))])
		if r.refused == "" {
			r.refused = "an error without words"
		}
		if q.code != "" {
			r.refused += " (code " + q.code + ")"
		}
	}
}

// leaf takes a leaf of a part.
func (r *ofxReader) leaf(name string) error {
	raw := bytes.TrimSpace(r.text())
	if len(raw) == 0 {
		if name == "INVTRAN" {
			r.told.trades++
		}
		return r.deeper()
	}
	r.hollow = 0
	in := ofxNone
	if n := len(r.path); n > 0 {
		in = ofxParts[r.path[n-1]]
	}
	if to := r.place(in, name); to != nil && *to == "" {
		*to = r.words.of(raw)
	}
	return nil
}

// place is where the text of a leaf goes, nil for nowhere.
func (r *ofxReader) place(in ofxPart, name string) *string {
	b := &r.block
	switch in {
	case ofxStatus:
		switch name {
		case "CODE":
			return &r.status.code
		case "SEVERITY":
			return &r.status.severity
		case "MESSAGE":
			return &r.status.message
		}
	case ofxStatement:
		if name == "CURDEF" {
			return &b.cur
		}
	case ofxAccount:
		switch name {
		case "BANKID", "BROKERID":
			return &b.bank
		case "BRANCHID":
			return &b.branch
		case "ACCTID":
			return &b.account
		}
	case ofxList:
		switch name {
		case "DTSTART":
			return &b.from
		case "DTEND":
			return &b.to
		}
	case ofxBalance:
		switch name {
		case "BALAMT":
			return &b.balance
		case "DTASOF":
			return &b.asOf
		}
	}
	return nil
}

// ensure opens the statement of the present block, or goes on in that of its account.
func (r *ofxReader) ensure() error {
	b := &r.block
	if b.p != nil {
		return nil
	}
	b.currency, _ = money.ParseCurrency(b.cur)
	key := strings.Join([]string{b.bank, b.branch, b.account, b.cur}, "\n")
	if b.account == "" {
		key = fmt.Sprint("statement ", r.f.seen)
	}
	p, fresh, err := r.accs.to(key)
	if err != nil {
		return err
	}
	b.p, b.again = p, !fresh
	if fresh {
		p.AccountNumber, p.Currency = b.account, b.currency
	}
	switch {
	case b.cur != "" && b.currency == "" && fresh:
		r.f.warn("%q is not a currency: no amount of account %s can be read", b.cur, b.account)
	case b.cur == "":
		r.told.nameless++
		b.currency = r.s.o.Currency
	}
	return nil
}

// endBlock completes the statement with what stands around its entries.
func (r *ofxReader) endBlock() error {
	b := r.block
	r.block = ofxBlock{}
	if !b.open || b.p == nil && !b.listed && b.account == "" && b.balance == "" {
		return nil
	}
	if cur, err := money.ParseCurrency(b.cur); b.p != nil && err == nil && cur != b.currency {
		return &Error{Field: "CURDEF", Reason: "the currency stands behind the entries that it is of",
			Hint: "ask the bank for CSV or CAMT.053 instead"}
	}
	r.block = b
	err := r.ensure()
	b, r.block = r.block, ofxBlock{}
	if err != nil {
		return err
	}
	if b.p.AccountNumber == "" {
		b.p.AccountNumber = b.account
	}
	r.period(b)
	r.balance(b)
	return nil
}

// sinceEver is what banks write as the first day of a period that has none.
var sinceEver = book.NewDate(2000, 1, 1)

func (r *ofxReader) period(b ofxBlock) {
	from, _ := ofxDate(b.from)
	to, _ := ofxDate(b.to)
	p := b.p
	if from > sinceEver && (!b.again || p.FromOn != 0 && from < p.FromOn) {
		p.FromOn = from
	}
	if b.again && from <= sinceEver {
		p.FromOn = 0
	}
	p.ToOn = max(p.ToOn, to)
}

// balance takes the balance of the ledger as the closing one; of several that of the latest day. It
// proves nothing: it may be of the day of the download, and no opening balance is ever stated.
func (r *ofxReader) balance(b ofxBlock) {
	if b.balance == "" {
		return
	}
	m, err := ofxAmount(b.balance, b.currency)
	if err != nil {
		if !b.again {
			r.f.warn("the balance of account %s cannot be read: %s", b.account, reasonOf(err))
		}
		return
	}
	on, _ := ofxDate(b.asOf)
	if b.p.Proof.Closing == nil || on >= r.asOf[b.p] {
		b.p.Proof.Closing, r.asOf[b.p] = &m, on
	}
}

// finish says what is to be said of the whole file.
func (r *ofxReader) finish() error {
	if err := r.endBlock(); err != nil {
		return err
	}
	r.f.Encoding = r.words.used()
	switch {
	case r.f.seen > 0:
	case r.refused != "":
		return refuse("the bank answered instead of sending a statement: "+r.refused,
			"ask the bank, or download the statement again")
	default:
		return refuse("this OFX file holds no statement", "download a statement with its movements")
	}
	if r.refused != "" {
		r.f.warn("the bank refused a part of what was asked for: %s", r.refused)
	}
	if !r.ended {
		r.f.warn("the file ends in the middle: it was cut off, and later entries may be missing")
	}
	r.told.say(r)
	return r.accs.end()
}

func reasonOf(err error) string { return strings.TrimPrefix(err.Error(), "money: ") }
