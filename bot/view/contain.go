package view

import (
	"time"

	"github.com/slack-go/slack"

	"breachbot/workflow"
)

// containHands is how many of the containment steps are done by hand. The rest are
// done to systems. Slack: at most ten checkboxes in a group.
const containHands = 6

func containOptions() (hands, systems []*slack.OptionBlockObject) {
	for n, s := range workflow.ContainSteps {
		o := option(string(s.Value), s.Label, "")
		if n < containHands {
			hands = append(hands, o)
		} else {
			systems = append(systems, o)
		}
	}
	return hands, systems
}

// wherever asks a question that may be left open, if it arises in the incident. The
// rules say where it does.
func wherever(f workflow.Facts, field workflow.Field, label string, answers []*slack.OptionBlockObject, now, hint string) []slack.Block {
	if !f.Asks(field) {
		return nil
	}
	return []slack.Block{input{field: field, label: label, optional: true, element: pick(answers, now), hint: hint}.block()}
}

func containForm(d Desk, inc *workflow.Incident, m Meta) slack.ModalViewRequest {
	hands, systems := containOptions()
	var done []string
	state, since, f := "", d.Now, inc.Facts
	if c := inc.Containment(); c != nil {
		done, state = texts(c.Steps), string(c.State)
		if !c.Since.IsZero() {
			since = c.Since
		}
		if inc.ReopenedSince(c.Seq) { // it may not be contained now
			state, since = "", d.Now
		}
	}
	blocks := append(summary(inc, d.zone()),
		caution("*Evidence first.* Keep copies, logs, envelopes and pictures before you delete, switch off or roll back anything."),
		firstHour(d.Rules, f.Category),
		input{field: workflow.FieldContainSteps, label: "What has been done?", optional: true, element: ticks(hands, done...)}.block(),
		input{field: workflow.FieldContainSystems, label: "And to systems and accounts?", optional: true, element: ticks(systems, done...)}.block(),
		input{field: workflow.FieldExposedTo, label: "Who got the data, or could get at it?", optional: true, element: pick(options(workflow.Exposures), string(f.ExposedTo))}.block(),
	)
	blocks = append(blocks, wherever(f, workflow.FieldConnected, "Are they connected with the people affected?", options(workflow.Answers), string(f.Connected),
		"Such as a relative, a former partner, a neighbour or an employer.")...)
	blocks = append(blocks,
		input{field: workflow.FieldExfiltrated, label: "Did the data reach somebody outside?", optional: true, element: pick(options(workflow.Answers), string(f.Exfiltrated))}.block(),
	)
	blocks = append(blocks, wherever(f, workflow.FieldRead, "Was it read or used by whoever got it?", options(workflow.ReadAnswers), string(f.Read), "")...)
	blocks = append(blocks,
		input{field: workflow.FieldRecovered, label: "Was it returned, or confirmed as deleted, before anyone used it?", optional: true, element: pick(options(workflow.ApplicableAnswers), string(f.Recovered))}.block(),
	)
	blocks = append(blocks, wherever(f, workflow.FieldAssurance, "How do we know that it came back, was deleted or never left?", options(workflow.Assurances), string(f.Assurance), "")...)
	blocks = append(blocks,
		input{field: workflow.FieldUnintelligible, label: "Is it encrypted or hashed, with the key safe?", optional: true, element: pick(options(workflow.Answers), string(f.Unintelligible))}.block(),
		input{field: workflow.FieldEvidence, label: "How do you know?", optional: true, element: area(workflow.MaxText),
			hint: "For example: the recipient confirmed in writing that it was destroyed unread; the log shows that nobody opened it. No names."}.block(),
		input{field: workflow.FieldContainment, label: "How far has containment got?", element: radio(options(workflow.Containments), state)}.block(),
		input{field: workflow.FieldContainedAt, label: "Contained since", optional: true, element: instant(since),
			hint: "Used only when it is contained. Your local time."}.block(),
	)
	return modal(FormContain, "Contain", "Save", m, blocks...)
}

func parseContain(v Values, m Meta, _ *time.Location) (workflow.Command, error) {
	return workflow.Contain{
		Facts:          m.Facts,
		Steps:          append(choices[workflow.ContainStep](v, workflow.FieldContainSteps), choices[workflow.ContainStep](v, workflow.FieldContainSystems)...),
		State:          workflow.Containment(v.choice(workflow.FieldContainment)),
		Since:          v.instant(workflow.FieldContainedAt),
		ExposedTo:      workflow.Exposure(v.choice(workflow.FieldExposedTo)),
		Exfiltrated:    workflow.Answer(v.choice(workflow.FieldExfiltrated)),
		Recovered:      workflow.Answer(v.choice(workflow.FieldRecovered)),
		Unintelligible: workflow.Answer(v.choice(workflow.FieldUnintelligible)),
		Read:           workflow.Answer(v.choice(workflow.FieldRead)),
		Assurance:      workflow.Assurance(v.choice(workflow.FieldAssurance)),
		Connected:      workflow.Answer(v.choice(workflow.FieldConnected)),
		Evidence:       v.text(workflow.FieldEvidence),
	}, nil
}
