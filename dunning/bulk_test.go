package dunning

import (
	"strings"
	"testing"
)

func TestBulk(t *testing.T) {
	b := Bulk{Most: 200, First: 10, Anomaly: 3}
	usual := Share{20, 100}
	for _, x := range []struct {
		why     string
		r       Progress
		n       int
		stopped bool
		says    string
	}{
		{"the first part", Progress{Due: 50, Usual: usual}, 10, false, ""},
		{"fewer than the first part", Progress{Due: 4, Usual: usual}, 4, false, ""},
		{"the rest of the first part", Progress{Due: 50, Sent: 7, Approved: 3, Usual: usual}, 3, false, ""},
		{"its outcomes are awaited", Progress{Due: 50, Sent: 10, Approved: 8, Usual: usual}, 0, false, "8 of 10"},
		{"as usual, it goes on", Progress{Due: 50, Sent: 10, Approved: 8, Refused: 2, Usual: usual}, 10, false, ""},
		{"more with more known", Progress{Due: 100, Sent: 40, Approved: 32, Refused: 8, Usual: usual}, 40, false, ""},
		{"too many in the air", Progress{Due: 100, Sent: 40, Approved: 16, Refused: 4, Usual: usual}, 0, false, "the rest waits"},
		{"three times the usual is not more", Progress{Due: 50, Sent: 10, Approved: 4, Refused: 6, Usual: usual}, 10, false, ""},
		{"more than three times the usual", Progress{Due: 50, Sent: 10, Approved: 3, Refused: 7, Usual: usual}, 0, true, "7 of 10 were refused"},
		{"four outcomes are too few", Progress{Due: 50, Sent: 4, Refused: 4, Usual: usual}, 6, false, ""},
		{"mostly refused, as always", Progress{Due: 50, Sent: 10, Approved: 2, Refused: 8, Usual: Share{70, 100}}, 10, false, ""},
		{"not one of the usual third", Progress{Due: 50, Sent: 10, Refused: 10, Usual: Share{70, 100}}, 0, true, "less than a third"},
		{"nothing is known of the usual", Progress{Due: 50, Sent: 10, Refused: 10}, 10, false, ""},
		{"the cap", Progress{Due: 500, Sent: 200, Approved: 170, Refused: 30, Usual: usual}, 0, true, "300 are left"},
		{"up to the cap", Progress{Due: 500, Sent: 195, Approved: 165, Refused: 30, Usual: usual}, 5, false, ""},
		{"all out", Progress{Due: 50, Sent: 50, Approved: 45, Usual: usual}, 0, true, "has been sent"},
	} {
		n, stopped, why := b.Next(x.r)
		if n != x.n || stopped != x.stopped || !strings.Contains(why, x.says) {
			t.Errorf("%s: %d %t %q, want %d %t %q", x.why, n, stopped, why, x.n, x.stopped, x.says)
		}
	}
}
