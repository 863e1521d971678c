package view

import (
	"cmp"

	"github.com/slack-go/slack"

	"breachbot/workflow"
)

// Ask is the DPO's card: what is advised and why, how long there is, and the
// buttons to decide. Once a decision is taken its buttons are gone; a card that a
// newer one has replaced says so. since is the event since which it asks.
func Ask(inc *workflow.Incident, since int, rules workflow.Rules) Message {
	id := string(inc.ID)
	text := "Incident " + id + " needs your decision"
	a := inc.Assessment()
	if a == nil || since != rules.Request(inc) {
		text = "Incident " + id + ": this request was replaced by a newer one"
		return practice(inc, Message{Text: text, Blocks: []slack.Block{
			section("*Incident " + id + "*: this request is out of date. A newer request for a decision follows or has been sent. There is nothing to do here."),
		}})
	}
	regulator, subjects := inc.Standing(workflow.Regulator), inc.Standing(workflow.DataSubjects)
	if now := rules.Outdated(inc); now != nil {
		return again(inc, rules, now)
	}
	if !inc.Pending() {
		text = "Incident " + id + ": no decision is waiting"
	}
	blocks := []slack.Block{
		header(text),
		section(clockLine(inc)),
		section("*" + escape(headline(a.Recommendation, rules.Regulator)) + "*"),
	}
	if inc.Drill() {
		blocks = append(blocks, section("This is practice. Decide as you would, and *send nothing to the real "+escape(rules.Regulator)+"*; recording it as sent is practice too."))
	}
	blocks = append(blocks, because(a.Recommendation)...)
	blocks = append(blocks, suggested(a)...)
	if a.Differs() {
		blocks = append(blocks, small("Why it is seen differently stands in the report, the timeline and the form to decide."))
	}
	if inc.Pending() {
		blocks = append(blocks, section(cmp.Or(standsIn(inc, rules), "It is for "+escape(decider(rules))+mentionDeciders(rules)+".")+" Assessed by "+user(a.By)+"."))
	}
	blocks = append(blocks, section(decisionLine(inc, workflow.Regulator, rules.Regulator)))
	if regulator == nil && inc.Pending() {
		blocks = append(blocks, actions("ask_regulator", deciding(inc, workflow.Regulator, rules)...))
	}
	blocks = append(blocks, section(decisionLine(inc, workflow.DataSubjects, rules.Regulator)))
	if subjects == nil && inc.Pending() {
		blocks = append(blocks, plainly("ask_people", deciding(inc, workflow.DataSubjects, rules))) // one primary button a message
	}
	if lines := reach(rules); len(lines) > 0 && inc.Pending() {
		blocks = append(blocks, small(lines[0]))
	}
	blocks = append(blocks, actions("ask_more", button(ActDetails, "Show the report", id), button(ActTimeline, "Show the timeline", id)))
	return practice(inc, Message{Text: text, Blocks: blocks})
}

// again is the DPO's card while its advice rests on facts that are no more: that
// advice is not shown, and nothing can be decided on it here.
func again(inc *workflow.Incident, rules workflow.Rules, now *workflow.Suggested) Message {
	id := string(inc.ID)
	text := "Incident " + id + " is to be assessed again"
	return practice(inc, Message{Text: text, Blocks: []slack.Block{
		header(text),
		section(clockLine(inc)),
		section(outdatedWords(now) + " Whoever decides will be asked then."),
		section(decisionLine(inc, workflow.Regulator, rules.Regulator)),
		section(decisionLine(inc, workflow.DataSubjects, rules.Regulator)),
		actions("ask_more", primary(button(ActAssess, "Assess the risk", id)), button(ActDetails, "Show the report", id), button(ActTimeline, "Show the timeline", id)),
	}})
}

// outdatedWords say that an assessment rests on facts that are no more.
func outdatedWords(now *workflow.Suggested) string {
	return "*The facts have changed since this was assessed.* The rules now suggest " + escape(now.String()) + ". Please assess the risk again first; it takes a minute."
}

func decider(rules workflow.Rules) string {
	if len(rules.Roster[workflow.RoleDPO]) > 0 {
		return "the DPO or, standing in, the deputy"
	}
	return "the deputy DPO"
}

func mentionDeciders(rules workflow.Rules) string {
	who := append(append([]workflow.Principal{}, rules.Roster[workflow.RoleDPO]...), rules.Roster[workflow.RoleDeputy]...)
	if len(who) == 0 {
		return ""
	}
	return ": " + mentions(who, ", ")
}

// Answer tells whoever asked for more facts that there is an answer, with the
// buttons to decide.
func Answer(inc *workflow.Incident, rules workflow.Rules) Message {
	id := string(inc.ID)
	buttons := append(nextButton(inc, rules), button(ActTimeline, "Show the timeline", id))
	return practice(inc, Message{
		Text: "Incident " + id + ": there is an answer to your question",
		Blocks: []slack.Block{
			section("*Incident " + id + ": there is an answer to your question.* A note was added; it stands in the timeline.\n" + clockLine(inc)),
			actions("answer", buttons...),
		},
	})
}
