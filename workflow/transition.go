package workflow

import (
	"fmt"
	"slices"
	"strings"
)

// Step is the stage an incident has reached. It is derived from what has
// happened, so it cannot disagree with it.
type Step string

const (
	StepNone      Step = "none" // nothing reported yet
	StepReported  Step = "reported"
	StepTriaged   Step = "triaged"
	StepAssessed  Step = "assessed" // the regulator question is open
	StepTheirs    Step = "theirs"   // it is the controller's: we are only the processor
	StepDecided   Step = "decided"  // it is answered
	StepNotified  Step = "notified" // the notification is recorded as sent
	StepResolved  Step = "resolved"
	StepClosed    Step = "closed"
	StepDismissed Step = "dismissed" // not a personal data breach
	StepDuplicate Step = "duplicate" // a second report of the same breach
)

// Steps lists the steps in their usual order.
var Steps = []Step{StepNone, StepReported, StepTriaged, StepAssessed, StepTheirs, StepDecided, StepNotified, StepResolved, StepClosed, StepDismissed, StepDuplicate}

// Label is the step in words.
func (s Step) Label() string {
	switch s {
	case StepReported:
		return "Reported, waiting for triage"
	case StepTriaged:
		return "Triaged, waiting for assessment"
	case StepAssessed:
		return "Assessed, waiting for the DPO's decision"
	case StepTheirs:
		return "Assessed. The controller decides who else is told"
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

// Step is the stage the incident has reached. A nil incident is at StepNone.
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
	case i.Assessment() != nil && i.OnlyProcessor():
		return StepTheirs
	case i.Assessment() != nil:
		return StepAssessed
	case i.Severity.Valid():
		return StepTriaged
	}
	return StepReported
}

// Allowed tells whether a command may start from a step, whoever gives it.
func Allowed(c CommandName, from Step) bool { return slices.Contains(commandRowOf(c).from, from) }

// MayGive tells whether the actor may give the command for this incident now:
// the step allows it and one of their roles does.
func (r Rules) MayGive(c CommandName, inc *Incident, by Actor) bool {
	return r.Permit(c, inc, by) == nil
}

// Permit refuses a command that the step or the actor's roles do not allow.
func (r Rules) Permit(c CommandName, inc *Incident, by Actor) error {
	row := commandRowOf(c)
	switch {
	case row.by.decides:
		if err := r.mayDecide(inc, by); err != nil {
			return err
		}
	case len(row.by.roles) > 0 && !by.Holds(inc, row.by.roles...):
		return forbidden("You cannot do this here. Only the " + roleList(row.by.roles) + " can do it.")
	}
	if inc != nil && !inc.Erased.IsZero() && !row.erased {
		return conflict("The words of this incident were erased under the retention policy. It can no longer be changed.")
	}
	if from := inc.Step(); !slices.Contains(row.from, from) {
		if from == StepClosed && c != CommandClose {
			return conflict("This incident is closed. Nothing was changed. It can be reopened, with a reason.")
		}
		return conflict(row.refusal)
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
			for _, t := range commandRows {
				if slices.Contains(t.to[from], to) {
					by = append(by, string(t.name))
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

// Coverage lists, for every command and step, whether it is handled, so that a
// gap in the workflow shows in a diff.
func Coverage() string {
	var b strings.Builder
	for _, t := range commandRows {
		fmt.Fprintf(&b, "%s\n", t.name)
		by := "anybody"
		if len(t.by.roles) > 0 {
			by = roleList(t.by.roles)
		}
		fmt.Fprintf(&b, "    by: %s\n", by)
		var missing []string
		for _, s := range Steps {
			if slices.Contains(t.from, s) {
				fmt.Fprintf(&b, "    handled: %s\n", s)
			} else {
				missing = append(missing, string(s))
			}
		}
		if len(missing) > 0 {
			fmt.Fprintf(&b, "    missing: %s\n        says: %s\n", strings.Join(missing, ", "), t.refusal)
		}
	}
	return b.String()
}
