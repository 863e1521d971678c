package view

import (
	"strconv"
	"time"

	"github.com/slack-go/slack"

	"breachbot/workflow"
)

func triageForm(d Desk, inc *workflow.Incident, m Meta) slack.ModalViewRequest {
	var grades []*slack.OptionBlockObject
	for _, s := range workflow.Severities {
		grades = append(grades, option(strconv.Itoa(int(s.Value)), s.Label, s.Means))
	}
	severity := ""
	if inc.Severity.Valid() {
		severity = strconv.Itoa(int(inc.Severity))
	}
	blocks := append(summary(inc, d.zone()),
		divider(),
		input{field: workflow.FieldSeverity, label: "Severity: how fast must we act?", element: radio(grades, severity),
			hint: "Provisional. It can be changed as facts come in."}.block(),
		input{field: workflow.FieldRisk, label: "Risk to the people concerned", element: radio(options(workflow.RiskLevels), string(inc.Risk))}.block(),
		input{field: workflow.FieldReason, label: "Why?", element: area(workflow.MaxText),
			hint: "One or two sentences for the record. No names of the people concerned."}.block(),
		input{field: workflow.FieldPersonalData, label: "Is personal data involved?", optional: true, element: pick(options(workflow.Answers), string(inc.Facts.PersonalData)),
			hint: "Information about a living person who can be identified from it; paper counts too."}.block(),
		input{field: workflow.FieldSystems, label: "Which systems are affected?", optional: true, element: written(inc.Systems()),
			hint: "Also paper, post or a telephone. Kinds of data, not the data itself."}.block(),
		input{field: workflow.FieldCapacity, label: "What are we for this data?", optional: true, element: pick(options(workflow.Capacities), string(inc.Facts.Capacity))}.block(),
	)
	blocks = append(blocks, factInputs(inc.Facts)...)
	var near []string
	if inc.Facts.NearMiss {
		near = append(near, "yes")
	}
	blocks = append(blocks, input{field: workflow.FieldNearMiss, label: "Near miss", optional: true,
		element: ticks([]*slack.OptionBlockObject{option("yes", "This was a near miss", "")}, near...)}.block())
	return modal(FormTriage, "Triage", "Save triage", m, blocks...)
}

func parseTriage(v Values, m Meta, _ *time.Location) (workflow.Command, error) {
	severity, _ := strconv.Atoi(v.choice(workflow.FieldSeverity))
	facts, err := parseFacts(v)
	facts.PersonalData = workflow.Answer(v.choice(workflow.FieldPersonalData))
	facts.Capacity = workflow.Capacity(v.choice(workflow.FieldCapacity))
	return workflow.Triage{
		Facts:    m.Facts,
		Severity: workflow.Severity(severity),
		Risk:     workflow.RiskLevel(v.choice(workflow.FieldRisk)),
		Reason:   v.text(workflow.FieldReason),
		Known:    facts,
		Systems:  v.text(workflow.FieldSystems),
	}, err
}

// summary is the head of a form about an incident: its reference, what was
// reported, and where the clock stands.
func summary(inc *workflow.Incident, zone *time.Location) []slack.Block {
	blocks := []slack.Block{section("*" + string(inc.ID) + "* · " + escape(inc.Step().Label()) + "\n" + clockLine(inc))}
	blocks = append(blocks, words(inc.Title())...)
	return blocks
}
