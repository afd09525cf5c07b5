package bankfile

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"countinghouse/app/money"
)

// Role is what a column of a table means.
type Role string

// The roles of columns. A column without a role is not used.
const (
	Unused       Role = ""
	Booked       Role = "booked"
	Valued       Role = "value_date"
	Amount       Role = "amount"
	Debit        Role = "debit"
	Credit       Role = "credit"
	Mark         Role = "mark"
	Currency     Role = "currency"
	Balance      Role = "balance"
	Text         Role = "text"
	Counterparty Role = "counterparty"
	TheirAccount Role = "counterparty_account"
	OurAccount   Role = "account"
	Reference    Role = "reference"
	BankID       Role = "bank_id"
	Status       Role = "status"
)

// Roles are all roles that a column may be given, in the order of a menu.
var Roles = []Role{Booked, Valued, Amount, Debit, Credit, Mark, Currency, Balance, Counterparty,
	TheirAccount, Reference, Text, BankID, OurAccount, Status, Unused}

// meaning is one thing that a column's name may mean; a lower rank is a better one of its role.
type meaning struct {
	role Role
	rank int
}

// vocabulary holds the names of columns as banks print them, folded, the best of a role first.
var vocabulary = readVocabulary(map[Role]string{
	Booked: `booking date|booked on|booked date|booked|booking|date booked|posting date|posted date|
		post date|date posted|posted on|posted|date processed|processed date|process date|completed date|
		date completed|buchungstag|buchungsdatum|buchung|datum verrekening|datum zauctovani|zauctovano|
		datum uctovania|data ksiegowania|data contabile|data registrazione|fecha contable|date comptable|
		fecha de contabilizacion|date de comptabilisation|boekdatum|boekingsdatum|bokforingsdag|
		bokforingsdatum|bokfort|bogforingsdato|bokforingsdato|kirjauspaiva|konyveles datuma|
		konyvelesi datum|data lancamento|data de lancamento|data do lancamento|settlement date|
		date|datum|data|fecha|dato|datums|kuupaev|kuupaeva|paivamaara|pvm|tarih|dátum|дата|дата операции|
		ημερομηνια|日付|取引日|日期|交易日期|date operation|date d operation|date de l operation|
		entry date|txn date|tran date|trans date|transaction date|transaction time|transaksjonsdato|
		transaktionsdatum|transaktionsdag|date time|datetime|data operazione|data operacji|
		fecha operacion|fecha de operacion|data mov|data movimento|data da operacao|umsatzdatum|
		tranzakcio datuma|datum provedeni|datum transakcie|datum transakce|datum verrichting|belegdatum|
		created|created at|created on|started date|purchase date|timestamp`,
	Valued: `value date|valuedate|value dt|val date|date value|valuta|valutadatum|valuta datum|valuta date|
		wertstellung|wertstellungstag|wertstellungsdatum|wert|date valeur|date de valeur|valeur|
		fecha valor|fecha de valor|data valuta|data valor|rentedatum|data waluty|datum valuty|valutadag|
		rentedato|arvopaiva|erteknap|data wartosci|effective date|interest date`,
	Amount: `amount|amt|betrag|umsatz|buchungsbetrag|bedrag|montant|importe|importo|kwota|castka|
		zauctovana castka|suma|summa|belop|belopp|belob|maara|osszeg|tranzakcio osszege|booked amount|
		transaction amount|net amount|amount in account currency|kwota transakcji|kwota operacji|quantia|
		iznos|tutar|valor|сумма|сумма операции|金額|金额|movement|movimento|value|objem|ποσο|
		tehingu summa|paid amount|net`,
	Debit: `debit|debits|debit amount|withdrawal|withdrawals|withdrawal amt|withdrawal amount|paid out|
		money out|out|outflow|soll|debet|debito|debiti|addebiti|dare|cargo|cargos|debe|uscite|uitgaven|
		ausgang|ausgaben|belastung|saida|saidas|obciazenia|vydaj|vydaje|terheles|dr|dr amount|payments|
		sortie|sorties|ut|ut fra konto|расход|出金|支出|debits out|charges|spent`,
	Credit: `credit|credits|credit amount|deposit|deposits|deposit amt|deposit amount|paid in|money in|in|
		inflow|haben|kredit|credito|crediti|accrediti|avere|abono|abonos|haber|entrate|eingang|einnahmen|
		gutschrift|entrada|entradas|uznania|prijem|prijmy|jovairas|cr|cr amount|receipts|entree|entrees|
		inn|inn pa konto|приход|入金|收入|received`,
	Mark: `d k|c d|d c|cr dr|dr cr|k d|s h|h s|soll haben|debit credit|credit debit|debet credit|
		debet kredit|kredit debet|debit or credit|af bij|bij af|sign|direction|bevetel kiadas|
		credit debit indicator|debit credit indicator|cdtdbtind|indicator|sens|segno|signo|
		kennzeichen|soll haben kennzeichen|type|transaction type|deebet kreedit`,
	Currency: `currency|ccy|cur|curr|currency code|account currency|wahrung|waehrung|munt|muntsoort|devise|
		divisa|moneda|mena uctu|mena|waluta|deviza|devizanem|tranzakcio devizaneme|valuuta|valiuta|
		valuta|valutakod|moeda|doviz|валюта|通貨|币种|konto wahrung|valuta konta|valūta`,
	Balance: `balance|running balance|account balance|balance after|saldo|kontostand|solde|egyenleg|
		zustatek|zostatok|saldo po|saldo nach buchung|saldoa|likutis|atlikums|jaak|bakiye|остаток|
		saldo contabile|ledger balance|closing balance|saldo po operacji|残高|余额|υπολοιπο|
		available balance|balans`,
	Text: `description|details|narrative|narration|text|memo|particulars|remarks|transaction details|
		transaction description|payment details|remittance information|message|verwendungszweck|
		buchungstext|betreff|libelle|omschrijving|vrije mededeling|mededeling|mededelingen|concepto|
		descripcion|observaciones|descrizione|causale|opis|opis operacji|tytul|tytulem|popis|zprava|
		poznamka|sprava|sprava pre prijemcu|kozlemeny|selgitus|beskrivning|beskrivelse|tekst|viesti|
		maksajuma merkis|mokejimo paskirtis|paskirtis|notes|note|toelichting|explanation|aciklama|
		historico|descricao|комментарий|описание|назначение платежа|摘要|説明|reason|information|
		additional information|transaction text|motif|communication|transaktionstyp|typ transakce`,
	Counterparty: `counterparty|counterparty name|payee|payer|payee name|payer name|name|beneficiary|
		beneficiary name|beneficiary party|merchant|merchant name|empfanger|auftraggeber empfanger|
		auftraggeber|begunstigter zahlungspflichtiger|zahlungsempfanger|zahlungsbeteiligter|
		name zahlungsbeteiligter|beguenstigter zahlungspflichtiger|naam tegenpartij|tegenpartij|
		nazev protiuctu|partner neve|beneficiaire|beneficiario|ordinante|kontrahent|nadawca odbiorca|
		handelaar|mottagare|modtager|mottaker|contraparte|контрагент|gavejas moketojas|saaja maksja nimi|
		saaja maksja|saaja|sanemeja|remitter|paid to|received from|other party|third party|tiers|
		nazov protistrany|protistrana`,
	TheirAccount: `counterparty account|counterparty iban|counterparty account number|iban|their iban|
		rekeningnummer tegenpartij|tegenrekening|cislo protiuctu|protiucet|partner szamlaszama|
		iban zahlungsbeteiligter|gegenkonto|kontonummer iban|iban kontonummer|saaja konto|
		beneficiary account|payee account|payer account|numer rachunku kontrahenta|rachunek kontrahenta|
		iban beneficiaire|compte beneficiaire|saaja maksja konto|counterparty account no`,
	OurAccount: `account|account no|account number|account id|own account|rekeningnummer|rekening|
		cislo uctu|szamlaszam|auftragskonto|kontonr|kontonummer|konto|numero de cuenta|cuenta|compte|
		numero de compte|numer konta|rachunek|saskaita|счет|iban auftragskonto|kliendi konto|
		numer rachunku|account iban|own iban`,
	Reference: `reference|ref|reference no|reference number|ref no|end to end id|endtoend|endtoendid|
		end to end reference|gestructureerde mededeling|kundenreferenz|kundenreferenz end to end|referenz|
		referenznummer|reference client|referencia|riferimento|viite|viitenumero|viitenumber|
		payment reference|customer reference|structured reference|kid|numer referencyjny|vs|
		variabilni symbol|variabilny symbol|cheque no|cheque number|check number|chq ref no`,
	BankID: `transaction id|transactionid|transaction no|id transakce|id transakcji|record id|bank id|
		bank reference|bankreferenz|bank ref|bankkenmerk|reference banque|entry reference|
		transaction reference|unique id|unique transaction id|
		fitid|acctsvcrref|arkistointitunnus|arhiveerimistunnus|transaktions id|transaktionsid|
		numero operation|trans id|operation id|movement id|txn id|utr|statement line id|id|
		identifiant|archiving code|instrukcijos id|id prevodu|id pohybu`,
	Status: `status|state|stav|etat|estado|tila|stato|staat|transaction status`,
})

func readVocabulary(byRole map[Role]string) map[string][]meaning {
	out := map[string][]meaning{}
	for _, role := range Roles {
		for rank, name := range strings.Split(byRole[role], "|") {
			if name = fold(name); name != "" {
				out[name] = append(out[name], meaning{role, rank})
			}
		}
	}
	return out
}

// nameAndCurrency parts a column's name, "Betrag (EUR)", into its folded name and its currency.
func nameAndCurrency(cell string) (string, money.Currency) {
	words := strings.FieldsFunc(cell, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
	if n := len(words); n > 1 {
		last := words[n-1]
		if c := money.Currency(last); c.Known() || last == "Rs" {
			if last == "Rs" {
				c = "INR"
			}
			rest := words[:n-1]
			if k := len(rest) - 1; k > 0 && fold(rest[k]) == "in" {
				rest = rest[:k]
			}
			return fold(strings.Join(rest, " ")), c
		}
	}
	return fold(cell), ""
}

// meanings are what a cell means as the name of a column; nil where it is none.
func meanings(cell string) []meaning {
	name, _ := nameAndCurrency(cell)
	return vocabulary[name]
}

// special says what words stand for in rows which are no lines.
type special uint8

const (
	opens special = 1 << iota
	closes
	turns
	totals
)

// specials are all of these words, folded.
var specials = func() map[string]special {
	out := map[string]special{}
	for kind, words := range map[special]map[string]bool{opens: openingWords, closes: closingWords,
		turns: turnoverWords, totals: totalWords} {
		for w := range words {
			out[w] |= kind
		}
	}
	return out
}()

// specialStarts are the first three letters of these words.
var specialStarts = func() (out [26 * 26 * 26]bool) {
	for w := range specials {
		if i := startOf(w); i >= 0 {
			out[i] = true
		}
	}
	return out
}()

// startOf numbers the first three letters of a word, -1 where they are not all of a to z.
func startOf(w string) int {
	if len(w) < 3 {
		return -1
	}
	a, b, c := w[0]|0x20-'a', w[1]|0x20-'a', w[2]|0x20-'a'
	if a > 25 || b > 25 || c > 25 {
		return -1
	}
	return (int(a)*26+int(b))*26 + int(c)
}

// specialIn is what a cell says in a row that is no line; 0 for nothing. None of the words has a
// digit.
func specialIn(cell string) special {
	if cell == "" || len(cell) > longestWord {
		return 0
	}
	if i := startOf(cell); i >= 0 && !specialStarts[i] && !wideAt(cell, 3) {
		return 0
	}
	for i := range len(cell) {
		if isDigit(cell[i]) {
			return 0
		}
	}
	var b [2 * longestWord]byte
	return specials[string(appendFold(b[:0], cell))]
}

// wideAt reports whether a letter at a place may be a mark on the one before it.
func wideAt(s string, i int) bool { return i < len(s) && s[i] >= utf8.RuneSelf }

// isWord reports whether a cell is one of the words.
func isWord(words map[string]bool, cell string) bool {
	if cell == "" || len(cell) > longestWord {
		return false
	}
	var b [2 * longestWord]byte
	return words[string(appendFold(b[:0], cell))]
}

// longestWord is longer than all of these words as banks print them.
const longestWord = 60

// The words that stand in rows which are no lines, folded.
var (
	openingWords = wordList(`opening balance|brought forward|balance brought forward|b f|balance b f|
		previous balance|starting balance|start balance|anfangssaldo|alter saldo|alter kontostand|
		startsaldo|saldo inicial|saldo iniziale|solde initial|ancien solde|beginsaldo|pocatecni zustatek|
		pociatocny zostatok|saldo poczatkowe|ingaende saldo|inngaende saldo|nyito egyenleg|alkusaldo|
		algsaldo|pradinis likutis|likutis pradziai|sakuma atlikums|saldo anterior|opening ledger balance`)
	closingWords = wordList(`closing balance|carried forward|balance carried forward|c f|balance c f|
		ending balance|end balance|new balance|endsaldo|neuer saldo|neuer kontostand|schlusssaldo|
		saldo final|saldo finale|solde final|nouveau solde|eindsaldo|konecny zustatek|konecny zostatok|
		saldo koncowe|utgaende saldo|zaro egyenleg|loppusaldo|loppsaldo|galutinis likutis|
		likutis pabaigai|beigu atlikums|ledger balance|closing ledger balance`)
	turnoverWords = wordList(`turnover|total turnover|debit turnover|credit turnover|apyvarta|kaive|
		apgrozijums|umsatzsumme|obrat`)
	totalWords = wordList(`total|totals|page total|grand total|sub total|subtotal|sum|summe|gesamt|
		gesamtsumme|zwischensumme|totaal|totale|totali|suma|summa|razem|celkem|spolu|yhteensa|kokku|
		kopa|osszesen|total debits|total credits|total debit|total credit|page totals|totaux|totales`)
	pendingWords = wordList(`pending|authorised|authorized|vorgemerkt|vorgemerkte umsatze|en attente|
		pendiente|in sospeso|in behandeling|gereserveerd|reserved|reservation|oczekujaca|blokada|
		cekajici|nezauctovano|fuggo|varaus|broneering|reserverat|uncleared|pdng|processing`)
	failedWords = wordList(`declined|failed|reverted|cancelled|canceled|rejected|voided|deleted`)
)

func wordList(s string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Split(s, "|") {
		out[fold(w)] = true
	}
	return out
}

// inMarks and outMarks are the words of a column that says which way money went, folded.
var (
	inMarks = wordList(`c|cr|crdt|credit|credito|kredit|k|h|haben|bij|in|inflow|incoming|deposit|plus|+|
		avere|abono|prijem|bevetel|jovairas|uznanie|inn|tulo|kreedit|received|crédit|credit transfer`)
	outMarks = wordList(`d|dr|dbit|debit|debito|debet|s|soll|af|out|outflow|outgoing|withdrawal|minus|-|
		dare|cargo|vydaj|kiadas|terheles|zatazenie|ut|meno|deebet|sent|débit|direct debit`)
)

// marked says which way a mark points: 1 in, -1 out, 0 where the word is none.
func marked(cell string) int {
	switch t := strings.TrimSpace(cell); t {
	case "+":
		return 1
	case "-", "\u2212":
		return -1
	case "":
		return 0
	}
	switch {
	case isWord(inMarks, cell):
		return 1
	case isWord(outMarks, cell):
		return -1
	}
	return 0
}

func hasRole(ms []meaning, roles ...Role) bool {
	return slices.ContainsFunc(ms, func(m meaning) bool { return slices.Contains(roles, m.role) })
}
