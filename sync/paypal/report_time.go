package paypal

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"countinghouse/app/book"
)

// settledAt is a time of a settlement report: "2026/10/05 13:01:59 -0700".
func settledAt(text string) (book.Instant, error) {
	at, err := time.Parse("2006/01/02 15:04:05 -0700", text)
	if err != nil {
		return 0, fmt.Errorf("%q is no date and time", text)
	}
	return book.At(at), nil
}

// offsets are the short names of zones that activity downloads print, in hours east of Greenwich.
var offsets = map[string]int{"PST": -8, "PDT": -7, "MST": -7, "MDT": -6, "CST": -6, "CDT": -5,
	"EST": -5, "EDT": -4, "GMT": 0, "UTC": 0, "WET": 0, "WEZ": 0, "BST": 1, "WEST": 1, "WESZ": 1,
	"CET": 1, "MEZ": 1, "CEST": 2, "MESZ": 2, "EET": 2, "OEZ": 2, "EEST": 3, "OESZ": 3}

// zoneOf is the zone that a row names: a short name, one of the time zone database, or a distance.
func zoneOf(name string) (*time.Location, error) {
	if h, ok := offsets[strings.ToUpper(name)]; ok {
		return time.FixedZone(name, h*3600), nil
	}
	rest, ok := strings.CutPrefix(strings.ToUpper(name), "GMT")
	if ok && len(rest) > 1 && (rest[0] == '+' || rest[0] == '-') {
		hours, minutes, _ := strings.Cut(rest[1:], ":")
		h, err := strconv.Atoi(hours)
		m, err2 := strconv.Atoi("0" + minutes)
		if err == nil && err2 == nil && h <= 14 && m < 60 {
			seconds := h*3600 + m*60
			if rest[0] == '-' {
				seconds = -seconds
			}
			return time.FixedZone(name, seconds), nil
		}
	}
	if strings.Contains(name, "/") {
		if zone, err := time.LoadLocation(name); err == nil {
			return zone, nil
		}
	}
	return nil, fmt.Errorf("the time zone %q is not known", name)
}

// dayOrder is which part of a date stands first.
type dayOrder string

const (
	yearFirst  dayOrder = "year"
	monthFirst dayOrder = "month"
	dayFirst   dayOrder = "day"
)

// forms are how a date is written in each order, its parts joined by dashes.
var forms = map[dayOrder]string{yearFirst: "2006-1-2", monthFirst: "1-2-2006", dayFirst: "2-1-2006"}

// dateIn reads a date in an order.
func dateIn(text string, o dayOrder) (time.Time, bool) {
	text = strings.NewReplacer("/", "-", ".", "-").Replace(strings.TrimSuffix(text, "."))
	at, err := time.Parse(forms[o], text)
	return at, err == nil
}

// clockIn reads a time of the day.
func clockIn(text string) (time.Duration, error) {
	for _, form := range []string{"15:04:05", "15:04", "3:04:05 PM", "3:04 PM"} {
		if at, err := time.Parse(form, strings.ToUpper(text)); err == nil {
			return time.Duration(at.Hour())*time.Hour + time.Duration(at.Minute())*time.Minute +
				time.Duration(at.Second())*time.Second, nil
		}
	}
	return 0, fmt.Errorf("%q is no time of the day", text)
}

// monotone reports whether dates read in an order never run backwards, or never forwards, down the
// file; false where one cannot be read so.
func monotone(dates []string, o dayOrder) (rising, falling, readable bool) {
	rising, falling = true, true
	var last time.Time
	for i, text := range dates {
		at, ok := dateIn(text, o)
		if !ok {
			return false, false, false
		}
		if i > 0 {
			rising = rising && !at.Before(last)
			falling = falling && !at.After(last)
		}
		last = at
	}
	return rising, falling, true
}
