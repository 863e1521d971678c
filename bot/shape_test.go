package bot_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"breachbot/bot/sandbox"
	"breachbot/workflow"
)

// in2026 is a workspace that has these blocks of 2026.
func in2026(has sandbox.Blocks2026) func(*setting) {
	return func(s *setting) { s.sandbox = func(o *sandbox.Options) { o.Policy.Blocks2026 = has } }
}

// refusals are how often Slack refused what was sent.
func (w *world) refusals() int {
	n := 0
	for _, r := range w.ws.Requests() {
		if r.Error == "invalid_blocks" || r.Error == "invalid_arguments" {
			n++
		}
	}
	return n
}

// holds tells whether a message has a block of a kind.
func holds(m sandbox.Message, kind string) bool {
	for _, b := range m.Blocks {
		if b["type"] == kind {
			return true
		}
	}
	return false
}

// Somebody in a workspace that has no tables yet gets the same list at once, without
// one. Slack is not asked again until a day later, and then the table is there.
func TestAWorkspaceWithoutTablesGetsTheSameListAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, in2026(sandbox.NoBlocks2026))
	id := w.report()

	list := func() sandbox.Message {
		t.Helper()
		m := w.slash(sandbox.Rob, "list").Message
		if m == nil {
			t.Fatal("no list came")
		}
		if seen := w.as(sandbox.Rob).Render(*m); !strings.Contains(seen, "*"+string(id)+"*") || !strings.Contains(seen, "[Show]") && !holds(*m, "data_table") {
			t.Errorf("the list does not show it:\n%s", seen)
		}
		return *m
	}
	answers := func() int {
		n := 0
		for _, c := range w.as(sandbox.Rob).Channels() {
			for _, m := range w.as(sandbox.Rob).Messages(c.ID) {
				if m.Ephemeral {
					n++
				}
			}
		}
		return n
	}

	if m := list(); holds(m, "data_table") || answers() != 1 || w.refusals() != 1 {
		t.Errorf("at first: %d answers, %d refused\n%v", answers(), w.refusals(), m.Blocks)
	}
	if _, err := w.as(sandbox.Rob).PressMessage(t.Context(), w.answer(sandbox.Rob).Channel, w.answer(sandbox.Rob).TS, "Show "+string(id)); err != nil {
		t.Errorf("its button: %v", err)
	}
	w.closes(sandbox.Rob)

	w.ws.Advance(23 * time.Hour)
	if m := list(); holds(m, "data_table") || answers() != 2 || w.refusals() != 1 {
		t.Errorf("within the day: %d answers, %d refused\n%v", answers(), w.refusals(), m.Blocks)
	}
	if n := w.metric("breachbot_blocks_refused_total", "surface", "messages"); n != 1 {
		t.Errorf("the metric counts %v", n)
	}

	w.ws.SetPolicy(sandbox.Policy{})
	w.ws.Advance(2 * time.Hour)
	if m := w.slash(sandbox.Rob, "list").Message; m == nil || !holds(*m, "data_table") || answers() != 3 {
		t.Errorf("a day later: %d answers, %+v", answers(), m)
	}
	if m := w.slash(sandbox.Rob, "list").Message; m == nil || !holds(*m, "data_table") || w.metric("breachbot_blocks_refused_total") != 1 {
		t.Errorf("once Slack has shown one: %+v", m)
	}
}

// A day after a refusal the workspace may still be without: it is asked once more.
func TestAWorkspaceIsAskedAgainAfterADay(t *testing.T) {
	t.Parallel()
	w := newWorld(t, in2026(sandbox.NoBlocks2026))
	w.report()
	for day := 1; day <= 3; day++ {
		for range 2 {
			if m := w.slash(sandbox.Rob, "list").Message; m == nil || holds(*m, "data_table") {
				t.Fatalf("day %d: %+v", day, m)
			}
		}
		if n, counted := w.refusals(), w.metric("breachbot_blocks_refused_total"); n != day || counted != float64(day) {
			t.Errorf("day %d: refused %d times, counted %v", day, n, counted)
		}
		w.ws.Advance(24 * time.Hour)
	}
}

// A refusal that is about something else than the blocks of 2026 is not taken for
// one: the message is not sent again and again, and tables stay.
func TestAnotherRefusalIsNotTakenForOne(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.report()
	w.ws.Fault(sandbox.Fault{Method: "response_url", Next: 1, Kind: sandbox.FaultStatus, Status: 404})
	w.slash(sandbox.Rob, "list")
	if m := w.slash(sandbox.Rob, "list").Message; m == nil || !holds(*m, "data_table") {
		t.Errorf("the next list: %+v", m)
	}
	if n := w.metric("breachbot_blocks_refused_total"); n != 0 {
		t.Errorf("the metric counts %v", n)
	}
}

// Forms open at once where Slack has no alerts, with the same words.
func TestAFormWithAWarningOpensWhereSlackHasNoAlerts(t *testing.T) {
	t.Parallel()
	for _, has := range []sandbox.Blocks2026{sandbox.AllBlocks2026, sandbox.NoBlocks2026} {
		w := newWorld(t, in2026(has))
		id := w.report()
		w.slash(sandbox.Ivy, "drill")
		raw, _ := json.Marshal(w.form(sandbox.Ivy).Blocks)
		if !strings.Contains(string(raw), "practice, not real") || strings.Contains(string(raw), `"alert"`) != (has == sandbox.AllBlocks2026) {
			t.Errorf("with %q the form of a drill is %s", has, raw)
		}
		want := map[sandbox.Blocks2026]float64{sandbox.AllBlocks2026: 0, sandbox.NoBlocks2026: 1}[has]
		if n := w.metric("breachbot_blocks_refused_total", "surface", "modals"); n != want {
			t.Errorf("with %q the metric counts %v", has, n)
		}
		w.closes(sandbox.Ivy)
		_ = id
	}
}

// The clocks, duties, actions and the timeline of an incident are answered as tables
// to those who may read it, and to nobody else.
func TestTheTablesOfAnIncidentAreForThoseWhoHandleIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.report()
	for _, word := range []string{"clocks", "duties", "timeline"} {
		m := w.slash(sandbox.Rob, word+" "+string(id)).Message
		if m == nil || !m.Ephemeral || !holds(*m, "data_table") {
			t.Errorf("/breach %s: %+v", word, m)
		}
		if m = w.slash(sandbox.Nia, word+" "+string(id)).Message; m == nil || holds(*m, "data_table") || !strings.Contains(m.Text, "only for the people who handle the incident") {
			t.Errorf("the reporter's /breach %s: %+v", word, m)
		}
		if m = w.slash(sandbox.Gus, word+" "+string(id)).Message; m == nil || holds(*m, "data_table") {
			t.Errorf("a guest's /breach %s: %+v", word, m)
		}
	}
	if m := w.slash(sandbox.Rob, "timeline").Message; m == nil || !strings.Contains(m.Text, "Please type the reference too") {
		t.Errorf("outside its channel: %+v", m)
	}
	if m := w.slash(sandbox.Rob, "actions "+string(workflow.NewIncidentID(workflow.SeriesReal, 2026, 99))).Message; m == nil || !strings.Contains(m.Text, "There is no incident") {
		t.Errorf("of another incident: %+v", m)
	}
}
