package view

import (
	"strconv"
	"time"

	"github.com/slack-go/slack"

	"breachbot/workflow"
)

// written is a text input that holds what was written before.
func written(now string) *slack.PlainTextInputBlockElement {
	e := area(workflow.MaxText)
	e.InitialValue = now
	return e
}

// brieflyWritten is written in one line.
func brieflyWritten(now string) *slack.PlainTextInputBlockElement {
	e := line(workflow.MaxLine)
	e.InitialValue = workflow.Cut(now, workflow.MaxLine)
	return e
}

func investigateForm(d Desk, inc *workflow.Incident, m Meta) slack.ModalViewRequest {
	f, was := inc.Facts, workflow.Findings{Systems: inc.TriageSystems}
	if v := inc.Investigation(); v != nil {
		was = v.Findings
	}
	answers, applicable := options(workflow.Answers), options(workflow.ApplicableAnswers)
	blocks := append(summary(inc, d.zone()),
		section("What is known so far. Save it again whenever you find out more. Every version is kept."),
		input{field: workflow.FieldRootCause, label: "Root cause, or the best guess so far", element: written(was.Cause),
			hint: "What made it possible, rather than who."}.block(),
		input{field: workflow.FieldCertainty, label: "How sure is that?", element: radio(options(workflow.Certainties), string(was.Certainty))}.block(),
		input{field: workflow.FieldOrigin, label: "Where does the cause lie?", optional: true, element: pick(options(workflow.Origins), string(was.Origin))}.block(),
		input{field: workflow.FieldSystems, label: "Which systems and data exactly?", optional: true, element: written(was.Systems),
			hint: "Kinds of data, not the data itself."}.block(),
		input{field: workflow.FieldAspects, label: "What became of the data?", optional: true, element: ticks(options(workflow.Aspects), texts(f.Aspects)...)}.block(),
	)
	blocks = append(blocks, occurredInputs(inc.Times.Occurred)...)
	blocks = append(blocks,
		input{field: workflow.FieldCount, label: "How many people?", optional: true, element: number(0, workflow.MaxCount, f.Count),
			hint: "The people in the data. Leave empty if it is not known yet."}.block(),
		input{field: workflow.FieldRecords, label: "How many records?", optional: true, element: number(0, 100*workflow.MaxCount, was.Records)}.block(),
		input{field: workflow.FieldIdentifiable, label: "Can people be identified from the data?", optional: true, element: pick(answers, string(f.Identifiable))}.block(),
		input{field: workflow.FieldCopyHeld, label: "Do we still have the data, or was it restored quickly?", optional: true, element: pick(applicable, string(f.CopyHeld))}.block(),
	)
	blocks = append(blocks, wherever(f, workflow.FieldDisruption, "How hard were people hit while it was missing or wrong?", options(workflow.Disruptions), string(f.Disruption), "")...)
	blocks = append(blocks, wherever(f, workflow.FieldWrongDataUsed, "Did somebody act on wrong or mixed-up data?", applicable, string(f.WrongDataUsed),
		"Such as in treatment or a credit check.")...)
	blocks = append(blocks, wherever(f, workflow.FieldLawfullyPublic, "Was the same information lawfully public already?", answers, string(f.LawfullyPublic), "")...)
	blocks = append(blocks,
		input{field: workflow.FieldMalicious, label: "Was there bad intent (attack, theft, misuse)?", optional: true, element: pick(answers, string(f.Malicious))}.block(),
		input{field: workflow.FieldHarmReported, label: "Has anybody affected suffered harm?", optional: true, element: pick(options(workflow.HarmAnswers), string(f.HarmReported))}.block(),
		input{field: workflow.FieldThirdParties, label: "Which third parties must be involved?", optional: true, element: written(was.ThirdParties),
			hint: "Suppliers, hosts, other organisations."}.block(),
	)
	return modal(FormInvestigate, "Investigate", "Save findings", m, blocks...)
}

func parseInvestigate(v Values, m Meta, _ *time.Location) (workflow.Command, error) {
	people, err := v.count(workflow.FieldCount)
	records, rerr := v.count(workflow.FieldRecords)
	return workflow.Investigate{
		Facts: m.Facts,
		Findings: workflow.Findings{
			Cause:        v.text(workflow.FieldRootCause),
			Certainty:    workflow.Certainty(v.choice(workflow.FieldCertainty)),
			Origin:       workflow.Origin(v.choice(workflow.FieldOrigin)),
			Systems:      v.text(workflow.FieldSystems),
			ThirdParties: v.text(workflow.FieldThirdParties),
			Records:      records,
		},
		Window:         workflow.Occurrence{From: v.instant(workflow.FieldOccurredFrom), To: v.instant(workflow.FieldOccurredTo)},
		Identifiable:   workflow.Answer(v.choice(workflow.FieldIdentifiable)),
		CopyHeld:       workflow.Answer(v.choice(workflow.FieldCopyHeld)),
		Disruption:     workflow.Disruption(v.choice(workflow.FieldDisruption)),
		Malicious:      workflow.Answer(v.choice(workflow.FieldMalicious)),
		HarmReported:   workflow.Answer(v.choice(workflow.FieldHarmReported)),
		WrongDataUsed:  workflow.Answer(v.choice(workflow.FieldWrongDataUsed)),
		LawfullyPublic: workflow.Answer(v.choice(workflow.FieldLawfullyPublic)),
		Count:          people,
		Aspects:        choices[workflow.Aspect](v, workflow.FieldAspects),
	}, which(err, rerr)
}

func recoverForm(d Desk, inc *workflow.Incident, m Meta) slack.ModalViewRequest {
	var done []string
	if r := inc.Recovery(); r != nil {
		done = texts(r.Checks)
	}
	return modal(FormRecover, "Recover safely", "Save checks", m, append(summary(inc, d.zone()),
		section("Five checks before full service is restored."),
		input{field: workflow.FieldRecovery, label: "What has been checked?", element: ticks(options(workflow.RecoveryChecks), done...)}.block(),
		input{field: workflow.FieldNote, label: "Anything to note", optional: true, element: area(workflow.MaxText)}.block())...)
}

func parseRecover(v Values, _ Meta, _ *time.Location) (workflow.Command, error) {
	return workflow.Recover{Checks: choices[workflow.RecoveryCheck](v, workflow.FieldRecovery), Note: v.text(workflow.FieldNote)}, nil
}

func reviewForm(d Desk, inc *workflow.Incident, m Meta) slack.ModalViewRequest {
	var was workflow.ReviewFindings
	if r := inc.ReviewDone(); r != nil {
		was = r.Findings
	} else {
		if inc.Resolved != nil {
			was.RootCause = inc.Resolved.RootCause
		}
	}
	brief := inc.Brief()
	blocks := append(summary(inc, d.zone()),
		section("What the review found. It is due within "+strconv.Itoa(workflow.ReviewPeriod)+" days of the resolution. "+actionLine(inc)+" Set actions under *More* on the card, each with an owner and a date."),
		input{field: workflow.FieldReviewWhat, label: "What happened?", element: written(was.What)}.block(),
		input{field: workflow.FieldImpact, label: "What was the impact?", element: written(was.Impact), hint: "On the people affected, on care, on the service. \"None\" is an answer."}.block(),
		input{field: workflow.FieldRootCause, label: "Root cause", element: written(was.RootCause)}.block(),
		input{field: workflow.FieldWentWell, label: "What went well?", optional: brief, element: written(was.WentWell)}.block(),
		input{field: workflow.FieldSlowed, label: "What slowed us?", optional: brief, element: written(was.Slowed), hint: "\"Nothing\" is an answer."}.block(),
		input{field: workflow.FieldDocuments, label: "Which documents change?", optional: brief, element: written(was.Documents), hint: "Policies, letters, training. \"None\" is an answer."}.block(),
		input{field: workflow.FieldRiskRegister, label: "Lesson for the risk register", optional: true, element: written(was.RiskRegister),
			hint: "Give its reference in the risk register, if it has one. Is this one of several of the same kind?"}.block(),
		input{field: workflow.FieldPublic, label: "Line for the published register", optional: true, element: written(was.Public),
			hint: "One sentence that anybody may read. If you leave it empty, the kind of event is shown."}.block(),
	)
	return modal(FormReview, "Review", "Complete review", m, blocks...)
}

func parseReview(v Values, _ Meta, _ *time.Location) (workflow.Command, error) {
	return workflow.Review{Findings: workflow.ReviewFindings{
		What:         v.text(workflow.FieldReviewWhat),
		Impact:       v.text(workflow.FieldImpact),
		RootCause:    v.text(workflow.FieldRootCause),
		WentWell:     v.text(workflow.FieldWentWell),
		Slowed:       v.text(workflow.FieldSlowed),
		Documents:    v.text(workflow.FieldDocuments),
		RiskRegister: v.text(workflow.FieldRiskRegister),
		Public:       v.text(workflow.FieldPublic),
	}}, nil
}

// actionLine says how many actions there are.
func actionLine(inc *workflow.Incident) string {
	open := len(inc.OpenActions())
	switch {
	case len(inc.Actions) == 0:
		return "No actions are set yet."
	case open == 0:
		return count(len(inc.Actions), "action") + ", all done."
	}
	return count(open, "action") + " still to do."
}
