package app

import (
	"slices"
	"strings"

	"github.com/rickar/cal/v2"
	"github.com/rickar/cal/v2/ca"
	"github.com/rickar/cal/v2/ch"
	"github.com/rickar/cal/v2/dk"
	"github.com/rickar/cal/v2/ecb"
	"github.com/rickar/cal/v2/gb"
	"github.com/rickar/cal/v2/no"
	"github.com/rickar/cal/v2/pl"
	"github.com/rickar/cal/v2/se"
	"github.com/rickar/cal/v2/us"

	"countinghouse/app/book"
)

// calendars are the business-day calendars by their names in the configuration. TARGET is that of
// the euro's payment systems. India's bank holidays differ by state and year, so "in" knows the
// weekends and the three national days.
var calendars = map[string][]*cal.Holiday{
	"target": ecb.Holidays,
	"us":     us.Holidays,
	"gb":     gb.Holidays,
	"ch":     ch.Holidays,
	"se":     se.Holidays,
	"dk":     dk.Holidays,
	"no":     no.Holidays,
	"pl":     pl.Holidays,
	"ca":     ca.Holidays,
	"in":     indiaHolidays,
	"none":   nil,
}

var indiaHolidays = []*cal.Holiday{
	{Name: "Republic Day", Month: 1, Day: 26, Func: cal.CalcDayOfMonth},
	{Name: "Independence Day", Month: 8, Day: 15, Func: cal.CalcDayOfMonth},
	{Name: "Gandhi Jayanti", Month: 10, Day: 2, Func: cal.CalcDayOfMonth},
}

func calendarList() string {
	var names []string
	for n := range calendars {
		names = append(names, n)
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}

// businessDays is the test for a business day of a named calendar. It remembers its answers, and
// so must stay within one goroutine.
func businessDays(name string) func(book.Date) bool {
	c := cal.NewBusinessCalendar()
	c.AddHoliday(calendars[name]...)
	known := map[book.Date]bool{}
	return func(d book.Date) bool {
		is, ok := known[d]
		if !ok {
			is = c.IsWorkday(d.Time())
			known[d] = is
		}
		return is
	}
}
