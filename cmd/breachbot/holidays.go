package main

import (
	"slices"
	"time"

	"github.com/rickar/cal/v2"
	"github.com/rickar/cal/v2/gb"

	"breachbot/workflow"
)

// The years for which bank holidays are worked out. The rules are stored with the
// tasks, so the span is fixed and does not count from today.
const (
	holidaysFrom = 2024
	holidaysTo   = 2036
)

// The days that package gb does not have, from gov.uk/bank-holidays.
var (
	onMonday = []cal.AltDay{{Day: time.Saturday, Offset: 2}, {Day: time.Sunday, Offset: 1}}

	// secondOfJanuary follows New Year's Day, which takes the Monday when both
	// fall on a weekend.
	secondOfJanuary = &cal.Holiday{Name: "2nd January", Month: time.January, Day: 2, Func: cal.CalcDayOfMonth,
		Observed: []cal.AltDay{{Day: time.Saturday, Offset: 2}, {Day: time.Sunday, Offset: 2}, {Day: time.Monday, Offset: 1}}}
	saintAndrew    = &cal.Holiday{Name: "St Andrew's Day", Month: time.November, Day: 30, Func: cal.CalcDayOfMonth, Observed: onMonday}
	worldCup       = &cal.Holiday{Name: "World Cup bank holiday", Month: time.June, Day: 15, Func: cal.CalcDayOfMonth, StartYear: 2026, EndYear: 2026}
	saintPatrick   = &cal.Holiday{Name: "St Patrick's Day", Month: time.March, Day: 17, Func: cal.CalcDayOfMonth, Observed: onMonday}
	battleOfBoyne  = &cal.Holiday{Name: "Battle of the Boyne", Month: time.July, Day: 12, Func: cal.CalcDayOfMonth, Observed: onMonday}
	holidaysOfEach = map[workflow.Nation][]*cal.Holiday{
		workflow.England:         gb.Holidays,
		workflow.Wales:           gb.Holidays,
		workflow.NorthernIreland: append(slices.Clone(gb.Holidays), saintPatrick, battleOfBoyne),
		workflow.Scotland: append(slices.DeleteFunc(slices.Clone(gb.Holidays), func(h *cal.Holiday) bool {
			return h == gb.EasterMonday || h == gb.SummerHoliday
		}), secondOfJanuary, gb.SummerHolidayScotland, worldCup, saintAndrew),
	}
)

// bankHolidays are the days on which the nation's bank holidays are kept, in
// order: where one falls on a weekend, the day in its place.
func bankHolidays(n workflow.Nation) []string {
	var days []string
	for year := holidaysFrom; year <= holidaysTo; year++ {
		for _, h := range holidaysOfEach[n] {
			if _, kept := h.Calc(year); !kept.IsZero() {
				days = append(days, kept.Format(time.DateOnly))
			}
		}
	}
	slices.Sort(days)
	return slices.Compact(days)
}
