package workflow_test

import (
	"slices"
	"testing"
	"time"

	. "breachbot/workflow"
)

const (
	team        = "S0TEAM"
	late UserID = "U0LATE" // of the team, and never written to along with the others
)

// teamwork is an incident without a channel in which one team has every role.
func teamwork(t *testing.T) *story {
	s := newStory(t)
	s.rules.Roster = map[Role][]Principal{}
	for _, role := range []Role{RoleDPO, RoleIGLead, RoleCaldicott, RoleSIRO, RoleResponder} {
		s.rules.Roster[role] = []Principal{team}
	}
	s.do(nurse, SubmitReport{Report: aReport()})
	return s.system(ChannelRefused{Code: "restricted_action"})
}

func (s *story) owedTo(key TaskKey) (Task, bool) {
	n := slices.IndexFunc(s.plan(), func(t Task) bool { return t.Key == key })
	if n < 0 {
		return Task{}, false
	}
	return s.plan()[n], true
}

// Whatever a group is sent, each person of it is sent: whoever could not be written to
// with the others is owed it alone, and then no more.
func TestEveryMessageToAGroupIsOwedToEachPersonOfIt(t *testing.T) {
	t.Parallel()
	s := teamwork(t)
	seen := map[TaskKind]bool{}
	work := func() {
		for range 200 {
			n := slices.IndexFunc(s.plan(), func(t Task) bool { return t.Kind != KindChannel && !s.done[t.Key] && !t.Due.After(s.now) })
			if n < 0 {
				return
			}
			of := s.plan()[n]
			if of.Target != team || !of.Kind.Recorded() {
				s.deliver(of)
				continue
			}
			seen[of.Kind] = true
			s.system(s.reaching(of, Reach{To: []UserID{"U0HAS"}, Owed: map[UserID]string{late: "timeout"}}))
			person, owed := s.owedTo(Subject{Kind: KindPerson, To: Target(late), Asked: of.Key}.Key())
			if !owed {
				t.Errorf("%s: one of the group was not sent it, and never will be", of.Key)
				continue
			}
			if m := person.Message(); m.Key != of.Key || m.Kind != of.Kind || m.About != of.About || m.Milestone != of.Milestone || !m.Deadline.Equal(of.Deadline) || person.Due.After(s.now) {
				t.Errorf("%s: the person is owed %+v, the group was sent %+v", of.Key, person, of)
			}
			s.deliver(person)
			if len(s.inc.Owed) != 0 {
				t.Errorf("%s: still owed after it was sent: %v", of.Key, s.inc.Owed)
			}
		}
		t.Fatal("it never ends")
	}
	for _, step := range []func(){
		func() {},
		func() { s.after(3 * time.Hour) },
		func() { s.do(nurse, AskDPO{Question: "May I tell my manager?"}) },
		func() { s.triage(3) },
		func() { s.triage(1) },
		func() { s.after(26 * time.Hour) },
		func() { s.assess(3, 3) },
		func() { s.left(time.Hour) },
		func() { s.decide(Regulator, Notify) },
		func() { c := s.sending(Regulator); c.Complete = false; s.do(dpo, c) },
		func() { s.after(30 * 24 * time.Hour) },
	} {
		step()
		work()
	}
	for _, kind := range []TaskKind{KindAlert, KindUntaken, KindAsk, KindNews, KindQuestion, KindSay, KindRemind, KindFollowUp, KindNudge} {
		if !seen[kind] {
			t.Errorf("the group was sent nothing of kind %s", kind)
		}
	}
}

// Somebody who cannot be written to is named until they can be, and is not tried again
// for the same message.
func TestWhoCannotBeWrittenToIsRecordedAndStandsInNobodysWay(t *testing.T) {
	t.Parallel()
	s := teamwork(t)
	alert, _ := s.owedTo("alert:" + team)
	card := s.inc.CardSeq
	s.system(s.reaching(alert, Reach{To: []UserID{"U0HAS"}, Never: map[UserID]string{late: "user_disabled"}}))
	if got := s.inc.Unreached[late]; got != "user_disabled" || s.inc.CardSeq == card {
		t.Errorf("the card says %q, drawn again: %v", got, s.inc.CardSeq != card)
	}
	if n := slices.IndexFunc(s.plan(), func(t Task) bool { return t.Kind == KindPerson }); n >= 0 {
		t.Errorf("tried again: %+v", s.plan()[n])
	}
	s.triage(3).assess(3, 3)
	ask, _ := s.owedTo(Subject{Kind: KindAsk, About: s.inc.Asking, To: team}.Key())
	s.system(s.reaching(ask, Reach{To: []UserID{"U0HAS", late}}))
	if len(s.inc.Unreached) != 0 {
		t.Errorf("written to, and still said to be out of reach: %v", s.inc.Unreached)
	}
}

// A request that reached nobody at all is said in the channel, as one that fails.
func TestARequestThatNobodyCanBeSentIsSaidInTheChannel(t *testing.T) {
	t.Parallel()
	s := opened(t).triage(3).assess(3, 3)
	for _, who := range []Target{"UDPO", "UDEPUTY"} {
		ask := Subject{Kind: KindAsk, About: s.inc.Asking, To: who}.Key()
		s.system(MessagePosted{Task: ask, Shows: s.inc.Version, Target: who, Reach: Reach{Never: map[UserID]string{UserID(who): "user_disabled"}}})
	}
	if _, said := s.owedTo(Subject{Kind: KindNews, News: NewsUnreached, About: s.inc.Asking, To: InChannel}.Key()); !said {
		t.Errorf("nobody says so: %v", s.owed())
	}
}
