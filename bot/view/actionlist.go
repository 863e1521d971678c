package view

import (
	"strconv"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"breachbot/workflow"
)

// A page of actions; each takes two blocks.
const actionsPage = 12

// Actions lists corrective actions a page at a time: open ones first, then by
// date.
func Actions(inc *workflow.Incident, page int) slack.ModalViewRequest {
	shown, page, last := pageOf(orderedActions(inc), page, actionsPage)
	v := notice(string(inc.ID), "*Actions.* "+escape(actionLine(inc))+pageWords(page, last))
	blocks := v.Blocks.BlockSet
	for n, a := range shown {
		number := strconv.Itoa(page*actionsPage + n + 1)
		blocks = append(blocks, words(number+". "+workflow.Cut(a.What, 500))...)
		line := user(a.Owner) + ", due " + when(a.Due) + "."
		if !a.Open() {
			line += " Done " + when(a.DoneAt) + ", recorded by " + user(a.DoneBy) + "."
			blocks = append(blocks, section(line))
			continue
		}
		blocks = append(blocks, withButton(line, readAs(button(ActFinish, "Done", value(inc.ID, strconv.Itoa(a.Seq))), number)))
	}
	buttons := turns(ActActions, inc.ID, page, last)
	if workflow.Allowed(workflow.CommandAddAction, inc.Step()) {
		buttons = append(buttons, primary(button(ActAction, "Add an action", string(inc.ID))))
	}
	if len(buttons) > 0 {
		blocks = append(blocks, actions("actions", buttons...))
	}
	v.Blocks.BlockSet = fit(blocks)
	return practiceModal(inc, v)
}

// pageOf is a page of a list, with its number and the number of the last page.
// Pages count from 0. If there is no such number it is the nearest page.
func pageOf[T any](all []T, page, each int) (shown []T, at, last int) {
	last = max(0, (len(all)-1)/each)
	at = min(max(page, 0), last)
	return all[min(at*each, len(all)):min((at+1)*each, len(all))], at, last
}

// pageWords says which page it is. It says nothing if there is only one.
func pageWords(page, last int) string {
	if last == 0 {
		return ""
	}
	return " Page " + strconv.Itoa(page+1) + " of " + strconv.Itoa(last+1) + "."
}

// turns are the buttons that turn the pages of a list.
func turns(act Action, id workflow.IncidentID, page, last int) []slack.BlockElement {
	var buttons []slack.BlockElement
	if page > 0 {
		buttons = append(buttons, paged(act, "Earlier", id, page-1))
	}
	if page < last {
		buttons = append(buttons, paged(act, "Further", id, page+1))
	}
	return buttons
}

// value is what a button about one part of an incident carries.
func value(id workflow.IncidentID, part string) string { return string(id) + " " + part }

// paged is a button that turns a page; its action id differs from its twin's.
func paged(act Action, label string, id workflow.IncidentID, page int) *slack.ButtonBlockElement {
	b := button(act, label, value(id, strconv.Itoa(page)))
	b.ActionID += pageMark + strings.ToLower(label)
	return b
}

// pageMark ends an action id that has twins in its block.
const pageMark = "__"

// ActionOf is the action of an action id.
func ActionOf(actionID string) Action {
	act, _, _ := strings.Cut(actionID, pageMark)
	return Action(act)
}

// withButton is a line of our markup with a button beside it.
func withButton(text string, b *slack.ButtonBlockElement) slack.Block {
	s := slack.NewSectionBlock(mark(workflow.Cut(text, maxSection)), nil, slack.NewAccessory(b))
	return s
}

func actionForm(d Desk, inc *workflow.Incident, m Meta) slack.ModalViewRequest {
	return modal(FormAction, "Add an action", "Add it", m, append(summary(inc, d.zone()),
		input{field: workflow.FieldWhat, label: "What is to be done?", element: area(workflow.MaxText)}.block(),
		input{field: workflow.FieldUser, label: "Who does it?", element: person("")}.block(),
		input{field: workflow.FieldDue, label: "By when?", element: instant(d.Now.Add(30 * 24 * time.Hour)),
			hint: "They are told now, and reminded the day before, on the day, and every week until it is done."}.block())...)
}

func parseAction(v Values, _ Meta, _ *time.Location) (workflow.Command, error) {
	return workflow.AddAction{
		What:  v.text(workflow.FieldWhat),
		Owner: workflow.UserID(v.get(workflow.FieldUser).SelectedUser),
		Due:   v.instant(workflow.FieldDue),
	}, nil
}

// finishForm shows one action and nothing else of the incident, because the owner
// of an action may not be allowed to read the rest.
func finishForm(_ Desk, inc *workflow.Incident, m Meta) slack.ModalViewRequest {
	a := inc.Action(m.Number)
	if a == nil {
		return Notice("Not possible", "That action does not exist.")
	}
	blocks := []slack.Block{section("*Action from " + string(inc.ID) + "*, due " + when(a.Due) + ".")}
	blocks = append(blocks, words(a.What)...)
	if !a.Open() {
		blocks = append(blocks, section("It was recorded as done "+when(a.DoneAt)+"."))
		return slack.ModalViewRequest{Type: slack.VTModal, Title: plain(workflow.Cut("Action", maxModalTitle)), Close: plain("Close"), Blocks: slack.Blocks{BlockSet: blocks}}
	}
	return modal(FormFinish, "Action", "It is done", m, append(blocks,
		input{field: workflow.FieldNote, label: "What was done?", optional: true, element: area(workflow.MaxText)}.block())...)
}

func parseFinish(v Values, m Meta, _ *time.Location) (workflow.Command, error) {
	return workflow.FinishAction{Action: m.Number, Note: v.text(workflow.FieldNote)}, nil
}

// Given tells the owner of a new action in a direct message. What people typed is
// behind the button.
func Given(inc *workflow.Incident, number int) Message {
	text := "You have been given an action from incident " + string(inc.ID)
	a := inc.Action(number)
	if a == nil {
		return practice(inc, Message{Text: text, Blocks: []slack.Block{section("*" + text + ".* It has since been erased.")}})
	}
	return practice(inc, Message{Text: text, Blocks: []slack.Block{
		section("*" + text + "*, by " + user(a.By) + ". It is due " + when(a.Due) + "."),
		actions("given", primary(button(ActFinish, "Show it, and say when it is done", value(inc.ID, strconv.Itoa(a.Seq))))),
	}})
}
