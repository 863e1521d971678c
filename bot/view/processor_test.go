package view_test

import (
	"strings"
	"testing"

	"breachbot/bot/view"
	"breachbot/workflow"
)

func TestNothingTellsAProcessorOfSeventyTwoHours(t *testing.T) {
	t.Parallel()
	seen := 0
	for _, s := range everything(t, plainly) {
		if !strings.Contains(s.name, "processor") || strings.HasPrefix(s.name, "timeline_") {
			continue
		}
		seen++
		if said := string(s.json(t)); strings.Contains(said, "72") {
			t.Errorf("%s speaks of 72 hours:\n%s", s.name, said)
		}
	}
	if seen < 8 {
		t.Errorf("only %d things are shown about a processor's incident", seen)
	}
	s := newStory(t, plainly).report().room().as(workflow.Processor)
	if topic := view.Topic(s.inc, s.rules.Zone); strings.Contains(topic, "72") {
		t.Error(topic)
	}
}
