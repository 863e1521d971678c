package view

import (
	"slices"
	"strconv"
	"time"

	"github.com/slack-go/slack"

	"breachbot/workflow"
)

// Desk is what a form or a reading needs in addition to the incident.
type Desk struct {
	Rules workflow.Rules
	Now   time.Time
	By    workflow.Actor

	Message  workflow.AddEvidence // the message to show, in the form that adds one
	Timeline TimelineChoice       // how to show the timeline
}

func (d Desk) zone() *time.Location {
	if d.Rules.Zone == nil {
		return time.UTC
	}
	return d.Rules.Zone
}

// formRow describes a modal that people fill in: how it is opened, built and read. A
// new form is one new row. A test names what is missing from a row.
type formRow struct {
	form    Form
	command workflow.CommandName // the command it gives
	also    workflow.CommandName // the command it gives instead if something is ticked; empty for none
	build   func(Desk, *workflow.Incident, Meta) slack.ModalViewRequest
	parse   func(Values, Meta, *time.Location) (workflow.Command, error)

	opens     []opening         // the buttons that open it
	shortcuts []string          // the Slack shortcuts that open it
	word      string            // the word after /breach that does the same as the first button
	part      func(string) Meta // what a button says in addition to the incident; nil for nothing

	ended    bool                                                // the incident may have ended
	alone    bool                                                // it is not about an incident
	recorded bool                                                // its inputs are filled in from the record
	shape    func(Values, Meta) Meta                             // what it asks given what was typed; nil if that is always the same
	sees     func(workflow.Actor, *workflow.Incident, Meta) bool // who may see it; nil for people who may see the report
	signposts
}

// opening is a button that opens a form or a reading.
type opening struct {
	act     Action
	presets Meta   // what the button decides in advance
	button  string // its label on cards and checklists, with regulatorMark; empty if it is on none
	menu    place  // its place in the More menu of the card
}

// These read what a button says in addition to the incident. Text that is not a
// number becomes 0, which is the number of nothing.
func ofRecipient(part string) Meta { return Meta{Recipient: workflow.Recipient(part)} }
func ofAction(part string) Meta    { n, _ := strconv.Atoi(part); return Meta{Number: n} }
func ofRequest(part string) Meta   { n, _ := strconv.Atoi(part); return Meta{Request: n} }

// forms is every modal people fill in to give a command.
var forms = []formRow{
	{form: FormReport, command: workflow.CommandReport, build: reportForm, parse: parseReport, alone: true, shape: shapeReport,
		opens:     []opening{{act: ActReport}},
		shortcuts: []string{ShortcutReport, ShortcutReportMessage}},

	{form: FormTriage, command: workflow.CommandTriage, build: triageForm, parse: parseTriage, recorded: true,
		opens: []opening{{act: ActTriage, button: "Triage", menu: place{10, "Triage"}}},
		signposts: signposts{phase: workflow.PhaseTriage,
			needs: []need{{line: always("triage it, to say how fast we must act.")}}}},
	{form: FormContain, command: workflow.CommandContain, build: containForm, parse: parseContain, recorded: true,
		opens: []opening{{act: ActContain, button: "Contain", menu: place{20, "Contain"}}},
		signposts: signposts{phase: workflow.PhaseContain,
			needs: []need{{line: always("contain it, and keep the evidence.")}}}},
	{form: FormInvestigate, command: workflow.CommandInvestigate, build: investigateForm, parse: parseInvestigate, recorded: true,
		opens: []opening{{act: ActInvestigate, button: "Investigate", menu: place{30, "Investigate"}}},
		signposts: signposts{phase: workflow.PhaseInvestigate,
			needs: []need{{line: always("find the cause: the best guess counts too.")}}}},
	{form: FormClarify, command: workflow.CommandClarify, build: clarifyForm, parse: parseClarify,
		opens: []opening{{act: ActClarify, menu: place{35, answerMissing}}}},
	{form: FormAssess, command: workflow.CommandAssess, build: assessForm, parse: parseAssess, recorded: true,
		opens:     []opening{{act: ActAssess, button: "Assess the risk", menu: place{40, "Assess the risk"}}},
		signposts: signposts{phase: workflow.PhaseAssess, needs: []need{{line: assessLine}}}},
	{form: FormRecover, command: workflow.CommandRecover, build: recoverForm, parse: parseRecover,
		opens: []opening{{act: ActRecover, button: "Recover", menu: place{50, "Recover safely"}}},
		signposts: signposts{phase: workflow.PhaseRecover,
			needs: []need{{line: always("recover safely: five checks before full service.")}}}},

	{form: FormTimes, command: workflow.CommandCorrectTimes, build: timesForm, parse: parseTimes, recorded: true, word: "times",
		opens: []opening{{act: ActTimes, menu: place{100, "Correct the times, or set awareness"}}}},
	{form: FormDecide, command: workflow.CommandDecide, build: decideForm, parse: parseDecide,
		opens: []opening{
			{ActDecide, Meta{}, "Decide", place{}},
			{ActApprove, Meta{Recipient: workflow.Regulator, Verdict: workflow.Notify}, "Approve " + regulatorMark + " notification",
				place{110, "Decide: notify the regulator"}},
			{ActRefuse, Meta{Recipient: workflow.Regulator, Verdict: workflow.DoNotNotify}, "Do not notify",
				place{120, "Decide: do not notify the regulator"}},
			{ActAskMore, Meta{Recipient: workflow.Regulator, Verdict: workflow.NeedMore}, "", place{}}, // on cards posted before the form asked it
			{ActTell, Meta{Recipient: workflow.DataSubjects, Verdict: workflow.Notify}, "Tell the people affected",
				place{130, "Decide: tell the people affected"}},
			{ActDoNotTell, Meta{Recipient: workflow.DataSubjects, Verdict: workflow.DoNotNotify}, "Do not tell them",
				place{140, "Decide: do not tell the people affected"}},
		},
		signposts: signposts{within: workflow.PhaseNotify, needs: []need{
			{to: workflow.Regulator, line: always("decide whether to notify the " + regulatorMark + ".")},
			{to: workflow.DataSubjects, line: always("decide whether to tell the people affected.")},
		}}},
	{form: FormRecord, command: workflow.CommandRecordNotification, build: recordForm, parse: parseRecord,
		opens: []opening{
			{ActRecord, Meta{Recipient: workflow.Regulator}, "Record as sent", place{150, "Record a notice to the regulator as sent"}},
			{ActRecordTold, Meta{Recipient: workflow.DataSubjects}, "Record as told", place{160, "Record that the people affected were told"}},
		},
		signposts: signposts{within: workflow.PhaseNotify, needs: []need{
			{to: workflow.Regulator, line: notifyLine},
			{to: workflow.DataSubjects, line: always("tell the people affected and record it as told.")},
		}}},

	{form: FormDuty, command: workflow.CommandAnswerDuty, build: dutyForm, parse: parseDuty, part: ofRecipient,
		opens: []opening{{act: ActDuty}}},
	{form: FormDuties, command: workflow.CommandAnswerDuty, build: dutiesForm, parse: parseDuties,
		opens: []opening{{act: ActDuties}}},
	{form: FormDutySent, command: workflow.CommandRecordDuty, build: recordForm, parse: parseRecord, part: ofRecipient,
		opens:     []opening{{act: ActDutySent, button: "Record as told"}},
		signposts: signposts{within: workflow.PhaseNotify, needs: []need{{line: dutyLine}}}},

	{form: FormRole, command: workflow.CommandAssignRole, build: roleForm, parse: parseRole, word: "assign",
		opens: []opening{{act: ActRole, menu: place{170, "Hand over the lead, or add a responder"}}}},
	{form: FormNote, command: workflow.CommandAddNote, build: noteForm, parse: parseNote, word: "note",
		opens: []opening{{act: ActNote}}},
	{form: FormAmend, command: workflow.CommandAmend, build: amendForm, parse: parseAmend, recorded: true, sees: whoeverReported,
		opens: []opening{{act: ActAmend}}},
	{form: FormEvidence, command: workflow.CommandAddEvidence, build: evidenceForm, parse: parseEvidence,
		shortcuts: []string{ShortcutTimeline}},
	{form: FormDeputy, command: workflow.CommandCallDeputy, build: deputyForm, parse: parseDeputy,
		opens: []opening{{act: ActDeputy, menu: place{190, "The DPO is away: ask the deputy"}}}},
	{form: FormLink, command: workflow.CommandLinkTo, also: workflow.CommandMarkDuplicate, build: linkForm, parse: parseLink,
		opens: []opening{{act: ActLink, menu: place{200, "Link to another incident, or mark as a duplicate"}}}},
	{form: FormAskHelp, command: workflow.CommandAskHelp, build: askHelpForm, parse: parseAskHelp,
		opens: []opening{{act: ActAskHelp, menu: place{210, "Ask somebody to contribute"}}}},
	{form: FormGiveHelp, command: workflow.CommandGiveHelp, build: giveHelpForm, parse: parseGiveHelp, part: ofRequest, sees: whoeverWasAsked,
		opens: []opening{{act: ActGiveHelp}}},
	{form: FormAskDPO, command: workflow.CommandAskDPO, build: askDPOForm, parse: parseAskDPO, sees: whoeverReported,
		opens: []opening{{act: ActAskDPO}}},
	{form: FormAction, command: workflow.CommandAddAction, build: actionForm, parse: parseAction,
		opens: []opening{{act: ActAction}}},
	{form: FormFinish, command: workflow.CommandFinishAction, build: finishForm, parse: parseFinish, part: ofAction, sees: whoeverOwnsIt,
		opens: []opening{{act: ActFinish}}},

	{form: FormDismiss, command: workflow.CommandDismiss, build: dismissForm, parse: parseDismiss,
		opens: []opening{{act: ActDismiss, menu: place{240, "Not a personal data breach"}}}},
	{form: FormResolve, command: workflow.CommandResolve, build: resolveForm, parse: parseResolve,
		opens:     []opening{{act: ActResolve, button: "Resolve", menu: place{250, "Resolve"}}},
		signposts: signposts{within: workflow.PhaseReview, needs: []need{{line: always("resolve it once everything is contained and put right.")}}}},
	{form: FormReview, command: workflow.CommandReview, build: reviewForm, parse: parseReview,
		opens: []opening{{act: ActReview, button: "Review", menu: place{260, "Review"}}},
		signposts: signposts{phase: workflow.PhaseReview,
			needs: []need{{line: always("review it: what went well, what slowed us, what changes.")}}}},
	{form: FormClose, command: workflow.CommandClose, build: closeForm, parse: parseClose, word: "close",
		opens:     []opening{{act: ActClose, button: "Close", menu: place{270, "Close"}}},
		signposts: signposts{within: workflow.PhaseReview, needs: []need{{line: always("close it.")}}}},
	{form: FormReopen, command: workflow.CommandReopen, build: reopenForm, parse: parseReopen, word: "reopen",
		opens: []opening{{act: ActReopen, menu: place{280, "Reopen"}}}, ended: true},
}

// whoeverOwnsIt lets the owner of an action see it, even if they may not see the
// rest of the incident.
func whoeverOwnsIt(by workflow.Actor, inc *workflow.Incident, m Meta) bool {
	if a := inc.Action(m.Number); a != nil && a.Owner == by.User {
		return true
	}
	return by.MaySeeReport(inc)
}

// whoeverReported lets only its author see a report to amend it.
func whoeverReported(by workflow.Actor, inc *workflow.Incident, _ Meta) bool {
	return inc.Reporter == by.User
}

// whoeverWasAsked lets only the person who was asked see a question, or those who
// decide if it was put to them.
func whoeverWasAsked(by workflow.Actor, inc *workflow.Incident, m Meta) bool {
	return by.Asked(inc, m.Request) != nil
}

// rowOf is the row of a form. It is empty if there is no such form.
func rowOf(f Form) formRow {
	if n := slices.IndexFunc(forms, func(r formRow) bool { return r.form == f }); n >= 0 {
		return forms[n]
	}
	return formRow{}
}

// openedBy is the row of the form that a button opens. It is false for buttons that
// open no form.
func openedBy(a Action) (formRow, opening, bool) {
	for _, r := range forms {
		for _, o := range r.opens {
			if o.act == a {
				return r, o, true
			}
		}
	}
	return formRow{}, opening{}, false
}

// Opens gives the form that a button opens, with what the button decides in advance.
// It is false for buttons that open no form. part is what the button says in
// addition to the incident: which recipient, action or question.
func Opens(a Action, part string) (Form, Meta, bool) {
	r, o, ok := openedBy(a)
	if r.part != nil {
		return r.form, r.part(part), ok
	}
	return r.form, o.presets, ok
}

// Worded gives the action for a word after /breach that opens a form about an
// incident. It is false for any other word.
func Worded(word string) (Action, bool) {
	n := slices.IndexFunc(forms, func(r formRow) bool { return r.word == word })
	if word == "" || n < 0 {
		return "", false
	}
	return forms[n].opens[0].act, true
}

// Command is the command that a form gives, so that it can be authorised before the
// form is shown.
func (f Form) Command() workflow.CommandName { return rowOf(f).command }

// Known tells whether this is one of our forms.
func (f Form) Known() bool { return rowOf(f).form != "" }

// Ended tells whether a form can be about an incident that has ended.
func (f Form) Ended() bool { return rowOf(f).ended }

// Shows tells whether this person may see the part of an incident that a form is
// about. Anything that is not a form is for people who may see the report.
func (f Form) Shows(by workflow.Actor, inc *workflow.Incident, m Meta) bool {
	if sees := rowOf(f).sees; sees != nil {
		return sees(by, inc, m)
	}
	return by.MaySeeReport(inc)
}

// Build makes a form about an incident as it is now, bound to the version of the
// facts that it shows. inc is nil if the form is not about an incident.
func (f Form) Build(d Desk, inc *workflow.Incident, m Meta) slack.ModalViewRequest {
	r := rowOf(f)
	if inc == nil && !r.alone {
		return Notice("Not possible", "It is not clear which incident this form is about. Nothing was saved. Please open it again from the incident.")
	}
	if inc != nil {
		if m.Chose != "" && m.Facts != inc.FactsVersion {
			m = m.anew()
		}
		m.Incident, m.Facts = inc.ID, inc.FactsVersion
		m.Supersedes = 0
		if latest := inc.Latest(m.Recipient); latest != nil {
			m.Supersedes = latest.Seq
		}
	}
	v := r.build(d, inc, m)
	inRound(v.Blocks.BlockSet, m.Round)
	return practiceModal(inc, v)
}

// Shaped is the metadata of a form that fits what was typed into it, so that it is
// built again with the questions that remain.
func (f Form) Shaped(v Values, m Meta) Meta {
	if shape := rowOf(f).shape; shape != nil {
		return shape(v, m)
	}
	return m
}

// Parse reads a submission. The error is a *workflow.Error about a field, or a
// *WhichError if a time happened twice.
func (f Form) Parse(v Values, m Meta, zone *time.Location) (workflow.Command, error) {
	return rowOf(f).parse(v, m, zone)
}

// modal is the frame of a form.
func modal(f Form, title, submit string, m Meta, blocks ...slack.Block) slack.ModalViewRequest {
	return slack.ModalViewRequest{
		Type:            slack.VTModal,
		Title:           plain(workflow.Cut(title, maxModalTitle)),
		Submit:          plain(workflow.Cut(submit, maxModalTitle)),
		Close:           plain("Cancel"),
		CallbackID:      string(f),
		PrivateMetadata: m.Encode(),
		Blocks:          slack.Blocks{BlockSet: blocks},
	}
}
