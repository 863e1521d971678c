package view_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/slack-go/slack"

	"breachbot/bot/view"
	"breachbot/workflow"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// Everything people see is kept in testdata: a modal, or the blocks of a
// message, each ready to be pasted into Slack's Block Kit Builder. texts.txt
// holds what notifications and screen readers say of each message, more.txt what
// the More menu offers.
func TestGoldens(t *testing.T) {
	t.Parallel()
	want := map[string][]byte{}
	var texts strings.Builder
	for _, s := range everything(t, plainly) {
		file := s.name + ".json"
		if _, twice := want[file]; twice {
			t.Fatalf("two things are called %s", s.name)
		}
		want[file] = indented(t, s.json(t))
		if s.message != nil {
			fmt.Fprintf(&texts, "%s: %s\n", s.name, s.message.Text)
		}
	}
	want["texts.txt"] = []byte(texts.String())
	want["more.txt"] = []byte(moreMenus(t))
	if *update {
		old, _ := filepath.Glob("testdata/*.*")
		for _, file := range old {
			if err := os.Remove(file); err != nil {
				t.Fatal(err)
			}
		}
		for file, content := range want {
			if err := os.WriteFile(filepath.Join("testdata", file), content, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		return
	}
	var there []string
	files, _ := filepath.Glob("testdata/*.*")
	for _, file := range files {
		there = append(there, filepath.Base(file))
		got, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		content, known := want[filepath.Base(file)]
		if !known {
			t.Errorf("%s is of nothing that is shown any more; -update removes it", file)
			continue
		}
		if diff := cmp.Diff(string(got), string(content)); diff != "" {
			t.Errorf("%s shows something else now (-kept +now); read it before you use -update:\n%s", file, diff)
		}
	}
	for file := range want {
		if !slices.Contains(there, file) {
			t.Errorf("%s is not kept yet; -update writes it", file)
		}
	}
}

// json is what Slack gets of it, as the Block Kit Builder takes it.
func (s shown) json(t testing.TB) []byte {
	t.Helper()
	var v any = s.modal
	if s.home != nil {
		v = s.home
	}
	if s.message != nil {
		v = map[string]any{"blocks": s.message.Blocks}
	}
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(s.name, err)
	}
	return b
}

func (s shown) decoded(t testing.TB) map[string]any {
	t.Helper()
	var v map[string]any
	if err := json.Unmarshal(s.json(t), &v); err != nil {
		t.Fatal(s.name, err)
	}
	return v
}

// elsewhere stands in a golden for what the More menu offers, so that a new line
// of the menu changes one file.
const elsewhere = "See more.txt"

// withoutMenus leaves out what each More menu offers.
func withoutMenus(v any) {
	switch v := v.(type) {
	case map[string]any:
		if v["type"] == "static_select" && v["action_id"] == string(view.ActMore) {
			v["options"] = []any{map[string]any{"text": map[string]any{"type": "plain_text", "text": elsewhere}, "value": "more"}}
			return
		}
		for _, inner := range v {
			withoutMenus(inner)
		}
	case []any:
		for _, inner := range v {
			withoutMenus(inner)
		}
	}
}

// moreMenus is what the More menu of the card offers at each step, and on an
// incident whose words were erased and on a drill.
func moreMenus(t testing.TB) string {
	t.Helper()
	bare := newStory(t, plainly).report().room()
	triaged := bare.fork().triage(3)
	assessed := triaged.fork().assess(3, 3, workflow.No)
	theirs := assessed.fork().as(workflow.Processor)
	decided := assessed.fork().decide(workflow.Regulator, workflow.Notify)
	notified := decided.fork().send(workflow.Regulator, true)
	resolved := notified.fork().decide(workflow.DataSubjects, workflow.DoNotNotify).resolve()
	closed := resolved.fork().close()
	dismissed := triaged.fork().dismiss()
	duplicate := triaged.fork().do(dpo, workflow.LinkTo{Other: "BR-2026-0003", Duplicate: true, Reason: "The same letter."})
	var out strings.Builder
	seen := map[workflow.Step]bool{workflow.StepNone: true}
	add := func(name string, s *story) {
		fmt.Fprintf(&out, "%s:\n", name)
		for _, o := range offered(view.Card(s.inc, s.rules, s.now)) {
			act, about, _ := strings.Cut(o.Value, " ")
			if about != string(s.inc.ID) {
				t.Errorf("%s, %q is about %q", name, o.Text.Text, about)
			}
			fmt.Fprintf(&out, "  %s: %s\n", act, o.Text.Text)
		}
	}
	for _, s := range []*story{bare, triaged, assessed, theirs, decided, notified, resolved, closed, dismissed, duplicate} {
		seen[s.inc.Step()] = true
		add(string(s.inc.Step()), s)
	}
	add("erased", closed.fork().erase())
	add("drill", exercise(t, plainly))
	for _, step := range workflow.Steps {
		if !seen[step] {
			t.Errorf("it is not kept what the More menu offers at the step %q", step)
		}
	}
	return out.String()
}

// offered is what the More menu of a message offers.
func offered(m view.Message) []*slack.OptionBlockObject {
	var out []*slack.OptionBlockObject
	for _, b := range m.Blocks {
		if a, ok := b.(*slack.ActionBlock); ok {
			for _, e := range a.Elements.ElementSet {
				if menu, ok := e.(*slack.SelectBlockElement); ok && menu.ActionID == string(view.ActMore) {
					out = append(out, menu.Options...)
				}
			}
		}
	}
	return out
}

// indented is JSON with sorted keys, to be read and compared.
func indented(t testing.TB, raw []byte) []byte {
	t.Helper()
	var v any
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatal(err)
	}
	withoutMenus(v)
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
