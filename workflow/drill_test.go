package workflow_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	. "breachbot/workflow"
)

func practice() SubmitReport {
	r := aReport()
	r.Drill, r.Detected = true, friday.Add(10*time.Minute)
	return SubmitReport{Report: r}
}

// Somebody who can only report always reports something real, even if a form
// claims otherwise.
func TestOnlyThoseWhoHandleBreachesStartADrill(t *testing.T) {
	t.Parallel()
	for _, who := range []Actor{nurse, stranger, board} {
		newStory(t).refused(who, practice(), ErrForbidden, "")
	}
	for _, who := range []Actor{dpo, deputy, igLead, caldicott, siro, responder} {
		if s := newStory(t).do(who, practice()); !s.inc.Drill() || !s.inc.Entry().Drill {
			t.Errorf("what %s started is no drill", who.User)
		}
	}
}

// The evidence of an exercise: how fast each step was, each against its target.
func TestADrillShowsHowFastEachStepWas(t *testing.T) {
	t.Parallel()
	s := newStory(t).do(igLead, practice())
	for _, l := range s.rules.Pace(s.inc) {
		if l.Done() || l.Over() != 0 {
			t.Errorf("a second after the report %s is done", l.Step)
		}
	}
	s.after(3 * time.Hour).triage(2)
	s.after(30 * time.Minute).contain()
	s.after(30*time.Minute).assess(3, 3)
	s.after(time.Hour).decide(Regulator, Notify).decide(DataSubjects, DoNotNotify)
	s.after(time.Hour).send(Regulator)
	s.do(igLead, recovering()).after(time.Hour).do(responder, Resolve{Summary: "Done.", RootCause: "Practice."})
	s.after(15 * 24 * time.Hour).settle()
	var got []string
	for _, l := range s.rules.Pace(s.inc) {
		got = append(got, fmt.Sprintf("%s %s +%s", l.Step, l.Took, l.Over()))
	}
	want := []string{
		"Triage 3h0m0s +1h0m0s", "Containment 3h30m0s +0s", "Assessment 4h0m0s +0s", "Decision 5h0m0s +0s",
		"Notification recorded 6h0m0s +0s", "Resolution 7h0m0s +0s",
	}
	if diff := cmp.Diff(want, got[:len(want)]); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if review := s.rules.Pace(s.inc)[6]; review.Step != "Review" || review.Over() == 0 {
		t.Errorf("the review after 15 days: %+v", review)
	}
	var parts []string
	for _, p := range s.inc.Parts() {
		parts = append(parts, fmt.Sprint(p.Role, p.Who))
	}
	if diff := cmp.Diff([]string{"reporter[UIGLEAD]", "dpo[UDPO]", "responder[UIGLEAD URESPONDER]"}, parts); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// Where nothing has to be sent, no step waits for it.
func TestADrillThatEndsWithoutNoticeHasNoSuchStep(t *testing.T) {
	t.Parallel()
	s := newStory(t).do(igLead, practice()).triage(4).assess(1, 1).decide(Regulator, DoNotNotify)
	for _, l := range s.rules.Pace(s.inc) {
		if strings.HasPrefix(l.Step, "Notification") {
			t.Error("a step that nobody owes")
		}
	}
}
