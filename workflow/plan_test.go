package workflow_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	. "breachbot/workflow"

	"github.com/google/go-cmp/cmp"
)

var itoa = strconv.Itoa

func owes(t *testing.T, s *story, kinds []TaskKind, want ...string) {
	t.Helper()
	got := s.owed(kinds...)
	slices.Sort(got)
	slices.Sort(want)
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("owed (-want +got):\n%s", d)
	}
}

// all but nudges, which have tests of their own.
var acts = []TaskKind{KindChannel, KindTopic, KindInvite, KindCard, KindCardRefresh, KindPin, KindReceipt, KindReceiptRefresh, KindHash, KindQuestion, KindAlert, KindAsk, KindAskRefresh, KindNews, KindSay, KindFollowUp, KindOutcome}

func TestAFreshReportOwesAChannelAReceiptAndAlerts(t *testing.T) {
	t.Parallel()
	s := reported(t)
	owes(t, s, acts, "channel", "receipt", "alert:URESPONDER", "alert:UIGLEAD", "alert:UCALDICOTT", "alert:UDPO", "alert:UDEPUTY", "alert:UBOARD")
	for _, task := range s.plan() {
		switch task.Kind {
		case KindChannel:
			if !task.Due.Equal(s.now) {
				t.Errorf("the channel is due %v", task.Due)
			}
		case KindReceipt, KindAlert:
			if !task.Due.Equal(s.now.Add(time.Minute)) {
				t.Errorf("%s waits for the channel until %v", task.Key, task.Due)
			}
		}
	}
	if tasks := s.rules.Plan(nil); tasks != nil {
		t.Errorf("nothing reported owes %v", tasks)
	}
}

func TestWithItsChannelOpenAnIncidentOwesMembersCardAndTopic(t *testing.T) {
	t.Parallel()
	s := reported(t)
	for _, task := range s.plan() {
		if task.Kind == KindChannel {
			s.deliver(task)
		}
	}
	owes(t, s, acts, "topic:1", "card", "invite:UIGLEAD", "invite:URESPONDER", "invite:UDPO", "invite:UDEPUTY", "invite:UCALDICOTT", "invite:UNURSE",
		"receipt", "alert:URESPONDER", "alert:UIGLEAD", "alert:UCALDICOTT", "alert:UDPO", "alert:UDEPUTY", "alert:UBOARD")
	for _, task := range s.plan() {
		if task.Kind == KindReceipt && task.Due.After(s.now) {
			t.Error("the receipt need not wait any longer")
		}
	}
	s.rules.InviteReporter = false
	if slices.Contains(s.owed(), "invite:UNURSE") {
		t.Error("the reporter is not to be invited")
	}
}

func TestThePlanShrinksAsDeliveriesAreReported(t *testing.T) {
	t.Parallel()
	for _, step := range Steps[1:] {
		s := upTo(t, step).work()
		for _, task := range s.plan() {
			if !s.done[task.Key] && !task.Due.After(s.now) {
				t.Errorf("%s: still owed: %s", step, task.Key)
			}
		}
		n := len(s.said)
		if s.work(); len(s.said) != n {
			t.Errorf("%s: done things are done again", step)
		}
		keys := map[TaskKey]int{}
		for _, task := range s.said {
			if keys[task.Key]++; keys[task.Key] > 1 {
				t.Errorf("%s: %s delivered twice", step, task.Key)
			}
		}
	}
}

func TestAnInviteeAddedLaterIsInvited(t *testing.T) {
	t.Parallel()
	s := opened(t).do(igLead, AssignRole{Role: RoleLead, User: "ULEAD"}).do(igLead, AssignRole{Role: RoleResponder, User: "UHELP"})
	owes(t, s, []TaskKind{KindInvite}, "invite:ULEAD", "invite:UHELP")
	s.system(Invited{Principal: "ULEAD", Refused: map[UserID]string{"ULEAD": "user_is_restricted"}})
	owes(t, s, []TaskKind{KindInvite}, "invite:UHELP")
	if s.inc.Left["ULEAD"] != "user_is_restricted" {
		t.Errorf("whom Slack refuses is shown: %v", s.inc.Left)
	}
}

func TestTheBoardHearsOfBreachesAndTheSIROOfGraveOrNotifiedOnes(t *testing.T) {
	t.Parallel()
	alerted := func(s *story, who string) bool { return slices.Contains(s.owed(KindAlert), "alert:"+who) }
	near := newStory(t)
	c := SubmitReport{Report: aReport()}
	c.Report.Facts.NearMiss = true
	near.do(nurse, c)
	if alerted(near, "UBOARD") {
		t.Error("a near miss goes to the board as a digest")
	}
	real := near.triaging(3)
	real.Known.NearMiss = false
	if near.do(igLead, real); !alerted(near, "UBOARD") {
		t.Error("triage found that it is a breach after all: the board must be told")
	}
	for sev, want := range map[Severity]bool{1: true, 2: true, 3: false, 4: false} {
		if s := reported(t).triage(sev); alerted(s, "USIRO") != want {
			t.Errorf("severity %d: SIRO alerted %v", sev, !want)
		}
	}
	s := reported(t).triage(4).assess(3, 3)
	if alerted(s, "USIRO") {
		t.Error("not yet")
	}
	if s.decide(Regulator, Notify); !alerted(s, "USIRO") {
		t.Error("the SIRO is told about every breach that is notified")
	}
}

func TestTheDPOIsAskedOnceAnAssessmentAwaitsTheDecision(t *testing.T) {
	t.Parallel()
	s := upTo(t, StepTriaged).work()
	owes(t, s, []TaskKind{KindAsk, KindAskRefresh})
	s.assess(3, 3)
	seq := itoa(s.inc.Version)
	owes(t, s, []TaskKind{KindAsk, KindAskRefresh}, "ask:"+seq+":channel", "ask:"+seq+":UDPO", "ask:"+seq+":UDEPUTY")
}

func TestTheDPOsCardIsKeptTrueAndOlderOnesAreRetired(t *testing.T) {
	t.Parallel()
	s := newStory(t)
	s.rules.DeputyAfter = 0
	s.rules.Roster[RoleDeputy] = nil // the deputy is another test
	s.do(nurse, SubmitReport{Report: aReport()}).after(time.Minute).triage(3).after(time.Minute).assess(3, 3)
	first := s.inc.Assessment().Seq
	owes(t, s.fork(t), []TaskKind{KindAsk}, askID(first, "UDPO")) // no channel yet
	s.work()
	owes(t, s, []TaskKind{KindAsk, KindAskRefresh})

	s.decide(Regulator, Notify)
	at := itoa(s.inc.AskSeq)
	owes(t, s, []TaskKind{KindAsk, KindAskRefresh}, "refresh:"+at+":"+askID(first, "UDPO"), "refresh:"+at+":"+askID(first, "channel"))
	for _, task := range s.plan() {
		if task.Kind == KindAskRefresh {
			if _, posted := s.inc.Posts[task.AskOf()]; !posted {
				t.Errorf("%s is about %s, which was never posted", task.Key, task.AskOf())
			}
		}
	}
	s.work().do(igLead, AddNote{Text: "Notes are not on the card."})
	owes(t, s, []TaskKind{KindAsk, KindAskRefresh})

	s.assess(4, 4)
	second := s.inc.Assessment().Seq
	owes(t, s, []TaskKind{KindAsk, KindAskRefresh}, askID(second, "UDPO"), askID(second, "channel"), "retire:"+askID(first, "UDPO"), "retire:"+askID(first, "channel"))
	s.work()
	s.decide(Regulator, Notify).decide(DataSubjects, DoNotNotify).work()
	s.send(Regulator).work().contain().do(igLead, Resolve{Summary: "x", RootCause: "y"}).settle().do(igLead, Close{Reason: "z"})
	at = itoa(s.inc.AskSeq)
	owes(t, s, []TaskKind{KindAsk, KindAskRefresh}, "refresh:"+at+":"+askID(second, "UDPO"), "refresh:"+at+":"+askID(second, "channel"))
}

// refusedOnce is an incident without a deputy, where the DPO has decided to
// tell nobody. It comes with the assessment behind that decision.
func refusedOnce(t *testing.T) (s *story, assessment int) {
	s = newStory(t)
	s.rules.Roster[RoleDeputy] = nil
	s.do(nurse, SubmitReport{Report: aReport()}).after(time.Minute).triage(3).after(time.Minute).assess(3, 3).work()
	assessment = s.inc.Assessment().Seq
	return s.decide(Regulator, DoNotNotify).decide(DataSubjects, DoNotNotify).work(), assessment
}

// askID names the request for a decision since an event, as stored.
func askID(since int, to string) string { return "ask:" + itoa(since) + ":" + to }

// A decision falls back when the facts change, even if the advice stays the
// same. The person who decided is asked again, once, with a new message: nobody
// notices one that changes in place.
func TestTheDPOIsAskedAnewWhenADecisionFallsBack(t *testing.T) {
	t.Parallel()
	s, first := refusedOnce(t)
	found := func(n int) {
		s.after(time.Hour).do(igLead, Investigate{Facts: s.inc.FactsVersion, Findings: Findings{Cause: "A list.", Certainty: Hypothesis}, Count: Count{Known: true, N: n}})
	}
	found(3)
	fell := s.inc.Version
	if s.rules.Outdated(s.inc) != nil || !s.inc.Pending() {
		t.Fatalf("this is about facts that change no advice; pending %v", s.inc.Pending())
	}
	owes(t, s, []TaskKind{KindAsk, KindAskRefresh}, askID(fell, "channel"), askID(fell, "UDPO"), "retire:"+askID(first, "UDPO"), "retire:"+askID(first, "channel"))
	for _, task := range s.plan() {
		if task.Kind == KindAsk && !task.Due.Equal(s.now) {
			t.Errorf("%s is due %s, want now", task.Key, task.Due)
		}
	}
	s.work()
	found(4) // still the same question
	at := itoa(s.inc.AskSeq)
	owes(t, s, []TaskKind{KindAsk, KindAskRefresh}, "refresh:"+at+":"+askID(fell, "UDPO"), "refresh:"+at+":"+askID(fell, "channel"))
	s.decide(Regulator, DoNotNotify).decide(DataSubjects, DoNotNotify)
	at = itoa(s.inc.AskSeq)
	owes(t, s, []TaskKind{KindAsk, KindAskRefresh}, "refresh:"+at+":"+askID(fell, "UDPO"), "refresh:"+at+":"+askID(fell, "channel"))
}

// While the risk has to be assessed again first, the request already sent is
// still the current one, and says so. The next one follows the assessment.
func TestTheDPOsCardThatRestsOnOldFactsStaysTheOneUntilTheNext(t *testing.T) {
	t.Parallel()
	s, first := refusedOnce(t)
	s.after(time.Hour).do(igLead, Investigate{Facts: s.inc.FactsVersion, Findings: Findings{Cause: "A list.", Certainty: Hypothesis}, HarmReported: Yes})
	if s.rules.Outdated(s.inc) == nil {
		t.Fatal("harm changes the advice")
	}
	at := itoa(s.inc.AskSeq)
	owes(t, s, []TaskKind{KindAsk, KindAskRefresh}, "refresh:"+at+":"+askID(first, "UDPO"), "refresh:"+at+":"+askID(first, "channel"))
	s.work().assess(5, 3)
	second := s.inc.Assessment().Seq
	owes(t, s, []TaskKind{KindAsk, KindAskRefresh}, askID(second, "UDPO"), askID(second, "channel"), "retire:"+askID(first, "UDPO"), "retire:"+askID(first, "channel"))
}

func TestTheChannelIsToldOfEachLoudEventOnce(t *testing.T) {
	t.Parallel()
	s := opened(t)
	s.do(igLead, AssignRole{Role: RoleLead, User: "ULEAD"})
	seq := itoa(s.inc.Version)
	owes(t, s, []TaskKind{KindSay}, "say:"+seq+":channel")
	s.work()
	owes(t, s, []TaskKind{KindSay})
	s.do(igLead, AddNote{Text: "quiet"})
	owes(t, s, []TaskKind{KindSay})
}

func TestWithoutAChannelAnnouncementsGoToPeopleAndAreNotRepeatedInIt(t *testing.T) {
	t.Parallel()
	s := reported(t).triage(2)
	owes(t, s, []TaskKind{KindSay}) // the channel is still being opened
	s.system(ChannelRefused{Code: "restricted_action"})
	owes(t, s, []TaskKind{KindSay}, "say:2:UIGLEAD", "say:2:UDPO")
	if !slices.Contains(s.owed(), "channel") {
		t.Error("opening it is still being tried")
	}
	for _, task := range s.plan() {
		if task.Kind == KindSay || task.Kind == KindChannel {
			s.deliver(task)
		}
	}
	if !s.inc.Room.Ready() || s.inc.Room.Refused != "" {
		t.Errorf("the room: %+v", s.inc.Room)
	}
	owes(t, s, []TaskKind{KindSay})
}

func TestTheTopicFollowsDeadlineClockAndEnd(t *testing.T) {
	t.Parallel()
	s := upTo(t, StepAssessed).work()
	changed := func(why string, want bool) {
		t.Helper()
		if got := len(s.owed(KindTopic)) > 0; got != want {
			t.Errorf("%s: topic owed %v, want %v", why, got, want)
		}
		s.work()
	}
	changed("nothing new", false)
	s.triage(1)
	changed("severity is not in the topic", false)
	c := s.times()
	c.Detected = friday.Add(-time.Hour)
	s.do(igLead, c)
	changed("the deadline moved", true)
	s.decide(Regulator, DoNotNotify)
	changed("the clock stopped", true)
	s.do(dpo, Dismiss{Facts: s.inc.FactsVersion, Reason: "x"})
	changed("dismissed", true)
	s.do(dpo, Reopen{Reason: "x"})
	changed("reopened", true)
}

func TestAnIncidentThatEndsTellsTheReporterAndStopsInviting(t *testing.T) {
	t.Parallel()
	for _, step := range []Step{StepClosed, StepDismissed} {
		s := upTo(t, step)
		for _, key := range s.owed() {
			if key == "channel" || strings.HasPrefix(key, "invite:") || strings.HasPrefix(key, "alert:") || strings.HasPrefix(key, "nudge:") {
				t.Errorf("%s: still owes %s", step, key)
			}
		}
		outcome := "outcome:" + itoa(s.inc.Version)
		owes(t, s, []TaskKind{KindReceipt, KindOutcome}, "receipt", outcome)
		s.work()
		s.do(dpo, Reopen{Reason: "New facts."})
		if !slices.Contains(s.owed(), "channel") {
			t.Errorf("%s: reopened, it wants its channel: %v", step, s.owed())
		}
		owes(t, s, []TaskKind{KindReceipt, KindOutcome})
	}
	s := upTo(t, StepNotified).work()
	s.contain().do(igLead, Resolve{Summary: "x", RootCause: "y"}).settle().do(igLead, Close{Reason: "z"})
	owes(t, s, []TaskKind{KindOutcome, KindTopic, KindInvite}, "outcome:"+itoa(s.inc.Version), "topic:"+itoa(s.inc.Version))
	s.work().do(dpo, Reopen{Reason: "x"})
	s.contain().do(igLead, Resolve{Summary: "x", RootCause: "y"}).settle().do(igLead, Close{Reason: "z"})
	owes(t, s, []TaskKind{KindOutcome}, "outcome:"+itoa(s.inc.Version)) // ended again, told again
}

func TestAStallIsShownUntilTheDeliveryGetsThrough(t *testing.T) {
	t.Parallel()
	s := reported(t)
	s.system(DeliveryStalled{Task: TaskChannel, Code: "internal_error", Attempts: 8})
	if stall := s.inc.Stalls[TaskChannel]; stall.Attempts != 8 || !stall.Since.Equal(s.now) {
		t.Errorf("%+v", s.inc.Stalls)
	}
	if s.work(); len(s.inc.Stalls) != 0 {
		t.Errorf("%+v", s.inc.Stalls)
	}
}

func TestThePlanNeedsNoClock(t *testing.T) {
	t.Parallel()
	for _, step := range Steps[1:] {
		s := upTo(t, step)
		first := s.plan()
		if d := cmp.Diff(first, s.after(1000*time.Hour).plan()); d != "" {
			t.Errorf("%s: %s", step, d)
		}
		if d := cmp.Diff(first, s.fork(t).plan()); d != "" {
			t.Errorf("%s: planned again from the records: %s", step, d)
		}
		for _, task := range first {
			if task.Due.IsZero() || task.Due.Location() != time.UTC {
				t.Errorf("%s: %s is due %v", step, task.Key, task.Due)
			}
		}
	}
}

func TestACardPostedAsThingsStandNeedsNoRefresh(t *testing.T) {
	t.Parallel()
	s := upTo(t, StepAssessed)
	for _, task := range s.plan() {
		if task.Kind == KindAsk {
			s.deliver(task)
		}
	}
	owes(t, s, []TaskKind{KindAsk, KindAskRefresh})
}

// The person who asked for more facts is told that there is an answer: once,
// and not about their own note.
func TestAnAnswerReachesWhoAsked(t *testing.T) {
	t.Parallel()
	s := upTo(t, StepAssessed)
	s.do(dpo, s.deciding(Regulator, NeedMore)).work()
	n := len(s.said)
	s.do(dpo, AddNote{Text: "I have also rung the recipient."}).work()
	if got := s.said[n:]; len(got) != 0 {
		t.Errorf("her own note: %v", got)
	}
	s.do(responder, AddNote{Text: "It was destroyed unread."}).work()
	s.do(responder, AddNote{Text: "In writing."}).work()
	var told []Target
	for _, task := range s.said[n:] {
		if task.Kind == KindAnswer {
			told = append(told, task.Target)
		}
	}
	if len(told) != 1 || told[0] != Target(dpo.User) {
		t.Errorf("told %v, want the DPO once", told)
	}
}

// A report reaches those who act, until one of them has it: nobody is told of
// what somebody has taken on already.
func TestRespondersAreToldOfAReportUntilSomebodyHasIt(t *testing.T) {
	t.Parallel()
	s := reported(t)
	if !slices.Contains(s.owed(KindAlert), "alert:URESPONDER") {
		t.Error("nobody tells the responders")
	}
	s.do(igLead, AssignRole{Role: RoleLead, User: "ULEAD"})
	if slices.Contains(s.owed(KindAlert), "alert:URESPONDER") {
		t.Error("the responders are told although somebody has it")
	}
}
