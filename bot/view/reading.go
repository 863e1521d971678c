package view

import (
	"slices"

	"github.com/slack-go/slack"

	"breachbot/workflow"
)

// reading is a modal about an incident that only shows. A new one is one new
// row, and a test names what the row lacks.
type reading struct {
	opening
	what  string // in the refusal: what is for those who handle the incident
	build func(d Desk, inc *workflow.Incident, page int) slack.ModalViewRequest
	// own is what somebody sees of it who may see that there is such an incident but
	// may not read it; nil for a refusal.
	own    func(d Desk, inc *workflow.Incident) slack.ModalViewRequest
	drills bool // the More menu offers it on a drill alone

	command workflow.CommandName // what is given from there, for the signposts
	signposts
}

// readings is every modal that only shows.
var readings []reading

// The readings hold cards and checklists, which hold buttons that lead to
// readings: the compiler allows that circle only here.
func init() {
	readings = []reading{
		{opening: opening{act: ActDutyList, button: "Who must be told?", menu: place{60, "Who must be told?"}}, what: "This",
			build:   func(d Desk, inc *workflow.Incident, _ int) slack.ModalViewRequest { return Duties(inc, d.Rules) },
			command: workflow.CommandAnswerDuty,
			signposts: signposts{phase: workflow.PhaseNotify,
				needs: []need{{line: always("answer who else must be told.")}}}},
		{opening: opening{act: ActSteps, menu: place{70, "Steps and checklists"}}, what: "This",
			build: func(d Desk, inc *workflow.Incident, _ int) slack.ModalViewRequest { return StepList(inc, d.Rules) }},
		{opening: opening{act: ActClocks, menu: place{80, "All clocks"}}, what: "This",
			build: func(d Desk, inc *workflow.Incident, page int) slack.ModalViewRequest {
				return ClockList(inc, page, d.Rules, d.Now)
			}},
		{opening: opening{act: ActActions, menu: place{90, "Actions"}}, what: "This",
			build: func(_ Desk, inc *workflow.Incident, page int) slack.ModalViewRequest { return Actions(inc, page) }},
		{opening: opening{act: ActTimeline, menu: place{180, "Show the timeline"}}, what: "The timeline",
			build: func(d Desk, inc *workflow.Incident, page int) slack.ModalViewRequest {
				return Timeline(inc, page, d.Rules)
			}},
		{opening: opening{act: ActPack, menu: place{220, "Advice pack for the DPO"}}, what: "This",
			build: func(d Desk, inc *workflow.Incident, _ int) slack.ModalViewRequest { return Pack(inc, d.Rules) }},
		{opening: opening{act: ActPace, menu: place{230, "How fast was each step"}}, what: "This", drills: true,
			build: func(d Desk, inc *workflow.Incident, _ int) slack.ModalViewRequest { return Pace(inc, d.Rules) }},
		{opening: opening{act: ActPresence}, what: "Who was in the channel",
			build: func(_ Desk, inc *workflow.Incident, _ int) slack.ModalViewRequest { return Presence(inc) }},
		{opening: opening{act: ActDetails},
			build: func(d Desk, inc *workflow.Incident, _ int) slack.ModalViewRequest { return Details(inc, d.Rules) },
			own:   func(_ Desk, inc *workflow.Incident) slack.ModalViewRequest { return OwnReport(inc) }},
		{opening: opening{act: ActStatus},
			build: func(d Desk, inc *workflow.Incident, _ int) slack.ModalViewRequest {
				return StatusModal(inc, d.Rules, true)
			},
			own: func(d Desk, inc *workflow.Incident) slack.ModalViewRequest { return StatusModal(inc, d.Rules, false) }},
	}
}

// Read shows what a button shows of an incident, turned to a page, to somebody
// who may see that there is such an incident. refused tells that what it shows is
// not for them, and then it says so; ok is false for buttons that show nothing.
func Read(a Action, d Desk, inc *workflow.Incident, page int) (v slack.ModalViewRequest, refused, ok bool) {
	n := slices.IndexFunc(readings, func(r reading) bool { return r.act == a })
	if n < 0 {
		return v, false, false
	}
	switch r := readings[n]; {
	case d.By.MayRead(inc):
		return r.build(d, inc, page), false, true
	case r.own != nil:
		return r.own(d, inc), false, true
	default:
		return Notice("Not possible", r.what+" is for those who handle the incident."), true, true
	}
}
