package bot_test

import (
	"strings"
	"testing"
	"time"

	"breachbot/bot/sandbox"
	"breachbot/workflow"
)

// A practice whose board wants to hear at once of severities 1 and 2 only, on a
// Wednesday.
func quietBoard(s *setting) {
	s.start = time.Date(2026, 11, 18, 8, 0, 0, 0, time.UTC)
	s.rules = func(r *workflow.Rules) {
		r.Roster[workflow.RoleBoard] = []workflow.Principal{sandbox.Bea}
		r.BoardAtOnce = []workflow.Severity{1, 2}
	}
}

func (w *world) tick(at time.Time) {
	w.tb.Helper()
	w.ws.SetTime(at)
	if _, err := w.sched.Tick(w.tb.Context()); err != nil {
		w.tb.Fatal(err)
	}
}

// On Monday morning each member of the board is told in person what there was in the
// week before, near misses included: once, in figures, and nothing that was typed.
func TestTheBoardGetsADigestOnMondayMorning(t *testing.T) {
	t.Parallel()
	w := newWorld(t, quietBoard)
	day := func(d, hour int) time.Time { return time.Date(2026, 11, d, hour, 0, 0, 0, time.UTC) }
	w.tick(day(18, 9))
	if n := w.count(sandbox.Bea, ""); n != 0 {
		t.Errorf("nothing has ever happened, and the board is told %d times", n)
	}
	w.ws.SetTime(day(18, 10))
	w.slash(sandbox.Nia, "")
	w.send(sandbox.Nia, letter(answers{workflow.FieldCategory: "letter_wrong"}))
	w.deliver()
	w.slash(sandbox.Nia, "")
	w.send(sandbox.Nia, letter(answers{workflow.FieldNearMiss: []string{"yes"}}))
	w.deliver()
	w.tick(day(22, 9)) // Sunday
	w.tick(day(23, 8)) // Monday, too early
	if n := w.count(sandbox.Bea, ""); n != 0 {
		t.Errorf("neither is severe, and the board is told %d times before Monday: %q", n, w.said(sandbox.Bea))
	}
	w.tick(day(23, 9))
	w.tick(day(23, 10))
	w.tick(day(24, 9))
	const push = "Data breaches in the week from 16 November to 22 November 2026: 2 reports, 1 of them a near miss"
	if said := w.said(sandbox.Bea); len(said) != 1 || said[0] != push {
		t.Fatalf("the board is told %q", said)
	}
	dms := w.as(sandbox.Bea).DMs()
	shown := w.as(sandbox.Bea).Render(dms[len(dms)-1])
	for _, want := range []string{"1 not graded yet", "Letter or fax to the wrong recipient (1)", "*Open now:* 2, of which 2 past the 72 hours", "[Open the register]"} {
		if !strings.Contains(shown, want) {
			t.Errorf("%q is not in\n%s", want, shown)
		}
	}
	for _, typed := range []string{"Letter to the wrong address", "The new occupant"} {
		if strings.Contains(shown, typed) {
			t.Errorf("the digest holds what was typed:\n%s", shown)
		}
	}
	w.press(sandbox.Bea, "register")
	if got := w.notice(sandbox.Bea); !strings.Contains(got, "The register of breaches") {
		t.Errorf("the button shows\n%s", got)
	}
	w.tick(day(30, 9))
	if said := w.said(sandbox.Bea); len(said) != 2 {
		t.Errorf("the week after, with two still open: %q", said)
	}
	w.verify()
}

// If nothing runs on Monday, the digest comes as soon as something does. The setting
// switches it off.
func TestTheDigestIsLateRatherThanMissing(t *testing.T) {
	t.Parallel()
	for off, want := range map[bool]int{false: 1, true: 0} {
		w := newWorld(t, quietBoard, func(s *setting) {
			rules := s.rules
			s.rules = func(r *workflow.Rules) { rules(r); r.BoardDigest = !off }
		})
		w.report()
		w.tick(time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC))
		w.tick(time.Date(2026, 11, 26, 9, 0, 0, 0, time.UTC)) // Thursday
		if n := w.count(sandbox.Bea, "the week from 16 November"); n != want {
			t.Errorf("switched off %v: %d digests", off, n)
		}
		w.verify()
	}
}
