package bot_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"breachbot/bot/sandbox"
	"breachbot/workflow"
)

// waiting is an incident that waits for both decisions, at high risk if so.
func (w *world) waiting(high workflow.Answer) workflow.IncidentID {
	w.tb.Helper()
	id := w.report()
	w.triage(id)
	w.do(id, sandbox.Ivy, workflow.RoleIGLead, workflow.Assess{Facts: w.incident(id).FactsVersion, Why: "The recipient is known.", Grading: workflow.Grading{
		Cell: workflow.Cell{Likelihood: 3, Effect: 3}, Vulnerable: workflow.No, HighRisk: high}})
	w.deliver()
	return id
}

// From the card it is one press to one form, and one more sends both decisions and the
// time of awareness.
func TestBothDecisionsAndAwarenessAreSentInOneForm(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.waiting(workflow.No)
	w.press(sandbox.Dee, "decide")
	w.send(sandbox.Dee, answers{
		workflow.FieldRegulator: "notify", workflow.FieldReason: "A neighbour has read it.",
		workflow.FieldPeople: "do_not_notify", workflow.FieldPeopleReason: "He has promised to say nothing.",
		workflow.FieldAwareFrom: "noticed", workflow.FieldAdvice: "The helpline: report it.",
	})
	w.deliver()
	inc := w.incident(id)
	regulator, people := inc.Standing(workflow.Regulator), inc.Standing(workflow.DataSubjects)
	if regulator == nil || people == nil {
		t.Fatalf("decided: %+v", inc.Decisions)
	}
	if regulator.Verdict != workflow.Notify || regulator.Reason != "A neighbour has read it." || people.Verdict != workflow.DoNotNotify || people.Reason != "He has promised to say nothing." || people.Advice != "The helpline: report it." {
		t.Errorf("decided: %+v and %+v", regulator, people)
	}
	if a := inc.Times.Aware; !a.At.Equal(inc.Times.Detected) || a.By != sandbox.Dee {
		t.Errorf("aware: %+v", a)
	}
	if n := w.count("room", "was updated"); n > 3 { // triaged, awareness, and both decisions at once
		t.Errorf("the channel was told %d times: %q", n, w.said("room"))
	}
	if _, button := w.button(sandbox.Dee, "decide"); button != "" {
		t.Error("it is decided, and the buttons to decide stay")
	}
	w.onceEach()
	w.verify()
}

// The button that names a decision has chosen that one, and nothing else is chosen.
func TestAButtonChoosesTheDecisionThatItNamesAndNoOther(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.waiting(workflow.No)
	chosen := func() (out []string) {
		for _, field := range []workflow.Field{workflow.FieldRegulator, workflow.FieldPeople, workflow.FieldAwareFrom} {
			o, _ := w.as(sandbox.Dee).Modal().State[string(field)]["value"]["selected_option"].(map[string]any)
			value, _ := o["value"].(string)
			out = append(out, value)
		}
		return out
	}
	for action, want := range map[string][]string{"decide": {"", "", ""}, "decide_notify": {"notify", "", ""}, "decide_not": {"do_not_notify", "", ""}} {
		w.press(sandbox.Dee, action)
		w.form(sandbox.Dee)
		if got := chosen(); strings.Join(got, ",") != strings.Join(want, ",") {
			t.Errorf("%s has chosen %q, want %q", action, got, want)
		}
		w.closes(sandbox.Dee)
	}
}

// What is wrong with one answer stands beside it; nothing is stored, and nothing that
// was typed is lost.
func TestOneAnswerRefusedStoresNeither(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.waiting(workflow.Yes)
	version := w.incident(id).Version
	w.press(sandbox.Dee, "decide")
	w.form(sandbox.Dee)
	w.fill(sandbox.Dee, answers{
		workflow.FieldRegulator: "notify", workflow.FieldReason: "A neighbour has read it.",
		workflow.FieldPeople: "do_not_notify", workflow.FieldAwareFrom: "noticed",
	})
	beside := func(field workflow.Field, says string) {
		t.Helper()
		res := w.submit(sandbox.Dee)
		if res.Status != sandbox.Faulty || !strings.Contains(res.Errors[string(field)], says) || len(res.Errors) != 1 {
			t.Errorf("%s, %v: want %q beside %s", res.Status, res.Errors, says, field)
		}
		if got := w.incident(id).Version; got != version {
			t.Fatalf("something was stored: %d, was %d", got, version)
		}
	}
	beside(workflow.FieldPeopleReason, "Please fill in the reason")
	w.fill(sandbox.Dee, answers{workflow.FieldPeopleReason: "It would only worry them."})
	beside(workflow.FieldGround, "please choose one of these grounds (Art. 34(3))")
	w.send(sandbox.Dee, answers{workflow.FieldGround: "measures"})
	inc := w.incident(id)
	if len(inc.Decisions) != 2 || inc.Decisions[0].Reason != "A neighbour has read it." || inc.Decisions[1].Ground != "measures" || inc.Times.Aware.At.IsZero() {
		t.Errorf("stored: %+v, aware %+v", inc.Decisions, inc.Times.Aware)
	}
}

// Another time of awareness is asked for, with its reason and an unusual order of the
// times, only once it is needed; the answers before it stay.
func TestAnotherTimeOfAwarenessIsAskedForWhenItIsTheAnswer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.waiting(workflow.No)
	version := w.incident(id).Version
	w.press(sandbox.Dee, "decide_notify")
	w.form(sandbox.Dee)
	w.fill(sandbox.Dee, answers{workflow.FieldReason: "A neighbour has read it.", workflow.FieldAwareFrom: "other"})
	again := func(says string) {
		t.Helper()
		res := w.submit(sandbox.Dee)
		shown := w.as(sandbox.Dee).RenderView(w.as(sandbox.Dee).Modal())
		if res.Status != sandbox.Updated || !strings.Contains(shown, says) || !strings.Contains(shown, "A neighbour has read it.") {
			t.Fatalf("%s %v, want %q:\n%s", res.Status, res.Errors, says, shown)
		}
		if got := w.incident(id).Version; got != version {
			t.Fatalf("something was stored: %d, was %d", got, version)
		}
	}
	again("Please say when the organisation became aware")
	earlier := w.incident(id).Times.Detected.Add(-time.Hour)
	w.fill(sandbox.Dee, answers{workflow.FieldAware: earlier, workflow.FieldAwareReason: "The neighbour rang on Thursday."})
	again("The organisation was aware before anybody noticed")
	w.send(sandbox.Dee, answers{workflow.FieldOrder: []string{"yes"}})
	inc := w.incident(id)
	if !inc.Times.Aware.At.Equal(earlier) || inc.Times.Aware.Reason != "The neighbour rang on Thursday." || len(inc.Decisions) != 1 {
		t.Errorf("stored: %+v, aware %+v", inc.Decisions, inc.Times.Aware)
	}
}

// An earlier awareness can make a decision late. Then its reasons are asked for, though
// the form did not ask before.
func TestAwarenessThatMakesADecisionLateAsksForTheReasons(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.waiting(workflow.No)
	w.ws.Advance(10 * time.Minute)
	w.do(id, sandbox.Dee, workflow.RoleDPO, workflow.Decisions{Facts: w.incident(id).FactsVersion, From: workflow.ReadingOther,
		Aware: w.incident(id).Times.Detected.Add(time.Minute), AwareReason: "Then it was certain."})
	w.ws.Advance(w.incident(id).Clock().Deadline.Add(-time.Second).Sub(w.ws.Now()))
	w.deliver()
	w.press(sandbox.Dee, "decide_not")
	w.form(sandbox.Dee)
	w.fill(sandbox.Dee, answers{workflow.FieldReason: "He has forgotten it.", workflow.FieldAwareFrom: "noticed"})
	res := w.submit(sandbox.Dee)
	shown := w.as(sandbox.Dee).RenderView(w.as(sandbox.Dee).Modal())
	if res.Status != sandbox.Updated || !strings.Contains(shown, "Why did it take longer?") || len(w.incident(id).Decisions) != 0 {
		t.Fatalf("%s %v:\n%s", res.Status, res.Errors, shown)
	}
	w.send(sandbox.Dee, answers{workflow.FieldDelay: "other", workflow.FieldDelayReason: "Nobody was on call."})
	if d := w.incident(id).Latest(workflow.Regulator); d == nil || !d.Late || d.DelayReason != "Nobody was on call." {
		t.Errorf("stored: %+v", d)
	}
}

// Two people who answer both questions at the same moment make one set of answers. The
// second sees the first's, is told that theirs was not recorded, and may then decide.
func TestTwoWhoAnswerBothAtOnceMakeOneSetOfAnswers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.waiting(workflow.No)
	w.ws.Advance(5 * time.Hour) // the deputy is asked too
	w.deliver()
	both := []string{sandbox.Dee, sandbox.Dan}
	for _, who := range both {
		w.press(who, "decide")
		w.form(who)
		w.fill(who, answers{
			workflow.FieldRegulator: "notify", workflow.FieldReason: "because, says " + who,
			workflow.FieldPeople: "notify", workflow.FieldPeopleReason: "for the people, says " + who, workflow.FieldAwareFrom: "noticed",
		})
	}
	results := make([]sandbox.SubmitResult, 2)
	var all sync.WaitGroup
	for n, who := range both {
		all.Go(func() { results[n], _ = w.as(who).Submit(t.Context()) })
	}
	all.Wait()
	inc := w.incident(id)
	if len(inc.Decisions) != 2 || inc.Decisions[0].By != inc.Decisions[1].By || len(inc.Corrections) != 1 {
		t.Fatalf("stored: %+v, %d corrections", inc.Decisions, len(inc.Corrections))
	}
	winner := string(inc.Decisions[0].By)
	for n, who := range both {
		if who == winner {
			if results[n].Status != sandbox.Cleared {
				t.Errorf("the first got %+v", results[n])
			}
			continue
		}
		shown := w.as(who).RenderView(w.as(who).Modal())
		for _, want := range []string{"A decision was recorded while this form was open", "Decided before", "because, says " + winner, "for the people, says " + winner, "because, says " + who} {
			if !strings.Contains(shown, want) {
				t.Errorf("the second does not see %q:\n%s", want, shown)
			}
		}
	}
}

// Of two forms that are open, the first decides about the people alone. The second is
// asked only what is left.
func TestAQuestionAnsweredMeanwhileIsNotAskedAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.waiting(workflow.No)
	w.press(sandbox.Dee, "decide")
	w.form(sandbox.Dee)
	w.fill(sandbox.Dee, answers{workflow.FieldRegulator: "notify", workflow.FieldReason: "A neighbour has read it.",
		workflow.FieldPeople: "notify", workflow.FieldPeopleReason: "They must know."})
	w.do(id, sandbox.Dan, workflow.RoleDeputy, workflow.Decide{Facts: w.incident(id).FactsVersion, Recipient: workflow.DataSubjects, Verdict: workflow.DoNotNotify, Reason: "No high risk."})
	res := w.submit(sandbox.Dee)
	shown := w.as(sandbox.Dee).RenderView(w.as(sandbox.Dee).Modal())
	if res.Status != sandbox.Updated || !strings.Contains(shown, "A decision was recorded while this form was open") || !strings.Contains(shown, "*People affected:* do not tell the people affected") {
		t.Fatalf("%s %v:\n%s", res.Status, res.Errors, shown)
	}
	if strings.Contains(shown, "Reason about the people affected") || len(w.incident(id).Decisions) != 1 {
		t.Errorf("asked again:\n%s", shown)
	}
	w.send(sandbox.Dee, nil)
	if d := w.incident(id).Latest(workflow.Regulator); d == nil || d.Verdict != workflow.Notify {
		t.Errorf("stored: %+v", w.incident(id).Decisions)
	}
}
