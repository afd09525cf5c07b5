package app

import (
	"slices"

	"countinghouse/app/book"
	"countinghouse/sync/world"
)

// Verdict compares the outcome of a demo month with what really happened in it.
type Verdict struct {
	// Faults is how many faults were put in, Found how many were found with their class.
	Faults int `json:"faults"`
	Found  int `json:"found"`
	// Missed are the faults that were not found.
	Missed []MissedFault `json:"missed"`
	// Matches counts automatic matches, WrongMatches those that are not true.
	Matches      int            `json:"automatic_matches"`
	WrongMatches []WrongMatch   `json:"wrong_matches"`
	ByClass      map[string]int `json:"found_by_class"`
}

// MissedFault is a fault that no exception of its class names.
type MissedFault struct {
	Class book.Class  `json:"class"`
	Key   book.ItemID `json:"key"`
	Note  string      `json:"note"`
}

// WrongMatch is an automatic match of records that do not belong together.
type WrongMatch struct {
	Pass        book.Pass   `json:"pass"`
	Left, Right book.ItemID `json:"-"`
	Pair        [2]string   `json:"pair"`
}

// Verdict judges the run's month by the world's truth.
func (d *DemoRun) Verdict() Verdict {
	return judge(d.world, d.Month.Matches, d.Month.All)
}

func judge(w *world.World, matches []book.Match, exceptions []book.Exception) Verdict {
	v := Verdict{Missed: []MissedFault{}, WrongMatches: []WrongMatch{}, ByClass: map[string]int{}}
	type pair struct{ left, right book.ItemID }
	truth := make(map[pair]bool, len(w.Truth.Pairs))
	for _, p := range w.Truth.Pairs {
		truth[pair{p.Left, p.Right}] = true
	}
	for _, m := range matches {
		if m.State != book.Auto {
			continue
		}
		v.Matches++
		for _, l := range m.Left {
			for _, r := range m.Right {
				if !truth[pair{l, r}] {
					v.WrongMatches = append(v.WrongMatches, WrongMatch{m.Pass, l, r,
						[2]string{string(l), string(r)}})
				}
			}
		}
	}
	type finding struct {
		class book.Class
		item  book.ItemID
	}
	found := map[finding]bool{}
	for _, e := range exceptions {
		for _, item := range e.Items {
			found[finding{e.Class, item}] = true
		}
	}
	for _, f := range w.Truth.Faults {
		v.Faults++
		if !found[finding{f.Class, f.Key}] {
			v.Missed = append(v.Missed, MissedFault{f.Class, f.Key, f.Note})
			continue
		}
		v.Found++
		v.ByClass[string(f.Class)]++
	}
	slices.SortFunc(v.WrongMatches, func(a, b WrongMatch) int {
		return slices.Compare(a.Pair[:], b.Pair[:])
	})
	return v
}
