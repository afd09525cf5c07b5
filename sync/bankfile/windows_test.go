package bankfile

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"countinghouse/app/book"
	"countinghouse/app/money"
	"countinghouse/sync/world"
	"pgregory.net/rapid"
)

// shelf is the books of one account as app keeps them: what an import adds stays under its id.
type shelf struct {
	lines      map[book.ItemID]book.BankLine
	statements []book.Statement
}

func newShelf() *shelf { return &shelf{lines: map[book.ItemID]book.BankLine{}} }

// sorted are the lines by id, those that want selects.
func (s *shelf) sorted(want func(l *book.BankLine) bool) []book.BankLine {
	var out []book.BankLine
	for _, id := range slices.Sorted(maps.Keys(s.lines)) {
		if l := s.lines[id]; want(&l) {
			out = append(out, l)
		}
	}
	return out
}

// take imports a file, and says how many lines were new.
func (s *shelf) take(f File) (added int, err error) {
	taken := map[book.ItemID]bool{}
	type change struct {
		fresh   []book.BankLine
		settled []book.ItemID
	}
	var all []change
	for _, p := range f.Statements {
		wanted := map[book.ItemID]bool{}
		for _, l := range p.Lines {
			wanted[l.ID] = true
		}
		existing := s.sorted(func(l *book.BankLine) bool {
			return !taken[l.ID] && (wanted[l.ID] || l.On >= p.FromOn-Nearby && l.On <= p.ToOn+Nearby)
		})
		fresh, known, err := Merge(existing, p)
		if err != nil {
			return 0, err
		}
		for _, l := range known {
			taken[l.ID] = true
		}
		c := change{fresh: fresh}
		if !slices.ContainsFunc(s.statements, func(o book.Statement) bool { return o.ID == p.ID }) {
			c.settled = Settled(s.sorted(func(l *book.BankLine) bool { return l.Pending }), p, fresh, known)
		}
		all = append(all, c)
	}
	for i, c := range all {
		for _, id := range c.settled {
			delete(s.lines, id)
		}
		for _, l := range c.fresh {
			if old, ok := s.lines[l.ID]; ok {
				return 0, fmt.Errorf("%s is %+v already, and %+v", l.ID, old, l)
			}
			s.lines[l.ID] = l
		}
		added += len(c.fresh)
		s.statements = append(s.statements, f.Statements[i].Statement)
	}
	return added, nil
}

// moves counts the booked lines of days by day and amount.
func (s *shelf) moves() map[move]int {
	out := map[move]int{}
	for _, l := range s.lines {
		if !l.Pending {
			out[move{l.On, l.Amount}]++
		}
	}
	return out
}

// window is a statement of the pretend bank: days, a format, and how it came to us.
type window struct {
	from, to book.Date
	format   world.StatementFormat
	way      int
	// words is how the bank puts the lines into words in this channel.
	words int
	// noon is how many lines of the last day there are yet, -1 for all.
	noon int
}

// ways are what happens to a file on its way, which changes nothing of what it says.
var ways = []func(text string, f world.StatementFormat) string{
	func(text string, _ world.StatementFormat) string { return text },
	func(text string, f world.StatementFormat) string { return withLineEnds(text, f) },
	func(text string, f world.StatementFormat) string {
		if f.Name == "csv" {
			return "\uFEFF" + text
		}
		return text
	},
	func(text string, f world.StatementFormat) string {
		if f.Name != "csv" {
			return text
		}
		rows := strings.SplitAfter(strings.TrimSuffix(text, "\r\n")+"\r\n", "\r\n")
		rows = rows[:len(rows)-1]
		slices.Reverse(rows[1:])
		return strings.Join(rows, "")
	},
}

func withLineEnds(text string, f world.StatementFormat) string {
	if f.Name == "xlsx" {
		return text
	}
	if strings.Contains(text, "\r\n") {
		return strings.ReplaceAll(text, "\r\n", "\n")
	}
	return strings.ReplaceAll(text, "\n", "\r\n")
}

// written is the file of a window, "" where it has no line.
func (w window) written(t testing.TB, a *world.Account) string {
	t.Helper()
	cut := *a
	if w.noon >= 0 {
		first := slices.IndexFunc(a.Lines, func(l world.BankLine) bool { return l.On >= w.to })
		if first < 0 {
			first = len(a.Lines)
		}
		last := first
		for last < len(a.Lines) && a.Lines[last].On == w.to && last < first+w.noon {
			last++
		}
		cut.Lines = a.Lines[:last]
	}
	if !slices.ContainsFunc(cut.Lines, func(l world.BankLine) bool { return l.On >= w.from && l.On <= w.to }) {
		return ""
	}
	var b bytes.Buffer
	if err := w.format.Write(&cut, &b, w.from, w.to, (w.to + 1).Start(time.UTC)); err != nil {
		t.Fatal(err)
	}
	return ways[w.way](b.String(), w.format)
}

// readWindow reads it, and answers what it asks as the bank would.
func readWindow(t testing.TB, text string, w window, o Options) File {
	t.Helper()
	f, err := Read(ctx, strings.NewReader(text), "statement."+w.format.Ext, o)
	ask, ok := errors.AsType[*Ask](err)
	for ok {
		p := f.Profile
		for _, q := range ask.Questions {
			answer := q.Answers[0].Value
			for _, x := range q.Answers {
				if w.answers(q, x.Value) {
					answer = x.Value
				}
			}
			if p, err = p.With(q.Topic, answer); err != nil {
				t.Fatal(err)
			}
		}
		o.Profile = &p
		f, err = Read(ctx, strings.NewReader(text), "statement."+w.format.Ext, o)
		ask, ok = errors.AsType[*Ask](err)
	}
	if err != nil {
		t.Fatalf("%s of %s to %s: %v", w.format.Name, w.from, w.to, err)
	}
	return f
}

// answers says that a value is how the pretend bank writes the format.
func (w window) answers(q Question, value string) bool {
	return q.Topic == AskDates && (w.format.Name == "qif") == (value == "mdy")
}

// wordings are how banks put the same lines in other channels; nil as the pretend bank writes them.
var wordings = []func(l *book.BankLine){
	nil,
	// MT940: capitals, umlauts as two letters, no blanks, cut off, a reference that is the same for all.
	func(l *book.BankLine) {
		text := strings.NewReplacer("Ä", "AE", "Ö", "OE", "Ü", "UE", "ß", "SS").
			Replace(strings.ToUpper(l.Text + l.Reference))
		l.Text = cutTo(strings.ReplaceAll(text, " ", ""), 27)
		l.Counterparty, l.Reference, l.BankID = cutTo(strings.ToUpper(l.Counterparty), 27), "", "NONREF1"
	},
	// An interim report: references of its own, no letters but ASCII.
	func(l *book.BankLine) {
		ascii := func(s string) string {
			return strings.Map(func(r rune) rune {
				if r > 126 {
					return '?'
				}
				return r
			}, s)
		}
		l.Counterparty, l.Text = ascii(l.Counterparty), ascii(l.Text)
		if l.BankID != "" {
			l.BankID = "IR" + l.BankID
		}
	},
	// A table with one column of text.
	func(l *book.BankLine) {
		l.Text = "BOOKED " + strings.ToUpper(l.Counterparty) + " " + l.Text + " " + l.Reference
		l.Counterparty, l.CounterpartyAccount, l.Reference, l.BankID = "", "", "", ""
	},
}

func cutTo(s string, n int) string {
	r := []rune(s)
	return string(r[:min(n, len(r))])
}

// reworded is a file as another channel of the bank would have it.
func reworded(f File, words int) File {
	if wordings[words] == nil {
		return f
	}
	f.Statements = slices.Clone(f.Statements)
	var all []book.BankLine
	for i := range f.Statements {
		p := &f.Statements[i]
		p.Lines, p.file = slices.Clone(p.Lines), map[book.ItemID]bool{}
		for j := range p.Lines {
			wordings[words](&p.Lines[j])
		}
		all = append(all, p.Lines...)
	}
	Identify(all)
	for i := range f.Statements {
		p := &f.Statements[i]
		p.ID += book.ItemID(fmt.Sprint("/", words))
		copy(p.Lines, all[:len(p.Lines)])
		all = all[len(p.Lines):]
	}
	return f
}

func drawWindow(r *rapid.T, from, to book.Date) window {
	w := window{noon: -1}
	w.from = from + book.Date(rapid.IntRange(0, int(to-from)).Draw(r, "from"))
	w.to = min(to, w.from+book.Date(rapid.IntRange(0, 20).Draw(r, "days")))
	w.format = world.StatementFormats[rapid.IntRange(0, len(world.StatementFormats)-1).Draw(r, "format")]
	w.words = rapid.IntRange(0, len(wordings)-1).Draw(r, "words")
	w.way = rapid.IntRange(0, len(ways)-1).Draw(r, "way")
	if rapid.IntRange(0, 3).Draw(r, "part of a day") == 0 {
		w.noon = rapid.IntRange(0, 3).Draw(r, "lines by noon")
	}
	return w
}

// TestEveryLineOnce cuts pretend banks' statements into overlapping windows, in any format and order,
// some of them twice, some made before the last day was over: in the end the books have every line
// of the days that were told of once, two equal ones twice, and no line has changed its id.
func TestEveryLineOnce(t *testing.T) {
	var accounts []*world.Account
	for seed := range uint64(3) {
		w := world.Build(world.Options{Seed: 11 + seed, Customers: 120, Month: book.MonthOf(book.NewDate(2026, 10, 1))})
		accounts = append(accounts, &w.Accounts[0], equalRows(&w.Accounts[0]))
	}
	from, to := book.NewDate(2026, 10, 1), book.NewDate(2026, 10, 31)
	rapid.Check(t, func(r *rapid.T) {
		a := accounts[rapid.IntRange(0, len(accounts)-1).Draw(r, "account")]
		o := Options{Account: a.Name, Currency: a.Currency, Number: a.IBAN}
		books, want := newShelf(), map[move]int{}
		var files []File
		for range rapid.IntRange(2, 7).Draw(r, "windows") {
			w := drawWindow(r, from, to)
			text := w.written(t, a)
			if text == "" {
				continue
			}
			f := reworded(readWindow(t, text, w, o), w.words)
			ids := maps.Clone(books.lines)
			if _, err := books.take(f); err != nil {
				r.Fatalf("%s, %s to %s, %d by noon: %v", w.format.Name, w.from, w.to, w.noon, err)
			}
			for id, l := range ids {
				if now, ok := books.lines[id]; !ok || now.On != l.On || now.Amount != l.Amount {
					r.Fatalf("%s was %+v and is %+v", id, l, now)
				}
			}
			told(want, a, w)
			if got := books.moves(); !maps.Equal(got, want) {
				r.Fatalf("after %s of %s to %s, %d by noon: %s", w.format.Name, w.from, w.to, w.noon, differing(got, want))
			}
			files = append(files, f)
		}
		for _, f := range files {
			if n, err := books.take(f); n != 0 || err != nil {
				r.Fatalf("%s a second time: %d new, %v", f.Format, n, err)
			}
		}
	})
}

// told counts what a window tells of beside what was told before.
func told(want map[move]int, a *world.Account, w window) {
	now, today := map[move]int{}, 0
	for _, l := range a.Lines {
		if l.On < w.from || l.On > w.to {
			continue
		}
		if l.On == w.to {
			if today++; w.noon >= 0 && today > w.noon {
				continue
			}
		}
		now[move{l.On, l.Amount}]++
	}
	for k, n := range now {
		want[k] = max(want[k], n)
	}
}

func differing(got, want map[move]int) string {
	var b strings.Builder
	for k := range want {
		if got[k] != want[k] {
			fmt.Fprintf(&b, "%s %s: %d, want %d; ", k.on, k.m, got[k], want[k])
		}
	}
	for k, n := range got {
		if want[k] == 0 {
			fmt.Fprintf(&b, "%s %s: %d too many; ", k.on, k.m, n)
		}
	}
	return b.String()
}

// equalRows is an account whose bank gives no line a reference of its own, and which has days with
// many equal lines.
func equalRows(a *world.Account) *world.Account {
	out := *a
	out.Lines = slices.Clone(a.Lines)
	for i := range out.Lines {
		out.Lines[i].BankID = ""
	}
	for _, day := range []int{5, 6, 14, 28} {
		on := book.NewDate(2026, 10, day)
		for range day {
			out.Lines = append(out.Lines, world.BankLine{On: on, ValueOn: on, Amount: money.New(-450, a.Currency),
				Counterparty: "Café am Markt", Text: "KARTENZAHLUNG CAFÉ"})
		}
	}
	slices.SortStableFunc(out.Lines, func(a, b world.BankLine) int { return cmp.Compare(a.On, b.On) })
	return &out
}
