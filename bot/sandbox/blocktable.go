package sandbox

import (
	"fmt"
	"regexp"
	"time"
)

// plain is a plain_text object of one to hi characters.
func plain(hi int) rule {
	s := shape{
		required: []string{"type", "text"},
		props:    map[string]rule{"type": oneOf("plain_text"), "text": text(1, hi), "emoji": boolean},
	}
	return s.check
}

// either is a plain_text or mrkdwn object of one to hi characters.
func either(hi int) rule {
	mrkdwn := shape{
		required: []string{"type", "text"},
		props:    map[string]rule{"type": oneOf("mrkdwn"), "text": text(1, hi), "verbatim": boolean},
	}
	return func(c *checker, v any, ptr string) {
		switch o := asObj(v); {
		case o == nil:
			c.fault(ptr, "must provide an object")
		case str(o["type"]) == "mrkdwn":
			mrkdwn.check(c, v, ptr)
		case str(o["type"]) == "plain_text":
			plain(hi)(c, v, ptr)
		default:
			c.fault(ptr+"/type", "unsupported type: %v", o["type"])
		}
	}
}

var (
	confirm = shape{
		required: []string{"title", "text", "confirm", "deny"},
		props: map[string]rule{
			"title": plain(100), "text": either(300), "confirm": plain(30), "deny": plain(30), "style": oneOf("primary", "danger"),
		},
	}.check
	placeholder = plain(150)
	actionID    = text(1, 255)
	dispatch    = shape{props: map[string]rule{
		"trigger_actions_on": list(1, 2, oneOf("on_enter_pressed", "on_character_entered")),
	}}.check
	dateShape = matching(regexp.MustCompile(`^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$`), "a date in the form YYYY-MM-DD")
	timeShape = matching(regexp.MustCompile(`^([01]\d|2[0-3]):[0-5]\d$`), "a time in the form HH:mm")
	numShape  = matching(regexp.MustCompile(`^-?\d+(\.\d+)?$`), "a number as text")
	slackFile = shape{props: map[string]rule{"id": text(1, 255), "url": text(1, 3000)}}.check
	convTypes = shape{props: map[string]rule{
		"include":                          list(1, 4, oneOf("im", "mpim", "private", "public")),
		"exclude_external_shared_channels": boolean, "exclude_bot_users": boolean,
	}}.check
	ids = func(c *checker, v any, ptr string) { list(0, 100, text(1, 255))(c, v, ptr) }
)

func zone(c *checker, v any, ptr string) {
	if _, err := time.LoadLocation(str(v)); err != nil || str(v) == "" {
		c.fault(ptr, "must be a valid IANA timezone")
	}
}

// option is one choice; in overflow menus it may carry a url, in radio buttons and checkboxes mrkdwn.
func option(rich, withURL bool) rule {
	words := plain(75)
	if rich {
		words = either(75)
	}
	s := shape{
		required: []string{"text", "value"},
		props:    map[string]rule{"text": words, "value": text(1, 150), "description": plain(75)},
	}
	if rich {
		s.props["description"] = either(75)
	}
	if withURL {
		s.props["url"] = text(1, 3000)
	}
	return s.check
}

func optionGroup(c *checker, v any, ptr string) {
	shape{
		required: []string{"label", "options"},
		props:    map[string]rule{"label": plain(75), "options": list(1, 100, option(false, false))},
	}.check(c, v, ptr)
}

// elementKind is one kind of interactive (or image) element and where it may stand.
type elementKind struct {
	shape
	section, actions, input bool
	modalOnly               bool // needs a modal
}

func props(base map[string]rule, names ...any) map[string]rule {
	out := map[string]rule{"type": text(1, 100), "action_id": actionID}
	for k, v := range base {
		out[k] = v
	}
	for i := 0; i < len(names); i += 2 {
		out[names[i].(string)] = names[i+1].(rule)
	}
	return out
}

// elements are all the elements that carry an action_id, and the image.
var elements = elementTable()

func elementTable() map[string]elementKind {
	menu := map[string]rule{"placeholder": placeholder, "confirm": confirm, "focus_on_load": boolean}
	multi := map[string]rule{
		"placeholder": placeholder, "confirm": confirm, "focus_on_load": boolean, "max_selected_items": integer(1, 100),
	}
	picker := menu
	field := map[string]rule{"placeholder": placeholder, "focus_on_load": boolean, "dispatch_action_config": dispatch}
	opts := rule(list(1, 100, option(false, false)))
	groups := rule(list(1, 100, optionGroup))
	few := rule(list(1, 10, option(true, false)))
	flag, words := rule(boolean), rule(text(0, 3000))
	static := exactlyOne("options", "option_groups")
	table := map[string]elementKind{
		"button": {shape: shape{[]string{"type", "text"}, props(nil,
			"text", plain(75), "value", rule(text(1, 2000)), "url", rule(text(1, 3000)), "style", rule(oneOf("primary", "danger")),
			"confirm", rule(confirm), "accessibility_label", rule(text(1, 75))), nil}, section: true, actions: true},
		"overflow": {shape: shape{[]string{"type", "options"}, props(nil,
			"options", rule(list(1, 5, option(false, true))), "confirm", rule(confirm)), nil}, section: true, actions: true},
		"checkboxes": {shape: shape{[]string{"type", "options"}, props(nil, "options", few, "initial_options", few,
			"confirm", rule(confirm), "focus_on_load", flag), initialKnown}, section: true, actions: true, input: true},
		"radio_buttons": {shape: shape{[]string{"type", "options"}, props(nil, "options", few,
			"initial_option", option(true, false), "confirm", rule(confirm), "focus_on_load", flag), initialKnown},
			section: true, actions: true, input: true},

		"static_select": {shape: shape{[]string{"type"}, props(menu, "options", opts, "option_groups", groups,
			"initial_option", option(false, false)), both(static, initialKnown)}, section: true, actions: true, input: true},
		"external_select": {shape: shape{[]string{"type"}, props(menu, "initial_option", option(false, false),
			"min_query_length", rule(integer(0, 100))), nil}, section: true, actions: true, input: true},
		"users_select": {shape: shape{[]string{"type"}, props(menu, "initial_user", rule(text(1, 255))), nil},
			section: true, actions: true, input: true},
		"conversations_select": {shape: shape{[]string{"type"}, props(menu, "initial_conversation", rule(text(1, 255)),
			"default_to_current_conversation", flag, "response_url_enabled", flag, "filter", rule(convTypes)), nil},
			section: true, actions: true, input: true},
		"channels_select": {shape: shape{[]string{"type"}, props(menu, "initial_channel", rule(text(1, 255)),
			"response_url_enabled", flag), nil}, section: true, actions: true, input: true},

		"multi_static_select": {shape: shape{[]string{"type"}, props(multi, "options", opts, "option_groups", groups,
			"initial_options", opts), both(static, initialKnown)}, section: true, input: true},
		"multi_external_select": {shape: shape{[]string{"type"}, props(multi, "initial_options", opts,
			"min_query_length", rule(integer(0, 100))), nil}, section: true, input: true},
		"multi_users_select": {shape: shape{[]string{"type"}, props(multi, "initial_users", rule(ids)), nil},
			section: true, input: true},
		"multi_conversations_select": {shape: shape{[]string{"type"}, props(multi, "initial_conversations", rule(ids),
			"default_to_current_conversation", flag, "filter", rule(convTypes)), nil}, section: true, input: true},
		"multi_channels_select": {shape: shape{[]string{"type"}, props(multi, "initial_channels", rule(ids)), nil},
			section: true, input: true},

		"datepicker": {shape: shape{[]string{"type"}, props(picker, "initial_date", rule(dateShape)), nil},
			section: true, actions: true, input: true},
		"timepicker": {shape: shape{[]string{"type"}, props(picker, "initial_time", rule(timeShape), "timezone", rule(zone)),
			nil}, section: true, actions: true, input: true},
		"datetimepicker": {shape: shape{[]string{"type"}, props(map[string]rule{"confirm": confirm, "focus_on_load": boolean},
			"initial_date_time", rule(integer(1_000_000_000, 9_999_999_999))), nil}, actions: true, input: true},

		"plain_text_input": {shape: shape{[]string{"type"}, props(field, "initial_value", words, "multiline", flag,
			"min_length", rule(integer(0, 3000)), "max_length", rule(integer(1, 3000))), inOrder("min_length", "max_length")},
			input: true},
		"email_text_input": {shape: shape{[]string{"type"}, props(field, "initial_value", words), nil}, input: true},
		"url_text_input":   {shape: shape{[]string{"type"}, props(field, "initial_value", words), nil}, input: true},
		"number_input": {shape: shape{[]string{"type", "is_decimal_allowed"}, props(field, "is_decimal_allowed", flag,
			"initial_value", rule(numShape), "min_value", rule(numShape), "max_value", rule(numShape)),
			inOrder("min_value", "max_value")}, input: true},
		"rich_text_input": {shape: shape{[]string{"type"}, props(field, "initial_value", rule(anything)), nil},
			input: true},
		"file_input": {shape: shape{[]string{"type"}, props(nil, "filetypes", rule(list(1, 100, text(1, 20))),
			"max_files", rule(integer(1, 10))), nil}, input: true, modalOnly: true},
	}
	table["image"] = elementKind{shape: shape{[]string{"type", "alt_text"}, map[string]rule{
		"type": text(1, 100), "image_url": text(1, 3000), "alt_text": text(1, 2000), "slack_file": slackFile,
	}, exactlyOne("image_url", "slack_file")}, section: true}
	return table
}

// blockKind is one kind of block and the surfaces that show it.
type blockKind struct {
	shape
	surfaces []surface
}

func block(extra map[string]rule) map[string]rule {
	out := map[string]rule{"type": text(1, 100), "block_id": text(1, 255)}
	for k, v := range extra {
		out[k] = v
	}
	return out
}

// blocks are all the blocks the sandbox accepts.
var blocks map[string]blockKind

// A container holds blocks, so the table refers to itself. The compiler allows such a circle only in init.
func init() {
	blocks = blockTable()
	newBlocks(blocks)
}

func blockTable() map[string]blockKind {
	all := []surface{surfaceMessage, surfaceModal, surfaceHome}
	accessory := place("section", func(e elementKind) bool { return e.section })
	contextItem := func(c *checker, v any, ptr string) {
		if str(asObj(v)["type"]) == "image" {
			elements["image"].check(c, v, ptr)
			return
		}
		either(2000)(c, v, ptr)
	}
	return map[string]blockKind{
		"section": {shape{[]string{"type"}, block(map[string]rule{
			"text": either(3000), "fields": list(1, 10, either(2000)), "accessory": accessory, "expand": boolean,
		}), func(c *checker, v any, ptr string) {
			if o := asObj(v); o["text"] == nil && o["fields"] == nil {
				c.fault(ptr, "missing required field: text")
			}
		}}, all},
		"header":  {shape{[]string{"type", "text"}, block(map[string]rule{"text": plain(150)}), nil}, all},
		"divider": {shape{[]string{"type"}, block(nil), nil}, all},
		"context": {shape{[]string{"type", "elements"}, block(map[string]rule{"elements": list(1, 10, contextItem)}), nil}, all},
		"actions": {shape{[]string{"type", "elements"}, block(map[string]rule{
			"elements": list(1, 25, place("actions", func(e elementKind) bool { return e.actions })),
		}), nil}, all},
		"image": {shape{[]string{"type", "alt_text"}, block(map[string]rule{
			"image_url": text(1, 3000), "alt_text": text(1, 2000), "title": plain(2000), "slack_file": slackFile,
		}), exactlyOne("image_url", "slack_file")}, all},
		"input": {shape{[]string{"type", "label", "element"}, block(map[string]rule{
			"label": plain(2000), "hint": plain(2000), "optional": boolean, "dispatch_action": boolean,
			"element": place("input", func(e elementKind) bool { return e.input }),
		}), nil}, all},
		"rich_text": {shape{[]string{"type", "elements"}, block(map[string]rule{"elements": list(1, 100, richText)}), nil}, all},
		"markdown":  {shape{[]string{"type", "text"}, block(map[string]rule{"text": text(1, 12000)}), nil}, all[:1]},
		"table": {shape{[]string{"type", "rows"}, block(map[string]rule{
			"rows": list(1, 100, list(1, 20, anything)), "column_settings": list(1, 20, anything),
		}), nil}, all[:1]},
		"file": {shape{[]string{"type", "external_id", "source"}, block(map[string]rule{
			"external_id": text(1, 255), "source": oneOf("remote"),
		}), nil}, all[:1]},
		"video": {shape{[]string{"type", "alt_text", "title", "thumbnail_url", "video_url"}, block(map[string]rule{
			"alt_text": text(1, 2000), "title": plain(200), "thumbnail_url": text(1, 3000), "video_url": text(1, 3000),
			"author_name": text(1, 50), "description": plain(200), "provider_icon_url": text(1, 3000),
			"provider_name": text(1, 100), "title_url": text(1, 3000),
		}), nil}, all},
	}
}

// richText checks the outer structure of rich text and the names of its inner elements.
func richText(c *checker, v any, ptr string) {
	o := asObj(v)
	allowed := map[string][]string{
		"rich_text_section":      {"type", "elements"},
		"rich_text_list":         {"type", "elements", "style", "indent", "offset", "border"},
		"rich_text_preformatted": {"type", "elements", "border", "language"},
		"rich_text_quote":        {"type", "elements", "border"},
	}[str(o["type"])]
	if allowed == nil {
		c.fault(ptr+"/type", "unsupported type: %v", o["type"])
		return
	}
	for _, k := range sortedKeys(o) {
		if !contains(allowed, k) {
			c.fault(ptr, "invalid additional property: %s", k)
		}
	}
	items, ok := o["elements"].([]any)
	if !ok {
		c.fault(ptr, "missing required field: elements")
	}
	for i, item := range items {
		at := fmt.Sprintf("%s/elements/%d", ptr, i)
		if str(o["type"]) == "rich_text_list" {
			if str(asObj(item)["type"]) != "rich_text_section" {
				c.fault(at+"/type", "unsupported type: %v", asObj(item)["type"])
				continue
			}
			richText(c, item, at)
			continue
		}
		needs := map[string]string{
			"text": "text", "link": "url", "user": "user_id", "usergroup": "usergroup_id", "channel": "channel_id",
			"emoji": "name", "broadcast": "range", "date": "timestamp", "color": "value",
		}
		inner := asObj(item)
		field, known := needs[str(inner["type"])]
		switch {
		case !known:
			c.fault(at+"/type", "unsupported type: %v", inner["type"])
		case inner[field] == nil:
			c.fault(at, "missing required field: %s", field)
		case field == "text" && str(inner["text"]) == "":
			c.fault(at+"/text", "must be more than 0 characters")
		}
	}
}
