package view

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"breachbot/workflow"
)

// listMost is how many lines a list shows. Each takes at most two blocks, well
// within Slack's 50.
const listMost = 20

// List shows incidents in one line each, in the order in which they come, without
// anything that people typed.
func List(entries []workflow.Entry, more bool, now time.Time) Message {
	if len(entries) == 0 {
		return Message{Text: "No open incidents", Blocks: []slack.Block{
			section("You are not part of any open incident. To report one, type `/breach`."),
			actions("list", primary(button(ActReport, "Report a data breach", "list")), button(ActFind, "Find", "list")),
		}}
	}
	head := fmt.Sprintf("*Open incidents:* %d, the most urgent first", len(entries))
	if more || len(entries) > listMost {
		head = fmt.Sprintf("*Open incidents:* the %d most urgent", min(len(entries), listMost))
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
		blocks = append(blocks, small("There are more. Use `/breach status` with a reference to see one of them, or `/breach find` to search for words."))
	}
	return Message{Text: "Open incidents", Blocks: blocks}
}

// entrySection is an incident's line with a button. The button names the incident,
// so that people who use a screen reader can tell the buttons apart.
func entrySection(e workflow.Entry, now time.Time, act Action, label string) *slack.SectionBlock {
	b := button(act, label+" "+string(e.ID), string(e.ID))
	return slack.NewSectionBlock(mark(workflow.Cut(entryLine(e, now), maxSection)), nil, slack.NewAccessory(b))
}

func entryLine(e workflow.Entry, now time.Time) string {
	parts := []string{"*" + string(e.ID) + "*", "*" + escape(gradeWords(e.Severity, e.Risk)) + "*", kind(e.Facts)}
	if e.Drill {
		parts = append([]string{"*" + practiceWords + "*"}, parts...)
	}
	if !e.Taken() {
		parts = append(parts, nobodyYet)
	}
	if e.Clock == workflow.ClockRunning {
		parts = append(parts, "*"+hoursLeft(e.Deadline.Sub(now))+"*")
	}
	parts = append(parts, heldBy(e.Lead, e.Step), escape(e.Step.Label()))
	if e.Channel != "" {
		parts = append(parts, channel(e.Channel))
	}
	return strings.Join(parts, " · ")
}

// ListModal is List in a modal, for a button.
func ListModal(entries []workflow.Entry, more bool, now time.Time) slack.ModalViewRequest {
	v := notice("Open incidents", "")
	v.Blocks.BlockSet = List(entries, more, now).Blocks
	return v
}

// Choose asks which incident an action is about, if that is not clear.
func Choose(act Action, entries []workflow.Entry, now time.Time) slack.ModalViewRequest {
	if len(entries) == 0 {
		return notice("Which incident?", "You are not part of any incident that you can do this for. `/breach list` shows yours. To report a new one, type `/breach`.")
	}
	ask := "This is not an incident's channel, so please choose the incident."
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

// Found shows what was found, with titles as plain text. Only the person who asked
// sees it, so it may hold typed words. It does not repeat what they searched for.
func Found(entries []workflow.Entry, now time.Time) Message {
	m := Message{Text: "What was found"}
	if len(entries) == 0 {
		m.Blocks = []slack.Block{section("Nothing was found in the incidents you can see. All the words must be in the title, the report or the reference.")}
		return m
	}
	more := len(entries) > listMost
	head := "*Found:* " + count(len(entries), "incident") + ", newest first."
	if more {
		entries = entries[:listMost]
		head = fmt.Sprintf("*Found:* more than %d. These are the newest. Use more words to narrow it down.", listMost)
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

// FoundModal is Found in a modal.
func FoundModal(entries []workflow.Entry, now time.Time) slack.ModalViewRequest {
	v := notice("Found", "")
	v.Blocks.BlockSet = Found(entries, now).Blocks
	return v
}

// Find asks for words to search for.
func Find() slack.ModalViewRequest {
	return modal(FormFind, "Find an incident", "Find", Meta{},
		input{field: workflow.FieldWords, label: "Words, or a reference", element: line(workflow.MaxTitle),
			hint: "This searches the titles, reports and references of the incidents you can see. What you type is not kept."}.block())
}

// Words reads what to search for.
func Words(v Values) string { return v.text(workflow.FieldWords) }
