package workflow_test

import (
	"strings"
	"testing"
	"time"

	. "breachbot/workflow"
)

// Eight facts, always in the procedure's order, and the answer says so if one
// is missing.
func TestThePackHasItsEightFacts(t *testing.T) {
	t.Parallel()
	order := []string{"Date of the breach", "aware", "What happened", "lost or disclosed", "Number of people", "Do they know", "other organisation", "mitigate"}
	s := reported(t)
	pack := s.rules.Pack(s.inc)
	if len(pack) != len(order) {
		t.Fatalf("%d facts", len(pack))
	}
	for n, f := range pack {
		if !strings.Contains(f.Question, order[n]) {
			t.Errorf("fact %d asks %q", n+1, f.Question)
		}
		if n != 2 && !strings.Contains(f.Answer, "Not known yet") {
			t.Errorf("%q is answered %q though nobody knows", f.Question, f.Answer)
		}
	}
	if !strings.Contains(pack[2].Answer, "A clinic letter went to a former address.") {
		t.Error(pack[2].Answer)
	}

	report := SubmitReport{Report: aReport()}
	report.Report.Actions = "Rang the new occupant."
	report.Report.Occurred = Occurrence{From: friday.Add(-48 * time.Hour), To: friday.Add(-24 * time.Hour)}
	report.Report.Facts = Facts{Data: []DataCategory{"health"}, Aspects: []Aspect{"confidentiality"}, Subjects: []SubjectKind{"patients"},
		Count: Count{Known: true, N: 2}, SubjectsAware: No, OthersAware: Yes}
	s = newStory(t).do(nurse, report).triage(3)
	s.do(igLead, s.containing())
	c := s.times()
	c.Aware, c.AwareReason, c.Reason = friday.Add(time.Hour), "The occupant confirmed it.", "Set."
	s.after(2*time.Hour).do(dpo, c)
	pack = s.rules.Pack(s.inc)
	for n, want := range []string{
		"Wed 18 Nov 2026 16:45 GMT to Thu 19 Nov 2026 16:45 GMT", "Fri 20 Nov 2026 17:45 GMT", "clinic letter", "Health", "About 2 (", "No", "Yes", "Rang the new occupant.",
	} {
		if !strings.Contains(pack[n].Answer, want) || strings.Contains(pack[n].Answer, "Not known yet") {
			t.Errorf("%s\n%s\nwant %s", pack[n].Question, pack[n].Answer, want)
		}
	}
	if !strings.Contains(pack[7].Answer, "Contained") {
		t.Error("containment is not among the steps to mitigate")
	}
}

// The register line holds what the response did, and no words that were erased.
func TestTheRegisterLineHoldsTheResponse(t *testing.T) {
	t.Parallel()
	s := upTo(t, StepResolved)
	review := aReview()
	review.Findings.Public = "A letter went to a wrong address."
	s.settle().do(igLead, review)
	e := s.inc.Entry()
	if e.Public() != review.Findings.Public || e.Response.Containment == nil || e.Response.Contained.IsZero() || e.Response.Review == nil {
		t.Errorf("%+v", e.Response)
	}
	s.do(responder, Close{Reason: "Learned."}).do(dpo, Erase{Reason: "Retention."})
	if p := s.inc.Entry().Public(); p != "" {
		t.Errorf("erased, and still published: %q", p)
	}
}
