package ui

import (
	"context"
	"os"
	"path/filepath"

	"fyne.io/fyne/v2"

	"countinghouse/app"
	"countinghouse/app/book"
	"countinghouse/ui/kit"
	"countinghouse/ui/present"
)

// importScreen answers: is this file complete, and did we read it correctly? Nothing is stored
// before the person presses Import.
type importScreen struct {
	s *shell
	f *frame

	account *kit.Select
	path    *kit.Entry
	steps   *kit.Stepper
	hint    *kit.Label
	stage   *fyne.Container // below the steps: choose, wait, ask or check
	check   *importCheck

	file    string
	answers []string
	replace bool
	view    *present.ImportPreview
	// report is set where the file is a gateway's own report and no statement.
	report  *reportChoice
	reading bool
	storing bool
	// asked counts reads: an older result is dropped.
	asked  int
	result string
	failed string
}

func newImportScreen(s *shell) *importScreen {
	x := &importScreen{s: s, account: kit.NewSelect("Account"),
		path:  kit.NewEntry("Path of a statement file (CSV or CAMT.053)"),
		steps: kit.NewStepper(), hint: kit.NewLabel("Nothing is stored before step 4", kit.Second)}
	var options []kit.Option
	for _, a := range s.profile.Config().Accounts {
		options = append(options, kit.Option{ID: string(a.Name),
			Label: string(a.Name) + " " + string(a.Currency)})
	}
	x.account = kit.NewSelect("Account", options...)
	x.account.OnChange = func(string) { x.again() }
	x.path.OnSubmit = func(text string) { x.open(typed(text)) }
	x.check = newImportCheck(x)
	x.stage = arranged(fixed(600, 300), x.layStage)
	var body *fyne.Container
	body = arranged(fixed(900, 500), func(size fyne.Size) {
		place(x.steps, 20, 20, min(size.Width-40, x.steps.MinSize().Width), 26)
		w := x.hint.MinSize().Width
		place(x.hint, size.Width-20-w, 20, w, 26)
		place(body.Objects[2], 0, 58, size.Width, size.Height-58)
	}, x.steps, x.hint, x.stage)
	other := kit.NewButton(kit.ButtonSpec{Label: "Choose a file", Icon: "file", Key: "Ctrl O",
		OnTap: s.chooseStatement})
	x.f = s.newPlainFrame("Import statement", body, []fyne.CanvasObject{x.account}, other)
	x.update()
	return x
}

func (x *importScreen) frame() *frame { return x.f }

// show has nothing to lay out of a month.
func (x *importScreen) show(*app.Month) {}

// list is the rows of the preview.
func (x *importScreen) list() *kit.Grid {
	if x.view != nil && x.view.Question == nil && x.view.Problem == "" && x.result == "" {
		return x.check.grid
	}
	return nil
}

func (x *importScreen) layStage(size fyne.Size) {
	for _, o := range x.stage.Objects {
		place(o, 20, 0, size.Width-40, size.Height-16)
	}
}

// chooseStatement shows the import and asks for a file.
func (s *shell) chooseStatement() {
	s.open(atImport)
	x := s.importing()
	s.choose("Choose a bank statement", false, x.open)
}

// dropped takes a file that was dropped on the window.
func (s *shell) dropped(_ fyne.Position, files []fyne.URI) {
	if len(files) == 0 || s.covered() {
		return
	}
	if why := s.needProfile(); why != "" {
		s.note(kit.Note{Status: kit.StatusNeutral, Text: why})
		return
	}
	s.open(atImport)
	s.importing().open(files[0].Path())
}

// open reads a file and shows what an import of it would do.
func (x *importScreen) open(path string) {
	if path == "" {
		x.path.SetFault("Name a file, for instance " +
			filepath.Join(x.s.folder(), "statement-2026-10.csv"))
		return
	}
	x.path.SetFault("")
	x.path.SetText(path)
	x.s.fyne.Preferences().SetString(prefFolder, filepath.Dir(path))
	x.file, x.answers, x.replace = path, nil, false
	if name := accountIn(path, x.s.profile.Config().Accounts); name != "" {
		x.account.Select(string(name))
		x.f.head.Refresh()
	}
	x.again()
}

// accountIn is the account whose name the file's name begins with, "" for none.
func accountIn(path string, accounts []app.AccountConfig) book.AccountName {
	base := filepath.Base(path)
	best := book.AccountName("")
	for _, a := range accounts {
		n := string(a.Name)
		if len(base) > len(n) && base[:len(n)] == n && len(n) > len(best) {
			best = a.Name
		}
	}
	return best
}

func (x *importScreen) request(dry bool) app.ImportRequest {
	return app.ImportRequest{Files: []string{x.file}, Answers: x.answers, Replace: x.replace,
		Account: book.AccountName(x.account.Selected()), DryRun: dry}
}

// again reads the file that was chosen, with the account and the answers as they are now.
func (x *importScreen) again() {
	if x.file == "" {
		return
	}
	x.reading, x.result, x.failed, x.report = true, "", "", nil
	x.asked++
	asked, a, q := x.asked, x.s.profile, x.request(true)
	title := x.accountTitle()
	x.update()
	x.s.work.start(x.s.work.ctx, func(ctx context.Context) func() {
		if found, err := a.Recognise(ctx, q.Files[0]); err == nil && len(found) > 0 {
			return func() {
				if asked == x.asked {
					x.offer(found)
				}
			}
		}
		report, err := a.Import(ctx, q, func(app.Progress) {})
		return func() {
			if asked != x.asked {
				return
			}
			x.reading, x.view = false, nil
			switch {
			case err != nil:
				x.failed = app.Explain(err)
			case len(report.Files) > 0:
				v := present.NewImportPreview(report.Files[0], title)
				x.view = &v
				x.check.show(&v)
			}
			x.update()
		}
	})
}

func (x *importScreen) accountTitle() string {
	c, ok := x.s.profile.Config().Account(book.AccountName(x.account.Selected()))
	if !ok {
		return x.account.Selected()
	}
	number := c.IBAN
	if len(number) > 8 {
		number = number[:4] + " … " + number[len(number)-4:]
	}
	return string(c.Name) + " " + string(c.Currency) + ", " + number
}

// answer answers the question of the file and reads it again.
func (x *importScreen) answer(topic, value string) {
	x.answers = append(x.answers, topic+"="+value)
	x.again()
}

// whyNot says why the file cannot be imported now.
func (x *importScreen) whyNot() string {
	switch {
	case x.storing || x.reading:
		return "The file is being read; it takes a moment."
	case x.report != nil && x.report.file != nil && x.result == "":
		return ""
	case x.report != nil && x.result == "":
		return "Say of which source the report is first."
	case x.view == nil || x.result != "":
		return "Choose a statement file first."
	case x.view.Button == "":
		return x.view.Hint
	}
	return ""
}

// store imports the file and reads the month again.
func (x *importScreen) store() {
	if why := x.whyNot(); why != "" {
		x.s.note(kit.Note{Status: kit.StatusNeutral, Text: why})
		return
	}
	if x.report != nil {
		x.readReport(x.report.from, false)
		return
	}
	x.storing = true
	a, q := x.s.profile, x.request(false)
	x.update()
	x.s.work.start(x.s.work.ctx, func(ctx context.Context) func() {
		report, err := a.Import(ctx, q, func(app.Progress) {})
		return func() { x.stored(report, err) }
	})
}

func (x *importScreen) stored(report app.ImportReport, err error) {
	x.storing = false
	if err == nil && len(report.Files) > 0 {
		err = report.Files[0].Err
	}
	if err != nil {
		x.failed = app.Explain(err)
		x.update()
		return
	}
	x.result = present.ImportResult(report.Files[0])
	x.update()
	x.s.load(x.s.wanted, false)
	x.s.say(x.result)
}

func (x *importScreen) nextProblem() {
	if x.list() == nil {
		x.s.say("Choose a statement file first.")
		return
	}
	x.check.nextProblem()
}

// escape goes back to the choice of a file.
func (x *importScreen) escape() bool {
	if x.file == "" || x.storing {
		return false
	}
	x.asked++
	x.file, x.view, x.report, x.reading, x.failed, x.result = "", nil, nil, false, "", ""
	x.path.SetText("")
	x.update()
	return true
}

// update shows what there is: a choice, a wait, a question, the check, or the result.
func (x *importScreen) update() {
	at := 0
	var body fyne.CanvasObject
	switch {
	case x.result != "":
		at, body = 4, x.resultCard()
	case x.failed != "":
		body = x.chooser(kit.StatusBreak, x.failed, false)
	case x.reading:
		body = kit.NewEmptyState("Reading "+filepath.Base(x.file)+".", nil)
	case x.report != nil:
		at, body = 2, x.reportCard()
	case x.view == nil:
		body = x.chooser(kit.StatusNone, "", false)
	case x.view.Question != nil:
		at, body = 1, x.question()
	case x.view.Problem != "":
		body = x.chooser(kit.StatusBreak, x.view.Problem, x.view.Conflict)
	default:
		at, body = 2, x.check.outside
		x.check.update()
	}
	x.steps.Set(at, kit.Step{Label: "File", Done: at > 0}, kit.Step{Label: "Columns", Done: at > 1},
		kit.Step{Label: "Check", Done: at > 2}, kit.Step{Label: "Import", Done: at > 3})
	x.hint.SetText("Nothing is stored before step 4")
	if at == 4 {
		x.hint.SetText("")
	}
	x.stage.Objects = []fyne.CanvasObject{body}
	x.stage.Refresh()
	x.s.status.SetHints(x.s.hints()...)
}

// chooser asks for a file; above it stands what is wrong with the last one, and a way to take its
// lines nevertheless where they only contradict the books.
func (x *importScreen) chooser(st kit.Status, problem string, conflict bool) fyne.CanvasObject {
	read := kit.NewButton(kit.ButtonSpec{Label: "Read it", Icon: "eye",
		OnTap: func() { x.open(typed(x.path.Text())) }})
	choose := kit.NewButton(kit.ButtonSpec{Label: "Choose a file", Icon: "file", Key: "Ctrl O",
		Kind: kit.Primary, OnTap: x.s.chooseStatement})
	typing := arranged(fixed(300, 34), func(size fyne.Size) {
		w := read.MinSize().Width
		place(x.path, 0, 0, size.Width-w-8, 50)
		place(read, size.Width-w, -1, w, 32)
	}, x.path, read)
	parts := []fyne.CanvasObject{}
	if problem != "" {
		parts = append(parts, note(st, problem))
	}
	if conflict {
		parts = append(parts, chips(kit.NewButton(kit.ButtonSpec{Icon: "eye",
			Label: "Check the file with its lines instead", OnTap: func() {
				x.replace = true
				x.again()
			}})))
	}
	if len(x.s.profile.Config().Accounts) == 0 {
		parts = append(parts, note(kit.StatusAttention, "No bank account is configured: add an "+
			"[[account]] to "+app.ConfigName+"."))
	}
	parts = append(parts,
		kit.NewProse("Choose the bank's statement, type its path, or drop the file on this window. "+
			"CSV of any bank and CAMT.053 are read; the bank's layout is recognised and remembered.",
			kit.Body.At(14), 600),
		chips(choose), kit.NewLabel("or type its path", kit.Second), typing)
	var links []fyne.CanvasObject
	for _, f := range x.recent() {
		links = append(links, kit.NewButton(kit.ButtonSpec{Label: filepath.Base(f), Icon: "file",
			Kind: kit.Link, Small: true, OnTap: func() { x.open(f) }}))
	}
	if len(links) > 0 {
		parts = append(parts, kit.NewLabel("or take one from the profile's folder", kit.Second),
			stacked(0, 0, links...))
	}
	card := kit.NewCard("Statement file", "", nil, stacked(14, 0, parts...), 20)
	return arranged(fixed(400, 200), func(size fyne.Size) {
		w := min(size.Width, 720)
		place(card, 0, 0, w, card.MinSize().Height)
		place(card, 0, 0, w, card.MinSize().Height)
	}, card)
}

// recent are the statements in the profile's own folder, newest first, six at most.
func (x *importScreen) recent() []string {
	dir, err := app.ProfileDir(x.s.profile.Options())
	if err != nil {
		return nil
	}
	entries, err := os.ReadDir(filepath.Join(dir, "statements"))
	if err != nil {
		return nil
	}
	var out []string
	for i := len(entries) - 1; i >= 0 && len(out) < 6; i-- {
		if !entries[i].IsDir() {
			out = append(out, filepath.Join(dir, "statements", entries[i].Name()))
		}
	}
	return out
}

// question asks what the file cannot decide.
func (x *importScreen) question() fyne.CanvasObject {
	q := x.view.Question
	parts := []fyne.CanvasObject{kit.NewProse("**"+q.Text+"**", kit.Body.At(14), 700)}
	if q.Place != "" {
		parts = append(parts, kit.NewProse(q.Place, kit.Body.In(kit.Text2), 700))
	}
	for _, a := range q.Answers {
		parts = append(parts, kit.NewButton(kit.ButtonSpec{Label: present.AnswerTitle(a), Width: 260,
			Reason: a.Means, OnTap: func() { x.answer(string(q.Topic), a.Value) }}))
	}
	if q.Hint != "" {
		parts = append(parts, kit.NewProse(q.Hint, kit.Second, 700))
	}
	if len(q.Answers) == 0 {
		own := kit.NewEntry("Answer, for instance " + present.AnswerExample(q.Topic))
		own.OnSubmit = func(text string) { x.answer(string(q.Topic), typed(text)) }
		parts = append(parts, own, kit.NewProse("Press Enter to read the file again with it.",
			kit.Second, 600))
	}
	card := kit.NewCard(x.view.File+" leaves a question open", "", nil, stacked(12, 0, parts...), 20)
	return arranged(fixed(400, 200), func(size fyne.Size) {
		place(card, 0, 0, min(size.Width, 820), card.MinSize().Height)
		place(card, 0, 0, min(size.Width, 820), card.MinSize().Height)
	}, card)
}

// resultCard says what was imported and what comes next.
func (x *importScreen) resultCard() fyne.CanvasObject {
	next := kit.NewButton(kit.ButtonSpec{Label: "Show what is left to resolve", Icon: "reconcile",
		Kind: kit.Primary, OnTap: func() { x.s.open(atReconcile) }})
	other := kit.NewButton(kit.ButtonSpec{Label: "Import another file", Icon: "import",
		Key: "Ctrl O", OnTap: x.s.chooseStatement})
	card := kit.NewCard(filepath.Base(x.file), "", nil, stacked(14, 0, note(kit.StatusOK, x.result),
		chips(next, other)), 20)
	return arranged(fixed(400, 150), func(size fyne.Size) {
		place(card, 0, 0, min(size.Width, 720), card.MinSize().Height)
	}, card)
}
