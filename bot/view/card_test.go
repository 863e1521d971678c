package view_test

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"breachbot/bot/view"
	"breachbot/workflow"
)

// textOf is what people read in blocks.
func textOf(t testing.TB, blocks ...slack.Block) string {
	t.Helper()
	raw, err := json.Marshal(blocks)
	if err != nil {
		t.Fatal(err)
	}
	var v any
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatal(err)
	}
	var out []string
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, x := range v {
				walk(x)
			}
		case map[string]any:
			if s, ok := v["text"].(string); ok {
				out = append(out, s)
			}
			for _, x := range v {
				walk(x)
			}
		}
	}
	walk(v)
	return strings.Join(out, "\n")
}

// beforeButtons is what people read before the first buttons.
func beforeButtons(t testing.TB, m view.Message) string {
	t.Helper()
	for n, b := range m.Blocks {
		if b.BlockType() == slack.MBTAction {
			return textOf(t, m.Blocks[:n]...)
		}
	}
	t.Fatal("no buttons")
	return ""
}

// cards are the cards of all the kept stories.
func cards(t testing.TB) map[string]view.Message {
	all := map[string]view.Message{}
	for _, s := range everything(t, plainly) {
		if strings.HasPrefix(s.name, "card_") {
			all[s.name] = *s.message
		}
	}
	if len(all) < 50 {
		t.Fatalf("only %d cards", len(all))
	}
	return all
}

// Whoever opens the channel reads for less than a minute before they can act.
func TestACardHasAtMost120WordsBeforeItsButtons(t *testing.T) {
	t.Parallel()
	for name, m := range cards(t) {
		if n := len(strings.Fields(beforeButtons(t, m))); n > 120 {
			t.Errorf("%s: %d words", name, n)
		}
	}
}

// The facts come first: kind of event, how many, which data, how bad, contained or
// not, and who has it.
func TestACardBeginsWithTheFacts(t *testing.T) {
	t.Parallel()
	fresh := newStory(t, plainly).vague()
	s := newStory(t, plainly).report().known(func(f *workflow.Facts) {
		f.Category, f.Count, f.Ongoing = "ransomware", workflow.Count{Known: true, N: 12000}, workflow.Yes
		f.Data, f.Subjects = []workflow.DataCategory{"contact", "basic_identifiers", "financial", "health"}, []workflow.SubjectKind{"patients", "children", "employees"}
	})
	for want, of := range map[string]*story{
		"*Kind of event, number of people and kinds of data not known yet*\n*Not graded yet, first guess medium* · *not contained yet* · *Nobody has it yet*, reported <!date^1795193100^{date_short_pretty} {time}|20 Nov 2026 16:45 UTC>": fresh,
		"*Ransomware* · 12,000 people (patients; children; others) · health; contact details; name, date of birth and other basic identifiers; other data\n" +
			"*1 Critical* · *not contained, still going on* · No lead yet": s.fork().triage(1),
		"*Letter or fax to the wrong recipient* · 1 person (patients) · health; name, date of birth and other basic identifiers\n*4 Low* · contained · Lead: <@U0ROB>": newStory(t, plainly).report().lead("U0ROB").triage(4).contain(workflow.Contained),
	} {
		m := view.Card(of.inc, of.rules, of.now)
		if got := textOf(t, m.Blocks[1]); got != want {
			t.Errorf("%q\nwant\n%q", got, want)
		}
	}
}

// The bar is right whenever the card is drawn, and says when that was: nobody is told
// of hours that they do not have, however late they read it.
func TestTheHoursOnTheCardAreThoseWhenItWasDrawn(t *testing.T) {
	t.Parallel()
	s := newStory(t, plainly).report()
	limit := s.inc.Clock().Deadline
	for left, want := range map[time.Duration]string{
		72 * time.Hour:                "▰▰▰▰▰▰ *72 h left* to notify the ICO, updated",
		71*time.Hour + 59*time.Minute: "▰▰▰▰▰▰ *71 h 59 min left* to notify the ICO, updated",
		60 * time.Hour:                "▰▰▰▰▰▱ *60 h left* to notify the ICO, updated",
		31*time.Hour + 59*time.Minute: "▰▰▰▱▱▱ *31 h 59 min left* to notify the ICO, updated",
		12 * time.Hour:                "▰▱▱▱▱▱ *12 h left* to notify the ICO, updated",
		12*time.Hour - time.Second:    "▰▱▱▱▱▱ *11 h 59 min left* to notify the ICO, updated",
		5 * time.Hour:                 "▰▱▱▱▱▱ *5 h left* to notify the ICO, updated",
		20 * time.Minute:              "▰▱▱▱▱▱ *20 min left* to notify the ICO, updated",
		time.Second:                   "▰▱▱▱▱▱ *less than 1 min left* to notify the ICO, updated",
		-time.Second:                  "▱▱▱▱▱▱ *less than 1 min over the deadline* to notify the ICO, updated",
		-2 * time.Hour:                "▱▱▱▱▱▱ *2 h over the deadline* to notify the ICO, updated",
		-2*time.Hour - 5*time.Minute:  "▱▱▱▱▱▱ *2 h 5 min over the deadline* to notify the ICO, updated",
		-128 * time.Hour:              "▱▱▱▱▱▱ *5 days over the deadline* to notify the ICO, updated",
	} {
		now := limit.Add(-left)
		got := textOf(t, view.Card(s.inc, s.rules, now).Blocks[2])
		if !strings.HasPrefix(got, want) {
			t.Errorf("%v before the deadline: %q, want %q", left, got, want)
		}
		if !strings.Contains(got, "*Deadline:* <!date^1795451700^{date_long_pretty} at {time}|") {
			t.Errorf("no exact deadline in %q", got)
		}
		if date := "<!date^" + strconv.FormatInt(now.Unix(), 10) + "^{date_short_pretty} at {time}|"; !strings.Contains(got, date) {
			t.Errorf("%q does not say when it was drawn: %s", got, date)
		}
	}
}

func TestAStoppedClockShowsNoBar(t *testing.T) {
	t.Parallel()
	s := newStory(t, plainly).report().triage(3).assess(3, 3, workflow.No).decide(workflow.Regulator, workflow.Notify).send(workflow.Regulator, true)
	got := beforeButtons(t, view.Card(s.inc, s.rules, s.now.Add(time.Hour)))
	if !strings.Contains(got, "*72-hour clock:* stopped. Notified ") || strings.ContainsAny(got, "▰▱") {
		t.Error(got)
	}
}

// Marks are told apart by their shape, and whoever hears the card hears words.
func TestTheMarksOfTheCardAreInWordsToo(t *testing.T) {
	t.Parallel()
	s := newStory(t, plainly).report().triage(3)
	m := view.Card(s.inc, s.rules, s.now)
	if got, want := beforeButtons(t, m), "✓ Detect · ◐ Triage · ▶ *Contain* · ○ Investigate · ○ Assess · ○ Notify · ○ Review"; !strings.Contains(got, want) {
		t.Errorf("%s\nis not in\n%s", want, got)
	}
	if want := "Incident BR-2026-0014: Triaged, waiting for assessment. Done: Detect. Partly done: Triage. Now: Contain. To do: Investigate, Assess, Notify, Review. Deadline: Mon 23 Nov 2026 16:35 GMT."; m.Text != want {
		t.Errorf("%q, want %q", m.Text, want)
	}
	for name, m := range cards(t) {
		if shown := beforeButtons(t, m); strings.ContainsAny(shown, "✓▶◐○") != strings.Contains(m.Text, "Done: ") || strings.ContainsAny(shown, "▰▱") != strings.Contains(m.Text, " Deadline: ") {
			t.Errorf("%s shows\n%s\nand says\n%s", name, shown, m.Text)
		}
	}
}

// Slack's {ago} rounds to whole days: "in 2 days" with 71 hours and 59 minutes left.
func TestNothingSaysHowFarAwayATimeIsInSlacksWords(t *testing.T) {
	t.Parallel()
	for _, s := range everything(t, plainly) {
		if strings.Contains(string(s.json(t)), "{ago}") {
			t.Errorf("%s uses {ago}", s.name)
		}
	}
}
