package workflow_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	. "breachbot/workflow"
)

// assessedBy is an assessed incident, reported by the given person.
func assessedBy(t *testing.T, who Actor, rules func(*Rules)) *story {
	s := newStory(t)
	if rules != nil {
		rules(&s.rules)
	}
	return s.do(who, SubmitReport{Report: aReport()}).triage(3).assess(3, 3).work()
}

// Nobody decides about their own report. If that leaves neither the DPO nor a
// deputy, the refusal says who decides, and the deputy does not need to be
// called.
func TestARefusalNamesWhoStandsIn(t *testing.T) {
	t.Parallel()
	none := func(r *Rules) { delete(r.Roster, RoleDeputy) }
	s := assessedBy(t, dpo, none)
	if got := s.refused(igLead, s.deciding(Regulator, Notify), ErrForbidden, ""); !strings.Contains(got, "SIRO), standing in, can do it.") {
		t.Error(got)
	}
	s.refused(dpo, s.deciding(Regulator, Notify), ErrForbidden, "")
	s.refused(dpo, Dismiss{Facts: s.inc.FactsVersion, Reason: "x"}, ErrForbidden, "")
	if got := s.refused(igLead, CallDeputy{Reason: "She reported it."}, ErrConflict, ""); !strings.Contains(got, "SIRO) is already standing in.") {
		t.Error(got)
	}
	s.do(siro, s.deciding(Regulator, Notify))
	if d := s.inc.Latest(Regulator); d.Role != RoleSIRO {
		t.Errorf("decided as %s", d.Role)
	}
	s = assessedBy(t, nurse, none)
	if got := s.refused(igLead, s.deciding(Regulator, Notify), ErrForbidden, ""); strings.Contains(got, "standing in") {
		t.Error(got)
	}
}

// Somebody who was asked for the decision is not told again that there is a
// report.
func TestWhoIsToDecideIsNotAlertedToo(t *testing.T) {
	t.Parallel()
	s := assessedBy(t, dpo, func(r *Rules) { delete(r.Roster, RoleDeputy) })
	s.do(siro, s.deciding(Regulator, Notify)).work()
	for _, task := range s.said {
		if task.Kind == KindAlert && task.Target == "USIRO" {
			t.Error("the SIRO, who has decided, was told that there is a report")
		}
	}
	done := func() bool {
		for _, p := range s.rules.Phases(s.inc) {
			for _, i := range p.Items {
				if strings.HasSuffix(i.Label, "board told") {
					return i.Done
				}
			}
		}
		return false
	}
	if !done() {
		t.Error("everybody was told on receipt, but the checklist says otherwise")
	}
	b := assessedBy(t, nurse, nil)
	b.do(dpo, b.deciding(Regulator, Notify))
	s = b
	if !done() { // the SIRO's alert is not delivered yet, and is not one on receipt
		t.Error("a decision to notify undoes what was told on receipt")
	}
}

// When the facts change so that the rules suggest something else, the risk is
// assessed again before anybody is asked to decide.
func TestAnOutdatedAssessmentComesFirst(t *testing.T) {
	t.Parallel()
	r := aReport()
	r.Facts.Aspects, r.Facts.Data = []Aspect{"confidentiality"}, []DataCategory{"health"}
	s := newStory(t).do(nurse, SubmitReport{Report: r}).triage(3)
	c := s.containing()
	c.ExposedTo, c.Exfiltrated, c.Unintelligible, c.Recovered = ExposedStranger, Unknown, Yes, No
	s.do(responder, c)
	s.do(igLead, Assess{Facts: s.inc.FactsVersion, Why: "As suggested, or nearly.", Grading: Grading{Cell: Cell{Likelihood: 1, Effect: 1}, Vulnerable: No, HighRisk: No, Exception: "encrypted"}}).work()
	s.after(time.Hour).decide(Regulator, DoNotNotify).decide(DataSubjects, DoNotNotify).work()
	if s.rules.Outdated(s.inc) != nil {
		t.Fatal("outdated before anything changed")
	}
	c.Facts, c.Unintelligible, c.Evidence = s.inc.FactsVersion, No, "It was never switched on."
	s.after(8*time.Hour).do(responder, c)
	now := s.rules.Outdated(s.inc)
	if now == nil || now.Cell.Likelihood < 3 {
		t.Fatalf("the rules suggest %v", now)
	}
	if next := s.rules.Next(s.inc); next.Command != "Assess" {
		t.Errorf("next is %s", next.Command)
	}
	if !s.inc.Clock().Running() {
		t.Error("the clock does not run again")
	}
	asks := func() (out []string) {
		for _, task := range s.plan() {
			if task.Kind == KindAsk {
				out = append(out, string(task.Target)+" "+task.Due.Sub(s.now).String())
			}
		}
		slices.Sort(out)
		return out
	}
	if got := asks(); len(got) != 0 {
		t.Errorf("asked for a decision on old facts: %v", got)
	}
	s.fork(t).do(dpo, s.deciding(Regulator, Notify)) // the decision-maker is not held up
	s.assess(3, 3)
	if s.rules.Outdated(s.inc) != nil || s.rules.Next(s.inc).Command != "Decide" {
		t.Error("still outdated")
	}
	s.work()
	if got := asks(); !slices.Equal(got, []string{"UDEPUTY 4h0m0s"}) {
		t.Errorf("asked: %v", got)
	}
}

// The deputy's wait counts from when the decision became open, not from an
// assessment the DPO had decided on in time.
func TestTheDeputyWaitsAnewWhenADecisionFallsBack(t *testing.T) {
	t.Parallel()
	s := reported(t).triage(3).assess(3, 3).work()
	s.after(time.Hour).decide(Regulator, DoNotNotify).decide(DataSubjects, DoNotNotify).work()
	s.after(24 * time.Hour).triage(2)
	if s.rules.Outdated(s.inc) != nil {
		t.Fatal("only the severity has changed")
	}
	for _, task := range s.plan() {
		if task.Kind == KindAsk && task.Target == "UDEPUTY" {
			if want := s.now.Add(4 * time.Hour); !task.Due.Equal(want) {
				t.Errorf("the deputy is asked at %s, want %s", task.Due, want)
			}
			return
		}
	}
	t.Error("the deputy is not asked at all")
}

// Containment from before the incident was reopened can be told apart.
func TestReopenedSince(t *testing.T) {
	t.Parallel()
	s := upTo(t, StepClosed)
	seq := s.inc.Version
	s.do(dpo, Reopen{Reason: "A picture of it is on the internet."})
	if !s.inc.ReopenedSince(seq) || s.inc.ReopenedSince(s.inc.Version) {
		t.Error("reopened at another time")
	}
}
