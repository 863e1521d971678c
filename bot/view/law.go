package view

import (
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"breachbot/workflow"
)

// sources say in small text where statements of law come from, and either the day
// on which that was checked or that it is not verified.
func sources(rules workflow.Rules, keys ...workflow.StatementKey) slack.Block {
	var lines []string
	for _, key := range keys {
		if s, ok := rules.Law(key); ok {
			if line := sourceLine(s); !slices.Contains(lines, line) {
				lines = append(lines, line)
			}
		}
	}
	return small(strings.Join(lines, "\n"))
}

// sourceLine is one source. What is not verified is said in full, so that people
// know what to ask.
func sourceLine(s workflow.Statement) string {
	from := escape(s.Source)
	if s.URL != "" {
		from = "<" + s.URL + "|" + from + ">"
	}
	if s.Verified() {
		return "Source: " + from + "; checked " + s.CheckedOn() + "."
	}
	return escape(s.Text) + " *Not verified:* please check with " + escape(s.With) + ". (" + upperFirst(from) + ".)"
}

// complaintLines remind people, where a breach becomes known to those it is about,
// that complaints have a time limit of their own.
func complaintLines(rules workflow.Rules) []slack.Block {
	s, _ := rules.Law(workflow.LawComplaints)
	return []slack.Block{small("*A breach brings complaints.* " + escape(s.Text) + " " + sourceLine(s))}
}
