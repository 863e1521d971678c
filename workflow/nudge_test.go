package workflow_test

import (
	"testing"
	"time"

	. "breachbot/workflow"

	"github.com/google/go-cmp/cmp"
)

const hour = time.Hour

// heard lists what each target was told, as hours left, in order.
func (s *story) heard() map[Target][]time.Duration {
	m := map[Target][]time.Duration{}
	for _, r := range s.records {
		if n, ok := r.Event.(Nudged); ok {
			m[n.Target] = append(m[n.Target], time.Duration(n.Milestone))
		}
	}
	return m
}

// opened is a reported incident with its channel open and everything due done.
func opened(t testing.TB) *story { return reported(t).work() }

// The card counts down too: it is drawn again, without a post, when a milestone has
// passed, once however many people are told of it.
func TestTheCardIsDrawnAgainWhenAMilestoneHasPassed(t *testing.T) {
	t.Parallel()
	s := opened(t)
	for _, left := range []time.Duration{48 * hour, 24 * hour, hour, 0, -12 * hour} {
		before, from := s.inc.CardSeq, len(s.records)
		s.left(left).work()
		var redrawn []Countdown
		for _, r := range s.records[from:] {
			if n, ok := r.Event.(Nudged); ok && Replay(s.records[:r.Seq]).CardSeq == r.Seq {
				redrawn = append(redrawn, n.Milestone)
			}
		}
		if s.inc.CardSeq == before || len(redrawn) == 0 || redrawn[len(redrawn)-1] != Countdown(left) {
			t.Errorf("%v before the deadline the card was drawn again at %v", left, redrawn)
		}
		for n := 1; n < len(redrawn); n++ {
			if redrawn[n] == redrawn[n-1] {
				t.Errorf("twice at %v", redrawn[n])
			}
		}
		again, at := s.inc.CardSeq, len(s.inc.Posts)
		if s.work(); s.inc.CardSeq != again || len(s.inc.Posts) != at {
			t.Errorf("%v before the deadline it goes on", left)
		}
	}
}

func TestTheCountdownAndWhoHearsIt(t *testing.T) {
	t.Parallel()
	s := opened(t)
	for left := 71 * hour; left >= -36*hour; left -= hour / 2 {
		s.left(left).work()
	}
	h := func(hours ...int) []time.Duration {
		var d []time.Duration
		for _, n := range hours {
			d = append(d, time.Duration(n)*hour)
		}
		return d
	}
	want := map[Target][]time.Duration{
		InChannel:    h(48, 24, 12, 6, 3, 1, 0, -12, -24, -36),
		"UDPO":       h(24, 12, 6, 3, 1, 0, -12, -24, -36),
		"UDEPUTY":    h(12, 6, 3, 1, 0, -12, -24, -36),
		"UIGLEAD":    h(12, 6, 3, 1, 0, -12, -24, -36),
		"UCALDICOTT": h(12, 6, 3, 1, 0, -12, -24, -36),
		"USIRO":      h(3, 1, 0, -12, -24, -36),
	}
	if d := cmp.Diff(want, s.heard()); d != "" {
		t.Error(d)
	}
	for _, r := range s.records {
		if n, ok := r.Event.(Nudged); ok {
			if left := n.Deadline.Sub(r.At); left != time.Duration(n.Milestone) || len(n.Missed) > 0 {
				t.Errorf("%s heard %v with %v left, missed %v", n.Target, n.Milestone, left, n.Missed)
			}
		}
	}
}

func TestAPersonWithTwoRolesIsNudgedOnceFromTheEarlierTime(t *testing.T) {
	t.Parallel()
	s := newStory(t)
	s.rules.Roster = map[Role][]Principal{RoleDPO: {"UDPO"}, RoleIGLead: {"UDPO"}, RoleCaldicott: {"UDPO", "UCG"}, RoleSIRO: {"UCG"}}
	s.do(nurse, SubmitReport{Report: aReport()}).work()
	want := map[Target]time.Duration{InChannel: 48 * hour, "UDPO": 24 * hour, "UCG": 12 * hour}
	if d := cmp.Diff(want, s.nudges()); d != "" {
		t.Error(d)
	}
	alerts := map[Target]int{}
	for _, task := range s.said {
		if task.Kind == KindAlert {
			alerts[task.Target]++
		}
	}
	if alerts["UDPO"] != 1 {
		t.Errorf("alerts: %v", alerts)
	}
}

func TestWithoutADPOSomebodyStandsIn(t *testing.T) {
	t.Parallel()
	roster := testRules().Roster
	order := []struct {
		missing Role
		stands  Target
	}{{RoleDPO, "UDEPUTY"}, {RoleDeputy, "UIGLEAD"}, {RoleIGLead, "UCALDICOTT"}, {RoleCaldicott, "USIRO"}}
	for _, o := range order {
		delete(roster, o.missing)
		s := newStory(t)
		s.rules.Roster = roster
		s.do(nurse, SubmitReport{Report: aReport()}).work()
		if got := s.nudges()[o.stands]; got != 24*hour {
			t.Errorf("without %s, %s is nudged from %v: %v", o.missing, o.stands, got, s.nudges())
		}
	}
	delete(roster, RoleSIRO)
	s := newStory(t)
	s.rules.Roster = roster
	s.do(nurse, SubmitReport{Report: aReport()}).work()
	if d := cmp.Diff(map[Target]time.Duration{InChannel: 48 * hour}, s.nudges()); d != "" {
		t.Errorf("with nobody configured the channel still hears it: %s", d)
	}
}

func TestWithoutAChannelPeopleAreNudgedInPerson(t *testing.T) {
	t.Parallel()
	s := reported(t)
	want := map[Target]time.Duration{"UDPO": 24 * hour, "UDEPUTY": 12 * hour, "UIGLEAD": 12 * hour, "UCALDICOTT": 12 * hour, "USIRO": 3 * hour}
	if d := cmp.Diff(want, s.nudges()); d != "" {
		t.Errorf("while the channel is being opened: %s", d)
	}
	s.system(ChannelRefused{Code: "restricted_action"})
	s.do(igLead, AssignRole{Role: RoleLead, User: "ULEAD"})
	want["UIGLEAD"], want["UDPO"], want["ULEAD"] = 48*hour, 48*hour, 48*hour
	if d := cmp.Diff(want, s.nudges()); d != "" {
		t.Errorf("when it was refused: %s", d)
	}
}

func TestWhileTheChannelIsMutePeopleAreNudgedInPerson(t *testing.T) {
	t.Parallel()
	s := opened(t).left(48 * hour)
	room := s.nudge(InChannel)
	s.system(DeliveryStalled{Task: room.Key, Code: "is_archived", Attempts: 1})
	want := map[Target]time.Duration{InChannel: 48 * hour, "UIGLEAD": 48 * hour, "UDPO": 48 * hour, "UDEPUTY": 12 * hour, "UCALDICOTT": 12 * hour, "USIRO": 3 * hour}
	if d := cmp.Diff(want, s.nudges()); d != "" {
		t.Errorf("while it fails: %s", d)
	}
	s.deliver(s.nudge("UDPO"))
	s.deliver(room) // it can be heard again
	want = map[Target]time.Duration{InChannel: 24 * hour, "UIGLEAD": 12 * hour, "UDPO": 24 * hour, "UDEPUTY": 12 * hour, "UCALDICOTT": 12 * hour, "USIRO": 3 * hour}
	if d := cmp.Diff(want, s.nudges()); d != "" {
		t.Errorf("afterwards: %s", d)
	}
}

func TestAfterDowntimeMissedMilestonesBecomeOneNudge(t *testing.T) {
	t.Parallel()
	s := opened(t).left(49 * hour).work()
	s.left(5*hour + 30*time.Minute).work() // down over 48, 24, 12 and 6
	if d := cmp.Diff([]time.Duration{6 * hour}, s.heard()[InChannel]); d != "" {
		t.Fatal(d)
	}
	var n Nudged
	for _, r := range s.records {
		if e, ok := r.Event.(Nudged); ok && e.Target == InChannel {
			n = e
		}
	}
	if d := cmp.Diff([]Countdown{Countdown(48 * hour), Countdown(24 * hour), Countdown(12 * hour)}, n.Missed); d != "" {
		t.Error(d)
	}
	if got := s.nudges()[InChannel]; got != 3*hour {
		t.Errorf("next is %v", got)
	}
}

func TestAMilestonePassesAtItsInstant(t *testing.T) {
	t.Parallel()
	s := opened(t)
	task := s.nudge(InChannel)
	for _, v := range []struct {
		left, says time.Duration
		missed     int
	}{
		{48 * hour, 48 * hour, 0}, {24*hour + 1, 48 * hour, 0}, {24 * hour, 24 * hour, 1}, {0, 0, 6}, {-12*hour + 1, 0, 6}, {-12 * hour, -12 * hour, 7},
		{-24 * hour, -24 * hour, 8},
	} {
		m, missed := s.rules.Passed(s.inc, task, task.Deadline.Add(-v.left))
		if time.Duration(m) != v.says || len(missed) != v.missed {
			t.Errorf("%v left: says %v, missed %v; want %v and %d", v.left, time.Duration(m), missed, v.says, v.missed)
		}
	}
}

// While a decision not to notify is in force, no reminder is owed. When it
// falls back, the next reminder does not claim that earlier ones were missed.
func TestWhatPassedWhileTheClockStoodStillWasNotMissed(t *testing.T) {
	t.Parallel()
	s := opened(t).triage(3).assess(3, 3)
	s.decide(Regulator, DoNotNotify).decide(DataSubjects, DoNotNotify).work()
	s.after(s.inc.Times.Deadline().Sub(s.now) - 5*hour) // 48, 24, 12 and 6 hours before have passed
	s.do(igLead, Investigate{Facts: s.inc.FactsVersion, Findings: Findings{Cause: "A list.", Certainty: Hypothesis}, Count: Count{Known: true, N: 3}})
	if !s.inc.Resumed.Equal(s.now) || !s.inc.Clock().Running() {
		t.Fatalf("the clock runs again since %v, now %v", s.inc.Resumed, s.now)
	}
	task := s.nudge(InChannel)
	if m, missed := s.rules.Passed(s.inc, task, s.now); time.Duration(m) != 6*hour || missed != nil {
		t.Errorf("says %v and that %v were missed", time.Duration(m), missed)
	}
	// From now on it counts again.
	if m, missed := s.rules.Passed(s.inc, task, s.now.Add(5*hour)); m != 0 || len(missed) != 2 {
		t.Errorf("says %v and that %v were missed", time.Duration(m), missed)
	}
}

func TestABreachFoundAfterYearsIsOneShortNudge(t *testing.T) {
	t.Parallel()
	s := newStory(t)
	c := SubmitReport{Report: aReport()}
	c.Report.Detected = friday.AddDate(-10, 0, 0)
	s.do(nurse, c).work()
	for target, heard := range s.heard() {
		if len(heard) != 1 {
			t.Errorf("%s heard %d nudges at once: %v", target, len(heard), heard)
		}
	}
	for _, r := range s.records {
		if n, ok := r.Event.(Nudged); ok && len(n.Missed) > 20 {
			t.Errorf("%d milestones are listed as missed", len(n.Missed))
		}
	}
	next := s.nudge(InChannel)
	if !next.Due.After(s.now) || next.Due.After(s.now.Add(12*hour)) {
		t.Errorf("the next is due %v, now is %v", next.Due, s.now)
	}
}

func TestAwarenessMovedEarlierOwesThePastMilestonesAtOnceAsOne(t *testing.T) {
	t.Parallel()
	s := opened(t).left(40 * hour).work()
	before := len(s.heard()[InChannel])
	c := s.times()
	c.Detected = friday.Add(-30 * hour) // 10 hours are left now
	s.do(igLead, c)
	if due := s.nudge(InChannel).Due; due.After(s.now) {
		t.Fatalf("due %v, now %v", due, s.now)
	}
	s.work()
	heard := s.heard()
	if d := cmp.Diff([]time.Duration{12 * hour}, heard[InChannel][before:]); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]time.Duration{12 * hour}, heard["UDPO"]); d != "" {
		t.Error(d)
	}
	if got := s.nudge(InChannel); time.Duration(got.Milestone) != 6*hour || !got.Due.Equal(s.inc.Clock().Deadline.Add(-6*hour)) {
		t.Errorf("next: %+v", got)
	}
}

func TestAwarenessMovedLaterSaysTheMilestonesAheadAgainAndNoneTwice(t *testing.T) {
	t.Parallel()
	s := opened(t)
	for left := 71 * hour; left >= 2*hour; left -= hour {
		s.left(left).work()
	}
	c := s.times()
	c.Aware = friday.Add(28 * hour) // from 2 hours left to 30
	s.do(dpo, c)
	said := len(s.records)
	if owed := s.work().owed(KindNudge); len(s.records) > said+2 { // an announcement, no nudge
		t.Errorf("said at once: %v", owed)
	}
	for left := 30 * hour; left >= 0; left -= hour {
		s.left(left).work()
	}
	h := s.heard()
	if d := cmp.Diff([]time.Duration{48 * hour, 24 * hour, 12 * hour, 6 * hour, 3 * hour, 24 * hour, 12 * hour, 6 * hour, 3 * hour, 1 * hour, 0}, h[InChannel]); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]time.Duration{3 * hour, 3 * hour, 1 * hour, 0}, h["USIRO"]); d != "" {
		t.Error(d)
	}
	keys := map[TaskKey]bool{}
	for _, task := range s.said {
		if task.Kind == KindNudge && keys[task.Key] {
			t.Errorf("%s twice", task.Key)
		}
		keys[task.Key] = true
	}
}

func TestMovedLaterTheMilestoneNowLeftIsNotSaidAgain(t *testing.T) {
	t.Parallel()
	s := opened(t).left(48 * hour).work().left(23 * hour).work()
	c := s.times()
	c.Aware = friday.Add(hour / 2) // 23.5 hours left: 24 was said
	s.do(dpo, c)
	if got := s.nudges()[InChannel]; got != 12*hour {
		t.Errorf("next is %v", got)
	}
}

func TestADeadlineThatMovesAwayAndBackOwesItsNudgesAnew(t *testing.T) {
	t.Parallel()
	s := opened(t).left(24 * hour)
	late := s.nudge("UDPO") // claimed, and posted while the deadline moves
	outcome := s.outcome(late)
	away := s.times()
	away.Aware = friday.Add(20 * hour)
	s.do(dpo, away).system(outcome) // about a deadline that no longer applies
	if got := s.nudges()["UDPO"]; got != 24*hour {
		t.Errorf("what was said of the old deadline counts for the new: next is %v", got)
	}
	back := s.times()
	back.Aware = friday
	s.do(dpo, back)
	if again := s.nudge("UDPO"); again.Key == late.Key {
		t.Errorf("%s was delivered already, so a store never delivers it again, or any milestone after it", again.Key)
	}
}

func TestNudgesGoWhenTheClockStopsAndComeBackWithIt(t *testing.T) {
	t.Parallel()
	s := upTo(t, StepAssessed).work()
	nudged := func(want bool, why string) {
		t.Helper()
		if got := len(s.nudges()) > 0; got != want {
			t.Errorf("%s: nudges %v", why, s.nudges())
		}
	}
	nudged(true, "assessed")
	s.decide(Regulator, Notify)
	nudged(true, "approved, not sent")
	s.decide(Regulator, DoNotNotify)
	nudged(false, "decided not to notify")
	s.assess(4, 4)
	nudged(true, "the decision fell back to pending")
	s.do(dpo, Dismiss{Facts: s.inc.FactsVersion, Reason: "x"})
	nudged(false, "dismissed")
	s.do(dpo, Reopen{Reason: "x"})
	nudged(true, "reopened")
	s.decide(Regulator, Notify).decide(DataSubjects, DoNotNotify).send(Regulator)
	nudged(false, "sent")
	s.contain().do(igLead, Resolve{Summary: "x", RootCause: "y"}).settle().do(igLead, Close{Reason: "z"})
	nudged(false, "closed")
}

func TestAStoppedClockDoesNotForgetWhatWasSaid(t *testing.T) {
	t.Parallel()
	s := upTo(t, StepAssessed).left(24 * hour).work()
	s.decide(Regulator, DoNotNotify).left(20*hour).assess(3, 3)
	if got := s.nudges()[InChannel]; got != 12*hour {
		t.Errorf("next is %v", got)
	}
}

func TestNudgesAreConfigurable(t *testing.T) {
	t.Parallel()
	s := newStory(t)
	s.rules.Nudges = []time.Duration{2 * hour, 30 * hour} // any order
	s.rules.OverdueEvery = 0                              // not set: the default
	s.do(nurse, SubmitReport{Report: aReport()}).work()
	for left := 40 * hour; left >= -24*hour; left -= hour {
		s.left(left).work()
	}
	if d := cmp.Diff([]time.Duration{30 * hour, 2 * hour, 0, -12 * hour, -24 * hour}, s.heard()[InChannel]); d != "" {
		t.Error(d)
	}
}

func TestMoreToFollowIsRemindedOfEverySevenDaysUntilComplete(t *testing.T) {
	t.Parallel()
	s := upTo(t, StepDecided)
	first := s.sending(Regulator)
	first.Complete = false
	sent := s.now
	s.after(3*hour).do(dpo, first).work()
	week := 7 * 24 * hour
	if due := s.inc.FollowUpDue(week); !due.Equal(sent.Add(week)) {
		t.Errorf("due %v, want a week after it was sent at %v", due, sent)
	}
	reminders := func() (n int) {
		for _, task := range s.said {
			if task.Kind == KindFollowUp {
				n++
			}
		}
		return n
	}
	s.at(sent.Add(week - 1)).work()
	if n := reminders(); n != 0 {
		t.Errorf("%d reminders before the week is over", n)
	}
	s.at(sent.Add(week)).work()
	s.at(sent.Add(2 * week)).work()
	s.contain().do(igLead, Resolve{Summary: "x", RootCause: "y"}).at(sent.Add(3 * week)).work() // resolved, and still open
	if n := reminders(); n != 3 {
		t.Errorf("%d reminders in three weeks", n)
	}
	more := s.sending(Regulator)
	more.Complete = false
	s.do(dpo, more)
	if due := s.inc.FollowUpDue(week); !due.Equal(s.now.Add(week)) {
		t.Errorf("another incomplete notice starts the week again: %v, now %v", due, s.now)
	}
	s.send(Regulator)
	if due := s.inc.FollowUpDue(week); !due.IsZero() || len(s.owed(KindFollowUp)) > 0 {
		t.Errorf("complete, yet due %v", due)
	}
}

func TestANoticeRecordedWeeksLateIsRemindedOfAtOnceAndThenWeekly(t *testing.T) {
	t.Parallel()
	s := upTo(t, StepDecided).work()
	first := s.sending(Regulator)
	first.Complete = false
	s.after(20*24*hour).do(dpo, first).work().work()
	if due := s.inc.FollowUpDue(7 * 24 * hour); !due.Equal(s.now.Add(7 * 24 * hour)) {
		t.Errorf("due %v after the reminder of %v", due, s.now)
	}
}
