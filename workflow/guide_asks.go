package workflow

import "slices"

// arises are the questions that arise only in some incidents, each with when it
// does. Every form asks here, so none decides for itself.
var arises = []struct {
	field Field
	when  func(Facts) bool
}{
	{FieldRead, Facts.perhapsHeld},
	{FieldConnected, Facts.perhapsHeld},
	{FieldAssurance, Facts.perhapsDisclosed},
	{FieldLawfullyPublic, Facts.perhapsDisclosed},
	{FieldWrongDataUsed, Facts.perhapsWrong},
	{FieldDisruption, Facts.perhapsMissing},
}

// Asks tells whether a question arises in an incident with these facts. While the
// facts do not settle it, it does.
func (f Facts) Asks(question Field) bool {
	for _, a := range arises {
		if a.field == question {
			return a.when(f)
		}
	}
	return true
}

// Open tells whether a question of the guided assessment waits for an answer: none
// was given, and the rest of the facts does not settle it. It is false for any other
// field.
func (f Facts) Open(question Field) bool {
	if question == FieldAspects {
		question = fieldBreach
	}
	g := f.guide()
	return slices.ContainsFunc(GuideQuestions, func(q GuideQuestion) bool { return q.Field == question && q.open(g) })
}

// perhapsDisclosed tells whether somebody may have seen or taken data who should
// not have.
func (f Facts) perhapsDisclosed() bool {
	g := f.guide()
	return len(g.Breach) == 0 || slices.Contains(g.Breach, Confidentiality) || g.ExposedTo != ExposedNobody || g.Exfiltrated == Yes
}

// perhapsHeld tells whether there may be somebody who got it. There is nobody when
// nobody could get at it and it reached nobody.
func (f Facts) perhapsHeld() bool {
	g := f.guide()
	return f.perhapsDisclosed() && (g.ExposedTo != ExposedNobody || g.Exfiltrated != No)
}

// perhapsWrong tells whether data may have been changed wrongly or mixed up.
func (f Facts) perhapsWrong() bool {
	g := f.guide()
	return len(g.Breach) == 0 || slices.Contains(g.Breach, Integrity) || slices.Contains(f.Category.aspects(), Integrity)
}

// perhapsMissing tells whether a service may have been without its data, or with wrong
// data. An attack may stop a service whatever it was reported as.
func (f Facts) perhapsMissing() bool {
	g := f.guide()
	return len(g.Breach) == 0 || slices.Contains(g.Breach, Availability) || slices.Contains(g.Breach, Integrity) ||
		g.CopyHeld == No || g.Disruption != "" || f.Category.attack()
}

// Answer gives the facts with an answer to the question in place of the earlier one.
func (q GuideQuestion) Answer(f GuideFacts, values ...string) GuideFacts {
	q.set(&f, values)
	return f
}

// UnansweredMost is how many missing answers are asked for at once: a person
// answers a short form now and a long one later (product rule).
const UnansweredMost = 8

// weighed are the questions that only count together: that data came back lowers
// a risk only as far as it is known, and if nobody read it. One telephone call can
// answer them all.
var weighed = []Field{FieldExfiltrated, FieldRecovered, FieldRead, FieldAssurance}

// Unanswered are the open questions whose answers could change whom the rules
// advise to tell, at most UnansweredMost. The most telling come first: those that
// change the advice on their own, or with what is weighed together, and among them
// those about the regulator. The others change it only together with any other
// missing answer.
func (r Rules) Unanswered(f Facts) []GuideQuestion {
	type telling struct {
		openQuestion
		change int
	}
	var alone, together []telling
	open := f.openQuestions()
	for _, q := range open {
		t := telling{openQuestion: q}
		for _, given := range f.weighing(q, open) {
			now := r.advice(given)
			for _, a := range q.answers {
				t.change = max(t.change, now.change(r.advice(given.with(a))))
			}
		}
		switch {
		case t.change > 0:
			alone = append(alone, t)
		case r.tellsWith(f, q, open):
			together = append(together, t)
		}
	}
	slices.SortStableFunc(alone, func(a, b telling) int { return b.change - a.change })
	var out []GuideQuestion
	for _, t := range slices.Concat(alone, together) {
		out = append(out, t.GuideQuestion)
	}
	return out[:min(len(out), UnansweredMost)]
}

// weighing are the facts with every way to answer, or not, what a question is
// weighed together with: the facts alone for most questions.
func (f Facts) weighing(q openQuestion, open []openQuestion) []Facts {
	all := []Facts{f}
	if !slices.Contains(weighed, q.Field) {
		return all
	}
	for _, other := range open {
		if other.Field == q.Field || !slices.Contains(weighed, other.Field) {
			continue
		}
		for _, given := range slices.Clone(all) {
			for _, a := range other.answers {
				all = append(all, given.with(a))
			}
		}
	}
	return all
}

// tellsWith tells whether an answer to a question changes the advice once one of
// the others is answered.
func (r Rules) tellsWith(f Facts, q openQuestion, others []openQuestion) bool {
	for _, other := range others {
		if other.Field == q.Field {
			continue
		}
		for _, b := range other.answers {
			with := f.with(b)
			then := r.advice(with)
			if slices.ContainsFunc(q.answers, func(a Facts) bool { return r.advice(with.with(a)) != then }) {
				return true
			}
		}
	}
	return false
}

// openQuestion is a question that is open in an incident, with the answers that
// would settle it.
type openQuestion struct {
	GuideQuestion
	answers []Facts
}

func (f Facts) openQuestions() []openQuestion {
	g := f.guide()
	var out []openQuestion
	for _, q := range GuideQuestions {
		if !q.open(g) || !f.Asks(q.Field) {
			continue
		}
		one := openQuestion{GuideQuestion: q}
		for _, o := range q.settling() {
			one.answers = append(one.answers, q.Answer(GuideFacts{}, o.Value).Facts())
		}
		out = append(out, one)
	}
	return out
}

// advice is whom the rules advise to tell.
type advice struct {
	scope      Scope
	regulator  bool
	people     Answer
	department bool
}

func (r Rules) advice(f Facts) advice {
	a := r.recommend(f)
	return advice{a.Scope, a.Regulator, a.Subjects, a.DHSC}
}

// recommend is what the rules advise on these facts.
func (r Rules) recommend(f Facts) Recommendation { return r.judge(f.Guide(), f).Recommendation }

// change is how much another advice differs: that the regulator must be told
// counts most, then the people, then the department, and least that only the
// grounds differ. It is 0 for the same advice.
func (a advice) change(other advice) int {
	n := 4*truth(a.regulator != other.regulator) + 2*truth(a.people != other.people) + truth(a.department != other.department)
	return max(n, truth(a.scope != other.scope))
}
