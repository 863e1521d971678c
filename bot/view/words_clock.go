package view

import (
	"strconv"

	"github.com/slack-go/slack"

	"breachbot/workflow"
)

// clockWords is what people read of one kind of clock besides its name, which is
// the workflow's, and its times.
type clockWords struct {
	// of tells the clocks of the kind.
	of func(workflow.ClockName) bool
	// press is the button that a reminder of such a clock asks to press. Nil of a
	// kind whose reminder is a message of its own.
	press func(workflow.IncidentID, workflow.ClockName) *slack.ButtonBlockElement
	// own is that message, when there is one.
	own workflow.TaskKind
	// target kinds are those that the severity sets: the card goes on to show that
	// one was missed.
	target bool
	// outside kinds are reminded of to somebody who need not be one of those who may
	// read the incident, so nothing else is offered.
	outside bool
}

// clockRows is the one table of what people read of clocks.
var clockRows = []clockWords{
	{of: just(workflow.ClockRegulator), own: workflow.KindNudge},
	{of: just(workflow.ClockTriage), press: labelled(ActTriage, "Triage"), target: true},
	{of: just(workflow.ClockContain), press: labelled(ActContain, "Contain"), target: true},
	{of: just(workflow.ClockController), press: labelled(ActDutyList, "Who must be told?")},
	{of: just(workflow.ClockCustomers), press: labelled(ActDutyList, "Who must be told?")},
	{of: just(workflow.ClockFollowUp), own: workflow.KindFollowUp},
	{of: furtherTo, press: furtherButton},
	{of: just(workflow.ClockBoard), press: labelled(ActDutyList, "Who must be told?")},
	{of: just(workflow.ClockReview), press: labelled(ActReview, "Review")},
	{of: anAction, press: actionButton, outside: true},
}

func just(name workflow.ClockName) func(workflow.ClockName) bool {
	return func(n workflow.ClockName) bool { return n == name }
}

func furtherTo(n workflow.ClockName) bool { return n.MoreTo() != "" }
func anAction(n workflow.ClockName) bool  { return n.Action() > 0 }

// labelled is a button that acts on the incident as a whole.
func labelled(act Action, label string) func(workflow.IncidentID, workflow.ClockName) *slack.ButtonBlockElement {
	return func(id workflow.IncidentID, _ workflow.ClockName) *slack.ButtonBlockElement {
		return button(act, label, string(id))
	}
}

func furtherButton(id workflow.IncidentID, n workflow.ClockName) *slack.ButtonBlockElement {
	if to := n.MoreTo(); to != workflow.DataSubjects {
		return button(ActDutySent, "Record as told", value(id, string(to)))
	}
	return button(ActRecordTold, "Record as told", string(id))
}

func actionButton(id workflow.IncidentID, n workflow.ClockName) *slack.ButtonBlockElement {
	return button(ActFinish, "Show it, and say when it is done", value(id, strconv.Itoa(n.Action())))
}

// clockWordsOf are the words of a clock; empty, so that nothing is claimed, when
// this version does not know the clock.
func clockWordsOf(name workflow.ClockName) clockWords {
	for _, w := range clockRows {
		if w.of(name) {
			return w
		}
	}
	return clockWords{}
}

// reminderButtons are what a reminder of a clock offers.
func reminderButtons(id workflow.IncidentID, name workflow.ClockName) []slack.BlockElement {
	w := clockWordsOf(name)
	var buttons []slack.BlockElement
	if w.press != nil {
		buttons = append(buttons, primary(w.press(id, name)))
	}
	if !w.outside {
		buttons = append(buttons, button(ActSteps, "Steps and checklists", string(id)))
	}
	return buttons
}
