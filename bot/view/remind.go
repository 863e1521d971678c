package view

import (
	"strings"
	"time"

	"github.com/slack-go/slack"

	"breachbot/workflow"
)

// Remind is a reminder of any clock except the regulator's.
func Remind(inc *workflow.Incident, t workflow.Task, milestone workflow.Countdown, missed []workflow.Countdown, rules workflow.Rules, now time.Time) Message {
	name := t.ClockOf()
	left := Left(t.Deadline.Sub(now))
	if d := t.Deadline.Sub(now); d >= 0 && d < time.Minute {
		left = "due now"
	}
	label := name.Label(rules.Regulator)
	text := about(inc) + ". " + label + ": " + left
	until := ", due " + deadline(t.Deadline, rules.Zone)
	if left == "due now" {
		until = " (" + deadline(t.Deadline, rules.Zone) + ")"
	}
	lines := []string{"*" + escape(text) + "*" + until + "."}
	if len(missed) > 0 {
		lines = append(lines, "Not sent at the time: the reminder "+missedWords(missed)+".")
	}
	return practice(inc, Message{Text: text, Blocks: []slack.Block{section(strings.Join(lines, "\n")), actions("remind", reminderButtons(inc.ID, name)...)}})
}
