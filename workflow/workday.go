package workflow

import (
	"slices"
	"time"
)

// endOfDay is the last second of the day that is days calendar days after t, in
// the organisation's zone.
func (r Rules) endOfDay(t time.Time, days int) time.Time {
	local := t.In(r.zone())
	return time.Date(local.Year(), local.Month(), local.Day()+days, 23, 59, 59, 0, r.zone()).UTC()
}

func (r Rules) zone() *time.Location {
	if r.Zone == nil {
		return time.UTC
	}
	return r.Zone
}

// endOfWorkingDay is the end of the working day that t is in or, outside
// working hours, of the next one. Only severity targets use working days; the
// 72 hours never do.
func (r Rules) endOfWorkingDay(t time.Time) time.Time {
	local := t.In(r.zone())
	for day := 0; day < 31; day++ {
		end := time.Date(local.Year(), local.Month(), local.Day()+day, 0, 0, 0, 0, r.zone())
		if !r.workingDay(end) {
			continue
		}
		end = time.Date(end.Year(), end.Month(), end.Day(), int(r.WorkdayEnds/time.Hour), int(r.WorkdayEnds%time.Hour/time.Minute), 0, 0, r.zone())
		if end.After(t) {
			return end.UTC()
		}
	}
	return t.Add(24 * time.Hour) // a calendar without working days
}

func (r Rules) workingDay(day time.Time) bool {
	if w := day.Weekday(); w == time.Saturday || w == time.Sunday {
		return false
	}
	_, holiday := slices.BinarySearch(r.Holidays, day.Format(time.DateOnly))
	return !holiday
}
