package view_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/slack-go/slack"

	"breachbot/bot/view"
	"breachbot/workflow"
)

// half is a report that somebody was called away from.
func halfReport(says *story) map[string]any {
	return map[string]any{
		"title": says.says("title", workflow.MaxTitle), "what": says.text("what"), "detected": friday.Add(-time.Hour), "risk": "high",
		"category": "letter_wrong", "aspects": []string{"confidentiality"}, "data": []string{"health", "basic_identifiers"}, "count": "3",
		"unsure": []string{"yes"},
	}
}

// typedBefore is the draft of half a report.
func typedBefore(t testing.TB, s *story) string {
	t.Helper()
	form := view.FormReport.Build(s.desk(nurse), nil, view.Meta{More: true})
	return submitted(t, form, halfReport(s)).Encode()
}

func TestADraftBringsBackAllThatWasTyped(t *testing.T) {
	t.Parallel()
	s := newStory(t, plainly)
	about := view.Meta{Channel: "C0WARD", TS: "1795192000.000100", Author: "U0ROB"} // the message that the form was opened on
	v, err := view.Resume(s.desk(nurse), workflow.Draft{At: friday, Entered: typedBefore(t, s)}, about)
	if err != nil {
		t.Fatal(err)
	}
	// What the resumed form holds, sent as it is, is the report that was begun.
	meta := view.ParseMeta(v.PrivateMetadata)
	state := &slack.ViewState{Values: untouched(t, v, view.Values{})}
	for id := range state.Values {
		if !strings.HasSuffix(id, "~1") {
			t.Errorf("Slack would ignore what %s is preset with", id)
		}
	}
	got, err := view.FormReport.Parse(view.ValuesOf(state), meta, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	want, err := view.FormReport.Parse(submitted(t, view.FormReport.Build(s.desk(nurse), nil, view.Meta{More: true}), halfReport(s)), about, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-typed +resumed)\n%s", diff)
	}

	// When somebody starts afresh, the window has none of its old block ids.
	for range 3 {
		next := view.Afresh(s.desk(nurse), meta)
		if m := view.ParseMeta(next.PrivateMetadata); m.TS != about.TS || m.Channel != about.Channel || m.Author != about.Author {
			t.Errorf("it is no longer about the message: %+v", m)
		}
		for _, b := range next.Blocks.BlockSet {
			if in, ok := b.(*slack.InputBlock); ok {
				if _, had := view.BlockOf(v.Blocks.BlockSet, workflow.Field(in.BlockID)); had || state.Values[in.BlockID] != nil {
					t.Errorf("%s would keep what it holds", in.BlockID)
				}
			}
		}
		v, meta = next, view.ParseMeta(next.PrivateMetadata)
	}
	if meta.Round != 4 {
		t.Errorf("round %d", meta.Round)
	}
}

func TestAFormAskedAboutAgainStaysInItsRound(t *testing.T) {
	t.Parallel()
	s := newStory(t, plainly)
	v := view.Afresh(s.desk(nurse), view.Meta{})
	was := view.ValuesOf(&slack.ViewState{Values: untouched(t, v, view.Values{})})
	was["title"] = map[string]slack.BlockAction{"value": {Value: "Letter"}}
	again := view.Again(view.FormReport.Build(s.desk(nurse), nil, view.ParseMeta(v.PrivateMetadata)), was, "One more thing.", nil, time.UTC)
	id, ok := view.BlockOf(again.Blocks.BlockSet, workflow.FieldTitle)
	if !ok || id != "title~1" || view.FirstField(again.Blocks.BlockSet) != id {
		t.Fatalf("the title is asked for at %q", id)
	}
	for _, b := range again.Blocks.BlockSet {
		if in, ok := b.(*slack.InputBlock); ok && in.BlockID == id {
			if e := in.Element.(*slack.PlainTextInputBlockElement); e.InitialValue != "Letter" {
				t.Errorf("it holds %q", e.InitialValue)
			}
		}
	}
}

func TestNothingTypedIsNoDraft(t *testing.T) {
	t.Parallel()
	s := newStory(t, plainly)
	form := view.FormReport.Build(s.desk(nurse), nil, view.Meta{})
	for name, answers := range map[string]map[string]any{
		"nothing":       {},
		"only the time": {"detected": friday},
	} {
		if got := submitted(t, form, answers).Encode(); got != "" {
			t.Errorf("%s: %s", name, got)
		}
	}
	if got := submitted(t, form, map[string]any{"risk": "low"}).Encode(); got != `{"risk":{"option":"low"}}` {
		t.Errorf("one choice: %s", got)
	}
	if _, err := view.Resume(s.desk(nurse), workflow.Draft{Entered: "{"}, view.Meta{}); err == nil {
		t.Error("a draft that cannot be read was shown")
	}
}

// Only what is typed into the report form is taken for typing.
func TestTypingIsToldFromButtons(t *testing.T) {
	t.Parallel()
	typing := func() slack.InteractionCallback {
		c := slack.InteractionCallback{View: slack.View{ID: "V1", CallbackID: "report", State: &slack.ViewState{}}}
		c.ActionCallback.BlockActions = []*slack.BlockAction{{ActionID: "value", BlockID: "title~1"}}
		return c
	}
	if !view.Tells(typing()) {
		t.Error("typing is not seen")
	}
	for name, change := range map[string]func(*slack.InteractionCallback){
		"a button":     func(c *slack.InteractionCallback) { c.ActionCallback.BlockActions[0].ActionID = "afresh" },
		"a message":    func(c *slack.InteractionCallback) { c.View = slack.View{} },
		"another form": func(c *slack.InteractionCallback) { c.View.CallbackID = "note" },
		"no inputs":    func(c *slack.InteractionCallback) { c.View.State = nil },
		"no action":    func(c *slack.InteractionCallback) { c.ActionCallback.BlockActions = nil },
	} {
		c := typing()
		change(&c)
		if view.Tells(c) {
			t.Errorf("%s is taken for typing", name)
		}
	}
}
