package view_test

import (
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"breachbot/bot/view"
	"breachbot/workflow"
)

// everyDelivery is the timeline with nothing folded.
var everyDelivery = view.TimelineChoice{Deliveries: true}

// told are the lines of a page of the timeline, without their times and what was typed.
func told(t testing.TB, v slack.ModalViewRequest) []string {
	t.Helper()
	var out []string
	for _, b := range v.Blocks.BlockSet {
		if s, ok := b.(*slack.SectionBlock); ok && s.Text != nil && strings.HasPrefix(s.Text.Text, "<!date^") {
			_, line, _ := strings.Cut(s.Text.Text, "> · ")
			out = append(out, line)
		}
	}
	return out
}

// The timeline is what people did and decided. What breachbot delivered is one line a
// day, with a count, until somebody wants to see it.
func TestDeliveriesAreOneLineADayUntilSomebodyAsksForThem(t *testing.T) {
	t.Parallel()
	s := newStory(t, plainly).report().room()
	s.slack(workflow.MessagePosted{Task: "receipt", Target: "U0NURSE"})
	s.after(24 * time.Hour).lead("U0ROB")
	s.slack(workflow.Nudged{Task: "nudge:1:86400:U0DPO", Target: "U0DPO", Deadline: s.inc.Clock().Deadline, Milestone: workflow.Countdown(24 * time.Hour)})
	s.slack(workflow.DeliveryStalled{Task: "card:9", Code: "channel_not_found", Attempts: 3})
	s.note()
	shown := func(c view.TimelineChoice) []string { return told(t, view.Timeline(s.inc, 0, c, s.rules)) }
	want := []string{
		"Note by <@U0NURSE>.", "1 message delivered, 1 delivery problem.", "<@U0ROB> became incident lead, named by <@U0ROB>.",
		"1 message delivered, 5 invitations sent, 1 channel opened.", "Reported by <@U0NURSE>.",
	}
	if got := shown(view.TimelineChoice{}); strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("newest first:\n%s", strings.Join(got, "\n"))
	}
	all := shown(everyDelivery)
	if len(all) != 3+2+7 || strings.Contains(strings.Join(all, "\n"), "message delivered") {
		t.Errorf("with deliveries:\n%s", strings.Join(all, "\n"))
	}
	if got := shown(view.TimelineChoice{OldestFirst: true}); got[0] != want[4] || got[4] != want[0] {
		t.Errorf("oldest first:\n%s", strings.Join(got, "\n"))
	}
}

// Every kind of event that the delivery of a task leaves is folded, and nothing that a
// person did.
func TestOnlyDeliveriesAreFolded(t *testing.T) {
	t.Parallel()
	s := newStory(t, plainly).report().room().lead("U0ROB").triage(3).assess(3, 3, workflow.No).decide(workflow.Regulator, workflow.Notify)
	by := map[string]bool{}
	for _, line := range told(t, view.Timeline(s.inc, 0, view.TimelineChoice{}, s.rules)) {
		by[line] = true
	}
	for _, line := range told(t, view.Timeline(s.inc, 0, everyDelivery, s.rules)) {
		delivered := strings.HasPrefix(line, "Invited") || strings.Contains(line, "channel was opened")
		if by[line] == delivered {
			t.Errorf("%q: folded %v", line, !by[line])
		}
	}
}
