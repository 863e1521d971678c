package workflow_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	. "breachbot/workflow"
)

// anyFacts are facts as they come in: of a kind of event, some answered, some
// answered with "not known", and some not asked yet.
func anyFacts(random *rand.Rand) Facts {
	var g GuideFacts
	for _, q := range GuideQuestions {
		if random.IntN(3) > 0 {
			g = q.Answer(g, q.Answers[random.IntN(len(q.Answers))].Value)
		}
	}
	f := g.Facts()
	f.Category = Categories[random.IntN(len(Categories))].Value
	f.NearMiss = random.IntN(20) == 0
	return f
}

// told is whom the advice tells.
func told(r Recommendation) Recommendation {
	return Recommendation{Regulator: r.Regulator, DHSC: r.DHSC, Subjects: r.Subjects, Scope: r.Scope}
}

// An open question is named as one that matters if, and only if, an answer to it
// changes whom we are advised to tell. What is named there is also asked, and no
// question is named that does not arise in the incident.
func TestAnOpenQuestionIsNamedIfAndOnlyIfAnAnswerChangesTheAdvice(t *testing.T) {
	t.Parallel()
	rules, random := testRules(), rand.New(rand.NewPCG(11, 12))
	matters, idle := 0, 0
	for range 120 {
		f := anyFacts(random)
		s := rules.SuggestFor(f)
		asked := rules.Unanswered(f)
		for _, q := range GuideQuestions {
			changes := slices.ContainsFunc(q.Settling(), func(a Facts) bool {
				return !same(rules.Advise(f.With(a)), s.Recommendation)
			})
			want := q.Open(f) && f.Asks(q.Field) && changes
			named := slices.ContainsFunc(s.Missing, func(m string) bool { return strings.HasPrefix(m, q.Ask+" ") })
			if named != want {
				t.Fatalf("%s is named: %t, and an answer changes the advice: %t: %+v\n%s", q.Field, named, want, f, strings.Join(s.Missing, "\n"))
			}
			is := slices.ContainsFunc(asked, func(a GuideQuestion) bool { return a.Field == q.Field })
			switch {
			case want && !is && len(asked) < UnansweredMost:
				t.Fatalf("%s matters and is not asked: %+v", q.Field, f)
			case is && (!q.Open(f) || !f.Asks(q.Field)):
				t.Fatalf("%s is asked, and it is answered or does not arise: %+v", q.Field, f)
			case want:
				matters++
			case q.Open(f):
				idle++
			}
		}
	}
	if matters < 100 || idle < 100 {
		t.Errorf("%d questions mattered and %d did not: the property was hardly tried", matters, idle)
	}
}

func same(a, b Recommendation) bool {
	return a.Regulator == b.Regulator && a.DHSC == b.DHSC && a.Subjects == b.Subjects && a.Scope == b.Scope
}

// What the advice would be for an answer is what it is once the answer is given.
func TestWhatAnAnswerWouldChangeIsWhatItChanges(t *testing.T) {
	t.Parallel()
	rules, random := testRules(), rand.New(rand.NewPCG(13, 14))
	for range 120 {
		f := anyFacts(random)
		for _, m := range rules.SuggestFor(f).Missing {
			for _, q := range GuideQuestions {
				if !strings.HasPrefix(m, q.Ask+" ") {
					continue
				}
				for _, o := range q.Answers {
					_, after, found := strings.Cut(strings.ToLower(m), `"`+strings.ToLower(o.Label)+`"`)
					_, says, _ := strings.Cut(`"`+after, `": `)
					after = strings.ToLower(rules.Advise(f.With(q.Answer(GuideFacts{}, o.Value).Facts())).Outcome(rules.Regulator))
					if found && !strings.HasPrefix(strings.TrimPrefix(says, `: `), after) {
						t.Fatalf("%s %q: then the advice is %s, and it says %s", q.Field, o.Value, after, m)
					}
				}
			}
		}
	}
}

// How many people there are never makes the effect on each of them worse: the form
// says so, and the rules keep to it.
func TestTheNumberOfPeopleNeverChangesTheEffect(t *testing.T) {
	t.Parallel()
	rules, random := testRules(), rand.New(rand.NewPCG(15, 16))
	for range 300 {
		f := anyFacts(random)
		effects := map[Aspect]int{}
		for _, n := range []int{1, 50, 500, 5_000, 50_000, 500_000} {
			f.Count = Count{Known: true, N: n}
			s := rules.Judge(f.Guide())
			if was, there := effects[s.Aspect]; there && was != s.Grading.Cell.Effect {
				t.Fatalf("with %d people the effect is %d, with fewer %d: %+v", n, s.Grading.Cell.Effect, was, f)
			}
			effects[s.Aspect] = s.Grading.Cell.Effect
		}
	}
}

// The effect is graded from what happened to care, too: the worst kind of breach
// counts, and every kind that on its own calls for telling is among the reasons.
func TestLossOfCareIsGraded(t *testing.T) {
	t.Parallel()
	practice := func(change func(*Facts)) Facts {
		f := Facts{Data: []DataCategory{"health", "basic_identifiers", "contact"}, Subjects: []SubjectKind{"patients"}, Count: Count{Known: true, N: 9000}, Capacity: Controller}
		change(&f)
		return f
	}
	for _, test := range []struct {
		name  string
		facts Facts
		cell  Cell
		first string // the strongest reason
		also  string // another reason, empty for none in particular
	}{
		{"ransomware, all records out of reach for two days", practice(func(f *Facts) { f.Category, f.Disruption = "ransomware", DisruptionSerious }), Cell{4, 4},
			"serious disruption of care", "sensitive data in hostile hands"},
		{"the same, and the report ticked only that it was seen", practice(func(f *Facts) {
			f.Category, f.Aspects, f.Disruption = "ransomware", []Aspect{Confidentiality}, DisruptionSerious
		}), Cell{4, 4}, "serious disruption of care", "sensitive data in hostile hands"},
		{"the same, and the logs show that nothing left", practice(func(f *Facts) {
			f.Category, f.Disruption, f.Exfiltrated, f.Assurance = "ransomware", DisruptionSerious, No, AssuranceProof
		}), Cell{4, 4}, "serious disruption of care", ""},
		{"ransomware, and nobody has said what it did to care", practice(func(f *Facts) { f.Category = "ransomware" }), Cell{3, 4},
			"sensitive data in hostile hands", "disruption of care not ruled out"},
		{"an outage of the whole practice without an attack", practice(func(f *Facts) { f.Category, f.Disruption, f.CopyHeld = "unavailable", DisruptionSerious, Yes }), Cell{4, 4},
			"serious disruption of care", ""},
		{"the same, and nobody has said which data or whose", Facts{Category: "unavailable", Disruption: DisruptionSerious}, Cell{4, 4},
			"serious disruption, perhaps of care", ""},
		{"an account was entered, and the service had to stop", practice(func(f *Facts) {
			f.Category, f.Aspects, f.Disruption = "account_entered", []Aspect{Confidentiality}, DisruptionSerious
		}), Cell{4, 4}, "serious disruption of care", "sensitive data in hostile hands"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := testRules().SuggestFor(test.facts)
			var names []string
			for _, g := range s.Decisive() {
				names = append(names, g.Name)
			}
			if s.Grading.Cell != test.cell || !s.Recommendation.Regulator || !s.Recommendation.DHSC || s.Recommendation.Subjects == No {
				t.Errorf("%s, %+v", s.Grading.Cell, told(s.Recommendation))
			}
			if names[0] != test.first || test.also != "" && !slices.Contains(names, test.also) {
				t.Errorf("the reasons are %q", names)
			}
		})
	}
}
