package workflow_test

import (
	"strings"
	"testing"
	"time"

	. "breachbot/workflow"
)

// asked is an incident the clerk was asked about.
func asked(t testing.TB, due ...time.Time) *story {
	s := room(t).work()
	c := AskHelp{User: clerk.User, Question: "Which printer was it?"}
	if len(due) > 0 {
		c.Due = due[0]
	}
	return s.do(igLead, c)
}

// helpSaid counts the messages of a kind so far.
func (s *story) helpSaid(kind TaskKind) int {
	n := 0
	for _, task := range s.said {
		if task.Kind == kind {
			n++
		}
	}
	return n
}

func TestSomebodyWhoWasAskedIsRemindedOnceADayUntilTheyAnswer(t *testing.T) {
	t.Parallel()
	s := asked(t).work()
	if got := s.helpSaid(KindHelp); got != 1 {
		t.Fatalf("asked %d times", got)
	}
	s.after(23 * time.Hour).work()
	if got := s.helpSaid(KindHelp); got != 1 {
		t.Errorf("reminded after 23 hours: %d messages", got)
	}
	s.after(time.Hour).work().after(24 * time.Hour).work()
	if got := s.helpSaid(KindHelp); got != 3 {
		t.Errorf("after two days: %d messages, want 3", got)
	}
	s.after(72 * time.Hour).work() // nothing went out for three days
	if got := s.helpSaid(KindHelp); got != 4 {
		t.Errorf("after a silence of three days: %d messages, want one more", got)
	}
	s.do(clerk, GiveHelp{Request: openRequest(s), Text: "The one in the corridor."}).work()
	if got := s.owed(KindHelp); len(got) != 0 || s.helpSaid(KindHelped) != 1 {
		t.Errorf("answered: owed %v, told the asker %d times", got, s.helpSaid(KindHelped))
	}
	if h := s.inc.Helps[0]; h.Open() || h.Answer != "The one in the corridor." {
		t.Errorf("%+v", h)
	}
}

func TestRemindersEndAWeekAfterTheAnswerWasWanted(t *testing.T) {
	t.Parallel()
	for days, due := range map[int][]time.Time{7: nil, 10: {friday.Add(10*time.Minute + 72*time.Hour)}} {
		s := asked(t, due...)
		for range 30 {
			s.work().after(24 * time.Hour)
		}
		if got := s.helpSaid(KindHelp); got != days+1 {
			t.Errorf("due %v: %d messages, want %d", due, got, days+1)
		}
	}
}

func TestNobodyIsRemindedOfAFinishedIncident(t *testing.T) {
	t.Parallel()
	s := upTo(t, StepClosed, roomAndQuestion)
	if got := s.owed(KindHelp); len(got) != 0 {
		t.Errorf("owed: %v", got)
	}
	s.do(clerk, GiveHelp{Request: openRequest(s), Text: "I have just come back from leave."})
}

func TestOnlyWhoWasAskedMayAnswerAndSeesNothingElse(t *testing.T) {
	t.Parallel()
	s := asked(t)
	answer := GiveHelp{Request: openRequest(s), Text: "The one in the corridor."}
	s.refused(stranger, answer, ErrForbidden, "")
	s.refused(dpo, answer, ErrForbidden, "")
	s.refused(clerk, GiveHelp{Request: 1, Text: "x"}, ErrForbidden, "")
	s.refused(clerk, GiveHelp{Request: answer.Request}, ErrInvalid, FieldAnswer)
	if clerk.MayRead(s.inc) || clerk.MaySeeReport(s.inc) {
		t.Error("being asked opens the incident")
	}
	if clerk.Asked(s.inc, answer.Request) == nil || stranger.Asked(s.inc, answer.Request) != nil {
		t.Error("the question is for the one who was asked")
	}
	s.do(clerk, answer).refused(clerk, answer, ErrConflict, "")
}

func TestWhatMayBeAsked(t *testing.T) {
	t.Parallel()
	s := asked(t)
	s.refused(igLead, AskHelp{Question: "Who?"}, ErrInvalid, FieldUser)
	s.refused(igLead, AskHelp{User: igLead.User, Question: "Who?"}, ErrInvalid, FieldUser)
	s.refused(igLead, AskHelp{User: "UCLERK"}, ErrInvalid, FieldQuestion)
	s.refused(igLead, AskHelp{User: "UCLERK", Question: " Which printer was it? "}, ErrInvalid, FieldQuestion)
	s.refused(igLead, AskHelp{User: "UCLERK", Question: strings.Repeat("x", MaxText+1)}, ErrInvalid, FieldQuestion)
	s.refused(igLead, AskHelp{User: "UCLERK", Question: "By when?", Due: s.now}, ErrInvalid, FieldDue)
	s.refused(nurse, AskHelp{User: "UCLERK", Question: "Why?"}, ErrForbidden, "")
	s.do(igLead, AskHelp{User: "UNURSE", Question: "Which printer was it?"})
}
