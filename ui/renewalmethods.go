package ui

import (
	"context"

	"fyne.io/fyne/v2"

	"countinghouse/app"
	"countinghouse/app/book"
	"countinghouse/ui/kit"
	"countinghouse/ui/present"
)

// askMethods shows what the renewal's customer can be charged with.
func (x *renewalsScreen) askMethods(v *present.RenewalDetail) {
	a := x.s.profile
	x.s.work.start(x.s.work.ctx, func(ctx context.Context) func() {
		list, err := a.SavedMethods(ctx, book.ItemID(v.ID))
		return func() {
			if err != nil {
				x.s.note(kit.Note{Status: kit.StatusBreak, Text: app.Explain(err)})
				return
			}
			x.showMethods(v, present.NewMethods(list, a.Config()))
		}
	})
}

func (x *renewalsScreen) showMethods(v *present.RenewalDetail, list []present.MethodRow) {
	var sheet *kit.Sheet
	// button leads from the list to the next sheet.
	button := func(label, icon string, then func()) fyne.CanvasObject {
		return kit.NewButton(kit.ButtonSpec{Label: label, Icon: icon, NoEnter: true, OnTap: func() {
			sheet.Close()
			then()
		}})
	}
	parts := []fyne.CanvasObject{kit.NewProse("Another method than the renewal's own is charged only with the "+
		"customer's word, on record.", kit.Body.In(kit.Text2), workSheetWidth-40)}
	if len(list) == 0 {
		parts = []fyne.CanvasObject{kit.NewProse("No gateway tells of a saved method of this customer.", kit.Body,
			workSheetWidth-40)}
	}
	for _, m := range list {
		buttons := []fyne.CanvasObject{button("Take away", "barred", func() { x.askAway(v, m) })}
		if m.CanConsent {
			consent := button("Note consent", "note", func() { x.askConsent(v, m) })
			buttons = append([]fyne.CanvasObject{consent}, buttons...)
		}
		parts = append(parts, kit.NewCard(m.Name, "", nil, stacked(8, 0,
			kit.NewState(status(m.Status), m.State), chips(buttons...)), 14))
	}
	sheet = x.s.fittedSheet("Saved methods of "+v.Customer, stacked(12, 20, parts...),
		fyne.NewSize(workSheetWidth, 680))
}

// askConsent asks where the customer's word is written.
func (x *renewalsScreen) askConsent(v *present.RenewalDetail, m present.MethodRow) {
	f := newWorkSheet(x.s, "Consent to "+m.Name, "Note consent")
	f.text("From then on the plan may charge it where the renewal's own method fails, once a day at most.")
	how := f.entry("Written in", "Ticket 4711, letter of 2026-11-02", "Where the customer's word can be read.")
	f.confirm = func() {
		where := typed(how.Text())
		if where == "" {
			f.fault("Say where the customer's consent is written: without it nothing may be charged.")
			return
		}
		f.busy(true)
		x.do(m.Name+" may be charged.", func(ctx context.Context, a *app.App) error {
			_, err := a.Consent(ctx, book.ItemID(v.ID), m.ID, where)
			return err
		}, f.done)
	}
	f.show()
}

// askAway shows what taking a method away does before it is filed.
func (x *renewalsScreen) askAway(v *present.RenewalDetail, m present.MethodRow) {
	x.proposeBy(func(ctx context.Context, a *app.App) (app.Proposal, error) {
		return a.ProposeMandateEnd(ctx, book.ItemID(v.ID), m.ID)
	})
}
