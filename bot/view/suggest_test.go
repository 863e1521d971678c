package view_test

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"breachbot/bot/view"
	"breachbot/workflow"
)

// known is the story with other facts, as a triage leaves them.
func (s *story) known(change func(*workflow.Facts)) *story {
	f := s.inc.Facts
	change(&f)
	return s.do(rob, workflow.Triage{Facts: s.inc.FactsVersion, Severity: 3, Risk: workflow.RiskMedium, Reason: s.text("triage reason"), Known: f})
}

func presets(v slack.ModalViewRequest) map[string]string {
	out := map[string]string{}
	for _, b := range v.Blocks.BlockSet {
		if in, ok := b.(*slack.InputBlock); ok {
			if r, ok := in.Element.(*slack.RadioButtonsBlockElement); ok && r.InitialOption != nil {
				out[in.BlockID] = r.InitialOption.Value
			}
		}
	}
	return out
}

func sections(blocks []slack.Block) []string {
	var out []string
	for _, b := range blocks {
		if s, ok := b.(*slack.SectionBlock); ok && s.Text != nil {
			out = append(out, s.Text.Text)
		}
	}
	return out
}

// The form starts from what the rules suggest; on the same facts from what was
// chosen before; and when the facts have changed, from the rules again.
func TestTheAssessmentStartsFromTheSuggestion(t *testing.T) {
	t.Parallel()
	s := newStory(t, plainly).report().room().known(func(f *workflow.Facts) {
		f.ExposedTo, f.Exfiltrated, f.Malicious = workflow.ExposedKnown, workflow.Yes, workflow.No
	})
	is := func(when string, likelihood, effect, high string) {
		t.Helper()
		if p := presets(s.opened(view.ActAssess, rob)); p["likelihood"] != likelihood || p["effect"] != effect || p["high_risk"] != high {
			t.Errorf("%s it starts from %v, want %s, %s, %s", when, p, likelihood, effect, high)
		}
	}
	is("before anybody assessed,", "3", "3", "yes")
	s.assess(2, 4, workflow.No)
	is("on the same facts", "2", "4", "no")
	s.known(func(f *workflow.Facts) { f.Recovered, f.Read = workflow.Yes, workflow.No })
	is("on new facts", "2", "3", "no")
}

// Whether vulnerable people are affected is never answered for somebody who
// does not know it.
func TestTheAssessmentLeavesOpenWhetherPeopleAreVulnerable(t *testing.T) {
	t.Parallel()
	s := newStory(t, plainly).report().known(func(f *workflow.Facts) { f.Subjects = nil })
	if p, there := presets(s.opened(view.ActAssess, rob))["vulnerable"]; there {
		t.Errorf("it is filled in with %q", p)
	}
}

// The suggestion comes first with its reasons, with what is not known and with
// what would change it, cut to what is read in a form.
func TestTheSuggestionIsExplained(t *testing.T) {
	t.Parallel()
	s := newStory(t, plainly).do(nurse, workflow.SubmitReport{Report: workflow.Report{Title: "A report", What: "No more is known.", Detected: friday, Risk: workflow.RiskLow}})
	shown := sections(s.opened(view.ActAssess, rob).Blocks.BlockSet)
	all := strings.Join(shown, "\n")
	for _, want := range []string{
		"*Suggested from the facts so far: likelihood 3 (likely), effect 3 (adverse), high risk: not known yet.*",
		"*Why*", "• Nobody knows who has the data", "*Not known yet, and it matters*",
	} {
		if !strings.Contains(all, want) {
			t.Errorf("%q is not in it:\n%s", want, all)
		}
	}
	for _, text := range shown {
		if n := utf8.RuneCountInString(text); n > 3000 || strings.HasSuffix(text, "…") {
			t.Errorf("%d letters, or cut in the middle: %s", n, text)
		}
	}
	s.known(func(f *workflow.Facts) { f.PersonalData, f.Deceased = workflow.No, workflow.Yes })
	if all := strings.Join(sections(s.opened(view.ActAssess, rob).Blocks.BlockSet), "\n"); !strings.Contains(all, "people who have died") || !strings.Contains(all, "no personal data is involved") {
		t.Errorf("it does not bear in mind what the rules do not grade:\n%s", all)
	}
}

// However much there is to say, the form fits: every answer to every question.
func TestTheSuggestionFitsTheForm(t *testing.T) {
	t.Parallel()
	cut := false
	for _, category := range []workflow.Category{"letter_wrong", "ransomware", "unavailable", "altered", "unknown"} {
		for _, exposed := range append([]workflow.Option[workflow.Exposure]{{}}, workflow.Exposures...) {
			s := newStory(t, plainly).report()
			s.inc.Facts = workflow.Facts{Category: category, ExposedTo: exposed.Value, HarmReported: workflow.Yes, Vulnerable: workflow.Yes,
				Data: []workflow.DataCategory{"health", "financial", "basic_identifiers"}, Malicious: workflow.Yes, Exfiltrated: workflow.Yes, Disruption: workflow.DisruptionSerious}
			for _, text := range sections(s.opened(view.ActAssess, rob).Blocks.BlockSet) {
				cut = cut || strings.Contains(text, "like these")
				if strings.HasSuffix(text, "…") {
					t.Fatalf("%s, %s: cut in the middle: %s", category, exposed.Value, text)
				}
			}
		}
	}
	if !cut {
		t.Error("no list was so long that it says how many more there are")
	}
}

// What cannot wait is on the card and in what role-holders are told, until
// the incident is over; the reporter's doubt until somebody has assessed it.
func TestAlarmsAreSeen(t *testing.T) {
	t.Parallel()
	s := newStory(t, plainly).report().room().known(func(f *workflow.Facts) {
		f.InDanger, f.CustomersMustAct, f.PatientSafety, f.SlackUnsafe, f.Unsure = workflow.Yes, workflow.Yes, workflow.Yes, workflow.Yes, true
	})
	alarms := []string{"may be in danger", "Customers must", "patient safety incident", "Slack itself", "not sure whether this is a breach"}
	for name, m := range map[string]view.Message{"card": view.Card(s.inc, s.rules, s.now), "alert": view.Alert(s.inc, "U0DPO", s.rules, s.now)} {
		all := strings.Join(sections(m.Blocks), "\n")
		for _, a := range alarms {
			if !strings.Contains(all, a) {
				t.Errorf("the %s does not say %q", name, a)
			}
		}
	}
	s.assess(3, 3, workflow.No)
	if all := strings.Join(sections(view.Card(s.inc, s.rules, s.now).Blocks), "\n"); strings.Contains(all, "not sure") || !strings.Contains(all, "may be in danger") {
		t.Errorf("once assessed: %s", all)
	}
	s.dismiss()
	if all := strings.Join(sections(view.Card(s.inc, s.rules, s.now).Blocks), "\n"); strings.Contains(all, "may be in danger") {
		t.Errorf("once it is over: %s", all)
	}
}

// Nothing on the forms says that a fact does not matter: beside it, the same form may
// say that an answer about that fact would change the advice.
func TestNoLineDeniesWhatTheFormAsks(t *testing.T) {
	t.Parallel()
	denies := regexp.MustCompile(`(?i)(do(es)? not|never|cannot) (move|matter|count|change|affect)|makes? no difference|no matter (how|which|who|what)|irrelevant`)
	for _, book := range workflow.Playbooks {
		for _, f := range []workflow.Facts{{}, {Data: []workflow.DataCategory{"financial"}, ExposedTo: workflow.ExposedKnown, Malicious: workflow.No}} {
			f.Category = book.Kinds[0]
			s := happened(t, f)
			for _, act := range []view.Action{view.ActTriage, view.ActContain, view.ActInvestigate, view.ActAssess, view.ActClarify} {
				raw, err := json.Marshal(s.opened(act, dpo))
				if err != nil {
					t.Fatal(err)
				}
				if found := denies.Find(raw); found != nil {
					t.Errorf("%s, %s: it says %q", f.Category, act, found)
				}
			}
		}
	}
	for _, g := range workflow.GuideRules {
		if denies.MatchString(g.Why) {
			t.Errorf("%s: %s", g.Name, g.Why)
		}
	}
}
