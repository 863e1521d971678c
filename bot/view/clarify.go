package view

import (
	"time"

	"github.com/slack-go/slack"

	"breachbot/workflow"
)

// FormClarify asks for the missing answers that could change the advice, and
// ActClarify opens it.
const (
	FormClarify Form   = "clarify"
	ActClarify  Action = "clarify"
)

const answerMissing = "Answer what is missing"

// clarifyForm asks the open questions whose answers could change the advice.
// Nothing is filled in: what nobody answers stays open.
func clarifyForm(d Desk, inc *workflow.Incident, m Meta) slack.ModalViewRequest {
	open := d.Rules.Unanswered(inc.Facts)
	if len(open) == 0 {
		v := notice(answerMissing, "*"+string(inc.ID)+"* · Nothing is missing that would change the advice.")
		v.Blocks.BlockSet = append(v.Blocks.BlockSet, actions("", primary(button(ActAssess, "Assess the risk", string(inc.ID)))))
		return v
	}
	blocks := append(summary(inc, d.zone()),
		section("*These answers could change the advice.* Those that could change it most come first. Leave out what you do not know: it stays open."))
	recovered := false
	for _, q := range open {
		blocks = append(blocks, question(q).block())
		recovered = recovered || q.Field == workflow.FieldRecovered
	}
	if recovered {
		blocks = append(blocks, input{field: workflow.FieldEvidence, label: "How do you know that it came back or was deleted?", optional: true, element: area(workflow.MaxText),
			hint: "Needed if you say that it did. No names."}.block())
	}
	return modal(FormClarify, answerMissing, "Save answers", m, blocks...)
}

// question asks one question of the guided assessment, in the terms of the record:
// it holds a number of people and not a band, and kinds of data in full.
func question(q workflow.GuideQuestion) input {
	in := input{field: q.Field, label: q.Ask, optional: true}
	switch {
	case q.Field == workflow.FieldCount:
		in.element, in.hint = number(0, workflow.MaxCount, workflow.Count{}), "The people in the data, roughly."
	case q.Field == workflow.FieldData:
		in.element = pickMany(workflow.DataCategories, nil)
	case q.Many:
		in.field, in.element = workflow.FieldAspects, ticks(options(workflow.Aspects))
	default:
		in.element = pick(options(q.Answers), "")
	}
	return in
}

func parseClarify(v Values, m Meta, _ *time.Location) (workflow.Command, error) {
	var given workflow.GuideFacts
	for _, q := range workflow.GuideQuestions {
		if answer := v.choice(q.Field); answer != "" {
			given = q.Answer(given, answer)
		}
	}
	known := given.Facts()
	known.Aspects, known.Data = choices[workflow.Aspect](v, workflow.FieldAspects), choices[workflow.DataCategory](v, workflow.FieldData)
	var err error
	known.Count, err = v.count(workflow.FieldCount)
	return workflow.Clarify{Facts: m.Facts, Known: known, Evidence: v.text(workflow.FieldEvidence)}, err
}

// missingAnswers says how many answers could change the advice, and leads to the
// form that asks for them. It is empty if none could.
func missingAnswers(inc *workflow.Incident, rules workflow.Rules) []slack.Block {
	n := len(rules.Unanswered(inc.Facts))
	if n == 0 {
		return nil
	}
	most := ""
	if n == workflow.UnansweredMost { // the form asks no more at once
		most = "At least "
	}
	says := "*" + most + count(n, "answer") + " could still change this advice*, alone or together. The form that asks for them opens in place of this one. When you save it, this one comes back with the new advice."
	return []slack.Block{withButton(says, button(ActClarify, answerMissing, string(inc.ID)))}
}

// Reassess is the assessment form after missing answers were given, in the same
// window as the form before. It fits the answer to a submission.
func Reassess(d Desk, inc *workflow.Incident, before Meta) slack.ModalViewRequest {
	v := FormAssess.Build(d, inc, Meta{Round: before.Round + 1})
	slim(v)
	return v
}

func clarifications(inc *workflow.Incident, each func(int, time.Time, workflow.Clarification)) {
	for _, c := range inc.Clarifications {
		each(c.Seq, c.At, c)
	}
}

func saidClarification(_ scene, c workflow.Clarification) string {
	return "*Missing answers were given* by " + user(c.By) + ". The timeline lists the questions."
}

func toldClarification(_ scene, c workflow.Clarification) (string, []pair) {
	line := "Missing answers given by " + user(c.By) + "."
	for _, q := range c.Questions() {
		line += "\n• " + escape(q)
	}
	return line, []pair{{"How this is known", c.Evidence}}
}
