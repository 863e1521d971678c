package view

import (
	"cmp"
	"time"

	"github.com/slack-go/slack"

	"breachbot/workflow"
)

// Ask is the DPO's card: the advice, the reasons, the time left and the buttons to
// decide. Once a decision is taken, its buttons are gone. If a newer card has
// replaced it, it says so. since is the event that made it ask.
func Ask(inc *workflow.Incident, since int, rules workflow.Rules, now time.Time) Message {
	id := string(inc.ID)
	text := "Incident " + id + " needs your decision"
	a := inc.Assessment()
	if a == nil || since != rules.Request(inc) {
		text = "Incident " + id + ": this request was replaced by a newer one"
		return practice(inc, Message{Text: text, Blocks: []slack.Block{
			section("*Incident " + id + "*: this request is out of date. A newer one has been sent or is on its way. You do not need to do anything here."),
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
		section(leadingClock(inc, rules)),
		section("*" + escape(advised(inc, rules)) + "*"),
	}
	if inc.Drill() {
		blocks = append(blocks, section("This is practice. Decide as you would in a real breach, but *send nothing to the real "+escape(rules.Regulator)+"*. Recording it as sent is practice too."))
	}
	blocks = append(blocks, because(a.Recommendation)...)
	blocks = append(blocks, suggested(a)...)
	if a.Differs() {
		blocks = append(blocks, small("The reason for seeing it differently is in the report, the timeline and the decision form."))
	}
	if inc.Pending() {
		blocks = append(blocks, section(cmp.Or(standsIn(inc, rules), "The decision is for "+escape(decider(rules))+mentionDeciders(rules)+".")+" Assessed by "+user(a.By)+"."))
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

// again is the DPO's card while its advice rests on facts that have changed. It does
// not show that advice, and nothing can be decided from it.
func again(inc *workflow.Incident, rules workflow.Rules, now *workflow.Suggested) Message {
	id := string(inc.ID)
	text := "Incident " + id + " needs to be assessed again"
	return practice(inc, Message{Text: text, Blocks: []slack.Block{
		header(text),
		section(leadingClock(inc, rules)),
		section(outdatedWords(now) + " The person who decides will be asked after that."),
		section(decisionLine(inc, workflow.Regulator, rules.Regulator)),
		section(decisionLine(inc, workflow.DataSubjects, rules.Regulator)),
		actions("ask_more", primary(button(ActAssess, "Assess the risk", id)), button(ActDetails, "Show the report", id), button(ActTimeline, "Show the timeline", id)),
	}})
}

// outdatedWords say that an assessment rests on facts that have changed.
func outdatedWords(now *workflow.Suggested) string {
	return "*The facts have changed since this was assessed.* The rules now suggest " + escape(now.String()) + ". Please assess the risk again first."
}

func decider(rules workflow.Rules) string {
	if len(rules.Roster[workflow.RoleDPO]) > 0 {
		return "the DPO, or the deputy standing in"
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

// Answer tells the person who asked for more facts that there is an answer, and
// offers the buttons to decide.
func Answer(inc *workflow.Incident, rules workflow.Rules) Message {
	id := string(inc.ID)
	buttons := append(nextButton(inc, rules), button(ActTimeline, "Show the timeline", id))
	return practice(inc, Message{
		Text: "Incident " + id + ": there is an answer to your question",
		Blocks: []slack.Block{
			section("*Incident " + id + ": there is an answer to your question.* A note was added. It is in the timeline.\n" + leadingClock(inc, rules)),
			actions("answer", buttons...),
		},
	})
}
