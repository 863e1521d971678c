package view_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"breachbot/bot/view"
	"breachbot/workflow"
)

var slackDate = regexp.MustCompile(`<!date\^[^|>]*\|([^>]*)>`)

// wordsBefore counts the words that people read before the first buttons of a message.
// A time counts as the words that stand in for it.
func wordsBefore(t testing.TB, raw []byte) int {
	t.Helper()
	var m struct{ Blocks []map[string]any }
	if err := json.Unmarshal(raw, &m); err != nil {
		t.Fatal(err)
	}
	n := 0
	var read func(v any)
	read = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			if s, ok := v["text"].(string); ok {
				for _, w := range strings.Fields(slackDate.ReplaceAllString(s, "$1")) {
					if strings.Trim(w, "•·*_") != "" {
						n++
					}
				}
				return
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
	for _, b := range m.Blocks {
		if b["type"] == "actions" {
			return n
		}
		read(b)
	}
	return n
}

// The DPO's card is read in a minute: at most 120 words before the buttons, in every
// state there is a golden of.
func TestTheCardOfADecisionIsReadInAMinute(t *testing.T) {
	t.Parallel()
	files, _ := filepath.Glob("testdata/ask_*.json")
	if len(files) < 20 {
		t.Fatalf("only %d cards are kept", len(files))
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if n := wordsBefore(t, raw); n > 120 {
			t.Errorf("%s: %d words before the buttons", file, n)
		}
	}
}

// Whoever is woken by the news of a report reads at most 80 words before the buttons.
func TestTheNewsOfAReportAreReadAtOnce(t *testing.T) {
	t.Parallel()
	files, _ := filepath.Glob("testdata/alert_*.json")
	for _, file := range append(files, "testdata/untaken.json") {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if n := wordsBefore(t, raw); n > 80 {
			t.Errorf("%s: %d words before the buttons", file, n)
		}
	}
	if len(files) < 8 {
		t.Errorf("only %d of them are kept", len(files))
	}
}

// It is as short whatever the advice rests on: every kind of event, every reason
// and with more kinds of data than anybody names, in practice too, and past the
// deadline.
func TestTheCardIsAsShortWhateverTheReasons(t *testing.T) {
	t.Parallel()
	real := newStory(t, plainly).report().room().triage(1).assess(5, 5, workflow.Yes)
	drill := exercise(t, plainly).triage(1).assess(5, 5, workflow.Yes)
	longest := 0
	for _, s := range []*story{real, drill} {
		for _, overdue := range []bool{false, true} {
			if overdue {
				s = s.fork()
				s.now = s.inc.Clock().Deadline.Add(1717 * 60e9)
			}
			for n := range workflow.GuideRules {
				inc := *s.inc
				inc.Facts.Category, inc.Facts.Data, inc.Facts.Subjects = workflow.Categories[n%len(workflow.Categories)].Value, nil, nil
				for _, d := range workflow.DataCategories {
					inc.Facts.Data = append(inc.Facts.Data, d.Value)
				}
				for _, who := range workflow.SubjectKinds {
					inc.Facts.Subjects = append(inc.Facts.Subjects, who.Value)
				}
				a := *inc.Assessment()
				a.Suggested = &workflow.Suggested{Cell: a.Grading.Cell, HighRisk: a.Grading.HighRisk,
					Rules: []string{workflow.GuideRules[n].Name, workflow.GuideRules[(n+1)%len(workflow.GuideRules)].Name}}
				inc.Assessments = []workflow.Assessment{a}
				m := view.Ask(&inc, inc.Asking, s.rules, s.now)
				raw := shown{message: &m}.json(t)
				got := wordsBefore(t, raw)
				if longest = max(longest, got); got > 120 {
					t.Fatalf("%d words before the buttons:\n%s", got, raw)
				}
				if !strings.Contains(string(raw), "*Advice: ") || !strings.Contains(string(raw), "\\n• ") {
					t.Fatalf("the advice or its strongest reason does not stand there:\n%s", raw)
				}
			}
		}
	}
	if longest < 90 {
		t.Errorf("the longest card has only %d words: is anything counted?", longest)
	}
}

// What it is about, the time left, the advice, the buttons, and only then the rest.
func TestTheCardOfADecisionGivesTheFactsFirst(t *testing.T) {
	t.Parallel()
	s := newStory(t, plainly).report().room().triage(3)
	s.assess(3, 3, workflow.Yes)
	s.now = s.inc.Clock().Deadline.Add(-(31*60 + 12) * 60e9)
	m := view.Ask(s.inc, s.asking(), s.rules, s.now)
	raw := string(shown{message: &m}.json(t))
	at := -1
	for _, part := range []string{
		"needs your decision", "Letter or fax to the wrong recipient", "1 person", "health", "3 Medium", "not contained yet",
		"*31 h 12 min left* to notify the ICO, updated ", "09:23 UTC", "*Advice: ", "• ", `"Decide"`, `"Approve ICO notification"`, `"Do not notify"`, "Every reason for this advice", "Not known yet, and it matters", "Show the report",
	} {
		next := strings.Index(raw[at+1:], part)
		if next < 0 {
			t.Fatalf("%q does not come next, or at all:\n%s", part, raw)
		}
		at += 1 + next
	}
	if strings.Contains(raw, "Words of a person") {
		t.Error("something that was typed stands on it")
	}
	s.now = s.inc.Clock().Deadline.Add(65 * 60e9)
	m = view.Ask(s.inc, s.asking(), s.rules, s.now)
	if raw := string(shown{message: &m}.json(t)); !strings.Contains(raw, "*1 h 5 min over the deadline*") || strings.Contains(raw, " left*") {
		t.Errorf("past the deadline:\n%s", raw)
	}
}

// Whoever opens it later sees what has happened since they were asked.
func TestTheCardSaysWhatHasChangedSinceItAsked(t *testing.T) {
	t.Parallel()
	s := newStory(t, plainly).report().room().triage(3).assess(3, 3, workflow.Yes)
	since := s.asking()
	before := view.Ask(s.inc, since, s.rules, s.now)
	if raw := string(shown{message: &before}.json(t)); strings.Contains(raw, "Changed since you were asked") {
		t.Errorf("nothing has changed:\n%s", raw)
	}
	s.note().note().aware()
	after := view.Ask(s.inc, since, s.rules, s.now)
	raw := string(shown{message: &after}.json(t))
	for _, says := range []string{"Changed since you were asked", "2 new notes", "The deadline moved to "} {
		if !strings.Contains(raw, says) {
			t.Errorf("it does not say %q:\n%s", says, raw)
		}
	}
}

// Reasons for telling nobody are what makes harm unlikely, not what would make it bad.
func TestTheReasonsShownAreReasonsForTheAdvice(t *testing.T) {
	t.Parallel()
	s := newStory(t, plainly).report().room()
	f := s.inc.Facts
	f.PersonalData, f.Capacity, f.Recovered, f.Read, f.Assurance, f.ExposedTo = workflow.Yes, workflow.Controller, workflow.Yes, workflow.No, workflow.AssuranceProof, workflow.ExposedKnown
	s.do(rob, workflow.Triage{Facts: s.inc.FactsVersion, Severity: 3, Risk: workflow.RiskLow, Reason: "x", Known: f})
	g := s.rules.SuggestFor(s.inc.Facts).Grading
	s.do(igLead, workflow.Assess{Facts: s.inc.FactsVersion, Grading: workflow.Grading{Cell: g.Cell, HighRisk: g.HighRisk, Vulnerable: workflow.No}})
	r := s.inc.Assessment().Recommendation
	if r.Regulator || s.inc.Assessment().Differs() {
		t.Fatalf("not what this test is about: %+v", r)
	}
	m := view.Ask(s.inc, s.asking(), s.rules, s.now)
	raw := string(shown{message: &m}.json(t))
	head := raw[:strings.Index(raw, `"actions"`)]
	if !strings.Contains(head, "proof that the data is back") || strings.Contains(head, "embarrassment") {
		t.Errorf("the reasons for notifying nobody are:\n%s", head)
	}
}

// The form begins with what was reported, then the facts, the time left and the advice,
// and then the questions. It asks little: seven inputs at most, and the two reasons for
// the delay past the deadline. What else there is to read stands below.
func TestTheFormOfADecisionIsShortAndBeginsWithTheReport(t *testing.T) {
	t.Parallel()
	s := newStory(t, plainly).report().room().triage(3).assess(3, 3, workflow.Yes)
	late := s.fork()
	late.now = s.inc.Clock().Deadline.Add(65 * 60e9)
	for name, s := range map[string]*story{"in time": s, "late": late} {
		most := map[string]int{"in time": 7, "late": 9}[name]
		v := s.opened(view.ActDecide, dpo)
		raw := string(shown{modal: &v}.json(t))
		at, inputs := -1, strings.Count(raw, `"type":"input"`)
		for _, part := range []string{
			"Words of a person about the title.", "Words of a person about the what.", "Letter or fax to the wrong recipient", "3 Medium",
			map[string]string{"in time": " left*", "late": " over the deadline*"}[name], "*Advice: ", `"Notify the ICO?"`, `"Reason about the ICO"`,
			`"Tell the people affected?"`, `"Reason about the people affected"`, `"When did we become aware?"`, `"Advice received"`, "*The grid*", "*Why*",
		} {
			next := strings.Index(raw[at+1:], part)
			if next < 0 {
				t.Fatalf("%s: %q does not come next, or at all:\n%s", name, part, raw)
			}
			at += 1 + next
		}
		if inputs != most {
			t.Errorf("%s: %d inputs, want %d", name, inputs, most)
		}
	}
}

// Each answer about awareness comes with the deadline it leads to, in the
// organisation's time.
func TestEachReadingOfAwarenessComesWithItsDeadline(t *testing.T) {
	t.Parallel()
	s := newStory(t, plainly).report().room().triage(3).assess(3, 3, workflow.Yes)
	v := s.opened(view.ActDecide, dpo)
	raw := string(shown{modal: &v}.json(t))
	for _, says := range []string{"When it was noticed: Fri 20 Nov 2026 16:35 GMT", "Deadline Mon 23 Nov 2026 16:35 GMT", "At another time", "Decide later"} {
		if !strings.Contains(raw, says) {
			t.Errorf("it does not offer %q:\n%s", says, raw)
		}
	}
	v = s.fork().aware().opened(view.ActDecide, dpo)
	raw = string(shown{modal: &v}.json(t))
	for _, says := range []string{"As it is set: Fri 20 Nov 2026 16:40 GMT", "Deadline Mon 23 Nov 2026 16:40 GMT", "When it was noticed: Fri 20 Nov 2026 16:35 GMT"} {
		if !strings.Contains(raw, says) {
			t.Errorf("once it is set, it does not offer %q:\n%s", says, raw)
		}
	}
}
