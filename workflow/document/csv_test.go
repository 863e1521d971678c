package document_test

import (
	"bytes"
	"encoding/csv"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"breachbot/workflow"
	"breachbot/workflow/document"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func zone(t *testing.T) *time.Location {
	t.Helper()
	z, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func at(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return t
}

// full has something in every field of a register line.
func full() workflow.Entry {
	grading := workflow.Grading{
		Cell: workflow.Cell{Likelihood: 3, Effect: 1}, Evidence: "Audit trail of the portal", Vulnerable: workflow.Yes,
		Exception: "recovered", LiftFloor: true, HighRisk: workflow.Unknown,
	}
	facts := workflow.Facts{
		Category: "email_wrong", Aspects: []workflow.Aspect{"confidentiality", "availability"},
		Data: []workflow.DataCategory{"health", "contact"}, Subjects: []workflow.SubjectKind{"residents", "relatives"},
		Count: workflow.Count{Known: true, N: 12}, Ongoing: workflow.No, SubjectsAware: workflow.Unknown, OthersAware: workflow.Yes,
		NearMiss: true, PersonalData: workflow.Yes, Capacity: workflow.Controller,
		Read: workflow.No, Assurance: workflow.AssuranceWritten, Connected: workflow.Yes, LawfullyPublic: workflow.No, WrongDataUsed: workflow.NotApplicable,
		InDanger: workflow.No, Deceased: workflow.No,
	}
	return workflow.Entry{
		ID: "BR-2026-0002", Version: 23, Step: workflow.StepClosed,
		Title: "=HYPERLINK(\"https://example.org\",\"Care plan\")", Summary: "A care plan went to a namesake.\nShe rang, and said \"not mine\".",
		NearMiss: true, Severity: 3, Risk: workflow.RiskMedium, Facts: facts,
		Reporter: "U0REPORTER", Lead: "U0LEAD", People: []workflow.UserID{"U0REPORTER", "U0LEAD"},
		Times: workflow.Times{
			Occurred: workflow.Occurrence{From: at("2026-03-27T09:00:00Z"), To: at("2026-03-27T10:30:00Z")},
			Detected: at("2026-03-28T09:30:00Z"), Reported: at("2026-03-28T09:45:00.123456Z"),
			Aware: workflow.Awareness{
				At: at("2026-03-28T10:00:00Z"), By: "U0DPO", Reason: "The recipient confirmed it.", SetAt: at("2026-03-28T11:00:00Z"),
			},
			ProcessorTold: at("2026-03-28T09:15:00Z"),
		},
		Deadline: at("2026-03-31T10:00:00Z"), Basis: workflow.FromAwareness, Clock: workflow.ClockSent, StoppedAt: at("2026-03-31T10:00:01Z"),
		ResolvedAt: at("2026-04-02T08:00:00Z"), ClosedAt: at("2026-04-10T08:00:00Z"),
		Late: true, DelayReasons: "Facts or scale were unclear: the namesake was away",
		Actions: "- rang the recipient\n- asked for the letter back", RootCause: "+ address book offers namesakes first", Resolution: "@all: check the date of birth",
		Assessment: &workflow.Assessment{
			Seq: 7, By: "U0LEAD", At: at("2026-03-28T14:00:00Z"), Grading: grading, Consequences: "Distress",
			Recommendation: workflow.DefaultRules().Recommend(grading, facts, at("2026-03-28T14:00:00Z")),
			Suggested:      &workflow.Suggested{Cell: workflow.Cell{Likelihood: 3, Effect: 3}, HighRisk: workflow.Yes}, Why: "=the namesake never opened it",
		},
		Regulator: &workflow.Decision{
			Recipient: workflow.Regulator, Verdict: workflow.Notify, Reason: "A risk is not unlikely.", Advice: "Notify, in phases if need be.",
			Delay: "facts_unclear", DelayReason: "the namesake was away", By: "U0DPO", Role: workflow.RoleDPO, At: at("2026-03-31T10:00:01Z"), Against: true, Late: true,
		},
		Subjects: &workflow.Decision{
			Recipient: workflow.DataSubjects, Verdict: workflow.DoNotNotify, Reason: "The letter came back unread.", Ground: "measures",
			By: "U0DEPUTY", Role: workflow.RoleDeputy, At: at("2026-03-29T12:00:00Z"),
		},
		Sent: &workflow.Notification{
			Recipient: workflow.Regulator, SentAt: at("2026-03-31T10:00:01Z"), Method: "ico_form", Reference: "IC-123456-A1B2", Complete: true,
			Delay: "facts_unclear", DelayReason: "the namesake was away", Late: true, By: "U0LEAD", At: at("2026-03-31T10:05:00Z"),
		},
		Told: &workflow.Notification{
			Recipient: workflow.DataSubjects, SentAt: at("2026-04-01T09:00:00Z"), Method: "letter", By: "U0LEAD", At: at("2026-04-01T09:30:00Z"),
		},
		ToldBack: &workflow.Notification{
			Recipient: workflow.DataSubjects, SentAt: at("2026-04-02T09:00:00Z"), Method: "letter", Complete: true, FollowUp: true, Withdrawn: true,
			Reason: "It was sent to the wrong year's list.", By: "U0LEAD", At: at("2026-04-02T09:30:00Z"),
		},
		Response: answered(),
		Channel:  "C0PRIVATE", Skipped: 12,
	}
}

// answered has something for every step of the response.
func answered() *workflow.Response {
	r := &workflow.Response{
		Systems: "The records system", Duplicate: "BR-2026-0001",
		Containment: &workflow.ContainmentRecord{Seq: 9, By: "U0LEAD", At: at("2026-03-28T12:00:00Z"), State: workflow.Contained,
			Steps: []workflow.ContainStep{workflow.EvidencePreserved, "deleted"}, Evidence: "She wrote that it is gone."},
		Contained: at("2026-03-28T12:00:00Z"),
		Investigation: &workflow.Investigation{Seq: 10, Findings: workflow.Findings{Cause: "Namesakes stand together.", Certainty: workflow.Established,
			Origin: "internal", Systems: "The address book", ThirdParties: "The supplier", Records: workflow.Count{Known: true, N: 2}}},
		Recovered: at("2026-03-29T08:00:00Z"),
		Review: &workflow.ReviewRecord{Seq: 30, By: "U0IG", At: at("2026-04-09T08:00:00Z"), Findings: workflow.ReviewFindings{
			What: "A wrong choice in a list.", Impact: "Distress.", RootCause: "The list.", WentWell: "The call.", Slowed: "The weekend.",
			Documents: "The sending procedure.", RiskRegister: "R12", Public: "=An email went to the wrong person and was deleted."}},
		ActionsOpen: 1, ActionsDone: 2,
		Links: []workflow.Link{{Seq: 12, Other: "BR-2026-0001"}},
	}
	for _, d := range workflow.Duties {
		r.Duties = append(r.Duties, workflow.Answered{Recipient: d.Recipient, Withdrawn: d.Recipient == workflow.Police,
			Decision: &workflow.Decision{Recipient: d.Recipient, Verdict: workflow.Notify, Reason: "They can help.", By: "U0LEAD", Role: workflow.RoleLead, At: at("2026-03-29T10:00:00Z")},
			Sent:     &workflow.Notification{Recipient: d.Recipient, SentAt: at("2026-03-29T11:00:00Z"), Method: "email", Reference: "R-7", Complete: true}})
	}
	return r
}

// fresh is a line a second after the report.
func fresh() workflow.Entry {
	return workflow.Entry{
		ID: "BR-2026-0010", Version: 1, Step: workflow.StepReported, Title: "Bag left on the 42 bus", Risk: workflow.RiskLow,
		Reporter: "U0REPORTER", People: []workflow.UserID{"U0REPORTER"},
		Times:    workflow.Times{Detected: at("2026-03-28T09:00:00Z"), Reported: at("2026-03-28T09:45:00.123456Z")},
		Deadline: at("2026-03-31T09:00:00Z"), Basis: workflow.FromDetection, Clock: workflow.ClockRunning,
	}
}

// dismissed and erased is an old line, reported before the others.
func dismissed() workflow.Entry {
	return workflow.Entry{
		ID: "BR-2025-0114", Version: 5, Step: workflow.StepDismissed, Title: "(erased under the retention policy)", Risk: workflow.RiskLow,
		Reporter: "U0OTHER", Times: workflow.Times{Reported: at("2025-12-24T17:30:00Z")},
		Deadline: at("2025-12-27T17:30:00Z"), Basis: workflow.FromReport, Clock: workflow.ClockNoCase, StoppedAt: at("2025-12-25T09:00:00Z"),
		DismissedAt: at("2025-12-25T09:00:00Z"), ErasedAt: at("2036-01-01T00:00:00Z"),
	}
}

func register(t *testing.T, entries ...workflow.Entry) string {
	t.Helper()
	var b bytes.Buffer
	if err := document.RegisterCSV(&b, entries, zone(t)); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestRegisterCSV(t *testing.T) {
	t.Parallel()
	drill := fresh()
	drill.ID, drill.Drill = "DR-2026-0001", true // no part of the register
	got := register(t, fresh(), full(), drill, dismissed())
	golden := filepath.Join("testdata", "register.csv")
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", golden, diff)
	}
}

func TestEmptyRegisterHasItsHeader(t *testing.T) {
	t.Parallel()
	rows := parse(t, register(t))
	if len(rows) != 1 || rows[0][0] != "Reference" {
		t.Errorf("got %q", rows)
	}
}

func TestEveryColumnIsNamedOnceAndFilled(t *testing.T) {
	t.Parallel()
	rows := parse(t, register(t, full()))
	// The full line has none of these: it is a breach, and its words are not
	// erased.
	absent := map[string]bool{
		"Why not a breach": true, "Found not to be a breach (UTC)": true, "Words erased under the retention policy (UTC)": true,
		"Regulator: withdrawn (UTC)": true, "Regulator: why withdrawn": true, "Regulator: exemption (Art. 34(3))": true, "People affected: advice received": true, "People affected: reason for the late decision": true,
		"People affected: their reference": true, "People affected: reason for the late notice": true,
		"Advice: outside the law's two questions": true, "What would change the advice": true,
	}
	seen := map[string]bool{}
	for n, header := range rows[0] {
		if seen[header] {
			t.Errorf("%q stands twice", header)
		}
		seen[header] = true
		if rows[1][n] == "" && !absent[header] {
			t.Errorf("%q is empty", header)
		}
	}
}

func TestNoFormulas(t *testing.T) {
	t.Parallel()
	for _, start := range []string{"=", "+", "-", "@", "\t", "\r", "\n"} {
		e := fresh()
		e.Title = start + "1+1"
		if got := parse(t, register(t, e))[1][1]; !strings.HasPrefix(got, "'") {
			t.Errorf("a title beginning with %q is written as %q", start, got)
		}
	}
	e := fresh()
	e.Title = "Bag = lost"
	if got := parse(t, register(t, e))[1][1]; got != e.Title {
		t.Errorf("a harmless title became %q", got)
	}
}

func TestOrderIsOfReportsThenOfReferencesAsNumbers(t *testing.T) {
	t.Parallel()
	var entries []workflow.Entry
	for _, id := range []workflow.IncidentID{"BR-2026-10000", "BR-2026-9999", "BR-2025-0001"} {
		e := fresh()
		e.ID = id
		entries = append(entries, e)
	}
	earlier := fresh()
	earlier.ID, earlier.Times.Reported = "BR-2026-0500", earlier.Times.Reported.Add(-time.Microsecond)
	var got []string
	for _, row := range parse(t, register(t, append(entries, earlier)...))[1:] {
		got = append(got, row[0])
	}
	if diff := cmp.Diff([]string{"BR-2026-0500", "BR-2025-0001", "BR-2026-9999", "BR-2026-10000"}, got); diff != "" {
		t.Error(diff)
	}
	if entries[0].ID != "BR-2026-10000" {
		t.Error("the caller's slice was put in another order")
	}
}

func parse(t *testing.T, s string) [][]string {
	t.Helper()
	s, marked := strings.CutPrefix(s, "\uFEFF")
	if !marked {
		t.Error("no byte-order mark: Excel would garble what is not ASCII")
	}
	rows, err := csv.NewReader(strings.NewReader(s)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}
