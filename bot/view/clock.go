package view

import (
	"time"

	"breachbot/workflow"
)

// clockLine says how the 72-hour clock is doing, with the deadline in each reader's
// own zone and in UTC.
func clockLine(inc *workflow.Incident) string {
	c := inc.Clock()
	switch c.State {
	case workflow.ClockSent:
		return "*72-hour clock:* stopped. Notified " + when(c.Stopped) + late(c) + "."
	case workflow.ClockNotDue:
		return "*72-hour clock:* stopped. Decided not to notify " + when(c.Stopped) + late(c) + "."
	case workflow.ClockElsewhere:
		return "*72-hour clock:* continues in " + string(inc.Duplicate) + ". This report is a duplicate of it."
	case workflow.ClockNoCase:
		return "*72-hour clock:* stopped. Not a personal data breach, decided " + when(c.Stopped) + "."
	}
	// "deadline" is still true if the card is read after it
	line := "*72-hour clock:* deadline " + deadline(c.Deadline)
	if c.Provisional() {
		line += "\nProvisional: counted from when it was noticed, until the data protection officer (DPO) sets when the organisation became aware."
	} else {
		line += "\nCounted from awareness, " + when(c.Start) + "."
	}
	return line
}

func late(c workflow.Clock) string {
	if c.Late(c.Stopped) {
		return ", after the deadline of " + utc(c.Deadline)
	}
	return ", in time"
}

// Topic is the channel's topic: the reference, the deadline and a reminder. It holds
// nothing that people typed. Slack: at most 250 characters.
func Topic(inc *workflow.Incident, zone *time.Location) string {
	c := inc.Clock()
	clock := "72 hours end " + local(c.Deadline, zone)
	switch {
	case inc.Step().Over():
		clock = inc.Step().Label()
	case c.State == workflow.ClockSent:
		clock = "regulator notified"
	case c.State == workflow.ClockNotDue:
		clock = "decided not to notify the regulator"
	}
	mark := ""
	if inc.Drill() {
		mark = practiceWords + " · "
	}
	return workflow.Cut(mark+string(inc.ID)+" · "+clock+" · No names or details of the people affected in here, please.", maxTopic)
}
