package view

import (
	"fmt"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"breachbot/workflow"
)

// Answers to /breach, seen by the person who asked alone.

// Help says what the command can do, and reminds of the limits.
func Help(rules workflow.Rules) Message {
	return Message{
		Text: "How to report and follow a data breach",
		Blocks: []slack.Block{
			section("*Reporting a data breach*\n" +
				"`/breach` opens the report form. Report at once, also when you are not sure, and also a near miss. It takes about a minute.\n" +
				"`/breach list` shows the incidents you take part in.\n" +
				"`/breach status BR-2026-0014` shows where one stands.\n" +
				"`/breach help` shows this."),
			section("*What counts:* personal data lost, destroyed, changed, seen or given to somebody by mistake or against the law; on paper, by post, by e-mail, in speech or in a system. A hardware failure or a phishing e-mail that was answered counts too."),
			section("*The limit is strict:* when people may be harmed, the regulator (" + escape(rules.Regulator) + ") must be told within 72 hours of the organisation becoming aware, weekends and bank holidays included. The data protection officer decides whether to; you only need to report."),
			actions("help", primary(button(ActReport, "Report a data breach", "help"))),
		},
	}
}

// Unknown answers what was typed after /breach and is not understood. What was
// typed is not repeated.
func Unknown(rules workflow.Rules) Message {
	m := Help(rules)
	m.Text = "That was not understood. How to report and follow a data breach"
	m.Blocks = append([]slack.Block{section("That was not understood. Nothing was done. To report a breach, type `/breach` alone.")}, m.Blocks...)
	return m
}

// listMost is how many lines a list shows: one block each, well within Slack's 50.
const listMost = 20

// List shows incidents in one line each, without words that were typed.
func List(entries []workflow.Entry, more bool, now time.Time) Message {
	if len(entries) == 0 {
		return Message{Text: "No open incidents", Blocks: []slack.Block{
			section("You take part in no open incident. To report one, type `/breach`."),
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
		blocks = append(blocks, section(entryLine(e, now)))
	}
	if more {
		blocks = append(blocks, small("There are more. `/breach status` with a reference shows any one of them."))
	}
	return Message{Text: "Open incidents", Blocks: blocks}
}

func entryLine(e workflow.Entry, now time.Time) string {
	parts := []string{"*" + string(e.ID) + "*", kind(e.Facts), "reported " + when(e.Times.Reported), escape(e.Step.Label())}
	if e.Clock == workflow.ClockRunning {
		parts = append(parts, "*"+Left(e.Deadline.Sub(now))+"*")
	}
	if e.Channel != "" {
		parts = append(parts, channel(e.Channel))
	}
	return strings.Join(parts, " · ")
}

// Status shows where one incident stands, to somebody who may see all of it or
// who reported it.
func Status(inc *workflow.Incident, rules workflow.Rules, whole bool) Message {
	m := Card(inc, rules)
	m.Text = "Status of " + string(inc.ID)
	if !whole {
		m.Blocks = []slack.Block{
			header("Incident " + string(inc.ID)),
			section("*" + escape(inc.Step().Label()) + "*\nReported by you, " + when(inc.Times.Reported) + "."),
			actions("status", button(ActDetails, "Show my report", string(inc.ID)), button(ActNote, "Add a note", string(inc.ID))),
		}
	}
	return m
}

// OwnReport shows a reporter what they reported, and nothing of what others
// made of it.
func OwnReport(inc *workflow.Incident) slack.ModalViewRequest {
	v := notice(string(inc.ID), "*Your report.* Where it stands: "+escape(inc.Step().Label())+".")
	blocks := append(v.Blocks.BlockSet, header("In one line"))
	blocks = append(blocks, words(inc.Title())...)
	blocks = append(blocks, told("What happened, and how it was found", inc.Report.What)...)
	blocks = append(blocks, told("What was done already", inc.Report.Actions)...)
	v.Blocks.BlockSet = fit(blocks)
	return v
}

// Sorry says in a message why something did not work.
func Sorry(text string) Message {
	return Message{Text: text, Blocks: []slack.Block{slack.NewSectionBlock(plain(workflow.Cut(text, maxSection)), nil, nil)}}
}

// TryAgain offers a fresh button when Slack's short-lived permission to open a
// form has run out. The button does what was asked for before.
func TryAgain(a Action, value string) Message {
	label := "Try again"
	if a == ActReport {
		label = "Open the report form"
	}
	return Message{
		Text: "Slack took too long to open the form. Please try again.",
		Blocks: []slack.Block{
			section("Slack took too long to open the form. Nothing was lost, as nothing was typed yet."),
			actions("again", primary(button(a, label, value))),
		},
	}
}
