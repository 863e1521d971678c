package view

import (
	"cmp"
	"slices"
	"time"

	"github.com/slack-go/slack"

	"breachbot/workflow"
)

// Duties shows every recipient that may have to be told: the question, the answer so
// far and the button for what comes next.
func Duties(inc *workflow.Incident, rules workflow.Rules) slack.ModalViewRequest {
	v := notice(string(inc.ID), "*Who must be told?* Answer each question with a reason. \"Not needed\" is an answer too.")
	blocks := v.Blocks.BlockSet
	var rest []*slack.OptionBlockObject
	duties := rules.Duties(inc)
	if inc.OnlyProcessor() { // what is the controller's to answer comes last
		slices.SortStableFunc(duties, func(a, b workflow.DutyState) int { return cmp.Compare(theirs(a), theirs(b)) })
	}
	for _, d := range duties {
		if d.Stand == workflow.DutyNotAsked {
			rest = append(rest, option(value(inc.ID, string(d.Recipient)), d.Label, ""))
			continue
		}
		line := "*" + escape(d.Label) + ":* " + dutyWords(d)
		if d.Stand == workflow.DutyOpen && d.Cause != "" {
			line += " " + escape(d.Cause.Label())
		}
		if d.Stand == workflow.DutyOpen && d.ForDeciders() && !inc.Step().Over() {
			line += " " + decides(inc, rules)
		}
		ask := d.Stand == workflow.DutyOpen || d.Stand == workflow.DutyTheirs
		if d.Recipient.Core() && ask {
			blocks = append(blocks, section(line), sources(rules, d.Law...))
			if workflow.Allowed(workflow.CommandDecide, inc.Step()) {
				blocks = append(blocks, plainly("decide_"+string(d.Recipient), deciding(inc, d.Recipient, rules)[1:]))
			}
			continue
		}
		if b := dutyButton(inc, d); b != nil {
			blocks = append(blocks, withButton(line, readAs(b, d.Label)))
		} else {
			blocks = append(blocks, section(line))
		}
		if ask && !slices.Equal(d.Law, []workflow.StatementKey{workflow.LawProcedure}) { // that goes without saying here
			blocks = append(blocks, sources(rules, d.Law...))
		}
	}
	if workflow.Allowed(workflow.CommandAnswerDuty, inc.Step()) {
		elements := []slack.BlockElement{button(ActDuties, "Several are not needed", string(inc.ID))}
		if len(rest) > 0 {
			elements = append(elements, slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, plain("Somebody else"), string(ActDuty), rest...))
		}
		blocks = append(blocks, divider(), actions("duties", elements...))
	}
	v.Blocks.BlockSet = fit(blocks)
	return practiceModal(inc, v)
}

func theirs(d workflow.DutyState) int {
	if d.Stand == workflow.DutyTheirs {
		return 1
	}
	return 0
}

// plainly is a row of buttons that all have the same weight.
func plainly(id string, buttons []slack.BlockElement) slack.Block {
	for _, b := range buttons {
		b.(*slack.ButtonBlockElement).Style = ""
	}
	return actions(id, buttons...)
}

// dutyWords says whether a recipient has to be told and has been told.
func dutyWords(d workflow.DutyState) string {
	answer := func() string {
		words := "to be told"
		if d.Last.Verdict == workflow.DoNotNotify {
			words = "not needed"
		}
		return words + ", decided by " + user(d.Last.By) + ", " + when(d.Last.At)
	}
	takenBack := func() string { return "told " + when(d.Sent.SentAt) + ", withdrawn " + when(d.Final.SentAt) + "." }
	switch d.Stand {
	case workflow.DutyTheirs:
		return "the controller's question. We are only the processor, so nothing waits for it. If our contract asks it of us, it can be decided here."
	case workflow.DutyOpen:
		switch {
		case d.Final != nil && d.Final.Withdrawn:
			return takenBack() + " Not decided again yet."
		case d.Last != nil && !d.Recipient.Core():
			return answer() + ", before the facts changed. Please decide again."
		}
		return "not decided yet."
	case workflow.DutyApproved:
		return answer() + ". Not recorded as told yet."
	case workflow.DutyNotNeeded:
		return answer() + "."
	case workflow.DutyFollowUp:
		return "told " + when(d.Force.SentAt) + ". More will follow."
	case workflow.DutyWithdrawn:
		return takenBack()
	case workflow.DutySent:
		return "told " + when(d.Force.SentAt) + "."
	}
	return "nothing raises the question."
}

// dutyButton is the button for what comes next. It is nil if nothing does.
func dutyButton(inc *workflow.Incident, d workflow.DutyState) *slack.ButtonBlockElement {
	id, part := string(inc.ID), value(inc.ID, string(d.Recipient))
	step := inc.Step()
	decide, record := workflow.Allowed(workflow.CommandAnswerDuty, step), workflow.Allowed(workflow.CommandRecordDuty, step)
	if d.Recipient.Core() {
		record = workflow.Allowed(workflow.CommandRecordNotification, step)
	}
	switch d.Stand {
	case workflow.DutyOpen:
		if decide {
			return button(ActDuty, "Decide", part)
		}
	case workflow.DutyNotNeeded:
		if decide && !d.Recipient.Core() {
			return button(ActDuty, "Decide again", part)
		}
	case workflow.DutyApproved, workflow.DutyFollowUp, workflow.DutySent, workflow.DutyWithdrawn:
		label := "More, or withdraw"
		switch d.Stand {
		case workflow.DutyApproved:
			label = "Record as told"
		case workflow.DutyWithdrawn:
			label = "Record a new notice"
		}
		switch {
		case !record:
			return nil
		case d.Recipient == workflow.Regulator:
			return button(ActRecord, label, id)
		case d.Recipient == workflow.DataSubjects:
			return button(ActRecordTold, label, id)
		}
		return button(ActDutySent, label, part)
	}
	return nil
}

func dutyForm(d Desk, inc *workflow.Incident, m Meta) slack.ModalViewRequest {
	duty := d.Rules.Duty(inc, m.Recipient)
	if duty.Recipient == "" || duty.Recipient.Core() {
		return Notice("Not possible", "It is not clear who this is about. Please open it again from the incident.")
	}
	if !d.Rules.MayAnswer(duty.Duty, inc, d.By) {
		return Notice("Not possible", "You cannot do this here. Only "+decider(d.Rules)+" can.")
	}
	blocks := append(summary(inc, d.zone()), section("*"+escape(duty.Label)+"*\n"+escape(duty.Ask)+" "+escape(duty.Hint)), sources(d.Rules, duty.Law...))
	if duty.Cause != "" {
		blocks = append(blocks, section("*Why we ask:* "+escape(duty.Cause.Label())))
	}
	now := ""
	if duty.Last != nil {
		now = string(duty.Last.Verdict)
		blocks = append(blocks, section("*Decided before:* "+dutyWords(duty)))
		blocks = append(blocks, words(duty.Last.Reason)...)
	}
	blocks = append(blocks,
		input{field: workflow.FieldVerdict, label: "Must they be told?", element: radio([]*slack.OptionBlockObject{
			option(string(workflow.Notify), "Yes, tell them", ""),
			option(string(workflow.DoNotNotify), "No, it is not needed", ""),
		}, now)}.block(),
		input{field: workflow.FieldReason, label: "Why?", element: area(workflow.MaxText), hint: "This goes into the register."}.block(),
		input{field: workflow.FieldAdvice, label: "Advice received", optional: true, element: area(workflow.MaxText)}.block())
	return modal(FormDuty, "Must they be told?", "Save", m, blocks...)
}

func parseDuty(v Values, m Meta, _ *time.Location) (workflow.Command, error) {
	return workflow.Decide{
		Facts: m.Facts, Supersedes: m.Supersedes, Recipient: m.Recipient,
		Verdict: workflow.Verdict(v.choice(workflow.FieldVerdict)),
		Reason:  v.text(workflow.FieldReason),
		Advice:  v.text(workflow.FieldAdvice),
	}, nil
}

func dutiesForm(d Desk, inc *workflow.Incident, m Meta) slack.ModalViewRequest {
	var open []workflow.Option[workflow.Recipient]
	for _, duty := range d.Rules.Duties(inc) {
		if !duty.Recipient.Core() && (duty.Stand == workflow.DutyOpen || duty.Stand == workflow.DutyNotAsked) && d.Rules.MayAnswer(duty.Duty, inc, d.By) {
			open = append(open, workflow.Option[workflow.Recipient]{Value: duty.Recipient, Label: duty.Label})
		}
	}
	if len(open) == 0 {
		return Notice("Nothing to answer", "Every question that you can answer has been answered.")
	}
	return modal(FormDuties, "Not needed", "Save", m, append(summary(inc, d.zone()),
		input{field: workflow.FieldRecipients, label: "Who does not need to be told?", element: pickMany(open, nil)}.block(),
		input{field: workflow.FieldReason, label: "Why?", element: area(workflow.MaxText), hint: "One reason for all of them. It goes into the register."}.block())...)
}

func parseDuties(v Values, _ Meta, _ *time.Location) (workflow.Command, error) {
	return workflow.AnswerDuties{Recipients: choices[workflow.Recipient](v, workflow.FieldRecipients), Reason: v.text(workflow.FieldReason)}, nil
}
