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
// whatever must come before an ending before that ending. The zero value means
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
	case step == StepTriaged:
		return to(CommandAssess, "")
	}
	regulator, people := i.Standing(Regulator), i.Standing(DataSubjects)
	switch {
	case step != StepResolved && r.Outdated(i) != nil:
		return to(CommandAssess, "")
	case regulator == nil:
		return to(CommandDecide, Regulator)
	case regulator.Verdict == Notify && i.Notice(Regulator) == nil:
		return to(CommandRecordNotification, Regulator)
	case people == nil:
		return to(CommandDecide, DataSubjects)
	case people.Verdict == Notify && i.Notice(DataSubjects) == nil:
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
