package ui

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"countinghouse/app"
	"countinghouse/app/book"
	"countinghouse/app/money"
	"countinghouse/sync/source"
	"countinghouse/ui/kit"
	"countinghouse/ui/kit/kittest"
	"countinghouse/ui/present"
)

var (
	wide  = fyne.NewSize(1440, 900)
	small = fyne.NewSize(windowWidth, windowHeight)
)

// picture is one picture of a screen: how to get there.
type picture struct {
	name string
	show func(r *robot)
	// first is a window without a profile; both draws it in the small size too, light only in one
	// theme.
	first, both, light bool
}

func going(screen string) func(*robot) { return func(r *robot) { r.s.open(screen) } }

// pictures are all pictures, by screen and state.
func pictures() []picture {
	return append(append([]picture{
		{name: "overview", show: going(atOverview), both: true},
		{name: "reconcile", show: showReconcile, both: true},
		{name: "payouts", show: showPayouts, both: true},
		{name: "renewals", show: showRenewals, both: true},
		{name: "renewals-hold", light: true, show: func(r *robot) {
			showRenewals(r)
			r.letters("h")
		}},
		{name: "customer", light: true, show: func(r *robot) {
			showRenewals(r)
			r.s.showCustomer(r.s.renewals().detail.view.CustomerID)
		}},
		{name: "actions", show: showActions, both: true},
		{name: "policy", show: showPolicy, both: true},
		{name: "hand", show: showHandOver, both: true},
		{name: "hand-zero", show: showHandZero, both: true},
		{name: "hand-rest", light: true, show: func(r *robot) {
			showHandOver(r)
			r.s.hand().askRest()
		}},
		{name: "hand-parts", light: true, show: func(r *robot) {
			showHandOver(r)
			r.s.hand().editParts()
		}},
		{name: "hand-drafts", light: true, show: showHandDrafts},
		{name: "hand-refused", light: true, show: func(r *robot) {
			showHandOver(r)
			r.key(fyne.KeyEnd, fyne.KeySpace)
		}},
		{name: "hand-rejected", light: true, show: showHandRejected},
		{name: "hand-demo", light: true, show: going(atHand)},
		{name: "import", show: showImport, both: true},
		{name: "welcome", show: func(*robot) {}, first: true, both: true},
		{name: "step", show: showStep, both: true},
		{name: "settings", show: showAppearance, both: true},
		{name: "connections", show: showConnection, both: true},
		{name: "connection-failing", show: showFailing},
		{name: "connection-kinds", light: true, show: func(r *robot) {
			showConnection(r)
			r.s.settings().connections.startForm()
		}},
		{name: "connection-form", both: true, show: showForm},
		{name: "connection-forget", light: true, show: func(r *robot) {
			showConnection(r)
			x := r.s.settings().connections
			x.forget(*x.chosen())
		}},
		{name: "connection-keys", light: true, show: func(r *robot) {
			showConnection(r)
			x := r.s.settings().connections
			x.replaceKeys(*x.chosen())
		}},
		{name: "passphrase", light: true, show: func(r *robot) {
			showConnection(r)
			r.s.askPassphrase(func() {})
		}},
		{name: "palette", show: func(r *robot) { r.s.openPalette("invoice 1041") }},
		{name: "keys", show: func(r *robot) {
			r.s.open(atReconcile)
			r.s.showKeys()
		}},
		{name: "record", show: func(r *robot) {
			r.s.showRecord(string(r.s.month.Exceptions[0].Items[0]))
		}},
		{name: "export", show: func(r *robot) {
			r.s.fyne.Preferences().SetString(prefFolder, ".")
			r.s.showExport()
		}},
		{name: "connect", first: true, show: func(r *robot) {
			r.s.start.Options.Dir = "countinghouse"
			r.s.welcome().connect()
			r.s.settings().connections.form.choose("whmcs")
		}},
		{name: "sync", show: showSync},
		{name: "sync-failed", show: showSyncFailed},
		{name: "overview-loading", show: func(r *robot) {
			r.s.month, r.s.loading = nil, true
			r.s.update()
		}},
		{name: "overview-refreshing", light: true, show: func(r *robot) {
			r.s.loading, r.s.wanted = true, period-1
			r.s.update()
		}},
		{name: "overview-error", show: func(r *robot) { r.s.loaded(nil, errDisk, false) }},
		{name: "overview-failed", light: true, show: func(r *robot) {
			r.s.month = nil
			r.s.loaded(nil, errDisk, false)
		}},
		{name: "overview-empty", show: empty(atOverview)},
		{name: "reconcile-empty", show: empty(atReconcile)},
		{name: "reconcile-class", light: true, show: func(r *robot) {
			r.s.open(atReconcile)
			r.key(fyne.KeyUp)
		}},
		{name: "reconcile-step", light: true, show: func(r *robot) {
			s := step(r.t, r.s.month, func(s *book.BridgeStep) bool {
				return s.Step == book.StepUnsupported
			})
			r.s.screens[atOverview].(*overviewScreen).chart.OnOpen(string(s.Step))
		}},
		{name: "reconcile-long", light: true, show: showLong},
	}, workPictures()...), []picture{
		{name: "hand-empty", show: empty(atHand)},
		{name: "payouts-empty", show: empty(atPayouts)},
		{name: "import-start", show: showNothingImported},
		{name: "import-question", show: showQuestion},
		{name: "import-error", show: func(r *robot) {
			r.s.open(atImport)
			r.s.importing().open("no-such-statement.csv")
			r.settle()
			showNothingImported(r)
		}},
		{name: "import-gap", light: true, show: showGap},
		{name: "import-queue", both: true, show: showQueue},
		{name: "import-profile", light: true, show: func(r *robot) {
			showImport(r)
			r.s.importing().nameProfile()
		}},
		{name: "import-column", light: true, show: func(r *robot) {
			showImport(r)
			c := r.s.importing().check.columns
			c.grid.SetCursor(c.rows.RowID(8))
			c.choose(c.rows.RowID(8))
		}},
		{name: "import-past", show: showPast},
		{name: "import-undo", light: true, show: func(r *robot) {
			showPast(r)
			r.s.importing().past.askUndo()
		}},
		{name: "import-result", light: true, show: func(r *robot) {
			r.s.open(atImport)
			x := r.s.importing()
			x.importFile = &importFile{file: "operating-2026-10.csv", id: 12,
				result: present.ImportResult(app.ImportedFile{Name: "operating-2026-10.csv", New: 37,
					Duplicates: 6, Quarantined: make([]book.Reject, 1)})}
			x.update()
		}},
		// The last one: it adds a source.
		{name: "profile-editor", both: true, show: showProfileEditor},
	}...)
}

var errDisk = errors.New("books cannot be read: the disk does not answer; check it, then try again")

func showAppearance(r *robot) {
	r.s.open(atSettings)
	r.s.settings().open(tabAppearance)
}

// showConnection shows Stripe after a test that passed, but for one permission.
func showConnection(r *robot) {
	granted := func(title, access, used string, ok bool) source.Permission {
		return source.Permission{Title: title, Access: access, UsedFor: used, Granted: ok}
	}
	r.s.profile.Tested("stripe", app.Test{At: r.s.profile.Now(), Host: "api.stripe.com",
		Took: 84 * time.Millisecond, Apart: 300 * time.Millisecond, SkewKnown: true, KeyHint: "7Qd2",
		Account: "Northwind Hosting", Live: true, Version: "2023-10-16",
		Balances: []money.Money{money.New(984612, "EUR"), money.New(251325, "USD")},
		Permissions: []source.Permission{
			granted("Balance transaction sources", "read", "Proves balances, composes payouts", true),
			granted("Charges and Refunds", "read", "Sees charges and refunds", true),
			granted("Disputes", "read", "Detects chargebacks", true),
			granted("Payouts", "read", "Finds payouts at the bank", true),
			granted("Events", "read", "Finds late changes sooner", false)}})
	r.s.open(atSettings)
	r.settle()
	r.s.settings().connections.choose("stripe")
}

// showFailing shows Stripe after a test whose key was refused.
func showFailing(r *robot) {
	r.s.profile.Tested("stripe", app.Test{At: r.s.profile.Now(), Host: "api.stripe.com",
		Took: 91 * time.Millisecond, Apart: -7 * time.Minute, SkewKnown: true, KeyHint: "7Qd2",
		Kind: source.KindAuth, Problem: "Source stripe: The key is wrong, revoked or lacks a permission. " +
			"Check it in the connection's settings. (read balance: Invalid API Key provided)"})
	r.s.open(atSettings)
	r.settle()
	r.s.settings().connections.choose("stripe")
}

// showForm shows the form of a second gateway.
func showForm(r *robot) {
	showConnection(r)
	x := r.s.settings().connections
	x.startForm()
	r.settle()
	x.form.choose("stripe")
}

func showReconcile(r *robot) {
	r.s.open(atReconcile)
	for i := range r.s.month.Exceptions {
		if e := &r.s.month.Exceptions[i]; e.Class == book.A4 {
			r.s.reconcile().choose(e.ID)
			return
		}
	}
	r.t.Fatal("the demo month has no A4")
}

func showPayouts(r *robot) {
	r.s.open(atPayouts)
	x := r.s.payouts()
	x.open(x.rows.RowID(4))
}

func showStep(r *robot) {
	s := step(r.t, r.s.month, func(s *book.BridgeStep) bool { return s.Step == book.StepBillingReceipts })
	r.s.showStep(r.s.month, "EUR", s)
}

func showSync(r *robot) {
	p := &pull{s: r.s, busy: true, lines: map[string]*kit.ProgressLine{}}
	r.s.pull = p
	p.build(nil)
	p.progress(app.Progress{Source: "WHMCS", Stage: "invoices", StageOf: 2, Stages: 5, Done: 1240,
		Total: 2318})
	p.progress(app.Progress{Source: "Stripe", Stage: "balance transactions", StageOf: 1, Stages: 4,
		Done: 380})
	r.s.update()
}

func showSyncFailed(r *robot) {
	showSync(r)
	report := app.SyncReport{Sources: []app.SourceReport{
		{Name: "billing", Title: "WHMCS", New: 12, Changed: 3},
		{Name: "stripe", Title: "Stripe", New: 380, Err: errors.New("source stripe: the key is wrong, " +
			"revoked or lacks a permission; check it in the connection's settings")}}}
	r.s.pull.done(report, report.Sources[1].Err)
	r.settle()
}

// empty shows a screen of a month without anything in it.
func empty(screen string) func(*robot) {
	return func(r *robot) {
		m := r.s.month
		none := &app.Month{Period: m.Period, AsOf: m.AsOf, Config: m.Config, Sources: m.Sources}
		r.s.loaded(none, nil, false)
		r.s.open(screen)
	}
}

// showLong shows texts that are longer than any room for them.
func showLong(r *robot) {
	m := sameMonth(r.s.month)
	long := strings.Repeat("Very long name of a customer that never ends ", 6)
	e := m.Exceptions[0]
	e.Why = strings.Repeat("This sentence names both figures and the consequence, and goes on. ", 9)
	e.Amount = money.New(-123456789012345, "EUR")
	e.Flags = []book.Flag{"invoice_cancelled", "stale", "altered", "another_flag_with_a_long_name"}
	e.Owner = long
	list := append([]book.Exception{e}, m.Exceptions[1:]...)
	m.Exceptions = list
	r.s.loaded(m, nil, false)
	r.s.open(atReconcile)
	r.s.reconcile().choose(e.ID)
}

// sameMonth is a month whose exceptions a test may change.
func sameMonth(m *app.Month) *app.Month {
	return &app.Month{Period: m.Period, AsOf: m.AsOf, Config: m.Config, Books: m.Books,
		Matches: m.Matches, Exceptions: m.Exceptions, All: m.All, Bridges: m.Bridges, Proofs: m.Proofs,
		Counts: m.Counts, Sources: m.Sources, Work: m.Work, Filed: m.Filed}
}

// TestScreens draws every screen and compares it with the pictures in docs/screens; -update draws
// them anew.
func TestScreens(t *testing.T) {
	if testing.Short() {
		return // the race detector makes pictures 16 times slower
	}
	dir, err := filepath.Abs("../docs/screens")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir()) // so that the profile's folder has the same short name everywhere
	d, err := makeDemo("northwind")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	for i := range d.App.Config().Sources { // the port is another one each time
		d.App.Config().Sources[i].URL = "https://" + string(d.App.Config().Sources[i].Name) +
			".example.com"
	}
	for _, p := range pictures() {
		for _, theme := range []string{"light", "dark"} {
			for _, size := range []fyne.Size{wide, small} {
				if p.light && theme != "light" || size == small && !p.both {
					continue
				}
				name := p.name + "-" + theme
				if size == small {
					name += "-small"
				}
				t.Run(name, func(t *testing.T) { draw(t, d, p, theme, size, filepath.Join(dir, name)) })
			}
		}
	}
}

func draw(t *testing.T, d *app.DemoRun, p picture, theme string, size fyne.Size, path string) {
	profile := d.App
	if p.first {
		profile = nil
	}
	r := newRobot(t, profile, size, theme)
	if profile != nil {
		r.s.loaded(d.Month, nil, false)
	}
	p.show(r)
	r.settle()
	if !r.s.covered() {
		r.window.Canvas().Unfocus()
	}
	kittest.Golden(t, path+".png", r.window.Canvas().Capture())
}

// TestPictures checks that the pictures of the demo without a display are there and not empty.
func TestPictures(t *testing.T) {
	if testing.Short() {
		return
	}
	r := start(t)
	dir := t.TempDir()
	files, err := Pictures(t.Context(), r.s.fyne, r.s.profile, r.s.month, dir)
	if err != nil || len(files) != 6 {
		t.Fatalf("%v, %v", files, err)
	}
}
