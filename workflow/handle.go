package workflow

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// Handle decides a command given by an actor at an instant. It returns the
// events that follow, none when nothing would change, or a refusal (*Error).
// inc is nil for SubmitReport. It reads nothing but its arguments.
func (r Rules) Handle(inc *Incident, cmd Command, by Actor, now time.Time) ([]Event, error) {
	if err := r.Permit(cmd.Name(), inc, by); err != nil {
		return nil, err
	}
	return commandRowOf(cmd.Name()).handle.decide(r, inc, cmd, by, Instant(now))
}

func one(e Event, err error) ([]Event, error) {
	if err != nil {
		return nil, err
	}
	return []Event{e}, nil
}

func (r Rules) addNote(_ *Incident, c AddNote, _ Actor, _ time.Time) ([]Event, error) {
	note, err := text(FieldNote, c.Text, true, MaxText, "the note")
	return one(Noted{Text: note}, err)
}

func (r Rules) dismiss(inc *Incident, c Dismiss, _ Actor, _ time.Time) ([]Event, error) {
	if err := fresh(inc, c.Facts); err != nil {
		return nil, err
	}
	reason, err := text(FieldReason, c.Reason, true, MaxText, "why this is not a personal data breach")
	return one(WasDismissed{Reason: reason}, err)
}

func (r Rules) reopen(_ *Incident, c Reopen, _ Actor, _ time.Time) ([]Event, error) {
	reason, err := text(FieldReason, c.Reason, true, MaxText, "why it is reopened")
	return one(Reopened{Reason: reason}, err)
}

// erase keeps what remains of the incident when its journal is folded without
// its words.
func (r Rules) erase(inc *Incident, c Erase, _ Actor, _ time.Time) ([]Event, error) {
	reason, err := text(FieldReason, c.Reason, true, MaxText, "the reason")
	if err != nil {
		return nil, err
	}
	if n := len(c.Journal); n == 0 || c.Journal[n-1].Seq != inc.Version {
		return nil, fmt.Errorf("erase %s: given a journal that is not the incident's", inc.ID)
	}
	kept := *Replay(Redacted(c.Journal))
	kept.Loud = nil // nothing is left to tell the channel
	return []Event{Erased{Reason: reason, Kept: kept}}, nil
}

// fresh refuses a command that was filled in on facts that have changed since.
func fresh(inc *Incident, seen int) error {
	if seen != inc.FactsVersion {
		return &Error{Kind: ErrStale, Message: "Somebody changed the facts while this form was open. The new facts are shown here. Nothing was decided; please look again."}
	}
	return nil
}

// ahead is how far ahead of ours the clock may be by which somebody tells a time.
// Product rule.
const ahead = 5 * time.Minute

// passed takes a time that somebody typed of what has happened. A time that has not
// come yet is refused; if it is only the clock by which it was told that is ahead, it
// is now.
func passed(field Field, t *time.Time, now time.Time) error {
	*t = Instant(*t)
	switch {
	case t.After(now.Add(ahead)):
		return Invalid(field, "This time is in the future. Please choose a time that has passed.")
	case t.After(now):
		*t = now
	}
	return nil
}

// riskGiven refuses what has no level of risk. A near miss needs none: nobody was
// affected, so there is nothing to guess at, and none is recorded.
func riskGiven(risk RiskLevel, f Facts, refusal string) error {
	if known(RiskLevels, risk) || risk == "" && f.NearMiss {
		return nil
	}
	return Invalid(FieldRisk, refusal)
}

func (r Rules) report(_ *Incident, c SubmitReport, by Actor, now time.Time) ([]Event, error) {
	if err := mayDrill(c.Report, by); err != nil {
		return nil, err
	}
	rep, err := checkedReport(c.Report, now)
	if err != nil {
		return nil, err
	}
	return []Event{Reported{Report: rep}}, nil
}

// checkedReport is a report as it is kept, or why it cannot be.
func checkedReport(rep Report, now time.Time) (Report, error) {
	var err error
	if rep.Title, err = text(FieldTitle, OneLine(rep.Title), true, MaxTitle, "a title"); err != nil {
		return Report{}, err
	}
	if rep.What, err = text(FieldWhat, rep.What, true, MaxText, "what happened"); err != nil {
		return Report{}, err
	}
	if rep.Actions, err = text(FieldActions, rep.Actions, false, MaxText, "the actions"); err != nil {
		return Report{}, err
	}
	if rep.Detected.IsZero() {
		return Report{}, Invalid(FieldDetected, "Please say when it was noticed. A guess will do; it can be corrected.")
	}
	for _, t := range []struct {
		field Field
		at    *time.Time
	}{{FieldDetected, &rep.Detected}, {FieldOccurredFrom, &rep.Occurred.From}, {FieldOccurredTo, &rep.Occurred.To}} {
		if err := passed(t.field, t.at, now); err != nil {
			return Report{}, err
		}
	}
	if err := riskGiven(rep.Risk, rep.Facts, "Please choose a first guess. It can be changed."); err != nil {
		return Report{}, err
	}
	if err := rep.Facts.check(); err != nil {
		return Report{}, err
	}
	rep.Source = rep.Source.checked()
	return rep, nil
}

func (r Rules) correctTimes(inc *Incident, c CorrectTimes, by Actor, now time.Time) ([]Event, error) {
	if err := fresh(inc, c.Facts); err != nil {
		return nil, err
	}
	reason, err := text(FieldReason, c.Reason, true, MaxText, "why the times are changing")
	if err != nil {
		return nil, err
	}
	e := TimesCorrected{
		Occurred:      c.Occurred,
		Detected:      c.Detected,
		Aware:         inc.Times.Aware,
		ProcessorTold: c.ProcessorTold,
		Reason:        reason,
	}
	if e.Detected.IsZero() {
		return nil, Invalid(FieldDetected, "Please say when it was noticed.")
	}
	for _, t := range []struct {
		field Field
		at    *time.Time
	}{{FieldDetected, &e.Detected}, {FieldAware, &c.Aware}, {FieldOccurredFrom, &e.Occurred.From},
		{FieldOccurredTo, &e.Occurred.To}, {FieldProcessor, &e.ProcessorTold}} {
		if err := passed(t.field, t.at, now); err != nil {
			return nil, err
		}
	}
	switch aware := c.Aware; {
	case aware.IsZero() && !inc.Times.Aware.At.IsZero():
		return nil, Invalid(FieldAware, "The time of awareness can be corrected, but not removed.")
	case !aware.Equal(inc.Times.Aware.At):
		why, err := text(FieldAwareReason, c.AwareReason, true, MaxText, "why the organisation was aware then")
		if err != nil {
			return nil, err
		}
		e.Aware = Awareness{At: aware, By: by.User, Reason: why, SetAt: now}
	}
	times := inc.Times
	times.Occurred, times.Detected, times.Aware, times.ProcessorTold = e.Occurred, e.Detected, e.Aware, e.ProcessorTold
	if times == inc.Times {
		return nil, Invalid(FieldReason, "No time was changed. Change one, or close this form.")
	}
	e.Before, e.After = inc.Times.Deadline(), times.Deadline()
	if e.After.After(e.Before) && r.mayDecide(inc, by) != nil {
		field := FieldAware
		switch {
		case !e.Aware.At.Equal(inc.Times.Aware.At):
		case e.Detected.Equal(inc.Times.Detected):
			field = FieldProcessor
		default:
			field = FieldDetected
		}
		return nil, &Error{Kind: ErrForbidden, Field: field,
			Message: "This would make the deadline later. Only the " + roleList(deciders) + " can do that, and not for their own report. You can still make it earlier."}
	}
	if odd := times.Disordered(); odd != "" && !c.OrderIsRight {
		return nil, Invalid(FieldOrder, odd+" If that is right, tick this box and send again. Otherwise please correct the times.")
	}
	return []Event{e}, nil
}

func (r Rules) triage(inc *Incident, c Triage, by Actor, _ time.Time) ([]Event, error) {
	if err := fresh(inc, c.Facts); err != nil {
		return nil, err
	}
	if !c.Severity.Valid() {
		return nil, Invalid(FieldSeverity, "Please choose a severity. It is provisional and can be changed.")
	}
	if err := riskGiven(c.Risk, c.Known, "Please choose a risk level."); err != nil {
		return nil, err
	}
	reason, err := text(FieldReason, c.Reason, true, MaxText, "the reason")
	if err != nil {
		return nil, err
	}
	systems, err := text(FieldSystems, c.Systems, false, MaxText, "the systems")
	if err != nil {
		return nil, err
	}
	if err := c.Known.check(); err != nil {
		return nil, err
	}
	if c.Asked != nil {
		c.Known = inc.Facts.asked(c.Known, c.Asked)
	}
	if err := r.maySayProcessor(inc, c.Known, by); err != nil {
		return nil, err
	}
	return []Event{Triaged{Severity: c.Severity, Risk: c.Risk, Reason: reason, Facts: c.Known.keeping(inc.Facts), Systems: systems}}, nil
}

// maySayProcessor refuses everybody but the deciders to say that we are only a
// processor: it stops our 72 hours, and making a deadline later is theirs too.
func (r Rules) maySayProcessor(inc *Incident, now Facts, by Actor) error {
	if now.Capacity != Processor || inc.OnlyProcessor() || r.mayDecide(inc, by) == nil {
		return nil
	}
	return &Error{Kind: ErrForbidden, Field: FieldCapacity,
		Message: "This would stop our 72 hours. Only the " + roleList(deciders) + " can say that we are only a processor, and not for their own report. Please choose another answer, and ask them."}
}

func (r Rules) assess(inc *Incident, c Assess, by Actor, now time.Time) ([]Event, error) {
	if err := fresh(inc, c.Facts); err != nil {
		return nil, err
	}
	g := c.Grading
	var err error
	switch {
	case g.Cell.Likelihood < 1 || g.Cell.Likelihood > 5:
		return nil, Invalid(FieldLikelihood, "Please choose how likely harm is.")
	case g.Cell.Effect < 1 || g.Cell.Effect > 5:
		return nil, Invalid(FieldEffect, "Please choose how bad the effect would be.")
	case !known(Answers, g.Vulnerable):
		return nil, Invalid(FieldVulnerable, "Please choose an answer. \"Not known yet\" is one.")
	case !known(Answers, g.HighRisk):
		return nil, Invalid(FieldHighRisk, "Please choose an answer. \"Not known yet\" is one.")
	case g.Exception != "" && !known(Exceptions, g.Exception):
		return nil, Invalid(FieldException, "Please choose from the list.")
	case g.LiftFloor && r.mayDecide(inc, by) != nil:
		return nil, &Error{Kind: ErrForbidden, Field: FieldLift, Message: "Only the " + roleList(deciders) + " can lift the floor, and not for their own report."}
	}
	if g.Evidence, err = text(FieldEvidence, g.Evidence, g.LiftFloor, MaxText, "the evidence that it is contained"); err != nil {
		return nil, err
	}
	consequences, err := text(FieldConsequences, c.Consequences, false, MaxText, "the consequences")
	if err != nil {
		return nil, err
	}
	suggested := r.judge(inc.Facts.Guide(), inc.Facts).Kept()
	why, err := text(FieldWhy, c.Why, false, MaxText, "the reason")
	switch {
	case err != nil:
		return nil, err
	case !suggested.Same(g) && !visible(why):
		return nil, Invalid(FieldWhy, "The rules suggest "+suggested.String()+". Please say why you see it differently, or choose what they suggest.")
	}
	return []Event{Assessed{Assessment{
		Grading:        g,
		Consequences:   consequences,
		Recommendation: r.Recommend(g, inc.Facts, now),
		Suggested:      suggested,
		Why:            why,
	}}}, nil
}

func (r Rules) decide(inc *Incident, c Decide, by Actor, now time.Time) ([]Event, error) {
	if latest := inc.Latest(c.Recipient); latest != nil && latest.Seq != c.Supersedes {
		return nil, staleDecision()
	}
	if err := fresh(inc, c.Facts); err != nil {
		return nil, err
	}
	if c.Verdict != Notify && c.Verdict != DoNotNotify && c.Verdict != NeedMore {
		return nil, conflict("Please choose a decision.")
	}
	if inc.Notice(c.Recipient) != nil && c.Verdict != Notify {
		return nil, conflict("The notification is already recorded as sent. To take it back, record that it was withdrawn. Then it can be decided again.")
	}
	reason, advice, err := c.reasons()
	if err != nil {
		return nil, err
	}
	assessment := inc.Assessment()
	d := Decision{
		Recipient: c.Recipient, Verdict: c.Verdict, Reason: reason, Advice: advice,
		Role: r.decidingRole(inc, by), Facts: inc.FactsVersion, Assessment: assessment.Seq,
	}
	switch c.Recipient {
	case Regulator:
		d.Against = c.Verdict == DoNotNotify && assessment.Recommendation.Regulator ||
			c.Verdict == Notify && !assessment.Recommendation.Regulator
		d.Late = inc.Clock().Late(now) && inc.Sent(Regulator) == nil
		if d.Late && c.Verdict == DoNotNotify {
			if d.Delay, d.DelayReason, err = delay(c.Delay, c.DelayReason); err != nil {
				return nil, err
			}
		}
	case DataSubjects:
		d.Against = c.Verdict == DoNotNotify && assessment.Recommendation.Subjects == Yes ||
			c.Verdict == Notify && assessment.Recommendation.Subjects == No
		if c.Ground != "" && !known(Grounds, c.Ground) {
			return nil, Invalid(FieldGround, "Please choose from the list.")
		}
		if c.Verdict == DoNotNotify {
			d.Ground = c.Ground
			if d.Ground == "" && assessment.Grading.HighRisk == Yes {
				return nil, Invalid(FieldGround, "The risk was assessed as high. To decide not to tell people, please choose one of these grounds (Art. 34(3)).")
			}
		}
	}
	return []Event{Decided{d}}, nil
}

// reasons are the words of a decision: why, and the advice received.
func (c Decide) reasons() (reason, advice string, err error) {
	if reason, err = text(FieldReason, c.Reason, true, MaxText, "the reason. This goes in the register"); err != nil {
		return "", "", err
	}
	advice, err = text(FieldAdvice, c.Advice, false, MaxText, "the advice received")
	return reason, advice, err
}

func staleDecision() error {
	return &Error{Kind: ErrStale, Message: "A decision was recorded while this form was open. It is shown here. Yours was not recorded; please look again."}
}

// delay requires a reason for anything that comes after 72 hours (Art. 33(1)).
func delay(code DelayReason, why string) (DelayReason, string, error) {
	if !known(DelayReasons, code) {
		return "", "", Invalid(FieldDelay, "The 72 hours are over. Please choose why it took longer.")
	}
	why, err := text(FieldDelayReason, why, true, MaxText, "the reasons for the delay")
	return code, why, err
}

func (r Rules) recordNotification(inc *Incident, c RecordNotification, _ Actor, now time.Time) ([]Event, error) {
	standing := inc.Latest(c.Recipient)
	if standing == nil || standing.Verdict != Notify || inc.Standing(c.Recipient) == nil {
		return nil, conflict("There is no decision in force to notify. The DPO must decide first. Then it can be recorded as sent.")
	}
	if r.Duty(inc, c.Recipient).Stand == DutyOpen {
		return nil, conflict("The facts have changed since the decision to tell them. Please decide again first. Then it can be recorded as told.")
	}
	n := Notification{
		Recipient: c.Recipient, SentAt: c.SentAt, Method: c.Method, Complete: c.Complete || c.Withdraw,
		FollowUp: inc.Notice(c.Recipient) != nil, Withdrawn: c.Withdraw,
	}
	if c.Withdraw && !n.FollowUp {
		return nil, conflict("There is no notice in force, so there is nothing to withdraw.")
	}
	if n.SentAt.IsZero() {
		return nil, Invalid(FieldSentAt, "Please say when it was sent.")
	}
	if err := passed(FieldSentAt, &n.SentAt, now); err != nil {
		return nil, err
	}
	if n.SentAt.Before(inc.Times.Detected) {
		return nil, Invalid(FieldSentAt, "This is before the breach was noticed. Please check the time.")
	}
	if !known(Methods, n.Method) {
		return nil, Invalid(FieldMethod, "Please choose how it was sent.")
	}
	var err error
	if n.Reference, err = text(FieldReference, OneLine(c.Reference), false, MaxLine, "the reference"); err != nil {
		return nil, err
	}
	if n.Reason, err = text(FieldReason, c.Reason, c.Withdraw, MaxText, "why it was withdrawn"); err != nil {
		return nil, err
	}
	if !c.Withdraw {
		n.Reason = ""
	}
	if c.Recipient == Regulator && !n.FollowUp && inc.Clock().Late(n.SentAt) {
		n.Late = true
		if n.Delay, n.DelayReason, err = delay(c.Delay, c.DelayReason); err != nil {
			return nil, err
		}
	}
	return []Event{Notified{n}}, nil
}

func (r Rules) assignRole(inc *Incident, c AssignRole, by Actor, _ time.Time) ([]Event, error) {
	if c.Role != RoleLead && c.Role != RoleResponder {
		return nil, Invalid(FieldRole, "Please choose a part to give.")
	}
	if c.User == "" {
		return nil, Invalid(FieldUser, "Please choose a person.")
	}
	note, err := text(FieldNote, c.Note, false, MaxText, "the note")
	if err != nil {
		return nil, err
	}
	if c.Role == RoleLead && inc.Lead == c.User || c.Role == RoleResponder && slices.Contains(inc.Responders, c.User) {
		return nil, nil // already so
	}
	if c.OnlyIfFree && c.Role == RoleLead && inc.Lead != "" {
		return nil, conflict("Somebody has it already. Nothing was changed.")
	}
	return []Event{RoleAssigned{Role: c.Role, User: c.User, Note: note}}, nil
}

// Unfinished says, in words, what still has to happen before the incident can
// be resolved; empty when nothing does.
func (r Rules) Unfinished(inc *Incident) string {
	regulator, people := inc.Standing(Regulator), inc.Standing(DataSubjects)
	ours := !inc.OnlyProcessor() // otherwise the two questions are the controller's
	switch {
	case regulator == nil && ours:
		return fmt.Sprintf("The decision about notifying the %s is still open.", r.Regulator)
	case regulator != nil && regulator.Verdict == Notify && inc.Notice(Regulator) == nil:
		return fmt.Sprintf("Notifying the %s was approved, but is not recorded as sent.", r.Regulator)
	case people == nil && ours:
		return "The decision about telling the people affected is still open."
	case people != nil && people.Verdict == Notify && inc.Notice(DataSubjects) == nil:
		return "The decision was to tell the people affected, but this is not recorded as sent."
	}
	return ""
}

// Unsafe says, in words, what other than the decisions stops an incident from
// being resolved: nothing counts as resolved while it may still spread. How
// much is asked depends on severity.
func (r Rules) Unsafe(inc *Incident) string {
	switch {
	case inc.Brief():
		return ""
	case inc.ContainedAt().IsZero():
		return "It is not recorded as contained."
	case inc.Severity.Valid() && inc.Severity <= 2 && inc.RecoveredAt().IsZero():
		return "The five checks of recovery are not complete."
	}
	return ""
}

// Unclosed says, in words, what still has to happen before a resolved incident
// can be closed.
func (r Rules) Unclosed(inc *Incident) string {
	if open := r.Unfinished(inc); open != "" { // decided again since it was resolved
		return open
	}
	for _, d := range r.Duties(inc) {
		switch d.Stand {
		case DutyFollowUp:
			return fmt.Sprintf("%s: the last notice says that more is to follow. Please record the one that completes it.", d.Label)
		case DutyApproved:
			return fmt.Sprintf("%s: to be told, but not recorded as told.", d.Label)
		}
	}
	if open := slices.DeleteFunc(r.owedDuties(inc), func(d DutyState) bool { return d.Stand != DutyOpen }); len(open) > 0 {
		return "Nobody has decided yet whether to tell: " + dutyNames(open) + ". \"Not needed\" is an answer."
	}
	if inc.ReviewDone() == nil {
		return "The review is not complete."
	}
	return ""
}

func (r Rules) resolve(inc *Incident, c Resolve, _ Actor, _ time.Time) ([]Event, error) {
	if open := cmp.Or(r.Unfinished(inc), r.Unsafe(inc)); open != "" {
		return nil, conflict(open + " That comes first.")
	}
	summary, err := text(FieldSummary, c.Summary, true, MaxText, "how it was resolved")
	if err != nil {
		return nil, err
	}
	cause, err := text(FieldRootCause, c.RootCause, true, MaxText, "the root cause, or your best guess")
	if err != nil {
		return nil, err
	}
	return []Event{WasResolved{Reason: summary, RootCause: cause}}, nil
}

func (r Rules) close(inc *Incident, c Close, _ Actor, _ time.Time) ([]Event, error) {
	if open := r.Unclosed(inc); open != "" {
		return nil, conflict(open + " That comes first.")
	}
	reason, err := text(FieldReason, c.Reason, true, MaxText, "why it can be closed")
	return one(WasClosed{Reason: reason}, err)
}
