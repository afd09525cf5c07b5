package bankfile

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"countinghouse/app/book"
	"countinghouse/app/money"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"pgregory.net/rapid"
)

// xmlStyle writes XML in a way that is drawn anew for each element: the same document as one bank or
// another would write it.
type xmlStyle struct {
	*rapid.T
	prefix string
}

func (s xmlStyle) pick(of ...string) string { return rapid.SampledFrom(of).Draw(s.T, "style") }

// el is an element around what stands in it; nothing where that is nothing.
func (s xmlStyle) el(name string, inside ...string) string {
	body := strings.Join(inside, s.pick("", "", "\n\t", "\r\n", "<!-- <Ntry> -->", "<?page 2?>"))
	if body == "" {
		return ""
	}
	tag := s.prefix + name
	return "<" + tag + s.pick("", " ", ` xml:lang="de"`) + ">" + body + "</" + tag + s.pick("", "", "\n") + ">"
}

// text is an element of text in one of the ways to write it.
func (s xmlStyle) text(name, text string) string {
	if text == "" {
		return ""
	}
	escaped := strings.NewReplacer("&", s.pick("&amp;", "&#38;", "&#x26;"), "<", s.pick("&lt;", "&#60;"), ">", "&gt;").Replace(text)
	switch s.pick("plain", "cdata", "both", "blanks") {
	case "cdata":
		escaped = "<![CDATA[" + text + "]]>"
	case "both":
		escaped = "<!-- x -->" + escaped + "<![CDATA[]]>"
	case "blanks":
		escaped = "\n  " + escaped + "\t"
	}
	return s.el(name, escaped)
}

func (s xmlStyle) amount(m money.Money) []string {
	mark := "CRDT"
	if m.Minor < 0 {
		mark = "DBIT"
	}
	tag := s.prefix + "Amt"
	return []string{"<" + tag + " Ccy=" + s.pick(`"`+string(m.Currency)+`"`, "'"+string(m.Currency)+"'\n") + ">" +
		m.Abs().Decimal() + "</" + tag + ">", s.text("CdtDbtInd", mark)}
}

func (s xmlStyle) entry(l *book.BankLine) string {
	status := s.text("Sts", "BOOK")
	if l.Pending {
		status = s.el("Sts", s.text("Cd", s.pick("PDNG", "INFO", "FUTR")))
	}
	party := "Dbtr"
	detail := func(d book.BankDetail, out bool) string {
		if party = "Dbtr"; out {
			party = "Cdtr"
		}
		parts := []string{s.el("Refs", s.text("AcctSvcrRef", d.BankID), s.text("EndToEndId", d.Reference)+" ")}
		if d.Amount != nil {
			parts = append(parts, s.amount(*d.Amount)...)
		}
		return s.el("TxDtls", append(parts, s.el("RltdPties", s.el(party, s.text("Nm", d.Counterparty)),
			s.el(party+"Acct", s.el("Id", s.text("IBAN", d.CounterpartyAccount)))),
			s.el("RmtInf", s.text("Ustrd", d.Text)))...)
	}
	var details []string
	for _, d := range l.Details {
		details = append(details, detail(d, d.Amount != nil && d.Amount.Minor < 0 || d.Amount == nil && l.Amount.Minor < 0))
	}
	if len(details) == 0 {
		details = []string{detail(book.BankDetail{Counterparty: l.Counterparty, CounterpartyAccount: l.CounterpartyAccount,
			Reference: l.Reference, Text: l.Text}, l.Amount.Minor < 0)}
	}
	return s.el("Ntry", append(s.amount(l.Amount), status, s.el("BookgDt", s.text("Dt", l.On.String())),
		s.el("ValDt", s.text("DtTm", l.ValueOn.String()+s.pick("T00:00:00", "T23:59:59.999+02:00", "T12:00:00Z"))),
		s.text("AcctSvcrRef", l.BankID), s.el("NtryDtls", details...))...)
}

// drawnLine is a line as a bank may book it, with details or without.
func drawnLine(t *rapid.T, row int) book.BankLine {
	word := rapid.StringMatching(`[A-Za-z0-9äöüß&<>'"/.-]{1,8}( [A-Za-z0-9é&;]{1,8})?`)
	some := func(name string) string { return rapid.OneOf(rapid.Just(""), word).Draw(t, name) }
	amount := func(c ...money.Currency) money.Money {
		return money.New(rapid.Int64Range(-1e12, 1e12).Draw(t, "amount"), rapid.SampledFrom(c).Draw(t, "currency"))
	}
	on := book.Date(20000 + rapid.IntRange(0, 40).Draw(t, "on"))
	l := book.BankLine{Row: row, Account: "operating", On: on, ValueOn: on + 1, Amount: amount("EUR", "EUR", "EUR", "CHF", "JPY"),
		Pending: rapid.IntRange(0, 9).Draw(t, "pending") == 0, BankID: some("bank id")}
	detail := func() book.BankDetail {
		d := book.BankDetail{Counterparty: some("name"), Reference: some("reference"), Text: some("text"), BankID: some("id")}
		d.CounterpartyAccount = rapid.SampledFrom([]string{"", "FR7630006000011234567890189"}).Draw(t, "account")
		if rapid.Bool().Draw(t, "priced") {
			m := amount("EUR", "USD")
			d.Amount = &m
		}
		return d
	}
	if n := rapid.SampledFrom([]int{0, 0, 2, 3}).Draw(t, "details"); n > 0 {
		for range n {
			l.Details = append(l.Details, detail())
		}
		return l
	}
	d := detail()
	l.Counterparty, l.CounterpartyAccount, l.Reference, l.Text = d.Counterparty, d.CounterpartyAccount, d.Reference, d.Text
	return l
}

// TestCAMTSaysWhatTheBankWrote draws statements, writes them in any of the ways that XML and the
// standard allow, and reads them back equal, kept and handed over.
func TestCAMTSaysWhatTheBankWrote(t *testing.T) {
	encodings := map[string]encoding.Encoding{"": encoding.Nop, "UTF-8": encoding.Nop, "ISO-8859-1": charmap.ISO8859_1,
		"UTF-16": unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), "utf-16": unicode.UTF16(unicode.BigEndian, unicode.UseBOM)}
	rapid.Check(t, func(t *rapid.T) {
		s := xmlStyle{t, rapid.SampledFrom([]string{"", "", "n:"}).Draw(t, "prefix")}
		var want [][]book.BankLine
		var parts []string
		row := 0
		for n := range rapid.IntRange(1, 3).Draw(t, "statements") {
			opening := money.New(rapid.Int64Range(-1e9, 1e9).Draw(t, "opening"), "EUR")
			closing := opening
			var lines []book.BankLine
			var entries []string
			for range rapid.IntRange(1, 6).Draw(t, "lines") {
				row++
				l := drawnLine(t, row)
				lines = append(lines, l)
				entries = append(entries, s.entry(&l))
				if !l.Pending && l.Amount.Currency == "EUR" {
					closing.Minor += l.Amount.Minor
				}
			}
			balance := func(code string, m money.Money) string {
				return s.el("Bal", append(s.amount(m), s.el("Tp", s.el("CdOrPrtry", s.text("Cd", code))))...)
			}
			want = append(want, lines)
			parts = append(parts, s.el("Stmt", append([]string{s.text("Id", fmt.Sprint("S", n)), s.el("Acct", s.el("Id",
				s.text("IBAN", "DE89370400440532013000")), s.text("Ccy", "EUR")), balance(s.pick("OPBD", "PRCD"), opening),
				balance("CLBD", closing)}, entries...)...))
		}
		name := rapid.SampledFrom([]string{"", "UTF-8", "ISO-8859-1", "UTF-16", "utf-16"}).Draw(t, "encoding")
		declared := `<?xml version="1.0" encoding="` + name + `"?>`
		if name == "" {
			declared = ""
		}
		text, err := encodings[name].NewEncoder().String(declared + s.el("Document", s.el("BkToCstmrStmt", parts...)))
		if err != nil {
			t.Fatal(err)
		}
		kept, err := Read(ctx, strings.NewReader(text), "a.xml", operating)
		if err != nil {
			t.Fatalf("%v in\n%s", err, text)
		}
		handed, err := streamed(strings.NewReader(text), "a.xml", operating)
		if err != nil || len(kept.Statements) != len(want) {
			t.Fatalf("%d statements, %v", len(kept.Statements), err)
		}
		for i, p := range kept.Statements {
			if !p.Proof.Holds || len(p.Rejects) > 0 || !reflect.DeepEqual(p.Lines, handed.Statements[i].Lines) {
				t.Fatalf("proof %+v of\n%s", p.Proof, text)
			}
			for j, got := range p.Lines {
				l := want[i][j]
				// The ids are identity.go's; the text of a batch joins what its details say.
				l.ID, l.StatementID, l.Ordinal = got.ID, got.StatementID, got.Ordinal
				if len(l.Details) > 0 {
					l.Text = got.Text
				}
				if !reflect.DeepEqual(got, l) {
					t.Fatalf("got %+v\nwant %+v\nof %s", got, l, text)
				}
			}
		}
	})
}
