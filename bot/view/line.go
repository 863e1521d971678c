package view

import (
	"strconv"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"breachbot/workflow"
)

// placeMark begins the block id of a button that keeps somebody's place in the line.
// A place is no right: whoever makes one up only opens a form sooner.
const placeMark = "place:"

// Queued tells somebody whose form cannot be opened yet that they have kept their
// place until then. The button does what they asked for before.
func Queued(a Action, value string, at, now time.Time, rules workflow.Rules) Message {
	label := "Open it"
	if a == ActReport {
		label = "Open the report form"
	}
	wait := at.Sub(now)
	at = at.Add(time.Second - 1).Truncate(time.Second) // places are whole seconds, and nobody comes too soon
	text := "Many people are opening forms at this moment, and Slack opens only so many a minute. *You have kept your place:* press the button in " +
		soon(wait) + ", from " + at.In(Desk{Rules: rules}.zone()).Format("15:04:05") + " on. Nothing was lost, because nothing had been typed yet."
	if a == ActReport && rules.DPOContact != "" {
		text += "\n\nIf it is urgent, contact the data protection officer (DPO) outside Slack: " + escape(rules.DPOContact)
	}
	return Message{
		Text: "Many people are opening forms at this moment. You have kept your place: press the button in " + soon(wait) + ".",
		Blocks: []slack.Block{
			section(text),
			actions(placeMark+strconv.FormatInt(at.Unix(), 10), primary(button(a, label, value))),
		},
	}
}

// soon says in words how long a short wait is.
func soon(d time.Duration) string {
	if d < 90*time.Second {
		return count(max(1, int((d+time.Second-1)/time.Second)), "second")
	}
	return "about " + count(int((d+30*time.Second)/time.Minute), "minute")
}

// PlaceOf is the place in the line that a button keeps.
func PlaceOf(a slack.BlockAction) (time.Time, bool) {
	at, has := strings.CutPrefix(a.BlockID, placeMark)
	n, err := strconv.ParseInt(at, 10, 64)
	return time.Unix(n, 0), has && err == nil
}
