package ui

import (
	"context"
	"path/filepath"

	"fyne.io/fyne/v2"

	"countinghouse/app"
	"countinghouse/ui/kit"
	"countinghouse/ui/present"
)

// reportChoice is a gateway's own report that was chosen in place of a statement: the sources that it
// may be of, the one that was taken, and what an import of it would do.
type reportChoice struct {
	sources []app.Recognised
	from    app.Recognised
	file    *app.ReportFile
}

// offer shows of which sources a report may be; where there is one only, it is read for that.
func (x *importScreen) offer(f *importFile, found []app.Recognised) {
	f.reading, f.view, f.report = false, nil, &reportChoice{sources: found}
	if len(found) == 1 {
		x.readReport(f, found[0], true)
		return
	}
	x.changed(f)
}

// readReport reads a report for a source: to look at it, or to keep it.
func (x *importScreen) readReport(f *importFile, from app.Recognised, look bool) {
	f.report.from = from
	f.reading, f.storing = look, !look
	f.reads++
	reads, a := f.reads, x.s.profile
	q := app.ReportRequest{Files: []string{f.file}, Source: from.Source, DryRun: look}
	x.changed(f)
	x.s.work.start(x.s.work.ctx, func(ctx context.Context) func() {
		result, err := a.ImportReports(ctx, q, func(app.Progress) {})
		return func() {
			if !look || reads == f.reads {
				x.reportRead(f, result, err, look)
			}
		}
	})
}

func (x *importScreen) reportRead(f *importFile, result app.ReportResult, err error,
	look bool) {
	f.reading, f.storing = false, false
	if err == nil {
		err = result.Files[0].Err
	}
	switch {
	case err != nil:
		f.failed, f.report = app.Explain(err), nil
	case look:
		f.report.file = &result.Files[0]
	default:
		f.result = present.ReportResult(result.Files[0])
		f.short = f.result
	}
	x.changed(f)
	if f.result != "" {
		x.s.load(x.s.wanted, false)
		x.s.say(f.result)
	}
	x.pump()
}

// reportCard asks of which source a report is, or says what its import would do.
func (x *importScreen) reportCard() fyne.CanvasObject {
	c := x.report
	var parts []fyne.CanvasObject
	title := filepath.Base(x.file) + " is a gateway's own report"
	if c.file == nil {
		parts = append(parts, kit.NewProse("**Of which source is it?**", kit.Body.At(14), 700))
		for _, s := range c.sources {
			parts = append(parts, kit.NewButton(kit.ButtonSpec{Label: s.Title, Width: 260,
				Reason: present.ReportTitle(s.Format),
				OnTap:  func() { x.readReport(x.importFile, s, true) }}))
		}
	} else {
		title = present.ReportTitle(c.file.Format) + ", " + c.from.Title
		parts = append(parts, kit.NewProse(present.ReportEffect(*c.file), kit.Body.At(14), 700))
		for _, n := range present.ReportNotes(*c.file) {
			parts = append(parts, note(kit.StatusAttention, n))
		}
		parts = append(parts, chips(kit.NewButton(kit.ButtonSpec{Label: "Import the report",
			Icon: "import", Kind: kit.Primary, Key: "Ctrl Enter", OnTap: x.store})))
	}
	return leading(kit.NewCard(title, "", nil, stacked(12, 0, parts...), 20), 820)
}
