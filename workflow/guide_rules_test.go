package workflow_test

import (
	"testing"

	. "breachbot/workflow"
)

// back is a recovery: whether it came back, whether it was read, how that is
// known, and what it was.
func back(recovered, read Answer, assurance Assurance, kind DataKind) func(*GuideFacts) {
	return func(f *GuideFacts) {
		f.Recovered, f.Read, f.Assurance, f.Data = recovered, read, assurance, []DataKind{kind}
	}
}

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
		{"protection intact", letter(func(f *GuideFacts) { f.Unintelligible, f.ExposedTo, f.Malicious = Yes, ExposedAttacker, Yes }), Cell{2, 2}, No},
		{"lawfully public already", letter(func(f *GuideFacts) { f.LawfullyPublic, f.ExposedTo = Yes, ExposedPublic }), Cell{2, 2}, No},
		{"back unread, with proof", letter(back(Yes, No, AssuranceProof, KindHealth)), Cell{1, 3}, No},
		{"back unread, as far as is known", letter(back(Yes, No, AssuranceWord, KindHealth)), Cell{2, 3}, No},
		{"back, perhaps read", letter(back(Yes, Unknown, AssuranceWritten, KindHealth)), Cell{2, 3}, No},
		{"back, perhaps read", letter(back(Yes, Unknown, AssuranceWord, KindFinancial)), Cell{2, 3}, No},
		{"back in our hands", letter(back(Yes, Yes, AssuranceProof, KindHealth)), Cell{3, 3}, Unknown},
		{"read, and given back in writing", letter(back(Yes, Yes, AssuranceWritten, KindFinancial)), Cell{2, 3}, No},
		{"ordinary data found and handed back", letter(func(f *GuideFacts) {
			f.ExposedTo, f.Recovered, f.Assurance, f.Count = ExposedStranger, Yes, AssuranceProof, BandHundreds
		}), Cell{2, 2}, No},
		{"not known to have left", letter(func(f *GuideFacts) { f.ExposedTo, f.Exfiltrated = ExposedAttacker, No }), Cell{2, 2}, No},
		{"proof that it did not leave", letter(func(f *GuideFacts) {
			f.ExposedTo, f.Exfiltrated, f.Assurance, f.Data, f.Count = ExposedAttacker, No, AssuranceProof, []DataKind{KindHealth}, BandMore
		}), Cell{1, 3}, No},
		{"reach of sensitive data not known", letter(func(f *GuideFacts) {
			f.ExposedTo, f.Exfiltrated, f.Data = ExposedNobody, Unknown, []DataKind{KindHealth}
		}), Cell{3, 3}, Unknown},
		{"trusted, but very many people's sensitive data", letter(func(f *GuideFacts) {
			f.ExposedTo, f.Data, f.Count = ExposedTrusted, []DataKind{KindHealth}, BandThousands
		}), Cell{3, 3}, Unknown},
		{"looked at, and nobody knows why", letter(func(f *GuideFacts) {
			f.ExposedTo, f.Data, f.Malicious = ExposedTrusted, []DataKind{KindHealth}, Unknown
		}), Cell{3, 3}, Unknown},
		{"recipient connected with the people", letter(func(f *GuideFacts) {
			f.ExposedTo, f.Data, f.Connected = ExposedTrusted, []DataKind{KindHealth}, Yes
		}), Cell{3, 3}, Unknown},
		{"somebody in danger", letter(func(f *GuideFacts) { f.InDanger = Yes }), Cell{2, 4}, Yes},
		{"disruption not known, ordinary data of few", outage(func(f *GuideFacts) { f.Disruption = DisruptionUnknown }), Cell{2, 2}, No},
		{"disruption not known", outage(func(f *GuideFacts) { f.Disruption, f.Count = DisruptionUnknown, BandThousands }), Cell{3, 2}, No},
		{"little lost", outage(func(f *GuideFacts) { f.CopyHeld = Unknown }), Cell{2, 2}, No},
		{"wrong data acted on", letter(func(f *GuideFacts) { f.WrongDataUsed, f.Disruption = Yes, DisruptionMinor }), Cell{3, 2}, No},
		{"wrong data acted on in care", letter(func(f *GuideFacts) {
			f.WrongDataUsed, f.Data, f.ExposedTo, f.Exfiltrated = Yes, []DataKind{KindHealth}, ExposedNobody, No
		}), Cell{4, 4}, Yes},
		{"wrong data acted on, money or rights at stake", letter(func(f *GuideFacts) {
			f.WrongDataUsed, f.Data, f.ExposedTo, f.Exfiltrated = Yes, []DataKind{KindFinancial}, ExposedNobody, No
		}), Cell{3, 3}, Unknown},
		{"put right before anybody acted on it", outage(func(f *GuideFacts) {
			f.Breach, f.Data, f.WrongDataUsed, f.Disruption = []Aspect{Integrity}, []DataKind{KindHealth}, No, DisruptionUnknown
		}), Cell{2, 3}, No},
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
