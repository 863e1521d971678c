package bot_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"breachbot/bot/sandbox"
	"breachbot/workflow"
)

func TestAReportSentTwiceIsOneIncident(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.slash(sandbox.Nia, "")
	w.form(sandbox.Nia)
	w.fill(sandbox.Nia, letter())
	if res := w.submit(sandbox.Nia); res.Status != sandbox.Updated {
		t.Fatalf("%+v", res)
	}
	// Slack delivers the same submission again, as after a lost acknowledgement.
	w.ws.Sockets().ReplayLast("interactive")
	w.wait("the second answer", func() bool { return noteOf(w) != "" })
	w.recover()
	w.wantIncidents(1)
	w.onceEach()
	if n := w.count(sandbox.Nia, "BR-2026-0001"); n != 1 {
		t.Errorf("the reporter got %d receipts", n)
	}
}

// noteOf is what the sandbox noted about the last envelope.
func noteOf(w *world) string {
	all := w.ws.Envelopes()
	return all[len(all)-1].Note
}

func TestTheSameFormSentTwiceAtOnceGivesTheSameReference(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.slash(sandbox.Nia, "")
	w.form(sandbox.Nia)
	w.fill(sandbox.Nia, letter())
	results := make([]sandbox.SubmitResult, 4)
	var all sync.WaitGroup
	for n := range results {
		all.Go(func() {
			res, err := w.as(sandbox.Nia).Submit(t.Context())
			if err != nil && !strings.Contains(err.Error(), "no submit button") { // the first answer is there already
				t.Error(err)
			}
			results[n] = res
		})
	}
	all.Wait()
	w.bot.Settle()
	shown := w.as(sandbox.Nia).RenderView(w.as(sandbox.Nia).Modal())
	if !strings.Contains(shown, string(first)) || strings.Contains(shown, "BR-2026-0002") {
		t.Errorf("shown:\n%s", shown)
	}
	w.wantIncidents(1)
}

func TestAFormSentAgainSaysThatItWasSaved(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(s *setting) { s.sandbox = func(o *sandbox.Options) { o.AckTimeout = time.Second } })
	w.slash(sandbox.Nia, "")
	form := w.form(sandbox.Nia)
	w.fill(sandbox.Nia, letter())
	// The first one is stored, its answer never arrives.
	by := workflow.Actor{User: sandbox.Nia}
	_, err := w.service.Report(t.Context(), workflow.CommandKey("view/"+form.ID), workflow.SubmitReport{Report: workflow.Report{
		Title: "Letter", What: "It was opened.", Risk: workflow.RiskMedium, Detected: w.ws.Now()}}, by)
	if err != nil {
		t.Fatal(err)
	}
	res := w.submit(sandbox.Nia)
	shown := w.as(sandbox.Nia).RenderView(res.View)
	if res.Status != sandbox.Updated || !strings.Contains(shown, "This form was saved before") || !strings.Contains(shown, string(first)) {
		t.Errorf("%s\n%s", res.Status, shown)
	}
	w.wantIncidents(1)
}

func (w *world) wantIncidents(n int) {
	w.tb.Helper()
	next, _, err := w.store.NextNumber(w.tb.Context(), workflow.SeriesReal, 2026)
	if err != nil || next != n+1 {
		w.tb.Errorf("the register holds %d incidents, want %d (%v)", next-1, n, err)
	}
}

func TestTwoWhoDecideAtTheSameMomentMakeOneDecision(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.report()
	w.triage(id)
	w.assess(id)
	w.deliver()
	both := []string{sandbox.Dee, sandbox.Dan}
	w.press(sandbox.Dee, "decide_notify")
	w.press(sandbox.Dan, "decide_not")
	for _, who := range both {
		w.form(who)
		w.fill(who, answers{workflow.FieldReason: "because, says " + who})
	}
	results := make([]sandbox.SubmitResult, 2)
	var all sync.WaitGroup
	for n, who := range both {
		all.Go(func() { results[n], _ = w.as(who).Submit(t.Context()) })
	}
	all.Wait()
	inc := w.incident(id)
	if len(inc.Decisions) != 1 {
		t.Fatalf("%d decisions", len(inc.Decisions))
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
		for _, want := range []string{"A decision was recorded while this form was open", "Decided before", "because, says " + winner, "because, says " + who} {
			if !strings.Contains(shown, want) {
				t.Errorf("the second does not see %q:\n%s", want, shown)
			}
		}
		// Having seen it, the second may still decide, in the open.
		w.send(who, nil)
	}
	if n := len(w.incident(id).Decisions); n != 2 {
		t.Errorf("%d decisions in the end", n)
	}
	w.verify()
}

func TestAFormOnOldFactsShowsTheNewOnesAndKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	// Also when the form with all that was typed is too large for an answer on
	// the socket: each "<" takes six bytes there.
	for name, typed := range map[string]string{"short": "On the evidence at hand.", "long": strings.Repeat("<", 2900)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			id := w.report()
			w.triage(id)
			w.assess(id)
			w.deliver()
			w.press(sandbox.Dee, "decide_not")
			w.form(sandbox.Dee)
			w.fill(sandbox.Dee, answers{workflow.FieldReason: typed, workflow.FieldAdvice: typed})
			w.do(id, sandbox.Ivy, workflow.RoleIGLead, workflow.Assess{Facts: w.incident(id).FactsVersion, Why: "The recipient is known.", Grading: workflow.Grading{
				Cell: workflow.Cell{Likelihood: 5, Effect: 5}, Vulnerable: workflow.Yes, HighRisk: workflow.Yes, Evidence: "It was sold."}})
			res := w.submit(sandbox.Dee)
			if len(w.incident(id).Decisions) != 0 {
				t.Fatal("decided on facts nobody had seen")
			}
			shown := w.as(sandbox.Dee).RenderView(w.as(sandbox.Dee).Modal())
			if !strings.Contains(shown, "Somebody changed the facts") || !strings.Contains(shown, "It was sold.") {
				t.Errorf("%s %s:\n%.3000s", res.Status, res.Reason, shown)
			}
			state := res.View.State
			for _, f := range []workflow.Field{workflow.FieldReason, workflow.FieldAdvice} {
				if got := state[string(f)]["value"]["value"]; got != typed {
					t.Errorf("%s was lost: %.60q", f, got)
				}
			}
			w.send(sandbox.Dee, nil)
			inc := w.incident(id)
			if len(inc.Decisions) != 1 || inc.Decisions[0].Reason != typed {
				t.Errorf("decisions %d", len(inc.Decisions))
			}
			w.wantNoLargeAck()
		})
	}
}

// wantNoLargeAck fails when an answer was too large for Slack, which drops it.
func (w *world) wantNoLargeAck() {
	w.tb.Helper()
	for _, e := range w.ws.Envelopes() {
		if strings.Contains(e.Note, "20,480") {
			w.tb.Errorf("%s %s: %s", e.Type, e.Kind, e.Note)
		}
	}
}

func TestAButtonOfAClosedIncidentChangesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.report()
	w.triage(id)
	w.assess(id)
	w.deliver()
	w.chooses(sandbox.Ivy, "assess BR-2026-0001") // opened while it was still possible
	w.form(sandbox.Ivy)
	w.fill(sandbox.Ivy, answers{workflow.FieldLikelihood: "1", workflow.FieldEffect: "1", workflow.FieldVulnerable: "no", workflow.FieldHighRisk: "no"})
	w.decide(id, workflow.Regulator, workflow.DoNotNotify)
	w.decide(id, workflow.DataSubjects, workflow.DoNotNotify)
	w.end(id)
	before := w.incident(id).Version

	w.press(sandbox.Dee, "decide_not") // from a card not yet brought up to date
	if got := w.notice(sandbox.Dee); !strings.Contains(got, "This incident is closed. Nothing was changed.") {
		t.Errorf("the DPO sees:\n%s", got)
	}
	res := w.submit(sandbox.Ivy)
	if res.Status != sandbox.Faulty || !strings.Contains(strings.Join(values(res.Errors), " "), "This incident is closed") {
		t.Errorf("at submit: %+v", res)
	}
	if after := w.incident(id).Version; after != before {
		t.Errorf("version went from %d to %d", before, after)
	}
	w.deliver()
	if _, id := w.button(sandbox.Dee, "decide_not"); id != "" {
		t.Error("the buttons to decide stay although it is closed")
	}
}

func values(m map[string]string) []string {
	var out []string
	for _, v := range m {
		out = append(out, v)
	}
	return out
}
