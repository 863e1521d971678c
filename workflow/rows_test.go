package workflow

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// What is declared in this package is read from its source, so that anything
// added without a row in its table is noticed here.
type declarations struct {
	constants map[string][]string // values, by the name of their type
	methods   map[string][]string // types that have a method, by "name result"
}

func declared(t *testing.T) declarations {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	d := declarations{map[string][]string{}, map[string][]string{}}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.ValueSpec:
				if of, ok := n.Type.(*ast.Ident); ok {
					for _, v := range n.Values {
						if lit, ok := v.(*ast.BasicLit); ok && lit.Kind == token.STRING {
							value, err := strconv.Unquote(lit.Value)
							if err != nil {
								t.Fatal(err)
							}
							d.constants[of.Name] = append(d.constants[of.Name], value)
						}
					}
				}
			case *ast.FuncDecl:
				if n.Recv == nil || n.Type.Results == nil || len(n.Type.Results.List) != 1 {
					return true
				}
				result, ok := n.Type.Results.List[0].Type.(*ast.Ident)
				of, named := n.Recv.List[0].Type.(*ast.Ident)
				if ok && named {
					key := n.Name.Name + " " + result.Name
					d.methods[key] = append(d.methods[key], of.Name)
				}
			}
			return true
		})
	}
	return d
}

// commandComplaints says what is missing from the commands.
func commandComplaints(rows []commandRow, names, types []string) (all []string) {
	complain := func(format string, args ...any) { all = append(all, fmt.Sprintf(format, args...)) }
	taken := map[string]bool{}
	for n, row := range rows {
		switch {
		case slices.ContainsFunc(rows[:n], func(r commandRow) bool { return r.name == row.name }):
			complain("%s has two rows", row.name)
		case len(row.from) == 0:
			complain("%s may start from no step", row.name)
		case row.refusal == "":
			complain("%s says nothing to those who may not", row.name)
		case row.handle.decide == nil:
			complain("%s is decided by nothing", row.name)
		}
		for from, to := range row.to {
			if !slices.Contains(row.from, from) {
				complain("%s leads from %s to %v, but may not start there", row.name, from, to)
			}
		}
		for _, c := range row.handle.takes {
			taken[c.Name()] = true
		}
	}
	for _, name := range names {
		if !slices.ContainsFunc(rows, func(r commandRow) bool { return string(r.name) == name }) {
			complain("%s has no row", name)
		}
	}
	for _, c := range types {
		if !taken[c] {
			complain("no row decides a %s", c)
		}
	}
	return all
}

// eventComplaints says what is missing from the events.
func eventComplaints(rows []eventRow, types []string) (all []string) {
	complain := func(format string, args ...any) { all = append(all, fmt.Sprintf(format, args...)) }
	known := map[string]bool{}
	for n, row := range rows {
		if slices.ContainsFunc(rows[:n], func(r eventRow) bool { return r.kind == row.kind }) {
			complain("%s has two rows", row.kind)
		}
		if row.fold == nil {
			complain("%s is folded by nothing", row.kind)
			continue
		}
		e, err := row.decode([]byte("{}"))
		if err != nil {
			complain("%s cannot be decoded: %v", row.kind, err)
			continue
		}
		known[reflect.TypeOf(e).Name()] = true
		for _, path := range row.keeps {
			if !hasText(reflect.TypeOf(e), path, "") {
				complain("%s keeps %s, and has no such field", row.kind, path)
			}
		}
	}
	for _, e := range types {
		if !known[e] {
			complain("%s has no row", e)
		}
	}
	return all
}

// hasText tells whether a path of fields leads somewhere below t.
func hasText(t reflect.Type, path, at string) bool {
	for t.Kind() == reflect.Slice || t.Kind() == reflect.Pointer || t.Kind() == reflect.Map {
		t = t.Elem()
	}
	if at == path {
		return true
	}
	if t.Kind() != reflect.Struct {
		return false
	}
	for n := range t.NumField() {
		f := t.Field(n)
		below := at
		if !f.Anonymous {
			below = join(at, f.Name)
		}
		if f.IsExported() && (strings.HasPrefix(path, below)) && hasText(f.Type, path, below) {
			return true
		}
	}
	return false
}

// taskComplaints says what is missing from the kinds of task.
func taskComplaints(rows []taskRow, kinds []string) (all []string) {
	complain := func(format string, args ...any) { all = append(all, fmt.Sprintf(format, args...)) }
	words := map[string]TaskKind{}
	for n, row := range rows {
		if slices.ContainsFunc(rows[:n], func(r taskRow) bool { return r.kind == row.kind }) {
			complain("%s has two rows", row.kind)
		}
		if len(row.forms) == 0 {
			complain("%s has no key", row.kind)
		}
		for _, f := range row.forms {
			named := fmt.Sprintf("%s with %d parts", f.word, len(f.parts))
			if other, used := words[named]; used {
				complain("%s and %s have the same key: %s", other, row.kind, named)
			}
			words[named] = row.kind
		}
		if !slices.Contains(Lanes(), row.lane) {
			complain("%s is in no lane: say how much hurry it is in", row.kind)
		}
		if row.renewed && row.recorded {
			complain("%s is brought up to date again and again, so no event can say that it was done", row.kind)
		}
	}
	for _, k := range kinds {
		if !slices.ContainsFunc(rows, func(r taskRow) bool { return string(r.kind) == k }) {
			complain("%s has no row", k)
		}
	}
	return all
}

// clockComplaints says what is missing from the clocks.
func clockComplaints(rows []clockRow, names []string) (all []string) {
	complain := func(format string, args ...any) { all = append(all, fmt.Sprintf(format, args...)) }
	for n, row := range rows {
		if slices.ContainsFunc(rows[:n], func(r clockRow) bool { return r.is(row.name) || row.is(r.name) }) {
			complain("%s has two rows", row.name)
		}
		if row.label == nil || row.label(row.name, "ICO") == "" {
			complain("%s has no words", row.name)
		}
		if row.runs == nil {
			complain("%s is derived from nothing", row.name)
		}
		if row.pace.every == 0 && row.name != ClockRegulator && row.name != ClockFollowUp {
			complain("%s is reminded of by nothing", row.name)
		}
	}
	for _, name := range names {
		if !slices.ContainsFunc(rows, func(r clockRow) bool { return string(r.name) == name }) {
			complain("%s has no row", name)
		}
	}
	return all
}

func TestNothingIsMissingOfWhatTheTablesHold(t *testing.T) {
	t.Parallel()
	d := declared(t)
	commands, events := d.methods["Name CommandName"], d.methods["Kind string"]
	if len(commands) < 30 || len(events) < 35 || len(d.constants["TaskKind"]) < 15 || len(d.constants["ClockName"]) < 8 || len(d.constants["CommandName"]) < 30 {
		t.Fatalf("the source was not read: %d commands, %d events", len(commands), len(events))
	}
	for _, complaint := range slices.Concat(
		commandComplaints(commandRows, d.constants["CommandName"], commands),
		eventComplaints(eventRows, events),
		taskComplaints(taskRows, d.constants["TaskKind"]),
		clockComplaints(clockRows, d.constants["ClockName"]),
	) {
		t.Error(complaint)
	}
}

// A made-up command, event, task and clock, in memory: everything left out is
// named.
type (
	holdDrill struct{}
	drillHeld struct{ Lesson, Code string }
)

func (holdDrill) Name() CommandName { return "HoldDrill" }
func (drillHeld) Kind() string      { return "drill_held" }

func TestWhatIsLeftOutOfATableIsNamed(t *testing.T) {
	t.Parallel()
	decide := on(func(Rules, *Incident, holdDrill, Actor, time.Time) ([]Event, error) { return nil, nil })
	fold := func(*Incident, Record, drillHeld) {}
	names, types := []string{"HoldDrill"}, []string{"holdDrill"}
	command := func(change func(*commandRow)) []string {
		row := commandRow{name: "HoldDrill", from: open, by: those, refusal: isFinished, handle: decide}
		change(&row)
		return commandComplaints([]commandRow{row}, names, types)
	}
	event := func(keeps []string, fold func(*Incident, Record, drillHeld)) []string {
		return eventComplaints([]eventRow{event(quiet, keeps, fold)}, []string{"drillHeld"})
	}
	task := func(change func(*taskRow)) []string {
		row := taskRow{kind: "drill", forms: key("drill", keyAbout), recorded: true, lane: LanePeople}
		change(&row)
		return taskComplaints([]taskRow{row}, []string{"drill"})
	}
	clock := func(change func(*clockRow)) []string {
		row := clockRow{name: "drill", label: says("Drill"), pace: pace{nil, day}, runs: Rules.triageClock}
		change(&row)
		return clockComplaints([]clockRow{row}, []string{"drill"})
	}
	for _, c := range []struct {
		name string
		got  []string
		want string
	}{
		{"a whole command", command(func(*commandRow) {}), ""},
		{"a command without a row", commandComplaints(nil, names, types), "HoldDrill has no row; no row decides a holdDrill"},
		{"without a step", command(func(r *commandRow) { r.from = nil }), "HoldDrill may start from no step"},
		{"without a refusal", command(func(r *commandRow) { r.refusal = "" }), "HoldDrill says nothing to those who may not"},
		{"without a decision", command(func(r *commandRow) { r.handle = handler{} }), "HoldDrill is decided by nothing; no row decides a holdDrill"},
		{"from where it may not start", command(func(r *commandRow) { r.to = each([]Step{StepClosed}, StepReported) }), "HoldDrill leads from closed to [reported], but may not start there"},
		{"a whole event", event(noWords, fold), ""},
		{"an event without a row", eventComplaints(nil, []string{"drillHeld"}), "drillHeld has no row"},
		{"without a fold", event(noWords, nil), "drill_held is folded by nothing; drillHeld has no row"},
		{"keeping what is not there", event(texts("Leson"), fold), "drill_held keeps Leson, and has no such field"},
		{"a whole task", task(func(*taskRow) {}), ""},
		{"a task without a row", taskComplaints(nil, []string{"drill"}), "drill has no row"},
		{"without a key", task(func(r *taskRow) { r.forms = nil }), "drill has no key"},
		{"renewed, and recorded", task(func(r *taskRow) { r.renewed = true }), "drill is brought up to date again and again, so no event can say that it was done"},
		{"a whole clock", clock(func(*clockRow) {}), ""},
		{"a clock without a row", clockComplaints(nil, []string{"drill"}), "drill has no row"},
		{"without words", clock(func(r *clockRow) { r.label = nil }), "drill has no words"},
		{"from nothing", clock(func(r *clockRow) { r.runs = nil }), "drill is derived from nothing"},
		{"without a pace", clock(func(r *clockRow) { r.pace = itsOwnPace }), "drill is reminded of by nothing"},
	} {
		if got := strings.Join(c.got, "; "); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// Anything that can be typed into an event is gone after erasing, unless the
// event's row says that the text is ours or Slack's. A field added later is
// emptied by default.
func TestErasingLeavesNoWordByDefault(t *testing.T) {
	t.Parallel()
	e := redact(drillHeld{Lesson: "Jane Smith", Code: "is_archived"}, texts("Code")).(drillHeld)
	if e != (drillHeld{Code: "is_archived"}) {
		t.Errorf("what is left: %+v", e)
	}
}
