package workflow

// Judge is Suggest without trying out other answers, for tests that call it
// often.
func (r Rules) Judge(f GuideFacts) Suggestion { return r.judge(f.settled(), f.Facts()) }

// Set answers the question.
func (q GuideQuestion) Set(f *GuideFacts, value string) { q.set(f, []string{value}) }

// Open tells whether the question waits for an answer.
func (q GuideQuestion) Open(f Facts) bool { return q.open(f.guide()) }

// Settling are the answers that settle the question, as facts.
func (q GuideQuestion) Settling() []Facts {
	var out []Facts
	for _, o := range q.settling() {
		out = append(out, q.Answer(GuideFacts{}, o.Value).Facts())
	}
	return out
}

// With are the facts with more answers.
func (f Facts) With(more Facts) Facts { return f.with(more) }

// Advise is what the rules advise on these facts.
func (r Rules) Advise(f Facts) Recommendation { return r.recommend(f) }

// Outcome is the advice in a few words.
func (r Recommendation) Outcome(regulator string) string { return r.outcome(regulator) }
