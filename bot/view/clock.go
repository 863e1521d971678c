package view

import (
	"time"

	"breachbot/workflow"
)

// clockLine says how the 72-hour clock is doing, with the deadline in each reader's
// own zone.
func clockLine(inc *workflow.Incident, zone *time.Location) string {
	c := inc.Clock()
	switch c.State {
	case workflow.ClockTheirs:
		return theirsWords
	case workflow.ClockSent:
		return "*72-hour clock:* stopped. Notified " + when(c.Stopped) + late(c, zone) + "."
	case workflow.ClockNotDue:
		return "*72-hour clock:* stopped. Decided not to notify " + when(c.Stopped) + late(c, zone) + "."
	case workflow.ClockElsewhere:
		return "*72-hour clock:* continues in " + string(inc.Duplicate) + ". This report is a duplicate of it."
	case workflow.ClockNoCase:
		return "*72-hour clock:* stopped. Not a personal data breach, decided " + when(c.Stopped) + "."
	}
	// "deadline" is still true if the card is read after it
	line := "*72-hour clock:* deadline " + deadline(c.Deadline, zone)
	if c.Provisional() {
		from := "when it was noticed"
		if c.Basis == workflow.FromProcessor {
			from = "when our processor told us, " + when(c.Start)
		}
		line += "\nProvisional: counted from " + from + ", until the data protection officer (DPO) sets when the organisation became aware."
	} else {
		line += "\nCounted from awareness, " + when(c.Start) + "."
	}
	return line
}

// theirsWords stand where the 72-hour clock stands otherwise, while we are only the
// processor.
const theirsWords = "*We are only the processor:* we tell the controller without undue delay. Whether the regulator and the people affected are told is the controller's question, on the controller's clock and not ours."

// leadingClock is clockLine together with the clock that leads while we are only
// the processor: the one for telling the controller.
func leadingClock(inc *workflow.Incident, rules workflow.Rules) string {
	line := clockLine(inc, rules.Zone)
	if inc.Clock().Ours() {
		return line
	}
	t, ok := rules.Clock(inc, workflow.ClockController)
	if !ok {
		return line
	}
	name := "*" + escape(t.Name.Label(rules.Regulator)) + ":* "
	if t.Running() {
		return name + "by " + deadline(t.Deadline, rules.Zone) + "\n" + line
	}
	return name + lowerFirst(clockStands(t, rules.Zone, t.Stopped)) + "\n" + line
}

func late(c workflow.Clock, zone *time.Location) string {
	if c.Late(c.Stopped) {
		return ", after the deadline of " + exactly(c.Deadline, zone)
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
	case c.State == workflow.ClockTheirs:
		clock = "we are only the processor: tell the controller without undue delay"
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
