package view

import (
	"github.com/slack-go/slack"

	"breachbot/workflow"
)

// Anchor shows the DPO the day's check value of the register.
func Anchor(a workflow.Anchor) Message {
	return Message{
		Text: "The register's check value for " + a.Day,
		Blocks: []slack.Block{section("*Register check value for " + escape(a.Day) + "*\n`" + escape(a.Hash) + "`\n" +
			count(a.Incidents, "incident") + ", " + count(a.Events, "event") + ", up to " + utc(a.At) + ".\n" +
			"You do not need to do anything. Kept here, it can show later that nothing was removed: `breachbot verify` prints the same values.")},
	}
}
