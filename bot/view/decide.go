package view

import (
	"time"

	"github.com/slack-go/slack"

	"breachbot/workflow"
)

// decisionWords are the words in the form for each decision.
var decisionWords = map[Meta]struct{ title, submit, question, hint string }{
	{Recipient: workflow.Regulator, Verdict: workflow.Notify}: {"Approve notification", "Approve", "Why are you notifying them?",
		"The clock stops when the notification is recorded as sent, not now."},
	{Recipient: workflow.Regulator, Verdict: workflow.DoNotNotify}: {"Do not notify", "Do not notify", "Why is a risk to people unlikely?",
		"This goes into the register; an auditor may read it years later (Art. 33(5))."},
	{Recipient: workflow.Regulator, Verdict: workflow.NeedMore}: {"Ask for more", "Ask", "What do you need to know?",
		"The people in the incident's channel will be asked. The clock keeps running."},
	{Recipient: workflow.DataSubjects, Verdict: workflow.Notify}: {"Tell the people", "Decide to tell them", "Why are you telling them?",
		"They must be told without delay when a high risk is likely (Art. 34)."},
	{Recipient: workflow.DataSubjects, Verdict: workflow.DoNotNotify}: {"Do not tell the people", "Decide not to tell", "Why are you not telling them?",
		"This goes into the register (Art. 33(5))."},
}

func decideForm(d Desk, inc *workflow.Incident, m Meta) slack.ModalViewRequest {
	say, ok := decisionWords[Meta{Recipient: m.Recipient, Verdict: m.Verdict}]
	if !ok {
		return Notice("Not possible", "It is not clear which decision this is about. Nothing was saved. Please open it again from the incident.")
	}
	blocks := summary(inc, d.zone())
	if a := inc.Assessment(); a != nil {
		if now := d.Rules.Outdated(inc); now != nil {
			blocks = append(blocks, caution(outdatedWords(now)))
		}
		blocks = append(blocks, section("*"+escape(headline(a.Recommendation, d.Rules.Regulator))+"*"))
		blocks = append(blocks, because(a.Recommendation)...)
		blocks = append(blocks, suggestedWhy(a)...)
		if a.Grading.Evidence != "" {
			blocks = append(blocks, section("*Evidence given*"))
			blocks = append(blocks, words(a.Grading.Evidence)...)
		}
	}
	if m.Recipient == workflow.Regulator && m.Verdict == workflow.Notify {
		blocks = append(blocks, routeLines(d.Rules)...)
	}
	if m.Recipient == workflow.DataSubjects {
		blocks = append(blocks, sources(d.Rules, workflow.LawPeople, workflow.LawExceptions))
		blocks = append(blocks, complaintLines(d.Rules)...)
	}
	if was := inc.Latest(m.Recipient); was != nil {
		blocks = append(blocks, section("*Decided before:* "+escape(verdictWords(*was, d.Rules.Regulator))+" by "+user(was.By)+", "+when(was.At)+"."))
		blocks = append(blocks, words(was.Reason)...)
	}
	blocks = append(blocks, divider(),
		input{field: workflow.FieldReason, label: say.question, element: area(workflow.MaxText), hint: say.hint}.block())
	if m.Verdict == workflow.DoNotNotify && m.Recipient == workflow.DataSubjects {
		blocks = append(blocks, input{field: workflow.FieldGround, label: "Exemption, when the risk is high", optional: true, element: pick(options(workflow.Grounds), ""),
			hint: "UK GDPR Art. 34(3). Needed when a high risk was assessed."}.block())
	}
	if m.Verdict != workflow.NeedMore {
		blocks = append(blocks, input{field: workflow.FieldAdvice, label: "Advice received", optional: true, element: area(workflow.MaxText),
			hint: "Who advised you, and what they said. For example the regulator's helpline or a lawyer."}.block())
	}
	if m.Verdict == workflow.DoNotNotify && m.Recipient == workflow.Regulator && inc.Clock().Late(d.Now) {
		blocks = append(blocks, delayInputs("The 72 hours are over. The law asks for the reasons (Art. 33(1)).")...)
	}
	return modal(FormDecide, say.title, say.submit, m, blocks...)
}

// delayInputs ask why something came after the 72 hours.
func delayInputs(why string) []slack.Block {
	return []slack.Block{
		caution(why),
		input{field: workflow.FieldDelay, label: "Why did it take longer?", element: pick(options(workflow.DelayReasons), "")}.block(),
		input{field: workflow.FieldDelayReason, label: "In your own words", element: area(workflow.MaxText)}.block(),
	}
}

func parseDecide(v Values, m Meta, _ *time.Location) (workflow.Command, error) {
	return workflow.Decide{
		Facts: m.Facts, Supersedes: m.Supersedes, Recipient: m.Recipient, Verdict: m.Verdict,
		Reason:      v.text(workflow.FieldReason),
		Advice:      v.text(workflow.FieldAdvice),
		Ground:      workflow.Ground(v.choice(workflow.FieldGround)),
		Delay:       workflow.DelayReason(v.choice(workflow.FieldDelay)),
		DelayReason: v.text(workflow.FieldDelayReason),
	}, nil
}

// verdictWords is a decision in a few words.
func verdictWords(d workflow.Decision, regulator string) string {
	people := d.Recipient == workflow.DataSubjects
	switch d.Verdict {
	case workflow.NeedMore:
		return "more facts requested"
	case workflow.Notify:
		switch {
		case !d.Recipient.Core():
			return "tell them"
		case people:
			return "tell the people affected"
		}
		return "notify the " + regulator
	case workflow.DoNotNotify:
		switch {
		case !d.Recipient.Core():
			return "not needed"
		case people:
			return "do not tell the people affected"
		}
		return "do not notify the " + regulator
	}
	return "an answer " + notKnown
}
