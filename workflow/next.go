package workflow

import "slices"

// Next is the next thing an incident needs.
type Next struct {
	Command   CommandName
	Recipient Recipient // of a decision or a notification; empty for several duties at once
	By        []Role    // who can do it
}

// ForDeciders tells whether only the DPO, or a stand-in, can do it.
func (n Next) ForDeciders() bool { return slices.Equal(n.By, deciders) }

// Next is the next thing the incident needs, and who can do it: containment
// before assessment, the law's two questions before the other duties, and
// whatever must come before an ending before that ending. Where we are only the
// processor, telling the controller comes before the assessment: a processor
// need not assess the risk first (EDPB Guidelines 9/2022). The zero value means
// that nothing is left to do.
func (r Rules) Next(i *Incident) Next {
	to := func(c CommandName, recipient Recipient) Next {
		return Next{c, recipient, commandRowOf(c).by.roles}
	}
	step := i.Step()
	switch {
	case step == StepNone || step.Over():
		return Next{}
	case step == StepReported:
		return to(CommandTriage, "")
	case step == StepTriaged && !i.Brief() && i.Containment() == nil:
		return to(CommandContain, "")
	case step == StepTriaged && r.untold(i):
		return r.tellController(i)
	case step == StepTriaged:
		return to(CommandAssess, "")
	}
	regulator, people := i.Standing(Regulator), i.Standing(DataSubjects)
	ours := !i.OnlyProcessor() // otherwise the two questions are the controller's
	switch {
	case step != StepResolved && r.Outdated(i) != nil:
		return to(CommandAssess, "")
	case r.untold(i):
		return r.tellController(i)
	case regulator == nil && ours:
		return to(CommandDecide, Regulator)
	case regulator != nil && regulator.Verdict == Notify && i.Notice(Regulator) == nil:
		return to(CommandRecordNotification, Regulator)
	case people == nil && ours:
		return to(CommandDecide, DataSubjects)
	case people != nil && people.Verdict == Notify && i.Notice(DataSubjects) == nil:
		return to(CommandRecordNotification, DataSubjects)
	}
	if step != StepResolved {
		switch {
		case !i.Brief() && i.ContainedAt().IsZero():
			return to(CommandContain, "")
		case !i.Brief() && i.Investigation() == nil:
			return to(CommandInvestigate, "")
		case r.Unsafe(i) != "":
			return to(CommandRecover, "")
		}
	}
	switch owed := r.owedDuties(i); {
	case len(owed) == 1 && owed[0].Stand == DutyApproved:
		return to(CommandRecordDuty, owed[0].Recipient)
	case len(owed) > 0:
		next := to(CommandAnswerDuty, "")
		if !slices.ContainsFunc(owed, func(d DutyState) bool { return d.Stand != DutyOpen || !d.ForDeciders() }) {
			next.By = deciders // nobody else may answer what is left
		}
		return next
	case !i.FollowUpDue(r.FollowUpEvery).IsZero():
		return to(CommandRecordNotification, Regulator)
	case r.Duty(i, DataSubjects).Stand == DutyFollowUp:
		return to(CommandRecordNotification, DataSubjects)
	case step != StepResolved:
		return to(CommandResolve, "")
	case i.ReviewDone() == nil:
		return to(CommandReview, "")
	}
	return to(CommandClose, "")
}

// untold tells whether we are only the processor and the controller has not been
// told yet.
func (r Rules) untold(i *Incident) bool {
	if !i.OnlyProcessor() {
		return false
	}
	stand := r.Duty(i, Controllers).Stand
	return stand == DutyOpen || stand == DutyApproved
}

// tellController is deciding on the notice to the controller or, once that is
// decided, recording it.
func (r Rules) tellController(i *Incident) Next {
	c := CommandAnswerDuty
	if r.Duty(i, Controllers).Stand == DutyApproved {
		c = CommandRecordDuty
	}
	return Next{c, Controllers, commandRowOf(c).by.roles}
}
