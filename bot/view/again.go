package view

import (
	"encoding/json"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"breachbot/workflow"
)

// Again shows a form once more with what was typed: with a sentence on top, with
// what the record says otherwise, and with the questions about times that
// happened twice, also those answered before.
func Again(v slack.ModalViewRequest, was Values, banner string, which []workflow.Field, zone *time.Location) slack.ModalViewRequest {
	var top []slack.Block
	if banner != "" {
		top = append(top, section("*"+escape(banner)+"*"))
	}
	if len(which) == 0 {
		top = append(top, otherwise(Form(v.CallbackID), v.Blocks.BlockSet, was)...)
	}
	for f, pass := range passes {
		if was.choice(pass) != "" && !slices.Contains(which, f) {
			which = append(slices.Clip(which), f)
		}
	}
	blocks := withPasses(Form(v.CallbackID), v.Blocks.BlockSet, was, which, zone)
	prefill(blocks, was)
	v.Blocks.BlockSet = beneath(top, blocks)
	slim(v)
	return v
}

// otherwise lists what the record says other than what a person has chosen. The
// inputs keep their choice, so without it they would overwrite unseen what
// somebody else has just put right.
func otherwise(f Form, blocks []slack.Block, was Values) []slack.Block {
	if !rowOf(f).recorded {
		return nil
	}
	var lines []string
	for _, b := range blocks {
		in, ok := b.(*slack.InputBlock)
		if !ok {
			continue
		}
		mine, ok := was[fieldOf(in.BlockID)][valueID]
		if !ok {
			continue
		}
		if recorded, same := preset(in.Element, mine); recorded != "" && !same {
			lines = append(lines, "• "+escape(in.Label.Text)+" "+recorded)
		}
	}
	if len(lines) == 0 {
		return nil
	}
	return []slack.Block{section("*Recorded now, and different below:*\n" + strings.Join(lines, "\n"))}
}

// maxAgain is how large a form may be that answers a submission, in bytes: Slack
// ignores answers of 20,480 and more (slack-go#1196), and the envelope is one part.
const maxAgain = 20_000

// slim makes a form fit the answer to a submission. What was typed and ticked
// need not travel: Slack keeps what an input holds while its block id and action
// id stay (Slack: modals, preserving input entry). After that, words that are
// only shown are cut.
func slim(v slack.ModalViewRequest) {
	const enough = 200 // characters
	for size(v) > maxAgain {
		var largest int
		var leave func()
		consider := func(rank int, v any, f func()) {
			if n := rank + size(v); n > largest {
				largest, leave = n, f
			}
		}
		const kept, shown = 1 << 20, 0
		for _, b := range v.Blocks.BlockSet {
			switch b := b.(type) {
			case *slack.InputBlock:
				switch e := b.Element.(type) {
				case *slack.PlainTextInputBlockElement:
					if e.InitialValue != "" {
						consider(kept, e.InitialValue, func() { e.InitialValue = "" })
					}
				case *slack.MultiSelectBlockElement:
					if len(e.InitialOptions) > 0 {
						consider(kept, e.InitialOptions, func() { e.InitialOptions = nil })
					}
				}
			case *slack.SectionBlock:
				if t := b.Text; t != nil && t.Type == slack.PlainTextType && utf8.RuneCountInString(t.Text) > enough {
					consider(shown, t.Text, func() { t.Text = workflow.Cut(t.Text, enough) })
				}
			}
		}
		if leave == nil {
			return
		}
		leave()
	}
}

// size is how many bytes something takes on its way to Slack.
func size(v any) int {
	b, _ := json.Marshal(v) // blocks of our own making always encode
	return len(b)
}

// BlockOf is the block of a field in a form, for saying something beside it.
func BlockOf(blocks []slack.Block, f workflow.Field) (id string, ok bool) {
	for _, b := range blocks {
		if in, ok := b.(*slack.InputBlock); ok && fieldOf(in.BlockID) == string(f) {
			return in.BlockID, true
		}
	}
	return "", false
}

// FirstField is a field of the form to say something beside that concerns all
// of it.
func FirstField(blocks []slack.Block) string {
	for _, b := range blocks {
		if in, ok := b.(*slack.InputBlock); ok {
			return in.BlockID
		}
	}
	return ""
}
