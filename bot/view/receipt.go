package view

import (
	"fmt"
	"strings"

	"github.com/slack-go/slack"

	"breachbot/workflow"
)

// Receipt tells the reporter in a direct message the reference, who has it, what
// helps now and how far it has got. It is brought up to date in place, so nobody is
// disturbed by it.
func Receipt(inc *workflow.Incident, rules workflow.Rules) Message {
	id := string(inc.ID)
	blocks := []slack.Block{
		section("*Your report was received.* Its reference is *" + id + "*.\n" + whoHasIt(inc)),
		section(progressLine(inc)),
	}
	if !inc.Step().Over() {
		helps := "*What helps now:* keep what you have and delete nothing."
		if inc.ContainedAt().IsZero() && !inc.Brief() {
			helps += " If you can stop it from spreading, do that, and tell us: *Add or correct something*."
		}
		blocks = append(blocks, section(helps+" Please give no names or details of the people affected."))
	}
	if rules.DPOContact != "" {
		blocks = append(blocks, section("*The data protection officer (DPO):* "+escape(rules.DPOContact)))
	}
	return practice(inc, Message{
		Text:   "Your report was received as " + id,
		Blocks: append(blocks, actions("receipt", ownButtons(inc, rules, ActDetails)...)),
	})
}

// whoHasIt says to the reporter who handles the incident, and where.
func whoHasIt(inc *workflow.Incident) string {
	switch {
	case inc.Step().Over():
		return "It has ended: " + lowerFirst(escape(inc.Step().Label())) + ". It stays in the record."
	case inc.Lead == inc.Reporter:
		return "*You have it*: you are its lead."
	}
	line := "*Nobody has it yet.* The people who handle breaches have been told, and will come to you with questions."
	switch {
	case inc.Lead != "":
		line = "*" + user(inc.Lead) + " has it*, and will come to you with questions."
	case inc.Step() != workflow.StepReported:
		line = "*The people who handle breaches are working on it*, and will come to you with questions."
	}
	if member(inc, workflow.Principal(inc.Reporter)) {
		line += " It is being handled in " + channel(inc.Room.Channel) + "."
	}
	return line
}

// progressWords say how far a step of the progress has got, for people who see no
// colours and for those who listen.
var progressWords = map[workflow.ProgressState]string{
	workflow.ProgressDone: "done", workflow.ProgressNow: "*waiting*", workflow.ProgressAhead: "later", workflow.ProgressNotNeeded: "not needed",
}

// progressLine is how far an incident has got in five steps, and what comes next.
func progressLine(inc *workflow.Incident) string {
	lines := []string{"*How far it is*"}
	next := "All of it is done. Thank you for reporting it."
	for n, s := range inc.Progress() {
		lines = append(lines, fmt.Sprintf("%d. %s: %s", n+1, s.Label, progressWords[s.State]))
		if s.State == workflow.ProgressNow {
			next = "*Next:* " + s.Next
		}
	}
	return strings.Join(append(lines, next), "\n")
}

// ownButtons are what the person who reported an incident can do about it now, and a
// button that shows it.
func ownButtons(inc *workflow.Incident, rules workflow.Rules, shows Action) []slack.BlockElement {
	id, by := string(inc.ID), workflow.Actor{User: inc.Reporter}
	var out []slack.BlockElement
	for _, own := range []struct {
		act   Action
		label string
		spare bool // only if nothing before it can be done
	}{{ActAmend, addOrCorrect, false}, {ActAskDPO, askTheDPO, false}, {ActNote, "Add a note", true}} {
		if f, _, _ := Opens(own.act, ""); rules.MayGive(f.Command(), inc, by) && !(own.spare && len(out) > 0) {
			out = append(out, button(own.act, own.label, id))
		}
	}
	if shows != "" {
		out = append(out, button(shows, "Show my report", id))
	}
	return out
}

// where tells a person which channel an incident is handled in. It names the channel
// only if they are in it: for others Slack would show a link to nowhere.
func where(inc *workflow.Incident, to workflow.Target) []slack.Block {
	switch {
	case member(inc, to.Principal()):
		return []slack.Block{section("It is being handled in " + channel(inc.Room.Channel) + ".")}
	case inc.Room.Ready():
		return []slack.Block{section("It is being handled in a private channel. You are not in it, but you can see the report here.")}
	case inc.Room.Refused != "":
		return []slack.Block{section("Its channel could not be opened (Slack says " + escape(inc.Room.Refused) + "). Until it can be, it is handled in direct messages.")}
	}
	return nil
}

// member tells whether a person or group is in the incident's channel. It is false
// for people who could not be invited.
func member(inc *workflow.Incident, p workflow.Principal) bool {
	if p.IsGroup() {
		return inc.Room.Ready() && inc.Invited[p]
	}
	return inc.Inside(workflow.UserID(p))
}
