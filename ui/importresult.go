package ui

import (
	"context"
	"path/filepath"

	"fyne.io/fyne/v2"

	"countinghouse/app"
	"countinghouse/ui/kit"
	"countinghouse/ui/present"
)

// resultCard says what was imported and what comes next.
func (x *importScreen) resultCard() fyne.CanvasObject {
	var list []fyne.CanvasObject
	show := kit.ButtonSpec{Label: "Show what is left to resolve", Icon: "reconcile", Kind: kit.Primary,
		OnTap: func() { x.s.open(atReconcile) }}
	if f := x.files.next(); f != nil {
		show.Kind = kit.Outline
		list = append(list, kit.NewButton(kit.ButtonSpec{Label: "Next file: " +
			kit.CutText(filepath.Base(f.file), 260, kit.Figure), Icon: "right", Kind: kit.Primary,
			OnTap: func() { x.showFile(f) }}))
	}
	list = append(list, kit.NewButton(show), kit.NewButton(kit.ButtonSpec{Label: "Import another file",
		Icon: "import", Key: "Ctrl O", OnTap: x.s.chooseStatement}))
	parts := []fyne.CanvasObject{note(kit.StatusOK, x.result)}
	if x.view != nil && x.report == nil {
		lines := stacked(1, 0)
		for _, e := range present.Done(x.view) {
			lines.Add(kit.NewProse(e, kit.Body.In(kit.Text2), 560))
		}
		parts = append(parts, lines)
	}
	parts = append(parts, chips(list...))
	if x.id != 0 {
		parts = append(parts, kit.NewGround(kit.CardLine), chips(kit.NewButton(kit.ButtonSpec{
			Label: "Undo this import", Icon: "undo", Reason: "One step: all that it did is taken back.",
			OnTap: x.undoThis})))
	}
	card := kit.NewCard(filepath.Base(x.file), "", nil, stacked(14, 0, parts...), 20)
	return leading(card, 780)
}

// undoThis asks whether the import that was just done is to be undone.
func (x *importScreen) undoThis() {
	a, id := x.s.profile, x.id
	x.s.work.start(x.s.work.ctx, func(ctx context.Context) func() {
		list, err := a.Imports(ctx)
		return func() {
			if err != nil {
				x.s.fail(app.Explain(err))
				return
			}
			for _, r := range list {
				if r.ID == id {
					x.askUndo(r)
				}
			}
		}
	})
}

// cancel leaves the file: back to the list of several, else to the choice.
func (x *importScreen) cancel() {
	if x.storing {
		return
	}
	if len(x.queue) > 1 {
		x.showList()
		return
	}
	x.leave()
}
