package workflow_test

import (
	"errors"
	"math/rand/v2"
	"testing"

	. "breachbot/workflow"

	"github.com/google/go-cmp/cmp"
)

// Every answer the guided assessment can take fits into the report's facts and
// comes back unchanged.
func TestFactsHoldEveryAnswerOfTheGuide(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(5, 6))
	all := []GuideFacts{letter(func(*GuideFacts) {}), outage(func(*GuideFacts) {})}
	for _, k := range DataKinds { // each kind by itself
		all = append(all, letter(func(f *GuideFacts) { f.Data = []DataKind{k.Value} }))
	}
	for range 500 {
		seed := make([]byte, 32)
		for i := range seed {
			seed[i] = byte(random.Uint32())
		}
		all = append(all, guideFacts(&dice{seed}))
	}
	for _, f := range all {
		if diff := cmp.Diff(f, f.Facts().Guide()); diff != "" {
			t.Fatalf("it comes back changed (-told +back):\n%s", diff)
		}
		s := newStory(t).do(nurse, SubmitReport{Report: Report{Title: "A case", What: "As published.", Detected: friday, Risk: RiskMedium, Facts: f.Facts()}})
		if got, want := s.rules.SuggestFor(s.inc.Facts).Grading, s.rules.Judge(f).Grading; got != want {
			t.Fatalf("reported, it is graded %+v, and by itself %+v: %+v", got, want, f)
		}
	}
}

// What nobody answered follows from the rest of the facts where that settles it.
func TestGuideReadsTheReport(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		facts Facts
		holds func(GuideFacts) bool
	}{
		{"nothing known", Facts{}, func(g GuideFacts) bool {
			return g.SpecialCategory == Unknown && g.VulnerablePeople == Unknown && g.Count == BandUnknown && g.ExposedTo == ExposedStranger &&
				len(g.Breach) == 2 && g.Data[0] == KindUnspecified && g.Check() == nil
		}},
		{"mental health is health, and special", Facts{Data: []DataCategory{"mental_health", "health"}}, func(g GuideFacts) bool {
			return len(g.Data) == 1 && g.Data[0] == KindHealth && g.SpecialCategory == Yes
		}},
		{"names and addresses are not special", Facts{Data: []DataCategory{"basic_identifiers", "contact"}}, func(g GuideFacts) bool {
			return g.SpecialCategory == No && g.Identifiable == Yes
		}},
		{"something else beside them may be", Facts{Data: []DataCategory{"basic_identifiers", "other"}}, func(g GuideFacts) bool {
			return g.SpecialCategory == Unknown && len(g.Data) == 1
		}},
		{"an answer counts more than what it would be derived from", Facts{Data: []DataCategory{"basic_identifiers"}, SpecialCategory: Unknown, Identifiable: No,
			Subjects: []SubjectKind{"children"}, Vulnerable: No}, func(g GuideFacts) bool {
			return g.SpecialCategory == Unknown && g.Identifiable == No && g.VulnerablePeople == No
		}},
		{"children are vulnerable", Facts{Subjects: []SubjectKind{"employees", "children"}}, func(g GuideFacts) bool { return g.VulnerablePeople == Yes }},
		{"patients are in care", Facts{Subjects: []SubjectKind{"patients"}}, func(g GuideFacts) bool { return g.VulnerablePeople == Yes }},
		{"employees are not", Facts{Subjects: []SubjectKind{"employees"}}, func(g GuideFacts) bool { return g.VulnerablePeople == No }},
		{"others may be", Facts{Subjects: []SubjectKind{"employees", "other"}}, func(g GuideFacts) bool { return g.VulnerablePeople == Unknown }},
		{"a letter was seen, not lost", Facts{Category: "letter_wrong"}, func(g GuideFacts) bool { return len(g.Breach) == 1 && g.Breach[0] == Confidentiality }},
		{"ransomware is an attack", Facts{Category: "ransomware"}, func(g GuideFacts) bool {
			return g.ExposedTo == ExposedAttacker && g.Malicious == Yes && len(g.Breach) == 2
		}},
		{"what was only out of reach was with nobody", Facts{Category: "unavailable"}, func(g GuideFacts) bool {
			return g.ExposedTo == ExposedNobody && g.Exfiltrated == Unknown
		}},
		{"in a near miss nothing went wrong in the end", Facts{NearMiss: true}, func(g GuideFacts) bool {
			return g.ExposedTo == ExposedNobody && g.Exfiltrated == No && g.Disruption == DisruptionNone
		}},
		{"and yet an answer counts more", Facts{NearMiss: true, ExposedTo: ExposedPublic}, func(g GuideFacts) bool { return g.ExposedTo == ExposedPublic }},
	} {
		if g := test.facts.Guide(); !test.holds(g) {
			t.Errorf("%s: %+v", test.name, g)
		}
	}
}

// What was not asked counts as not known, even where the form has no such
// answer: the suggestion lists it as missing.
func TestSuggestNamesWhatWasNotAsked(t *testing.T) {
	t.Parallel()
	s := testRules().SuggestFor(Facts{Category: "letter_wrong", Data: []DataCategory{"health"}, Subjects: []SubjectKind{"patients"}, Count: Count{Known: true, N: 1}})
	found := false
	for _, m := range s.Missing {
		found = found || m[:len("Who got the data")] == "Who got the data"
	}
	if !found {
		t.Errorf("nobody said who got it, and it is not among %q", s.Missing)
	}
}

// A fact that no form offers is refused beside its field.
func TestFactsRefuseWhatIsOnNoForm(t *testing.T) {
	t.Parallel()
	for field, f := range map[Field]Facts{
		FieldSpecialCategory: {SpecialCategory: NotApplicable}, FieldVulnerablePeople: {Vulnerable: "perhaps"}, FieldIdentifiable: {Identifiable: "x"},
		FieldUnintelligible: {Unintelligible: "x"}, FieldCopyHeld: {CopyHeld: "x"}, FieldDisruption: {Disruption: "x"}, FieldExposedTo: {ExposedTo: "unknown"},
		FieldExfiltrated: {Exfiltrated: NotApplicable}, FieldRecovered: {Recovered: "x"}, FieldMalicious: {Malicious: "x"}, FieldHarmReported: {HarmReported: "x"},
		FieldInDanger: {InDanger: "x"}, FieldCustomersMustAct: {CustomersMustAct: "x"}, FieldPatientSafety: {PatientSafety: "x"},
		FieldSlackUnsafe: {SlackUnsafe: "x"}, FieldDeceased: {Deceased: NotApplicable},
	} {
		s := upTo(t, StepReported)
		c := s.triaging(3)
		c.Known = f
		var refusal *Error
		if err := s.try(igLead, c); !errors.As(err, &refusal) || refusal.Field != field || !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: %v", field, err)
		}
	}
	s := upTo(t, StepReported)
	c := s.triaging(3)
	c.Known.CopyHeld, c.Known.Recovered = NotApplicable, NotApplicable
	s.do(igLead, c)
}

// A triage form does not ask everything. What was established elsewhere stays;
// what it does ask is corrected, even to "not known".
func TestTriageKeepsWhatItDoesNotAsk(t *testing.T) {
	t.Parallel()
	s := upTo(t, StepReported)
	established := Facts{Identifiable: Yes, Unintelligible: No, CopyHeld: Yes, Disruption: DisruptionNone, ExposedTo: ExposedKnown, Exfiltrated: Yes,
		Recovered: Yes, HarmReported: No, Unsure: true}
	known := established
	known.SpecialCategory, known.Vulnerable, known.Malicious, known.InDanger, known.SlackUnsafe = Yes, Yes, Yes, Yes, Yes
	c := s.triaging(3)
	c.Known = known
	s.do(igLead, c)
	c = s.triaging(2)
	c.Known = Facts{Malicious: No}
	s.do(igLead, c)
	established.Malicious = No
	if diff := cmp.Diff(established, s.inc.Facts); diff != "" {
		t.Errorf("(-want +is):\n%s", diff)
	}
}
