package view

import (
	"strconv"
	"strings"

	"github.com/slack-go/slack"

	"breachbot/workflow"
)

// ActFirstHour shows what to do in the first hour.
const ActFirstHour Action = "first_hour"

const firstHourTitle = "First hour"

// FirstHour shows the playbook for the kind of event: every step, who to think of, and
// where the steps come from.
func FirstHour(inc *workflow.Incident, rules workflow.Rules) slack.ModalViewRequest {
	book := workflow.PlaybookFor(inc.Facts.Category)
	v := notice(firstHourTitle, "*"+string(inc.ID)+"* · *"+escape(book.Label)+"*\nWhat to do in the first hour. It is advice: change the order where people need it.")
	lines := make([]string, 0, len(book.Steps))
	for n, s := range book.Steps {
		lines = append(lines, strconv.Itoa(n+1)+". "+escape(s.Text))
	}
	think := []string{"*Think of*"}
	think = append(think, bullets(rules.ThinkOf(book))...)
	blocks := append(v.Blocks.BlockSet, section(strings.Join(lines, "\n")),
		withButton(strings.Join(think, "\n"), button(ActDutyList, "Who must be told?", string(inc.ID))))
	v.Blocks.BlockSet = fit(append(blocks, stepSources(book)))
	return practiceModal(inc, v)
}

// stepSources says where each step of a playbook comes from, each source once.
func stepSources(book workflow.Playbook) slack.Block {
	var from []string
	steps := map[string][]string{}
	for n, s := range book.Steps {
		line := escape(s.Source)
		if s.URL != "" {
			line = "<" + s.URL + "|" + line + ">"
		}
		if s.Verified() {
			line += "; checked " + s.CheckedOn()
		} else {
			line += "; *not verified:* please check with " + escape(s.With)
		}
		if steps[line] == nil {
			from = append(from, line)
		}
		steps[line] = append(steps[line], strconv.Itoa(n+1))
	}
	lines := []string{"*Where the steps come from.* The wording is ours."}
	for _, line := range from {
		lines = append(lines, "Step "+strings.Join(steps[line], ", ")+": "+line+".")
	}
	return small(strings.Join(lines, "\n"))
}

// firstHour is what to do first about a kind of event, in short.
func firstHour(rules workflow.Rules, kind workflow.Category) slack.Block {
	const steps = 3
	book := workflow.PlaybookFor(kind)
	lines := []string{"*First hour: " + escape(book.Label) + "*"}
	for n, s := range book.Steps[:steps] {
		lines = append(lines, strconv.Itoa(n+1)+". "+escape(s.Text))
	}
	lines = append(lines, "*Think of:* "+escape(strings.Join(rules.ThinkOf(book), "; "))+".",
		"All "+strconv.Itoa(len(book.Steps))+" steps and their sources: *First hour* under *More* on the card.")
	return section(strings.Join(lines, "\n"))
}
