package app

import (
	"slices"

	"countinghouse/app/book"
)

// mostOffers is how many possible offers a person is shown: the keys 1 to 4.
const mostOffers = 4

// Offers are what a person can do about an exception, best first, at most four; then what cannot be
// done, with the reason.
func (m *Month) Offers(x book.Exception) []Offer {
	var out []Offer
	for _, i := range book.Resolutions {
		if slices.Contains(i.Classes, x.Class) && len(out) < mostOffers {
			out = append(out, Offer{Resolution: i.Resolution, Title: i.Title, Effect: i.Effect,
				Acts: i.Acts})
		}
	}
	return out
}
