package view

import (
	"errors"
	"time"

	"github.com/slack-go/slack"

	"breachbot/workflow"
)

// When summer time ends, one hour happens twice, and a picker cannot say which one
// was meant. The clock must not guess, so the form is shown again with the question.

// passes pairs each time that drives a clock with the question of which hour it was.
var passes = map[workflow.Field]workflow.Field{
	workflow.FieldDetected: workflow.FieldDetectedPass,
	workflow.FieldAware:    workflow.FieldAwarePass,
	workflow.FieldSentAt:   workflow.FieldSentPass,
}

const (
	passFirst  = "first"
	passSecond = "second"
)

// WhichError asks the caller to show the form again with the questions about these
// fields.
type WhichError struct{ Fields []workflow.Field }

func (e *WhichError) Error() string { return "a time that happened twice that night" }

// clockTime reads a time that drives a clock, with the answer to the question if it
// was asked. It returns a *WhichError if the answer is missing.
func (v Values) clockTime(f workflow.Field, zone *time.Location) (time.Time, error) {
	t := v.instant(f)
	if t.IsZero() {
		return t, nil
	}
	first, second, twice := workflow.Twice(t, zone)
	if !twice {
		return t, nil
	}
	switch v.choice(passes[f]) {
	case passFirst:
		return first, nil
	case passSecond:
		return second, nil
	}
	return t, &WhichError{Fields: []workflow.Field{f}}
}

// withPasses inserts the question after each field that needs it.
func withPasses(f Form, blocks []slack.Block, v Values, fields []workflow.Field, zone *time.Location) []slack.Block {
	for _, field := range fields {
		first, second, twice := workflow.Twice(v.instant(field), zone)
		if !twice {
			continue
		}
		for n, b := range blocks {
			if fieldOf(b.ID()) == string(field) {
				blocks = append(blocks[:n+1:n+1], append([]slack.Block{passInput(field, b, rowOf(f).recorded, first, second, zone)}, blocks[n+1:]...)...)
				break
			}
		}
	}
	return blocks
}

// passInput asks which of two times the field above it means. In a form that shows
// the record, the recorded answer is already chosen.
func passInput(f workflow.Field, of slack.Block, recorded bool, first, second time.Time, zone *time.Location) slack.Block {
	wall := first.In(zone).Format("15:04")
	name, chosen := "", ""
	if in, ok := of.(*slack.InputBlock); ok {
		name = " (" + in.Label.Text + ")"
		if e, ok := in.Element.(*slack.DateTimePickerBlockElement); ok && recorded {
			switch e.InitialDateTime {
			case first.Unix():
				chosen = passFirst
			case second.Unix():
				chosen = passSecond
			}
		}
	}
	return input{
		field: passes[f],
		label: "Which " + wall + " was it?" + name,
		hint:  "The clocks went back that night, so " + wall + " happened twice. The 72 hours depend on which one it was.",
		element: radio([]*slack.OptionBlockObject{
			option(passFirst, "The first "+wall+", before the clocks went back ("+first.In(zone).Format("MST")+")", ""),
			option(passSecond, "The second "+wall+", an hour later ("+second.In(zone).Format("MST")+")", ""),
		}, chosen),
	}.block()
}

// which joins the questions of several fields into one error. Any other error comes
// first.
func which(errs ...error) error {
	var all WhichError
	for _, err := range errs {
		var w *WhichError
		switch {
		case err == nil:
		case errors.As(err, &w):
			all.Fields = append(all.Fields, w.Fields...)
		default:
			return err
		}
	}
	if len(all.Fields) > 0 {
		return &all
	}
	return nil
}
