package ui

import (
	"strings"

	"countinghouse/ui/kit"
	"countinghouse/ui/present"
)

// openPalette opens the field that leads everywhere.
func (s *shell) openPalette(query string) {
	keys := func(label string, names ...string) kit.Hint { return kit.Hint{Keys: names, Label: label} }
	p := kit.NewPalette("Invoice, name, amount or command",
		[]kit.Hint{keys("choose", "↑", "↓"), keys("run", "Enter"), keys("close", "Esc")},
		[]kit.Hint{keys("invoices", "#"), keys("amounts", "$"), keys("commands", ">")})
	p.OnQuery = s.found
	p.OnRun = s.runFound
	p.Open(s.canvas, query)
}

// found is what words find: exceptions, payouts and invoices of the month, and commands.
func (s *shell) found(query string) ([]kit.PaletteGroup, string) {
	var groups []kit.PaletteGroup
	query = strings.TrimSpace(query)
	total := 0
	words, only := strings.CutPrefix(query, ">")
	if !only && s.month != nil {
		for _, g := range present.Find(s.month, query) {
			group := kit.PaletteGroup{Title: g.Title}
			for _, h := range g.Hits {
				group.Items = append(group.Items, kit.PaletteItem{ID: h.Kind + " " + h.ID,
					Icon: h.Icon, Text: h.Text})
			}
			total += len(group.Items)
			groups = append(groups, group)
		}
	}
	if !strings.HasPrefix(query, "#") && !strings.HasPrefix(query, "$") {
		group := kit.PaletteGroup{Title: "Commands"}
		for _, c := range s.commands {
			text, ok := present.Marked(c.title, words)
			if c.hidden || !c.here(s.current) || !ok {
				continue
			}
			why := c.reason()
			group.Items = append(group.Items, kit.PaletteItem{ID: "run " + c.id, Icon: c.icon,
				Text: text, Key: c.keyText(), Disabled: why != "", Reason: why})
		}
		total += len(group.Items)
		if len(group.Items) > 0 {
			groups = append(groups, group)
		}
	}
	if total == 0 {
		return nil, "nothing found"
	}
	return groups, present.Plural(total, "result")
}

// runFound opens what was chosen in the palette.
func (s *shell) runFound(id string) {
	kind, id, _ := strings.Cut(id, " ")
	switch kind {
	case "exception":
		s.open(atReconcile)
		s.reconcile().choose(id)
	case "payout":
		s.open(atPayouts)
		s.payouts().open(id)
	case "run":
		for i := range s.commands {
			if s.commands[i].id == id {
				s.runCommand(&s.commands[i])
				return
			}
		}
	default:
		s.showRecord(id)
	}
}
