package workflow_test

import (
	"errors"
	"testing"
	"time"

	. "breachbot/workflow"
)

func TestTheReporterAsksWhoeverDecides(t *testing.T) {
	t.Parallel()
	a := amendable(t)
	a.do(nurse, AskDPO{Question: "May I ring the patient?"})
	due := map[Target]time.Duration{}
	for _, task := range a.rules.Plan(a.inc) {
		if task.Kind == KindQuestion {
			due[task.Target] = task.Due.Sub(a.now)
		}
	}
	if len(due) != 2 || due["UDPO"] != 0 || due["UDEPUTY"] != a.rules.DeputyAfter {
		t.Errorf("asked are %v", due)
	}
	seq := a.inc.Helps[0].Seq
	answer := GiveHelp{Request: seq, Text: "Not yet."}
	for _, by := range []Actor{nurse, responder, stranger, {User: "UCLERK", Roles: []Role{RoleIGLead}}} {
		if _, err := a.rules.Handle(a.inc, answer, by, a.now); !errors.Is(err, ErrForbidden) {
			t.Errorf("%s answers: %v", by.User, err)
		}
	}
	if _, err := a.rules.Handle(a.inc, AskDPO{Question: "Mine?"}, responder, a.now); !errors.Is(err, ErrForbidden) {
		t.Errorf("somebody else asks: %v", err)
	}
	a.do(Actor{User: "UDEPUTY", Roles: []Role{RoleDeputy}}, answer)
	if h := a.inc.Helps[0]; h.Open() || h.User != "UDEPUTY" || h.Answer != "Not yet." {
		t.Errorf("answered as %+v", h)
	}
	if _, err := a.rules.Handle(a.inc, answer, dpo, a.now); !errors.Is(err, ErrConflict) {
		t.Errorf("answered twice: %v", err)
	}
	told := false
	for _, task := range a.rules.Plan(a.inc) {
		if task.Kind == KindQuestion {
			t.Errorf("%s is still asked", task.Target)
		}
		told = told || task.Kind == KindHelped && task.Target == Target(nurse.User)
	}
	if !told {
		t.Error("the reporter does not hear the answer")
	}
}

func TestTheDPOWhoReportedIsNotAskedByThemselves(t *testing.T) {
	t.Parallel()
	rules := testRules()
	events, err := rules.Handle(nil, SubmitReport{Report: Report{Title: "A", What: "B", Detected: friday, Risk: RiskLow}}, dpo, friday)
	if err != nil {
		t.Fatal(err)
	}
	i := Replay([]Record{{Incident: ref, Seq: 1, At: friday, Actor: dpo.User, Event: events[0]}, {Incident: ref, Seq: 2, At: friday, Actor: dpo.User, Event: HelpAsked{ToDPO: true, Question: "Q"}}})
	for _, task := range rules.Plan(i) {
		if task.Kind == KindQuestion && (task.Target != "UDEPUTY" || task.Due.After(friday)) {
			t.Errorf("asked is %s, %s later", task.Target, task.Due.Sub(friday))
		}
	}
	delete(rules.Roster, RoleDeputy)
	if by := dpo; by.Asked(i, 2) != nil {
		t.Error("they would answer their own question")
	}
}
