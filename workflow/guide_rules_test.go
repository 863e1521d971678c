package workflow_test

import (
	"testing"

	. "breachbot/workflow"
)

// One fact at a time: the rule it triggers decides the result.
func TestGuideRuleDecides(t *testing.T) {
	for _, test := range []struct {
		rule   string
		facts  GuideFacts
		chosen Cell
		high   Answer
	}{
		{"trusted recipient", letter(func(f *GuideFacts) { f.ExposedTo = ExposedTrusted }), Cell{2, 2}, No},
		{"known wrong recipient", letter(func(*GuideFacts) {}), Cell{2, 2}, No},
		{"many people's data with a wrong recipient", letter(func(f *GuideFacts) { f.Count = BandUnknown }), Cell{3, 2}, No},
		{"full picture with a wrong recipient", letter(func(f *GuideFacts) { f.Data = append(f.Data, KindIdentification) }), Cell{3, 2}, No},
		{"data usable for fraud", letter(func(f *GuideFacts) { f.Data = []DataKind{KindFinancial} }), Cell{3, 3}, No},
		{"high risk not ruled out", letter(func(f *GuideFacts) { f.SpecialCategory = Unknown }), Cell{3, 3}, Unknown},
		{"unknown person", letter(func(f *GuideFacts) { f.ExposedTo, f.Count = ExposedStranger, BandHundreds }), Cell{3, 2}, No},
		{"unknown person", letter(func(f *GuideFacts) { f.ExposedTo, f.Malicious = ExposedStranger, Unknown }), Cell{3, 2}, No},
		{"ordinary data of few mislaid", letter(func(f *GuideFacts) { f.ExposedTo = ExposedStranger }), Cell{2, 2}, No},
		{"profiles perhaps taken by an attacker", letter(func(f *GuideFacts) { f.ExposedTo, f.Exfiltrated = ExposedAttacker, Unknown }), Cell{3, 2}, Unknown},
		{"data usable against vulnerable people", letter(func(f *GuideFacts) { f.VulnerablePeople, f.Data = Yes, []DataKind{KindContact, KindLocation} }), Cell{3, 3}, Yes},
		{"taken to be used", letter(func(f *GuideFacts) { f.ExposedTo, f.Data = ExposedAttacker, []DataKind{KindContact} }), Cell{4, 2}, No},
		{"published", letter(func(f *GuideFacts) { f.ExposedTo = ExposedPublic }), Cell{4, 2}, No},
		{"protection intact", letter(func(f *GuideFacts) { f.Unintelligible = Yes }), Cell{1, 1}, No},
		{"recovered before use", letter(func(f *GuideFacts) { f.Data, f.Recovered = []DataKind{KindHealth}, Yes }), Cell{2, 3}, No},
		{"shown not to have left", letter(func(f *GuideFacts) { f.ExposedTo, f.Exfiltrated = ExposedAttacker, No }), Cell{2, 2}, No},
		{"harm reported", letter(func(f *GuideFacts) { f.Unintelligible, f.HarmReported = Yes, Yes }), Cell{5, 2}, No},
		{"short of little consequence", outage(func(*GuideFacts) {}), Cell{2, 2}, No},
		{"never missed", outage(func(f *GuideFacts) { f.Disruption, f.HarmReported = DisruptionNone, No }), Cell{1, 1}, No},
		{"serious disruption", outage(func(f *GuideFacts) { f.Disruption = DisruptionSerious }), Cell{4, 3}, Yes},
		{"lost without a copy", outage(func(f *GuideFacts) { f.CopyHeld = No }), Cell{3, 2}, No},
		{"altered, perhaps on purpose", outage(func(f *GuideFacts) { f.Breach, f.Malicious = []Aspect{Integrity}, Yes }), Cell{3, 2}, No},
	} {
		t.Run(test.rule, func(t *testing.T) {
			t.Parallel()
			s := testRules().Suggest(test.facts)
			if s.Grading.Cell != test.chosen || s.Grading.HighRisk != test.high {
				t.Errorf("%s, high risk %s; want %s, %s", s.Grading.Cell, s.Grading.HighRisk, test.chosen, test.high)
			}
			for _, a := range s.Applied {
				if a.Rule.Name == test.rule && a.Decisive {
					return
				}
			}
			t.Errorf("the result does not rest on the rule: %s", s.Why())
		})
	}
}
