package spectrocoin

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"countinghouse/app/book"
	"countinghouse/sync/source"
)

// bodyMax is the largest callback that is read; genuine ones have a few hundred bytes.
const bodyMax = 64 << 10

// Words before what an event is about: an order's id, or what a signed form knows it by.
const (
	aboutOrder   = "order/"
	aboutRequest = "request/"
)

// Verify proves a callback. A signed form proves itself by SpectroCoin's signature; a JSON callback
// has none and is a hint only, so that the order is read with our own token before it is taken.
func (s *SpectroCoin) Verify(ctx context.Context, d source.Delivery) (source.Event, error) {
	body := bytes.TrimSpace(d.Body)
	switch {
	case len(d.Body) > bodyMax:
		return source.Event{}, s.unreadable(errors.New("it is too large"))
	case len(body) == 0:
		return source.Event{}, s.unreadable(errors.New("it is empty"))
	case body[0] == '{':
		return s.hinted(ctx, body)
	}
	return s.form(ctx, d.Body)
}

func (s *SpectroCoin) unreadable(err error) error {
	return &source.Error{Kind: source.KindMalformed, Source: s.o.Name, Op: "read a callback",
		Detail: s.mask(err.Error())}
}

func (s *SpectroCoin) forged(why string) error {
	return &source.Error{Kind: source.KindAuth, Source: s.o.Name, Op: "verify a callback",
		Detail: why, Hint: "Somebody else than SpectroCoin calls, or the callback is another " +
			"project's. Compare the project's id and the merchant's id with the settings."}
}

// form is a callback of an older project.
func (s *SpectroCoin) form(ctx context.Context, body []byte) (source.Event, error) {
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return source.Event{}, s.unreadable(errors.New("it is neither a form nor JSON"))
	}
	for name, values := range form {
		if len(values) > 1 {
			return source.Event{}, s.unreadable(fmt.Errorf("field %q stands twice", name))
		}
	}
	for _, field := range amountFields {
		if !form.Has(field) {
			return source.Event{}, s.unreadable(fmt.Errorf("field %q is missing", field))
		}
	}
	if form.Get("sign") == "" {
		return source.Event{}, s.forged("it has no signature")
	}
	switch err := s.proven(ctx, form); {
	case errors.Is(err, errSignature):
		return source.Event{}, s.forged("its signature does not fit")
	case source.KindOf(err) == source.KindMalformed, source.KindOf(err) == source.KindRefused,
		source.KindOf(err) == source.KindAuth:
		return source.Event{}, s.later(err)
	case err != nil && source.KindOf(err) == "" && ctx.Err() == nil:
		return source.Event{}, s.unreadable(err)
	case err != nil:
		return source.Event{}, err
	}
	if s.merchant != "" && !same(form.Get("merchantId"), s.merchant) {
		return source.Event{}, s.forged("it is another merchant's")
	}
	status, request := statusName(form.Get("status")), form.Get("orderRequestId")
	if status == "" || request == "" && form.Get("orderId") == "" {
		return source.Event{}, s.unreadable(errors.New("it names no order or no status"))
	}
	// Amounts are signed in one form and may be written in several: the same event all the same.
	signed, err := callbackSigning.text(form, javaForm)
	if err != nil {
		return source.Event{}, s.unreadable(err)
	}
	sum := sha256.Sum256([]byte(signed))
	return source.Event{ID: "form/" + hex.EncodeToString(sum[:16]), Type: "order." + status,
		About: []string{aboutRequest + url.PathEscape(request) + "/" +
			url.PathEscape(form.Get("orderId"))}}, nil
}

func same(a, b string) bool {
	return subtle.ConstantTimeCompare([]byte(strings.ToLower(a)), []byte(strings.ToLower(b))) == 1
}

// later turns what keeps us from telling now into an error that asks for another call.
func (s *SpectroCoin) later(err error) error {
	var e *source.Error
	if !errors.As(err, &e) || e.Kind == source.KindLimited || e.Kind == source.KindUnavailable {
		return err
	}
	return &source.Error{Kind: source.KindUnavailable, Source: s.o.Name, Op: "verify a callback",
		Detail: string(e.Kind) + ": " + e.Detail, Hint: e.Hint, Err: err}
}

// hinted is a callback of a newer project: an id, and nothing that proves it.
func (s *SpectroCoin) hinted(ctx context.Context, body []byte) (source.Event, error) {
	var o object
	if err := json.Unmarshal(body, &o); err != nil {
		return source.Event{}, s.unreadable(errors.New("it is no JSON object"))
	}
	t := &texts{o: o}
	id, project := t.get([]string{"id"}), t.get([]string{"merchantApiId"})
	switch {
	case t.err != nil || id == "" || project == "":
		return source.Event{}, s.unreadable(errors.New("it has no id or no merchantApiId"))
	case !same(project, s.project):
		return source.Event{}, s.forged("it is another project's")
	case !orderID.MatchString(id):
		return source.Event{}, s.forged("its id has not the form of an order's")
	}
	key := strings.ToLower(id)
	done, err := s.hints.enter(ctx, key)
	switch {
	case errors.Is(err, errRefused):
		return source.Event{}, s.forged("SpectroCoin does not know the order")
	case errors.Is(err, errFlood):
		return source.Event{}, &source.Error{Kind: source.KindLimited, Source: s.o.Name,
			Op: "verify a callback", Detail: err.Error(), RetryAfter: hintsEvery}
	case err != nil:
		return source.Event{}, err
	}
	known := false
	defer func() { done(known) }()
	var reply json.RawMessage
	err = s.public.once(ctx, readOp, orderPath(id), nil, &reply)
	if unknownOrder(err) {
		return source.Event{}, s.forged("SpectroCoin does not know the order")
	}
	known = true
	if err != nil {
		return source.Event{}, s.later(err)
	}
	found, err := readOrder(reply, id, s.translate.zone)
	if found.project != "" && !same(found.project, s.project) {
		known = false
		return source.Event{}, s.forged("the order is another project's")
	}
	if found.status == "" {
		return source.Event{}, s.later(s.malformed(readOp, err))
	}
	return source.Event{ID: aboutOrder + key + "/" + found.status, Type: "order." + found.status,
		At: first(found.updated, found.paid), About: []string{aboutOrder + id}}, nil
}

// Follow reads the orders that events are about.
func (s *SpectroCoin) Follow(ctx context.Context, about []string, books source.Books,
	keep func(source.Page) error) error {
	var to loaded
	want := map[string]bool{}
	var requests [][2]string
	about = slices.Sorted(slices.Values(about))
	for _, a := range slices.Compact(about) {
		if id, ok := strings.CutPrefix(a, aboutOrder); ok {
			known, err := s.one(ctx, id, &to)
			if err != nil {
				return err
			}
			if known {
				want[to.orders[len(to.orders)-1].id] = true
			}
		}
		if key, ok := strings.CutPrefix(a, aboutRequest); ok {
			request, ref, _ := strings.Cut(key, "/")
			request, _ = url.PathUnescape(request)
			ref, _ = url.PathUnescape(ref)
			requests = append(requests, [2]string{request, ref})
		}
	}
	from, credited := s.reach(&to, len(requests) > 0)
	if credited || len(requests) > 0 {
		if err := s.around(ctx, from, &to); err != nil {
			return err
		}
	}
	for _, r := range requests {
		for _, o := range to.orders {
			if o.request != "" && o.request == r[0] || o.request == "" && r[1] != "" && o.ref == r[1] {
				want[o.id] = true
			}
		}
	}
	return s.followed(ctx, want, &to, from, books, keep)
}

// reach is the moment from which orders and the wallet must be read to tell what belongs to the
// orders that were followed, and whether the wallet can say anything of them.
func (s *SpectroCoin) reach(to *loaded, forms bool) (book.Instant, bool) {
	from, credited := s.now(), false
	if forms {
		from -= lateness + overlap
	}
	for _, o := range to.orders {
		from = min(from, o.created)
		credited = credited || o.state() == book.Succeeded
	}
	return max(0, from-lateness), credited
}

// around reads the list of orders and the wallet from a moment on, beside the orders read already.
func (s *SpectroCoin) around(ctx context.Context, from book.Instant, to *loaded) error {
	var err error
	if to.ledger, err = s.probe(ctx, from); err != nil {
		return err
	}
	// What was read by its id is newer than the list.
	newer := map[string]bool{}
	for _, o := range to.orders {
		newer[o.id] = true
	}
	var listed loaded
	if err := s.list(ctx, from, &listed); err != nil {
		return err
	}
	for _, o := range listed.orders {
		if !newer[o.id] {
			to.orders = append(to.orders, o)
		}
	}
	return nil
}

// followed hands over the records of the wanted orders, on one page.
func (s *SpectroCoin) followed(ctx context.Context, want map[string]bool, to *loaded,
	from book.Instant, books source.Books, keep func(source.Page) error) error {
	to.settle()
	page := source.Page{Stage: stages[stageOrders], StageOf: 1, Stages: 1}
	for _, bad := range to.bad {
		page.Rejects = append(page.Rejects, s.rejected(bad))
	}
	for _, o := range to.orders {
		if !want[o.id] {
			continue
		}
		xs, gone, err := s.records(ctx, books, o, to, from)
		if err != nil {
			return err
		}
		page.Records.Transactions = append(page.Records.Transactions, xs...)
		page.Records.Gone = append(page.Records.Gone, gone...)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	page.Done = page.Records.Len()
	if page.Done == 0 && len(page.Rejects) == 0 && len(page.Records.Gone) == 0 {
		return nil
	}
	return keep(page)
}
