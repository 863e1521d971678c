package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "breachbot"

// rooms are the parts of the house: a package and all below it, unless they
// have a line of their own. A room may import itself and the rooms it names,
// and no other. No room but cmd knows the sandbox: the bot must not know a
// stand-in.
var rooms = []struct {
	root    string
	imports []string
}{
	{"workflow", nil},
	{"workflow/document", []string{"workflow"}},
	{"store", []string{"workflow"}},
	{"scheduler", []string{"workflow"}},
	{"bot", []string{"workflow", "workflow/document", "bot/view", "bot/mail"}},
	{"bot/mail", nil},
	{"bot/view", []string{"workflow"}},
	{"bot/sandbox", nil},
	{"bot/sandbox/page", []string{"bot/sandbox"}},
	{"bot/sandbox/script", []string{"bot/sandbox"}},
	{"cmd", []string{
		"workflow", "workflow/document", "store", "scheduler", "bot", "bot/view", "bot/mail", "bot/sandbox", "bot/sandbox/page", "bot/sandbox/script",
	}},
}

// roomOf is the line of rooms that a package is in, -1 when it is in none.
func roomOf(pkg string) int {
	room := -1
	for n, r := range rooms {
		if below(pkg, r.root) && (room < 0 || len(r.root) > len(rooms[room].root)) {
			room = n
		}
	}
	return room
}

// mayImport tells whether package from may import package to, both without the
// module's name.
func mayImport(from, to string) bool {
	a, b := roomOf(from), roomOf(to)
	if a < 0 || b < 0 {
		return false // a package of no known room
	}
	return a == b || slices.Contains(rooms[a].imports, rooms[b].root)
}

func below(pkg, root string) bool { return pkg == root || strings.HasPrefix(pkg, root+"/") }

// clockHolders may read the clock; everybody else is told the time, the page and
// the player of stories by the sandbox. storetest is test code, though its files
// are not named so: its benchmarks measure.
var clockHolders = []string{"cmd/breachbot", "bot/sandbox", "store/storetest"}

// standardOnly may use the standard library and nothing else.
var standardOnly = []string{"workflow"}

func TestArrows(t *testing.T) {
	t.Parallel()
	seen := map[int]int{} // files by room
	walkSource(t, func(pkg, file string, f *ast.File) {
		if strings.HasSuffix(file, "_test.go") {
			return
		}
		seen[roomOf(pkg)]++
		for _, spec := range f.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			to, ours := strings.CutPrefix(imported, module+"/")
			switch {
			case ours && !mayImport(pkg, to):
				t.Errorf("%s: %s must not import %s", file, pkg, to)
			case !ours && imported != "C" && strings.Contains(strings.Split(imported, "/")[0], "."):
				for _, root := range standardOnly {
					if below(pkg, root) && !below(pkg, "workflow/document") {
						t.Errorf("%s: %s may use the standard library alone, not %s", file, pkg, imported)
					}
				}
			}
		}
	})
	for n, r := range rooms {
		if seen[n] == 0 {
			t.Errorf("there is no file in the room %s", r.root)
		}
	}
	if seen[-1] > 0 {
		t.Errorf("%d files are in no room", seen[-1])
	}
}

func TestWhoMayReadTheClock(t *testing.T) {
	t.Parallel()
	walkSource(t, func(pkg, file string, f *ast.File) {
		if strings.HasSuffix(file, "_test.go") || slices.Contains(clockHolders, pkg) {
			return
		}
		name := importName(f, "time")
		if name == "." {
			t.Errorf("%s: time is imported with a dot, so its calls cannot be told", file)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok && s.Sel.Name == "Now" {
				if x, ok := s.X.(*ast.Ident); ok && name != "" && x.Name == name {
					t.Errorf("%s uses time.Now: take the time as an argument or a field", file)
				}
			}
			return true
		})
	})
}

// TestTheRulesOfTheArrows tries the table itself.
func TestTheRulesOfTheArrows(t *testing.T) {
	t.Parallel()
	tests := []struct {
		from, to string
		may      bool
	}{
		{"cmd/breachbot", "bot/sandbox", true},
		{"cmd/breachbot", "bot/sandbox/page", true},
		{"cmd/breachbot", "bot/sandbox/script", true},
		{"cmd/breachbot", "store/sqlite", true},
		{"cmd/breachbot", "workflow/document", true},
		{"bot", "workflow", true},
		{"bot", "bot/view", true},
		{"bot", "bot/sandbox", false},
		{"bot", "bot/sandbox/page", false},
		{"bot", "bot/sandbox/script", false},
		{"bot", "store", false},
		{"bot", "scheduler", false},
		{"bot/view", "bot", false},
		{"bot/view", "workflow", true},
		{"bot/sandbox", "workflow", false},
		{"bot/sandbox", "bot/view", false},
		{"bot/view", "bot/sandbox", false},
		{"bot/sandbox", "bot/sandbox/page", false},
		{"bot/sandbox", "bot/sandbox/script", false},
		{"bot/sandbox", "bot", false},
		{"bot/sandbox/page", "bot/sandbox", true},
		{"bot/sandbox/page", "bot/sandbox/script", false},
		{"bot/sandbox/page", "bot/view", false},
		{"bot/sandbox/script", "bot/sandbox", true},
		{"bot/sandbox/script", "bot/sandbox/page", false},
		{"bot/sandbox/script", "workflow", false},
		{"scheduler", "workflow", true},
		{"scheduler", "store", false},
		{"scheduler", "bot", false},
		{"store/postgres", "store", true},
		{"store/sqlite", "workflow", true},
		{"store/sqlite", "workflow/document", false},
		{"store", "bot/view", false},
		{"workflow", "workflow/document", false},
		{"workflow", "store", false},
		{"workflow/document", "workflow", true},
		{"workflow/document", "bot/view", false},
		{"util", "workflow", false},
		{"bot", "util", false},
	}
	for _, r := range rooms {
		for _, i := range r.imports {
			if n := roomOf(i); n < 0 || rooms[n].root != i {
				t.Errorf("%s may import %s, which is no room", r.root, i)
			}
		}
	}
	for _, tt := range tests {
		if got := mayImport(tt.from, tt.to); got != tt.may {
			t.Errorf("mayImport(%s, %s) = %v", tt.from, tt.to, got)
		}
	}
}

// importName is what the file calls the package; empty when it does not import it.
func importName(f *ast.File, pkg string) string {
	for _, spec := range f.Imports {
		if spec.Path.Value == strconv.Quote(pkg) {
			if spec.Name != nil {
				return spec.Name.Name
			}
			return path.Base(pkg)
		}
	}
	return ""
}

// walkSource parses every Go file of the module.
func walkSource(t *testing.T, visit func(pkg, file string, f *ast.File)) {
	t.Helper()
	root := filepath.Join("..", "..")
	files := token.NewFileSet()
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		base := d.Name()
		if d.IsDir() {
			if rel != "." && (strings.HasPrefix(base, ".") || base == "testdata" || base == "node_modules") {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(base, ".go") || strings.HasPrefix(base, ".") || strings.HasPrefix(base, "_") {
			return nil
		}
		f, err := parser.ParseFile(files, name, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		visit(filepath.ToSlash(filepath.Dir(rel)), filepath.ToSlash(rel), f)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
