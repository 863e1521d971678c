package view

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/slack-go/slack"

	"breachbot/workflow"
)

// vocabulary is the tables of words, and what the workflow has that wants words.
type vocabulary struct {
	events    []eventWords
	kinds     []string
	announced func(kind string) bool

	tasks    []taskWords
	does     []workflow.TaskKind
	recorded func(workflow.TaskKind) bool

	clocks []clockWords
	names  []workflow.ClockName
}

func ours() vocabulary {
	return vocabulary{
		events: slices.Clone(eventRows), kinds: workflow.Kinds(),
		announced: func(kind string) bool { // an alarm has its own way into the channel
			return workflow.Announced(kind) || kind == workflow.ChannelExposed{}.Kind()
		},
		tasks: slices.Clone(taskRows), does: workflow.TaskKinds(), recorded: workflow.TaskKind.Recorded,
		clocks: slices.Clone(clockRows), names: workflow.ClockNames(),
	}
}

// missing names every part of the tables that is left out or can never be read.
func (v vocabulary) missing() []string {
	return slices.Concat(v.missingOfEvents(), v.missingOfTasks(), v.missingOfClocks())
}

func (v vocabulary) missingOfEvents() (out []string) {
	rows := map[string]int{}
	for _, w := range v.events {
		rows[w.kind]++
		if !slices.Contains(v.kinds, w.kind) {
			out = append(out, fmt.Sprintf("there are words for the event %s, which the workflow does not have", w.kind))
		}
		if w.said == nil && v.announced(w.kind) {
			out = append(out, fmt.Sprintf("the event %s is announced, but nothing is said of it", w.kind))
		}
		if w.said != nil && !v.announced(w.kind) {
			out = append(out, fmt.Sprintf("there is something to say of the event %s, but it is not announced", w.kind))
		}
		if w.told == nil {
			out = append(out, fmt.Sprintf("the event %s is not told of in the timeline", w.kind))
		}
	}
	for _, kind := range v.kinds {
		if n := rows[kind]; n != 1 {
			out = append(out, fmt.Sprintf("the event %s has %d rows of words", kind, n))
		}
	}
	return out
}

func (v vocabulary) missingOfTasks() (out []string) {
	rows := map[workflow.TaskKind]int{}
	for _, w := range v.tasks {
		rows[w.kind]++
		if !slices.Contains(v.does, w.kind) {
			out = append(out, fmt.Sprintf("there are words for the task %s, which the workflow does not have", w.kind))
		}
		if w.waiting == "" {
			out = append(out, fmt.Sprintf("the task %s has no words while it is undelivered", w.kind))
		}
		switch told := w.sent != nil || w.done != nil; {
		case v.recorded(w.kind) && !told:
			out = append(out, fmt.Sprintf("the task %s has no words for when it was done", w.kind))
		case !v.recorded(w.kind) && told:
			out = append(out, fmt.Sprintf("the task %s has words for when it was done, which nothing records", w.kind))
		case w.sent != nil && w.done != nil:
			out = append(out, fmt.Sprintf("the task %s has words for when it was done twice", w.kind))
		case w.sent != nil && w.sent(workflow.Subject{Kind: w.kind}) == "":
			out = append(out, fmt.Sprintf("the task %s has no words as a message", w.kind))
		}
		// These are of no incident; bot says them by itself.
		loose := w.kind == workflow.KindAnchor || w.kind == workflow.KindDigest || w.kind == workflow.KindRestored
		if posts := w.sent != nil && !loose; posts != (w.says != nil) {
			out = append(out, fmt.Sprintf("the task %s posts a message, and has none; or has one that nothing posts", w.kind))
		}
		if w.done != nil && !slices.ContainsFunc(v.events, func(e eventWords) bool { return e.kind == w.done.Kind() }) {
			out = append(out, fmt.Sprintf("the task %s ends in the event %s, which has no words", w.kind, w.done.Kind()))
		}
	}
	for _, kind := range v.does {
		if n := rows[kind]; n != 1 {
			out = append(out, fmt.Sprintf("the task %s has %d rows of words", kind, n))
		}
	}
	return out
}

func (v vocabulary) missingOfClocks() (out []string) {
	read := make([]bool, len(v.clocks))
	for _, name := range v.names {
		rows := 0
		for n, w := range v.clocks {
			if !w.of(name) && !w.of(name+"1") { // a name may be what the names of many clocks begin with
				continue
			}
			rows, read[n] = rows+1, true
			if w.press == nil && w.own == "" {
				out = append(out, fmt.Sprintf("a reminder of the clock %s does not offer what to do", name))
			}
			if w.own != "" && !slices.Contains(v.does, w.own) {
				out = append(out, fmt.Sprintf("the clock %s is reminded of by the task %s, which the workflow does not have", name, w.own))
			}
		}
		if rows != 1 {
			out = append(out, fmt.Sprintf("the clock %s has %d rows of words", name, rows))
		}
	}
	for n := range read {
		if !read[n] {
			out = append(out, fmt.Sprintf("row %d of the clocks is of no clock that the workflow has", n+1))
		}
	}
	return out
}

// What happens, is owed or runs out is told to people in words of its own. A new
// kind of event, task or clock fails here until it has them.
func TestEverythingHasWords(t *testing.T) {
	t.Parallel()
	for _, m := range ours().missing() {
		t.Error(m)
	}
}

type madeUp struct{}

func (madeUp) Kind() string { return "made_up" }

// Anybody who adds an event, a task or a clock and forgets a part is told which.
func TestWhatIsLeftOutOfTheWordsIsNamed(t *testing.T) {
	t.Parallel()
	said := func(scene, workflow.Note) string { return "*Made up.*" }
	told := func(scene, workflow.Note) (string, []pair) { return "Made up.", nil }
	press := labelled(ActSteps, "Steps")
	const task, clock = "made_up_task", "made_up_clock"
	// with a new event, task and clock whose words are these
	with := func(events []eventWords, tasks []taskWords, clocks []clockWords) []string {
		v := ours()
		v.events, v.tasks, v.clocks = append(v.events, events...), append(v.tasks, tasks...), append(v.clocks, clocks...)
		v.kinds, v.does, v.names = append(v.kinds, madeUp{}.Kind()), append(v.does, task), append(v.names, clock)
		announced, recorded := v.announced, v.recorded
		v.announced = func(kind string) bool { return kind == madeUp{}.Kind() || announced(kind) }
		v.recorded = func(k workflow.TaskKind) bool { return k == task || recorded(k) }
		return v.missing()
	}
	message := func(*workflow.Incident, workflow.Task, workflow.Rules, time.Time) Message { return Message{} }
	event := []eventWords{row(madeUp{}, notes, said, told)}
	todo := []taskWords{{kind: task, waiting: "something", sent: as("something"), says: message}}
	timer := []clockWords{{of: just(clock), press: press}}
	if got := with(event, todo, timer); got != nil {
		t.Fatalf("nothing is left out, but there are complaints: %q", got)
	}
	for _, c := range []struct {
		got  []string
		want string
	}{
		{with(nil, todo, timer), "the event made_up has 0 rows of words"},
		{with(append(event, event...), todo, timer), "the event made_up has 2 rows of words"},
		{with([]eventWords{row(madeUp{}, notes, nil, told)}, todo, timer), "the event made_up is announced, but nothing is said of it"},
		{with([]eventWords{row(madeUp{}, notes, said, nil)}, todo, timer), "the event made_up is not told of in the timeline"},
		{with(event, nil, timer), "the task made_up_task has 0 rows of words"},
		{with(event, []taskWords{{kind: task, sent: as("something"), says: message}}, timer), "the task made_up_task has no words while it is undelivered"},
		{with(event, []taskWords{{kind: task, waiting: "something"}}, timer), "the task made_up_task has no words for when it was done"},
		{with(event, []taskWords{{kind: task, waiting: "something", sent: as(""), says: message}}, timer), "the task made_up_task has no words as a message"},
		{with(event, []taskWords{{kind: task, waiting: "something", sent: as("something"), says: message, done: madeUp{}}}, timer), "the task made_up_task has words for when it was done twice"},
		{with(event, []taskWords{{kind: task, waiting: "something", sent: as("something")}}, timer), "the task made_up_task posts a message, and has none; or has one that nothing posts"},
		{with(event, todo, nil), "the clock made_up_clock has 0 rows of words"},
		{with(event, todo, []clockWords{{of: just(clock)}}), "a reminder of the clock made_up_clock does not offer what to do"},
		{with(event, todo, []clockWords{{of: just(clock), own: "nothing"}}), "the clock made_up_clock is reminded of by the task nothing, which the workflow does not have"},
	} {
		if diff := cmp.Diff([]string{c.want}, c.got); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	}

	// and words that nobody would ever read
	v := ours()
	v.events = append(v.events, row(madeUp{}, notes, said, told))
	v.tasks = append(v.tasks, taskWords{kind: task, waiting: "something", done: workflow.Noted{}})
	v.clocks = append(v.clocks, clockWords{of: just(clock), press: press})
	if diff := cmp.Diff([]string{
		"there are words for the event made_up, which the workflow does not have",
		"there is something to say of the event made_up, but it is not announced",
		"there are words for the task made_up_task, which the workflow does not have",
		"the task made_up_task has words for when it was done, which nothing records",
		fmt.Sprintf("row %d of the clocks is of no clock that the workflow has", len(clockRows)+1),
	}, v.missing()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// An incident that a newer version has erased may hold what this one does not
// know. Nothing is then claimed that may be false.
func TestNothingIsClaimedOfWhatIsNotKnown(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 20, 16, 35, 0, 0, time.UTC)
	inc := &workflow.Incident{
		ID: "BR-2026-0014", Reporter: "U0NURSE", Times: workflow.Times{Detected: at, Reported: at},
		Turns:  []workflow.Turn{{Kind: "novelty", Ending: workflow.Ending{Seq: 2, By: "U0ROB", At: at, Reason: "Because."}}},
		Acts:   []workflow.Act{{Kind: "novelty", Seq: 3, At: at}, {Kind: workflow.DeliveryStalled{}.Kind(), Seq: 4, At: at, Task: "novelty:9", Code: "x", Attempts: 2}},
		Stalls: map[workflow.TaskKey]workflow.Stall{"novelty:9": {Code: "x", Attempts: 2}},
		Loud:   []workflow.Loud{{Seq: 5, Kind: "novelty"}, {Seq: 6, Kind: workflow.Noted{}.Kind()}, {Seq: 7, Kind: workflow.Triaged{}.Kind()}},
	}
	rules := workflow.DefaultRules()
	type shown struct{ line, typed string }
	var got []shown
	for _, e := range timeline(inc, rules) {
		typed := ""
		for _, b := range e.texts {
			typed += b.(*slack.SectionBlock).Text.Text
		}
		got = append(got, shown{e.line, typed})
	}
	const unknown = "Something was recorded that this version of breachbot does not know."
	want := []shown{
		{"Could not be delivered: something that this version of breachbot does not know (Slack says x; 2 attempts). breachbot kept trying.", ""},
		{unknown, ""},
		{unknown, "What was written: Because."},
		{"Reported by <@U0NURSE>.", ""},
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(shown{})); diff != "" {
		t.Errorf("the timeline, -want +got:\n%s", diff)
	}
	for about, want := range map[int]string{
		5: unknown,
		6: "The incident was updated.", // a newer version announces what this one knows
		7: "The incident was updated.", // the part is not there any more
		8: "The incident was updated.", // nothing is
	} {
		if got := said(scene{inc, rules}, about); got != want {
			t.Errorf("of event %d is said %q, want %q", about, got, want)
		}
	}
	if got := strings.Join(worryLines(t, inc), "\n"); !strings.Contains(got, "Not delivered yet: something that this version of breachbot does not know (Slack says x; 2 attempts).") {
		t.Errorf("the card says %q", got)
	}
	if got := sentWords("novelty:9"); got != "message" {
		t.Errorf("a message was %q", got)
	}
	buttons := reminderButtons(inc.ID, "novelty")
	if len(buttons) != 1 || buttons[0].(*slack.ButtonBlockElement).ActionID != string(ActSteps) {
		t.Errorf("a reminder offers %+v", buttons)
	}
	if got := exposed(workflow.Alarm{User: "U0X", Why: "novelty"}); got != "<@U0X> can read this channel and may not belong there." {
		t.Error(got)
	}
	for _, to := range []workflow.Recipient{workflow.Regulator, workflow.DataSubjects, workflow.Police, "novelty"} {
		if got := decidedWords(scene{inc, rules}, workflow.Decision{Recipient: to, Verdict: "novelty"}); !strings.Contains(got, ":* an answer that this version of breachbot does not know, decided by ") {
			t.Errorf("an answer about %s: %q", to, got)
		}
	}
	stopped := clockStands(workflow.Timing{State: "novelty", Deadline: at.Add(time.Hour), Stopped: at}, time.UTC, at)
	if strings.Contains(stopped, "Done") || !strings.HasPrefix(stopped, "Stopped ") {
		t.Error(stopped)
	}
}

// worryLines are what a card warns of.
func worryLines(t *testing.T, inc *workflow.Incident) (lines []string) {
	t.Helper()
	rules := workflow.DefaultRules()
	rules.Roster = map[workflow.Role][]workflow.Principal{workflow.RoleDPO: {"U0DPO"}}
	for _, b := range worries(inc, rules) {
		lines = append(lines, b.(*slack.SectionBlock).Text.Text)
	}
	return lines
}

// A question that is being asked and an action that is given name the person
// while they are not delivered, so that they are reached another way; when the
// incident does not tell who, the plain words stand.
func TestWhoWaitsForAMessageIsNamed(t *testing.T) {
	t.Parallel()
	inc := &workflow.Incident{
		Helps:   []workflow.Help{{Seq: 4, User: "U0CLERK"}},
		Actions: []workflow.Action{{Seq: 5, Owner: "U0OWNER"}},
	}
	for key, want := range map[workflow.TaskKey]string{
		"help:4:0": "the question to <@U0CLERK>", "help:9:1": "a question to somebody",
		"given:5": "the message to <@U0OWNER> about an action", "given:9": "the message to the owner of an action",
		"say:4:channel": "an announcement", "card:9": "the card in the channel", "retire:ask:9:U0X": "the request for a decision",
	} {
		if got := undelivered(inc, key); got != want {
			t.Errorf("%s: %q, want %q", key, got, want)
		}
	}
}

// Every sort of news has words for its push and for what to do.
func TestEveryNewsHasWords(t *testing.T) {
	t.Parallel()
	var have []workflow.News
	for _, w := range newsRows {
		have = append(have, w.news)
		if w.push == nil || w.then == nil {
			t.Errorf("the news %s has no words", w.news)
		}
	}
	if want := workflow.EveryNews(); !slices.Equal(have, want) {
		t.Errorf("words for %v, and the news are %v", have, want)
	}
}

// Whatever breachbot itself records of its deliveries is a delivery in the timeline; an
// erasure is somebody's act.
func TestEveryDeliveryIsMarkedAsOne(t *testing.T) {
	t.Parallel()
	erased := workflow.Erased{}.Kind()
	marked := 0
	for _, w := range eventRows {
		inc := &workflow.Incident{Acts: []workflow.Act{{Seq: 1, Kind: w.kind}}} // only breachbot's own events are acts
		all := w.told(scene{inc, workflow.DefaultRules()})
		kept := len(all) > len(w.told(scene{&workflow.Incident{}, workflow.DefaultRules()}))
		delivers := w.delivers != delivered{}
		if want := kept && w.kind != erased; delivers != want {
			t.Errorf("%s is a delivery: %v, want %v", w.kind, delivers, want)
		}
		for _, e := range all {
			if marked++; e.delivers != w.delivers {
				t.Errorf("the line of %s delivers %+v", w.kind, e.delivers)
			}
		}
	}
	if marked < 10 {
		t.Errorf("only %d kinds were looked at", marked)
	}
}

// While nobody may decide, the card says so from the first minute, and what to do about
// it: the clock does not wait.
func TestThatNobodyMayDecideIsSaid(t *testing.T) {
	t.Parallel()
	inc := &workflow.Incident{Reporter: "U0DPO", Report: workflow.Report{Title: "x"}, Times: workflow.Times{Reported: time.Date(2026, 11, 20, 16, 45, 0, 0, time.UTC)}, Version: 1}
	rules := workflow.DefaultRules()
	for _, c := range []struct {
		roster map[workflow.Role][]workflow.Principal
		want   string
	}{
		{nil, "*Nobody can decide about it yet:* nobody holds a role that may."},
		{map[workflow.Role][]workflow.Principal{workflow.RoleDPO: {"U0DPO"}, workflow.RoleSIRO: {"U0DPO"}}, "*Nobody can decide about it yet:* nobody decides about their own report"},
		{map[workflow.Role][]workflow.Principal{workflow.RoleDPO: {"U0DPO"}, workflow.RoleSIRO: {"U0SIRO"}}, ""},
		{map[workflow.Role][]workflow.Principal{workflow.RoleDPO: {"U0OTHER"}}, ""},
	} {
		rules.Roster = c.roster
		got := nobodyDecides(inc, rules)
		if !strings.HasPrefix(got, c.want) || c.want == "" && got != "" {
			t.Errorf("%v: %q, want %q", c.roster, got, c.want)
		}
		if said := len(worries(inc, rules)) > 0; said != (c.want != "") {
			t.Errorf("%v: the card warns: %v", c.roster, said)
		}
	}
}
