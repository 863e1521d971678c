package sandbox

import (
	"context"
	"strings"
	"testing"
	"time"
)

// opened gives Ana a modal through a command.
func (tw *town) opened(t *testing.T, ctx context.Context, view obj) reply {
	t.Helper()
	return tw.json(t, "views.open", obj{"trigger_id": tw.trigger(t, ctx), "view": view}).must(t)
}

// trigger runs a command as Ana, which gives the app a trigger.
func (tw *town) trigger(t *testing.T, ctx context.Context) string {
	t.Helper()
	get(tw.As(anaID).Slash(ctx, "/breach", ""))
	return tw.lastTrigger(t)
}

func (tw *town) lastTrigger(t *testing.T) string {
	t.Helper()
	tw.mu.Lock()
	defer tw.mu.Unlock()
	var last *trigger
	for _, tr := range tw.triggers {
		if last == nil || tr.id > last.id {
			last = tr
		}
	}
	return last.id
}

// scripted answers submissions with a changeable payload.
func (tw *town) scripted(t *testing.T) (answers chan any) {
	t.Helper()
	answers = make(chan any, 10)
	tw.answering(t, func(f obj) any {
		if asObj(f["payload"])["type"] == "view_submission" {
			return <-answers
		}
		return nil
	})
	return answers
}

func TestTriggersLiveThreeSecondsAndWorkOnce(t *testing.T) {
	t.Parallel()
	tw, ctx := newTown(t), testContext(t)
	tw.answering(t, func(obj) any { return nil })
	open := func(trigger string) reply {
		return tw.json(t, "views.open", obj{"trigger_id": trigger, "view": simpleModal("x")})
	}
	first := tw.trigger(t, ctx)
	open(first).must(t)
	late := tw.trigger(t, ctx)
	tw.Advance(triggerLife + time.Millisecond)
	for trigger, want := range map[string]string{
		first: "exchanged_trigger_id", late: "expired_trigger_id", "1.2." + strings.Repeat("a", 32): "invalid_trigger_id",
		"garbage": "invalid_arguments", "": "invalid_arguments",
	} {
		if got := open(trigger); got.code() != want {
			t.Errorf("%q: %q, want %q", trigger, got.code(), want)
		}
	}
	if tw.As(benID).Modal() != nil {
		t.Error("Ana's trigger opened a modal for Ben")
	}
}

func TestUpdatingViews(t *testing.T) {
	t.Parallel()
	tw, ctx := newTown(t), testContext(t)
	tw.answering(t, func(obj) any { return nil })
	ana := tw.As(anaID)
	view := simpleModal("First")
	view["external_id"] = "ext-1"
	r := tw.opened(t, ctx, view)
	id, hash := r.at("view", "id"), r.at("view", "hash")
	check(t, ana.Fill("what", "kept"))
	next := simpleModal("Second")
	tw.json(t, "views.update", obj{"view_id": id, "hash": hash, "view": next}).must(t)
	if v := ana.Modal(); v.ID != id || v.Title != "Second" || v.State["what"]["text"]["value"] != "kept" {
		t.Errorf("after the update: %+v", v)
	}
	if got := tw.json(t, "views.update", obj{"view_id": id, "hash": hash, "view": next}); got.code() != "hash_conflict" {
		t.Errorf("an old hash: %v", got.obj)
	}
	at(t, next, "blocks/0/block_id", "renamed")
	tw.json(t, "views.update", obj{"external_id": "ext-1", "view": next}).must(t)
	if v := ana.Modal(); v.State["renamed"]["text"]["value"] != nil {
		t.Errorf("a new block_id must reset the field: %v", v.State)
	}
	again := simpleModal("x")
	again["external_id"] = "ext-1"
	if got := tw.json(t, "views.publish", obj{"user_id": benID, "view": obj{
		"type": "home", "blocks": []any{}, "external_id": "ext-1",
	}}); got.code() != "duplicate_external_id" {
		t.Error(got.obj)
	}
	check(t, ana.Cancel(ctx))
	if got := tw.json(t, "views.update", obj{"view_id": id, "view": next}); got.code() != "not_found" {
		t.Errorf("after closing: %v", got.obj)
	}
}

func TestTheStackHoldsThree(t *testing.T) {
	t.Parallel()
	tw, ctx := newTown(t), testContext(t)
	tw.answering(t, func(obj) any { return nil })
	ana := tw.As(anaID)
	root := tw.opened(t, ctx, simpleModal("One")).at("view", "id")
	push := func(title string) reply {
		get(ana.Press(ctx, InModal(), "Next"))
		return tw.json(t, "views.push", obj{"trigger_id": tw.lastTrigger(t), "view": simpleModal(title)})
	}
	two := push("Two").must(t)
	if two.at("view", "root_view_id") != root || two.at("view", "previous_view_id") != root {
		t.Errorf("second view: %v", two.obj)
	}
	push("Three").must(t)
	if got := push("Four"); got.code() != "push_limit_reached" {
		t.Error(got.obj)
	}
	if tw.As(benID).Modal() != nil || len(ana.Modals()) != 3 {
		t.Error("stacks belong to one person")
	}
	check(t, ana.Cancel(ctx))
	if ana.Modal().Title != "Two" {
		t.Errorf("on top is %q", ana.Modal().Title)
	}
	check(t, ana.CloseModal(ctx))
	log := tw.Envelopes()
	closedByX, cancelled := string(log[len(log)-1].Payload), string(log[len(log)-2].Payload)
	if !strings.Contains(closedByX, root) || !strings.Contains(closedByX, `"is_cleared":true`) {
		t.Errorf("the x must name the root: %s", closedByX)
	}
	if !strings.Contains(cancelled, `"is_cleared":false`) || !strings.Contains(cancelled, `"values":{}`) {
		t.Errorf("cancel: %s", cancelled)
	}
}

func TestClientRulesStopAForm(t *testing.T) {
	t.Parallel()
	tw, ctx := newTown(t), testContext(t)
	answers := tw.scripted(t)
	ana := tw.As(anaID)
	view := simpleModal("Form")
	view["blocks"] = append(asList(view["blocks"]), obj{
		"type": "input", "block_id": "n", "optional": true, "label": label("How many?"),
		"element": obj{"type": "number_input", "action_id": "n", "is_decimal_allowed": false, "min_value": "1", "max_value": "9"},
	})
	tw.opened(t, ctx, view)
	for _, c := range []struct{ field, value, bad string }{
		{"what", "", "what"}, {"what", "ab", "what"}, {"what", strings.Repeat("x", 21), "what"}, {"what", "fine", ""},
		{"n", "0", "n"}, {"n", "10", "n"}, {"n", "1.5", "n"}, {"n", "many", "n"},
	} {
		check(t, ana.Fill(c.field, c.value))
		if c.bad == "" {
			continue
		}
		if r := get(ana.Submit(ctx)); r.Status != Refused || r.Errors[c.bad] == "" {
			t.Errorf("%s=%q: %+v", c.field, c.value, r)
		}
	}
	if ana.Fill("kind", "x") == nil || ana.Fill("who", []string{"nobody"}) == nil {
		t.Error("things that are not offered were chosen")
	}
	if n := len(tw.Envelopes()); n != 1 {
		t.Errorf("the app heard of refused forms (%d envelopes)", n)
	}
	check(t, ana.Fill("How many?", 5))
	check(t, ana.Fill("who", []string{"Ben Okoro", anaID}))
	answers <- nil
	if r := get(ana.Submit(ctx)); r.Status != Closed {
		t.Errorf("%+v", r)
	}
	log := tw.Envelopes()
	sent := string(log[len(log)-1].Payload)
	for _, part := range []string{
		`"n":{"n":{"type":"number_input","value":"5"}}`, `"selected_users":["W0BEN","U0ANA"]`,
		`"more":{"sel":{"selected_option":null,"type":"static_select"}}`,
	} {
		if !strings.Contains(sent, part) {
			t.Errorf("the submission lacks %s: %s", part, sent)
		}
	}
}

func TestResponseActions(t *testing.T) {
	t.Parallel()
	tw, ctx := newTown(t), testContext(t)
	answers := tw.scripted(t)
	ana := tw.As(anaID)
	broken := simpleModal("x")
	delete(broken, "title")
	for _, c := range []struct {
		name   string
		answer any
		want   SubmitStatus
		top    string
	}{
		{"an error at an input", obj{"response_action": "errors", "errors": obj{"what": "No."}}, Faulty, "Form"},
		{"an error at a section", obj{"response_action": "errors", "errors": obj{"more": "No."}}, Trouble, "Form"},
		{"an error at nothing", obj{"response_action": "errors", "errors": obj{"zzz": "No."}}, Trouble, "Form"},
		{"an unknown action", obj{"response_action": "explode"}, Trouble, "Form"},
		{"an invalid view", obj{"response_action": "update", "view": broken}, Trouble, "Form"},
		{"an update", obj{"response_action": "update", "view": simpleModal("Updated")}, Updated, "Updated"},
		{"a push", obj{"response_action": "push", "view": simpleModal("Pushed")}, Pushed, "Pushed"},
		{"nothing", nil, Closed, ""},
		{"clear", obj{"response_action": "clear"}, Cleared, ""},
	} {
		tw.opened(t, ctx, simpleModal("Form"))
		check(t, ana.Fill("what", "entered"))
		answers <- c.answer
		r := get(ana.Submit(ctx))
		top := ""
		if r.View != nil {
			top = r.View.Title
		}
		if r.Status != c.want || top != c.top || (r.Status == Trouble) != (r.Reason != "") {
			t.Errorf("%s: %+v with %q on top", c.name, r, top)
		}
	}
}

func TestClicksInModalsAndMessagesLookLikeSlacks(t *testing.T) {
	t.Parallel()
	tw, ctx := newTown(t), testContext(t)
	var seen []obj
	tw.answering(t, func(f obj) any { return nil })
	payloads := func() obj {
		log := tw.Envelopes()
		var o obj
		check(t, unmarshal(log[len(log)-1].Payload, &o))
		seen = append(seen, o)
		return o
	}
	ana := tw.As(anaID)
	id := tw.opened(t, ctx, simpleModal("Form")).at("view", "id")
	get(ana.Choose(ctx, InModal(), "sel", "Option 2"))
	p := payloads()
	action := asObj(asList(p["actions"])[0])
	if asObj(p["container"])["view_id"] != id || p["channel"] != nil || p["response_url"] != nil ||
		asObj(action["selected_option"])["value"] != "2" || asObj(p["view"])["hash"] == nil {
		t.Errorf("click in a modal: %v", p)
	}
	ch := tw.room(t, "room", anaID)
	r := tw.form(t, "chat.postMessage", "channel", ch, "text", "x", "blocks", `[{"type":"actions","elements":[
		{"type":"button","action_id":"go","value":"v1","text":{"type":"plain_text","text":"Go"}},
		{"type":"button","action_id":"go2","value":"v2","text":{"type":"plain_text","text":"Go"}}]}]`).must(t)
	if _, err := ana.PressMessage(ctx, ch, r.at("ts"), "Go"); err == nil {
		t.Error("an ambiguous label was pressed")
	}
	get(ana.PressMessage(ctx, ch, r.at("ts"), "go2"))
	p = payloads()
	action = asObj(asList(p["actions"])[0])
	container := asObj(p["container"])
	if container["type"] != "message" || container["message_ts"] != r.at("ts") || container["channel_id"] != ch ||
		asObj(p["channel"])["id"] != ch || p["view"] != nil || p["response_url"] == nil ||
		action["value"] != "v2" || str(action["block_id"]) == "" || asObj(p["message"])["ts"] != r.at("ts") {
		t.Errorf("click in a message: %v", p)
	}
	if _, err := tw.As(benID).PressMessage(ctx, ch, r.at("ts"), "go2"); err == nil {
		t.Error("somebody outside the channel pressed the button")
	}
}

func TestResponseURLs(t *testing.T) {
	t.Parallel()
	tw, ctx := newTown(t), testContext(t)
	tw.answering(t, func(obj) any { return nil })
	respond := func(body string) int {
		var o obj
		for _, e := range tw.Envelopes() {
			if e.Type == "slash_commands" {
				check(t, unmarshal(e.Payload, &o))
			}
		}
		resp, err := tw.http.Post(str(o["response_url"]), "application/json", strings.NewReader(body))
		check(t, err)
		defer resp.Body.Close()
		return resp.StatusCode
	}
	ana := tw.As(anaID)
	get(ana.Slash(ctx, "/breach", "help"))
	for i := range 6 {
		if got := respond(`{"text":"help"}`); (got == 200) != (i < 5) {
			t.Errorf("use %d: HTTP %d", i+1, got)
		}
	}
	if all := ana.Messages(General); len(all) != 5 || !all[0].Ephemeral {
		t.Errorf("Ana sees %d messages", len(all))
	}
	get(ana.Slash(ctx, "/breach", "help"))
	tw.Advance(31 * time.Minute)
	if got := respond(`{"text":"late"}`); got == 200 {
		t.Error("a response_url worked after half an hour")
	}
}

func TestOnlyWhatTheAppDeclaresExists(t *testing.T) {
	t.Parallel()
	tw, ctx := newTown(t), testContext(t)
	tw.AddUser(User{ID: "U0EXT", Kind: External})
	ch := tw.room(t, "room", anaID)
	check(t, tw.As(anaID).Invite(ch, "U0EXT"))
	tw.answering(t, func(obj) any { return nil })
	if out := get(tw.As(anaID).Slash(ctx, "/other", "")); out.Failed != "unknown_command" {
		t.Errorf("%+v", out)
	}
	if out := get(tw.As(anaID).Shortcut(ctx, "other")); out.Failed != "not_available" {
		t.Errorf("%+v", out)
	}
	if out := get(tw.As("U0EXT").SlashIn(ctx, ch, "/breach", "")); out.Failed != "unknown_command" {
		t.Errorf("an outsider ran a command: %+v", out)
	}
	r := tw.form(t, "chat.postMessage", "channel", ch, "text", "x", "blocks",
		`[{"type":"actions","elements":[{"type":"button","action_id":"go","text":{"type":"plain_text","text":"Go"}}]}]`).must(t)
	if out := get(tw.As("U0EXT").PressMessage(ctx, ch, r.at("ts"), "Go")); out.Failed != "" {
		t.Errorf("an outsider in the channel can click: %+v", out)
	}
	log := tw.Envelopes()
	if !strings.Contains(string(log[len(log)-1].Payload), "T0ELSEWHERE") {
		t.Error("the payload does not tell the outsider's team")
	}
	get(tw.As(anaID).Slash(ctx, "/breach", "<!channel> @ben & #general"))
	log = tw.Envelopes()
	var p obj
	check(t, unmarshal(log[len(log)-1].Payload, &p))
	if p["text"] != "&lt;!channel&gt; <@W0BEN> &amp; <#C0GENERAL|general>" {
		t.Errorf("escaped text is %v", p["text"])
	}
	if out := get(tw.As(anaID).MessageShortcut(ctx, "breach_report_message", ch, r.at("ts"))); out.Failed != "" {
		t.Errorf("%+v", out)
	}
	if _, err := tw.As("U404").Slash(ctx, "/breach", ""); err == nil {
		t.Error("a stranger acted")
	}
}
