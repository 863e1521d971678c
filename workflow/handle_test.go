package workflow_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	. "breachbot/workflow"

	"github.com/google/go-cmp/cmp"
)

func TestAReportNeedsLittleAndSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	now := friday.Add(10 * time.Minute)
	for _, v := range []struct {
		name  string
		edit  func(*Report)
		field Field // empty: accepted
	}{
		{"as little as can be", func(*Report) {}, ""},
		{"no title", func(r *Report) { r.Title = " \n " }, FieldTitle},
		{"an invisible title", func(r *Report) { r.Title = "\u200b\u202e" }, FieldTitle},
		{"a title of emoji", func(r *Report) { r.Title = "🔥" }, ""},
		{"the longest title", func(r *Report) { r.Title = strings.Repeat("é", MaxTitle) }, ""},
		{"a title too long", func(r *Report) { r.Title = strings.Repeat("é", MaxTitle+1) }, FieldTitle},
		{"nothing happened", func(r *Report) { r.What = "" }, FieldWhat},
		{"the longest text", func(r *Report) { r.What = strings.Repeat("x", MaxText) }, ""},
		{"a text too long", func(r *Report) { r.What = strings.Repeat("x", MaxText+1) }, FieldWhat},
		{"actions too long", func(r *Report) { r.Actions = strings.Repeat("x", MaxText+1) }, FieldActions},
		{"not detected", func(r *Report) { r.Detected = time.Time{} }, FieldDetected},
		{"detected this instant", func(r *Report) { r.Detected = now }, ""},
		{"detected in the future", func(r *Report) { r.Detected = now.Add(5*time.Minute + time.Microsecond) }, FieldDetected},
		{"began in the future", func(r *Report) { r.Occurred.From = now.Add(6 * time.Minute) }, FieldOccurredFrom},
		{"ends in the future", func(r *Report) { r.Occurred.To = now.Add(6 * time.Minute) }, FieldOccurredTo},
		{"noticed before it happened is never refused", func(r *Report) { r.Occurred.From = friday.Add(time.Minute) }, ""},
		{"no risk chosen", func(r *Report) { r.Risk = "" }, FieldRisk},
		{"a risk on no form", func(r *Report) { r.Risk = "huge" }, FieldRisk},
		{"people below zero", func(r *Report) { r.Facts.Count = Count{Known: true, N: -1} }, FieldCount},
		{"nobody", func(r *Report) { r.Facts.Count = Count{Known: true} }, ""},
		{"everybody in the country", func(r *Report) { r.Facts.Count = Count{Known: true, N: MaxCount} }, ""},
		{"more than live here", func(r *Report) { r.Facts.Count = Count{Known: true, N: MaxCount + 1} }, FieldCount},
		{"a category on no form", func(r *Report) { r.Facts.Category = "aliens" }, FieldCategory},
		{"a capacity on no form", func(r *Report) { r.Facts.Capacity = "king" }, FieldCapacity},
		{"an aspect on no form", func(r *Report) { r.Facts.Aspects = []Aspect{"integrity", "x"} }, FieldAspects},
		{"data on no form", func(r *Report) { r.Facts.Data = []DataCategory{"health", "x"} }, FieldData},
		{"people on no form", func(r *Report) { r.Facts.Subjects = []SubjectKind{"patients", "x"} }, FieldSubjects},
		{"an answer on no form", func(r *Report) { r.Facts.Ongoing = "perhaps" }, FieldOngoing},
		{"two answers on no form: the first is named", func(r *Report) { r.Facts.SubjectsAware, r.Facts.PersonalData = "x", "x" }, FieldSubjectsAware},
		{"not known is an answer everywhere", func(r *Report) {
			r.Facts = Facts{Category: "unknown", Data: []DataCategory{"unknown"}, Subjects: []SubjectKind{"unknown"}, Ongoing: Unknown, SubjectsAware: Unknown, OthersAware: Unknown, PersonalData: Unknown, Capacity: "unknown"}
		}, ""},
	} {
		t.Run(v.name, func(t *testing.T) {
			s, c := newStory(t), SubmitReport{Report: aReport()}
			v.edit(&c.Report)
			if v.field == "" {
				s.do(nurse, c)
			} else {
				s.refused(nurse, c, ErrInvalid, v.field)
			}
		})
	}
}

func TestTypedTextIsCleanedAndTimesAreNormalised(t *testing.T) {
	t.Parallel()
	c := SubmitReport{Report: aReport()}
	c.Report.Title = "  Letter\n\tlost\x00 \u202egnorw\u202c "
	c.Report.What = "One.\r\nTwo.\x07"
	c.Report.Detected = time.Date(2026, 11, 20, 16, 45, 0, 999, london(t))
	s := newStory(t).do(nurse, c)
	r := s.inc.Report
	if r.Title != "Letter lost gnorw" || r.What != "One.\nTwo." {
		t.Errorf("kept %q and %q", r.Title, r.What)
	}
	if r.Detected != friday {
		t.Errorf("kept %v", r.Detected)
	}
	if s.inc.Reporter != nurse.User || !s.inc.Times.Reported.Equal(s.now) {
		t.Errorf("reporter %s at %v", s.inc.Reporter, s.inc.Times.Reported)
	}
}

func TestTimesOutOfOrderAreQuestionedNotRefused(t *testing.T) {
	t.Parallel()
	for _, v := range []struct {
		name string
		edit func(*CorrectTimes)
		says string
	}{
		{"ends before it begins", func(c *CorrectTimes) {
			c.Occurred = Occurrence{From: friday.Add(-time.Hour), To: friday.Add(-2 * time.Hour)}
		}, "ends before it begins"},
		{"noticed before it happened", func(c *CorrectTimes) { c.Occurred.From = friday.Add(time.Minute) }, "noticed before it happened"},
		{"aware before anybody noticed", func(c *CorrectTimes) { c.Aware = friday.Add(-time.Hour) }, "aware before anybody noticed"},
	} {
		s := reported(t)
		c := s.times()
		v.edit(&c)
		if says := s.refused(dpo, c, ErrInvalid, FieldOrder); !strings.Contains(says, v.says) {
			t.Errorf("%s: %s", v.name, says)
		}
		c.OrderIsRight = true
		s.do(dpo, c)
	}
}

func TestNoTimeMayLieInTheFuture(t *testing.T) {
	t.Parallel()
	s := reported(t)
	soon := s.now.Add(5*time.Minute + time.Second)
	for field, edit := range map[Field]func(*CorrectTimes){
		FieldDetected:     func(c *CorrectTimes) { c.Detected = soon },
		FieldAware:        func(c *CorrectTimes) { c.Aware = soon },
		FieldOccurredFrom: func(c *CorrectTimes) { c.Occurred.From = soon },
		FieldOccurredTo:   func(c *CorrectTimes) { c.Occurred.To = soon },
		FieldProcessor:    func(c *CorrectTimes) { c.ProcessorTold = soon },
	} {
		c := s.times()
		edit(&c)
		s.refused(dpo, c, ErrInvalid, field)
	}
	none := s.times()
	none.Detected = time.Time{}
	s.refused(dpo, none, ErrInvalid, FieldDetected)

	d := upTo(t, StepDecided)
	sent := d.sending(Regulator)
	sent.SentAt = d.now.Add(5*time.Minute + time.Second)
	d.refused(dpo, sent, ErrInvalid, FieldSentAt)
}

// The clock on somebody's desk may be five minutes ahead: what they say has happened
// then is taken to have happened now.
func TestATimeByAClockThatIsAheadIsNow(t *testing.T) {
	t.Parallel()
	for _, by := range []time.Duration{time.Microsecond, 2 * time.Minute, 5 * time.Minute} {
		now := func(s *story) time.Time { return Instant(s.now) }
		for name, told := range map[string]func(s *story, soon time.Time) time.Time{
			"detected, in a report": func(s *story, soon time.Time) time.Time {
				return s.do(nurse, SubmitReport{Report: func() Report { r := aReport(); r.Detected = soon; return r }()}).inc.Times.Detected
			},
			"occurred, in a report": func(s *story, soon time.Time) time.Time {
				r := aReport()
				r.Occurred = Occurrence{From: soon, To: soon}
				i := s.do(nurse, SubmitReport{Report: r}).inc
				if i.Times.Occurred.From != i.Times.Occurred.To {
					t.Errorf("from %v to %v", i.Times.Occurred.From, i.Times.Occurred.To)
				}
				return i.Times.Occurred.To
			},
			"detected, corrected": func(_ *story, soon time.Time) time.Time {
				s := reported(t)
				c := s.times()
				c.Detected = s.now.Add(soon.Sub(friday))
				return friday.Add(s.do(dpo, c).inc.Times.Detected.Sub(s.now))
			},
			"aware": func(_ *story, soon time.Time) time.Time {
				s := reported(t)
				c := s.times()
				c.Aware = s.now.Add(soon.Sub(friday))
				return friday.Add(s.do(dpo, c).inc.Times.Aware.At.Sub(s.now))
			},
			"told by the processor": func(_ *story, soon time.Time) time.Time {
				s := reported(t)
				c := s.times()
				c.ProcessorTold = s.now.Add(soon.Sub(friday))
				return friday.Add(s.do(dpo, c).inc.Times.ProcessorTold.Sub(s.now))
			},
			"aware, with the decision": func(_ *story, soon time.Time) time.Time {
				s := upTo(t, StepAssessed)
				s.do(dpo, Decisions{Facts: s.inc.FactsVersion, From: ReadingOther, Aware: s.now.Add(soon.Sub(friday)), AwareReason: "It was certain."})
				return friday.Add(s.inc.Times.Aware.At.Sub(s.now))
			},
			"sent": func(_ *story, soon time.Time) time.Time {
				s := upTo(t, StepDecided)
				c := s.sending(Regulator)
				c.SentAt = s.now.Add(soon.Sub(friday))
				s.do(dpo, c)
				return friday.Add(s.inc.Notice(Regulator).SentAt.Sub(s.now))
			},
			"contained": func(_ *story, soon time.Time) time.Time {
				s := upTo(t, StepTriaged)
				s.do(igLead, Contain{Facts: s.inc.FactsVersion, Steps: []ContainStep{EvidencePreserved}, State: Contained, Since: s.now.Add(soon.Sub(friday)), Evidence: "It came back."})
				return friday.Add(s.inc.Containment().Since.Sub(s.now))
			},
			"investigated": func(_ *story, soon time.Time) time.Time {
				s := upTo(t, StepTriaged)
				at := s.now.Add(soon.Sub(friday))
				s.do(igLead, Investigate{Facts: s.inc.FactsVersion, Findings: Findings{Cause: "An old address.", Certainty: Certainties[0].Value}, Window: Occurrence{From: at, To: at}})
				return friday.Add(s.inc.Times.Occurred.To.Sub(s.now))
			},
		} {
			s := newStory(t).at(friday)
			if got := told(s, friday.Add(by)); !got.Equal(now(s)) {
				t.Errorf("%s, %v ahead: stored as %v after now", name, by, got.Sub(now(s)))
			}
		}
	}
}

func TestWhatEachFormNeeds(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", MaxText+1)
	for _, v := range []struct {
		name  string
		step  Step
		by    Actor
		c     func(*story) Command
		field Field
	}{
		{"triage: severity", StepReported, igLead, func(s *story) Command { c := s.triaging(0); return c }, FieldSeverity},
		{"triage: severity 5", StepReported, igLead, func(s *story) Command { return s.triaging(5) }, FieldSeverity},
		{"triage: risk", StepReported, igLead, func(s *story) Command { c := s.triaging(2); c.Risk = ""; return c }, FieldRisk},
		{"triage: reason", StepReported, igLead, func(s *story) Command { c := s.triaging(2); c.Reason = ""; return c }, FieldReason},
		{"triage: facts", StepReported, igLead, func(s *story) Command { c := s.triaging(2); c.Known.Count = Count{true, -5}; return c }, FieldCount},
		{"assess: likelihood", StepTriaged, igLead, func(s *story) Command { return s.assessing(0, 3) }, FieldLikelihood},
		{"assess: likelihood 6", StepTriaged, igLead, func(s *story) Command { return s.assessing(6, 3) }, FieldLikelihood},
		{"assess: effect", StepTriaged, igLead, func(s *story) Command { return s.assessing(3, -1) }, FieldEffect},
		{"assess: vulnerable", StepTriaged, igLead, func(s *story) Command { c := s.assessing(3, 3); c.Grading.Vulnerable = ""; return c }, FieldVulnerable},
		{"assess: exception", StepTriaged, igLead, func(s *story) Command { c := s.assessing(3, 3); c.Grading.Exception = "luck"; return c }, FieldException},
		{"assess: evidence", StepTriaged, igLead, func(s *story) Command { c := s.assessing(3, 3); c.Grading.Evidence = long; return c }, FieldEvidence},
		{"assess: consequences", StepTriaged, igLead, func(s *story) Command { c := s.assessing(3, 3); c.Consequences = long; return c }, FieldConsequences},
		{"decide: recipient", StepAssessed, dpo, func(s *story) Command { c := s.deciding(Regulator, Notify); c.Recipient = "press"; return c }, FieldRecipient},
		{"decide: reason", StepAssessed, dpo, func(s *story) Command { c := s.deciding(Regulator, Notify); c.Reason = " "; return c }, FieldReason},
		{"decide: reason too long", StepAssessed, dpo, func(s *story) Command { c := s.deciding(Regulator, Notify); c.Reason = long; return c }, FieldReason},
		{"decide: reason not to notify", StepAssessed, dpo, func(s *story) Command { c := s.deciding(Regulator, DoNotNotify); c.Reason = ""; return c }, FieldReason},
		{"decide: reason to wait", StepAssessed, dpo, func(s *story) Command { c := s.deciding(Regulator, NeedMore); c.Reason = ""; return c }, FieldReason},
		{"decide: advice", StepAssessed, dpo, func(s *story) Command { c := s.deciding(Regulator, Notify); c.Advice = long; return c }, FieldAdvice},
		{"decide: ground", StepAssessed, dpo, func(s *story) Command {
			c := s.deciding(DataSubjects, DoNotNotify)
			c.Ground = "hope"
			return c
		}, FieldGround},
		{"record: when", StepDecided, dpo, func(s *story) Command { c := s.sending(Regulator); c.SentAt = time.Time{}; return c }, FieldSentAt},
		{"record: before it was noticed", StepDecided, dpo, func(s *story) Command {
			c := s.sending(Regulator)
			c.SentAt = friday.Add(-time.Second)
			return c
		}, FieldSentAt},
		{"record: how", StepDecided, dpo, func(s *story) Command { c := s.sending(Regulator); c.Method = "pigeon"; return c }, FieldMethod},
		{"record: reference", StepDecided, dpo, func(s *story) Command {
			c := s.sending(Regulator)
			c.Reference = strings.Repeat("9", MaxLine+1)
			return c
		}, FieldReference},
		{"note", StepReported, igLead, func(*story) Command { return AddNote{Text: "\n"} }, FieldNote},
		{"assign: role", StepReported, igLead, func(*story) Command { return AssignRole{Role: RoleDPO, User: "U1"} }, FieldRole},
		{"assign: person", StepReported, igLead, func(*story) Command { return AssignRole{Role: RoleLead} }, FieldUser},
		{"resolve: summary", StepNotified, igLead, func(s *story) Command { s.contain(); return Resolve{RootCause: "x"} }, FieldSummary},
		{"resolve: root cause", StepNotified, igLead, func(s *story) Command { s.contain(); return Resolve{Summary: "x"} }, FieldRootCause},
		{"close: reason", StepResolved, igLead, func(s *story) Command { s.settle(); return Close{} }, FieldReason},
		{"dismiss: reason", StepReported, deputy, func(s *story) Command { return Dismiss{Facts: s.inc.FactsVersion} }, FieldReason},
		{"reopen: reason", StepClosed, igLead, func(*story) Command { return Reopen{} }, FieldReason},
		{"erase: reason", StepClosed, dpo, func(*story) Command { return Erase{} }, FieldReason},
	} {
		t.Run(v.name, func(t *testing.T) {
			s := upTo(t, v.step)
			s.refused(v.by, v.c(s), ErrInvalid, v.field)
		})
	}
}

func TestAFormFilledInOnFactsThatChangedIsRefusedAsStale(t *testing.T) {
	t.Parallel()
	s := upTo(t, StepAssessed)
	forms := []struct {
		by Actor
		c  Command
	}{
		{igLead, s.triaging(1)}, {igLead, s.assessing(1, 1)}, {dpo, s.deciding(Regulator, Notify)}, {dpo, s.times()},
		{dpo, Dismiss{Facts: s.inc.FactsVersion, Reason: "Nobody's data."}},
	}
	s.triage(2)
	for _, f := range forms {
		s.refused(f.by, f.c, ErrStale, "")
	}
	s.do(igLead, AddNote{Text: "A note changes no facts."})
	s.do(dpo, s.deciding(Regulator, Notify))
}

func TestOfTwoDPOsTheSecondIsToldOfTheFirstDecision(t *testing.T) {
	t.Parallel()
	s := upTo(t, StepAssessed)
	first, second := s.deciding(Regulator, Notify), s.deciding(Regulator, DoNotNotify)
	s.do(dpo, first)
	if says := s.refused(deputy, second, ErrStale, ""); !strings.Contains(says, "A decision was recorded while this form was open") {
		t.Errorf("the second is told %q", says)
	}
	if d := s.inc.Latest(Regulator); d.By != dpo.User || d.Verdict != Notify {
		t.Errorf("what stands is %+v", d)
	}
	// The question about the people affected is a separate one.
	s.do(deputy, s.deciding(DataSubjects, DoNotNotify))
	// Having seen the first, the second may supersede it; none is deleted.
	s.do(deputy, s.deciding(Regulator, DoNotNotify))
	if n := len(s.inc.Decisions); n != 3 {
		t.Errorf("%d decisions are kept, want 3", n)
	}
}

func TestADecisionKeepsPersonRoleTimeReasonAndFacts(t *testing.T) {
	t.Parallel()
	s := upTo(t, StepAssessed)
	c := s.deciding(Regulator, DoNotNotify)
	c.Advice = "The ICO helpline agreed."
	s.do(deputy, c)
	want := &Decision{
		Seq: 4, Recipient: Regulator, Verdict: DoNotNotify, Reason: c.Reason, Advice: c.Advice, By: deputy.User, Role: RoleDeputy,
		At: s.now, Facts: 3, Assessment: 3, Against: true, // 3x3 reports
	}
	if d := cmp.Diff(want, s.inc.Standing(Regulator)); d != "" {
		t.Error(d)
	}
	both := Actor{User: "UBOTH", Roles: []Role{RoleDeputy, RoleDPO}}
	if s.do(both, s.deciding(Regulator, Notify)); s.inc.Standing(Regulator).Role != RoleDPO || s.inc.Standing(Regulator).Against {
		t.Errorf("%+v", s.inc.Standing(Regulator))
	}
}

func TestALateDecisionNotToNotifyDemandsReasons(t *testing.T) {
	t.Parallel()
	s := upTo(t, StepAssessed).left(-time.Microsecond)
	c := s.deciding(Regulator, DoNotNotify)
	s.refused(dpo, c, ErrInvalid, FieldDelay)
	c.Delay = "bored"
	s.refused(dpo, c, ErrInvalid, FieldDelay)
	c.Delay = "decider_absent"
	s.refused(dpo, c, ErrInvalid, FieldDelayReason)
	c.DelayReason = "Nobody was on call."
	s.do(dpo, c)
	if e := s.inc.Entry(); !e.Late || e.DelayReasons != "Decision-maker absent: Nobody was on call." {
		t.Errorf("register: late %v, %q", e.Late, e.DelayReasons)
	}

	inTime := upTo(t, StepAssessed).left(0)
	if inTime.decide(Regulator, DoNotNotify); inTime.inc.Late(inTime.now.Add(time.Hour)) {
		t.Error("decided on the deadline is in time")
	}
	approved := upTo(t, StepAssessed).left(-time.Hour)
	approved.decide(Regulator, Notify) // the reasons are asked for with the notice itself
	people := upTo(t, StepAssessed).left(-time.Hour)
	people.decide(DataSubjects, DoNotNotify) // the 72 hours are about the regulator
}

func TestNotTellingPeopleAtHighRiskDemandsAGroundOfArticle34(t *testing.T) {
	t.Parallel()
	s := upTo(t, StepTriaged)
	a := s.assessing(4, 4)
	a.Grading.HighRisk = Yes
	s.do(igLead, a)
	c := s.deciding(DataSubjects, DoNotNotify)
	s.refused(dpo, c, ErrInvalid, FieldGround)
	c.Ground = "measures"
	s.do(dpo, c)
	if d := s.inc.Standing(DataSubjects); d.Ground != "measures" || !d.Against {
		t.Errorf("%+v", d)
	}
	tell := s.deciding(DataSubjects, Notify)
	s.do(dpo, tell)
	low := upTo(t, StepAssessed)
	low.do(dpo, low.deciding(DataSubjects, DoNotNotify)) // no high risk: no ground needed
}

func TestOnlyADecisionInForceToNotifyCanBeRecordedAsSent(t *testing.T) {
	t.Parallel()
	s := upTo(t, StepAssessed)
	for _, to := range []Recipient{Regulator, DataSubjects} {
		s.refused(dpo, s.sending(to), ErrConflict, "")
		s.decide(to, DoNotNotify)
		s.refused(dpo, s.sending(to), ErrConflict, "")
		s.decide(to, NeedMore)
		s.refused(dpo, s.sending(to), ErrConflict, "")
	}
	s.decide(Regulator, Notify).triage(1)
	s.refused(dpo, s.sending(Regulator), ErrConflict, "") // the facts have changed since
	s.decide(Regulator, Notify).send(Regulator)
	if n := s.inc.Sent(Regulator); n.FollowUp || n.By != dpo.User || !n.At.Equal(s.now) {
		t.Errorf("%+v", n)
	}
	// What was sent stays sent. It is followed up, not undone.
	s.refused(dpo, s.deciding(Regulator, DoNotNotify), ErrConflict, "")
	s.refused(dpo, s.deciding(Regulator, NeedMore), ErrConflict, "")
	s.after(time.Hour).triage(2).send(Regulator)
	if n := s.inc.Notifications[1]; !n.FollowUp {
		t.Errorf("%+v", n)
	}
}

func TestResolvingWaitsForTheDecisionsAndTheNotices(t *testing.T) {
	t.Parallel()
	resolve := Resolve{Summary: "It came back.", RootCause: "Old address."}
	s := upTo(t, StepAssessed)
	expect := func(says string) {
		t.Helper()
		if got := s.rules.Unfinished(s.inc); !strings.Contains(got, says) {
			t.Errorf("unfinished: %q, want %q", got, says)
		}
		s.refused(igLead, resolve, ErrConflict, "")
	}
	expect("decision about notifying the ICO is still open")
	s.decide(Regulator, Notify)
	expect("approved, but is not recorded as sent")
	s.send(Regulator)
	expect("telling the people affected is still open")
	s.decide(DataSubjects, Notify)
	expect("not recorded as sent")
	s.send(DataSubjects)
	if got := s.rules.Unfinished(s.inc); got != "" {
		t.Errorf("unfinished: %q", got)
	}
	s.contain().do(igLead, resolve)
}

func TestAnIncidentDecidedAnewSinceItWasResolvedCannotBeClosed(t *testing.T) {
	t.Parallel()
	s := upTo(t, StepDecided).decide(Regulator, DoNotNotify).contain().do(igLead, Resolve{Summary: "x", RootCause: "y"})
	more := s.fork(t).decide(Regulator, NeedMore)
	more.refused(igLead, Close{Reason: "Done."}, ErrConflict, "")
	if !more.inc.Pending() || !more.inc.Clock().Running() {
		t.Error("more facts are asked for: a decision is pending and the clock runs")
	}
	s.decide(Regulator, Notify)
	s.refused(igLead, Close{Reason: "Done."}, ErrConflict, "")
	s.send(Regulator).settle().do(igLead, Close{Reason: "Done."})
}

func TestAnIncidentIsNotClosedWhileMoreWasPromisedToTheRegulator(t *testing.T) {
	t.Parallel()
	s := upTo(t, StepDecided)
	first := s.sending(Regulator)
	first.Complete = false
	s.do(dpo, first).contain().do(igLead, Resolve{Summary: "x", RootCause: "y"})
	if says := s.refused(igLead, Close{Reason: "Done."}, ErrConflict, ""); !strings.Contains(says, "more is to follow") {
		t.Error(says)
	}
	s.send(Regulator).settle().do(igLead, Close{Reason: "Done."})
}

func TestDismissingNeedsAReasonAndStaysInTheRegister(t *testing.T) {
	t.Parallel()
	for _, step := range []Step{StepReported, StepTriaged, StepAssessed, StepDecided} {
		s := upTo(t, step)
		s.do(deputy, Dismiss{Facts: s.inc.FactsVersion, Reason: "Test data only."})
		if e := s.inc.Entry(); e.Step != StepDismissed || e.DismissReason != "Test data only." || e.Clock != ClockNoCase || !e.DismissedAt.Equal(s.now) {
			t.Errorf("from %s: %+v", step, e)
		}
	}
	for _, step := range []Step{StepNotified, StepResolved, StepClosed} {
		s := upTo(t, step)
		s.refused(dpo, Dismiss{Facts: s.inc.FactsVersion, Reason: "Test data only."}, ErrConflict, "")
	}
}

func TestReopeningLeadsBackToWhereItStood(t *testing.T) {
	t.Parallel()
	for _, step := range []Step{StepResolved, StepClosed} {
		if s := upTo(t, step).do(dpo, Reopen{Reason: "New facts."}); s.inc.Step() != StepNotified {
			t.Errorf("from %s back to %s", step, s.inc.Step())
		}
	}
	for _, step := range []Step{StepReported, StepTriaged, StepAssessed, StepDecided} {
		s := upTo(t, step)
		s.do(dpo, Dismiss{Facts: s.inc.FactsVersion, Reason: "x"}).do(dpo, Reopen{Reason: "y"})
		if s.inc.Step() != step {
			t.Errorf("from dismissed back to %s, want %s", s.inc.Step(), step)
		}
	}
}

func TestWhoMayDoWhat(t *testing.T) {
	t.Parallel()
	everyone := map[string]Actor{"dpo": dpo, "deputy": deputy, "ig": igLead, "caldicott": caldicott, "siro": siro, "responder": responder, "reporter": nurse, "board": board, "stranger": stranger}
	handling := []string{"dpo", "deputy", "ig", "caldicott", "siro", "responder"}
	for _, v := range []struct {
		command CommandName
		step    Step
		may     []string
	}{
		{"Report", StepNone, []string{"dpo", "deputy", "ig", "caldicott", "siro", "responder", "reporter", "board", "stranger"}},
		{"CorrectTimes", StepReported, append([]string{"reporter"}, handling...)},
		{"Triage", StepReported, handling},
		{"Assess", StepTriaged, handling},
		{"Decide", StepAssessed, []string{"dpo", "deputy"}},
		{"RecordNotification", StepDecided, handling},
		{"AddNote", StepReported, append([]string{"reporter"}, handling...)},
		{"AssignRole", StepReported, handling},
		{"Resolve", StepNotified, handling},
		{"Close", StepResolved, handling},
		{"Dismiss", StepReported, []string{"dpo", "deputy"}},
		{"Reopen", StepClosed, []string{"dpo", "deputy", "ig", "caldicott"}},
		{"Erase", StepClosed, []string{"dpo", "deputy"}},
	} {
		for name, who := range everyone {
			s := upTo(t, v.step)
			want := slices.Contains(v.may, name)
			if got := s.rules.MayGive(v.command, s.inc, who); got != want {
				t.Errorf("%s by %s: %v, want %v", v.command, name, got, want)
			}
			if want {
				continue
			}
			for _, given := range everyCommand(s) {
				if given.c.Name() == v.command {
					says := s.refused(who, given.c, ErrForbidden, "")
					if strings.Count(says, "(SIRO)") > 1 {
						t.Errorf("a role is named twice: %s", says)
					}
				}
			}
		}
	}
}

func TestTheLeadOfOneIncidentIsNobodyInAnother(t *testing.T) {
	t.Parallel()
	s := reported(t).do(igLead, AssignRole{Role: RoleLead, User: "ULEAD"}).do(igLead, AssignRole{Role: RoleResponder, User: "UHELP"})
	lead, help := Actor{User: "ULEAD"}, Actor{User: "UHELP"}
	other := reported(t)
	for _, who := range []Actor{lead, help} {
		if !who.MayRead(s.inc) || who.MayRead(other.inc) || who.MaySeeRegister() {
			t.Errorf("%s reads this %v, another %v, the register %v", who.User, who.MayRead(s.inc), who.MayRead(other.inc), who.MaySeeRegister())
		}
	}
	if nurse.MayRead(s.inc) || !nurse.MaySeeReport(s.inc) || stranger.MaySeeReport(s.inc) {
		t.Error("the reporter sees their own report and no more; a stranger nothing")
	}
	if board.MayRead(s.inc) || !board.MaySeeRegister() {
		t.Error("the board sees the register")
	}
	if (Actor{}).MayRead(s.inc) {
		t.Error("nobody is somebody")
	}
	before := s.inc.Version
	s.do(igLead, AssignRole{Role: RoleLead, User: "ULEAD"}).do(igLead, AssignRole{Role: RoleResponder, User: "UHELP"})
	if s.inc.Version != before {
		t.Error("assigning a role somebody already has leaves a trace")
	}
	s.do(lead, AssignRole{Role: RoleLead, User: "UNEXT", Note: "End of shift."})
	if s.inc.Lead != "UNEXT" || lead.MayRead(s.inc) {
		t.Error("one lead at a time, handed over")
	}
}

func TestAnIncidentThatEndedTakesNothingButWhatBecomesKnownAndWhatGoesOn(t *testing.T) {
	t.Parallel()
	for _, step := range []Step{StepClosed, StepDismissed, StepDuplicate} {
		start := upTo(t, step, roomAndQuestion)
		for _, given := range everyCommand(start) {
			s := start.fork(t)
			switch given.c.Name() {
			case "AddNote", "AddEvidence", "RecordEdit", "RecordMember", "RecordShared", "GiveHelp", "Reopen", "Erase", "Deliver", "LinkTo", "LinkBack":
				s.do(given.by, given.c)
			case "AddAction": // the review's actions outlive it; nothing else has any
				if step == StepClosed {
					s.do(given.by, given.c)
				}
			default:
				s.refused(given.by, given.c, ErrConflict, "")
			}
		}
	}
}

func TestOnlyBreachbotReportsDeliveries(t *testing.T) {
	t.Parallel()
	s := reported(t)
	s.refused(dpo, Deliver{ChannelOpened{Channel: "C1"}}, ErrForbidden, "")
	s.refused(SystemActor(), Deliver{Noted{Text: "x"}}, ErrForbidden, "")
	s.refused(SystemActor(), Deliver{nil}, ErrForbidden, "")
}

func TestADeliveryReportedTwiceLeavesOneTrace(t *testing.T) {
	t.Parallel()
	s := upTo(t, StepAssessed).left(10 * time.Hour).work()
	stall := DeliveryStalled{Task: "topic:1", Code: "internal_error", Attempts: 5}
	s.system(stall)
	n := len(s.records)
	for _, r := range slices.Clone(s.records) {
		switch r.Event.(type) {
		case ChannelOpened, Invited, CardPosted, MessagePosted, Nudged, DeliveryStalled:
			s.system(r.Event)
		}
	}
	s.system(ChannelRefused{Code: "restricted_action"})
	if len(s.records) != n {
		t.Errorf("%d events more: %T", len(s.records)-n, s.last())
	}
	s.system(DeliveryRecovered{Task: "topic:1"}).system(DeliveryRecovered{Task: "topic:1"}).system(DeliveryDropped{Task: "topic:1"})
	if len(s.records) != n+1 || len(s.inc.Stalls) != 0 {
		t.Errorf("%d events more, stalls %v", len(s.records)-n, s.inc.Stalls)
	}
	s.system(stall).system(DeliveryDropped{Task: "topic:1"}).system(DeliveryDropped{Task: "topic:1"})
	if len(s.records) != n+3 || len(s.inc.Stalls) != 0 {
		t.Errorf("%d events more, stalls %v", len(s.records)-n, s.inc.Stalls)
	}
}

func TestErasingKeepsTheRegisterLineWithoutWords(t *testing.T) {
	t.Parallel()
	const secret = "SECRET"
	c := SubmitReport{Report: aReport()}
	c.Report.Title, c.Report.What, c.Report.Actions = secret, secret, secret
	s := newStory(t).do(nurse, c)
	for _, word := range []string{secret + " at first", secret} {
		now := amendment(s)
		now.Report.Title, now.Report.What, now.Report.Actions = word, word, word
		now.Files = []Attachment{{ID: "F" + itoa(len(word)), Type: "image/png"}}
		s.do(nurse, now)
	}
	s.do(nurse, AskDPO{Question: secret})
	s.do(dpo, GiveHelp{Request: s.inc.Version, Text: secret})
	tm := s.times()
	tm.Aware, tm.AwareReason, tm.Reason = friday.Add(time.Minute), secret, secret
	s.do(dpo, tm)
	tr := s.triaging(2)
	tr.Reason = secret
	s.do(igLead, tr)
	as := s.assessing(3, 3)
	as.Grading.Evidence, as.Consequences, as.Why = secret, secret, secret
	s.do(igLead, as).do(igLead, AddNote{Text: secret}).do(igLead, AssignRole{Role: RoleLead, User: "ULEAD", Note: secret})
	s.at(s.inc.Clock().Deadline.Add(time.Hour)).work()
	for _, to := range []Recipient{Regulator, DataSubjects} {
		d := s.deciding(to, DoNotNotify)
		d.Reason, d.Advice, d.Delay, d.DelayReason = secret, secret, "other", secret
		s.do(dpo, d)
		d = s.deciding(to, Notify)
		d.Reason, d.Advice = secret, secret
		s.do(dpo, d)
		n := s.sending(to)
		n.Reference, n.Delay, n.DelayReason = secret, "other", secret
		s.do(dpo, n)
	}
	s.contain().do(igLead, Resolve{Summary: secret, RootCause: secret}).settle().do(igLead, Close{Reason: secret}).do(dpo, Reopen{Reason: secret})
	s.contain().do(igLead, Resolve{Summary: secret, RootCause: secret}).settle().do(igLead, Close{Reason: secret}).work()
	before, entry := s.fork(t).inc, s.inc.Entry()
	s.after(time.Hour).do(dpo, Erase{Reason: "Retention period over."})
	payload, err := Encode(s.last())
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(payload), secret) {
		t.Errorf("words survive erasing: %s", payload)
	}
	// The store takes the earlier payloads away; the incident is the same.
	bare := slices.Clone(s.records)
	for n := range len(bare) - 1 {
		bare[n].Event = nil
	}
	if d := cmp.Diff(s.inc, Replay(bare)); d != "" {
		t.Errorf("replayed without the erased payloads: %s", d)
	}
	i := s.inc
	if i.Reporter != before.Reporter || len(i.Decisions) != 7 || i.Decisions[0].By != dpo.User || i.Decisions[0].Delay != "other" ||
		!i.Sent(Regulator).SentAt.Equal(before.Sent(Regulator).SentAt) || i.Facts.Category != before.Facts.Category || !i.Erased.Equal(s.now) {
		t.Errorf("what may be kept is gone: %+v", i)
	}
	after := i.Entry()
	if after.Step != entry.Step || after.Deadline != entry.Deadline || after.Late != entry.Late || after.Regulator.Verdict != entry.Regulator.Verdict || after.DelayReasons != "Other" {
		t.Errorf("the register line changed: %+v", after)
	}
	if !strings.Contains(i.Title(), "erased") {
		t.Errorf("it is called %q", i.Title())
	}
	// Cards still show the words: they are written again. Nothing is announced.
	kinds := map[TaskKind]int{}
	for _, task := range s.plan() {
		if !s.done[task.Key] {
			kinds[task.Kind]++
		}
	}
	if kinds[KindCardRefresh] != 1 || kinds[KindAskRefresh] != 3 || kinds[KindSay] != 0 {
		t.Errorf("owed after erasing: %v", s.owed())
	}
	for _, given := range everyCommand(s) {
		if n := given.c.Name(); n != "AddNote" && n != "Deliver" && n != "Report" {
			if says := s.refused(given.by, given.c, ErrConflict, ""); !strings.Contains(says, "erased") {
				t.Errorf("%s: %s", n, says)
			}
		}
	}
}

func TestAnIncidentHandedOutEarlierDoesNotChange(t *testing.T) {
	t.Parallel()
	s := newStory(t)
	type kept struct {
		shallow Incident
		deep    *Incident
	}
	var all []kept
	keep := func() { all = append(all, kept{*s.inc, Replay(s.records)}) }
	s.do(nurse, SubmitReport{Report: aReport()})
	keep()
	for _, step := range []func(){
		func() { s.work() }, func() { s.triage(1) }, func() { s.assess(3, 3) }, func() { s.left(10 * time.Hour).work() },
		func() {
			c := s.times()
			c.Aware = friday.Add(20 * time.Hour)
			s.do(dpo, c) // later: milestones are unsaid
		},
		func() { s.do(igLead, AddNote{Text: "x"}).do(igLead, AssignRole{Role: RoleResponder, User: "U9"}) },
		func() { s.system(Invited{Principal: "S1", Refused: map[UserID]string{"U8": "user_is_restricted"}}) },
		func() { s.system(DeliveryStalled{Task: "topic:1"}).system(DeliveryRecovered{Task: "topic:1"}) },
		func() { s.decide(Regulator, Notify).decide(DataSubjects, Notify).work() },
		func() { s.send(Regulator).send(DataSubjects).work() },
		func() {
			s.contain().do(igLead, Resolve{Summary: "x", RootCause: "y"}).settle().do(igLead, Close{Reason: "z"}).work()
		},
		func() { s.do(dpo, Erase{Reason: "x"}).do(igLead, AddNote{Text: "y"}) },
	} {
		step()
		keep()
	}
	for n, k := range all {
		if d := cmp.Diff(k.deep, &k.shallow); d != "" {
			t.Errorf("the incident handed out after step %d changed since: %s", n, d)
		}
	}
}

func TestTwoContinuationsOfOneIncidentDoNotMix(t *testing.T) {
	t.Parallel()
	s := upTo(t, StepAssessed)
	for range 3 { // leave room in every slice
		s.do(igLead, AddNote{Text: "x"}).do(igLead, AssignRole{Role: RoleResponder, User: UserID("U" + itoa(s.inc.Version))})
		s.assess(2, 2).decide(Regulator, Notify).send(Regulator)
	}
	i := s.inc.Version + 1
	record := func(text string, e Event) Record {
		return Record{Incident: ref, Seq: i, At: s.now, Actor: UserID(text), Event: e}
	}
	for _, e := range []Event{Noted{}, Assessed{}, Decided{}, Notified{}, RoleAssigned{Role: RoleResponder, User: "UNEW"}, Triaged{}} {
		one, two := *s.inc, *s.inc
		one.Apply(record("UONE", e))
		want := one
		want.Notes, want.Assessments, want.Decisions = slices.Clone(one.Notes), slices.Clone(one.Assessments), slices.Clone(one.Decisions)
		want.Notifications, want.Responders, want.Loud = slices.Clone(one.Notifications), slices.Clone(one.Responders), slices.Clone(one.Loud)
		if _, ok := e.(RoleAssigned); ok {
			e = RoleAssigned{Role: RoleResponder, User: "UOTHER"}
		}
		two.Apply(record("UTWO", e))
		if d := cmp.Diff(want, one); d != "" {
			t.Errorf("%s: %s", e.Kind(), d)
		}
	}
}

func TestApprovingAFollowUpAfterTheDeadlineIsNotLate(t *testing.T) {
	t.Parallel()
	s := upTo(t, StepNotified).left(-100 * time.Hour)
	s.triage(2).decide(Regulator, Notify)
	if d := s.inc.Standing(Regulator); d.Late {
		t.Errorf("the notice was sent in time: %+v", d)
	}
	if s.send(Regulator); s.inc.Notifications[1].Late {
		t.Error("a follow-up is not late")
	}
}
