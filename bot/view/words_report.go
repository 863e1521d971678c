package view

import (
	"fmt"
	"time"

	"breachbot/workflow"
)

func reports(inc *workflow.Incident, each func(int, time.Time, workflow.Report)) {
	each(1, inc.Times.Reported, inc.Reported())
}

// titleAsReported is the title that the report had at first, where its words may be
// shown.
func titleAsReported(inc *workflow.Incident, r workflow.Report) string {
	if len(inc.Amendments) == 0 || !inc.Erased.IsZero() {
		return inc.Title()
	}
	return r.Title
}

func toldReport(s scene, r workflow.Report) (string, []pair) {
	return "Reported by " + user(s.inc.Reporter) + ".",
		[]pair{{"In one line", titleAsReported(s.inc, r)}, {"What happened", r.What}, {"Already done", r.Actions}}
}

func corrections(inc *workflow.Incident, each func(int, time.Time, workflow.Correction)) {
	for _, c := range inc.Corrections {
		each(c.Seq, c.At, c)
	}
}

func saidCorrection(s scene, c workflow.Correction) string {
	line := "*The times were corrected* by " + user(c.By) + ". "
	if !s.inc.Clock().Ours() {
		return line + "There are no 72 hours of ours: we are only the processor."
	}
	if c.After.Equal(c.Before) {
		return line + "The deadline stays as it was."
	}
	return line + "The old deadline was " + exactly(c.Before, s.rules.Zone) + ".\n" + clockLine(s.inc, s.rules.Zone)
}

func toldCorrection(s scene, c workflow.Correction) (string, []pair) {
	return "Times corrected by " + user(c.By) + ": the deadline is " + exactly(c.After, s.rules.Zone) + ". It was " + exactly(c.Before, s.rules.Zone) + " before.",
		[]pair{{"Reason", c.Reason}, {"Why aware at that time", c.AwareReason}}
}

func triages(inc *workflow.Incident, each func(int, time.Time, workflow.Grade)) {
	for _, g := range inc.Triages {
		each(g.Seq, g.At, g)
	}
}

func saidTriage(s scene, g workflow.Grade) string {
	line := fmt.Sprintf("*Triaged* by %s: severity %s, risk to people %s.", user(g.By), escape(g.Severity.Label()), lowerFirst(g.Risk.Name()))
	if s.inc.OnlyProcessor() && g.Seq == s.inc.Triages[len(s.inc.Triages)-1].Seq {
		line += " *We are only the processor* for this data, so the regulator's clock is not ours. If that is not right, please triage again."
	}
	return line
}

func toldTriage(_ scene, g workflow.Grade) (string, []pair) {
	return "Triaged by " + user(g.By) + ": severity " + escape(g.Severity.Label()) + ", risk " + lowerFirst(g.Risk.Name()) + ".",
		[]pair{{"Reason", g.Reason}}
}

func assessments(inc *workflow.Incident, each func(int, time.Time, workflow.Assessment)) {
	for _, a := range inc.Assessments {
		each(a.Seq, a.At, a)
	}
}

func saidAssessment(s scene, a workflow.Assessment) string {
	if s.inc.OnlyProcessor() {
		return "*Risk assessed* by " + user(a.By) + ". " + escape(advised(s.inc, s.rules))
	}
	return "*Risk assessed* by " + user(a.By) + ". " + escape(headline(a.Recommendation, s.rules.Regulator))
}

func toldAssessment(s scene, a workflow.Assessment) (string, []pair) {
	line := "Risk assessed by " + user(a.By) + ": " + escape(a.Recommendation.Cell.String()) + ". " + escape(headline(a.Recommendation, s.rules.Regulator))
	if also := differs(&a); also != "" {
		line += " " + also
	}
	return line, []pair{{"Evidence", a.Grading.Evidence}, {"Likely consequences", a.Consequences}, {"Why this differs from the suggestion", a.Why}}
}
