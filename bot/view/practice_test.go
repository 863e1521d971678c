package view_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/slack-go/slack"

	"breachbot/bot/view"
	"breachbot/workflow"
)

const mark = "DRILL: practice, not real"

// exercise is a drill up to a point.
func exercise(t testing.TB, says wording) *story {
	s := newStory(t, says)
	return s.do(igLead, workflow.SubmitReport{Report: workflow.Report{
		Title: s.says("title", workflow.MaxTitle), What: s.text("what"), Actions: s.text("actions"),
		Detected: friday, Risk: workflow.RiskMedium, Facts: someFacts(), Drill: true,
	}}).slack(workflow.ChannelOpened{Channel: "C0ROOM", Name: "dr-2026-0001"})
}

// finished is a drill that was gone through to its end.
func finished(t testing.TB, says wording) *story {
	s := exercise(t, says).after(20 * time.Minute).triage(3).after(time.Hour)
	s.do(rob, workflow.Contain{Facts: s.inc.FactsVersion, State: workflow.Contained, Evidence: s.text("evidence"), Steps: []workflow.ContainStep{workflow.EvidencePreserved, "deleted"}})
	s.do(rob, workflow.Investigate{Facts: s.inc.FactsVersion, Findings: workflow.Findings{Cause: s.text("cause"), Certainty: workflow.Established}})
	s.after(time.Hour).assess(3, 3, workflow.No).after(time.Hour)
	for _, to := range []workflow.Recipient{workflow.Regulator, workflow.DataSubjects} {
		d := workflow.Decide{Facts: s.inc.FactsVersion, Recipient: to, Verdict: workflow.Notify, Reason: s.text("decision reason")}
		s.do(dpo, d).send(to, true)
	}
	for _, d := range s.rules.Duties(s.inc) {
		if d.Owed() && !d.Recipient.Core() {
			s.do(dpo, workflow.AnswerDuties{Recipients: []workflow.Recipient{d.Recipient}, Reason: s.text("duty reason")})
		}
	}
	s.resolve().after(time.Hour).do(igLead, workflow.Review{Findings: workflow.ReviewFindings{
		What: s.text("what"), Impact: s.text("impact"), RootCause: s.text("cause"), WentWell: s.text("well"), Slowed: s.text("slowed"), Documents: s.text("documents"),
	}})
	return s.close()
}

// drillViews is everything that is shown of an incident, by the function that
// makes it.
func drillViews(s *story) map[string]shown {
	inc, rules := s.inc, s.rules
	message := func(m view.Message) shown { return shown{message: &m} }
	modal := func(v slack.ModalViewRequest) shown { return shown{modal: &v} }
	views := map[string]shown{
		"Receipt": message(view.Receipt(inc, rules)), "Alert": message(view.Alert(inc, "U0DPO", rules, s.now)), "Held": message(view.Held(inc, "U0DPO", rules, s.now)), "Untaken": message(view.Untaken(inc, "U0DPO", rules, s.now)), "HasIt": modal(view.HasIt(inc)), "Outcome": message(view.Outcome(inc)),
		"MessageOf": message(carried(s.t, inc, workflow.Task{Kind: workflow.KindReceipt}, rules)),
		"Say":       message(view.Say(inc, inc.Version, workflow.InChannel, rules)), "Card": message(view.Card(inc, rules, s.now)), "Answer": message(view.Answer(inc, rules, s.now)),
		"FollowUp": message(view.FollowUp(inc, rules)), "Status": message(view.Status(inc, rules, true, s.now)),
		"Nudge":   message(view.Nudge(inc, workflow.Task{Target: workflow.InChannel, Deadline: inc.Clock().Deadline}, workflow.Countdown(time.Hour), nil, rules, s.now)),
		"Details": modal(view.Details(inc, rules)), "Timeline": modal(view.Timeline(inc, 0, everyDelivery, rules)), "OwnReport": modal(view.OwnReport(inc, rules)),
		"Received": modal(view.Received(inc, false, rules)), "For": message(view.Card(inc, rules, s.now).For(rob, inc, rules)), "QuestionFor": message(view.QuestionFor(inc, 1)), "AmendSaved": modal(view.AmendSaved(inc, false)), "SavedBefore": modal(view.SavedBefore(inc)), "StatusModal": modal(view.StatusModal(inc, rules, false, s.now)),
		"Pack": modal(view.Pack(inc, rules)), "Pace": modal(view.Pace(inc, rules)), "Build": modal(view.FormNote.Build(s.desk(rob), inc, view.Meta{})),
		"Ask":     message(view.Ask(inc, 1, rules, s.now)), // one that was replaced
		"Actions": modal(view.Actions(inc, 0)), "Given": message(view.Given(inc, 1)), "Duties": modal(view.Duties(inc, rules)),
		"FirstHour": modal(view.FirstHour(inc, rules)), "TurnTriage": modal(view.TurnTriage(s.desk(rob), inc, turned(s.t, s.form(view.FormTriage, rob, view.Meta{}), nil), 1)),
		"StepList": modal(view.StepList(inc, rules)), "ClockList": modal(view.ClockList(inc, 0, rules, s.now)), "Presence": modal(view.Presence(inc)),
		"Remind":   message(view.Remind(inc, workflow.Task{Key: "remind:review:0:0:channel", Target: workflow.InChannel, Deadline: s.now}, 0, nil, rules, s.now)),
		"Read":     modal(read(s, view.ActStatus, dpo)),
		"Tell":     message(view.Tell(inc, workflow.Task{Key: "news:deadline:1:U0DPO", Kind: workflow.KindNews, About: 1, Target: "U0DPO"}, rules, s.now)),
		"AskedFor": message(view.AskedFor(inc, 1)), "Helped": message(view.Helped(inc, 1)), "Thanks": modal(view.Thanks(inc)),
		"Reassess": modal(view.Reassess(s.desk(rob), inc, view.Meta{})),
	}
	table, _, _ := view.Table("timeline", s.desk(rob), inc)
	views["Table"] = message(table)
	card := view.Card(inc, rules, s.now)
	overtaken, _ := view.Overtaken(inc, card.Text, card.Blocks)
	views["Overtaken"] = message(overtaken)
	if inc.Assessment() != nil {
		views["Ask"], views["Result"] = message(view.Ask(inc, inc.Asking, rules, s.now)), modal(view.Result(inc, rules))
	}
	return views
}

// Nobody may take practice for real: whatever is shown of a drill says so first.
func TestEverythingShownOfADrillSaysSoFirst(t *testing.T) {
	t.Parallel()
	for _, s := range []*story{exercise(t, plainly), finished(t, plainly)} {
		for name, v := range drillViews(s) {
			isMarked(t, name, v)
		}
		for _, a := range []view.Action{view.ActTriage, view.ActAssess, view.ActRecord, view.ActTimes, view.ActRole, view.ActResolve, view.ActClose, view.ActReopen} {
			isMarked(t, "form "+string(a), modalOf(s.opened(a, dpo)))
		}
		if topic := view.Topic(s.inc, s.rules.Zone); !strings.HasPrefix(topic, mark) || len([]rune(topic)) > 250 {
			t.Errorf("the topic says %q", topic)
		}
	}
	real := newStory(t, plainly).report()
	for name, v := range drillViews(real) {
		if strings.Contains(string(v.json(t)), mark) {
			t.Errorf("%s takes a real incident for practice", name)
		}
	}
}

// carried is the message that a task posts.
func carried(t testing.TB, inc *workflow.Incident, task workflow.Task, rules workflow.Rules) view.Message {
	t.Helper()
	m, ok := view.MessageOf(inc, task, rules, inc.Times.Reported)
	if !ok {
		t.Fatalf("a %s posts nothing", task.Kind)
	}
	return m
}

func isMarked(t *testing.T, name string, v shown) {
	t.Helper()
	first := v.decoded(t)["blocks"].([]any)[0].(map[string]any)
	text, _ := first["text"].(map[string]any)
	if words, _ := text["text"].(string); !strings.HasPrefix(words, "*"+mark) {
		t.Errorf("%s begins with %q", name, words)
	}
	if v.message != nil && !strings.HasPrefix(v.message.Text, mark) {
		t.Errorf("%s is announced as %q", name, v.message.Text)
	}
	for _, fault := range faults(v.decoded(t)) {
		t.Errorf("%s: %s", name, fault)
	}
}

// A view that is added later has to be tried as a drill too.
func TestEveryViewOfAnIncidentIsTriedAsADrill(t *testing.T) {
	t.Parallel()
	tried := drillViews(finished(t, plainly))
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range parsed.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || !f.Name.IsExported() || f.Type.Results == nil || !mentions(f.Type.Params, "Incident") {
				continue
			}
			if mentions(f.Type.Results, "Message") || mentions(f.Type.Results, "ModalViewRequest") {
				if _, ok := tried[f.Name.Name]; !ok {
					t.Errorf("%s: %s shows an incident and is not tried as a drill", file, f.Name.Name)
				}
			}
		}
	}
}

func mentions(fields *ast.FieldList, name string) bool {
	found := false
	ast.Inspect(fields, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && id.Name == name {
			found = true
		}
		return true
	})
	return found
}

func TestADrillAsksToPretend(t *testing.T) {
	t.Parallel()
	s := exercise(t, plainly).triage(3)
	s.do(rob, workflow.Contain{Facts: s.inc.FactsVersion, State: workflow.Contained})
	s.assess(3, 3, workflow.No)
	if raw := rawOf(t, view.Ask(s.inc, s.inc.Asking, s.rules, s.now)); !strings.Contains(raw, "send nothing to the real ICO") {
		t.Error("the request for a decision does not say that nothing is sent")
	}
	v := s.opened(view.ActRecord, rob)
	if raw := string(modalOf(v).json(t)); !strings.Contains(raw, "Pretend:") {
		t.Error("the form to record a notice does not say that it is pretended")
	}
}

// A form of a drill that is shown again says what is wrong beneath the mark.
func TestAFormShownAgainKeepsTheMarkOnTop(t *testing.T) {
	t.Parallel()
	s := exercise(t, plainly)
	v := s.opened(view.ActNote, rob)
	was := submitted(t, v, map[string]any{"note": "x"})
	again := view.Again(s.opened(view.ActNote, rob), was, "Please look again.", nil, s.rules.Zone)
	isMarked(t, "again", modalOf(again))
	if second := markOf(again.Blocks.BlockSet[1]); second != "*Please look again.*" {
		t.Errorf("beneath it stands %q", second)
	}
}

func TestTheReportFormOfADrillReportsADrill(t *testing.T) {
	t.Parallel()
	for _, drill := range []bool{true, false} {
		v := view.FormReport.Build(newStory(t, plainly).desk(igLead), nil, view.Meta{Drill: drill})
		meta := view.ParseMeta(v.PrivateMetadata)
		was := submitted(t, v, map[string]any{"title": "Letter", "what": "A letter.", "detected": friday, "risk": "low"})
		cmd, err := view.FormReport.Parse(was, meta, testRules().Zone)
		if err != nil || cmd.(workflow.SubmitReport).Report.Drill != drill {
			t.Errorf("drill %v: %+v, %v", drill, cmd, err)
		}
		if got := strings.Contains(string(modalOf(v).json(t)), mark); got != drill {
			t.Errorf("drill %v: marked %v", drill, got)
		}
	}
}

// A finished drill tells the channel how fast each step was; a real incident
// does not measure people in public.
func TestAFinishedDrillTellsItsPace(t *testing.T) {
	t.Parallel()
	s := finished(t, plainly)
	raw := rawOf(t, view.Say(s.inc, s.inc.Closed.Seq, workflow.InChannel, s.rules))
	for _, want := range []string{"Triage: 20 minutes", "Containment: 80 minutes", "Review: 4 hours 20 minutes", "Target"} {
		if !strings.Contains(raw, want) {
			t.Errorf("no %q in %s", want, raw)
		}
	}
	var who []string
	for _, p := range s.inc.Parts() {
		who = append(who, fmt.Sprint(p.Role, p.Who))
	}
	if diff := cmp.Diff([]string{"reporter[U0IGLEAD]", "dpo[U0DPO]", "responder[U0ROB U0IGLEAD]"}, who); diff != "" {
		t.Error(diff)
	}
}

// slashViews is what /breach and its buttons show, apart from single incidents.
func slashViews(t testing.TB, says wording) []shown {
	var all []shown
	message := func(name string, m view.Message) { all = append(all, shown{name: name, message: &m}) }
	modal := func(name string, v slack.ModalViewRequest) { all = append(all, shown{name: name, modal: &v}) }
	rules := testRules()
	rules.DPOContact = "dpo@example.org, 020 7946 0000 at any hour"
	s, done := newStory(t, says).report(), finished(t, says)
	s.do(rob, workflow.AssignRole{Role: workflow.RoleLead, User: "U0ROB"})
	line, drill := s.inc.Entry(), done.inc.Entry()
	drill.ID = "DR-2026-0001"
	twice, no, told := line, line, done.inc.Entry()
	told.Drill = false
	twice.ID, twice.Step, twice.Response = "BR-2026-0012", workflow.StepDuplicate, &workflow.Response{Duplicate: ref}
	no.ID, no.Step, no.DismissedAt, no.Clock = "BR-2026-0011", workflow.StepDismissed, s.now, workflow.ClockNoCase

	message("help", view.Help(rules))
	modal("more_help", view.MoreHelp(rules, dpo, friday))
	modal("more_help_nurse", view.MoreHelp(testRules(), nurse, friday))
	message("list", view.List([]workflow.Entry{line, drill}, false, rules, s.now))
	message("list_empty", view.List(nil, false, rules, s.now))
	modal("list_modal", view.ListModal(many(25, line), true, s.now))
	modal("choose", view.Choose(view.ActRole, []workflow.Entry{line, drill}, s.now))
	modal("choose_none", view.Choose(view.ActNote, nil, s.now))
	message("found", view.Found([]workflow.Entry{line, drill}, rules, s.now))
	message("found_many", view.Found(many(21, line), rules, s.now))
	message("found_nothing", view.Found(nil, rules, s.now))
	modal("found_modal", view.FoundModal(many(21, line), s.now))
	modal("find", view.Find())
	trend := workflow.Trends([]workflow.Entry{line}, s.now, rules.Zone)
	modal("register", view.Register(view.RegisterPage{Entries: many(4, line, told, twice, no), Trend: trend, Show: true}, rules))
	modal("register_page", view.Register(view.RegisterPage{Entries: slices.Repeat([]workflow.Entry{line}, view.RegisterMost), Trend: trend, Older: true, Newer: true}, rules))
	acts := newStory(t, says).report().room().triage(3).assess(3, 3, workflow.No).decide(workflow.Regulator, workflow.DoNotNotify).decide(workflow.DataSubjects, workflow.DoNotNotify).
		resolve().after(time.Hour).settle().action().action().review()
	acts.do(workflow.Actor{User: "U0OWNER"}, workflow.FinishAction{Action: acts.inc.Actions[0].Seq, Note: acts.text("done note")})
	table, _, _ := view.Table("actions", acts.desk(rob), acts.inc)
	message("table_actions", table)
	busy := workflow.Trends(many(9, line, told, twice, no), s.now, rules.Zone)
	message("register_table", view.RegisterTable(view.RegisterPage{Entries: many(4, line, told, twice, no), Trend: busy, Show: true}, rules))
	message("register_table_board", view.RegisterTable(view.RegisterPage{Entries: many(view.RegisterTableMost, line, told), Trend: busy, Older: true}, rules))
	message("register_table_empty", view.RegisterTable(view.RegisterPage{Trend: workflow.Trends(nil, s.now, rules.Zone)}, rules))
	modal("register_empty", view.Register(view.RegisterPage{Trend: workflow.Trends(nil, s.now, rules.Zone)}, rules))
	reading := func(name string, s *story, a view.Action, by workflow.Actor) {
		d := s.fork()
		d.rules = rules
		v := read(d, a, by)
		all = append(all, shown{name: name, modal: &v, act: a})
	}
	reading("pack", s, view.ActPack, rob)
	modal("pack_no_contact", view.Pack(done.inc, testRules()))
	reading("pace", done, view.ActPace, rob)
	reading("status_modal", s, view.ActStatus, rob)
	reading("status_modal_own", s, view.ActStatus, nurse)
	modal("pace_begun", view.Pace(exercise(t, says).inc, rules))
	message("drill_closed", view.Say(done.inc, done.inc.Closed.Seq, workflow.InChannel, rules))
	modal("drill_form", view.FormReport.Build(s.desk(igLead), nil, view.Meta{Drill: true}))
	return all
}

func TestGoldensOfTheCommands(t *testing.T) {
	t.Parallel()
	dir := filepath.Join("testdata", "slash")
	if *update {
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	views := slashViews(t, plainly)
	for _, s := range views {
		file := filepath.Join(dir, s.name+".json")
		content := indented(t, s.json(t))
		if *update {
			if err := os.WriteFile(file, content, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		kept, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(kept), string(content)); diff != "" {
			t.Errorf("%s shows something else now (-kept +now):\n%s", file, diff)
		}
	}
	if there, _ := os.ReadDir(dir); len(there) != len(views) {
		t.Errorf("%d files are kept of %d views", len(there), len(views))
	}
}

// holdsTyped are the messages that hold typed words: answers that only the person who
// asked sees, to what was looked for, to the register and to the actions.
var holdsTyped = regexp.MustCompile("^(found|register_table|table_actions)")

func TestTheCommandsKeepSlacksLimitsAndFormatNothingTyped(t *testing.T) {
	t.Parallel()
	for _, words := range append(nasty, marker) {
		long := func(_ string, most int) string { return upTo(words, min(most, 2900)-1) + "." }
		for _, s := range slashViews(t, long) {
			for _, fault := range faults(s.decoded(t)) {
				if holdsTyped.MatchString(s.name) && strings.Contains(fault, "screen readers") {
					continue // a title with emoji is shown as it was typed
				}
				t.Errorf("%s, with %q typed everywhere: %s", s.name, words, fault)
			}
			if s.message != nil && !neutral(s.message.Text) {
				t.Errorf("%s: %q is no neutral text", s.name, s.message.Text)
			}
		}
	}
	for _, s := range slashViews(t, marked) {
		onlyPlain(t, s.name, s.decoded(t))
		if s.message != nil && !holdsTyped.MatchString(s.name) && strings.Contains(string(s.json(t)), marker) {
			t.Errorf("the message %s shows what was typed", s.name)
		}
	}
}

// A page of the register is turned by what its button carries.
func TestThePagesOfTheRegisterAreTurned(t *testing.T) {
	t.Parallel()
	s := newStory(t, plainly).report()
	v := view.Register(view.RegisterPage{Entries: []workflow.Entry{s.inc.Entry()}, Older: true, Newer: true}, s.rules)
	turns := 0
	for _, b := range v.Blocks.BlockSet {
		row, ok := b.(*slack.ActionBlock)
		if !ok {
			continue
		}
		for _, e := range row.Elements.ElementSet {
			button := e.(*slack.ButtonBlockElement)
			page, ok := view.RegisterTurn(button.ActionID, button.Value)
			if !ok || page.ID != ref || !page.Reported.Equal(s.inc.Times.Reported) || page.Newer != (button.Text.Text == "Newer") {
				t.Errorf("%s leads to %+v", button.Text.Text, page)
			}
			turns++
		}
	}
	if turns != 2 {
		t.Errorf("%d buttons", turns)
	}
	for _, value := range []string{"", "x", "12", "12 "} {
		if _, ok := view.RegisterTurn("timeline_older", value); ok {
			t.Error("the timeline is taken for the register")
		}
	}
}
