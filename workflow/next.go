package workflow

// Next is the next thing an incident needs.
type Next struct {
	Command   CommandName
	Recipient Recipient // of a decision or a notification
	By        []Role    // who can do it
}

// Next is the next thing the incident needs, and who can do it. The zero value
// means that nothing is left to do.
func (r Rules) Next(i *Incident) Next {
	to := func(c CommandName, recipient Recipient) Next {
		return Next{c, recipient, transitionOf(c).By}
	}
	switch i.Step() {
	case StepReported:
		return to("Triage", "")
	case StepTriaged:
		return to("Assess", "")
	case StepAssessed:
		return to("Decide", Regulator)
	case StepDecided, StepNotified, StepResolved:
		regulator, people := i.Standing(Regulator), i.Standing(DataSubjects)
		switch {
		case regulator == nil: // more facts were asked for since it was resolved
			return to("Decide", Regulator)
		case regulator.Verdict == Notify && i.Sent(Regulator) == nil:
			return to("RecordNotification", Regulator)
		case people == nil:
			return to("Decide", DataSubjects)
		case people.Verdict == Notify && i.Sent(DataSubjects) == nil:
			return to("RecordNotification", DataSubjects)
		case !i.FollowUpDue(r.FollowUpEvery).IsZero():
			return to("RecordNotification", Regulator)
		}
		if i.Step() == StepResolved {
			return to("Close", "")
		}
		return to("Resolve", "")
	}
	return Next{}
}
