package sandbox

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

const goodModal = `{
  "type": "modal", "callback_id": "report", "title": {"type": "plain_text", "text": "Report a breach"},
  "submit": {"type": "plain_text", "text": "Report"}, "close": {"type": "plain_text", "text": "Cancel"},
  "private_metadata": "m1", "notify_on_close": true,
  "blocks": [
    {"type": "section", "block_id": "intro", "text": {"type": "mrkdwn", "text": "*Hello*", "verbatim": true},
     "accessory": {"type": "button", "action_id": "help", "text": {"type": "plain_text", "text": "Help"}}},
    {"type": "input", "block_id": "what", "label": {"type": "plain_text", "text": "What?"},
     "element": {"type": "plain_text_input", "action_id": "text", "max_length": 100}},
    {"type": "input", "block_id": "kind", "label": {"type": "plain_text", "text": "Kind"},
     "element": {"type": "static_select", "action_id": "choice", "options": [
       {"text": {"type": "plain_text", "text": "E-mail"}, "value": "email"},
       {"text": {"type": "plain_text", "text": "Loss"}, "value": "loss"}]}},
    {"type": "actions", "block_id": "acts", "elements": [
       {"type": "button", "action_id": "a", "text": {"type": "plain_text", "text": "A"}, "value": "1"},
       {"type": "button", "action_id": "b", "text": {"type": "plain_text", "text": "B"}, "style": "danger"}]},
    {"type": "context", "elements": [{"type": "plain_text", "text": "small"}]},
    {"type": "header", "text": {"type": "plain_text", "text": "Head"}},
    {"type": "divider"}
  ]
}`

// at changes one place of a JSON document, named by a json-pointer without the leading slash; nil removes it.
func at(t *testing.T, doc any, pointer string, value any) {
	t.Helper()
	parts := strings.Split(pointer, "/")
	for _, p := range parts[:len(parts)-1] {
		switch d := doc.(type) {
		case obj:
			doc = d[p]
		case []any:
			var i int
			_, _ = fmt.Sscan(p, &i)
			doc = d[i]
		}
	}
	last := parts[len(parts)-1]
	switch d := doc.(type) {
	case obj:
		if value == nil {
			delete(d, last)
		} else {
			d[last] = value
		}
	case []any:
		var i int
		_, _ = fmt.Sscan(last, &i)
		d[i] = value
	default:
		t.Fatalf("no place %s", pointer)
	}
}

func repeat(n int, item func(i int) any) []any {
	out := make([]any, n)
	for i := range out {
		out[i] = item(i)
	}
	return out
}

func label(s string) obj { return obj{"type": "plain_text", "text": s} }

func divider(int) any { return obj{"type": "divider"} }

func choiceOf(i int) any { return obj{"text": label(fmt.Sprint("Option ", i)), "value": fmt.Sprint(i)} }

func TestAModalWithinTheLimitsIsAccepted(t *testing.T) {
	t.Parallel()
	var v obj
	check(t, json.Unmarshal([]byte(goodModal), &v))
	// Limits are counted in code points: 24 two-byte letters fit.
	at(t, v, "title/text", strings.Repeat("é", 24))
	if _, faults := checkView(v, surfaceModal, ""); len(faults) > 0 {
		t.Error(faults)
	}
}

func TestModalsWithOneFaultAreRefusedWhereItIs(t *testing.T) {
	t.Parallel()
	long := func(n int) string { return strings.Repeat("x", n) }
	for name, c := range map[string]struct {
		place string
		value any
		want  string
	}{
		"no title":              {"title", nil, "missing required field: title [json-pointer:/view]"},
		"no blocks":             {"blocks", nil, "missing required field: blocks [json-pointer:/view]"},
		"no submit with inputs": {"submit", nil, "missing required field: submit [json-pointer:/view]"},
		"title too long":        {"title/text", long(25), "must be less than 25 characters [json-pointer:/view/title/text]"},
		"submit too long":       {"submit/text", long(25), "must be less than 25 characters [json-pointer:/view/submit/text]"},
		"close in mrkdwn":       {"close/type", "mrkdwn", "[json-pointer:/view/close/type]"},
		"metadata too long":     {"private_metadata", long(3001), "must be less than 3001 characters [json-pointer:/view/private_metadata]"},
		"callback too long":     {"callback_id", long(256), "must be less than 256 characters [json-pointer:/view/callback_id]"},
		"unknown property":      {"colour", "red", "invalid additional property: colour [json-pointer:/view]"},
		"read-only property":    {"hash", "1.2", "invalid additional property: hash [json-pointer:/view]"},
		"101 blocks":            {"blocks", repeat(101, divider), "no more than 100 items allowed [json-pointer:/view/blocks]"},
		"unknown block":         {"blocks/0/type", "banner", "unsupported type: banner [json-pointer:/view/blocks/0/type]"},
		"message-only block":    {"blocks/6", obj{"type": "markdown", "text": "x"}, "unsupported type: markdown [json-pointer:/view/blocks/6/type]"},
		"empty section":         {"blocks/0/text/text", "", "must be more than 0 characters [json-pointer:/view/blocks/0/text/text]"},
		"section too long":      {"blocks/0/text/text", long(3001), "must be less than 3001 characters [json-pointer:/view/blocks/0/text/text]"},
		"section without text":  {"blocks/0/text", nil, "missing required field: text [json-pointer:/view/blocks/0]"},
		"emoji in mrkdwn":       {"blocks/0/text/emoji", true, "invalid additional property: emoji [json-pointer:/view/blocks/0/text]"},
		"11 fields":             {"blocks/0/fields", repeat(11, func(int) any { return label("f") }), "no more than 10 items allowed [json-pointer:/view/blocks/0/fields]"},
		"duplicate block_id":    {"blocks/1/block_id", "intro", "already exists [json-pointer:/view/blocks/1/block_id]"},
		"duplicate action_id":   {"blocks/3/elements/1/action_id", "a", "already exists in this block [json-pointer:/view/blocks/3/elements/1/action_id]"},
		"block_id too long":     {"blocks/1/block_id", long(256), "[json-pointer:/view/blocks/1/block_id]"},
		"label not plain":       {"blocks/1/label/type", "mrkdwn", "[json-pointer:/view/blocks/1/label/type]"},
		"input without element": {"blocks/1/element", nil, "missing required field: element [json-pointer:/view/blocks/1]"},
		"button as input":       {"blocks/1/element", obj{"type": "button", "text": label("x")}, "unsupported type: button in input [json-pointer:/view/blocks/1/element/type]"},
		"input as action":       {"blocks/3/elements/0", obj{"type": "plain_text_input"}, "unsupported type: plain_text_input in actions [json-pointer:/view/blocks/3/elements/0/type]"},
		"max_length too big":    {"blocks/1/element/max_length", 3001.0, "must be less than or equal to 3000 [json-pointer:/view/blocks/1/element/max_length]"},
		"min above max":         {"blocks/1/element/min_length", 101.0, "[json-pointer:/view/blocks/1/element/min_length]"},
		"multiline as text":     {"blocks/1/element/multiline", "yes", "must provide a boolean [json-pointer:/view/blocks/1/element/multiline]"},
		"no options":            {"blocks/2/element/options", nil, "[json-pointer:/view/blocks/2/element]"},
		"101 options":           {"blocks/2/element/options", repeat(101, choiceOf), "no more than 100 items allowed [json-pointer:/view/blocks/2/element/options]"},
		"option text too long":  {"blocks/2/element/options/0/text/text", long(76), "must be less than 76 characters [json-pointer:/view/blocks/2/element/options/0/text/text]"},
		"option value too long": {"blocks/2/element/options/0/value", long(151), "must be less than 151 characters [json-pointer:/view/blocks/2/element/options/0/value]"},
		"repeated option value": {"blocks/2/element/options/1/value", "email", "[json-pointer:/view/blocks/2/element/options/1/value]"},
		"foreign initial":       {"blocks/2/element/initial_option", choiceOf(9), "must be one of the provided options [json-pointer:/view/blocks/2/element/initial_option]"},
		"placeholder too long":  {"blocks/2/element/placeholder", label(long(151)), "[json-pointer:/view/blocks/2/element/placeholder/text]"},
		"button text too long":  {"blocks/3/elements/0/text/text", long(76), "must be less than 76 characters [json-pointer:/view/blocks/3/elements/0/text/text]"},
		"button value too long": {"blocks/3/elements/0/value", long(2001), "[json-pointer:/view/blocks/3/elements/0/value]"},
		"unknown style":         {"blocks/3/elements/1/style", "default", "[json-pointer:/view/blocks/3/elements/1/style]"},
		"no actions":            {"blocks/3/elements", []any{}, "no fewer than 1 items allowed [json-pointer:/view/blocks/3/elements]"},
		"26 actions": {"blocks/3/elements", repeat(26, func(i int) any {
			return obj{"type": "button", "action_id": fmt.Sprint(i), "text": label("x")}
		}), "no more than 25 items allowed [json-pointer:/view/blocks/3/elements]"},
		"11 context elements": {"blocks/4/elements", repeat(11, func(int) any { return label("x") }), "no more than 10 items allowed [json-pointer:/view/blocks/4/elements]"},
		"header too long":     {"blocks/5/text/text", long(151), "must be less than 151 characters [json-pointer:/view/blocks/5/text/text]"},
		"header in mrkdwn":    {"blocks/5/text/type", "mrkdwn", "[json-pointer:/view/blocks/5/text/type]"},
		"11 checkboxes": {"blocks/2/element", obj{"type": "checkboxes", "options": repeat(11, choiceOf)},
			"no more than 10 items allowed [json-pointer:/view/blocks/2/element/options]"},
		"bad date": {"blocks/2/element", obj{"type": "datepicker", "initial_date": "12/11/2026"},
			"[json-pointer:/view/blocks/2/element/initial_date]"},
		"number without decimals rule": {"blocks/2/element", obj{"type": "number_input"},
			"missing required field: is_decimal_allowed [json-pointer:/view/blocks/2/element]"},
		"image without alt text": {"blocks/6", obj{"type": "image", "image_url": "https://example.org/x.png"},
			"missing required field: alt_text [json-pointer:/view/blocks/6]"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var v obj
			check(t, json.Unmarshal([]byte(goodModal), &v))
			at(t, v, c.place, c.value)
			_, faults := checkView(v, surfaceModal, "")
			if len(faults) != 1 || !strings.Contains(faults[0], c.want) || !strings.HasPrefix(faults[0], "[ERROR] ") {
				t.Errorf("faults are %q, want one with %q", faults, c.want)
			}
		})
	}
}

func TestMessageBlocksHaveTheirOwnLimits(t *testing.T) {
	t.Parallel()
	if _, faults := checkBlocks(repeat(51, divider), surfaceMessage, "/blocks", ""); len(faults) != 1 {
		t.Errorf("51 blocks in a message: %v", faults)
	}
	file := []any{obj{"type": "input", "label": label("l"), "element": obj{"type": "file_input"}}}
	if _, faults := checkBlocks(file, surfaceMessage, "/blocks", ""); len(faults) != 1 {
		t.Errorf("a file input in a message: %v", faults)
	}
}
