package view

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/slack-go/slack"

	"breachbot/workflow"
)

// A report form that was closed by accident can be opened again with what was in
// it. Slack does not say what that was, so the form sends every change while it is
// filled in, and breachbot keeps it as a draft.

// telling makes the inputs of a form send every change, and every letter typed.
func telling(blocks []slack.Block) []slack.Block {
	letters := &slack.DispatchActionConfig{TriggerActionsOn: []string{"on_character_entered"}}
	for _, b := range blocks {
		in, ok := b.(*slack.InputBlock)
		if !ok {
			continue
		}
		in.DispatchAction = true
		switch e := in.Element.(type) {
		case *slack.PlainTextInputBlockElement:
			e.DispatchActionConfig = letters
		case *slack.NumberInputBlockElement:
			e.DispatchActionConfig = letters
		}
	}
	return blocks
}

// Tells tells whether an interaction is such a change, and not a button.
func Tells(c slack.InteractionCallback) bool {
	if Form(c.View.CallbackID) != FormReport || c.View.State == nil || len(c.ActionCallback.BlockActions) == 0 {
		return false
	}
	return !slices.ContainsFunc(c.ActionCallback.BlockActions, func(a *slack.BlockAction) bool { return a.ActionID != valueID })
}

// While the block id of an input stays the same, Slack keeps what the input holds
// and ignores its initial value. So a form that must hold something else in the
// same window has other block ids: the field and a round, such as "title~2".
const roundMark = "~"

func blockID(f workflow.Field, round int) string {
	if round == 0 {
		return string(f)
	}
	return string(f) + roundMark + strconv.Itoa(round)
}

// fieldOf is the field of a block id.
func fieldOf(blockID string) string {
	field, _, _ := strings.Cut(blockID, roundMark)
	return field
}

// inRound gives the inputs the block ids of a round.
func inRound(blocks []slack.Block, round int) {
	for _, b := range blocks {
		if in, ok := b.(*slack.InputBlock); ok {
			in.BlockID = blockID(workflow.Field(fieldOf(in.BlockID)), round)
		}
	}
}

// ValuesOf are the inputs of a submitted form, by field.
func ValuesOf(state *slack.ViewState) Values {
	v := Values{}
	for id, actions := range state.Values {
		v[fieldOf(id)] = actions
	}
	return v
}

// entered is what one input of a draft holds.
type entered struct {
	Text    string   `json:"text,omitempty"`
	Option  string   `json:"option,omitempty"`
	Options []string `json:"options,omitempty"`
	Time    int64    `json:"time,omitempty"`
}

// entered is what an input holds.
func (v Values) entered(field string) entered {
	a := v[field][valueID]
	e := entered{Text: a.Value, Option: a.SelectedOption.Value, Time: a.SelectedDateTime}
	for _, o := range a.SelectedOptions {
		e.Options = append(e.Options, o.Value)
	}
	return e
}

// Encode writes the values for a draft. It is empty if nothing would have to be
// typed again; the time that the form came with does not count.
func (v Values) Encode() string {
	all, worth := map[string]entered{}, false
	for field := range v {
		e := v.entered(field)
		if e.Text == "" && e.Option == "" && e.Options == nil && e.Time == 0 {
			continue
		}
		all[field] = e
		worth = worth || workflow.Field(field) != workflow.FieldDetected
	}
	if !worth {
		return ""
	}
	b, _ := json.Marshal(all) // plain strings and numbers always encode
	return string(b)
}

// Filled tells whether the form in this view was filled in from a draft.
func Filled(v slack.View) bool { return ParseMeta(v.PrivateMetadata).Round > 0 }

// decode reads what Encode wrote.
func decode(s string) (Values, error) {
	var all map[string]entered
	if err := json.Unmarshal([]byte(s), &all); err != nil {
		return nil, err
	}
	v := Values{}
	for field, e := range all {
		a := slack.BlockAction{Value: e.Text, SelectedDateTime: e.Time}
		a.SelectedOption.Value = e.Option
		for _, o := range e.Options {
			a.SelectedOptions = append(a.SelectedOptions, slack.OptionBlockObject{Value: o})
		}
		v[field] = map[string]slack.BlockAction{valueID: a}
	}
	return v, nil
}

// Resume is the report form with what was typed into it before, and says so on top.
// m belongs to the form that it replaces. It returns an error if the draft cannot be
// read.
func Resume(d Desk, draft workflow.Draft, m Meta) (slack.ModalViewRequest, error) {
	was, err := decode(draft.Entered)
	if err != nil {
		return slack.ModalViewRequest{}, err
	}
	m.Round = 1
	m = shapeReport(was, m)
	v := FormReport.Build(d, nil, m)
	prefill(v.Blocks.BlockSet, was)
	top := slack.NewSectionBlock(
		mark("*We kept what you typed* on "+local(draft.At, d.zone())+". It has not been sent yet. Please carry on, or start with an empty form."), nil,
		slack.NewAccessory(button(ActAfresh, "Start afresh", string(FormReport))))
	v.Blocks.BlockSet = append([]slack.Block{top}, v.Blocks.BlockSet...)
	return v, nil
}

// Afresh is an empty report form that replaces one with something in it.
func Afresh(d Desk, m Meta) slack.ModalViewRequest {
	m.Round = max(m.Round, 0) + 1
	m.More, m.Near = false, false
	return FormReport.Build(d, nil, m)
}
