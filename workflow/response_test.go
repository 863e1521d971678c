package workflow_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	. "breachbot/workflow"
)

func TestEvidenceIsPreservedBeforeAnythingDestructive(t *testing.T) {
	t.Parallel()
	s := upTo(t, StepTriaged)
	for _, step := range []ContainStep{"deleted", "feature_disabled", "taken_offline", "rolled_back"} {
		c := s.containing()
		c.Steps = []ContainStep{step}
		if says := s.refused(igLead, c, ErrInvalid, FieldContainSteps); !strings.Contains(says, "evidence") {
			t.Errorf("%s: %q", step, says)
		}
		c.Steps = []ContainStep{EvidencePreserved, step}
		s.do(igLead, c)
	}
	c := s.containing()
	c.Steps = []ContainStep{"asked", "access_revoked"}
	s.do(igLead, c)
}

func TestThatItCameBackWantsEvidence(t *testing.T) {
	t.Parallel()
	s := upTo(t, StepTriaged)
	c := s.containing()
	c.Recovered, c.Evidence = Yes, ""
	s.refused(igLead, c, ErrInvalid, FieldEvidence)
}

func TestNoRecoveryWithoutVerifiedContainment(t *testing.T) {
	t.Parallel()
	s := upTo(t, StepTriaged)
	if says := s.refused(igLead, recovering(), ErrConflict, ""); !strings.Contains(says, "contain") {
		t.Error(says)
	}
	c := s.containing()
	c.State = ContainUnderWay
	s.do(igLead, c)
	s.refused(igLead, recovering(), ErrConflict, "")
	s.do(igLead, s.containing()).do(igLead, recovering())
	if s.inc.RecoveredAt().IsZero() {
		t.Error("all five checks are passed")
	}
	s.do(igLead, c)
	if !s.inc.RecoveredAt().IsZero() {
		t.Error("containment came undone, and recovery with it")
	}
}

func TestResolvingWaitsForWhatSeverityAsks(t *testing.T) {
	t.Parallel()
	resolve := Resolve{Summary: "x", RootCause: "y"}
	for severity, waits := range map[Severity]string{1: "five checks", 2: "five checks", 3: "contained", 4: ""} {
		s := reported(t).triage(severity).assess(2, 2).decide(Regulator, DoNotNotify).decide(DataSubjects, DoNotNotify)
		if severity <= 2 {
			s.do(igLead, s.containing())
		}
		if waits == "" {
			s.do(igLead, resolve)
			continue
		}
		if says := s.refused(igLead, resolve, ErrConflict, ""); !strings.Contains(says, waits) {
			t.Errorf("severity %d: %q", severity, says)
		}
	}
}

func TestClosingSaysWhatItWaitsFor(t *testing.T) {
	t.Parallel()
	s := upTo(t, StepResolved)
	closing := Close{Reason: "Learned."}
	waits := func(words string) {
		t.Helper()
		if says := s.refused(igLead, closing, ErrConflict, ""); !strings.Contains(says, words) {
			t.Errorf("%q, want %q", says, words)
		}
	}
	waits("Board")
	s.do(igLead, Decide{Recipient: BoardReport, Verdict: Notify, Reason: "As always."})
	waits("not recorded as told")
	n := s.sending(BoardReport)
	n.Complete = false
	s.do(igLead, n)
	waits("more is to follow")
	s.send(BoardReport)
	waits("review")
	s.do(igLead, aReview()).do(igLead, closing)
}

func TestFactsThatChangeAfterApprovalMakeItPendingAgain(t *testing.T) {
	t.Parallel()
	s := upTo(t, StepDecided)
	s.do(igLead, s.containing())
	if s.inc.Standing(Regulator) == nil {
		t.Error("containing without new facts leaves the approval")
	}
	c := s.containing()
	c.ExposedTo = ExposedAttacker
	s.do(igLead, c)
	if s.inc.Standing(Regulator) != nil || s.inc.Step() != StepAssessed || !s.inc.Clock().Running() {
		t.Error("an attacker got at the data: the approval was given on other facts")
	}
	s.decide(Regulator, Notify)
	s.do(igLead, Investigate{Facts: s.inc.FactsVersion, Findings: Findings{Cause: "x", Certainty: Hypothesis}, HarmReported: Yes})
	if s.inc.Standing(Regulator) != nil {
		t.Error("harm was reported since")
	}
	s.decide(Regulator, Notify).send(Regulator)
	s.do(igLead, Investigate{Facts: s.inc.FactsVersion, Findings: Findings{Cause: "x", Certainty: Hypothesis}, HarmReported: No})
	if s.inc.Standing(Regulator) == nil {
		t.Error("what was carried out stays")
	}
}

func TestNobodyDecidesAboutTheirOwnReport(t *testing.T) {
	t.Parallel()
	report := func(by Actor, roster map[Role][]Principal) *story {
		s := newStory(t)
		if roster != nil {
			s.rules.Roster = roster
		}
		return s.do(by, SubmitReport{Report: aReport()}).after(time.Minute).triage(3).assess(3, 3)
	}
	s := report(dpo, nil)
	if says := s.refused(dpo, s.deciding(Regulator, Notify), ErrForbidden, ""); !strings.Contains(says, "You reported") {
		t.Error(says)
	}
	s.refused(dpo, Dismiss{Facts: s.inc.FactsVersion, Reason: "x"}, ErrForbidden, "")
	later := s.times()
	later.Aware = friday.Add(10 * time.Minute)
	s.refused(dpo, later, ErrForbidden, FieldAware)
	lifted := s.assessing(3, 3)
	lifted.Grading.LiftFloor = true
	s.refused(dpo, lifted, ErrForbidden, FieldLift)
	asked := askedInPerson(s)
	if !slices.Equal(asked, []Target{"UDEPUTY"}) {
		t.Errorf("asked: %v", asked)
	}
	s.do(deputy, s.deciding(Regulator, Notify))
	if d := s.inc.Standing(Regulator); d.Role != RoleDeputy {
		t.Errorf("decided as %s", d.Role)
	}

	alone := map[Role][]Principal{RoleDPO: {"UDPO"}, RoleSIRO: {"USIRO"}, RoleIGLead: {"UIGLEAD"}}
	s = report(dpo, alone)
	if asked := askedInPerson(s); !slices.Equal(asked, []Target{"USIRO"}) {
		t.Errorf("asked: %v", asked)
	}
	s.refused(igLead, s.deciding(Regulator, Notify), ErrForbidden, "")
	s.do(siro, s.deciding(Regulator, Notify))
	if d := s.inc.Standing(Regulator); d.Role != RoleSIRO {
		t.Errorf("decided as %s", d.Role)
	}
	s = report(nurse, alone)
	s.refused(siro, s.deciding(Regulator, Notify), ErrForbidden, "") // the DPO can
}

func askedInPerson(s *story) []Target {
	var to []Target
	for _, task := range s.plan() {
		if task.Kind == KindAsk && task.Target != InChannel {
			to = append(to, task.Target)
		}
	}
	return to
}

func TestTheDeputyStandsInWhenTheDPOIsAway(t *testing.T) {
	t.Parallel()
	due := func(s *story) time.Duration {
		for _, task := range s.plan() {
			if task.Kind == KindAsk && task.Target == "UDEPUTY" {
				return task.Due.Sub(s.inc.Assessment().At)
			}
		}
		t.Fatal("the deputy is never asked")
		return 0
	}
	s := upTo(t, StepAssessed)
	if got := due(s); got != s.rules.DeputyAfter {
		t.Errorf("without an answer the deputy is asked after %v", got)
	}
	s.refused(nurse, CallDeputy{Reason: "x"}, ErrForbidden, "")
	s.refused(igLead, CallDeputy{}, ErrInvalid, FieldReason)
	s.do(igLead, CallDeputy{Reason: "On leave until Monday."})
	if got := due(s); got != 0 {
		t.Errorf("the DPO is away, and the deputy is asked after %v", got)
	}
	s.refused(igLead, CallDeputy{Reason: "x"}, ErrConflict, "")
}

func TestDutiesAreAskedForWhenTheFactsRaiseThem(t *testing.T) {
	t.Parallel()
	raise := map[Recipient]func(*Facts){
		Controllers:  func(f *Facts) { f.Capacity = Processor },
		Customers:    func(f *Facts) { f.CustomersMustAct = Yes },
		CQC:          func(f *Facts) { f.PatientSafety = Yes },
		Police:       func(f *Facts) { f.Malicious = Yes },
		CyberService: func(f *Facts) { f.Category = "ransomware" },
	}
	for to, because := range raise {
		s := upTo(t, StepReported)
		if got := s.rules.Duty(s.inc, to).Stand; got != DutyNotAsked {
			t.Errorf("%s is %s without any ground", to, got)
		}
		c := s.triaging(3)
		because(&c.Known)
		s.do(dpo, c)
		d := s.rules.Duty(s.inc, to)
		if d.Stand != DutyOpen || d.Cause == "" || d.Ask == "" || d.Label == "" {
			t.Errorf("%s: %+v", to, d)
		}
		s.do(igLead, Decide{Recipient: to, Verdict: DoNotNotify, Reason: "Not this time."})
		if got := s.rules.Duty(s.inc, to).Stand; got != DutyNotNeeded {
			t.Errorf("%s is %s after \"not needed\"", to, got)
		}
	}
	s := reported(t).triage(2)
	for _, to := range []Recipient{Insurers, LegalAdvisers, BoardReport} {
		if got := s.rules.Duty(s.inc, to).Stand; got != DutyOpen {
			t.Errorf("severity 2: %s is %s", to, got)
		}
	}
	s.do(igLead, Investigate{Facts: s.inc.FactsVersion, Findings: Findings{Cause: "x", Certainty: Hypothesis, ThirdParties: "The host."}})
	if got := s.rules.Duty(s.inc, SubProcessors).Stand; got != DutyOpen {
		t.Errorf("sub-processors are %s", got)
	}
	if got := upTo(t, StepTriaged).assess(3, 4); got.rules.Duty(got.inc, DHSC).Stand != DutyOpen {
		t.Error("a cell on the department's line raises its question")
	}
}

func TestADutyIsDecidedRecordedFollowedUpAndWithdrawn(t *testing.T) {
	t.Parallel()
	s := upTo(t, StepTriaged)
	stands := func(want DutyStand) {
		t.Helper()
		if got := s.rules.Duty(s.inc, Police).Stand; got != want {
			t.Errorf("the duty is %s, want %s", got, want)
		}
	}
	s.refused(igLead, s.sending(Police), ErrConflict, "")
	s.refused(nurse, Decide{Recipient: Police, Verdict: Notify, Reason: "x"}, ErrForbidden, "")
	s.refused(igLead, Decide{Recipient: Police, Verdict: NeedMore, Reason: "x"}, ErrInvalid, FieldVerdict)
	s.do(igLead, Decide{Recipient: Police, Verdict: Notify, Reason: "It was stolen."})
	stands(DutyApproved)
	s.refused(igLead, Decide{Recipient: Police, Verdict: DoNotNotify, Reason: "x"}, ErrStale, "")
	n := s.sending(Police)
	n.Complete = false
	s.do(igLead, n)
	stands(DutyFollowUp)
	s.work()
	reminded := slices.ContainsFunc(s.plan(), func(task Task) bool {
		return task.Kind == KindRemind && task.ClockOf().MoreTo() == Police && task.Due.Equal(s.now.Add(s.rules.FollowUpEvery))
	})
	if !reminded {
		t.Error("more was promised to the police, and nobody is reminded of it")
	}
	s.send(Police)
	stands(DutySent)
	n = s.sending(Police)
	n.Withdraw = true
	s.refused(igLead, n, ErrInvalid, FieldReason)
	n.Reason = "It was found in the car."
	s.do(igLead, n)
	stands(DutyWithdrawn)
	if d := s.inc.Standing(Police); d.Role != RoleIGLead || d.By != igLead.User {
		t.Errorf("decided by %s as %s", d.By, d.Role)
	}
	n = s.sending(CQC)
	n.Withdraw, n.Reason = true, "x"
	s.do(igLead, Decide{Recipient: CQC, Verdict: Notify, Reason: "x"})
	s.refused(igLead, n, ErrConflict, "") // nothing was sent
}

// An answer was given while nothing raised the question, or something else did.
// When the facts raise it, it is open again, unless that recipient has already
// been told.
func TestAnAnswerFallsBackWhenTheFactsRaiseTheQuestion(t *testing.T) {
	t.Parallel()
	stands := func(s *story, to Recipient, want DutyStand) {
		t.Helper()
		if got := s.rules.Duty(s.inc, to).Stand; got != want {
			t.Errorf("%s is %s, want %s", to, got, want)
		}
	}
	theft := func(s *story) *story {
		c := s.triaging(2)
		c.Known.Malicious = Yes
		return s.do(igLead, c)
	}
	s := upTo(t, StepTriaged) // of severity 3, without bad intent
	s.do(igLead, AnswerDuties{Recipients: []Recipient{Police, Insurers, CQC}, Reason: "Nobody meant it."})
	told := s.fork(t).do(igLead, Decide{Recipient: Police, Verdict: Notify, Reason: "To be safe.", Supersedes: latestSeq(s, Police)})
	approved := told.fork(t)
	told.send(Police)
	for _, of := range []*story{s, told, approved} {
		theft(of)
	}
	stands(s, Police, DutyOpen)
	stands(s, Insurers, DutyOpen) // severity 2 asks
	stands(s, CQC, DutyNotNeeded) // nothing raises it
	stands(told, Police, DutySent)
	stands(approved, Police, DutyOpen)
	approved.refused(igLead, approved.sending(Police), ErrConflict, "")
	approved.do(igLead, Decide{Recipient: Police, Verdict: Notify, Reason: "It was stolen.", Supersedes: latestSeq(approved, Police)})
	stands(approved, Police, DutyApproved)
	theft(approved) // again, with nothing new
	stands(approved, Police, DutyApproved)
	if d := approved.inc.Latest(Police); d.Cause != CauseIntent {
		t.Errorf("decided because of %q", d.Cause)
	}
}

// What was answered in one go is announced in one go, where it is announced: while
// there is no channel, and so no card that shows it.
func TestSeveralAnswersAreAnnouncedOnce(t *testing.T) {
	t.Parallel()
	s := upTo(t, StepTriaged).noChannel()
	first := s.inc.Version + 1
	s.do(igLead, AnswerDuties{Recipients: []Recipient{Police, Insurers, LegalAdvisers}, Reason: "Not needed."})
	owes(t, s, []TaskKind{KindSay}, "say:"+itoa(first)+":UDPO", "say:"+itoa(first)+":UIGLEAD")
	if all := s.inc.Together(first); len(all) != 3 || all[2].Recipient != LegalAdvisers || s.inc.Together(first+1) != nil {
		t.Errorf("said together: %+v", all)
	}
	s.tell().do(igLead, Decide{Recipient: CQC, Verdict: DoNotNotify, Reason: "Not needed."})
	alone := s.inc.Version
	s.do(igLead, Decide{Recipient: Others, Verdict: Notify, Reason: "Not needed."})
	owes(t, s, []TaskKind{KindSay}, "say:"+itoa(alone)+":UDPO", "say:"+itoa(alone)+":UIGLEAD", "say:"+itoa(alone+1)+":UDPO", "say:"+itoa(alone+1)+":UIGLEAD")
}

// A withdrawn notice leaves the law's question without an answer. The DPO must
// decide again, one way or the other, before the incident can end.
func TestAWithdrawnNoticeOpensTheQuestionAgain(t *testing.T) {
	t.Parallel()
	s := upTo(t, StepNotified).work()
	before := s.inc.Clock()
	back := s.sending(Regulator)
	back.Withdraw, back.Reason = true, "The letter was never posted."
	s.after(80*time.Hour).do(igLead, back)
	if step := s.inc.Step(); step != StepAssessed || s.inc.Standing(Regulator) != nil || !s.inc.Pending() {
		t.Errorf("it is at %s, pending %v", step, s.inc.Pending())
	}
	if c := s.inc.Clock(); c != before || s.inc.Late(s.now) {
		t.Errorf("the clock was %v and is %v: what was sent in time was in time", before, c)
	}
	if next := s.rules.Next(s.inc); next.Command != "Decide" || next.Recipient != Regulator {
		t.Errorf("next is %v", next)
	}
	if d := s.rules.Duty(s.inc, Regulator); d.Stand != DutyOpen {
		t.Errorf("the duty is %s", d.Stand)
	}
	asked := itoa(s.inc.Version)
	owes(t, s, []TaskKind{KindAsk}, "ask:"+asked+":channel", "ask:"+asked+":UDPO", "ask:"+asked+":UDEPUTY")
	s.refused(igLead, s.sending(Regulator), ErrConflict, "")
	s.refused(igLead, Resolve{Summary: "x", RootCause: "y"}, ErrConflict, "")
	s.work()

	against := s.fork(t).decide(Regulator, DoNotNotify)
	if d := against.inc.Standing(Regulator); d == nil || d.Late || against.inc.Step() != StepDecided || against.inc.Late(s.now) {
		t.Errorf("decided not to: %+v at %s", d, against.inc.Step())
	}
	if d := against.rules.Duty(against.inc, Regulator); d.Stand != DutyNotNeeded {
		t.Errorf("the duty is %s", d.Stand)
	}
	against.fork(t).do(dpo, Dismiss{Facts: against.inc.FactsVersion, Reason: "Nobody's data."})

	s.decide(Regulator, Notify)
	if d := s.rules.Duty(s.inc, Regulator); d.Stand != DutyApproved || s.rules.Next(s.inc).Command != "RecordNotification" {
		t.Errorf("the duty is %s, next %v", d.Stand, s.rules.Next(s.inc))
	}
	again := s.sending(Regulator)
	s.refused(igLead, again, ErrInvalid, FieldDelay) // a new notice after the deadline says why it is late
	again.Delay, again.DelayReason = "other", "It was taken back by mistake."
	s.do(igLead, again)
	if n := s.inc.Notice(Regulator); n == nil || n.FollowUp || !n.Late || s.inc.Step() != StepNotified {
		t.Errorf("the new notice: %+v at %s", n, s.inc.Step())
	}
}

func TestTheDepartmentIsForTheDPO(t *testing.T) {
	t.Parallel()
	s := upTo(t, StepAssessed)
	s.refused(igLead, Decide{Recipient: DHSC, Verdict: Notify, Reason: "x"}, ErrForbidden, "")
	s.refused(igLead, AnswerDuties{Recipients: []Recipient{Police, DHSC}, Reason: "x"}, ErrForbidden, "")
	s.do(deputy, Decide{Recipient: DHSC, Verdict: Notify, Reason: "x"})
}

func TestSeveralDutiesAreAnsweredAtOnce(t *testing.T) {
	t.Parallel()
	s := upTo(t, StepTriaged)
	for _, v := range []struct {
		c     AnswerDuties
		field Field
	}{
		{AnswerDuties{Reason: "x"}, FieldRecipients},
		{AnswerDuties{Recipients: []Recipient{Police}}, FieldReason},
		{AnswerDuties{Recipients: []Recipient{Regulator}, Reason: "x"}, FieldRecipients},
		{AnswerDuties{Recipients: []Recipient{"press"}, Reason: "x"}, FieldRecipients},
	} {
		s.refused(igLead, v.c, ErrInvalid, v.field)
	}
	s.do(igLead, AnswerDuties{Recipients: []Recipient{Police, Insurers, CareBodies}, Reason: "None of them is concerned."})
	for _, to := range []Recipient{Police, Insurers, CareBodies} {
		if d := s.inc.Standing(to); d == nil || d.Verdict != DoNotNotify || d.Reason == "" {
			t.Errorf("%s: %+v", to, d)
		}
	}
}

func TestADuplicateGoesOnInTheOtherOne(t *testing.T) {
	t.Parallel()
	s := upTo(t, StepTriaged)
	link := LinkTo{Other: "BR-2026-0007", Duplicate: true, Reason: "The same letter.", OtherDeadline: s.inc.Clock().Deadline}
	own := link
	own.Other = ref
	s.refused(dpo, own, ErrInvalid, FieldOther)
	later := link
	later.OtherDeadline = link.OtherDeadline.Add(time.Second)
	if says := s.refused(dpo, later, ErrInvalid, FieldOther); !strings.Contains(says, "earlier deadline") {
		t.Error(says)
	}
	chain := link
	chain.OtherDuplicate = "BR-2026-0003"
	s.refused(dpo, chain, ErrInvalid, FieldOther)
	s.refused(igLead, link, ErrForbidden, "") // it stops this clock
	s.do(dpo, link)
	if s.inc.Step() != StepDuplicate || s.inc.Clock().State != ClockElsewhere || len(s.nudges()) > 0 {
		t.Errorf("%s, clock %s", s.inc.Step(), s.inc.Clock().State)
	}
	s.do(dpo, Reopen{Reason: "It is another letter."})
	if s.inc.Step() != StepTriaged || !s.inc.Clock().Running() {
		t.Error("reopened, it is on its own again")
	}
	s.do(igLead, LinkTo{Other: "BR-2026-0007", Reason: "The same clinic."})
	s.refused(igLead, LinkTo{Other: "BR-2026-0007", Reason: "The same clinic."}, ErrInvalid, FieldOther)
	s.refused(dpo, LinkBack{Other: "BR-2026-0007"}, ErrForbidden, "")
	s.do(SystemActor(), LinkBack{Other: "BR-2026-0012", Duplicate: true})
	if s.inc.Step() != StepTriaged {
		t.Error("the other end of a link ends nothing")
	}
}

func TestActionsAreRemindedOfUntilDoneAlsoAfterClosing(t *testing.T) {
	t.Parallel()
	s := upTo(t, StepResolved)
	for _, v := range []struct {
		c     AddAction
		field Field
	}{
		{AddAction{Owner: "U9", Due: s.now.Add(time.Hour)}, FieldWhat},
		{AddAction{What: "x", Due: s.now.Add(time.Hour)}, FieldUser},
		{AddAction{What: "x", Owner: "U9", Due: s.now}, FieldDue},
		{AddAction{What: "x", Owner: "U9", Due: s.now.AddDate(6, 0, 0)}, FieldDue},
	} {
		s.refused(igLead, v.c, ErrInvalid, v.field)
	}
	s.do(igLead, AddAction{What: "Check every address.", Owner: "U9", Due: s.now.AddDate(0, 0, 30)})
	number := s.inc.Actions[0].Seq
	s.settle().do(igLead, Close{Reason: "Learned."}).work()
	reminders := func() (due []time.Time) {
		for _, task := range s.plan() {
			if task.Kind == KindRemind {
				if task.Target != "U9" || task.ClockOf().Action() != number {
					t.Errorf("%s goes to %s", task.Key, task.Target)
				}
				due = append(due, task.Due)
			}
		}
		return due
	}
	deadline := s.inc.Actions[0].Due
	for _, want := range []time.Time{deadline.AddDate(0, 0, -1), deadline, deadline.AddDate(0, 0, 7), deadline.AddDate(0, 0, 14)} {
		if got := reminders(); !slices.Equal(got, []time.Time{want}) {
			t.Fatalf("due %v, want %v", got, want)
		}
		s.at(want).work()
	}
	s.refused(stranger, FinishAction{Action: number}, ErrForbidden, "")
	s.refused(igLead, FinishAction{Action: 1}, ErrConflict, "")
	s.do(Actor{User: "U9"}, FinishAction{Action: number, Note: "All checked."})
	if len(reminders()) > 0 || len(s.inc.OpenActions()) > 0 {
		t.Error("done, and reminded of")
	}
	s.refused(igLead, FinishAction{Action: number}, ErrConflict, "")
}

func TestWhatPeopleWroteInTheResponseIsErasedToo(t *testing.T) {
	t.Parallel()
	const secret = "Jane Smith"
	s := reported(t)
	c := s.triaging(2)
	c.Systems = secret
	s.do(igLead, c)
	contain := s.containing()
	contain.Evidence = secret
	s.do(igLead, contain)
	s.do(igLead, Investigate{Facts: s.inc.FactsVersion, Findings: Findings{Cause: secret, Certainty: Hypothesis, Systems: secret, ThirdParties: secret}})
	r := recovering()
	r.Note = secret
	s.do(igLead, r).assess(2, 2).do(igLead, CallDeputy{Reason: secret}).decide(Regulator, DoNotNotify).decide(DataSubjects, DoNotNotify)
	s.do(igLead, AddAction{What: secret, Owner: "U9", Due: s.now.AddDate(0, 0, 30)})
	s.do(igLead, FinishAction{Action: s.inc.Actions[0].Seq, Note: secret})
	s.do(igLead, LinkTo{Other: "BR-2026-0008", Reason: secret})
	s.do(igLead, Decide{Recipient: Police, Verdict: Notify, Reason: secret, Advice: secret}).send(Police)
	n := s.sending(Police)
	n.Withdraw, n.Reason = true, secret
	s.do(igLead, n).do(igLead, Resolve{Summary: secret, RootCause: secret})
	for _, d := range s.rules.Duties(s.inc) {
		if d.Stand == DutyOpen {
			s.do(dpo, AnswerDuties{Recipients: []Recipient{d.Recipient}, Reason: secret})
		}
	}
	s.do(igLead, Review{ReviewFindings{What: secret, Impact: secret, RootCause: secret, WentWell: secret, Slowed: secret, Documents: secret, RiskRegister: secret, Public: secret}})
	s.do(igLead, Close{Reason: secret}).do(dpo, Erase{Reason: "Retention period over."})
	payload, err := Encode(s.last())
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(payload), secret) {
		t.Errorf("words survive erasing: %s", payload)
	}
}
