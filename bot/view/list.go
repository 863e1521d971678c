package view

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"breachbot/workflow"
)

// listMost is how many incidents a list shows. In a modal, and where Slack has no
// tables, each takes at most two blocks, well within Slack's 50.
const listMost = 20

// List shows incidents in a table, in the order they are given, without anything
// that people typed.
func List(entries []workflow.Entry, more bool, rules workflow.Rules, now time.Time) Message {
	if len(entries) == 0 {
		return Message{Text: "No open incidents", Blocks: noneOpen()}
	}
	entries, more = entries[:min(len(entries), listMost)], more || len(entries) > listMost
	heads := append(slices.Clone(listHeads), "Channel")
	table, rest := tabled(listHead(entries, more), heads, listRows(entries, rules, now, func(e workflow.Entry) cell { return channelCell(e.Channel) }))
	blocks := []slack.Block{table}
	if more || rest > 0 {
		blocks = append(blocks, small(moreOpen))
	}
	return Message{Text: listWords(entries, more, now), Blocks: blocks}
}

// noneOpen is the list of somebody who has no open incident.
func noneOpen() []slack.Block {
	return []slack.Block{
		section("You are not part of any open incident. To report one, type `/breach`."),
		actions("list", primary(button(ActReport, "Report a data breach", "list")), button(ActFind, "Find", "list")),
	}
}

// moreOpen stands under a list that does not hold all.
const moreOpen = "There are more. Use `/breach status` with a reference to see one of them, or `/breach find` to search for words."

func listHead(entries []workflow.Entry, more bool) string {
	if more {
		return fmt.Sprintf("Open incidents: the %d most urgent", len(entries))
	}
	return fmt.Sprintf("Open incidents: %d, the most urgent first", len(entries))
}

// listWords are what the list says in sum, for notifications and screen readers.
func listWords(entries []workflow.Entry, more bool, now time.Time) string {
	text := count(len(entries), "open incident")
	if more {
		text = "More than " + text
	}
	grave, nearest := 0, time.Time{}
	for _, e := range entries {
		if e.Severity.Valid() && e.Severity <= 2 {
			grave++
		}
		if e.Clock == workflow.ClockRunning && (nearest.IsZero() || e.Deadline.Before(nearest)) {
			nearest = e.Deadline
		}
	}
	if grave > 0 {
		text += fmt.Sprintf(", %d of severity 1 or 2", grave)
	}
	if !nearest.IsZero() {
		text += "; the nearest deadline: " + Left(nearest.Sub(now))
	}
	return text
}

// listHeads are the columns of a list of incidents.
var listHeads = []string{"Reference", "Open it", "Severity", "Kind of event", "Hours", "Who has it", "Step", "Reported"}

// listRows are incidents as rows of a table. last is one more column.
func listRows(entries []workflow.Entry, rules workflow.Rules, now time.Time, last func(workflow.Entry) cell) [][]cell {
	var rows [][]cell
	for n, e := range entries {
		what := kindText(e.Facts)
		if e.Drill {
			what = practiceWords + ". " + what
		}
		hours := counted(ungraded, "no clock runs")
		if e.Clock == workflow.ClockRunning {
			hours = hoursCell(e.Deadline.Sub(now))
		}
		rows = append(rows, []cell{
			textCell(string(e.ID)), showCell(n, e.ID), gradeCell(e), textCell(what), hours, markCell(strings.TrimPrefix(heldBy(e.Lead, e.Step), "Lead: ")),
			textCell(e.Step.Label()), timeCell(e.Times.Reported, rules.Zone), last(e),
		})
	}
	return rows
}

// entrySection is an incident's line with a button. The button names the incident,
// so that people who use a screen reader can tell the buttons apart.
func entrySection(e workflow.Entry, now time.Time, act Action, label string) *slack.SectionBlock {
	b := button(act, label+" "+string(e.ID), string(e.ID))
	return slack.NewSectionBlock(mark(workflow.Cut(entryLine(e, now), maxSection)), nil, slack.NewAccessory(b))
}

func entryLine(e workflow.Entry, now time.Time) string {
	parts := []string{"*" + string(e.ID) + "*", "*" + escape(gradeWords(e.Severity, e.Risk)) + "*", kindAlone(e.Facts)}
	if e.Drill {
		parts = append([]string{"*" + practiceWords + "*"}, parts...)
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

// ListModal is the list in a modal, which has no tables: a line for each incident.
func ListModal(entries []workflow.Entry, more bool, now time.Time) slack.ModalViewRequest {
	v := notice("Open incidents", "")
	if len(entries) == 0 {
		v.Blocks.BlockSet = noneOpen()
		return v
	}
	entries, more = entries[:min(len(entries), listMost)], more || len(entries) > listMost
	v.Blocks.BlockSet = []slack.Block{section("*" + listHead(entries, more) + "*")}
	for _, e := range entries {
		v.Blocks.BlockSet = append(v.Blocks.BlockSet, entrySection(e, now, ActStatus, "Show"))
	}
	if more {
		v.Blocks.BlockSet = append(v.Blocks.BlockSet, small(moreOpen))
	}
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

// Found shows what was found in a table, with titles as they were typed. Only the
// person who asked sees it, so it may hold typed words. It does not repeat what they
// searched for.
func Found(entries []workflow.Entry, rules workflow.Rules, now time.Time) Message {
	if len(entries) == 0 {
		return Message{Text: "Nothing was found", Blocks: []slack.Block{section(nothingFound)}}
	}
	head, entries, more := foundHead(entries)
	table, rest := tabled(head, append(slices.Clone(listHeads), "In one line"), listRows(entries, rules, now, titleCell))
	blocks := []slack.Block{table}
	if rest > 0 {
		blocks = append(blocks, small(fmt.Sprintf("And %d more. Use more words to narrow it down.", rest)))
	}
	text := "Found: " + count(len(entries), "incident")
	if more {
		text = fmt.Sprintf("Found: more than %d incidents", listMost)
	}
	return Message{Text: text, Blocks: blocks}
}

const nothingFound = "Nothing was found in the incidents you can see. All the words must be in the title, the report or the reference."

// foundHead says how many were found, and gives those that are shown.
func foundHead(entries []workflow.Entry) (head string, shown []workflow.Entry, more bool) {
	if len(entries) > listMost {
		return fmt.Sprintf("Found: more than %d. These are the newest. Use more words to narrow it down.", listMost), entries[:listMost], true
	}
	return "Found: " + count(len(entries), "incident") + ", newest first.", entries, false
}

// titleWords are an incident's title as it was typed.
func titleWords(e workflow.Entry) string { return cmp.Or(strings.TrimSpace(e.Title), "(no title)") }

func titleCell(e workflow.Entry) cell { return textCell(titleWords(e)) }

// titleOf is a title in a block of its own.
func titleOf(e workflow.Entry) slack.Block {
	return slack.NewSectionBlock(plain(workflow.Cut(titleWords(e), maxSection)), nil, nil)
}

// FoundModal is what was found in a modal, which has no tables: two lines for each
// incident.
func FoundModal(entries []workflow.Entry, now time.Time) slack.ModalViewRequest {
	v := notice("Found", "")
	if len(entries) == 0 {
		v.Blocks.BlockSet = []slack.Block{section(nothingFound)}
		return v
	}
	head, entries, _ := foundHead(entries)
	v.Blocks.BlockSet = []slack.Block{section("*" + head + "*")}
	for _, e := range entries {
		v.Blocks.BlockSet = append(v.Blocks.BlockSet, entrySection(e, now, ActStatus, "Show"), titleOf(e))
	}
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
