package view

import (
	"github.com/slack-go/slack"

	"breachbot/workflow"
)

// Overtaken is a message as it stands at Slack, brought up to date: it reached people,
// but by the time that breachbot learned so it was no longer needed. What it said
// stays, and the buttons go. It is not ok if there was no button to take away.
func Overtaken(inc *workflow.Incident, text string, blocks []slack.Block) (m Message, ok bool) {
	var kept []slack.Block
	for _, b := range Plain(Messages, blocks) {
		switch b := b.(type) {
		case *slack.ActionBlock:
			ok = true
			continue
		case *slack.SectionBlock:
			if b.Accessory != nil && b.Accessory.ImageElement == nil {
				without := *b
				without.Accessory, ok = nil, true
				kept = append(kept, &without)
				continue
			}
		}
		kept = append(kept, b)
	}
	kept = append(kept, small("Things have moved on since this was sent, so its buttons are gone. To see where it stands, type `/breach status "+string(inc.ID)+"`."))
	return Message{Text: text, Blocks: kept}, ok
}
