package workflow_test

import (
	"slices"
	"testing"
	"time"

	. "breachbot/workflow"
)

// night is from ten in the evening to seven.
var night = QuietHours{From: 22 * time.Hour, To: 7 * time.Hour}

func quietly(s *story) { s.rules.Quiet = night }

// dueOf is when each kind of message is due to somebody, soonest.
func (s *story) dueOf(kind TaskKind, to Target) time.Time {
	var due time.Time
	for _, task := range s.plan() {
		if task.Kind == kind && task.Target == to && (due.IsZero() || task.Due.Before(due)) {
			due = task.Due
		}
	}
	return due
}

func TestWhatCanWaitDoesSoUntilTheQuietHoursEnd(t *testing.T) {
	t.Parallel()
	for _, v := range []struct {
		name, reported string
		quiet          QuietHours
		want           string
	}{
		{"in the evening", "2026-11-20 22:00", night, "2026-11-21 07:00"},
		{"after midnight", "2026-11-21 00:30", night, "2026-11-21 07:00"},
		{"a minute before they end", "2026-11-21 06:59", night, "2026-11-21 07:00"},
		{"as they end", "2026-11-21 07:00", night, "2026-11-21 07:00"},
		{"before they begin", "2026-11-20 21:59", night, "2026-11-20 21:59"},
		{"the night the clocks go back", "2026-10-25 00:30", night, "2026-10-25 07:00"},
		{"the night they go forward", "2026-03-29 00:30", night, "2026-03-29 07:00"},
		{"at lunch", "2026-11-20 12:30", QuietHours{From: 12 * time.Hour, To: 13 * time.Hour}, "2026-11-20 13:00"},
		{"after lunch", "2026-11-20 13:30", QuietHours{From: 12 * time.Hour, To: 13 * time.Hour}, "2026-11-20 13:30"},
		{"without quiet hours", "2026-11-20 23:00", QuietHours{}, "2026-11-20 23:00"},
	} {
		s := newStory(t).at(inLondon(t, v.reported))
		s.rules.Quiet = v.quiet
		r := aReport()
		r.Detected = s.now
		s.do(nurse, SubmitReport{Report: r}).system(ChannelOpened{Channel: "C1", Name: "br"})
		if got, want := s.dueOf(KindAlert, "UDPO"), inLondon(t, v.want); !got.Equal(want) {
			t.Errorf("%s: the DPO is told %s, want %s", v.name, got, want)
		}
	}
}

// The hours that nobody is told in do not count as waiting: in the morning the
// report comes first, and then one circle after the other.
func TestTheRoundsBeginWhenTheQuietHoursEnd(t *testing.T) {
	t.Parallel()
	s := guessed(t, inLondon(t, "2026-11-20 23:00"), RiskMedium, quietly)
	s.live(inLondon(t, "2026-11-21 10:00"))
	want := map[Target]string{"UIGLEAD": "08:00", "UCALDICOTT": "09:00", "USIRO": "10:00"}
	for _, r := range s.records {
		e, ok := r.Event.(MessagePosted)
		if ok && e.Task.Kind() == KindUntaken && want[e.Target] != "" && r.At.Format("15:04") != want[e.Target] {
			t.Errorf("%s was told at %s, want %s", e.Target, r.At.Format("15:04"), want[e.Target])
		}
	}
	if len(s.untaken()) != 4 {
		t.Errorf("told: %v", s.untaken())
	}
}

// Severities 1 and 2 never sleep, and neither do the 72 hours and whatever is
// asked of somebody: nothing of them is planned otherwise for quiet hours.
func TestQuietHoursMoveNothingThatCannotWait(t *testing.T) {
	t.Parallel()
	at := inLondon(t, "2026-11-20 22:30")
	mayWait := []TaskKind{KindAlert, KindUntaken, KindRemind}
	for _, v := range []struct {
		name string
		then func(*story)
	}{
		{"as reported", func(*story) {}},
		{"triaged", func(s *story) { s.triage(3) }},
		{"waiting for the DPO", func(s *story) { s.triage(3).assess(3, 3) }},
		{"without a channel", func(s *story) { s.triage(3).assess(3, 3) }},
		{"severity 2", func(s *story) { s.triage(2) }},
	} {
		for _, risk := range []RiskLevel{RiskCritical, RiskHigh, RiskMedium} {
			loud, quiet := guessed(t, at, risk), guessed(t, at, risk)
			quiet.rules.Quiet = night
			for _, s := range []*story{loud, quiet} {
				if v.name == "without a channel" {
					s.inc.Room = Room{Refused: "restricted_action"}
				}
				v.then(s)
			}
			grave := quiet.inc.Pace() <= 2
			planned := quiet.plan()
			for n, task := range loud.plan() {
				moved := !planned[n].Due.Equal(task.Due)
				if planned[n].Key != task.Key || moved && (grave || task.Target == InChannel || !slices.Contains(mayWait, task.Kind)) {
					t.Errorf("%s, %s: %s is due %s instead of %s", v.name, risk, planned[n].Key, planned[n].Due, task.Due)
				}
			}
		}
	}
}

// Raised to severity 1 or 2 in the night, the report does not wait any longer.
func TestRaisedInTheNightItWaitsNoLonger(t *testing.T) {
	t.Parallel()
	s := guessed(t, inLondon(t, "2026-11-20 23:00"), RiskMedium, quietly)
	if !slices.Contains(s.owed(), "alert:UDPO") {
		t.Fatalf("the DPO has been told in the night; owed: %v", s.owed())
	}
	s.after(time.Hour).triage(1).work()
	if slices.Contains(s.owed(), "alert:UDPO") {
		t.Error("severity 1, and the DPO is told in the morning")
	}
}

// A reminder of a target of our own waits, one that law or a contract sets does
// not.
func TestOnlyRemindersOfOurOwnTargetsWait(t *testing.T) {
	t.Parallel()
	ours := []ClockName{ClockTriage, ClockContain, ClockBoard, ClockReview, ActionClock(9)}
	for _, name := range append(ClockNames(), ActionClock(9)) {
		if own := slices.Contains(ours, name); own && len(name.Law()) > 0 {
			t.Errorf("%s is set by law", name)
		}
	}
	s := upTo(t, StepResolved)
	s.rules.Quiet = night
	s.do(igLead, AddAction{What: "Merge the lists.", Owner: "UOWNER", Due: inLondon(t, "2026-12-24 23:30")})
	if got, want := s.dueOf(KindRemind, "UOWNER"), inLondon(t, "2026-12-24 07:00"); !got.Equal(want) {
		t.Errorf("the owner of an action is reminded %s, want %s", got, want)
	}
}
