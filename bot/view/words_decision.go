package view

import (
	"strings"
	"time"

	"breachbot/workflow"
)

func decisions(inc *workflow.Incident, each func(int, time.Time, workflow.Decision)) {
	for _, d := range inc.Decisions {
		each(d.Seq, d.At, d)
	}
}

// saidDecision announces answers that were given together once, with the first of
// them. It is empty for the others.
func saidDecision(s scene, d workflow.Decision) string {
	switch all := s.inc.Together(d.Seq); len(all) {
	case 0:
		return ""
	case 1:
		return decidedWords(s, d)
	default:
		if d.Recipient.Core() {
			var lines []string
			for _, d := range all {
				lines = append(lines, decidedWords(s, d))
			}
			return strings.Join(lines, "\n")
		}
		var names []string
		for _, d := range all {
			names = append(names, escape(s.rules.RecipientLabel(d.Recipient)))
		}
		return "*Need not be told:* " + strings.Join(names, ", ") + ". Decided by " + user(d.By) + " (" + escape(d.Role.Short()) + "); the reason is in the register."
	}
}

func decidedWords(s scene, d workflow.Decision) string {
	regulator := escape(s.rules.Regulator)
	who := user(d.By) + " (" + escape(d.Role.Short()) + ")"
	switch {
	case d.Recipient.Core() && d.Verdict == workflow.NeedMore:
		return "*More facts are needed for the decision.* " + who + " has a question: it is in the timeline. Please answer with *Add a note*, or assess again. The clock keeps running."
	case d.Recipient == workflow.Regulator && d.Verdict == workflow.Notify:
		until := "The clock keeps running until"
		if back := s.inc.Withdrawal(workflow.Regulator); back != nil && back.Seq < d.Seq {
			until = "Nothing is in force until" // the clock stopped with the notice that was withdrawn
		}
		return "*Decided: notify the " + regulator + ".* By " + who + ". " + until + " it is recorded as *sent*: press *Record as sent* on the card."
	case d.Recipient == workflow.Regulator && d.Verdict == workflow.DoNotNotify:
		return "*Decided: do not notify the " + regulator + ".* By " + who + ". The reasons are in the register."
	case d.Recipient == workflow.DataSubjects && d.Verdict == workflow.Notify:
		return "*Decided: tell the people affected.* By " + who + ". Record it once they have been told."
	case d.Recipient == workflow.DataSubjects && d.Verdict == workflow.DoNotNotify:
		return "*Decided: do not tell the people affected.* By " + who + ". The reasons are in the register."
	}
	return "*" + escape(s.rules.RecipientLabel(d.Recipient)) + ":* " + escape(verdictWords(d, s.rules.Regulator)) + ", decided by " + who + "."
}

func toldDecision(s scene, d workflow.Decision) (string, []pair) {
	line := "Decision about " + escape(inSentence(d.Recipient, s.rules)) + " by " + user(d.By) + " as " + escape(d.Role.Short()) + ": " + escape(verdictWords(d, s.rules.Regulator)) + "."
	if d.Against {
		line += " Against the advice."
	}
	if d.Ground != "" {
		line += " Exemption: " + escape(d.Ground.Label()) + "."
	}
	if d.Delay != "" {
		line += " Late: " + escape(d.Delay.Label()) + "."
	}
	reason := "Reason"
	if d.Verdict == workflow.NeedMore {
		reason = "Question"
	}
	return line, []pair{{reason, d.Reason}, {"Advice received", d.Advice}, {"Why it took longer", d.DelayReason}}
}

// inSentence names a recipient inside a sentence.
func inSentence(to workflow.Recipient, rules workflow.Rules) string {
	switch to {
	case workflow.DataSubjects:
		return "the people affected"
	case workflow.Regulator:
		return "the " + rules.Regulator
	}
	return rules.RecipientLabel(to)
}

func notices(inc *workflow.Incident, each func(int, time.Time, workflow.Notification)) {
	for _, n := range inc.Notifications {
		each(n.Seq, n.At, n)
	}
}

func saidNotice(s scene, n workflow.Notification) string {
	what := "Sent to the " + s.rules.Regulator
	switch {
	case n.Recipient == workflow.DataSubjects:
		what = "The people affected were told"
	case !n.Recipient.Core():
		what = s.rules.RecipientLabel(n.Recipient) + " told"
	case n.FollowUp:
		what = "More information sent to the " + s.rules.Regulator
	}
	if n.Withdrawn {
		what = s.rules.RecipientLabel(n.Recipient) + ": the notice was withdrawn"
	}
	line := "*" + escape(what) + "*, " + exactly(n.SentAt, s.rules.Zone) + ", recorded by " + user(n.By) + "."
	switch {
	case n.Withdrawn && n.Recipient.Core():
		line += " Whether to notify is open again. Please decide again."
	case n.Withdrawn: // nothing more is to follow
	case n.Recipient == workflow.Regulator:
		if n.Late {
			line += " It was after the deadline; the reasons are recorded."
		} else if !n.FollowUp && s.inc.Clock().Ours() {
			line += " It was in time. The 72-hour clock has stopped."
		}
		if !n.Complete {
			line += " More information will follow, by " + when(n.SentAt.Add(s.rules.FollowUpEvery)) + "."
		}
	case !n.Complete:
		line += " More will follow."
	}
	return line
}

func toldNotice(s scene, n workflow.Notification) (string, []pair) {
	return saidNotice(s, n) + " How: " + escape(n.Method.Label()) + ".",
		[]pair{{"Reference", n.Reference}, {"Why it took longer", n.DelayReason}, {"Why withdrawn", n.Reason}}
}
