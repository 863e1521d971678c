package workflow_test

import (
	"errors"
	"testing"
	"time"

	. "breachbot/workflow"

	"github.com/google/go-cmp/cmp"
)

// both answers the law's two questions in one act.
func (s *story) both(regulator, people Verdict) Decisions {
	c := Decisions{Facts: s.inc.FactsVersion, Answers: []Decide{s.deciding(Regulator, regulator), s.deciding(DataSubjects, people)}}
	c.Answers[1].Reason = "They may meet the recipient."
	return c
}

func assessedStory(t *testing.T) *story { return reported(t).triage(3).assess(3, 3).after(time.Hour) }

func TestBothQuestionsAndAwarenessAreAnsweredInOneAct(t *testing.T) {
	t.Parallel()
	s := assessedStory(t)
	c := s.both(Notify, DoNotNotify)
	c.From, c.Aware, c.AwareReason = ReadingOther, friday.Add(2*time.Minute), "The ward manager confirmed it."
	s.do(dpo, c)
	regulator, people := s.inc.Standing(Regulator), s.inc.Standing(DataSubjects)
	if regulator == nil || regulator.Verdict != Notify || people == nil || people.Verdict != DoNotNotify {
		t.Fatalf("decided %+v and %+v", regulator, people)
	}
	if regulator.Reason != "The letter holds a diagnosis." || people.Reason != "They may meet the recipient." || people.Role != RoleDPO || people.By != dpo.User {
		t.Errorf("kept %+v and %+v", regulator, people)
	}
	want := Awareness{At: friday.Add(2 * time.Minute), By: dpo.User, Reason: "The ward manager confirmed it.", SetAt: s.now}
	if diff := cmp.Diff(want, s.inc.Times.Aware); diff != "" {
		t.Error(diff)
	}
	if len(s.inc.Undecided()) != 0 {
		t.Errorf("still open: %v", s.inc.Undecided())
	}
	// The journal holds what it would hold had they been given one after the other.
	single := assessedStory(t)
	times := single.times()
	times.Aware, times.AwareReason, times.Reason = c.Aware, c.AwareReason, c.AwareReason
	single.do(dpo, times)
	single.do(dpo, single.deciding(Regulator, Notify))
	last := single.deciding(DataSubjects, DoNotNotify)
	last.Reason = "They may meet the recipient."
	single.do(dpo, last)
	if diff := cmp.Diff(single.records, s.records); diff != "" {
		t.Errorf("one after the other (-) and in one act (+):\n%s", diff)
	}
}

func TestOneRefusedAnswerLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	later := func(c *Decisions, d Decide) { c.Answers[1] = d }
	for name, v := range map[string]struct {
		edit  func(*story, *Decisions)
		kind  error
		field Field
	}{
		"no reason about the regulator": {func(_ *story, c *Decisions) { c.Answers[0].Reason = " " }, ErrInvalid, FieldReason},
		"no reason about the people":    {func(_ *story, c *Decisions) { c.Answers[1].Reason = "" }, ErrInvalid, FieldPeopleReason},
		"no such verdict on the people": {func(_ *story, c *Decisions) { c.Answers[1].Verdict = "perhaps" }, ErrConflict, FieldPeople},
		"nothing at all":                {func(_ *story, c *Decisions) { c.Answers = nil }, ErrInvalid, FieldRegulator},
		"the same question twice":       {func(s *story, c *Decisions) { later(c, c.Answers[0]) }, ErrConflict, ""},
		"another recipient":             {func(s *story, c *Decisions) { later(c, s.deciding(Police, Notify)) }, ErrConflict, ""},
		"facts that have changed":       {func(_ *story, c *Decisions) { c.Facts-- }, ErrStale, ""},
		"a decision not seen":           {func(s *story, c *Decisions) { s.decide(DataSubjects, Notify) }, ErrStale, ""},
		"aware at a time not given":     {func(_ *story, c *Decisions) { c.From = ReadingOther }, ErrInvalid, FieldAware},
		"aware in the future":           {func(s *story, c *Decisions) { c.From, c.Aware, c.AwareReason = ReadingOther, s.now.Add(time.Hour), "x" }, ErrInvalid, FieldAware},
		"aware for no reason":           {func(s *story, c *Decisions) { c.From, c.Aware = ReadingOther, friday }, ErrInvalid, FieldAwareReason},
		"aware before anybody noticed": {func(s *story, c *Decisions) {
			c.From, c.Aware, c.AwareReason = ReadingOther, friday.Add(-time.Hour), "x"
		}, ErrInvalid, FieldOrder},
		"aware when no processor told":   {func(_ *story, c *Decisions) { c.From = ReadingProcessor }, ErrInvalid, FieldAware},
		"a reading that there is not":    {func(_ *story, c *Decisions) { c.From = "dreamt" }, ErrInvalid, FieldAwareFrom},
		"high risk, not told, no ground": {func(s *story, c *Decisions) { s.now = s.now.Add(time.Hour) }, ErrInvalid, FieldGround},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := reported(t).triage(3)
			a := s.assessing(3, 3)
			a.Grading.HighRisk = Yes
			s.do(igLead, a).after(time.Hour)
			c := s.both(Notify, DoNotNotify)
			v.edit(s, &c)
			if name != "high risk, not told, no ground" && len(c.Answers) > 1 {
				c.Answers[1].Ground = "measures"
			}
			s.refused(dpo, c, v.kind, v.field)
		})
	}
}

func TestOnlyWhoMayDecideAnswersBoth(t *testing.T) {
	t.Parallel()
	s := assessedStory(t)
	for _, by := range []Actor{igLead, responder, nurse, stranger} {
		s.refused(by, s.both(Notify, Notify), ErrForbidden, "")
	}
	own := newStory(t).do(dpo, SubmitReport{Report: aReport()}).triage(3).assess(3, 3)
	own.refused(dpo, own.both(Notify, Notify), ErrForbidden, "")
	own.do(deputy, own.both(Notify, Notify))
}

// A decision is in time or late by the awareness that is given with it.
func TestTheAwarenessGivenWithADecisionCountsForIt(t *testing.T) {
	t.Parallel()
	s := assessedStory(t)
	s.at(s.inc.Clock().Deadline.Add(time.Minute))
	c := s.both(DoNotNotify, DoNotNotify)
	s.refused(dpo, c, ErrInvalid, FieldDelay)
	c.From, c.Aware, c.AwareReason = ReadingOther, friday.Add(time.Hour), "Only then was it certain."
	s.do(dpo, c)
	if d := s.inc.Latest(Regulator); d.Late {
		t.Error("in time by the awareness that was given, and called late")
	}
	// And the other way: an earlier awareness makes it late, and asks why.
	early := assessedStory(t)
	early.do(dpo, func() CorrectTimes { c := early.times(); c.Aware = friday.Add(30 * time.Minute); return c }())
	early.at(friday.Add(72*time.Hour + 10*time.Minute))
	c = early.both(DoNotNotify, DoNotNotify)
	c.From = ReadingNoticed
	early.refused(dpo, c, ErrInvalid, FieldDelay)
	c.Answers[0].Delay, c.Answers[0].DelayReason = DelayReasons[0].Value, "Nobody was on call."
	early.do(dpo, c)
	if d := early.inc.Latest(Regulator); !d.Late || d.DelayReason != "Nobody was on call." {
		t.Errorf("kept %+v", d)
	}
}

// Confirming what the clock counts from already takes one press: the reading says why.
func TestAReadingIsItsOwnReason(t *testing.T) {
	t.Parallel()
	s := assessedStory(t).do(dpo, Decisions{Facts: assessedStory(t).inc.FactsVersion, From: ReadingNoticed})
	if a := s.inc.Times.Aware; !a.At.Equal(friday) || a.Reason != "When it was noticed." || a.By != dpo.User {
		t.Errorf("kept %+v", a)
	}
	if c := s.inc.Clock(); c.Provisional() || !c.Deadline.Equal(friday.Add(NotificationPeriod)) {
		t.Errorf("the clock is %+v", c)
	}
	before := len(s.records)
	s.do(dpo, Decisions{Facts: s.inc.FactsVersion, From: ReadingNoticed, Answers: []Decide{s.deciding(Regulator, Notify)}})
	if got := len(s.records) - before; got != 1 {
		t.Errorf("confirmed again, it was recorded again: %d events", got)
	}
}

// Two people who answer at the same moment: the second is told, and nothing of theirs
// is kept, though they agree on one question.
func TestOfTwoWhoAnswerBothTheSecondLeavesNothing(t *testing.T) {
	t.Parallel()
	service, _ := newService()
	do := func(key CommandKey, c Command, by Actor) (*Incident, error) {
		r, err := service.Do(t.Context(), ref, key, c, by)
		return r.Incident, err
	}
	inc := must[Receipt](t)(service.Report(t.Context(), "r", SubmitReport{aReport()}, nurse)).Incident
	inc, err := do("a", Assess{Facts: inc.FactsVersion, Grading: Grading{Cell: Cell{3, 3}, Vulnerable: No, HighRisk: No}, Why: "The recipient is known."}, igLead)
	if err != nil {
		t.Fatal(err)
	}
	answer := func(people Verdict) Decisions {
		return Decisions{Facts: inc.FactsVersion, Answers: []Decide{
			{Recipient: Regulator, Verdict: Notify, Reason: "x"}, {Recipient: DataSubjects, Verdict: people, Reason: "y"}}}
	}
	first, err := do("first", answer(Notify), dpo)
	if err != nil || len(first.Decisions) != 2 {
		t.Fatalf("%v, %+v", err, first)
	}
	if _, err := do("second", answer(DoNotNotify), deputy); !errors.Is(err, ErrStale) {
		t.Errorf("the second is told %v", err)
	}
	again, err := do("first", answer(Notify), dpo) // the same form, sent twice
	if err != nil || len(again.Decisions) != 2 {
		t.Errorf("sent twice: %v, %+v", err, again)
	}
}
