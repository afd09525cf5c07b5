package book_test

import (
	"testing"
	"time"

	"countinghouse/app/book"
)

// TestStartIsTheFirstInstant proves it for zones whose clocks skip or repeat midnight itself.
func TestStartIsTheFirstInstant(t *testing.T) {
	for _, name := range []string{"Europe/Vilnius", "Asia/Beirut", "Africa/Cairo",
		"America/Santiago", "America/Asuncion", "America/Havana", "America/Sao_Paulo"} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		for d := book.NewDate(2014, 1, 1); d < book.NewDate(2027, 1, 1); d++ {
			at := d.Start(zone)
			if at.In(zone) != d || (at-1).In(zone) != d-1 {
				t.Errorf("%s: %s starts at %s, which is %s, after %s", name, d, at, at.In(zone),
					(at - 1).In(zone))
			}
		}
	}
}
