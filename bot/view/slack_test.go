package view_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"breachbot/bot/view"
)

// How Slack sends a form back: every input is there, untouched ones as null or
// as an empty list.

// submitted is a form filled in with answers by block id: a string, a time, or
// a list of strings. What has no answer is untouched and empty.
func submitted(t testing.TB, v slack.ModalViewRequest, answers map[string]any) view.Values {
	t.Helper()
	state := map[string]map[string]any{}
	left := map[string]bool{}
	for field := range answers {
		left[field] = true
	}
	for _, b := range v.Blocks.BlockSet {
		in, ok := b.(*slack.InputBlock)
		if !ok {
			continue
		}
		delete(left, in.BlockID)
		answer := answers[in.BlockID]
		var id string
		value := map[string]any{}
		option := func(all []*slack.OptionBlockObject, chosen any) any {
			for _, o := range all {
				if o.Value == chosen {
					return o
				}
			}
			if chosen != nil && chosen != "" {
				t.Fatalf("%s: %v is no option", in.BlockID, chosen)
			}
			return nil
		}
		options := func(all []*slack.OptionBlockObject) []any {
			list := []any{}
			values, _ := answer.([]string)
			for _, chosen := range values {
				list = append(list, option(all, chosen))
			}
			return list
		}
		switch e := in.Element.(type) {
		case *slack.PlainTextInputBlockElement:
			id, value["type"], value["value"] = e.ActionID, "plain_text_input", orNull(answer)
		case *slack.NumberInputBlockElement:
			id, value["type"], value["value"] = e.ActionID, "number_input", orNull(answer)
		case *slack.DateTimePickerBlockElement:
			id, value["type"], value["selected_date_time"] = e.ActionID, "datetimepicker", nil
			if at, ok := answer.(time.Time); ok && !at.IsZero() {
				value["selected_date_time"] = at.Unix()
			}
		case *slack.RadioButtonsBlockElement:
			id, value["type"], value["selected_option"] = e.ActionID, "radio_buttons", option(e.Options, answer)
		case *slack.SelectBlockElement:
			id, value["type"] = e.ActionID, e.Type
			if e.Type == slack.OptTypeUser {
				value["selected_user"] = orNull(answer)
			} else {
				value["selected_option"] = option(e.Options, answer)
			}
		case *slack.MultiSelectBlockElement:
			id, value["type"], value["selected_options"] = e.ActionID, e.Type, options(e.Options)
		case *slack.CheckboxGroupsBlockElement:
			id, value["type"], value["selected_options"] = e.ActionID, "checkboxes", options(e.Options)
		case *slack.FileInputBlockElement:
			id, value["type"], value["files"] = e.ActionID, "file_input", answer
		default:
			t.Fatalf("%s: an input of an unknown kind, %T", in.BlockID, in.Element)
		}
		state[in.BlockID] = map[string]any{id: value}
	}
	for field := range left {
		t.Fatalf("the form has no field %q", field)
	}
	return decoded(t, state)
}

func decoded(t testing.TB, state any) view.Values {
	t.Helper()
	b, err := json.Marshal(map[string]any{"values": state})
	if err != nil {
		t.Fatal(err)
	}
	var s slack.ViewState
	if err := json.Unmarshal(b, &s); err != nil {
		t.Fatal(err)
	}
	return view.Values(s.Values)
}

func orNull(v any) any {
	if v == nil || v == "" {
		return nil
	}
	return fmt.Sprint(v)
}

// untouched is what Slack sends when a form is submitted as it is shown. An
// input that shows nothing holds what the same input held before, as Slack keeps
// it while block id and action id stay.
func untouched(t testing.TB, v slack.ModalViewRequest, before view.Values) view.Values {
	t.Helper()
	answers := map[string]any{}
	for _, b := range v.Blocks.BlockSet {
		in, ok := b.(*slack.InputBlock)
		if !ok {
			continue
		}
		was := before[in.BlockID]["value"]
		switch e := in.Element.(type) {
		case *slack.PlainTextInputBlockElement:
			answers[in.BlockID] = or(e.InitialValue, was.Value)
		case *slack.NumberInputBlockElement:
			answers[in.BlockID] = or(e.InitialValue, was.Value)
		case *slack.DateTimePickerBlockElement:
			if at := or(e.InitialDateTime, was.SelectedDateTime); at != 0 {
				answers[in.BlockID] = time.Unix(at, 0)
			}
		case *slack.RadioButtonsBlockElement:
			answers[in.BlockID] = or(valueOf(e.InitialOption), was.SelectedOption.Value)
		case *slack.SelectBlockElement:
			answers[in.BlockID] = or(or(valueOf(e.InitialOption), e.InitialUser), or(was.SelectedOption.Value, was.SelectedUser))
		case *slack.MultiSelectBlockElement:
			if answers[in.BlockID] = allOf(e.InitialOptions); len(e.InitialOptions) == 0 {
				var kept []string
				for _, o := range was.SelectedOptions {
					kept = append(kept, o.Value)
				}
				answers[in.BlockID] = kept
			}
		case *slack.CheckboxGroupsBlockElement:
			answers[in.BlockID] = allOf(e.InitialOptions)
		case *slack.FileInputBlockElement: // Slack keeps them
			answers[in.BlockID] = was.Files
		}
	}
	return submitted(t, v, answers)
}

func or[T comparable](a, b T) T {
	var zero T
	if a != zero {
		return a
	}
	return b
}

func valueOf(o *slack.OptionBlockObject) string {
	if o == nil {
		return ""
	}
	return o.Value
}

// onAck is how many bytes a modal takes as the answer to a submission, envelope
// and all. Slack ignores 20,480 and more.
func onAck(t testing.TB, v slack.ModalViewRequest) int {
	t.Helper()
	b, err := json.Marshal(map[string]any{
		"envelope_id": "57d6a792-4d35-4d0b-b6aa-3361493e1caf",
		"payload":     slack.NewUpdateViewSubmissionResponse(&v),
	})
	if err != nil {
		t.Fatal(err)
	}
	return len(b)
}

// turned is a form as it is open in somebody's window, with these answers given.
func turned(t testing.TB, v slack.ModalViewRequest, answers map[string]any) slack.View {
	t.Helper()
	was, given := untouched(t, v, nil), submitted(t, v, answers)
	for field := range answers {
		was[field] = given[field]
	}
	return slack.View{CallbackID: v.CallbackID, PrivateMetadata: v.PrivateMetadata, State: &slack.ViewState{Values: was}}
}
