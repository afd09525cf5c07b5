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
func (x *importScreen) offer(found []app.Recognised) {
	x.reading, x.view, x.report = false, nil, &reportChoice{sources: found}
	if len(found) == 1 {
		x.readReport(found[0], true)
		return
	}
	x.update()
}

// readReport reads a report for a source: to look at it, or to keep it.
func (x *importScreen) readReport(from app.Recognised, look bool) {
	x.report.from = from
	x.reading, x.storing = look, !look
	x.asked++
	asked, a := x.asked, x.s.profile
	q := app.ReportRequest{Files: []string{x.file}, Source: from.Source, DryRun: look}
	x.update()
	x.s.work.start(x.s.work.ctx, func(ctx context.Context) func() {
		result, err := a.ImportReports(ctx, q, func(app.Progress) {})
		return func() {
			if !look || asked == x.asked {
				x.reportRead(result, err, look)
			}
		}
	})
}

func (x *importScreen) reportRead(result app.ReportResult, err error, look bool) {
	x.reading, x.storing = false, false
	if err == nil {
		err = result.Files[0].Err
	}
	switch {
	case err != nil:
		x.failed, x.report = app.Explain(err), nil
	case look:
		x.report.file = &result.Files[0]
	default:
		x.result = present.ReportResult(result.Files[0])
	}
	x.update()
	if x.result != "" {
		x.s.load(x.s.wanted, false)
		x.s.say(x.result)
	}
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
				Reason: present.ReportTitle(s.Format), OnTap: func() { x.readReport(s, true) }}))
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
	card := kit.NewCard(title, "", nil, stacked(12, 0, parts...), 20)
	return arranged(fixed(400, 200), func(size fyne.Size) {
		place(card, 0, 0, min(size.Width, 820), card.MinSize().Height)
		place(card, 0, 0, min(size.Width, 820), card.MinSize().Height)
	}, card)
}
