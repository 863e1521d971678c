package view

import (
	"fmt"
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"breachbot/workflow"
)

// Restored tells those who decide that the register is an earlier one, which
// incidents are missing from it, and what to do.
func Restored(r workflow.Restoration, rules workflow.Rules) Message {
	text := "The register was restored from a copy, or moved: what came after the copy is not in it"
	since := "*The register was restored from a copy, or its database was moved.* There is nothing on record in it.\n"
	if !r.Last.IsZero() {
		since = "*The register was restored from a copy, or its database was moved.* The last thing on record is from " + exactly(r.Last, rules.Zone) +
			". What was recorded after that, before " + exactly(r.At, rules.Zone) + ", is not in it.\n"
	}
	blocks := []slack.Block{section(since +
		"Please look through the channels of open incidents, and record again what is not on their cards: decisions, notices sent, times. " +
		"Do not use buttons on messages from that time. Check values of the register that were sent in that time no longer fit: keep this message with them. A reminder that passed meanwhile is named as missed in the next one.")}
	if len(r.Missing) > 0 {
		text = "The register was restored from a copy: " + count(len(r.Missing), "incident") + " missing from it"
		blocks = append(blocks, section("*Missing: "+count(len(r.Missing), "incident")+", known to Slack and not to the register*\n"+
			"• "+strings.Join(listed(r.Missing), "\n• ")+"\n"+
			"*Their 72 hours go on, and nothing counts them.* Please have each reported again with `/breach`, with the time it was detected, and look into its channel: what is said there is not in the register. "+
			"If they were trials only, there is nothing to do."))
	}
	return Message{Text: text, Blocks: append(blocks, small(nextReferences(r)))}
}

// listed are the missing incidents, as many as fit into a message.
func listed(missing []workflow.Missing) []string {
	const most = 30
	var lines []string
	for n, m := range missing {
		if n == most {
			return append(lines, "and "+count(len(missing)-most, "more incident"))
		}
		line := escape(string(m.ID))
		if m.Channel != "" {
			line += " in " + channel(m.Channel)
		}
		lines = append(lines, line)
	}
	return lines
}

func nextReferences(r workflow.Restoration) string {
	var next []string
	for counter, given := range r.Given {
		next = append(next, fmt.Sprintf("%s-%04d", counter, given+1))
	}
	slices.Sort(next)
	return "No reference is given twice: new ones begin at " + escape(strings.Join(next, " and ")) + ". The gap before them is recorded, and says why."
}

// Lost tells the people in the channel of an incident that the register does not
// know it any more.
func Lost(m workflow.Missing, r workflow.Restoration) Message {
	return Message{
		Text: "breachbot no longer has a record of " + string(m.ID),
		Blocks: []slack.Block{section("*breachbot no longer has a record of " + escape(string(m.ID)) + ".* The register was restored from an earlier copy on " + when(r.At) + ", and this incident is not in it.\n" +
			"*Its 72 hours go on, and nothing counts or reminds here any more.* The data protection officer has been told. " +
			"Please do not use the buttons above. Report it again with `/breach`, with the time it was detected; it gets a new reference and a new channel. Keep this channel: what is said here is not in the register.")},
	}
}
