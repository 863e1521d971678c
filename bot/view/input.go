package view

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"breachbot/workflow"
)

// valueID is the action id of every input. The block id says which input it is.
const valueID = "value"

// input is one field of a form.
type input struct {
	field    workflow.Field
	label    string
	hint     string
	optional bool
	element  slack.BlockElement
}

func (in input) block() slack.Block {
	var hint *slack.TextBlockObject
	if in.hint != "" {
		hint = plain(in.hint)
	}
	b := slack.NewInputBlock(string(in.field), plain(in.label), hint, in.element)
	b.Optional = in.optional
	return b
}

func line(max int) *slack.PlainTextInputBlockElement {
	e := slack.NewPlainTextInputBlockElement(nil, valueID)
	e.MaxLength = max
	return e
}

func area(max int) *slack.PlainTextInputBlockElement {
	e := line(max)
	e.Multiline = true
	return e
}

func number(min, max int, now workflow.Count) *slack.NumberInputBlockElement {
	e := slack.NewNumberInputBlockElement(nil, valueID, false)
	e.MinValue, e.MaxValue = strconv.Itoa(min), strconv.Itoa(max)
	if now.Known {
		e.InitialValue = strconv.Itoa(now.N)
	}
	return e
}

func instant(now time.Time) *slack.DateTimePickerBlockElement {
	e := slack.NewDateTimePickerBlockElement(valueID)
	if !now.IsZero() {
		e.InitialDateTime = tenDigits(now.Unix())
	}
	return e
}

// tenDigits is a time that a picker accepts. It is zero for a time that it refuses:
// before September 2001 or after 2286 (Slack: datetime picker).
func tenDigits(unix int64) int64 {
	if unix < 1_000_000_000 || unix > 9_999_999_999 {
		return 0
	}
	return unix
}

func option(value, label, description string) *slack.OptionBlockObject {
	var d *slack.TextBlockObject
	if description != "" {
		d = short(description)
	}
	return slack.NewOptionBlockObject(value, short(label), d)
}

// short is the text of an option, which we wrote, in as few bytes as possible: a
// form can have a hundred of them.
func short(s string) *slack.TextBlockObject {
	return &slack.TextBlockObject{Type: slack.PlainTextType, Text: workflow.Cut(s, maxOption)}
}

func options[T ~string](vocabulary []workflow.Option[T]) []*slack.OptionBlockObject {
	var out []*slack.OptionBlockObject
	for _, o := range vocabulary {
		out = append(out, option(string(o.Value), o.Label, ""))
	}
	return out
}

func chosen(all []*slack.OptionBlockObject, value string) *slack.OptionBlockObject {
	for _, o := range all {
		if o.Value == value {
			return o
		}
	}
	return nil
}

func radio(all []*slack.OptionBlockObject, now string) *slack.RadioButtonsBlockElement {
	e := slack.NewRadioButtonsBlockElement(valueID, all...)
	e.InitialOption = chosen(all, now)
	return e
}

func pick(all []*slack.OptionBlockObject, now string) *slack.SelectBlockElement {
	e := slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, plain("Choose one"), valueID, all...)
	e.InitialOption = chosen(all, now)
	return e
}

func pickMany[T ~string](vocabulary []workflow.Option[T], now []T) *slack.MultiSelectBlockElement {
	all := options(vocabulary)
	e := slack.NewOptionsMultiSelectBlockElement(slack.MultiOptTypeStatic, plain("Choose any that apply"), valueID, all...)
	for _, v := range now {
		if o := chosen(all, string(v)); o != nil {
			e.InitialOptions = append(e.InitialOptions, o)
		}
	}
	return e
}

func ticks(all []*slack.OptionBlockObject, now ...string) *slack.CheckboxGroupsBlockElement {
	e := slack.NewCheckboxGroupsBlockElement(valueID, all...)
	for _, v := range now {
		if o := chosen(all, v); o != nil {
			e.InitialOptions = append(e.InitialOptions, o)
		}
	}
	return e
}

func person(now workflow.UserID) *slack.SelectBlockElement {
	e := slack.NewOptionsSelectBlockElement(slack.OptTypeUser, plain("Choose a person"), valueID)
	e.InitialUser = string(now)
	return e
}

// Values are the inputs of a submitted form.
type Values map[string]map[string]slack.BlockAction

func (v Values) get(f workflow.Field) slack.BlockAction { return v[string(f)][valueID] }

// empty tells whether an input holds nothing.
func (v Values) empty(f workflow.Field) bool {
	a := v.get(f)
	return a.Value == "" && a.SelectedOption.Value == "" && len(a.SelectedOptions) == 0 && a.SelectedDateTime == 0
}

func (v Values) text(f workflow.Field) string { return v.get(f).Value }

func (v Values) choice(f workflow.Field) string { return v.get(f).SelectedOption.Value }

func (v Values) ticked(f workflow.Field, value string) bool {
	for _, o := range v.get(f).SelectedOptions {
		if o.Value == value {
			return true
		}
	}
	return false
}

func choices[T ~string](v Values, f workflow.Field) []T {
	var out []T
	for _, o := range v.get(f).SelectedOptions {
		out = append(out, T(o.Value))
	}
	return out
}

// instant is the time that was chosen. It is zero if none was.
func (v Values) instant(f workflow.Field) time.Time {
	if s := v.get(f).SelectedDateTime; s != 0 {
		return time.Unix(s, 0).UTC()
	}
	return time.Time{}
}

// count reads a number of people. Slack's number input lets only digits through.
// Anything else is refused here, beside the field.
func (v Values) count(f workflow.Field) (workflow.Count, error) {
	s := strings.TrimSpace(v.text(f))
	if s == "" {
		return workflow.Count{}, nil
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		return workflow.Count{}, workflow.Invalid(f, "Please give a whole number, or leave it empty if it is not known yet.")
	}
	return workflow.Count{Known: true, N: n}, nil
}

// prefill writes submitted values into a form, so that it keeps what was typed when
// it is shown again, even where Slack would not.
func prefill(blocks []slack.Block, v Values) {
	for _, b := range blocks {
		in, ok := b.(*slack.InputBlock)
		if !ok {
			continue
		}
		was, ok := v[fieldOf(in.BlockID)][valueID]
		if !ok {
			continue
		}
		switch e := in.Element.(type) {
		case *slack.PlainTextInputBlockElement:
			e.InitialValue = was.Value
		case *slack.NumberInputBlockElement:
			e.InitialValue = was.Value
		case *slack.DateTimePickerBlockElement:
			e.InitialDateTime = tenDigits(was.SelectedDateTime)
		case *slack.RadioButtonsBlockElement:
			e.InitialOption = chosen(e.Options, was.SelectedOption.Value)
		case *slack.SelectBlockElement:
			e.InitialOption, e.InitialUser = chosen(e.Options, was.SelectedOption.Value), was.SelectedUser
		case *slack.MultiSelectBlockElement:
			e.InitialOptions = kept(e.Options, was.SelectedOptions)
		case *slack.CheckboxGroupsBlockElement:
			e.InitialOptions = kept(e.Options, was.SelectedOptions)
		}
	}
}

// preset is what an input holds from the record, in words, and whether the submitted
// value is the same.
func preset(e slack.BlockElement, was slack.BlockAction) (recorded string, same bool) {
	var now []*slack.OptionBlockObject
	var chose []slack.OptionBlockObject
	switch e := e.(type) {
	case *slack.NumberInputBlockElement:
		return e.InitialValue, e.InitialValue == was.Value
	case *slack.DateTimePickerBlockElement:
		if e.InitialDateTime == 0 {
			return "", true
		}
		return when(time.Unix(e.InitialDateTime, 0)), e.InitialDateTime == was.SelectedDateTime
	case *slack.RadioButtonsBlockElement:
		now, chose = one(e.InitialOption), []slack.OptionBlockObject{was.SelectedOption}
	case *slack.SelectBlockElement:
		now, chose = one(e.InitialOption), []slack.OptionBlockObject{was.SelectedOption}
	case *slack.MultiSelectBlockElement:
		now, chose = e.InitialOptions, was.SelectedOptions
	case *slack.CheckboxGroupsBlockElement:
		now, chose = e.InitialOptions, was.SelectedOptions
	}
	var labels, values, theirs []string
	for _, o := range now {
		labels, values = append(labels, escape(o.Text.Text)), append(values, o.Value)
	}
	for _, o := range chose {
		theirs = append(theirs, o.Value)
	}
	slices.Sort(values)
	slices.Sort(theirs)
	return strings.Join(labels, "; "), slices.Equal(values, theirs)
}

func one(o *slack.OptionBlockObject) []*slack.OptionBlockObject {
	if o == nil {
		return nil
	}
	return []*slack.OptionBlockObject{o}
}

func kept(all []*slack.OptionBlockObject, was []slack.OptionBlockObject) []*slack.OptionBlockObject {
	var out []*slack.OptionBlockObject
	for _, o := range was {
		if c := chosen(all, o.Value); c != nil {
			out = append(out, c)
		}
	}
	return out
}
