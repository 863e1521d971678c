package bot_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"breachbot/bot/sandbox"
	"breachbot/workflow"
)

// modal is what a person has in front of them once it is more than a wait.
func (w *world) modal(who string) string {
	w.tb.Helper()
	w.bot.Settle()
	w.wait("a modal for "+who, func() bool { m := w.as(who).Modal(); return m != nil && m.Title != "One moment" })
	return w.as(who).RenderView(w.as(who).Modal())
}

// In an incident's channel a command is about that incident, however many there
// are; whoever may not see it learns nothing of it.
func TestACommandInAChannelIsAboutItsIncident(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first := w.report()
	room := w.room().ID
	w.report()
	for _, word := range []string{"note", "times", "assign"} {
		if _, err := w.as(sandbox.Rob).SlashIn(t.Context(), room, "/breach", word); err != nil {
			t.Fatal(err)
		}
		if seen := w.modal(sandbox.Rob); !strings.Contains(seen, string(first)) {
			t.Errorf("/breach %s in the channel of %s shows\n%s", word, first, seen)
		}
		w.closes(sandbox.Rob)
	}
	out, err := w.as(sandbox.Rob).SlashIn(t.Context(), room, "/breach", "status")
	if err != nil || out.Message == nil || out.Message.Text != "Status of "+string(first) {
		t.Errorf("/breach status there: %+v, %v", out, err)
	}
	// Elsewhere it has to be said which.
	w.slash(sandbox.Rob, "note")
	if seen := w.modal(sandbox.Rob); !strings.Contains(seen, "Which incident?") {
		t.Errorf("with two open incidents: %s", seen)
	}
	w.closes(sandbox.Rob)
	w.slash(sandbox.Rob, "")
	w.send(sandbox.Rob, letter())
	w.slash(sandbox.Nia, "note BR-2026-0003") // Rob's report
	if seen := w.modal(sandbox.Nia); !strings.Contains(seen, "There is no incident with that reference, or you are not part of it.") {
		t.Errorf("somebody outside sees %s", seen)
	}
}

// The form is authorised when it is opened and again when it is sent.
func TestAFormFromACommandIsAuthorisedAgainWhenItIsSent(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.report()
	w.slash(sandbox.Nia, "assign "+string(id))
	if seen := w.modal(sandbox.Nia); !strings.Contains(seen, "You cannot do this here.") {
		t.Errorf("the reporter gets %s", seen)
	}
	w.closes(sandbox.Nia)
	w.slash(sandbox.Rob, "reopen "+string(id))
	if seen := w.modal(sandbox.Rob); !strings.Contains(seen, "Not possible") {
		t.Errorf("an open incident is reopened: %s", seen)
	}
}

// The register is read a page at a time, and turned both ways.
func TestTheRegisterIsReadAPageAtATime(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for n := range 20 {
		by := workflow.Actor{User: sandbox.Nia}
		w.ws.Advance(time.Minute)
		c := workflow.SubmitReport{Report: workflow.Report{Title: fmt.Sprintf("Letter %d", n+1), What: "A letter.", Detected: friday, Risk: workflow.RiskLow}}
		if _, err := w.service.Report(t.Context(), workflow.CommandKey(fmt.Sprint("test/", n)), c, by); err != nil {
			t.Fatal(err)
		}
	}
	turn := func(label string) string {
		t.Helper()
		if _, err := w.as(sandbox.Dee).Press(t.Context(), sandbox.InModal(), label); err != nil {
			t.Fatal(err)
		}
		return w.modal(sandbox.Dee)
	}
	holds := func(seen string, first, last int) {
		t.Helper()
		for n := 1; n <= 20; n++ {
			want := n >= first && n <= last
			if got := strings.Contains(seen, fmt.Sprintf("*BR-2026-%04d*", n)); got != want {
				t.Errorf("BR-2026-%04d is shown: %v\n%s", n, got, seen)
			}
		}
	}
	w.home(sandbox.Dee)
	if _, err := w.as(sandbox.Dee).Press(t.Context(), sandbox.InHome(), "register"); err != nil {
		t.Fatal(err)
	}
	newest := w.modal(sandbox.Dee)
	holds(newest, 6, 20)
	if strings.Contains(newest, "[Newer]") {
		t.Error("something newer than the newest")
	}
	oldest := turn("Older")
	holds(oldest, 1, 5)
	if strings.Contains(oldest, "[Older]") {
		t.Error("something older than the oldest")
	}
	holds(turn("Newer"), 6, 20)
}

// What somebody looks for may be about a patient: it is answered, and then gone.
func TestWhatIsLookedForIsKeptNowhere(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.report()
	out := w.slash(sandbox.Rob, "find QXZVLOOKED occupant & <b>")
	w.slash(sandbox.Rob, "note QXZVLOOKED at the letter")
	if seen := w.modal(sandbox.Rob); strings.Contains(seen, "QXZVLOOKED") {
		t.Error("what was typed is repeated")
	}
	w.closes(sandbox.Rob)
	if raw := fmt.Sprint(out.Message); strings.Contains(raw, "QXZVLOOKED") {
		t.Error("what was typed is repeated")
	}
	for _, m := range w.posts() {
		if strings.Contains(fmt.Sprint(m), "QXZVLOOKED") {
			t.Error("it is in a message")
		}
	}
	if strings.Contains(w.log.String(), "QXZVLOOKED") {
		t.Error("it is in the log")
	}
	out = w.slash(sandbox.Rob, "find LETTER occupant")
	if raw := fmt.Sprint(out.Message.Blocks); !strings.Contains(raw, "Letter to the wrong address") {
		t.Errorf("nothing found: %s", raw)
	}
	w.slash(sandbox.Rob, "")
	w.send(sandbox.Rob, letter(answers{workflow.FieldTitle: "Parcel"}))
	if out = w.slash(sandbox.Nia, "find parcel"); strings.Contains(fmt.Sprint(out.Message.Blocks), "BR-2026-0002") {
		t.Error("somebody who has no part in it finds it")
	}
}

// A drill has its own references and no line in the register; when it is closed
// its channel hears how fast each step was.
func TestADrillEndsWithItsPace(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.slash(sandbox.Ivy, "drill")
	w.send(sandbox.Ivy, letter())
	w.deliver()
	const id = workflow.IncidentID("DR-2026-0001")
	if !w.incident(id).Drill() {
		t.Fatal("it is no drill")
	}
	for _, m := range w.posts() {
		if !strings.HasPrefix(m.Text, "DRILL: practice, not real") && m.Subtype == "" {
			t.Errorf("%q could be taken for real", m.Text)
		}
	}
	if seen := fmt.Sprint(w.slash(sandbox.Dee, "register").Message.Blocks); strings.Contains(seen, "DR-2026") || !strings.Contains(seen, "No incidents recorded yet") {
		t.Errorf("the register shows %s", seen)
	}
	w.ws.Advance(20 * time.Minute)
	inc := w.incident(id)
	w.do(id, sandbox.Rob, workflow.RoleResponder, workflow.Triage{Facts: inc.FactsVersion, Severity: 4, Risk: workflow.RiskLow, Reason: "Practice.", Known: inc.Facts})
	w.do(id, sandbox.Dan, workflow.RoleDeputy, workflow.Assess{Facts: w.incident(id).FactsVersion, Why: "Practice.", Grading: workflow.Grading{
		Cell: workflow.Cell{Likelihood: 1, Effect: 1}, Vulnerable: workflow.No, Evidence: "Practice.", HighRisk: workflow.No}})
	w.decide(id, workflow.Regulator, workflow.DoNotNotify)
	w.decide(id, workflow.DataSubjects, workflow.DoNotNotify)
	w.do(id, sandbox.Rob, workflow.RoleResponder, workflow.Resolve{Summary: "Done.", RootCause: "Practice."})
	if owed := w.owed(id); len(owed) > 0 {
		w.do(id, sandbox.Dee, workflow.RoleDPO, workflow.AnswerDuties{Recipients: owed, Reason: "Practice."})
	}
	w.do(id, sandbox.Rob, workflow.RoleResponder, workflow.Review{Findings: workflow.ReviewFindings{What: "Practice.", Impact: "None.", RootCause: "Practice."}})
	w.do(id, sandbox.Rob, workflow.RoleResponder, workflow.Close{Reason: "Learned."})
	w.deliver()
	last := ""
	for _, m := range w.as(sandbox.Ivy).Messages(w.room().ID) {
		if raw := fmt.Sprint(m.Blocks); strings.Contains(raw, "How fast was each step") {
			last = raw
		}
	}
	if !strings.Contains(last, "Triage: 20 minutes") {
		t.Errorf("the channel hears %q", last)
	}
}

// When the store does not answer, nothing is guessed.
func TestWithoutTheStoreACommandSaysSo(t *testing.T) {
	t.Parallel()
	index := &brokenIndex{}
	w := newWorld(t, func(s *setting) {
		s.options = func(o *botOptions) { index.Index, o.Index = o.Index, index }
	})
	w.report() // with everybody in its channel: what Slack tells of that has to be stored
	index.broken.Store(true)
	for _, word := range []string{"note", "reopen"} {
		who := sandbox.Dee
		w.slash(who, word)
		if seen := w.modal(who); !strings.Contains(seen, "The record cannot be reached just now. Nothing was changed.") {
			t.Errorf("/breach %s: %s", word, seen)
		}
		w.closes(who)
	}
	for _, word := range []string{"find letter", "register"} {
		if out := w.slash(sandbox.Dee, word); out.Message == nil || !strings.Contains(out.Message.Text, "The record cannot be reached just now.") {
			t.Errorf("/breach %s: %+v", word, out.Message)
		}
	}
}

var errBroken = errors.New("the disk is gone")

// However many incidents are open and however old the gravest is, it leads the list and
// Home; the near miss comes last.
func TestTheListAndHomeGoByUrgency(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const open = 30
	for n := range open {
		w.ws.Advance(time.Minute)
		c := workflow.SubmitReport{Report: workflow.Report{Title: "A letter.", What: "A letter.", Detected: friday, Risk: workflow.RiskLow, Facts: workflow.Facts{NearMiss: n == 1}}}
		if _, err := w.service.Report(t.Context(), workflow.CommandKey(fmt.Sprint("test/", n)), c, workflow.Actor{User: sandbox.Nia}); err != nil {
			t.Fatal(err)
		}
	}
	w.triage("BR-2026-0001")
	w.do("BR-2026-0003", sandbox.Rob, workflow.RoleResponder, workflow.Triage{Severity: 1, Risk: workflow.RiskCritical, Reason: "Grave.", Facts: w.incident("BR-2026-0003").FactsVersion})
	w.do("BR-2026-0003", sandbox.Rob, workflow.RoleResponder, workflow.AssignRole{Role: workflow.RoleLead, User: sandbox.Rob})
	order := func(seen string) (ids []string) {
		for line := range strings.Lines(seen) {
			if _, rest, ok := strings.Cut(strings.TrimLeft(line, " |*"), "BR-2026-"); ok && len(rest) > 4 {
				ids = append(ids, rest[:4])
			}
		}
		return ids
	}
	out := w.slash(sandbox.Rob, "list")
	list := w.as(sandbox.Rob).Render(*out.Message)
	w.home(sandbox.Rob)
	home := w.as(sandbox.Rob).RenderView(w.as(sandbox.Rob).Home())
	for name, seen := range map[string]string{"/breach list": list, "Home": home} {
		ids := order(seen)
		if len(ids) < 20 || ids[0] != "0003" || strings.Contains(strings.Join(ids, " "), "0002") {
			t.Errorf("%s goes by %v", name, ids)
		}
	}
	if want := "BR-2026-0003 | [Show] | 1 Critical | Not known yet | 71 h left | @Rob Sharma | Triaged, waiting for assessment"; !strings.Contains(list, want) {
		t.Errorf("%q is not in\n%s", want, list)
	}
	for _, id := range []string{"0004", "0005"} {
		if want := "BR-2026-" + id + " | [Show] | Not graded yet, first guess low | Not known yet | 71 h left | Nobody has it yet"; !strings.Contains(list, want) {
			t.Errorf("%q is not in\n%s", want, list)
		}
	}
}
