package script

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"breachbot/bot/sandbox"
)

// practice is where the stories of these tests are played.
func practice(t *testing.T) *sandbox.Workspace {
	start, err := time.Parse(momentShape, "2026-11-20 16:40")
	if err != nil {
		t.Fatal(err)
	}
	ws := sandbox.New(sandbox.Options{Start: start, Frozen: true})
	t.Cleanup(ws.Close)
	ws.Practice()
	return ws
}

// A story that was told is the same story with what was seen: told again, it
// comes out as it went in.
func TestAToldStoryTellsTheSame(t *testing.T) {
	t.Parallel()
	const story = `# Two people.

at 2026-11-20 16:45
@nia writes in #general: good morning
+1h
@rob writes in #general: good evening
@nia edits "morning": good day
`
	tell := func(story string) string {
		var out strings.Builder
		if err := (&Player{Workspace: practice(t), Out: &out}).Play(t.Context(), story); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	once := tell(story)
	for _, want := range []string{
		"\n@nia writes in #general: good morning\n  | #general\n  |     Nia Bevan 16:45\n  |       good morning\n",
		"  | #general (updated)\n  |     - good morning\n  |     + good day (edited)\n",
	} {
		if !strings.Contains(once, want) {
			t.Errorf("it is not told that %q:\n%s", want, once)
		}
	}
	if twice := tell(once); twice != once {
		t.Errorf("told again:\n%s\nwant:\n%s", twice, once)
	}
}

// What cannot be played is named, and nothing after it is.
func TestAStoryStopsWhereItFails(t *testing.T) {
	t.Parallel()
	ws := practice(t)
	settling := errors.New("settled badly")
	for _, tt := range []struct {
		story, want string
		settle      error
	}{
		{"+1h\n@una leaves #general\n@nia writes in #general: x", "line 2: @una leaves #general: nobody is called @una", nil},
		{"\n@nia flies\n@nia writes in #general: x", "line 2: @nia flies: not understood", nil},
		{"@nia presses Go\n@nia writes in #general: x", "line 1: @nia presses Go: no button \"Go\" in sight", nil},
		{"+1h\n@nia writes in #general: x", "line 1: +1h: settled badly", settling},
	} {
		player := &Player{Workspace: ws, Settle: func(context.Context) error { return tt.settle }}
		if err := player.Play(t.Context(), tt.story); err == nil || err.Error() != tt.want {
			t.Errorf("%q ends with %v, want %s", tt.story, err, tt.want)
		}
	}
	if n := len(ws.As(sandbox.Nia).Messages(sandbox.General)); n != 0 {
		t.Errorf("%d messages were written all the same", n)
	}
}

// house notes what it is shown, and closes after some steps.
type house struct {
	seen  []string
	rests int
}

func (h *house) Remark(words string)       { h.seen = append(h.seen, "remark "+words) }
func (h *house) Step(handle, words string) { h.seen = append(h.seen, handle+" step "+words) }
func (h *house) Rest(context.Context) error {
	h.seen = append(h.seen, "rest")
	if h.rests--; h.rests == 0 {
		return errors.New("closed")
	}
	return nil
}

// Whoever watches sees each step before it is taken, without what is typed, and
// can end the story between two.
func TestStage(t *testing.T) {
	t.Parallel()
	ws, stage := practice(t), &house{rests: 2}
	err := (&Player{Workspace: ws, Stage: stage}).Play(t.Context(), "#  A remark.\n  | #general\n+1h\n@nia writes in #general: secret\n@nia writes in #general: more")
	if err == nil || !strings.HasSuffix(err.Error(), ": closed") {
		t.Errorf("it ends with %v", err)
	}
	want := "remark A remark.; step +1h;rest;nia step @nia writes in #general;rest"
	if got := strings.Join(stage.seen, ";"); got != want {
		t.Errorf("seen: %s\nwant: %s", got, want)
	}
	if n := len(ws.As(sandbox.Rob).Messages(sandbox.General)); n != 1 {
		t.Errorf("%d messages were written", n)
	}
}

func TestLater(t *testing.T) {
	t.Parallel()
	const story = "# On 2026-11-20 it begins.\nat 2026-11-20 16:45\nat 2026-11-22 09:00\n"
	day := func(s string) time.Time {
		at, err := time.Parse(momentShape, s)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	for now, want := range map[string]string{
		"2026-11-20 16:45": story,
		"2026-11-20 16:46": "# On 2026-11-20 it begins.\nat 2026-11-21 16:45\nat 2026-11-23 09:00\n",
		"2026-11-24 16:00": "# On 2026-11-20 it begins.\nat 2026-11-24 16:45\nat 2026-11-26 09:00\n",
	} {
		if got := Later(story, day(now)); got != want {
			t.Errorf("at %s the story is %s", now, got)
		}
	}
	if got := Later("@nia types /breach", day("2026-11-20 16:45")); got != "@nia types /breach" {
		t.Errorf("without a date the story is %s", got)
	}
}
