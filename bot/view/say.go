package view

import (
	"fmt"
	"strings"

	"github.com/slack-go/slack"

	"breachbot/workflow"
)

// Say tells the channel what has just happened. Reasons and other typed words
// stay behind a button. While there is no channel, and so no card, it is told in
// person and carries what comes next too.
func Say(inc *workflow.Incident, about int, rules workflow.Rules) Message {
	id := string(inc.ID)
	lines := []string{said(inc, about, rules)}
	buttons := []slack.BlockElement{button(ActTimeline, "Show the timeline", id)}
	if about == inc.RiskVersion && rules.Outdated(inc) != nil {
		lines = append(lines, "*The facts have changed*, so the risk is to be assessed again before anybody decides.")
		if inc.Room.Ready() {
			buttons = append([]slack.BlockElement{primary(button(ActAssess, "Assess the risk", id))}, buttons...)
		}
	}
	if !inc.Room.Ready() {
		lines[0] = "*Incident " + id + "* · " + lines[0]
		if next := nextLine(inc, rules); next != "" {
			lines = append(lines, next)
		}
		buttons = append(nextButton(inc, rules), buttons...)
	}
	if inc.Drill() && inc.Closed != nil && inc.Closed.Seq == about {
		lines = append(lines, paceLines(inc, rules)...)
		buttons = append(buttons, button(ActPace, "How fast was each step", id))
	}
	return practice(inc, Message{
		Text:   "Incident " + id + " was updated",
		Blocks: []slack.Block{section(strings.Join(lines, "\n")), actions("say", buttons...)},
	})
}

func said(inc *workflow.Incident, about int, rules workflow.Rules) string {
	for _, a := range inc.Alarms {
		if a.Seq == about {
			return exposedWords(inc, a)
		}
	}
	kind := ""
	for _, l := range inc.Loud {
		if l.Seq == about {
			kind = l.Kind
		}
	}
	switch kind {
	case "times_corrected":
		for _, c := range inc.Corrections {
			if c.Seq != about {
				continue
			}
			line := "*The times were corrected* by " + user(c.By) + ". "
			if c.After.Equal(c.Before) {
				return line + "The deadline stays as it was."
			}
			return line + "Before, the deadline was " + utc(c.Before) + ".\n" + clockLine(inc)
		}
	case "triaged":
		for _, g := range inc.Triages {
			if g.Seq == about {
				return fmt.Sprintf("*Triaged* by %s: severity %s, risk to people %s.", user(g.By), escape(g.Severity.Label()), lowerFirst(g.Risk.Name()))
			}
		}
	case "assessed":
		for _, a := range inc.Assessments {
			if a.Seq == about {
				return "*Risk assessed* by " + user(a.By) + ". " + escape(headline(a.Recommendation, rules.Regulator))
			}
		}
	case "decided":
		switch all := inc.Together(about); len(all) {
		case 0: // said with the first of them
		case 1:
			return decidedWords(all[0], inc, rules)
		default:
			var names []string
			for _, d := range all {
				names = append(names, escape(rules.RecipientLabel(d.Recipient)))
			}
			return "*Need not be told:* " + strings.Join(names, ", ") + ". Decided by " + user(all[0].By) + " (" + escape(all[0].Role.Short()) + "); the reason is in the register."
		}
	case "notified":
		for _, n := range inc.Notifications {
			if n.Seq == about {
				return sentWords(n, inc, rules)
			}
		}
	case "role_assigned":
		line := "*Lead:* " + user(inc.Lead) + "."
		if len(inc.Responders) > 0 {
			var who []string
			for _, u := range inc.Responders {
				who = append(who, user(u))
			}
			line += " *Also responding:* " + strings.Join(who, ", ") + "."
		}
		return line
	case "resolved":
		return "*Resolved.* The review comes next; it is due within 14 days."
	case "closed":
		if inc.Drill() {
			return "*Closed.* The drill is over. Its record is kept apart from the register."
		}
		return "*Closed.* The record stays in the register."
	case "dismissed":
		return "*Not a personal data breach.* The report stays in the register with the reason, and the clock has stopped."
	case "containment_recorded":
		for _, c := range inc.Containments {
			if c.Seq == about {
				if c.State == workflow.Contained {
					return "*Contained*, since " + when(c.Since) + ". Recorded by " + user(c.By) + "."
				}
				return "*Containing is under way.* Recorded by " + user(c.By) + ": " + count(len(c.Steps), "act") + " done."
			}
		}
	case "investigated":
		for _, v := range inc.Investigations {
			if v.Seq == about {
				return "*Investigation:* " + lowerFirst(escape(v.Findings.Certainty.Label())) + ". Recorded by " + user(v.By) + "; it is in the timeline."
			}
		}
	case "recovery_recorded":
		for _, r := range inc.Recoveries {
			if r.Seq == about {
				return fmt.Sprintf("*Recovery:* %d of %d checks passed. Recorded by %s.", len(r.Checks), len(workflow.RecoveryChecks), user(r.By))
			}
		}
	case "reviewed":
		return "*The review is complete.* " + escape(actionLine(inc))
	case "action_added":
		if a := inc.Action(about); a != nil {
			return "*An action was set* for " + user(a.Owner) + ", due " + when(a.Due) + "."
		}
	case "action_finished":
		for _, a := range inc.Actions {
			if a.DoneSeq == about {
				return "*An action is done*, said by " + user(a.DoneBy) + ". " + escape(actionLine(inc))
			}
		}
	case "linked":
		for _, l := range inc.Links {
			if l.Seq == about {
				return "*Linked:* " + linkWords(l)
			}
		}
	case "deputy_called":
		return "*The DPO is away.* The deputy has been asked to stand in."
	case "reopened":
		line := "*Reopened.* " + clockLine(inc)
		if inc.Standing(workflow.Regulator) != nil && inc.Notice(workflow.Regulator) == nil {
			line += "\nWhat was decided stands. Please record what is new with *Triage*, *Contain* or *Investigate*; a decision that rests on older facts is then open again."
		}
		return line
	}
	return "The incident was updated."
}

func decidedWords(d workflow.Decision, inc *workflow.Incident, rules workflow.Rules) string {
	who := user(d.By) + " (" + escape(d.Role.Short()) + ")"
	switch {
	case !d.Recipient.Core():
		return "*" + escape(rules.RecipientLabel(d.Recipient)) + ":* " + escape(verdictWords(d, rules.Regulator)) + ", decided by " + who + "."
	case d.Verdict == workflow.NeedMore:
		return "*More facts are needed for the decision.* " + who + " asks; the question is in the timeline. Please answer with *Add a note*, or assess again. The clock keeps running."
	case d.Recipient == workflow.Regulator && d.Verdict == workflow.Notify:
		until := "The clock runs on until"
		if back := inc.Withdrawal(workflow.Regulator); back != nil && back.Seq < d.Seq {
			until = "Nothing is in force until" // the clock stopped with what was withdrawn
		}
		return "*Decided: notify the " + escape(rules.Regulator) + ".* By " + who + ". " + until + " it is recorded as *sent*: press *Record as sent* on the card."
	case d.Recipient == workflow.Regulator:
		return "*Decided: do not notify the " + escape(rules.Regulator) + ".* By " + who + ". The reasons are in the register."
	case d.Verdict == workflow.Notify:
		return "*Decided: tell the people concerned.* By " + who + ". Record it once they have been told."
	}
	return "*Decided: do not tell the people concerned.* By " + who + ". The reasons are in the register."
}

func sentWords(n workflow.Notification, inc *workflow.Incident, rules workflow.Rules) string {
	what := "Sent to the " + rules.Regulator
	switch {
	case n.Recipient == workflow.DataSubjects:
		what = "The people concerned were told"
	case !n.Recipient.Core():
		what = rules.RecipientLabel(n.Recipient) + " told"
	case n.FollowUp:
		what = "More information sent to the " + rules.Regulator
	}
	if n.Withdrawn {
		what = rules.RecipientLabel(n.Recipient) + ": the notice was withdrawn"
	}
	line := "*" + escape(what) + "*, " + when(n.SentAt) + " (" + utc(n.SentAt) + "), recorded by " + user(n.By) + "."
	switch {
	case n.Withdrawn && n.Recipient.Core():
		line += " Whether to notify is open again; please decide anew."
	case n.Withdrawn: // nothing more is to follow
	case n.Recipient == workflow.Regulator:
		if n.Late {
			line += " It was after the deadline; the reasons are recorded."
		} else if !n.FollowUp {
			line += " It was in time. The 72-hour clock has stopped."
		}
		if !n.Complete {
			line += " More information is to follow, by " + when(n.SentAt.Add(rules.FollowUpEvery)) + "."
		}
	case !n.Complete:
		line += " More is to follow."
	}
	return line
}

// linkWords says how two reports belong together.
func linkWords(l workflow.Link) string {
	other := "*" + string(l.Other) + "*"
	switch {
	case l.Duplicate && l.Back:
		return other + " is a second report of this breach. Its work goes on here."
	case l.Duplicate:
		return "this is a second report of " + other + ". The work and the clock go on there."
	}
	return "this belongs together with " + other + "."
}
