package workflow_test

import (
	"slices"
	"strings"
	"testing"

	. "breachbot/workflow"
)

// suggested is an assessment that takes the suggestion unchanged.
func (s *story) suggested() Assess {
	return Assess{Facts: s.inc.FactsVersion, Grading: s.rules.SuggestFor(s.inc.Facts).Grading}
}

// Somebody who takes the suggestion does not have to say why. The suggestion is
// kept, with the rules it rests on.
func TestAssessTakesTheSuggestion(t *testing.T) {
	t.Parallel()
	s := upTo(t, StepTriaged)
	s.do(igLead, s.suggested())
	a := s.inc.Assessment()
	if a.Differs() || a.Suggested == nil || len(a.Suggested.Rules) == 0 || a.Suggested.Cell != a.Grading.Cell {
		t.Fatalf("%+v", a)
	}
	var names []string
	for _, g := range s.rules.SuggestFor(s.inc.Facts).Decisive() {
		names = append(names, g.Name)
	}
	if !slices.Equal(names, a.Suggested.Rules) {
		t.Errorf("kept are the rules %q, decisive were %q", a.Suggested.Rules, names)
	}
}

// Somebody who sees it differently must say why, in either direction and for
// either answer. The refusal says what was suggested.
func TestAssessOtherwiseNeedsAReason(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*Grading){
		"milder":          func(g *Grading) { g.Cell = Cell{1, 1} },
		"graver":          func(g *Grading) { g.Cell = Cell{5, 5} },
		"high risk":       func(g *Grading) { g.HighRisk = No },
		"not known is so": func(g *Grading) { g.HighRisk = Unknown },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := upTo(t, StepReported)
			triage := s.triaging(3)
			triage.Known = letter(func(f *GuideFacts) { f.Data, f.SpecialCategory = []DataKind{KindHealth}, Yes }).Facts()
			s.do(igLead, triage)
			c := s.suggested()
			change(&c.Grading)
			for _, empty := range []string{"", " \n", "\u200b"} {
				c.Why = empty
				said := s.refused(igLead, c, ErrInvalid, FieldWhy)
				if !strings.Contains(said, "likelihood 3 (likely), effect 3 (adverse), high risk: yes") {
					t.Errorf("it does not say what was suggested: %s", said)
				}
			}
			c.Why = "  The recipient is his carer, and knows. "
			s.do(igLead, c)
			if a := s.inc.Assessment(); !a.Differs() || a.Why != "The recipient is his carer, and knows." {
				t.Errorf("%+v", a)
			}
			c.Why = strings.Repeat("x", MaxText+1)
			c.Facts = s.inc.FactsVersion
			s.refused(igLead, c, ErrInvalid, FieldWhy)
		})
	}
}

// The suggestion is made from the facts at the time. When they change, the next
// assessment has another suggestion, and the earlier one keeps its own.
func TestEachAssessmentKeepsItsSuggestion(t *testing.T) {
	t.Parallel()
	s := upTo(t, StepReported)
	known := letter(func(f *GuideFacts) { f.Data, f.SpecialCategory = []DataKind{KindHealth}, Yes })
	triage := s.triaging(3)
	triage.Known = known.Facts()
	s.do(igLead, triage).do(igLead, s.suggested())
	known.Recovered, known.Read = Yes, No
	triage = s.triaging(3)
	triage.Known = known.Facts()
	s.do(igLead, triage).do(igLead, s.suggested())
	first, second := s.inc.Assessments[0], s.inc.Assessments[1]
	if first.Suggested.Cell != (Cell{3, 3}) || second.Suggested.Cell != (Cell{2, 3}) {
		t.Errorf("first %s, then %s", first.Suggested, second.Suggested)
	}
	if !first.Recommendation.Regulator || second.Recommendation.Regulator {
		t.Error("returned unread, it no longer needs to be notified")
	}
}

// The floor for vulnerable people applies to a suggestion as to any grading. A
// suggestion never lifts it; only the DPO can.
func TestTheFloorHoldsForASuggestion(t *testing.T) {
	t.Parallel()
	s := upTo(t, StepReported)
	triage := s.triaging(3)
	triage.Known = letter(func(f *GuideFacts) { f.VulnerablePeople, f.ExposedTo, f.Exfiltrated = Yes, ExposedNobody, No }).Facts()
	s.do(igLead, triage)
	c := s.suggested()
	if c.Grading.LiftFloor || c.Grading.Cell != (Cell{1, 1}) {
		t.Fatalf("%+v", c.Grading)
	}
	s.do(igLead, c)
	if r := s.inc.Assessment().Recommendation; r.Cell != (Cell{2, 2}) || r.Regulator {
		t.Errorf("the floor is 2 and 2: %s", r.Cell)
	}
	c = s.suggested()
	c.Grading.LiftFloor, c.Grading.Evidence = true, "The key is in our safe."
	s.refused(igLead, c, ErrForbidden, FieldLift)
	s.do(dpo, c)
	if r := s.inc.Assessment().Recommendation; r.Cell != (Cell{1, 1}) {
		t.Errorf("lifted by the DPO, it stays at %s", r.Cell)
	}
}

// Kinds of data on the health bodies' longer list raise the grade to the floor,
// no matter who the people are.
func TestTheFloorKnowsTheLongerList(t *testing.T) {
	t.Parallel()
	s := testRules().SuggestFor(Facts{Category: "device_lost", Data: []DataCategory{"sexual_health"}, Subjects: []SubjectKind{"employees"}, Unintelligible: Yes, CopyHeld: Yes, Disruption: DisruptionNone, HarmReported: No})
	if s.Grading.Vulnerable != Yes || s.Recommendation.Cell != (Cell{2, 2}) || s.Recommendation.Regulator {
		t.Errorf("%+v", s.Recommendation)
	}
}

// What the rules do not grade is noted beside the suggestion, and so is how many
// answers are missing that would not matter.
func TestSuggestBearsInMind(t *testing.T) {
	t.Parallel()
	notes := func(f Facts) string { return strings.Join(testRules().SuggestFor(f).Notes, "\n") }
	if n := notes(Facts{PersonalData: No}); !strings.Contains(n, "no personal data is involved") || !strings.Contains(n, "more answers are not known. No single one would change this advice, though several together may.") {
		t.Errorf("%q", n)
	}
	if n := notes(letter(func(*GuideFacts) {}).Facts()); strings.Contains(n, "no personal data is involved") {
		t.Errorf("%q", n)
	}
	known := letter(func(f *GuideFacts) {
		f.Read, f.Assurance, f.Connected, f.LawfullyPublic, f.InDanger, f.Deceased, f.Recovered, f.HarmReported = Yes, AssuranceAsked, No, No, No, No, No, No
	})
	if n := notes(known.Facts()); n != "" {
		t.Errorf("everything is known: %q", n)
	}
}

// Of each answer that is missing and matters, the suggestion says what the
// advice would be either way.
func TestEachUnknownSaysTheAdviceEitherWay(t *testing.T) {
	t.Parallel()
	s := testRules().Suggest(letter(func(f *GuideFacts) {
		f.Data, f.SpecialCategory, f.Recovered, f.Assurance, f.Connected = []DataKind{KindHealth}, Yes, Yes, AssuranceWritten, No
	}))
	want := `Could it put somebody in physical danger? "yes": tell the ICO, the health department and the people; "no": record only.`
	if !slices.Contains(s.Missing, want) {
		t.Errorf("it does not say %q:\n%s", want, strings.Join(s.Missing, "\n"))
	}
	for _, m := range s.Missing {
		if strings.Count(m, "record only") == 0 || !strings.Contains(m, "; ") {
			t.Errorf("it does not say both ways: %s", m)
		}
	}
}
