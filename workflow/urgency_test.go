package workflow_test

import (
	"slices"
	"testing"
	"time"

	. "breachbot/workflow"
)

// Somebody who looks at several incidents finds the gravest first, then the one
// with least time left, and near misses last, whatever order they came in.
func TestTheGravestComesFirstAndNearMissesLast(t *testing.T) {
	t.Parallel()
	made := func(id IncidentID, change func(*Incident)) *Incident {
		inc := *upTo(t, StepReported).inc
		inc.ID = id
		change(&inc)
		return &inc
	}
	want := []*Incident{
		made("BR-2026-0007", func(i *Incident) { i.Severity = 1 }),
		made("BR-2026-0005", func(i *Incident) {
			i.Risk, i.Report.Risk = RiskCritical, RiskCritical
			i.Times.Detected = i.Times.Detected.Add(time.Minute)
		}), // a first guess
		made("BR-2026-0006", func(i *Incident) { i.Severity = 2 }),
		made("BR-2026-0003", func(i *Incident) { i.Severity = 3; i.Times.Detected = i.Times.Detected.Add(-time.Hour) }),
		made("BR-2026-0001", func(i *Incident) { i.Severity = 3 }),
		made("BR-2026-0002", func(i *Incident) { i.Severity = 3 }),
		made("BR-2026-0009", func(i *Incident) { i.Severity = 3; i.Facts.Capacity = Processor }), // no clock of ours
		made("BR-2026-0008", func(i *Incident) { i.Severity = 1; i.Facts.NearMiss = true }),
	}
	got := slices.Clone(want)
	slices.Reverse(got)
	slices.SortStableFunc(got, ByUrgency)
	var lines []Entry // of the register, in the same order
	for _, inc := range got {
		lines = append(lines, inc.Entry())
	}
	slices.Reverse(lines)
	slices.SortStableFunc(lines, ByUrgency)
	for n := range want {
		if got[n].ID != want[n].ID || lines[n].ID != want[n].ID {
			t.Errorf("place %d is %s, and in the register %s, want %s", n+1, got[n].ID, lines[n].ID, want[n].ID)
		}
	}
}
