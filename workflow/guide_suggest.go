package workflow

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Applied is a rule that applied in a suggestion.
type Applied struct {
	Rule   GuideRule
	Aspect Aspect
	// Decisive: the result rests on it, or it is what another kind of breach that
	// on its own calls for telling the regulator would do to people. So an attack
	// that stops care is never graded in words of disclosure alone.
	Decisive bool
}

// Suggestion is how the stated rules grade the facts, for a person to confirm
// or change. The DPO decides either way.
type Suggestion struct {
	Facts          GuideFacts
	Aspect         Aspect // the kind of breach that counts: the worst
	Grading        Grading
	Applied        []Applied
	Missing        []string // not known yet, and it matters
	WouldChange    []string // other answers that would change the result
	Notes          []string // what else to bear in mind
	Recommendation Recommendation
}

// Suggested is what is kept of a suggestion, next to the grading a person
// chose. The reasons follow from the facts at the time and the names of the
// rules.
type Suggested struct {
	Cell     Cell     `json:"cell"`
	HighRisk Answer   `json:"high_risk"`
	Rules    []string `json:"rules,omitempty"` // the decisive ones, by name
}

// Kept is what is kept of the suggestion.
func (s Suggestion) Kept() *Suggested {
	k := &Suggested{Cell: s.Grading.Cell, HighRisk: s.Grading.HighRisk}
	for _, g := range s.Decisive() {
		k.Rules = append(k.Rules, g.Name)
	}
	return k
}

// Same tells whether a person's grading is the one suggested.
func (s Suggested) Same(g Grading) bool { return g.Cell == s.Cell && g.HighRisk == s.HighRisk }

// String is the suggested grade in words.
func (s Suggested) String() string { return strings.Join(s.Parts(), ", ") }

// Parts are the likelihood, the effect and whether the risk is high, each in words.
func (s Suggested) Parts() []string {
	return []string{
		fmt.Sprintf("likelihood %d (%s)", s.Cell.Likelihood, lower(Likelihoods[s.Cell.Likelihood-1].Label)),
		fmt.Sprintf("effect %d (%s)", s.Cell.Effect, lower(Effects[s.Cell.Effect-1].Label)),
		"high risk: " + lower(s.HighRisk.Label()),
	}
}

// Decisive are the rules that decided, the strongest first. One that no longer exists
// is left out.
func (s Suggested) Decisive() []GuideRule {
	var out []GuideRule
	for _, name := range s.Rules {
		if n := slices.IndexFunc(GuideRules, func(g GuideRule) bool { return g.Name == name }); n >= 0 {
			out = append(out, GuideRules[n])
		}
	}
	return out
}

// Reasons are the decisive rules in words.
func (s Suggested) Reasons() []string {
	var out []string
	for _, g := range s.Decisive() {
		out = append(out, g.Why)
	}
	return out
}

// Decisive are the rules that the result rests on, each once, the strongest
// reason first. What makes harm less likely comes last.
func (s Suggestion) Decisive() []GuideRule {
	var out []GuideRule
	graded := map[string]bool{} // about the kind of breach that counts
	for _, a := range s.Applied {
		graded[a.Rule.Name] = graded[a.Rule.Name] || a.Aspect == s.Aspect
		if a.Decisive && !slices.ContainsFunc(out, func(g GuideRule) bool { return g.Name == a.Rule.Name }) {
			out = append(out, a.Rule)
		}
	}
	slices.SortStableFunc(out, func(a, b GuideRule) int {
		return cmp.Or(truth(a.Limits)-truth(b.Limits), b.Effect-a.Effect, truth(graded[b.Name])-truth(graded[a.Name]), truth(b.HighRisk == Yes)-truth(a.HighRisk == Yes), b.Likelihood-a.Likelihood)
	})
	return out
}

// Why are the rules that the result rests on, in words.
func (s Suggestion) Why() string {
	var out []string
	for _, g := range s.Decisive() {
		out = append(out, g.Why)
	}
	return strings.Join(out, " ")
}

// Suggest grades the facts by GuideRules and asks the grid what follows, as for
// any assessment. Answers not given count as not known. It does not lift a
// floor; only the DPO can. FactsAt of the recommendation stays zero.
func (r Rules) Suggest(f GuideFacts) Suggestion { return r.suggest(f.Facts()) }

// SuggestFor grades what is known about an incident.
func (r Rules) SuggestFor(f Facts) Suggestion {
	s := r.suggest(f)
	if f.PersonalData == No {
		s.Notes = append(s.Notes, "The facts say that no personal data is involved. If that holds, this is not a personal data breach.")
	}
	return s
}

func (r Rules) suggest(report Facts) Suggestion {
	f := report.guide()
	s := r.judge(f.settled(), report)
	idle := 0
	for _, q := range GuideQuestions {
		open := q.open(f)
		if open && !report.Asks(q.Field) {
			continue
		}
		if !r.vary(&s, q, open, report) && open {
			idle++
		}
	}
	switch {
	case idle == 1:
		s.Notes = append(s.Notes, "One more answer is not known. On its own it would not change this advice either way.")
	case idle > 1:
		s.Notes = append(s.Notes, fmt.Sprintf("%d more answers are not known. No single one would change this advice, though several together may.", idle))
	}
	return s
}

// judge applies the rules without trying out other answers.
func (r Rules) judge(f GuideFacts, report Facts) Suggestion {
	s := Suggestion{Facts: f}
	var worst finding
	telling := map[Aspect]Cell{} // the kinds of breach, as far as known, that on their own call for telling the regulator
	known := len(report.guide().Breach) > 0
	for n, aspect := range f.aspects() {
		found := find(f, aspect)
		s.Applied = append(s.Applied, found.applied...)
		if known && (found.cell.reaches(r.Grid.Regulator) || found.cell.Grave()) {
			telling[aspect] = found.cell
		}
		if n == 0 || r.Grid.compare(found, worst) > 0 {
			worst = found
		}
		s.Grading.HighRisk = graver(s.Grading.HighRisk, found.high)
	}
	s.Aspect = worst.aspect
	s.Grading.Cell, s.Grading.Exception = worst.cell, worst.exception
	s.Grading.Vulnerable = f.VulnerablePeople
	if f.has(KindConvictions) || slices.ContainsFunc(report.Data, DataCategory.Wider) { // the longer list that triggers the floor
		s.Grading.Vulnerable = Yes
	}
	for n, a := range s.Applied {
		other, tells := telling[a.Aspect]
		tells = tells && !a.Rule.Limits && a.Rule.Effect == other.Effect
		s.Applied[n].Decisive = a.Aspect == worst.aspect && a.Rule.gives(worst.cell) ||
			a.Rule.HighRisk != "" && a.Rule.HighRisk == s.Grading.HighRisk || tells
		if tells {
			delete(telling, a.Aspect) // one reason of it is enough
		}
	}
	s.Recommendation = r.Recommend(s.Grading, report, time.Time{})
	return s
}

func (g GuideRule) gives(c Cell) bool { return g.Likelihood == c.Likelihood || g.Effect == c.Effect }

// finding is what the rules say about one kind of breach.
type finding struct {
	aspect    Aspect
	cell      Cell
	high      Answer
	exception Exception
	applied   []Applied
}

func find(f GuideFacts, aspect Aspect) finding {
	out := finding{aspect: aspect, cell: Cell{1, 1}, high: No}
	applies := func(g GuideRule) bool { return slices.Contains(g.Aspects, aspect) && g.when(f) }
	for _, g := range GuideRules {
		if g.Limits || !applies(g) {
			continue
		}
		out.applied = append(out.applied, Applied{Rule: g, Aspect: aspect})
		out.cell = Cell{max(out.cell.Likelihood, g.Likelihood), max(out.cell.Effect, g.Effect)}
		out.high = graver(out.high, g.HighRisk)
	}
	if f.HarmReported == Yes {
		return out
	}
	for _, g := range GuideRules {
		if !g.Limits || !applies(g) {
			continue
		}
		out.applied = append(out.applied, Applied{Rule: g, Aspect: aspect})
		if g.Likelihood > 0 {
			out.cell.Likelihood = min(out.cell.Likelihood, g.Likelihood)
		}
		if g.Effect > 0 {
			out.cell.Effect = min(out.cell.Effect, g.Effect)
		}
		if g.HighRisk != "" {
			out.high = milder(out.high, g.HighRisk)
		}
		out.exception = cmp.Or(out.exception, g.Exception)
	}
	return out
}

// compare tells which finding is worse: first by who must be told, then by
// score. Each kind of breach is graded separately, because the likelihood of
// one with the effect of another would grade something that did not happen.
func (grid Grid) compare(a, b finding) int {
	return cmp.Or(
		truth(a.cell.reaches(grid.DHSC))-truth(b.cell.reaches(grid.DHSC)),
		truth(a.cell.reaches(grid.Regulator) || a.cell.Grave())-truth(b.cell.reaches(grid.Regulator) || b.cell.Grave()),
		a.cell.Score()-b.cell.Score(),
		a.cell.Likelihood-b.cell.Likelihood,
	)
}

func truth(b bool) int {
	if b {
		return 1
	}
	return 0
}

// towardsTelling orders the answers to whether the risk is high.
var towardsTelling = []Answer{"", No, Unknown, Yes}

// graver is the answer that counts more towards notifying.
func graver(a, b Answer) Answer {
	if slices.Index(towardsTelling, b) > slices.Index(towardsTelling, a) {
		return b
	}
	return a
}

// milder is the answer that counts less towards notifying.
func milder(a, b Answer) Answer {
	if graver(a, b) == a {
		return b
	}
	return a
}

// vary asks how another answer to one question would change the result, and
// tells whether one would. Of a question that is open it says what the advice
// would be for every answer; of one that is answered, only what would change it.
func (r Rules) vary(s *Suggestion, q GuideQuestion, open bool, report Facts) bool {
	if q.Scope && !open {
		return false // true of every breach, so it would only be noise
	}
	given := q.get(s.Facts)
	now := s.Recommendation.outcome(r.Regulator)
	var outcomes []string
	answers := map[string][]string{} // by outcome
	changes := false
	for _, o := range q.settling() {
		if !open && slices.Contains(given, o.Value) {
			continue
		}
		outcome := r.recommend(report.answering(q, open, given, o.Value)).outcome(r.Regulator)
		if outcome == now && !open {
			continue
		}
		changes = changes || outcome != now
		if answers[outcome] == nil {
			outcomes = append(outcomes, outcome)
		}
		answers[outcome] = append(answers[outcome], "\""+lowerFirst(o.Label)+"\"")
	}
	if !changes {
		return false
	}
	var parts []string
	slices.SortStableFunc(outcomes, func(a, b string) int { return truth(a == now) - truth(b == now) }) // what is advised now comes last
	for _, outcome := range outcomes {
		also := ""
		if q.Many && !open {
			also = "also "
		}
		named := orList(answers[outcome])
		if open && outcome == now && len(outcomes) > 1 && len(answers[outcome]) > 2 {
			named = "anything else"
		}
		parts = append(parts, also+named+": "+outcome)
	}
	sentence := q.Ask + " " + capital(strings.Join(parts, "; ")) + "."
	if open {
		s.Missing = append(s.Missing, sentence)
	} else {
		s.WouldChange = append(s.WouldChange, sentence)
	}
	return true
}

// answering are the facts once somebody gives an answer to a question: in place of
// what is known or, where several answers may be given, besides it.
func (f Facts) answering(q GuideQuestion, open bool, given []string, value string) Facts {
	if !q.Many || open {
		return f.with(q.Answer(GuideFacts{}, value).Facts())
	}
	if q.Field == FieldData { // which holds more kinds than the questions tell apart
		f.Data = append(slices.Clip(f.Data), DataKind(value).category())
		return f
	}
	return f.with(q.Answer(GuideFacts{}, append(slices.Clone(given), value)...).Facts())
}

// outcome is the advice in a few words: the law's three answers, a fourth while
// the last one is still open, and those outside the law's two questions. Two
// recommendations have the same outcome if, and only if, they tell the same people.
func (r Recommendation) outcome(regulator string) string {
	switch {
	case r.Scope == ScopeProcessor:
		return "tell the controller, who decides the rest"
	case r.Scope == ScopeDeceased:
		return "record only; ask about confidentiality"
	case !r.Regulator:
		return "record only"
	}
	told := "tell the " + regulator
	switch {
	case r.DHSC && r.Subjects == Yes:
		return told + ", the health department and the people"
	case r.DHSC:
		told += " and the health department"
	case r.Subjects == Yes:
		return told + " and the people"
	}
	if r.Subjects == No {
		return told + ", not the people"
	}
	return told + "; the people too, unless a high risk is ruled out"
}

func orList(items []string) string {
	if len(items) < 2 {
		return strings.Join(items, "")
	}
	return strings.Join(items[:len(items)-1], ", ") + " or " + items[len(items)-1]
}
