package scheduler

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"testing"

	"breachbot/workflow"
)

// A kind that is added to the plan gets its place here: without one it would go
// out before the channel that it links to, and be counted as "other".
func TestEveryKindOfTaskHasItsPlace(t *testing.T) {
	t.Parallel()
	f, err := parser.ParseFile(token.NewFileSet(), "../workflow/plan.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	kinds := 0
	ast.Inspect(f, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if name, ok := spec.Type.(*ast.Ident); !ok || name.Name != "TaskKind" {
			return true
		}
		for _, v := range spec.Values {
			kind, err := strconv.Unquote(v.(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			if kinds++; !slices.Contains(planOrder, workflow.TaskKind(kind)) {
				t.Errorf("%q has no place in the order of the plan", kind)
			}
		}
		return true
	})
	if kinds != len(planOrder) {
		t.Errorf("the plan knows %d kinds, the order %d", kinds, len(planOrder))
	}
}

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
