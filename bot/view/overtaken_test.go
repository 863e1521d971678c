package view_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/slack-go/slack"

	"breachbot/bot/view"
)

// Of a message that reached people although it was no longer needed, everything that
// can be pressed goes and everything that it says stays.
func TestAnOvertakenMessageSaysWhatItSaidAndCannotBePressed(t *testing.T) {
	t.Parallel()
	s := newStory(t, plainly).report()
	text := func(words string) *slack.TextBlockObject {
		return slack.NewTextBlockObject(slack.MarkdownType, words, false, true)
	}
	press := slack.NewButtonBlockElement("x", "1", slack.NewTextBlockObject(slack.PlainTextType, "Press", false, false))
	image := slack.NewImageBlockElement("https://example.org/a.png", "a map")
	m, stale := view.Overtaken(s.inc, "48 hours left", []slack.Block{
		slack.NewSectionBlock(text("with a picture"), nil, slack.NewAccessory(image)),
		slack.NewSectionBlock(text("with a button"), nil, slack.NewAccessory(press)),
		slack.NewActionBlock("a", press),
		slack.NewContainerBlock(slack.NewSectionBlock(text("inside"), nil, slack.NewAccessory(press))).WithTitle(slack.NewTextBlockObject(slack.PlainTextType, "Why", false, false)),
	})
	raw, err := json.Marshal(m.Blocks)
	if err != nil {
		t.Fatal(err)
	}
	if !stale || m.Text != "48 hours left" || strings.Contains(string(raw), `"type":"button"`) {
		t.Errorf("%v %q: %s", stale, m.Text, raw)
	}
	for _, kept := range []string{"with a picture", "a map", "with a button", "inside", "Why", "/breach status " + string(s.inc.ID)} {
		if !strings.Contains(string(raw), kept) {
			t.Errorf("%q is gone: %s", kept, raw)
		}
	}
	if _, stale := view.Overtaken(s.inc, "x", []slack.Block{slack.NewSectionBlock(text("only words"), nil, nil)}); stale {
		t.Error("a message without buttons is brought up to date")
	}
}
