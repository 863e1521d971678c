package view_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"breachbot/bot/view"
	"breachbot/workflow"
)

// mostInputs is how many inputs the report form has at the most until somebody says
// that they know more.
const mostInputs = 8

func TestTheReportFormIsShort(t *testing.T) {
	t.Parallel()
	for name, needed := range map[string]int{"form_report": 4, "form_report_message": 4, "form_report_near_miss": 3} {
		raw, err := os.ReadFile(filepath.Join("testdata", name+".json"))
		if err != nil {
			t.Fatal(err)
		}
		var v slack.ModalViewRequest
		if err := json.Unmarshal(raw, &v); err != nil {
			t.Fatal(err)
		}
		var inputs, answers int
		for _, b := range v.Blocks.BlockSet {
			if in, ok := b.(*slack.InputBlock); ok {
				inputs++
				if !in.Optional {
					answers++
				}
			}
		}
		if inputs > mostInputs {
			t.Errorf("%s has %d inputs, want at the most %d", name, inputs, mostInputs)
		}
		if answers != needed {
			t.Errorf("%s needs %d answers, want %d", name, answers, needed)
		}
	}
}

// open is the form as Slack has it open, with what was typed.
func open(t testing.TB, v slack.ModalViewRequest, typed map[string]any) slack.View {
	t.Helper()
	return slack.View{CallbackID: v.CallbackID, PrivateMetadata: v.PrivateMetadata, Blocks: v.Blocks, State: &slack.ViewState{Values: submitted(t, v, typed)}}
}

func idsOf(v slack.ModalViewRequest) []string {
	var ids []string
	for _, b := range v.Blocks.BlockSet {
		if in, ok := b.(*slack.InputBlock); ok {
			ids = append(ids, in.BlockID)
		}
	}
	return ids
}

func TestWhoKnowsMoreKeepsWhatTheyTyped(t *testing.T) {
	t.Parallel()
	s := newStory(t, plainly)
	typed := map[string]any{"title": "A letter", "what": "It went astray.", "risk": "high", "unsure": []string{"yes"}}
	for name, meta := range map[string]view.Meta{"": {}, "a message": {Channel: "C0WARD", TS: "1795192000.000100", Author: "U0ROB"}, "a drill": {Drill: true}} {
		short := view.FormReport.Build(s.desk(nurse), nil, meta)
		whole := view.KnowMore(s.desk(nurse), open(t, short, typed))
		ids := idsOf(whole)
		if n := len(idsOf(short)); !slices.Equal(ids[:n], idsOf(short)) || len(ids) <= n {
			t.Errorf("%s: the inputs are %v, want those of the short form and then more", name, ids)
		}
		got, err := view.FormReport.Parse(untouched(t, whole, view.Values{}), view.ParseMeta(whole.PrivateMetadata), time.UTC)
		if err != nil {
			t.Fatal(err)
		}
		r := got.(workflow.SubmitReport).Report
		if r.Title != "A letter" || r.What != "It went astray." || r.Risk != workflow.RiskHigh || !r.Facts.Unsure || r.Source.TS != meta.TS || r.Drill != meta.Drill {
			t.Errorf("%s: after I know more the form holds %+v", name, r)
		}
	}
}

// A form resumed from a draft stays the form of that draft when it grows.
func TestAResumedFormStillSaysSoWhenItGrows(t *testing.T) {
	t.Parallel()
	s := newStory(t, plainly)
	draft := view.Values{"title": {"value": slack.BlockAction{Value: "A letter"}}}.Encode()
	v, err := view.Resume(s.desk(nurse), workflow.Draft{At: friday, Entered: draft}, view.Meta{})
	if err != nil {
		t.Fatal(err)
	}
	if n := len(idsOf(v)); n > mostInputs {
		t.Errorf("a draft of the short form comes back with %d inputs", n)
	}
	grown := view.KnowMore(s.desk(nurse), open(t, v, nil))
	if was, now := dump(v.Blocks.BlockSet[0]), dump(grown.Blocks.BlockSet[0]); was != now {
		t.Errorf("on top there was\n%s\nand now\n%s", was, now)
	}
	if ids := idsOf(grown); ids[0] != "title~1" {
		t.Errorf("Slack would empty %s", ids[0])
	}
}

func TestANearMissIsNotAskedHowBad(t *testing.T) {
	t.Parallel()
	s := newStory(t, plainly)
	ticked := func(v slack.ModalViewRequest, field string, typed map[string]any) slack.InteractionCallback {
		return slack.InteractionCallback{View: open(t, v, typed), ActionCallback: slack.ActionCallbacks{BlockActions: []*slack.BlockAction{{ActionID: "value", BlockID: field}}}}
	}
	form := view.FormReport.Build(s.desk(nurse), nil, view.Meta{})
	if _, differs := view.Reshape(s.desk(nurse), ticked(form, "title", map[string]any{"title": "A letter"})); differs {
		t.Error("a letter typed changes the form")
	}
	near, differs := view.Reshape(s.desk(nurse), ticked(form, "near_miss", map[string]any{"title": "A letter", "near_miss": []string{"yes"}}))
	if !differs || slices.Contains(idsOf(near), "risk") {
		t.Errorf("a near miss is asked %v", idsOf(near))
	}
	if !strings.Contains(dump(near), `"initial_value":"A letter"`) {
		t.Error("what was typed is gone")
	}
	back, differs := view.Reshape(s.desk(nurse), ticked(near, "near_miss", map[string]any{"title": "A letter"}))
	if !differs || !slices.Contains(idsOf(back), "risk") {
		t.Errorf("somebody who took the tick back is asked %v", idsOf(back))
	}
	// A form that Slack did not change in time is built again with the question.
	if m := view.FormReport.Shaped(view.Values{}, view.Meta{Near: true}); m.Near {
		t.Error("the form that comes back has no question about the risk")
	}
}

func dump(v any) string {
	b, _ := json.Marshal(v)
	return string(b)
}
