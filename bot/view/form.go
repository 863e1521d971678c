package view

import (
	"time"

	"github.com/slack-go/slack"

	"breachbot/workflow"
)

// Desk is what a form is made with besides the incident.
type Desk struct {
	Rules workflow.Rules
	Now   time.Time
	By    workflow.Actor
}

func (d Desk) zone() *time.Location {
	if d.Rules.Zone == nil {
		return time.UTC
	}
	return d.Rules.Zone
}

// form pairs how a modal is built with how its submission is read.
type form struct {
	command workflow.CommandName
	build   func(Desk, *workflow.Incident, Meta) slack.ModalViewRequest
	parse   func(Values, Meta, *time.Location) (workflow.Command, error)
}

// forms is every modal people fill in.
var forms = map[Form]form{
	FormReport:  {"Report", func(d Desk, _ *workflow.Incident, m Meta) slack.ModalViewRequest { return reportForm(d, m) }, parseReport},
	FormTriage:  {"Triage", triageForm, parseTriage},
	FormAssess:  {"Assess", assessForm, parseAssess},
	FormDecide:  {"Decide", decideForm, parseDecide},
	FormRecord:  {"RecordNotification", recordForm, parseRecord},
	FormTimes:   {"CorrectTimes", timesForm, parseTimes},
	FormNote:    {"AddNote", noteForm, parseNote},
	FormRole:    {"AssignRole", roleForm, parseRole},
	FormResolve: {"Resolve", resolveForm, parseResolve},
	FormClose:   {"Close", closeForm, parseClose},
	FormDismiss: {"Dismiss", dismissForm, parseDismiss},
	FormReopen:  {"Reopen", reopenForm, parseReopen},
}

// opens says which form a button opens, and what it presets.
var opens = map[Action]struct {
	form Form
	meta Meta
}{
	ActTriage:     {form: FormTriage},
	ActAssess:     {form: FormAssess},
	ActApprove:    {FormDecide, Meta{Recipient: workflow.Regulator, Verdict: workflow.Notify}},
	ActRefuse:     {FormDecide, Meta{Recipient: workflow.Regulator, Verdict: workflow.DoNotNotify}},
	ActAskMore:    {FormDecide, Meta{Recipient: workflow.Regulator, Verdict: workflow.NeedMore}},
	ActTell:       {FormDecide, Meta{Recipient: workflow.DataSubjects, Verdict: workflow.Notify}},
	ActDoNotTell:  {FormDecide, Meta{Recipient: workflow.DataSubjects, Verdict: workflow.DoNotNotify}},
	ActRecord:     {FormRecord, Meta{Recipient: workflow.Regulator}},
	ActRecordTold: {FormRecord, Meta{Recipient: workflow.DataSubjects}},
	ActTimes:      {form: FormTimes},
	ActNote:       {form: FormNote},
	ActRole:       {form: FormRole},
	ActResolve:    {form: FormResolve},
	ActClose:      {form: FormClose},
	ActDismiss:    {form: FormDismiss},
	ActReopen:     {form: FormReopen},
}

// Opens gives the form a button opens with what it presets, and false for
// buttons that open none.
func Opens(a Action) (Form, Meta, bool) {
	o, ok := opens[a]
	return o.form, o.meta, ok
}

// Command is the command a form gives, for authorising it before it is shown.
func (f Form) Command() workflow.CommandName { return forms[f].command }

// Known tells whether there is such a form.
func (f Form) Known() bool { _, ok := forms[f]; return ok }

// Build makes a form about an incident as it stands, bound to the version of
// the facts it shows. inc is nil for the report form.
func (f Form) Build(d Desk, inc *workflow.Incident, m Meta) slack.ModalViewRequest {
	if inc != nil {
		m.Incident, m.Facts = inc.ID, inc.FactsVersion
		m.Supersedes = 0
		if latest := inc.Latest(m.Recipient); latest != nil {
			m.Supersedes = latest.Seq
		}
	}
	return forms[f].build(d, inc, m)
}

// Parse reads a submission. The error is a *workflow.Error for a field, or a
// *WhichError when a time happened twice.
func (f Form) Parse(v Values, m Meta, zone *time.Location) (workflow.Command, error) {
	return forms[f].parse(v, m, zone)
}

// modal makes the frame of a form.
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

// Again shows a form once more with what was typed: with a sentence on top, and
// with the questions about times that happened twice.
func Again(v slack.ModalViewRequest, was Values, banner string, which []workflow.Field, zone *time.Location) slack.ModalViewRequest {
	blocks := withPasses(v.Blocks.BlockSet, was, which, zone)
	prefill(blocks, was)
	if banner != "" {
		blocks = append([]slack.Block{section("*" + escape(banner) + "*")}, blocks...)
	}
	v.Blocks.BlockSet = blocks
	return v
}

// FirstField is a field of the form to say something beside that concerns all
// of it.
func FirstField(blocks []slack.Block) string {
	for _, b := range blocks {
		if in, ok := b.(*slack.InputBlock); ok {
			return in.BlockID
		}
	}
	return ""
}
