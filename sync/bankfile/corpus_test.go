package bankfile

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"text/tabwriter"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

const corpus = "testdata/corpus"

// ctx is the context of every reading in these tests.
var ctx = context.Background()

// folders hold the files of a format.
var folders = map[Format]string{CSV: "csv", XLSX: "xlsx", OFX: "ofx", QIF: "qif", MT940: "mt940",
	CAMT: "camt", BAI2: "bai2"}

// formatOf is the format of a corpus file.
func formatOf(m map[string]string) Format {
	folder, _, _ := strings.Cut(m["file"], "/")
	for f, name := range folders {
		if name == folder {
			return f
		}
	}
	return ""
}

// answers are what a person says to the files that ask.
var answers = map[string]struct {
	topic Topic
	value string
}{
	"csv/bank2ynab-bank2ynab__20180226_12345678.csv":                                 {AskDates, "dmy"},
	"csv/own__ambiguous_dates_all_below_13.csv":                                      {AskDates, "dmy"},
	"csv/bank2ynab-bank2ynab__dba33fceecd62c3c727893361e0ba4d3.P000000027355791.csv": {AskSign, "out"},
	"csv/bank2ynab-bank2ynab__statement_1.csv":                                       {AskSign, "out"},
	"qif/antoinejaussoin-rust-qif-parser__wikipedia_simple.qif":                      {AskDates, "mdy"},
}

// corrections are where the corpus itself is wrong, with the reason.
var corrections = map[string]func(m map[string]string, lines []expectedLine){
	"bai2/moov-io-bai2__testdata_sample1.txt": wholeValueDates,
	"bai2/moov-io-bai2__testdata_sample2.txt": wholeValueDates,
	// The last row is −15.25 with U+2212, a minus sign; the corpus lost it.
	"csv/own__trailing_minus_parentheses.csv": func(m map[string]string, lines []expectedLine) {
		m["expected_credit_total"], m["expected_debit_total"] = "1254.50", "1124.75"
		lines[5].Amount = "-15.25"
	},
	// The closing balance is in SEK, the account in EUR: they are not compared.
	"camt/genkgo-camt__camt053.v2.minimal.xml": func(m map[string]string, _ []expectedLine) {
		m["balance_check"] = "na"
	},
	// The corpus counts pages; 60F/62M and 60M/62F are one statement (bank-formats.md, case 10).
	"mt940/wolph-mt940__postfinance.sta": pages(1),
	"mt940/wolph-mt940__raphaelm.sta":    pages(1),
	"mt940/wolph-mt940__sepa_mt9401.sta": pages(7, 9, 11, 13, 16, 17),
}

// pages joins statements of the manifest that are the next page of the one before, by their places
// from 0: between them the balance is the same and is not stated.
func pages(next ...int) func(m map[string]string, _ []expectedLine) {
	return func(m map[string]string, _ []expectedLine) {
		opening, closing := strings.Split(m["opening_balance"], "|"), strings.Split(m["closing_balance"], "|")
		checks := strings.Split(m["balance_check"], "|")
		for _, i := range slices.Backward(next) {
			if opening[i] != closing[i-1] {
				panic("no next page: it opens with " + opening[i] + " after " + closing[i-1])
			}
			opening, closing = slices.Delete(opening, i, i+1), slices.Delete(closing, i-1, i)
			if len(checks) > 1 {
				checks = slices.Delete(checks, i-1, i)
			}
		}
		m["opening_balance"], m["closing_balance"] = strings.Join(opening, "|"), strings.Join(closing, "|")
		m["balance_check"], m["statements"] = strings.Join(checks, "|"), strconv.Itoa(len(opening))
	}
}

type expectedLine struct {
	Date      string `json:"date"`
	ValueDate string `json:"value_date"`
	Amount    string `json:"amount"`
	Currency  string `json:"currency"`
	Reference string `json:"reference"`
	Status    string `json:"status"`
}

// manifest are the files of the corpus, a map for each row.
func manifest(t testing.TB) []map[string]string {
	f, err := os.Open(filepath.Join(corpus, "MANIFEST.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	recs, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []map[string]string
	for _, r := range recs[1:] {
		m := map[string]string{}
		for i, name := range recs[0] {
			m[name] = r[i]
		}
		out = append(out, m)
	}
	if len(out) != 99 {
		t.Fatalf("%d files, want 99", len(out))
	}
	return out
}

// optionsFor is an account in the file's currency; in euros where the file names none, and in none
// where it holds several.
func optionsFor(m map[string]string) Options {
	o := Options{Account: "operating", Currency: money.Currency(m["currency"])}
	switch {
	case o.Currency == "":
		o.Currency = "EUR"
	case !o.Currency.Known():
		o.Currency = ""
	}
	return o
}

func readCorpus(t testing.TB, file string, o Options) (File, error) {
	b, err := os.ReadFile(filepath.Join(corpus, file))
	if err != nil {
		t.Fatal(err)
	}
	return Read(ctx, bytes.NewReader(b), filepath.Base(file), o)
}

// readAnswered reads a corpus file, and again with the answer where it asks.
func readAnswered(t testing.TB, m map[string]string) (File, error) {
	file, o := m["file"], optionsFor(m)
	f, err := readCorpus(t, file, o)
	if _, ok := errors.AsType[*Ask](err); !ok {
		return f, err
	}
	a := answers[file]
	if len(f.Questions) != 1 || f.Questions[0].Topic != a.topic || len(f.Statements) != 0 {
		t.Fatalf("asks %+v with %d statements, want one question about %s",
			f.Questions, len(f.Statements), a.topic)
	}
	p, err := f.Profile.With(a.topic, a.value)
	if err != nil {
		t.Fatal(err)
	}
	o.Profile = throughJSON(t, p)
	return readCorpus(t, file, o)
}

func throughJSON(t testing.TB, p Profile) *Profile {
	b, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	out := new(Profile)
	if err := json.Unmarshal(b, out); err != nil {
		t.Fatal(err)
	}
	return out
}

// TestCorpus reads every file of the corpus and compares it, entry by entry, with what it must come
// to. Run with -v it prints a table.
func TestCorpus(t *testing.T) {
	table := tabwriter.NewWriter(t.Output(), 0, 0, 2, ' ', 0)
	defer table.Flush()
	fmt.Fprintln(table, "FILE\tVARIANT\tENTRIES\tOUTCOME\tWHAT IS SAID")
	for _, m := range manifest(t) {
		t.Run(m["file"], func(t *testing.T) {
			f, err := readCorpus(t, m["file"], optionsFor(m))
			outcome := f.Outcome()
			if _, asks := errors.AsType[*Ask](err); err != nil && !asks {
				outcome = "reject"
				if e, ok := errors.AsType[*Error](err); !ok || e.File == "" || e.Reason == "" || e.Hint == "" {
					t.Errorf("the refusal does not say enough: %v", err)
				}
			}
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", m["file"], f.Variant, m["expected_transactions"],
				outcome, remarks(f, err))
			if outcome != m["outcome"] {
				t.Errorf("outcome %s, want %s: %v %v", outcome, m["outcome"], err, f.Warnings)
			}
			if m["outcome"] == "reject" {
				return
			}
			if f, err = readAnswered(t, m); err != nil {
				t.Fatal(err)
			}
			want := expectedLines(t, m["file"])
			if fix := corrections[m["file"]]; fix != nil {
				fix(m, want)
			}
			if formatOf(m) == OFX {
				want = compareRejects(t, f, want, m)
			}
			compareLines(t, f, want)
			compareFigures(t, f, m)
		})
	}
}

// remarks is the first thing that a reader says of a file, and how many more there are.
func remarks(f File, err error) string {
	said := f.Warnings
	if err != nil {
		said = []string{err.Error()}
	}
	switch len(said) {
	case 0:
		return ""
	case 1:
		return said[0]
	}
	return fmt.Sprintf("%s (and %d more)", said[0], len(said)-1)
}

func expectedLines(t *testing.T, file string) []expectedLine {
	b, err := os.ReadFile(filepath.Join(corpus, "expected", strings.ReplaceAll(file, "/", "__")+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var e struct {
		Statements []struct {
			Transactions []expectedLine `json:"transactions"`
		} `json:"statements"`
	}
	if err := json.Unmarshal(b, &e); err != nil {
		t.Fatal(err)
	}
	var out []expectedLine
	for _, s := range e.Statements {
		out = append(out, s.Transactions...)
	}
	return out
}

func allLines(f File) []book.BankLine {
	var out []book.BankLine
	for _, s := range f.Statements {
		out = append(out, s.Lines...)
	}
	return out
}

// states reports whether a line holds the reference that the corpus states: for MT940 that is the
// owner's and the bank's as in :61:, where the end-to-end id goes before the owner's.
func states(l book.BankLine, want string) bool {
	if want == "" || l.BankID == want || l.Reference == want {
		return true
	}
	owner, bank, _ := strings.Cut(want, "//")
	return l.BankID == reference(bank) &&
		strings.Contains(l.Reference+"\n"+l.Text, reference(owner))
}

func compareLines(t *testing.T, f File, want []expectedLine) {
	t.Helper()
	got := allLines(f)
	if len(got) != len(want) {
		t.Fatalf("%d lines, want %d", len(got), len(want))
	}
	for i, w := range want {
		l := got[i]
		amount, err := money.Parse(w.Amount, l.Amount.Currency)
		if err != nil {
			t.Fatal(err)
		}
		if l.On.String() != w.Date || l.Amount != amount ||
			w.Currency != "" && string(l.Amount.Currency) != w.Currency ||
			w.ValueDate != "" && l.ValueOn.String() != w.ValueDate ||
			!states(l, w.Reference) ||
			l.Pending != (w.Status == "pending") {
			t.Errorf("line %d: got %+v, want %+v", i, l, w)
		}
		if l.ID == "" || l.StatementID == "" || l.Row == 0 || l.Ordinal == 0 {
			t.Errorf("line %d has no id, statement, row or ordinal: %+v", i, l)
		}
	}
}

// compareFigures checks the statement's figures against the manifest's.
func compareFigures(t *testing.T, f File, m map[string]string) {
	t.Helper()
	equal := func(what, got, want string) {
		t.Helper()
		if got != want {
			t.Errorf("%s: got %q, want %q", what, got, want)
		}
	}
	equal("statements", strconv.Itoa(len(f.Statements)), m["statements"])
	in, out := map[string]money.Money{}, map[string]money.Money{}
	var currencies []string
	pending := 0
	var first, last book.Date
	for _, l := range allLines(f) {
		c := string(l.Amount.Currency)
		if !slices.Contains(currencies, c) {
			currencies = append(currencies, c)
			in[c], out[c] = money.New(0, l.Amount.Currency), money.New(0, l.Amount.Currency)
		}
		side := in
		if l.Amount.Minor < 0 {
			side = out
		}
		side[c], _ = side[c].Add(l.Amount.Abs())
		if l.Pending {
			pending++
		}
		if l.On != 0 {
			if first == 0 || l.On < first {
				first = l.On
			}
			last = max(last, l.On)
		}
	}
	slices.Sort(currencies)
	totals := func(side map[string]money.Money) string {
		if len(currencies) == 0 {
			return "0.00"
		}
		var parts []string
		for _, c := range currencies {
			d := side[c].Decimal()
			if len(currencies) > 1 {
				d = c + ":" + d
			}
			parts = append(parts, d)
		}
		return strings.Join(parts, "|")
	}
	equal("credits", totals(in), m["expected_credit_total"])
	equal("debits", totals(out), m["expected_debit_total"])
	equal("entries", strconv.Itoa(len(allLines(f))), m["expected_transactions"])
	equal("pending", strconv.Itoa(pending), m["pending"])
	equal("first date", first.String(), m["first_date"])
	equal("last date", last.String(), m["last_date"])
	if len(currencies) == 0 {
		currencies = append(currencies, string(f.Statements[0].Currency))
	}
	if m["currency"] != "" {
		equal("currency", strings.Join(currencies, "|"), m["currency"])
	}
	var opening, closing []string
	var checks []string
	for _, s := range f.Statements {
		check := "na"
		opening = append(opening, stated(s.Proof.Opening))
		closing = append(closing, stated(s.Proof.Closing))
		switch {
		case s.Proof.Known && s.Proof.Holds:
			check = "ok"
		case s.Proof.Known && !s.Proof.Holds:
			check = "off by " + s.Proof.Difference.Decimal()
		}
		checks = append(checks, check)
	}
	// What is so of every statement is said once.
	if slices.Equal(checks, slices.Repeat(checks[:1], len(checks))) {
		checks = checks[:1]
	}
	equal("opening", balanceList(opening), m["opening_balance"])
	equal("closing", balanceList(closing), m["closing_balance"])
	equal("balance check", strings.Join(checks, "|"), m["balance_check"])
}

func stated(m *money.Money) string {
	if m == nil {
		return ""
	}
	return m.Decimal()
}

// balanceList is one balance for each statement; nothing at all where none states one.
func balanceList(all []string) string {
	return strings.TrimRight(strings.Join(all, "|"), map[bool]string{true: "|"}[strings.Join(all, "") == ""])
}
