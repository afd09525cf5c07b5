package app

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"countinghouse/app/book"
	"countinghouse/app/money"
)

func offer(t testing.TB, m *Month, x book.Exception, r book.Resolution) Offer {
	t.Helper()
	for _, o := range m.Offers(x) {
		if o.Resolution == r {
			return o
		}
	}
	t.Fatalf("%s is not offered for %s %s: %+v", r, x.Class, x.ID, m.Offers(x))
	return Offer{}
}

func refused(t testing.TB, a *App, q ResolveRequest, want string) {
	t.Helper()
	r, err := a.Resolve(context.Background(), q)
	said := ""
	if err != nil {
		said = err.Error()
	}
	for _, why := range r.Refused {
		said += why
	}
	if len(r.Done) > 0 || !strings.Contains(said, want) {
		t.Errorf("%+v was done: %v; refused with %q, want %q", q, r.Done, said, want)
	}
}

func undo(t testing.TB, a *App) Event {
	t.Helper()
	e, err := a.Undo(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// TestAnActionIsFiledOnce files the correction of a wrong amount: nothing is sent, the exception waits,
// a second action is refused, and cancelling opens the exception again.
func TestAnActionIsFiledOnce(t *testing.T) {
	ctx, a := context.Background(), openSmall(t)
	m := run(t, a)
	x := only(t, m, book.A4, "billing:payment/991")
	o := offer(t, m, x, book.CorrectPayment)
	if o.Title != "Correct payment to 114.00" || !o.Acts ||
		o.Effect != "Reopens invoice 10482 with 6.00 due. Needs a second person." {
		t.Errorf("offered is %+v", o)
	}
	if o := offer(t, m, x, book.WriteOff); o.Blocked != "Not for A4: correct the amount first, the rest becomes A1." {
		t.Errorf("a write-off is %+v", o)
	}
	r := resolve(t, a, ResolveRequest{Exceptions: []string{x.ID[:6]}, As: book.CorrectPayment, Reason: "short"})
	if len(r.Intents) != 1 || r.Intents[0].State != book.IntentAwaiting || r.Intents[0].Amount != eur(11400) ||
		r.Intents[0].Live != true || r.Intents[0].Provider != "billing" {
		t.Errorf("filed is %+v", r.Intents)
	}
	m = run(t, a)
	if x = only(t, m, book.A4, "billing:payment/991"); x.Status != book.Waiting || len(m.Filed[x.ID]) != 1 {
		t.Errorf("the exception is %+v", x)
	}
	refused(t, a, ResolveRequest{Exceptions: []string{x.ID}, As: book.CreditCustomer}, "filed already")
	if err := a.CancelAction(ctx, r.Intents[0].ID[:8], "not now"); err != nil {
		t.Fatal(err)
	}
	if x = only(t, run(t, a), book.A4, "billing:payment/991"); x.Status != book.Open {
		t.Errorf("after cancelling it is %s", x.Status)
	}
	r = resolve(t, a, ResolveRequest{Exceptions: []string{x.ID}, As: book.CorrectPayment})
	undo(t, a)
	list, err := a.Actions(ctx, "")
	if err != nil || len(list) != 2 || list[0].State != book.IntentCancelled || list[0].ID == list[1].ID {
		t.Errorf("actions are %+v, %v", list, err)
	}
}

// TestWriteOffsHaveALimit writes off within one person's limit, and above it with a second person only;
// what was written off stays so until its amount changes.
func TestWriteOffsHaveALimit(t *testing.T) {
	dir := t.TempDir()
	ann, bob := smallBooks(t, "ann", dir), smallBooks(t, "bob", dir)
	fill(t, ann)
	m := run(t, ann)
	small, large := only(t, m, book.A1, "billing:payment/992"), only(t, m, book.A1, "billing:payment/993")
	off := ResolveRequest{Exceptions: []string{small.ID, large.ID}, As: book.WriteOff, Code: book.Goodwill,
		Reason: "an old customer"}
	bare := off
	bare.Code = ""
	refused(t, ann, bare, "reason code")
	resolve(t, ann, off)
	m = run(t, ann)
	if s := only(t, m, book.A1, "billing:payment/992").Status; s != book.Explained {
		t.Errorf("4.00 is %s", s)
	}
	if s := only(t, m, book.A1, "billing:payment/993").Status; s != book.Waiting {
		t.Errorf("50.00 is %s", s)
	}
	off.Exceptions = []string{large.ID}
	refused(t, ann, off, "second person")
	if o := offer(t, m, large, book.WriteOff); !strings.Contains(o.Blocked, "second person") {
		t.Errorf("ann is offered %+v", o)
	}
	resolve(t, bob, off)
	if s := only(t, run(t, ann), book.A1, "billing:payment/993").Status; s != book.Explained {
		t.Errorf("confirmed by bob it is %s", s)
	}
	if _, err := ann.Undo(context.Background()); err == nil || !strings.Contains(err.Error(), "went on") {
		t.Errorf("ann took back what bob confirmed: %v", err)
	}
	refused(t, ann, ResolveRequest{Exceptions: []string{small.ID}, As: book.WriteOff, Code: book.Rounding},
		"take that back first")
	r := smallRecords()
	r.Payments[1].Amount = eur(9500)
	if _, err := ann.store.Apply(context.Background(), "billing",
		book.Records{Payments: r.Payments[1:2]}, nil, "", 2); err != nil {
		t.Fatal(err)
	}
	for _, x := range run(t, ann).All {
		if slices.Contains(x.Items, "billing:payment/992") && x.Status == book.Explained {
			t.Errorf("what was written off changed, and stays written off: %+v", x)
		}
	}
}

// TestMatchingByHand matches one line with two invoices, which leaves a rest by name, with three, and with
// a part of one; each money is used once, and taking all back leads to the beginning.
func TestMatchingByHand(t *testing.T) {
	a := openSmall(t)
	first := run(t, a)
	start := listing(first)
	hand := func(left ...book.ItemID) ResolveRequest {
		return ResolveRequest{As: book.MatchByHand, Left: left, Right: []book.ItemID{"operating:L2"}}
	}
	r := resolve(t, a, hand("billing:invoice/10455", "billing:invoice/10461"))
	if len(r.Done) != 1 || r.Done[0] != only(t, first, book.D8, "operating:L2").ID {
		t.Errorf("settled are %v", r.Done)
	}
	m := run(t, a)
	if x := only(t, m, book.M7, "operating:L2"); x.Amount != eur(10000) {
		t.Errorf("left is %+v", x)
	}
	if n := strings.Count(listing(m), "D8 "); n != 0 {
		t.Errorf("the suggestion is still there:\n%s", listing(m))
	}
	settled := func(want ...string) {
		t.Helper()
		var got []string
		for _, x := range run(t, a).Filter(ExceptionFilter{Status: book.Resolved}) {
			if got = append(got, x.ID); x.Status != book.Resolved {
				t.Errorf("%s is %s", x.ID, x.Status)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("settled are %v, want %v", got, want)
		}
	}
	settled(r.Done...)
	past, err := a.History(t.Context(), r.Done[0])
	if err != nil || past[len(past)-1].Kind != book.EventKind(book.MatchByHand) {
		t.Errorf("what is told of it: %+v, %v", past, err)
	}
	refused(t, a, hand("billing:invoice/10455"), "already matched with bank line of 2026-10-23")
	undo(t, a)
	if got := listing(run(t, a)); got != start {
		t.Errorf("after undo\n%s\nwant\n%s", got, start)
	}
	settled()
	resolve(t, a, hand("billing:invoice/10455", "billing:invoice/10461", "billing:invoice/10470"))
	if got := listing(run(t, a)); strings.Contains(got, "operating:L2]\n") {
		t.Errorf("something is left:\n%s", got)
	}
	undo(t, a)
	q := hand("billing:invoice/10458")
	q.Uses = append(q.Uses, eur(20000), eur(44801))
	refused(t, a, q, "has 448.00 EUR left")
	q.Uses = []money.Money{eur(20000), eur(20000)}
	resolve(t, a, q)
	q = hand("billing:invoice/10455", "billing:invoice/10461")
	q.Uses = []money.Money{eur(19900), eur(4900), eur(24800)}
	resolve(t, a, q)
	m = run(t, a)
	if x := only(t, m, book.A1, "billing:invoice/10458"); x.Amount != eur(79600-44800) {
		t.Errorf("the line was divided among three, and left is %+v", x)
	}
	undo(t, a)
	undo(t, a)
	if got := listing(run(t, a)); got != start {
		t.Errorf("after undo\n%s\nwant\n%s", got, start)
	}
}

// TestAnotherPairInThePlaceOfOne gives a payment another charge than the automatic one: the old pair is
// rejected in the same step, and what was said of it is gone.
func TestAnotherPairInThePlaceOfOne(t *testing.T) {
	a := openSmall(t)
	x := only(t, run(t, a), book.A4, "billing:payment/991")
	refused(t, a, ResolveRequest{Exceptions: []string{x.ID}, As: book.MatchByHand,
		Left: []book.ItemID{"stripe:ch_2"}}, "already matched with payment 992")
	refused(t, a, ResolveRequest{Exceptions: []string{x.ID}, As: book.MatchByHand,
		Left: []book.ItemID{"stripe:ch_404"}}, "no record stripe:ch_404")
	resolve(t, a, ResolveRequest{Exceptions: []string{x.ID}, As: book.MatchByHand,
		Left: []book.ItemID{"operating:L1"}})
	m := run(t, a)
	if got := listing(m); strings.Contains(got, "[billing:payment/991] = [stripe:ch_58214]") {
		t.Errorf("the automatic pair is still there:\n%s", got)
	}
}

// TestWaiting waits until a date and is open again after it; timing can do nothing else.
func TestWaiting(t *testing.T) {
	dir := t.TempDir()
	a := smallBooks(t, "ann", dir)
	fill(t, a)
	x := only(t, run(t, a), book.M5, "operating:L1")
	ask := ResolveRequest{Exceptions: []string{x.ID}, As: book.Query}
	refused(t, a, ask, "until when")
	ask.Until = on("2026-11-01")
	refused(t, a, ask, "is over")
	ask.Until = on("2026-11-10")
	resolve(t, a, ask)
	if s := only(t, run(t, a), book.M5, "operating:L1").Status; s != book.Waiting {
		t.Errorf("asked it is %s", s)
	}
	later := time.Date(2026, 11, 11, 8, 0, 0, 0, time.UTC)
	a.now = func() time.Time { return later }
	if s := only(t, run(t, a), book.M5, "operating:L1").Status; s != book.Open {
		t.Errorf("after the date it is %s", s)
	}
}

// TestNotesAndEvidence keeps a file under its digest, however it is called, and tells the history.
func TestNotesAndEvidence(t *testing.T) {
	ctx, a := context.Background(), openSmall(t)
	x := only(t, run(t, a), book.M8, "billing:invoice/10499")
	file := filepath.Join(t.TempDir(), "mail from client.txt")
	if err := os.WriteFile(file, []byte("we paid in cash"), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := a.Note(ctx, x.ID[:8], "see the mail", []string{file}); err != nil {
		t.Fatal(err)
	}
	if err := a.Assign(ctx, []string{x.ID}, "bob", on("2026-11-07")); err != nil {
		t.Fatal(err)
	}
	resolve(t, a, ResolveRequest{Exceptions: []string{x.ID}, As: book.Explain, Reason: "cash",
		Evidence: []string{file}})
	events, err := a.History(ctx, x.ID)
	if err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for _, e := range events {
		kinds = append(kinds, string(e.Kind))
	}
	if got := strings.Join(kinds, " "); got != "record record detected note assign explain" {
		t.Errorf("the history is %s", got)
	}
	kept := events[3].Evidence[0]
	r, err := a.OpenEvidence(kept)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if text, _ := io.ReadAll(r); string(text) != "we paid in cash" || kept.Name != "mail from client.txt" {
		t.Errorf("kept is %+v with %q", kept, text)
	}
	info, err := os.Stat(filepath.Join(a.dir(), evidenceDir, kept.Digest))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the kept file is %v, %v", info, err)
	}
	for _, digest := range []string{"../countinghouse.toml", "", strings.Repeat("A", 64)} {
		if _, err := a.OpenEvidence(book.Evidence{Digest: digest}); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%q was opened: %v", digest, err)
		}
	}
	to := t.TempDir()
	path, err := a.CopyEvidence(book.Evidence{Digest: kept.Digest, Name: "../../x.sh"}, to)
	if err != nil || filepath.Dir(path) != to {
		t.Errorf("copied to %s, %v", path, err)
	}
	big := filepath.Join(t.TempDir(), "big")
	if err := os.WriteFile(big, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(big, evidenceLimit+1); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{big, t.TempDir(), file + ".no"} {
		if err := a.Note(ctx, x.ID, "n", []string{path}); err == nil {
			t.Errorf("%s was kept", path)
		}
	}
	owners, err := a.Owners(ctx)
	if err != nil || !slices.Equal(owners, []string{"ann", "bob"}) {
		t.Errorf("owners are %v, %v", owners, err)
	}
	m := run(t, a)
	if list := m.Filter(ExceptionFilter{Owner: "bob", DueBy: on("2026-11-07")}); len(list) != 1 {
		t.Errorf("bob has %v", list)
	}
	if list := m.Filter(ExceptionFilter{Owner: "bob", DueBy: on("2026-11-06")}); len(list) != 0 {
		t.Errorf("by the 6th bob has %v", list)
	}
	undo(t, a)
	undo(t, a)
	undo(t, a)
	events, _ = a.History(ctx, x.ID)
	if n := len(events); n != 9 || events[3].UndoneBy == 0 {
		t.Errorf("after undo there are %d events, and the note is undone by %d", n, events[3].UndoneBy)
	}
}

// TestTwoAtOnce lets two people decide about one exception from the same look at the books.
func TestTwoAtOnce(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	ann, bob := smallBooks(t, "ann", dir), smallBooks(t, "bob", dir)
	fill(t, ann)
	m := run(t, ann)
	x := only(t, m, book.M5, "operating:L1")
	look, err := bob.bench(ctx)
	if err != nil {
		t.Fatal(err)
	}
	q := ResolveRequest{Exceptions: []string{x.ID}, As: book.Explain, Reason: "a gift"}
	resolve(t, ann, q)
	step := look.step()
	e, err := look.plan(x, q)
	if err != nil {
		t.Fatal(err)
	}
	step.Events = append(step.Events, e)
	if _, err := bob.act(ctx, step); err == nil || !strings.Contains(err.Error(), "meanwhile") {
		t.Errorf("bob came second and got %v", err)
	}
	refused(t, bob, q, "Explained by ann on 2026-11-20")
}

// TestCandidates ranks what may explain a transfer, and finds the ways from a selection to zero.
func TestCandidates(t *testing.T) {
	a := openSmall(t)
	m := run(t, a)
	list := m.Candidates("operating:L2")
	if len(list) < 4 || len(list[0].Items) != 3 || list[0].Difference.Minor != 0 {
		t.Fatalf("candidates are %+v", list)
	}
	same := slices.IndexFunc(list, func(c Candidate) bool { return slices.Equal(c.Items, ids("billing:invoice/10458")) })
	if same < 0 || list[same].Detail != "Weak: amount only" ||
		!slices.Contains(list[same].Facts, CandidateFact{"Another customer's account", false}) {
		t.Errorf("the invoice of the same amount is %+v", list[max(same, 0)])
	}
	ways := m.Ways(ids("billing:invoice/10455", "billing:invoice/10461"), ids("operating:L2"))
	var titles []string
	for _, w := range ways {
		titles = append(titles, w.Title)
	}
	want := "Add invoice 10470, Invoice 10458 alone, Keep 100.00 as client credit"
	if got := strings.Join(titles, ", "); got != want {
		t.Errorf("ways are %s, want %s", got, want)
	}
	x := only(t, m, book.D8, "operating:L2")
	resolve(t, a, ResolveRequest{Exceptions: []string{x.ID}, As: book.RejectMatch})
	list = run(t, a).Candidates("operating:L2")
	if last := list[len(list)-1]; !last.Rejected || len(last.Items) != 3 {
		t.Errorf("the rejected set is not last: %+v", list)
	}
}

func ids(list ...book.ItemID) []book.ItemID { return list }

func TestFind(t *testing.T) {
	m := run(t, openSmall(t))
	for text, want := range map[string]book.ItemID{"10482": "billing:invoice/10482", "ch_9": "stripe:ch_9",
		"CH_9": "stripe:ch_9", "448.00": "operating:L2", "448,00": "operating:L2", "$448": "operating:L2",
		"dental 64": "operating:L0", "wexmoor": "billing:payment/991", "#991": "billing:payment/991",
		"hosting sep": "operating:L2", "billing:invoice/10455": "billing:invoice/10455",
		"tallowgate 312": "operating:L1"} {
		if got := m.Find(text); len(got) == 0 || got[0].Item != want {
			t.Errorf("%q finds %+v, want %s first", text, got, want)
		}
	}
	for _, text := range []string{"", "   ", "nothing like it", "448.01"} {
		if got := m.Find(text); len(got) != 0 {
			t.Errorf("%q finds %+v", text, got)
		}
	}
	if got := m.Find("operating:L2"); len(got) != 1 || len(got[0].Exceptions) != 1 {
		t.Errorf("the line is in %+v", got)
	}
}

// TestStepsAndTheirUndo does random things and takes all back: the engine's invariants hold after each
// step, the books check out, and in the end everything is as it was.
func TestStepsAndTheirUndo(t *testing.T) {
	ctx := context.Background()
	rapid.Check(t, func(rt *rapid.T) {
		a := openSmall(t)
		start := listing(run(t, a))
		items := []book.ItemID{"operating:L1", "operating:L2", "billing:invoice/10455", "billing:invoice/10461",
			"billing:invoice/10470", "billing:invoice/10458", "billing:payment/991", "stripe:ch_9", "stripe:ch_2",
			"billing:invoice/10466"}
		steps := 0
		for range rapid.IntRange(1, 8).Draw(rt, "steps") {
			if steps > 0 && rapid.IntRange(0, 3).Draw(rt, "undo") == 0 {
				undo(t, a)
				steps--
				run(t, a)
				continue
			}
			all := run(t, a).All
			x := all[rapid.IntRange(0, len(all)-1).Draw(rt, "exception")]
			q := ResolveRequest{Exceptions: []string{x.ID}, Reason: "because", Code: book.OtherReason,
				Until: on("2026-12-01"),
				As:    book.Resolutions[rapid.IntRange(0, len(book.Resolutions)-1).Draw(rt, "as")].Resolution}
			for range rapid.IntRange(0, 3).Draw(rt, "with") {
				q.Left = append(q.Left, items[rapid.IntRange(0, len(items)-1).Draw(rt, "item")])
			}
			r, err := a.Resolve(ctx, q)
			if err != nil {
				rt.Fatalf("%+v: %v", q, err)
			}
			if r.Event != 0 {
				steps++
			}
			run(t, a)
			if found, err := a.store.Check(ctx); err != nil || len(found) > 0 {
				rt.Fatalf("after %+v: %v, %v", q, found, err)
			}
		}
		for range steps {
			undo(t, a)
		}
		if _, err := a.Undo(ctx); !errors.Is(err, errNothingToUndo) {
			rt.Fatalf("one more step was taken back: %v", err)
		}
		if got := listing(run(t, a)); got != start {
			rt.Fatalf("after all undone\n%s\nwant\n%s", got, start)
		}
	})
}

// TestMembersOfAPayout chooses what a payout consists of that nobody states: it must come out to the cent,
// each movement is used once, and the exception is gone.
func TestMembersOfAPayout(t *testing.T) {
	ctx, a := context.Background(), openSmall(t)
	if _, err := a.store.Apply(ctx, "stripe", book.Records{Payouts: []book.Payout{
		{ID: "stripe:po_1", Source: "stripe", State: book.PayoutPaid, Amount: eur(24600), SentAt: noon(20),
			ArrivesOn: on("2026-10-21"), Members: book.MembersUnstated},
		{ID: "stripe:po_2", Source: "stripe", State: book.PayoutPaid, Amount: eur(4900), SentAt: noon(21),
			ArrivesOn: on("2026-10-22"), Members: book.MembersUnstated}}}, nil, "", 2); err != nil {
		t.Fatal(err)
	}
	m := run(t, a)
	x := only(t, m, book.M6, "stripe:po_1")
	list := m.Candidates("stripe:po_1")
	if len(list) == 0 || !slices.Equal(list[0].Items, ids("stripe:ch_2", "stripe:ch_3")) {
		t.Errorf("candidates are %+v", list)
	}
	q := ResolveRequest{Exceptions: []string{x.ID}, As: book.MatchByHand, Left: ids("stripe:ch_2", "stripe:ch_4")}
	refused(t, a, q, "come to 135.00 EUR and the payout is 246.00 EUR")
	q.Left = ids("stripe:ch_2", "stripe:ch_2")
	refused(t, a, q, "chosen twice")
	q.Left = ids("stripe:ch_2", "stripe:ch_3")
	resolve(t, a, q)
	after := listing(run(t, a))
	if strings.Contains(after, "M6 246.00") || strings.Contains(after, "M3 96.00") {
		t.Errorf("still there:\n%s", after)
	}
	y := only(t, m, book.M6, "stripe:po_2")
	refused(t, a, ResolveRequest{Exceptions: []string{y.ID}, As: book.MatchByHand, Left: ids("stripe:ch_2")},
		"already matched with Stripe payout po_1")
}

// TestUnlikeRecordsAreNotMatched refuses sides that do not belong on any leg, and several lines of
// currencies.
func TestUnlikeRecordsAreNotMatched(t *testing.T) {
	a := openSmall(t)
	for _, q := range []ResolveRequest{
		{As: book.MatchByHand, Left: ids("billing:invoice/10455"), Right: ids("billing:invoice/10461")},
		{As: book.MatchByHand, Left: ids("operating:L1"), Right: ids("stripe:ch_9")},
		{As: book.MatchByHand, Left: ids("operating:L1"), Right: ids("operating:L2")},
	} {
		refused(t, a, q, "annot be matched: choose invoices or payments on one side")
	}
}

// TestDrafts keeps a half-finished match, changes it, drops it, and brings it back.
func TestDrafts(t *testing.T) {
	ctx, a := context.Background(), openSmall(t)
	if _, err := a.SaveDraft(ctx, Draft{Title: "empty"}); err == nil {
		t.Error("an empty draft was kept")
	}
	part := []money.Money{eur(12300)}
	id, err := a.SaveDraft(ctx, Draft{Title: "Pellgrove", Left: ids("billing:invoice/10455"), Uses: part})
	if err != nil || id != 1 {
		t.Fatalf("draft %d, %v", id, err)
	}
	if _, err := a.SaveDraft(ctx, Draft{ID: id, Title: "Pellgrove", Right: ids("operating:L2")}); err != nil {
		t.Fatal(err)
	}
	if err := a.DropDraft(ctx, id); err != nil {
		t.Fatal(err)
	}
	if err := a.DropDraft(ctx, id); err == nil {
		t.Error("a draft was dropped twice")
	}
	if next, err := a.SaveDraft(ctx, Draft{Left: ids("stripe:ch_9")}); err != nil || next != 2 {
		t.Errorf("the next draft is %d, %v", next, err)
	}
	undo(t, a)
	undo(t, a)
	undo(t, a)
	list, err := a.Drafts(ctx)
	if err != nil || len(list) != 1 || len(list[0].Left) != 1 || len(list[0].Right) != 0 ||
		!slices.Equal(list[0].Uses, part) {
		t.Errorf("drafts are %+v, %v", list, err)
	}
}
