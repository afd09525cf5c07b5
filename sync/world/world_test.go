package world

import (
	"crypto/sha256"
	"encoding/json"
	"testing"
	"time"

	"countinghouse/app/book"
)

func month(y int, m time.Month) book.Month { return book.MonthOf(book.NewDate(y, m, 1)) }

func digest(t *testing.T, w *World) [32]byte {
	t.Helper()
	b, err := json.Marshal(w)
	if err != nil {
		t.Fatal(err)
	}
	return sha256.Sum256(b)
}

func TestSameOptionsGiveTheSameWorld(t *testing.T) {
	o := Options{Seed: 7, Customers: 300, Month: month(2026, time.October)}
	if once, again := digest(t, Build(o)), digest(t, Build(o)); once != again {
		t.Error("two worlds of the same options differ")
	}
	p := o
	p.Seed = 8
	if digest(t, Build(o)) == digest(t, Build(p)) {
		t.Error("two worlds of different seeds are equal")
	}
}

func TestBooksFoot(t *testing.T) {
	for seed := range uint64(300) {
		o := Options{Seed: seed, Customers: 1 + int(seed%60), Month: month(2026, time.October)}
		o.Month += book.Month(seed % 24)
		if err := Build(o).Check(); err != nil {
			t.Error(err)
		}
	}
	if err := Build(Options{Seed: 1, Customers: 2000, Month: month(2026, time.October)}).Check(); err != nil {
		t.Error(err)
	}
}

func TestEveryUsualClassIsInjected(t *testing.T) {
	for seed := range uint64(40) {
		o := Options{Seed: seed, Customers: 200 + int(seed)*7, Month: month(2026, time.January)}
		o.Month += book.Month(seed % 14)
		w := Build(o)
		if err := w.Check(); err != nil {
			t.Error(err)
		}
		got := map[book.Class]int{}
		for _, f := range w.Truth.Faults {
			got[f.Class]++
		}
		for class := range Usual {
			if got[class] == 0 {
				t.Errorf("seed %d, %d customers, %s: no %s", seed, o.Customers, o.Month, class)
			}
		}
	}
}

func BenchmarkBuild2000(b *testing.B) {
	for b.Loop() {
		Build(Options{Seed: 1, Customers: 2000, Month: month(2026, time.October)})
	}
}
