package profile

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"

	"countinghouse/app/book"
	"countinghouse/sync/source"
)

// escape is an id as it may stand in a path or a query.
func escape(id string) string { return url.PathEscape(id) }

// text is a row as JSON, for people who look at a reject.
func text(row any) string {
	b, err := json.Marshal(row)
	if err != nil {
		return fmt.Sprint(row)
	}
	return string(b)
}

// usedFor says in words what stays off without a kind.
var usedFor = map[book.Kind]string{
	book.KindCustomer: "names of customers; without it those on the invoices are taken",
	book.KindInvoice:  "everything",
	book.KindPayment:  "matching payments; without it only paid amounts of invoices are compared",
	book.KindCredit:   "explaining invoices that were paid by credit",
}

// Check asks the system who it is and tries the first page of every list. Warnings say that the
// mapping is unverified, which words it does not map, and which sums of that page do not come out.
func (s *Source) Check(ctx context.Context) (source.Health, error) {
	h := source.Health{Account: s.api.Hostname(), Live: !s.local()}
	about, err := s.aboutSource(ctx)
	if err != nil {
		return source.Health{}, err
	}
	a := s.mapping.About
	if w, _ := word(lookup(about, a.Account)); w != "" && a.Account != "" {
		h.Account = s.clean(w)
	}
	if w, _ := word(lookup(about, a.Version)); w != "" && a.Version != "" {
		h.Version = s.clean(w)
	}
	if a.Clock != "" {
		h.At = s.clock(about).Time()
	}
	if !s.mapping.Verified {
		h.Warnings = append(h.Warnings, s.unverified())
	}
	for _, k := range kinds {
		if err := s.probe(ctx, k, about, &h); err != nil {
			return source.Health{}, err
		}
	}
	return h, nil
}

// unverified is the sentence that says that nobody has tried the mapping on the real system.
func (s *Source) unverified() string {
	if s.mapping.Note != "" {
		return s.mapping.Note
	}
	return "The billing profile \"" + s.mapping.Name + "\" is unverified: compare a few invoices."
}

// probe tries a list and notes in h whether it may be read and how well the mapping fits it.
func (s *Source) probe(ctx context.Context, k book.Kind, about any, h *source.Health) error {
	o := s.mapping.object(k)
	if o == nil {
		return nil
	}
	p := source.Permission{Title: sections[k], Access: "read", UsedFor: usedFor[k],
		Needed: k == book.KindInvoice}
	if o.Capability != "" {
		p.Title = o.Capability
	}
	if !s.declares(about, o.Capability) {
		h.Permissions = append(h.Permissions, p)
		return nil
	}
	const sample = 20
	l, err := s.page(ctx, k, o, s.mapping.paging(o).start(), "", sample, 0)
	if errors.Is(err, errForbidden) {
		h.Missing = append(h.Missing, sections[k])
		h.Permissions = append(h.Permissions, p)
		return nil
	}
	if err != nil {
		return err
	}
	p.Granted = true
	h.Permissions = append(h.Permissions, p)
	if h.At.IsZero() {
		h.At = serverTime(l.reply.header)
	}
	s.fits(k, o, l.rows, h)
	return nil
}

// fits warns of what the mapping makes of a page.
func (s *Source) fits(k book.Kind, o *Object, rows []any, h *source.Health) {
	var unmapped []string
	var bad int
	var why error
	for _, row := range rows {
		t, err := s.translator().translate(k, o, node{row})
		if err != nil {
			if bad++; why == nil {
				why = err
			}
			continue
		}
		h.Warnings = append(h.Warnings, t.warnings...)
		for _, w := range t.unmapped {
			if w = s.clean(w); !slices.Contains(unmapped, w) {
				unmapped = append(unmapped, w)
			}
		}
	}
	for _, w := range unmapped {
		h.Warnings = append(h.Warnings, fmt.Sprintf("The profile does not map the word %q of %s: it is "+
			"shown as it is, and nothing is asked for.", w, sections[k]))
	}
	if bad > 0 {
		h.Warnings = append(h.Warnings, fmt.Sprintf("%d of the first %d %s cannot be read: %s", bad,
			len(rows), sections[k], s.clean(why.Error())))
	}
}
