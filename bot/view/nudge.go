package view

import (
	"slices"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"breachbot/workflow"
)

// Nudge counts down to the deadline. missed are earlier milestones whose reminders
// could not be sent in time.
func Nudge(inc *workflow.Incident, t workflow.Task, milestone workflow.Countdown, missed []workflow.Countdown, rules workflow.Rules, now time.Time) Message {
	id := string(inc.ID)
	c := inc.Clock()
	left := Left(c.Left(now))
	text := about(inc) + ", " + left
	lines := []string{"*" + escape(text) + "*" + toNotify(inc, rules) + ".", deadlineLine(inc, rules)}
	if c.Left(now) < 0 {
		lines = append(lines, "A late notification is still required, with the *reasons for the delay* (Art. 33(1)). Please notify now and record it as sent, or record the decision not to notify.")
	}
	if len(missed) > 0 {
		lines = append(lines, "Not sent at the time: the reminder "+missedWords(missed)+".")
	}
	if next := nextLine(inc, rules); next != "" {
		lines = append(lines, next)
	}
	var buttons []slack.BlockElement
	buttons = append(buttons, nextButton(inc, rules)...)
	if inc.Lead == "" {
		buttons = append(buttons, button(ActLead, "I have it", id))
	}
	buttons = append(buttons, button(ActDetails, "Show the report", id))
	blocks := []slack.Block{section(strings.Join(lines, "\n")), actions("nudge", buttons...)}
	if t.Target != workflow.InChannel {
		blocks = append(blocks, where(inc, t.Target)...)
	}
	return practice(inc, Message{Text: text, Blocks: blocks, Calls: nudged(inc, milestone, rules)})
}

// nudged are those whom a reminder in the channel calls: who acts next, unless they
// get the same reminder in person.
func nudged(inc *workflow.Incident, milestone workflow.Countdown, rules workflow.Rules) []workflow.Principal {
	who := rules.Deciders(inc)
	if inc.Lead != "" {
		who = append(slices.Clone(who), workflow.Principal(inc.Lead))
	}
	inPerson := rules.NudgedInPerson(inc, milestone)
	return slices.DeleteFunc(slices.Clone(who), func(p workflow.Principal) bool { return slices.Contains(inPerson, p) })
}

// missedWords names the missed reminders that a nudge replaces.
func missedWords(missed []workflow.Countdown) string {
	const most = 8
	var before, after []string
	at, more := "", ""
	for n, m := range missed {
		if n == most {
			more = "later ones"
			break
		}
		switch d := time.Duration(m); {
		case d > 0:
			before = append(before, span(d))
		case d == 0:
			at = "at the deadline"
		default:
			after = append(after, span(-d))
		}
	}
	var parts []string
	if len(before) > 0 {
		parts = append(parts, enumerate(before)+" before the deadline")
	}
	if at != "" {
		parts = append(parts, at)
	}
	if len(after) > 0 {
		parts = append(parts, enumerate(after)+" after it")
	}
	if more != "" {
		parts = append(parts, more)
	}
	return strings.Join(parts, "; ")
}

// enumerate lists spans of time with their unit once: "48, 24 and 12 hours".
func enumerate(spans []string) string {
	last := spans[len(spans)-1]
	if len(spans) == 1 {
		return last
	}
	rest := spans[:len(spans)-1]
	for n, s := range rest {
		rest[n] = strings.TrimSuffix(s, " hours")
	}
	return strings.Join(rest, ", ") + " and " + last
}

// FollowUp is a reminder that more information is due to the regulator.
func FollowUp(inc *workflow.Incident, rules workflow.Rules) Message {
	id := string(inc.ID)
	return practice(inc, Message{
		Text: "Incident " + id + ": more information is due to the " + rules.Regulator,
		Blocks: []slack.Block{
			section("*Incident " + id + ": more information is due to the " + escape(rules.Regulator) + ".* The last notice was recorded as incomplete. Send what is known now and record it, and mark it complete when there is nothing more to send."),
			actions("follow_up", primary(button(ActRecord, "Record as sent", id)), button(ActDetails, "Show the report", id)),
		},
	})
}
