package workflow_test

import (
	"testing"
	"time"

	. "breachbot/workflow"
)

func TestWhatAnIncidentNeedsNext(t *testing.T) {
	t.Parallel()
	s := newStory(t)
	next := func(want CommandName, to Recipient) {
		t.Helper()
		got := s.rules.Next(s.inc)
		if got.Command != want || got.Recipient != to {
			t.Errorf("at %s: next is %s %s, want %s %s", s.inc.Step(), got.Command, got.Recipient, want, to)
		}
		if want == "" {
			return
		}
		if !Allowed(want, s.inc.Step()) || len(got.By) == 0 {
			t.Errorf("at %s: %s by %v cannot be given", s.inc.Step(), want, got.By)
		}
	}
	investigate := func() Investigate {
		return Investigate{Facts: s.inc.FactsVersion, Findings: Findings{Cause: "Old address.", Certainty: Established}}
	}
	s.do(nurse, SubmitReport{Report: aReport()})
	next("Triage", "")
	s.triage(2)
	next("Contain", "") // before anything is looked into
	c := s.containing()
	c.State = ContainUnderWay
	s.do(igLead, c)
	next("Assess", "") // the two overlap
	s.assess(3, 3)
	next("Decide", Regulator)
	s.decide(Regulator, Notify)
	next("RecordNotification", Regulator)
	first := s.sending(Regulator)
	first.Complete = false
	s.do(dpo, first)
	next("Decide", DataSubjects)
	s.decide(DataSubjects, Notify)
	next("RecordNotification", DataSubjects)
	s.send(DataSubjects)
	next("Contain", "") // still under way
	s.do(igLead, s.containing())
	next("Investigate", "")
	s.do(igLead, investigate())
	next("Recover", "") // severity 2: five checks
	s.do(igLead, recovering())
	next("AnswerDuty", "") // board, insurers, legal advisers
	for _, to := range []Recipient{Insurers, LegalAdvisers} {
		s.do(igLead, AnswerDuties{Recipients: []Recipient{to}, Reason: "Not insured."})
	}
	s.do(igLead, Decide{Recipient: BoardReport, Verdict: Notify, Reason: "As always."})
	next("RecordDuty", BoardReport)
	s.send(BoardReport)
	next("RecordNotification", Regulator) // more is to follow
	resolvedEarly := s.fork(t)
	s.send(Regulator)
	next("Resolve", "")
	s.do(igLead, Resolve{Summary: "x", RootCause: "y"})
	next("Review", "")
	s.do(igLead, aReview())
	next("Close", "")
	s.do(igLead, Close{Reason: "z"})
	next("", "")

	s = resolvedEarly
	s.do(igLead, Resolve{Summary: "x", RootCause: "y"})
	next("RecordNotification", Regulator) // closing waits for it
	s = upTo(t, StepDecided).decide(Regulator, DoNotNotify).contain().do(igLead, Resolve{Summary: "x", RootCause: "y"})
	s.decide(Regulator, NeedMore)
	next("Decide", Regulator)
	s.decide(Regulator, Notify)
	next("RecordNotification", Regulator)
	s.do(dpo, Reopen{Reason: "x"})
	s.do(dpo, s.deciding(Regulator, NeedMore)).do(dpo, Dismiss{Facts: s.inc.FactsVersion, Reason: "x"})
	next("", "")
}

// A question that only the DPO may answer is shown as the DPO's once nobody
// else has anything left to answer.
func TestTheLastQuestionIsForWhoeverMayAnswerIt(t *testing.T) {
	t.Parallel()
	s := reported(t).triage(3).contain().assess(3, 4)
	s.decide(Regulator, Notify).send(Regulator).decide(DataSubjects, DoNotNotify)
	s.do(igLead, Investigate{Facts: s.inc.FactsVersion, Findings: Findings{Cause: "Old address.", Certainty: Established}})
	if next := s.rules.Next(s.inc); next.Command != "AnswerDuty" || next.ForDeciders() {
		t.Errorf("with the board's question open, next is %s for %v", next.Command, next.By)
	}
	s.do(igLead, AnswerDuties{Recipients: []Recipient{BoardReport}, Reason: "In the digest."})
	if next := s.rules.Next(s.inc); next.Command != "AnswerDuty" || !next.ForDeciders() {
		t.Errorf("with the department's question open, next is %s for %v", next.Command, next.By)
	}
	s.do(dpo, AnswerDuties{Recipients: []Recipient{DHSC}, Reason: "The tool passes it on."})
	if next := s.rules.Next(s.inc); next.Command != "Resolve" {
		t.Errorf("next is %s", next.Command)
	}
}

func TestANearMissAndSeverityFourAreSparedWhatAddsNothing(t *testing.T) {
	t.Parallel()
	s := reported(t).triage(4)
	if next := s.rules.Next(s.inc); next.Command != "Assess" {
		t.Errorf("next is %s; containing is not asked of severity 4", next.Command)
	}
	s.assess(1, 1).decide(Regulator, DoNotNotify).decide(DataSubjects, DoNotNotify)
	s.do(igLead, AnswerDuties{Recipients: []Recipient{BoardReport}, Reason: "In the digest."})
	s.do(igLead, Resolve{Summary: "x", RootCause: "y"})
	s.do(igLead, Review{ReviewFindings{What: "x", Impact: "None.", RootCause: "y"}})
	s.do(igLead, Close{Reason: "z"})
}

func TestWhatIsNextIsNeverRefusedForItsStep(t *testing.T) {
	t.Parallel()
	for _, step := range Steps[1:] {
		for _, s := range starts(t, step) {
			s.after(time.Hour)
			if next := s.rules.Next(s.inc); next.Command != "" && !s.rules.MayGive(next.Command, s.inc, Actor{User: "U", Roles: next.By}) {
				t.Errorf("at %s: %s cannot be given by %v", step, next.Command, next.By)
			}
		}
	}
}
