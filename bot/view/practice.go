package view

import (
	"strings"

	"github.com/slack-go/slack"

	"breachbot/workflow"
)

// practiceWords come first in everything that is shown of a drill. Nobody who sees
// only a part of it may take a drill for real, or a real incident for a drill.
const practiceWords = "DRILL: practice, not real"

// practiceMark is the first block of everything shown of a drill.
func practiceMark(mark func(string) slack.Block) slack.Block {
	return mark("*" + practiceWords + ".* Send nothing to the real regulator or to anybody outside.")
}

// practice marks a message about a drill and leaves any other message as it is.
// Every message about an incident goes through it.
func practice(inc *workflow.Incident, m Message) Message {
	if inc == nil || !inc.Drill() {
		return m
	}
	m.Text, m.Blocks = practiceWords+". "+m.Text, append([]slack.Block{practiceMark(section)}, m.Blocks...)
	return m
}

// practiceModal is practice for modals.
func practiceModal(inc *workflow.Incident, v slack.ModalViewRequest) slack.ModalViewRequest {
	if inc == nil || !inc.Drill() {
		return v
	}
	v.Blocks.BlockSet = fit(append([]slack.Block{practiceMark(caution)}, v.Blocks.BlockSet...))
	return v
}

// beneath puts blocks above others, but below the mark of a drill.
func beneath(top, blocks []slack.Block) []slack.Block {
	if len(blocks) > 0 {
		var first *slack.TextBlockObject
		switch b := blocks[0].(type) {
		case *slack.AlertBlock:
			first = b.Text
		case *slack.SectionBlock:
			first = b.Text
		}
		if first != nil && strings.HasPrefix(first.Text, "*"+practiceWords) {
			return append(append(blocks[:1:1], top...), blocks[1:]...)
		}
	}
	return append(top, blocks...)
}
