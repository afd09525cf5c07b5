package ui

import (
	"context"
	"os"
	"path/filepath"

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
		[]string{"Nothing leaves this computer", "Billing, a gateway and bank statements in three " +
			"currencies"}, x.go1)
	second := x.card(kit.NewFlowPicture("Billing", "Gateways", "Bank", "To the cent"),
		"Connect your billing system",
		"WHMCS first, then Stripe, then a bank statement file. You write one small configuration "+
			"file; we show you how.",
		[]string{"Reads only", "Keys stay in the system keyring, never in the file"}, connect)
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
	q := app.DemoRequest{Options: o, Seed: 1, Customers: demoCustomers, Month: month}
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

// connect shows how to write the configuration, and where.
func (x *welcomeScreen) connect() {
	s := x.s
	dir, err := app.ProfileDir(s.start.Options)
	if err != nil {
		x.say(note(kit.StatusBreak, app.Explain(err)))
		return
	}
	path := filepath.Join(dir, app.ConfigName)
	said := stacked(6, 0)
	tell := func(st kit.Status, text string) {
		said.Objects = []fyne.CanvasObject{note(st, text)}
		said.Refresh()
	}
	copyPath := kit.NewButton(kit.ButtonSpec{Label: "Copy the folder's path", Icon: "file",
		OnTap: func() {
			s.fyne.Clipboard().SetContent(dir)
			tell(kit.StatusOK, "The path is on the clipboard: "+dir)
		}})
	copyText := kit.NewButton(kit.ButtonSpec{Label: "Copy the template", Icon: "note",
		OnTap: func() {
			s.fyne.Clipboard().SetContent(app.ConfigTemplate)
			tell(kit.StatusOK, "The template is on the clipboard. Paste it into "+path)
		}})
	write := kit.NewButton(kit.ButtonSpec{Label: "Write the template there", Icon: "pencil",
		Kind: kit.Primary, OnTap: func() { x.writeTemplate(dir, path, tell) }})
	open := kit.NewButton(kit.ButtonSpec{Label: "Open this profile", Icon: "play",
		OnTap: func() { x.openProfile(dir, tell) }})
	s.sheet("Connect billing", stacked(12, 20,
		kit.NewProse("**1.** Write **"+app.ConfigName+"** into this folder. It names your billing "+
			"system, your gateway and your bank accounts; no key stands in it.", kit.Body, 600),
		kit.NewProse(path, kit.Body.Of(kit.Mono), 600), chips(write, copyText, copyPath),
		kit.NewProse("**2.** Give the keys by environment, or keep them in the system keyring under "+
			"the service “countinghouse”: "+app.SecretGuide, kit.Body, 600),
		kit.NewProse("**3.** Open the profile, press F5 to sync, and import a statement.",
			kit.Body, 600), chips(open), said,
		kit.NewLabel("The template", kit.Caption), kit.NewCode(app.ConfigTemplate)),
		fyne.NewSize(720, 680))
}

// writeTemplate writes the template where no configuration is yet.
func (x *welcomeScreen) writeTemplate(dir, path string, tell func(kit.Status, string)) {
	x.s.work.start(x.s.work.ctx, func(context.Context) func() {
		err := os.MkdirAll(dir, 0o700)
		if err == nil {
			var f *os.File
			if f, err = os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600); err == nil {
				_, err = f.WriteString(app.ConfigTemplate)
				if shut := f.Close(); err == nil {
					err = shut
				}
			}
		}
		return func() {
			switch {
			case os.IsExist(err):
				tell(kit.StatusAttention, "There is a configuration already; it was left as it is.")
			case err != nil:
				tell(kit.StatusBreak, app.Explain(err))
			default:
				tell(kit.StatusOK, "Written. Now put your own addresses into "+path)
			}
		}
	})
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
