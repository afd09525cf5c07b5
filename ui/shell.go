package ui

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"

	"countinghouse/app"
	"countinghouse/app/book"
	"countinghouse/ui/kit"
	"countinghouse/ui/present"
)

// screen is one screen: built when it is first shown, and kept.
type screen interface {
	// frame is the head and the body.
	frame() *frame
	// show lays out a month; it is called when the screen is shown and the month is another one.
	show(m *app.Month)
}

// The optional powers of a screen.
type (
	// searcher has a search field.
	searcher interface{ search() *kit.Entry }
	// lister has a list that takes the keys which nothing else wants.
	lister interface{ list() *kit.Grid }
	// escaper does something of its own on Esc, and says whether it did.
	escaper interface{ escape() bool }
	// starter says what has the keyboard when it is shown.
	starter interface{ start() fyne.Focusable }
	// loader reads its list anew each time it is shown: others change it.
	loader interface{ load() }
	// watcher wants to know when work begins or ends, a notice appears and the like.
	watcher interface{ stateChanged() }
)

// shell is the window: what is open, which screen is shown, and the parts around it.
type shell struct {
	start  Start
	fyne   fyne.App
	window fyne.Window // nil where only pictures are drawn
	canvas fyne.Canvas
	work   *work

	profile *app.App
	closers []func() error

	// month is shown, wanted is asked for; they differ while a month is loaded.
	month   *app.Month
	wanted  book.Month
	loading bool
	stage   string
	failure string
	// generation counts loads: a result of an older one is dropped.
	generation int
	cancelLoad context.CancelFunc

	commands []command
	screens  map[string]screen
	// stale are screens that have not laid out the month yet.
	stale   map[string]bool
	current string
	past    []string
	// waits counts what waits on screens whose list is not the month's.
	waits  map[string]int
	notice kit.Note
	// away says that the window is not in front, told are the actions that the desktop was told of.
	away bool
	told map[string]bool

	pull      *pull
	exporting *exporting // the open sheet, nil where there is none
	form      *workSheet // the open sheet that Ctrl Enter confirms, nil where there is none

	rail   *kit.Rail
	status *kit.StatusBar
	body   *fyne.Container
	dock   *fyne.Container
	root   *fyne.Container
}

func newShell(ctx context.Context, a fyne.App, start Start, post func(func())) *shell {
	s := &shell{start: start, fyne: a, profile: start.App, screens: map[string]screen{},
		stale: map[string]bool{}, waits: map[string]int{}, work: newWork(ctx, start.Options.Wall, post),
		rail: kit.NewRail(nil), status: kit.NewStatusBar()}
	s.commands = s.allCommands()
	s.applyTheme()
	s.rail.OnOpen = func(id string) {
		if s.profile != nil || id == atSettings {
			s.open(id)
		}
	}
	return s
}

const (
	windowWidth, windowHeight = 1120, 720
	narrowBelow               = 1280
)

// openWindow shows the shell in a window.
func (s *shell) openWindow(w fyne.Window) {
	s.window = w
	w.SetPadded(false)
	w.SetMaster()
	w.SetContent(s.build(w.Canvas()))
	w.Resize(fyne.NewSize(s.pref(prefWidth, 1440), s.pref(prefHeight, 900)))
	w.SetOnDropped(s.dropped)
	w.SetCloseIntercept(s.leave)
}

// leave remembers the window's size and closes it.
func (s *shell) leave() {
	size := s.canvas.Size()
	s.keep(prefWidth, size.Width)
	s.keep(prefHeight, size.Height)
	s.window.Close()
}

// build makes the shell's parts for a canvas and shows the first screen in them.
func (s *shell) build(c fyne.Canvas) fyne.CanvasObject {
	s.canvas = c
	s.body = arranged(fixed(windowWidth-kit.RailNarrow, windowHeight-kit.StatusHeight), s.layBody)
	s.dock = arranged(fixed(0, 0), s.layDock)
	s.root = arranged(fixed(windowWidth, windowHeight), s.lay, s.rail, s.body, s.dock, s.status)
	s.route()
	if s.profile == nil {
		s.wanted = s.start.Month
		s.open(atWelcome)
	} else {
		s.takeProfile(s.profile, s.start.Month)
	}
	return s.root
}

// begin starts what a window does by itself once it is there.
func (s *shell) begin() {
	if s.profile != nil {
		s.load(s.wanted, false)
	}
}

// takeProfile makes a profile the one that the window shows.
func (s *shell) takeProfile(a *app.App, month book.Month) {
	s.profile, s.month, s.past, s.failure, s.told = a, nil, nil, "", nil
	s.generation++ // what is still on its way belongs to another profile
	s.wanted = month
	if month == 0 {
		s.wanted = a.UsualMonth()
	}
	clear(s.screens)
	clear(s.waits)
	s.open(s.startScreen())
}

// startScreen is the one that was shown when the window was closed.
func (s *shell) startScreen() string {
	last := s.fyne.Preferences().String(prefScreen)
	switch last {
	case atReconcile, atHand, atPayouts, atRenewals, atActions:
		return last
	}
	return atOverview
}

func (s *shell) lay(size fyne.Size) {
	narrow := size.Width < narrowBelow
	s.rail.SetNarrow(narrow)
	left := float32(kit.RailWide)
	if narrow {
		left = kit.RailNarrow
	}
	bottom := size.Height - kit.StatusHeight
	place(s.rail, 0, 0, left, bottom)
	place(s.body, left, 0, size.Width-left, bottom)
	place(s.dock, left, 0, size.Width-left, bottom)
	place(s.status, 0, bottom, size.Width, kit.StatusHeight)
}

func (s *shell) layBody(size fyne.Size) {
	for _, o := range s.body.Objects {
		place(o, 0, 0, size.Width, size.Height)
	}
}

// layDock puts the panel of the sync into the corner.
func (s *shell) layDock(size fyne.Size) {
	for _, o := range s.dock.Objects {
		m := o.MinSize()
		place(o, size.Width-m.Width-20, size.Height-m.Height-16, m.Width, m.Height)
	}
}

// open shows a screen and remembers the one before.
func (s *shell) open(id string) {
	if s.current != "" && s.current != id {
		s.past = append(s.past, s.current)
		if len(s.past) > 50 {
			s.past = s.past[1:]
		}
	}
	s.goTo(id)
}

// back shows the screen before.
func (s *shell) back() {
	if n := len(s.past); n > 0 {
		id := s.past[n-1]
		s.past = s.past[:n-1]
		s.goTo(id)
	}
}

func (s *shell) goTo(id string) {
	s.current = id
	s.fyne.Preferences().SetString(prefScreen, id)
	x := s.screen(id)
	if s.stale[id] && s.month != nil {
		s.stale[id] = false
		x.show(s.month)
	} else if l, ok := x.(loader); ok && s.month != nil {
		l.load()
	}
	s.canvas.Unfocus()
	s.body.Objects = []fyne.CanvasObject{x.frame().object()}
	s.body.Refresh()
	s.update()
	if l, ok := x.(lister); ok && s.month != nil {
		if g := l.list(); g != nil {
			s.canvas.Focus(g)
		}
	}
	if l, ok := x.(starter); ok {
		s.canvas.Focus(l.start())
	}
}

// screen is a screen by its id, built where it is not there yet.
func (s *shell) screen(id string) screen {
	if x := s.screens[id]; x != nil {
		return x
	}
	var x screen
	switch id {
	case atOverview:
		x = newOverviewScreen(s)
	case atReconcile:
		x = newReconcileScreen(s)
	case atHand:
		x = newHandScreen(s)
	case atPayouts:
		x = newPayoutsScreen(s)
	case atRenewals:
		x = newRenewalsScreen(s)
	case atActions:
		x = newActionsScreen(s)
	case atPolicy:
		x = newPolicyScreen(s)
	case atImport:
		x = newImportScreen(s)
	case atSettings:
		x = newSettingsScreen(s)
	case atStep:
		x = newStepScreen(s)
	default:
		x = newWelcomeScreen(s)
	}
	s.screens[id], s.stale[id] = x, true
	return x
}

// shows says whether a screen is what the window shows.
func (s *shell) shows(id string) bool {
	x := s.screens[id]
	return x != nil && len(s.body.Objects) == 1 && s.body.Objects[0] == x.frame().object()
}

func (s *shell) reconcile() *reconcileScreen { return s.screen(atReconcile).(*reconcileScreen) }
func (s *shell) hand() *handScreen           { return s.screen(atHand).(*handScreen) }
func (s *shell) payouts() *payoutsScreen     { return s.screen(atPayouts).(*payoutsScreen) }
func (s *shell) renewals() *renewalsScreen   { return s.screen(atRenewals).(*renewalsScreen) }
func (s *shell) actions() *actionsScreen     { return s.screen(atActions).(*actionsScreen) }
func (s *shell) policy() *policyScreen       { return s.screen(atPolicy).(*policyScreen) }
func (s *shell) importing() *importScreen    { return s.screen(atImport).(*importScreen) }
func (s *shell) steps() *stepScreen          { return s.screen(atStep).(*stepScreen) }
func (s *shell) welcome() *welcomeScreen     { return s.screen(atWelcome).(*welcomeScreen) }

// update shows the shell's state in its parts: counts, notes, keys and the heads.
func (s *shell) update() {
	items := make([]kit.RailItem, 0, len(places))
	for _, p := range places {
		item := kit.RailItem{ID: p.id, Icon: p.icon, Label: p.title, Bottom: p.id == atSettings}
		if s.month != nil {
			switch p.id {
			case atReconcile:
				item.Count = countOr(s.month.Breaks())
			case atPayouts:
				item.Count = countOr(present.Overdue(s.month))
			}
		}
		if n, ok := s.waits[p.id]; ok {
			item.Count = countOr(n)
		}
		items = append(items, item)
	}
	s.rail.SetItems(items)
	selected := s.current
	switch selected {
	case atStep:
		selected = atOverview
	case atPolicy:
		selected = atRenewals
	}
	s.rail.Select(selected)
	s.rail.SetUser(s.user())
	s.status.SetHints(s.hints()...)
	s.status.SetNotes(s.notes()...)
	x := s.screens[s.current]
	if x == nil {
		return
	}
	x.frame().update()
	if w, ok := x.(watcher); ok {
		w.stateChanged()
	}
}

// waiting tells the rail how much waits on a screen.
func (s *shell) waiting(id string, n int) {
	s.waits[id] = n
	s.update()
}

func countOr(n int) string {
	if n == 0 {
		return ""
	}
	return present.Count(n)
}

func (s *shell) user() kit.RailUser {
	if s.profile == nil {
		return kit.RailUser{Initials: "—", Name: "New profile", Business: "not named yet"}
	}
	name := s.profile.User()
	letters := strings.FieldsFunc(name, func(r rune) bool { return r == '.' || r == ' ' || r == '-' })
	initials := ""
	for _, l := range letters[:min(2, len(letters))] {
		initials += strings.ToUpper(string([]rune(l)[:1]))
	}
	return kit.RailUser{Initials: initials, Name: name,
		Business: s.profile.Config().Business.Name}
}

// notes are what the status bar says.
func (s *shell) notes() []kit.Note {
	var out []kit.Note
	switch {
	case s.profile == nil:
		out = append(out, kit.Note{Icon: "database", Text: "No data yet"})
	case s.loading && s.stage != "":
		out = append(out, kit.Note{Icon: "renewals", Text: s.stage})
	case s.loading:
		out = append(out, kit.Note{Icon: "renewals", Text: "Reading " + s.wanted.String()})
	case s.month != nil:
		out = append(out, kit.Note{Icon: "database", Text: present.CacheText(s.month)})
	}
	if s.notice.Text != "" {
		return append(out, s.notice)
	}
	if line := s.pull.line(); line != "" {
		return append(out, kit.Note{Icon: "renewals", Text: line})
	}
	if s.month != nil {
		text, st := present.Verdict(s.month)
		out = append(out, kit.Note{Status: status(st), Text: text})
	}
	return out
}

// say shows a sentence in the status bar until the next thing happens there.
func (s *shell) say(text string) { s.note(kit.Note{Icon: "tick", Text: text}) }

func (s *shell) note(n kit.Note) {
	s.notice = n
	s.status.SetNotes(s.notes()...)
}

// hush takes the sentence away.
func (s *shell) hush() {
	if s.notice.Text != "" {
		s.notice = kit.Note{}
		s.status.SetNotes(s.notes()...)
	}
}
