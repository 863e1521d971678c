package workflow_test

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	. "breachbot/workflow"
)

// Every answer that the guided assessment can take reaches the facts by way of
// the missing answers, and with them the next suggestion.
func TestMissingAnswersReachTheFactsAndTheNextSuggestion(t *testing.T) {
	t.Parallel()
	for _, q := range GuideQuestions {
		for _, o := range q.Answers {
			given := q.Answer(GuideFacts{}, o.Value).Facts()
			if reflect.DeepEqual(given, Facts{}) { // such as a number of people that is not known
				continue
			}
			s := vague(t)
			s.do(dpo, Clarify{Facts: s.inc.FactsVersion, Known: given, Evidence: "It came back."})
			c := s.inc.Clarifications[0]
			if s.inc.FactsVersion != c.Seq || !slices.Contains(c.Answered, q.Field) || !slices.Contains(c.Questions(), q.Ask) {
				t.Errorf("%s %q: %+v, and the facts are of %d", q.Field, o.Value, c, s.inc.FactsVersion)
			}
			suggested := s.rules.SuggestFor(s.inc.Facts).Facts
			if got, want := field(t, suggested, q.Field), field(t, q.Answer(suggested, o.Value), q.Field); got != want {
				t.Errorf("%s %q: the suggestion rests on %s, want %s", q.Field, o.Value, got, want)
			}
		}
	}
}

// vague is an incident of which nothing is known yet.
func vague(t *testing.T) *story {
	r := aReport()
	r.Facts = Facts{}
	return newStory(t).do(nurse, SubmitReport{Report: r})
}

// field is one answer, as it is stored.
func field(t *testing.T, f GuideFacts, q Field) string {
	t.Helper()
	raw, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]json.RawMessage{}
	if err := json.Unmarshal(raw, &all); err != nil {
		t.Fatal(err)
	}
	return string(all[string(q)])
}

func TestMissingAnswersKeepWhatTheyLeaveOut(t *testing.T) {
	t.Parallel()
	s := upTo(t, StepTriaged)
	before := s.inc.Facts
	s.do(igLead, Clarify{Facts: s.inc.FactsVersion, Known: Facts{Read: No}})
	if before.Read = No; !reflect.DeepEqual(s.inc.Facts, before) {
		t.Errorf("the facts are %+v, want %+v", s.inc.Facts, before)
	}
	c := s.containing()
	c.Assurance, c.Connected = AssuranceWritten, Yes
	s.do(igLead, c)
	s.do(igLead, Investigate{Facts: s.inc.FactsVersion, Findings: Findings{Cause: "A list.", Certainty: Hypothesis}, WrongDataUsed: No, LawfullyPublic: No})
	s.do(igLead, s.containing()).do(igLead, s.triaging(3))
	before.Assurance, before.Connected, before.WrongDataUsed, before.LawfullyPublic = AssuranceWritten, Yes, No, No
	for _, q := range []Field{FieldRead, FieldAssurance, FieldConnected, FieldWrongDataUsed, FieldLawfullyPublic} {
		if got, want := field(t, s.inc.Facts.Guide(), q), field(t, before.Guide(), q); got != want {
			t.Errorf("%s is %s, want %s", q, got, want)
		}
	}
}

func TestWhatIsNoMissingAnswer(t *testing.T) {
	t.Parallel()
	s := upTo(t, StepTriaged)
	now := s.inc.FactsVersion
	if says := s.refused(igLead, Clarify{Facts: now}, ErrInvalid, ""); !strings.Contains(says, "at least one question") {
		t.Error(says)
	}
	s.refused(igLead, Clarify{Facts: now - 1, Known: Facts{Read: Yes}}, ErrStale, "")
	s.refused(igLead, Clarify{Facts: now, Known: Facts{Read: "perhaps"}}, ErrInvalid, FieldRead)
	s.refused(igLead, Clarify{Facts: now, Known: Facts{Assurance: "honour"}}, ErrInvalid, FieldAssurance)
	if says := s.refused(igLead, Clarify{Facts: now, Known: Facts{Recovered: Yes}}, ErrInvalid, FieldEvidence); !strings.Contains(says, "came back or was deleted") {
		t.Error(says)
	}
	s.refused(Actor{User: "USTRANGER"}, Clarify{Facts: now, Known: Facts{Read: Yes}}, ErrForbidden, "")
}

// A decision rests on the facts, so it is open again when an answer is found.
func TestADecisionIsOpenAgainAfterAMissingAnswer(t *testing.T) {
	t.Parallel()
	s := upTo(t, StepDecided)
	s.do(igLead, Clarify{Facts: s.inc.FactsVersion, Known: Facts{Read: Yes}})
	if s.inc.Standing(Regulator) != nil || s.inc.Step() != StepAssessed {
		t.Errorf("the decision stands at step %s", s.inc.Step())
	}
}

// What is asked is open, arises in the incident, and could change whom the rules
// advise to tell, alone or together with another answer that is missing.
func TestOnlyAnswersThatCouldChangeTheAdviceAreMissing(t *testing.T) {
	t.Parallel()
	rules := testRules()
	advice := func(g GuideFacts, f Facts) string {
		all := g.Facts()
		all.Category, all.NearMiss, all.Subjects = f.Category, f.NearMiss, f.Subjects
		r := rules.SuggestFor(all).Recommendation
		raw, _ := json.Marshal([]any{r.Regulator, r.DHSC, r.Subjects})
		return string(raw)
	}
	for name, f := range map[string]Facts{
		"nothing is known": {},
		"a letter":         {Category: "letter_wrong", Data: []DataCategory{"basic_identifiers"}, Count: Count{Known: true, N: 1}, Vulnerable: No, Malicious: No, ExposedTo: ExposedKnown},
		"an outage":        {Category: "unavailable", Aspects: []Aspect{Availability}, Data: []DataCategory{"health"}},
	} {
		open := rules.Unanswered(f)
		if len(open) == 0 || len(open) > UnansweredMost {
			t.Errorf("%s: %d answers are missing", name, len(open))
		}
		guide := f.Guide()
		for _, q := range open {
			if !f.Asks(q.Field) {
				t.Errorf("%s: %s does not arise", name, q.Field)
			}
			if !couldChange(q, guide, func(g GuideFacts) string { return advice(g, f) }) {
				t.Errorf("%s: no answer to %s changes the advice", name, q.Field)
			}
		}
	}
}

func couldChange(q GuideQuestion, g GuideFacts, advice func(GuideFacts) string) bool {
	back := g // the answers about the return of the data are weighed together
	back.Recovered, back.Read, back.Assurance = Yes, No, AssuranceProof
	tries := []GuideFacts{g, back}
	for _, other := range GuideQuestions {
		for _, o := range other.Answers {
			tries = append(tries, other.Answer(g, o.Value))
		}
	}
	for _, with := range tries {
		now := advice(with)
		for _, o := range q.Answers {
			if advice(q.Answer(with, o.Value)) != now {
				return true
			}
		}
	}
	return false
}

// That data came back counts only with how that is known and whether it was read.
// So these are asked together, although none changes the advice on its own.
func TestWhatIsWeighedTogetherIsAskedTogether(t *testing.T) {
	t.Parallel()
	rules := testRules()
	f := Facts{Category: "letter_wrong", Data: []DataCategory{"health"}, Subjects: []SubjectKind{"patients"}, Count: Count{Known: true, N: 1},
		Capacity: Controller, Malicious: No, InDanger: No, Deceased: No, ExposedTo: ExposedKnown}
	missing := func(q Field) bool {
		return slices.ContainsFunc(rules.Unanswered(f), func(g GuideQuestion) bool { return g.Field == q })
	}
	for _, q := range []Field{FieldRecovered, FieldRead, FieldAssurance} {
		if !missing(q) {
			t.Errorf("%s is not asked", q)
		}
	}
	before := rules.SuggestFor(f).Recommendation
	f.Recovered, f.Read, f.Assurance = Yes, No, AssuranceProof
	if after := rules.SuggestFor(f).Recommendation; before.Regulator == after.Regulator && before.Subjects == after.Subjects {
		t.Error("together they change nothing, so the example shows nothing")
	}
	if missing(FieldRecovered) || missing(FieldRead) || missing(FieldAssurance) {
		t.Error("what was answered is asked again")
	}
}

// Erasing keeps the answers, which nobody typed, and not how they are known.
func TestErasingKeepsTheAnswers(t *testing.T) {
	t.Parallel()
	s := upTo(t, StepTriaged)
	const secret = "Jane Smith"
	s.do(igLead, Clarify{Facts: s.inc.FactsVersion, Known: Facts{Recovered: Yes, Assurance: AssuranceProof, Read: No}, Evidence: secret})
	s.do(dpo, Dismiss{Facts: s.inc.FactsVersion, Reason: "Nobody's data."}).do(dpo, Erase{Reason: "Retention period over."})
	payload, err := Encode(s.last())
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(payload), secret) {
		t.Errorf("words survive erasing: %s", payload)
	}
	c := s.inc.Clarifications[0]
	if f := s.inc.Facts; f.Assurance != AssuranceProof || f.Read != No || !slices.Contains(c.Answered, FieldRead) || c.Evidence != "" {
		t.Errorf("kept are %+v and %+v", f, c)
	}
}
