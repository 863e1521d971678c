package bot_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"breachbot/bot/sandbox"
)

// replay sends the last interaction of a kind again, changed, in a new envelope.
func (w *world) replay(kind string, change func(payload map[string]any)) {
	w.tb.Helper()
	all := w.ws.Envelopes()
	for n := len(all) - 1; n >= 0; n-- {
		if all[n].Kind != kind {
			continue
		}
		var payload map[string]any
		if err := json.Unmarshal(all[n].Payload, &payload); err != nil {
			w.tb.Fatal(err)
		}
		w.raws++
		payload["trigger_id"] = fmt.Sprintf("%d.1.%032x", w.raws, w.raws)
		change(payload)
		w.raw(map[string]any{
			"envelope_id": fmt.Sprintf("00000000-0000-0000-0000-%012d", w.raws), "type": all[n].Type, "payload": payload,
			"accepts_response_payload": all[n].Type != "events_api",
		})
		return
	}
	w.tb.Fatalf("no %s came in yet", kind)
}

// raw sends a frame of our own and waits until the bot has counted it.
func (w *world) raw(frame map[string]any) {
	w.tb.Helper()
	b, err := json.Marshal(frame)
	if err != nil {
		w.tb.Fatal(err)
	}
	before := w.metric("breachbot_inbound_total") + w.metric("breachbot_refused_total")
	w.ws.Sockets().SendRaw(b)
	w.wait(fmt.Sprintf("%.200s to be counted", b), func() bool { // looked at again with its acknowledgement
		w.bot.Settle()
		return w.metric("breachbot_inbound_total")+w.metric("breachbot_refused_total") > before
	})
	w.bot.Settle() // counted is not yet answered
}

func TestWhatIsUnknownIsAcknowledgedCountedAndNotLogged(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.slash(sandbox.Nia, "help")
	known := w.ws.Envelopes()[0].ID // an acknowledgement of ours for it is noted
	for name, frame := range map[string]map[string]any{
		"type of envelope": {"type": "hologram", "payload": map[string]any{"text": marker}},
		"inner event":      {"type": "events_api", "payload": map[string]any{"type": "event_callback", "team_id": w.ws.TeamID, "event": map[string]any{"type": "soul_moved", "text": marker}}},
		"wrong shape":      {"type": "interactive", "payload": map[string]any{"type": "block_actions", "user": marker, "actions": 7}},
		"no payload":       {"type": "slash_commands", "payload": marker},
	} {
		before := w.metric("breachbot_inbound_total", "kind", "unknown")
		frame["envelope_id"] = known
		w.raw(frame)
		if got := w.metric("breachbot_inbound_total", "kind", "unknown") - before; got != 1 {
			t.Errorf("%s: counted %v times", name, got)
		}
		w.wait("an acknowledgement of "+name, func() bool { return w.ws.Envelopes()[0].Note == "acknowledged twice" })
	}
	w.ws.Sockets().SendRaw([]byte("this is no JSON, " + marker))
	w.ws.Sockets().SendRaw([]byte(`{}`))

	// Known envelopes of which the content is unknown.
	id := w.report()
	w.press(sandbox.Ivy, "details")
	w.notice(sandbox.Ivy)
	version := w.incident(id).Version
	before := w.metric("breachbot_inbound_total", "kind", "unknown")
	w.replay("block_actions", func(p map[string]any) { p["type"] = "telepathy" })
	w.replay("block_actions", func(p map[string]any) {
		p["actions"].([]any)[0].(map[string]any)["action_id"] = "abracadabra"
	})
	w.replay("view_submission", func(p map[string]any) { p["view"].(map[string]any)["callback_id"] = marker })
	w.replay("view_submission", func(p map[string]any) { delete(p["view"].(map[string]any), "state") })
	w.replay("view_submission", func(p map[string]any) {
		v := p["view"].(map[string]any)
		v["id"], v["callback_id"], v["private_metadata"] = "V9", "triage", `{"i":"BR-2026-0001","f":"`+marker+`"`
	})
	if got := w.metric("breachbot_inbound_total", "kind", "unknown") - before; got != 4 {
		t.Errorf("counted %v", got)
	}
	if got := w.incident(id).Version; got != version {
		t.Errorf("the incident went from %d to %d", version, got)
	}
	if strings.Contains(w.log.String(), marker) {
		t.Errorf("the log tells content:\n%s", w.log)
	}
	if w.metric("breachbot_handler_panics_total") != 0 {
		t.Error("a handler panicked")
	}
	w.slash(sandbox.Nia, "") // and it still serves
	w.form(sandbox.Nia)
}

func TestOtherWorkspacesAndAppsAreRefusedAndCounted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.report()
	w.press(sandbox.Rob, "lead")
	w.deliver()
	w.press(sandbox.Rob, "note")
	w.form(sandbox.Rob)
	version, requests := w.incident(id).Version, len(w.ws.Requests())
	foreign := func(p map[string]any) {
		p["team"], p["team_id"] = map[string]any{"id": "T0ELSEWHERE"}, "T0ELSEWHERE"
		if user, ok := p["user"].(map[string]any); ok {
			user["team_id"] = "T0ELSEWHERE"
		}
	}
	for n, change := range []func(p map[string]any){
		foreign,
		func(p map[string]any) { p["api_app_id"] = "A0STRANGE" },
		func(p map[string]any) {
			foreign(p)
			p["enterprise"] = map[string]any{"id": "E0ELSEWHERE"}
			p["team"], p["team_id"] = nil, ""
		},
	} {
		for _, kind := range []string{"/breach", "block_actions", "view_submission"} {
			before := w.metric("breachbot_refused_total", "why", "team")
			w.replay(kind, func(p map[string]any) {
				change(p)
				if v, ok := p["view"].(map[string]any); ok {
					v["id"] = fmt.Sprint("V0NEW", n)
				}
			})
			if got := w.metric("breachbot_refused_total", "why", "team") - before; got != 1 {
				t.Errorf("%s %d: counted %v", kind, n, got)
			}
		}
	}
	w.wantIncidents(1)
	if got := w.incident(id).Version; got != version {
		t.Errorf("the incident went from %d to %d", version, got)
	}
	if got := len(w.ws.Requests()); got != requests {
		t.Errorf("Slack was called %d times for strangers", got-requests)
	}
}

// An organisation's own installation sends events, and lets people act, under the
// organisation's id alone. One rule holds for both; what it refuses is logged, by ids.
func TestTheOrganisationCountsForEventsAsForActs(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(s *setting) { s.sandbox = func(o *sandbox.Options) { o.Enterprise = "E0RIVERSIDE" } })
	opened := func(enterprise string) {
		w.raws++
		w.raw(map[string]any{
			"envelope_id": fmt.Sprintf("00000000-0000-0000-0001-%012d", w.raws), "type": "events_api", "accepts_response_payload": false,
			"payload": map[string]any{"type": "event_callback", "team_id": "", "enterprise_id": enterprise, "api_app_id": w.ws.AppID, "event": map[string]any{
				"type": "app_home_opened", "user": sandbox.Rob, "tab": "home", "channel": "D1", "event_ts": "1.1",
			}},
		})
	}
	opened("E0RIVERSIDE")
	if n := len(w.ws.Requests("views.publish")); n != 1 {
		t.Errorf("the organisation's own event: %d published", n)
	}
	w.slash(sandbox.Rob, "")
	before := w.metric("breachbot_refused_total", "why", "team")
	w.replay("/breach", func(p map[string]any) { p["team_id"], p["enterprise_id"] = "", "E0RIVERSIDE" })
	if got := w.metric("breachbot_refused_total", "why", "team"); got != before {
		t.Error("an act under the organisation's id was refused")
	}
	if log := w.log.String(); strings.Contains(log, "was refused") {
		t.Errorf("logged: %s", log)
	}
	opened("E0ELSEWHERE")
	if n := len(w.ws.Requests("views.publish")); n != 1 {
		t.Errorf("another organisation's event: %d published", n)
	}
	if got := w.metric("breachbot_refused_total", "why", "team"); got != before+1 {
		t.Errorf("counted %v", got-before)
	}
	if log := w.log.String(); !strings.Contains(log, "level=WARN msg=\"something from another workspace or app was refused") || !strings.Contains(log, "kind=events_api team=\"\" enterprise=E0ELSEWHERE") {
		t.Errorf("logged: %s", log)
	}
}
