package view

import (
	"time"

	"github.com/slack-go/slack"

	"breachbot/workflow"
)

func linkForm(d Desk, inc *workflow.Incident, m Meta) slack.ModalViewRequest {
	blocks := append(summary(inc, d.zone()),
		input{field: workflow.FieldOther, label: "Reference of the other incident", element: line(workflow.MaxLine), hint: "For example BR-2026-0014."}.block(),
		input{field: workflow.FieldReason, label: "How are they related?", element: area(workflow.MaxText)}.block())
	if d.Rules.MayGive(workflow.CommandMarkDuplicate, inc, d.By) {
		blocks = append(blocks, input{field: workflow.FieldDuplicate, label: "Duplicate", optional: true,
			hint:    "This ends the work and the clock here. Both continue in the other incident. This report keeps its place in the register.",
			element: ticks([]*slack.OptionBlockObject{option("yes", "This is a second report of the same breach", "")})}.block())
	}
	return modal(FormLink, "Link to another incident", "Link", m, blocks...)
}

func parseLink(v Values, _ Meta, _ *time.Location) (workflow.Command, error) {
	other, err := workflow.ParseIncidentID(v.text(workflow.FieldOther))
	if err != nil {
		err = workflow.Invalid(workflow.FieldOther, err.Error())
	}
	return workflow.LinkTo{Other: other, Duplicate: v.ticked(workflow.FieldDuplicate, "yes"), Reason: v.text(workflow.FieldReason)}, err
}

func deputyForm(d Desk, inc *workflow.Incident, m Meta) slack.ModalViewRequest {
	return reasonForm(d, inc, FormDeputy, m, "The DPO is away", "Ask the deputy", "Why can the DPO not decide now?",
		"The deputy is asked at once. The DPO can still decide.")
}

func parseDeputy(v Values, _ Meta, _ *time.Location) (workflow.Command, error) {
	return workflow.CallDeputy{Reason: v.text(workflow.FieldReason)}, nil
}
