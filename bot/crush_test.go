package bot_test

import (
	"strings"
	"testing"
	"time"

	"breachbot/bot"
	"breachbot/bot/sandbox"
	"breachbot/workflow"
)

// Slack's ways of not saying who somebody is.
var silences = map[string]sandbox.Fault{
	"limited": {Method: "users.info", Kind: sandbox.FaultRateLimit, RetryAfter: 30 * time.Second, Next: -1},
	"slow":    {Method: "users.info", Kind: sandbox.FaultDelay, Delay: 5 * time.Second, Next: -1},
	"down":    {Method: "users.info", Kind: sandbox.FaultStatus, Next: -1},
	"refused": {Method: "users.info", Kind: sandbox.FaultError, Error: "missing_scope", Next: -1},
}

// Somebody Slack has told us about before goes on with what they could do, for a day.
func TestWhoIsKnownGoesOnWhileSlackDoesNotSayWhoTheyAre(t *testing.T) {
	t.Parallel()
	for name, silence := range silences {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			id := w.report()
			w.press(sandbox.Rob, "note")
			w.send(sandbox.Rob, answers{workflow.FieldNote: "First."})
			w.ws.Advance(23 * time.Hour)
			w.ws.Fault(silence)
			w.slash(sandbox.Nia, "")
			w.send(sandbox.Nia, letter())
			w.press(sandbox.Rob, "note")
			w.send(sandbox.Rob, answers{workflow.FieldNote: "Second."})
			w.deliver()
			w.wantIncidents(2)
			if n := len(w.incident(id).Notes); n != 2 {
				t.Errorf("%d notes", n)
			}
			// A day after its last answer, what Slack said no longer holds.
			w.ws.Advance(2 * time.Hour)
			w.press(sandbox.Rob, "note")
			if got := w.notice(sandbox.Rob); !strings.Contains(got, "Slack could not tell us just now who you are") {
				t.Errorf("Rob sees %s", got)
			}
		})
	}
}

// Somebody Slack has never told us about reports all the same: the report is taken,
// and nothing is shown to them or sent to them before Slack says who they are.
func TestAReportIsTakenFromSomebodyWhoCannotBeLookedUp(t *testing.T) {
	t.Parallel()
	for name, silence := range silences {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.ws.Fault(silence)
			w.slash(sandbox.Nia, "")
			w.form(sandbox.Nia)
			w.fill(sandbox.Nia, letter())
			res := w.submit(sandbox.Nia)
			if res.Status != sandbox.Updated {
				t.Fatalf("%+v", res)
			}
			if got := w.as(sandbox.Nia).RenderView(res.View); !strings.Contains(got, "Your report is saved") || strings.Contains(got, string(first)) {
				t.Errorf("she sees %s", got)
			}
			w.deliver()
			w.wantIncidents(1)
			if n := len(w.said(sandbox.Dee)); n == 0 {
				t.Error("nobody was told")
			}
			if got := w.said(sandbox.Nia); len(got) != 0 && name != "slow" { // where breachbot waits, Slack says it in the end
				t.Errorf("she was told before Slack said who she is: %q", got)
			}
			w.ws.ClearFaults()
			w.later(time.Hour)
			if n := w.count(sandbox.Nia, string(first)); n != 1 {
				t.Errorf("she has %d receipts: %q", n, w.said(sandbox.Nia))
			}
			w.onceEach()
			w.verify()
		})
	}
}

// A guest who gets through that gap gets nothing out of it: no reference, no message,
// no place in the channel, and the people who handle the incident are told.
func TestAGuestWhoGetsThroughGetsNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(s *setting) { s.rules = func(r *workflow.Rules) { r.InviteReporter = true } })
	w.ws.Fault(silences["limited"])
	w.slash(sandbox.Gus, "")
	w.send(sandbox.Gus, letter())
	w.deliver()
	w.wantIncidents(1)
	if out := w.slash(sandbox.Gus, "status "+string(first)); out.Message == nil || !strings.Contains(out.Message.Text, "could not tell us just now who you are") {
		t.Errorf("he sees %+v", out.Message)
	}
	w.ws.ClearFaults()
	w.later(time.Hour)
	if got := w.said(sandbox.Gus); len(got) != 0 {
		t.Errorf("he was told %q", got)
	}
	if inc := w.incident(first); inc.Left[sandbox.Gus] != workflow.NotMember || inc.Unreached[sandbox.Gus] != workflow.NotMember {
		t.Errorf("not joined %v, not written to %v", inc.Left, inc.Unreached)
	}
	for _, c := range w.as(sandbox.Gus).Channels() {
		if c.ID == w.room().ID {
			t.Error("he is in the channel")
		}
	}
	if out := w.slash(sandbox.Gus, "status "+string(first)); out.Message == nil || !strings.Contains(out.Message.Text, "Guests cannot use this") {
		t.Errorf("he sees %+v", out.Message)
	}
	w.verify()
}

// few is a workspace whose Slack opens few forms, and a bot that knows.
func few(s *setting) {
	s.options = func(o *bot.Options) { o.Limiter = bot.NewLocal(o.Now) }
}

// Whoever comes when Slack opens no more forms is told at once, and keeps their place.
func TestAFormThatCannotOpenKeepsItsPlace(t *testing.T) {
	t.Parallel()
	w := newWorld(t, few)
	w.slash(sandbox.Nia, "") // Slack shows who she is
	w.closes(sandbox.Nia)
	used := bot.Budget{Name: "views.open", Calls: 100, Window: time.Minute + time.Second}
	for w.bot.Limiter.Take(t.Context(), bot.Caller{}, used) == 0 {
	}
	out := w.slash(sandbox.Nia, "")
	if out.Message == nil || !strings.Contains(out.Message.Text, "You have kept your place: press the button in 61 seconds") {
		t.Fatalf("she sees %+v", out)
	}
	before := len(w.ws.Requests("views.open"))
	// Too soon: she is told again, and her place stays the same.
	w.ws.Advance(20 * time.Second)
	w.press(sandbox.Nia, "report")
	w.bot.Settle()
	if m := w.answer(sandbox.Nia); m == nil || !strings.Contains(m.Text, "in 41 seconds") {
		t.Errorf("she sees %+v", m)
	}
	if n := len(w.ws.Requests("views.open")) - before; n != 0 {
		t.Errorf("Slack was asked %d times", n)
	}
	// In time her form opens, although others came in between.
	w.ws.Advance(42 * time.Second)
	w.press(sandbox.Nia, "report")
	w.send(sandbox.Nia, letter())
	w.wantIncidents(1)
}

// Slack counts otherwise than we do: what it refuses is as much a matter of waiting.
func TestAFormThatSlackRefusesKeepsItsPlace(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(*world){
		"command": func(w *world) { w.slash(sandbox.Nia, "") },
		"known": func(w *world) {
			w.ws.ClearFaults()
			w.slash(sandbox.Nia, "")
			w.closes(sandbox.Nia)
			w.ws.Fault(sandbox.Fault{Method: "views.open", Kind: sandbox.FaultRateLimit, RetryAfter: 30 * time.Second})
			w.slash(sandbox.Nia, "")
		},
		"another form": nil,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, few)
			if name == "another form" {
				w.report()
				w.press(sandbox.Rob, "note")
				w.bot.Settle()
				w.closes(sandbox.Rob)
				w.ws.Fault(sandbox.Fault{Method: "views.open", Kind: sandbox.FaultRateLimit, RetryAfter: 30 * time.Second})
				w.press(sandbox.Rob, "note")
				w.bot.Settle()
				if m := w.answer(sandbox.Rob); m == nil || !strings.Contains(m.Text, "You have kept your place") {
					t.Fatalf("he sees %+v", m)
				}
				w.ws.Advance(31 * time.Second)
				w.press(sandbox.Rob, "note")
				w.send(sandbox.Rob, answers{workflow.FieldNote: "After all."})
				return
			}
			w.ws.Fault(sandbox.Fault{Method: "views.open", Kind: sandbox.FaultRateLimit, RetryAfter: 30 * time.Second})
			open(w)
			if m := w.answer(sandbox.Nia); m == nil || !strings.Contains(m.Text, "You have kept your place: press the button in 30 seconds") {
				t.Fatalf("she sees %+v", m)
			}
			w.ws.Advance(31 * time.Second)
			w.press(sandbox.Nia, "report")
			w.send(sandbox.Nia, letter())
			w.wantIncidents(1)
		})
	}
}
