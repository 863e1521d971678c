package view

import (
	"slices"

	"github.com/slack-go/slack"

	"breachbot/workflow"
)

// reading is a modal that only shows something about an incident. A new one is one
// new row. A test names what is missing from a row.
type reading struct {
	opening
	what  string // in the refusal: what only the people who handle the incident may see
	build func(d Desk, inc *workflow.Incident, page int) slack.ModalViewRequest
	// own is for people who may know of the incident but may not read it. If it is nil
	// they are refused.
	own    func(d Desk, inc *workflow.Incident) slack.ModalViewRequest
	drills bool // the More menu offers it only on a drill

	// word, after /breach, answers with the same as a table in a message, where Slack
	// has tables that can be sorted.
	word  string
	table func(d Desk, inc *workflow.Incident) tableOf

	command workflow.CommandName // the command given from it, for the signposts
	signposts
}

// readings is every modal that only shows.
var readings []reading

// Readings hold cards and checklists, and these hold buttons that lead to readings.
// The compiler allows such a circle only in init.
func init() {
	readings = []reading{
		{opening: opening{act: ActDutyList, button: "Who must be told?", menu: place{60, "Who must be told?"}}, what: "This",
			build: func(d Desk, inc *workflow.Incident, _ int) slack.ModalViewRequest { return Duties(inc, d.Rules) },
			word:  "duties", table: dutyTable,
			command: workflow.CommandAnswerDuty,
			signposts: signposts{phase: workflow.PhaseNotify,
				needs: []need{{line: answerLine}}}},
		{opening: opening{act: ActFirstHour, menu: place{65, firstHourTitle}}, what: "This",
			build: func(d Desk, inc *workflow.Incident, _ int) slack.ModalViewRequest { return FirstHour(inc, d.Rules) }},
		{opening: opening{act: ActSteps, menu: place{70, "Steps and checklists"}}, what: "This",
			build: func(d Desk, inc *workflow.Incident, _ int) slack.ModalViewRequest { return StepList(inc, d.Rules) }},
		{opening: opening{act: ActClocks, menu: place{80, "All clocks"}}, what: "This",
			build: func(d Desk, inc *workflow.Incident, page int) slack.ModalViewRequest {
				return ClockList(inc, page, d.Rules, d.Now)
			}, word: "clocks", table: clockTable},
		{opening: opening{act: ActActions, menu: place{90, "Actions"}}, what: "This",
			build: func(_ Desk, inc *workflow.Incident, page int) slack.ModalViewRequest { return Actions(inc, page) },
			word:  "actions", table: actionTable},
		{opening: opening{act: ActTimeline, menu: place{180, "Show the timeline"}}, what: "The timeline",
			build: func(d Desk, inc *workflow.Incident, page int) slack.ModalViewRequest {
				return Timeline(inc, page, d.Timeline, d.Rules)
			}, word: "timeline", table: timelineTable},
		{opening: opening{act: ActPack, menu: place{220, "Advice pack for the DPO"}}, what: "This",
			build: func(d Desk, inc *workflow.Incident, _ int) slack.ModalViewRequest { return Pack(inc, d.Rules) }},
		{opening: opening{act: ActPace, menu: place{230, "How fast was each step?"}}, what: "This", drills: true,
			build: func(d Desk, inc *workflow.Incident, _ int) slack.ModalViewRequest { return Pace(inc, d.Rules) }},
		{opening: opening{act: ActPresence}, what: "Who was in the channel",
			build: func(_ Desk, inc *workflow.Incident, _ int) slack.ModalViewRequest { return Presence(inc) }},
		{opening: opening{act: ActDetails},
			build: func(d Desk, inc *workflow.Incident, _ int) slack.ModalViewRequest { return Details(inc, d.Rules) },
			own:   func(d Desk, inc *workflow.Incident) slack.ModalViewRequest { return OwnReport(inc, d.Rules) }},
		{opening: opening{act: ActStatus},
			build: func(d Desk, inc *workflow.Incident, _ int) slack.ModalViewRequest {
				return StatusModal(inc, d.Rules, true, d.Now)
			},
			own: func(d Desk, inc *workflow.Incident) slack.ModalViewRequest {
				return StatusModal(inc, d.Rules, false, d.Now)
			}},
	}
}

// reader is a modal as its one reader sees it: without buttons that are not for them.
func reader(v slack.ModalViewRequest, d Desk, inc *workflow.Incident) slack.ModalViewRequest {
	v.Blocks.BlockSet = permitted(v.Blocks.BlockSet, d.By, inc, d.Rules)
	return v
}

// Read is the page that a button shows of an incident to somebody who may know of
// the incident. refused means that this page is not for them; the modal then says
// so. ok is false for buttons that show nothing.
func Read(a Action, d Desk, inc *workflow.Incident, page int) (v slack.ModalViewRequest, refused, ok bool) {
	n := slices.IndexFunc(readings, func(r reading) bool { return r.act == a })
	if n < 0 {
		return v, false, false
	}
	switch r := readings[n]; {
	case d.By.MayRead(inc):
		return reader(r.build(d, inc, page), d, inc), false, true
	case r.own != nil:
		return reader(r.own(d, inc), d, inc), false, true
	default:
		return Notice("Not possible", r.what+" is only for the people who handle the incident."), true, true
	}
}
