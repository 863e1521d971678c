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
	s.do(nurse, SubmitReport{Report: aReport()})
	next("Triage", "")
	s.triage(3)
	next("Assess", "")
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
	next("RecordNotification", Regulator) // more is to follow
	resolvedEarly := s.fork(t)
	s.send(Regulator)
	next("Resolve", "")
	s.do(igLead, Resolve{Summary: "x", RootCause: "y"})
	next("Close", "")
	s.do(igLead, Close{Reason: "z"})
	next("", "")

	s = resolvedEarly
	s.do(igLead, Resolve{Summary: "x", RootCause: "y"})
	next("RecordNotification", Regulator) // closing waits for it
	s = upTo(t, StepDecided).decide(Regulator, DoNotNotify).do(igLead, Resolve{Summary: "x", RootCause: "y"})
	s.decide(Regulator, NeedMore)
	next("Decide", Regulator)
	s.decide(Regulator, Notify)
	next("RecordNotification", Regulator)
	s.do(dpo, Reopen{Reason: "x"})
	s.do(dpo, s.deciding(Regulator, NeedMore)).do(dpo, Dismiss{Facts: s.inc.FactsVersion, Reason: "x"})
	next("", "")
}

func TestWhatIsNextIsNeverRefusedForItsStep(t *testing.T) {
	t.Parallel()
	for _, step := range Steps[1:] {
		for _, s := range starts(t, step) {
			s.after(time.Hour)
			if next := s.rules.Next(s.inc); next.Command != "" && !MayGive(next.Command, s.inc, Actor{User: "U", Roles: next.By}) {
				t.Errorf("at %s: %s cannot be given by %v", step, next.Command, next.By)
			}
		}
	}
}
