package ui

import (
	"fmt"

	"fyne.io/fyne/v2"
)

// handCommands are the keys of Match by hand.
func (s *shell) handCommands() []command {
	do := func(c command) command {
		c.screen = atHand
		return c
	}
	out := []command{
		do(command{id: "hand.side", title: "Switch between the two sides", keys: []string{"Tab"},
			hint: "switch side", hidden: true, run: func() {}}),
		do(command{id: "hand.select", title: "Choose a row, or leave it out", keys: []string{"Space"},
			hint: "select", hidden: true, run: func() {}}),
		do(command{id: "hand.take", title: "Take the suggestion with that number",
			keys: []string{"1", "...", "3"}, hint: "take suggestion", hidden: true, run: func() {}}),
		do(command{id: "hand.match", title: "Match what was chosen, at difference 0.00", icon: "tick",
			keys: []string{"Enter"}, hint: "match", run: func() { s.hand().match() }}),
		do(command{id: "hand.rest", title: "Say what becomes of a rest", icon: "more",
			keys: []string{"Ctrl", "Enter"}, trigger: ctrl(fyne.KeyReturn), hint: "the rest",
			run: func() { s.hand().askRest() }}),
		do(command{id: "hand.parts", title: "Say how much is taken of each record", icon: "pencil",
			keys: []string{"E"}, trigger: letter('e'), run: func() { s.hand().editParts() }}),
		do(command{id: "hand.reject", title: "Reject the suggestion", icon: "cross", keys: []string{"R"},
			trigger: letter('r'), run: func() { s.hand().reject() }}),
		do(command{id: "hand.save", title: "Save a draft", icon: "pencil", keys: []string{"Ctrl", "S"},
			trigger: ctrl(fyne.KeyS), run: func() { s.hand().saveDraft() }}),
		do(command{id: "hand.drafts", title: "Open a draft", icon: "file", keys: []string{"D"},
			trigger: letter('d'), run: func() { s.hand().showDrafts() }}),
		do(command{id: "hand.customer", title: "Show one customer's records", icon: "person",
			keys: []string{"C"}, trigger: letter('c'), run: func() { s.hand().chooseCustomer() }}),
		do(command{id: "hand.undo", title: "Take your last step back", icon: "undo",
			keys: []string{"Ctrl", "Z"}, trigger: ctrl(fyne.KeyZ), why: s.whyNoMonth,
			run: func() { s.hand().undoLast() }}),
	}
	for i := range 3 {
		n := fmt.Sprint(i + 1)
		out = append(out, do(command{id: "hand.take" + n, title: "Take suggestion " + n, hidden: true,
			trigger: letter(rune(n[0])), run: func() { s.hand().choose(i) }}))
	}
	return out
}
