package view

import (
	"github.com/slack-go/slack"

	"breachbot/workflow"
)

// Outcome tells the reporter how the incident ended, without the reasons.
func Outcome(inc *workflow.Incident) Message {
	id := string(inc.ID)
	how := "has been closed"
	switch {
	case inc.Duplicate != "":
		how = "is a second report of " + string(inc.Duplicate) + ", and is handled there"
	case inc.Dismissed != nil:
		how = "was found not to be a personal data breach"
	}
	return practice(inc, Message{
		Text: "Your report " + id + " has been dealt with",
		Blocks: []slack.Block{section("*Your report " + id + "* " + how + ". It stays in the record.\n" +
			"Thank you for reporting it: every report, even of a near miss, helps to prevent the next breach.")},
	})
}
