package view

import (
	"time"

	"github.com/slack-go/slack"

	"breachbot/workflow"
)

func recordForm(d Desk, inc *workflow.Incident, m Meta) slack.ModalViewRequest {
	title, rule, question := "Record as sent", "Record the notice to *the "+escape(d.Rules.Regulator)+"* only once it has been *sent*.", "When was it sent?"
	reference := "Their reference, if you have one. Without one the notice is hard to find again."
	if m.Recipient == workflow.DataSubjects {
		title, rule, question = "Record as told", "Record it only once *the people affected* have been *told*.", "When were they told?"
		reference = "Your own reference for the letter or call, if there is one."
	}
	more := "You can send what is missing later. You will be reminded."
	if m.Recipient == workflow.Regulator {
		more = "Notify in time even if facts are missing, and follow up (Art. 33(4))."
	}
	form := FormRecord
	if !m.Recipient.Core() {
		form = FormDutySent
		title, rule, question = "Record as told", "Record it only once they have been *told*: "+escape(d.Rules.RecipientLabel(m.Recipient))+".", "When were they told?"
	}
	if inc.Drill() {
		rule = "*Pretend:* this is practice, and nothing was or will be sent. Record when and how you would have sent it."
	}
	blocks := append(summary(inc, d.zone()), section(rule))
	if m.Recipient == workflow.Regulator {
		blocks = append(blocks, routeLines(d.Rules)...)
	}
	taken := inc.Notice(m.Recipient) != nil // it can be withdrawn
	if taken {
		more += " Leave this empty if you are withdrawing what was sent."
	}
	blocks = append(blocks,
		input{field: workflow.FieldSentAt, label: question, element: instant(d.Now)}.block(),
		input{field: workflow.FieldMethod, label: "How?", element: pick(options(workflow.Methods), "")}.block(),
		input{field: workflow.FieldReference, label: "Reference", optional: true, element: line(workflow.MaxLine), hint: reference}.block(),
		input{field: workflow.FieldComplete, label: "Is that all?", optional: taken, element: radio([]*slack.OptionBlockObject{
			option("complete", "Yes, nothing more will follow", ""),
			option("incomplete", "No, more information will follow", ""),
		}, ""), hint: more}.block(),
	)
	if m.Recipient == workflow.Regulator && inc.Notice(workflow.Regulator) == nil && inc.Clock().Late(d.Now) {
		late := delayInputs("The 72 hours are over. If it was sent after them, the law asks for the reasons (Art. 33(1)).")
		for _, b := range late {
			if in, ok := b.(*slack.InputBlock); ok {
				in.Optional = true // it may have been sent in time and recorded only now
			}
		}
		blocks = append(blocks, late...)
	}
	if taken {
		after := "To notify again later, record a new notice."
		if m.Recipient.Core() {
			after = "Whether to notify is then open again and must be decided again."
		}
		blocks = append(blocks,
			input{field: workflow.FieldWithdraw, label: "Withdrawal", optional: true,
				hint:    "Both notices stay in the record. " + after,
				element: ticks([]*slack.OptionBlockObject{option("yes", "This withdraws what was sent before", "")})}.block(),
			input{field: workflow.FieldReason, label: "Why is it withdrawn?", optional: true, element: area(workflow.MaxText)}.block())
	}
	return modal(form, title, "Record", m, blocks...)
}

func parseRecord(v Values, m Meta, zone *time.Location) (workflow.Command, error) {
	sent, err := v.clockTime(workflow.FieldSentAt, zone)
	withdraw, complete := v.ticked(workflow.FieldWithdraw, "yes"), v.choice(workflow.FieldComplete)
	if err == nil && complete == "" && !withdraw {
		err = workflow.Invalid(workflow.FieldComplete, "Please say whether more will follow.")
	}
	return workflow.RecordNotification{
		Recipient:   m.Recipient,
		SentAt:      sent,
		Method:      workflow.Method(v.choice(workflow.FieldMethod)),
		Reference:   v.text(workflow.FieldReference),
		Complete:    complete == "complete",
		Delay:       workflow.DelayReason(v.choice(workflow.FieldDelay)),
		DelayReason: v.text(workflow.FieldDelayReason),
		Withdraw:    withdraw,
		Reason:      v.text(workflow.FieldReason),
	}, which(err)
}
