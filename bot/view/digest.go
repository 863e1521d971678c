package view

import (
	"fmt"
	"strings"

	"github.com/slack-go/slack"

	"breachbot/workflow"
)

// Digest tells the board what there was in a week, in figures. A week with nothing
// in it is one line.
func Digest(d workflow.Digest, rules workflow.Rules) Message {
	last := d.Until.AddDate(0, 0, -1)
	week := fmt.Sprintf("the week from %s to %s", d.From.Format("2 January"), last.Format("2 January 2006"))
	text := "Data breaches in " + week + ": " + reported(d)
	if d.Empty() {
		return Message{Text: text, Blocks: []slack.Block{section("*Data breaches in " + week + ":* nothing was reported, and nothing is open.")}}
	}
	lines := []string{"*Data breaches in " + week + ":* " + reported(d) + "."}
	if n := d.Reports - d.NearMisses; n > 0 {
		var grades []string
		for _, s := range workflow.Severities {
			if n := d.Severities[s.Value]; n > 0 {
				grades = append(grades, fmt.Sprintf("%d at severity %s", n, s.Value.Label()))
			}
		}
		if n := d.Severities[0]; n > 0 {
			grades = append(grades, fmt.Sprintf("%d not graded yet", n))
		}
		lines = append(lines, "*How grave:* "+escape(strings.Join(grades, ", "))+".")
	}
	if len(d.Kinds) > 0 {
		var kinds []string
		for _, k := range d.Kinds {
			kinds = append(kinds, k.String())
		}
		lines = append(lines, "*Kinds:* "+escape(strings.Join(kinds, "; "))+".")
	}
	if d.Notified > 0 {
		lines = append(lines, "*Notified to the "+escape(rules.Regulator)+":* "+fmt.Sprint(d.Notified)+".")
	}
	open := "none"
	if d.Open > 0 {
		open = fmt.Sprint(d.Open)
	}
	if d.Late > 0 {
		open += fmt.Sprintf(", of which %d past the 72 hours without a notice or a decision", d.Late)
	}
	lines = append(lines, "*Open now:* "+open+".")
	return Message{Text: text, Blocks: []slack.Block{
		section(strings.Join(lines, "\n")),
		actions("digest", button(ActRegister, "Open the register", "digest")),
	}}
}

// reported says how many reports there were.
func reported(d workflow.Digest) string {
	line := count(d.Reports, "report")
	switch {
	case d.Reports == 0:
		line = "no reports"
	case d.NearMisses == 1 && d.Reports == 1:
		line += ", a near miss"
	case d.NearMisses == 1:
		line += ", 1 of them a near miss"
	case d.NearMisses > 1:
		line += fmt.Sprintf(", %d of them near misses", d.NearMisses)
	}
	return line
}
