package ui

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	"fyne.io/fyne/v2"

	"countinghouse/app"
	"countinghouse/ui/kit"
)

// exporting is the sheet that writes the month as a workbook.
type exporting struct {
	s      *shell
	path   *kit.Entry
	write  *kit.Button
	said   *fyne.Container
	sheet  *kit.Sheet
	cancel context.CancelFunc
	line   *kit.ProgressLine
}

// showExport asks where the workbook is to be written.
func (s *shell) showExport() {
	if why := s.whyNoExport(); why != "" {
		s.note(kit.Note{Status: kit.StatusNeutral, Text: why})
		return
	}
	x := &exporting{s: s, path: kit.NewEntry("Path of the workbook, ending in .xlsx"),
		line: kit.NewProgressLine(), said: stacked(8, 0)}
	x.path.SetText(filepath.Join(s.folder(), fmt.Sprintf("countinghouse-%s.xlsx", s.month.Period)))
	x.path.OnSubmit = func(string) { x.run() }
	x.write = kit.NewButton(kit.ButtonSpec{Label: "Export " + s.month.Period.String(),
		Icon: "import", Kind: kit.Primary, OnTap: x.run})
	choose := kit.NewButton(kit.ButtonSpec{Label: "Choose a folder", Icon: "file", OnTap: x.choose})
	x.sheet = s.sheet("Export the month as a workbook", stacked(12, 20,
		kit.NewProse("Bridge, exceptions, payouts, matches, bank lines and proofs of "+
			s.month.Period.String()+" as sheets with live sums. A file of that name is replaced.",
			kit.Body.In(kit.Text2), 500),
		kit.NewLabel("File", kit.Caption), x.path, chips(x.write, choose), x.said),
		fyne.NewSize(600, 330))
	s.exporting = x
	x.sheet.OnClose = func() {
		s.exporting = nil
		if x.cancel != nil {
			x.cancel()
		}
	}
	s.canvas.Focus(x.path.Focusable())
}

// folder is where files were chosen the last time.
func (s *shell) folder() string {
	if dir := s.fyne.Preferences().String(prefFolder); dir != "" {
		if info, err := os.Stat(dir); err == nil && info.IsDir() {
			return dir
		}
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "."
	}
	return home
}

// choose lets a folder be chosen; the sheet comes back with it.
func (x *exporting) choose() {
	name := filepath.Base(x.path.Text())
	x.sheet.Close()
	x.s.choose("Choose a folder for the workbook", true, func(dir string) {
		x.s.showExport()
		if y := x.s.exporting; y != nil {
			y.path.SetText(filepath.Join(dir, name))
		}
	})
}

// run writes the workbook beside the UI goroutine.
func (x *exporting) run() {
	path := typed(x.path.Text())
	switch {
	case path == "":
		x.path.SetFault("Name the file, for instance " + filepath.Join(x.s.folder(), "month.xlsx"))
		return
	case filepath.Ext(path) != ".xlsx":
		path += ".xlsx"
		x.path.SetText(path)
	}
	x.path.SetFault("")
	s, m := x.s, x.s.month
	spec := x.write.Spec()
	spec.Busy = true
	x.write.Set(spec)
	x.line.Set("Writing the workbook", "", -1)
	x.say(x.line)
	ctx, cancel := context.WithCancel(s.work.ctx)
	x.cancel = cancel
	show := s.work.progress(func(p app.Progress) { x.line.Set(stageText(p), "", fraction(p)) })
	a := s.profile
	s.work.start(ctx, func(ctx context.Context) func() {
		err := a.Export(ctx, m, "xlsx", path, show)
		return func() {
			cancel()
			x.done(path, err)
		}
	})
}

func (x *exporting) say(list ...fyne.CanvasObject) {
	x.said.Objects = list
	x.said.Refresh()
}

func (x *exporting) done(path string, err error) {
	spec := x.write.Spec()
	spec.Busy = false
	x.write.Set(spec)
	if err != nil {
		x.say(note(kit.StatusBreak, app.Explain(err)))
		return
	}
	x.s.fyne.Preferences().SetString(prefFolder, filepath.Dir(path))
	x.s.say("Exported to " + path)
	open := kit.NewButton(kit.ButtonSpec{Label: "Open the workbook", Icon: "file", OnTap: func() {
		abs, err := filepath.Abs(path)
		if err == nil {
			err = x.s.fyne.OpenURL(&url.URL{Scheme: "file", Path: filepath.ToSlash(abs)})
		}
		if err != nil {
			x.say(note(kit.StatusAttention, "No program for workbooks answered. The file is "+path))
		}
	}})
	x.say(note(kit.StatusOK, "Written to "+path), chips(open))
}
