package bankfile

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"countinghouse/app/book"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// txDetails are the TxDtls of an entry in one NtryDtls.
func txDetails(bodies ...string) string {
	return "<NtryDtls><TxDtls>" + strings.Join(bodies, "</TxDtls><TxDtls>") + "</TxDtls></NtryDtls>"
}

// detailWords is a detail in one line.
func detailWords(d book.BankDetail) string {
	amount := "none"
	if d.Amount != nil {
		amount = d.Amount.String()
	}
	return strings.Join([]string{amount, d.Counterparty, d.CounterpartyAccount, d.Reference, d.Structured, d.Text,
		d.BankID}, "|")
}

func TestCAMTBatchesAreOpenedIntoDetails(t *testing.T) {
	const swiss = "210000000003139471430009017"
	batch := ntry("70.00", "DBIT", txDetails(
		`<Refs><AcctSvcrRef>B-1</AcctSvcrRef><EndToEndId>E-1</EndToEndId></Refs><Amt Ccy="CHF">12.50</Amt>`+
			`<RltdPties><Cdtr><Pty><Nm>Rent  Ltd</Nm></Pty></Cdtr><CdtrAcct><Id><IBAN>CH9300762011623852957</IBAN></Id>`+
			`</CdtrAcct></RltdPties><RmtInf><Ustrd>March</Ustrd><Ustrd>flat 3</Ustrd></RmtInf>`,
		`<Refs><EndToEndId>NOTPROVIDED</EndToEndId><TxId>T-2</TxId></Refs><AmtDtls><InstdAmt><Amt Ccy="USD">9</Amt></InstdAmt>`+
			`<TxAmt><Amt Ccy="EUR">8.00</Amt></TxAmt></AmtDtls><CdtDbtInd>CRDT</CdtDbtInd><RltdPties><Dbtr><Nm>Back</Nm></Dbtr>`+
			`<Cdtr><Nm>We</Nm></Cdtr></RltdPties><RmtInf><Strd><CdtrRefInf><Ref>`+swiss+`</Ref></CdtrRefInf></Strd></RmtInf>`,
		`<AmtDtls><InstdAmt><Amt Ccy="USD">9</Amt></InstdAmt></AmtDtls><Refs><AcctSvcrRef>NOTPROVIDED</AcctSvcrRef></Refs>`,
		`<Amt Ccy="EUR">1.2.3</Amt>`, `<Amt Ccy="EUR">5.00</Amt><CdtDbtInd>BOTH</CdtDbtInd>`))
	single := ntry("8.00", "CRDT", txDetails(`<Amt Ccy="EUR">8.00</Amt><RmtInf><Strd><CdtrRefInf><Ref> RF18 5390 </Ref></CdtrRefInf></Strd></RmtInf>`))
	f := mustRead(t, camt("100.00", "38.00", batch+single), "a.xml", operating)
	s := f.Statements[0]
	var got []string
	for _, d := range s.Lines[0].Details {
		got = append(got, detailWords(d))
	}
	want := []string{"-12.50 CHF|Rent Ltd|CH9300762011623852957|E-1||March flat 3|B-1",
		"8.00 EUR|Back||" + swiss + "|" + swiss + "|T-2|", "none||||||", "none||||||", "none||||||"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q\nwant %q", got, want)
	}
	// They are never added to the entry, and a single payment is the line itself.
	if !s.Proof.Holds || s.Lines[0].Amount.Minor != -7000 || s.Lines[1].Details != nil ||
		s.Lines[1].Structured != "RF18 5390" || s.Lines[0].Structured != "" {
		t.Errorf("got %+v", s)
	}
	if len(f.Warnings) != 1 || !strings.Contains(f.Warnings[0], "the amounts of 2 payments in batches cannot be read") {
		t.Errorf("warnings %q", f.Warnings)
	}
}

func TestCAMTReversedBatchesTurnWithTheirDetails(t *testing.T) {
	text := camt("100.00", "150.00", ntry("20.00", "CRDT", "")+ntry("30.00", "DBIT", "<RvslInd>1</RvslInd>"+
		txDetails(`<Amt Ccy="EUR">10.00</Amt>`, `<Amt Ccy="EUR">20.00</Amt><CdtDbtInd>DBIT</CdtDbtInd>`)))
	kept := mustRead(t, text, "a.xml", operating)
	handed, err := streamed(strings.NewReader(text), "a.xml", operating)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range []File{kept, handed} {
		l := f.Statements[0].Lines[1]
		if l.Amount.Minor != 3000 || l.Details[0].Amount.Minor != 1000 || l.Details[1].Amount.Minor != 2000 {
			t.Errorf("got %+v", l)
		}
	}
}

// isoEntry is an entry as a version of the messages writes it.
func isoEntry(version int) string {
	status, party, ref := "<Sts>BOOK</Sts>", "<Nm>Payer</Nm>", "<Ref>RF18539007547034</Ref>"
	open, shut := "<NtryDtls>", "</NtryDtls>"
	switch {
	case version == 1:
		ref, open, shut = "<CdtrRef>RF18539007547034</CdtrRef>", "", ""
	case version >= 8:
		status, party = "<Sts><Cd>BOOK</Cd></Sts>", "<Pty><Nm>Payer</Nm></Pty>"
	}
	return `<Ntry><Amt Ccy="EUR">12.30</Amt><CdtDbtInd>CRDT</CdtDbtInd>` + status +
		`<BookgDt><DtTm>2025-01-31T23:59:59-05:00</DtTm></BookgDt><ValDt><Dt>2025-02-01</Dt></ValDt>` +
		`<AcctSvcrRef>B-1</AcctSvcrRef>` + open + `<TxDtls><Refs><EndToEndId>E-1</EndToEndId></Refs><RltdPties><Dbtr>` + party +
		`</Dbtr></RltdPties><RmtInf><Ustrd>Invoice 1</Ustrd><Strd><CdtrRefInf>` + ref + `</CdtrRefInf></Strd></RmtInf></TxDtls>` +
		shut + `</Ntry>`
}

// isoMessage is a message of a version: camt.052, .053 or .054.
func isoMessage(number, version int, namespace, prefix, inside string) string {
	m := camtMessages[slices.Index([]int{53, 52, 54}, number)]
	name := m.message
	if version == 1 {
		name += "V01"
	}
	text := `<Document` + namespace + `><` + name + `><GrpHdr><MsgId>M</MsgId></GrpHdr><` + m.statement + `><Id>7</Id><Acct><Id>` +
		`<IBAN>DE89370400440532013000</IBAN></Id><Ccy>EUR</Ccy></Acct>` + inside + `</` + m.statement + `></` + name + `></Document>`
	if prefix != "" {
		text = strings.ReplaceAll(strings.ReplaceAll(text, "</", "</"+prefix+":"), "<", "<"+prefix+":")
		text = strings.ReplaceAll(text, "<"+prefix+":/"+prefix, "</"+prefix)
	}
	return text
}

func TestCAMTOfAllVersionsSaysTheSame(t *testing.T) {
	var want []book.BankLine
	for _, number := range []int{52, 53, 54} {
		for version := 1; version <= 12; version++ {
			ns := fmt.Sprintf("urn:iso:std:iso:20022:tech:xsd:camt.%03d.001.%02d", number, version)
			for _, c := range [][2]string{{fmt.Sprintf(` xmlns="%s"`, ns), ""}, {fmt.Sprintf(` xmlns:n="%s"`, ns), "n"},
				{"", ""}, {` xmlns="http://bank.example/export"`, ""}, {"", "undeclared"}} {
				f := mustRead(t, isoMessage(number, version, c[0], c[1], isoEntry(version)), "a.xml", operating)
				got := allLines(f)
				if f.Variant != fmt.Sprintf("camt.%03d", number) || f.Outcome() != "ok" {
					t.Fatalf("%s: %s, %v", ns, f.Variant, f.Warnings)
				}
				for i := range got {
					got[i].StatementID = ""
				}
				if want == nil {
					want = got
				}
				if !reflect.DeepEqual(got, want) {
					t.Errorf("%s %s:\n got %+v\nwant %+v", ns, c, got, want)
				}
			}
		}
	}
	l := want[0]
	if got := detailWords(book.BankDetail{Amount: &l.Amount, Counterparty: l.Counterparty, Reference: l.Reference,
		Structured: l.Structured, Text: l.Text, BankID: l.BankID}); got !=
		"12.30 EUR|Payer||E-1|RF18539007547034|Invoice 1 RF18539007547034|B-1" || l.On.String() != "2025-01-31" ||
		l.ValueOn.String() != "2025-02-01" {
		t.Errorf("got %s of %s, %s", got, l.On, l.ValueOn)
	}
}

func TestCAMTInEveryEncoding(t *testing.T) {
	doc := func(declared string) string {
		text := camt("0", "1.00", ntry("1.00", "CRDT", txDetails(`<RltdPties><Dbtr><Nm>Müller €</Nm></Dbtr></RltdPties>`)))
		_, text, _ = strings.Cut(text, "?>")
		return declared + text
	}
	declared := func(name string) string { return `<?xml version="1.0" encoding="` + name + `"?>` }
	little, big := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), unicode.UTF16(unicode.BigEndian, unicode.UseBOM)
	for _, c := range []struct {
		name, declaration string
		enc               encoding.Encoding
		want              string
	}{
		{"nothing said", "", encoding.Nop, "UTF-8"},
		{"UTF-8", declared("utf-8"), encoding.Nop, "UTF-8"},
		{"marked UTF-8", "\ufeff" + declared("UTF-8"), encoding.Nop, "UTF-8"},
		{"marked UTF-8 said to be Latin 1", "\ufeff" + declared("ISO-8859-1"), encoding.Nop, "UTF-8"},
		{"UTF-8 said to be UTF-16", declared("utf-16"), encoding.Nop, "UTF-8"},
		{"little", declared("UTF-16"), little, "UTF-16LE"},
		{"big", declared("UTF-16"), big, "UTF-16BE"},
		{"big without a declaration", "", big, "UTF-16BE"},
		{"little without a mark", declared("UTF-16LE"), unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), "UTF-16LE"},
		{"big without a mark", "\n" + declared("UTF-16"), unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), "UTF-16BE"},
		{"Latin 9", declared("ISO-8859-15"), charmap.ISO8859_15, "ISO-8859-15"},
		{"Windows", declared("windows-1252"), charmap.Windows1252, "WINDOWS-1252"},
		{"Windows said to be Latin 1", declared("iso-8859-1"), charmap.Windows1252, "ISO-8859-1"},
	} {
		b, err := c.enc.NewEncoder().String(doc(c.declaration))
		if err != nil {
			t.Fatal(err)
		}
		f := mustRead(t, b, "a.xml", operating)
		l := f.Statements[0].Lines[0]
		if l.Counterparty != "Müller €" || f.Encoding != c.want || !f.Statements[0].Proof.Holds {
			t.Errorf("%s: %q in %s", c.name, l.Counterparty, f.Encoding)
		}
		if odd := strings.Contains(c.name, "UTF-8 said") || strings.Contains(c.name, "UTF-8 said to be"); odd != (len(f.Notes) == 1) {
			t.Errorf("%s: notes %q", c.name, f.Notes)
		}
	}
	for text, want := range map[string]string{
		doc(declared("klingon")):                                    `the encoding "klingon" is not known`,
		doc(declared("ISO-8859-1")) + doc(declared("windows-1250")): "in two encodings, ISO-8859-1 and windows-1250",
		doc("") + "\xe4":                                            "invalid UTF-8",
		doc(declared("UTF-8"))[:600]:                                "cut off",
	} {
		if _, err := Read(ctx, strings.NewReader(text), "a.xml", operating); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	other := strings.ReplaceAll(doc(declared("utf-8")), "<Id>7</Id>", "<Id>8</Id>")
	if f := mustRead(t, doc(declared("UTF-8"))+"\n"+other, "a.xml", operating); len(f.Statements) != 2 {
		t.Errorf("%d statements of two documents in one file", len(f.Statements))
	}
}

// bal is a balance.
func bal(code, amount, ind, on string) string {
	return `<Bal><Tp><CdOrPrtry><Cd>` + code + `</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">` + amount + `</Amt><CdtDbtInd>` +
		ind + `</CdtDbtInd><Dt><Dt>` + on + `</Dt></Dt></Bal>`
}

func TestCAMTBalances(t *testing.T) {
	const crdt, dbit = "CRDT", "DBIT"
	later := strings.Replace(ntry("4.00", crdt, ""), "</BookgDt>", "</BookgDt><ValDt><Dt>2025-02-01</Dt></ValDt>", 1)
	for _, c := range []struct {
		name, inside, want string
		warnings           int
		says               string
	}{
		{"the first of a day counts, pages repeat it", bal("OPBD", "1", crdt, "2025-01-15") + bal("OPBD", "9", crdt, "2025-01-15") +
			bal("CLBD", "6", crdt, "2025-01-15") + bal("CLBD", "7", crdt, "2025-01-15"), "1.00 EUR to 6.00 EUR true", 0, ""},
		{"the ends of several days count", bal("OPBD", "4", crdt, "2025-01-15") + bal("CLBD", "4", crdt, "2025-01-14") +
			bal("OPBD", "0", crdt, "2025-01-14") + bal("CLBD", "5", crdt, "2025-01-15"), "0.00 EUR to 5.00 EUR true", 0, ""},
		{"the one before stands in, and gives way", bal("PRCD", "1", dbit, "2025-01-14") + bal("CLBD", "4", crdt, "2025-01-15"),
			"-1.00 EUR to 4.00 EUR true", 0, ""},
		{"opening before previous", bal("PRCD", "9", crdt, "2025-01-14") + bal("OPBD", "1", crdt, "2025-01-15") +
			bal("PRCD", "8", crdt, "2025-01-13") + bal("CLBD", "6", crdt, "2025-01-15"), "1.00 EUR to 6.00 EUR true", 0, ""},
		{"others prove nothing", bal("OPAV", "1", crdt, "2025-01-15") + bal("ITBD", "1", crdt, "2025-01-15") +
			bal("CLAV", "1", crdt, "2025-01-15") + bal("XPCD", "x", crdt, "2025-01-15") + bal("INFO", "1", "", "2025-01-15"),
			"none to none false", 0, ""},
		{"an unreadable one is no balance", bal("OPBD", "1", crdt, "2025-01-15") + bal("CLBD", "6..0", crdt, "2025-01-15"),
			"1.00 EUR to none false", 1, "statement 7, balance CLBD: Amt: not an amount"},
		{"a sign and a mark", bal("OPBD", "-1", dbit, "2025-01-15"), "none to none false", 1, "has a sign of its own"},
		{"in the forward balance only", bal("OPBD", "1", crdt, "2025-01-15") + bal("CLBD", "6", crdt, "2025-01-31") +
			bal("FWAV", "10", crdt, "2025-02-01") + later, "1.00 EUR to 6.00 EUR false", 2, "4.00 EUR of entries are valued after 2025-01-31"},
		{"no forward balance explains nothing", bal("OPBD", "1", crdt, "2025-01-15") + bal("CLBD", "6", crdt, "2025-01-31") + later,
			"1.00 EUR to 6.00 EUR false", 1, "off by -4.00 EUR"},
		{"another difference is not explained", bal("OPBD", "1", crdt, "2025-01-15") + bal("CLBD", "7", crdt, "2025-01-31") +
			bal("FWAV", "10", crdt, "2025-02-01") + later, "1.00 EUR to 7.00 EUR false", 1, "off by -3.00 EUR"},
	} {
		f := mustRead(t, camt("", "", c.inside+ntry("5.00", crdt, "")), "a.xml", operating)
		q := f.Statements[0].Proof
		word := func(b any) string {
			if v := reflect.ValueOf(b); v.IsNil() {
				return "none"
			}
			return fmt.Sprint(b)
		}
		if got := fmt.Sprintf("%s to %s %v", word(q.Opening), word(q.Closing), q.Holds); got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
		if len(f.Warnings) != c.warnings || !strings.Contains(strings.Join(f.Warnings, "\n"), c.says) {
			t.Errorf("%s: warnings %q", c.name, f.Warnings)
		}
	}
}

func TestCAMTSummaryIsAProof(t *testing.T) {
	entries := ntry("5.00", "CRDT", "") + ntry("2.00", "DBIT", "") +
		strings.Replace(ntry("1.00", "DBIT", ""), "BOOK", "PDNG", 1)
	sums := func(all, in, out, net string) string {
		part := func(name, figures string) string {
			count, sum, _ := strings.Cut(figures, " ")
			return "<" + name + "><NbOfNtries>" + count + "</NbOfNtries><Sum>" + sum + "</Sum>"
		}
		return "<TxsSummry>" + part("TtlNtries", all) + net + "</TtlNtries>" + part("TtlCdtNtries", in) + "</TtlCdtNtries>" +
			part("TtlDbtNtries", out) + "</TtlDbtNtries></TxsSummry>"
	}
	const net2, net8 = "<TtlNetNtryAmt>3.00</TtlNetNtryAmt><CdtDbtInd>CRDT</CdtDbtInd>",
		"<TtlNetNtry><Amt>2.00</Amt><CdtDbtInd>CRDT</CdtDbtInd></TtlNetNtry>"
	for _, c := range []struct {
		name, summary, entries, want string
	}{
		{"of the booked", sums("2 7.00", "1 5", "1 2.00", net2), entries, ""},
		{"of all", sums("3 8", "1 5.000", "2 3.00", net8), entries, ""},
		{"nothing stated", "<TxsSummry></TxsSummry>", entries, ""},
		{"a count", sums("4 7.00", "1 5", "1 2.00", net2), entries, "the bank's summary of entries says 4 7.00, the file has 3 of 8.00 EUR"},
		{"credits", sums("2 7.00", "2 5", "1 2.00", net2), entries, "summary of credits says 2 5, the file has 1 of 5.00 EUR"},
		{"a sum", sums("2 7.00", "1 5", "1 2.01", net2), entries, "summary of debits says 1 2.01"},
		{"the net", sums("2 7.00", "1 5", "1 2.00", strings.Replace(net2, "CRDT", "DBIT", 1)), entries, "summary of net says 3.00"},
		{"no entries", sums("1 5.00", "0 0", "0 0.00", ""), "", "summary of entries says 1 5.00"},
		{"rightly none", sums("0 0", "0 0", "0 0.00", ""), "", ""},
		{"two currencies have no sum", sums("3 8", "1 5", "2 3.00", ""), strings.Replace(entries, "EUR", "CHF", 1), "lines are in another currency"},
		{"unread entries may be the missing ones", sums("4 8.00", "2 5", "2 3.00", ""), entries + ntry("x", "CRDT", ""), "Amt: not an amount"},
	} {
		o := operating
		f := mustRead(t, camt("", "", c.summary+c.entries), "a.xml", o)
		if (len(f.Warnings) == 1) != (c.want != "") || !strings.Contains(strings.Join(f.Warnings, ""), c.want) {
			t.Errorf("%s: warnings %q", c.name, f.Warnings)
		}
	}
}

func TestCAMTStates(t *testing.T) {
	entry := func(status string) string {
		return strings.Replace(ntry("1.00", "CRDT", ""), "<Sts>BOOK</Sts>", status, 1)
	}
	f := mustRead(t, camt("0", "2.00", entry("<Sts>BOOK</Sts>")+entry("<Sts><Cd>BOOK</Cd></Sts>")+entry("<Sts>PDNG</Sts>")+
		entry("<Sts><Cd>INFO</Cd></Sts>")+entry("<Sts>FUTR</Sts>")+
		strings.Replace(entry("<Sts><Cd>PDNG</Cd></Sts>"), "<BookgDt><Dt>2025-01-15</Dt></BookgDt>", "", 1)), "a.xml", operating)
	var pending []bool
	for _, l := range f.Statements[0].Lines {
		pending = append(pending, l.Pending)
	}
	if !slices.Equal(pending, []bool{false, false, true, true, true, true}) || f.Outcome() != "ok" || !f.Statements[0].Proof.Holds {
		t.Errorf("pending %v, %v", pending, f.Warnings)
	}
	f = mustRead(t, camt("0", "0", entry("<Sts><Prtry>Waiting</Prtry></Sts>")), "a.xml", operating)
	if !f.Statements[0].Lines[0].Pending || !strings.Contains(strings.Join(f.Warnings, ""), "the state Waiting of entries is not known") {
		t.Errorf("got %+v, %v", f.Statements[0].Lines, f.Warnings)
	}
}

// TestCAMTTextAroundElements reads texts between which an element stands, which no schema allows.
func TestCAMTTextAroundElements(t *testing.T) {
	f := mustRead(t, camt("", "", ntry("1.00", "CRDT", "<AddtlNtryInf>one <b>two<c>three</c></b><!-- --> four<d/>"+
		"</AddtlNtryInf><AcctSvcrRef>B<x>-2</x>-1</AcctSvcrRef>")), "a.xml", operating)
	if l := f.Statements[0].Lines[0]; l.Text != "onefour" || l.BankID != "B-1" {
		t.Errorf("got %+v", l)
	}
}

func TestCAMTOfAnUnknownCurrency(t *testing.T) {
	text := strings.Replace(camt("", "", ntry("1.00", "CRDT", "")+strings.Replace(ntry("2.00", "CRDT", ""), ` Ccy="EUR"`, "", 1)),
		"<Ccy>EUR</Ccy>", "<Ccy>EURO</Ccy>", 1)
	f := mustRead(t, text, "a.xml", operating)
	if s := f.Statements[0]; len(s.Lines) != 1 || len(s.Rejects) != 1 || len(f.Warnings) != 2 ||
		!strings.Contains(s.Rejects[0].Reason, `"EURO" is not a currency`) {
		t.Errorf("got %+v, %q", s, f.Warnings)
	}
}

// TestCAMTOfOneDayIsOneDay reads the report of the morning, the statement of the night and the
// notification of one day: the lines that they share have one id, and merging adds nothing twice.
func TestCAMTOfOneDayIsOneDay(t *testing.T) {
	entry := func(id, status, more string) string {
		return strings.Replace(ntry("12.30", "CRDT", "<AcctSvcrRef>"+id+"</AcctSvcrRef>"+more), "<Sts>BOOK</Sts>", status, 1)
	}
	const v2, v8 = "<Sts>BOOK</Sts>", "<Sts><Cd>BOOK</Cd></Sts>"
	morning := isoMessage(52, 2, "", "", bal("ITBD", "12.30", "CRDT", "2025-01-15")+entry("B-1", v2, ""))
	night := isoMessage(53, 8, "", "", bal("OPBD", "0", "CRDT", "2025-01-15")+bal("CLBD", "24.60", "CRDT", "2025-01-15")+
		entry("B-1", v8, txDetails(`<Refs><EndToEndId>E-1</EndToEndId></Refs>`))+
		entry("B-2", v8, "<NtryDtls><Btch><NbOfTxs>2</NbOfTxs></Btch></NtryDtls>"))
	notice := isoMessage(54, 4, "", "", entry("B-2", v2, txDetails(`<Amt Ccy="EUR">12.00</Amt>`, `<Amt Ccy="EUR">0.30</Amt>`)))
	var books []book.BankLine
	for n, text := range []string{morning, night, notice, morning, night} {
		f := mustRead(t, text, "a.xml", operating)
		fresh, duplicates, err := Merge(books, f.Statements[0])
		if want := []int{1, 1, 0, 0, 0}[n]; err != nil || len(fresh) != want || len(fresh)+len(duplicates) != len(allLines(f)) {
			t.Fatalf("file %d: %d fresh, %d duplicates, %v", n, len(fresh), len(duplicates), err)
		}
		books = append(books, fresh...)
		for _, l := range allLines(f) {
			if !strings.HasSuffix(string(l.ID), l.BankID) || l.On.String() != "2025-01-15" {
				t.Errorf("file %d: %+v", n, l)
			}
		}
		if text == notice && len(allLines(f)[0].Details) != 2 {
			t.Error("the notification does not open the batch")
		}
	}
}

// TestCAMTReportsThatBeginAtTheMorning reads reports of which each repeats the one before it.
func TestCAMTReportsThatBeginAtTheMorning(t *testing.T) {
	entry := func(id string) string { return ntry("5.00", "CRDT", "<AcctSvcrRef>"+id+"</AcctSvcrRef>") }
	files := func(number int, reports ...string) string {
		all := ""
		for _, r := range reports {
			all += isoMessage(number, 2, "", "", r)
		}
		return all
	}
	pending := strings.Replace(entry("B-1"), "BOOK", "PDNG", 1)
	for _, c := range []struct {
		name, text string
		want, told int
	}{
		{"each from the morning", files(52, entry("B-1"), entry("B-1")+entry("B-2"), entry("B-1")+entry("B-2")+entry("B-3")), 3, 3},
		{"two of one reference, then a third", files(52, entry("B-1")+entry("B-1"), entry("B-1")+entry("B-1")+entry("B-1")), 3, 2},
		{"each from the last", files(52, entry("B-1"), entry("B-2"), entry("B-3")), 3, 0},
		{"two in one report", files(52, entry("B-1")+entry("B-1")), 2, 0},
		{"announced, then booked", files(54, pending, entry("B-1")), 2, 0},
		{"without a reference nothing is told apart", files(52, entry(""), entry("")), 2, 0},
		{"of two accounts", files(52, entry("B-1")) + strings.Replace(files(52, entry("B-1")), "3000</IBAN>", "3001</IBAN>", 1), 2, 0},
		{"statements repeat nothing", files(53, entry("B-1"), entry("B-1")), 2, 0},
	} {
		f := mustRead(t, c.text, "a.xml", operating)
		again, err := streamed(strings.NewReader(c.text), "a.xml", operating)
		if err != nil || !reflect.DeepEqual(allLines(f), allLines(again)) {
			t.Errorf("%s: streamed %v", c.name, err)
		}
		notes := strings.Join(f.Notes, "")
		if len(allLines(f)) != c.want || (c.told > 0) != strings.HasPrefix(notes, fmt.Sprint(c.told, " entries are told again")) ||
			c.told == 0 && notes != "" {
			t.Errorf("%s: %d lines, %q", c.name, len(allLines(f)), f.Notes)
		}
	}
}

func TestXMLOfOtherKindsIsNamed(t *testing.T) {
	for text, want := range map[string]string{
		"<Document><CstmrCdtTrfInitn/></Document>":                             "a payment order (pain.001)",
		"<Document><CstmrPmtStsRptV03/></Document>":                            "a report on orders sent (pain.002)",
		"<Document><n:RsltnOfInvstgtn/></Document>":                            "(camt.029)",
		"<Document><FIToFIPmtCxlReq/></Document>":                              "(camt.056)",
		"<Document><NtfctnToRcv/></Document>":                                  "(camt.057)",
		"<Document><FIToFICstmrCdtTrf/></Document>":                            "(pacs.008)",
		"<Document><PmtRtr/></Document>":                                       "(pacs.004)",
		"<Document><pain.001.001.02/></Document>":                              "another kind (pain.001)",
		"<Envelope><AppHdr/><Document><CstmrPmtCxlReq/></Document></Envelope>": "(camt.055)",
		"<catalogue/>": "an XML document of another kind (catalogue)",
		"<Document><BkToCstmrDbtCdtNtfctn/></Document>": "a camt.054 message without a statement",
	} {
		_, err := Read(ctx, strings.NewReader(text), "a.xml", operating)
		if err == nil || !strings.Contains(err.Error(), "this is ") || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
}
