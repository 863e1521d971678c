package workflow

// Judge is Suggest without trying out other answers, for tests that call it
// often.
func (r Rules) Judge(f GuideFacts) Suggestion { return r.judge(f.settled(), f.Facts()) }
