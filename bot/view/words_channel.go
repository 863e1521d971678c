package view

import (
	"slices"
	"strings"
	"time"

	"breachbot/workflow"
)

// actsOf gives the acts of one kind, which breachbot itself did.
func actsOf(kind string) parts[workflow.Act] {
	return func(inc *workflow.Incident, each func(int, time.Time, workflow.Act)) {
		for _, a := range inc.Acts {
			if a.Kind == kind {
				each(a.Seq, a.At, a)
			}
		}
	}
}

func toldOpened(scene, workflow.Act) (string, []pair) {
	return "The incident's channel was opened.", nil
}

func toldRefused(_ scene, a workflow.Act) (string, []pair) {
	return "The incident's channel could not be opened (Slack says " + escape(a.Code) + ").", nil
}

func toldCard(scene, workflow.Act) (string, []pair) {
	return "The card was posted in the channel.", nil
}

func toldInvited(_ scene, a workflow.Act) (string, []pair) {
	var who, not []string
	for _, u := range a.Joined {
		who = append(who, user(u))
	}
	for _, u := range sorted(a.Refused) {
		not = append(not, user(workflow.UserID(u))+" (Slack says "+escape(a.Refused[workflow.UserID(u)])+")")
	}
	line := "Invited to the channel: " + mention(a.Target.Principal()) + "."
	if a.Target.Principal().IsGroup() && len(who) > 0 {
		line = strings.TrimSuffix(line, ".") + " (" + strings.Join(who, ", ") + ")."
	}
	if len(not) > 0 {
		line += " Could not be invited: " + strings.Join(not, ", ") + "."
	}
	return line, nil
}

// joinings gives the people who joined by themselves. If breachbot invited somebody,
// the invitation says so.
func joinings(inc *workflow.Incident, each func(int, time.Time, workflow.Move)) {
	came := map[workflow.UserID]bool{}
	for _, m := range inc.Moves {
		if !m.Joined {
			continue
		}
		asked := slices.ContainsFunc(inc.Acts, func(a workflow.Act) bool { return slices.Contains(a.Joined, m.User) })
		if came[m.User] || !asked {
			each(m.Seq, m.At, m)
		}
		came[m.User] = true
	}
}

func toldJoining(_ scene, m workflow.Move) (string, []pair) {
	return user(m.User) + " joined the channel.", nil
}

func leavings(inc *workflow.Incident, each func(int, time.Time, workflow.Move)) {
	for _, m := range inc.Moves {
		if !m.Joined {
			each(m.Seq, m.At, m)
		}
	}
}

func toldLeaving(_ scene, m workflow.Move) (string, []pair) {
	return user(m.User) + " left the channel.", nil
}

func exposures(inc *workflow.Incident, each func(int, time.Time, workflow.Alarm)) {
	for _, a := range inc.Alarms {
		each(a.Seq, a.At, a)
	}
}

func saidExposure(s scene, a workflow.Alarm) string {
	line := "*The channel of " + string(s.inc.ID) + " can be read from outside.* " + upperFirst(exposed(a)) + "\n"
	if a.Why == workflow.OutsiderShared {
		return line + "Please write nothing more there, and have the sharing stopped. What was written may itself have to be treated as a disclosure."
	}
	return line + "Please remove them from the channel, unless they are meant to be there. What was written may itself have to be treated as a disclosure."
}

func toldExposure(_ scene, a workflow.Alarm) (string, []pair) {
	line := "Alarm: " + exposed(a)
	if a.Team != "" {
		line = strings.TrimSuffix(line, ".") + " (" + escape(workflow.Cut(a.Team, 40)) + ")."
	}
	return line, nil
}
