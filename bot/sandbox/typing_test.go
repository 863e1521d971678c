package sandbox

import (
	"encoding/json"
	"testing"
)

// typingModal has inputs of each kind of telling.
func typingModal() obj {
	letters := obj{"trigger_actions_on": []any{"on_character_entered"}}
	enter := obj{"trigger_actions_on": []any{"on_enter_pressed"}}
	text := func(block string, tells bool, config obj) obj {
		e := obj{"type": "plain_text_input", "action_id": "value"}
		if config != nil {
			e["dispatch_action_config"] = config
		}
		return obj{"type": "input", "block_id": block, "optional": true, "dispatch_action": tells, "label": label(block), "element": e}
	}
	return obj{
		"type": "modal", "callback_id": "typing", "title": label("Typing"), "submit": label("Send"), "private_metadata": "m",
		"blocks": []any{
			text("letters", true, letters), text("enter", true, enter), text("plain", true, nil), text("silent", false, letters),
			obj{"type": "input", "block_id": "pick", "optional": true, "dispatch_action": true, "label": label("Pick"), "element": obj{
				"type": "static_select", "action_id": "value", "options": []any{choiceOf(1), choiceOf(2)},
			}},
		},
	}
}

// What is entered is told at once where the app asked for that: with the whole
// form as it stands, from the view, and with no way to write to a channel.
func TestInputsThatTellOfEveryChange(t *testing.T) {
	t.Parallel()
	tw, ctx := newTown(t), testContext(t)
	tw.answering(t, func(obj) any { return nil })
	ana := tw.As(anaID)
	r := tw.opened(t, ctx, typingModal())
	told := func() []obj {
		var out []obj
		for _, e := range tw.Envelopes() {
			if e.Kind == "block_actions" {
				var p obj
				check(t, json.Unmarshal(e.Payload, &p))
				out = append(out, p)
			}
		}
		return out
	}
	for block, want := range map[string]int{"letters": 1, "enter": 0, "plain": 0, "silent": 0} {
		before := len(told())
		check(t, ana.Fill(block, "typed in "+block))
		if n := len(told()) - before; n != want {
			t.Errorf("%s told the app %d times", block, n)
		}
	}
	check(t, ana.Fill("pick", "2"))
	check(t, ana.Fill("letters", "typed in letters")) // nothing has changed
	check(t, ana.Fill("letters", nil))
	all := told()
	if len(all) != 3 {
		t.Fatalf("the app was told %d times", len(all))
	}
	last := ""
	for _, p := range all {
		view, act := asObj(p["view"]), asObj(asList(p["actions"])[0])
		if c := asObj(p["container"]); str(c["type"]) != "view" || str(c["view_id"]) != r.at("view", "id") {
			t.Errorf("the container is %v", c)
		}
		if p["response_url"] != nil || p["channel"] != nil || p["message"] != nil || str(p["trigger_id"]) == "" {
			t.Errorf("told: %v", p)
		}
		if str(view["hash"]) != r.at("view", "hash") || str(view["private_metadata"]) != "m" || str(view["callback_id"]) != "typing" {
			t.Errorf("the view is %v", view)
		}
		values := asObj(asObj(view["state"])["values"])
		if len(values) != 5 {
			t.Errorf("the form holds %v", values)
		}
		block, action := str(act["block_id"]), str(act["action_id"])
		now := asObj(asObj(values[block])[action])
		for _, field := range []string{"value", "selected_option"} {
			a, _ := json.Marshal(act[field])
			b, _ := json.Marshal(now[field])
			if string(a) != string(b) {
				t.Errorf("%s: told %s, holds %s", block, a, b)
			}
		}
		if ts := str(act["action_ts"]); ts <= last {
			t.Errorf("%s comes after %s", ts, last)
		} else {
			last = ts
		}
	}
	if v := asObj(asObj(asObj(asObj(asObj(all[2]["view"])["state"])["values"])["letters"])["value"]); v["value"] != nil {
		t.Errorf("cleared, it holds %v", v)
	}
}
