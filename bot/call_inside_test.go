package bot

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"breachbot/workflow"
)

// Every call to Slack asks the limiter first, and names a method that has a row among
// the allowances: without one, nobody would know how often it may be called.
func TestEveryCallIsWithinAnAllowance(t *testing.T) {
	t.Parallel()
	files := token.NewFileSet()
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(files, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		within := 0 // calls of Bot.call around what is looked at
		var look func(n ast.Node) bool
		look = func(n ast.Node) bool {
			call, is := n.(*ast.CallExpr)
			if !is {
				return true
			}
			at := files.Position(call.Pos())
			made, _ := call.Fun.(*ast.SelectorExpr)
			if made == nil {
				return true
			}
			if client, is := made.X.(*ast.SelectorExpr); is && (client.Sel.Name == "front" || client.Sel.Name == "back") && within == 0 {
				t.Errorf("%s: %s does not ask the limiter: make it in Bot.call", at, made.Sel.Name)
			}
			if made.Sel.Name != "call" {
				return true
			}
			method, is := call.Args[1].(*ast.BasicLit)
			if !is {
				t.Errorf("%s: the method is not said where it is called", at)
				return true
			}
			named, err := strconv.Unquote(method.Value)
			if _, has := allowances[named]; err != nil || !has {
				t.Errorf("%s: %s has no row among the allowances", at, named)
			}
			used[named] = true
			within++
			for _, arg := range call.Args {
				ast.Inspect(arg, look)
			}
			within--
			return false
		}
		if name != "call.go" {
			ast.Inspect(f, look)
		}
	}
	if len(used) < 15 {
		t.Errorf("the source was not read: %v", used)
	}
	for method, a := range allowances {
		// Each lane needs something that the lanes after it cannot use up.
		if clock, people, bulk := workflow.LaneClock.Share(a.perMinute), workflow.LanePeople.Share(a.perMinute), workflow.LaneBulk.Share(a.perMinute); bulk < 1 || people <= bulk || clock <= people {
			t.Errorf("%s: the lanes have %d, %d and %d of %d calls", method, clock, people, bulk, a.perMinute)
		}
	}
}
