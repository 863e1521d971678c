package view

import (
	"strings"
	"time"

	"github.com/slack-go/slack"

	"breachbot/workflow"
)

// The answers to /breach, which only the person who asked can see.

// Unknown answers a /breach command that breachbot does not understand. It does not
// repeat what was typed.
func Unknown(rules workflow.Rules) Message {
	m := Help(rules)
	m.Text = "That was not understood. How to report and follow a data breach"
	m.Blocks = append([]slack.Block{section("That was not understood. Nothing was done. To report a breach, type `/breach` on its own.")}, m.Blocks...)
	return m
}

// Status shows how far one incident has got. If whole is false it is for the
// reporter, who may not see the rest.
func Status(inc *workflow.Incident, rules workflow.Rules, whole bool, now time.Time) Message {
	m := Card(inc, rules, now)
	m.Text = practice(inc, Message{Text: "Status of " + string(inc.ID)}).Text
	if !whole {
		m.Blocks = []slack.Block{
			header("Incident " + string(inc.ID)),
			section("*" + escape(inc.Step().Label()) + "*\nReported by you, " + when(inc.Times.Reported) + "."),
			actions("status", ownButtons(inc, rules, ActDetails)...),
		}
		m = practice(inc, m)
	}
	return m
}

// StatusModal is Status in a modal, for a button in a list. What a message folds away
// stands open there: modals cannot fold.
func StatusModal(inc *workflow.Incident, rules workflow.Rules, whole bool, now time.Time) slack.ModalViewRequest {
	v := notice(string(inc.ID), "")
	v.Blocks.BlockSet = fit(Plain(Modals, Status(inc, rules, whole, now).Blocks))
	return v
}

// OwnReport shows reporters what they reported, and nothing that others added.
func OwnReport(inc *workflow.Incident, rules workflow.Rules) slack.ModalViewRequest {
	v := notice(string(inc.ID), "*Your report.* Where it stands: "+escape(inc.Step().Label())+".")
	blocks := append(v.Blocks.BlockSet, section(progressLine(inc)))
	blocks = append(append(blocks, versioned(inc)...), header("In one line"))
	blocks = append(blocks, words(inc.Title())...)
	blocks = append(blocks, told("What happened, and how it was found", inc.Report.What)...)
	blocks = append(blocks, told("What has been done already", inc.Report.Actions)...)
	blocks = append(append(blocks, attachedFiles(inc, inc.Reporter)...), ownQuestions(inc)...)
	v.Blocks.BlockSet = fit(blocks)
	if buttons := ownButtons(inc, rules, ""); len(buttons) > 0 {
		v.Blocks.BlockSet = append(v.Blocks.BlockSet[:min(len(v.Blocks.BlockSet), maxModalBlocks-2)], actions("own", buttons...))
	}
	return practiceModal(inc, v)
}

// Sorry is a message that says why something did not work.
func Sorry(text string) Message {
	return Message{Text: text, Blocks: []slack.Block{slack.NewSectionBlock(plain(workflow.Cut(text, maxSection)), nil, nil)}}
}

// TryAgain offers a new button when Slack's short permission to open a form has run
// out. The button does what the person asked for before.
func TryAgain(a Action, value string) Message {
	label := "Try again"
	if a == ActReport {
		label = "Open the report form"
	}
	return Message{
		Text: "Slack took too long to open the form. Please try again.",
		Blocks: []slack.Block{
			section("Slack took too long to open the form. Nothing was lost, because nothing had been typed yet."),
			actions("again", primary(button(a, label, value))),
		},
	}
}

// ReportValue is the value of a button that opens the report form. It names the
// message the report is about, by ids only.
func ReportValue(m Meta) string {
	if m.TS == "" {
		return "again"
	}
	return strings.Join([]string{string(m.Channel), m.TS, string(m.Author)}, " ")
}

// ReportMeta reads what ReportValue wrote. Any other value is about no message.
func ReportMeta(value string) Meta {
	parts := strings.Split(value, " ")
	if len(parts) != 3 {
		return Meta{}
	}
	return Meta{Channel: workflow.ChannelID(parts[0]), TS: parts[1], Author: workflow.UserID(parts[2])}
}
