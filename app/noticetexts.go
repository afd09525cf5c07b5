package app

import "strings"

// noticeText is what one language says. Of a decline a customer hears a phrase by the table's key, and
// never the gateway's words or why the bank suspects anything.
type noticeText struct {
	dear, failed, regards, link       string
	subject, warnSubject, downSubject string
	warn, down                        string
	phrases                           map[string]string
}

// template is the notice of a name.
func (t noticeText) template(language, name string) noticeTemplate {
	out := noticeTemplate{language: language, subject: t.subject}
	parts := []string{t.dear, t.failed}
	switch name {
	case "suspension_warning":
		out.subject = t.warnSubject
		parts = append(parts, t.warn)
	case "suspended":
		out.subject = t.downSubject
		parts = append(parts, t.down)
	}
	out.text = strings.Join(append(parts, "{reason}", t.link, t.regards+"\n{business}", "{legal}"), "\n\n")
	return out
}

// noticeTexts are the languages that the program's own notices are written in; a customer whose language is
// none of them reads English.
var noticeTexts = map[string]noticeText{
	"en": {dear: "Dear {name},", failed: "we could not collect {amount} for invoice {invoice}.", regards: "Kind regards,",
		link: "You can pay or change your payment method here: {link}", subject: "Your payment for invoice {invoice}",
		warnSubject: "Invoice {invoice} is open: your service will be suspended", downSubject: "Invoice {invoice} is open: your service is suspended",
		warn: "If it stays open, your service has to be suspended in a few days.",
		down: "Your service is suspended until the invoice is paid; it comes back by itself then.",
		phrases: map[string]string{
			"declined_generic": "Your bank did not approve the payment. Please try another payment method or ask your bank.",
			"funds_or_limit": "The payment was not approved, perhaps because of the balance or a limit. You may want to " +
				"check it, or pay another way.",
			"update_method":     "The saved payment details no longer work. Please update them.",
			"confirm_with_bank": "Your bank asks you to confirm this payment. Please open the invoice online and confirm it.",
			"pay_another_way":   "This payment method cannot be used here. Please choose another one.",
			"stopped_by_customer": "Your bank tells us that automatic payments to us were stopped. If that was not " +
				"intended, please set up a payment method again.",
			"technical": "The payment could not be completed for a technical reason. You need not do anything; we try again.",
		}},
	"de": {dear: "Guten Tag {name},", failed: "wir konnten {amount} für die Rechnung {invoice} nicht einziehen.", regards: "Freundliche Grüße",
		link: "Hier können Sie bezahlen oder Ihre Zahlungsart ändern: {link}", subject: "Ihre Zahlung zur Rechnung {invoice}",
		warnSubject: "Rechnung {invoice} ist offen: Ihr Dienst wird gesperrt", downSubject: "Rechnung {invoice} ist offen: Ihr Dienst ist gesperrt",
		warn: "Bleibt sie offen, müssen wir Ihren Dienst in einigen Tagen sperren.",
		down: "Ihr Dienst ist gesperrt, bis die Rechnung bezahlt ist; danach ist er von selbst wieder da.",
		phrases: map[string]string{
			"declined_generic": "Ihre Bank hat die Zahlung nicht genehmigt. Bitte versuchen Sie eine andere Zahlungsart, oder " +
				"fragen Sie Ihre Bank.",
			"funds_or_limit": "Die Zahlung wurde nicht genehmigt, vielleicht wegen des Guthabens oder eines Limits. Bitte prüfen " +
				"Sie das, oder zahlen Sie auf anderem Weg.",
			"update_method":     "Die gespeicherten Zahlungsdaten sind nicht mehr gültig. Bitte aktualisieren Sie sie.",
			"confirm_with_bank": "Ihre Bank bittet Sie, diese Zahlung zu bestätigen. Bitte öffnen Sie die Rechnung online und bestätigen Sie sie.",
			"pay_another_way":   "Diese Zahlungsart kann hier nicht verwendet werden. Bitte wählen Sie eine andere.",
			"stopped_by_customer": "Ihre Bank teilt uns mit, dass automatische Zahlungen an uns beendet wurden. War das nicht " +
				"beabsichtigt, richten Sie bitte wieder eine Zahlungsart ein.",
			"technical": "Die Zahlung konnte aus technischen Gründen nicht abgeschlossen werden. Sie müssen nichts tun; wir " +
				"versuchen es erneut.",
		}},
	"lt": {dear: "Laba diena, {name},", failed: "nepavyko nuskaityti {amount} už sąskaitą {invoice}.", regards: "Pagarbiai",
		link: "Apmokėti arba pakeisti mokėjimo būdą galite čia: {link}", subject: "Jūsų mokėjimas už sąskaitą {invoice}",
		warnSubject: "Sąskaita {invoice} neapmokėta: paslauga bus sustabdyta", downSubject: "Sąskaita {invoice} neapmokėta: paslauga sustabdyta",
		warn: "Jei ji liks neapmokėta, po kelių dienų turėsime sustabdyti paslaugą.",
		down: "Paslauga sustabdyta, kol sąskaita bus apmokėta; tada ji bus atkurta automatiškai.",
		phrases: map[string]string{
			"declined_generic": "Jūsų bankas nepatvirtino mokėjimo. Išbandykite kitą mokėjimo būdą arba kreipkitės į banką.",
			"funds_or_limit": "Mokėjimas nepatvirtintas, galbūt dėl likučio arba limito. Patikrinkite jį arba sumokėkite kitu " +
				"būdu.",
			"update_method":       "Išsaugoti mokėjimo duomenys nebegalioja. Prašome juos atnaujinti.",
			"confirm_with_bank":   "Bankas prašo patvirtinti šį mokėjimą. Atidarykite sąskaitą internete ir patvirtinkite.",
			"pay_another_way":     "Šio mokėjimo būdo čia naudoti negalima. Pasirinkite kitą.",
			"stopped_by_customer": "Bankas praneša, kad automatiniai mokėjimai mums sustabdyti. Jei to nenorėjote, vėl nustatykite mokėjimo būdą.",
			"technical":           "Mokėjimo nepavyko užbaigti dėl techninės priežasties. Jums nieko daryti nereikia, bandysime dar kartą.",
		}},
}

// languages are what people read in countries with one language, where it is not English.
var languages = map[string]string{"AR": "es", "AT": "de", "BG": "bg", "BR": "pt", "CL": "es", "CO": "es", "CZ": "cs",
	"DE": "de", "DK": "da", "EE": "et", "ES": "es", "FI": "fi", "FR": "fr", "GR": "el", "HR": "hr", "HU": "hu", "IT": "it",
	"JP": "ja", "LI": "de", "LT": "lt", "LV": "lv", "MX": "es", "NL": "nl", "NO": "nb", "PL": "pl", "PT": "pt", "RO": "ro",
	"SE": "sv", "SI": "sl", "SK": "sk", "TR": "tr", "UA": "uk"}
