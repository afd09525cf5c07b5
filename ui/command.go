package ui

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"countinghouse/ui/kit"
)

// trigger is what a person presses: a key with modifiers, or a letter that acts where no text field
// has the focus.
type trigger struct {
	key  fyne.KeyName
	mod  fyne.KeyModifier
	rune rune
}

// ctrl is a key with Ctrl, or Cmd on macOS.
func ctrl(key fyne.KeyName) trigger {
	return trigger{key: key, mod: fyne.KeyModifierShortcutDefault}
}

func letter(r rune) trigger { return trigger{rune: r} }

func plain(key fyne.KeyName) trigger { return trigger{key: key} }

// command is one thing that a person can do. The palette, the hints of the status bar and the sheet
// of keys are all made from the list of commands.
type command struct {
	id, title, icon string
	// keys are shown: "Ctrl", "K".
	keys    []string
	trigger trigger
	// screen is where it works, "" everywhere; hint is its short name in the status bar, "" where it
	// does not stand there.
	screen, hint string
	// hidden commands are keys only: they are on the sheet, not in the palette.
	hidden bool
	// why says why it cannot run now, "" where it can; nil always can.
	why func() string
	run func()
}

// reason says why the command cannot run now, "" where it can.
func (c *command) reason() string {
	if c.why == nil {
		return ""
	}
	return c.why()
}

// keyText is the command's keys as one word: "Ctrl K".
func (c *command) keyText() string { return strings.Join(c.keys, " ") }

// here says whether a command works on a screen.
func (c *command) here(screen string) bool { return c.screen == "" || c.screen == screen }

// runCommand runs a command, or says in the status bar why it cannot.
func (s *shell) runCommand(c *command) {
	s.hush()
	if why := c.reason(); why != "" {
		s.note(kit.Note{Status: kit.StatusNeutral, Text: why})
		return
	}
	c.run()
}

// find is the command of a trigger on the screen that is shown; a screen's own go first.
func (s *shell) find(match func(trigger) bool) *command {
	var found *command
	for i := range s.commands {
		c := &s.commands[i]
		if c.here(s.current) && match(c.trigger) && (found == nil || found.screen == "") {
			found = c
		}
	}
	return found
}

// route connects the window's keys with the commands.
func (s *shell) route() {
	canvas := s.canvas
	canvas.SetOnTypedKey(s.typedKey)
	canvas.SetOnTypedRune(s.typedRune)
	seen := map[trigger]bool{}
	for _, c := range s.commands {
		t := c.trigger
		if t.mod == 0 || seen[t] {
			continue
		}
		seen[t] = true
		canvas.AddShortcut(&desktop.CustomShortcut{KeyName: t.key, Modifier: t.mod},
			func(fyne.Shortcut) { s.typedShortcut(t) })
	}
	// The toolkit has a name of its own for this one.
	canvas.AddShortcut(&fyne.ShortcutUndo{}, func(fyne.Shortcut) { s.typedShortcut(ctrl(fyne.KeyZ)) })
}

// covered says whether a sheet or dialog lies over the window: then the keys are its own.
func (s *shell) covered() bool { return kit.Covered(s.canvas) }

func (s *shell) typedKey(ev *fyne.KeyEvent) {
	if s.covered() {
		return
	}
	if c := s.find(func(t trigger) bool { return t.key == ev.Name && t.mod == 0 }); c != nil {
		s.runCommand(c)
		return
	}
	// Keys that nothing has asked for belong to the list of the screen.
	switch ev.Name {
	case fyne.KeyUp, fyne.KeyDown, fyne.KeyHome, fyne.KeyEnd, fyne.KeyPageUp, fyne.KeyPageDown,
		fyne.KeyReturn, fyne.KeyEnter, fyne.KeyLeft, fyne.KeyRight:
		if l, ok := s.screens[s.current].(lister); ok && s.canvas.Focused() == nil {
			if f := l.list(); f != nil {
				s.canvas.Focus(f)
				f.TypedKey(ev)
			}
		}
	}
}

func (s *shell) typedRune(r rune) {
	if s.covered() {
		return
	}
	if c := s.find(func(t trigger) bool { return t.rune != 0 && t.rune == r }); c != nil {
		s.runCommand(c)
		return
	}
	if l, ok := s.screens[s.current].(lister); ok && (r == 'j' || r == 'k') {
		if f := l.list(); f != nil && s.canvas.Focused() != f {
			s.canvas.Focus(f)
			f.TypedRune(r)
		}
	}
}

func (s *shell) typedShortcut(t trigger) {
	if s.covered() {
		if f := s.form; f != nil && t == ctrl(fyne.KeyReturn) && f.onTop() {
			f.run()
		}
		return
	}
	if c := s.find(func(x trigger) bool { return x == t }); c != nil {
		s.runCommand(c)
	}
}
