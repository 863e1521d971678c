package workflow_test

import (
	"testing"
	"time"

	. "breachbot/workflow"
)

// inLondon is an instant by the wall clock of the organisation.
func inLondon(t testing.TB, s string) time.Time {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", s, london(t))
	if err != nil {
		t.Fatal(err)
	}
	return at.UTC()
}

func reportedAt(t *testing.T, at time.Time, risk RiskLevel) *story {
	s := newStory(t).at(at)
	s.rules.Holidays = []string{"2026-12-25", "2026-12-28", "2027-01-01"}
	r := aReport()
	r.Detected, r.Risk = at.Add(-time.Minute), risk
	return s.do(nurse, SubmitReport{Report: r})
}

func TestTriageIsDueByTheSeverity(t *testing.T) {
	t.Parallel()
	for _, v := range []struct {
		name, reported string
		severity       Severity
		want           string
	}{
		{"severity 1: at once", "2026-11-20 10:00", 1, "2026-11-20 10:15"},
		{"severity 2: two hours, also at night", "2026-11-20 23:30", 2, "2026-11-21 01:30"},
		{"severity 3: the same working day", "2026-11-20 10:00", 3, "2026-11-20 17:00"},
		{"severity 3: in the night, the next one", "2026-11-19 23:00", 3, "2026-11-20 17:00"},
		{"severity 3: Friday evening, a third of the way to the deadline", "2026-11-20 18:00", 3, "2026-11-21 17:59"},
		{"severity 3: Saturday, a third of the way to the deadline", "2026-11-21 11:00", 3, "2026-11-22 10:59"},
		{"severity 3: Sunday evening, Monday", "2026-11-22 18:00", 3, "2026-11-23 17:00"},
		{"severity 3: over Christmas", "2026-12-24 17:30", 3, "2026-12-25 17:29"},
		{"severity 3: the night of the clock change", "2026-10-25 01:30", 3, "2026-10-26 01:29"},
		{"severity 3: in summer", "2026-07-01 16:59", 3, "2026-07-01 17:00"},
	} {
		s := reportedAt(t, inLondon(t, v.reported), RiskLow).triage(v.severity)
		c, ok := s.rules.Clock(s.inc, ClockTriage)
		if !ok || !c.Deadline.Equal(inLondon(t, v.want)) || c.State != ClockMet {
			t.Errorf("%s: %v %s, want %s", v.name, c.Deadline, c.State, v.want)
		}
	}
	s := reportedAt(t, inLondon(t, "2026-11-20 10:00"), RiskLow).triage(4)
	if c, ok := s.rules.Clock(s.inc, ClockTriage); ok {
		t.Errorf("severity 4 has no target for triage, got %v", c)
	}
}

// Whatever day it is and however it is reported, "same day" leaves two thirds of
// the 72 hours for assessing and deciding. Only a report that comes late itself has
// less, and then triage has two hours, or a third of what is left.
func TestTheSameDayIsNeverLaterThanAThirdOfTheWayToTheDeadline(t *testing.T) {
	t.Parallel()
	first := inLondon(t, "2026-12-21 00:10") // the week of Christmas
	for h := range 14 * 24 {
		at := first.Add(time.Duration(h) * time.Hour)
		s := reportedAt(t, at, RiskMedium)
		clock := s.inc.Clock()
		triage, _ := s.rules.Clock(s.inc, ClockTriage)
		if third := clock.Start.Add(24 * time.Hour); triage.Deadline.After(third) || !triage.Deadline.After(at) {
			t.Errorf("reported %s: triage is due %s, a third of the way is %s", at, triage.Deadline, third)
		}
	}
	noticed := inLondon(t, "2026-11-20 10:00")
	for _, v := range []struct {
		name  string
		after time.Duration
		want  time.Duration // for triage
	}{
		{"a day later, in the night", 24 * time.Hour, 2 * time.Hour},
		{"on Sunday evening", 58 * time.Hour, 2 * time.Hour},
		{"three hours before the deadline", 69 * time.Hour, time.Hour},
		{"after the deadline", 80 * time.Hour, 0},
	} {
		s := newStory(t).at(noticed.Add(v.after))
		r := aReport()
		r.Detected = noticed
		s.do(nurse, SubmitReport{Report: r})
		if c, _ := s.rules.Clock(s.inc, ClockTriage); c.Deadline.Sub(s.now) != v.want {
			t.Errorf("reported %s: triage is due after %s, want %s", v.name, c.Deadline.Sub(s.now), v.want)
		}
	}
}

// When awareness is corrected, the third moves with it.
func TestTheThirdGoesByTheClockAsItIsNow(t *testing.T) {
	t.Parallel()
	s := reportedAt(t, inLondon(t, "2026-11-21 11:00"), RiskMedium)
	c := s.times()
	c.Detected, c.Aware = inLondon(t, "2026-11-21 05:00"), inLondon(t, "2026-11-21 06:00")
	s.do(dpo, c)
	if c, _ := s.rules.Clock(s.inc, ClockTriage); !c.Deadline.Equal(inLondon(t, "2026-11-22 06:00")) {
		t.Errorf("triage is due %s", c.Deadline)
	}
}

// What is planned can be kept: a third of what is left need not be whole
// microseconds, and a store keeps no more.
func TestATriageDeadlineCanBeKept(t *testing.T) {
	t.Parallel()
	s := newStory(t).at(inLondon(t, "2026-11-21 11:00").Add(1234566 * time.Microsecond))
	r := aReport()
	r.Detected, r.Risk = s.now.Add(-70*time.Hour).Truncate(time.Second), RiskLow
	s.do(nurse, SubmitReport{Report: r})
	c, ok := s.rules.Clock(s.inc, ClockTriage)
	if !ok || !c.Deadline.Equal(Instant(c.Deadline)) {
		t.Errorf("the deadline is %v", c.Deadline)
	}
}

func TestUntilTriageTheFirstGuessSetsThePace(t *testing.T) {
	t.Parallel()
	at := inLondon(t, "2026-11-20 10:00")
	for risk, want := range map[RiskLevel]time.Time{
		RiskCritical: at.Add(15 * time.Minute), RiskHigh: at.Add(2 * time.Hour),
		RiskMedium: inLondon(t, "2026-11-20 17:00"), RiskLow: inLondon(t, "2026-11-20 17:00"),
	} {
		s := reportedAt(t, at, risk)
		if c, _ := s.rules.Clock(s.inc, ClockTriage); !c.Running() || !c.Deadline.Equal(want) {
			t.Errorf("%s: %v, want %v", risk, c.Deadline, want)
		}
	}
}

func TestRaisingTheSeverityShortensTheTargetAndLoweringErasesNoMiss(t *testing.T) {
	t.Parallel()
	at := inLondon(t, "2026-11-20 10:00")
	clock := func(s *story) Timing { c, _ := s.rules.Clock(s.inc, ClockContain); return c }
	s := reportedAt(t, at, RiskLow).after(time.Hour).triage(3)
	if c := clock(s); !c.Deadline.Equal(at.Add(24*time.Hour)) || c.Missed {
		t.Errorf("severity 3: %+v", c)
	}
	s.after(time.Hour).triage(2)
	if c := clock(s); !c.Deadline.Equal(at.Add(4*time.Hour)) || len(c.History) != 2 || c.History[1].Reason == "" {
		t.Errorf("severity 2: %+v", c)
	}
	s.at(at.Add(5 * time.Hour))
	if c := clock(s); !c.Overdue(s.now) || !c.Late(s.now) {
		t.Errorf("overdue: %+v", c)
	}
	s.triage(3).after(time.Minute).contain()
	if c := clock(s); !c.Missed || c.State != ClockMet {
		t.Errorf("the four hours of severity 2 had passed: %+v", c)
	}
	fine := reportedAt(t, at, RiskLow).triage(2).after(3 * time.Hour).contain().after(5 * time.Hour).triage(3)
	if c := clock(fine); c.Missed || c.Late(fine.now) {
		t.Errorf("contained in three hours: %+v", c)
	}
}

// Severity 4 has no target for containment. A target that was missed before stays
// missed, but nothing is due any more, and nobody is reminded of it.
func TestATargetThatFallsAwayIsNoLongerDue(t *testing.T) {
	t.Parallel()
	at := inLondon(t, "2026-11-20 10:00")
	s := reportedAt(t, at, RiskLow).work().triage(2).after(5 * time.Hour).work().triage(4)
	c, exists := s.rules.Clock(s.inc, ClockContain)
	if !exists || !c.Missed || c.Running() || c.Overdue(s.now) || !c.Stopped.Equal(s.now) {
		t.Errorf("the clock: %v %+v", exists, c)
	}
	for _, task := range s.rules.Plan(s.inc) {
		if task.ClockOf() == ClockContain || task.Kind == KindRemind && task.Deadline.IsZero() {
			t.Errorf("somebody is reminded of it: %+v", task)
		}
	}
}

func TestSeverityOneWantsContainmentBegunWithinTheHour(t *testing.T) {
	t.Parallel()
	at := inLondon(t, "2026-11-20 10:00")
	s := reportedAt(t, at, RiskCritical).triage(1).at(at.Add(50 * time.Minute))
	c := s.containing()
	c.State = ContainUnderWay
	s.do(igLead, c)
	if got, _ := s.rules.Clock(s.inc, ClockContain); got.State != ClockMet || got.Late(s.now) || !got.Deadline.Equal(at.Add(time.Hour)) {
		t.Errorf("begun in 50 minutes: %+v", got)
	}
}

func TestTheReviewIsDueAtTheEndOfTheFourteenthDay(t *testing.T) {
	t.Parallel()
	for resolved, want := range map[string]string{
		"2026-11-20 00:01": "2026-12-04 23:59", "2026-11-20 23:59": "2026-12-04 23:59",
		"2026-10-20 12:00": "2026-11-03 23:59", // over the end of summer time
		"2027-03-20 12:00": "2027-04-03 23:59", // over its beginning
	} {
		at := inLondon(t, resolved)
		s := reportedAt(t, at.Add(-time.Hour), RiskLow).triage(4).assess(1, 1).decide(Regulator, DoNotNotify).decide(DataSubjects, DoNotNotify)
		s.work().at(at).do(igLead, Resolve{Summary: "x", RootCause: "y"})
		c, ok := s.rules.Clock(s.inc, ClockReview)
		if !ok || !c.Running() || !c.Deadline.Truncate(time.Minute).Equal(inLondon(t, want)) {
			t.Errorf("resolved %s: %v, want %s", resolved, c.Deadline, want)
		}
		milestones := reminderDays(s, ClockReview)
		if len(milestones) != 1 || milestones[0] != 7 {
			t.Errorf("first reminder %v days before, want 7", milestones)
		}
		s.do(igLead, aReview())
		if c, _ := s.rules.Clock(s.inc, ClockReview); c.State != ClockMet || len(reminderDays(s, ClockReview)) > 0 {
			t.Errorf("reviewed: %+v", c)
		}
		s.do(dpo, Reopen{Reason: "More came up."})
		if c, ok := s.rules.Clock(s.inc, ClockReview); ok {
			t.Errorf("reopened, there is no review to do: %+v", c)
		}
	}
}

func reminderDays(s *story, name ClockName) (days []int) {
	for _, task := range s.plan() {
		if task.Kind == KindRemind && task.ClockOf() == name {
			days = append(days, int(time.Duration(task.Milestone)/(24*time.Hour)))
		}
	}
	return days
}

func TestAProcessorTellsItsControllerInTime(t *testing.T) {
	t.Parallel()
	s := upTo(t, StepReported).work()
	c := s.triaging(3)
	c.Known.Capacity = Processor
	s.do(dpo, c).work()
	clock, ok := s.rules.Clock(s.inc, ClockController)
	if !ok || !clock.Running() || !clock.Deadline.Equal(friday.Add(24*time.Hour)) {
		t.Fatalf("%+v", clock)
	}
	s.do(igLead, Decide{Recipient: Controllers, Verdict: Notify, Reason: "It is their data."}).send(Controllers)
	if clock, _ := s.rules.Clock(s.inc, ClockController); clock.State != ClockMet {
		t.Errorf("%+v", clock)
	}
	s.rules.ControllerWithin = 0
	if _, ok := s.rules.Clock(s.inc, ClockController); ok {
		t.Error("switched off, and there")
	}
	s.rules.CustomersWithin = 48 * time.Hour
	if _, ok := s.rules.Clock(s.inc, ClockCustomers); ok {
		t.Error("nothing raises the question of customers")
	}
}

func TestRemindersOfTheOtherClocksAreSaidOnceAndMissedOnesTogether(t *testing.T) {
	t.Parallel()
	s := reportedAt(t, inLondon(t, "2026-11-20 10:00"), RiskHigh).do(igLead, AssignRole{Role: RoleLead, User: "ULEAD"}).work()
	only := func() Task {
		t.Helper()
		var found []Task
		for _, task := range s.plan() {
			if task.Kind == KindRemind && task.ClockOf() == ClockTriage {
				found = append(found, task)
			}
		}
		if len(found) != 1 || found[0].Target != InChannel {
			t.Fatalf("reminders: %v", found)
		}
		return found[0]
	}
	deadline := s.inc.Times.Reported.Add(2 * time.Hour)
	if task := only(); !task.Due.Equal(deadline) {
		t.Errorf("due %v", task.Due)
	}
	s.at(deadline.Add(9 * time.Hour)) // down meanwhile
	milestone, missed := s.rules.PassedReminder(s.inc, only(), s.now)
	if time.Duration(milestone) != -8*time.Hour || len(missed) != 2 {
		t.Errorf("said %v, missed %v", time.Duration(milestone), missed)
	}
	s.work()
	if task := only(); !task.Due.Equal(deadline.Add(12 * time.Hour)) {
		t.Errorf("due %v", task.Due)
	}
	s.triage(2)
	for _, task := range s.plan() {
		if task.Kind == KindRemind && task.ClockOf() == ClockTriage {
			t.Errorf("triaged, and reminded of: %s", task.Key)
		}
	}
}

func TestEveryClockHasWordsAStartAndADeadline(t *testing.T) {
	t.Parallel()
	s := upTo(t, StepReported)
	c := s.triaging(1)
	c.Known.Capacity, c.Known.CustomersMustAct = Both, Yes
	s.rules.CustomersWithin = 48 * time.Hour
	s.do(igLead, c).contain().assess(3, 4).decide(Regulator, Notify).decide(DataSubjects, DoNotNotify)
	n := s.sending(Regulator)
	n.Complete = false
	s.do(dpo, n).do(igLead, Resolve{Summary: "x", RootCause: "y"}).do(igLead, AddAction{What: "x", Owner: "U9", Due: s.now.AddDate(0, 1, 0)})
	seen := map[ClockName]bool{}
	for _, c := range s.rules.Clocks(s.inc) {
		seen[c.Name] = true
		if c.From == "" || c.Start.IsZero() || c.Deadline.IsZero() || c.State == "" || c.Name.Label("ICO") == "" {
			t.Errorf("%+v", c)
		}
	}
	for _, name := range []ClockName{ClockRegulator, ClockTriage, ClockContain, ClockController, ClockCustomers, ClockFollowUp, ClockBoard, ClockReview, ActionClock(s.inc.Actions[0].Seq)} {
		if !seen[name] {
			t.Errorf("%s is missing", name)
		}
	}
}
