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
			hint: "Provisional. It can be changed."}.block(),
		input{field: workflow.FieldRisk, label: "Risk to the people affected", optional: inc.Facts.NearMiss, element: radio(options(workflow.RiskLevels), string(inc.Risk))}.block(),
		input{field: workflow.FieldReason, label: "Why?", element: area(workflow.MaxText),
			hint: "One or two sentences. No names of the people affected."}.block(),
		input{field: workflow.FieldApplies, label: "Does any of this apply?", optional: true, element: appliesNow(inc.Facts)}.block(),
		input{field: workflow.FieldPersonalData, label: "Is personal data involved?", optional: true, element: pick(options(workflow.Answers), string(inc.Facts.PersonalData)),
			hint: "A living person can be identified from it. Paper counts too."}.block(),
		input{field: workflow.FieldSystems, label: "Which systems are affected?", optional: true, element: brieflyWritten(inc.Systems()),
			hint: "Include paper, post and telephones."}.block(),
		input{field: workflow.FieldCapacity, label: "What is our role for this data?", optional: true, element: pick(options(workflow.Capacities), string(inc.Facts.Capacity))}.block(),
	)
	blocks = append(blocks, factInputs(inc.Facts)...)
	blocks = append(blocks,
		answer(workflow.FieldSpecialCategory, "Does it include special category data?", inc.Facts.SpecialCategory,
			"Art. 9: health, origin, beliefs and the like. Leave empty if answered above."),
		answer(workflow.FieldVulnerablePeople, "Are vulnerable people among them?", inc.Facts.Vulnerable,
			"Children, patients in care, vulnerable adults. Leave empty if answered above."),
		answer(workflow.FieldMalicious, "Was there bad intent?", inc.Facts.Malicious, "Attack, theft or misuse."),
	)
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
	facts.SpecialCategory = workflow.Answer(v.choice(workflow.FieldSpecialCategory))
	facts.Vulnerable = workflow.Answer(v.choice(workflow.FieldVulnerablePeople))
	facts.Malicious = workflow.Answer(v.choice(workflow.FieldMalicious))
	for _, a := range applies {
		*a.at(&facts) = workflow.No // the person who sent the form saw the question
		if v.ticked(workflow.FieldApplies, string(a.field)) {
			*a.at(&facts) = workflow.Yes
		}
	}
	return workflow.Triage{
		Facts:    m.Facts,
		Severity: workflow.Severity(severity),
		Risk:     workflow.RiskLevel(v.choice(workflow.FieldRisk)),
		Reason:   v.text(workflow.FieldReason),
		Known:    facts,
		Systems:  v.text(workflow.FieldSystems),
	}, err
}

// applies are the facts that are ticked if they are true.
var applies = []struct {
	field workflow.Field
	label string
	at    func(*workflow.Facts) *workflow.Answer
}{
	{workflow.FieldInDanger, "Somebody may be in danger", func(f *workflow.Facts) *workflow.Answer { return &f.InDanger }},
	{workflow.FieldCustomersMustAct, "Customers must do something now", func(f *workflow.Facts) *workflow.Answer { return &f.CustomersMustAct }},
	{workflow.FieldPatientSafety, "It is linked to a patient safety incident", func(f *workflow.Facts) *workflow.Answer { return &f.PatientSafety }},
	{workflow.FieldSlackUnsafe, "Slack itself may be compromised", func(f *workflow.Facts) *workflow.Answer { return &f.SlackUnsafe }},
	{workflow.FieldDeceased, "It is only about people who have died", func(f *workflow.Facts) *workflow.Answer { return &f.Deceased }},
}

func appliesNow(f workflow.Facts) *slack.CheckboxGroupsBlockElement {
	var all []*slack.OptionBlockObject
	var now []string
	for _, a := range applies {
		all = append(all, option(string(a.field), a.label, ""))
		if *a.at(&f) == workflow.Yes {
			now = append(now, string(a.field))
		}
	}
	return ticks(all, now...)
}

// answer asks a question that may be left open.
func answer(field workflow.Field, label string, now workflow.Answer, hint string) slack.Block {
	return input{field: field, label: label, optional: true, element: pick(options(workflow.Answers), string(now)), hint: hint}.block()
}

// summary is the top of a form about an incident: its reference, what was reported
// and the 72-hour clock.
func summary(inc *workflow.Incident, zone *time.Location) []slack.Block {
	blocks := []slack.Block{section("*" + string(inc.ID) + "* · " + escape(inc.Step().Label()) + "\n" + clockLine(inc, zone))}
	blocks = append(blocks, words(inc.Title())...)
	return blocks
}
