package paypal

import "strings"

// The columns of an activity download that are used, by our own names.
const (
	inDate = iota
	inTime
	inZone
	inName
	inType
	inStatus
	inCurrency
	inGross
	inFee
	inNet
	inFrom
	inTo
	inID
	inReference
	inInvoice
	inCustom
	inBalance
	inSubject
	inNote
	inImpact
	inColumns
)

// headers are the names of the columns by the account's language, in lower case; "" where that
// language's name is not known (PayPal, activity downloads in English, German and Lithuanian, as
// users have published them, read 2026-11).
var headers = []struct {
	language string
	names    [inColumns]string
}{
	{"English", [inColumns]string{"date", "time", "timezone", "name", "type", "status", "currency",
		"gross", "fee", "net", "from email address", "to email address", "transaction id",
		"reference txn id", "invoice number", "custom number", "balance", "subject", "note",
		"balance impact"}},
	{"German", [inColumns]string{"datum", "uhrzeit", "zeitzone", "name", "typ", "status", "währung",
		"brutto", "gebühr", "netto", "absender e-mail-adresse", "empfänger e-mail-adresse",
		"transaktionscode", "zugehöriger transaktionscode", "rechnungsnummer", "zollnummer", "guthaben",
		"betreff", "hinweis", "auswirkung auf guthaben"}},
	{"Lithuanian", [inColumns]string{"data", "laikas", "laiko juosta", "vardas, pavardė", "tipas",
		"būsena", "valiuta", "bruto", "mokestis", "neto", "", "", "operacijos id", "", "", "",
		"likutis", "tema", "pastaba", ""}},
}

// spellings are other names of columns that some downloads use.
var spellings = map[string]string{"time zone": "timezone", "amount": "gross", "fees": "fee",
	"total": "net", "entgelt": "gebühr", "auswirkung auf den saldo": "auswirkung auf guthaben",
	"saldo": "guthaben", "custom no.": "custom number", "benutzerdefinierte nummer": "zollnummer"}

// moved says by status whether a row has moved money, and by which letter the search would say so.
var moved = map[string]string{
	"completed": "S", "abgeschlossen": "S", "įvykdyta": "S", "užbaigta": "S", "atlikta": "S",
	"cleared": "S", "refunded": "V", "rückerstattet": "V", "partially refunded": "V",
	"teilweise rückerstattet": "V", "reversed": "V", "zurückgebucht": "V", "rückgängig gemacht": "V",
	"pending": "P", "ausstehend": "P", "offen": "P", "laukiama": "P", "uncleared": "P",
	"held": "P", "einbehalten": "P", "denied": "D", "abgelehnt": "D", "failed": "D",
	"fehlgeschlagen": "D", "canceled": "D", "cancelled": "D", "storniert": "D", "expired": "D",
	"abgelaufen": "D", "voided": "D", "returned": "V", "zurückgegeben": "V",
}

// memos are the words by which a download says that a row does not move the balance.
var memos = map[string]bool{"memo": true, "vormerkung": true}

// words are event codes by the words of a row's type, in lower case; the rarer German ones are
// inferred. A type that is not here still counts, as a movement of no known kind.
var words = map[string]string{
	"general payment": "T0000", "allgemeine zahlung": "T0000",
	"mass pay payment": "T0001", "mass payment": "T0001", "massenzahlung": "T0001",
	"subscription payment": "T0002", "abonnementzahlung": "T0002", "abozahlung": "T0002",
	"preapproved payment bill user payment": "T0003", "preapproved payment": "T0003",
	"zahlung im einzugsverfahren mit zahlungsrechnung": "T0003",
	"ebay auction payment":                             "T0004", "ebay-zahlung": "T0004",
	"direct credit card payment": "T0005", "direkte kreditkartenzahlung": "T0005",
	"express checkout payment": "T0006", "paypal express-zahlung": "T0006",
	"express-kaufabwicklung-zahlung": "T0006", "expresinis apmokėjimas": "T0006",
	"website payment": "T0007", "website-zahlung": "T0007", "website payments pro": "T0007",
	"mobile payment": "T0011", "handyzahlung": "T0011", "virtual terminal payment": "T0012",
	"donation payment": "T0013", "spendenzahlung": "T0013", "payment": "T0000", "zahlung": "T0000",
	"general paypal fee": "T0100", "allgemeine gebühr": "T0100", "chargeback fee": "T0106",
	"rückbuchungsgebühr": "T0106", "payment fee": "T0107", "partner fee": "T0113",
	"general currency conversion": "T0200", "allgemeine währungsumrechnung": "T0200",
	"currency conversion":                            "T0200",
	"user initiated currency conversion":             "T0201",
	"vom nutzer eingeleitete währungsumrechnung":     "T0201",
	"bank deposit to pp account":                     "T0300",
	"bankgutschrift auf paypal-konto":                "T0300",
	"general funding of paypal account":              "T0300",
	"general withdrawal":                             "T0400",
	"allgemeine abbuchung":                           "T0400",
	"bendras išėmimas":                               "T0400",
	"withdrawal":                                     "T0400",
	"automatic withdrawal":                           "T0401",
	"auto-sweep":                                     "T0401",
	"automatische abbuchung":                         "T0401",
	"user initiated withdrawal":                      "T0403",
	"vom nutzer eingeleitete abbuchung":              "T0403",
	"withdrawal to card":                             "T0600",
	"general credit card deposit":                    "T0700",
	"general reversal":                               "T1100",
	"reversal of ach withdrawal":                     "T1101",
	"reversal of ach withdrawal transaction":         "T1101",
	"rückbuchung einer abbuchung":                    "T1101",
	"reversal of general account hold":               "T1105",
	"rückbuchung allgemeiner einbehaltung":           "T1105",
	"payment reversal":                               "T1106",
	"zahlungsrückbuchung":                            "T1106",
	"payment refund":                                 "T1107",
	"rückzahlung":                                    "T1107",
	"mokėjimo grąžinimas":                            "T1107",
	"fee reversal":                                   "T1108",
	"fee refund":                                     "T1109",
	"hold on balance for dispute investigation":      "T1110",
	"einbehaltung zur konfliktklärung":               "T1110",
	"cancellation of hold for dispute resolution":    "T1111",
	"aufhebung der einbehaltung zur konfliktklärung": "T1111",
	"zahlungsgebühr":                                 "T0107",
	"allgemeine kontokorrektur":                      "T1200",
	"reserveeinbehaltung":                            "T2103",
	"freigabe der reserve":                           "T2104",
	"steuereinbehalt":                                "T2301",
	"general account correction":                     "T1200",
	"chargeback":                                     "T1201",
	"rückbuchung":                                    "T1201",
	"chargeback reversal":                            "T1202",
	"stornierung der rückbuchung":                    "T1202",
	"charge-off":                                     "T1203",
	"reimbursement of chargeback":                    "T1205",
	"general authorization":                          "T1300",
	"allgemeine autorisierung":                       "T1300",
	"reauthorization":                                "T1301",
	"void of authorization":                          "T1302",
	"account hold for open authorization":            "T1503",
	"einbehaltung für offene autorisierung":          "T1503",
	"general hold":                                   "T2101",
	"general hold release":                           "T2102",
	"reserve hold":                                   "T2103",
	"reserve release":                                "T2104",
	"payment review hold":                            "T2105",
	"payment review release":                         "T2106",
	"payment hold":                                   "T2107",
	"einbehaltung der zahlung":                       "T2107",
	"payment release":                                "T2108",
	"freigabe der zahlung":                           "T2108",
	"tax withholding":                                "T2301",
}

// codeOf is the event code of a type in words; that of a movement of no known kind where the words
// are new.
func codeOf(kind string) string {
	if code, ok := words[strings.ToLower(kind)]; ok {
		return code
	}
	return "T9900"
}
