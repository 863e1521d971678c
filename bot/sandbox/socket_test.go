package sandbox

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

func TestASocketURLWorksOnce(t *testing.T) {
	t.Parallel()
	tw := newTown(t)
	url := tw.socketURL(t)
	conn, resp, err := websocket.DefaultDialer.Dial(url, nil)
	check(t, err)
	_ = resp.Body.Close()
	defer conn.Close()
	_, resp, err = websocket.DefaultDialer.Dial(url, nil)
	if err == nil || resp.StatusCode != http.StatusNotFound {
		t.Fatalf("the URL worked twice: %v", err)
	}
	_ = resp.Body.Close()
}

func TestHelloCountsAndTheEleventhIsRefused(t *testing.T) {
	t.Parallel()
	tw := newTown(t)
	tw.Sockets().Ghosts(2)
	for i := range 8 {
		h := tw.dial(t).hello()
		if n, _ := h["num_connections"].(float64); int(n) != i+3 {
			t.Errorf("connection %d hears of %v", i+1, n)
		}
		if asObj(h["debug_info"])["approximate_connection_time"] == nil {
			t.Error("hello tells no connection time")
		}
	}
	last := tw.dial(t)
	if f := last.next(); f["type"] != "disconnect" || f["reason"] != "too_many_websockets" {
		t.Errorf("the eleventh got %v", f)
	}
	<-last.closed
}

func TestSocketsArePinged(t *testing.T) {
	t.Parallel()
	tw := newTown(t, func(o *Options) { o.PingInterval = time.Millisecond })
	w := tw.dial(t)
	w.hello()
	for range 3 {
		select {
		case <-w.pings:
		case <-time.After(testTimeout):
			t.Fatal("no ping")
		}
	}
}

func TestEachEnvelopeGoesToOneSocketChosenUnpredictably(t *testing.T) {
	t.Parallel()
	tw, ctx := newTown(t), testContext(t)
	wires := []*wire{tw.dial(t), tw.dial(t), tw.dial(t)}
	for _, w := range wires {
		w.hello()
	}
	got := make([]int, len(wires))
	for range 60 {
		done := make(chan Outcome, 1)
		go func() { done <- get(tw.As(anaID).Slash(ctx, "/breach", "")) }()
		var f obj
		for f == nil {
			select {
			case f = <-wires[0].frames:
				got[0]++
				wires[0].ack(f, nil)
			case f = <-wires[1].frames:
				got[1]++
				wires[1].ack(f, nil)
			case f = <-wires[2].frames:
				got[2]++
				wires[2].ack(f, nil)
			}
		}
		if out := <-done; out.Failed != "" {
			t.Fatal(out)
		}
	}
	if got[0]+got[1]+got[2] != 60 || got[0] == 0 || got[1] == 0 || got[2] == 0 {
		t.Errorf("the shares are %v", got)
	}
}

func TestDisconnectFrames(t *testing.T) {
	t.Parallel()
	tw, ctx := newTown(t), testContext(t)
	w := tw.dial(t)
	w.hello()
	tw.Sockets().Disconnect(Warning)
	if f := w.next(); f["reason"] != "warning" {
		t.Fatal(f)
	}
	done := make(chan Outcome, 1)
	go func() { done <- get(tw.As(anaID).Slash(ctx, "/breach", "help")) }()
	w.ack(w.next(), nil) // traffic goes on until the close
	if out := <-done; out.Failed != "" {
		t.Fatal(out)
	}
	tw.Advance(warningTime)
	if err := <-w.closed; !websocket.IsCloseError(err, websocket.CloseNormalClosure) {
		t.Errorf("closed with %v", err)
	}
	w = tw.dial(t)
	w.hello()
	tw.Sockets().Disconnect(LinkDisabled)
	if f := w.next(); f["reason"] != "link_disabled" {
		t.Fatal(f)
	}
	<-w.closed
	if r := tw.send(t, "apps.connections.open", "", tw.AppToken, ""); r.code() != "link_disabled" {
		t.Error(r.obj)
	}
	tw.Sockets().Enable()
	w = tw.dial(t)
	w.hello()
	tw.Sockets().CutAll()
	if err := <-w.closed; websocket.IsCloseError(err, websocket.CloseNormalClosure) {
		t.Error("CutAll closed politely")
	}
}

func TestWithoutAnAckThePersonSeesTheFailure(t *testing.T) {
	t.Parallel()
	tw, ctx := newTown(t, func(o *Options) { o.AckTimeout = 50 * time.Millisecond }), testContext(t)
	ana := tw.As(anaID)
	if out := get(ana.Slash(ctx, "/breach", "")); out.Failed != "dispatch_failed" {
		t.Errorf("with nobody listening: %+v", out)
	}
	w := tw.dial(t)
	w.hello()
	if out := get(ana.Slash(ctx, "/breach", "")); out.Failed != "dispatch_failed" {
		t.Errorf("without an ack: %+v", out)
	}
	slash := w.next()
	if asObj(slash["payload"])["is_enterprise_install"] != "false" || slash["accepts_response_payload"] != true {
		t.Errorf("slash envelope: %v", slash)
	}
	tw.json(t, "views.open", obj{"trigger_id": asObj(slash["payload"])["trigger_id"], "view": simpleModal("x")}).must(t)
	check(t, ana.Fill("what", "entered"))
	r := get(ana.Submit(ctx))
	if r.Status != Trouble || r.View == nil || r.View.Banner != TroubleConnecting {
		t.Errorf("an unacknowledged submission: %+v", r)
	}
	if v := ana.Modal().State["what"]["text"]["value"]; v != "entered" {
		t.Errorf("the text is lost: %v", v)
	}
	ts := tw.form(t, "chat.postMessage", "channel", anaID, "text", "x", "blocks",
		`[{"type":"actions","elements":[{"type":"button","action_id":"go","text":{"type":"plain_text","text":"Go"}}]}]`).must(t)
	if out := get(ana.PressMessage(ctx, ts.at("channel"), ts.at("ts"), "Go")); out.Failed != "warning" {
		t.Errorf("an unacknowledged click: %+v", out)
	}
	if out := get(ana.Shortcut(ctx, "breach_report")); out.Failed != "trouble_connecting" {
		t.Errorf("an unacknowledged shortcut: %+v", out)
	}
	tw.Advance(time.Hour)
	for _, e := range tw.Envelopes() {
		if e.Attempt > 0 {
			t.Errorf("an interaction was redelivered: %+v", e)
		}
	}
}

func TestAcksThatDoNotCount(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answer func(tw *town, w *wire, f obj)
		note   string
		failed string
	}{
		"too large": {func(tw *town, w *wire, f obj) {
			w.ack(f, obj{"text": strings.Repeat("x", maxAck)})
		}, "20,480", "dispatch_failed"},
		"on another socket": {func(tw *town, w *wire, f obj) {
			other := tw.dial(w.t)
			other.hello()
			other.ack(f, nil)
		}, "another socket", "dispatch_failed"},
		"twice": {func(tw *town, w *wire, f obj) { w.ack(f, nil); w.ack(f, nil) }, "twice", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tw, ctx := newTown(t, func(o *Options) { o.AckTimeout = time.Second }), testContext(t)
			w := tw.dial(t)
			w.hello()
			done := make(chan Outcome, 1)
			go func() { done <- get(tw.As(anaID).Slash(ctx, "/breach", "")) }()
			c.answer(tw, w, w.next())
			if out := <-done; out.Failed != c.failed {
				t.Errorf("outcome %+v", out)
			}
			check(t, tw.WaitFor(ctx, func() bool { return strings.Contains(tw.Envelopes()[0].Note, c.note) }))
		})
	}
}

func TestAPayloadIsHonouredOnlyWhereItIsAccepted(t *testing.T) {
	t.Parallel()
	tw, ctx := newTown(t), testContext(t)
	tw.answering(t, func(obj) any { return obj{"text": "from the ack"} })
	out := get(tw.As(anaID).Slash(ctx, "/breach", "help"))
	if out.Message == nil || out.Message.Text != "from the ack" || !out.Message.Ephemeral {
		t.Errorf("slash answer: %+v", out)
	}
	if n := len(tw.As(benID).Messages(General)); n != 0 {
		t.Errorf("somebody else sees the answer (%d)", n)
	}
	get(tw.As(anaID).Shortcut(ctx, "breach_report"))
	log := tw.Envelopes()
	if last := log[len(log)-1]; !last.Acked || !strings.Contains(last.Note, "payload ignored") {
		t.Errorf("shortcut: %+v", last)
	}
}

func TestEventsComeAgainUntilAcknowledged(t *testing.T) {
	t.Parallel()
	tw, ctx := newTown(t, func(o *Options) { o.AckTimeout = 300 * time.Millisecond }), testContext(t)
	w := tw.dial(t)
	w.hello()
	check(t, tw.As(anaID).OpenHome())
	first, second := w.next(), w.next() // the first repetition comes at once
	expect := func(f obj, attempt float64, reason string) {
		t.Helper()
		if f["retry_attempt"] != attempt || f["retry_reason"] != reason ||
			asObj(f["payload"])["event_id"] != asObj(first["payload"])["event_id"] {
			t.Errorf("attempt %v is %v", attempt, f)
		}
	}
	expect(first, 0, "")
	expect(second, 1, "timeout")
	if first["envelope_id"] == second["envelope_id"] {
		t.Error("a repetition must be a new envelope")
	}
	waiting := func(n int) func() bool {
		return func() bool { tw.mu.Lock(); defer tw.mu.Unlock(); return len(tw.agenda.items) == n }
	}
	check(t, tw.WaitFor(ctx, waiting(1)))
	tw.Advance(time.Minute)
	expect(w.next(), 2, "timeout")
	check(t, tw.WaitFor(ctx, waiting(1)))
	tw.Advance(5 * time.Minute)
	last := w.next()
	expect(last, 3, "timeout")
	w.ack(last, nil)
	check(t, tw.WaitFor(ctx, func() bool { log := tw.Envelopes(); return log[len(log)-1].Acked }))
	if !tw.Sockets().RedeliverLastEvent() {
		t.Fatal("no event to repeat")
	}
	if again := w.next(); asObj(again["payload"])["event_id"] != asObj(first["payload"])["event_id"] {
		t.Errorf("duplicate: %v", again)
	}
}

func TestEventsSentWhileNobodyListensArriveLater(t *testing.T) {
	t.Parallel()
	tw := newTown(t)
	check(t, tw.As(anaID).OpenHome())
	w := tw.dial(t)
	w.hello()
	tw.Advance(time.Minute)
	if f := w.next(); f["retry_attempt"] != 2.0 {
		t.Errorf("got %v", f)
	}
}

func TestOnlyDeclaredEventsWithTheirScopesAreSent(t *testing.T) {
	t.Parallel()
	tw := newTown(t, func(o *Options) {
		o.App = DefaultApp()
		o.App.BotEvents = slices.DeleteFunc(o.App.BotEvents, func(e string) bool { return e == "message.groups" })
	})
	ch := tw.room(t, "room", anaID)
	kinds := func() string {
		var out []string
		for _, e := range tw.Envelopes() {
			if e.Attempt == 0 {
				out = append(out, e.Kind)
			}
		}
		return strings.Join(out, " ")
	}
	if got := kinds(); got != "member_joined_channel" {
		t.Errorf("after an invitation: %q", got)
	}
	get(tw.As(anaID).Post(ch, "message.groups is not declared"))
	check(t, tw.As(anaID).Leave(ch))
	check(t, tw.ShareChannel(ch, "T0OTHER"))
	tw.SetScopes("chat:write", "groups:write")
	tw.form(t, "conversations.invite", "channel", ch, "users", benID).must(t)
	if got := kinds(); got != "member_joined_channel member_left_channel channel_shared" {
		t.Errorf("events are %q", got)
	}
}

func TestGhostsSwallowTheirShare(t *testing.T) {
	t.Parallel()
	tw, ctx := newTown(t, func(o *Options) { o.AckTimeout = 20 * time.Millisecond }), testContext(t)
	tw.answering(t, func(obj) any { return nil })
	tw.Sockets().Ghosts(9)
	failed := 0
	for range 20 {
		if get(tw.As(anaID).Slash(ctx, "/breach", "")).Failed != "" {
			failed++
		}
	}
	if failed == 0 || tw.Sockets().Count() != 1 {
		t.Errorf("%d of 20 were lost to nine ghosts", failed)
	}
}

func TestRawAndRepeatedFrames(t *testing.T) {
	t.Parallel()
	tw := newTown(t)
	if tw.Sockets().SendRaw([]byte(`{}`)) || tw.Sockets().ReplayLast("") {
		t.Error("frames were sent to nobody")
	}
	w := tw.dial(t)
	w.hello()
	tw.Sockets().SendRaw([]byte(`{"type":"novelty","envelope_id":"e1"}`))
	if f := w.next(); f["type"] != "novelty" {
		t.Error(f)
	}
	check(t, tw.As(anaID).OpenHome())
	f := w.next()
	tw.Sockets().ReplayLast("events_api")
	if again := w.next(); again["envelope_id"] != f["envelope_id"] {
		t.Errorf("replay is %v", again)
	}
}

func TestUninstalling(t *testing.T) {
	t.Parallel()
	tw := newTown(t)
	w := tw.dial(t)
	w.hello()
	tw.Uninstall()
	for _, want := range []string{"tokens_revoked", "app_uninstalled"} {
		if f := w.next(); asObj(asObj(f["payload"])["event"])["type"] != want {
			t.Errorf("expected %s, got %v", want, f)
		}
	}
	if f := w.next(); f["reason"] != "link_disabled" {
		t.Error(f)
	}
	if r := tw.form(t, "auth.test"); r.code() != "account_inactive" {
		t.Error(r.obj)
	}
}

func simpleModal(title string) obj {
	return obj{
		"type": "modal", "callback_id": "c", "title": label(title), "submit": label("Send"), "notify_on_close": true,
		"blocks": []any{
			obj{"type": "input", "block_id": "what", "label": label("What?"), "element": obj{
				"type": "plain_text_input", "action_id": "text", "min_length": 3, "max_length": 20,
			}},
			obj{"type": "input", "block_id": "who", "optional": true, "label": label("Who?"), "element": obj{
				"type": "multi_users_select", "action_id": "people",
			}},
			obj{"type": "actions", "block_id": "more", "elements": []any{
				obj{"type": "button", "action_id": "next", "text": label("Next"), "value": "n"},
				obj{"type": "static_select", "action_id": "sel", "options": []any{choiceOf(1), choiceOf(2)}},
			}},
		},
	}
}
