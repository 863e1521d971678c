package bot_test

import (
	"strings"
	"testing"

	"breachbot/bot/sandbox"
	"breachbot/bot/view"
	"breachbot/workflow"
)

// What was typed into the short form and into the rest comes back, with the rest open,
// when the form was closed by accident.
func TestADraftOfTheWholeFormComesBackWhole(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.opens(sandbox.Nia)
	w.fill(sandbox.Nia, halfLetter)
	w.presses(sandbox.Nia, "I know more")
	for field, want := range halfLetter {
		if got := w.holds(sandbox.Nia, field); got != want {
			t.Errorf("after I know more, %s holds %q, want %q", field, got, want)
		}
	}
	w.fill(sandbox.Nia, answers{workflow.FieldActions: "Rang them.", workflow.FieldCategory: "letter_wrong"})
	w.closes(sandbox.Nia)
	w.opens(sandbox.Nia)
	if !w.resumed(sandbox.Nia) || w.holds(sandbox.Nia, workflow.FieldActions) != "Rang them." || w.holds(sandbox.Nia, workflow.FieldTitle) != halfLetter[workflow.FieldTitle] {
		t.Errorf("the form that comes back:\n%s", w.as(sandbox.Nia).RenderView(w.as(sandbox.Nia).Modal()))
	}
	w.send(sandbox.Nia, nil)
	if r := w.incident(first).Report; r.Actions != "Rang them." || r.Facts.Category != "letter_wrong" || r.Risk != workflow.RiskHigh {
		t.Errorf("sent was %+v", r)
	}
}

// A draft of the short form that grows goes on being that draft.
func TestAResumedFormCanGrow(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.opens(sandbox.Nia)
	w.fill(sandbox.Nia, halfLetter)
	w.closes(sandbox.Nia)
	w.opens(sandbox.Nia)
	if w.asks(sandbox.Nia, workflow.FieldActions) {
		t.Error("a short draft comes back long")
	}
	w.presses(sandbox.Nia, "I know more")
	if !w.resumed(sandbox.Nia) || w.holds(sandbox.Nia, workflow.FieldTitle) != halfLetter[workflow.FieldTitle] {
		t.Error("what was kept is gone")
	}
	w.send(sandbox.Nia, answers{"actions~1": "Rang them."})
	w.opens(sandbox.Nia)
	if w.resumed(sandbox.Nia) {
		t.Error("what was sent is offered again")
	}
}

// A near miss is not asked how bad it could be, in a drill neither, and what is typed
// into a drill is kept nowhere.
func TestANearMissChangesTheFormAtOnce(t *testing.T) {
	t.Parallel()
	for name, opens := range map[string]string{"report": "", "drill": "drill"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			who := sandbox.Ivy
			w.slash(who, opens)
			w.form(who)
			w.fill(who, answers{workflow.FieldTitle: "A trolley", workflow.FieldWhat: "It stood open."})
			near := func(value any) {
				if err := w.as(who).Fill(string(workflow.FieldNearMiss), value); err != nil {
					t.Fatal(err)
				}
				w.bot.Settle()
			}
			near([]string{"yes"})
			if w.asks(who, workflow.FieldRisk) || w.holds(who, workflow.FieldTitle) != "A trolley" {
				t.Error("a near miss is asked how bad, or what was typed is gone")
			}
			near(nil)
			if !w.asks(who, workflow.FieldRisk) {
				t.Error("whoever takes the tick back is not asked")
			}
			near([]string{"yes"})
			w.presses(who, "I know more")
			if w.asks(who, workflow.FieldRisk) || !w.asks(who, workflow.FieldActions) {
				t.Error("the whole form of a near miss asks something else")
			}
			w.closes(who)
			w.opens(who)
			if w.resumed(who) == (opens == "drill") {
				t.Errorf("offered again: %v", w.resumed(who))
			}
		})
	}
}

// A mistake in the rest of the form leaves it open, with everything in it.
func TestARefusedReportKeepsTheRestOpen(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.opens(sandbox.Nia)
	w.fill(sandbox.Nia, letter(answers{workflow.FieldOccurredFrom: w.ws.Now().AddDate(0, 0, 2), workflow.FieldActions: "Rang them."}))
	res := w.submit(sandbox.Nia)
	if res.Status != sandbox.Faulty || res.Errors[string(workflow.FieldOccurredFrom)] == "" {
		t.Fatalf("a time to come: %+v", res)
	}
	if w.holds(sandbox.Nia, workflow.FieldActions) != "Rang them." {
		t.Error("the rest is gone")
	}
}

// The receipt follows the incident in place: no second message to the reporter.
func TestTheReceiptFollowsWithoutAnotherMessage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.report()
	count := func() (n int) {
		for _, c := range w.as(sandbox.Nia).Channels() {
			n += len(w.as(sandbox.Nia).Messages(c.ID))
		}
		return n
	}
	before := count()
	w.press(sandbox.Rob, string(view.ActLead))
	w.bot.Settle()
	w.deliver()
	m, _ := w.button(sandbox.Nia, string(view.ActAmend))
	if said := w.as(sandbox.Nia).Render(m); !strings.Contains(said, "Rob Sharma has it") || !strings.Contains(said, "Somebody has it: done") {
		t.Errorf("the receipt of %s says\n%s", id, said)
	}
	if now := count(); now > before+1 { // the channel is told who leads it
		t.Errorf("the reporter had %d messages in sight, now %d", before, now)
	}
}
