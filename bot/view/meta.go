package view

import (
	"encoding/json"
	"slices"
	"strings"

	"breachbot/workflow"
)

// Meta travels in a modal's private metadata. It comes back through the person's
// client, so it is only a hint: everything is authorised again, and the versions can
// only make a submission fail. It never holds what people typed.
type Meta struct {
	Incident   workflow.IncidentID `json:"i,omitempty"`
	Facts      int                 `json:"f,omitempty"` // version of the facts shown
	Supersedes int                 `json:"s,omitempty"` // seq of the decision shown
	People     int                 `json:"p,omitempty"` // seq of the decision about the people affected, in a form that shows both
	Recipient  workflow.Recipient  `json:"r,omitempty"`
	Verdict    workflow.Verdict    `json:"v,omitempty"`
	Number     int                 `json:"k,omitempty"` // which part of the incident: an action
	Token      string              `json:"t,omitempty"` // names one form that somebody opened
	Drill      bool                `json:"d,omitempty"` // the report is practice
	Round      int                 `json:"w,omitempty"` // which form in the same window, as in its block ids

	More bool `json:"x,omitempty"` // the report form shows all it can ask
	Near bool `json:"n,omitempty"` // the report form is that of a near miss

	// The message a form is about, by ids only.
	Channel workflow.ChannelID `json:"c,omitempty"`
	TS      string             `json:"m,omitempty"`
	Author  workflow.UserID    `json:"a,omitempty"`
	Edited  string             `json:"e,omitempty"` // ts of its last edit

	Request int `json:"q,omitempty"` // seq of the question to answer

	// Also names the fields, with a space after each, that the form shows because an
	// answer called for them.
	Also string `json:"l,omitempty"`

	// Of a form with pages: which one it shows, what was chosen from the lists of the
	// others, and whether a text was begun that must stay on every page.
	Page  int            `json:"g,omitempty"`
	Chose string         `json:"h,omitempty"`
	Typed bool           `json:"y,omitempty"`
	want  workflow.Field // turn to the page that asks for it
	keep  string         // the fields on the page, if they must stay on it
	lost  string         // what was left out of Chose
}

// Asking is the metadata of the same form with a field that it did not show.
func (m Meta) Asking(f workflow.Field) Meta {
	if !m.asks(f) {
		m.Also += string(f) + " "
	}
	return m
}

func (m Meta) asks(any ...workflow.Field) bool {
	return slices.ContainsFunc(strings.Fields(m.Also), func(f string) bool { return slices.Contains(any, workflow.Field(f)) })
}

// Encode writes the metadata.
func (m Meta) Encode() string {
	b, _ := json.Marshal(m) // plain strings and numbers always encode
	return string(b)
}

// ParseMeta reads metadata. If it cannot be read it is empty, and the form is then
// refused because it names no incident.
func ParseMeta(s string) Meta {
	var m Meta
	_ = json.Unmarshal([]byte(s), &m)
	return m
}

// Form names a modal by its callback id.
type Form string

const (
	FormReport  Form = "report"
	FormTriage  Form = "triage"
	FormAssess  Form = "assess"
	FormDecide  Form = "decide"
	FormRecord  Form = "record"
	FormTimes   Form = "times"
	FormNote    Form = "note"
	FormRole    Form = "role"
	FormResolve Form = "resolve"
	FormClose   Form = "close"
	FormDismiss Form = "dismiss"
	FormReopen  Form = "reopen"

	FormContain     Form = "contain"
	FormInvestigate Form = "investigate"
	FormRecover     Form = "recover"
	FormReview      Form = "review"
	FormAction      Form = "action"
	FormFinish      Form = "finish"
	FormDuty        Form = "duty"
	FormDuties      Form = "duties"
	FormDutySent    Form = "duty_sent"
	FormLink        Form = "link"
	FormDeputy      Form = "deputy"
	FormEvidence    Form = "evidence"
	FormAskHelp     Form = "ask_help"
	FormGiveHelp    Form = "give_help"
	// FormFind asks for words to look for; it gives no command.
	FormFind Form = "find"
)

// ShortcutReport is the callback id of the global shortcut that opens the report form.
const ShortcutReport = "breach_report"

// ShortcutReportMessage and ShortcutTimeline are the callback ids of the message
// shortcuts.
const (
	ShortcutReportMessage = "breach_report_message"
	ShortcutTimeline      = "breach_timeline"
)

// Action names a button or a choice by its action id.
type Action string

const (
	ActReport      Action = "report"
	ActTriage      Action = "triage"
	ActAssess      Action = "assess"
	ActDecide      Action = "decide"
	ActApprove     Action = "decide_notify"
	ActRefuse      Action = "decide_not"
	ActAskMore     Action = "decide_more"
	ActTell        Action = "people_notify"
	ActDoNotTell   Action = "people_not"
	ActRecord      Action = "record"
	ActRecordTold  Action = "record_told"
	ActTimes       Action = "times"
	ActNote        Action = "note"
	ActLead        Action = "lead"
	ActRole        Action = "role"
	ActResolve     Action = "resolve"
	ActClose       Action = "close"
	ActDismiss     Action = "dismiss"
	ActReopen      Action = "reopen"
	ActContain     Action = "contain"
	ActInvestigate Action = "investigate"
	ActRecover     Action = "recover"
	ActReview      Action = "review"
	ActAction      Action = "action"
	ActFinish      Action = "finish"    // about one action
	ActDuty        Action = "duty"      // about one recipient
	ActDutySent    Action = "duty_sent" // about one recipient
	ActDuties      Action = "duties"
	ActLink        Action = "link"
	ActDeputy      Action = "deputy"
	ActActions     Action = "actions"
	ActDutyList    Action = "duty_list"
	ActSteps       Action = "steps"
	ActClocks      Action = "clocks"
	ActDetails     Action = "details"
	ActTimeline    Action = "timeline"
	ActAfresh      Action = "afresh" // in the report form: empty it
	ActPresence    Action = "presence"
	ActAskHelp     Action = "ask_help"
	ActGiveHelp    Action = "give_help"
	ActStatus      Action = "status"
	ActPack        Action = "pack"
	ActPace        Action = "pace"
	ActHelp        Action = "help"
	ActList        Action = "list"
	ActFind        Action = "find"
	ActRegister    Action = "register"
	ActDrill       Action = "drill"
	ActMore        Action = "more"       // a menu of further actions; the value says which
	ActOpenChannel Action = "go_channel" // a link; nothing to do
)
