package sandbox

import (
	"math/rand/v2"
	"slices"
)

// stateField names, per kind of element, the field that holds what a person entered
// (Slack: Reference, view interactions; shapes of untouched fields as in captured payloads).
var stateField = map[string]string{
	"plain_text_input": "value", "email_text_input": "value", "url_text_input": "value", "number_input": "value",
	"rich_text_input": "rich_text_value", "file_input": "files",
	"static_select": "selected_option", "external_select": "selected_option", "radio_buttons": "selected_option",
	"users_select": "selected_user", "conversations_select": "selected_conversation", "channels_select": "selected_channel",
	"multi_static_select": "selected_options", "multi_external_select": "selected_options", "checkboxes": "selected_options",
	"multi_users_select": "selected_users", "multi_conversations_select": "selected_conversations",
	"multi_channels_select": "selected_channels",
	"datepicker":            "selected_date", "timepicker": "selected_time", "datetimepicker": "selected_date_time",
}

// initialField is where an element keeps its prefilled value.
var initialField = map[string]string{
	"value": "initial_value", "rich_text_value": "initial_value", "selected_option": "initial_option",
	"selected_user": "initial_user", "selected_conversation": "initial_conversation", "selected_channel": "initial_channel",
	"selected_options": "initial_options", "selected_users": "initial_users",
	"selected_conversations": "initial_conversations", "selected_channels": "initial_channels",
	"selected_date": "initial_date", "selected_time": "initial_time", "selected_date_time": "initial_date_time",
}

var listFields = []string{"selected_options", "selected_users", "selected_conversations", "selected_channels", "files"}

// state is block_id -> action_id -> what is entered, as Slack sends it.
type state map[string]map[string]obj

// untouched is the state of an element nobody has used: its initial value, null, or an empty list.
func untouched(element obj) obj {
	kind := str(element["type"])
	field, stateful := stateField[kind]
	if !stateful {
		return nil
	}
	value := clone(element[initialField[field]])
	if value == nil && slices.Contains(listFields, field) {
		value = []any{}
	}
	s := obj{"type": kind, field: value}
	if kind == "timepicker" && element["timezone"] != nil {
		s["timezone"] = element["timezone"]
	}
	return s
}

// ValueOf is what an element holds: what was entered into it, as Slack sends its state, or what it began with when
// entered is nil.
func ValueOf(element Block, entered map[string]any) any {
	if entered == nil {
		entered = untouched(element)
	}
	return entered[stateField[str(element["type"])]]
}

// elementsOf lists the elements of a block that carry an action_id, in reading order.
func elementsOf(b Block) []obj {
	var out []obj
	for _, k := range []string{"element", "accessory"} {
		if e := asObj(b[k]); e != nil {
			out = append(out, e)
		}
	}
	for _, row := range asList(b["rows"]) {
		for _, cell := range asList(row) {
			if e := asObj(asObj(cell)["element"]); e != nil {
				out = append(out, e)
			}
		}
	}
	if str(b["type"]) == "actions" {
		for _, e := range asList(b["elements"]) {
			out = append(out, asObj(e))
		}
	}
	return slices.DeleteFunc(out, func(e obj) bool { return str(e["type"]) == "image" })
}

// newState builds the state for blocks. What was entered before stays only where block_id and action_id are equal
// (Slack: Modifying modals).
func newState(blocks []Block, before state) state {
	s := state{}
	for _, b := range flat(blocks) {
		for _, e := range elementsOf(b) {
			value := untouched(e)
			if value == nil {
				continue
			}
			block, action := str(b["block_id"]), str(e["action_id"])
			if old := before[block][action]; old != nil && str(old["type"]) == str(e["type"]) && stillKnown(e, old) {
				value = old
			}
			if s[block] == nil {
				s[block] = map[string]obj{}
			}
			s[block][action] = value
		}
	}
	return s
}

// stillKnown reports whether chosen options still exist.
func stillKnown(e, value obj) bool {
	if str(e["type"]) == "external_select" || str(e["type"]) == "multi_external_select" {
		return true
	}
	chosen := asList(value["selected_options"])
	if one := asObj(value["selected_option"]); one != nil {
		chosen = append(slices.Clone(chosen), one)
	}
	for _, c := range chosen {
		if !slices.ContainsFunc(options(e), func(o obj) bool { return sameOption(o, asObj(c)) }) {
			return false
		}
	}
	return true
}

// export copies the state, for those outside.
func (s state) export() map[string]map[string]map[string]any {
	out := map[string]map[string]map[string]any{}
	for block, actions := range s {
		out[block] = map[string]map[string]any{}
		for action, v := range actions {
			out[block][action] = cloneObj(v)
		}
	}
	return out
}

func (s state) json() obj {
	values := obj{}
	for block, actions := range s {
		row := obj{}
		for action, v := range actions {
			row[action] = cloneObj(v)
		}
		values[block] = row
	}
	return obj{"values": values}
}

// withBlockIDs copies blocks and generates the block_ids and action_ids the app left out, new ones each time.
func (ws *Workspace) withBlockIDs(blocks []Block) []Block {
	out := cloneBlocks(blocks)
	for _, b := range flat(out) {
		if str(b["block_id"]) == "" {
			b["block_id"] = generatedID()
		}
		for _, e := range elementsOf(b) {
			if str(e["action_id"]) == "" {
				e["action_id"] = generatedID()
			}
		}
	}
	return out
}

// generatedID is short and random, so that nobody can rely on it.
func generatedID() string {
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/"
	id := make([]byte, 5)
	for i := range id {
		id[i] = letters[rand.IntN(len(letters))]
	}
	return string(id)
}
