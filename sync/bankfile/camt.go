package bankfile

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// The messages that hold statements and the element of one statement in each. Version 01 puts its
// number after the name of the message.
var camtMessages = []struct{ message, statement, variant string }{
	{"BkToCstmrStmt", "Stmt", "camt.053"},
	{"BkToCstmrAcctRpt", "Rpt", "camt.052"},
	{"BkToCstmrDbtCdtNtfctn", "Ntfctn", "camt.054"},
}

// readCAMT reads ISO 20022 camt.052, camt.053 and camt.054 of any version, by local names: some
// banks leave the namespace out, some write another. The file is read element by element, so that
// memory does not grow with its entries' XML.
func readCAMT(in *input, s *sink) error {
	x, f := newXMLReader(in, s.o.Limits), s.f
	f.Encoding = "UTF-8"
	for {
		err := x.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if variant, ok := statementAt(x.path); ok {
			f.Variant = variant
			if err := readCAMTStatement(x, s); err != nil {
				return err
			}
		}
	}
	if x.charset != "" {
		f.Encoding = x.charset
	}
	if f.seen > 0 {
		return nil
	}
	for _, m := range camtMessages {
		if slices.ContainsFunc(x.seen, func(n string) bool { return strings.HasPrefix(n, m.message) }) {
			return refuse("this is a "+m.variant+" message without a statement in it", "download it again")
		}
	}
	return refuse(xmlKind(x.seen), "ask the bank for CAMT.053 or CSV")
}

// statementAt reports whether a path ends at a statement, and of which message.
func statementAt(path []string) (string, bool) {
	n := len(path)
	for _, m := range camtMessages {
		if n >= 2 && path[n-1] == m.statement && strings.HasPrefix(path[n-2], m.message) {
			return m.variant, true
		}
	}
	return "", false
}

// statement is one statement while it is read.
type statement struct {
	*Parsed
	sink    *sink
	entries int
	opening string
}

func readCAMTStatement(x *xmlReader, out *sink) error {
	s := &statement{Parsed: out.begin(), sink: out}
	depth := len(x.path)
	for {
		n, err := x.element(depth)
		if err != nil {
			return err
		}
		if n == nil {
			break
		}
		if err := s.take(n); err != nil {
			e, ok := errors.AsType[*Error](err)
			if !ok {
				return err
			}
			if s.Number != "" {
				e.Place = strings.TrimPrefix("statement "+s.Number+", "+e.Place, ", ")
			}
			return e
		}
	}
	return out.end()
}

// take reads one child of the statement.
func (s *statement) take(n *node) error {
	switch n.name {
	case "Id":
		s.Number = n.text()
	case "ElctrncSeqNb":
		s.Number = strings.TrimSpace(s.Number + " " + n.text())
	case "FrToDt":
		s.FromOn, _ = isoDate(n.at("FrDtTm").or(n.at("FrDt")).text())
		s.ToOn, _ = isoDate(n.at("ToDtTm").or(n.at("ToDt")).text())
	case "Acct":
		s.AccountNumber = n.at("Id", "IBAN").or(n.at("Id", "Othr", "Id")).or(n.at("Id", "PrtryAcct", "Id")).
			or(n.at("Id", "BBAN")).text()
		if c := n.at("Ccy").text(); c != "" {
			var err error
			if s.Currency, err = money.ParseCurrency(c); err != nil {
				return n.fail("Acct/Ccy", fmt.Sprintf("%q is not a currency", c))
			}
		}
	case "Bal":
		return s.balance(n)
	case "Ntry":
		return s.entry(n)
	}
	return nil
}

// balance keeps OPBD, else PRCD, as the opening and CLBD as the closing balance. Only the first of
// each counts: banks repeat them by page.
func (s *statement) balance(n *node) error {
	code := n.at("Tp", "CdOrPrtry", "Cd").or(n.at("Tp", "Cd")).text()
	if code != "OPBD" && code != "PRCD" && code != "CLBD" {
		return nil
	}
	m, err := s.amount(n)
	if err != nil {
		return err
	}
	switch {
	case code == "CLBD":
		s.Proof.Closing = &m
	case s.Proof.Opening == nil || s.opening == "PRCD" && code == "OPBD":
		s.Proof.Opening, s.opening = &m, code
	}
	return nil
}

// amount is an element's Amt with the sign of its CdtDbtInd.
func (s *statement) amount(n *node) (money.Money, error) {
	a := n.at("Amt")
	if a == nil {
		return money.Money{}, n.fail("Amt", "no amount")
	}
	c := money.Currency(a.ccy)
	if c == "" {
		c = s.Currency
	}
	if c == "" {
		c = s.sink.o.Currency
	}
	m, err := money.Parse(a.text(), c)
	if err != nil {
		return m, n.fail("Amt", strings.TrimPrefix(err.Error(), "money: "))
	}
	switch ind := n.at("CdtDbtInd").text(); ind {
	case "CRDT":
	case "DBIT":
		m = m.Neg()
	default:
		return m, n.fail("CdtDbtInd", fmt.Sprintf("%q is neither CRDT nor DBIT", ind))
	}
	return m, nil
}

// entry reads an Ntry. Its own amount is what moved; the amounts of its details are not added.
func (s *statement) entry(n *node) error {
	s.entries++
	n.place = fmt.Sprintf("entry %d (line %d)", s.entries, n.line)
	m, err := s.amount(n)
	if err != nil {
		return err
	}
	l := book.BankLine{Amount: m, Row: s.entries, BankID: n.at("AcctSvcrRef").text()}
	if l.On, err = n.date("BookgDt"); err != nil {
		return err
	}
	if l.ValueOn, err = n.date("ValDt"); err != nil {
		return err
	}
	if l.On == 0 {
		l.On = l.ValueOn
	}
	status := n.at("Sts", "Cd").or(n.at("Sts", "Prtry")).or(n.at("Sts")).text()
	l.Pending = status != "" && status != "BOOK"
	if l.On == 0 && !l.Pending {
		return n.fail("BookgDt", "no date")
	}
	s.describe(&l, n)
	return s.sink.line(l, n.at("RvslInd").text() == "true")
}

// describe joins who, what for and under which reference, from the entry and its details.
func (s *statement) describe(l *book.BankLine, n *node) {
	var details []*node
	for _, d := range n.all("NtryDtls") {
		details = append(details, d.all("TxDtls")...)
	}
	var texts []string
	for _, d := range details {
		name, account := s.other(d, l.Amount.Minor < 0)
		refs := d.references()
		if len(details) == 1 {
			l.Counterparty, l.CounterpartyAccount = name, account
			if len(refs) > 0 {
				l.Reference, refs = refs[0], refs[1:]
			}
			if l.BankID == "" {
				l.BankID = d.at("Refs", "AcctSvcrRef").text()
			}
		} else {
			texts = append(texts, name)
		}
		texts = append(texts, d.remittance()...)
		texts = append(texts, refs...)
	}
	if len(details) == 0 {
		for _, b := range n.all("NtryDtls") {
			texts = append(texts, b.at("Btch", "PmtInfId").or(b.at("Btch", "MsgId")).text())
		}
		if ref := n.at("NtryRef").text(); ref != "" {
			l.Reference = ref
		}
	}
	texts = append(texts, n.at("AddtlNtryInf").text())
	texts = slices.DeleteFunc(texts, func(t string) bool { return t == "" })
	l.Text = oneLine(strings.Join(slices.Compact(texts), " "))
	if l.Counterparty == "" && l.Text == "" && l.Reference == "" {
		l.Text = n.at("BkTxCd", "Prtry", "Cd").text()
	}
}

// other is the other party of a detail: who paid us, or whom we paid; never we ourselves.
func (s *statement) other(d *node, out bool) (name, account string) {
	roles := []string{"Dbtr", "Cdtr"}
	if out {
		roles = []string{"Cdtr", "Dbtr"}
	}
	p := d.at("RltdPties")
	for _, r := range roles {
		party := p.at(r).or(p.at("Ultmt" + r))
		name = oneLine(party.at("Nm").or(party.at("Pty", "Nm")).text())
		id := p.at(r+"Acct", "Id")
		account = id.at("IBAN").or(id.at("Othr", "Id")).or(id.at("BBAN")).text()
		ours := account != "" && s.AccountNumber != "" && sameNumber(account, s.AccountNumber)
		if (name != "" || account != "") && !ours {
			return name, account
		}
	}
	return "", ""
}

// references lists the references of a detail, the most telling first.
func (n *node) references() []string {
	var out []string
	add := func(ref string) {
		if ref = oneLine(ref); ref != "" && ref != "NOTPROVIDED" && !slices.Contains(out, ref) {
			out = append(out, ref)
		}
	}
	refs := n.at("Refs")
	add(refs.at("EndToEndId").text())
	for _, st := range n.at("RmtInf").all("Strd") {
		add(st.at("CdtrRefInf", "Ref").or(st.at("CdtrRefInf", "CdtrRef")).text())
	}
	for _, name := range []string{"TxId", "UETR", "InstrId", "PmtInfId", "MsgId", "MndtId"} {
		add(refs.at(name).text())
	}
	return out
}

// remittance is what the payer wrote, and why money came back.
func (n *node) remittance() []string {
	var out []string
	for _, u := range n.at("RmtInf").all("Ustrd") {
		out = append(out, u.text())
	}
	for _, st := range n.at("RmtInf").all("Strd") {
		for _, a := range st.all("AddtlRmtInf") {
			out = append(out, a.text())
		}
		out = append(out, st.at("RfrdDocInf", "Nb").text())
	}
	out = append(out, n.at("AddtlTxInf").text(), n.at("RtrInf", "Rsn", "Cd").text())
	return append(out, n.at("RtrInf", "AddtlInf").text())
}

// isoDate is the day of an ISO date or time as written; the zone never moves it.
func isoDate(s string) (book.Date, error) {
	if len(s) > 10 && s[10] == 'T' || len(s) > 10 && (s[10] == '+' || s[10] == 'Z' || s[10] == '-') {
		s = s[:10]
	}
	return book.ParseDate(s)
}

func (n *node) date(name string) (book.Date, error) {
	d := n.at(name)
	text := d.at("Dt").or(d.at("DtTm")).text()
	if d == nil || text == "" {
		return 0, nil
	}
	on, err := isoDate(text)
	if err != nil {
		return 0, n.fail(name, fmt.Sprintf("%q is not a date", text))
	}
	return on, nil
}
