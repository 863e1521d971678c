package view

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"breachbot/workflow"
)

// listMost is how many lines a list shows: at most two blocks each, well within
// Slack's 50.
const listMost = 20

// List shows incidents in one line each, without words that were typed.
func List(entries []workflow.Entry, more bool, now time.Time) Message {
	if len(entries) == 0 {
		return Message{Text: "No open incidents", Blocks: []slack.Block{
			section("You take part in no open incident. To report one, type `/breach`."),
			actions("list", primary(button(ActReport, "Report a data breach", "list")), button(ActFind, "Find", "list")),
		}}
	}
	head := fmt.Sprintf("*Open incidents:* %d", len(entries))
	if more || len(entries) > listMost {
		head = fmt.Sprintf("*Open incidents:* the first %d", min(len(entries), listMost))
	}
	blocks := []slack.Block{section(head)}
	for n, e := range entries {
		if n == listMost {
			more = true
			break
		}
		blocks = append(blocks, entrySection(e, now, ActStatus, "Show"))
	}
	if more {
		blocks = append(blocks, small("There are more. `/breach status` with a reference shows any one of them, `/breach find` looks for words."))
	}
	return Message{Text: "Open incidents", Blocks: blocks}
}

// entrySection is an incident's line with a button. The button names the incident,
// so that those who hear the buttons read out can tell them apart.
func entrySection(e workflow.Entry, now time.Time, act Action, label string) *slack.SectionBlock {
	b := button(act, label+" "+string(e.ID), string(e.ID))
	return slack.NewSectionBlock(mark(workflow.Cut(entryLine(e, now), maxSection)), nil, slack.NewAccessory(b))
}

func entryLine(e workflow.Entry, now time.Time) string {
	parts := []string{"*" + string(e.ID) + "*", kind(e.Facts), "reported " + when(e.Times.Reported), escape(e.Step.Label())}
	if e.Drill {
		parts = append([]string{"*" + practiceWords + "*"}, parts...)
	}
	if e.Clock == workflow.ClockRunning {
		parts = append(parts, "*"+Left(e.Deadline.Sub(now))+"*")
	}
	if e.Channel != "" {
		parts = append(parts, channel(e.Channel))
	}
	return strings.Join(parts, " · ")
}

// ListModal is the list in a modal, for a button.
func ListModal(entries []workflow.Entry, more bool, now time.Time) slack.ModalViewRequest {
	v := notice("Open incidents", "")
	v.Blocks.BlockSet = List(entries, more, now).Blocks
	return v
}

// Choose asks which incident an act is about, when that is not clear.
func Choose(act Action, entries []workflow.Entry, now time.Time) slack.ModalViewRequest {
	if len(entries) == 0 {
		return notice("Which incident?", "There is no incident that you take part in and could do this for. `/breach list` shows yours; to report a new one, type `/breach`.")
	}
	ask := "This is not an incident's channel, so please choose which one it is about."
	if r, _, _ := openedBy(act); r.word != "" {
		ask += " Next time you can type the reference too, such as `/breach " + r.word + " " + string(entries[0].ID) + "`."
	}
	v := notice("Which incident?", ask)
	blocks := v.Blocks.BlockSet
	for n, e := range entries {
		if n == listMost {
			blocks = append(blocks, small("There are more. Please type the reference after the command."))
			break
		}
		blocks = append(blocks, entrySection(e, now, act, "Choose"))
	}
	v.Blocks.BlockSet = blocks
	return v
}

// Found shows what was found, with titles as plain text. It is seen by the person
// who asked alone, so it may hold words that were typed; those looked for are not
// repeated.
func Found(entries []workflow.Entry, now time.Time) Message {
	m := Message{Text: "What was found"}
	if len(entries) == 0 {
		m.Blocks = []slack.Block{section("Nothing was found among the incidents you may see. All the words must occur in the title, the report or the reference.")}
		return m
	}
	more := len(entries) > listMost
	head := "*Found:* " + count(len(entries), "incident") + ", newest first."
	if more {
		entries = entries[:listMost]
		head = fmt.Sprintf("*Found:* more than %d. These are the newest; more words narrow it down.", listMost)
	}
	m.Blocks = []slack.Block{section(head)}
	for _, e := range entries {
		m.Blocks = append(m.Blocks, entrySection(e, now, ActStatus, "Show"), titleOf(e))
	}
	return m
}

// titleOf is an incident's title as it was typed.
func titleOf(e workflow.Entry) slack.Block {
	return slack.NewSectionBlock(plain(workflow.Cut(cmp.Or(strings.TrimSpace(e.Title), "(no title)"), maxSection)), nil, nil)
}

// FoundModal is the same in a modal.
func FoundModal(entries []workflow.Entry, now time.Time) slack.ModalViewRequest {
	v := notice("Found", "")
	v.Blocks.BlockSet = Found(entries, now).Blocks
	return v
}

// Find asks for words to look for.
func Find() slack.ModalViewRequest {
	return modal(FormFind, "Find an incident", "Find", Meta{},
		input{field: workflow.FieldWords, label: "Words, or a reference", element: line(workflow.MaxTitle),
			hint: "Looked for in titles, reports and references of the incidents you may see. Nothing of it is kept."}.block())
}

// Words reads what to look for.
func Words(v Values) string { return v.text(workflow.FieldWords) }
