package page

import (
	"maps"
	"net/url"
	"strings"
	"testing"
)

// typing is a modal with inputs of each kind of telling.
const typing = `{"type":"modal","title":{"type":"plain_text","text":"Typing"},"submit":{"type":"plain_text","text":"Send"},"blocks":[
{"type":"input","block_id":"letters","optional":true,"dispatch_action":true,"label":{"type":"plain_text","text":"letters"},"element":{"type":"plain_text_input","action_id":"value","dispatch_action_config":{"trigger_actions_on":["on_character_entered"]}}},
{"type":"input","block_id":"enter","optional":true,"dispatch_action":true,"label":{"type":"plain_text","text":"enter"},"element":{"type":"plain_text_input","action_id":"value","dispatch_action_config":{"trigger_actions_on":["on_enter_pressed"]}}},
{"type":"input","block_id":"plain","optional":true,"dispatch_action":true,"label":{"type":"plain_text","text":"plain"},"element":{"type":"plain_text_input","action_id":"value"}},
{"type":"input","block_id":"silent","optional":true,"dispatch_action":false,"label":{"type":"plain_text","text":"silent"},"element":{"type":"plain_text_input","action_id":"value","dispatch_action_config":{"trigger_actions_on":["on_character_entered"]}}},
{"type":"input","block_id":"pick","optional":true,"dispatch_action":true,"label":{"type":"plain_text","text":"Pick"},"element":{"type":"static_select","action_id":"value","options":[{"text":{"type":"plain_text","text":"One"},"value":"1"},{"text":{"type":"plain_text","text":"Two"},"value":"2"}]}}
]}`

// In the browser it goes to the app while the form stays as it is.
func TestPageTellsOfEveryChange(t *testing.T) {
	tw := newTown(t)
	id := tw.opened(t, typing)
	_, address := pageFor(t, tw.Workspace, Options{})
	base := address + "as/" + anaID + "/"
	body := look(t, base)
	if strings.Count(body, `do/fill"`) != 4 || strings.Contains(body, `data-tell=`+"\"f-"+id) {
		t.Errorf("the form:\n%s", body)
	}
	form := url.Values{"where": {"modal"}, "view": {id}, "v:letters/value": {"half"}, "v:silent/value": {"quiet"}}
	do(t, base+"do/fill", form)
	if v := tw.As(anaID).Modal(); v == nil || v.State["letters"]["value"]["value"] != "half" || v.State["silent"]["value"]["value"] != "quiet" {
		t.Errorf("entered: %+v", v)
	}
	n := 0
	for _, e := range tw.Envelopes() {
		if e.Kind == "block_actions" {
			n++
		}
	}
	if n != 1 {
		t.Errorf("the app was told %d times", n)
	}
	// A form that was closed meanwhile is no fault.
	check(t, tw.As(anaID).CloseModal(t.Context()))
	if got := strings.TrimSpace(do(t, base+"do/fill", form)); got != "{}" {
		t.Errorf("said: %s", got)
	}
}

// What a field tells the app of while the form is being sent may reach the page
// after the form was refused. It brings nothing new, so the fields that are
// wrong go on saying so.
func TestPageLateTellingKeepsErrors(t *testing.T) {
	tw := newTown(t)
	id := tw.opened(t, strings.Replace(typing, `"silent","optional":true`, `"silent","optional":false`, 1))
	_, address := pageFor(t, tw.Workspace, Options{})
	base := address + "as/" + anaID + "/"
	form := url.Values{"where": {"modal"}, "view": {id}, "v:letters/value": {"half"}, "v:silent/value": {""}}
	if said := do(t, base+"do/submit", form); !strings.Contains(said, "Please check") {
		t.Fatalf("said: %s", said)
	}
	wrong := tw.As(anaID).Modal().Errors
	if wrong["silent"] == "" {
		t.Fatalf("wrong: %v", wrong)
	}
	do(t, base+"do/fill", form)
	if now := tw.As(anaID).Modal().Errors; !maps.Equal(now, wrong) {
		t.Errorf("wrong before: %v, now: %v", wrong, now)
	}
	form.Set("v:silent/value", "quiet")
	do(t, base+"do/fill", form)
	if now := tw.As(anaID).Modal().Errors; now["silent"] != "" {
		t.Errorf("entered and still wrong: %v", now)
	}
}
