package sandbox

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// A form with every kind of field is filled as a person fills it, and reads as they see it.
func TestEveryKindOfFieldCanBeFilled(t *testing.T) {
	t.Parallel()
	tw, ctx := newTown(t), testContext(t)
	tw.answering(t, func(obj) any { return nil })
	ch := tw.room(t, "room", anaID)
	opts := []any{choiceOf(1), choiceOf(2), choiceOf(3)}
	field := func(id string, element obj) any {
		element["action_id"] = "a"
		return obj{"type": "input", "block_id": id, "label": label("Field " + id), "element": element, "optional": true}
	}
	tw.opened(t, ctx, obj{"type": "modal", "title": label("All"), "submit": label("Send"), "blocks": []any{
		field("text", obj{"type": "plain_text_input", "initial_value": "draft"}),
		field("mail", obj{"type": "email_text_input"}),
		field("link", obj{"type": "url_text_input"}),
		field("count", obj{"type": "number_input", "is_decimal_allowed": true}),
		field("rich", obj{"type": "rich_text_input"}),
		field("one", obj{"type": "static_select", "options": opts}),
		field("radio", obj{"type": "radio_buttons", "options": opts, "initial_option": choiceOf(1)}),
		field("boxes", obj{"type": "checkboxes", "options": opts}),
		field("many", obj{"type": "multi_static_select", "options": opts, "max_selected_items": 2}),
		field("person", obj{"type": "users_select"}),
		field("people", obj{"type": "multi_users_select"}),
		field("place", obj{"type": "conversations_select"}),
		field("places", obj{"type": "multi_channels_select"}),
		field("day", obj{"type": "datepicker"}),
		field("hour", obj{"type": "timepicker", "timezone": "Europe/London"}),
		field("moment", obj{"type": "datetimepicker"}),
	}})
	ana := tw.As(anaID)
	summer := time.Date(2026, 7, 1, 12, 30, 0, 0, time.UTC) // 13:30 in London
	for id, value := range map[string]any{
		"text": "ready", "mail": "ana@example.org", "link": "https://example.org", "count": 2.5, "rich": "so it was",
		"one": "Option 2", "radio": "3", "boxes": []string{"1", "Option 3"}, "many": []any{"1", "2"}, "person": "@ben",
		"people": []string{"Ana Ng", benID}, "place": "#room", "places": []string{"general"}, "day": summer, "hour": summer,
		"moment": summer,
	} {
		if err := ana.Fill(id, value); err != nil {
			t.Errorf("%s: %v", id, err)
		}
	}
	want := `Modal: All
| Field text (optional): [ready]
| Field mail (optional): [ana@example.org]
| Field link (optional): [https://example.org]
| Field count (optional): [2.5]
| Field rich (optional): [so it was]
| Field one (optional): [Option 2]
| Field radio (optional): ( ) Option 1  ( ) Option 2  (x) Option 3
| Field boxes (optional): [x] Option 1  [ ] Option 2  [x] Option 3
| Field many (optional): [Option 1, Option 2]
| Field person (optional): [@Ben Okoro]
| Field people (optional): [@Ana Ng, @Ben Okoro]
| Field place (optional): [` + ch + `]
| Field places (optional): [C0GENERAL]
| Field day (optional): [2026-07-01]
| Field hour (optional): [13:30]
| Field moment (optional): [1 Jul 2026 13:30]
| [Cancel] [Send]`
	if got := ana.RenderView(ana.Modal()); got != want {
		t.Errorf("Ana sees\n%s", got)
	}
	check(t, ana.Fill("many", []string{"1", "2", "3"}))
	check(t, ana.Fill("mail", "nonsense"))
	check(t, ana.Fill("link", "nonsense"))
	if r := get(ana.Submit(ctx)); len(r.Errors) != 3 {
		t.Errorf("the client let through: %+v", r.Errors)
	}
	for id, value := range map[string]any{
		"one": "Option 9", "day": "1.7.2026", "place": "#nowhere", "moment": "soon", "text": struct{}{}, "hour": 7,
	} {
		if ana.Fill(id, value) == nil {
			t.Errorf("%s took %v", id, value)
		}
	}
	for _, id := range []string{"mail", "link", "many", "moment", "one"} {
		check(t, ana.Fill(id, nil))
	}
	if r := get(ana.Submit(ctx)); r.Status != Closed {
		t.Errorf("%+v", r)
	}
	log := tw.Envelopes()
	var p obj
	check(t, unmarshal(log[len(log)-1].Payload, &p))
	values := asObj(asObj(asObj(p["view"])["state"])["values"])
	entered := func(id string) obj { return asObj(asObj(values[id])["a"]) }
	if v, there := entered("one")["selected_option"]; !there || v != nil {
		t.Errorf("a cleared select must be there and null: %v", entered("one"))
	}
	if v := entered("many")["selected_options"]; v == nil || len(asList(v)) != 0 {
		t.Errorf("a cleared multi-select must be an empty list: %v", entered("many"))
	}
	if v, there := entered("moment")["selected_date_time"]; !there || v != nil {
		t.Errorf("a cleared date must be there and null: %v", entered("moment"))
	}
}

func TestPeopleMoveAboutAsAtSlack(t *testing.T) {
	t.Parallel()
	tw := newTown(t)
	ana, ben := tw.As(anaID), tw.As(benID)
	secret, open := get(ana.CreateChannel("secret", true)), get(ana.CreateChannel("open", false))
	if _, err := ben.CreateChannel("secret", true); err == nil {
		t.Error("a name was given twice")
	}
	if ben.Join(secret) == nil {
		t.Error("somebody joined a private channel by themselves")
	}
	check(t, ben.Join("#open"))
	check(t, ana.Invite(secret, guestID)) // people may invite guests, the app may not
	m := get(ana.Post(open, "first <thought>"))
	check(t, ana.Edit(open, m.TS, "second thought"))
	if got := ben.Transcript(open); !strings.HasSuffix(got, "Ana Ng 14:05\n  second thought (edited)") {
		t.Errorf("Ben reads\n%s", got)
	}
	if ben.Edit(open, m.TS, "x") == nil || ben.Delete(open, m.TS) == nil {
		t.Error("Ben changed Ana's message")
	}
	check(t, ana.Delete(open, m.TS))
	if strings.Contains(ben.Transcript(open), "thought") {
		t.Error("a deleted message is still there")
	}
	if ch, ok := tw.Channel("secret"); !ok || !ch.Private || len(ch.Members) != 2 || ch.CreatedByApp {
		t.Errorf("%+v", ch)
	}
	if r := tw.form(t, "conversations.info", "channel", secret); r.code() != "channel_not_found" {
		t.Errorf("the app sees a private channel it is not in: %v", r.obj)
	}
	if r := tw.form(t, "chat.postMessage", "channel", open, "text", "x"); r.code() != "not_in_channel" {
		t.Errorf("the app posts where it is not: %v", r.obj)
	}
	check(t, ana.Archive(open))
	if _, err := ana.Post(open, "x"); err == nil {
		t.Error("somebody posted to an archived channel")
	}
	if n := len(tw.Channels()); n != 3 {
		t.Errorf("%d channels", n)
	}
}

func TestAResponseURLReplacesOrDeletesTheMessageOfItsButton(t *testing.T) {
	t.Parallel()
	tw, ctx := newTown(t), testContext(t)
	tw.answering(t, func(obj) any { return nil })
	ana := tw.As(anaID)
	card := tw.form(t, "chat.postMessage", "channel", anaID, "text", "card", "blocks",
		`[{"type":"actions","elements":[{"type":"button","action_id":"go","text":{"type":"plain_text","text":"Go"}}]}]`).must(t)
	get(ana.PressMessage(ctx, card.at("channel"), card.at("ts"), "Go"))
	log := tw.Envelopes()
	var p obj
	check(t, unmarshal(log[len(log)-1].Payload, &p))
	respond := func(body string) (int, string) {
		resp := get(tw.http.Post(str(p["response_url"]), "application/json", strings.NewReader(body)))
		defer resp.Body.Close()
		return resp.StatusCode, string(get(io.ReadAll(resp.Body)))
	}
	if code, body := respond(`{"text":"also","response_type":"ephemeral","replace_original":false}`); code != 200 || body != "ok" {
		t.Errorf("HTTP %d %s", code, body)
	}
	if code, _ := respond(`{"replace_original":true,"text":"done"}`); code != 200 {
		t.Error(code)
	}
	if got := ana.DMs(); len(got) != 2 || got[0].Text != "done" || len(got[0].Blocks) != 0 || !got[1].Ephemeral {
		t.Errorf("Ana sees %+v", got)
	}
	if code, body := respond(`{"text":""}`); code != 400 || !strings.Contains(body, "no_text") {
		t.Errorf("HTTP %d %s", code, body)
	}
	tw.Fault(Fault{Method: "response_url", Kind: FaultDropBefore})
	if _, err := tw.http.Post(str(p["response_url"]), "application/json", strings.NewReader(`{"text":"x"}`)); err == nil {
		t.Error("the post was not dropped")
	}
	if code, _ := respond(`{"delete_original":true}`); code != 200 {
		t.Error(code)
	}
	if got := ana.DMs(); len(got) != 1 {
		t.Errorf("Ana sees %+v", got)
	}
}

func TestStalledAndRefusedSockets(t *testing.T) {
	t.Parallel()
	tw, ctx := newTown(t, func(o *Options) { o.AckTimeout = 30 * time.Millisecond; o.PingInterval = time.Millisecond }), testContext(t)
	tw.answering(t, func(obj) any { return nil })
	tw.Sockets().Stall()
	if out := get(tw.As(anaID).Slash(ctx, "/breach", "")); out.Failed != "dispatch_failed" {
		t.Errorf("a stalled socket answered: %+v", out)
	}
	tw.Sockets().Refuse()
	url := tw.socketURL(t)
	resp := get(tw.http.Get("http" + strings.TrimPrefix(url, "ws")))
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("a refused handshake answers HTTP %d", resp.StatusCode)
	}
	tw.Sockets().Enable()
	tw.dial(t).hello()
}

// On a running clock things fall due by themselves.
func TestARunningClockKeepsItsAppointments(t *testing.T) {
	t.Parallel()
	tw := newTown(t, func(o *Options) { o.Frozen = false })
	w := tw.dial(t)
	w.hello()
	tw.Sockets().Disconnect(Warning)
	w.next()
	tw.Advance(warningTime - 20*time.Millisecond)
	select {
	case <-w.closed:
	case <-time.After(testTimeout):
		t.Fatal("the warned socket was never closed")
	}
}

func TestScopesOfReadingDependOnTheKindOfChannel(t *testing.T) {
	t.Parallel()
	tw := newTown(t)
	dm := tw.form(t, "conversations.open", "users", anaID).must(t).at("channel", "id")
	for method, want := range map[string]string{
		"conversations.info": "im:read", "conversations.members": "im:read", "conversations.history": "",
	} {
		if r := tw.form(t, method, "channel", dm); r.at("needed") != want {
			t.Errorf("%s: %v", method, r.obj)
		}
	}
	if r := tw.form(t, "users.conversations"); r.at("needed") != "channels:read" {
		t.Errorf("types default to public channels: %v", r.obj)
	}
	if r := tw.form(t, "conversations.open", "users", anaID+","+benID); r.at("needed") != "mpim:write" {
		t.Errorf("a group DM: %v", r.obj)
	}
	tw.SetScopes(append(DefaultApp().BotScopes, "mpim:write", "pins:read")...)
	r := tw.form(t, "conversations.open", "users", anaID+","+benID).must(t)
	again := tw.form(t, "conversations.open", "users", benID+","+anaID).must(t)
	if r.at("channel", "id") != again.at("channel", "id") {
		t.Error("the same people have two conversations")
	}
}
