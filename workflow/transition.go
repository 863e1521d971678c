package workflow

import (
	"fmt"
	"slices"
	"strings"
)

// Step is where an incident stands. It is derived from what has happened, so
// it cannot disagree with it.
type Step string

const (
	StepNone      Step = "none" // nothing reported yet
	StepReported  Step = "reported"
	StepTriaged   Step = "triaged"
	StepAssessed  Step = "assessed" // the regulator question is open
	StepDecided   Step = "decided"  // it is answered
	StepNotified  Step = "notified" // the notification is recorded as sent
	StepResolved  Step = "resolved"
	StepClosed    Step = "closed"
	StepDismissed Step = "dismissed" // not a personal data breach
	StepDuplicate Step = "duplicate" // a second report of another one
)

// Steps lists the steps in their usual order.
var Steps = []Step{StepNone, StepReported, StepTriaged, StepAssessed, StepDecided, StepNotified, StepResolved, StepClosed, StepDismissed, StepDuplicate}

// Label is the step in words.
func (s Step) Label() string {
	switch s {
	case StepReported:
		return "Reported, waiting for triage"
	case StepTriaged:
		return "Triaged, waiting for assessment"
	case StepAssessed:
		return "Assessed, waiting for the DPO's decision"
	case StepDecided:
		return "Decided"
	case StepNotified:
		return "Notification sent"
	case StepResolved:
		return "Resolved"
	case StepClosed:
		return "Closed"
	case StepDismissed:
		return "Not a personal data breach"
	case StepDuplicate:
		return "Duplicate of another report"
	}
	return "None"
}

// Over tells whether the work has ended.
func (s Step) Over() bool { return s == StepClosed || s == StepDismissed || s == StepDuplicate }

// Step is where the incident stands. A nil incident stands nowhere yet.
func (i *Incident) Step() Step {
	switch {
	case i == nil || i.Version == 0:
		return StepNone
	case i.Duplicate != "":
		return StepDuplicate
	case i.Dismissed != nil:
		return StepDismissed
	case i.Closed != nil:
		return StepClosed
	case i.Resolved != nil:
		return StepResolved
	case i.Notice(Regulator) != nil:
		return StepNotified
	case i.Standing(Regulator) != nil:
		return StepDecided
	case i.Assessment() != nil:
		return StepAssessed
	case i.Severity.Valid():
		return StepTriaged
	}
	return StepReported
}

// transition is one row of the table: from which steps a command may start, who
// may give it, where it may lead, and what those hear who may not.
type transition struct {
	Command CommandName
	From    []Step
	To      map[Step][]Step // where it may lead from there, but for staying
	By      []Role          // empty: anybody of the organisation, or breachbot itself
	Refusal string          // why not from another step
}

var (
	open     = []Step{StepReported, StepTriaged, StepAssessed, StepDecided, StepNotified, StepResolved}
	active   = []Step{StepReported, StepTriaged, StepAssessed, StepDecided, StepNotified}
	whenever = append(slices.Clone(open), StepClosed, StepDismissed, StepDuplicate)
)

// transitions is the one table of what may follow what. Gates are few: facts
// and grading may come in any order and again, deciding needs an assessment,
// resolving needs the decisions, closing needs a resolution. A risk graded anew
// makes the decision fall back to pending.
var transitions = []transition{
	{CommandReport, []Step{StepNone}, map[Step][]Step{StepNone: {StepReported}}, nil,
		"This has been reported already."},
	{CommandCorrectTimes, open, nil, append([]Role{RoleReporter}, handlers...),
		"The times of a finished incident cannot be changed. It can be reopened, with a reason."},
	{CommandTriage, active, map[Step][]Step{StepReported: {StepTriaged}, StepDecided: {StepAssessed}}, handlers,
		"This incident is past triage. It can be reopened, with a reason."},
	{CommandAssess, active, map[Step][]Step{StepReported: {StepAssessed}, StepTriaged: {StepAssessed}, StepDecided: {StepAssessed}}, handlers,
		"This incident is past assessment. It can be reopened, with a reason."},
	{CommandDecide, []Step{StepAssessed, StepDecided, StepNotified, StepResolved},
		map[Step][]Step{StepAssessed: {StepDecided}, StepDecided: {StepAssessed}}, deciders,
		"There is no assessment to decide on. Please assess the risk first; it takes a minute."},
	{CommandRecordNotification, []Step{StepAssessed, StepDecided, StepNotified, StepResolved},
		map[Step][]Step{StepDecided: {StepNotified}, StepNotified: {StepAssessed}}, handlers, // by withdrawing it
		"There is no decision to notify. The DPO decides first."},
	{CommandAddNote, whenever, nil, append([]Role{RoleReporter}, handlers...),
		"There is no such incident."},
	{CommandAssignRole, open, nil, handlers,
		"This incident is finished. It can be reopened, with a reason."},
	{CommandResolve, []Step{StepDecided, StepNotified}, map[Step][]Step{StepDecided: {StepResolved}, StepNotified: {StepResolved}}, handlers,
		"Before it can be resolved, the decision about the regulator must be taken and, if it is to notify, recorded as sent."},
	{CommandClose, []Step{StepResolved}, map[Step][]Step{StepResolved: {StepClosed}}, handlers,
		"Only a resolved incident can be closed."},
	{CommandDismiss, []Step{StepReported, StepTriaged, StepAssessed, StepDecided},
		map[Step][]Step{StepReported: {StepDismissed}, StepTriaged: {StepDismissed}, StepAssessed: {StepDismissed}, StepDecided: {StepDismissed}},
		deciders, // it stops the legal clock
		"This can no longer be dismissed: it was notified, resolved or closed."},
	{CommandContain, active, map[Step][]Step{StepDecided: {StepAssessed}}, handlers,
		"This incident is past containment. It can be reopened, with a reason."},
	{CommandInvestigate, active, map[Step][]Step{StepDecided: {StepAssessed}}, handlers,
		"This incident is past investigation. It can be reopened, with a reason."},
	{CommandRecover, active, nil, handlers,
		"This incident is past recovery. It can be reopened, with a reason."},
	{CommandReview, []Step{StepResolved}, nil, handlers,
		"The review comes after the incident is resolved, and before it is closed."},
	{CommandAddAction, append(slices.Clone(open), StepClosed), nil, handlers,
		"This incident has ended without a review. It can be reopened, with a reason."},
	{CommandFinishAction, append(slices.Clone(open), StepClosed), nil, nil, // its owner can, whoever that is
		"This incident has ended without a review. It can be reopened, with a reason."},
	{CommandAnswerDuty, open, nil, handlers,
		"This incident is finished. It can be reopened, with a reason."},
	{CommandRecordDuty, open, nil, handlers,
		"This incident is finished. It can be reopened, with a reason."},
	{CommandCallDeputy, active, nil, handlers,
		"No decision is waiting. It can be reopened, with a reason."},
	{CommandLinkTo, whenever, nil, handlers,
		"There is no such incident."},
	{CommandLinkBack, whenever, nil, nil,
		"There is no such incident."},
	{CommandMarkDuplicate, []Step{StepReported, StepTriaged, StepAssessed, StepDecided},
		map[Step][]Step{StepReported: {StepDuplicate}, StepTriaged: {StepDuplicate}, StepAssessed: {StepDuplicate}, StepDecided: {StepDuplicate}},
		deciders, // it stops this incident's clock
		"This can no longer be marked as a duplicate: it was notified, resolved or closed."},
	{CommandReopen, []Step{StepResolved, StepClosed, StepDismissed, StepDuplicate},
		map[Step][]Step{
			StepResolved:  {StepAssessed, StepDecided, StepNotified},
			StepClosed:    {StepDecided, StepNotified},
			StepDismissed: {StepReported, StepTriaged, StepAssessed, StepDecided},
			StepDuplicate: {StepReported, StepTriaged, StepAssessed, StepDecided},
		},
		[]Role{RoleDPO, RoleDeputy, RoleIGLead, RoleCaldicott, RoleLead},
		"This incident is still open."},
	{CommandErase, []Step{StepClosed, StepDismissed, StepDuplicate}, nil, []Role{RoleDPO, RoleDeputy},
		"Only a finished incident can be erased."},
	{CommandDeliver, whenever, nil, nil,
		"There is no such incident."},
	{CommandAddEvidence, whenever, nil, append([]Role{RoleReporter}, handlers...),
		"There is no such incident."},
	{CommandRecordEdit, whenever, nil, nil,
		"There is no such incident."},
	{CommandRecordMember, whenever, nil, nil,
		"There is no such incident."},
	{CommandRecordShared, whenever, nil, nil,
		"There is no such incident."},
	{CommandAskHelp, open, nil, handlers,
		"This incident is finished. It can be reopened, with a reason."},
	{CommandGiveHelp, whenever, nil, nil, // whoever was asked
		"There is no such incident."},
}

func transitionOf(c CommandName) transition {
	n := slices.IndexFunc(transitions, func(t transition) bool { return t.Command == c })
	if n < 0 {
		return transition{Command: c, Refusal: "That cannot be done."}
	}
	return transitions[n]
}

// Allowed tells whether a command may start from a step, whoever gives it.
func Allowed(c CommandName, from Step) bool { return slices.Contains(transitionOf(c).From, from) }

// MayGive tells whether the actor may give the command for this incident now:
// the step allows it and one of their roles does.
func (r Rules) MayGive(c CommandName, inc *Incident, by Actor) bool {
	return r.Permit(c, inc, by) == nil
}

// Permit refuses a command that the step or the actor's roles do not allow.
func (r Rules) Permit(c CommandName, inc *Incident, by Actor) error {
	t := transitionOf(c)
	switch {
	case c == CommandDecide || c == CommandDismiss || c == CommandMarkDuplicate:
		if err := r.mayDecide(inc, by); err != nil {
			return err
		}
	case len(t.By) > 0 && !by.Holds(inc, t.By...):
		return forbidden("You cannot do this here. It is for the " + roleList(t.By) + ".")
	}
	if inc != nil && !inc.Erased.IsZero() && c != CommandAddNote && c != CommandDeliver {
		return conflict("The words of this incident were erased under the retention policy. It can no longer be changed.")
	}
	if from := inc.Step(); !slices.Contains(t.From, from) {
		if from == StepClosed && c != CommandClose {
			return conflict("This incident is closed. Nothing was changed. It can be reopened, with a reason.")
		}
		return conflict(t.Refusal)
	}
	return nil
}

func roleList(roles []Role) string {
	names := make([]string, len(roles))
	for n, r := range roles {
		names[n] = r.Name()
	}
	if len(names) == 1 {
		return names[0]
	}
	return strings.Join(names[:len(names)-1], ", ") + " or " + names[len(names)-1]
}

// Mermaid draws the transition table as a state diagram.
func Mermaid() string {
	var b strings.Builder
	b.WriteString("stateDiagram-v2\n")
	for _, from := range Steps {
		for _, to := range Steps {
			var by []string
			for _, t := range transitions {
				if slices.Contains(t.To[from], to) {
					by = append(by, string(t.Command))
				}
			}
			if len(by) > 0 {
				name := string(from)
				if from == StepNone {
					name = "[*]"
				}
				fmt.Fprintf(&b, "    %s --> %s: %s\n", name, to, strings.Join(by, ", "))
			}
		}
	}
	for _, s := range Steps {
		if s.Over() {
			fmt.Fprintf(&b, "    %s --> [*]\n", s)
		}
	}
	return b.String()
}

// Coverage reports for every command and step whether it is handled, so that a
// hole in the workflow shows in a diff.
func Coverage() string {
	var b strings.Builder
	for _, t := range transitions {
		fmt.Fprintf(&b, "%s\n", t.Command)
		by := "anybody"
		if len(t.By) > 0 {
			by = roleList(t.By)
		}
		fmt.Fprintf(&b, "    by: %s\n", by)
		var missing []string
		for _, s := range Steps {
			if slices.Contains(t.From, s) {
				fmt.Fprintf(&b, "    handled: %s\n", s)
			} else {
				missing = append(missing, string(s))
			}
		}
		if len(missing) > 0 {
			fmt.Fprintf(&b, "    missing: %s\n        says: %s\n", strings.Join(missing, ", "), t.Refusal)
		}
	}
	return b.String()
}
