package view

import (
	"fmt"
	"strings"
	"time"

	"breachbot/workflow"
)

func containments(inc *workflow.Incident, each func(int, time.Time, workflow.ContainmentRecord)) {
	for _, c := range inc.Containments {
		each(c.Seq, c.At, c)
	}
}

func saidContainment(_ scene, c workflow.ContainmentRecord) string {
	if c.State == workflow.Contained {
		return "*Contained*, since " + when(c.Since) + ". Recorded by " + user(c.By) + "."
	}
	return "*Containment is under way.* Recorded by " + user(c.By) + ": " + count(len(c.Steps), "step") + " done."
}

func toldContainment(_ scene, c workflow.ContainmentRecord) (string, []pair) {
	line := "Containment recorded by " + user(c.By) + ": " + lowerFirst(escape(c.State.Label())) + "."
	if len(c.Steps) > 0 {
		line += " Done: " + escape(list(c.Steps)) + "."
	}
	return line, []pair{{"How this is known", c.Evidence}}
}

func investigations(inc *workflow.Incident, each func(int, time.Time, workflow.Investigation)) {
	for _, v := range inc.Investigations {
		each(v.Seq, v.At, v)
	}
}

func saidInvestigation(_ scene, v workflow.Investigation) string {
	return "*Investigation:* " + lowerFirst(escape(v.Findings.Certainty.Label())) + ". Recorded by " + user(v.By) + "; it is in the timeline."
}

func toldInvestigation(_ scene, v workflow.Investigation) (string, []pair) {
	f := v.Findings
	return "Investigation by " + user(v.By) + ": " + lowerFirst(escape(f.Certainty.Label())) + ". Where the cause lies: " + lowerFirst(escape(f.Origin.Label())) + ". Records: " + f.Records.String() + ".",
		[]pair{{"Cause", f.Cause}, {"Systems and data", f.Systems}, {"Third parties", f.ThirdParties}}
}

func recoveries(inc *workflow.Incident, each func(int, time.Time, workflow.RecoveryRecord)) {
	for _, r := range inc.Recoveries {
		each(r.Seq, r.At, r)
	}
}

func saidRecovery(_ scene, r workflow.RecoveryRecord) string {
	return fmt.Sprintf("*Recovery:* %d of %d checks passed. Recorded by %s.", len(r.Checks), len(workflow.RecoveryChecks), user(r.By))
}

func toldRecovery(_ scene, r workflow.RecoveryRecord) (string, []pair) {
	var passed []string
	for _, c := range r.Checks {
		passed = append(passed, c.Label())
	}
	return "Recovery recorded by " + user(r.By) + ": " + escape(strings.Join(passed, "; ")) + ".", []pair{{"Note", r.Note}}
}

func reviews(inc *workflow.Incident, each func(int, time.Time, workflow.ReviewRecord)) {
	for _, r := range inc.Reviews {
		each(r.Seq, r.At, r)
	}
}

func saidReview(s scene, _ workflow.ReviewRecord) string {
	return "*The review is complete.* " + escape(actionLine(s.inc))
}

func toldReview(_ scene, r workflow.ReviewRecord) (string, []pair) {
	f := r.Findings
	return "Reviewed by " + user(r.By) + ".", []pair{
		{"What happened", f.What}, {"Impact", f.Impact}, {"Root cause", f.RootCause}, {"What went well", f.WentWell}, {"What slowed us", f.Slowed},
		{"Documents to change", f.Documents}, {"Lesson for the risk register", f.RiskRegister}, {"For the published register", f.Public},
	}
}

func actionsSet(inc *workflow.Incident, each func(int, time.Time, workflow.Action)) {
	for _, a := range inc.Actions {
		each(a.Seq, a.At, a)
	}
}

func saidActionSet(_ scene, a workflow.Action) string {
	return "*An action was set* for " + user(a.Owner) + ", due " + when(a.Due) + "."
}

func toldActionSet(_ scene, a workflow.Action) (string, []pair) {
	return "Action set by " + user(a.By) + " for " + user(a.Owner) + ", due " + when(a.Due) + ".", []pair{{"Action", a.What}}
}

func actionsDone(inc *workflow.Incident, each func(int, time.Time, workflow.Action)) {
	for _, a := range inc.Actions {
		if !a.Open() {
			each(a.DoneSeq, a.DoneAt, a)
		}
	}
}

func saidActionDone(s scene, a workflow.Action) string {
	return "*An action is done*, recorded by " + user(a.DoneBy) + ". " + escape(actionLine(s.inc))
}

func toldActionDone(_ scene, a workflow.Action) (string, []pair) {
	return "Action done, recorded by " + user(a.DoneBy) + ".", []pair{{"Note", a.DoneNote}}
}
