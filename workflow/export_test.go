package workflow

// Judge is Suggest without what else could be, for tests that ask often.
func (r Rules) Judge(f GuideFacts) Suggestion { return r.judge(f.settled(), f.Facts()) }
