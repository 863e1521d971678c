package view_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"breachbot/bot/view"
	"breachbot/workflow"
)

// Slack refuses a whole message or modal for one text that is too long. So
// everything shown is held against Slack's limits, counted in code points, and
// against our own rules of how we speak.
func TestEverythingKeepsSlacksLimits(t *testing.T) {
	t.Parallel()
	for _, s := range everything(t, plainly) {
		for _, fault := range faults(s.decoded(t)) {
			t.Errorf("%s: %s", s.name, fault)
		}
	}
}

// nasty is what people, pranksters and copied emails put into fields.
var nasty = []string{
	"<!channel> <https://evil.example|your bank> & `code` *bold* <@U0DPO> ",
	"&", "<", `"\`, "👩🏽‍⚕️🇬🇧", "e\u0301\u0323", "\u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627 ", "\u0915\u094d\u0937", "line\nbreak\n", "W",
}

func TestTheLongestWordsKeepSlacksLimits(t *testing.T) {
	t.Parallel()
	for _, s := range nasty {
		long := func(_ string, most int) string { return upTo(s, min(most, 2900)-1) + "." }
		for _, sh := range everything(t, long) {
			for _, fault := range faults(sh.decoded(t)) {
				t.Errorf("%s, with %q typed everywhere: %s", sh.name, s, fault)
			}
			if sh.message != nil && !neutral(sh.message.Text) {
				t.Errorf("%s: %q is no neutral text", sh.name, sh.message.Text)
			}
		}
	}
}

// crowded is an incident with more of everything than anybody will ever see.
func crowded(t testing.TB, says wording) *story {
	s := newStory(t, says).report().room().triage(1).aware()
	all := workflow.Facts{NearMiss: true, Count: workflow.Count{Known: true, N: workflow.MaxCount}, Category: "told_wrong"}
	for _, o := range workflow.Aspects {
		all.Aspects = append(all.Aspects, o.Value)
	}
	for _, o := range workflow.DataCategories {
		all.Data = append(all.Data, o.Value)
	}
	for _, o := range workflow.SubjectKinds {
		all.Subjects = append(all.Subjects, o.Value)
	}
	s.do(rob, workflow.Triage{Facts: s.inc.FactsVersion, Severity: 1, Risk: workflow.RiskCritical, Reason: s.text("triage reason"), Known: all})
	for n := range 40 {
		u := workflow.UserID(fmt.Sprintf("U0RESPONDER%02d", n))
		s.do(rob, workflow.AssignRole{Role: workflow.RoleResponder, User: u})
		s.slack(workflow.Invited{Principal: workflow.Principal(u), Refused: map[workflow.UserID]string{u: "user_is_restricted"}})
		s.slack(workflow.DeliveryStalled{Task: workflow.TaskKey(fmt.Sprintf("say:%d:channel", n)), Code: "msg_blocks_too_long", Attempts: n})
	}
	for range 60 {
		s.note()
	}
	for n := range 30 {
		s.assess(1+n%5, 1+n%4, workflow.Unknown)
	}
	s.decide(workflow.Regulator, workflow.NeedMore).decide(workflow.Regulator, workflow.Notify).decide(workflow.DataSubjects, workflow.Notify)
	for range 12 {
		s.send(workflow.Regulator, false).send(workflow.DataSubjects, true)
	}
	return s
}

func TestACrowdedIncidentKeepsSlacksLimits(t *testing.T) {
	t.Parallel()
	for _, words := range nasty[:4] {
		s := crowded(t, func(_ string, most int) string { return upTo(words, min(most, 2900)-1) + "." })
		check := func(name string, sh shown) {
			t.Helper()
			for _, fault := range faults(sh.decoded(t)) {
				t.Errorf("%s, with %q typed everywhere: %s", name, words, fault)
			}
		}
		message := func(name string, m view.Message) { t.Helper(); check(name, shown{message: &m}) }
		message("card", view.Card(s.inc, s.rules, s.now))
		if s.inc.Assessment() != nil {
			message("ask", view.Ask(s.inc, s.inc.Asking, s.rules, s.now))
		}
		for _, l := range s.inc.Loud {
			message("say", view.Say(s.inc, l.Seq, workflow.InChannel, s.rules))
		}
		message("alert", view.Alert(s.inc, "U0DPO", s.rules, s.now))
		v := view.Details(s.inc, s.rules)
		check("details", shown{modal: &v})
		entries := 0
		for page := 0; ; page++ {
			v := view.Timeline(s.inc, page, everyDelivery, s.rules)
			check(fmt.Sprint("timeline page ", page), shown{modal: &v})
			raw := string(shown{modal: &v}.json(t))
			entries += strings.Count(raw, " by \\u003c@U0") - strings.Count(raw, "recorded by \\u003c@U0") + strings.Count(raw, ", recorded by")
			if !strings.Contains(raw, `"Older"`) {
				break
			}
		}
		// report, 2 triages, correction, 60 notes, 30 assessments, 3 decisions, 24 notices, 40 handovers
		if want := 1 + 2 + 1 + 60 + 30 + 3 + 24 + 40; entries != want {
			t.Errorf("the pages of the timeline show %d entries, want %d", entries, want)
		}
	}
}

func TestTurningPastTheEndsOfTheTimelineStaysOnIt(t *testing.T) {
	t.Parallel()
	s := newStory(t, plainly).report().room()
	for range 40 {
		s.note()
	}
	last := func(page int) string {
		v := view.Timeline(s.inc, page, everyDelivery, s.rules)
		return string(shown{modal: &v}.json(t))
	}
	if last(99) != last(3) || last(-1) != last(0) {
		t.Error("a page that is not there does not show the nearest one")
	}
}

// faults are all ways in which a message or modal, as Slack gets it, breaks
// Slack's limits (documentation of Block Kit) or our rules.
func faults(v map[string]any) []string {
	w := &walk{}
	modal := v["type"] == "modal"
	blocks, _ := v["blocks"].([]any)
	home := v["type"] == "home"
	w.atMost("blocks", len(blocks), map[bool]int{true: 100, false: 50}[modal || home])
	if len(blocks) == 0 {
		w.say("shows nothing")
	}
	inputs := 0
	ids := map[string]bool{}
	for _, b := range blocks {
		block := b.(map[string]any)
		if block["type"] == "input" {
			inputs++
		}
		w.id(ids, "block_id", block)
		w.block(block)
		w.surface(block, modal, home)
		children, _ := block["child_blocks"].([]any)
		for _, child := range children {
			w.id(ids, "block_id", child.(map[string]any))
		}
	}
	w.atMost("charts", w.charts, 2)
	w.atMost("characters in tables", w.cells, 10_000)
	if modal {
		raw, _ := json.Marshal(v)
		w.atMost("bytes of a modal", len(raw), 250_000)
		w.text("title", v["title"], 24, "plain_text")
		w.text("close", v["close"], 24, "plain_text")
		if v["submit"] != nil {
			w.text("submit", v["submit"], 24, "plain_text")
		}
		if (inputs > 0) != (v["submit"] != nil) {
			w.say("%d inputs, submit %v", inputs, v["submit"])
		}
		for name, most := range map[string]int{"private_metadata": 3000, "callback_id": 255} {
			s, _ := v[name].(string)
			w.atMost(name, utf8.RuneCountInString(s), most)
		}
	} else {
		if inputs > 0 {
			w.say("a message with inputs")
		}
		w.atMost("primary buttons", w.primary, 1)
		w.atMost("markup in all", w.marked, 13_200)
		for _, r := range string(w.read) {
			if r > 0x2000 && !strings.ContainsRune("…•"+marks, r) {
				w.say("%q, which screen readers read out or skip", r)
			}
		}
	}
	return w.found
}

type walk struct {
	found   []string
	primary int
	marked  int
	read    []rune
	labels  []string
	charts  int
	cells   int
}

// surface holds the blocks of 2026 against where Slack shows them: alerts in modals,
// the others in messages. None has an id of ours, as each change of a message wants
// a new one.
func (w *walk) surface(b map[string]any, modal, home bool) {
	kind := fmt.Sprint(b["type"])
	where, recent := map[string]string{"alert": "modal", "container": "message", "data_table": "message", "data_visualization": "message"}[kind]
	here := "message"
	if modal {
		here = "modal"
	} else if home {
		here = "home"
	}
	if recent && where != here {
		w.say("a %s in a %s", kind, here)
	}
	if recent && b["block_id"] != nil {
		w.say("a %s with an id of ours", kind)
	}
}

// cell checks a cell of a table.
func (w *walk) cell(c map[string]any) {
	switch c["type"] {
	case "raw_text", "raw_number":
		s, _ := c["text"].(string)
		if strings.TrimSpace(s) == "" {
			w.say("an empty cell")
		}
		w.read = append(w.read, []rune(s)...)
		w.cells += utf8.RuneCountInString(s)
	case "action_cell":
		w.action(c["element"].(map[string]any))
		w.cell(c["fallback"].(map[string]any))
	case "rich_text":
		for _, part := range c["elements"].([]any) {
			for _, piece := range part.(map[string]any)["elements"].([]any) {
				s, _ := piece.(map[string]any)["text"].(string)
				w.read = append(w.read, []rune(s)...)
				w.cells += utf8.RuneCountInString(s)
			}
		}
	default:
		w.say("a cell of an unknown kind: %v", c["type"])
	}
}

// label checks a word of a chart.
func (w *walk) label(v any, most int) {
	s, _ := v.(string)
	if s == "" {
		w.say("an empty label in a chart")
	}
	w.atMost("label "+strconv.Quote(s), utf8.RuneCountInString(s), most)
	w.read = append(w.read, []rune(s)...)
}

func (w *walk) say(format string, args ...any) {
	w.found = append(w.found, fmt.Sprintf(format, args...))
}

func (w *walk) atMost(what string, n, most int) {
	if n > most {
		w.say("%s: %d, at most %d", what, n, most)
	}
}

func (w *walk) id(seen map[string]bool, name string, v map[string]any) {
	id, _ := v[name].(string)
	w.atMost(name, utf8.RuneCountInString(id), 255)
	if id != "" && seen[id] {
		w.say("two of %s %s", name, id)
	}
	seen[id] = true
}

// text checks a text object, and that markup cannot turn bare words into mentions.
func (w *walk) text(what string, v any, most int, kinds ...string) {
	o, ok := v.(map[string]any)
	if !ok {
		w.say("%s: no text", what)
		return
	}
	s, _ := o["text"].(string)
	if strings.TrimSpace(s) == "" {
		w.say("%s: empty", what)
	}
	w.atMost(what+" "+strconv.Quote(workflow.Cut(s, 20)), utf8.RuneCountInString(s), most)
	if !slices.Contains(kinds, fmt.Sprint(o["type"])) {
		w.say("%s: %v, want %v", what, o["type"], kinds)
	}
	w.read = append(w.read, []rune(s)...)
	if o["type"] == "mrkdwn" {
		w.marked += utf8.RuneCountInString(s)
		if o["verbatim"] != true {
			w.say("%s: markup that Slack would look for mentions in", what)
		}
		if cut := angle.ReplaceAllString(s, ""); strings.ContainsAny(cut, "<>") {
			w.say("%s: an open angle bracket in %q", what, cut)
		}
		if strings.Count(s, "*")%2 != 0 {
			w.say("%s: bold without an end in %q", what, s)
		}
	}
}

// angle is everything we ever write in angle brackets: people, channels, groups,
// times and the sources of what we say about the law and the first hour.
var angle = func() *regexp.Regexp {
	all := []string{`@[UW]\w+`, `#C\w+`, `!subteam\^S\w+`, `!date\^\d+\^[^<>|]+\|[^<>|]+`}
	for _, s := range workflow.Statements {
		if s.URL != "" {
			all = append(all, regexp.QuoteMeta(s.URL)+`\|[^<>|]+`)
		}
	}
	for _, p := range workflow.Playbooks {
		for _, s := range p.Steps {
			if s.URL != "" {
				all = append(all, regexp.QuoteMeta(s.URL)+`\|[^<>|]+`)
			}
		}
	}
	return regexp.MustCompile("<(" + strings.Join(all, "|") + ")>")
}()

func (w *walk) block(b map[string]any) {
	switch b["type"] {
	case "header":
		w.text("header", b["text"], 150, "plain_text")
	case "divider":
	case "section":
		if b["text"] == nil && b["fields"] == nil {
			w.say("a section of nothing")
		}
		if b["text"] != nil {
			w.text("section", b["text"], 3000, "mrkdwn", "plain_text")
		}
		fields, _ := b["fields"].([]any)
		w.atMost("fields", len(fields), 10)
		for _, f := range fields {
			w.text("field", f, 2000, "mrkdwn")
		}
		if beside, ok := b["accessory"].(map[string]any); ok {
			w.action(beside)
		}
	case "context":
		elements := b["elements"].([]any)
		w.atMost("context", len(elements), 10)
		for _, e := range elements {
			w.text("context", e, 3000, "mrkdwn")
		}
	case "actions":
		elements := b["elements"].([]any)
		w.atMost("actions", len(elements), 25)
		ids := map[string]bool{}
		for _, e := range elements {
			w.id(ids, "action_id", e.(map[string]any))
			w.action(e.(map[string]any))
		}
	case "alert":
		w.text("alert", b["text"], 200, "mrkdwn")
	case "container":
		w.text("title", b["title"], 150, "plain_text")
		children := b["child_blocks"].([]any)
		w.atMost("children", len(children), 10)
		for _, child := range children {
			block := child.(map[string]any)
			if !slices.Contains([]string{"actions", "context", "divider", "header", "section"}, fmt.Sprint(block["type"])) {
				w.say("a %v in a container", block["type"])
			}
			w.block(block)
		}
	case "data_table":
		rows := b["rows"].([]any)
		w.label(b["caption"], 150)
		w.atMost("rows", len(rows), 101)
		if len(rows) < 2 {
			w.say("a table without rows")
		}
		ids := map[string]bool{}
		for _, r := range rows {
			row := r.([]any)
			w.atMost("columns", len(row), 20)
			if len(row) != len(rows[0].([]any)) {
				w.say("rows of different lengths")
			}
			for _, c := range row {
				w.cell(c.(map[string]any))
				if e, ok := c.(map[string]any)["element"].(map[string]any); ok {
					w.id(ids, "action_id", e)
				}
			}
		}
	case "data_visualization":
		w.charts++
		w.label(b["title"], 50)
		chart := b["chart"].(map[string]any)
		axis := chart["axis_config"].(map[string]any)
		w.label(axis["x_label"], 50)
		w.label(axis["y_label"], 50)
		names := map[string]bool{}
		along := axis["categories"].([]any)
		w.atMost("places in a chart", len(along), 20)
		for _, c := range along {
			w.label(c, 20)
			if names[c.(string)] {
				w.say("two places called %v in a chart", c)
			}
			names[c.(string)] = true
		}
		series := chart["series"].([]any)
		w.atMost("series", len(series), 6)
		for _, s := range series {
			one := s.(map[string]any)
			w.label(one["name"], 20)
			if len(one["data"].([]any)) != len(along) {
				w.say("a series that does not go all along")
			}
		}
	case "input":
		w.text("label", b["label"], 2000, "plain_text")
		if b["hint"] != nil {
			w.text("hint", b["hint"], 2000, "plain_text")
		}
		if b["block_id"] == nil {
			w.say("an input without a name")
		}
		w.input(b["element"].(map[string]any))
	default:
		w.say("a block of an unknown kind: %v", b["type"])
	}
}

func (w *walk) action(e map[string]any) {
	switch e["type"] {
	case "button":
		w.text("button", e["text"], 75, "plain_text")
		value, _ := e["value"].(string)
		w.atMost("value", utf8.RuneCountInString(value), 2000)
		label := e["text"].(map[string]any)["text"].(string)
		if read, ok := e["accessibility_label"].(string); ok {
			w.atMost("accessibility_label", utf8.RuneCountInString(read), 75)
			label = read
		}
		if slices.Contains(w.labels, label) {
			w.say("two buttons called %q", label)
		}
		w.labels = append(w.labels, label)
		if e["style"] == "primary" {
			w.primary++
		}
		if e["style"] == "danger" && e["confirm"] == nil {
			w.say("%q is dangerous and asks nothing", label)
		}
	case "static_select":
		w.input(e)
	default:
		w.say("an action of an unknown kind: %v", e["type"])
	}
}

func (w *walk) input(e map[string]any) {
	if p := e["placeholder"]; p != nil {
		w.text("placeholder", p, 150, "plain_text")
	}
	options, _ := e["options"].([]any)
	values := map[any]bool{}
	for _, o := range options {
		option := o.(map[string]any)
		w.text("option", option["text"], 75, "plain_text")
		if option["description"] != nil {
			w.text("description", option["description"], 75, "plain_text")
		}
		value, _ := option["value"].(string)
		w.atMost("option value", utf8.RuneCountInString(value), 150)
		if value == "" || values[value] {
			w.say("option value %q is empty or there twice", value)
		}
		values[value] = true
	}
	initial := []any{}
	if o := e["initial_option"]; o != nil {
		initial = append(initial, o)
	}
	if list, ok := e["initial_options"].([]any); ok {
		if len(list) == 0 {
			w.say("an empty list of initial options")
		}
		initial = append(initial, list...)
	}
	for _, o := range initial {
		if !slices.ContainsFunc(options, func(known any) bool { return reflect.DeepEqual(o, known) }) {
			w.say("initial option %v is none of the options", o)
		}
	}
	number := func(name string) float64 {
		s, _ := e[name].(string)
		n, err := strconv.ParseFloat(s, 64)
		if err != nil {
			w.say("%s %q", name, s)
		}
		return n
	}
	switch e["type"] {
	case "static_select", "multi_static_select":
		w.atMost("options", len(options), 100)
		if len(options) == 0 {
			w.say("nothing to choose from")
		}
	case "radio_buttons", "checkboxes":
		w.atMost("options", len(options), 10)
		if len(options) == 0 {
			w.say("nothing to choose from")
		}
	case "plain_text_input":
		most, _ := e["max_length"].(float64)
		if most < 1 || most > 3000 {
			w.say("max_length %v", most)
		}
		s, _ := e["initial_value"].(string)
		w.atMost("initial_value", utf8.RuneCountInString(s), int(most))
	case "number_input":
		if e["initial_value"] != nil && (number("initial_value") < number("min_value") || number("initial_value") > number("max_value")) {
			w.say("initial_value %v is out of its range", e["initial_value"])
		}
	case "datetimepicker":
		if at, there := e["initial_date_time"].(float64); there && (at < 1e9 || at > 9999999999) {
			w.say("initial_date_time %v has not ten digits", at)
		}
	case "file_input":
		if most, _ := e["max_files"].(float64); most < 1 || most > 10 {
			w.say("max_files %v", most)
		}
		kinds, _ := e["filetypes"].([]any)
		w.atMost("filetypes", len(kinds), 100)
		if len(kinds) == 0 {
			w.say("a file input that takes anything")
		}
	case "users_select":
	default:
		w.say("an input of an unknown kind: %v", e["type"])
	}
}

// Every message has a text for notifications and screen readers: a short
// sentence without markup.
func TestEveryMessageHasANeutralText(t *testing.T) {
	t.Parallel()
	for _, s := range everything(t, plainly) {
		if s.message != nil && !neutral(s.message.Text) {
			t.Errorf("%s: %q", s.name, s.message.Text)
		}
	}
}

// marks are the shapes of the bar and of the steps. What they say, the text of the
// message says in words: TestTheMarksOfTheCardAreInWordsToo.
const marks = "▰▱✓▶◐○"

func neutral(text string) bool {
	most := 150
	if strings.Contains(text, " Done: ") {
		most = 250 // it says the marks of the steps too
	}
	return strings.TrimSpace(text) != "" && utf8.RuneCountInString(text) <= most && !strings.ContainsAny(text, "<>*_`&\n")
}

func TestTheTopicFits(t *testing.T) {
	t.Parallel()
	s := newStory(t, plainly).report()
	for _, inc := range []*workflow.Incident{
		s.inc, s.fork().triage(3).assess(3, 3, workflow.No).decide(workflow.Regulator, workflow.Notify).send(workflow.Regulator, true).inc,
		s.fork().triage(3).assess(1, 1, workflow.No).decide(workflow.Regulator, workflow.DoNotNotify).inc, s.fork().dismiss().inc,
	} {
		topic := view.Topic(inc, s.rules.Zone)
		if utf8.RuneCountInString(topic) > 250 || strings.ContainsAny(topic, "<>*\n") || !strings.HasPrefix(topic, string(ref)+" · ") {
			t.Errorf("topic %q", topic)
		}
	}
}

// The walk is only worth something if it finds what is wrong.
func TestTheWalkFindsFaults(t *testing.T) {
	t.Parallel()
	plain := func(n int) string { return fmt.Sprintf(`{"type":"plain_text","text":"%s"}`, strings.Repeat("x", n)) }
	input := func(element string) string {
		return `{"type":"modal","title":` + plain(3) + `,"close":` + plain(3) + `,"submit":` + plain(3) +
			`,"blocks":[{"type":"input","block_id":"a","label":` + plain(3) + `,"element":` + element + `}]}`
	}
	button := func(more string) string { return `{"type":"button","value":"v","text":` + plain(3) + more + `}` }
	actions := func(elements ...string) string {
		return `{"blocks":[{"type":"actions","elements":[` + strings.Join(elements, ",") + `]}]}`
	}
	for want, v := range map[string]string{
		"header \"xxxxxxxxxxxxxxxxxxx…\": 151, at most 150": `{"blocks":[{"type":"header","text":` + plain(151) + `}]}`,
		"header: empty":          `{"blocks":[{"type":"header","text":` + plain(0) + `}]}`,
		"shows nothing":          `{"blocks":[]}`,
		"blocks: 51, at most 50": `{"blocks":[` + strings.Repeat(`{"type":"divider"},`, 50) + `{"type":"divider"}]}`,
		"markup that Slack would look for mentions in": `{"blocks":[{"type":"section","text":{"type":"mrkdwn","text":"x"}}]}`,
		"an open angle bracket":                        `{"blocks":[{"type":"section","text":{"type":"mrkdwn","verbatim":true,"text":"<!channel>"}}]}`,
		"two of block_id b":                            `{"blocks":[{"type":"divider","block_id":"b"},{"type":"divider","block_id":"b"}]}`,
		"1 inputs, submit <nil>":                       strings.Replace(input(`{"type":"users_select"}`), `,"submit":`+plain(3), "", 1),
		"primary buttons: 2":                           actions(button(`,"style":"primary"`), button(`,"style":"primary","action_id":"b"`)),
		"two buttons called":                           actions(button(""), button(`,"action_id":"b"`)),
		"dangerous and asks nothing":                   actions(button(`,"style":"danger"`)),
		"is none of the options":                       input(`{"type":"radio_buttons","options":[{"value":"a","text":` + plain(1) + `}],"initial_option":{"value":"b","text":` + plain(1) + `}}`),
		"option \"xxxxxxxxxxxxxxxxxxx…\": 76":          input(`{"type":"radio_buttons","options":[{"value":"a","text":` + plain(76) + `}]}`),
		"nothing to choose from":                       input(`{"type":"checkboxes","options":[]}`),
		"has not ten digits":                           input(`{"type":"datetimepicker","initial_date_time":999}`),
		"initial_value: 3, at most 2":                  input(`{"type":"plain_text_input","max_length":2,"initial_value":"xxx"}`),
		"a block of an unknown kind":                   `{"blocks":[{"type":"hologram"}]}`,
	} {
		var decoded map[string]any
		if err := json.Unmarshal([]byte(v), &decoded); err != nil {
			t.Fatal(want, err)
		}
		if found := strings.Join(faults(decoded), "\n"); !strings.Contains(found, want) {
			t.Errorf("not found: %s; only %q", want, found)
		}
	}
}

// We write British English, calmly, and blame nobody.
func TestTheToneIsCalm(t *testing.T) {
	t.Parallel()
	loud := regexp.MustCompile(`(?i)!|\b(failed|failure to notify|error|illegal|your fault|mistaken|you forgot|organiz|color|behavior|oops|urgently|asap|warning)`)
	for _, s := range everything(t, plainly) {
		w := &walk{}
		var read func(v any)
		read = func(v any) {
			switch v := v.(type) {
			case map[string]any:
				if text, ok := v["text"].(string); ok {
					w.read = append(w.read, []rune(angle.ReplaceAllString(text, "")+"\n")...)
				}
				for _, inner := range v {
					read(inner)
				}
			case []any:
				for _, inner := range v {
					read(inner)
				}
			}
		}
		read(s.decoded(t))
		if found := loud.FindString(string(w.read)); found != "" {
			t.Errorf("%s says %q", s.name, found)
		}
	}
}
