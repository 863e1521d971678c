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

// Again shows a form once more with what was typed. On top is a sentence and what
// the record says differently. It asks about times that happened twice, even those
// answered before.
func Again(v slack.ModalViewRequest, was Values, banner string, which []workflow.Field, zone *time.Location) slack.ModalViewRequest {
	var top []slack.Block
	if banner != "" {
		top = append(top, caution("*"+escape(banner)+"*"))
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

// otherwise lists where the record differs from what a person has chosen. The
// inputs keep the person's choice. Without this list they would overwrite, unseen,
// what somebody else has just corrected.
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
	return []slack.Block{caution("*The record now differs from your answers below:*\n" + strings.Join(lines, "\n"))}
}

// maxAgain is the most bytes a form may have when it answers a submission. Slack
// ignores answers of 20,480 bytes and more (slack-go#1196), envelope included.
const maxAgain = 20_000

// slim makes a form small enough to answer a submission. First it leaves out what
// was typed and ticked: Slack keeps what an input holds while its block id and
// action id stay (Slack: modals, preserving input entry). Then it cuts words that
// are only shown.
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

// size is how many bytes a value takes on its way to Slack.
func size(v any) int {
	b, _ := json.Marshal(v) // blocks of our own making always encode
	return len(b)
}

// BlockOf is the block of a field in a form, so that an error can be shown beside
// it.
func BlockOf(blocks []slack.Block, f workflow.Field) (id string, ok bool) {
	for _, b := range blocks {
		if in, ok := b.(*slack.InputBlock); ok && fieldOf(in.BlockID) == string(f) {
			return in.BlockID, true
		}
	}
	return "", false
}

// FirstField is the first field of a form, where an error about the whole form is
// shown.
func FirstField(blocks []slack.Block) string {
	for _, b := range blocks {
		if in, ok := b.(*slack.InputBlock); ok {
			return in.BlockID
		}
	}
	return ""
}
