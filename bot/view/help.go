package view

import (
	"strconv"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"breachbot/workflow"
)

func askHelpForm(d Desk, inc *workflow.Incident, m Meta) slack.ModalViewRequest {
	return modal(FormAskHelp, "Ask somebody", "Ask", m, append(summary(inc, d.zone()),
		section("They get a direct message with your question behind a button, and see nothing else about the incident. They are reminded once a day until they answer."),
		input{field: workflow.FieldUser, label: "Who?", element: person(""), hint: "Any full member of the workspace."}.block(),
		input{field: workflow.FieldQuestion, label: "What do you need from them?", element: area(workflow.MaxText),
			hint: "No names or details of the people affected: the person you ask may have no part in this."}.block(),
		input{field: workflow.FieldDue, label: "By when?", optional: true, element: instant(time.Time{})}.block())...)
}

func parseAskHelp(v Values, _ Meta, _ *time.Location) (workflow.Command, error) {
	return workflow.AskHelp{
		User:     workflow.UserID(v.get(workflow.FieldUser).SelectedUser),
		Question: v.text(workflow.FieldQuestion),
		Due:      v.instant(workflow.FieldDue),
	}, nil
}

// giveHelpForm shows the question to the person who was asked, and nothing else.
func giveHelpForm(_ Desk, inc *workflow.Incident, m Meta) slack.ModalViewRequest {
	h := inc.Request(m.Request)
	if h == nil {
		return Notice("Not possible", "This question no longer exists. Nothing was saved.")
	}
	if !h.Open() && h.ToDPO {
		return notice("Answered", user(h.User)+" has answered this already. The answer is in the timeline.")
	}
	if !h.Open() {
		return Notice("Answered", "You have answered this already. Thank you. If there is more to say, please tell the person who asked you.")
	}
	blocks := []slack.Block{section("*" + string(inc.ID) + ".* " + user(h.By) + " asks you:")}
	blocks = append(blocks, words(h.Question)...)
	if !h.Due.IsZero() {
		blocks = append(blocks, section("Needed by "+when(h.Due)+"."))
	}
	return modal(FormGiveHelp, "Your answer", "Send answer", m, append(blocks,
		input{field: workflow.FieldAnswer, label: "Answer", element: area(workflow.MaxText),
			hint: "It is kept with your name and the time. No names or details of the people affected."}.block())...)
}

func parseGiveHelp(v Values, m Meta, _ *time.Location) (workflow.Command, error) {
	return workflow.GiveHelp{Request: m.Request, Text: v.text(workflow.FieldAnswer)}, nil
}

// AskedFor asks somebody in a direct message to contribute, or reminds them. The
// question itself is behind the button.
func AskedFor(inc *workflow.Incident, request int) Message {
	h := inc.Request(request)
	if h == nil {
		return practice(inc, Message{Text: "A question was withdrawn", Blocks: []slack.Block{section("A question to you was withdrawn. There is nothing to do.")}})
	}
	text := "You have been asked to help with incident " + string(inc.ID)
	if h.Told > 0 {
		text = "Your answer is still needed: incident " + string(inc.ID)
	}
	line := "*" + text + ".* " + user(h.By) + " has a question for you."
	if !h.Due.IsZero() {
		line += " It is needed by " + when(h.Due) + "."
	}
	return practice(inc, Message{Text: text, Blocks: []slack.Block{
		section(line + "\nIf you do not know, please say so: that helps too."),
		actions("help", primary(button(ActGiveHelp, "Answer", value(inc.ID, strconv.Itoa(request))))),
	}})
}

// Helped tells the person who asked that there is an answer.
func Helped(inc *workflow.Incident, request int) Message {
	who := "Somebody"
	if h := inc.Request(request); h != nil {
		who = user(h.User)
		if h.ToDPO {
			return practice(inc, Message{
				Text: "Incident " + string(inc.ID) + ": your question was answered",
				Blocks: []slack.Block{
					section("*Incident " + string(inc.ID) + ":* " + who + " has answered your question to the DPO. The answer is with your report."),
					actions("helped", primary(button(ActDetails, "Show the answer", string(inc.ID)))),
				},
			})
		}
	}
	return practice(inc, Message{
		Text: "Incident " + string(inc.ID) + ": your question was answered",
		Blocks: []slack.Block{
			section("*Incident " + string(inc.ID) + ":* " + who + " has answered your question. The answer is in the timeline."),
			actions("helped", button(ActTimeline, "Show the timeline", string(inc.ID))),
		},
	})
}

// Thanks tells somebody that their answer was saved.
func Thanks(inc *workflow.Incident) slack.ModalViewRequest {
	return practiceModal(inc, notice("Answer saved", "*Your answer is saved* with "+string(inc.ID)+". The person who asked will be told. Thank you."))
}

// awaitedMost keeps the list of questions well within one block.
const awaitedMost = 8

// awaited says who still has to answer a question.
func awaited(inc *workflow.Incident) []slack.Block {
	var lines []string
	for _, h := range inc.Helps {
		if !h.Open() {
			continue
		}
		line := "Waiting for an answer from " + askedWho(h) + ", asked by " + user(h.By) + " " + when(h.At)
		if !h.Due.IsZero() {
			line += ", needed by " + when(h.Due)
		}
		lines = append(lines, line+".")
	}
	if len(lines) == 0 {
		return nil
	}
	if more := len(lines) - awaitedMost; more > 0 {
		lines = append(lines[:awaitedMost], "and "+count(more, "more question")+".")
	}
	return []slack.Block{section(strings.Join(lines, "\n"))}
}
