package view_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/slack-go/slack"

	"breachbot/bot/view"
	"breachbot/workflow"
)

// wholly is everything that is shown, with the blocks that Slack gets and where.
func wholly(t testing.TB, says wording) map[string]struct {
	at     view.Surface
	blocks []slack.Block
} {
	all := map[string]struct {
		at     view.Surface
		blocks []slack.Block
	}{}
	for _, s := range append(everything(t, says), slashViews(t, says)...) {
		one := all[s.name]
		switch {
		case s.message != nil:
			one.at, one.blocks = view.Messages, s.message.Blocks
		case s.modal != nil:
			one.at, one.blocks = view.Modals, s.modal.Blocks.BlockSet
		default:
			one.at, one.blocks = view.HomeTab, s.home.Blocks.BlockSet
		}
		all[s.name] = one
	}
	return all
}

// A workspace without the blocks of 2026 is told the same: every word, number,
// person and button, within the same limits.
func TestThePlainFormSaysAllThatTheRichOneSays(t *testing.T) {
	t.Parallel()
	rich := 0
	for name, s := range wholly(t, plainly) {
		if len(view.Recent(s.blocks)) == 0 {
			continue
		}
		rich++
		before := encoded(t, s.blocks)
		plain := view.Plain(s.at, s.blocks)
		if encoded(t, s.blocks) != before {
			t.Errorf("%s: the blocks were changed", name)
		}
		if kinds := view.Recent(plain); len(kinds) > 0 {
			t.Errorf("%s: %v are left", name, kinds)
		}
		says := encoded(t, plain)
		for _, word := range saidIn(t, s.blocks) {
			if !strings.Contains(says, word) {
				t.Errorf("%s: the plain form does not say %q\n%s", name, word, says)
			}
		}
		if a, b := buttonsIn(t, s.blocks), buttonsIn(t, plain); !slices.Equal(a, b) {
			t.Errorf("%s: buttons %q, in the plain form %q", name, a, b)
		}
		var shape map[string]any
		if err := json.Unmarshal([]byte(`{"blocks":`+says+`}`), &shape); err != nil {
			t.Fatal(err)
		}
		if s.at == view.Messages {
			for _, fault := range faults(shape) {
				t.Errorf("%s, plain: %s", name, fault)
			}
		}
	}
	if rich < 10 {
		t.Errorf("only %d things hold a block of 2026", rich)
	}
}

func encoded(t testing.TB, blocks []slack.Block) string {
	t.Helper()
	b, err := json.Marshal(blocks)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// saidIn is all that the recent among these blocks say: texts, names, numbers. As
// they stand in JSON.
func saidIn(t testing.TB, blocks []slack.Block) []string {
	t.Helper()
	var out []string
	add := func(s string) {
		if s == "" {
			return
		}
		b, _ := json.Marshal(strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(s))
		out = append(out, strings.Trim(string(b), `"`))
	}
	var walk func(key string, v any)
	walk = func(key string, v any) {
		switch v := v.(type) {
		case map[string]any:
			if v["type"] == "action_cell" {
				walk("", v["element"])
				return
			}
			if rows, is := v["rows"].([]any); is { // what names a row or is a button needs no heading
				walk("", map[string]any{"caption": v["caption"]})
				for n, cell := range rows[0].([]any) {
					if first := rows[1].([]any)[n].(map[string]any); n > 0 && first["type"] != "action_cell" {
						walk("", cell)
					}
				}
				for _, row := range rows[1:] {
					walk("", row)
				}
				return
			}
			if v["type"] == "mrkdwn" { // our own markup: as it is
				b, _ := json.Marshal(v["text"])
				out = append(out, strings.Trim(string(b), `"`))
				return
			}
			for k, inner := range v {
				walk(k, inner)
			}
		case []any:
			for _, inner := range v {
				walk(key, inner)
			}
		case string:
			if slices.Contains([]string{"text", "caption", "title", "label", "name", "user_id", "channel_id", "usergroup_id", "fallback", "url", "accessibility_label"}, key) {
				add(v)
			}
		case float64:
			if key == "value" {
				return // shown by its text, or beside its label
			}
			if key == "timestamp" {
				add(fmt.Sprint(int64(v)))
			}
		}
	}
	for _, b := range blocks {
		if len(view.Recent([]slack.Block{b})) == 0 {
			continue
		}
		if chart, is := b.(*slack.DataVisualizationBlock); is {
			add(chart.Title)
			bar := chart.Chart.(*slack.DataVisualizationBarChart)
			for n, name := range bar.AxisConfig.Categories {
				for k, s := range bar.Series {
					if value := fmt.Sprint(s.Data[n].Value); k == 0 {
						add(name + ": " + value)
					} else {
						add(", " + value + " " + s.Name)
					}
				}
			}
			continue
		}
		var v any
		if err := json.Unmarshal([]byte(encoded(t, []slack.Block{b})), &v); err != nil {
			t.Fatal(err)
		}
		walk("", v)
	}
	return out
}

// buttonsIn are the buttons of blocks, each by all that it holds.
func buttonsIn(t testing.TB, blocks []slack.Block) []string {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(encoded(t, blocks)), &v); err != nil {
		t.Fatal(err)
	}
	var out []string
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			if v["type"] == "button" || v["type"] == "static_select" {
				b, _ := json.Marshal(v)
				out = append(out, string(b))
				return
			}
			for _, inner := range v {
				walk(inner)
			}
		case []any:
			for _, inner := range v {
				walk(inner)
			}
		}
	}
	walk(v)
	slices.Sort(out)
	return out
}

// A table that is too long for a message without tables says how many lines are
// missing.
func TestTheTableThatIsTooLongSaysHowMuchIsMissing(t *testing.T) {
	t.Parallel()
	s := newStory(t, plainly).report()
	for range 70 {
		s.note()
	}
	m, _, _ := view.Table("timeline", s.desk(rob), s.inc)
	plain := view.Plain(view.Messages, m.Blocks)
	says := encoded(t, plain)
	shown := strings.Count(says, "What happened: ")
	if len(plain) > 50 || shown < 40 || !strings.Contains(says, fmt.Sprintf(`And %d more.`, 71-shown)) {
		t.Errorf("%d blocks, %d lines of 71:\n%s", len(plain), shown, says)
	}
}

// What people typed is no markup, whatever they typed, in either form.
func TestTypedTitlesAreNoMarkupInATable(t *testing.T) {
	t.Parallel()
	for _, words := range nasty {
		s := newStory(t, func(_ string, most int) string { return upTo(words, min(most, 100)-1) + "." }).report()
		m := view.Found([]workflow.Entry{s.inc.Entry()}, s.rules, s.now)
		for _, blocks := range [][]slack.Block{m.Blocks, view.Plain(view.Messages, m.Blocks)} {
			var shape map[string]any
			if err := json.Unmarshal([]byte(`{"blocks":`+encoded(t, blocks)+`}`), &shape); err != nil {
				t.Fatal(err)
			}
			for _, fault := range faults(shape) {
				if !strings.Contains(fault, "screen readers") { // what people typed is read out as it is
					t.Errorf("with %q: %s", words, fault)
				}
			}
		}
	}
}

// A chart names every kind of event in the room that it has, each by a name of its
// own.
func TestEveryKindHasANameForCharts(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for n, c := range workflow.Categories {
		trend := workflow.Trend{Year: 2, Until: friday, Kinds: []workflow.Frequency{{Category: c.Value, N: n}}, Months: []workflow.Month{{Begins: friday}}}
		m := view.RegisterTable(view.RegisterPage{Entries: []workflow.Entry{{ID: ref}}, Trend: trend}, testRules())
		var names []string
		for _, b := range m.Blocks {
			if chart, is := b.(*slack.DataVisualizationBlock); is {
				names = chart.Chart.(*slack.DataVisualizationBarChart).AxisConfig.Categories
			}
		}
		if len(names) != 1 || seen[names[0]] || strings.HasSuffix(names[0], "…") {
			t.Errorf("%s is called %q", c.Value, names)
		}
		seen[names[0]] = true
	}
}
