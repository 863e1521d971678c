package view

import (
	"strconv"

	"github.com/slack-go/slack"

	"breachbot/workflow"
)

// clockWords is what people read about one kind of clock, apart from its times and
// its name, which the workflow gives.
type clockWords struct {
	// of tells whether a clock is of this kind.
	of func(workflow.ClockName) bool
	// press is the button in the reminder of a clock. It is nil if the reminder is a
	// message of its own.
	press func(workflow.IncidentID, workflow.ClockName) *slack.ButtonBlockElement
	// own is that message, if there is one.
	own workflow.TaskKind
	// target is true for clocks that the severity sets. The card keeps showing that
	// one was missed.
	target bool
	// outside is true if the reminder goes to somebody who may not be allowed to read
	// the incident. It then offers nothing else.
	outside bool
}

// clockRows is the one table of what people read about clocks.
var clockRows = []clockWords{
	{of: just(workflow.ClockRegulator), own: workflow.KindNudge},
	{of: just(workflow.ClockTriage), press: labelled(ActTriage, "Triage"), target: true},
	{of: just(workflow.ClockContain), press: labelled(ActContain, "Contain"), target: true},
	{of: just(workflow.ClockController), press: labelled(ActDutyList, "Who must be told?")},
	{of: just(workflow.ClockCustomers), press: labelled(ActDutyList, "Who must be told?")},
	{of: just(workflow.ClockPECR), press: labelled(ActDutyList, "Who must be told?")},
	{of: just(workflow.ClockNIS), press: labelled(ActDutyList, "Who must be told?")},
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

// labelled is a button about the incident as a whole.
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

// clockWordsOf are the words for a clock. They are empty, so that nothing is
// claimed, if this version does not know the clock.
func clockWordsOf(name workflow.ClockName) clockWords {
	for _, w := range clockRows {
		if w.of(name) {
			return w
		}
	}
	return clockWords{}
}

// reminderButtons are the buttons in the reminder of a clock.
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
