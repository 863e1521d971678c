package view

import (
	"strings"
	"time"

	"breachbot/workflow"
)

func handovers(inc *workflow.Incident, each func(int, time.Time, workflow.Handover)) {
	for _, h := range inc.Handovers {
		each(h.Seq, h.At, h)
	}
}

// saidRole tells who has which role now, so that people know who to turn to.
func saidRole(s scene, _ workflow.Handover) string {
	line := "*Lead:* " + user(s.inc.Lead) + "."
	if len(s.inc.Responders) > 0 {
		var who []string
		for _, u := range s.inc.Responders {
			who = append(who, user(u))
		}
		line += " *Also responding:* " + strings.Join(who, ", ") + "."
	}
	return line
}

func toldRole(_ scene, h workflow.Handover) (string, []pair) {
	return user(h.User) + " became " + escape(h.Role.Short()) + ", named by " + user(h.By) + ".", []pair{{"Note", h.Note}}
}

// turnsOf gives the times that the work ended or was resumed in one way.
func turnsOf(kind string) parts[workflow.Turn] {
	return func(inc *workflow.Incident, each func(int, time.Time, workflow.Turn)) {
		for _, t := range inc.Turns {
			if t.Kind == kind {
				each(t.Seq, t.At, t)
			}
		}
	}
}

// turned says how the work ended or was resumed. label is the question that the
// reason answers.
func turned(what, label string) func(scene, workflow.Turn) (string, []pair) {
	return func(_ scene, t workflow.Turn) (string, []pair) {
		return what + " by " + user(t.By) + ".", []pair{{label, t.Reason}, {"Root cause", t.RootCause}}
	}
}

func saidDeputy(scene, workflow.Turn) string {
	return "*The DPO is away.* The deputy has been asked to stand in."
}

func saidResolved(scene, workflow.Turn) string {
	return "*Resolved.* The review comes next; it is due within 14 days."
}

func saidClosed(s scene, _ workflow.Turn) string {
	if s.inc.Drill() {
		return "*Closed.* The drill is over. Its record is kept apart from the register."
	}
	return "*Closed.* The record stays in the register."
}

func saidDismissed(scene, workflow.Turn) string {
	return "*Not a personal data breach.* The report stays in the register with the reason, and the clock has stopped."
}

func saidReopened(s scene, _ workflow.Turn) string {
	line := "*Reopened.* " + clockLine(s.inc, s.rules.Zone)
	if s.inc.Standing(workflow.Regulator) != nil && s.inc.Notice(workflow.Regulator) == nil {
		line += "\nEarlier decisions still apply. Please record what is new with *Triage*, *Contain* or *Investigate*. A decision that rests on older facts is then open again."
	}
	return line
}

func links(inc *workflow.Incident, each func(int, time.Time, workflow.Link)) {
	for _, l := range inc.Links {
		each(l.Seq, l.At, l)
	}
}

func saidLink(_ scene, l workflow.Link) string { return "*Linked:* " + linkWords(l) }

func toldLink(_ scene, l workflow.Link) (string, []pair) {
	return upperFirst(linkWords(l)) + " Recorded by " + user(l.By) + ".", []pair{{"Reason", l.Reason}}
}

// linkWords says how two reports are related.
func linkWords(l workflow.Link) string {
	other := "*" + string(l.Other) + "*"
	switch {
	case l.Duplicate && l.Back:
		return other + " is a second report of this breach. Its work continues here."
	case l.Duplicate:
		return "this is a second report of " + other + ". The work and the clock continue there."
	}
	return "this is related to " + other + "."
}

func toldErased(_ scene, a workflow.Act) (string, []pair) {
	return "What people wrote was erased under the retention policy, by " + user(a.By) + ".", nil
}
