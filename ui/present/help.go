package present

import (
	"strings"

	"countinghouse/app/book"
	"countinghouse/assets"
)

var helpTexts = readHelp(assets.Help())

// readHelp reads the texts: each class under a head line "## M1", its paragraphs parted by empty lines.
func readHelp(text string) map[book.Class][]string {
	out := map[book.Class][]string{}
	for part := range strings.SplitSeq("\n"+text, "\n## ") {
		code, rest, ok := strings.Cut(part, "\n")
		if _, known := book.Class(code).Info(); !ok || !known {
			continue
		}
		for p := range strings.SplitSeq(rest, "\n\n") {
			if p = strings.Join(strings.Fields(p), " "); p != "" {
				out[book.Class(code)] = append(out[book.Class(code)], p)
			}
		}
	}
	return out
}

// Help explains a class in three short paragraphs: what it means, why it happens, and what people do.
func Help(c book.Class) []string { return helpTexts[c] }
