package view

import (
	"strings"
	"time"

	"github.com/slack-go/slack"

	"breachbot/workflow"
)

// Remind is a reminder of any clock except the regulator's.
func Remind(inc *workflow.Incident, t workflow.Task, milestone workflow.Countdown, missed []workflow.Countdown, rules workflow.Rules, now time.Time) Message {
	id := string(inc.ID)
	name := t.ClockOf()
	left := Left(t.Deadline.Sub(now))
	if d := t.Deadline.Sub(now); d >= 0 && d < time.Minute {
		left = "due now"
	}
	label := name.Label(rules.Regulator)
	text := "Incident " + id + ": " + lowerFirst(label) + ", " + left
	lines := []string{"*Incident " + id + " · " + escape(label) + ": " + left + "*, due " + deadline(t.Deadline, rules.Zone) + "."}
	if len(missed) > 0 {
		lines = append(lines, "Not sent at the time: the reminder "+missedWords(missed)+".")
	}
	return practice(inc, Message{Text: text, Blocks: []slack.Block{section(strings.Join(lines, "\n")), actions("remind", reminderButtons(inc.ID, name)...)}})
}
