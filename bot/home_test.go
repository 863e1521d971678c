package bot_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"breachbot/bot"
	"breachbot/bot/sandbox"
	"breachbot/workflow"
)

// home opens a person's Home and gives what it then shows, as JSON.
func (w *world) home(who string) string {
	w.tb.Helper()
	before := len(w.ws.Requests("views.publish"))
	if err := w.as(who).OpenHome(); err != nil {
		w.tb.Fatal(err)
	}
	w.wait("a Home for "+who, func() bool { return len(w.ws.Requests("views.publish")) > before })
	w.bot.Settle()
	raw, err := json.Marshal(w.as(who).Home())
	if err != nil {
		w.tb.Fatal(err)
	}
	return string(raw)
}

func TestHomeOfAStrangerShowsNothingOfAnyIncident(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.ws.AddUser(sandbox.User{ID: "U11STU", Name: "stu", RealName: "Stu Dent"})
	empty := w.home("U11STU")
	id := w.report(answers{workflow.FieldTitle: marker})
	w.press(sandbox.Rob, "lead")
	w.triage(id)
	w.deliver()
	for _, stranger := range []string{"U11STU", sandbox.Gus} {
		got := w.home(stranger)
		for _, word := range []string{string(id), "BR-", marker, sandbox.Rob, sandbox.Nia, "deadline", "register"} {
			if strings.Contains(got, word) {
				t.Errorf("%s sees %q: %s", stranger, word, got)
			}
		}
	}
	if w.as("U11STU").RenderView(w.as("U11STU").Home()) == "" || strings.Contains(empty, "BR-") {
		t.Error("the empty Home says nothing")
	}
}

func TestHomeShowsNoTypedWords(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.report(answers{workflow.FieldTitle: marker, workflow.FieldWhat: marker})
	w.press(sandbox.Rob, "lead")
	w.do(id, sandbox.Rob, workflow.RoleResponder, workflow.AddAction{What: marker, Owner: sandbox.Sam, Due: w.ws.Now().AddDate(0, 0, 7)})
	for _, who := range []string{sandbox.Nia, sandbox.Rob, sandbox.Dee, sandbox.Sam} {
		got := w.home(who)
		if strings.Contains(got, marker) {
			t.Errorf("%s: Home keeps what was typed: %s", who, got)
		}
		if !strings.Contains(got, string(id)) {
			t.Errorf("%s sees nothing of %s", who, id)
		}
	}
	if !strings.Contains(w.home(sandbox.Sam), "You own corrective action 1.") {
		t.Error("the owner of an action does not see it")
	}
}

// Taking the lead in Home shows at once, and a form sent elsewhere too.
func TestHomeFollowsWhatItsPersonDoes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.report()
	w.home(sandbox.Rob)
	if _, err := w.as(sandbox.Rob).Press(t.Context(), sandbox.InHome(), "I have it"); err != nil {
		t.Fatal(err)
	}
	w.bot.Settle()
	if w.incident(id).Lead != sandbox.Rob {
		t.Error("the lead was not taken")
	}
	if got := w.as(sandbox.Rob).RenderView(w.as(sandbox.Rob).Home()); !strings.Contains(got, "Lead: @Rob Sharma") || strings.Contains(got, "I have it") || strings.Contains(got, "Nobody has it") {
		t.Errorf("Home shows:\n%s", got)
	}
}

func TestAButtonInHomeOpensAModalAndLeavesHome(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.report()
	w.press(sandbox.Rob, "lead")
	w.home(sandbox.Rob)
	if _, err := w.as(sandbox.Rob).Press(t.Context(), sandbox.InHome(), "Triage"); err != nil {
		t.Fatal(err)
	}
	if w.form(sandbox.Rob).Title != "Triage" || w.as(sandbox.Rob).Home().Kind != "home" {
		t.Error("the form did not open over Home")
	}
}

// Rights are looked up when a button is pressed: Home may be old.
func TestAnOldHomeGivesNoRights(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.report()
	w.home(sandbox.Dee)
	w.stop()
	w.set.rules = func(r *workflow.Rules) { r.Roster[workflow.RoleDPO] = []workflow.Principal{sandbox.Dan} }
	w.start()
	version := w.incident(id).Version
	for _, button := range []string{"I have it", "Open the register"} {
		if _, err := w.as(sandbox.Dee).Press(t.Context(), sandbox.InHome(), button); err != nil {
			t.Fatal(err)
		}
		if got := w.notice(sandbox.Dee); !strings.Contains(got, "Not possible") {
			t.Errorf("%s: %s", button, got)
		}
		if err := w.as(sandbox.Dee).CloseModal(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if w.incident(id).Version != version {
		t.Error("something was changed")
	}
}

func TestHomeSaysWhenTheRecordCannotBeReached(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(s *setting) {
		s.rules = func(r *workflow.Rules) { r.DPOContact = "01792 496 0123" }
		s.options = func(o *bot.Options) {
			o.Index = listing{o.Index, func() error { return errors.Join(workflow.ErrUnavailable, errors.New("disk gone")) }}
		}
	})
	if got := w.home(sandbox.Rob); !strings.Contains(got, "cannot be reached just now") || !strings.Contains(got, "01792 496 0123") || strings.Contains(got, "disk") {
		t.Error(got)
	}
}

// Two openings at once, of which the slower read less: it gives way and looks
// again.
func TestAHomePublishedMeanwhileIsNotOverwrittenUnseen(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.home(sandbox.Rob)
	id := w.report()
	w.home(sandbox.Rob)
	w.raws++
	w.raw(map[string]any{
		"envelope_id": "00000000-0000-0000-0000-000000000777", "type": "events_api", "accepts_response_payload": false,
		"payload": map[string]any{"type": "event_callback", "team_id": w.ws.TeamID, "api_app_id": w.ws.AppID, "event": map[string]any{
			"type": "app_home_opened", "user": sandbox.Rob, "tab": "home", "channel": "D1", "event_ts": "1.1",
			"view": map[string]any{"id": "V1", "type": "home", "hash": "1.old", "blocks": []any{}},
		}},
	})
	w.bot.Settle()
	var codes []string
	for _, r := range w.ws.Requests("views.publish") {
		codes = append(codes, r.Error)
	}
	if n := len(codes); n < 3 || codes[n-2] != "hash_conflict" || codes[n-1] != "" {
		t.Errorf("publishing ended with %v", codes)
	}
	if got := w.as(sandbox.Rob).RenderView(w.as(sandbox.Rob).Home()); !strings.Contains(got, string(id)) {
		t.Errorf("Home shows:\n%s", got)
	}
}

func TestTheMessagesTabIsNoHome(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.raws++
	w.raw(map[string]any{
		"envelope_id": "00000000-0000-0000-0000-000000000778", "type": "events_api", "accepts_response_payload": false,
		"payload": map[string]any{"type": "event_callback", "team_id": w.ws.TeamID, "api_app_id": w.ws.AppID, "event": map[string]any{
			"type": "app_home_opened", "user": sandbox.Rob, "tab": "messages", "channel": "D1", "event_ts": "1.1",
		}},
	})
	if n := len(w.ws.Requests("views.publish")); n != 0 {
		t.Errorf("%d published", n)
	}
}

// A drill stands among the open incidents and says what it is; the register and
// its figures know nothing of it.
func TestHomeMarksADrillAndNeverCountsIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.slash(sandbox.Ivy, "drill")
	w.send(sandbox.Ivy, letter())
	w.deliver()
	shown := func(who string) string { w.home(who); return w.as(who).RenderView(w.as(who).Home()) }
	for _, who := range []string{sandbox.Ivy, sandbox.Dee, sandbox.Rob} {
		for line := range strings.Lines(shown(who)) {
			if strings.Contains(line, "DR-2026-0001") && !strings.Contains(line, "*Drill* · *DR-2026-0001*") {
				t.Errorf("%s could take it for real: %s", who, line)
			}
		}
	}
	if got := shown(sandbox.Dee); !strings.Contains(got, "*Drill* · *DR-2026-0001*") || !strings.Contains(got, "No incidents recorded yet") {
		t.Errorf("Home shows:\n%s", got)
	}
	w.report()
	if got := shown(sandbox.Dee); !strings.Contains(got, "1 incident, 1 of them open.") || !strings.Contains(got, "DR-2026-0001") {
		t.Errorf("with a real one, Home shows:\n%s", got)
	}
}
