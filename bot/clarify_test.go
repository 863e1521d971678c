package bot_test

import (
	"slices"
	"strings"
	"testing"

	"breachbot/bot/sandbox"
	"breachbot/bot/view"
	"breachbot/workflow"
)

// turned sends a form that another one takes the place of, in the same window.
func (w *world) turned(who string, a answers, then string) *sandbox.View {
	w.tb.Helper()
	w.form(who)
	w.fill(who, a)
	res := w.submit(who)
	if res.Status != sandbox.Updated || res.View.Title != then || res.View.Submit == "" {
		w.tb.Fatalf("%s sees %+v, want the form %q", who, res, then)
	}
	if stack := w.as(who).Modals(); len(stack) != 1 {
		w.tb.Fatalf("%s has %d modals open", who, len(stack))
	}
	return res.View
}

// missing is a question that is open and has a few answers to choose from.
func (w *world) missing(id workflow.IncidentID) workflow.GuideQuestion {
	w.tb.Helper()
	for _, q := range w.service.Rules.Unanswered(w.incident(id).Facts) {
		if !q.Many && q.Field != workflow.FieldCount {
			return q
		}
	}
	w.tb.Fatal("no answer is missing")
	return workflow.GuideQuestion{}
}

// Somebody who assesses sees that answers are missing, gives some, has the
// assessment form again with what the rules suggest now, and saves it. Each of the
// forms in that one window is saved, and none keeps what was typed into another.
func TestMissingAnswersLeadBackToTheAssessment(t *testing.T) {
	t.Parallel()
	const missing, assess = "Answer what is missing", "Assess the risk"
	w := newWorld(t)
	id := w.report(answers{workflow.FieldCategory: "email_wrong"})
	w.triage(id)
	w.deliver()
	w.chooses(sandbox.Rob, "assess "+string(id))
	if before := w.as(sandbox.Rob).RenderView(w.form(sandbox.Rob)); !strings.Contains(before, "could still change this advice") {
		t.Fatalf("nothing is said to be missing:\n%s", before)
	}
	w.fill(sandbox.Rob, answers{workflow.FieldEvidence: "Typed too early."})
	forms := 0
	apart := func(v *sandbox.View) { // Slack keeps what an input holds while its block id stays, and the ids follow the round
		t.Helper()
		if round := view.ParseMeta(v.PrivateMetadata).Round; round != forms {
			t.Errorf("%q is form %d of its window, want %d", v.Title, round, forms)
		}
		forms++
	}
	apart(w.form(sandbox.Rob))
	for round := range 2 {
		answer := w.missing(id)
		w.presses(sandbox.Rob, missing)
		v := w.form(sandbox.Rob)
		if v.Title != missing {
			t.Fatalf("the button shows %q", v.Title)
		}
		apart(v)
		again := w.as(sandbox.Rob).RenderView(w.turned(sandbox.Rob, answers{workflow.Field(answer.Ask): answer.Answers[1].Value}, assess))
		apart(w.form(sandbox.Rob))
		inc := w.incident(id)
		if len(inc.Clarifications) != round+1 {
			t.Fatalf("%d answers are recorded, want %d", len(inc.Clarifications), round+1)
		}
		if !slices.Contains(inc.Clarifications[round].Answered, answer.Field) || inc.RiskVersion != inc.Clarifications[round].Seq {
			t.Errorf("the facts do not have the answer to %q: %+v", answer.Ask, inc.Facts)
		}
		if now := w.service.Rules.SuggestFor(inc.Facts).Kept().String(); !strings.Contains(again, now) || strings.Contains(again, "Typed too early.") {
			t.Errorf("the form should suggest %q and hold nothing that was typed before:\n%s", now, again)
		}
	}
	if v := w.form(sandbox.Rob); v.Title != assess {
		t.Fatalf("the last form is %q", v.Title)
	}
	w.send(sandbox.Rob, answers{"Vulnerable people or specially protected data?": "no"})
	if a := w.incident(id).Assessment(); a == nil || a.Differs() {
		t.Errorf("the assessment is %+v", a)
	}
}

// The same form is in the More menu. Sent with nothing answered it says so; sent on
// facts that have changed since, it is shown again with what is missing now.
func TestMissingAnswersFromTheMenu(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.report(answers{workflow.FieldCategory: "email_wrong", workflow.FieldData: []string{"health"}})
	w.chooses(sandbox.Rob, "clarify "+string(id))
	w.form(sandbox.Rob)
	if res := w.submit(sandbox.Rob); res.Status != sandbox.Faulty {
		t.Errorf("sent empty: %+v", res)
	}
	w.triage(id)
	answer := w.missing(id)
	again := w.turned(sandbox.Rob, answers{workflow.Field(answer.Ask): answer.Answers[1].Value}, "Answer what is missing")
	if says := w.as(sandbox.Rob).RenderView(again); !strings.Contains(says, "Somebody changed the facts") {
		t.Errorf("on other facts it says:\n%s", says)
	}
	w.turned(sandbox.Rob, nil, "Assess the risk")
	if c := w.incident(id).Clarifications; len(c) != 1 || !slices.Contains(c[0].Answered, answer.Field) {
		t.Errorf("recorded is %+v", c)
	}
	w.chooses(sandbox.Nia, "clarify "+string(id))
	if says := w.notice(sandbox.Nia); !strings.Contains(says, "Not possible") {
		t.Errorf("the reporter sees:\n%s", says)
	}
}
