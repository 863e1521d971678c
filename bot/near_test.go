package bot_test

import (
	"fmt"
	"strings"
	"testing"

	"breachbot/bot/sandbox"
	"breachbot/workflow"
)

// ahead is one thing an incident needs: what the card says of it, who has it
// and whether that is said, and which form it takes.
type ahead struct {
	says, has, by, form string
	presses             int
	fill                answers
}

// From the report to the end, the card says what comes next and who has it, and
// whoever has it is never more than two presses away from the form.
func TestTheNextThingIsAtMostTwoPressesAway(t *testing.T) {
	t.Parallel()
	const (
		lead    = "Lead: @Rob Sharma"
		decider = "@Dee Kowalska or @Dan Hughes decides."
	)
	told := answers{workflow.FieldMethod: "Telephone", workflow.FieldComplete: "complete"}
	because := answers{workflow.FieldReason: "On the evidence."}
	notNeeded := because.but(answers{workflow.FieldVerdict: "do_not_notify"})
	for name, walk := range map[string]struct {
		report answers
		way    []ahead
	}{
		"severity 1": {answers{workflow.FieldCategory: "ransomware", workflow.FieldSubjects: []string{"patients"}, workflow.FieldData: []string{"health"}}, []ahead{
			{"triage it", "Nobody has it yet", sandbox.Rob, "Triage", 1, answers{workflow.FieldSeverity: "1", workflow.FieldReason: "All screens are locked."}},
			{"contain it", lead, sandbox.Rob, "Contain", 1, answers{
				workflow.FieldContainSteps: []string{"evidence_preserved"}, workflow.FieldContainment: "under_way", workflow.FieldExposedTo: "attacker"}},
			{"assess the risk", lead, sandbox.Rob, "Assess the risk", 1, answers{
				workflow.FieldLikelihood: "4", workflow.FieldEffect: "4", workflow.FieldVulnerable: "yes", workflow.FieldHighRisk: "yes", workflow.FieldWhy: "Clinics are cancelled."}},
			{"decide whether to notify the ICO", decider, sandbox.Dee, "Approve notification", 1, because},
			{"send the notification to the ICO", lead, sandbox.Rob, "Record as sent", 1, told},
			{"decide whether to tell the people affected", decider, sandbox.Dan, "Tell the people", 1, because},
			{"tell the people affected", lead, sandbox.Rob, "Record as told", 1, told},
			{"contain it", lead, sandbox.Rob, "Contain", 1, answers{workflow.FieldContainment: "contained"}},
			{"find the cause", lead, sandbox.Rob, "Investigate", 1, answers{workflow.FieldRootCause: "A stolen password.", workflow.FieldCertainty: "established"}},
			{"recover safely", lead, sandbox.Rob, "Recover safely", 1, answers{
				workflow.FieldRecovery: []string{"containment", "integrity", "fix", "monitoring", "communicated"}}},
			{"answer who else must be told", lead, sandbox.Rob, "Must they be told?", 2, because.but(answers{workflow.FieldVerdict: "notify"})},
			{"answer who else must be told", lead, sandbox.Rob, "Record as told", 2, told}, // the board, said yes to just now
			{"answer who else must be told", lead, sandbox.Rob, "Must they be told?", 2, notNeeded},
			{"answer who else must be told", lead, sandbox.Rob, "Must they be told?", 2, notNeeded},
			{"answer who else must be told", lead, sandbox.Rob, "Must they be told?", 2, notNeeded},
			{"answer who else must be told", decider, sandbox.Dee, "Must they be told?", 2, notNeeded}, // the department: for the DPO alone
			{"resolve it", lead, sandbox.Rob, "Resolve", 1, answers{workflow.FieldSummary: "Restored."}},
			{"review it", lead, sandbox.Rob, "Review", 1, answers{
				workflow.FieldReviewWhat: "Ransomware.", workflow.FieldImpact: "Two days on paper.", workflow.FieldWentWell: "The backups.",
				workflow.FieldSlowed: "Nothing.", workflow.FieldDocuments: "None."}},
			{"close it", lead, sandbox.Rob, "Close the incident", 1, because},
		}},
		"near miss": {answers{workflow.FieldNearMiss: []string{"yes"}}, []ahead{
			{"triage it", "Nobody has it yet", sandbox.Rob, "Triage", 1, answers{workflow.FieldSeverity: "4", workflow.FieldReason: "It was found in time."}},
			{"assess the risk", lead, sandbox.Rob, "Assess the risk", 1, answers{
				workflow.FieldLikelihood: "1", workflow.FieldEffect: "1", workflow.FieldVulnerable: "no", workflow.FieldHighRisk: "no", workflow.FieldWhy: "Nobody has seen it."}},
			{"decide whether to notify the ICO", decider, sandbox.Dee, "Approve notification", 1, because},
			{"send the notification to the ICO", lead, sandbox.Rob, "Record as sent", 1, told.but(answers{workflow.FieldComplete: "incomplete"})},
			{"decide whether to tell the people affected", decider, sandbox.Dee, "Tell the people", 1, because},
			{"tell the people affected", lead, sandbox.Rob, "Record as told", 1, told},
			{"send the missing information to the ICO", lead, sandbox.Rob, "Record as sent", 1, told},
			{"resolve it", lead, sandbox.Rob, "Resolve", 1, answers{workflow.FieldSummary: "Found.", workflow.FieldRootCause: "A full tray."}},
			{"review it", lead, sandbox.Rob, "Review", 1, answers{workflow.FieldReviewWhat: "A letter.", workflow.FieldImpact: "None."}},
			{"close it", lead, sandbox.Rob, "Close the incident", 1, because},
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.report(walk.report)
			for n, a := range walk.way {
				card := w.pinned(a.by)
				next := w.nextLine(a.by, card)
				if all := w.as(a.by).Render(card); !strings.Contains(next, a.says) || !strings.Contains(all, a.has) {
					t.Fatalf("before %s the card says %q, want %q and %q in\n%s", a.form, next, a.says, a.has, all)
				}
				if presses := w.open(a.by, card, a.form); presses > 2 || presses != a.presses {
					t.Errorf("%s is %d presses away, want %d", a.form, presses, a.presses)
				}
				w.send(a.by, a.fill)
				w.deliver()
				if n == 0 { // the lead is taken with a press of its own, whenever somebody wants it
					w.press(a.by, "lead")
					w.deliver()
				}
			}
			if next := w.nextLine(sandbox.Rob, w.pinned(sandbox.Rob)); next != "" {
				t.Errorf("at the end the card says %q", next)
			}
		})
	}
}

// pinned is the one card, as somebody sees it in the channel.
func (w *world) pinned(who string) sandbox.Message {
	w.tb.Helper()
	room := w.room()
	for _, m := range w.as(who).Messages(room.ID) {
		if len(room.Pins) == 1 && m.TS == room.Pins[0] {
			return m
		}
	}
	w.tb.Fatalf("%s sees no card", who)
	return sandbox.Message{}
}

func (w *world) nextLine(who string, card sandbox.Message) string {
	for line := range strings.Lines(w.as(who).Render(card)) {
		if says, ok := strings.CutPrefix(strings.TrimSpace(line), "*Next:* "); ok {
			return says
		}
	}
	return ""
}

// open gets somebody from the card to a form by its main button and, when that
// shows a list, by the button there that leads on. It counts the presses.
func (w *world) open(who string, card sandbox.Message, title string) (presses int) {
	w.tb.Helper()
	main := buttons(card.Blocks, func(b map[string]any) bool { return b["style"] == "primary" })
	if len(main) != 1 {
		w.tb.Fatalf("the card has the main buttons %v", main)
	}
	if _, err := w.as(who).PressMessage(w.tb.Context(), card.Channel, card.TS, main[0]); err != nil {
		w.tb.Fatal(err)
	}
	shown := func() *sandbox.View {
		w.bot.Settle()
		w.wait("something to open", func() bool { m := w.as(who).Modal(); return m != nil && m.Title != "One moment" })
		return w.as(who).Modal()
	}
	v := shown()
	for presses = 1; presses < 4 && v.Submit == ""; presses++ {
		on := w.leadsOn(who, v, title)
		if _, err := w.as(who).Press(w.tb.Context(), sandbox.InModal(), on); err != nil {
			w.tb.Fatal(err)
		}
		v = shown()
	}
	if v.Title != title {
		w.tb.Fatalf("%s comes to %q, want %q:\n%s", who, v.Title, title, w.as(who).RenderView(v))
	}
	return presses
}

// leadsOn is the first button of a list that opens a form: for a question that
// the person may answer, or for somebody who is to be told.
func (w *world) leadsOn(who string, v *sandbox.View, title string) string {
	w.tb.Helper()
	act := map[string]string{"Must they be told?": "duty", "Record as told": "duty_sent"}[title]
	all := buttons(v.Blocks, func(b map[string]any) bool {
		if text, _ := b["text"].(map[string]any); b["action_id"] != act || text["text"] == "Decide again" {
			return false
		}
		_, to, _ := strings.Cut(fmt.Sprint(b["value"]), " ")
		return (to == string(workflow.DHSC)) == (who == sandbox.Dee)
	})
	if len(all) == 0 {
		w.tb.Fatalf("nothing leads on to %q from:\n%s", title, w.as(who).RenderView(v))
	}
	return all[0]
}

// buttons names those that fit, in order.
func buttons(blocks []sandbox.Block, fits func(map[string]any) bool) []string {
	var out []string
	for _, b := range blocks {
		elements, _ := b["elements"].([]any)
		if beside, ok := b["accessory"]; ok {
			elements = append(elements, beside)
		}
		for _, e := range elements {
			if element, _ := e.(map[string]any); element["type"] == "button" && fits(element) {
				out = append(out, fmt.Sprint(b["block_id"], "/", element["action_id"]))
			}
		}
	}
	return out
}
