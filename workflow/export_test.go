package workflow

// Judge is Suggest without trying out other answers, for tests that call it
// often.
func (r Rules) Judge(f GuideFacts) Suggestion { return r.judge(f.settled(), f.Facts()) }

// Set answers the question.
func (q GuideQuestion) Set(f *GuideFacts, value string) { q.set(f, []string{value}) }
