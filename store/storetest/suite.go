package storetest

import (
	"testing"
)

// Run puts an engine to the test. create makes an empty database that goes away
// with the test.
func Run(t *testing.T, create func(t testing.TB) Database) {
	for _, test := range []struct {
		name string
		run  func(*testing.T, Database)
	}{
		{"round trip of every event", testRoundTrip},
		{"times of any zone", testZones},
		{"what is not there", testNotFound},
		{"version conflict", testConflict},
		{"repeated command", testRepeated},
		{"twenty reports at once", testReportsAtOnce},
		{"twenty notes at once", testNotesAtOnce},
		{"rows of the register", testLine},
		{"order and paging", testPaging},
		{"filters", testFilters},
		{"words, channels and the newest", testFinding},
		{"drills count for themselves", testDrills},
		{"a real incident among the drills", testHiddenAsDrill},
		{"drafts", testDrafts},
		{"drafts beside what they were sent as", testDraftSent},
		{"tasks follow the plan", testReconcile},
		{"a claimed task keeps its worker", testReconcileClaimed},
		{"what was dropped in doubt", testDoubtful},
		{"claims in order", testClaim},
		{"each lane for itself", testLanes},
		{"given back untouched", testReturn},
		{"each task in one hand", testClaimAtOnce},
		{"leases end", testLease},
		{"a lost claim", testLostClaim},
		{"failing and oldest", testFailing},
		{"append-only", testAppendOnly},
		{"erasing", testErase},
		{"rebuild gives the same", testRebuild},
		{"rebuild repairs", testRebuildRepairs},
		{"rederive", testRederive},
		{"restored from a copy", testRestored},
		{"anchors", testAnchors},
		{"anchors beside commits", testAnchorsBesideCommits},
		{"tampering with every column", testTamperColumns},
		{"tampering with rows", testTamperRows},
		{"settings", testSettings},
		{"restart", testRestart},
		{"kill -9", testKilled},
		{"newer schema", testNewerSchema},
		{"closed", testClosed},
		{"cancelled", testCancelled},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.run(t, create(t))
		})
	}
}
