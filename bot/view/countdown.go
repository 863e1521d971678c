package view

import (
	"fmt"
	"strings"
	"time"

	"breachbot/workflow"
)

// barMarks is how many marks the bar of a clock has. Of 72 hours, each stands for
// twelve.
const barMarks = 6

// bar shows how much of a clock is left. A mark is full while any of its time is left,
// so the bar is empty only once the deadline has passed.
func bar(left, whole time.Duration) string {
	full := 0
	if left > 0 && whole > 0 {
		full = min(barMarks, int((left*barMarks+whole-1)/whole))
	}
	return strings.Repeat("▰", full) + strings.Repeat("▱", barMarks-full)
}

// closely is how near a deadline is when minutes count.
const closely = 12 * time.Hour

// hoursLeft is the time to a deadline in as few words as fit on a telephone, rounded
// down: nobody is told of time that they do not have. Minutes are there in the last
// hours before a deadline and the first after it.
func hoursLeft(left time.Duration) string {
	if left < 0 {
		return "over by " + hours(-left)
	}
	return hours(left) + " left"
}

func hours(d time.Duration) string {
	h, m := int(d/time.Hour), int(d%time.Hour/time.Minute)
	switch {
	case d < time.Minute:
		return "less than 1 min"
	case h == 0:
		return fmt.Sprintf("%d min", m)
	case d > workflow.NotificationPeriod:
		return count(h/24, "day")
	case d >= closely || m == 0:
		return fmt.Sprintf("%d h", h)
	}
	return fmt.Sprintf("%d h %d min", h, m)
}

// drawn is the time at which something was written that is true only then. With it,
// it stays true however late it is read.
func drawn(now time.Time) string { return "updated " + inOwnZone(now, "{date_short_pretty} at {time}") }

// leading is the clock that leads: the one for telling the regulator or, while we are
// only the processor, the one for telling the controller.
func leading(inc *workflow.Incident, rules workflow.Rules) (workflow.Timing, bool) {
	name := workflow.ClockRegulator
	if !inc.Clock().Ours() {
		name = workflow.ClockController
	}
	return rules.Clock(inc, name)
}

// barLine is the bar of a clock and, to the minute, the time left when it was drawn. It
// is empty unless the clock runs. to is what the time is left for.
func barLine(t workflow.Timing, to string, now time.Time) string {
	if !t.Running() {
		return ""
	}
	left, stands := t.Left(now), " left"
	if left < 0 {
		left, stands = -left, " over the deadline"
	}
	return bar(t.Left(now), t.Deadline.Sub(t.Start)) + " *" + toTheMinute(left) + stands + "*" + to + ", " + drawn(now)
}

// toTheMinute is a length of time as a clock counts it.
func toTheMinute(d time.Duration) string {
	h, m := int(d/time.Hour), int(d%time.Hour/time.Minute)
	if d > workflow.NotificationPeriod || h == 0 || m == 0 {
		return hours(d)
	}
	return fmt.Sprintf("%d h %d min", h, m)
}

// countdown is the clock that leads as it stands now, in two short lines: the bar and
// the exact deadline. A clock that has stopped says so.
func countdown(inc *workflow.Incident, rules workflow.Rules, now time.Time) string {
	t, ok := leading(inc, rules)
	if !ok || !t.Running() {
		return leadingClock(inc, rules)
	}
	if t.Name == workflow.ClockController {
		return barLine(t, " to tell the controller", now) + "\n*Deadline:* " + deadline(t.Deadline, rules.Zone) + ". " + theirsShort
	}
	return barLine(t, toNotify(inc, rules), now) + "\n" + deadlineLine(inc, rules)
}

// toNotify is what the 72 hours are for. A near miss is not notified, unless it turns out
// to have been a breach.
func toNotify(inc *workflow.Incident, rules workflow.Rules) string {
	to := " to notify the " + escape(rules.Regulator)
	if inc.Facts.NearMiss {
		to += " if it proves to be a breach"
	}
	return to
}

// deadlineLine is the exact deadline of the 72 hours, and whether it can still move.
func deadlineLine(inc *workflow.Incident, rules workflow.Rules) string {
	line := "*Deadline:* " + deadline(inc.Clock().Deadline, rules.Zone)
	if inc.Clock().Provisional() {
		line += ", provisional until the DPO sets when we became aware"
	}
	return line + "."
}

// theirsShort is theirsWords where there is little room.
const theirsShort = "We are only the processor: the controller decides who is told."
