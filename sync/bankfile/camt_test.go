package bankfile

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// camt is a statement in euros with the given balances and entries.
func camt(opening, closing, entries string) string {
	bal := func(code, amount string) string {
		if amount == "" {
			return ""
		}
		return `<Bal><Tp><CdOrPrtry><Cd>` + code + `</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">` + amount +
			`</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2025-01-31</Dt></Dt></Bal>`
	}
	return `<?xml version="1.0"?><Document><BkToCstmrStmt><Stmt><Id>7</Id><Acct><Id><IBAN>` +
		`DE89370400440532013000</IBAN></Id><Ccy>EUR</Ccy></Acct>` + bal("OPBD", opening) +
		bal("CLBD", closing) + entries + `</Stmt></BkToCstmrStmt></Document>`
}

func ntry(amount, ind, more string) string {
	return `<Ntry><Amt Ccy="EUR">` + amount + `</Amt><CdtDbtInd>` + ind + `</CdtDbtInd><Sts>BOOK</Sts>` +
		`<BookgDt><Dt>2025-01-15</Dt></BookgDt>` + more + `</Ntry>`
}

func TestReversals(t *testing.T) {
	const back = "<RvslInd>true</RvslInd>"
	for _, c := range []struct {
		name, closing string
		want          []int64
		warned        bool
	}{
		{"by ISO the mark is the way of the money", "90.00", []int64{2000, -3000}, false},
		{"the balances say that a debit came back", "150.00", []int64{2000, 3000}, true},
		{"the balances say neither", "151.00", []int64{2000, -3000}, true},
		{"no balance", "", []int64{2000, -3000}, false},
	} {
		f := mustRead(t, camt("100.00", c.closing, ntry("20.00", "CRDT", "")+ntry("30.00", "DBIT", back)),
			"a.xml", operating)
		if got := amounts(f); !slices.Equal(got, c.want) || (f.Outcome() == "warn") != c.warned {
			t.Errorf("%s: %v, %v", c.name, got, f.Warnings)
		}
	}
}

func TestCAMTWords(t *testing.T) {
	detail := func(body string) string { return "<NtryDtls><TxDtls>" + body + "</TxDtls></NtryDtls>" }
	f := mustRead(t, camt("", "", ntry("1.00", "CRDT", "<AcctSvcrRef>B-1</AcctSvcrRef>"+detail(
		`<Refs><EndToEndId>E-1</EndToEndId><TxId>T-1</TxId></Refs><RltdPties><Dbtr><Nm>Payer  &amp; Co</Nm></Dbtr>`+
			`<DbtrAcct><Id><IBAN>FR7630006000011234567890189</IBAN></Id></DbtrAcct><Cdtr><Nm>We</Nm></Cdtr></RltdPties>`+
			`<RmtInf><Ustrd>Invoice 1</Ustrd><Ustrd>Invoice 2</Ustrd></RmtInf>`))+
		ntry("2.00", "DBIT", detail(`<Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs><RltdPties><Cdtr><Pty>`+
			`<Nm>Supplier</Nm></Pty></Cdtr></RltdPties><RmtInf><Strd><CdtrRefInf><Ref>RF18539007547034</Ref>`+
			`</CdtrRefInf></Strd></RmtInf>`))+
		ntry("3.00", "CRDT", "<NtryDtls><TxDtls><Refs><EndToEndId>E-3</EndToEndId></Refs></TxDtls><TxDtls><Refs>"+
			"<EndToEndId>E-4</EndToEndId></Refs><RltdPties><Dbtr><Nm>Second</Nm></Dbtr></RltdPties></TxDtls></NtryDtls>"+
			"<AddtlNtryInf>two payments</AddtlNtryInf>")), "a.xml", operating)
	var got []string
	for _, l := range f.Statements[0].Lines {
		got = append(got, strings.Join([]string{l.Counterparty, l.CounterpartyAccount, l.Reference, l.Text, l.BankID}, "|"))
	}
	want := []string{"Payer & Co|FR7630006000011234567890189|E-1|Invoice 1 Invoice 2 T-1|B-1",
		"Supplier||RF18539007547034||", "|||E-3 Second E-4 two payments|"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

func TestCAMTEntriesThatCannotBeReadAreKeptAside(t *testing.T) {
	for _, c := range []struct{ entry, want string }{
		{ntry("12..34", "CRDT", ""), "Amt: not an amount"},
		{ntry("-", "CRDT", ""), "Amt: not an amount"},
		{ntry("-1.00", "DBIT", ""), `Amt: "-1.00" has a sign of its own`},
		{ntry("1.005", "CRDT", ""), "more decimals than EUR"},
		{ntry("1.00", "CREDIT", ""), `CdtDbtInd: "CREDIT" is neither CRDT nor DBIT`},
		{strings.Replace(ntry("1.00", "CRDT", ""), "2025-01-15", "2025-02-30", 1), `BookgDt: "2025-02-30" is not a date`},
		{strings.Replace(ntry("1.00", "CRDT", ""), "<BookgDt><Dt>2025-01-15</Dt></BookgDt>", "", 1), "BookgDt: no date"},
		{ntry("1.00", "CRDT", "<ValDt><Dt>soon</Dt></ValDt>"), `ValDt: "soon" is not a date`},
		{strings.Replace(ntry("1.00", "CRDT", ""), "EUR", "EURO", 1), "unknown or different currency"},
		{"<Ntry></Ntry>", "Amt: no amount"},
	} {
		// Alone it refuses the file and is named; between good ones it is kept aside as it stands.
		f, err := Read(ctx, strings.NewReader(camt("", "", c.entry)), "a.xml", operating)
		if err == nil || len(f.Statements) != 0 ||
			!strings.HasPrefix(err.Error(), "bankfile: a.xml: statement 7, entry 1 (line 1): ") ||
			!strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v with %d statements, want %q", err, len(f.Statements), c.want)
		}
		f = mustRead(t, camt("100.00", "105.00", ntry("2.00", "CRDT", "")+"\n"+c.entry+ntry("3.00", "CRDT", "")),
			"a.xml", operating)
		s := f.Statements[0]
		if got := amounts(f); !slices.Equal(got, []int64{200, 300}) || len(s.Rejects) != 1 || f.Outcome() != "warn" {
			t.Fatalf("%s: %v, %+v", c.want, got, s.Rejects)
		}
		r := s.Rejects[0]
		if r.Place != "statement 7, entry 2 (line 2)" || !strings.Contains(r.Reason, c.want) || r.Raw != c.entry ||
			r.Origin != "operating" || s.Lines[1].Row != 3 {
			t.Errorf("%s: %+v, row %d", c.want, r, s.Lines[1].Row)
		}
	}
}

func TestCAMTFixesAreTakenIn(t *testing.T) {
	bad := strings.Replace(ntry("12..34", "CRDT", ""), "2025-01-15", "15.01.2025", 1)
	second := strings.Replace(camt("", "", bad+ntry("1.00", "CRDT", "")), `<?xml version="1.0"?>`, "", 1)
	text := "<All>" + strings.Replace(camt("", "", ntry("2.00", "DBIT", "")+bad), `<?xml version="1.0"?>`, "", 1) + second + "</All>"
	o := operating
	for n, fixes := range [][]Fix{
		{{Row: 2, Means: Amount, Value: "-149.00"}},
		{{Row: 2, Means: Amount, Value: "-149.00"}, {Row: 2, Means: Booked, Value: "2025-01-32"}},
		{{Row: 2, Means: Amount, Value: "-149.00"}, {Row: 2, Means: Booked, Value: "2025-01-16"}, {Row: 2, Means: Counterparty, Value: "Rent"}, {Row: 2, Means: Currency, Value: "USD"}},
	} {
		o.Fixes = fixes
		f := mustRead(t, text, "a.xml", o)
		// The entries of a file are numbered through its statements: a fix is of one entry only.
		if want := 1 + n/2; len(f.Statements[0].Lines) != want || len(f.Statements[1].Rejects) != 1 ||
			!strings.Contains(f.Statements[1].Rejects[0].Place, "entry 3") {
			t.Fatalf("fixes %v: %+v", fixes, f.Statements)
		}
		if n < 2 {
			continue
		}
		l := f.Statements[0].Lines[1]
		if l.Amount.String() != "-149.00 USD" || l.On.String() != "2025-01-16" || l.Counterparty != "Rent" {
			t.Errorf("got %+v", l)
		}
	}
}

func TestCAMTOfUnreadableEntriesOnlyIsRefused(t *testing.T) {
	bad := ntry("1..0", "CRDT", "")
	_, err := Read(ctx, strings.NewReader(camt("", "", ntry("1.00", "CRDT", "")+strings.Repeat(bad, maxUnreadEntries+1))), "a.xml", operating)
	if err == nil || !strings.Contains(err.Error(), "entry 2 (line 1)") || !strings.Contains(err.Error(), "and 1000 more") {
		t.Errorf("got %v", err)
	}
	f := mustRead(t, camt("", "", ntry("1.00", "CRDT", "")+strings.Repeat(bad, maxUnreadEntries)), "a.xml", operating)
	if len(f.Statements[0].Rejects) != maxUnreadEntries {
		t.Errorf("%d rejects", len(f.Statements[0].Rejects))
	}
}

func TestCAMTInAnEnvelope(t *testing.T) {
	text := strings.NewReplacer(`<?xml version="1.0"?>`, "", "BkToCstmrStmt", "n:BkToCstmrStmtV01",
		"<Document>", `<Envelope><Body><n:Document xmlns:n="urn:x">`, "</Document>", "</n:Document></Body></Envelope>").
		Replace(camt("0", "1.00", ntry("1.00", "CRDT", "")))
	f := mustRead(t, "\xef\xbb\xbf"+text, "a.xml", operating)
	if len(f.Statements) != 1 || !f.Statements[0].Proof.Holds || f.Variant != "camt.053" {
		t.Errorf("got %+v", f)
	}
}

func TestDigestIsOfTheWholeFile(t *testing.T) {
	text := camt("0", "1.00", ntry("1.00", "CRDT", ""))
	a, b := mustRead(t, text, "a.xml", operating), mustRead(t, text+"\n\n", "a.xml", operating)
	if a.Digest == b.Digest || len(a.Digest) != 64 || a.Size != int64(len(text)) || b.Size != a.Size+2 {
		t.Errorf("%s %d, %s %d", a.Digest, a.Size, b.Digest, b.Size)
	}
	if a.Statements[0].ID != b.Statements[0].ID || a.Statements[0].Digest != a.Digest {
		t.Error("the statement's id depends on more than its content")
	}
	_, err := Read(ctx, strings.NewReader(fmt.Sprint(text, "<Extra>")), "a.xml", operating)
	if _, ok := errors.AsType[*Error](err); !ok {
		t.Errorf("a second, open root: %v", err)
	}
}
