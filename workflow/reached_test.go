package workflow_test

import (
	"slices"
	"testing"
	"time"

	. "breachbot/workflow"
)

func (s *story) absent() []Principal {
	out := s.rules.Absent(s.inc)
	slices.Sort(out)
	return out
}

// Reached is who is in the channel. Everybody else who must act is told in person: those
// who could not be invited, those who left, and everybody while it cannot be written to.
func TestWhoIsReachedByTheChannel(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		happens func(*story)
		want    []Principal
	}{
		"all are in it": {func(*story) {}, nil},
		"one was refused": {func(s *story) {
			s.system(Invited{Principal: "UDPO", Refused: map[UserID]string{"UDPO": "user_is_restricted"}})
		}, nil}, // known already
		"one left":                          {func(s *story) { s.moved("UDPO", false) }, []Principal{"UDPO"}},
		"one left and came back":            {func(s *story) { s.moved("UDPO", false); s.after(time.Minute); s.moved("UDPO", true) }, nil},
		"somebody left who need not act":    {func(s *story) { s.moved("UCALDICOTT", false) }, nil},
		"the channel is archived":           {func(s *story) { s.system(DeliveryStalled{Task: "say:9:channel", Code: "is_archived", Attempts: 1}) }, []Principal{"UDPO", "UIGLEAD"}},
		"a message there cannot be redrawn": {func(s *story) { s.system(DeliveryStalled{Task: "card:9", Code: "http_503", Attempts: 5}) }, nil},
		"a lead is given who cannot be invited": {func(s *story) {
			s.do(igLead, AssignRole{Role: RoleLead, User: "ULEAD"})
			s.system(DeliveryStalled{Task: "invite:ULEAD", Code: "missing_scope", Attempts: 1})
		}, []Principal{"ULEAD"}},
	} {
		s := opened(t)
		c.happens(s)
		if got := s.absent(); !slices.Equal(got, c.want) {
			t.Errorf("%s: told in person: %v, want %v", name, got, c.want)
		}
	}
}

func (s *story) moved(who UserID, joined bool) {
	s.t.Helper()
	s.do(SystemActor(), RecordMember{User: who, At: s.now, Joined: joined})
}

func TestInvitationsRefusedForGoodLeaveNobodyUntold(t *testing.T) {
	t.Parallel()
	s := invitedNot(t, map[Principal]string{"UIGLEAD": "restricted_action", "UDPO": "unknown_method"})
	if got := s.absent(); !slices.Equal(got, []Principal{"UDPO", "UIGLEAD"}) {
		t.Fatalf("told in person: %v", got)
	}
	s.do(responder, AssignRole{Role: RoleLead, User: "URESPONDER"}).work()
	for _, who := range []Target{"UDPO", "UIGLEAD", InChannel} {
		if n := s.countSaid(KindSay, who); n != 1 {
			t.Errorf("%s was told of the lead %d times", who, n)
		}
	}
	s.left(47 * hour).work()
	for _, who := range []Target{"UDPO", "UIGLEAD", InChannel} {
		if n := s.countSaid(KindNudge, who); n != 1 {
			t.Errorf("%s was reminded of the deadline %d times", who, n)
		}
	}
}

// invitedNot is an incident to whose channel some people cannot be invited.
func invitedNot(t *testing.T, refuse map[Principal]string) *story {
	s := reported(t)
	for {
		n := slices.IndexFunc(s.plan(), func(task Task) bool {
			return !s.done[task.Key] && !task.Due.After(s.now) && !(task.Kind == KindInvite && refuse[task.Target.Principal()] != "")
		})
		if n < 0 {
			break
		}
		s.deliver(s.plan()[n])
	}
	for _, who := range []Principal{"UIGLEAD", "UDPO"} {
		s.system(DeliveryStalled{Task: Subject{Kind: KindInvite, To: Target(who)}.Key(), Code: refuse[who], Attempts: 1})
		s.done[Subject{Kind: KindInvite, To: Target(who)}.Key()] = true
	}
	return s.work()
}

func (s *story) countSaid(kind TaskKind, to Target) int {
	n := 0
	for _, t := range s.said {
		if t.Kind == kind && t.Target == to {
			n++
		}
	}
	return n
}
