package world

import (
	"bytes"
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

func TestMT940Dialect(t *testing.T) {
	a := Account{Name: "operating", Currency: "EUR", IBAN: "LT121000011101001000", Opening: -100_000,
		Lines: []BankLine{
			{On: book.NewDate(2027, 1, 4), ValueOn: book.NewDate(2026, 12, 31),
				Amount: money.New(123_456_789, "EUR"), Counterparty: "Günter Groß & Söhne Vermögensverwaltung",
				CounterpartyAccount: "DE89370400440532013000", Reference: "E2E-1",
				Text: "Rechnung 4711? vielen Dank für die pünktliche Lieferung", BankID: "X1"},
			{On: book.NewDate(2027, 1, 5), ValueOn: book.NewDate(2027, 1, 5),
				Amount: money.New(-500, "EUR"), Counterparty: "Bank", BankID: "X2"},
		}}
	var b bytes.Buffer
	if err := a.WriteMT940(&b, book.NewDate(2027, 1, 1), book.NewDate(2027, 1, 31)); err != nil {
		t.Fatal(err)
	}
	want := strings.Join([]string{":20:STARTUMSE", ":25:LT121000011101001000", ":28C:00001/001",
		":60F:D261231EUR1000,00",
		":61:2612310104CR1234567,89NTRFNONREF//X1",
		":86:166?00GUTSCHRIFT?10931?20EREF+E2E-1?21SVWZ+Rechnung 4711. vie",
		"len ?22Dank fuer die puenktliche L?23ieferung?31DE893704004405320",
		"13000?32Guenter Gross + Soehne Verm?33oegensverwaltung",
		":61:2701050105DR5,00NTRFNONREF//X2",
		":86:808?00ENTGELT?10931?32Bank",
		":62F:C270131EUR1233562,89", "-", ""}, "\r\n")
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
}

// TestMT940StatementsFoot adds the entries up the slow way, and looks for letters that SWIFT lacks.
func TestMT940StatementsFoot(t *testing.T) {
	figures := regexp.MustCompile(`(?m)^:(60F|61|62F):(?:\d{10})?([CD])(?:\d{6}[A-Z]{2})?[A-Z](\d+),(\d\d)`)
	foreign := regexp.MustCompile(`[^a-zA-Z0-9/?:().,'+\r\n -]`)
	w := Build(Options{Seed: 3, Customers: 400, Month: month(2026, time.October), Gateways: More})
	for _, a := range w.Accounts {
		var b bytes.Buffer
		from, to := w.Options.Month.First(), w.Options.Month.Last()
		if err := a.WriteMT940(&b, from, to); err != nil {
			t.Fatal(err)
		}
		if at := foreign.FindString(b.String()); at != "" {
			t.Errorf("%s: %q is no letter of SWIFT", a.Name, at)
		}
		sum, entries, closing := int64(0), 0, int64(0)
		for _, m := range figures.FindAllStringSubmatch(b.String(), -1) {
			x, err := money.Parse(m[3]+"."+m[4], "EUR")
			if err != nil {
				t.Fatal(err)
			}
			if m[2] == "D" {
				x = x.Neg()
			}
			if m[1] == "62F" {
				closing = x.Minor
				continue
			}
			if sum += x.Minor; m[1] == "61" {
				entries++
			}
		}
		if sum != closing || closing != a.BalanceOn(to) || entries == 0 {
			t.Errorf("%s: %d entries lead to %d, it closes at %d, want %d", a.Name, entries, sum, closing,
				a.BalanceOn(to))
		}
	}
	if err := w.Accounts[0].WriteMT940(full{}, w.OpeningOn, w.Options.Month.Last()); !errors.Is(err, errFull) {
		t.Errorf("got %v", err)
	}
}
