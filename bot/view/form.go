package view

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"breachbot/workflow"
)

// Desk is what a form is made with besides the incident.
type Desk struct {
	Rules workflow.Rules
	Now   time.Time
	By    workflow.Actor

	Message workflow.AddEvidence // the message to show, in the form that adds one
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

	FormContain:     {"Contain", containForm, parseContain},
	FormInvestigate: {"Investigate", investigateForm, parseInvestigate},
	FormRecover:     {"Recover", recoverForm, parseRecover},
	FormReview:      {"Review", reviewForm, parseReview},
	FormAction:      {"AddAction", actionForm, parseAction},
	FormFinish:      {"FinishAction", finishForm, parseFinish},
	FormDuty:        {"AnswerDuty", dutyForm, parseDuty},
	FormDuties:      {"AnswerDuty", dutiesForm, parseDuties},
	FormDutySent:    {"RecordDuty", recordForm, parseRecord},
	FormLink:        {"LinkTo", linkForm, parseLink},
	FormDeputy:      {"CallDeputy", deputyForm, parseDeputy},
	FormEvidence:    {"AddEvidence", evidenceForm, parseEvidence},
	FormAskHelp:     {"AskHelp", askHelpForm, parseAskHelp},
	FormGiveHelp:    {"GiveHelp", giveHelpForm, parseGiveHelp},
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

	ActContain:     {form: FormContain},
	ActInvestigate: {form: FormInvestigate},
	ActRecover:     {form: FormRecover},
	ActReview:      {form: FormReview},
	ActAction:      {form: FormAction},
	ActFinish:      {form: FormFinish},
	ActDuty:        {form: FormDuty},
	ActDutySent:    {form: FormDutySent},
	ActDuties:      {form: FormDuties},
	ActLink:        {form: FormLink},
	ActDeputy:      {form: FormDeputy},
	ActAskHelp:     {form: FormAskHelp},
	ActGiveHelp:    {form: FormGiveHelp},
}

// Opens gives the form a button opens with what it presets, and false for
// buttons that open none. part is what the button says besides the incident:
// which recipient, which action or which question.
func Opens(a Action, part string) (Form, Meta, bool) {
	o, ok := opens[a]
	switch a {
	case ActDuty, ActDutySent:
		o.meta.Recipient = workflow.Recipient(part)
	case ActFinish:
		o.meta.Number, _ = strconv.Atoi(part) // one that is no number is no action
	case ActGiveHelp:
		o.meta.Request, _ = strconv.Atoi(part)
	}
	return o.form, o.meta, ok
}

// Command is the command a form gives, for authorising it before it is shown.
func (f Form) Command() workflow.CommandName { return forms[f].command }

// Known tells whether there is such a form.
func (f Form) Known() bool { _, ok := forms[f]; return ok }

// Build makes a form about an incident as it stands, bound to the version of
// the facts it shows. inc is nil for the report form.
func (f Form) Build(d Desk, inc *workflow.Incident, m Meta) slack.ModalViewRequest {
	if inc == nil && f != FormReport {
		return Notice("Not possible", "It is not clear which incident this form is about. Nothing was saved. Please open it again from the incident.")
	}
	if inc != nil {
		m.Incident, m.Facts = inc.ID, inc.FactsVersion
		m.Supersedes = 0
		if latest := inc.Latest(m.Recipient); latest != nil {
			m.Supersedes = latest.Seq
		}
	}
	v := forms[f].build(d, inc, m)
	inRound(v.Blocks.BlockSet, m.Round)
	return practiceModal(inc, v)
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

// Again shows a form once more with what was typed: with a sentence on top, with
// what the record says otherwise, and with the questions about times that
// happened twice, also those answered before.
func Again(v slack.ModalViewRequest, was Values, banner string, which []workflow.Field, zone *time.Location) slack.ModalViewRequest {
	var top []slack.Block
	if banner != "" {
		top = append(top, section("*"+escape(banner)+"*"))
	}
	if len(which) == 0 {
		top = append(top, otherwise(Form(v.CallbackID), v.Blocks.BlockSet, was)...)
	}
	for f, pass := range passes {
		if was.choice(pass) != "" && !slices.Contains(which, f) {
			which = append(slices.Clip(which), f)
		}
	}
	blocks := withPasses(Form(v.CallbackID), v.Blocks.BlockSet, was, which, zone)
	prefill(blocks, was)
	v.Blocks.BlockSet = beneath(top, blocks)
	slim(v)
	return v
}

// otherwise lists what the record says other than what a person has chosen. The
// inputs keep their choice, so without it they would overwrite unseen what
// somebody else has just put right.
func otherwise(f Form, blocks []slack.Block, was Values) []slack.Block {
	if f != FormTriage && f != FormAssess && f != FormTimes && f != FormContain && f != FormInvestigate { // the others preset nothing from the record
		return nil
	}
	var lines []string
	for _, b := range blocks {
		in, ok := b.(*slack.InputBlock)
		if !ok {
			continue
		}
		mine, ok := was[fieldOf(in.BlockID)][valueID]
		if !ok {
			continue
		}
		if recorded, same := preset(in.Element, mine); recorded != "" && !same {
			lines = append(lines, "• "+escape(in.Label.Text)+" "+recorded)
		}
	}
	if len(lines) == 0 {
		return nil
	}
	return []slack.Block{section("*Recorded now, and different below:*\n" + strings.Join(lines, "\n"))}
}

// maxAgain is how large a form may be that answers a submission, in bytes: Slack
// ignores answers of 20,480 and more (slack-go#1196), and the envelope is one part.
const maxAgain = 20_000

// slim makes a form fit the answer to a submission. What was typed and ticked
// need not travel: Slack keeps what an input holds while its block id and action
// id stay (Slack: modals, preserving input entry). After that, words that are
// only shown are cut.
func slim(v slack.ModalViewRequest) {
	const enough = 200 // characters
	for size(v) > maxAgain {
		var largest int
		var leave func()
		consider := func(rank int, v any, f func()) {
			if n := rank + size(v); n > largest {
				largest, leave = n, f
			}
		}
		const kept, shown = 1 << 20, 0
		for _, b := range v.Blocks.BlockSet {
			switch b := b.(type) {
			case *slack.InputBlock:
				switch e := b.Element.(type) {
				case *slack.PlainTextInputBlockElement:
					if e.InitialValue != "" {
						consider(kept, e.InitialValue, func() { e.InitialValue = "" })
					}
				case *slack.MultiSelectBlockElement:
					if len(e.InitialOptions) > 0 {
						consider(kept, e.InitialOptions, func() { e.InitialOptions = nil })
					}
				}
			case *slack.SectionBlock:
				if t := b.Text; t != nil && t.Type == slack.PlainTextType && utf8.RuneCountInString(t.Text) > enough {
					consider(shown, t.Text, func() { t.Text = workflow.Cut(t.Text, enough) })
				}
			}
		}
		if leave == nil {
			return
		}
		leave()
	}
}

// size is how many bytes something takes on its way to Slack.
func size(v any) int {
	b, _ := json.Marshal(v) // blocks of our own making always encode
	return len(b)
}

// BlockOf is the block of a field in a form, for saying something beside it.
func BlockOf(blocks []slack.Block, f workflow.Field) (id string, ok bool) {
	for _, b := range blocks {
		if in, ok := b.(*slack.InputBlock); ok && fieldOf(in.BlockID) == string(f) {
			return in.BlockID, true
		}
	}
	return "", false
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
