package workflow_test

import (
	"slices"
	"testing"
	"time"

	. "breachbot/workflow"
)

// only is an incident that was assessed and in which we are only the processor.
func onlyProcessor(t testing.TB) *story {
	t.Helper()
	return upTo(t, StepTheirs, func(s *story) { s.work() }).work()
}

func TestForAProcessorTheTwoQuestionsOfTheLawAreTheControllers(t *testing.T) {
	t.Parallel()
	s := onlyProcessor(t)
	for _, to := range []Recipient{Regulator, DataSubjects} {
		if d := s.rules.Duty(s.inc, to); d.Stand != DutyTheirs || d.Owed() || d.Cause != "" {
			t.Errorf("%s: %+v", to, d)
		}
	}
	if d := s.rules.Duty(s.inc, Controllers); d.Stand != DutyOpen || d.Cause != CauseProcessor {
		t.Errorf("controllers: %+v", d)
	}
	both := upTo(t, StepReported).as(Both)
	for _, to := range []Recipient{Regulator, DataSubjects, Controllers} {
		if d := both.rules.Duty(both.inc, to); d.Stand != DutyOpen {
			t.Errorf("controller for one part, processor for another: %s: %+v", to, d)
		}
	}
	if !both.inc.Clock().Running() {
		t.Error("controller for one part: the 72 hours run")
	}
}

func TestAProcessorHasNoSeventyTwoHoursOfItsOwn(t *testing.T) {
	t.Parallel()
	s := onlyProcessor(t)
	c := s.inc.Clock()
	if c.State != ClockTheirs || c.Running() || c.Ours() || c.Overdue(s.now.AddDate(1, 0, 0)) || c.Late(s.now.AddDate(1, 0, 0)) || s.inc.Late(s.now.AddDate(1, 0, 0)) {
		t.Errorf("%+v", c)
	}
	clocks := Running(s.rules.Clocks(s.inc))
	if slices.ContainsFunc(clocks, func(t Timing) bool { return t.Name == ClockRegulator }) {
		t.Error("the regulator's clock runs")
	}
	if !slices.ContainsFunc(clocks, func(t Timing) bool { return t.Name == ClockController }) {
		t.Error("the controllers' clock does not run")
	}
	for _, task := range s.plan() {
		if task.Kind == KindNudge || task.Kind == KindAsk {
			t.Errorf("planned: %s", task.Key)
		}
	}
	e := s.inc.Entry()
	if e.Clock != ClockTheirs || e.Late {
		t.Errorf("register: %s, late %v", e.Clock, e.Late)
	}
	// Whoever decides all the same is not asked why it took longer than 72 hours.
	s.after(100*time.Hour).decide(Regulator, DoNotNotify)
	if d := s.inc.Latest(Regulator); d.Late || d.Delay != "" || s.inc.Clock().State != ClockTheirs || s.inc.Step() != StepDecided {
		t.Errorf("%+v, %s at %s", d, s.inc.Clock().State, s.inc.Step())
	}
}

// For a processor the clock that leads the card is the one for telling the controller:
// the card is drawn again when its milestones pass, and for no other clock's.
func TestTheCardOfAProcessorIsDrawnAgainByTheControllersClock(t *testing.T) {
	t.Parallel()
	s := upTo(t, StepReported).work().as(Processor).work()
	t1, _ := s.rules.Clock(s.inc, ClockController)
	for _, left := range []time.Duration{12 * time.Hour, time.Hour, 0} {
		from := len(s.records)
		s.now = t1.Deadline.Add(-left)
		s.work()
		drawn := map[ClockName]int{}
		for _, r := range s.records[from:] {
			if e, ok := r.Event.(Reminded); ok && Replay(s.records[:r.Seq]).CardSeq == r.Seq {
				drawn[e.Clock]++
			}
		}
		if drawn[ClockController] == 0 || len(drawn) != 1 {
			t.Errorf("%v before: drawn again for %v", left, drawn)
		}
	}
}

func TestAProcessorTellsItsControllerBeforeItAssesses(t *testing.T) {
	t.Parallel()
	s := upTo(t, StepReported).as(Processor).contain()
	if next := s.rules.Next(s.inc); next.Command != CommandAnswerDuty || next.Recipient != Controllers {
		t.Errorf("%+v", next)
	}
	s.do(igLead, Decide{Recipient: Controllers, Verdict: Notify, Reason: "It is their data."})
	if next := s.rules.Next(s.inc); next.Command != CommandRecordDuty || next.Recipient != Controllers {
		t.Errorf("%+v", next)
	}
	if next := s.send(Controllers).rules.Next(s.inc); next.Command != CommandAssess {
		t.Errorf("%+v", next)
	}
}

func TestAProcessorsIncidentIsClosedWithoutTheControllersDecisions(t *testing.T) {
	t.Parallel()
	s := onlyProcessor(t).contain()
	s.do(igLead, Resolve{Summary: "The letter came back.", RootCause: "Old address on file."})
	s.refused(igLead, Close{Reason: "Reviewed."}, ErrConflict, "") // the controller was not told
	s.settle().do(igLead, Close{Reason: "Reviewed."})
	if s.inc.Step() != StepClosed || s.inc.Clock().State != ClockTheirs {
		t.Errorf("%s, %s", s.inc.Step(), s.inc.Clock().State)
	}
}

func TestTheQuestionsComeBackWhenWeTurnOutToBeTheController(t *testing.T) {
	t.Parallel()
	for _, now := range []Capacity{Controller, Both} {
		s := upTo(t, StepAssessed).work().decide(Regulator, DoNotNotify).decide(DataSubjects, DoNotNotify).work()
		s.as(Processor).work()
		if s.inc.Latest(Regulator) == nil || s.inc.Standing(Regulator) != nil || s.inc.Pending() {
			t.Fatalf("the decision stays in the record, and nothing waits for another: %+v", s.inc.Latest(Regulator))
		}
		s.as(now)
		if !s.inc.Pending() || !s.inc.Clock().Running() || s.rules.Duty(s.inc, Regulator).Stand != DutyOpen || s.rules.Duty(s.inc, DataSubjects).Stand != DutyOpen {
			t.Errorf("%s: pending %v, clock %s", now, s.inc.Pending(), s.inc.Clock().State)
		}
		if len(s.owed(KindAsk)) == 0 && s.rules.Outdated(s.inc) == nil {
			t.Errorf("%s: nobody is asked to decide", now)
		}
		if !s.inc.Resumed.Equal(s.now) {
			t.Errorf("%s: reminders of the time before count as missed", now)
		}
	}
}

func TestTheSeventyTwoHoursAreNotLostInAnIncidentThatHasNone(t *testing.T) {
	t.Parallel()
	s := upTo(t, StepTriaged)
	tie := LinkTo{Other: "BR-2026-0007", Duplicate: true, Reason: "The same letter.", OtherDeadline: s.inc.Clock().Deadline, OtherTheirs: true}
	s.refused(dpo, tie, ErrInvalid, FieldOther)
	s.as(Processor).do(dpo, tie)
}

func TestANoticeSentBeforeWeWereOnlyTheProcessorStaysSent(t *testing.T) {
	t.Parallel()
	s := upTo(t, StepNotified)
	c := s.triaging(3)
	c.Known.Capacity = Processor
	s.do(dpo, c)
	if s.inc.Clock().State != ClockSent || s.rules.Duty(s.inc, Regulator).Stand != DutySent || s.inc.Step() != StepNotified {
		t.Errorf("%s, %s", s.inc.Clock().State, s.rules.Duty(s.inc, Regulator).Stand)
	}
}

// Saying that we are only a processor stops our 72 hours, so it is for those who
// may make a deadline later, and nobody can say it about their own report.
func TestOnlyTheDPOStopsTheSeventyTwoHoursBySayingThatWeAreAProcessor(t *testing.T) {
	t.Parallel()
	s := upTo(t, StepReported)
	c := s.triaging(3)
	c.Known.Capacity = Processor
	for _, who := range []Actor{igLead, caldicott, siro, responder} {
		s.refused(who, c, ErrForbidden, FieldCapacity)
		s.refused(who, Clarify{Facts: s.inc.FactsVersion, Known: Facts{Capacity: Processor}}, ErrForbidden, FieldCapacity)
	}
	if !s.inc.Clock().Running() {
		t.Error("the clock stopped")
	}
	s.do(dpo, c)
	again := s.triaging(2) // what the DPO has said stays said
	s.do(igLead, again)
	if s.inc.Clock().State != ClockTheirs {
		t.Errorf("%s", s.inc.Clock().State)
	}
}
