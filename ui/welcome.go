package ui

import (
	"context"

	"fyne.io/fyne/v2"

	"countinghouse/app"
	"countinghouse/app/book"
	"countinghouse/ui/kit"
)

// welcomeScreen is the first screen of a new user: the demo month, or the own profile.
type welcomeScreen struct {
	s      *shell
	f      *frame
	body   *fyne.Container
	go1    *kit.Button
	line   *kit.ProgressLine
	said   *fyne.Container
	busy   bool
	cancel context.CancelFunc
}

func newWelcomeScreen(s *shell) *welcomeScreen {
	x := &welcomeScreen{s: s, line: kit.NewProgressLine(), said: stacked(6, 0)}
	x.go1 = kit.NewButton(kit.ButtonSpec{Label: "Explore the demo month", Icon: "play", Key: "D",
		Kind: kit.Primary, Reason: "a few seconds", OnTap: x.demo})
	connect := kit.NewButton(kit.ButtonSpec{Label: "Connect billing", Icon: "plug", Key: "C",
		Reason: "about 10 minutes", OnTap: x.connect})
	first := x.card(kit.NewBridgePicture(), "Explore the demo month",
		"A small hosting company with every kind of trouble in it: missing payments, late payouts, "+
			"duplicates, refunds and a chargeback.",
		[]string{"Nothing leaves this computer", "Billing, four gateways and bank statements, in six " +
			"currencies"}, x.go1)
	second := x.card(kit.NewFlowPicture("Billing", "Gateways", "Bank", "To the cent"),
		"Connect your billing system",
		"Your billing system first, then your gateways, then a bank statement file. Each connection is "+
			"tested before it is saved.",
		[]string{"Reads only", "Keys stay in the system keyring, or in an encrypted file"}, connect)
	facts := []fyne.CanvasObject{
		kit.NewPoint("database", "One file, on your disk", "Works offline. Facts can always be "+
			"pulled again."),
		kit.NewPoint("ok", "To the cent, or it says so", "What no item explains stands as its own "+
			"amount."),
		kit.NewPoint("undo", "Runs can be repeated", "The same records give the same result.")}
	title := kit.NewHeadline("See why the bank and the books differ, to the cent",
		"Start with a month that is ready to explore, or with your own.")
	other := kit.NewButton(kit.ButtonSpec{Label: "Open another profile", Kind: kit.Link,
		OnTap: s.chooseProfile})
	objects := append([]fyne.CanvasObject{title, first, second, x.said, other}, facts...)
	x.body = arranged(fixed(900, 640), func(size fyne.Size) {
		w := min(960, size.Width-40)
		left := (size.Width - w) / 2
		place(title, left, 52, w, 80)
		half := (w - 20) / 2
		place(first, left, 166, half, 444)
		place(second, left+half+20, 166, half, 444)
		for i, o := range facts {
			place(o, left+float32(i)*w/3, 644, w/3-16, 60)
		}
		place(x.said, left, 716, w, x.said.MinSize().Height)
		m := other.MinSize()
		place(other, (size.Width-m.Width)/2, max(760, size.Height-50), m.Width, m.Height)
	}, objects...)
	scroll := newScrolling(arranged(fixed(900, 790), func(size fyne.Size) {
		place(x.body, 0, 0, size.Width, size.Height)
	}, x.body))
	x.f = s.newPlainFrame("Welcome", scroll.outside, nil,
		kit.NewChip(kit.StatusNeutral, "No profile yet"))
	return x
}

func (x *welcomeScreen) card(picture fyne.CanvasObject, title, text string, points []string,
	button *kit.Button) fyne.CanvasObject {
	parts := []fyne.CanvasObject{sizedHigh(140, picture), gap(6),
		kit.NewLabel(title, kit.Heading.At(18)), kit.NewProse(text, kit.Body.At(14).In(kit.Text2), 400)}
	for _, p := range points {
		parts = append(parts, kit.NewTick(p))
	}
	top := stacked(10, 0, parts...)
	return kit.NewCard("", "", nil, arranged(fixed(300, 380), func(size fyne.Size) {
		place(top, 0, 0, size.Width, size.Height-50)
		place(button, 0, size.Height-36, size.Width, 32)
	}, top, button), 30)
}

func sizedHigh(h float32, o fyne.CanvasObject) fyne.CanvasObject {
	return arranged(func() fyne.Size { return fyne.NewSize(200, h) },
		func(size fyne.Size) { place(o, 0, 0, size.Width, size.Height) }, o)
}

func (x *welcomeScreen) frame() *frame { return x.f }

// show has no month to lay out.
func (x *welcomeScreen) show(*app.Month) {}

// demo makes the demo month beside the UI goroutine and opens it.
func (x *welcomeScreen) demo() {
	if x.busy {
		return
	}
	x.busy = true
	spec := x.go1.Spec()
	spec.Busy, spec.Reason = true, "Esc stops it"
	x.go1.Set(spec)
	x.line.Set("Making the demo month", "", -1)
	x.say(x.line)
	s := x.s
	ctx, cancel := context.WithCancel(s.work.ctx)
	x.cancel = cancel
	show := s.work.progress(func(p app.Progress) {
		if x.busy {
			x.line.Set(stageText(p), "", fraction(p))
		}
	})
	o := s.start.Options
	o.Dir, o.Config, o.DB = "", "", ""
	month := s.start.Month
	if month == 0 {
		month = book.MonthOf(book.DateOf(o.Now())) - 1
	}
	q := app.DemoRequest{Options: o, Seed: 1, Customers: demoCustomers, Month: month,
		Gateways: app.DemoGateways()}
	s.work.start(ctx, func(ctx context.Context) func() {
		run, err := app.Demo(ctx, q, show)
		if err == nil && s.work.ctx.Err() != nil {
			err = s.work.ctx.Err()
			_ = run.Close() // the window is gone: nobody can be told
		}
		return func() {
			cancel()
			x.made(run, err)
		}
	})
}

// demoCustomers is the size of the business that the first screen offers.
const demoCustomers = app.DemoCustomers

func (x *welcomeScreen) made(run *app.DemoRun, err error) {
	x.busy = false
	spec := x.go1.Spec()
	spec.Busy, spec.Reason = false, "a few seconds"
	x.go1.Set(spec)
	if err != nil {
		x.say(note(kit.StatusBreak, app.Explain(err)))
		return
	}
	s := x.s
	s.closers = append(s.closers, run.Close)
	s.takeProfile(run.App, run.Month.Period)
	s.wanted = run.Month.Period
	s.loaded(run.Month, nil, false)
}

func (x *welcomeScreen) say(list ...fyne.CanvasObject) {
	x.said.Objects = list
	x.said.Refresh()
	x.body.Refresh()
}

// escape stops the demo.
func (x *welcomeScreen) escape() bool {
	if x.busy {
		x.cancel()
	}
	return x.busy
}

// connect leads to the form that connects the first system and makes the profile.
func (x *welcomeScreen) connect() {
	if x.busy {
		return
	}
	x.s.open(atSettings)
	settings := x.s.settings()
	settings.open(tabConnections)
	settings.connections.startForm()
}

// openProfile opens the profile in a folder beside the UI goroutine.
func (x *welcomeScreen) openProfile(dir string, tell func(kit.Status, string)) {
	s := x.s
	o := s.start.Options
	o.Dir, o.Config, o.DB = dir, "", ""
	s.work.start(s.work.ctx, func(ctx context.Context) func() {
		a, err := app.Open(ctx, o)
		return func() {
			if err != nil {
				tell(kit.StatusBreak, app.Explain(err))
				return
			}
			for s.covered() {
				top := s.canvas.Overlays().Top()
				if sheet, ok := top.(*kit.Sheet); ok {
					sheet.Close()
				} else {
					s.canvas.Overlays().Remove(top)
				}
			}
			s.closers = append(s.closers, a.Close)
			s.takeProfile(a, 0)
			s.load(s.wanted, false)
		}
	})
}

// chooseProfile asks for the folder of another profile.
func (s *shell) chooseProfile() {
	s.choose("Choose the folder of a profile", true, func(dir string) {
		s.welcome().openProfile(dir, func(_ kit.Status, text string) { s.fail(text) })
	})
}

// fail says on a sheet what could not be done.
func (s *shell) fail(text string) {
	s.sheet("That did not work", stacked(10, 20, note(kit.StatusBreak, text)),
		fyne.NewSize(560, 240))
}
