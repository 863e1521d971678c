package view

import (
	"strconv"
	"time"

	"github.com/slack-go/slack"

	"breachbot/workflow"
)

// FormAskDPO is where the person who reported an incident asks the DPO. ActAskDPO
// opens it.
const (
	FormAskDPO Form   = "ask_dpo"
	ActAskDPO  Action = "ask_dpo"
)

const askTheDPO = "Ask the DPO"

func askDPOForm(d Desk, inc *workflow.Incident, m Meta) slack.ModalViewRequest {
	says := "*" + string(inc.ID) + ".* Your question goes to the data protection officer (DPO) in person, or to the deputy if the DPO is away. You get the answer in a direct message. It stays in the record."
	if d.Rules.DPOContact != "" {
		says += "\n*If it cannot wait:* " + escape(d.Rules.DPOContact)
	}
	return modal(FormAskDPO, askTheDPO, "Ask", m, section(says),
		input{field: workflow.FieldQuestion, label: "Your question", element: area(workflow.MaxText),
			hint: "No names or details of the people affected."}.block())
}

func parseAskDPO(v Values, _ Meta, _ *time.Location) (workflow.Command, error) {
	return workflow.AskDPO{Question: v.text(workflow.FieldQuestion)}, nil
}

// QuestionFor tells those who decide that the person who reported an incident asks
// them something. The question itself is behind the button.
func QuestionFor(inc *workflow.Incident, request int) Message {
	id := string(inc.ID)
	h := inc.Request(request)
	if h == nil {
		return AskedFor(inc, request)
	}
	text := "Incident " + id + ": the person who reported it has a question for you"
	return practice(inc, Message{Text: text, Blocks: []slack.Block{
		section("*" + text + ".* " + user(h.By) + " sees your answer, and nothing else that others wrote."),
		actions("question", primary(button(ActGiveHelp, "Answer", value(inc.ID, strconv.Itoa(request)))), button(ActDetails, "Show the report", id)),
	}})
}

// ownQuestions are the questions of the person who reported an incident, with the
// answers. They see no others.
func ownQuestions(inc *workflow.Incident) []slack.Block {
	var blocks []slack.Block
	for _, h := range inc.Helps {
		if !h.ToDPO || h.By != inc.Reporter {
			continue
		}
		blocks = append(blocks, section("*You asked the DPO*, "+when(h.At)+":"))
		blocks = append(blocks, words(h.Question)...)
		if h.Open() {
			blocks = append(blocks, section("_Not answered yet._"))
			continue
		}
		blocks = append(blocks, section("*The answer* of "+user(h.User)+", "+when(h.GivenAt)+":"))
		blocks = append(blocks, words(h.Answer)...)
	}
	return blocks
}

// askedWho is who has to answer a question, inside a sentence.
func askedWho(h workflow.Help) string {
	if h.ToDPO && h.Open() {
		return "the DPO"
	}
	return user(h.User)
}
