package view_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/slack-go/slack"

	"breachbot/bot/view"
	"breachbot/workflow"
)

// asked are the fields of a form, in its order.
func asked(v slack.ModalViewRequest) []workflow.Field {
	var out []workflow.Field
	for _, b := range v.Blocks.BlockSet {
		if in, ok := b.(*slack.InputBlock); ok {
			out = append(out, workflow.Field(in.BlockID))
		}
	}
	return out
}

// happened is an incident with these facts and no others.
func happened(t *testing.T, f workflow.Facts) *story {
	s := newStory(t, plainly)
	return s.do(nurse, workflow.SubmitReport{Report: workflow.Report{Title: "It happened", What: "This.", Detected: friday, Risk: workflow.RiskMedium, Facts: f}})
}

// The forms ask a question where it arises, and only there.
func TestFormsAskAQuestionOnlyWhereItArises(t *testing.T) {
	t.Parallel()
	var (
		whoGotIt = []workflow.Field{workflow.FieldRead, workflow.FieldAssurance, workflow.FieldConnected}
		wrong    = []workflow.Field{workflow.FieldWrongDataUsed}
		public   = []workflow.Field{workflow.FieldLawfullyPublic}
		missing  = []workflow.Field{workflow.FieldDisruption}
	)
	for name, c := range map[string]struct {
		facts       workflow.Facts
		contain     []workflow.Field
		investigate []workflow.Field
	}{
		"a misdirected letter":                           {workflow.Facts{Category: "letter_wrong"}, whoGotIt, public},
		"a pure outage":                                  {workflow.Facts{Category: "unavailable", Aspects: []workflow.Aspect{workflow.Availability}}, nil, missing},
		"an altered record":                              {workflow.Facts{Category: "altered"}, nil, slices.Concat(wrong, missing)},
		"an altered record that somebody could see":      {workflow.Facts{Aspects: []workflow.Aspect{workflow.Integrity, workflow.Confidentiality}}, whoGotIt, slices.Concat(wrong, public, missing)},
		"an outage after which data turned up elsewhere": {workflow.Facts{Category: "unavailable", ExposedTo: workflow.ExposedStranger}, whoGotIt, slices.Concat(public, missing)},
		"an open file that is shown to have reached nobody": {workflow.Facts{Aspects: []workflow.Aspect{workflow.Confidentiality}, ExposedTo: workflow.ExposedNobody, Exfiltrated: workflow.No},
			[]workflow.Field{workflow.FieldAssurance}, public},
		"an account that was entered, which may stop the service": {workflow.Facts{Category: "account_entered", Aspects: []workflow.Aspect{workflow.Confidentiality}}, whoGotIt, slices.Concat(public, missing)},
		"nothing is known": {workflow.Facts{}, whoGotIt, slices.Concat(wrong, public, missing)},
	} {
		s := happened(t, c.facts)
		for form, want := range map[view.Action][]workflow.Field{view.ActContain: c.contain, view.ActInvestigate: c.investigate} {
			v := s.opened(form, rob)
			fields := asked(v)
			for _, f := range slices.Concat(whoGotIt, wrong, public, missing) {
				if one := slices.Contains(want, f); slices.Contains(fields, f) != one {
					t.Errorf("%s: the form %q asks %s: %v, want %v", name, v.Title.Text, f, !one, one)
				}
			}
		}
	}
}

// Nothing is filled in that nobody said: sent as they come, the forms add no
// answer.
func TestNoFormAnswersForSomebody(t *testing.T) {
	t.Parallel()
	s := happened(t, workflow.Facts{})
	for _, a := range []view.Action{view.ActContain, view.ActInvestigate, view.ActClarify} {
		form, v := build(s, a)
		cmd, err := form.Parse(untouched(t, v, nil), view.ParseMeta(v.PrivateMetadata), s.rules.Zone)
		if err != nil {
			t.Fatal(err)
		}
		switch c := cmd.(type) {
		case workflow.Contain:
			if c.Read != "" || c.Assurance != "" || c.Connected != "" {
				t.Errorf("%+v", c)
			}
		case workflow.Investigate:
			if c.WrongDataUsed != "" || c.LawfullyPublic != "" {
				t.Errorf("%+v", c)
			}
		case workflow.Clarify:
			if raw, _ := json.Marshal(c.Known); string(raw) != "{}" {
				t.Errorf("it answers %s", raw)
			}
		}
	}
}

// The assessment form says how many answers could still change the advice, and
// leads to the form that asks for just these.
func TestTheAssessmentLeadsToWhatIsMissing(t *testing.T) {
	t.Parallel()
	s := happened(t, workflow.Facts{Category: "letter_wrong"})
	button := func() string {
		for _, b := range s.opened(view.ActAssess, rob).Blocks.BlockSet {
			if sec, ok := b.(*slack.SectionBlock); ok && sec.Accessory != nil && sec.Accessory.ButtonElement != nil &&
				sec.Accessory.ButtonElement.ActionID == string(view.ActClarify) {
				return sec.Text.Text
			}
		}
		return ""
	}
	open := len(s.rules.Unanswered(s.inc.Facts))
	if says := button(); open < 2 || !strings.Contains(says, counted(open)+" could still change this advice") {
		t.Errorf("with %d answers missing it says %q", open, says)
	}
	var want []workflow.Field
	for _, q := range s.rules.Unanswered(s.inc.Facts) {
		want = append(want, q.Field)
	}
	fields := asked(s.opened(view.ActClarify, rob))
	if got := slices.DeleteFunc(slices.Clone(fields), func(f workflow.Field) bool { return f == workflow.FieldEvidence }); !slices.Equal(got, want) {
		t.Errorf("it asks %v, want %v", got, want)
	}
	s.answerAll()
	if says := button(); says != "" {
		t.Errorf("with nothing missing it says %q", says)
	}
	if v := s.opened(view.ActClarify, rob); v.Submit != nil || len(asked(v)) > 0 {
		t.Errorf("with nothing missing the form asks %v", asked(v))
	}
}

func counted(n int) string {
	return []string{"no answers", "1 answer", "2 answers", "3 answers", "4 answers", "5 answers", "6 answers", "7 answers", "8 answers"}[n]
}

// After the missing answers, the assessment form comes back in the same window
// with the new suggestion and inputs of its own, and fits the answer to a
// submission.
func TestTheAssessmentFormComesBackAfterTheAnswers(t *testing.T) {
	t.Parallel()
	for _, typed := range nasty {
		s := newStory(t, func(_ string, most int) string { return upTo(typed, min(most, 2900)-1) + "." }).vague()
		v := view.Reassess(s.desk(dpo), s.inc, view.Meta{Round: 1})
		if raw, _ := json.Marshal(v); len(raw) >= 20_000 {
			t.Errorf("with %q typed everywhere it takes %d bytes", typed, len(raw))
		}
		if m := view.ParseMeta(v.PrivateMetadata); m.Round != 2 || m.Facts != s.inc.FactsVersion {
			t.Errorf("it is %+v", m)
		}
		if fields := asked(v); slices.Contains(fields, workflow.FieldEvidence) {
			t.Errorf("its inputs keep what the form before held: %v", fields)
		}
	}
}
