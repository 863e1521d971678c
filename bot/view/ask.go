package view

import (
	"cmp"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"breachbot/workflow"
)

// Ask is the DPO's card. It can be decided from in a minute: what it is about, the time
// left, the advice with its two strongest reasons, and the buttons. Whoever wants more
// finds below them why, what is not known, and what has changed since it was asked.
// Once a decision is taken, its buttons are gone. If a newer card has replaced it, it
// says so. since is the event that made it ask.
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
	if suggests := rules.Outdated(inc); suggests != nil {
		return again(inc, rules, suggests, now)
	}
	read := actions("ask_more", button(ActDetails, "Show the report", id), button(ActTimeline, "Show the timeline", id))
	if !inc.Pending() {
		text = "Incident " + id + ": no decision is waiting"
		blocks := append(askHead(inc, rules, text, now), section(strings.Join(coreDecisions(inc, rules), "\n")), read, advice(inc, rules, minuteWords))
		return practice(inc, Message{Text: text, Blocks: append(blocks, everyReason(a)...)})
	}
	blocks := askHead(inc, rules, text, now)
	blocks = append(blocks, advice(inc, rules, minuteWords-readingWords(practice(inc, Message{Blocks: blocks}).Blocks...)))
	blocks = append(blocks, actions("ask", deciding(inc, inc.Undecided()[0], rules)...))
	who := cmp.Or(standsIn(inc, rules), nobodyDecides(inc, rules), "The decision is for "+escape(decider(rules))+mentionDeciders(rules)+".") + " Assessed by " + user(a.By) + "."
	blocks = append(blocks, section(strings.Join(append(coreDecisions(inc, rules), who), "\n")))
	blocks = append(blocks, everyReason(a)...)
	blocks = append(blocks, notKnownYet(inc, rules)...)
	blocks = append(blocks, changedSince(inc, since)...)
	if lines := reach(rules); len(lines) > 0 {
		blocks = append(blocks, small(lines[0]))
	}
	return practice(inc, Message{Text: about(inc) + ", needs your decision", Blocks: append(blocks, read)})
}

// askHead is what the card is about, and the time left.
func askHead(inc *workflow.Incident, rules workflow.Rules, text string, now time.Time) []slack.Block {
	blocks := []slack.Block{header(text), section(brief(inc, rules)), section(countdown(inc, rules, now))}
	if inc.Drill() && inc.Pending() {
		blocks = append(blocks, section("This is practice. Decide as you would in a real breach, but *send nothing to the real "+escape(rules.Regulator)+"*."))
	}
	return blocks
}

// coreDecisions say how the law's two questions stand.
func coreDecisions(inc *workflow.Incident, rules workflow.Rules) []string {
	return []string{decisionLine(inc, workflow.Regulator, rules), decisionLine(inc, workflow.DataSubjects, rules)}
}

// everyReason is all that the advice rests on, folded away.
func everyReason(a *workflow.Assessment) []slack.Block {
	blocks := append(because(a.Recommendation), suggested(a)...)
	if a.Differs() {
		blocks = append(blocks, small("The reason for seeing it differently is in the report, the timeline and the decision form."))
	}
	if a.Suggested != nil {
		blocks = append(blocks, restsOn(a.Suggested.Decisive()))
	}
	return folded("Every reason for this advice", blocks...)
}

// again is the DPO's card while its advice rests on facts that have changed. It does
// not show that advice, and nothing can be decided from it.
func again(inc *workflow.Incident, rules workflow.Rules, suggests *workflow.Suggested, now time.Time) Message {
	id := string(inc.ID)
	text := "Incident " + id + " needs to be assessed again"
	return practice(inc, Message{Text: text, Blocks: []slack.Block{
		header(text),
		section(brief(inc, rules)),
		section(countdown(inc, rules, now)),
		section(outdatedWords(suggests) + " The person who decides will be asked after that."),
		actions("ask_more", primary(button(ActAssess, "Assess the risk", id)), button(ActDetails, "Show the report", id), button(ActTimeline, "Show the timeline", id)),
		section(strings.Join(coreDecisions(inc, rules), "\n")),
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
func Answer(inc *workflow.Incident, rules workflow.Rules, now time.Time) Message {
	id := string(inc.ID)
	buttons := append(nextButton(inc, rules), button(ActTimeline, "Show the timeline", id))
	return practice(inc, Message{
		Text: "Incident " + id + ": there is an answer to your question",
		Blocks: []slack.Block{
			section("*Incident " + id + ": there is an answer to your question.* A note was added, or the report was amended. It is in the timeline.\n" + brief(inc, rules) + "\n" + countdown(inc, rules, now)),
			actions("answer", buttons...),
		},
	})
}
