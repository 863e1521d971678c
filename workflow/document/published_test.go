package document_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"breachbot/workflow"
	"breachbot/workflow/document"
)

func published(t *testing.T, entries ...workflow.Entry) [][]string {
	t.Helper()
	var b bytes.Buffer
	if err := document.PublishedCSV(&b, entries, "ICO", zone(t)); err != nil {
		t.Fatal(err)
	}
	return parse(t, b.String())
}

var publishedHeader = []string{"ID", "Date", "Severity", "Summary", "ICO notified", "Customer notified", "Resolved"}

// The public reads what a review approved, otherwise only the kind of event. No
// unapproved words slip through.
func TestThePublishedRegisterHoldsApprovedWordsOnly(t *testing.T) {
	t.Parallel()
	unapproved, near, drill, twice := full(), fresh(), full(), full()
	unapproved.ID, unapproved.Response, unapproved.NearMiss, unapproved.ResolvedAt = "BR-2026-0003", nil, false, time.Time{}
	near.ID, near.NearMiss, near.Facts.Category = "BR-2026-0011", true, "paper_lost"
	drill.ID, drill.Drill = "DR-2026-0001", true
	twice.ID, twice.Step = "BR-2026-0004", workflow.StepDuplicate
	got := published(t, near, drill, dismissed(), twice, unapproved, full())
	want := [][]string{
		publishedHeader,
		{"BR-2026-0002", "2026-03-28", "3 Medium", "'=An email went to the wrong person and was deleted.", "2026-03-31", "2026-03-29", "2026-04-02"},
		{"BR-2026-0003", "2026-03-28", "3 Medium", "Email to the wrong recipient", "2026-03-31", "No", "Open"},
		{"BR-2026-0011", "2026-03-28", "Not graded yet", "Near miss: Paper lost, stolen or left in an insecure place", "Not decided yet", "Not decided yet", "Open"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestAnEmptyPublishedRegisterSaysSo(t *testing.T) {
	t.Parallel()
	if diff := cmp.Diff([][]string{publishedHeader, {document.Nothing, "", "", "", "", "", ""}}, published(t, dismissed())); diff != "" {
		t.Error(diff)
	}
}

// Erasing takes the approved line with the other words.
func TestNothingIsPublishedOfWhatWasErased(t *testing.T) {
	t.Parallel()
	e := full()
	e.NearMiss, e.Response.Review.Findings = false, workflow.ReviewFindings{}
	if got := published(t, e)[1][3]; got != "Email to the wrong recipient" {
		t.Errorf("published %q", got)
	}
}

func TestDrillsAreEvidenceWithoutWords(t *testing.T) {
	t.Parallel()
	inc := &workflow.Incident{ID: "DR-2026-0001", Version: 1, Reporter: "U0IG", Report: workflow.Report{Title: "Secret", Drill: true},
		Times: workflow.Times{Reported: at("2026-03-28T09:45:00Z")}}
	laps := []workflow.Lap{
		{Step: "Triage", At: at("2026-03-28T10:05:30Z"), Target: at("2026-03-28T10:00:00Z"), Took: 20*time.Minute + 30*time.Second},
		{Step: "Assessment", At: at("2026-03-28T11:00:00Z"), Took: 75 * time.Minute},
		{Step: "Decision", At: at("2026-03-28T12:00:00Z"), Target: at("2026-03-31T09:45:00Z"), Took: 135 * time.Minute},
		{Step: "Review", Target: at("2026-04-12T09:45:00Z")},
	}
	var b bytes.Buffer
	if err := document.DrillsCSV(&b, []document.Exercise{{Incident: inc, Laps: laps}}); err != nil {
		t.Fatal(err)
	}
	var results []string
	for _, row := range parse(t, b.String())[1:] {
		results = append(results, strings.Join(row[3:], "|"))
	}
	want := []string{
		"Triage|2026-03-28T10:05:30Z|20m30s|2026-03-28T10:00:00Z|Late by 5m30s|reporter: U0IG",
		"Assessment|2026-03-28T11:00:00Z|1h15m0s||No target|reporter: U0IG",
		"Decision|2026-03-28T12:00:00Z|2h15m0s|2026-03-31T09:45:00Z|In time|reporter: U0IG",
		"Review|||2026-04-12T09:45:00Z|Not done|reporter: U0IG",
	}
	if diff := cmp.Diff(want, results); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if strings.Contains(b.String(), "Secret") {
		t.Error("typed words are in the evidence of an exercise")
	}
}
