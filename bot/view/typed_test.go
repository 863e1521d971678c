package view_test

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"breachbot/bot/view"
	"breachbot/workflow"
)

// marker is in everything that is typed in these tests.
const marker = "QXZV"

func marked(field string, most int) string {
	return workflow.Cut(marker+" "+field+" <!channel> <@U0DPO> *b* & `c` <https://evil.example|bank>", most)
}

// What people typed is in no message: not in its text, not in its blocks.
// Modals show it, but as plain text or as what an input holds, where nothing in
// it can mention, link or format; never in their metadata.
func TestTypedWordsAreInNoMessageAndInModalsOnlyAsPlainText(t *testing.T) {
	t.Parallel()
	for _, s := range everything(t, marked) {
		if s.message != nil {
			if strings.Contains(s.message.Text, marker) || strings.Contains(string(s.json(t)), marker) {
				t.Errorf("the message %s shows what was typed", s.name)
			}
			continue
		}
		if s.home != nil && strings.Contains(string(s.json(t)), marker) {
			t.Errorf("%s stays at Slack with what was typed", s.name)
		}
		onlyPlain(t, s.name, s.decoded(t))
	}
	s := crowded(t, marked)
	for n := range s.inc.Loud {
		m := view.Say(s.inc, s.inc.Loud[n].Seq, workflow.InChannel, s.rules)
		if strings.Contains(string(shown{message: &m}.json(t)), marker) {
			t.Errorf("the announcement %s shows what was typed", s.inc.Loud[n].Kind)
		}
	}
}

func modalOf(v slack.ModalViewRequest) shown { return shown{modal: &v} }

func onlyPlain(t *testing.T, name string, v any) {
	t.Helper()
	switch v := v.(type) {
	case map[string]any:
		for key, inner := range v {
			s, isText := inner.(string)
			if !isText || !strings.Contains(s, marker) {
				onlyPlain(t, name, inner)
				continue
			}
			if key != "initial_value" && (key != "text" || v["type"] != "plain_text" && v["type"] != "raw_text") {
				t.Errorf("%s: typed words in %s of %v", name, key, v["type"])
			}
		}
	case []any:
		for _, inner := range v {
			onlyPlain(t, name, inner)
		}
	}
}

// Those who handle an incident find every word about it somewhere.
func TestEverythingTypedCanBeReadSomewhere(t *testing.T) {
	t.Parallel()
	s := newStory(t, marked).report().room().triage(3).aware().assess(1, 1, workflow.No).note().
		after(80*time.Hour).decide(workflow.Regulator, workflow.DoNotNotify).
		decide(workflow.Regulator, workflow.Notify).send(workflow.Regulator, true).
		decide(workflow.DataSubjects, workflow.DoNotNotify).resolve().close()
	v := view.Timeline(s.inc, 0, everyDelivery, s.rules)
	seen := string(shown{modal: &v}.json(t))
	dismissed := newStory(t, marked).report().dismiss()
	v = view.Timeline(dismissed.inc, 0, everyDelivery, s.rules)
	seen += string(shown{modal: &v}.json(t))
	for _, field := range []string{
		"title", "what", "actions", "triage reason", "aware reason", "times reason", "evidence", "consequences", "why it differs", "note",
		"decision reason", "advice", "delay of the decision", "reference", "delay of the notice", "summary", "root cause", "close reason", "dismiss reason",
	} {
		if !strings.Contains(seen, marker+" "+field) {
			t.Errorf("nobody can read %s", field)
		}
	}
}

// After an erasure no word is left anywhere.
func TestAnErasedIncidentShowsNoWords(t *testing.T) {
	t.Parallel()
	for _, s := range everything(t, marked) {
		if strings.Contains(s.name, "erased") && strings.Contains(string(s.json(t)), marker) {
			t.Errorf("%s still shows what was typed", s.name)
		}
	}
}

// Any text comes out of a modal as it was typed, whole and in order.
func FuzzTypedTextIsShownWholeAndPlain(f *testing.F) {
	for _, s := range nasty {
		f.Add(s)
	}
	f.Add(strings.Repeat("x", 3000))
	f.Add("<!date^1^{time}|x>")
	f.Fuzz(func(t *testing.T, typed string) {
		s := newStory(t, plainly)
		what := workflow.Cut(marker+typed+marker, workflow.MaxText)
		title := workflow.Cut(marker+workflow.OneLine(typed)+marker, workflow.MaxTitle)
		s.do(nurse, workflow.SubmitReport{Report: workflow.Report{Title: title, What: what, Detected: friday, Risk: workflow.RiskLow}})
		want := s.inc.Report.What
		for name, v := range map[string]shown{
			"details": modalOf(view.Details(s.inc, s.rules)), "timeline": modalOf(view.Timeline(s.inc, 0, everyDelivery, s.rules)),
			"own report": modalOf(view.OwnReport(s.inc, s.rules)), "form": modalOf(view.FormNote.Build(s.desk(nurse), s.inc, view.Meta{})),
		} {
			decoded := v.decoded(t)
			onlyPlain(t, name, decoded)
			for _, fault := range faults(decoded) {
				t.Errorf("%s of %q: %s", name, typed, fault)
			}
			plain := ""
			for _, b := range decoded["blocks"].([]any) {
				if o, ok := b.(map[string]any)["text"].(map[string]any); ok && o["type"] == "plain_text" {
					plain += o["text"].(string)
				}
			}
			if !utf8.ValidString(plain) || !strings.Contains(plain, want) && name != "form" {
				t.Errorf("%s shows %q of %q", name, plain, want)
			}
		}
	})
}
