package workflow

import (
	"slices"
	"time"
)

// QuietHours are the hours in which nobody is told in person what can wait, in
// the organisation's zone, as times since midnight. They may run over midnight.
// The zero value is none.
type QuietHours struct{ From, To time.Duration }

// IsZero tells whether there are none.
func (q QuietHours) IsZero() bool { return q.From == q.To }

// MaxQuiet is how long quiet hours may last: a night. Product rule: more would
// take too much of the 72 hours from those who act.
const MaxQuiet = 12 * time.Hour

// Lasts is how long they are.
func (q QuietHours) Lasts() time.Duration { return (q.To - q.From + day) % day }

// until is when the quiet hours that t is in end; t itself outside them.
func (q QuietHours) until(t time.Time, zone *time.Location) time.Time {
	local := t.In(zone)
	if since := sinceMidnight(local); q.IsZero() || (since-q.From+day)%day >= q.Lasts() {
		return t
	}
	for n := range 2 {
		end := time.Date(local.Year(), local.Month(), local.Day()+n, int(q.To/time.Hour), int(q.To%time.Hour/time.Minute), 0, 0, zone)
		if end.After(t) {
			return end.UTC()
		}
	}
	return t // the hour that happens twice, when the clocks go back
}

func sinceMidnight(local time.Time) time.Duration {
	return time.Duration(local.Hour())*time.Hour + time.Duration(local.Minute())*time.Minute + time.Duration(local.Second())*time.Second
}

// quiet is when something due about an incident may be said in person: at once,
// or when the quiet hours end. They are for severities 3 and 4 only. Product
// rule.
func (r Rules) quiet(i *Incident, due time.Time) time.Time {
	if i.Pace() < 3 {
		return due
	}
	return r.Quiet.until(due, r.zone())
}

// patient are the clocks of our own targets. Law and contracts set the others,
// and those never sleep.
var patient = []ClockName{ClockTriage, ClockContain, ClockBoard, ClockReview}

// mayWait tells whether a message may wait for the end of the quiet hours: it
// goes to somebody in person, and only tells of a report or reminds of a target
// of our own. Never the countdown of the 72 hours, nor a request for a decision
// or any other message that somebody's act calls for.
func mayWait(s Subject, to Target) bool {
	switch {
	case to == InChannel:
		return false
	case s.Kind == KindRemind:
		return slices.Contains(patient, s.Clock) || s.Clock.Action() > 0
	}
	return s.Kind == KindAlert || s.Kind == KindUntaken
}
