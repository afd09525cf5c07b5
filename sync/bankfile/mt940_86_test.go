package bankfile

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestMT940Words(t *testing.T) {
	for _, c := range []struct {
		name, text                                        string
		counterparty, account, reference, structured, say string
	}{
		{"SEPA", ":86:166?00GUTSCHRIFT?100931?20EREF+E2E-4711?21KREF+OUR-1?22MREF+M-9?23CRED+DE98ZZZ0999999999" +
			"?24SVWZ+Rechnung 10023?30COBADEFFXXX?31DE89370400440532013000?32Muster GmbH?34900",
			"Muster GmbH", "DE89370400440532013000", "E2E-4711", "",
			"Rechnung 10023 OUR-1 M-9 DE98ZZZ0999999999"},
		{"words broken over subfields and lines", ":86:166?00GUTSCHRIFT?20EREF+1234567890123456789012" +
			"?21345678901234567 KREF+OUR SV?22WZ+Rechnung 4711\n und mehr A?23ngaben?32Verein der Freunde langer N?33amen e.V.",
			"Verein der Freunde langer Namen e.V.", "", "1234567890123456789012345678901234567", "",
			"Rechnung 4711 und mehr Angaben OUR"},
		{"a word in the middle of a line", ":86:166?00X?20EREF+ABCSVWZ+Dank?21 fuer alles", "", "", "ABC", "", "Dank fuer alles"},
		{"words with colons", ":86:177?00X?20EREF: NOTPROVIDED IBAN: DE89?2137040044 0532013000 SVWZ:?22RG 17: Hosting",
			"", "DE89370400440532013000", "OWN", "", "RG 17: Hosting"},
		{"account in the text", ":86:177?00X?20SVWZ+x?21IBAN+DE8937040044053201300?220 BIC+COBADEFF", "", "DE89370400440532013000", "OWN", "", "x BIC COBADEFF"},
		{"another payer", ":86:166?00X?20SVWZ+RG 1?21ABWA+Anna Beispiel?32Notar", "Notar", "", "OWN", "", "RG 1 Anna Beispiel"},
		{"charges", ":86:109?00X?20EREF+E?21OAMT+10,00?22COAM+3,50?23SVWZ+RETURN", "", "", "E", "", "RETURN OAMT 10,00 COAM 3,50"},
		{"a purpose and free words", ":86:166?00X?20EREF+E?21PURP+SALA?22SVWZ+please use IBAN: one?32A", "A", "", "E", "",
			"please use IBAN one PURP SALA"},
		{"creditor reference", ":86:166?00X?20SVWZ+RF18 5390 0754 7034", "", "", "OWN", "RF18539007547034", "RF18 5390 0754 7034"},
		{"a wrong creditor reference", ":86:166?00X?20SVWZ+RF19 5390 0754 7034", "", "", "OWN", "", "RF19 5390 0754 7034"},
		{"more subfields", ":86:166?00X?20SVWZ+1?29 2?60 3?63 4?69 5?70 6", "", "", "OWN", "", "1 2 3 4 5 6"},
		{"no purpose", ":86:808?00ENTGELT", "", "", "OWN", "", ""},
		{"old", ":86:051?00UEBERWEISUNG?20Gehalt?21Oktober?30050060400?3108475\n64700?32MUELLER",
			"MUELLER", "0847564700", "OWN", "", "Gehalt Oktober"},
		{"another sign", ":86:000>100987654321>20ALGEMENE TUSSENREKENING KOS>21TEN VAN>310390123456",
			"", "0390123456", "OWN", "", "ALGEMENE TUSSENREKENING KOSTEN VAN"},
		{"Polish", ":86:020~00VE02~20FAKTURA 7~30106000~31777777777777~32HUTA~38PL27114020040000300201355387",
			"HUTA", "PL27114020040000300201355387", "OWN", "", "FAKTURA 7"},
		{"Dutch", ":86:/TRTP/SEPA OVERBOEKING 1/IBAN/NL91ABNA0417164300/BIC/ABNANL2A/NAM\nE/A. de Vries" +
			"/REMI/Factuur 2026-17/EREF/NOTPROVIDED",
			"A. de Vries", "NL91ABNA0417164300", "OWN", "", "Factuur 2026-17"},
		{"Rabobank", ":86:/EREF/26-09-2026 12:00 0030/ORDP//NAME/CONTRA HOLDER/REMI/Ref 20\n1301234/ISDT/2026-09-30",
			"CONTRA HOLDER", "", "26-09-2026 12:00 0030", "", "Ref 201301234 OWN"},
		{"ING", ":86:/EREF/E-1//CNTP/NL32INGB0000012345/INGBNL2A/ING Testrekening/AMSTERDAM//" +
			"/REMI/USTD//Betaling 17/", "ING Testrekening", "NL32INGB0000012345", "E-1", "", "Betaling 17 OWN"},
		{"ING, structured", ":86:/CNTP/NL32INGB0000012345/INGBNL2A/Energie///REMI/STRD/CUR/9501000000012345/",
			"Energie", "NL32INGB0000012345", "OWN", "9501000000012345", "9501000000012345"},
		{"an ultimate party", ":86:/ORDP//NAME/Bank/ULTD//NAME/Anna/REMI/x", "Bank", "", "OWN", "", "Anna x"},
		{"a returned one", ":86:/RTRN/AC04/BENM//NAME/Anna/MARF/M1/CSID/NL1", "Anna", "", "OWN", "", "RTRN AC04 M1 NL1"},
		{"Citi", ":86:/PT/FT/PY/SOMETHING FOO      1122\n   3344", "", "", "OWN", "", "SOMETHING FOO 1122 3344"},
		{"numbered", ":NS:01Rechnung 4711 und ein langer\n02 Rest\n15Muster\n17GUTSCHRIFT\n3310010010\n34123456",
			"Muster", "123456", "OWN", "", "Rechnung 4711 und ein langer Rest"},
		{"plain", ":86:GIRO FROM SOMEBODY\nFOR  SOMETHING", "", "", "OWN", "", "GIRO FROM SOMEBODY FOR SOMETHING"},
		{"plain, cut at the width", ":86:" + strings.Repeat("A", 65) + "\nBC", "", "", "OWN", "", strings.Repeat("A", 65) + "BC"},
		{"digits that are no code", ":86:100.20 paid /NAME/x", "", "", "OWN", "", "100.20 paid /NAME/x"},
		{"two texts", ":86:one\n:86:two", "", "", "OWN", "", "one two"},
		{"nothing", ":86:", "", "", "OWN", "", ""},
	} {
		lines := append([]string{":61:261002C1,NTRFOWN//B1"}, strings.Split(c.text, "\n")...)
		l := allLines(mustRead(t, sta("C261002EUR101,00", lines...), "a.sta", operating))[0]
		if say := strings.TrimSuffix(l.Text, " OWN"); say != strings.TrimSuffix(c.say, " OWN") ||
			l.Counterparty != c.counterparty || l.CounterpartyAccount != c.account || l.Reference != c.reference ||
			l.Structured != c.structured || l.BankID != "B1" {
			t.Errorf("%s: got %+v", c.name, l)
		}
	}
}

// TestMT940SaysEverything is about what stands beside the text: the line after :61:, the owner's
// reference where the text has another, and the kind of booking where nothing else is said.
func TestMT940SaysEverything(t *testing.T) {
	for _, c := range []struct{ entry, account, reference, text string }{
		{"261002C1,NTRFOWN\nCard transaction\n:86:166?00X?20EREF+E?21SVWZ+for", "", "E", "for Card transaction OWN"},
		{"261002C1,NTRFE\n:86:166?00X?20EREF+E?21SVWZ+for", "", "E", "for"},
		{"261002C1,NTRFEREF\nNL70ABNA0987654321\n:86:/EREF/E/REMI/for", "NL70ABNA0987654321", "E", "for"},
		{"261002C1,NTRFNONREF\n/OCMT/EUR4,5/\n:86:for", "", "", "for /OCMT/EUR4,5/"},
		{"261002C1,NTRFNONREF\n:86:808?00ENTGELT", "", "", "ENTGELT"},
		{"261002C1,NTRFNONREF\n:86:/TRTP/SEPA INCASSO/BIC/ABNANL2A", "", "", "SEPA INCASSO"},
		{"261002C1,NTRFNONREF\n:NS:17Umbuchung\n1812345", "", "", "Umbuchung"},
		{"261002C1,NTRFNONREF\n:86:166?00X?20SVWZ+RF18539007547034", "", "RF18539007547034", "RF18539007547034"},
		{"261002C1,NTRFNONREF", "", "", ""},
	} {
		f := mustRead(t, sta("C261002EUR101,00", strings.Split(":61:"+c.entry, "\n")...), "a.sta", operating)
		if l := allLines(f)[0]; l.CounterpartyAccount != c.account || l.Reference != c.reference || l.Text != c.text ||
			f.Outcome() != "ok" {
			t.Errorf("%s: got %+v, %v", c.entry, l, f.Warnings)
		}
	}
}

// TestMT940GermanTextsReadBack cuts texts into subfields of 27 and lines of 65, as banks do, with
// SEPA's words anywhere, and reads them.
func TestMT940GermanTextsReadBack(t *testing.T) {
	words := rapid.StringMatching(`[a-zA-Z0-9/.,()-]{1,12}( [a-zA-Z0-9/.,()-]{1,12}){0,12}`)
	id := rapid.StringMatching(`[A-Z0-9-]{2,35}`)
	cut := func(s string, width int) (out []string) {
		for ; len(s) > width; s = s[width:] {
			out = append(out, s[:width])
		}
		return append(out, s)
	}
	rapid.Check(t, func(r *rapid.T) {
		eref, text := id.Draw(r, "eref"), words.Draw(r, "text")
		name := words.Draw(r, "name")
		name = strings.TrimSpace(name[:min(len(name), 54)])
		joined := rapid.Bool().Draw(r, "all in one")
		purpose := append(cut("EREF+"+eref, 27), cut("SVWZ+"+text, 27)...)
		if joined {
			purpose = cut("EREF+"+eref+" SVWZ+"+text, 27)
		}
		s := "166?00GUTSCHRIFT?10931"
		for i, p := range purpose {
			if i > 9 {
				i += 30
			}
			s += fmt.Sprintf("?%d%s", 20+i, p)
		}
		for i, p := range cut(name, 27) {
			s += fmt.Sprintf("?%d%s", 32+i, p)
		}
		lines := append([]string{":61:261002C1,NTRFNONREF"}, cut(":86:"+s, 65)...)
		f, err := Read(ctx, strings.NewReader(sta("C261002EUR101,00", lines...)), "a.sta", operating)
		if err != nil {
			r.Fatal(err)
		}
		if l := allLines(f)[0]; l.Reference != eref || l.Text != text || l.Counterparty != name || f.Outcome() != "ok" {
			r.Fatalf("%q: got %+v, %v", s, l, f.Warnings)
		}
	})
}
