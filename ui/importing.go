package ui

import (
	"path/filepath"

	"fyne.io/fyne/v2"

	"countinghouse/app"
	"countinghouse/app/book"
	"countinghouse/ui/kit"
	"countinghouse/ui/present"
)

// importScreen answers: is this file complete, and did we read it correctly? Nothing is stored
// before the person presses Import. Of several files each is an import of its own.
type importScreen struct {
	s *shell
	f *frame

	account *kit.Select
	other   *kit.Button // chooses other files
	path    *kit.Entry
	steps   *kit.Stepper
	hint    *kit.Label
	place   *kit.Button     // which of several files is shown; it leads to their list
	stage   *fyne.Container // below the steps: choose, list, wait, ask or check
	check   *importCheck
	files   *importQueue
	past    *importPast

	// importFile is the file that is shown, an empty one where none is chosen.
	*importFile
	queue []*importFile
	// listed says that the list of the files is shown, and not one of them.
	listed bool
	// all says that the files that are ready are being imported, one after the other.
	all bool
	// asked counts what was opened: an older answer is dropped.
	asked int
	// known are the paths of the files that were imported, by their digests.
	known map[string]string
}

func newImportScreen(s *shell) *importScreen {
	x := &importScreen{s: s, importFile: &importFile{}, known: map[string]string{},
		path:  kit.NewEntry("Path of a statement file, or of a folder of them"),
		steps: kit.NewStepper(), hint: kit.NewLabel("Nothing is stored before step 4", kit.Second)}
	x.account = kit.NewSelect("Account", x.accountOptions()...)
	x.account.OnChange = func(name string) {
		x.importFile.account, x.importFile.chosen = book.AccountName(name), true
		x.again()
	}
	x.path.OnSubmit = func(text string) { x.open(typed(text)) }
	x.place = kit.NewButton(kit.ButtonSpec{Kind: kit.Link, Small: true, Icon: "left", OnTap: x.showList})
	x.check, x.files, x.past = newImportCheck(x), newImportQueue(x), newImportPast(x)
	x.stage = arranged(fixed(600, 300), x.layStage)
	body := arranged(fixed(900, 500), func(size fyne.Size) {
		steps := x.steps.MinSize().Width
		place(x.steps, 20, 20, min(size.Width-40, steps), 26)
		w := x.hint.MinSize().Width
		place(x.hint, size.Width-20-w, 20, w, 26)
		pw := x.place.MinSize().Width
		place(x.place, max(20+steps+24, size.Width-20-w-24-pw), 19, pw, 28)
		place(x.stage, 0, 58, size.Width, size.Height-58)
		show(x.hint, x.hint.Size().Width < size.Width-steps-60-pw)
	}, x.steps, x.place, x.hint, x.stage)
	x.other = kit.NewButton(kit.ButtonSpec{Label: "Choose files", Icon: "file", Key: "Ctrl O",
		OnTap: s.chooseStatement})
	x.f = s.newPlainFrame("Import statement", body, nil, x.other)
	x.past.load()
	x.update()
	return x
}

func (x *importScreen) accountOptions() []kit.Option {
	var options []kit.Option
	for _, a := range x.s.profile.Config().Accounts {
		options = append(options, kit.Option{ID: string(a.Name),
			Label: string(a.Name) + " " + string(a.Currency)})
	}
	return options
}

func (x *importScreen) frame() *frame { return x.f }

// show has nothing to lay out of a month.
func (x *importScreen) show(*app.Month) {}

// list is the rows of the preview, or the list of the files.
func (x *importScreen) list() *kit.Grid {
	switch {
	case x.listed:
		return x.files.grid
	case x.checks():
		return x.check.grid
	}
	return nil
}

// panes are the check's other parts that the keyboard reaches by F6.
func (x *importScreen) panes() []fyne.Focusable {
	if !x.listed && x.checks() && len(x.view.Columns) > 0 {
		return []fyne.Focusable{x.check.columns.grid}
	}
	return nil
}

// checks says that the check of a file is shown.
func (x *importScreen) checks() bool {
	return x.view != nil && x.view.Question == nil && x.view.Problem == "" && x.result == "" &&
		x.failed == "" && x.report == nil
}

func (x *importScreen) layStage(size fyne.Size) {
	for _, o := range x.stage.Objects {
		place(o, 20, 0, size.Width-40, size.Height-16)
	}
}

// chooseStatement shows the import and asks for files.
func (s *shell) chooseStatement() {
	s.open(atImport)
	x := s.importing()
	s.chooseFiles("Choose bank statements", func(paths []string) { x.open(paths...) })
}

// dropped takes files and folders that were dropped on the window.
func (s *shell) dropped(_ fyne.Position, files []fyne.URI) {
	if len(files) == 0 {
		return
	}
	if s.covered() {
		if f := s.form; f != nil && f.onTop() && f.path != nil {
			f.path.SetText(files[0].Path())
		}
		return
	}
	if why := s.needProfile(); why != "" {
		s.note(kit.Note{Status: kit.StatusNeutral, Text: why})
		return
	}
	s.open(atImport)
	paths := make([]string, len(files))
	for i, f := range files {
		paths[i] = f.Path()
	}
	s.importing().open(paths...)
}

func (x *importScreen) accountTitle(name book.AccountName) string {
	c, ok := x.s.profile.Config().Account(name)
	if !ok {
		return string(name)
	}
	number := c.IBAN
	if number == "" {
		number = c.Number
	}
	if len(number) > 8 {
		number = number[:4] + " … " + number[len(number)-4:]
	}
	return string(c.Name) + " " + string(c.Currency) + ", " + number
}

func (x *importScreen) nextProblem() {
	if x.listed || !x.checks() {
		x.s.say("Choose a statement file first.")
		return
	}
	x.check.nextProblem()
}

// escape goes back: from a fix to the rows, from a file to the list of several, to the choice.
func (x *importScreen) escape() bool {
	switch {
	case x.storing || x.all:
		return false
	case !x.listed && x.checks() && x.check.closeInset():
		return true
	case !x.listed && len(x.queue) > 1:
		x.showList()
		return true
	case x.file == "" && !x.listed:
		return false
	}
	x.leave()
	return true
}

// leave goes back to the choice of files.
func (x *importScreen) leave() {
	x.asked++
	for _, f := range x.queue {
		f.drop()
	}
	x.importFile.drop()
	x.importFile, x.queue, x.listed = &importFile{}, nil, false
	x.path.SetText("")
	x.past.load()
	x.update()
}

// step is which of the four steps the file has come to.
func (x *importScreen) step() int {
	switch {
	case x.listed, x.file == "", x.failed != "":
		return 0
	case x.result != "":
		return 4
	case x.report != nil:
		return 2
	case x.view == nil, x.view.Problem != "":
		return 0
	case x.view.Question != nil:
		return 1
	}
	return 2
}

// update shows what there is: a choice, the files, a wait, a question, the check, or the result.
func (x *importScreen) update() {
	var body fyne.CanvasObject
	switch {
	case x.listed:
		body = x.files.outside
		x.files.update()
	case x.file == "":
		body = x.past.startPage(x.chooser(kit.StatusNone, "", false))
	case x.result != "":
		body = x.resultCard()
	case x.failed != "":
		body = x.past.startPage(x.chooser(kit.StatusBreak, x.failed, false))
	case x.report != nil && !x.reading:
		body = x.reportCard()
	case x.view == nil:
		body = kit.NewEmptyState("Reading "+filepath.Base(x.file)+".", nil)
	case x.view.Question != nil:
		body = x.question()
	case x.view.Problem != "":
		body = x.past.startPage(x.chooser(kit.StatusBreak, x.view.Problem, x.view.Conflict))
	default:
		body = x.check.outside
		x.check.update()
	}
	at := x.step()
	x.steps.Set(at, kit.Step{Label: "File", Done: at > 0}, kit.Step{Label: "Columns", Done: at > 1},
		kit.Step{Label: "Check", Done: at > 2}, kit.Step{Label: "Import", Done: at > 3})
	x.hint.SetText("Nothing is stored before step 4")
	if at == 4 || x.all {
		x.hint.SetText("")
	}
	x.updatePlace()
	if len(x.stage.Objects) != 1 || x.stage.Objects[0] != body {
		x.stage.Objects = []fyne.CanvasObject{body}
		x.stage.Refresh()
	}
	x.s.status.SetHints(x.s.hints()...)
}

// updatePlace says which of several files is shown, and of which account it is.
func (x *importScreen) updatePlace() {
	spec := x.place.Spec()
	for i, f := range x.queue {
		if f == x.importFile {
			spec.Label = "File " + present.Count(i+1) + " of " + present.Count(len(x.queue)) + ", show all"
		}
	}
	x.place.Set(spec)
	show(x.place, len(x.queue) > 1 && !x.listed)
	if x.importFile.account != "" {
		x.account.Select(string(x.importFile.account))
	}
	if x.f != nil {
		var leading []fyne.CanvasObject
		if !x.listed && x.file != "" && x.report == nil && x.result == "" {
			leading = append(leading, x.account)
		}
		x.f.head.SetParts(leading, []fyne.CanvasObject{x.other})
		x.f.body.Refresh()
	}
}
