package view

import (
	"strings"
	"time"

	"github.com/slack-go/slack"

	"breachbot/workflow"
)

func timesForm(d Desk, inc *workflow.Incident, m Meta) slack.ModalViewRequest {
	t := inc.Times
	blocks := append(summary(inc, d.zone()), clockReadings(inc, d.Rules)...)
	blocks = append(blocks,
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
		orderInput(),
	)
	return modal(FormTimes, "Correct the times", "Save times", m, blocks...)
}

// orderInput confirms times that do not follow the usual order.
func orderInput() slack.Block {
	return input{field: workflow.FieldOrder, label: "Order of the times", optional: true,
		element: ticks([]*slack.OptionBlockObject{option("yes", "The times are right, although their order is unusual", "")})}.block()
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

// clockReadings say from when the 72 hours may be counted, with the deadline that
// follows from each reading. Whoever sets the time of awareness chooses.
func clockReadings(inc *workflow.Incident, rules workflow.Rules) []slack.Block {
	who := "Anybody here can make the deadline earlier. Only the DPO or deputy can make it later."
	if !inc.Clock().Ours() {
		return []slack.Block{section("There are no 72 hours of ours while we are only the processor. The controller's begin once we have told the controller.\n" + who)}
	}
	t := inc.Times
	t.Aware = workflow.Awareness{}
	from := "it was noticed"
	if _, basis := t.Start(); basis == workflow.FromProcessor {
		from = "our processor told us"
	}
	lines := []string{
		"*Two readings of when the 72 hours begin:*",
		"• From when it was *discovered*, as the regulator's page for small organisations counts. Counted from when " + from + ", the deadline is " + deadline(t.Deadline(), rules.Zone) + ".",
	}
	certain := "• From when the organisation was *reasonably certain* that personal data was compromised, as the European guidance counts. "
	if inc.Times.Aware.At.IsZero() {
		certain += "That time is not set yet."
	} else {
		certain += "Counted from the time of awareness as it is set, the deadline is " + deadline(inc.Times.Deadline(), rules.Zone) + "."
	}
	lines = append(lines, certain,
		"The DPO names the reading that is right, by the time of awareness and the reason for it. The card shows that one deadline. Until awareness is set, the first reading holds.", who)
	return []slack.Block{section(strings.Join(lines, "\n")), sources(rules, workflow.LawDiscovered, workflow.LawAware)}
}
