package view

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"breachbot/workflow"
)

// Kept is what the tests keep of one way into a form or a reading.
type Kept struct {
	Golden bool // how it opens is kept
	Again  bool // a form shown again is kept
	Tried  bool // what is read from a form was compared with what was meant
}

// formTables are the tables with what they are held against.
type formTables struct {
	forms    []formRow
	readings []reading
	next     []workflow.Next        // all that the rules can say comes next
	commands []workflow.CommandName // all there are
	shown    func(Form, Action) Kept
}

// FormComplaints says what the rows of the forms and readings lack, given what the
// tests keep of them.
func FormComplaints(t testing.TB, shown func(Form, Action) Kept) []string {
	next, commands := ofTheRules(t)
	return formTables{forms, readings, next, commands, shown}.complaints()
}

// Gives tells whether a form can give a command.
func (f Form) Gives(c workflow.CommandName) bool {
	r := rowOf(f)
	return c == r.command || c == r.also
}

// Recorded tells whether a form comes filled in with what the record says.
func (f Form) Recorded() bool { return rowOf(f).recorded }

// formless are the commands that no form gives, with who gives them.
var formless = map[workflow.CommandName]string{
	workflow.CommandDeliver:      "breachbot itself",
	workflow.CommandLinkBack:     "breachbot itself, for the other end of a link",
	workflow.CommandRecordEdit:   "breachbot itself, when a message was edited",
	workflow.CommandRecordMember: "breachbot itself, when somebody comes or goes",
	workflow.CommandRecordShared: "breachbot itself, when a channel is shared",
	workflow.CommandErase:        "the command line",
}

func (all formTables) complaints() []string {
	var out []string
	say := func(name, format string, args ...any) { out = append(out, name+": "+fmt.Sprintf(format, args...)) }
	taken := map[string]string{} // what may stand in one row alone
	one := func(name, kind, value string) {
		if other, twice := taken[kind+value]; twice {
			say(name, "has the %s %q of %s", kind, value, other)
		}
		taken[kind+value] = name
	}
	opens := func(name string, o opening) {
		if o.act == "" {
			say(name, "a button without an action")
			return
		}
		one(name, "action", string(o.act))
		if (o.menu.label == "") != (o.menu.at == 0) {
			say(name, "%s has half a place in the More menu", o.act)
		}
		if o.menu.label != "" {
			one(name, "place in the More menu", strconv.Itoa(o.menu.at))
			one(name, "label in the More menu", o.menu.label)
		}
	}
	leads := func(name string, s sign) {
		shown := func(to workflow.Recipient) bool {
			return slices.ContainsFunc(s.opens, func(o opening) bool {
				return o.button != "" && (o.presets.Recipient == "" || o.presets.Recipient == to)
			})
		}
		for _, n := range s.needs {
			if n.line == nil {
				say(name, "says nothing when it is what comes next")
			}
			if !shown(n.to) {
				say(name, "has no button for when it is what comes next")
			}
		}
		if s.phase != "" {
			one(name, "step", string(s.phase))
			if !shown("") {
				say(name, "has no button for its step")
			}
		}
	}

	given := map[workflow.CommandName]bool{}
	var signs []sign
	for _, r := range all.forms {
		name := "form " + string(r.form)
		if r.form == "" {
			say(name, "has no name")
		}
		one(name, "name", string(r.form))
		given[r.command] = true
		if r.also != "" {
			given[r.also] = true
		}
		if !slices.Contains(all.commands, r.command) || r.also != "" && !slices.Contains(all.commands, r.also) {
			say(name, "gives no command there is")
		}
		if r.build == nil {
			say(name, "is not built")
		}
		if r.parse == nil {
			say(name, "is not read")
		}
		if len(r.opens)+len(r.shortcuts) == 0 {
			say(name, "is opened by nothing")
		}
		for _, s := range r.shortcuts {
			one(name, "shortcut", s)
		}
		if r.word != "" {
			one(name, "word", r.word)
			if len(r.opens) == 0 {
				say(name, "the word %q has no button to do as", r.word)
			}
			if !strings.Contains(commandWords(workflow.Actor{}), "`/breach "+r.word+" ") {
				say(name, "the help does not name the word %q", r.word)
			}
		}
		ways := r.opens
		if len(ways) == 0 {
			ways = []opening{{}}
		}
		for _, o := range ways {
			if len(r.opens) > 0 {
				opens(name, o)
			}
			if r.part != nil && o.presets != (Meta{}) {
				say(name, "%s presets what its button says", o.act)
			}
			kept := all.shown(r.form, o.act)
			if !kept.Golden {
				say(name, "no golden of how %q opens it", o.act)
			}
			if !kept.Again {
				say(name, "no golden of how it is shown again, opened by %q", o.act)
			}
			if !kept.Tried {
				say(name, "no example of what is meant, opened by %q", o.act)
			}
		}
		s := sign{r.command, r.opens, r.part != nil, r.signposts}
		leads(name, s)
		signs = append(signs, s)
	}
	for _, r := range all.readings {
		name := "reading " + string(r.act)
		opens(name, r.opening)
		if r.build == nil {
			say(name, "is not built")
		}
		if (r.what == "") == (r.own == nil) {
			say(name, "needs either a refusal or what those see who may not read the incident")
		}
		if !all.shown("", r.act).Golden {
			say(name, "no golden")
		}
		s := sign{r.command, []opening{r.opening}, false, r.signposts}
		leads(name, s)
		signs = append(signs, s)
	}

	for _, c := range all.commands {
		if _, nobody := formless[c]; given[c] == nobody {
			say("command "+string(c), "is given by a form and by none, or by neither")
		}
	}
	for _, next := range all.next {
		if !slices.ContainsFunc(signs, func(s sign) bool {
			return s.command == next.Command && slices.ContainsFunc(s.needs, func(n need) bool { return n.to == "" || n.to == next.Recipient })
		}) {
			say("command "+string(next.Command), "comes next for %q and nothing says so", next.Recipient)
		}
	}
	for _, p := range workflow.Phases {
		if _, led := taken["step"+string(p.Value)]; !led && p.Value != workflow.PhaseDetect { // reporting it is that step
			say("step "+string(p.Value), "no form and no reading works on it")
		}
	}
	return out
}

// ofTheRules reads from the rules what can come next, and which commands there are.
func ofTheRules(t testing.TB) (next []workflow.Next, commands []workflow.CommandName) {
	t.Helper()
	files, err := filepath.Glob("../../workflow/*.go")
	if err != nil {
		t.Fatal(err)
	}
	var all []*ast.File
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, parsed)
	}
	names := map[string]workflow.CommandName{}
	each := func(visit func(ast.Node) bool) {
		for _, file := range all {
			ast.Inspect(file, visit)
		}
	}
	each(func(n ast.Node) bool {
		v, ok := n.(*ast.ValueSpec)
		if !ok || len(v.Values) != 1 {
			return true
		}
		if kind, ok := v.Type.(*ast.Ident); ok && kind.Name == "CommandName" {
			if name, ok := v.Values[0].(*ast.BasicLit); ok {
				value, _ := strconv.Unquote(name.Value)
				names[v.Names[0].Name] = workflow.CommandName(value)
				commands = append(commands, workflow.CommandName(value))
			}
		}
		return true
	})
	recipients := map[string]workflow.Recipient{"Regulator": workflow.Regulator, "DataSubjects": workflow.DataSubjects}
	each(func(n ast.Node) bool {
		f, ok := n.(*ast.FuncDecl)
		if !ok || f.Name.Name != "Next" || f.Recv == nil {
			return true
		}
		ast.Inspect(f.Body, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) != 2 {
				return true
			}
			command, ok := call.Args[0].(*ast.Ident)
			if !ok || names[command.Name] == "" {
				return true
			}
			to := workflow.Recipient("")
			if id, ok := call.Args[1].(*ast.Ident); ok {
				to = recipients[id.Name]
			}
			next = append(next, workflow.Next{Command: names[command.Name], Recipient: to})
			return true
		})
		return false
	})
	if len(next) < 10 || len(commands) < 30 {
		t.Fatalf("the rules were not read: %d things can come next, there are %d commands", len(next), len(commands))
	}
	return next, commands
}

// A new form or reading that lacks a part is complained of by name. Each made-up
// row here is whole but for one part.
func TestARowThatLacksAPartIsNamed(t *testing.T) {
	t.Parallel()
	const command workflow.CommandName = "Rehearse"
	next, commands := ofTheRules(t)
	everything := Kept{Golden: true, Again: true, Tried: true}
	form := func() formRow {
		return formRow{form: "rehearse", command: command,
			build:     func(Desk, *workflow.Incident, Meta) slack.ModalViewRequest { return slack.ModalViewRequest{} },
			parse:     func(Values, Meta, *time.Location) (workflow.Command, error) { return nil, nil },
			opens:     []opening{{act: "rehearse", button: "Rehearse", menu: place{1, "Rehearse it"}}},
			signposts: signposts{needs: []need{{line: always("rehearse it.")}}},
		}
	}
	shows := func() reading {
		return reading{opening: opening{act: "rehearsals", menu: place{2, "Rehearsals"}}, what: "This",
			build: func(Desk, *workflow.Incident, int) slack.ModalViewRequest { return slack.ModalViewRequest{} }}
	}
	complaints := func(f formRow, r reading, kept Kept) []string {
		all := formTables{append(slices.Clone(forms), f), append(slices.Clone(readings), r),
			append(slices.Clone(next), workflow.Next{Command: command}), append(slices.Clone(commands), command),
			func(form Form, act Action) Kept {
				if form == f.form && form != "" || act == r.act {
					return kept
				}
				return everything
			}}
		return all.complaints()
	}
	if got := complaints(form(), shows(), everything); len(got) > 0 {
		t.Fatalf("nothing is lacking: %q", got)
	}
	for lack, change := range map[string]func(*formRow){
		"form : has no name":                                     func(r *formRow) { r.form = "" },
		"form rehearse: gives no command there is":               func(r *formRow) { r.command = "Rehears" },
		"form rehearse: is not built":                            func(r *formRow) { r.build = nil },
		"form rehearse: is not read":                             func(r *formRow) { r.parse = nil },
		"form rehearse: is opened by nothing":                    func(r *formRow) { r.opens = nil },
		"form rehearse: a button without an action":              func(r *formRow) { r.opens[0].act = "" },
		`form rehearse: has the action "note" of form note`:      func(r *formRow) { r.opens[0].act = ActNote },
		"form rehearse: rehearse has half a place":               func(r *formRow) { r.opens[0].menu.at = 0 },
		`has the place in the More menu "10" of form triage`:     func(r *formRow) { r.opens[0].menu.at = 10 },
		`has the label in the More menu "Close" of form close`:   func(r *formRow) { r.opens[0].menu.label = "Close" },
		"form rehearse: the help does not name the word":         func(r *formRow) { r.word = "rehearse" },
		`form rehearse: has the word "note"`:                     func(r *formRow) { r.word = "note" },
		"form rehearse: rehearse presets what its button says":   func(r *formRow) { r.part, r.opens[0].presets.Recipient = ofRecipient, "x" },
		"form rehearse: has no button for when it is what comes": func(r *formRow) { r.opens[0].button = "" },
		"form rehearse: says nothing when it is what comes next": func(r *formRow) { r.needs[0].line = nil },
		`command Rehearse: comes next for "" and nothing says`:   func(r *formRow) { r.needs = nil },
		`has the step "triage" of form triage`:                   func(r *formRow) { r.phase = workflow.PhaseTriage },
		`has the shortcut "breach_report" of form report`:        func(r *formRow) { r.shortcuts = []string{ShortcutReport} },
		`has the name "note" of form note`:                       func(r *formRow) { r.form = FormNote },
		"command Rehearse: is given by a form and by none":       func(r *formRow) { r.command = workflow.CommandAddNote },
	} {
		f := form()
		change(&f)
		if got := complaints(f, shows(), everything); !strings.Contains(strings.Join(got, "\n"), lack) {
			t.Errorf("nobody says %q, only %q", lack, got)
		}
	}
	for lack, change := range map[string]func(*reading){
		"reading : a button without an action":                  func(r *reading) { r.act = "" },
		"reading rehearsals: is not built":                      func(r *reading) { r.build = nil },
		"reading rehearsals: needs either a refusal or what":    func(r *reading) { r.what = "" },
		"reading rehearsals: rehearsals has half a place":       func(r *reading) { r.menu.label = "" },
		`reading note: has the action "note" of form note`:      func(r *reading) { r.act = ActNote },
		"reading rehearsals: has no button for its step":        func(r *reading) { r.phase = "rehearsal" },
		"reading rehearsals: has no button for when it is what": func(r *reading) { r.needs = []need{{line: always("rehearse.")}} },
	} {
		r := shows()
		change(&r)
		if got := complaints(form(), r, everything); !strings.Contains(strings.Join(got, "\n"), lack) {
			t.Errorf("nobody says %q, only %q", lack, got)
		}
	}
	for lack, kept := range map[string]Kept{
		`form rehearse: no golden of how "rehearse" opens it`: {Again: true, Tried: true},
		"form rehearse: no golden of how it is shown again":   {Golden: true, Tried: true},
		"form rehearse: no example of what is meant":          {Golden: true, Again: true},
		"reading rehearsals: no golden":                       {},
	} {
		if got := complaints(form(), shows(), kept); !strings.Contains(strings.Join(got, "\n"), lack) {
			t.Errorf("nobody says %q, only %q", lack, got)
		}
	}
}
