package view

import (
	"fmt"
	"time"

	"breachbot/workflow"
)

// addressee is who a message was for.
func addressee(t workflow.Target) string {
	if t == workflow.InChannel {
		return "the channel"
	}
	return mention(t.Principal())
}

func toldMessage(_ scene, a workflow.Act) (string, []pair) {
	return upperFirst(sentWords(a.Task)) + ", sent to " + addressee(a.Target) + ".", nil
}

// toldReminder records a reminder of any clock. The regulator's clock needs no name.
func toldReminder(s scene, a workflow.Act) (string, []pair) {
	about := ""
	if a.Clock != "" {
		about = escape(a.Clock.Label(s.rules.Regulator)) + ", "
	}
	left := Left(time.Duration(a.Milestone))
	if a.Milestone == 0 {
		left = "the deadline"
	}
	line := "Reminder: " + about + left + ", sent to " + addressee(a.Target) + "."
	if len(a.Missed) > 0 {
		line += " Not sent at the time: the reminder " + missedWords(a.Missed) + "."
	}
	return line, nil
}

func toldFollowUp(_ scene, a workflow.Act) (string, []pair) {
	return "Reminder that more information is due, sent to " + addressee(a.Target) + ".", nil
}

func toldStalled(_ scene, a workflow.Act) (string, []pair) {
	return fmt.Sprintf("Could not be delivered: %s (Slack says %s; %s). breachbot kept trying.", waitingWords(a.Task), escape(a.Code), count(a.Attempts, "attempt")), nil
}

func toldRecovered(_ scene, a workflow.Act) (string, []pair) {
	return "Delivered after all: " + waitingWords(a.Task) + ".", nil
}

func toldDropped(_ scene, a workflow.Act) (string, []pair) {
	line := "No longer needed: " + waitingWords(a.Task) + "."
	if a.Code != "" {
		line += " An earlier attempt may have got through: breachbot could not look (Slack says " + escape(a.Code) + ")."
	}
	return line, nil
}
