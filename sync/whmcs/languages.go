package whmcs

import "strings"

// languageCodes are the languages that WHMCS comes with, by the names of their files
// (docs.whmcs.com/Language_Files). A business may add others of any name.
var languageCodes = map[string]string{"arabic": "ar", "azerbaijani": "az", "catalan": "ca", "chinese": "zh",
	"croatian": "hr", "czech": "cs", "danish": "da", "dutch": "nl", "english": "en", "estonian": "et",
	"farsi": "fa", "french": "fr", "german": "de", "hebrew": "he", "hungarian": "hu", "italian": "it",
	"macedonian": "mk", "norwegian": "nb", "portuguese": "pt", "romanian": "ro", "russian": "ru",
	"spanish": "es", "swedish": "sv", "turkish": "tr", "ukranian": "uk", "ukrainian": "uk"}

// languageCode is a client's language in two letters (ISO 639-1), "" for the default and for a language
// that is not known.
func languageCode(name string) string {
	name, _, _ = strings.Cut(strings.ToLower(name), "-") // "portuguese-br"
	return languageCodes[name]
}
