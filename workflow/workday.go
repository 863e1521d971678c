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

// workdayBegins is when a working morning begins, in the organisation's zone.
// Product rule.
const workdayBegins = 9 * time.Hour

// endOfWorkingDay is the end of the working day that t is in or, outside
// working hours, of the next one. Only targets that the organisation sets
// itself use working days; the 72 hours never do.
func (r Rules) endOfWorkingDay(t time.Time) time.Time { return r.onWorkingDay(t, r.WorkdayEnds) }

// onWorkingDay is the first time after t that it is so long after midnight on a
// working day.
func (r Rules) onWorkingDay(t time.Time, since time.Duration) time.Time {
	local := t.In(r.zone())
	for day := 0; day < 31; day++ {
		at := time.Date(local.Year(), local.Month(), local.Day()+day, 0, 0, 0, 0, r.zone())
		if !r.workingDay(at) {
			continue
		}
		at = time.Date(at.Year(), at.Month(), at.Day(), int(since/time.Hour), int(since%time.Hour/time.Minute), 0, 0, r.zone())
		if at.After(t) {
			return at.UTC()
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
