package ui

import (
	"context"
	"path/filepath"
	"slices"
	"strings"

	"countinghouse/app"
	"countinghouse/app/book"
	"countinghouse/ui/kit"
	"countinghouse/ui/present"
)

// importFile is one file of an import: what is known of it, what the person has said, and what came of
// it.
type importFile struct {
	file string
	// account is whose statement it is; chosen says that a person said so.
	account book.AccountName
	chosen  bool
	answers []string
	fixes   []app.Fix
	left    []present.ImportRow
	replace bool

	// found is what the last look found, and view how it is shown.
	found app.ImportReport
	view  *present.ImportPreview
	// report is set where the file is a gateway's own report and no statement.
	report  *reportChoice
	reading bool
	storing bool
	// reads counts looks: an older result is dropped.
	reads int
	// stop ends the look that runs.
	stop context.CancelFunc
	// foreseen says that it is being looked, or known, what the lines would become.
	foreseen bool
	// unsure says that the file does not say of which account it is, and that several may be it.
	unsure bool
	// example is the row that the question is about, as it stands in the file.
	example string
	// id is the import that was done, 0 before.
	id     app.ImportID
	result string
	short  string // the result in the few words of a list
	failed string
}

// drop ends what runs for the file.
func (f *importFile) drop() {
	f.reads++
	if f.stop != nil {
		f.stop()
	}
}

// state is where the file stands.
func (f *importFile) state() present.QueueState {
	switch {
	case f.result != "":
		return present.QueueImported
	case f.reading || f.storing:
		return present.QueueReading
	case f.failed != "":
		return present.QueueProblem
	case f.report != nil:
		return present.QueueReport
	case f.view == nil:
		return present.QueueWaiting
	}
	return f.view.StateOf()
}

func (f *importFile) request(dry bool) app.ImportRequest {
	return app.ImportRequest{Files: []string{f.file}, Answers: slices.Clone(f.answers),
		Fixes: slices.Clone(f.fixes), Replace: f.replace, Account: f.account, DryRun: dry}
}

// open takes files, and the files in folders, to read them.
func (x *importScreen) open(paths ...string) {
	if len(paths) == 0 || paths[0] == "" {
		x.path.SetFault("Name a file, for instance " +
			filepath.Join(x.s.folder(), "statement-2026-10.csv"))
		return
	}
	x.path.SetFault("")
	x.path.SetText(paths[0])
	x.s.fyne.Preferences().SetString(prefFolder, filepath.Dir(paths[0]))
	x.asked++
	asked, a := x.asked, x.s.profile
	x.s.work.start(x.s.work.ctx, func(ctx context.Context) func() {
		pick, err := a.PickStatements(ctx, paths)
		return func() {
			if asked == x.asked {
				x.take(picked(paths, pick, err))
			}
		}
	})
}

// picked are the files to read, and those that are no statements with their reasons.
func picked(paths []string, pick app.StatementPick, err error) []*importFile {
	var list []*importFile
	for _, path := range pick.Files {
		list = append(list, &importFile{file: path})
	}
	for _, out := range pick.LeftOut {
		list = append(list, &importFile{file: out.Path, failed: present.NoStatement(out.Why)})
	}
	switch {
	case err != nil:
		list = append(list, &importFile{file: paths[0], failed: app.Explain(err)})
	case len(list) == 0:
		list = append(list, &importFile{file: paths[0], failed: "The folder is empty."})
	}
	return list
}

// take puts files into the queue. One file takes the place of one that is shown; several, and one beside
// several, are listed.
func (x *importScreen) take(list []*importFile) {
	if len(x.queue) < 2 {
		for _, f := range x.queue {
			f.drop()
		}
		x.queue = nil
	}
	var last *importFile
	for _, f := range list {
		i := slices.IndexFunc(x.queue, func(old *importFile) bool { return old.file == f.file })
		if i < 0 {
			x.queue = append(x.queue, f)
		} else {
			x.queue[i].drop()
			x.queue[i] = f
		}
		last = f
	}
	if len(list) == 1 {
		x.showFile(last)
	} else {
		x.showList()
	}
	x.pump()
}

// pump reads the next file that nobody has looked at yet; one at a time.
func (x *importScreen) pump() {
	for _, f := range x.queue {
		if f.reading {
			return
		}
	}
	for _, f := range x.queue {
		if f.state() == present.QueueWaiting {
			x.read(f)
			return
		}
	}
}

// showFile shows one file, and looks what its lines would become.
func (x *importScreen) showFile(f *importFile) {
	x.importFile, x.listed = f, false
	if f.view != nil {
		x.check.show(f)
	}
	x.update()
	x.foresee(f)
	if g := x.list(); g != nil {
		x.s.canvas.Focus(g)
	}
}

// showList shows all files.
func (x *importScreen) showList() {
	x.listed = true
	x.update()
	x.s.canvas.Focus(x.files.grid)
}

// again reads the file that is shown, with the account, the answers and the fixes as they are now.
func (x *importScreen) again() {
	if x.file != "" {
		x.read(x.importFile)
	}
}

// examined is what a look at a file found, made beside the UI goroutine.
type examined struct {
	reports []app.Recognised
	file    importFile
	found   []app.ImportedFile
	err     error
}

// read looks at a file: whether it is a gateway's report, whose account it is of, and what an import
// would do. What was known of it stays on the screen until then.
func (x *importScreen) read(f *importFile) {
	f.drop()
	f.reading, f.foreseen, f.result, f.failed, f.report = true, false, "", "", nil
	reads, a := f.reads, x.s.profile
	look := *f
	ctx, stop := context.WithCancel(x.s.work.ctx)
	f.stop = stop
	x.changed(f)
	x.s.work.start(ctx, func(ctx context.Context) func() {
		found := x.examine(ctx, a, look)
		return func() {
			stop()
			if reads == f.reads {
				x.examined(f, found)
			}
		}
	})
}

// examine runs beside the UI goroutine, on a copy of the file.
func (x *importScreen) examine(ctx context.Context, a *app.App, f importFile) (out examined) {
	out.file = f
	f.unsure = false
	if f.view == nil {
		reports, err := a.Recognise(ctx, f.file)
		if err == nil && len(reports) > 0 {
			out.reports = reports
			return out
		}
	}
	if !f.chosen {
		f.account = ""
	}
	report, err := a.Import(ctx, f.request(true), func(app.Progress) {})
	if err == nil && !f.chosen && report.Files[0].Err != nil && report.Files[0].Account == "" {
		if names, _ := a.AccountsFor(ctx, f.file, f.answers...); len(names) > 0 {
			f.account, f.unsure = likely(f.file, names), len(names) > 1
			report, err = a.Import(ctx, f.request(true), func(app.Progress) {})
		}
	}
	if out.err = err; err != nil {
		return out
	}
	f.account = report.Files[0].Account
	f.found = app.ImportReport{Files: report.Files[:1]}
	f.example = exampleOf(a, &f)
	v := present.NewImportPreview(f.look(x.accountTitle(f.account)))
	f.view = &v
	out.file, out.found = f, report.Files
	return out
}

// likely is the account whose name the file's name begins with, else the first.
func likely(path string, names []book.AccountName) book.AccountName {
	base, best := filepath.Base(path), book.AccountName("")
	for _, n := range names {
		if strings.HasPrefix(base, string(n)) && len(n) > len(best) {
			best = n
		}
	}
	if best == "" {
		return names[0]
	}
	return best
}

func (f *importFile) look(title string) present.ImportLook {
	return present.ImportLook{File: f.found.Files[0], Account: title, Fixes: f.fixes, Left: f.left,
		Unsure: f.unsure, Answered: len(f.answers) > 0}
}

// examined takes what a look found. A file with statements of several accounts becomes an entry for
// each.
func (x *importScreen) examined(f *importFile, e examined) {
	f.reading = false
	switch {
	case len(e.reports) > 0:
		f.view = nil
		x.offer(f, e.reports)
	case e.err != nil:
		f.view, f.failed = nil, app.Explain(e.err)
	default:
		f.account, f.unsure, f.example = e.file.account, e.file.unsure, e.file.example
		f.found, f.view = e.file.found, e.file.view
		if f == x.importFile {
			x.check.show(f)
		}
	}
	if len(e.found) > 1 {
		x.part(f, e.found)
	}
	x.changed(f)
	x.focusRows(f)
	x.foresee(f)
	x.pump()
}

// focusRows gives the rows of the file that is shown the keyboard, where nothing else has it.
func (x *importScreen) focusRows(f *importFile) {
	free := x.s.canvas.Focused() == nil && x.s.current == atImport
	if g := x.list(); free && f == x.importFile && g != nil {
		x.s.canvas.Focus(g)
	}
}

// part makes an entry of its own for each account that a file has statements of.
func (x *importScreen) part(f *importFile, found []app.ImportedFile) {
	f.chosen = true
	at := slices.Index(x.queue, f) + 1
	for _, other := range found[1:] {
		x.queue = slices.Insert(x.queue, at, &importFile{file: f.file, account: other.Account,
			chosen: true, answers: slices.Clone(f.answers)})
		at++
	}
	if f == x.importFile {
		x.listed = true
	}
}

// foresee looks what the new lines of the file that is shown would become: it runs the engine, which
// takes a moment, so the rows are shown before.
func (x *importScreen) foresee(f *importFile) {
	if f != x.importFile || x.listed || f.reading || !x.checks() || f.view.New == 0 || f.foreseen {
		return
	}
	f.foreseen = true
	reads, a, look, title := f.reads, x.s.profile, *f, x.accountTitle(f.account)
	ctx, stop := context.WithCancel(x.s.work.ctx)
	f.stop = stop
	x.s.work.start(ctx, func(ctx context.Context) func() {
		effect, err := a.ImportEffect(ctx, look.found, func(app.Progress) {})
		l := look.look(title)
		l.Effect = &effect
		v := present.NewImportPreview(l)
		return func() {
			stop()
			if reads != f.reads {
				return
			}
			if err != nil {
				f.view.Effects = []string{"What its lines match is not known: " + app.Explain(err)}
			} else {
				f.view = &v
			}
			if f == x.importFile {
				x.check.show(f)
			}
			x.changed(f)
		}
	})
}

// changed shows the new state of a file, where it is on the screen.
func (x *importScreen) changed(f *importFile) {
	if f == x.importFile || x.listed {
		x.update()
	}
}

// answer answers the question of the file and reads it again.
func (x *importScreen) answer(topic, value string) {
	x.answers = slices.DeleteFunc(x.answers, func(a string) bool {
		return strings.HasPrefix(a, topic+"=")
	})
	x.answers = append(x.answers, topic+"="+value)
	x.again()
}

// whyNot says why nothing can be imported now.
func (x *importScreen) whyNot() string {
	switch {
	case x.listed && x.files.ready() == 0:
		return "No file is ready: open those that ask or that should be looked at."
	case x.listed:
		return ""
	case x.storing || x.reading || x.all:
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

// store imports the file that is shown, or all of the list that are ready.
func (x *importScreen) store() {
	if why := x.whyNot(); why != "" {
		x.s.note(kit.Note{Status: kit.StatusNeutral, Text: why})
		return
	}
	switch {
	case x.listed:
		x.storeAll()
	case x.report != nil:
		x.readReport(x.importFile, x.report.from, false)
	default:
		x.keep(x.importFile, func() {
			if x.result != "" {
				x.s.load(x.s.wanted, false)
				x.s.say(x.result)
			}
		})
	}
}

// storeAll imports the files that are ready, one after the other, and reads the month again.
func (x *importScreen) storeAll() {
	x.all = true
	for _, f := range x.queue {
		if f.state() == present.QueueReady {
			x.keep(f, x.storeAll)
			return
		}
	}
	x.all = false
	x.update()
	x.s.load(x.s.wanted, false)
	x.s.say(present.QueueSummary(x.files.rows.list))
}

// keep stores a file and goes on.
func (x *importScreen) keep(f *importFile, then func()) {
	f.drop()
	f.storing = true
	a, q := x.s.profile, f.request(false)
	x.changed(f)
	x.s.work.start(x.s.work.ctx, func(ctx context.Context) func() {
		report, err := a.Import(ctx, q, func(app.Progress) {})
		return func() {
			f.storing = false
			if err == nil && len(report.Files) > 0 {
				err = report.Files[0].Err
			}
			if err != nil {
				f.failed = app.Explain(err)
			} else {
				done := report.Files[0]
				f.result, f.short = present.ImportResult(done), present.QueueResult(done)
				f.id, x.known[done.Digest] = done.ID, f.file
			}
			x.changed(f)
			then()
		}
	})
}
