package ui

import (
	"fmt"

	"fyne.io/fyne/v2"
)

// workbenchCommands are the keys of the Reconcile screen's workbench.
func (s *shell) workbenchCommands() []command {
	x := s.reconcile
	any := func() string { return x().whyNone() }
	out := []command{
		{id: "fold", title: "Fold, unfold a class", keys: []string{"←", "→"}, screen: atReconcile,
			hidden: true, run: func() {}},
		{id: "work.select", title: "Select, extend the selection", keys: []string{"X", "Shift J"},
			screen: atReconcile, hidden: true, run: func() {}},
		{id: "work.all", title: "Select all in the filter", keys: []string{"Ctrl", "A"},
			screen: atReconcile, hidden: true, run: func() {}},
		{id: "work.offers", title: "Resolve by the number", keys: []string{"1", "…", "4"},
			screen: atReconcile, hint: "resolve", hidden: true, run: func() {}},
		{id: "problem", title: "Next open item", icon: "octagon", keys: []string{"F8"},
			trigger: plain(fyne.KeyF8), screen: atReconcile,
			run: func() { x().next() }},
		{id: "work.note", title: "Add a note to the exception", icon: "pencil", keys: []string{"N"},
			trigger: letter('n'), screen: atReconcile, hint: "note", why: any,
			run: func() { x().note() }},
		{id: "work.assign", title: "Assign to somebody", icon: "person", keys: []string{"A"},
			trigger: letter('a'), screen: atReconcile, hint: "assign", why: any,
			run: func() { x().assign() }},
		{id: "work.evidence", title: "Add evidence to the exception", icon: "file", keys: []string{"E"},
			trigger: letter('e'), screen: atReconcile, why: any, run: func() { x().evidence() }},
		{id: "work.undo", title: "Take back your last step", icon: "undo", keys: []string{"Ctrl", "Z"},
			trigger: ctrl(fyne.KeyZ), why: s.needProfile, screen: atReconcile,
			run: func() { x().bench.undo() }},
		{id: "work.bulk", title: "Resolve the selection", icon: "tick", keys: []string{"Ctrl", "Enter"},
			trigger: ctrl(fyne.KeyReturn), screen: atReconcile, run: func() { x().bulk() }},
		{id: "work.filter", title: "Limit the list, kept filters", icon: "filter", keys: []string{"F"},
			trigger: letter('f'), screen: atReconcile, run: func() { x().askFilter() }},
		{id: "work.what", title: "What is this? Explain the class", icon: "unknown", keys: []string{"W"},
			trigger: letter('w'), screen: atReconcile, run: func() { x().detail.toggleHelp() }},
		{id: "work.help", title: "Explain the class with the cursor, else show the keys",
			keys: []string{"?"}, trigger: letter('?'), screen: atReconcile, hidden: true,
			run: func() { x().help() }},
	}
	for i := 1; i <= 4; i++ {
		key := fmt.Sprint(i)
		out = append(out, command{id: "work.offer" + key, title: "The resolution with the number " + key,
			trigger: letter(rune('0' + i)), screen: atReconcile, hidden: true,
			run: func() { x().offer(key) }})
	}
	return out
}
