package ui

import (
	"fmt"

	"countinghouse/app"
	"countinghouse/ui/present"
)

// stageText is progress in one line: "Stripe: charges, 1,240 of 2,318".
func stageText(p app.Progress) string {
	text := p.Stage
	if p.Source != "" {
		text = p.Source + ": " + p.Stage
	} else if text != "" {
		text = present.StateTitle(text)
	}
	switch {
	case p.Total > 0:
		text += fmt.Sprintf(", %s of %s", present.Count(p.Done), present.Count(p.Total))
	case p.Done > 0:
		text += ", " + present.Count(p.Done)
	}
	return text
}

// fraction is the part that is done, −1 where the total is not known.
func fraction(p app.Progress) float32 {
	if p.Total <= 0 {
		return -1
	}
	return float32(p.Done) / float32(p.Total)
}

func reconciledText(m *app.Month) string {
	if m.Changes == 0 {
		return "Reconciled. Nothing has changed since the last run."
	}
	return "Reconciled and kept: " + present.Plural(m.Changes, "change") + "."
}
