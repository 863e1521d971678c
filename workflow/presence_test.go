package workflow_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	. "breachbot/workflow"

	"github.com/google/go-cmp/cmp"
)

func (s *story) joined(u UserID, after time.Duration, why ...Outsider) *story {
	s.t.Helper()
	return s.do(SystemActor(), RecordMember{User: u, At: friday.Add(after), Joined: true, Why: first(why)})
}

func (s *story) leaves(u UserID, after time.Duration) *story {
	s.t.Helper()
	return s.do(SystemActor(), RecordMember{User: u, At: friday.Add(after)})
}

// first is the first of the optional values, if any.
func first(why []Outsider) Outsider {
	if len(why) == 0 {
		return ""
	}
	return why[0]
}

func TestWhoWasInTheChannelWhen(t *testing.T) {
	t.Parallel()
	at := func(d time.Duration) time.Time { return friday.Add(d) }
	want := []Presence{
		{User: "U0", Until: at(time.Minute)}, // was there before breachbot could tell
		{User: "U1", From: at(time.Hour), Until: at(2 * time.Hour)},
		{User: "U2", From: at(90 * time.Minute)},
		{User: "U1", From: at(3 * time.Hour)},
	}
	inOrder := room(t).leaves("U0", time.Minute).joined("U1", time.Hour).joined("U2", 90*time.Minute).leaves("U1", 2*time.Hour).joined("U1", 3*time.Hour)
	mixed := room(t).joined("U1", 3*time.Hour).leaves("U1", 2*time.Hour).joined("U1", time.Hour).joined("U2", 90*time.Minute).leaves("U0", time.Minute)
	mixed.joined("U1", time.Hour).leaves("U1", 2*time.Hour) // told twice
	for name, s := range map[string]*story{"in order": inOrder, "mixed": mixed} {
		if d := cmp.Diff(want, s.inc.Presence()); d != "" {
			t.Errorf("%s: %s", name, d)
		}
		if got, want := len(s.inc.Moves), 5; got != want {
			t.Errorf("%s: %d moves, want %d", name, got, want)
		}
	}
	inOrder.refused(dpo, RecordMember{User: "U9", At: friday, Joined: true}, ErrForbidden, "")
	inOrder.refused(dpo, RecordShared{Team: "T1", At: friday}, ErrForbidden, "")
}

func TestAGuestInTheChannelRaisesAnAlarm(t *testing.T) {
	t.Parallel()
	s := room(t).work()
	before := len(s.said)
	s.joined("UGUEST", time.Hour, OutsiderGuest).at(friday.Add(time.Hour)).work()
	var told []string
	for _, task := range s.said[before:] {
		if task.Kind == KindSay {
			told = append(told, string(task.Target))
		}
	}
	slices.Sort(told)
	if got, want := strings.Join(told, " "), "UDPO UIGLEAD channel"; got != want {
		t.Errorf("told were %s, want %s", got, want)
	}
	if got := s.inc.Exposed(); len(got) != 1 || got[0].User != "UGUEST" || got[0].Why != OutsiderGuest {
		t.Errorf("the card warns of %+v", got)
	}
	s.leaves("UGUEST", 2*time.Hour)
	if got := s.inc.Exposed(); len(got) != 0 || s.inc.CardSeq != s.inc.Version {
		t.Errorf("gone, and the card warns of %+v (refreshed at %d of %d)", got, s.inc.CardSeq, s.inc.Version)
	}
	if len(s.inc.Alarms) != 1 {
		t.Error("the alarm left the record")
	}
}

func TestASharedChannelRaisesAnAlarmForGood(t *testing.T) {
	t.Parallel()
	s := room(t).work()
	share := RecordShared{Team: "T0OTHER", At: friday.Add(time.Hour)}
	s.do(SystemActor(), share)
	events := len(s.records)
	s.do(SystemActor(), share)
	if len(s.records) != events {
		t.Error("told twice, kept twice")
	}
	if got := s.inc.Exposed(); len(got) != 1 || got[0].Team != "T0OTHER" || got[0].Why != OutsiderShared {
		t.Errorf("the card warns of %+v", got)
	}
	if got := s.owed(KindSay); len(got) != 3 {
		t.Errorf("owed: %v", got)
	}
}
