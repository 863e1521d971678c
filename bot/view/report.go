package view

import (
	"slices"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"breachbot/workflow"
)

// ActKnowMore opens the rest of the report form, in the same form.
const ActKnowMore Action = "know_more"

// reportForm is the form that a nurse fills in at three in the morning: four
// questions, or three for a near miss. "I know more" opens the rest below them.
func reportForm(d Desk, _ *workflow.Incident, m Meta) slack.ModalViewRequest {
	blocks := []slack.Block{
		section("Report it even if you are not sure. Four answers are enough; the rest can wait.\n" +
			"Please do *not* give names, NHS numbers, addresses or other details of the people affected. Kinds of data are enough, such as \"name and date of birth of one patient\"."),
		input{field: workflow.FieldTitle, label: "In one line", element: line(workflow.MaxTitle),
			hint: "For example: discharge letter sent to the wrong address"}.block(),
		input{field: workflow.FieldWhat, label: "What happened, and how was it found?", element: area(workflow.MaxText),
			hint: "In your own words. For example: letter went to a previous address; the new occupant rang us."}.block(),
		input{field: workflow.FieldDetected, label: "When was it noticed?", element: instant(d.Now),
			hint: "Your local time. A guess will do; it can be corrected."}.block(),
		atOnce(input{field: workflow.FieldNearMiss, label: "Near miss", optional: true,
			hint:    "Nothing went wrong in the end, but it could have. These reports are welcome, and nobody asks how bad it could be.",
			element: ticks([]*slack.OptionBlockObject{option("yes", "This was a near miss", "")})}.block()),
	}
	if !m.Near {
		blocks = append(blocks, input{field: workflow.FieldRisk, label: "How bad could it be for the people affected?", element: radio(options(workflow.RiskLevels), ""),
			hint: "Your first guess. Others will look at it again."}.block())
	}
	blocks = append(blocks, input{field: workflow.FieldUnsure, label: "Not sure?", optional: true,
		hint:    "Send it anyway. The DPO will look at it and answer.",
		element: ticks([]*slack.OptionBlockObject{option("yes", "I am not sure whether this is a breach. Please advise me.", "")})}.block(),
		kindInput("", "The people who handle breaches see this first. Leave it empty if none fits."),
		divider())
	if m.More {
		blocks = append(append(blocks, section("*Only if you know it now.* You can send the report without any of this.")), moreInputs()...)
	} else {
		blocks = append(blocks, withButton("*Do you know more?* The button adds what was done already, when it happened, which data and how many people. What you have typed stays, and you can send without it.",
			button(ActKnowMore, "I know more", "report")))
	}
	if m.TS != "" {
		blocks = slices.Insert(blocks, 1, section("The report will say which message it is about and who wrote it, but not what is in it. Please describe that in your own words."))
	}
	if m.Drill {
		return drillForm(m, blocks)
	}
	return modal(FormReport, "Report a data breach", "Send report", m, telling(blocks)...)
}

// moreInputs are what "I know more" adds. Nobody has to answer any of them.
func moreInputs() []slack.Block {
	blocks := []slack.Block{input{field: workflow.FieldActions, label: "What has been done already?", optional: true, element: area(workflow.MaxText),
		hint: "For example: asked the recipient to return it unopened; they have agreed."}.block()}
	blocks = append(blocks, occurredInputs(workflow.Occurrence{})...)
	return append(blocks, factInputs(workflow.Facts{})...)
}

// atOnce makes an input say at once that it was changed, because the form changes
// with it.
func atOnce(b slack.Block) slack.Block {
	b.(*slack.InputBlock).DispatchAction = true
	return b
}

// shapeReport is the report form that fits what was typed: a near miss is not asked
// how bad it could be, and answers to the rest keep the rest open.
func shapeReport(v Values, m Meta) Meta {
	m.Near = v.ticked(workflow.FieldNearMiss, "yes")
	for _, b := range moreInputs() {
		m.More = m.More || !v.empty(workflow.Field(b.(*slack.InputBlock).BlockID))
	}
	return m
}

// Reshape is the report form after an answer that changes which questions it asks,
// with all that was typed. It is false if the same questions remain.
func Reshape(d Desk, c slack.InteractionCallback) (slack.ModalViewRequest, bool) {
	answered := slices.ContainsFunc(c.ActionCallback.BlockActions, func(a *slack.BlockAction) bool { return fieldOf(a.BlockID) == string(workflow.FieldNearMiss) })
	if !answered {
		return slack.ModalViewRequest{}, false
	}
	m := ParseMeta(c.View.PrivateMetadata)
	fits := shapeReport(ValuesOf(c.View.State), m)
	if fits == m {
		return slack.ModalViewRequest{}, false
	}
	return refilled(d, c.View, fits), true
}

// KnowMore is the whole report form in place of the short one, with all that was
// typed.
func KnowMore(d Desk, open slack.View) slack.ModalViewRequest {
	m := ParseMeta(open.PrivateMetadata)
	m.More = true
	return refilled(d, open, m)
}

// refilled is another shape of the report form that is open. Its block ids stay, so
// that Slack keeps what was typed meanwhile. A form resumed from a draft goes on
// saying so.
func refilled(d Desk, open slack.View, m Meta) slack.ModalViewRequest {
	typed := Values{}
	if open.State != nil {
		typed = ValuesOf(open.State)
	}
	v := Again(FormReport.Build(d, nil, m), typed, "", nil, d.zone())
	for _, b := range open.Blocks.BlockSet {
		if s, ok := b.(*slack.SectionBlock); ok && s.Accessory != nil && s.Accessory.ButtonElement != nil && s.Accessory.ButtonElement.ActionID == string(ActAfresh) {
			v.Blocks.BlockSet = append([]slack.Block{s}, v.Blocks.BlockSet...)
		}
	}
	return v
}

func occurredInputs(now workflow.Occurrence) []slack.Block {
	return []slack.Block{
		input{field: workflow.FieldOccurredFrom, label: "When did it happen, or begin?", optional: true, element: instant(now.From)}.block(),
		input{field: workflow.FieldOccurredTo, label: "When did it end?", optional: true, element: instant(now.To),
			hint: "Leave empty if it happened at one moment, or is still going on."}.block(),
	}
}

// kindInput asks for the kind of event.
func kindInput(now workflow.Category, hint string) slack.Block {
	return input{field: workflow.FieldCategory, label: "What kind of event is it?", optional: true, element: pick(options(workflow.Categories), string(now)), hint: hint}.block()
}

// factInputs are the other facts from closed lists. The reporter gives them and triage
// corrects them.
func factInputs(now workflow.Facts) []slack.Block {
	return []slack.Block{
		input{field: workflow.FieldAspects, label: "What became of the data?", optional: true, element: ticks(options(workflow.Aspects), texts(now.Aspects)...)}.block(),
		input{field: workflow.FieldData, label: "Which kinds of data?", optional: true, element: pickMany(workflow.DataCategories, now.Data)}.block(),
		input{field: workflow.FieldSubjects, label: "Who is the data about?", optional: true, element: pickMany(workflow.SubjectKinds, now.Subjects),
			hint: "The people in the data, not those who received it."}.block(),
		input{field: workflow.FieldCount, label: "About how many people?", optional: true, element: number(0, workflow.MaxCount, now.Count),
			hint: "The people in the data. Leave empty if it is not known yet."}.block(),
		input{field: workflow.FieldOngoing, label: "Is it still going on?", optional: true, element: pick(options(workflow.Answers), string(now.Ongoing))}.block(),
		input{field: workflow.FieldSubjectsAware, label: "Do the people affected know?", optional: true, element: pick(options(workflow.Answers), string(now.SubjectsAware))}.block(),
		input{field: workflow.FieldOthersAware, label: "Does any other organisation know?", optional: true, element: pick(options(workflow.Answers), string(now.OthersAware))}.block(),
	}
}

func texts[T ~string](vs []T) []string {
	var out []string
	for _, v := range vs {
		out = append(out, string(v))
	}
	return out
}

func parseFacts(v Values) (workflow.Facts, error) {
	n, err := v.count(workflow.FieldCount)
	return workflow.Facts{
		Category:      workflow.Category(v.choice(workflow.FieldCategory)),
		Aspects:       choices[workflow.Aspect](v, workflow.FieldAspects),
		Data:          choices[workflow.DataCategory](v, workflow.FieldData),
		Subjects:      choices[workflow.SubjectKind](v, workflow.FieldSubjects),
		Count:         n,
		Ongoing:       workflow.Answer(v.choice(workflow.FieldOngoing)),
		SubjectsAware: workflow.Answer(v.choice(workflow.FieldSubjectsAware)),
		OthersAware:   workflow.Answer(v.choice(workflow.FieldOthersAware)),
		NearMiss:      v.ticked(workflow.FieldNearMiss, "yes"),
	}, err
}

func parseReport(v Values, m Meta, zone *time.Location) (workflow.Command, error) {
	r, err := parseStated(v, zone)
	r.Facts.Unsure = v.ticked(workflow.FieldUnsure, "yes")
	r.Source = workflow.Source{Place: workflow.Place{Channel: m.Channel, TS: m.TS}, Author: m.Author}
	r.Drill = m.Drill
	return workflow.SubmitReport{Report: r}, err
}

// parseStated reads what the author of a report states, in the report itself and when
// it is amended.
func parseStated(v Values, zone *time.Location) (workflow.Report, error) {
	detected, errTime := v.clockTime(workflow.FieldDetected, zone)
	facts, errFacts := parseFacts(v)
	return workflow.Report{
		Title:    v.text(workflow.FieldTitle),
		What:     v.text(workflow.FieldWhat),
		Detected: detected,
		Occurred: workflow.Occurrence{From: v.instant(workflow.FieldOccurredFrom), To: v.instant(workflow.FieldOccurredTo)},
		Risk:     workflow.RiskLevel(v.choice(workflow.FieldRisk)),
		Actions:  v.text(workflow.FieldActions),
		Facts:    facts,
	}, which(errTime, errFacts)
}

// source says which message a report is about.
func source(s workflow.Source) []slack.Block {
	if s.TS == "" {
		return nil
	}
	where := "in " + channel(s.Channel)
	if strings.HasPrefix(string(s.Channel), "D") {
		where = "in a direct message"
	}
	return []slack.Block{section("*Source:* a message by " + author(s.Author) + ", " + when(s.Written()) + ", " + where + ".")}
}

// Received tells the reporter that the report is saved, and its reference. If the
// form was sent twice, it says that nothing was saved twice.
func Received(inc *workflow.Incident, repeated bool, rules workflow.Rules) slack.ModalViewRequest {
	what := "*Your report is saved.* Its reference is *" + string(inc.ID) + "*."
	if repeated {
		what = "*This form was saved before*, as *" + string(inc.ID) + "*. Nothing was saved twice. If you have changed something in it since, please use the buttons in the direct message about it."
	}
	helps := "*What helps now:* keep what you have, such as the envelope or the email. Do not delete anything. If you can stop it from spreading, do that, and tell us in that message: *Add or correct something*."
	if rules.DPOContact != "" {
		helps += "\n\n*The data protection officer (DPO):* " + escape(rules.DPOContact)
	}
	return practiceModal(inc, notice("Report received", what+"\n\nThe people who handle breaches have been told. You will get a direct message in a moment. It shows who has it and how far it has got, and there you can add to your report.\n\n"+
		helps+"\n\nReported "+escape(local(inc.Times.Reported, Desk{Rules: rules}.zone()))+". Thank you for reporting it."))
}

// Taken tells somebody that their report is saved while Slack does not say who they
// are. It shows nothing of the incident.
func Taken(rules workflow.Rules) slack.ModalViewRequest {
	text := "*Your report is saved*, and the people who handle breaches have been told. You do not need to send it again.\n\nSlack could not tell us just now who you are. As soon as it does, you get a direct message with the reference."
	if rules.DPOContact != "" {
		text += "\n\n*The data protection officer (DPO):* " + escape(rules.DPOContact)
	}
	return notice("Report received", text)
}

// notice is a modal that only says something.
func notice(title, text string) slack.ModalViewRequest {
	return slack.ModalViewRequest{
		Type:   slack.VTModal,
		Title:  plain(workflow.Cut(title, maxModalTitle)),
		Close:  plain("Close"),
		Blocks: slack.Blocks{BlockSet: []slack.Block{section(text)}},
	}
}

// Notice is a modal that only says something we wrote, such as a refusal.
func Notice(title, text string) slack.ModalViewRequest { return notice(title, escape(text)) }

// Wait is shown while breachbot checks who is asking. It holds nothing else.
func Wait() slack.ModalViewRequest {
	return notice("One moment", "One moment, please.")
}

// SavedBefore tells somebody that their form was saved the first time and that
// nothing was saved twice. They may not have seen that it was saved.
func SavedBefore(inc *workflow.Incident) slack.ModalViewRequest {
	return practiceModal(inc, notice("Saved before", "*This form was saved before.* Nothing was saved twice.\n\nIf you have changed something in it since, please add that to *"+string(inc.ID)+"* with *Add a note*."))
}
