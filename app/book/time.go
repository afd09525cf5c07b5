package book

import (
	"fmt"
	"time"
)

// Instant is a moment in whole UTC milliseconds since 1970; zero means not set.
type Instant int64

// At is the instant of a time.
func At(t time.Time) Instant { return Instant(t.UnixMilli()) }

// AtUnix is the instant of Unix seconds.
func AtUnix(seconds int64) Instant { return Instant(seconds * 1000) }

// Time is the instant in UTC.
func (i Instant) Time() time.Time { return time.UnixMilli(int64(i)).UTC() }

// In is the calendar date of the instant in a zone; zero stays zero.
func (i Instant) In(zone *time.Location) Date {
	if i == 0 {
		return 0
	}
	return DateOf(i.Time().In(zone))
}

// String is RFC 3339 in UTC, "" where not set.
func (i Instant) String() string {
	if i == 0 {
		return ""
	}
	return i.Time().Format("2006-01-02T15:04:05.999Z07:00")
}

// MarshalJSON writes RFC 3339 in UTC, or null where not set.
func (i Instant) MarshalJSON() ([]byte, error) {
	if i == 0 {
		return []byte("null"), nil
	}
	return []byte(`"` + i.String() + `"`), nil
}

// UnmarshalText reads what MarshalJSON wrote: RFC 3339, and nothing for none.
func (i *Instant) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*i = 0
		return nil
	}
	t, err := time.Parse(time.RFC3339Nano, string(b))
	if err == nil {
		*i = At(t)
	}
	return err
}

// Date is a calendar date without a zone, as days since 1970-01-01; zero means not set.
type Date int32

// DateOf is the calendar date of a time in its own zone.
func DateOf(t time.Time) Date { return NewDate(t.Year(), t.Month(), t.Day()) }

// NewDate is a date of the calendar; days past the month's end roll over as in time.Date.
func NewDate(year int, month time.Month, day int) Date {
	return Date(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// ParseDate reads YYYY-MM-DD; the 30th of February is an error.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return 0, fmt.Errorf("book: date %q: want YYYY-MM-DD", s)
	}
	return DateOf(t), nil
}

// Time is midnight UTC of the date.
func (d Date) Time() time.Time { return time.Unix(int64(d)*86400, 0).UTC() }

// Start is the first instant of the date in a zone, also where the clocks skip midnight.
func (d Date) Start(zone *time.Location) Instant {
	y, m, day := d.Time().Date()
	t := time.Date(y, m, day, 0, 0, 0, 0, zone)
	if t.Day() != day {
		_, t = t.ZoneBounds()
	}
	return At(t)
}

// String is YYYY-MM-DD, "" where not set.
func (d Date) String() string {
	if d == 0 {
		return ""
	}
	return d.Time().Format(time.DateOnly)
}

// MarshalJSON writes "YYYY-MM-DD", or null where not set.
func (d Date) MarshalJSON() ([]byte, error) {
	if d == 0 {
		return []byte("null"), nil
	}
	return []byte(`"` + d.String() + `"`), nil
}

// UnmarshalText reads what MarshalText wrote: YYYY-MM-DD, and nothing for no date.
func (d *Date) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*d = 0
		return nil
	}
	v, err := ParseDate(string(b))
	*d = v
	return err
}

// Month is a calendar month, as months since January of year 0.
type Month int32

// MonthOf is the month of a date.
func MonthOf(d Date) Month {
	y, m, _ := d.Time().Date()
	return Month(y*12 + int(m) - 1)
}

// ParseMonth reads YYYY-MM.
func ParseMonth(s string) (Month, error) {
	t, err := time.Parse("2006-01", s)
	if err != nil {
		return 0, fmt.Errorf("book: month %q: want YYYY-MM", s)
	}
	return MonthOf(DateOf(t)), nil
}

// First is the month's first date.
func (m Month) First() Date { return NewDate(int(m)/12, time.Month(int(m)%12+1), 1) }

// Last is the month's last date.
func (m Month) Last() Date { return (m + 1).First() - 1 }

// Has reports whether the date lies in the month.
func (m Month) Has(d Date) bool { return d >= m.First() && d <= m.Last() }

// String is YYYY-MM.
func (m Month) String() string { return m.First().Time().Format("2006-01") }

// MarshalJSON writes "YYYY-MM".
func (m Month) MarshalJSON() ([]byte, error) { return []byte(`"` + m.String() + `"`), nil }
