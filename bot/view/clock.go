package view

import (
	"time"

	"breachbot/workflow"
)

// clockLine says where the 72 hours stand, with the deadline in each reader's
// own time and in UTC.
func clockLine(inc *workflow.Incident) string {
	c := inc.Clock()
	switch c.State {
	case workflow.ClockSent:
		return "*72-hour clock:* stopped. Notified " + when(c.Stopped) + late(c) + "."
	case workflow.ClockNotDue:
		return "*72-hour clock:* stopped. Decided not to notify " + when(c.Stopped) + late(c) + "."
	case workflow.ClockElsewhere:
		return "*72-hour clock:* goes on in " + string(inc.Duplicate) + ", of which this is a duplicate."
	case workflow.ClockNoCase:
		return "*72-hour clock:* stopped. Not a personal data breach, decided " + when(c.Stopped) + "."
	}
	// "deadline" stays true on a card that is read after it
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

// Topic is the channel's topic: reference, deadline, and a reminder. It holds
// nothing that was typed. Slack: at most 250 characters.
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
	return workflow.Cut(string(inc.ID)+" · "+clock+" · No names or details of the people concerned in here, please.", maxTopic)
}
