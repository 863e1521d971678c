package view

import (
	"time"

	"github.com/slack-go/slack"

	"breachbot/workflow"
)

func timesForm(d Desk, inc *workflow.Incident, m Meta) slack.ModalViewRequest {
	t := inc.Times
	blocks := append(summary(inc, d.zone()),
		section("The 72 hours run from when the organisation became *aware*: when it was reasonably certain that personal data was compromised. "+
			"Until that is set they run from when it was noticed.\nAnybody here can make the deadline earlier. Only the DPO or deputy can make it later."),
		input{field: workflow.FieldAware, label: "Aware since", optional: true, element: instant(t.Aware.At)}.block(),
		input{field: workflow.FieldAwareReason, label: "Why then?", optional: true, element: area(workflow.MaxText),
			hint: "Needed when awareness is set or changed. For example: the recipient confirmed what was in the letter."}.block(),
		input{field: workflow.FieldDetected, label: "Noticed at", element: instant(t.Detected)}.block(),
	)
	blocks = append(blocks, occurredInputs(t.Occurred)...)
	blocks = append(blocks,
		input{field: workflow.FieldProcessor, label: "Our processor told us at", optional: true, element: instant(t.ProcessorTold),
			hint: "Only if somebody who handles data for us reported it. We are aware once they tell us."}.block(),
		input{field: workflow.FieldReason, label: "Why are you changing the times?", element: area(workflow.MaxText)}.block(),
		input{field: workflow.FieldOrder, label: "Order of the times", optional: true,
			element: ticks([]*slack.OptionBlockObject{option("yes", "The times are right, although their order is unusual", "")})}.block(),
	)
	return modal(FormTimes, "Correct the times", "Save times", m, blocks...)
}

func parseTimes(v Values, m Meta, zone *time.Location) (workflow.Command, error) {
	detected, errDetected := v.clockTime(workflow.FieldDetected, zone)
	aware, errAware := v.clockTime(workflow.FieldAware, zone)
	return workflow.CorrectTimes{
		Facts:         m.Facts,
		Occurred:      workflow.Occurrence{From: v.instant(workflow.FieldOccurredFrom), To: v.instant(workflow.FieldOccurredTo)},
		Detected:      detected,
		Aware:         aware,
		AwareReason:   v.text(workflow.FieldAwareReason),
		ProcessorTold: v.instant(workflow.FieldProcessor),
		Reason:        v.text(workflow.FieldReason),
		OrderIsRight:  v.ticked(workflow.FieldOrder, "yes"),
	}, which(errDetected, errAware)
}
