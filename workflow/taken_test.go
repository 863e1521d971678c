package workflow_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	. "breachbot/workflow"

	"github.com/google/go-cmp/cmp"
)

// guessed is a report that comes at an instant, with the reporter's first guess.
func guessed(t testing.TB, at time.Time, risk RiskLevel, change ...func(*story)) *story {
	s := newStory(t).at(at)
	for _, c := range change {
		c(s)
	}
	r := aReport()
	r.Detected, r.Risk = at.Add(-time.Minute), risk
	return s.do(nurse, SubmitReport{Report: r}).work()
}

// live lets time pass and delivers everything when it is due.
func (s *story) live(until time.Time) *story {
	s.t.Helper()
	for {
		next := until
		for _, task := range s.plan() {
			if !s.done[task.Key] && task.Due.Before(next) {
				next = task.Due
			}
		}
		if s.at(latestOf(s.now, next)).work(); !next.Before(until) {
			return s
		}
	}
}

func latestOf(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// untaken is who was told that nobody has it, and how long after the report.
func (s *story) untaken() map[Target][]string {
	m := map[Target][]string{}
	for _, r := range s.records {
		if e, ok := r.Event.(MessagePosted); ok && e.Task.Kind() == KindUntaken {
			m[e.Target] = append(m[e.Target], short(r.At.Sub(s.inc.Times.Reported)))
		}
	}
	return m
}

func short(d time.Duration) string {
	if d%time.Hour == 0 {
		return fmt.Sprintf("%dh", d/time.Hour)
	}
	return fmt.Sprintf("%dm", d/time.Minute)
}

// While nobody has it, the next people are told in person: the IG lead and the
// deputy, the Caldicott Guardian, the SIRO, and then everybody who may take it,
// at twelve times the wait.
func TestWhileNobodyHasItTheNextPeopleAreTold(t *testing.T) {
	t.Parallel()
	for _, v := range []struct {
		name  string
		risk  RiskLevel
		lasts time.Duration
		want  map[Target][]string
	}{
		{"as severity 1", RiskCritical, 140 * time.Minute, map[Target][]string{
			"UIGLEAD": {"5m", "20m", "80m", "140m"}, "UDEPUTY": {"5m", "20m", "80m", "140m"}, "UCALDICOTT": {"10m", "20m", "80m", "140m"},
			"USIRO": {"15m", "20m", "80m", "140m"}, "URESPONDER": {"20m", "80m", "140m"}, "UDPO": {"20m", "80m", "140m"},
		}},
		{"as severity 2", RiskHigh, 7 * time.Hour, map[Target][]string{
			"UIGLEAD": {"15m", "1h", "4h", "7h"}, "UDEPUTY": {"15m", "1h", "4h", "7h"}, "UCALDICOTT": {"30m", "1h", "4h", "7h"},
			"USIRO": {"45m", "1h", "4h", "7h"}, "URESPONDER": {"1h", "4h", "7h"}, "UDPO": {"1h", "4h", "7h"},
		}},
		{"as severity 3", RiskMedium, 28 * time.Hour, map[Target][]string{
			"UIGLEAD": {"1h", "4h", "16h", "28h"}, "UDEPUTY": {"1h", "4h", "16h", "28h"}, "UCALDICOTT": {"2h", "4h", "16h", "28h"},
			"USIRO": {"3h", "4h", "16h", "28h"}, "URESPONDER": {"4h", "16h", "28h"}, "UDPO": {"4h", "16h", "28h"},
		}},
	} {
		s := guessed(t, friday, v.risk)
		if d := cmp.Diff(v.want, s.live(s.now.Add(v.lasts)).untaken()); d != "" {
			t.Errorf("%s: %s", v.name, d)
		}
	}
}

// Nothing happened, so nobody is disturbed before the next working morning.
func TestANearMissWaitsForTheMorning(t *testing.T) {
	t.Parallel()
	s := newStory(t).at(inLondon(t, "2026-11-20 16:45"))
	r := aReport()
	r.Detected, r.Risk, r.Facts.NearMiss = s.now, RiskCritical, true
	s.do(nurse, SubmitReport{Report: r}).work()
	for _, v := range []struct {
		at   string
		told int
	}{{"2026-11-23 08:59", 0}, {"2026-11-23 09:00", 2}, {"2026-11-24 09:00", 3}, {"2026-11-25 09:00", 4}, {"2026-11-26 09:00", 6}} {
		s.live(inLondon(t, v.at))
		if got := len(s.untaken()); got != v.told {
			t.Errorf("by %s told %v, want %d people", v.at, s.untaken(), v.told)
		}
	}
	early := guessed(t, inLondon(t, "2026-11-23 08:59"), RiskLow, func(s *story) { s.rules.TakenWithin = map[Severity]Wait{3: {Morning: true}} })
	early.live(inLondon(t, "2026-11-24 08:59"))
	if told := early.untaken(); len(told) > 0 {
		t.Errorf("a minute before nine is not a wait for the morning: told %v", told)
	}
}

func TestNobodyWaitsForACircleWithoutAnybodyNew(t *testing.T) {
	t.Parallel()
	s := guessed(t, friday, RiskCritical, func(s *story) {
		s.rules.Roster = map[Role][]Principal{RoleDPO: {"UDPO"}, RoleCaldicott: {"UDPO"}, RoleSIRO: {"USIRO", "UDPO"}}
	})
	want := map[Target][]string{"UDPO": {"5m", "15m", "75m"}, "USIRO": {"10m", "15m", "75m"}}
	if d := cmp.Diff(want, s.live(s.now.Add(80*time.Minute)).untaken()); d != "" {
		t.Error(d)
	}
	alone := guessed(t, friday, RiskCritical, func(s *story) { s.rules.Roster = map[Role][]Principal{RoleDPO: {"UDPO"}} })
	if d := cmp.Diff(map[Target][]string{"UDPO": {"5m", "65m"}}, alone.live(alone.now.Add(80*time.Minute)).untaken()); d != "" {
		t.Errorf("with the DPO alone: %s", d)
	}
}

// As soon as somebody has it, nobody else is told that nobody does.
func TestTheRoundsEndWhenSomebodyHasIt(t *testing.T) {
	t.Parallel()
	for name, take := range map[string]func(*story){
		"takes the lead": func(s *story) { s.do(responder, AssignRole{Role: RoleLead, User: responder.User}) },
		"triages it":     func(s *story) { s.triage(1) },
		"assesses it":    func(s *story) { s.assess(3, 3) },
		"dismisses it":   func(s *story) { s.do(dpo, Dismiss{Facts: s.inc.FactsVersion, Reason: "No personal data."}) },
	} {
		s := guessed(t, friday, RiskCritical)
		if s.inc.Taken() || s.inc.Entry().Taken() || !s.inc.UntakenSince().Equal(friday) || len(s.owed(KindUntaken)) == 0 {
			t.Fatalf("nobody has it, and: %v", s.owed())
		}
		s.live(friday.Add(7 * time.Minute))
		take(s)
		if !s.inc.Taken() || !s.inc.Entry().Taken() || !s.inc.UntakenSince().IsZero() {
			t.Errorf("somebody %s and has it not", name)
		}
		told := len(s.untaken())
		if s.live(friday.Add(20 * time.Minute)); len(s.untaken()) != told {
			t.Errorf("somebody %s, and the next are told: %v", name, s.untaken())
		}
	}
}

// A report that was dismissed and is reopened waits from then.
func TestReopenedItWaitsFromThen(t *testing.T) {
	t.Parallel()
	s := guessed(t, friday, RiskCritical).do(dpo, Dismiss{Facts: 1, Reason: "No personal data."}).after(50 * time.Hour)
	s.do(dpo, Reopen{Reason: "There was some."})
	if since := s.inc.UntakenSince(); !since.Equal(s.now) {
		t.Fatalf("waits since %s, want %s", since, s.now)
	}
	s.work()
	for _, task := range s.plan() {
		if task.Kind == KindUntaken && task.Target == "UIGLEAD" && !task.Due.Equal(s.now.Add(5*time.Minute)) {
			t.Errorf("told %s after it was reopened", task.Due.Sub(s.now))
		}
	}
}

// Whoever could not be told in time has the whole wait from when they were, and
// what was missed is not made up for message by message.
func TestAfterAnOutageEverybodyIsToldOnceAndThenHasTheWholeWait(t *testing.T) {
	t.Parallel()
	s := newStory(t).at(friday)
	r := aReport()
	r.Risk = RiskCritical
	s.do(nurse, SubmitReport{Report: r}).after(3 * time.Hour).work() // Slack was down for three hours
	if d := cmp.Diff(map[Target][]string{"USIRO": {"3h"}}, s.untaken()); d != "" {
		t.Errorf("those who got the report just now are not told again at once: %s", d)
	}
	s.live(friday.Add(3*time.Hour + 5*time.Minute)).after(2 * time.Hour).work() // and once more for two
	for who, times := range s.untaken() {
		if len(times) != 2 {
			t.Errorf("%s was told at %v", who, times)
		}
	}
}

// Somebody is told of a report before they are told that nobody has it: at one
// moment only one of them.
func TestNobodyIsToldTwiceAtOnce(t *testing.T) {
	t.Parallel()
	s := reported(t)
	for _, key := range s.owed(KindUntaken) {
		if key != "untaken:0:USIRO" {
			t.Errorf("%s is planned beside the news of the report", key)
		}
	}
	for _, risk := range []RiskLevel{RiskCritical, RiskHigh, RiskMedium} {
		for _, quiet := range []QuietHours{{}, {From: 22 * time.Hour, To: 7 * time.Hour}} {
			s := guessed(t, inLondon(t, "2026-11-20 22:30"), risk, func(s *story) { s.rules.Quiet = quiet })
			s.live(s.now.Add(16 * time.Hour))
			told := map[Target][]time.Time{}
			for _, r := range s.records {
				e, ok := r.Event.(MessagePosted)
				if !ok || e.Target == InChannel || !slices.Contains([]TaskKind{KindAlert, KindUntaken}, e.Task.Kind()) {
					continue
				}
				for _, before := range told[e.Target] {
					if r.At.Sub(before) < DefaultWaits()[s.inc.Pace()].For {
						t.Errorf("%s, quiet %v: %s was told at %s and at %s", risk, quiet, e.Target, before, r.At)
					}
				}
				told[e.Target] = append(told[e.Target], r.At)
			}
		}
	}
}

// While nobody has it, somebody is always going to be told, whatever has been
// delivered and whatever failed.
func TestWhileNobodyHasItThereIsAlwaysANextRound(t *testing.T) {
	t.Parallel()
	for _, risk := range []RiskLevel{RiskCritical, RiskHigh, RiskMedium, RiskLow} {
		for _, near := range []bool{false, true} {
			s := newStory(t)
			r := aReport()
			r.Risk, r.Facts.NearMiss = risk, near
			s.do(nurse, SubmitReport{Report: r})
			for range 6 {
				for _, who := range []string{"UIGLEAD", "UDEPUTY", "UCALDICOTT", "USIRO", "URESPONDER", "UDPO"} {
					waits := func(task Task) bool {
						return (task.Kind == KindAlert || task.Kind == KindUntaken) && task.Target == Target(who)
					}
					if !slices.ContainsFunc(s.plan(), waits) {
						t.Errorf("%s, near miss %v, after %s: nothing is planned for %s", risk, near, s.now.Sub(s.inc.Times.Reported), who)
					}
				}
				s.after(7 * time.Hour).work()
			}
		}
	}
	empty := guessed(t, friday, RiskCritical, func(s *story) { s.rules.TakenWithin = nil })
	if len(empty.owed(KindUntaken)) == 0 {
		t.Error("rules that set no wait are silent")
	}
}

// The clock of triage would say the same to the same people: until somebody has
// it, only the rounds say it. Then the clock goes on from there.
func TestTheClockOfTriageDoesNotSayWhatTheRoundsSay(t *testing.T) {
	t.Parallel()
	reminders := func(s *story) (due []string) {
		for _, task := range s.plan() {
			if task.Kind == KindRemind && task.ClockOf() == ClockTriage {
				due = append(due, short(task.Due.Sub(s.inc.Times.Reported)))
			}
		}
		return due
	}
	s := guessed(t, friday, RiskHigh)
	if got := reminders(s); len(got) > 0 {
		t.Errorf("reminded of triage too, after %v", got)
	}
	s.live(friday.Add(3*time.Hour)).do(responder, AssignRole{Role: RoleLead, User: responder.User})
	if got := reminders(s); !slices.Equal(got, []string{"6h"}) {
		t.Errorf("taken after 3 hours, an hour after triage was due: reminded after %v, want the next reminder, after 6h", got)
	}
	down := guessed(t, friday, RiskHigh).after(9 * time.Hour).work() // nothing was sent for nine hours
	if got := reminders(down); len(got) > 0 {
		t.Errorf("after an outage reminded of triage too, after %v", got)
	}
	soon := guessed(t, friday, RiskHigh).do(responder, AssignRole{Role: RoleLead, User: responder.User})
	if got := reminders(soon); !slices.Equal(got, []string{"2h"}) {
		t.Errorf("taken at once: reminded after %v, want 2h", got)
	}
	nobody := guessed(t, friday, RiskHigh, func(s *story) { s.rules.Roster = nil })
	if got := reminders(nobody); !slices.Equal(got, []string{"2h"}) {
		t.Errorf("with nobody to be told in rounds: reminded after %v, want 2h", got)
	}
}

// Every message that says that nobody has it is brought up to date, without
// another one.
func TestOnceSomebodyHasItTheMessagesAlreadySentSaySo(t *testing.T) {
	t.Parallel()
	s := guessed(t, friday, RiskCritical).live(friday.Add(6 * time.Minute))
	if got := s.owed(KindAlertRefresh); len(got) > 0 {
		t.Errorf("nothing has changed, and owed: %v", got)
	}
	s.do(responder, AssignRole{Role: RoleLead, User: responder.User})
	at := itoa(s.inc.Version)
	owes(t, s, []TaskKind{KindAlertRefresh, KindAlert, KindUntaken}, "holder:"+at+":alert:URESPONDER", "holder:"+at+":alert:UIGLEAD", "holder:"+at+":alert:UCALDICOTT",
		"holder:"+at+":alert:UDPO", "holder:"+at+":alert:UDEPUTY", "holder:"+at+":alert:UBOARD", "holder:"+at+":untaken:0:UIGLEAD", "holder:"+at+":untaken:0:UDEPUTY")
	s.work().do(igLead, AddNote{Text: "Who has it has not changed."})
	owes(t, s, []TaskKind{KindAlertRefresh, KindAlert, KindUntaken})
	s.do(responder, AssignRole{Role: RoleLead, User: igLead.User})
	if got := s.owed(KindAlertRefresh); len(got) != 8 {
		t.Errorf("handed over, owed: %v", got)
	}
}

// Of several people who take it, the first has it.
func TestTheFirstToTakeItHasIt(t *testing.T) {
	t.Parallel()
	take := func(who Actor) AssignRole { return AssignRole{Role: RoleLead, User: who.User, OnlyIfFree: true} }
	s := reported(t).do(responder, take(responder)).do(responder, take(responder))
	s.refused(igLead, take(igLead), ErrConflict, "")
	if s.inc.Lead != responder.User || len(s.inc.Handovers) != 1 {
		t.Errorf("%s has it, after %d handovers", s.inc.Lead, len(s.inc.Handovers))
	}
	s.do(igLead, AssignRole{Role: RoleLead, User: igLead.User}) // handing it over is another thing
}
