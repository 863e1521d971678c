package storetest

import (
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"breachbot/store"
	"breachbot/workflow"
)

func testAnchors(t *testing.T, db Database) {
	s := newScene(t, db.Open(t))
	day := func(day string, wantCreated bool, incidents, events int) workflow.Anchor {
		t.Helper()
		a, created, err := s.Anchor(t.Context(), day, s.clock())
		if err != nil {
			t.Fatal(err)
		}
		if created != wantCreated || a.Day != day || a.Incidents != incidents || a.Events != events {
			t.Errorf("anchor %+v, created %v", a, created)
		}
		return a
	}
	day("2026-07-10", true, 0, 0)
	s.report()
	first := day("2026-07-11", true, 1, 1)
	s.report()
	s.do(s.report(), ana, workflow.AddNote{Text: "More."})
	if again := day("2026-07-11", false, 1, 1); again != first {
		t.Errorf("the day's anchor was %+v and is %+v", first, again)
	}
	third := day("2026-07-12", true, 3, 4)
	quiet := day("2026-07-13", true, 3, 4)
	if quiet.Heads != third.Heads || quiet.Hash == third.Hash {
		t.Errorf("a quiet day: %+v after %+v", quiet, third)
	}
	all, err := s.Anchors(t.Context())
	if err != nil || len(all) != 4 {
		t.Fatalf("anchors %v, %v", all, err)
	}
	if diff := cmp.Diff([]workflow.Anchor{first, third, quiet}, all[1:]); diff != "" {
		t.Errorf("(-made +stored)\n%s", diff)
	}
	var keys []workflow.TaskKey
	for _, c := range s.leftover() {
		if c.Incident == "" {
			keys = append(keys, c.Task.Key)
			if c.Task.Kind != workflow.KindAnchor && c.Task.Kind != workflow.KindDigest {
				t.Errorf("kind %s", c.Task.Kind)
			}
			if err := s.Finish(t.Context(), c); err != nil {
				t.Error(err)
			}
		}
	}
	slices.Sort(keys)
	want := []workflow.TaskKey{"anchor:2026-07-10", "anchor:2026-07-11", "anchor:2026-07-12", "anchor:2026-07-13",
		"digest:2026-07-10", "digest:2026-07-13"} // the first anchor of each week brings the board's digest
	if diff := cmp.Diff(want, keys); diff != "" {
		t.Errorf("tasks (-want +got)\n%s", diff)
	}
	s.verify()
}

// testAnchorsBesideCommits makes anchors while others write: each must cover
// exactly the events up to its place, or verifying finds it broken.
func testAnchorsBesideCommits(t *testing.T, db Database) {
	s := newScene(t, db.Open(t))
	const writers, each = 4, 6
	var wg sync.WaitGroup
	for n := range writers {
		wg.Go(func() {
			for range each {
				r, err := s.svc.Report(t.Context(), s.key(), report(n), ana)
				if err == nil {
					_, err = s.svc.Do(t.Context(), r.Incident.ID, s.key(), workflow.AddNote{Text: "Seen."}, ana)
				}
				if err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	date := start
	created := 0
	for range 10 {
		date = date.AddDate(0, 0, 1)
		var mu sync.Mutex
		together(2, func(int) {
			_, ok, err := s.Anchor(t.Context(), date.Format(time.DateOnly), s.clock())
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			if ok {
				created++
			}
		})
	}
	wg.Wait()
	if created != 10 {
		t.Errorf("%d anchors for 10 days", created)
	}
	s.verify()
	r, err := store.Verify(t.Context(), s, s.svc.Rederive)
	if err != nil || r.Incidents != writers*each || r.Events != 2*writers*each || r.Anchors != 10 {
		t.Errorf("report %+v, %v", r, err)
	}
}
