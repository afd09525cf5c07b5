package dunning

import "fmt"

// Bulk are the brakes of a run that retries many at once.
type Bulk struct {
	// Most is the cap of a run, First the small part whose outcome the rest waits for, Anomaly how many
	// times the usual share of refusals stops the run.
	Most    int `toml:"most"`
	First   int `toml:"first"`
	Anomaly int `toml:"anomaly"`
}

// Share is a part of a whole by count.
type Share struct{ Part, Whole int }

// Progress is how far a run got.
type Progress struct {
	// Due are all retries that were due when it began, Sent those that went out, of which Approved and
	// Refused are known by now; the others are pending or not known.
	Due, Sent, Approved, Refused int
	// Usual is the share of refused retries in the months before; with a Whole of 0 it is not known.
	Usual Share
}

// enough is how many outcomes a judgement needs, so that a bad start by chance stops nothing.
const enough = 5

// Next says how many more may be sent now, and, where it is none, why. A run that stopped is not taken
// up again by itself.
func (b Bulk) Next(r Progress) (n int, stopped bool, why string) {
	known := r.Approved + r.Refused
	if why := b.anomaly(r); why != "" {
		return 0, true, why
	}
	left := min(r.Due, b.Most) - r.Sent
	if left <= 0 {
		if r.Due > b.Most {
			return 0, true, fmt.Sprintf("A run makes %d retries at most; %d are left for the next one", b.Most, r.Due-b.Most)
		}
		return 0, true, "All that was due has been sent"
	}
	if r.Sent < b.First {
		return min(b.First-r.Sent, left), false, ""
	}
	if r.Sent <= b.First && known < r.Sent {
		return 0, false, fmt.Sprintf("The first %d are out; the rest waits until their outcome is known (%d of %d)", r.Sent, known, r.Sent)
	}
	// Never more in the air than outcomes are known, so that an anomaly stops most of the run.
	if n = max(b.First, known) - (r.Sent - known); n <= 0 {
		return 0, false, fmt.Sprintf("%d are out, of which the outcome of %d is known; the rest waits", r.Sent, known)
	}
	return min(n, left), false, ""
}

// anomaly says what is unusual about the outcomes, "" for nothing. Where most retries are refused even
// on a good day, three times that share cannot be; then a third of the usual approvals is as unusual.
func (b Bulk) anomaly(r Progress) string {
	known := r.Approved + r.Refused
	if known < enough || r.Usual.Whole == 0 {
		return ""
	}
	factor := max(b.Anomaly, 2)
	approved := r.Usual.Whole - r.Usual.Part
	switch {
	case r.Refused*r.Usual.Whole > factor*max(r.Usual.Part, 1)*known:
		return fmt.Sprintf("%d of %d were refused, more than %d times the usual %d of %d", r.Refused, known, factor, r.Usual.Part, r.Usual.Whole)
	case known >= 2*enough && r.Approved*factor*r.Usual.Whole < approved*known:
		return fmt.Sprintf("%d of %d were approved, less than a %s of the usual %d of %d", r.Approved, known, ordinal(factor), approved, r.Usual.Whole)
	}
	return ""
}

func ordinal(n int) string {
	switch n {
	case 2:
		return "half"
	case 3:
		return "third"
	case 4:
		return "quarter"
	}
	return fmt.Sprintf("%dth", n)
}
