package scheduler

import (
	"slices"
	"testing"

	"breachbot/workflow"
)

// People stand in for a channel that cannot be reached. When everything becomes
// due at once, what is for the channel goes first, and they hear only what is
// for them.
func TestTheChannelComesBeforeThePeopleWhoStandInForIt(t *testing.T) {
	t.Parallel()
	want := []workflow.Task{
		{Kind: workflow.KindChannel},
		{Kind: workflow.KindGiven, Target: "U1", About: 7},
		{Kind: workflow.KindRemind, Target: workflow.InChannel},
		{Kind: workflow.KindRemind, Target: "U1"},
		{Kind: workflow.KindNudge, Target: workflow.InChannel},
		{Kind: workflow.KindNudge, Target: "U1"},
	}
	var claims []workflow.Claim
	for _, task := range slices.Backward(want) {
		claims = append(claims, workflow.Claim{Task: task})
	}
	slices.SortStableFunc(claims, byPlan)
	for n, c := range claims {
		if c.Task != want[n] {
			t.Errorf("%d: %+v, want %+v", n, c.Task, want[n])
		}
	}
}
