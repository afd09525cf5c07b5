package bankfile

import (
	"slices"
	"strings"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

// describe joins who, what for and under which reference, from the entry and its details. Of a batch
// the line says what all payments say, and lists them.
func (s *statement) describe(l *book.BankLine, e element) {
	s.open(e)
	s.texts = s.texts[:0]
	for _, d := range s.details {
		name, account := s.other(d, l.Amount.Minor < 0)
		refs := s.references(d)
		if len(s.details) == 1 {
			l.Counterparty, l.CounterpartyAccount = name, account
			if len(refs) > 0 {
				l.Reference, refs = refs[0], refs[1:]
			}
			if l.BankID == "" {
				l.BankID = real(d.at("Refs", "AcctSvcrRef").text())
			}
			l.Structured = structured(d)
		} else {
			s.texts = append(s.texts, name)
		}
		s.remittance(d)
		s.texts = append(s.texts, refs...)
	}
	if len(s.details) == 0 {
		batch := func(b element) {
			s.texts = append(s.texts, b.at("PmtInfId").or(b.at("MsgId")).text())
		}
		for b := e.at("NtryDtls"); b.there(); b = b.again() {
			batch(b.at("Btch"))
		}
		for b := e.at("Btch"); b.there(); b = b.again() {
			batch(b)
		}
		l.Reference = e.at("NtryRef").text()
	}
	s.texts = append(s.texts, e.at("AddtlNtryInf").text())
	l.Text = s.joined()
	if l.Counterparty == "" && l.Text == "" && l.Reference == "" {
		l.Text = e.at("BkTxCd", "Prtry", "Cd").text()
	}
	if len(s.details) > 1 {
		l.Details = make([]book.BankDetail, len(s.details))
		for i, d := range s.details {
			l.Details[i] = s.detail(d, l.Amount)
		}
	}
}

// open lists the details of an entry; version 01 has them in the entry itself. A batch of which some
// had to be left out stays closed: a part of it would look like all of it.
func (s *statement) open(e element) {
	s.details = s.details[:0]
	if e.t.over {
		s.closed++
		return
	}
	add := func(d element) {
		for ; d.there(); d = d.again() {
			s.details = append(s.details, d)
		}
	}
	for b := e.at("NtryDtls"); b.there(); b = b.again() {
		add(b.at("TxDtls"))
	}
	add(e.at("TxDtls"))
}

// detail is one payment of a batch whose entry has the amount.
func (s *statement) detail(d element, entry money.Money) book.BankDetail {
	amount := s.detailAmount(d, entry)
	out := entry.Minor < 0
	if ind := d.at("CdtDbtInd").text(); ind == "CRDT" || ind == "DBIT" {
		out = ind == "DBIT"
	}
	x := book.BankDetail{Amount: amount, Structured: structured(d),
		BankID: real(d.at("Refs", "AcctSvcrRef").text())}
	x.Counterparty, x.CounterpartyAccount = s.other(d, out)
	refs := s.references(d)
	if len(refs) > 0 {
		x.Reference, refs = refs[0], refs[1:]
	}
	s.texts = s.texts[:0]
	s.remittance(d)
	s.texts = append(s.texts, refs...)
	x.Text = s.joined()
	return x
}

// detailAmount is what a detail says that it moved, by its own mark or else its entry's; nil where it
// does not say. Only Amt and TxAmt say so: what was instructed may be another sum.
func (s *statement) detailAmount(d element, entry money.Money) *money.Money {
	a := d.at("Amt").or(d.at("AmtDtls", "TxAmt", "Amt"))
	if !a.there() {
		return nil
	}
	c := money.Currency(a.ccy())
	if c == "" {
		c = entry.Currency
	}
	m, err := money.Parse(a.text(), c)
	out := entry.Minor < 0
	switch d.at("CdtDbtInd").text() {
	case "":
	case "CRDT":
		out = false
	case "DBIT":
		out = true
	default:
		m.Minor = -1
	}
	if err != nil || m.Minor < 0 {
		s.unpriced++
		return nil
	}
	if out {
		m = m.Neg()
	}
	return &m
}

// joined makes one line of the texts that there are; one that repeats the one before it is left out.
func (s *statement) joined() string {
	s.texts = slices.DeleteFunc(s.texts, func(t string) bool { return t == "" })
	return singleLine(strings.Join(slices.Compact(s.texts), " "))
}

// singleLine is oneLine, which costs nothing where the text is one line already.
func singleLine(s string) string {
	blank := true
	for i := range len(s) {
		c := s[i]
		if c >= 0x80 || c < ' ' || c == ' ' && blank {
			return oneLine(s)
		}
		blank = c == ' '
	}
	if blank {
		return oneLine(s)
	}
	return s
}

// real is a reference, "" for a word that stands in place of one.
func real(ref string) string {
	if ref == "NOTPROVIDED" || ref == "NONREF" {
		return ""
	}
	return ref
}

// other is the other party of a detail: who paid us, or whom we paid; never we ourselves.
func (s *statement) other(d element, out bool) (name, account string) {
	roles := [2]struct{ party, ultimate, account string }{
		{"Dbtr", "UltmtDbtr", "DbtrAcct"}, {"Cdtr", "UltmtCdtr", "CdtrAcct"}}
	if out {
		roles[0], roles[1] = roles[1], roles[0]
	}
	p := d.at("RltdPties")
	for _, r := range roles {
		party := p.at(r.party).or(p.at(r.ultimate))
		name = singleLine(party.at("Nm").or(party.at("Pty", "Nm")).text())
		id := p.at(r.account, "Id")
		account = id.at("IBAN").or(id.at("Othr", "Id")).or(id.at("PrtryAcct", "Id")).or(id.at("BBAN")).text()
		ours := account != "" && s.AccountNumber != "" && sameNumber(account, s.AccountNumber)
		if (name != "" || account != "") && !ours {
			return name, account
		}
	}
	return "", ""
}

// references lists the references of a detail, the most telling first; the slice is good until the
// next call.
func (s *statement) references(d element) []string {
	s.refs = s.refs[:0]
	add := func(ref string) {
		if ref = singleLine(ref); ref != "" && ref != "NOTPROVIDED" && !slices.Contains(s.refs, ref) {
			s.refs = append(s.refs, ref)
		}
	}
	refs := d.at("Refs")
	add(refs.at("EndToEndId").text())
	for st := d.at("RmtInf", "Strd"); st.there(); st = st.again() {
		add(quotedReference(st))
	}
	for _, name := range [...]string{"TxId", "UETR", "InstrId", "PmtInfId", "MsgId", "MndtId"} {
		add(refs.at(name).text())
	}
	return s.refs
}

// structured is the reference that the payee gave the payer to quote.
func structured(d element) string {
	for st := d.at("RmtInf", "Strd"); st.there(); st = st.again() {
		if ref := singleLine(quotedReference(st)); ref != "" {
			return ref
		}
	}
	return ""
}

func quotedReference(st element) string {
	return st.at("CdtrRefInf", "Ref").or(st.at("CdtrRefInf", "CdtrRef")).text()
}

// remittance puts into texts what the payer wrote, and why money came back.
func (s *statement) remittance(d element) {
	info := d.at("RmtInf")
	for u := info.at("Ustrd"); u.there(); u = u.again() {
		s.texts = append(s.texts, u.text())
	}
	for st := info.at("Strd"); st.there(); st = st.again() {
		for a := st.at("AddtlRmtInf"); a.there(); a = a.again() {
			s.texts = append(s.texts, a.text())
		}
		s.texts = append(s.texts, st.at("RfrdDocInf", "Nb").or(st.at("RfrdDocInf", "RfrdDocNb")).text())
	}
	back := d.at("RtrInf")
	s.texts = append(s.texts, d.at("AddtlTxInf").text(),
		back.at("Rsn", "Cd").or(back.at("RtrRsn", "Cd")).text(), back.at("AddtlInf").text())
}
