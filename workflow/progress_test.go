package workflow_test

import (
	"slices"
	"strings"
	"testing"

	. "breachbot/workflow"
)

// marks are the states of the progress in a row of letters.
func marks(i *Incident) string {
	var b strings.Builder
	for _, s := range i.Progress() {
		b.WriteString(map[ProgressState]string{ProgressDone: "d", ProgressNow: "n", ProgressAhead: "a", ProgressNotNeeded: "-"}[s.State])
	}
	return b.String()
}

func TestTheReporterFollowsFiveSteps(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		what string
		inc  Incident
		want string
	}{
		{"reported", Incident{Version: 1}, "dnaaa"},
		{"somebody has it", Incident{Version: 1, Lead: "U1"}, "ddnaa"},
		{"triaged, nobody leads", Incident{Version: 1, Severity: 2}, "ddnaa"},
		{"a near miss needs no containment", Incident{Version: 1, Severity: 4}, "dd-na"},
		{"decided before it is contained", Incident{Version: 1, Lead: "U1", Assessments: []Assessment{{}},
			Decisions: []Decision{{Recipient: Regulator, Verdict: DoNotNotify}, {Recipient: DataSubjects, Verdict: DoNotNotify}}}, "ddnda"},
		{"dismissed", Incident{Version: 1, Dismissed: &Ending{}}, "dd-dd"},
	} {
		if got := marks(&c.inc); got != c.want {
			t.Errorf("%s: %s, want %s", c.what, got, c.want)
		}
	}
}

func TestTheReceiptIsBroughtUpToDateWhenItShowsSomethingElse(t *testing.T) {
	t.Parallel()
	refresh := func(i *Incident) int {
		tasks := testRules().Plan(i)
		if n := slices.IndexFunc(tasks, func(t Task) bool { return t.Kind == KindReceiptRefresh }); n >= 0 {
			return tasks[n].About
		}
		return 0
	}
	report := Record{Incident: ref, Seq: 1, At: friday, Actor: nurse.User, Event: Reported{Report: Report{Title: "A letter", Detected: friday, Risk: RiskLow}}}
	i := Replay([]Record{report})
	if refresh(i) != 0 {
		t.Error("a receipt that was not sent is brought up to date")
	}
	i.Apply(Record{Incident: ref, Seq: 2, At: friday, Actor: System, Event: MessagePosted{Task: TaskReceipt, Shows: 1, Target: Target(nurse.User), Places: []Place{{Channel: "D1", TS: "1.1"}}}})
	i.Apply(Record{Incident: ref, Seq: 3, At: friday, Actor: nurse.User, Event: Noted{Text: "More."}})
	if refresh(i) != 0 {
		t.Error("a note changes the receipt")
	}
	i.Apply(Record{Incident: ref, Seq: 4, At: friday, Actor: "U1", Event: RoleAssigned{Role: RoleLead, User: "U1"}})
	if refresh(i) != 4 {
		t.Errorf("somebody has it, and the receipt is refreshed for %d", refresh(i))
	}
	if KindReceiptRefresh.Recorded() || !KindReceiptRefresh.Renewed() {
		t.Error("only the newest receipt counts, and nothing records it")
	}
}
